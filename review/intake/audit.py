"""The filled audit sheet back as a frame."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from review.incident.errors import Fault, UnusableInput, content_of
from review.incident.file_names import readable
from review.incident.identifying import told_names
from review.incident.tables import FLAG, TEXT
from review.intake.filled_table import filled_rows
from review.intake.layout import cell_text
from review.intake.raw import NotATable
from review.intake.workbooks import WORKBOOKS, read_workbook
from review.settings.emotion import EMOTIONS
from review.settings.formats import read_formats

SHEET: Final = "待复核评论"
ID, TIME, PLATFORM, COMMENT, NEGATIVE, KEY = "评论ID", "时间", "平台", "评论内容", "是否负面", "校验码（勿改）"
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


def told_columns(labels: Mapping[str, str]) -> dict[str, str]:
    """What a hand-label file tells of a comment, by header: its time, platform and words as in an export, then what was said of it (`negative`, `emotion`).

    labels: emotion id -> name. Ids and check sums tell a reader nothing and are left out.
    """
    said = {header: name for header, name in _HEADERS.items() if name == "negative"}
    emotions = dict.fromkeys([*EMOTIONS, *labels.values(), *(name.split("(")[0] for name in labels.values())], "emotion")
    return {TIME: "published_at", PLATFORM: "platform", COMMENT: "text", "内容": "text", **said, **emotions}


def read_audit(path: Path, labels: Mapping[str, str]) -> pd.DataFrame:
    """The filled sheet (XLSX, or CSV with 评论ID and negative): columns item_id, key (string, NA where missing), negative (boolean, NA = not filled), one
    boolean column an emotion whose column is there, and file, sheet, row: where each stands.

    Raises UnusableInput where the file cannot be read, lacks a needed column, has no filled row, or names each cell with a value that means nothing.
    """
    sheet, header, numbered = _cells(path)
    rows = [row for _, row in numbered]
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
    for (number, _), value in zip(numbered, column("negative"), strict=True):
        said = _half(value).lower()
        if said not in _YES | _NO | _OPEN:
            faults.append(Fault(f"{path.name} 第{number}行", f"“{NEGATIVE}”填的“{value[:40]}”看不懂", "请填 " + "、".join(NEGATIVE_CHOICES)))
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
            "file": pd.Series(told_names([readable(path.name)]) * len(rows), dtype=TEXT),
            "sheet": pd.Series([sheet] * len(rows), dtype=TEXT),
            "row": pd.Series([number for number, _ in numbered], dtype="int64"),
        }
    )
    for emotion in EMOTIONS:
        if emotion in columns:
            frame[emotion] = pd.Series([_half(value).lower() not in _UNTICKED for value in column(emotion)], dtype=FLAG)
    return frame


def _cells(path: Path) -> tuple[str | None, list[str], list[tuple[int, list[str]]]]:
    """The sheet (None of a CSV), the header, and every row with something in it by its number in the file."""
    sheet: str | None = None
    data = content_of(path, "请检查路径")
    if data.startswith(WORKBOOKS):
        try:
            pages = read_workbook(data, read_formats().limits)
        except NotATable as reason:
            raise UnusableInput(Fault(path.name, f"不是可以打开的 Excel 文件（{reason}）", "请在 Excel 中另存为 .xlsx 后再试")) from reason
        page = next((page for page in pages if page.name == SHEET), pages[0] if pages else None)
        sheet = None if page is None else page.name
        table = [[cell_text(value) or "" for value in row] for row in (() if page is None else page.rows)]
    else:
        table = filled_rows(_decoded(data, path), path.name)
    numbered = [(number, row) for number, row in enumerate(table, start=1) if any(cell.strip() for cell in row)]
    if not numbered:
        raise UnusableInput(Fault(path.name, "是空表", "请使用 review label 生成的表"))
    return sheet, [title.strip() for title in numbered[0][1]], numbered[1:]


def _decoded(data: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableInput(Fault(path.name, "编码不是 UTF-8 或 GB18030", "请另存为 .xlsx 或 UTF-8 的 .csv"))


def _half(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
