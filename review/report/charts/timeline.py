"""关键时间轴: events as numbered flags, public side above the line, brand side below, volume behind."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from review.report.chart_data import TimedEvent, TimelineChart
from review.report.charts.axes import draw_time_axis, nice_top, stamp, time_scale
from review.report.charts.canvas import BUBBLE_MM, Canvas, Ink, Scale, wrapped
from review.report.charts.placing import flag_lanes, spread

LANE_MM: Final = 7.6
BARE_LANE_MM: Final = 5.2
MOST_LANES: Final = 6  # more would make a figure of more than half a page; then the table alone explains the numbers
LABEL_EMS: Final = 7.6
FIRST_MM: Final = 4.0 + BUBBLE_MM  # from the axis to the middle of the first lane
STEM_MM: Final = 5.0  # least distance of two stems: a bubble with its rim
SIDE_MM: Final = 9.0  # left edge: the names of the sides
VOLUME_MM: Final = 15.0
BAND_MM: Final = 8.6


class _Side:
    """Where the flags of one side stand: displaced stems, lanes, labels (none where they would not fit)."""

    def __init__(self, events: Sequence[TimedEvent], canvas: Canvas, scale: Scale) -> None:
        self.events = sorted(events, key=lambda event: (event.at, event.number))
        self.true = [scale(stamp(event.at)) for event in self.events]
        right = canvas.width - BUBBLE_MM - 0.5
        self.stems = spread(self.true, STEM_MM, SIDE_MM + BUBBLE_MM + 1, right)
        em = canvas.ink.small
        self.labels = [wrapped(canvas.fit(event.label), LABEL_EMS, 2) for event in self.events]
        widths = [BUBBLE_MM + 1.6 + max((canvas.span(line, em) for line in label), default=0.0) for label in self.labels]
        self.lanes = flag_lanes(self.stems, widths, BUBBLE_MM + 0.8)
        over = any(stem + width > canvas.width for stem, width in zip(self.stems, widths, strict=True))
        crowded = len(self.stems) > 1 and min(b - a for a, b in pairwise(self.stems)) < 2 * BUBBLE_MM
        self.step = LANE_MM
        if over or crowded or max(self.lanes, default=0) >= MOST_LANES:
            self.labels = [() for _ in self.events]
            rows = 1 + int(len(self.events) * 2 * BUBBLE_MM * 1.1 / (right - SIDE_MM))
            self.lanes = [index % rows for index in range(len(self.events))]
            self.step = BARE_LANE_MM
        self.height = FIRST_MM + max(self.lanes) * self.step + BUBBLE_MM + 1.2 if self.events else 0.0


def _right_end(chart: TimelineChart, sheet: Canvas) -> float:
    """Right end of the time axis, drawn in where a late event needs room for its label, at most to 78 % of the width."""
    times = [stamp(event.at) for event in chart.events] + [stamp(at) for at, _ in chart.volume]
    low, high = min(times), max(times)
    left, right = SIDE_MM + 3, sheet.width - BUBBLE_MM - 1
    ends = [right]
    for event in chart.events:
        share = (stamp(event.at) - low) / (high - low) if high > low else 0.5
        label = wrapped(sheet.fit(event.label), LABEL_EMS, 2)
        room = sheet.width - 0.5 - BUBBLE_MM - 1.6 - max((sheet.span(line, sheet.ink.small) for line in label), default=0.0)
        if share > 0:
            ends.append(left + (room - left) / share)
    return max(min(ends), 0.78 * sheet.width)


def draw_timeline(chart: TimelineChart, ink: Ink) -> Canvas:
    """The time axis with both sides' flags; its height grows with the number of lanes."""
    probe = Canvas(ink, 10)
    scale = time_scale([event.at for event in chart.events] + [at for at, _ in chart.volume], SIDE_MM + 3, _right_end(chart, probe))
    above = _Side([event for event in chart.events if event.side == "public"], probe, scale)
    below = _Side([event for event in chart.events if event.side == "brand"], probe, scale)
    volume_mm = VOLUME_MM if chart.volume else 0.0
    top = max(above.height, volume_mm + 3)
    height = 1.5 + max(below.height, 7.0) + BAND_MM + top + 1.5
    canvas = Canvas(ink, height)
    axis = height - 1.5 - top
    _volume(canvas, chart, scale, axis)
    draw_time_axis(canvas, scale, axis, chart.zone)
    foot = axis - BAND_MM
    # the band of the time axis: both sides stand on it
    canvas.boxes([(SIDE_MM, foot, canvas.width - SIDE_MM, axis - foot)], ink.tint, z=0.5)
    canvas.lines([((SIDE_MM, y), (canvas.width, y)) for y in (axis, foot)], ink.text, width=1.0, z=2.5)
    _flags(canvas, above, axis, 1.0, ink.public)
    _flags(canvas, below, foot, -1.0, ink.brand)
    _side_name(canvas, ink.own("舆论侧"), axis + top / 2, ink.public)
    _side_name(canvas, ink.own("品牌侧"), foot - max(below.height, 7.0) / 2, ink.brand)
    if not below.events:
        canvas.text(SIDE_MM + 3, foot - 3.5, ink.own("期间无品牌动作记录"), size=ink.small, colour=ink.muted)
    return canvas


def _volume(canvas: Canvas, chart: TimelineChart, scale: Scale, axis: float) -> None:
    if not chart.volume:
        return
    peak = max(count for _, count in chart.volume)
    rise = Scale(0, nice_top(peak), axis, axis + VOLUME_MM)
    width = max((scale(60.0 * chart.bucket_minutes + scale.low) - scale(scale.low)) * 0.86, 0.25)
    # the last bucket reaches beyond its start: held inside the axis
    bars = [(scale(stamp(at)), axis, min(width, max(scale.at_high - scale(stamp(at)), 0.25)), rise(count) - axis) for at, count in chart.volume if count > 0]
    canvas.boxes(bars, canvas.ink.band, z=1.0)


def _side_name(canvas: Canvas, name: str, middle: float, colour: str) -> None:
    """The side's name, one character below the other, at the left edge."""
    em = canvas.em() * 1.2
    start = middle + em * (len(name) - 1) / 2
    for index, char in enumerate(name):
        canvas.text(3.5, start - index * em, char, bold=True, colour=colour, anchor="center")


def _flags(canvas: Canvas, side: _Side, base: float, direction: float, colour: str) -> None:
    ink = canvas.ink
    for event, true, stem, lane, label in zip(side.events, side.true, side.stems, side.lanes, side.labels, strict=True):
        y = base + direction * (FIRST_MM + lane * side.step - (0 if label else 1.0))
        # from the true time a short slanting leader to the stem that was moved aside
        canvas.line([(true, base), (true, base + direction * 0.6), (stem, base + direction * 2.6), (stem, y)], colour, width=0.6, z=1.8)
        canvas.bubble(stem, y, event.number, colour=colour, filled=event.turning, square=event.side == "brand")
        em = canvas.em(ink.small) * 1.18
        first = y + em * (len(label) - 1) / 2
        for index, line in enumerate(label):
            canvas.text(stem + BUBBLE_MM + 0.9, first - index * em, line, size=ink.small, bold=event.turning)
