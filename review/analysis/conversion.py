"""What the incident cost in shop figures: daily amounts against the same weekday before, with the interval of placebo weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.cell import text_of
from review.analysis.row_sets import row_set
from review.analysis.shares import Floats
from review.incident.evidence import RowSet
from review.incident.tables import summed_from_orders
from review.settings.curve import ConversionSettings

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

DAILY_METRICS = ("units", "sales", "orders", "refunds", "buyers", "visitors")
FOLLOWER_METRICS = ("followers_total", "followers_lost")
GOOD_METRICS = frozenset(("units", "sales", "orders", "buyers", "visitors"))
"""Figures whose fall is the damage; of refunds it is the rise, and recovery is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar:
    """The zone days are counted in, the first day of the incident, and the typed promo days left out of every comparison.

    onset: the moment it began, for readings exact to less than a day; None: the start of the first day.
    """

    zone: ZoneInfo
    since: date
    promo_days: frozenset[date] = frozenset()
    onset: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Days since the incident against the baseline of their weekdays.

    days: compared, of which the first and last; left_out: promo and missing days among them. actual, expected: sums. change: actual / expected - 1;
    low, high: its interval, None where the placebo weeks or the figure itself are 0. loss: expected - actual (of a rise: negative), with interval.
    placebos: windows before the incident behind the interval.
    """

    first: date
    last: date
    days: int
    left_out: tuple[date, ...]
    actual: float
    expected: float
    change: float
    low: float | None
    high: float | None
    loss: float
    loss_low: float | None
    loss_high: float | None
    placebos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """One daily figure of one shop before and after.

    state: "compared"; "short_baseline": fewer than min_weeks full weeks before; "no_after": no comparable day since; "no_baseline": the weeks before sum to 0.
    weeks: full weeks behind the baseline. week: the comparison over the first window_days; to_end: over all days to the end of data. recovered_on: first day of
    recover_days whose sum is back at recover_share of the baseline, None where not reached by observed_until (or not asked). conflicts: days given twice with
    different amounts, left out. days, values, baseline: the series from the first baseline week on, None where a day is missing or has no baseline. rows: of
    those days; of all where the baseline is too short.
    """

    scope: str
    name: str | None
    platform: str | None
    metric: str
    unit: str | None
    state: Literal["compared", "short_baseline", "no_after", "no_baseline"]
    weeks: int
    week: Comparison | None
    to_end: Comparison | None
    recovered_on: date | None
    observed_until: date
    conflicts: tuple[date, ...]
    days: tuple[date, ...]
    values: tuple[float | None, ...]
    baseline: tuple[float | None, ...]
    rows: RowSet


def conversions(points: pd.DataFrame, calendar: BusinessCalendar, settings: ConversionSettings) -> tuple[Conversion, ...]:
    """Every daily series of shop figures (one scope, name, platform and metric each; shops are never added up), largest baseline sum first within a metric.

    points: metric_points; used are rows of a shop figure exact to the day, not cumulative, with a value. Baseline of a day: the median of its weekday in the
    full weeks (seven days with a value or a promo day) among the last baseline_weeks before the incident, promo days left out. Interval: the same
    comparison for every window of equal length in those weeks with the window itself taken out of its baseline; root mean square of the log ratios times a
    t value with as many degrees of freedom as whole windows fit, at least three. Measured in benchmarks/conversion.py: bias below 1 point, coverage 93 to 98 %.
    What changed is the incident's doing together with all else that changed that day: never the response's.
    """
    return daily_series(points.loc[points["scope"].isin(("shop", "brand", "item", "account"))], DAILY_METRICS, calendar, settings)


def daily_series(points: pd.DataFrame, metrics: Sequence[str], calendar: BusinessCalendar, settings: ConversionSettings) -> tuple[Conversion, ...]:
    """As `conversions`, of other daily figures: in the order of `metrics`."""
    daily = points.loc[
        points["metric"].isin(metrics) & points["precision"].eq("day").fillna(False) & ~points["cumulative"].fillna(False) & points["value"].notna()
    ]
    keys = [daily[name].astype("string").fillna("") for name in ("metric", "scope", "name", "platform")]
    found = [_conversion(part, calendar, settings) for _, part in daily.groupby(keys, sort=True)]  # a few series
    order = {metric: i for i, metric in enumerate(metrics)}
    return tuple(sorted(found, key=lambda c: (order[c.metric], -(c.to_end.expected if c.to_end else 0.0), c.scope, c.name or "", c.platform or "")))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Days:
    """One amount a day, ascending, without gaps: NaN where missing; offset 0 is the first day of the incident."""

    since: date
    offset: Ints
    value: Floats
    promo: Bools

    def day(self, offset: int) -> date:
        return self.since + timedelta(days=offset)


def _conversion(part: pd.DataFrame, calendar: BusinessCalendar, settings: ConversionSettings) -> Conversion:
    days, conflicts = _days(part, calendar)
    weeks = _full_weeks(days, settings.baseline_weeks)
    pre = np.isin(np.floor_divide(days.offset, 7), [-week for week in weeks]) & ~days.promo & ~np.isnan(days.value)
    first = part.iloc[0]
    week = to_end = None
    recovered: int | None = None
    state: Literal["compared", "short_baseline", "no_after", "no_baseline"] = "compared"
    metric = str(first["metric"])
    shown = days.offset >= -7 * settings.baseline_weeks
    medians = _weekday_medians(days, pre)
    if len(weeks) < settings.min_weeks:
        state = "short_baseline"
    else:
        expected = medians
        after = (days.offset >= 0) & ~days.promo & ~np.isnan(days.value) & ~np.isnan(expected)
        if not after.any():
            state = "no_after"
        elif expected[after].sum() <= 0:
            state = "no_baseline"
        else:
            week = _compared(days, (pre, expected, after & (days.offset < settings.window_days)), settings)
            to_end = _compared(days, (pre, expected, after), settings)
            recovered = _recovered(days, expected, after, settings) if metric in GOOD_METRICS else None
    return Conversion(
        scope=str(first["scope"]),
        name=text_of(first["name"]),
        platform=text_of(first["platform"]),
        metric=metric,
        unit=text_of(first["unit"]),
        state=state,
        weeks=len(weeks),
        week=week,
        to_end=to_end,
        recovered_on=None if recovered is None else days.day(recovered),
        observed_until=days.day(int(days.offset[-1])),
        conflicts=conflicts,
        days=tuple(days.day(int(offset)) for offset in days.offset[shown]),
        values=tuple(None if np.isnan(value) else float(value) for value in days.value[shown]),
        baseline=tuple(None if np.isnan(value) else float(value) for value in medians[shown]),
        rows=row_set(part if state == "short_baseline" else part[_offsets(part, calendar) >= -7 * settings.baseline_weeks]),
    )


def _days(part: pd.DataFrame, calendar: BusinessCalendar) -> tuple[_Days, tuple[date, ...]]:
    offset = _offsets(part, calendar)
    frame = pd.DataFrame({"offset": offset, "value": part["value"].to_numpy(dtype=np.float64)}).drop_duplicates()
    counts = frame.groupby("offset", sort=True)["value"].agg(["first", "size"])
    every = np.arange(min(int(offset.min()), 0), max(int(offset.max()), 0) + 1)
    single = counts.loc[counts["size"] == 1, "first"]
    promo_offsets = [(day - calendar.since).days for day in calendar.promo_days]
    conflicts = tuple(calendar.since + timedelta(days=int(day)) for day in counts.index[counts["size"] > 1])
    value = single.reindex(every).to_numpy(dtype=np.float64)
    return _Days(since=calendar.since, offset=every, value=value, promo=np.isin(every, promo_offsets)), conflicts


def _offsets(part: pd.DataFrame, calendar: BusinessCalendar) -> Ints:
    """The day of each row, counted from the first of the incident."""
    local = part["at"].dt.tz_convert(calendar.zone).dt.tz_localize(None).dt.normalize()
    return np.asarray((local - pd.Timestamp(calendar.since)).dt.days.to_numpy(dtype=np.int64))


def _full_weeks(days: _Days, most: int) -> list[int]:
    """Which of the last `most` weeks before the incident (1 = the seven days just before) have each day's value or are promo that day."""
    known = set(days.offset[~np.isnan(days.value) | days.promo].tolist())
    return [week for week in range(1, most + 1) if all(-7 * week + day in known for day in range(7))]


def _weekday_medians(days: _Days, pre: Bools) -> Floats:
    """For each day the median of its weekday over the days `pre`; NaN where there is none."""
    weekday = days.offset % 7
    weeks = np.full((int(weekday[0]) + len(weekday) + 6) // 7 * 7, np.inf)
    weeks[int(weekday[0]) + np.flatnonzero(pre)] = days.value[pre]
    ordered = np.sort(weeks.reshape(-1, 7), axis=0)
    known, column = np.isfinite(ordered).sum(axis=0), np.arange(7)
    middle = (ordered[np.maximum(known - 1, 0) // 2, column] + ordered[np.minimum(known // 2, len(ordered) - 1), column]) / 2
    return np.where(known > 0, middle, np.nan)[weekday]


def _compared(days: _Days, chosen: tuple[Bools, Floats, Bools], settings: ConversionSettings) -> Comparison | None:
    pre, expected, after = chosen
    if not after.any() or expected[after].sum() <= 0:
        return None
    actual, hoped = float(days.value[after].sum()), float(expected[after].sum())
    offsets = days.offset[after]
    length = int(offsets[-1]) + 1
    ratio = actual / hoped
    placebo = _placebo_ratios(days, pre, length)
    low = high = loss_low = loss_high = None
    whole = 7 * (int(np.ceil(np.count_nonzero(pre) / 7)) or 1)
    if ratio > 0 and len(placebo) >= 2 and length <= whole // 2:
        half = _t_value(settings.confidence, max(whole / length, 3.0)) * float(np.sqrt(np.mean(np.log(placebo) ** 2)))
        low, high = ratio * float(np.exp(-half)) - 1, ratio * float(np.exp(half)) - 1
        loss_low, loss_high = actual / (high + 1) - actual, actual / (low + 1) - actual
    missing = [int(day) for day in days.offset[(days.offset >= 0) & (days.offset < length) & ~after]]
    return Comparison(
        first=days.day(int(offsets[0])),
        last=days.day(int(offsets[-1])),
        days=len(offsets),
        left_out=tuple(days.day(day) for day in missing),
        actual=actual,
        expected=hoped,
        change=ratio - 1,
        low=low,
        high=high,
        loss=hoped - actual,
        loss_low=loss_low,
        loss_high=loss_high,
        placebos=len(placebo),
    )


def _placebo_ratios(days: _Days, pre: Bools, length: int) -> Floats:
    """Actual over expected for every window of `length` days among the baseline's weeks, the window's days taken out of the baseline; zeros left out."""
    inside = np.flatnonzero(pre)
    if len(inside) == 0:
        return np.zeros(0)
    ratios = []
    for start in range(int(inside[0]), int(inside[-1]) - length + 2):  # at most a few dozen windows
        window = np.zeros(len(pre), dtype=bool)
        window[start : start + length] = True
        expected = _weekday_medians(days, pre & ~window)
        used = window & pre & ~np.isnan(expected)
        if used.sum() == (window & pre).sum() and used.any() and expected[used].sum() > 0 and days.value[used].sum() > 0:
            ratios.append(float(days.value[used].sum() / expected[used].sum()))
    return np.asarray(ratios)


def _recovered(days: _Days, expected: Floats, after: Bools, settings: ConversionSettings) -> int | None:
    """Offset of the first of recover_days comparable days in a row whose sum is back, after the first that were not; the first of all where none fell."""
    index = np.flatnonzero(after)
    span = settings.recover_days
    if len(index) < span:
        return None
    actual, hoped = (np.convolve(values[index], np.ones(span), "valid") for values in (days.value, expected))
    is_back = actual >= settings.recover_share * hoped
    fell = np.flatnonzero(~is_back)
    back = np.flatnonzero(is_back & (np.arange(len(is_back)) >= (fell[0] if len(fell) else 0)))
    return int(days.offset[index[back[0]]]) if len(back) else None


def _t_value(confidence: float, freedom: float) -> float:
    """Two-sided t quantile: with t = √freedom · tan θ the density is proportional to cos θ to the power freedom − 1, summed here by trapezes on a fine grid."""
    angle = np.linspace(0.0, np.pi / 2, 20_001)
    density = np.cos(angle) ** (freedom - 1)
    within = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    return float(np.sqrt(freedom) * np.tan(np.interp(confidence, within / within[-1], angle)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerLoss:
    """Followers of one account before and after.

    before: the last total read before the incident's first day, lowest and last: totals since, the last with its time; None where no total was read.
    loss_share: (before - lowest) / before, 0 where it never fell below. lost: sum of daily unfollows since the incident, lost_expected: what the weekdays
    before would have brought, None where unknown or the baseline is too short.
    """

    name: str | None
    platform: str | None
    before: float | None
    lowest: float | None
    last: float | None
    last_at: datetime | None
    loss_share: float | None
    lost: float | None
    lost_expected: float | None
    rows: RowSet


def follower_losses(points: pd.DataFrame, calendar: BusinessCalendar, settings: ConversionSettings) -> tuple[FollowerLoss, ...]:
    """Every account's followers before and after, largest before first, then by name; accounts are never added up (their followers overlap)."""
    chosen = points.loc[points["metric"].isin(FOLLOWER_METRICS) & points["scope"].isin(("account", "brand", "shop")) & points["value"].notna()]
    keys = [chosen[name].astype("string").fillna("") for name in ("name", "platform")]
    found = [_followers(part, calendar, settings) for _, part in chosen.groupby(keys, sort=True)]  # a few accounts
    return tuple(sorted(found, key=lambda f: (-(f.before or 0.0), f.name or "", f.platform or "")))


def _followers(part: pd.DataFrame, calendar: BusinessCalendar, settings: ConversionSettings) -> FollowerLoss:
    start = pd.Timestamp(calendar.since).tz_localize(calendar.zone)
    began = start if calendar.onset is None else pd.Timestamp(calendar.onset)
    totals = part.loc[part["metric"] == "followers_total"].sort_values(["at", "value"])
    before_it = (totals["at"] < start) | ((totals["at"] < began) & totals["precision"].ne("day").fillna(False).astype(bool))
    early, late = totals.loc[before_it], totals.loc[~before_it]
    before, _ = _reading(early.tail(1))
    last, last_at = _reading(late.tail(1))
    lowest, _ = _reading(late.sort_values(["value", "at"]).head(1))
    lost_rows = part.loc[(part["metric"] == "followers_lost") & part["precision"].eq("day").fillna(False) & ~part["cumulative"].fillna(False)]
    lost = expected = None
    if len(lost_rows):
        days, _ = _days(lost_rows, calendar)
        after = (days.offset >= 0) & ~np.isnan(days.value)
        lost = float(days.value[after].sum()) if after.any() else None
        weeks = _full_weeks(days, settings.baseline_weeks)
        if len(weeks) >= settings.min_weeks and lost is not None:
            pre = np.isin(np.floor_divide(days.offset, 7), [-week for week in weeks]) & ~days.promo & ~np.isnan(days.value)
            medians = _weekday_medians(days, pre)[after]
            expected = None if np.isnan(medians).any() else float(medians.sum())
    first = part.iloc[0]
    return FollowerLoss(
        name=text_of(first["name"]),
        platform=text_of(first["platform"]),
        before=before,
        lowest=lowest,
        last=last,
        last_at=last_at,
        loss_share=None if before is None or before <= 0 or lowest is None else max(before - lowest, 0.0) / before,
        lost=lost,
        lost_expected=expected,
        rows=row_set(part),
    )


def _reading(row: pd.DataFrame) -> tuple[float | None, datetime | None]:
    return (float(row["value"].iloc[0]), row["at"].iloc[0].to_pydatetime()) if len(row) else (None, None)


def main_conversion(found: Sequence[Conversion], competitors: Sequence[str] = ()) -> Conversion | None:
    """The series the score reads: sales before units before orders, compared ones only; within a metric the shop's own report before what its orders sum to,
    then the largest; none named after a competitor; None without any.
    """
    rank = {"sales": 0, "units": 1, "orders": 2}
    compared = [c for c in found if c.state == "compared" and c.metric in rank and not names_any(c.name, competitors)]
    return min(compared, key=lambda c: (rank[c.metric], summed_from_orders(c.name)), default=None)


def own_followers(found: Sequence[FollowerLoss], officials: Sequence[str], competitors: Sequence[str]) -> FollowerLoss | None:
    """The account the score reads: the brand's largest, by 官方账号 or without a name (its own back office); else the only one that is no competitor's.

    Only those whose loss is known; None where several may be the brand's and nobody said which.
    """
    known = [each for each in found if each.loss_share is not None and not names_any(each.name, competitors)]
    own = [each for each in known if each.name is None or each.name in officials]
    return own[0] if own else known[0] if len(known) == 1 else None


def names_any(name: str | None, words: Sequence[str]) -> bool:
    return name is not None and any(word in name for word in words)


def counted_once(found: Sequence[Conversion]) -> tuple[Conversion, ...]:
    """The compared series without those summed from orders of a shop whose own report tells the same."""
    compared = [each for each in found if each.state == "compared"]
    reported = {(each.metric, each.platform) for each in compared if not summed_from_orders(each.name)}
    return tuple(each for each in compared if not summed_from_orders(each.name) or not reported & {(each.metric, each.platform), (each.metric, None)})
