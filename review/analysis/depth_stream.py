"""Reposts over time by how many hands they went through: whether a wave was passed on from the original or from those who had passed it on."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from review.analysis.forest import Forest
from review.analysis.links import Links
from review.analysis.row_sets import rows_at
from review.analysis.time_bins import time_bins
from review.incident.evidence import RowSet
from review.settings.links import LinkSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthStream:
    """Reposts a bin from `starts` (UTC), each `bucket_minutes` wide: layers[0] straight from the original, layers[1] at second hand …, the last all deeper.

    unknown: those whose way up to the original is not known all along. totals, unknown_total: over the whole time, the undrawn tail and the reposts without a
    time included. rows: all reposts.
    """

    starts: tuple[datetime, ...]
    bucket_minutes: int
    layers: tuple[tuple[int, ...], ...]
    unknown: tuple[int, ...]
    totals: tuple[int, ...]
    unknown_total: int
    rows: RowSet


def depth_stream(posts: pd.DataFrame, links: Links, tree: Forest, settings: LinkSettings) -> DepthStream | None:
    """The stream; None without a repost that has a time. tree: of `repost_forest`. The thin tail of the reposts is not drawn (`drawn_share`)."""
    n = links.rows
    repost = links.is_repost[:n]
    dated = repost & links.times.known[:n]
    if not dated.any():
        return None
    # a repost whose tree begins with another repost or an account named in a chain hangs on a way that is cut
    inside = links.is_repost | (np.arange(len(links.parent)) >= links.named)
    told = repost & ~inside[tree.root[:n]]
    most = settings.cascades.drawn_layers
    layer = np.where(told, np.minimum(tree.depth[:n], most) - 1, -1)
    seconds = np.sort(links.times.seconds[:n][dated])
    end = int(seconds[max(int(np.ceil(settings.key_nodes.drawn_share * len(seconds))) - 1, 0)])
    drawn = dated & (links.times.seconds[:n] <= end)
    bins = time_bins(links.times.seconds[:n][drawn], settings.key_nodes)
    depths = range(int(layer.max()) + 1)
    return DepthStream(
        starts=bins.starts,
        bucket_minutes=bins.minutes,
        layers=tuple(bins.counts(layer[drawn] == depth) for depth in depths),
        unknown=bins.counts(~told[drawn]),
        totals=tuple(int((layer == depth).sum()) for depth in depths),
        unknown_total=int((repost & ~told).sum()),
        rows=rows_at(posts, repost),
    )
