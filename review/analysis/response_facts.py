"""What the brand did and when, measured and not judged: start, level, first response, plan, silences, bloggers, service channel, detection lag.

Every fact names its rows or case fields; unknown is None. Definitions: RUBRIC.md (decisions 1–7) and issue 6, item 5.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.buckets import DAY, EXACT_TO
from review.analysis.cell import time_of
from review.analysis.level import LevelFacts, level_known_at, measure_level
from review.analysis.outcome_inputs import Fact, OutcomeInputs
from review.analysis.row_sets import row_set
from review.analysis.statement import StatementReading, read_statement
from review.incident.case import Case
from review.incident.evidence import NO_ROWS, RowSet, Source, union
from review.incident.incident import Incident
from review.settings.rubric import Level, Rubric
from review.settings.statement import ActionRules, Group, StatementSettings, shipped_rules

OnsetKind = Literal["typed", "crossing", "first_post"]
Precision = Literal["s", "min", "h", "day"]

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetCandidate:
    """One possible start of the crisis (T0), `latest` the end of what it is exact to; level and level_at_response: by topic reads under it."""

    kind: OnsetKind
    at: datetime
    latest: datetime
    level: Level | None
    level_at_response: Level | None
    sources: tuple[Source, ...]

    @property
    def day_only(self) -> bool:
        """Known to the day at best: no hours can be counted from it."""
        return self.latest - self.at >= DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicResponse:
    """One public move of the brand. latest: the end of what `at` is exact to. reading: of its wording and commitment; None without either."""

    at: datetime
    latest: datetime
    precision: Precision | None
    action: str
    platform: str | None
    title: str | None
    reading: StatementReading | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """Which of four elements are there: ids in rule order, by rule or by the case file; None = nothing to read."""

    found: tuple[str, ...] | None
    by: Literal["rule", "case"]
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BloggerFacts:
    """KOL/KOC moves: distinct bloggers. sure: core vertical and measured; possible: those plus any whose marks are missing. demand_addressed: of `sure`."""

    bloggers: int
    sure: int
    possible: int
    demand_addressed: int
    names: tuple[str, ...]
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class LongestSilence:
    """The longest time without a public word in the crisis, from the first response to normal or the end of what is known, in hours, and where it lay.

    low, high: what it may also have been where moves are exact only to the hour or the day.
    """

    hours: float
    low: float
    high: float
    start: datetime
    end: datetime
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceDecision:
    """不公开回应 as typed. documented: time, person and reason are all there, and no public response came before the decision."""

    documented: bool
    lacking: tuple[Literal["decided_at", "by", "reason"], ...]
    decided_at: datetime | None
    by: str
    reason: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionLag:
    """首发 → 知悉 → 研判 → 回应: the first, hours between neighbours and in all (None where either is unknown; negative = out of order)."""

    first_post_at: datetime | None
    posted_to_known: float | None
    known_to_assessed: float | None
    assessed_to_responded: float | None
    posted_to_responded: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterContact:
    """联系当事用户: when, with what result as typed; after_public: a public response came first, None where there is none."""

    at: datetime
    result: str | None
    after_public: bool | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFacts:
    """Everything measured about the response.

    onset: the chosen candidate (first of `onsets`: typed > crossing > first post); None where nothing tells a start. private_moves: rows that count (after a
    public response); private_too_early: those that do not. removals: takedown rows and posts typed as deleted, recorded, never rewarded. departments:
    task-force groups that took part. not_applicable: indicator ids accepted; refused: words typed that no indicator allows.
    """

    onsets: tuple[OnsetCandidate, ...]
    onset: OnsetCandidate | None
    level: LevelFacts
    level_at_response: Level | None
    public: tuple[PublicResponse, ...]
    first_response: PublicResponse | None
    formal_plan: PublicResponse | None
    solution: Elements
    transparency: Elements
    timeline_complete: bool
    activation: Fact[datetime]
    activation_day_only: bool
    longest_silence: LongestSilence | None
    bloggers: BloggerFacts
    channel_opened: Fact[bool]
    contradictions: Fact[int]
    lead: Fact[str]
    departments: tuple[str, ...] | None
    silence: SilenceDecision | None
    ratings: tuple[int, ...]
    strategy_match: Fact[str]
    private_moves: RowSet
    private_too_early: RowSet
    removals: RowSet
    contacts: tuple[PosterContact, ...]
    detection: DetectionLag
    not_applicable: tuple[str, ...]
    refused: tuple[str, ...]
    case: Case
    outcomes: OutcomeInputs


def measure_response(
    incident: Incident, public: tuple[PublicResponse, ...], outcomes: OutcomeInputs, rubric: Rubric, rules: StatementSettings
) -> ResponseFacts:
    """All facts of the response; an empty incident gives empty and unknown facts. public: the moves that `public_moves` found.

    first response: earliest public move (statement.toml says which types are public; a comment reply must acknowledge the matter and say it is being handled,
    a compensation, recall or service line must name where it was published). A move known to the day ranks at the day's end. formal plan: among 声明 rows,
    or where there are none among the other formal types, the first that holds an element of a solution or whose wording is unknown, unless another formal
    type held as many before it; else the first that is not also the first response; else the first. Where no formal type is there at all: the first public
    move with an element of a solution.
    """
    case, actions = incident.case, incident.responses
    first = public[0] if public else None
    formal = _formal_plan(public, rules)
    bare = _onset_times(case, outcomes)
    typed_sources = {"typed": case.sources_of("outbreak_at"), "crossing": outcomes.curve_sources, "first_post": outcomes.first_post_sources}
    onsets = tuple(
        OnsetCandidate(
            kind=kind,
            at=at,
            latest=latest,
            level=measure_level(incident.metric_points, case, at, rubric).level,
            level_at_response=None if first is None else level_known_at(incident.metric_points, case, (at, first.at), rubric),
            sources=typed_sources[kind],
        )
        for kind, at, latest in bare
    )
    onset = onsets[0] if onsets else None
    level = measure_level(incident.metric_points, case, None if onset is None else onset.at, rubric)
    complete = case.timeline_complete is True
    activation, day_only = _activation(case, actions)
    channel = actions[actions["action"] == "service_channel"]
    private = actions[actions["action"].isin(rules.actions.private)]
    in_time = private["at"] >= pd.Timestamp(first.at) if first is not None else pd.Series(False, index=private.index)
    deleted = incident.posts[incident.posts["deleted"].fillna(False).to_numpy(dtype=bool)]
    accepted, refused = _not_applicable(case, rubric)
    return ResponseFacts(
        onsets=onsets,
        onset=onset,
        level=level,
        level_at_response=_level_at_response(incident, (onset, first), rubric),
        public=public,
        first_response=first,
        formal_plan=formal,
        solution=_elements(case, formal, "solution", rules),
        transparency=_elements(case, formal, "transparency", rules),
        timeline_complete=complete,
        activation=activation,
        activation_day_only=day_only,
        longest_silence=_longest_silence(public, onset, outcomes),
        bloggers=_bloggers(actions, rules),
        channel_opened=Fact(
            value=True if len(channel) else False if complete else None, unit="", sources=_rows(channel) or case.sources_of("timeline_complete")
        ),
        contradictions=_contradictions(case),
        lead=Fact(value=case.lead, unit="级别", sources=case.sources_of("lead")),
        departments=_department_groups(case, rubric),
        silence=_silence(case, first),
        ratings=case.sincerity_ratings,
        strategy_match=Fact(value=case.strategy_match, unit="等级", sources=case.sources_of("strategy_match")),
        private_moves=row_set(private[in_time]),
        private_too_early=row_set(private[~in_time]),
        removals=row_set(actions[actions["action"].isin(rules.actions.removal)], deleted),
        contacts=_contacts(actions, first),
        detection=_detection(case, outcomes, first),
        not_applicable=accepted,
        refused=refused,
        case=case,
        outcomes=outcomes,
    )


def hours_between(start: datetime | None, end: datetime | None) -> float | None:
    """Hours from start to end; None where either is unknown, negative where end comes first."""
    return None if start is None or end is None else (end - start) / _HOUR


def _rows(frame: pd.DataFrame) -> tuple[Source, ...]:
    return (row_set(frame),) if len(frame) else ()


def _word(value: object) -> str | None:
    return None if value is None or pd.isna(value) or not str(value).strip() else str(value)  # type: ignore[call-overload]


def _onset_times(case: Case, outcomes: OutcomeInputs) -> tuple[tuple[OnsetKind, datetime, datetime], ...]:
    """Known starts in order of precedence, each with the end of what it is exact to."""
    typed, posted = case.outbreak_at, outcomes.first_post_at
    all_three: tuple[tuple[OnsetKind, datetime | None, datetime | None], ...] = (
        ("typed", typed, typed + DAY if typed is not None and "outbreak_at" in case.day_only else typed),
        ("crossing", outcomes.trigger_at, outcomes.trigger_at),
        ("first_post", posted, outcomes.first_post_latest or posted),
    )
    return tuple((kind, at, latest) for kind, at, latest in all_three if at is not None and latest is not None)


def _level_at_response(incident: Incident, ends: tuple[OnsetCandidate | None, PublicResponse | None], rubric: Rubric) -> Level | None:
    onset, first = ends
    if first is None:
        return None
    return level_known_at(incident.metric_points, incident.case, (None if onset is None else onset.at, first.at), rubric)


def public_moves(actions: pd.DataFrame, kinds: ActionRules) -> tuple[PublicResponse, ...]:
    """Public moves of the timeline with their texts read, by the latest time they may have happened, then by type and source row."""
    wanted = actions[actions["action"].isin((*kinds.public, *kinds.public_if_acknowledging, *kinds.public_if_published))]
    made: list[tuple[tuple[datetime, datetime, str, str, int], PublicResponse]] = []
    for i in range(len(wanted)):  # a timeline typed by hand: tens of rows, each with a text to read
        one = wanted.iloc[i : i + 1]
        row = one.iloc[0]
        words = "\n".join(word for word in (_word(row["text"]), _word(row["commitment"])) if word)
        reading = read_statement(words, shipped_rules()) if words else None
        action = str(row["action"])
        if action in kinds.public_if_acknowledging and (reading is None or not reading.holds):
            continue
        if action in kinds.public_if_published and _word(row["platform"]) is None and _word(row["url"]) is None:
            continue
        at = row["at"].to_pydatetime()
        precision: Precision | None = None if pd.isna(row["precision"]) else row["precision"]
        latest = at + EXACT_TO.get(precision or "", timedelta())
        response = PublicResponse(
            at=at, latest=latest, precision=precision, action=action, platform=_word(row["platform"]), title=_word(row["title"]), reading=reading,
            rows=row_set(one),
        )  # fmt: skip
        made.append(((latest, at, action, str(row["file"]), int(row["row"])), response))
    return tuple(response for _, response in sorted(made, key=lambda pair: pair[0]))


def _formal_plan(public: tuple[PublicResponse, ...], rules: StatementSettings) -> PublicResponse | None:
    """The first statement that offers a solution (or was typed without its words), else the first apology, recall or the like that does: a statement that
    only denies is no plan where the plan follows. One of these before the statement, offering no less, was the plan already: a recall with its refund is not
    put off by the statement weeks later that accepts the fine. Where nothing offers any, the first statement after the first word, else the first."""
    offers = [0 if each.reading is None else len(each.reading.found("solution")) for each in public]
    solves = [offer > 0 for offer in offers]
    kinds = (rules.actions.formal, rules.actions.formal_otherwise)
    groups = [[i for i, each in enumerate(public) if each.action in group] for group in kinds]
    main = groups[0] or groups[1]
    for mine in groups:
        if chosen := [i for i in mine if solves[i] or (public[i].reading is None and mine is main)]:
            before = [i for i in groups[1] if i < chosen[0] and solves[i] and offers[i] >= offers[chosen[0]] and public[chosen[0]].reading is not None]
            return public[(before or chosen)[0]]
    for mine in groups:
        if mine:
            return public[([i for i in mine if i > 0] or mine)[0]]
    return next((each for each, solved in zip(public, solves, strict=True) if solved), None)


def _elements(case: Case, formal: PublicResponse | None, group: Group, rules: StatementSettings) -> Elements:
    """The case file's list where one is typed (ids or Chinese names; words it does not know are left out), else the rule's reading of the formal plan."""
    field = f"{group}_elements"
    typed = case.solution_elements if group == "solution" else case.transparency_elements
    if typed is not None:
        words = {word.strip() for word in typed}
        return Elements(found=tuple(ident for ident, name in rules.names(group) if ident in words or name in words), by="case", sources=case.sources_of(field))
    if formal is None or formal.reading is None:
        return Elements(found=None, by="rule", sources=() if formal is None else (formal.rows,))
    return Elements(found=formal.reading.found(group), by="rule", sources=(formal.rows,))


def _activation(case: Case, actions: pd.DataFrame) -> tuple[Fact[datetime], bool]:
    """启动: the typed time, else the earliest 启动 row; and whether that row is exact only to the day."""
    if case.activated_at is not None:
        return Fact(value=case.activated_at, unit="时刻", sources=case.sources_of("activated_at")), "activated_at" in case.day_only
    rows = actions[actions["action"] == "activation"]
    if rows.empty:
        return Fact(value=None, unit="时刻"), False
    first = rows[rows["at"] == rows["at"].min()]
    return Fact(value=time_of(first["at"].iloc[0]), unit="时刻", sources=_rows(first)), bool((first["precision"] == "day").all())


def _longest_silence(public: tuple[PublicResponse, ...], onset: OnsetCandidate | None, outcomes: OutcomeInputs) -> LongestSilence | None:
    """None without a response or an end, and where all was back to normal before the first response, or never left it. Of equal silences the earliest.

    A word spoken before the crisis began breaks no silence of it, and one spoken after the last post shows that somebody was there to speak.
    """
    watched = outcomes.data_until or outcomes.observed_until
    if not public or outcomes.never_above or (outcomes.normal_at is None and watched is None):
        return None
    last = max(each.at for each in public)
    end = outcomes.normal_at or max(last, watched or last)
    first = min(each.at for each in public)
    begin = first if onset is None else max(first, onset.at)
    if outcomes.normal_at is not None and outcomes.normal_at <= begin:
        return None
    spoken = {begin: begin} | {each.at: each.latest for each in public if begin <= each.at < end}
    marks = [*sorted(spoken.items()), (end, end)] if begin < end else [(begin, begin), (begin, begin)]
    gaps = list(pairwise(marks))
    longest = max(gaps, key=lambda gap: gap[1][0] - gap[0][0])
    start, stop = longest[0][0], longest[1][0]
    edges = [each.rows for each in public if each.at in (start, stop)]
    return LongestSilence(
        hours=(stop - start) / _HOUR,
        low=max(max(gap[1][0] - min(gap[0][1], gap[1][0]) for gap in gaps) / _HOUR, 0.0),
        high=max(min(gap[1][1], end) - gap[0][0] for gap in gaps) / _HOUR,
        start=start,
        end=stop,
        rows=union(*edges) if edges else NO_ROWS,
    )


def _bloggers(actions: pd.DataFrame, rules: StatementSettings) -> BloggerFacts:
    """Distinct by 执行方; rows without a name count as one blogger for what is sure and one each for what is possible."""
    rows = actions[actions["action"].isin(rules.actions.bloggers)]
    named = rows["actor"].notna().to_numpy(dtype=bool)
    marks = rows["core_vertical"].fillna(True) & rows["measured"].fillna(True)
    sure = (rows["core_vertical"].fillna(False) & rows["measured"].fillna(False)).to_numpy(dtype=bool)
    maybe = marks.to_numpy(dtype=bool)
    demand = sure & rows["demand_addressed"].fillna(False).to_numpy(dtype=bool)

    def at_least(chosen: npt.NDArray[np.bool_]) -> int:
        return int(rows.loc[chosen, "actor"].nunique()) + bool((chosen & ~named).any())

    return BloggerFacts(
        bloggers=at_least(np.ones(len(rows), dtype=np.bool_)),
        sure=at_least(sure),
        possible=max(int(rows.loc[maybe, "actor"].nunique()) + int((maybe & ~named).sum()), at_least(sure)),
        demand_addressed=at_least(demand),
        names=tuple(sorted(str(name) for name in rows.loc[sure & named, "actor"].unique())),
        rows=row_set(rows),
    )


def _contradictions(case: Case) -> Fact[int]:
    """How many pairs of quotes contradict each other; None unless people declared that they checked, or typed a pair."""
    known = case.statements_checked is True or bool(case.contradictions)
    return Fact(value=len(case.contradictions) if known else None, unit="处", sources=case.sources_of("contradictions", "statements_checked"))


def _department_groups(case: Case, rubric: Rubric) -> tuple[str, ...] | None:
    """Task-force groups named among the departments, in the rubric's order; None where no department was typed."""
    if not case.departments:
        return None
    groups = rubric.criterion("lead").department_groups
    return tuple(name for name, words in groups if any(word in department for department in case.departments for word in words))


def _silence(case: Case, first: PublicResponse | None) -> SilenceDecision | None:
    typed = case.silence
    if typed is None:
        return None
    given: tuple[tuple[Literal["decided_at", "by", "reason"], bool], ...] = (
        ("decided_at", typed.decided_at is not None), ("by", bool(typed.by.strip())), ("reason", bool(typed.reason.strip())),
    )  # fmt: skip
    lacking = tuple(name for name, there in given if not there)
    spoke_before = first is not None and typed.decided_at is not None and first.at <= typed.decided_at
    return SilenceDecision(
        documented=not lacking and not spoke_before, lacking=lacking, decided_at=typed.decided_at, by=typed.by, reason=typed.reason,
        sources=case.sources_of("silence"),
    )  # fmt: skip


def _contacts(actions: pd.DataFrame, first: PublicResponse | None) -> tuple[PosterContact, ...]:
    rows = actions[actions["action"] == "contact_poster"].sort_values(["at", "row"], kind="stable")
    made = []
    for i in range(len(rows)):  # a handful of typed rows
        one = rows.iloc[i : i + 1]
        at = one["at"].iloc[0].to_pydatetime()
        made.append(PosterContact(at=at, result=_word(one["result"].iloc[0]), after_public=None if first is None else at >= first.at, rows=row_set(one)))
    return tuple(made)


def _detection(case: Case, outcomes: OutcomeInputs, first: PublicResponse | None) -> DetectionLag:
    """Times known only to the day have no hours between them and others."""
    posted, responded = outcomes.first_post_at, None if first is None or first.precision == "day" else first.at
    exact = posted if posted is None or outcomes.first_post_latest is None or outcomes.first_post_latest - posted < DAY else None
    known = None if "known_at" in case.day_only else case.known_at
    assessed = None if "assessed_at" in case.day_only else case.assessed_at
    return DetectionLag(
        first_post_at=posted,
        posted_to_known=hours_between(exact, known),
        known_to_assessed=hours_between(known, assessed),
        assessed_to_responded=hours_between(assessed, responded),
        posted_to_responded=hours_between(exact, responded),
    )


def _not_applicable(case: Case, rubric: Rubric) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Indicator ids that people declared not applicable and the rubric lets them; and the words refused."""
    allowed = {
        word.casefold(): criterion.ident
        for criterion in rubric.criteria
        if criterion.not_applicable_allowed
        for word in (criterion.ident, criterion.name, *criterion.aliases)
    }
    accepted = tuple(dict.fromkeys(allowed[word.strip().casefold()] for word in case.not_applicable if word.strip().casefold() in allowed))
    return accepted, tuple(word for word in case.not_applicable if word.strip().casefold() not in allowed)
