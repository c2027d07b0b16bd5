"""One smooth line through a noisy share, for the eye only: nothing is detected on it."""

import numpy as np

from review.analysis.shares import Floats
from review.settings.curve import SmoothingSettings


def smooth_line(k: Floats, n_effective: Floats, elapsed: Floats, settings: SmoothingSettings) -> Floats:
    """The share as a Kalman-smoothed local level, within [0, 1], shape (T,); NaN in buckets without comments.

    k: effective negatives, k <= n_effective; n_effective: effective comments, 0 where empty; elapsed: buckets from the one before (first value unused), so that
    the level may move further over a gap. Sampling variance is that of the share shrunk to (k + .5) / (n + 1); the level's variance is the likeliest of a
    grid of ratios to the median sampling variance. Measured against moving average, LOESS and kernel: best or second on steps, decays and thin series.
    """
    filled = np.flatnonzero(n_effective > 0)
    line = np.full(len(k), np.nan)
    if len(filled) == 0:
        return line
    size = n_effective[filled]
    share = np.clip(k[filled] / size, 0.0, 1.0)
    shrunk = (share * size + 0.5) / (size + 1)
    noise = shrunk * (1 - shrunk) / size
    position = np.cumsum(np.concatenate(([0.0], elapsed[1:])))[filled]
    steps = np.diff(position, prepend=position[0])
    ratios = np.asarray(settings.signal_ratios) * float(np.median(noise))
    length = len(filled)
    mean, variance = np.empty((length, len(ratios))), np.empty((length, len(ratios)))
    ahead = np.empty((length, len(ratios)))
    likelihood = np.zeros(len(ratios))
    mean[0], variance[0] = share[0], noise[0]
    for t in range(1, length):  # a filter runs in time; all variances of the grid at once
        ahead[t] = variance[t - 1] + ratios * steps[t]
        total = ahead[t] + noise[t]
        gain = ahead[t] / total
        error = share[t] - mean[t - 1]
        likelihood -= np.log(total) + error**2 / total
        mean[t] = mean[t - 1] + gain * error
        variance[t] = ahead[t] * (1 - gain)
    best = int(np.argmax(likelihood))
    smooth = mean[:, best].copy()
    for t in range(length - 2, -1, -1):  # Rauch–Tung–Striebel, backwards in time
        smooth[t] += variance[t, best] / ahead[t + 1, best] * (smooth[t + 1] - mean[t, best])
    line[filled] = np.clip(smooth, 0.0, 1.0)
    return line
