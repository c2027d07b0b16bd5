"""Calibration by hand labels: planted truth comes out, slopes never turn round, and edges are decided."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.calibration import Scored, calibrated_shares, compare, fit_calibration, probabilities
from review.settings.emotion import load_emotion_model

SETTINGS = load_emotion_model().calibration


def crisis(seed: int, flipped: bool = False) -> tuple[Scored, np.ndarray, np.ndarray]:
    """60 buckets of 100 comments; the share goes 10 -> 60 -> 20 %; a score that tells negative comments apart by 1.5 standard deviations."""
    rng = np.random.default_rng(seed)
    share = np.repeat([0.10, 0.60, 0.20], 20)
    bucket = np.repeat(np.arange(60), 100)
    negative = rng.random(6000) < share[bucket]
    score = rng.normal(size=6000) + 1.5 * (negative != flipped)
    return Scored(score=score.astype(np.float32), bucket=bucket, buckets=60), negative, share


def evenly(labels: int) -> np.ndarray:
    return np.linspace(0, 5999, labels).astype(np.int64)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_hundred_labels_bring_out_the_planted_shares(seed: int) -> None:
    scored, negative, share = crisis(seed)
    at = evenly(200)
    fitted = fit_calibration(scored, at, negative[at], SETTINGS)
    assert fitted is not None
    frame = calibrated_shares(fitted, scored, SETTINGS)
    said = frame["share"].to_numpy(dtype=float)
    assert np.abs(said - share).mean() < 0.08
    assert ((frame["low"] <= frame["share"]) & (frame["share"] <= frame["high"])).all()


def test_a_weak_score_and_small_buckets_do_not_flatten_the_curve() -> None:
    rng = np.random.default_rng(11)
    share, size = np.repeat([0.10, 0.60, 0.20], 40), 40
    bucket = np.repeat(np.arange(120), size)
    steps = []
    for _ in range(6):
        negative = rng.random(len(bucket)) < share[bucket]
        scored = Scored(score=(rng.normal(size=len(bucket)) + 0.9 * negative).astype(np.float32), bucket=bucket, buckets=120)
        at = np.linspace(0, len(bucket) - 1, 400).astype(np.int64)
        fitted = fit_calibration(scored, at, negative[at], SETTINGS)
        assert fitted is not None
        said = probabilities(fitted, scored)
        steps.append(said[share[bucket] == 0.60].mean() - said[share[bucket] == 0.10].mean())
    assert np.mean(steps) == pytest.approx(0.5, abs=0.06)


def test_a_bucket_that_truly_differs_within_its_stretch_keeps_part_of_its_own_mean() -> None:
    rng = np.random.default_rng(12)
    bucket = np.repeat(np.arange(60), 200)
    share = 0.35 + 0.12 * np.sin(np.arange(60) * 2.4)  # up and down from bucket to bucket: no stretch longer than one would hold it
    negative = rng.random(len(bucket)) < share[bucket]
    scored = Scored(score=(rng.normal(size=len(bucket)) + 1.5 * negative).astype(np.float32), bucket=bucket, buckets=60)
    at = np.linspace(0, len(bucket) - 1, 400).astype(np.int64)
    fitted = fit_calibration(scored, at, negative[at], SETTINGS)
    assert fitted is not None
    said = calibrated_shares(fitted, scored, SETTINGS)["share"].to_numpy(dtype=float)
    assert np.corrcoef(said, share)[0, 1] > 0.8
    assert np.std(fitted.bucket_mean[:-1]) > 0.03


def test_more_labels_give_a_narrower_interval() -> None:
    scored, negative, _ = crisis(4)
    widths = []
    for labels in (40, 400):
        at = evenly(labels)
        fitted = fit_calibration(scored, at, negative[at], SETTINGS)
        assert fitted is not None
        frame = calibrated_shares(fitted, scored, SETTINGS)
        widths.append(float((frame["high"] - frame["low"]).mean()))
    assert widths[1] < widths[0]


def test_a_score_that_points_the_wrong_way_gets_no_weight() -> None:
    scored, negative, _ = crisis(5, flipped=True)
    at = evenly(300)
    fitted = fit_calibration(scored, at, negative[at], SETTINGS)
    assert fitted is not None
    assert fitted.coefficients[1] == 0
    assert (fitted.draws[:, 1:] >= 0).all()


def test_fewer_labels_than_the_minimum_calibrate_nothing() -> None:
    scored, negative, _ = crisis(6)
    at = evenly(SETTINGS.minimum_labels - 1)
    assert fit_calibration(scored, at, negative[at], SETTINGS) is None
    assert fit_calibration(scored, np.empty(0, dtype=np.int64), np.empty(0, dtype=bool), SETTINGS) is None


@pytest.mark.parametrize("answer", [True, False])
def test_labels_of_one_class_alone_stay_finite(answer: bool) -> None:
    scored, _, _ = crisis(7)
    at = evenly(100)
    fitted = fit_calibration(scored, at, np.full(100, answer), SETTINGS)
    assert fitted is not None
    said = probabilities(fitted, scored)
    assert np.isfinite(said).all()
    assert (said.mean() > 0.9) == answer


@settings(max_examples=15)
@given(st.permutations(range(60)))
def test_the_order_of_the_labels_changes_nothing(order: list[int]) -> None:
    scored, negative, _ = crisis(8)
    at = evenly(60)
    first = fit_calibration(scored, at, negative[at], SETTINGS)
    second = fit_calibration(scored, at[order], negative[at[order]], SETTINGS)
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.coefficients, second.coefficients)
    np.testing.assert_array_equal(first.draws, second.draws)


def test_a_higher_score_is_never_less_likely_negative_within_a_bucket() -> None:
    scored, negative, _ = crisis(9)
    at = evenly(200)
    fitted = fit_calibration(scored, at, negative[at], SETTINGS)
    assert fitted is not None
    said = probabilities(fitted, scored)
    for bucket in (0, 30, 59):
        inside = scored.bucket == bucket
        assert (np.diff(said[inside][np.argsort(scored.score[inside])]) >= 0).all()


def test_comments_outside_every_bucket_are_judged_but_counted_nowhere() -> None:
    scored, negative, _ = crisis(10)
    outside = replace(scored, bucket=np.where(scored.bucket < 30, -1, scored.bucket))
    at = evenly(200)
    fitted = fit_calibration(outside, at, negative[at], SETTINGS)
    assert fitted is not None
    frame = calibrated_shares(fitted, outside, SETTINGS)
    assert frame["n"].sum() == 3000
    assert frame["share"][:30].isna().all()
    assert np.isfinite(probabilities(fitted, outside)).all()
    nowhere = replace(scored, bucket=np.full(6000, -1), buckets=0)
    flat = fit_calibration(nowhere, at, negative[at], SETTINGS)
    assert flat is not None
    assert len(calibrated_shares(flat, nowhere, SETTINGS)) == 0


def test_agreement_counts_both_sides_and_knows_nothing_of_none() -> None:
    said, truth = np.array([True, True, False, False, False]), np.array([True, False, False, True, False])
    seen = compare(said, truth)
    assert (seen.sensitivity, seen.specificity, seen.agreement) == (1 / 2, 2 / 3, 3 / 5)
    nothing = compare(said[:0], truth[:0])
    assert (nothing.sensitivity, nothing.specificity, nothing.agreement) == (None, None, None)
