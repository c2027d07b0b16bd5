"""SpreadsheetML 2003 (Excel 的 XML 表格, mostly under .xls) → sheets of cells, streamed, so that no entity is ever expanded."""

import re
from datetime import datetime
from typing import Any, Final
from xml.parsers import expat

from review.intake.grid import Sheet
from review.intake.layout import cell_text
from review.intake.raw import NotATable
from review.intake.workbooks import check_span
from review.settings.formats import Limits

NAMESPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_HIDDEN: Final = ("SheetHidden", "SheetVeryHidden")
_TIME_ONLY: Final = "1899-12-3"
"""How the date of a time without a day begins: Excel counts days from 1899-12-31."""


class _Sheets:
    """Collects the sheets of a document: names, rows of cells, merged ranges, and which are hidden."""

    def __init__(self, limits: Limits) -> None:
        self.names: list[str] = []
        self.rows: list[list[list[str | None]]] = []
        self.merged: list[list[tuple[int, int, int]]] = []
        self.hidden: set[int] = set()
        self._limits = limits
        self._open: list[str] = []
        self._next_row = self._next_column = 0  # where the next row and cell stand that do not say it
        self._kind = "String"
        self._text: list[str] = []

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        name = tag.removeprefix(f"{NAMESPACE} ")
        self._open.append(name)
        if name == "Worksheet":
            self.names.append(attrs.get(f"{NAMESPACE} Name", ""))
            self.rows.append([])
            self.merged.append([])
            self._next_row = 0
            if len(self.names) > self._limits.sheets:
                raise NotATable(f"工作表超过上限 {self._limits.sheets} 个")
        elif not self.names:
            return
        elif name == "Row":
            at = _number(attrs, "Index", self._next_row + 1) - 1
            check_span(at + 1, 1, self._limits)
            self.rows[-1] += [[] for _ in range(at + 1 - len(self.rows[-1]))]
            self._next_row, self._next_column = at + 1 + _number(attrs, "Span", 0), 0
        elif name == "Cell" and self._open[-2:-1] == ["Row"]:
            at = _number(attrs, "Index", self._next_column + 1) - 1
            row = self.rows[-1][-1]
            across, down = _number(attrs, "MergeAcross", 0), _number(attrs, "MergeDown", 0)
            if at + across >= self._limits.columns:
                raise NotATable(f"工作表“{self.names[-1]}”有 {at + across + 1} 列，超过上限 {self._limits.columns} 列")
            row += [None] * (at + 1 - len(row))
            self._next_column = at + 1 + across
            if down:
                self.merged[-1].append((len(self.rows[-1]) - 1, len(self.rows[-1]) - 1 + down, at))
        elif name == "Data" and self._open[-2:-1] == ["Cell"]:
            self._kind, self._text = attrs.get(f"{NAMESPACE} Type", "String"), []
        elif tag.endswith(" Visible"):
            self._text = []

    def end(self, tag: str) -> None:
        name = self._open.pop()
        if name == "Data" and self._open[-1:] == ["Cell"] and self.names:
            self.rows[-1][-1][-1] = _value(self._kind, "".join(self._text))
        elif tag.endswith(" Visible") and "".join(self._text).strip() in _HIDDEN and self.names:
            self.hidden.add(len(self.names) - 1)

    def text(self, data: str) -> None:
        self._text.append(data)


def read_spreadsheet_xml(text: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """The sheets of a document in UTF-8, whatever encoding it declares. Raises NotATable where it is damaged, declares entities, or is beyond the limits."""
    sheets = _Sheets(limits)
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = sheets.start, sheets.end, sheets.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise NotATable(f"XML 表格在第 {error.lineno} 行损坏；请用 Excel 或 WPS 打开后另存为 xlsx") from error
    made = []
    for number, (name, rows, merged) in enumerate(zip(sheets.names, sheets.rows, sheets.merged, strict=True)):
        check_span(len(rows), max(map(len, rows), default=0), limits)
        warnings = ("隐藏的工作表，与其他工作表一样读取",) if number in sheets.hidden else ()
        made.append(Sheet(name=name, container="xml", rows=rows, merged=tuple(merged), warnings=warnings))
    return tuple(made)


def _refuse(*_: Any) -> None:
    raise NotATable("工作簿内含 XML 实体声明，已拒绝")


def _number(attrs: dict[str, str], name: str, fallback: int) -> int:
    """A count among a tag's attributes; the fallback where it is missing or none."""
    said = attrs.get(f"{NAMESPACE} {name}", "")
    return max(int(said), fallback) if re.fullmatch("[0-9]{1,8}", said) else fallback


def _value(kind: str, text: str) -> str | None:
    """A cell's text: dates as RawTable has them, numbers without .0; a whole number as written, for the file holds digits that a spreadsheet would round."""
    text = text if kind == "String" else text.strip()
    if kind == "DateTime":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text or None
        return cell_text(moment.time() if text.startswith(_TIME_ONLY) else moment)
    if kind == "Boolean":
        return {"1": "true", "0": "false"}.get(text, text) or None
    if kind == "Number" and not re.fullmatch("-?[0-9]+", text):
        try:
            return cell_text(float(text))
        except ValueError:
            return text or None
    return text or None
