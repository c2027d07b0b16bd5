"""Links between posts, strongest first: which row came out of which, how that is known, and how sure it is. A repost's parent is never guessed.

E1 an exported parent id; E2 the repost chain in the text; E3 the exported original (the way there unknown, or direct where a chain-free text says so);
E4 the address or id of a known post in the text; I1 an address or picture shared with exactly one earlier post; I2 a near-copy of exactly one earlier
post. The first that applies is taken. E links are explicit, I links inferred, and only between posts, never inside a tree of reposts.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.analysis.account_keys import account_keys
from review.analysis.chain_parents import CUT, GHOST, RENAMED, TEXT, ChainParents, ChainRows, chain_parents
from review.analysis.copies import CopyClusters, copy_clusters
from review.analysis.forest import on_cycles
from review.analysis.post_ids import UNKNOWN, NamedPosts, named_posts
from review.analysis.row_times import RowTimes, goes_back, row_times
from review.analysis.shared_addresses import quoted_posts, shared_sources
from review.analysis.text_arrays import arrow_texts, shared_codes
from review.incident.tables import COMMENT_KINDS, PLATFORMS
from review.settings.links import LinkSettings

KINDS: Final = ("none", "E1", "E2", "E3", "E4", "I1", "I2")
EVIDENCE: Final = (
    "unlinked", "parent_id", "row_order", "thread", TEXT, CUT, RENAMED, GHOST, "no_chain", "root_only", "address", "shared_address", "shared_image", "copy",
    "backwards", "cycle",
)  # fmt: skip
"""none: unlinked, backwards (the exported parent is later than its child), cycle. E1: parent_id, row_order, thread (comment on a post). E2: chain, chain_cut,
renamed, uncollected. E3: no_chain, root_only. E4: address. I1: shared_address, shared_image. I2: copy."""

EXPLICIT: Final = ("E1", "E2", "E3", "E4")
INFERRED: Final = ("I1", "I2")
UNKNOWN_WAY: Final = "root_only"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Links:
    """Nodes 0 … rows-1 are the rows of posts; then posts named by id but not collected; then accounts named in chains but not collected.

    parent: node or -1; kind, evidence: codes into KINDS, EVIDENCE; confidence: share of right links of this kind where measured, else NaN. original: the
    original a repost belongs to (its own node for an original), -1 where unknown. name: author or account of every node, None where unknown; ident: the
    row's id, the uncollected post's id, or `@account`. copies: near-copies among posts. Counts say what was mended or refused.
    """

    rows: int
    named: int
    parent: np.ndarray
    kind: np.ndarray
    evidence: np.ndarray
    confidence: np.ndarray
    original: np.ndarray
    platform: np.ndarray
    is_repost: np.ndarray
    account: np.ndarray
    account_names: tuple[str, ...]
    uncollected_ids: tuple[str, ...]
    times: RowTimes
    copies: CopyClusters
    repaired: int
    ambiguous: int
    backwards: int
    cycles: int
    chainless: int

    def is_direct(self) -> np.ndarray:
        """Whether the link of each node says whom it came from (not only which original it belongs to)."""
        direct: np.ndarray = (self.kind != KINDS.index("none")) & (self.evidence != EVIDENCE.index(UNKNOWN_WAY))
        return direct


def link_posts(posts: pd.DataFrame, settings: LinkSettings) -> Links:
    """The links of the posts table. O(n log n); the order of rows decides nothing but which of two equal rows is meant."""
    times = row_times(posts, settings.clock)
    named = named_posts(posts)
    n, m = named.rows, len(named.platform)
    made = _Made.nothing(m)
    kinds = posts["kind"].astype(object).to_numpy()
    comment = np.isin(kinds, COMMENT_KINDS)
    chains = posts["platform"].isin(list(settings.chain.platforms)).to_numpy()
    backwards = _explicit(posts, named, times, comment, made)
    repost = (kinds == "repost") | (~comment & (named.root[:n] >= 0))
    original = _kept_roots(named, times, repost | comment)
    found = _chained(posts, (chains & ~comment, original, made), times, settings)
    chainless = _original_only(posts, _Reposts(repost=repost, comment=comment, chains=chains, original=original, severed=found.severed), made, settings)
    total = m + len(found.ghost_name)
    made = made.longer(total)
    repost = np.concatenate((repost | _has_chain(found, n), np.zeros(m - n, dtype=bool), np.zeros(total - m, dtype=bool)))
    original = np.concatenate((original, np.full(m - n, UNKNOWN), found.ghost_group))
    _ghost_links(found, (n, m), original, made)
    free = np.flatnonzero(~repost[:n] & ~comment & (made.kind[:n] == 0) & (made.evidence[:n] == 0))
    copies = _between_posts(posts, free, times, made, settings)
    cycles = _without_cycles(made, times)
    ghost_platform = _ghost_platform(found, named)
    account, account_names = _accounts(posts, chains, (found.ghost_name, ghost_platform), m)
    confidence = _confidence(made, settings)
    original = _originals(made.parent, original, repost)
    return Links(
        rows=n,
        named=m,
        parent=made.parent,
        kind=made.kind,
        evidence=made.evidence,
        confidence=confidence,
        original=original,
        platform=np.concatenate((named.platform, ghost_platform)),
        is_repost=repost,
        account=account,
        account_names=account_names,
        uncollected_ids=named.ids,
        times=times,
        copies=copies,
        repaired=named.repaired,
        ambiguous=named.ambiguous,
        backwards=backwards,
        cycles=cycles,
        chainless=chainless,
    )


def links_table(posts: pd.DataFrame, links: Links) -> pd.DataFrame:
    """links.csv: id, parent_id, kind, evidence, confidence, copy_group, file, sheet, row; a row a post, in the order of the table.

    parent_id of an account not collected is `@name`; copy_group: the number of its group of near-copies, the largest first, NA in none.
    """
    groups = np.zeros(links.rows, dtype=np.int64)
    groups[links.copies.rows] = links.copies.ranks
    ids = arrow_texts(posts["item_id"]).to_pylist()
    names = [*ids, *links.uncollected_ids, *(f"@{links.account_names[code]}" for code in links.account[links.named :])]
    chosen = links.parent[: links.rows]
    return pd.DataFrame(
        {
            "id": ids,
            "parent_id": [None if parent < 0 else names[parent] for parent in chosen.tolist()],
            "kind": np.asarray(KINDS, dtype=object)[links.kind[: links.rows]],
            "evidence": np.asarray(EVIDENCE, dtype=object)[links.evidence[: links.rows]],
            "confidence": np.round(links.confidence[: links.rows], 4),
            "copy_group": pd.Series(groups, dtype="Int64").replace(0, pd.NA),
            **{name: posts[name].array for name in ("file", "sheet", "row")},
        }
    )


@dataclass(slots=True, eq=False)
class _Made:
    """Links as they are being made; later steps fill rows that have none yet."""

    parent: np.ndarray
    kind: np.ndarray
    evidence: np.ndarray

    @classmethod
    def nothing(cls, count: int) -> "_Made":
        return cls(np.full(count, UNKNOWN, dtype=np.int64), np.zeros(count, dtype=np.int8), np.zeros(count, dtype=np.int8))

    def put(self, rows: np.ndarray, parents: np.ndarray, kind: str, evidence: str) -> None:
        self.parent[rows] = parents
        self.kind[rows] = KINDS.index(kind)
        self.evidence[rows] = EVIDENCE.index(evidence)

    def longer(self, count: int) -> "_Made":
        more = _Made.nothing(count - len(self.parent))
        return _Made(np.concatenate((self.parent, more.parent)), np.concatenate((self.kind, more.kind)), np.concatenate((self.evidence, more.evidence)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reposts:
    repost: np.ndarray
    comment: np.ndarray
    chains: np.ndarray
    original: np.ndarray
    severed: np.ndarray


def _explicit(posts: pd.DataFrame, named: NamedPosts, times: RowTimes, comment: np.ndarray, made: _Made) -> int:
    """E1 of exported parents and threads; how many were refused because the parent is later than its child."""
    n = named.rows
    ordered = (posts["parent_origin"] == "order").fillna(False).to_numpy(dtype=bool)
    thread = np.where(comment & (named.parent < 0) & (named.root < 0), named.thread, UNKNOWN)
    refused = 0
    for target, which, evidence in ((named.parent, ~ordered, "parent_id"), (named.parent, ordered, "row_order"), (thread, np.ones(n, dtype=bool), "thread")):
        rows = np.flatnonzero((target >= 0) & which & (made.kind[:n] == 0))
        back = _later(times, target[rows], rows, n)
        refused += int(back.sum())
        made.evidence[rows[back]] = EVIDENCE.index("backwards")
        made.put(rows[~back], target[rows[~back]], "E1", evidence)
    return refused


def _later(times: RowTimes, parent: np.ndarray, child: np.ndarray, n: int) -> np.ndarray:
    """Whether each parent is later than its child; posts not collected have no time and are not."""
    collected = parent < n
    back = np.zeros(len(parent), dtype=bool)
    back[collected] = goes_back(times, parent[collected], child[collected])
    return back


def _kept_roots(named: NamedPosts, times: RowTimes, asked: np.ndarray) -> np.ndarray:
    """The original of each repost or comment, UNKNOWN where it is not exported or later than the row."""
    n = named.rows
    root = np.where(asked, named.root, UNKNOWN)
    rows = np.flatnonzero(root >= 0)
    root[rows[_later(times, root[rows], rows, n)]] = UNKNOWN
    return root


def _chained(posts: pd.DataFrame, which: tuple[np.ndarray, np.ndarray, _Made], times: RowTimes, settings: LinkSettings) -> ChainParents:
    """E2 into `made`: rows with an original are searched among its reposts, rows without one are searched among all rows of their platform."""
    chains, original, made = which
    n = len(posts)
    free = chains & (made.kind[:n] == 0)
    # one group an original; one more for chain rows whose original was not exported
    group = np.where(chains, np.where(original >= 0, original, len(made.parent)), UNKNOWN)
    rows = ChainRows(
        group=group,
        author=arrow_texts(posts["author_name"]),
        text=arrow_texts(posts["text"]),
        earliest=np.where(times.known, times.seconds, _floor(times)),
        latest=np.where(times.known, times.latest, np.iinfo(np.int64).max >> 1),
    )
    found = chain_parents(rows, free, settings.chain)
    for how in (TEXT, CUT, RENAMED):
        hit = found.how == how
        made.put(found.asked[hit], found.parent[hit], "E2", how)
    hit = found.how == GHOST
    made.put(found.asked[hit], found.parent[hit] - n + len(made.parent), "E2", GHOST)
    return found


def _floor(times: RowTimes) -> int:
    return int(times.seconds[times.known].min()) if times.known.any() else 0


def _has_chain(found: ChainParents, n: int) -> np.ndarray:
    made = np.zeros(n, dtype=bool)
    made[found.asked] = True
    return made


def _original_only(posts: pd.DataFrame, rows: _Reposts, made: _Made, settings: LinkSettings) -> int:
    """E3: reposts with nothing but an original. A whole, chain-free text on a platform with chains is a direct repost; else the way is unknown.

    How many reposts stand in files whose tool cut the chains off, so that their ways are unknown.
    """
    n = len(posts)
    left = (made.kind[:n] == 0) & (rows.original >= 0) & (made.evidence[:n] == 0)
    texts = arrow_texts(posts["text"])
    lengths = np.asarray(pc.fill_null(pc.utf8_length(texts), 0), dtype=np.int64)
    whole = np.asarray(pc.is_valid(texts), dtype=bool) & (lengths < settings.chain.cut_length) & ~rows.severed
    cut_off = left & rows.repost & rows.chains & _chainless_files(posts, rows, made, settings)
    plain = left & rows.repost & rows.chains & whole & ~cut_off
    made.put(np.flatnonzero(plain), rows.original[plain], "E3", "no_chain")
    rest = left & ~plain
    made.put(np.flatnonzero(rest), rows.original[rest], "E3", UNKNOWN_WAY)
    return int(cut_off.sum())


def _chainless_files(posts: pd.DataFrame, rows: _Reposts, made: _Made, settings: LinkSettings) -> np.ndarray:
    """Rows of files that hold enough reposts and hardly a chain: their tool cut the chains off, so that a chain-free text says nothing."""
    code = posts["file"].cat.codes.to_numpy(dtype=np.int64)
    reposts = np.bincount(code[rows.repost & rows.chains], minlength=len(posts["file"].cat.categories))
    n = len(posts)
    some = np.bincount(code[made.kind[:n] == KINDS.index("E2")], minlength=len(reposts))
    without: np.ndarray = ((reposts >= settings.chain.least_reposts) & (some < settings.chain.least_chained * reposts))[code] if n else np.zeros(0, dtype=bool)
    return without


def _ghost_links(found: ChainParents, counts: tuple[int, int], original: np.ndarray, made: _Made) -> None:
    """Links of the accounts named but not collected: to whom their own chain names, to the original where it names nobody, else the way is unknown."""
    n, m = counts
    for i, (parent, how) in enumerate(zip(found.ghost_parent.tolist(), found.ghost_how, strict=True)):  # a loop over accounts, not rows
        node = np.asarray([m + i])
        if parent >= n:
            made.put(node, np.asarray([parent - n + m]), "E2", GHOST)
        elif parent >= 0:
            made.put(node, np.asarray([parent]), "E2", how)
        elif original[m + i] < m:
            made.put(node, original[node], "E3", "no_chain" if parent == -1 else UNKNOWN_WAY)
    original[m:][original[m:] >= m] = UNKNOWN


def _between_posts(posts: pd.DataFrame, free: np.ndarray, times: RowTimes, made: _Made, settings: LinkSettings) -> CopyClusters:
    """E4, I1 and I2 among posts and articles that nothing explicit links; the near-copies among them."""
    rows, parents = quoted_posts(posts, free, times)
    made.put(rows, parents, "E4", "address")
    for evidence in ("shared_address", "shared_image"):
        open_rows = free[made.kind[free] == 0]
        rows, parents = shared_sources(posts, free, evidence, (times, settings.inferred))
        fresh = np.isin(rows, open_rows)
        made.put(rows[fresh], parents[fresh], "I1", evidence)
    clusters = copy_clusters(posts, free, times, settings.copies)
    fresh = made.kind[clusters.copies] == 0
    made.put(clusters.copies[fresh], clusters.sources[fresh], "I2", "copy")
    return clusters


def _without_cycles(made: _Made, times: RowTimes) -> int:
    """Cut every cycle at its earliest node (then the lowest number) and count them."""
    cut = 0
    n = len(times.seconds)
    left = on_cycles(made.parent)
    seen: set[int] = set()
    for start in np.flatnonzero(left).tolist():  # a loop over the nodes of cycles alone
        if start in seen:
            continue
        ring = [start]
        while (after := int(made.parent[ring[-1]])) != start:
            ring.append(after)
        seen.update(ring)
        first = min(ring, key=lambda v: (times.seconds[v] if v < n and times.known[v] else np.iinfo(np.int64).max, v))
        made.put(np.asarray([first]), np.asarray([UNKNOWN]), "none", "cycle")
        cut += 1
    return cut


def _accounts(posts: pd.DataFrame, chains: np.ndarray, ghosts: tuple[tuple[str, ...], np.ndarray], m: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """(account of every node, -1 unknown; a name an account). On platforms with chains a name is one account; elsewhere the author's key is, where exported."""
    names, ghost_platform = ghosts
    n = len(posts)
    by_name = posts["author_name"].fillna(posts["author_key"])
    key = account_keys(posts).mask(chains, by_name)
    codes, words = shared_codes(arrow_texts(key), pa.array(list(names), pa.large_string()))
    platform = np.concatenate((posts["platform"].cat.codes.to_numpy(dtype=np.int64), ghost_platform))
    word = np.concatenate(codes)
    whole = np.where(word >= 0, word * len(PLATFORMS) + platform, UNKNOWN)
    known, account = np.unique(whole, return_inverse=True)
    skipped = int(len(known) > 0 and known[0] == UNKNOWN)
    account = account - skipped
    shown = np.concatenate((arrow_texts(by_name).to_numpy(zero_copy_only=False), np.asarray(names, dtype=object)))
    labels = np.asarray(words.take(pa.array(known[skipped:] // len(PLATFORMS))).to_pylist(), dtype=object)
    some = np.flatnonzero(account >= 0)[::-1]
    labels[account[some]] = shown[some]
    made = np.concatenate((account[:n], np.full(m - n, UNKNOWN), account[n:])).astype(np.int64)
    return made, tuple(str(label) for label in labels)


def _ghost_platform(found: ChainParents, named: NamedPosts) -> np.ndarray:
    """Platform of each uncollected account: that of the rows that name it."""
    made = np.zeros(len(found.ghost_name), dtype=np.int64)
    n = named.rows
    ghost = found.parent >= n
    made[found.parent[ghost] - n] = named.platform[found.asked[ghost]]
    for i, parent in enumerate(found.ghost_parent.tolist()):  # a ghost named by ghosts alone
        if parent >= n and made[parent - n] == 0:
            made[parent - n] = made[i]
    return made


def _confidence(made: _Made, settings: LinkSettings) -> np.ndarray:
    table = np.full((len(KINDS), len(EVIDENCE)), np.nan)
    for each in settings.calibration:
        table[KINDS.index(each.kind), EVIDENCE.index(each.evidence)] = each.confidence
    confidence: np.ndarray = table[made.kind, made.evidence]
    return confidence


def _originals(parent: np.ndarray, original: np.ndarray, repost: np.ndarray) -> np.ndarray:
    """The original of every node: exported, else that of its parent (reposts linked by a parent id alone), else itself where it is no repost."""
    made = original.copy()
    made[(made < 0) & ~repost & (parent < 0)] = np.flatnonzero((made < 0) & ~repost & (parent < 0))
    # pointers are doubled until nothing changes: log2(depth) rounds
    jump = np.where(parent >= 0, parent, np.arange(len(parent)))
    for _ in range(64):
        unknown = made < 0
        made[unknown] = made[jump[unknown]]
        further = jump[jump]
        if not unknown.any() or np.array_equal(further, jump):
            break
        jump = further
    return made
