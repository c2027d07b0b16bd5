"""What of the collection belongs to the incident: platforms' searches give posts of many years under one word."""

import re
from dataclasses import dataclass, replace
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
    """unnamed: the typed topics where no dated post or article by others than the brand names one, so that they cannot tell what belongs to the incident.

    untold: why the earliest posts cannot be said to be the incident's. span: they lie over a longer time than one incident; undated: too few have a time.

    None: an outbreak or topics that posts name were typed, or the collection is of one incident's length. starts, dated: posts and articles by others than
    the brand, and those of them with a time, with the first and last of these times; rows: theirs.
    period: the stretch [first row, last row] that stands for the incident where the posts lie over a longer time. Where untold is span, the busiest of one
    incident's length, None without a clear one; where an outbreak was typed, that length before it and after it; else, where typed topics are named
    (by_topic), that length before the first and after the last post that names one. None: the whole collection.
    by_talk: there are no posts and articles by others, or none with a time, and what is said of them here is said of all rows by others: comments, reposts.
    """

    unnamed: tuple[str, ...]
    untold: Literal["span", "undated"] | None
    by_topic: bool
    starts: int
    dated: int
    first_at: datetime | None
    last_at: datetime | None
    period: tuple[datetime, datetime] | None
    rows: RowSet
    by_talk: bool = False


WHOLE: Final = Scope(unnamed=(), untold=None, by_topic=False, starts=0, dated=0, first_at=None, last_at=None, period=None, rows=NO_ROWS)
"""All that was collected is the incident's."""


def is_untyped(case: Case) -> bool:
    """Whether nothing typed says what belongs to the incident."""
    return not case.topics and case.outbreak_at is None


def measure_scope(posts: pd.DataFrame, case: Case, thresholds: PeriodThresholds) -> Scope:
    """WHOLE where the posts lie within one incident's length, of the typed outbreak, of those that name a typed topic, or of each other.

    The outbreak goes before the topics: many a topic is older than the incident. Typed topics that no post names tell nothing, and it is as if there were
    none (but for `unnamed`).
    """
    others = posts[~is_own(posts, case).to_numpy(dtype=bool)]
    starts = others[others["kind"].isin(MAKES_A_START).to_numpy(dtype=bool)]
    by_talk = not len(starts)
    starts = others if by_talk else starts
    dated = starts["published_at"].notna()
    named = starts["published_at"][dated][names_a_topic(starts[dated], case.topics)]
    if not len(named):
        named = starts["published_at"][dated][speaks_of_a_topic(starts[dated], case)]
    unnamed = () if len(named) or by_talk or not dated.any() else tuple(topic for topic in case.topics if plain_topic(topic))
    length = timedelta(days=thresholds.longest_days)
    if len(named) and case.outbreak_at is None:
        return _around_topics(posts, starts, named, length)
    whole = replace(WHOLE, unnamed=unnamed, starts=len(starts), dated=int(dated.sum()), rows=row_set(starts)) if unnamed else WHOLE
    times = starts["published_at"][dated]
    talk = others["published_at"].dropna()
    first, last = _ends(talk if times.empty else times)
    untold: Literal["span", "undated"] | None = None
    period = None
    if case.outbreak_at is not None:
        if first is None or last is None or (first >= case.outbreak_at - length and last <= case.outbreak_at + length):
            return whole
        period = _around(posts, case.outbreak_at - length, case.outbreak_at + length)
    elif by_talk and len(times) < thresholds.least_dated * len(starts):
        return whole
    elif len(times) < thresholds.least_dated * len(starts):
        untold, (first, last) = "undated", _ends(talk)
        by_talk = first is not None and last is not None and last - first > length
        if times.empty and case.topics and not by_talk:
            return whole
        period = _busiest(posts, length, thresholds.least_share) if by_talk else None
    elif first is not None and last is not None and last - first > length:
        untold, period = "span", _busiest(posts, length, thresholds.least_share)
    else:
        return whole
    told = replace(WHOLE, unnamed=unnamed, untold=untold, starts=len(starts), dated=len(times), rows=row_set(starts), by_talk=by_talk)
    return replace(told, first_at=first, last_at=last, period=period)


def _ends(times: "pd.Series[pd.Timestamp]") -> tuple[datetime, datetime] | tuple[None, None]:
    return (None, None) if times.empty else (times.min().to_pydatetime(), times.max().to_pydatetime())


def names_a_topic(posts: pd.DataFrame, topics: tuple[str, ...]) -> "pd.Series[bool]":
    """Whether title, text or tags name one of the topics, blanks and # aside."""
    wanted = "|".join(re.escape(plain_topic(topic)) for topic in topics if plain_topic(topic))
    if not wanted:
        return pd.Series(False, index=posts.index)
    return _plain_words(posts).str.contains(wanted, regex=True).astype(bool)


def speaks_of_a_topic(posts: pd.DataFrame, case: Case) -> "pd.Series[bool]":
    """Whether title, text or tags name one of the typed topics, or hold all its words.

    A topic gets its name after the first posts of it. Its words are what the typed brand, product and keywords cut it into; a topic of nothing but brand
    and product, or not cut, has to be named.
    """
    found = names_a_topic(posts, case.topics)
    words = _plain_words(posts)
    for topic in case.topics:
        parts = _parts_of(plain_topic(topic), case)
        if len(parts) > 1:
            held = pd.Series(True, index=posts.index)
            for part in parts:
                held &= words.str.contains(part, regex=False).astype(bool)
            found |= held
    return found


def _parts_of(topic: str, case: Case) -> tuple[str, ...]:
    """The words of a topic by what was typed, (topic,) where they say nothing of what happened."""
    ours = [plain_topic(each) for each in (case.brand or "", case.product or "")]
    known = sorted({*ours, *(plain_topic(each) for each in case.keywords)} - {"", topic}, key=lambda each: (-len(each), each))
    parts = [each for each in re.split("(" + "|".join(map(re.escape, known)) + ")", topic) if each] if known else [topic]
    return tuple(parts) if any(not any(part in name for name in ours) for part in parts) else (topic,)


def _plain_words(posts: pd.DataFrame) -> "pd.Series[str]":
    said = posts["title"].fillna("") + " " + posts["text"].fillna("") + " " + posts["tags"].fillna("")
    return said.str.lower().str.replace(r"[\s#＃]+", "", regex=True)


def plain_topic(topic: str) -> str:
    """A topic's name as names are compared: without # and blanks, lower case."""
    return re.sub(r"[\s#＃]+", "", topic).lower()


def in_scope(posts: pd.DataFrame, scope: Scope) -> np.ndarray:
    """Which rows may stand for the incident: those dated within its period where one had to be told, else all."""
    if scope.period is None:
        return np.ones(len(posts), dtype=bool)
    first, last = (pd.Timestamp(at) for at in scope.period)
    return ((posts["published_at"] >= first) & (posts["published_at"] <= last)).to_numpy(dtype=bool, na_value=False)


def _around_topics(posts: pd.DataFrame, starts: pd.DataFrame, named: "pd.Series[pd.Timestamp]", length: timedelta) -> Scope:
    """WHOLE unless posts lie farther from those that name a topic (at these times) than one incident is long: then what is nearer stands for it."""
    times = starts["published_at"].dropna()
    first, last = named.min().to_pydatetime() - length, named.max().to_pydatetime() + length
    if times.min() >= first and times.max() <= last:
        return WHOLE
    told = replace(WHOLE, by_topic=True, starts=len(starts), dated=len(times), rows=row_set(starts), period=_around(posts, first, last))
    return replace(told, first_at=times.min().to_pydatetime(), last_at=times.max().to_pydatetime())


def _around(posts: pd.DataFrame, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """First and last row of this stretch (closed); its ends themselves where there is none."""
    times = posts["published_at"].dropna()
    near = times[(times >= start) & (times <= end)]
    return (start, end) if near.empty else (near.min().to_pydatetime(), near.max().to_pydatetime())


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
