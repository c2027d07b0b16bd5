"""The typed case: facts and judgements people wrote down. Everything may be unknown; unknown is None or an empty tuple, never a guess."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Final, Literal

from review.incident.evidence import CaseField

IncidentType = Literal["product_quality", "misleading_content", "slow_service", "competitor_smear", "misstatement", "outage", "external_attack", "other"]
Nature = Literal["accident", "process_gap", "undecided"]
LevelChoice = Literal["auto", "l1", "l2"]
Lead = Literal["ceo", "vp", "ops", "none"]
StrategyMatch = Literal["match", "partial", "mismatch"]
RedLine = Literal["no_public_response_24h", "false_statement", "argued_with_users", "suppressed_genuine_posts"]
ActionStatus = Literal["not_started", "in_progress", "done", "cancelled"]
ItemKind = Literal[
    "surface_cause", "deep_cause", "five_whys", "factor", "strength", "weakness", "risk", "decision", "action",
    "drill", "plan_review", "feedback_entrance", "alarm",
]  # fmt: skip
ACTION_DIGITS: Final = 6
"""Hex digits of an id derived from an action's words: two of a hundred actions share one in 1 of 3,000 cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A documented decision not to respond in public."""

    decided_at: datetime | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseItem:
    """One row of 根因与行动: a cause, lesson, risk, matter to decide, action or mechanism, as typed.

    k and n: for feedback_entrance answered within 24 h of received; for alarm false of all. Dates are calendar days in the report's zone.
    """

    kind: ItemKind
    content: str
    source: CaseField
    ident: str | None = None
    basis: str | None = None
    related: tuple[str, ...] = ()
    department: str | None = None
    owner: str | None = None
    start: date | None = None
    due: date | None = None
    criterion: str | None = None
    target: str | None = None
    status: ActionStatus | None = None
    done_on: date | None = None
    n: int | None = None
    k: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """事件信息 and 根因与行动. Times are aware (UTC inside). `sources` says where each field was typed, by field name.

    day_only: the times typed without a clock, by field name; each is the day's start.
    """

    brand: str | None = None
    event: str | None = None
    product: str | None = None
    incident_type: IncidentType | None = None
    nature: Nature | None = None
    nature_reason: str | None = None
    trigger: str | None = None
    scope: str | None = None
    risk: str | None = None
    urgency: str | None = None
    competitors: tuple[str, ...] = ()
    official_accounts: tuple[str, ...] = ()
    core_users: tuple[str, ...] = field(default=(), metadata={"record": False})
    keywords: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    topic_existed_before: bool | None = None
    outbreak_at: datetime | None = None
    known_at: datetime | None = None
    assessed_at: datetime | None = None
    discovery_channel: str | None = None
    activated_at: datetime | None = None
    level: LevelChoice | None = None
    lead: Lead | None = None
    departments: tuple[str, ...] = ()
    strategy: str | None = None
    strategy_match: StrategyMatch | None = None
    silence: Silence | None = None
    timeline_complete: bool | None = None
    sincerity_ratings: tuple[int, ...] = ()
    solution_elements: tuple[str, ...] | None = None
    transparency_elements: tuple[str, ...] | None = None
    statements_checked: bool | None = None
    contradictions: tuple[tuple[str, str], ...] = ()
    red_lines: tuple[RedLine, ...] = ()
    red_lines_ruled_out: tuple[RedLine, ...] = ()
    not_applicable: tuple[str, ...] = ()
    promo_days: tuple[date, ...] = ()
    spokesperson: str | None = None
    template_used: bool | None = None
    plan_version: str | None = None
    plan_reviewed_on: date | None = None
    platform_rule_change: str | None = None
    prepared_by: str | None = None
    distribution: tuple[str, ...] = ()
    confidentiality: str | None = None
    version: str | None = None
    emotion_words: tuple[tuple[str, str], ...] = ()
    day_only: tuple[str, ...] = ()
    items: tuple[CaseItem, ...] = ()
    sources: Mapping[str, CaseField] = field(default_factory=dict)

    def of_kind(self, *kinds: ItemKind) -> tuple[CaseItem, ...]:
        """The typed rows of these kinds, in typed order."""
        return tuple(item for item in self.items if item.kind in kinds)

    def sources_of(self, *fields: str) -> tuple[CaseField, ...]:
        """Where these fields were typed, in this order; those that were not typed are left out."""
        return tuple(self.sources[name] for name in fields if name in self.sources)


@lru_cache(maxsize=16384)
def same_words(text: str) -> str:
    """Equal for two texts that say the same: width, case, spaces and marks aside."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def with_action_ids(case: Case) -> Case:
    """The case with an id on every action: the typed one, else one derived from its words (A-3f9c2e), which stays when rows are added or moved."""

    def named(item: CaseItem) -> CaseItem:
        if item.kind != "action" or item.ident is not None:
            return item
        digest = hashlib.sha256(same_words(item.content).encode("utf-8", "replace")).hexdigest()
        return replace(item, ident=f"A-{digest[:ACTION_DIGITS]}")

    return replace(case, items=tuple(named(item) for item in case.items))
