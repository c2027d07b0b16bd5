"""二、关键时间轴: the one-page figure, public side above and brand side below, and the table that explains its numbers."""

from collections.abc import Sequence
from datetime import datetime

from review.analysis.peaks import Volume
from review.incident.evidence import RowSet
from review.report.chart_data import TimelineChart
from review.report.compose.events import KeyEvent, KeyEvents
from review.report.compose.screenshot_text import Refs, see
from review.report.document import Block, Column, Figure, Label, Table, Text
from review.report.pen import Pen, basis


def timeline_blocks(pen: Pen, events: KeyEvents, volume: Volume, shown: Refs, since: datetime | None) -> list[Block]:
    """The figure (from two events on) and the table, which points at the screenshots of its rows; a gap line where nothing is dated.

    since: where the figures of the incident begin, if not with the data; earlier events stand in the table alone, unless fewer than two would be left.
    """
    if not events.shown:
        return [pen.gap("gap.timeline")]
    blocks: list[Block] = []
    drawn = [event for event in events.shown if since is None or event.at >= since]
    if len(drawn) < 2:
        drawn = list(events.shown)
    earlier = [event.rows for event in events.shown if event not in drawn]
    if len(drawn) >= 2:
        first, last = drawn[0].at, drawn[-1].at
        behind = tuple(
            (start, n) for start, n in zip(volume.starts, volume.rows_per_bucket, strict=True) if first - volume.width <= start <= last + volume.width
        )
        blocks.append(
            Figure(
                id="timeline",
                caption=pen.words("timeline.caption"),
                alt=pen.say(
                    "timeline.alt",
                    public=_count(pen, drawn, "public"),
                    brand=_count(pen, drawn, "brand"),
                ),
                chart=TimelineChart(
                    events=tuple(event.timed() for event in drawn), volume=behind, bucket_minutes=int(volume.width.total_seconds() // 60), zone=pen.zone
                ),
                note=(*(pen.words("timeline.note") if behind else ()), *_earlier(pen, earlier)),
            )
        )
    blocks.append(
        Table(
            id="events",
            caption=pen.words("events.caption"),
            columns=(
                Column(pen.word("head.no"), 7, "center"),
                Column(pen.word("head.time"), 20),
                Column(pen.word("head.side"), 10),
                Column(pen.word("head.event"), 63),
            ),
            rows=tuple(((Label(str(event.number)),), *_cells(pen, event, shown)) for event in events.shown),
        )
    )
    if events.minor:
        blocks.append(
            Table(
                id="minor_events",
                caption=pen.words("events.minor"),
                columns=(Column(pen.word("head.time"), 22), Column(pen.word("head.side"), 12), Column(pen.word("head.event"), 66)),
                rows=tuple(_cells(pen, event, shown) for event in events.minor),
                note=pen.words("events.minor_note"),
            )
        )
    return blocks


def _cells(pen: Pen, event: KeyEvent, shown: Refs) -> tuple[Text, ...]:
    """When, on which side, and what, with the screenshots of it."""
    how = "按时段归集或由两次读数得出" if event.measured else "导出数据、读数或填写的时间"
    return (
        (pen.when(event.at, basis(f"{event.label}的时间", how, event.rows), event.precision),),
        pen.words(f"timeline.{event.side}"),
        (*event.text, *see(pen, shown, event.rows.digest)),
    )


def _earlier(pen: Pen, rows: Sequence[RowSet]) -> Text:
    if not rows:
        return ()
    return pen.say("timeline.earlier", n=pen.count(len(rows), "项", basis("图示范围之前的事件", "计数", *rows)))


def _count(pen: Pen, events: Sequence[KeyEvent], side: str) -> Text:
    chosen = [event.rows for event in events if event.side == side]
    if not chosen:
        return pen.words("timeline.none")
    return (pen.count(len(chosen), "项", basis(f"时间轴上{pen.word(f'timeline.{side}')}事件数", "计数", *chosen)),)
