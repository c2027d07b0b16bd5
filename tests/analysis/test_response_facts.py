"""What the brand did and when, off a typed timeline; the level off topic reads; and the score of it all."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.indicators import Measured, Missing, NotApplicable
from review.analysis.outcome_inputs import Fact, OutcomeInputs, OutcomeShare, Proportion
from review.analysis.response_facts import ResponseFacts, measure_response, public_moves
from review.analysis.response_score import ResponseScore, indicator_inputs, red_lines, score_response
from review.incident.case import Case, Silence
from review.incident.incident import Incident, empty_incident
from review.incident.tables import METRIC_POINTS, RESPONSES
from review.settings.rubric import load_rubric
from review.settings.statement import load_statement_settings

RUBRIC, RULES = load_rubric(), load_statement_settings()
EMPTY = empty_incident(Case())
T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOLDING = "我们已关注到大家的反馈,正在核实处理。"
PLAN = "3天内可申请全额退款,请联系官方旗舰店客服。原因是密封圈老化。"


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def responses(*rows: dict[str, Any]) -> pd.DataFrame:
    """A timeline; each row gives h (hours after T0), action and any other column."""
    columns: dict[str, object] = {"file": ["时间线.xlsx"] * len(rows), "row": list(range(2, len(rows) + 2)), "at": [at(row["h"]) for row in rows]}
    for name in ("action", "platform", "actor", "text", "url", "precision", "core_vertical", "measured", "demand_addressed", "result", "commitment"):
        columns[name] = [row.get(name) for row in rows]
    return RESPONSES.frame(columns, len(rows))


def reads(*rows: tuple[float, float | None, str]) -> pd.DataFrame:
    """Cumulative topic reads: (hours after T0, value, topic)."""
    return METRIC_POINTS.frame(
        {
            "file": ["快照.xlsx"] * len(rows), "row": list(range(2, len(rows) + 2)), "scope": ["topic"] * len(rows), "metric": ["reads"] * len(rows),
            "name": [name for _, _, name in rows], "platform": ["weibo"] * len(rows), "at": [at(h) for h, _, _ in rows],
            "cumulative": [True] * len(rows), "value": [value for _, value, _ in rows],
        },
        len(rows),
    )  # fmt: skip


def measured(incident: Incident, outcomes: OutcomeInputs) -> ResponseFacts:
    return measure_response(incident, public_moves(incident.responses, RULES.actions), outcomes, RUBRIC, RULES)


def facts_of(case: Case, *rows: dict[str, Any], points: pd.DataFrame | None = None, outcomes: OutcomeInputs | None = None) -> ResponseFacts:
    incident = replace(EMPTY, case=case, responses=responses(*rows), metric_points=EMPTY.metric_points if points is None else points)
    return measured(incident, outcomes or OutcomeInputs())


def states(facts: ResponseFacts) -> dict[str, str]:
    return {state.ident: state.verdict for state in red_lines(facts, RUBRIC)}


TYPED = Case(outbreak_at=T0)


def test_a_typed_outbreak_goes_before_the_crossing_and_the_first_post() -> None:
    outcomes = OutcomeInputs(trigger_at=at(3), first_post_at=at(-40))
    facts = facts_of(TYPED, outcomes=outcomes)
    assert [each.kind for each in facts.onsets] == ["typed", "crossing", "first_post"]
    assert facts.onset is not None
    assert facts.onset.at == T0
    onset = facts_of(Case(), outcomes=outcomes).onset
    assert onset is not None
    assert onset.kind == "crossing"
    assert facts_of(Case()).onset is None


def test_an_empty_incident_is_all_unknown_and_not_rated() -> None:
    facts = facts_of(Case())
    assert (facts.first_response, facts.formal_plan, facts.level.level, facts.longest_silence) == (None, None, None, None)
    result = score_response(facts, RUBRIC)
    assert result.card.rated is False
    assert result.card.coverage == 0
    assert result.under_onsets == ()
    assert states(facts)["no_public_response_24h"] == "undetermined"


def test_the_first_response_is_the_earliest_public_move() -> None:
    facts = facts_of(
        TYPED, {"h": 0.2, "action": "internal", "text": "开会"}, {"h": 0.3, "action": "private_message", "text": "您好"},
        {"h": 0.7, "action": "comment_reply", "text": HOLDING}, {"h": 1.5, "action": "first_response", "text": HOLDING},
    )  # fmt: skip
    assert facts.first_response is not None
    assert (facts.first_response.at, facts.first_response.action) == (at(0.7), "comment_reply")
    assert facts.private_moves.count == 0
    assert facts.private_too_early.count == 1


def test_a_comment_reply_that_only_thanks_is_no_public_response() -> None:
    facts = facts_of(TYPED, {"h": 0.5, "action": "comment_reply", "text": "感谢支持"}, {"h": 3, "action": "first_response"})
    assert facts.first_response is not None
    assert facts.first_response.at == at(3)


def test_a_recall_counts_only_where_it_was_published() -> None:
    assert facts_of(TYPED, {"h": 1, "action": "recall"}).first_response is None
    assert facts_of(TYPED, {"h": 1, "action": "recall", "platform": "weibo"}).first_response is not None


def test_a_holding_statement_is_the_first_response_and_the_plan_comes_with_its_solution() -> None:
    facts = facts_of(TYPED, {"h": 1, "action": "statement", "text": HOLDING}, {"h": 5, "action": "statement", "text": PLAN})
    assert facts.first_response is not None
    assert facts.formal_plan is not None
    assert (facts.first_response.at, facts.formal_plan.at) == (at(1), at(5))
    assert facts.solution.found == ("action", "deadline", "amount", "path")
    assert facts.solution.by == "rule"
    assert facts.transparency.found == ("cause", "measures")


def test_a_sole_statement_without_a_solution_is_still_the_formal_plan() -> None:
    facts = facts_of(TYPED, {"h": 20, "action": "statement", "text": "后续会处理"})
    assert facts.formal_plan is not None
    assert facts.solution.found == ()


def test_a_statement_that_only_denies_is_no_plan_where_the_apology_after_it_brings_one() -> None:
    denial = {"h": 12, "action": "statement", "text": "视频存在剪辑拼接，系个别门店操作不当，我司保留追究法律责任的权利。"}
    facts = facts_of(TYPED, denial, {"h": 34, "action": "apology", "text": PLAN})
    assert facts.formal_plan is not None
    assert (facts.formal_plan.at, facts.solution.found) == (at(34), ("action", "deadline", "amount", "path"))
    unread = facts_of(TYPED, {"h": 12, "action": "statement"}, {"h": 34, "action": "apology", "text": PLAN})
    assert unread.formal_plan is not None
    assert unread.formal_plan.at == at(12), "a statement typed without its words may hold one"


def test_a_published_recall_with_its_refund_is_the_plan_and_not_the_statement_weeks_later_that_accepts_the_fine() -> None:
    recall = {"h": 37, "action": "recall", "platform": "weibo", "text": PLAN}
    fine = {"h": 430, "action": "statement", "text": "尊重并接受处罚，罚款已缴。三批次均在此前召回范围内，再次致歉。"}
    facts = facts_of(TYPED, {"h": 3, "action": "first_response", "text": HOLDING}, recall, fine)
    assert facts.formal_plan is not None
    assert (facts.formal_plan.at, facts.solution.found) == (at(37), ("action", "deadline", "amount", "path"))
    unpublished = facts_of(TYPED, {**recall, "platform": None}, fine)
    assert unpublished.formal_plan is not None
    assert unpublished.formal_plan.at == at(430), "a recall nobody published tells the public nothing"


def test_a_statement_that_offers_more_than_the_apology_before_it_is_the_plan() -> None:
    apology = {"h": 2, "action": "apology", "text": "非常抱歉，涉事产品已下架。"}
    facts = facts_of(TYPED, apology, {"h": 5, "action": "statement", "text": PLAN})
    assert facts.formal_plan is not None
    assert facts.formal_plan.at == at(5)


def test_of_two_statements_without_a_solution_the_later_is_the_plan_where_the_first_was_the_first_response() -> None:
    facts = facts_of(TYPED, {"h": 1, "action": "statement", "text": HOLDING}, {"h": 9, "action": "statement", "text": "后续会处理"})
    assert facts.formal_plan is not None
    assert facts.formal_plan.at == at(9)


def test_the_case_file_overrules_the_reading_of_the_statement() -> None:
    case = replace(TYPED, solution_elements=("时限", "path", "胡写"))
    facts = facts_of(case, {"h": 1, "action": "statement", "text": PLAN})
    assert (facts.solution.found, facts.solution.by) == (("deadline", "path"), "case")


def test_a_statement_without_its_wording_leaves_the_content_unassessable() -> None:
    inputs = indicator_inputs(told := facts_of(TYPED, {"h": 1, "action": "statement"}), told.onset)
    assert inputs["solution"] == Missing(reason="no_statement_text", sources=inputs["solution"].sources)


def test_where_the_curve_is_there_it_is_the_typed_moves_or_the_hand_labels_that_are_missing() -> None:
    watched = OutcomeInputs(curve_grade="model", normal_watched=True)
    told = (facts_of(TYPED, *moves, outcomes=watched) for moves in ([], [{"h": 1, "action": "statement", "text": PLAN}]))
    silent, spoken = (indicator_inputs(each, each.onset) for each in told)
    reasons = [[given.reason for name in ("attribution", "rebound", "back_to_normal") if isinstance(given := each[name], Missing)] for each in (silent, spoken)]
    assert reasons == [["no_public_move", "no_plan_made", "unaudited_normal"], ["no_attribution", "no_rebounds", "unaudited_normal"]]


def test_a_complete_timeline_without_a_response_earns_zero_and_an_open_one_is_unassessable() -> None:
    complete = score_response(facts_of(replace(TYPED, timeline_complete=True)), RUBRIC).card
    for ident in ("first_response", "formal_plan", "solution", "transparency", "sincerity", "updates", "kol"):
        assert (complete.line(ident).state, complete.line(ident).score) == ("scored", 0.0), ident
    silent = score_response(facts_of(TYPED), RUBRIC).card
    assert silent.line("first_response").state == "unassessable"


def test_a_documented_silence_takes_the_response_out_and_lifts_the_red_line() -> None:
    case = replace(TYPED, timeline_complete=True, silence=Silence(decided_at=at(2), by="公关总监", reason="传播量低,回应会放大"))
    facts = facts_of(case, outcomes=OutcomeInputs(observed_until=at(100)))
    inputs = indicator_inputs(facts, facts.onset)
    assert isinstance(inputs["first_response"], NotApplicable)
    assert isinstance(inputs["formal_plan"], NotApplicable)
    assert states(facts)["no_public_response_24h"] == "clear"
    undocumented = facts_of(replace(case, silence=Silence(decided_at=at(2), by="", reason="x")), outcomes=OutcomeInputs(observed_until=at(100)))
    assert undocumented.silence is not None
    assert undocumented.silence.lacking == ("by",)
    assert states(undocumented)["no_public_response_24h"] == "triggered"


def test_the_24_hour_line_needs_a_typed_outbreak_or_starts_that_agree() -> None:
    late = {"h": 30, "action": "first_response"}
    assert states(facts_of(TYPED, late))["no_public_response_24h"] == "triggered"
    assert states(facts_of(Case(), late, outcomes=OutcomeInputs(first_post_at=T0)))["no_public_response_24h"] == "undetermined"
    quiet = OutcomeInputs(first_post_at=at(-72), trigger_at=at(20))
    assert states(facts_of(Case(), late, outcomes=quiet))["no_public_response_24h"] == "undetermined"
    agreed = OutcomeInputs(first_post_at=at(-1), trigger_at=at(2))
    assert states(facts_of(Case(), late, outcomes=agreed))["no_public_response_24h"] == "triggered"


def test_a_response_at_exactly_24_hours_is_in_time() -> None:
    assert states(facts_of(TYPED, {"h": 24, "action": "first_response"}))["no_public_response_24h"] == "clear"
    assert states(facts_of(TYPED, {"h": 24.01, "action": "first_response"}))["no_public_response_24h"] == "triggered"


def test_blame_found_by_rule_never_triggers_a_red_line_but_a_typed_one_does() -> None:
    blaming = {"h": 1, "action": "statement", "text": "是用户操作不当,请勿带节奏"}
    assert states(facts_of(TYPED, blaming))["argued_with_users"] == "undeclared"
    assert states(facts_of(replace(TYPED, red_lines=("argued_with_users",)), blaming))["argued_with_users"] == "triggered"
    assert states(facts_of(replace(TYPED, red_lines_ruled_out=("argued_with_users",)), blaming))["argued_with_users"] == "clear"


def test_a_response_known_only_to_the_day_can_at_best_be_bounded() -> None:
    facts = facts_of(TYPED, {"h": -9, "action": "first_response", "precision": "day"}, {"h": 3, "action": "update", "precision": "min"})
    assert facts.first_response is not None
    assert facts.first_response.at == at(3)
    alone = score_response(facts_of(TYPED, {"h": 3, "action": "first_response", "precision": "day"}), RUBRIC).card.line("first_response")
    assert (alone.state, alone.missing) == ("unassessable", "response_day_only")


def test_a_response_before_the_start_earns_everything() -> None:
    assert score_response(facts_of(TYPED, {"h": -5, "action": "first_response"}), RUBRIC).card.line("first_response").score == 100


@pytest.mark.parametrize(("value", "level"), [(5_000_000, "l1"), (4_999_999, "l2")])
def test_the_largest_topic_decides_the_level_and_the_sum_does_not(value: float, level: str) -> None:
    facts = facts_of(TYPED, points=reads((1, 100_000, "#甲#"), (9, value, "甲"), (9, 4_000_000, "乙")))
    assert facts.level.level == level
    assert (facts.level.reads, facts.level.total_reads) == (value, value + 4_000_000)
    assert facts.level.on_the_line == (value == 5_000_000)


def test_a_topic_that_existed_before_counts_its_increment() -> None:
    case = replace(TYPED, topic_existed_before=True)
    assert facts_of(case, points=reads((-5, 90_000_000, "品牌"), (48, 93_000_000, "品牌"))).level.level == "l2"
    assert facts_of(case, points=reads((-5, 90_000_000, "品牌"), (48, 96_000_000, "品牌"))).level.level == "l1"
    bounded = facts_of(case, points=reads((48, 96_000_000, "品牌"))).level
    assert (bounded.level, bounded.topics[0].baseline_missing) == (None, True)


def test_only_declared_topics_count_where_the_case_names_them() -> None:
    points = reads((5, 900_000_000, "明星八卦"), (5, 600_000, "#某品牌踩雷#"))
    assert facts_of(replace(TYPED, topics=("某品牌踩雷",)), points=points).level.level == "l2"
    assert facts_of(TYPED, points=points).level.level == "l1"


def test_without_reads_there_is_no_level_and_a_typed_one_wins() -> None:
    assert facts_of(TYPED).level.level is None
    typed = facts_of(replace(TYPED, level="l1"), points=reads((1, 10, "甲"))).level
    assert (typed.level, typed.by_reads, typed.contradicts_case) == ("l1", "l2", True)


def test_the_level_as_known_at_the_response_uses_only_earlier_readings() -> None:
    facts = facts_of(TYPED, {"h": 2, "action": "first_response"}, points=reads((1, 300_000, "甲"), (30, 8_000_000, "甲")))
    assert (facts.level.level, facts.level_at_response) == ("l1", "l2")
    result = score_response(facts, RUBRIC)
    assert result.under_level_at_response is not None
    assert result.card.line("first_response").score == 60
    assert result.under_level_at_response.line("first_response").score == 100


def test_the_score_is_given_under_every_candidate_start() -> None:
    facts = facts_of(TYPED, {"h": 2, "action": "first_response"}, points=reads((1, 9_000_000, "甲")), outcomes=OutcomeInputs(first_post_at=at(-10)))
    result = score_response(facts, RUBRIC)
    assert [(each.kind, each.card.line("first_response").score) for each in result.under_onsets] == [("typed", 60), ("first_post", 0)]


def test_the_longest_silence_runs_to_normal_or_the_end_of_the_data() -> None:
    rows = ({"h": 1, "action": "first_response"}, {"h": 5, "action": "statement"}, {"h": 11, "action": "update"})
    open_end = facts_of(TYPED, *rows, outcomes=OutcomeInputs(observed_until=at(31))).longest_silence
    assert open_end is not None
    assert (open_end.hours, open_end.start, open_end.end) == (20, at(11), at(31))
    normal = facts_of(TYPED, *rows, outcomes=OutcomeInputs(observed_until=at(31), normal_at=at(8))).longest_silence
    assert normal is not None
    assert normal.hours == 4
    assert facts_of(TYPED, *rows).longest_silence is None


def test_a_share_at_its_everyday_level_before_the_first_word_earns_no_praise_for_speaking_often() -> None:
    facts = facts_of(TYPED, {"h": 1, "action": "first_response"}, {"h": 40, "action": "statement"}, outcomes=OutcomeInputs(normal_at=at(0.5)))
    assert facts.longest_silence is None
    line = score_response(facts, RUBRIC).card.line("updates")
    assert (line.state, line.missing) == ("unassessable", "normal_before_response")


def test_silence_counts_in_the_crisis_and_to_the_last_word_known() -> None:
    after = facts_of(TYPED, {"h": 13, "action": "statement"}, {"h": 96, "action": "update"}, outcomes=OutcomeInputs(observed_until=at(8))).longest_silence
    assert after is not None
    assert (after.hours, after.end) == (83, at(96)), "the data end before the brand's second word"
    early = facts_of(TYPED, {"h": -72, "action": "statement"}, {"h": 2, "action": "update"}, outcomes=OutcomeInputs(observed_until=at(4))).longest_silence
    assert early is not None
    assert (early.hours, early.start) == (2, T0)


def test_moves_known_to_the_day_give_a_silence_between_bounds() -> None:
    rows = ({"h": 15, "action": "statement", "precision": "day"}, {"h": 63, "action": "update", "precision": "day"})
    facts = facts_of(TYPED, *rows, outcomes=OutcomeInputs(observed_until=at(64)))
    given = indicator_inputs(facts, facts.onset)["updates"]
    assert isinstance(given, Measured)
    assert (given.low, given.value, given.high) == (24, 48, 49)


DAY = Case(outbreak_at=T0, day_only=("outbreak_at",))


def test_an_outbreak_known_to_the_day_gives_no_exact_delay_and_no_red_line_on_soft_ground() -> None:
    late = {"h": 34, "action": "statement", "text": HOLDING, "precision": "min"}
    facts = facts_of(DAY, late, outcomes=OutcomeInputs(normal_at=at(60), observed_until=at(90)))
    inputs = indicator_inputs(facts, facts.onset)
    assert inputs["first_response"] == Missing(reason="onset_day_only", best=10, sources=(facts.public[0].rows,))
    back = inputs["back_to_normal"]
    assert isinstance(back, Measured)
    assert (back.low, back.value, back.high) == (36, 60, 60)
    assert states(facts)["no_public_response_24h"] == "undetermined"
    assert states(facts_of(DAY, {**late, "h": 49}))["no_public_response_24h"] == "triggered"
    assert states(facts_of(DAY, {**late, "h": 23}))["no_public_response_24h"] == "clear"


def test_a_move_known_to_the_day_that_may_have_come_in_time_leaves_the_red_line_open() -> None:
    moves = ({"h": 15, "action": "clarification", "precision": "day"}, {"h": 35, "action": "statement", "precision": "min"})
    assert states(facts_of(TYPED, *moves))["no_public_response_24h"] == "undetermined"
    assert states(facts_of(TYPED, moves[1]))["no_public_response_24h"] == "triggered"


def test_a_time_known_to_the_day_has_no_hours_before_or_after_it() -> None:
    case = Case(outbreak_at=T0, known_at=at(2), assessed_at=at(5), day_only=("known_at",))
    lag = facts_of(case, outcomes=OutcomeInputs(first_post_at=at(-3), first_post_latest=at(-3))).detection
    assert (lag.posted_to_known, lag.known_to_assessed) == (None, None)
    assert facts_of(replace(case, day_only=()), outcomes=OutcomeInputs(first_post_at=at(-3))).detection.posted_to_known == 5


def test_hours_from_a_crossing_only_a_model_saw_rest_on_the_model() -> None:
    for grade, model in (("model", True), ("audit", False)):
        facts = facts_of(Case(), {"h": 4, "action": "statement"}, outcomes=OutcomeInputs(trigger_at=at(3), curve_grade=grade))  # type: ignore[arg-type]
        given = indicator_inputs(facts, facts.onset)["first_response"]
        assert isinstance(given, Measured)
        assert (given.value, given.model_only) == (1, model)


def test_bloggers_count_once_each_and_only_core_and_measured() -> None:
    yes = {"core_vertical": True, "measured": True}
    facts = facts_of(
        TYPED, {"h": 8, "action": "kol", "actor": "甲", **yes, "demand_addressed": True}, {"h": 9, "action": "kol", "actor": "甲", **yes},
        {"h": 9, "action": "koc", "actor": "乙", **yes}, {"h": 9, "action": "kol", "actor": "丙", "core_vertical": True, "measured": False},
        {"h": 9, "action": "kol", "actor": "丁"},
    )  # fmt: skip
    found = facts.bloggers
    assert (found.bloggers, found.sure, found.possible, found.demand_addressed, found.names) == (4, 2, 3, 1, ("乙", "甲"))
    line = score_response(facts, RUBRIC).card.line("kol")
    assert (line.score, line.low, line.high) == (75, 75, 100)


def test_only_the_indicator_that_may_be_is_declared_not_applicable() -> None:
    facts = facts_of(replace(TYPED, not_applicable=("KOL", "首次公开回应")))
    assert (facts.not_applicable, facts.refused) == (("kol",), ("首次公开回应",))


def test_contradictions_are_unknown_until_somebody_checked() -> None:
    assert facts_of(TYPED).contradictions.value is None
    assert facts_of(replace(TYPED, statements_checked=True)).contradictions.value == 0
    assert facts_of(replace(TYPED, contradictions=(("无添加", "含微量"),))).contradictions.value == 1


def test_departments_are_counted_as_the_four_groups() -> None:
    facts = facts_of(replace(TYPED, lead="ops", departments=("市场部", "品牌公关部", "客服中心", "财务部")))
    assert facts.departments == ("市场", "客服")
    line = score_response(facts_of(replace(TYPED, lead="ceo", level="l1", departments=("客服", "质检", "运营"))), RUBRIC).card.line("lead")
    assert line.score == 87.5


def test_the_median_of_the_ratings_counts() -> None:
    line = score_response(facts_of(replace(TYPED, sincerity_ratings=(1, 4, 3))), RUBRIC).card.line("sincerity")
    assert (line.raw, line.score) == (3, 75)


def test_detection_lag_and_contact_with_the_poster_are_told() -> None:
    case = replace(TYPED, known_at=at(2), assessed_at=at(3), discovery_channel="客服上报")
    facts = facts_of(
        case, {"h": 1, "action": "contact_poster", "result": "已更新笔记"}, {"h": 4, "action": "first_response"}, {"h": 6, "action": "contact_poster"},
        outcomes=OutcomeInputs(first_post_at=at(-6)),
    )  # fmt: skip
    lag = facts.detection
    assert (lag.posted_to_known, lag.known_to_assessed, lag.assessed_to_responded, lag.posted_to_responded) == (8, 1, 1, 10)
    assert [(contact.after_public, contact.result) for contact in facts.contacts] == [(False, "已更新笔记"), (True, None)]


def test_deletions_are_recorded_and_change_no_point() -> None:
    rows = ({"h": 1, "action": "first_response"},)
    without = score_response(facts_of(replace(TYPED, level="l1"), *rows), RUBRIC).card
    facts = facts_of(replace(TYPED, level="l1"), *rows, {"h": 2, "action": "takedown"})
    assert facts.removals.count == 1
    assert [line.score for line in score_response(facts, RUBRIC).card.lines] == [line.score for line in without.lines]


def test_recovery_from_unaudited_shares_spans_the_measured_error() -> None:
    peak, end, base = (OutcomeShare(value=value, grade="model", error=0.05) for value in (0.6, 0.3, 0.1))
    line = score_response(facts_of(TYPED, outcomes=OutcomeInputs(peak=peak, end=end, base=base)), RUBRIC).card.line("recovery")
    assert line.score == pytest.approx(60)
    assert (line.low, line.high) == pytest.approx((100 * (0.55 - 0.35) / (0.55 - 0.05), 100 * (0.65 - 0.25) / (0.65 - 0.15)))
    assert not line.counts


def test_recovery_without_a_base_is_unassessable() -> None:
    shares = OutcomeInputs(peak=OutcomeShare(value=0.6, grade="audit"), end=OutcomeShare(value=0.3, grade="audit"))
    assert score_response(facts_of(TYPED, outcomes=shares), RUBRIC).card.line("recovery").missing == "no_base"


def test_a_return_not_seen_is_bounded_by_the_end_of_the_data() -> None:
    outcomes = OutcomeInputs(normal_watched=True, observed_until=at(60), curve_grade="audit")
    line = score_response(facts_of(replace(TYPED, level="l2"), outcomes=outcomes), RUBRIC).card.line("back_to_normal")
    assert (line.state, line.missing, line.high) == ("unassessable", "not_back", 60)


def whole(shift: timedelta) -> ResponseScore:
    def moved(time: datetime) -> datetime:
        return time + shift

    case = Case(
        outbreak_at=moved(T0), known_at=moved(at(0.1)), activated_at=moved(at(0.6)), lead="ceo", departments=("运营", "客服"), strategy_match="match",
        sincerity_ratings=(3, 4), statements_checked=True, timeline_complete=True,
    )  # fmt: skip
    frame = responses(
        {"h": 0.8, "action": "first_response", "text": HOLDING}, {"h": 4, "action": "statement", "text": PLAN},
        {"h": 7, "action": "kol", "actor": "甲", "core_vertical": True, "measured": True}, {"h": 20, "action": "update"},
        {"h": 3, "action": "service_channel", "platform": "xhs"},
    )  # fmt: skip
    frame["at"] = frame["at"] + pd.Timedelta(shift)
    points = reads((-3, 100, "甲"), (6, 7_000_000, "甲"))
    points["at"] = points["at"] + pd.Timedelta(shift)
    outcomes = OutcomeInputs(
        first_post_at=moved(at(-3)), trigger_at=moved(at(0.3)), curve_grade="audit", normal_at=moved(at(50)), normal_watched=True,
        observed_until=moved(at(90)), attribution="B", rebounds=0, peak=OutcomeShare(value=0.6, grade="audit"),
        end=OutcomeShare(value=0.2, grade="audit"), base=OutcomeShare(value=0.1, grade="audit"), service=Proportion(k=80, n=100),
        complaints=Proportion(k=9, n=10), sales_change=Fact(value=-0.1, unit="比例"), follower_loss=Fact(value=0.001, unit="比例"),
    )  # fmt: skip
    incident = replace(EMPTY, case=case, metric_points=points, responses=frame)
    return score_response(measured(incident, outcomes), RUBRIC)


STANDING = whole(timedelta())


def test_a_whole_incident_is_fully_covered() -> None:
    card = STANDING.card
    assert [line.criterion.ident for line in card.lines if line.state != "scored"] == []
    assert (card.coverage, card.level) == (1.0, "l1")
    assert card.line("first_response").sources
    assert card.line("updates").raw == 30


@settings(max_examples=5)
@given(st.integers(-300, 300))
def test_a_shift_of_everything_by_whole_weeks_changes_nothing(weeks: int) -> None:
    moved = whole(timedelta(weeks=weeks))
    for field in fields(moved.card):
        assert getattr(moved.card, field.name) == getattr(STANDING.card, field.name), field.name


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_row_order_changes_nothing(random: Any) -> None:
    rows = [
        {"h": 1.0, "action": "first_response", "text": HOLDING}, {"h": 1.0, "action": "comment_reply", "text": HOLDING},
        {"h": 6, "action": "statement", "text": PLAN}, {"h": 6, "action": "kol", "actor": "甲", "core_vertical": True, "measured": True},
    ]  # fmt: skip
    frame = responses(*rows)
    order = list(range(len(frame)))
    random.shuffle(order)
    results = [
        measured(replace(EMPTY, case=TYPED, responses=each), OutcomeInputs(observed_until=at(30))) for each in (frame, frame.iloc[order].reset_index(drop=True))
    ]
    assert results[0] == results[1]
