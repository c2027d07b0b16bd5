"""How the service desk kept up: solved within 24 hours, time to first reply, opened and closed, by channel and topic."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from review.analysis.cell import time_of
from review.analysis.row_sets import row_set
from review.analysis.shares import Floats, wilson
from review.incident.evidence import NO_ROWS, RowSet
from review.settings.curve import ServiceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """k of n with share and Wilson interval, and the rows counted."""

    k: int
    n: int
    share: float
    low: float
    high: float
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCount:
    """Cases of one channel or topic: opened, and of those closed (None where closing is not recorded at all)."""

    name: str
    opened: int
    closed: int | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Figures of one source, of the incident's period; None where it does not tell.

    start, end: the period, end open. earlier: cases before it, counted nowhere else, and their rows. opened, closed: cases. solved: closed within solve_hours
    of all that had so long; too_recent, untold: cases left out of it, opened less than solve_hours before the last time in the data, or without the times to
    tell. first_reply: median of those answered, answered and unanswered beside it. satisfaction: mean of the `rated` cases' ratings, on the scale exported.
    channels, topics: most cases first, then by name; cases without one are not listed.
    """

    start: datetime | None
    end: datetime | None
    earlier: int
    earlier_rows: RowSet

    opened: int | None
    closed: int | None
    solved: Rate | None
    too_recent: int
    untold: int
    first_reply: timedelta | None
    answered: int
    unanswered: int
    satisfaction: float | None
    rated: int
    channels: tuple[GroupCount, ...]
    topics: tuple[GroupCount, ...]
    rows: RowSet


def tickets_since(tickets: pd.DataFrame, since: datetime | None) -> pd.DataFrame:
    """The cases opened then or later, and those whose opening time is not known: all where `since` is None."""
    return tickets.loc[~_before(tickets, since)].reset_index(drop=True)


def service_of_tickets(table: pd.DataFrame, since: datetime | None, settings: ServiceSettings) -> Service | None:
    """Figures of the exported cases opened from `since` on (None: of all); None without rows.

    A case counts as closed with a closing time or resolved = True. Solved in time: closing time at most solve_hours (closed end) after opening, and not
    resolved = False. Cases opened later than solve_hours before the last time in the table had no chance yet and are left out, solved or not (else only the
    quick ones would count). Resolved without a closing time, no opening time, or closed before opened: cannot be told. A case without either counts as
    open, unless no row of the table has a closing time: then nothing can be told.
    """
    if len(table) == 0:
        return None
    tickets = tickets_since(table, since)
    earlier = table.loc[_before(table, since)]
    opened, replied, closed = tickets["opened_at"], tickets["first_reply_at"], tickets["closed_at"]
    resolved = tickets["resolved"]
    is_closed = closed.notna() | resolved.fillna(False)
    times_closing = bool(table["closed_at"].notna().any())
    tells_closing = times_closing or bool(table["resolved"].notna().any())
    limit = pd.Timedelta(hours=settings.solve_hours)
    last = table[["opened_at", "first_reply_at", "closed_at"]].max().max()
    backwards = (closed < opened).fillna(False)
    told = opened.notna() & ~backwards & (closed.notna() | ~resolved.fillna(False)) & times_closing
    due = told & (opened <= last - limit).fillna(False)
    in_time = due & ((closed - opened) <= limit).fillna(False) & resolved.fillna(True)
    reply = replied - opened
    answered = reply.notna() & (reply >= pd.Timedelta(0)).fillna(False)
    ratings = tickets["satisfaction"].dropna()
    tells_reply = bool(table["first_reply_at"].notna().any())
    return Service(
        start=since or time_of(opened.min()),
        end=time_of(opened.max() + pd.Timedelta(microseconds=1)),
        earlier=len(earlier),
        earlier_rows=row_set(earlier),
        opened=len(tickets),
        closed=int(is_closed.sum()) if tells_closing else None,
        solved=_rate(int(in_time.sum()), int(due.sum()), tickets.loc[due], settings),
        too_recent=int((told & ~due).sum()),
        untold=int((~told).sum()),
        first_reply=_median(reply[answered]),
        answered=int(answered.sum()),
        unanswered=int(replied.isna().sum()) if tells_reply else 0,
        satisfaction=float(ratings.mean()) if len(ratings) else None,
        rated=len(ratings),
        channels=_groups(tickets, "channel", is_closed if tells_closing else None),
        topics=_groups(tickets, "topic", is_closed if tells_closing else None),
        rows=row_set(tickets),
    )


def service_of_samples(samples: pd.DataFrame, since: datetime | None, settings: ServiceSettings) -> Service | None:
    """Figures of typed totals (metrics tickets_opened, resolved_24h, first_reply) whose period ends after `since` (None: of all); None without any of them.

    Totals of several periods and places are added; a row typed twice with the same period, place and figures is one. resolved_24h is k of n; where only k
    or a share (86%) is typed, n is the number opened, if that is one period and place with it. first_reply is a typed median: given where there is one, else
    the middle of them. Units: minutes (分钟), hours (小时), days (天); a first reply without a known unit tells nothing.
    """
    every = samples.loc[samples["metric"].isin(("tickets_opened", "resolved_24h", "first_reply"))]
    if len(every) == 0:
        return None
    typed = every if since is None else every.loc[every["end"] > pd.Timestamp(since)]
    earlier = every.drop(typed.index)
    earlier = earlier.loc[earlier["metric"] == "tickets_opened"]
    distinct = _distinct(typed)
    by_metric = {name: distinct.loc[distinct["metric"] == name] for name in ("tickets_opened", "resolved_24h", "first_reply")}
    opened = _total(by_metric["tickets_opened"])
    solved = by_metric["resolved_24h"]
    pairs = solved.loc[solved["k"].notna() & solved["n"].notna()]
    pairs = pairs.loc[pairs["k"] <= pairs["n"]]
    k, n, basis = int(pairs["k"].sum()), int(pairs["n"].sum()), pairs
    one = by_metric["tickets_opened"]
    if n == 0 and len(solved) == 1 and len(one) == 1 and opened:
        same = solved[["start", "end", "place"]].reset_index(drop=True).equals(one[["start", "end", "place"]].reset_index(drop=True))
        alone = _solved_of(solved.iloc[0], opened)
        if same and alone is not None and alone <= opened:
            k, n, basis = alone, int(opened), pd.concat([solved, one])
    hours = _hours(by_metric["first_reply"])
    return Service(
        start=time_of(typed["start"].min()),
        end=time_of(typed["end"].max()),
        earlier=round(_total(_distinct(earlier)) or 0.0),
        earlier_rows=row_set(earlier),
        opened=None if opened is None else round(opened),
        closed=None,
        solved=_rate(k, n, basis, settings),
        too_recent=0,
        untold=0,
        first_reply=timedelta(hours=float(np.median(hours))) if len(hours) else None,
        answered=0,
        unanswered=0,
        satisfaction=None,
        rated=0,
        channels=(),
        topics=(),
        rows=row_set(typed),
    )


def _before(tickets: pd.DataFrame, since: datetime | None) -> "pd.Series[bool]":
    if since is None:
        return pd.Series(False, index=tickets.index)
    return (tickets["opened_at"] < pd.Timestamp(since)).fillna(False).astype(bool)


def _distinct(samples: pd.DataFrame) -> pd.DataFrame:
    return samples.drop_duplicates(["start", "end", "metric", "place", "n", "k", "value", "unit"])


def _median(spans: "pd.Series[pd.Timedelta]") -> timedelta | None:
    return timedelta(microseconds=round(float(np.median(spans.to_numpy(dtype="timedelta64[us]").astype(np.float64))))) if len(spans) else None


def _rate(k: int, n: int, rows: pd.DataFrame, settings: ServiceSettings) -> Rate | None:
    if n == 0:
        return None
    low, high = wilson(float(k), float(n), settings.confidence)
    return Rate(k=k, n=n, share=k / n, low=low, high=high, rows=row_set(rows) if len(rows) else NO_ROWS)


def _groups(tickets: pd.DataFrame, column: str, closed: "pd.Series[bool] | None") -> tuple[GroupCount, ...]:
    parts = [(str(name), part) for name, part in tickets.groupby(column, sort=True, observed=True)]
    found = [
        GroupCount(name=name, opened=len(part), closed=None if closed is None else int(closed[part.index].sum()), rows=row_set(part)) for name, part in parts
    ]
    return tuple(sorted(found, key=lambda group: (-group.opened, group.name)))


def _total(rows: pd.DataFrame) -> float | None:
    """Sum of the counts typed as n, or else as a value."""
    figures = rows["n"].astype("Float64").fillna(rows["value"])
    return float(figures.sum()) if figures.notna().any() else None


def _solved_of(row: "pd.Series[Any]", opened: float) -> int | None:
    """How many of `opened` a row alone tells: its k, or its value as a count or a share of them; None where 1 may be one case or all of them."""
    if pd.notna(row["k"]):
        return int(row["k"])
    value = row["value"]
    if pd.isna(value):
        return None
    if str(row["unit"]) in ("%", "％"):
        return round(float(value) / 100 * opened)
    if 0 < value < 1:
        return round(float(value) * opened)
    return int(value) if value == int(value) and value != 1 else None


def _hours(rows: pd.DataFrame) -> Floats:
    unit = rows["unit"].map({"分钟": 1 / 60, "分": 1 / 60, "小时": 1.0, "时": 1.0, "天": 24.0, "日": 24.0})
    hours = rows["value"].to_numpy(dtype=np.float64, na_value=np.nan) * unit.to_numpy(dtype=np.float64, na_value=np.nan)
    known: Floats = np.asarray(hours[~np.isnan(hours)], dtype=np.float64)
    return known
