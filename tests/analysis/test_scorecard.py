"""The score: the three worked examples, the edge cases, and laws."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rubric_inputs import inputs_from

from review.analysis.indicators import Absent, Coded, Input, Leadership, Line, Measured, Missing, NotApplicable, ServiceRate, score_line
from review.analysis.scorecard import RedLineState, Scorecard, score
from review.settings.rubric import INDICATORS, LEVELS, Level, load_rubric

RUBRIC = load_rubric()
SHARED = Path(os.environ.get("REVIEW_REAL_DATA", Path(__file__).parents[2] / ".." / "shared" / "data")).parent / "rubric_examples.json"

A: dict[str, Any] = {
    "topic_reads": 12_000_000, "first_response_h": 0.75, "formal_plan_h": 3.5, "activation_h": 0.25, "solution_items": 4, "strategy": "match",
    "sincerity_rating": 3, "transparency_items": 3, "kol_verified": 3, "channel_opened": True, "resolve_24h": 0.86, "longest_gap_h": 14,
    "contradictions": 0, "lead": "ceo", "departments": 4, "neg": {"peak": 0.65, "end": 0.24, "base": 0.12}, "normal_h": 40, "attribution": "A",
    "rebounds": 1, "sales_change": -0.12, "follower_loss": 0.008, "complaint_closed": 0.82,
}  # fmt: skip
B: dict[str, Any] = {
    "topic_reads": 800_000, "first_response_h": 3, "formal_plan_h": 20, "activation_h": None, "solution_items": 0, "strategy": "partial",
    "sincerity_rating": 1, "transparency_items": 1, "kol_verified": 0, "channel_opened": False, "resolve_24h": 0.55, "longest_gap_h": 30,
    "contradictions": 1, "lead": "ops", "departments": 2, "neg": {"peak": 0.48, "end": 0.31, "base": 0.15}, "normal_h": None, "data_end_h": 60,
    "attribution": "C", "rebounds": 0, "sales_change": None, "follower_loss": 0.012, "complaint_closed": 0.6,
}  # fmt: skip
C: dict[str, Any] = {
    "topic_reads": 6_200_000, "first_response_h": 26, "formal_plan_h": 28, "activation_h": 1, "solution_items": 3, "strategy": "match",
    "sincerity_rating": 3, "transparency_items": 3, "kol_verified": "不适用", "channel_opened": True, "resolve_24h": 0.92, "longest_gap_h": 10,
    "contradictions": 0, "lead": "ceo", "departments": 3, "neg": {"peak": 0.58, "end": 0.2, "base": 0.14}, "normal_h": 60, "attribution": "B",
    "rebounds": 0, "sales_change": -0.25, "follower_loss": 0.02, "complaint_closed": 0.9, "redlines": ["no_public_response_24h"],
}  # fmt: skip


def card_of(given: dict[str, Any]) -> Scorecard:
    states = [RedLineState(ident=ident, verdict="triggered") for ident in given.get("redlines", ())]
    return score(inputs_from(given), RUBRIC.level_of(given["topic_reads"]), RUBRIC, states)


def test_example_a_by_hand() -> None:
    card = card_of(A)
    assert card.total == pytest.approx(89.669182389937, abs=1e-6)
    assert (card.low, card.high) == (card.total, card.total)
    assert (card.coverage, card.grade_text, card.provisional) == (1.0, "应对得体", False)
    assert card.line("updates").score == pytest.approx(91.6666666667)
    assert card.line("service").score == pytest.approx(92)
    assert [part.weighted_sum for part in card.dimensions] == pytest.approx([2000, 1975, 1727, 2346.918239, 918])
    assert card.band is not None
    assert (card.band.low, card.band.high) == pytest.approx((89.07, 90.27), abs=0.3)
    assert card.band.same_grade == 1.0
    assert card.lever is None


def test_example_b_by_hand() -> None:
    card = card_of(B)
    assert card.total == pytest.approx(4126.651515151515 / 83, abs=1e-6)
    assert (card.low, card.high) == pytest.approx((41.2665151515, 55.0665151515), abs=1e-6)
    assert card.coverage == pytest.approx(0.83)
    assert card.grade_text == "应对失当，至多存在明显不足"
    assert card.line("service").score == pytest.approx(46.6666667)
    assert card.line("back_to_normal").state == "unassessable"
    assert card.line("back_to_normal").high == pytest.approx(60)
    assert card.band is not None
    assert (card.band.low, card.band.high) == pytest.approx((47.96, 51.50), abs=0.3)


def test_example_c_by_hand_is_capped_by_the_red_line() -> None:
    card = card_of(C)
    assert card.raw == pytest.approx(6193.636363636364 / 95, abs=1e-6)
    assert (card.total, card.low, card.high, card.cap_binds) == (54.9, 54.9, 54.9, True)
    assert card.grade_text == "应对失当"
    assert (card.coverage, card.applicable_weight) == (1.0, 95)
    assert card.band is not None
    assert (card.band.low, card.band.high, card.band.same_grade) == (54.9, 54.9, 1.0)


@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_the_shared_examples_come_out_to_a_millionth(name: str) -> None:
    if not SHARED.exists():
        pytest.skip(f"{SHARED.name} is not there")
    example = json.loads(SHARED.read_text(encoding="utf-8"))[name]
    card, wanted = card_of(example["inputs"]), example["expected"]
    for field in ("raw", "total", "low", "high", "coverage", "applicable_weight", "assessed_weight", "weighted_sum"):
        assert getattr(card, field) == pytest.approx(wanted[field], abs=1e-6), field
    assert card.level == wanted["level"]
    assert card.grade is not None
    assert (card.grade.name, card.provisional) == (wanted["grade"], wanted["provisional"])
    for ident, points in wanted["indicators"].items():
        line = card.line(ident)
        if isinstance(points, str):
            assert {"无法评估": "unassessable", "不适用": "not_applicable"}[points] == line.state
        else:
            assert line.score == pytest.approx(points, abs=1e-6), ident
    assert card.band is not None
    assert (card.band.low, card.band.high, card.band.same_grade) == pytest.approx(wanted["stability_5_95_same_grade"], abs=0.3)


def test_an_empty_incident_is_not_rated() -> None:
    card = score({}, "l2", RUBRIC)
    assert (card.total, card.coverage, card.rated, card.grade_text, card.band, card.lever) == (None, 0.0, False, None, None, None)
    assert (card.low, card.high) == (0.0, 100.0)


def test_coverage_of_exactly_60_percent_is_rated_provisionally_and_80_is_final() -> None:
    inputs = inputs_from(A)
    process = {criterion.ident for criterion in RUBRIC.criteria if criterion.brand_did}

    def keep(*idents: str) -> Scorecard:
        return score({ident: inputs[ident] for ident in idents}, "l1", RUBRIC)

    assert not keep(*process - {"lead"}).rated
    assert (keep(*process).coverage, keep(*process).rated, keep(*process).provisional) == (0.6, True, True)
    assert keep(*process, "recovery", "back_to_normal").provisional
    most = keep(*process, "recovery", "attribution", "rebound")
    assert (most.coverage, most.rated, most.provisional) == (0.8, True, False)


def test_contributions_sum_to_the_raw_total_and_each_line_can_be_recomputed() -> None:
    for card in (card_of(A), card_of(B), card_of(C)):
        assert sum(line.contribution or 0 for line in card.lines) == pytest.approx(card.raw)
        for line in card.lines:
            if line.state == "scored" and isinstance(line.raw, float) and line.criterion.kind != "service":
                x = line.raw / line.target if line.target else line.raw
                assert line.criterion.line().at(x) == pytest.approx(line.score)


def test_level_one_response_between_one_and_two_hours_is_neither_strength_nor_weakness() -> None:
    def lesson(hours: float, level: Level) -> str | None:
        return score({"first_response": Measured(value=hours)}, level, RUBRIC).line("first_response").lesson

    assert [lesson(hours, "l1") for hours in (1.0, 1.2, 2.0, 2.1)] == ["strength", "between", "between", "weakness"]
    assert [lesson(hours, "l2") for hours in (1.2, 2.0, 3.9)] == ["strength", "strength", None]


def test_results_are_never_lessons() -> None:
    card = card_of(C)
    told = {line.criterion.ident for kind in ("strength", "weakness") for line in card.lessons(kind)}
    assert "first_response" in told
    assert not told & {"recovery", "back_to_normal", "attribution", "rebound", "sales", "followers", "complaints"}


def test_without_a_level_the_range_spans_both_and_the_lower_is_printed() -> None:
    inputs = inputs_from({**A, "first_response_h": 1.8, "formal_plan_h": 9})
    one, two, open_level = score(inputs, "l1", RUBRIC), score(inputs, "l2", RUBRIC), score(inputs, None, RUBRIC)
    assert open_level.level is None
    assert open_level.total == min(one.total or 0, two.total or 0)
    assert (open_level.low, open_level.high) == (min(one.low, two.low), max(one.high, two.high))
    assert open_level.other is not None
    assert {open_level.scored_as, open_level.other.scored_as} == {"l1", "l2"}


def test_an_unaudited_share_widens_the_range_and_does_not_count_as_coverage() -> None:
    firm = score(inputs_from(A), "l1", RUBRIC)
    inputs = inputs_from(A)
    inputs["recovery"] = Measured(value=0.5, low=0.4, high=0.7, model_only=True)
    inputs["attribution"] = Coded(value="A", model_only=True)
    soft = score(inputs, "l1", RUBRIC)
    assert firm.coverage - soft.coverage == pytest.approx(0.16)
    assert (soft.line("recovery").low, soft.line("recovery").score, soft.line("recovery").high) == pytest.approx((40, 50, 70))
    assert (soft.line("attribution").low, soft.line("attribution").high) == (0, 100)
    assert soft.raw is not None
    assert soft.high - soft.raw == pytest.approx((10 * 20 + 0) / 100)
    assert soft.raw - soft.low == pytest.approx((10 * 10 + 6 * 100) / 100)


def test_a_return_so_late_that_nothing_can_be_earned_is_scored() -> None:
    line = score({"back_to_normal": Missing(reason="not_back", best=200.0)}, "l2", RUBRIC).line("back_to_normal")
    assert (line.state, line.score, line.notes) == ("scored", 0.0, ("censored_at_worst",))


def test_the_total_never_leaves_what_is_still_possible() -> None:
    inputs: dict[str, Input] = {ident: Measured(value=0.0) for ident in ("first_response", "formal_plan", "activation")}
    inputs["back_to_normal"] = Missing(reason="not_back", best=140.0)
    inputs |= {c.ident: NotApplicable(reason="declared") for c in RUBRIC.criteria if c.ident not in inputs}
    card = score(inputs, "l2", RUBRIC)
    assert card.raw == 100
    assert card.total == card.high < 100


def test_what_is_absent_from_a_complete_timeline_earns_nothing() -> None:
    line = score({"first_response": Absent()}, "l1", RUBRIC).line("first_response")
    assert (line.state, line.score, line.lesson) == ("scored", 0.0, "weakness")


def test_a_service_without_a_channel_is_capped_and_an_unknown_channel_spans_both() -> None:
    def line(opened: bool | None) -> Line:
        return score_line(RUBRIC.criterion("service"), ServiceRate(share=0.95, channel_opened=opened), "l1")

    assert line(True).score == 100
    assert (line(False).score, line(False).high) == (50, 50)
    assert (line(None).score, line(None).low, line(None).high) == (50, 50, 100)


def test_the_lever_is_the_smallest_change_that_reaches_the_next_grade() -> None:
    card = card_of(B)
    lever = card.lever
    assert lever is not None
    assert (lever.ident, lever.grade.name) == ("solution", "存在明显不足")
    inputs = inputs_from(B)
    assert lever.needed_raw is not None
    inputs["solution"] = Measured(value=lever.needed_raw)
    assert score(inputs, "l2", RUBRIC).raw == pytest.approx(55)


def test_unknown_indicators_and_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="no such indicator: nonsense"):
        score({"nonsense": Measured(value=1.0)}, "l1", RUBRIC)
    with pytest.raises(ValueError, match="strategy_match"):
        score({"strategy_match": Measured(value=1.0)}, "l1", RUBRIC)


def test_red_lines_that_are_not_triggered_cap_nothing() -> None:
    states = [RedLineState(ident="no_public_response_24h", verdict="undetermined"), RedLineState(ident="argued_with_users", verdict="undeclared")]
    assert score(inputs_from(A), "l1", RUBRIC, states).total == pytest.approx(89.669182, abs=1e-6)


DELAYS = [ident for ident, kind in INDICATORS.items() if kind == "delay"]
numbers = st.floats(-5, 300)


def one_input(ident: str) -> st.SearchStrategy[Input]:
    match INDICATORS[ident]:
        case "delay":
            known: st.SearchStrategy[Input] = st.builds(lambda value, model_only: Measured(value=value, model_only=model_only), numbers, st.booleans())
        case "value":
            known = st.builds(lambda value: Measured(value=value), st.floats(-1, 5))
        case "category":
            known = st.sampled_from([code for code, _ in RUBRIC.criterion(ident).points]).map(lambda code: Coded(value=code))
        case "service":
            known = st.builds(lambda share, opened: ServiceRate(share=share, channel_opened=opened), st.floats(0, 1), st.sampled_from([True, False, None]))
        case _:
            lead = st.sampled_from(["ceo", "vp", "ops", "none", None])
            known = st.builds(lambda lead, n: Leadership(lead=lead, departments=n), lead, st.sampled_from([None, 0, 1, 4, 9]))
    censored: st.SearchStrategy[Input] = numbers.map(lambda hours: Missing(reason="not_back", best=hours)) if ident in DELAYS else known
    return st.one_of(known, known, censored, st.just(Missing(reason="not_measured")), st.just(NotApplicable(reason="declared")), st.just(Absent()))


whole_inputs = st.fixed_dictionaries({ident: one_input(ident) for ident in INDICATORS})
levels = st.sampled_from([*LEVELS, None])


@settings(max_examples=60)
@given(whole_inputs, levels)
def test_total_and_range_lie_in_order_within_0_and_100(inputs: dict[str, Input], level: Level | None) -> None:
    card = score(inputs, level, RUBRIC)
    assert -1e-9 <= card.low <= card.high <= 100 + 1e-9
    assert 0 <= card.coverage <= 1 + 1e-9
    if card.total is not None:
        assert card.low - 1e-9 <= card.total <= card.high + 1e-9


@settings(max_examples=60)
@given(whole_inputs, levels, st.sampled_from(list(INDICATORS)))
def test_an_indicator_that_becomes_unassessable_never_raises_the_lower_bound(inputs: dict[str, Input], level: Level | None, ident: str) -> None:
    if isinstance(inputs[ident], NotApplicable):
        return
    before = score(inputs, level, RUBRIC)
    after = score({**inputs, ident: Missing(reason="not_measured")}, level, RUBRIC)
    assert after.low <= before.low + 1e-9


@settings(max_examples=60)
@given(whole_inputs, st.sampled_from(list(LEVELS)), st.sampled_from(DELAYS), numbers, numbers)
def test_a_longer_delay_never_scores_higher(inputs: dict[str, Input], level: Level, ident: str, a: float, b: float) -> None:
    short, long = (score({**inputs, ident: Measured(value=value)}, level, RUBRIC) for value in sorted((a, b)))
    assert (short.line(ident).score or 0) >= (long.line(ident).score or 0) - 1e-9
    assert (short.raw or 0) >= (long.raw or 0) - 1e-9


def test_a_total_just_above_a_line_keeps_its_grade_in_some_draws_only() -> None:
    inputs = inputs_from({**A, "sales_change": -0.5, "follower_loss": 0.0075, "attribution": "A"})
    card = score(inputs, "l1", RUBRIC)
    assert card.band is not None
    assert card.total == pytest.approx(85.1, abs=0.3)
    assert 0.4 < card.band.same_grade < 0.9
