"""Shapes of repost trees, and when they are not told."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from frames import START, posts
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.cascades import measure_cascades, shape
from review.analysis.coordination import measure_coordination
from review.analysis.forest import forest, on_cycles, virality
from review.analysis.graphml import key_nodes_graphml
from review.analysis.links import link_posts
from review.analysis.propagation import measure_propagation
from review.analysis.spread import measure_spread
from review.incident.case import Case
from review.incident.tables import POSTS
from review.settings.links import load_link_settings

S = load_link_settings()


def mean_distance(parent: list[int]) -> float:
    """The definition: mean path length over all pairs, by breadth-first search from every node."""
    n = len(parent)
    near: list[list[int]] = [[] for _ in range(n)]
    for v, p in enumerate(parent):
        if p >= 0:
            near[v].append(p)
            near[p].append(v)
    total = 0
    for start in range(n):
        far = {start: 0}
        queue = [start]
        for v in queue:
            for w in near[v]:
                if w not in far:
                    far[w] = far[v] + 1
                    queue.append(w)
        total += sum(far.values())
    return total / (n * (n - 1))


@settings(max_examples=100)
@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_structural_virality_is_the_mean_distance_of_all_pairs(draws: list[float], chance: object) -> None:
    parent = [-1, *(int(draw * (i + 1)) for i, draw in enumerate(draws))]
    order = list(range(len(parent)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    mixed = [-1] * len(parent)
    for v, p in enumerate(parent):
        mixed[order[v]] = order[p] if p >= 0 else -1
    trees = forest(np.asarray(mixed, dtype=np.int64))
    assert virality(trees)[order[0]] == pytest.approx(mean_distance(parent))
    for v in range(len(mixed)):
        below = set(trees.below(v).tolist())
        assert below == {w for w in range(len(mixed)) if w != v and v in ancestors(mixed, w)}


def test_structural_virality_equals_the_definition_on_a_thousand_random_trees() -> None:
    chance = np.random.default_rng(7)
    for _ in range(1000):
        n = int(chance.integers(2, 25))
        parent = [-1, *(int(chance.integers(0, i)) for i in range(1, n))]
        assert virality(forest(np.asarray(parent, dtype=np.int64)))[0] == pytest.approx(mean_distance(parent))


def ancestors(parent: list[int], node: int) -> set[int]:
    found = set()
    while parent[node] >= 0:
        node = parent[node]
        found.add(node)
    return found


def test_a_path_and_a_star_of_a_million_nodes() -> None:
    n = 1_000_000
    path = forest(np.arange(-1, n - 1))
    assert path.depth[-1] == n - 1
    assert virality(path)[0] == pytest.approx((n + 1) / 3)
    star = forest(np.concatenate(([-1], np.zeros(n - 1, dtype=np.int64))))
    assert virality(star)[0] == pytest.approx(2 * (n - 1) / n)
    found = shape(star, 0)
    assert found is not None
    assert (found.depth, found.breadth, found.ratios) == (1, (n - 1,), ())


def test_cycles_are_found_and_refused() -> None:
    parent = np.asarray([1, 2, 0, 0, 4, -1])
    assert on_cycles(parent).tolist() == [True, True, True, False, True, False]
    with pytest.raises(ValueError, match="4 nodes"):
        forest(parent)


def crowd(chained: bool) -> pd.DataFrame:
    """One original, 甲 reposts it, 15 repost 甲, 15 the original; without chains every way but the original's own is unknown."""
    rows: list[dict[str, object]] = [
        {"platform": "weibo", "item_id": "r", "author_name": "原", "published_at": START, "text": "原帖", "shares": 64},
        {
            "kind": "repost",
            "platform": "weibo",
            "item_id": "a",
            "root_id": "r",
            "author_name": "甲",
            "published_at": START + timedelta(minutes=1),
            "text": "看",
        },
    ]
    for i in range(30):
        text = "嗯//@甲:看" if chained and i % 2 else "嗯"
        rows.append(
            {
                "kind": "repost", "platform": "weibo", "item_id": f"x{i}", "root_id": "r", "author_name": f"某{i}",
                "published_at": START + timedelta(minutes=2 + i), "text": text, "author_followers": i,
            }
        )  # fmt: skip
    return posts(*rows)


def test_a_cascade_tells_shape_pace_and_who_made_it_large() -> None:
    frame = crowd(chained=True)
    found = measure_cascades(frame, link_posts(frame, S), S.cascades)
    assert (found.reposts, found.covered, found.withheld, found.captured, found.claimed) == (31, 1.0, None, 31, 64)
    (largest,) = found.largest
    assert largest.shape is not None
    assert largest.shape.breadth == (16, 15)
    assert largest.shape.largest_branch == pytest.approx(16 / 31)
    assert largest.pace is not None
    assert largest.pace.t50 == timedelta(minutes=16)
    (first,) = found.amplifiers
    assert (first.name, first.direct, first.downstream, first.collected) == ("甲", 15, 15, True)
    assert first.rows.count == 15
    assert first.evidence == (("chain", 15),)


def mixed() -> pd.DataFrame:
    """The crowd with chains, and twenty reposts more whose texts were not exported: of those only the original is known."""
    frame = crowd(chained=True)
    bare = frame.iloc[2:22].assign(row=range(100, 120))
    bare["text"] = pd.NA
    bare["item_id"] = [f"y{i}" for i in range(20)]
    return POSTS.frame({name: pd.concat([frame[name], bare[name]], ignore_index=True).array for name in POSTS.names}, len(frame) + 20)


def test_where_too_few_ways_are_known_only_what_is_downstream_is_withheld() -> None:
    frame = mixed()
    found = measure_cascades(frame, link_posts(frame, S), S.cascades)
    assert found.covered == pytest.approx(31 / 51)
    assert found.withheld == "uncovered"
    (first,) = found.amplifiers
    assert (first.name, first.direct, first.downstream, first.half_after) == ("甲", 15, None, None)
    assert found.largest[0].shape is None


def test_without_chains_depth_and_ranks_are_withheld() -> None:
    frame = crowd(chained=False)
    found = measure_cascades(frame, link_posts(frame, S), S.cascades)
    assert found.withheld == "uncovered"
    assert found.amplifiers == ()
    assert found.largest[0].shape is None


def test_an_account_without_a_row_of_its_own_still_ranks() -> None:
    frame = crowd(chained=True)
    frame = frame[frame["item_id"] != "a"].reset_index(drop=True)
    (first,) = measure_cascades(frame, link_posts(frame, S), S.cascades).amplifiers
    assert (first.name, first.direct, first.collected, first.first_at) == ("甲", 15, False, None)


def test_nothing_gives_empty_findings() -> None:
    frame = POSTS.empty()
    found, links = measure_propagation(frame, measure_spread(frame, Case()), Case(), S)
    assert (found.cascades.withheld, found.nodes, found.flow, found.copies) == ("no_reposts", None, None, ())
    assert len(links.parent) == 0


def test_key_nodes_are_few_in_order_of_time_and_their_links_go_forward() -> None:
    frame = crowd(chained=True)
    found, _ = measure_propagation(frame, measure_spread(frame, Case()), Case(), S)
    assert found.nodes is not None
    assert [(node.number, node.card.author, node.role) for node in found.nodes.nodes] == [(1, "原", "origin"), (2, "甲", "amplifier")]
    assert [(link.source, link.target, link.style) for link in found.nodes.links] == [(1, 2, "solid")]
    assert sum(map(sum, found.nodes.volume)) == 32
    graph = key_nodes_graphml(found.nodes)
    assert graph.count(b"<node ") == 2
    assert b'source="n1" target="n2"' in graph


def test_a_post_passed_on_four_times_among_a_thousand_reposts_is_no_key_node() -> None:
    root = {"kind": "post", "platform": "weibo", "item_id": "r", "author_name": "原", "published_at": START, "text": "锅坏了"}
    many = [
        {"kind": "repost", "platform": "weibo", "item_id": f"s{i}", "root_id": "r", "parent_id": "r", "author_name": f"众{i}",
         "published_at": START + timedelta(minutes=i + 1), "text": "嗯"} for i in range(1000)
    ]  # fmt: skip
    below = [
        {"kind": "repost", "platform": "weibo", "item_id": f"{parent}-{i}", "root_id": "r", "parent_id": parent, "author_name": f"{parent}下{i}",
         "published_at": START + timedelta(hours=18, minutes=i), "text": f"啊//@众{parent[1:]}:嗯"}
        for parent, children in (("s100", 4), ("s500", 30)) for i in range(children)
    ]  # fmt: skip
    frame = posts(root, *many, *below)
    found, _ = measure_propagation(frame, measure_spread(frame, Case()), Case(), S)
    assert found.nodes is not None
    assert [(node.card.author, node.direct) for node in found.nodes.nodes] == [("原", 1000), ("众500", 30)]


def test_pairs_that_share_the_same_originals_within_a_minute_stand_out_from_chance() -> None:
    rows: list[dict[str, object]] = []
    for root in range(6):
        at = START + timedelta(hours=root)
        for who, seconds in (("甲", 5), ("乙", 20), (f"丙{root}", 900), (f"丁{root}", 1800), (f"戊{root}", 1830)):
            rows.append(
                {
                    "kind": "repost", "platform": "weibo", "item_id": f"{root}{who}", "root_id": f"r{root}", "author_name": who,
                    "published_at": at + timedelta(seconds=seconds), "text": "嗯",
                }
            )  # fmt: skip
    frame = posts(*rows)
    found = measure_coordination(frame, link_posts(frame, S), np.zeros(len(frame), dtype=bool), S.coordination).co_shares
    assert found is not None
    assert (found.pairs, found.accounts) == (1, 2)
    assert found.by_chance < 1
    assert found.rows.count == 12
