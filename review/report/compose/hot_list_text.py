"""热搜与搜索残留: the entries of hot lists, and what a search still shows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from review.analysis.heat import Heat, HotEntry, SearchResidue
from review.incident.evidence import RowSet
from review.report.compose.spread_text import known_count
from review.report.document import DASH, Block, Column, Num, Paragraph, Table, Text
from review.report.pen import Pen, basis
from review.report.phrases import joined


def list_blocks(pen: Pen, heat: Heat) -> list[Block]:
    """热搜与搜索残留."""
    blocks: list[Block] = []
    if heat.hot_entries:
        blocks.append(
            Table(
                id="hot_entries",
                caption=pen.words("hot.caption"),
                columns=(
                    Column(pen.word("head.entry"), 34),
                    Column(pen.word("head.platform"), 12),
                    Column(pen.word("head.best_rank"), 14, "right"),
                    Column(pen.word("head.best_at"), 20),
                    Column(pen.word("head.list_hours"), 20, "right"),
                ),
                rows=tuple(_hot_row(pen, each) for each in heat.hot_entries),
                note=pen.words("hot.note"),
            )
        )
    blocks.extend(_residue_course(pen, heat.residue))
    if heat.residue:
        blocks.append(
            Table(
                id="residue",
                caption=pen.words("residue.caption"),
                columns=(
                    Column(pen.word("head.read_at"), 20),
                    Column(pen.word("head.platform"), 12),
                    Column(pen.word("head.first_screen"), 18, "right"),
                    Column(pen.word("head.suggestions"), 50),
                ),
                rows=tuple(_residue_row(pen, each) for each in heat.residue),
            )
        )
    return blocks or [pen.gap("gap.hot_lists")]


def _residue_course(pen: Pen, residue: Sequence[SearchResidue]) -> list[Block]:
    """Negatives on the first screen of each search, from the most read to the last reading."""
    searches: dict[tuple[str, str], list[SearchResidue]] = {}
    for each in residue:  # by time
        if each.negatives_first_screen is not None:
            searches.setdefault((each.name or "", each.platform or ""), []).append(each)
    items = []
    for (name, platform), readings in sorted(searches.items()):
        last, most = readings[-1], max(readings, key=lambda each: each.negatives_first_screen or 0)
        where = pen.say(
            "residue.where",
            platform=(pen.code("platform", platform),) if platform else (),
            name=pen.say("residue.name", name=pen.quote(name, 20)) if name else (),
        )
        told = _residue_count(pen, last)
        if most.negatives_first_screen != last.negatives_first_screen:
            items.append(pen.say("residue.down", where=where, most=_residue_count(pen, most), last=told))
        else:
            items.append(pen.say("residue.at_most" if len(readings) > 1 else "residue.once", where=where, last=told))
    return [Paragraph(text=joined(items, ""))] if items else []


def _residue_count(pen: Pen, each: SearchResidue) -> Text:
    """8月14日 16 条."""
    n = known_count(pen, each.negatives_first_screen, "条", "首屏负面条数", each.rows)
    return pen.say("residue.count", day=pen.when(each.at, basis("搜索残留的读数时间", "热度快照的时间", each.rows), "day"), n=n)


def _hot_row(pen: Pen, each: HotEntry) -> tuple[Text, ...]:
    hours: Text = DASH
    if each.list_hours is not None:
        hours = (pen.duration(timedelta(hours=each.list_hours), basis("在榜时长", "热度快照填写", each.rows)),)
    elif each.last_at > each.first_at:
        hours = pen.say("hot.at_least", span=pen.between(each.first_at, each.last_at, basis("在榜时长下限", "首末两次在榜读数之间", each.rows)))
    return (
        (pen.quote(each.name, 30),),
        (pen.code("platform", each.platform),) if each.platform else DASH,
        pen.say("hot.rank", rank=pen.number(each.best_rank, basis("热搜最高排名", "各次读数中的最小名次", each.rows))),
        (_at(pen, each.best_at, "热搜最高排名的时间", each.rows),),
        hours,
    )


def _residue_row(pen: Pen, each: SearchResidue) -> tuple[Text, ...]:
    text = "、".join(each.suggestions)
    words: Text = (pen.quote(text, len(text)),) if text else DASH
    return (
        (_at(pen, each.at, "搜索残留的读数时间", each.rows),),
        (pen.code("platform", each.platform),) if each.platform else DASH,
        known_count(pen, each.negatives_first_screen, "条", "首屏负面条数", each.rows),
        words,
    )


def _at(pen: Pen, at: datetime, what: str, rows: RowSet) -> Num:
    return pen.when(at, basis(what, "热度快照的时间", rows))
