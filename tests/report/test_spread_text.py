"""二、传播脉络 and 关键账号: what is said of the first post, the media and the accounts is what the rows can tell."""

from dataclasses import replace

import pytest
from frames import START, hours_after, posts
from pens import new_pen

from review.analysis.analyse import Findings, analyse
from review.incident.case import Case
from review.incident.incident import empty_incident
from review.report.compose.events import key_events
from review.report.compose.overview_text import reach_blocks
from review.report.compose.spread_text import account_blocks, first_posts, voice_blocks
from review.report.document import Bullets, Paragraph, Table, string
from review.settings.analysis_settings import load_analysis_settings

SETTINGS = load_analysis_settings()


def findings(case: Case, *rows: dict[str, object]) -> Findings:
    return analyse(replace(empty_incident(case), posts=posts(*rows)), SETTINGS, "Asia/Shanghai").findings


def first_words(case: Case, *rows: dict[str, object]) -> str:
    found = findings(case, *rows)
    return "".join(string(block.text) for block in first_posts(new_pen(), found.spread, found.scope) if isinstance(block, Paragraph))


def accounts(*rows: dict[str, object]) -> tuple[str, list[Table]]:
    found = findings(Case(), *rows)
    blocks = account_blocks(new_pen(), found, SETTINGS.thresholds.accounts)
    return "".join(string(block.text) for block in blocks if isinstance(block, Paragraph)), [block for block in blocks if isinstance(block, Table)]


@pytest.mark.parametrize("author", [None, "某用户"])
def test_a_typed_topic_that_no_post_names_is_not_called_untyped(author: str | None) -> None:
    row: dict[str, object] = {"published_at": START, "title": "新品到货", "author_name": author}
    typed, untyped = first_words(Case(topics=("退费",)), row), first_words(Case(), row)
    assert "均未提及" in typed
    assert "危机话题未被提及" in typed
    assert "未填写危机话题" not in typed
    assert "未填写危机话题" in untyped


def test_an_incident_that_began_in_the_press_is_told_so_and_the_outlet_is_no_user() -> None:
    rows: list[dict[str, object]] = [
        {"published_at": START, "kind": "article", "platform": "news", "author_name": "小城经济", "author_type": "media", "title": "节目直击", "item_id": "a"},
        {"published_at": hours_after(1), "platform": "weibo", "author_name": "路人", "title": "看到了", "item_id": "b"},
    ]
    assert "新闻媒体“小城经济”发布《节目直击》" in first_words(Case(), *rows)
    events = [string(event.text) for event in key_events(new_pen(), findings(Case(), *rows)).shown]
    assert events[0] == "首发（媒体报道）：小城经济《节目直击》"
    later = [{**rows[0], "published_at": hours_after(2)}, rows[1]]
    assert "媒体介入：小城经济《节目直击》" in [string(event.text) for event in key_events(new_pen(), findings(Case(), *later)).shown]


def test_posts_without_a_time_are_all_without_and_not_only_none_with() -> None:
    rows: list[dict[str, object]] = [{"title": f"第{i}条", "author_name": "甲"} for i in range(4)]
    words = first_words(Case(), *rows)
    assert "采集到的帖文与报道 4 条均不带发布时间" in words


def test_posts_without_authors_cannot_say_that_no_outlet_is_among_them() -> None:
    words, _ = accounts({"published_at": START, "title": "一篇", "likes": 9})
    assert "未见媒体" not in words
    assert "有无媒体账号无从判断" in words
    named, _ = accounts({"published_at": START, "title": "一篇", "likes": 9, "author_name": "甲"})
    assert "采集范围内未见媒体报道或媒体账号帖文" in named


def test_comments_alone_tell_no_first_post_and_nothing_of_media() -> None:
    rows: list[dict[str, object]] = [{"kind": "comment", "published_at": hours_after(i), "text": f"第{i}条评论", "likes": i} for i in range(3)]
    words, _ = accounts(*rows)
    assert "媒体" not in words
    found = findings(Case(), *rows)
    (table,) = [block for block in first_posts(new_pen(), found.spread, found.scope) if isinstance(block, Table)]
    assert string(table.caption) == "各平台采集规模"
    assert "首发时间" not in [column.head for column in table.columns]


def test_a_collection_of_the_brands_own_posts_is_no_public_opinion() -> None:
    own: dict[str, object] = {"author_type": "brand", "published_at": START, "title": "新品到货", "likes": 9}
    words, tables = accounts(own)
    assert not tables
    assert "均为品牌自有内容" in words
    assert "无从判断" not in words
    assert findings(Case(), own).spread.all_own
    assert not findings(Case(), own, {"published_at": START, "title": "漏水"}).spread.all_own
    assert not findings(Case(), own, {"kind": "comment", "published_at": START, "text": "漏水"}).spread.all_own


def test_own_posts_are_told_apart_in_the_reach_of_the_incident() -> None:
    own: dict[str, object] = {"author_type": "brand", "published_at": START, "title": "新品到货"}
    found = findings(Case(), own, {"published_at": START, "title": "漏水"}, {"published_at": START, "title": "又漏水"})
    (items,) = reach_blocks(new_pen(), found)
    assert isinstance(items, Bullets)
    said = [string(item) for item in items.items]
    assert any("采集到帖文、转发与报道 3 条" in line for line in said)
    assert any("其中品牌自有内容 1 条" in line for line in said)


def test_a_platform_whose_older_post_says_nothing_of_the_topic_is_not_said_to_come_later() -> None:
    older: dict[str, object] = {"published_at": hours_after(-5), "platform": "zhihu", "title": "这车怎么样", "author_name": "甲"}
    first: dict[str, object] = {"published_at": START, "platform": "weibo", "title": "退费难", "author_name": "乙"}
    found = findings(Case(topics=("退费",)), older, first)
    (table,) = [block for block in first_posts(new_pen(), found.spread, found.scope) if isinstance(block, Table)]
    lags = {string(row[0]): string(row[2]) for row in table.rows}
    assert lags == {"知乎": "早 5 小时（认定依据较弱）", "微博": "最早平台"}


@pytest.mark.parametrize(("label", "said"), [(None, "模型判为负面的"), ("negative", "中，负面 9 条")])
def test_the_hottest_comments_are_negative_by_the_models_word_where_it_alone_judged_them(label: str | None, said: str) -> None:
    rows: list[dict[str, object]] = [
        {"kind": "comment", "published_at": hours_after(i), "text": f"第{i}条评论，垃圾品牌", "likes": i, "sentiment": label} for i in range(9)
    ]
    found = findings(Case(), *rows)
    words = "".join(string(b.text) for b in voice_blocks(new_pen(), found.voices, found.scope, found.emotion.sources) if isinstance(b, Paragraph))
    assert said in words
    assert ("未经人工复核" in words) is (label is None)
