"""Milestones are brackets between readings, never interpolated."""

from datetime import timedelta

from frames import hours_after, readings
from hypothesis import given
from hypothesis import strategies as st

from review.analysis.heat import measure_heat
from review.settings.thresholds import load_thresholds

HEAT = load_thresholds().heat


def test_a_crossing_lies_between_the_last_reading_below_and_the_first_at_or_above() -> None:
    heat = measure_heat(
        readings({"at": hours_after(0), "value": 8_000.0}, {"at": hours_after(3), "value": 10_000.0}, {"at": hours_after(9), "value": 2_000_000.0}), HEAT
    )
    first, second, third = heat.topics[0].milestones[:3]
    assert (first.after, first.by) == (hours_after(0), hours_after(3))
    assert (second.after, second.by) == (hours_after(3), hours_after(9)) == (third.after, third.by)
    assert heat.topics[0].milestones[3].by is None


def test_one_reading_tells_no_time_of_crossing() -> None:
    milestone = measure_heat(readings({"at": hours_after(0), "value": 50_000.0}), HEAT).topics[0].milestones[0]
    assert milestone.after is None
    assert milestone.by == hours_after(0)


def test_a_lower_later_reading_does_not_undo_a_crossing() -> None:
    heat = measure_heat(readings({"at": hours_after(0), "value": 120_000.0}, {"at": hours_after(1), "value": 99_000.0}), HEAT)
    assert heat.topics[0].milestones[1].by == hours_after(0)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
def test_brackets_are_in_time_order_and_higher_milestones_are_never_earlier(values: list[int]) -> None:
    heat = measure_heat(readings(*({"at": hours_after(i), "value": float(value)} for i, value in enumerate(values))), HEAT)
    reached = [each for each in heat.topics[0].milestones if each.by is not None]
    assert [each.by for each in reached] == sorted(each.by for each in reached if each.by is not None)
    assert all(each.after is None or (each.by is not None and each.after < each.by) for each in reached)
    assert len(reached) == sum(max(values) >= mark for mark in HEAT.milestones)


def test_the_best_rank_of_a_hot_entry_is_the_smallest_number() -> None:
    points = readings(
        {"at": hours_after(0), "value": 31.0, "scope": "hot_list", "metric": "rank", "name": "锅"},
        {"at": hours_after(1), "value": 7.0, "scope": "hot_list", "metric": "rank", "name": "锅"},
        {"at": hours_after(2), "value": 12.0, "scope": "hot_list", "metric": "rank", "name": "锅"},
    )
    entry = measure_heat(points, HEAT).hot_entries[0]
    assert (entry.best_rank, entry.best_at, entry.last_at - entry.first_at) == (7, hours_after(1), timedelta(hours=2))


def test_marks_around_a_name_make_no_other_topic_and_no_other_entry() -> None:
    points = readings(
        {"at": hours_after(0), "value": 8_000.0, "name": "＃锅 掉渣＃"},
        {"at": hours_after(3), "value": 30_000.0, "name": "#锅掉渣#"},
        {"at": hours_after(1), "value": 31.0, "scope": "hot_list", "metric": "rank", "name": "#锅掉渣#"},
        {"at": hours_after(2), "value": 7.0, "scope": "hot_list", "metric": "rank", "name": "锅掉渣"},
    )
    heat = measure_heat(points, HEAT)
    assert [(topic.name, len(topic.readings), topic.milestones[0].after) for topic in heat.topics] == [("锅掉渣", 2, hours_after(0))]
    assert [(entry.name, entry.readings, entry.best_rank) for entry in heat.hot_entries] == [("锅掉渣", 2, 7)]


def test_no_readings_give_no_topics() -> None:
    assert measure_heat(readings(), HEAT).topics == ()
