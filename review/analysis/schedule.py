"""Dates that depend on today: recurring work, overdue actions, plan review, calendar points. Pure functions of a given day; called when a report is written."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from review.incident.case import Case, CaseItem
from review.incident.evidence import CaseField
from review.settings.plan import CalendarPoint, PlanRules, RecurringRule

NEXT_DRILLS = 2
"""The next drills shown: one of each of the source's two scenarios."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringDate:
    """One coming date of recurring work. item: the typed row it is from, None where computed. overdue: it lies before today and is not done."""

    rule: RecurringRule
    on: date
    scenario: str | None
    item: CaseItem | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRecord:
    """Drills done by today in the year up to it, of how many planned by then (a planned one that was not held counts as planned)."""

    done: int
    due: int
    sources: tuple[CaseField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDate:
    point: CalendarPoint
    on: date


ActionState = Literal["not_started", "in_progress", "on_time", "late", "overdue", "cancelled", "done_undated"]
CLOSED: Final = frozenset({"on_time", "late", "done_undated", "cancelled"})
"""States of what needs no more looking after: a date gone by is none missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an action is: open, done (done_on None: the day is unknown) or cancelled; started: whether an open one has begun."""

    started: bool
    done: bool = False
    done_on: date | None = None
    cancelled: bool = False


def typed_progress(item: CaseItem, today: date) -> Progress:
    """What was typed, as it stands at the end of `today`: a day of completion after it has not come yet. An open action without a status has started where
    its start lies on or before today."""
    if item.status == "cancelled":
        return Progress(started=False, cancelled=True)
    if item.done_on is not None and item.done_on <= today:
        return Progress(started=True, done=True, done_on=item.done_on)
    if item.status == "done" and item.done_on is None:
        return Progress(started=True, done=True)
    if item.status is not None:
        return Progress(started=item.status in ("in_progress", "done"))
    return Progress(started=item.start is not None and item.start <= today)


def state_of(progress: Progress, due: date | None, today: date) -> ActionState:
    """未开始/进行中/按期完成/逾期完成/逾期未完成/取消. `done_undated`: done, but without a due date or the day it was done, so that nobody can say whether in
    time. The due day itself is in time."""
    if progress.cancelled:
        return "cancelled"
    if progress.done:
        if progress.done_on is None or due is None:
            return "done_undated"
        return "on_time" if progress.done_on <= due else "late"
    if due is not None and due < today:
        return "overdue"
    return "in_progress" if progress.started else "not_started"


def action_state(item: CaseItem, today: date) -> ActionState:
    """The state of an action by what was typed alone."""
    return state_of(typed_progress(item, today), item.due, today)


def record_day(item: CaseItem) -> date | None:
    """The day of a drill, a review or another record: when it was done, else when it is to be held."""
    return item.done_on or item.start or item.due


def record_state(item: CaseItem, today: date) -> ActionState | None:
    """已完成/取消/逾期未完成/未开始 of what is held on one day; None for a row with neither day nor status."""
    if _is_done(item):
        return "done_undated"
    if item.status == "cancelled":
        return "cancelled"
    on = record_day(item)
    if on is None:
        return None if item.status is None else "not_started" if item.status == "not_started" else "in_progress"
    return "overdue" if on < today else "not_started"


def recurring_dates(case: Case, rules: PlanRules, today: date) -> tuple[RecurringDate, ...]:
    """The coming dates of every recurring work, in the file's order, then by date.

    Daily: tomorrow. Drills: typed ones still open (an open one whose day has passed is overdue), filled up to the next two with computed days, scenarios by
    turns, the one drilled longest ago first. Quarterly: the rule's day of the month after the running quarter, or of this one's first month while that is
    still ahead. Yearly: a typed open plan review, else a year after the last review (overdue where that has passed), else the rule's day of December.
    """
    made: list[RecurringDate] = []
    for rule in rules.recurring:
        match rule.every:
            case "day":
                made.append(_computed(rule, today + timedelta(days=1)))
            case "month":
                made += _drills(rule, case.of_kind("drill"), today)
            case "quarter":
                made.append(_computed(rule, _quarter_day(rule, today)))
            case "year":
                made.append(_plan_review(rule, case, today))
    return tuple(made)


def drill_record(case: Case, today: date) -> DrillRecord | None:
    """Drills of the year up to today (both ends closed); None where no drill carries a date."""
    since = _shifted(today, -12)
    dated = [item for item in case.of_kind("drill") if record_day(item) is not None]
    due = [item for item in dated if since < (record_day(item) or today) <= today]
    if not dated:
        return None
    return DrillRecord(done=sum(_is_done(item) for item in due), due=len(due), sources=tuple(item.source for item in (due or dated)))


def plan_review_overdue(case: Case, today: date) -> bool | None:
    """True where the last review lies more than a year back; None where no review is dated."""
    last = last_plan_review(case)
    return None if last is None else _shifted(last, 12) < today


def last_plan_review(case: Case) -> date | None:
    """The latest of the typed review date and the plan reviews done."""
    days = [item.done_on or item.due or item.start for item in case.of_kind("plan_review") if _is_done(item)]
    return max((day for day in (*days, case.plan_reviewed_on) if day is not None), default=None)


def calendar_dates(case: Case, rules: PlanRules, today: date) -> tuple[CalendarDate, ...]:
    """The next occurrence of each calendar point after today, within rules.calendar_days_ahead, by date; points a typed risk names already are left out."""
    named = "；".join(item.content for item in case.of_kind("risk"))
    made = []
    for point in rules.calendar:
        if any(word in named for word in point.words):
            continue
        on = date(today.year, point.month, point.day)
        on = on if on > today else date(today.year + 1, point.month, point.day)
        if on <= today + timedelta(days=rules.calendar_days_ahead):
            made.append(CalendarDate(point=point, on=on))
    return tuple(sorted(made, key=lambda each: (each.on, each.point.name)))


def _computed(rule: RecurringRule, on: date, scenario: str | None = None) -> RecurringDate:
    return RecurringDate(rule=rule, on=on, scenario=scenario, item=None, overdue=False)


def _drills(rule: RecurringRule, items: Sequence[CaseItem], today: date) -> list[RecurringDate]:
    open_ones = _planned(items)
    made = [
        RecurringDate(
            rule=rule,
            on=record_day(item) or today,
            scenario=_scenario(item, rule) or _told_scenario(item, rule),
            item=item,
            overdue=(record_day(item) or today) < today,
        )
        for item in open_ones
    ]
    coming = [each for each in made if not each.overdue]
    latest = {
        scenario: max((record_day(item) or date.min for item in items if _scenario(item, rule) == scenario), default=date.min) for scenario in rule.scenarios
    }
    turn = sorted(rule.scenarios, key=lambda scenario: (latest[scenario], rule.scenarios.index(scenario)))
    on = max((each.on for each in coming), default=today)
    for i in range(max(0, NEXT_DRILLS - len(coming))):
        on = _next_month_day(on, rule.day or 1)
        made.append(_computed(rule, on, turn[i % len(turn)] if turn else None))
    return made


def _plan_review(rule: RecurringRule, case: Case, today: date) -> RecurringDate:
    planned = _planned(case.of_kind("plan_review"))
    if planned:
        on = planned[0].due or record_day(planned[0]) or today
        return RecurringDate(rule=rule, on=on, scenario=None, item=planned[0], overdue=on < today)
    last = last_plan_review(case)
    if last is not None:
        on = _shifted(last, 12)
        return RecurringDate(rule=rule, on=on, scenario=None, item=None, overdue=on < today)
    on = _clamped(today.year, 12, rule.day or 31)
    return _computed(rule, on if on > today else _clamped(today.year + 1, 12, rule.day or 31))


def _planned(items: Sequence[CaseItem]) -> list[CaseItem]:
    """Dated items neither done nor cancelled, by date, then as worded."""
    return sorted(
        (item for item in items if record_day(item) is not None and not _is_done(item) and item.status != "cancelled"),
        key=lambda item: (record_day(item) or date.min, item.content),
    )


def _told_scenario(item: CaseItem, rule: RecurringRule) -> str | None:
    """What was typed of a drill; None where that is no more than that it is one (演练)."""
    return None if item.content.strip() in rule.name else item.content


def _scenario(item: CaseItem, rule: RecurringRule) -> str | None:
    return next((scenario for scenario in rule.scenarios if scenario in item.content), None)


def _is_done(item: CaseItem) -> bool:
    return item.status == "done" or item.done_on is not None


def _quarter_day(rule: RecurringRule, today: date) -> date:
    first_month = (today.month - 1) // 3 * 3 + 1
    this = _clamped(today.year, first_month, rule.day or 1)
    return this if this > today else _clamped(today.year + (first_month == 10), first_month % 12 + 3 if first_month < 10 else 1, rule.day or 1)


def _next_month_day(after: date, day: int) -> date:
    """The rule's day in the month after `after`'s."""
    following = _shifted(after.replace(day=1), 1)
    return _clamped(following.year, following.month, day)


def _shifted(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    number = day.year * 12 + day.month - 1 + months
    return _clamped(number // 12, number % 12 + 1, day.day)


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
