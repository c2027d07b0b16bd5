"""Times people type, years left out included → UTC instants with precision and the reason where one cannot be placed."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from review.intake.cells import arrow, matches
from review.intake.times import parse_times

_HALF_YEAR: Final = timedelta(days=183)
_ALMOST_A_YEAR: Final = timedelta(days=363)
_DOTTED: Final = r"^\s*[0-9]{1,2}\.[0-9]{1,2}\s*$"
_CUT: Final = r"^\s*[0-9]{1,2}\.[123]\s*$"
_NOON: Final = r"\s*中午\s*$"
NOT_A_TIME: Final = "不是可识别的时间，请写成 2026-03-15 10:30 这样"
CUT_DAY: Final = "表格软件会把 9.10 变成 9.1，分不清是 1 日还是 10 日，请写成 9月1日、9月10日 这样"
NO_YEAR: Final = "没有年份，也没有写全年份的爆发时间或其他时间可参照，请写成 2026-03-15 10:30 这样"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTimes:
    """Series on the cells' index: at (datetime64[us, UTC]), precision (categorical), reason (object; None where the cell was read or missing)."""

    at: pd.Series
    precision: pd.Series
    reason: pd.Series


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedClock:
    """How typed times are read: naive ones are of `zone`; a month and day without a year is placed by `reference` (aware), where one is known."""

    zone: str
    reference: datetime | None

    def around(self, cells: pd.Series) -> TypedTimes:
        """Times of the incident: a month and day falls within half a year of the reference."""
        return self._read(cells, _HALF_YEAR)

    def onwards(self, cells: pd.Series) -> TypedTimes:
        """Times of plans: a month and day is the next one, from the day of the reference on."""
        return self._read(cells, _ALMOST_A_YEAR)

    def days(self, times: TypedTimes) -> list[date | None]:
        """The calendar day of each time in the zone."""
        local = times.at.dt.tz_convert(self.zone)
        return [None if pd.isna(at) else at.date() for at in local]

    def _read(self, typed: pd.Series, ahead: timedelta) -> TypedTimes:
        cells = _spelled_out(typed)
        first = parse_times(cells, self.zone)
        at, precision = first.at.copy(), first.precision.copy()
        reason = pd.Series([None] * len(cells), index=cells.index, dtype=object)
        reason[first.rejected] = NOT_A_TIME
        reason[matches(arrow(cells), _CUT)] = CUT_DAY
        lost = cells[first.rejected]
        if len(lost):
            # Month and day is the one shape that only needs a year: relative words (昨天) are no facts of a record and stay rejected.
            yearless = lost[parse_times(lost, self.zone, reference_year=2000).at.notna()]
            reason[yearless.index] = NO_YEAR
            if len(yearless) and self.reference is not None:
                placed = parse_times(yearless, self.zone, captured_at=self.reference + ahead)
                done = yearless.index[placed.at.notna()]
                at[done], precision[done], reason[done] = placed.at[done], placed.precision[done], None
                reason[yearless.index.difference(done)] = NOT_A_TIME
        return TypedTimes(at=at, precision=precision, reason=reason)


def earliest_dated(cells: pd.Series, zone: str) -> datetime | None:
    """The earliest of these times that says its year, None where none does."""
    at = parse_times(_spelled_out(cells), zone).at.dropna()
    return None if at.empty else at.min().to_pydatetime()


def dashed(day: str) -> str:
    """A month and day in dots (9.10) in dashes, which no number has; any other text as it is."""
    return day.replace(".", "-") if re.match(_DOTTED, day) else day


def _spelled_out(cells: pd.Series) -> pd.Series:
    """The cells as `parse_times` takes them. 9.1 stays: it may be a 9.10 that a spreadsheet took for a number."""
    values = arrow(cells)
    odd = matches(values, f"{_DOTTED}|{_NOON}") & ~matches(values, _CUT)
    if not odd.any():
        return cells
    spelled = [re.sub(_NOON, "12点", dashed(cell)) for cell in cells[odd]]  # few cells of a column are written so
    return cells.mask(odd, pd.Series(spelled, index=cells.index[odd], dtype=cells.dtype))
