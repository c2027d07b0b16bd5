"""Six states of an action, from what was typed, the events since, and the due date."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import action, archived, event, filed, item, record

from review.analysis.schedule import ActionState, action_state
from review.filing import ChangeNote, record_change
from review.incident.case import Case, CaseItem, with_action_ids
from review.incident.errors import UnusableInput
from review.tracking.events import ActionEvent, Change, event_json, proof_of, read_event
from review.tracking.filed import Filed
from review.tracking.follow_up import follow, lapsed, named_actions

DUE = date(2026, 9, 30)


def state(typed: object, *changes: tuple[Change, date], today: date = date(2026, 10, 5)) -> ActionState:
    events = [event("A-01", change, on, number) for number, (change, on) in enumerate(changes)]
    (followed,) = follow([filed(record(date(2026, 8, 12), items=[action("A-01", DUE, typed)]), *events)], today)  # type: ignore[arg-type]
    return followed.state


def test_the_six_states() -> None:
    assert state(None, today=DUE) == "not_started"
    assert state("in_progress", today=DUE) == "in_progress"
    assert state(None, ("started", date(2026, 9, 1)), today=DUE) == "in_progress"
    assert state(None, ("done", DUE)) == "on_time"
    assert state(None, ("done", DUE + timedelta(days=1))) == "late"
    assert state("in_progress") == "overdue"
    assert state("in_progress", ("cancelled", date(2026, 9, 2))) == "cancelled"


def test_the_due_day_itself_is_not_overdue_and_the_next_is() -> None:
    assert state(None, today=DUE) == "not_started"
    assert state(None, today=DUE + timedelta(days=1)) == "overdue"


def test_a_later_word_corrects_an_earlier_one() -> None:
    done = ("done", date(2026, 9, 20))
    assert state(None, done, ("reopened", date(2026, 9, 25)), today=DUE) == "in_progress"  # type: ignore[arg-type]
    assert state(None, done, ("reopened", date(2026, 9, 25)), ("done", date(2026, 10, 4))) == "late"  # type: ignore[arg-type]
    assert state(None, done, ("kept", date(2026, 10, 1))) == "on_time"  # type: ignore[arg-type]


def test_what_happens_after_today_has_not_happened() -> None:
    assert state(None, ("done", date(2026, 10, 6)), today=date(2026, 10, 5)) == "overdue"


def test_done_without_a_date_is_not_called_in_time() -> None:
    assert state("done") == "done_undated"


def test_the_review_and_the_follow_up_tell_the_same_state() -> None:
    days = (None, date(2026, 9, 1), date(2026, 11, 28))
    for status in (None, "not_started", "in_progress", "done", "cancelled"):
        for due in days:
            for start in days:
                for done_on in days:
                    one = action("A-01", due, status, start=start, done_on=done_on)
                    (followed,) = follow([filed(record(date(2026, 8, 12), items=[one]))], date(2026, 10, 5))
                    assert followed.state == action_state(one, date(2026, 10, 5))


def test_an_id_made_of_an_actions_words_stays_when_rows_are_added_above_it() -> None:
    one, other = item("action", "修订 话术。"), item("action", "抽检每批货")
    typed = item("action", "设专人值守", "A-01")
    before = with_action_ids(Case(items=(one, typed))).items
    after = with_action_ids(Case(items=(other, replace(one, content="修订话术", due=DUE), typed))).items
    assert [each.ident for each in before] == [after[1].ident, "A-01"]
    assert after[0].ident not in (after[1].ident, None)


def versions(*rows: CaseItem | list[CaseItem], done: str, about: str | None) -> Filed:
    """The last version of an incident whose earlier ones are those before, with one action registered as done."""
    kept = [record(date(2026, 8, 12), items=each if isinstance(each, list) else [each]) for each in rows]
    made = replace(event(done, "done", date(2026, 9, 1)), about=about)
    return replace(filed(kept[-1], made), earlier=tuple(kept[:-1]) if about is None else ())


@pytest.mark.parametrize("about", ["修订话术", None])
def test_a_registered_state_never_jumps_to_another_action(about: str | None) -> None:
    first = item("action", "修订话术", "A-07")
    moved = versions(first, [item("action", "抽检每批货", "A-07"), replace(first, ident="A-08")], done="A-07", about=about)
    assert "done_undated" not in [each.state for each in follow([moved], DUE) if each.ident == "A-07"]
    if about is None:  # what was meant cannot be told: A-07 says one thing in v1, another in v2
        (lost,) = lapsed([moved])
        assert (lost.was, lost.now) == (None, "抽检每批货")
    else:
        assert [each.state for each in follow([moved], DUE)] == ["not_started", "done_undated"]
        assert lapsed([moved]) == ()
    reworded = versions(first, [item("action", "抽检每批货", "A-07")], done="A-07", about="修订话术")
    assert [each.state for each in follow([reworded], DUE)] == ["not_started"]
    assert [(each.was, each.now) for each in lapsed([reworded])] == [("修订话术", "抽检每批货")]


def test_what_was_registered_by_a_place_in_the_list_follows_the_words() -> None:
    old = [item("action", "修订话术"), item("action", "抽检每批货")]
    new = list(with_action_ids(Case(items=(item("action", "设专人值守"), *old))).items)
    kept = versions(old, new, done="A2", about=None)
    assert [each.state for each in follow([kept], DUE)] == ["not_started", "not_started", "done_undated"]
    assert lapsed([kept]) == ()


def test_actions_without_or_with_repeated_ids_get_one_each_in_old_records() -> None:
    kept = record(date(2026, 8, 12), items=[action(None), action("A-01"), action("A-01"), action(None)])
    assert [ident for ident, _ in named_actions(kept)] == ["A1", "A-01", "A-01-2", "A4"]


changes = st.lists(st.tuples(st.sampled_from(["started", "done", "cancelled", "reopened", "kept"]), st.integers(0, 60)), max_size=5)


@given(changes, st.integers(0, 80))
def test_the_order_of_files_on_disk_changes_no_state(made: list[tuple[Change, int]], after: int) -> None:
    today = date(2026, 8, 20) + timedelta(days=after)
    events = [event("A-01", change, date(2026, 8, 20) + timedelta(days=days), number) for number, (change, days) in enumerate(made)]
    kept = record(date(2026, 8, 12), items=[action("A-01", DUE)])
    assert follow([filed(kept, *events)], today)[0].state == follow([filed(kept, *events[::-1])], today)[0].state


def test_an_event_comes_back_as_it_was_and_an_edit_shows() -> None:
    made = event("A-07", "done", date(2026, 10, 12))
    with_proof = ActionEvent(
        ident="0a", incident="i", action="A-07", change="done", on=made.on, by="质检部", recorded_at=made.recorded_at,
        proof=proof_of("检测报告.pdf", b"%PDF"), note="复检合格",
    )  # fmt: skip
    for each in (made, with_proof):
        assert read_event(event_json(each), "x") == each
    for old, new in ((b"2026-10-12", b"2026-09-12"), ("质检部".encode(), "市场部".encode())):
        with pytest.raises(UnusableInput, match="改动"):
            read_event(event_json(with_proof).replace(old, new), "x")
    with pytest.raises(UnusableInput, match="不认识"):
        read_event(event_json(made).replace(b'"version":1', b'"version":9'), "x")


def test_a_proof_that_cannot_be_read_is_no_matter_of_the_build_folder(tmp_path: Path) -> None:
    kept = record(date(2026, 8, 12), items=[action("A-01", DUE, None)])
    archived(tmp_path, kept)
    note = ChangeNote(change="done", on=DUE, by="质检部", proof=tmp_path / "没有.pdf", note=None)
    with pytest.raises(UnusableInput, match="请检查权限"):
        record_change(tmp_path, f"{kept.head.incident}/A-01", note, datetime(2026, 10, 5, tzinfo=UTC))
