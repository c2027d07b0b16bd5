"""Turning points of a share: exact segmentation of binomial counts, spikes set apart, each time with its window."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from review.analysis.shares import Floats, effective, overdispersion, pooled_effective
from review.settings.curve import BandSettings, TurningPointSettings

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of buckets [start, end) with one share k/n; k and n leave the spikes inside out. n_effective: what its n is worth."""

    start: int
    end: int
    k: float
    n: float
    n_effective: float

    @property
    def share(self) -> float:
        return self.k / self.n if self.n > 0 else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A change between two neighbouring segments at bucket `at`, the first of the new one.

    earliest, latest: first and last bucket (closed) in which the change lies with the posterior mass asked for, the neighbouring changes being given.
    at_edge: one side reaches the end of the data and is no longer than a spike, so that it may yet turn out to be one.
    """

    at: int
    earliest: int
    latest: int
    before: Segment
    after: Segment
    at_edge: bool

    @property
    def step(self) -> float:
        return self.after.share - self.before.share


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """A burst of one or two buckets [start, end) between two stretches of like share: named, never a turning point."""

    start: int
    end: int
    k: float
    n: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """What was found in one series.

    segments: the regimes, covering all buckets in order; turns: one between each two of them; small: changes between small_step and min_step, in order;
    spikes; rho: the correlation used and whether it was estimated from this series; autocorrelation: lag-1 correlation of the residuals, None where too short;
    drifting: it is beyond the limit, so that turning points are unreliable.
    """

    segments: tuple[Segment, ...]
    turns: tuple[Turn, ...]
    small: tuple[Turn, ...]
    spikes: tuple[Spike, ...]
    rho: float
    rho_estimated: bool
    autocorrelation: float | None
    drifting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Buckets in time order, shape (T,): k negative of n comments (k may be a sum of probabilities), and the correlation rho within a bucket."""

    k: Floats
    n: Floats
    rho: float
    rho_estimated: bool = True


def stretches(counts: Counts, penalty_log_t: float) -> Ints:
    """The number of the stretch of one share that each bucket is in, 0, 1, 2 … in time order: the same search, nothing joined or taken out afterwards.

    An empty bucket is in the stretch of the filled one before it, the first stretch where there is none.
    """
    filled = np.flatnonzero(counts.n > 0)
    if len(filled) == 0:
        return np.zeros(len(counts.n), dtype=np.int64)
    size = counts.n[filled]
    series = _Series(count=counts.k[filled], size=size, weight=effective(size, counts.rho), rho=counts.rho)
    begins = np.zeros(len(counts.n), dtype=np.int64)
    begins[filled[_best_cuts(series, penalty_log_t)[1:]]] = 1
    return np.cumsum(begins)


def counted(k: Floats, n: Floats, settings: BandSettings) -> Counts:
    """Counts with their correlation estimated from themselves, or the default where that cannot be done."""
    rho = overdispersion(k, n, settings)
    return Counts(k=k, n=n, rho=settings.rho_default if rho is None else rho, rho_estimated=rho is not None)


def turning_points(counts: Counts, settings: TurningPointSettings) -> Segmentation:
    """Regimes of the share, the turning points between them, small moves and spikes.

    Exact dynamic programming over all segmentations: binomial deviance on effective counts plus penalty_log_t * log(T) a change (Jackson et al. 2005;
    2 log T would be BIC). Then a segment of at most spike_buckets whose neighbours differ by less than min_step is taken out as a spike, and
    neighbouring segments closer than min_step are joined, closest first, earliest on a tie. Nothing is smoothed before. Empty buckets hold no evidence: T
    counts filled ones, and a change stands at a filled bucket. Fewer than min_buckets filled ones: one segment, no turn. Measured in benchmarks/.
    """
    if counts.k.shape != counts.n.shape or counts.k.ndim != 1:
        raise ValueError(f"k {counts.k.shape} and n {counts.n.shape} must be equal and one-dimensional")
    if not (np.isfinite(counts.k).all() and np.isfinite(counts.n).all()) or (counts.n < 0).any():
        raise ValueError("counts must be finite and not negative")
    filled = np.flatnonzero(counts.n > 0)
    size = counts.n[filled]
    count = np.clip(counts.k[filled], 0.0, size)  # sums of probabilities may pass n by a rounding error
    series = _Series(count=count, size=size, weight=effective(size, counts.rho), rho=counts.rho)
    starts = _best_cuts(series, settings.penalty_log_t) if len(filled) >= settings.min_buckets else [0]
    pieces = _pieces(series, starts)
    pieces, bursts = _without_spikes(series, pieces, settings)
    fine = _joined(series, pieces, settings.small_step)
    coarse = _joined(series, fine, settings.min_step)
    correlation = _autocorrelation(series, coarse, settings)  # about the regimes claimed: small moves would hide a drift
    bucket = np.append(filled, len(counts.n))  # index of a filled bucket -> index of the bucket; the end stays the end
    turns = _turns(series, coarse, bucket, settings)
    kept = {turn.at for turn in turns}
    return Segmentation(
        segments=tuple(_segment(piece, bucket) for piece in coarse) if len(filled) else (),
        turns=turns,
        small=tuple(turn for turn in _turns(series, fine, bucket, settings) if turn.at not in kept and abs(turn.step) >= settings.small_step),
        spikes=tuple(Spike(start=int(bucket[a]), end=int(bucket[b - 1]) + 1, k=float(count[a:b].sum()), n=float(size[a:b].sum())) for a, b in sorted(bursts)),
        rho=counts.rho,
        rho_estimated=counts.rho_estimated,
        autocorrelation=correlation,
        drifting=correlation is not None and correlation > settings.drift_autocorrelation,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """Filled buckets only. weight: effective counts."""

    count: Floats
    size: Floats
    weight: Floats
    rho: float

    @property
    def sums(self) -> tuple[Floats, Floats]:
        """Running sums of effective negatives and effective counts, length T + 1."""
        negatives = self.count / self.size * self.weight
        return np.concatenate(([0.0], np.cumsum(negatives))), np.concatenate(([0.0], np.cumsum(self.weight)))


@dataclass(frozen=True, slots=True)
class _Piece:
    """Filled buckets [start, end); `inner` are those that count for the share (spikes are not)."""

    start: int
    end: int
    inner: Ints
    k: float
    n: float
    n_effective: float

    @property
    def share(self) -> float:
        return self.k / self.n


def _deviance(negative: Floats, total: Floats) -> Floats:
    """-2 log likelihood at the best share. Clipped: sums of fractional counts make negative > total by 1e-16, and a NaN here would hide every change."""
    negative = np.clip(negative, 0.0, total)
    return -2.0 * (_x_log_x(negative) + _x_log_x(total - negative) - _x_log_x(total))


def _x_log_x(x: Floats) -> Floats:
    return x * np.log(np.maximum(x, 1e-300))


def _best_cuts(series: _Series, penalty_log_t: float) -> list[int]:
    """Starts of the best segments, the first being 0; on a tie the later last cut."""
    negatives, totals = series.sums
    length = len(series.size)
    penalty = penalty_log_t * float(np.log(length))
    best = np.empty(length + 1)
    best[0] = -penalty
    back = np.zeros(length + 1, dtype=np.int64)
    for end in range(1, length + 1):  # each end needs the best of all earlier ones: a loop over buckets, vectorised over the starts
        cost = best[:end] + _deviance(negatives[end] - negatives[:end], totals[end] - totals[:end])
        last = end - 1 - int(np.argmin(cost[::-1]))
        back[end] = last
        best[end] = cost[last] + penalty
    starts: list[int] = []
    end = length
    while end > 0:  # one step a segment
        end = int(back[end])
        starts.append(end)
    return starts[::-1]


def _piece(series: _Series, start: int, end: int, inner: Ints) -> _Piece:
    size = series.size[inner]
    return _Piece(start, end, inner, float(series.count[inner].sum()), float(size.sum()), pooled_effective(size, series.rho))


def _pieces(series: _Series, starts: list[int]) -> list[_Piece]:
    length = len(series.size)
    ends = [*starts[1:], length]
    return [_piece(series, a, b, np.arange(a, b)) for a, b in zip(starts, ends, strict=True) if b > a]


def _merged(series: _Series, first: _Piece, last: _Piece) -> _Piece:
    return _piece(series, first.start, last.end, np.concatenate((first.inner, last.inner)))


def _without_spikes(series: _Series, pieces: list[_Piece], settings: TurningPointSettings) -> tuple[list[_Piece], list[tuple[int, int]]]:
    """Pieces with short bursts between like neighbours taken out, and the bursts (filled buckets); the burst furthest from its neighbours first."""
    pieces = list(pieces)
    bursts: list[tuple[int, int]] = []
    while True:  # a segment a round
        found = []
        for i in range(1, len(pieces) - 1):
            left, middle, right = pieces[i - 1 : i + 2]
            if middle.end - middle.start <= settings.spike_buckets and abs(left.share - right.share) < settings.min_step:
                found.append((-abs(middle.share - (left.share + right.share) / 2), i))
        if not found:
            return pieces, bursts
        i = min(found)[1]
        bursts.append((pieces[i].start, pieces[i].end))
        pieces[i - 1 : i + 2] = [_merged(series, pieces[i - 1], pieces[i + 1])]


def _joined(series: _Series, pieces: list[_Piece], step: float) -> list[_Piece]:
    """Pieces of which no two neighbours are closer than `step`; the closest two are joined first, the earliest on a tie."""
    pieces = list(pieces)
    while len(pieces) > 1:  # a segment a round
        gaps = [abs(b.share - a.share) for a, b in pairwise(pieces)]
        i = int(np.argmin(gaps))
        if gaps[i] >= step - 1e-12:
            break
        pieces[i : i + 2] = [_merged(series, pieces[i], pieces[i + 1])]
    return pieces


def _segment(piece: _Piece, bucket: Ints) -> Segment:
    start = 0 if piece.start == 0 else int(bucket[piece.start])
    return Segment(start=start, end=int(bucket[piece.end]), k=piece.k, n=piece.n, n_effective=piece.n_effective)


def _turns(series: _Series, pieces: list[_Piece], bucket: Ints, settings: TurningPointSettings) -> tuple[Turn, ...]:
    turns = []
    for i, (left, right) in enumerate(pairwise(pieces)):
        first, last = _window(series, left, right, settings.window_mass)
        short = settings.spike_buckets
        turns.append(
            Turn(
                at=int(bucket[right.start]),
                earliest=int(bucket[first]),
                latest=int(bucket[last]),
                before=_segment(left, bucket),
                after=_segment(right, bucket),
                at_edge=(i == 0 and left.end - left.start <= short) or (i == len(pieces) - 2 and right.end - right.start <= short),
            )
        )
    return tuple(turns)


def _window(series: _Series, left: _Piece, right: _Piece, mass: float) -> tuple[int, int]:
    """First and last filled bucket (closed) of the change's posterior, equal tails, always holding the estimate itself.

    Uniform prior over the times between the neighbouring changes, uniform priors on both shares integrated out (Beta–binomial), spikes left out.
    """
    inner = np.concatenate((left.inner, right.inner))
    part = _Series(count=series.count[inner], size=series.size[inner], weight=series.weight[inner], rho=series.rho)
    negatives, totals = part.sums
    cuts = np.arange(1, len(inner))
    k, n = negatives[cuts], totals[cuts]
    log_mass = _log_beta(k, n) + _log_beta(negatives[-1] - k, totals[-1] - n)
    weights = np.exp(log_mass - log_mass.max())
    reached = np.cumsum(weights) / weights.sum()
    tail = (1 - mass) / 2
    first = int(inner[cuts[int(np.searchsorted(reached, tail))]])
    last = int(inner[cuts[min(int(np.searchsorted(reached, 1 - tail)), len(cuts) - 1)]])
    return min(first, right.start), max(last, right.start)


def _log_beta(k: Floats, n: Floats) -> Floats:
    """log of the Beta function at (k + 1, n - k + 1), for 0 <= k <= n up to rounding."""
    k = np.clip(k, 0.0, np.maximum(n, 0.0))
    return _log_gamma(k + 1) + _log_gamma(np.maximum(n, 0.0) - k + 1) - _log_gamma(np.maximum(n, 0.0) + 2)


def _log_gamma(x: Floats) -> Floats:
    """log Gamma for x >= 1 by Stirling's series after a shift of seven, error below 1e-10 (Abramowitz and Stegun 6.1.41)."""
    shift = np.log(x) + np.log(x + 1) + np.log(x + 2) + np.log(x + 3) + np.log(x + 4) + np.log(x + 5) + np.log(x + 6)
    y = x + 7
    value: Floats = (y - 0.5) * np.log(y) - y + 0.5 * np.log(2 * np.pi) + 1 / (12 * y) - 1 / (360 * y**3) + 1 / (1260 * y**5) - shift
    return value


def _autocorrelation(series: _Series, pieces: list[_Piece], settings: TurningPointSettings) -> float | None:
    """Lag-1 correlation of the standardised residuals about the pieces; spikes left out, None below drift_min_buckets."""
    residuals: list[Floats] = []
    for piece in pieces:
        share = piece.share
        spread = np.sqrt(np.maximum(share * (1 - share), 1e-9) / series.weight[piece.inner])
        residuals.append((series.count[piece.inner] / series.size[piece.inner] - share) / spread)
    r = np.concatenate(residuals) if residuals else np.zeros(0)
    total = float((r**2).sum())
    if len(r) < settings.drift_min_buckets or total <= 0:
        return None
    return float((r[1:] * r[:-1]).sum()) / total
