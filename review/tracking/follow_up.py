"""What became of each action: its state on a given day, from what was typed in the review, the events since, and the due date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from review.analysis.schedule import ActionState, Progress, state_of, typed_progress
from review.incident.case import CaseItem, same_words
from review.record import Record
from review.tracking.events import VERDICTS, ActionEvent
from review.tracking.filed import Filed

STATE_WORDS: Final[Mapping[ActionState, str]] = {
    "not_started": "未开始",
    "in_progress": "进行中",
    "on_time": "按期完成",
    "late": "逾期完成",
    "overdue": "逾期未完成",
    "cancelled": "取消",
    "done_undated": "已完成（缺日期）",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedAction:
    """An action on a given day. delay_days: done after due (negative = before), None unless both are known. overdue_days: open after due.

    verdict: the latest 保留/调整/终止, if anyone gave one. events: those that count by that day, in order.
    """

    filed: Filed
    ident: str
    item: CaseItem
    state: ActionState
    done_on: date | None
    delay_days: int | None
    overdue_days: int | None
    verdict: ActionEvent | None
    events: tuple[ActionEvent, ...]

    @property
    def name(self) -> str:
        """What people type for it: incident/A-07."""
        return f"{self.filed.incident}/{self.ident}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed:
    """A registration that is no longer carried over: the words of the action it was made for are those of no action now, or cannot be told.

    was: those words, None where versions differ in them; now: what its id names today, None: nothing.
    """

    filed: Filed
    event: ActionEvent
    was: str | None
    now: str | None


def named_actions(record: Record) -> tuple[tuple[str, CaseItem], ...]:
    """The actions with an id each; a second use of an id gets -2. Records made before every action carried one: A1, A2 … by typed order."""
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
        meant = [(event, _meant(each, event)) for event in sorted(each.events, key=_recorded) if event.on <= today]
        for ident, item in named_actions(each.record):
            made.append(_followed(each, (ident, item), [event for event, target in meant if target == ident], today))
    return tuple(made)


def lapsed(filed: Iterable[Filed]) -> tuple[Lapsed, ...]:
    """The registrations that belong to no action of these incidents any more."""
    made = []
    for each in sorted(filed, key=lambda one: (one.day, one.place)):
        names = dict(named_actions(each.record))
        for event in sorted(each.events, key=_recorded):
            if _meant(each, event) is None:
                words = _words(each, event)
                now = names.get(event.action)
                made.append(Lapsed(filed=each, event=event, was=words[0] if len(words) == 1 else None, now=None if now is None else now.content))
    return tuple(made)


def _words(filed: Filed, event: ActionEvent) -> list[str]:
    """What the action of a registration says: as registered; of one made before that was kept, what its id named in any version."""
    if event.about is not None:
        return [event.about]
    named = (dict(named_actions(record)).get(event.action) for record in (*filed.earlier, filed.record))
    return list({same_words(item.content): item.content for item in named if item is not None}.values())


def _meant(filed: Filed, event: ActionEvent) -> str | None:
    """The id today of the action that a registration was made for: of the same words, under the same id where it still has them. None: no such action."""
    words = {same_words(text) for text in _words(filed, event)}
    same = [ident for ident, item in named_actions(filed.record) if {same_words(item.content)} == words]
    return event.action if event.action in same else same[0] if len(same) == 1 else None


def _recorded(event: ActionEvent) -> tuple[datetime, str]:
    return event.recorded_at, event.ident


def _followed(filed: Filed, named: tuple[str, CaseItem], events: Sequence[ActionEvent], today: date) -> FollowedAction:
    ident, item = named
    progress = typed_progress(item, today)
    for event in events:  # in the order they were recorded: a later word corrects an earlier one
        match event.change:
            case "started" | "reopened":
                progress = Progress(started=True)
            case "done":
                progress = Progress(started=True, done=True, done_on=event.on)
            case "cancelled":
                progress = Progress(started=False, cancelled=True)
            case "kept" | "adjusted" | "ended":
                pass
    state = state_of(progress, item.due, today)
    return FollowedAction(
        filed=filed,
        ident=ident,
        item=item,
        state=state,
        done_on=progress.done_on,
        delay_days=(progress.done_on - item.due).days if progress.done_on is not None and item.due is not None else None,
        overdue_days=(today - item.due).days if state == "overdue" and item.due is not None else None,
        verdict=next((event for event in reversed(events) if event.change in VERDICTS), None),
        events=tuple(events),
    )
