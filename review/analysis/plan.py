"""The plan held against what was found: actions that cannot be carried out, causes nobody acts on, proposals, mechanisms, and the cost. No clock here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import pandas as pd

from review.analysis.conversion import Conversion, counted_once
from review.analysis.response_facts import ResponseFacts
from review.analysis.row_sets import row_set
from review.analysis.scorecard import Scorecard
from review.incident.case import Case, CaseItem
from review.incident.evidence import RowSet, Source
from review.settings.plan import Department, Gap, LintRules, PlanRules, ProposalRule

Lacking = Literal["verb", "object", "owner", "department", "due", "criterion", "number"]
"""What an action is missing. number: a vague verb (加强, 提升, 优化 …) without any quantity; criterion: no done-criterion that can be measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCheck:
    """One typed action. department: the one of the six it belongs to; vague: the empty words it leans on; lacking: () where it can be carried out."""

    item: CaseItem
    department: Department | None
    vague: tuple[str, ...]
    lacking: tuple[Lacking, ...]

    @property
    def executable(self) -> bool:
        return not self.lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseCover:
    """A deep cause with the actions that answer it (cancelled ones do not): by id either way round, or by 依据. executable: how many can be carried out."""

    item: CaseItem
    actions: tuple[CaseItem, ...]
    executable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReason:
    """Why a proposal is made: an indicator (failing or unassessable) or a gap; with what it rests on."""

    kind: Literal["failing", "unassessable", "gap"]
    indicator: str | None
    gap: Gap | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal by rule, to be decided by people; never mixed with decided actions."""

    rule: ProposalRule
    reasons: tuple[ProposalReason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boilerplate:
    """Empty phrases in one public move, as matched."""

    words: tuple[str, ...]
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class KOfN:
    """k of n typed for a mechanism, over all its rows that give both."""

    k: int
    n: int
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostItem:
    """One typed cost: metric (refunds, compensation, ads_paused), unit, sum over the period from start to end (open), each 口径 as typed, and its rows."""

    metric: str
    unit: str | None
    total: float
    start: datetime
    end: datetime
    methods: tuple[str, ...]
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLoss:
    """Sales below their same-weekday baseline over one shop's days from first to last, in `unit`; low, high: its interval (None = not to be had)."""

    place: str | None
    unit: str | None
    first: date
    last: date
    loss: float
    low: float | None
    high: float | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisCost:
    """What the incident cost, kind by kind. Kinds overlap (a refund is also a sale lost), so nothing is added up across them."""

    items: tuple[CostItem, ...]
    sales: tuple[SalesLoss, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFindings:
    """actions, covers in typed order; proposals in the file's order; decided_already: proposals left out, with the action that covers each.

    proposals_possible: False where nothing was scored and nothing typed, so that nothing can be proposed. entrance: answered within 24 h of received; alarms:
    false of all.
    """

    actions: tuple[ActionCheck, ...]
    covers: tuple[CauseCover, ...]
    proposals: tuple[Proposal, ...]
    proposals_possible: bool
    decided_already: tuple[tuple[ProposalRule, CaseItem], ...]
    boilerplate: tuple[Boilerplate, ...]
    entrance: KOfN | None
    alarms: KOfN | None
    cost: CrisisCost


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvidence:
    """What the plan is held against: response facts, score with the line below which an indicator fails, absolute claims found, and sales figures."""

    facts: ResponseFacts
    card: Scorecard
    weakness_below: float
    claim_rows: RowSet
    conversions: tuple[Conversion, ...]


def measure_plan(case: Case, samples: pd.DataFrame, evidence: PlanEvidence, rules: PlanRules) -> PlanFindings:
    """The whole check; an empty case and score give empty findings."""
    actions = tuple(lint_action(item, rules.lint) for item in case.of_kind("action"))
    covers = cover_causes(case, actions)
    boilerplate = _boilerplate(evidence.facts)
    gaps = _gaps(case, covers, boilerplate, evidence)
    possible = evidence.card.assessed_weight > 0 or bool(case.items)
    proposals, decided = _proposals(rules.proposals, gaps, actions, evidence) if possible else ((), ())
    return PlanFindings(
        actions=actions,
        covers=covers,
        proposals=proposals,
        proposals_possible=possible,
        decided_already=decided,
        boilerplate=boilerplate,
        entrance=_k_of_n(case.of_kind("feedback_entrance")),
        alarms=_k_of_n(case.of_kind("alarm")),
        cost=crisis_cost(samples, evidence.conversions),
    )


def lint_action(item: CaseItem, rules: LintRules) -> ActionCheck:
    """What one action is missing, in the order of `Lacking`'s words.

    object: beside the first verb and punctuation at least rules.least_object characters are left. criterion: 验收标准 or 指标目标 holds a quantity,
    a frequency or a word that can be checked. number: an empty word, and no quantity in content, criterion or target.
    """
    said = "；".join(text for text in (item.criterion, item.target) if text)
    vague = tuple(word for word in rules.vague if word in item.content)
    verbs = sorted((verb for verb in rules.verbs if verb in item.content), key=lambda verb: (item.content.index(verb), -len(verb)))
    rest = item.content.replace(verbs[0], "", 1) if verbs else item.content
    left = sum(character.isalnum() for character in rest)
    department = rules.department(item.department)
    checks: tuple[tuple[Lacking, bool], ...] = (
        ("verb", not verbs),
        ("object", left < rules.least_object),
        ("owner", not item.owner),
        ("department", department is None),
        ("due", item.due is None),
        ("criterion", not rules.measurable.search(said)),
        ("number", bool(vague) and not rules.measurable.search(f"{item.content}；{said}")),
    )
    return ActionCheck(item=item, department=department, vague=vague, lacking=tuple(name for name, missing in checks if missing))


def cover_causes(case: Case, actions: Sequence[ActionCheck]) -> tuple[CauseCover, ...]:
    """Each deep cause with the actions that name its id (关联编号 or 依据), or whose id it names. A cause without an id can only name actions."""
    made = []
    for cause in case.of_kind("deep_cause"):
        answering = [check for check in actions if check.item.status != "cancelled" and _answers(check.item, cause)]
        made.append(CauseCover(item=cause, actions=tuple(check.item for check in answering), executable=sum(check.executable for check in answering)))
    return tuple(made)


def crisis_cost(samples: pd.DataFrame, conversions: Sequence[Conversion]) -> CrisisCost:
    """Typed totals of refunds, compensation and paused ads by unit, each typed row once; sales in money below the baseline, gains left out."""
    typed = samples[samples["metric"].isin(COSTS)].drop_duplicates(["start", "end", "metric", "place", "n", "k", "value", "unit"])
    figure = typed["value"].fillna(typed["n"].astype("Float64"))
    typed = typed.assign(_figure=figure)[figure.notna()]
    items = [
        CostItem(
            metric=str(metric),
            unit=str(unit) or None,
            total=float(part["_figure"].sum()),
            start=part["start"].min().to_pydatetime(),
            end=part["end"].max().to_pydatetime(),
            methods=tuple(sorted({str(method) for method in part["method"].dropna()})),
            rows=row_set(part),
        )
        for (metric, unit), part in typed.groupby(["metric", typed["unit"].fillna("")], sort=True, observed=True)
    ]
    items.sort(key=lambda item: (COSTS.index(item.metric), item.unit or ""))
    losses = tuple(
        SalesLoss(
            place=each.name,
            unit=each.unit,
            first=each.to_end.first,
            last=each.to_end.last,
            loss=each.to_end.loss,
            low=each.to_end.loss_low,
            high=each.to_end.loss_high,
            rows=each.rows,
        )
        for each in counted_once(conversions)
        if each.metric == "sales" and each.to_end is not None and each.to_end.loss > 0
    )
    return CrisisCost(items=tuple(items), sales=losses)


COSTS = ("refunds", "compensation", "ads_paused")


def _answers(action: CaseItem, cause: CaseItem) -> bool:
    if cause.ident is not None and (cause.ident in action.related or cause.ident in _ids(action.basis)):
        return True
    return action.ident is not None and action.ident in cause.related


def _ids(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").replace("，", "、").replace(",", "、").replace("；", "、").replace(";", "、").split("、"))


def _boilerplate(facts: ResponseFacts) -> tuple[Boilerplate, ...]:
    found = []
    for move in facts.public:
        words = move.reading.quotes("boilerplate") if move.reading is not None else ()
        if words:
            found.append(Boilerplate(words=words, rows=move.rows))
    return tuple(found)


def _gaps(case: Case, covers: Sequence[CauseCover], boilerplate: Sequence[Boilerplate], evidence: PlanEvidence) -> dict[Gap, tuple[Source, ...]]:
    """The gaps there are, each with what it rests on: () where it rests on something not being there."""
    gaps: dict[Gap, tuple[Source, ...]] = {}
    if evidence.claim_rows.count:
        gaps["absolute_claims"] = (evidence.claim_rows,)
    if boilerplate:
        gaps["boilerplate"] = tuple(each.rows for each in boilerplate)
    uncovered = tuple(cover.item.source for cover in covers if not cover.actions)
    if uncovered:
        gaps["uncovered_cause"] = uncovered
    if not case.of_kind("drill"):
        gaps["no_drill"] = ()
    if not case.of_kind("feedback_entrance"):
        gaps["no_entrance"] = ()
    if not case.spokesperson:
        gaps["no_spokesperson"] = ()
    if case.plan_reviewed_on is None and not case.of_kind("plan_review"):
        gaps["no_plan_review"] = ()
    return gaps


def _proposals(
    rules: Sequence[ProposalRule], gaps: dict[Gap, tuple[Source, ...]], actions: Sequence[ActionCheck], evidence: PlanEvidence
) -> tuple[tuple[Proposal, ...], tuple[tuple[ProposalRule, CaseItem], ...]]:
    """(proposals, those an executable decided action already covers)."""
    made: list[Proposal] = []
    covered: list[tuple[ProposalRule, CaseItem]] = []
    for rule in rules:
        reasons = _reasons(rule, gaps, evidence)
        if not reasons:
            continue
        action = next((check.item for check in actions if check.executable and check.item.status != "cancelled" and _covers(check.item, rule)), None)
        if action is None:
            made.append(Proposal(rule=rule, reasons=reasons))
        else:
            covered.append((rule, action))
    return tuple(made), tuple(covered)


def _reasons(rule: ProposalRule, gaps: dict[Gap, tuple[Source, ...]], evidence: PlanEvidence) -> tuple[ProposalReason, ...]:
    reasons: list[ProposalReason] = []
    if evidence.card.assessed_weight > 0:
        for ident in rule.when:
            line = evidence.card.line(ident)
            if line.score is not None and line.score < evidence.weakness_below:
                reasons.append(ProposalReason(kind="failing", indicator=ident, gap=None, sources=line.sources))
            elif line.state == "unassessable" and not rule.only_failing:
                reasons.append(ProposalReason(kind="unassessable", indicator=ident, gap=None, sources=line.sources))
    reasons += [ProposalReason(kind="gap", indicator=None, gap=gap, sources=gaps[gap]) for gap in rule.gaps if gap in gaps]
    return tuple(reasons)


def _covers(action: CaseItem, rule: ProposalRule) -> bool:
    said = "；".join(text for text in (action.content, action.criterion, action.target) if text)
    return any(word in said for word in rule.decided)


def _k_of_n(items: Sequence[CaseItem]) -> KOfN | None:
    told = [item for item in items if item.k is not None and item.n is not None]
    if not told:
        return None
    return KOfN(k=sum(item.k or 0 for item in told), n=sum(item.n or 0 for item in told), sources=tuple(item.source for item in told))
