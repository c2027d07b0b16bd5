"""How it spread, measured on links: coverage, cascades, amplifiers, key nodes, flow between platforms, copies, signals of concentrated posting."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from review.analysis.cascades import Cascades, measure_cascades, repost_forest
from review.analysis.comment_trees import CommentTrees, measure_comment_trees
from review.analysis.coordination import Coordination, measure_coordination
from review.analysis.copy_groups import CopyGroup, copy_groups
from review.analysis.depth_stream import DepthStream, depth_stream
from review.analysis.key_nodes import KeyNodes, Starts, key_nodes
from review.analysis.link_quality import LinkQuality, measure_link_quality
from review.analysis.links import EXPLICIT, INFERRED, KINDS, Links, link_posts
from review.analysis.own_voice import is_own
from review.analysis.row_sets import row_set, rows_at
from review.analysis.spread import PostCard, Spread
from review.incident.case import Case
from review.incident.evidence import RowSet
from review.incident.tables import COMMENT_KINDS, PLATFORMS
from review.settings.links import LinkSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Links between posts of different platforms, from row to column: explicit and inferred counts apart. platforms: those with such a link."""

    platforms: tuple[str, ...]
    explicit: tuple[tuple[int, ...], ...]
    inferred: tuple[tuple[int, ...], ...]
    explicit_rows: RowSet
    inferred_rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagation:
    """inferred: links that were inferred. cascades: of reposts; depths: None where ways are withheld or no repost has a time; threads: of comments, None
    without any; nodes: None where the first post has no time; copies: the largest groups.
    """

    cascades: Cascades
    depths: DepthStream | None
    threads: CommentTrees | None
    nodes: KeyNodes | None
    flow: Flow | None
    copies: tuple[CopyGroup, ...]
    copies_count: int
    copied_posts: int
    copy_rows: RowSet
    coordination: Coordination
    inferred: int
    quality: LinkQuality
    rows: RowSet


def measure_propagation(posts: pd.DataFrame, spread: Spread, case: Case, settings: LinkSettings) -> tuple[Propagation, Links]:
    """All of it, and the links row by row (for links.csv). An empty table gives empty findings."""
    links = link_posts(posts, settings)
    tree = repost_forest(links)
    cascades = measure_cascades(posts, links, settings.cascades, tree)
    kinds = posts["kind"].astype(object).to_numpy()
    own = is_own(posts, case).to_numpy()
    official = own & ~np.isin(kinds, COMMENT_KINDS)
    origin = _row_of(posts, spread.first)
    firsts = [_row_of(posts, each.first) for each in spread.platforms]
    starts = None
    if origin is not None:
        starts = Starts(
            origin=origin, firsts=tuple(row for row in firsts if row is not None), official=official, withheld=cascades.withheld is not None, tree=tree
        )
    groups, groups_count = copy_groups(posts, links, settings)
    inferred = np.isin(links.kind[: links.rows], [KINDS.index(kind) for kind in INFERRED])
    return Propagation(
        cascades=cascades,
        depths=None if cascades.withheld is not None else depth_stream(posts, links, tree, settings),
        threads=measure_comment_trees(posts, links, settings.threads),
        nodes=None if starts is None else key_nodes(posts, links, starts, settings.key_nodes),
        flow=_flow(posts, links),
        copies=groups,
        copies_count=groups_count,
        copied_posts=len(links.copies.rows),
        copy_rows=rows_at(posts, links.copies.rows),
        coordination=measure_coordination(posts, links, own, settings.coordination),
        inferred=int(inferred.sum()),
        quality=measure_link_quality(posts, links, settings),
        rows=row_set(posts),
    ), links


def _row_of(posts: pd.DataFrame, card: PostCard | None) -> int | None:
    """The row a card was made of."""
    if card is None:
        return None
    span = card.rows.spans[0]
    here = (posts["file"] == span.file) & (posts["row"] == span.ranges[0][0])
    here &= posts["sheet"].isna() if span.sheet is None else posts["sheet"] == span.sheet
    here &= (posts["item_id"] == card.item_id).fillna(False) if card.item_id is not None else posts["item_id"].isna()
    found = np.flatnonzero(here.fillna(False).to_numpy(dtype=bool))
    return int(found[0]) if len(found) else None


def _flow(posts: pd.DataFrame, links: Links) -> Flow | None:
    """None where no link crosses platforms."""
    n = links.rows
    child = np.flatnonzero((links.parent[:n] >= 0) & (links.platform[np.maximum(links.parent[:n], 0)] != links.platform[:n]))
    if not len(child):
        return None
    source, target = links.platform[links.parent[child]], links.platform[child]
    used = sorted(set(source.tolist()) | set(target.tolist()))
    explicit = np.isin(links.kind[child], [KINDS.index(kind) for kind in EXPLICIT])

    def counts(which: np.ndarray) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(int(((source == a) & (target == b) & which).sum()) for b in used) for a in used)

    return Flow(
        platforms=tuple(PLATFORMS[code] for code in used),
        explicit=counts(explicit),
        inferred=counts(~explicit),
        explicit_rows=rows_at(posts, child[explicit]),
        inferred_rows=rows_at(posts, child[~explicit]),
    )
