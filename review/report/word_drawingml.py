"""Pieces of Word's native charts: axes, series, markers, error bars, and the sheet whose columns they point at.

DrawingML charts, ISO/IEC 29500-1 §21.2; elements stand in schema order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor
from typing import Final
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from review.report.language import Language
from review.report.theme import Theme
from review.report.word_sheet import SHEET, Cell, ColumnRef, Place, SheetColumn, reference, serial
from review.report.word_text import safe

TIME: Final = 'm"月"d"日" hh:mm'
DAY: Final = 'm"月"d"日"'
PERCENT: Final = "0%"
EMU_PER_PT: Final = 12700
HOUR_STEPS: Final = (1, 2, 3, 6, 12, 24, 48, 72, 120, 168, 240, 336, 720)
MOST_TICKS: Final = 7


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


def filled(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour.removeprefix("#").upper()}"/></a:solidFill>'


def stroke(colour: str, points: float, dash: str = "") -> str:
    pattern = f'<a:prstDash val="{dash}"/>' if dash else ""
    return f'<a:ln w="{round(points * EMU_PER_PT)}" cap="flat">{filled(colour)}{pattern}<a:round/></a:ln>'


NO_LINE: Final = "<a:ln><a:noFill/></a:ln>"


def shaped(inner: str) -> str:
    return f"<c:spPr>{inner}</c:spPr>"


def mark(symbol: str, size: int, fill: str, edge: str) -> str:
    return f'<c:marker><c:symbol val="{symbol}"/><c:size val="{size}"/>{shaped(filled(fill) + stroke(edge, 0.75))}</c:marker>'


NO_MARKER: Final = '<c:marker><c:symbol val="none"/></c:marker>'


def number_ref(ref: ColumnRef) -> str:
    points = "".join(f'<c:pt idx="{index}"><c:v>{value!r}</c:v></c:pt>' for index, value in enumerate(ref.cells) if value is not None)
    return (
        f"<c:numRef><c:f>{escape(ref.formula)}</c:f><c:numCache><c:formatCode>{escape(ref.number_format)}</c:formatCode>"
        f'<c:ptCount val="{len(ref.cells)}"/>{points}</c:numCache></c:numRef>'
    )


def text_ref(ref: ColumnRef) -> str:
    points = "".join(f'<c:pt idx="{index}"><c:v>{escape(safe(str(value)))}</c:v></c:pt>' for index, value in enumerate(ref.cells) if value is not None)
    return f'<c:strRef><c:f>{escape(ref.formula)}</c:f><c:strCache><c:ptCount val="{len(ref.cells)}"/>{points}</c:strCache></c:strRef>'


def opening(index: int, ref: ColumnRef) -> str:
    name = f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(ref.name)}</c:v></c:pt></c:strCache>'
    return f'<c:idx val="{index}"/><c:order val="{index}"/><c:tx><c:strRef><c:f>{escape(ref.head)}</c:f>{name}</c:strRef></c:tx>'


def letters(theme: Theme, size: float, colour: str, bold: bool = False) -> str:
    fonts = theme.fonts
    return (
        f'<a:defRPr sz="{round(size * 100)}" b="{int(bold)}">{filled(colour)}<a:latin typeface={quoteattr(fonts.word_heading_latin)}/>'
        f"<a:ea typeface={quoteattr(fonts.word_heading)}/></a:defRPr>"
    )


def text_look(theme: Theme, size: float, colour: str, bold: bool = False) -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>{letters(theme, size, colour, bold)}</a:pPr><a:endParaRPr lang="{theme.language.region}"/></a:p></c:txPr>'
    )


SHOW_NOTHING: Final = (
    '<c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def value_axis(
    theme: Theme, ids: tuple[int, int], position: str, scale: tuple[float, float, float | None], number_format: str, *, grid: bool = True, title: str = ""
) -> str:
    """A valAx. ids: its own and the crossing axis; scale: least, most, major unit (None: Word's choice)."""
    low, high, unit = scale
    lines = f"<c:majorGridlines>{shaped(stroke(theme.colours.grid, 0.5))}</c:majorGridlines>" if grid else ""
    named = ""
    if title:
        named = (
            f"<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr>{letters(theme, theme.sizes.chart, theme.colours.muted)}</a:pPr>"
            f'<a:r><a:rPr lang="{theme.language.region}"/>'
            f'<a:t>{escape(title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
        )
    major = f'<c:majorUnit val="{unit!r}"/>' if unit is not None else ""
    return (
        f'<c:valAx><c:axId val="{ids[0]}"/><c:scaling><c:orientation val="minMax"/><c:max val="{high!r}"/><c:min val="{low!r}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{position}"/>{lines}{named}<c:numFmt formatCode={quoteattr(number_format)} sourceLinked="0"/><c:majorTickMark val="out"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="{"nextTo" if title else "low"}"/>{shaped(stroke(theme.colours.rule, 0.75))}'
        f'{text_look(theme, theme.sizes.chart, theme.colours.muted)}<c:crossAx val="{ids[1]}"/><c:crosses val="{"max" if title else "min"}"/>'
        f'<c:crossBetween val="{"between" if title else "midCat"}"/>{major}</c:valAx>'
    )


def chart_space(theme: Theme, plot: str, *, legend: str = "", room: str = "", unnamed: Sequence[int] = ()) -> tuple[str, str]:
    """The chart part before and after the workbook's relation id.

    legend: where it stands (t, r), '' for none; unnamed: the series it leaves out, ascending; room: a `plot_room`, '' for Word's choice.
    """
    look = text_look(theme, theme.sizes.chart, theme.colours.ink)
    silent = "".join(f'<c:legendEntry><c:idx val="{index}"/><c:delete val="1"/></c:legendEntry>' for index in unnamed)
    named = f'<c:legend><c:legendPos val="{legend}"/>{silent}<c:overlay val="0"/>{look}</c:legend>' if legend else ""
    head = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'<c:date1904 val="0"/><c:lang val="{theme.language.region}"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/>'
        f"<c:plotArea>{room or '<c:layout/>'}{plot}</c:plotArea>"
        f'{named}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>{shaped(filled(theme.colours.paper) + NO_LINE)}'
        f'{text_look(theme, theme.sizes.chart, theme.colours.ink)}<c:externalData r:id="'
    )
    return head, '"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'


def plot_room(size: tuple[float, float], left: float, right: float, edges: tuple[float, float]) -> str:
    """The plot's place on a sheet of this size: what is left free at the left, right, top and bottom (edges), all in mm. Labels may stand in the free room."""
    width, height = size
    top, bottom = edges
    share = {"x": left / width, "y": top / height, "w": (width - left - right) / width, "h": (height - top - bottom) / height}
    modes = '<c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
    places = "".join(f'<c:{name} val="{value:.5f}"/>' for name, value in share.items())
    return f"<c:layout><c:manualLayout>{modes}{places}</c:manualLayout></c:layout>"


def hidden(axis: str) -> str:
    """An axis that scales and is not drawn; its grid is."""
    return axis.replace('<c:delete val="0"/>', '<c:delete val="1"/>', 1)


def error_bars(plus: ColumnRef, minus: ColumnRef, direction: str, line: str) -> str:
    """Intervals out of two columns of distances."""
    way = f'<c:errDir val="{direction}"/>' if direction else ""
    return (
        f'<c:errBars>{way}<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="1"/><c:plus>{number_ref(plus)}</c:plus>'
        f"<c:minus>{number_ref(minus)}</c:minus>{shaped(line)}</c:errBars>"
    )


def lines_across(length: float, line: str) -> str:
    """From each point of a scatter series a line to the right, as long as this on the x axis."""
    way = '<c:errDir val="x"/><c:errBarType val="plus"/><c:errValType val="fixedVal"/>'
    return f'<c:errBars>{way}<c:noEndCap val="1"/><c:val val="{length!r}"/>{shaped(line)}</c:errBars>'


def drop_lines(direction: str, line: str) -> str:
    way = f'<c:errDir val="{direction}"/>' if direction else ""
    return f'<c:errBars>{way}<c:errBarType val="minus"/><c:errValType val="percentage"/><c:noEndCap val="1"/><c:val val="100"/>{shaped(line)}</c:errBars>'


def event_look(theme: Theme, numbers: Sequence[int | None], colour: str, symbol: str, turning: bool) -> tuple[str, str]:
    """Marker and number labels of a series of events (None: no event at this place). Turning events are filled, the others tinted: told apart in grey too."""
    fill, ink = (colour, theme.colours.paper) if turning else (theme.colours.band, theme.colours.ink)
    look = letters(theme, theme.sizes.chart - 1, ink, bold=True)
    return mark(symbol, 13, fill, colour), text_labels(theme, [None if number is None else str(number) for number in numbers], look, "ctr")


def text_labels(theme: Theme, texts: Sequence[str | None], look: str, position: str) -> str:
    """Words at the points of a series (None: none at this one). look: of `letters`; position: l, r, t, b, ctr."""
    run = look.replace("<a:defRPr", f'<a:rPr lang="{theme.language.region}"').replace("</a:defRPr>", "</a:rPr>")
    shown = SHOW_NOTHING.replace('<c:showVal val="0"/>', '<c:showVal val="1"/>')
    labels = "".join(
        f'<c:dLbl><c:idx val="{place}"/><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr>{look}</a:pPr>'
        f"<a:r>{run}<a:t>{escape(safe(text))}</a:t></a:r></a:p></c:rich></c:tx>"
        f'<c:dLblPos val="{position}"/>{shown}</c:dLbl>'
        for place, text in enumerate(texts)
        if text is not None
    )
    return f"<c:dLbls>{labels}{SHOW_NOTHING}</c:dLbls>"


class Sheet:
    """Columns by name, in the order in which they were added, all of one length: LibreOffice empties the columns before a longer one."""

    def __init__(self, rows: int, language: Language) -> None:
        self.rows = rows
        self.language = language
        self.columns: list[SheetColumn] = []

    def add(self, head: str, cells: Sequence[Cell], number_format: str, of: str = "") -> str:
        """Add a column; the head it got, by which it is found. head: words of ours; of: words of the data before them, which stay as they are."""
        own = self._unused(" ".join(part for part in (of, self.language.own(head)) if part))
        self.columns.append(SheetColumn(head=own, cells=(*cells, *(None,) * (self.rows - len(cells))), number_format=number_format))
        return own

    def place(self, of: str, place: Place) -> str:
        """Add a column with the values of another where the drawing puts them; its head."""
        there = self._index(of)
        head = self._unused(f"{self.columns[there].head} {self.language.own('位置')}")
        cells = tuple(place.of(value) if isinstance(value, float) else None for value in self.columns[there].cells)
        self.columns.append(SheetColumn(head=head, cells=cells, number_format="0.000", computed=(there, place)))
        return head

    def _unused(self, head: str) -> str:
        """The head, marked where a column has it already: heads come from data too."""
        taken = {column.head for column in self.columns}
        while head in taken:
            head += "*"
        return head

    def _index(self, head: str) -> int:
        heads = [column.head for column in self.columns]
        return heads.index(head if head in heads else self.language.own(head))

    def ref(self, head: str) -> ColumnRef:
        return reference(self.columns, self._index(head), self.language.own(SHEET))

    def pair(self, values: str, places: str) -> tuple[ColumnRef, ColumnRef]:
        return self.ref(values), self.ref(places)


def local_serial(at: datetime, zone: ZoneInfo) -> float:
    return serial(at.astimezone(zone).replace(tzinfo=None))


def scatter(index: int, columns: tuple[ColumnRef, ColumnRef], looks: tuple[str, str, str, str], named: ColumnRef | None = None) -> str:
    """A series of values over places; looks: line, marker, labels, error bars; named: the column whose head is its name, where that is not the values'."""
    y, x = columns
    line, marker, labels, bars = looks
    return (
        f"<c:ser>{opening(index, named or y)}{shaped(line)}{marker}{labels}{bars}<c:xVal>{number_ref(x)}</c:xVal><c:yVal>{number_ref(y)}</c:yVal>"
        '<c:smooth val="0"/></c:ser>'
    )


def time_span(first: float, last: float) -> tuple[float, float, float]:
    """Axis ends around first–last (days) and the step between labels, at most MOST_TICKS steps. The ends stand on round times less than a day outside."""
    hours = max((last - first) * 24, 1.0)
    step = next((one for one in HOUR_STEPS if hours / one <= MOST_TICKS - 1), ceil(hours / 24 / (MOST_TICKS - 1)) * 24) / 24
    grain = min(step, 1.0)
    low = floor(first / grain + 1e-9) * grain
    return low, max(ceil(last / grain - 1e-9) * grain, low + grain), step
