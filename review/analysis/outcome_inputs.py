"""What the response facts need from the other analyses: shares with their evidence grade, times off the curve, business figures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from review.incident.evidence import Source
from review.settings.rubric import AttributionGrade

T = TypeVar("T")
ShareGrade = Literal["audit", "vendor", "sample", "model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[T]):
    """One fact: value (None = unknown), unit, and where it comes from."""

    value: T | None
    unit: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeShare:
    """A negative share 0–1, its evidence grade, and for a model's share the measured mean error (same unit; None = not measured)."""

    value: float
    grade: ShareGrade
    error: float | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """k of n counted things."""

    k: int
    n: int
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeInputs:
    """What the other analyses found, as this one needs it. Everything may be None.

    first_post_latest: the end of what first_post_at is exact to. trigger_at: when the negative share first stood above the trigger for good; trigger_seen
    False: the data begin above it. curve_grade: evidence grade of the curve behind trigger, normal, attribution and rebounds. normal_watched: a curve was
    there to see a return to normal; with normal_at None the return lies beyond observed_until, the last row of the curve, unless never_above: the share was at
    its everyday level all along. unchanged: a curve long enough to be searched shows no change. data_until: the end of all dated data
    where that is later. attribution_inseparable: not assessed because another action lies too close. sales_change: -0.2 = 20 % below the weekday baseline.
    follower_loss: lost ÷ followers before. complaints: closed of opened; complaints_of_tickets: of the service desk's cases, no complaints having been typed.
    service: solved within 24 h of tickets.
    """

    first_post_at: datetime | None = None
    first_post_latest: datetime | None = None
    first_post_sources: tuple[Source, ...] = ()
    trigger_at: datetime | None = None
    trigger_seen: bool = True
    curve_grade: ShareGrade | None = None
    curve_sources: tuple[Source, ...] = ()
    peak: OutcomeShare | None = None
    end: OutcomeShare | None = None
    base: OutcomeShare | None = None
    normal_at: datetime | None = None
    normal_watched: bool = False
    never_above: bool = False
    unchanged: bool = False
    observed_until: datetime | None = None
    data_until: datetime | None = None
    attribution: AttributionGrade | None = None
    attribution_inseparable: bool = False
    rebounds: int | None = None
    sales_change: Fact[float] | None = None
    follower_loss: Fact[float] | None = None
    complaints: Proportion | None = None
    complaints_of_tickets: bool = False
    service: Proportion | None = None
