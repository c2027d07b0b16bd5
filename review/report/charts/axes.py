"""Time and value axes in the chart's own zone, labelled the Chinese way (8月12日, 14:00)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil, floor, log10
from typing import Final
from zoneinfo import ZoneInfo

from review.report.charts.canvas import Canvas, Ink, Scale
from review.report.numbers import rounded

HOUR_STEPS: Final = (1, 2, 3, 6, 12)
DAY_STEPS: Final = (1, 2, 3, 5, 7, 10, 14)
MONTH_STEPS: Final = (1, 2, 3, 6, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A labelled time: `upper` in the first line, `lower` (the day or year) in the second, '' where it did not change."""

    at: datetime
    upper: str
    lower: str


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def time_ticks(start: datetime, end: datetime, zone: str, limit: int) -> tuple[Tick, ...]:
    """At most `limit` round times within start–end (both closed), in local time of the zone."""
    home = ZoneInfo(zone)
    first, last = start.astimezone(home), end.astimezone(home)
    many_years = first.year != last.year
    span = max((end - start).total_seconds() / 3600, 0.01)
    hour_step = next((step for step in HOUR_STEPS if span / step <= limit), None)
    if hour_step is not None:
        ticks: list[Tick] = []
        base = _midnight(first.date(), home)
        seen: date | None = None
        for index in range(ceil((span + 48) / hour_step)):
            # wall-clock hours: a clock change may repeat or skip one, so each is built from its date
            wall = base.replace(tzinfo=None) + timedelta(hours=index * hour_step)
            at = wall.replace(tzinfo=home)
            if first <= at <= last:
                day = _day_name(at.date(), many_years) if at.date() != seen else ""
                seen = at.date()
                ticks.append(Tick(at=at, upper=f"{at:%H:%M}", lower=day))
        return tuple(ticks[:limit])
    days = (last.date() - first.date()).days
    day_step = next((step for step in DAY_STEPS if days / step <= limit - 1), None)
    if day_step is not None:
        opening = first.date() if _midnight(first.date(), home) >= first else first.date() + timedelta(days=1)
        steps = [opening + timedelta(days=index * day_step) for index in range(days // day_step + 1)]
        kept = [one for one in steps if _midnight(one, home) <= last]
        year = [f"{one.year}年" if many_years and (i == 0 or one.year != kept[i - 1].year) else "" for i, one in enumerate(kept)]
        return tuple(Tick(at=_midnight(one, home), upper=f"{one.month}月{one.day}日", lower=lower) for one, lower in zip(kept, year, strict=True))
    months = (last.year - first.year) * 12 + last.month - first.month
    # a month is half as wide as a day with its month
    roomy = max(2 * limit - 1, 2)
    month_step = next((step for step in MONTH_STEPS if months / step <= roomy), ceil(months / roomy))
    chosen = []
    for index in range(1, months + 1, month_step):
        total = first.year * 12 + first.month - 1 + index
        one = date(total // 12, total % 12 + 1, 1)
        chosen.append(one)
    names = [f"{one.year}年" if i == 0 or one.year != chosen[i - 1].year else "" for i, one in enumerate(chosen)]
    return tuple(Tick(at=_midnight(one, home), upper=f"{one.month}月", lower=lower) for one, lower in zip(chosen, names, strict=True))


def _day_name(day: date, with_year: bool) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if with_year else f"{day.month}月{day.day}日"


def stamp(at: datetime) -> float:
    """Seconds of an aware time, for a Scale."""
    return at.timestamp()


def time_scale(times: Sequence[datetime], left: float, right: float) -> Scale:
    """Scale from the earliest to the latest of the times; a single moment gets an hour on both sides."""
    low, high = min(times).timestamp(), max(times).timestamp()
    if low == high:
        low, high = low - 3600, high + 3600
    return Scale(low, high, left, right)


def draw_time_axis(canvas: Canvas, scale: Scale, y: float, zone: str) -> tuple[float, ...]:
    """Baseline, ticks and labels below y (needs 8 mm); returns the places of the ticks in mm."""
    ink = canvas.ink
    start, end = (datetime.fromtimestamp(value, tz=UTC) for value in (scale.low, scale.high))
    room = scale.at_high - scale.at_low
    ticks = time_ticks(start, end, zone, max(2, int(room // 17)))
    canvas.line([(scale.at_low, y), (scale.at_high, y)], ink.muted, width=0.7)
    places = [scale(stamp(tick.at)) for tick in ticks]
    canvas.lines([((x, y), (x, y - 0.9)) for x in places], ink.muted)
    free = -1e9
    for tick, x in zip(ticks, places, strict=True):
        canvas.text(x, y - 1.4, tick.upper, size=ink.small, colour=ink.muted, anchor="center", level="top")
        if tick.lower:
            half = canvas.span(tick.lower, ink.small) / 2
            middle = min(max(x, half), canvas.width - half)
            if middle - half > free:
                canvas.text(middle, y - 1.4 - canvas.em(ink.small) * 1.15, tick.lower, size=ink.small, colour=ink.muted, anchor="center", level="top")
                free = middle + half + 1.0
    return tuple(places)


def nice_top(value: float) -> float:
    """The smallest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 × 10^k that is at least value; 1 for nothing or next to nothing."""
    if value <= 1e-9:
        return 1.0
    unit = 10.0 ** floor(log10(value))
    return next(unit * step for step in (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if unit * step >= value * (1 - 1e-12))


def value_ticks(low: float, high: float, count: int) -> tuple[float, ...]:
    """About `count` round values within low–high (closed)."""
    span = high - low
    if span <= 0:
        return (low,)
    raw = span / max(count, 1)
    unit = 10.0 ** floor(log10(raw))
    step = next(unit * factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if unit * factor >= raw * (1 - 1e-12))
    first = ceil(low / step - 1e-9)
    return tuple(index * step for index in range(first, floor(high / step + 1e-9) + 1))


def amount(value: float, ink: Ink) -> str:
    """A count as an axis shows it: 1,200 below ten thousand, then 万 and 亿."""
    for size, unit in ((1e8, "亿"), (1e4, "万")):
        if abs(value) >= size:
            return f"{value / size:.4g}{ink.own(unit)}"
    return f"{value:,.4g}" if value != int(value) else f"{int(value):,}"


def percent(value: float) -> str:
    return f"{rounded(value * 100, 0)}%"


def exact_percent(value: float) -> str:
    """A measured share as the text prints it."""
    return f"{rounded(value * 100, 1)}%"


def tenth(value: float) -> str:
    """A share that is known in tenths only, in words: 四成; "" for what lies between."""
    whole = round(value * 10)
    return f"{'零一二三四五六七八九十'[whole]}成" if abs(value * 10 - whole) < 1e-6 else ""
