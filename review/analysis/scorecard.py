"""The score of a response: 19 lines, total with range, coverage, grade, red lines, and how far it depends on the weights.

Total = sum(w s) / sum(w) over scored lines (renormalised, the missing redistributed) beside the whole range (missing = 0 … missing = best possible), as in
OECD/JRC Handbook 2008 and Jiménez et al. 2009. Weight band: METHODS.md C7.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from review.analysis.indicators import Input, Lesson, Line, Missing, score_line
from review.incident.case import RedLine
from review.incident.evidence import Source
from review.settings.rubric import LEVELS, GradeLine, Level, Part, Rubric

RedLineVerdict = Literal["triggered", "clear", "undetermined", "undeclared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedLineState:
    """One red line. triggered: it caps. clear: looked at and not so. undetermined: the ground is not firm (暂不判定). undeclared: nobody said.

    contradicts_case: the case file says otherwise than what was measured.
    """

    ident: RedLine
    verdict: RedLineVerdict
    sources: tuple[Source, ...] = ()
    contradicts_case: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtotal:
    """Lines of one dimension or part: weights, points (None where nothing is scored), and range, all 0–100."""

    ident: str
    name: str
    applicable_weight: float
    assessed_weight: float
    weighted_sum: float
    score: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightBand:
    """Total under shaken weights: the two quantiles, and the share of draws with the same grade."""

    low: float
    high: float
    same_grade: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """The one indicator that, all else equal, needs the fewest more points to reach the next grade: from `score` to `needed_score`.

    needed_raw: the raw value (delays: hours) that earns them; None for categories, service and lead.
    """

    ident: str
    name: str
    grade: GradeLine
    gap: float
    score: float
    needed_score: float
    needed_raw: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """The score and everything behind it.

    level: None where undetermined; scored_as is then the level with the lower total, the range spans both and `other` is the other level's card.
    raw: renormalised total before caps; None where nothing is scored. total: raw kept within [low, high], then capped. rated: coverage suffices for a grade;
    grade, grade_low, grade_high (of total, low, high) and grade_text are None otherwise. assessed_weight: weight of scored lines; coverage:
    weight of those that count / applicable (0 where nothing applies).
    """

    level: Level | None
    scored_as: Level
    lines: tuple[Line, ...]
    raw: float | None
    total: float | None
    low: float
    high: float
    weighted_sum: float
    applicable_weight: float
    assessed_weight: float
    coverage: float
    rated: bool
    provisional: bool
    grade: GradeLine | None
    grade_low: GradeLine | None
    grade_high: GradeLine | None
    grade_text: str | None
    cap: float | None
    cap_binds: bool
    red_lines: tuple[RedLineState, ...]
    parts: tuple[Subtotal, ...]
    dimensions: tuple[Subtotal, ...]
    band: WeightBand | None
    lever: Lever | None
    rubric_version: str
    rubric_sha256: str
    other: "Scorecard | None" = None

    def line(self, ident: str) -> Line:
        """The line of this indicator; KeyError if there is none."""
        for line in self.lines:
            if line.criterion.ident == ident:
                return line
        raise KeyError(ident)

    def lessons(self, kind: Lesson) -> tuple[Line, ...]:
        """得 (strength), 失 (weakness) or between the lines: what the brand did, heaviest weight first, then the rubric's order."""
        return tuple(sorted((line for line in self.lines if line.lesson == kind), key=lambda line: -line.weight))


def score(inputs: Mapping[str, Input], level: Level | None, rubric: Rubric, red_lines: Sequence[RedLineState] = ()) -> Scorecard:
    """The scorecard of these inputs by indicator id; an indicator without input is unassessable.

    Level None: both levels are scored; the lower total is printed (stricter, as at exactly 5,000,000 reads), low and high span both. Where a censored or
    partly known line makes the renormalised total leave what is still possible, the total is moved to the end of the range. Nothing scored: total None, range
    0–100 or what the censored lines leave. Raises ValueError for an id that is no indicator or an input of the wrong shape.
    """
    unknown = sorted(set(inputs) - {criterion.ident for criterion in rubric.criteria})
    if unknown:
        raise ValueError(f"no such indicator: {', '.join(unknown)}")
    if level is not None:
        return _card(inputs, level, rubric, tuple(red_lines))
    cards = [_card(inputs, each, rubric, tuple(red_lines)) for each in LEVELS]
    lower, higher = sorted(cards, key=lambda card: (card.raw if card.raw is not None else 0.0, card.scored_as))
    low, high = min(lower.low, higher.low), max(lower.high, higher.high)
    lines = tuple(
        replace(a, low=min(a.low, b.low), high=max(a.high, b.high)) if a.state != "not_applicable" else a
        for a, b in zip(lower.lines, higher.lines, strict=True)
    )
    graded = _graded(lower.total, (low, high), lower.rated, rubric)
    return replace(
        lower, level=None, lines=lines, low=low, high=high, grade=graded[0], grade_low=graded[1], grade_high=graded[2], grade_text=graded[3],
        parts=_span(lower.parts, higher.parts), dimensions=_span(lower.dimensions, higher.dimensions), other=higher,
    )  # fmt: skip


def _span(ours: tuple[Subtotal, ...], theirs: tuple[Subtotal, ...]) -> tuple[Subtotal, ...]:
    return tuple(replace(a, low=min(a.low, b.low), high=max(a.high, b.high)) for a, b in zip(ours, theirs, strict=True))


def _card(inputs: Mapping[str, Input], level: Level, rubric: Rubric, red_lines: tuple[RedLineState, ...]) -> Scorecard:
    lines = [score_line(criterion, inputs.get(criterion.ident, Missing(reason="not_measured")), level) for criterion in rubric.criteria]
    whole = _subtotal("total", "", lines)
    lines = [_with_contribution(_with_lesson(line, level, rubric), whole.assessed_weight) for line in lines]
    cap = min((rubric.red_line(state.ident).cap for state in red_lines if state.verdict == "triggered"), default=None)
    raw = whole.score
    possible = None if raw is None else min(max(raw, whole.low), whole.high)
    ceiling = 100.0 if cap is None else cap
    total, low, high = _capped(possible, cap), min(whole.low, ceiling), min(whole.high, ceiling)
    counted = sum(line.weight for line in lines if line.counts)
    coverage = _share(counted, whole.applicable_weight)
    rated = total is not None and coverage >= rubric.min_grade_coverage
    grade, grade_low, grade_high, text = _graded(total, (low, high), rated, rubric)
    cap_binds = cap is not None and possible is not None and possible > cap
    return Scorecard(
        level=level,
        scored_as=level,
        lines=tuple(lines),
        raw=raw,
        total=total,
        low=low,
        high=high,
        weighted_sum=whole.weighted_sum,
        applicable_weight=whole.applicable_weight,
        assessed_weight=whole.assessed_weight,
        coverage=coverage,
        rated=rated,
        provisional=rated and coverage < rubric.provisional_coverage,
        grade=grade,
        grade_low=grade_low,
        grade_high=grade_high,
        grade_text=text,
        cap=cap,
        cap_binds=cap_binds,
        red_lines=red_lines,
        parts=_parts(lines),
        dimensions=tuple(_subtotal(d.ident, d.name, [line for line in lines if line.criterion.dimension == d.ident]) for d in rubric.dimensions),
        band=_band(lines, cap, rubric) if grade is not None else None,
        lever=None if grade is None or cap_binds or raw is None else _lever(lines, raw, whole.assessed_weight, rubric),
        rubric_version=rubric.version,
        rubric_sha256=rubric.sha256,
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _capped(total: float | None, cap: float | None) -> float | None:
    return total if total is None or cap is None else min(total, cap)


def _parts(lines: Sequence[Line]) -> tuple[Subtotal, ...]:
    wanted: tuple[Part, ...] = ("process", "outcome")
    return tuple(_subtotal(part, part, [line for line in lines if line.criterion.part == part]) for part in wanted)


def _subtotal(ident: str, name: str, lines: Sequence[Line]) -> Subtotal:
    applicable = sum(line.weight for line in lines if line.state != "not_applicable")
    assessed = sum(line.weight for line in lines if line.state == "scored")
    weighted = sum(line.weighted for line in lines if line.weighted is not None)
    return Subtotal(
        ident=ident,
        name=name,
        applicable_weight=applicable,
        assessed_weight=assessed,
        weighted_sum=weighted,
        score=weighted / assessed if assessed > 0 else None,
        low=_share(sum(line.weight * line.low for line in lines), applicable),
        high=_share(sum(line.weight * line.high for line in lines), applicable),
    )


def _with_contribution(line: Line, assessed: float) -> Line:
    return line if line.weighted is None else replace(line, contribution=_share(line.weighted, assessed))


def _with_lesson(line: Line, level: Level, rubric: Rubric) -> Line:
    """strength, weakness or between, for what the brand did and on evidence that counts; None otherwise."""
    if line.score is None or not line.criterion.brand_did or not line.counts:
        return line
    between = line.criterion.between
    if between is not None and between.level == level and isinstance(line.raw, float | int) and between.above < line.raw <= between.to:
        return replace(line, lesson="between")
    if line.score >= rubric.strength_min:
        return replace(line, lesson="strength")
    return replace(line, lesson="weakness") if line.score < rubric.weakness_below else line


def _graded(
    total: float | None, ends: tuple[float, float], rated: bool, rubric: Rubric
) -> tuple[GradeLine | None, GradeLine | None, GradeLine | None, str | None]:
    """Grades of total, low and high, and their words; all None where not rated. A range that crosses a line names both: 应对失当，至多存在明显不足."""
    if not rated or total is None:
        return None, None, None, None
    grade, low, high = rubric.grade(total), rubric.grade(ends[0]), rubric.grade(ends[1])
    words = [grade.name]
    if low != grade:
        words.append(f"至少{low.name}")
    if high != grade:
        words.append(f"至多{high.name}")
    return grade, low, high, "，".join(words)


def _band(lines: Sequence[Line], cap: float | None, rubric: Rubric) -> WeightBand | None:
    """How the total moves when every weight is shaken on its own; None where nothing is scored."""
    shake = rubric.stability
    weight = np.array([line.weight for line in lines])
    points = np.array([0.0 if line.score is None else line.score for line in lines])
    scored = np.array([line.state == "scored" for line in lines], dtype=float)
    applies = np.array([line.state != "not_applicable" for line in lines], dtype=float)
    if float((weight * scored).sum()) <= 0:
        return None
    shaken = weight * np.random.default_rng(shake.seed).uniform(1 - shake.spread, 1 + shake.spread, (shake.draws, len(lines)))
    whole = shaken @ applies
    total = (shaken @ (points * scored)) / (shaken @ scored)
    least = shaken @ np.array([line.low for line in lines]) / whole
    most = shaken @ np.array([line.high for line in lines]) / whole
    total = np.clip(total, least, most)
    if cap is not None:
        total = np.minimum(total, cap)
    middle = _subtotal("total", "", lines)
    own = _capped(min(max(middle.score or 0.0, middle.low), middle.high), cap)
    grade = rubric.grade(own or 0.0)
    better = min((other.minimum for other in rubric.grades if other.minimum > grade.minimum), default=np.inf)
    same = (total >= grade.minimum) & (total < better)
    low, high = np.quantile(total, [shake.low, shake.high])
    return WeightBand(low=float(low), high=float(high), same_grade=float(same.mean()))


def _lever(lines: Sequence[Line], raw: float, assessed: float, rubric: Rubric) -> Lever | None:
    """None at the best grade, or where no single scored indicator can make up the gap. Ties: the rubric's order."""
    above = [grade for grade in rubric.grades if grade.minimum > raw]
    if not above:
        return None
    grade = above[-1]
    best: Lever | None = None
    for line in lines:  # 19 lines
        if line.score is None or line.weight <= 0:
            continue
        needed = line.score + (grade.minimum - raw) * assessed / line.weight
        if needed > 100 or (best is not None and needed - line.score >= best.needed_score - best.score - 1e-12):
            continue
        best = Lever(
            ident=line.criterion.ident, name=line.criterion.name, grade=grade, gap=grade.minimum - raw, score=line.score, needed_score=needed,
            needed_raw=_raw_for(line, needed),
        )  # fmt: skip
    return best


def _raw_for(line: Line, needed: float) -> float | None:
    if line.criterion.kind not in ("delay", "value") or not isinstance(line.raw, float | int):
        return None
    scale = line.target or 1.0
    found = line.criterion.line().nearest(line.raw / scale, needed)
    return None if found is None else found * scale
