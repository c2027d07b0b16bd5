"""Numbers, flags and lists out of cells."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.incident.tables import TEXT
from review.intake.values import metric_said, parse_flags, parse_numbers, read_number, split_list


def cells(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


@pytest.mark.parametrize(
    ("cell", "value", "low", "high"),
    [
        ("12345", 12345, None, None),
        ("424.0", 424, None, None),
        ("18,000", 18000, None, None),
        ("123", 123, None, None),
        ("¥1,298.50", 1298.5, None, None),
        ("28.64%", 0.2864, None, None),
        ("10.59秒", 10.59, None, None),
        ("-5", -5, None, None),
        ("1.2万", 12000, 11500, 12500),
        ("3.4亿", 3.4e8, 3.35e8, 3.45e8),
        ("1.5k", 1500, 1450, 1550),
        ("约3000", 3000, 2500, 3500),
        ("10万+", None, 100000, None),
        ("10w+", None, 100000, None),
        ("超10万", None, 100000, None),
        ("100余万", None, 1e6, None),
        ("7.5w~10w", None, 75000, 100000),
        ("3-5万", None, 30000, 50000),
        ("10%~15%", None, 0.1, 0.15),
        ("阅读592.6万", 5926000, 5925500, 5926500),
        ("帖子508", 508, None, None),
        ("1万左右", 10000, 5000, 15000),
        ("大概2万", 20000, 15000, 25000),
        ("3000条上下", 3000, 2500, 3500),
        ("3000多条", None, 3000, None),
        ("第3位", 3, None, None),
        ("TOP5", 5, None, None),
        ("2.5h", 2.5, None, None),
        ("两千万", 2e7, 1.5e7, 2.5e7),
        ("三万五", 35000, 34500, 35500),
        ("一亿零五十万", 100_500_000, 100_495_000, 100_505_000),
        ("超三千", None, 3000, None),
        ("赞", 0, None, None),
        ("--", None, None, None),
        ("\t-", None, None, None),
        ("null", None, None, None),
    ],
)
def test_a_cell_gives_its_number_and_bounds(cell: str, value: float | None, low: float | None, high: float | None) -> None:
    numbers = parse_numbers(cells(cell))
    got = [None if pd.isna(part.iloc[0]) else pytest.approx(part.iloc[0]) for part in (numbers.value, numbers.low, numbers.high)]
    assert got == [value, low, high]
    assert not numbers.rejected.iloc[0]


@pytest.mark.parametrize("cell", ["abc", "1,2,3", "12 34x", "9" * 30, "1e999", "万", "10~5x", "0x10", "二零二六", "五六百", "十几万", "一般"])
def test_what_is_no_number_is_rejected_and_not_zero(cell: str) -> None:
    numbers = parse_numbers(cells(cell))
    assert numbers.rejected.iloc[0]
    assert pd.isna(numbers.value.iloc[0])


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_every_plain_whole_number_reads_as_itself_in_both_lanes(number: int) -> None:
    assert parse_numbers(cells(str(number))).value.iloc[0] == number
    assert read_number(str(number)) == (number, None, None)
    assert read_number(f"{number:,}") == (number, None, None)


def in_characters(number: int) -> str:
    """A number below 10^12 as it is written in full, 两 and 一十 aside."""

    def four(part: int) -> str:
        said = ""
        for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = part // unit % 10
            if digit:
                said += "零一二三四五六七八九"[digit] + name
            elif said and part % unit and not said.endswith("零"):
                said += "零"
        return said

    said = ""
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part = number // unit % 10**4
        if part:
            said += ("零" if said and part < 1000 else "") + four(part) + name
    return said


@given(st.integers(min_value=1, max_value=10**12 - 1))
def test_a_number_written_out_in_characters_reads_as_itself(number: int) -> None:
    reading = read_number(in_characters(number))
    assert reading is not None
    value, low, high = reading
    assert value == number
    assert low is None or high is None or low < number < high


@given(st.integers(min_value=1, max_value=99_999))
def test_a_count_rounded_to_wan_keeps_the_true_count_within_its_bounds(thousands: int) -> None:
    true = thousands * 1000 + 137
    shown = f"{true / 10000:.1f}万"
    reading = read_number(shown)
    assert reading is not None
    value, low, high = reading
    assert value is not None
    assert low is not None
    assert high is not None
    assert low - 1e-6 <= true <= high + 1e-6
    assert math.isclose(high - low, 1000, rel_tol=1e-6)


@given(st.lists(st.text(max_size=12), max_size=20))
def test_any_text_is_a_number_or_missing_or_rejected(texts: list[str]) -> None:
    numbers = parse_numbers(cells(*texts))
    assert len(numbers.value) == len(texts)
    assert not (numbers.rejected & (numbers.value.notna() | numbers.low.notna())).any()


def test_the_word_in_a_cell_says_what_it_measures() -> None:
    assert metric_said(cells("阅读4亿", "帖子2.1万", "123", None)).tolist()[:2] == ["reads", "discussions"]
    assert metric_said(cells("阅读4亿", "帖子2.1万", "123", None)).isna().tolist() == [False, False, True, True]


def test_flags_are_yes_no_missing_or_rejected() -> None:
    flags, rejected = parse_flags(cells("是", "否", "TRUE", "0", "--", None, "也许"))
    assert flags.astype(object).where(flags.notna(), None).tolist() == [True, False, True, False, None, None, None]
    assert rejected.tolist() == [False] * 6 + [True]


@pytest.mark.parametrize(
    "cell",
    ["水杯,漏水", "水杯 漏水", "['水杯', '漏水']", '["水杯", "漏水"]', "#水杯[话题]# #漏水[话题]#", "水杯、漏水", "水杯，漏水", "水杯；漏水", "#水杯##漏水#"],
)
def test_a_list_cell_of_any_dialect_gives_the_same_words(cell: str) -> None:
    assert split_list(cell) == ("水杯", "漏水")


def test_a_hostile_literal_is_split_and_not_evaluated() -> None:
    assert split_list("[" * 5000 + "]" * 5000) != ()
    assert split_list("[[1], [2]]") == ("[[1]", "[2]]"), "whatever a version of Python can parse, nothing is lost"
    assert split_list("[__import__('os')]") == ("[__import__('os')]",)
