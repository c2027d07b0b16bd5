"""应对前后变化 in words: the window is told, and two speeds are compared by their errors."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from crisis_rows import SETTINGS, START, comments, curve_of, drawn
from pens import new_pen

from review.analysis.effects import Action, Escalation, effects
from review.analysis.timeline import ResponseCard
from review.incident.evidence import NO_ROWS, RowSet
from review.report.compose.response_text import Compared, effect_blocks
from review.report.document import Block, Paragraph, Table, string

TEN = timedelta(minutes=10)
CURVE = curve_of(comments(*drawn(np.repeat([0.60, 0.35], [71, 73]), 100)))


def card(bucket: float, platform: str | None = None) -> ResponseCard:
    return ResponseCard(
        at=START + TEN * bucket, precision=None, action="statement", platform=platform, actor=None, title=None, text=None, commitment=None, owner=None,
        result=None, core_vertical=None, measured=None, demand_addressed=None, rows=NO_ROWS,
    )  # fmt: skip


def written(bucket: float, before: tuple[float, float], after: tuple[float, float]) -> list[Block]:
    at = START + TEN * bucket
    moved = Escalation(
        at=at, rows=CURVE.rows, window_before=timedelta(hours=3), window_after=timedelta(hours=2), before=before[0],
        before_error=before[1], after=after[0], after_error=after[1],
    )  # fmt: skip
    singles = effects(CURVE, [Action(ident="0", at=at, until=at, elsewhere=(), precision=None, rows=NO_ROWS)], SETTINGS.effects)
    return effect_blocks(new_pen(), CURVE, Compared(singles=singles, groups=(), moved=moved, settings=SETTINGS.effects), [card(bucket)])


def said(blocks: list[Block]) -> list[str]:
    return [string(block.text) for block in blocks if isinstance(block, Paragraph)]


def test_the_length_of_the_windows_and_which_count_is_which_are_told() -> None:
    blocks = written(70.5, (0.0, 0.1), (0.0, 0.1))
    assert "前后各 1 小时的负面占比" in said(blocks)[0]
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert "（前 600、后 600 条）" in string(table.rows[0][2])


def test_the_count_of_a_window_cites_the_comments_of_that_window_and_no_others() -> None:
    at, pen = START + TEN * 70.5, new_pen()
    singles = effects(CURVE, [Action(ident="0", at=at, until=at, elsewhere=(), precision=None, rows=NO_ROWS)], SETTINGS.effects)
    effect_blocks(pen, CURVE, Compared(singles=singles, groups=(), moved=None, settings=SETTINGS.effects), [card(70.5)])
    counts = [claim for claim in pen.book.claims if claim.what.endswith("窗口的已判定条数")]
    assert [claim.value for claim in counts] == [600, 600]
    for claim in counts:
        (rows,) = claim.sources
        assert isinstance(rows, RowSet)
        assert rows.count == claim.value


def test_it_is_told_how_often_as_large_a_change_is_found_without_an_action() -> None:
    (table,) = [block for block in written(70.5, (0.0, 0.1), (0.0, 0.1)) if isinstance(block, Table)]
    assert string(table.rows[0][4]) == "0/58 个"
    (early,) = [block for block in written(7, (0.0, 0.1), (0.0, 0.1)) if isinstance(block, Table)]
    assert string(early.rows[0][4]) == "没有可比的时段"


def test_one_text_on_several_platforms_is_one_row_named_with_them() -> None:
    at = START + TEN * 70.5
    one = Action(ident="0", at=at, until=at, elsewhere=("1",), precision=None, rows=NO_ROWS)
    compared = Compared(singles=effects(CURVE, [one], SETTINGS.effects), groups=(), moved=None, settings=SETTINGS.effects)
    blocks = effect_blocks(new_pen(), CURVE, compared, [card(70.5, "weibo"), card(70.5, "xhs")])
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert [string(row[1]) for row in table.rows] == ["声明（微博、小红书发布同一内容）"]
    assert string(table.rows[0][5]) == "回应后下降，且超出此前趋势"


def test_actions_of_one_kind_in_one_row_are_told_with_their_kind_once() -> None:
    at = START + TEN * 70.5
    actions = [Action(ident=ident, at=at, until=at, elsewhere=(), precision=None, rows=NO_ROWS) for ident in ("0", "1", "2")]
    singles = effects(CURVE, actions, SETTINGS.effects)
    cards = [replace(card(70.5), action=kind, title=title) for kind, title in (("kol", "百格法实测"), ("kol", "迁移量检测"), ("statement", "说明"))]
    group = replace(singles[0], group=("0", "1", "2"))
    (table,) = [
        block
        for block in effect_blocks(new_pen(), CURVE, Compared(singles=singles, groups=(group,), moved=None, settings=SETTINGS.effects), cards)
        if isinstance(block, Table)
    ]
    assert [string(row[1]) for row in table.rows] == ["KOL：百格法实测；迁移量检测；声明：说明"]


def test_the_gap_names_what_is_lacking_and_not_what_is_there() -> None:
    nothing = Compared(singles=(), groups=(), moved=None, settings=SETTINGS.effects)
    gaps = [string(block.text) for blocks in (
        effect_blocks(new_pen(), None, nothing, []),
        effect_blocks(new_pen(), None, nothing, [card(3)]),
        effect_blocks(new_pen(), CURVE, nothing, [card(3)]),
    ) for block in blocks if isinstance(block, Paragraph)]  # fmt: skip
    assert [gap[gap.index("【") : gap.index("】") + 1] for gap in gaps] == ["【应对时间线】", "【情感标签或评论抽样】", "【带时间的公开动作】"]


def test_without_a_comparison_no_window_is_promised() -> None:
    assert said(written(2, (0.0, 0.1), (0.0, 0.1)))[0] == "现有数据不足以判断任何一项动作前后的变化。"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((0.028, 0.027), (0.036, 0.045), "两者之差在误差之内，未见放缓或加快"),
        ((0.10, 0.01), (0.02, 0.01), "回应后比回应前更偏向下降"),
        ((-0.10, 0.01), (-0.02, 0.01), "回应后比回应前更偏向上升"),
    ],
)
def test_two_speeds_are_told_apart_only_beyond_their_errors(before: tuple[float, float], after: tuple[float, float], words: str) -> None:
    assert words in said(written(70.5, before, after))[-1]


def test_where_no_action_could_be_compared_no_note_explains_a_comparison() -> None:
    at = START + TEN * 70.5
    late = Action(ident="0", at=at + TEN * 900, until=at + TEN * 900, elsewhere=(), precision=None, rows=NO_ROWS)
    for action, compares in ((replace(late, at=at, until=at), True), (late, False)):
        compared = Compared(singles=effects(CURVE, [action], SETTINGS.effects), groups=(), moved=None, settings=SETTINGS.effects)
        (table,) = [block for block in effect_blocks(new_pen(), CURVE, compared, [card(70.5)]) if isinstance(block, Table)]
        assert ("区间为前后之差" in string(table.note)) is compares
        assert "单看前后对比容易高估应对作用" in string(table.note)
