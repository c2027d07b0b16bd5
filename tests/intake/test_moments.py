"""When rows were published, where the header, the file's name or a timestamp beside the time says more than the cell."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from review.incident.import_log import ImportLog
from review.intake.load import LoadOptions, load
from review.intake.moments import named_day
from review.intake.times import zone_said

TWEETS = (
    "id,thread_id,timestamp,unix_timestamp,link,body,author,author_fullname,author_id,retweet_count,reply_count,like_count,quote_count,impression_count,"
    "is_retweet,retweeted_user,is_quote_tweet,quote_tweet_id,is_reply,replied_author,hashtags\n"
    "178651,1,{},{},https://x.com/a/status/178651,t,a,A,1,0,0,0,0,0,no,,no,,no,,\n"
)


def loaded(folder: Path, name: str, text: str) -> tuple[pd.DataFrame, ImportLog]:
    (folder / name).write_text(text, encoding="utf-8")
    made = load([folder / name], LoadOptions())
    return made.incident.posts.sort_values("row").reset_index(drop=True), made.import_log


@pytest.mark.parametrize(
    ("header", "hour"),
    [
        ("发布时间", 5),
        ("发布时间(UTC)", 13),
        ("发布时间（UTC+9）", 4),
        ("发布时间(北京时间)", 5),
        ("发布时间(GMT-4)", 17),
        ("Time (UTC)", 13),
        ("发布时间(本地)", 5),
    ],
)
def test_a_zone_in_the_header_is_its_columns_zone(header: str, hour: int, tmp_path: Path) -> None:
    posts, _ = loaded(tmp_path, "微博.csv", f"微博ID,微博内容,{header}\n5098765432101234,锅坏了,2026-08-12 13:05:00\n")
    assert posts["published_at"].tolist() == [datetime(2026, 8, 12, hour, 5, tzinfo=UTC)]


def test_words_that_name_a_zone_are_read_as_its_distance_from_utc() -> None:
    assert [zone_said(words) for words in ("UTC", "GMT+8", "UTC-03:30", "北京时间", "秒", "")] == [
        "UTC+00:00", "UTC+08:00", "UTC-03:30", "UTC+08:00", None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(("time", "told"), [("2026-08-12 05:25:45", True), ("2026-08-12 05:25", True), ("2026-08-12 13:25:45", False)])
def test_a_timestamp_whole_hours_from_the_naive_time_beside_it_is_right(time: str, told: bool, tmp_path: Path) -> None:
    stamp = int(datetime(2026, 8, 12, 5, 25, 45, tzinfo=UTC).timestamp())
    posts, log = loaded(tmp_path, "tweets.csv", TWEETS.format(time, stamp))
    assert posts["published_at"].tolist() == [datetime(2026, 8, 12, 5, 25, 45, tzinfo=UTC)]
    assert any("以时间戳为准" in warning for warning in log.tables[0].warnings) == told


def test_a_timestamp_that_is_another_moment_leaves_the_time_first(tmp_path: Path) -> None:
    posts, _ = loaded(tmp_path, "tweets.csv", TWEETS.format("2026-08-12 13:25:45", int(datetime(2026, 8, 12, 5, 40, tzinfo=UTC).timestamp())))
    assert posts["published_at"].tolist() == [datetime(2026, 8, 12, 5, 25, 45, tzinfo=UTC)]


def test_of_a_range_of_days_in_a_file_name_the_last_one_counts(tmp_path: Path) -> None:
    assert named_day("小红书评论_20260801-20260831.csv") == datetime(2026, 8, 31)  # noqa: DTZ001
    posts, _ = loaded(tmp_path, "小红书评论_20260801-20260831.csv", "评论ID,评论内容,评论时间\nc1,坏锅,08-15 10:20\n")
    assert posts["published_at"].tolist() == [datetime(2026, 8, 15, 2, 20, tzinfo=UTC)]


def test_a_month_and_day_soon_after_the_day_a_file_is_named_by_has_no_certain_year(tmp_path: Path) -> None:
    posts, log = loaded(tmp_path, "20260812事件_微博.csv", "标题,内容,发布时间\n甲,坏锅,08-15 10:00\n乙,坏锅,08-11 10:00\n")
    assert posts["published_at"].isna().tolist() == [True, False]
    assert [each.value for each in log.rejections] == ["08-15 10:00"]
    assert any("年份不明" in warning and "2026-08-12" in warning for warning in log.tables[0].warnings)


def test_december_in_a_file_named_in_january_is_of_the_year_before(tmp_path: Path) -> None:
    posts, log = loaded(tmp_path, "20260105_微博.csv", "标题,内容,发布时间\n甲,坏锅,12-28 10:00\n乙,坏锅,2025-05-11 10:00\n")
    assert posts["published_at"].tolist() == [datetime(2025, 12, 28, 2, tzinfo=UTC), datetime(2025, 5, 11, 2, tzinfo=UTC)]
    assert not log.rejections


def test_a_time_no_column_tells_is_rejected_once_where_it_stands_first(tmp_path: Path) -> None:
    _, log = loaded(tmp_path, "微博.csv", "微博内容,发布时间,日期\n坏锅,改天,\n真的吗,2026-08-12 10:00,\n")
    assert [(each.column, each.value) for each in log.rejections] == [("发布时间", "改天")]


@pytest.mark.parametrize(
    "cell", ["2026-08-12 13:05 北京时间", "2026-08-12 13:05 (UTC+8)", "26年8月12日 13:05", "2026-08-12 13:05·广东", "2026年8月12日 下午1時5分"]
)
def test_times_as_pages_and_people_write_them_are_one_moment(cell: str, tmp_path: Path) -> None:
    posts, _ = loaded(tmp_path, "微博.csv", f"微博内容,发布时间\n锅坏了,{cell}\n")
    assert posts["published_at"].tolist() == [datetime(2026, 8, 12, 5, 5, tzinfo=UTC)]
    assert posts["region"].fillna("").tolist() == ["广东" if "广东" in cell else ""]


@pytest.mark.parametrize("cell", ["26-8-12 13:05", "8/12/26 13:05", "1周前"])
def test_a_time_that_may_mean_several_days_is_not_guessed(cell: str, tmp_path: Path) -> None:
    posts, log = loaded(tmp_path, "微博_20260820.csv", f"微博内容,发布时间\n锅坏了,{cell}\n")
    assert posts["published_at"].isna().all()
    assert [each.value for each in log.rejections] == [cell]


@pytest.mark.parametrize("cell", ["2天前·广东", "2天前 廣東"])
def test_a_place_behind_a_time_is_split_off(cell: str, tmp_path: Path) -> None:
    posts, _ = loaded(tmp_path, "微博_20260820.csv", f"微博内容,发布时间\n锅坏了,{cell}\n")
    assert posts["published_at"].dt.tz_convert("Asia/Shanghai").dt.day.tolist() == [18]
    assert posts["region"].tolist() == ["广东"]
