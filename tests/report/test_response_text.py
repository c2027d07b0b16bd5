"""应对前后变化 in words: the window is told, and two speeds are compared by their errors."""

from datetime import timedelta

import numpy as np
import pytest
from crisis_rows import SETTINGS, START, comments, curve_of, drawn
from pens import new_pen

from review.analysis.effects import Action, Escalation, effects
from review.analysis.timeline import ResponseCard
from review.incident.evidence import NO_ROWS
from review.report.compose.response_text import Compared, effect_blocks
from review.report.document import Block, Paragraph, Table, string

TEN = timedelta(minutes=10)
CURVE = curve_of(comments(*drawn(np.repeat([0.60, 0.35], [71, 73]), 100)))


def card(bucket: float) -> ResponseCard:
    return ResponseCard(
        at=START + TEN * bucket, precision=None, action="statement", platform=None, actor=None, title=None, text=None, commitment=None, owner=None, result=None,
        core_vertical=None, measured=None, demand_addressed=None, rows=NO_ROWS,
    )  # fmt: skip


def written(bucket: float, before: tuple[float, float], after: tuple[float, float]) -> list[Block]:
    at = START + TEN * bucket
    moved = Escalation(
        at=at, rows=CURVE.rows, window_before=timedelta(hours=3), window_after=timedelta(hours=2), before=before[0],
        before_error=before[1], after=after[0], after_error=after[1],
    )  # fmt: skip
    singles = effects(CURVE, [Action(ident="0", at=at, precision=None, rows=NO_ROWS)], SETTINGS.effects)
    return effect_blocks(new_pen(), CURVE, Compared(singles=singles, groups=(), moved=moved, settings=SETTINGS.effects), {"0": card(bucket)})


def said(blocks: list[Block]) -> list[str]:
    return [string(block.text) for block in blocks if isinstance(block, Paragraph)]


def test_the_length_of_the_windows_and_which_count_is_which_are_told() -> None:
    blocks = written(70.5, (0.0, 0.1), (0.0, 0.1))
    assert "前后各 1 小时的负面占比" in said(blocks)[0]
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert "（前 600、后 600 条）" in string(table.rows[0][2])


def test_the_gap_names_what_is_lacking_and_not_what_is_there() -> None:
    nothing = Compared(singles=(), groups=(), moved=None, settings=SETTINGS.effects)
    gaps = [string(block.text) for blocks in (
        effect_blocks(new_pen(), None, nothing, {}),
        effect_blocks(new_pen(), None, nothing, {"0": card(3)}),
        effect_blocks(new_pen(), CURVE, nothing, {"0": card(3)}),
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
