"""Ordinary people are masked, public voices stay named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.report.privacy import PHONE, Masks

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
    ],
)
def test_what_tells_a_person_is_gone_from_quotes(text: str, gone: str) -> None:
    assert gone not in MASKS.quote(text)


@pytest.mark.parametrize("text", ["@苜屿厨房 出来", "@苜屿厨房，出来", "@苜屿厨房（官方）出来"])
def test_a_public_mention_stays(text: str) -> None:
    assert MASKS.quote(text) == text


def test_without_masking_nothing_changes() -> None:
    off = Masks(public_names=frozenset(), named_followers=1, active=False)
    assert off.quote("13812345678 @谁") == "13812345678 @谁"
    assert off.name("谁", None, None, None) == "谁"


@given(st.text(max_size=40), st.integers(13000000000, 19999999999), st.text(max_size=40))
def test_no_phone_survives_any_surroundings(before: str, phone: int, after: str) -> None:
    assert not PHONE.search(MASKS.quote(f"{before}{phone}{after}"))
