"""Topic heat, hot-search entries and search residue, from readings people took off a screen or tools exported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from review.analysis.row_sets import row_set
from review.analysis.spread import plain_topic, shown_topic
from review.incident.evidence import RowSet, single_row
from review.settings.thresholds import HeatThresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of a cumulative figure; low and high where it was rounded, a floor or a range."""

    at: datetime
    value: float
    low: float | None
    high: float | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """When a topic reached `reads`, as a bracket: after the last reading below it and by the first reading at or above it.

    after is None where the first reading was above already (the time is unknown before `by`); by is None where it was not reached.
    """

    reads: float
    after: datetime | None
    by: datetime | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicHeat:
    """Reads of one topic on one platform over its readings, in time order; `discussions` is the last reading of 讨论量."""

    name: str
    platform: str | None
    readings: tuple[Reading, ...]
    milestones: tuple[Milestone, ...]
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
    """topics by last reads, highest first; hot_entries by best rank; residue by time."""

    topics: tuple[TopicHeat, ...]
    hot_entries: tuple[HotEntry, ...]
    residue: tuple[SearchResidue, ...]


def measure_heat(points: pd.DataFrame, thresholds: HeatThresholds) -> Heat:
    """Heat of an incident from its metric_points; equal times keep the larger reading (two readings of a growing total).

    ＃甲＃, #甲# and 甲 are one topic, and one entry of a list.
    """
    topics = points[points["scope"] == "topic"]
    reads = topics[(topics["metric"] == "reads") & topics["value"].notna()]
    talk = topics[(topics["metric"] == "discussions") & topics["value"].notna()]
    made = []
    # a loop over topics (a handful), not over rows
    for (name, platform), group in reads.groupby([_plain_names(reads), reads["platform"].astype(object).fillna("")], sort=True):
        readings = _readings(group)
        same = talk[(_plain_names(talk) == name) & (talk["platform"].astype(object).fillna("") == platform)]
        discussions = _readings(same)
        made.append(
            TopicHeat(
                name=_name_of(group),
                platform=str(platform) or None,
                readings=readings,
                milestones=tuple(_milestone(readings, each, group) for each in thresholds.milestones),
                discussions=discussions[-1] if discussions else None,
            )
        )
    made.sort(key=lambda topic: (-topic.last.value, topic.name, topic.platform or ""))
    return Heat(topics=tuple(made), hot_entries=_hot_entries(points), residue=_residue(points))


def _plain_names(rows: pd.DataFrame) -> pd.Series:
    return rows["name"].astype(object).fillna("").map(plain_topic)


def _name_of(rows: pd.DataFrame) -> str:
    """As last written, without the marks around it."""
    last = rows.sort_values(["at", "file", "row"], kind="stable")["name"].iloc[-1]
    return "" if pd.isna(last) else shown_topic(str(last))


def _readings(group: pd.DataFrame) -> tuple[Reading, ...]:
    ordered = group.sort_values(["at", "value", "file", "row"], kind="stable")
    ordered = ordered.drop_duplicates("at", keep="last")
    columns = (ordered[name] for name in ("at", "value", "low", "high", "file", "sheet", "row"))
    return tuple(
        Reading(
            at=at.to_pydatetime(),
            value=float(value),
            low=_known(low),
            high=_known(high),
            rows=single_row(str(file), None if pd.isna(sheet) else str(sheet), int(row)),
        )
        for at, value, low, high, file, sheet, row in zip(*columns, strict=True)
    )


def _known(value: object) -> float | None:
    return None if value is pd.NA or value is None else float(value)  # type: ignore[arg-type]


def _milestone(readings: Sequence[Reading], reads: float, group: pd.DataFrame) -> Milestone:
    """The bracket of one crossing. Totals never fall: a lower later reading (a rounded one) does not undo a crossing."""
    values = np.maximum.accumulate([reading.value for reading in readings])
    reached = np.flatnonzero(values >= reads)
    if len(reached) == 0:
        return Milestone(reads=reads, after=readings[-1].at, by=None, rows=row_set(group))
    first = int(reached[0])
    times = [reading.at for reading in readings]
    near = group[group["at"].isin(times[max(first - 1, 0) : first + 1])]
    return Milestone(reads=reads, after=times[first - 1] if first else None, by=times[first], rows=row_set(near))


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
