"""Text in columns on a terminal, where a Chinese character takes two; what is said of stopped work."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

INTERRUPTED: Final = "已中断；没有写完的结果不保留"


def columns(text: str) -> int:
    """How many columns a line takes; a character of ambiguous width, as the quotation marks “”, takes two as in a Chinese font."""
    return sum(2 if unicodedata.east_asian_width(mark) in "WFA" else 1 for mark in text)


def padded(text: str, width: int) -> str:
    """The text with spaces behind it up to this many columns."""
    return text + " " * (width - columns(text))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows with their columns in line; line breaks and control characters become spaces."""
    clean = [["".join(" " if unicodedata.category(mark)[0] == "C" else mark for mark in cell) for cell in row] for row in (heads, *rows)]
    widths = [max(columns(row[i]) for row in clean) for i in range(len(heads))]
    return "\n".join("  ".join(map(padded, row, widths)).rstrip() for row in clean)
