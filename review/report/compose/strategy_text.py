"""五、优化策略: decided measures and those that cannot be carried out, proposals apart from them, graded response, risks, and what the incident cost."""

import re
from datetime import date, timedelta
from typing import Final

from review.analysis.causes import CauseFindings
from review.analysis.plan import ActionCheck, CauseCover, CrisisCost, PlanFindings, Proposal, ProposalReason
from review.analysis.schedule import CLOSED, action_state, calendar_dates
from review.analysis.scorecard import Scorecard
from review.analysis.wording_check import WordingHit
from review.incident.case import Case, CaseItem
from review.incident.evidence import SettingKey
from review.report.compose.cause_text import CLAIM_RULES, WORDING_TABLE, claims_found, typed
from review.report.compose.periods import days_text, period_text
from review.report.compose.score_text import rubric_key, score_of
from review.report.document import DASH, Block, Bullets, Callout, Column, Num, Table, Text, Words
from review.report.pen import CLOCK, Basis, Pen, basis
from review.report.phrases import joined
from review.settings.plan import PlanRules
from review.settings.rubric import LEVELS, Criterion, Level, Rubric


def decided_blocks(pen: Pen, plan: PlanFindings) -> list[Block]:
    """已定措施: actions that can be carried out; those that cannot, with what they lack; deep causes nobody acts on."""
    if not plan.actions:
        return [pen.gap("gap.actions"), *cover_blocks(pen, plan)]
    good = [check.item for check in plan.actions if check.executable]
    poor = [check for check in plan.actions if not check.executable]
    blocks: list[Block] = []
    if good:
        blocks.append(
            Table(
                id="decided",
                caption=pen.words("decided.caption"),
                columns=(
                    Column(pen.word("head.no"), 7.5),
                    Column(pen.word("head.measure"), 41.5),
                    Column(pen.word("head.answers"), 13.5),
                    Column(pen.word("head.criterion"), 37.5),
                ),
                rows=tuple(
                    (
                        typed(pen, item.ident),
                        typed(pen, item.content),
                        typed(pen, "、".join(item.related)) if item.related else DASH,
                        typed(pen, _criterion(item)),
                    )
                    for item in good
                ),
            )
        )
    else:
        blocks.append(pen.body("lint.none_executable"))
    if poor:
        blocks.append(
            Table(
                id="not_executable",
                caption=pen.words("lint.caption"),
                columns=(Column(pen.word("head.no"), 7.5), Column(pen.word("head.measure"), 41.5), Column(pen.word("lint.head_lacking"), 51)),
                rows=tuple((typed(pen, check.item.ident), typed(pen, check.item.content), lacking_text(pen, check)) for check in poor),
            )
        )
    return [*blocks, *cover_blocks(pen, plan)]


def lacking_text(pen: Pen, check: ActionCheck) -> Text:
    """What an action is missing, in words."""
    return joined(
        [pen.say("lint.number", words=pen.typed("、".join(check.vague))) if name == "number" else pen.words(f"lint.{name}") for name in check.lacking], "、"
    )


def cover_blocks(pen: Pen, plan: PlanFindings) -> list[Block]:
    """Deep causes without an action that can be carried out, flagged; one sentence where all are answered; [] where no deep cause was typed."""
    if not plan.covers:
        return []
    open_ones = [cover for cover in plan.covers if cover.executable == 0]
    if not open_ones:
        n = pen.count(len(plan.covers), "项", basis("深层问题数", "计数", *(cover.item.source for cover in plan.covers)))
        return [pen.body("covers.all", n=n)]
    return [Callout(kind="caution", title=pen.words("covers.title"), items=tuple(_uncovered(pen, cover) for cover in open_ones))]


def _uncovered(pen: Pen, cover: CauseCover) -> Text:
    cause: Text = (*typed(pen, cover.item.ident), Words(" "), pen.typed(cover.item.content)) if cover.item.ident else typed(pen, cover.item.content)
    if cover.actions:
        return pen.say("covers.weak", cause=cause, actions=pen.typed("、".join(item.ident or item.content for item in cover.actions)))
    return pen.say("covers.none" if cover.item.ident else "covers.unnamed", cause=cause)


def proposal_blocks(pen: Pen, plan: PlanFindings, causes: CauseFindings, card: Scorecard, rules: PlanRules) -> list[Block]:
    """建议措施(待决策): proposals with what raised them; the wording self-check and the scripts they refer to. A gap line where nothing can be proposed."""
    blocks: list[Block] = []
    if not plan.proposals_possible:
        blocks.append(pen.gap("gap.proposals"))
    elif plan.proposals:
        blocks.append(pen.body("proposals.intro"))
        blocks.append(
            Table(
                id="proposals",
                caption=pen.words("proposals.caption"),
                columns=(
                    Column(pen.word("proposals.head_text"), 37),
                    Column(pen.word("proposals.head_why"), 22.5),
                    Column(pen.word("proposals.head_department"), 10.5),
                    Column(pen.word("proposals.head_criterion"), 30),
                ),
                rows=tuple(_proposal_row(pen, proposal, card) for proposal in plan.proposals),
            )
        )
    else:
        blocks.append(pen.body("proposals.none"))
    if plan.decided_already:
        covering = [item for _, item in plan.decided_already]
        actions = tuple(item.ident or item.content for item in (check.item for check in plan.actions) if item in covering)
        sources = tuple(item.source for _, item in plan.decided_already)
        n = pen.count(len(plan.decided_already), "项", basis("已由已定措施覆盖的建议数", "按规则与行动内容对照", *sources))
        blocks.append(pen.body("proposals.already", n=n, actions=pen.typed("、".join(actions))))
    return [*blocks, *wording_blocks(pen, causes), *script_blocks(pen, plan, rules)]


def _proposal_row(pen: Pen, proposal: Proposal, card: Scorecard) -> tuple[Text, ...]:
    rule = proposal.rule
    return (
        (pen.setting(rule.text),),
        joined([_reason(pen, reason, card) for reason in proposal.reasons]),
        (pen.setting(rule.department),),
        (pen.setting(rule.criterion),),
    )


def _reason(pen: Pen, reason: ProposalReason, card: Scorecard) -> Text:
    if reason.indicator is None:
        return pen.words(f"proposals.gap_{reason.gap}")
    line = card.line(reason.indicator)
    name = pen.setting(line.criterion.name)
    if reason.kind == "failing":
        return pen.say("proposals.failing", name=name, score=score_of(pen, line))
    return pen.say("proposals.unassessable", name=name)


def wording_blocks(pen: Pen, causes: CauseFindings) -> list[Block]:
    """内容合规自查: 原文 → 建议改法; [] where own notes hold nothing of the list."""
    check = causes.wording
    if not check.hits:
        return []
    return [
        Table(
            id=WORDING_TABLE,
            caption=pen.words("wording.caption"),
            columns=(
                Column(pen.word("wording.head_words"), 32),
                Column(pen.word("wording.head_kind"), 14),
                Column(pen.word("wording.head_where"), 20),
                Column(pen.word("wording.head_advice"), 34),
            ),
            rows=tuple(_wording_row(pen, hit) for hit in check.hits),
            note=pen.say(
                "wording.note",
                notes=pen.count(check.notes, "篇", basis("自查的自有笔记数", "品牌账号的帖文", check.rows)),
                hit=pen.count(check.notes_hit, "篇", basis("有命中的自有笔记数", "按词表命中计数", check.hit_rows, CLAIM_RULES)),
                n=claims_found(pen, causes),
            ),
        )
    ]


def _wording_row(pen: Pen, hit: WordingHit) -> tuple[Text, ...]:
    time: Text = DASH if hit.note.at is None else (pen.when(hit.note.at, basis("自有笔记发布时间", "所列行的时间", hit.rows), hit.note.precision),)
    return (
        (pen.quote(hit.excerpt),),
        (pen.setting(hit.name),),
        pen.say("wording.where", account=pen.author(hit.note), time=time),
        (pen.setting(hit.advice),),
    )


def script_blocks(pen: Pen, plan: PlanFindings, rules: PlanRules) -> list[Block]:
    """话术对照, where the brand's public words held boilerplate: what was said beside what to say."""
    if not plan.boilerplate:
        return []
    words = tuple(dict.fromkeys(word for each in plan.boilerplate for word in each.words))
    return [
        Table(
            id="scripts",
            caption=pen.words("scripts.caption"),
            columns=(Column(pen.word("scripts.head_found"), 26), Column(pen.word("scripts.head_formal"), 37), Column(pen.word("scripts.head_spoken"), 37)),
            rows=tuple(
                ((pen.quote("、".join(words)),) if i == 0 else DASH, (pen.setting(script.formal),), (pen.setting(script.spoken),))
                for i, script in enumerate(rules.scripts)
            ),
        )
    ]


def level_blocks(pen: Pen, rubric: Rubric) -> list[Block]:
    """预警与分级响应: the trigger and the two levels with the rubric's own numbers, our defaults starred."""
    activation = rubric.criterion("activation")
    trigger = pen.say(
        "levels.trigger",
        share=pen.share(rubric.trigger_share, basis("预警线", "量表", rubric_key("trigger.negative_share")), 0),
        start=pen.duration(timedelta(hours=activation.target("l2") or 0.0), basis("启动响应的目标时长", "量表", rubric_key("criteria.activation.targets.l2"))),
        star=_star(pen, activation, "l2"),
    )
    reads = pen.count(rubric.level1_min, "次", basis("一级危机的门槛", "量表", rubric_key("level.level1_min")))
    conditions = {"l1": pen.say("levels.at_least", reads=reads), "l2": pen.say("levels.below", reads=reads)}
    names = {"l1": "levels.level_one", "l2": "levels.level_two"}
    return [
        Callout(kind="finding", title=pen.words("levels.title"), items=(trigger,)),
        Table(
            id="levels",
            caption=pen.words("levels.caption"),
            columns=(
                Column(pen.word("levels.head_level"), 8),
                Column(pen.word("levels.head_condition"), 34),
                Column(pen.word("levels.head_lead"), 10),
                Column(pen.word("levels.head_first"), 16),
                Column(pen.word("levels.head_plan"), 16),
                Column(pen.word("levels.head_updates"), 16),
            ),
            rows=tuple(
                (
                    pen.words(names[level]),
                    conditions[level],
                    _lead(pen, rubric, level),
                    *(_within(pen, rubric.criterion(ident), level) for ident in ("first_response", "formal_plan", "updates")),
                )
                for level in LEVELS
            ),
            note=pen.words("levels.note"),
        ),
    ]


def _lead(pen: Pen, rubric: Rubric, level: Level) -> Text:
    """The lowest lead that earns full points at this level (the source: CEO at level 1, the operations team at level 2)."""
    points = dict(dict(rubric.criterion("lead").points_by_level)[level])
    full = [lead for lead in ("ceo", "vp", "ops") if points.get(lead) == max(points.values())]
    return (pen.code("lead", full[-1]),) if full else DASH


def _criterion(item: CaseItem) -> str:
    """How it is checked, and the value aimed at where the words do not tell it already; "" where neither was typed."""
    target, criterion = item.target or "", item.criterion or ""
    told = re.search(rf"(?<![\d.]){re.escape(''.join(target.split()))}(?![\d.])", "".join(criterion.split()))
    return criterion if told else "；".join(text for text in (criterion, target) if text)


def _within(pen: Pen, criterion: Criterion, level: Level) -> Text:
    target = criterion.target(level)
    if target is None:
        return DASH
    hours = pen.duration(timedelta(hours=target), basis(f"{criterion.name}的目标时长", "量表", rubric_key(f"criteria.{criterion.ident}.targets.{level}")))
    return pen.say("levels.within", hours=hours, star=_star(pen, criterion, level))


def _star(pen: Pen, criterion: Criterion, level: Level) -> Text:
    return pen.words("levels.star") if criterion.target_is_default(level) else ()


def risk_blocks(pen: Pen, case: Case, rules: PlanRules, today: date) -> list[Block]:
    """后续风险研判 as typed, or one gap line; then calendar points nobody named yet, offered as such."""
    risks = case.of_kind("risk")
    blocks: list[Block] = [_risk_table(pen, risks, today)] if risks else [pen.gap("gap.risks")]
    points = calendar_dates(case, rules, today)
    key = SettingKey(file="plan.toml", key="calendar.point")
    if points and case.items:
        blocks.append(pen.body("risks.offered"))
        blocks.append(
            Bullets(
                items=tuple(
                    pen.say(
                        "risks.point",
                        date=pen.full_day(each.on, basis(f"下一个{each.point.name}", "由生成日推算", key, CLOCK)),
                        name=pen.setting(each.point.name),
                        note=pen.setting(each.point.note),
                    )
                    for each in points
                )
            )
        )
    return blocks


def _risk_table(pen: Pen, risks: tuple[CaseItem, ...], today: date) -> Table:
    def when(item: CaseItem) -> Text:
        on = item.start or item.due
        if on is None:
            return DASH
        day = pen.full_day(on, basis("风险节点日期", "分析人员填写", item.source))
        return pen.say("risks.overdue", date=day) if on < today and action_state(item, today) not in CLOSED else (day,)

    return Table(
        id="risks",
        caption=pen.words("risks.caption"),
        columns=(
            Column(pen.word("head.no"), 8),
            Column(pen.word("head.risk"), 30),
            Column(pen.word("head.trigger"), 27),
            Column(pen.word("head.date"), 19),
            Column(pen.word("head.department_owner"), 16),
        ),
        rows=tuple(
            (
                typed(pen, item.ident),
                typed(pen, item.content),
                typed(pen, item.basis),
                when(item),
                typed(pen, "、".join(text for text in (item.department, item.owner) if text)),
            )
            for item in risks
        ),
    )


LOSS: Final = "自事件首日至最后一个可比的日期，各日同星期基线之和 − 实际合计"
LOSS_END: Final = "自事件首日至最后一个可比的日期，实际合计 ÷（1 + 变化区间的{}）− 实际合计；变化区间以该期间的天数为窗口，算法同首周"


def cost_blocks(pen: Pen, cost: CrisisCost) -> list[Block]:
    """危机成本, kind by kind and never added up across kinds; [] where nothing was typed or measured."""
    rows: list[tuple[Text, ...]] = []
    for item in cost.items:
        what = pen.word(f"cost.{item.metric}")
        during = period_text(pen, (item.start, item.end), basis(f"{what}的期间", "填写的开始与结束；结束恰在零点的，截至前一日", item.rows))
        how = pen.say("cost.method", method=pen.typed("；".join(item.methods))) if item.methods else pen.words("cost.no_method")
        name = pen.say("cost.about", kind=pen.words(f"cost.{item.metric}"), period=during, method=how)
        rows.append((name, (_amount(pen, item.total, item.unit, basis(what, "所列行的合计", item.rows)),), DASH))
    for loss in cost.sales:
        what = pen.word("cost.sales")
        between: Text = DASH
        if loss.low is not None and loss.high is not None:
            between = pen.say(
                "cost.range",
                low=_amount(pen, loss.low, loss.unit, basis(f"{what}（下限）", LOSS_END.format("上端"), loss.rows)),
                high=_amount(pen, loss.high, loss.unit, basis(f"{what}（上限）", LOSS_END.format("下端"), loss.rows)),
            )
        span = basis(f"{what}的期间", "事件首日至最后一个可比的日期", loss.rows)
        kind: Text = pen.words("cost.sales") if loss.place is None else (*pen.words("cost.sales"), Words("："), pen.typed(loss.place))
        name = pen.say("cost.during", kind=kind, period=days_text(pen, (loss.first, loss.last), span))
        rows.append((name, (_amount(pen, loss.loss, loss.unit, basis(what, LOSS, loss.rows)),), between))
    if not rows:
        return []
    return [
        Table(
            id="cost",
            caption=pen.words("cost.caption"),
            columns=(
                Column(pen.word("cost.head_kind"), 54),
                Column(pen.word("cost.head_amount"), 20, "right"),
                Column(pen.word("cost.head_range"), 26, "right"),
            ),
            rows=tuple(rows),
            note=pen.words("cost.note_refunds" if cost.sales and any(item.metric == "refunds" for item in cost.items) else "cost.note"),
        )
    ]


def _amount(pen: Pen, value: float, unit: str | None, found: Basis) -> Num:
    return pen.count(value, unit or "", found)
