"""What one department needs of a review: its actions with due dates, the causes they answer, and the evidence as typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from review.incident.case import CaseItem
from review.incident.evidence import SettingKey
from review.record import Record
from review.report.claims import ClaimBook, check_numbers
from review.report.compose.cause_text import typed
from review.report.compose.numbering import numbered
from review.report.compose.plan_text import day
from review.report.document import DASH, Column, Cover, Document, Section, Table, Text, string
from review.report.numbers import NumberStyle
from review.report.pen import CLOCK, Pen, basis
from review.report.phrases import phrases_of
from review.report.privacy import Masks
from review.report.theme import Theme
from review.settings.thresholds import Thresholds
from review.settings.vocabulary import read_vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A department's actions by stable id; None: those without a department."""

    department: str | None
    actions: tuple[tuple[str, CaseItem], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractWriting:
    """How to write: time of the build (aware), zone, and the thresholds of who is named and how much is quoted."""

    made_at: datetime
    zone: str
    thresholds: Thresholds


def extracts(actions: Sequence[tuple[str, CaseItem]]) -> tuple[Extract, ...]:
    """One extract a department, by name; actions without one last."""
    names = sorted({item.department for _, item in actions}, key=lambda name: (name is None, name or ""))
    return tuple(Extract(department=name, actions=tuple(each for each in actions if each[1].department == name)) for name in names)


def compose_extract(record: Record, extract: Extract, theme: Theme, writing: ExtractWriting) -> Document:
    """The document of one department."""
    phrases, thresholds = phrases_of(theme), writing.thresholds
    pen = Pen(
        phrases=phrases,
        book=ClaimBook(theme.language),
        masks=Masks(
            public_names=record.public_names,
            named_followers=thresholds.accounts.named_followers,
            language=theme.language,
        ),
        style=NumberStyle(display=theme.display, zone=writing.zone, year=None if record.head.day is None else record.head.day.year, language=theme.language),
        vocabulary=read_vocabulary(),
        longest_quote=thresholds.voices.longest_quote,
    )
    name: Text = (pen.typed(extract.department),) if extract.department else pen.words("share.no_department")
    title = pen.say("share.title", event=pen.typed(record.head.event or record.head.incident), department=name)
    found = basis("本部门行动数", "计数", *(item.source for _, item in extract.actions), SettingKey(file="findings.json", key="record.items"))
    count = pen.count(len(extract.actions), "项", found)
    summary = Section(id="summary", level=1, title=pen.words("share.summary"), blocks=(pen.lead("share.lead", department=name, n=count),))
    chapter = Section(
        id="share.actions",
        level=1,
        title=pen.words("share.actions"),
        blocks=(_actions(pen, extract), *_causes(pen, record, extract)),
    )
    summary, chapters, _ = numbered(theme, summary, (chapter,), ())
    document = Document(
        language=theme.language.tag,
        title=string(title),
        author="",
        subject=pen.word("share.subtitle"),
        header=(pen.word("header.left"), pen.word("header.right")),
        made_at=writing.made_at,
        cover=Cover(
            title=title,
            subtitle=pen.words("share.subtitle"),
            facts=((pen.words("qcover.made"), (pen.full_day(writing.made_at.date(), basis("生成日期", "生成的时间", CLOCK)),)),),
            marking=pen.words("qcover.marking"),
        ),
        summary=summary,
        sections=chapters,
        appendices=(),
    )
    check_numbers(document, pen.book.claims, phrases.terms)
    return document


def _actions(pen: Pen, extract: Extract) -> Table:
    names = (("no", 9), ("measure", 35), ("owner", 11), ("due", 13), ("criterion", 20), ("status", 12))
    return Table(
        id="share_actions",
        caption=pen.words("share.actions"),
        columns=tuple(Column(pen.word(f"head.{name}"), width) for name, width in names),
        rows=tuple(
            (
                (pen.typed(ident),),
                (pen.typed(item.content),),
                typed(pen, item.owner),
                day(pen, item.due, f"“{ident}”截止日期", item.source),
                typed(pen, "；".join(text for text in (item.criterion, item.target) if text)),
                (pen.code("action_status", item.status),) if item.status else DASH,
            )
            for ident, item in extract.actions
        ),
    )


def _causes(pen: Pen, record: Record, extract: Extract) -> tuple[Table, ...]:
    """The causes that the department's actions answer, with their evidence as typed."""
    wanted = {name for _, item in extract.actions for name in item.related}
    causes = [item for item in record.items if item.kind in ("deep_cause", "surface_cause") and item.ident in wanted]
    if not causes:
        return ()
    return (
        Table(
            id="share_causes",
            caption=pen.words("share.causes"),
            columns=(Column(pen.word("head.no"), 10), Column(pen.word("head.content"), 50), Column(pen.word("head.evidence"), 40)),
            rows=tuple((typed(pen, item.ident), (pen.typed(item.content),), typed(pen, item.basis)) for item in causes),
        ),
    )
