"""Repost cascades: their shape and pace, and the accounts that made them large. Depth, shape and ranks are withheld where too few ways are known."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import pandas as pd

from review.analysis.cell import count_of
from review.analysis.forest import Forest, forest, virality
from review.analysis.links import EVIDENCE, KINDS, Links
from review.analysis.row_sets import rows_at
from review.analysis.spread import PRIVATE, PostCard, cards_at
from review.incident.evidence import NO_ROWS, RowSet
from review.incident.tables import PLATFORMS
from review.settings.links import CascadeSettings

Withheld = Literal["no_reposts", "uncovered"]

PEAK_SECONDS: Final = 3600
"""Width of the bins the peak is sought in: people say 几点."""

REPOST_KINDS: Final = tuple(KINDS.index(kind) for kind in ("E1", "E2", "E3"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A cascade's tree over known ways, accounts not collected included. The original has depth 0.

    depth: longest way; mean_depth: of all but the original; breadth: nodes a layer, from layer 1; ratios: each layer over the one before, from layer 2;
    virality: structural virality (Goel et al. 2016); largest_branch: share of all reposts in the largest branch below a repost.
    """

    depth: int
    mean_depth: float
    breadth: tuple[int, ...]
    ratios: tuple[float, ...]
    virality: float
    largest_branch: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the collected reposts came: from the original (from the first repost where its time is unknown) to half and to nine tenths of them.

    peak_at: start of the hour with most of them (earliest of equals); half_life: time after that hour until half of the later ones had come, None where
    none came later.
    """

    t50: timedelta
    t90: timedelta
    peak_at: datetime
    peak: int
    half_life: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """All collected reposts of one original. original: None where it was not collected. claimed: its exported share count; captured: reposts over claimed.

    covered: share of the reposts whose direct source is known; shape is None below the least share. pace is None where no time is known.
    uncollected: accounts named in chains without a row of their own.
    """

    original: PostCard | None
    ident: str
    platform: str
    reposts: int
    claimed: int | None
    captured: float | None
    covered: float
    uncollected: int
    shape: Shape | None
    pace: Pace | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Amplifier:
    """An account whose repost was reposted. direct: collected reposts that name it as their source, and accounts not collected that chains put there
    (indirect evidence of a repost); downstream: all collected reposts below it.

    evidence: by what the direct ones are known to come from it, as (evidence, how many), most first. Downstream counts are not additive: what is below an
    account is also below those before it; downstream and half_after are None where too few ways are known. half_after: from its first repost until half of
    the downstream had come, None where a time is unknown. collected: False = named in chains, no row of its own. rows: the reposts counted as direct; own:
    the account's own, of which first_at and followers are told, none where they were not collected.
    """

    name: str = field(metadata=PRIVATE)
    platform: str
    collected: bool
    author_type: str | None
    role_from: str | None
    outlet_level: str | None
    verified: str | None
    followers: int | None
    first_at: datetime | None
    direct: int
    evidence: tuple[tuple[str, int], ...]
    downstream: int | None
    half_after: timedelta | None
    rows: RowSet
    own: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascades:
    """reposts: collected; covered: share of them with a known direct source (None without reposts); originals: how many have reposts.

    captured/claimed: sums over originals whose share count was exported. withheld: why depth and downstream counts are not told, None where they
    are; least_covered: the share of known sources they need.
    told_by_text: rows exported as posts that their text tells to be reposts. unlinked: reposts without even an original.
    rows: all reposts; captured_rows: those originals and their reposts.
    """

    reposts: int
    originals: int
    covered: float | None
    covered_rows: RowSet
    told_by_text: RowSet
    unlinked: int
    captured: int | None
    claimed: int | None
    captured_rows: RowSet
    withheld: Withheld | None
    least_covered: float
    largest: tuple[Cascade, ...]
    amplifiers: tuple[Amplifier, ...]
    rows: RowSet


def measure_cascades(posts: pd.DataFrame, links: Links, settings: CascadeSettings, tree: Forest | None = None) -> Cascades:
    """Cascades by number of collected reposts, largest first (ties: by id). Links that were inferred are no part of a cascade.

    tree: of `repost_forest`, made here where the caller has none.
    """
    n = links.rows
    repost = links.is_repost[:n]
    count = int(repost.sum())
    if not count:
        return Cascades(
            reposts=0, originals=0, covered=None, covered_rows=NO_ROWS, told_by_text=NO_ROWS, unlinked=0, captured=None, claimed=None, captured_rows=NO_ROWS,
            withheld="no_reposts", least_covered=settings.covered, largest=(), amplifiers=(), rows=NO_ROWS,
        )  # fmt: skip
    tree = repost_forest(links) if tree is None else tree
    known = tree.parent[:n] >= 0
    per_original = np.bincount(links.original[:n][repost & (links.original[:n] >= 0)], minlength=len(links.parent))
    covered = float((known & repost).sum() / count)
    claims = _claims(posts, links)
    counted = np.flatnonzero((per_original > 0) & (claims > 0))
    counted_rows = (repost & np.isin(links.original[:n], counted)) | np.isin(np.arange(n), counted)
    named = np.flatnonzero(per_original)
    leading = sorted(named.tolist(), key=lambda node: (-int(per_original[node]), _ident(posts, links, node)))[: settings.shown]
    withheld: Withheld | None = "uncovered" if covered < settings.covered else None
    return Cascades(
        reposts=count,
        originals=len(named),
        covered=covered,
        covered_rows=rows_at(posts, repost & known),
        told_by_text=rows_at(posts, repost & (posts["kind"] != "repost").to_numpy(dtype=bool)),
        unlinked=int((repost & (links.original[:n] < 0)).sum()),
        captured=int(per_original[counted].sum()) if len(counted) else None,
        claimed=int(claims[counted].sum()) if len(counted) else None,
        captured_rows=rows_at(posts, counted_rows) if len(counted) else NO_ROWS,
        withheld=withheld,
        least_covered=settings.covered,
        largest=tuple(_cascade(posts, links, tree, (node, int(claims[node])), settings) for node in leading),
        amplifiers=amplifiers(posts, links, tree, (settings, withheld is None)),
        rows=rows_at(posts, repost),
    )


def repost_forest(links: Links) -> Forest:
    """The trees of reposts and accounts named in chains: explicit links with a known way alone; every other node is a root."""
    inside = links.is_repost | (np.arange(len(links.parent)) >= links.named)
    way = np.isin(links.kind, REPOST_KINDS) & links.is_direct()
    return forest(np.where(inside & way, links.parent, -1))


def _claims(posts: pd.DataFrame, links: Links) -> np.ndarray:
    """The exported share count of every node, 0 where unknown."""
    made = np.zeros(len(links.parent), dtype=np.int64)
    made[: links.rows] = posts["shares"].fillna(0).to_numpy(dtype=np.int64)
    return made


def _ident(posts: pd.DataFrame, links: Links, node: int) -> str:
    if node < links.rows:
        ident = posts["item_id"].iloc[node]
        return "" if pd.isna(ident) else str(ident)
    if node < links.named:
        return links.uncollected_ids[node - links.rows]
    return f"@{links.account_names[links.account[node]]}"


def _cascade(posts: pd.DataFrame, links: Links, tree: Forest, original: tuple[int, int], settings: CascadeSettings) -> Cascade:
    node, claimed = original
    n = links.rows
    rows = np.flatnonzero(links.is_repost[:n] & (links.original[:n] == node))
    covered = float((tree.parent[rows] >= 0).mean())
    ghosts = np.flatnonzero(links.original[links.named :] == node) + links.named
    told = covered >= settings.covered and len(rows) >= settings.least_reposts
    return Cascade(
        original=cards_at(posts, [node])[0] if node < n else None,
        ident=_ident(posts, links, node),
        platform=PLATFORMS[int(links.platform[node])],
        reposts=len(rows),
        claimed=claimed or None,
        captured=len(rows) / claimed if claimed else None,
        covered=covered,
        uncollected=len(ghosts),
        shape=shape(tree, node) if told else None,
        pace=_pace(links, node, rows),
        rows=rows_at(posts, rows),
    )


def shape(tree: Forest, root: int) -> Shape | None:
    """The shape of a root's tree; None where it has no other node."""
    below = tree.below(root)
    if not len(below):
        return None
    breadth = np.bincount(tree.depth[below])[1:]
    branches = tree.size[below]
    return Shape(
        depth=len(breadth),
        mean_depth=float(tree.depth[below].mean()),
        breadth=tuple(int(count) for count in breadth),
        ratios=tuple(float(after / before) for before, after in pairwise(breadth)),
        virality=float(virality(tree)[root]),
        largest_branch=float(branches.max() / len(below)),
    )


def _pace(links: Links, node: int, rows: np.ndarray) -> Pace | None:
    times = links.times
    seconds = np.sort(times.seconds[rows][times.known[rows]])
    if not len(seconds):
        return None
    start = int(times.seconds[node]) if node < links.rows and times.known[node] else int(seconds[0])
    bins = (seconds - seconds[0]) // PEAK_SECONDS
    counts = np.bincount(bins)
    top = int(counts.argmax())
    peak_at = int(seconds[0]) + top * PEAK_SECONDS
    later = seconds[bins > top] - (peak_at + PEAK_SECONDS)
    return Pace(
        t50=timedelta(seconds=int(seconds[_rank(len(seconds), 0.5)]) - start),
        t90=timedelta(seconds=int(seconds[_rank(len(seconds), 0.9)]) - start),
        peak_at=datetime.fromtimestamp(peak_at, UTC),
        peak=int(counts[top]),
        half_life=timedelta(seconds=int(later[_rank(len(later), 0.5)])) if len(later) else None,
    )


def _rank(count: int, share: float) -> int:
    """Place of the first of sorted values at which at least this share is reached."""
    return max(int(np.ceil(share * count)) - 1, 0)


def amplifiers(posts: pd.DataFrame, links: Links, tree: Forest, how: tuple[CascadeSettings, bool]) -> tuple[Amplifier, ...]:
    """Accounts by direct reposts of their reposts, most first, then by downstream, then by name. The originals' own authors are not among them.

    how: the settings, and whether enough ways are known to tell what is downstream.
    """
    settings, told = how
    inside = links.is_repost | (np.arange(len(links.parent)) >= links.named)
    children = np.flatnonzero(inside & (tree.parent >= 0))
    parents = tree.parent[children]
    keep = inside[parents] & (links.account[parents] >= 0)
    children, owner = children[keep], links.account[parents[keep]]
    # an account that was not collected counts once below a source, however many texts of it chains repeat
    once = pd.DataFrame({"owner": owner, "who": np.where(children < links.named, children, -1 - links.account[children])}).duplicated().to_numpy()
    children, owner = children[~once], owner[~once]
    direct = np.bincount(owner, minlength=len(links.account_names))
    top = np.flatnonzero(direct >= settings.least_children)
    # more than are shown, so that ties are ordered by downstream
    cut = np.sort(direct[top])[::-1][: settings.amplifiers][-1] if len(top) else 0
    top = top[direct[top] >= cut]
    first = top[np.argsort(-direct[top], kind="stable")].tolist()[: settings.amplifiers * 10]
    made = [_amplifier(posts, links, tree, (account, children[owner == account])) for account in first]
    made.sort(key=lambda each: (-each.direct, -(each.downstream or 0), each.name, each.platform))
    shown = made[: settings.amplifiers]
    return tuple(shown if told else [replace(each, downstream=None, half_after=None) for each in shown])


def _amplifier(posts: pd.DataFrame, links: Links, tree: Forest, who: tuple[int, np.ndarray]) -> Amplifier:
    account, children = who
    n = links.rows
    nodes = np.flatnonzero(links.account == account)
    nodes = nodes[links.is_repost[nodes] | (nodes >= links.named)]
    below = np.unique(np.concatenate([tree.below(int(node)) for node in nodes]))
    below = below[(below < n) & (links.account[np.minimum(below, len(links.account) - 1)] != account)]
    own = nodes[nodes < n]
    times = links.times
    seconds = np.sort(times.seconds[own][times.known[own]])
    first = int(seconds[0]) if len(seconds) else None
    later = np.sort(times.seconds[below][times.known[below]])
    half = timedelta(seconds=int(later[_rank(len(later), 0.5)]) - first) if first is not None and len(later) else None
    card = cards_at(posts, own[:1].tolist())[0] if len(own) else None
    followers = posts["author_followers"].iloc[own].max() if len(own) else pd.NA
    ways = np.bincount(links.evidence[children], minlength=len(EVIDENCE))
    return Amplifier(
        name=links.account_names[account],
        platform=PLATFORMS[int(links.platform[nodes[0]])],
        collected=card is not None,
        author_type=None if card is None else card.author_type,
        role_from=None if card is None else card.role_from,
        outlet_level=None if card is None else card.outlet_level,
        verified=None if card is None else card.verified,
        followers=count_of(followers),
        first_at=None if first is None else datetime.fromtimestamp(first, UTC),
        direct=len(children),
        evidence=tuple((EVIDENCE[code], int(ways[code])) for code in np.argsort(-ways, kind="stable").tolist() if ways[code]),
        downstream=len(below),
        half_after=half,
        rows=rows_at(posts, children[children < n]),
        own=rows_at(posts, own),
    )
