from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from crisis_rows import SETTINGS, SHANGHAI, comments
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.buckets import bucket_grid, floor_to_bucket


def flat(per_bucket: int, buckets: int = 36) -> pd.DataFrame:
    return comments(np.zeros(buckets), np.full(buckets, float(per_bucket)))


def test_the_finest_busy_width_is_taken() -> None:
    widths = [bucket_grid(flat(each, 144), SHANGHAI, SETTINGS.buckets).width for each in (20, 19, 3)]
    assert widths == [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=3)]


def test_an_incident_of_a_dozen_comments_an_hour_is_not_told_in_days() -> None:
    """A thousand comments over four days are the commonest incident: a bucket of a day holds the outbreak, the statement and what followed at once."""
    widths = [bucket_grid(flat(each, 6 * 96), SHANGHAI, SETTINGS.buckets).width for each in (2, 1)]
    assert widths == [timedelta(hours=3), timedelta(hours=6)]


def test_months_are_told_in_days_and_a_storm_after_them_in_parts_of_one() -> None:
    days = [flat(1, 144 * count).assign(published_at=lambda rows: rows["published_at"] - timedelta(days=60)) for count in (60, 10)]
    widths = [bucket_grid(rows, SHANGHAI, SETTINGS.buckets).width for rows in days]
    assert widths == [timedelta(days=1), timedelta(hours=6)]
    before = days[0].iloc[:: len(days[0]) // 50]  # one a day, and then ten days of six an hour
    assert bucket_grid(pd.concat([before, flat(1, 1440)], ignore_index=True), SHANGHAI, SETTINGS.buckets).width == timedelta(hours=6)


def test_times_exact_to_the_day_force_buckets_of_a_day() -> None:
    frame = flat(50)
    frame["time_precision"] = pd.Series(["day"] * len(frame), dtype=frame["time_precision"].dtype)
    grid = bucket_grid(frame, SHANGHAI, SETTINGS.buckets)
    assert grid.width == timedelta(days=1)
    assert grid.coarse == 0


def test_a_few_times_exact_to_the_hour_are_left_out_and_counted() -> None:
    frame = flat(50)
    frame.loc[frame.index[:10], "time_precision"] = "h"
    grid = bucket_grid(frame, SHANGHAI, SETTINGS.buckets)
    assert grid.width == timedelta(minutes=10)
    assert grid.coarse == 10
    assert (grid.index[:10] == -1).all()
    assert (grid.index[10:] >= 0).all()


def test_rows_without_a_time_are_left_out_and_counted() -> None:
    frame = flat(30)
    frame.loc[[0, 5], "published_at"] = pd.NaT
    grid = bucket_grid(frame, SHANGHAI, SETTINGS.buckets)
    assert grid.untimed == 2
    assert grid.index[0] == grid.index[5] == -1


def test_no_rows_give_no_buckets() -> None:
    grid = bucket_grid(flat(1).iloc[:0], SHANGHAI, SETTINGS.buckets)
    assert len(grid.starts) == len(grid.ends) == 0


def test_a_stray_comment_years_ago_adds_itself_and_one_gap_only() -> None:
    frame = flat(30)
    frame.loc[0, "published_at"] = pd.Timestamp("2019-01-01", tz="UTC")
    grid = bucket_grid(frame, SHANGHAI, SETTINGS.buckets)
    assert grid.width == timedelta(minutes=10)
    assert len(grid.starts) == 36 + 2
    assert grid.totals(np.ones(len(frame)))[:3].tolist() == [1.0, 0.0, 29.0]


def test_days_begin_at_local_midnight_also_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    times = pd.Series(pd.to_datetime(["2026-03-29T00:30Z", "2026-03-29T21:59Z", "2026-03-29T22:00Z"], utc=True))
    starts = floor_to_bucket(times, timedelta(days=1), berlin)
    assert starts.tolist() == [datetime(2026, 3, 28, 23), datetime(2026, 3, 28, 23), datetime(2026, 3, 29, 22)]  # noqa: DTZ001 (naive UTC)


@settings(max_examples=60)
@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 (naive UTC)
    st.sampled_from([10, 60, 180, 360, 1440]),
    st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu", "America/New_York"]),
)
def test_every_time_lies_in_its_bucket_and_edges_lie_on_the_local_clock(at: datetime, minutes: int, name: str) -> None:
    zone, width = ZoneInfo(name), timedelta(minutes=minutes)
    start = floor_to_bucket(pd.Series([pd.Timestamp(at, tz=UTC)]), width, zone)[0]
    begin = pd.Timestamp(start, tz=UTC)
    assert begin <= pd.Timestamp(at, tz=UTC) < begin + width + timedelta(hours=1)
    local = begin.tz_convert(zone)
    assert (local.hour * 60 + local.minute) % minutes == 0
    assert local.second == 0
