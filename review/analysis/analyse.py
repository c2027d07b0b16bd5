"""Incident → Analysis: every measurement, then the score, on one screen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd

from review.analysis.accounts import KeyAccount
from review.analysis.assessed_actions import assessed_actions
from review.analysis.beside import Beside, when_asked
from review.analysis.buckets import EXACT_TO
from review.analysis.causes import CauseContext, CauseFindings, measure_causes
from review.analysis.conversion import (
    DAILY_METRICS,
    FOLLOWER_METRICS,
    BusinessCalendar,
    Conversion,
    FollowerLoss,
    conversions,
    follower_losses,
    main_conversion,
    own_followers,
)
from review.analysis.curve import Curve, Grade, Regime
from review.analysis.curve_points import focused, shown_within
from review.analysis.effects import Effect, Escalation, effects, escalation, joint_effects
from review.analysis.exposure import ExposureSeries, exposure
from review.analysis.heat import Heat, measure_heat
from review.analysis.links import Links
from review.analysis.machine_labels import Labeller
from review.analysis.mood import Mood, MoodRows, crossing_of, measure_mood, onset_of, read_moods
from review.analysis.named_screenshots import NamedScreenshot, named_screenshots
from review.analysis.outcome_inputs import Fact, OutcomeInputs, OutcomeShare, Proportion, ShareGrade
from review.analysis.peaks import Volume
from review.analysis.people import named_people, texts_within
from review.analysis.plan import PlanEvidence, PlanFindings, measure_plan
from review.analysis.propagation import Propagation
from review.analysis.recovery import BackToNormal, BaseShare
from review.analysis.response_facts import ResponseFacts, measure_response, public_moves
from review.analysis.response_score import ResponseScore, score_response
from review.analysis.roles import Roles, with_roles
from review.analysis.scope import Scope, in_scope, is_untyped, measure_scope
from review.analysis.service import Service, service_of_samples, service_of_tickets, tickets_since
from review.analysis.since_onset import SinceOnset, since_onset
from review.analysis.spread import PRIVATE, PostCard, Spread, measure_spread
from review.analysis.spreading import measure_spreading
from review.analysis.timeline import ResponseCard, response_cards
from review.analysis.typed_totals import TypedTotal, complaints_closed, typed_totals
from review.analysis.voices import Voices, choose_voices
from review.incident.case import Case
from review.incident.incident import Incident
from review.settings.analysis_settings import AnalysisSettings
from review.settings.curve import CurveSettings, TriggerSettings

LENT: Final = (public_moves.__module__, measure_spreading.__module__, measure_heat.__module__, measure_causes.__module__)
"""What a second process that is to help loads ahead."""

SHARE_GRADES: Final[dict[Grade, ShareGrade]] = {"audited": "audit", "vendor": "vendor", "sampled": "sample", "model": "model"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What the incident cost: daily shop figures, followers, the service desk (of exported tickets, else of typed totals), totals only people know, and how
    far the accounts reached. since: local midnight of the onset's day, None without an onset: then nothing is compared, and daily says whether there was any
    daily figure of a shop or of followers to compare.
    """

    since: datetime | None
    daily: bool
    conversions: tuple[Conversion, ...]
    main: Conversion | None
    followers: tuple[FollowerLoss, ...]
    service: Service | None
    totals: tuple[TypedTotal, ...]
    exposure: tuple[ExposureSeries, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything found, no sentence among it. escalation: around the first public response; None without either curve or response.

    since_onset stands in the record itself, which later reviews read, not once more among its findings.
    """

    scope: Scope
    spread: Spread
    heat: Heat
    volume: Volume
    accounts: tuple[KeyAccount, ...]
    roles: Roles
    voices: Voices
    propagation: Propagation
    emotion: Mood
    business: Business
    responses: tuple[ResponseCard, ...]
    effects: tuple[Effect, ...]
    joint_effects: tuple[Effect, ...]
    escalation: Escalation | None
    facts: ResponseFacts
    score: ResponseScore
    causes: CauseFindings
    plan: PlanFindings
    since_onset: SinceOnset = field(metadata=PRIVATE)
    named_people: tuple[str, ...] = field(default=(), metadata=PRIVATE)
    screenshots: tuple[NamedScreenshot, ...] = field(default=(), metadata=PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Analysis:
    """findings for the report; posts, moods and links: row by row, for the files of work/ alone."""

    findings: Findings
    posts: pd.DataFrame
    moods: MoodRows
    links: Links


def analyse(incident: Incident, settings: AnalysisSettings, zone: str, audit: pd.DataFrame | Labeller | None = None, beside: Beside = when_asked) -> Analysis:
    """All findings of an incident; an empty incident gives empty findings and no score. audit: hand labels as `resolve_labels` takes
    them, or a classifier to label a sample in their place. beside: who reads the statements, measures spreading and heat and looks for causes while
    this process measures the rest.
    """
    thresholds = settings.thresholds
    posts = with_roles(incident.posts, incident.case, settings.media, thresholds.accounts.kol_followers)
    incident = replace(incident, posts=posts)
    scope = measure_scope(posts, incident.case, thresholds.period)
    spread = measure_spread(posts, incident.case, scope)
    moves = beside(public_moves, incident.responses, settings.statement.actions)
    spreading = beside(measure_spreading, incident, (spread, scope), settings.links, thresholds, zone)
    rule = TriggerSettings(share=settings.rubric.trigger_share, run=settings.curve.trigger_run)
    reading = read_moods(posts, incident.case, settings.emotion)
    emotion, moods = measure_mood(incident, reading, audit, (spread, scope), (settings.curve, rule, ZoneInfo(zone)))
    onset = onset_of(incident, spread, scope, emotion.fired)
    if (curve := emotion.curve) is not None:
        closer = curve if onset is None or (scope.untold is not None and not scope.by_talk) else focused(curve, onset, settings.curve)
        emotion = replace(emotion, curve=closer if scope.period is None else shown_within(curve, scope.period, closer))
    heating = beside(measure_heat, incident.metric_points, incident.case, onset, thresholds.heat)
    business = measure_business(incident, onset, settings.curve, ZoneInfo(zone))
    outcomes = _with_business(_outcomes(incident.case, (spread, scope), emotion, onset), business, incident.case)
    facts = measure_response(incident, moves(), outcomes, settings.rubric, settings.statement)
    about, negative = replace(incident, tickets=tickets_since(incident.tickets, business.since)), moods.negative
    if scope.period is not None:
        near = in_scope(posts, scope)
        about, negative = replace(about, posts=posts[near].reset_index(drop=True)), negative[near].reset_index(drop=True)
    context = _cause_context(moods.labels.grade, (emotion.curve, facts), settings.curve, ZoneInfo(zone))
    looking = beside(measure_causes, about, negative, context, settings.causes)
    cards = response_cards(incident.responses)
    curve, ladder = emotion.curve, settings.curve.effects
    actions = assessed_actions(cards, facts.public, settings.statement.actions.bloggers, ladder)
    followed = () if curve is None else effects(curve, actions, ladder)
    first = facts.first_response
    facts = replace(facts, outcomes=_credited(outcomes, emotion.curve, (facts, cards), followed))
    score = score_response(facts, settings.rubric)
    voices = choose_voices(about.posts, negative, (incident.case, None if spread.first is None else spread.first.at), thresholds.voices)
    spread_out, heat, causes = spreading(), heating(), looking()
    if moods.labels.grade == "model":  # a share per tier is finer than what an unaudited model can tell
        causes = replace(causes, tiers=tuple(replace(tier, share=None, low=None, high=None) for tier in causes.tiers))
    findings = Findings(
        scope=scope,
        spread=spread,
        heat=heat,
        volume=spread_out.volume,
        accounts=spread_out.accounts,
        roles=spread_out.roles,
        voices=voices,
        propagation=spread_out.propagation,
        emotion=emotion,
        business=business,
        responses=cards,
        effects=followed,
        joint_effects=() if curve is None else joint_effects(curve, actions, ladder),
        escalation=None if curve is None or first is None or first.precision == "day" else escalation(curve, first.at, ladder),
        facts=facts,
        score=score,
        causes=causes,
        plan=measure_plan(
            incident.case,
            incident.samples,
            PlanEvidence(
                facts=facts,
                card=score.card,
                weakness_below=settings.rubric.weakness_below,
                claim_rows=causes.wording.hit_rows,
                conversions=business.conversions,
            ),
            settings.plan,
        ),
        since_onset=since_onset(emotion, None if facts.onset is None else facts.onset.at, settings.curve.band),
        screenshots=named_screenshots(incident),
    )
    printed = texts_within((findings.spread, findings.volume, findings.accounts, findings.voices, findings.propagation.nodes, findings.causes))
    findings = replace(findings, named_people=named_people(incident, thresholds.accounts.named_followers, printed))
    return Analysis(findings=findings, posts=posts, moods=moods, links=spread_out.links)


def measure_business(incident: Incident, onset: datetime | None, settings: CurveSettings, zone: ZoneInfo) -> Business:
    """Shop figures, followers and service cases since the day of the onset; without an onset there is no before and after, and all cases count."""
    since = None if onset is None else onset.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    service = _service(service_of_tickets(incident.tickets, since, settings.service), service_of_samples(incident.samples, since, settings.service))
    totals = typed_totals(incident.samples)
    daily = bool((incident.metric_points["metric"].isin((*DAILY_METRICS, *FOLLOWER_METRICS)) & incident.metric_points["value"].notna()).any())
    if onset is None:
        return Business(since=since, daily=daily, conversions=(), main=None, followers=(), service=service, totals=totals, exposure=())
    calendar = BusinessCalendar(zone=zone, since=onset.astimezone(zone).date(), promo_days=frozenset(incident.case.promo_days), onset=onset)
    found = conversions(incident.metric_points, calendar, settings.conversion)
    return Business(
        since=since,
        daily=daily,
        conversions=found,
        main=main_conversion(found, incident.case.competitors),
        followers=follower_losses(incident.metric_points, calendar, settings.conversion),
        service=service,
        totals=totals,
        exposure=exposure(incident.metric_points, calendar, settings.conversion),
    )


def _service(exported: Service | None, typed: Service | None) -> Service | None:
    """The exported cases, with what only the typed totals tell; the typed totals where no exported case is of the incident's period."""
    if exported is None or typed is None:
        return exported or typed
    if exported.opened == 0:
        return replace(typed, earlier=exported.earlier, earlier_rows=exported.earlier_rows)
    return replace(exported, solved=exported.solved or typed.solved, first_reply=exported.first_reply or typed.first_reply)


def _with_business(outcomes: OutcomeInputs, business: Business, case: Case) -> OutcomeInputs:
    """The outcomes with sales change, follower loss (of the brand's account), solve rate and complaints closed: as typed, else
    of the service desk's cases, whatever they are about.
    """
    week = None if business.main is None else business.main.week
    account = own_followers(business.followers, case.official_accounts, case.competitors)
    service = business.service
    solved = None if service is None or service.solved is None else service.solved
    complaints, typed = None, complaints_closed(business.totals, business.since)
    if typed is not None:
        complaints = Proportion(k=typed.k, n=typed.n, sources=typed.rows)
    elif service is not None and service.opened and service.closed is not None:
        complaints = Proportion(k=service.closed, n=service.opened, sources=(service.rows,))
    return replace(
        outcomes,
        sales_change=None if week is None or business.main is None else Fact(value=week.change, unit="变化率", sources=(business.main.rows,)),
        follower_loss=None if account is None else Fact(value=account.loss_share, unit="占比", sources=(account.rows,)),
        service=None if solved is None else Proportion(k=solved.k, n=solved.n, sources=(solved.rows,)),
        complaints=complaints,
        complaints_of_tickets=complaints is not None and typed is None,
    )


def _outcomes(case: Case, found: tuple[Spread, Scope], emotion: Mood, onset: datetime | None) -> OutcomeInputs:
    """What the response facts need; attribution and rebounds follow when the actions are known."""
    spread, scope = found
    first, curve, shares = spread.first, emotion.curve, emotion.shares
    outcomes = OutcomeInputs(
        first_post_at=None if first is None else first.at,
        first_post_latest=_latest(first),
        first_post_sources=() if first is None else (first.rows,),
        observed_until=spread.last_at,
    )
    if curve is None:
        return outcomes
    crossed = crossing_of(scope, emotion.fired)
    grade = SHARE_GRADES[curve.grade]

    def share(of: Regime | BaseShare) -> OutcomeShare:
        return OutcomeShare(value=of.share, grade=grade, error=curve.level_error, sources=(of.rows,))

    return replace(
        _with_normal(outcomes, emotion.normal, onset, case),
        trigger_at=None if crossed is None else crossed.at,
        trigger_seen=crossed is None or crossed.seen_below,
        curve_grade=grade,
        curve_sources=(curve.rows,),
        peak=None if shares is None else share(shares.peak),
        end=None if shares is None else share(shares.end),
        base=None if shares is None or shares.base is None else share(shares.base),
        unchanged=curve.searched and len(curve.regimes) == 1,
        observed_until=_observed_until(curve, spread),
        data_until=_observed_until(curve, spread) if spread.last_at is None else max(_observed_until(curve, spread), spread.last_at),
    )


def _with_normal(outcomes: OutcomeInputs, normal: BackToNormal | None, onset: datetime | None, case: Case) -> OutcomeInputs:
    """The outcomes with when the share was back to normal, as far as that tells of this crisis."""
    if normal is None or (normal.state == "never_above" and is_untyped(case)):  # neither people nor the share tell of a crisis that could have ended
        return outcomes
    returned = normal.at if normal.state == "returned" else None
    if onset is not None and returned is not None and returned < onset:  # the fall was of an older peak: nothing was seen of this crisis' end
        return outcomes
    return replace(outcomes, normal_at=returned, normal_watched=True, never_above=normal.state == "never_above")


def _observed_until(curve: Curve, spread: Spread) -> datetime:
    """The end of what the curve was measured on: of rows the last one's, as its bucket may reach a day further; of typed samples their last period's."""
    if curve.width is None or spread.last_at is None:
        return curve.data_end
    return min(curve.data_end, spread.last_at + EXACT_TO.get(spread.last_precision or "", timedelta()))


def _latest(post: PostCard | None) -> datetime | None:
    """The end of what the time of a post is exact to."""
    if post is None or post.at is None:
        return None
    return post.at + EXACT_TO.get(post.precision or "", timedelta())


def _cause_context(grade: Grade, found: tuple[Curve | None, ResponseFacts], settings: CurveSettings, zone: ZoneInfo) -> CauseContext:
    """What the causes need from elsewhere; without a curve the default correlation between comments."""
    curve, facts = found
    plan = facts.formal_plan
    return CauseContext(
        plan_at=None if plan is None else plan.latest,
        correlation=settings.band.rho_default if curve is None else curve.rho,
        zone=zone,
        confidence=settings.band.confidence,
        grade=grade,
        level_error=settings.labels.model_level_error if grade == "model" else None,
    )


def _credited(outcomes: OutcomeInputs, curve: Curve | None, done: tuple[ResponseFacts, Sequence[ResponseCard]], followed: Sequence[Effect]) -> OutcomeInputs:
    """The outcomes with attribution (ladder of the formal plan, else of the first response) and rebounds (upward turns after the formal plan)."""
    facts, cards = done
    move = facts.formal_plan or facts.first_response
    mine = {str(i) for i, card in enumerate(cards) if move is not None and card.rows == move.rows}
    effect = next((each for each in followed if mine & {each.ident, *each.elsewhere}), None)
    rebounds = None
    if curve is not None and curve.searched and facts.formal_plan is not None and facts.formal_plan.latest < curve.data_end:
        after = facts.formal_plan.latest
        rebounds = sum(point.step > 0 and point.at > after for point in curve.turning_points)
    return replace(
        outcomes,
        attribution=None if effect is None else effect.grade,
        attribution_inseparable=effect is not None and effect.reason == "overlap",
        rebounds=rebounds,
    )
