"""相近文字: a lane a group, a dot a time at which posts of the group appeared; nothing says who copied whom."""

from math import sqrt
from typing import Final

from review.report.chart_data import CopiesChart, CopyLane
from review.report.charts.axes import draw_time_axis, stamp, time_scale
from review.report.charts.canvas import BUBBLE_MM, Canvas, Ink, Scale

LEFT_MM: Final = 12.0
RIGHT_MM: Final = 15.0
LANE_MM: Final = 9.4
AXIS_MM: Final = 9.0
TOP_MM: Final = 1.0
DOT_MM: Final = (0.7, 2.0)  # smallest and largest radius
DROP_MM: Final = 1.9  # the line of dots stands below the middle of its lane: above it the names


def draw_copies(chart: CopiesChart, ink: Ink) -> Canvas:
    """Lanes from top to bottom in the given order; the earliest known post is filled, the others hollow; a place is named where it joins and there is room."""
    lanes = [lane for lane in chart.lanes if lane.marks]
    canvas = Canvas(ink, AXIS_MM + len(lanes) * LANE_MM + TOP_MM)
    scale = time_scale([at for lane in lanes for at, _ in lane.marks], LEFT_MM + DOT_MM[1], canvas.width - RIGHT_MM - DOT_MM[1])
    most = max(count for lane in lanes for _, count in lane.marks)
    top = canvas.height - TOP_MM
    for lane in lanes:
        canvas.line([(0, top), (canvas.width, top)], ink.grid, width=0.5, z=0.5)
        _lane(canvas, lane, scale, (top - LANE_MM / 2, most))
        top -= LANE_MM
    draw_time_axis(canvas, scale, AXIS_MM, chart.zone)
    return canvas


def _lane(canvas: Canvas, lane: CopyLane, scale: Scale, where: tuple[float, int]) -> None:
    middle, most = where
    ink = canvas.ink
    y = middle - DROP_MM
    canvas.bubble(BUBBLE_MM + 1.0, middle, lane.number, colour=ink.accent)
    canvas.text(canvas.width - 0.5, middle, f"{lane.posts:,} {ink.language.unit('条')}", size=ink.small, anchor="right")
    places = [(scale(stamp(at)), y, DOT_MM[0] + (DOT_MM[1] - DOT_MM[0]) * sqrt(count / most)) for at, count in sorted(lane.marks)]
    canvas.line([(places[0][0], y), (places[-1][0], y)], ink.rule, width=1.0, z=1.5)
    canvas.dots(places[:0:-1], "white", edge=ink.public, width=0.9, z=2.5)
    canvas.dots(places[:1], ink.public, edge=ink.public, width=0.9, z=3.0)
    free = LEFT_MM - 1.0
    for name, at in lane.arrivals:
        mark = max((one for one, _ in lane.marks if one <= at), default=lane.marks[0][0])  # posts of a bin are one dot
        x = scale(stamp(mark))
        width = canvas.span(name, ink.small)
        left = min(max(x - 0.7, LEFT_MM), canvas.width - RIGHT_MM - width)
        if left >= free:
            canvas.line([(x, y + 0.6), (x, y + 2.6)], ink.muted, width=0.5, z=1.6)
            canvas.text(left, middle + 2.2, name, size=ink.small)
            free = left + width + 1.0
