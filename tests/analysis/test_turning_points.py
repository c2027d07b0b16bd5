import numpy as np
import pytest
from crisis_rows import CRISIS, CUTS, SETTINGS, drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.turning_points import Counts, Segmentation, counted, stretches, turning_points


def found_in(k: np.ndarray, n: np.ndarray) -> Segmentation:
    return turning_points(counted(k, n, SETTINGS.band), SETTINGS.turning_points)


def test_the_four_planted_turns_are_found_within_one_bucket() -> None:
    found = found_in(*drawn(CRISIS, 100))
    assert len(found.turns) == 4
    assert all(abs(turn.at - cut) <= 1 for turn, cut in zip(found.turns, CUTS, strict=True))
    assert all(turn.earliest <= cut <= turn.latest for turn, cut in zip(found.turns, CUTS, strict=True))
    assert not found.drifting
    assert not found.spikes


def test_quiet_series_have_almost_no_turning_points() -> None:
    alarms = sum(bool(found_in(*drawn(np.full(144, share), 60, seed)).turns) for seed in range(30) for share in (0.12, 0.6))
    assert alarms <= 1


def test_a_single_bucket_brigade_is_named_and_is_no_turning_point() -> None:
    k, n = drawn(np.full(144, 0.2), 80)
    k[70], n[70] = 380.0, 400.0
    found = found_in(k, n)
    assert [(spike.start, spike.end, spike.n) for spike in found.spikes] == [(70, 71, 400.0)]
    assert not found.turns
    assert len(found.segments) == 1
    assert found.segments[0].share == pytest.approx(np.delete(k, 70).sum() / np.delete(n, 70).sum())


def test_a_move_of_seven_points_is_listed_as_small() -> None:
    found = found_in(*drawn(np.repeat([0.20, 0.27], 72), 400))
    assert not found.turns
    assert len(found.small) == 1
    assert abs(found.small[0].at - 72) <= 2
    assert 0.05 <= found.small[0].step < 0.10


def test_strong_slow_drift_is_said() -> None:
    wave = 0.4 + 0.045 * np.sin(np.arange(288) / 7)
    found = found_in(*drawn(wave, 600))
    assert found.autocorrelation is not None
    assert found.drifting


def test_fractional_counts_that_pass_n_by_rounding_do_not_hide_the_change() -> None:
    n = np.full(60, 0.1)
    n[30:] = 50.1
    k = np.where(np.arange(60) < 30, n, n * 0.3)
    found = turning_points(Counts(k=k * (1 + 1e-15), n=n, rho=0.0), SETTINGS.turning_points)
    k2 = np.where(np.arange(60) < 30, 50.1, 15.03)
    again = turning_points(Counts(k=k2, n=np.full(60, 50.1), rho=0.0), SETTINGS.turning_points)
    assert [turn.at for turn in again.turns] == [30]
    assert all(np.isfinite(segment.share) for segment in found.segments)


def test_nothing_one_bucket_and_equal_buckets_have_no_turning_point() -> None:
    assert found_in(np.zeros(0), np.zeros(0)).segments == ()
    assert found_in(np.zeros(5), np.zeros(5)).segments == ()
    one = found_in(np.array([3.0]), np.array([10.0]))
    assert [(s.start, s.end) for s in one.segments] == [(0, 1)]
    assert not found_in(np.full(50, 10.0), np.full(50, 10.0)).turns


def test_unequal_shapes_and_nan_are_our_fault() -> None:
    with pytest.raises(ValueError, match="equal"):
        turning_points(Counts(k=np.zeros(3), n=np.zeros(4), rho=0.0), SETTINGS.turning_points)
    with pytest.raises(ValueError, match="finite"):
        turning_points(Counts(k=np.array([np.nan]), n=np.ones(1), rho=0.0), SETTINGS.turning_points)


def test_a_turn_in_the_last_two_buckets_is_marked_as_at_the_edge() -> None:
    k, n = drawn(np.repeat([0.15, 0.75], [60, 2]), 200)
    found = found_in(k, n)
    assert [turn.at_edge for turn in found.turns] == [True]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1)), min_size=0, max_size=60), st.floats(0, 0.1))
def test_segments_cover_every_bucket_once_and_neighbours_differ_by_the_minimum_step(pairs: list[tuple[int, float]], rho: float) -> None:
    n = np.array([float(size) for size, _ in pairs])
    k = np.array([float(round(size * share)) for size, share in pairs])
    found = turning_points(Counts(k=k, n=n, rho=rho), SETTINGS.turning_points)
    if n.sum() == 0:
        assert found.segments == ()
        return
    edges = [segment.start for segment in found.segments] + [found.segments[-1].end]
    assert edges[0] == 0
    assert edges[-1] == len(n)
    assert [segment.end for segment in found.segments[:-1]] == edges[1:-1]
    assert all(abs(turn.step) >= SETTINGS.turning_points.min_step - 1e-9 for turn in found.turns)
    assert all(turn.earliest <= turn.at <= turn.latest for turn in (*found.turns, *found.small))
    assert len(found.turns) == len(found.segments) - 1
    total = sum(segment.n for segment in found.segments) + sum(spike.n for spike in found.spikes)
    assert total == pytest.approx(n.sum())


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_positive_in_place_of_negative_gives_the_same_turning_points(seed: int) -> None:
    k, n = drawn(CRISIS, 50, seed)
    counts = counted(k, n, SETTINGS.band)
    mirrored = Counts(k=n - k, n=n, rho=counts.rho)
    first, second = (turning_points(c, SETTINGS.turning_points) for c in (counts, mirrored))
    assert [turn.at for turn in first.turns] == [turn.at for turn in second.turns]


def test_empty_buckets_between_change_no_turning_point() -> None:
    k, n = drawn(CRISIS, 100)
    gaps_k, gaps_n = np.zeros(2 * len(k)), np.zeros(2 * len(n))
    gaps_k[::2], gaps_n[::2] = k, n
    assert [turn.at for turn in found_in(gaps_k, gaps_n).turns] == [2 * turn.at for turn in found_in(k, n).turns]


def test_stretches_change_where_the_share_does_and_empty_buckets_go_with_the_one_before() -> None:
    k, n = drawn(np.repeat([0.2, 0.6, 0.2], 30), 200)
    k[[0, 1, 40, 89]] = n[[0, 1, 40, 89]] = 0.0
    found = stretches(Counts(k=k, n=n, rho=0.0), 3.0)
    assert found[[0, 1, 40]].tolist() == [0, 0, found[39]]
    assert found[-1] == found[-2]
    assert np.flatnonzero(np.diff(found)).tolist() == [29, 59]
    assert stretches(Counts(k=np.zeros(4), n=np.zeros(4), rho=0.0), 3.0).tolist() == [0, 0, 0, 0]
    assert stretches(Counts(k=np.ones(1), n=np.ones(1), rho=0.0), 3.0).tolist() == [0]
