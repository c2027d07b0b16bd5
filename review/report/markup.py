"""The body of a document as HTML markup: one way from blocks to tags for the screen and for print."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, assert_never

from markupsafe import Markup, escape

from review.report.chart_data import Picture
from review.report.document import (
    Block,
    Bullets,
    Callout,
    Document,
    Figure,
    Label,
    Num,
    Paragraph,
    Quoted,
    Ref,
    Section,
    Slot,
    Span,
    Strong,
    Table,
    Text,
    Tiles,
    Words,
    pieces,
    slot_lines,
)
from review.report.theme import Theme
from review.report.visible import visible

if TYPE_CHECKING:
    from jinja2 import Environment

RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")


def environment(theme: Theme) -> "Environment":
    """Jinja over the `html` folders of the theme, the user's first; everything that is not Markup is escaped."""
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined  # nothing before the first page needs it

    loader = ChoiceLoader([FileSystemLoader(folder / "html", encoding="utf-8") for folder in theme.folders])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def style_sheet(theme: Theme, name: str) -> Markup:
    """A style sheet of the theme, ready to stand in a <style> element."""
    text = theme.file(f"html/{name}").read_text(encoding="utf-8")
    return Markup(text.replace("</", "<\\/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes blocks as markup. macros: the macros of blocks.html; number: markup of a claim's display; picture: address of a figure's drawing."""

    macros: Any
    number: Callable[[Num], str]
    picture: Callable[[Figure], str]

    def text(self, text: Text) -> Markup:
        """Spans as inline markup."""
        return Markup("".join(map(self.span, text)))

    def span(self, span: Span) -> str:
        match span:
            case Num():
                return self.number(span)
            case Words() | Label():
                return escape(visible(span.text))
            case Quoted():
                shown = visible(span.text)
                return f"<bdi>{escape(shown)}</bdi>" if RIGHT_TO_LEFT.search(shown) else escape(shown)
            case Ref():
                return f'<a class="ref" href="#{escape(span.target)}">{escape(visible(span.text))}</a>'
            case Strong():
                return f"<strong>{self.span(span.inner)}</strong>"
            case _:
                assert_never(span)

    def texts(self, texts: tuple[Text, ...]) -> list[Markup]:
        return [self.text(text) for text in texts]

    def blocks(self, blocks: tuple[Block, ...]) -> Markup:
        """Blocks in order, nested ones inside theirs."""
        return Markup("\n").join(map(self.block, blocks))

    def block(self, block: Block) -> Markup:
        macros = self.macros
        match block:
            case Section():
                wide = bool(block.blocks) and isinstance(block.blocks[0], Table) and block.blocks[0].landscape  # its head stands on the turned page too
                made = macros.section(block, self.text(block.title), self.blocks(block.blocks), wide)
            case Paragraph():
                made = macros.paragraph(f"{block.style} announces" if block.announces else block.style, self.text(block.text))
            case Bullets():
                made = macros.bullets(self.texts(block.items), block.ordered, block.together)
            case Table():
                total = sum(column.width for column in block.columns) or 1.0
                columns = [(visible(column.head), f"{100 * column.width / total:.4g}%", column.align) for column in block.columns]
                made = macros.table(block, self.text(block.caption), columns, [self.texts(row) for row in block.rows], self.text(block.note))
            case Figure():
                alt = "".join(visible(span.text) for span in block.alt)
                width = f"{block.chart.width_mm:.4g}mm" if isinstance(block.chart, Picture) else ""  # a drawing knows its size
                made = macros.figure(block, self.text(block.caption), alt, (self.picture(block), width), self.text(block.note))
            case Callout():
                made = macros.callout(block.kind, self.text(block.title), self.texts(block.items))
            case Slot():
                made = macros.slot(block.id, self.texts(slot_lines(block)), bool(block.text))
            case Tiles():
                made = macros.tiles([(self.text(tile.label), self.figure_value(tile.value), self.text(tile.note)) for tile in block.items])
            case _:
                assert_never(block)
        return Markup(made)

    def cover(self, document: Document) -> Markup:
        """Title, facts and marking of the cover."""
        cover = document.cover
        facts = [(self.text(label), self.text(value)) for label, value in cover.facts]
        return Markup(self.macros.cover(self.title(cover.title), self.text(cover.subtitle), facts, self.text(cover.marking)))

    def title(self, text: Text) -> Markup:
        """Inline markup whose lines break between spans rather than inside one; an opening mark stays with what follows."""
        return Markup("").join(Markup('<span class="piece">{}</span>').format(self.text(group)) for group in pieces(text))

    def figure_value(self, text: Text) -> Markup:
        """The value of a tile: numbers large, words such as units small."""
        return Markup("").join(
            Markup('<span class="unit">{}</span>').format(self.text((span,))) if isinstance(span, Words) else self.text((span,)) for span in text
        )

    def contents(self, document: Document) -> Markup:
        """The contents: chapters and their subsections, body and appendices."""
        entries = [
            (section.id, section.level, section.number, self.plain(section.title))
            for chapter in (*document.sections, *document.appendices)
            for section in (chapter, *(block for block in chapter.blocks if isinstance(block, Section) and block.level == 2))
        ]
        return Markup(self.macros.contents(document.language, entries))

    def plain(self, text: Text) -> str:
        """The characters of a text without markup."""
        return "".join(visible(span.text) for span in text)
