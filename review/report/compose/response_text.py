"""四、应对得失: the three verdicts, what was done well and badly, before and after each action, the score."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from review.analysis.curve import Curve
from review.analysis.effects import Effect, Escalation, Placebo
from review.analysis.indicators import Line
from review.analysis.scorecard import Scorecard
from review.analysis.timeline import ResponseCard
from review.incident.case import Case, CaseItem
from review.incident.evidence import SettingKey
from review.report.chart_data import ScoreBar, ScoreChart
from review.report.compose.cause_text import numbered
from review.report.compose.score_text import (
    line_basis,
    low_coverage,
    raw_text,
    reason_text,
    red_line_text,
    rubric_key,
    score_of,
    target_text,
    total_basis,
    total_text,
)
from review.report.compose.shares_text import difference_how, share_of
from review.report.document import DASH, Block, Bullets, Callout, Column, Figure, Paragraph, Ref, Slot, Table, Text, Tile, Tiles, Words
from review.report.pen import Basis, Pen, basis
from review.report.phrases import joined
from review.settings.curve import EffectSettings
from review.settings.reasons import Reasons
from review.settings.rubric import Rubric

VERDICTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("timing", ("first_response", "formal_plan")),
    ("kol", ("kol",)),
    ("demands", ("service", "complaints", "solution")),
)
"""三项总评 (source: 判断「声明发布时机」「KOL/KOC配合」「用户诉求解决」是否到位) and the indicators each rests on."""


def verdict_of(card: Scorecard, idents: Sequence[str], rubric: Rubric) -> str:
    """good, fair, poor, open or not_applicable: by the weighted mean of the scored lines among these indicators."""
    lines = [card.line(ident) for ident in idents]
    scored = [line for line in lines if line.score is not None]
    if not scored:
        return "not_applicable" if all(line.state == "not_applicable" for line in lines) else "open"
    mean = sum((line.score or 0.0) * line.weight for line in scored) / sum(line.weight for line in scored)
    return "good" if mean >= rubric.strength_min else "poor" if mean < rubric.weakness_below else "fair"


def verdict_words(pen: Pen, card: Scorecard, idents: Sequence[str], rubric: Rubric) -> Text:
    """到位, and that it rests on part of the indicators where others could not be assessed."""
    verdict = pen.words(f"verdict.is_{verdict_of(card, idents, rubric)}")
    if {"scored", "unassessable"} <= {card.line(ident).state for ident in idents}:
        return pen.say("verdict.partial", verdict=verdict)
    return verdict


def verdict_blocks(pen: Pen, card: Scorecard, rubric: Rubric, reasons: Reasons) -> list[Block]:
    """三项总评 as a table: verdict and the facts it rests on; a gap line where nothing about the response is known."""
    if not any(card.line(ident).score is not None for _, idents in VERDICTS for ident in idents):
        return [pen.gap("gap.verdicts")]
    rows = []
    for name, idents in VERDICTS:
        facts: list[Text] = []
        for ident in idents:
            line = card.line(ident)
            label = pen.setting(line.criterion.name)
            if line.score is not None and line.criterion.between is not None and line.lesson == "between":
                facts.append(pen.say("verdict.between", name=label, raw=raw_text(pen, line), words=pen.setting(line.criterion.between.text)))
            elif line.score is not None:
                note = pen.say("verdict.note", note=reason_text(pen, line, reasons)) if line.notes else ()
                facts.append(pen.say("verdict.fact", name=label, raw=raw_text(pen, line), score=score_of(pen, line), note=note))
            else:
                facts.append(pen.say("verdict.open_fact", name=label, why=reason_text(pen, line, reasons)))
        rows.append((pen.words(f"verdict.{name}"), verdict_words(pen, card, idents, rubric), joined(facts)))
    return [
        Table(
            id="verdicts",
            caption=pen.words("verdict.caption"),
            columns=(Column(pen.word("head.verdict"), 22), Column(pen.word("head.conclusion"), 16), Column(pen.word("head.basis"), 62)),
            rows=tuple(rows),
        )
    ]


def lesson_blocks(pen: Pen, card: Scorecard, case: Case, kind: str) -> list[Block]:
    """得 or 失: what the brand did, by the score, with the practice it refers to; then what analysts wrote."""
    lines = card.lessons("strength" if kind == "strength" else "weakness")
    blocks: list[Block] = []
    if lines:
        blocks.append(
            Table(
                id=f"{kind}_lines",
                caption=pen.words(f"lessons.{kind}_caption"),
                columns=(
                    Column(pen.word("head.indicator"), 22),
                    Column(pen.word("head.measured"), 28.5),
                    Column(pen.word("head.score"), 8, "right"),
                    Column(pen.word("head.practice"), 41.5),
                ),
                rows=tuple(_lesson_row(pen, line, kind) for line in lines),
                note=pen.say("lessons.evidence", table=Ref("score_detail")),
            )
        )
    elif card.assessed_weight == 0:
        blocks.append(pen.gap("gap.lessons"))
    else:
        blocks.append(pen.body(f"lessons.no_{kind}"))
    typed_items = case.of_kind("strength" if kind == "strength" else "weakness")
    if typed_items:
        blocks.append(pen.body("lessons.typed"))
        blocks.append(Bullets(items=tuple(_typed_lesson(pen, item) for item in typed_items)))
    elif kind == "weakness" and not case.of_kind("strength"):
        blocks.append(Slot(id="lessons", prompt=pen.words("lessons.open")))
    return blocks


def _lesson_row(pen: Pen, line: Line, kind: str) -> tuple[Text, ...]:
    criterion = line.criterion
    practice = criterion.practice_good if kind == "strength" else criterion.practice_bad
    measured = raw_text(pen, line)
    if line.target is not None:
        measured = pen.say("lessons.against", raw=measured, target=target_text(pen, line))
    return ((pen.setting(criterion.name),), measured, score_of(pen, line), (pen.setting(practice),))


def _typed_lesson(pen: Pen, item: CaseItem) -> Text:
    told = pen.say("lessons.item", content=pen.typed(item.content), basis=pen.typed(item.basis)) if item.basis else (pen.typed(item.content),)
    return numbered(pen, item, told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What 应对前后变化 is written from: the effects of single actions, those of groups, how fast the share moved around the first public response, and the
    settings all three were measured with."""

    singles: Sequence[Effect]
    groups: Sequence[Effect]
    moved: Escalation | None
    settings: EffectSettings


def effect_blocks(pen: Pen, curve: Curve | None, found: Compared, cards: Sequence[ResponseCard]) -> list[Block]:
    """应对前后变化: a row an action, or a group of actions too close to be told apart; what followed in WORDING's words, never a cause.

    An action is named by its place among the cards.
    """
    moved = found.moved
    if not found.singles or curve is None:
        return [pen.gap("gap.effects" if not cards else "gap.effects_curve" if curve is None else "gap.effects_public")]
    actions = {effect.ident: [cards[int(place)] for place in (effect.ident, *effect.elsewhere)] for effect in found.singles}
    grouped = {ident for group in found.groups for ident in group.group}
    rows = sorted((*(effect for effect in found.singles if effect.ident not in grouped), *found.groups), key=lambda effect: (effect.at, effect.ident))
    blocks: list[Block] = []
    if curve.width is not None and any(effect.before is not None for effect in rows):
        side = basis("动作前后各自的窗口长度", "设置的时段数 × 时段宽度", SettingKey(file="curve.toml", key="effects.side_buckets"), curve.rows)
        blocks.append(pen.body("effect.intro", side=pen.duration(found.settings.side_buckets * curve.width, side)))
    if all(effect.grade is None for effect in rows):
        blocks.append(pen.body("effect.none_assessed"))
    cells = tuple(_effect_row(pen, curve, effect, [actions[ident] for ident in effect.group or (effect.ident,)]) for effect in rows)
    explained = {2: "effect.note" if curve.width is not None else "effect.note_samples", 3: "effect.note_interval", 4: "effect.note_quiet"}
    notes = [pen.words(note) for column, note in explained.items() if any(row[column] != DASH for row in cells)]
    blocks.append(
        Table(
            id="effects",
            caption=pen.words("effect.caption"),
            columns=(
                Column(pen.word("head.time"), 16),
                Column(pen.word("head.action"), 18),
                Column(pen.word("head.before_after"), 21.5),
                Column(pen.word("head.interval"), 13.5),
                Column(pen.word("effect.head_quiet"), 11),
                Column(pen.word("head.finding"), 20),
            ),
            rows=cells,
            note=joined([*notes, pen.words("effect.note_end")], ""),
        )
    )
    if moved is not None and moved.before is not None and moved.after is not None and curve.grade != "model":
        blocks.append(_escalation(pen, moved, found.settings.alpha))
    return blocks


def _escalation(pen: Pen, moved: Escalation, alpha: float) -> Paragraph:
    """How fast the share moved before and after the first public response, with 1 - alpha errors, and whether the two can be told apart."""
    z = NormalDist().inv_cdf(1 - alpha / 2)

    def speed(value: float | None, error: float | None, what: str, when: str) -> Text:
        how, key = f"{when}的比较时长内，各时段占比对时间按评论数加权拟合的直线斜率", _WINDOW_KEYS[what]
        found = basis(f"首次公开回应{what}负面占比每小时的变化", how, moved.rows, key)
        error_how = f"{how}的标准误（加权残差平方和 ÷（时段数 − 2））× 百分之九十五的正态分位数"
        spread = pen.points(z * (error or 0.0), basis(f"首次公开回应{what}每小时变化的误差", error_how, moved.rows, key))
        return pen.say("effect.rising" if (value or 0.0) > 0 else "effect.falling", points=pen.points(value or 0.0, found), error=spread)

    change = (moved.after or 0.0) - (moved.before or 0.0)
    told_apart = abs(change) > z * math.hypot(moved.before_error or 0.0, moved.after_error or 0.0)
    return pen.body(
        "effect.escalation",
        window_before=pen.duration(
            moved.window_before, basis("首次公开回应前的比较时长", "设置的时段数 × 时段宽度，不超出数据", moved.rows, _WINDOW_KEYS["前"])
        ),
        before=speed(moved.before, moved.before_error, "前", "回应所在时段之前"),
        window_after=pen.duration(moved.window_after, basis("首次公开回应后的比较时长", "设置的时段数 × 时段宽度，不超出数据", moved.rows, _WINDOW_KEYS["后"])),
        after=speed(moved.after, moved.after_error, "后", "自回应所在时段起"),
        pace=pen.words("effect.pace_same" if not told_apart else "effect.pace_lower" if change < 0 else "effect.pace_higher"),
    )


def _effect_row(pen: Pen, curve: Curve, effect: Effect, actions: Sequence[Sequence[ResponseCard]]) -> tuple[Text, ...]:
    """One action (its publications), or a group with its actions below one another; the time is the first one's."""
    action = joined([_action_name(pen, cards, after) for after, cards in zip([None, *actions], actions, strict=False)])
    when = (pen.when(effect.at, basis("动作时间", "应对时间线", effect.rows), actions[0][0].precision),)
    finding = pen.words(f"effect.grade_{effect.grade}" if effect.grade else f"effect.reason_{effect.reason}")
    if effect.falling_since is not None:
        since = pen.when(effect.falling_since, basis("下降可能开始的时间", "以动作前已开始的下降与动作时的台阶比较", effect.curve_rows))
        finding = pen.say("effect.earlier", finding=finding, since=since)
    if len(actions) > 1:
        finding = pen.say("effect.joint", n=pen.count(len(actions), "项", basis("相隔过近的动作数", "计数", effect.rows)), finding=finding)
    if effect.before is None or effect.after is None or effect.change is None:
        return (when, action, DASH, DASH, DASH, finding)
    before, after = effect.before, effect.after
    sampled = effect.reason == "samples"
    sides = ("动作前最近一次抽样", "动作后最近一次抽样") if sampled else ("动作前窗口", "动作后窗口")
    within = [f"{side}内" if sampled else f"{side}（不含动作所在时段）内" for side in sides]
    change = pen.say(
        "turns.change",
        before=share_of(pen, curve, before.share, f"{sides[0]}的负面占比", within[0], before.rows),
        after=share_of(pen, curve, after.share, f"{sides[1]}的负面占比", within[1], after.rows),
    )
    each = tuple(zip((before, after), sides, ("", "条"), strict=True))
    told = [pen.count(side.n, unit, basis(f"{name}的已判定条数", "计数", side.rows)) for side, name, unit in each]
    counts = pen.say("effect.counts", before=told[0], after=told[1])
    if sampled:
        starts = [pen.when(side.start, basis(f"{name}的开始时间", "填写的开始时间", side.rows)) for side, name, _ in each]
        counts = pen.say("effect.counts_samples", before=told[0], after=told[1], before_at=starts[0], after_at=starts[1])
        finding = pen.words("effect.between_samples")
    interval = DASH
    if effect.low is not None and effect.high is not None and curve.grade != "model":
        how = difference_how(before.n_effective, after.n_effective)
        interval = (pen.point_range(effect.low, effect.high, basis("前后之差的区间", how, effect.curve_rows)),)
    return (when, action, (*change, *counts), interval, DASH if effect.placebo is None else _quiet_times(pen, effect.placebo), finding)


def _action_name(pen: Pen, cards: Sequence[ResponseCard], after: Sequence[ResponseCard] | None) -> Text:
    """An action by its kind and title, and where one text was published on several platforms, these.

    after: the action named before it in the same row; one of the same kind is named by its title alone.
    """
    title = next((card.title for card in cards if card.title and card.title != pen.code("action", card.action).text), None)
    name: Text = () if title is None else (pen.quote(title, 20),)
    if not name or after is None or after[0].action != cards[0].action:
        name = (pen.code("action", cards[0].action), *((Words("："), *name) if name else ()))
    platforms = sorted({card.platform for card in cards if card.platform})
    return pen.say("effect.same_text", action=name, platforms=joined([(pen.code("platform", each),) for each in platforms], "、")) if len(cards) > 1 else name


def _quiet_times(pen: Pen, placebo: Placebo) -> Text:
    """How often the same comparison finds as large a change where nothing was done."""
    if placebo.times == 0:
        return pen.words("effect.no_quiet")
    how = "动作之前、前后窗口内没有公开动作、且前后折算后的条数都达到设定下限的各时段，以同样窗口比较"
    least = SettingKey(file="curve.toml", key="effects.side_effective")
    return pen.say(
        "effect.quiet",
        n=pen.count(placebo.as_large, "", basis("没有动作而变化同样大的时段数", f"{how}，方向相同且幅度不小于该动作的个数", placebo.rows, least)),
        times=pen.count(placebo.times, "个", basis("可作对照的没有动作的时段数", how, placebo.rows, least)),
    )


_WINDOW_KEYS: Final = {
    "前": SettingKey(file="curve.toml", key="effects.trend_pre_buckets"),
    "后": SettingKey(file="curve.toml", key="effects.trend_post_buckets"),
}
"""How long the two sides of the first public response are over which its pace is compared."""

SHAKEN: Final = "全部权重按量表次序各乘以（1 ± 浮动幅度）之间的均匀随机数（numpy default_rng，次数与种子见量表 stability 一节）后，综合评分"

LEAST_BARS: Final = 3
"""Scored indicators below which a chart would be an empty frame: the table of the appendix says as much."""


def score_blocks(pen: Pen, card: Scorecard, rubric: Rubric) -> list[Block]:
    """综合评分: tiles, bars, dimensions, red lines, what would change the grade."""
    blocks: list[Block] = []
    if card.assessed_weight == 0:
        return [pen.gap("gap.score")]
    if card.total is None or not card.rated:
        blocks.append(Paragraph(text=(*low_coverage(pen, rubric), Words("。")), style="gap"))
    else:
        blocks.append(_tiles(pen, card))
    if sum(line.state == "scored" for line in card.lines) < LEAST_BARS:
        blocks.append(pen.body("score.few", table=Ref("score_detail")))
    else:
        chart = score_chart(pen, card, rubric)
        ranged = any(bar.score is not None and bar.low is not None and bar.high is not None for bar in chart.bars)
        barless = any(bar.score is None for bar in chart.bars)
        blocks.append(
            Figure(
                id="score_bars",
                caption=pen.words("score.caption"),
                alt=pen.say("score.alt", total=total_text(pen, card, rubric)),
                chart=chart,
                note=(*pen.words("score.note_ranged" if ranged else "score.note"), *(pen.words("score.note_barless") if barless else ())),
            )
        )
        blocks.append(_dimension_table(pen, card))
    states = [state for state in card.red_lines if state.verdict != "clear" or state.contradicts_case]
    if states:
        blocks.append(Callout(kind="caution", title=pen.words("red.title"), items=tuple(red_line_text(pen, state, rubric) for state in states)))
    if card.lever is not None and card.rated:
        lever = card.lever
        line = card.line(lever.ident)
        blocks.append(
            pen.body(
                "score.lever",
                grade=pen.setting(lever.grade.name),
                gap=pen.score(lever.gap, total_basis(card, "距上一等级的分差", "等级下限 − 综合评分")),
                name=pen.setting(lever.name),
                now=pen.score(lever.score, line_basis(line, "现得分", line.criterion.formula)),
                needed=pen.score(lever.needed_score, line_basis(line, "达到上一等级所需得分", "现得分 + 分差 × 已评分权重 ÷ 该项权重")),
            )
        )
    elif card.rated and card.total is not None and (higher := [grade for grade in rubric.grades if grade.minimum > card.total]) and card.cap is None:
        next_grade = higher[-1]
        gap = pen.score(next_grade.minimum - card.total, total_basis(card, "距上一等级的分差", "等级下限 − 综合评分"))
        blocks.append(pen.body("score.no_lever", grade=pen.setting(next_grade.name), gap=gap))
    if card.band is not None:
        blocks.append(
            pen.body(
                "score.band",
                low=pen.score(card.band.low, total_basis(card, "权重扰动后的低端", f"{SHAKEN}的百分之五分位")),
                high=pen.score(card.band.high, total_basis(card, "权重扰动后的高端", f"{SHAKEN}的百分之九十五分位")),
                spread=pen.share(rubric.stability.spread, Basis(what="权重浮动幅度", how="量表", sources=(rubric_key("stability.spread"),)), 0),
                same=pen.share(card.band.same_grade, total_basis(card, "权重扰动后等级不变的比例", "等级不变的次数 ÷ 总次数"), 0),
            )
        )
    return blocks


def _tiles(pen: Pen, card: Scorecard) -> Tiles:
    total = pen.score(card.total or 0.0, total_basis(card, "综合评分", "各项得分 × 权重之和 ÷ 已评分权重"))
    span = pen.say(
        "score.range",
        low=pen.score(card.low, total_basis(card, "综合评分下限", "未能评分的指标按零分计")),
        high=pen.score(card.high, total_basis(card, "综合评分上限", "未能评分的指标按可能的最高分计")),
    )
    items = [
        Tile(label=pen.words("score.tile_total"), value=(total,), note=span),
        Tile(
            label=pen.words("score.tile_grade"),
            value=(pen.setting(card.grade.name if card.grade else ""),),
            note=pen.words("score.provisional") if card.provisional else (),
        ),
    ]
    items.extend(
        Tile(
            label=pen.words(f"score.tile_{part.ident}"),
            value=(pen.score(part.score, total_basis(card, pen.word(f"score.tile_{part.ident}"), "该部分各项得分按权重平均")),),
        )
        for part in card.parts
        if part.score is not None
    )
    items.append(
        Tile(
            label=pen.words("score.tile_coverage"),
            value=(pen.share(card.coverage, total_basis(card, "评分依据覆盖", "计入依据的权重 ÷ 适用权重"), 0),),
        )
    )
    return Tiles(items=tuple(items))


def score_chart(pen: Pen, card: Scorecard, rubric: Rubric) -> ScoreChart:
    """The lines as bars, in the rubric's order."""
    names = {dimension.ident: dimension.name for dimension in rubric.dimensions}
    return ScoreChart(
        bars=tuple(
            ScoreBar(
                name=pen.language.own(line.criterion.name),
                dimension=pen.language.own(names[line.criterion.dimension]),
                weight=line.weight,
                score=line.score,
                low=line.low if line.high > line.low else None,
                high=line.high if line.high > line.low else None,
                state=pen.language.own({"scored": "已评分", "not_applicable": "不适用", "unassessable": "暂不评分"}[line.state]),
            )
            for line in card.lines
        ),
        good_from=rubric.strength_min,
        bad_below=rubric.weakness_below,
    )


def _dimension_table(pen: Pen, card: Scorecard) -> Table:
    rows = []
    for each in (*card.dimensions, *card.parts):
        label = each.name if each.name != each.ident else pen.word(f"score.tile_{each.ident}")
        rows.append(
            (
                (pen.setting(label),),
                (pen.number(each.applicable_weight, total_basis(card, f"{label}：适用权重", "求和")),),
                (pen.number(each.assessed_weight, total_basis(card, f"{label}：已评分权重", "求和")),),
                DASH if each.score is None else (pen.score(each.score, total_basis(card, f"{label}：得分", "各项得分按权重平均")),),
                pen.say(
                    "score.range",
                    low=pen.score(each.low, total_basis(card, f"{label}：下限", "未能评分的指标按零分计")),
                    high=pen.score(each.high, total_basis(card, f"{label}：上限", "未能评分的指标按可能的最高分计")),
                ),
            )
        )
    return Table(
        id="dimensions",
        caption=pen.words("score.dimensions"),
        columns=(
            Column(pen.word("head.dimension"), 28),
            Column(pen.word("head.applicable"), 18, "right"),
            Column(pen.word("head.assessed"), 18, "right"),
            Column(pen.word("head.score"), 14, "right"),
            Column(pen.word("head.range"), 22, "right"),
        ),
        rows=tuple(rows),
        emphasis=tuple(range(len(card.dimensions), len(rows))),
    )
