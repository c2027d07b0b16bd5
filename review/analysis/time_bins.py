"""Times in bins of equal width, as fine as a picture can carry."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from review.settings.links import KeyNodeSettings

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimeBins:
    """Starts of all bins from the first to the last time (UTC, empty ones among them), their width, and the bin of each time (int64)."""

    starts: tuple[datetime, ...]
    minutes: int
    place: np.ndarray

    def counts(self, which: np.ndarray) -> tuple[int, ...]:
        """How many of the chosen times (a mask) lie in each bin."""
        return tuple(np.bincount(self.place[which], minlength=len(self.starts)).tolist())


def time_bins(seconds: np.ndarray, settings: KeyNodeSettings) -> TimeBins:
    """The bins of these unix seconds: the finest width of the ladder with fewer than `most_buckets` of them, else the widest, the last one open.

    No times: no bins.
    """
    if not len(seconds):
        return TimeBins(starts=(), minutes=settings.bucket_minutes[0], place=np.zeros(0, dtype=np.int64))
    first, last = int(seconds.min()), int(seconds.max())
    minutes = next((each for each in settings.bucket_minutes if (last - first) / (each * _MINUTE) < settings.most_buckets), settings.bucket_minutes[-1])
    wide = minutes * _MINUTE
    start = first // wide * wide
    count = min((last - start) // wide + 1, settings.most_buckets * 10)
    place = np.minimum((seconds - start) // wide, count - 1)
    return TimeBins(starts=tuple(datetime.fromtimestamp(start + i * wide, UTC) for i in range(count)), minutes=minutes, place=place)
