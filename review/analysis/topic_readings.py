"""Readings of topic reads as they bound the truth: one series a topic and platform, and which topics are the crisis'."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.buckets import EXACT_TO, Instants
from review.analysis.cell import text_of
from review.analysis.curve import instant
from review.analysis.scope import plain_topic
from review.analysis.shares import Floats
from review.analysis.spread import shown_topic
from review.incident.case import Case


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TopicSeries:
    """Readings of one topic on one platform, shape (n,) each, ascending by the time they were surely taken.

    at: as read, or the start of what an amount covers; known: when it can be relied on, the end of a day or hour where `at` is no more exact. value: as read,
    the low end where only bounds are. [low, high]: where the true figure lies (high inf for a floor). running: totals, else amounts that add up (where a topic
    has totals its amounts are left out). existed: a topic of the crisis that was there before it. place: positions in the frame.
    """

    name: str | None
    platform: str | None
    of_crisis: bool
    existed: bool
    running: bool
    at: Instants
    known: Instants
    value: Floats
    low: Floats
    high: Floats
    place: npt.NDArray[np.int64]

    def baseline(self, onset: datetime | None) -> npt.NDArray[np.bool_]:
        """The readings surely taken by the onset; none without an onset."""
        if onset is None:
            return np.zeros(len(self.known), dtype=np.bool_)
        before: npt.NDArray[np.bool_] = self.known <= instant(onset)
        return before


def known_by(rows: pd.DataFrame) -> pd.Series:
    """The time by which each reading was surely taken: a day's or an hour's end where it is no more exact."""
    return rows["at"] + rows["precision"].astype(object).map(EXACT_TO).fillna(timedelta()).astype("timedelta64[us]")


def topic_series(points: pd.DataFrame, case: Case, metric: str = "reads") -> tuple[TopicSeries, ...]:
    """One a topic and platform, by name and platform. Where the case names topics, those and unnamed readings are of the crisis; else all are.

    ＃甲＃, #甲# and 甲 are one topic, named as last written. A reading with neither a value nor a low end is left out.
    """
    chosen = (points["scope"] == "topic") & (points["metric"] == metric) & (points["value"].notna() | points["low"].notna())
    origin = np.flatnonzero(chosen.to_numpy(dtype=bool))
    if not len(origin):
        return ()
    rows = points.iloc[origin]
    wanted = {plain_topic(topic) for topic in case.topics}
    names, platforms = ([text_of(each) for each in rows[column]] for column in ("name", "platform"))
    keys = [("" if name is None else plain_topic(name), platform or "") for name, platform in zip(names, platforms, strict=True)]
    at, known = (each.dt.tz_localize(None).to_numpy(dtype="datetime64[us]") for each in (rows["at"], known_by(rows)))
    value, low, high = (rows[column].to_numpy(dtype=np.float64, na_value=np.nan) for column in ("value", "low", "high"))
    exact = np.isnan(low) & np.isnan(high)
    low, high = np.where(np.isnan(low), value, low), np.where(exact, value, np.where(np.isnan(high), np.inf, high))
    value = np.where(np.isnan(value), low, value)
    running = rows["cumulative"].fillna(True).to_numpy(dtype=bool)
    in_order = np.lexsort((rows["row"].to_numpy(), rows["file"].astype(str).to_numpy(), value, at, known))
    made = []
    for key in sorted(set(keys)):  # one turn a topic
        readings = np.array([i for i in in_order if keys[i] == key], dtype=np.int64)
        totals = readings[running[readings]]
        used = totals if len(totals) else readings
        last = names[used[-1]]
        of_crisis = not wanted or not key[0] or key[0] in wanted
        made.append(
            TopicSeries(
                name=None if last is None else shown_topic(last),
                platform=key[1] or None,
                of_crisis=of_crisis,
                existed=of_crisis and case.topic_existed_before is True,
                running=bool(len(totals)),
                at=at[used],
                known=known[used],
                value=value[used],
                low=low[used],
                high=high[used],
                place=origin[used],
            )
        )
    return tuple(made)
