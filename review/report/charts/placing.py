"""Where markers and labels go so that none covers another: one-dimensional spreading and lanes."""

from collections.abc import Sequence


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as possible to the wanted ones (ascending), at least `gap` apart and inside low–high.

    Least squares by pooling neighbours (isotonic regression of place − i·gap). Where they cannot all fit, the gap shrinks evenly.
    """
    count = len(wanted)
    if count > 1:
        gap = min(gap, (high - low) / (count - 1))
    pools: list[tuple[float, int]] = []  # mean of wanted − i·gap, members
    for index, place in enumerate(wanted):
        mean, members = place - index * gap, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean = (mean * members + other * size) / (members + size)
            members += size
        pools.append((mean, members))
    top = high - (count - 1) * gap
    return [min(max(mean, low), max(top, low)) + index * gap for index, mean in enumerate(mean for mean, members in pools for _ in range(members))]


def flag_lanes(stems: Sequence[float], widths: Sequence[float], reach: float) -> list[int]:
    """Lane (0 nearest the axis) of each flag flying to the right of its stem, so that no stem crosses and no flag covers another.

    stems ascending; widths: how far each flag flies beyond its stem; reach: clearance to the left of a stem. From right to left, a flag goes one lane
    above the highest that stands under it, because the stems of those to its right must end below it.
    """
    lanes = [0] * len(stems)
    for index in range(len(stems) - 1, -1, -1):
        right = stems[index] + widths[index]
        under = [lanes[later] for later in range(index + 1, len(stems)) if stems[later] - reach < right]
        lanes[index] = max(under) + 1 if under else 0
    return lanes


def runs(present: Sequence[bool]) -> list[tuple[int, int]]:
    """Stretches [start, end) of consecutive true values."""
    found: list[tuple[int, int]] = []
    start = -1
    for index, one in enumerate(present):
        if one and start < 0:
            start = index
        elif not one and start >= 0:
            found.append((start, index))
            start = -1
    if start >= 0:
        found.append((start, len(present)))
    return found
