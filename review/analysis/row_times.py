"""When each row was published, as closely as its time or its id tells."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from review.analysis.mid_clock import mid_numbers, mid_seconds
from review.settings.links import ClockSettings

WIDTH_SECONDS: Final = {"s": 1, "min": 60, "h": 3600, "day": 86_400}
"""What a time of each precision may hide: [t, t + width)."""

NEVER: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowTimes:
    """seconds: unix seconds of the start of what is known, NEVER where nothing is; width: seconds it may be later (1 = exact). by_id: read off the id."""

    seconds: np.ndarray
    width: np.ndarray
    by_id: np.ndarray

    @property
    def known(self) -> np.ndarray:
        known: np.ndarray = self.seconds != NEVER
        return known

    @property
    def latest(self) -> np.ndarray:
        """The last second a row may be of; NEVER where unknown."""
        return np.where(self.known, self.seconds + self.width - 1, NEVER)


def row_times(posts: pd.DataFrame, settings: ClockSettings) -> RowTimes:
    """Times of the rows. On platforms whose ids hold a clock, the id tells the second of a row without a time, and of one whose time is coarser and agrees."""
    known = posts["published_at"].notna().to_numpy()
    seconds = np.where(known, posts["published_at"].to_numpy(dtype="datetime64[s]").astype(np.int64), NEVER)
    width = posts["time_precision"].astype(object).map(WIDTH_SECONDS).fillna(1).to_numpy(dtype=np.int64, copy=True)
    by_id = np.zeros(len(posts), dtype=bool)
    asked = np.flatnonzero(posts["platform"].isin(list(settings.platforms)).to_numpy() & (~known | (width > 1)))
    if len(asked):
        told = mid_seconds(mid_numbers(posts["item_id"].iloc[asked]), settings)
        start, wide = seconds[asked], width[asked]
        agrees = (told >= start - settings.tolerance_seconds) & (told < start + wide + settings.tolerance_seconds)
        good = (told >= 0) & (agrees | ~known[asked])
        # a reading a few seconds beside the printed minute is brought into it: the print is exact as far as it goes
        inside = np.where(known[asked], np.clip(told, start, start + wide - 1), told)
        rows = asked[good]
        seconds[rows], width[rows], by_id[rows] = inside[good], 1, True
    return RowTimes(seconds=seconds, width=width, by_id=by_id)


def goes_back(times: RowTimes, parent: np.ndarray, child: np.ndarray) -> np.ndarray:
    """True where the parent row is later than the child row, compared as coarsely as the coarser of the two is known; False where a time is unknown."""
    wide = np.maximum(times.width[parent], times.width[child])
    both = times.known[parent] & times.known[child]
    later: np.ndarray = both & (times.seconds[parent] // wide > times.seconds[child] // wide)
    return later
