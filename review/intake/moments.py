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
from review.intake.values import Times, parse_times

_NAMED_DAY: Final = re.compile(r"(?<!\d)(20\d{2})[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])(?!\d{1,5}(?!\d))")
_HOURS_AGO: Final = r"(?:刚刚|刚才|just now|前)"
_DAYS_AGO: Final = r"天前|前天"
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
    """The day in a file's own name (search_comments_2025-12-10.csv, 20251210_101500.xlsx), None without one."""
    match = _NAMED_DAY.search(file.rsplit("/", 1)[-1])
    if match is None:
        return None
    try:
        return datetime(int(match[1]), int(match[2]), int(match[3]))  # noqa: DTZ001  # a calendar day; placed in the zone by its user
    except ValueError:
        return None


def read_moments(table: Recognised, around: Surroundings, findings: Findings) -> Moments:
    """Times of a table of posts. Relative times count from the row's capture column, else the capture time the user named, else the day in the file's name.

    From a day alone, 昨天 and 03-30 can be told; 27分钟前 gives that day; 2小时前 stays unknown. A time of editing is not a time of publication.
    """
    n = len(table.raw.cells)
    captured = read_captured(table, around, findings)
    day = named_day(table.raw.file)
    by_name = captured.isna() if day is not None else pd.Series(False, index=range(n))
    base = captured.fillna(pd.Timestamp(around.end_of(day)).tz_convert("UTC")) if day is not None else captured
    at = pd.Series(pd.NaT, index=range(n), dtype=TIME)
    codes = np.full(n, -1, dtype=np.int8)
    region = no_texts(n)
    found = [name for name in _COLUMNS if table.has(name)]
    for name in found:
        cells = table.cells(name)
        if cells is None or not bool(at.isna().any()):
            continue
        times = parse_times(cells, around.zone, base)
        if bool(by_name.any()) and bool(times.at.notna().any()):
            times = _of_a_day(times, cells, by_name.to_numpy(dtype=bool), around.zone)
        take = (at.isna() & times.at.notna() & ~times.edited).to_numpy(dtype=bool)
        if take.all():
            at, codes[:] = times.at, times.precision.cat.codes.to_numpy()
        else:
            at = at.where(~take, times.at)
            codes[take] = times.precision.cat.codes.to_numpy()[take]
        if bool(times.region.notna().any()):
            region = region.fillna(times.region)
        unknown = at.isna().to_numpy()
        if name == found[-1] or not unknown.any():
            lost, placeable = times.rejected.to_numpy(dtype=bool) & unknown, captured.notna().to_numpy(dtype=bool)
            findings.cells(name, lost & ~placeable, NO_CAPTURE)
            findings.cells(name, lost & placeable, "时间无法识别")
            findings.cells(name, (times.edited & ~times.rejected).to_numpy(dtype=bool) & unknown, "这是编辑时间，不是发布时间")
    return Moments(published_at=at, precision=pd.Series(pd.Categorical.from_codes(codes, dtype=vocabulary(*PRECISIONS))), captured_at=captured, region=region)


def read_captured(table: Recognised, around: Surroundings, findings: Findings) -> pd.Series:
    """When each row was captured: its own column, else the capture time the user named, else NA."""
    n = len(table.raw.cells)
    cells = table.cells("captured_at")
    captured = pd.Series(pd.NaT, index=range(n), dtype=TIME)
    if cells is not None:
        times = parse_times(cells, around.zone)
        findings.cells("captured_at", times.rejected, "采集时间无法识别")
        captured = times.at
    if around.captured_at is not None:
        captured = captured.fillna(pd.Timestamp(around.captured_at).tz_convert("UTC"))
    return captured


def _of_a_day(times: Times, cells: pd.Series, by_name: np.ndarray, zone: str) -> Times:
    """Times counted from the end of a named day: minutes ago give that day, hours ago nothing."""
    values = arrow(cells)
    ago = by_name & matches(values, _HOURS_AGO) & ~matches(values, _DAYS_AGO)
    if not ago.any():
        return times
    hours = ago & (times.precision == "h").to_numpy(dtype=bool)
    days = times.at.dt.tz_convert(zone).dt.normalize().dt.tz_convert("UTC").astype(TIME)
    at = times.at.where(~ago, days).mask(hours)
    precision = times.precision.where(~ago, "day").mask(hours)
    return Times(at=at, precision=precision, rejected=times.rejected | hours, region=times.region, edited=times.edited)
