"""The few posts a picture of the spread is drawn with: numbered, in lanes of platforms, with the links between them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import pandas as pd

from review.analysis.forest import Forest
from review.analysis.links import EVIDENCE, INFERRED, KINDS, UNKNOWN_WAY, Links
from review.analysis.row_sets import rows_at
from review.analysis.spread import PostCard, cards_at, interaction_of
from review.analysis.time_bins import time_bins
from review.incident.evidence import RowSet
from review.incident.tables import COMMENT_KINDS, PLATFORMS
from review.settings.links import KeyNodeSettings

Role = Literal["origin", "platform_first", "media_first", "official_first", "amplifier"]
Style = Literal["solid", "dashed", "dotted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNode:
    """A numbered post. direct: collected reposts that came from it directly; downstream: all below it, None where withheld. rows: its own row."""

    number: int
    card: PostCard
    at: datetime
    platform: str
    role: Role
    direct: int
    downstream: int | None
    evidence: str
    direct_rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLink:
    """A link between two numbered nodes by number. Ways over posts that are not shown are drawn as their least certain step."""

    source: int
    target: int
    style: Style


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNodes:
    """nodes by time; links; lanes: platforms by time of their first node, then those without a node that hold more than the thin tail of the rows, by their
    number; volume: dated posts, comments and reposts a bucket from `starts`, a row a lane.
    """

    nodes: tuple[KeyNode, ...]
    links: tuple[KeyLink, ...]
    lanes: tuple[str, ...]
    starts: tuple[datetime, ...]
    bucket_minutes: int
    volume: tuple[tuple[int, ...], ...]
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Starts:
    """origin: row of the first post, firsts: of each platform's (the origin's own among them), official: bool a row: the brand's own. withheld: no depths.

    tree: of `repost_forest`.
    """

    origin: int
    firsts: tuple[int, ...]
    official: np.ndarray
    withheld: bool
    tree: Forest


def key_nodes(posts: pd.DataFrame, links: Links, given: Starts, settings: KeyNodeSettings) -> KeyNodes | None:
    """At most `most` nodes: the first post, the first of each platform, the first by media, the first official one, then by direct reposts.

    Of the last, nodes of one lane stand apart in time, and each holds least_share of the reposts: a handful of a thousand is no key event. What came before
    the first post is not drawn, nor is the thin tail of the rows (`drawn_share`).
    None where the first post has no time. Equal times: the row with more interaction.
    """
    n = links.rows
    if not links.times.known[given.origin]:
        return None
    kinds = posts["kind"].astype(object).to_numpy()
    dated = links.times.known & ~np.isin(kinds, COMMENT_KINDS)
    start = int(links.times.seconds[given.origin])
    since = np.sort(links.times.seconds[links.times.known & (links.times.seconds >= start)])
    end = int(since[max(int(np.ceil(settings.drawn_share * len(since))) - 1, 0)])
    drawn = links.times.known & (links.times.seconds >= start) & (links.times.seconds <= end)
    dated &= drawn
    dated[given.origin] = True
    tree = given.tree
    collected = np.flatnonzero(links.is_repost[:n] & (tree.parent[:n] >= 0) & (tree.parent[:n] < n))
    direct = np.bincount(tree.parent[collected], minlength=n)
    interaction = interaction_of(posts).fillna(0).to_numpy(dtype=np.int64)
    order = np.lexsort((np.arange(n), -interaction, links.times.seconds))
    order = order[dated[order]]
    chosen = _chosen(posts, order, (links, direct, given), settings)
    chosen_rows = sorted(chosen, key=lambda row: (int(links.times.seconds[row]), row))
    numbers = {row: i + 1 for i, row in enumerate(chosen_rows)}
    nodes = []
    for row in chosen_rows:  # a loop over at most `most` nodes
        below = tree.below(row)
        nodes.append(
            KeyNode(
                number=numbers[row],
                card=cards_at(posts, [row])[0],
                at=datetime.fromtimestamp(int(links.times.seconds[row]), UTC),
                platform=PLATFORMS[int(links.platform[row])],
                role=chosen[row],
                direct=int(direct[row]),
                downstream=None if given.withheld else int((below < n).sum()),
                evidence=EVIDENCE[int(links.evidence[row])],
                direct_rows=rows_at(posts, collected[tree.parent[collected] == row]),
            )
        )
    lanes = tuple(dict.fromkeys([*(node.platform for node in nodes), *_crowded(links, drawn, settings)]))
    starts, minutes, volume = _volume(links, drawn, lanes, settings)
    return KeyNodes(
        nodes=tuple(nodes),
        links=_links(links, numbers),
        lanes=lanes,
        starts=starts,
        bucket_minutes=minutes,
        volume=volume,
        rows=rows_at(posts, drawn),
    )


def _chosen(posts: pd.DataFrame, order: np.ndarray, known: tuple[Links, np.ndarray, Starts], settings: KeyNodeSettings) -> dict[int, Role]:
    links, direct, given = known
    chosen: dict[int, Role] = {}

    def take(rows: np.ndarray, role: Role) -> None:
        if len(rows) and int(rows[0]) not in chosen and len(chosen) < settings.most:
            chosen[int(rows[0])] = role

    take(np.asarray([given.origin]), "origin")
    platform = links.platform[: links.rows]
    firsts = np.asarray(given.firsts, dtype=np.int64)
    for first in firsts[np.isin(firsts, order)].tolist():
        take(np.asarray([first]), "platform_first")
    press = ((posts["author_type"] == "media") | (posts["kind"] == "article")).fillna(False).to_numpy(dtype=bool)
    take(order[press[order]], "media_first")
    take(order[given.official[order]], "official_first")
    seconds = links.times.seconds
    gap = settings.gap_share * float(seconds[order[-1]] - seconds[order[0]])
    busiest = order[np.argsort(-direct[order], kind="stable")]
    taken = 0
    least = max(settings.least_children, settings.least_share * float(direct.sum()))
    for row in busiest[direct[busiest] >= least].tolist():  # a loop over reposted rows until enough are taken
        if taken >= settings.greedy or len(chosen) >= settings.most:
            break
        if row in chosen or any(platform[other] == platform[row] and abs(int(seconds[other]) - int(seconds[row])) < gap for other in chosen):
            continue
        chosen[row] = "amplifier"
        taken += 1
    return chosen


def _links(links: Links, numbers: dict[int, int]) -> tuple[KeyLink, ...]:
    """From each node to the nearest shown one above it. A way never goes on beyond a shown node, nor to one that is later."""
    made = []
    unknown, inferred = EVIDENCE.index(UNKNOWN_WAY), [KINDS.index(kind) for kind in INFERRED]
    order_only = EVIDENCE.index("row_order")
    for row, number in numbers.items():
        node, style = row, "solid"
        while int(links.parent[node]) >= 0:
            if links.evidence[node] == unknown:
                style = "dotted"
            elif (links.kind[node] in inferred or links.evidence[node] == order_only) and style == "solid":
                style = "dashed"
            node = int(links.parent[node])
            if node in numbers:
                if numbers[node] < number:
                    made.append(KeyLink(source=numbers[node], target=number, style=style))  # type: ignore[arg-type]
                break
    return tuple(sorted(made, key=lambda link: (link.target, link.source)))


def _crowded(links: Links, drawn: np.ndarray, settings: KeyNodeSettings) -> list[str]:
    """The platforms that hold more than the thin tail of the drawn rows, the fullest first: one that spoke before the first post has no node of its own."""
    platform = links.platform[: links.rows][drawn]
    held = np.bincount(platform[platform >= 0], minlength=len(PLATFORMS))
    least = (1 - settings.drawn_share) * held.sum()
    return [PLATFORMS[code] for code in np.argsort(-held, kind="stable").tolist() if held[code] > least]


def _volume(
    links: Links, known: np.ndarray, lanes: tuple[str, ...], settings: KeyNodeSettings
) -> tuple[tuple[datetime, ...], int, tuple[tuple[int, ...], ...]]:
    bins = time_bins(links.times.seconds[known], settings)
    platform = links.platform[: links.rows][known]
    return bins.starts, bins.minutes, tuple(bins.counts(platform == PLATFORMS.index(lane)) for lane in lanes)
