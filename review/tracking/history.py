"""What an archive holds of an incident before this review: its own earlier version, and the brand's other incidents."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from review.analysis.indicators import Line
from review.incident.case import CaseItem, same_words
from review.record import Record
from review.settings.rubric import Rubric
from review.tracking.filed import Filed
from review.tracking.follow_up import named_actions
from review.tracking.rescoring import rescore

Why = Literal["type", "cause", "both"]
"""Why an earlier incident is named beside this one: the same type, a root cause in common, or both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """One line of the score that is not as it was; both under one rubric."""

    before: Line
    now: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """This review against the latest archived version of the incident.

    lines: None where the two stand under different rubrics, so that single lines cannot be told apart from the change of rubric; () where none moved.
    added, removed: actions with their ids, told by what they say; one whose words were changed is in both.
    """

    earlier: Filed
    now: Record
    lines: tuple[LineChange, ...] | None
    added: tuple[tuple[str, CaseItem], ...]
    removed: tuple[tuple[str, CaseItem], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """An earlier incident of the brand that is like this one; causes: its root causes that this one has too."""

    filed: Filed
    why: Why
    causes: tuple[CaseItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReviews:
    """revision: None where the archive holds no earlier version. known: the brand's other incidents up to this one's day; related: those of them like it,
    by day.
    """

    revision: Revision | None
    known: tuple[Filed, ...]
    related: tuple[Related, ...]


def is_same_incident(record: Record, incident: str, brand: str | None, event: str | None) -> bool:
    """The archived incident of this name, or of the same brand and event (both typed): later data may have moved its day, and with it its name."""
    head = record.head
    return incident == head.incident or (head.brand is not None and head.event is not None and (brand, event) == (head.brand, head.event))


def is_same_brand(record: Record, brand: str | None) -> bool:
    return record.head.brand is not None and brand is not None and same_words(brand) == same_words(record.head.brand)


def past_reviews(record: Record, filed: Iterable[Filed], rubric: Rubric) -> PastReviews:
    """The past of this review in these archived incidents (latest version each; those of other brands do not matter). rubric: this review's.

    Of several incidents that may be this one, the one of the same name goes first, then the latest. An incident after this one's day is no past of it.
    """
    everything = sorted(filed, key=lambda each: (each.day, each.place))
    same = [each for each in everything if is_same_incident(record, each.incident, each.record.head.brand, each.record.head.event)]
    named = [each for each in same if each.incident == record.head.incident]
    earlier = named[-1] if named else same[-1] if same else None
    day = record.head.day or record.head.made_at.date()
    others = tuple(each for each in everything if each not in same and is_same_brand(record, each.record.head.brand) and each.day <= day)
    related = (_related(record, each) for each in others)
    return PastReviews(
        revision=None if earlier is None else revision(record, earlier, rubric),
        known=others,
        related=tuple(each for each in related if each is not None),
    )


def revision(record: Record, earlier: Filed, rubric: Rubric) -> Revision:
    """What this review has otherwise than the archived version."""
    before, now = dict(named_actions(earlier.record)), dict(named_actions(record))
    said_before, said_now = ({same_words(item.content) for item in side.values()} for side in (before, now))
    return Revision(
        earlier=earlier,
        now=record,
        lines=_lines(earlier.record, record, rubric),
        added=tuple((ident, item) for ident, item in now.items() if same_words(item.content) not in said_before),
        removed=tuple((ident, item) for ident, item in before.items() if same_words(item.content) not in said_now),
    )


def _lines(before: Record, now: Record, rubric: Rubric) -> tuple[LineChange, ...] | None:
    if {before.head.rubric_sha256, now.head.rubric_sha256} != {rubric.sha256}:
        return None
    then, cards = rescore(before, rubric, rubric).card, rescore(now, rubric, rubric).card
    pairs = ((then.line(line.criterion.ident), line) for line in cards.lines)
    return tuple(LineChange(before=one, now=other) for one, other in pairs if (one.state, one.score) != (other.state, other.score))


def _related(record: Record, filed: Filed) -> Related | None:
    kind = record.head.incident_type
    by_type = kind is not None and filed.record.head.incident_type == kind
    causes = _common_causes(record, filed)
    if not by_type and not causes:
        return None
    return Related(filed=filed, why="both" if by_type and causes else "type" if by_type else "cause", causes=causes)


def _common_causes(record: Record, filed: Filed) -> tuple[CaseItem, ...]:
    """The earlier incident's root causes that this one has: in the same words, or named by this one's 关联编号 (the incident, or incident/编号)."""
    mine = [item for item in record.items if item.kind == "deep_cause"]
    words = {same_words(item.content) for item in mine}
    named = {name for item in mine for name in item.related}

    def common(item: CaseItem) -> bool:
        return same_words(item.content) in words or filed.incident in named or (item.ident is not None and f"{filed.incident}/{item.ident}" in named)

    return tuple(item for item in filed.record.items if item.kind == "deep_cause" and common(item))
