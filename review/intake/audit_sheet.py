"""The audit sheet to fill: comments to label by hand, as a workbook."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from review.intake.audit import COMMENT, ID, KEY, NEGATIVE, NEGATIVE_CHOICES, PLATFORM, SHEET, TIME
from review.intake.workbook import with_fixed_dates
from review.settings.emotion import EMOTIONS

TICK: Final = "✓"
_WIDTHS: Final = {ID: 22, TIME: 17, PLATFORM: 8, COMMENT: 70, NEGATIVE: 12, KEY: 20}
_MENTION: Final = re.compile(r"@([^\s@:：,，。!！?？]{1,30})")
_GUIDE: Final = (
    "每条评论只看它自己说了什么：在“是否负面”一列选 负面 / 非负面 / 无法判断。全部填完约需 15–20 分钟。",
    "对品牌、产品、服务、处理方式表达不满、失望、愤怒、质疑、担忧、要求赔偿的，选“负面”；询问、陈述、玩笑、支持、与情绪无关的，选“非负面”。",
    "后面的情绪列可以不填；填的话，在符合的情绪下选 ✓（可多选），用来检验情绪词表是否可靠。",
    "没有填完也可以使用，填得越多越准；请不要删除或改动“评论ID”“校验码（勿改）”两列和表头。",
    "填好后运行：review build 数据 --labels 本文件.xlsx",
)


def audit_workbook(sample: pd.DataFrame, labels: Mapping[str, str], zone: str) -> bytes:
    """XLSX bytes to fill in: one row a comment, a dropdown for negative or not, one optional tick column an emotion. The same sample gives the same bytes.

    sample: columns item_id, key, published_at (UTC), platform, text, in the order to show. labels: emotion id -> name (EMOTIONS at least). zone: for the times
    shown. No author is shown, and names after @ are masked. Text from the export stays text, never a formula.
    """
    book = Workbook()
    page = book.active
    if not isinstance(page, Worksheet):
        raise TypeError("a new workbook has a worksheet")
    page.title = SHEET
    emotions = [labels[name] for name in EMOTIONS]
    headers = [COMMENT, NEGATIVE, *emotions, TIME, PLATFORM, ID, KEY]
    for column, header in enumerate(headers, start=1):
        cell = page.cell(1, column, header)
        cell.font = Font(name="微软雅黑", bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E79")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(header, 9)
    times = sample["published_at"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d %H:%M")
    shown = zip(sample["text"], times, sample["platform"], sample["item_id"], sample["key"], strict=True)
    for row, (text, time, platform, item_id, key) in enumerate(shown, start=2):  # a few hundred rows: the sheet is for a person
        body = _MENTION.sub(lambda match: "@" + match[1][:1] + "**", str(text))
        for column, value in ((1, body), (len(headers) - 3, time), (len(headers) - 2, platform), (len(headers) - 1, item_id), (len(headers), key)):
            _write(page, row, column, "" if pd.isna(value) else str(value))
        page.cell(row, 1).alignment = Alignment(wrap_text=True, vertical="top")
    last = max(len(sample) + 1, 2)
    _dropdown(page, 2, 2, (NEGATIVE_CHOICES, last))
    _dropdown(page, 3, 2 + len(emotions), ((TICK,), last))
    page.freeze_panes = "C2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{last}"
    note = book.create_sheet("填写说明")
    for line, text in enumerate(_GUIDE, start=1):
        note.cell(line, 1, text).alignment = Alignment(wrap_text=True)
    note.column_dimensions["A"].width = 90
    book.properties.creator = "review"
    book.properties.title = SHEET
    buffer = io.BytesIO()
    book.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def _write(page: Worksheet, row: int, column: int, value: str) -> None:
    cell = page.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"
    cell.number_format = "@"


def _dropdown(page: Worksheet, first: int, last: int, choices: tuple[Sequence[str], int]) -> None:
    options, rows = choices
    rule = DataValidation(type="list", formula1='"' + ",".join(options) + '"', allow_blank=True)
    rule.add(f"{get_column_letter(first)}2:{get_column_letter(last)}{rows}")
    page.add_data_validation(rule)
