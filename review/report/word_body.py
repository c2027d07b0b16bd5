"""The body of the DOCX as WordprocessingML, block by block. One string is built and parsed once: tables of thousands of rows stay fast."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, assert_never
from unicodedata import east_asian_width

from review.report.document import (
    Block,
    Bullets,
    Callout,
    Document,
    Figure,
    Paragraph,
    Section,
    Slot,
    Table,
    Text,
    Tiles,
    pieces,
    slot_lines,
    string,
    walk,
)
from review.report.theme import MM_PER_POINT, Theme
from review.report.word_slots import control_titles, slot_tag
from review.report.word_styles import BULLETS, twips
from review.report.word_text import Marks, attribute, code, paragraph, run, runs

NAMESPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
EMU_PER_MM: Final = 36000
HALF_WIDTH: Final = 0.6  # of a full-width character: a bold Latin letter or digit
PARAGRAPHS: Final = {"body": "ReviewBody", "lead": "ReviewLead", "gap": "ReviewGap", "note": "ReviewNote"}
CALLOUTS: Final = {"finding": "ReviewFinding", "caution": "ReviewCaution", "decision": "ReviewDecision"}
SUFFIX: Final = {"left": "", "right": "Right", "center": "Center"}
CONTENTS: Final = "目录"
LOGO: Final = "cover:logo"  # its key among the drawings; no figure's id
KEEP: Final = "<w:keepNext/>"
LAST: Final = "_ReviewEnd"  # bookmark of the last paragraph
LISTED: Final = "_ReviewListed"  # bookmark of what the contents list: all but the summary before them


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture or chart that is already in the package."""

    relation: str
    chart: bool
    width_mm: float
    height_mm: float


class BodyWriter:
    """Writes one body; keeps what runs through it: counters, the page's orientation."""

    def __init__(self, theme: Theme, marks: Marks, drawings: Mapping[str, Drawing], edges: Mapping[str, str]) -> None:
        self.theme = theme
        self.marks = marks
        self.drawings = drawings
        self.edges = edges
        self.ordered = 0
        self._drawn = 0
        self._landscape = False
        self._fresh = True  # at the top of a page
        self._started = False  # whether the body's first Word section has been closed: only that one sets page 1
        self._bookmarked: set[str] = set()
        self._titles: Mapping[str, str] = {}

    def body(self, document: Document, pages: Mapping[str, str]) -> str:
        """Everything inside w:body: cover, summary, contents, sections, appendices."""
        self._titles = control_titles(document)
        pieces = [self._cover(document), self._section_end("cover")]
        pieces.append(self._block(document.summary))
        index = len(self.marks.names) + 1
        opening = f'<w:bookmarkStart w:id="{index + 1}" w:name="{LISTED}"/>'
        pieces += [self._contents(document, pages), paragraph("ReviewBreak", opening, self._properties("front"))]
        self._fresh = True
        pieces += [self._block(section) for section in (*document.sections, *document.appendices)]
        end = f'<w:bookmarkEnd w:id="{index + 1}"/><w:bookmarkStart w:id="{index}" w:name="{LAST}"/><w:bookmarkEnd w:id="{index}"/>'
        pieces.append(paragraph("ReviewBreak", end))
        pieces.append(self._properties("body"))
        return "".join(pieces)

    # pages

    def _properties(self, part: str) -> str:
        """sectPr: cover without header and footer, front matter in roman numbers, the body from page 1."""
        page = self.theme.page
        refs = ""
        numbers = ""
        if part == "front":
            refs = self._edge_refs("front")
            numbers = '<w:pgNumType w:fmt="lowerRoman" w:start="1"/>'
        elif part == "body":
            refs = self._edge_refs("body")
            numbers = "" if self._started else '<w:pgNumType w:fmt="decimal" w:start="1"/>'
            self._started = True
        width, height = twips(page.width_mm), twips(page.height_mm)
        top, right, bottom, left = (twips(value) for value in (page.top_mm, page.right_mm, page.bottom_mm, page.left_mm))
        if self._landscape and part == "body":
            refs = self._edge_refs("body", "wide")
            size = f'<w:pgSz w:w="{height}" w:h="{width}" w:orient="landscape"/>'
            top, right, bottom, left = left, top, right, bottom
        else:
            size = f'<w:pgSz w:w="{width}" w:h="{height}"/>'
        margins = f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="{twips(13)}" w:footer="{twips(12)}" w:gutter="0"/>'
        return f'<w:sectPr>{refs}<w:type w:val="nextPage"/>{size}{margins}{numbers}</w:sectPr>'

    def _edge_refs(self, footer: str, header: str = "header") -> str:
        return f'<w:headerReference w:type="default" r:id="{self.edges[header]}"/><w:footerReference w:type="default" r:id="{self.edges[footer]}"/>'

    def _section_end(self, part: str) -> str:
        return paragraph("ReviewBreak", "", self._properties(part))

    def _turn(self, landscape: bool) -> str:
        """A section break where the page must turn."""
        if landscape == self._landscape:
            return ""
        end = self._section_end("body")
        self._landscape = landscape
        self._fresh = True
        return end

    # front matter

    def _cover(self, document: Document) -> str:
        cover = document.cover
        facts = "".join(
            f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{self._cell(paragraph('ReviewCoverLabel', runs(label, self.marks)), 30)}"
            f"{self._cell(paragraph('ReviewCoverValue', runs(value, self.marks)), self.theme.page.text_width_mm - 30)}</w:tr>"
            for label, value in cover.facts
        )
        table = self._table("ReviewPlain", [30, self.theme.page.text_width_mm - 30], facts) if cover.facts else ""
        subtitle = paragraph("Subtitle", runs(cover.subtitle, self.marks))
        logo = paragraph("ReviewLogo", self._inline(self.drawings[LOGO], document.header[0], document.header[0])) if LOGO in self.drawings else ""
        return logo + paragraph("Title", self._title(cover.title)) + subtitle + table + paragraph("ReviewMarking", runs(cover.marking, self.marks))

    def _title(self, title: Text) -> str:
        """The title with its lines broken between its pieces, as Word would break them inside a word."""
        room = self.theme.page.text_width_mm / MM_PER_POINT / self.theme.sizes.cover_title  # in full-width characters
        written, used = "", 0.0
        for piece in pieces(title):
            width = sum(1.0 if east_asian_width(each) in "WFA" else HALF_WIDTH for each in string(piece))
            if used and used + width > room:
                written, used = written + run("\n"), 0.0
            written, used = written + runs(piece, self.marks), used + width
        return written

    def _contents(self, document: Document, pages: Mapping[str, str]) -> str:
        """The table of contents: a field over headings 1 and 2 after it, filled with what it will show, in the control by which Word can update it."""
        field = f' TOC \\o "1-2" \\h \\z \\u \\b {LISTED} '
        begin = f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">{field}</w:instrText></w:r>'
        begin += '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        listed = [block for block in walk(*document.sections, *document.appendices) if isinstance(block, Section) and block.level <= 2]
        entries = []
        for index, section in enumerate(listed):
            name = self.marks.names[section.id][0]
            page = pages.get(section.id, "")
            shown = run(section.number + string(section.title))
            if page:
                shown += "<w:r><w:tab/></w:r>" + code(f"PAGEREF {name} \\h", page)
            inner = f'<w:hyperlink w:anchor="{name}" w:history="1">{shown}</w:hyperlink>'
            entries.append(paragraph(f"TOC{section.level}", (begin if index == 0 else "") + inner + (end if index == len(listed) - 1 else "")))
        head = paragraph("TOCHeading", run(self.theme.language.own(CONTENTS)), "<w:pageBreakBefore/>")
        return (
            f'<w:sdt><w:sdtPr><w:id w:val="{_stable(CONTENTS)}"/><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/>'
            "</w:docPartObj></w:sdtPr>"
            f"<w:sdtContent>{head}{''.join(entries)}</w:sdtContent></w:sdt>"
        )

    # blocks

    def _blocks(self, blocks: tuple[Block, ...]) -> str:
        return "".join(self._block(block, noted=_is_note(following)) for block, following in zip_longest(blocks, blocks[1:]))

    def _block(self, block: Block, *, noted: bool = False) -> str:
        """noted: a note follows, which is not parted from what it tells of."""
        turn = self._turn(_is_landscape(block))
        match block:
            case Section():
                shown = self._section(block)
            case Paragraph():
                shown = self._paragraph(block, block.announces or noted)
            case Bullets():
                shown = self._bullets(block, noted)
            case Table():
                shown = self._captioned_table(block)
            case Figure():
                shown = self._figure(block)
            case Callout():
                shown = self._callout(block)
            case Slot():
                shown = self._slot(block)
            case Tiles():
                shown = self._tiles(block)
            case _:
                assert_never(block)
        self._fresh = False
        return turn + shown

    def _section(self, section: Section) -> str:
        page = "<w:pageBreakBefore/>" if section.page_break and not self._fresh else ""
        if section.level == 1 and (section.page_break or self._fresh):
            page += '<w:spacing w:before="0"/>'  # Word keeps the style's space above at the head of a page
        self._fresh = False
        heading = paragraph(f"Heading{section.level}", self._marked(section.id, run(section.number) + runs(section.title, self.marks)), page)
        match section.blocks:
            case (Paragraph() as opening, following, *_) if not isinstance(following, Section):  # what opens a section is not parted from the rest
                return heading + self._paragraph(opening, keep=True) + self._blocks(section.blocks[1:])
        return heading + self._blocks(section.blocks)

    def _paragraph(self, block: Paragraph, keep: bool) -> str:
        return paragraph(PARAGRAPHS[block.style], runs(block.text, self.marks), KEEP if keep else "")

    def _marked(self, target: str, inner: str) -> str:
        if target in self._bookmarked:
            return inner
        self._bookmarked.add(target)
        return self.marks.bookmark(target, inner)

    def _bullets(self, bullets: Bullets, keep: bool) -> str:
        style, number = "ListBullet", ""
        if bullets.ordered:
            self.ordered += 1
            style, number = "ListNumber", f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{BULLETS + self.ordered}"/></w:numPr>'
        last = len(bullets.items) - 1
        kept = [KEEP if (keep if index == last else bullets.together) else "" for index in range(last + 1)]
        return "".join(paragraph(style, runs(item, self.marks), before + number) for item, before in zip(bullets.items, kept, strict=True))

    def _caption(self, style: str, block: Table | Figure) -> str:
        number = run(block.number)
        if block.id not in self._bookmarked:
            self._bookmarked.add(block.id)
            number = self.marks.number(block.id, block.number)
        keep = KEEP if isinstance(block, Figure) and block.note else ""  # a note stands under its figure
        return paragraph(style, number + (run(" ") if block.number else "") + runs(block.caption, self.marks), keep)

    def _captioned_table(self, table: Table) -> str:
        room = self.theme.page.landscape_text_width_mm if table.landscape else self.theme.page.text_width_mm
        total = sum(column.width for column in table.columns)
        widths = [room * column.width / total for column in table.columns]
        head = "".join(
            self._cell(paragraph(f"ReviewTableHead{SUFFIX[column.align]}", run(column.head), KEEP), width)
            for column, width in zip(table.columns, widths, strict=True)
        )
        rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"]
        styles = [f"ReviewTableText{SUFFIX[column.align]}" for column in table.columns]
        emphasis, last = frozenset(table.emphasis), len(table.rows) - 1
        # a table is parted between three rows and three, one too short for that between two and two, as in print
        together = {0, last - 1} | ({1, last - 2} if last >= 5 else set())
        together = together - {last} | ({last} if table.note else set())
        for index, row in enumerate(table.rows):
            strong, keep = "Strong" if index in emphasis else "", KEEP if index in together else ""
            written = zip(row, styles, widths, strict=True)
            cells = "".join(self._cell(paragraph(style, runs(cell, self.marks, strong), keep), width) for cell, style, width in written)
            rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
        after = paragraph("ReviewNote", runs(table.note, self.marks)) if table.note else paragraph("ReviewAfterTable", "")
        return self._caption("ReviewTableCaption", table) + self._table("ReviewTable", widths, "".join(rows)) + after

    def _table(self, style: str, widths: list[float], rows: str) -> str:
        grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths)
        # bands of rows are switched on: ours have none, those of a house may
        head, band, bits = ("1", "0", "0420") if style == "ReviewTable" else ("0", "1", "0600")
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(twips(width) for width in widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:val="{bits}" w:firstRow="{head}" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="{band}" w:noVBand="1"/>'
            f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )

    def _cell(self, inner: str, width: float) -> str:
        return f'<w:tc><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/></w:tcPr>{inner}</w:tc>'

    def _figure(self, figure: Figure) -> str:
        shown = self._inline(self.drawings[figure.id], f"{figure.number} {string(figure.caption)}", string(figure.alt))
        note = paragraph("ReviewFigureNote", runs(figure.note, self.marks)) if figure.note else ""
        return paragraph("ReviewFigure", shown) + self._caption("Caption", figure) + note

    def _inline(self, drawing: Drawing, title: str, description: str) -> str:
        """A run with the drawing in the line."""
        self._drawn += 1
        width, height = round(drawing.width_mm * EMU_PER_MM), round(drawing.height_mm * EMU_PER_MM)
        name, alt = attribute(title), attribute(description)
        extent = f'<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/>'
        if drawing.chart:
            content = f'<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{drawing.relation}"/></a:graphicData>'
        else:
            content = (
                f'<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
                f'<pic:cNvPr id="{self._drawn}" name={name}/>'
                f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{drawing.relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
                f'<pic:spPr><a:xfrm>{extent}</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
            )
        return (
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
            f'<wp:docPr id="{self._drawn}" name={name} descr={alt}/><wp:cNvGraphicFramePr/><a:graphic>{content}</a:graphic></wp:inline></w:drawing></w:r>'
        )

    def _callout(self, callout: Callout) -> str:
        title = paragraph("ReviewCalloutTitle", runs(callout.title, self.marks))
        items = "".join(paragraph("ReviewCalloutItem", runs(item, self.marks)) for item in callout.items)
        width = self.theme.page.text_width_mm
        row = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{self._cell(title + items, width)}</w:tr>"
        return self._table(CALLOUTS[callout.kind], [width], row) + paragraph("ReviewAfterTable", "")

    def _tiles(self, tiles: Tiles) -> str:
        if not tiles.items:
            return ""
        width = self.theme.page.text_width_mm / len(tiles.items)
        cells = []
        for tile in tiles.items:
            note = paragraph("ReviewTileNote", runs(tile.note, self.marks)) if tile.note else ""
            inner = paragraph("ReviewTileLabel", runs(tile.label, self.marks)) + paragraph("ReviewTileValue", runs(tile.value, self.marks)) + note
            cells.append(self._cell(inner, width))
        row = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"
        return self._table("ReviewTiles", [width] * len(tiles.items), row) + paragraph("ReviewAfterTable", "")

    def _slot(self, slot: Slot) -> str:
        """A content control by which the slot is found again. An unfilled one is a placeholder: a click selects it, typing replaces it."""
        filled = bool(slot.text)
        placeholder = "" if filled else "<w:showingPlcHdr/>"
        style = "" if filled else "PlaceholderText"
        inner = "".join(paragraph("ReviewSlot", runs(line, self.marks, style)) for line in slot_lines(slot))
        title = attribute(self._titles[slot.id])
        return (
            f'<w:sdt><w:sdtPr><w:alias w:val={title}/><w:tag w:val={attribute(slot_tag(slot))}/><w:id w:val="{_stable(slot.id)}"/>{placeholder}</w:sdtPr>'
            f"<w:sdtContent>{inner}</w:sdtContent></w:sdt>"
        )


def _is_note(block: Block | None) -> bool:
    return isinstance(block, Paragraph) and block.style == "note"


def _is_landscape(block: Block) -> bool:
    """Whether a block must start on a landscape page: a wide table, or a section that opens with one (its heading must not stay behind)."""
    if isinstance(block, Section):
        return bool(block.blocks) and _is_landscape(block.blocks[0])
    return isinstance(block, Table) and block.landscape


def _stable(name: str) -> int:
    """A positive 31-bit id out of a name: the same in every build."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") & 0x7FFFFFFF or 1
