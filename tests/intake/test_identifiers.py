"""Ids: unwrapped, mangled ones told apart, made where an export has none."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from review.incident.tables import POSTS, TEXT
from review.intake.identifiers import parse_ids, synthetic_ids, weibo_mid


def cells(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


def test_what_tools_put_around_an_id_comes_off() -> None:
    ids = parse_ids(cells('="123"', "'123", "123\t", "\ufeff123", "123.0", "0", "-", None))
    assert ids.value.tolist()[:5] == ["123"] * 5
    assert ids.value.isna().tolist()[5:] == [True, True, True]
    assert not ids.mangled.any()


def test_scientific_notation_is_no_id_but_is_kept_as_exported() -> None:
    ids = parse_ids(cells("5.70306E+17", "570306000000000123"))
    assert ids.value.isna().tolist() == [True, False]
    assert ids.raw.iloc[0] == "5.70306E+17"


@given(st.lists(st.integers(10**18, 9 * 10**18), min_size=20, max_size=60, unique=True))
def test_a_column_of_true_long_ids_is_never_taken_for_rounded(numbers: list[int]) -> None:
    true = [str(number // 10000 * 10000 + 1 + number % 9999) for number in numbers]
    assert not parse_ids(cells(*true)).mangled.any()


@given(st.lists(st.integers(10**14, 10**15 - 1), min_size=1, max_size=30))
def test_a_column_rounded_to_fifteen_digits_is_detected(heads: list[int]) -> None:
    assert parse_ids(cells(*(f"{head}0000" for head in heads))).mangled.all()


def test_a_weibo_link_and_the_posts_number_are_one() -> None:
    assert weibo_mid("z0JH2lOMb") == "3501756485200075"
    assert weibo_mid("a/b") is None


def test_equal_rows_without_author_get_different_ids_and_the_same_ones_in_any_order() -> None:
    def frame(texts: list[str]) -> pd.DataFrame:
        return POSTS.frame({"file": "a", "row": list(range(len(texts))), "kind": "comment", "platform": "xhs", "text": texts}, len(texts))

    first, second = synthetic_ids(frame(["好", "坏", "好"])), synthetic_ids(frame(["坏", "好", "好"]))
    assert first.nunique() == 3
    assert set(first) == set(second)


def test_the_same_row_with_author_and_time_gets_the_same_id_twice() -> None:
    at = pd.Series(pd.to_datetime(["2026-03-15T02:00:00Z"] * 2, utc=True)).astype("datetime64[us, UTC]")
    frame = POSTS.frame({"file": "a", "row": [1, 2], "kind": "comment", "platform": "xhs", "text": "好", "author_key": "u", "published_at": at}, 2)
    assert synthetic_ids(frame).nunique() == 1
