"""Count columns of posts: exact counts, and the bounds of those that were rounded, a floor or a range."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from review.incident.tables import COUNT, INEXACT
from review.intake.cells import arrow, folded, matches, mentions
from review.intake.part import Findings, origin
from review.intake.recognition import COUNTS, Recognised
from review.intake.values import Numbers, parse_numbers

_MISSING_AS_MINUS_ONE: Final = frozenset({"views"})
"""Counts for which -1 means "not obtained" in any export: play counts (quirk 7)."""


_ESTIMATED: Final = frozenset({"views_estimated", "reach", "engagement"})
"""What vendors work out: these may be fractions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Columns of posts (Int64) by name, and the rows of `inexact` that belong to them.

    A count known only by a floor (10万+) or a range (7.5w~10w) stands as its lower end, with both ends in `inexact` (no upper end: NA).
    """

    columns: dict[str, pd.Series]
    inexact: pd.DataFrame


def read_counts(table: Recognised, findings: Findings) -> Counts:
    """All counts of the table. A negative count, and a cell that is no whole number, is rejected and NA; what vendors estimate may be a fraction."""
    columns: dict[str, pd.Series] = {}
    bounds: list[pd.DataFrame] = []
    minus_one = table.format is not None and table.format.minus_one_missing
    for name in COUNTS:
        cells = table.cells(name)
        if cells is None:
            continue
        numbers = parse_counts(cells, estimated=name in _ESTIMATED)
        value = numbers.value.fillna(numbers.low).to_numpy(dtype=float, na_value=np.nan)
        findings.cells(name, numbers.rejected, "不是数字或不是整数")
        with np.errstate(invalid="ignore"):
            negative = value < 0
        if negative.any():
            absent = (value == -1) if minus_one or name in _MISSING_AS_MINUS_ONE else np.zeros(len(value), dtype=bool)
            findings.cells(name, negative & ~absent, "负数不是计数")
            value = np.where(negative, np.nan, value)
        columns[name] = _count(value)
        inexact = ((numbers.low.notna() | numbers.high.notna()) & ~np.isnan(value)).to_numpy(dtype=bool)
        if inexact.any():
            at = {key: values[inexact] for key, values in origin(table).items()}  # type: ignore[index]
            at |= {
                "column": pd.Series(name, index=range(int(inexact.sum())), dtype="string[pyarrow]"),
                "low": numbers.low[inexact].clip(lower=0),
                "high": numbers.high[inexact],
            }
            bounds.append(INEXACT.frame(at, int(inexact.sum())))
    _pending(table, columns)
    return Counts(columns=columns, inexact=pd.concat(bounds, ignore_index=True) if bounds else INEXACT.empty())


def parse_counts(cells: pd.Series, *, estimated: bool = False) -> Numbers:
    """Numbers of count cells: a percentage, and a fraction that is no rounding (1.5, not 1.5万), is no count and rejected; an estimate may be a fraction."""
    numbers = parse_numbers(cells)
    values = arrow(cells)
    no_count = matches(folded(values), "%") if mentions(values, b"%", "％".encode()) else np.zeros(len(values), dtype=bool)
    if not estimated:
        no_count |= ((numbers.value % 1 != 0) & numbers.low.isna()).fillna(False).to_numpy(dtype=bool)
    no_count &= ~numbers.rejected.to_numpy(dtype=bool) & (numbers.value.notna() | numbers.low.notna()).to_numpy(dtype=bool)
    if not no_count.any():
        return numbers
    return Numbers(value=numbers.value.mask(no_count), low=numbers.low.mask(no_count), high=numbers.high.mask(no_count), rejected=numbers.rejected | no_count)


def _count(value: np.ndarray) -> pd.Series:
    gone = np.isnan(value)
    return pd.Series(pd.arrays.IntegerArray(np.rint(np.where(gone, 0, value)).astype(np.int64), gone), dtype=COUNT)


def _pending(table: Recognised, columns: dict[str, pd.Series]) -> None:
    """曝光 0 beside views is a figure not ready yet: NA, never 0 (quirk 7). `young` notes are handled where their age is known."""
    if table.format is None or not table.format.pending_impressions or not {"impressions", "views"} <= set(columns):
        return
    columns["impressions"] = columns["impressions"].mask((columns["impressions"] == 0) & (columns["views"] > 0).fillna(False))


def mask_young(impressions: pd.Series, published_at: pd.Series, captured_at: pd.Series, young_hours: int) -> pd.Series:
    """Impressions without the zeros of notes younger than `young_hours` at capture; unknown times change nothing."""
    young = (captured_at - published_at) < pd.Timedelta(hours=young_hours)
    return impressions.mask((impressions == 0).fillna(False) & young.fillna(False))
