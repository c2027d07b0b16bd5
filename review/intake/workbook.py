"""The workbook of `review init`, as bytes: a guide and the six sheets people type into, made from sheets.toml and vocabulary.toml."""

import io
import re
import zipfile
from typing import Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from review.settings.sheets import (
    EXAMPLE_MARK,
    GUIDE_SHEET,
    GUIDE_TITLE,
    HELP_COLUMN,
    ITEM_COLUMN,
    MARK_COLUMN,
    VALUE_COLUMN,
    Field,
    Sheet,
    Sheets,
    read_sheets,
)
from review.settings.vocabulary import Vocabulary, read_vocabulary

# Looks: one accent, greys, a font that Excel and WPS have on every Chinese system.
_FONT: Final = "微软雅黑"
_ACCENT, _ACCENT_PALE, _REQUIRED = "1F4E79", "EAF1F8", "B03A2E"
_EXAMPLE_TEXT, _EXAMPLE_FILL, _LINE, _NOTE_TEXT = "8C8C8C", "F2F2F2", "D9DEE4", "5F6B7A"
_ROWS: Final = 500
"""Rows prepared with borders and dropdowns; further rows may be typed, without dropdowns."""
_STYLED_ROWS: Final = 30
"""Rows drawn with lines; the columns below keep their number formats."""
_MARK_WIDTH: Final = 7
_LONGEST_LIST: Final = 255
"""Characters Excel allows in a dropdown written into the cell rule (ECMA-376, formula1 of a list)."""
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_CORE_DATE: Final = "2020-01-01T00:00:00Z"
"""Fixed dates in the package, so that the same program writes the same bytes."""

_TIME_FORMAT, _DATE_FORMAT = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"
_WIDE_FACTS: Final = (_MARK_WIDTH, 20, 44, 64)
_GUIDE: Final = (
    ("怎么填", ""),
    ("1", "六张表按需填写，能填多少填多少；除带 * 的项目外均可留空，留空的内容报告会写明“本次未取得”。"),
    ("2", "带 * 的列是这一行的必填项：缺了它，这一行不会计入，并在导入记录中列出。"),
    ("3", f"灰色的“{EXAMPLE_MARK}”行只作参考，程序会忽略并计数，可以保留。复制示例行来填写时，请清空该行“{MARK_COLUMN}”一列。"),
    ("4", "有下拉框的列请从下拉框选；把鼠标停在表头上，可以看到这一列怎么填和一个例子。"),
    ("5", "时间写成 2026-03-15 10:30；不写时区按北京时间。省略年份时按“爆发时间”所在的前后半年推定。"),
    ("6", "数字照屏幕上的写：5200、1.2万、10万+ 都可以。没有数到的请留空，不要填 0。"),
    ("7", "可以增加自己的列：程序会列出但不使用。请不要改动表名和表头。"),
    ("8", "导出的数据文件不必抄进来，与本文件放在一起即可：review build 本文件.xlsx 导出文件夹/"),
    ("", ""),
    ("六张表", ""),
)


def blank_workbook() -> bytes:
    """The workbook as XLSX bytes, the same on every call."""
    sheets, vocabulary = read_sheets(), read_vocabulary()
    book = Workbook()
    guide = book.active
    if not isinstance(guide, Worksheet):
        raise TypeError("a new workbook has a worksheet")
    _fill_guide(guide, sheets)
    for sheet in sheets.sheets:
        page = book.create_sheet(sheet.name)
        if sheet.code == "facts":
            _fill_facts(page, sheet, vocabulary)
        else:
            _fill_table(page, sheet, vocabulary)
    book.properties.creator = "review"
    book.properties.title = GUIDE_TITLE
    buffer = io.BytesIO()
    book.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def header_of(field: Field) -> str:
    """The column's header: its name, with * where every row needs a value."""
    return f"{field.name}*" if field.required else field.name


def options_of(field: Field, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The words of a field's dropdown; empty where it has none."""
    if field.kind == "flag":
        return vocabulary["flag"].offered
    if field.kind not in ("word", "open_word") or field.words is None:
        return ()
    words = vocabulary[field.words]
    return tuple(words.word(code) for code in field.offered) or words.offered


def _fill_guide(page: Worksheet, sheets: Sheets) -> None:
    page.title = GUIDE_SHEET
    page.sheet_view.showGridLines = False
    page.sheet_properties.tabColor = _ACCENT
    for letter, width in zip("ABCD", (3, 18, 92, 3), strict=True):
        page.column_dimensions[letter].width = width
    page["B1"] = GUIDE_TITLE
    page["B1"].font = Font(name=_FONT, size=18, bold=True, color=_ACCENT)
    page.row_dimensions[1].height = 38
    page["B1"].alignment = Alignment(vertical="center")
    row = 2
    for number, line in (*_GUIDE, *((sheet.name, sheet.note) for sheet in sheets.sheets)):
        row += 1
        if not number and not line:
            continue
        head = not line
        first, second = page.cell(row, 2, number), page.cell(row, 3, line or None)
        if head:
            first.font = Font(name=_FONT, size=12, bold=True, color=_ACCENT)
            first.border = second.border = Border(bottom=Side(style="medium", color=_ACCENT))
        else:
            named = not number.isdigit()
            first.font = Font(name=_FONT, size=10.5, bold=named, color=_ACCENT)
            first.alignment = Alignment(vertical="center", horizontal="left" if named else "right", indent=0 if named else 1)
            second.font = Font(name=_FONT, size=10.5)
            second.alignment = Alignment(vertical="center", wrap_text=True)
            if named:
                first.hyperlink = f"#'{number}'!A1"
        page.row_dimensions[row].height = 24 if head or _display_width(line) <= 96 else 38
    _print_setup(page, landscape=False)


def _fill_facts(page: Worksheet, sheet: Sheet, vocabulary: Vocabulary) -> None:
    """项 | 值 | 填写说明与示例: one row a fact, a dropdown in the value cell where it is closed."""
    _head(page, (MARK_COLUMN, f"{ITEM_COLUMN}*", f"{VALUE_COLUMN}*", HELP_COLUMN), _WIDE_FACTS)
    notes = (f"{EXAMPLE_MARK}行在这里写“{EXAMPLE_MARK}”，其余行留空。", "事项名称，请不要改动。", "在这一列填写。", "怎么填，以及一个例子。")
    for column, note in enumerate(notes, start=1):
        _comment(page, column, note)
    example = sheet.fields[0]
    _write_row(page, 2, (EXAMPLE_MARK, example.name, example.example, f"这是{EXAMPLE_MARK}行，程序会忽略；请在下面各行的“{VALUE_COLUMN}”一列填写"))
    for column in range(1, 5):
        _as_example(page, 2, column)
    page.row_dimensions[2].height = 22
    for row, field in enumerate(sheet.fields, start=3):
        page.cell(row, 2, header_of(field))
        choices = f"。可填：{'、'.join(vocabulary[field.words].offered)}" if field.kind == "words" and field.words else ""
        told = field.help + choices + (f"。例：{field.example}" if field.example else "")
        page.cell(row, 4, told)
        for column in range(1, 5):
            cell = page.cell(row, column)
            colour = _REQUIRED if column == 2 and field.required else _NOTE_TEXT if column == 4 else "000000"
            cell.font = Font(name=_FONT, size=10.5, bold=column == 2, color=colour)
            cell.alignment = Alignment(vertical="center", horizontal="left", indent=1, wrap_text=True)
            cell.border = _thin()
        page.cell(row, 2).fill = PatternFill("solid", fgColor=_ACCENT_PALE)
        page.cell(row, 3).number_format = _number_format(field)
        page.cell(row, 3).alignment = Alignment(vertical="center", horizontal="left", indent=1, wrap_text=True)
        _dropdown(page, field, options_of(field, vocabulary), f"C{row}")
        page.row_dimensions[row].height = 22 + 16 * (_display_width(told) // 62)
    page.freeze_panes = "C2"
    _print_setup(page, landscape=True)


def _fill_table(page: Worksheet, sheet: Sheet, vocabulary: Vocabulary) -> None:
    """One column a field, a 示例 row, then prepared rows with dropdowns and formats."""
    _head(page, (MARK_COLUMN, *(header_of(field) for field in sheet.fields)), (_MARK_WIDTH, *(field.width for field in sheet.fields)))
    _comment(page, 1, f"{EXAMPLE_MARK}行在这里写“{EXAMPLE_MARK}”，自己填的行留空。")
    _write_row(page, 2, (EXAMPLE_MARK, *(field.example for field in sheet.fields)))
    _as_example(page, 2, 1)
    last = _ROWS + 2
    for column, field in enumerate(sheet.fields, start=2):
        options = options_of(field, vocabulary)
        _comment(page, column, _explained(field, options))
        _as_example(page, 2, column)
        letter = get_column_letter(column)
        _dropdown(page, field, options, f"{letter}3:{letter}{last}")
        form = _number_format(field)
        page.column_dimensions[letter].number_format = form
        font, border = Font(name=_FONT, size=10.5), _thin()
        alignment = Alignment(vertical="center", horizontal=_side(field), wrap_text=field.kind in ("text", "list"))
        for row in range(3, _STYLED_ROWS + 3):
            cell = page.cell(row, column)
            cell.number_format, cell.font, cell.border, cell.alignment = form, font, border, alignment
    border, mark_font = _thin(), Font(name=_FONT, size=9, color=_EXAMPLE_TEXT)
    for row in range(3, _STYLED_ROWS + 3):
        page.row_dimensions[row].height = 20
        page.cell(row, 1).border, page.cell(row, 1).font = border, mark_font
    widest = max(_display_width(field.example) / field.width for field in sheet.fields)
    page.row_dimensions[2].height = 22 if widest <= 0.95 else 38
    page.freeze_panes = "C2"
    _print_setup(page, landscape=True)


def _head(page: Worksheet, headers: tuple[str, ...], widths: tuple[int, ...]) -> None:
    for column, (header, width) in enumerate(zip(headers, widths, strict=True), start=1):
        cell = page.cell(1, column, header)
        cell.font = Font(name=_FONT, size=10.5, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_REQUIRED if header.endswith("*") else _ACCENT)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = Border(left=Side(style="thin", color="FFFFFF"), right=Side(style="thin", color="FFFFFF"))
        page.column_dimensions[get_column_letter(column)].width = width
    page.row_dimensions[1].height = 30
    page.sheet_view.showGridLines = False


def _write_row(page: Worksheet, row: int, values: tuple[str, ...]) -> None:
    for column, value in enumerate(values, start=1):
        page.cell(row, column, value or None)


def _as_example(page: Worksheet, row: int, column: int) -> None:
    cell = page.cell(row, column)
    cell.font = Font(name=_FONT, size=9 if column == 1 else 10.5, italic=True, color=_EXAMPLE_TEXT)
    cell.fill = PatternFill("solid", fgColor=_EXAMPLE_FILL)
    cell.alignment = Alignment(vertical="center", horizontal="center" if column == 1 else "left", indent=0 if column == 1 else 1, wrap_text=True)
    cell.border = _thin()


def _dropdown(page: Worksheet, field: Field, options: tuple[str, ...], where: str) -> None:
    if not options:
        return
    listed = ",".join(options)
    if len(listed) > _LONGEST_LIST or any("," in option or '"' in option for option in options):
        raise ValueError(f"the words of {field.name} do not fit a dropdown")
    rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=field.kind != "open_word")
    rule.errorTitle, rule.error = "请从下拉框选择", f"“{field.name}”可填：{'、'.join(options)}"[:225]
    if field.code == "platform":  # 黑猫投诉, 今日头条 …: a platform outside the list is kept as 其他, so Excel only warns
        rule.errorStyle = "warning"
    rule.add(where)
    page.add_data_validation(rule)


def _explained(field: Field, options: tuple[str, ...]) -> str:
    lines = [("必填。" if field.required else "可留空。") + field.help]
    if options:
        lines.append("可选：" + "、".join(options))
    if field.example:
        lines.append("例：" + field.example)
    return "\n".join(lines)


def _comment(page: Worksheet, column: int, text: str) -> None:
    note = Comment(text, "review")
    lines = sum(1 + _display_width(line) // 40 for line in text.split("\n"))
    note.width, note.height = 300, 26 + 19 * lines
    page.cell(1, column).comment = note


def _number_format(field: Field) -> str:
    """Ids, counts as written (1.2万) and words stay text; times and dates get a format that shows both."""
    return {"time": _TIME_FORMAT, "date": _DATE_FORMAT, "id": "@"}.get(field.kind, "General")


def _side(field: Field) -> str:
    return "right" if field.kind in ("number", "count") else "center" if field.kind in ("word", "flag", "time", "date", "id") else "left"


def _thin() -> Border:
    side = Side(style="thin", color=_LINE)
    return Border(left=side, right=side, top=side, bottom=side)


def _print_setup(page: Worksheet, *, landscape: bool) -> None:
    page.page_setup.orientation = "landscape" if landscape else "portrait"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if landscape:
        page.print_title_rows = "1:1"
    page.page_margins.left = page.page_margins.right = 0.4


def _display_width(text: str) -> int:
    """Width in characters of a Latin font: a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def with_fixed_dates(package: bytes) -> bytes:
    """The package with fixed dates in its zip entries and core properties."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + _CORE_DATE.encode(), data)
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, data)
    return made.getvalue()
