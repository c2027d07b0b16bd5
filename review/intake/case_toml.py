"""case.toml, the third way to type: the same fields under the same names (or their English codes), turned into the tables the typed reader takes.

品牌 = "云野茶饮"
爆发时间 = 2026-03-15T10:30:00+08:00
竞品 = ["甲茶", "乙茶"]
口径矛盾 = [["已全部下架", "部分门店仍在售"]]

[[应对时间线]]
时间 = "2026-03-15 12:05"
动作类型 = "首次回应"
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import pandas as pd

from review.incident.errors import Fault, UnusableInput, content_of
from review.incident.file_names import readable
from review.incident.identifying import told_names
from review.incident.import_log import Rejection
from review.incident.tables import TEXT
from review.intake.raw import RawTable
from review.intake.typed_facts import SILENCE_ITEM
from review.settings.aliases import header_key
from review.settings.sheets import ITEM_COLUMN, VALUE_COLUMN, Sheet, Sheets
from review.settings.toml import toml_data

CONTAINER: Final = "toml"
_TOKEN: Final = re.compile(r'''(?s:"""(?:\\.|[^\\])*?"""|\'{3}.*?\'{3})|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*|(?P<bare>[\w/-]+)''')
"""Strings and comments, which stay as they are, and bare words: outside a string a word with Chinese in it can only be a key."""
_PAIR_SIGN: Final = " ↔ "
NONE_OF_THEM: Final = "均无"


def name_of(path: Path) -> str:
    """The file as reports, records and messages name it."""
    return told_names([readable(path.name)])[0]


def read_case_toml(path: Path, sheets: Sheets) -> tuple[RawTable, ...]:
    """One raw table for the facts and one for each array of tables. Raises UnusableInput naming every unknown key and every value that is no value of a cell.

    Facts stand at the top level or under [事件信息]. Row numbers count facts, and entries of an array, from 1.
    """
    file = name_of(path)
    data, sha256 = _parsed(path)
    facts = sheets["facts"]
    faults: list[Fault] = []
    cells: list[tuple[str, str]] = []
    tables: list[tuple[Sheet, list[dict[str, str]]]] = []
    for key, value in _entries(data, facts):
        sheet = next((each for each in (*sheets.sheets, *sheets.logs) if header_key(key) in (header_key(each.name), each.code)), None)
        if sheet is not None and sheet.code != facts.code:
            tables.append((sheet, _array(file, key, value, sheet, faults)))
        elif (field := facts.field_of(key)) is not None or header_key(key) in (SILENCE_ITEM, "silence"):
            text = _silence(value) if field is None and isinstance(value, Mapping) else _cell(value)
            if value == [] and field is not None and field.kind == "words":
                text = NONE_OF_THEM
            if text is None:
                faults.append(Fault(file, f"{key} 的值不能这样写", "请写成文字、数字、时间或文字列表；不公开回应写成 { 时间， 决定人， 理由 }"))
            else:
                cells.append((SILENCE_ITEM if field is None else field.name, text))
        else:
            faults.append(Fault(file, f"不认识的键 {key}", "字段名与 review init 生成的工作簿相同"))
    if faults:
        raise UnusableInput(*faults)
    made = [_table(file, sha256, facts.name, (ITEM_COLUMN, VALUE_COLUMN), [dict(zip((ITEM_COLUMN, VALUE_COLUMN), pair, strict=True)) for pair in cells])]
    for sheet, rows in tables:
        header = tuple(field.name for field in sheet.fields if any(field.name in row for row in rows))
        made.append(_table(file, sha256, sheet.name, header, rows))
    return tuple(table for table in made if len(table.cells))


def as_fault(rejection: Rejection, facts_sheet: str) -> Fault:
    """A rejected cell of case.toml as a fault with its path in the file: a settings file is mended, not worked around."""
    path = "" if rejection.sheet in (None, facts_sheet) else f"{rejection.sheet}[{rejection.row - 1}]" + (f".{rejection.column}" if rejection.column else "")
    return Fault(rejection.file, f"{path} {rejection.reason}".strip() + (f"，现为 {rejection.value!r}" if rejection.value else ""))


def _parsed(path: Path) -> tuple[Mapping[str, Any], str]:
    """(the file's data, its SHA-256). Chinese keys may stand bare, which TOML itself only allows for ASCII."""
    raw = content_of(path, "请检查路径")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnusableInput(Fault(name_of(path), "不是 UTF-8 编码", "请另存为 UTF-8")) from error
    return toml_data(_TOKEN.sub(_quoted, text), name_of(path)), hashlib.sha256(raw).hexdigest()


def _quoted(token: re.Match[str]) -> str:
    word = token["bare"]
    return f'"{word}"' if word and not word.isascii() else token[0]


def _entries(data: Mapping[str, Any], facts: Sheet) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if header_key(key) in (header_key(facts.name), facts.code) and isinstance(value, Mapping):
            yield from value.items()
        else:
            yield key, value


def _array(file: str, key: str, value: object, sheet: Sheet, faults: list[Fault]) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        faults.append(Fault(file, f"{key} 应写成 [[{key}]] 的列表"))
        return []
    rows = []
    for i, entry in enumerate(value):
        row: dict[str, str] = {}
        for name, cell in entry.items():
            field, text = sheet.field_of(name), _cell(cell)
            if field is None:
                faults.append(Fault(file, f"不认识的键 {key}[{i}].{name}"))
            elif text is None:
                faults.append(Fault(file, f"{key}[{i}].{name} 应为文字、数字、时间或文字列表"))
            else:
                row[field.name] = text
        rows.append(row)
    return rows


def _cell(value: object) -> str | None:
    """The value as a cell of the workbook would hold it; None for what no cell can hold."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
        if value and all(isinstance(pair, list) and len(pair) == 2 and all(isinstance(each, str) for each in pair) for pair in value):
            return "\n".join(_PAIR_SIGN.join(pair) for pair in value)
        parts = [_cell(each) for each in value if not isinstance(each, list | Mapping)]
        return "\n".join(part for part in parts if part) if len(parts) == len(value) else None
    return None


def _silence(value: Mapping[str, Any]) -> str | None:
    """{ 时间, 决定人, 理由 } as the one-cell form; None where it holds another key."""
    names = {"时间": 0, "at": 0, "决定人": 1, "by": 1, "理由": 2, "reason": 2}
    parts = ["", "", ""]
    for key, each in value.items():
        text = _cell(each)
        if key not in names or text is None:
            return None
        parts[names[key]] = text
    return ";".join(parts)


def _table(file: str, sha256: str, sheet: str, header: tuple[str, ...], rows: list[dict[str, str]]) -> RawTable:
    cells = pd.DataFrame({i: pd.Series([row.get(name) for row in rows], dtype=TEXT) for i, name in enumerate(header)}, index=pd.RangeIndex(len(rows)))
    return RawTable(
        file=file,
        sheet=sheet,
        sha256=sha256,
        container=CONTAINER,
        encoding="utf-8",
        delimiter=None,
        header_row=None,
        header=header,
        cells=cells,
        rows=pd.Series(range(1, len(rows) + 1), dtype="int64"),
    )
