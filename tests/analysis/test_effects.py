from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from crisis_rows import SETTINGS, START, comments, curve_of, drawn, samples

from review.analysis.buckets import bucket_grid
from review.analysis.curve import Evidence, row_curve, sample_curve
from review.analysis.effects import Action, effects, escalation, joint_effects, ladder
from review.analysis.trend import interrupted_series, logit_fit
from review.incident.evidence import NO_ROWS

TEN = timedelta(minutes=10)
STEP = np.repeat([0.60, 0.35], [71, 73])
DECAY = np.where(np.arange(144) < 60, 0.6, 0.2 + 0.4 * 0.5 ** ((np.arange(144) - 60) / 24))


def action(bucket: float, ident: str = "a", precision: str | None = None) -> Action:
    at = START + TEN * bucket
    return Action(ident=ident, at=at, until=at, elsewhere=(), precision=precision, rows=NO_ROWS)


def grades(truth: np.ndarray, per_bucket: int, t: int, runs: int) -> list[str | None]:
    return [ladder((*drawn(truth, per_bucket, seed), 0.0), (t, t), [], SETTINGS.effects).grade for seed in range(runs)]


def test_a_step_after_the_response_is_credited_with_its_windows_and_figures() -> None:
    k, n = drawn(STEP, 100)
    curve = curve_of(comments(k, n))
    (found,) = effects(curve, [action(70.5)], SETTINGS.effects)
    assert found.grade == "A"
    assert found.before is not None
    assert found.after is not None
    assert (found.before.k, found.before.n) == (k[64:70].sum(), 600)
    assert (found.after.k, found.after.n) == (k[71:77].sum(), 600)
    assert found.before.end == START + TEN * 70
    assert found.after.start == START + TEN * 71
    assert found.curve_rows.count == 1200
    assert found.change is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < -0.25 < found.high
    assert found.turn_at == START + TEN * 71
    assert found.placebo is not None
    assert found.placebo.times > 30
    assert found.placebo.as_large == 0


def test_a_response_during_natural_decay_is_hardly_ever_credited() -> None:
    assert sum(grades(DECAY, 60, t, 25).count("A") for t in (70, 76, 84)) <= 5


def test_a_sharp_decline_that_began_before_the_response_is_not_its_credit() -> None:
    blind = replace(SETTINGS.effects, earlier_half_lives=())
    for began in (64, 62):
        sharp = np.where(np.arange(144) < began, 0.6, 0.2 + 0.4 * 0.5 ** ((np.arange(144) - began) / 6))
        drawings = [(*drawn(sharp, 100, seed), 0.0) for seed in range(25)]
        without, found = ([ladder(counts, (67, 67), [], rule) for counts in drawings] for rule in (blind, SETTINGS.effects))
        credited = [sum(test.grade == "A" for test in tests) for tests in (without, found)]
        assert credited[0] >= 6
        assert credited[1] <= 0.4 * credited[0]
        withheld = [after.earlier for before, after in zip(without, found, strict=True) if before.grade == "A" and after.grade != "A"]
        assert all(first is not None and began - 3 <= first < 67 for first in withheld)


def test_a_real_step_is_still_credited_beside_the_tale_of_an_earlier_decline() -> None:
    assert grades(STEP, 100, 70, 25).count("A") >= 22


def test_actions_that_cannot_be_told_apart_are_judged_as_one_from_before_the_first_to_after_the_last() -> None:
    k, n = drawn(np.repeat([0.60, 0.35], [72, 72]), 100)
    curve = curve_of(comments(k, n))
    given = [action(73.5, "b"), action(70.5, "a"), action(100.5, "c")]
    (found,) = joint_effects(curve, given, SETTINGS.effects)
    assert (found.ident, found.group, found.grade) == ("a", ("a", "b"), "A")
    assert found.before is not None
    assert found.after is not None
    assert (found.before.end, found.after.start) == (START + TEN * 70, START + TEN * 74)
    assert (found.before.k, found.after.k) == (k[64:70].sum(), k[74:80].sum())
    assert joint_effects(curve, given[2:], SETTINGS.effects) == ()
    far = [action(50.5 + 6 * i, str(i)) for i in range(4)]
    (long,) = joint_effects(curve, far, SETTINGS.effects)
    assert (long.grade, long.reason, len(long.group)) == (None, "few_buckets", 4)


def test_the_change_is_held_against_earlier_times_whose_windows_hold_no_action() -> None:
    truth = np.repeat([0.70, 0.35, 0.60, 0.35], [24, 26, 50, 44])
    curve = curve_of(comments(*drawn(truth, 400)))
    alone = effects(curve, [action(100.5)], SETTINGS.effects)[-1].placebo
    beside = effects(curve, [action(24.5, "b"), action(100.5)], SETTINGS.effects)[-1].placebo
    by_day = effects(curve, [action(0, "b", "day"), action(100.5)], SETTINGS.effects)[-1].placebo
    assert alone is not None
    assert beside is not None
    assert by_day is not None
    assert alone.as_large >= 1
    assert (beside.times, beside.as_large) == (alone.times - 13, 0)
    assert (by_day.times, by_day.rows) == (0, NO_ROWS)
    assert alone.rows.count == 400 * 100


def test_a_response_that_changes_nothing_is_c_and_one_followed_by_a_jump_is_d() -> None:
    assert grades(np.full(144, 0.5), 60, 70, 40).count("C") >= 36
    assert grades(np.repeat([0.3, 0.6], [71, 73]), 100, 70, 20).count("D") >= 18


def test_one_text_published_step_by_step_is_judged_from_before_the_first_to_after_the_last_publication() -> None:
    k, n = drawn(np.repeat([0.60, 0.35], [72, 72]), 100)
    one = replace(action(70.5), until=START + TEN * 73.5, elsewhere=("b",))
    (found,) = effects(curve_of(comments(k, n)), [one], SETTINGS.effects)
    assert (found.grade, found.group, found.elsewhere) == ("A", (), ("b",))
    assert found.before is not None
    assert found.after is not None
    assert (found.before.end, found.after.start) == (START + TEN * 70, START + TEN * 74)


def test_two_actions_within_the_window_are_inseparable_and_named() -> None:
    curve = curve_of(comments(*drawn(STEP, 100)))
    found = effects(curve, [action(73, "b"), action(70, "a"), action(100, "c")], SETTINGS.effects)
    assert [(e.ident, e.reason, e.group) for e in found] == [("a", "overlap", ("a", "b")), ("b", "overlap", ("a", "b")), ("c", None, ())]
    assert found[0].grade is None
    assert found[0].change is not None


@pytest.mark.parametrize(("bucket", "reason"), [(3, "few_buckets"), (140, "few_buckets"), (-5, "outside"), (500, "outside")])
def test_an_action_without_enough_data_on_both_sides_is_not_assessed(bucket: int, reason: str) -> None:
    (found,) = effects(curve_of(comments(*drawn(STEP, 60))), [action(bucket)], SETTINGS.effects)
    assert (found.grade, found.reason) == (None, reason)


def test_few_comments_a_thin_curve_coarse_times_and_typed_samples_are_not_assessed() -> None:
    k, n = drawn(STEP, 100)
    n[64:70], k[64:70] = 2, 1
    (few,) = effects(curve_of(comments(k, n)), [action(70)], SETTINGS.effects)
    assert few.reason == "few_comments"
    (coarse,) = effects(curve_of(comments(*drawn(STEP, 100))), [action(70, precision="day")], SETTINGS.effects)
    assert coarse.reason == "coarse_time"
    typed = sample_curve(samples([(50, 100)] * 30), SETTINGS)
    assert typed is not None
    (sampled,) = effects(typed, [action(70)], SETTINGS.effects)
    assert sampled.reason == "samples"
    assert effects(typed, [], SETTINGS.effects) == ()


def test_typed_samples_give_the_last_before_and_the_first_after_an_action_and_no_grade() -> None:
    typed = sample_curve(samples([(20, 60), (20, 60), (45, 60), (44, 60)]), SETTINGS)
    assert typed is not None
    starts, ends = (pd.DatetimeIndex(times).tz_localize("UTC") for times in (typed.starts, typed.ends))
    at = (starts[2] - (starts[2] - ends[1]) / 2).to_pydatetime()
    letter = Action(ident="letter", at=at, until=at, elsewhere=(), precision=None, rows=NO_ROWS)
    (found,) = effects(typed, [letter], SETTINGS.effects)
    assert (found.grade, found.reason) == (None, "samples")
    assert found.before is not None
    assert found.after is not None
    assert (found.before.k, found.before.n, found.after.k, found.after.n) == (20, 60, 45, 60)
    assert (found.before.end, found.after.start) == (ends[1].to_pydatetime(), starts[2].to_pydatetime())
    assert found.change == pytest.approx(25 / 60)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 25 / 60 < found.high
    twice = effects(typed, [letter, replace(letter, ident="reply")], SETTINGS.effects)
    assert [each.before for each in twice] == [None, None], "which of two the change follows cannot be told"
    first, last = (replace(letter, at=moment, until=moment) for moment in (starts[0].to_pydatetime(), ends[-1].to_pydatetime()))
    assert [each.change for each in (*effects(typed, [first], SETTINGS.effects), *effects(typed, [last], SETTINGS.effects))] == [None, None]


def test_the_slope_of_the_escalation_is_told_before_and_after() -> None:
    truth = np.concatenate((np.linspace(0.1, 0.46, 36), np.full(36, 0.46)))
    found = escalation(curve_of(comments(*drawn(truth, 200))), START + TEN * 36, SETTINGS.effects)
    assert found.before == pytest.approx(0.36 / 35 * 6, abs=0.02)
    assert found.after == pytest.approx(0.0, abs=0.02)
    assert (found.window_before, found.window_after) == (TEN * 18, TEN * 12)
    assert found.rows.count == 200 * 30
    early, late = (escalation(curve_of(comments(*drawn(truth, 200))), START + TEN * bucket, SETTINGS.effects) for bucket in (8, 65))
    assert (early.window_before, late.window_after) == (TEN * 8, TEN * 7), "no window is longer than the data"
    nothing = escalation(curve_of(comments(*drawn(truth, 200))), START - TEN * 30, SETTINGS.effects)
    assert nothing.before is None
    assert nothing.after is None


def test_a_logit_fit_of_a_constant_is_the_log_odds_with_the_textbook_error() -> None:
    fit = logit_fit(np.ones((10, 1)), np.full(10, 30.0), np.full(10, 100.0))
    assert fit is not None
    beta, errors, scale = fit
    assert beta[0] == pytest.approx(np.log(0.3 / 0.7))
    assert errors[0] == pytest.approx(1 / np.sqrt(1000 * 0.21))
    assert scale == 1.0


def test_a_trend_that_cannot_be_estimated_is_none() -> None:
    n = np.full(60, 50.0)
    assert interrupted_series(np.zeros(60), n, 3, SETTINGS.effects) is None
    assert interrupted_series(np.where(np.arange(60) < 30, 50.0, 0.0), n, 30, SETTINGS.effects) is None
    assert logit_fit(np.ones((2, 2)), np.ones(2), np.full(2, 3.0)) is None


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_buckets_of_a_day_hold_their_own_hours_across_a_change_of_clocks(zone: str) -> None:
    first = pd.Timestamp("2026-02-10", tz=zone)
    days = [first + pd.DateOffset(days=day) for day in range(60)]  # the clocks of New York change on 8 March
    rows = pd.DataFrame(
        {
            "file": "a.csv", "sheet": None, "row": np.arange(3600), "platform": "x", "time_precision": "day",
            "published_at": [day + pd.Timedelta(hours=1) for day in days for _ in range(60)],
            "negative": pd.array([i < (36 if day < 40 else 12) for day in range(60) for i in range(60)], dtype="boolean"),
        }
    )  # fmt: skip
    rows["published_at"] = rows["published_at"].dt.tz_convert("UTC")
    grid = bucket_grid(rows, ZoneInfo(zone), SETTINGS.buckets)
    curve = row_curve(rows, grid, Evidence(subject="comments", grade="vendor"), SETTINGS)
    assert curve is not None
    assert curve.width == timedelta(days=1)
    (found,) = effects(curve, [replace(action(0, precision="min"), at=(at := (days[40] + pd.Timedelta(hours=9)).to_pydatetime()), until=at)], SETTINGS.effects)
    assert found.before is not None
    assert found.turn_at == found.before.end == days[40].to_pydatetime()


def test_periods_that_overlap_end_where_the_longest_does() -> None:
    typed = samples([(50, 200), (50, 100)])
    typed.loc[0, "end"] = START + timedelta(hours=216)
    curve = sample_curve(typed, SETTINGS)
    assert curve is not None
    assert curve.data_end == START + timedelta(hours=216)
