"""转化影响: a daily series against the usual level of the same weekday; the gap between them is what the reader looks for."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from review.report.chart_data import DailyChart
from review.report.charts.axes import amount, draw_time_axis, nice_top, stamp, value_ticks
from review.report.charts.canvas import BUBBLE_MM, DASHED, Canvas, Ink, Scale, clipped
from review.report.charts.placing import runs, spread

LEFT_MM: Final = 14.0
RIGHT_MM: Final = 21.0  # names of the two lines stand at their ends
PLOT_MM: Final = 46.0
HEAD_MM: Final = 8.5
CUT_AXIS_FROM: Final = 0.6  # a series that never falls below this share of its peak is drawn on a cut axis, and says so


def draw_daily(chart: DailyChart, ink: Ink) -> Canvas:
    """Values as a line, the baseline dashed, the shortfall between them shaded; days left out are hollow."""
    canvas = Canvas(ink, 9.0 + PLOT_MM + HEAD_MM + 4.0)
    zone = ZoneInfo(chart.zone)
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=zone).timestamp() for day in chart.days]
    low_t, high_t = min(noons) - 43200, max(noons) + 43200
    scale = Scale(low_t, high_t, LEFT_MM, canvas.width - RIGHT_MM)
    shown = [value for value in (*chart.values, *chart.baseline) if value is not None]
    peak, least = max(shown), min(shown)
    cut = least > CUT_AXIS_FROM * peak and peak > 0
    if cut:
        pad = max((peak - least) * 0.25, abs(peak) * 1e-4)
        low, high = least - pad, peak + pad
    else:
        low, high = min(0.0, least), nice_top(peak)
    rise = Scale(low, high, 9.0, 9.0 + PLOT_MM)
    for tick in value_ticks(low, high, 5):
        canvas.lines([((scale.at_low, rise(tick)), (scale.at_high, rise(tick)))], ink.grid, z=1.2)
        canvas.text(scale.at_low - 1.2, rise(tick), amount(tick, ink), size=ink.small, colour=ink.muted, anchor="right")
    unit = f"{ink.own('单位')}：{ink.language.unit(chart.unit)}" + (ink.own("（纵轴不从零开始）") if cut else "")
    canvas.text(0.0, canvas.height - HEAD_MM - 1.0, unit, size=ink.small, colour=ink.muted)
    _shortfall(canvas, chart, noons, scale, rise)
    _events(canvas, chart, scale)
    _lines(canvas, chart, noons, scale, rise)
    draw_time_axis(canvas, scale, 9.0, chart.zone)
    return canvas


def _shortfall(canvas: Canvas, chart: DailyChart, noons: list[float], scale: Scale, rise: Scale) -> None:
    below = [
        value is not None and base is not None and value < base and day not in chart.marked
        for value, base, day in zip(chart.values, chart.baseline, chart.days, strict=True)
    ]
    half = 43200.0
    bars = []
    for index, low in enumerate(below):
        if low:
            value, base = rise(chart.values[index] or 0.0), rise(chart.baseline[index] or 0.0)
            left, right = scale(noons[index] - half), scale(noons[index] + half)
            bars.append((left, value, right - left, base - value))
    canvas.boxes(bars, canvas.ink.band, z=1.0)


def _events(canvas: Canvas, chart: DailyChart, scale: Scale) -> None:
    ink = canvas.ink
    inside = [event for event in sorted(chart.events, key=lambda event: (event.at, event.number)) if scale.low <= stamp(event.at) <= scale.high]
    true = [scale(stamp(event.at.astimezone(UTC))) for event in inside]
    y = canvas.height - BUBBLE_MM - 0.6
    for event, x, place in zip(inside, true, spread(true, 2 * BUBBLE_MM + 0.7, LEFT_MM, scale.at_high), strict=True):
        colour = ink.public if event.side == "public" else ink.brand
        canvas.line([(place, y), (place, y - 3.4), (x, y - 5.4), (x, 9.0)], colour, width=0.7, z=1.5)
        canvas.bubble(place, y, event.number, colour=colour, filled=event.turning, square=event.side == "brand")


def _lines(canvas: Canvas, chart: DailyChart, noons: list[float], scale: Scale, rise: Scale) -> None:
    ink = canvas.ink
    for series, colour, width, dash in ((chart.baseline, ink.muted, 0.9, DASHED), (chart.values, ink.accent, 1.5, ())):
        for start, end in runs([value is not None for value in series]):
            points = [(scale(noons[i]), rise(series[i] or 0.0)) for i in range(start, end)]
            if len(points) == 1:
                canvas.dots([(*points[0], 0.6)], colour)
            else:
                canvas.line(points, colour, width=width, dash=dash, z=2.6)
    marked = [(scale(noons[i]), rise(value), 0.9) for i, value in enumerate(chart.values) if value is not None and chart.days[i] in chart.marked]
    canvas.dots(marked, "white", edge=ink.accent, width=0.9, z=3.0)
    ends = []
    for name, series, colour in ((chart.name, chart.values, ink.accent), (ink.own("同星期日常"), chart.baseline, ink.muted)):
        last = next((value for value in reversed(series) if value is not None), None)
        if last is not None:
            ends.append((rise(last), name, colour))
    ends.sort(key=lambda one: one[0])
    for y, (_, name, colour) in zip(spread([one[0] for one in ends], canvas.em() * 1.35, 10.0, canvas.height - HEAD_MM - 3), ends, strict=True):
        canvas.text(scale.at_high + 1.5, y, clipped(canvas.fit(name), (RIGHT_MM - 2) / canvas.em()), colour=colour, bold=True)
