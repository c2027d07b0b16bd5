"""Tables of figures that stand side by side, as sheets kept by hand have them: each with its own days, or with one column of days for all."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from review.intake.header import header_names
from review.intake.layout import texts_of
from review.intake.part import SUMMARY_WORDS
from review.intake.raw import RawTable
from review.settings.aliases import Aliases

_DAYS: Final = "when"
_RECORDS: Final = frozenset({"item_id", "comment_id", "title", "text", "url", "entry", "order.id", "ticket.id"})
"""Columns of tables whose rows are posts, entries, orders or cases: what stands twice there belongs to one record."""

_AGAIN: Final = re.compile(r"(.+)\.[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """columns: the positions of one table among those of all, its days included; title: what stands above it, None where nothing does."""

    columns: tuple[int, ...]
    title: str | None


def abreast(table: RawTable, above: Sequence[str], aliases: Aliases) -> tuple[RawTable, ...]:
    """The tables in one whose headers stand twice, from left to right; the table itself where they do not stand for several.

    above: the texts of the row above the header, by the table's columns (shorter: the rest is empty).
    """
    header = tuple(again[1] if (again := _AGAIN.fullmatch(name)) and again[1] in table.header else name for name in table.header)
    above = [*above, *("" for _ in range(len(header) - len(above)))]
    blocks = _with_own_days(header, above) or _with_common_days(header, above, aliases)
    known = [{aliases.column(header[at]) for at in block.columns} - {None} for block in blocks]
    whole = all(_DAYS in columns and len(columns) > 1 and not columns & _RECORDS for columns in known)
    if len(blocks) < 2 or not whole or any(_twice(header[at] for at in block.columns) for block in blocks):
        return (table,)
    sums = [block.title for block in blocks if block.title is not None and block.title.rstrip(":：").lower() in SUMMARY_WORDS]
    told = (*table.warnings, *(f"“{title}”下的几列未使用" for title in sums))
    kept = [block for block in blocks if block.title not in sums]
    made = []
    for place, block in enumerate(kept):
        cells = table.cells[list(block.columns)]
        there = cells.notna().any(axis=1).to_numpy()
        part = replace(
            table,
            title=block.title,
            header=header_names([header[at] for at in block.columns]),
            cells=cells[there].set_axis(range(len(block.columns)), axis=1).reset_index(drop=True),
            rows=table.rows[there].reset_index(drop=True),
            warnings=told if place == 0 else (),
            broken=table.broken if place == 0 else (),
        )
        made.append(part)
    return tuple(made)


def line_above(rows: Sequence[Sequence[object]], row: int, end: int) -> list[str]:
    """The texts of the nearest filled row above a row and behind the end of the table before it, none where there is none."""
    return next((texts for at in range(row - 1, end - 1, -1) if (texts := texts_of(rows[at]))), [])


def _with_own_days(header: Sequence[str], above: Sequence[str]) -> list[_Block]:
    """Blocks that all begin with the first header."""
    first = next((name for name in header if name), "")
    starts = [at for at, name in enumerate(header) if name == first]
    blocks = [tuple(range(*ends)) for ends in pairwise([*starts, len(header)])] if len(starts) > 1 else []
    return [_Block(columns=columns, title=_title(above[at] for at in columns)) for columns in blocks]


def _with_common_days(header: Sequence[str], above: Sequence[str], aliases: Aliases) -> list[_Block]:
    """Blocks below a text each, headers standing again from one to the next; the other columns, the days among them, belong to all."""
    marks = [at for at, text in enumerate(above) if text]
    groups = [(start, end) for start, end in pairwise([*marks, len(header)]) if above[start] != header[start]]
    grouped = {at for ends in groups for at in range(*ends)}
    common = tuple(at for at in range(len(header)) if at not in grouped)
    if not _twice(header[at] for at in sorted(grouped)) or not any(aliases.column(header[at]) == _DAYS for at in common):
        return []
    return [_Block(columns=(*common, *range(*ends)), title=above[ends[0]]) for ends in groups]


def _title(texts: Iterable[str]) -> str | None:
    said = [text for text in texts if text]
    return said[0] if len(said) == 1 else None


def _twice(names: Iterable[str]) -> bool:
    filled = [name for name in names if name]
    return len(set(filled)) < len(filled)
