"""What a picture shows of a curve: the time around the incident, and its buckets pooled to as many points as it can carry, each with its band."""

from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

import numpy as np

from review.analysis.curve import Curve, instant, moment
from review.analysis.shares import pooled_effective, wilson
from review.settings.curve import CurveSettings

CONFIDENCE = 0.95
LEAST_GROUPS = 4
"""Where every bucket is thin, so many points are left at the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledPoint:
    """Neighbouring buckets [start, end) as one: n judged rows, pooled share with Wilson band on effective counts; thin: fewer than thin_below.

    smoothed: mean of the curve's smooth line over them, None where it has a gap.
    """

    start: datetime
    end: datetime
    n: int
    share: float
    low: float
    high: float
    thin: bool
    smoothed: float | None


def focused(curve: Curve, onset: datetime, settings: CurveSettings) -> Curve:
    """The curve with its focus on the incident, for exports that reach years back (a platform's search gives old posts too).

    The focus begins as long before the onset as it lasts after it, at least focus_buckets before, where that leaves out more than half of what it was;
    otherwise, and where too few buckets would remain to be read as a curve, the curve as it is.
    """
    start, end = curve.focus
    if curve.width is None or not start < onset < end:
        return curve
    begin = onset - max(end - onset, settings.buckets.focus_buckets * curve.width)
    inside = (curve.starts >= instant(begin)) & (curve.starts < instant(end)) & (curve.n > 0)
    if begin <= start or end - begin > (end - start) / 2 or int(inside.sum()) < settings.turning_points.min_buckets:
        return curve
    return replace(curve, focus=(moment(curve.starts[inside][0]), end))


def shown_within(curve: Curve, period: tuple[datetime, datetime], near: Curve) -> Curve:
    """The curve with what is told of confined to the buckets that meet the period, and its focus too; as it is where none does.

    near: the same curve; where `focused` has drawn its focus closer, that stays.
    """
    inside = np.flatnonzero((curve.ends > instant(period[0])) & (curve.starts <= instant(period[1])))
    if not len(inside):
        return near
    first, last = moment(curve.starts[inside[0]]), moment(curve.ends[inside[-1]])
    start, end = (first, last) if near is curve else (max(first, near.focus[0]), min(last, near.focus[1]))
    return replace(curve, focus=(start, end) if start < end else (first, last), period=(first, last))


def pooled_points(curve: Curve, most: int, thin_below: int) -> tuple[PooledPoint, ...]:
    """At most about `most` points over what a chart shows (`focus`), never pooled across a gap or a border between regimes.

    With fewer buckets than that each bucket is its own point, unless the curve is thin throughout: a day of one post is 0 % or 100 % and tells nothing.
    Empty buckets give no point. Turning points are found on the buckets, never on these.
    """
    return tuple(_point(curve, group, thin_below) for group in bucket_groups(curve, most, thin_below) if curve.n[group].sum() > 0)


def bucket_groups(curve: Curve, most: int, thin_below: int) -> list[list[int]]:
    """Neighbouring buckets in `focus` in at most about `most` groups, never across a gap or a border between regimes; wider where the curve is thin
    throughout (`is_thin`), so that a group without gaps holds about thin_below rows.
    """
    first, last = map(instant, curve.focus)
    inside = np.flatnonzero((curve.starts >= first) & (curve.starts < last)).tolist()
    if not inside:
        return []
    size = max(1, -(-len(inside) // most))
    if curve.is_thin:
        enough = ceil(thin_below / max(float(curve.n[inside].mean()), 1 / thin_below))
        size = max(size, min(enough, len(inside) // LEAST_GROUPS))
    borders = {regime.bucket_from for regime in curve.regimes}
    groups: list[list[int]] = []
    for i in inside:  # a few thousand buckets at the most
        whole = groups and len(groups[-1]) < size and i not in borders and curve.ends[i - 1] == curve.starts[i] and groups[-1][-1] == i - 1
        if whole:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _point(curve: Curve, group: list[int], thin_below: int) -> PooledPoint:
    n, k = curve.n[group], curve.k[group]
    share = float(k.sum() / n.sum())
    single = len(group) == 1
    worth = pooled_effective(n[n > 0], curve.rho)
    low, high = (float(curve.low[group[0]]), float(curve.high[group[0]])) if single else wilson(share * worth, worth, CONFIDENCE)
    line = curve.smoothed[group]
    return PooledPoint(
        start=moment(curve.starts[group[0]]),
        end=moment(curve.ends[group[-1]]),
        n=round(float(n.sum())),
        share=share,
        low=low,
        high=high,
        thin=bool(n.sum() < thin_below),
        smoothed=None if bool(np.isnan(line).any()) else float(line.mean()),
    )
