"""传播脉络: one lane a platform, its width the volume, numbered key nodes in it and the links between them."""

from collections.abc import Mapping, Sequence
from math import hypot, sqrt
from typing import Final

from review.report.chart_data import LaneNode, SwimLaneChart
from review.report.charts.axes import draw_time_axis, nice_top, stamp
from review.report.charts.canvas import DASHED, DOTTED, SOLID, Canvas, Ink, Scale, clipped
from review.report.charts.placing import spread

LEFT_MM: Final = 17.0
RIGHT_MM: Final = 4.0
NODE_MM: Final = (2.15, 3.4)  # radius of the smallest, which holds two digits, and of the heaviest
NODE_RIM_MM: Final = 0.3  # between nodes of neighbouring levels
LANE_PAD_MM: Final = 4.5
RIBBON_MM: Final = 5.4  # half-width of the widest ribbon, the same for all lanes, so that they compare
HISTOGRAM_MM: Final = 12.0
NODE_GAP_MM: Final = 1.4
STYLES: Final = {"solid": SOLID, "dashed": DASHED, "dotted": DOTTED}

Place = tuple[float, float, float]


def draw_lanes(chart: SwimLaneChart, ink: Ink) -> Canvas:
    """Lanes from top to bottom in the given order, the histogram of all below. Nodes at the same time dodge up and down in their lane."""
    width = ink.width_mm
    minutes = chart.bucket_minutes
    times = [stamp(node.at) for node in chart.nodes] + [stamp(at) for at in chart.starts]
    end = max(times + [stamp(at) + minutes * 60 for at in chart.starts])
    low, high = (min(times), end) if end > min(times) else (min(times) - 3600, end + 3600)
    scale = Scale(low, high, LEFT_MM + 3, width - RIGHT_MM)
    heaviest = max((node.weight for node in chart.nodes), default=1.0) or 1.0
    across = _across(chart.nodes, scale)
    lanes = [_lane([node for node in chart.nodes if node.lane == lane], across, heaviest) for lane in chart.lanes]
    heights = [LANE_PAD_MM * 2 + 3.0 + rise for _, rise in lanes]
    strip = HISTOGRAM_MM + 3.0 if chart.starts else 0.0
    canvas = Canvas(ink, 9.0 + strip + sum(heights) + 1.0)
    top = canvas.height - 0.5
    places: dict[int, Place] = {}
    volume = dict(chart.volume)
    most = max((count for counts in volume.values() for count in counts), default=0)
    for (lane, (spots, _)), height in zip(zip(chart.lanes, lanes, strict=True), heights, strict=True):
        middle = top - height / 2
        canvas.line([(LEFT_MM, middle), (width - RIGHT_MM, middle)], ink.grid, width=0.8, z=1.1)
        canvas.line([(0, top - height), (width, top - height)], ink.grid, width=0.5, z=0.5)
        canvas.text(0.5, middle, clipped(canvas.fit(lane), (LEFT_MM - 1.5) / canvas.em()), bold=True)
        _ribbon(canvas, chart, volume.get(lane, ()), scale, (middle, RIBBON_MM, most))
        for number, (x, offset, radius) in spots.items():
            places[number] = (x, middle + offset, radius)
        top -= height
    _links(canvas, chart, places)
    for node in chart.nodes:
        if node.number in places:
            x, y, radius = places[node.number]
            canvas.bubble(x, y, node.number, colour=ink.accent, radius=radius)
    if chart.starts:
        _histogram(canvas, chart, scale)
    draw_time_axis(canvas, scale, 9.0, chart.zone)
    return canvas


def _across(nodes: Sequence[LaneNode], scale: Scale) -> dict[int, float]:
    """Places from left to right by number, in the order of time over all lanes, so that no arrow ever points back in time.

    NODE_GAP_MM apart, which is what nodes of one lane on the same of its five levels need between them.
    """
    ordered = sorted(nodes, key=lambda node: (node.at, node.number))
    places = spread([scale(stamp(node.at)) for node in ordered], NODE_GAP_MM, scale.at_low, scale.at_high)
    return {node.number: x for node, x in zip(ordered, places, strict=True)}


def _lane(nodes: Sequence[LaneNode], across: Mapping[int, float], heaviest: float) -> tuple[dict[int, Place], float]:
    """Places (x, offset from the lane's middle, radius) by number, and how far the lane's outermost levels lie apart.

    The area of a node is its share of the heaviest one's, but never less than two digits need. A node takes the level nearest the middle that is free, of
    five taken ones the one whose node lies farthest back. Levels lie as far apart as the two largest nodes of the lane need.
    """
    ordered = sorted(nodes, key=lambda node: (across[node.number], node.number))
    offsets = (0, 1, -1, 2, -2)
    free, last = dict.fromkeys(offsets, -1e9), dict.fromkeys(offsets, -1e9)
    radii = {node.number: max(NODE_MM[0], NODE_MM[1] * sqrt(max(node.weight, 0.0) / heaviest)) for node in ordered}
    apart = sum(sorted(radii.values())[-2:]) + NODE_RIM_MM
    spots: dict[int, Place] = {}
    used = 0
    for node in ordered:
        x, radius = across[node.number], radii[node.number]
        level = next((one for one in offsets if free[one] + radius + 0.5 <= x), min(offsets, key=lambda one: (last[one], offsets.index(one))))
        free[level], last[level] = x + radius, x
        used = max(used, abs(level))
        spots[node.number] = (x, level * apart, radius)
    return spots, 2 * used * apart


def _ribbon(canvas: Canvas, chart: SwimLaneChart, counts: Sequence[int], scale: Scale, room: tuple[float, float, int]) -> None:
    """The lane's volume: half-width ∝ √count, one step a bucket."""
    middle, half, most = room
    if not counts or most <= 0:
        return
    seconds = chart.bucket_minutes * 60
    boxes = []
    for at, count in zip(chart.starts, counts, strict=True):
        if count > 0:
            rise = half * sqrt(count / most)
            left = scale(stamp(at))
            boxes.append((left, middle - rise, scale(stamp(at) + seconds) - left, 2 * rise))
    canvas.boxes(boxes, canvas.ink.band, z=1.0)


def _links(canvas: Canvas, chart: SwimLaneChart, places: dict[int, Place]) -> None:
    """Arrows from rim to rim, gently bent so that links along a lane do not run through its nodes."""
    ink = canvas.ink
    for link in chart.links:
        if link.source not in places or link.target not in places:
            continue
        (x0, y0, r0), (x1, y1, r1) = places[link.source], places[link.target]
        length = hypot(x1 - x0, y1 - y0)
        if length < r0 + r1 + 0.2:
            continue
        bend = min(0.16 * length, 5.0) * (1 if abs(y1 - y0) < 2 else 0.5)
        mx, my = (x0 + x1) / 2 - (y1 - y0) / length * bend, (y0 + y1) / 2 + (x1 - x0) / length * bend
        points = []
        for step in range(25):
            t = step / 24
            x = (1 - t) ** 2 * x0 + 2 * t * (1 - t) * mx + t * t * x1
            y = (1 - t) ** 2 * y0 + 2 * t * (1 - t) * my + t * t * y1
            if hypot(x - x0, y - y0) >= r0 + 0.1 and hypot(x - x1, y - y1) >= r1 + 0.3:
                points.append((x, y))
        if len(points) < 2:
            continue
        canvas.line(points, ink.public, width=1.0 if link.style == "solid" else 0.9, dash=STYLES[link.style], z=2.5)
        _arrow(canvas, points[-2], points[-1])


def _arrow(canvas: Canvas, before: tuple[float, float], tip: tuple[float, float]) -> None:
    length = hypot(tip[0] - before[0], tip[1] - before[1]) or 1.0
    ux, uy = (tip[0] - before[0]) / length, (tip[1] - before[1]) / length
    bx, by = tip[0] - 1.7 * ux, tip[1] - 1.7 * uy
    canvas.area([tip, (bx - 0.65 * uy, by + 0.65 * ux), (bx + 0.65 * uy, by - 0.65 * ux)], canvas.ink.public, z=2.6)


def _histogram(canvas: Canvas, chart: SwimLaneChart, scale: Scale) -> None:
    ink = canvas.ink
    totals = [sum(counts[i] for _, counts in chart.volume) for i in range(len(chart.starts))]
    rise = Scale(0, nice_top(max(totals, default=0)), 9.0, 9.0 + HISTOGRAM_MM)
    seconds = chart.bucket_minutes * 60
    bars = []
    for at, count in zip(chart.starts, totals, strict=True):
        left = scale(stamp(at))
        if count > 0:
            bars.append((left, 9.0, (scale(stamp(at) + seconds) - left) * 0.85, rise(count) - 9.0))
    canvas.boxes(bars, ink.muted)
    canvas.text(LEFT_MM, 9.0 + HISTOGRAM_MM - 1.0, f"{rise.high:,.0f}", size=ink.small, colour=ink.muted, anchor="right")
    canvas.text(0.5, 9.0 + 2.5, ink.own("合计声量"), size=ink.small, colour=ink.muted)
