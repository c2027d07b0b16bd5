"""The figures of the appendix: drawn where the data give them, one reason where they do not, and every number a claim."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from crisis_rows import CRISIS, comments, curve_of, drawn
from crisis_rows import START as MIDNIGHT
from frames import START, posts
from hypothesis import given, settings
from hypothesis import strategies as st
from pens import new_pen
from test_cascades import crowd

from review.analysis.analyse import _outcomes
from review.analysis.curve import Curve
from review.analysis.curve_points import pooled_points
from review.analysis.mood import Mood, measure_mood, read_moods
from review.analysis.propagation import Propagation, measure_propagation
from review.analysis.recovery import HalfLife, back_to_normal
from review.analysis.scope import WHOLE
from review.analysis.spread import measure_spread
from review.incident.case import Case
from review.incident.evidence import NO_ROWS
from review.incident.incident import empty_incident
from review.incident.tables import POSTS
from review.report.chart_data import BandsChart, CurveChart
from review.report.charts import drawing, is_empty
from review.report.claims import texts_of
from review.report.compose.emotion_text import THIN_BELOW, curve_chart, recovery_blocks, shown_points
from review.report.compose.events import KeyEvents
from review.report.compose.figures_text import ExtraCharts, extra_charts, extra_section, see_appendix
from review.report.document import Figure, Num, Paragraph, Ref, Section, Table, string
from review.report.pen import Pen
from review.report.theme import load_theme
from review.settings.analysis_settings import load_analysis_settings
from review.settings.curve import TriggerSettings

SETTINGS = load_analysis_settings()
RULE = TriggerSettings(share=SETTINGS.rubric.trigger_share, run=SETTINGS.curve.trigger_run)
ZONE = ZoneInfo("Asia/Shanghai")
TEN = timedelta(minutes=10)
WORDS = "新买的锅第一次用就掉渣,粥里捞出好几块黑色碎片,客服说是正常损耗,让我自己用醋泡一泡再刷,谁家宝宝敢这么吃"


def measured(frame: pd.DataFrame) -> tuple[Mood, Propagation]:
    incident = replace(empty_incident(Case()), posts=frame)
    spread = measure_spread(frame, Case())
    mood, _ = measure_mood(incident, read_moods(frame, Case(), SETTINGS.emotion), None, (spread, WHOLE), (SETTINGS.curve, RULE, ZONE))
    return mood, measure_propagation(frame, spread, Case(), SETTINGS.links)[0]


def page(frame: pd.DataFrame) -> tuple[Section, ExtraCharts, Pen]:
    pen = new_pen()
    mood, spread = measured(frame)
    charts = extra_charts(pen, mood, spread, 0.2)
    return extra_section(pen, charts, mood, spread), charts, pen


def text(section: Section) -> str:
    return "\n".join(string(one) for block in section.blocks for one in texts_of(block))


def talk(texts: list[str], platforms: tuple[str, ...] = ("xhs", "weibo"), gap: int | None = None) -> pd.DataFrame:
    """480 labelled comments over eight hours, one a minute, on platforms in turn; `gap`: two hours without any from this hour on."""
    rows: list[dict[str, object]] = []
    for i in range(480):
        hour = i // 60 + (2 if gap is not None and i // 60 >= gap else 0)
        rows.append(
            {
                "kind": "comment", "platform": platforms[i % len(platforms)], "item_id": f"c{i}", "text": texts[i % len(texts)],
                "published_at": START + timedelta(hours=hour, minutes=i % 60), "author_name": f"某{i}", "sentiment": ("negative", "positive")[i // 3 % 2],
            }
        )  # fmt: skip
    return posts(*rows)


def test_a_comment_may_count_in_several_emotions_so_that_strips_are_shares_of_all_and_not_of_each_other() -> None:
    _, charts, _ = page(talk(["太失望了,气死我了,退钱", "好用,推荐"]))
    bands = charts.emotions
    assert bands is not None
    shares = dict(bands.bands)
    assert {"愤怒", "失望", "要求赔偿"} <= set(shares)
    for name in ("愤怒", "失望", "要求赔偿"):
        assert shares[name] == pytest.approx([0.5] * len(bands.spans)), "each alone is half of the comments: together they are more than all"
    assert sum(span.n for span in bands.spans) == 480


def test_no_bar_of_emotions_reaches_over_hours_without_comments_and_few_comments_are_thin() -> None:
    frame = talk(["气死我了", "好用"], gap=3)
    _, charts, _ = page(frame)
    assert charts.emotions is not None
    empty = (START + timedelta(hours=3), START + timedelta(hours=5))
    assert not any(span.start < empty[1] and span.end > empty[0] + TEN * 6 for span in charts.emotions.spans if span.n)
    assert all(span.thin == (span.n < THIN_BELOW) for span in charts.emotions.spans)


def test_the_finding_of_each_figure_is_said_for_those_who_cannot_see_it_and_each_of_its_numbers_is_a_claim() -> None:
    frame = pd.concat([talk(["气死我了", "好用"]), crowd(chained=True).assign(row=lambda made: made["row"] + 5000)], ignore_index=True)
    copies = posts(*({"item_id": f"k{i}", "text": WORDS + "!" * i, "published_at": START + timedelta(hours=i), "row": 9000 + i} for i in range(3)))
    section, charts, pen = page(POSTS.frame({name: pd.concat([frame, copies])[name].array for name in frame.columns}, len(frame) + 3))
    assert None not in (charts.emotions, charts.platforms, charts.layers, charts.copies)
    figures = {block.id: block for block in section.blocks if isinstance(block, Figure)}
    assert list(figures) == ["extra_emotions", "extra_platforms", "extra_layers", "extra_copies"]
    assert "出现最多的情绪是愤怒" in string(figures["extra_emotions"].alt)
    assert "共 243 条" in string(figures["extra_emotions"].alt), "the three posts say it too"
    assert "直接转自原帖的占 51.6%，经他人再转的占 48.4%" in string(figures["extra_layers"].alt)
    known = {claim.id for claim in pen.book.claims}
    for figure in figures.values():
        assert any(isinstance(span, Num) for span in figure.alt)
        assert all(span.claim in known for span in figure.alt if isinstance(span, Num))
        assert drawing(figure.chart, load_theme(None))
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [string(row[0]) for row in table.rows] == [str(lane.number) for lane in charts.copies.lanes]  # type: ignore[union-attr]


def test_the_body_points_only_at_figures_that_are_there() -> None:
    pen = new_pen()
    mood, spread = measured(crowd(chained=True))
    charts = extra_charts(pen, mood, spread, 0.2)
    drawn_ids = {block.id for block in extra_section(pen, charts, mood, spread).blocks if isinstance(block, Figure)}
    lines = [block for topic in ("mood", "spread") for block in see_appendix(pen, charts, topic)]
    pointed = {span.target for line in lines if isinstance(line, Paragraph) for span in line.text if isinstance(span, Ref)}
    assert pointed == drawn_ids == {"extra_layers"}


def test_nothing_gives_one_sentence_and_no_chart() -> None:
    section, charts, _ = page(POSTS.empty())
    assert charts == ExtraCharts(emotions=None, platforms=None, layers=None, copies=None)
    (only,) = section.blocks
    assert isinstance(only, Paragraph)
    assert string(only.text).startswith("以下图表未绘制：")
    assert "没有转发记录" in string(only.text)


def test_where_ways_are_unknown_the_layers_are_withheld_with_the_reason() -> None:
    section, charts, _ = page(crowd(chained=False))
    assert charts.layers is None
    assert re.search(r"转发层级（能够确认直接来源的转发仅占 [\d.]+%，低于 80%，中间环节未知，不作推测）", text(section))


def test_every_repost_stands_in_one_layer() -> None:
    _, spread = measured(crowd(chained=True))
    found = spread.depths
    assert found is not None
    assert (found.totals, found.unknown_total) == ((16, 15), 0)
    assert sum(map(sum, found.layers)) <= 31
    halved = crowd(chained=True)
    halved = halved[halved["item_id"] != "a"].reset_index(drop=True)  # 甲 is known by name alone, and still stands between
    _, spread = measured(halved)
    assert spread.depths is not None
    assert (spread.depths.totals, spread.depths.unknown_total) == ((15, 15), 0)


def test_a_group_of_copies_keeps_all_its_posts_in_its_marks_and_names_each_platform_when_it_joins() -> None:
    frame = posts(
        *({"platform": "xhs", "item_id": f"a{i}", "text": WORDS, "published_at": START + timedelta(hours=i)} for i in range(4)),
        {"platform": "weibo", "item_id": "b", "text": "搬运:" + WORDS, "published_at": START + timedelta(hours=2.5)},
        {"platform": "douyin", "item_id": "c", "text": WORDS, "published_at": None},
    )
    (group,) = measured(frame)[1].copies
    assert group.posts == 6
    assert sum(count for _, count in group.marks) == 5, "the post without a time has no place on the axis"
    assert [code for code, _ in group.arrivals] == ["xhs", "weibo"]
    assert group.arrivals[1][1] == START + timedelta(hours=2.5)
    assert group.earliest is not None
    assert (group.earliest.at, group.latest) == (START, START + timedelta(hours=3))


@settings(max_examples=6)
@given(st.permutations(range(5)))
def test_the_order_of_rows_changes_no_group(order: list[int]) -> None:
    rows = [{"item_id": f"a{i}", "text": WORDS + str(i % 2), "published_at": START + timedelta(hours=i), "row": 2 + i} for i in range(5)]
    assert measured_copies(posts(*rows)) == measured_copies(posts(*(rows[i] for i in order)))


def measured_copies(frame: pd.DataFrame) -> object:
    return measure_propagation(frame, measure_spread(frame, Case()), Case(), SETTINGS.links)[0].copies


def test_one_platform_alone_has_no_comparison() -> None:
    section, charts, _ = page(talk(["气死我了", "好用"], platforms=("xhs",)))
    assert charts.platforms is None
    assert "分平台负面占比（有足够已判定内容的平台不足两个）" in text(section)


# the curve and what is said beside it


def test_a_step_breaks_where_a_reader_sees_a_gap_and_nowhere_else() -> None:
    k, n = drawn(CRISIS, 60)
    n[50:60] = k[50:60] = 0
    n[62] = k[62] = 0  # ten minutes of a day: no one sees them
    chart = picture(curve_of(comments(k, n)))
    gap = (MIDNIGHT + TEN * 50, MIDNIGHT + TEN * 60)
    assert not any(step.start < gap[1] and step.end > gap[0] for step in chart.regimes)
    assert len({step.share for step in chart.regimes}) == len(chart.regimes) - 1


def picture(curve: Curve) -> CurveChart:
    return curve_chart(curve, KeyEvents(shown=(), minor=()), 0.2, "Asia/Shanghai")


@settings(max_examples=12)
@given(st.lists(st.sampled_from([3.0, 40.0]), min_size=12, max_size=40))
def test_thin_points_are_left_out_of_the_picture_only_where_they_are_most_and_two_others_remain(sizes: list[float]) -> None:
    n = np.array([40.0, *sizes, 40.0])
    curve = curve_of(comments(np.floor(n / 2), n))
    pooled, shown = pooled_points(curve, 150, THIN_BELOW), shown_points(curve, 150)
    firm = tuple(each for each in pooled if not each.thin)
    if len(firm) < len(pooled) / 2:
        assert shown == firm
    else:
        assert shown == pooled


@given(st.integers(36, 90), st.integers(1, 3))
def test_where_every_day_is_thin_neighbours_are_shown_as_one(days: int, each: int) -> None:
    frame = comments(np.zeros(days), np.full(days, float(each)))
    frame["published_at"] = MIDNIGHT + pd.to_timedelta(np.arange(len(frame)) // each, unit="D")
    points = pooled_points(curve_of(frame), 150, THIN_BELOW)
    assert 4 <= len(points) <= days / 3
    assert abs(sum(point.n for point in points) - days * each) <= 0.02 * days * each + each  # but for the ends of the volume
    assert all(point.n >= min(THIN_BELOW, days // 4 * each) - each for point in points[:-1])


def test_with_one_firm_point_alone_all_are_shown() -> None:
    n = np.array([3.0] * 15 + [400.0])
    curve = replace(curve_of(comments(np.floor(n / 2), n)), focus=(MIDNIGHT, MIDNIGHT + TEN * 16))
    shown = shown_points(curve, 150)
    assert len(shown) == 16
    assert sum(not each.thin for each in shown) == 1


OLD_PEAK = np.repeat([0.1, 0.7, 0.1, 0.4], [10, 30, 40, 30])
"""An older wave is over before the crisis of bucket 80 begins."""


@cache
def old_peak() -> Mood:
    n = np.full(len(OLD_PEAK), 100.0)
    curve = curve_of(comments(OLD_PEAK * n, n))
    normal = back_to_normal(curve, None, 0.2, SETTINGS.curve.recovery)
    assert normal is not None
    assert normal.state == "returned"
    return Mood(
        curve=curve, sampled=None, fired=None, base=None, shares=None, normal=normal, decline=None, sources=(), audit=None, words=0, keywords=(), emotions=(),
        elsewhere=(), own=NO_ROWS, machine=None,
    )  # fmt: skip


@settings(max_examples=40)
@given(st.integers(0, 110))
def test_no_return_to_normal_is_dated_before_the_crisis_began(bucket: int) -> None:
    mood = old_peak()
    assert mood.curve is not None
    assert mood.normal is not None
    assert mood.normal.at is not None
    since = MIDNIGHT + TEN * bucket
    decline = HalfLife(half_life=TEN * 9, low=TEN, high=None, start=mood.normal.at - TEN, until=mood.curve.data_end, drop=0.5, floor=0.1)
    pen = new_pen()
    said = "".join(string(block.text) for block in recovery_blocks(pen, replace(mood, decline=decline), since) if isinstance(block, Paragraph))
    dates = [datetime.fromisoformat(str(claim.value)) for claim in pen.book.claims if claim.what in ("恢复常态的时间", "回落起点") and claim.display in said]
    assert all(at >= since for at in dates)
    assert ("何时恢复常态，按现有数据无法判断" in said) == (mood.normal.at < since)


def test_a_share_that_fell_and_rose_again_is_not_said_to_have_stayed_low() -> None:
    said = "".join(string(block.text) for block in recovery_blocks(new_pen(), old_peak(), MIDNIGHT) if isinstance(block, Paragraph))
    assert "其后又升到其上，最后一段为 40.0%" in said
    assert "保持" not in said


def test_a_return_to_normal_before_the_onset_is_no_outcome_of_the_crisis() -> None:
    mood = old_peak()
    assert mood.normal is not None
    case, found = Case(topics=("某锅踩雷",)), (measure_spread(POSTS.empty(), Case()), WHOLE)
    late, early = _outcomes(case, found, mood, MIDNIGHT + TEN * 80), _outcomes(case, found, mood, MIDNIGHT + TEN * 10)
    assert (late.normal_at, late.normal_watched) == (None, False)
    assert (early.normal_at, early.normal_watched) == (mood.normal.at, True)
    assert _outcomes(case, found, mood, None).normal_at == mood.normal.at


def test_an_empty_set_of_strips_is_known_to_be_empty() -> None:
    assert is_empty(BandsChart(spans=(), bands=(("愤怒", ()),), zone="Asia/Shanghai"))


def test_a_copy_whose_time_is_read_off_its_id_stands_in_the_table_with_that_time() -> None:
    rows: list[dict[str, object]] = [{"platform": "weibo", "item_id": f"50000000000{i}0000", "text": WORDS, "id_origin": "source"} for i in range(3)]
    frame = posts(*rows)
    section, charts, _ = page(frame)
    assert charts.copies is not None
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    assert "2月10日 22:45" in string(table.rows[0][3])
