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
    of its name on its platform at its time, to the second or minute as typed. Typed rows that named it by its number name it by that id.

    posts: labelled 0 … n - 1; typed: which of them people typed.
    """
    no_talk = ~posts["kind"].isin(_TALK).to_numpy(dtype=bool)
    if not (typed & no_talk).any() or not (~typed & no_talk).any():
        return posts
    facts = posts[["platform", "author_name", "published_at", "time_precision", "url", "item_id"]].astype({"platform": object})
    written, exported = facts[typed & no_talk], facts[~typed & no_talk]
    found = _by_link(written, exported, around).fillna(_by_author_and_time(written, exported))
    found = found.mask((found == written["item_id"]).fillna(False)).dropna()
    if not len(found):
        return posts
    named = written.loc[found.index].assign(found=found).dropna(subset="item_id")
    renamed = {(platform, number): item for platform, number, item in zip(named["platform"], named["item_id"], named["found"], strict=True)}
    posts = posts.copy(deep=False)
    posts.loc[found.index, "item_id"] = found
    posts.loc[found.index, "id_origin"] = "source"
    for name in ("thread_id", "parent_id", "root_id"):
        pairs = zip(facts["platform"][typed], posts[name][typed], strict=True)
        moved = pd.Series([renamed.get(pair) for pair in pairs], index=posts.index[typed], dtype=TEXT).dropna()
        posts.loc[moved.index, name] = moved
    return posts


def _by_link(written: pd.DataFrame, exported: pd.DataFrame, around: Surroundings) -> pd.Series:
    """Id a typed row, NA where its link leads to no exported post."""
    linked = ids_from_links(written["url"].reset_index(drop=True), around, written["platform"].reset_index(drop=True)).set_axis(written.index)
    there = pd.MultiIndex.from_frame(exported[["platform", "item_id"]])
    return linked.where(pd.MultiIndex.from_arrays([written["platform"], linked]).isin(there))


def _by_author_and_time(written: pd.DataFrame, exported: pd.DataFrame) -> pd.Series:
    """Id a typed row, NA where no or several exported posts fit."""
    made = pd.Series(pd.NA, index=written.index, dtype=TEXT)
    key = ["platform", "author_name", "published_at"]
    known = exported[[*key, "item_id"]].dropna()
    told = written[[*key, "time_precision"]].dropna()
    for precision, unit in (("s", "s"), ("min", "min")):
        mine = told[key][(told["time_precision"] == precision).to_numpy(dtype=bool)]
        there = known.assign(published_at=known["published_at"].dt.floor(unit)).drop_duplicates()
        single = there[~there.duplicated(key, keep=False)].set_index(key)["item_id"]
        made[mine.index] = single.reindex(pd.MultiIndex.from_frame(mine)).to_numpy()
    return made
