"""The page on who passed it on: numbers are claims, inferred is never drawn solid, forbidden words stay away."""

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest
from frames import hours_after, posts
from pens import new_pen
from test_cascades import crowd, mixed

from review.analysis.propagation import Propagation, measure_propagation
from review.analysis.roles import count_roles, with_roles
from review.analysis.spread import measure_spread
from review.incident.case import Case
from review.incident.tables import POSTS
from review.report.chart_data import SwimLaneChart
from review.report.compose.links_text import link_blocks
from review.report.compose.spread_detail import detail_blocks, quality_blocks
from review.report.document import Block, Figure, Paragraph, Table, string
from review.settings.links import load_link_settings
from review.settings.media import load_media_list
from review.settings.thresholds import load_thresholds

COPIED = "昨天新买的锅第一次用就掉渣，粥里捞出好几块黑色碎片，客服说是正常损耗，让我自己用醋泡一泡再刷，谁家宝宝敢这么吃，已经打了投诉电话"
FORBIDDEN = ("Wilson", "bootstrap", "结构病毒性", "安慰剂", "T0", "p 值", "检验", "导致")


def blocks(frame: pd.DataFrame, since: datetime | None = None) -> tuple[list[Block], Propagation]:
    found, _ = measure_propagation(frame, measure_spread(frame, Case()), Case(), load_link_settings())
    return link_blocks(new_pen(), found, load_thresholds().accounts, since), found


def text(made: list[Block]) -> str:
    lines = []
    for block in made:
        if isinstance(block, Paragraph):
            lines.append(string(block.text))
        elif isinstance(block, Table):
            lines += [string(block.caption), string(block.note), *(string(cell) for row in block.rows for cell in row)]
        elif isinstance(block, Figure):
            lines += [string(block.caption), string(block.note), string(block.alt)]
    return "\n".join(lines)


def test_the_page_names_the_covered_share_and_the_leading_account() -> None:
    made, _ = blocks(crowd(chained=True))
    page = text(made)
    assert "转发来源已知 100%" in page
    assert "连同其后各级共 15 条" in page
    assert "15 条转发直接转自该账号" in page
    assert [block.id for block in made if isinstance(block, Table | Figure)] == ["lanes", "key_nodes", "amplifiers"]


def test_nodes_before_the_incident_stand_in_the_table_alone() -> None:
    made, found = blocks(crowd(chained=True))
    assert found.nodes is not None
    times = [node.at for node in found.nodes.nodes]
    (whole,) = [block for block in made if isinstance(block, Figure) and block.id == "lanes"]
    assert isinstance(whole.chart, SwimLaneChart)
    assert [node.at for node in whole.chart.nodes] == times
    for since in (times[0], times[1], times[-1] + timedelta(hours=1)):
        later = [node.number for node in found.nodes.nodes if node.at >= since]
        made, _ = blocks(crowd(chained=True), since)
        drawn = [block.chart for block in made if isinstance(block, Figure) and block.id == "lanes"]
        (table,) = [block for block in made if isinstance(block, Table) and block.id == "key_nodes"]
        assert len(table.rows) == len(times)
        if len(later) < 2:
            assert drawn == []
            assert "传播脉络图不作绘制" in text(made)
            continue
        (chart,) = drawn
        assert isinstance(chart, SwimLaneChart)
        assert [node.number for node in chart.nodes] == later
        assert {end for link in chart.links for end in (link.source, link.target)} <= set(later)
        assert all(start >= since for start in chart.starts)
        assert all(len(counts) == len(chart.starts) for _, counts in chart.volume)
        assert ("更早的" in text(made)) == (len(later) < len(times))


def test_ordinary_names_are_masked() -> None:
    frame = crowd(chained=True)
    frame["author_name"] = frame["author_name"].replace("甲", "张三丰")
    assert "张三丰" not in text(blocks(frame)[0])


def test_where_ways_are_unknown_the_reason_stands_in_place_of_the_table() -> None:
    made, _ = blocks(crowd(chained=False))
    page = text(made)
    assert "低于 80%" in page
    assert not any(isinstance(block, Table) and block.id == "amplifiers" for block in made)


def test_where_too_few_ways_are_known_the_table_leaves_downstream_out_and_says_why() -> None:
    made, _ = blocks(mixed())
    (table,) = [block for block in made if isinstance(block, Table) and block.id == "amplifiers"]
    cells = [string(cell) for cell in table.rows[0]]
    assert cells[4:] == ["15 条", "—", "转发语中的账号链 15 条"]
    assert "低于 80%" in string(table.note)


def test_without_reposts_one_line_says_so() -> None:
    made, _ = blocks(POSTS.empty())
    assert text(made) == "本次取得的数据中没有转发记录，转发层级与放大账号不作分析。"


def test_a_copy_on_another_platform_is_drawn_dashed_and_counted_as_inferred() -> None:
    frame = posts(
        {"platform": "xhs", "item_id": "a", "text": COPIED, "published_at": hours_after(0), "author_name": "甲"},
        {"platform": "weibo", "item_id": "b", "text": "搬运：" + COPIED, "published_at": hours_after(1), "author_name": "乙"},
    )
    made, found = blocks(frame)
    assert found.nodes is not None
    assert [link.style for link in found.nodes.links] == ["dashed"]
    assert "跨平台关联只见于小红书至微博：可确认的 0 条，推断的 1 条" in text(made)
    assert not [block for block in made if isinstance(block, Figure) and block.id == "flow"], "a matrix with one filled cell is a sentence"


def test_copies_told_by_their_ids_are_not_said_to_have_no_time() -> None:
    frame = posts(*({"platform": "weibo", "item_id": f"k{i}", "text": COPIED, "published_at": hours_after(i), "author_name": f"号{i}"} for i in range(3)))
    found, _ = measure_propagation(frame, measure_spread(frame, Case()), Case(), load_link_settings())
    (group,) = found.copies
    assert group.earliest is not None
    by_id = replace(found, copies=(replace(group, earliest=replace(group.earliest, at=None)),))
    page = text(link_blocks(new_pen(), by_id, load_thresholds().accounts, None))
    assert "组内最早已知帖按编号推算发布于 8月12日 20:00" in page
    assert "没有完整时间" not in page


@pytest.mark.parametrize("chained", [True, False])
def test_words_of_the_workshop_stay_out_of_the_body(chained: bool) -> None:
    page = text(blocks(crowd(chained=chained))[0]).replace("不作水军认定", "")
    assert not [word for word in (*FORBIDDEN, "水军") if word in page]


def test_the_appendix_tells_generations_evidence_and_what_was_lost() -> None:
    frame = mixed()
    _, found = blocks(frame)
    evidence = text(quality_blocks(new_pen(), found.quality))
    assert "中间环节未知\n明确\n20 条\n—\n未测量" in evidence
    assert "转发语中的账号链\n明确\n15 条\n99.9%" in evidence
    whole, _ = measure_propagation(crowd(chained=True), measure_spread(crowd(chained=True), Case()), Case(), load_link_settings())
    roles = count_roles(with_roles(crowd(chained=True), Case(), load_media_list(), 100_000))
    page = text(detail_blocks(new_pen(), whole, roles))
    assert "1\n16 条\n—\n2\n15 条\n0.94" in page
    assert "粉丝数是否达到门槛\n用户\n30 个" in page
    assert "没有依据\n未知\n2 个" in page


def test_nothing_has_no_appendix() -> None:
    _, found = blocks(POSTS.empty())
    assert quality_blocks(new_pen(), found.quality) == []
    assert detail_blocks(new_pen(), found, count_roles(POSTS.empty())) == []


def test_comments_without_their_posts_lie_on_no_number_of_posts() -> None:
    rows: list[dict[str, object]] = [{"kind": "comment", "text": f"第{i}条", "published_at": hours_after(i), "item_id": f"c{i}"} for i in range(9)]
    _, found = blocks(posts(*rows))
    page = text(detail_blocks(new_pen(), found, count_roles(posts(*rows))))
    assert "一级评论 9 条，均未注明所属帖文" in page
    assert "0 条帖文" not in page
