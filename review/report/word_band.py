"""The area of the intervals under a curve of Word's: a line to and fro, so dense that it fills it.

An area of Word's own stands over categories or days, never over times; LibreOffice draws error bars above whatever else there is, and the first series of a
chart above the last, Word the last above the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np

from review.report.chart_data import CurvePoint
from review.report.charts.placing import runs
from review.report.theme import MM_PER_POINT
from review.report.word_drawingml import stroke

STEP_PT: Final = 1.0  # from stroke to stroke on the page
STROKE_PT: Final = 1.75  # the area stays whole where a chart is drawn up to so much larger
OPACITY: Final = 0.3

Line = tuple[tuple[float | None, float | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Lines of times (as of a sheet) and shares, parted by (None, None): between neighbouring buckets that both rest on comments enough, and between others.
    lone: per point, whether its interval has no neighbour and is left to be drawn as a bar; False too where it has none.
    """

    firm: Line
    pale: Line
    lone: tuple[bool, ...]

    @property
    def rows(self) -> int:
        return max(len(self.firm), len(self.pale))


def band_of(points: Sequence[CurvePoint], at: Sequence[float], bucket_minutes: int | None, days_per_mm: float) -> Band:
    """The band of points in order of time; at: their times in days. Without buckets (typed samples) each stands alone."""
    reach = 0.0 if bucket_minutes is None else bucket_minutes / 1440 * 1.01
    banded = [point.low is not None and point.high is not None for point in points]
    solid = [known and not point.thin for known, point in zip(banded, points, strict=True)]
    # a part lies between a point and the next
    parts = [banded[i] and banded[i + 1] and at[i + 1] - at[i] <= reach for i in range(len(points) - 1)]
    firm = [part and solid[i] and solid[i + 1] for i, part in enumerate(parts)]
    pale = [part and not other for part, other in zip(parts, firm, strict=True)]
    step = STEP_PT * MM_PER_POINT * days_per_mm
    lines = [tuple(cell for first, end in runs(chosen) for cell in _to_and_fro(points[first : end + 1], at[first : end + 1], step)) for chosen in (firm, pale)]
    joined = [before or after for before, after in zip([False, *parts], [*parts, False], strict=True)]
    return Band(firm=lines[0], pale=lines[1], lone=tuple(known and not other for known, other in zip(banded, joined, strict=True)))


def _to_and_fro(points: Sequence[CurvePoint], at: Sequence[float], step: float) -> list[tuple[float | None, float | None]]:
    """From the lower to the upper end, on by a step, and down again; a gap at the end."""
    places = np.linspace(at[0], at[-1], ceil((at[-1] - at[0]) / step) + 1)
    lows = np.interp(places, at, [point.low or 0.0 for point in points])
    highs = np.interp(places, at, [1.0 if point.high is None else point.high for point in points])
    line: list[tuple[float | None, float | None]] = []
    for i, (place, low, high) in enumerate(zip(places.tolist(), lows.tolist(), highs.tolist(), strict=True)):
        ends = (low, high) if i % 2 == 0 else (high, low)
        line += [(round(place, 5), round(end, 4)) for end in ends]
    return [*line, (None, None)]


def band_line(colour: str) -> str:
    """The line to and fro, in a darker colour that shines through so far that it looks like this one on white: LibreOffice draws it above dots and lines."""
    solid = "#" + "".join(f"{max(0, round(255 - (255 - int(colour.removeprefix('#')[i : i + 2], 16)) / OPACITY)):02X}" for i in (0, 2, 4))
    return stroke(solid, STROKE_PT).replace("/></a:solidFill>", f'><a:alpha val="{round(OPACITY * 100000)}"/></a:srgbClr></a:solidFill>')
