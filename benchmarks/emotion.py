"""Measures the text-to-emotion engine on labelled comments it was not trained on: python benchmarks/emotion.py [quality|traditional|shares|series|turns|speed]

Reads $REVIEW_REAL_DATA/emotion (default ../shared/data). Every set is cut in two by a hash of the text: the development part, looked at while the lexicon was
written, and the part kept aside. Nothing here is ever trained on for shipping. SnowNLP and cnsenti are measured beside it where they are installed, on a sample
(they are slow). Truth is drawn as in the founding study: 12 -> 30 -> 65 -> 30 -> 15 % over 144 buckets.
"""

import os
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from review.analysis.buckets import bucket_grid
from review.analysis.calibration import Scored, calibrated_shares, fit_calibration
from review.analysis.curve import Evidence, row_curve
from review.analysis.emotion import analyse_texts
from review.analysis.emotion_labels import mood_texts, resolve_labels
from review.incident.tables import POSTS
from review.settings.curve import curve_settings
from review.settings.emotion import load_emotion_model, load_traditional
from review.settings.toml import SETTINGS_DIR

FOLDER = Path(os.environ.get("REVIEW_REAL_DATA", "../shared/data")) / "emotion"
SETS = ("weibo2018_train", "smp_usual", "smp_virus", "osm_train", "hotel", "shopping", "douyin_li_series", "tweeteval_val")
SIMULATED = SETS[:6]
LEVELS, BUCKETS = (0.12, 0.30, 0.65, 0.30, 0.15), 144
MODEL = load_emotion_model()


def halves(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Development part and part kept aside, columns text, negative."""
    frame = pd.read_csv(FOLDER / f"{name}.csv.gz", dtype={"text": "string[pyarrow]"})
    if "negative" not in frame:
        frame["negative"] = (frame["sentiment"] == "negative").astype(int)
    frame["negative"] = frame["negative"].astype(float) > 0
    aside = pd.util.hash_pandas_object(frame["text"], index=False).to_numpy() % 2 == 1
    return frame[~aside].reset_index(drop=True), frame[aside].reset_index(drop=True)


def auc(score: np.ndarray, negative: np.ndarray) -> float:
    ranks = pd.Series(score).rank().to_numpy()
    n1, n0 = int(negative.sum()), int((~negative).sum())
    return float((ranks[negative].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def nf1(said: np.ndarray, negative: np.ndarray) -> float:
    return float(2 * (said & negative).sum() / (said.sum() + negative.sum()))


def scores(texts: pd.Series) -> np.ndarray:
    return np.nan_to_num(analyse_texts(texts, MODEL).score)


def quality() -> None:
    print(f"{'set':18} {'rows':>6}  kept aside: AUC  nF1  accuracy   development: AUC  nF1  accuracy")
    for name in SETS:
        cells = []
        development, aside = halves(name)
        for part in (aside, development):
            score, truth = scores(part["text"]), part["negative"].to_numpy()
            said = score > MODEL.scoring.threshold
            cells.append(f"{auc(score, truth):.3f} {nf1(said, truth):.3f} {np.mean(said == truth):.3f}")
        print(f"{name:18} {len(aside):6}         {cells[0]}             {cells[1]}")
        others(aside)


def others(aside: pd.DataFrame, size: int = 1000) -> None:
    """SnowNLP and cnsenti on the first rows of the same part, where installed."""
    part = aside.head(size)
    truth = part["negative"].to_numpy()
    try:
        from snownlp import SnowNLP
    except ImportError:
        pass
    else:
        start = time.process_time()
        score = np.array([0.5 - SnowNLP(text).sentiments if text.strip() else 0.0 for text in part["text"]])
        beside("SnowNLP", score, truth, time.process_time() - start)
    try:
        from cnsenti import Sentiment
    except ImportError:
        return
    senti = Sentiment()
    start = time.process_time()
    counts = [senti.sentiment_count(text) for text in part["text"]]
    beside("cnsenti", np.array([count["neg"] - count["pos"] for count in counts], dtype=float), truth, time.process_time() - start)


def beside(name: str, score: np.ndarray, truth: np.ndarray, seconds: float) -> None:
    """One line for another tool; its score is positive for negative mood."""
    figures = f"{auc(score, truth):.3f} {nf1(score > 0, truth):.3f} {np.mean((score > 0) == truth):.3f}"
    print(f"  {name:16} {len(truth):6}         {figures}   {len(truth) / seconds:,.0f}/s")


def traditional() -> None:
    """The same texts turned into Traditional: by OpenCC where installed, else by the reverse of our own table."""
    try:
        from opencc import OpenCC

        turn, how = OpenCC("s2twp").convert, "OpenCC s2twp"
    except ImportError:
        reverse = str.maketrans({new: old for old, new in reversed(load_traditional(SETTINGS_DIR / "traditional.toml").items())})
        turn, how = (lambda text: text.translate(reverse)), "own table reversed"
    for name in SIMULATED:
        part = halves(name)[1].head(4000)
        turned = pd.Series([turn(text) for text in part["text"]], dtype="string[pyarrow]")
        truth = part["negative"].to_numpy()
        a, b = auc(scores(part["text"]), truth), auc(scores(turned), truth)
        print(f"{name:18} Simplified {a:.4f}  Traditional {b:.4f}  loss {a - b:+.4f}   ({how})")


def crisis(pool: pd.DataFrame, per_bucket: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, list[int]]:
    """Comments drawn along the planted share: frame text, negative; bucket of each; true share per bucket; first buckets of new regimes."""
    rng = np.random.default_rng(seed)
    while True:
        cuts = np.sort(rng.choice(np.arange(10, BUCKETS - 10), 4, replace=False))
        if np.min(np.diff(cuts)) >= 12:
            break
    share = np.repeat(LEVELS, np.diff([0, *cuts, BUCKETS]))
    n = rng.poisson(per_bucket, BUCKETS)
    bucket = np.repeat(np.arange(BUCKETS), n)
    negative = rng.random(len(bucket)) < share[bucket]
    sides = [np.flatnonzero(pool["negative"] == side) for side in (False, True)]
    rows = np.where(negative, sides[1][rng.integers(len(sides[1]), size=len(bucket))], sides[0][rng.integers(len(sides[0]), size=len(bucket))])
    truth = np.bincount(bucket, weights=negative, minlength=BUCKETS) / np.maximum(n, 1)
    return pool.iloc[rows].reset_index(drop=True), bucket, truth, [int(c) for c in cuts]


def shares(runs: int = 5) -> None:
    """Mean absolute error of the share over buckets of 200, in points, by number of hand labels; and how often the interval of the labels holds the truth."""
    for name in SIMULATED:
        pool = halves(name)[1]
        errors: dict[int, list[float]] = {k: [] for k in (0, 60, 100, 200)}
        held: dict[int, list[float]] = {k: [] for k in (60, 100, 200)}
        for seed in range(runs):
            frame, bucket, truth, _ = crisis(pool, 200, seed)
            score = scores(frame["text"]).astype(np.float32)
            scored = Scored(score=score, bucket=bucket, buckets=BUCKETS)
            errors[0].append(np.abs(np.bincount(bucket, weights=score > MODEL.scoring.threshold, minlength=BUCKETS) / np.bincount(bucket) - truth).mean())
            for labels in held:
                at = np.linspace(0, len(frame) - 1, labels).astype(np.int64)
                fitted = fit_calibration(scored, at, frame["negative"].to_numpy()[at], MODEL.calibration)
                assert fitted is not None
                table = calibrated_shares(fitted, scored, MODEL.calibration)
                said = table["share"].to_numpy(dtype=float)
                errors[labels].append(np.abs(said - truth).mean())
                held[labels].append(float(((table["low"] <= truth) & (truth <= table["high"])).mean()))
        line = "  ".join(f"K={k}: {100 * np.mean(v):4.1f}" + (f" ({np.mean(held[k]):.2f})" if k else "") for k, v in errors.items())
        print(f"{name:18} {line}")


def series() -> None:
    """The real series: buckets of 200 comments in time order, hand labels (here the set's machine labels) evenly over time, 20 offsets."""
    frame = pd.read_csv(FOLDER / "douyin_li_series.csv.gz", dtype={"text": "string[pyarrow]"}).sort_values(["time", "text"]).reset_index(drop=True)
    negative = (frame["sentiment"] == "negative").to_numpy()
    read = analyse_texts(frame["text"], MODEL)
    score = np.nan_to_num(read.score)
    bucket = np.minimum(np.arange(len(frame)) // 200, len(frame) // 200 - 1)
    count = int(bucket.max()) + 1
    truth = np.bincount(bucket, weights=negative) / np.bincount(bucket)
    scored = Scored(score=score, bucket=bucket, buckets=count)
    plain = np.bincount(bucket, weights=score > MODEL.scoring.threshold) / np.bincount(bucket)
    print(f"{count} buckets; a constant scores {100 * np.abs(truth - truth.mean()).mean():.1f}")
    print(f"no labels: error {100 * np.abs(plain - truth).mean():.1f}, correlation {np.corrcoef(plain, truth)[0, 1]:.2f}")
    for labels in (60, 100, 200):
        errors, correlations = [], []
        for offset in range(20):
            at = (np.linspace(0, len(frame) - 200, labels) + offset * 9).astype(np.int64)
            fitted = fit_calibration(scored, at, negative[at], MODEL.calibration)
            assert fitted is not None
            said = calibrated_shares(fitted, scored, MODEL.calibration)["share"].to_numpy(dtype=float)
            errors.append(np.abs(said - truth).mean())
            correlations.append(np.corrcoef(said, truth)[0, 1])
        print(f"K={labels}: error {100 * np.mean(errors):.1f}, correlation {np.mean(correlations):.2f}")


def turns(runs: int = 20) -> None:
    """End to end: comments labelled by the engine, calibrated on 200 labels, segmented by the program's own curve; F1 of turning points within one bucket."""
    settings = curve_settings()
    start = pd.Timestamp("2026-08-01T00:00+08:00")
    for name in ("weibo2018_train", "smp_usual", "smp_virus", "osm_train", "hotel", "shopping"):
        pool = halves(name)[1]
        f1, onset, errors = [], [], []
        for seed in range(runs):
            frame, bucket, truth, cuts = crisis(pool, 100, seed)
            rng = np.random.default_rng(seed)
            times = start + pd.to_timedelta(bucket * 600 + rng.random(len(bucket)) * 599, unit="s")
            columns = {"file": "c.csv", "row": np.arange(len(frame)) + 2, "kind": "comment", "platform": "weibo", "text": frame["text"]}
            columns |= {"item_id": [f"c{i}" for i in range(len(frame))], "published_at": pd.Series(times).dt.tz_convert("UTC").dt.as_unit("us")}
            posts = POSTS.frame(columns, len(frame))
            at = np.linspace(0, len(frame) - 1, 200).astype(int)
            answers = pd.array(frame["negative"].to_numpy()[at], dtype="boolean")
            hand = pd.DataFrame({"item_id": posts["item_id"].iloc[at].array, "key": None, "negative": answers})
            grid = bucket_grid(posts, ZoneInfo("Asia/Shanghai"), settings.buckets)
            assert grid.width == timedelta(minutes=10), grid.width
            labels = resolve_labels(posts, analyse_texts(mood_texts(posts), MODEL), hand, grid.index)
            rows = posts.assign(negative=labels.negative, probability=labels.probability)
            curve = row_curve(rows, grid, Evidence(subject="comments", grade="audited"), settings)
            assert curve is not None
            found = [turn.bucket for turn in curve.turning_points]
            used: set[int] = set()
            for cut in cuts:
                near = [x for x in found if abs(x - cut) <= 1 and x not in used]
                used |= set(near[:1])
            f1.append(2 * len(used) / (len(cuts) + len(found)))
            onset.append(any(abs(x - cuts[0]) <= 1 for x in found))
            said = grid.totals(np.nan_to_num(labels.probability)) / np.maximum(grid.totals(np.ones(len(posts))), 1)
            errors.append(np.abs(said - truth).mean() if len(said) == len(truth) else np.nan)
        print(f"{name:18} F1 {np.mean(f1):.3f}  onset {np.mean(onset):.2f}  share error {100 * np.nanmean(errors):.1f}", flush=True)


def speed() -> None:
    """Comments a second on one core through the whole analyzer, and memory over the loaded table, on 10^6 comments of the real series and SMP."""
    names = ("douyin_li_series", "smp_usual", "smp_virus")
    texts = pd.concat([pd.read_csv(FOLDER / f"{name}.csv.gz", dtype={"text": "string[pyarrow]"})["text"] for name in names])
    million = pd.concat([texts] * 13, ignore_index=True).head(1_000_000).astype("string[pyarrow]")
    analyse_texts(million.head(10_000), MODEL)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, cpu = time.perf_counter(), time.process_time()
    read = analyse_texts(million, MODEL)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{len(read):,} comments, mean {million.str.len().mean():.0f} characters: {len(read) / cpu:,.0f}/s of processor time")
    print(f"{cpu:.1f} s of processor time, {wall:.1f} s on the clock, +{grown:.0f} MB")


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["quality", "traditional", "shares", "series", "turns", "speed"]
    for part in chosen:
        print(f"== {part}", flush=True)
        {"quality": quality, "traditional": traditional, "shares": shares, "series": series, "turns": turns, "speed": speed}[part]()
