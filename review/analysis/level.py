"""The level of the crisis from topic reads: the largest single topic decides; also as it could be known at a given time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from review.analysis.row_sets import row_set
from review.analysis.spread import plain_topic
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
    keyed = rows.assign(
        key_name=rows["name"].astype(object).map(lambda name: "" if pd.isna(name) else plain_topic(str(name))),
        key_platform=rows["platform"].astype(object).map(lambda place: "" if pd.isna(place) else str(place)),
    )
    made: list[TopicReads] = []
    for _, topic in keyed.groupby(["key_name", "key_platform"], sort=True):  # one turn a topic
        running = topic[topic["cumulative"].fillna(True).to_numpy(dtype=bool)]
        daily = running.empty
        used = (topic if daily else running).sort_values(["at", "row"], kind="stable")
        at = used["at"]
        low = used["value"].fillna(used["low"]).to_numpy(dtype=np.float64)
        floor = (used["high"].isna() & used["low"].notna()) | used["value"].isna()
        high = np.where(floor.to_numpy(dtype=bool), used["high"].fillna(np.inf).to_numpy(dtype=np.float64), low)
        missing = False
        if daily:
            inside = np.ones(len(used), dtype=bool) if not existed or onset is None else (at > pd.Timestamp(onset - _DAY)).to_numpy(dtype=bool)
            least, most = float(low[inside].sum()), float(high[inside].sum())
            missing = existed and onset is None
            least = 0.0 if missing else least
        else:
            least, most = float(low.max()), float(high.max())
            if existed:
                before = np.zeros(len(used), dtype=bool) if onset is None else (at <= pd.Timestamp(onset)).to_numpy(dtype=bool)
                missing = not before.any()
                least, most = (least - float(low[0]), most) if missing else (max(least - float(high[before].max()), 0.0), most - float(low[before].max()))
        first = used.iloc[0]
        made.append(
            TopicReads(
                name=None if pd.isna(first["name"]) else str(first["name"]),
                platform=None if pd.isna(first["platform"]) else str(first["platform"]),
                low=least,
                high=most,
                increment=existed,
                baseline_missing=missing,
                last_at=at.iloc[-1].to_pydatetime(),
                rows=row_set(used),
            )
        )
    return tuple(sorted(made, key=lambda topic: (-topic.low, topic.name or "", topic.platform or "")))


def _decided(topics: tuple[TopicReads, ...], rubric: Rubric) -> Level | None:
    if not topics:
        return None
    if any(topic.low >= rubric.level1_min for topic in topics):
        return "l1"
    return "l2" if all(topic.high < rubric.level1_min for topic in topics) else None
