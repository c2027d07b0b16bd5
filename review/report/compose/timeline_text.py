"""二、关键时间轴: the one-page figure, public side above and brand side below, and the table that explains its numbers."""

from review.analysis.peaks import Volume
from review.report.chart_data import TimelineChart
from review.report.compose.events import KeyEvents
from review.report.compose.screenshot_text import Refs, see
from review.report.document import Block, Column, Figure, Label, Table, Text
from review.report.pen import Pen, basis


def timeline_blocks(pen: Pen, events: KeyEvents, volume: Volume, shown: Refs) -> list[Block]:
    """The figure (from two events on) and the table, which points at the screenshots of its rows; a gap line where nothing is dated."""
    if not events.shown:
        return [pen.gap("gap.timeline")]
    blocks: list[Block] = []
    if len(events.shown) >= 2:
        first, last = events.shown[0].at, events.shown[-1].at
        behind = tuple(
            (start, n) for start, n in zip(volume.starts, volume.rows_per_bucket, strict=True) if first - volume.width <= start <= last + volume.width
        )
        blocks.append(
            Figure(
                id="timeline",
                caption=pen.words("timeline.caption"),
                alt=pen.say(
                    "timeline.alt",
                    public=_count(pen, events, "public"),
                    brand=_count(pen, events, "brand"),
                ),
                chart=TimelineChart(
                    events=tuple(event.timed() for event in events.shown), volume=behind, bucket_minutes=int(volume.width.total_seconds() // 60), zone=pen.zone
                ),
                note=pen.words("timeline.note") if behind else (),
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
            rows=tuple(
                (
                    (Label(str(event.number)),),
                    (pen.when(event.at, basis("事件时间", "导出数据、读数或填写的时间", event.rows), event.precision),),
                    pen.words(f"timeline.{event.side}"),
                    (*event.text, *see(pen, shown, event.rows.digest)),
                )
                for event in events.shown
            ),
            note=pen.say(
                "timeline.left_out", n=pen.count(events.left_out, "项", basis("未列入时间轴的次要事件", "计数", *(event.rows for event in events.shown)))
            )
            if events.left_out
            else (),
        )
    )
    return blocks


def _count(pen: Pen, events: KeyEvents, side: str) -> Text:
    chosen = [event.rows for event in events.shown if event.side == side]
    if not chosen:
        return pen.words("timeline.none")
    return (pen.count(len(chosen), "项", basis(f"时间轴上{pen.word(f'timeline.{side}')}事件数", "计数", *chosen)),)
