"""一、危机概述: the hours between what happened and the answer to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from frames import posts, readings, responses
from pens import new_pen

from review.analysis.analyse import analyse
from review.incident.case import Case
from review.incident.evidence import CaseField
from review.incident.incident import empty_incident
from review.report.compose.overview_text import course_blocks, reach_blocks
from review.report.compose.summary_text import period
from review.report.document import Bullets, Table, string
from review.settings.analysis_settings import load_analysis_settings

POSTED = datetime(2026, 8, 12, 12, tzinfo=UTC)
SETTINGS = load_analysis_settings()


def note(known: datetime | None, assessed: datetime | None) -> str:
    sources = {name: CaseField(name=name, file="case.xlsx", sheet="事件信息", row=2) for name in ("known_at", "assessed_at")}
    case = Case(brand="牌子", known_at=known, assessed_at=assessed, sources=sources)
    given = replace(
        empty_incident(case),
        posts=posts({"published_at": POSTED, "text": "坏了", "item_id": "a"}),
        responses=responses({"at": POSTED + timedelta(hours=10), "text": "我们已关注到此事，正在核实"}),
    )
    blocks = course_blocks(new_pen(), case, analyse(given, SETTINGS, "Asia/Shanghai").findings)
    return next(string(block.note) for block in blocks if isinstance(block, Table))


def test_hours_from_post_to_notice_to_judgement_to_answer_are_told() -> None:
    told = note(POSTED + timedelta(hours=8), POSTED + timedelta(hours=9))
    assert told.endswith("首发至知悉 8 小时，知悉至研判 1 小时，研判至首次公开回应 1 小时，首发至首次公开回应 10 小时。")


def test_times_that_are_unknown_or_out_of_order_have_no_hours_between_them() -> None:
    assert note(None, None).endswith("首发至首次公开回应 10 小时。")
    assert "知悉至研判" not in note(POSTED + timedelta(hours=8), POSTED + timedelta(hours=7))


def test_older_talk_on_another_platform_stands_beside_the_first_post_that_names_the_topic() -> None:
    first = {"published_at": POSTED, "platform": "weibo", "text": "#牌子翻车# 网传", "item_id": "a"}
    older = {"published_at": POSTED - timedelta(minutes=130), "platform": "x", "text": "広告ブランドはどうするの", "item_id": "b"}

    def remark(*rows: dict[str, object]) -> str:
        case = Case(brand="牌子", topics=("牌子翻车",))
        blocks = course_blocks(new_pen(), case, analyse(replace(empty_incident(case), posts=posts(*rows)), SETTINGS, "Asia/Shanghai").findings)
        (table,) = (block for block in blocks if isinstance(block, Table))
        return string(table.rows[0][-1])

    assert remark(older, first) == "X另有早 2 小时 10 分的内容，认定依据较弱"
    assert "另有" not in remark({**older, "published_at": POSTED + timedelta(hours=1)}, first)


@pytest.mark.parametrize(("values", "said"), [((7e8,), "是否在爆发之前未知"), ((9e5, 3e6), "爆发后 5 小时内话题阅读量达到 100万次")])
def test_a_topic_read_by_millions_at_its_first_reading_is_not_said_to_have_got_there_since_the_outbreak(values: tuple[float, ...], said: str) -> None:
    case = Case(brand="牌子", outbreak_at=POSTED, topics=("话题",))
    read = readings(*({"at": POSTED + timedelta(hours=4 + i), "value": value} for i, value in enumerate(values)))
    given = replace(empty_incident(case), posts=posts({"published_at": POSTED, "text": "坏了"}), metric_points=read)
    found = analyse(given, SETTINGS, "Asia/Shanghai").findings
    blocks = reach_blocks(new_pen(), found)
    assert said in "".join(string(item) for block in blocks if isinstance(block, Bullets) for item in block.items)


@pytest.mark.parametrize(("precision", "said"), [("day", "自 8月12日至8月12日。"), ("s", "自 8月12日 20:00 至 8月12日 20:00。")])
def test_a_day_without_an_hour_is_not_printed_as_an_hour(precision: str, said: str) -> None:
    found = analyse(
        replace(empty_incident(Case()), posts=posts({"published_at": POSTED, "text": "坏了", "time_precision": precision})), SETTINGS, "Asia/Shanghai"
    ).findings
    blocks = reach_blocks(new_pen(), found)
    assert said in "".join(string(item) for block in blocks if isinstance(block, Bullets) for item in block.items)


def test_an_onset_read_off_data_that_begin_above_the_line_is_said_to_be_later_than_the_crossing() -> None:
    rows = (
        {"kind": "comment", "text": f"第{i}条", "sentiment": "negative", "published_at": POSTED + timedelta(minutes=i), "item_id": f"c{i}"} for i in range(300)
    )
    given = replace(empty_incident(Case()), posts=posts(*rows))
    found = analyse(given, SETTINGS, "Asia/Shanghai").findings
    assert found.emotion.fired is not None
    assert not found.emotion.fired.seen_below
    blocks = course_blocks(new_pen(), Case(), found)
    (table,) = [block for block in blocks if isinstance(block, Table)]
    said = "".join(string(cell) for row in table.rows for cell in row)
    assert "按首个可以确认高于预警线的时段推定，实际越线更早" in said
    assert "按负面占比首次持续越线推定" not in said


@pytest.mark.parametrize(("hours", "said"), [(9, "2026年8月12日"), (30, "2026年8月12日至2026年8月13日")])
def test_an_incident_of_one_day_is_dated_with_that_day_once(hours: int, said: str) -> None:
    frame = posts({"published_at": datetime(2026, 8, 12, 1, tzinfo=UTC)}, {"published_at": datetime(2026, 8, 12, 1, tzinfo=UTC) + timedelta(hours=hours)})
    found = analyse(replace(empty_incident(Case()), posts=frame), SETTINGS, "Asia/Shanghai").findings
    assert string(period(new_pen(), found)) == said


def test_new_followers_of_an_account_are_not_called_a_net_gain() -> None:
    days: list[dict[str, object]] = [
        {"scope": "account", "metric": "followers_gained", "name": None, "at": datetime(2026, 8, 12 + i, tzinfo=UTC), "value": 300} for i in range(7)
    ]
    points = readings(*({**day, "precision": "day", "cumulative": False} for day in days))
    case = Case(outbreak_at=datetime(2026, 8, 12, 4, tzinfo=UTC))
    found = analyse(replace(empty_incident(case), metric_points=points), SETTINGS, "Asia/Shanghai").findings
    blocks = reach_blocks(new_pen(), found)
    words = "".join(string(cell) for block in blocks if isinstance(block, Table) for row in block.rows for cell in row)
    assert "新增粉丝" in words
    assert "涨粉" not in words
