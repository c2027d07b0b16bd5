"""Who answered whom under a post: comment trees from exported ids, the longest threads, and how much of them was collected."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from review.analysis.account_keys import account_keys
from review.analysis.cell import count_of
from review.analysis.forest import Forest, forest
from review.analysis.links import EVIDENCE, KINDS, UNKNOWN_WAY, Links
from review.analysis.row_sets import rows_at
from review.analysis.spread import PostCard, cards_at
from review.incident.evidence import RowSet
from review.incident.tables import COMMENT_KINDS
from review.settings.links import ThreadSettings

_EXPLICIT = tuple(KINDS.index(kind) for kind in ("E1", "E3"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A top-level comment and the collected replies below it. post: what it stands under, None where that was not collected.

    depth: levels of the thread, the opening comment the first. claimed: replies the platform counts, None where not exported. half_after: from the opening
    comment until half of the replies had come, None where a time is unknown. rows: opener and replies.
    """

    opener: PostCard
    post: PostCard | None
    replies: int
    accounts: int
    depth: int
    claimed: int | None
    half_after: timedelta | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentTrees:
    """comments: all collected (comments, replies, bullet comments); top_level; levels: rows a level below the top one, from the second level on.

    orphans: replies whose comment above was not collected; unplaced: replies without an id above them; by_root: replies of which only the thread is known, so
    that their level is the least possible. discussed: posts with comments. claimed: replies
    the platform counts below the collected top-level comments, None where not exported. threads: most replies first.
    """

    comments: int
    top_level: int
    levels: tuple[int, ...]
    orphans: int
    unplaced: int
    by_root: int
    discussed: int
    claimed: int | None
    threads: tuple[Thread, ...]
    rows: RowSet
    reply_rows: RowSet


def measure_comment_trees(posts: pd.DataFrame, links: Links, settings: ThreadSettings) -> CommentTrees | None:
    """The trees of comments; None without a comment. Threads with fewer than `least_replies` are not listed; ties: the earlier, then by id."""
    n = links.rows
    comment = np.isin(posts["kind"].astype(object).to_numpy(), COMMENT_KINDS)
    if not comment.any():
        return None
    above = np.where(comment & np.isin(links.kind[:n], _EXPLICIT), links.parent[:n], -1)
    inner = (above >= 0) & (above < n) & comment[np.clip(above, 0, n - 1)]
    tree = forest(np.where(inner, above, -1))
    orphan = comment & ~inner & _names_a_comment(posts, links, above)
    said_reply = (posts["kind"] == "reply").to_numpy(dtype=bool)
    unplaced = comment & (above < 0) & said_reply
    top = comment & ~inner & ~orphan & ~unplaced
    depth = tree.depth[inner & top[tree.root]]
    size = np.where(top, tree.size - 1, 0)
    return CommentTrees(
        comments=int(comment.sum()),
        top_level=int(top.sum()),
        levels=tuple(int(count) for count in np.bincount(depth)[1:]),
        orphans=int(orphan.sum()),
        unplaced=int(unplaced.sum()),
        by_root=int((inner & (links.evidence[:n] == EVIDENCE.index(UNKNOWN_WAY))).sum()),
        discussed=_discussed(posts, links, above, top),
        claimed=_claimed(posts, top),
        threads=_threads(posts, links, tree, size, settings),
        rows=rows_at(posts, comment),
        reply_rows=rows_at(posts, inner | orphan | unplaced),
    )


def _names_a_comment(posts: pd.DataFrame, links: Links, above: np.ndarray) -> np.ndarray:
    """Whether the node above, not collected, is another than the post the row stands under: a comment that is missing."""
    made = np.zeros(len(posts), dtype=bool)
    rows = np.flatnonzero(above >= links.rows)
    for row, thread in zip(rows.tolist(), posts["thread_id"].iloc[rows].tolist(), strict=True):  # a loop over rows whose parent is missing
        node = int(above[row]) - links.rows
        made[row] = node < len(links.uncollected_ids) and not pd.isna(thread) and links.uncollected_ids[node] != thread
    made |= (above >= links.rows) & (posts["kind"] == "reply").to_numpy(dtype=bool) & posts["thread_id"].isna().to_numpy(dtype=bool)
    return made


def _post_of(posts: pd.DataFrame, links: Links, above: np.ndarray) -> np.ndarray:
    """Node of the post each row stands under by its link, -1 where that is unknown."""
    n = links.rows
    comment = np.isin(posts["kind"].astype(object).to_numpy(), COMMENT_KINDS)
    return np.where((above >= 0) & ((above >= n) | ~comment[np.clip(above, 0, n - 1)]), above, -1)


def _discussed(posts: pd.DataFrame, links: Links, above: np.ndarray, top: np.ndarray) -> int:
    under = _post_of(posts, links, above)[top]
    return len(np.unique(under[under >= 0]))


def _claimed(posts: pd.DataFrame, top: np.ndarray) -> int | None:
    return count_of(posts["comments"][top].sum(min_count=1))


def _threads(posts: pd.DataFrame, links: Links, tree: Forest, size: np.ndarray, settings: ThreadSettings) -> tuple[Thread, ...]:
    found = np.flatnonzero(size >= settings.least_replies)
    times = links.times
    ident = posts["item_id"].fillna("").astype(object).to_numpy()
    late = np.where(times.known, times.seconds, np.iinfo(np.int64).max)
    order = sorted(found.tolist(), key=lambda row: (-int(size[row]), int(late[row]), ident[row], row))[: settings.shown]
    accounts = account_keys(posts) if order else posts["author_key"]
    return tuple(_thread(posts, accounts, links, tree, row) for row in order)


def _thread(posts: pd.DataFrame, accounts: pd.Series, links: Links, tree: Forest, opener: int) -> Thread:
    below = tree.below(opener)
    times = links.times
    later = np.sort(times.seconds[below][times.known[below]])
    half = None
    if times.known[opener] and len(later) == len(below):
        half = timedelta(seconds=max(int(later[(len(later) + 1) // 2 - 1]) - int(times.seconds[opener]), 0))
    claimed = posts["comments"].iloc[opener]
    parent = int(links.parent[opener])
    return Thread(
        opener=cards_at(posts, [opener])[0],
        post=cards_at(posts, [parent])[0] if 0 <= parent < links.rows else None,
        replies=len(below),
        accounts=int(accounts.iloc[below].nunique()),
        depth=int(tree.depth[below].max()) + 1,
        claimed=None if pd.isna(claimed) or int(claimed) < len(below) else int(claimed),
        half_after=half,
        rows=rows_at(posts, np.sort(np.append(below, opener))),
    )
