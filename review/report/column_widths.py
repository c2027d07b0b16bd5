"""How wide the columns of a table are: as the chapter wished, moved so that no head and no number is broken, and then so that the table is short.

Widths are measured in em of the table's text; they are the same for print, screen and Word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Final

from review.report.document import OPENING, Column, Num, Ref, Strong, Table, Text, string
from review.report.theme import Theme

PADDING_PT: Final = 11.0  # left and right of a cell: 10 points in report.css, 9 in Word, and what rounding takes
MM_PER_POINT: Final = 25.4 / 72
NARROW: Final = 0.57  # of a full-width character: a digit or Latin letter of the report's fonts
SPACE: Final = 0.27
CLOSING: Final = "》〉」』】)）]”’，、；。"
# All in em, judged by eye on the pages of the sample:
LEAST: Final = 0.5
LONGEST_HEAD: Final = 8.0  # a longer head stands on two lines
LONGEST_NUMBER: Final = 13.0  # a longer one (a range of two times) may break
WHOLE: Final = (4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0)  # cells up to so long are kept on one line: what is tried
SHORT: Final = 12.0  # a cell no longer than this that breaks is as bad as one more line
AIR: Final = 1.0  # beside the longest cell of a column that gives room away
PIECE: Final = re.compile(r"(?P<squares>[\u2e80-\uffef]+)|(?P<space>\s+)|(?P<word>[^\s\u2e80-\uffef]+)")
ORPHAN: Final = 1.5  # the last line of a head that holds one character


@dataclass(frozen=True, slots=True)
class Cell:
    """Widths in em: on one line; of its longest number; and of its pieces, words whole and squares (True), between any two of which a line may end."""

    full: float
    number: float
    pieces: tuple[tuple[float, bool], ...]

    def lines(self, width: float) -> int:
        """How many lines it fills, each filled as far as it goes."""
        if self.full <= width + 1e-6:
            return 1
        lines, at, squares = 1, 0.0, max(1, floor(width))
        for piece, parted in self.pieces:
            if at + piece <= width:
                at += piece
            elif parted:
                rest = piece - floor(width - at)
                more = ceil(rest / squares)
                lines, at = lines + more, rest - (more - 1) * squares
            else:
                more = ceil(piece / width)
                lines, at = lines + more - (at == 0.0), piece - (more - 1) * width
        return lines


@dataclass(frozen=True, slots=True)
class Measured:
    """One column in em, without padding."""

    head: float
    cells: tuple[Cell, ...]

    @property
    def least(self) -> float:
        """Its head, or half of a long one, and its longest number."""
        head = self.head if self.head <= LONGEST_HEAD else self.head / 2
        return max([head, *(cell.number for cell in self.cells if cell.number <= LONGEST_NUMBER)])

    @property
    def full(self) -> float:
        return max([self.least, *(cell.full for cell in self.cells)])

    def need(self, whole: float) -> float:
        """So wide that no cell of up to `whole` em is broken either."""
        return max([self.least, *(cell.full for cell in self.cells if cell.full <= whole)])


def fitted(table: Table, theme: Theme) -> Table:
    """The table with the widths at which it is printed, as shares of a hundred.

    Heads and numbers stay whole where the page is wide enough for all of them; among the widths that keep them the shortest table is taken, and among those
    the one nearest to what the chapter wished for. Where the page is too narrow the wish stands.
    """
    page = theme.page
    room = (page.landscape_text_width_mm if table.landscape else page.text_width_mm) / MM_PER_POINT / theme.sizes.table
    padding = PADDING_PT / theme.sizes.table
    total = sum(column.width for column in table.columns) or 1.0
    wishes = [max(LEAST, room * column.width / total - padding) for column in table.columns]
    measured = [_measured(column, [row[i] for row in table.rows]) for i, column in enumerate(table.columns)]
    tried = [moved for wished in (wishes, _tight(wishes, measured)) for whole in (*WHOLE, 0.0) if (moved := _moved(wished, measured, whole)) is not None]
    widths = min(tried, key=lambda widths: _badness(widths, measured), default=wishes)
    filled = sum(widths) + padding * len(widths)
    shares = [round(100 * (width + padding) / filled, 2) for width in widths]
    return replace(table, columns=tuple(replace(column, width=share) for column, share in zip(table.columns, shares, strict=True)))


def em(text: str) -> float:
    """Width of a line of text: what takes three bytes in UTF-8 fills a square."""
    square, spaces = (len(text.encode("utf-8", "replace")) - len(text)) / 2, text.count(" ")
    return square + SPACE * spaces + NARROW * max(0.0, len(text) - square - spaces)


def _measured(column: Column, cells: Sequence[Text]) -> Measured:
    return Measured(em(column.head), tuple(map(_cell, cells)))


def _cell(text: Text) -> Cell:
    shown = string(text)
    pieces = tuple((em(piece[0]), piece.lastgroup == "squares") for piece in PIECE.finditer(shown))
    return Cell(em(shown), max(_numbers(text), default=0.0), pieces)


def _numbers(cell: Text) -> list[float]:
    """Width of each number of a cell, with the marks it carries along."""
    found = []
    for i, span in enumerate(cell):
        if isinstance(span.inner if isinstance(span, Strong) else span, Num | Ref):
            before = i > 0 and cell[i - 1].text.endswith(tuple(OPENING))
            after = i + 1 < len(cell) and cell[i + 1].text.startswith(tuple(CLOSING))
            found.append(em(span.text) + before + after)
    return found


def _tight(wishes: Sequence[float], measured: Sequence[Measured]) -> list[float]:
    """The wishes, the room that columns of short cells do not fill given to those of long ones."""
    kept = [min(wish, column.full + AIR) if column.full <= WHOLE[-1] else wish for wish, column in zip(wishes, measured, strict=True)]
    flowing = sum(wish for wish, column in zip(wishes, measured, strict=True) if column.full > WHOLE[-1])
    part = (sum(wishes) - sum(kept)) / flowing if flowing > 0 else 0.0
    return [width * (1 + part) if column.full > WHOLE[-1] else width for width, column in zip(kept if flowing > 0 else wishes, measured, strict=True)]


def _moved(wishes: Sequence[float], measured: Sequence[Measured], whole: float) -> list[float] | None:
    """The wishes, what some columns lack taken from those that have it to spare; None where there is not enough.

    First goes what a column has beyond its longest cell, then what it has beyond its need, each in proportion.
    """
    needs = [column.need(whole) for column in measured]
    if sum(needs) > sum(wishes):
        return None
    widths = [max(wish, need) for wish, need in zip(wishes, needs, strict=True)]
    for floors in ([column.full for column in measured], needs):
        over = sum(widths) - sum(wishes)
        spare = [max(0.0, width - floor) for width, floor in zip(widths, floors, strict=True)]
        part = min(1.0, over / sum(spare)) if sum(spare) else 0.0
        widths = [width - each * part for width, each in zip(widths, spare, strict=True)]
    return widths


def _badness(widths: Sequence[float], measured: Sequence[Measured]) -> int:
    """Two for each line that the head and the rows fill, one for each short cell that is broken, two for a head that leaves a character alone."""
    lines: list[list[int]] = []
    ugly = 0
    for width, column in zip(widths, measured, strict=True):
        filled = [cell.lines(width) for cell in column.cells]
        lines.append([ceil(column.head / width - 1e-6), *filled])
        ugly += sum(n > 1 and cell.full <= SHORT for n, cell in zip(filled, column.cells, strict=True))
        ugly += 2 * (0.0 < column.head % width < ORPHAN < column.head)
    rows: list[tuple[int, ...]] = list(zip(*lines, strict=True))
    return 2 * sum(map(max, rows)) + ugly
