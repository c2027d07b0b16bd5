"""Columns without a value in any row: they are left out of a table, and its note names them."""

from dataclasses import replace
from typing import Final

from review.report.document import DASH, DIGIT, Label, Section, Table, Words, string
from review.report.pen import Pen
from review.report.phrases import joined

ANSWERS: Final = frozenset({"public_wording"})  # where a dash is an answer: no such words were found
LEAST: Final = 2  # columns a table keeps at least


def without_empty_columns(pen: Pen, section: Section) -> Section:
    """The section, its tables without the columns in which every row has a dash."""
    blocks = (
        without_empty_columns(pen, block) if isinstance(block, Section) else _told(pen, block) if isinstance(block, Table) else block
        for block in section.blocks
    )
    return replace(section, blocks=tuple(blocks))


def _told(pen: Pen, table: Table) -> Table:
    kept = [i for i in range(len(table.columns)) if any(string(row[i]) != string(DASH) for row in table.rows)]
    if len(kept) == len(table.columns) or len(kept) < LEAST or table.id in ANSWERS:
        return table
    heads = [column.head for i, column in enumerate(table.columns) if i not in kept]
    named = joined([((Label if DIGIT.search(head) else Words)(head),) for head in heads], "、")
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
        note=(*table.note, *pen.say("table.empty_columns", heads=named)),
    )
