"""What stands in the body and what in the appendix: tables and figures of detail move to the appendix 补充明细, a line in their subsection says where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from review.report.document import Block, Figure, Paragraph, Ref, Section, Table
from review.report.pen import Pen
from review.report.phrases import joined

DETAIL: Final = frozenset(
    {"minor_events", "key_nodes", "amplifiers", "flow", "words", "media", "residue", "dimensions", "topics", "themes", "wording", "scripts"}
)
"""Tables and figures a director does not need to follow the argument; the body of a full incident is 12 to 18 pages (WORDING.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The chapters of the body, and what was moved out of them in the order they stood in."""

    chapters: tuple[Section, ...]
    details: tuple[Table | Figure, ...]


def placed(pen: Pen, chapters: Sequence[Section]) -> Placed:
    """The chapters without the tables and figures of DETAIL.

    Where nothing else stands in a subsection they stay: a heading with nothing but a reference below it tells nothing.
    """
    moved: list[Table | Figure] = []

    def kept(section: Section) -> Section:
        mine = [block for block in section.blocks if isinstance(block, Table | Figure) and block.id in DETAIL]
        if not [block for block in section.blocks if block not in mine]:
            mine = []
        moved.extend(mine)
        blocks: list[Block] = [kept(block) if isinstance(block, Section) else block for block in section.blocks if block not in mine]
        if mine:
            blocks.append(_see(pen, mine))
        return replace(section, blocks=tuple(blocks))

    body = tuple(kept(chapter) for chapter in chapters)
    return Placed(chapters=body, details=tuple(moved))


def _see(pen: Pen, moved: Sequence[Table | Figure]) -> Paragraph:
    """明细见附录：表F-1 关键节点说明、表F-2 …"""
    return pen.note("placing.see", tables=joined([pen.say("placing.table", number=Ref(each.id), caption=each.caption) for each in moved], "、"))
