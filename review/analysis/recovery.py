"""How far and how fast the negative share came down: base, recovery, back to normal, half-life."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import numpy as np

from review.analysis.curve import Curve, Regime, instant, moment
from review.analysis.shares import Floats, pooled_effective, wilson, z_value
from review.incident.evidence import RowSet
from review.settings.curve import BandSettings, RecoverySettings

_FLAT: Final = 1e-12  # of the weights: a shape that varies less is one level


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseShare:
    """The share before the incident: k of n in the buckets before it, with interval on effective counts; `until` is the end of the last of them."""

    share: float
    low: float
    high: float
    k: float
    n: int
    n_effective: float
    start: datetime
    until: datetime
    buckets: int
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryShares:
    """Shares of the highest and the last regime and the base; recovered = (peak - end) / (peak - base).

    recovered is None without a base, or where the peak is not above the base; it may pass 1 (better than before) or be 0 (the peak is the last regime).
    """

    peak: Regime
    end: Regime
    base: BaseShare | None
    recovered: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackToNormal:
    """When the share came back to `threshold`, and for how sure.

    returned: at = start of the first window that held. unconfirmed: at = start of a window that held up to the data's end, too short to say.
    not_reached: at is None.
    In both of these the time is censored: later than data_end. never_above: there was nothing to come back from. searched_from: start of the highest regime.
    window, hold: how wide the rolling window is, and for how long it must hold. base: whose upper end the threshold is, None where it is the trigger.
    """

    state: Literal["returned", "unconfirmed", "not_reached", "never_above"]
    at: datetime | None
    threshold: float
    threshold_kind: Literal["base", "trigger"]
    searched_from: datetime
    data_end: datetime
    window: timedelta
    hold: timedelta
    base: BaseShare | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLife:
    """share = floor + drop * 2^(-(t - start) / half_life) from `start` to `until`; low, high: profile-likelihood interval, high None where open."""

    half_life: timedelta
    low: timedelta
    high: timedelta | None
    start: datetime
    until: datetime
    drop: float
    floor: float


def incident_from(curve: Curve, t0: datetime, line: float) -> int:
    """The first bucket of the incident: the one that holds T0 or comes after it, len(starts) where none does.

    Heat is often noticed after the mood has turned: where the regime of that bucket is above `line` already, the incident begins with it, and with each
    regime before it from which the share rose to a regime above the line.
    """
    later = np.flatnonzero(curve.ends > instant(t0))
    bucket = int(later[0]) if len(later) else len(curve.ends)
    place = next((i for i, each in enumerate(curve.regimes) if each.bucket_from <= bucket < each.bucket_to), 0)
    while place > 0 and curve.regimes[place].share > max(line, curve.regimes[place - 1].share):
        bucket = curve.regimes[place].bucket_from
        place -= 1
    return bucket


def base_share(curve: Curve, settings: tuple[RecoverySettings, BandSettings]) -> BaseShare | None:
    """The pooled share of all buckets before the incident; None where they are worth fewer than base_effective comments."""
    recovery, band = settings
    before = (np.arange(len(curve.n)) < curve.incident_from) & (curve.n > 0)
    worth = pooled_effective(curve.n[before], curve.rho)
    if worth < recovery.base_effective:
        return None
    k, n = float(curve.k[before].sum()), float(curve.n[before].sum())
    low, high = wilson(k / n * worth, worth, band.confidence)
    return BaseShare(
        share=k / n,
        low=low,
        high=high,
        k=k,
        n=round(n),
        n_effective=worth,
        start=moment(curve.starts[before].min()),
        until=moment(curve.ends[before].max()),
        buckets=int(before.sum()),
        rows=curve.by_bucket.rows(0, curve.incident_from),
    )


def recovery_shares(curve: Curve, base: BaseShare | None) -> RecoveryShares | None:
    """Peak, end and base shares; None where the curve has fewer than two regimes (nothing is known to have changed), or ends before the incident."""
    peak = curve.peak
    if peak is None or len(curve.regimes) < 2:
        return None
    end = curve.regimes[-1]
    rise = peak.share - base.share if base is not None else 0.0
    return RecoveryShares(peak=peak, end=end, base=base, recovered=(peak.share - end.share) / rise if rise > 0 else None)


def back_to_normal(curve: Curve, base: BaseShare | None, trigger_share: float, settings: RecoverySettings) -> BackToNormal | None:
    """When the share was back at or below the base share, or the trigger share where no base exists; None for a curve without regimes.

    At or below the base share means: not above the upper end of its interval. Held against the point estimate itself, a brand fully back at its base would be
    above it half of the time by chance, and never be called recovered.

    Looked for from the start of the highest regime on: the start of the first rolling window (an hour) at or below the threshold such that no window
    starting within the hold [start, start + two hours) is above. With buckets wider than that window: the first of hold_wide_buckets in a row at or below it.
    No window counts that lies in a stretch of one share above the threshold, as a whole and from the window on: what is printed of the two must agree.
    Typed samples: the first of two in a row. A window with fewer than window_comments comments says nothing, neither way. Measured on a decay with a
    half-life of three hours (benchmarks/recovery.py): about an hour late; the first single bucket at or below is 3 to 5 h early.
    """
    peak = curve.peak
    if peak is None:
        return None
    threshold = base.high if base is not None else trigger_share
    kind: Literal["base", "trigger"] = "base" if base is not None else "trigger"
    window = max(curve.width or timedelta(0), timedelta(minutes=settings.window_minutes))
    wide = curve.width is None or curve.width >= window
    hold = timedelta(minutes=settings.hold_minutes)
    if wide:
        window = curve.width or timedelta(0)
        hold = window * settings.hold_wide_buckets
    start, state, at = peak.bucket_from, "never_above", None
    if peak.share > threshold:
        state, at = _first_held(curve, start, threshold, (window, hold, settings.window_comments))
    return BackToNormal(
        state=state,  # type: ignore[arg-type]
        at=at,
        threshold=threshold,
        threshold_kind=kind,
        searched_from=peak.start,
        data_end=curve.data_end,
        window=window,
        hold=hold,
        base=base,
    )


def _first_held(curve: Curve, start: int, threshold: float, rule: tuple[timedelta, timedelta, int]) -> tuple[str, datetime | None]:
    window, hold, least = rule
    begins = curve.starts[start:]
    if curve.width is None:
        reaches = np.arange(1, len(begins) + 1)
        held_until = np.minimum(np.arange(len(begins)) + 1, len(begins) - 1)
        complete = np.arange(len(begins)) + 1 < len(begins)
    else:
        reaches = np.searchsorted(begins, begins + np.timedelta64(window, "us"))
        held_until = np.searchsorted(begins, begins + np.timedelta64(hold, "us")) - 1
        complete = begins + np.timedelta64(hold + window - curve.width, "us") <= curve.ends[-1]
    total_n = np.concatenate(([0.0], np.cumsum(curve.n[start:])))
    total_k = np.concatenate(([0.0], np.cumsum(curve.k[start:])))
    n = total_n[reaches] - total_n[:-1]
    k = total_k[reaches] - total_k[:-1]
    known = n >= least
    share = np.divide(k, n, out=np.ones(len(n)), where=n > 0)
    low_enough = known & (share <= threshold + 1e-12)
    above = np.concatenate(([0], np.cumsum(known & ~low_enough)))
    undisturbed = above[held_until + 1] - above[:-1] == 0
    candidates = np.flatnonzero(low_enough & undisturbed & ~_stays_above(curve, start + reaches, threshold)[start:])
    held = candidates[complete[candidates]]
    if len(held):
        return "returned", moment(begins[held[0]])
    if len(candidates):
        return "unconfirmed", moment(begins[candidates[0]])
    return "not_reached", None


def _stays_above(curve: Curve, reaches: np.ndarray, threshold: float) -> np.ndarray:
    """Which buckets begin a window within a stretch of one share that is above the threshold, as a whole and from there to its end.

    reaches: the bucket after each window, for the last so many buckets. A stretch that began before the incident is none of its own and not asked.

    Late in an incident an hour holds a handful of comments: one of five below and a night without a word is not the end of a week of four in ten.
    """
    above = np.zeros(len(curve.starts), dtype=bool)
    until = np.concatenate((np.zeros(len(above) - len(reaches)), reaches))
    for regime in curve.regimes:  # a handful
        if regime.share > threshold and regime.bucket_from >= curve.incident_from:
            here = slice(regime.bucket_from, regime.bucket_to)
            k, n = (np.cumsum(counts[here][::-1])[::-1] for counts in (curve.k, curve.n))
            above[here] = np.divide(k, n, out=np.zeros(len(n)), where=n > 0) > threshold + 1e-12
            above[here] &= until[here] <= regime.bucket_to
    return above


def half_life(curve: Curve, settings: tuple[RecoverySettings, BandSettings]) -> HalfLife | None:
    """The half-life of the decline after the highest regime; None where there is none to measure.

    A plateau up to some bucket of the highest regime, then an exponential decline to a floor >= 0, fitted to the shares weighted by effective counts (for
    each start and half-life of a grid a linear least-squares fit, the best of all), up to the next upward turning point or the end. None: too few buckets,
    typed samples, a drop below half_life_min_drop, or the best half-life at the grid's far end (a straight decline has none).
    """
    recovery, band = settings
    peak = curve.peak
    if peak is None or curve.width is None:
        return None
    ups = [p.bucket for p in curve.turning_points if p.step > 0 and p.bucket > peak.bucket_from]
    stop = min(ups, default=len(curve.n))
    inside = np.arange(peak.bucket_from, stop)
    inside = inside[curve.n[inside] > 0]
    if len(inside) < recovery.half_life_min_buckets:
        return None
    unit = curve.width / timedelta(microseconds=1)
    t = (curve.starts[inside] - curve.starts[inside[0]]).astype(np.int64) / unit
    span = float(t[-1])
    plateau = t[inside < peak.bucket_to]
    starts = np.unique(np.quantile(plateau, np.linspace(0, 1, recovery.half_life_starts), method="nearest"))
    lives = np.geomspace(1.0, max(span * recovery.half_life_spans, 2.0), recovery.half_life_grid)
    weight, share = curve.n_effective[inside], curve.share[inside]
    coarse = _fit(t, starts, lives, (share, weight))
    rough = int(np.argmin(coarse.profile))
    if not np.isfinite(coarse.profile[rough]) or rough == len(lives) - 1:
        return None
    fine = np.geomspace(lives[rough] / 2, lives[rough] * 2, recovery.half_life_grid)  # the coarse grid is wider than the interval of a busy curve
    order = np.argsort(np.concatenate((lives, fine)), kind="stable")
    lives = np.concatenate((lives, fine))[order]
    fit = _fit(t, starts, lives, (share, weight))
    profile, loss, drop, floor, shape = fit.profile, fit.loss, fit.drop, fit.floor, fit.shape
    best = int(np.argmin(profile))
    first = int(np.argmin(loss[:, best]))
    if drop[first, best] < recovery.half_life_min_drop:
        return None
    fitted = np.clip(floor[first, best] + drop[first, best] * shape[first, best], 0.02, 0.98)
    scale = max(1.0, float((weight * (share - fitted) ** 2 / (fitted * (1 - fitted))).sum()) / max(len(t) - 4, 1))
    spread = float((weight * fitted * (1 - fitted)).sum() / weight.sum())
    near = np.flatnonzero(profile <= profile[best] + z_value(band.confidence) ** 2 * scale * spread)
    return HalfLife(
        half_life=lives[best] * curve.width,
        low=lives[near[0]] * curve.width,
        high=lives[near[-1]] * curve.width if near[-1] < len(lives) - 1 else None,
        start=moment(curve.starts[inside[0]]) + float(starts[first]) * curve.width,
        until=moment(curve.ends[inside[-1]]),
        drop=float(drop[first, best]),
        floor=float(floor[first, best]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """For each start and half-life: the declining shape over time, and floor, drop and loss of its fit; profile: the least loss per half-life."""

    shape: Floats
    floor: Floats
    drop: Floats
    loss: Floats
    profile: Floats


def _fit(t: Floats, starts: Floats, lives: Floats, seen: tuple[Floats, Floats]) -> _Fit:
    """Fits to seen = (share, weight) at t; a rising line has infinite loss."""
    shape = np.exp2(-np.maximum(t - starts[:, None, None], 0.0) / lives[None, :, None])
    floor, drop, loss = _line(shape, *seen)
    loss = np.where(drop > 0, loss, np.inf)
    return _Fit(shape=shape, floor=floor, drop=drop, loss=loss, profile=loss.min(axis=0))


def _line(shape: Floats, share: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Floor >= 0, drop and weighted squared error of share = floor + drop * shape, for each leading index of `shape`."""
    total = weight.sum()
    mean_x, mean_y = _weighed(shape, weight) / total, float((share * weight).sum() / total)
    square = _weighed(shape**2, weight)
    xx = square - total * mean_x**2
    xy = _weighed(shape, weight * (share - mean_y))
    drop = np.divide(xy, xx, out=np.zeros_like(xy), where=xx > _FLAT * total)
    floor = mean_y - drop * mean_x
    product = xy + mean_y * total * mean_x
    through_zero = product / np.maximum(square, _FLAT * total)
    sinks = floor < 0
    loss = np.where(sinks, (weight * share**2).sum() - through_zero * product, (weight * (share - mean_y) ** 2).sum() - drop * xy)
    return np.maximum(floor, 0.0), np.where(sinks, through_zero, drop), np.maximum(loss, 0.0)


def _weighed(shape: Floats, weight: Floats) -> Floats:
    """Sums over the last axis; not by `@`, whose last digit depends on where in memory the arrays lie: reports are equal byte for byte."""
    summed: Floats = np.einsum("...t,t->...", shape, weight)
    return summed
