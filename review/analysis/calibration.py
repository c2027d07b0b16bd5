"""Negative shares set right by hand labels: P(negative | comment, bucket) = sigma(a + b score + c bucket mean score), with b, c >= 0.

Within-between calibration (METHODS.md B 4): the score of a comment against its neighbours and the mood of its whole bucket are weighed apart, because a topic
that drifts moves the second without meaning what it meant before. The textbook corrections (adjusted counts, EM) fail on such series.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.turning_points import Counts, stretches
from review.settings.emotion import CalibrationSettings

_STEPS = 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """The comments a share is about: score (float32, finite), and the bucket of each (int64, 0 … buckets - 1, -1 = in no bucket)."""

    score: npt.NDArray[np.float32]
    bucket: npt.NDArray[np.int64]
    buckets: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """The fitted curve and its bootstrap copies.

    coefficients: (a, b, c) on z-scores; draws: shape (draws, 3). centre, spread: of all scores. bucket_mean: shrunk mean z-score per bucket; the last entry, 0,
    stands for rows in no bucket. labels: how many comments were labelled by hand.
    """

    coefficients: npt.NDArray[np.float64]
    draws: npt.NDArray[np.float64]
    centre: float
    spread: float
    bucket_mean: npt.NDArray[np.float64]
    labels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How a source of labels compares with the hand labels: right among the negative (sensitivity k/n) and among the others (specificity k/n)."""

    negative_n: int
    negative_k: int
    other_n: int
    other_k: int

    @property
    def sensitivity(self) -> float | None:
        return self.negative_k / self.negative_n if self.negative_n else None

    @property
    def specificity(self) -> float | None:
        return self.other_k / self.other_n if self.other_n else None

    @property
    def agreement(self) -> float | None:
        """Share of labelled comments on which both agree."""
        total = self.negative_n + self.other_n
        return (self.negative_k + self.other_k) / total if total else None


def fit_calibration(scored: Scored, labelled: npt.NDArray[np.int64], negative: npt.NDArray[np.bool_], settings: CalibrationSettings) -> Calibration | None:
    """The calibration from hand labels; None below `minimum_labels`.

    labelled: positions in `scored`, one per label (a comment labelled twice counts twice); negative: the labels. One class alone gives a flat, finite curve.
    The order of the labels changes nothing: they are sorted before the fit.
    """
    if len(labelled) < settings.minimum_labels:
        return None
    centre = float(np.sort(scored.score).mean(dtype=np.float64))
    spread = float(np.sort(scored.score).std(dtype=np.float64)) or 1.0
    z = (scored.score.astype(np.float64) - centre) / spread
    means = _bucket_means(z, scored, settings)
    columns = np.column_stack((np.ones(len(labelled)), z[labelled], means[scored.bucket[labelled]]))
    truth = np.asarray(negative, dtype=np.float64)
    order = np.lexsort((truth, columns[:, 2], columns[:, 1]))
    columns, truth = columns[order], truth[order]
    rng = np.random.default_rng(settings.seed)
    counts = rng.multinomial(len(truth), np.full(len(truth), 1 / len(truth)), size=settings.draws).astype(np.float64)
    return Calibration(
        coefficients=_fit(columns, truth, np.ones((1, len(truth))), settings.ridge)[0],
        draws=_fit(columns, truth, counts, settings.ridge),
        centre=centre,
        spread=spread,
        bucket_mean=means,
        labels=len(truth),
    )


def probabilities(calibration: Calibration, scored: Scored) -> npt.NDArray[np.float64]:
    """float64 per comment: the calibrated probability that a person would call it negative."""
    z = (scored.score.astype(np.float64) - calibration.centre) / calibration.spread
    a, b, c = calibration.coefficients
    return _sigma(a + b * z + c * calibration.bucket_mean[scored.bucket])


def calibrated_shares(calibration: Calibration, scored: Scored, settings: CalibrationSettings) -> pd.DataFrame:
    """One row a bucket: n (int64), share, low, high (float64, NA where n = 0). The interval covers the error of the labels, not that of few comments.

    Coverage of the printed bands, which add sampling, nominal .95: buckets .92-.99, regimes .91-.98 on six sets (benchmarks/emotion.py bands, 40 runs).
    The share is the mean probability of the bucket's comments, the interval the spread of that mean over bootstrap draws of the labels, on `bins` score bins.
    """
    n = np.bincount(scored.bucket[scored.bucket >= 0], minlength=scored.buckets)
    total = np.bincount(scored.bucket[scored.bucket >= 0], weights=probabilities(calibration, scored)[scored.bucket >= 0], minlength=scored.buckets)
    low, high = _interval(calibration, _binned(calibration, scored, settings.bins), calibration.bucket_mean[:-1], settings.level)
    filled = n > 0
    share = np.divide(total, n, out=np.full(len(n), np.nan), where=filled)
    # NaN where a bucket is empty: the share is NaN there, and minimum and maximum keep it.
    frame = pd.DataFrame({"n": n, "share": share, "low": np.minimum(low, share), "high": np.maximum(high, share)})
    return frame.astype({"share": "Float64", "low": "Float64", "high": "Float64"})


def compare(said: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> Agreement:
    """How labels `said` compare with hand labels `truth`, comment by comment."""
    return Agreement(negative_n=int(truth.sum()), negative_k=int((said & truth).sum()), other_n=int((~truth).sum()), other_k=int((~said & ~truth).sum()))


def _bucket_means(z: npt.NDArray[np.float64], scored: Scored, settings: CalibrationSettings) -> npt.NDArray[np.float64]:
    """Each bucket's mean z-score as far as its comments can tell, the last entry, 0, for rows in no bucket.

    A bucket of 100 comments measures its own mean so badly that the curve fitted on it comes out too flat (errors in variables: shares of 12 and 65 % were
    drawn as 17 and 57 %). So its mean is shrunk towards that of its stretch, the run of buckets among which the mean does not change, by the usual empirical
    Bayes weight: variance between the buckets of a stretch over that plus the error of one. Stretches themselves are shrunk towards the mean of all by
    `bucket_shrinkage` comments. They are found by the exact search of the turning points, to which a mean is given as the share that is known as well: half,
    plus half of it in units of the scores' deviation. (The share of scores above average instead: the first change of OSM was met in .80 of series, not .90.)
    """
    inside = scored.bucket >= 0
    bucket, n = scored.bucket[inside], np.bincount(scored.bucket[inside], minlength=scored.buckets).astype(np.float64)
    # Rounded: a bucket's mean must not depend on the order its comments are summed in.
    total = np.round(np.bincount(bucket, weights=z[inside], minlength=scored.buckets), 6)
    filled = n > 0
    own = np.divide(total, n, out=np.zeros(scored.buckets), where=filled)
    noise = float(np.square(np.sort(z[inside])).mean()) if filled.any() else 0.0
    alike = 0.5 + 0.5 * own / np.sqrt(noise or 1.0)
    stretch = stretches(Counts(k=n * np.clip(alike, 0.0, 1.0), n=n, rho=0.0), settings.stretch_penalty_log_t)
    size = np.bincount(stretch, weights=n)
    wide = np.divide(np.bincount(stretch, weights=total), size + settings.bucket_shrinkage, out=np.zeros(len(size)), where=size > 0)[stretch]
    # Moments: the squares about the stretch hold the error of each bucket's mean, noise / n, beside what truly differs.
    truly = max(0.0, float((n * (own - wide) ** 2).sum()) - noise * (int(filled.sum()) - len(size))) / max(float(n.sum()), 1.0)
    weight = np.divide(n * truly, n * truly + noise, out=np.zeros(scored.buckets), where=filled & (noise > 0))
    return np.append(np.where(filled, wide + weight * (own - wide), 0.0), 0.0)


def _fit(columns: npt.NDArray[np.float64], truth: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], ridge: float) -> npt.NDArray[np.float64]:
    """Ridge logistic regression for each row of weights at once, shape (rows, 3); a slope that would be negative is fixed at 0 and the rest fitted again."""
    free = np.ones((len(weights), columns.shape[1]), dtype=bool)
    for _ in range(columns.shape[1]):
        fitted = _newton(columns, truth, weights, free, ridge)
        negative = fitted < 0
        negative[:, 0] = False
        if not negative.any():
            break
        # The most negative slope first: the other may turn positive without it.
        worst = np.argmin(np.where(negative, fitted, np.inf), axis=1)
        stuck = negative.any(axis=1)
        free[np.flatnonzero(stuck), worst[stuck]] = False
    return np.where(free, fitted, 0.0)


def _newton(
    columns: npt.NDArray[np.float64], truth: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], free: npt.NDArray[np.bool_], ridge: float
) -> npt.NDArray[np.float64]:
    size = columns.shape[1]
    penalty = np.full(size, ridge)
    penalty[0] = ridge * 1e-2  # the level is nearly free; the whisper keeps one class alone finite
    beta = np.zeros((len(weights), size))
    for _ in range(_STEPS):
        p = _sigma(beta @ columns.T)
        gradient = ((p - truth) * weights) @ columns + penalty * beta
        curvature = np.einsum("ri,ij,ik->rjk", p * (1 - p) * weights, columns, columns) + np.diag(penalty)
        gradient = np.where(free, gradient, 0.0)
        curvature = np.where(free[:, :, None] & free[:, None, :], curvature, np.eye(size))
        step = np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0]
        beta -= np.clip(step, -2.0, 2.0)
        if np.abs(step).max(initial=0.0) < 1e-8:
            break
    return beta


def _binned(calibration: Calibration, scored: Scored, bins: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Per bucket and score bin: share of the bucket's comments, shape (buckets, bins), and each bin's mean z-score."""
    z = (scored.score.astype(np.float64) - calibration.centre) / calibration.spread
    edges = np.unique(np.quantile(z, np.linspace(0, 1, bins + 1)[1:-1])) if len(z) else np.empty(0)
    place = np.searchsorted(edges, z, side="right")
    size = len(edges) + 1
    middle = np.bincount(place, weights=z, minlength=size) / np.maximum(np.bincount(place, minlength=size), 1)
    inside = scored.bucket >= 0
    table = np.bincount(scored.bucket[inside] * size + place[inside], minlength=scored.buckets * size).reshape(scored.buckets, size).astype(np.float64)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1), middle


def _draw_shares(
    calibration: Calibration, binned: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]], means: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    table, middle = binned
    shares = np.empty((len(calibration.draws), len(means)))
    for i, (a, b, c) in enumerate(calibration.draws):  # over a few hundred draws, each a whole matrix
        shares[i] = (_sigma(a + b * middle[None, :] + c * means[:, None]) * table).sum(axis=1)
    return shares


def _interval(
    calibration: Calibration, binned: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]], means: npt.NDArray[np.float64], level: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    tail = (1 - level) / 2
    low, high = np.quantile(_draw_shares(calibration, binned, means), (tail, 1 - tail), axis=0)
    return low, high


def _sigma(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))
