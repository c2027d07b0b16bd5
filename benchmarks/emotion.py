"""Measures the text-to-emotion engine on labelled comments it was not trained on: python benchmarks/emotion.py [PART ...]

Parts: quality, ceiling, traditional, shares, bands, series, turns, onset; all where none is named.

Reads $REVIEW_REAL_DATA/emotion (default ../shared/data). Every set is cut in two by a hash of the text: the development part, looked at while the lexicon was
written and its few constants chosen (which: model card, emotion_prior.md), and the part kept aside, which no choice was made on. Nothing here is ever trained
on for shipping. SnowNLP and cnsenti are measured beside it in the same run (pip install "review-yuqing[benchmark]"), on a sample, because they are slow. Truth
is drawn as in the founding study: 12 -> 30 -> 65 -> 30 -> 15 % over 144 buckets. Speed and memory: benchmarks/emotion_speed.py.
"""

import importlib.util
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from review.analysis.buckets import BucketGrid, bucket_grid
from review.analysis.calibration import Scored, calibrated_shares, fit_calibration
from review.analysis.curve import Curve, row_curve
from review.analysis.emotion import TextEmotions, analyse_texts, gram_scores
from review.analysis.emotion_labels import mood_texts, resolve_labels
from review.analysis.emotion_text import code_points, own_words
from review.analysis.mood import curve_evidence
from review.analysis.trigger import trigger
from review.incident.tables import POSTS
from review.settings.curve import TriggerSettings, load_curve_settings
from review.settings.emotion import load_emotion_model
from review.settings.rubric import load_rubric
from review.settings.toml import SETTINGS_DIR
from review.settings.traditional import load_traditional

FOLDER = Path(os.environ.get("REVIEW_REAL_DATA", "../shared/data")) / "emotion"
SETS = ("weibo2018_train", "smp_usual", "smp_virus", "osm_train", "hotel", "shopping", "douyin_li_series", "tweeteval_val")
SIMULATED = SETS[:6]
LEVELS, BUCKETS = (0.12, 0.30, 0.65, 0.30, 0.15), 144
START = datetime(2026, 8, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
MODEL, CURVE = load_emotion_model(), load_curve_settings()
TRIGGER = TriggerSettings(share=load_rubric().trigger_share, run=CURVE.trigger_run)


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


def judged(read: TextEmotions) -> np.ndarray:
    """Which texts the program calls negative; without words of their own they are not."""
    return np.asarray(read.negative.to_numpy(dtype=bool, na_value=False))


BARS = {"weibo2018_train": "nF1 .78 accuracy .85", "smp_usual": "nF1 .76", "smp_virus": "AUC .85", "osm_train": "AUC .73", "hotel": "AUC .90"}
BARS |= {"shopping": "AUC .90", "douyin_li_series": "AUC .73"}
"""Bars without labels; hotel and shopping stand in for food delivery, douyin_li_series for the Douyin car brand. tweeteval_val (English) has none."""


def quality() -> None:
    """Beside the bars, the same on the development part, and by how much that is better: what tuning on it has bought."""
    for tool in ("snownlp", "cnsenti"):
        if importlib.util.find_spec(tool) is None:
            print(f'{tool} is not installed and NOT measured: pip install "review-yuqing[benchmark]"')
    print(f"{'set':18} {'rows':>6}  kept aside: AUC  nF1  accuracy   development    gap (development - aside)   bar")
    for name in SETS:
        development, aside = halves(name)
        reads = ((analyse_texts(part["text"], MODEL), part["negative"].to_numpy()) for part in (aside, development))
        mine, theirs = (measured(np.nan_to_num(read.score), judged(read), truth) for read, truth in reads)
        gap = [b - a for a, b in zip(mine, theirs, strict=True)]
        cells = [" ".join(f"{x:.3f}" for x in mine), " ".join(f"{x:.3f}" for x in theirs), " ".join(f"{x:+.3f}" for x in gap)]
        print(f"{name:18} {len(aside):6}         {cells[0]}   {cells[1]}   {cells[2]}   {BARS.get(name, '-')}", flush=True)
        others(aside)


def measured(score: np.ndarray, said: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """AUC of the score; F1 of the negative class and accuracy of what was said."""
    return auc(score, truth), nf1(said, truth), float(np.mean(said == truth))


def ceiling() -> None:
    """How far the labels of a set let anyone come: the same kind of model taught on the development part's own labels, alone and added to ours, on the part
    kept aside, each at the threshold that is best for it there (more than any honest choice could have). Nothing of it is shipped.
    """
    from train_emotion_prior import train

    print(f"{'set':18} accuracy at the best threshold: ours   taught on the set   both together   (ours as it judges)")
    for name in ("weibo2018_train", "smp_usual", "smp_virus", "osm_train"):
        development, aside = halves(name)
        there, here = (code_points(own_words(part["text"]).words, MODEL.fold) for part in (development, aside))
        labels = development["negative"].to_numpy(dtype=float)
        weights = train(there, labels, np.zeros(len(labels), dtype=np.int64), MODEL.scoring.ngram_buckets_log2)
        pair = np.column_stack((weights, np.zeros_like(weights))).astype(np.float32)
        taught = gram_scores(here.points, here.starts, pair, MODEL.scoring.ngram_buckets_log2)[:, 0]
        read, truth = analyse_texts(aside["text"], MODEL), aside["negative"].to_numpy()
        ours = np.nan_to_num(read.score)
        cells = [best_accuracy(score, truth) for score in (ours, taught, ours / ours.std() + taught / taught.std())]
        own = float(np.mean(judged(read) == truth))
        print(f"{name:18} {'':30} {cells[0]:.3f}   {cells[1]:.3f} {'':13} {cells[2]:.3f} {'':10} ({own:.3f})", flush=True)


def best_accuracy(score: np.ndarray, truth: np.ndarray) -> float:
    return max(float(np.mean((score > at) == truth)) for at in np.quantile(score, np.linspace(0.01, 0.99, 197)))


def others(aside: pd.DataFrame, size: int = 600) -> None:
    """SnowNLP and cnsenti on rows drawn from the same part, where installed."""
    part = aside.sample(min(size, len(aside)), random_state=1)
    truth = part["negative"].to_numpy()
    if importlib.util.find_spec("snownlp") is not None:
        from snownlp import SnowNLP

        start = time.process_time()
        score = np.array([0.5 - SnowNLP(text).sentiments if text.strip() else 0.0 for text in part["text"]])
        beside("SnowNLP", score, truth, time.process_time() - start)
    if importlib.util.find_spec("cnsenti") is None:
        return
    from cnsenti import Sentiment

    senti = Sentiment()
    start = time.process_time()
    counts = [senti.sentiment_count(text) for text in part["text"]]
    beside("cnsenti", np.array([count["neg"] - count["pos"] for count in counts], dtype=float), truth, time.process_time() - start)


def beside(name: str, score: np.ndarray, truth: np.ndarray, seconds: float) -> None:
    """One line for another tool; its score is positive for negative mood."""
    figures = " ".join(f"{x:.3f}" for x in measured(score, score > 0, truth))
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
            read = analyse_texts(frame["text"], MODEL)
            scored = Scored(score=np.nan_to_num(read.score), bucket=bucket, buckets=BUCKETS)
            worded = ~np.asarray(read.negative.isna())  # the program leaves the others out of its share
            errors[0].append(np.abs(np.bincount(bucket, weights=judged(read), minlength=BUCKETS) / np.bincount(bucket, weights=worded) - truth).mean())
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


def bands(runs: int = 40) -> None:
    """How often the printed band of an audited curve holds the truth, over draws of comments and hand labels; nominal: the confidence of the bands (.95).

    bucket: the share of negative comments among those of the bucket, as people labelled them; planted: the share they were drawn with; regime: the share of
    negative comments in the stretch the program found. Half-widths are in points.
    """
    print(f"nominal {CURVE.band.confidence:.2f}      K     bucket  planted  regime   half-width of a bucket, a regime")
    for name in SIMULATED:
        pool = halves(name)[1]
        found: dict[int, list[tuple[float, ...]]] = {100: [], 200: []}
        for seed in range(runs):
            drawn = crisis(pool, 100, seed)
            rows = rows_of(drawn, seed)
            for labels, cells in found.items():
                cells.append(held(drawn, judged_curve(drawn, rows, labels)[0]))
        for labels, cells in found.items():
            a, b, c, d, e = np.mean(cells, axis=0)
            print(f"{name:18} {labels:4}      {a:.2f}     {b:.2f}    {c:.2f}     {100 * d:4.1f}  {100 * e:4.1f}", flush=True)


def held(drawn: tuple[pd.DataFrame, np.ndarray, np.ndarray, list[int]], curve: Curve) -> tuple[float, ...]:
    """Share of buckets whose band holds their own share, the planted one; share of regimes whose band holds theirs; mean half-width of either band."""
    frame, bucket, truth, cuts = drawn
    assert len(curve.low) == BUCKETS
    planted = np.repeat(LEVELS, np.diff([0, *cuts, BUCKETS]))
    mine, level = ((curve.low <= share) & (share <= curve.high) for share in (truth, planted))
    negative = frame["negative"].to_numpy()
    inside = [(regime, negative[(bucket >= regime.bucket_from) & (bucket < regime.bucket_to)].mean()) for regime in curve.regimes]
    regimes = np.mean([regime.low <= share <= regime.high for regime, share in inside])
    return (
        float(mine.mean()),
        float(level.mean()),
        float(regimes),
        float((curve.high - curve.low).mean() / 2),
        float(np.mean([r.high - r.low for r, _ in inside]) / 2),
    )


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
    plain = np.bincount(bucket, weights=judged(read)) / np.bincount(bucket)
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
    """End to end, buckets of 100 comments, 200 hand labels: F1 of turning points within one bucket, and the error of the share."""
    for name in ("weibo2018_train", "smp_usual", "smp_virus", "osm_train", "hotel", "shopping"):
        pool = halves(name)[1]
        f1, errors = [], []
        for seed in range(runs):
            drawn = crisis(pool, 100, seed)
            curve, error = drawn_curve(drawn, seed, 200)
            found, cuts = [turn.bucket for turn in curve.turning_points], drawn[3]
            used: set[int] = set()
            for cut in cuts:
                used |= set([x for x in found if abs(x - cut) <= 1 and x not in used][:1])
            f1.append(2 * len(used) / (len(cuts) + len(found)))
            errors.append(error)
        print(f"{name:18} F1 {np.mean(f1):.3f}  share error {100 * np.nanmean(errors):.1f}", flush=True)


def onset(runs: int = 20) -> None:
    """End to end as for the share errors (buckets of 200, K hand labels): how often the first change of the curve is found within one bucket. Bar: each set
    .85, mean .93, at K = 200. crossing: how often the trigger (share above its threshold, held) is called in that same bucket or one beside it.
    """
    means: dict[int, list[float]] = {0: [], 60: [], 200: []}
    for name in SIMULATED:
        pool = halves(name)[1]
        cells = []
        for labels, mean in means.items():
            turned, crossed = [], []
            for seed in range(runs):
                drawn = crisis(pool, 200, seed)
                curve, _ = drawn_curve(drawn, seed, labels)
                first = drawn[3][0]
                turned.append(any(abs(turn.bucket - first) <= 1 for turn in curve.turning_points))
                fired = trigger(curve, TRIGGER)
                crossed.append(fired is not None and abs((fired.at - START) / timedelta(minutes=10) - first) <= 1)
            mean.append(float(np.mean(turned)))
            cells.append(f"K={labels}: {np.mean(turned):.2f} (crossing {np.mean(crossed):.2f})")
        print(f"{name:18} {'  '.join(cells)}", flush=True)
    print("mean               " + "  ".join(f"K={labels}: {np.mean(mean):.3f}" for labels, mean in means.items()))


def drawn_curve(drawn: tuple[pd.DataFrame, np.ndarray, np.ndarray, list[int]], seed: int, hand_labels: int) -> tuple[Curve, float]:
    """The program's own curve of a drawn crisis with this many hand labels (0: none), and the mean error of its shares."""
    return judged_curve(drawn, rows_of(drawn, seed), hand_labels)


def rows_of(drawn: tuple[pd.DataFrame, np.ndarray, np.ndarray, list[int]], seed: int) -> tuple[pd.DataFrame, TextEmotions, BucketGrid]:
    """The drawn comments as posts, what was read in them, and their buckets."""
    frame, bucket, _, _ = drawn
    rng = np.random.default_rng(seed)
    times = pd.Timestamp(START) + pd.to_timedelta(bucket * 600 + rng.random(len(bucket)) * 599, unit="s")
    columns = {"file": "c.csv", "row": np.arange(len(frame)) + 2, "kind": "comment", "platform": "weibo", "text": frame["text"]}
    columns |= {"item_id": [f"c{i}" for i in range(len(frame))], "published_at": pd.Series(times).dt.tz_convert("UTC").dt.as_unit("us")}
    posts = POSTS.frame(columns, len(frame))
    grid = bucket_grid(posts, ZoneInfo("Asia/Shanghai"), CURVE.buckets)
    assert grid.width == timedelta(minutes=10), grid.width
    return posts, analyse_texts(mood_texts(posts), MODEL), grid


def judged_curve(
    drawn: tuple[pd.DataFrame, np.ndarray, np.ndarray, list[int]], rows: tuple[pd.DataFrame, TextEmotions, BucketGrid], hand_labels: int
) -> tuple[Curve, float]:
    (frame, _, truth, _), (posts, read, grid) = drawn, rows
    hand = None
    if hand_labels:
        at = np.linspace(0, len(frame) - 1, hand_labels).astype(int)
        answers = pd.array(frame["negative"].to_numpy()[at], dtype="boolean")
        hand = pd.DataFrame({"item_id": posts["item_id"].iloc[at].array, "key": None, "negative": answers})
    labels = resolve_labels(posts, read, hand, grid.index)
    evidence = curve_evidence("comments", labels, (read, grid.index, grid), CURVE)
    said = np.asarray(labels.negative.to_numpy(dtype=float, na_value=0.0))
    known = posts.assign(negative=labels.negative)
    if hand_labels:
        known, said = known.assign(probability=labels.probability), np.nan_to_num(labels.probability)
    curve = row_curve(known, grid, evidence, CURVE)
    assert curve is not None
    shares = grid.totals(said) / np.maximum(grid.totals(np.ones(len(posts))), 1)
    return curve, float(np.abs(shares - truth).mean()) if len(shares) == len(truth) else float("nan")


PARTS = (quality, ceiling, traditional, shares, bands, series, turns, onset)

if __name__ == "__main__":
    chosen = sys.argv[1:] or [part.__name__ for part in PARTS]
    for part in PARTS:
        if part.__name__ in chosen:
            print(f"== {part.__name__}", flush=True)
            part()
