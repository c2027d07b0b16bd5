"""Interrupted time series of a share: a logit trend before, a step and a change of slope after, with honest errors."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from review.analysis.shares import Floats, two_sided_p
from review.settings.curve import EffectSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTest:
    """Coefficients on the logit scale per bucket with standard errors, from `pre` buckets before and `post` after.

    trend: slope before; step: jump at the first bucket after beyond that trend, p its two-sided test; bend: change of slope. scale: what the variance was
    multiplied by.
    """

    pre: int
    post: int
    trend: float
    trend_error: float
    step: float
    step_error: float
    p: float
    bend: float
    scale: float


def interrupted_series(k: Floats, n: Floats, at: int, settings: EffectSettings) -> StepTest | None:
    """The step at bucket `at`, from up to trend_pre_buckets before and trend_post_buckets from it on; None where it cannot be estimated.

    k, n: effective counts. Binomial regression by iteratively reweighted least squares with quasi-likelihood errors (McCullagh and Nelder 1989). Empty
    buckets are left out. None: fewer than trend_min_pre buckets on a side, or shares all 0 or all 1 on a side (the fit runs away).
    """
    first, last = max(at - settings.trend_pre_buckets, 0), min(at + settings.trend_post_buckets, len(n))
    index = np.arange(first, last)
    index = index[n[index] > 0]
    later = index >= at
    pre, post = int((~later).sum()), int(later.sum())
    if min(pre, post) < settings.trend_min_pre:
        return None
    for side in (index[~later], index[later]):
        negative, total = float(k[side].sum()), float(n[side].sum())
        if min(negative, total - negative) <= 1e-9 * total:
            return None
    x = (index - at).astype(np.float64)
    after = later.astype(np.float64)
    design = np.column_stack((np.ones(len(x)), x, after, x * after))
    fit = logit_fit(design, k[index], n[index])
    if fit is None:
        return None
    beta, errors, scale = fit
    return StepTest(
        pre=pre,
        post=post,
        trend=float(beta[1]),
        trend_error=float(errors[1]),
        step=float(beta[2]),
        step_error=float(errors[2]),
        p=two_sided_p(float(beta[2] / errors[2])),
        bend=float(beta[3]),
        scale=scale,
    )


def earlier_decline(k: Floats, n: Floats, span: tuple[int, int], settings: EffectSettings) -> int | None:
    """The first bucket of a decline begun before the action that tells the series at least as well as a step at the action; None where the step does better.

    k, n: effective counts. span: the action's bucket and the first bucket after it; windows as in interrupted_series around the latter. The decline is level,
    then halves its distance to a floor every so many buckets (earlier_half_lives), its first lower bucket one to earlier_buckets before the action's. Both
    tellings have four numbers, so -2 log likelihood is compared as it is: up to earlier_margin more counts as well; of equals the earliest decline. Why: a
    response two to eight buckets into a sharp natural decline would be credited in up to three of four cases (benchmarks/attribution.py).
    """
    action, at = span
    index = np.arange(max(at - settings.trend_pre_buckets, 0), min(at + settings.trend_post_buckets, len(n)))
    index = index[n[index] > 0]
    x, later = (index - at).astype(np.float64), (index >= at).astype(np.float64)
    k, n = k[index], n[index]
    design = np.column_stack((np.ones(len(x)), x, later, x * later))
    step = logit_fit(design, k, n)
    if step is None:
        return None
    best = _unexplained(k, n, 1 / (1 + np.exp(-design @ step[0]))) + settings.earlier_margin
    began: int | None = None
    for first in range(action - settings.earlier_buckets, action):  # a few dozen declines, each a fit of two numbers
        for half_life in settings.earlier_half_lives:
            share = _decline(x + float(at - first + 1), half_life, k, n)
            if share is not None and ((left := _unexplained(k, n, share)) < best or (began is None and left == best)):
                best, began = left, first
    return began


def _decline(since: Floats, half_life: float, k: Floats, n: Floats) -> Floats | None:
    """The shares of the best decline of this half-life that starts where `since` is 0, by weighted least squares; None where the best one rises."""
    fallen = np.where(since <= 0, 0.0, 1 - 0.5 ** (np.maximum(since, 0.0) / half_life))
    design = np.column_stack((np.ones(len(since)), fallen))
    share: Floats = np.full(len(since), float(k.sum() / n.sum()))
    for _ in range(2):  # the second turn weighs by the shares the first one found
        weight = n / (share * (1 - share))
        information = design.T @ (design * weight[:, None])
        if np.linalg.cond(information) > 1e14:
            return None
        top, fall = np.linalg.solve(information, design.T @ (weight * k / n))
        if fall > 0:
            return None
        share = np.asarray(np.clip(top + fall * fallen, 0.001, 0.999), dtype=np.float64)
    return share


def _unexplained(k: Floats, n: Floats, share: Floats) -> float:
    """-2 log likelihood of shares, up to a constant."""
    p = np.clip(share, 0.001, 0.999)
    return -2 * float((k * np.log(p) + (n - k) * np.log1p(-p)).sum())


def logit_fit(design: Floats, k: Floats, n: Floats) -> tuple[Floats, Floats, float] | None:
    """Coefficients, standard errors (scaled) and the scale of a binomial logit regression; None where it does not converge or has no freedom left.

    design: (rows, columns) of full rank; 0 <= k <= n, n > 0, shape (rows,). The counts are effective ones, so
    the correlation within buckets is in them already; scale is Pearson chi-squared / (rows - columns) where that passes its own 95 % point (Wilson and
    Hilferty 1931), else 1. Scaling by every value above 1 would count the same noise twice, and cost a third of the power on waves.
    """
    rows, columns = design.shape
    if rows <= columns or np.linalg.matrix_rank(design) < columns:
        return None
    share = np.clip(k / n, 0.0, 1.0)
    eta: Floats = np.log((k + 0.5) / (n - k + 0.5))
    beta = np.zeros(columns)
    for _ in range(50):  # Newton steps; a sound fit needs five to ten
        mu = np.clip(1 / (1 + np.exp(-eta)), 1e-9, 1 - 1e-9)
        weight = n * mu * (1 - mu)
        information = design.T @ (design * weight[:, None])
        if np.linalg.cond(information) > 1e14:
            return None
        new = np.linalg.solve(information, design.T @ (weight * (eta + (share - mu) / (mu * (1 - mu)))))
        eta = np.asarray(np.clip(design @ new, -30.0, 30.0), dtype=np.float64)
        settled = bool(np.abs(new - beta).max() < 1e-8)
        beta = np.asarray(new, dtype=np.float64)
        if settled:
            break
    else:
        return None
    mu = np.clip(1 / (1 + np.exp(-eta)), 1e-9, 1 - 1e-9)
    weight = n * mu * (1 - mu)
    pearson = float((weight * ((share - mu) / (mu * (1 - mu))) ** 2).sum())
    freedom = rows - columns
    excess = NormalDist().inv_cdf(0.95) * (2 / (9 * freedom)) ** 0.5 + 1 - 2 / (9 * freedom)
    scale = pearson / freedom if pearson / freedom > max(1.0, excess**3) else 1.0
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ (design * weight[:, None]))) * scale)
    return (beta, errors, scale) if np.isfinite(errors).all() else None
