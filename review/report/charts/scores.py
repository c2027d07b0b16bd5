"""分项评分: one bar a criterion, grouped by dimension; what was not scored stands below, named in a line instead of bars."""

from typing import Final

from review.report.chart_data import ScoreBar, ScoreChart
from review.report.charts.canvas import DASHED, Canvas, Ink, Scale, clipped
from review.report.theme import MM_PER_POINT

ROW_MM: Final = 5.0
GROUP_MM: Final = 2.2  # air between dimensions
HEAD_MM: Final = 7.5
FOOT_MM: Final = 6.0
BAR_MM: Final = 3.1
DIMENSION_MM: Final = 21.0
NAME_MM: Final = 34.0
WEIGHT_MM: Final = 13.0
VALUE_MM: Final = 12.0  # right of 100: the value of a full bar


def grouped(chart: ScoreChart) -> list[tuple[str, list[ScoreBar]]]:
    """Bars by dimension, in order of first appearance."""
    groups: dict[str, list[ScoreBar]] = {}
    for bar in chart.bars:
        groups.setdefault(bar.dimension, []).append(bar)
    return list(groups.items())


def draw_scores(chart: ScoreChart, ink: Ink) -> Canvas:
    """Bars from 0 to 100 with the limits of good and insufficient as dashed lines; a range is a whisker."""
    room = ink.width_mm - DIMENSION_MM - 1
    groups = [(name, [bar for bar in bars if bar.score is not None], _unscored(bars, ink, room)) for name, bars in grouped(chart)]
    rows = sum(len(bars) + len(lines) for _, bars, lines in groups)
    height = HEAD_MM + FOOT_MM + rows * ROW_MM + (len(groups) - 1) * GROUP_MM
    canvas = Canvas(ink, height)
    left = DIMENSION_MM + NAME_MM + WEIGHT_MM
    scale = Scale(0, 100, left, canvas.width - VALUE_MM)
    top, bottom = height - HEAD_MM + 1.0, FOOT_MM - 1.0
    canvas.lines([((scale(tick), bottom), (scale(tick), top)) for tick in (0, 25, 50, 75, 100)], ink.grid, z=1.0)
    for tick in (0, 25, 50, 75, 100):
        canvas.text(scale(tick), bottom - 0.8, str(tick), size=ink.small, colour=ink.muted, anchor="center", level="top")
    canvas.text(left - 3.0, height - 3.4, ink.own("权重"), size=ink.small, colour=ink.muted, anchor="right")
    for limit, name, anchor in (
        (chart.bad_below, f"{chart.bad_below:g} {ink.own('以下为不足')} ", "right"),
        (chart.good_from, f" {chart.good_from:g} {ink.own('起为良好')}", "left"),
    ):
        canvas.line([(scale(limit), bottom), (scale(limit), top + 1.0)], ink.text, width=0.8, dash=DASHED, z=1.4)
        canvas.text(scale(limit), height - 3.4, name, size=ink.small, colour=ink.text, anchor="right" if anchor == "right" else "left")
    total = sum(bar.weight for bar in chart.bars)
    behind: list[tuple[float, float, float, float]] = []  # what grid and limits leave free
    y = height - HEAD_MM
    for index, (dimension, bars, lines) in enumerate(groups):
        if index:
            canvas.line([(0, y - GROUP_MM / 2), (canvas.width, y - GROUP_MM / 2)], ink.rule, width=0.4, z=1.1)
            y -= GROUP_MM
        canvas.text(0.5, y - ROW_MM / 2, clipped(dimension, (DIMENSION_MM - 1.5) / canvas.em()), bold=True, colour=ink.accent)
        for bar in bars:
            behind.append(_row(canvas, bar, scale, y - ROW_MM / 2, bar.weight * 100 if total <= 1.0 + 1e-9 else bar.weight, chart))
            y -= ROW_MM
        for line in lines:
            behind.append((DIMENSION_MM, y - ROW_MM + 0.2, canvas.span(line, ink.small) + 1.0, ROW_MM - 0.4))
            canvas.text(DIMENSION_MM + 0.5, y - ROW_MM / 2, line, size=ink.small, colour=ink.muted)
            y -= ROW_MM
    canvas.boxes(behind, "white", z=1.45)
    return canvas


def _unscored(bars: list[ScoreBar], ink: Ink, room: float) -> list[str]:
    """The criteria without a score as lines no wider than this (mm), those of one state together: 「状态：指标、指标」."""
    most = int(room / (ink.small * MM_PER_POINT)) - 1  # full-width characters
    states: dict[str, list[str]] = {}
    for bar in bars:
        if bar.score is None:
            states.setdefault(bar.state, []).append(bar.name)
    lines = []
    for state, names in states.items():
        line = clipped(f"{state}：{names[0]}", most)
        for name in names[1:]:
            if len(line) + 1 + len(name) > most:
                lines.append(line)
                line = clipped(name, most)
            else:
                line = f"{line}、{name}"
        lines.append(line)
    return lines


def _row(canvas: Canvas, bar: ScoreBar, scale: Scale, y: float, weight: float, chart: ScoreChart) -> tuple[float, float, float, float]:
    """The row of a scored criterion; returns the box of its score."""
    ink = canvas.ink
    left = scale.at_low
    canvas.text(DIMENSION_MM + NAME_MM - 0.5, y, clipped(canvas.fit(bar.name), (NAME_MM - 1) / canvas.em()), anchor="right")
    canvas.text(left - 3.0, y, f"{weight:.3g}", size=ink.small, colour=ink.muted, anchor="right")
    score = bar.score or 0.0  # never None here: those stand in lines of their own
    end = scale(score)
    good, bad = score >= chart.good_from, score < chart.bad_below
    # three tones apart in grey; the printed score says it to everybody
    fill = ink.brand if good else ink.public if bad else ink.series[2]
    if end > left:
        canvas.boxes([(left, y - BAR_MM / 2, end - left, BAR_MM)], fill)
    else:
        canvas.line([(left, y - BAR_MM / 2), (left, y + BAR_MM / 2)], fill, width=2.0)
    reach = end
    if bar.low is not None and bar.high is not None:
        low, high = scale(bar.low), scale(bar.high)
        canvas.line([(low, y), (high, y)], "white", width=2.4, z=2.9)
        canvas.line([(low, y), (high, y)], ink.text, width=1.0, z=3.0)
        canvas.lines([((x, y - 1.1), (x, y + 1.1)) for x in (low, high)], ink.text, width=1.0, z=3.0)
        reach = max(end, high)
    shown = f"{score:.3g}"
    canvas.text(reach + 1.2, y, shown, bold=True)
    return reach + 0.6, y - canvas.em() / 2, canvas.span(shown) + 1.2, canvas.em()
