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
    knot = _knot(x[~later], k[index][~later], n[index][~later], settings)
    if knot is not None:
        design = np.column_stack((design, np.minimum(x - knot, 0.0)))
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


def _knot(x: Floats, k: Floats, n: Floats, settings: EffectSettings) -> float | None:
    """Where the trend before bends most, if it does: a decline that began shortly before the response must not be read as the response's step.

    x: position of the buckets before, ascending. The bend is taken where it lowers the deviance by at least knot_deviance.
    """
    plain = np.column_stack((np.ones(len(x)), x))
    straight = logit_fit(plain, k, n)
    if straight is None:
        return None
    least, best = _deviance(plain, k, n, straight[0]) - settings.knot_deviance, None
    for knot in x[2:-1]:  # at most a dozen places
        design = np.column_stack((plain, np.minimum(x - knot, 0.0)))
        bent = logit_fit(design, k, n)
        if bent is not None and (deviance := _deviance(design, k, n, bent[0])) < least:
            least, best = deviance, float(knot)
    return best


def _deviance(design: Floats, k: Floats, n: Floats, beta: Floats) -> float:
    """-2 log likelihood, up to a constant."""
    eta = design @ beta
    return 2 * float((n * np.logaddexp(0.0, eta) - k * eta).sum())


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
