"""Tables as they are printed: widths at which heads and numbers stay whole, and no column without a value."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pens import new_pen

from review.report.column_widths import PADDING_PT, STEPS, Measured, Widths, _badness, _cell, _measured, _shorter, em, fitted
from review.report.compose.empty_columns import without_empty_columns
from review.report.compose.numbering import numbered
from review.report.document import Column, Num, Quoted, Section, Table, Text, Words, string
from review.report.theme import MM_PER_POINT, load_theme

THEME = load_theme(None)
ROOM = THEME.page.text_width_mm / MM_PER_POINT / THEME.sizes.table


def table(columns: tuple[tuple[str, float], ...], *rows: tuple[str | Num, ...]) -> Table:
    def cell(content: str | Num) -> Text:
        return (content,) if isinstance(content, Num) else (Quoted(content),)

    return Table(
        id="t",
        caption=(Words("表"),),
        columns=tuple(Column(head=head, width=width) for head, width in columns),
        rows=tuple(tuple(map(cell, row)) for row in rows),
    )


def inner_em(made: Table) -> list[float]:
    """What each column leaves for text, in em; the last digit of a share is rounded."""
    return [ROOM * column.width / 100 - PADDING_PT / THEME.sizes.table + 0.01 for column in made.columns]


TURNS = (("序号", 8.0), ("时间", 16.0), ("负面占比变化", 17.0), ("区间（百分点）", 12.0), ("同时事件", 47.0))


@pytest.mark.parametrize("when", ["8月12日 20:00", "2026年12月31日 20:00"])
def test_a_table_head_in_brackets_and_a_time_with_its_year_stay_on_one_line(when: str) -> None:
    long = "与事件“转发”同时，早 10 分钟；与事件“声明”同时，晚一小时；" * 2
    made = fitted(table(TURNS, ("2", Num("C1", when), "一成至三成", "十四至二十二", long)), THEME)
    wide = inner_em(made)
    assert wide[1] >= em(when)
    assert wide[3] >= em("区间（百分点）")
    assert sum(column.width for column in made.columns) == pytest.approx(100, abs=0.1)


def test_a_name_is_not_broken_while_another_column_has_room_to_spare() -> None:
    made = fitted(table((("账号", 10.0), ("角色", 40.0), ("观点", 50.0)), ("苜屿厨房旗舰店", "品牌", "检测报告全文公开" * 6)), THEME)
    assert inner_em(made)[0] >= em("苜屿厨房旗舰店")


def test_a_long_head_does_not_take_the_room_of_the_text() -> None:
    wish = (("时间", 16.0), ("动作", 30.0), ("无动作时段有同样变化", 12.0), ("观察", 42.0))
    rows = [("8月12日", "首次回应：首发笔记评论区留言" * times, "八十一个时段", "相隔过近，无法分别判断" * times) for times in range(2, 7)]
    made = fitted(table(wish, *rows), THEME)
    assert inner_em(made)[2] < em("无动作时段有同样变化")


def lines_of(made: Table) -> list[int]:
    widths = inner_em(made)
    return [max(_cell(cell).lines(width) for cell, width in zip(row, widths, strict=True)) for row in made.rows]


def test_room_that_saves_no_line_is_given_to_the_column_whose_cells_fill_the_most() -> None:
    wish = (("时间", 16.0), ("动作", 11.0), ("承认与处理", 30.0), ("套话", 17.0), ("致歉", 11.0), ("疑似指责用户", 15.0))
    words = ("抱歉、反馈的问题、已关注、我们已关注", "歉意、存在附着问题、正在调查、退款、停止使用", "道歉、已全部停售、已送第三方检测、费用由我们承担、停售")
    rows = [(Num("C1", "8月12日 22:02"), "进展通报", acknowledged, "深表歉意", "抱歉", "—") for acknowledged in words]
    assert lines_of(fitted(table(wish, *rows), THEME)) == [1, 2, 2]


def test_a_cell_is_measured_with_the_gaps_that_word_leaves_around_its_digits() -> None:
    span = _cell((Quoted("8月17日至8月31日"),))
    assert span.lines(em("8月17日至")) == 3
    assert span.lines(em("8月17日至") + 1.0) == 2
    assert span.lines(em("8月17日至8月31日")) == 1


def test_widths_that_serve_are_left_as_they_were_wished_for() -> None:
    wished = table((("指标", 30.0), ("实际", 30.0), ("得分", 40.0)), ("首次公开回应", "一小时", "一百"))
    assert [column.width for column in fitted(wished, THEME).columns] == [30.0, 30.0, 40.0]


def test_on_a_page_too_narrow_for_all_numbers_the_wish_stands() -> None:
    number = Num("C1", "2026年12月31日 20:00")
    narrow = replace(THEME, page=replace(THEME.page, width_mm=100.0))
    wished = table(tuple((f"列{each}", 12.5) for each in "甲乙丙丁戊己庚辛"), (number,) * 8)
    assert [column.width for column in fitted(wished, narrow).columns] == pytest.approx([12.5] * 8, abs=0.01)


TEXTS = st.text(st.sampled_from("甲乙丙（）、 0123456789.%日月a—"), max_size=60)


@given(st.lists(st.lists(TEXTS, min_size=4, max_size=4), max_size=6), st.lists(st.floats(1, 60), min_size=4, max_size=4))
def test_whatever_stands_in_a_table_its_columns_fill_the_page_and_none_vanishes(rows: list[list[str]], shares: list[float]) -> None:
    made = fitted(table(tuple(zip(("头", "长表头（带括号）", "列", ""), shares, strict=True)), *map(tuple, rows)), THEME)
    widths = [column.width for column in made.columns]
    assert sum(widths) == pytest.approx(100, abs=0.1)
    assert min(widths) > 0
    assert fitted(made, THEME).rows == made.rows


def test_every_table_of_a_report_is_fitted_when_it_is_numbered() -> None:
    wished = table(TURNS, ("2", Num("C1", "2026年12月31日 20:00"), "一成", "十四", "与转发同时" * 12))
    empty = Section(id="s", level=1, title=(Words("摘要"),), blocks=())
    _, (chapter,), _ = numbered(THEME, empty, (replace(empty, id="c", blocks=(wished,)),), ())
    (made,) = chapter.blocks
    assert isinstance(made, Table)
    assert made.columns == fitted(wished, THEME).columns != wished.columns


def told(made: Table) -> tuple[list[str], str]:
    section = Section(id="s", level=1, title=(Words("章"),), blocks=(Section(id="u", level=2, title=(Words("节"),), blocks=(made,)),))
    (inner,) = without_empty_columns(new_pen(), section).blocks
    assert isinstance(inner, Section)
    (found,) = inner.blocks
    assert isinstance(found, Table)
    assert all(len(row) == len(found.columns) for row in found.rows)
    return [column.head for column in found.columns], string(found.note)


ACCOUNTS = (("账号", 20.0), ("粉丝数", 20.0), ("立场", 20.0), ("24 小时解决率", 20.0))


def test_columns_with_a_dash_in_every_row_are_left_out_and_named_in_the_note() -> None:
    heads, note = told(table(ACCOUNTS, ("甲", "—", "—", "—"), ("乙", "—", "批评", "—")))
    assert heads == ["账号", "立场"]
    assert note == "各行均无值的列未列出：粉丝数、24 小时解决率。"


def test_a_column_with_one_value_a_table_without_rows_and_one_of_two_columns_stay_whole() -> None:
    assert told(table(ACCOUNTS, ("甲", "—", "—", "—"), ("乙", "三人", "批评", "一成"))) == ([head for head, _ in ACCOUNTS], "")
    assert told(table(ACCOUNTS[:2], ("甲", "—"))) == (["账号", "粉丝数"], "")
    assert told(table(ACCOUNTS)) == ([head for head, _ in ACCOUNTS], "")


def test_a_column_where_the_dash_is_an_answer_stays() -> None:
    assert told(replace(table(ACCOUNTS, ("甲", "—", "—", "—")), id="public_wording")) == ([head for head, _ in ACCOUNTS], "")


def step_by_step(widths: Widths, measured: Sequence[Measured]) -> Widths:
    """What `_shorter` looks for, looked for by measuring the whole table for every step."""
    while True:
        found = (_badness(widths, measured), 0.0, widths)
        for taker, step in product(range(len(widths)), STEPS):
            wider = tuple(width + step * (i == taker) for i, width in enumerate(widths))
            worth = _badness(wider, measured) < found[0]
            for giver in range(len(widths)):
                if worth and giver != taker and widths[giver] - step >= measured[giver].least:
                    moved = tuple(width - step * (i == giver) for i, width in enumerate(wider))
                    found = min(found, (_badness(moved, measured), step, moved), key=lambda each: each[:2])
        if found[2] == widths:
            return widths
        widths = found[2]


CELLS = st.text("字。，a1 （", max_size=40)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6), st.lists(st.integers(2, 30), min_size=3, max_size=3))
def test_the_quick_search_finds_the_widths_that_the_plain_one_finds(rows: list[list[str]], given_widths: list[int]) -> None:
    measured = [_measured(Column(head, 1), [(Quoted(row[i]),) for row in rows]) for i, head in enumerate(("甲", "乙乙", "丙丙丙"))]
    widths = tuple(max(float(width), column.least) for width, column in zip(given_widths, measured, strict=True))
    assert _shorter(widths, measured) == step_by_step(widths, measured)
