from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from crisis_rows import SETTINGS

from review.analysis.service import Service, service_of_samples, service_of_tickets
from review.incident.tables import SAMPLES, TICKETS

NINE = datetime(2026, 8, 1, 1, tzinfo=UTC)


def tickets(rows: list[tuple[float | None, float | None, float | None, bool | None]]) -> pd.DataFrame:
    """(opened, first reply, closed) in hours after nine, and resolved."""
    count = len(rows)

    def times(i: int) -> pd.Series:
        return pd.Series([pd.NaT if row[i] is None else pd.Timestamp(NINE + timedelta(hours=float(row[i] or 0))) for row in rows], dtype="datetime64[us, UTC]")

    columns = {"file": ["t.csv"] * count, "row": np.arange(count) + 2, "opened_at": times(0), "first_reply_at": times(1), "closed_at": times(2)}
    columns |= {"resolved": pd.array([row[3] for row in rows], dtype="boolean"), "channel": ["电话", "在线"] * (count // 2) + ["电话"] * (count % 2)}
    return TICKETS.frame(columns, count)


def measured(rows: list[tuple[float | None, float | None, float | None, bool | None]]) -> Service:
    found = service_of_tickets(tickets(rows), None, SETTINGS.service)
    assert found is not None
    return found


def test_solved_within_24_hours_counts_the_24th_hour_and_not_a_second_more() -> None:
    found = measured([(0, 1, 24, None), (0, 1, 24.001, None), (0, 3, None, None), (0, 2, 5, None), (60, 61, 62, None)])
    assert found.solved is not None
    assert (found.solved.k, found.solved.n) == (2, 4)
    assert found.solved.low < 0.5 < found.solved.high
    assert found.solved.rows.count == 4
    assert found.too_recent == 1
    assert (found.opened, found.closed) == (5, 4)
    assert found.first_reply == timedelta(hours=1)


def test_cases_opened_in_the_last_day_are_left_out_solved_or_not() -> None:
    found = measured([(0, None, 1, None), (30, None, 31, None), (40, None, None, None)])
    assert found.solved is not None
    assert (found.solved.k, found.solved.n, found.too_recent) == (1, 1, 2)


def test_what_cannot_be_told_is_left_out_and_counted() -> None:
    found = measured([(0, None, 2, None), (5, None, 1, None), (None, None, 3, None), (0, None, None, True), (0, None, 1, False), (50, None, 51, None)])
    assert found.untold == 3
    assert found.solved is not None
    assert (found.solved.k, found.solved.n) == (1, 2)


def test_without_closing_times_no_rate_is_made_up() -> None:
    found = measured([(0, None, None, None), (30, None, None, None)])
    assert found.solved is None
    assert found.closed is None
    assert found.first_reply is None
    assert service_of_tickets(TICKETS.empty(), None, SETTINGS.service) is None


def test_channels_are_listed_by_size_and_order_of_rows_changes_nothing() -> None:
    frame = tickets([(0, 1, 2, None), (1, 2, 3, None), (2, 5, 40, None)])
    found = service_of_tickets(frame, None, SETTINGS.service)
    mixed = service_of_tickets(frame.iloc[::-1].reset_index(drop=True), None, SETTINGS.service)
    assert found == mixed
    assert found is not None
    assert [(group.name, group.opened, group.closed) for group in found.channels] == [("电话", 2, 2), ("在线", 1, 1)]
    assert found.topics == ()


def test_cases_opened_before_the_incident_are_counted_apart_and_those_without_a_time_are_kept() -> None:
    frame = tickets([(-900, -899, -890, None), (0, 1, 2, None), (30, 31, None, None), (None, None, 3, None), (90, None, None, None)])
    found = service_of_tickets(frame, NINE, SETTINGS.service)
    assert found is not None
    assert (found.opened, found.closed, found.earlier, found.earlier_rows.count, found.rows.count) == (4, 2, 1, 1, 4)
    assert (found.start, found.end) == (NINE, NINE + timedelta(hours=90, microseconds=1))
    assert found.solved is not None
    assert (found.solved.k, found.solved.n, found.too_recent, found.untold) == (1, 2, 1, 1)
    assert [(group.name, group.opened) for group in found.channels] == [("在线", 2), ("电话", 2)]
    late = service_of_tickets(frame.iloc[:1], NINE, SETTINGS.service)
    assert late is not None
    assert (late.opened, late.solved, late.first_reply, late.earlier) == (0, None, None, 1)


def typed(rows: list[tuple[str, int | None, int | None, float | None, str | None]]) -> pd.DataFrame:
    count = len(rows)
    at = pd.Series([NINE] * count).dt.as_unit("us")
    columns = {"file": ["case.xlsx"] * count, "row": np.arange(count) + 2, "start": at, "end": at + timedelta(days=3), "metric": [r[0] for r in rows]}
    columns |= {"n": [r[1] for r in rows], "k": [r[2] for r in rows], "value": [r[3] for r in rows], "unit": [r[4] for r in rows]}
    return SAMPLES.frame(columns, count)


def test_typed_totals_give_the_same_figures() -> None:
    found = service_of_samples(
        typed(
            [
                ("tickets_opened", None, None, 500.0, "件"),
                ("resolved_24h", 500, 430, None, None),
                ("first_reply", None, None, 30.0, "分钟"),
            ]
        ),
        None,
        SETTINGS.service,
    )
    assert found is not None
    assert found.opened == 500
    assert found.solved is not None
    assert found.solved.share == pytest.approx(0.86)
    assert found.first_reply == timedelta(minutes=30)


def test_typed_totals_of_periods_before_the_incident_are_counted_apart() -> None:
    totals = typed([("tickets_opened", None, None, 500.0, "件"), ("resolved_24h", 500, 430, None, None)])
    before = totals.assign(start=totals["start"] - timedelta(days=30), end=totals["end"] - timedelta(days=30))
    both = pd.concat([totals, before], ignore_index=True)
    found = service_of_samples(both, NINE, SETTINGS.service)
    assert found is not None
    assert found.solved is not None
    assert (found.opened, found.solved.n, found.earlier, found.earlier_rows.count) == (500, 500, 500, 1)
    assert (found.start, found.end) == (NINE, NINE + timedelta(days=3))


def test_a_typed_k_alone_is_held_against_the_cases_opened_in_the_same_period() -> None:
    found = service_of_samples(typed([("tickets_opened", 100, None, None, None), ("resolved_24h", None, 80, None, None)]), None, SETTINGS.service)
    assert found is not None
    assert found.solved is not None
    assert (found.solved.k, found.solved.n) == (80, 100)
    alone = service_of_samples(typed([("resolved_24h", None, 80, None, None)]), None, SETTINGS.service)
    assert alone is not None
    assert alone.solved is None
    assert service_of_samples(SAMPLES.empty(), None, SETTINGS.service) is None


@pytest.mark.parametrize(("value", "unit", "k"), [(0.86, None, 860), (86.0, "%", 860), (860.0, "件", 860), (1.0, None, None)])
def test_a_typed_share_is_a_share_and_no_count_of_cases(value: float, unit: str | None, k: int | None) -> None:
    found = service_of_samples(typed([("tickets_opened", 1000, None, None, None), ("resolved_24h", None, None, value, unit)]), None, SETTINGS.service)
    assert found is not None
    assert (None if found.solved is None else (found.solved.k, found.solved.n)) == (None if k is None else (k, 1000))
