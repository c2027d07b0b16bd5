"""Numbering: chapters 一、…, subsections （一）…, appendices 附录A, figures and tables by chapter; cross-references get their text,
and tables, now that their words stand, the widths of their columns.
"""

from dataclasses import replace

from review.report.column_widths import fitted
from review.report.document import Block, Bullets, Callout, Figure, Paragraph, Ref, Section, Slot, Table, Text, Tile, Tiles
from review.report.language import Language
from review.report.theme import Theme

CHINESE = "一二三四五六七八九十"


def numbered(
    theme: Theme, summary: Section, chapters: tuple[Section, ...], appendices: tuple[Section, ...]
) -> tuple[Section, tuple[Section, ...], tuple[Section, ...]]:
    """All three with finished numbers: figures and tables 2-1 … in chapters, A-1 … in appendices; those of the one-page summary have none."""
    targets: dict[str, str] = {}
    language = theme.language
    made_summary = _section(summary, "", "", _Counter(language), targets)
    made = tuple(_section(chapter, f"{CHINESE[i]}、", str(i + 1), _Counter(language), targets) for i, chapter in enumerate(chapters))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ends = tuple(_section(each, f"{language.own('附录')}{letters[i]}　", letters[i], _Counter(language), targets) for i, each in enumerate(appendices))
    return (
        _resolve(made_summary, targets, theme),
        tuple(_resolve(each, targets, theme) for each in made),
        tuple(_resolve(each, targets, theme) for each in ends),
    )


class _Counter:
    def __init__(self, language: Language) -> None:
        self.table, self.figure = language.own("表"), language.own("图")
        self.tables = 0
        self.figures = 0


def _section(section: Section, number: str, chapter: str, counter: _Counter, targets: dict[str, str]) -> Section:
    blocks: list[Block] = []
    below = 0
    for block in section.blocks:
        match block:
            case Section():
                mark = f"（{CHINESE[below]}）" if section.level == 1 else f"{below + 1}."
                below += 1
                blocks.append(_section(block, mark, chapter, counter, targets))
            case Table():
                counter.tables += 1
                targets[block.id] = f"{counter.table}{chapter}-{counter.tables}" if chapter else ""
                blocks.append(replace(block, number=targets[block.id]))
            case Figure():
                counter.figures += 1
                targets[block.id] = f"{counter.figure}{chapter}-{counter.figures}" if chapter else ""
                blocks.append(replace(block, number=targets[block.id]))
            case _:
                blocks.append(block)
    targets[section.id] = number.rstrip("、　")
    return replace(section, number=number, blocks=tuple(blocks))


def _resolve(section: Section, targets: dict[str, str], theme: Theme) -> Section:
    """The section with every Ref's text and every table's widths set; KeyError for a reference to nothing."""

    def fill(text: Text) -> Text:
        return tuple(replace(span, text=targets[span.target]) if isinstance(span, Ref) else span for span in text)

    def one(block: Block) -> Block:
        match block:
            case Section():
                return _resolve(block, targets, theme)
            case Paragraph():
                return replace(block, text=fill(block.text))
            case Bullets():
                return replace(block, items=tuple(fill(item) for item in block.items))
            case Table():
                rows = tuple(tuple(fill(cell) for cell in row) for row in block.rows)
                return fitted(replace(block, caption=fill(block.caption), rows=rows, note=fill(block.note)), theme)
            case Figure():
                return replace(block, caption=fill(block.caption), alt=fill(block.alt), note=fill(block.note))
            case Callout():
                return replace(block, title=fill(block.title), items=tuple(fill(item) for item in block.items))
            case Slot():
                return replace(block, prompt=fill(block.prompt), text=fill(block.text))
            case Tiles():
                return replace(block, items=tuple(Tile(label=fill(each.label), value=fill(each.value), note=fill(each.note)) for each in block.items))

    return replace(section, title=fill(section.title), blocks=tuple(one(block) for block in section.blocks))
