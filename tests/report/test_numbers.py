"""Printed numbers: units, signs and rounding, as the theme decides."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.report.numbers import NumberStyle
from review.report.theme import load_theme

STYLE = NumberStyle(display=load_theme(None).display, zone="Asia/Shanghai", year=2026)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 条"),
        (9_876, "9,876 条"),
        (10_000, "1万条"),
        (620_340, "62万条"),
        (12_345_678, "1,234.6万条"),
        (99_999_999, "1亿条"),
        (125_000_000, "1.3亿条"),
        (12_500, "1.3万条"),
        (2.25, "2.3 条"),
        (-3, "−3 条"),
    ],
)
def test_counts(value: float, text: str) -> None:
    assert STYLE.count(value, "条") == text


def test_shares_changes_and_points() -> None:
    assert STYLE.share(0.6523) == "65.2%"
    assert STYLE.change(-0.253) == "−25.3%"
    assert STYLE.change(0.12) == "+12.0%"
    assert STYLE.points(-0.35) == "35.0 个百分点"
    assert STYLE.point_range(-0.4, 0.05) == "−40 至 +5"


def test_a_half_is_rounded_up_as_everybody_finds_who_recounts_in_a_spreadsheet() -> None:
    assert [STYLE.share(share) for share in (5 / 16, 0.2995, 0.0005, -0.3125, -0.0001)] == ["31.3%", "30.0%", "0.1%", "−31.3%", "0.0%"]
    assert [STYLE.share(share, 0) for share in (0.125, 0.145)] == ["13%", "15%"]
    assert (STYLE.score(76.25), STYLE.decimal(2.675), STYLE.plain(0.125), STYLE.points(0.0625)) == ("76.3", "2.68", "0.13", "6.3 个百分点")
    assert STYLE.point_range(-0.125, 0.065) == "−13 至 +7"
    assert STYLE.duration(timedelta(seconds=150)) == "3 分钟"


@given(st.integers(0, 10**6), st.integers(0, 3))
def test_the_printed_share_is_never_farther_than_half_of_its_last_digit(ppm: int, digits: int) -> None:
    assert abs(Decimal(STYLE.share(ppm / 10**6, digits).rstrip("%")) - Decimal(ppm) / 10**4) * 2 <= Decimal(1).scaleb(-digits)


def test_durations_step_from_minutes_to_days() -> None:
    spans = [(42, "42 分钟"), (95, "1 小时 35 分"), (120, "2 小时"), (3 * 24 * 60, "3 天")]
    assert [STYLE.duration(timedelta(minutes=minutes)) for minutes, _ in spans] == [text for _, text in spans]
    assert STYLE.duration(-timedelta(minutes=42)) == "42 分钟"


def test_a_difference_is_that_of_the_times_as_printed() -> None:
    first, later = datetime(2026, 8, 12, 11, 26, 50, tzinfo=UTC), datetime(2026, 8, 12, 12, 30, tzinfo=UTC)
    assert (STYLE.when(first), STYLE.when(later)) == ("8月12日 19:26", "8月12日 20:30")
    assert STYLE.between(first, later) == STYLE.between(later, first) == "1 小时 4 分"


def test_decimals_of_a_column_are_equally_many() -> None:
    assert [STYLE.decimal(value) for value in (3, 0.5, -1.234)] == ["3.00", "0.50", "−1.23"]


def test_times_are_printed_in_the_zone_and_as_exactly_as_known() -> None:
    at = datetime(2026, 8, 12, 16, 5, tzinfo=UTC)
    assert STYLE.when(at) == "8月13日 00:05"
    assert STYLE.when(at, "h") == "8月13日 0时"
    assert STYLE.when(at, "day") == "8月13日"
    assert STYLE.day(date(2025, 3, 15)) == "2025年3月15日"


def test_the_day_is_not_said_twice_beside_a_time_of_the_same_day_in_the_zone() -> None:
    at = datetime(2026, 8, 12, 15, 50, tzinfo=UTC)  # 23:50 in the zone
    assert STYLE.when_beside(at, at - timedelta(hours=20)) == "23:50"
    assert STYLE.when_beside(at + timedelta(minutes=20), at) == "8月13日 00:10"
