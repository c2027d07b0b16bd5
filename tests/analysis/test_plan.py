import dataclasses
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from frames import START
from hypothesis import given
from hypothesis import strategies as st

from review.analysis.indicators import Absent, Input, Measured, Missing
from review.analysis.outcome_inputs import OutcomeInputs
from review.analysis.plan import PlanEvidence, PlanFindings, cover_causes, crisis_cost, lint_action, measure_plan
from review.analysis.response_facts import measure_response, public_moves
from review.analysis.schedule import (
    action_state,
    calendar_dates,
    drill_record,
    last_plan_review,
    plan_review_overdue,
    recurring_dates,
)
from review.analysis.scorecard import score
from review.incident.case import Case, CaseItem, ItemKind
from review.incident.errors import UnusableInput
from review.incident.evidence import NO_ROWS, CaseField, RowSet
from review.incident.incident import empty_incident
from review.incident.tables import SAMPLES
from review.settings.plan import load_plan_rules
from review.settings.rubric import load_rubric
from review.settings.statement import load_statement_settings
from review.settings.toml import SETTINGS_DIR

RULES = load_plan_rules()
RUBRIC = load_rubric()
STATEMENT = load_statement_settings()
TODAY = date(2026, 9, 20)


def item(kind: ItemKind, content: str, **more: object) -> CaseItem:
    return CaseItem(kind=kind, content=content, source=CaseField(name="根因与行动", file="case.xlsx", sheet="根因与行动", row=2), **more)  # type: ignore[arg-type]


def action(content: str = "重写客服话术40条", **more: object) -> CaseItem:
    whole: dict[str, object] = {"ident": "A-1", "department": "客服部", "owner": "某人", "due": date(2026, 9, 30), "criterion": "抽查100条,套话不超过5条"}
    return item("action", content, **{**whole, **more})


def findings(case: Case, inputs: dict[str, Input] | None = None, claim_rows: RowSet = NO_ROWS) -> PlanFindings:
    incident = empty_incident(case)
    card = score(inputs or {}, "l1", RUBRIC)
    evidence = PlanEvidence(
        facts=measure_response(incident, public_moves(incident.responses, STATEMENT.actions), OutcomeInputs(), RUBRIC, STATEMENT),
        card=card,
        weakness_below=RUBRIC.weakness_below,
        claim_rows=claim_rows,
        conversions=(),
    )
    return measure_plan(case, incident.samples, evidence, RULES)


# ------------------------------------------------------------------ linter
@pytest.mark.parametrize("content", ["在全部代言合同中加入24小时解约条款", "把杯型耐热测试纳入采购标准第3条", "合同附件写明解约触发条件"])
def test_putting_something_into_a_contract_or_a_standard_is_an_action(content: str) -> None:
    assert lint_action(action(content), RULES.lint).lacking == ()


def test_a_whole_action_can_be_carried_out() -> None:
    check = lint_action(action(), RULES.lint)
    assert check.executable
    assert check.department == "客服"


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"owner": None}, "owner"),
        ({"due": None}, "due"),
        ({"department": None}, "department"),
        ({"department": "行政部"}, "department"),
        ({"criterion": None}, "criterion"),
        ({"criterion": "领导满意"}, "criterion"),
        ({"content": "客服话术四十条"}, "verb"),
        ({"content": "重写"}, "object"),
    ],
)
def test_each_missing_part_is_named(change: dict[str, object], lacking: str) -> None:
    assert lint_action(action(**change), RULES.lint).lacking == (lacking,)  # type: ignore[arg-type]


@pytest.mark.parametrize("content", ["加强品控意识", "提升服务水平", "优化发布流程"])
def test_an_empty_verb_without_a_number_is_refused(content: str) -> None:
    check = lint_action(action(content, criterion="持续优化"), RULES.lint)
    assert check.lacking == ("criterion", "number")
    assert check.vague


@pytest.mark.parametrize("change", [{"criterion": "24小时解决率不低于90%"}, {"criterion": "见目标", "target": "解决率 ≥ 90%"}])
def test_an_empty_verb_with_a_number_will_do(change: dict[str, object]) -> None:
    assert lint_action(action("提升客服解决率", **change), RULES.lint).executable


@pytest.mark.parametrize("said", ["四份报告可查", "每周通报", "绝对化用语清零", "解决率95%", "百分之九十", "三个月内"])
def test_done_can_be_measured_by_count_frequency_or_a_checkable_state(said: str) -> None:
    assert RULES.lint.measurable.search(said)


@given(owner=st.booleans(), due=st.booleans(), department=st.booleans(), criterion=st.booleans())
def test_adding_a_part_never_adds_a_fault(owner: bool, due: bool, department: bool, criterion: bool) -> None:
    gone = {name: None for name, there in (("owner", owner), ("due", due), ("department", department), ("criterion", criterion)) if not there}
    less = set(lint_action(action(**gone), RULES.lint).lacking)  # type: ignore[arg-type]
    assert less == set(gone)


# ------------------------------------------------------------------ coverage of causes
def test_a_deep_cause_is_covered_from_either_side_or_by_basis() -> None:
    causes = (item("deep_cause", "一", ident="S-1"), item("deep_cause", "二", ident="S-2", related=("A-2",)), item("deep_cause", "三", ident="S-3"))
    actions = (action(related=("S-1",)), action(ident="A-2"), action(ident="A-3", basis="S-3、会议纪要"))
    case = Case(items=(*causes, *actions))
    covers = cover_causes(case, [lint_action(each, RULES.lint) for each in actions])
    assert [[each.ident for each in cover.actions] for cover in covers] == [["A-1"], ["A-2"], ["A-3"]]
    assert [cover.executable for cover in covers] == [1, 1, 1]


def test_a_deep_cause_nobody_acts_on_is_flagged() -> None:
    actions = (action(related=("S-1",), status="cancelled"), action(ident="A-2", related=("S-12",)))
    case = Case(items=(item("deep_cause", "一", ident="S-1"), item("deep_cause", "无编号"), *actions))
    covers = cover_causes(case, [lint_action(each, RULES.lint) for each in actions])
    assert [cover.actions for cover in covers] == [(), ()]
    assert [reason.gap for proposal in findings(case).proposals if proposal.rule.ident == "cause_action" for reason in proposal.reasons] == ["uncovered_cause"]


def test_an_action_that_cannot_be_carried_out_covers_in_name_only() -> None:
    weak = action("加强管理意识", related=("S-1",), criterion=None)
    case = Case(items=(item("deep_cause", "一", ident="S-1"), weak))
    cover = cover_causes(case, [lint_action(weak, RULES.lint)])[0]
    assert (cover.actions, cover.executable) == ((weak,), 0)


# ------------------------------------------------------------------ proposals
def proposed(case: Case, inputs: dict[str, Input] | None = None, claim_rows: RowSet = NO_ROWS) -> set[str]:
    return {proposal.rule.ident for proposal in findings(case, inputs, claim_rows).proposals}


def test_nothing_known_proposes_nothing() -> None:
    found = findings(Case())
    assert (found.proposals, found.proposals_possible) == ((), False)


@pytest.mark.parametrize(("value", "there"), [(60.0, False), (59.0, True)])
def test_a_proposal_needs_a_score_below_the_line(value: float, there: bool) -> None:
    updates = RUBRIC.criterion("updates")
    hours = updates.line().nearest(2.0, value)
    assert hours is not None
    raw = hours * (updates.target("l1") or 0)
    assert ("updates" in proposed(Case(), {"updates": Measured(value=raw)})) is there


def test_an_unassessable_key_input_is_proposed_only_where_the_rule_says_so() -> None:
    found = proposed(Case(), {"consistency": Measured(value=0.0), "kol": Missing(reason="no_blogger_rows"), "activation": Missing(reason="no_trigger")})
    assert "monitoring" in found
    assert "kol_pool" not in found


def test_a_decided_action_that_can_be_carried_out_is_not_proposed_again() -> None:
    inputs: dict[str, Input] = {"activation": Absent()}
    monitoring = action("每日监测品牌词,超过20%即启动", department="运营")
    assert "monitoring" in proposed(Case(), inputs)
    found = findings(Case(items=(monitoring,)), inputs)
    assert "monitoring" not in {proposal.rule.ident for proposal in found.proposals}
    assert [each.content for rule, each in found.decided_already if rule.ident == "monitoring"] == [monitoring.content]
    poor = dataclasses.replace(monitoring, owner=None)
    assert "monitoring" in proposed(Case(items=(poor,)), inputs)


def test_gaps_propose_and_their_opposite_does_not() -> None:
    inputs: dict[str, Input] = {"consistency": Measured(value=0.0)}
    rows = RowSet(spans=(), count=2, digest="x")
    assert {"drill", "entrance", "plan_review", "compliance", "spokesperson"} <= proposed(Case(), inputs, rows)
    kept = Case(
        spokesperson="某人", plan_reviewed_on=date(2026, 1, 1), items=(item("drill", "演练:产品瑕疵"), item("feedback_entrance", "入口", k=9, n=10))
    )  # fmt: skip
    assert not {"drill", "entrance", "plan_review", "compliance", "spokesperson"} & proposed(kept, inputs)


# ------------------------------------------------------------------ mechanisms and cost
def test_mechanisms_add_up_only_rows_with_both_figures() -> None:
    case = Case(items=(item("feedback_entrance", "一", k=5, n=10), item("feedback_entrance", "二", k=4, n=5), item("feedback_entrance", "三", n=7)))
    entrance = findings(case).entrance
    assert entrance is not None
    assert (entrance.k, entrance.n, len(entrance.sources)) == (9, 15, 2)
    assert findings(case).alarms is None


def test_costs_are_summed_by_kind_and_unit_never_across() -> None:
    at = pd.to_datetime([START] * 5, utc=True).as_unit("us")
    columns: dict[str, object] = {
        "file": ["s.csv"] * 5, "row": [2, 3, 4, 5, 6], "start": at, "end": at, "metric": ["compensation", "compensation", "refunds", "units", "refunds"],
        "place": ["甲", "乙", None, None, None], "value": [100.0, 50.0, 3.0, 9.0, None], "unit": ["元", "元", "件", "件", "元"],
    }  # fmt: skip
    cost = crisis_cost(SAMPLES.frame(columns, 5), ())
    assert [(each.metric, each.unit, each.total, each.rows.count) for each in cost.items] == [("refunds", "件", 3.0, 1), ("compensation", "元", 150.0, 2)]
    assert crisis_cost(SAMPLES.empty(), ()).items == ()


# ------------------------------------------------------------------ dates
@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"due": TODAY}, "not_started"),
        ({"due": date(2026, 9, 19)}, "overdue"),
        ({"due": TODAY, "start": date(2026, 9, 1)}, "in_progress"),
        ({"due": TODAY, "status": "in_progress"}, "in_progress"),
        ({"due": TODAY, "done_on": TODAY}, "on_time"),
        ({"due": date(2026, 9, 19), "done_on": TODAY}, "late"),
        ({"due": None, "status": "done"}, "done_undated"),
        ({"due": date(2026, 12, 1), "done_on": date(2026, 11, 28)}, "not_started"),
        ({"due": date(2026, 9, 19), "done_on": date(2026, 11, 28), "status": "done"}, "overdue"),
        ({"due": TODAY, "done_on": TODAY, "status": "in_progress"}, "on_time"),
        ({"due": date(2026, 9, 1), "status": "cancelled"}, "cancelled"),
    ],
)
def test_the_state_of_an_action_follows_from_its_dates(more: dict[str, object], state: str) -> None:
    assert action_state(action(**more), TODAY) == state  # type: ignore[arg-type]


def test_recurring_work_has_its_next_dates() -> None:
    found = {(each.rule.ident, each.scenario): each.on for each in recurring_dates(Case(), RULES, TODAY)}
    assert found == {
        ("monitoring", None): date(2026, 9, 21),
        ("drill", "产品瑕疵"): date(2026, 10, 15),
        ("drill", "竞品抹黑"): date(2026, 11, 15),
        ("quarter_review", None): date(2026, 10, 10),
        ("plan_review", None): date(2026, 12, 31),
    }


def test_typed_drills_go_first_and_the_longest_ago_scenario_comes_next() -> None:
    held = item("drill", "演练:产品瑕疵", start=date(2026, 8, 1), status="done")
    planned = item("drill", "演练:竞品抹黑", start=date(2026, 10, 3))
    drills = [each for each in recurring_dates(Case(items=(held, planned)), RULES, TODAY) if each.rule.ident == "drill"]
    assert [(each.on, each.scenario, each.item) for each in drills] == [(date(2026, 10, 3), "竞品抹黑", planned), (date(2026, 11, 15), "产品瑕疵", None)]


def test_a_drill_typed_as_no_more_than_a_drill_has_no_scenario() -> None:
    drills = [each for each in recurring_dates(Case(items=(item("drill", "演练", start=date(2026, 10, 3)),)), RULES, TODAY) if each.rule.ident == "drill"]
    assert (drills[0].on, drills[0].scenario) == (date(2026, 10, 3), None)


def test_a_drill_whose_day_has_passed_is_overdue() -> None:
    late = item("drill", "演练:产品瑕疵", start=date(2026, 9, 1))
    drills = [each for each in recurring_dates(Case(items=(late,)), RULES, TODAY) if each.rule.ident == "drill"]
    assert [each.overdue for each in drills] == [True, False, False]


def test_the_plan_is_due_a_year_after_its_last_review() -> None:
    assert last_plan_review(Case()) is None
    assert plan_review_overdue(Case(), TODAY) is None
    assert plan_review_overdue(Case(plan_reviewed_on=date(2025, 9, 20)), TODAY) is False
    late = Case(plan_reviewed_on=date(2025, 9, 19))
    assert plan_review_overdue(late, TODAY) is True
    review = next(each for each in recurring_dates(late, RULES, TODAY) if each.rule.ident == "plan_review")
    assert (review.on, review.overdue) == (date(2026, 9, 19), True)


def test_drills_of_the_last_year_are_counted_and_undated_ones_are_not() -> None:
    done = item("drill", "甲", start=date(2025, 9, 21), status="done")
    missed = item("drill", "乙", start=TODAY)
    record = drill_record(Case(items=(done, missed, item("drill", "丙", start=date(2025, 9, 20), status="done"), item("drill", "丁"))), TODAY)
    assert record is not None
    assert (record.done, record.due) == (1, 2)
    assert drill_record(Case(items=(item("drill", "丁"),)), TODAY) is None


def test_calendar_points_are_the_next_ones_and_those_named_by_people_are_left_out() -> None:
    names = [each.point.name for each in calendar_dates(Case(), RULES, date(2026, 11, 11))]
    assert names == ["双12", "元旦促销", "3·15 消费者权益日", "618", "双11"]
    assert [each.on for each in calendar_dates(Case(), RULES, date(2026, 11, 11))][-1] == date(2027, 11, 11)
    named = Case(items=(item("risk", "双十一大促被质问"), item("risk", "315 曝光")))
    assert [each.point.name for each in calendar_dates(named, RULES, TODAY)] == ["双12", "元旦促销", "618"]


@given(today=st.dates(date(2000, 1, 1), date(2090, 12, 31)))
def test_coming_dates_lie_ahead_whatever_the_day(today: date) -> None:
    for each in recurring_dates(Case(), RULES, today):
        assert each.on > today
    for point in calendar_dates(Case(), RULES, today):
        assert 0 < (point.on - today).days <= RULES.calendar_days_ahead


def test_every_fault_of_the_rules_is_reported(tmp_path: Path) -> None:
    text = (SETTINGS_DIR / "plan.toml").read_text(encoding="utf-8")
    text = text.replace('when = ["activation"]', 'when = ["speed"]', 1).replace('every = "month"', 'every = "moon"', 1).replace("month = 6", "month = 13", 1)
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        load_plan_rules(path)
    for place in ("proposal[0].when", "recurring[1].every", "calendar.point[2].day"):
        assert place in str(caught.value)
