"""This quarter against the earlier ones, without over-claiming: the sentence ladder of METHODS D.

Fewer than three incidents a side are only listed; three give a direction; from four on a change is claimed where an exact permutation test of the mean log,
stratified, is below the level AND the change is large enough. Infinite values (an incident nobody answered) stay in: ranks take the place of logs. The
factor is Hodges–Lehmann's (Hollander & Wolfe 1999, 4.3); its interval inverts the very test (every arrangement gives one shift at which it ties with what was
observed), two-sided at 1 - 2 * significance, so that a claim never stands beside an interval that holds "no change". With ranks the interval is that of the
Mann–Whitney count within strata (van Elteren 1960).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

from review.settings.tracking import LadderSettings

Floats = npt.NDArray[np.float64]

EXACT_PAIRS = 2_000
"""Pairs up to which the Mann–Whitney count is enumerated; above, its normal limit differs by less than one rank."""
Verdict = Literal["few", "direction", "lower", "higher", "no_reliable_change"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One incident's value (may be infinite), the stratum it may be compared within, and its place in the archive."""

    place: str
    stratum: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sides and what may be said of them.

    verdict: few (list only), direction (medians only), lower or higher (claimed), no_reliable_change. Counts are of the values in strata that both sides
    have: only those can be compared. direction: sign of the difference of their medians (-1 = lower now). factor: now ÷ before, with interval, None where it is
    unbounded or not finite. p_lower, p_higher: one-sided, None where nothing was tested.
    """

    verdict: Verdict
    now: tuple[Value, ...]
    before: tuple[Value, ...]
    compared_now: int
    compared_before: int
    median_now: float | None
    median_before: float | None
    direction: int
    factor: float | None
    factor_low: float | None
    factor_high: float | None
    p_lower: float | None
    p_higher: float | None


def compare(now: Sequence[Value], before: Sequence[Value], settings: LadderSettings) -> Comparison:
    """What may be said of `now` against `before`; order of neither matters."""
    shared = sorted({each.stratum for each in now} & {each.stratum for each in before})
    mine = [np.array(sorted(each.value for each in now if each.stratum == name)) for name in shared]
    theirs = [np.array(sorted(each.value for each in before if each.stratum == name)) for name in shared]
    counted_now, counted_before = sum(map(len, mine)), sum(map(len, theirs))
    middle_now, middle_before = (median([value for part in side for value in part.tolist()]) for side in (mine, theirs))
    direction = 0 if middle_now is None or middle_before is None else (middle_now > middle_before) - (middle_now < middle_before)
    verdict: Verdict
    p_lower = p_higher = None
    factor, low, high = _factor(mine, theirs, 1 - 2 * settings.significance)
    smaller = min(counted_now, counted_before)
    if smaller < settings.listed_below:
        verdict, factor, low, high = "few", None, None, None
    elif smaller < settings.tested_from:
        verdict = "direction"
    else:
        tails = permutation_tails(mine, theirs, settings)
        p_lower, p_higher = tails.p_lower, tails.p_higher
        if tails.by_logs:
            low, high = tails.low, tails.high
        verdict = "no_reliable_change"
        sure_lower = p_lower < settings.significance and high is not None and high < 1
        sure_higher = p_higher < settings.significance and low is not None and low > 1
        if sure_lower and factor is not None and factor <= 1 - settings.least_change:
            verdict = "lower"
        elif sure_higher and factor is not None and factor >= 1 + settings.least_change:
            verdict = "higher"
    return Comparison(
        verdict=verdict,
        now=_sorted(now),
        before=_sorted(before),
        compared_now=counted_now,
        compared_before=counted_before,
        median_now=middle_now,
        median_before=middle_before,
        direction=direction,
        factor=_printable(factor),
        factor_low=_printable(low),
        factor_high=_printable(high),
        p_lower=p_lower,
        p_higher=p_higher,
    )


def median(values: Sequence[float]) -> float | None:
    """The middle value, of an even number the mean of the two middle ones (infinite where one is); None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Tails:
    """One-sided probabilities; by_logs: ranks were not needed, and low–high is the interval of now ÷ before (None: unbounded)."""

    p_lower: float
    p_higher: float
    by_logs: bool
    low: float | None
    high: float | None


def permutation_tails(now: Sequence[Floats], before: Sequence[Floats], settings: LadderSettings) -> Tails:
    """P(sum of now's scores ≤ observed) and P(≥ observed) when, within each stratum, any of its values could have been now's.

    Scores: logs, or midranks within the stratum where a value is infinite or not positive. Exact over all arrangements up to the settings' number, else over
    random ones with a fixed seed, the observed one counted in (Phipson & Smyth 2010). Equal sums count as at least as extreme.
    """
    by_logs = all(_finite(part) for part in (*now, *before))
    pooled = [np.concatenate((a, b)) for a, b in zip(now, before, strict=True)]
    scores = [np.log(part) if by_logs else _mid_ranks(part) for part in pooled]
    sizes = [len(a) for a in now]
    observed = sum(float(part[:size].sum()) for part, size in zip(scores, sizes, strict=True))
    arrangements = math.prod(math.comb(len(part), size) for part, size in zip(scores, sizes, strict=True))
    exact = arrangements <= settings.most_arrangements
    sums, kept = _all_sums(scores, sizes) if exact else _random_sums(scores, sizes, settings)
    extra = 0 if exact else 1
    total = len(sums) + extra
    slack = 1e-9 * max(1.0, abs(observed))
    lower = (int((sums <= observed + slack).sum()) + extra) / total
    higher = (int((sums >= observed - slack).sum()) + extra) / total
    moved = kept < sum(sizes)
    shifts = np.sort((observed - sums[moved]) / (sum(sizes) - kept[moved]))
    rank = math.ceil(settings.significance * total - (total - len(shifts)) - 1e-9)
    ends = (None, None) if not by_logs or rank <= 0 else (math.exp(shifts[rank - 1]), math.exp(shifts[len(shifts) - rank]))
    return Tails(p_lower=lower, p_higher=higher, by_logs=by_logs, low=ends[0], high=ends[1])


def _all_sums(scores: Sequence[Floats], sizes: Sequence[int]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """For every arrangement the sum of its scores, and how many of the observed ones are among it."""
    sums, kept = np.zeros(1), np.zeros(1, dtype=np.int64)
    for part, size in zip(scores, sizes, strict=True):  # at most a few strata
        chosen = np.fromiter(chain.from_iterable(combinations(range(len(part)), size)), dtype=np.intp).reshape(-1, size)
        sums = (sums[:, None] + part[chosen].sum(axis=1)[None, :]).ravel()
        kept = (kept[:, None] + (chosen < size).sum(axis=1)[None, :]).ravel()
    return sums, kept


def _random_sums(scores: Sequence[Floats], sizes: Sequence[int], settings: LadderSettings) -> tuple[Floats, npt.NDArray[np.int64]]:
    random = np.random.default_rng(settings.seed)
    sums, kept = np.zeros(settings.draws), np.zeros(settings.draws, dtype=np.int64)
    for part, size in zip(scores, sizes, strict=True):
        chosen = random.permuted(np.tile(np.arange(len(part)), (settings.draws, 1)), axis=1)[:, :size]
        sums += part[chosen].sum(axis=1)
        kept += (chosen < size).sum(axis=1)
    return sums, kept


def _finite(values: Floats) -> bool:
    return bool(np.all(np.isfinite(values)) and np.all(values > 0))


def _mid_ranks(values: Floats) -> Floats:
    """Ranks from 1 on; equal values share the middle of theirs."""
    _, position, sizes = np.unique(values, return_inverse=True, return_counts=True)
    middle: Floats = (np.cumsum(sizes) - (sizes - 1) / 2)[position]
    return middle


def _factor(now: Sequence[Floats], before: Sequence[Floats], confidence: float) -> tuple[float | None, float | None, float | None]:
    """Hodges–Lehmann estimate of now ÷ before and its exact interval (may be 0 or infinite); None for an end that so few values cannot bound."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shifts = [np.log(np.maximum(a, 0.0))[:, None] - np.log(np.maximum(b, 0.0))[None, :] for a, b in zip(now, before, strict=True)]
    pairs = np.sort(np.concatenate([shift.ravel() for shift in shifts])) if shifts else np.zeros(0)
    pairs = np.sort(np.where(np.isnan(pairs), 0.0, pairs))  # never against never: no difference
    if not len(pairs):
        return None, None, None
    cut = _rank_cut([(len(a), len(b)) for a, b in zip(now, before, strict=True)], confidence)
    middle = median(pairs.tolist())
    ends = (None, None) if cut == 0 else (float(pairs[cut - 1]), float(pairs[len(pairs) - cut]))
    estimate, low, high = (None if each is None else math.exp(each) for each in (middle, *ends))
    return estimate, low, high


def _printable(factor: float | None) -> float | None:
    return factor if factor is not None and math.isfinite(factor) else None


def _rank_cut(sizes: Sequence[tuple[int, int]], confidence: float) -> int:
    """The largest c with P(U < c) ≤ (1 - confidence) / 2, U the Mann–Whitney count summed over strata; 0 where not even the extreme is that rare."""
    pairs = sum(m * n for m, n in sizes)
    if pairs > EXACT_PAIRS:
        spread = math.sqrt(sum(m * n * (m + n + 1) for m, n in sizes) / 12)
        return max(0, math.floor(pairs / 2 - NormalDist().inv_cdf(0.5 + confidence / 2) * spread - 0.5))
    ways = [1]
    for m, n in sizes:
        ways = _times(ways, mann_whitney_ways(m, n))
    total, below, cut = sum(ways), 0, 0
    limit = Fraction(1 - confidence).limit_denominator(10_000) / 2
    for count in ways:
        below += count
        if Fraction(below, total) > limit:
            break
        cut += 1
    return cut


def mann_whitney_ways(m: int, n: int) -> list[int]:
    """How many of the C(m+n, m) arrangements give each U = 0 … m·n: the Gaussian binomial coefficients."""
    ways = [1]
    for i in range(1, m + 1):
        longer = ways + [0] * (n + i)
        for k in range(len(longer) - 1, n + i - 1, -1):
            longer[k] -= longer[k - n - i]
        for k in range(i, len(longer)):
            longer[k] += longer[k - i]
        ways = longer[: i * n + 1]
    return ways


def _times(a: list[int], b: list[int]) -> list[int]:
    made = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for k, y in enumerate(b):
            made[i + k] += x * y
    return made


def _sorted(values: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(sorted(values, key=lambda each: (each.place, each.value)))


def kaplan_meier_median(times: Mapping[float, tuple[int, int]]) -> float | None:
    """The first time by which at least half are back; None where the curve never gets there.

    times: hours → (returned, censored) at that time. Censored at a time are still at risk at it (Kaplan & Meier 1958).
    """
    at_risk = sum(returned + censored for returned, censored in times.values())
    left = Fraction(1)
    for hours in sorted(times):
        returned, censored = times[hours]
        if returned:
            left *= Fraction(at_risk - returned, at_risk)
            if left <= Fraction(1, 2):
                return hours
        at_risk -= returned + censored
    return None
