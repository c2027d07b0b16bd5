"""Spreadsheets (xlsx, xls) and HTML saved as .xls → sheets of cells, refused before they can exhaust the machine (quirks 3, 4 and 28)."""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any, Final
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from review.intake.grid import Sheet
from review.intake.raw import NotATable
from review.settings.formats import Limits

try:
    from lzma import LZMAError
except ImportError:  # a Python built without lzma, where zipfile raises RuntimeError
    LZMAError = RuntimeError  # type: ignore[assignment,misc]

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORKBOOKS: Final = (ZIP, OLE)
"""How a workbook's bytes begin: xlsx, xls."""
SMALL: Final = 10 << 20
"""Bytes up to which a packed file may unpack from however little."""

UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, LZMAError, ValueError, RuntimeError, OSError, EOFError)
"""What zipfile raises: for damaged bytes, a name it cannot decode (ValueError), a password or an unknown way of packing (RuntimeError)."""

_SCAN: Final = 4 << 20
_TAIL: Final = 4096
"""Bytes looked at twice, so that no cell's mark or formula is cut in two."""

_WIDE: Final = re.compile(rb'<(?:x:)?c r="([A-Z]{2,7})[0-9]{1,10}"(?:[^>]*[^>/])?>(?!</(?:x:)?c>)')
"""Cells that hold something: a format alone (`<c …/>`) makes no sheet wider."""

_UNCOMPUTED: Final = re.compile(rb'<((?:x:)?)c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*)><\1f(?: [^>]*?)?(?:/>|>([^<]*)</\1f>)\s*(?:<\1v ?/>|<\1v></\1v>)?\s*</\1c>')
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKED: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ROW: Final = re.compile(rb'<(?:x:)?row [^>]{0,200}?r="([0-9]{1,10})"')


def read_workbook(data: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """All sheets of an xlsx or xls file. Raises NotATable for a damaged file and for sizes beyond the limits."""
    container = "xlsx" if data[:2] == b"PK" else "xls"
    formulas: Mapping[str, Mapping[tuple[int, int], str]] = {}
    if container == "xlsx":
        check_archive(data, limits)
        formulas = _check_sheets(data, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if len(book.sheet_names) > limits.sheets:
            raise NotATable(f"有 {len(book.sheet_names)} 个工作表，超过上限 {limits.sheets} 个")
        hidden = {each.name for each in book.sheets_metadata if each.visible != SheetVisibleEnum.Visible}
        sheets = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            try:
                rows = sheet.to_python(skip_empty_area=False)
            except OverflowError as error:
                what = f"工作表“{name}”第 {_unreadable_row(sheet)} 行有大得不可能是时长的数按时长（[h]:mm）显示"
                raise NotATable(f"{what}，请把单元格格式改成“常规”或“文本”后另存") from error
            ranges = (sheet.merged_cell_ranges or []) if container == "xlsx" else []
            merged = tuple((top, bottom, left) for (top, left), (bottom, _) in ranges if bottom > top)
            warnings: tuple[str, ...] = ("隐藏的工作表，与其他工作表一样读取",) if name in hidden else ()
            if name in formulas:
                rows = _with_formulas(rows, formulas[name])
                warnings += (f"有 {len(formulas[name])} 个公式没有计算结果，按公式的文字读取；请用 Excel 打开后另存",)
            sheets.append(Sheet(name=name, container=container, rows=rows, merged=merged, warnings=warnings))
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise NotATable(f"工作簿已损坏或受密码保护（{type(error).__name__}）") from error
    for made in sheets:
        width = max((len(row) for row in made.rows), default=0)
        if width > limits.columns:
            raise NotATable(f"工作表“{made.name}”有 {width} 列，超过上限 {limits.columns} 列")
    return tuple(sheets)


def _unreadable_row(sheet: CalamineSheet) -> int:
    """The number of the row that the reader refused."""
    rows, number = sheet.iter_rows(), 0
    try:
        while True:
            number += 1
            next(rows)
    except OverflowError:
        return number


def check_archive(data: bytes, limits: Limits) -> None:
    """Raise NotATable where a zip holds too many members, is damaged, or would unpack beyond the limits (zip bomb)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except UNREADABLE as error:
        raise NotATable("文件已损坏或没有传完（工作簿或压缩文件），请重新导出或下载") from error
    if len(members) > limits.members:
        raise NotATable(f"压缩文件含 {len(members)} 个文件，超过上限 {limits.members} 个")
    total = sum(member.file_size for member in members)
    if total > limits.unpacked_megabytes << 20:
        raise NotATable(f"解压后有 {total >> 20} MB，超过上限 {limits.unpacked_megabytes} MB")
    for member in members:
        if member.file_size > SMALL and member.file_size > limits.ratio * max(member.compress_size, 1):
            raise NotATable(f"压缩比异常（“{member.filename[:60]}”解压后是 {member.file_size // max(member.compress_size, 1)} 倍），疑为压缩炸弹")


def _with_formulas(rows: Sequence[Sequence[Any]], formulas: Mapping[tuple[int, int], str]) -> list[list[Any]]:
    """The rows with these texts in cells (row, column; 0-based) the reader left empty."""
    made = [list(row) for row in rows]
    width = max([0, *map(len, made), *(column + 1 for _, column in formulas)])
    made += [[] for _ in range(max(row for row, _ in formulas) + 1 - len(made))]
    for (row, column), text in formulas.items():
        made[row] += [""] * (width - len(made[row]))
        made[row][column] = text
    return made


def _check_sheets(data: bytes, limits: Limits) -> dict[str, dict[tuple[int, int], str]]:
    """The formulas whose result the file does not hold (a comment that begins with = is one, where a program wrote the file), by sheet and cell (0-based).

    Raises NotATable where a sheet's cells span more than the limits: a reader fills the whole rectangle between the first and the last cell.
    """
    formulas: dict[str, dict[tuple[int, int], str]] = {}
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
                            if b"<f" in part or b":f" in part:
                                found = _uncomputed(part)
                                formulas.setdefault(member.filename.lstrip("/"), {}).update(found)
                        tail = part[-_TAIL:]
                if declared:
                    raise NotATable("工作簿内含 XML 实体声明，已拒绝")
                check_span(rows, columns, limits)
            return _by_sheet(archive, {file: found for file, found in formulas.items() if found})
    except UNREADABLE as error:
        raise NotATable(f"工作簿已损坏或受密码保护（{type(error).__name__}）") from error


def _uncomputed(part: bytes) -> dict[tuple[int, int], str]:
    found = {}
    for _, letters, row, attributes, formula in _UNCOMPUTED.findall(part):
        if b't="str"' not in attributes:  # an empty text is a result
            found[int(row) - 1, _column_number(letters) - 1] = "=" + html.unescape(formula.decode("utf-8", "replace"))
    return found


def _by_sheet(archive: zipfile.ZipFile, formulas: dict[str, dict[tuple[int, int], str]]) -> dict[str, dict[tuple[int, int], str]]:
    """The same by the sheets' names instead of their files'."""
    if not formulas:
        return {}
    try:
        sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
        targets = {each.get("Id"): each.get("Target", "") for each in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))}
    except (KeyError, ElementTree.ParseError):
        return {}
    made = {}
    for sheet in sheets:
        target = targets.get(sheet.get(f"{_LINKED}id"), "")
        file = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if file in formulas:
            made[sheet.get("name", "")] = formulas[file]
    return made


def check_span(rows: int, columns: int, limits: Limits) -> None:
    """Raise NotATable where a sheet of these rows and columns is beyond the limits."""
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
    """Collects the cells of every table of an HTML document, nested tables flattened into their cell's text. A cell over several rows stands in each, one
    over several columns in the first.
    """

    def __init__(self, columns: int) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._depth = 0
        self._open = False
        self._most = columns
        self._over: dict[int, tuple[int, int, int]] = {}  # column → (rows still covered from above, row and column of the cell that covers them)
        self._at = 0  # the column of the open cell

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
                self._over = {}
        elif self._depth == 1 and tag == "tr":
            self._end_row()
            self.tables[-1].append([])
        elif self._depth == 1 and tag in ("td", "th"):
            if not self.tables[-1]:
                self.tables[-1].append([])
            self._covered()
            given = dict(attrs)
            row, down, across = self.tables[-1][-1], _span(given.get("rowspan")), min(_span(given.get("colspan")), self._most)
            if down > 1:
                for column in range(len(row), len(row) + across):
                    self._over[column] = (down - 1, len(self.tables[-1]) - 1, len(row))
            self._at = len(row)
            row += [""] * across
            self._open = True
        elif tag == "br" and self._open:
            self.tables[-1][-1][self._at] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._depth:
            if self._depth == 1:
                self._end_row()
            self._depth -= 1
        elif tag in ("td", "th") and self._depth == 1:
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._depth and self._open:
            self.tables[-1][-1][self._at] += data

    def _covered(self) -> None:
        """Put the cells that reach down into this row where the next cell would stand."""
        table = self.tables[-1]
        row = table[-1]
        while (over := self._over.get(len(row))) is not None and over[1] < len(table) - 1:
            left, above, column = over
            self._over[len(row)] = (left - 1, above, column)
            if left == 1:
                del self._over[len(row)]
            row.append(table[above][column] if column == len(row) else "")

    def _end_row(self) -> None:
        table = self.tables[-1]
        if table:
            self._covered()
            while any(column > len(table[-1]) and above < len(table) - 1 for column, (_, above, _) in self._over.items()):
                table[-1].append("")
                self._covered()


def _span(value: str | None) -> int:
    """What rowspan or colspan says; 1 where it says nothing that can be."""
    return max(int(value), 1) if value is not None and value.strip().isdecimal() and len(value) < 6 else 1


def read_html(text: str, limits: Limits) -> tuple[Sheet, ...]:
    """The tables of an HTML document, as back offices save them under .xls. Raises NotATable where it has none."""
    parser = _Tables(limits.columns)
    parser.feed(text)
    parser.close()
    tables = [[[cell.strip() or None for cell in row] for row in table] for table in parser.tables if table]
    if not tables:
        raise NotATable("网页文件，其中没有表格")
    return tuple(Sheet(name=None if len(tables) == 1 else f"表{i}", container="html", rows=rows) for i, rows in enumerate(tables, 1))
