"""An archived incident under another rubric: from the kept indicator inputs, never from the exports."""

from dataclasses import dataclass, replace
from typing import Literal

from review.analysis.scorecard import Scorecard, score
from review.record import Record, timing
from review.settings.rubric import Level, Rubric

Caveat = Literal["trigger_share", "silence_hours", "level_by_reads_unknown", "earlier_rubric_unknown"]
"""What the new rubric sets otherwise and the kept inputs cannot follow: it takes a new build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescored:
    """The scorecard under the new rubric, and what in it still follows the earlier one."""

    record: Record
    level: Level | None
    card: Scorecard
    caveats: tuple[Caveat, ...]


def rescore(record: Record, rubric: Rubric, earlier: Rubric | None) -> Rescored:
    """The same inputs scored by another rubric. earlier: the rubric of the record, to tell what cannot follow; None where it was not kept.

    The level is told again from the reads unless it was typed. Hours, shares and red lines stay as measured.
    """
    caveats: list[Caveat] = []
    level = record.head.level
    if not record.score.level_typed and level is not None:
        if record.score.reads is None:
            caveats.append("level_by_reads_unknown")
        else:
            level = rubric.level_of(record.score.reads)
    if earlier is None:
        if rubric.sha256 != record.head.rubric_sha256:
            caveats.append("earlier_rubric_unknown")
    else:
        if earlier.trigger_share != rubric.trigger_share:
            caveats.append("trigger_share")
        if earlier.red_line("no_public_response_24h").hours != rubric.red_line("no_public_response_24h").hours:
            caveats.append("silence_hours")
    return Rescored(record=record, level=level, card=score(dict(record.score.inputs), level, rubric, record.score.states), caveats=tuple(caveats))


def restated(rescored: Rescored) -> Record:
    """The record as if it had been scored so from the start: level, targets, score and rubric are the new ones, what was measured stays."""
    record, card = rescored.record, rescored.card
    return replace(
        record,
        head=replace(
            record.head,
            level=rescored.level,
            total=card.total if card.rated else None,
            grade=card.grade_text,
            rubric_version=card.rubric_version,
            rubric_sha256=card.rubric_sha256,
        ),
        first_response=timing(card.line("first_response"), rescored.level),
        formal_plan=timing(card.line("formal_plan"), rescored.level),
        score=replace(
            record.score,
            low=card.low,
            high=card.high,
            coverage=card.coverage,
            rated=card.rated,
            provisional=card.provisional,
            red_lines=tuple(state.ident for state in card.red_lines if state.verdict == "triggered"),
        ),
    )
