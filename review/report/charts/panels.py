"""分平台负面占比: one curve a place, one below the other on the same axes, so that levels and times compare."""

from typing import Final

from review.report.chart_data import PanelsChart, SharePanel
from review.report.charts.axes import amount, draw_time_axis, percent, tenth, time_scale, value_ticks
from review.report.charts.canvas import DASHED, Canvas, Ink, Scale, clipped
from review.report.charts.curve import curve_times, draw_shares_of, top_share

LEFT_MM: Final = 27.0
RIGHT_MM: Final = 11.5  # the name of the trigger line
PANEL_MM: Final = 20.0
GAP_MM: Final = 4.0
AXIS_MM: Final = 9.0
TOP_MM: Final = 2.5


def draw_panels(chart: PanelsChart, ink: Ink) -> Canvas:
    """Panels from top to bottom in the given order; those without a point are left out by the caller."""
    canvas = Canvas(ink, AXIS_MM + len(chart.panels) * (PANEL_MM + GAP_MM) - GAP_MM + TOP_MM)
    curves = [panel.curve for panel in chart.panels]
    scale = time_scale([at for curve in curves for at in curve_times(curve)], LEFT_MM, canvas.width - RIGHT_MM)
    top = top_share(curves)
    foot = canvas.height - TOP_MM
    for i, panel in enumerate(chart.panels):
        foot -= PANEL_MM
        _panel(canvas, panel, (scale, Scale(0.0, top, foot, foot + PANEL_MM)), i == 0)
        foot -= GAP_MM
    draw_time_axis(canvas, scale, AXIS_MM, curves[0].zone)
    return canvas


def _panel(canvas: Canvas, panel: SharePanel, scales: tuple[Scale, Scale], named: bool) -> None:
    scale, rise = scales
    ink = canvas.ink
    ticks = value_ticks(0, rise.high, 2)
    printed = tenth if panel.curve.rough else percent
    canvas.lines([((scale.at_low, rise(tick)), (scale.at_high, rise(tick))) for tick in ticks], ink.grid, width=0.6, z=1.2)
    canvas.line([(scale.at_low, rise.at_low), (scale.at_high, rise.at_low)], ink.muted, width=0.7, z=1.3)
    for tick in ticks:
        canvas.text(scale.at_low - 1.2, rise(tick), printed(tick), size=ink.small, colour=ink.muted, anchor="right")
    middle = (rise.at_low + rise.at_high) / 2
    room = (LEFT_MM - 9.5) / canvas.em()
    canvas.text(0.5, middle + canvas.em() * 0.65, clipped(canvas.fit(panel.name), room), bold=True)
    canvas.text(0.5, middle - canvas.em() * 0.65, clipped(f"{amount(panel.n, ink)} {ink.language.unit('条')}", room), size=ink.small, colour=ink.muted)
    if panel.curve.trigger is not None:
        y = rise(panel.curve.trigger)
        canvas.line([(scale.at_low, y), (scale.at_high, y)], ink.text, width=0.8, dash=DASHED, z=1.6)
        if named:
            canvas.text(scale.at_high + 1.0, y + canvas.em(ink.small) * 0.6, ink.own("预警线"), size=ink.small)
            canvas.text(scale.at_high + 1.0, y - canvas.em(ink.small) * 0.6, percent(panel.curve.trigger), size=ink.small)
    draw_shares_of(canvas, panel.curve, scale, rise)
