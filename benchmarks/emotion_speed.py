"""Speed and memory of the emotion curve on 10^6 real comments: python benchmarks/emotion_speed.py

Reads $REVIEW_REAL_DATA/emotion (default ../shared/data). Three things, each in a fresh process: the analyzer alone (comments a second of processor time, one
core), everything from raw texts to turning points, and what importing costs. Beside the analyzer stands one regular-expression pass over the same column in the
same run, so that figures from a busy machine can be compared. Bars: 200,000 comments a second; 15 s and 300 MB over the loaded table; import .3 s.
"""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.analysis.buckets import bucket_grid
from review.analysis.curve import Evidence, row_curve
from review.analysis.emotion import analyse_texts
from review.analysis.emotion_labels import mood_texts, resolve_labels
from review.incident.tables import POSTS
from review.settings.curve import load_curve_settings
from review.settings.emotion import load_emotion_model

FOLDER = Path(os.environ.get("REVIEW_REAL_DATA", "../shared/data")) / "emotion"
NAMES = ("douyin_li_series", "smp_usual", "smp_virus")
COUNT, RUNS, LABELS = 1_000_000, 5, 200
MODEL = load_emotion_model()


def comments(count: int) -> pd.Series:
    """Real comments of two platforms, repeated to this number."""
    texts = pd.concat([pd.read_csv(FOLDER / f"{name}.csv.gz", dtype={"text": "string[pyarrow]"})["text"] for name in NAMES])
    return pd.concat([texts] * (count // len(texts) + 1), ignore_index=True).head(count).astype("string[pyarrow]")


def analyzer() -> None:
    """Best of a few runs on a fifth of the comments: the rate does not depend on how many there are."""
    texts = comments(COUNT // 5)
    column = pa.array(texts, type=pa.large_string())
    ours, regex = [], []
    for _ in range(RUNS):
        start = time.process_time()
        analyse_texts(texts, MODEL)
        middle = time.process_time()
        pc.match_substring_regex(column, "失望|骗|退款|垃圾|支持")
        ours.append(middle - start)
        regex.append(time.process_time() - middle)
    print(f"analyzer: {len(texts) / min(ours):,.0f} comments/s of processor time, mean {texts.str.len().mean():.0f} characters", end="; ")
    print(f"one regular-expression pass over the same column {len(texts) / min(regex):,.0f}/s; ratio {min(ours) / min(regex):.1f}")


def whole() -> None:
    """From a loaded table of 10^6 comments over a day to calibrated shares and turning points."""
    rng = np.random.default_rng(1)
    times = pd.Timestamp("2026-08-01T00:00+08:00") + pd.to_timedelta(np.sort(rng.random(COUNT)) * 86_400, unit="s")
    columns = {"file": "c.csv", "row": np.arange(COUNT) + 2, "kind": "comment", "platform": "weibo", "text": comments(COUNT)}
    columns |= {"item_id": pd.Series(np.arange(COUNT)).astype("string[pyarrow]"), "published_at": pd.Series(times).dt.tz_convert("UTC").dt.as_unit("us")}
    posts = POSTS.frame(columns, COUNT)
    at = np.linspace(0, COUNT - 1, LABELS).astype(int)
    answers = pd.array(rng.random(LABELS) < 0.3, dtype="boolean")
    hand = pd.DataFrame({"item_id": posts["item_id"].iloc[at].array, "key": None, "negative": answers})
    settings = load_curve_settings()
    before = _peak_mb()
    start, cpu = time.perf_counter(), time.process_time()
    grid = bucket_grid(posts, ZoneInfo("Asia/Shanghai"), settings.buckets)
    labels = resolve_labels(posts, analyse_texts(mood_texts(posts), MODEL), hand, grid.index)
    rows = posts.assign(negative=labels.negative, probability=labels.probability)
    curve = row_curve(rows, grid, Evidence(subject="comments", grade="audited"), settings)
    assert curve is not None
    used = time.process_time() - cpu
    print(
        f"{COUNT:,} comments labelled, calibrated, bucketed ({len(curve.starts)}), segmented ({len(curve.regimes)}): {used:.1f} s of processor time", end=", "
    )
    print(f"{time.perf_counter() - start:.1f} s on the clock, +{_peak_mb() - before:.0f} MB over the loaded table")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))


def imports() -> None:
    """What our own modules add to importing the libraries they use; best of a few fresh processes."""
    code = "import time, numpy, pandas, pyarrow.compute; a = time.process_time(); import review.analysis.emotion_labels, review.settings.emotion as s; "
    code += "b = time.process_time(); s.load_emotion_model(); print(b - a, time.process_time() - b)"
    found = [subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split() for _ in range(RUNS)]
    print(f"importing {min(float(each[0]) for each in found):.2f} s, loading the model {min(float(each[1]) for each in found):.2f} s")


PARTS = {"analyzer": analyzer, "whole": whole, "imports": imports}

if __name__ == "__main__":
    if sys.argv[1:]:
        PARTS[sys.argv[1]]()
    else:
        for part in PARTS:
            subprocess.run([sys.executable, __file__, part], check=True)
