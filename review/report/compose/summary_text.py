"""摘要: one page — 一句话结论, 三问三答, 五个关键数, 情绪走势小图, 请决策事项."""

from datetime import date, datetime
from math import isfinite
from typing import Final
from zoneinfo import ZoneInfo

from review.analysis.analyse import Findings
from review.analysis.plan import PlanFindings
from review.analysis.schedule import action_state
from review.incident.case import Case, CaseItem
from review.incident.evidence import RowSet
from review.report.compose.business_text import series_name
from review.report.compose.cause_text import numbered
from review.report.compose.emotion_text import curve_chart
from review.report.compose.events import KeyEvents
from review.report.compose.overview_text import reads_number
from review.report.compose.plan_text import day
from review.report.compose.response_text import VERDICTS, verdict_words
from review.report.compose.score_text import raw_basis, raw_text, total_text
from review.report.compose.shares_text import at_one_place, grade_text, only_reading, place_text, share_of
from review.report.document import Block, Callout, Column, Figure, Paragraph, Section, Table, Text, Tile, Tiles, Words
from review.report.pen import Pen, basis
from review.report.phrases import joined
from review.settings.rubric import Rubric

MOST_CAUSES: Final = 3
"""Deep causes the page has room for; of more, it says how many there are."""


def summary(pen: Pen, findings: Findings, case: Case, rubric: Rubric, events: KeyEvents, today: date, kept_root: Text | None = None) -> Section:
    """The page a director reads first. kept_root: what an analyst wrote as deep causes into an earlier report, where none is in the workbook."""
    blocks: list[Block] = [Paragraph(text=conclusion(pen, findings, case, rubric), style="lead"), _answers(pen, findings, case, rubric, kept_root)]
    tiles = _tiles(pen, findings)
    if len(tiles) >= 2:
        blocks.append(Tiles(items=tuple(tiles)))
    curve = findings.emotion.curve
    if curve is not None:
        chart = curve_chart(curve, events, rubric.trigger_share, pen.zone, small=True)
        if len(chart.points) >= 2:
            blocks.append(
                Figure(
                    id="summary_curve",
                    caption=pen.words("summary.curve"),
                    alt=pen.words("summary.curve_alt"),
                    chart=chart,
                    note=pen.say("grade.line", grade=grade_text(pen, curve)),
                )
            )
    blocks.extend(_decisions(pen, case, today))
    return Section(id="summary", level=1, title=pen.words("chapter.summary"), blocks=tuple(blocks))


def conclusion(pen: Pen, findings: Findings, case: Case, rubric: Rubric) -> Text:
    """一句话结论: level, peak and where it ended, and the score, as far as each is known."""
    parts: list[Text] = []
    level = findings.facts.level.level
    name: Text = pen.say("summary.event", event=pen.typed(case.event)) if case.event else pen.words("summary.this_event")
    parts.append(pen.say("summary.level", name=name, level=pen.code("level", level)) if level is not None else pen.say("summary.no_level", name=name))
    emotion = findings.emotion
    if emotion.curve is not None and emotion.shares is not None:
        peak, end = emotion.shares.peak, emotion.shares.end
        where = "一段内"
        began = crisis_began(findings)
        key = "summary.peak_end" if peak.share > end.share else "summary.peak_only"
        if key == "summary.peak_only" and began is not None and peak.start < began:
            key = "summary.peak_before"  # a stretch that began before the crisis cannot tell whether the crisis' own share has fallen
        words = {"peak": share_of(pen, emotion.curve, peak.share, "负面占比峰值", where, peak.rows)}
        if key == "summary.peak_end":
            words["end"] = share_of(pen, emotion.curve, end.share, "末段负面占比", where, end.rows)
        parts.append(pen.say(key, **words))
    parts.append(total_text(pen, findings.score.card, rubric))
    return (*joined(parts, "；"), Words("。"))


def _answers(pen: Pen, findings: Findings, case: Case, rubric: Rubric, kept_root: Text | None) -> Table:
    """三问三答: each answer from typed judgements or the score; what is open says so."""
    deep = case.of_kind("deep_cause")
    surface = case.of_kind("surface_cause")
    if deep:
        more = pen.count(len(deep), "项", basis("深层问题数", "计数", *(item.source for item in deep)))
        root = pen.say(
            "summary.root",
            deep=pen.typed("；".join(item.content for item in deep[:MOST_CAUSES])),
            more=pen.say("summary.root_more", n=more) if len(deep) > MOST_CAUSES else (),
            surface=pen.say("summary.surface", text=pen.typed(surface[0].content)) if surface else (),
        )
    else:
        root = pen.words("summary.root_open") if kept_root is None else pen.say("summary.root_kept", deep=kept_root)
    verdicts = [
        pen.say("summary.verdict", name=pen.words(f"verdict.{name}"), verdict=verdict_words(pen, findings.score.card, idents, rubric))
        for name, idents in VERDICTS
    ]
    return Table(
        id="answers",
        caption=pen.words("summary.answers"),
        columns=(Column(pen.word("head.question"), 24), Column(pen.word("head.answer"), 76)),
        rows=(
            (pen.words("summary.q_root"), root),
            (pen.words("summary.q_response"), joined(verdicts)),
            (pen.words("summary.q_prevent"), _prevention(pen, findings.plan)),
        ),
    )


def _prevention(pen: Pen, plan: PlanFindings) -> Text:
    """如何防止再发: how many decided actions can be carried out, by whom, and how many still lack something."""
    if not plan.actions:
        return pen.words("summary.prevent_open")
    decided, lacking = ([check.item for check in plan.actions if check.executable is wanted] for wanted in (True, False))
    departments = tuple(dict.fromkeys(item.department for item in decided if item.department))
    open_ones: Text = ()
    if lacking:
        n = pen.count(len(lacking), "项", basis("待补全的措施数", "计数", *(item.source for item in lacking)))
        if not decided:
            return pen.say("summary.prevent_none", n=n)
        open_ones = pen.say("summary.prevent_lacking", n=n)
    return pen.say(
        "summary.prevent",
        n=pen.count(len(decided), "项", basis("已定措施数", "计数", *(item.source for item in decided))),
        departments=pen.say("summary.departments", names=pen.typed("、".join(departments))) if departments else (),
        lacking=open_ones,
    )


def _tiles(pen: Pen, findings: Findings) -> list[Tile]:
    """五个关键数, of those that are known: topic reads, peak share, first response, 24 h solve rate, sales change, mentions."""
    tiles: list[Tile] = []
    card = findings.score.card
    largest = next(iter(findings.facts.level.topics), None)
    if largest is not None and not largest.baseline_missing:
        kind = "reads_since" if largest.increment else "reads"
        tiles.append(
            Tile(label=pen.words(f"tile.{kind}" if isfinite(largest.high) else f"tile.{kind}_at_least"), value=(reads_number(pen, largest, largest.reads, ""),))
        )
    elif findings.spread.mentions and not findings.spread.all_own:
        tiles.append(
            Tile(
                label=pen.words("tile.mentions"),
                value=(pen.count(findings.spread.mentions, "", basis("提及量", "帖文、转发与报道的行数", findings.spread.rows)),),
            )
        )
    curve = findings.emotion.curve
    if curve is not None and curve.peak is not None:
        name = "single" if only_reading(curve) else "peak"
        label = pen.say("tile.sampled", place=place_text(pen, curve)) if at_one_place(curve) else pen.words(f"tile.{name}")
        share = share_of(pen, curve, curve.peak.share, "负面占比峰值", "一段内", curve.peak.rows)
        tiles.append(Tile(label=label, value=share))
    for ident in ("first_response", "service", "sales", "followers"):
        line = card.line(ident)
        if line.raw is None or isinstance(line.raw, str):
            continue
        value = (pen.share(line.raw, raw_basis(line)),) if ident == "service" else raw_text(pen, line)
        main = findings.business.main
        label = pen.say("tile.sales", metric=series_name(pen, main)) if ident == "sales" and main is not None else pen.words(f"tile.{ident}")
        tiles.append(Tile(label=label, value=value))
    return tiles[:5]


def _decisions(pen: Pen, case: Case, today: date) -> list[Block]:
    """请决策事项, as typed; a time limit gone by says so."""
    items = case.of_kind("decision")
    if not items:
        return []
    return [
        Callout(
            kind="decision",
            title=pen.words("summary.decisions"),
            items=tuple(_decision(pen, item, today) for item in items),
        )
    ]


def _decision(pen: Pen, item: CaseItem, today: date) -> Text:
    decider = item.owner or item.department
    due = day(pen, item.due, "请决策时限", item.source) if item.due else ()
    if action_state(item, today) == "overdue":
        due = pen.say("summary.overdue", due=due)
    return (
        *numbered(pen, item, (pen.typed(item.content),)),
        *(pen.say("summary.decider", who=pen.typed(decider)) if decider else ()),
        *(pen.say("summary.due", due=due) if due else ()),
    )


def crisis_began(findings: Findings) -> datetime | None:
    """The later of the chosen onset and the crossing of the trigger line: what happened before was no part of the crisis' end."""
    onset, fired = findings.facts.onset, findings.emotion.fired
    return max((each.at for each in (onset, fired) if each is not None), default=None)


def last_seen(findings: Findings) -> datetime | None:
    """The last instant the data tell of: of the curve or of the rows with a time, whichever is later; None without either."""
    curve, last = findings.emotion.curve, findings.spread.last_at
    return max((at for at in (curve.data_last if curve is not None else None, last) if at is not None), default=None)


def last_traded(findings: Findings, zone: ZoneInfo) -> tuple[date, tuple[RowSet, ...]] | None:
    """The last day of shop figures and readings of followers, with their rows; None without either."""
    told = [(each.observed_until, each.rows) for each in findings.business.conversions]
    told += [(each.last_at.astimezone(zone).date(), each.rows) for each in findings.business.followers if each.last_at is not None]
    return (max(day for day, _ in told), tuple(rows for _, rows in told)) if told else None


def period(pen: Pen, findings: Findings) -> Text:
    """事件周期 for the cover, with years: from the onset (else the first row) to the end of the data, else 未取得.

    Without an onset a collection that cannot be said to be the incident's, or is the brand's own, has but its own span.
    """
    key = "cover.span"
    spread, curve, onset, until = findings.spread, findings.emotion.curve, findings.facts.onset, last_seen(findings)
    if onset is not None and curve is not None and until is not None:
        first, last = (
            (onset.at, basis("事件起点", "爆发时点", *onset.sources)),
            (until, basis("数据末尾", "最后一个有数据的时间", curve.rows, findings.spread.rows)),
        )
    elif spread.first_at is not None and spread.last_at is not None:
        key = "cover.span" if findings.scope.untold is None and not spread.all_own else "cover.untold"
        first, last = ((at, basis(what, "全部带时间的行", spread.rows)) for at, what in ((spread.first_at, "数据最早时间"), (spread.last_at, "数据最晚时间")))
    else:
        return pen.words("cover.unknown")
    zone = ZoneInfo(pen.zone)
    start, end = first[0].astimezone(zone).date(), last[0].astimezone(zone).date()
    if start == end and key == "cover.span":
        return (pen.full_day(start, first[1]),)
    return pen.say(key, start=pen.full_day(start, first[1]), end=pen.full_day(end, last[1]))
