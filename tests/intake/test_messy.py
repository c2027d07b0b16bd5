# ruff: noqa: PT017  (one file may fail, and must fail so)
"""One file in tests/data/messy/ for each defect of real exports, and what it must load to."""

import zipfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from review.incident.errors import UnusableInput
from review.incident.import_log import ImportLog, TableLog
from review.intake.load import Loaded, LoadOptions, load

MESSY = Path(__file__).parents[1] / "data" / "messy"
CAPTURED = datetime(2026, 4, 20, 4, 0, tzinfo=UTC)


@cache
def loaded(name: str, captured: datetime | None = None) -> Loaded:
    return load([MESSY / name], LoadOptions(captured_at=captured))


def posts(name: str, captured: datetime | None = None) -> pd.DataFrame:
    return loaded(name, captured).incident.posts.sort_values("row").reset_index(drop=True)


def only(log: ImportLog) -> TableLog:
    assert len(log.tables) == 1
    return log.tables[0]


def plain(series: pd.Series) -> list[object]:
    return [None if pd.isna(value) else value for value in series.tolist()]


def walls(frame: pd.DataFrame) -> list[str | None]:
    local = frame["published_at"].dt.tz_convert("Asia/Shanghai")
    return [None if pd.isna(at) else f"{at:%m-%d %H:%M}" for at in local]


def test_every_defect_has_a_file_that_loads_or_says_why_not() -> None:
    for path in sorted(MESSY.iterdir()):
        try:
            log = loaded(path.name).import_log
        except UnusableInput as unusable:
            assert path.name == "20-no-header.csv"  # which file may fail is the point
            assert len(unusable.faults) == 1
            continue
        assert log.tables, path.name


@pytest.mark.parametrize(("name", "encoding"), [("01-gb18030.csv", "gb18030"), ("01-bom.csv", "utf-8-sig"), ("01-utf16-tab.csv", "utf-16")])
def test_01_encodings_are_told_from_the_bytes(name: str, encoding: str) -> None:
    made = loaded(name)
    assert only(made.import_log).encoding == encoding
    assert "漏水" in made.incident.posts["text"].iloc[0]


def test_01_characters_outside_gbk_survive_gb18030() -> None:
    assert posts("01-gb18030.csv")["text"].iloc[0] == "漏水了😡㐂"


def test_02_banner_rows_are_passed_over_and_row_numbers_count_them() -> None:
    made = loaded("02-banner-rows.csv")
    assert only(made.import_log).header_row == 3
    assert made.incident.posts["row"].tolist() == [4]


def test_03_a_sheet_named_after_its_metric_gives_that_metric_by_day() -> None:
    points = loaded("03-summary-sheet-first.xlsx").incident.metric_points
    assert points["metric"].tolist() == ["views", "views"]
    assert points["value"].tolist() == [120, 80]
    assert points["precision"].tolist() == ["day", "day"]


@pytest.mark.parametrize(("name", "container"), [("04-xlsx-named.xls", "xlsx"), ("04-html-named.xls", "html"), ("04-csv-named.xls", "csv")])
def test_04_the_container_is_told_by_its_bytes_not_by_its_name(name: str, container: str) -> None:
    made = loaded(name)
    assert only(made.import_log).container == container
    assert made.incident.posts["likes"].iloc[0] == 1


def test_05_rounded_floor_and_range_counts_keep_their_bounds() -> None:
    made = loaded("05-number-shapes.csv")
    frame = made.incident.posts.sort_values("row")
    assert plain(frame["likes"]) == [12000, 100000, 340000000, 1500, 18000, 75000, 424, None]
    bounds = made.incident.inexact.sort_values("row")
    assert bounds["row"].tolist() == [2, 3, 4, 5, 7]
    assert plain(bounds["high"]) == [12500, None, 345000000, 1550, 100000]
    assert [(each.row, each.column, each.value) for each in made.import_log.rejections] == [(9, "点赞数", "1 234x")]


def test_06_button_words_are_zero() -> None:
    assert posts("06-zero-words.csv")[["likes", "comments", "shares", "collects"]].iloc[0].tolist() == [0, 0, 0, 0]


def test_07_words_for_nothing_are_missing_and_not_zero() -> None:
    made = loaded("07-missing-words.csv")
    assert made.incident.posts["likes"].isna().all()
    assert made.import_log.rejections == ()


def test_07_pending_impressions_and_minus_one_are_missing() -> None:
    assert plain(posts("07-impressions-pending.csv")["impressions"]) == [None]
    assert plain(posts("07-minus-one.csv")["collects"]) == [None]
    assert plain(posts("07-minus-one.csv")["likes"]) == [9]


def test_08_and_19_the_word_in_the_value_wins_over_swapped_headers() -> None:
    for name, reads, discussions in (("08-prefix-in-value.csv", 5_926_000, 508), ("19-swapped-headers.csv", 4e8, 21_000)):
        made = loaded(name, CAPTURED)
        points = made.incident.metric_points.set_index("metric")["value"]
        assert (points["reads"], points["discussions"]) == (reads, discussions)
        assert any("相反" in warning for warning in only(made.import_log).warnings)


def test_09_relative_times_count_from_the_capture_time() -> None:
    frame = posts("09-relative-times.csv", CAPTURED)
    assert walls(frame) == [
        "04-20 12:00", "04-20 11:33", "04-20 10:00", "04-19 10:18", "04-18 00:00", "04-17 00:00", None, "02-18 00:00", "03-30 00:00", "03-25 00:00",
    ]  # fmt: skip
    assert plain(frame["region"])[5:8] == ["江苏", "上海", "福建"]


def test_09_relative_times_without_a_capture_time_are_unknown_and_listed() -> None:
    made = loaded("09-relative-times.csv")
    assert made.incident.posts["published_at"].isna().all()
    assert only(made.import_log).rows_without_time == 10
    assert len(made.import_log.rejections) == 10


def test_10_absolute_times_of_every_shape_are_read() -> None:
    frame = posts("10-absolute-times.csv")
    assert frame["published_at"].notna().all()
    assert frame["time_precision"].tolist() == ["s", "h", "s", "min", "day", "s", "day", "s", "min", "s"]


def test_11_epochs_are_told_by_their_magnitude() -> None:
    assert walls(posts("11-epochs.csv")) == ["03-15 10:00", "03-15 10:00", "03-15 00:00"]


def test_12_a_destroyed_id_is_rebuilt_from_the_link_or_is_no_key() -> None:
    frame = posts("12-ids-mangled.csv")
    assert plain(frame["item_id"]) == ["66a1b2c3d4e5f6a7b8c9d777", None]
    assert frame["id_origin"].tolist() == ["repaired", "mangled"]
    assert frame["id_raw"].tolist() == ["6.66E+17", "6.67E+17"]


def test_12_wrapped_ids_are_unwrapped_and_rounded_columns_detected() -> None:
    assert posts("12-ids-wrapped.csv")["item_id"].tolist() == [f"745000000000000000{i}" for i in (1, 2, 3)]
    rounded = posts("12-ids-rounded.csv")
    assert rounded["item_id"].isna().all()
    assert len(rounded) == 5


def test_13_line_ends_inside_cells_and_of_two_kinds_are_read() -> None:
    assert posts("13-line-ends.csv")["text"].tolist() == ["第一行\n第二行", "只有一行"]


def test_14_texts_that_look_like_formulas_stay_as_they_are() -> None:
    assert posts("14-formula-signs.csv")["text"].str[0].tolist() == ["=", "+", "-", "@"]


def test_15_the_newest_copy_stays_and_the_older_becomes_a_reading() -> None:
    made = loaded("15-crawled-twice.csv")
    log = only(made.import_log)
    assert (log.rows_read, log.rows_kept, log.rows_duplicate) == (3, 2, 1)
    assert log.platform == "douyin"
    kept = made.incident.posts.set_index("item_id")
    assert kept.loc["7450000000000000001", "likes"] == 90
    likes = made.incident.metric_points.query("metric == 'likes'")
    assert likes[["name", "value"]].to_numpy().tolist() == [["7450000000000000001", 1.0]]


def test_16_a_torn_row_is_set_aside_and_counted() -> None:
    made = loaded("16-torn-row.csv")
    log = only(made.import_log)
    assert (log.rows_read, log.rows_kept, log.rows_quarantined) == (13, 12, 1)
    assert [(each.kind, each.row) for each in made.import_log.rejections] == [("row", 3)]
    assert made.incident.posts["row"].max() == 14


def test_17_rows_without_a_time_stay() -> None:
    made = loaded("17-blank-times.csv")
    assert only(made.import_log).rows_without_time == 1
    assert made.incident.posts["published_at"].notna().tolist() == [True, False]


def test_18_a_level_two_row_answers_the_level_one_row_above_it() -> None:
    frame = posts("18-level-only.csv")
    assert frame["kind"].tolist() == ["comment", "reply", "reply", "comment", "reply"]
    ids = frame["item_id"].tolist()
    assert plain(frame["parent_id"]) == [None, ids[0], ids[0], None, ids[3]]
    assert plain(frame["parent_origin"]) == [None, "order", "order", None, "order"]
    assert set(frame["thread_id"]) == {"66a1b2c3d4e5f6a7b8c9d001"}


def test_18_a_comment_that_is_its_own_root_is_at_the_top() -> None:
    frame = posts("18-parent-is-self.csv")
    assert frame["kind"].tolist() == ["comment", "reply"]
    assert plain(frame["root_id"]) == [None, "501"]
    assert frame["parent_id"].isna().all()


def test_20_a_repeated_header_is_numbered_and_an_empty_column_dropped() -> None:
    log = only(loaded("20-repeated-and-empty-headers.csv").import_log)
    assert "话题.2" in log.unmapped
    assert "" not in log.unmapped


def test_21_list_cells_of_every_dialect_give_the_same_tags() -> None:
    assert set(posts("21-list-cells.csv")["tags"]) == {"水杯 漏水"}


def test_22_markup_goes_and_emoticons_stay() -> None:
    assert posts("22-markup.csv")["text"].tolist() == ["漏水\n了看[怒]&#杯子#", "回复一下[笑哭R]"]


def test_23_summary_rows_are_ignored_and_counted() -> None:
    made = loaded("23-summary-rows.csv")
    assert only(made.import_log).ignored_why == (("合计行", 1),)
    sales = made.incident.metric_points.query("metric == 'sales'")
    assert sales["value"].tolist() == [100.5]
    assert made.incident.metric_points["scope"].unique().tolist() == ["shop"]


def test_24_a_repost_and_its_original_in_one_row_are_two_posts_of_one_kept_row() -> None:
    made = loaded("24-two-posts-in-a-row.csv")
    frame = made.incident.posts
    assert frame["kind"].tolist() == ["post", "repost"]
    assert frame["item_id"].tolist() == ["5000000000000001", "5000000000000002"]
    assert plain(frame["root_id"]) == [None, "5000000000000001"]
    assert only(made.import_log).rows_kept == 1


def test_25_a_hash_is_the_account_and_a_masked_name_never() -> None:
    assert plain(posts("25-hashed-authors.csv")["author_key"]) == ["0f3a9b8c7d6e5f40", None]


def test_25_the_hash_of_nothing_is_no_id() -> None:
    frame = posts("25-md5-of-nothing.csv")
    assert len(frame) == 2
    assert frame["author_key"].isna().all()
    assert frame["sensitive"].tolist() == [True, True]
    assert frame["sentiment"].isna().all()


def test_26_long_cells_and_nul_bytes_are_read() -> None:
    frame = posts("26-long-cell-and-nul.csv")
    assert frame["text"].str.len().tolist() == [60_000, 4]


def test_27_an_export_at_its_cap_is_flagged() -> None:
    log = only(loaded("27-capped-export.csv").import_log)
    assert log.cap_hit == 1000
    assert any("疑似截断" in warning for warning in log.warnings)


def test_28_merged_cells_are_filled_down() -> None:
    assert posts("28-merged-cells.xlsx")["author_name"].tolist() == ["青柠1", "青柠1"]


def test_29_nested_json_and_a_bad_line() -> None:
    frame = posts("29-nested.json")
    assert frame[["author_name", "likes", "tags"]].iloc[0].tolist() == ["甲", 12000, "水杯 漏水"]
    assert only(loaded("29-lines-with-a-bad-one.jsonl").import_log).rows_quarantined == 1


def test_30_a_crawlers_database_is_read_and_its_row_numbers_are_no_ids() -> None:
    frame = posts("30-mediacrawler.db")
    assert frame["item_id"].tolist() == ["7450000000000000001", "7450000000000000002"]
    assert set(frame["thread_id"]) == {"7449000000000000001"}
    assert set(frame["platform"]) == {"douyin"}


def test_31_an_archive_is_opened_and_its_names_stay_inside_it() -> None:
    made = loaded("31-archive.zip")
    assert [log.file for log in made.import_log.tables] == ["31-archive.zip/导出/笔记.csv", "31-archive.zip/逃逸.csv"]
    assert [(log.rows_kept, log.rows_duplicate) for log in made.import_log.tables] in ([(3, 0), (0, 3)], [(0, 3), (3, 0)])
    assert [skipped.file for skipped in made.import_log.skipped] == ["31-archive.zip/导出/说明.txt"]


def series(made: Loaded) -> dict[tuple[object, object, str], list[float]]:
    """(platform, name, metric) → values in order of rows."""
    points = made.incident.metric_points.sort_values(["sheet", "row"], na_position="first").astype({"platform": object})
    groups = points.groupby([points["platform"].fillna(""), points["name"].fillna(""), "metric"], sort=True)
    return {(platform, name, str(metric)): group["value"].tolist() for (platform, name, metric), group in groups}


def test_32_equal_headers_under_the_names_of_two_accounts_are_two_tables_of_one_series_each() -> None:
    made = loaded("32-blocks-of-two-accounts.csv")
    assert [(log.sheet, log.header_row, log.rows_read, log.rows_kept, log.rows_ignored) for log in made.import_log.tables] == [
        (None, 2, 4, 3, 1),
        ("（第2个表）", 8, 3, 3, 0),
    ]
    found = series(made)
    assert found["xhs", "云野茶饮", "impressions"] == [1400, 1500, 1600]
    assert found["xhs", "云野茶饮客服", "impressions"] == [140, 150, 160]
    assert found["xhs", "云野茶饮客服", "followers_gained"] == [2, 2, 2]  # equal to the other account's, and no repetition of it
    said = [text for log in made.import_log.tables for text in log.warnings]
    assert "表上方写着“账号：云野茶饮客服”，与同一文件中的其他表分开读取" in said
    assert "表中没有账号或店铺名称，逐日数据按“云野茶饮客服”单列" in said


def test_32_equal_headers_under_the_names_of_two_platforms_are_of_these_platforms() -> None:
    made = loaded("32-blocks-of-two-platforms.xlsx")
    assert [(log.sheet, log.platform, log.rows_kept) for log in made.import_log.tables] == [("每日", "weibo", 3), ("每日（第2个表）", "xhs", 3)]
    found = series(made)
    assert (found["weibo", "", "followers_lost"], found["xhs", "", "followers_lost"]) == ([3, 3, 3], [1, 1, 1])


def test_32_a_title_below_a_blank_line_begins_a_table_though_the_first_has_none() -> None:
    made = loaded("32-second-block-after-a-blank-line.csv")
    assert [(log.sheet, log.header_row, log.rows_read, log.rows_kept) for log in made.import_log.tables] == [(None, 1, 3, 3), ("（第2个表）", 6, 3, 3)]
    found = series(made)
    assert found["xhs", "账号B", "impressions"] == [140, 150, 160]
    assert [values for (_, name, metric), values in found.items() if metric == "impressions" and name != "账号B"] == [[1400, 1500, 1600]]


def test_32_a_header_repeated_below_a_note_of_the_page_is_one_table() -> None:
    made = loaded("32-pages-of-one-export.csv")
    log = only(made.import_log)
    assert (log.rows_read, log.rows_kept, log.rows_quarantined, log.ignored_why) == (5, 3, 0, (("表下的说明", 1), ("重复的表头", 1)))
    assert series(made)["xhs", "", "impressions"] == [1400, 1500, 1600]


def test_33_notes_of_a_creator_back_office_are_the_accounts_own() -> None:
    made = loaded("33-own-notes-of-a-back-office.csv")
    log = only(made.import_log)
    assert (log.format, log.rows_kept) == ("xhs.creator.notes", 2)
    assert made.incident.posts["author_type"].tolist() == ["brand", "brand"]
    assert any("品牌自有内容" in warning and "账号类型" in warning for warning in log.warnings)


def test_33_a_column_that_says_whose_notes_they_are_wins(tmp_path: Path) -> None:
    lines = (MESSY / "33-own-notes-of-a-back-office.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "笔记.csv").write_text("\n".join(line + end for line, end in zip(lines, (",", ",账号类型", ",达人", ","), strict=True)), encoding="utf-8")
    made = load([tmp_path / "笔记.csv"], LoadOptions())
    assert made.import_log.tables[0].format == "xhs.creator.notes"
    assert sorted(plain(made.incident.posts["author_type"]), key=str) == [None, "kol"]


def test_34_days_side_by_side_are_read_day_by_day_and_every_row_is_accounted_for() -> None:
    made = loaded("34-days-across-2026-03-20.csv")
    first, second = made.import_log.tables
    assert (first.format, first.rows_read, first.rows_kept, first.ignored_why) == ("日期横排", 4, 3, (("不认识的指标", 1),))
    assert (second.sheet, second.header_row, second.rows_read, second.rows_kept, second.ignored_why) == ("（第2个表）", 6, 2, 1, (("合计行", 1),))
    assert any("好评率" in warning for warning in first.warnings)
    found = series(made)
    assert found["", "旗舰店", "sales"] == [12_000, 13_000, 10_000, 10_000, 10_000]  # 单位 万; the year is that of the file's name
    assert found["", "专卖店", "sales"] == [3000, 2000, 2500]
    points = made.incident.metric_points
    assert sorted({f"{at:%Y-%m-%d}" for at in points["at"].dt.tz_convert("Asia/Shanghai")}) == [f"2026-03-{day}" for day in range(14, 20)]
    assert set(points["row"]) == {2, 3, 5, 7}
    (percent,) = [each for each in made.import_log.rejections if each.reason == "是百分比，不是数量"]
    assert (percent.row, percent.column, percent.value) == (3, "3月16日（周一）", "5%")


def test_34_days_side_by_side_of_several_accounts_stay_apart_backwards_and_block_by_block() -> None:
    made = loaded("34-days-across.xlsx")
    assert [(log.sheet, log.rows_kept) for log in made.import_log.tables] == [("曝光趋势", 2), ("账号", 2), ("账号（第2个表）", 1)]
    points = made.incident.metric_points[made.incident.metric_points["sheet"] != "曝光趋势"].sort_values("at")
    assert points.loc[points["metric"] == "impressions", "value"].tolist() == [1100, 1200, 1300, 1400, 1500, 1600]
    assert points.loc[points["metric"] == "followers_net", "value"].tolist() == [1, 2, -3]
    assert set(points["name"]) == {"云野茶饮"}  # the merged cell's rows too
    trend = made.incident.metric_points.query("sheet == '曝光趋势'").sort_values(["row", "at"])
    assert trend["value"].tolist() == [14, 15, 16, 4, 5, 6]


def test_34_days_across_say_the_same_as_days_below_each_other(tmp_path: Path) -> None:
    days, views, sales = [f"2025-12-{day}" for day in (29, 30, 31)] + ["1月1日", "1月2日"], ["1.2万", "--", "3", "", "5"], ["1", "2", "3", "4", "<10"]
    rows = [["项目", *days], ["观看", *views], ["支付金额", *sales]]
    full = [*days[:3], "2026-01-01", "2026-01-02"]
    (tmp_path / "横.csv").write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    (tmp_path / "竖.csv").write_text("\n".join(",".join(row) for row in zip(["日期", *full], *rows[1:], strict=True)), encoding="utf-8")
    across, below = (
        load([tmp_path / name], LoadOptions()).incident.metric_points.drop(columns=["file", "sheet", "row", "platform"]) for name in ("横.csv", "竖.csv")
    )
    order = ["metric", "at"]
    pd.testing.assert_frame_equal(across.sort_values(order, ignore_index=True), below.sort_values(order, ignore_index=True))


def test_34_days_without_a_year_are_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "横.csv").write_text("指标,3/14,3/15,3/16\n曝光,1,2,3\n", encoding="utf-8")
    made = load([tmp_path / "横.csv"], LoadOptions())
    log = only(made.import_log)
    assert (log.rows_read, log.rows_kept, log.ignored_why) == (1, 0, (("没有数值", 1),))
    assert not len(made.incident.metric_points)
    assert [each.column for each in made.import_log.rejections] == ["3/14", "3/15", "3/16"]
    known = load([tmp_path / "横.csv"], LoadOptions(captured_at=CAPTURED)).incident.metric_points
    assert [f"{at:%Y-%m-%d}" for at in known["at"].dt.tz_convert("Asia/Shanghai")] == ["2026-03-14", "2026-03-15", "2026-03-16"]


@pytest.mark.parametrize("header", ["事项,开始,截止,完成\n整改,2026-03-14,2026-03-20,2026-03-25", "指标,3.1,3.2,3.3\n曝光,1,2,3", "指标,1,2,3\n曝光,1,2,3"])
def test_34_dates_in_cells_and_numbers_in_headers_make_no_table_of_days(header: str, tmp_path: Path) -> None:
    (tmp_path / "表.csv").write_text(header + "\n", encoding="utf-8")
    with pytest.raises(UnusableInput):
        load([tmp_path / "表.csv"], LoadOptions())


def test_34_days_with_dots_are_days_and_a_decimal_is_none(tmp_path: Path) -> None:
    (tmp_path / "横.csv").write_text("平台,账号,指标,2026.3.1,2026.3.2,2026.3.3\n抖音,云野,播放量,4,5,6\n", encoding="gbk")
    made = load([tmp_path / "横.csv"], LoadOptions())
    assert series(made) == {("douyin", "云野", "views"): [4, 5, 6]}


ABREAST = {
    "own days": "账号：云野茶饮,,,,账号：云野茶饮客服,,\n日期,曝光,观看,,日期,曝光,观看\n"
    "2026-03-10,1400,30,,2026-03-10,140,3\n2026-03-11,1500,31,,2026-03-11,150,4\n2026-03-12,1600,32,,,,\n",
    "one column of days": ",账号：云野茶饮,,账号：云野茶饮客服,\n日期,曝光,观看,曝光,观看\n"
    "2026-03-10,1400,30,140,3\n2026-03-11,1500,31,150,4\n2026-03-12,1600,32,,\n",
    "days named above": "日期,账号：云野茶饮,,账号：云野茶饮客服,,备注\n,曝光,观看,曝光,观看,\n"
    "2026-03-10,1400,30,140,3,上新\n2026-03-11,1500,31,150,4,\n2026-03-12,1600,32,,,\n",
}


@pytest.mark.parametrize("name", ABREAST)
def test_35_figures_of_two_accounts_side_by_side_are_of_these_accounts(name: str, tmp_path: Path) -> None:
    (tmp_path / "小红书每日.csv").write_text(ABREAST[name], encoding="utf-8")
    made = load([tmp_path / "小红书每日.csv"], LoadOptions())
    found = series(made)
    assert found == {
        ("xhs", "云野茶饮", "impressions"): [1400, 1500, 1600], ("xhs", "云野茶饮", "views"): [30, 31, 32],
        ("xhs", "云野茶饮客服", "impressions"): [140, 150], ("xhs", "云野茶饮客服", "views"): [3, 4],
    }  # fmt: skip
    assert [log.sheet for log in made.import_log.tables] == [None, "（第2个表）"]
    assert [log.rows_read - log.rows_kept - dict(log.ignored_why).get("没有数值", 0) for log in made.import_log.tables] == [0, 0]
    assert set(made.incident.metric_points["row"]) == {3, 4, 5}


def test_35_shops_side_by_side_are_read_by_the_headers_shopkeepers_write(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (
        ("各店铺日销", None, None, None, None), ("日期", "天猫旗舰店", None, "小红书店", None), (None, "订单数", "销量", "订单数", "销量"),
        ("2026-03-10", 600, 655, 90, 92), ("2026-03-11", 580, 610, 85, 88), ("合计", 1180, 1265, 175, 180),
    ):  # fmt: skip
        page.append(row)
    for merged in ("A1:E1", "A2:A3", "B2:C2", "D2:E2"):
        page.merge_cells(merged)
    book.save(tmp_path / "日销.xlsx")
    made = load([tmp_path / "日销.xlsx"], LoadOptions())
    assert series(made) == {
        ("", "天猫旗舰店", "orders"): [600, 580], ("", "天猫旗舰店", "units"): [655, 610],
        ("", "小红书店", "orders"): [90, 85], ("", "小红书店", "units"): [92, 88],
    }  # fmt: skip
    assert set(made.incident.metric_points["scope"]) == {"shop"}
    assert [log.ignored_why for log in made.import_log.tables] == [(("合计行", 1),)] * 2


def test_35_a_block_of_sums_beside_the_platforms_is_not_counted_again(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in ((None, "小红书", None, "微博", None, "合计"), ("日期", "曝光", "点赞", "曝光", "点赞", "曝光"), ("2026-03-10", 1000, 20, 90, 8, 1090)):
        page.append(row)
    page.merge_cells("B1:C1")
    page.merge_cells("D1:E1")
    book.save(tmp_path / "每日.xlsx")
    made = load([tmp_path / "每日.xlsx"], LoadOptions())
    assert series(made) == {
        ("xhs", "", "impressions"): [1000], ("xhs", "", "likes"): [20], ("weibo", "", "impressions"): [90], ("weibo", "", "likes"): [8],
    }  # fmt: skip
    said = [text for log in made.import_log.tables for text in log.warnings]
    assert "“合计”下的几列未使用" in said
    assert not any("官方账号" in text for text in said)


def test_35_days_that_nobody_can_place_are_told_in_each_block(tmp_path: Path) -> None:
    (tmp_path / "并排.csv").write_text("日期,曝光,观看,日期,曝光,观看\n2026-03-10,1,2,2026-03-10,9,8\n昨天,1,2,昨天,9,8\n", encoding="utf-8")
    made = load([tmp_path / "并排.csv"], LoadOptions())
    assert [(log.sheet, log.rows_read, log.rows_kept, log.rows_quarantined) for log in made.import_log.tables] == [(None, 2, 1, 1), ("（第2个表）", 2, 1, 1)]
    assert all("--captured-at" in each.reason for each in made.import_log.rejections)
    assert sorted(made.incident.metric_points["value"]) == [1, 2, 8, 9]


def test_35_a_header_that_stands_twice_in_a_table_of_posts_makes_no_second_table(tmp_path: Path) -> None:
    (tmp_path / "帖.csv").write_text("时间,正文,点赞,时间,点赞\n2026-03-10,味道变了,1,2026-03-11,5\n", encoding="utf-8")
    made = load([tmp_path / "帖.csv"], LoadOptions())
    assert len(made.import_log.tables) == len(made.incident.posts) == 1


def test_35_a_metric_that_stands_twice_for_no_one_in_particular_is_told(tmp_path: Path) -> None:
    (tmp_path / "每日.csv").write_text("日期,曝光,观看,曝光\n2026-03-10,1,2,9\n", encoding="utf-8")
    made = load([tmp_path / "每日.csv"], LoadOptions())
    assert any("列名重复（曝光），只读取了第一次出现的列" in warning for warning in only(made.import_log).warnings)
    assert sorted(made.incident.metric_points["value"]) == [1, 2]


def test_36_half_a_workbook_is_not_called_an_archive_alone(tmp_path: Path) -> None:
    data = (MESSY / "34-days-across.xlsx").read_bytes()
    (tmp_path / "日报.xlsx").write_bytes(data[: len(data) // 2])
    with pytest.raises(UnusableInput, match="工作簿或压缩文件），请重新导出"):
        load([tmp_path / "日报.xlsx"], LoadOptions())


def test_36_a_workbook_with_damaged_bytes_inside_is_told_and_stops_nothing(tmp_path: Path) -> None:
    data = bytearray((MESSY / "34-days-across.xlsx").read_bytes())
    with zipfile.ZipFile(MESSY / "34-days-across.xlsx") as book:
        member = book.getinfo("xl/worksheets/sheet1.xml")
    begins = member.header_offset + 30 + len(member.filename)
    data[begins : begins + 24] = b"\xff" * 24  # no deflate stream begins so
    (tmp_path / "日报.xlsx").write_bytes(data)
    with pytest.raises(UnusableInput, match="已损坏"):
        load([tmp_path / "日报.xlsx"], LoadOptions())


def test_36_a_number_that_no_time_span_can_be_is_told_with_its_row(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["订单号", "内容"], ["1", "收到了"], [202608120000123, "退款"]):
        page.append(row)
    page["A3"].number_format = "[h]:mm:ss"  # how Excel shows a column that once held spans of time
    book.save(tmp_path / "订单.xlsx")
    with pytest.raises(UnusableInput, match=r"工作表“Sheet”第 3 行有大得不可能是时长的数.*改成“常规”"):
        load([tmp_path / "订单.xlsx"], LoadOptions())
