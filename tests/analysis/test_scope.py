"""What of a collection is the incident's, where nothing typed tells."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from frames import START, hours_after, posts
from pens import new_pen

from review.analysis.analyse import Findings, analyse
from review.analysis.scope import WHOLE, Scope, in_scope, measure_scope
from review.analysis.spread import measure_spread
from review.incident.case import Case
from review.incident.incident import empty_incident
from review.report.compose.spread_text import first_posts, scope_note
from review.report.document import Paragraph, string
from review.settings.analysis_settings import load_analysis_settings

SETTINGS = load_analysis_settings()
PERIOD = SETTINGS.thresholds.period
YEAR = 365 * 24.0
OLD = {"published_at": hours_after(-9 * YEAR), "title": "九年前的旧帖", "author_name": "老号", "author_type": "media", "likes": 900_000}
NEWS = [{"published_at": hours_after(i), "title": f"第{i}条新帖", "author_name": f"新号{i}", "likes": i} for i in range(30)]
SAID = {"kind": "comment", "text": "九年前的评论也很多赞", "published_at": hours_after(-9 * YEAR + 1), "likes": 800_000}
ANSWERS = [{"kind": "comment", "text": f"这是第{i}条新的评论", "published_at": hours_after(i), "likes": i} for i in range(30)]


def scope_of(*rows: dict[str, object], case: Case | None = None) -> Scope:
    return measure_scope(posts(*rows), case or Case(), PERIOD)


def test_posts_over_many_years_name_no_first_post_and_the_busiest_stretch_stands_for_the_incident() -> None:
    frame = posts(OLD, *NEWS)
    scope = measure_scope(frame, Case(), PERIOD)
    assert (scope.untold, scope.starts, scope.dated) == ("span", 31, 31)
    assert scope.period == (START, hours_after(29))
    assert in_scope(frame, scope).tolist() == [False, *[True] * 30]
    spread = measure_spread(frame, Case(), scope)
    assert (spread.first, spread.platforms[0].first, spread.media) == (None, None, ())
    assert spread.mentions == 31


def test_what_is_typed_and_what_lies_within_one_incidents_length_is_the_whole() -> None:
    assert scope_of(OLD, *NEWS, case=Case(topics=("# 帖",))) == WHOLE
    assert scope_of(*NEWS, case=Case(outbreak_at=START)) == WHOLE
    assert scope_of(*NEWS) == WHOLE
    assert scope_of() == WHOLE
    edge = hours_after(24 * PERIOD.longest_days)
    assert scope_of(NEWS[0], {"published_at": edge}) == WHOLE
    assert scope_of(NEWS[0], {"published_at": edge + timedelta(seconds=1)}).untold == "span"


@pytest.mark.parametrize("topics", [(), ("帖",)], ids=["no topic typed", "a topic as old as the oldest post"])
def test_a_typed_outbreak_finds_the_first_post_near_it_and_not_years_before(topics: tuple[str, ...]) -> None:
    case, frame = Case(outbreak_at=hours_after(5), topics=topics), posts(OLD, *NEWS)
    scope = measure_scope(frame, case, PERIOD)
    assert (scope.untold, scope.period) == (None, (START, hours_after(29)))
    spread = measure_spread(frame, case, scope)
    assert spread.first is not None
    assert (spread.first.title, spread.media) == ("第0条新帖", ())
    nothing_near = measure_scope(frame, Case(outbreak_at=hours_after(-4 * YEAR)), PERIOD)
    assert measure_spread(frame, case, nothing_near).first is None
    told = analyse(replace(empty_incident(case), posts=frame), SETTINGS, "Asia/Shanghai").findings
    pen = new_pen()
    said = [string(block.text) for block in (*first_posts(pen, told.spread, told.scope), *scope_note(pen, told.scope)) if isinstance(block, Paragraph)]
    assert "首发、声量峰值、关键账号、媒体内容、典型评论与根源线索只取爆发时间前后的一段" in said[0]
    assert "本节只取爆发时间前后的一段" in said[-1]


def said_of(case: Case, *rows: dict[str, object]) -> tuple[Findings, list[str]]:
    """The findings, and the paragraphs on first posts."""
    found = analyse(replace(empty_incident(case), posts=posts(*rows)), SETTINGS, "Asia/Shanghai").findings
    return found, [string(each.text) for each in first_posts(new_pen(), found.spread, found.scope) if isinstance(each, Paragraph)]


def test_topics_that_no_post_names_tell_nothing_and_the_report_says_so() -> None:
    found, said = said_of(Case(topics=("踩雷", "#云野 茶饮#")), OLD, *NEWS)
    assert (found.scope.unnamed, found.scope.untold, found.scope.period) == (("踩雷", "#云野 茶饮#"), "span", (START, hours_after(29)))
    assert found.spread.first is None
    assert found.facts.onset is None
    assert "填写的【危机话题】“踩雷、云野 茶饮”在采集到的 31 条带发布时间的非品牌帖文与报道中均未提及" in said[0]
    assert "未填写" not in "".join(said).replace("按未填写处理", "")


def test_topics_that_no_post_names_leave_the_first_post_near_the_typed_outbreak() -> None:
    found, said = said_of(Case(topics=("踩雷",), outbreak_at=hours_after(5)), OLD, *NEWS)
    assert found.spread.first is not None
    assert (found.scope.untold, found.spread.first.title) == (None, "第0条新帖")
    assert "均未提及" in said[0]
    assert "危机话题未被提及，取全部非品牌内容" in said[2]


def test_topics_that_no_post_of_one_incidents_length_names_are_told_beside_the_first_post() -> None:
    found, said = said_of(Case(topics=("踩雷",)), *NEWS)
    assert (found.scope.unnamed, found.scope.untold, found.scope.period) == (("踩雷",), None, None)
    assert "均未提及" in said[0]
    assert "采集范围内最早发布（危机话题未被提及，取全部非品牌内容）" in said[1]


def test_posts_years_before_those_that_name_the_topic_are_first_on_no_platform() -> None:
    old = OLD | {"platform": "weibo"}
    found, said = said_of(Case(topics=("新帖",)), old, *NEWS)
    assert found.scope.period == (START, hours_after(29))
    assert found.spread.first is not None
    assert {each.platform: each.first is not None for each in found.spread.platforms} == {"weibo": False, "xhs": True}
    assert found.spread.media == ()
    assert "老号" not in {each.name for each in found.accounts}
    assert "只取提及危机话题的内容及其前后的一段" in said[0]
    near = replace(empty_incident(Case(topics=("新帖",))), posts=posts({"published_at": hours_after(-24 * PERIOD.longest_days)}, *NEWS))
    assert measure_scope(near.posts, near.case, PERIOD) == WHOLE


def test_a_topic_named_by_an_undated_post_or_by_the_brand_alone_finds_no_years_old_first_post() -> None:
    undated: dict[str, object] = {"title": "踩雷", "author_name": "路人"}
    ours: dict[str, object] = {"title": "踩雷说明", "author_name": "云野", "published_at": hours_after(3)}
    case = Case(topics=("踩雷",), official_accounts=("云野",))
    scope = scope_of(OLD, *NEWS, undated, ours, case=case)
    assert (scope.unnamed, scope.untold, scope.dated) == (("踩雷",), "span", 31)
    told: dict[str, object] = {"text": "踩 雷", "published_at": hours_after(1)}
    named = scope_of(OLD, *NEWS, undated, ours, told, case=case)
    assert (named.unnamed, named.untold, named.by_topic) == ((), None, True)
    assert scope_of(undated, case=case) == WHOLE


def test_few_dated_posts_tell_no_first_post() -> None:
    undated: list[dict[str, object]] = [{"title": f"无时间{i}"} for i in range(30)]
    scope = scope_of(*NEWS[:5], *undated)
    assert (scope.untold, scope.starts, scope.dated, scope.period) == ("undated", 35, 5, None)
    assert scope_of(*NEWS, *undated) == WHOLE


def test_talk_spread_evenly_over_years_has_no_period() -> None:
    even: list[dict[str, object]] = [{"published_at": hours_after(-i * YEAR / 4)} for i in range(30)]
    scope = scope_of(*even)
    assert (scope.untold, scope.period) == ("span", None)
    assert in_scope(posts(*even), scope).all()


def test_shuffled_rows_give_the_same_scope() -> None:
    frame = posts(OLD, *NEWS, *ANSWERS)
    assert measure_scope(frame.sample(frac=1, random_state=7).reset_index(drop=True), Case(), PERIOD) == measure_scope(frame, Case(), PERIOD)


def test_rankings_and_voices_leave_out_what_is_years_older_than_the_incident() -> None:
    def found(case: Case) -> tuple[set[str], set[str | None], int | None, bool]:
        incident = empty_incident(case)
        frame: pd.DataFrame = posts(OLD, *NEWS, SAID, *ANSWERS)
        made = analyse(replace(incident, posts=frame), SETTINGS, "Asia/Shanghai").findings
        likes = made.volume.likes_peak
        return (
            {each.name for each in made.accounts},
            {card.text for card in made.voices.typical},
            None if likes is None else likes.value,
            made.propagation.nodes is None,
        )

    accounts, voices, likes, without_nodes = found(Case())
    assert "老号" not in accounts
    assert SAID["text"] not in voices
    assert likes is not None
    assert likes < 100
    assert without_nodes
    accounts, voices, likes, without_nodes = found(Case(topics=("帖",)))
    assert "老号" in accounts
    assert SAID["text"] in voices
    assert not without_nodes


def test_comments_alone_over_years_have_their_busiest_stretch_and_the_report_says_so() -> None:
    frame = posts(SAID, *ANSWERS)
    scope = measure_scope(frame, Case(), PERIOD)
    assert (scope.untold, scope.by_talk, scope.period) == ("span", True, (START, hours_after(29)))
    found, paragraphs = said_of(Case(), SAID, *ANSWERS)
    words = "".join(paragraphs)
    assert "评论与转发自" in words
    assert "采集内容最密集的一段" in words
    assert "采集到的帖文自" not in words
    assert SAID["text"] not in [card.text for card in found.voices.typical]


def test_comments_of_one_incidents_length_are_the_whole() -> None:
    assert scope_of(*ANSWERS) == WHOLE
    undated: dict[str, object] = {**SAID, "published_at": None}
    assert scope_of(undated, undated) == WHOLE
    assert scope_of(SAID, *ANSWERS, case=Case(topics=("新的评论",))).period == (START, hours_after(29))
    assert scope_of(SAID, *ANSWERS, case=Case(outbreak_at=START)).period == (START, hours_after(29))


def test_posts_without_times_below_years_of_reposts_do_not_make_all_of_these_the_incident() -> None:
    original: dict[str, object] = {"title": "没有时间的原帖", "author_name": "甲"}
    reposts: list[dict[str, object]] = [{**each, "kind": "repost"} for each in (SAID, *ANSWERS)]
    scope = scope_of(original, *reposts)
    assert (scope.untold, scope.by_talk, scope.period) == ("undated", True, (START, hours_after(29)))
    assert "采集内容最密集的一段" in "".join(said_of(Case(), original, *reposts)[1])
    assert scope_of(original, *reposts[1:]).period is None


def test_a_typed_outbreak_finds_its_reposts_though_no_post_has_a_time() -> None:
    original: dict[str, object] = {"title": "没有时间的原帖", "author_name": "甲"}
    reposts: list[dict[str, object]] = [{**each, "kind": "repost"} for each in (SAID, *ANSWERS)]
    scope = scope_of(original, *reposts, case=Case(outbreak_at=hours_after(5), topics=("退费",)))
    assert (scope.untold, scope.unnamed, scope.period) == (None, (), (START, hours_after(29)))
    assert scope_of(original, *reposts, case=Case(topics=("退费",))).period == (START, hours_after(29))


def test_a_peak_of_reposts_shows_their_original_though_it_has_no_time() -> None:
    original: dict[str, object] = {"title": "没有时间的原帖", "author_name": "甲", "item_id": "p1"}
    reposts: list[dict[str, object]] = [
        {"kind": "repost", "root_id": "p1", "text": "转发微博", "published_at": hours_after(at), "item_id": f"r{i}"}
        for i, at in enumerate([*range(48), *(20 + n / 100 for n in range(60))])
    ]
    old: dict[str, object] = {"kind": "repost", "root_id": "p0", "text": "九年前", "published_at": hours_after(-9 * YEAR), "item_id": "r99"}
    found, _ = said_of(Case(outbreak_at=START), original, old, *reposts)
    assert found.scope.period == (START, hours_after(47))
    (first, *_) = found.volume.volume_peaks
    assert first.representative is not None
    assert first.representative.title == "没有时间的原帖"
