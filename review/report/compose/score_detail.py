"""附录 评分明细: every line of the score with what a reader needs to recompute it, the score under other readings, and what the judged lines rest on."""

from collections.abc import Sequence

from review.analysis.analyse import Findings
from review.analysis.indicators import Line
from review.analysis.outcome_inputs import OutcomeShare, Proportion
from review.analysis.response_facts import ResponseFacts
from review.incident.evidence import Source
from review.report.compose.score_text import line_basis, raw_basis, raw_text, reason_text, rubric_key, score_of, total_basis
from review.report.compose.shares_text import tenths
from review.report.document import DASH, Block, Column, Label, Table, Text, Words
from review.report.pen import Basis, Pen, basis
from review.report.phrases import joined
from review.settings.analysis_settings import AnalysisSettings
from review.settings.reasons import Reasons
from review.settings.rubric import Level

STAR: Text = (Words("＊"),)
MOST_DECIMALS = 6
"""Decimals a raw value is printed with at most; as many are taken as its points need to be recomputed."""


def score_table(pen: Pen, findings: Findings, settings: AnalysisSettings) -> Table:
    """评分明细, a row an indicator."""
    card, rubric = findings.score.card, settings.rubric
    return Table(
        id="score_detail",
        caption=pen.words("detail.caption"),
        landscape=True,
        columns=(
            Column(pen.word("head.no"), 4, "center"),
            Column(pen.word("head.indicator"), 11),
            Column(pen.word("head.raw"), 9),
            Column(pen.word("head.target"), 8),
            Column(pen.word("head.formula"), 28),
            Column(pen.word("head.score"), 7, "right"),
            Column(pen.word("head.weight"), 5, "right"),
            Column(pen.word("head.contribution"), 5, "right"),
            Column(pen.word("detail.evidence"), 23),
        ),
        rows=tuple(((Label(str(i)),), *_row(pen, line, findings, settings.reasons)) for i, line in enumerate(card.lines, 1)),
        note=pen.say(
            "detail.note",
            assessed=pen.number(card.assessed_weight, total_basis(card, "已评分权重", "求和")),
            version=pen.setting(rubric.version),
            digest=pen.setting(rubric.sha256),
        ),
    )


def _row(pen: Pen, line: Line, findings: Findings, reasons: Reasons) -> tuple[Text, ...]:
    facts, card, criterion = findings.facts, findings.score.card, line.criterion
    weight = pen.number(line.weight, Basis(what=f"{criterion.name}：权重", how="量表", sources=(rubric_key(f"criteria.{criterion.ident}.weight"),)))
    contribution = DASH
    if line.contribution is not None:
        contribution = (pen.decimal(line.contribution, line_basis(line, "贡献", "权重 × 得分 ÷ 已评分权重")),)
    target = DASH
    if line.target is not None:
        hours = pen.hours(line.target, line_basis(line, "目标", "量表"))
        target = (hours, *(STAR if criterion.target_is_default(card.scored_as) else ()))
    remark = [text for text in (_evidence(pen, line.sources), _parts(pen, line, facts), reason_text(pen, line, reasons)) if text]
    return (
        (pen.setting(criterion.name),),
        full_raw_text(pen, line, card.scored_as, facts.outcomes.complaints),
        target,
        (pen.setting(criterion.formula), *(STAR if {"curve", "points"} & set(criterion.starred) else ())),
        score_of(pen, line),
        (weight, *(STAR if "weight" in criterion.starred else ())),
        contribution,
        joined(remark) or DASH,
    )


def _evidence(pen: Pen, sources: Sequence[Source]) -> Text:
    return (pen.place(sources),) if sources else ()


def full_raw_text(pen: Pen, line: Line, level: Level, closed: Proportion | None) -> Text:
    """The raw value with as many decimals as its points need, counts as k/n, and the level where the points depend on it. closed: complaints."""
    found = raw_basis(line, "评分用原始值")
    if line.criterion.ident == "complaints" and line.score is not None and closed is not None:
        k, n = pen.count(closed.k, "", found), pen.count(closed.n, "", found)
        return pen.say("score.fraction", k=k, n=n, share=pen.share(closed.k / closed.n, found))
    if line.criterion.kind == "lead" and line.score is not None:
        return pen.say("detail.lead", raw=raw_text(pen, line), level=pen.words(f"detail.scored_as_{level}"))
    if isinstance(line.raw, str) and line.criterion.ident == "attribution":
        return (pen.setting(line.raw), Words("："), *pen.words(f"effect.grade_{line.raw}"))
    if line.criterion.kind not in ("delay", "value") or not isinstance(line.raw, float | int):
        return raw_text(pen, line)
    if line.criterion.unit == "小时":
        return (pen.hours(line.raw, found, _decimals(line, 2, 1.0)),)
    if line.criterion.unit in ("占比", "比例", "%", "变化率"):
        return (pen.share(line.raw, found, _decimals(line, 1, 100.0)),)
    return raw_text(pen, line)


def _decimals(line: Line, least: int, scale: float) -> int:
    """The fewest decimals, from `least` on, with which the printed raw value (times scale) earns the printed points."""
    assert isinstance(line.raw, float | int)
    for digits in range(least, MOST_DECIMALS):
        shown = round(line.raw * scale, digits) / scale
        if f"{line.criterion.line().at(shown / (line.target or 1.0)):.1f}" == f"{line.score:.1f}":
            return digits
    return MOST_DECIMALS


def _parts(pen: Pen, line: Line, facts: ResponseFacts) -> Text:
    """The three shares behind the recovery, a model's as ranges of tenths; () for other lines and where one is unknown."""
    peak, end, base = facts.outcomes.peak, facts.outcomes.end, facts.outcomes.base
    if line.criterion.ident != "recovery" or peak is None or end is None or base is None:
        return ()

    def share(each: OutcomeShare, what: str, how: str) -> Text:
        found = basis(f"{line.criterion.name}：{what}", how, *each.sources)
        return (pen.text_claim(tenths(each.value, each.error or 0.0), "占比", found) if each.grade == "model" else pen.share(each.value, found),)

    return pen.say(
        "detail.recovery",
        peak=share(peak, "峰值占比", "最高一段的负面占比，见情绪走势"),
        end=share(end, "期末占比", "末段的负面占比，见情绪走势"),
        base=share(base, "危机前占比", "事件开始以前的负面占比，算法同上"),
    )


def other_scores(pen: Pen, findings: Findings) -> list[Block]:
    """The score under the other candidate starts, and under the level as known at the first response; [] where there is only one reading."""
    score = findings.score
    rows: list[tuple[Text, ...]] = []
    for each in score.under_onsets:
        if each.card.total is None or not each.card.rated:
            continue
        start = next(candidate for candidate in findings.facts.onsets if candidate.kind == each.kind)
        rows.append(
            (
                pen.words(f"overview.onset_{each.kind}"),
                (pen.when(each.at, Basis(what="候选爆发时点", how="见事件经过", sources=start.sources), "day" if start.day_only else None),),
                (pen.score(each.card.total, total_basis(each.card, "另一爆发时点下的综合评分", "各项得分 × 权重之和 ÷ 已评分权重")),),
                (pen.setting(each.card.grade_text or ""),),
            )
        )
    then = score.under_level_at_response
    if then is not None and then.total is not None and then.rated and findings.facts.level_at_response != findings.facts.level.level:
        rows.append(
            (
                pen.words("detail.level_then"),
                DASH,
                (pen.score(then.total, total_basis(then, "按回应时已知等级的综合评分", "各项得分 × 权重之和 ÷ 已评分权重")),),
                (pen.setting(then.grade_text or ""),),
            )
        )
    if len(rows) < 2:
        return []
    return [
        Table(
            id="other_scores",
            caption=pen.words("detail.other_caption"),
            columns=(
                Column(pen.word("head.reading"), 38),
                Column(pen.word("head.onset"), 20),
                Column(pen.word("head.score"), 14, "right"),
                Column(pen.word("head.grade"), 28),
            ),
            rows=tuple(rows),
        )
    ]
