"""Tables of the quarterly report: incidents one by one, actions, repeated causes, verdicts on strategies, mechanisms, packages."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

from review.analysis.since_onset import NormalTime, ShareFigure
from review.incident.case import CaseItem
from review.incident.evidence import ArchivedField, SettingKey, Source
from review.record import Timing
from review.report.compose.shares_text import printed
from review.report.document import DASH, Block, Bullets, Column, Paragraph, Quoted, Slot, Table, Text, Words
from review.report.pen import Basis, Pen, basis
from review.report.phrases import joined
from review.tracking.filed import Filed
from review.tracking.follow_up import STATE_WORDS, FollowedAction
from review.tracking.quarter import Mechanisms, QuarterFindings, Rate, RepeatedCause

MOST_SOURCES = 40
"""Packages named one by one under a number; of more, the first and how many: all are in the appendix and in findings.json."""
MOST_ROWS = 40
"""Actions, repeats, drills and packages printed in a table, about a page and a half; all are in quarter.xlsx."""
MOST_INCIDENTS = 40
"""Incidents printed one by one in a table, about two pages; all are in quarter.xlsx."""
MOST_SLOTS = 12
"""Places to decide on strategies, one an incident: a page."""


def field(filed: Filed, name: str) -> ArchivedField:
    """A field of an archived record as a source."""
    return ArchivedField(package=filed.place, field=name)


def fields(side: Sequence[Filed], name: str) -> tuple[Source, ...]:
    """The same field of several records; an empty side rests on the archive as a whole."""
    if len(side) > MOST_SOURCES:
        return (ArchivedField(package=f"{side[0].place} 等 {len(side)} 个", field=name),)
    return tuple(field(each, name) for each in side) or (SettingKey(file="归档", key="全部归档件"),)


def item_fields(items: Sequence[tuple[Filed, CaseItem]]) -> tuple[Source, ...]:
    """Typed rows of several records; of too many, the records."""
    if len(items) > MOST_SOURCES:
        return fields([filed for filed, _ in items], "record.items")
    return tuple(field(filed, f"record.items {item.ident}") for filed, item in items)


def shown_incidents(incidents: Sequence[Filed]) -> tuple[Filed, ...]:
    """At most MOST_INCIDENTS of these, in their order: the first level goes before the second, then the lower score, then the later day."""
    gravest = sorted(incidents, key=lambda each: (each.record.head.level != "l1", _total(each), -each.day.toordinal(), each.place))
    kept = {each.place for each in gravest[:MOST_INCIDENTS]}
    return tuple(each for each in incidents if each.place in kept)


def _total(filed: Filed) -> float:
    return math.inf if filed.record.head.total is None else filed.record.head.total


def rest_note(pen: Pen, count: int, unit: str, sources: tuple[Source, ...]) -> Text:
    """How many more stand in the workbook; () where none."""
    if count <= 0:
        return ()
    return pen.say("qtext.rest", n=pen.count(count, unit, Basis(what="未印出的数目", how="计数", sources=sources)))


def _rest_incidents(pen: Pen, incidents: Sequence[Filed], shown: Sequence[Filed]) -> Text:
    note = rest_note(pen, len(incidents) - len(shown), "起", fields(incidents, "record.head"))
    return (*note, *pen.words("qtext.gravest")) if note else ()


def title_of(pen: Pen, filed: Filed) -> Text:
    """The incident in words: its event, else its folder's name."""
    return (pen.typed(filed.record.head.event or filed.incident),)


def _day(pen: Pen, value: date | None, found: Basis) -> Text:
    return DASH if value is None else (pen.day(value, found),)


def timing_text(pen: Pen, filed: Filed, timing: Timing, name: str) -> Text:
    """Hours, 未回应, 不适用, or —."""
    if timing.state == "measured" and timing.hours is not None:
        return (pen.duration(timedelta(hours=timing.hours), basis("用时", "自爆发时点起", field(filed, f"record.{name}.hours"))),)
    return pen.words("qtext.never_cell") if timing.state == "never" else pen.words("qtext.excused") if timing.state == "excused" else DASH


def ratio_text(pen: Pen, filed: Filed) -> Text:
    ratio = filed.record.first_response.ratio
    if ratio is None:
        return DASH
    if not math.isfinite(ratio):
        return pen.words("qtext.never_cell")
    return (pen.number(ratio, basis("首次回应对目标倍数", "用时 ÷ 目标", field(filed, "record.first_response"))),)


def share_text(pen: Pen, filed: Filed, figure: ShareFigure | None, name: str) -> Text:
    """The share, with its interval in brackets where more than a model judged, and the grade of its evidence."""
    if figure is None:
        return DASH
    found = basis("负面占比", "区间按有效条数", field(filed, f"record.{name}"))
    interval: Text = () if figure.grade == "model" else (Words("（"), pen.interval(figure.low, figure.high, found), Words("）"))
    return (*printed(pen, figure, figure.share, found), *(interval or (Words("，"),)), *pen.words(f"qgrade.{figure.grade}"))


def normal_text(pen: Pen, filed: Filed, normal: NormalTime | None) -> Text:
    if normal is None:
        return DASH
    if normal.state == "never_above" or normal.hours is None:
        return pen.words("qtext.never_above")
    hours = pen.duration(timedelta(hours=normal.hours), basis("回落用时", "自爆发时点起", field(filed, "record.normal.hours")))
    return (hours,) if normal.state == "returned" else pen.say("qtext.at_least", hours=hours)


def incident_blocks(pen: Pen, found: QuarterFindings) -> list[Block]:
    """事件清单: every incident with every value, nothing averaged; what the brand did and what followed in a table each, so that no page is turned."""
    if not found.incidents:
        return [pen.gap("qtext.no_incidents")]
    shown = shown_incidents(found.incidents)
    responses = (("incident", 24), ("day", 11), ("level", 7), ("type", 12), ("response", 14), ("ratio", 9), ("met", 7), ("formal", 16))
    outcomes = (("incident", 24), ("peak", 34), ("day_one", 10), ("normal", 19), ("solved", 13))
    return [
        Table(
            id="quarter_incidents",
            caption=pen.words("qcaption.list"),
            columns=tuple(Column(pen.word(f"qhead.{name}"), width, "right" if name == "ratio" else "left") for name, width in responses),
            rows=tuple(_response_row(pen, each) for each in shown),
            note=_rest_incidents(pen, found.incidents, shown),
        ),
        Table(
            id="quarter_outcomes",
            caption=pen.words("qcaption.outcomes"),
            columns=tuple(Column(pen.word(f"qhead.{name}"), width) for name, width in outcomes),
            rows=tuple(_outcome_row(pen, each) for each in shown),
        ),
    ]


def _response_row(pen: Pen, filed: Filed) -> tuple[Text, ...]:
    record = filed.record
    met = record.first_response.met
    return (
        title_of(pen, filed),
        _day(pen, record.head.day, basis("事件日期", "爆发时点所在日", field(filed, "record.head.day"))),
        (pen.code("level", record.head.level),) if record.head.level else DASH,
        (pen.code("incident_type", record.head.incident_type),) if record.head.incident_type else DASH,
        timing_text(pen, filed, record.first_response, "first_response"),
        ratio_text(pen, filed),
        DASH if met is None else pen.words("qtext.yes" if met else "qtext.no"),
        timing_text(pen, filed, record.formal_plan, "formal_plan"),
    )


def _outcome_row(pen: Pen, filed: Filed) -> tuple[Text, ...]:
    record = filed.record
    solved: Text = DASH
    if record.solved_24h is not None:
        k, n = record.solved_24h
        solved = (pen.text_claim(f"{k}/{n}", "k/n", basis("24 小时解决数与工单数", "计数", field(filed, "record.solved_24h"))),)
    day_one = record.day_one
    return (
        title_of(pen, filed),
        share_text(pen, filed, record.peak, "peak"),
        DASH if day_one is None else printed(pen, day_one, day_one.share, basis("首日负面占比", "爆发后一日合并", field(filed, "record.day_one"))),
        normal_text(pen, filed, record.normal),
        solved,
    )


def score_blocks(pen: Pen, found: QuarterFindings) -> list[Block]:
    """评分与底线, as each incident's own report has them."""
    return [_score_table(pen, found)] if found.incidents else [pen.gap("qtext.no_incidents")]


def _score_table(pen: Pen, found: QuarterFindings) -> Table:
    rows = []
    shown = shown_incidents(found.incidents)
    for each in shown:
        head, score = each.record.head, each.record.score
        source = field(each, "record.score")
        rows.append(
            (
                title_of(pen, each),
                DASH if head.total is None else (pen.score(head.total, basis("综合评分", "见该事件报告", source)),),
                (
                    pen.score(score.low, basis("评分下限", "见该事件报告", source)),
                    Words("–"),
                    pen.score(score.high, basis("评分上限", "见该事件报告", source)),
                ),
                (pen.share(score.coverage, basis("评分依据覆盖", "见该事件报告", source), 0),),
                (pen.setting(head.grade),) if head.grade else DASH,
                joined([(pen.code("red_line", name),) for name in score.red_lines]) if score.red_lines else DASH,
                (Quoted(head.rubric_version),),
            )
        )
    names = (("incident", 26), ("score", 11), ("range", 14), ("coverage", 11), ("grade", 20), ("red", 18), ("rubric", 11))
    return Table(
        id="quarter_scores",
        caption=pen.words("qcaption.scores"),
        columns=tuple(Column(pen.word(f"qhead.{name}"), width, "right" if name in ("score", "coverage") else "left") for name, width in names),
        rows=tuple(rows),
        note=_rest_incidents(pen, found.incidents, shown),
    )


def action_source(action: FollowedAction) -> ArchivedField:
    """The action's row in its record, and the event that decided its state where there is one."""
    return field(action.filed, f"record.items {action.ident}" + (f" · events/{action.events[-1].file_name}" if action.events else ""))


def _incident_of(pen: Pen, action: FollowedAction, shown: Sequence[FollowedAction]) -> Text:
    """The incident of an action in words; by its folder's name where these actions belong to another incident of the same words too."""
    mine = title_of(pen, action.filed)
    alike = any(each.filed.incident != action.filed.incident and title_of(pen, each.filed) == mine for each in shown)
    return (pen.typed(action.filed.incident),) if alike else mine


def _actions_note(pen: Pen, rest: Text) -> Text:
    """How an action is named when its progress is filed, and how many more there are."""
    return (*pen.words("qtext.action_name"), *rest)


def due_blocks(pen: Pen, found: QuarterFindings) -> list[Block]:
    """The actions that were due, closed or overdue, by due date."""
    if not found.actions:
        return [pen.gap("qgap.actions")]
    in_quarter = [each for each in found.actions if found.quarter.holds(each.item.due) or found.quarter.holds(each.done_on)]
    inside = {each.name for each in in_quarter}
    earlier = [each for each in found.actions if each.name not in inside]
    ordered = [*sorted(in_quarter, key=_by_due), *sorted(earlier, key=_by_due)]
    rows = []
    for each in ordered[:MOST_ROWS]:
        source = action_source(each)
        late = each.overdue_days if each.overdue_days is not None else each.delay_days if each.state == "late" else None
        rows.append(
            (
                _incident_of(pen, each, ordered),
                (pen.typed(each.ident),),
                (pen.typed(each.item.content),),
                (pen.typed("、".join(text for text in (each.item.department, each.item.owner) if text)),) if each.item.department or each.item.owner else DASH,
                _day(pen, each.item.due, basis("行动截止", "填写", source)),
                _day(pen, each.done_on, basis("行动完成日期", "填写或登记", source)),
                (pen.own(STATE_WORDS[each.state]),),
                DASH if late is None else (pen.count(late, "天", basis("逾期天数", "完成日或生成日 − 截止日", source)),),
            )
        )
    names = (("incident", 15), ("no", 9), ("measure", 29), ("owner", 14.5), ("due", 9.5), ("done", 8), ("state", 12), ("delay", 8))
    return [
        Table(
            id="quarter_actions",
            caption=pen.words("qcaption.due"),
            columns=tuple(Column(pen.word(f"qhead.{name}"), width, "right" if name == "delay" else "left") for name, width in names),
            rows=tuple(rows),
            note=_actions_note(pen, _rest_actions(pen, ordered, len(ordered) - len(rows))),
        )
    ]


def _by_due(action: FollowedAction) -> tuple[bool, date, str]:
    return (action.item.due is None, action.item.due or date.max, action.name)


def _rest_actions(pen: Pen, actions: Sequence[FollowedAction], count: int) -> Text:
    return rest_note(pen, count, "项", fields([each.filed for each in actions], "record.items action"))


def repeat_blocks(pen: Pen, found: QuarterFindings) -> list[Block]:
    rate = found.repeat_rate
    if rate.n == 0:
        return [pen.gap("qtext.repeat_none")]
    sources = fields(found.incidents, "record.items deep_cause")
    n = pen.count(rate.n, "起", Basis(what="有根因记录的事件数", how="计数", sources=sources))
    if not found.repeats:
        return [pen.body("qtext.no_repeat", n=n)]
    k = pen.count(rate.k, "起", Basis(what="行动完成后根因复发的事件数", how="计数", sources=sources))
    return [pen.body("qtext.repeat_rate", n=n, k=k), _repeat_table(pen, found.repeats)]


def _repeat_table(pen: Pen, repeats: Sequence[RepeatedCause]) -> Table:
    names = (("incident", 20), ("cause", 30), ("earlier", 20), ("action", 22), ("done", 8))
    return Table(
        id="quarter_repeats",
        caption=pen.words("qcaption.repeats"),
        columns=tuple(Column(pen.word(f"qhead.{name}"), width) for name, width in names),
        rows=tuple(
            (
                title_of(pen, each.filed),
                (pen.typed(each.cause.content),),
                title_of(pen, each.earlier),
                (pen.typed(f"{each.action.ident} {each.action.item.content}"),),
                _day(pen, each.action.done_on, basis("行动完成日期", "填写或登记", action_source(each.action))),
            )
            for each in repeats[:MOST_ROWS]
        ),
        note=rest_note(pen, len(repeats) - MOST_ROWS, "项", fields([each.filed for each in repeats], "record.items deep_cause")),
    )


def strategy_blocks(pen: Pen, found: QuarterFindings) -> list[Block]:
    """策略去留: each with its verdict and decider; what nobody decided yet is a slot, one an incident."""
    if not found.strategies:
        return [pen.gap("qgap.strategies")]
    rows = []
    open_by_incident: dict[str, list[FollowedAction]] = {}
    words = {"kept": "保留", "adjusted": "调整", "ended": "终止"}
    shown = sorted(found.strategies, key=_by_due)[:MOST_ROWS]
    for each in shown:
        if each.verdict is None:
            open_by_incident.setdefault(each.filed.incident, []).append(each)
        rows.append(
            (
                _incident_of(pen, each, shown),
                (pen.typed(each.ident),),
                (pen.typed(each.item.content),),
                (pen.own(STATE_WORDS[each.state]),),
                (pen.own("【待确认】" if each.verdict is None else words[each.verdict.change]),),
                DASH if each.verdict is None else (pen.typed(each.verdict.by),),
            )
        )
    names = (("incident", 18), ("no", 9), ("measure", 40), ("state", 12), ("verdict", 12), ("decider", 9))
    blocks: list[Block] = [
        Table(
            id="quarter_strategies",
            caption=pen.words("qcaption.strategies"),
            columns=tuple(Column(pen.word(f"qhead.{name}"), width) for name, width in names),
            rows=tuple(rows),
            note=_rest_actions(pen, found.strategies, len(found.strategies) - len(shown)),
        )
    ]
    for number, (_, actions) in enumerate(sorted(open_by_incident.items())[:MOST_SLOTS], 1):
        prompt = pen.say(
            "qtext.verdict_prompt",
            incident=pen.typed(actions[0].filed.record.head.event or actions[0].filed.incident),
            actions=pen.typed("、".join(each.ident for each in actions)),
        )
        blocks.append(Slot(id=f"quarter.verdict.{number}", prompt=prompt))
    return blocks


def mechanism_sections(pen: Pen, found: QuarterFindings) -> list[tuple[str, list[Block]]]:
    """模拟演练, 质量反馈入口, 预案评审, 预警: id of the subsection and its blocks."""
    mechanisms = found.mechanisms
    return [
        ("drills", _drills(pen, mechanisms)),
        ("feedback", _feedback(pen, mechanisms.feedback, mechanisms)),
        ("plan", _plan(pen, mechanisms)),
        ("alarms", _alarms(pen, mechanisms)),
    ]


def drills_claim(pen: Pen, mechanisms: Mechanisms) -> Text:
    """k/3."""
    sources = fields([each.filed for each in mechanisms.drills], "record.items drill")
    wanted = SettingKey(file="tracking.toml", key="mechanisms.drills_per_quarter")
    text = f"{len(mechanisms.drills)}/{mechanisms.drills_wanted}"
    return (pen.text_claim(text, "k/n", Basis(what="本季完成的演练与应有次数", how="计数", sources=(*sources, wanted))),)


def _drills(pen: Pen, mechanisms: Mechanisms) -> list[Block]:
    k, n = drills_claim(pen, mechanisms)[0].text.split("/")
    sources = (*fields([each.filed for each in mechanisms.drills], "record.items drill"), SettingKey(file="tracking.toml", key="mechanisms.drills_per_quarter"))
    line = pen.body(
        "qtext.drills",
        k=pen.text_claim(k, "次", Basis(what="本季完成的演练", how="计数", sources=sources)),
        n=pen.text_claim(n, "次", Basis(what="每季应有的演练", how="每月一次", sources=sources)),
    )
    if not mechanisms.drills:
        return [line, pen.gap("qgap.drills")]
    table = Table(
        id="quarter_drills",
        caption=pen.words("qcaption.drills"),
        columns=(Column(pen.word("qhead.day"), 14), Column(pen.word("qhead.content"), 60), Column(pen.word("qhead.owner"), 26)),
        rows=tuple(
            (
                _day(pen, each.done_on, basis("演练日期", "填写", field(each.filed, f"record.items {each.item.ident or 'drill'}"))),
                (pen.typed(each.item.content),),
                (pen.typed("、".join(text for text in (each.item.department, each.item.owner) if text)),) if each.item.owner else DASH,
            )
            for each in mechanisms.drills[:MOST_ROWS]
        ),
        note=rest_note(pen, len(mechanisms.drills) - MOST_ROWS, "次", sources),
    )
    return [line, table]


def _feedback(pen: Pen, rate: Rate, mechanisms: Mechanisms) -> list[Block]:
    if rate.share is None:
        return [pen.gap("qgap.feedback")]
    found = Basis(what="24 小时答复率", how="答复数 ÷ 收到数", sources=item_fields(mechanisms.feedback_items))
    return [
        pen.body(
            "qtext.feedback",
            k=pen.count(rate.k, "", found),
            n=pen.count(rate.n, "条", found),
            share=pen.share(rate.share, found),
            range=pen.interval(rate.low, rate.high, found),
        )
    ]


def _plan(pen: Pen, mechanisms: Mechanisms) -> list[Block]:
    if mechanisms.reviewed_on is None or mechanisms.review_of is None:
        return [pen.gap("qgap.plan")]
    found = basis("预案评审日期", "填写", field(mechanisms.review_of, "record.plan_reviewed_on"))
    blocks: list[Block] = [pen.body("qtext.plan", day=pen.full_day(mechanisms.reviewed_on, found), where=title_of(pen, mechanisms.review_of))]
    return [*blocks, pen.body("qtext.plan_overdue")] if mechanisms.review_overdue else blocks


def _alarms(pen: Pen, mechanisms: Mechanisms) -> list[Block]:
    if not mechanisms.alarm_items:
        return [pen.gap("qgap.alarms")]
    found = Basis(what="预警次数", how="求和", sources=item_fields(mechanisms.alarm_items))
    rest = rest_note(pen, len(mechanisms.alarm_items) - MOST_ROWS, "条", found.sources)
    return [
        Paragraph(text=_alarm_line(pen, mechanisms, found)),
        Bullets(items=tuple((pen.typed(item.content),) for _, item in mechanisms.alarm_items[:MOST_ROWS])),
        *([Paragraph(text=rest, style="note")] if rest else []),
    ]


def _alarm_line(pen: Pen, mechanisms: Mechanisms, found: Basis) -> Text:
    n = pen.count(mechanisms.alarms, "次", found)
    if mechanisms.false_alarms is None:
        return pen.say("qtext.alarms_unjudged", n=n)
    k = pen.count(mechanisms.false_alarms, "次", found)
    if mechanisms.judged_alarms == mechanisms.alarms:
        return pen.say("qtext.alarms", n=n, k=k)
    return pen.say("qtext.alarms_partly", n=n, judged=pen.count(mechanisms.judged_alarms, "次", found), k=k)


def package_blocks(pen: Pen, found: QuarterFindings) -> list[Block]:
    """The packages this report rests on, and the rubrics where there is more than one."""
    side = [*found.incidents, *found.before]
    if not side:
        return [pen.gap("qtext.no_incidents")]
    blocks: list[Block] = [
        Table(
            id="quarter_packages",
            caption=pen.words("qcaption.packages"),
            columns=(Column(pen.word("qhead.place"), 66), Column(pen.word("qhead.made"), 20), Column(pen.word("qhead.version"), 14)),
            rows=tuple(
                (
                    (Quoted(each.place),),
                    (pen.full_day(each.record.head.made_at.date(), basis("报告生成日期", "归档时记录", field(each, "record.head.made_at"))),),
                    (Quoted(each.record.head.rubric_version),),
                )
                for each in side[:MOST_ROWS]
            ),
            note=rest_note(pen, len(side) - MOST_ROWS, "个", fields(side, "record.head")),
        )
    ]
    if len(found.rubrics) > 1:
        blocks.append(
            Table(
                id="quarter_rubrics",
                caption=pen.words("qcaption.rubrics"),
                columns=(
                    Column(pen.word("qhead.version"), 20),
                    Column(pen.word("qhead.hash"), 40),
                    Column(pen.word("qhead.incidents"), 20, "right"),
                    Column(pen.word("qhead.comparable"), 20),
                ),
                rows=tuple(
                    (
                        (Quoted(group.version),),
                        (Quoted(group.sha256[:16]),),
                        (
                            pen.count(
                                len(group.places),
                                "起",
                                basis("该量表下的事件数", "计数", *(ArchivedField(package=place, field="record.head.rubric_sha256") for place in group.places)),
                            ),
                        ),
                        pen.words("qtext.yes" if group.compared else "qtext.no"),
                    )
                    for group in found.rubrics
                ),
            )
        )
    return blocks
