"""Delimited text (csv, tsv, txt) → RawTable: delimiter, header row, records read by Arrow, records that do not fit set aside (quirks 1, 2, 13, 16, 20, 26)."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from review.incident.import_log import Rejection
from review.incident.tables import ROW_NUMBER
from review.intake.cells import text_series
from review.intake.encoding import Text, read_text
from review.intake.header import find_header, guess_header, header_names
from review.intake.raw import NotATable, RawTable, Source
from review.settings.aliases import Aliases
from review.settings.formats import Formats

DELIMITERS: Final = (",", "\t", ";", "|")
_HEAD: Final = 1 << 20
"""Bytes looked at for delimiter and header: twenty rows with long texts fit."""

_BLOCK: Final = 32 << 20
"""Arrow's block: a record must fit into one; larger than the longest cell that is allowed."""

_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The first records under one delimiter: cells, and the byte offset at which each record ends."""

    delimiter: str
    rows: list[list[str]]
    ends: list[int]


def read_delimited(source: Source, aliases: Aliases, formats: Formats) -> RawTable:
    """The table of a text file. Raises NotATable where the bytes are no text, or nothing in them looks like a table."""
    text = read_text(source.data, formats.limits.damaged_share)
    if text is None:
        raise NotATable("不是文本，也不是认识的表格文件")
    if not bytes(text.utf8[:_HEAD]).strip():
        raise NotATable("空文件")
    head, index, known = _layout(text, aliases, formats)
    header = header_names(head.rows[index])
    if len(header) > formats.limits.columns:
        raise NotATable(f"有 {len(header)} 列，超过上限 {formats.limits.columns} 列")
    warnings = []
    if text.damaged:
        warnings.append(f"有 {text.damaged} 个字符无法解码，以“\ufffd”代替")
    if text.nul:
        warnings.append("含空字符（NUL），已去除")
    cells, numbers, broken = _records(memoryview(text.utf8)[head.ends[index] :], head.delimiter, header, (source, formats, index + 1))
    return RawTable(
        file=source.name,
        sheet=None,
        sha256=source.sha256,
        container="csv",
        encoding=text.encoding,
        delimiter=head.delimiter,
        header_row=index + 1,
        header_guessed=not known,
        header=header,
        cells=cells,
        rows=numbers,
        warnings=tuple(warnings),
        broken=tuple(broken),
    )


def _layout(text: Text, aliases: Aliases, formats: Formats) -> tuple[_Head, int, bool]:
    """(first records under the best delimiter, index of the header, whether it was recognised)."""
    start = bytes(text.utf8[:_HEAD]).decode("utf-8", "ignore")
    heads = [_head(start, delimiter, formats.recognition.header_rows) for delimiter in DELIMITERS]
    best: tuple[int, int, _Head] | None = None
    for head in heads:
        found = find_header(head.rows, aliases, formats.recognition)
        if found is not None and (best is None or found.hits > best[0]):
            best = (found.hits, found.index, head)
    if best is not None:
        return best[2], best[1], True
    widest = max(heads, key=lambda head: _steady_width(head.rows))
    index = guess_header(widest.rows, formats.recognition) if _steady_width(widest.rows) >= 2 else None
    if index is None:
        raise NotATable("文本中没有认出表格（没有表头）")
    return widest, index, False


def _steady_width(rows: Sequence[Sequence[str]]) -> int:
    """The width at least half of the rows share, else 0: prose with commas has none."""
    widths = [len(row) for row in rows]
    if len(widths) < 2:
        return 0
    width = max(set(widths), key=lambda w: (widths.count(w), w))
    return width if width >= 2 and widths.count(width) * 2 >= len(widths) else 0


def _head(start: str, delimiter: str, count: int) -> _Head:
    """The first `count` records with the byte offsets of their ends. Blank lines are no records, as for Arrow."""
    mark = re.escape(delimiter)
    field = rf'(?:"(?:[^"]|"")*+"[^{mark}\r\n]*+|[^{mark}\r\n]*+)'
    record = re.compile(rf"{field}(?:{mark}{field})*+(\r\n|\n|\r|\Z)")
    rows: list[list[str]] = []
    ends: list[int] = []
    at = taken = 0
    while at < len(start) and len(rows) < count + 1:
        match = record.match(start, at)
        if match is None or match.end() == at:
            break
        taken += len(match[0].encode())
        line = match[0][: len(match[0]) - len(match[1])]
        at = match.end()
        if line:
            rows.append(_split(line, delimiter))
            ends.append(taken)
    return _Head(delimiter=delimiter, rows=rows, ends=ends)


def _split(record: str, delimiter: str) -> list[str]:
    csv.field_size_limit(1 << 30)
    return next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter), [])


def _records(body: memoryview, delimiter: str, header: tuple[str, ...], place: tuple[Source, Formats, int]) -> tuple[pd.DataFrame, pd.Series, list[Rejection]]:
    source, formats, header_row = place
    width = len(header)
    odd: list[tuple[int | None, str]] = []

    def set_aside(row: arrow_csv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    def read(*, threads: bool) -> pa.Table:
        odd.clear()
        return arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            read_options=arrow_csv.ReadOptions(column_names=[str(i) for i in range(width)], use_threads=threads, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=set_aside),
            convert_options=arrow_csv.ConvertOptions(
                column_types={str(i): pa.large_string() for i in range(width)},
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=True,
                check_utf8=False,
            ),
        )

    if not len(bytes(body[:64]).strip()) and not bytes(body).strip():
        return frame_of([pa.nulls(0, pa.large_string())] * width), pd.Series([], dtype=ROW_NUMBER), []
    try:
        table = read(threads=True)
        if odd:  # only a serial read tells the numbers of the records it set aside
            table = read(threads=False)
    except pa.ArrowInvalid as error:
        raise NotATable(f"有一条记录超过 {_BLOCK >> 20} MB（引号没有闭合，或单元格过大）") from error
    limit = formats.limits.cell_megabytes << 20
    columns = []
    for i in range(width):
        column = table.column(i)
        if len(column) and (pc.max(pc.binary_length(column)).as_py() or 0) > limit:
            raise NotATable(f"“{header[i]}”列有单元格超过 {formats.limits.cell_megabytes} MB")
        columns.append(column)
    kept = np.setdiff1d(np.arange(1, table.num_rows + len(odd) + 1), [number for number, _ in odd])
    del table
    fitted, broken = _mend([(number or 0, record) for number, record in odd], delimiter, width, kept.size, formats.limits.ragged_share)
    if fitted:
        columns = [
            pa.chunked_array([*column.chunks, pa.array([cells[i] or None for _, cells in fitted], pa.large_string())]) for i, column in enumerate(columns)
        ]
        kept = np.concatenate([kept, np.array([number for number, _ in fitted])])
        order = np.argsort(kept, kind="stable")
        columns, kept = [column.take(pa.array(order)) for column in columns], kept[order]
    rejections = [
        Rejection(kind="row", file=source.name, sheet=None, row=number + header_row, column=None, value=text[:_SHOWN], reason=reason)
        for number, text, reason in broken
    ]
    return frame_of(columns), pd.Series(kept + header_row, dtype=ROW_NUMBER), rejections


def _mend(
    odd: list[tuple[int, str]], delimiter: str, width: int, good: int, ragged_share: float
) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str, str]]]:
    """(records that fit after all, records that do not: number, text, reason).

    Extra cells that are all empty are dropped. Short records are filled up where so many are short that the writer trims trailing blanks. A record that
    swallowed line ends behind a stray quote is read again from its second line on; what that gives keeps the swallowing record's number.
    """
    fitted: list[tuple[int, list[str]]] = []
    broken: list[tuple[int, str, str]] = []
    short: list[tuple[int, list[str], str]] = []
    pending = list(reversed(odd))
    # A Python loop over the records Arrow could not place: damage is rare, and each is looked at on its own.
    while pending:
        number, record = pending.pop()
        cells = _split(record, delimiter)
        if len(cells) == width or (len(cells) > width and not any(cell.strip() for cell in cells[width:])):
            fitted.append((number, cells[:width]))
        elif "\n" in record.strip("\n") and record.count('"') % 2:
            first, rest = record.split("\n", 1)
            pending.append((number, rest))
            broken.append((number, first, "引号没有闭合，与后面的行连在一起"))
        elif len(cells) < width:
            short.append((number, cells, record))
        else:
            broken.append((number, record, f"有 {len(cells)} 个单元格，表头只有 {width} 列"))
    if short and len(short) > ragged_share * (good + len(fitted) + len(short)):
        fitted += [(number, cells + [""] * (width - len(cells))) for number, cells, _ in short]
    else:
        broken += [(number, record, f"只有 {len(cells)} 个单元格，表头有 {width} 列（疑为写入中断或交错）") for number, cells, record in short]
    return fitted, broken


def frame_of(columns: Sequence[pa.Array | pa.ChunkedArray]) -> pd.DataFrame:
    """A frame of `string[pyarrow]` columns 0 … n-1."""
    return pd.DataFrame({i: text_series(column) for i, column in enumerate(columns)}, columns=range(len(columns)), copy=False)
