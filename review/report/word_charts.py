"""Native, editable Word charts of the figures; their workbooks hold the numbers of the ChartData."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

from review.report.chart_data import BandsChart, ChartData, CopiesChart, CurveChart, DailyChart, LayersChart, PanelsChart, Picture, ScoreChart
from review.report.charts import is_empty
from review.report.charts.placing import flag_lanes
from review.report.language import Language
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
    Sheet,
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
from review.report.word_sheet import SHEET, ColumnRef, serial, workbook_bytes

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
    sheet = _score_sheet(chart, theme.language)
    names, scores = sheet.ref("指标"), sheet.ref("得分")
    ranged = any(bar.high is not None for bar in chart.bars)
    ranges = error_bars(sheet.ref("向上"), sheet.ref("向下"), "", stroke(theme.colours.ink, 1.25)) if ranged else ""
    series = (
        f'<c:ser>{opening(0, scores)}{shaped(filled(theme.colours.brand))}<c:invertIfNegative val="0"/>{_tones(chart, theme)}'
        f"{_score_labels(chart, theme)}{ranges}<c:cat>{text_ref(names)}</c:cat><c:val>{number_ref(scores)}</c:val></c:ser>"
    )
    own = theme.language.own
    title = f"{own('得分')}（{chart.good_from:g} {own('起为良好')}，{chart.bad_below:g} {own('以下为不足')}）"
    plot = (
        f'<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}<c:gapWidth val="55"/>'
        '<c:axId val="21"/><c:axId val="22"/></c:barChart>'
        f"{_name_axis(theme)}{value_axis(theme, (22, 21), 'b', (0.0, 100.0, 25.0), '0', title=title)}"
    )
    height = min(24.0 + 6.6 * len(chart.bars), theme.page.height_mm - theme.page.top_mm - theme.page.bottom_mm - 30)
    return _native(sheet, chart_space(theme, plot), (theme.page.text_width_mm, height))


def _score_sheet(chart: ScoreChart, language: Language) -> Sheet:
    bars = chart.bars
    sheet = Sheet(len(bars), language)
    sheet.add("指标", [bar.name if bar.score is not None else f"{bar.name}({bar.state})" for bar in bars], "General")
    sheet.add("得分", [bar.score for bar in bars], "0.0")
    sheet.add("区间下限", [bar.low for bar in bars], "0.0")
    sheet.add("区间上限", [bar.high for bar in bars], "0.0")
    sheet.add("向上", [None if bar.high is None or bar.score is None else bar.high - bar.score for bar in bars], "0.0")
    sheet.add("向下", [None if bar.low is None or bar.score is None else bar.score - bar.low for bar in bars], "0.0")
    sheet.add("权重", [bar.weight for bar in bars], "General")
    sheet.add("维度", [bar.dimension for bar in bars], "General")
    sheet.add("状态", [bar.state for bar in bars], "General")
    return sheet


def _tones(chart: ScoreChart, theme: Theme) -> str:
    """Each bar in the colour of good, poor or between."""
    c = theme.colours

    def tone(score: float) -> str:
        return c.brand if score >= chart.good_from else c.public if score < chart.bad_below else c.series[2]

    return "".join(
        f'<c:dPt><c:idx val="{index}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{shaped(filled(tone(bar.score)))}</c:dPt>'
        for index, bar in enumerate(chart.bars)
        if bar.score is not None
    )


def _score_labels(chart: ScoreChart, theme: Theme) -> str:
    """The score inside its bar, behind it where the bar is too short."""
    form = '<c:numFmt formatCode="0.0" sourceLinked="0"/>'
    shown = SHOW_NOTHING.replace('<c:showVal val="0"/>', '<c:showVal val="1"/>')
    inside, behind = (text_look(theme, theme.sizes.chart, colour, bold=True) for colour in (theme.colours.paper, theme.colours.ink))
    short = "".join(
        f'<c:dLbl><c:idx val="{index}"/>{form}{behind}<c:dLblPos val="outEnd"/>{shown}</c:dLbl>'
        for index, bar in enumerate(chart.bars)
        if bar.score is not None and bar.score < ROOM_FOR_SCORE
    )
    return f'<c:dLbls>{short}{form}{inside}<c:dLblPos val="inBase"/>{shown}</c:dLbls>'


def _name_axis(theme: Theme) -> str:
    """The axis of the criteria, the first on top."""
    return (
        '<c:catAx><c:axId val="21"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/><c:axPos val="l"/>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f"{shaped(stroke(theme.colours.rule, 0.75))}{text_look(theme, theme.sizes.chart, theme.colours.ink)}"
        '<c:crossAx val="22"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/><c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def _native(sheet: Sheet, space: tuple[str, str], size: tuple[float, float]) -> NativeChart:
    """space: of `chart_space`; size: width and height in mm."""
    book = workbook_bytes(sheet.columns, sheet.language.own(SHEET))
    return NativeChart(head=space[0], tail=space[1], workbook=book, width_mm=size[0], height_mm=size[1])


def _daily(chart: DailyChart, theme: Theme) -> NativeChart:
    """Values and baseline as lines over a date axis, days left out as hollow marks, the numbers of each day's events at a line above them."""
    flags = _flags(chart)
    rows = _flag_rows(flags, theme)
    count = max((row for row in rows if row is not None), default=-1) + 1
    low, top = _value_span(chart)
    step = FLAG_MM / PLOT_MM * (top - low)  # from row to row of flags, which stand above the values
    sheet = Sheet(len(chart.days), theme.language)
    days = sheet.add("日期", [serial(day) for day in chart.days], DAY)
    values = sheet.add("", chart.values, "General", of=chart.name)
    baseline = sheet.add("同星期日常", chart.baseline, "General")
    left_out = sheet.add("剔除日", [value if day in chart.marked else None for day, value in zip(chart.days, chart.values, strict=True)], "General")
    events = sheet.add("事件", [None if row is None else top + step * (row + 0.5) for row in rows], "General")
    sheet.add("事件编号", flags, "@")
    c = theme.colours
    looks = {
        values: (stroke(c.accent, 1.75), NO_MARKER, "", ""),
        baseline: (stroke(c.muted, 1.0, "dash"), NO_MARKER, "", ""),
    }
    if any(cell is not None for cell in sheet.ref(left_out).cells):
        looks[left_out] = (NO_LINE, mark("diamond", 8, c.unknown, c.accent), "", "")
    if count:
        numbers = text_labels(theme, flags, letters(theme, theme.sizes.chart - 1, c.ink, bold=True), "r")
        looks[events] = (NO_LINE, mark("square", 3, c.ink, c.ink), numbers, drop_lines("y", stroke(c.ink, 0.5)))
    series = "".join(_day_series(index, sheet.ref(head), sheet.ref(days), look) for index, (head, look) in enumerate(looks.items()))
    plot = (
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/><c:axId val="31"/><c:axId val="32"/></c:lineChart>'
        f"{_day_axis(theme, len(chart.days))}{value_axis(theme, (32, 31), 'l', (low, top + step * count, None), '#,##0')}"
    )
    size = (theme.page.text_width_mm, sum(DAILY_EDGES_MM) + PLOT_MM + FLAG_MM * count)
    return _native(sheet, chart_space(theme, plot, legend="t", room=plot_room(size, *SIDES_MM, DAILY_EDGES_MM)), size)


def _flags(chart: DailyChart) -> list[str | None]:
    """The numbers of each day's events in order of time, None for a day without."""
    zone = ZoneInfo(chart.zone)
    numbers: dict[date, list[str]] = {}
    for event in sorted(chart.events, key=lambda one: (one.at, one.number)):
        numbers.setdefault(event.at.astimezone(zone).date(), []).append(str(event.number))
    return ["、".join(numbers[day]) if day in numbers else None for day in chart.days]


def _flag_rows(flags: Sequence[str | None], theme: Theme) -> list[int | None]:
    """The row of each day's flag, 0 the lowest, so that none stands on the line of another; None for a day without."""
    pitch = (theme.page.text_width_mm - sum(SIDES_MM)) / max(len(flags) - 1, 1)
    stems = [index * pitch for index, flag in enumerate(flags) if flag is not None]
    widths = [len(flag) * theme.sizes.chart * MM_PER_POINT for flag in flags if flag is not None]  # never less than it is drawn
    rows = iter(flag_lanes(stems, widths, 1.0))
    return [None if flag is None else next(rows) for flag in flags]


def _value_span(chart: DailyChart) -> tuple[float, float]:
    """The axis below and above the values: from nought, or from near the least where all lie close together."""
    known = [value for value in (*chart.values, *chart.baseline) if value is not None]
    peak, least = max(known), min(known)
    top = peak * 1.12 if peak > 0 else 1.0
    unit = 10.0 ** floor(log10(top))
    low = min(0.0, least) if least <= 0.6 * peak else floor(least * 0.98 / unit * 20) * unit / 20
    return low, ceil(top / (unit / 2)) * unit / 2


def _day_axis(theme: Theme, days: int) -> str:
    """The date axis: each day named, or of many only every so many weeks."""
    every = max(1, ceil(days / MOST_TICKS / 7) * 7) if days > MOST_TICKS else 1
    return (
        '<c:dateAx><c:axId val="31"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        f'<c:numFmt formatCode={quoteattr(DAY)} sourceLinked="0"/><c:majorTickMark val="out"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f"{shaped(stroke(theme.colours.rule, 0.75))}{text_look(theme, theme.sizes.chart, theme.colours.muted)}"
        '<c:crossAx val="32"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblOffset val="100"/><c:baseTimeUnit val="days"/>'
        f'<c:majorUnit val="{every}"/><c:majorTimeUnit val="days"/></c:dateAx>'
    )


def _day_series(index: int, y: ColumnRef, x: ColumnRef, looks: tuple[str, str, str, str]) -> str:
    line, marker, labels, bars = looks
    return (
        f'<c:ser>{opening(index, y)}{shaped(line)}{marker}{labels}{bars}<c:cat>{number_ref(x)}</c:cat><c:val>{number_ref(y)}</c:val><c:smooth val="0"/></c:ser>'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Buckets:
    """The columns of a stack: where each begins, of which the first `before` are empty, so that every `skip`th, which is named, stands on a round time.

    timed: the names are less than a day apart.
    """

    starts: tuple[float, ...]
    before: int
    skip: int
    timed: bool


def _layers(chart: LayersChart, theme: Theme) -> NativeChart:
    """Stacked columns a bucket, dark below (straight from the original) to light above, unknown ways hollow on top; the legend in the order of the stack."""
    buckets = _buckets(chart)
    stacked = [*chart.layers, *([chart.unknown] if any(chart.unknown[1]) else [])]
    sheet = Sheet(len(buckets.starts), theme.language)
    starts = sheet.add("时段起", buckets.starts, TIME)
    heads = [sheet.add("", (*(None,) * buckets.before, *map(float, counts)), "#,##0", of=name) for name, counts in stacked]
    # LibreOffice knows no steps between the names of columns: names of our own, at points on the base line
    ticks = sheet.add("时间刻度", [None if row % buckets.skip else 0.0 for row in range(sheet.rows)], "0")
    names = text_labels(theme, _bucket_names(chart, buckets), letters(theme, theme.sizes.chart, theme.colours.muted), "b")
    columns = "".join(
        f'<c:ser>{opening(k, sheet.ref(head))}{shaped(_layer_look(k, k >= len(chart.layers), theme))}<c:invertIfNegative val="0"/>'
        f"<c:cat>{number_ref(sheet.ref(starts))}</c:cat><c:val>{number_ref(sheet.ref(head))}</c:val></c:ser>"
        for k, head in enumerate(heads)
    )
    base_line = _day_series(len(heads), sheet.ref(ticks), sheet.ref(starts), (NO_LINE, NO_MARKER, names, ""))
    plot = (
        f'<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>{columns}<c:gapWidth val="8"/><c:overlap val="100"/>'
        '<c:axId val="41"/><c:axId val="42"/></c:barChart>'
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{base_line}<c:marker val="1"/><c:axId val="41"/><c:axId val="42"/></c:lineChart>'
        f"{_bucket_axis(theme)}{_counted(theme, max(map(sum, zip(*(counts for _, counts in stacked), strict=True))))}"
    )
    size = (theme.page.text_width_mm, 64.0)
    room = plot_room(size, SIDES_MM[0], LEGEND_MM, LAYERS_EDGES_MM)
    return _native(sheet, chart_space(theme, plot, legend="r", room=room, unnamed=[len(heads)]), size)


def _buckets(chart: LayersChart) -> _Buckets:
    zone, width = ZoneInfo(chart.zone), chart.bucket_minutes / 1440
    starts = [local_serial(at, zone) for at in chart.starts]
    low, _, unit = time_span(starts[0], starts[-1] + width)
    before = round((starts[0] - low) / width)
    empty = (starts[0] - width * (before - row) for row in range(before))
    return _Buckets(starts=(*empty, *starts), before=before, skip=max(1, round(unit / width)), timed=unit < 1)


def _bucket_names(chart: LayersChart, buckets: _Buckets) -> list[str | None]:
    """The local time at every `skip`th column, with its day where that begins; None at the others."""
    zone = ZoneInfo(chart.zone)
    names: list[str | None] = [None] * len(buckets.starts)
    day: date | None = None
    for row in range(0, len(names), buckets.skip):
        at = (chart.starts[0] + timedelta(minutes=chart.bucket_minutes * (row - buckets.before))).astimezone(zone)
        names[row] = _moment(at, at.date() != day, buckets.timed)
        day = at.date()
    return names


def _layer_look(layer: int, unknown: bool, theme: Theme) -> str:
    c = theme.colours
    return filled(c.paper) + stroke(c.muted, 0.5) if unknown else filled(c.series[TONES[layer % len(TONES)] % len(c.series)]) + NO_LINE


def _bucket_axis(theme: Theme) -> str:
    """The axis below the columns, without names: they stand at points of their own."""
    return (
        '<c:catAx><c:axId val="41"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        f'<c:numFmt formatCode={quoteattr(TIME)} sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="none"/>{shaped(stroke(theme.colours.rule, 0.75))}'
        '<c:crossAx val="42"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/><c:noMultiLvlLbl val="1"/></c:catAx>'
    )


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
