"""情绪分布: strips of bars over one time axis, one name a strip; the same scale in all, so that heights compare."""

from typing import Final

from review.report.chart_data import BandsChart
from review.report.charts.axes import amount, draw_time_axis, exact_percent, nice_top, percent, stamp
from review.report.charts.canvas import Canvas, Ink, Scale, clipped

LEFT_MM: Final = 27.0
RIGHT_MM: Final = 17.0  # the highest share of the strip
STRIP_MM: Final = 9.4
GAP_MM: Final = 2.4
VOLUME_MM: Final = 8.0
AXIS_MM: Final = 9.0
TOP_MM: Final = 3.0
LEAST_BAR_MM: Final = 0.25


def draw_bands(chart: BandsChart, ink: Ink) -> Canvas:
    """Strips from top to bottom in the given order, the number of comments below; bars of few comments are pale, buckets without any stay empty."""
    height = AXIS_MM + VOLUME_MM + GAP_MM + len(chart.bands) * (STRIP_MM + GAP_MM) + TOP_MM
    canvas = Canvas(ink, height)
    low, high = min(stamp(span.start) for span in chart.spans), max(stamp(span.end) for span in chart.spans)
    scale = Scale(low, high, LEFT_MM, canvas.width - RIGHT_MM)
    firm = [value for _, values in chart.bands for span, value in zip(chart.spans, values, strict=True) if value is not None and not span.thin]
    every = [value for _, values in chart.bands for value in values if value is not None]
    top = min(1.0, nice_top(max(firm or every)))
    canvas.text(scale.at_high + 1.5, height - TOP_MM + 0.9, ink.own("最高"), size=ink.small, colour=ink.muted)
    foot = height - TOP_MM
    for name, values in chart.bands:
        foot -= STRIP_MM
        _strip(canvas, chart, (name, values), (scale, Scale(0.0, top, foot, foot + STRIP_MM)))
        foot -= GAP_MM
    _volume(canvas, chart, scale)
    draw_time_axis(canvas, scale, AXIS_MM, chart.zone)
    return canvas


def _bar(chart: BandsChart, index: int, scale: Scale, rise: tuple[float, float]) -> tuple[float, float, float, float]:
    span = chart.spans[index]
    left, right = scale(stamp(span.start)), scale(stamp(span.end))
    return left, rise[0], max(right - left, LEAST_BAR_MM), rise[1] - rise[0]


def _strip(canvas: Canvas, chart: BandsChart, band: tuple[str, tuple[float | None, ...]], scales: tuple[Scale, Scale]) -> None:
    (name, values), (scale, rise) = band, scales
    ink = canvas.ink
    canvas.lines([((scale.at_low, y), (scale.at_high, y)) for y in (rise.at_high, (rise.at_low + rise.at_high) / 2)], ink.grid, width=0.5, z=1.0)
    canvas.line([(scale.at_low, rise.at_low), (scale.at_high, rise.at_low)], ink.muted, width=0.6, z=2.0)
    canvas.text(0.5, rise.at_low + STRIP_MM / 2, clipped(canvas.fit(name), (LEFT_MM - 9.5) / canvas.em()), bold=True)
    canvas.text(
        scale.at_low - 1.2,
        rise.at_high - 0.4,
        percent(rise.high) if rise.high >= 0.05 else f"{rise.high * 100:.2g}%",
        size=ink.small,
        colour=ink.muted,
        anchor="right",
    )
    canvas.text(scale.at_low - 1.2, rise.at_low + 1.0, "0", size=ink.small, colour=ink.muted, anchor="right")
    known = [(index, value) for index, value in enumerate(values) if value]
    for thin, colour in ((True, ink.rule), (False, ink.public)):
        bars = [_bar(chart, index, scale, (rise.at_low, rise(min(value, rise.high)))) for index, value in known if chart.spans[index].thin == thin]
        canvas.boxes(bars, colour, z=1.4 if thin else 1.6)
    firm = [(value, -index) for index, value in known if not chart.spans[index].thin]
    if not firm:
        canvas.text(scale.at_high + 1.5, rise.at_low + STRIP_MM / 2, "—", colour=ink.muted)
        return
    value, place = max(firm)
    left, _, width, _ = _bar(chart, -place, scale, (0.0, 1.0))
    x, y = left + width / 2, rise(min(value, rise.high))
    canvas.area([(x, y + 0.5), (x - 0.8, y + 1.8), (x + 0.8, y + 1.8)], ink.text, z=3.0)  # points at the highest bar
    canvas.text(scale.at_high + 1.5, rise.at_low + STRIP_MM / 2, percent(value) if value >= 0.05 else exact_percent(value), bold=True)


def _volume(canvas: Canvas, chart: BandsChart, scale: Scale) -> None:
    ink = canvas.ink
    rise = Scale(0, nice_top(max(span.n for span in chart.spans)), AXIS_MM, AXIS_MM + VOLUME_MM)
    for thin, colour in ((True, ink.rule), (False, ink.muted)):
        canvas.boxes([_bar(chart, i, scale, (AXIS_MM, rise(span.n))) for i, span in enumerate(chart.spans) if span.n and span.thin == thin], colour)
    canvas.text(0.5, AXIS_MM + VOLUME_MM / 2, ink.own("条数"), size=ink.small, colour=ink.muted)
    canvas.text(scale.at_low - 1.2, rise.at_high - 0.4, amount(rise.high, ink), size=ink.small, colour=ink.muted, anchor="right")
