"""The chapters of causes and plan: what is open stays open, what cannot be carried out is listed, and no number comes without a claim."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from pens import new_pen

from review.analysis.causes import CauseContext, CauseFindings, measure_causes
from review.analysis.indicators import Input, Measured
from review.analysis.outcome_inputs import OutcomeInputs
from review.analysis.plan import CostItem, CrisisCost, PlanEvidence, SalesLoss, measure_plan
from review.analysis.response_facts import measure_response, public_moves
from review.analysis.scorecard import score
from review.analysis.themes import TicketTopic
from review.incident.case import Case, CaseItem, ItemKind
from review.incident.evidence import NO_ROWS, CaseField, RowSet
from review.incident.incident import empty_incident
from review.incident.tables import POSTS
from review.report.claims import texts_of
from review.report.compose.cause_text import deep_blocks, surface_blocks
from review.report.compose.chapter import chapter
from review.report.compose.plan_text import Material, schedule_chapter, strategy_chapter
from review.report.compose.strategy_text import cost_blocks
from review.report.compose.tier_text import tier_blocks
from review.report.document import Block, Bullets, Num, Paragraph, Section, Slot, Strong, Table, string, walk
from review.report.pen import Pen
from review.settings.causes import load_cause_settings
from review.settings.plan import load_plan_rules
from review.settings.rubric import load_rubric
from review.settings.statement import load_statement_settings

SETTINGS = load_cause_settings()
RUBRIC, STATEMENT = load_rubric(), load_statement_settings()
RULES = load_plan_rules()
TODAY = date(2026, 9, 20)


def item(kind: ItemKind, content: str, **more: object) -> CaseItem:
    return CaseItem(kind=kind, content=content, source=CaseField(name="根因与行动", file="case.xlsx", sheet="根因与行动", row=2), **more)  # type: ignore[arg-type]


def comments(*texts: str) -> pd.DataFrame:
    at = pd.to_datetime(["2026-08-12T12:00:00Z"] * len(texts), utc=True).as_unit("us")
    columns: dict[str, object] = {"file": ["a.csv"] * len(texts), "row": list(range(2, len(texts) + 2)), "kind": ["comment"] * len(texts), "platform": "xhs"}
    columns |= {"text": list(texts), "sentiment": ["negative"] * len(texts), "published_at": at, "author_name": [f"甲乙{i}" for i in range(len(texts))]}
    return POSTS.frame(columns, len(texts))


def causes_of(case: Case, posts: pd.DataFrame | None = None) -> CauseFindings:
    incident = empty_incident(case) if posts is None else dataclasses.replace(empty_incident(case), posts=posts)
    negative = incident.posts["sentiment"].eq("negative").astype("boolean").mask(incident.posts["sentiment"].isna())
    return measure_causes(
        incident,
        negative,
        CauseContext(plan_at=None, correlation=0.05, zone=ZoneInfo("Asia/Shanghai"), confidence=0.95, grade="vendor", level_error=None),
        SETTINGS,
    )


def material(case: Case, inputs: dict[str, Input] | None = None, posts: pd.DataFrame | None = None) -> Material:
    causes, card = causes_of(case, posts), score(inputs or {}, "l1", RUBRIC)
    incident = empty_incident(case)
    facts = measure_response(incident, public_moves(incident.responses, STATEMENT.actions), OutcomeInputs(), RUBRIC, STATEMENT)
    evidence = PlanEvidence(facts=facts, card=card, weakness_below=RUBRIC.weakness_below, claim_rows=causes.wording.hit_rows, conversions=())
    plan = measure_plan(case, incident.samples, evidence, RULES)
    return Material(causes=causes, plan=plan, card=card, rules=RULES, rubric=RUBRIC, today=TODAY)


def causes_chapter(pen: Pen, case: Case, causes: CauseFindings) -> Section:
    pieces = (
        ("surface", surface_blocks(pen, case, causes, ())),
        ("deep", deep_blocks(pen, case, causes)),
        ("tiers", tier_blocks(pen, causes, SETTINGS.tiers, ())),
    )
    return chapter(pen, "causes", pieces)


def part(chapter: Section, ident: str) -> Section:
    return next(block for block in chapter.blocks if isinstance(block, Section) and block.id == ident)


def lines(*blocks: Block) -> str:
    texts: list[str] = []
    for block in walk(*blocks):
        texts += [string(text) for text in texts_of(block)]
    return "\n".join(texts)


def gaps(blocks: Sequence[Block]) -> int:
    return sum(isinstance(block, Paragraph) and block.style == "gap" for block in blocks)


def test_an_empty_case_has_open_slots_and_at_most_one_gap_line_a_subsection() -> None:
    pen, case = new_pen(), Case()
    made = [
        causes_chapter(pen, case, causes_of(case)),
        strategy_chapter(pen, case, material(case)),
        schedule_chapter(pen, case, material(case)),
    ]
    for section in made:
        for below in section.blocks:
            assert isinstance(below, Section)
            assert gaps(below.blocks) <= 1
    slots = {block.id for block in walk(*made) if isinstance(block, Slot)}
    assert {"nature", "surface_causes", "deep_causes"} <= slots
    assert "线索" not in lines(made[0])
    assert "proposals" not in {block.id for block in walk(*made) if isinstance(block, Table)}


def test_an_open_judgement_has_clues_below_it_and_no_finding() -> None:
    pen, case = new_pen(), Case()
    section = causes_chapter(pen, case, causes_of(case, comments("客服一直不回复消息", "客服态度太差了吧")))
    surface = part(section, "causes.surface")
    assert isinstance(surface.blocks[1], Slot)
    text = lines(surface)
    assert "仅为线索，不是结论" in text
    assert "客服态度" in text
    assert "“客服一直不回复消息”" in text
    assert "投诉主题见" in lines(part(section, "causes.deep"))


def test_typed_causes_take_the_slots_place_and_what_they_lack_is_said() -> None:
    case = Case(
        items=(item("surface_cause", "甲"), item("deep_cause", "流程缺检验", ident="S-01", owner="某人"), item("deep_cause", "乙", basis="丙", owner="丁"))
    )
    section = causes_chapter(new_pen(), case, causes_of(case))
    assert "surface_causes" not in {block.id for block in walk(section) if isinstance(block, Slot)}
    assert "S-01（缺依据）" in lines(section)
    assert "乙（缺" not in lines(section)


def test_a_smear_must_answer_for_its_own_claims() -> None:
    posts = comments("100%不掉涂层")
    posts["author_type"] = posts["author_type"].astype(object).fillna("brand").astype(POSTS.empty()["author_type"].dtype)
    posts["kind"] = posts["kind"].astype(object).replace("comment", "post").astype(POSTS.empty()["kind"].dtype)
    case = Case(incident_type="competitor_smear")
    section = causes_chapter(new_pen(), case, causes_of(case, posts))
    assert "smear_loophole" in {block.id for block in walk(section) if isinstance(block, Slot)}
    assert "有 1 处绝对化用语" in lines(section)
    advice = strategy_chapter(new_pen(), case, material(case, posts=posts))
    assert "部分用户反馈有效" in lines(part(advice, "strategy.proposed"))


def test_an_action_that_cannot_be_carried_out_is_listed_apart_with_what_it_lacks() -> None:
    good = item("action", "重写客服话术40条", ident="A-1", department="客服", owner="甲", due=TODAY, criterion="抽查100条")
    poor = item("action", "加强品控意识", ident="A-2", department="质检", owner="乙", due=TODAY, criterion="持续优化")
    case = Case(items=(good, poor))
    decided = part(strategy_chapter(new_pen(), case, material(case)), "strategy.decided")
    tables = {block.id: block for block in decided.blocks if isinstance(block, Table)}
    assert [string(row[0]) for row in tables["decided"].rows] == ["A-1"]
    assert [(string(row[0]), string(row[2])) for row in tables["not_executable"].rows] == [("A-2", "可验收的标准、数量（“加强”须写明做到多少）")]
    nodes = part(schedule_chapter(new_pen(), case, material(case)), "schedule.nodes")
    assert "未开始（待补全）" in lines(nodes)


def test_a_deep_cause_without_an_action_is_flagged() -> None:
    case = Case(items=(item("deep_cause", "流程缺检验", ident="S-01"),))
    assert "S-01 流程缺检验：没有对应的行动" in lines(strategy_chapter(new_pen(), case, material(case)))


def test_a_target_that_the_criterion_names_already_is_not_told_twice() -> None:
    typed = (("演练中口径矛盾0处", "口径矛盾 0 处"), ("套话不超过15条", "5条"), ("抽查100条", None), ("套话不超过5条", "套话占比 ≤5%"))
    more = {"department": "客服", "owner": "甲", "due": TODAY}
    items = [item("action", "重写客服话术40条", ident=f"A-{i}", criterion=one, target=other, **more) for i, (one, other) in enumerate(typed)]
    decided = part(strategy_chapter(new_pen(), Case(items=tuple(items)), material(Case(items=tuple(items)))), "strategy.decided")
    (table,) = [block for block in decided.blocks if isinstance(block, Table) and block.id == "decided"]
    assert [string(row[3]) for row in table.rows] == ["演练中口径矛盾0处", "套话不超过15条；5条", "抽查100条", "套话不超过5条；套话占比 ≤5%"]


def test_proposals_stand_apart_from_decided_measures_and_name_their_score() -> None:
    case = Case()
    section = strategy_chapter(new_pen(), case, material(case, {"updates": Measured(value=30.0)}))
    proposals = next(block for block in part(section, "strategy.proposed").blocks if isinstance(block, Table) and block.id == "proposals")
    assert any(string(row[0]).startswith("危机期间固定更新时点") for row in proposals.rows)
    assert "进展更新间隔得分 37.5" in lines(part(section, "strategy.proposed"))
    assert "危机期间固定更新时点" not in lines(part(section, "strategy.decided"))


def test_levels_are_the_rubrics_numbers_with_our_defaults_starred() -> None:
    pen = new_pen()
    case = Case()
    table = next(block for block in walk(strategy_chapter(pen, case, material(case))) if isinstance(block, Table) and block.id == "levels")
    rows = [[string(cell) for cell in row] for row in table.rows]
    assert rows[0][2:] == ["CEO", "1 小时内", "4 小时内", "12 小时内＊"]
    assert rows[1][2:] == ["运营", "2 小时内", "24 小时内＊", "24 小时内＊"]


@pytest.mark.parametrize(("reviewed", "words"), [(date(2025, 9, 1), "距今已超过一年"), (date(2026, 9, 1), "预案上次评审于 9月1日")])
def test_an_overdue_plan_review_is_said(reviewed: date, words: str) -> None:
    case = Case(plan_reviewed_on=reviewed, sources={"plan_reviewed_on": CaseField(name="预案上次评审", file="c.xlsx", sheet=None, row=3)})
    text = lines(schedule_chapter(new_pen(), case, material(case)))
    assert words.replace("9月1日", "2026年9月1日") in text


def test_a_record_that_is_only_planned_does_not_read_as_done_and_numbers_are_told_once() -> None:
    case = Case(
        items=(
            item("drill", "演练甲", start=date(2026, 5, 20), status="done"),
            item("plan_review", "评审乙", due=date(2026, 9, 15)),
            item("drill", "演练丙", start=date(2026, 10, 1)),
            item("feedback_entrance", "入口丁", n=57, k=52),
            item("feedback_entrance", "入口戊", start=date(2026, 9, 1)),
        )
    )
    recurring = part(schedule_chapter(new_pen(), case, material(case)), "schedule.recurring")
    (_, records) = [block for block in recurring.blocks if isinstance(block, Bullets)]
    assert [string(text) for text in records.items] == [
        "演练甲（2026年5月20日，已完成）",
        "评审乙（2026年9月15日，逾期未完成）",
        "演练丙（2026年10月1日，未开始）",
        "入口戊（2026年9月1日）",
    ]
    assert "收到 57 条" in lines(recurring)


def test_a_risk_whose_day_has_passed_says_so() -> None:
    case = Case(items=(item("risk", "甲", start=date(2026, 9, 19)), item("risk", "乙", start=TODAY), item("risk", "丙", due=date(2026, 9, 1), status="done")))
    table = next(block for block in walk(strategy_chapter(new_pen(), case, material(case))) if isinstance(block, Table) and block.id == "risks")
    assert [string(row[3]) for row in table.rows] == ["2026年9月19日（已过期）", "2026年9月20日", "2026年9月1日"]


def test_a_node_tells_from_when_to_when_with_a_year_only_where_it_is_another_and_which_cause_it_answers() -> None:
    case = Case(
        items=(
            item("action", "甲", ident="A-1", start=date(2026, 9, 1), due=date(2026, 9, 21), related=("S-01", "S-02")),
            item("action", "乙", ident="A-2", due=date(2026, 9, 22)),
            item("action", "丁", ident="A-4", start=date(2026, 9, 1), due=date(2027, 1, 21)),
            item("action", "丙", ident="A-3"),
        )
    )
    table = next(block for block in walk(schedule_chapter(new_pen(), case, material(case))) if isinstance(block, Table) and block.id == "nodes")
    assert [(string(row[2]), string(row[4])) for row in table.rows] == [
        ("S-01、S-02", "9月1日至9月21日"),
        ("—", "至 9月22日"),
        ("—", "9月1日至2027年1月21日"),
        ("—", "—"),
    ]


def test_the_table_of_themes_is_named_as_it_may_stand_in_the_appendix() -> None:
    case = Case(items=(item("surface_cause", "甲"),))
    topic = TicketTopic(name="退款", opened=3, unsolved=0, first_at=None, last_at=None, rows=NO_ROWS)
    causes = dataclasses.replace(causes_of(case, comments("客服态度太差了吧")), tickets=(topic,))
    surface = part(causes_chapter(new_pen(), case, causes), "causes.surface")
    said = [string(block.text) for block in surface.blocks if isinstance(block, Paragraph)]
    assert "见" in said[0]
    assert "如下" not in "".join(said)


def test_costs_are_never_added_up() -> None:
    rows = RowSet(spans=(), count=1, digest="x")
    start, end = datetime(2026, 2, 28, 16, tzinfo=UTC), datetime(2026, 3, 7, 16, tzinfo=UTC)  # midnights of the report's zone
    refunds = CostItem(metric="refunds", unit="元", total=100.0, start=start, end=end, methods=("仅退款",), rows=rows)
    paused = CostItem(metric="ads_paused", unit="元", total=50.0, start=start, end=end, methods=(), rows=rows)
    sales = SalesLoss(place=None, unit="元", first=date(2026, 3, 1), last=date(2026, 3, 9), loss=70.0, low=None, high=None, rows=rows)
    text = lines(*cost_blocks(new_pen(), CrisisCost(items=(refunds, paused), sales=(sales,))))
    assert "100 元" in text
    assert "150" not in text
    for words in ("退款（3月1日至3月7日，口径：仅退款）", "停投（3月1日至3月7日，口径未填写）", "销售额低于同星期基线（3月1日至3月9日）", "退款同时计入"):
        assert words in text.replace("2026年", "")
    assert "退款同时计入" not in lines(*cost_blocks(new_pen(), CrisisCost(items=(paused,), sales=(sales,))))
    assert cost_blocks(new_pen(), CrisisCost(items=(), sales=())) == []


def test_every_number_of_these_chapters_is_a_claim_with_a_source() -> None:
    pen = new_pen()
    case = Case(items=(item("deep_cause", "甲", ident="S-1"), item("risk", "乙"), item("drill", "演练", start=date(2026, 3, 1), status="done")))
    found = material(case, {"updates": Measured(value=30.0)}, comments("客服一直不回复消息", "老用户要退款呢"))
    made = [causes_chapter(pen, case, found.causes), strategy_chapter(pen, case, found), schedule_chapter(pen, case, found)]
    displays = {claim.id: claim.display for claim in pen.book.claims}
    numbers = 0
    for block in walk(*made):
        for text in texts_of(block):
            for span in text:
                inner = span.inner if isinstance(span, Strong) else span
                if isinstance(inner, Num):
                    numbers += 1
                    assert displays[inner.claim] == inner.text
    assert numbers > 20
    assert all(claim.sources for claim in pen.book.claims)


def test_tiers_of_unaudited_labels_have_no_empty_column_of_shares() -> None:
    found = causes_of(Case(), comments("我是老用户，太失望了", "路过看看"))
    assert found.tiers
    rough = dataclasses.replace(
        found, grade="model", level_error=0.11, tiers=tuple(dataclasses.replace(each, share=None, low=None, high=None) for each in found.tiers)
    )
    for causes, shared in ((found, True), (rough, False)):
        table = next(block for block in tier_blocks(new_pen(), causes, SETTINGS.tiers, ()) if isinstance(block, Table))
        assert ("负面占比（区间）" in [column.head for column in table.columns]) is shared
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert ("模型初判不足以比较各层的负面占比" in string(table.note)) is not shared


def test_comments_without_authors_are_not_said_to_be_by_nobody() -> None:
    frame = comments("我是老用户，太失望了", "路过看看")
    for named in (True, False):
        told = causes_of(Case(), frame if named else frame.assign(author_name=POSTS.empty()["author_name"].reindex(frame.index)))
        table = next(block for block in tier_blocks(new_pen(), told, SETTINGS.tiers, ()) if isinstance(block, Table))
        assert string(table.rows[0][1]) == ("1 条（1 位）" if named else "1 条")
