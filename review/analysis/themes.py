"""What people complain about: themes by a transparent word list, with their time, counts for and against, and quotes; topics of service cases."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from review.analysis.emotion_lexicon import build_trie, find_words
from review.analysis.emotion_text import CodePoints, code_points, own_words
from review.analysis.row_sets import row_set, rows_at
from review.analysis.spread import PostCard, cards_at
from review.incident.evidence import RowSet
from review.settings.emotion import folded
from review.settings.themes import ThemeSettings

_SIGNS = re.compile(r"\W+")
_QUOTE_POOL = 300
"""Rows looked at for a handful of quotes: enough to get past copies of one text."""

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Half-open [start, end), aware, with how many mentions fell into it."""

    start: datetime
    end: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme among users' rows. Clues, not conclusions.

    count: rows that name it; supporting: of those labelled negative; contrary: of those labelled otherwise; both None where no row carries a label.
    words: the words hit most, with the rows each stands in. first_at, last_at: of dated mentions. busiest: the period with most negative mentions (of all,
    without labels), the earliest on ties, None where few are dated. quotes: most liked negative mentions (of all, without labels), near-equal texts once;
    objection: the most liked mention labelled otherwise. negative_rows: the rows behind `supporting`.
    """

    ident: str
    name: str
    count: int
    supporting: int | None
    contrary: int | None
    words: tuple[tuple[str, int], ...]
    first_at: datetime | None
    last_at: datetime | None
    busiest: Period | None
    quotes: tuple[PostCard, ...]
    objection: PostCard | None
    negative_rows: RowSet
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTopic:
    """Service cases of one topic: opened, still open of them (None where closing is not recorded at all), first and last opening."""

    name: str
    opened: int
    unsolved: int | None
    first_at: datetime | None
    last_at: datetime | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mentions:
    """Which rows name which theme: held[t, i] for theme t of the settings and row i; word_counts: a theme's words hit most, with the rows of each."""

    held: Bools
    word_counts: tuple[tuple[tuple[str, int], ...], ...]


def folded_points(posts: pd.DataFrame, settings: ThemeSettings) -> CodePoints:
    """Own words of title and text, folded; a title that opens its text is not read twice."""
    title, text = posts["title"].fillna("").astype("string[pyarrow]"), posts["text"].fillna("").astype("string[pyarrow]")
    whole = (title + "\n" + text).where(title != "", text)
    return code_points(own_words(whole).words, settings.fold)


def folded_words(points: CodePoints) -> "pa.LargeStringArray":
    """The texts of these code points as one Arrow array, without a Python string a row."""
    octets = points.points.astype("<u4").tobytes().decode("utf-32-le").encode("utf-8")
    width = 1 + (points.points > 0x7F).astype(np.int64) + (points.points > 0x7FF) + (points.points > 0xFFFF)
    offsets = np.concatenate(([0], np.cumsum(width, dtype=np.int64)))[points.starts].astype(np.int64)
    return pa.LargeStringArray.from_buffers(len(points.starts) - 1, pa.py_buffer(offsets.tobytes()), pa.py_buffer(octets))


def find_mentions(points: CodePoints, settings: ThemeSettings) -> Mentions:
    """Every theme's mentions; a row counts once a theme, whatever the number of its words there. Negation is not looked at."""
    rows = len(points.starts) - 1
    held = np.zeros((len(settings.rules), rows), dtype=np.bool_)
    counts = []
    for t, rule in enumerate(settings.rules):  # a dozen themes
        found = find_words(points, build_trie(rule.words))
        owner = points.owner[found.start]
        held[t, owner] = True
        pairs = np.unique(owner.astype(np.int64) * len(rule.words) + found.word)
        each = np.bincount(pairs % len(rule.words), minlength=len(rule.words))
        ranked = sorted(zip(rule.words, each.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
        counts.append(tuple((word, n) for word, n in ranked[: settings.words] if n))
    return Mentions(held=held, word_counts=tuple(counts))


def measure_themes(posts: pd.DataFrame, negative: pd.Series, mentions: Mentions, settings: ThemeSettings, zone: ZoneInfo) -> tuple[Theme, ...]:
    """Themes that are named at all, most negative mentions first (most mentions, where nothing is labelled), then by count, then in the file's order.

    posts: users' rows; negative: boolean, NA = unlabelled; both aligned with the columns of mentions.held.
    """
    labelled = negative.notna().to_numpy(dtype=bool)
    is_negative = negative.fillna(False).to_numpy(dtype=bool)
    any_label = bool(labelled.any())
    places, times = posts[["file", "sheet", "row"]], posts["published_at"]
    found = []
    for t, rule in enumerate(settings.rules):  # a dozen themes
        held = mentions.held[t]
        if not held.any():
            continue
        against = held & labelled & ~is_negative
        telling = held & is_negative if any_label else held
        dated = times[held].dropna()
        found.append(
            Theme(
                ident=rule.ident,
                name=rule.name,
                count=int(held.sum()),
                supporting=int(telling.sum()) if any_label else None,
                contrary=int(against.sum()) if any_label else None,
                words=mentions.word_counts[t],
                first_at=dated.min().to_pydatetime() if len(dated) else None,
                last_at=dated.max().to_pydatetime() if len(dated) else None,
                busiest=_busiest(times[telling], settings, zone),
                quotes=(),
                objection=None,
                negative_rows=rows_at(places, held & is_negative),
                rows=rows_at(places, held),
            )
        )
    order = {rule.ident: i for i, rule in enumerate(settings.rules)}
    found.sort(key=lambda theme: (-(theme.supporting or 0), -theme.count, order[theme.ident]))
    used: set[str] = set()
    ranked = _ranked(posts, settings)
    quoted = []
    for theme in found:  # in this order a row is quoted for the first theme that names it
        held = mentions.held[order[theme.ident]]
        telling = held & is_negative if any_label else held
        against = held & labelled & ~is_negative
        words = settings.rules[order[theme.ident]].words
        quotes = _quotes(posts, ranked[telling[ranked]], (words, settings.quotes), settings, used)
        objection = _quotes(posts, ranked[against[ranked]], (words, 1), settings, used)
        quoted.append(replace(theme, quotes=quotes, objection=objection[0] if objection else None))
    return tuple(quoted)


def ticket_topics(tickets: pd.DataFrame, most: int) -> tuple[TicketTopic, ...]:
    """The topics with most service cases, then by name. A case is solved with a closing time or resolved = True."""
    named = tickets[tickets["topic"].notna()]
    tells = bool(tickets["closed_at"].notna().any() or tickets["resolved"].notna().any())
    solved = tickets["closed_at"].notna() | tickets["resolved"].fillna(False)
    made = []
    for name, part in named.groupby("topic", sort=True, observed=True):
        opened = part["opened_at"].dropna()
        made.append(
            TicketTopic(
                name=str(name),
                opened=len(part),
                unsolved=int((~solved[part.index]).sum()) if tells else None,
                first_at=opened.min().to_pydatetime() if len(opened) else None,
                last_at=opened.max().to_pydatetime() if len(opened) else None,
                rows=row_set(part),
            )
        )
    return tuple(sorted(made, key=lambda topic: (-topic.opened, topic.name))[:most])


def _busiest(times: pd.Series, settings: ThemeSettings, zone: ZoneInfo) -> Period | None:
    """The period of so many hours, counted from the local midnight before the first time, with most of these times; None where they are too few."""
    known = times.dropna()
    if len(known) < settings.least_period:
        return None
    hours = settings.period_hours
    origin = known.min().tz_convert(zone).normalize().tz_convert("UTC")
    step = pd.Timedelta(hours=hours)
    number = ((known - origin) // step).to_numpy(dtype=np.int64)
    values, counts = np.unique(number, return_counts=True)
    best = int(np.argmax(counts))  # the first of equals: the earliest
    start = (origin + int(values[best]) * step).to_pydatetime()
    return Period(start=start, end=start + timedelta(hours=hours), count=int(counts[best]))


def _ranked(posts: pd.DataFrame, settings: ThemeSettings) -> npt.NDArray[np.int64]:
    """Positions of the rows in the order they are quoted: texts of a fitting length first, then the most liked, the earlier, by id."""
    rows = posts[["likes", "published_at", "item_id", "file", "row"]].reset_index(drop=True)
    size = posts["text"].str.len().fillna(0).to_numpy(dtype=np.int64)
    fitting = (size >= settings.least_quote) & (size <= settings.longest_quote)
    order = rows.assign(_fits=fitting).sort_values(
        ["_fits", "likes", "published_at", "item_id", "file", "row"], ascending=[False, False, True, True, True, True], kind="stable", na_position="last"
    )
    return order.index.to_numpy(dtype=np.int64)


def _quotes(
    posts: pd.DataFrame, ranked: npt.NDArray[np.int64], wanted: tuple[tuple[str, ...], int], settings: ThemeSettings, used: set[str]
) -> tuple[PostCard, ...]:
    """So many of the first ranked rows not yet used whose text names one of the words where a reader sees it; near-equal texts once. Adds to `used`."""
    words, most = wanted
    if most == 0 or not len(ranked):
        return ()
    chosen: list[int] = []
    seen = set(used)
    for place, text in zip(ranked[:_QUOTE_POOL].tolist(), posts["text"].array[ranked[:_QUOTE_POOL]], strict=True):  # stops at the first few that fit
        plain = "" if pd.isna(text) else _SIGNS.sub("", text)
        if len(plain) < settings.least_quote or plain in seen:
            continue
        seen.add(plain)
        shown = folded(text[: settings.longest_quote], settings.fold)
        if any(word in shown for word in words):
            chosen.append(place)
            used.add(plain)
        if len(chosen) == most:
            break
    return cards_at(posts, chosen)
