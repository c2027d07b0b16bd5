"""Export formats known by their headers, and the limits of what is read, from formats.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeVar

from review.incident.tables import PLATFORMS
from review.settings.aliases import header_key
from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml

TableKind = Literal["posts", "authors", "metrics", "hot_list", "orders", "tickets", "typed"]
RowKind = Literal["post", "comment", "article"]
ParentMeaning = Literal["direct", "root", "order", "none"]
MetricScope = Literal["account", "item", "shop", "brand"]

_TABLES: Final[tuple[TableKind, ...]] = ("posts", "authors", "metrics", "hot_list", "orders", "tickets", "typed")
_KINDS: Final[tuple[RowKind, ...]] = ("post", "comment", "article")
_PARENTS: Final[tuple[ParentMeaning, ...]] = ("direct", "root", "order", "none")
_SCOPES: Final[tuple[MetricScope, ...]] = ("account", "item", "shop", "brand")
UNUSED: Final = "ignore"
"""The column name of headers that are known and used nowhere; in a map file an empty name says the same."""

W = TypeVar("W", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One export format: its headers, the keys they are compared by, and what its columns mean (formats.toml says it key by key).

    platform None: each row's own.
    """

    name: str
    table: TableKind
    headers: tuple[str, ...]
    keys: frozenset[str]
    platform: str | None = None
    kind: RowKind = "post"
    parent: ParentMeaning = "direct"
    scope: MetricScope = "account"
    cap: int | None = None
    minus_one_missing: bool = False
    pending_impressions: bool = False
    own_account: bool = False
    columns: Mapping[str, str]
    source_columns: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """When a row is the header, a table is a known format, ids are names or name threads, and two tables tell their times in different zones."""

    header_rows: int
    least_hits: int
    least_share: float
    later_share: float
    least_likeness: float
    young_hours: int
    thread_share: float
    name_share: float
    shift_rows: int
    shift_share: float
    shift_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes beyond which a file is refused with a reason."""

    file_megabytes: int
    unpacked_megabytes: int
    members: int
    ratio: int
    columns: int
    cell_megabytes: int
    sheets: int
    sheet_cells: int
    json_depth: int
    ragged_share: float
    damaged_share: float
    rejections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What words in vendors' cells mean (keys as headers are compared): polarity, risk flag, kind of row, level of a comment, role of an author."""

    negative: frozenset[str]
    neutral: frozenset[str]
    positive: frozenset[str]
    signed: frozenset[str]
    sensitive: frozenset[str]
    not_sensitive: frozenset[str]
    repost: frozenset[str]
    original: frozenset[str]
    reply: frozenset[str]
    top_level: frozenset[str]
    second_level: frozenset[str]
    media: frozenset[str]
    brand: frozenset[str]
    kol: frozenset[str]
    koc: frozenset[str]
    user: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """All known formats, in the order of the file, with the rules of recognition, the limits and the vendors' words."""

    formats: tuple[Format, ...]
    recognition: Recognition
    limits: Limits
    words: Words


@cache
def read_formats(path: Path = SETTINGS_DIR / "formats.toml") -> Formats:
    """The formats of a file. Raises UnusableInput with every fault: unknown words, two formats of one name or of the same headers."""
    reader = read_toml(path)
    rules, bounds = reader.table("recognition"), reader.table("limits")
    recognition = Recognition(
        header_rows=rules.integer("header_rows", low=1),
        least_hits=rules.integer("least_hits", low=1),
        least_share=rules.number("least_share", low=0, high=1),
        later_share=rules.number("later_share", low=0, high=1),
        least_likeness=rules.number("least_likeness", low=0, high=1),
        young_hours=rules.integer("young_hours"),
        thread_share=rules.number("thread_share", low=0, high=1),
        name_share=rules.number("name_share", low=0, high=1),
        shift_rows=rules.integer("shift_rows", low=1),
        shift_share=rules.number("shift_share", low=0, high=1),
        shift_hours=rules.integer("shift_hours", low=1),
    )
    limits = Limits(
        file_megabytes=bounds.integer("file_megabytes", low=1),
        unpacked_megabytes=bounds.integer("unpacked_megabytes", low=1),
        members=bounds.integer("members", low=1),
        ratio=bounds.integer("ratio", low=1),
        columns=bounds.integer("columns", low=1),
        cell_megabytes=bounds.integer("cell_megabytes", low=1),
        sheets=bounds.integer("sheets", low=1),
        sheet_cells=bounds.integer("sheet_cells", low=1),
        json_depth=bounds.integer("json_depth", low=1),
        ragged_share=bounds.number("ragged_share", low=0, high=1),
        damaged_share=bounds.number("damaged_share", low=0, high=1),
        rejections=bounds.integer("rejections", low=1),
    )
    said = reader.table("words")
    words = Words(**{each.name: frozenset(header_key(word) for word in said.texts(each.name)) for each in fields(Words)})
    made = format_blocks(reader)
    for part in (rules, bounds, said, reader):
        part.done()
    reader.close()
    return Formats(formats=made, recognition=recognition, limits=limits, words=words)


def format_blocks(reader: TomlReader) -> tuple[Format, ...]:
    """The `[[formats]]` blocks of a settings file or of a `--map` file; faults are left in the reader."""
    made: list[Format] = []
    for table in reader.tables("formats"):
        each = _format(table)
        for other in made:
            if other.name == each.name or other.keys == each.keys:
                table.fault("name", f"{each.name} 与 {other.name} 重复")
        made.append(each)
    return tuple(made)


def _format(table: TomlReader) -> Format:
    headers = table.texts("headers")
    keys = {header_key(header) for header in headers}
    platform = table.text("platform", "") or None
    if platform is not None and platform not in PLATFORMS:
        table.fault("platform", f"应为 {'、'.join(PLATFORMS)} 之一，现为 {platform!r}")
    maps: list[dict[str, str]] = []
    for name in ("columns", "source_columns"):
        made = {}
        part = table.table(name) if table.has(name) else TomlReader({}, table.file)
        for header in part.data:
            if header_key(header) not in keys:
                part.fault(header, "不在 headers 中")
            made[header_key(header)] = part.text(header, "") or UNUSED
        maps.append(made)
    each = Format(
        name=table.text("name"),
        table=_word(table, "table", _TABLES, None),
        headers=headers,
        keys=frozenset(keys),
        platform=platform,
        kind=_word(table, "kind", _KINDS, "post"),
        parent=_word(table, "parent", _PARENTS, "direct"),
        scope=_word(table, "scope", _SCOPES, "account"),
        cap=table.integer("cap", low=1) if table.has("cap") else None,
        minus_one_missing=table.flag("minus_one_missing", False),
        pending_impressions=table.flag("pending_impressions", False),
        own_account=table.flag("own_account", False),
        columns=MappingProxyType(maps[0]),
        source_columns=MappingProxyType(maps[1]),
    )
    table.done()
    return each


def _word(table: TomlReader, key: str, words: tuple[W, ...], fallback: W | None) -> W:
    value = table.text(key, fallback)
    if value not in words:
        table.fault(key, f"应为 {'、'.join(words)} 之一，现为 {value!r}")
        return words[0]
    return value
