"""Totals people typed (数据汇总) that no other measure reads: complaints, reposts elsewhere, lost followers, and sales as sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pandas as pd

from review.analysis.cell import count_of, text_of
from review.analysis.row_sets import row_set
from review.incident.evidence import RowSet

TOTALS: Final = ("complaints", "reposts_elsewhere", "followers_lost", "units", "sales", "orders")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTotal:
    """One total as typed: of n (counted, or the value) so many k; start, end: its period (end open); method: its 口径."""

    metric: str
    place: str | None
    start: datetime
    end: datetime
    n: float
    k: int | None
    unit: str | None
    method: str | None
    rows: RowSet


def typed_totals(samples: pd.DataFrame) -> tuple[TypedTotal, ...]:
    """Each typed total once, by metric, then start, end and place; rows without a figure are left out."""
    chosen = samples.loc[samples["metric"].isin(TOTALS)]
    figure = chosen["n"].astype("Float64").fillna(chosen["value"])
    chosen = chosen.assign(figure=figure)[figure.notna()]
    keys = ["metric", "start", "end", "place", "figure", "k", "unit"]
    made = []
    for _, part in chosen.groupby(keys, sort=True, dropna=False, observed=True):  # a few rows
        first = part.iloc[0]
        made.append(
            TypedTotal(
                metric=str(first["metric"]),
                place=text_of(first["place"]),
                start=first["start"].to_pydatetime(),
                end=first["end"].to_pydatetime(),
                n=float(first["figure"]),
                k=count_of(first["k"]),
                unit=text_of(first["unit"]),
                method="；".join(sorted({str(method) for method in part["method"].dropna()})) or None,
                rows=row_set(part),
            )
        )
    return tuple(sorted(made, key=lambda total: (TOTALS.index(total.metric), total.start, total.end, total.place or "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintsClosed:
    """k of n complaints closed, over the typed rows that give both."""

    k: int
    n: int
    rows: tuple[RowSet, ...]


def complaints_closed(totals: Sequence[TypedTotal], since: datetime | None) -> ComplaintsClosed | None:
    """Complaints received and closed in periods that end after `since` (None: in all); None where no row gives both."""
    ours = [total for total in totals if total.metric == "complaints" and (since is None or total.end > since)]
    told = [total for total in ours if total.k is not None and total.n >= total.k and total.n > 0]
    if not told:
        return None
    return ComplaintsClosed(k=sum(total.k or 0 for total in told), n=round(sum(total.n for total in told)), rows=tuple(total.rows for total in told))
