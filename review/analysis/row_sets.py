"""Rows of tables as sets of source rows: where every counted number of the analysis comes from."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from review.incident.evidence import RowSet, RowSpan, sealed


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
        alone = (place == place[0]).all()
        for each in place[:1] if alone else np.unique(place):  # a handful of files and sheets
            file, sheet = divmod(int(each), len(sheets) + 1)
            places.setdefault((files[file], sheets[sheet - 1] if sheet else ""), []).append(rows if alone else rows[place == each])
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
    return sealed(spans, count)


def _codes(column: ExtensionArray) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Category codes (-1 for NA) and the names they stand for."""
    values = column if isinstance(column, pd.Categorical) else pd.Categorical(column)
    return np.asarray(values.codes, dtype=np.int64), [str(name) for name in values.categories]
