"""What of the collection belongs to the incident: platforms' searches give posts of many years under one word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import numpy as np
import pandas as pd

from review.analysis.own_voice import is_own
from review.analysis.row_sets import row_set
from review.incident.case import Case
from review.incident.evidence import NO_ROWS, RowSet
from review.settings.thresholds import PeriodThresholds

MAKES_A_START: Final = ("post", "article")
"""Kinds that can be a first post: a comment or repost always answers something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """untold: why the earliest posts cannot be said to be the incident's. span: they lie over a longer time than one incident; undated: too few have a time.

    None: topics or an outbreak were typed, or the collection is of one incident's length. starts, dated: posts and articles by others than the brand, and
    those of them with a time, with the first and last of these times; rows: theirs.
    period: the stretch [first row, last row] that stands for the incident where the posts lie over a longer time. Where untold is span, the busiest of one
    incident's length, None without a clear one; where an outbreak was typed, that length before it and after it. None: the whole collection.
    """

    untold: Literal["span", "undated"] | None
    starts: int
    dated: int
    first_at: datetime | None
    last_at: datetime | None
    period: tuple[datetime, datetime] | None
    rows: RowSet


WHOLE: Final = Scope(untold=None, starts=0, dated=0, first_at=None, last_at=None, period=None, rows=NO_ROWS)
"""All that was collected is the incident's."""


def is_untyped(case: Case) -> bool:
    """Whether nothing typed says what belongs to the incident."""
    return not case.topics and case.outbreak_at is None


def measure_scope(posts: pd.DataFrame, case: Case, thresholds: PeriodThresholds) -> Scope:
    """WHOLE for posts that lie within one incident's length, and where topics are typed and no outbreak: many a topic is older than the incident."""
    if case.topics and case.outbreak_at is None:
        return WHOLE
    starts = posts[(posts["kind"].isin(MAKES_A_START) & ~is_own(posts, case)).to_numpy(dtype=bool)]
    times = starts["published_at"].dropna()
    length = timedelta(days=thresholds.longest_days)
    first, last = (None, None) if times.empty else (times.min().to_pydatetime(), times.max().to_pydatetime())
    untold: Literal["span", "undated"] | None = None
    period = None
    if case.outbreak_at is not None:
        if first is None or last is None or (first >= case.outbreak_at - length and last <= case.outbreak_at + length):
            return WHOLE
        period = _around(posts, case.outbreak_at, length)
    elif len(times) < thresholds.least_dated * len(starts):
        untold = "undated"
    elif first is not None and last is not None and last - first > length:
        untold, period = "span", _busiest(posts, length, thresholds.least_share)
    else:
        return WHOLE
    return Scope(untold=untold, starts=len(starts), dated=len(times), first_at=first, last_at=last, period=period, rows=row_set(starts))


def in_scope(posts: pd.DataFrame, scope: Scope) -> np.ndarray:
    """Which rows may stand for the incident: those dated within its period where one had to be told, else all."""
    if scope.period is None:
        return np.ones(len(posts), dtype=bool)
    first, last = (pd.Timestamp(at) for at in scope.period)
    return ((posts["published_at"] >= first) & (posts["published_at"] <= last)).to_numpy(dtype=bool, na_value=False)


def _around(posts: pd.DataFrame, outbreak: datetime, length: timedelta) -> tuple[datetime, datetime]:
    """First and last row no farther from the outbreak than length; the two ends themselves where there is none."""
    times = posts["published_at"].dropna()
    near = times[(times >= outbreak - length) & (times <= outbreak + length)]
    return (outbreak - length, outbreak + length) if near.empty else (near.min().to_pydatetime(), near.max().to_pydatetime())


def _busiest(posts: pd.DataFrame, length: timedelta, least_share: float) -> tuple[datetime, datetime] | None:
    """First and last row of the stretch with most dated rows of all kinds, the latest on a tie; None where it holds less than least_share of them."""
    times = posts["published_at"].dropna().sort_values().to_numpy(dtype="datetime64[us]")
    ends = np.searchsorted(times, times + np.timedelta64(length, "us"), side="right")
    held = ends - np.arange(len(times))
    start = len(times) - 1 - int(np.argmax(held[::-1]))
    if held[start] < least_share * len(times):
        return None
    first, last = pd.to_datetime(times[[start, int(ends[start]) - 1]], utc=True)
    return first.to_pydatetime(), last.to_pydatetime()
