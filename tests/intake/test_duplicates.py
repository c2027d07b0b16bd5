"""One comment in two exports, of which one has no id for it, or one that a spreadsheet destroyed."""

import hashlib
from pathlib import Path

import pytest

from review.intake.load import Loaded, LoadOptions, load

CRAWLED = "comment_id,create_time,ip_location,aweme_id,content,user_id,sec_uid,short_user_id,user_unique_id,user_signature,nickname,avatar,sub_comment_count,like_count,last_modify_ts,parent_comment_id,pictures\n"  # noqa: E501  # one header
THREAD = "7672618937270429138"
SECONDS = 1786512345  # 2026-08-12 13:25:45 in Shanghai


def crawled(i: int, text: str, second: int, name: str | None = None) -> str:
    return f"{7672810000000000123 + i},{second},北京,{THREAD},{text},{93123456789012345 + i},s{i},,,,{name or f'n{i}'},,0,3,1786600000000,0,\n"


def resaved(i: int, text: str, second: int, digits: str = "7.67281E+18") -> str:
    return f"{digits},{second},北京,7.67262E+18,{text},9.31235E+16,s{i},,,,n{i},,0,5,1.7866E+12,0,\n"


def loaded(folder: Path, **files: str) -> Loaded:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return load([folder], LoadOptions())


@pytest.mark.parametrize("digits", ["7.67281E+18", "7.67281E18"])
def test_a_crawl_and_its_copy_saved_by_a_spreadsheet_are_one_crawl(digits: str, tmp_path: Path) -> None:
    whole = CRAWLED + "".join(crawled(i, f"锅{i}", SECONDS + i) for i in range(3))
    made = loaded(tmp_path, dy原件=whole, dy整理=CRAWLED + "".join(resaved(i, f"锅{i}", SECONDS + i, digits) for i in range(3)))
    posts = made.incident.posts
    assert sorted(posts["item_id"]) == [str(7672810000000000123 + i) for i in range(3)]
    assert set(posts["thread_id"]) == {THREAD}
    assert {log.file.rsplit("/", 1)[-1]: (log.rows_kept, log.rows_duplicate) for log in made.import_log.tables} == {"dy原件.csv": (3, 0), "dy整理.csv": (0, 3)}
    assert any("dy整理.csv：有 3 行没有可用的编号" in warning for warning in made.import_log.warnings)


def test_another_tools_row_without_an_id_is_the_comment_that_has_one_and_takes_its_replies_along(tmp_path: Path) -> None:
    other = (
        "目标链接,页码,评论者昵称,评论者id,评论者uid,评论者主页链接,评论时间,评论IP属地,评论点赞数,评论级别,评论内容\n"
        f"https://www.douyin.com/video/{THREAD},1,n1,93123456789012346,,,2026-08-12 13:25:45,北京,9,1,锅1\n"
        f"https://www.douyin.com/video/{THREAD},1,n9,93123456789012399,,,2026-08-12 13:26:45,北京,9,2,真的吗\n"
    )
    posts = loaded(tmp_path, dy=CRAWLED + crawled(1, "锅1", SECONDS), 抖音=other).incident.posts
    assert len(posts) == 2
    assert posts["parent_id"].dropna().tolist() == [str(7672810000000000124)]


def test_two_comments_with_ids_are_never_one_and_a_row_like_both_is_neither(tmp_path: Path) -> None:
    whole = CRAWLED + crawled(0, "好", SECONDS, "momo") + crawled(1, "好", SECONDS, "momo")
    made = loaded(tmp_path, dy=whole, 抖音="昵称,评论内容,评论时间\nmomo,好,2026-08-12 13:25:45\n")
    assert len(made.incident.posts) == 3
    assert not made.import_log.warnings


def test_a_minute_a_name_and_a_short_text_are_not_enough(tmp_path: Path) -> None:
    made = loaded(tmp_path, dy=CRAWLED + crawled(0, "好", SECONDS - 45, "momo"), 抖音="昵称,评论内容,评论时间\nmomo,好,2026-08-12 13:25\n")
    assert len(made.incident.posts) == 2


def test_destroyed_ids_of_threads_and_authors_are_told(tmp_path: Path) -> None:
    without_other_ids = resaved(0, "锅", SECONDS).replace(",s0,", ",,")
    (log,) = loaded(tmp_path, dy=CRAWLED + without_other_ids).import_log.tables
    assert any("所属帖子的编号被表格软件改坏" in warning for warning in log.warnings)
    assert any("作者编号被表格软件改坏" in warning for warning in log.warnings)


VIDEOS = "aweme_id,aweme_type,title,desc,create_time,user_id,sec_uid,short_user_id,user_unique_id,user_signature,nickname,avatar,liked_count,collected_count,comment_count,share_count,ip_location,last_modify_ts,aweme_url\n"  # noqa: E501  # one header
KEY_POSTS = "记录,编号,上级编号,平台,类型,时间,作者,粉丝数,内容,点赞,链接\n"


def video(number: str, second: int, name: str, likes: int) -> str:
    return f"{number},0,锅掉渣,锅掉渣,{second},931,s1,,,,{name},,{likes},0,0,0,北京,1786600000000,https://www.douyin.com/video/{number}\n"


@pytest.mark.parametrize(
    "told",
    ["2026-08-12 13:00,糯米,860,锅里有黑渣,2.1万,https://www.douyin.com/video/7672618937270429138?x=1", "2026-08-12 13:25,糯米妈,860,锅里有黑渣,2.1万,"],
    ids=["by its link", "by author and minute"],
)
def test_a_post_typed_under_a_number_of_the_analysts_own_and_exported_too_counts_once(told: str, tmp_path: Path) -> None:
    typed = KEY_POSTS + f"关键帖文与账号,P1,,抖音,帖子,{told}\n关键帖文与账号,P2,P1,抖音,评论,2026-08-12 14:00,,,太吓人了,3,\n"
    made = loaded(tmp_path, dy=VIDEOS + video(THREAD, SECONDS, "糯米妈", 21043), incident=typed)
    starts = made.incident.posts[made.incident.posts["kind"] == "post"]
    assert starts["item_id"].tolist() == [THREAD]
    assert (starts["likes"].tolist(), starts["author_followers"].tolist()) == ([21043], [860]), "the export's count, and what only the analyst knew"
    assert made.incident.posts["thread_id"].dropna().tolist() == [THREAD], "the typed comment stands under the exported post"


def test_two_posts_of_one_author_in_one_minute_are_not_guessed_between(tmp_path: Path) -> None:
    exported = VIDEOS + video(THREAD, SECONDS, "糯米妈", 5) + video("7672618937270429139", SECONDS + 5, "糯米妈", 6)
    made = loaded(tmp_path, dy=exported, incident=KEY_POSTS + "关键帖文与账号,P1,,抖音,帖子,2026-08-12 13:25,糯米妈,860,锅里有黑渣,7,\n")
    assert len(made.incident.posts) == 3


SEARCHED = "id,bid,user_id,用户昵称,微博正文,头条文章url,发布位置,艾特用户,话题,转发数,评论数,点赞数,发布时间,发布工具,微博图片url,微博视频url,retweet_id,ip,user_authentication\n"  # noqa: E501  # one header
BOUGHT = "序号,标题／微博内容,信息属性,原创/转发,原文/评论链接,来源网站,原文作者,日期,媒体类型,认证类型,全文内容,粉丝数,转发数,评论数,点赞数,父微博ID,MD5-mid,MD5-父微博ID\n"  # noqa: E501  # one header
LIST = "序号,标题,摘要,情感,涉及词,来源,作者,发布时间,原文地址\n"
BIDS = {"5277731488428553": "QwC9mzmEp", "5277732633772208": "QwCbdfPk4"}
MID, AGAIN = BIDS


def hashed(number: str) -> str:
    return hashlib.md5(number.encode(), usedforsecurity=False).hexdigest()


def bought(number: str, text: str, above: str = "") -> str:
    of = hashed(above) if above else "e6fda0f0d3e0adfff69e334462d1ef6a"
    link = f"https://weibo.com/6000000001/{BIDS[number]}"
    return f"1,{text},敏感,{'转发' if above else '原创'},{link},新浪微博,锅先生,2026-08-12 13:25:45,微博,黄V,{text},880000,7,2,9,--,{hashed(number)},{of}\n"


def test_a_post_whose_id_a_vendor_hashed_is_the_crawled_one_its_link_names_and_each_adds_what_the_other_lacks(tmp_path: Path) -> None:
    crawl = (
        SEARCHED
        + f"{MID}\t,,6000000001,锅先生,锅掉渣,,,,,7,2,9,2026-08-12 13:25,,,,,,黄v\n"
        + (f"{AGAIN}\t,,6000000002,路人,也掉了,,,,,0,0,0,2026-08-12 14:00,,,,{MID},,普通用户\n")
    )
    made = loaded(tmp_path, 微博=crawl, 舆情通=BOUGHT + bought(MID, "锅掉渣") + bought(AGAIN, "也掉了").replace("原创", "转发"))
    posts = made.incident.posts.set_index("item_id")
    assert sorted(posts.index) == [MID, AGAIN]
    assert posts.loc[MID, "author_followers"] == 880000, "only the vendor knew the followers"
    assert posts["root_id"].fillna("").to_dict() == {MID: "", AGAIN: MID}, "only the crawl knew the original"
    assert posts["kind"].astype(str).to_dict() == {MID: "post", AGAIN: "repost"}
    assert sum(log.rows_duplicate for log in made.import_log.tables) == 2


def test_what_named_a_post_by_its_hash_names_it_by_its_id(tmp_path: Path) -> None:
    posts = loaded(tmp_path, 舆情通=BOUGHT + bought(MID, "锅掉渣") + bought(AGAIN, "也掉了", MID)).incident.posts.set_index("item_id")
    assert posts["parent_id"].dropna().to_dict() == {AGAIN: MID}


def test_an_article_in_two_monitoring_exports_is_one_with_its_title(tmp_path: Path) -> None:
    listed = LIST + "1,锅涂层脱落引关注,多名用户反映,负面,锅,小城晚报,小城晚报,2026-08-12 20:05:00,https://www.xcwb.example/a/1\n"
    web = "2,锅涂层脱落引关注,敏感,--,http://xcwb.example/a/1/,小城晚报,小城晚报,2026-08-12 20:05:31,网站,--,多名用户反映涂层脱落,--,--,--,--,--,--,--\n"
    made = loaded(tmp_path, 监测=listed, 舆情通=BOUGHT + web)
    (article,) = made.incident.posts.to_dict("records")
    assert (article["kind"], article["platform"], article["title"]) == ("article", "news", "锅涂层脱落引关注")


@pytest.mark.parametrize(
    "other",
    [
        "2,另一条消息,说明,负面,锅,小城晚报,小城晚报,2026-08-12 21:40:00,https://www.xcwb.example/a/1",
        "2,锅涂层脱落引关注,说明,负面,锅,小城晚报,小城晚报,2026-08-12 20:05:00,https://www.xcwb.example/a/2",
    ],
    ids=["one page that tells another thing later", "another page of the same minute"],
)
def test_articles_that_only_look_alike_stay_two(other: str, tmp_path: Path) -> None:
    first = "1,锅涂层脱落引关注,多名用户反映,负面,锅,小城晚报,小城晚报,2026-08-12 20:05:00,https://www.xcwb.example/a/1\n"
    assert len(loaded(tmp_path, 监测=LIST + first + other + "\n").incident.posts) == 2


def test_two_articles_of_one_minute_whose_link_is_the_front_page_stay_two(tmp_path: Path) -> None:
    rows = (f"{i},标题{i},说明,负面,锅,小城晚报,小城晚报,2026-08-12 20:05:00,https://www.xcwb.example/\n" for i in (1, 2))
    assert len(loaded(tmp_path, 监测=LIST + "".join(rows)).incident.posts) == 2
