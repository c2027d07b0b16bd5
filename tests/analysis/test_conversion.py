from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from crisis_rows import SETTINGS

from review.analysis.conversion import BusinessCalendar, conversions, counted_once, follower_losses, main_conversion, own_followers
from review.incident.tables import METRIC_POINTS, ORDER_TOTALS

ZONE = ZoneInfo("Asia/Shanghai")
SINCE = date(2026, 8, 5)
CALENDAR = BusinessCalendar(zone=ZONE, since=SINCE)


def daily(values: list[float], first: date, metric: str = "units", **columns: object) -> pd.DataFrame:
    length = len(values)
    at = pd.Series(pd.date_range(pd.Timestamp(first, tz=ZONE), periods=length, freq="D")).dt.tz_convert("UTC").dt.as_unit("us")
    base = {"file": ["shop.csv"] * length, "row": np.arange(length) + 2, "scope": ["shop"] * length, "metric": [metric] * length, "at": at}
    base |= {"precision": ["day"] * length, "cumulative": [False] * length, "value": values, "unit": ["件"] * length}
    return METRIC_POINTS.frame(base | {name: [value] * length for name, value in columns.items()}, length)


def weekly(first: date, length: int) -> list[float]:
    """100 a working day, 150 at weekends, with 4 % noise."""
    noise = 1 + 0.04 * np.random.default_rng(4).normal(size=length)
    return [(150.0 if (first + timedelta(days=i)).weekday() >= 5 else 100.0) * float(noise[i]) for i in range(length)]


def test_a_fall_of_a_fifth_is_found_against_the_same_weekdays() -> None:
    first = SINCE - timedelta(days=28)
    values = weekly(first, 42)
    values[28:] = [0.8 * (150 if (SINCE + timedelta(days=i)).weekday() >= 5 else 100) for i in range(14)]
    (found,) = conversions(daily(values, first), CALENDAR, SETTINGS.conversion)
    assert (found.state, found.weeks, found.unit) == ("compared", 4, "件")
    assert found.week is not None
    assert found.week.change == pytest.approx(-0.2, abs=0.02)
    assert found.week.low is not None
    assert found.week.high is not None
    assert found.week.low < -0.2 < found.week.high < 0
    assert found.week.loss == pytest.approx(0.2 * 800, abs=16)
    assert found.week.loss_low is not None
    assert found.week.loss_high is not None
    assert found.week.loss_low < found.week.loss < found.week.loss_high
    assert (found.week.first, found.week.last, found.week.days) == (SINCE, SINCE + timedelta(days=6), 7)
    assert found.to_end is not None
    assert found.to_end.days == 14
    assert found.recovered_on is None
    assert found.rows.count == 42


def test_recovery_is_the_first_day_of_three_back_at_the_baseline() -> None:
    first = SINCE - timedelta(days=28)
    values = [100.0] * 28 + [50.0] * 5 + [100.0] * 5
    (found,) = conversions(daily(values, first), CALENDAR, SETTINGS.conversion)
    assert found.recovered_on == SINCE + timedelta(days=5)


def test_days_before_the_fall_are_no_recovery_from_it() -> None:
    values = [100.0] * 28 + [100.0] * 4 + [50.0] * 8
    (fallen,) = conversions(daily(values, SINCE - timedelta(days=28)), CALENDAR, SETTINGS.conversion)
    assert fallen.recovered_on is None
    (back,) = conversions(daily([*values, *[100.0] * 3], SINCE - timedelta(days=28)), CALENDAR, SETTINGS.conversion)
    assert back.recovered_on == SINCE + timedelta(days=12)


def test_the_score_reads_the_brands_own_account_and_shop() -> None:
    first = SINCE - timedelta(days=2)

    def followers(name: str | None, values: list[float]) -> pd.DataFrame:
        return daily(values, first, "followers_total", scope="account", name=name, cumulative=True)

    both = pd.concat([followers("品牌官方", [50_000, 50_000, 47_000]), followers("测评大V", [900_000, 900_000, 905_000])], ignore_index=True)
    found = follower_losses(both, CALENDAR, SETTINGS.conversion)
    own = own_followers(found, ("品牌官方",), ())
    assert own is not None
    assert own.loss_share == pytest.approx(0.06)
    assert own_followers(found, (), ()) is None, "nobody said which is the brand's"
    assert own_followers(found, (), ("测评",)) == own
    rival = daily([500.0] * 40, SINCE - timedelta(days=28), "sales", name="竞品旗舰店", unit="元")
    mine = daily([100.0] * 28 + [50.0] * 12, SINCE - timedelta(days=28), "sales", name="本店", unit="元")
    main = main_conversion(conversions(pd.concat([rival, mine], ignore_index=True), CALENDAR, SETTINGS.conversion), ("竞品",))
    assert main is not None
    assert main.name == "本店"


def test_two_weeks_before_are_too_short_a_baseline_and_three_are_enough() -> None:
    for days, state in ((20, "short_baseline"), (21, "compared")):
        (found,) = conversions(daily([100.0] * (days + 7), SINCE - timedelta(days=days)), CALENDAR, SETTINGS.conversion)
        assert found.state == state
        assert (found.week is None) == (state == "short_baseline")


def test_a_promo_day_before_or_after_changes_nothing_when_typed() -> None:
    first = SINCE - timedelta(days=28)
    plain = [100.0] * 28 + [80.0] * 7
    promo = list(plain)
    promo[10] = promo[30] = 900.0
    days = frozenset((first + timedelta(days=10), first + timedelta(days=30)))
    (calm,), (typed,), (untyped,) = (
        conversions(daily(plain, first), CALENDAR, SETTINGS.conversion),
        conversions(daily(promo, first), replace(CALENDAR, promo_days=days), SETTINGS.conversion),
        conversions(daily(promo, first), CALENDAR, SETTINGS.conversion),
    )
    assert calm.week is not None
    assert typed.week is not None
    assert untyped.week is not None
    assert typed.week.change == pytest.approx(calm.week.change)
    assert typed.week.left_out == (first + timedelta(days=30),)
    assert untyped.week.change > 0


def test_a_shift_by_whole_weeks_changes_no_figure() -> None:
    values = weekly(SINCE, 28) + [70.0] * 7
    first = SINCE - timedelta(days=28)
    (one,) = conversions(daily(values, first), CALENDAR, SETTINGS.conversion)
    later = replace(CALENDAR, since=SINCE + timedelta(days=21))
    (two,) = conversions(daily(values, first + timedelta(days=21)), later, SETTINGS.conversion)
    assert one.week is not None
    assert two.week is not None
    assert replace(one.week, first=SINCE, last=SINCE) == replace(two.week, first=SINCE, last=SINCE)


def test_row_order_changes_nothing_and_shops_are_never_added_up() -> None:
    first = SINCE - timedelta(days=28)
    frame = pd.concat([daily([100.0] * 35, first, name="甲店"), daily([300.0] * 35, first, name="乙店")], ignore_index=True)
    found = conversions(frame, CALENDAR, SETTINGS.conversion)
    mixed = conversions(frame.sample(frac=1, random_state=1).reset_index(drop=True), CALENDAR, SETTINGS.conversion)
    assert found == mixed
    assert [c.name for c in found] == ["乙店", "甲店"]
    main = main_conversion(found)
    assert main is not None
    assert main.name == "乙店"


def test_the_shops_own_report_goes_before_what_its_orders_sum_to() -> None:
    first = SINCE - timedelta(days=28)
    report = daily([100.0] * 28 + [80.0] * 7, first, "sales", platform="xhs")
    orders = daily([130.0] * 28 + [90.0] * 7, first, "sales", platform="xhs", name=ORDER_TOTALS)
    found = conversions(pd.concat([report, orders], ignore_index=True), CALENDAR, SETTINGS.conversion)
    assert [each.name for each in found] == [ORDER_TOTALS, None]
    main = main_conversion(found)
    assert main is not None
    assert main.name is None
    assert [each.name for each in counted_once(found)] == [None]
    assert [each.name for each in counted_once(found[:1])] == [ORDER_TOTALS]


def test_a_day_given_twice_with_different_amounts_is_left_out_and_told() -> None:
    first = SINCE - timedelta(days=28)
    frame = pd.concat([daily([100.0] * 35, first), daily([70.0], SINCE)], ignore_index=True)
    (found,) = conversions(frame, CALENDAR, SETTINGS.conversion)
    assert found.conflicts == (SINCE,)
    assert found.week is not None
    assert found.week.left_out == (SINCE,)


def test_sales_of_zero_before_or_no_day_after_are_values() -> None:
    first = SINCE - timedelta(days=28)
    assert conversions(daily([0.0] * 35, first), CALENDAR, SETTINGS.conversion)[0].state == "no_baseline"
    assert conversions(daily([100.0] * 28, first), CALENDAR, SETTINGS.conversion)[0].state == "no_after"
    assert conversions(METRIC_POINTS.empty(), CALENDAR, SETTINGS.conversion) == ()
    assert main_conversion(()) is None


def test_sales_that_stop_altogether_are_a_fall_of_the_whole_without_an_interval() -> None:
    (found,) = conversions(daily([100.0] * 28 + [0.0] * 7, SINCE - timedelta(days=28)), CALENDAR, SETTINGS.conversion)
    assert found.week is not None
    assert (found.week.change, found.week.low) == (-1.0, None)


def test_follower_loss_is_the_lowest_total_since_against_the_last_before() -> None:
    first = SINCE - timedelta(days=4)
    totals = daily([1000, 1010, 1020, 1030, 1030, 1000, 980, 990], first, "followers_total", scope="account", name="官方号", cumulative=True)
    (found,) = follower_losses(totals, CALENDAR, SETTINGS.conversion)
    assert (found.before, found.lowest, found.last) == (1030, 980, 990)
    assert found.loss_share == pytest.approx(50 / 1030)
    assert found.lost is None


def test_followers_read_on_the_day_it_began_but_hours_before_are_those_before() -> None:
    began = datetime(2026, 8, 5, 23, 30, tzinfo=ZONE)
    totals = daily([624_000, 613_000], SINCE, "followers_total", scope="account", name="官方号", cumulative=True)
    totals["at"] += pd.Timedelta(hours=12)
    totals.loc[:, "precision"] = "min"
    (found,) = follower_losses(totals, replace(CALENDAR, onset=began), SETTINGS.conversion)
    assert (found.before, found.lowest) == (624_000, 613_000)
    (late,) = follower_losses(totals, replace(CALENDAR, onset=began - timedelta(hours=20)), SETTINGS.conversion)
    assert late.before is None


def test_growing_followers_are_no_loss_and_no_total_before_is_unknown() -> None:
    first = SINCE - timedelta(days=2)
    grown = daily([10, 20, 30, 40], first, "followers_total", scope="account", cumulative=True)
    assert follower_losses(grown, CALENDAR, SETTINGS.conversion)[0].loss_share == 0.0
    late = daily([10, 5], SINCE, "followers_total", scope="account", cumulative=True)
    assert follower_losses(late, CALENDAR, SETTINGS.conversion)[0].loss_share is None


def test_daily_unfollows_are_held_against_those_of_the_weekdays_before() -> None:
    frame = daily([5.0] * 28 + [50.0] * 4, SINCE - timedelta(days=28), "followers_lost", scope="account")
    (found,) = follower_losses(frame, CALENDAR, SETTINGS.conversion)
    assert (found.lost, found.lost_expected) == (200.0, 20.0)


def test_the_interval_comes_from_windows_held_against_the_other_weeks_only() -> None:
    """Two weeks of 100 and 121 a day: a window of j days of the first and 7 - j of the second is held against 121 and 100."""
    first = SINCE - timedelta(days=14)
    (found,) = conversions(daily([100.0] * 7 + [121.0] * 7 + [110.0] * 7, first), CALENDAR, replace(SETTINGS.conversion, min_weeks=2, baseline_weeks=2))
    j = np.arange(8)
    ratios = (100 * j + 121 * (7 - j)) / (121 * j + 100 * (7 - j))
    assert found.week is not None
    assert found.week.high is not None
    half = np.log((1 + found.week.high) / (1 + found.week.change))
    assert half == pytest.approx(3.182 * np.sqrt(np.mean(np.log(ratios) ** 2)), rel=0.03)
