"""What an archive holds of a review's past: its earlier version, and the brand's other incidents."""

from dataclasses import replace
from datetime import date, timedelta

from planted import RUBRIC, action, filed, item, record

from review.tracking.history import past_reviews

DAY = date(2026, 8, 12)
CAUSE = item("deep_cause", "备货流程没有复核", "R-01")


def test_a_review_of_an_unknown_incident_has_no_earlier_version() -> None:
    past = past_reviews(record(DAY, "甲"), [filed(record(DAY, "乙", brand="别家"))], RUBRIC)
    assert past.revision is None
    assert past.known == ()
    assert past.related == ()


def test_the_same_brand_and_event_is_the_same_incident_although_its_day_moved() -> None:
    earlier = filed(record(DAY - timedelta(days=1), "甲"))
    past = past_reviews(record(DAY, "甲"), [earlier], RUBRIC)
    assert past.revision is not None
    assert past.revision.earlier is earlier
    assert past.known == ()


def test_the_incident_of_the_same_name_goes_before_one_of_another_day() -> None:
    same, moved = filed(record(DAY, "甲")), filed(record(DAY + timedelta(days=3), "甲"))
    past = past_reviews(record(DAY, "甲"), [moved, same], RUBRIC)
    assert past.revision is not None
    assert past.revision.earlier is same


def test_an_unchanged_review_has_no_changed_line_and_no_changed_action() -> None:
    kept = record(DAY, "甲", items=(CAUSE, action("A-01")))
    found = past_reviews(kept, [filed(kept)], RUBRIC).revision
    assert found is not None
    assert (found.lines, found.added, found.removed) == ((), (), ())


def test_the_lines_of_the_score_that_moved_are_told_and_no_others() -> None:
    found = past_reviews(record(DAY, "甲", 3.0), [filed(record(DAY, "甲", 1.0))], RUBRIC).revision
    assert found is not None
    assert found.lines is not None
    assert {change.now.criterion.ident for change in found.lines} == {"first_response"}
    assert found.lines[0].before.score != found.lines[0].now.score


def test_under_another_rubric_no_line_is_compared() -> None:
    old = record(DAY, "甲")
    old = replace(old, head=replace(old.head, rubric_sha256="0" * 64))
    found = past_reviews(record(DAY, "甲", 3.0), [filed(old)], RUBRIC).revision
    assert found is not None
    assert found.lines is None


def test_actions_are_told_apart_by_what_they_say_and_not_by_their_ids() -> None:
    before = record(DAY, "甲", items=(item("action", "抽检每批货", "A-01"), item("action", "修订 话术", "A-02")))
    now = record(DAY, "甲", items=(item("action", "修订话术。", "A-01"), item("action", "设专人值守", "A-03")))
    found = past_reviews(now, [filed(before)], RUBRIC).revision
    assert found is not None
    assert [ident for ident, _ in found.added] == ["A-03"]
    assert [ident for ident, _ in found.removed] == ["A-01"]


def test_an_incident_after_this_one_is_no_past_of_it() -> None:
    sides = [filed(record(DAY + timedelta(days=shift), f"第{shift}")) for shift in (-1, 0, 1)]
    assert past_reviews(record(DAY, "甲"), sides, RUBRIC).known == tuple(sides[:2])


def test_related_incidents_say_whether_by_type_by_cause_or_both() -> None:
    def other(name: str, kind: str, cause: str) -> object:
        kept = record(DAY - timedelta(days=30), name, items=(item("deep_cause", cause, "R-09"),))
        return filed(replace(kept, head=replace(kept.head, incident_type=kind)))  # type: ignore[arg-type]

    sides = [
        other("a", "product_quality", "别的原因"),
        other("b", "outage", "备货流程，没有复核"),
        other("c", "product_quality", CAUSE.content),
        other("d", "outage", "x"),
    ]
    past = past_reviews(record(DAY, "甲", items=(CAUSE,)), sides, RUBRIC)  # type: ignore[arg-type]
    assert [(each.filed.record.head.event, each.why) for each in past.related] == [("a", "type"), ("b", "cause"), ("c", "both")]
    assert len(past.known) == 4


def test_a_cause_that_names_an_earlier_incident_is_common_to_both() -> None:
    kept = record(DAY - timedelta(days=30), "旧", items=(item("deep_cause", "另一种说法", "R-02"),))
    kept = replace(kept, head=replace(kept.head, incident_type="outage"))
    named = replace(CAUSE, related=(f"{kept.head.incident}/R-02",))
    past = past_reviews(record(DAY, "甲", items=(named,)), [filed(kept)], RUBRIC)
    assert [each.why for each in past.related] == ["cause"]


def test_without_a_brand_there_is_no_history() -> None:
    kept = record(DAY, "甲")
    kept = replace(kept, head=replace(kept.head, brand=None, incident="x"))
    old = replace(kept, head=replace(kept.head, incident="y", day=DAY - timedelta(days=2)))
    assert past_reviews(kept, [filed(old)], RUBRIC).known == ()
