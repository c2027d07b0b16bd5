"""Native, editable Word charts for the emotion curve, the scorecard and daily series; their workbooks hold the numbers of the ChartData.

DrawingML charts, ISO/IEC 29500-1 §21.2; elements stand in schema order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from review.report.chart_data import ChartData, CurveChart, DailyChart, Picture, ScoreChart, TimedEvent
from review.report.charts import is_empty
from review.report.charts.placing import levels
from review.report.language import Language
from review.report.theme import Theme
from review.report.word_sheet import SHEET, Cell, ColumnRef, SheetColumn, reference, serial, workbook_bytes
from review.report.word_text import safe

TIME: Final = 'm"月"d"日" hh:mm'
DAY: Final = 'm"月"d"日"'
PERCENT: Final = "0%"
ABOUT_PERCENT: Final = '"约"0%'
EXACT_PERCENT: Final = "0.0%"
EMU_PER_PT: Final = 12700
EVENT_GAP: Final = 0.04  # share of the time axis that a numbered marker covers
EVENT_STEP: Final = 0.09  # share of the value axis between two rows of markers
HOUR_STEPS: Final = (1, 2, 3, 6, 12, 24, 48, 72, 120, 168, 240, 336, 720)
MOST_TICKS: Final = 7
ROOM_FOR_SCORE: Final = 12.0  # a shorter bar has its score behind it instead of inside


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeChart:
    """A chart part up to its link to the workbook: `head` + relation id + `tail`; the workbook; the size on the page."""

    head: str
    tail: str
    workbook: bytes
    width_mm: float
    height_mm: float

    def xml(self, relation: str) -> bytes:
        """The chart part, its workbook being behind this relation id."""
        return f"{self.head}{relation}{self.tail}".encode()


def native_chart(chart: ChartData | Picture, theme: Theme) -> NativeChart | None:
    """The chart as Word's own, None for kinds that Word has not and for the small curve of the summary. Raises ValueError for an empty chart."""
    if is_empty(chart):
        raise ValueError(f"nothing to draw in {type(chart).__name__}")
    match chart:
        case CurveChart(small=False):
            return _curve(chart, theme)
        case ScoreChart():
            return _scores(chart, theme)
        case DailyChart():
            return _daily(chart, theme)
        case _:
            return None


# pieces of DrawingML


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour.removeprefix("#").upper()}"/></a:solidFill>'


def _line(colour: str, points: float, dash: str = "") -> str:
    pattern = f'<a:prstDash val="{dash}"/>' if dash else ""
    return f'<a:ln w="{round(points * EMU_PER_PT)}" cap="flat">{_fill(colour)}{pattern}<a:round/></a:ln>'


NO_LINE: Final = "<a:ln><a:noFill/></a:ln>"


def _shape(inner: str) -> str:
    return f"<c:spPr>{inner}</c:spPr>"


def _marker(symbol: str, size: int, fill: str, edge: str) -> str:
    return f'<c:marker><c:symbol val="{symbol}"/><c:size val="{size}"/>{_shape(_fill(fill) + _line(edge, 0.75))}</c:marker>'


NO_MARKER: Final = '<c:marker><c:symbol val="none"/></c:marker>'


def _numbers(ref: ColumnRef) -> str:
    points = "".join(f'<c:pt idx="{index}"><c:v>{value!r}</c:v></c:pt>' for index, value in enumerate(ref.cells) if value is not None)
    return (
        f"<c:numRef><c:f>{escape(ref.formula)}</c:f><c:numCache><c:formatCode>{escape(ref.number_format)}</c:formatCode>"
        f'<c:ptCount val="{len(ref.cells)}"/>{points}</c:numCache></c:numRef>'
    )


def _texts(ref: ColumnRef) -> str:
    points = "".join(f'<c:pt idx="{index}"><c:v>{escape(safe(str(value)))}</c:v></c:pt>' for index, value in enumerate(ref.cells) if value is not None)
    return f'<c:strRef><c:f>{escape(ref.formula)}</c:f><c:strCache><c:ptCount val="{len(ref.cells)}"/>{points}</c:strCache></c:strRef>'


def _opening(index: int, ref: ColumnRef) -> str:
    name = f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(ref.name)}</c:v></c:pt></c:strCache>'
    return f'<c:idx val="{index}"/><c:order val="{index}"/><c:tx><c:strRef><c:f>{escape(ref.head)}</c:f>{name}</c:strRef></c:tx>'


def _type(theme: Theme, size: float, colour: str, bold: bool = False) -> str:
    fonts = theme.fonts
    return (
        f'<a:defRPr sz="{round(size * 100)}" b="{int(bold)}">{_fill(colour)}<a:latin typeface={quoteattr(fonts.word_heading_latin)}/>'
        f"<a:ea typeface={quoteattr(fonts.word_heading)}/></a:defRPr>"
    )


def _text_properties(theme: Theme, size: float, colour: str, bold: bool = False) -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>{_type(theme, size, colour, bold)}</a:pPr><a:endParaRPr lang="{theme.language.region}"/></a:p></c:txPr>'
    )


SHOW_NOTHING: Final = (
    '<c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def _value_axis(
    theme: Theme, ids: tuple[int, int], position: str, scale: tuple[float, float, float | None], number_format: str, *, grid: bool = True, title: str = ""
) -> str:
    """A valAx. ids: its own and the crossing axis; scale: least, most, major unit (None: Word's choice)."""
    low, high, unit = scale
    lines = f"<c:majorGridlines>{_shape(_line(theme.colours.grid, 0.5))}</c:majorGridlines>" if grid else ""
    named = ""
    if title:
        named = (
            f"<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr>{_type(theme, theme.sizes.chart, theme.colours.muted)}</a:pPr>"
            f'<a:r><a:rPr lang="{theme.language.region}"/>'
            f'<a:t>{escape(title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
        )
    major = f'<c:majorUnit val="{unit!r}"/>' if unit is not None else ""
    return (
        f'<c:valAx><c:axId val="{ids[0]}"/><c:scaling><c:orientation val="minMax"/><c:max val="{high!r}"/><c:min val="{low!r}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{position}"/>{lines}{named}<c:numFmt formatCode={quoteattr(number_format)} sourceLinked="0"/><c:majorTickMark val="out"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="{"nextTo" if title else "low"}"/>{_shape(_line(theme.colours.rule, 0.75))}'
        f'{_text_properties(theme, theme.sizes.chart, theme.colours.muted)}<c:crossAx val="{ids[1]}"/><c:crosses val="{"max" if title else "min"}"/>'
        f'<c:crossBetween val="{"between" if title else "midCat"}"/>{major}</c:valAx>'
    )


def _space(theme: Theme, plot: str, *, legend: bool) -> tuple[str, str]:
    """The chart part before and after the workbook's relation id."""
    look = _text_properties(theme, theme.sizes.chart, theme.colours.ink)
    named = f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{look}</c:legend>' if legend else ""
    head = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'<c:date1904 val="0"/><c:lang val="{theme.language.region}"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/>'
        f"<c:plotArea><c:layout/>{plot}</c:plotArea>"
        f'{named}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>{_shape(_fill(theme.colours.paper) + NO_LINE)}'
        f'{_text_properties(theme, theme.sizes.chart, theme.colours.ink)}<c:externalData r:id="'
    )
    return head, '"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'


def _error_bars(plus: ColumnRef, minus: ColumnRef, direction: str, line: str) -> str:
    """Intervals out of two columns of distances."""
    way = f'<c:errDir val="{direction}"/>' if direction else ""
    return (
        f'<c:errBars>{way}<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="1"/><c:plus>{_numbers(plus)}</c:plus>'
        f"<c:minus>{_numbers(minus)}</c:minus>{_shape(line)}</c:errBars>"
    )


def _drop_lines(direction: str, line: str) -> str:
    way = f'<c:errDir val="{direction}"/>' if direction else ""
    return f'<c:errBars>{way}<c:errBarType val="minus"/><c:errValType val="percentage"/><c:noEndCap val="1"/><c:val val="100"/>{_shape(line)}</c:errBars>'


def _event_look(theme: Theme, numbers: Sequence[int | None], colour: str, symbol: str, turning: bool) -> tuple[str, str]:
    """Marker and number labels of a series of events (None: no event at this place). Turning events are filled, the others tinted: told apart in grey too."""
    fill, ink = (colour, theme.colours.paper) if turning else (theme.colours.band, theme.colours.ink)
    look = _type(theme, theme.sizes.chart - 1, ink, bold=True)
    run = look.replace("<a:defRPr", f'<a:rPr lang="{theme.language.region}"').replace("</a:defRPr>", "</a:rPr>")
    shown = SHOW_NOTHING.replace('<c:showVal val="0"/>', '<c:showVal val="1"/>')
    labels = "".join(
        f'<c:dLbl><c:idx val="{place}"/><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr>{look}</a:pPr>'
        f"<a:r>{run}<a:t>{number}</a:t></a:r></a:p></c:rich></c:tx>"
        f'<c:dLblPos val="ctr"/>{shown}</c:dLbl>'
        for place, number in enumerate(numbers)
        if number is not None
    )
    return _marker(symbol, 13, fill, colour), f"<c:dLbls>{labels}{SHOW_NOTHING}</c:dLbls>"


# the three kinds


class _Sheet:
    """Columns by name, in the order in which they were added, all of one length: LibreOffice empties the columns before a longer one."""

    def __init__(self, rows: int, language: Language) -> None:
        self.rows = rows
        self.language = language
        self.columns: list[SheetColumn] = []

    def add(self, head: str, cells: tuple[Cell, ...], number_format: str) -> None:
        self.columns.append(SheetColumn(head=self.language.own(head), cells=cells + (None,) * (self.rows - len(cells)), number_format=number_format))

    def ref(self, head: str) -> ColumnRef:
        there = self.language.own(head)
        return reference(self.columns, next(index for index, column in enumerate(self.columns) if column.head == there), self.language.own(SHEET))

    def pair(self, values: str, places: str) -> tuple[ColumnRef, ColumnRef]:
        return self.ref(values), self.ref(places)


def _local(at: datetime, zone: ZoneInfo) -> float:
    return serial(at.astimezone(zone).replace(tzinfo=None))


def _curve(chart: CurveChart, theme: Theme) -> NativeChart:
    """Points with intervals, smooth line, steps, trigger, numbered events with drop lines: a scatter chart, as Word's line charts know days only."""
    zone = ZoneInfo(chart.zone)
    c = theme.colours
    points = sorted(chart.points, key=lambda point: point.at)
    steps = [cell for regime in chart.regimes for cell in ((_local(regime.start, zone), regime.share), (_local(regime.end, zone), regime.share), (None, None))]
    times = [_local(point.at, zone) for point in points] + [at for at, _ in steps if at is not None] + [_local(event.at, zone) for event in chart.events]
    low, high, unit = _time_span(min(times), max(times))
    peak = max([point.high if point.high is not None else point.share for point in points] + [chart.trigger or 0.0])
    top = min(1.0, max(0.2, ceil(peak * 5 - 1e-9) / 5))
    trigger = (chart.trigger, chart.trigger) if chart.trigger is not None else ()
    sheet = _Sheet(max(len(points), len(chart.smooth), len(steps), len(chart.events), 2), theme.language)
    series: list[str] = []
    sheet.add("时间", tuple(_local(point.at, zone) for point in points), TIME)
    sheet.add("负面占比", tuple(None if point.thin else point.share for point in points), EXACT_PERCENT)
    sheet.add("负面占比(样本偏少)", tuple(point.share if point.thin else None for point in points), EXACT_PERCENT)
    sheet.add("区间下限", tuple(point.low for point in points), EXACT_PERCENT)
    sheet.add("区间上限", tuple(point.high for point in points), EXACT_PERCENT)
    sheet.add("向上误差", tuple(None if point.high is None else point.high - point.share for point in points), EXACT_PERCENT)
    sheet.add("向下误差", tuple(None if point.low is None else point.share - point.low for point in points), EXACT_PERCENT)
    sheet.add("评论数", tuple(None if point.n is None else float(point.n) for point in points), "0")
    sheet.add("走势时间", tuple(_local(at, zone) for at, _ in chart.smooth), TIME)
    sheet.add("平滑走势", tuple(value for _, value in chart.smooth), EXACT_PERCENT)
    sheet.add("阶段时间", tuple(at for at, _ in steps), TIME)
    sheet.add("阶段水平", tuple(share for _, share in steps), EXACT_PERCENT)
    sheet.add("预警线时间", (low, high) if trigger else (), TIME)
    sheet.add("预警线", trigger, PERCENT)
    known = any(point.high is not None for point in points)
    for name, marker, width in (
        ("负面占比(样本偏少)", _marker("circle", 4, c.unknown, c.unknown), 0.75),
        ("负面占比", _marker("circle", 5, c.public, c.paper), 1.5),
    ):
        bars = _error_bars(sheet.ref("向上误差"), sheet.ref("向下误差"), "y", _line(c.band, width)) if known else ""
        if any(cell is not None for cell in sheet.ref(name).cells):
            series.append(_scatter(len(series), sheet.pair(name, "时间"), (NO_LINE, marker, "", bars)))
    for name, at, line in (
        ("平滑走势", "走势时间", _line(c.public, 1.0)),
        ("阶段水平", "阶段时间", _line(c.ink, 2.0)),
        ("预警线", "预警线时间", _line(c.ink, 0.75, "dash")),
    ):
        if any(cell is not None for cell in sheet.ref(name).cells):
            series.append(_scatter(len(series), sheet.pair(name, at), (line, NO_MARKER, "", "")))
    crown = top
    for side, side_name, colour, symbol in (("public", "舆论侧事件", c.public, "circle"), ("brand", "品牌侧事件", c.brand, "square")):
        events = [event for event in sorted(chart.events, key=lambda one: (one.at, one.number)) if event.side == side]
        rows = levels([_local(event.at, zone) for event in events], EVENT_GAP * (high - low))
        heights = [crown + top * EVENT_STEP * (1 + row) for row in rows]
        crown += top * EVENT_STEP * (max(rows, default=-1) + 1)
        if events:
            sheet.add(f"{side_name}时间", tuple(_local(event.at, zone) for event in events), TIME)
            sheet.add(f"{side_name}编号", tuple(float(event.number) for event in events), "0")
            sheet.add(f"{side_name}内容", tuple(event.label for event in events), "@")
        for turning in (False, True):
            numbers = [event.number if event.turning == turning else None for event in events]
            if any(number is not None for number in numbers):
                name = side_name + ("(转折)" if turning else "")
                sheet.add(name, tuple(y if number is not None else None for y, number in zip(heights, numbers, strict=True)), PERCENT)
                marker, labels = _event_look(theme, numbers, colour, symbol, turning)
                drops = _drop_lines("y", _line(colour, 1.0 if turning else 0.5))
                series.append(_scatter(len(series), sheet.pair(name, f"{side_name}时间"), (NO_LINE, marker, labels, drops)))
    ceiling = crown + top * EVENT_STEP * 0.6 if chart.events else top
    percents = ABOUT_PERCENT if chart.rough else PERCENT
    shares = f'[<=1.001]{percents};""' if top == 1.0 else percents
    plot = (
        f'<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>{"".join(series)}<c:axId val="11"/><c:axId val="12"/></c:scatterChart>'
        f"{_value_axis(theme, (11, 12), 'b', (low, high, unit), TIME if unit < 1 else DAY, grid=False)}"
        f"{_value_axis(theme, (12, 11), 'l', (0.0, ceiling, 0.2), shares)}"
    )
    head, tail = _space(theme, plot, legend=True)
    return NativeChart(
        head=head, tail=tail, workbook=workbook_bytes(sheet.columns, theme.language.own(SHEET)), width_mm=theme.page.text_width_mm, height_mm=92.0
    )


def _scatter(index: int, columns: tuple[ColumnRef, ColumnRef], looks: tuple[str, str, str, str]) -> str:
    """A series of values over places; looks: line, marker, labels, error bars."""
    y, x = columns
    line, marker, labels, bars = looks
    return (
        f"<c:ser>{_opening(index, y)}{_shape(line)}{marker}{labels}{bars}<c:xVal>{_numbers(x)}</c:xVal><c:yVal>{_numbers(y)}</c:yVal>"
        '<c:smooth val="0"/></c:ser>'
    )


def _time_span(first: float, last: float) -> tuple[float, float, float]:
    """Axis ends on round times around first–last (days) and the step between labels, at most MOST_TICKS steps."""
    hours = max((last - first) * 24, 1.0)
    step = next((one for one in HOUR_STEPS if hours / one <= MOST_TICKS - 1), ceil(hours / 24 / (MOST_TICKS - 1)) * 24) / 24
    low = floor(first / step + 1e-9) * step
    return low, max(ceil(last / step - 1e-9) * step, low + step), step


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
        f'<c:dPt><c:idx val="{index}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{_shape(_fill(tone(bar.score)))}</c:dPt>'
        for index, bar in enumerate(bars)
        if bar.score is not None
    )
    shown = SHOW_NOTHING.replace('<c:showVal val="0"/>', '<c:showVal val="1"/>')
    small = "".join(
        f'<c:dLbl><c:idx val="{index}"/><c:numFmt formatCode="0.0" sourceLinked="0"/>{_text_properties(theme, theme.sizes.chart, c.ink, bold=True)}'
        f'<c:dLblPos val="outEnd"/>{shown}</c:dLbl>'
        for index, bar in enumerate(bars)
        if bar.score is not None and bar.score < ROOM_FOR_SCORE
    )
    labels = (
        f'<c:dLbls>{small}<c:numFmt formatCode="0.0" sourceLinked="0"/>{_text_properties(theme, theme.sizes.chart, c.paper, bold=True)}'
        f'<c:dLblPos val="inBase"/>{shown}</c:dLbls>'
    )
    ranges = _error_bars(refs[4], refs[5], "", _line(c.ink, 1.25)) if any(bar.high is not None for bar in bars) else ""
    series = (
        f'<c:ser>{_opening(0, refs[1])}{_shape(_fill(c.brand))}<c:invertIfNegative val="0"/>{points}{labels}{ranges}'
        f"<c:cat>{_texts(refs[0])}</c:cat><c:val>{_numbers(refs[1])}</c:val></c:ser>"
    )
    title = f"{own('得分')}({chart.good_from:g} {own('起为良好')},{chart.bad_below:g} {own('以下为不足')})"
    plot = (
        f'<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}<c:gapWidth val="55"/>'
        '<c:axId val="21"/><c:axId val="22"/>'
        '</c:barChart><c:catAx><c:axId val="21"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/><c:axPos val="l"/>'
        f'<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f"{_shape(_line(c.rule, 0.75))}{_text_properties(theme, theme.sizes.chart, c.ink)}"
        '<c:crossAx val="22"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f"{_value_axis(theme, (22, 21), 'b', (0.0, 100.0, 25.0), '0', title=title)}"
    )
    head, tail = _space(theme, plot, legend=False)
    height = min(24.0 + 6.6 * len(bars), theme.page.height_mm - theme.page.top_mm - theme.page.bottom_mm - 30)
    return NativeChart(head=head, tail=tail, workbook=workbook_bytes(columns, own(SHEET)), width_mm=theme.page.text_width_mm, height_mm=height)


def _daily(chart: DailyChart, theme: Theme) -> NativeChart:
    """Values and baseline as lines over a date axis, days left out as hollow marks, events as numbers over the lines."""
    zone = ZoneInfo(chart.zone)
    c, own = theme.colours, theme.language.own
    known = [value for value in (*chart.values, *chart.baseline) if value is not None]
    peak, least = max(known), min(known)
    top = peak * 1.12 if peak > 0 else 1.0
    unit = 10.0 ** floor(log10(top))
    top = ceil(top / (unit / 2)) * unit / 2
    on_day = {day: index for index, day in enumerate(chart.days)}
    events = [event for event in sorted(chart.events, key=lambda one: (one.at, one.number)) if event.at.astimezone(zone).date() in on_day]
    # one number a day: the first event of a day stands for the others, which the table explains
    first: dict[int, TimedEvent] = {}
    for event in events:
        first.setdefault(on_day[event.at.astimezone(zone).date()], event)
    rows = dict(zip(first, levels([float(index) for index in first], EVENT_GAP * len(chart.days)), strict=True))
    heights = tuple(top * (1 - EVENT_STEP * rows[index]) if index in rows else None for index in range(len(chart.days)))
    columns = [
        SheetColumn(head=own("日期"), cells=tuple(serial(day) for day in chart.days), number_format=DAY),
        SheetColumn(head=chart.name, cells=chart.values),
        SheetColumn(head=own("同星期日常"), cells=chart.baseline),
        SheetColumn(head=own("剔除日"), cells=tuple(value if day in chart.marked else None for day, value in zip(chart.days, chart.values, strict=True))),
        SheetColumn(head=own("事件"), cells=heights),
        SheetColumn(head=own("事件编号"), cells=tuple(float(first[index].number) if index in first else None for index in range(len(chart.days)))),
    ]
    refs = [reference(columns, index, own(SHEET)) for index in range(len(columns))]
    series = [
        _day_series(0, refs[1], refs[0], (_line(c.accent, 1.75), NO_MARKER, "", "")),
        _day_series(1, refs[2], refs[0], (_line(c.muted, 1.0, "dash"), NO_MARKER, "", "")),
    ]
    if any(cell is not None for cell in refs[3].cells):
        series.append(_day_series(len(series), refs[3], refs[0], (NO_LINE, _marker("diamond", 8, c.unknown, c.accent), "", "")))
    if first:
        numbers = [first[index].number if index in first else None for index in range(len(chart.days))]
        marker, labels = _event_look(theme, numbers, c.public, "circle", turning=False)
        series.append(_day_series(len(series), refs[4], refs[0], (NO_LINE, marker, labels, _drop_lines("y", _line(c.public, 0.5)))))
    every = max(1, ceil(len(chart.days) / MOST_TICKS / 7) * 7) if len(chart.days) > MOST_TICKS else 1
    low = min(0.0, least) if least <= 0.6 * peak else floor(least * 0.98 / unit * 20) * unit / 20
    plot = (
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{"".join(series)}<c:marker val="1"/>'
        '<c:axId val="31"/><c:axId val="32"/></c:lineChart>'
        '<c:dateAx><c:axId val="31"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        f'<c:numFmt formatCode={quoteattr(DAY)} sourceLinked="0"/><c:majorTickMark val="out"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f"{_shape(_line(c.rule, 0.75))}{_text_properties(theme, theme.sizes.chart, c.muted)}"
        '<c:crossAx val="32"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblOffset val="100"/><c:baseTimeUnit val="days"/>'
        f'<c:majorUnit val="{every}"/><c:majorTimeUnit val="days"/></c:dateAx>'
        f"{_value_axis(theme, (32, 31), 'l', (low, top, None), '#,##0')}"
    )
    head, tail = _space(theme, plot, legend=True)
    return NativeChart(head=head, tail=tail, workbook=workbook_bytes(columns, own(SHEET)), width_mm=theme.page.text_width_mm, height_mm=72.0)


def _day_series(index: int, y: ColumnRef, x: ColumnRef, looks: tuple[str, str, str, str]) -> str:
    line, marker, labels, bars = looks
    return f'<c:ser>{_opening(index, y)}{_shape(line)}{marker}{labels}{bars}<c:cat>{_numbers(x)}</c:cat><c:val>{_numbers(y)}</c:val><c:smooth val="0"/></c:ser>'
