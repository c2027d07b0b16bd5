"""How a chapter is put together from its subsections."""

from collections.abc import Sequence

from review.report.document import Block, Section
from review.report.pen import Pen

Pieces = Sequence[tuple[str, Sequence[Block]]]
"""Subsections in reading order: name and blocks."""


def chapter(pen: Pen, name: str, pieces: Pieces) -> Section:
    """The chapter of this name with its subsections, titled by the phrases chapter.NAME and section.PIECE."""
    return Section(
        id=name,
        level=1,
        title=pen.words(f"chapter.{name}"),
        blocks=tuple(Section(id=f"{name}.{piece}", level=2, title=pen.words(f"section.{piece}"), blocks=tuple(blocks)) for piece, blocks in pieces),
    )
