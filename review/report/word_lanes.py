"""Native Word charts of lanes over one time axis: emotions as strips, platforms as panels, groups of near-copies as rows of dots.

Word has no such charts by name: each is a scatter chart whose lanes lie one above the other. The workbook holds the numbers as they are, and beside them, by
formula, their places in the drawing: who changes a number moves its point.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Final
from zoneinfo import ZoneInfo

from review.report.chart_data import BandsChart, CopiesChart, CopyLane, CurveChart, CurvePoint, PanelsChart, SharePanel
from review.report.theme import MM_PER_POINT, Theme
from review.report.word_band import Band, band_line, band_of
from review.report.word_drawingml import (
    DAY,
    NO_LINE,
    NO_MARKER,
    TIME,
    NativeChart,
    Sheet,
    chart_space,
    error_bars,
    filled,
    hidden,
    letters,
    local_serial,
    mark,
    plot_room,
    scatter,
    shaped,
    stroke,
    text_labels,
    time_span,
    value_axis,
)
from review.report.word_sheet import SHEET, Place, workbook_bytes

SHARE: Final = "0.0%"
LEFT_MM: Final = 27.0
RIGHT_MM: Final = 17.0
STRIP_MM: Final = 11.8
PANEL_MM: Final = 24.0
COPIES_LEFT_MM: Final = 12.0
LANE_MM: Final = 9.4
EDGES_MM: Final = (3.0, 9.0)  # free above and, for the time axis, below
PITCH: Final = 1.25  # from base to base, in heights of a lane
DOT_MM: Final = (0.7, 2.0)  # smallest and largest radius


class _Lanes:
    """Lanes of one height on one time axis, the first on top; the series and the columns that were added so far."""

    def __init__(self, theme: Theme, times: Sequence[float], rows: int, shape: tuple[int, float, float]) -> None:
        """times: all to be shown, days; rows: of the longest column; shape: number of lanes, value at the top of each, height of each in mm."""
        self.theme = theme
        self.count, self.top, lane_mm = shape
        self.low, self.high, self.unit = time_span(min(times), max(times))
        self.size = (theme.page.text_width_mm, EDGES_MM[0] + EDGES_MM[1] + self.count * lane_mm)
        self.sheet = Sheet(max(rows, self.count, 2), theme.language)
        self.series: list[str] = []
        self._ends: dict[str, str] = {}

    def base(self, lane: int) -> float:
        return (self.count - 1 - lane) * self.top * PITCH

    def draw(self, values: str, times: str, place: Place, looks: tuple[str, str, str, str]) -> None:
        """A series of a column of the sheet, put in its place; looks as of `scatter`. Nothing for an empty column."""
        if all(cell is None for cell in self.sheet.ref(values).cells):
            return
        self.series.append(scatter(len(self.series), self.sheet.pair(self.sheet.place(values, place), times), looks, self.sheet.ref(values)))

    def write(self, side: str, height: float, texts: Sequence[str | None], look: str) -> None:
        """A text a lane (None: nothing) beside the plot, at this height of the lane (0–1). side: l or r."""
        if side not in self._ends:
            name, at = {"l": ("行首", self.low), "r": ("行末", self.high)}[side]
            self._ends[side] = self.sheet.add(name, (at,) * self.count, TIME)
        head = self.sheet.add("文字位置", tuple(self.base(lane) + self.top * height for lane in range(self.count)), "0.00")
        self.series.append(
            scatter(len(self.series), self.sheet.pair(head, self._ends[side]), (NO_LINE, NO_MARKER, text_labels(self.theme, texts, look, side), ""))
        )

    def chart(self) -> NativeChart:
        pitch = self.top * PITCH
        plot = (
            f"{_scatter_chart(self.series)}"
            f"{value_axis(self.theme, (11, 12), 'b', (self.low, self.high, self.unit), TIME if self.unit < 1 else DAY, grid=False)}"
            f"{hidden(value_axis(self.theme, (12, 11), 'l', (0.0, pitch * self.count, pitch), SHARE))}"
        )
        head, tail = chart_space(self.theme, plot, room=plot_room(self.size, LEFT_MM, RIGHT_MM, EDGES_MM))
        book = workbook_bytes(self.sheet.columns, self.theme.language.own(SHEET))
        return NativeChart(head=head, tail=tail, workbook=book, width_mm=self.size[0], height_mm=self.size[1])


def _scatter_chart(series: list[str]) -> str:
    return f'<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>{"".join(series)}<c:axId val="11"/><c:axId val="12"/></c:scatterChart>'


def bands_chart(chart: BandsChart, theme: Theme) -> NativeChart:
    """Strips from top to bottom in the given order, the number of comments below; buckets of few comments are pale dots, cut at the strip's height."""
    from review.report.charts.axes import exact_percent, nice_top, percent  # loads what pictures are drawn with, which a report without figures does not need

    zone, c = ZoneInfo(chart.zone), theme.colours
    starts, ends = ([local_serial(at, zone) for at in times] for times in ([s.start for s in chart.spans], [s.end for s in chart.spans]))
    known = [(value, span.thin) for _, values in chart.bands for span, value in zip(chart.spans, values, strict=True) if value is not None]
    top = min(1.0, nice_top(max([value for value, thin in known if not thin] or [value for value, _ in known])))
    # a row a span, and an empty one where two do not touch: there the lines break
    at: list[int | None] = []
    for index, span in enumerate(chart.spans):
        at += [None, index] if index and span.start > chart.spans[index - 1].end else [index]
    lanes = _Lanes(theme, (*starts, *ends), len(at), (len(chart.bands) + 1, top, STRIP_MM))
    sheet, middle = lanes.sheet, "时段中点"
    sheet.add(middle, tuple(None if i is None else (starts[i] + ends[i]) / 2 for i in at), TIME)
    sheet.add("时段起", tuple(None if i is None else starts[i] for i in at), TIME)
    sheet.add("时段止", tuple(None if i is None else ends[i] for i in at), TIME)
    pale = (NO_LINE, mark("circle", 3, c.rule, c.rule), "", "")
    peaks: list[tuple[float, float] | None] = []
    for lane, (name, values) in enumerate(chart.bands):
        place = Place(base=lanes.base(lane), most=top)
        own = sheet.add("", [None if i is None or chart.spans[i].thin else values[i] for i in at], SHARE, name)
        few = sheet.add("（条数过少）", [None if i is None or not chart.spans[i].thin else values[i] for i in at], SHARE, name)
        lanes.draw(few, middle, place, pale)
        lanes.draw(own, middle, place, (stroke(c.public, 1.25), mark("circle", 2, c.public, c.public), "", ""))
        firm = [(value, -index) for index, value in enumerate(values) if value and not chart.spans[index].thin]
        most = max(firm, default=None)
        peaks.append(None if most is None else (most[0], (starts[-most[1]] + ends[-most[1]]) / 2))
    tallest = nice_top(max(span.n for span in chart.spans))
    place = Place(base=0.0, factor=top / tallest, most=top)
    for head, thin, looks in (("条数（过少）", True, pale), ("条数", False, (stroke(c.muted, 1.25), mark("circle", 2, c.muted, c.muted), "", ""))):
        sheet.add(head, tuple(None if i is None or chart.spans[i].thin != thin else float(chart.spans[i].n) for i in at), "#,##0")
        lanes.draw(head, middle, place, looks)
    sheet.add("最高时段", tuple(None if peak is None else peak[1] for peak in peaks), TIME)
    sheet.add("最高位置", tuple(None if peak is None else lanes.base(lane) + peak[0] + top * 0.12 for lane, peak in enumerate(peaks)), "0.000")
    lanes.series.append(scatter(len(lanes.series), sheet.pair("最高位置", "最高时段"), (NO_LINE, mark("triangle", 5, c.ink, c.ink), "", "")))
    ink, bold, small = (letters(theme, size, colour, strong) for size, colour, strong in _letters(theme))
    lanes.write("l", 0.4, [*(name for name, _ in chart.bands), theme.language.own("条数")], ink)
    lanes.write("l", 1.0, [*[percent(top) if top >= 0.05 else f"{top * 100:.2g}%"] * len(chart.bands), f"{tallest:,.0f}"], small)
    lanes.write("r", 0.4, [*("—" if peak is None else percent(peak[0]) if peak[0] >= 0.05 else exact_percent(peak[0]) for peak in peaks), None], bold)
    return lanes.chart()


def _letters(theme: Theme) -> tuple[tuple[float, str, bool], ...]:
    """Size, colour and weight of names, figures and small print."""
    size, c = theme.sizes.chart, theme.colours
    return (size, c.ink, False), (size, c.ink, True), (size - 1, c.muted, False)


def panels_chart(chart: PanelsChart, theme: Theme) -> NativeChart:
    """Panels from top to bottom in the given order, on the same axes: points with intervals (pale where few), smooth line, steps, trigger line."""
    from review.report.charts.axes import percent, tenth
    from review.report.charts.curve import curve_times, top_share  # as in bands_chart

    panels = [panel for panel in chart.panels if panel.curve.points]
    curves = [panel.curve for panel in panels]
    times = [local_serial(at, ZoneInfo(curve.zone)) for curve in curves for at in curve_times(curve)]
    low, high, _ = time_span(min(times), max(times))
    bands = [_band(curve, (high - low) / (theme.page.text_width_mm - LEFT_MM - RIGHT_MM)) for curve in curves]
    rows = max(max(len(curve.points), len(curve.smooth), 3 * len(curve.regimes), band.rows) for curve, band in zip(curves, bands, strict=True))
    top = top_share(curves)
    lanes = _Lanes(theme, times, rows, (len(panels), top, PANEL_MM))
    for lane, (panel, band) in enumerate(zip(panels, bands, strict=True)):
        _panel(lanes, lane, panel, band)
    _, bold, small = (letters(theme, size, colour, strong) for size, colour, strong in _letters(theme))
    lanes.write("l", 0.55, [panel.name for panel in panels], bold)
    lanes.write("l", 0.3, [f"{panel.n:,} {theme.language.own('条')}" for panel in panels], small)
    lanes.write("l", 1.0, [(tenth if curve.rough else percent)(top) for curve in curves], small)
    trigger = next((curve.trigger for curve in curves if curve.trigger is not None), None)
    if trigger is not None:
        lanes.write("r", trigger / top, [f"{theme.language.own('预警线')} {percent(trigger)}", *[None] * (len(panels) - 1)], small)
    return lanes.chart()


def _in_order(curve: CurveChart) -> list[CurvePoint]:
    return sorted(curve.points, key=lambda point: point.at)


def _band(curve: CurveChart, days_per_mm: float) -> Band:
    points, zone = _in_order(curve), ZoneInfo(curve.zone)
    return band_of(points, [local_serial(point.at, zone) for point in points], curve.bucket_minutes, days_per_mm)


def _panel(lanes: _Lanes, lane: int, panel: SharePanel, band: Band) -> None:
    name, curve = panel.name, panel.curve
    zone, c, sheet = ZoneInfo(curve.zone), lanes.theme.colours, lanes.sheet
    place = Place(base=lanes.base(lane))
    points = _in_order(curve)
    edges = [(local_serial(regime.start, zone), local_serial(regime.end, zone), regime.share) for regime in curve.regimes]
    steps = [cell for start, end, share in edges for cell in ((start, share), (end, share), (None, None))]

    alone = list(zip(points, band.lone, strict=True))

    def column(head: str, cells: Sequence[float | None], number_format: str) -> str:
        return sheet.add(head, cells, number_format, name)

    at = column("时间", [local_serial(point.at, zone) for point in points], TIME)
    firm = column("负面占比", [None if point.thin else point.share for point in points], SHARE)
    few = column("负面占比（样本偏少）", [point.share if point.thin else None for point in points], SHARE)
    column("区间下限", [point.low for point in points], SHARE)
    column("区间上限", [point.high for point in points], SHARE)
    up = column("单点向上", [point.high - point.share if lone and point.high is not None else None for point, lone in alone], SHARE)
    down = column("单点向下", [point.share - point.low if lone and point.low is not None else None for point, lone in alone], SHARE)
    column("条数", [None if point.n is None else float(point.n) for point in points], "0")
    smooth_at = column("走势时间", [local_serial(when, zone) for when, _ in curve.smooth], TIME)
    smooth = column("平滑走势", [value for _, value in curve.smooth], SHARE)
    steps_at = column("阶段时间", [when for when, _ in steps], TIME)
    level = column("阶段水平", [share for _, share in steps], SHARE)
    line_at = column("预警线时间", (lanes.low, lanes.high) if curve.trigger is not None else (), TIME)
    trigger = column("预警线", (curve.trigger, curve.trigger) if curve.trigger is not None else (), SHARE)
    for head, line, tone in (("区间填色", band.firm, c.band), ("区间填色（样本偏少）", band.pale, c.grid)):
        if line:
            when = column(f"{head}处", [moment for moment, _ in line], "0.000")
            lanes.draw(column(head, [share for _, share in line], SHARE), when, place, (band_line(tone), NO_MARKER, "", ""))
    for head, dot in ((few, mark("circle", 3, c.unknown, c.unknown)), (firm, mark("circle", 4, c.public, c.paper))):
        bars = error_bars(sheet.ref(up), sheet.ref(down), "y", stroke(c.band, 0.75)) if any(band.lone) else ""
        lanes.draw(head, at, place, (NO_LINE, dot, "", bars))
    lanes.draw(smooth, smooth_at, place, (stroke(c.public, 0.75), NO_MARKER, "", ""))
    lanes.draw(level, steps_at, place, (stroke(c.ink, 1.75), NO_MARKER, "", ""))
    lanes.draw(trigger, line_at, place, (stroke(c.ink, 0.75, "dash"), NO_MARKER, "", ""))


def copies_chart(chart: CopiesChart, theme: Theme) -> NativeChart:
    """Rows from top to bottom in the given order; the earliest known post is dark, the others pale; a place is named where it joins and there is room."""
    zone, c = ZoneInfo(chart.zone), theme.colours
    lanes = [lane for lane in chart.lanes if lane.marks]
    dots = [(row, at, count) for row, lane in enumerate(lanes) for at, count in sorted(lane.marks)]
    times = [local_serial(at, zone) for _, at, _ in dots]
    low, high, unit = time_span(min(times), max(times))
    width, height = theme.page.text_width_mm, EDGES_MM[0] + EDGES_MM[1] + len(lanes) * LANE_MM
    mm = (width - COPIES_LEFT_MM - RIGHT_MM) / (high - low)
    first = [place == 0 or dots[place - 1][0] != row for place, (row, _, _) in enumerate(dots)]
    heights = [float(len(lanes) - row) - 0.6 for row, _, _ in dots]
    joined = [name for row, lane in enumerate(lanes) for name in _joining(lane)]
    sheet = Sheet(max(len(dots), 3 * len(lanes)), theme.language)
    sheet.add("时间", tuple(times), TIME)
    sheet.add("组号", tuple(float(lanes[row].number) for row, _, _ in dots), "0")
    sheet.add("条数", tuple(float(count) for _, _, count in dots), "0")
    sheet.add("首次出现处", tuple(name or None for name in joined), "@")
    sheet.add("组内最早已知帖", tuple(y if is_first else None for y, is_first in zip(heights, first, strict=True)), "0.0")
    sheet.add("同组其他帖文", tuple(None if is_first else y for y, is_first in zip(heights, first, strict=True)), "0.0")
    ends = [[(at, y) for (each, _, _), at, y in zip(dots, times, heights, strict=True) if each == row] for row in range(len(lanes))]
    sheet.add("首末时间", tuple(at for each in ends for at in (each[0][0], each[-1][0], None)), TIME)
    sheet.add("首末连线", tuple(y for each in ends for y in (each[0][1], each[-1][1], None)), "0.0")
    rows = range(len(lanes))
    sheet.add("行首", (low,) * len(lanes), TIME)
    sheet.add("行末", (high,) * len(lanes), TIME)
    sheet.add("行高", tuple(len(lanes) - row - 0.5 for row in rows), "0.0")
    sheet.add("组别", tuple(float(lane.number) for lane in lanes), "0")
    sheet.add("组内条数", tuple(float(lane.posts) for lane in lanes), "#,##0")
    most = max(count for _, _, count in dots)
    sizes = [round(2 * (DOT_MM[0] + (DOT_MM[1] - DOT_MM[0]) * sqrt(count / most)) / MM_PER_POINT) for _, _, count in dots]
    shown = _with_room(theme, [(row, at * mm, name) for (row, _, _), at, name in zip(dots, times, joined, strict=True)])
    small = letters(theme, theme.sizes.chart - 1, c.ink)
    series = [scatter(0, sheet.pair("首末连线", "首末时间"), (stroke(c.rule, 1.0), NO_MARKER, "", ""))]
    for head, is_first, fill in (("同组其他帖文", False, c.band), ("组内最早已知帖", True, c.public)):
        places = [place for place, each in enumerate(first) if each == is_first]
        points = "".join(
            f'<c:dPt><c:idx val="{place}"/><c:marker><c:symbol val="circle"/><c:size val="{max(sizes[place], 2)}"/>'
            f'{shaped(filled(fill) + stroke(c.public, 1.0))}</c:marker><c:bubble3D val="0"/></c:dPt>'
            for place in places
        )
        labels = text_labels(theme, [shown[place] if place in places else None for place in range(len(dots))], small, "t")
        looks = (NO_LINE, mark("circle", 5, fill, c.public) + points, labels, "")
        if places:
            series.append(scatter(len(series), sheet.pair(head, "时间"), looks))
    bold = letters(theme, theme.sizes.chart, c.accent, bold=True)
    for x, texts, look, side in (
        ("行首", [str(lane.number) for lane in lanes], bold, "l"),
        ("行末", [f"{lane.posts:,} {theme.language.own('条')}" for lane in lanes], small, "r"),
    ):
        series.append(scatter(len(series), sheet.pair("行高", x), (NO_LINE, NO_MARKER, text_labels(theme, texts, look, side), "")))
    plot = (
        f"{_scatter_chart(series)}{value_axis(theme, (11, 12), 'b', (low, high, unit), TIME if unit < 1 else DAY, grid=False)}"
        f"{hidden(value_axis(theme, (12, 11), 'l', (0.0, float(len(lanes)), 1.0), '0'))}"
    )
    head, tail = chart_space(theme, plot, room=plot_room((width, height), COPIES_LEFT_MM, RIGHT_MM, EDGES_MM))
    return NativeChart(head=head, tail=tail, workbook=workbook_bytes(sheet.columns, theme.language.own(SHEET)), width_mm=width, height_mm=height)


def _joining(lane: CopyLane) -> list[str]:
    """The places that join at each dot of the lane in order of time, '' for none. Posts of one stretch of time are one dot: the last before the place joins."""
    dots = [at for at, _ in sorted(lane.marks)]
    names: list[list[str]] = [[] for _ in dots]
    for name, at in lane.arrivals:
        names[max((place for place, dot in enumerate(dots) if dot <= at), default=0)].append(name)
    return ["、".join(each) for each in names]


def _with_room(theme: Theme, labels: list[tuple[int, float, str]]) -> list[str | None]:
    """Each label (lane, place in mm, words) that does not run into the one before it in its lane, else None. Full characters are as wide as their size."""
    em = (theme.sizes.chart - 1) * MM_PER_POINT
    shown: list[str | None] = []
    free: dict[int, float] = {}
    for lane, at, words in labels:
        half = em * sum(0.55 if mark < "\u2e80" else 1.0 for mark in words) / 2
        fits = bool(words) and at - half >= free.get(lane, -1e9)
        shown.append(words if fits else None)
        if fits:
            free[lane] = at + half + 1.0
    return shown
