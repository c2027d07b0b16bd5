"""Long tables stand in the appendix, and the body says where."""

from pens import new_pen

from review.report.compose.placing import placed
from review.report.document import Block, Column, Paragraph, Ref, Section, Table, Words

WORDS = (Words("词"),)


def table(ident: str) -> Table:
    return Table(id=ident, caption=WORDS, columns=(Column("列", 100),), rows=((WORDS,),))


def chapter(*blocks: Block) -> Section:
    return Section(id="data", level=1, title=WORDS, blocks=(Section(id="data.emotion", level=2, title=WORDS, blocks=blocks),))


def inner(section: Section) -> tuple[Block, ...]:
    below = section.blocks[0]
    assert isinstance(below, Section)
    return below.blocks


def test_a_long_table_moves_to_the_appendix_and_a_line_at_the_end_of_its_subsection_points_at_it() -> None:
    said = Paragraph(text=WORDS)
    made = placed(new_pen(), (chapter(said, table("words"), table("turning_points")),))
    assert [each.id for each in made.details] == ["words"]
    first, second, see = inner(made.chapters[0])
    assert (first, second) == (said, table("turning_points"))
    assert isinstance(see, Paragraph)
    assert [span.target for span in see.text if isinstance(span, Ref)] == ["words"]


def test_a_subsection_that_would_be_left_with_a_reference_alone_keeps_its_table() -> None:
    made = placed(new_pen(), (chapter(table("words")),))
    assert made.details == ()
    assert inner(made.chapters[0]) == (table("words"),)
