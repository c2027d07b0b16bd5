"""What analysts type: workbook, incident.csv and case.toml give the same facts; bad cells are rejections; contradictions name both places."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from review.incident.case import Case
from review.incident.errors import UnusableInput
from review.incident.incident import Incident
from review.incident.tables import TEXT
from review.intake import typed
from review.intake.load import read_raw
from review.intake.raw import RawTable
from review.intake.typed import TypedPart
from review.intake.workbook import blank_workbook
from review.settings.sheets import read_sheets
from review.settings.vocabulary import read_vocabulary

ZONE = "Asia/Shanghai"

FACTS = {
    "品牌": "云野茶饮",
    "事件名称": "新品果茶异物事件",
    "事件类型": "产品质量",
    "事件性质": "流程漏洞",
    "紧急程度": "重大",
    "竞品": "Jia Tea、乙茶",
    "官方账号": "云野茶饮;云野客服",
    "话题事件前已存在": "否",
    "爆发时间": "2026-03-15 10:30",
    "品牌知悉时间": "3月15日 10:50",
    "定级": "自动",
    "牵头人级别": "CEO",
    "参与部门": "运营、市场、客服、质检",
    "回应策略": "致歉担责",
    "不公开回应时间": "2026-03-15 11:00",
    "不公开回应决定人": "品牌总监",
    "不公开回应理由": "事实未清",
    "时间线完整": "是",
    "真诚度评分": "4;3",
    "方案要素": "具体动作、时限",
    "透明要素": "均无",
    "口径核对": "已核对",
    "口径矛盾": "已全部下架 ↔ 部分门店仍在售",
    "底线事项排除": "虚假声明",
    "不适用指标": "客服 24 小时解决率、二次反弹",
    "促销日": "2026-03-08、2026-03-18~2026-03-20",
    "自定情绪词": "翻车=失望;割韭菜=被欺骗",
    "预案评审日期": "2026-01-10",
}
ROWS: dict[str, list[dict[str, str]]] = {
    "应对时间线": [
        {"时间": "2026-03-15 12:05", "动作类型": "首次回应", "平台": "小红书", "内容": "非常抱歉", "回应诉求": "是", "粉丝数": "35万"},
        {"时间": "3-16 09:00", "动作类型": "声明", "平台": "微博", "内容": "3天内可申请全额退款"},
    ],
    "热度快照": [
        {"时间": "2026-03-15 18:00", "平台": "小红书", "名称": "云野茶饮异物", "指标": "阅读量", "数值": "356.2万"},
        {"时间": "2026-03-16 18:00", "平台": "微博", "指标": "热搜排名", "名称": "云野茶饮", "数值": "7"},
        {"时间": "2026-03-16 18:00", "平台": "小红书", "指标": "联想词", "数值": "云野异物、云野退款"},
    ],
    "关键帖文与账号": [
        {"编号": "P1", "平台": "小红书", "类型": "帖子", "时间": "2026-03-15 09:42", "作者": "小满", "点赞": "1.2万", "标签": "异物、避雷", "情感": "负面"},
        {"编号": "C1", "上级编号": "P1", "平台": "小红书", "时间": "2026-03-15 10:00", "作者": "阿青", "内容": "我也是"},
        {"编号": "C2", "上级编号": "C1", "平台": "小红书", "类型": "评论", "时间": "2026-03-15 10:20", "作者": "小满", "内容": "一起投诉"},
    ],
    "数据汇总": [
        {"开始": "2026-03-15 12:00", "结束": "2026-03-15 18:00", "指标": "评论抽样", "平台或渠道": "小红书", "n": "200", "k": "64", "口径": "两人各判一遍"},
        {"开始": "2026-03-15", "结束": "2026-03-15", "指标": "销量", "平台或渠道": "旗舰店", "数值": "1204"},
        {"开始": "2026-03-15", "结束": "2026-03-21", "指标": "掉粉", "数值": "800"},
    ],
    "根因与行动": [
        {"类别": "深层问题", "编号": "R-01", "内容": "抽检流程缺失", "依据": "抽检记录"},
        {"类别": "行动", "编号": "A-01", "内容": "增加异物筛查工位", "关联编号": "R-01", "部门": "质检", "截止": "1月20日", "状态": "进行中"},
        {"类别": "机制", "内容": "预警 2 月", "n": "10", "k": "3"},
    ],
}


def table(header: list[str], rows: list[list[str | None]], file: str = "填写.xlsx", sheet: str | None = None, first: int = 2) -> RawTable:
    cells = pd.DataFrame({i: pd.Series([row[i] for row in rows], dtype=TEXT) for i in range(len(header))}, index=pd.RangeIndex(len(rows)))
    return RawTable(
        file=file, sheet=sheet, sha256="0" * 64, container="xlsx", encoding=None, delimiter=None, header_row=1, header=tuple(header), cells=cells,
        rows=pd.Series(range(first, first + len(rows)), dtype="int64"),
    )  # fmt: skip


def sheet_table(sheet: str, rows: list[dict[str, str]], file: str = "填写.xlsx") -> RawTable:
    header = [field.name for field in next(each for each in read_sheets().sheets if each.name == sheet).fields] if sheet != "事件信息" else ["项", "值"]
    return table(header, [[row.get(name) for name in header] for row in rows], file, sheet)


def facts_table(facts: dict[str, str], file: str = "填写.xlsx") -> RawTable:
    return sheet_table("事件信息", [{"项": item, "值": value} for item, value in facts.items()], file)


@cache
def workbook_tables(data: bytes, file: str = "填写.xlsx") -> list[RawTable]:
    """The sheets of a workbook, read by openpyxl: first row the header, everything as text."""
    tables = []
    for page in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        rows = [["" if value is None else str(value) for value in row] for row in page.iter_rows(values_only=True)]
        body = [[value or None for value in row] for row in rows[1:]]
        tables.append(table([word or f"列{i}" for i, word in enumerate(rows[0])], body, file, page.title))
    return tables


@cache
def blank() -> bytes:
    return blank_workbook()


@cache
def filled_workbook() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(blank()))
    page = book["事件信息"]
    assert isinstance(page, Worksheet)
    for row in range(3, page.max_row + 1):
        value = FACTS.get(str(page.cell(row, 2).value).rstrip("*"))
        if value is not None:
            page.cell(row, 3).value = value
    for sheet, rows in ROWS.items():
        page = book[sheet]
        assert isinstance(page, Worksheet)
        columns = {str(page.cell(1, i).value).rstrip("*"): i for i in range(1, page.max_column + 1)}
        for i, row_values in enumerate(rows, start=3):
            for name, value in row_values.items():
                page.cell(i, columns[name]).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def log_table() -> RawTable:
    header = ["记录", "项", "值", *dict.fromkeys(name for rows in ROWS.values() for row in rows for name in row)]
    rows: list[dict[str, str]] = [{"记录": "事件信息", "项": item, "值": value} for item, value in FACTS.items()]
    rows += [{"记录": sheet, **row} for sheet, sheet_rows in ROWS.items() for row in sheet_rows]
    return table(header, [[row.get(name) for name in header] for row in rows], "incident.csv")


def case_file(folder: Path) -> Path:
    lines = [f'{item} = "{value}"  # 品牌 = "甲"' for item, value in FACTS.items()]
    for sheet, rows in ROWS.items():
        for row in rows:
            lines.append(f"[[{sheet}]]")
            lines.extend(f'{name} = "{value}"' for name, value in row.items())
    path = folder / "case.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def facts_of(case: Case) -> Case:
    nowhere = case.items[0].source if case.items else None
    items = tuple(replace(item, source=nowhere) for item in case.items) if nowhere is not None else ()
    blank = Case().sources
    return replace(case, items=tuple(replace(item, source=replace(item.source, file="", sheet=None, row=None, name="")) for item in items), sources=blank)


def content(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return sorted((tuple(str(value) for value in row) for row in frame.drop(columns=["file", "sheet", "row"]).itertuples(index=False)), key=str)


FRAMES = ("posts", "metric_points", "samples", "responses", "tickets", "inexact")


def assert_same_facts(a: TypedPart, b: TypedPart) -> None:
    assert facts_of(a.case) == facts_of(b.case)
    for name in FRAMES:
        assert content(getattr(a, name)) == content(getattr(b, name)), name


def check_valid(part: TypedPart) -> None:
    Incident(**{name: getattr(part, name) for name in FRAMES}, case=part.case)


def test_the_workbook_the_log_and_case_toml_give_the_same_facts(tmp_path: Path) -> None:
    workbook = typed.read(workbook_tables(filled_workbook()), None, ZONE)
    log = typed.read([log_table()], None, ZONE)
    toml = typed.read([], case_file(tmp_path), ZONE)
    assert workbook.rejections == log.rejections == toml.rejections == ()
    for part in (workbook, log, toml):
        check_valid(part)
    assert_same_facts(workbook, log)
    assert_same_facts(workbook, toml)


def test_typed_facts_come_out_in_their_types() -> None:
    case = typed.read([facts_table(FACTS)], None, ZONE).case
    assert (case.brand, case.incident_type, case.lead, case.strategy, case.urgency) == ("云野茶饮", "product_quality", "ceo", "apology", "重大")
    assert case.competitors == ("Jia Tea", "乙茶")
    assert case.outbreak_at == datetime(2026, 3, 15, 2, 30, tzinfo=UTC)
    assert case.known_at == datetime(2026, 3, 15, 2, 50, tzinfo=UTC)
    assert case.topic_existed_before is False
    assert case.statements_checked is True
    assert case.solution_elements == ("action", "deadline")
    assert case.transparency_elements == ()
    assert case.contradictions == (("已全部下架", "部分门店仍在售"),)
    assert case.not_applicable == ("service", "rebound")
    assert case.sincerity_ratings == (3, 4)
    assert case.promo_days == (date(2026, 3, 8), date(2026, 3, 18), date(2026, 3, 19), date(2026, 3, 20))
    assert case.emotion_words == (("翻车", "disappointment"), ("割韭菜", "deceived"))
    assert case.silence is not None
    assert (case.silence.by, case.silence.reason) == ("品牌总监", "事实未清")
    assert (case.sources["outbreak_at"].name, case.sources["outbreak_at"].row) == ("爆发时间", 10)


def test_items_and_headers_may_bear_a_colon_and_the_word_required() -> None:
    plain = {"品牌": "云野茶饮", "爆发时间": "2026-03-15 10:30", "定级": "自动"}
    marked = {"品牌（必填）": "云野茶饮", "爆发时间：": "2026-03-15 10:30", "定级*（必填）:": "自动"}
    cases = [typed.read([facts_table(facts)], None, ZONE).case for facts in (plain, marked)]
    assert facts_of(cases[0]) == facts_of(cases[1])
    header = ["时间（必填）", "动作类型*：", "内容:"]
    (response,) = typed.read([table(header, [["2026-03-15 12:05", "声明", "抱歉"]], sheet="应对时间线")], None, ZONE).responses.itertuples()
    assert (response.action, response.text) == ("statement", "抱歉")


def test_no_red_line_rules_out_all_of_them() -> None:
    case = typed.read([facts_table({"底线事项": "无"})], None, ZONE).case
    assert case.red_lines == ()
    assert set(case.red_lines_ruled_out) == set(read_vocabulary()["red_line"].printed)
    assert case.sources["red_lines_ruled_out"].name == "底线事项"
    assert typed.read([facts_table({"底线事项": "虚假声明"})], None, ZONE).case.red_lines_ruled_out == ()


def test_silence_in_one_cell_equals_silence_in_three_rows() -> None:
    one = typed.read([facts_table({"不公开回应": "2026-03-15 11:00;品牌总监;事实未清"})], None, ZONE).case.silence
    assert one == typed.read([facts_table(FACTS)], None, ZONE).case.silence


def test_facts_in_full_width_marks_are_the_same_facts() -> None:
    wide = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in ",;:=~()"})
    facts = {**FACTS, "不公开回应": "2026-03-15 11:00;品牌总监;事实未清", "口径矛盾": "已全部下架 ↔ 部分门店仍在售;不收费 ↔ 收费"}
    ours, theirs = (typed.read([facts_table(each)], None, ZONE) for each in (facts, {item: value.translate(wide) for item, value in facts.items()}))
    assert theirs.case == ours.case
    assert (theirs.case.sincerity_ratings, len(theirs.case.contradictions)) == ((3, 4), 2)
    assert theirs.rejections == ours.rejections == ()


def test_a_number_of_any_length_in_an_id_stands_behind_the_shorter_ones() -> None:
    rows = [{"类别": "行动", "编号": f"A-{number}", "内容": "增加筛查工位"} for number in ("9" * 5000, "10", "9")]
    items = typed.read([sheet_table("根因与行动", rows)], None, ZONE).case.items
    assert [item.ident for item in items] == ["A-9", "A-10", f"A-{'9' * 5000}"]


def test_numbered_items_stand_by_their_numbers_and_others_as_they_were_typed() -> None:
    rows = [{"类别": "行动", "编号": f"A-{number}", "内容": "增加筛查工位"} for number in (10, 2, 1)]
    rows += [
        {"类别": "表层诱因", "编号": "B-02", "内容": "后面的"},
        {"类别": "表层诱因", "内容": "没有编号的"},
        {"类别": "表层诱因", "编号": "B-01", "内容": "先写的"},
    ]
    items = typed.read([sheet_table("根因与行动", rows)], None, ZONE).case.items
    assert [item.ident for item in items if item.kind == "action"] == ["A-1", "A-2", "A-10"]
    assert [item.ident for item in items if item.kind == "surface_cause"] == ["B-02", None, "B-01"]


def test_rows_of_each_sheet_become_rows_of_the_tables() -> None:
    part = typed.read([sheet_table(sheet, rows) for sheet, rows in ROWS.items()], None, ZONE)
    reads = part.metric_points[part.metric_points["metric"] == "reads"].iloc[0]
    assert (reads["scope"], reads["value"], reads["low"], reads["high"], reads["cumulative"]) == ("topic", 3562000, 3561500, 3562500, True)
    words = part.metric_points[part.metric_points["metric"] == "suggestions"].iloc[0]
    assert pd.isna(words["value"])
    assert words["text"] == "云野异物、云野退款"
    sold = part.metric_points[part.metric_points["metric"] == "units"].iloc[0]
    assert (sold["scope"], sold["name"], sold["value"], sold["precision"], sold["cumulative"]) == ("shop", "旗舰店", 1204, "day", False)
    assert list(part.samples["metric"]) == ["comments_read", "followers_lost"]
    assert part.samples["end"].iloc[1] == pd.Timestamp("2026-03-22", tz=ZONE)
    assert list(part.posts["kind"]) == ["post", "comment", "reply"]
    assert list(part.posts["thread_id"].fillna("")) == ["", "P1", "P1"]
    assert list(part.posts["parent_id"].fillna("")) == ["", "", "C1"]
    assert list(part.inexact["column"]) == ["likes"]
    assert part.posts["tags"].iloc[0] == "异物 避雷"
    assert part.responses["followers"].iloc[0] == 350_000
    assert [item.kind for item in part.case.items] == ["deep_cause", "action", "alarm"]
    assert part.case.items[1].due == date(2027, 1, 20)
    assert part.case.items[1].related == ("R-01",)


def test_an_untouched_workbook_is_an_empty_incident_and_its_examples_are_counted() -> None:
    part = typed.read(workbook_tables(blank()), None, ZONE)
    check_valid(part)
    assert part.case == Case()
    assert all(len(getattr(part, name)) == 0 for name in FRAMES)
    assert part.rejections == ()
    examples = {log.sheet: dict(log.ignored_why).get("示例") for log in part.tables}
    assert examples == {"填写说明": None, **{sheet.name: 1 for sheet in read_sheets().sheets}}


def test_every_sheet_of_the_workbook_is_recognised() -> None:
    assert all(typed.recognise(raw) for raw in workbook_tables(blank()))


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        (["时间", "动作类型"], True),
        (["开始", "结束", "指标", "n", "k"], True),
        (["项", "值"], True),
        (["类别", "内容", "负责人"], True),
        (["记录", "时间", "平台", "内容"], True),
        (["平台", "时间", "作者", "立场"], True),
        (["平台", "时间", "作者", "内容"], False),
        (["类别", "内容"], False),
        (["日期", "支付金额"], False),
        (["记录", "备注人"], False),
    ],
)
def test_a_table_is_typed_by_its_headers(header: list[str], ours: bool) -> None:
    assert typed.recognise(table(header, [], "某文件.csv")) is ours


@pytest.mark.parametrize(
    ("sheet", "row", "column", "kind", "reason"),
    [
        ("应对时间线", {"时间": "很久以前", "动作类型": "声明"}, "时间", "row", "不是可识别的时间"),
        ("应对时间线", {"动作类型": "声明"}, "时间", "row", "缺少必填项"),
        ("应对时间线", {"时间": "2026-03-15 12:00", "动作类型": "跳舞"}, "动作类型", "row", "不在可选项中"),
        ("应对时间线", {"时间": "2026-03-15 12:00", "动作类型": "声明", "实测": "也许"}, "实测", "cell", "是"),
        ("应对时间线", {"时间": "2026-03-15 12:00", "动作类型": "声明", "粉丝数": "10万+"}, "粉丝数", "cell", "上下限"),
        ("热度快照", {"时间": "2026-03-15 12:00", "平台": "微博", "指标": "阅读量", "数值": "很多"}, "数值", "row", "不是数字"),
        ("热度快照", {"时间": "2026-03-15 12:00", "平台": "微博", "指标": "阅读量", "数值": "-5"}, "数值", "row", "负数"),
        ("热度快照", {"时间": "2026-03-15 12:00", "平台": "微博", "指标": "热搜排名", "数值": "0"}, "数值", "row", "1 起"),
        ("热度快照", {"时间": "2026-03-15 12:00", "平台": "微博", "指标": "在榜时长", "数值": "90分钟"}, "数值", "row", "小时"),
        ("关键帖文与账号", {"时间": "2026-03-15 12:00", "平台": "微博", "点赞": "1.5"}, "点赞", "cell", "整数"),
        ("关键帖文与账号", {"时间": "2026-03-15 12:00", "平台": "微博", "编号": "P", "上级编号": "P"}, "上级编号", "cell", "自己"),
        ("关键帖文与账号", {"时间": "2026-03-15 12:00", "平台": "微博", "情感": "愤怒"}, "情感", "cell", "不在可选项中"),
        ("数据汇总", {"开始": "2026-03-15", "结束": "2026-03-14 10:00", "指标": "投诉量", "n": "1"}, "结束", "row", "早于"),
        ("数据汇总", {"开始": "2026-03-15", "结束": "2026-03-15", "指标": "评论抽样", "n": "10", "k": "11"}, "k", "row", "大于"),
        ("数据汇总", {"开始": "2026-03-15", "结束": "2026-03-15", "指标": "评论抽样", "数值": "10"}, "n", "row", "缺少 n"),
        ("数据汇总", {"开始": "2026-03-15", "结束": "2026-03-15", "指标": "投诉量"}, "数值", "row", "均未填写"),
        ("数据汇总", {"开始": "2026-03-15", "结束": "2026-03-15", "指标": "掉粉", "数值": "-1200"}, "数值", "row", "负数"),
        ("数据汇总", {"开始": "2026-03-10", "结束": "2026-03-15", "指标": "转载量", "数值": "-5~3"}, "数值", "row", "负数"),
        ("根因与行动", {"类别": "机制", "内容": "开会"}, "类别", "row", "开头"),
        ("根因与行动", {"类别": "行动", "内容": "x", "开始": "2026-03-15", "截止": "2026-03-01"}, "截止", "cell", "早于"),
        ("根因与行动", {"类别": "行动", "内容": "x", "状态": "在做"}, "状态", "cell", "不在可选项中"),
    ],
)
def test_a_bad_cell_is_a_rejection_with_its_place(sheet: str, row: dict[str, str], column: str, kind: str, reason: str) -> None:
    part = typed.read([sheet_table(sheet, [row])], None, ZONE)
    check_valid(part)
    (rejection,) = part.rejections
    assert (rejection.file, rejection.sheet, rejection.row, rejection.column, rejection.kind) == ("填写.xlsx", sheet, 2, column, kind)
    assert reason in rejection.reason
    (log,) = part.tables
    assert (log.rows_read, log.rows_quarantined, log.rows_kept) == (1, int(kind == "row"), int(kind == "cell"))


@pytest.mark.parametrize(
    ("item", "value", "reason"),
    [
        ("爆发时间", "三月中旬", "不是可识别的时间"),
        ("事件类型", "地震", "不在可选项中"),
        ("话题事件前已存在", "可能", "是"),
        ("真诚度评分", "9", "0 至 4"),
        ("口径矛盾", "只有一句", "↔"),
        ("促销日", "2026-03-20~2026-03-01", "早于"),
        ("自定情绪词", "翻车", "词=情绪"),
        ("核心用户名单", "../passwd.txt", "文件夹"),
        ("核心用户名单", "没有.txt", "名单文件"),
        ("没有这一项", "x", "不认识的项"),
    ],
)
def test_a_bad_fact_is_a_rejected_row(item: str, value: str, reason: str) -> None:
    part = typed.read([facts_table({item: value})], None, ZONE, lambda _file, _name: None)
    (rejection,) = part.rejections
    assert rejection.kind == "row"
    assert reason in rejection.reason
    assert facts_of(part.case) == facts_of(Case())


def test_good_words_of_a_list_stay_when_one_is_bad() -> None:
    part = typed.read([facts_table({"底线事项": "虚假声明、飞天"})], None, ZONE)
    assert part.case.red_lines == ("false_statement",)
    assert [(each.kind, each.value) for each in part.rejections] == [("cell", "飞天")]


def test_the_core_user_list_is_read_through_the_resolver() -> None:
    asked: list[tuple[str, str]] = []

    def people(file: str, name: str) -> tuple[str, ...]:
        asked.append((file, name))
        return ("甲", "乙")

    assert typed.read([facts_table({"核心用户名单": "核心.txt"})], None, ZONE, people).case.core_users == ("甲", "乙")
    assert asked == [("填写.xlsx", "核心.txt")]
    assert typed.read([facts_table({"核心用户名单": "甲、乙"})], None, ZONE).case.core_users == ("甲", "乙")


def test_two_values_for_one_fact_name_both_places() -> None:
    with pytest.raises(UnusableInput) as caught:
        typed.read([facts_table({"品牌": "甲"}, "a.xlsx"), facts_table({"产品": "茶", "品牌": "乙"}, "b.xlsx")], None, ZONE)
    (fault,) = caught.value.faults
    assert "a.xlsx 工作表“事件信息” 第 2 行" in str(fault)
    assert "b.xlsx 工作表“事件信息” 第 3 行" in str(fault)
    assert "甲" in str(fault)
    assert "乙" in str(fault)


def test_two_times_for_one_fact_are_named_as_they_are_typed() -> None:
    with pytest.raises(UnusableInput) as caught:
        typed.read([facts_table({"爆发时间": "2026-09-04 20:30"}, "a.xlsx"), facts_table({"爆发时间": "2026-09-05"}, "b.xlsx")], None, ZONE)
    (fault,) = caught.value.faults
    assert "“爆发时间”为 2026-09-04 20:30，而" in str(fault)
    assert "为 2026-09-05。" in str(fault)
    header = ["记录", "编号", "时间", "渠道", "主题"]
    rows: list[list[str | None]] = [["工单", "T1", at, "电话", "退款"] for at in ("2026-09-04 20:30", "2026-09-04 21:30")]
    with pytest.raises(UnusableInput, match="2026-09-04 20:30 / 2026-09-04 21:30"):
        typed.read([table(header, rows, "incident.csv")], None, ZONE)


def test_case_toml_against_the_workbook_is_a_contradiction_too(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text('品牌 = "乙"\n', encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"case\.toml"):
        typed.read([facts_table({"品牌": "甲"})], path, ZONE)


@pytest.mark.parametrize(
    ("sheet", "row", "change"),
    [
        ("热度快照", ROWS["热度快照"][0], {"数值": "400万"}),
        ("数据汇总", ROWS["数据汇总"][0], {"k": "80"}),
        ("数据汇总", ROWS["数据汇总"][1], {"数值": "999"}),
        ("关键帖文与账号", ROWS["关键帖文与账号"][0], {"作者": "别人"}),
        ("根因与行动", ROWS["根因与行动"][0], {"内容": "别的"}),
    ],
)
def test_rows_that_contradict_each_other_name_both_places(sheet: str, row: dict[str, str], change: dict[str, str]) -> None:
    with pytest.raises(UnusableInput) as caught:
        typed.read([sheet_table(sheet, [row], "a.xlsx"), sheet_table(sheet, [row | change], "b.xlsx")], None, ZONE)
    assert "a.xlsx" in str(caught.value)
    assert "b.xlsx" in str(caught.value)


def test_the_same_workbook_twice_says_everything_once() -> None:
    tables = workbook_tables(filled_workbook())
    again = [replace(raw, file="副本.xlsx") for raw in tables]
    once, twice = typed.read(tables, None, ZONE), typed.read([*tables, *again], None, ZONE)
    assert_same_facts(once, twice)
    copies = [log for log in twice.tables if log.rows_duplicate]
    assert sum(log.rows_duplicate for log in copies) == sum(log.rows_kept for log in once.tables)


def test_two_quiet_comments_without_author_are_two() -> None:
    row = {"平台": "小红书", "时间": "2026-03-15 10:00", "类型": "评论", "内容": "退钱"}
    assert len(typed.read([sheet_table("关键帖文与账号", [row, row])], None, ZONE).posts) == 2


def test_the_order_of_tables_changes_nothing() -> None:
    tables = workbook_tables(filled_workbook())
    a, b = typed.read(tables, None, ZONE), typed.read(tables[::-1], None, ZONE)
    assert a.case == b.case
    assert a.tables == b.tables
    assert all(getattr(a, name).equals(getattr(b, name)) for name in FRAMES)


def test_a_time_without_year_and_without_reference_is_rejected_with_the_reason() -> None:
    part = typed.read([sheet_table("应对时间线", [{"时间": "3月15日 12:00", "动作类型": "声明"}])], None, ZONE)
    assert len(part.responses) == 0
    assert "没有年份" in part.rejections[0].reason


@pytest.mark.parametrize("header", [["时间", "做了什么", "平台", "标题", "内容"], ["动作类型", "平台", "标题", "内容", "负责人"]])
def test_a_sheet_that_lost_a_column_it_needs_is_named_and_not_read_as_an_export(header: list[str]) -> None:
    broken = table(header, [["2026-03-15 12:05"] * len(header)], "填写.xlsx", "应对时间线")
    assert typed.recognise(broken)
    with pytest.raises(UnusableInput, match=r"填写\.xlsx 工作表“应对时间线”.*缺少必填列"):
        typed.read([broken], None, ZONE)


def test_a_sheet_of_another_tool_may_have_the_name_of_ours() -> None:
    assert not typed.recognise(table(["日期", "曝光", "观看", "新增关注", "平台"], [["2026-03-15", "1", "2", "3", "x"]], "导出.xlsx", "数据汇总"))


def test_times_typed_without_a_clock_are_named_as_such() -> None:
    part = typed.read([facts_table({"爆发时间": "2026-03-15", "品牌知悉时间": "3月15日 10:30", "启动时间": "3月16日"})], None, ZONE)
    assert part.case.day_only == ("activated_at", "outbreak_at")


def test_a_time_without_year_falls_within_half_a_year_of_the_outbreak() -> None:
    rows = [{"时间": "1月2日 09:00", "动作类型": "声明"}, {"时间": "12-31 09:00", "动作类型": "声明"}]
    part = typed.read([facts_table({"爆发时间": "2025-12-30 10:00"}), sheet_table("应对时间线", rows)], None, ZONE)
    assert sorted(at.tz_convert(ZONE).date() for at in part.responses["at"]) == [date(2025, 12, 31), date(2026, 1, 2)]


def test_another_dated_time_serves_where_the_outbreak_is_unknown() -> None:
    rows = [{"时间": "2024-05-01 09:00", "动作类型": "声明"}, {"时间": "5月2日 09:00", "动作类型": "致歉"}]
    part = typed.read([sheet_table("应对时间线", rows)], None, ZONE)
    assert {at.year for at in part.responses["at"]} == {2024}


def test_a_month_and_day_in_dots_and_noon_are_times_of_the_incident() -> None:
    facts = {"爆发时间": "2026-09-04 20:30", "预案评审日期": "9.7", "促销日": "9.1、9.10,9.15-9.16；9.18 ~ 9.19"}
    rows = [{"时间": when, "动作类型": "声明"} for when in ("9.10", "10.15", "9月8号中午", "2026-09-09 中午")]
    part = typed.read([facts_table(facts), sheet_table("应对时间线", rows)], None, ZONE)
    assert part.rejections == ()
    assert part.case.plan_reviewed_on == date(2026, 9, 7)
    assert [day.day for day in part.case.promo_days] == [1, 10, 15, 16, 18, 19]
    local = [(f"{at.tz_convert(ZONE):%m-%d %H}", precision) for at, precision in zip(part.responses["at"], part.responses["precision"], strict=True)]
    assert sorted(local) == [("09-08 12", "h"), ("09-09 12", "h"), ("09-10 00", "day"), ("10-15 00", "day")]


def test_a_day_that_may_have_lost_its_zero_is_not_guessed() -> None:
    part = typed.read([facts_table({"爆发时间": "2026-09-04 20:30", "促销日": "9.1"})], None, ZONE)
    assert part.case.promo_days == ()
    assert "9.10" in part.rejections[0].reason


def test_a_time_more_than_a_year_from_the_others_is_kept_and_noted() -> None:
    rows = [{"时间": when, "动作类型": "声明"} for when in ("2026-09-05 10:00", "2062-09-05 10:00", "2026-09-06 10:00", "2027-08-30 10:00")]
    actions = [{"类别": "行动", "内容": "换供应商", "截止": "2029-01-01", "完成日期": "2030-01-01"}]
    part = typed.read([facts_table({"爆发时间": "2026-09-04 20:30"}), sheet_table("应对时间线", rows), sheet_table("根因与行动", actions)], None, ZONE)
    assert len(part.responses) == 4
    assert [note for log in part.tables for note in log.warnings] == ["“时间”（第 3 行）与其他时间相差 36 年，请核对"]


def test_a_slip_in_the_year_is_noted_where_no_fact_has_a_time_too() -> None:
    rows = [{"时间": when, "动作类型": "声明"} for when in ("2026-09-05 10:00", "2062-09-05 10:00", "2026-09-06 10:00")]
    part = typed.read([sheet_table("应对时间线", rows)], None, ZONE)
    assert [note for log in part.tables for note in log.warnings] == ["“时间”（第 3 行）与其他时间相差 36 年，请核对"]


def test_a_relative_day_is_no_typed_time() -> None:
    part = typed.read([facts_table({"爆发时间": "2026-03-15 10:30"}), sheet_table("应对时间线", [{"时间": "昨天 10:18", "动作类型": "声明"}])], None, ZONE)
    assert len(part.responses) == 0


def test_example_and_total_rows_are_ignored_and_unknown_columns_listed() -> None:
    rows: list[list[str | None]] = [
        ["（示例）", "2026-03-15 12:00", "声明", "x"],
        [None, "合计", None, "3"],
        [None, "2026-03-15 12:00", "声明", "x"],
        [None] * 4,
    ]
    part = typed.read([table(["标记", "时间*", "动作类型*", "我的列"], rows, sheet="应对时间线")], None, ZONE)
    (log,) = part.tables
    assert (log.rows_read, log.rows_kept, log.ignored_why, log.unmapped) == (3, 1, (("合计行", 1), ("示例", 1)), ("我的列",))


def test_an_unknown_platform_is_kept_as_other_and_noted() -> None:
    part = typed.read([sheet_table("关键帖文与账号", [{"平台": "黑猫投诉", "时间": "2026-03-15 10:00"}])], None, ZONE)
    assert list(part.posts["platform"]) == ["other"]
    assert "黑猫投诉" in part.tables[0].warnings[0]


def test_the_log_takes_rows_of_exports_and_sets_unknown_records_aside() -> None:
    header = ["记录", "编号", "上级编号", "时间", "平台", "作者", "内容", "指标", "数值", "关闭时间", "首响时间", "对象"]
    rows: list[list[str | None]] = [
        ["帖子", "P1", None, "2026-03-15 09:00", "小红书", "甲", "原帖", None, None, None, None, None],
        ["转发", "R1", "P1", "2026-03-15 10:00", "小红书", "乙", "转", None, None, None, None, None],
        ["报道", "N1", None, "2026-03-15 11:00", "新闻媒体", "报", "稿", None, None, None, None, None],
        ["指标", None, None, "2026-03-15", None, None, None, "销量", "12", None, None, "店铺"],
        ["工单", "T1", None, "2026-03-15 11:00", None, None, None, None, None, "2026-03-15 10:00", "2026-03-15 11:30", None],
        ["天气", None, None, None, None, None, "晴", None, None, None, None, None],
    ]
    part = typed.read([table(header, rows, "incident.csv")], None, ZONE)
    check_valid(part)
    assert list(part.posts["kind"]) == ["post", "repost", "article"]
    assert list(part.posts["parent_id"].fillna("")) == ["", "P1", ""]
    assert part.posts["root_id"].iloc[1] == "P1"
    assert list(part.metric_points["cumulative"]) == [False]
    assert pd.isna(part.tickets["closed_at"].iloc[0])
    assert {(each.row, each.column) for each in part.rejections} == {(6, "关闭时间"), (7, "记录")}
    assert part.tables[0].rows_quarantined == 1


def test_a_ring_of_parents_ends() -> None:
    rows = [{"编号": a, "上级编号": b, "平台": "微博", "类型": "转发", "时间": "2026-03-15 10:00"} for a, b in (("A", "B"), ("B", "A"))]
    assert list(typed.read([sheet_table("关键帖文与账号", rows)], None, ZONE).posts["parent_id"]) == ["B", "A"]


def test_faults_of_case_toml_are_all_reported_with_their_paths(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text('品脾 = "x"\n[[应对时间线]]\n时间 = "2026-03-15 10:00"\n做了什么 = "声明"\n', encoding="utf-8")
    with pytest.raises(UnusableInput) as unknown:
        typed.read([], path, ZONE)
    assert "品脾" in str(unknown.value)
    assert "应对时间线[0].做了什么" in str(unknown.value)
    path.write_text('爆发时间 = "某天"\n[[应对时间线]]\n时间 = "2026-03-15 10:00"\n动作类型 = "跳舞"\n', encoding="utf-8")
    with pytest.raises(UnusableInput) as bad:
        typed.read([], path, ZONE)
    assert "爆发时间" in str(bad.value)
    assert "应对时间线[0].动作类型" in str(bad.value)


def test_a_case_toml_that_no_case_could_be_is_told(tmp_path: Path) -> None:
    for text in ("品牌 = " + "[" * 5000, "真诚度评分 = [" + "9" * 5000 + "]", "真诚度评分 = 0x" + "f" * 5000):
        (tmp_path / "case.toml").write_text(text, encoding="utf-8")
        with pytest.raises(UnusableInput, match=r"case\.toml：(其中有过长的整数|.*不合 TOML)"):
            typed.read([], tmp_path / "case.toml", ZONE)


def test_case_toml_takes_english_codes_and_native_values(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(
        'brand = "甲"\noutbreak_at = 2026-03-15T10:30:00+08:00\ncompetitors = ["乙", "丙"]\ntimeline_complete = true\nsincerity_ratings = [3, 4]\n'
        'contradictions = [["一","二"],["三","四"]]\nsolution_elements = []\nsilence = { by = "总监", at = 2026-03-15T11:00:00+08:00, reason = "未清" }\n'
        '[[responses]]\nat = 2026-03-15T12:00:00+08:00\naction = "statement"\n',
        encoding="utf-8",
    )
    part = typed.read([], path, ZONE)
    case = part.case
    assert (case.brand, case.competitors, case.timeline_complete, case.sincerity_ratings) == ("甲", ("乙", "丙"), True, (3, 4))
    assert case.outbreak_at == datetime(2026, 3, 15, 2, 30, tzinfo=UTC)
    assert case.contradictions == (("一", "二"), ("三", "四"))
    assert case.solution_elements == ()
    assert case.silence is not None
    assert case.silence.by == "总监"
    assert list(part.responses["action"]) == ["statement"]


def test_nothing_typed_is_an_empty_part() -> None:
    part = typed.read([], None, ZONE)
    check_valid(part)
    assert part.case == Case()


WORDS = ["2026-03-15 10:00", "3月15日", "声明", "小红书", "阅读量", "掉粉", "行动", "1.2万", "10万+", "-3", "是", "示例", "合计", "A", "B"]
CELLS = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(WORDS))


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.sampled_from([sheet.name for sheet in read_sheets().sheets if sheet.code != "facts"]), st.data())
def test_any_cells_at_all_give_valid_tables_or_a_named_contradiction(sheet: str, data: st.DataObject) -> None:
    header = [field.name for field in next(each for each in read_sheets().sheets if each.name == sheet).fields]
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=4))
    raw = table(header, rows, sheet=sheet)
    try:
        part = typed.read([raw], None, ZONE)
    except UnusableInput as error:
        contradictions = [fault for fault in error.faults if "说的是同一件事" in fault.what or "编号同为" in fault.what]
        assume(len(contradictions) < len(error.faults))
        raise
    check_valid(part)
    (log,) = part.tables
    produced = sum(len(getattr(part, name)) for name in FRAMES if name != "inexact") + len(part.case.items)
    assert log.rows_kept == produced
    assert log.rows_quarantined == sum(rejection.kind == "row" for rejection in part.rejections)


def test_real_files_load_like_the_tables_they_hold(tmp_path: Path) -> None:
    (tmp_path / "填写.xlsx").write_bytes(filled_workbook())
    raw = log_table()
    with (tmp_path / "incident.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(raw.header)
        writer.writerows([["" if pd.isna(cell) else cell for cell in row] for row in raw.cells.itertuples(index=False)])
    workbook = read_raw([tmp_path / "填写.xlsx"]).tables
    log = read_raw([tmp_path / "incident.csv"]).tables
    assert all(typed.recognise(each) for each in (*workbook, *log))
    a, b = typed.read(workbook, None, ZONE), typed.read(log, None, ZONE)
    assert a.rejections == b.rejections == ()
    assert_same_facts(a, b)
