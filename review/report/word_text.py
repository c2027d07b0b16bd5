"""Text as WordprocessingML: runs, paragraphs, fields, bookmarks. Everything that came from data passes `safe` and stays data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from review.report.document import Block, Document, Figure, Ref, Section, Strong, Table, Text, parts, string, walk
from review.report.visible import unsteered

BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029]")
MARKS: Final = re.compile(r"(\n|\t)")
# punctuation that Word draws in the Latin font unless told otherwise
EAST_ASIAN_PUNCTUATION: Final = re.compile("[“”‘’…—·×±≥≤①-⑳]")
NUMBERED: Final = re.compile(r"([图圖表])(.*-)([0-9]+)")


def safe(text: str) -> str:
    """The text as every format shows it (see visible), with its line ends as \\n and its tabs: those become Word's own marks."""
    return unsteered(BREAKS.sub("\n", text))


def attribute(text: str) -> str:
    """The text as a quoted attribute value, in one line."""
    return quoteattr(" ".join(safe(text).split()))


def run(text: str, style: str = "") -> str:
    """One run; a character style where given. Text is never split over fields or instructions."""
    hint = '<w:rFonts w:hint="eastAsia"/>' if EAST_ASIAN_PUNCTUATION.search(text) else ""
    named = f'<w:rStyle w:val="{style}"/>' if style else ""
    look = f"<w:rPr>{named}{hint}</w:rPr>" if named or hint else ""
    pieces = []
    for piece in MARKS.split(safe(text)):
        if piece == "\n":
            pieces.append("<w:br/>")
        elif piece == "\t":
            pieces.append("<w:tab/>")
        elif piece:
            pieces.append(f'<w:t xml:space="preserve">{escape(piece)}</w:t>')
    return f"<w:r>{look}{''.join(pieces)}</w:r>" if pieces else ""


def code(instruction: str, shown: str, style: str = "") -> str:
    """A field with its result already there. The instruction is ours alone, never data."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(shown, style)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def paragraph(style: str, inner: str, properties: str = "") -> str:
    """A paragraph in a named style; properties: further elements of pPr in schema order (after pStyle)."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{inner}</w:p>'


@dataclass(slots=True)
class Marks:
    """Bookmarks of everything that has a number, named by place in the document, and the SEQ counters that captions have used so far."""

    names: Mapping[str, tuple[str, int, str]]
    used: dict[str, int] = field(default_factory=dict)

    def bookmark(self, target: str, inner: str) -> str:
        """The inner runs inside the target's bookmark."""
        name, index, _ = self.names[target]
        return f'<w:bookmarkStart w:id="{index}" w:name="{name}"/>{inner}<w:bookmarkEnd w:id="{index}"/>'

    def reference(self, ref: Ref) -> str:
        """A cross-reference that Word can update where the bookmarked text is what it shows, a plain link elsewhere, plain text to nothing."""
        if ref.target not in self.names:
            return run(ref.text)
        name, _, number = self.names[ref.target]
        if number and number == ref.text:
            return code(f"REF {name} \\h", ref.text)
        return f'<w:hyperlink w:anchor="{name}" w:history="1">{run(ref.text)}</w:hyperlink>'

    def number(self, target: str, number: str) -> str:
        """A caption's number: 图2- and a SEQ field that counts the figures of the chapter; told its value where the count would differ."""
        found = NUMBERED.fullmatch(number)
        if found is None:
            return self.bookmark(target, run(number))
        kind, chapter, count = found.groups()
        sequence = f"{kind}_{chapter[:-1]}"
        expected = self.used.get(sequence, 0) + 1
        self.used[sequence] = int(count)
        reset = "" if expected == int(count) else f" \\r {int(count)}"
        return self.bookmark(target, run(kind + chapter) + code(f"SEQ {sequence} \\* ARABIC{reset}", count))


def marks_of(document: Document) -> Marks:
    """Bookmark names for all sections, tables and figures. An id that occurs twice is bookmarked the first time only."""
    names: dict[str, tuple[str, int, str]] = {}
    for block in walk(*parts(document)):
        if isinstance(block, Section | Table | Figure) and block.id not in names:
            index = len(names) + 1
            names[block.id] = (f"{'_Toc' if isinstance(block, Section) else '_Ref'}{index:08d}", index, _number(block))
    return Marks(names)


def _number(block: Block) -> str:
    return block.number if isinstance(block, Table | Figure | Section) else ""


def runs(text: Text, marks: Marks, style: str = "") -> str:
    """The spans of a text as runs."""
    shown = []
    for span in text:
        if isinstance(span, Ref):
            shown.append(marks.reference(span))
        elif isinstance(span, Strong):
            shown.append(run(span.text, "Strong"))
        else:
            shown.append(run(span.text, style))
    return "".join(shown)


def plain(text: Text) -> str:
    """The characters of a text as Word holds them."""
    return safe(string(text))
