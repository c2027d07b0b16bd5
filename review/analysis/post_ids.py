"""Which row an exported id means: rows and the posts they name as nodes of one graph, ids a spreadsheet damaged repaired where that is certain.

A spreadsheet keeps 15 significant digits of a number and fills the rest with zeros, so a 16-digit id loses its last digit. A damaged id stands for the one
known id that has its first 15 digits and its length; where several have, it stands for none.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.analysis.text_arrays import arrow_texts, shared_codes, texts_at
from review.incident.tables import PLATFORMS

KEPT_DIGITS: Final = 15
"""Significant digits of an IEEE 754 double that a spreadsheet shows."""

UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedPosts:
    """Nodes 0 … rows-1 are the rows of the posts table, nodes from `rows` on are posts named by an id but not collected.

    parent, root, thread: node each row names, UNKNOWN where none. platform: code of every node (index into PLATFORMS). ids: id of the uncollected posts, in
    order. repaired: rows with an id that was made whole. ambiguous: rows naming a damaged id that fits several posts (the reference is dropped).
    """

    rows: int
    parent: np.ndarray
    root: np.ndarray
    thread: np.ndarray
    platform: np.ndarray
    ids: tuple[str, ...]
    repaired: int
    ambiguous: int


def named_posts(posts: pd.DataFrame) -> NamedPosts:
    """The graph's nodes and what each row names. Of several rows with one id the earliest is meant (undated last, then in the order of the rows' content).

    A row that names itself names nothing. O(n log n).
    """
    n = len(posts)
    platform = posts["platform"].cat.set_categories(list(PLATFORMS)).cat.codes.to_numpy(dtype=np.int64)
    own = arrow_texts(posts["item_id"])
    mangled = (posts["id_origin"] == "mangled").fillna(False).to_numpy(dtype=bool)
    if mangled.any():
        own = pc.if_else(pa.array(mangled), arrow_texts(posts["id_raw"]), own)
    (item, parent, root, thread), words = shared_codes(own, *(arrow_texts(posts[name]) for name in ("parent_id", "root_id", "thread_id")))
    meant = _whole(item, np.concatenate((parent, root, thread)), words)
    changed = np.zeros(n, dtype=bool)
    lost = np.zeros(n, dtype=bool)
    found: list[np.ndarray] = []
    for codes, mendable in ((item, mangled), (parent, None), (root, None), (thread, None)):
        new = np.where(codes >= 0, meant[codes], UNKNOWN) if len(meant) else codes
        if mendable is not None:
            new = np.where(mendable, new, codes)  # a row's own id that looks whole is whole: one in ten really ends in 0
        changed |= (new != codes) & (new >= 0)
        lost |= (new != codes) & (new < 0) & ~(mangled if mendable is not None else np.zeros(n, dtype=bool))
        found.append(new)
    item, parent, root, thread = found
    if len(meant) and mangled.any():
        holders = np.bincount(item[item >= 0], minlength=len(meant))
        item = np.where((item >= 0) & mangled & (holders[item] > 1), UNKNOWN, item)
    count = len(PLATFORMS)
    key = np.where(item >= 0, item * count + platform, UNKNOWN)
    at = posts["published_at"].astype("int64").where(posts["published_at"].notna(), np.iinfo(np.int64).max).to_numpy(dtype=np.int64)
    order = np.lexsort((posts["row"].to_numpy(dtype=np.int64), posts["file"].cat.codes.to_numpy(), at, key))
    known, first = np.unique(key[order], return_index=True)
    holder = order[first]
    refs = [np.where(codes >= 0, codes * count + platform, UNKNOWN) for codes in (parent, root, thread)]
    missing = np.unique(np.concatenate(refs)) if n else np.zeros(0, dtype=np.int64)
    missing = missing[(missing >= 0) & ~np.isin(missing, known)]
    missing = missing[np.argsort(np.asarray(texts_at(words, missing // count), dtype=object), kind="stable")] if len(missing) else missing
    by_key = np.argsort(missing, kind="stable")
    nodes: list[np.ndarray] = []
    for ref in refs:
        made = np.full(n, UNKNOWN, dtype=np.int64)
        if len(known):
            place = np.minimum(np.searchsorted(known, ref), len(known) - 1)
            hit = (ref >= 0) & (known[place] == ref)
            made[hit] = holder[place[hit]]
        if len(missing):
            place = np.minimum(np.searchsorted(missing[by_key], ref), len(missing) - 1)
            hit = (ref >= 0) & (missing[by_key][place] == ref)
            made[hit] = n + by_key[place[hit]]
        made[made == np.arange(n)] = UNKNOWN
        nodes.append(made)
    return NamedPosts(
        rows=n,
        parent=nodes[0],
        root=nodes[1],
        thread=nodes[2],
        platform=np.concatenate((platform, missing % count)),
        ids=tuple(str(word) for word in texts_at(words, missing // count)),
        repaired=int(changed.sum()),
        ambiguous=int(lost.sum()),
    )


def _whole(item: np.ndarray, refs: np.ndarray, words: pa.Array) -> np.ndarray:
    """The code each code means, UNKNOWN where a damaged id fits several. An id that a row has and another row names is whole as it stands."""
    meant = np.arange(len(words), dtype=np.int64)
    meant[np.asarray(pc.match_substring_regex(words, r"^[0-9.]+[eE]\+"), dtype=bool)] = UNKNOWN  # 5.7E+17: too little is left
    damaged = np.asarray(pc.match_substring_regex(words, rf"^[1-9][0-9]{{{KEPT_DIGITS - 1}}}0{{1,4}}$"), dtype=bool)
    if not damaged.any():
        return meant
    held = np.bincount(item[item >= 0], minlength=len(words)) > 0
    named = np.bincount(refs[refs >= 0], minlength=len(words)) > 0
    asked = np.flatnonzero(damaged & ~(held & named))
    whole = np.flatnonzero(np.asarray(pc.match_substring_regex(words, rf"^[1-9][0-9]{{{KEPT_DIGITS},{KEPT_DIGITS + 3}}}$"), dtype=bool) & ~damaged)
    counts = pd.Series(whole, index=_prefix(words, whole)).groupby(level=0).agg(["first", "size"])
    fit = counts.reindex(_prefix(words, asked))
    size = fit["size"].fillna(0).to_numpy()
    meant[asked[size == 1]] = fit["first"].to_numpy()[size == 1].astype(np.int64)
    meant[asked[size > 1]] = UNKNOWN
    return meant


def _prefix(words: pa.Array, codes: np.ndarray) -> pd.Index:
    """The first 15 digits and the length of each id, as one key."""
    chosen = words.take(pa.array(codes, pa.int64()))
    lengths = pc.cast(pc.utf8_length(chosen), pa.large_string())
    keys: list[str] = pc.binary_join_element_wise(pc.utf8_slice_codeunits(chosen, 0, KEPT_DIGITS), lengths, pa.scalar("/", pa.large_string())).to_pylist()
    return pd.Index(keys, dtype=object)
