import numpy as np
import pytest
from crisis_rows import SETTINGS
from hypothesis import given
from hypothesis import strategies as st

from review.analysis.shares import difference_interval, effective, overdispersion, pooled_effective, wilson


def test_wilson_limits_are_those_of_the_textbook_example() -> None:
    low, high = wilson(3.0, 4.0, 0.95)
    assert low == pytest.approx(0.3006, abs=1e-3)
    assert high == pytest.approx(0.9544, abs=1e-3)


def test_no_comments_leave_the_share_anywhere() -> None:
    assert wilson(0.0, 0.0, 0.95) == (0.0, 1.0)


@given(st.integers(1, 5000), st.floats(0, 1), st.floats(1, 50))
def test_the_band_holds_the_share_and_narrows_with_more_evidence(n: int, share: float, times: float) -> None:
    low, high = wilson(share * n, float(n), 0.95)
    low2, high2 = wilson(share * n * times, n * times, 0.95)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
    assert high2 - low2 <= high - low + 1e-9


@given(st.floats(0, 0.9), st.floats(0, 1000))
def test_a_bucket_is_never_worth_more_than_its_comments(rho: float, n: float) -> None:
    worth = effective(np.array([n]), rho)[0]
    assert 0 <= worth <= n
    assert pooled_effective(np.array([n, n]), rho) == pytest.approx(2 * worth)


def beta_binomial(rho: float, n: int, buckets: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.beta(0.3 * (1 - rho) / rho, 0.7 * (1 - rho) / rho, buckets) if rho else np.full(buckets, 0.3)
    return rng.binomial(n, p).astype(float), np.full(buckets, float(n))


@pytest.mark.parametrize(("rho", "low", "high"), [(0.0, 0.0, 0.004), (0.02, 0.014, 0.032), (0.05, 0.038, 0.075)])
def test_a_planted_correlation_is_found(rho: float, low: float, high: float) -> None:
    found = [overdispersion(*beta_binomial(rho, 100, 288, seed), SETTINGS.band) for seed in range(12)]
    assert low <= float(np.median([value for value in found if value is not None])) <= high


def test_steps_of_the_share_are_not_taken_for_correlation() -> None:
    rng = np.random.default_rng(5)
    n = np.full(144, 200.0)
    k = rng.binomial(200, np.repeat([0.12, 0.6, 0.3, 0.15], 36)).astype(float)
    rho = overdispersion(k, n, SETTINGS.band)
    assert rho is not None
    assert rho < 0.005


def test_too_few_buckets_say_nothing_about_correlation() -> None:
    assert overdispersion(np.array([3.0, 5.0, 4.0]), np.array([10.0, 10.0, 10.0]), SETTINGS.band) is None
    assert overdispersion(np.zeros(0), np.zeros(0), SETTINGS.band) is None


def test_equal_shares_have_a_difference_interval_around_zero() -> None:
    low, high = difference_interval((0.3, 100.0), (0.3, 100.0), 0.95)
    assert low == pytest.approx(-high)
    assert 0.1 < high < 0.15
