"""Where a number comes from: rows, a settings key, a field people typed, an archived review, or the clock."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSpan:
    """Rows of one sheet of one file as closed ranges of 1-based row numbers, sorted and disjoint."""

    file: str
    sheet: str | None
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSet:
    """A set of source rows, never a list of a million: spans per file and sheet, how many rows, and a digest of their addresses.

    digest: first 16 hex digits of sha256 over the spans, so that two sets can be compared without their rows.
    """

    spans: tuple[RowSpan, ...]
    count: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingKey:
    """A value out of a settings file: file name and key path, e.g. rubric.toml, criteria.first_response.weight."""

    file: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseField:
    """A fact people typed: the field's name as in the workbook (事件信息, 根因与行动 …) and where it stands."""

    name: str
    file: str
    sheet: str | None
    row: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time of the build (`--at`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedField:
    """A value out of an archived review: the package (2026/Q3/<incident>/v1, or its events) and the field of its record."""

    package: str
    field: str


Source = RowSet | SettingKey | CaseField | Clock | ArchivedField


def single_row(file: str, sheet: str | None, row: int) -> RowSet:
    """The set of one row: what `row_sets.row_set` gives for it, without a frame."""
    return sealed([RowSpan(file=file, sheet=sheet, ranges=((row, row),))], 1)


def union(*sets: RowSet) -> RowSet:
    """All rows of the given sets, each once."""
    by_place: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for each in sets:
        for span in each.spans:
            by_place.setdefault((span.file, span.sheet or ""), []).extend(span.ranges)
    spans: list[RowSpan] = []
    count = 0
    for (file, sheet), ranges in sorted(by_place.items()):
        merged: list[tuple[int, int]] = []
        for start, end in sorted(ranges):
            if merged and start <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            else:
                merged.append((start, end))
        count += sum(end - start + 1 for start, end in merged)
        spans.append(RowSpan(file=file, sheet=sheet or None, ranges=tuple(merged)))
    return sealed(spans, count)


def sealed(spans: Sequence[RowSpan], count: int) -> RowSet:
    """The set of these spans (sorted by file and sheet) with the digest of its addresses."""
    seal = hashlib.sha256()
    for span in spans:
        seal.update(repr((span.file, span.sheet, span.ranges)).encode())
    return RowSet(spans=tuple(spans), count=count, digest=seal.hexdigest()[:16])


NO_ROWS = sealed((), 0)
