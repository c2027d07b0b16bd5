"""Rows of cells (a sheet, an HTML table) → RawTable: header found, blank rows and columns dropped, merged cells filled down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from review.incident.tables import ROW_NUMBER
from review.intake.delimited import frame_of
from review.intake.header import find_header, guess_header, header_names
from review.intake.raw import RawTable, Source
from review.settings.aliases import Aliases
from review.settings.formats import Formats

_EXACT: Final = 10**15
"""A spreadsheet number has 15 digits; a larger one is shown as 5.70306E+17, so that an id it destroyed is seen to be destroyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of a file: its name (None where the container has none), its cells row by row, merged ranges (first row, last row, column), all 0-based."""

    name: str | None
    container: str
    rows: Sequence[Sequence[Any]]
    merged: tuple[tuple[int, int, int], ...] = ()


def cell_text(value: Any) -> str | None:
    """A cell's value as text, None where it is empty: whole numbers without .0, dates as RawTable has them."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if abs(value) >= _EXACT:
            return f"{value:.15g}" if isinstance(value, float) else f"{float(value):.15g}"
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if (value.hour, value.minute, value.second) == (0, 0, 0) else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, time):
        return f"{value:%H:%M:%S}"
    return str(round(value.total_seconds())) if isinstance(value, timedelta) else str(value)


def table_of(source: Source, sheet: Sheet, aliases: Aliases, formats: Formats) -> RawTable | None:
    """The sheet as a table; None where it is blank or nothing in it looks like one."""
    rows = sheet.rows
    head = [[cell_text(value) for value in row] for row in rows[: formats.recognition.header_rows]]
    found = find_header(head, aliases, formats.recognition)
    index = found.index if found is not None else guess_header(head, formats.recognition)
    if index is None:
        return None
    header = header_names(head[index])
    width = len(header)
    body = rows[index + 1 :]
    columns = [_column([row[i] if i < len(row) else None for row in body]) for i in range(width)]
    for first, last, column in sheet.merged:
        if first > index and column < width:
            columns[column] = _filled_down(columns[column], first - index - 1, last - index - 1)
    used = [i for i in range(width) if header[i] or columns[i].null_count < len(columns[i])]
    columns, header = [columns[i] for i in used], tuple(header[i] for i in used)
    filled = pd.Series(False, index=range(len(body)))
    for column in columns:
        filled |= ~pd.Series(column.is_null().to_pandas(), index=filled.index)
    kept = pa.array(filled[filled].index.to_numpy())
    return RawTable(
        file=source.name,
        sheet=sheet.name,
        sha256=source.sha256,
        container=sheet.container,
        encoding=None,
        delimiter=None,
        header_row=index + 1,
        header=header,
        cells=frame_of([column.take(kept) for column in columns]),
        rows=pd.Series(kept.to_numpy() + index + 2, dtype=ROW_NUMBER),
        header_guessed=found is None,
    )


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
