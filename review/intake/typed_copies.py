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
    made = pd.Series(pd.NA, index=written.index, dtype=TEXT)
    key = ["platform", "author_name", "published_at"]
    known = exported[[*key, "item_id"]].dropna().astype({"platform": object})
    told = written[[*key, "time_precision"]].dropna().astype({"platform": object})
    for precision, unit in (("s", "s"), ("min", "min")):
        mine = told[key][(told["time_precision"] == precision).to_numpy(dtype=bool)]
        there = known.assign(published_at=known["published_at"].dt.floor(unit)).drop_duplicates()
        single = there[~there.duplicated(key, keep=False)].set_index(key)["item_id"]
        made[mine.index] = single.reindex(pd.MultiIndex.from_frame(mine)).to_numpy()
    return made
