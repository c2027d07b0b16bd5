"""How often a response is credited that falls into a sharp decline already under way: attribution.py [series per cell, default 100]

60 %, then from `since` buckets before the response a decay to 20 %, half-life one, two or three hours of ten-minute buckets; the response does nothing.
Credit is the grade A. The bar is ours: at most 25 % in every cell, over the volumes; before a decline begun earlier was weighed against a step it was 41 to
47 % at half-lives of one hour. Beside it the power: a step of 18 points at the response, and a 30 % step within a slow decay.
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measured import ladder_grade  # noqa: E402

BUCKETS = 144
VOLUMES: tuple[tuple[int | str, float], ...] = ((30, 0.0), (100, 0.0), (100, 0.03), ("wave", 0.03))


def volume(kind: int | str, rng: np.random.Generator) -> np.ndarray:
    """Comments per bucket: a level, or a fast rise and decay with a second bump."""
    if kind == "wave":
        t = np.arange(BUCKETS)
        base = 5 + 495 * np.exp(-(((t - 40) / 22) ** 2)) + 120 * np.exp(-(((t - 120) / 12) ** 2))
        return np.maximum(rng.poisson(base * rng.lognormal(0, 0.35, BUCKETS)), 1)
    return np.maximum(rng.poisson(float(kind), BUCKETS), 1)


def credit(share: np.ndarray, t: int, cell: tuple[int | str, float], seed: int) -> bool:
    rng = np.random.default_rng(seed)
    kind, rho = cell
    n = volume(kind, rng)
    p = rng.beta(share * (1 - rho) / rho, (1 - share) * (1 - rho) / rho) if rho else share
    return ladder_grade(rng.binomial(n, p).astype(float), n.astype(float), t) == "A"


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    x = np.arange(BUCKETS)
    worst = 0.0
    for half_life in (6, 12, 18):
        for since in (2, 3, 4, 6, 8):
            shares = []
            for cell in VOLUMES:
                credited = 0
                for seed in range(runs):
                    t = 60 + seed % 30
                    truth = np.where(x < t - since, 0.6, 0.2 + 0.4 * 0.5 ** ((x - t + since) / half_life))
                    credited += credit(truth, t, cell, seed)
                shares.append(credited / runs)
            worst = max(worst, float(np.mean(shares)))
            print(f"half-life {half_life / 6:.0f} h, began {since} buckets before: " + " ".join(f"{s:.2f}" for s in shares) + f"  mean {np.mean(shares):.2f}")
    for name in ("step", "decay+step"):
        shares = []
        for cell in VOLUMES:
            credited = 0
            for seed in range(runs):
                t = 60 + seed % 30
                decay = np.where(x < t - 6 - seed % 24, 0.6, 0.2 + 0.4 * 0.5 ** ((x - t + 6 + seed % 24) / 24))
                truth = np.where(x < t + 1, 0.6, 0.42) if name == "step" else np.where(x >= t + 1, decay * 0.7, decay)
                credited += credit(truth, t, cell, seed)
            shares.append(credited / runs)
        print(f"{name}, credited: " + " ".join(f"{s:.2f}" for s in shares) + f"  mean {np.mean(shares):.2f}")
    sys.exit(worst > 0.25)


if __name__ == "__main__":
    main()
