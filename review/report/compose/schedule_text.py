"""六、执行时间表: who does what by when and how it is judged done, and the recurring work with its next dates."""

from datetime import date

from review.analysis.plan import KOfN, PlanFindings
from review.analysis.schedule import (
    DrillRecord,
    RecurringDate,
    action_state,
    drill_record,
    last_plan_review,
    plan_review_overdue,
    record_day,
    record_state,
    recurring_dates,
)
from review.incident.case import Case, CaseItem
from review.incident.evidence import SettingKey
from review.report.chart_data import GanttBar, GanttChart
from review.report.compose.cause_text import typed
from review.report.document import DASH, Block, Bullets, Column, Figure, Num, Slot, Table, Text
from review.report.pen import CLOCK, Pen, basis
from review.report.phrases import joined
from review.settings.plan import PlanRules


def duty_blocks(pen: Pen, case: Case) -> list[Block]:
    """责任分工: departments in order of first appearance, with their actions and owners."""
    actions = case.of_kind("action")
    if not actions:
        return [pen.gap("gap.duties"), Slot(id="owners", prompt=pen.words("duties.open"))]
    by_department: dict[str, list[CaseItem]] = {}
    for item in actions:
        by_department.setdefault(item.department or pen.word("duties.none"), []).append(item)
    return [
        Table(
            id="duties",
            caption=pen.words("duties.caption"),
            columns=(
                Column(pen.word("head.department"), 16),
                Column(pen.word("head.count"), 12, "right"),
                Column(pen.word("head.actions"), 42),
                Column(pen.word("head.owners"), 30),
            ),
            rows=tuple(
                (
                    typed(pen, department),
                    (pen.count(len(items), "项", basis(f"{pen.about(department)}承担的行动数", "计数", *(item.source for item in items))),),
                    typed(pen, "、".join(item.ident or item.content[:12] for item in items)),
                    typed(pen, "、".join(dict.fromkeys(item.owner for item in items if item.owner))),
                )
                for department, items in by_department.items()
            ),
        )
    ]


def node_blocks(pen: Pen, plan: PlanFindings, today: date) -> list[Block]:
    """节点与验收标准: the table by due date, and the Gantt chart where two actions have both dates. The state is that of `today`."""
    checks = sorted(plan.actions, key=lambda check: (check.item.due is None, check.item.due or today, check.item.ident or "", check.item.content))
    if not checks:
        return [pen.gap("gap.nodes")]
    blocks: list[Block] = [
        Table(
            id="nodes",
            caption=pen.words("nodes.caption"),
            columns=(
                Column(pen.word("head.no"), 7),
                Column(pen.word("head.measure"), 25),
                Column(pen.word("head.answers"), 10.3),
                Column(pen.word("head.department_owner"), 14),
                Column(pen.word("head.span"), 14.5),
                Column(pen.word("head.criterion"), 20.7),
                Column(pen.word("head.status"), 8.5),
            ),
            rows=tuple(
                (
                    typed(pen, check.item.ident),
                    typed(pen, check.item.content),
                    typed(pen, "、".join(check.item.related)),
                    typed(pen, "、".join(filter(None, (check.item.department, check.item.owner)))),
                    _span(pen, check.item),
                    typed(pen, check.item.criterion),
                    _state(pen, check.item, today, incomplete=not check.executable),
                )
                for check in checks
            ),
        )
    ]
    bars = tuple(
        GanttBar(
            label=item.ident or pen.masks.quote(item.content)[:10],
            department=item.department or "",
            start=item.start,
            due=item.due,
            done=item.done_on,
            state=action_state(item, today),
            words=pen.word(f"state.{action_state(item, today)}"),
        )
        for item in (check.item for check in checks)
        if item.start is not None and item.due is not None and item.due >= item.start and item.status != "cancelled"
    )
    if len(bars) >= 2:
        blocks.append(Figure(id="gantt", caption=pen.words("nodes.gantt"), alt=pen.words("nodes.gantt_alt"), chart=GanttChart(bars=bars, today=today)))
    return blocks


def _span(pen: Pen, item: CaseItem) -> Text:
    """From when to when, as far as typed; the year is told where it is not the incident's."""

    def day(value: date, which: str) -> Num:
        return pen.day(value, basis(f"{pen.about(item.ident or '行动')}{which}日期", "分析人员填写", item.source))

    if item.start is not None and item.due is not None:
        return pen.say("nodes.span", start=day(item.start, "开始"), due=day(item.due, "截止"))
    if item.due is not None:
        return pen.say("nodes.until", due=day(item.due, "截止"))
    return DASH if item.start is None else pen.say("nodes.since", start=day(item.start, "开始"))


def _state(pen: Pen, item: CaseItem, today: date, *, incomplete: bool) -> Text:
    state = pen.words(f"state.{action_state(item, today)}")
    return pen.say("nodes.incomplete", state=state) if incomplete else state


def recurring_blocks(pen: Pen, case: Case, plan: PlanFindings, rules: PlanRules, today: date) -> list[Block]:
    """常态机制: recurring work with its next dates, how the mechanisms do so far (k of n), the plan's version and review, and the typed records.

    A row of the entrance or of alarms that gives both numbers is among those and not told again.
    """
    blocks: list[Block] = []
    dates = recurring_dates(case, rules, today)
    if dates:
        blocks.append(
            Table(
                id="recurring",
                caption=pen.words("recurring.caption"),
                columns=(
                    Column(pen.word("recurring.head_work"), 34),
                    Column(pen.word("recurring.head_next"), 20.5),
                    Column(pen.word("head.department_owner"), 14.5),
                    Column(pen.word("recurring.head_criterion"), 31),
                ),
                rows=tuple(_recurring_row(pen, each) for each in dates),
                note=pen.words("recurring.note"),
            )
        )
    blocks += _mechanisms(pen, case, plan, today)
    items = [
        *case.of_kind("drill", "plan_review"),
        *(item for item in case.of_kind("feedback_entrance", "alarm") if not item.n or item.k is None),
    ]
    if items:
        blocks.append(pen.body("recurring.typed"))
        blocks.append(Bullets(items=tuple(_record(pen, item, today) for item in items)))
    return blocks


def _record(pen: Pen, item: CaseItem, today: date) -> Text:
    """A typed row with its date and, of what is held on a day, whether it was: what is only planned must not read as done."""
    on, state = record_day(item), record_state(item, today)
    about: list[Text] = [] if on is None else [(pen.full_day(on, basis("机制记录的日期", "分析人员填写", item.source)),)]
    if item.kind in ("drill", "plan_review") and state is not None:
        about.append(pen.words(f"state.{state}"))
    return pen.say("recurring.record", content=pen.typed(item.content), about=joined(about, "，")) if about else (pen.typed(item.content),)


def _recurring_row(pen: Pen, each: RecurringDate) -> tuple[Text, ...]:
    rule = each.rule
    name: Text = (pen.setting(rule.name),)
    if each.scenario is not None:
        name = pen.say("recurring.scenario", name=name, scenario=(pen.setting if each.scenario in rule.scenarios else pen.typed)(each.scenario))
    item = each.item
    if item is None:
        found = basis(f"{rule.name}：下次日期", "由生成日推算", SettingKey(file="plan.toml", key=f"recurring.{rule.ident}"), CLOCK)
    else:
        found = basis(f"{rule.name}：计划日期", "分析人员填写", item.source)
    day: Text = (pen.full_day(each.on, found),)
    return (
        name,
        pen.say("recurring.overdue", date=day) if each.overdue else day,
        (pen.setting(rule.department),) if item is None or not item.department else typed(pen, "、".join(x for x in (item.department, item.owner) if x)),
        (pen.setting(rule.criterion),) if item is None or not item.criterion else typed(pen, item.criterion),
    )


def _mechanisms(pen: Pen, case: Case, plan: PlanFindings, today: date) -> list[Block]:
    lines: list[Text] = []
    last = last_plan_review(case)
    if last is not None:
        sources = (*case.sources_of("plan_reviewed_on"), *(item.source for item in case.of_kind("plan_review")))
        on = pen.full_day(last, basis("预案上次评审日期", "分析人员填写", *sources))
        lines.append(pen.say("recurring.review_overdue" if plan_review_overdue(case, today) else "recurring.review_on", date=on))
    if case.plan_version:
        lines.append(pen.say("recurring.version", text=pen.typed(case.plan_version.rstrip("。"))))
    if case.platform_rule_change:
        lines.append(pen.say("recurring.rule_change", text=pen.typed(case.platform_rule_change.rstrip("。"))))
    drills = drill_record(case, today)
    if drills is not None and drills.due:
        lines.append(_drills(pen, drills))
    for name, figure in (("entrance", plan.entrance), ("alarms", plan.alarms)):
        if figure is not None and figure.n:
            lines.append(_k_of_n(pen, name, figure))
    return [Bullets(items=tuple(lines))] if lines else []


def _drills(pen: Pen, drills: DrillRecord) -> Text:
    due = pen.count(drills.due, "次", basis("近一年到期的演练数", "按日期计数", *drills.sources, CLOCK))
    return pen.say("recurring.drills", due=due, done=pen.count(drills.done, "次", basis("近一年已完成的演练数", "按日期与状态计数", *drills.sources, CLOCK)))


def _k_of_n(pen: Pen, name: str, figure: KOfN) -> Text:
    what = "质量反馈入口" if name == "entrance" else "预警"
    return pen.say(
        f"recurring.{name}",
        n=pen.count(figure.n, "条" if name == "entrance" else "次", basis(f"{what}：总数", "分析人员填写", *figure.sources)),
        k=pen.count(figure.k, "条" if name == "entrance" else "次", basis(f"{what}：其中数", "分析人员填写", *figure.sources)),
        share=pen.share(figure.k / figure.n, basis(f"{what}：占比", "其中数 ÷ 总数", *figure.sources)),
    )
