"""Milestones are brackets between readings, never interpolated."""

from datetime import timedelta

from frames import hours_after, readings
from hypothesis import given
from hypothesis import strategies as st

from review.analysis.heat import measure_heat
from review.incident.case import Case
from review.settings.thresholds import load_thresholds

HEAT = load_thresholds().heat


def test_a_crossing_lies_between_the_last_reading_below_and_the_first_at_or_above() -> None:
    heat = measure_heat(
        readings({"at": hours_after(0), "value": 8_000.0}, {"at": hours_after(3), "value": 10_000.0}, {"at": hours_after(9), "value": 2_000_000.0}),
        Case(),
        None,
        HEAT,
    )
    first, second, third = heat.topics[0].milestones[:3]
    assert (first.after, first.by) == (hours_after(0), hours_after(3))
    assert (second.after, second.by) == (hours_after(3), hours_after(9)) == (third.after, third.by)
    assert heat.topics[0].milestones[3].by is None


def test_one_reading_tells_no_time_of_crossing() -> None:
    milestone = measure_heat(readings({"at": hours_after(0), "value": 50_000.0}), Case(), None, HEAT).topics[0].milestones[0]
    assert milestone.after is None
    assert milestone.by == hours_after(0)


def test_a_lower_later_reading_does_not_undo_a_crossing() -> None:
    heat = measure_heat(readings({"at": hours_after(0), "value": 120_000.0}, {"at": hours_after(1), "value": 99_000.0}), Case(), None, HEAT)
    assert heat.topics[0].milestones[1].by == hours_after(0)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
def test_brackets_are_in_time_order_and_higher_milestones_are_never_earlier(values: list[int]) -> None:
    heat = measure_heat(readings(*({"at": hours_after(i), "value": float(value)} for i, value in enumerate(values))), Case(), None, HEAT)
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
    entry = measure_heat(points, Case(), None, HEAT).hot_entries[0]
    assert (entry.best_rank, entry.best_at, entry.last_at - entry.first_at) == (7, hours_after(1), timedelta(hours=2))


def test_marks_around_a_name_make_no_other_topic_and_no_other_entry() -> None:
    points = readings(
        {"at": hours_after(0), "value": 8_000.0, "name": "＃锅 掉渣＃"},
        {"at": hours_after(3), "value": 30_000.0, "name": "#锅掉渣#"},
        {"at": hours_after(1), "value": 31.0, "scope": "hot_list", "metric": "rank", "name": "#锅掉渣#"},
        {"at": hours_after(2), "value": 7.0, "scope": "hot_list", "metric": "rank", "name": "锅掉渣"},
    )
    heat = measure_heat(points, Case(), None, HEAT)
    assert [(topic.name, len(topic.readings), topic.milestones[0].after) for topic in heat.topics] == [("锅掉渣", 2, hours_after(0))]
    assert [(entry.name, entry.readings, entry.best_rank) for entry in heat.hot_entries] == [("锅掉渣", 2, 7)]


def test_no_readings_give_no_topics() -> None:
    assert measure_heat(readings(), Case(), None, HEAT).topics == ()


def test_a_topic_the_case_does_not_name_never_leads_however_large() -> None:
    points = readings({"at": hours_after(0), "value": 300_000.0, "name": "涂层掉渣"}, {"at": hours_after(0), "value": 5e8, "name": "辅食锅推荐"})
    heat = measure_heat(points, Case(topics=("#涂层掉渣#",)), None, HEAT)
    assert [topic.name for topic in heat.topics] == ["涂层掉渣", "辅食锅推荐"]
    assert heat.leading is heat.topics[0]
    assert measure_heat(points, Case(topics=("别的",)), None, HEAT).leading is None
    assert measure_heat(points, Case(), None, HEAT).leading == measure_heat(points, Case(topics=("辅食锅推荐",)), None, HEAT).leading


def test_a_topic_from_before_the_crisis_counts_from_the_last_reading_before_it() -> None:
    points = readings(*({"at": hours_after(hours), "value": value} for hours, value in ((-5, 900_000.0), (3, 950_000.0), (9, 1_200_000.0))))
    topic = measure_heat(points, Case(topic_existed_before=True), hours_after(0), HEAT).topics[0]
    assert (topic.reads, topic.last.value) == (300_000, 1_200_000)
    assert [(mark.after, mark.by) for mark in topic.milestones[:2]] == [(hours_after(-5), hours_after(3)), (hours_after(3), hours_after(9))]
    untold = measure_heat(points, Case(topic_existed_before=True), None, HEAT).topics[0]
    assert (untold.reads, untold.milestones, untold.reach) == (None, (), None)


def test_a_floor_reaches_the_milestones_up_to_it() -> None:
    topic = measure_heat(readings({"at": hours_after(0), "value": 80_000.0}, {"at": hours_after(2), "low": 1e8}), Case(), None, HEAT).topics[0]
    assert [mark.by for mark in topic.milestones] == [hours_after(0), *[hours_after(2)] * 4]
    assert (topic.last.value, topic.last.high) == (1e8, None)


def test_amounts_of_days_add_up_and_give_way_to_totals() -> None:
    days = [{"at": hours_after(24 * i), "precision": "day", "cumulative": False, "value": value} for i, value in enumerate((4e6, 3e6, 5e4))]
    topic = measure_heat(readings(*days), Case(), None, HEAT).topics[0]
    assert [reading.value for reading in topic.readings] == [4e6, 7e6, 7.05e6]
    assert topic.reach is not None
    assert (topic.reach.by, topic.reach.by_precision) == (hours_after(0), "day")
    both = measure_heat(readings(*days, {"at": hours_after(80), "value": 8e6, "cumulative": True}), Case(), None, HEAT).topics[0]
    assert [reading.value for reading in both.readings] == [8e6]
