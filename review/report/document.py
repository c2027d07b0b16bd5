"""The report as a small closed tree of finished text. Numbers, dates, captions and numbering are strings before a renderer sees them.

Blocks: Section, Paragraph, Bullets, Table, Figure, Callout, Slot, Tiles. Renderers `match` on them and end in `assert_never`. Body text of HTML, PDF, DOCX
and `plain_text` is equal, by test; contents, page numbers, headers, footers and text inside charts are apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from review.report.chart_data import ChartData, Picture

DIGIT: Final = re.compile(r"\d")


class StrayNumberError(ValueError):
    """A number typed into words without a claim: what the number gate refuses."""


OPENING: Final = "《〈「『【(（[“‘"


@dataclass(frozen=True, slots=True)
class Words:
    """Our own words. They hold no digit: a number gets into text only by way of a claim."""

    text: str

    def __post_init__(self) -> None:
        if DIGIT.search(self.text):
            raise StrayNumberError(f"a number without a claim in {self.text!r}")


@dataclass(frozen=True, slots=True)
class Num:
    """The display of a claim."""

    claim: str
    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Text out of the input, shown as it is (a quote, a name, a typed sentence); already masked where it must be."""

    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """Numbering (图2-1, ①) or a fixed term with digits in its name (24 小时解决率); made by `numbering` and the phrase book only."""

    text: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A cross-reference to a table, figure or section by id; its text (表2-1) is set when the document is numbered."""

    target: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Strong:
    """Emphasised words or numbers."""

    inner: "Words | Num | Quoted | Label"

    @property
    def text(self) -> str:
        return self.inner.text


Span = Words | Num | Quoted | Label | Ref | Strong
Text = tuple[Span, ...]

DASH: Final[Text] = (Words("—"),)
"""What a cell says where there is no value."""

ParagraphStyle = Literal["body", "lead", "gap", "note"]
"""body: 段首缩进两字; lead: the conclusion that opens a section; gap: what was not obtained; note: small print under a table or figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    text: Text
    style: ParagraphStyle = "body"

    @property
    def announces(self) -> bool:
        """Whether it ends with a colon: it stays on the page of what follows."""
        return bool(self.text) and self.text[-1].text.endswith("：")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """together: a list that stays on one page (where it is no longer than a page)."""

    items: tuple[Text, ...]
    ordered: bool = False
    together: bool = False


Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: head, alignment, and width as a share of the table (shares need not sum to 1)."""

    head: str
    width: float
    align: Align = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Caption above (表2-1 …), repeatable head, rows that are never cut across pages. emphasis: indexes of rows set bold (totals)."""

    id: str
    caption: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]
    note: Text = ()
    number: str = ""  # '' in the summary: a caption alone
    landscape: bool = False
    emphasis: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"table {self.id}: a row does not have {len(self.columns)} cells")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Caption below (图2-1 …). alt states the finding in words. chart: what is drawn, or a picture as it is. note: the one error note a chart may have."""

    id: str
    caption: Text
    alt: Text
    chart: ChartData | Picture
    note: Text = ()
    number: str = ""


CalloutKind = Literal["finding", "caution", "decision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout:
    """A boxed remark with a short title."""

    kind: CalloutKind
    title: Text
    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A number beside a slot: what it is, how it is printed, both in Simplified Chinese whatever the report's language, and a digest of the rows it comes
    from ('' for none).
    """

    what: str
    display: str
    rows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for human judgement, with a stable id (a content control in DOCX). text empty: shown as the prompt in brackets, e.g. 【待确认】…

    name: what a person calls the place; evidence: the numbers it was judged on. Both travel in the DOCX, so that an edited one can be read back.
    """

    id: str
    prompt: Text
    text: Text = ()
    name: str = ""
    evidence: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    label: Text
    value: Text
    note: Text = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """A row of two to six key figures."""

    items: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """level 1: chapter (一、危机概述 or 附录A …), 2: subsection (（一）…), 3: run-in head. number is its finished numbering, '' for none."""

    id: str
    level: Literal[1, 2, 3]
    title: Text
    blocks: tuple["Block", ...]
    number: str = ""
    page_break: bool = False


Block = Section | Paragraph | Bullets | Table | Figure | Callout | Slot | Tiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Title lines and (label, value) facts of the cover. No grade stands on it."""

    title: Text
    subtitle: Text
    facts: tuple[tuple[Text, Text], ...]
    marking: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report. summary is one page; sections are the body (body page 1 is the first section); appendices follow.

    header: running head (left unit name, right 内部资料); language: BCP 47; made_at: the build's time (`--at`), aware.
    """

    language: str
    title: str
    author: str
    subject: str
    header: tuple[str, str]
    made_at: datetime
    cover: Cover
    summary: Section
    sections: tuple[Section, ...]
    appendices: tuple[Section, ...]


def parts(document: Document) -> tuple[Section, ...]:
    """Summary, body and appendices in reading order."""
    return (document.summary, *document.sections, *document.appendices)


def walk(*blocks: Block) -> Iterator[Block]:
    """Every block in reading order, sections before their content."""
    for block in blocks:
        yield block
        if isinstance(block, Section):
            yield from walk(*block.blocks)


def pieces(text: Text) -> tuple[Text, ...]:
    """The text in parts between which a title's line may break: span by span, an opening mark with what follows."""
    groups: list[list[Span]] = [[]]
    for span in text:
        if groups[-1] and not groups[-1][-1].text.endswith(tuple(OPENING)):
            groups.append([])
        groups[-1].append(span)
    return tuple(map(tuple, groups))


def string(text: Text) -> str:
    """The characters of a text."""
    return "".join(span.text for span in text)


def slot_text(slot: Slot) -> Text:
    """What a slot shows: its text, else its prompt."""
    return slot.text or slot.prompt


def slot_lines(slot: Slot) -> tuple[Text, ...]:
    """What a slot shows, a text a paragraph: people type paragraphs into it."""
    lines: list[list[Span]] = [[]]
    for span in slot_text(slot):
        if isinstance(span, Quoted) and "\n" in span.text:
            first, *rest = span.text.split("\n")
            lines[-1].append(Quoted(first))
            lines += [[Quoted(piece)] for piece in rest]
        else:
            lines[-1].append(span)
    return tuple(tuple(line) for line in lines if string(tuple(line)).strip()) or ((),)


def plain_text(document: Document) -> str:
    """The body as plain text, one line a paragraph, cell or caption: what every renderer must show, in this order."""
    lines = [string(document.cover.title), string(document.cover.subtitle)]
    lines += [f"{string(label)}\t{string(value)}" for label, value in document.cover.facts]
    lines.append(string(document.cover.marking))
    for block in walk(*parts(document)):
        match block:
            case Section():
                lines.append(block.number + string(block.title))
            case Paragraph():
                lines.append(string(block.text))
            case Bullets():
                lines += [string(item) for item in block.items]
            case Table():
                lines.append(f"{block.number} {string(block.caption)}".strip())
                lines.append("\t".join(column.head for column in block.columns))
                lines += ["\t".join(string(cell) for cell in row) for row in block.rows]
                if block.note:
                    lines.append(string(block.note))
            case Figure():
                lines.append(f"{block.number} {string(block.caption)}".strip())
                if block.note:
                    lines.append(string(block.note))
            case Callout():
                lines.append(string(block.title))
                lines += [string(item) for item in block.items]
            case Slot():
                lines += map(string, slot_lines(block))
            case Tiles():
                for tile in block.items:
                    lines += [string(tile.label), string(tile.value)] + ([string(tile.note)] if tile.note else [])
    return "\n".join(line for line in lines if line) + "\n"
