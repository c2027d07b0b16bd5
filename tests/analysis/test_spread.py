"""First posts, lags and sums."""

from datetime import timedelta

import pandas as pd
from frames import hours_after, posts, responses

from review.analysis.accounts import rank_accounts
from review.analysis.peaks import measure_volume
from review.analysis.spread import cards_at, measure_spread
from review.analysis.voices import choose_voices
from review.incident.case import Case
from review.settings.thresholds import load_thresholds

T = load_thresholds()


def test_a_comment_is_never_the_first_post() -> None:
    spread = measure_spread(posts({"kind": "comment", "published_at": hours_after(-1)}, {"published_at": hours_after(0), "title": "首发"}), Case())
    assert spread.first is not None
    assert spread.first.title == "首发"


def test_the_brands_own_posts_and_older_talk_are_not_the_first_post() -> None:
    case = Case(official_accounts=("官方",), topics=("#某锅 踩雷#",))
    rows = [
        {"published_at": hours_after(-48), "author_name": "官方", "title": "某锅踩雷？不存在", "tags": "某锅踩雷"},
        {"published_at": hours_after(-24), "title": "新手求推荐"},
        {"published_at": hours_after(-12), "title": "不好用", "sentiment": "negative"},
        {"published_at": hours_after(0), "title": "气死了", "tags": "某锅踩雷 辅食"},
    ]
    found = measure_spread(posts(*rows), case)
    assert (found.first and found.first.title, found.first_by) == ("气死了", "topic")
    found = measure_spread(posts(*rows[:3]), case)
    assert (found.first and found.first.title, found.first_by) == ("不好用", "negative")
    found = measure_spread(posts(*rows[:2]), case)
    assert (found.first and found.first.title, found.first_by) == ("新手求推荐", "all"), "a topic was typed that none of them names"


def test_a_repost_is_quoted_with_its_own_words_and_not_with_those_of_the_chain() -> None:
    rows = [
        {"kind": "repost", "published_at": hours_after(0), "text": "太失望了// @甲:蹲//@乙：转发微博"},
        {"kind": "repost", "published_at": hours_after(1), "text": "//@甲:蹲"},
        {"kind": "post", "published_at": hours_after(2), "text": "引一句 //@甲:蹲"},
    ]
    assert [card.text for card in cards_at(posts(*rows), [0, 1, 2])] == ["太失望了", None, "引一句 //@甲:蹲"]


def test_lags_count_from_the_first_post_of_all() -> None:
    spread = measure_spread(
        posts({"published_at": hours_after(2), "platform": "weibo"}, {"published_at": hours_after(0)}, {"platform": "news", "kind": "article"}), Case()
    )
    assert [(each.platform, each.lag) for each in spread.platforms] == [("xhs", timedelta(0)), ("weibo", timedelta(hours=2)), ("news", None)]
    assert (spread.undated, spread.media_count) == (1, 1)


def test_what_was_never_exported_is_unknown_and_not_zero() -> None:
    spread = measure_spread(posts({"published_at": hours_after(0), "likes": 3}, {"published_at": hours_after(1), "likes": None}), Case())
    assert spread.platforms[0].likes_sum == 3
    assert spread.platforms[0].shares_sum is None


def test_shuffled_rows_give_equal_findings() -> None:
    frame = posts(
        *({"published_at": hours_after(i % 5), "likes": i, "item_id": str(i), "author_name": f"a{i % 3}", "text": f"text number {i}"} for i in range(40))
    )
    mixed = frame.sample(frac=1, random_state=1).reset_index(drop=True)
    assert measure_spread(frame, Case()) == measure_spread(mixed, Case())
    assert rank_accounts(frame, T.accounts) == rank_accounts(mixed, T.accounts)


def test_accounts_rank_by_interaction_and_leave_commenters_out() -> None:
    frame = posts(
        {"author_name": "甲", "likes": 10, "shares": 5},
        {"author_name": "乙", "likes": 20},
        {"author_name": "甲", "likes": 10},
        {"author_name": "丙", "likes": 999, "kind": "comment"},
    )
    assert [(each.name, each.interaction, each.posts) for each in rank_accounts(frame, T.accounts)] == [("甲", 25, 2), ("乙", 20, 1)]


def test_the_volume_peak_is_the_busiest_hour_and_names_what_the_brand_did_then() -> None:
    rows = [{"published_at": hours_after(0), "kind": "comment"}] * 5 + [{"published_at": hours_after(3.5), "kind": "comment", "likes": 2, "text": "热评"}] * 30
    volume = measure_volume(
        posts(*rows), responses({"at": hours_after(2.2), "title": "声明"}, {"at": hours_after(9), "title": "太晚"}), T.peaks, "Asia/Shanghai"
    )
    peak = volume.volume_peaks[0]
    assert (peak.start, peak.value, peak.total) == (hours_after(3), 30, 35)
    assert [(action, rows.count) for _, action, rows in peak.near] == [("statement", 1)]
    assert volume.comments_peak is not None
    assert volume.shares_peak is None


def test_rows_known_to_the_day_stay_out_of_hourly_volume() -> None:
    rows = [{"published_at": hours_after(4), "time_precision": "day"}] * 50
    assert measure_volume(posts(*rows), responses(), T.peaks, "Asia/Shanghai").starts == ()


def test_typical_comments_list_equal_texts_once_and_count_the_hottest() -> None:
    frame = posts(*({"kind": "comment", "text": "锅掉渣了怎么办！" if i < 5 else f"第{i}条真的很生气", "likes": 100 - i} for i in range(30)))
    negative = pd.Series([i % 2 == 0 for i in range(30)], dtype="boolean")
    voices = choose_voices(frame, negative, (Case(), None), T.voices)
    assert sum("掉渣" in (card.text or "") for card in voices.typical) <= 2  # the same text may stand once on either side
    assert (voices.hot, voices.hot_negative) == (20, 10)
    assert choose_voices(frame, pd.Series(pd.NA, index=frame.index, dtype="boolean"), (Case(), None), T.voices).hot_negative is None


def test_where_no_reposts_were_collected_the_peak_of_shares_is_that_of_the_posts_totals() -> None:
    many: list[dict[str, object]] = [{"published_at": hours_after(i % 3), "shares": 1 + (i % 3 == 1), "item_id": str(i)} for i in range(60)]
    found = measure_volume(posts(*many), responses(), T.peaks, "Asia/Shanghai")
    assert found.shares_peak is not None
    assert (found.shares_peak.counted, found.shares_peak.start, found.shares_peak.value) == ("totals", hours_after(1), 40)
    assert (found.comments_peak, found.likes_peak) == (None, None)
    reposted: list[dict[str, object]] = [{"kind": "repost", "published_at": hours_after(2), "item_id": f"r{i}"} for i in range(20)]
    found = measure_volume(posts(*many, *reposted), responses(), T.peaks, "Asia/Shanghai")
    assert found.shares_peak is not None
    assert (found.shares_peak.counted, found.shares_peak.start, found.shares_peak.value) == ("rows", hours_after(2), 20)


def test_without_any_interaction_a_peak_shows_the_post_that_was_reposted_most() -> None:
    rows: list[dict[str, object]] = [
        {"kind": "repost", "root_id": "a" if i % 3 else "b", "published_at": hours_after(0), "text": "转发", "item_id": f"x{i}"} for i in range(30)
    ]
    origins: list[dict[str, object]] = [
        {"item_id": "a", "text": "甲帖", "published_at": hours_after(-9)},
        {"item_id": "b", "text": "乙帖", "published_at": hours_after(-9)},
    ]
    (peak,) = measure_volume(posts(*origins, *rows), responses(), T.peaks, "Asia/Shanghai").volume_peaks
    assert peak.representative is not None
    assert peak.representative.text == "甲帖"


def test_an_account_whose_key_one_file_lacks_is_one_account() -> None:
    frame = posts(
        {"author_name": "甲", "author_key": "1", "likes": 5}, {"author_name": "甲", "likes": 7, "file": "b.csv"},
        {"author_name": "乙", "author_key": "2", "likes": 1}, {"author_name": "乙", "author_key": "3", "likes": 1},
        {"author_name": "乙", "likes": 1, "file": "b.csv"}, {"author_name": "甲", "likes": 1, "platform": "weibo"},
    )  # fmt: skip
    found = rank_accounts(frame, T.accounts)
    assert [(each.name, each.platform, each.posts, each.interaction) for each in found] == [
        ("甲", "xhs", 2, 12), ("乙", "xhs", 1, 1), ("乙", "xhs", 1, 1), ("乙", "xhs", 1, 1), ("甲", "weibo", 1, 1),
    ]  # fmt: skip


def test_a_day_alone_tells_neither_who_was_first_nor_by_how_much() -> None:
    midnight = hours_after(4)
    frame = posts(
        {"published_at": midnight, "time_precision": "day", "author_name": "甲"},
        {"published_at": midnight + timedelta(hours=8), "platform": "weibo", "author_name": "乙"},
        {"published_at": midnight + timedelta(hours=26), "platform": "douyin", "author_name": "丙"},
    )
    spread = measure_spread(frame, Case())
    assert spread.first is not None
    assert (spread.first.author, spread.rivals.count) == ("甲", 1)
    assert [(each.platform, each.lag) for each in spread.platforms] == [("xhs", timedelta(0)), ("weibo", None), ("douyin", None)]
    exact = measure_spread(frame.assign(time_precision=frame["time_precision"].mask(frame["time_precision"] == "day", "s")), Case())
    assert (exact.rivals.count, exact.platforms[1].lag) == (0, timedelta(hours=8))


def test_what_was_said_before_the_first_post_is_no_typical_comment() -> None:
    frame = posts(*({"kind": "comment", "text": f"第{i}条真的很生气", "likes": 100 - i, "published_at": hours_after(i)} for i in range(9)))
    negative = pd.Series(pd.NA, index=frame.index, dtype="boolean")
    first = frame["published_at"].iloc[3].to_pydatetime()
    assert [card.text for card in choose_voices(frame, negative, (Case(), first), T.voices).typical] == [f"第{i}条真的很生气" for i in range(3, 9)]


def test_the_earliest_press_item_is_kept_however_little_it_was_met_with() -> None:
    many = ({"kind": "article", "title": f"{i}", "likes": i, "published_at": hours_after(i)} for i in range(40))
    media = measure_spread(posts(*many), Case()).media
    assert [media[0].title, media[1].title, len(media)] == ["0", "10", 31]


def test_the_post_that_began_it_says_the_topics_words_before_the_topic_has_its_name() -> None:
    case = Case(brand="茗栖茶饮", product="鲜果茶", keywords=("茗栖", "隔夜水果"), topics=("茗栖隔夜水果",))
    rows = [
        {"published_at": hours_after(-30), "title": "茗栖的鲜果茶真好喝", "sentiment": "negative"},
        {"published_at": hours_after(0), "platform": "douyin", "title": "我在茗栖做兼职，隔夜水果削一削接着用"},
        {"published_at": hours_after(3), "title": "转：茗栖后厨", "tags": "茗栖隔夜水果"},
    ]
    found = measure_spread(posts(*rows), case)
    assert (found.first and found.first.platform, found.first_by) == ("douyin", "topic")
    named = measure_spread(posts(*rows), Case(topics=("茗栖隔夜水果",)))
    assert named.first is not None
    assert named.first.title == "转：茗栖后厨", "without keywords nothing tells what the topic is made of"


def test_a_topic_of_brand_and_product_alone_is_not_spoken_of_by_every_post_about_the_product() -> None:
    case = Case(brand="苜屿", product="辅食锅", keywords=("苜屿", "辅食锅"), topics=("苜屿辅食锅",))
    older = {"published_at": hours_after(-30), "title": "辅食锅开箱，苜屿家的"}
    found = measure_spread(posts(older, {"published_at": hours_after(-9), "title": "苜屿辅食锅掉渣"}), case)
    assert (found.first and found.first.title, found.first_by) == ("苜屿辅食锅掉渣", "topic")
