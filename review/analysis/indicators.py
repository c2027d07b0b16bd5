"""One indicator's raw value turned into points: the line of the score, with everything a reader needs to recompute it."""

from dataclasses import dataclass
from typing import Literal, assert_never

from review.incident.evidence import Source
from review.settings.reasons import MissingReason, NotApplicableReason, Note
from review.settings.rubric import Criterion, Level

State = Literal["scored", "not_applicable", "unassessable"]
Lesson = Literal["strength", "weakness", "between"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A number in the criterion's unit. low, high: what it may also be (closed); None = exact.

    model_only: it rests on shares of an unaudited model; without low and high any points are possible then.
    """

    value: float
    low: float | None = None
    high: float | None = None
    model_only: bool = False
    sources: tuple[Source, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A category of the criterion's points table."""

    value: str
    model_only: bool = False
    sources: tuple[Source, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRate:
    """k of n tickets solved within 24 h (n > 0, or the rate alone), and whether a dedicated channel was opened; None = unknown."""

    share: float
    channel_opened: bool | None
    k: int | None = None
    n: int | None = None
    sources: tuple[Source, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leadership:
    """Who led and how many of the four task-force groups took part; None = unknown."""

    lead: str | None
    departments: int | None
    sources: tuple[Source, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Known not to have happened: a timeline declared complete has no such row. Earns 0, so that leaving a row out never pays."""

    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Not assessable. best: the best raw value still possible (a censored time: the end of the data); None = any points are possible."""

    reason: MissingReason
    best: float | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """Out of the denominator, by a typed decision."""

    reason: NotApplicableReason
    sources: tuple[Source, ...] = ()


Input = Measured | Coded | ServiceRate | Leadership | Absent | Missing | NotApplicable


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the score.

    raw: number or category as found; raw_low, raw_high: what else it may be. target in hours and ratio = raw / target for delays. score: points 0–100, None
    unless scored. low, high: points it may have at least and at most (unassessable: 0 and the best still possible; not applicable: 0, 0). steps: named
    intermediate points (service: curve, cap; lead: lead, departments). weighted = weight x score; contribution = weighted / assessed weight, so that the
    contributions sum to the raw total. counts: part of the coverage. missing, not_applicable, notes: keys of reasons.toml.
    """

    criterion: Criterion
    state: State
    raw: float | str | None = None
    raw_low: float | None = None
    raw_high: float | None = None
    target: float | None = None
    ratio: float | None = None
    score: float | None = None
    low: float = 0.0
    high: float = 0.0
    steps: tuple[tuple[str, float], ...] = ()
    k: int | None = None
    n: int | None = None
    weighted: float | None = None
    contribution: float | None = None
    counts: bool = False
    lesson: Lesson | None = None
    missing: MissingReason | None = None
    not_applicable: NotApplicableReason | None = None
    notes: tuple[Note, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def weight(self) -> float:
        return self.criterion.weight


def score_line(criterion: Criterion, given: Input, level: Level) -> Line:
    """The line of this indicator at this level; contribution and lesson are left to the scorecard.

    Delays are scored by their ratio to the level's target; a negative delay (before the start) earns what a ratio of 0 earns. A time known only to lie
    beyond the end of the data is unassessable with the curve's value there as best, unless that already is the curve's worst: then the points are known.
    Raises ValueError where the input's shape is not the criterion's (a fault of ours).
    """
    match given:
        case Measured():
            return _measured(criterion, given, level)
        case Coded():
            if criterion.kind != "category" or given.value not in dict(criterion.points):
                raise ValueError(f"{criterion.ident} has no category {given.value!r}")
            points = dict(criterion.points)
            low, high = (min(points.values()), max(points.values())) if given.model_only else (points[given.value],) * 2
            return _scored(Line(criterion=criterion, state="scored", raw=given.value, score=points[given.value], low=low, high=high), given)
        case ServiceRate():
            return _service(criterion, given)
        case Leadership():
            return _leadership(criterion, given, level)
        case Absent():
            line = Line(criterion=criterion, state="scored", target=criterion.target(level), score=0.0, notes=("none_in_complete_timeline",))
            return _scored(line, given)
        case Missing():
            return _missing(criterion, given, level)
        case NotApplicable():
            return Line(criterion=criterion, state="not_applicable", not_applicable=given.reason, sources=given.sources)
        case _:
            assert_never(given)


def _scored(line: Line, given: Measured | Coded | ServiceRate | Leadership | Absent) -> Line:
    """The line with what all scored inputs share."""
    model_only = isinstance(given, Measured | Coded) and given.model_only
    of_model: tuple[Note, ...] = ("model_only",) if model_only else ()
    notes = (*line.notes, *(() if isinstance(given, Absent) else given.notes), *of_model)
    score = line.score or 0.0
    return Line(
        criterion=line.criterion, state="scored", raw=line.raw, raw_low=line.raw_low, raw_high=line.raw_high, target=line.target, ratio=line.ratio,
        score=score, low=min(line.low, score), high=max(line.high, score), steps=line.steps, k=line.k, n=line.n,
        weighted=line.criterion.weight * score, counts=not model_only, notes=notes, sources=given.sources,
    )  # fmt: skip


def _measured(criterion: Criterion, given: Measured, level: Level) -> Line:
    if criterion.kind not in ("delay", "value"):
        raise ValueError(f"{criterion.ident} is not measured by one number")
    curve = criterion.line()
    target = criterion.target(level)
    scale = target if target is not None else 1.0
    bounded = given.low is not None or given.high is not None
    raw_low = min(given.value if given.low is None else given.low, given.value)
    raw_high = max(given.value if given.high is None else given.high, given.value)
    if given.model_only and not bounded:
        low, high = curve.worst(), max(curve.y)
    else:
        low, high = curve.over(raw_low / scale, raw_high / scale)
    line = Line(
        criterion=criterion, state="scored", raw=given.value, raw_low=raw_low if bounded else None, raw_high=raw_high if bounded else None,
        target=target, ratio=None if target is None else given.value / target, score=curve.at(given.value / scale), low=low, high=high,
    )  # fmt: skip
    return _scored(line, given)


def _service(criterion: Criterion, given: ServiceRate) -> Line:
    if criterion.kind != "service":
        raise ValueError(f"{criterion.ident} is not a service rate")
    by_curve = criterion.line().at(given.share)
    capped = min(by_curve, criterion.cap_without_channel)
    score = by_curve if given.channel_opened else capped
    note: tuple[Note, ...] = ()
    if capped < by_curve:
        note = () if given.channel_opened else ("channel_unknown",) if given.channel_opened is None else ("capped_without_channel",)
    steps = (("curve", by_curve),) if given.channel_opened else (("curve", by_curve), ("cap", criterion.cap_without_channel))
    line = Line(
        criterion=criterion, state="scored", raw=given.share, score=score, low=score, high=by_curve if given.channel_opened is None else score,
        steps=steps, k=given.k, n=given.n, notes=note,
    )  # fmt: skip
    return _scored(line, given)


def _leadership(criterion: Criterion, given: Leadership, level: Level) -> Line:
    if criterion.kind != "lead":
        raise ValueError(f"{criterion.ident} is not about who led")
    points = dict(dict(criterion.points_by_level)[level])
    if given.lead is not None and given.lead not in points:
        raise ValueError(f"{criterion.ident} has no lead grade {given.lead!r}")
    most = criterion.points_per_department * criterion.departments_full
    by_lead = max(points.values()) if given.lead is None else points[given.lead]
    by_departments = most if given.departments is None else criterion.points_per_department * min(given.departments, criterion.departments_full)
    points_then = min((by_lead + by_departments) / 2, 100.0)
    if given.lead is None or given.departments is None:
        return Line(criterion=criterion, state="unassessable", raw=given.lead, high=points_then, missing="no_lead", sources=given.sources)
    line = Line(
        criterion=criterion, state="scored", raw=given.lead, score=points_then, low=points_then, high=points_then, n=given.departments,
        steps=(("lead", by_lead), ("departments", by_departments)),
    )  # fmt: skip
    return _scored(line, given)


def _missing(criterion: Criterion, given: Missing, level: Level) -> Line:
    target = criterion.target(level)
    if given.best is None or criterion.curve is None:
        best = max(criterion.curve.y) if criterion.curve is not None else max((p for _, p in criterion.points), default=100.0)
        return Line(criterion=criterion, state="unassessable", target=target, high=best, missing=given.reason, sources=given.sources)
    at = given.best / (target or 1.0)
    best = criterion.curve.at(at)
    if given.reason == "not_back" and best == criterion.curve.worst():
        known = Measured(value=given.best, sources=given.sources, notes=("censored_at_worst",))
        return _measured(criterion, known, level)
    return Line(
        criterion=criterion, state="unassessable", raw_low=given.best, target=target, ratio=at if target else None, high=best,
        missing=given.reason, sources=given.sources,
    )  # fmt: skip
