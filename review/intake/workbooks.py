"""Spreadsheets (xlsx, xls) and HTML saved as .xls → sheets of cells, refused before they can exhaust the machine (quirks 3, 4 and 28)."""

import io
import re
import zipfile
from html.parser import HTMLParser
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from review.intake.grid import Sheet
from review.intake.raw import NotATable
from review.settings.formats import Limits

_SCAN: Final = 4 << 20
_CELL: Final = re.compile(rb'r="([A-Z]{1,7})([0-9]{1,10})"')
_WIDE: Final = re.compile(rb'r="([A-Z]{2,7})[0-9]{1,10}"')
_ROW: Final = re.compile(rb'<(?:x:)?row [^>]{0,200}?r="([0-9]{1,10})"')


def read_workbook(data: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """All sheets of an xlsx or xls file. Raises NotATable for a damaged file and for sizes beyond the limits."""
    container = "xlsx" if data[:2] == b"PK" else "xls"
    if container == "xlsx":
        check_archive(data, limits)
        _check_sheets(data, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if len(book.sheet_names) > limits.sheets:
            raise NotATable(f"有 {len(book.sheet_names)} 个工作表，超过上限 {limits.sheets} 个")
        sheets = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
            ranges = (sheet.merged_cell_ranges or []) if container == "xlsx" else []
            merged = tuple((top, bottom, left) for (top, left), (bottom, _) in ranges if bottom > top)
            sheets.append(Sheet(name=name, container=container, rows=rows, merged=merged))
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise NotATable(f"工作簿已损坏或受密码保护（{type(error).__name__}）") from error
    for made in sheets:
        width = max((len(row) for row in made.rows), default=0)
        if width > limits.columns:
            raise NotATable(f"工作表“{made.name}”有 {width} 列，超过上限 {limits.columns} 列")
    return tuple(sheets)


def check_archive(data: bytes, limits: Limits) -> None:
    """Raise NotATable where a zip holds too many members, is damaged, or would unpack beyond the limits (zip bomb)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise NotATable("压缩文件已损坏") from error
    if len(members) > limits.members:
        raise NotATable(f"压缩文件含 {len(members)} 个文件，超过上限 {limits.members} 个")
    total = sum(member.file_size for member in members)
    if total > limits.unpacked_megabytes << 20:
        raise NotATable(f"解压后有 {total >> 20} MB，超过上限 {limits.unpacked_megabytes} MB")
    for member in members:
        if member.file_size > 10 << 20 and member.file_size > limits.ratio * max(member.compress_size, 1):
            raise NotATable(f"压缩比异常（“{member.filename[:60]}”解压后是 {member.file_size // max(member.compress_size, 1)} 倍），疑为压缩炸弹")


def _check_sheets(data: bytes, limits: Limits) -> None:
    """Raise NotATable where a sheet's cells span more than the limits: a reader fills the whole rectangle between the first and the last cell."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                if not re.fullmatch(r"(?i)/?xl/.*\.xml", member.filename):
                    continue
                rows = columns = 0
                declared = False
                tail = b""
                with archive.open(member) as stream:
                    while piece := stream.read(_SCAN):
                        part = tail + piece
                        declared = declared or b"<!DOCTYPE" in part or b"<!ENTITY" in part
                        if "worksheets/" in member.filename:
                            rows = max([rows, *(int(found) for found in _ROW.findall(part))])
                            columns = max([columns, *(_column_number(found) for found in set(_WIDE.findall(part)))])
                        tail = part[-256:]
                if declared:
                    raise NotATable("工作簿内含 XML 实体声明，已拒绝")
                _check_span(rows, columns, limits)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        raise NotATable(f"工作簿已损坏或受密码保护（{type(error).__name__}）") from error


def _check_span(rows: int, columns: int, limits: Limits) -> None:
    columns = max(columns, 26)
    if columns > limits.columns and columns * max(rows, 1) > limits.columns * 1000:
        raise NotATable(f"工作表宽达 {columns} 列，超过上限 {limits.columns} 列")
    if rows * columns > limits.sheet_cells:
        raise NotATable(f"工作表跨 {rows} 行 × {columns} 列，超过上限 {limits.sheet_cells} 个单元格")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class _Tables(HTMLParser):
    """Collects the cells of every table of an HTML document, nested tables flattened into their cell's text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._depth = 0
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parser's signature
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
        elif self._depth == 1 and tag == "tr":
            self.tables[-1].append([])
        elif self._depth == 1 and tag in ("td", "th"):
            if not self.tables[-1]:
                self.tables[-1].append([])
            self.tables[-1][-1].append("")
            self._open = True
        elif tag == "br" and self._open:
            self.tables[-1][-1][-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._depth:
            self._depth -= 1
        elif tag in ("td", "th") and self._depth == 1:
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._depth and self._open:
            self.tables[-1][-1][-1] += data


def read_html(text: str) -> tuple[Sheet, ...]:
    """The tables of an HTML document, as back offices save them under .xls. Raises NotATable where it has none."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    tables = [[[cell.strip() or None for cell in row] for row in table] for table in parser.tables if table]
    if not tables:
        raise NotATable("网页文件，其中没有表格")
    return tuple(Sheet(name=None if len(tables) == 1 else f"表{i}", container="html", rows=rows) for i, rows in enumerate(tables, 1))
