"""Rows of cells (a sheet, an HTML table) → RawTable: header found, blank rows and columns dropped, merged cells filled down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from review.incident.tables import ROW_NUMBER
from review.intake.delimited import frame_of
from review.intake.header import find_header, guess_header, header_names
from review.intake.raw import RawTable, Source
from review.settings.aliases import Aliases
from review.settings.formats import Formats, Recognition

_EXACT: Final = 10**15
"""A spreadsheet number has 15 digits; a larger one is shown as 5.70306E+17, so that an id it destroyed is seen to be destroyed."""


_LONGEST_HEADER: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of a file: its name (None where the container has none), its cells row by row, merged ranges (first row, last row, column), all 0-based, and what
    the reader noticed about it."""

    name: str | None
    container: str
    rows: Sequence[Sequence[Any]]
    merged: tuple[tuple[int, int, int], ...] = ()
    warnings: tuple[str, ...] = ()


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


def tables_of(source: Source, sheet: Sheet, aliases: Aliases, formats: Formats) -> tuple[RawTable, ...]:
    """The tables of a sheet, from top to bottom; none where it is blank or nothing in it looks like one.

    A row below a table that is itself full of headers, and of other ones, begins the next; that is named after the sheet and its place in it.
    """
    rules, rows = formats.recognition, sheet.rows
    head = [[cell_text(value) for value in row] for row in rows[: rules.header_rows]]
    found = find_header(head, aliases, rules)
    index = found.index if found is not None else guess_header(head, rules)
    if index is None:
        return ()
    starts = sorted({index, *(row for row in _header_rows(rows, aliases, rules) if row > index or any(_filled(each) > 1 for each in rows[row + 1 : index]))})
    kept = [starts[0]]
    for row in starts[1:]:
        same = _texts(rows[row]) == _texts(rows[kept[-1]])
        if not same and not (row == kept[-1] + 1 and _joined(rows, kept[-1], aliases)):
            kept.append(row)
    made = []
    for place, (first, end) in enumerate(zip(kept, [*kept[1:], len(rows)], strict=True), 1):
        while place < len(kept) and end > first + 1 and _filled(rows[end - 1]) < 2:
            end -= 1  # blank rows, and the next table's title
        name = sheet.name if place == 1 else f"{sheet.name or ''}（第{place}个表）"
        below = _joined(rows, first, aliases) if first + 1 < end else None
        if below is not None:
            table = _table_at(source, (sheet, name), below, (first + 1, end))
        else:
            above = _joined(rows, first - 1, aliases) if first else None
            table = _table_at(source, (sheet, name), above or [cell_text(value) for value in rows[first]], (first, end))
        made.append(replace(table, header_guessed=found is None))
    return tuple(made)


def _header_rows(rows: Sequence[Sequence[Any]], aliases: Aliases, rules: Recognition) -> list[int]:
    """The rows in which nearly every filled cell is a known header, and no two are the same."""
    found = []
    # A Python loop over rows, as the reader gives them; most are told by a first cell that is a number, a date, or too long for a header.
    for index, row in enumerate(rows):
        first = next((value for value in row if value is not None and value != ""), None)
        if not isinstance(first, str) or len(first) > _LONGEST_HEADER or first[0].isdigit() or not aliases.knows(first):
            continue
        cells = [cell for cell in _texts(row) if cell]
        hits = sum(aliases.knows(cell) for cell in cells) if len(set(cells)) == len(cells) and max(map(len, cells)) <= _LONGEST_HEADER else 0
        if hits >= max(rules.least_hits, rules.later_share * len(cells)):
            found.append(index)
    return found


def _joined(rows: Sequence[Sequence[Any]], upper: int, aliases: Aliases) -> list[str | None] | None:
    """The header that this row and the one below make together, None where they make none: known headers below groups (互动数据 over 点赞, 评论, 转发), and
    beside the groups known headers of columns without parts.
    """
    groups, parts = ([cell or None for cell in _texts(rows[at])] for at in (upper, upper + 1))
    width = max(len(groups), len(parts))
    groups, parts = groups + [None] * (width - len(groups)), parts + [None] * (width - len(parts))
    below = [cell for cell in parts if cell]
    grouped = any(part and not group for group, part in zip(groups, parts, strict=True))
    alone = [group for group, part in zip(groups, parts, strict=True) if group and not part]
    if len(below) < 2 or not grouped or not alone or not all(aliases.knows(cell) for cell in (*below, *alone)):
        return None
    return [part or group for group, part in zip(groups, parts, strict=True)]


def _texts(row: Sequence[Any]) -> list[str]:
    return [(cell_text(value) or "").strip() for value in row]


def _filled(row: Sequence[Any]) -> int:
    return sum(value is not None and value != "" for value in row)


def _table_at(source: Source, place: tuple[Sheet, str | None], head: Sequence[str | None], span: tuple[int, int]) -> RawTable:
    """The table with this header, whose rows stand between these two rows of the sheet: the header's (last) row, and the one behind the table."""
    (sheet, name), (index, end) = place, span
    header = header_names(head)
    width = len(header)
    body = sheet.rows[index + 1 : end]
    columns = [_column([row[i] if i < len(row) else None for row in body]) for i in range(width)]
    for first, last, column in sheet.merged:
        if index < first < end and column < width:
            columns[column] = _filled_down(columns[column], first - index - 1, last - index - 1)
    used = [i for i in range(width) if header[i] or columns[i].null_count < len(columns[i])]
    columns, header = [columns[i] for i in used], tuple(header[i] for i in used)
    filled = pd.Series(False, index=range(len(body)))
    for column in columns:
        filled |= ~pd.Series(column.is_null().to_pandas(), index=filled.index)
    kept = pa.array(filled[filled].index.to_numpy())
    return RawTable(
        file=source.name,
        sheet=name,
        sha256=source.sha256,
        container=sheet.container,
        encoding=None,
        delimiter=None,
        header_row=index + 1,
        header=header,
        cells=frame_of([column.take(kept) for column in columns]),
        rows=pd.Series(kept.to_numpy() + index + 2, dtype=ROW_NUMBER),
        warnings=sheet.warnings,
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
