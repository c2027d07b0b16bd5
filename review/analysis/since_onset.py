"""What incidents are compared by, counted from the onset: the share of the first day, the hours until it was back to normal, a small curve."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

import numpy as np

from review.analysis.curve import Curve, Grade, instant
from review.analysis.mood import Mood
from review.analysis.recovery import BackToNormal
from review.analysis.shares import pooled_effective, wilson
from review.settings.curve import BandSettings

MOST_POINTS: Final = 96
"""Points of the small curve: more cannot be seen in a picture a third of a page wide."""
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_CURVE_SPAN: Final = (-1, 7)
"""Days around the onset kept of the curve: the day before and the week after, what small multiples compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFigure:
    """A negative share with interval; n comments worth n_effective; grade of its evidence. level_error: mean error of a model's level, else None."""

    share: float
    low: float
    high: float
    n: int
    n_effective: float
    grade: Grade
    level_error: float | None = field(default=None, metadata={"added": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalTime:
    """Hours from the onset until the share was back to normal. censored: not before `hours`, the end of the data. never_above: nothing to come back from."""

    state: Literal["returned", "censored", "never_above"]
    hours: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveMark:
    """One point of the small curve: hours since the onset, share, comments behind it."""

    hours: float
    share: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceOnset:
    """day_one: None without comments in the first 24 hours. normal: None where the return of this crisis was not watched. curve: in order of time."""

    day_one: ShareFigure | None = None
    normal: NormalTime | None = None
    curve: tuple[CurveMark, ...] = ()


def since_onset(mood: Mood, onset: datetime | None, band: BandSettings) -> SinceOnset:
    """The mood counted from the onset; nothing without one."""
    if onset is None:
        return SinceOnset()
    curve = mood.curve
    return SinceOnset(
        day_one=None if curve is None else day_one(curve, onset, band),
        normal=None if mood.normal is None else normal_time(mood.normal, onset),
        curve=() if curve is None else small_curve(curve, onset),
    )


def day_one(curve: Curve, onset: datetime, band: BandSettings) -> ShareFigure | None:
    """The pooled share of the buckets that start in [onset, onset + 24 h); None without comments in them."""
    inside = _started_within(curve, onset, onset + _DAY)
    worth = pooled_effective(curve.n[inside], curve.rho)
    if worth <= 0:
        return None
    k, n = float(curve.k[inside].sum()), float(curve.n[inside].sum())
    low, high = wilson(k / n * worth, worth, band.confidence)
    return ShareFigure(share=k / n, low=low, high=high, n=round(n), n_effective=worth, grade=curve.grade, level_error=curve.level_error)


def normal_time(normal: BackToNormal, onset: datetime) -> NormalTime | None:
    """Hours from the onset until the share was back to normal; None where that, or the end of the curve, lies before the onset."""
    if normal.state == "never_above":
        return NormalTime(state="never_above", hours=None)
    if normal.state == "returned" and normal.at is not None:
        if normal.at < onset:  # of an older peak: how long this crisis took was not seen
            return None
        return NormalTime(state="returned", hours=(normal.at - onset) / _HOUR)
    if normal.data_end < onset:  # the curve ended before the crisis began
        return None
    return NormalTime(state="censored", hours=(normal.data_end - onset) / _HOUR)


def small_curve(curve: Curve, onset: datetime) -> tuple[CurveMark, ...]:
    """The curve around the onset in at most MOST_POINTS points: neighbouring buckets pooled, buckets without comments left out."""
    before, after = _CURVE_SPAN
    kept = np.flatnonzero(_started_within(curve, onset + before * _DAY, onset + after * _DAY))
    if not len(kept):
        return ()
    groups = np.array_split(kept, min(MOST_POINTS, len(kept)))
    return tuple(
        CurveMark(
            hours=round(float((curve.starts[group] - instant(onset)).astype(np.int64).mean() / 3.6e9), 3),
            share=round(float(curve.k[group].sum() / curve.n[group].sum()), 4),
            n=round(float(curve.n[group].sum())),
        )
        for group in groups
    )


def _started_within(curve: Curve, start: datetime, end: datetime) -> np.ndarray:
    """Which buckets with comments start in [start, end)."""
    inside: np.ndarray = (curve.starts >= instant(start)) & (curve.starts < instant(end)) & (curve.n > 0)
    return inside
