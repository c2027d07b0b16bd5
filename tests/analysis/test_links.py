"""Who came out of whom: what is linked, what is refused, and what is never guessed."""

import os
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from frames import START, hours_after, posts
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.cascades import repost_forest
from review.analysis.chains import first_hops
from review.analysis.key_nodes import Starts, key_nodes
from review.analysis.links import EVIDENCE, KINDS, link_posts, links_table
from review.analysis.mid_clock import mid_numbers, mid_seconds
from review.incident.tables import POSTS, TEXT
from review.settings.links import load_link_settings

S = load_link_settings()
REAL = Path(os.environ.get("REVIEW_REAL_DATA", Path(__file__).parents[3] / "shared" / "data")) / "weibo_cascades"


def repost(ident: str, author: str, minutes: float, text: str, root: str | None = "r", **more: object) -> dict[str, object]:
    return {
        "kind": "repost", "platform": "weibo", "item_id": ident, "author_name": author, "root_id": root,
        "published_at": START + timedelta(minutes=minutes), "text": text, **more,
    }  # fmt: skip


ROOT: dict[str, object] = {"kind": "post", "platform": "weibo", "item_id": "r", "author_name": "原", "published_at": START, "text": "原帖"}


def linked(*rows: dict[str, object]) -> pd.DataFrame:
    frame = posts(*rows)
    return links_table(frame, link_posts(frame, S)).set_index("id")


def of(table: pd.DataFrame, ident: str, *names: str) -> list[object]:
    return [table.at[ident, name] for name in names]


def test_a_hop_ends_at_either_colon_and_a_reply_is_no_hop() -> None:
    hops = first_hops(pa.array(["好//@甲:一", "好 /@乙：二", "回复@丙:三", None, "嗯//@丁"]), S.chain)
    assert hops.name.to_pylist() == ["甲", "乙", None, None, None]
    assert hops.rest.to_pylist() == ["一", "二", None, None, None]
    assert list(hops.vague) == [False, True, False, False, False]
    assert list(hops.severed) == [False, False, False, False, True]


def test_the_text_behind_the_name_chooses_among_the_posts_of_one_account() -> None:
    table = linked(ROOT, repost("a", "甲", 1, "先说一句"), repost("b", "甲", 2, "再说一句"), repost("c", "乙", 3, "对//@甲：先说一句"))
    assert of(table, "c", "parent_id", "kind", "evidence") == ["a", "E2", "chain"]
    assert of(table, "a", "parent_id", "kind", "evidence") == ["r", "E3", "no_chain"]


def test_a_post_of_the_right_name_with_another_text_is_not_the_parent() -> None:
    table = linked(ROOT, repost("a", "甲", 1, "先说一句"), repost("c", "乙", 3, "对//@甲:没采到的那一句"))
    assert of(table, "c", "parent_id", "evidence") == ["@甲", "uncollected"]


def test_a_later_post_is_never_the_parent() -> None:
    table = linked(ROOT, repost("a", "甲", 9, "一句"), repost("c", "乙", 3, "对//@甲:一句"))
    assert table.loc["c", "parent_id"] == "@甲"


def test_a_missing_account_hangs_below_the_next_name_of_the_chain() -> None:
    frame = posts(ROOT, repost("a", "甲", 1, "一句"), repost("c", "丙", 5, "三//@乙:二//@甲:一句"), repost("d", "丁", 6, "四//@乙:二//@甲:一句"))
    links = link_posts(frame, S)
    ghost = links.parent[2]
    assert ghost >= links.named
    assert links.parent[3] == ghost
    assert links.parent[ghost] == 1
    assert links.account_names[links.account[ghost]] == "乙"


def test_a_text_the_platform_cut_is_known_by_its_beginning() -> None:
    long = "很长的一句话" * 30
    table = linked(ROOT, repost("a", "甲", 1, long), repost("c", "乙", 3, f"对//@甲:{long}"[:140]))
    assert of(table, "c", "parent_id", "evidence") == ["a", "chain_cut"]


def test_a_renamed_account_is_known_by_its_words_when_only_one_wrote_them() -> None:
    own = "这一句别人不会写成一样"
    rows = [ROOT, repost("a", "新名字", 1, own), repost("c", "乙", 3, f"对//@旧名字:{own}")]
    assert of(linked(*rows), "c", "parent_id", "evidence") == ["a", "renamed"]
    assert linked(*rows, repost("b", "丙", 2, own)).loc["c", "evidence"] == "uncollected"


def test_a_quotation_with_one_slash_gives_way_to_the_hop_behind_it() -> None:
    table = linked(ROOT, repost("a", "甲", 1, "一句"), repost("c", "乙", 3, "看 /@某报：快讯//@甲:一句"), repost("d", "丁", 4, "看 /@某报：快讯"))
    assert table.loc["c", "parent_id"] == "a"
    assert table.loc["d", "evidence"] == "root_only"


def test_an_export_without_any_chain_says_nothing_about_the_way() -> None:
    rows = [repost(f"x{i}", f"某{i}", i + 1, "转发微博") for i in range(S.chain.least_reposts)]
    assert set(linked(ROOT, *rows)["evidence"]) == {"unlinked", "root_only"}
    assert set(linked(ROOT, *rows[1:])["evidence"]) == {"unlinked", "no_chain"}


def test_an_exported_parent_that_is_later_is_refused_and_counted() -> None:
    frame = posts(ROOT, repost("a", "甲", 9, "一", parent_id="b"), repost("b", "乙", 12, "二"))
    links = link_posts(frame, S)
    assert links.backwards == 1
    assert EVIDENCE[links.evidence[1]] == "backwards"


def test_a_cycle_of_equal_times_is_cut_once() -> None:
    frame = posts(repost("a", "甲", 1, "一", None, parent_id="b"), repost("b", "乙", 1, "二", None, parent_id="a"))
    links = link_posts(frame, S)
    assert links.cycles == 1
    assert sorted(EVIDENCE[code] for code in links.evidence) == ["cycle", "parent_id"]


def test_ids_a_spreadsheet_damaged_are_mended_by_their_one_match() -> None:
    root = {**ROOT, "item_id": "5331214967410451"}
    good = linked(root, repost("5331218810262433", "甲", 1, "一", "5331214967410450"))
    assert good.loc["5331218810262433", "parent_id"] == "5331214967410451"
    frame = posts(root, {**ROOT, "item_id": "5331214967410458"}, repost("5331218810262433", "甲", 1, "一", "5331214967410450"))
    links = link_posts(frame, S)
    assert (links.repaired, links.ambiguous) == (0, 1)
    assert links.parent[2] == -1


def test_a_mid_holds_its_second_and_an_old_id_none() -> None:
    numbers = mid_numbers(pd.Series(["5331418810262433", "z0JH2lOMb", "hzvscv", "5331214967410", None], dtype=TEXT))
    assert numbers.tolist() == [5331418810262433, 3501756485200075, -1, -1, -1]
    assert mid_seconds(numbers, S.clock)[1] == (3501756485200075 >> 22) + 515_483_463
    assert mid_seconds(numbers, S.clock)[2] == -1


def test_near_copies_are_linked_only_to_one_earlier_source() -> None:
    text = "昨天新买的锅第一次用就掉渣，粥里捞出好几块黑色碎片，客服说是正常损耗，让我自己用醋泡一泡再刷，谁家宝宝敢这么吃，已经打了投诉电话"
    rows: list[dict[str, object]] = [{"item_id": f"p{i}", "text": ("转" * i) + text, "published_at": hours_after(i), "author_name": f"某{i}"} for i in range(3)]
    table = linked(*rows)
    assert table["kind"].tolist() == ["none", "I2", "none"]
    assert table.loc["p1", "parent_id"] == "p0"


def test_an_address_of_a_known_post_is_a_quotation() -> None:
    rows: list[dict[str, object]] = [
        {"item_id": "p0", "url": "https://www.a.example/n/1?x=1", "published_at": hours_after(0)},
        {"item_id": "p1", "text": "见 http://a.example/n/1?x=1。", "published_at": hours_after(1)},
        {"item_id": "p2", "text": "见 http://b.example/n/9", "published_at": hours_after(2), "author_name": "甲"},
        {"item_id": "p3", "text": "见 http://b.example/n/9", "published_at": hours_after(3), "author_name": "乙"},
        {"item_id": "p4", "text": "见 http://b.example/n/9", "published_at": hours_after(4), "author_name": "丙"},
    ]
    table = linked(*rows)
    assert table["kind"].tolist() == ["none", "E4", "none", "I1", "none"]


def test_an_empty_table_has_no_links() -> None:
    assert len(links_table(POSTS.empty(), link_posts(POSTS.empty(), S))) == 0


NAMES = st.sampled_from("甲乙丙丁")
WORDS = st.sampled_from(["", "转发微博", "一", "二//@甲:一", "//@乙:二//@甲:一", "好 /@丙：三", "//@丁", "//@戊:x//@乙:"])
ROW = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["post", "repost", "comment", "article"]),
        "platform": st.sampled_from(["weibo", "xhs"]),
        "item_id": st.sampled_from([f"i{k}" for k in range(8)]),
        "author_name": NAMES,
        "root_id": st.sampled_from([None, "i0", "i1", "zz"]),
        "parent_id": st.sampled_from([None, None, "i1", "i2", "i3", "yy"]),
        "text": WORDS,
        "published_at": st.sampled_from([None, *(hours_after(h / 60) for h in (0, 0.5, 1, 1.5, 60, 120))]),
        "time_precision": st.sampled_from(["s", "min", "day"]),
    }
)
COPIED = "昨天新买的锅第一次用就掉渣，粥里捞出好几块黑色碎片，客服说是正常损耗，让我自己用醋泡一泡再刷"
WIDTH = {"s": 1, "min": 60, "day": 86_400}


@settings(max_examples=120)
@given(st.lists(ROW, min_size=1, max_size=12))
def test_no_export_makes_a_link_point_back_in_time_or_a_cycle(rows: list[dict[str, object]]) -> None:
    if all(row["published_at"] is None for row in rows):
        rows[0] = {**rows[0], "published_at": START}
    frame = posts(*rows)
    links = link_posts(frame, S)
    for child, parent in enumerate(links.parent[: links.rows].tolist()):
        if 0 <= parent < links.rows:
            a, b = frame["published_at"].iloc[parent], frame["published_at"].iloc[child]
            wide = max(WIDTH[str(frame["time_precision"].iloc[i])] for i in (parent, child))
            if not (pd.isna(a) or pd.isna(b)):
                assert int(a.timestamp()) // wide <= int(b.timestamp()) // wide
        seen = {child}
        while parent >= 0:
            assert parent not in seen
            seen.add(parent)
            parent = int(links.parent[parent])
    inferred = np.isin(links.kind, [KINDS.index(kind) for kind in ("I1", "I2")])
    assert not (inferred & links.is_repost).any()


@settings(max_examples=40)
@given(st.lists(ROW, min_size=2, max_size=8))
def test_only_ways_without_a_guess_are_drawn_solid_and_all_go_forward(rows: list[dict[str, object]]) -> None:
    known = [
        {**row, "item_id": f"i{k}", "published_at": row["published_at"] or START, "text": COPIED if k % 3 == 0 else row["text"]}
        for k, row in enumerate(rows)
    ]  # fmt: skip
    frame = posts({"kind": "post", "platform": "weibo", "item_id": "first", "published_at": START - timedelta(days=1), "text": COPIED}, *known)
    links = link_posts(frame, S)
    given_starts = Starts(origin=0, firsts=tuple(range(len(frame))), official=np.zeros(len(frame), dtype=bool), withheld=False, tree=repost_forest(links))
    found = key_nodes(frame, links, given_starts, S.key_nodes)
    assert found is not None
    row_of = {node.number: node.card.rows.spans[0].ranges[0][0] - 2 for node in found.nodes}
    for link in found.links:
        assert found.nodes[link.source - 1].at <= found.nodes[link.target - 1].at
        node, steps = row_of[link.target], []
        while node != row_of[link.source]:
            steps.append((KINDS[links.kind[node]], EVIDENCE[links.evidence[node]]))
            node = int(links.parent[node])
        guessed = any(kind in ("I1", "I2") or evidence == "row_order" for kind, evidence in steps)
        unknown = any(evidence == "root_only" for _, evidence in steps)
        assert link.style == ("dotted" if unknown else "dashed" if guessed else "solid")


def test_a_platform_without_a_key_post_has_its_lane_where_it_holds_more_than_a_stray_row() -> None:
    said = [{"kind": "post", "item_id": f"i{k}", "text": f"第{k}条", "published_at": hours_after(k / 10)} for k in range(300)]
    platforms = ["weibo", *["x"] * 40, *["weibo"] * 257, "bilibili", "bilibili"]
    frame = posts(*({**row, "platform": platform} for row, platform in zip(said, platforms, strict=True)))
    links = link_posts(frame, S)
    starts = Starts(origin=0, firsts=(0,), official=np.zeros(len(frame), dtype=bool), withheld=False, tree=repost_forest(links))
    found = key_nodes(frame, links, starts, S.key_nodes)
    assert found is not None
    assert {node.platform for node in found.nodes} == {"weibo"}
    assert found.lanes == ("weibo", "x")
    assert sum(found.volume[1]) == 40


@settings(max_examples=25)
@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_no_link(order: list[int]) -> None:
    rows = [
        ROOT, repost("a", "甲", 1, "一"), repost("b", "乙", 2, "二//@甲:一"), repost("c", "丙", 3, "//@乙:二//@甲:一"),
        repost("d", "丁", 4, "//@戊:五//@甲:一"), repost("e", "己", 5, "转发微博"),
    ]  # fmt: skip
    straight, mixed = (linked(*given).drop(columns="row") for given in (rows, [rows[i] for i in order]))
    pd.testing.assert_frame_equal(straight, mixed.loc[straight.index])


def cascades() -> tuple[pd.DataFrame, pd.Series]:
    if not (REAL / "export.csv").exists():
        pytest.skip(f"no real cascades under {REAL}")
    raw = pd.read_csv(REAL / "export.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    frame = POSTS.frame(
        {
            "file": ["export.csv"] * len(raw), "row": np.arange(len(raw)) + 2, "kind": ["repost"] * len(raw), "platform": ["weibo"] * len(raw),
            "item_id": raw["id"], "root_id": raw["retweet_id"], "author_name": raw["用户昵称"], "text": raw["微博正文"], "time_precision": ["s"] * len(raw),
            "published_at": pd.to_datetime(raw["发布时间"]).dt.tz_localize("Asia/Shanghai").dt.tz_convert("UTC").dt.as_unit("us"),
        },
        len(raw),
    )  # fmt: skip
    truth = pd.read_csv(REAL / "truth.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return frame, pd.Series(truth["parent_id"].to_numpy(), index=truth["id"].to_numpy())


def claimed(frame: pd.DataFrame) -> pd.Series:
    """Parents that are rows of the table, '' for the others."""
    table = links_table(frame, link_posts(frame, S))
    return pd.Series(table["parent_id"].where(table["parent_id"].isin(set(table["id"])), "").to_numpy(), index=table["id"].to_numpy())


def test_real_cascades_reach_the_bars_whole_halved_and_stripped() -> None:
    frame, truth = cascades()
    got = claimed(frame)
    true = truth.reindex(got.index)
    assert (got == true).mean() >= 0.985
    assert (got == true)[got != ""].mean() >= 0.995
    half = frame.sample(frac=0.5, random_state=1).sort_index().reset_index(drop=True)
    got = claimed(half)
    wrong = ((got != "") & (got != truth.reindex(got.index))).sum()
    assert wrong <= 0.03 * half["text"].str.contains("//@").sum()
    bare = frame.assign(text=frame["text"].str.replace(r"(?s)/{1,2}\s*@[^:：/@\s]{1,40}\s*[:：].*$", "", regex=True).astype(TEXT))
    links = link_posts(bare, S)
    assert (claimed(bare) == "").all()
    assert links.is_direct().mean() < S.cascades.covered


@pytest.mark.parametrize("evidence", ["text", "picture", "address"])
def test_a_source_known_to_the_day_is_earlier_only_from_the_next_day_on(evidence: str) -> None:
    midnight = hours_after(4)
    said = "新买的锅第一次用就掉渣，粥里捞出好几块黑色碎片，客服说是正常损耗，让我自己用醋泡一泡再刷，谁家宝宝敢这么吃，大家千万看清楚再下单"
    kinds: dict[str, dict[str, object]] = {"text": {"text": said}, "picture": {"image_hash": "a1"}, "address": {"text": "看 https://example.org/report/7"}}
    more = kinds[evidence]
    first: dict[str, object] = {"item_id": "a", "author_name": "甲", "published_at": midnight, "time_precision": "day", **more}
    for hours, parent in ((8, None), (24, "a")):
        table = linked(first, {"item_id": "b", "author_name": "乙", "platform": "weibo", "published_at": midnight + timedelta(hours=hours), **more})
        assert table.at["b", "parent_id"] == parent
    exact = linked(
        {**first, "time_precision": "s"}, {"item_id": "b", "author_name": "乙", "platform": "weibo", "published_at": midnight + timedelta(hours=8), **more}
    )
    assert exact.at["b", "parent_id"] == "a"


def test_a_copy_with_one_source_and_another_that_may_be_earlier_has_none() -> None:
    midnight, more = hours_after(4), {"image_hash": "a1"}
    rows: list[dict[str, object]] = [
        {"item_id": name, "author_name": name, "published_at": midnight + timedelta(hours=hours), "time_precision": precision, **more}
        for name, hours, precision in (("a", 0, "day"), ("b", 8, "s"), ("c", 10, "s"))
    ]
    assert linked(*rows)["parent_id"].isna().all()
    assert linked(*rows[1:]).at["c", "parent_id"] == "b"
