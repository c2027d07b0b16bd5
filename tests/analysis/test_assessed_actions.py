"""Which rows of the timeline are one action: one text on several platforms within minutes."""

from typing import Any

from frames import hours_after, responses

from review.analysis.assessed_actions import assessed_actions
from review.analysis.response_facts import public_moves
from review.analysis.timeline import response_cards
from review.settings.analysis_settings import load_analysis_settings

SETTINGS = load_analysis_settings()
HEARD = "我们已关注到此事，正在核实。"


def assessed(*rows: dict[str, Any]) -> list[tuple[str, ...]]:
    """The actions as the platforms (or else texts) they consist of."""
    frame = responses(*rows)
    cards = response_cards(frame)
    actions = SETTINGS.statement.actions
    found = assessed_actions(cards, public_moves(frame, actions), actions.bloggers, SETTINGS.curve.effects)
    for each in found:
        assert (each.at, each.until) == (cards[int(each.ident)].at, cards[int((each.ident, *each.elsewhere)[-1])].at)
        assert each.rows.count == 1 + len(each.elsewhere)
    return [tuple(sorted(cards[int(place)].platform or "" for place in (each.ident, *each.elsewhere))) for each in found]


def said(hours: float, platform: str | None, text: str | None = HEARD, **other: Any) -> dict[str, Any]:
    return {"at": hours_after(hours), "platform": platform, "text": text, "title": None, **other}


def test_one_text_on_three_platforms_at_one_instant_is_one_action_in_whatever_order_it_is_typed() -> None:
    rows = [said(1, "weibo"), said(1, "xhs", "我们已关注到此事,正在核实!"), said(1, "douyin")]
    assert assessed(*rows) == assessed(*rows[::-1]) == [("douyin", "weibo", "xhs")]


def test_different_words_or_the_same_platform_or_half_an_hour_and_more_apart_are_actions_of_their_own() -> None:
    assert assessed(said(1, "weibo"), said(1, "xhs", "我们已关注到此事，正在处理。")) == [("weibo",), ("xhs",)]
    assert assessed(said(1, "weibo"), said(1.1, "weibo")) == [("weibo",), ("weibo",)]
    assert assessed(said(1, "weibo"), said(1.5, "xhs")) == [("weibo", "xhs")]
    assert assessed(said(1, "weibo"), said(1.51, "xhs")) == [("weibo",), ("xhs",)]
    assert assessed(said(1, "weibo"), said(1, None)) == [("weibo",), ("",)]


def test_without_words_a_like_title_of_a_like_kind_is_one_text_and_nothing_at_all_is_none() -> None:
    assert assessed(said(1, "weibo", None, title="致歉声明"), said(1, "xhs", None, title="致歉声明")) == [("weibo", "xhs")]
    assert assessed(said(1, "weibo", None, title="说明"), said(1, "xhs", None, title="说明", action="apology")) == [("weibo",), ("xhs",)]
    assert len(assessed(said(1, "weibo", None), said(1, "xhs", None))) == 2


def test_bloggers_are_never_one_action() -> None:
    assert len(assessed(said(1, "weibo", action="kol"), said(1, "xhs", action="kol"))) == 2
