"""The swim-lane of many rows: seconds from linked posts to the finished SVG, its size, and both beside the same for a hundredth of the rows.

    python benchmarks/swim_lane.py [ROWS]

ROWS (default a million) synthetic posts, reposts and comments on six platforms over five days, every repost with its parent's id. Prints a line a size:
choosing nodes, drawing, both, the size of the SVG; then the ratio of the times to sorting ROWS random numbers once in the same run, which a slow machine
slows down alike.
"""

import sys
import time

import numpy as np
import pandas as pd

from review.analysis.cascades import measure_cascades, repost_forest
from review.analysis.key_nodes import KeyNodes, Starts, key_nodes
from review.analysis.links import link_posts
from review.incident.tables import POSTS
from review.report.chart_data import LaneLink, LaneNode, SwimLaneChart
from review.report.charts import draw_svg
from review.report.theme import load_theme
from review.settings.links import LinkSettings, load_link_settings

PLATFORMS = ("xhs", "weibo", "douyin", "bilibili", "zhihu", "kuaishou")
DAYS = 5


def crisis(count: int) -> pd.DataFrame:
    """One row in twenty a post, eleven reposts of an earlier row, eight comments; times from a decaying wave."""
    chance = np.random.default_rng(7)
    second = np.sort((chance.exponential(0.25, count) % 1 * DAYS * 86_400).astype(np.int64))
    kind = np.asarray(["post", "repost", "comment"], dtype=object)[np.searchsorted([0.05, 0.6], chance.random(count))]
    kind[0] = "post"
    parent = (np.arange(count) * chance.random(count) ** 3).astype(np.int64)
    name = np.char.add("i", np.arange(count).astype(str)).astype(object)
    return POSTS.frame(
        {
            "file": ["made.csv"] * count,
            "row": np.arange(count) + 2,
            "kind": kind,
            "platform": np.asarray(PLATFORMS, dtype=object)[chance.choice(len(PLATFORMS), count, p=(0.35, 0.3, 0.2, 0.08, 0.05, 0.02))],
            "item_id": name,
            "parent_id": np.where(kind == "repost", name[parent], None),
            "published_at": pd.to_datetime(1_786_500_000 + second, unit="s", utc=True).as_unit("us"),
            "time_precision": ["s"] * count,
            "likes": chance.poisson(3, count),
        },
        count,
    )


def drawn(found: KeyNodes) -> bytes:
    """The SVG of the figure."""
    chart = SwimLaneChart(
        lanes=found.lanes,
        volume=tuple(zip(found.lanes, found.volume, strict=True)),
        starts=found.starts,
        bucket_minutes=found.bucket_minutes,
        nodes=tuple(LaneNode(number=node.number, at=node.at, lane=node.platform, weight=float(node.direct), role=node.role) for node in found.nodes),
        links=tuple(LaneLink(source=link.source, target=link.target, style=link.style) for link in found.links),
        zone="Asia/Shanghai",
    )
    return draw_svg(chart, load_theme(None))


def measure(count: int, settings: LinkSettings) -> float:
    posts = crisis(count)
    links = link_posts(posts, settings)
    tree = repost_forest(links)
    withheld = measure_cascades(posts, links, settings.cascades, tree).withheld is not None
    firsts = tuple(int(np.flatnonzero((posts["platform"] == code).to_numpy() & (posts["kind"] == "post").to_numpy())[0]) for code in PLATFORMS)
    start = time.perf_counter()
    given = Starts(origin=0, firsts=firsts, official=np.zeros(count, dtype=bool), withheld=withheld, tree=tree)
    found = key_nodes(posts, links, given, settings.key_nodes)
    middle = time.perf_counter()
    assert found is not None
    svg = drawn(found)
    end = time.perf_counter()
    print(
        f"{count} rows: nodes {middle - start:.2f} s, drawing {end - middle:.2f} s, both {end - start:.2f} s; {len(found.nodes)} nodes, "
        f"{len(found.links)} links, {len(found.lanes)} lanes, {len(found.starts)} buckets; SVG {len(svg) / 1000:.0f} KB"
    )
    return end - start


def main(count: int) -> None:
    settings = load_link_settings()
    measure(1000, settings)  # fonts and modules
    small, large = measure(count // 100, settings), measure(count, settings)
    numbers = np.random.default_rng(1).random(count)
    start = time.perf_counter()
    np.sort(numbers)
    sort = time.perf_counter() - start
    print(f"ratio to a hundredth of the rows {large / small:.1f}; ratio to sorting {count} numbers ({sort:.3f} s) {large / sort:.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
