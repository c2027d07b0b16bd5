"""Delimited text (csv, tsv, txt) → RawTables: delimiter, headers, records read by Arrow, records that do not fit set aside (quirks 1, 2, 13, 16, 20, 26)."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from review.incident.import_log import Rejection
from review.incident.tables import ROW_NUMBER
from review.intake.abreast import abreast, line_above
from review.intake.cells import matches, text_series
from review.intake.days import LEAST_DAYS, day_columns, names_days
from review.intake.encoding import Text, read_text
from review.intake.header import find_header, guess_header, header_names
from review.intake.layout import FIGURE, LONGEST_HEADER, Place, is_header, name_of, places_of, texts_of
from review.intake.raw import NotATable, RawTable, Source
from review.settings.aliases import Aliases
from review.settings.formats import Formats, Limits, Recognition

DELIMITERS: Final = (",", "\t", ";", "|")
_HEAD: Final = 1 << 20
"""Bytes looked at for delimiter and header: twenty rows with long texts fit."""

_BLOCK: Final = 32 << 20
"""Arrow's block: a record must fit into one; larger than the longest cell that is allowed."""

_SHOWN: Final = 200
_REPEATS: Final = 1000
"""The most repetitions RE2 takes."""

_SAMPLE: Final = 1000
_FEW: Final = 20
_DIGIT_GROUPS: Final = 2
"""A column has a pattern where a thousand of its cells have at most so many shapes; a piece of a record is one where its cells fit with so many numbers."""

_DIGITS: Final = re.compile("[0-9]+")
_QUOTED: Final = re.compile(r'(?:[^"]|"")*+"')


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The first records under one delimiter: cells, the byte offset at which each record ends, and which of them have a blank line above."""

    delimiter: str
    rows: list[list[str]]
    ends: list[int]
    apart: frozenset[int]


def read_delimited(source: Source, aliases: Aliases, formats: Formats) -> tuple[RawTable, ...]:
    """The tables of a text file, from top to bottom and from left to right.

    Raises NotATable where the bytes are no text, or nothing in them looks like a table.
    """
    text = read_text(source.data, formats.limits.damaged_share)
    if text is None:
        raise NotATable("不是文本，也不是认识的表格文件")
    if not bytes(text.utf8[:_HEAD]).strip():
        raise NotATable("空文件")
    head = _layout(text, aliases, formats)
    places = places_of(head.rows, aliases, formats.recognition, head.apart)
    read = [_read(_body(text, head, places[0]), head.delimiter, places[0].head, formats.limits)] if len(places) == 1 else []
    if not read or _header_below(read[0], head.delimiter, places[0], (aliases, formats.recognition)):
        head = _head(bytes(text.utf8).decode("utf-8", "ignore"), head.delimiter, None)
        places = places_of(head.rows, aliases, formats.recognition, head.apart)
        read = [_read(_body(text, head, place), head.delimiter, place.head, formats.limits) for place in places]
    warnings = []
    if text.damaged:
        warnings.append(f"有 {text.damaged} 个字符无法解码，以替代字符标出")
    if text.nul:
        warnings.append("含空字符（NUL），已去除")
    made: list[RawTable] = []
    before = 0
    for place in places:
        number = len(made) + 1
        name, header = name_of(None, number), header_names(place.head)
        cells, numbers, mended = _records(read.pop(0), _body(text, head, place), head.delimiter, formats.limits.ragged_share)
        broken = [
            Rejection(kind="row", file=source.name, sheet=name, row=at + place.row + 1, column=None, value=record[:_SHOWN], reason=reason)
            for at, record, reason in mended.broken
        ]
        table = RawTable(
            file=source.name,
            sheet=name,
            sha256=source.sha256,
            container="csv",
            encoding=text.encoding,
            delimiter=head.delimiter,
            header_row=place.row + 1,
            header_guessed=place.guessed,
            title=place.title,
            header=header,
            cells=cells,
            rows=numbers + place.row + 1,
            warnings=tuple(warnings) if number == 1 else (),
            broken=tuple(broken),
        )
        blocks = abreast(table, line_above(head.rows, place.row, before), aliases)
        made += (replace(block, sheet=name_of(None, at)) for at, block in enumerate(blocks, number))
        before = place.end
    return tuple(made)


def _layout(text: Text, aliases: Aliases, formats: Formats) -> _Head:
    """The first records under the best delimiter."""
    start = bytes(text.utf8[:_HEAD]).decode("utf-8", "ignore")
    heads = [_head(start, delimiter, formats.recognition.header_rows) for delimiter in DELIMITERS]
    best: tuple[int, _Head] | None = None
    for head in heads:
        found = find_header(head.rows, aliases, formats.recognition)
        if found is not None and (best is None or found.hits > best[0]):
            best = (found.hits, head)
    if best is not None:
        return best[1]
    widest = max(heads, key=lambda head: _steady_width(head.rows))
    days = any(day_columns(row) for row in widest.rows)
    if _steady_width(widest.rows) < 2 or (not days and guess_header(widest.rows, formats.recognition) is None):
        raise NotATable("文本中没有认出表格（没有表头）")
    return widest


def _body(text: Text, head: _Head, place: Place) -> memoryview:
    """The bytes of a table's records; what lies behind the records of the head is part of the last table."""
    end = None if place.end == len(head.rows) else head.ends[place.end - 1]
    return memoryview(text.utf8)[head.ends[place.row] : end]


def _header_below(read: "_Read", delimiter: str, place: Place, known: tuple[Aliases, Recognition]) -> bool:
    """Whether one of the records of a table is the header of another: other headers, or the same again where lines of one cell (titles) stand too."""
    days = day_columns(place.head)[:LEAST_DAYS]
    if days and any(names_days(cells, range(LEAST_DAYS)) for cells in zip(*(read.columns[position].to_pylist() for position in days), strict=True)):
        return True
    rows = np.arange(len(read.columns[0]))
    for column in read.columns:  # few rows of data are left after the first columns: one that holds numbers or dates leaves none
        cells = pc.fill_null(column.take(pa.array(rows)), "")
        short = np.asarray(pc.less_equal(pc.utf8_length(cells), LONGEST_HEADER))
        rows = rows[short & ~matches(cells, FIGURE)]
        if not len(rows):
            break
    records = [[column[row].as_py() or "" for column in read.columns] for row in rows.tolist()]
    records += [_split(record, delimiter) for _, record in read.odd]
    header = texts_of(place.head)
    below = [texts_of(record) == header for record in records if is_header(record, *known)]
    return not all(below) or (bool(below) and _has_lines(read, delimiter))


def _has_lines(read: "_Read", delimiter: str) -> bool:
    """Whether a record holds nothing but one or two cells, as a title does."""
    if any(sum(bool(cell) for cell in texts_of(_split(record, delimiter))) <= 2 for _, record in read.odd):
        return True
    filled = np.zeros(len(read.columns[0]), dtype=np.int64)
    for column in read.columns:
        filled += ~np.asarray(column.is_null())
    return bool(((filled > 0) & (filled <= 2)).any())


def _steady_width(rows: Sequence[Sequence[str]]) -> int:
    """The width at least half of the rows share, else 0: prose with commas has none."""
    widths = [len(row) for row in rows]
    if len(widths) < 2:
        return 0
    width = max(set(widths), key=lambda w: (widths.count(w), w))
    return width if width >= 2 and widths.count(width) * 2 >= len(widths) else 0


def _head(start: str, delimiter: str, count: int | None) -> _Head:
    """The first `count` records (None: all) and one more, with the byte offsets of their ends. Blank lines are no records, as for Arrow."""
    mark = re.escape(delimiter)
    field = rf'(?:"(?:[^"]|"")*+"[^{mark}\r\n]*+|[^{mark}\r\n]*+)'
    record = re.compile(rf"{field}(?:{mark}{field})*+(\r\n|\n|\r|\Z)")
    rows: list[list[str]] = []
    ends: list[int] = []
    apart: set[int] = set()
    at = taken = 0
    while at < len(start) and (count is None or len(rows) <= count):
        match = record.match(start, at)
        if match is None or match.end() == at:
            break
        taken += len(match[0].encode())
        line = match[0][: len(match[0]) - len(match[1])]
        at = match.end()
        if line:
            rows.append(_split(line, delimiter))
            ends.append(taken)
        else:
            apart.add(len(rows))
    return _Head(delimiter=delimiter, rows=rows, ends=ends, apart=frozenset(apart))


def _split(record: str, delimiter: str) -> list[str]:
    csv.field_size_limit(1 << 30)
    return next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter), [])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What Arrow made of a table's records: the columns of those it could place, their numbers (from 1), and (number, text) of the others."""

    columns: list[pa.ChunkedArray]
    kept: np.ndarray
    odd: list[tuple[int, str]]


def _read(body: memoryview, delimiter: str, head: Sequence[str | None], limits: Limits) -> _Read:
    """The records of a table with this header. Raises NotATable where it is too wide, or a cell of it too long."""
    width = len(head)
    if width > limits.columns:
        raise NotATable(f"有 {width} 列，超过上限 {limits.columns} 列")
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
        return _Read(columns=[pa.chunked_array([pa.nulls(0, pa.large_string())])] * width, kept=np.zeros(0, dtype=np.int64), odd=[])
    try:
        table = read(threads=True)
        if odd:  # only a serial read tells the numbers of the records it set aside
            table = read(threads=False)
    except pa.ArrowInvalid as error:
        raise NotATable(f"有一条记录超过 {_BLOCK >> 20} MB（引号没有闭合，或单元格过大）") from error
    limit = limits.cell_megabytes << 20
    columns = []
    for i in range(width):
        column = table.column(i)
        if len(column) and (pc.max(pc.binary_length(column)).as_py() or 0) > limit:
            raise NotATable(f"“{head[i]}”列有单元格超过 {limits.cell_megabytes} MB")
        columns.append(column)
    kept = np.setdiff1d(np.arange(1, table.num_rows + len(odd) + 1), [number for number, _ in odd])
    return _Read(columns=columns, kept=kept, odd=[(number or 0, record) for number, record in odd])


def _records(read: _Read, body: memoryview, delimiter: str, ragged_share: float) -> tuple[pd.DataFrame, pd.Series, "_Mended"]:
    """(the cells of all records that fit and are not blank, their numbers, what became of the odd ones)."""
    columns, kept, width = read.columns, read.kept, len(read.columns)
    records = [(number, record, False) for number, record in read.odd]
    torn = _torn(columns, body, delimiter)
    if torn:
        records = sorted([*records, *((int(kept[row]), record, True) for row, record in torn)])
        whole = np.delete(np.arange(kept.size), [row for row, _ in torn])
        columns, kept = [column.take(pa.array(whole)) for column in columns], kept[whole]
    mended = _mend(records, delimiter, width, kept.size, ragged_share)
    kept = kept + np.searchsorted(mended.more, kept)  # a record that was several moves those below it down
    if mended.fitted:
        columns = [
            pa.chunked_array([*column.chunks, pa.array([cells[i] or None for _, cells in mended.fitted], pa.large_string())])
            for i, column in enumerate(columns)
        ]
        kept = np.concatenate([kept, np.array([number for number, _ in mended.fitted])])
        order = np.argsort(kept, kind="stable")
        columns, kept = [column.take(pa.array(order)) for column in columns], kept[order]
    blank = np.arange(kept.size)
    for column in columns:  # the first that is never empty leaves none
        blank = blank[np.asarray(column.take(pa.array(blank)).is_null())]
    if len(blank):
        filled = np.delete(np.arange(kept.size), blank)
        columns, kept = [column.take(pa.array(filled)) for column in columns], kept[filled]
    return frame_of(columns), pd.Series(kept, dtype=ROW_NUMBER), mended


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mended:
    """What became of the records Arrow could not place: those that fit after all (number, cells), those that do not (number, text, reason), and, sorted, the
    number Arrow gave a record once for each further record found in it. The other numbers count those found.
    """

    fitted: list[tuple[int, list[str]]]
    broken: list[tuple[int, str, str]]
    more: np.ndarray


def _torn(columns: list[pa.ChunkedArray], body: memoryview, delimiter: str) -> list[tuple[int, str]]:
    """(row, its text) of the rows that have the right width although a cell swallowed line ends behind a stray quote: the quote was closed, by chance, in
    the same column of a later record.

    Such a cell begins with the end of one record and ends with the beginning of another, and both must look like what stands in those columns.
    """
    width, mark = len(columns), re.escape(delimiter)
    suspects: dict[int, int] = {}
    for i, column in enumerate(columns):
        if max(i, width - 1 - i) > _REPEATS or not pc.any(pc.match_substring(column, "\n")).as_py():
            continue
        seam = rf"^[^{mark}\r\n]*(?:{mark}[^{mark}\r\n]*){{{width - 1 - i}}}\r?\n(?s:.*\n)?(?:[^{mark}\r\n]*{mark}){{{i}}}[^\r\n]*$"
        for row in np.flatnonzero(pc.fill_null(pc.match_substring_regex(column, seam), False)).tolist():
            suspects.setdefault(row, i)
    if not suspects:
        return []
    usual = [_shapes(column) for column in columns]
    raw, at = bytes(body), 0
    found: list[tuple[int, str]] = []
    for row, i in sorted(suspects.items()):  # a Python loop over rows with a cell of this odd make
        cell = columns[i][row].as_py()
        tail, head = cell.split("\n")[0].rstrip("\r").split(delimiter)[1:], cell.split("\n")[-1].split(delimiter)[:i]
        pieces = [*zip(head, usual), *zip(tail, usual[i + 1 :])]  # noqa: B905  # the first columns, and the last
        shapes = [_shape(piece) for piece, known in pieces if known]
        if any(_shape(piece) not in known for piece, known in pieces if known and piece) or sum(shape.count("0") for shape in shapes) < _DIGIT_GROUPS:
            continue
        opening = ('"' + cell.split("\n")[0].replace('"', '""') + "\n").encode()
        start = raw.find(opening, at)
        if start >= 0:
            begin = raw.rfind(b"\n", 0, start) + 1
            at = _end_of_record(raw, begin, delimiter)
            found.append((row, raw[begin:at].decode("utf-8", "replace")))
    return found


def _shape(cell: str) -> str:
    return _DIGITS.sub("0", cell)


def _shapes(column: pa.ChunkedArray) -> frozenset[str]:
    """The shapes of a column of dates, counts or plain ids (each run of digits as 0); empty for a column of words or of ids without a pattern."""
    cells = [cell for cell in column.slice(0, _SAMPLE).to_pylist() if cell and "\n" not in cell]
    shapes = Counter(_shape(cell) for cell in cells if _DIGITS.search(cell))
    return frozenset(shapes) if shapes.total() >= 0.9 * len(cells) and len(shapes) <= _FEW else frozenset()


def _end_of_record(raw: bytes, begin: int, delimiter: str) -> int:
    """Where the record that begins there ends: behind the first line end outside of quotes."""
    quoted = False
    while begin < len(raw):
        end = raw.find(b"\n", begin) + 1 or len(raw)
        quoted, _ = _scan(raw[begin:end].decode("utf-8", "replace"), delimiter, quoted=quoted)
        begin = end
        if not quoted:
            break
    return begin


def _mend(odd: list[tuple[int, str, bool]], delimiter: str, width: int, good: int, ragged_share: float) -> _Mended:
    """The odd records (number, text, whether it is known to hold a stray quote), each looked at on its own.

    Extra cells that are all empty are dropped. Short records are filled up where so many are short that the writer trims trailing blanks. A record that
    swallowed line ends behind a stray quote is taken apart again: only the record of the stray quote is lost.
    """
    fitted: list[tuple[int, list[str]]] = []
    broken: list[tuple[int, str, str]] = []
    short: list[tuple[int, list[str], str]] = []
    more: list[int] = []
    # A Python loop over the records Arrow could not place: damage is rare.
    for number, whole, torn in odd:
        parts = list(_apart(whole, delimiter, width, torn=torn))
        for at, (record, closed) in enumerate(parts, number + len(more)):
            cells = _split(record, delimiter)
            if not closed:
                broken.append((at, record, "引号没有闭合，与后面的行连在一起"))
            elif len(cells) == width or (len(cells) > width and not any(cell.strip() for cell in cells[width:])):
                fitted.append((at, cells[:width]))
            elif len(cells) < width:
                short.append((at, cells, record))
            else:
                broken.append((at, record, f"有 {len(cells)} 个单元格，表头只有 {width} 列"))
        more += [number] * (len(parts) - 1)
    if short and len(short) > ragged_share * (good + len(fitted) + len(short)):
        fitted += [(number, cells + [""] * (width - len(cells))) for number, cells, _ in short]
    else:
        broken += [(number, record, f"只有 {len(cells)} 个单元格，表头有 {width} 列（疑为写入中断或交错）") for number, cells, record in short]
    return _Mended(fitted=fitted, broken=broken, more=np.array(more, dtype=np.int64))


def _apart(text: str, delimiter: str, width: int, *, torn: bool) -> Iterator[tuple[str, bool]]:
    """The records of a stretch that Arrow took for one: (text, whether its quotes are rightly closed), in order.

    A record of several lines that has not `width` cells, and in whose later lines one that has begins, is one with a quote left open: its own is the first
    line, with those below it that hold no delimiter. In a `torn` text that is known of the first. Linear in the length of the text.
    """
    lines = list(io.StringIO(text, newline=""))
    if len(lines) < 2:
        yield text, True
        return
    fresh = [_scan(line, delimiter, quoted=False) for line in lines]
    inside = [_scan(line, delimiter, quoted=True) for line in lines]
    count = len(lines)
    ends = [count + 1] * (count + 1)  # ends[i]: the line behind a record that is inside quotes when line i begins; beyond the last where it stays so
    fits = [count] * (count + 1)  # fits[i]: the first line from i on at which a whole record of the right width begins
    cells = np.concatenate([[0], np.cumsum([number for _, number in inside])])
    for i in range(count - 1, -1, -1):
        ends[i] = ends[i + 1] if inside[i][0] else i + 1
        end = ends[i + 1] if fresh[i][0] else i + 1
        opens = lines[i].find('"') < 1 or lines[i][lines[i].index('"') - 1] == delimiter  # a quote inside a field ends a text that began above
        whole = opens and end <= count and fresh[i][1] + cells[end] - cells[i + 1] + 1 == width
        fits[i] = i if whole else fits[i + 1]
    at = 0
    while at < count:
        end = ends[at + 1] if fresh[at][0] else at + 1
        if (torn and at == 0) or (fits[at] != at and fits[at + 1] < min(end, count)):
            end = at + 1
            while end < count and delimiter not in lines[end]:
                end += 1
            yield "".join(lines[at:end]).rstrip("\r\n"), False
        else:
            yield "".join(lines[at:end]).rstrip("\r\n"), end <= count
        at = end


def _scan(line: str, delimiter: str, *, quoted: bool) -> tuple[bool, int]:
    """(whether the line ends inside quotes, its delimiters outside of quotes), for a line that begins in quotes or outside."""
    if '"' not in line:
        return quoted, 0 if quoted else line.count(delimiter)
    found, at = 0, 0 if quoted else 1 if line.startswith('"') else -1  # where the quoted part begins, -1 outside of quotes
    here = 0
    while True:
        if at >= 0:
            match = _QUOTED.match(line, at)
            if match is None:
                return True, found
            here = match.end()
        here = line.find(delimiter, here) + 1
        if not here:
            return False, found
        found += 1
        at = here + 1 if line.startswith('"', here) else -1


def frame_of(columns: Sequence[pa.Array | pa.ChunkedArray]) -> pd.DataFrame:
    """A frame of `string[pyarrow]` columns 0 … n-1."""
    return pd.DataFrame({i: text_series(column) for i, column in enumerate(columns)}, columns=range(len(columns)), copy=False)
