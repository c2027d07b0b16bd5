"""The sentence ladder: never more than the numbers carry."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.settings.tracking import load_tracking_settings
from review.tracking import comparison
from review.tracking.comparison import Value, compare, kaplan_meier_median, mann_whitney_ways, permutation_tails

LADDER = load_tracking_settings().ladder


def values(numbers: list[float], stratum: str = "l1") -> list[Value]:
    return [Value(place=f"{i:03}", stratum=stratum, value=number) for i, number in enumerate(numbers)]


@given(st.lists(st.floats(0.01, 100), min_size=3, max_size=3), st.lists(st.floats(0.01, 100), min_size=3, max_size=12))
def test_three_incidents_a_side_never_make_a_claim(now: list[float], before: list[float]) -> None:
    assert compare(values(now), values(before), LADDER).verdict == "direction"
    assert compare(values(before), values(now), LADDER).verdict == "direction"


def test_two_incidents_are_only_listed() -> None:
    assert compare(values([0.1, 0.1]), values([9.0] * 9), LADDER).verdict == "few"
    assert compare([], [], LADDER).verdict == "few"


def test_four_against_four_far_apart_is_a_claim_and_a_small_sure_change_is_none() -> None:
    far = compare(values([0.1, 0.2, 0.15, 0.12]), values([1.0, 2.0, 1.5, 3.0]), LADDER)
    assert far.verdict == "lower"
    assert far.p_lower == pytest.approx(1 / 70)
    assert far.factor_high is not None
    assert far.factor_high < 1
    small = compare(values([0.90, 0.91, 0.92, 0.93]), values([1.0, 1.01, 1.02, 1.03]), LADDER)
    assert small.p_lower == pytest.approx(1 / 70)
    assert small.verdict == "no_reliable_change"


def test_incidents_of_different_levels_are_never_held_against_each_other() -> None:
    found = compare(values([0.1] * 5, "l1"), values([9.0] * 5, "l2"), LADDER)
    assert (found.verdict, found.compared_now, found.compared_before) == ("few", 0, 0)


def test_unanswered_incidents_stay_in_and_can_only_worsen_a_quarter() -> None:
    before = values([1.0, 1.2, 0.9, 1.1, 0.8])
    silent = compare(values([math.inf] * 5), before, LADDER)
    assert silent.verdict == "higher"
    assert silent.factor is None
    assert compare(values([0.1, 0.1, 0.1, math.inf, math.inf]), before, LADDER).verdict != "lower"
    equal = compare(values([math.inf] * 4), values([math.inf] * 4), LADDER)
    assert equal.verdict == "no_reliable_change"


@given(st.lists(st.floats(0.05, 20), min_size=4, max_size=6), st.lists(st.floats(0.05, 20), min_size=4, max_size=8))
@settings(max_examples=40)
def test_a_claim_agrees_with_its_interval_and_order_changes_nothing(now: list[float], before: list[float]) -> None:
    found = compare(values(now), values(before), LADDER)
    if found.verdict == "lower":
        assert found.factor_high is not None
        assert found.factor_high < 1
    again = compare(values(now)[::-1], values(before)[::-1], LADDER)
    assert again == found


def test_the_permutation_probability_equals_its_definition() -> None:
    rng = np.random.default_rng(3)
    now, before = np.exp(rng.normal(size=4)), np.exp(rng.normal(size=5))
    everyone = np.log(np.concatenate((now, before)))
    sums = [sum(everyone[list(chosen)]) for chosen in combinations(range(9), 4)]
    observed = sum(everyone[:4])
    found = permutation_tails([now], [before], LADDER)
    assert found.p_lower == pytest.approx(sum(each <= observed + 1e-9 for each in sums) / 126)
    assert found.p_higher == pytest.approx(sum(each >= observed - 1e-9 for each in sums) / 126)


@pytest.mark.parametrize(("m", "n"), [(1, 1), (3, 4), (4, 4), (5, 2)])
def test_the_mann_whitney_counts_equal_an_enumeration(m: int, n: int) -> None:
    counted = [0] * (m * n + 1)
    for chosen in combinations(range(m + n), m):
        counted[sum(sum(other < each for other in range(m + n) if other not in chosen) for each in chosen)] += 1
    assert mann_whitney_ways(m, n) == counted


@pytest.mark.parametrize("sizes", [(3, 3), (4, 4), (5, 9)])
def test_quarters_without_a_change_are_rarely_called_better(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(20260101)
    claims = 0
    for _ in range(300):
        now, before = (values(np.exp(rng.normal(0, 0.8, size)).tolist()) for size in sizes)
        claims += compare(now, before, LADDER).verdict == "lower"
    assert claims == 0 if sizes[0] == 3 else claims <= 300 * 0.05 + 3 * math.sqrt(300 * 0.05 * 0.95)


def test_a_halving_is_often_found_with_pooled_quarters() -> None:
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(60):
        now, before = values((np.exp(rng.normal(0, 0.8, 5)) / 2).tolist()), values(np.exp(rng.normal(0, 0.8, 15)).tolist())
        found += compare(now, before, LADDER).verdict == "lower"
    assert found > 60 * 0.25


def test_kaplan_meier_counts_the_censored_as_at_risk() -> None:
    assert kaplan_meier_median({}) is None
    assert kaplan_meier_median({10.0: (1, 0), 20.0: (1, 0), 30.0: (1, 0)}) == 20.0
    assert kaplan_meier_median({10.0: (1, 0), 20.0: (0, 2), 30.0: (0, 1)}) is None
    assert kaplan_meier_median({10.0: (1, 0), 20.0: (0, 1), 30.0: (1, 0), 40.0: (1, 0)}) == 30.0


def test_many_incidents_are_compared_by_the_normal_limit_which_agrees_with_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [(30, 40), (10, 20)]
    exact = comparison._rank_cut(sizes, 0.9)
    monkeypatch.setattr(comparison, "EXACT_PAIRS", 1)
    assert abs(comparison._rank_cut(sizes, 0.9) - exact) <= 1
