"""The native Word chart of the curve of shares: a scatter chart, as Word's lines know days only."""

from collections.abc import Sequence
from math import ceil
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from review.report.chart_data import CurveChart, TimedEvent
from review.report.charts.placing import spread
from review.report.theme import Theme
from review.report.word_band import band_line, band_of
from review.report.word_drawingml import (
    DAY,
    NO_LINE,
    NO_MARKER,
    PERCENT,
    TIME,
    NativeChart,
    Sheet,
    chart_space,
    error_bars,
    event_look,
    hidden,
    letters,
    lines_across,
    local_serial,
    mark,
    plot_room,
    scatter,
    stroke,
    text_labels,
    time_span,
    value_axis,
)
from review.report.word_sheet import SHEET, workbook_bytes

EXACT_PERCENT: Final = "0.0%"
GRID_STEP: Final = 0.2
PLOT_MM: Final = 46.0  # height of the shares, below the row of events
EVENT_MM: Final = 5.2  # a numbered marker with its rim: height of their row, and between two of it
ELBOW_MM: Final = 2.0  # below the row of events: there a line runs from its marker to its time
SIDES_MM: Final = (14.0, 7.0)  # free at the left, for the values' axis, and at the right, for half a label
EDGES_MM: Final = (20.0, 8.0)  # free above, for a legend of three lines, and below, for the time axis


def curve_chart(chart: CurveChart, theme: Theme) -> NativeChart:
    """Points, the band of their intervals, smooth line, steps, trigger, numbered events in a row above."""
    drawn = _Curve(chart, theme)
    drawn.write_points()
    drawn.write_lines()
    drawn.write_grid()
    drawn.draw_band()
    drawn.draw_grid()
    if chart.rough:
        drawn.draw_rough_axis()
    drawn.draw_points()
    drawn.draw_lines()
    for side, name, colour, symbol in (("public", "舆论侧事件", theme.colours.public, "circle"), ("brand", "品牌侧事件", theme.colours.brand, "square")):
        drawn.draw_events([each for each in drawn.events if each.event.side == side], name, (colour, symbol))
    return drawn.chart()


class _Placed(NamedTuple):
    """An event, its time, and the place of its marker in the row above, where no two lie on each other."""

    event: TimedEvent
    at: float
    place: float


class _Curve:
    """The columns and the series added so far. Times are days, as of a sheet. Every step of `curve_chart` is one method; those that write come first, as the
    columns stand in the workbook in the order in which they are added.
    """

    def __init__(self, chart: CurveChart, theme: Theme) -> None:
        zone = ZoneInfo(chart.zone)
        self._chart, self._theme = chart, theme
        self._points = sorted(chart.points, key=lambda point: point.at)
        self._at = [local_serial(point.at, zone) for point in self._points]
        self._smooth_at = [local_serial(at, zone) for at, _ in chart.smooth]
        self._steps = [
            cell
            for regime in chart.regimes
            for cell in ((local_serial(regime.start, zone), regime.share), (local_serial(regime.end, zone), regime.share), (None, None))
        ]
        events = sorted(chart.events, key=lambda event: (event.at, event.number))
        happened = [local_serial(event.at, zone) for event in events]
        times = [*self._at, *(at for at, _ in self._steps if at is not None), *happened]
        self._low, self._high, self._unit = time_span(min(times), max(times))
        peak = max([point.high if point.high is not None else point.share for point in self._points] + [chart.trigger or 0.0])
        self._top = min(1.0, max(GRID_STEP, ceil(peak * 5 - 1e-9) / 5))
        self._grid = tuple(GRID_STEP * index for index in range(1, round(self._top / GRID_STEP) + 1))
        self._under = self._top + ELBOW_MM / PLOT_MM * self._top
        self._ceiling = self._under + EVENT_MM / PLOT_MM * self._top if events else self._top
        mm = (self._high - self._low) / (theme.page.text_width_mm - sum(SIDES_MM))
        places = spread(happened, EVENT_MM * mm, self._low + EVENT_MM / 2 * mm, self._high - EVENT_MM / 2 * mm)
        self.events = [_Placed(*each) for each in zip(events, happened, places, strict=True)]
        self._band = band_of(self._points, self._at, chart.bucket_minutes, mm)
        self._sheet = Sheet(max(len(self._points), len(chart.smooth), len(self._steps), 4 * len(events), 6, self._band.rows), theme.language)
        self._series: list[str] = []
        self._unnamed: list[int] = []

    def write_points(self) -> None:
        points, add = self._points, self._sheet.add
        alone = list(zip(points, self._band.lone, strict=True))
        add("时间", self._at, TIME)
        add("负面占比", [None if point.thin else point.share for point in points], EXACT_PERCENT)
        add("负面占比（样本偏少）", [point.share if point.thin else None for point in points], EXACT_PERCENT)
        add("区间下限", [point.low for point in points], EXACT_PERCENT)
        add("区间上限", [point.high for point in points], EXACT_PERCENT)
        add("单点向上", [point.high - point.share if lone and point.high is not None else None for point, lone in alone], EXACT_PERCENT)
        add("单点向下", [point.share - point.low if lone and point.low is not None else None for point, lone in alone], EXACT_PERCENT)
        add(self._chart.counted, [None if point.n is None else float(point.n) for point in points], "0")

    def write_lines(self) -> None:
        trigger, add = self._chart.trigger, self._sheet.add
        add("走势时间", self._smooth_at, TIME)
        add("平滑走势", [value for _, value in self._chart.smooth], EXACT_PERCENT)
        add("阶段时间", [at for at, _ in self._steps], TIME)
        add("阶段水平", [share for _, share in self._steps], EXACT_PERCENT)
        add("预警线时间", () if trigger is None else (self._low, self._high), TIME)
        add("预警线", () if trigger is None else (trigger, trigger), PERCENT)

    def write_grid(self) -> None:
        self._sheet.add("网格线起点", (self._low,) * len(self._grid), TIME)
        self._sheet.add("网格线", self._grid, PERCENT)

    def draw_band(self) -> None:
        c = self._theme.colours
        for name, area, tone in (("区间填色", self._band.firm, c.band), ("区间填色（样本偏少）", self._band.pale, c.grid)):
            if area:
                self._sheet.add(f"{name}处", [when for when, _ in area], "0.000")
                self._sheet.add(name, [share for _, share in area], EXACT_PERCENT)
                self._unnamed.append(self._draw(name, f"{name}处", (band_line(tone), NO_MARKER, "", "")))

    def draw_grid(self) -> None:
        """The grid ends with the shares: an axis would draw it behind the events too."""
        across = lines_across(self._high - self._low, stroke(self._theme.colours.grid, 0.5))
        self._unnamed.append(self._draw("网格线", "网格线起点", (NO_LINE, NO_MARKER, "", across)))

    def draw_rough_axis(self) -> None:
        """Shares in tenths: no number format turns a share into them, so the axis is written point by point, as in print."""
        from review.report.charts.axes import tenth  # loads what pictures are drawn with

        theme, ticks = self._theme, (0.0, *self._grid)
        self._sheet.add("刻度", ticks, PERCENT)
        self._sheet.add("刻度处", (self._low,) * len(ticks), TIME)
        labels = text_labels(theme, [theme.language.own(tenth(tick)) for tick in ticks], letters(theme, theme.sizes.chart, theme.colours.muted), "l")
        self._unnamed.append(self._draw("刻度", "刻度处", (NO_LINE, NO_MARKER, labels, "")))

    def draw_points(self) -> None:
        c = self._theme.colours
        for name, marker, thickness in (
            ("负面占比（样本偏少）", mark("circle", 4, c.unknown, c.unknown), 0.75),
            ("负面占比", mark("circle", 5, c.public, c.paper), 1.5),
        ):
            up, down = self._sheet.pair("单点向上", "单点向下")
            bars = error_bars(up, down, "y", stroke(c.band, thickness)) if any(self._band.lone) else ""
            self._draw_known(name, "时间", (NO_LINE, marker, "", bars))

    def draw_lines(self) -> None:
        c = self._theme.colours
        for name, at, line in (
            ("平滑走势", "走势时间", stroke(c.public, 1.0)),
            ("阶段水平", "阶段时间", stroke(c.ink, 2.0)),
            ("预警线", "预警线时间", stroke(c.ink, 0.75, "dash")),
        ):
            self._draw_known(name, at, (line, NO_MARKER, "", ""))

    def draw_events(self, events: Sequence[_Placed], name: str, look: tuple[str, str]) -> None:
        """The events of one side; turning points, which look otherwise, are a series of their own. look: colour and symbol."""
        if not events:
            return
        self._sheet.add(f"{name}时间", [each.at for each in events], TIME)
        self._sheet.add(f"{name}编号", [float(each.event.number) for each in events], "0")
        self._sheet.add(f"{name}内容", [each.event.label for each in events], "@")
        self._sheet.add(f"{name}标记处", [each.place for each in events], "0.000")
        colour, symbol = look
        for turning, head, thickness in ((False, name, 0.5), (True, f"{name}（转折）", 1.0)):
            numbers = [each.event.number if each.event.turning == turning else None for each in events]
            if all(number is None for number in numbers):
                continue
            # renderers differ in which series lies above: no line runs where a marker stands
            ways = [((each.place, self._under), (each.at, self._top), (each.at, 0.0), (None, None)) for each in events if each.event.turning == turning]
            self._sheet.add(f"{head}连线处", [when for way in ways for when, _ in way], "0.000")
            self._sheet.add(f"{head}连线", [height for way in ways for _, height in way], PERCENT)
            self._sheet.add(head, [None if number is None else (self._under + self._ceiling) / 2 for number in numbers], PERCENT)
            marker, labels = event_look(self._theme, numbers, colour, symbol, turning)
            self._unnamed.append(self._draw(f"{head}连线", f"{head}连线处", (stroke(colour, thickness), NO_MARKER, "", "")))
            self._draw(head, f"{name}标记处", (NO_LINE, marker, labels, ""))

    def _draw(self, values: str, places: str, looks: tuple[str, str, str, str]) -> int:
        """Add the series of two columns, looks as of `scatter`; its index."""
        self._series.append(scatter(len(self._series), self._sheet.pair(values, places), looks))
        return len(self._series) - 1

    def _draw_known(self, values: str, places: str, looks: tuple[str, str, str, str]) -> None:
        """The same, but nothing for an empty column."""
        if any(cell is not None for cell in self._sheet.ref(values).cells):
            self._draw(values, places, looks)

    def chart(self) -> NativeChart:
        theme = self._theme
        size = (theme.page.text_width_mm, sum(EDGES_MM) + PLOT_MM * self._ceiling / self._top)
        upright = value_axis(theme, (12, 11), "l", (0.0, self._ceiling, GRID_STEP), f'[<=1.001]{PERCENT};""' if self._top == 1.0 else PERCENT, grid=False)
        plot = (
            f'<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>{"".join(self._series)}'
            f'<c:axId val="11"/><c:axId val="12"/></c:scatterChart>'
            f"{value_axis(theme, (11, 12), 'b', (self._low, self._high, self._unit), TIME if self._unit < 1 else DAY, grid=False)}"
            f"{hidden(upright) if self._chart.rough else upright}"
        )
        head, tail = chart_space(theme, plot, legend="t", room=plot_room(size, *SIDES_MM, EDGES_MM), unnamed=self._unnamed)
        book = workbook_bytes(self._sheet.columns, theme.language.own(SHEET))
        return NativeChart(head=head, tail=tail, workbook=book, width_mm=size[0], height_mm=size[1])
