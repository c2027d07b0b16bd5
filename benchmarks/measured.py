"""Our functions under the names and shapes the measuring scripts ask for."""

import numpy as np

from review.analysis.effects import ladder
from review.analysis.turning_points import counted, turning_points
from review.settings.curve import load_curve_settings


def turning_point_indexes(k: np.ndarray, n: np.ndarray) -> list[int]:
    """The first bucket of each new regime; k, n: negative and all comments per bucket."""
    settings = load_curve_settings()
    return [turn.at for turn in turning_points(counted(k, n, settings.band), settings.turning_points).turns]


def ladder_grade(k: np.ndarray, n: np.ndarray, t: int) -> str | None:
    """The evidence grade of a response in bucket t."""
    settings = load_curve_settings()
    found = turning_points(counted(k, n, settings.band), settings.turning_points)
    return ladder((k, n, found.rho), (t, t), [(turn.at, turn.step) for turn in found.turns], settings.effects).grade
