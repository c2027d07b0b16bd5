"""Ordinary people are masked, public voices stay named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pens import new_pen

from review.incident.identifying import PHONE, told_names
from review.intake.source_rows import Author, SourceRow
from review.report.privacy import Masks
from review.report.source_text import row_line, trace_masks
from review.settings.trace import load_trace_settings
from review.settings.vocabulary import read_vocabulary

MASKS = Masks(public_names=frozenset({"苜屿厨房"}), named_followers=100_000)


def test_ordinary_names_are_masked_and_public_ones_are_not() -> None:
    assert MASKS.name("糯米妈不加糖", "user", None, 900) == "糯**"
    assert MASKS.name("苜屿厨房", None, None, None) == "苜屿厨房"
    assert MASKS.name("大号", None, None, 100_000) == "大号"
    assert MASKS.name("小号", None, None, 99_999) == "小**"
    assert MASKS.name("某报", "media", None, None) == "某报"
    assert MASKS.name("认证", None, "蓝V", 3) == "认证"
    assert MASKS.name("普通", None, "普通用户", 3) == "普**"
    assert MASKS.name(None, None, None, None) is None


def test_a_masked_name_begins_with_the_first_character_that_can_be_shown() -> None:
    assert MASKS.name("\ue001\u202e 糯米妈", None, None, 3) == "糯**"
    assert MASKS.name("\U000f0001\ue000", None, None, 3) == "**"
    assert MASKS.quote("问问@\ue001糯米妈") == "问问@糯**"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("打我电话13812345678谢谢", "13812345678"),
        ("邮箱 some.one+x@mail.example.com 联系", "some.one"),
        ("订单号 202608129988776655 还没退", "202608129988776655"),
        ("身份证11010519491231002X", "11010519491231002X"),
        ("加微信:abc_12345 详聊", "abc_12345"),
        ("@糯米妈不加糖 快看", "糯米妈"),
        ("@糯米妈（北京）快看", "糯米妈"),
        ("加微信：abc_12345，详聊", "abc_12345"),
        ("加V：lisi_9988 拉群", "lisi_9988"),
        ("１３８１２３４５６８０ 打这个", "１３８１２３４５６８０"),
        ("我手机１３８ １２３４ ５６７９", "５６７９"),
        ("1 3 8 1 2 3 4 5 6 7 8", "5 6 7 8"),
        ("138—1234—5678", "5678"),
        ("+86-137-1234-5678 是群主", "5678"),
        ("门店0571-88123456无人接", "88123456"),
        ("（0571）88123456", "88123456"),
        ("邮箱ｌｉｓｉ＠ｅｘａｍｐｌｅ．ｃｏｍ没人回", "ｌｉｓｉ"),
        ("身份证 110105 19491231 002X 也填了", "002X"),
        ("身份证110105-1949-1231-002x", "1231"),
        ("身份证１１０１０５１９４９１２３１００２Ｘ", "Ｘ"),
        ("卡号6222 0212 3456 7890 128", "0128"),
        ("卡号6222 0212 3456 7890 128", "7890"),
        ("护照E12345678", "12345678"),
        ("＠糯米妈不加糖 快看", "糯米妈"),
    ],
)
def test_what_tells_a_person_is_gone_from_quotes(text: str, gone: str) -> None:
    assert gone not in MASKS.quote(text)


@pytest.mark.parametrize("text", ["@苜屿厨房 出来", "@苜屿厨房，出来", "@苜屿厨房（官方）出来"])
def test_a_public_mention_stays(text: str) -> None:
    assert MASKS.quote(text) == text


def test_a_quote_is_not_cut_within_the_remark_of_what_was_masked() -> None:
    pen = replace(new_pen(), masks=MASKS)
    text = "致电用户，电话13812345678，已致歉"
    assert [pen.quote(text, limit).text for limit in (8, 9, 12, 15, 16)] == [
        "致电用户，电话…",
        "致电用户，电话…",
        "致电用户，电话…",
        "致电用户，电话【电话已隐去】…",
        "致电用户，电话【电话已隐去】，…",
    ]
    assert pen.quote("【严正声明】我们", 4).text == "【严正…"


def test_without_masking_nothing_changes() -> None:
    off = Masks(public_names=frozenset(), named_followers=1, active=False)
    assert off.quote("13812345678 @谁") == "13812345678 @谁"
    assert off.name("谁", None, None, None) == "谁"


@pytest.mark.parametrize(
    "text", ["2019 2020 2021 三年", "8.12 15:20 共 1,203 单", "2026-08-12 22:10", "400-820-8820", "2606 批次 16cm", "20 % 到 35.4 %", "1300-1500 元"]
)
def test_dates_amounts_and_public_hotlines_stay(text: str) -> None:
    assert MASKS.quote(text) == text


def test_a_file_is_told_without_the_numbers_that_name_a_person_and_with_its_dates_and_post_ids() -> None:
    told = told_names(["甲/评论_13912345678.csv", "甲/评论_13812345678.csv", "110105194912310021.xlsx", "订单6923456789012345678.csv", "王 a@b.cn/x.csv"])
    assert told == [
        "甲/评论_【电话已隐去】.csv",
        "甲/评论_【电话已隐去】（2）.csv",
        "【证件号已隐去】.xlsx",
        "订单【编号已隐去】.csv",
        "王 【邮箱已隐去】/x.csv",
    ]
    plain = ["导出_20260812193000.csv", "weibo_5012345678901234.json", "评论 2026-08-12.csv", "a/b/c.csv", "同名.csv", "同名.csv"]
    assert told_names(plain) == plain


@given(st.text(max_size=40), st.integers(13000000000, 19999999999), st.text(max_size=40))
def test_no_phone_survives_any_surroundings(before: str, phone: int, after: str) -> None:
    assert not PHONE.search(MASKS.quote(f"{before}{phone}{after}"))


@pytest.mark.parametrize(("header", "column", "text", "shown"), [
    ("create_time", "published_at", "1778944200", "1778944200"),
    ("time", "published_at", "1778944200123", "1778944200123"),
    ("create_time", "published_at", "13812345678", None),
    ("content", "text", "1778944200", None),
])  # fmt: skip
def test_a_traced_time_of_seconds_since_1970_is_no_number_of_a_person(header: str, column: str, text: str, shown: str | None) -> None:
    line = row_line(SourceRow(row=2, cells=((header, column, text),)), MASKS, load_trace_settings())
    assert (text in line) is (shown is not None)


def test_followers_beyond_any_count_make_nobody_public_in_a_trace() -> None:
    authors = [Author(name=name, kind=None, verified=None, followers=followers) for name, followers in (("糯米妈不加糖", "9" * 5000), ("大号", "1,200,000"))]
    masks = trace_masks(MASKS, authors, (), read_vocabulary()["author_type"])
    assert [masks.name(each.name, None, None, None) for each in authors] == ["糯**", "大号"]
