"""Peaks of volume and interaction over time, and what else happened around them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from review.analysis.row_sets import row_set
from review.analysis.spread import INTERACTIONS, PostCard, cards_at, interaction_of
from review.incident.evidence import RowSet
from review.incident.tables import COMMENT_KINDS, PUBLISHED_KINDS
from review.settings.thresholds import PeakThresholds

Counted = Literal["rows", "totals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The largest bucket [start, start + width) of one measure; `total` over all buckets.

    counted: rows = collected comments or reposts at their own time; totals = likes, comments or shares that the posts published in the bucket have got in
    the end (exports carry no time of a single like).

    near: actions of the brand within the event window before or during the bucket, as (time, action, its row); representative: the dated post or comment of the
    bucket with most interaction; where no interaction was exported, the collected post that most rows of the bucket repost or comment on; None where neither
    is known.
    """

    measure: str
    counted: Counted
    start: datetime
    width: timedelta
    value: int
    total: int
    near: tuple[tuple[datetime, str, RowSet], ...]
    representative: PostCard | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Rows per bucket that has any: starts are UTC, edges on whole buckets of the zone's clock; rows_per_bucket aligned with starts, each at least 1.

    volume_peaks: up to `count` maxima of all rows, at least `apart` from one another, by size; comments, shares and likes: the one largest bucket of each:
    of collected comments and reposts where there are enough, else of the totals of posts by the hour they were published in.
    """

    starts: tuple[datetime, ...]
    width: timedelta
    rows_per_bucket: tuple[int, ...]
    volume_peaks: tuple[Peak, ...]
    comments_peak: Peak | None
    shares_peak: Peak | None
    likes_peak: Peak | None


_COLUMNS = ("published_at", "time_precision", "kind", "text", "item_id", "root_id", "thread_id", *INTERACTIONS, "file", "sheet", "row")


def measure_volume(posts: pd.DataFrame, responses: pd.DataFrame, thresholds: PeakThresholds, zone: str) -> Volume:
    """Volume and peaks. Rows without a time, or known to the day only, are left out of buckets narrower than a day.

    No dated row: no buckets, no peaks. A maximum under `least_rows` is no peak. Ties: the earlier bucket.
    """
    width = timedelta(minutes=thresholds.bucket_minutes)
    timed = (posts["published_at"].notna() & (posts["time_precision"] != "day").fillna(True)).to_numpy(dtype=bool)
    dated = posts[list(_COLUMNS)].assign(_at=np.arange(len(posts)))[timed]
    if dated.empty:
        return Volume(starts=(), width=width, rows_per_bucket=(), volume_peaks=(), comments_peak=None, shares_peak=None, likes_peak=None)
    bucket = dated["published_at"].dt.tz_convert(zone).dt.tz_localize(None).dt.floor(f"{thresholds.bucket_minutes}min")
    first, last = bucket.min(), bucket.max()
    number = ((bucket - first) // pd.Timedelta(width)).to_numpy(dtype=np.int64)
    size = int((last - first) / pd.Timedelta(width)) + 1
    # a clock change inside the span moves labels, never counts
    starts = pd.date_range(first, periods=size, freq=pd.Timedelta(width)).tz_localize(zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")
    kind = dated["kind"].astype(object)
    total = np.bincount(number, minlength=size)

    def peak(measure: str, values: np.ndarray, where: int, members: pd.Series, counted: Counted = "rows") -> Peak:
        start = starts[where].to_pydatetime()
        inside = dated[(number == where) & members.to_numpy(dtype=bool)]
        return Peak(
            measure=measure,
            counted=counted,
            start=start,
            width=width,
            value=int(values[where]),
            total=int(values.sum()),
            near=_near(responses, start, width, timedelta(hours=thresholds.event_window_hours)),
            representative=_representative(inside, posts),
            rows=row_set(inside),
        )

    everything = pd.Series(True, index=dated.index)
    peaks = [peak("rows", total, where, everything) for where in _maxima(total, thresholds)]

    def single(measure: str, members: pd.Series | None, column: str, of: pd.Series) -> Peak | None:
        """Of rows that are such a thing where enough were collected, else of the totals in `column` of the rows `of`."""
        if members is not None and int(members.sum()) >= thresholds.least_rows:
            values = np.bincount(number[members.to_numpy(dtype=bool)], minlength=size)
            return peak(measure, values, int(np.argmax(values)), members)
        weights = dated[column].where(of).fillna(0).to_numpy(dtype=np.float64)
        values = np.bincount(number, weights=weights, minlength=size)
        if values.sum() == 0 or int((weights > 0).sum()) < thresholds.least_rows:
            return None
        return peak(measure, values, int(np.argmax(values)), of, "totals")

    wide = kind.isin(PUBLISHED_KINDS)
    return Volume(
        starts=tuple(start.to_pydatetime() for start in starts[total > 0]),
        width=width,
        rows_per_bucket=tuple(int(x) for x in total[total > 0]),
        volume_peaks=tuple(peaks),
        comments_peak=single("comments", kind.isin(COMMENT_KINDS), "comments", wide),
        shares_peak=single("shares", kind == "repost", "shares", wide),
        likes_peak=single("likes", None, "likes", everything),
    )


def _maxima(values: np.ndarray, thresholds: PeakThresholds) -> list[int]:
    """Greedy: largest first, later ones only if far enough from all taken."""
    apart = thresholds.apart_hours * 60 / thresholds.bucket_minutes
    taken: list[int] = []
    for where in np.lexsort((np.arange(len(values)), -values)):
        if values[where] < thresholds.least_rows or len(taken) == thresholds.count:
            break
        if all(abs(int(where) - other) >= apart for other in taken):
            taken.append(int(where))
    return taken


def _near(responses: pd.DataFrame, start: datetime, width: timedelta, window: timedelta) -> tuple[tuple[datetime, str, RowSet], ...]:
    close = responses[(responses["at"] >= start - window) & (responses["at"] < start + width)].sort_values(["at", "action", "title"], kind="stable")
    return tuple(
        (at.to_pydatetime(), str(action), row_set(close.iloc[[i]]))
        for i, (at, action) in enumerate(zip(close["at"], close["action"], strict=True))  # a handful of actions
    )


def _representative(rows: pd.DataFrame, posts: pd.DataFrame) -> PostCard | None:
    interaction = interaction_of(rows)
    known = rows[interaction.notna() & rows["text"].notna()]
    if len(known):
        best = known.assign(_i=-interaction[known.index]).sort_values(["_i", "published_at", "item_id", "file", "row"], kind="stable")
        return cards_at(posts, [int(best["_at"].iloc[0])])[0]
    named = rows["root_id"].where(rows["kind"] == "repost").fillna(rows["thread_id"]).dropna()
    if named.empty:
        return None
    counts = named.value_counts()
    told = (posts["item_id"].isin(counts.index) & (posts["text"].notna() | posts["title"].notna())).to_numpy(dtype=bool)
    source = posts[["item_id", "file", "row"]].assign(_at=np.arange(len(posts)))[told]
    if source.empty:
        return None
    ranked = source.assign(_n=-source["item_id"].map(counts).astype("int64")).sort_values(["_n", "item_id", "file", "row"], kind="stable")
    return cards_at(posts, [int(ranked["_at"].iloc[0])])[0]
