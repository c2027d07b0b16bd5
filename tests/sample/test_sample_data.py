"""The sample incident is what its truth.json says, reads as written by many people, is made the same every time, and loads the same from either form."""

# ruff: noqa: DTZ001 - days of shop figures are calendar days

import csv
import io
import json
import math
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from review.intake.load import Loaded, LoadOptions, load

SAMPLE = Path(__file__).parents[2] / "sample_data"
COMPARED = [
    "platform",
    "kind",
    "item_id",
    "published_at",
    "time_precision",
    "text",
    "title",
    "likes",
    "collects",
    "comments",
    "shares",
    "views",
    "impressions",
    "sentiment",
    "author_name",
    "url",
    "tags",
]
ZONE = "+08:00"

Row = dict[str, str]


@cache
def rows() -> tuple[Row, ...]:
    with (SAMPLE / "incident.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def truth() -> dict[str, Any]:
    made: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    return made


def of(*records: str) -> list[Row]:
    return [row for row in rows() if row["记录"] in records]


def aware(text: str) -> datetime:
    return datetime.fromisoformat(text + ZONE).astimezone(UTC)


@cache
def from_log() -> Loaded:
    return load([SAMPLE / "incident.csv"], LoadOptions())


@cache
def from_exports() -> Loaded:
    return load([SAMPLE / "incident.xlsx", SAMPLE / "exports"], LoadOptions())


def test_the_negative_share_of_each_stretch_lies_within_sampling_error_of_the_planted_one() -> None:
    for regime in truth()["regimes"]:
        start, end = datetime.fromisoformat(regime["from"]), datetime.fromisoformat(regime["until"])
        tones = [row["情感"] for row in of("评论", "回复") if start <= aware(row["时间"]) < end]
        assert len(tones) == regime["comments"]
        assert tones.count("负面") == regime["negative"]
        error = math.sqrt(regime["planted_share"] * (1 - regime["planted_share"]) / len(tones))
        assert abs(tones.count("负面") / len(tones) - regime["planted_share"]) < 2.6 * error


def test_the_counts_are_those_of_the_truth() -> None:
    counted = Counter(row["记录"] for row in rows())
    names = {
        "posts": "帖子",
        "comments": "评论",
        "replies": "回复",
        "reposts": "转发",
        "articles": "报道",
        "responses": "应对时间线",
        "snapshots": "热度快照",
        "samples": "数据汇总",
        "points": "指标",
        "tickets": "工单",
        "items": "根因与行动",
    }
    assert {name: counted[record] for name, record in names.items()} == truth()["counts"]
    assert counted["评论"] + counted["回复"] > 6000
    assert counted["帖子"] > 900
    assert {row["平台"] for row in of("帖子", "报道")} == {"小红书", "微博", "抖音", "B站", "新闻"}


def test_every_parent_exists_and_is_older_than_its_child() -> None:
    times = {row["编号"]: aware(row["时间"]) for row in of("帖子", "评论", "回复", "转发")}
    for row in of("评论", "回复", "转发"):
        assert times[row["上级编号"]] < aware(row["时间"]), row
    assert {row["编号"]: row["上级编号"] for row in of("转发")} == truth()["reposts"]


def test_a_chain_names_the_parent_and_repeats_its_words() -> None:
    by_id = {row["编号"]: row for row in of("帖子", "转发")}
    chained = [row for row in of("转发") if "//@" in row["内容"]]
    assert len(chained) > 0.5 * len(of("转发"))
    for row in of("转发"):
        parent = by_id[row["上级编号"]]
        if parent["记录"] == "转发":
            assert row["内容"].split("//@", 1)[1] == f"{parent['作者']}:{parent['内容']}"
        else:
            assert "//@" not in row["内容"]


def test_first_post_amplifier_and_tests_stand_where_the_truth_says() -> None:
    by_id = {row["编号"]: row for row in of("帖子", "转发")}
    for planted in (truth()["first_post"], truth()["kol"], *truth()["tests"]):
        assert by_id[planted["id"]]["作者"] == planted["author"]
        assert aware(by_id[planted["id"]]["时间"]) == datetime.fromisoformat(planted["at"])
    tagged = [aware(row["时间"]) for row in of("帖子") if "苜屿踩雷" in row["标签"]]
    assert min(tagged) == datetime.fromisoformat(truth()["first_post"]["at"])
    children = Counter(row["上级编号"] for row in of("转发"))
    assert children.most_common(1)[0][0] in {truth()["kol"]["id"], truth()["kol"]["parent"]}


def test_topic_reads_pass_five_million_and_never_fall() -> None:
    reads = sorted(
        (row["时间"], float(row["数值"].rstrip("万"))) for row in of("热度快照") if row["名称"] == truth()["level_topic"] and row["指标"] == "阅读量"
    )
    values = [value for _, value in reads]
    assert values == sorted(values)
    assert values[0] < 10
    assert values[-1] * 10_000 == truth()["level_reads"] > 5_000_000


def test_the_timeline_holds_the_planted_delays() -> None:
    public = [aware(row["时间"]) for row in of("应对时间线") if row["动作类型"] in {"首次回应", "声明", "客服专线", "致歉", "进展通报", "召回", "产品整改"}]
    outbreak = datetime.fromisoformat(truth()["outbreak_at"])
    assert (min(public) - outbreak) / timedelta(hours=1) == pytest.approx(truth()["first_response_hours"], abs=1e-3)
    statement = next(aware(row["时间"]) for row in of("应对时间线") if row["动作类型"] == "声明")
    assert (statement - outbreak) / timedelta(hours=1) == pytest.approx(truth()["formal_plan_hours"], abs=1e-3)
    gaps = [later - earlier for earlier, later in zip(sorted(public), sorted(public)[1:], strict=False)]
    assert max(gaps[: len(gaps) // 2]) / timedelta(hours=1) == pytest.approx(truth()["longest_silence_hours"], abs=1e-3)


def test_four_of_five_tickets_are_solved_within_a_day() -> None:
    solved = [row for row in of("工单") if row["关闭时间"] and aware(row["关闭时间"]) - aware(row["时间"]) <= timedelta(hours=24)]
    assert len(solved) == truth()["tickets_solved_24h"]
    assert 0.76 < len(solved) / len(of("工单")) < 0.86
    assert all(aware(row["时间"]) <= aware(row["首响时间"]) <= aware(row["关闭时间"] or "2027-01-01") for row in of("工单"))


def test_sales_fall_by_about_a_quarter_against_the_same_weekdays() -> None:
    units = pd.Series({datetime.fromisoformat(row["时间"]): float(row["数值"]) for row in of("指标") if row["指标"] == "销量"})
    promo = {datetime(2026, 7, 18), datetime(2026, 7, 19), datetime(2026, 8, 8)}
    before = units[[day for day in units.index if day < datetime(2026, 8, 12) and day not in promo]]
    usual = before.groupby(lambda day: day.weekday()).median()
    after = units[[day for day in units.index if day >= datetime(2026, 8, 13)]]
    change = after.sum() / sum(usual[day.weekday()] for day in after.index) - 1
    assert change == pytest.approx(truth()["sales_change"], abs=0.03)


def test_few_comments_repeat_another_one_word_for_word() -> None:
    texts = [row["内容"] for row in of("评论", "回复")]
    repeated = sum(count - 1 for count in Counter(texts).values())
    long_repeated = sum(count - 1 for text, count in Counter(texts).items() if len(text) > 6)
    assert repeated < 0.08 * len(texts)
    assert long_repeated < 0.01 * len(texts)


def test_no_single_sentence_dominates_and_lengths_vary() -> None:
    texts = [row["内容"] for row in of("评论", "回复")]
    openings = Counter(re.sub(r"^回复@[^:]*:", "", text)[:8] for text in texts if len(text) > 12)
    assert openings.most_common(1)[0][1] < 0.01 * len(texts)
    lengths = pd.Series([len(text) for text in texts])
    assert lengths.quantile(0.05) <= 7
    assert lengths.quantile(0.95) >= 34


def test_no_text_knows_what_has_not_happened_yet() -> None:
    for word, since in (
        ("老周", "2026-08-13 11:46"),
        ("阿澄", "2026-08-14 14:20"),
        ("林总", "2026-08-15 19:30"),
        ("正常损耗", "2026-08-12 22:40"),
        ("2606批次", "2026-08-13 00:18"),
        ("江岸都市报", "2026-08-13 15:20"),
    ):
        for row in of("帖子", "评论", "回复", "转发"):
            if word in row["内容"]:
                assert aware(row["时间"]) >= aware(since), (word, row["时间"], row["内容"])


def test_near_copies_of_the_first_post_share_half_of_its_three_letter_groups() -> None:
    by_id = {row["编号"]: row for row in of("帖子")}
    first = _grams(by_id[truth()["first_post"]["id"]]["内容"])
    for ident in truth()["copies_of_first_post"]:
        copy = _grams(by_id[ident]["内容"])
        assert len(first & copy) / min(len(first), len(copy)) >= 0.5


def _grams(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)}


def test_the_audit_sheet_holds_two_hundred_labels_that_mostly_agree_with_the_column() -> None:
    with (SAMPLE / "audit.csv").open(encoding="utf-8-sig", newline="") as file:
        labels = list(csv.DictReader(file))
    tones = {row["编号"]: row["情感"] for row in of("评论", "回复")}
    assert len({row["评论ID"] for row in labels}) == 200
    agreed = sum((row["是否负面"] == "1") == (tones[row["评论ID"]] == "负面") for row in labels)
    assert 0.93 <= agreed / 200 < 1
    assert {row["是否负面"] for row in labels} == {"0", "1"}
    assert sum(row["要求赔偿"] == "1" for row in labels) >= 3


def test_screenshots_are_small_and_named_in_the_log() -> None:
    named = {row["截图"] for row in of("应对时间线", "热度快照") if row["截图"]}
    pictures = {path.name: path.stat().st_size for path in (SAMPLE / "screenshots").glob("*.png")}
    assert set(pictures) == named
    assert all(size < 60_000 for size in pictures.values())
    with (SAMPLE / "screenshots" / "masks.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["file"] for row in csv.DictReader(file)} == named  # ordinary people's names and faces are painted over in both


def test_the_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts) < 6_000_000


def test_the_script_makes_the_same_files_again(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, str(SAMPLE / "make_sample.py"), str(tmp_path)], check=True, capture_output=True, env=environment)
    made = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) == 21
    assert [name for name, data in made.items() if data != (SAMPLE / name).read_bytes()] == []


def test_both_forms_load_without_a_lost_row() -> None:
    for loaded in (from_log(), from_exports()):
        assert loaded.import_log.rejections == ()
        assert all(table.rows_quarantined == 0 for table in loaded.import_log.tables)
        assert all(table.rows_kept == table.rows_read for table in loaded.import_log.tables if not table.file.endswith(".xlsx"))
        counts = truth()["counts"]
        kinds = loaded.incident.posts["kind"].value_counts()
        assert (kinds["post"], kinds["comment"], kinds["reply"], kinds["repost"], kinds["article"]) == tuple(
            counts[name] for name in ("posts", "comments", "replies", "reposts", "articles")
        )
        assert (len(loaded.incident.tickets), len(loaded.incident.responses), len(loaded.incident.samples), len(loaded.incident.case.items)) == (
            counts["tickets"],
            counts["responses"],
            counts["samples"],
            counts["items"],
        )
        assert len(loaded.incident.metric_points) >= counts["points"] + counts["snapshots"]


def test_both_forms_give_the_same_posts() -> None:
    left, right = (_plain(loaded.incident.posts[COMPARED]) for loaded in (from_log(), from_exports()))
    for column in COMPARED:
        differing = (left[column] != right[column]).to_numpy()
        assert not differing.any(), (column, left[differing].head(3).to_dict("records"), right[differing].head(3).to_dict("records"))


@pytest.mark.parametrize("table", ["metric_points", "samples", "responses", "tickets"])
def test_both_forms_give_the_same_other_tables(table: str) -> None:
    left, right = (_plain(getattr(loaded.incident, table).drop(columns=["file", "sheet", "row"])) for loaded in (from_log(), from_exports()))
    pd.testing.assert_frame_equal(left, right)


def test_both_forms_give_the_same_case() -> None:
    left, right = (loaded.incident.case for loaded in (from_log(), from_exports()))
    for name in left.__slots__:
        if name not in ("items", "sources"):
            assert getattr(left, name) == getattr(right, name), name
    assert [(item.kind, item.ident, item.content, item.due, item.n, item.k) for item in left.items] == [
        (item.kind, item.ident, item.content, item.due, item.n, item.k) for item in right.items
    ]


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    text = frame.astype(object).where(frame.notna(), "").astype(str)
    return text.sort_values(list(text.columns)).reset_index(drop=True)


def test_the_minimal_workbook_holds_the_ordinary_case() -> None:
    incident = load([SAMPLE / "minimal.xlsx"], LoadOptions()).incident
    assert incident.case.brand == "青竂茶事"
    assert incident.case.outbreak_at == datetime(2026, 8, 20, 7, 30, tzinfo=UTC)
    assert (len(incident.posts), len(incident.responses), len(incident.metric_points), len(incident.samples)) == (5, 3, 1, 1)


def test_a_news_export_is_in_gb18030() -> None:
    data = (SAMPLE / "exports" / "新闻监测_苜屿_0812-0817.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    assert len(list(csv.DictReader(io.StringIO(data.decode("gb18030"), newline="")))) == truth()["counts"]["articles"]
