"""The level of the crisis from topic reads: the largest single topic decides; also as it could be known at a given time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from review.analysis.curve import instant, moment
from review.analysis.row_sets import rows_at
from review.analysis.spread import plain_topic, shown_topic
from review.incident.case import Case
from review.incident.evidence import RowSet, Source
from review.settings.rubric import Level, Rubric

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicReads:
    """Reads of one topic on one platform: the true figure lies in [low, high] (high inf where the reading is only a floor).

    increment: reads since T0 of a topic that existed before; baseline_missing: no reading before T0, so `low` counts from the first reading after it.
    """

    name: str | None
    platform: str | None
    low: float
    high: float
    increment: bool
    baseline_missing: bool
    last_at: datetime
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFacts:
    """The level and what it rests on.

    level: typed, else by reads; None = undetermined (未定级). by_reads: by reads alone. contradicts_case: the typed level is another than by reads.
    topics: largest first. reads: of the largest topic (its low end); total_reads: the sum over topics, not deduplicated (未去重); both None without reads.
    on_the_line: the largest is exactly the level-1 figure, which the source leaves open. topics_declared: the case names the crisis topics.
    """

    level: Level | None
    typed: Level | None
    by_reads: Level | None
    contradicts_case: bool
    topics: tuple[TopicReads, ...]
    reads: float | None
    total_reads: float | None
    on_the_line: bool
    topics_declared: bool
    sources: tuple[Source, ...]


def measure_level(points: pd.DataFrame, case: Case, onset: datetime | None, rubric: Rubric) -> LevelFacts:
    """The level of the whole incident from `metric_points` with scope topic and metric reads.

    Reads from level1_min on (closed) are level 1. Where the case names topics, only those (and unnamed readings) count. For a topic that existed before the
    increment since T0 counts; without T0 or a second reading it is only bounded. Undetermined where the bounds straddle the line, or there are no reads.
    """
    topics = _topics(_topic_rows(points, case), (case.topic_existed_before is True, onset))
    by_reads = _decided(topics, rubric)
    typed: Level | None = case.level if case.level in ("l1", "l2") else None
    largest = topics[0] if topics else None
    sources: list[Source] = [topic.rows for topic in topics]
    if typed is not None and "level" in case.sources:
        sources.insert(0, case.sources["level"])
    return LevelFacts(
        level=typed or by_reads,
        typed=typed,
        by_reads=by_reads,
        contradicts_case=typed is not None and by_reads is not None and typed != by_reads,
        topics=topics,
        reads=None if largest is None else largest.low,
        total_reads=sum(topic.low for topic in topics) if topics else None,
        on_the_line=largest is not None and largest.low == largest.high == rubric.level1_min,
        topics_declared=bool(case.topics),
        sources=tuple(sources),
    )


def level_known_at(points: pd.DataFrame, case: Case, times: tuple[datetime | None, datetime], rubric: Rubric) -> Level | None:
    """The level that readings up to and including a time could tell; `times` are T0 and that time. None where there was no reading yet."""
    onset, until = times
    rows = _topic_rows(points, case)
    return _decided(_topics(rows[rows["at"] <= pd.Timestamp(until)], (case.topic_existed_before is True, onset)), rubric)


def _topic_rows(points: pd.DataFrame, case: Case) -> pd.DataFrame:
    rows = points[(points["scope"] == "topic") & (points["metric"] == "reads")]
    rows = rows[rows["value"].notna() | rows["low"].notna()]
    if case.topics:
        wanted = {plain_topic(name) for name in case.topics}
        plain = rows["name"].astype(object).map(lambda name: name if pd.isna(name) else plain_topic(str(name)))
        rows = rows[plain.isin(wanted) | plain.isna()]
    return rows


def _topics(rows: pd.DataFrame, since: tuple[bool, datetime | None]) -> tuple[TopicReads, ...]:
    """One entry a topic and platform (a handful), largest low end first; ties by name and platform. A topic without a usable bound is left out."""
    existed, onset = since
    names, platforms = ([None if pd.isna(each) else str(each) for each in rows[column]] for column in ("name", "platform"))
    keys = [("" if name is None else plain_topic(name), platform or "") for name, platform in zip(names, platforms, strict=True)]
    at = rows["at"].dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    value, least_read, most_read = (rows[column].to_numpy(dtype=np.float64, na_value=np.nan) for column in ("value", "low", "high"))
    bounded = np.isnan(value)
    low = np.where(bounded, least_read, value)
    open_ended = bounded | (np.isnan(most_read) & ~np.isnan(least_read))
    high = np.where(open_ended, np.where(np.isnan(most_read), np.inf, most_read), low)
    cumulative = rows["cumulative"].fillna(True).to_numpy(dtype=bool)
    in_order = np.lexsort((rows["row"].to_numpy(), at))
    made: list[TopicReads] = []
    for key in sorted(set(keys)):  # one turn a topic
        readings = np.array([i for i in in_order if keys[i] == key], dtype=np.int64)
        running = readings[cumulative[readings]]
        daily = not len(running)
        used = readings if daily else running
        missing = False
        if daily:
            inside = used if not existed or onset is None else used[at[used] > instant(onset - _DAY)]
            missing = existed and onset is None
            least, most = 0.0 if missing else float(low[inside].sum()), float(high[inside].sum())
        else:
            least, most = float(low[used].max()), float(high[used].max())
            if existed:
                before = used[:0] if onset is None else used[at[used] <= instant(onset)]
                missing = not len(before)
                least, most = (least - float(low[used[0]]), most) if missing else (max(least - float(high[before].max()), 0.0), most - float(low[before].max()))
        name = names[used[0]]
        made.append(
            TopicReads(
                name=None if name is None else shown_topic(name),
                platform=platforms[used[0]],
                low=least,
                high=most,
                increment=existed,
                baseline_missing=missing,
                last_at=moment(at[used[-1]]),
                rows=rows_at(rows, used),
            )
        )
    return tuple(sorted(made, key=lambda topic: (-topic.low, topic.name or "", topic.platform or "")))


def _decided(topics: tuple[TopicReads, ...], rubric: Rubric) -> Level | None:
    if not topics:
        return None
    if any(topic.low >= rubric.level1_min for topic in topics):
        return "l1"
    return "l2" if all(topic.high < rubric.level1_min for topic in topics) else None
