"""What followed each action of the brand: the evidence ladder A, B, C, D or not assessable. Coincides is not caused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from review.analysis.buckets import PRECISION_MINUTES, Instants
from review.analysis.curve import Curve, instant, moment
from review.analysis.shares import Floats, difference_interval, effective, pooled_effective, two_sided_p
from review.analysis.trend import StepTest, earlier_decline, interrupted_series
from review.incident.evidence import NO_ROWS, RowSet, union
from review.settings.curve import EffectSettings
from review.settings.rubric import AttributionGrade

NotAssessable = Literal["samples", "thin", "few_comments", "few_buckets", "outside", "coarse_time", "overlap"]
"""Typed samples only; thin curve; too few effective comments or buckets a side; outside the data; time less exact than a bucket; too close to another
action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action to assess: a stable name, its time, what the time is exact to (tables.PRECISIONS, None = exact) and its rows.

    until: where it was published in several places, the time of the last, else `at`; elsewhere: the names of its later publications.
    """

    ident: str
    at: datetime
    until: datetime
    elsewhere: tuple[str, ...]
    precision: str | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Buckets [start, end) before or after: k of n, share, and what n is worth."""

    start: datetime
    end: datetime
    buckets: int
    k: float
    n: int
    n_effective: float
    share: float
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Placebo:
    """The same comparison at times before the action where nothing was done: how many were possible, and in how many the share moved the same way at least
    as far. rows: the comments looked at.
    """

    times: int
    as_large: int
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowTest:
    """One comparison around bucket t, and the grade it gives; numbers are None where they could not be had.

    change: share after minus before, with interval; p: two-sided z test on effective counts. step: interrupted time series (pre-trend, step and slope change).
    turn: bucket of the turning point of the change's direction within the lag window. earlier: the A was withheld because a decline from this bucket on,
    before the action, tells the series as well.
    """

    grade: AttributionGrade | None
    reason: NotAssessable | None
    before: tuple[int, int]
    after: tuple[int, int]
    change: float | None
    p: float | None
    step: StepTest | None
    turn: int | None
    earlier: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What followed one action.

    grade: None where not assessable, and `reason` says why. elsewhere: the action's own (of a group: none, its actions have theirs). group: the names of all
    actions too close to be told apart, this one included, else empty. before, after: the windows compared, None where there are none; change, low, high:
    after minus before with interval; p: its test. step: interrupted time series; placebo: the comparison repeated before the action. turn_at: a turning point
    of like direction in the lag window. falling_since: set where grade A was withheld because the fall may have begun then, before the action. rows: the
    action's own; curve_rows: the comments'.
    """

    ident: str
    at: datetime
    elsewhere: tuple[str, ...]
    grade: AttributionGrade | None
    reason: NotAssessable | None
    group: tuple[str, ...]
    before: Side | None
    after: Side | None
    change: float | None
    low: float | None
    high: float | None
    p: float | None
    step: StepTest | None
    placebo: Placebo | None
    turn_at: datetime | None
    falling_since: datetime | None
    rows: RowSet
    curve_rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """How fast the share moved before and after an action, in share per hour (negative: falling), with standard errors; None: too few buckets.

    window_before, window_after: how long each side is, within the data; rows: the comments of both.
    """

    at: datetime
    window_before: timedelta
    window_after: timedelta
    before: float | None
    before_error: float | None
    after: float | None
    after_error: float | None
    rows: RowSet


def ladder(counts: tuple[Floats, Floats, float], span: tuple[int, int], turns: Sequence[tuple[int, float]], settings: EffectSettings) -> WindowTest:
    """The grade of an action in the bucket span = (t, t), or of several taken as one, the first and last in the buckets of span.

    counts: k, n per bucket without gaps, and rho; turns: (bucket, step) of the turning points. Before: the side_buckets buckets before the span. After: as many
    from its last bucket + lag_buckets on (the span's own buckets are in neither). D: risen by min_drop or more, significant, and beyond the trend or with an
    upward turning point. A: fallen by min_drop or more with p < alpha on effective counts AND a step down in the interrupted series (one-sided, alpha) AND no
    decline that began before the action tells the series as well. B: a downward turning point from the span to the end of the window after it. Else C.
    Measured with 300 series a cell: where the response did nothing, A stays at or below 7 % (a plain before/after test credits it in up to 51 %).
    """
    k, n, rho = counts
    side, lag = settings.side_buckets, settings.lag_buckets
    t, last = span
    before, after = (t - side, t), (last + lag, last + lag + side)
    nothing = WindowTest(grade=None, reason="few_buckets", before=before, after=after, change=None, p=None, step=None, turn=None)
    if before[0] < 0 or after[1] > len(n):
        return nothing
    (share1, worth1), (share2, worth2) = (_pooled(k, n, rho, part) for part in (before, after))
    if min(worth1, worth2) < settings.side_effective:
        return WindowTest(grade=None, reason="few_comments", before=before, after=after, change=None, p=None, step=None, turn=None)
    change = share2 - share1
    pooled = (share1 * worth1 + share2 * worth2) / (worth1 + worth2)
    error = float(np.sqrt(max(pooled * (1 - pooled), 1e-12) * (1 / worth1 + 1 / worth2)))
    p = two_sided_p(change / error)
    worth = effective(n, rho)
    worth[t + 1 : after[0]] = 0.0  # buckets between the first and the last of several actions are neither before nor after
    weighed = np.divide(k, n, out=np.zeros_like(k), where=n > 0) * worth
    step = interrupted_series(weighed, worth, after[0], settings)
    near = [bucket for bucket, size in turns if t <= bucket < after[1] and size * change > 0]
    turn = near[0] if near else None
    moved = abs(change) >= settings.min_drop and p < settings.alpha
    beyond = step is not None and step.p / 2 < settings.alpha and step.step * change > 0  # one-sided: in the direction of the change
    grade: AttributionGrade
    earlier = earlier_decline(weighed, worth, (t, after[0]), settings) if moved and change < 0 and beyond else None
    if moved and change > 0 and (beyond or turn is not None):
        grade = "D"
    elif moved and change < 0 and beyond and earlier is None:
        grade = "A"
    elif change < 0 and turn is not None:
        grade = "B"
    else:
        grade = "C"
    return WindowTest(grade=grade, reason=None, before=before, after=after, change=change, p=p, step=step, turn=turn, earlier=earlier)


def effects(curve: Curve, actions: Sequence[Action], settings: EffectSettings) -> tuple[Effect, ...]:
    """What followed each action, in order of time, then name.

    Actions less than side_buckets + lag_buckets apart spoil each other's windows: they form one named group (chains too), none of which is graded
    ("overlap"), while the figures are still given. Actions in one bucket as well. Of typed samples, which have no trend, none is graded ("samples"), while
    the last before and the first after an action are given where no other action lies between them. An action less exact in time than the bucket is wide
    is not assessed and spoils no other. Give public actions only, and each once: an internal step is not seen by those who comment.
    """
    if curve.width is None:
        ordered = _ordered(actions)
        return tuple(_between_samples(curve, action, [other for other in ordered if other is not action], settings) for action in ordered)
    timed = _timed(curve, actions)
    groups = {action.ident: chain for chain in _chains(timed, settings) for action in chain}
    return tuple(_effect(timed, groups.get(action.ident, (action,)), action, settings) for action in timed.actions)


def joint_effects(curve: Curve, actions: Sequence[Action], settings: EffectSettings) -> tuple[Effect, ...]:
    """What followed each group of actions that cannot be told apart, taken as one: the window before its first against the one after its last.

    In order of time; ident and at are the first action's, `group` names all, rows are those of all. A group so long that no trend before it is left within
    trend_pre_buckets is "few_buckets". Actions as for `effects`; () for typed samples.
    """
    if curve.width is None:
        return ()
    timed = _timed(curve, actions)
    return tuple(_joint_effect(timed, chain, settings) for chain in _chains(timed, settings))


def _ordered(actions: Sequence[Action]) -> list[Action]:
    return sorted(actions, key=lambda action: (action.at, action.ident))


def escalation(curve: Curve, at: datetime, settings: EffectSettings) -> Escalation:
    """Slopes of the share over the trend_pre_buckets before and the trend_post_buckets from the bucket of `at` on; None where fewer than trend_min_pre are
    filled.

    Straight lines fitted by weighted least squares, weights the comments; the errors are those of the residual scatter.
    """
    if curve.width is None:
        return Escalation(
            at=at, window_before=timedelta(), window_after=timedelta(), before=None, before_error=None, after=None, after_error=None, rows=NO_ROWS
        )
    dense = _dense(curve)
    t = dense.bucket(at)
    hours = curve.width / timedelta(hours=1)
    before = _slope(dense, (t - settings.trend_pre_buckets, t), settings.trend_min_pre)
    after = _slope(dense, (t, t + settings.trend_post_buckets), settings.trend_min_pre)
    return Escalation(
        at=at,
        window_before=min(settings.trend_pre_buckets, max(t, 0)) * curve.width,
        window_after=max(min(settings.trend_post_buckets, len(dense.n) - t), 0) * curve.width,
        before=before[0] / hours if before else None,
        before_error=before[1] / hours if before else None,
        after=after[0] / hours if after else None,
        after_error=after[1] / hours if after else None,
        rows=_part_rows(curve, dense, (t - settings.trend_pre_buckets, t + settings.trend_post_buckets)),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Dense:
    """The curve's counts on buckets without gaps; place: the curve's own bucket at each, -1 for those left out of it (they are empty)."""

    starts: Instants
    width: timedelta
    k: Floats
    n: Floats
    place: npt.NDArray[np.int64]

    def start(self, bucket: int) -> np.datetime64:
        """Start of a bucket; beyond the data counted from its ends."""
        inside = min(max(bucket, 0), len(self.starts) - 1)
        made: np.datetime64 = self.starts[inside] + np.timedelta64(self.width, "us") * (bucket - inside)
        return made

    def bucket(self, at: datetime) -> int:
        """The bucket that holds this time; below 0 or beyond the end outside the data."""
        inside = int(np.searchsorted(self.starts, instant(at), side="right")) - 1
        if 0 <= inside < len(self.starts) - 1:
            return inside
        edge = max(inside, 0)
        return edge + int(np.floor((instant(at) - self.starts[edge]) / np.timedelta64(self.width, "us")))


def _dense(curve: Curve) -> _Dense:
    assert curve.width is not None
    first = curve.starts[0]
    position = np.rint((curve.starts - first) / np.timedelta64(curve.width, "us")).astype(np.int64)  # rounded: days may have 23 or 25 hours
    length = int(position[-1]) + 1
    k, n, place = np.zeros(length), np.zeros(length), np.full(length, -1, dtype=np.int64)
    k[position], n[position], place[position] = curve.k, curve.n, np.arange(len(position))
    held = np.maximum.accumulate(place)
    starts = curve.starts[held] + np.timedelta64(curve.width, "us") * (np.arange(length) - position[held])
    return _Dense(starts=starts, width=curve.width, k=k, n=n, place=place)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Timed:
    """A curve, its counts without gaps, and all actions in order of time. busy: the first and the last bucket of each action, as far as its time is known."""

    curve: Curve
    dense: _Dense
    actions: Sequence[Action]
    busy: tuple[tuple[int, int], ...]

    def quiet(self, first: int, end: int) -> bool:
        """Whether no action lies in buckets [first, end)."""
        return all(last < first or start >= end for start, last in self.busy)


def _timed(curve: Curve, actions: Sequence[Action]) -> _Timed:
    dense, ordered = _dense(curve), _ordered(actions)
    busy = tuple((dense.bucket(action.at), dense.bucket(action.until + _exact_to(action))) for action in ordered)
    return _Timed(curve=curve, dense=dense, actions=ordered, busy=busy)


def _exact_to(action: Action) -> timedelta:
    return PRECISION_MINUTES.get(action.precision or "", 0.0) * timedelta(minutes=1)


def _chains(timed: _Timed, settings: EffectSettings) -> list[tuple[Action, ...]]:
    """Each group of two or more actions that are too close to their neighbours, in order of time."""
    dense = timed.dense
    chains: list[list[Action]] = []
    for action in (action for action in timed.actions if _exact_to(action) <= dense.width):  # a handful of actions
        if chains and dense.bucket(action.at) - dense.bucket(max(before.until for before in chains[-1])) < settings.side_buckets + settings.lag_buckets:
            chains[-1].append(action)
        else:
            chains.append([action])
    return [tuple(chain) for chain in chains if len(chain) > 1]


def _unassessed(action: Action, reason: NotAssessable, group: tuple[str, ...] = ()) -> Effect:
    return Effect(
        ident=action.ident,
        at=action.at,
        elsewhere=action.elsewhere,
        grade=None,
        reason=reason,
        group=group,
        before=None,
        after=None,
        change=None,
        low=None,
        high=None,
        p=None,
        step=None,
        placebo=None,
        turn_at=None,
        falling_since=None,
        rows=action.rows,
        curve_rows=NO_ROWS,
    )


def _between_samples(curve: Curve, action: Action, others: Sequence[Action], settings: EffectSettings) -> Effect:
    """The last sample that ends by the action and the first that begins after it; without figures where one is missing or another action lies between."""
    nothing = _unassessed(action, "samples")
    before = np.flatnonzero((curve.ends <= instant(action.at)) & (curve.n > 0))
    after = np.flatnonzero((curve.starts >= instant(action.until + _exact_to(action))) & (curve.n > 0))
    if not len(before) or not len(after):
        return nothing
    sides = _sample(curve, int(before[np.argmax(curve.ends[before])])), _sample(curve, int(after[0]))
    if any(other.at <= sides[1].start and other.until + _exact_to(other) >= sides[0].end for other in others):
        return nothing
    (one, two), alpha = sides, settings.alpha
    low, high = difference_interval((one.share, one.n_effective), (two.share, two.n_effective), 1 - alpha)
    return replace(nothing, before=one, after=two, change=two.share - one.share, low=low, high=high, curve_rows=union(one.rows, two.rows))


def _sample(curve: Curve, at: int) -> Side:
    return Side(
        start=moment(curve.starts[at]),
        end=moment(curve.ends[at]),
        buckets=1,
        k=float(curve.k[at]),
        n=round(float(curve.n[at])),
        n_effective=float(curve.n_effective[at]),
        share=float(curve.share[at]),
        rows=curve.by_bucket.rows(at, at + 1),
    )


def _effect(timed: _Timed, chain: tuple[Action, ...], action: Action, settings: EffectSettings) -> Effect:
    group = tuple(each.ident for each in chain) if len(chain) > 1 else ()
    if _exact_to(action) > timed.dense.width:
        return _unassessed(action, "coarse_time", group)
    found = _windows(timed, action, group, settings)
    return replace(found, grade=None, reason="overlap") if group and found.reason in (None, "thin") else found


def _joint_effect(timed: _Timed, chain: tuple[Action, ...], settings: EffectSettings) -> Effect:
    dense, group = timed.dense, tuple(each.ident for each in chain)
    whole = replace(chain[0], until=max(each.until for each in chain), elsewhere=(), rows=union(*(each.rows for each in chain)))
    if dense.bucket(whole.until) - dense.bucket(whole.at) > settings.trend_pre_buckets - settings.trend_min_pre:
        return _unassessed(whole, "few_buckets", group)
    return _windows(timed, whole, group, settings)


def _windows(timed: _Timed, action: Action, group: tuple[str, ...], settings: EffectSettings) -> Effect:
    """The comparison around one action, or around a group taken as one."""
    curve, dense = timed.curve, timed.dense
    first, last = dense.bucket(action.at), dense.bucket(action.until)
    if not 0 <= first <= last < len(dense.n):
        return _unassessed(action, "outside", group)
    turns = [(dense.bucket(point.at), point.step) for point in curve.turning_points]
    test = ladder((dense.k, dense.n, curve.rho), (first, last), turns, settings)
    if test.reason is not None or test.change is None:
        return _unassessed(action, test.reason or "few_buckets", group)
    before, after = _side(curve, dense, test.before), _side(curve, dense, test.after)
    low, high = difference_interval((before.share, before.n_effective), (after.share, after.n_effective), 1 - settings.alpha)
    return Effect(
        ident=action.ident,
        at=action.at,
        elsewhere=action.elsewhere,
        grade=None if curve.is_thin else test.grade,
        reason="thin" if curve.is_thin else None,
        group=group,
        before=before,
        after=after,
        change=test.change,
        low=low,
        high=high,
        p=test.p,
        step=test.step,
        placebo=_placebo(timed, (first, last), test.change, settings),
        turn_at=None if test.turn is None else moment(dense.start(test.turn)),
        falling_since=None if test.earlier is None else moment(dense.start(test.earlier)),
        rows=action.rows,
        curve_rows=union(before.rows, after.rows),
    )


def _side(curve: Curve, dense: _Dense, part: tuple[int, int]) -> Side:
    share, worth = _pooled(dense.k, dense.n, curve.rho, part)
    return Side(
        start=moment(dense.start(part[0])),
        end=moment(dense.start(part[1])),
        buckets=part[1] - part[0],
        k=float(dense.k[slice(*part)].sum()),
        n=round(float(dense.n[slice(*part)].sum())),
        n_effective=worth,
        share=share,
        rows=_part_rows(curve, dense, part),
    )


def _part_rows(curve: Curve, dense: _Dense, part: tuple[int, int]) -> RowSet:
    """The comments of buckets [part), cut to the data."""
    inside = dense.place[max(part[0], 0) : max(part[1], 0)]
    inside = inside[inside >= 0]
    return curve.by_bucket.rows(int(inside.min()), int(inside.max()) + 1) if len(inside) else NO_ROWS


def _placebo(timed: _Timed, span: tuple[int, int], change: float, settings: EffectSettings) -> Placebo:
    """The comparison at every earlier bucket whose windows end by the span's first, hold enough comments and no action."""
    dense, rho = timed.dense, timed.curve.rho
    side, apart = settings.side_buckets, span[1] - span[0] + settings.lag_buckets
    times: list[int] = []
    as_large = 0
    for t in range(max(side, span[0] - settings.placebo_buckets), span[0] - apart - side + 1):  # a few dozen windows, each a sum of six numbers
        (share1, worth1), (share2, worth2) = (_pooled(dense.k, dense.n, rho, part) for part in ((t - side, t), (t + apart, t + apart + side)))
        if min(worth1, worth2) >= settings.side_effective and timed.quiet(t - side, t + apart + side):
            times.append(t)
            as_large += (share2 - share1 <= change) if change < 0 else (share2 - share1 >= change)
    looked_at = (times[0] - side, times[-1] + apart + side) if times else (0, 0)
    return Placebo(times=len(times), as_large=as_large, rows=_part_rows(timed.curve, dense, looked_at))


def _slope(dense: _Dense, part: tuple[int, int], least: int) -> tuple[float, float] | None:
    """Slope of the share per bucket and its standard error over [part) cut to the data."""
    index = np.arange(max(part[0], 0), min(max(part[1], 0), len(dense.n)))
    index = index[dense.n[index] > 0]
    if len(index) < max(least, 3):
        return None
    weight, share = dense.n[index], dense.k[index] / dense.n[index]
    x = index - np.average(index, weights=weight)
    spread = float((weight * x**2).sum())
    slope = float((weight * x * share).sum()) / spread
    residual = share - np.average(share, weights=weight) - slope * x
    return slope, float(np.sqrt((weight * residual**2).sum() / (len(index) - 2) / spread))


def _pooled(k: Floats, n: Floats, rho: float, part: tuple[int, int]) -> tuple[float, float]:
    """Share and effective count of buckets [part): (0, 0) without comments."""
    total = float(n[slice(*part)].sum())
    return (float(k[slice(*part)].sum()) / total if total > 0 else 0.0), pooled_effective(n[slice(*part)], rho)
