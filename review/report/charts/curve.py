"""情绪走势: what the comments say over time, with what is known about it: bands, sample sizes, gaps, steps, events."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from math import sqrt
from typing import Final

from review.report.chart_data import CurveChart, CurvePoint, TimedEvent
from review.report.charts.axes import amount, draw_time_axis, exact_percent, nice_top, percent, stamp, tenth, time_scale, value_ticks
from review.report.charts.canvas import BUBBLE_MM, DASHED, Canvas, Ink, Scale
from review.report.charts.placing import runs, spread

LEFT_MM: Final = 12.0
RIGHT_MM: Final = 11.5  # the name of the trigger line
PLOT_MM: Final = 50.0
SMALL_PLOT_MM: Final = 27.0
VOLUME_MM: Final = 11.0
EVENT_ROW_MM: Final = 6.2
DOT_MM: Final = (0.45, 1.5)  # smallest and largest radius of a bucket's dot


def draw_curve(chart: CurveChart, ink: Ink) -> Canvas:
    """The curve above its volume; events in two rows over it. The small one, for the summary, has neither events nor volume."""
    sides = [[event for event in chart.events if event.side == side] for side in ("public", "brand")] if not chart.small else [[], []]
    rows = [sorted(side, key=lambda event: (event.at, event.number)) for side in sides if side]
    counted = any(point.n is not None for point in chart.points) and not chart.small
    plot = SMALL_PLOT_MM if chart.small else PLOT_MM
    strip = VOLUME_MM + 2.5 if counted else 0.0
    head = len(rows) * EVENT_ROW_MM + (2.5 if rows else 3.0)
    height = 9.0 + strip + plot + head
    canvas = Canvas(ink, height)
    times = curve_times(chart) + [event.at for row in rows for event in row]
    scale = time_scale(times, LEFT_MM, canvas.width - RIGHT_MM)
    floor = 9.0 + strip
    rise = Scale(0.0, top_share([chart]), floor, floor + plot)
    _grid(canvas, rise, scale, tenth if chart.rough else percent)
    _trigger(canvas, chart, scale, rise)
    _events(canvas, rows, scale, floor, height)
    draw_shares_of(canvas, chart, scale, rise)
    if counted:
        _volume(canvas, chart, scale)
    draw_time_axis(canvas, scale, 9.0, chart.zone)
    return canvas


def top_share(charts: Sequence[CurveChart]) -> float:
    """The top of an axis that holds all bands and trigger lines: a multiple of 20 %."""
    peaks = [point.high if point.high is not None else point.share for chart in charts for point in chart.points]
    peak = max(peaks + [chart.trigger or 0.0 for chart in charts])
    return min(1.0, max(0.2, -(-peak // 0.2) * 0.2))


def curve_times(chart: CurveChart) -> list[datetime]:
    """Every time of points, smooth line and steps."""
    times = [point.at for point in chart.points] + [at for at, value in chart.smooth if value is not None]
    return times + [moment for regime in chart.regimes for moment in (regime.start, regime.end)]


def draw_shares_of(canvas: Canvas, chart: CurveChart, scale: Scale, rise: Scale) -> None:
    """Bands, smooth line, steps and dots on axes that are there already."""
    _band(canvas, chart, scale, rise)
    _lines(canvas, chart, scale, rise)
    _dots(canvas, chart, scale, rise)


def _grid(canvas: Canvas, rise: Scale, scale: Scale, printed: Callable[[float], str]) -> None:
    ink = canvas.ink
    ticks = value_ticks(0, rise.high, 3 if rise.at_high - rise.at_low < PLOT_MM else 5)
    canvas.lines([((scale.at_low, rise(tick)), (scale.at_high, rise(tick))) for tick in ticks], ink.grid, width=0.6, z=1.2)
    for tick in ticks:
        canvas.text(scale.at_low - 1.2, rise(tick), printed(tick), size=ink.small, colour=ink.muted, anchor="right")


def _pieces(chart: CurveChart) -> list[list[CurvePoint]]:
    """Neighbouring buckets: a piece ends where a bucket is missing. Typed samples stand alone."""
    points = sorted(chart.points, key=lambda point: point.at)
    if chart.bucket_minutes is None:
        return [[point] for point in points]
    pieces: list[list[CurvePoint]] = []
    for point in points:
        near = bool(pieces) and (point.at - pieces[-1][-1].at).total_seconds() <= chart.bucket_minutes * 60 * 1.01
        if near:
            pieces[-1].append(point)
        else:
            pieces.append([point])
    return pieces


def _band(canvas: Canvas, chart: CurveChart, scale: Scale, rise: Scale) -> None:
    """Interval of each bucket: an area where buckets follow one another (paler where thin), a bar where one stands alone."""
    lone: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for piece in _pieces(chart):
        banded = [point.low is not None and point.high is not None for point in piece]
        solid = [known and not point.thin for known, point in zip(banded, piece, strict=True)]
        stretches = [(start, end, canvas.ink.grid, 0.9) for start, end in runs(banded)]
        stretches += [(start, end, canvas.ink.band, 1.0) for start, end in runs(solid) if end - start > 1]
        for start, end, colour, z in stretches:
            part = piece[start:end]
            xs = [scale(stamp(point.at)) for point in part]
            lows = [rise(point.low or 0.0) for point in part]
            highs = [rise(min(point.high if point.high is not None else 1.0, rise.high)) for point in part]
            if len(part) == 1:
                lone.append(((xs[0], lows[0]), (xs[0], highs[0])))
            else:
                canvas.area([*zip(xs, lows, strict=True), *reversed(list(zip(xs, highs, strict=True)))], colour, z=z)
    canvas.lines(lone, canvas.ink.muted, width=1.0, z=1.9)


def _trigger(canvas: Canvas, chart: CurveChart, scale: Scale, rise: Scale) -> None:
    if chart.trigger is None:
        return
    y = rise(chart.trigger)
    canvas.line([(scale.at_low, y), (scale.at_high, y)], canvas.ink.text, width=0.8, dash=DASHED, z=1.6)
    small = canvas.ink.small
    canvas.text(scale.at_high + 1.0, y + canvas.em(small) * 0.6, canvas.ink.own("预警线"), size=small)
    canvas.text(scale.at_high + 1.0, y - canvas.em(small) * 0.6, percent(chart.trigger), size=small)


def _events(canvas: Canvas, rows: list[list[TimedEvent]], scale: Scale, floor: float, height: float) -> None:
    """Numbered bubbles over the curve, each with a hair line down at its true time."""
    ink = canvas.ink
    under = height - len(rows) * EVENT_ROW_MM - 0.6
    for index, row in enumerate(rows):
        y = height - (index + 0.5) * EVENT_ROW_MM - 0.2
        colour = ink.public if row[0].side == "public" else ink.brand
        canvas.text(scale.at_low - 1.2, y, ink.own("舆论" if row[0].side == "public" else "品牌"), size=ink.small, colour=colour, bold=True, anchor="right")
        true = [scale(stamp(event.at)) for event in row]
        places = spread(true, 2 * BUBBLE_MM + 0.7, LEFT_MM + BUBBLE_MM, canvas.width - BUBBLE_MM - 0.4)
        shrink = min([1.0] + [(b - a) / (2 * BUBBLE_MM + 0.5) for a, b in pairwise(places)])
        for event, x, place in zip(row, true, places, strict=True):
            canvas.line([(place, y), (place, under), (x, under - 1.6), (x, floor)], colour, width=0.9 if event.turning else 0.45, z=1.5)
            canvas.bubble(place, y, event.number, colour=colour, filled=event.turning, square=event.side == "brand", radius=BUBBLE_MM * shrink)


def _lines(canvas: Canvas, chart: CurveChart, scale: Scale, rise: Scale) -> None:
    ink = canvas.ink
    for start, end in runs([value is not None for _, value in chart.smooth]):
        canvas.line([(scale(stamp(at)), rise(min(value or 0.0, rise.high))) for at, value in chart.smooth[start:end]], ink.public, width=1.0, z=2.6)
    for regime in chart.regimes:
        y = rise(regime.share)
        canvas.line([(scale(stamp(regime.start)), y), (scale(stamp(regime.end)), y)], ink.text, width=1.9, z=2.8)
    if not chart.small:
        _levels(canvas, chart, scale, rise)


def _levels(canvas: Canvas, chart: CurveChart, scale: Scale, rise: Scale) -> None:
    """The level of each step, once, at its widest piece where that has room: over the step, else under it."""
    for (share, given), pieces in groupby(chart.regimes, key=lambda regime: (regime.share, regime.label)):
        label = exact_percent(share) if given is None else canvas.ink.own(given)
        left, right = max(((scale(stamp(piece.start)), scale(stamp(piece.end))) for piece in pieces), key=lambda ends: ends[1] - ends[0])
        if right - left < canvas.span(label):
            continue
        y = rise(share)
        over = y + canvas.em() + 1.2 <= rise.at_high
        label_y = y + (0.62 if over else -0.62) * canvas.em() + (0.5 if over else -0.5)
        width = canvas.span(label) + 0.8
        centre = (left + right) / 2
        canvas.boxes([(centre - width / 2, label_y - 0.5 * canvas.em(), width, canvas.em())], "white", z=4.6)
        canvas.text(centre, label_y, label, bold=True, anchor="center")


def _dots(canvas: Canvas, chart: CurveChart, scale: Scale, rise: Scale) -> None:
    """Dots grow with the square root of n, so that their area tells the sample size; thin buckets are grey and hollow."""
    most = max([point.n or 0 for point in chart.points] + [1])

    def place(point: CurvePoint) -> tuple[float, float, float]:
        size = sqrt((point.n or 0) / most) if point.n is not None else 0.5
        shrink = 0.75 if chart.small else 1.0
        return scale(stamp(point.at)), rise(point.share), (DOT_MM[0] + (DOT_MM[1] - DOT_MM[0]) * size) * shrink

    canvas.dots([place(point) for point in chart.points if not point.thin], canvas.ink.public, z=2.4)
    canvas.dots([place(point) for point in chart.points if point.thin], "white", edge=canvas.ink.unknown, width=0.7, z=2.3)


def _volume(canvas: Canvas, chart: CurveChart, scale: Scale) -> None:
    ink = canvas.ink
    most = max(point.n or 0 for point in chart.points)
    rise = Scale(0, nice_top(most), 9.0, 9.0 + VOLUME_MM)
    minutes = chart.bucket_minutes or max((scale.high - scale.low) / 60 / 120, 1)
    width = max((scale(scale.low + minutes * 60) - scale.at_low) * 0.82, 0.3)

    def bar(point: CurvePoint) -> tuple[float, float, float, float]:
        x = min(scale(stamp(point.at)), scale.at_high - width)
        return x, 9.0, width, rise(point.n or 0) - 9.0

    canvas.boxes([bar(point) for point in chart.points if point.n and not point.thin], ink.muted)
    canvas.boxes([bar(point) for point in chart.points if point.n and point.thin], ink.rule)
    canvas.text(scale.at_low - 1.2, rise.at_high - 1.0, amount(rise.high, ink), size=ink.small, colour=ink.muted, anchor="right")
    canvas.text(scale.at_low - 1.2, 9.0 + 2.6, ink.own(chart.counted), size=ink.small, colour=ink.muted, anchor="right")
