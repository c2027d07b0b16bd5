"""逐起列示: one point an incident, in order, with target and limits; no line through a mean."""

import math
from typing import Final

from review.report.chart_data import IndividualsChart
from review.report.charts.axes import percent, value_ticks
from review.report.charts.canvas import DASHED, DOTTED, Canvas, Ink, Scale
from review.report.charts.placing import spread

LEFT_MM: Final = 14.0
RIGHT_MM: Final = 20.0
FOOT_MM: Final = 9.0
PLOT_MM: Final = 44.0
DOT_MM: Final = 1.1


def draw_individuals(chart: IndividualsChart, ink: Ink) -> Canvas:
    """Points at equal steps, this quarter's filled; what never came stands in a row of its own above the plot."""
    never = any(not math.isfinite(point.value) for point in chart.points)
    canvas = Canvas(ink, FOOT_MM + PLOT_MM + (7.0 if never else 2.5))
    drawn = [point.value for point in chart.points if math.isfinite(point.value) and (point.value > 0 or chart.kind == "share")]
    lines = [value for value in (chart.target, chart.centre, chart.low, chart.high) if value is not None]
    rise, ticks = _ratio_axis([*drawn, *lines]) if chart.kind == "ratio" else _share_axis([*drawn, *lines])
    step = (canvas.width - LEFT_MM - RIGHT_MM) / max(len(chart.points), 1)
    right = canvas.width - RIGHT_MM

    def height(value: float) -> float:
        return rise(math.log(max(value, math.exp(rise.low)))) if chart.kind == "ratio" else rise(value)

    for tick in ticks:
        canvas.line([(LEFT_MM, height(tick)), (right, height(tick))], ink.grid, width=0.5, z=1.0)
        label = f"{tick:g} {ink.own('倍')}" if chart.kind == "ratio" else percent(tick)
        canvas.text(LEFT_MM - 1.2, height(tick), label, size=ink.small, colour=ink.muted, anchor="right")
    bound = ink.own("试用限" if chart.trial else "控制限")
    marks = [(chart.target, ink.own("目标"), DASHED, ink.accent), (chart.centre, ink.own("中心"), DOTTED, ink.muted), (chart.low, bound, DOTTED, ink.muted)]
    kept = [(value, name, dash, colour) for value, name, dash, colour in (*marks, (chart.high, bound, DOTTED, ink.muted)) if value is not None]
    kept.sort(key=lambda mark: height(mark[0]))
    places = spread([height(mark[0]) for mark in kept], canvas.em(ink.small) * 1.25, FOOT_MM, FOOT_MM + PLOT_MM)
    for (value, name, dash, colour), y in zip(kept, places, strict=True):
        canvas.line([(LEFT_MM, height(value)), (right, height(value))], colour, width=0.9, dash=dash, z=1.4)
        canvas.line([(right + 0.2, height(value)), (right + 1.8, y)], ink.muted, width=0.4)
        canvas.text(right + 2.2, y, name, size=ink.small, colour=colour)
    shown = max(1, -(-len(chart.points) * 10 // int(canvas.width - LEFT_MM - RIGHT_MM)))  # a label needs 10 mm
    for i, point in enumerate(chart.points):
        x = LEFT_MM + (i + 0.5) * step
        y = height(point.value) if math.isfinite(point.value) else FOOT_MM + PLOT_MM + 3.5
        if math.isfinite(point.value):
            canvas.dots([(x, y, DOT_MM)], ink.accent if point.now else "white", edge=ink.accent if point.now else ink.muted, width=0.9, z=3.0)
        else:
            canvas.text(x, y, ink.own("未回应"), size=ink.small, colour=ink.text, anchor="center")
        if i % shown == 0:
            canvas.text(x, FOOT_MM - 1.6, point.label, size=ink.small, colour=ink.muted, anchor="center", level="top")
    canvas.line([(LEFT_MM, FOOT_MM), (right, FOOT_MM)], ink.muted, width=0.7)
    return canvas


def _ratio_axis(values: list[float]) -> tuple[Scale, list[float]]:
    """A log scale over round multiples of the target that holds all values, with 1 in it."""
    low, high = min([*values, 1.0]), max([*values, 1.0])
    ticks = [tick for tick in (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0) if low / 1.5 <= tick <= high * 1.5]
    return Scale(math.log(min(low, ticks[0]) / 1.15), math.log(max(high, ticks[-1]) * 1.15), FOOT_MM, FOOT_MM + PLOT_MM), ticks


def _share_axis(values: list[float]) -> tuple[Scale, list[float]]:
    top = min(1.0, -(-max(values, default=0.1) // 0.1) * 0.1)
    return Scale(0.0, top or 0.1, FOOT_MM, FOOT_MM + PLOT_MM), list(value_ticks(0.0, top or 0.1, 5))
