"""Who posted first and where it went next: first post of all and per platform, volumes and interaction, media, official posts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from review.analysis.cell import count_of, text_of, time_of
from review.analysis.chains import CHAIN
from review.analysis.own_voice import is_own
from review.analysis.row_sets import row_set
from review.analysis.row_times import WIDTH_SECONDS
from review.analysis.scope import MAKES_A_START, WHOLE, Scope, in_scope, speaks_of_a_topic
from review.incident.case import Case
from review.incident.evidence import NO_ROWS, RowSet, single_row
from review.incident.tables import COMMENT_KINDS, PUBLISHED_KINDS

MEASURES: tuple[Literal["impressions", "views"], ...] = ("impressions", "views")

MOST_CARDS = 30
"""Cards kept for a page; counts are always of all rows."""

_CARD_COLUMNS = (
    "file", "sheet", "row", "kind", "platform", "item_id", "published_at", "time_precision", "author_name", "author_type", "role_from", "outlet_level",
    "author_verified", "author_followers", "title", "text", "tags", "likes", "comments", "shares", "collects", "views", "reach",
    "views_estimated", "sentiment", "stance", "viewpoint",
)  # fmt: skip

_COLUMNS = (
    "kind", "platform", "item_id", "published_at", "author_name", "author_type", "title", "text", "tags", "sentiment",
    "likes", "comments", "shares", "collects", "views", "impressions", "file", "sheet", "row",
)  # fmt: skip

PRIVATE = {"record": False}
"""Fields that may name or quote ordinary people: printed masked, never written to findings.json."""

FirstBy = Literal["topic", "negative", "all"]

INTERACTIONS = ("likes", "comments", "shares", "collects")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """One post as a reader meets it. Names and texts are as exported: masking is the report's work.

    interaction: likes + comments + shares + collects as far as exported; None where none was. reach: as a vendor reports it, else its estimate of reads.
    """

    kind: str
    platform: str
    item_id: str | None
    at: datetime | None
    precision: str | None
    author: str | None = field(metadata=PRIVATE)
    author_type: str | None
    role_from: str | None
    outlet_level: str | None
    verified: str | None
    followers: int | None
    title: str | None = field(metadata=PRIVATE)
    text: str | None = field(metadata=PRIVATE)
    tags: tuple[str, ...]
    likes: int | None
    comments: int | None
    shares: int | None
    collects: int | None
    views: int | None
    reach: int | None
    interaction: int | None
    sentiment: str | None
    stance: str | None
    viewpoint: str | None = field(metadata=PRIVATE)
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSpread:
    """One platform: its first post (None without a time), lag behind the first of all, rows by kind, summed interaction (None = not exported).

    lag: None too where one of the two times is known to the day alone; 0 for the first of all; negative where a platform without a post that speaks of the
    topic has an older one.
    """

    platform: str
    first: PostCard | None
    lag: timedelta | None
    posts: int
    comments: int
    reposts: int
    articles: int
    likes_sum: int | None
    comments_sum: int | None
    shares_sum: int | None
    collects_sum: int | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What the posts, reposts and articles of one platform that came with such a figure carry together: total of n rows, and their interaction (None: unknown).

    own: of the brand's own accounts, whose notes and advertisements are no reach of the crisis; of these only what was published since the first post.
    """

    platform: str
    measure: Literal["impressions", "views"]
    own: bool
    n: int
    total: int
    interaction: int | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """first: earliest post or article collected that speaks of the crisis, by the rule first_by (see measure_spread). rivals: others by that rule of which
    the times, exact to the minute, hour or day, do not tell that they came later. None are told, for no platform, where the scope is untold.

    platforms by time of their first post (those without times last). carried: figures that posts came with, others' before the brand's own.

    media: press items and posts of media accounts in time order, at most the `MOST_CARDS` with most interaction and the earliest of the media_count found;
    official likewise: posts of the brand's accounts. undated: rows without a time.
    mentions: posts, reposts and articles (提及量; comments are not mentions); own: those of them by the brand's own accounts, with own_rows.
    first_at, last_at: the earliest and latest time of any row, with how exact each is.
    """

    first: PostCard | None
    first_by: FirstBy
    rivals: RowSet
    platforms: tuple[PlatformSpread, ...]
    carried: tuple[Carried, ...]
    media: tuple[PostCard, ...]
    media_count: int
    media_rows: RowSet
    official: tuple[PostCard, ...]
    undated: int
    mentions: int
    own: int
    own_rows: RowSet
    first_at: datetime | None
    first_precision: str | None
    last_at: datetime | None
    last_precision: str | None
    rows: RowSet

    @property
    def all_own(self) -> bool:
        """Whether all that was collected is the brand's own: then nothing of it is public opinion."""
        return 0 < self.own == self.mentions and not any(each.comments for each in self.platforms)


def interaction_of(posts: pd.DataFrame) -> pd.Series:
    """likes + comments + shares + collects a row, leaving out what was not exported; NA where none was."""
    return posts[list(INTERACTIONS)].sum(axis=1, min_count=1)


def _own_text(text: str | None) -> str | None:
    return None if text is None else re.sub(CHAIN, "", text).strip() or None


def cards_at(posts: pd.DataFrame, positions: Sequence[int]) -> tuple[PostCard, ...]:
    """The rows at these positions as cards, in this order; of a repost's text its own words. For the few rows a page shows: a Python loop over them, but no
    copy of the frame."""
    columns = []
    for name in _CARD_COLUMNS:
        values = posts[name].array
        columns.append([values[place] for place in positions])
    made = []
    for values in zip(*columns, strict=True):
        row = dict(zip(_CARD_COLUMNS, values, strict=True))
        counts = [count_of(row[name]) for name in INTERACTIONS]
        known = [count for count in counts if count is not None]
        made.append(
            PostCard(
                kind=str(row["kind"]),
                platform=str(row["platform"]),
                item_id=text_of(row["item_id"]),
                at=time_of(row["published_at"]),
                precision=text_of(row["time_precision"]),
                author=text_of(row["author_name"]),
                author_type=text_of(row["author_type"]),
                role_from=text_of(row["role_from"]),
                outlet_level=text_of(row["outlet_level"]),
                verified=text_of(row["author_verified"]),
                followers=count_of(row["author_followers"]),
                title=text_of(row["title"]),
                text=_own_text(text_of(row["text"])) if row["kind"] == "repost" else text_of(row["text"]),
                tags=tuple((text_of(row["tags"]) or "").split()),
                likes=count_of(row["likes"]),
                comments=count_of(row["comments"]),
                shares=count_of(row["shares"]),
                collects=count_of(row["collects"]),
                views=count_of(row["views"]),
                reach=count_of(row["views_estimated"]) if row["reach"] is pd.NA else count_of(row["reach"]),
                interaction=sum(known) if known else None,
                sentiment=text_of(row["sentiment"]),
                stance=text_of(row["stance"]),
                viewpoint=text_of(row["viewpoint"]),
                rows=single_row(str(row["file"]), text_of(row["sheet"]), int(row["row"])),
            )
        )
    return tuple(made)


def measure_spread(posts: pd.DataFrame, case: Case, scope: Scope = WHOLE) -> Spread:
    """Spread over platforms, with the media and official posts in scope. Equal times: the row with more interaction is the first, then by platform and id.

    A first post is a dated post or article by others than the brand that speaks of the crisis: one that names a typed crisis topic or holds all its words;
    where none does, the first labelled negative; where none is, the first of all. The rule is taken afresh for each platform (`first_by`).
    """
    interaction = interaction_of(posts)
    told = posts[list(_COLUMNS)].assign(_interaction=-interaction.fillna(0), _at=np.arange(len(posts)))
    order = told.sort_values(["published_at", "_interaction", "platform", "item_id", "file", "row"], kind="stable", na_position="last")
    owned = is_own(order, case)
    starts = order[order["kind"].isin(MAKES_A_START) & order["published_at"].notna() & ~owned & in_scope(order, scope) & (scope.untold is None)]
    starts = starts.assign(_topic=speaks_of_a_topic(starts, case))
    chosen, first_by = _first_of(starts)
    first = cards_at(posts, chosen)
    platforms = []
    for platform, group in told.groupby("platform", observed=True, sort=True):
        own = cards_at(posts, _first_of(starts[starts["platform"] == platform])[0])
        kinds = group["kind"].astype(object)
        platforms.append(
            PlatformSpread(
                platform=str(platform),
                first=own[0] if own else None,
                lag=_lag(own[0], first[0]) if own and first else None,
                posts=int((kinds == "post").sum()),
                comments=int(kinds.isin(COMMENT_KINDS).sum()),
                reposts=int((kinds == "repost").sum()),
                articles=int((kinds == "article").sum()),
                likes_sum=_sum(group, "likes"),
                comments_sum=_sum(group, "comments"),
                shares_sum=_sum(group, "shares"),
                collects_sum=_sum(group, "collects"),
                rows=row_set(group),
            )
        )
    platforms.sort(key=lambda each: (each.first is None, None if each.first is None else each.first.at, each.platform))
    wide = order["kind"].isin(PUBLISHED_KINDS)
    near = wide & in_scope(order, scope)
    press = order[((order["author_type"] == "media") | (order["kind"] == "article")).fillna(False).astype(bool) & near]
    own_posts = order[owned & near]
    dated = posts["published_at"].notna()
    ends = _end(posts, first=True), _end(posts, first=False)
    return Spread(
        first=first[0] if first else None,
        first_by=first_by,
        rivals=_rivals(starts, first_by, first),
        platforms=tuple(platforms),
        carried=_carried(order, owned, first[0].at if first else None),
        media=cards_at(posts, _leading(press)),
        media_count=len(press),
        media_rows=row_set(press),
        official=cards_at(posts, _leading(own_posts)),
        undated=int((~dated).sum()),
        mentions=int(wide.sum()),
        own=int((owned & wide).sum()),
        own_rows=row_set(order[owned & wide]),
        first_at=ends[0][0],
        first_precision=ends[0][1],
        last_at=ends[1][0],
        last_precision=ends[1][1],
        rows=row_set(posts),
    )


def _end(posts: pd.DataFrame, first: bool) -> tuple[datetime | None, str | None]:
    """(the first or last time of any row, what it is exact to: of rows with the same time the most exact); (None, None) without times."""
    at = posts["published_at"].min() if first else posts["published_at"].max()
    if at is pd.NaT:
        return None, None
    known = posts["time_precision"][(posts["published_at"] == at).to_numpy(dtype=bool, na_value=False)].dropna().astype(str)
    return at.to_pydatetime(), min(known, key=lambda each: WIDTH_SECONDS.get(each, 1), default=None)


def shown_topic(topic: str) -> str:
    """A topic's name as it is printed: without the # around it."""
    return topic.strip("#＃ ")


def _lag(own: PostCard, first: PostCard) -> timedelta | None:
    if own.rows == first.rows:
        return timedelta()
    return None if own.at is None or first.at is None or "day" in (own.precision, first.precision) else own.at - first.at


def _rivals(starts: pd.DataFrame, rule: FirstBy, first: tuple[PostCard, ...]) -> RowSet:
    if not first or first[0].at is None:
        return NO_ROWS
    width = WIDTH_SECONDS.get(first[0].precision or "s", 1)
    open_ = starts[_by_rule(starts, rule) & (starts["published_at"] < first[0].at + timedelta(seconds=width))]
    return row_set(open_.iloc[1:]) if width > 1 else NO_ROWS


def _by_rule(starts: pd.DataFrame, rule: FirstBy) -> "pd.Series[bool]":
    if rule == "topic":
        return starts["_topic"]
    if rule == "negative":
        return (starts["sentiment"] == "negative").fillna(False).astype(bool)
    return pd.Series(True, index=starts.index)


def _first_of(starts: pd.DataFrame) -> tuple[list[int], FirstBy]:
    """Position of the first row of the strictest rule that has any; no position where there is no row."""
    rules: tuple[FirstBy, ...] = ("topic", "negative")
    rule: FirstBy = next((each for each in rules if _by_rule(starts, each).any()), "all")
    return starts["_at"][_by_rule(starts, rule)].head(1).tolist(), rule


def _leading(ordered: pd.DataFrame) -> list[int]:
    """Positions of the rows with most interaction and of the earliest, in time order."""
    most = ordered.sort_values("_interaction", kind="stable").head(MOST_CARDS).index.union(ordered.index[:1])
    return ordered["_at"][ordered.index.isin(most)].tolist()


def _carried(order: pd.DataFrame, owned: "pd.Series[bool]", since: datetime | None) -> tuple[Carried, ...]:
    wide = order["kind"].isin(PUBLISHED_KINDS)
    late = True if since is None else (order["published_at"] >= pd.Timestamp(since)).fillna(False).astype(bool)
    found = []
    for own, chosen in ((False, wide & ~owned), (True, wide & owned & late)):
        for platform, group in order[chosen].groupby("platform", observed=True, sort=True):
            for measure in MEASURES:
                rows = group[group[measure].notna()]
                if rows.empty:
                    continue
                found.append(
                    Carried(
                        platform=str(platform),
                        measure=measure,
                        own=own,
                        n=len(rows),
                        total=int(rows[measure].sum()),
                        interaction=count_of(interaction_of(rows).sum(min_count=1)),
                        rows=row_set(rows),
                    )
                )
    return tuple(found)


def _sum(group: pd.DataFrame, column: str) -> int | None:
    """Sum over posts, reposts and articles; comments' own likes are apart (they would count one reader twice)."""
    return count_of(group[column][group["kind"].isin(PUBLISHED_KINDS)].sum(min_count=1))
