"""The response scored: facts turned into indicator inputs and red lines, and the score again under every other reading of the start and the level."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from statistics import median

from review.analysis.indicators import Absent, Coded, Input, Leadership, Measured, Missing, NotApplicable, ServiceRate
from review.analysis.outcome_inputs import Fact, OutcomeShare
from review.analysis.response_facts import Elements, OnsetCandidate, OnsetKind, PublicResponse, ResponseFacts, hours_between
from review.analysis.scorecard import RedLineState, RedLineVerdict, Scorecard, score
from review.incident.evidence import Source
from review.settings.reasons import MissingReason, Note
from review.settings.rubric import Level, Rubric

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetScore:
    """The score if the crisis had started at this candidate."""

    kind: OnsetKind
    at: datetime
    level: Level | None
    card: Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseScore:
    """The score, its inputs, and the other readings.

    under_onsets: one a candidate start, the chosen first. under_level_at_response: with the level as topic reads could tell it at the first response; None
    where they could not.
    """

    card: Scorecard
    inputs: tuple[tuple[str, Input], ...]
    under_onsets: tuple[OnsetScore, ...]
    under_level_at_response: Scorecard | None


def score_response(facts: ResponseFacts, rubric: Rubric) -> ResponseScore:
    """The score of these facts under the chosen start and level, and under each alternative; red lines are the same in all of them."""
    states = red_lines(facts, rubric)
    inputs = indicator_inputs(facts, facts.onset)
    known = facts.level_at_response
    return ResponseScore(
        card=score(inputs, facts.level.level, rubric, states),
        inputs=tuple(inputs.items()),
        under_onsets=tuple(
            OnsetScore(kind=each.kind, at=each.at, level=each.level, card=score(indicator_inputs(facts, each), each.level, rubric, states))
            for each in facts.onsets
        ),
        under_level_at_response=None if known is None else score(inputs, known, rubric, states),
    )


def indicator_inputs(facts: ResponseFacts, onset: OnsetCandidate | None) -> dict[str, Input]:
    """One input an indicator, delays counted from `onset` (activation from the trigger).

    A timeline declared complete without the row asked for earns 0. A documented decision not to respond takes first_response, formal_plan and what can only
    be read off a statement (solution, sincerity, transparency, updates) out of the denominator, as far as nothing was published.
    """
    made: dict[str, Input] = {
        "first_response": _first_response(facts, onset),
        "formal_plan": _formal_plan(facts, onset),
        "activation": _activation(facts),
        "solution": _elements(facts, facts.solution),
        "strategy_match": _coded(facts.strategy_match.value, "no_strategy", facts.strategy_match.sources),
        "sincerity": _sincerity(facts),
        "transparency": _elements(facts, facts.transparency),
        "kol": _bloggers(facts),
        "service": _service(facts),
        "updates": _updates(facts),
        "consistency": _figure(facts.contradictions.value, "no_check", facts.contradictions.sources),
        "lead": _lead(facts),
        "recovery": _recovery(facts),
        "back_to_normal": _back_to_normal(facts, onset),
        **_curve_and_business(facts),
    }
    for ident in facts.not_applicable:
        made[ident] = NotApplicable(reason="declared", sources=facts.case.sources_of("not_applicable"))
    return made


def red_lines(facts: ResponseFacts, rubric: Rubric) -> tuple[RedLineState, ...]:
    """The state of each red line, in the rubric's order.

    The 24 h line is measured: firm with a typed outbreak time, or where at least two candidate starts agree; a documented decision not to respond lifts it. The
    others are what people typed; words of blame found by rule never trigger one.
    """
    made: list[RedLineState] = []
    for rule in rubric.red_lines:
        typed, ruled_out = rule.ident in facts.case.red_lines, rule.ident in facts.case.red_lines_ruled_out
        sources = facts.case.sources_of("red_lines") if typed else facts.case.sources_of("red_lines_ruled_out") if ruled_out else ()
        if rule.ident == "no_public_response_24h":
            verdict, where = _silent_for_a_day(facts, timedelta(hours=rule.hours or 0.0), typed)
            contradicts = (verdict == "triggered" and ruled_out) or (verdict == "clear" and typed)
            made.append(RedLineState(ident=rule.ident, verdict=verdict, sources=(*where, *sources), contradicts_case=contradicts))
        else:
            state: RedLineVerdict = "triggered" if typed else "clear" if ruled_out else "undeclared"
            made.append(RedLineState(ident=rule.ident, verdict=state, sources=sources, contradicts_case=typed and ruled_out))
    return tuple(made)


def _silent_for_a_day(facts: ResponseFacts, limit: timedelta, typed: bool) -> tuple[RedLineVerdict, tuple[Source, ...]]:
    if facts.silence is not None and facts.silence.documented:
        return "clear", facts.silence.sources
    first, until = facts.first_response, facts.outcomes.observed_until

    def since(start: OnsetCandidate) -> RedLineVerdict:
        if first is not None:
            earliest = min(each.at for each in facts.public)
            return "triggered" if earliest - start.latest > limit else "clear" if first.latest - start.at <= limit else "undetermined"
        if typed:
            return "triggered"
        watched = facts.timeline_complete and until is not None and until - start.latest > limit
        return "triggered" if watched else "undetermined"

    sources = (first.rows,) if first is not None else facts.case.sources_of("timeline_complete")
    by_start = {each.kind: since(each) for each in facts.onsets}
    if "typed" in by_start:
        return by_start["typed"], sources
    agreed = set(by_start.values())
    return (agreed.pop() if len(by_start) > 1 and len(agreed) == 1 else "undetermined"), sources


def _unspoken(facts: ResponseFacts, reason: MissingReason) -> Input:
    """What is not there: not applicable by documented decision, 0 in a complete timeline, else missing."""
    if facts.silence is not None and facts.silence.documented:
        return NotApplicable(reason="documented_silence", sources=facts.silence.sources)
    return Absent(sources=facts.case.sources_of("timeline_complete")) if facts.timeline_complete else Missing(reason=reason)


def _delay(facts: ResponseFacts, move: PublicResponse, onset: OnsetCandidate | None, day_only: MissingReason) -> Input:
    """Hours from onset to the move; a time known to the hour spans that hour, one known to the day tells only the best possible.

    From a crossing that an unaudited model saw, the hours rest on that model.
    """
    if onset is None:
        return Missing(reason="no_onset", sources=(move.rows,))
    hours, sources = (move.at - onset.at) / _HOUR, (move.rows, *onset.sources)
    if move.precision == "day" or onset.day_only:
        return Missing(reason=day_only if move.precision == "day" else "onset_day_only", best=max((move.at - onset.latest) / _HOUR, 0.0), sources=sources)
    model = onset.kind == "crossing" and facts.outcomes.curve_grade == "model"
    if move.precision == "h":
        high = (move.latest - onset.at) / _HOUR
        return Measured(value=hours, low=hours, high=high, model_only=model, sources=sources, notes=("hour_precision",))
    return Measured(value=hours, model_only=model, sources=sources)


def _first_response(facts: ResponseFacts, onset: OnsetCandidate | None) -> Input:
    if facts.silence is not None and facts.silence.documented:
        return NotApplicable(reason="documented_silence", sources=facts.silence.sources)
    if facts.first_response is None:
        return _unspoken(facts, "no_response_row")
    return _delay(facts, facts.first_response, onset, "response_day_only")


def _formal_plan(facts: ResponseFacts, onset: OnsetCandidate | None) -> Input:
    if facts.silence is not None and facts.silence.documented:
        return NotApplicable(reason="documented_silence", sources=facts.silence.sources)
    if facts.formal_plan is None:
        return _unspoken(facts, "no_formal_row")
    return _delay(facts, facts.formal_plan, onset, "formal_day_only")


def _activation(facts: ResponseFacts) -> Input:
    activation, trigger = facts.activation, facts.outcomes.trigger_at
    hours = hours_between(trigger, activation.value)
    sources = (*activation.sources, *facts.outcomes.curve_sources)
    if activation.value is None:
        return Missing(reason="no_activation")
    if hours is None:
        return Missing(reason="no_trigger", sources=sources)
    if facts.activation_day_only:
        return Missing(reason="activation_day_only", best=hours, sources=sources)
    if not facts.outcomes.trigger_seen:
        return Missing(reason="trigger_unseen", best=hours, sources=sources)
    return Measured(value=hours, model_only=facts.outcomes.curve_grade == "model", sources=sources)


def _elements(facts: ResponseFacts, elements: Elements) -> Input:
    if elements.found is not None:
        note: Note = "by_case" if elements.by == "case" else "by_rule"
        return Measured(value=float(len(elements.found)), sources=elements.sources, notes=(note,))
    return Missing(reason="no_statement_text", sources=elements.sources) if facts.formal_plan is not None else _unspoken(facts, "no_statement_text")


def _sincerity(facts: ResponseFacts) -> Input:
    if facts.ratings:
        one: tuple[Note, ...] = ("single_rater",) if len(facts.ratings) == 1 else ()
        return Measured(value=float(median(facts.ratings)), sources=facts.case.sources_of("sincerity_ratings"), notes=one)
    return Missing(reason="no_rating") if facts.first_response is not None else _unspoken(facts, "no_rating")


def _bloggers(facts: ResponseFacts) -> Input:
    found = facts.bloggers
    if not found.bloggers:
        return Absent(sources=facts.case.sources_of("timeline_complete")) if facts.timeline_complete else Missing(reason="no_blogger_rows")
    if not found.sure and found.possible:
        return Missing(reason="bloggers_unmarked", best=float(found.possible), sources=(found.rows,))
    unsure = found.possible > found.sure
    return Measured(
        value=float(found.sure), low=float(found.sure) if unsure else None, high=float(found.possible) if unsure else None, sources=(found.rows,),
        notes=("bloggers_partly_unmarked",) if unsure else (),
    )  # fmt: skip


def _service(facts: ResponseFacts) -> Input:
    solved = facts.outcomes.service
    if solved is None or solved.n <= 0:
        return Missing(reason="no_tickets")
    sources = (*solved.sources, *facts.channel_opened.sources)
    return ServiceRate(share=solved.k / solved.n, channel_opened=facts.channel_opened.value, k=solved.k, n=solved.n, sources=sources)


def _updates(facts: ResponseFacts) -> Input:
    if facts.first_response is None:
        return _unspoken(facts, "no_response_row")
    silence, outcomes = facts.longest_silence, facts.outcomes
    if silence is None:
        return Missing(reason="normal_before_response" if outcomes.never_above or outcomes.normal_at is not None else "no_data_end")
    model = outcomes.normal_at is not None and outcomes.curve_grade == "model"
    if silence.high - silence.low < 1e-9:
        return Measured(value=silence.hours, model_only=model, sources=(silence.rows,))
    return Measured(value=silence.hours, low=silence.low, high=silence.high, model_only=model, sources=(silence.rows,), notes=("coarse_times",))


def _lead(facts: ResponseFacts) -> Input:
    departments = None if facts.departments is None else len(facts.departments)
    return Leadership(lead=facts.lead.value, departments=departments, sources=(*facts.lead.sources, *facts.case.sources_of("departments")))


def _recovery(facts: ResponseFacts) -> Input:
    """(peak - end) / (peak - base); shares of an unaudited model span what their measured error allows, all three at once."""
    peak, end, base = facts.outcomes.peak, facts.outcomes.end, facts.outcomes.base
    if peak is None or end is None:
        if facts.outcomes.curve_grade is not None and facts.onset is None:
            return Missing(reason="no_onset")
        return Missing(reason="flat_curve" if facts.outcomes.unchanged else "no_curve", sources=facts.outcomes.curve_sources)
    if base is None:
        return Missing(reason="no_base", sources=(*peak.sources, *end.sources))
    shares = (peak, end, base)
    sources = tuple(source for share in shares for source in share.sources)
    if peak.value <= base.value:
        return Missing(reason="peak_not_above_base", sources=sources)
    value = (peak.value - end.value) / (peak.value - base.value)
    model = any(share.grade == "model" for share in shares)
    if not model or any(share.grade == "model" and share.error is None for share in shares):
        return Measured(value=value, model_only=model, sources=sources)
    corners = [(p - e) / (p - b) if p > b else None for p, e, b in product(*(_ends(share) for share in shares))]
    known = [corner for corner in corners if corner is not None]
    if len(known) < len(corners):
        return Measured(value=value, model_only=True, sources=sources)
    return Measured(value=value, low=min(known), high=max(known), model_only=True, sources=sources)


def _ends(share: OutcomeShare) -> tuple[float, float]:
    error = share.error if share.grade == "model" and share.error is not None else 0.0
    return max(share.value - error, 0.0), min(share.value + error, 1.0)


def _back_to_normal(facts: ResponseFacts, onset: OnsetCandidate | None) -> Input:
    outcomes = facts.outcomes
    model = outcomes.curve_grade == "model"
    if onset is None and (outcomes.normal_at is not None or outcomes.normal_watched):
        return Missing(reason="no_onset", sources=outcomes.curve_sources)
    if onset is not None and outcomes.normal_at is not None:
        hours, least = (outcomes.normal_at - onset.at) / _HOUR, max((outcomes.normal_at - onset.latest) / _HOUR, 0.0)
        if onset.day_only:
            return Measured(value=hours, low=min(least, hours), high=hours, model_only=model, sources=outcomes.curve_sources, notes=("coarse_times",))
        return Measured(value=hours, model_only=model, sources=outcomes.curve_sources)
    if outcomes.never_above and not model:
        return Missing(reason="never_above", sources=outcomes.curve_sources)
    if onset is not None and outcomes.normal_watched and not model:
        return Missing(reason="not_back", best=hours_between(onset.latest, outcomes.observed_until), sources=outcomes.curve_sources)
    return Missing(reason="unaudited_normal" if outcomes.normal_watched else "no_normal", sources=outcomes.curve_sources)


def _curve_and_business(facts: ResponseFacts) -> dict[str, Input]:
    outcomes = facts.outcomes
    model = outcomes.curve_grade == "model"
    opened = outcomes.complaints
    closed = opened.k / opened.n if opened is not None and opened.n > 0 else None
    return {
        "attribution": Missing(reason=_no_attribution(facts), sources=outcomes.curve_sources)
        if outcomes.attribution is None
        else Coded(value=outcomes.attribution, model_only=model, sources=outcomes.curve_sources),
        "rebound": Missing(reason="no_rebounds" if outcomes.curve_grade is None or facts.formal_plan else "no_plan_made", sources=outcomes.curve_sources)
        if outcomes.rebounds is None
        else Measured(value=float(outcomes.rebounds), model_only=model, sources=outcomes.curve_sources),
        "sales": _of(outcomes.sales_change, "no_sales"),
        "followers": _of(outcomes.follower_loss, "no_followers"),
        "complaints": Missing(reason="no_complaints", sources=() if opened is None else opened.sources)
        if opened is None or closed is None
        else Measured(value=closed, sources=opened.sources, notes=("of_tickets",) if outcomes.complaints_of_tickets else ()),
    }


def _no_attribution(facts: ResponseFacts) -> MissingReason:
    if facts.outcomes.attribution_inseparable:
        return "inseparable"
    return "no_attribution" if facts.outcomes.curve_grade is None or facts.first_response else "no_public_move"


def _of(fact: Fact[float] | None, reason: MissingReason) -> Input:
    return Missing(reason=reason) if fact is None else _figure(fact.value, reason, fact.sources)


def _figure(value: float | None, reason: MissingReason, sources: tuple[Source, ...]) -> Input:
    return Missing(reason=reason, sources=sources) if value is None else Measured(value=float(value), sources=sources)


def _coded(value: str | None, reason: MissingReason, sources: tuple[Source, ...]) -> Input:
    return Missing(reason=reason, sources=sources) if value is None else Coded(value=value, sources=sources)
