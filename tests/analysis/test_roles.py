"""Roles of accounts: which rule speaks first, and what stays unknown."""

import pandas as pd
import pytest
from frames import posts
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.roles import count_roles, with_roles
from review.incident.case import Case
from review.incident.tables import POSTS
from review.settings.media import load_media_list

MEDIA = load_media_list()
CASE = Case(official_accounts=("苜屿厨房",))
KOL = 100_000


def role(*rows: dict[str, object]) -> list[tuple[object, object, object]]:
    made = with_roles(posts(*rows), CASE, MEDIA, KOL)
    columns = (made[name].astype(object).where(made[name].notna(), None) for name in ("author_type", "role_from", "outlet_level"))
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"author_name": "人民日报", "author_type": "user"}, ("user", "row", "央媒")),
        ({"author_name": "苜屿厨房", "author_followers": 900_000}, ("brand", "case", None)),
        ({"author_name": "ＣＣＴＶ"}, ("media", "outlets", "央媒")),
        ({"author_name": "记者甲", "kind": "article", "url": "https://www.thepaper.cn/newsDetail_1"}, ("media", "outlets", "省级媒体")),
        ({"author_name": "路人", "kind": "post", "url": "https://www.thepaper.cn/newsDetail_1"}, (None, None, None)),
        ({"author_name": "某报社", "author_verified": "蓝V 媒体认证"}, ("media", "verification", None)),
        ({"author_name": "某厂", "author_verified": "企业认证", "author_followers": 900_000}, ("verified", "verification", None)),
        ({"author_name": "大号", "author_verified": "黄V", "author_followers": KOL}, ("kol", "followers", None)),
        ({"author_name": "小号", "author_verified": "黄V", "author_followers": KOL - 1}, ("verified", "verification", None)),
        ({"author_name": "小号", "author_verified": "普通用户", "author_followers": 3}, ("user", "followers", None)),
        ({"author_name": "小号", "author_verified": "普通用户"}, (None, None, None)),
        ({"author_name": "我爱人民日报"}, (None, None, None)),
    ],
)
def test_the_first_rule_that_speaks_gives_the_role(row: dict[str, object], expected: tuple[object, ...]) -> None:
    assert role(row) == [expected]


def test_a_role_typed_once_holds_for_the_whole_account_but_not_for_a_namesake() -> None:
    typed: dict[str, object] = {"author_name": "甲", "author_type": "kol"}
    assert role(typed, {"author_name": "甲", "author_key": "1"})[1][:2] == ("kol", "account")
    two = role(typed, {"author_name": "甲", "author_key": "1"}, {"author_name": "甲", "author_key": "2"})
    assert [each[0] for each in two] == ["kol", None, None]
    assert role(typed, {"author_name": "甲", "platform": "weibo"})[1][0] is None
    assert role(typed, {"author_name": "甲", "author_type": "user"}, {"author_name": "甲"})[2][0] is None


def test_accounts_are_counted_by_role_and_rule_and_commenters_are_not() -> None:
    frame = posts(
        {"author_name": "人民日报"}, {"author_name": "人民日报"}, {"author_name": "甲", "author_followers": 5}, {"author_name": "乙"},
        {"author_name": "丙", "kind": "comment", "author_followers": 5}, {"author_name": None},
    )  # fmt: skip
    found = count_roles(with_roles(frame, CASE, MEDIA, KOL))
    assert [(each.rule, each.role, each.accounts, each.rows.count) for each in found.counts] == [("outlets", "media", 1, 2), ("followers", "user", 1, 1)]
    assert found.unknown == 1


def test_an_account_with_several_grounds_counts_once_by_the_first_of_them() -> None:
    frame = posts(
        {"author_name": "甲", "author_key": "1", "author_followers": 5}, {"author_name": "甲", "author_type": "kol"},
        {"author_name": "甲", "author_key": "1", "author_verified": "某某医院官方认证"}, {"author_name": "乙"}, {"author_name": "乙", "author_followers": 5},
    )  # fmt: skip
    found = count_roles(with_roles(frame, CASE, MEDIA, KOL))
    assert [(each.rule, each.role, each.accounts) for each in found.counts] == [("row", "kol", 1), ("followers", "user", 1)]
    assert found.unknown == 0


def test_nothing_has_no_roles() -> None:
    made = with_roles(POSTS.empty(), CASE, MEDIA, KOL)
    POSTS.check(made)
    assert count_roles(made).counts == ()


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "author_name": st.sampled_from(["人民日报", "苜屿厨房", "甲", "乙", None]),
            "author_key": st.sampled_from(["1", "2", None]),
            "author_type": st.sampled_from(["kol", "user", None]),
            "author_verified": st.sampled_from(["蓝V", "普通用户", None]),
            "author_followers": st.sampled_from([10, KOL, None]),
            "platform": st.sampled_from(["xhs", "weibo"]),
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60)
@given(ROWS, st.randoms())
def test_the_order_of_rows_changes_no_role(rows: list[dict[str, object]], chance: object) -> None:
    frame = with_roles(posts(*rows), CASE, MEDIA, KOL)
    POSTS.check(frame)
    order = list(range(len(rows)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    other = with_roles(posts(*(rows[i] for i in order)), CASE, MEDIA, KOL)
    pd.testing.assert_series_equal(frame["author_type"].iloc[order].reset_index(drop=True), other["author_type"])
