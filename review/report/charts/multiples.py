"""小图对照: the same small curve for each incident on the same axes, so that shapes can be compared at a glance."""

from typing import Final

from review.report.chart_data import MultiplePanel, MultiplesChart
from review.report.charts.axes import percent, value_ticks
from review.report.charts.canvas import DASHED, Canvas, Ink, Scale, clipped

COLUMNS: Final = 3
LEFT_MM: Final = 9.0
GAP_MM: Final = 5.0
PANEL_MM: Final = 24.0
TITLE_MM: Final = 5.5
FOOT_MM: Final = 6.5
HOURS: Final = (-24.0, 168.0)
"""The day before the onset and the week after: what the record keeps of a curve."""


def draw_multiples(chart: MultiplesChart, ink: Ink) -> Canvas:
    """Panels in rows of three; the highest share of all sets the common axis."""
    rows = -(-len(chart.panels) // COLUMNS)
    cell = TITLE_MM + PANEL_MM + FOOT_MM
    canvas = Canvas(ink, rows * cell)
    width = (canvas.width - LEFT_MM - (COLUMNS - 1) * GAP_MM) / COLUMNS
    peak = max((share for panel in chart.panels for _, share in panel.points), default=0.1)
    top = min(1.0, max(-(-peak // 0.1) * 0.1, chart.trigger, 0.1))
    for i, panel in enumerate(chart.panels):
        left = LEFT_MM + (i % COLUMNS) * (width + GAP_MM)
        bottom = canvas.height - (i // COLUMNS + 1) * cell + FOOT_MM
        across = Scale(*HOURS, left, left + width)
        rise = Scale(0.0, top, bottom, bottom + PANEL_MM)
        _panel(canvas, (panel, chart.trigger), (across, rise), i % COLUMNS == 0)
    return canvas


def _panel(canvas: Canvas, what: tuple[MultiplePanel, float], scales: tuple[Scale, Scale], labelled: bool) -> None:
    panel, trigger = what
    across, rise = scales
    ink = canvas.ink
    left, right = across.at_low, across.at_high
    for tick in value_ticks(0.0, rise.high, 3):
        canvas.line([(left, rise(tick)), (right, rise(tick))], ink.grid, width=0.5, z=1.0)
        if labelled:
            canvas.text(left - 1.0, rise(tick), percent(tick), size=ink.small, colour=ink.muted, anchor="right")
    if trigger <= rise.high:
        canvas.line([(left, rise(trigger)), (right, rise(trigger))], ink.unknown, width=0.7, dash=DASHED, z=1.3)
    canvas.line([(across(0.0), rise.at_low), (across(0.0), rise.at_high)], ink.rule, width=0.6, z=1.2)
    for hours, name in ((0.0, ink.own("爆发")), (72.0, "3天"), (144.0, "6天")):
        canvas.text(across(hours), rise.at_low - 1.0, name, size=ink.small, colour=ink.muted, anchor="center", level="top")
    canvas.line([(left, rise.at_low), (right, rise.at_low)], ink.muted, width=0.7)
    points = [(across(hours), rise(share)) for hours, share in panel.points]
    if len(points) == 1:
        canvas.dots([(*points[0], 0.7)], ink.public)
    elif points:
        canvas.line(points, ink.public, width=1.1, z=2.5)
    if panel.response_hours is not None and HOURS[0] <= panel.response_hours <= HOURS[1]:
        x = across(panel.response_hours)
        canvas.line([(x, rise.at_low), (x, rise.at_low + 4.0)], ink.brand, width=1.4, z=2.8)
    canvas.text(left, rise.at_high + 2.6, clipped(canvas.fit(panel.title), (right - left) / canvas.em(ink.small)), size=ink.small)
