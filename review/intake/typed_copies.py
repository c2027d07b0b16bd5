"""Which posts that people typed are posts of an export too: their numbers (P1) are the analyst's, and the same post would be counted twice."""

import numpy as np
import pandas as pd

from review.incident.tables import TEXT
from review.intake.part import Surroundings
from review.intake.threads import ids_from_links

_TALK = ("comment", "reply", "danmaku")
"""Their link is mostly that of the post they stand under."""


def with_ids_of_exports(posts: pd.DataFrame, typed: np.ndarray, around: Surroundings) -> pd.DataFrame:
    """posts in which a typed post, article or repost bears the id of the exported one it is: the one its link leads to, else the only one by an author
    of its name on its platform at its time, to the second or minute as typed. Typed rows that named it by its number name it by that id."""
    kind_talks = posts["kind"].isin(_TALK).to_numpy(dtype=bool)
    mine, others = np.flatnonzero(typed & ~kind_talks), np.flatnonzero(~typed & ~kind_talks)
    if not len(mine) or not len(others):
        return posts
    exported, written = posts.iloc[others], posts.iloc[mine]
    platform = written["platform"].astype(object)
    linked = ids_from_links(written["url"].reset_index(drop=True), around, written["platform"].reset_index(drop=True)).set_axis(written.index)
    there = pd.MultiIndex.from_arrays([exported["platform"].astype(object), exported["item_id"]])
    linked = linked.mask(~pd.MultiIndex.from_arrays([platform, linked]).isin(there))
    found = linked.fillna(_by_author_and_time(written, exported)).astype(TEXT)
    found = found.mask((found == written["item_id"]).fillna(False))
    if found.isna().all():
        return posts
    renamed = {(on, old): new for on, old, new in zip(platform, written["item_id"], found, strict=True) if pd.notna(old) and pd.notna(new)}
    posts = posts.copy(deep=False)
    ids = posts["item_id"].copy()
    where = mine[found.notna().to_numpy()]
    ids.iloc[where] = found.dropna().array
    posts["item_id"] = ids
    origin = posts["id_origin"].copy()
    origin.iloc[where] = "source"
    posts["id_origin"] = origin
    every = np.flatnonzero(typed)
    for name in ("thread_id", "parent_id", "root_id"):
        column = posts[name].copy()
        told = [renamed.get(pair) for pair in zip(posts["platform"].iloc[every].astype(object), column.iloc[every], strict=True)]
        moved = np.asarray([each is not None for each in told], dtype=bool)
        if moved.any():
            column.iloc[every[moved]] = [each for each in told if each is not None]
            posts[name] = column
    return posts


def _by_author_and_time(written: pd.DataFrame, exported: pd.DataFrame) -> pd.Series:
    """Id a typed row, NA where no or several exported posts fit."""
    exact = written["author_name"].notna() & written["published_at"].notna() & written["time_precision"].isin(["s", "min"]).to_numpy(dtype=bool)
    known = exported[exported["author_name"].notna() & exported["published_at"].notna() & exported["item_id"].notna()]
    made: list[object] = []
    for row, told in zip(written.itertuples(), exact, strict=True):  # the few rows people typed
        times = known["published_at"] if row.time_precision == "s" else known["published_at"].dt.floor("min")
        same = known["item_id"][(known["platform"] == row.platform) & (known["author_name"] == row.author_name) & (times == row.published_at)] if told else ()
        ids = set(same)
        made.append(ids.pop() if len(ids) == 1 else None)
    return pd.Series(made, index=written.index, dtype=TEXT)
