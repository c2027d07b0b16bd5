"""Native, editable Word charts of the figures; their workbooks hold the numbers of the ChartData."""

from datetime import date, datetime, timedelta
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

from review.report.chart_data import BandsChart, ChartData, CopiesChart, CurveChart, DailyChart, LayersChart, PanelsChart, Picture, ScoreChart
from review.report.charts import is_empty
from review.report.charts.placing import flag_lanes
from review.report.theme import MM_PER_POINT, Theme
from review.report.word_curve import PLOT_MM, SIDES_MM, curve_chart
from review.report.word_drawingml import (
    DAY,
    MOST_TICKS,
    NO_LINE,
    NO_MARKER,
    SHOW_NOTHING,
    TIME,
    NativeChart,
    chart_space,
    drop_lines,
    error_bars,
    filled,
    letters,
    local_serial,
    mark,
    number_ref,
    opening,
    plot_room,
    shaped,
    stroke,
    text_labels,
    text_look,
    text_ref,
    time_span,
    value_axis,
)
from review.report.word_lanes import bands_chart, copies_chart, panels_chart
from review.report.word_sheet import SHEET, ColumnRef, SheetColumn, reference, serial, workbook_bytes

DAILY_EDGES_MM: Final = (8.0, 8.0)
LAYERS_EDGES_MM: Final = (4.0, 9.0)
LEGEND_MM: Final = 36.0  # a legend at the right
FLAG_MM: Final = 4.2  # from row to row of numbers without a marker
TONES: Final = (0, 1, 3, 5, 2, 4)  # series in this order: the first four lie farthest apart in grey, as in the drawing
ROOM_FOR_SCORE: Final = 12.0  # a shorter bar has its score behind it instead of inside


def native_chart(chart: ChartData | Picture, theme: Theme) -> NativeChart | None:
    """The chart as Word's own, None for kinds that Word has not and for the small curve of the summary. Raises ValueError for an empty chart."""
    if is_empty(chart):
        raise ValueError(f"nothing to draw in {type(chart).__name__}")
    match chart:
        case CurveChart(small=False):
            return curve_chart(chart, theme)
        case ScoreChart():
            return _scores(chart, theme)
        case DailyChart():
            return _daily(chart, theme)
        case LayersChart():
            return _layers(chart, theme)
        case BandsChart():
            return bands_chart(chart, theme)
        case PanelsChart():
            return panels_chart(chart, theme)
        case CopiesChart():
            return copies_chart(chart, theme)
        case _:
            return None


def _scores(chart: ScoreChart, theme: Theme) -> NativeChart:
    """Horizontal bars, the first criterion on top; ranges as error bars; what was not scored says why in its name."""
    bars = chart.bars
    own = theme.language.own
    names = tuple(bar.name if bar.score is not None else f"{bar.name}({bar.state})" for bar in bars)
    columns = [
        SheetColumn(head=own("指标"), cells=names),
        SheetColumn(head=own("得分"), cells=tuple(bar.score for bar in bars), number_format="0.0"),
        SheetColumn(head=own("区间下限"), cells=tuple(bar.low for bar in bars), number_format="0.0"),
        SheetColumn(head=own("区间上限"), cells=tuple(bar.high for bar in bars), number_format="0.0"),
        SheetColumn(
            head=own("向上"), cells=tuple(None if bar.high is None or bar.score is None else bar.high - bar.score for bar in bars), number_format="0.0"
        ),
        SheetColumn(head=own("向下"), cells=tuple(None if bar.low is None or bar.score is None else bar.score - bar.low for bar in bars), number_format="0.0"),
        SheetColumn(head=own("权重"), cells=tuple(bar.weight for bar in bars), number_format="General"),
        SheetColumn(head=own("维度"), cells=tuple(bar.dimension for bar in bars)),
        SheetColumn(head=own("状态"), cells=tuple(bar.state for bar in bars)),
    ]
    refs = [reference(columns, index, own(SHEET)) for index in range(len(columns))]
    c = theme.colours

    def tone(score: float) -> str:
        return c.brand if score >= chart.good_from else c.public if score < chart.bad_below else c.series[2]

    points = "".join(
        f'<c:dPt><c:idx val="{index}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{shaped(filled(tone(bar.score)))}</c:dPt>'
        for index, bar in enumerate(bars)
        if bar.score is not None
    )
    shown = SHOW_NOTHING.replace('<c:showVal val="0"/>', '<c:showVal val="1"/>')
    small = "".join(
        f'<c:dLbl><c:idx val="{index}"/><c:numFmt formatCode="0.0" sourceLinked="0"/>{text_look(theme, theme.sizes.chart, c.ink, bold=True)}'
        f'<c:dLblPos val="outEnd"/>{shown}</c:dLbl>'
        for index, bar in enumerate(bars)
        if bar.score is not None and bar.score < ROOM_FOR_SCORE
    )
    labels = (
        f'<c:dLbls>{small}<c:numFmt formatCode="0.0" sourceLinked="0"/>{text_look(theme, theme.sizes.chart, c.paper, bold=True)}'
        f'<c:dLblPos val="inBase"/>{shown}</c:dLbls>'
    )
    ranges = error_bars(refs[4], refs[5], "", stroke(c.ink, 1.25)) if any(bar.high is not None for bar in bars) else ""
    series = (
        f'<c:ser>{opening(0, refs[1])}{shaped(filled(c.brand))}<c:invertIfNegative val="0"/>{points}{labels}{ranges}'
        f"<c:cat>{text_ref(refs[0])}</c:cat><c:val>{number_ref(refs[1])}</c:val></c:ser>"
    )
    title = f"{own('得分')}（{chart.good_from:g} {own('起为良好')}，{chart.bad_below:g} {own('以下为不足')}）"
    plot = (
        f'<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}<c:gapWidth val="55"/>'
        '<c:axId val="21"/><c:axId val="22"/>'
        '</c:barChart><c:catAx><c:axId val="21"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/><c:axPos val="l"/>'
        f'<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f"{shaped(stroke(c.rule, 0.75))}{text_look(theme, theme.sizes.chart, c.ink)}"
        '<c:crossAx val="22"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f"{value_axis(theme, (22, 21), 'b', (0.0, 100.0, 25.0), '0', title=title)}"
    )
    head, tail = chart_space(theme, plot)
    height = min(24.0 + 6.6 * len(bars), theme.page.height_mm - theme.page.top_mm - theme.page.bottom_mm - 30)
    return NativeChart(head=head, tail=tail, workbook=workbook_bytes(columns, own(SHEET)), width_mm=theme.page.text_width_mm, height_mm=height)


def _daily(chart: DailyChart, theme: Theme) -> NativeChart:
    """Values and baseline as lines over a date axis, days left out as hollow marks, the numbers of each day's events at a line above them."""
    zone = ZoneInfo(chart.zone)
    c, own = theme.colours, theme.language.own
    known = [value for value in (*chart.values, *chart.baseline) if value is not None]
    peak, least = max(known), min(known)
    top = peak * 1.12 if peak > 0 else 1.0
    unit = 10.0 ** floor(log10(top))
    top = ceil(top / (unit / 2)) * unit / 2
    low = min(0.0, least) if least <= 0.6 * peak else floor(least * 0.98 / unit * 20) * unit / 20
    on_day = {day: index for index, day in enumerate(chart.days)}
    events = [event for event in sorted(chart.events, key=lambda one: (one.at, one.number)) if event.at.astimezone(zone).date() in on_day]
    numbered: dict[int, list[str]] = {}
    for event in events:
        numbered.setdefault(on_day[event.at.astimezone(zone).date()], []).append(str(event.number))
    flags = ["、".join(numbered[index]) if index in numbered else None for index in range(len(chart.days))]
    width = theme.page.text_width_mm
    spans = [len(flag) * theme.sizes.chart * MM_PER_POINT for flag in flags if flag is not None]  # never less than it is drawn
    stems = [index * (width - sum(SIDES_MM)) / max(len(chart.days) - 1, 1) for index in numbered]
    rows = dict(zip(numbered, flag_lanes(stems, spans, 1.0), strict=True))
    count = max(rows.values(), default=-1) + 1
    step = FLAG_MM / PLOT_MM * (top - low)
    heights = tuple(top + step * (rows[index] + 0.5) if index in rows else None for index in range(len(chart.days)))
    height = sum(DAILY_EDGES_MM) + PLOT_MM + FLAG_MM * count
    columns = [
        SheetColumn(head=own("日期"), cells=tuple(serial(day) for day in chart.days), number_format=DAY),
        SheetColumn(head=chart.name, cells=chart.values),
        SheetColumn(head=own("同星期日常"), cells=chart.baseline),
        SheetColumn(head=own("剔除日"), cells=tuple(value if day in chart.marked else None for day, value in zip(chart.days, chart.values, strict=True))),
        SheetColumn(head=own("事件"), cells=heights),
        SheetColumn(head=own("事件编号"), cells=tuple(flags), number_format="@"),
    ]
    refs = [reference(columns, index, own(SHEET)) for index in range(len(columns))]
    series = [
        _day_series(0, refs[1], refs[0], (stroke(c.accent, 1.75), NO_MARKER, "", "")),
        _day_series(1, refs[2], refs[0], (stroke(c.muted, 1.0, "dash"), NO_MARKER, "", "")),
    ]
    if any(cell is not None for cell in refs[3].cells):
        series.append(_day_series(len(series), refs[3], refs[0], (NO_LINE, mark("diamond", 8, c.unknown, c.accent), "", "")))
    if events:
        labels = text_labels(theme, flags, letters(theme, theme.sizes.chart - 1, c.ink, bold=True), "r")
        looks = (NO_LINE, mark("square", 3, c.ink, c.ink), labels, drop_lines("y", stroke(c.ink, 0.5)))
        series.append(_day_series(len(series), refs[4], refs[0], looks))
    every = max(1, ceil(len(chart.days) / MOST_TICKS / 7) * 7) if len(chart.days) > MOST_TICKS else 1
    plot = (
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{"".join(series)}<c:marker val="1"/>'
        '<c:axId val="31"/><c:axId val="32"/></c:lineChart>'
        '<c:dateAx><c:axId val="31"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        f'<c:numFmt formatCode={quoteattr(DAY)} sourceLinked="0"/><c:majorTickMark val="out"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f"{shaped(stroke(c.rule, 0.75))}{text_look(theme, theme.sizes.chart, c.muted)}"
        '<c:crossAx val="32"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblOffset val="100"/><c:baseTimeUnit val="days"/>'
        f'<c:majorUnit val="{every}"/><c:majorTimeUnit val="days"/></c:dateAx>'
        f"{value_axis(theme, (32, 31), 'l', (low, top + step * count, None), '#,##0')}"
    )
    head, tail = chart_space(theme, plot, legend="t", room=plot_room((width, height), *SIDES_MM, DAILY_EDGES_MM))
    return NativeChart(head=head, tail=tail, workbook=workbook_bytes(columns, own(SHEET)), width_mm=width, height_mm=height)


def _day_series(index: int, y: ColumnRef, x: ColumnRef, looks: tuple[str, str, str, str]) -> str:
    line, marker, labels, bars = looks
    return (
        f'<c:ser>{opening(index, y)}{shaped(line)}{marker}{labels}{bars}<c:cat>{number_ref(x)}</c:cat><c:val>{number_ref(y)}</c:val><c:smooth val="0"/></c:ser>'
    )


def _layers(chart: LayersChart, theme: Theme) -> NativeChart:
    """Stacked columns a bucket, dark below (straight from the original) to light above, unknown ways hollow on top; the legend in the order of the stack."""
    zone, c, own = ZoneInfo(chart.zone), theme.colours, theme.language.own
    starts = [local_serial(at, zone) for at in chart.starts]
    bucket = chart.bucket_minutes / 1440
    low, _, unit = time_span(starts[0], starts[-1] + bucket)
    # empty buckets before the first, so that the labels stand on round times
    before = round((starts[0] - low) / bucket)
    stacked = [*chart.layers, *([chart.unknown] if any(chart.unknown[1]) else [])]
    columns = [SheetColumn(head=own("时段起"), cells=(*(starts[0] - bucket * (before - i) for i in range(before)), *starts), number_format=TIME)]
    columns += [SheetColumn(head=name, cells=(*(None,) * before, *map(float, counts)), number_format="#,##0") for name, counts in stacked]
    rows = before + len(starts)
    skip = max(1, round(unit / bucket))
    # LibreOffice knows no steps between the names of columns: names of our own, at points on the base line
    columns.append(SheetColumn(head=own("时间刻度"), cells=tuple(None if row % skip else 0.0 for row in range(rows)), number_format="0"))
    refs = [reference(columns, index, own(SHEET)) for index in range(len(columns))]
    series = []
    for k, ref in enumerate(refs[1:-1]):
        unknown = k >= len(chart.layers)
        look = filled(c.paper) + stroke(c.muted, 0.5) if unknown else filled(c.series[TONES[k % len(TONES)] % len(c.series)]) + NO_LINE
        series.append(
            f'<c:ser>{opening(k, ref)}{shaped(look)}<c:invertIfNegative val="0"/><c:cat>{number_ref(refs[0])}</c:cat><c:val>{number_ref(ref)}</c:val></c:ser>'
        )
    words: list[str | None] = []
    day: date | None = None
    for row in range(rows):
        at = (chart.starts[0] + timedelta(minutes=chart.bucket_minutes * (row - before))).astimezone(zone)
        words.append(None if row % skip else _moment(at, at.date() != day, unit < 1))
        day = day if row % skip else at.date()
    labels = text_labels(theme, words, letters(theme, theme.sizes.chart, c.muted), "b")
    ticks = _day_series(len(series), refs[-1], refs[0], (NO_LINE, NO_MARKER, labels, ""))
    plot = (
        f'<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>{"".join(series)}<c:gapWidth val="8"/><c:overlap val="100"/>'
        '<c:axId val="41"/><c:axId val="42"/></c:barChart>'
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{ticks}<c:marker val="1"/><c:axId val="41"/><c:axId val="42"/></c:lineChart>'
        '<c:catAx><c:axId val="41"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        f'<c:numFmt formatCode={quoteattr(TIME)} sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="none"/>{shaped(stroke(c.rule, 0.75))}'
        '<c:crossAx val="42"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f"{_counted(theme, max(sum(counts[i] for _, counts in stacked) for i in range(len(starts))))}"
    )
    size = (theme.page.text_width_mm, 64.0)
    head, tail = chart_space(theme, plot, legend="r", room=plot_room(size, SIDES_MM[0], LEGEND_MM, LAYERS_EDGES_MM), unnamed=[len(series)])
    return NativeChart(head=head, tail=tail, workbook=workbook_bytes(columns, own(SHEET)), width_mm=size[0], height_mm=size[1])


def _moment(at: datetime, opens_day: bool, timed: bool) -> str:
    """How a time axis names a local time: its day, its clock time, or, where the day begins on the axis, both."""
    day = f"{at.month}月{at.day}日"
    return day if not timed else f"{day} {at:%H:%M}" if opens_day else f"{at:%H:%M}"


def _counted(theme: Theme, most: float) -> str:
    """The value axis of counts."""
    from review.report.charts.axes import nice_top, value_ticks  # loads what pictures are drawn with, which a report without figures does not need

    top = nice_top(most)
    unit = max(1.0, value_ticks(0, top, 4)[1])
    return value_axis(theme, (42, 41), "l", (0.0, top, unit), "#,##0").replace('crossBetween val="midCat"', 'crossBetween val="between"')
