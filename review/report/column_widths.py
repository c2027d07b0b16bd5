"""How wide the columns of a table are: as the chapter wished, moved so that no head and no number is broken, and then so that the table is shortest.

Widths are measured in em of the table's text; they are the same for print, screen and Word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from review.report.document import OPENING, Column, Num, Ref, Strong, Table, Text, string
from review.report.theme import MM_PER_POINT, Theme

PADDING_PT: Final = 11.0  # left and right of a cell: 10 points in report.css, 9 in Word, and what rounding takes
NARROW: Final = 0.57  # of a full-width character: a digit or Latin letter of the report's fonts
SPACE: Final = 0.27
IN_WORD: Final = 0.5  # a digit in Word, which sets digits and letters so far apart from full-width characters:
APART: Final = 0.22
CLOSING: Final = "》〉」』】)）]”’，、；。"
SQUARE: Final = "\u2e80"  # from here on characters fill a square and a line may end between two of them
STAYS_AFTER: Final = OPENING + "”’"  # no line ends after one of these: a quotation mark holds what stands on both its sides
STAYS_BEFORE: Final = CLOSING + "：！？～…%％“‘"
# All in em, judged by eye on the pages of the sample:
LEAST: Final = 0.5
LONGEST_HEAD: Final = 8.0  # a longer head stands on two lines
LONGEST_NUMBER: Final = 13.0  # a longer one (a range of two times) may break
WHOLE: Final = (4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0)  # cells up to so long are kept on one line: what is tried
SHORT: Final = 8.0  # each break of a cell no longer than this is as bad as one more line of the table
AIR: Final = 1.0  # beside the longest cell of a column that gives room away
LOOSE: Final = 0.01  # what the rounding of a share may take from a width that just holds its text
STEPS: Final = (0.5, 1.0, 2.0, 4.0)  # so much room is handed from one column to another at a time
ORPHAN: Final = 1.5  # a last line that holds one character
LINE: Final = 2  # what a line of the table counts

Widths = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two places where a line may end. width: in em; gap: of the spaces after it, which fall away at the end of a line; squares: whether
    it is a run of full-width characters, between any two of which a line may end too.
    """

    width: float
    gap: float
    squares: bool


@dataclass(frozen=True)
class Cell:
    """What it shows, and widths in em: on one line, and of its longest number."""

    shown: str
    full: float
    number: float

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        return _pieces(self.shown)

    def lines(self, width: float) -> int:
        """How many lines it fills, each filled as far as it goes."""
        width += LOOSE
        if self.full <= width:
            return 1
        lines, at, squares = 1, 0.0, max(1, floor(width))
        for piece in self.pieces:
            if at + piece.width <= width:
                at += piece.width
            elif piece.squares:
                rest = piece.width - floor(width - at)
                more = ceil(rest / squares)
                lines, at = lines + more, rest - (more - 1) * squares
            else:
                more = ceil(piece.width / width)
                lines, at = lines + more - (at == 0.0), piece.width - (more - 1) * width
            at += piece.gap
        return lines


@dataclass(frozen=True)
class Measured:
    """One column in em, without padding."""

    head: float
    cells: tuple[Cell, ...]
    known: dict[float, tuple[NDArray[np.int64], int]] = field(default_factory=dict)  # what was already set at a width

    def at(self, width: float) -> tuple[NDArray[np.int64], int]:
        """How many lines its head and its cells fill at this width, and how ugly that is."""
        if width not in self.known:
            lines = [ceil((self.head - LOOSE) / width), *(cell.lines(width) for cell in self.cells)]
            ugly = sum(2 * (n - 1) for n, cell in zip(lines[1:], self.cells, strict=True) if cell.full <= SHORT)
            ugly += sum(n == 2 and cell.full - width < ORPHAN for n, cell in zip(lines[1:], self.cells, strict=True))
            ugly += 2 * (0.0 < self.head % width < ORPHAN < self.head)
            self.known[width] = np.array(lines), ugly
        return self.known[width]

    @cached_property
    def least(self) -> float:
        """Its head, or half of a long one, and its longest number."""
        head = self.head if self.head <= LONGEST_HEAD else self.head / 2
        return max([LEAST, head, *(cell.number for cell in self.cells if cell.number <= LONGEST_NUMBER)])

    @cached_property
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
    starts = [moved for wished in (wishes, _tight(wishes, measured)) for whole in (*WHOLE, 0.0) if (moved := _moved(wished, measured, whole)) is not None]
    tried = sorted(dict.fromkeys(map(tuple, starts)), key=lambda widths: _badness(widths, measured))
    if tried and _badness(tried[0], measured) > LINE * (1 + len(table.rows)):  # else no table of so many rows is shorter
        tried = [_shorter(widths, measured) for widths in tried]
    widths = min(tried, key=lambda widths: _badness(widths, measured), default=tuple(wishes))
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
    return Cell(shown, em(shown), max(_numbers(text), default=0.0))


def _pieces(shown: str) -> tuple[Piece, ...]:
    """The text parted where a line may end: after a space and beside a full-width character, but not before a closing mark nor after an opening one."""
    found: list[tuple[float, float, bool]] = []
    start = 0
    for i in range(1, len(shown) + 1):
        if i == len(shown) or _parted(shown[i - 1], shown[i]):
            unit = shown[start:i].rstrip()
            squares = len(unit) == 1 and unit >= SQUARE
            wide = em(unit) if squares or not unit.isalnum() else max(em(unit), IN_WORD * len(unit) + 2 * APART)
            before = 0.0
            if squares and found and found[-1][1:] == (0.0, True):
                before = found.pop()[0]
            found.append((before + wide, SPACE * (i - start - len(unit)), squares))
            start = i
    return tuple(Piece(*each) for each in found)


def _parted(one: str, other: str) -> bool:
    """Whether a line may end between two characters."""
    if one.isspace() or other.isspace():
        return one.isspace() and not other.isspace()
    return (one >= SQUARE or other >= SQUARE) and one not in STAYS_AFTER and other not in STAYS_BEFORE


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


def _shorter(widths: Widths, measured: Sequence[Measured]) -> Widths:
    """The widths, room handed from one column to another for as long as that makes the table shorter; each keeps its head and its numbers.

    Of the steps that save the most the smallest is taken, the first from the left, so that equal tables are equally set.
    """
    best, now = _badness(widths, measured), widths
    while True:
        found = (best, 0.0, now)
        set_at = [column.at(round(width, 3)) for width, column in zip(now, measured, strict=True)]
        ugly = sum(each for _, each in set_at)
        for taker, column in enumerate(measured):
            others = [i for i in range(len(now)) if i != taker]
            beside = _tallest([set_at[i][0] for i in others])  # whoever gives room fills no fewer lines than before
            for step in STEPS:
                filled, its = column.at(round(now[taker] + step, 3))
                rows, looks = np.maximum(beside, filled), ugly - set_at[taker][1] + its
                if LINE * int(rows.sum()) + looks >= found[0]:
                    continue  # whoever gave the room, the table would be no shorter
                for giver in others:
                    if now[giver] - step >= measured[giver].least:
                        left, its = measured[giver].at(round(now[giver] - step, 3))
                        bad = LINE * int(np.maximum(rows, left).sum()) + looks - set_at[giver][1] + its
                        if (bad, step) < found[:2]:
                            moved = [*now]
                            moved[taker], moved[giver] = now[taker] + step, now[giver] - step
                            found = (bad, step, tuple(moved))
        if found[0] == best:
            return now
        best, now = found[0], found[2]


def _badness(widths: Widths, measured: Sequence[Measured]) -> int:
    """Two for each line that the head and the rows fill, each break of a short cell and a head that leaves a character alone, one for a cell that does."""
    set_at = [column.at(round(width, 3)) for width, column in zip(widths, measured, strict=True)]
    return LINE * int(_tallest([filled for filled, _ in set_at]).sum()) + sum(ugly for _, ugly in set_at)


def _tallest(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """How many lines each row fills with these columns."""
    return np.maximum.reduce(columns) if columns else np.zeros(1, np.int64)
