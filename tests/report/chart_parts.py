"""What every native chart must hold: its own copy of the numbers is that of its workbook, and its elements stand in the order of the schema."""

import io
import re
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from lxml import etree

from review.report.word_sheet import SHEET, serial

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
PLACED = re.compile(r"=(?:MIN\()?(?P<cell>[A-Z]+[0-9]+)(?:\*(?P<factor>[0-9.e-]+))?(?:,(?P<most>[0-9.e-]+)\))?\+(?P<base>[0-9.e-]+)")


def columns_of(book: bytes) -> dict[str, list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(book))[SHEET]
    return {str(column[0].value): [cell.value for cell in column[1:]] for column in sheet.iter_cols()}


def close(values: list[Any]) -> Any:
    """Spreadsheets keep 15 to 17 digits."""
    return [value if value is None else pytest.approx(value, rel=1e-14) for value in values]


def known(values: Any) -> list[Any]:
    return [value for value in values if value is not None]


def computed(sheet: Any, cell: Any) -> Any:
    """What a spreadsheet would show in a cell: of a formula of ours its result, of a time its number."""
    value = cell.value
    if cell.data_type == "f":
        parts = PLACED.fullmatch(value)
        assert parts is not None, value
        scaled = sheet[parts["cell"]].value * float(parts["factor"] or 1)
        return (min(scaled, float(parts["most"])) if parts["most"] else scaled) + float(parts["base"])
    return serial(value) if isinstance(value, datetime) else value


def check_caches(chart: bytes, book: bytes) -> None:
    """Every reference of the chart part against the cells it points at."""
    sheet = openpyxl.load_workbook(io.BytesIO(book))[SHEET]
    for reference in etree.fromstring(chart).iter(f"{C}numRef", f"{C}strRef"):
        where: Any = reference.findtext(f"{C}f")
        area = where.split("!")[1].replace("$", "")
        cells = [cell for row in sheet[area] for cell in row] if ":" in area else [sheet[area]]
        cache = {int(point.get("idx", "")): point.findtext(f"{C}v") for point in reference.iter(f"{C}pt")}
        count: Any = reference.find(f".//{C}ptCount")
        assert int(count.get("val")) == len(cells)
        for place, cell in enumerate(cells):
            value = computed(sheet, cell)
            if isinstance(value, str) or value is None:
                assert cache.get(place) == value
            else:
                assert float(cache[place] or "nan") == pytest.approx(value, abs=1e-6)


def check_order(chart: bytes) -> None:
    """CT_*Ser, CT_*Ax, CT_*Chart, CT_DPt, CT_DLbl of ISO/IEC 29500-1 §21.2."""
    axis = "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx crosses crossBetween auto lblAlgn"
    axis += " lblOffset tickLblSkip tickMarkSkip noMultiLvlLbl baseTimeUnit majorUnit majorTimeUnit"
    orders = {
        "ser": "idx order tx spPr invertIfNegative marker dPt dLbls errBars cat xVal val yVal smooth",
        "dPt": "idx invertIfNegative marker bubble3D spPr",
        "dLbl": "idx tx numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize",
        "errBars": "errDir errBarType errValType noEndCap plus minus val spPr",
        "chart": "autoTitleDeleted plotArea legend plotVisOnly dispBlanksAs",
        "plotArea": "layout scatterChart barChart lineChart catAx dateAx valAx",
        "barChart": "barDir grouping varyColors ser gapWidth overlap axId",
        "scatterChart": "scatterStyle varyColors ser axId",
        "manualLayout": "layoutTarget xMode yMode x y w h",
        **dict.fromkeys(("valAx", "catAx", "dateAx"), axis),
    }
    root = etree.fromstring(chart)
    for tag, order in orders.items():
        names = order.split()
        for node in root.iter(f"{C}{tag}"):
            places = [names.index(etree.QName(child).localname) for child in node]
            assert places == sorted(places), tag
