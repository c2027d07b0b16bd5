"""Drawings: nothing overlaps, nothing is cut, nothing is missing, and equal data give equal bytes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.text import Text as Drawn
from specimen import (
    EVENTS,
    HOSTILE,
    ZONE,
    curve_chart,
    daily_chart,
    gantt_chart,
    hours,
    lane_chart,
    matrix_chart,
    score_chart,
    shares_chart,
    timeline_chart,
)

from review.report.chart_data import (
    BandsChart,
    BandSpan,
    ChartData,
    CopiesChart,
    CopyLane,
    CurveChart,
    CurvePoint,
    DailyChart,
    GanttBar,
    GanttChart,
    LaneLink,
    LaneNode,
    LayersChart,
    MatrixChart,
    PanelsChart,
    ScoreChart,
    SharePanel,
    SharesChart,
    SwimLaneChart,
    TimedEvent,
    TimelineChart,
)
from review.report.charts import draw, draw_sized_png, draw_svg
from review.report.charts.axes import nice_top, time_ticks, value_ticks
from review.report.charts.canvas import DASHED, DOTTED, clipped, drawable, ink_of, width_em, wrapped
from review.report.charts.placing import flag_lanes, runs, spread
from review.report.theme import load_theme
from review.report.word_charts import native_chart

THEME = load_theme(None)


def crowd(count: int, minutes: float) -> tuple[TimedEvent, ...]:
    """Events of both sides a few minutes apart, with labels as long as they may be."""
    return tuple(
        TimedEvent(
            number=i + 1,
            at=hours(20) + timedelta(minutes=minutes * i),
            label="正式方案三日内可全额退款"[: 3 + i % 10],
            side="public" if i % 2 else "brand",
            turning=i % 5 == 0,
        )
        for i in range(count)
    )


ONE_POINT = CurvePoint(at=hours(1), share=0.4, low=0.1, high=0.8, n=12, thin=True)
BARE_POINT = CurvePoint(at=hours(30), share=0.0, low=None, high=None, n=None, thin=False)
LONG = "跨部门协同与外部合作机构的联合处置与口径统一管理办法修订稿"

DENSE: dict[str, ChartData] = {
    "timeline of one event": TimelineChart(events=EVENTS[:1], volume=(), bucket_minutes=60, zone=ZONE),
    "timeline of equal times": TimelineChart(events=crowd(12, 0), volume=(), bucket_minutes=60, zone=ZONE),
    "timeline of forty events in an hour": TimelineChart(events=crowd(40, 1.5), volume=timeline_chart().volume, bucket_minutes=60, zone=ZONE),
    "timeline crowded at its end": TimelineChart(
        events=tuple(replace(event, at=hours(0 if i == 0 else 90), label="正式方案三日内可全额退款等") for i, event in enumerate(EVENTS)),
        volume=(),
        bucket_minutes=60,
        zone=ZONE,
    ),
    "timeline over two years": TimelineChart(
        events=tuple(replace(event, at=event.at + timedelta(days=60 * i)) for i, event in enumerate(EVENTS)), volume=(), bucket_minutes=1440, zone=ZONE
    ),
    "timeline with hostile labels": TimelineChart(
        events=tuple(replace(event, label=HOSTILE[i % len(HOSTILE)][:14]) for i, event in enumerate(EVENTS)), volume=(), bucket_minutes=60, zone=ZONE
    ),
    "curve of one thin point": CurveChart(points=(ONE_POINT,), smooth=(), regimes=(), events=(), trigger=0.2, bucket_minutes=60, zone=ZONE),
    "curve of typed samples": CurveChart(points=(ONE_POINT, BARE_POINT), smooth=(), regimes=(), events=EVENTS, trigger=None, bucket_minutes=None, zone=ZONE),
    "curve with forty events": replace(curve_chart(), events=crowd(40, 4)),
    "curve below a tenth": CurveChart(
        points=tuple(replace(ONE_POINT, at=hours(i), share=0.03, low=0.01, high=0.06) for i in range(4)),
        smooth=((hours(0), 0.03), (hours(1), None)),
        regimes=(),
        events=(),
        trigger=0.2,
        bucket_minutes=60,
        zone="America/New_York",
    ),
    "scores of twenty-four": ScoreChart(
        bars=tuple(replace(bar, name=LONG, dimension=bar.dimension * 4) for bar in (score_chart().bars * 3)[:24]), good_from=70, bad_below=55
    ),
    "score of one": ScoreChart(bars=(replace(score_chart().bars[0], score=None, state=LONG * 4),), good_from=70, bad_below=69),
    "daily of one day": DailyChart(name=LONG, unit="单", days=(date(2025, 8, 12),), values=(5.0,), baseline=(None,), marked=(), events=EVENTS, zone=ZONE),
    "daily followers": DailyChart(
        name="粉丝数",
        unit="人",
        days=tuple(date(2025, 8, 1) + timedelta(days=i) for i in range(400)),
        values=tuple(1_203_000.0 - 30 * i for i in range(400)),
        baseline=(None,) * 400,
        marked=(),
        events=(),
        zone=ZONE,
    ),
    "daily of zeros": DailyChart(
        name="退款", unit="单", days=(date(2025, 8, 1), date(2025, 8, 2)), values=(0.0, 0.0), baseline=(0.0, 0.0), marked=(), events=(), zone=ZONE
    ),
    "shares of one bucket": SharesChart(series=((LONG, (0.004,)), ("其他", (None,))), starts=(hours(0),), bucket_minutes=60, stacked=False, zone=ZONE),
    "shares ending alike": SharesChart(
        series=tuple((f"关键词{name}", (0.1, 0.2, 0.2)) for name in "甲乙丙丁戊己"),
        starts=(hours(0), hours(1), hours(2)),
        bucket_minutes=60,
        stacked=False,
        zone=ZONE,
    ),
    "lanes of thirty nodes at once": SwimLaneChart(
        lanes=("微博", "小红书"),
        volume=(),
        starts=(),
        bucket_minutes=60,
        nodes=tuple(LaneNode(number=i + 1, at=hours(i % 3), lane="微博", weight=float(i), role="KOL") for i in range(30)),
        links=lane_chart().links,
        zone=ZONE,
    ),
    "matrix of eight": MatrixChart(
        rows=tuple(LONG[i:] for i in range(8)),
        columns=tuple(LONG[i:] for i in range(8)),
        counts=tuple(tuple(1_234_567 * (i + j) for j in range(8)) for i in range(8)),
    ),
    "gantt of thirty": GanttChart(
        bars=tuple(
            GanttBar(
                label=LONG,
                department=LONG[i // 6 :],
                start=date(2025, 1, 1),
                due=date(2025, 1, 1) + timedelta(days=20 * i),
                done=None,
                state="overdue",
                words="逾期未完成",
            )
            for i in range(30)
        ),
        today=date(2026, 12, 31),
    ),
}


def bands_chart(count: int = 7) -> BandsChart:
    """Strips with hours without comments, few comments at night, and one emotion that hardly occurs."""
    spans = tuple(
        BandSpan(start=hours(h), end=hours(h + 1), n=4 if h % 24 in (17, 18) else 900 - 9 * h, thin=h % 24 in (17, 18)) for h in range(90) if h // 6 != 5
    )
    names = ("愤怒", "失望", "被欺骗", "要求赔偿", "担忧", "嘲讽（疑似）", "支持")
    shares = tuple((names[k % 7], tuple(0.004 if k == 6 else 0.05 * (k + 1) * (1 + (i * 7 + k) % 5) / 5 for i in range(len(spans)))) for k in range(count))
    return BandsChart(spans=spans, bands=shares, zone=ZONE)


def panels_chart(names: tuple[str, ...] = ("小红书", "微博", "抖音")) -> PanelsChart:
    return PanelsChart(panels=tuple(SharePanel(name=name, n=12_345_678 // (k * k * 900 + 1), curve=curve_chart(small=True)) for k, name in enumerate(names)))


def layers_chart(count: int = 4, unknown: int = 3) -> LayersChart:
    starts = tuple(hours(2 * i) for i in range(40))
    names = ("直接转自原帖", "经一人再转", "经两人再转", "经三人及以上")
    layers = tuple((names[k], tuple(max(0, 90 - abs(i - 6 - 2 * k) * 9 - 20 * k) for i in range(40))) for k in range(count))
    return LayersChart(layers=layers, unknown=("中间环节未知", (unknown,) * 40), starts=starts, bucket_minutes=120, zone=ZONE)


def copies_chart(lanes: int = 8, apart: float = 3) -> CopiesChart:
    places = ("小红书", "微博", "抖音", "新闻媒体", "B站", "今日头条")
    return CopiesChart(
        lanes=tuple(
            CopyLane(
                number=k + 1,
                posts=12_000 // (k + 1),
                marks=tuple((hours(apart * i + k), 1 + (i * k) % 50) for i in range(12)),
                arrivals=tuple((place, hours(apart * i + k)) for i, place in enumerate(places[: 1 + k % 6])),
            )
            for k in range(lanes)
        ),
        zone=ZONE,
    )


DENSE |= {
    "bands of one rare emotion in one span": BandsChart(
        spans=(BandSpan(start=hours(0), end=hours(1), n=300, thin=False),), bands=(("嘲讽（疑似）", (0.0003,)),), zone=ZONE
    ),
    "bands of thin spans alone": replace(bands_chart(), spans=tuple(replace(span, thin=True, n=3) for span in bands_chart().spans)),
    "panels of six long names": panels_chart(tuple(LONG[i:] for i in range(6))),
    "layers of one": layers_chart(1, 0),
    "layers unknown alone": replace(layers_chart(1), layers=()),
    "layers of one repost": LayersChart(layers=(("直接转自原帖", (1,)),), unknown=("", (0,)), starts=(hours(0),), bucket_minutes=10, zone=ZONE),
    "copies minutes apart": copies_chart(8, 0.05),
    "copies all at once": copies_chart(3, 0),
    "copies of one post a week": copies_chart(1, 168),
}
ORDINARY: dict[str, ChartData] = {
    "timeline": timeline_chart(),
    "curve": curve_chart(),
    "small curve": curve_chart(small=True),
    "scores": score_chart(),
    "daily": daily_chart(),
    "stacked": shares_chart(stacked=True),
    "lines": shares_chart(stacked=False),
    "lanes": lane_chart(),
    "matrix": matrix_chart(),
    "gantt": gantt_chart(),
    "bands": bands_chart(),
    "panels": panels_chart(),
    "layers": layers_chart(),
    "copies": copies_chart(),
}
ALL = ORDINARY | DENSE


def boxes(chart: ChartData) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Each text with its measured box in mm: left, bottom, right, top."""
    sheet = draw(chart, THEME)
    sheet.figure.set_dpi(254)  # ten pixels a millimetre
    renderer = FigureCanvasAgg(sheet.figure).get_renderer()  # type: ignore[no-untyped-call]
    for artist in sheet.figure.findobj(Drawn):
        if isinstance(artist, Drawn) and artist.get_text():
            box = artist.get_window_extent(renderer)
            yield artist.get_text(), (box.x0 / 10, box.y0 / 10, box.x1 / 10, box.y1 / 10)


@pytest.mark.parametrize("name", ALL)
def test_no_text_of_a_figure_covers_another_or_leaves_the_sheet(name: str) -> None:
    sheet = draw(ALL[name], THEME)
    found = list(boxes(ALL[name]))
    assert found
    for text, (left, bottom, right, top) in found:
        assert left >= -0.05, text
        assert bottom >= -0.05, text
        assert right <= sheet.width + 0.05, text
        assert top <= sheet.height + 0.05, text
    slack = 0.15  # antialiased rims
    for (text, a), (other, b) in combinations(found, 2):
        apart = a[2] - slack <= b[0] or b[2] - slack <= a[0] or a[3] - slack <= b[1] or b[3] - slack <= a[1]
        assert apart, f"{text!r} covers {other!r}"


@pytest.mark.parametrize("name", ALL)
def test_a_figure_fits_the_text_block_of_a_page(name: str) -> None:
    sheet, page = draw(ALL[name], THEME), THEME.page
    assert sheet.width == page.text_width_mm
    assert sheet.height <= page.height_mm - page.top_mm - page.bottom_mm - 20


@pytest.mark.parametrize("name", ALL)
def test_svg_is_well_formed_keeps_texts_as_texts_and_repeats(name: str) -> None:
    first, second = draw_svg(ALL[name], THEME), draw_svg(ALL[name], THEME)
    assert first == second
    root: Any = etree.fromstring(first)
    texts = {"".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert texts == {text for text, _ in boxes(ALL[name])}
    assert b"Report Sans SC" in first
    assert not any(word in first for word in (b"<image", b"<script", b"dc:date", b"http://matplotlib"))


def test_png_has_the_size_it_claims_at_220_dpi_and_repeats() -> None:
    chart = score_chart()
    first, width_mm, height_mm = draw_sized_png(chart, THEME)
    width, height = (int.from_bytes(first[at : at + 4], "big") for at in (16, 20))
    assert draw_sized_png(chart, THEME)[0] == first
    assert width == pytest.approx(width_mm / 25.4 * 220, abs=1)
    assert height == pytest.approx(height_mm / 25.4 * 220, abs=1)
    assert b"Software" not in first


@pytest.mark.parametrize(
    "chart",
    [
        TimelineChart(events=(), volume=(), bucket_minutes=60, zone=ZONE),
        CurveChart(points=(), smooth=(), regimes=(), events=EVENTS, trigger=0.2, bucket_minutes=60, zone=ZONE),
        ScoreChart(bars=(), good_from=70, bad_below=55),
        DailyChart(name="订单", unit="单", days=(date(2025, 8, 1),), values=(None,), baseline=(3.0,), marked=(), events=(), zone=ZONE),
        SharesChart(series=(("愤怒", (None,)),), starts=(hours(0),), bucket_minutes=60, stacked=True, zone=ZONE),
        SwimLaneChart(lanes=("微博",), volume=(), starts=(), bucket_minutes=60, nodes=(), links=(), zone=ZONE),
        MatrixChart(rows=("甲",), columns=("乙",), counts=((0,),)),
        GanttChart(bars=(), today=date(2025, 1, 1)),
        BandsChart(spans=(), bands=(("愤怒", ()),), zone=ZONE),
        PanelsChart(panels=()),
        LayersChart(layers=(("直接转自原帖", (0,)),), unknown=("", (0,)), starts=(hours(0),), bucket_minutes=60, zone=ZONE),
        CopiesChart(lanes=(CopyLane(number=1, posts=2, marks=(), arrivals=()),), zone=ZONE),
    ],
    ids=lambda chart: type(chart).__name__,
)
def test_a_figure_without_data_is_refused(chart: ChartData) -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_svg(chart, THEME)


DASHES = {"solid": (), "dashed": DASHED, "dotted": DOTTED}


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["微博", "小红书", "抖音"]), st.integers(0, 900)), min_size=2, max_size=30),
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30), st.sampled_from(["solid", "dashed", "dotted"])), max_size=30, unique_by=lambda one: one[:2]),
)
def test_no_drawn_link_points_back_in_time_and_each_is_drawn_in_its_own_style(
    spots: list[tuple[int, str, int]], ways: list[tuple[int, int, Literal["solid", "dashed", "dotted"]]]
) -> None:
    spots.sort(key=lambda spot: spot[0])
    nodes = tuple(LaneNode(number=i + 1, at=hours(at / 10), lane=lane, weight=float(weight), role="") for i, (at, lane, weight) in enumerate(spots))
    links = tuple(LaneLink(source=a, target=b, style=style) for a, b, style in ways if a < b <= len(nodes))
    chart = SwimLaneChart(lanes=("微博", "小红书", "抖音"), volume=(), starts=(), bucket_minutes=60, nodes=nodes, links=links, zone=ZONE)
    sheet = draw(chart, THEME)
    places = {
        int(artist.get_text()): artist.get_position()
        for artist in sheet.figure.findobj(Drawn)
        if artist.get_text().isdigit() and artist.get_fontweight() == "bold"
    }
    assert set(places) == {node.number for node in nodes}
    ordered = [places[number][0] for number in sorted(places)]
    assert all(a < b for a, b in pairwise(ordered))
    assert ordered[-1] <= sheet.width
    arrows = [line for line in sheet.figure.findobj(Line2D) if line.get_color() == sheet.ink.public]
    assert Counter(dash_of(line) for line in arrows) <= Counter(DASHES[link.style] for link in links)
    for line in arrows:
        xs = np.asarray(line.get_xdata(), dtype=np.float64)
        assert xs[0] < xs[-1]


def dash_of(line: Line2D) -> tuple[float, ...]:
    """The dashes a line was given (matplotlib keeps them times its width)."""
    _, pattern = line._unscaled_dash_pattern  # type: ignore[attr-defined]
    return tuple(pattern or ())


def test_a_time_is_labelled_in_the_zone_of_the_chart() -> None:
    texts = {text for text, _ in boxes(timeline_chart())}
    assert {"12:00", "8月12日", "8月13日"} <= texts


def test_the_same_data_in_another_order_make_the_same_drawing() -> None:
    chart = curve_chart()
    turned = replace(chart, points=chart.points[::-1], events=chart.events[::-1])
    assert {text for text, _ in boxes(chart)} == {text for text, _ in boxes(turned)}


def test_a_character_no_font_has_is_a_visible_box_and_invisible_ones_vanish() -> None:
    fonts = ink_of(THEME).fonts
    assert drawable("\u4e2d\U0010fffd\u200d\u202e\n国\x00", fonts) == "中□ 国"


@given(st.text(max_size=40), st.floats(1, 30))
def test_a_clipped_text_is_never_wider_than_allowed(text: str, ems: float) -> None:
    assert width_em(clipped(text, ems)) <= max(ems, 1.0)


@given(st.text(alphabet="负面占比abc12,。 A", max_size=40))
def test_wrapping_into_enough_lines_loses_nothing_but_spaces(text: str) -> None:
    assert "".join(wrapped(text, 4.0, 60)).replace(" ", "") == text.replace(" ", "")


@given(st.lists(st.floats(-50, 250), max_size=60), st.floats(0.1, 9))
def test_spread_places_keep_their_order_their_distance_and_the_sheet(wanted: list[float], gap: float) -> None:
    places = spread(sorted(wanted), gap, 10, 150)
    least = min(gap, 140 / max(len(wanted) - 1, 1))
    assert len(places) == len(wanted)
    assert all(b - a >= least - 1e-6 for a, b in pairwise(places))
    assert all(10 - 1e-6 <= place <= 150 + 1e-6 for place in places)


@given(st.lists(st.tuples(st.floats(0, 150), st.floats(1, 40)), max_size=20))
def test_no_flag_covers_another_and_no_stem_crosses_one(flags: list[tuple[float, float]]) -> None:
    flags.sort()
    stems, widths = [x for x, _ in flags], [w for _, w in flags]
    lanes = flag_lanes(stems, widths, 2.0)
    for left, right in combinations(range(len(flags)), 2):
        if stems[right] - 2.0 < stems[left] + widths[left]:
            assert lanes[left] > lanes[right]


@given(st.lists(st.booleans(), max_size=30))
def test_runs_cover_exactly_what_is_present(present: list[bool]) -> None:
    assert [i for a, b in runs(present) for i in range(a, b)] == [i for i, one in enumerate(present) if one]


@settings(max_examples=200)
@given(
    st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 zone follows
    st.floats(0.001, 24 * 900),
    st.integers(2, 12),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "UTC"]),
)
def test_ticks_are_round_local_times_inside_the_axis(start: datetime, span: float, limit: int, zone: str) -> None:
    first = start.replace(tzinfo=UTC)
    last = first + timedelta(hours=span)
    ticks = time_ticks(first, last, zone, limit)
    assert len(ticks) <= 2 * limit
    for tick in ticks:
        local = tick.at.astimezone(ZoneInfo(zone))
        assert first <= tick.at <= last
        assert local.minute == 0
    assert [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)


@given(st.floats(0, 1e9))
def test_the_top_of_an_axis_is_never_below_the_data(value: float) -> None:
    assert nice_top(value) >= value * (1 - 1e-9)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 9))
def test_value_ticks_stay_on_the_axis(low: float, span: float, count: int) -> None:
    ticks = value_ticks(low, low + span, count)
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)
    assert len(ticks) <= 2.5 * count + 2


def test_a_curve_that_only_a_model_has_judged_prints_tenths_and_no_percent_of_its_own_in_word_too() -> None:
    regimes = tuple(replace(regime, label="约四至六成") for regime in curve_chart().regimes)
    rough = {text for text, _ in boxes(replace(curve_chart(), regimes=regimes, rough=True, trigger=None))}
    assert {"约四至六成", "四成"} <= rough
    assert not [text for text in rough if "%" in text]
    native = native_chart(replace(curve_chart(), rough=True), THEME)
    assert native is not None
    upright = native.head[native.head.index('<c:axId val="12"/><c:scaling>') :]
    assert '<c:delete val="1"/>' in upright.split("</c:valAx>")[0], "the axis in Word says what print says, not a percent beside it"
    assert [f"<a:t>{tick}</a:t>" in native.head for tick in ("零成", "二成", "四成")] == [True] * 3


def test_the_area_of_a_node_grows_with_its_direct_reposts() -> None:
    weights = (111.0, 60.0, 0.0, 3.0)
    nodes = tuple(LaneNode(number=i + 1, at=hours(i / 10), lane="微博", weight=weight, role="") for i, weight in enumerate(weights))
    sheet = draw(SwimLaneChart(lanes=("微博",), volume=(), starts=(), bucket_minutes=60, nodes=nodes, links=(), zone=ZONE), THEME)
    rings = [patch.get_path().get_extents() for patch in sheet.figure.findobj(PathPatch) if isinstance(patch, PathPatch) and patch.get_zorder() == 4.0]
    assert [ring.width**2 / rings[0].width ** 2 for ring in rings[:2]] == pytest.approx([1.0, 60 / 111])
    assert rings[2].width == rings[3].width < rings[1].width
    for ring, other in combinations(rings, 2):
        distance = np.hypot(*(np.mean(ring.get_points(), axis=0) - np.mean(other.get_points(), axis=0)))
        assert distance >= (ring.width + other.width) / 2


def test_no_line_runs_through_a_score() -> None:
    chart = score_chart()
    sheet = draw(chart, THEME)
    limits = [line for line in sheet.figure.findobj(Line2D) if dash_of(line) == DASHED]
    assert limits
    spaces = [patch for patch in sheet.figure.findobj(PathPatch) if isinstance(patch, PathPatch) and patch.get_facecolor() == (1.0, 1.0, 1.0, 1.0)]
    shown = {f"{bar.score:.3g}" for bar in chart.bars if bar.score is not None}
    scores = [text for text in sheet.figure.findobj(Drawn) if isinstance(text, Drawn) and text.get_text() in shown and text.get_fontweight() == "bold"]
    assert {score.get_text() for score in scores} == shown
    for score in scores:
        x, y = score.get_position()
        middle = (x + 1.0, y + 1.0)
        assert any(space.get_path().contains_point(middle) and space.get_zorder() > max(line.get_zorder() for line in limits) for space in spaces)


def test_what_was_not_scored_breaks_the_limits_no_farther_than_its_words() -> None:
    first = score_chart().bars[0]
    chart = replace(score_chart(), bars=(first, replace(first, name="另一项", score=None, state="暂不评分")))
    sheet = draw(chart, THEME)
    limit = min(float(line.get_xdata()[0]) for line in sheet.figure.findobj(Line2D) if dash_of(line) == DASHED)  # type: ignore[index, arg-type]
    words = next(box for text, box in boxes(chart) if "另一项" in text)
    spaces = [patch.get_path() for patch in sheet.figure.findobj(PathPatch) if isinstance(patch, PathPatch) and patch.get_facecolor() == (1.0, 1.0, 1.0, 1.0)]
    left, bottom, right, top = words
    assert right < limit
    middle = (bottom + top) / 2
    assert any(space.contains_point(((left + right) / 2, middle)) for space in spaces)
    assert not any(space.contains_point((limit, middle)) for space in spaces)


@pytest.mark.parametrize("days", range(-3, 50))
def test_the_line_of_today_runs_through_no_state(days: int) -> None:
    chart = replace(gantt_chart(), today=date(2025, 9, 12) + timedelta(days=days))
    today = next(float(line.get_xdata()[0]) for line in draw(chart, THEME).figure.findobj(Line2D) if dash_of(line) == DASHED)  # type: ignore[index, arg-type]
    states = {bar.words for bar in chart.bars}
    assert not [text for text, (left, _, right, _) in boxes(chart) if text in states and left - 0.3 < today < right + 0.3]


def test_the_axis_of_shares_ends_just_above_the_highest() -> None:
    chart = replace(shares_chart(stacked=False), series=(("失望", tuple(0.052 if i == 3 else 0.01 for i in range(24))),))
    axis = {text for text, _ in boxes(chart) if text.endswith("%")}
    assert axis == {"0%", "2%", "4%", "6%"}


def test_no_leader_starts_where_several_lines_end() -> None:
    def leaders(*lasts: float) -> int:
        series = tuple((f"词{i}", (0.05, 0.02, last)) for i, last in enumerate(lasts))
        sheet = draw(SharesChart(series=series, starts=(hours(0), hours(1), hours(2)), bucket_minutes=60, stacked=False, zone=ZONE), THEME)
        return sum(line.get_linewidth() == 0.5 for line in sheet.figure.findobj(Line2D))

    assert leaders(0.0, 0.02, 0.04) == 3
    assert leaders(0.0, 0.0, 0.04) == 1


def test_a_level_of_the_curve_is_printed_as_the_text_prints_it() -> None:
    chart = curve_chart()
    texts = {text for text, _ in boxes(replace(chart, regimes=tuple(replace(regime, share=0.165) for regime in chart.regimes)))}
    assert "16.5%" in texts
