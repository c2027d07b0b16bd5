"""Trains review/settings/emotion_prior.npz on CPED and COLD: python benchmarks/train_emotion_prior.py

Reads cped.csv.gz and cold.csv.gz (both Apache-2.0) from $REVIEW_REAL_DATA/emotion (default ../shared/data). The same input gives the same bytes. Takes about
ten seconds. Logistic regression over the analyzer's own hashed 1-2-grams (sum / sqrt(grams)), Adam on shuffled batches (fixed seed), weights averaged over the
last two passes. CPED and each topic of COLD have an intercept of their own, dropped afterwards, so that a topic's base rate does not leak into its words.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from review.analysis.emotion import gram_scores, gram_slots
from review.analysis.emotion_text import CodePoints, code_points, own_words
from review.settings.emotion import folding, load_traditional
from review.settings.toml import SETTINGS_DIR, read_toml

RIDGE, RATE, PASSES, BATCH, SEED = 0.3, 0.02, 10, 1024, 1


def training_texts() -> tuple[pd.Series, np.ndarray, np.ndarray]:
    """Texts, labels (1 = negative or offensive) and group numbers."""
    folder = Path(os.environ.get("REVIEW_REAL_DATA", "../shared/data")) / "emotion"
    cped, cold = pd.read_csv(folder / "cped.csv.gz"), pd.read_csv(folder / "cold.csv.gz")
    cold["topic"] = cold["topic"].fillna("none")
    both = pd.concat([cped.assign(group="cped"), cold.assign(group="cold " + cold["topic"])], ignore_index=True)
    return both["text"].astype("string[pyarrow]"), both["negative"].to_numpy(dtype=float), pd.factorize(both["group"], sort=True)[0]


def train(texts: CodePoints, labels: np.ndarray, groups: np.ndarray, buckets_log2: int) -> np.ndarray:
    """float64 weights, shape (buckets,)."""
    single, pair = gram_slots(texts.points, buckets_log2)
    within = texts.owner[:-1] == texts.owner[1:]
    slots = np.concatenate((single, pair[within])).astype(np.int64)
    owner = np.concatenate((texts.owner, texts.owner[:-1][within]))
    order = np.argsort(owner, kind="stable")
    slots, count, buckets = slots[order], len(labels), 1 << buckets_log2
    lengths = np.bincount(owner, minlength=count)
    starts, root = np.concatenate(([0], np.cumsum(lengths))), 1 / np.sqrt(np.maximum(lengths, 1))
    size = buckets + int(groups.max()) + 1
    weights, first, second, mean = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    rng = np.random.default_rng(SEED)
    step = averaged = 0
    for number in range(PASSES):
        shuffled = rng.permutation(count)
        for at in range(0, count - BATCH + 1, BATCH):
            rows = shuffled[at : at + BATCH]
            n = lengths[rows]
            place = np.repeat(starts[rows] - (np.cumsum(n) - n), n) + np.arange(n.sum())
            mine, who = slots[place], np.repeat(np.arange(BATCH), n)
            z = np.bincount(who, weights[mine], minlength=BATCH) * root[rows] + weights[buckets + groups[rows]]
            error = (1 / (1 + np.exp(-z)) - labels[rows]) / BATCH
            gradient = np.bincount(mine, (error * root[rows])[who], minlength=size)
            gradient[:buckets] += RIDGE / count * weights[:buckets]
            gradient[buckets:] += np.bincount(groups[rows], error, minlength=size - buckets)
            step += 1
            first = 0.9 * first + 0.1 * gradient
            second = 0.99 * second + 0.01 * gradient**2
            weights -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-6)
            if number >= PASSES - 2:
                mean += weights
                averaged += 1
    return mean[:buckets] / averaged


def main() -> None:
    buckets_log2 = read_toml(SETTINGS_DIR / "emotion.toml").table("scoring").integer("ngram_buckets_log2")
    texts, labels, groups = training_texts()
    points = code_points(own_words(texts).words, folding(load_traditional(SETTINGS_DIR / "traditional.toml")))
    weights = train(points, labels, groups, buckets_log2)
    scale = float(np.quantile(np.abs(weights), 0.9999)) / 127
    stored = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    scores = gram_scores(points.points, points.starts, (stored * scale).astype(np.float32)[:, None], buckets_log2)[:, 0]
    # The centre is the middle between the two classes, so that zero does not depend on how many of each were collected.
    centre = (scores[labels == 1].mean() + scores[labels == 0].mean()) / 2
    path = SETTINGS_DIR / "emotion_prior.npz"
    np.savez_compressed(path, weights=stored, constants=np.array([scale, centre, scores.std()]))
    print(f"{len(labels)} texts, {np.mean(labels):.3f} negative, accuracy {np.mean((scores > centre) == labels):.3f}")
    print(f"scale {scale:.5f}, centre {centre:.3f}, spread {scores.std():.3f}, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
