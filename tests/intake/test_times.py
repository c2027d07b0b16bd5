# ruff: noqa: DTZ001  (wall clocks are naive on purpose)
"""Times out of cells."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.incident.tables import TEXT
from review.intake.times import parse_times, read_moment

ZONE = "Asia/Shanghai"
NOON = datetime(2026, 4, 20, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


def one(cell: str, captured: datetime | None = None, year: int | None = None) -> tuple[str | None, str | None]:
    """(wall time in Shanghai, precision)."""
    times = parse_times(pd.Series([cell], dtype=TEXT), ZONE, captured, year)
    at = times.at.iloc[0]
    assert times.rejected.iloc[0] == pd.isna(at)
    return (None, None) if pd.isna(at) else (f"{at.tz_convert(ZONE):%Y-%m-%d %H:%M:%S}", str(times.precision.iloc[0]))


@pytest.mark.parametrize(
    ("cell", "wall", "precision"),
    [
        ("2026年03月24日17时33分05秒", "2026-03-24 17:33:05", "s"),
        ("2026年06月25日20时", "2026-06-25 20:00:00", "h"),
        ("2024-07-31_17:08:55", "2024-07-31 17:08:55", "s"),
        ("2024/7/15 6:55", "2024-07-15 06:55:00", "min"),
        ("20260401", "2026-04-01 00:00:00", "day"),
        ("Wed Oct 19 23:44:36 +0800 2022", "2022-10-19 23:44:36", "s"),
        ("Fri, Jun 5, 2026", "2026-06-05 00:00:00", "day"),
        ("2020-04-16 09:48:29 EDT", "2020-04-16 21:48:29", "s"),
        ("24-02-2015 11.35", "2015-02-24 11:35:00", "min"),
        ("2024-07-31 17:08:55+08:00", "2024-07-31 17:08:55", "s"),
        ("2026-08-12T09:05:00Z", "2026-08-12 17:05:00", "s"),
        ("2026.8.12", "2026-08-12 00:00:00", "day"),
        ("2026-08-12", "2026-08-12 00:00:00", "day"),
        ("2026/8/12 下午2:05", "2026-08-12 14:05:00", "min"),
        ("2026年8月12日(周三) 晚上8点半", "2026-08-12 20:30:00", "min"),
        ("2026-08-12 12:05 AM", "2026-08-12 00:05:00", "min"),
        ("2026-08-12 中午12:05", "2026-08-12 12:05:00", "min"),
        ("2026-08-12 24:00", "2026-08-13 00:00:00", "min"),
        ("1773540000", "2026-03-15 10:00:00", "s"),
        ("1773540000000", "2026-03-15 10:00:00", "s"),
        ("46096", "2026-03-15 00:00:00", "day"),
        ("46096.5", "2026-03-15 12:00:00", "s"),
    ],
)
def test_absolute_shapes_keep_their_instant_and_precision(cell: str, wall: str, precision: str) -> None:
    assert one(cell) == (wall, precision)


@pytest.mark.parametrize(
    ("cell", "wall", "precision"),
    [
        ("刚刚", "2026-04-20 12:00:00", "min"),
        ("27分钟前", "2026-04-20 11:33:00", "min"),
        ("2小时前", "2026-04-20 10:00:00", "h"),
        ("昨天 10:18", "2026-04-19 10:18:00", "min"),
        ("前天", "2026-04-18 00:00:00", "day"),
        ("3天前 江苏", "2026-04-17 00:00:00", "day"),
        ("03-30", "2026-03-30 00:00:00", "day"),
        ("8月12日 14:20", "2025-08-12 14:20:00", "min"),
    ],
)
def test_relative_shapes_count_from_the_capture_and_are_unknown_without_it(cell: str, wall: str, precision: str) -> None:
    assert one(cell, NOON) == (wall, precision)
    assert one(cell) == (None, None)


def test_a_month_and_day_take_the_reference_year() -> None:
    assert one("8月12日 14:20", None, 2026) == ("2026-08-12 14:20:00", "min")
    assert one("8.12 14:20", None, 2026) == ("2026-08-12 14:20:00", "min")
    assert one("8.12 晚8点", None, 2026) == ("2026-08-12 20:00:00", "h")
    assert one("8.12上午10:05", None, 2026) == ("2026-08-12 10:05:00", "min")
    assert one("8.12", None, 2026) == (None, None)  # as likely a number
    assert one("02-29", None, 2026) == (None, None)


@pytest.mark.parametrize(
    "cell", ["abc", "2026-02-30", "2026-13-01", "2026-08-12 25:00", "2026-08-12 14:205", "1970-01-01", "0001-01-01", "5/6/2026", "123", "2026"]
)
def test_what_is_no_time_is_rejected(cell: str) -> None:
    assert one(cell, NOON) == (None, None)


def test_another_cell_of_the_column_decides_which_number_is_the_day() -> None:
    times = parse_times(pd.Series(["5/6/2026", "25/6/2026"], dtype=TEXT), ZONE)
    assert [f"{at.tz_convert(ZONE):%m-%d}" for at in times.at] == ["06-05", "06-25"]


def test_a_province_behind_a_time_is_split_off_and_an_edit_is_marked() -> None:
    times = parse_times(pd.Series(["编辑于 昨天 11:20 上海", "02-18 福建", "昨天 11:20 来自iPhone"], dtype=TEXT), ZONE, NOON)
    assert times.region.tolist()[:2] == ["上海", "福建"]
    assert pd.isna(times.region.iloc[2])
    assert times.edited.tolist() == [True, False, False]


@given(st.datetimes(min_value=datetime(1992, 1, 1), max_value=datetime(2095, 1, 1)))
def test_one_instant_in_many_notations_is_one_instant(moment: datetime) -> None:
    wall = moment.replace(microsecond=0)
    epoch = int((wall - timedelta(hours=8)).replace(tzinfo=UTC).timestamp())
    notations = [
        f"{wall:%Y-%m-%d %H:%M:%S}", f"{wall:%Y/%m/%d %H:%M:%S}", f"{wall:%Y-%m-%dT%H:%M:%S}+08:00", f"{wall:%Y年%m月%d日%H时%M分%S秒}",
        f"{wall:%Y-%m-%d_%H:%M:%S}",        f"{wall - timedelta(hours=8):%Y-%m-%dT%H:%M:%SZ}", f"{wall:%Y%m%d%H%M%S}",
    ]  # fmt: skip
    if 10**9 <= epoch < 4 * 10**9:
        notations += [str(epoch), f"{epoch}000"]
    times = parse_times(pd.Series(notations, dtype=TEXT), ZONE)
    assert times.at.nunique(dropna=False) == 1
    assert int(times.at.iloc[0].timestamp()) == epoch


@given(st.dates(min_value=datetime(1990, 1, 1).date(), max_value=datetime(2099, 12, 30).date()), st.integers(0, 33), st.integers(0, 23))
def test_the_quick_lane_and_the_reader_of_single_cells_agree(day: object, off: int, hour: int) -> None:
    cell = f"{day:%Y-%m}-{off:02d} {hour:02d}:30:00"
    quick = parse_times(pd.Series([cell], dtype=TEXT), "UTC").at.iloc[0]
    slow = read_moment(cell)
    assert (slow is None) == pd.isna(quick)
    if slow is not None:
        assert slow.us == round(quick.timestamp() * 1_000_000)


@given(st.lists(st.text(max_size=25), max_size=8))
def test_any_text_is_a_time_or_missing_or_rejected(texts: list[str]) -> None:
    times = parse_times(pd.Series(texts, dtype=TEXT), ZONE, NOON)
    assert not (times.rejected & times.at.notna()).any()
    assert (times.precision.notna() == times.at.notna()).all()


def test_no_cells_give_no_times() -> None:
    assert str(parse_times(pd.Series([], dtype=TEXT), ZONE).at.dtype) == "datetime64[us, UTC]"
