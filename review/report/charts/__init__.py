"""One drawing per kind of ChartData: SVG for PDF and HTML, PNG where Word has no chart of that kind.

Matplotlib is imported with the first drawing, not with this package: reports without figures and `--help` stay fast.
"""

from typing import TYPE_CHECKING, assert_never

from review.report.chart_data import (
    BandsChart,
    ChartData,
    CopiesChart,
    CurveChart,
    DailyChart,
    GanttChart,
    IndividualsChart,
    LayersChart,
    MatrixChart,
    MultiplesChart,
    PanelsChart,
    Picture,
    ScoreChart,
    SharesChart,
    SwimLaneChart,
    TimelineChart,
)
from review.report.theme import Theme

if TYPE_CHECKING:
    from review.report.charts.canvas import Canvas

DPI = 220  # print resolution of pictures in Word: at least 200 (issue: ≥ 200 dpi in DOCX)


def is_empty(chart: ChartData | Picture) -> bool:
    """True where there is nothing to draw; the report then has a sentence instead of the figure."""
    match chart:
        case TimelineChart():
            return not chart.events
        case CurveChart():
            return not chart.points
        case ScoreChart():
            return not chart.bars
        case DailyChart():
            return not any(value is not None for value in chart.values)
        case SharesChart():
            return not any(value is not None for _, values in chart.series for value in values)
        case BandsChart():
            return not any(value is not None for _, values in chart.bands for value in values)
        case PanelsChart():
            return not any(panel.curve.points for panel in chart.panels)
        case SwimLaneChart():
            return not chart.nodes
        case LayersChart():
            return not any(count for _, counts in (*chart.layers, chart.unknown) for count in counts)
        case CopiesChart():
            return not any(lane.marks for lane in chart.lanes)
        case MatrixChart():
            return not any(count for row in chart.counts for count in row)
        case GanttChart():
            return not chart.bars
        case IndividualsChart():
            return not chart.points
        case MultiplesChart():
            return not any(panel.points for panel in chart.panels)
        case Picture():
            return not chart.content
        case _:
            assert_never(chart)


def draw(chart: ChartData, theme: Theme) -> "Canvas":
    """The drawing on its sheet.

    Raises ValueError where there is nothing to draw (`is_empty`): an empty chart must never reach a reader.
    """
    if is_empty(chart):
        raise ValueError(f"nothing to draw in {type(chart).__name__}")
    from review.report.charts import bands, canvas, copies, curve, daily, gantt, individuals, lanes, layers, matrix, multiples, panels, scores, shares, timeline

    ink = canvas.ink_of(theme)
    match chart:
        case TimelineChart():
            return timeline.draw_timeline(chart, ink)
        case CurveChart():
            return curve.draw_curve(chart, ink)
        case ScoreChart():
            return scores.draw_scores(chart, ink)
        case DailyChart():
            return daily.draw_daily(chart, ink)
        case SharesChart():
            return shares.draw_shares(chart, ink)
        case BandsChart():
            return bands.draw_bands(chart, ink)
        case PanelsChart():
            return panels.draw_panels(chart, ink)
        case SwimLaneChart():
            return lanes.draw_lanes(chart, ink)
        case LayersChart():
            return layers.draw_layers(chart, ink)
        case CopiesChart():
            return copies.draw_copies(chart, ink)
        case MatrixChart():
            return matrix.draw_matrix(chart, ink)
        case GanttChart():
            return gantt.draw_gantt(chart, ink)
        case IndividualsChart():
            return individuals.draw_individuals(chart, ink)
        case MultiplesChart():
            return multiples.draw_multiples(chart, ink)
        case _:
            assert_never(chart)


def draw_svg(chart: ChartData, theme: Theme) -> bytes:
    """The figure as SVG (UTF-8), texts as texts in the theme's fonts; equal data give equal bytes. Raises ValueError for an empty chart."""
    from review.report.charts.canvas import svg_bytes

    return svg_bytes(draw(chart, theme))


def drawing(chart: ChartData | Picture, theme: Theme) -> bytes:
    """What PDF and HTML embed of a figure: its SVG, or a picture as it is. Raises ValueError for an empty chart."""
    return chart.content if isinstance(chart, Picture) else draw_svg(chart, theme)


def draw_sized_png(chart: ChartData | Picture, theme: Theme) -> tuple[bytes, float, float]:
    """The figure as PNG, a picture as it is, with its width and height in mm; equal data give equal bytes on one machine.

    Raises ValueError for an empty chart.
    """
    if isinstance(chart, Picture):
        return chart.content, chart.width_mm, chart.height_mm
    from review.report.charts.canvas import png_bytes

    sheet = draw(chart, theme)
    return png_bytes(sheet, DPI), sheet.width, sheet.height
