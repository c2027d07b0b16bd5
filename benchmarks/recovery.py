"""Lateness of back-to-normal and error of the half-life on simulated declines: recovery.py [series per cell, default 40]

12 %, a jump to 65 %, then a decay to 15 % with a half-life of three hours; threshold 20 %; ten-minute buckets over two days.
"""

import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from review.analysis.buckets import bucket_grid
from review.analysis.curve import Curve, Evidence, row_curve
from review.analysis.recovery import back_to_normal, half_life
from review.incident.tables import POSTS
from review.settings.curve import load_curve_settings

BUCKETS, JUMP, LIFE = 288, 40, 18
START = datetime(2026, 7, 31, 16, tzinfo=UTC)


def curve(k: np.ndarray, n: np.ndarray) -> Curve:
    settings = load_curve_settings()
    bucket = np.repeat(np.arange(BUCKETS), n)
    rank = np.arange(len(bucket)) - np.repeat(np.cumsum(n) - n, n)
    at = pd.Series(pd.Timestamp(START) + pd.to_timedelta(bucket * 600 + rank * 600 // n[bucket], unit="s")).dt.as_unit("us")
    count = len(bucket)
    columns = {"file": ["c.csv"] * count, "row": np.arange(count) + 2, "kind": ["comment"] * count, "platform": ["xhs"] * count, "published_at": at}
    frame = POSTS.frame(columns, count)
    frame["negative"] = pd.array(rank < k[bucket], dtype="boolean")
    made = row_curve(frame, bucket_grid(frame, ZoneInfo("Asia/Shanghai"), settings.buckets), Evidence(subject="comments", grade="vendor"), settings)
    assert made is not None
    return made


def main() -> None:
    settings = load_curve_settings()
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    t = np.arange(BUCKETS)
    share = np.where(t < JUMP, 0.12, 0.15 + 0.5 * 0.5 ** ((t - JUMP) / LIFE))
    normal_at = START + timedelta(minutes=10) * (JUMP + LIFE * float(np.log2(0.5 / 0.05)))
    for volume, rho in ((30, 0.0), (100, 0.0), (100, 0.03), (300, 0.05)):
        late, off, covered = [], [], []
        for seed in range(runs):
            rng = np.random.default_rng(seed)
            n = np.maximum(rng.poisson(volume, BUCKETS), 1)
            p = rng.beta(share * (1 - rho) / rho, (1 - share) * (1 - rho) / rho) if rho else share
            found = curve(rng.binomial(n, p), n)
            normal = back_to_normal(found, None, 0.2, settings.recovery)
            if normal is not None and normal.state == "returned" and normal.at is not None:
                late.append((normal.at - normal_at) / timedelta(hours=1))
            life = half_life(found, (settings.recovery, settings.band))
            if life is not None:
                off.append(life.half_life / timedelta(minutes=1) - 10 * LIFE)
                covered.append(life.low <= timedelta(hours=3) and (life.high is None or life.high >= timedelta(hours=3)))
        print(
            f"n={volume} rho={rho}: back to normal found {len(late)}/{runs}, {np.mean(late):+.2f} h late, MAE {np.abs(late).mean():.1f} h; "
            f"half-life found {len(off)}/{runs}, bias {np.mean(off):+.0f} min, MAE {np.abs(off).mean():.0f} min, interval covers {np.mean(covered):.2f}"
        )


if __name__ == "__main__":
    main()
