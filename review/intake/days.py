"""Headers that are days (日期横排, as sheets kept by hand are): which columns they head, and which days they are."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

import pandas as pd

from review.intake.cells import tidy
from review.intake.times import Moment, Times, parse_times, read_moment

LEAST_DAYS: Final = 3
"""Of a row that may head a table of days; two may be a start and an end."""

_LONGEST_STEP: Final = 31
"""Days from one to the next, so that sheets kept by the week or the month are read too."""

_DAY_US: Final = 86_400_000_000
_EPOCH: Final = date(1970, 1, 1)
_LEAP_YEAR: Final = 2000
"""The year a month and day is placed in to be compared with its neighbours: 02-29 may stand."""

_HALF_A_YEAR: Final = pd.Timedelta(days=183)
_BARE_NUMBER: Final = re.compile(r"[\d,]*\.?\d+")
_COMPACT_DAY: Final = re.compile(r"20\d{6}")


def day_columns(header: Sequence[str | None]) -> tuple[int, ...]:
    """The positions of the headers that are days, () where they are not unmistakably the days of a table.

    They are where at least LEAST_DAYS follow each other from left to right, all forwards or all backwards, none more than a month behind the one
    before it. A month and day may stand without its year; 3.1 is a number.
    """
    days = [(position, day) for position, text in enumerate(header) if text is not None and (day := _place_in_year(text)) is not None]
    if len(days) < LEAST_DAYS:
        return ()
    steps = [later - earlier for (_, earlier), (_, later) in pairwise(days)]
    forwards, backwards = (all(1 <= sign * step % 366 <= _LONGEST_STEP for step in steps) for sign in (1, -1))
    return tuple(position for position, _ in days) if forwards or backwards else ()


def names_days(cells: Sequence[str | None], days: Sequence[int]) -> bool:
    """Whether a row below a header with these day columns is such a header itself: its first cells in them are days. 20260310 may be an amount there."""
    first = [cells[position] if position < len(cells) else None for position in days[:LEAST_DAYS]]
    return bool(first) and all(cell is not None and not _COMPACT_DAY.fullmatch(cell.strip()) and _place_in_year(cell) is not None for cell in first)


def read_days(headers: Sequence[str], zone: str, captured_at: datetime | None) -> Times:
    """The days of these headers, in the zone. Those without a year are of the year in which they lie next to one that has it; where none has, they are counted
    from the capture, and rejected where that is not known either.
    """
    texts = pd.Series(list(headers), dtype="string[pyarrow]")
    whole = parse_times(texts, zone)
    if not whole.at.notna().any() or whole.at.notna().all():
        return parse_times(texts, zone, captured_at)
    said = whole.at.dropna().dt.tz_convert(zone)
    made = parse_times(texts, zone, reference_year=int(said.iloc[0].year))
    wall = made.at.dt.tz_convert(zone)
    for sign in (1, -1):  # December before a January that says its year, or January behind such a December
        far = sign * (said.iloc[0] - wall) > _HALF_A_YEAR
        wall = wall.where(~(far & whole.at.isna()), wall + pd.DateOffset(years=sign))
    return Times(at=wall.dt.tz_convert("UTC").astype(made.at.dtype), precision=made.precision, rejected=made.rejected, region=made.region, edited=made.edited)


@lru_cache(maxsize=4096)
def _place_in_year(text: str) -> int | None:
    """The day of a leap year that the text names (1 to 366) and nothing beside it, None for any other text."""
    plain = tidy(text)
    if len(plain) > 20 or (_BARE_NUMBER.fullmatch(plain) and not _COMPACT_DAY.fullmatch(plain)):
        return None
    moment = read_moment(plain)
    if moment is None or moment.region is not None or moment.edited or moment.us % _DAY_US:
        return None
    return _day_of(moment)


def _day_of(moment: Moment) -> int | None:
    if moment.clock == "month_day":
        return date(_LEAP_YEAR, moment.month, moment.day).timetuple().tm_yday
    if moment.clock != "local":
        return None
    day = _EPOCH + timedelta(microseconds=moment.us)
    return day.replace(year=_LEAP_YEAR).timetuple().tm_yday
