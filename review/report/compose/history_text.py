"""历史复发 and 与上一版相比: what the archive holds of the brand's earlier incidents and of this incident's earlier version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from review.analysis.since_onset import NormalTime, ShareFigure
from review.incident.evidence import ArchivedField, Source
from review.record import Record, Timing
from review.report.compose.shares_text import printed, tenths
from review.report.document import DASH, Block, Column, Paragraph, Quoted, Section, Table, Text, Words
from review.report.pen import Basis, Pen, basis
from review.report.phrases import joined
from review.tracking.filed import Filed
from review.tracking.history import LineChange, PastReviews, Related, Revision

MOST_RELATED = 20
"""Earlier incidents printed: a page; the archive holds all."""
PRINTED = 3
"""Decimals of a share that can be seen; scores and hours show fewer."""
MOST_SOURCES = 40
"""Packages named one by one under a count; of more, the latest and how many."""


def history_blocks(pen: Pen, past: PastReviews | None) -> list[Block]:
    """Earlier incidents of the brand like this one; without an archive, the gap line."""
    if past is None:
        return [pen.gap("gap.history")]
    if not past.known:
        return [pen.body("past.none")]
    n = pen.count(len(past.known), "起", Basis(what="同品牌更早的归档事件数", how="计数", sources=_heads(past.known)))
    if not past.related:
        return [pen.body("past.unlike", n=n)]
    alike = Basis(what="同类或同因的往期事件数", how="按填写的类型与根因对照", sources=_heads([each.filed for each in past.related]))
    return [pen.body("past.some", n=n, k=pen.count(len(past.related), "起", alike)), _related_table(pen, past.related, alike)]


def _heads(filed: Sequence[Filed]) -> tuple[Source, ...]:
    if len(filed) > MOST_SOURCES:
        return (ArchivedField(package=f"{filed[-1].place} 等 {len(filed)} 个", field="record.head"),)
    return tuple(ArchivedField(package=each.place, field="record.head") for each in filed)


def _related_table(pen: Pen, related: Sequence[Related], alike: Basis) -> Table:
    """The latest first."""
    shown = related[: -MOST_RELATED - 1 : -1]
    names = (("incident", 20), ("day", 13), ("level", 8), ("score", 15), ("why", 20), ("place", 24))
    rest: Text = pen.say("past.rest", n=pen.count(len(shown), "起", alike)) if len(shown) < len(related) else ()
    return Table(
        id="past_incidents",
        caption=pen.words("past.caption"),
        columns=tuple(Column(pen.word(f"past_head.{name}"), width) for name, width in names),
        rows=tuple(_related_row(pen, each) for each in shown),
        note=rest,
    )


def _related_row(pen: Pen, each: Related) -> tuple[Text, ...]:
    record = each.filed.record
    version = _Version(record=record, package=each.filed.place)
    head, score = record.head, version.source("score")
    low, high = (pen.score(value, basis(what, "见该事件报告", score)) for what, value in (("评分下限", record.score.low), ("评分上限", record.score.high)))
    shown = (
        pen.say("past.unrated", low=low, high=high)
        if head.total is None
        else pen.say("past.score", total=pen.score(head.total, basis("综合评分", "见该事件报告", version.source("head.total"))), low=low, high=high)
    )
    why: list[Text] = []
    if each.why in ("type", "both"):
        why.append(pen.words("past.same_type"))
    if each.causes:
        why.append(pen.say("past.same_cause", causes=joined([(pen.typed(item.content),) for item in each.causes], "、")))
    return (
        (pen.typed(head.event or each.filed.incident),),
        DASH if head.day is None else (pen.full_day(head.day, basis("事件日期", "爆发时点所在日", version.source("head.day"))),),
        (pen.code("level", head.level),) if head.level else DASH,
        shown,
        joined(why),
        (Quoted(each.filed.place),),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """One of the two versions and where its figures stand."""

    record: Record
    package: str

    def source(self, name: str) -> ArchivedField:
        return ArchivedField(package=self.package, field=f"record.{name}")


def revision_sections(pen: Pen, past: PastReviews | None) -> tuple[Section, ...]:
    """The appendix of what changed since the archived version; () where there is none."""
    if past is None or past.revision is None:
        return ()
    found = past.revision
    before = _Version(record=found.earlier.record, package=found.earlier.place)
    now = _Version(record=found.now, package="本版（findings.json）")
    blocks = [*_figures(pen, before, now), *_lines(pen, found, (before, now)), *_actions(pen, found)]
    made = pen.full_day(before.record.head.made_at.date(), basis("上一版生成日期", "归档时记录", before.source("head.made_at")))
    lead = pen.body("revision.lead" if blocks else "revision.same", place=Quoted(found.earlier.place), made=made)
    return (Section(id="appendix.revision", level=1, title=pen.words("revision.title"), blocks=(lead, *blocks), page_break=True),)


def _figures(pen: Pen, before: _Version, now: _Version) -> list[Block]:
    """The headline figures that print otherwise than they did."""
    rows = [
        (pen.words(f"revision_figure.{name}"), _cell(pen, name, before), _cell(pen, name, now))
        for name in _FIGURES
        if _printed(_value(name, before.record)) != _printed(_value(name, now.record))
    ]
    if not rows:
        return []
    names = (("figure", 30), ("before", 35), ("now", 35))
    columns = tuple(Column(pen.word(f"past_head.{name}"), width) for name, width in names)
    return [Table(id="revision_figures", caption=pen.words("revision.figures_caption"), columns=columns, rows=tuple(rows))]


_FIGURES = (
    "rows", "incident_type", "level", "onset", "total", "range", "coverage", "grade", "red_lines", "first_response", "formal_plan", "peak", "day_one", "normal",
    "solved",
)  # fmt: skip


def _value(name: str, record: Record) -> object:
    """What is compared of a figure; None where unknown."""
    head, score = record.head, record.score
    values: dict[str, object] = {
        "rows": record.rows, "incident_type": head.incident_type, "level": head.level, "onset": record.onset_at, "total": head.total,
        "range": (score.low, score.high), "coverage": score.coverage, "grade": head.grade, "red_lines": score.red_lines,
        "first_response": record.first_response, "formal_plan": record.formal_plan, "peak": record.peak, "day_one": record.day_one, "normal": record.normal,
        "solved": record.solved_24h,
    }  # fmt: skip
    return values[name]


def _printed(value: object) -> object:
    """The value as far as it is printed, so that a row never shows twice the same."""
    match value:
        case ShareFigure(grade="model"):
            return tenths(value.share, value.level_error or 0.0), value.n
        case ShareFigure():
            return (*(round(each, PRINTED) for each in (value.share, value.low, value.high)), value.n)
        case Timing():
            return value.state, _printed(value.hours)
        case tuple():
            return tuple(_printed(each) for each in value)
        case float():
            return round(value, PRINTED)
        case _:
            return value


def _cell(pen: Pen, name: str, version: _Version) -> Text:
    """The figure as printed; — where unknown."""
    record = version.record
    what = basis(pen.word(f"revision_figure.{name}"), "复盘记录", version.source(_FIELDS.get(name, name)))
    value = _value(name, record)
    if value is None or value == ():
        return DASH
    match value:
        case Timing():
            return _timing(pen, value, what)
        case ShareFigure():
            n = pen.count(value.n, "条", what)
            interval: Text = () if value.grade == "model" else (pen.interval(value.low, value.high, what), Words("，"))
            return pen.say("revision.share", share=printed(pen, value, value.share, what), interval=interval, n=n)
        case NormalTime():
            return _normal(pen, value, what)
        case _:
            return _plain(pen, name, record, what)


_FIELDS = {
    "level": "head.level", "incident_type": "head.incident_type", "onset": "onset_at", "total": "head.total", "range": "score", "coverage": "score.coverage",
    "grade": "head.grade", "red_lines": "score.red_lines", "solved": "solved_24h",
}  # fmt: skip


def _plain(pen: Pen, name: str, record: Record, what: Basis) -> Text:
    head, score = record.head, record.score
    if name == "rows" and record.rows is not None:
        return (pen.count(record.rows, "条", what),)
    if name in ("level", "incident_type"):
        code = head.level if name == "level" else head.incident_type
        return DASH if code is None else (pen.code(name, code),)
    if name == "onset" and record.onset_at is not None:
        return (pen.when(record.onset_at, what),)
    if name == "total" and head.total is not None:
        return (pen.score(head.total, what),)
    if name == "range":
        return (pen.score(score.low, what), Words("–"), pen.score(score.high, what))
    if name == "coverage":
        return (pen.share(score.coverage, what, 0),)
    if name == "grade" and head.grade is not None:
        return (pen.setting(head.grade),)
    if name == "red_lines":
        return joined([(pen.code("red_line", ident),) for ident in score.red_lines], "、")
    if name == "solved" and record.solved_24h is not None:
        k, n = record.solved_24h
        return (pen.text_claim(f"{k}/{n}", "k/n", what),)
    raise ValueError(f"no way to print {name}")


def _timing(pen: Pen, timing: Timing, what: Basis) -> Text:
    if timing.state == "measured" and timing.hours is not None:
        return (pen.duration(timedelta(hours=timing.hours), what),)
    return pen.words(f"revision.{timing.state}") if timing.state in ("never", "excused") else DASH


def _normal(pen: Pen, normal: NormalTime, what: Basis) -> Text:
    if normal.state == "never_above" or normal.hours is None:
        return pen.words("revision.never_above")
    hours = pen.duration(timedelta(hours=normal.hours), what)
    return (hours,) if normal.state == "returned" else pen.say("revision.at_least", hours=hours)


def _lines(pen: Pen, found: Revision, versions: tuple[_Version, _Version]) -> list[Block]:
    """The score line by line where one rubric holds for both; else why not."""
    if found.lines is None:
        before, now = (Quoted(each.record.head.rubric_version) for each in versions)
        return [Paragraph(text=pen.say("revision.other_rubric", before=before, now=now), style="note")]
    if not found.lines:
        return []
    names = (("line", 40), ("before", 30), ("now", 30))
    return [
        Table(
            id="revision_lines",
            caption=pen.words("revision.lines_caption"),
            columns=tuple(Column(pen.word(f"past_head.{name}"), width, "left" if name == "line" else "right") for name, width in names),
            rows=tuple(_line_row(pen, each, versions) for each in found.lines),
        )
    ]


def _line_row(pen: Pen, change: LineChange, versions: tuple[_Version, _Version]) -> tuple[Text, ...]:
    criterion = change.now.criterion
    cells: list[Text] = []
    for line, version in zip((change.before, change.now), versions, strict=True):
        if line.score is None:
            cells.append(pen.words("revision.not_applicable" if line.state == "not_applicable" else "revision.unassessable"))
        else:
            cells.append((pen.score(line.score, basis(f"{criterion.name}得分", "按保存的指标输入计分", version.source(f"score.inputs {criterion.ident}"))),))
    return ((pen.setting(criterion.name),), *cells)


def _actions(pen: Pen, found: Revision) -> list[Block]:
    if not found.added and not found.removed:
        return []
    names = (("change", 16), ("no", 14), ("action", 70))
    rows = tuple(
        (pen.words(f"revision.{change}"), (pen.typed(ident),), (pen.typed(item.content),))
        for change, items in (("added", found.added), ("removed", found.removed))
        for ident, item in items
    )
    columns = tuple(Column(pen.word(f"past_head.{name}"), width) for name, width in names)
    return [Table(id="revision_actions", caption=pen.words("revision.actions_caption"), columns=columns, rows=rows)]
