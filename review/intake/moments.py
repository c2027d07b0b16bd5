"""When rows were published and captured, and what relative times are counted from (quirks 9, 10, 17)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from review.incident.tables import PRECISIONS, TIME, vocabulary
from review.intake.cells import arrow, matches, no_texts
from review.intake.part import Findings, Surroundings
from review.intake.recognition import Recognised
from review.intake.times import zone_said
from review.intake.values import Times, parse_times
from review.settings.aliases import in_brackets

_NAMED_DAY: Final = re.compile(r"(?<!\d)(20\d{2})[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])(?!\d{1,5}(?!\d))")
_HOURS_AGO: Final = r"(?:刚刚|刚才|just now|前)"
_DAYS_AGO: Final = r"天前|前天"
_HALF_A_YEAR: Final = pd.Timedelta(days=183)
"""Further back than this, a month and day lies nearer to the named day in that day's own year."""
NO_CAPTURE: Final = "时间无法识别，或缺少采集时间而无法换算"
"""Why a time was not read where nobody said when the file was captured: saying so may place it."""

_COLUMNS: Final = ("published_at", "published_ts", "when", "published_day")
"""Columns that tell when a post was published, best first (FORMATS.md section 9.1); each fills what the one before left open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Columns of posts: published_at, time_precision, captured_at, and the region written behind a time (NA where none)."""

    published_at: pd.Series
    precision: pd.Series
    captured_at: pd.Series
    region: pd.Series


def named_day(file: str) -> datetime | None:
    """The last day in a file's own name (search_comments_2025-12-10.csv, 20251210_101500.xlsx, 评论_20260801-20260831.csv), None without one."""
    days = []
    for match in _NAMED_DAY.finditer(file.rsplit("/", 1)[-1]):
        try:
            days.append(datetime(int(match[1]), int(match[2]), int(match[3])))  # noqa: DTZ001  # a calendar day; placed in the zone by its user
        except ValueError:
            continue
    return max(days, default=None)


def read_moments(table: Recognised, around: Surroundings, findings: Findings) -> Moments:
    """Times of a table of posts. Relative times count from the row's capture column, else the capture time the user named, else the day in the file's name.

    From a day alone, 昨天 and 03-30 can be told; 27分钟前 gives that day; 2小时前 stays unknown, and so does 08-15 soon after that day: its year is not
    certain. A zone in the header (发布时间(UTC)) is its column's; where a timestamp beside a time differs from it by whole hours, the timestamp is right.
    A time of editing is not a time of publication.
    """
    n = len(table.raw.cells)
    captured = read_captured(table, around, findings)
    day = named_day(table.raw.file)
    by_name = captured.isna() if day is not None else pd.Series(False, index=range(n))
    base = captured.fillna(pd.Timestamp(around.end_of(day)).tz_convert("UTC")) if day is not None else captured
    at = pd.Series(pd.NaT, index=range(n), dtype=TIME)
    codes = np.full(n, -1, dtype=np.int8)
    region = no_texts(n)
    found = [(name, position) for name in _COLUMNS for position in table.columns.get(name, ())[: None if name == "published_at" else 1]]
    unread: list[tuple[str, Times]] = []
    unplaced = 0
    for name, position in found:
        if not bool(at.isna().any()):
            break
        cells = table.raw.cells[position]
        times = parse_times(cells, _zone_of(table.raw.header[position], around), base)
        if day is not None and bool(by_name.any()) and bool(times.at.notna().any()):
            times, late = _of_a_day(times, cells, by_name.to_numpy(dtype=bool), around.end_of(day))
            unplaced += late
        take = (at.isna() & times.at.notna() & ~times.edited).to_numpy(dtype=bool)
        if take.all():
            at, codes[:] = times.at, times.precision.cat.codes.to_numpy()
        else:
            at = at.where(~take, times.at)
            codes[take] = times.precision.cat.codes.to_numpy()[take]
        if bool(times.region.notna().any()):
            region = region.fillna(times.region)
        unread.append((name, times))
    unknown = at.isna().to_numpy(copy=True)
    for name, times in unread if unknown.any() else ():
        lost, placeable = times.rejected.to_numpy(dtype=bool) & unknown, captured.notna().to_numpy(dtype=bool)
        findings.cells(name, lost & ~placeable, NO_CAPTURE)
        findings.cells(name, lost & placeable, "时间无法识别")
        findings.cells(name, (times.edited & ~times.rejected).to_numpy(dtype=bool) & unknown, "这是编辑时间，不是发布时间")
        unknown &= ~(times.rejected | times.edited).to_numpy(dtype=bool)  # each row is told once
    if unplaced and day is not None:
        findings.warnings.append(f"有 {unplaced} 个没有年份的日期晚于文件名中的 {day:%Y-%m-%d}，年份不明，未使用（可用 --captured-at 指明采集时间）")
    at, codes = _by_timestamp(table, around, (at, codes), findings)
    return Moments(published_at=at, precision=pd.Series(pd.Categorical.from_codes(codes, dtype=vocabulary(*PRECISIONS))), captured_at=captured, region=region)


def read_captured(table: Recognised, around: Surroundings, findings: Findings) -> pd.Series:
    """When each row was captured: its own column, else the capture time the user named, else NA."""
    n = len(table.raw.cells)
    cells = table.cells("captured_at")
    captured = pd.Series(pd.NaT, index=range(n), dtype=TIME)
    if cells is not None:
        times = parse_times(cells, _zone_of(table.header("captured_at"), around))
        findings.cells("captured_at", times.rejected, "采集时间无法识别")
        captured = times.at
    if around.captured_at is not None:
        captured = captured.fillna(pd.Timestamp(around.captured_at).tz_convert("UTC"))
    return captured


def _zone_of(header: str, around: Surroundings) -> str:
    """The zone of a column's naive times: the one its header names, else the incident's."""
    return zone_said(in_brackets(header)) or around.zone


def _by_timestamp(table: Recognised, around: Surroundings, given: tuple[pd.Series, np.ndarray], findings: Findings) -> tuple[pd.Series, np.ndarray]:
    """(published_at, codes of its precision) with the timestamp's instant where the two lie whole hours apart: the time was then of another zone."""
    at, codes = given
    cells = table.cells("published_ts")
    if cells is None or not table.has("published_at"):
        return given
    stamp = parse_times(cells, around.zone).at
    minute = codes == PRECISIONS.index("min")
    apart = (stamp.where(~minute, stamp.dt.floor("min")) - at.where(~minute, at.dt.floor("min"))).dt.total_seconds().abs()
    whole = (apart > 0) & (apart % 3600 == 0) & (apart <= 3600 * around.formats.recognition.shift_hours)
    shifted = whole.fillna(False).to_numpy(dtype=bool) & (minute | (codes == PRECISIONS.index("s")))
    if not shifted.any():
        return given
    findings.warnings.append(f"有 {int(shifted.sum())} 行的时间与时间戳相差整小时，时间列是别的时区，以时间戳为准")
    return at.mask(shifted, stamp), np.where(shifted, PRECISIONS.index("s"), codes).astype(np.int8)


def _of_a_day(times: Times, cells: pd.Series, by_name: np.ndarray, base: datetime) -> tuple[Times, int]:
    """Times counted from the end of a named day, and how many had no certain year: minutes ago give that day, hours ago nothing.

    A month and day that fell after the named day was taken for the year before; where it lies nearer to the day in that day's own year, which of the two
    is meant is open (a file is often named after the incident, not after its export), and it is rejected.
    """
    values = arrow(cells)
    ago = by_name & matches(values, _HOURS_AGO) & ~matches(values, _DAYS_AGO)
    hours = ago & (times.precision == "h").to_numpy(dtype=bool)
    zone = str(base.tzinfo)
    wall = times.at.dt.tz_convert(zone)
    before = (wall.dt.year < base.year) & (times.at < pd.Timestamp(base) - _HALF_A_YEAR)
    late = by_name & ~matches(values, r"前|昨|今|\d{4}") & before.fillna(False).to_numpy(dtype=bool)
    at = times.at.where(~ago, wall.dt.normalize().dt.tz_convert("UTC").astype(TIME)).mask(hours | late)
    precision = times.precision.where(~ago, "day").mask(hours | late)
    return Times(at=at, precision=precision, rejected=times.rejected | hours | late, region=times.region, edited=times.edited), int(late.sum())
