"""Source headers and the columns they mean, from aliases.toml."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from review.settings.toml import SETTINGS_DIR, read_toml
from review.settings.traditional import simplified

_DROPPED = re.compile("[\\s_\ufeff\u200b\u200c\u200d\u2060]+")
_BEHIND = re.compile(r"(?:\*|:|\(必填\))+$")
_UNIT = re.compile(r"\(([^()]*)\)$")
_SCALE = re.compile(r"(?:单位:?)?(百万|千万|[百千万亿kw])(?:元|次|人|条|篇|个|件|单)?")


@lru_cache(maxsize=4096)  # a column of words repeats a handful of them
def header_key(header: str) -> str:
    """The header as headers are compared: NFKC, lower case, Simplified, without blanks, underscores, zero-width characters, and without
    what forms write behind it: a colon, the * or （必填） of a required column."""
    return _BEHIND.sub("", simplified(_DROPPED.sub("", unicodedata.normalize("NFKC", header).lower())))


@lru_cache(maxsize=4096)
def in_brackets(header: str) -> str:
    """What stands in brackets at the header's end (阅读量(万) → 万), "" where nothing does."""
    match = _UNIT.search(header_key(header))
    return match[1] if match else ""


def scale_of(header: str) -> str:
    """The word its column's numbers are counted in (支付金额(万元) → 万), "" where they are counted in ones."""
    match = _SCALE.fullmatch(in_brackets(header))
    return match[1] if match else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aliases:
    """Header key → column name; and header key → place in its list (the first wins where a table has several). `typed` are keys of typed sheets. `beside`:
    what headers mean in a table that has this header too, by its key.
    """

    columns: Mapping[str, str]
    places: Mapping[str, int]
    typed: frozenset[str]
    beside: Mapping[str, Mapping[str, str]]

    def column(self, header: str) -> str | None:
        """What a header means, None where it is unknown. A unit in brackets at its end is optional."""
        return self.columns.get(self.known_key(header) or "")

    def among(self, headers: Iterable[str]) -> dict[str, str]:
        """What each header that is known means in a table of these headers."""
        keys = {header: header_key(header) for header in headers}
        changed = {key: column for other in sorted(self.beside.keys() & set(keys.values())) for key, column in self.beside[other].items()}
        meanings = {header: changed.get(key) or self.column(header) for header, key in keys.items()}
        return {header: column for header, column in meanings.items() if column is not None}

    def place(self, header: str) -> tuple[int, str]:
        """What headers of one column are sorted by, best first."""
        return self.places.get(self.known_key(header) or "", len(self.columns)), header

    def known_key(self, header: str) -> str | None:
        """The key under which a header is known, None where it is not."""
        key = header_key(header)
        if key in self.columns:
            return key
        bare = _UNIT.sub("", key)
        return bare if bare in self.columns else None

    def knows(self, header: str) -> bool:
        """Whether the header is one of an export or of a typed sheet."""
        return header_key(header) in self.typed or self.known_key(header) is not None


@cache
def read_aliases(path: Path = SETTINGS_DIR / "aliases.toml") -> Aliases:
    """The aliases of a file. Raises UnusableInput naming every header that stands under two columns."""
    reader = read_toml(path)
    typed = frozenset(header_key(word) for word in reader.texts("typed"))
    table = reader.table("columns")
    columns: dict[str, str] = {}
    places: dict[str, int] = {}
    for column in table.data:
        for place, header in enumerate(table.texts(column)):
            key = header_key(header)
            if columns.get(key, column) != column:
                table.fault(column, f"中的“{header}”同时属于 {columns[key]}")
            columns[key] = column
            places.setdefault(key, place)
    for column in table.data:  # a column's own name means itself, so that our own files read back
        columns.setdefault(header_key(column), column)
        places.setdefault(header_key(column), len(columns))
    beside: dict[str, dict[str, str]] = {}
    others = reader.table("beside")
    for other in others.data:
        part = others.table(other)
        beside[header_key(other)] = {header_key(header): part.text(header) for header in part.data}
        for header in part.data:
            if part.text(header) not in table.data:
                part.fault(header, f"不是列名：{part.text(header)!r}")
        part.done()
    others.done()
    reader.done()
    reader.close()
    return Aliases(columns=MappingProxyType(columns), places=MappingProxyType(places), typed=typed, beside=MappingProxyType(beside))
