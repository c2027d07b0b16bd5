"""转发层级: reposts over time, stacked by how many hands they went through."""

from typing import Final

from review.report.chart_data import LayersChart
from review.report.charts.axes import amount, draw_time_axis, nice_top, stamp, value_ticks
from review.report.charts.canvas import Canvas, Ink, Scale, clipped

LEFT_MM: Final = 13.0
RIGHT_MM: Final = 33.0
PLOT_MM: Final = 46.0
AXIS_MM: Final = 9.0
TOP_MM: Final = 2.5
ROW_MM: Final = 5.6  # a line of names at the right
SWATCH_MM: Final = 2.4
LEAST_BAR_MM: Final = 0.25
TONES: Final = (0, 1, 3, 5, 2, 4)  # series in this order: the first four lie farthest apart in grey


def draw_layers(chart: LayersChart, ink: Ink) -> Canvas:
    """Bars a bucket, dark below (straight from the original) to light above, unknown ways hollow on top; names at the right in the order of the stack."""
    canvas = Canvas(ink, AXIS_MM + PLOT_MM + TOP_MM)
    seconds = chart.bucket_minutes * 60
    lefts = [stamp(at) for at in chart.starts]
    scale = Scale(min(lefts), max(lefts) + seconds, LEFT_MM, canvas.width - RIGHT_MM)
    stacked = [*chart.layers, *([chart.unknown] if any(chart.unknown[1]) else [])]
    most = max(sum(counts[i] for _, counts in stacked) for i in range(len(lefts)))
    rise = Scale(0, nice_top(most), AXIS_MM, AXIS_MM + PLOT_MM)
    ticks = [tick for tick in value_ticks(0, rise.high, 4) if tick == int(tick)]
    canvas.lines([((scale.at_low, rise(tick)), (scale.at_high, rise(tick))) for tick in ticks], ink.grid, width=0.5, z=1.0)
    for tick in ticks:
        canvas.text(scale.at_low - 1.2, rise(tick), amount(tick, ink), size=ink.small, colour=ink.muted, anchor="right")
    base = [0] * len(lefts)
    edge = "white" if scale(lefts[0] + seconds) - scale(lefts[0]) > 1.0 else None
    for k, (name, counts) in enumerate(stacked):
        unknown = k >= len(chart.layers)
        fill = "white" if unknown else ink.series[TONES[k % len(TONES)] % len(ink.series)]
        bars = [
            (scale(left), rise(low), max(scale(left + seconds) - scale(left), LEAST_BAR_MM), rise(low + count) - rise(low))
            for left, low, count in zip(lefts, base, counts, strict=True)
            if count
        ]
        canvas.boxes(bars, fill, edge=ink.muted if unknown else edge, z=1.5)
        base = [low + count for low, count in zip(base, counts, strict=True)]
        y = AXIS_MM + ROW_MM * (k + 0.6)
        canvas.boxes([(scale.at_high + 3.0, y - SWATCH_MM / 2, SWATCH_MM, SWATCH_MM)], fill, edge=ink.muted if unknown else None)
        canvas.text(scale.at_high + 3.0 + SWATCH_MM + 1.2, y, clipped(canvas.fit(name), (RIGHT_MM - SWATCH_MM - 4.5) / canvas.em()))
    canvas.text(scale.at_high + 3.0, AXIS_MM + ROW_MM * (len(stacked) + 0.6), ink.own("转发条数"), size=ink.small, colour=ink.muted)
    draw_time_axis(canvas, scale, AXIS_MM, chart.zone)
    return canvas
