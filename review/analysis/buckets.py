"""Time buckets on the local clock: how wide, where they start, which row is in which."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.settings.curve import BucketSettings

Instants = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]

PRECISION_MINUTES = {"s": 1 / 60, "min": 1.0, "h": 60.0, "day": 1440.0}
"""How many minutes a time exact to this may be off: the words of tables.PRECISIONS."""

DAY = timedelta(days=1)

EXACT_TO: Final = {"day": DAY, "h": timedelta(hours=1)}
"""What a time known to the day or the hour may hide: [t, t + width). One told to the minute is taken as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BucketGrid:
    """Buckets [starts, ends) in UTC, `datetime64[us]`, ascending, on the clock of `zone`; and for each row given its bucket.

    Every bucket that holds a row is there, and of each stretch without rows only its first bucket, so that a line drawn through the buckets breaks there and
    a stray row years ago costs nothing. index: shape (rows,), position in `starts`, -1 for rows left out: `untimed` without a time, `coarse` whose time is less
    exact than the bucket is wide.
    """

    width: timedelta
    starts: Instants
    ends: Instants
    index: Ints
    untimed: int
    coarse: int

    def totals(self, weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Sum of `weight` (one a row) per bucket; rows left out count nowhere."""
        placed = self.index >= 0
        return np.bincount(self.index[placed], weights=weight[placed], minlength=len(self.starts)).astype(np.float64)


def bucket_grid(rows: pd.DataFrame, zone: ZoneInfo, settings: BucketSettings) -> BucketGrid:
    """The buckets of these rows (columns published_at, time_precision; NA precision counts as exact), as fine as their number allows.

    The finest width of the ladder is taken (a) in which a typical row shares its bucket with at least busy_comments rows, itself included (median over rows, so
    that quiet weeks before a storm do not blur the storm), (b) to which all but coarse_share of the rows are exact, (c) which needs at most max_buckets
    filled buckets, and (d) which, if it is a part of a day longer than an hour, has the middle short_share of the rows within short_days; else the widest.
    Edges lie on the local clock: days start at local midnight (23 or 25 hours long where clocks change). No rows: no buckets.
    """
    times = rows["published_at"]
    timed = times.notna().to_numpy()
    exact_to = rows["time_precision"].astype(object).map(PRECISION_MINUTES).fillna(0.0).to_numpy(dtype=np.float64)
    widths = [timedelta(minutes=minutes) for minutes in settings.ladder_minutes]
    is_long = _spread(times, settings.short_share) > timedelta(days=settings.short_days)
    chosen, found = widths[-1], None
    for width in widths:  # at most the ladder's few steps
        minutes = width / timedelta(minutes=1)
        coarse = timed & (exact_to > minutes)
        if timed.any() and coarse.sum() > settings.coarse_share * timed.sum() and width != widths[-1]:
            continue
        if is_long and EXACT_TO["h"] < width < DAY and width != widths[-1]:
            continue
        kept = timed & ~coarse
        starts, position, sizes = np.unique(floor_to_bucket(times[kept], width, zone), return_inverse=True, return_counts=True)
        chosen, found = width, (starts, position, kept, int(coarse.sum()))
        if len(starts) <= settings.max_buckets and len(starts) and float(np.median(sizes[position])) >= settings.busy_comments:
            break
    assert found is not None  # the widest step is never skipped
    filled, position, kept, coarse_rows = found
    after = following(filled, chosen, zone)
    gaps = after[:-1][after[:-1] < filled[1:]] if len(filled) else filled
    starts = np.sort(np.concatenate((filled, gaps)))
    index = np.full(len(rows), -1, dtype=np.int64)
    index[kept] = np.searchsorted(starts, filled)[position] if len(filled) else -1
    return BucketGrid(width=chosen, starts=starts, ends=following(starts, chosen, zone), index=index, untimed=int((~timed).sum()), coarse=coarse_rows)


def _spread(times: "pd.Series[pd.Timestamp]", share: float) -> timedelta:
    """Over how long the middle share of these times lies; zero without any."""
    us = times.dropna().dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]").view(np.int64)
    first, last = np.quantile(us, [(1 - share) / 2, (1 + share) / 2]) if len(us) else (0, 0)
    return timedelta(microseconds=float(last - first))


def floor_to_bucket(times: "pd.Series[pd.Timestamp]", width: timedelta, zone: ZoneInfo) -> Instants:
    """The start of each time's bucket, UTC, `datetime64[us]`; NaT stays NaT.

    times: aware. Widths below a day are counted from local midnight by the offset in force at each instant; a day starts at the first instant of the local
    date.
    """
    utc = times.dt.tz_convert("UTC").dt.tz_localize(None)
    local = times.dt.tz_convert(zone).dt.tz_localize(None)
    if width == DAY:
        days, position = np.unique(local.dt.normalize().to_numpy(dtype="datetime64[us]"), return_inverse=True)
        midnights = pd.Series(days).dt.tz_localize(zone, ambiguous=np.ones(len(days), dtype=bool), nonexistent="shift_forward")
        begins: Instants = midnights.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]")[position]
        return begins
    return (local.dt.floor(width) - (local - utc)).to_numpy(dtype="datetime64[us]")


def following(starts: Instants, width: timedelta, zone: ZoneInfo) -> Instants:
    """The start of the bucket after each of these."""
    middle_of_next = pd.Series(starts + np.timedelta64(round(width.total_seconds() * 1.5 * 1e6), "us")).dt.tz_localize("UTC")
    return floor_to_bucket(middle_of_next, width, zone)
