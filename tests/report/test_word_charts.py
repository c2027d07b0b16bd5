"""The native Word charts of the appendix: their workbooks hold the numbers of the figures, and a changed number moves its point."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from chart_parts import C, check_caches, check_order, close, columns_of, known
from lxml import etree
from specimen import HOSTILE, ZONE, curve_chart, daily_chart, hours
from test_charts import DENSE, bands_chart, copies_chart, crowd, layers_chart, panels_chart

from review.report.chart_data import BandsChart, ChartData, CopiesChart, CopyLane, LayersChart, PanelsChart
from review.report.compose.events import MOST_EVENTS
from review.report.theme import load_theme
from review.report.word_charts import native_chart
from review.report.word_curve import PLOT_MM
from review.report.word_drawingml import MOST_TICKS, NativeChart, local_serial, time_span
from review.report.word_sheet import SHEET

THEME = load_theme(None)
HANT = load_theme(None, "zh-Hant")
CASES: dict[str, ChartData] = {
    "bands": bands_chart(),
    "panels": panels_chart(),
    "layers": layers_chart(),
    "copies": copies_chart(),
    **{name: chart for name, chart in DENSE.items() if isinstance(chart, BandsChart | PanelsChart | LayersChart | CopiesChart)},
}


def made(chart: ChartData) -> NativeChart:
    native = native_chart(chart, THEME)
    assert native is not None
    return native


@pytest.mark.parametrize("name", CASES)
def test_the_chart_shows_what_its_workbook_holds_in_the_order_of_the_schema(name: str) -> None:
    native = made(CASES[name])
    check_caches(native.xml("rId1"), native.workbook)
    check_order(native.xml("rId1"))
    assert made(CASES[name]) == native
    assert 0 < native.height_mm <= THEME.page.height_mm - THEME.page.top_mm - THEME.page.bottom_mm


def test_the_workbook_of_the_emotions_holds_each_share_and_the_number_of_comments() -> None:
    chart = bands_chart()
    columns = columns_of(made(chart).workbook)
    firm = [not span.thin for span in chart.spans]
    for name, values in chart.bands:
        assert known(columns[name]) == close([value for value, is_firm in zip(values, firm, strict=True) if is_firm])
        assert known(columns[f"{name} （条数过少）"]) == close([value for value, is_firm in zip(values, firm, strict=True) if not is_firm])
    assert sorted(known(columns["条数"]) + known(columns["条数（过少）"])) == sorted(span.n for span in chart.spans)
    gaps = sum(one.end < other.start for one, other in zip(chart.spans, chart.spans[1:], strict=False))
    assert gaps > 0
    rows = columns["时段中点"][: len(chart.spans) + gaps]
    assert rows.count(None) == gaps  # where the lines break


def test_the_workbook_of_the_platforms_holds_the_points_of_each_curve() -> None:
    chart = panels_chart()
    columns = columns_of(made(chart).workbook)
    for panel in chart.panels:
        points = panel.curve.points
        solid, thin = columns[f"{panel.name} 负面占比"], columns[f"{panel.name} 负面占比（样本偏少）"]
        assert [a if a is not None else b for a, b in zip(solid, thin, strict=True)][: len(points)] == close([point.share for point in points])
        assert [i for i, value in enumerate(thin) if value is not None] == [i for i, point in enumerate(points) if point.thin]
        assert known(columns[f"{panel.name} 区间下限"]) == close([point.low for point in points])
        assert known(columns[f"{panel.name} 区间上限"]) == close([point.high for point in points])
        assert known(columns[f"{panel.name} 条数"]) == [point.n for point in points]
        assert known(columns[f"{panel.name} 阶段水平"])[::2] == close([regime.share for regime in panel.curve.regimes])
        assert known(columns[f"{panel.name} 预警线"]) == [panel.curve.trigger] * 2


def test_the_workbook_of_the_layers_holds_the_reposts_of_each_bucket() -> None:
    chart = layers_chart()
    columns = columns_of(made(chart).workbook)
    for name, counts in (*chart.layers, chart.unknown):
        assert known(columns[name]) == list(counts)
    assert "中间环节未知" not in columns_of(made(layers_chart(unknown=0)).workbook)


def test_the_workbook_of_the_copies_holds_each_dot_with_its_group() -> None:
    chart = copies_chart()
    columns = columns_of(made(chart).workbook)
    dots = [(lane.number, count) for lane in chart.lanes for _, count in sorted(lane.marks)]
    assert list(zip(known(columns["组号"]), known(columns["条数"]), strict=True)) == dots
    assert len(known(columns["组内最早已知帖"])) == len(chart.lanes)
    assert len(known(columns["同组其他帖文"])) == len(dots) - len(chart.lanes)
    assert known(columns["组内条数"]) == [lane.posts for lane in chart.lanes]
    assert sorted("、".join(known(columns["首次出现处"])).split("、")) == sorted(name for lane in chart.lanes for name, _ in lane.arrivals)


def test_a_changed_number_moves_its_point() -> None:
    """The places in the drawing are formulas over the numbers, not numbers of their own."""
    for chart in (bands_chart(), panels_chart()):
        sheet = openpyxl.load_workbook(io.BytesIO(made(chart).workbook))[SHEET]
        numbers = ("最高位置", "文字位置", "文字位置*", "文字位置**", "文字位置***")  # of marks and words, which stand where they stand
        placed = [column for column in sheet.iter_cols() if str(column[0].value).endswith("位置") and column[0].value not in numbers]
        assert placed
        assert all(cell.data_type == "f" for column in placed for cell in column[1:] if cell.value is not None)


def test_names_from_the_data_stay_data_and_stay_apart() -> None:
    name = next(text for text in HOSTILE if text.startswith("=cmd"))[:30]
    bands = bands_chart(2)
    twice = replace(bands, bands=tuple((name, values) for _, values in bands.bands))
    sheet = openpyxl.load_workbook(io.BytesIO(made(twice).workbook))[SHEET]
    heads = [cell for cell in sheet[1] if cell.value is not None]
    assert {cell.data_type for cell in heads} == {"s"}
    assert len({cell.value for cell in heads}) == len(heads)
    etree.fromstring(made(twice).xml("rId1"))


def test_words_of_ours_are_in_the_language_of_the_report_and_those_of_people_are_not() -> None:
    native = native_chart(panels_chart(("简体词", "微博")), HANT)
    assert native is not None
    sheet: Any = openpyxl.load_workbook(io.BytesIO(native.workbook)).active
    heads = [str(cell.value) for cell in sheet[1]]
    assert f"简体词 {HANT.language.own('负面占比')}" in heads
    assert HANT.language.own("负面占比") != "负面占比"


def test_a_dot_grows_with_its_posts_and_a_place_is_named_only_where_there_is_room() -> None:
    arrivals = (("小红书", hours(0)), ("新闻媒体", hours(0.1)), ("微博", hours(100)))
    close_by = CopyLane(number=1, posts=9, marks=((hours(0), 1), (hours(100), 8)), arrivals=arrivals)
    chart = CopiesChart(lanes=(close_by,), zone=ZONE)
    root = etree.fromstring(made(chart).xml("rId1"))
    points: list[Any] = list(root.iter(f"{C}dPt"))
    sizes = {point.find(f"{C}idx").get("val"): int(point.find(f"{C}marker/{C}size").get("val")) for point in points}
    assert sizes["1"] > sizes["0"]
    named = [node.text for node in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}t")]
    assert named == ["微博", "小红书、新闻媒体", "1", "9 条"]


def scatters(native: NativeChart) -> Iterator[tuple[set[str], dict[str, tuple[float, float]]]]:
    """Of each series of a scatter chart: the indices of its labelled points, and every point by index, in mm."""
    tree = etree.fromstring(native.xml("rId1"))
    width, height = (float(tree.find(f".//{C}plotArea/{C}layout//{C}{side}").get("val")) for side in "wh")
    axes = {
        axis.find(f"{C}axPos").get("val"): [float(axis.find(f"{C}scaling/{C}{end}").get("val")) for end in ("min", "max")] for axis in tree.iter(f"{C}valAx")
    }
    for series in tree.iter(f"{C}ser"):
        xs, ys = (
            {point.get("idx"): float(point.findtext(f"{C}v")) for point in series.iterfind(f"{C}{axis}/{C}numRef/{C}numCache/{C}pt")}
            for axis in ("xVal", "yVal")
        )
        places = {}
        for index in xs.keys() & ys.keys():
            ends = ((xs[index], axes["b"], width * native.width_mm), (ys[index], axes["l"], height * native.height_mm))
            across, up = ((value - low) / (high - low) * size for value, (low, high), size in ends)
            places[index] = (across, up)
        yield {label.get("val") for label in series.iterfind(f"{C}dLbls/{C}dLbl/{C}idx")}, places


@pytest.mark.parametrize("minutes", [0, 4, 25])
def test_no_event_over_the_curve_covers_another_and_the_grid_ends_with_the_shares(minutes: float) -> None:
    native = made(replace(curve_chart(), events=crowd(MOST_EVENTS, minutes)))
    events = [place for labelled, places in scatters(native) for index, place in places.items() if index in labelled]
    assert len(events) == MOST_EVENTS
    marker = 13 * 25.4 / 72
    for index, (x, y) in enumerate(events):
        assert all(abs(x - a) >= marker or abs(y - b) >= marker for a, b in events[:index])
    assert b"majorGridlines" not in native.xml("rId1")
    assert max(known(columns_of(native.workbook)["网格线"])) <= 1.0


@pytest.mark.parametrize("minutes", [0, 4, 25])
def test_each_event_over_the_curve_has_a_line_to_its_time_that_runs_through_no_marker(minutes: float) -> None:
    events = crowd(MOST_EVENTS, minutes)
    native = made(replace(curve_chart(), events=events))
    columns = columns_of(native.workbook)
    feet: list[Any] = []
    for side in ("舆论侧事件", "品牌侧事件"):
        for name in (side, f"{side}（转折）"):
            ways = [(when, height) for when, height in zip(columns[f"{name}连线处"], columns[f"{name}连线"], strict=True) if height is not None]
            assert max(height for _, height in ways) <= min(known(columns[name])) - 13 * 25.4 / 72 / 2 / PLOT_MM  # below the lowest rim
            feet += [when for when, height in ways if height == 0]
    assert sorted(feet) == close(sorted(local_serial(event.at, ZoneInfo(ZONE)) for event in events))


def test_every_event_is_named_over_a_daily_series_and_no_number_stands_on_the_line_of_another() -> None:
    events = tuple(replace(event, number=index + 6, at=hours(10 * index)) for index, event in enumerate(crowd(12, 0)))
    native = made(replace(daily_chart(), events=events))
    named = "、".join(known(columns_of(native.workbook)["事件编号"])).split("、")
    assert [int(number) for number in named] == [event.number for event in events]
    heights = known(columns_of(native.workbook)["事件"])
    assert heights == sorted(heights, reverse=True)  # on neighbouring days: the number of a day stands above the lines of the days after it
    assert len(set(heights)) == len(heights)


def times_under(chart: LayersChart) -> list[str]:
    tree = etree.fromstring(made(chart).xml("rId1"))
    assert tree.find(f".//{C}legendEntry/{C}idx").get("val") == str(len(list(tree.iter(f"{C}ser"))) - 1)  # they are no layer
    return ["".join(label.itertext(f"{{{tree.nsmap['a']}}}t")) for label in tree.iter(f"{C}dLbl")]


def test_the_times_under_the_layers_are_round_and_name_a_day_once() -> None:
    assert times_under(layers_chart()) == ["8月12日", "8月13日", "8月14日", "8月15日"]
    short = replace(layers_chart(), starts=tuple(hours(i / 4) for i in range(40)), bucket_minutes=15)
    assert times_under(short) == ["8月12日 10:00", "12:00", "14:00", "16:00", "18:00"]


@pytest.mark.parametrize("days", [0.2, 3, 40, 400])
def test_the_time_axis_ends_on_whole_days_or_hours_close_beside_the_data(days: float) -> None:
    first, last = local_serial(hours(0), ZoneInfo(ZONE)), local_serial(hours(24 * days), ZoneInfo(ZONE))
    low, high, step = time_span(first, last)
    grain = min(step, 1.0)
    assert first - grain < low <= first
    assert last <= high < last + grain
    assert [end / grain for end in (low, high)] == [pytest.approx(round(end / grain)) for end in (low, high)]
    assert (high - low) / step <= MOST_TICKS + 1
