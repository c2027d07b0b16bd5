"""QuarterFindings: every incident of a quarter, the three questions, the action ledger, the mechanisms, the trend.

No sentence stands among it, and no average of a score.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from review.analysis.curve import Grade
from review.analysis.shares import wilson
from review.analysis.since_onset import ShareFigure
from review.incident.case import CaseItem, same_words
from review.record import Record
from review.settings.tracking import MechanismSettings, TrackingSettings, TrendSettings
from review.tracking.comparison import Comparison, Value, compare, kaplan_meier_median, median
from review.tracking.filed import Filed, Quarter
from review.tracking.follow_up import FollowedAction, Lapsed, follow, lapsed
from review.tracking.history import is_same_brand

COMPARABLE_GRADES: tuple[Grade, ...] = ("audited", "vendor", "sampled")
"""Shares by an unaudited model are listed but not compared: their level is not known well enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """k of n with interval; share None where n is 0."""

    k: int
    n: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseQuestion:
    """响应时间是否缩短: ratios of first response to target. met: within the target. never: nobody answered (ratio infinite); untold: no ratio can be told."""

    comparison: Comparison
    met_now: Rate
    met_before: Rate
    never_now: int
    untold_now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalSide:
    """Time to normal on one side: incidents told, of those censored, median hours by Kaplan–Meier (None: not reached)."""

    n: int
    censored: int
    median_hours: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareQuestion:
    """负面评论占比是否下降: highest and first-day shares; left_out: incidents whose share rests on an unaudited model or is unknown, this quarter."""

    peak: Comparison
    day_one: Comparison
    left_out: int
    normal_now: NormalSide
    normal_before: NormalSide


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentCount:
    department: str | None
    due: int
    on_time: int
    late: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionQuestion:
    """策略是否执行: actions due in the quarter and up to the given day. on_time.n counts those done in time, late or overdue; undated, cancelled
    and still open ones in time stand apart. no_due: open actions of any incident without a due day, of which nobody can say whether they are late.
    """

    on_time: Rate
    late: int
    overdue: int
    undated: int
    cancelled: int
    open_in_time: int
    no_due: int
    median_delay_days: float | None
    departments: tuple[DepartmentCount, ...]
    on_time_before: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedCause:
    """A root cause of this quarter that an earlier incident had, with an action against it that was done before this incident began."""

    filed: Filed
    cause: CaseItem
    earlier: Filed
    action: FollowedAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    filed: Filed
    item: CaseItem
    done_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanisms:
    """Drills done in the quarter against those wanted; feedback answered within 24 h; alarms, and of those judged the false ones (None: no row tells how
    many were false); the last plan review (None: never typed).
    """

    drills: tuple[Drill, ...]
    drills_wanted: int
    feedback: Rate
    feedback_items: tuple[tuple[Filed, CaseItem], ...]
    alarms: int
    judged_alarms: int
    false_alarms: int | None
    alarm_items: tuple[tuple[Filed, CaseItem], ...]
    reviewed_on: date | None
    review_of: Filed | None
    review_overdue: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    filed: Filed
    value: float
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Individual values in order of time; target None where there is none. Limits of an individuals chart on the log scale, None below the settings' number."""

    points: tuple[TrendPoint, ...]
    target: float | None
    centre: float | None
    low: float | None
    high: float | None
    limits: Literal["none", "trial", "fixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricGroup:
    """Incidents of this and the compared quarters under one rubric, told by its hash."""

    version: str
    sha256: str
    places: tuple[str, ...]
    compared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterFindings:
    """Everything of a quarter.

    incidents: this quarter's by day. before: the pooled earlier quarters' that are comparable (same rubric). rubrics: one = no break.

    compared: False where this quarter's own incidents stand under several rubrics, so that nothing is compared. actions: all that are due in the quarter,
    or closed in it, or overdue, and those without a due day that are open or of an incident of the quarter; lapsed: registrations that belong to no action
    any more; strategies: those on which a verdict (保留/调整/终止) is due: done or due in the quarter.
    """

    quarter: Quarter
    today: date
    incidents: tuple[Filed, ...]
    before: tuple[Filed, ...]
    before_quarters: tuple[Quarter, ...]
    rubrics: tuple[RubricGroup, ...]
    compared: bool
    response: ResponseQuestion
    shares: ShareQuestion
    executed: ActionQuestion
    actions: tuple[FollowedAction, ...]
    lapsed: tuple[Lapsed, ...]
    strategies: tuple[FollowedAction, ...]
    repeats: tuple[RepeatedCause, ...]
    repeat_rate: Rate
    mechanisms: Mechanisms
    response_trend: Trend
    peak_trend: Trend


def quarter_findings(filed: Iterable[Filed], quarter: Quarter, today: date, settings: TrackingSettings) -> QuarterFindings:
    """The findings of a quarter from all archived incidents (latest version each); an empty quarter gives empty findings."""
    known = sorted((each for each in filed if each.quarter <= quarter), key=lambda each: (each.day, each.place))
    earlier = [quarter.previous]
    while len(earlier) < settings.ladder.previous_quarters:
        earlier.append(earlier[-1].previous)
    now = tuple(each for each in known if each.quarter == quarter)
    pooled = tuple(each for each in known if each.quarter in earlier)
    hashes = {each.record.head.rubric_sha256 for each in now}
    compared = len(hashes) <= 1
    before = tuple(each for each in pooled if compared and each.record.head.rubric_sha256 in hashes)
    mine = now if compared else ()
    actions = follow(known, today)
    due_now = [each for each in actions if quarter.holds(each.item.due)]
    due_before = [each for each in actions if any(one.holds(each.item.due) for one in earlier)]
    repeats, rate = _repeats(now, known, actions, settings.ladder.confidence)
    return QuarterFindings(
        quarter=quarter,
        today=today,
        incidents=now,
        before=before,
        before_quarters=tuple(sorted(earlier)),
        rubrics=_rubrics(now, pooled, hashes if compared else set()),
        compared=compared,
        response=_response(mine, before, now, settings),
        shares=_shares(mine, before, now, settings),
        executed=_executed(due_now, due_before, sum(_is_open_without_due(each) for each in actions), settings.ladder.confidence),
        actions=tuple(each for each in actions if _is_listed(each, quarter)),
        lapsed=lapsed(known),
        strategies=tuple(each for each in actions if _verdict_due(each, quarter)),
        repeats=repeats,
        repeat_rate=rate,
        mechanisms=_mechanisms(known, quarter, today, settings),
        response_trend=_trend([*before, *mine], quarter, (lambda record: record.first_response.ratio, 1.0), settings.trend),
        peak_trend=_trend([*before, *mine], quarter, (lambda record: _comparable_share(record.peak), None), settings.trend),
    )


def rate_of(k: int, n: int, confidence: float) -> Rate:
    """k of n with its Wilson interval."""
    low, high = wilson(float(k), float(n), confidence)
    return Rate(k=k, n=n, share=k / n if n else None, low=low, high=high)


def _rubrics(now: Sequence[Filed], pooled: Sequence[Filed], compared: set[str]) -> tuple[RubricGroup, ...]:
    groups: dict[tuple[str, str], list[str]] = {}
    for each in (*pooled, *now):
        groups.setdefault((each.record.head.rubric_version, each.record.head.rubric_sha256), []).append(each.place)
    return tuple(
        RubricGroup(version=version, sha256=digest, places=tuple(sorted(places)), compared=digest in compared)
        for (version, digest), places in sorted(groups.items())
    )


def _response(now: Sequence[Filed], before: Sequence[Filed], all_now: Sequence[Filed], settings: TrackingSettings) -> ResponseQuestion:
    def values(side: Sequence[Filed]) -> list[Value]:
        return [
            Value(place=each.place, stratum=each.record.head.level or "", value=each.record.first_response.ratio)
            for each in side
            if each.record.first_response.ratio is not None
        ]

    def met(side: Sequence[Filed]) -> Rate:
        known = [each.record.first_response.met for each in side if each.record.first_response.met is not None]
        return rate_of(sum(known), len(known), settings.ladder.confidence)

    return ResponseQuestion(
        comparison=compare(values(now), values(before), settings.ladder),
        met_now=met(all_now),
        met_before=met(before),
        never_now=sum(each.record.first_response.state == "never" for each in all_now),
        untold_now=sum(each.record.first_response.ratio is None for each in all_now),
    )


def _comparable_share(figure: ShareFigure | None) -> float | None:
    return figure.share if figure is not None and figure.grade in COMPARABLE_GRADES else None


def _shares(now: Sequence[Filed], before: Sequence[Filed], all_now: Sequence[Filed], settings: TrackingSettings) -> ShareQuestion:
    def values(side: Sequence[Filed], read: Callable[[Record], ShareFigure | None]) -> list[Value]:
        """Within one level and one grade of evidence only: shares counted in different ways are different yardsticks."""
        found = [(each, read(each.record)) for each in side]
        return [
            Value(place=each.place, stratum=f"{each.record.head.level or ''} {figure.grade}", value=figure.share)
            for each, figure in found
            if figure is not None and figure.grade in COMPARABLE_GRADES
        ]

    return ShareQuestion(
        peak=compare(values(now, lambda record: record.peak), values(before, lambda record: record.peak), settings.ladder),
        day_one=compare(values(now, lambda record: record.day_one), values(before, lambda record: record.day_one), settings.ladder),
        left_out=sum(_comparable_share(each.record.peak) is None for each in all_now),
        normal_now=_normal(all_now),
        normal_before=_normal(before),
    )


def _normal(side: Sequence[Filed]) -> NormalSide:
    times: dict[float, tuple[int, int]] = {}
    for each in side:
        normal = each.record.normal
        if normal is None or each.record.peak is None:
            continue
        if normal.state == "never_above" or normal.hours is None:
            continue
        returned, censored = times.get(normal.hours, (0, 0))
        times[normal.hours] = (returned + 1, censored) if normal.state == "returned" else (returned, censored + 1)
    n = sum(a + b for a, b in times.values())
    return NormalSide(n=n, censored=sum(b for _, b in times.values()), median_hours=kaplan_meier_median(times))


def _executed(due_now: Sequence[FollowedAction], due_before: Sequence[FollowedAction], no_due: int, confidence: float) -> ActionQuestion:
    def count(actions: Sequence[FollowedAction], state: str) -> int:
        return sum(each.state == state for each in actions)

    def on_time(actions: Sequence[FollowedAction]) -> Rate:
        decided = [each for each in actions if each.state in ("on_time", "late", "overdue")]
        return rate_of(count(decided, "on_time"), len(decided), confidence)

    departments = sorted({each.item.department for each in due_now}, key=lambda name: (name is None, name or ""))
    return ActionQuestion(
        on_time=on_time(due_now),
        late=count(due_now, "late"),
        overdue=count(due_now, "overdue"),
        undated=count(due_now, "done_undated"),
        cancelled=count(due_now, "cancelled"),
        open_in_time=count(due_now, "not_started") + count(due_now, "in_progress"),
        no_due=no_due,
        median_delay_days=median([float(each.delay_days) for each in due_now if each.state == "late" and each.delay_days is not None]),
        departments=tuple(
            DepartmentCount(
                department=name, due=len(mine), on_time=count(mine, "on_time"), late=count(mine, "late"), overdue=count(mine, "overdue")
            )
            for name, mine in ((name, [each for each in due_now if each.item.department == name]) for name in departments)
        ),
        on_time_before=on_time(due_before),
    )  # fmt: skip


def _is_open_without_due(action: FollowedAction) -> bool:
    return action.item.due is None and action.state in ("not_started", "in_progress")


def _is_listed(action: FollowedAction, quarter: Quarter) -> bool:
    """Due in the quarter, or closed in it, or overdue; without a due day: still open, or of an incident of the quarter."""
    if quarter.holds(action.item.due) or quarter.holds(action.done_on) or action.overdue_days is not None:
        return True
    return _is_open_without_due(action) or (action.item.due is None and action.filed.quarter == quarter)


def _verdict_due(action: FollowedAction, quarter: Quarter) -> bool:
    """Done in the quarter or due in it, not cancelled, and not settled in an earlier quarter."""
    if action.state == "cancelled" or (action.verdict is not None and action.verdict.on < quarter.start):
        return False
    return quarter.holds(action.done_on) or quarter.holds(action.item.due)


def _repeats(now: Sequence[Filed], known: Sequence[Filed], actions: Sequence[FollowedAction], confidence: float) -> tuple[tuple[RepeatedCause, ...], Rate]:
    """Root causes that came back although an action against them was done: the only direct test that an action worked.

    Two incidents of a brand share a root cause where the words are the same, or where the later one's row names the earlier (关联编号: the incident's name, or
    name/编号). An action is against a cause that its 关联编号 names. n counts this quarter's incidents with a typed root cause.
    """
    closed: dict[str, list[FollowedAction]] = {}
    for action in actions:
        if action.state in ("on_time", "late") and action.done_on is not None:
            closed.setdefault(action.filed.place, []).append(action)
    found: list[RepeatedCause] = []
    with_cause = 0
    for each in now:
        causes = [item for item in each.record.items if item.kind == "deep_cause"]
        with_cause += bool(causes)
        for cause in causes:
            match = _earlier_cause(each, cause, known, closed)
            if match is not None:
                found.append(RepeatedCause(filed=each, cause=cause, earlier=match[0], action=match[1]))
    return tuple(found), rate_of(len({each.filed.place for each in found}), with_cause, confidence)


def _earlier_cause(
    filed: Filed, cause: CaseItem, known: Sequence[Filed], closed: Mapping[str, Sequence[FollowedAction]]
) -> tuple[Filed, FollowedAction] | None:
    """The latest earlier incident with this cause and an action against it done before `filed` began."""
    for other in reversed(known):
        if other.day >= filed.day or other.place == filed.place or not is_same_brand(filed.record, other.record.head.brand):
            continue
        for item in other.record.items:
            if item.kind != "deep_cause":
                continue
            names = {other.incident, f"{other.incident}/{item.ident}"} if item.ident else {other.incident}
            if same_words(item.content) != same_words(cause.content) and not names & set(cause.related):
                continue
            for action in closed.get(other.place, ()):
                if item.ident in action.item.related and action.done_on is not None and action.done_on < filed.day:
                    return other, action
    return None


def _mechanisms(known: Sequence[Filed], quarter: Quarter, today: date, settings: TrackingSettings) -> Mechanisms:
    """Typed mechanisms of all incidents; the same row typed in two reviews counts once."""
    met: set[tuple[object, ...]] = set()
    drills: list[Drill] = []
    feedback: list[tuple[Filed, CaseItem]] = []
    alarms: list[tuple[Filed, CaseItem]] = []
    review: tuple[date, Filed] | None = None
    for each in known:
        if each.record.plan_reviewed_on is not None and each.record.plan_reviewed_on <= today:
            review = max((review, (each.record.plan_reviewed_on, each)), key=_first_of) if review else (each.record.plan_reviewed_on, each)
        for item in each.record.items:
            key = (item.kind, same_words(item.content), item.start, item.due, item.done_on, item.k, item.n)
            if key in met:
                continue
            met.add(key)
            day = item.done_on or item.start or item.due
            match item.kind:
                case "drill" if item.done_on is not None and quarter.holds(item.done_on) and item.done_on <= today:
                    drills.append(Drill(filed=each, item=item, done_on=item.done_on))
                case "feedback_entrance" if quarter.holds(day) and item.k is not None and item.n is not None:
                    feedback.append((each, item))
                case "alarm" if quarter.holds(day) and item.n is not None:
                    alarms.append((each, item))
                case "plan_review" if item.done_on is not None and item.done_on <= today:
                    review = max((review, (item.done_on, each)), key=_first_of) if review else (item.done_on, each)
    return Mechanisms(
        drills=tuple(sorted(drills, key=lambda drill: (drill.done_on, drill.item.content))),
        drills_wanted=settings.mechanisms.drills_per_quarter,
        feedback=rate_of(_sum(item.k for _, item in feedback), _sum(item.n for _, item in feedback), settings.ladder.confidence),
        feedback_items=tuple(feedback),
        alarms=_sum(item.n for _, item in alarms),
        judged_alarms=_sum(item.n for _, item in alarms if item.k is not None),
        false_alarms=None if all(item.k is None for _, item in alarms) else _sum(item.k for _, item in alarms),
        alarm_items=tuple(alarms),
        reviewed_on=None if review is None else review[0],
        review_of=None if review is None else review[1],
        review_overdue=None if review is None else _overdue(review[0], today, settings.mechanisms),
    )


def _sum(counts: Iterable[int | None]) -> int:
    """The sum of those known."""
    return sum(count for count in counts if count is not None)


def _first_of(pair: tuple[date, Filed]) -> date:
    return pair[0]


def _overdue(reviewed: date, today: date, settings: MechanismSettings) -> bool:
    months = (today.year - reviewed.year) * 12 + today.month - reviewed.month - (today.day < reviewed.day)
    return months >= settings.plan_review_months


def _trend(side: Sequence[Filed], quarter: Quarter, what: tuple[Callable[[Record], float | None], float | None], settings: TrendSettings) -> Trend:
    read, target = what
    points = tuple(
        TrendPoint(filed=each, value=value, now=each.quarter == quarter)
        for each, value in ((each, read(each.record)) for each in sorted(side, key=lambda one: (one.day, one.place)))
        if value is not None
    )
    logs = [math.log(point.value) for point in points if math.isfinite(point.value) and point.value > 0]
    if len(logs) < settings.trial_from:
        return Trend(points=points, target=target, centre=None, low=None, high=None, limits="none")
    fixed = len(logs) >= settings.fixed_from
    used = logs[: settings.fixed_from]
    centre = sum(used) / len(used)
    moving = sum(abs(b - a) for a, b in pairwise(used)) / (len(used) - 1)
    low, high = (math.exp(centre + sign * settings.width * moving) for sign in (-1, 1))
    return Trend(points=points, target=target, centre=math.exp(centre), low=low, high=high, limits="fixed" if fixed else "trial")
