"""What people type: the sheets and their fields, from sheets.toml. The workbook is made from it and the reader follows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast, get_args

from review.incident.tables import SCOPES
from review.settings.aliases import header_key
from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml
from review.settings.vocabulary import read_vocabulary

FieldKind = Literal[
    "text", "id", "time", "date", "number", "count", "flag", "word", "open_word", "words", "list", "dates", "ratings", "pairs", "word_pairs", "people",
]  # fmt: skip
WITH_WORDS: Final = frozenset({"word", "open_word", "words", "word_pairs"})

EXAMPLE_MARK: Final = "示例"
"""What marks a row as an example to be ignored and counted."""
EXAMPLE_MARKS: Final = frozenset({EXAMPLE_MARK, f"({EXAMPLE_MARK})", f"（{EXAMPLE_MARK}）", f"【{EXAMPLE_MARK}】", f"{EXAMPLE_MARK}行"})
MARK_COLUMN: Final = "标记"
RECORD_COLUMN: Final = "记录"
ITEM_COLUMN, VALUE_COLUMN, HELP_COLUMN = "项", "值", "填写说明与示例"
GUIDE_SHEET: Final = "填写说明"
GUIDE_TITLE: Final = "舆情事件复盘 · 填写工作簿"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: header, code in the program, kind of value, vocabulary (where it has one), and what the workbook says about it.

    offered: codes of the vocabulary shown in the dropdown (all of it where empty). repeats: several rows of this fact add up. width: of its column, in
    characters of Excel's default font.
    """

    name: str
    code: str
    kind: FieldKind
    words: str | None
    required: bool
    repeats: bool
    help: str
    example: str
    width: int
    also: tuple[str, ...]
    offered: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet (or row kind of incident.csv): code, name, one line about it, its fields in order, and which header means which field."""

    code: str
    name: str
    note: str
    fields: tuple[Field, ...]
    by_header: Mapping[str, Field]

    def field(self, code: str) -> Field:
        return next(field for field in self.fields if field.code == code)

    def field_of(self, header: str) -> Field | None:
        """The field a header means, None where it is unknown here."""
        return self.by_header.get(header_key(header))

    @property
    def required(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.required)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricMeaning:
    """What a metric's figure is about and in, and whether it is a running total (True), an amount of its hour or day (False) or neither (None)."""

    scope: str
    unit: str | None
    cumulative: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """The six sheets of the workbook in order, the two row kinds that only incident.csv has, and the meaning of each metric."""

    sheets: tuple[Sheet, ...]
    logs: tuple[Sheet, ...]
    metrics: Mapping[str, MetricMeaning]

    def __getitem__(self, code: str) -> Sheet:
        return next(sheet for sheet in (*self.sheets, *self.logs) if sheet.code == code)


@cache
def read_sheets(path: Path = SETTINGS_DIR / "sheets.toml") -> Sheets:
    """The sheets of a file. Raises UnusableInput naming every unknown kind, unknown vocabulary and every header that two fields of a sheet share."""
    reader = read_toml(path)
    sheets = tuple(_sheet(table) for table in reader.tables("sheets"))
    logs = tuple(_sheet(table) for table in reader.tables("logs"))
    metrics = reader.table("metric")
    meanings = {}
    for code in metrics.data:
        table = metrics.table(code)
        scope = table.text("scope")
        if scope not in SCOPES:
            table.fault("scope", f"应为 {'、'.join(SCOPES)} 之一，现为 {scope!r}")
        meanings[code] = MetricMeaning(scope=scope, unit=table.text("unit") or None, cumulative=table.flag("cumulative") if table.has("cumulative") else None)
        table.done()
    reader.done()
    reader.close()
    return Sheets(sheets=sheets, logs=logs, metrics=MappingProxyType(meanings))


def _sheet(table: TomlReader) -> Sheet:
    fields = tuple(_field(each) for each in table.tables("fields"))
    owner: dict[str, str] = {}
    for field in fields:
        for word in (field.name, field.code):
            if owner.setdefault(header_key(word), field.code) != field.code:
                table.fault("fields", f"中的“{word}”同时属于 {owner[header_key(word)]} 与 {field.code}")
    by_header = {header_key(field.name): field for field in fields}  # a name wins over another field's code
    for field in fields:
        for word in (field.code, *field.also):
            by_header.setdefault(header_key(word), field)
    sheet = Sheet(code=table.text("code"), name=table.text("name"), note=table.text("note"), fields=fields, by_header=MappingProxyType(by_header))
    table.done()
    return sheet


def _field(table: TomlReader) -> Field:
    kind = table.text("kind")
    if kind not in get_args(FieldKind):
        table.fault("kind", f"不认识 {kind!r}")
    words = table.text("words") if kind in WITH_WORDS else None
    vocabulary = read_vocabulary()
    if words is not None and words not in vocabulary.words:
        table.fault("words", f"vocabulary.toml 没有 {words!r}")
        words = None
    offered = table.texts("offered", ())
    for code in offered:
        if words is None or code not in vocabulary[words].printed:
            table.fault("offered", f"中的 {code!r} 不在 {words} 中")
    field = Field(
        name=table.text("name"),
        code=table.text("code"),
        kind=cast(FieldKind, kind),
        words=words,
        required=table.flag("required", False),
        repeats=table.flag("repeats", False),
        help=table.text("help"),
        example=table.text("example"),
        width=table.integer("width", 14),
        also=table.texts("also", ()),
        offered=offered,
    )
    table.done()
    return field
