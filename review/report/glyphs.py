"""Characters of a document that the report's fonts cannot draw, with where they stand: told before rendering, never dropped."""

from dataclasses import dataclass

from review.report.claims import cover_texts, texts_of
from review.report.coverage import coverage
from review.report.document import Document, Figure, Section, Table, parts, string, walk
from review.report.theme import Theme
from review.report.visible import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingGlyph:
    """A character neither report font has, and the places it stands in (封面, 章节 or 图表编号), in reading order, each once.

    A renderer falls back to a font of the system, if one has it; without one a box is printed in its place.
    """

    character: str
    places: tuple[str, ...]

    def __str__(self) -> str:
        return f"“{self.character}”（U+{ord(self.character):04X}）：{'、'.join(self.places)}；报告字体中没有此字，将用系统字体代替"


def missing_glyphs(document: Document, theme: Theme) -> tuple[MissingGlyph, ...]:
    """The characters without a glyph, in code point order; () for a document that the shipped fonts draw whole. Texts inside charts are apart."""
    known = coverage(theme.fonts.regular_file, theme.fonts.emoji_file)
    places: dict[str, dict[str, None]] = {}

    def look(text: str, place: str) -> None:
        for character in set(visible(text)):
            if ord(character) not in known:
                places.setdefault(character, {})[place] = None

    for text in cover_texts(document.cover):
        look(string(text), "封面")
    place = ""
    for block in walk(*parts(document)):
        if isinstance(block, Section):
            place = f"{block.number}{string(block.title)}".strip()
        here = block.number if isinstance(block, Table | Figure) and block.number else place
        for text in texts_of(block):
            look(string(text), here)
        if isinstance(block, Table):
            for column in block.columns:
                look(column.head, here)
    return tuple(MissingGlyph(character=character, places=tuple(where)) for character, where in sorted(places.items()))
