"""The scorecard in words: raw values, targets, states; used by 四、应对得失, 摘要 and the appendix."""

from datetime import timedelta
from typing import Final

from review.analysis.indicators import Line
from review.analysis.scorecard import RedLineState, Scorecard
from review.incident.evidence import SettingKey, Source
from review.report.document import DASH, Text
from review.report.pen import Basis, Pen, basis
from review.report.phrases import joined
from review.settings.reasons import Reasons
from review.settings.rubric import Rubric


def rubric_key(key: str) -> SettingKey:
    return SettingKey(file="rubric.toml", key=key)


def line_basis(line: Line, what: str, how: str) -> Basis:
    """The evidence rows of a line, and the rubric entry that turns them into points."""
    sources: tuple[Source, ...] = (*line.sources, rubric_key(f"criteria.{line.criterion.ident}"))
    return Basis(what=f"{line.criterion.name}：{what}", how=how, sources=sources)


def raw_basis(line: Line, what: str = "原始值") -> Basis:
    """The basis of a raw value, or of a part of it: the formula of the points says what is measured, from what to what."""
    return line_basis(line, what, f"下式中的实际值：{line.criterion.formula}")


FINE: Final = 2
"""Decimals of the share of followers lost, wherever it is told: a rubric's steps lie within a percent or two."""


def raw_text(pen: Pen, line: Line) -> Text:
    """The raw value with its unit; — where there is none."""
    criterion = line.criterion
    found = raw_basis(line)
    if isinstance(line.raw, str):
        if criterion.ident == "lead":
            lead: Text = (pen.code("lead", line.raw),)
            if line.n is None:
                return lead
            return pen.say("score.lead", lead=lead, n=pen.count(line.n, "个", found))
        return (pen.code("strategy_match", line.raw),) if criterion.ident == "strategy_match" else pen.words(f"effect.short_{line.raw}")
    if line.raw is None:
        if line.raw_low is not None and criterion.kind == "delay":
            return pen.say("score.at_least", value=pen.duration(timedelta(hours=line.raw_low), found))
        if line.state == "scored" and criterion.ident == "kol":
            return (pen.count(0, criterion.unit, found),)  # a complete timeline without one
        return DASH
    if line.k is not None and line.n is not None:
        return pen.say("score.fraction", k=pen.count(line.k, "", found), n=pen.count(line.n, "", found), share=pen.share(line.raw, found))
    match criterion.unit:
        case "小时":
            return (pen.duration(timedelta(hours=line.raw), found),)
        case "占比" | "比例" | "%":
            return (pen.share(line.raw, found, FINE if criterion.ident == "followers" else None),)
        case "变化率":
            return (pen.change(line.raw, found),)
        case unit:
            return (pen.count(line.raw, unit, found),)


def target_text(pen: Pen, line: Line) -> Text:
    """The target of a delay; — for other kinds."""
    return DASH if line.target is None else (pen.duration(timedelta(hours=line.target), line_basis(line, "目标", "量表")),)


def score_of(pen: Pen, line: Line) -> Text:
    """Points, 不适用, or 暂不评分 with its range."""
    if line.score is not None:
        return (pen.score(line.score, line_basis(line, "得分", line.criterion.formula)),)
    return pen.words("score.not_applicable" if line.state == "not_applicable" else "score.unassessable")


def reason_text(pen: Pen, line: Line, reasons: Reasons) -> Text:
    """Why a line is not scored, or what to know about it; () where nothing."""
    parts: list[Text] = []
    if line.missing is not None:
        parts.append(pen.say("score.missing", what=pen.setting(reasons.missing[line.missing])))
    if line.not_applicable is not None:
        parts.append(pen.say("score.why_not", why=pen.setting(reasons.not_applicable[line.not_applicable])))
    parts += [(pen.setting(reasons.note[note]),) for note in line.notes]
    return joined(parts)


def red_line_text(pen: Pen, state: RedLineState, rubric: Rubric) -> Text:
    """One red line in words, and whether people typed otherwise."""
    rule = rubric.red_line(state.ident)
    name = pen.setting(rule.name)
    if state.verdict == "triggered":
        cap = pen.score(rule.cap, Basis(what=f"{rule.name}：封顶分", how="量表", sources=(rubric_key(f"red_line.{rule.ident}.cap"), *state.sources)))
        told = pen.say("red.triggered", name=name, cap=cap)
    else:
        told = pen.say(f"red.{state.verdict}", name=name)
    return (*told, *pen.words("red.contradicts")) if state.contradicts_case else told


def total_basis(card: Scorecard, what: str, how: str) -> Basis:
    return Basis(
        what=what,
        how=how,
        sources=(rubric_key("criteria"), *dict.fromkeys(source for line in card.lines for source in line.sources)),
    )


def low_coverage(pen: Pen, rubric: Rubric) -> Text:
    """Why there is no 总评: the rubric's least coverage, in tenths where it is one."""
    least = round(rubric.min_grade_coverage * 100)
    found = basis("评级所需的评分依据", "量表", rubric_key("coverage.min_grade"))
    share = pen.text_claim(f"{'零一二三四五六七八九十'[least // 10]}成", "占比", found) if least % 10 == 0 else pen.share(rubric.min_grade_coverage, found, 0)
    return pen.say("score.low_coverage", least=share)


def total_text(pen: Pen, card: Scorecard, rubric: Rubric) -> Text:
    """总分 with range and grade, or why there is none."""
    if card.assessed_weight == 0:
        return pen.words("score.none")
    if card.total is None or not card.rated:
        return low_coverage(pen, rubric)
    how = "各项得分 × 权重之和 ÷ 已评分权重"
    return pen.say(
        "score.total_provisional" if card.provisional else "score.total",
        total=pen.score(card.total, total_basis(card, "综合评分", how)),
        grade=pen.setting(card.grade_text or ""),
        low=pen.score(card.low, total_basis(card, "综合评分下限", "未能评分的指标按零分计")),
        high=pen.score(card.high, total_basis(card, "综合评分上限", "未能评分的指标按可能的最高分计")),
        coverage=pen.share(card.coverage, total_basis(card, "评分依据覆盖", "计入依据的权重 ÷ 适用权重"), 0),
    )
