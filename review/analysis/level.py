"""The level of the crisis from topic reads: the largest single topic decides; also as it could be known at a given time."""

from dataclasses import dataclass
from datetime import datetime
from math import isfinite

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.buckets import DAY
from review.analysis.curve import instant, moment
from review.analysis.row_sets import rows_at
from review.analysis.topic_readings import TopicSeries, known_by, topic_series
from review.incident.case import Case
from review.incident.evidence import RowSet, Source
from review.settings.rubric import Level, Rubric


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicReads:
    """Reads of one topic on one platform: the true figure lies in [low, high] (high inf where the reading is only a floor); reads: as read.

    increment: reads since T0 of a topic that existed before; baseline_missing: no reading before T0, so `reads` and `low` count from the first one after it.
    """

    name: str | None
    platform: str | None
    reads: float
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
    topics: those of the crisis, largest first. reads: of the largest topic; total_reads: the sum over topics, not deduplicated (未去重); both None without
    reads. on_the_line: the largest is exactly the level-1 figure, which the source leaves open.
    """

    level: Level | None
    typed: Level | None
    by_reads: Level | None
    contradicts_case: bool
    topics: tuple[TopicReads, ...]
    reads: float | None
    total_reads: float | None
    on_the_line: bool
    sources: tuple[Source, ...]


def measure_level(points: pd.DataFrame, case: Case, onset: datetime | None, rubric: Rubric) -> LevelFacts:
    """The level of the whole incident from `metric_points` with scope topic and metric reads.

    Reads from level1_min on (closed) are level 1, a rounded reading of exactly that figure too. Where the case names topics, only those (and unnamed
    readings) count. For a topic that existed before the increment since T0 counts; without T0 or a second reading it is only bounded. Undetermined where the
    bounds straddle the line, or there are no reads.
    """
    topics = _topics(points, case, onset)
    by_reads = _decided(topics, rubric)
    typed: Level | None = case.level if case.level in ("l1", "l2") else None
    largest = topics[0] if topics else None
    sources: tuple[Source, ...] = (*(case.sources_of("level") if typed is not None else ()), *(topic.rows for topic in topics))
    return LevelFacts(
        level=typed or by_reads,
        typed=typed,
        by_reads=by_reads,
        contradicts_case=typed is not None and by_reads is not None and typed != by_reads,
        topics=topics,
        reads=None if largest is None else largest.reads,
        total_reads=sum(topic.reads for topic in topics) if topics else None,
        on_the_line=largest is not None and _on(largest, rubric.level1_min),
        sources=sources,
    )


def level_known_at(points: pd.DataFrame, case: Case, times: tuple[datetime | None, datetime], rubric: Rubric) -> Level | None:
    """The level that readings surely taken by a time could tell; `times` are T0 and that time. None where there was no reading yet."""
    onset, until = times
    return _decided(_topics(points[known_by(points) <= pd.Timestamp(until)], case, onset), rubric)


def _topics(points: pd.DataFrame, case: Case, onset: datetime | None) -> tuple[TopicReads, ...]:
    """One entry a topic of the crisis and platform (a handful), largest low end first; ties by name and platform."""
    made = [_reads(series, onset, points) for series in topic_series(points, case) if series.of_crisis]
    return tuple(sorted(made, key=lambda topic: (-topic.low, topic.name or "", topic.platform or "")))


def _reads(series: TopicSeries, onset: datetime | None, points: pd.DataFrame) -> TopicReads:
    missing = False
    if series.running:
        reads, low, high = _total(series, np.ones(len(series.at), dtype=np.bool_))
        if series.existed:
            before = series.baseline(onset)
            missing = not before.any()
            first = before.copy()
            first[0] = True
            base, base_low, base_high = _total(series, first if missing else before)
            reads, low = max(reads - base, 0.0), max(low - base_high, 0.0)
            if not missing:  # else the topic may have started with the crisis
                high = max(high - base_low, low)
    else:
        missing = series.existed and onset is None
        inside = np.ones(len(series.at), dtype=np.bool_) if not series.existed or onset is None else series.at > instant(onset - DAY)
        reads, low, high = (float(amounts[inside].sum()) for amounts in (series.value, series.low, series.high))
        if missing:
            reads = low = 0.0
    return TopicReads(
        name=series.name,
        platform=series.platform,
        reads=reads,
        low=low,
        high=high,
        increment=series.existed,
        baseline_missing=missing,
        last_at=moment(series.at[-1]),
        rows=rows_at(points, series.place),
    )


def _total(series: TopicSeries, chosen: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
    """(as read, low, high) of a growing total at its last chosen reading: never below an earlier one, and no higher than the last one allows."""
    low = float(series.low[chosen].max())
    last = chosen & (series.known == series.known[chosen][-1])
    return float(series.value[chosen].max()), low, max(float(series.high[last].max()), low)


def _on(topic: TopicReads, line: float) -> bool:
    """Whether the figure as read is the line's own, rounded (500万) or not."""
    return topic.reads == line and isfinite(topic.high)


def _decided(topics: tuple[TopicReads, ...], rubric: Rubric) -> Level | None:
    if not topics:
        return None
    if any(topic.low >= rubric.level1_min or _on(topic, rubric.level1_min) for topic in topics):
        return "l1"
    return "l2" if all(topic.high < rubric.level1_min for topic in topics) else None
