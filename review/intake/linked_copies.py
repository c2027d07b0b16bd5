"""Which rows of several exports are one item by their link: a vendor hashes the ids it exports, and articles have none."""

from typing import Final

import numpy as np
import pandas as pd

from review.incident.tables import COMMENT_KINDS, ID_ORIGINS, PLATFORMS, POST_KINDS, TEXT, vocabulary
from review.intake.cells import arrow, matches
from review.intake.part import Surroundings
from review.intake.threads import ids_from_links

_HASHED: Final = "^[0-9a-f]{32}$"
_PRESS: Final = ("news", "other")
"""Where articles stand: sites whose links hold no id that we know."""

_SCHEME: Final = r"^\s*(?:https?:)?//(?:www\.)?"
_BEHIND: Final = r"(?:#.*|[/?&\s]+)$"
_OF_A_PAGE: Final = r"^[^/?#]+[/?].*[0-9A-Za-z]"
"""An address that leads to more than the front page, which hundreds of articles may share."""


def with_ids_by_link(posts: pd.DataFrame, typed: np.ndarray, around: Surroundings) -> pd.DataFrame:
    """posts in which one item of several exports bears one id, where their links tell that it is one. Rows people typed stay as they are.

    A post with a hashed id (MD5-mid) bears the id its link names, and what named it by the hash names that id; not where several posts share hash or link.
    Articles without an id that have one address, and one minute or one title, are one; of these the platform is news where one of them knows it.
    """
    exported = ~typed & ~posts["kind"].isin(COMMENT_KINDS).to_numpy(dtype=bool) & posts["url"].notna().to_numpy(dtype=bool)
    return _one_address(_unhashed(posts, exported, around), exported)


def _unhashed(posts: pd.DataFrame, exported: np.ndarray, around: Surroundings) -> pd.DataFrame:
    hashed = np.flatnonzero(exported & matches(arrow(posts["item_id"]), _HASHED))
    if not len(hashed):
        return posts
    some = posts.iloc[hashed].reset_index(drop=True)
    pairs = pd.DataFrame({"platform": some["platform"].astype(object), "hash": some["item_id"], "id": ids_from_links(some["url"], around, some["platform"])})
    pairs = pairs.dropna().drop_duplicates()
    pairs = pairs[~pairs.duplicated(["platform", "hash"], keep=False) & ~pairs.duplicated(["platform", "id"], keep=False)]
    if not len(pairs):
        return posts
    posts = posts.copy(deep=False)
    for platform, of_one in pairs.groupby("platform", sort=True):  # the few platforms a vendor hashes ids of
        known, here = of_one.set_index("hash")["id"], (posts["platform"] == platform).to_numpy(dtype=bool)
        for name in ("item_id", "thread_id", "parent_id", "root_id"):
            moved = here & posts[name].isin(known.index).to_numpy(dtype=bool)
            if name == "item_id":
                posts["id_origin"] = _coded(posts["id_origin"], moved, "url", ID_ORIGINS)
            posts[name] = posts[name].mask(moved, posts[name].map(known)).astype(TEXT)
    return posts


def _one_address(posts: pd.DataFrame, exported: np.ndarray) -> pd.DataFrame:
    without = (posts["id_origin"] == "synthetic").fillna(False).to_numpy(dtype=bool) & posts["platform"].isin(_PRESS).to_numpy(dtype=bool)
    rows = np.flatnonzero(exported & without)
    if not len(rows):
        return posts
    some = posts.iloc[rows]
    address = some["url"].str.replace(_SCHEME, "", regex=True).str.replace(_BEHIND, "", regex=True)
    minute = some["published_at"].dt.floor("min")
    facts = pd.DataFrame({"address": address.where(matches(arrow(address), _OF_A_PAGE)), "minute": minute, "title": some["title"], "id": some["item_id"]})
    for by in ("minute", "title", "minute"):  # the second time for what only the title joined
        told = facts[by].notna() & facts["address"].notna()
        facts.loc[told, "id"] = facts[told].groupby(["address", by])["id"].transform("min")
    again = facts["id"].duplicated(keep=False).to_numpy(dtype=bool)
    if not again.any():
        return posts
    posts = posts.copy(deep=False)
    ids = posts["item_id"].copy()
    ids.iloc[rows] = facts["id"].array
    posts["item_id"] = ids
    news = facts["id"].isin(facts.loc[(some["platform"] == "news").to_numpy(dtype=bool) & again, "id"]).to_numpy(dtype=bool)
    moved = np.zeros(len(posts), dtype=bool)
    moved[rows[news & again]] = True
    posts["kind"] = _coded(posts["kind"], moved, "article", POST_KINDS)
    posts["platform"] = _coded(posts["platform"], moved, "news", PLATFORMS)
    return posts


def _coded(column: pd.Series, moved: np.ndarray, word: str, words: tuple[str, ...]) -> pd.Series:
    """The column with this word in the moved rows."""
    codes = column.cat.codes.to_numpy(dtype=np.int8, copy=True)
    codes[moved] = words.index(word)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=vocabulary(*words)), index=column.index)
