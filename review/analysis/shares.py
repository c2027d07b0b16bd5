"""Shares of a count with honest intervals: overdispersion, effective counts, Wilson and Newcombe limits."""

from statistics import NormalDist
from typing import overload

import numpy as np
import numpy.typing as npt

from review.settings.curve import BandSettings

Floats = npt.NDArray[np.float64]

CHI2_MEDIAN = 0.454936423119573
"""Median of chi-squared with one degree of freedom."""


def z_value(confidence: float) -> float:
    """The two-sided normal quantile, 1.96 for .95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def two_sided_p(z: float) -> float:
    """The probability of a normal value at least this far from zero."""
    return 2.0 * NormalDist().cdf(-abs(z))


@overload
def wilson(k: Floats, n: Floats, confidence: float) -> tuple[Floats, Floats]: ...
@overload
def wilson(k: float, n: float, confidence: float) -> tuple[float, float]: ...
def wilson(k: Floats | float, n: Floats | float, confidence: float) -> tuple[Floats | float, Floats | float]:
    """Lower and upper limit of k/n, both in [0, 1]; (0, 1), nothing known, where n is 0.

    k, n: counts, fractional ones (effective counts) allowed, 0 <= k <= n. Scalars give floats. Source: Wilson 1927, recommended by Brown, Cai and DasGupta
    2001.
    """
    z2 = z_value(confidence) ** 2
    size = np.asarray(n, dtype=np.float64)
    known = size > 0
    safe = np.where(known, size, 1.0)
    share = np.clip(np.asarray(k, dtype=np.float64) / safe, 0.0, 1.0)
    middle = (share + z2 / (2 * safe)) / (1 + z2 / safe)
    half = np.sqrt(z2 * (share * (1 - share) / safe + z2 / (4 * safe**2))) / (1 + z2 / safe)
    low = np.where(known, np.clip(middle - half, 0.0, share), 0.0)
    high = np.where(known, np.clip(middle + half, share, 1.0), 1.0)
    if low.ndim == 0:
        return float(low), float(high)
    return low, high


def difference_interval(before: tuple[float, float], after: tuple[float, float], confidence: float) -> tuple[float, float]:
    """Limits of share(after) - share(before); each side is (share, effective n > 0). Source: Newcombe 1998, method 10 (hybrid score)."""
    (p1, n1), (p2, n2) = before, after
    low1, high1 = wilson(p1 * n1, n1, confidence)
    low2, high2 = wilson(p2 * n2, n2, confidence)
    change = p2 - p1
    return change - float(np.hypot(p2 - low2, high1 - p1)), change + float(np.hypot(high2 - p2, p1 - low1))


def overdispersion(k: Floats, n: Floats, settings: BandSettings) -> float | None:
    """The correlation rho between comments of one bucket, in [0, rho_max]; None where too few neighbouring buckets have comments.

    k, n: counts per bucket in time order, shape (T,); buckets with n = 0 are left out. First differences of the Freeman–Tukey arcsine have variance
    v_i + v_(i-1), v = (1 + (n - 1) rho) / (n + .5); rho sets the median of the squared differences over that to the median of chi-squared with one degree
    of freedom, so that a few real steps do not count. Measured: .02 -> .022, .05 -> .055 from n = 20 on. Values of k that are no whole numbers
    (probabilities) understate it: give hard labels.
    """
    filled = n > 0
    if np.count_nonzero(filled) - 1 < settings.rho_min_pairs:
        return None
    size = n[filled]
    count = np.clip(k[filled], 0.0, size)
    arcs = np.arcsin(np.sqrt(count / (size + 1))) + np.arcsin(np.sqrt(np.minimum((count + 1) / (size + 1), 1.0)))
    squared = np.diff(arcs) ** 2
    unit = 1 / (size + 0.5)

    def median_at(rho: float) -> float:
        v = unit * (1 + (size - 1) * rho)
        return float(np.median(squared / (v[1:] + v[:-1])))

    low, high = 0.0, settings.rho_max
    if median_at(low) <= CHI2_MEDIAN:
        return low
    if median_at(high) >= CHI2_MEDIAN:
        return high
    for _ in range(40):  # halving 40 times leaves less than 1e-12; the median falls strictly in rho, unless every bucket holds one comment
        middle = (low + high) / 2
        low, high = (middle, high) if median_at(middle) > CHI2_MEDIAN else (low, middle)
    return (low + high) / 2


def effective(n: Floats, rho: float) -> Floats:
    """How many independent comments each bucket is worth: n / (1 + (n - 1) rho), 0 for 0, never more than n."""
    return n / (1 + np.maximum(n - 1, 0.0) * rho)


def pooled_effective(n: Floats, rho: float) -> float:
    """How many independent comments the pooled share sum(k)/sum(n) of these buckets is worth; 0 without comments.

    Its variance is p(1-p) * sum(n (1 + (n-1) rho)) / sum(n)^2: big buckets count with their own correlation.
    """
    total = float(n.sum())
    if total <= 0:
        return 0.0
    return total**2 / float((n * (1 + np.maximum(n - 1, 0.0) * rho)).sum())
