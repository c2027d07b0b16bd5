"""二、情绪走势: rows are called what they are, emotions by their Chinese names, and nobody is told apart from a brand that was not named."""

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest
from crisis_rows import samples
from frames import hours_after, posts, readings, responses
from pens import new_pen

from review.analysis.analyse import Findings, analyse
from review.analysis.recovery import HalfLife
from review.incident.case import Case
from review.incident.incident import empty_incident
from review.report.chart_data import CurveChart
from review.report.compose.emotion_text import curve_blocks, recovery_blocks
from review.report.compose.events import key_events
from review.report.compose.mood_text import mood_blocks
from review.report.compose.score_text import total_text
from review.report.document import Figure, Paragraph, Table, string
from review.settings.analysis_settings import load_analysis_settings

SETTINGS = load_analysis_settings()


def rows(kind: str, many: int = 360) -> list[dict[str, object]]:
    """Talk over three days, a third of it negative, some of that naming a competitor."""
    texts = ("太失望了，垃圾，再也不买", "失望，不如隔壁对家", "今天收到了，很喜欢")
    return [{"kind": kind, "text": f"{texts[i % 3]}{i}", "published_at": hours_after(i * 0.2), "item_id": f"x{i}"} for i in range(many)]


def findings(kind: str, case: Case) -> Findings:
    return analyse(replace(empty_incident(case), posts=posts(*rows(kind))), SETTINGS, "Asia/Shanghai").findings


def test_emotions_are_claimed_under_their_chinese_names() -> None:
    pen = new_pen()
    mood_blocks(pen, findings("comment", Case()).emotion)
    named = [claim.what for claim in pen.book.claims if claim.what.startswith("表现")]
    assert "表现失望的条数" in named
    assert not [what for what in named if any("a" <= letter <= "z" for letter in what)]


def test_reposts_have_no_figure_of_comment_words() -> None:
    captions = {
        kind: [string(block.caption) for block in mood_blocks(new_pen(), findings(kind, Case()).emotion) if isinstance(block, Figure)]
        for kind in ("post", "comment")
    }
    assert captions == {"post": ["帖文与转发的关键词占比走势"], "comment": ["评论关键词占比走势"]}


def test_without_a_named_brand_no_anger_is_said_to_be_at_others() -> None:
    def told(case: Case) -> str:
        return "".join(string(block.text) for block in mood_blocks(new_pen(), findings("comment", case).emotion) if isinstance(block, Paragraph))

    assert "未提及品牌" not in told(Case(competitors=("对家",)))
    assert "指向竞品" in told(Case(brand="云野", competitors=("对家",)))


def test_turns_of_unaudited_labels_have_no_column_for_an_interval_that_is_not_known() -> None:
    frame = posts(*({**row, "text": f"骗子，垃圾品牌，太恶心了{i}" if i > 1500 else f"很喜欢，非常好用{i}"} for i, row in enumerate(rows("comment", 3000))))
    found = analyse(replace(empty_incident(Case()), posts=frame), SETTINGS, "Asia/Shanghai").findings
    pen = new_pen()
    blocks = curve_blocks(pen, found.emotion, key_events(pen, found), found.spread.rows, 0.2)
    (turns,) = [block for block in blocks if isinstance(block, Table) and block.id == "turning_points"]
    assert "区间（百分点）" not in [column.head for column in turns.columns]
    assert {len(row) for row in turns.rows} == {len(turns.columns)}


def test_nothing_scored_is_not_called_a_list_of_scored_items() -> None:
    assert string(total_text(new_pen(), findings("comment", Case()).score.card, SETTINGS.rubric)) == "没有可评分的指标，不作评分"


def test_older_storms_give_way_to_what_the_brand_did() -> None:
    frame = posts(*({**row, "text": f"骗子，垃圾品牌，太恶心了{i}" if i > 1500 else f"很喜欢，非常好用{i}"} for i, row in enumerate(rows("comment", 3000))))
    moves = responses({"at": hours_after(1), "text": "我们已关注到此事，正在核实", "action": "first_response"})
    found = analyse(replace(empty_incident(Case()), posts=frame, responses=moves), SETTINGS, "Asia/Shanghai").findings
    curve = found.emotion.curve
    assert curve is not None
    (point, *_) = curve.turning_points
    older = tuple(replace(point, at=point.at - timedelta(days=400 + i), bucket=0) for i in range(25))
    stormy = replace(curve, turning_points=(*older, point), incident_from=point.bucket)
    events = key_events(new_pen(), replace(found, emotion=replace(found.emotion, curve=stormy)))
    assert [event.side for event in events.shown].count("brand") == 1
    assert point.at in [event.at for event in events.shown]
    assert [event.turning for event in events.minor] == [True] * len(events.minor) != []


def test_a_response_titled_by_its_kind_is_named_once_with_its_words() -> None:
    moves = responses(
        {"at": hours_after(1), "action": "first_response", "title": "首次回应", "text": "我们已关注到此事，正在核实"},
        {"at": hours_after(2), "action": "activation", "title": "启动"},
    )
    found = analyse(replace(empty_incident(Case()), posts=posts(*rows("comment")), responses=moves), SETTINGS, "Asia/Shanghai").findings
    said = [string(event.text) for event in key_events(new_pen(), found).shown if event.side == "brand"]
    assert said == ["首次回应：我们已关注到此事，正在核实", "启动"]


def storm(begins: float) -> list[dict[str, object]]:
    """Eight hundred rows half an hour apart, the middle half of them angry."""
    return [
        {
            "kind": "post" if i % 10 == 0 else "comment",
            "text": f"骗子，垃圾品牌，太恶心了{i}" if 200 <= i < 600 else f"很喜欢，非常好用{i}",
            "published_at": hours_after(begins + i / 2),
            "item_id": f"{begins}-{i}",
        }
        for i in range(800)
    ]


def test_the_press_that_made_a_finding_public_stands_beside_the_rise_that_came_with_it() -> None:
    press = [
        {"kind": "article", "platform": "news", "author_type": "media", "author_name": name, "title": title, "published_at": hours_after(at), "item_id": name}
        for name, title, at in (("晚报", "门店排队", 1.0), ("新华网", "三批次不合格", 101.5), ("日报", "三批次不合格被罚", 130.0))
    ]
    found = analyse(replace(empty_incident(Case()), posts=posts(*storm(0), *press)), SETTINGS, "Asia/Shanghai").findings
    pen = new_pen()
    events = key_events(pen, found)
    assert [string(event.text) for event in events.shown if event.label == "媒体报道"] == ["媒体报道：新华网《三批次不合格》"]
    blocks = curve_blocks(pen, found.emotion, events, found.spread.rows, 0.2)
    (turns,) = [block for block in blocks if isinstance(block, Table) and block.id == "turning_points"]
    assert "“媒体报道”" in string(turns.rows[0][-1])
    new_place = {"kind": "post", "platform": "douyin", "author_name": "某人", "title": "三批次", "published_at": hours_after(101.0), "item_id": "d"}
    found = analyse(replace(empty_incident(Case()), posts=posts(*storm(0), *press, new_place)), SETTINGS, "Asia/Shanghai").findings
    assert "媒体报道" not in [event.label for event in key_events(new_pen(), found).shown]  # what else happened there tells more than a reprint


@pytest.mark.parametrize(("floor", "said"), [(0.55, "不再明显下降（其间高出的部分每"), (0.05, "负面占比高出部分每")])
def test_a_quick_fall_to_far_above_the_line_is_not_told_as_if_it_went_on(floor: float, said: str) -> None:
    found = findings("comment", Case(outbreak_at=hours_after(0)))
    curve = found.emotion.curve
    assert curve is not None
    life, start, until = timedelta(hours=30), hours_after(5), hours_after(60)
    decline = HalfLife(half_life=life, low=life, high=None, start=start, until=until, drop=0.2, floor=floor)
    blocks = recovery_blocks(new_pen(), replace(found.emotion, decline=decline), None)
    assert said in "".join(string(block.text) for block in blocks if isinstance(block, Paragraph))


@pytest.mark.parametrize("outbreak", [None, 100.0], ids=["nothing typed", "an outbreak typed"])
def test_turns_and_curve_are_those_of_the_incident_where_posts_lie_over_years(outbreak: float | None) -> None:
    year = 365 * 24
    frame = posts(*storm(-3 * year), *storm(0), *storm(3 * year)[:300]) if outbreak is not None else posts(*storm(-3 * year)[:700], *storm(0))
    case = Case(brand="云野", outbreak_at=None if outbreak is None else hours_after(outbreak))
    found = analyse(replace(empty_incident(case), posts=frame), SETTINGS, "Asia/Shanghai").findings
    pen = new_pen()
    events = key_events(pen, found)
    blocks = curve_blocks(pen, found.emotion, events, found.spread.rows, 0.2)
    (turns,) = [block for block in blocks if isinstance(block, Table) and block.id == "turning_points"]
    curve = found.emotion.curve
    assert curve is not None
    others = [point for point in curve.turning_points if abs((point.at - hours_after(0)).days) > 365]
    assert len(others) >= 2
    assert len(turns.rows) == len(curve.turning_points) - len(others) >= 2
    assert all("年" not in string(row[1]) for row in turns.rows)
    assert all(abs((event.at - hours_after(0)).days) < 365 for event in events.shown if event.turning)
    (figure,) = [block for block in blocks if isinstance(block, Figure) and block.id == "emotion_curve"]
    assert isinstance(figure.chart, CurveChart)
    assert all(abs((point.at - hours_after(0)).days) < 365 for point in figure.chart.points)
    told = "".join(string(block.text) for block in blocks if isinstance(block, Paragraph))
    assert f"另有转折 {len(others)} 个在本次事件所取时段之外" in told
    assert ("更晚的" in told) is (outbreak is not None)


def test_a_period_without_a_turn_says_so_of_itself_and_that_its_highest_share_is_older() -> None:
    found = analyse(replace(empty_incident(Case()), posts=posts(*storm(0))), SETTINGS, "Asia/Shanghai").findings
    curve = found.emotion.curve
    assert curve is not None
    assert curve.turning_points

    def told(period: tuple[datetime, datetime] | None) -> str:
        pen = new_pen()
        mood = replace(found.emotion, curve=replace(curve, period=period))
        blocks = curve_blocks(pen, mood, key_events(pen, found), found.spread.rows, 0.2)
        return "".join(string(block.text) for block in blocks if isinstance(block, Paragraph))

    within = told((curve.turning_points[-1].at + timedelta(days=1), curve.data_end))
    assert "在本次事件所取时段内，负面占比未出现可确认的转折" in within
    assert "按现有数据，负面占比未出现" not in within
    assert "负面占比最高的一段在所取时段之前（" in within
    assert "负面占比最高的一段始于" in told(None)
    assert "未出现可确认的转折" not in told(None)


def test_samples_read_on_several_platforms_are_all_listed_and_none_is_called_the_only_reading() -> None:
    typed = pd.concat([samples([(86, 120)], "x"), samples([(117, 150)], "weibo"), samples([(31, 100)], "zhihu")], ignore_index=True)
    found = analyse(replace(empty_incident(Case()), samples=typed), SETTINGS, "Asia/Shanghai").findings
    pen = new_pen()
    blocks = curve_blocks(pen, found.emotion, key_events(pen, found), found.spread.rows, SETTINGS.rubric.trigger_share)
    words = "".join(string(block.text) for block in blocks if isinstance(block, Paragraph))
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert [(string(row[1]), string(row[4])) for row in table.rows] == [("X", "71.7%"), ("微博", "78.0%"), ("知乎", "31.0%")]
    assert "微博唯一一次抽样" in words
    assert "唯一一次读数" not in words
    assert "只按微博的抽样" in words


def test_a_turn_beside_a_hot_list_entry_names_it() -> None:
    entry = readings({"scope": "hot_list", "metric": "rank", "name": "某品牌", "platform": "weibo", "at": hours_after(100.5), "value": 3, "precision": "min"})
    found = analyse(replace(empty_incident(Case()), posts=posts(*storm(0)), metric_points=entry), SETTINGS, "Asia/Shanghai").findings
    pen = new_pen()
    blocks = curve_blocks(pen, found.emotion, key_events(pen, found), found.spread.rows, 0.2)
    (turns,) = [block for block in blocks if isinstance(block, Table) and block.id == "turning_points"]
    assert any("“热搜”" in string(row[-1]) for row in turns.rows)
    assert all("见时间轴" not in string(row[-1]) for row in turns.rows)
