"""Six states of an action, from what was typed, the events since, and the due date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import action, event, filed, record

from review.incident.errors import UnusableInput
from review.tracking.events import ActionEvent, Change, event_json, proof_of, read_event
from review.tracking.follow_up import State, follow, named_actions

DUE = date(2026, 9, 30)


def state(typed: object, *changes: tuple[Change, date], today: date = date(2026, 10, 5)) -> State:
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


def test_actions_without_or_with_repeated_ids_get_stable_ones() -> None:
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
