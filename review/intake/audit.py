"""The audit sheet: comments to label by hand, as a workbook, and the filled sheet back as a frame."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import openpyxl
import pandas as pd
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from review.incident.errors import Fault, UnusableInput
from review.incident.tables import FLAG, TEXT
from review.settings.emotion import EMOTIONS

SHEET: Final = "待复核评论"
ID, TIME, PLATFORM, COMMENT, NEGATIVE, KEY = "评论ID", "时间", "平台", "评论内容", "是否负面", "校验码(勿改)"
TICK: Final = "✓"
NEGATIVE_CHOICES: Final = ("负面", "非负面", "无法判断")

_YES: Final = frozenset({"负面", "是", "1", "1.0", "true", "yes", "y", "negative", "负"})
_NO: Final = frozenset({"非负面", "否", "0", "0.0", "false", "no", "n", "neutral", "positive", "中性", "正面", "不是"})
_OPEN: Final = frozenset({"", "无法判断", "不确定", "?", "na", "nan", "none"})
_UNTICKED: Final = frozenset({"", "0", "0.0", "否", "false", "no", "×", "x"})
_HEADERS: Final = {
    "评论id": "item_id",
    "item_id": "item_id",
    "是否负面": "negative",
    "负面": "negative",
    "negative": "negative",
    "校验码(勿改)": "key",
    "key": "key",
}
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_CORE_DATE: Final = "2020-01-01T00:00:00Z"
_WIDTHS: Final = {ID: 22, TIME: 17, PLATFORM: 8, COMMENT: 70, NEGATIVE: 12, KEY: 20}
_MENTION: Final = re.compile(r"@([^\s@::,,。!!??]{1,30})")


def audit_workbook(sample: pd.DataFrame, labels: Mapping[str, str], zone: str) -> bytes:
    """XLSX bytes to fill in: one row a comment, a dropdown for negative or not, one optional tick column an emotion. The same sample gives the same bytes.

    sample: columns item_id, key, published_at (UTC), platform, text, in the order to show. labels: emotion id -> name (EMOTIONS at least). zone: for the times
    shown. No author is shown, and names after @ are masked. Text from the export stays text, never a formula.
    """
    book = openpyxl.Workbook()
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
    return _fixed_dates(buffer.getvalue())


def read_audit(path: Path, labels: Mapping[str, str]) -> pd.DataFrame:
    """The filled sheet (XLSX, or CSV with 评论ID and negative): columns item_id, key (string, NA where missing), negative (boolean, NA = not filled), and one
    boolean column an emotion whose column is there.

    Raises UnusableInput where the file cannot be read, lacks a needed column, has no filled row, or names each cell with a value that means nothing.
    """
    header, rows = _cells(path)
    names = {name: emotion for emotion, name in labels.items()} | {name.split("(")[0]: emotion for emotion, name in labels.items()}
    columns: dict[str, int] = {}
    for place, title in enumerate(header):
        known = _HEADERS.get(_half(title).lower()) or names.get(_half(title)) or (title if title in EMOTIONS else None)
        if known is not None:
            columns.setdefault(known, place)
    faults = []
    if "negative" not in columns:
        faults.append(Fault(path.name, f"缺少“{NEGATIVE}”一列", "请使用 review label 生成的表，不要改动表头"))
    if not {"item_id", "key"} & set(columns):
        faults.append(Fault(path.name, f"缺少“{ID}”或“{KEY}”一列", "请使用 review label 生成的表，不要改动表头"))
    if faults:
        raise UnusableInput(*faults)

    def column(name: str) -> list[str]:
        place = columns.get(name)
        return ["" if place is None or place >= len(row) else row[place].strip() for row in rows]

    negative: list[bool | None] = []
    for number, value in enumerate(column("negative"), start=2):
        said = _half(value).lower()
        if said not in _YES | _NO | _OPEN:
            faults.append(Fault(f"{path.name} 第{number}行", f"“{NEGATIVE}”填的“{value}”看不懂", "请填 " + "、".join(NEGATIVE_CHOICES)))
        negative.append(True if said in _YES else False if said in _NO else None)
    if faults:
        raise UnusableInput(*faults)
    if all(value is None for value in negative):
        raise UnusableInput(Fault(path.name, f"“{NEGATIVE}”一列没有填写", "请至少填写 30 条再使用"))
    keys = [key if re.fullmatch(r"[0-9a-f]{16}", key) else None for key in column("key")]
    frame = pd.DataFrame(
        {
            "item_id": pd.Series([ident or None for ident in column("item_id")], dtype=TEXT),
            "key": pd.Series(keys, dtype=TEXT),
            "negative": pd.Series(negative, dtype=FLAG),
        }
    )
    for emotion in EMOTIONS:
        if emotion in columns:
            frame[emotion] = pd.Series([_half(value).lower() not in _UNTICKED for value in column(emotion)], dtype=FLAG)
    return frame


_GUIDE: Final = (
    "每条评论只看它自己说了什么：在“是否负面”一列选 负面 / 非负面 / 无法判断。全部填完约需 15–20 分钟。",
    "对品牌、产品、服务、处理方式表达不满、失望、愤怒、质疑、担忧、要求赔偿的，选“负面”；询问、陈述、玩笑、支持、与情绪无关的，选“非负面”。",
    "后面的情绪列可以不填；填的话，在符合的情绪下选 ✓（可多选），用来检验情绪词表是否可靠。",
    "没有填完也可以使用,填得越多越准;请不要删除或改动“评论ID”“校验码(勿改)”两列和表头。",
    "填好后运行：review build 数据 --labels 本文件.xlsx",
)


def _cells(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnusableInput(Fault(str(path), f"无法读取（{error.strerror}）", "请检查路径")) from error
    if data[:2] == b"PK":
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            page = book[SHEET] if SHEET in book.sheetnames else book[book.sheetnames[0]]
            table = [["" if value is None else str(value) for value in row] for row in page.iter_rows(values_only=True)]
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise UnusableInput(Fault(path.name, "不是可以打开的 Excel 文件", "请在 Excel 中另存为 .xlsx 后再试")) from error
    else:
        table = list(csv.reader(io.StringIO(_decoded(data, path), newline="")))
    table = [row for row in table if any(cell.strip() for cell in row)]
    if not table:
        raise UnusableInput(Fault(path.name, "是空表", "请使用 review label 生成的表"))
    return [title.strip() for title in table[0]], table[1:]


def _decoded(data: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableInput(Fault(path.name, "编码不是 UTF-8 或 GB18030", "请另存为 .xlsx 或 UTF-8 的 .csv"))


def _half(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


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


def _fixed_dates(package: bytes) -> bytes:
    """The same package with fixed dates, in the archive and in its core properties."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + _CORE_DATE.encode(), data)
            new.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data, zipfile.ZIP_DEFLATED)
    return result.getvalue()
