from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from crisis_rows import SETTINGS
from test_service import NINE, typed

from review.analysis.analyse import analyse, measure_business
from review.analysis.typed_totals import complaints_closed, typed_totals
from review.incident.case import Case
from review.incident.incident import Incident, empty_incident
from review.incident.tables import SAMPLES, TICKETS
from review.settings.analysis_settings import load_analysis_settings

ZONE = ZoneInfo("Asia/Shanghai")


def incident(samples: pd.DataFrame) -> Incident:
    """Two cases of the service desk, one closed, and these typed totals."""
    opened = pd.Series([NINE, NINE]).dt.as_unit("us")
    columns = {"file": ["t.csv"] * 2, "row": [2, 3], "opened_at": opened, "resolved": pd.array([True, False], dtype="boolean"), "satisfaction": [4.0, None]}
    return replace(empty_incident(Case()), samples=samples, tickets=TICKETS.frame(columns, 2))


def test_complaints_are_those_typed_and_cases_only_without_them() -> None:
    totals = typed_totals(typed([("complaints", 87, 79, None, "件"), ("complaints", 13, 11, None, "件"), ("complaints", None, None, 5.0, "件")]))
    assert [(total.metric, total.n, total.k) for total in totals] == [("complaints", 5, None), ("complaints", 13, 11), ("complaints", 87, 79)]
    closed = complaints_closed(totals, None)
    assert closed is not None
    assert (closed.k, closed.n) == (90, 100)
    assert complaints_closed(typed_totals(typed([("complaints", None, None, 42.0, "件")])), None) is None


def test_complaints_of_periods_before_the_incident_are_not_of_it() -> None:
    totals = typed_totals(typed([("complaints", 87, 79, None, "件")]))
    ends = NINE + timedelta(days=3)
    assert complaints_closed(totals, ends - timedelta(hours=1)) is not None
    assert complaints_closed(totals, ends) is None


def test_cases_count_from_the_first_day_of_the_incident_on_in_service_score_and_causes_alike() -> None:
    opened = pd.Series([NINE - timedelta(days=40), NINE - timedelta(hours=9), NINE, NINE + timedelta(days=5)]).dt.as_unit("us")
    columns = {"file": ["t.csv"] * 4, "row": [2, 3, 4, 5], "opened_at": opened, "topic": ["旧事", "退款", "退款", "退款"]}
    cases = TICKETS.frame({**columns, "resolved": pd.array([False, True, True, False], dtype="boolean")}, 4)
    found = analyse(replace(empty_incident(Case(outbreak_at=NINE)), tickets=cases), load_analysis_settings(), "Asia/Shanghai").findings
    service = found.business.service
    assert service is not None
    assert (service.opened, service.closed, service.earlier, service.earlier_rows.count) == (3, 2, 1, 1)
    assert service.start == NINE.astimezone(ZONE).replace(hour=0)
    assert found.score.card.line("complaints").raw == 2 / 3
    assert [(topic.name, topic.opened) for topic in found.causes.tickets] == [("退款", 3)]


def test_typed_totals_take_the_place_of_cases_that_are_all_of_before() -> None:
    given = incident(typed([("resolved_24h", 100, 80, None, None)]))
    given = replace(given, tickets=given.tickets.assign(opened_at=given.tickets["opened_at"] - timedelta(days=40)))
    service = measure_business(given, NINE, SETTINGS, ZONE).service
    assert service is not None
    assert service.solved is not None
    assert (service.opened, service.solved.k, service.earlier) == (None, 80, 2)


def test_a_total_typed_twice_is_one_and_two_periods_are_two() -> None:
    twice = typed([("reposts_elsewhere", None, None, 212.0, "篇")] * 2)
    assert [(total.n, total.rows.count) for total in typed_totals(twice)] == [(212, 2)]
    later = twice.assign(start=[NINE, NINE + timedelta(days=1)]).astype({"start": twice["start"].dtype})
    assert [total.n for total in typed_totals(later)] == [212, 212]
    assert typed_totals(SAMPLES.empty()) == ()


def test_typed_totals_stand_beside_the_service_desk() -> None:
    business = measure_business(incident(typed([("complaints", 10, 9, None, "件")])), None, SETTINGS, ZONE)
    assert business.service is not None
    assert (business.service.opened, business.service.closed) == (2, 1)
    assert (business.service.satisfaction, business.service.rated) == (4.0, 1)
    assert [total.metric for total in business.totals] == ["complaints"]


def test_the_indicator_takes_cases_for_complaints_only_where_none_were_typed_and_says_so() -> None:
    def line(samples: pd.DataFrame) -> tuple[float | str | None, tuple[str, ...]]:
        card = analyse(incident(samples), load_analysis_settings(), "Asia/Shanghai").findings.score.card
        return card.line("complaints").raw, card.line("complaints").notes

    assert line(typed([("complaints", 10, 9, None, "件")])) == (0.9, ())
    assert line(SAMPLES.empty()) == (0.5, ("of_tickets",))
