"""Topic heat, hot-search entries and search residue, from readings people took off a screen or tools exported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from review.analysis.cell import text_of
from review.analysis.curve import moment
from review.analysis.row_sets import row_set, rows_at
from review.analysis.scope import plain_topic
from review.analysis.shares import Floats
from review.analysis.spread import shown_topic
from review.analysis.topic_readings import TopicSeries, topic_series
from review.incident.case import Case
from review.incident.evidence import RowSet, union
from review.settings.thresholds import HeatThresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of a growing total, or the amounts up to here added up; value: the low end where only bounds were read.

    The true figure lies in [low, high], high None where it is only a floor. latest: by when it was surely taken (the end of a day that is all that is known).
    """

    at: datetime
    precision: str | None
    latest: datetime
    value: float
    low: float
    high: float | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """When a topic reached `reads`, as a bracket: after the last reading below it and by the first reading at or above it, each as exact as its precision.

    after is None where the first reading was above already (the time is unknown before `by`); by is None where it was not reached.
    """

    reads: float
    after: datetime | None
    after_precision: str | None
    by: datetime | None
    by_precision: str | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicHeat:
    """Reads of one topic on one platform over its readings, in time order; `discussions` is the last reading of 讨论量.

    of_crisis: the case names it, or names no topic. increment: it existed before the crisis, so that reads and milestones count from the last reading before
    the onset; reads: the highest figure so counted, None (and no milestones) where no such reading tells. reach: the crossing whose time is printed.
    """

    name: str
    platform: str | None
    of_crisis: bool
    increment: bool
    reads: float | None
    readings: tuple[Reading, ...]
    milestones: tuple[Milestone, ...]
    reach: Milestone | None
    discussions: Reading | None

    @property
    def last(self) -> Reading:
        return self.readings[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class HotEntry:
    """One entry of a hot list: best rank, when it was first read there, first and last reading; list_hours as typed, else None."""

    name: str
    platform: str | None
    best_rank: int
    best_at: datetime
    first_at: datetime
    last_at: datetime
    readings: int
    list_hours: float | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResidue:
    """What a search for the brand showed: negatives on the first screen, suggested words; None and () where not read."""

    platform: str | None
    name: str | None
    at: datetime
    negatives_first_screen: int | None
    suggestions: tuple[str, ...]
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """topics: those of the crisis first, then by reads, highest first; hot_entries by best rank; residue by time."""

    topics: tuple[TopicHeat, ...]
    hot_entries: tuple[HotEntry, ...]
    residue: tuple[SearchResidue, ...]

    @property
    def leading(self) -> TopicHeat | None:
        """The largest topic of the crisis; None where none was read, whatever other topics were."""
        return next((topic for topic in self.topics if topic.of_crisis), None)


def measure_heat(points: pd.DataFrame, case: Case, onset: datetime | None, thresholds: HeatThresholds) -> Heat:
    """Heat of an incident from its metric_points; equal times keep the larger reading (two readings of a growing total).

    Which topics are of the crisis and from when their reads count is as for the level. ＃甲＃, #甲# and 甲 are one topic, and one entry of a list.
    """
    talk = {(plain_topic(each.name or ""), each.platform): each for each in topic_series(points, case, "discussions")}
    made = []
    for series in topic_series(points, case):  # a handful
        readings = _readings(series, points)
        counted, values = _counted(series, readings, onset)
        discussions = talk.get((plain_topic(series.name or ""), series.platform))
        made.append(
            TopicHeat(
                name=series.name or "",
                platform=series.platform,
                of_crisis=series.of_crisis,
                increment=series.existed,
                reads=float(values[-1]) if counted else None,
                readings=readings,
                milestones=tuple(_milestone(counted, values, each) for each in thresholds.milestones) if counted else (),
                reach=_milestone(counted, values, thresholds.reach_hours_to) if counted else None,
                discussions=None if discussions is None else _readings(discussions, points)[-1],
            )
        )
    made.sort(key=lambda topic: (not topic.of_crisis, -(topic.reads or 0.0), topic.name, topic.platform or ""))
    return Heat(topics=tuple(made), hot_entries=_hot_entries(points), residue=_residue(points))


def _plain_names(rows: pd.DataFrame) -> pd.Series:
    return rows["name"].astype(object).fillna("").map(plain_topic)


def _name_of(rows: pd.DataFrame) -> str:
    """As last written, without the marks around it."""
    last = rows.sort_values(["at", "file", "row"], kind="stable")["name"].iloc[-1]
    return "" if pd.isna(last) else shown_topic(str(last))


def _readings(series: TopicSeries, points: pd.DataFrame) -> tuple[Reading, ...]:
    """Totals as read, of equal times the larger one; amounts added up."""
    value, low, high = (each if series.running else np.cumsum(each) for each in (series.value, series.low, series.high))
    stands = np.append(series.known[1:] != series.known[:-1], True)
    precisions = points["precision"].array[series.place]
    return tuple(
        Reading(
            at=moment(series.at[i]),
            precision=text_of(precisions[i]),
            latest=moment(series.known[i]),
            value=float(value[i]),
            low=float(low[i]),
            high=float(high[i]) if np.isfinite(high[i]) else None,
            rows=rows_at(points, series.place[i if series.running else 0 : i + 1]),
        )
        for i in np.flatnonzero(stands)
    )


def _counted(series: TopicSeries, readings: tuple[Reading, ...], onset: datetime | None) -> tuple[tuple[Reading, ...], Floats]:
    """The readings that tell of the crisis and how many reads each shows, never falling: a lower later reading (a rounded one) undoes nothing.

    Of a topic that existed before: the last reading surely taken by the onset, with 0, and those after it; none without one, or without an onset.
    """
    values = np.maximum.accumulate([reading.value for reading in readings])
    if not series.existed:
        return readings, values
    before = 0 if onset is None else sum(reading.latest <= onset for reading in readings)
    if before:
        return readings[before - 1 :], values[before - 1 :] - values[before - 1]
    return (readings, values) if onset is not None and not series.running else ((), values)


def _milestone(readings: Sequence[Reading], values: Floats, reads: float) -> Milestone:
    """The bracket of one crossing."""
    first = next(iter(np.flatnonzero(values >= reads).tolist()), len(readings))
    after = readings[first - 1] if first else None
    by = readings[first] if first < len(readings) else None
    near = readings if by is None else readings[max(first - 1, 0) : first + 1]
    return Milestone(
        reads=reads,
        after=None if after is None else after.at,
        after_precision=None if after is None else after.precision,
        by=None if by is None else by.at,
        by_precision=None if by is None else by.precision,
        rows=union(*(reading.rows for reading in near)),
    )


def _hot_entries(points: pd.DataFrame) -> tuple[HotEntry, ...]:
    lists = points[points["scope"] == "hot_list"]
    ranks = lists[(lists["metric"] == "rank") & lists["value"].notna()]
    hours = lists[(lists["metric"] == "list_hours") & lists["value"].notna()]
    entries = []
    for (name, platform), group in ranks.groupby([_plain_names(ranks), ranks["platform"].astype(object).fillna("")], sort=True):
        best = group.sort_values(["value", "at"], kind="stable").iloc[0]
        typed = hours[(_plain_names(hours) == name) & (hours["platform"].astype(object).fillna("") == platform)]
        entries.append(
            HotEntry(
                name=_name_of(group),
                platform=str(platform) or None,
                best_rank=int(best["value"]),
                best_at=best["at"].to_pydatetime(),
                first_at=group["at"].min().to_pydatetime(),
                last_at=group["at"].max().to_pydatetime(),
                readings=len(group),
                list_hours=float(typed["value"].max()) if len(typed) else None,
                rows=row_set(group, typed),
            )
        )
    return tuple(sorted(entries, key=lambda entry: (entry.best_rank, entry.best_at, entry.name)))


def _residue(points: pd.DataFrame) -> tuple[SearchResidue, ...]:
    search = points[(points["scope"] == "search") & points["metric"].isin(["negatives_first_screen", "suggestions"])]
    found = []
    keys = [search["platform"].astype(object).fillna(""), search["name"].fillna(""), search["at"]]
    for (platform, name, at), group in search.groupby(keys, sort=True):
        counts = group.loc[group["metric"] == "negatives_first_screen", "value"].dropna()
        words = group.loc[group["metric"] == "suggestions", "text"].dropna()
        found.append(
            SearchResidue(
                platform=str(platform) or None,
                name=str(name) or None,
                at=pd.Timestamp(str(at)).to_pydatetime(),
                negatives_first_screen=int(counts.max()) if len(counts) else None,
                suggestions=tuple(sorted(str(word) for word in words)),
                rows=row_set(group),
            )
        )
    return tuple(sorted(found, key=lambda item: (item.at, item.platform or "", item.name or "")))
