"""The workbook inside a Word chart: one sheet whose columns the chart's series point at. What it holds is what the drawing shows."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from review.report.word_text import safe

SHEET: Final = "数据"
EPOCH: Final = date(1899, 12, 30)  # day 0 of spreadsheet serial dates
SAVED_AT: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")

Cell = float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the drawing puts a value that stands in another column: factor × value, at most `most` (None: as it is), above `base`."""

    base: float
    factor: float = 1.0
    most: float | None = None

    def of(self, value: float) -> float:
        scaled = value * self.factor
        return (scaled if self.most is None else min(scaled, self.most)) + self.base

    def formula(self, cell: str) -> str:
        scaled = cell if self.factor == 1.0 else f"{cell}*{self.factor!r}"
        return f"={scaled if self.most is None else f'MIN({scaled},{self.most!r})'}+{self.base!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """Head, cells from row 2 down (None: empty), spreadsheet number format. A text is written as text, never as a formula.

    computed: the cells are those of the column at this index put in their place by a formula, so that who changes a value moves its point.
    """

    head: str
    cells: tuple[Cell, ...]
    number_format: str = "General"
    computed: tuple[int, Place] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRef:
    """A column that a chart points at: the cell of its head, the range of its cells, and the cells themselves for the chart's own copy."""

    head: str
    name: str
    formula: str
    cells: tuple[Cell, ...]
    number_format: str


def serial(at: datetime | date) -> float:
    """Spreadsheet day number of a date, or of a local time without zone."""
    if isinstance(at, datetime):
        return (at.date() - EPOCH).days + (at.hour * 3600 + at.minute * 60 + at.second) / 86400
    return float((at - EPOCH).days)


def reference(columns: Sequence[SheetColumn], index: int, sheet: str = SHEET) -> ColumnRef:
    """Where the column at this place of the sheet stands."""
    column = columns[index]
    letter = get_column_letter(index + 1)
    formula = f"'{sheet}'!${letter}$2:${letter}${len(column.cells) + 1}"
    return ColumnRef(head=f"'{sheet}'!${letter}$1", name=safe(column.head), formula=formula, cells=column.cells, number_format=column.number_format)


def workbook_bytes(columns: Sequence[SheetColumn], name: str = SHEET) -> bytes:
    """The workbook; its own times are blanked to 1980, as a chart's data has none."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for index, column in enumerate(columns, start=1):
        width = max([len(column.head) * 2 + 2] + [10] + ([18] if "h" in column.number_format else []))
        sheet.column_dimensions[get_column_letter(index)].width = min(width, 40)
        for row, value in enumerate((column.head, *column.cells), start=1):
            if value is None:
                continue
            cell = sheet.cell(row=row, column=index)
            if isinstance(value, str):
                cell.value = safe(value)
                cell.data_type = "s"
            elif column.computed is not None:
                there, place = column.computed
                cell.value = place.formula(f"{get_column_letter(there + 1)}{row}")
                cell.number_format = column.number_format
            else:
                cell.value = value
                cell.number_format = column.number_format
    out = io.BytesIO()
    book.save(out)
    fixed = io.BytesIO()
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = SAVED_AT.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name), content)
    return fixed.getvalue()
