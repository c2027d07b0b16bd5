"""The timeline: what is drawn of the numbered events, and what is said of those that are not."""

from datetime import UTC, datetime, timedelta

import pytest
from pens import new_pen

from review.analysis.peaks import Volume
from review.incident.evidence import NO_ROWS
from review.report.chart_data import TimelineChart
from review.report.compose.events import KeyEvent, KeyEvents
from review.report.compose.timeline_text import timeline_blocks
from review.report.document import Figure, Table, Words, string

START = datetime(2026, 8, 1, tzinfo=UTC)
NOTHING = Volume(starts=(), width=timedelta(hours=1), rows_per_bucket=(), volume_peaks=(), comments_peak=None, shares_peak=None, likes_peak=None)


def event(number: int, days: float) -> KeyEvent:
    return KeyEvent(
        at=START + timedelta(days=days), precision=None, side="public", text=(Words("事件"),), label="事件", rank=0, rows=NO_ROWS, turning=False, number=number
    )


EVENTS = KeyEvents(shown=(event(1, -2000), event(2, -900), event(3, 0), event(4, 1)), minor=())


@pytest.mark.parametrize(
    ("since", "drawn", "said"),
    [
        (None, [1, 2, 3, 4], ""),
        (START - timedelta(days=1000), [2, 3, 4], "更早的 1 项只列于表中，未画出。"),
        (START, [3, 4], "更早的 2 项只列于表中，未画出。"),
        (START + timedelta(hours=1), [1, 2, 3, 4], ""),  # one event is no timeline
    ],
)
def test_events_before_the_incident_stand_in_the_table_alone(since: datetime | None, drawn: list[int], said: str) -> None:
    figure, table = timeline_blocks(new_pen(), EVENTS, NOTHING, {}, since)
    assert isinstance(figure, Figure)
    assert isinstance(figure.chart, TimelineChart)
    assert isinstance(table, Table)
    assert [each.number for each in figure.chart.events] == drawn
    assert string(figure.note) == said
    assert [string(row[0]) for row in table.rows] == ["1", "2", "3", "4"]
    assert f"{len(drawn)} 项" in string(figure.alt)
