"""Rows of cells (a sheet, an HTML table) → RawTable: header found, blank rows and columns dropped, merged cells filled down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import pyarrow as pa

from review.incident.tables import ROW_NUMBER
from review.intake.abreast import abreast, line_above
from review.intake.delimited import frame_of
from review.intake.header import header_names
from review.intake.layout import Place, cell_text, name_of, places_of
from review.intake.raw import RawTable, Source
from review.settings.aliases import Aliases
from review.settings.formats import Formats


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of a file: its name (None where the container has none), its cells row by row, merged ranges (first row, last row, column), all 0-based, and what
    the reader noticed about it."""

    name: str | None
    container: str
    rows: Sequence[Sequence[Any]]
    merged: tuple[tuple[int, int, int], ...] = ()
    warnings: tuple[str, ...] = ()


def tables_of(source: Source, sheet: Sheet, aliases: Aliases, formats: Formats) -> tuple[RawTable, ...]:
    """The tables of a sheet, from top to bottom and from left to right; none where it is blank or nothing in it looks like one."""
    places = places_of(sheet.rows, aliases, formats.recognition)
    ends = (0, *(place.end for place in places))
    made = [table for end, place in zip(ends, places, strict=False) for table in _tables_at(source, sheet, (end, place), aliases)]
    return tuple(replace(table, sheet=name_of(sheet.name, number)) for number, table in enumerate(made, 1))


def _tables_at(source: Source, sheet: Sheet, at: tuple[int, Place], aliases: Aliases) -> tuple[RawTable, ...]:
    """The table at a place, or those that stand side by side there; with the place goes the row behind the table before it."""
    before, place = at
    index, header = place.row, header_names(place.head)
    width = len(header)
    body = sheet.rows[index + 1 : place.end]
    columns = [_column([row[i] if i < len(row) else None for row in body]) for i in range(width)]
    for first, last, column in sheet.merged:
        if index < first < place.end and column < width:
            columns[column] = _filled_down(columns[column], first - index - 1, last - index - 1)
    used = [i for i in range(width) if header[i] or columns[i].null_count < len(columns[i])]
    columns, header = [columns[i] for i in used], tuple(header[i] for i in used)
    filled = pd.Series(False, index=range(len(body)))
    for column in columns:
        filled |= ~pd.Series(column.is_null().to_pandas(), index=filled.index)
    kept = pa.array(filled[filled].index.to_numpy())
    table = RawTable(
        file=source.name,
        sheet=sheet.name,
        sha256=source.sha256,
        container=sheet.container,
        encoding=None,
        delimiter=None,
        header_row=index + 1,
        header_guessed=place.guessed,
        title=place.title,
        header=header,
        cells=frame_of([column.take(kept) for column in columns]),
        rows=pd.Series(kept.to_numpy() + index + 2, dtype=ROW_NUMBER),
        warnings=sheet.warnings,
    )
    above = line_above(sheet.rows, index, before)
    return abreast(table, [above[i] if i < len(above) else "" for i in used], aliases)


def _column(values: list[Any]) -> pa.Array:
    try:
        made = pa.array(values, pa.large_string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([cell_text(value) for value in values], pa.large_string())  # a Python loop: mixed cells have no common Arrow type
    return pa.array([value or None for value in values], pa.large_string()) if "" in values else made


def _filled_down(column: pa.Array, first: int, last: int) -> pa.Array:
    values = column.to_pylist()
    values[first : last + 1] = [values[first]] * len(values[first : last + 1])
    return pa.array(values, pa.large_string())
