"""Several shares over time, stacked or as lines, each named at its end instead of in a legend."""

from typing import Final

from review.report.chart_data import SharesChart
from review.report.charts.axes import draw_time_axis, nice_top, percent, stamp, value_ticks
from review.report.charts.canvas import Canvas, Ink, Scale, clipped
from review.report.charts.placing import runs, spread

LEFT_MM: Final = 12.0
RIGHT_MM: Final = 26.0
PLOT_MM: Final = 46.0
SAMPLE_MM: Final = 6.0  # of a line, before its name
LINE_PT: Final = 1.5
APART_MM: Final = 0.6  # ends nearer to one another look like one


def draw_shares(chart: SharesChart, ink: Ink) -> Canvas:
    """Each bucket's shares; stacked ones fill their bucket, lines run through the bucket's middle; gaps stay gaps."""
    canvas = Canvas(ink, 9.0 + PLOT_MM + 2.5)
    seconds = chart.bucket_minutes * 60.0
    starts = [stamp(at) for at in chart.starts]
    scale = Scale(min(starts), max(starts) + seconds, LEFT_MM, canvas.width - RIGHT_MM)
    if chart.stacked:
        sums = [sum(values[i] or 0.0 for _, values in chart.series) for i in range(len(starts))]
        peak = max(sums)
    else:
        peak = max(value for _, values in chart.series for value in values if value is not None)
    rise = Scale(0.0, max(min(1.0, nice_top(peak)), peak) if peak > 0 else 0.1, 9.0, 9.0 + PLOT_MM)
    ends = _stack(canvas, chart, starts, scale, rise) if chart.stacked else _lines(canvas, chart, starts, scale, rise)
    ticks = value_ticks(0, rise.high, 5)
    canvas.lines([((scale.at_low, rise(tick)), (scale.at_high, rise(tick))) for tick in ticks], ink.grid, width=0.5, z=1.2)
    for tick in ticks:
        label = percent(tick) if rise.high > 0.05 else f"{tick * 100:.2g}%"
        canvas.text(scale.at_low - 1.2, rise(tick), label, size=ink.small, colour=ink.muted, anchor="right")
    order = sorted(range(len(ends)), key=lambda k: (ends[k], k))
    places = spread([ends[k] for k in order], canvas.em() * 1.3, 10.5, 9.0 + PLOT_MM)
    for k, y in zip(order, places, strict=True):
        colour, dash = ink.series[k % len(ink.series)], ink.dashes[k % len(ink.dashes)]
        # from a point where several end a line would lead to none of them
        if sum(abs(end - ends[k]) < APART_MM for end in ends) == 1:
            canvas.line([(scale.at_high + 0.3, ends[k]), (scale.at_high + 2.0, y)], ink.muted, width=0.5)
        left = scale.at_high + 2.4
        if chart.stacked:
            canvas.boxes([(left, y - 0.9, 1.8, 1.8)], colour)
        else:
            canvas.line([(left, y), (left + SAMPLE_MM, y)], colour, width=LINE_PT, dash=dash)
        left += SAMPLE_MM + 1.0
        canvas.text(left, y, clipped(canvas.fit(chart.series[k][0]), (canvas.width - left) / canvas.em()))
    draw_time_axis(canvas, scale, 9.0, chart.zone)
    return canvas


def _stack(canvas: Canvas, chart: SharesChart, starts: list[float], scale: Scale, rise: Scale) -> list[float]:
    """Stacked boxes; returns the middle of each series in the last bucket known."""
    ink = canvas.ink
    width = scale(scale.low + chart.bucket_minutes * 60) - scale.at_low
    known = [any(values[i] is not None for _, values in chart.series) for i in range(len(starts))]
    last = max((i for i, one in enumerate(known) if one), default=0)
    base = [0.0] * len(starts)
    ends: list[float] = []
    for k, (_, values) in enumerate(chart.series):
        bars = []
        for i, value in enumerate(values):
            if value:
                bars.append((scale(starts[i]), rise(base[i]), width, rise(value) - rise(0)))
        ends.append(rise(base[last] + (values[last] or 0.0) / 2))
        base = [low + (value or 0.0) for low, value in zip(base, values, strict=True)]
        canvas.boxes(bars, ink.series[k % len(ink.series)], edge="white", z=1.5)
    return ends


def _lines(canvas: Canvas, chart: SharesChart, starts: list[float], scale: Scale, rise: Scale) -> list[float]:
    """Lines, told apart by tone and dash; returns the height of each line's end."""
    ink = canvas.ink
    half = chart.bucket_minutes * 30.0
    ends: list[float] = []
    for k, (_, values) in enumerate(chart.series):
        colour, dash = ink.series[k % len(ink.series)], ink.dashes[k % len(ink.dashes)]
        for start, end in runs([value is not None for value in values]):
            points = [(scale(starts[i] + half), rise(values[i] or 0.0)) for i in range(start, end)]
            if len(points) == 1:
                canvas.dots([(*points[0], 0.7)], colour)
            else:
                canvas.line(points, colour, width=LINE_PT, dash=dash, z=2.6)
        ends.append(rise(next((value for value in reversed(values) if value is not None), 0.0)))
    return ends
