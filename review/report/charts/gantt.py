"""执行时间表: one bar an action by department; done, open and overdue told apart by form, not by colour alone."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from review.report.chart_data import GanttBar, GanttChart
from review.report.charts.axes import draw_time_axis
from review.report.charts.canvas import DASHED, Canvas, Ink, Scale, clipped

ROW_MM: Final = 5.2
GROUP_MM: Final = 1.8
BAR_MM: Final = 3.0
DEPARTMENT_MM: Final = 24.0
LABEL_MM: Final = 44.0
RIGHT_MM: Final = 15.0  # the state behind the last bar
AIR_MM: Final = 1.1  # before a state
DAY_ZONE: Final = "UTC"  # dates have no clock; any zone will do as long as axis and bars use one


def draw_gantt(chart: GanttChart, ink: Ink) -> Canvas:
    """Bars from start to the end of the due day, departments in order of first appearance, today as a dashed line."""
    groups: dict[str, list[GanttBar]] = {}
    for bar in chart.bars:
        groups.setdefault(bar.department, []).append(bar)
    canvas = Canvas(ink, 9.0 + len(chart.bars) * ROW_MM + (len(groups) - 1) * GROUP_MM + 6.5)
    days = [day for bar in chart.bars for day in (bar.start, bar.due, bar.done or bar.due)] + [chart.today]
    scale = Scale(_at(min(days)), _at(max(days) + timedelta(days=1)), DEPARTMENT_MM + LABEL_MM, canvas.width - RIGHT_MM)
    y = canvas.height - 6.5
    ticks = draw_time_axis(canvas, scale, 9.0, DAY_ZONE)
    canvas.lines([((x, 9.0), (x, y + 0.8)) for x in ticks], ink.grid, z=1.0)
    today = scale(_at(chart.today) + 43200)
    canvas.line([(today, 9.0), (today, y + 1.2)], ink.text, width=0.9, dash=DASHED, z=1.8)
    name = f"{ink.own('截至')} {chart.today.month}月{chart.today.day}日"
    half = canvas.span(name, ink.small) / 2
    canvas.text(min(max(today, half), canvas.width - half), canvas.height - 2.4, name, size=ink.small, anchor="center", bold=True)
    for index, (department, bars) in enumerate(groups.items()):
        if index:
            canvas.line([(0, y - GROUP_MM / 2), (canvas.width, y - GROUP_MM / 2)], ink.rule, width=0.4, z=0.9)
            y -= GROUP_MM
        canvas.text(0.5, y - ROW_MM / 2, clipped(canvas.fit(department), (DEPARTMENT_MM - 1.5) / canvas.em()), bold=True, colour=ink.accent)
        for bar in bars:
            canvas.text(DEPARTMENT_MM, y - ROW_MM / 2, clipped(canvas.fit(bar.label), (LABEL_MM - 2) / canvas.em()))
            _bar(canvas, bar, scale, y - ROW_MM / 2, today)
            y -= ROW_MM
    return canvas


def _at(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(DAY_ZONE)).timestamp()


def _bar(canvas: Canvas, bar: GanttBar, scale: Scale, y: float, today: float) -> None:
    """The bar and, behind it, its state: behind the line of today where it would stand on that."""
    ink = canvas.ink
    left, right = scale(_at(bar.start)), scale(_at(max(bar.due, bar.start) + timedelta(days=1)))
    box = (left, y - BAR_MM / 2, right - left, BAR_MM)
    end = right
    if bar.state in ("done_undated", "on_time", "late"):
        canvas.boxes([box], ink.brand)
        if bar.done is not None and bar.done > bar.due:
            end = scale(_at(bar.done + timedelta(days=1)))
            canvas.line([(right, y), (end, y)], ink.brand, width=1.2)
        colour = ink.brand
    elif bar.state == "overdue":
        canvas.boxes([box], "white", edge=ink.public, hatch="//////")
        colour = ink.public
    else:
        canvas.boxes([box], ink.band)
        colour = ink.muted
    span = canvas.span(bar.words, ink.small)
    left = (today if end < today < end + 2 * AIR_MM + span else end) + AIR_MM
    canvas.boxes([(left - 0.5, y - canvas.em(ink.small) * 0.55, span + 1.0, canvas.em(ink.small) * 1.1)], "white", z=4.0)
    canvas.text(left, y, bar.words, size=ink.small, colour=colour)
