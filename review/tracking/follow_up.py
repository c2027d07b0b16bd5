"""What became of each action: its state on a given day, from what was typed in the review, the events since, and the due date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from review.incident.case import CaseItem
from review.record import Record
from review.tracking.events import VERDICTS, ActionEvent
from review.tracking.filed import Filed

State = Literal["not_started", "in_progress", "on_time", "late", "overdue", "cancelled", "done_undated"]

STATE_WORDS: Final[Mapping[State, str]] = {
    "not_started": "未开始",
    "in_progress": "进行中",
    "on_time": "按期完成",
    "late": "逾期完成",
    "overdue": "逾期未完成",
    "cancelled": "取消",
    "done_undated": "已完成（缺日期）",
}
"""done_undated: done, but without a due date or the day it was done, so that nobody can say whether in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedAction:
    """An action on a given day. delay_days: done after due (negative = before), None unless both are known. overdue_days: open after due.

    verdict: the latest 保留/调整/终止, if anyone gave one. events: those that count by that day, in order.
    """

    filed: Filed
    ident: str
    item: CaseItem
    state: State
    done_on: date | None
    delay_days: int | None
    overdue_days: int | None
    verdict: ActionEvent | None
    events: tuple[ActionEvent, ...]

    @property
    def name(self) -> str:
        """What people type for it: incident/A-07."""
        return f"{self.filed.incident}/{self.ident}"


def named_actions(record: Record) -> tuple[tuple[str, CaseItem], ...]:
    """The typed actions with a stable id each: the typed one; without one A1, A2 … by typed order; a second use of an id gets -2."""
    made: list[tuple[str, CaseItem]] = []
    taken: dict[str, int] = {}
    number = 0
    for item in record.items:
        if item.kind != "action":
            continue
        number += 1
        ident = item.ident or f"A{number}"
        taken[ident] = taken.get(ident, 0) + 1
        made.append((ident if taken[ident] == 1 else f"{ident}-{taken[ident]}", item))
    return tuple(made)


def follow(filed: Iterable[Filed], today: date) -> tuple[FollowedAction, ...]:
    """Every action of these incidents as it stands at the end of `today`, by incident day, incident, typed order."""
    made = []
    for each in sorted(filed, key=lambda one: (one.day, one.place)):
        for ident, item in named_actions(each.record):
            events = tuple(sorted((event for event in each.events if event.action == ident and event.on <= today), key=_recorded))
            made.append(_followed(each, (ident, item), events, today))
    return tuple(made)


def _recorded(event: ActionEvent) -> tuple[datetime, str]:
    return event.recorded_at, event.ident


def _followed(filed: Filed, named: tuple[str, CaseItem], events: Sequence[ActionEvent], today: date) -> FollowedAction:
    ident, item = named
    started, done, done_on, cancelled = _typed(item, today)
    for event in events:  # in the order they were recorded: a later word corrects an earlier one
        match event.change:
            case "started" | "reopened":
                started, done, done_on, cancelled = True, False, None, False
            case "done":
                done, done_on, cancelled = True, event.on, False
            case "cancelled":
                done, done_on, cancelled = False, None, True
            case "kept" | "adjusted" | "ended":
                pass
    state: State
    delay = overdue = None
    if cancelled:
        state = "cancelled"
    elif done:
        if item.due is None or done_on is None:
            state = "done_undated"
        else:
            delay = (done_on - item.due).days
            state = "late" if delay > 0 else "on_time"
    elif item.due is not None and item.due < today:
        state, overdue = "overdue", (today - item.due).days
    else:
        state = "in_progress" if started else "not_started"
    return FollowedAction(
        filed=filed,
        ident=ident,
        item=item,
        state=state,
        done_on=done_on,
        delay_days=delay,
        overdue_days=overdue,
        verdict=next((event for event in reversed(events) if event.change in VERDICTS), None),
        events=tuple(events),
    )


def _typed(item: CaseItem, today: date) -> tuple[bool, bool, date | None, bool]:
    """started, done, done_on, cancelled as the review itself has it; a day of completion after today has not come yet."""
    done_on = item.done_on if item.done_on is not None and item.done_on <= today else None
    done = item.status == "done" or (item.status is None and done_on is not None)
    if done and item.done_on is not None and done_on is None:
        done = False
    return item.status in ("in_progress", "done"), done, done_on if done else None, item.status == "cancelled"
