"""One row for each item: the newest copy stays, older copies become readings of its counts (quirk 15). And the canonical order of tables."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.incident.tables import COMMENT_KINDS, METRIC_POINTS, POSTS, SCOPES, TEXT, TIME, Table, vocabulary
from review.intake.cells import arrow
from review.intake.identifiers import synthetic_ids

_READ_AGAIN: Final = ("likes", "comments", "shares", "collects", "views", "impressions")
_PERSONAL: Final = ("title", "tags", "author_name", "author_key", "author_followers", "author_verified", "author_type", "published_at", "time_precision",
                    "text", "url", "views", "impressions", "sentiment", "stance", "viewpoint", "user_tier", "deleted", "screenshot")  # fmt: skip
"""What a typed copy adds to the exported one where that is silent."""

_TOLD_ELSEWHERE: Final = ("title", "tags", "author_name", "author_followers", "author_verified", "views", "impressions")
"""What another export's copy adds to the one kept where that is silent: one tool knows the followers, another the title."""

_ORIGINAL: Final = ("root_id", "parent_id", "parent_origin", "parent_author", "kind")
"""What makes a repost of it, taken together: one tool names the original, another shows every row as a post."""

_OWN_IDS: Final = ("source", "url", "repaired")
"""Where an id comes from that is the row's own, not made of its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """posts: one row an item, in canonical order. source: position of each in the input. snapshots: readings from older copies (metric points).

    copies: positions in the input of all rows whose item is told more than once; item: a number for each of them, equal for copies of one item.
    known_by_content: positions in the input of rows without a usable id that are copies of a row with one.
    """

    posts: pd.DataFrame
    source: np.ndarray
    snapshots: pd.DataFrame
    copies: np.ndarray
    item: np.ndarray
    known_by_content: np.ndarray


def unique_posts(posts: pd.DataFrame, typed: np.ndarray) -> Unique:
    """One row for each (platform, comment or not, id). `typed` marks rows people typed.

    The newest copy by captured_at stays (unknown is oldest); of equally new ones an exported before a typed one, then the fuller, then the one with the
    greater counts. What a typed copy says and the kept one does not is taken over, and of exported copies what tells who, how far and a repost of what. A
    row without a usable id is compared by its content, and stays behind a copy that has one.
    """
    posts, known = _with_ids_known_by_content(posts)
    key = _keys(posts)
    repeated = pd.Series(key).duplicated(keep=False).to_numpy()
    if not repeated.any():
        order = canonical_order(posts)
        none = np.zeros(0, dtype=np.int64)
        return Unique(posts=_taken(posts, order), source=order, snapshots=METRIC_POINTS.empty(), copies=none, item=none, known_by_content=none)
    where = np.flatnonzero(repeated)
    copies = posts.iloc[where]
    rank = _best_first(copies, key[where], typed[where], np.isin(where, known))
    where = where[rank]
    first = np.concatenate(([True], np.diff(key[where]) != 0))
    winners, losers = where[first], where[~first]
    winner_of = winners[np.cumsum(first) - 1][~first]
    snapshots = _snapshots(posts, losers, winner_of)
    alive = np.ones(len(posts), dtype=bool)
    alive[losers] = False
    mine = typed[losers]
    posts = _filled(posts, _PERSONAL, losers[mine], winner_of[mine])
    posts = _with_originals(_filled(posts, _TOLD_ELSEWHERE, losers[~mine], winner_of[~mine]), losers[~mine], winner_of[~mine])
    kept = np.flatnonzero(alive)
    order = kept[canonical_order(posts, kept)]
    return Unique(posts=_taken(posts, order), source=order, snapshots=snapshots, copies=where, item=key[where], known_by_content=known)


def _with_ids_known_by_content(posts: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """(posts in which a row without a usable id bears the id of its copy in another export, positions of such rows).

    A copy is alike in platform, comment or not, text, time to the second, author (id or name: tools export different ids of one account) and, where both
    tell it, thread. Only a row that is like exactly one item is its copy, rows with ids of their own are never taken for one another, and a minute is not
    enough: several people write 好 in it. What answered such a row then answers the item.
    """
    none = np.zeros(0, dtype=np.int64)
    timed = (posts["published_at"].notna() & posts["text"].notna() & (posts["time_precision"] == "s")).to_numpy(dtype=bool)
    own = (posts["item_id"].notna() & posts["id_origin"].isin(_OWN_IDS)).to_numpy(dtype=bool)
    if not (timed & ~own).any() or not (timed & own).any():
        return posts, none
    names = ["platform", "published_at", "text", "thread_id", "author_key", "author_name", "item_id"]
    facts = posts.loc[timed, names].assign(at=np.flatnonzero(timed), comment=posts["kind"].isin(COMMENT_KINDS).to_numpy(dtype=bool)[timed])
    with_id = own[timed]
    pairs = facts[~with_id].merge(facts[with_id], on=["platform", "comment", "published_at", "text"], suffixes=("", "_own"))
    thread = pairs["thread_id"].isna() | pairs["thread_id_own"].isna() | (pairs["thread_id"] == pairs["thread_id_own"]).fillna(False)
    author = pd.Series(False, index=pairs.index)
    for name in ("author_key", "author_name"):
        author |= (pairs[name] == pairs[f"{name}_own"]).fillna(False).astype(bool)
    pairs = pairs[thread.astype(bool) & author].drop_duplicates(["at", "item_id_own"])
    pairs = pairs[~pairs["at"].duplicated(keep=False)].sort_values("at")
    if not len(pairs):
        return posts, none
    where = pairs["at"].to_numpy(dtype=np.int64)
    posts = posts.copy(deep=False)
    renamed = pairs.dropna(subset="item_id").drop_duplicates("item_id").set_index("item_id")["item_id_own"]
    for name in ("parent_id", "root_id"):
        moved = posts[name].isin(renamed.index)
        if moved.any():
            posts[name] = posts[name].where(~moved, posts[name].map(renamed)).astype(TEXT)
    ids = posts["item_id"].copy()
    ids.iloc[where] = pairs["item_id_own"].array
    posts["item_id"] = ids
    return posts, where


def _keys(posts: pd.DataFrame) -> np.ndarray:
    """Equal numbers for equal items."""
    items = posts["item_id"]
    unknown = items.isna()
    if unknown.any():
        part = posts if unknown.all() else posts[unknown]
        items = items.fillna(synthetic_ids(part) + (part["id_raw"].fillna("")))
    codes = np.asarray(pc.dictionary_encode(arrow(items)).indices, dtype=np.int64)
    comment = posts["kind"].isin(COMMENT_KINDS).to_numpy(dtype=bool)
    return codes * 64 + posts["platform"].cat.codes.to_numpy(dtype=np.int64) * 2 + comment


def _best_first(copies: pd.DataFrame, key: np.ndarray, typed: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The order of copies: by item, the copy to keep first."""
    captured = copies["captured_at"]
    newest = np.where(captured.isna(), np.iinfo(np.int64).max, -_us(captured))
    filled = copies.notna().sum(axis=1).to_numpy()
    counts = copies[list(_READ_AGAIN)].fillna(0).sum(axis=1).to_numpy(dtype=np.int64)
    tie = pd.DataFrame({"key": key, "known": known, "newest": newest, "typed": typed, "filled": -filled, "counts": -counts}, index=np.arange(len(copies)))
    undecided = tie.duplicated(keep=False).to_numpy()
    tie["content"] = 0
    if undecided.any():
        content = copies.loc[undecided, [name for name in POSTS.names if name not in ("file", "sheet", "row")]].astype(object).fillna("")
        tie.loc[undecided, "content"] = (pd.util.hash_pandas_object(content, index=False).to_numpy() >> np.uint64(1)).astype(np.int64)
    tie["file"], tie["row"] = copies["file"].cat.codes.to_numpy(), copies["row"].to_numpy(dtype=np.int64)
    return np.lexsort([tie[name].to_numpy() for name in reversed(tie.columns)])


def _snapshots(posts: pd.DataFrame, losers: np.ndarray, winners: np.ndarray) -> pd.DataFrame:
    """The older copies' counts as readings at their capture time; copies captured with the kept one, or at an unknown time, read nothing new."""
    old, new = posts["captured_at"].iloc[losers], posts["captured_at"].iloc[winners]
    earlier = old.notna().to_numpy() & (_us(old) != _us(new))
    losers = losers[earlier]
    if not len(losers):
        return METRIC_POINTS.empty()
    copies = posts.iloc[losers].reset_index(drop=True)
    copies["item_id"] = posts["item_id"].iloc[winners[earlier]].array
    frames = []
    for metric in _READ_AGAIN:
        there = copies[metric].notna()
        some = copies[there]
        n = len(some)
        if n:
            columns = {name: some[name] for name in ("file", "sheet", "row", "platform")}
            columns |= {"name": some["item_id"], "at": some["captured_at"], "value": some[metric].astype("Float64")}
            scope = pd.Categorical.from_codes(np.full(n, SCOPES.index("item"), dtype=np.int8), dtype=vocabulary(*SCOPES))
            frames.append(METRIC_POINTS.frame({**columns, "scope": scope, "metric": metric, "precision": "s", "cumulative": True, "unit": "次"}, n))
    return pd.concat(frames, ignore_index=True) if frames else METRIC_POINTS.empty()


def _filled(posts: pd.DataFrame, names: tuple[str, ...], copies: np.ndarray, kept: np.ndarray) -> pd.DataFrame:
    """posts in which each kept row has taken from its copies what it lacked of these columns; of several copies the best, which stands first."""
    if not len(copies):
        return posts
    posts = posts.copy(deep=False)
    for name in names:
        column = posts[name]
        lacking = column.iloc[kept].isna().to_numpy() & column.iloc[copies].notna().to_numpy()
        if lacking.any():
            to, first = np.unique(kept[lacking], return_index=True)
            column = column.copy()
            column.iloc[to] = column.iloc[copies[lacking][first]].array
            posts[name] = column
    return posts


def _with_originals(posts: pd.DataFrame, copies: np.ndarray, kept: np.ndarray) -> pd.DataFrame:
    """posts in which each kept post that names no original is the repost that its best copy with one tells of."""
    named = (posts["kind"] == "repost").to_numpy(dtype=bool) & posts["root_id"].notna().to_numpy(dtype=bool)
    silent = posts["kind"].isin(("post", "repost")).to_numpy(dtype=bool) & posts["root_id"].isna().to_numpy() & posts["parent_id"].isna().to_numpy()
    lacking = silent[kept] & named[copies]
    if not lacking.any():
        return posts
    to, first = np.unique(kept[lacking], return_index=True)
    posts = posts.copy(deep=False)
    for name in _ORIGINAL:
        column = posts[name].copy()
        column.iloc[to] = column.iloc[copies[lacking][first]].array
        posts[name] = column
    return posts


def _us(times: pd.Series) -> np.ndarray:
    """Microseconds since 1970; the smallest number where NA."""
    us: np.ndarray = times.dt.tz_localize(None).to_numpy(dtype="datetime64[us]").view(np.int64)
    return us


def canonical_order(frame: pd.DataFrame, rows: np.ndarray | None = None) -> np.ndarray:
    """Positions (into `rows`, else the frame) of posts by time (unknown last), then platform, kind, id, author and text; file and row settle the rest."""
    part = frame if rows is None else frame[["published_at", "platform", "kind", "item_id", "author_key", "text", "file", "row"]].take(rows)
    us = _us(part["published_at"])
    us = np.where(us == np.iinfo(np.int64).min, np.iinfo(np.int64).max, us)
    order = np.argsort(us, kind="stable")
    ordered = us[order]
    same = np.zeros(len(order), dtype=bool)
    if len(order) > 1:
        equal = ordered[1:] == ordered[:-1]
        same[1:] |= equal
        same[:-1] |= equal
    if same.any():
        tied = order[same]
        some = part.take(tied)
        keys = pa.table(
            {
                "us": pa.array(ordered[same]),
                "place": pa.array(some["platform"].cat.codes.to_numpy(dtype=np.int32) * 16 + some["kind"].cat.codes.to_numpy(dtype=np.int32)),
                "item": arrow(some["item_id"]),
            }
        )
        settled = np.asarray(pc.sort_indices(keys, sort_keys=[("us", "ascending"), ("place", "ascending"), ("item", "ascending")]))
        if some["item_id"].isna().any() or some["item_id"].duplicated().any():
            rest = some.assign(us=ordered[same], file=some["file"].astype(object)).reset_index(drop=True)
            settled = rest.sort_values(["us", "platform", "kind", "item_id", "author_key", "text", "file", "row"], kind="stable").index.to_numpy()
        order[same] = tied[settled]
    return order


def _taken(frame: pd.DataFrame, order: np.ndarray) -> pd.DataFrame:
    if len(order) == len(frame) and bool((np.diff(order) == 1).all()):
        return frame.reset_index(drop=True)
    return frame.take(order).reset_index(drop=True)


def sorted_table(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """A table other than posts by its times, then by content; file and row settle the rest."""
    if not len(frame):
        return frame
    times = [column.name for column in table.columns if column.dtype == TIME]
    origin = ["file", "sheet", "row"]
    keys = [*times, *(name for name in table.names if name not in times and name not in origin), *origin]
    sortable = frame.assign(**{name: frame[name].astype(object).fillna("") for name in keys if isinstance(frame[name].dtype, pd.CategoricalDtype)})
    return frame.loc[sortable.sort_values(keys, kind="stable").index].reset_index(drop=True)
