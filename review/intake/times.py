"""Times as exports and people write them → UTC instants with what they are exact to (FORMATS.md section 6, quirks 9–11)."""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.incident.tables import PRECISIONS, TIME, vocabulary
from review.intake.cells import arrow, digits_only, each_distinct, is_missing, matches, no_texts, text_series, tidy
from review.settings.traditional import simplified


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Times read from cells, Series on the cells' index.

    at: datetime64[us, UTC], NA where missing or rejected. precision: categorical s, min, h, day. rejected: True where a cell is no time, or is
    relative (昨天 10:18, 03-30) with nothing to count from. region: province written behind the date (02-18 福建), else NA. edited: True where the
    cell says 编辑于 or 更新于: a time of editing, not of publication.
    """

    at: pd.Series
    precision: pd.Series
    rejected: pd.Series
    region: pd.Series
    edited: pd.Series


Clock = Literal["utc", "local", "ago", "days_back", "month_day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One cell understood. `us` is microseconds: since 1970 (utc, local), before capture (ago), into the day (days_back, month_day)."""

    clock: Clock
    us: int
    precision: str
    days: int = 0
    month: int = 0
    day: int = 0
    region: str | None = None
    edited: bool = False


_US: Final = 1_000_000
_DAY_US: Final = 86_400 * _US
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  # naive on purpose: local wall time is counted from here and localised in one pass
EARLIEST_YEAR, LATEST_YEAR = 1990, 2099
"""Years a post can be of: anything else is a typing error or a sentinel such as 1970-01-01 or 0001-01-01."""

# Magnitudes of FORMATS.md section 6 #11: seconds, milliseconds, microseconds since 1970; Excel serial days since 1899-12-30.
_SECONDS: Final = (1e9, 4e9)
_MILLIS: Final = (1e12, 4e12)
_MICROS: Final = (1e15, 4e15)
_SERIAL: Final = (3e4, 6e4)

_ZONES: Final = {
    "z": 0, "utc": 0, "gmt": 0, "cst": 8, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "bst": 1, "cet": 1, "cest": 2, "北京时间": 8,
}  # fmt: skip
"""Hours east of UTC by name. CST is China's here (Java's Date.toString in Chinese tools), not Chicago's."""

_MONTHS: Final = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTH: Final = r"(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WEEKDAY: Final = r"(?:\s*\(?(?:周|星期|礼拜)[一二三四五六日天]\)?)?"
_HALF: Final = "上午|下午|凌晨|清晨|早上|早晨|中午|晚上|傍晚|晚|am|pm"
_TIME: Final = (
    rf"(?P<half>{_HALF})?\s*(?P<H>\d{{1,2}})\s*(?:[:.时点]\s*(?:(?P<M>\d{{1,2}})(?:\s*分(?!钟))?|(?P<oclock>半)|整)?)"
    r"(?:(?:\s*:\s*|(?<=分)\s*)(?P<S>\d{1,2})(?:[.,](?P<F>\d{1,9}))?\s*秒?)?\s*(?P<half2>am|pm)?"
)
_OFFSET: Final = r"\(?(?P<tz>(?:utc|gmt)?[+-]\d{2}:?\d{2}|(?:utc|gmt)[+-]\d{1,2}|[a-z]{1,4}|北京时间)\)?"
_TAIL: Final = rf"(?:\s*{_OFFSET})?(?:\s*\([a-z]+\))?(?:(?:\s+|\s*·\s*)(?P<region>[\u4e00-\u9fff]{{2,8}}))?"
_YMD: Final = re.compile(
    r"(?P<y>\d{4}|[0-4]\d(?=\s*年))\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号]?"
    rf"{_WEEKDAY}(?:[\st_,]*{_TIME})?{_TAIL}"
)
_DMY: Final = re.compile(rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<y>\d{{4}})(?:[\st,]+{_TIME})?{_TAIL}")
_ENGLISH: Final = (
    re.compile(rf"(?:[a-z]{{3,9}},?\s+)?{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_TIME}(?:\s+{_OFFSET})?\s+(?P<y>\d{{4}})"),
    re.compile(rf"(?:[a-z]{{3,9}},?\s+)?{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})(?:[\s,]+(?:at\s+)?{_TIME})?{_TAIL}"),
    re.compile(rf"(?:[a-z]{{3,9}},?\s+)?(?P<d>\d{{1,2}})[\s-]+{_MONTH}[\s-]+(?P<y>\d{{4}})(?:[\s,]+{_TIME})?{_TAIL}"),
)
_MONTH_DAY: Final = re.compile(
    rf"(?:(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})\s*[日号]?|(?P<m2>\d{{1,2}})(?:[-/]|\.(?=\d{{1,2}}\s*(?:\s|{_HALF})\s*\d{{1,2}}\s*[:时点]))(?P<d2>\d{{1,2}})){_WEEKDAY}(?:\s*{_TIME})?{_TAIL}"
)
_DAYS_BACK: Final = re.compile(rf"(?P<back>今天|今日|昨天|昨日|前天)(?:\s*{_TIME})?{_TAIL}")
_AGO: Final = re.compile(rf"(?P<n>\d{{1,4}})\s*(?P<unit>秒|分钟|分|小时|天|日)(?:钟)?前{_TAIL}")
_JUST_NOW: Final = re.compile(rf"(?:刚刚|刚才|just now){_TAIL}")
_SAID: Final = re.compile(r"(?P<word>最后编辑于|编辑于|更新于|修改于|发布于|发表于)\s*:?\s*")
_CLIENT: Final = re.compile(r"\s+来自.*$")
_COMPACT: Final = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:[ t_]?(?P<H>\d{2}):?(?P<M>\d{2})(?::?(?P<S>\d{2}))?)?")
_BACK: Final = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
_AGO_UNITS: Final = {"秒": (_US, "s"), "分钟": (60 * _US, "min"), "分": (60 * _US, "min"), "小时": (3600 * _US, "h")}


def read_moment(cell: str, day_first: bool | None = None) -> Moment | None:
    """What one cell says about a time, or None where it says nothing readable.

    day_first decides 5/6/2026; None leaves it undecided (None) unless one of the two is no month; 24-02-2015 needs no decision.
    """
    text = simplified(tidy(cell).lower()).strip("'\"")
    text = _CLIENT.sub("", text)
    edited = False
    if said := _SAID.match(text):
        edited = said["word"] not in ("发布于", "发表于")
        text = text[said.end() :]
    moment = _numeric(text) or _calendar(text, day_first) or _relative(text)
    if moment is None or not edited:
        return moment
    return replace(moment, edited=True)


def _numeric(text: str) -> Moment | None:
    if (match := _COMPACT.fullmatch(text)) and len(text) != 10:
        return _dated(match, int(match["y"]), int(match["m"]), int(match["d"]))
    if not re.fullmatch(r"\d{5,16}(?:\.\d+)?", text):
        return None
    number = float(text)
    for (low, high), scale in ((_SECONDS, _US), (_MILLIS, 1000), (_MICROS, 1)):
        if low <= number <= high:
            return Moment(clock="utc", us=round(number * scale), precision="s")
    if _SERIAL[0] <= number <= _SERIAL[1]:
        seconds = round((number - 25569) * 86400)  # 25569: days from 1899-12-30, Excel's day 0, to 1970-01-01
        return Moment(clock="local", us=seconds * _US, precision="day" if number == int(number) else "s")
    return None


def _calendar(text: str, day_first: bool | None) -> Moment | None:
    if match := _YMD.fullmatch(text):
        return _dated(match, int(match["y"]) if len(match["y"]) == 4 else 2000 + int(match["y"]), int(match["m"]), int(match["d"]))
    if match := _DMY.fullmatch(text):
        a, b = int(match["a"]), int(match["b"])
        first = True if a > 12 else False if b > 12 else day_first
        return None if first is None else _dated(match, int(match["y"]), *((b, a) if first else (a, b)))
    for pattern in _ENGLISH:
        if match := pattern.fullmatch(text):
            return _dated(match, int(match["y"]), _MONTHS[match["mon"]], int(match["d"]))
    return None


def _relative(text: str) -> Moment | None:
    if match := _MONTH_DAY.fullmatch(text):
        month, day = int(match["m"] or match["m2"]), int(match["d"] or match["d2"])
        into = _time_of_day(match)
        if into is None or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2000, month)[1]:  # 2000: a leap year, so that 02-29 may stand
            return None
        return Moment(clock="month_day", us=into[0], precision=into[1], month=month, day=day, region=match["region"])
    if match := _DAYS_BACK.fullmatch(text):
        into = _time_of_day(match)
        return None if into is None else Moment(clock="days_back", us=into[0], precision=into[1], days=_BACK[match["back"]], region=match["region"])
    if match := _AGO.fullmatch(text):
        if match["unit"] in ("天", "日"):
            return Moment(clock="days_back", us=0, precision="day", days=int(match["n"]), region=match["region"])
        step, precision = _AGO_UNITS[match["unit"]]
        return Moment(clock="ago", us=int(match["n"]) * step, precision=precision, region=match["region"])
    if match := _JUST_NOW.fullmatch(text):
        return Moment(clock="ago", us=0, precision="min", region=match["region"])
    return None


def _dated(match: re.Match[str], year: int, month: int, day: int) -> Moment | None:
    into = _time_of_day(match)
    if into is None or not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        midnight = datetime(year, month, day)  # noqa: DTZ001  # naive on purpose, see _EPOCH
    except ValueError:
        return None
    us = (midnight - _EPOCH) // timedelta(microseconds=1) + into[0]
    groups = match.groupdict()
    region, zone = groups.get("region"), groups.get("tz")
    if zone is None:
        return Moment(clock="local", us=us, precision=into[1], region=region)
    offset = _offset_us(zone)
    return None if offset is None else Moment(clock="utc", us=us - offset, precision=into[1], region=region)


def zone_said(words: str) -> str | None:
    """The fixed zone that words such as UTC, GMT+8 or 北京时间 name (UTC+08:00, as pandas takes it), None where they name none."""
    text = tidy(words).lower()
    offset = _offset_us(text) if text in _ZONES or re.fullmatch(r"(?:utc|gmt)[+-].+", text) else None
    if offset is None:
        return None
    minutes = abs(offset) // (60 * _US)
    return f"UTC{'+' if offset >= 0 else '-'}{minutes // 60:02d}:{minutes % 60:02d}"


def _offset_us(zone: str) -> int | None:
    if zone in _ZONES:
        return _ZONES[zone] * 3600 * _US
    match = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?", zone)
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        return None
    return (1 if match[1] == "+" else -1) * (int(match[2]) * 3600 + int(match[3] or 0) * 60) * _US


def _time_of_day(match: re.Match[str]) -> tuple[int, str] | None:
    """(microseconds into the day, precision), None where the clock cannot show it. 24:00 is the next midnight."""
    groups = match.groupdict()
    if groups.get("H") is None:
        return (0, "day")
    hour, minute, second = int(groups["H"]), int(groups.get("M") or (30 if groups.get("oclock") else 0)), int(groups.get("S") or 0)
    half = groups.get("half") or groups.get("half2")
    if half is not None and hour <= 12:
        late = half in ("下午", "晚上", "傍晚", "晚", "pm") or (half == "中午" and hour < 11)
        hour = (hour % 12) + 12 if late and not (half in ("晚上", "晚") and hour == 12) else (0 if hour == 12 and half != "中午" else hour)
        if half in ("晚上", "晚") and groups["H"] == "12":
            hour = 24
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    precision = "s" if groups.get("S") else "min" if groups.get("M") or groups.get("oclock") else "h"
    fraction = int(f"{groups.get('F') or '0':0<6}"[:6])
    return ((hour * 3600 + minute * 60 + min(second, 59)) * _US + fraction, precision)


# Shapes read without Python: (RE2 pattern, strptime format, precision). Everything else goes through read_moment, which gives the same for these (test).
_LANES: Final = (
    (r"^(?:199\d|20\d\d)-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d$", "%Y-%m-%d %H:%M:%S", "s"),
    (r"^(?:199\d|20\d\d)-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d$", "%Y-%m-%dT%H:%M:%S", "s"),
    (r"^(?:199\d|20\d\d)-[01]\d-[0-3]\d [0-2]\d:[0-5]\d$", "%Y-%m-%d %H:%M", "min"),
    (r"^(?:199\d|20\d\d)/[01]?\d/[0-3]?\d [0-2]?\d:[0-5]\d:[0-5]\d$", "%Y/%m/%d %H:%M:%S", "s"),
    (r"^(?:199\d|20\d\d)/[01]?\d/[0-3]?\d [0-2]?\d:[0-5]\d$", "%Y/%m/%d %H:%M", "min"),
    (r"^(?:199\d|20\d\d)-[01]\d-[0-3]\d$", "%Y-%m-%d", "day"),
)


def parse_times(cells: pd.Series, zone: str, captured_at: datetime | pd.Series | None = None, reference_year: int | None = None) -> Times:
    """Times of text cells; naive ones are of `zone` (IANA name).

    captured_at (aware; one for all, or a datetime64[us, UTC] Series on the cells' index) is what 2小时前, 昨天 10:18 and 03-30 are counted from; a
    month and day then fall into the year of capture, or the one before where that would be over a day ahead of it. reference_year is the year of a month
    and day where no capture time is known. A wall time that a change of clocks skips moves forward; one it repeats is taken as the first.
    """
    captured = _captured(captured_at, cells)
    reading = _Reading(arrow(cells))
    reading.read_numbers()
    reading.read_usual_forms()
    relative = reading.read_odd_forms()
    if relative is not None:
        reading.count_from_capture(relative, captured, zone, reference_year)
    return reading.times(zone, cells.index)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Relative:
    """Cells that say how long ago, how many days back, or a month and day (1 and 1 where they say none)."""

    rows: np.ndarray
    clock: np.ndarray
    days: np.ndarray
    month: np.ndarray
    day: np.ndarray


class _Reading:
    """What was read of the cells so far. us: microseconds as `Moment` has them, local: by the clock on the wall; codes: into PRECISIONS, -1 for no time."""

    def __init__(self, values: pa.Array) -> None:
        n = len(values)
        self._values = values
        self._todo = ~np.asarray(values.is_null())
        self._us = np.zeros(n, dtype=np.int64)
        self._codes = np.full(n, -1, dtype=np.int8)
        self._local = np.zeros(n, dtype=bool)
        self._rejected = np.zeros(n, dtype=bool)
        self._region: np.ndarray | None = None
        self._edited = np.zeros(n, dtype=bool)

    def read_numbers(self) -> None:
        """Seconds and milliseconds since 1970."""
        digits = digits_only(self._values, 13)
        if not digits.any():
            return
        number = np.zeros(len(digits), dtype=np.int64)
        number[digits] = np.asarray(pc.cast(self._values if digits.all() else self._values.filter(pa.array(digits)), pa.int64()))
        for (low, high), scale in ((_SECONDS, _US), (_MILLIS, 1000)):
            lane = digits & (number >= low) & (number < high)
            self._us[lane], self._codes[lane] = number[lane] * scale, PRECISIONS.index("s")
            self._todo &= ~lane

    def read_usual_forms(self) -> None:
        """The forms of most exports, all cells of one at once."""
        for pattern, form, precision in _LANES:
            if not self._todo.any():
                return
            lane = matches(self._values, pattern) & self._todo
            if not lane.any():
                continue
            cells = self._values.filter(pa.array(lane))
            parsed = pc.strptime(cells, format=form, unit="us", error_is_null=True)
            rolled = pc.and_(pc.less(pc.day(parsed), 4), pc.match_substring_regex(cells, r"^\d{4}[-/]\d{1,2}[-/](?:29|30|31)"))
            parsed = pc.if_else(pc.fill_null(rolled, False), pa.scalar(None, parsed.type), parsed)  # strptime rolls 02-30 over to 03-02
            at = np.flatnonzero(lane)[np.asarray(parsed.is_valid())]
            self._us[at] = np.asarray(pc.cast(parsed, pa.int64()).drop_null())
            self._codes[at] = PRECISIONS.index(precision)
            self._local[at] = True
            self._todo[at] = False

    def read_odd_forms(self) -> _Relative | None:
        """Whatever else people and platforms write, each distinct cell once; the cells that are still to be counted from capture (None: there are none)."""
        odd = np.flatnonzero(self._todo)
        if not len(odd):
            return None
        cells = self._values.take(pa.array(odd))
        day_first = _day_first(cells)
        which, moments = each_distinct(cells, lambda cell: None if is_missing(cell) else (read_moment(cell, day_first) or "rejected"))
        self._rejected[odd] = np.array([moment == "rejected" for moment in moments], dtype=bool)[which]
        known = [moment if isinstance(moment, Moment) else None for moment in moments]
        readable = np.array([moment is not None for moment in known], dtype=bool)[which]
        rows, which = odd[readable], which[readable]
        self._region = np.full(len(self._values), None, dtype=object)
        self._region[rows] = np.array([moment.region if moment else None for moment in known], dtype=object)[which]
        self._edited[rows] = np.array([moment.edited if moment else False for moment in known], dtype=bool)[which]
        self._codes[rows] = np.array([PRECISIONS.index(moment.precision) if moment else -1 for moment in known], dtype=np.int8)[which]
        self._us[rows] = np.array([moment.us if moment else 0 for moment in known], dtype=np.int64)[which]
        clock = np.array([moment.clock if moment else "" for moment in known], dtype=object)[which]
        self._local[rows] = clock == "local"
        relative = np.isin(clock, ["ago", "days_back", "month_day"])
        if not relative.any():
            return None
        said = [(moment.days, moment.month or 1, moment.day or 1) if moment else (0, 1, 1) for moment in known]
        days, month, day = np.array(said, dtype=np.int64)[which[relative]].T
        return _Relative(rows=rows[relative], clock=clock[relative], days=days, month=month, day=day)

    def count_from_capture(self, said: _Relative, captured: pd.Series, zone: str, reference_year: int | None) -> None:
        """captured: of every cell. Cells with nothing to count from are rejected."""
        rows, utc = said.rows, captured.iloc[said.rows]
        known = utc.notna().to_numpy()
        wall = utc.dt.tz_convert(zone).dt.tz_localize(None)
        utc_us = utc.dt.tz_localize(None).to_numpy(dtype="datetime64[us]").astype(np.int64)
        wall_us = wall.to_numpy(dtype="datetime64[us]").astype(np.int64)
        offset = self._us[rows]
        made = np.where(said.clock == "ago", utc_us - offset, wall_us // _DAY_US * _DAY_US - said.days * _DAY_US + offset)
        by_month = said.clock == "month_day"
        if by_month.any():
            year = np.where(known, wall.dt.year.fillna(0).to_numpy(dtype=np.int64), reference_year or 0)
            this = _wall_us(year, said.month, said.day) + offset
            made = np.where(by_month, np.where(known & (this > wall_us + _DAY_US), _wall_us(year - 1, said.month, said.day) + offset, this), made)
            known = np.where(by_month, known | (reference_year is not None), known) & ~(by_month & ((said.month == 2) & (said.day == 29) & ~_leap(year)))
        self._us[rows], self._local[rows] = made, said.clock != "ago"
        lost = rows[~known]
        self._us[lost], self._local[lost], self._codes[lost], self._rejected[lost] = 0, False, -1, True

    def times(self, zone: str, index: pd.Index) -> Times:
        at = pd.Series(self._us.view("datetime64[us]"))
        if self._local.any():
            wall = pd.DatetimeIndex(self._us[self._local].view("datetime64[us]"))
            placed = wall.tz_localize(zone, ambiguous=np.ones(len(wall), dtype=bool), nonexistent="shift_forward").tz_convert("UTC").tz_localize(None)
            at[self._local] = placed.as_unit("us").to_numpy()
        at[self._codes < 0] = pd.NaT
        at = at.dt.tz_localize("UTC")
        at.index = index
        return Times(
            at=at.astype(TIME),
            precision=pd.Series(pd.Categorical.from_codes(self._codes, dtype=vocabulary(*PRECISIONS)), index=index),
            rejected=pd.Series(self._rejected, index=index),
            region=no_texts(len(index)).set_axis(index) if self._region is None else text_series(pa.array(self._region, pa.large_string()), index),
            edited=pd.Series(self._edited, index=index),
        )


def _captured(captured_at: datetime | pd.Series | None, cells: pd.Series) -> pd.Series:
    if isinstance(captured_at, pd.Series):
        return captured_at.astype(TIME)
    if captured_at is not None and captured_at.tzinfo is None:
        raise ValueError("captured_at must be aware")
    stamp = pd.NaT if captured_at is None else pd.Timestamp(captured_at.astimezone(UTC))
    return pd.Series(stamp, index=cells.index, dtype=TIME)


def _wall_us(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    us: np.ndarray = (months.astype("datetime64[D]") + (day - 1)).astype("datetime64[us]").astype(np.int64)
    return us


def _leap(year: np.ndarray) -> np.ndarray:
    leap: np.ndarray = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return leap


def _day_first(odd: pa.Array) -> bool | None:
    """Whether 5/6/2026 means 5 June, from the column's other cells: True, False, or None where they do not say, or say both."""
    slashed = odd.filter(pa.array(matches(odd, r"^\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")))
    if not len(slashed):
        return None
    parts = pc.extract_regex(slashed, r"^\s*(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.]\d{4}")
    a = np.asarray(pc.cast(pc.struct_field(parts, "a"), pa.int64()))
    b = np.asarray(pc.cast(pc.struct_field(parts, "b"), pa.int64()))
    day, month = bool((a > 12).any()), bool((b > 12).any())
    return day if day != month else None
