"""The level rests on what readings allow, not on how they look: floors, rounded figures, days."""

import pytest
from frames import hours_after, readings

from review.analysis.level import level_known_at, measure_level
from review.incident.case import Case
from review.settings.rubric import load_rubric

RUBRIC = load_rubric()
EXISTED = Case(topic_existed_before=True)


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        (({"low": 1e5}, {"value": 3e6}), "l2"),  # an early floor does not outlive the exact total after it
        (({"value": 3e6}, {"low": 1e5}), None),
        (({"low": 1e5}, {"low": 6e6}), "l1"),
        (({"value": 6e6}, {"value": 5.9e6, "low": 5.85e6, "high": 5.95e6}), "l1"),  # totals never fall
        (({"value": 4.8e6, "low": 3.6e6, "high": 6e6},), None),
        (({"value": 4e6, "low": 3.5e6, "high": 4.5e6},), "l2"),
        (({"value": 5e6},), "l1"),
        (({"value": 5e6, "low": 4.995e6, "high": 5.005e6},), "l1"),  # read as 500万: of the two levels the stricter
    ],
)
def test_bounds_decide_the_level(rows: tuple[dict[str, object], ...], level: str | None) -> None:
    points = readings(*({"at": hours_after(i), **row} for i, row in enumerate(rows)))
    assert measure_level(points, Case(), None, RUBRIC).level == level


def test_a_rounded_figure_is_printed_as_read_and_bounded_as_rounded() -> None:
    (topic,) = measure_level(readings({"at": hours_after(0), "value": 3e5, "low": 295_000.0, "high": 305_000.0}), Case(), None, RUBRIC).topics
    assert (topic.reads, topic.low, topic.high) == (3e5, 295_000, 305_000)


def test_the_least_increment_is_taken_from_the_most_that_was_there_before() -> None:
    points = readings({"at": hours_after(2), "low": 9e6, "high": 11e6}, {"at": hours_after(50), "value": 15_500_000.0})
    facts = measure_level(points, EXISTED, hours_after(0), RUBRIC)
    assert (facts.level, facts.topics[0].low, facts.topics[0].high) == (None, 4_500_000, 15_500_000)
    known = measure_level(points, EXISTED, hours_after(10), RUBRIC)
    assert (known.level, known.topics[0].low, known.topics[0].high) == (None, 4_500_000, 6_500_000)


def test_a_day_tells_its_reads_only_when_it_is_over() -> None:
    for running in (True, False):
        points = readings({"at": hours_after(0), "precision": "day", "cumulative": running, "value": 8e6})
        assert level_known_at(points, Case(), (None, hours_after(13)), RUBRIC) is None
        assert level_known_at(points, Case(), (None, hours_after(24)), RUBRIC) == "l1"
    minute = readings({"at": hours_after(0), "precision": "min", "value": 8e6})
    assert level_known_at(minute, Case(), (None, hours_after(0)), RUBRIC) == "l1"


def test_a_reading_of_the_day_of_the_outbreak_is_no_reading_before_it() -> None:
    points = readings({"at": hours_after(0), "precision": "day", "value": 9e6}, {"at": hours_after(48), "value": 9.5e6})
    assert measure_level(points, EXISTED, hours_after(10), RUBRIC).topics[0].baseline_missing
