"""The columns of a table that have something to say."""

from collections.abc import Sequence

from review.report.compose.account_words import DASH
from review.report.document import Column, Text

Told = tuple[tuple[Column, ...], tuple[tuple[Text, ...], ...]]


def with_something(columns: Sequence[Column], rows: Sequence[tuple[Text, ...]]) -> Told:
    """(columns, rows) without the columns that are — in every row: what was collected of nobody is told in a note, not in an empty column."""
    kept = [place for place in range(len(columns)) if any(row[place] != DASH for row in rows)]
    return tuple(columns[place] for place in kept), tuple(tuple(row[place] for place in kept) for row in rows)
