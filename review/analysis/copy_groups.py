"""Groups of near-copies: how large, on which platforms, when they appeared."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from review.analysis.links import Links
from review.analysis.row_sets import rows_at
from review.analysis.spread import PostCard, cards_at
from review.analysis.time_bins import time_bins
from review.incident.evidence import RowSet
from review.incident.tables import PLATFORMS
from review.settings.links import LinkSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyGroup:
    """Near-copies of one text. platforms: in vocabulary order; earliest: the earliest known of them; latest: time of the last; both None without any time.

    marks: posts a bin that holds any, by the first time in it (UTC), on bins common to the groups told; arrivals: the first known time on each platform, in
    order of time, then of the vocabulary. rows: all of them, those without a time included. Which was copied from which is not said.
    """

    posts: int
    platforms: tuple[str, ...]
    earliest: PostCard | None
    latest: datetime | None
    marks: tuple[tuple[datetime, int], ...]
    arrivals: tuple[tuple[str, datetime], ...]
    rows: RowSet


def copy_groups(posts: pd.DataFrame, links: Links, settings: LinkSettings) -> tuple[tuple[CopyGroup, ...], int]:
    """(the largest groups by posts, then by their earliest member; how many groups there are)."""
    ranks = links.copies.ranks
    count = int(ranks.max(initial=0))
    members = [links.copies.rows[ranks == rank] for rank in range(1, min(count, settings.copies.drawn) + 1)]  # a loop over the few groups told
    dated = [rows[links.times.known[rows]] for rows in members]
    every = np.concatenate(dated) if dated else np.zeros(0, dtype=np.int64)
    bins = time_bins(links.times.seconds[every], settings.key_nodes)
    ends = np.cumsum([0, *map(len, dated)])
    return tuple(
        _group(posts, links, (rows, known), bins.place[ends[i] : ends[i + 1]]) for i, (rows, known) in enumerate(zip(members, dated, strict=True))
    ), count


def _group(posts: pd.DataFrame, links: Links, members: tuple[np.ndarray, np.ndarray], place: np.ndarray) -> CopyGroup:
    rows, dated = members
    seconds, platform = links.times.seconds[dated], links.platform[dated]
    order = np.lexsort((dated, seconds))
    _, first_of, counts = np.unique(place[order], return_index=True, return_counts=True)
    first = {int(code): int(seconds[platform == code].min()) for code in np.unique(platform)}
    return CopyGroup(
        posts=len(rows),
        platforms=tuple(PLATFORMS[code] for code in sorted(set(links.platform[rows].tolist()))),
        earliest=cards_at(posts, dated[order][:1].tolist())[0] if len(dated) else None,
        latest=_moment(int(seconds.max())) if len(dated) else None,
        marks=tuple((_moment(int(at)), count) for at, count in zip(seconds[order][first_of], counts.tolist(), strict=True)),
        arrivals=tuple((PLATFORMS[code], _moment(at)) for code, at in sorted(first.items(), key=lambda each: (each[1], each[0]))),
        rows=rows_at(posts, rows),
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
