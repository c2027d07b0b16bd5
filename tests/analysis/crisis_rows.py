"""Comments drawn with a known negative share, as the posts frame and as counts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.buckets import bucket_grid
from review.analysis.curve import Curve, Evidence, row_curve
from review.incident.tables import POSTS, SAMPLES
from review.settings.curve import TriggerSettings, load_curve_settings

Floats = npt.NDArray[np.float64]
SETTINGS = load_curve_settings()
TRIGGER = TriggerSettings(share=0.20, run=SETTINGS.trigger_run)
SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 7, 31, 16, tzinfo=UTC)
"""Midnight of 1 August 2026 in Shanghai."""
CRISIS = np.repeat([0.12, 0.30, 0.65, 0.30, 0.15], [20, 24, 30, 30, 40])
CUTS = [20, 44, 74, 104]
VENDOR = Evidence(subject="comments", grade="vendor")


def drawn(share: Floats, per_bucket: int, seed: int = 1) -> tuple[Floats, Floats]:
    """k, n per bucket with exactly `per_bucket` comments each."""
    rng = np.random.default_rng(seed)
    n = np.full(len(share), per_bucket)
    return rng.binomial(n, share).astype(np.float64), n.astype(np.float64)


def comments(k: Floats, n: Floats, platform: str = "xhs", start: datetime = START) -> pd.DataFrame:
    """A posts frame plus `negative`: n comments spread over each ten-minute bucket, the first k of them negative."""
    size = n.astype(np.int64)
    bucket = np.repeat(np.arange(len(size)), size)
    rank = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    seconds = bucket * 600 + rank * 600 // size[bucket]
    at = pd.Series(pd.Timestamp(start) + pd.to_timedelta(seconds, unit="s")).dt.as_unit("us")
    count = len(bucket)
    columns = {"file": ["c.csv"] * count, "row": np.arange(count) + 2, "kind": ["comment"] * count, "platform": [platform] * count, "published_at": at}
    frame = POSTS.frame(columns, count)
    frame["negative"] = pd.array(rank < k[bucket], dtype="boolean")
    return frame


def curve_of(frame: pd.DataFrame, evidence: Evidence = VENDOR) -> Curve:
    made = row_curve(frame, bucket_grid(frame, SHANGHAI, SETTINGS.buckets), evidence, SETTINGS)
    assert made is not None
    return made


def samples(counts: list[tuple[int, int]], place: str | None = None, hours: int = 6) -> pd.DataFrame:
    """Typed comment samples (k, n), one every `hours` hours."""
    count = len(counts)
    at = pd.Series([START + timedelta(hours=hours * i) for i in range(count)]).dt.as_unit("us")
    columns = {"file": ["case.xlsx"] * count, "sheet": ["数据汇总"] * count, "row": np.arange(count) + 2, "start": at, "end": at + timedelta(hours=hours)}
    columns |= {"metric": ["comments_read"] * count, "place": [place] * count, "n": [n for _, n in counts], "k": [k for k, _ in counts]}
    return SAMPLES.frame(columns, count)
