"""Where a number comes from: rows, a settings key, a field people typed, an archived review, or the clock."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray


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


def row_set(*frames: pd.DataFrame) -> RowSet:
    """The rows of these frames (any with columns file, sheet, row), each address once; O(n log n), no Python loop over rows."""
    return _rows_of((frame["file"].array, frame["sheet"].array, frame["row"].array) for frame in frames)


def rows_at(frame: pd.DataFrame, which: npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_]) -> RowSet:
    """`row_set` of the rows at these positions, or where this mask holds, without a copy of all the frame's columns."""
    return _rows_of(((frame["file"].array[which], frame["sheet"].array[which], frame["row"].array[which]),))


def _rows_of(addresses: Iterable[tuple[ExtensionArray, ExtensionArray, ExtensionArray]]) -> RowSet:
    """Of columns file, sheet, row. Called for every number that may be printed: works on category codes, without a copy of the names."""
    places: dict[tuple[str, str], list[npt.NDArray[np.int64]]] = {}
    for of_file, of_sheet, of_row in addresses:
        if not len(of_row):
            continue
        file_codes, files = _codes(of_file)
        sheet_codes, sheets = _codes(of_sheet)
        rows = np.asarray(of_row, dtype=np.int64)
        place = file_codes * (len(sheets) + 1) + sheet_codes + 1
        for each in np.unique(place):  # a handful of files and sheets
            file, sheet = divmod(int(each), len(sheets) + 1)
            places.setdefault((files[file], sheets[sheet - 1] if sheet else ""), []).append(
                rows if place[0] == each and (place == each).all() else rows[place == each]
            )
    spans: list[RowSpan] = []
    count = 0
    for (file_name, sheet_name), parts in sorted(places.items()):
        numbers = np.sort(np.concatenate(parts))
        numbers = numbers[np.concatenate(([True], np.diff(numbers) > 0))]
        breaks = np.flatnonzero(np.diff(numbers) > 1)
        starts = numbers[np.concatenate(([0], breaks + 1))]
        ends = numbers[np.concatenate((breaks, [len(numbers) - 1]))]
        count += len(numbers)
        spans.append(RowSpan(file=file_name, sheet=sheet_name or None, ranges=tuple(zip(starts.tolist(), ends.tolist(), strict=True))))
    return _sealed(spans, count)


def single_row(file: str, sheet: str | None, row: int) -> RowSet:
    """The set of one row: what `row_set` gives for it, without a frame."""
    return _sealed([RowSpan(file=file, sheet=sheet, ranges=((row, row),))], 1)


def _codes(column: ExtensionArray) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Category codes (-1 for NA) and the names they stand for."""
    values = column if isinstance(column, pd.Categorical) else pd.Categorical(column)
    return np.asarray(values.codes, dtype=np.int64), [str(name) for name in values.categories]


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
    return _sealed(spans, count)


def _sealed(spans: list[RowSpan], count: int) -> RowSet:
    seal = hashlib.sha256()
    for span in spans:
        seal.update(repr((span.file, span.sheet, span.ranges)).encode())
    return RowSet(spans=tuple(spans), count=count, digest=seal.hexdigest()[:16])


NO_ROWS = row_set()
