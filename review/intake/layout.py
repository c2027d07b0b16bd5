"""Where the tables of a sheet or of a text file stand, one below another: their headers, of one row or of two, their titles and their ends."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from review.intake.days import day_columns, names_days
from review.intake.header import find_header, guess_header
from review.intake.part import FOOTER, SUMMARY_WORDS
from review.settings.aliases import Aliases
from review.settings.formats import Recognition

_EXACT: Final = 10**15
"""A spreadsheet number has 15 digits; a larger one is shown as 5.70306E+17, so that an id it destroyed is seen to be destroyed."""

LONGEST_HEADER: Final = 40

FIGURE: Final = r"^[-+¥￥]?[0-9][-+0-9 .,:/%TZ年月日时分秒万亿wW]*$"
"""A number or a time, which no header and no title is."""

_NAMES: Final = re.compile(r"(?:账号|帐号|账户|平台|店铺|渠道)(?:名称|名|昵称)?")
"""What stands before a name in a line above a table: 账号：云野茶饮."""


_ASIDE: Final = "周期|范围|区间|时间|日期|单位"
"""Lines that speak of a table's time or unit, not of whom it tells; where there is no other they tell it apart all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table among rows: the cells of its header, the 0-based row of the header (of its last, where it has two), the row behind the table, and whether no
    name of the header is known. title: of several tables one below another, the nearest line above this
    one that stands above no other; else None."""

    head: tuple[str | None, ...]
    row: int
    end: int
    guessed: bool
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """The lines of text right above a header, blank rows between; notes of vendors are none. start: the row of the uppermost of them, or of the header where
    there is none; apart: whether a blank row, or nothing at all, stands above them.
    """

    texts: tuple[str, ...]
    start: int
    apart: bool


def cell_text(value: Any) -> str | None:
    """A cell's value as text, None where it is empty: whole numbers without .0, dates as RawTable has them."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if abs(value) >= _EXACT:
            return f"{value:.15g}" if isinstance(value, float) else f"{float(value):.15g}"
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if (value.hour, value.minute, value.second) == (0, 0, 0) else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, time):
        return f"{value:%H:%M:%S}"
    return str(round(value.total_seconds())) if isinstance(value, timedelta) else str(value)


def places_of(rows: Sequence[Sequence[Any]], aliases: Aliases, rules: Recognition, apart: Collection[int] = ()) -> tuple[Place, ...]:
    """The tables among these rows, from top to bottom; none where the rows are blank or nothing in them looks like one.

    A row below a table that is itself full of headers begins the next where the headers are other ones, or where a title of its own stands above it (账号A,
    账号B); else it is the header written again. Blank rows and a title between two tables belong to neither. apart: rows above which
    blank lines stood that are not among the rows.
    """
    head = [[cell_text(value) for value in row] for row in rows[: rules.header_rows]]
    found = find_header(head, aliases, rules)
    index = found.index if found is not None else guess_header(head, rules)
    dated = next((row for row, cells in enumerate(head[: None if index is None else index + 1]) if day_columns(cells)), None)
    if found is None and dated is not None:
        index = dated
    if index is None:
        return ()
    headers = [row for row, each in enumerate(rows) if is_header(each, aliases, rules)]
    if dated is not None:
        days = day_columns(head[dated])
        headers = sorted({dated, *headers, *(row for row in range(dated + 1, len(rows)) if names_days(texts_of(rows[row]), days))})
    starts = sorted({index, *(row for row in headers if row > index or row == dated or any(_filled(each) > 1 for each in rows[row + 1 : index]))})
    kept, above = [starts[0]], [_lines_above(rows, _top(rows, starts[0], aliases), apart)]
    for row in starts[1:]:
        same, lines = texts_of(rows[row]) == texts_of(rows[kept[-1]]), _lines_above(rows, _top(rows, row, aliases), apart)
        titled = lines.texts not in ((), above[-1].texts) and (lines.apart or bool(above[-1].texts))
        if titled if same else not (row == kept[-1] + 1 and _joined(rows, kept[-1], aliases)):
            kept.append(row)
            above.append(lines)
    made = []
    for number, (first, end) in enumerate(zip(kept, [*(lines.start for lines in above[1:]), len(rows)], strict=True)):
        while first != kept[-1] and end > first + 1 and not _filled(rows[end - 1]):
            end -= 1
        below = _joined(rows, first, aliases) if first + 1 < end else None
        upper = _joined(rows, first - 1, aliases) if first and below is None else None
        cells = below or upper or [cell_text(value) for value in rows[first]]
        others = {text for other, lines in enumerate(above) for text in lines.texts if other != number}
        own = [text for text in reversed(above[number].texts) if text not in others] if len(above) > 1 else []
        title = min(own, key=lambda text: re.search(_ASIDE, text) is not None, default=None)
        made.append(Place(head=tuple(cells), row=first if below is None else first + 1, end=end, guessed=found is None and dated is None, title=title))
    return tuple(made)


def _top(rows: Sequence[Sequence[Any]], first: int, aliases: Aliases) -> int:
    """The upper row of the header found at this row: one higher where it is the lower of two."""
    return first - 1 if first and _joined(rows, first, aliases) is None and _joined(rows, first - 1, aliases) is not None else first


def _lines_above(rows: Sequence[Sequence[Any]], top: int, apart: Collection[int]) -> _Lines:
    left = next((at for at, value in enumerate(rows[top]) if cell_text(value)), 0)
    start = top
    while start and not _filled(rows[start - 1]):
        start -= 1
    texts: list[str] = []
    while start and (text := _line(rows[start - 1], left)) is not None:
        start -= 1
        if not re.match(FOOTER, text):
            texts.insert(0, re.sub(r"\s*[（(]?续表?[）)]?$", "", text) or text)
    return _Lines(texts=tuple(texts), start=start, apart=start == 0 or start in apart or not _filled(rows[start - 1]))


def _line(row: Sequence[Any], left: int) -> str | None:
    """What a row says that holds one text alone (in the column where the table begins, or in all its cells), or 账号 beside a name; None for another row."""
    cells = texts_of(row)
    said = [cell for cell in cells if cell]
    if len(said) == 2 and _NAMES.fullmatch(said[0].rstrip(":： ")):
        return f"{said[0].rstrip(':： ')}：{said[1]}"
    if len(set(said)) != 1 or next(at for at, cell in enumerate(cells) if cell) > left or len(said[0]) > LONGEST_HEADER:
        return None
    return None if re.match(FIGURE, said[0]) or said[0].rstrip(":：").lower() in SUMMARY_WORDS else said[0]


def named_in(title: str) -> str:
    """The name a title gives: what stands behind 账号： or between brackets."""
    told = title.strip(' 【】[]《》“”"（）()■●◆▼:：')
    start = _NAMES.match(told)
    if start is not None and told[start.end() :].lstrip().startswith((":", "：")):
        return told[start.end() :].lstrip(" :：")
    return told


def name_of(sheet: str | None, number: int) -> str | None:
    """What the n-th table of a sheet is called (from 1): the sheet's name, behind the first with the table's place in it."""
    return sheet if number == 1 else f"{sheet or ''}（第{number}个表）"


def is_header(row: Sequence[Any], aliases: Aliases, rules: Recognition) -> bool:
    """Whether nearly every filled cell of a row is a known header, and no two are the same."""
    first = next((value for value in row if value is not None and value != ""), None)
    # Most rows are told by a first cell that is a number, a date, or too long for a header.
    if not isinstance(first, str) or len(first) > LONGEST_HEADER or first[0].isdigit() or not aliases.knows(first):
        return False
    cells = [cell for cell in texts_of(row) if cell]
    hits = sum(aliases.knows(cell) for cell in cells) if len(set(cells)) == len(cells) and max(map(len, cells)) <= LONGEST_HEADER else 0
    return hits >= max(rules.least_hits, rules.later_share * len(cells))


def texts_of(row: Sequence[Any]) -> list[str]:
    """The cells of a row as trimmed texts, without the empty ones at its end."""
    cells = [(cell_text(value) or "").strip("\ufeff").strip() for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _joined(rows: Sequence[Sequence[Any]], upper: int, aliases: Aliases) -> list[str | None] | None:
    """The header that this row and the one below make together, None where they make none: known headers below groups (互动数据 over 点赞, 评论, 转发), and
    beside the groups known headers of columns without parts.
    """
    if upper + 1 >= len(rows):
        return None
    groups, parts = ([cell or None for cell in texts_of(rows[at])] for at in (upper, upper + 1))
    width = max(len(rows[upper]), len(rows[upper + 1]))
    groups, parts = groups + [None] * (width - len(groups)), parts + [None] * (width - len(parts))
    below = [cell for cell in parts if cell]
    grouped = any(part and not group for group, part in zip(groups, parts, strict=True))
    alone = [group for group, part in zip(groups, parts, strict=True) if group and not part]
    if len(below) < 2 or not grouped or not alone or not all(aliases.knows(cell) for cell in (*below, *alone)):
        return None
    return [part or group for group, part in zip(groups, parts, strict=True)]


def _filled(row: Sequence[Any]) -> int:
    return sum(value is not None and value != "" for value in row)
