import dataclasses
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frames import START, hours_after, posts
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.shares import wilson
from review.analysis.themes import find_mentions, folded_points
from review.analysis.tiers import TierContext, TierFigures, assign_tiers, measure_tiers
from review.incident.errors import UnusableInput
from review.settings.causes import load_cause_settings
from review.settings.tiers import TIERS, load_tiers
from review.settings.toml import SETTINGS_DIR

SETTINGS = load_cause_settings()


def said(text: str, author: str | None = "某人", sentiment: str | None = "negative", **more: object) -> dict[str, object]:
    return {"kind": "comment", "text": text, "sentiment": sentiment, "published_at": START, "author_name": author, **more}


def tiers_of(frame: pd.DataFrame, *members: str) -> list[tuple[str, str]]:
    found = assign_tiers(frame, folded_points(frame, SETTINGS.themes), members, SETTINGS.tiers)
    return [(TIERS[t], ("column", "list", "said", "rest")[b]) for t, b in zip(found.tier, found.by, strict=True)]


def figures(frame: pd.DataFrame, plan_at: datetime | None = None, correlation: float = 0.0) -> dict[str, TierFigures]:
    negative = frame["sentiment"].eq("negative").astype("boolean").mask(frame["sentiment"].isna())
    mentions = find_mentions(folded_points(frame, SETTINGS.themes), SETTINGS.themes)
    context = TierContext(plan_at=plan_at, correlation=correlation, confidence=0.95, mentions=mentions, themes=SETTINGS.themes, listed=2)
    return {each.tier: each for each in measure_tiers(frame, negative, assign_tiers(frame, folded_points(frame, SETTINGS.themes), (), SETTINGS.tiers), context)}


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("老用户了,这次真的失望", "core"),
        ("用了他们家七样东西,就这个翻车", "core"),
        ("我都回购三次了", "core"),
        ("买了好几个送人", "core"),
        ("正准备下单就看到这个", "potential"),
        ("放在购物车里纠结了半天", "potential"),
        ("還沒拆封的要不要退", "potential"),
        ("这锅不行", "ordinary"),
    ],
)
def test_what_an_author_says_decides_the_tier(text: str, tier: str) -> None:
    assert tiers_of(posts(said(text)))[0][0] == tier


def test_the_column_goes_before_the_list_and_the_list_before_the_words() -> None:
    frame = posts(said("想买", "甲", user_tier="ordinary"), said("想买", "乙"), said("想买", "丙"), said("好", "丁"))
    assert tiers_of(frame, "甲", " 乙 ") == [("ordinary", "column"), ("core", "list"), ("potential", "said"), ("ordinary", "rest")]


def test_one_declaration_holds_for_all_rows_of_its_author_on_that_platform() -> None:
    frame = posts(said("老用户"), said("退款"), said("退款", platform="weibo"), said("退款", "别人"))
    assert [tier for tier, _ in tiers_of(frame)] == ["core", "core", "ordinary", "ordinary"]


def test_who_declares_both_is_core() -> None:
    assert [tier for tier, _ in tiers_of(posts(said("想买个新的"), said("老用户")))] == ["core", "core"]


def test_rows_without_an_author_speak_for_themselves_alone() -> None:
    assert [tier for tier, _ in tiers_of(posts(said("老用户", None), said("退款", None)))] == ["core", "ordinary"]


def test_a_quoted_chain_declares_nothing() -> None:
    assert tiers_of(posts(said("看看//@甲:老用户真失望")))[0] == ("ordinary", "rest")


def test_members_are_found_by_author_id_too() -> None:
    assert tiers_of(posts(said("好", "甲", author_key="U1")), "u1")[0] == ("core", "list")


def test_nothing_told_apart_gives_no_tiers_rather_than_all_ordinary() -> None:
    assert figures(posts(said("这锅不行"))) == {}
    assert figures(posts()) == {}


def test_shares_leave_out_what_carries_no_label() -> None:
    core = figures(posts(said("老用户"), said("一般", sentiment="neutral"), said("嗯", sentiment=None)))["core"]
    assert (core.n, core.authors, core.labelled, core.negative, core.share) == (3, 1, 2, 1, 0.5)
    assert (core.low, core.high) == wilson(1.0, 2.0, 0.95)


def test_comments_of_one_hour_are_worth_less_than_comments_of_many() -> None:
    same = [said("老用户", sentiment="negative" if i % 2 else "neutral") for i in range(40)]
    spread = [said("老用户", sentiment="negative" if i % 2 else "neutral", published_at=hours_after(i)) for i in range(40)]
    one, many = (figures(posts(*rows), correlation=0.1)["core"] for rows in (same, spread))
    assert one.share == many.share == 0.5
    assert (one.high or 0) - (one.low or 0) > (many.high or 0) - (many.low or 0) > 0


def test_a_tier_without_labels_has_no_share() -> None:
    core = figures(posts(said("老用户", sentiment=None), said("x", "别人")))["core"]
    assert (core.labelled, core.share, core.low, core.high) == (0, None, None, None)


def test_demands_are_those_of_negative_rows_after_the_plan_alone() -> None:
    rows = [
        said("老用户,客服不回复", published_at=hours_after(1)),
        said("退款呢", published_at=hours_after(2)),
        said("退款还没到", published_at=hours_after(3)),
        said("客服真好", sentiment="positive", published_at=hours_after(4)),
    ]
    core = figures(posts(*rows), plan_at=hours_after(1))["core"]
    assert [(demand.name, demand.count, demand.rows.count) for demand in core.demands or ()] == [("退款赔偿", 2, 2)]
    assert core.after == 3
    assert figures(posts(*rows))["core"].demands is None
    assert figures(posts(*rows), plan_at=hours_after(9))["core"].demands is None


@settings(max_examples=8)
@given(order=st.permutations(range(7)))
def test_every_row_has_one_tier_whatever_the_order(order: list[int]) -> None:
    texts = ["老用户", "想买", "退款", "客服", "回购", "观望", "差"]
    rows = [said(text, f"用户{i % 4}", published_at=hours_after(i), row=i + 2) for i, text in enumerate(texts)]
    straight, shuffled = figures(posts(*rows)), figures(posts(*(rows[i] for i in order)))
    assert straight == shuffled
    assert sum(each.n for each in straight.values()) == len(rows)
    assert sum(n for each in straight.values() for _, n in each.by) == len(rows)


def test_assigning_takes_an_empty_frame() -> None:
    assert np.array_equal(assign_tiers(posts(), folded_points(posts(), SETTINGS.themes), ("甲",), SETTINGS.tiers).tier, np.empty(0, dtype=np.int8))


def test_faults_of_the_rules_are_all_reported(tmp_path: Path) -> None:
    text = (SETTINGS_DIR / "tiers.toml").read_text(encoding="utf-8").replace('"老用户"', '"老用户("', 1).replace('id = "potential"', 'id = "maybe"', 1)
    path = tmp_path / "tiers.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        load_tiers(path)
    assert "tier[0].patterns" in str(caught.value)
    assert "tier[1].id" in str(caught.value)
    assert dataclasses.is_dataclass(load_tiers())
