from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta

import numpy as np
from crisis_rows import CRISIS, SETTINGS, START, TRIGGER, VENDOR, comments, curve_of, drawn, samples
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.curve import Curve, Evidence, sample_curve
from review.analysis.trigger import Trigger, trigger


def fired_on(k: Sequence[float], n: Sequence[float], evidence: Evidence = VENDOR) -> Trigger | None:
    return trigger(curve_of(comments(np.array(k), np.array(n)), evidence), TRIGGER)


def test_a_share_of_exactly_20_percent_does_not_trigger() -> None:
    assert fired_on([20] * 20, [100] * 20) is None
    assert fired_on([20] * 10 + [21] * 3, [100] * 13) is not None


def test_a_clear_crossing_triggers_in_its_first_bucket_by_the_lower_limit() -> None:
    fired = fired_on([10.0] * 10 + [60.0] * 10, [100.0] * 20)
    assert fired is not None
    assert (fired.bucket, fired.rule, fired.k, fired.n) == (10, "lower_bound", 60.0, 100)
    assert fired.at == START + timedelta(minutes=100)
    assert fired.low > 0.2


def test_data_that_begin_above_the_line_tell_no_crossing() -> None:
    crossing, begun = fired_on([10.0] * 10 + [60.0] * 10, [100.0] * 20), fired_on([60.0] * 10 + [10.0] * 10, [100.0] * 20)
    assert crossing is not None
    assert crossing.seen_below
    assert begun is not None
    assert (begun.bucket, begun.seen_below) == (0, False)
    slow = fired_on([5.0] * 3 + [2.0] * 10, [20.0] * 13)
    assert slow is not None
    assert (slow.rule, slow.seen_below) == ("run", False)
    quiet = fired_on([0.0, 1.0] * 10 + [60.0] * 20, [4.0] * 20 + [100.0] * 20)  # each of the quiet buckets is too thin to count
    assert quiet is not None
    assert quiet.seen_below


def test_a_run_within_a_long_stretch_above_the_line_is_no_crossing() -> None:
    """Buckets too thin to count stand above the line for long before those that count do."""
    fired = fired_on([1.0] * 40 + [4.0] * 60 + [20.0] * 40, [10.0] * 100 + [50.0] * 40)
    assert fired is not None
    assert (fired.bucket >= 100, fired.seen_below) == (True, False)


def test_the_third_bucket_in_a_row_above_triggers_though_each_is_uncertain() -> None:
    fired = fired_on([2.0] * 10 + [5.0, 5.0, 5.0] + [2.0] * 5, [20.0] * 18)
    assert fired is not None
    assert (fired.bucket, fired.rule) == (12, "run")


def test_two_in_a_row_do_not_trigger_nor_three_with_a_gap_between() -> None:
    assert fired_on([2.0] * 10 + [5.0, 5.0] + [2.0] * 6, [20.0] * 18) is None
    assert fired_on([2.0] * 10 + [5.0, 5.0, 0.0, 5.0] + [2.0] * 6, [20.0] * 12 + [0.0] + [20.0] * 7) is None


def test_a_brigade_of_few_comments_does_not_trigger() -> None:
    assert fired_on([2.0] * 20 + [2.0] + [2.0] * 20, [20.0] * 20 + [5.0] + [20.0] * 20) is None


def test_an_unaudited_model_must_cross_by_more_than_its_error() -> None:
    k, n = [10.0] * 10 + [35.0] * 10, [100.0] * 20
    assert fired_on(k, n) is not None
    assert fired_on(k, n, Evidence(subject="comments", grade="model", level_error=0.16)) is None


def test_three_typed_samples_above_in_a_row_trigger() -> None:
    curve = sample_curve(samples([(2, 20), (5, 20), (5, 20), (5, 20)]), SETTINGS)
    assert curve is not None
    fired = trigger(curve, TRIGGER)
    assert fired is not None
    assert fired.bucket == 3


def cut(curve: Curve, length: int) -> Curve:
    """The curve as it stood `length` buckets in."""
    return replace(curve, **{f.name: getattr(curve, f.name)[:length] for f in fields(curve) if isinstance(getattr(curve, f.name), np.ndarray)})


@settings(max_examples=12)
@given(st.integers(0, 100), st.integers(1, 143))
def test_later_buckets_never_invent_an_earlier_trigger(seed: int, length: int) -> None:
    curve = curve_of(comments(*drawn(CRISIS, 20, seed)))
    whole, early = trigger(curve, TRIGGER), trigger(cut(curve, length), TRIGGER)
    if early is not None:
        assert early == whole
    elif whole is not None:
        assert whole.bucket >= length
