"""Counts from row to column as a shaded grid with the numbers in it."""

from math import sqrt
from typing import Final

from review.report.chart_data import MatrixChart
from review.report.charts.canvas import Canvas, Ink, clipped

NAME_MM: Final = 26.0
CELL_MM: Final = 8.0
WIDEST_MM: Final = 24.0
HEAD_MM: Final = 12.5


def draw_matrix(chart: MatrixChart, ink: Ink) -> Canvas:
    """Cells grow darker with the square root of their count; an empty cell shows –."""
    canvas = Canvas(ink, HEAD_MM + CELL_MM * len(chart.rows) + 1.0)
    width = min(WIDEST_MM, (canvas.width - NAME_MM) / max(len(chart.columns), 1))
    top = canvas.height - HEAD_MM
    most = max((count for row in chart.counts for count in row), default=0) or 1
    canvas.text(NAME_MM + width * len(chart.columns) / 2, canvas.height - 2.4, ink.own("去向平台"), size=ink.small, colour=ink.muted, anchor="center")
    canvas.text(NAME_MM - 2, top + 2.6, ink.own("来源平台"), size=ink.small, colour=ink.muted, anchor="right")
    for j, name in enumerate(chart.columns):
        canvas.text(NAME_MM + (j + 0.5) * width, top + 2.6, clipped(canvas.fit(name), (width - 1) / canvas.em()), bold=True, anchor="center")
    for i, name in enumerate(chart.rows):
        y = top - (i + 0.5) * CELL_MM
        canvas.text(NAME_MM - 2, y, clipped(canvas.fit(name), (NAME_MM - 3) / canvas.em()), bold=True, anchor="right")
        for j, count in enumerate(chart.counts[i]):
            depth = sqrt(count / most)
            canvas.boxes([(NAME_MM + j * width, y - CELL_MM / 2, width, CELL_MM)], _blend(ink.accent, depth * 0.92), edge="white")
            label = f"{count:,}" if count else "–"
            canvas.text(NAME_MM + (j + 0.5) * width, y, label, colour="white" if depth > 0.55 else ink.text if count else ink.muted, anchor="center")
    return canvas


def _blend(colour: str, depth: float) -> str:
    """The colour over white: depth 0 a trace of it, 1 the colour itself."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    depth = 0.04 + 0.96 * depth
    return "#" + "".join(f"{round(255 - (255 - part) * depth):02x}" for part in parts)
