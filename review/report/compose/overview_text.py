"""一、危机概述: what happened, its type and level, how far it reached."""

from datetime import datetime

from review.analysis.curve import Curve
from review.analysis.heat import Heat
from review.analysis.response_facts import ResponseFacts
from review.analysis.spread import Spread
from review.analysis.trigger import Trigger
from review.incident.case import Case
from review.incident.evidence import Source
from review.report.compose.cause_text import typed
from review.report.compose.score_text import rubric_key
from review.report.compose.shares_text import share_of
from review.report.document import Block, Bullets, Column, Paragraph, Section, Slot, Table, Text, Words
from review.report.pen import Basis, Pen, basis, field_sources, typed_basis
from review.report.phrases import joined
from review.settings.rubric import Rubric

DASH: Text = (Words("—"),)


def chapter(pen: Pen, course: tuple[Block, ...], level: tuple[Block, ...], reach: tuple[Block, ...]) -> Section:
    """The chapter, from its three subsections' blocks."""
    return Section(
        id="overview",
        level=1,
        title=pen.words("chapter.overview"),
        blocks=(
            Section(id="overview.course", level=2, title=pen.words("section.course"), blocks=course),
            Section(id="overview.level", level=2, title=pen.words("section.level"), blocks=level),
            Section(id="overview.reach", level=2, title=pen.words("section.reach"), blocks=reach),
        ),
    )


def course_blocks(pen: Pen, case: Case, facts: ResponseFacts, crossing: tuple[Trigger | None, str | None]) -> tuple[Block, ...]:
    """事件经过: the trigger in a sentence, then the times 首发 → 知悉 → 研判 → 回应 → 方案 with their lags. crossing: the bucket above the trigger line and the
    precision of the curve's times.
    """
    blocks: list[Block] = []
    if case.trigger:
        blocks.append(pen.body("overview.trigger", trigger=pen.typed(case.trigger.rstrip("。"))))
    else:
        blocks.append(Slot(id="trigger", prompt=pen.words("overview.trigger_open")))
    rows = _time_rows(pen, case, facts, crossing)
    if rows:
        blocks.append(
            Table(
                id="course",
                caption=pen.words("overview.course_caption"),
                columns=(
                    Column(pen.word("head.node"), 24),
                    Column(pen.word("head.time"), 26),
                    Column(pen.word("head.since_onset"), 24, "right"),
                    Column(pen.word("head.remark"), 26),
                ),
                rows=tuple(rows),
                note=_onset_note(pen, facts),
            )
        )
    else:
        blocks.append(pen.gap("gap.course"))
    return tuple(blocks)


def _time_rows(pen: Pen, case: Case, facts: ResponseFacts, crossing: tuple[Trigger | None, str | None]) -> list[tuple[Text, ...]]:
    lag = facts.detection
    onset = facts.onset
    fired, of_curve = crossing
    crossed = "crossing" if fired is None or fired.seen_below else "crossing_before"
    nodes: list[tuple[str, datetime | None, tuple[Source, ...], str | None, Text]] = [
        ("first_post", lag.first_post_at, facts.outcomes.first_post_sources, None, ()),
        (
            "onset",
            None if onset is None else onset.at,
            () if onset is None else onset.sources,
            of_curve if onset is not None and onset.kind == "crossing" else None,
            () if onset is None else pen.words(f"overview.onset_{onset.kind}"),
        ),
        (crossed, facts.outcomes.trigger_at, facts.outcomes.curve_sources, of_curve, ()),
        ("known", case.known_at, field_sources(case, ["known_at"]), None, typed(pen, case.discovery_channel) if case.discovery_channel else ()),
        ("assessed", case.assessed_at, field_sources(case, ["assessed_at"]), None, ()),
        ("activation", facts.activation.value, facts.activation.sources, "day" if facts.activation_day_only else None, ()),
    ]
    if facts.first_response is not None:
        first = facts.first_response
        nodes.append(("first_response", first.at, (first.rows,), first.precision, (pen.code("action", first.action),)))
    if facts.formal_plan is not None:
        plan = facts.formal_plan
        nodes.append(("formal_plan", plan.at, (plan.rows,), plan.precision, (pen.code("action", plan.action),)))
    rows: list[tuple[Text, ...]] = []
    for name, at, sources, precision, remark in sorted((node for node in nodes if node[1] is not None and node[2]), key=lambda node: node[1]):  # type: ignore[arg-type,return-value]
        assert at is not None
        what = pen.word(f"overview.node_{name}")
        since: Text = DASH
        if onset is not None and name != "onset" and precision != "day":
            span = pen.between(onset.at, at, Basis(what=f"{what}距爆发", how="两个时间之差", sources=(*sources, *onset.sources)))
            since = pen.say("overview.after" if at >= onset.at else "overview.before", span=span)
        rows.append(((Words(what),), (pen.when(at, Basis(what=f"{what}时间", how="填写或导出的时间", sources=sources), precision),), since, remark or DASH))
    return rows


def _onset_note(pen: Pen, facts: ResponseFacts) -> Text:
    if facts.onset is None:
        return ()
    return pen.words("overview.onset_note")


def level_blocks(pen: Pen, case: Case, facts: ResponseFacts, fired: Trigger | None, rubric: Rubric) -> tuple[Block, ...]:
    """定性与定级."""
    blocks: list[Block] = []
    if case.incident_type is not None:
        kind = pen.code("incident_type", case.incident_type)
        if case.nature in ("accident", "process_gap"):
            blocks.append(pen.body("overview.type", kind=kind, nature=pen.code("nature", case.nature)))
        else:
            blocks.append(pen.body("overview.type_alone", kind=kind))
    else:
        blocks.append(Slot(id="incident_type", prompt=pen.words("overview.type_open")))
    blocks.append(_level(pen, facts, rubric))
    level = facts.level
    if level.on_the_line:
        blocks.append(pen.note("overview.on_the_line"))
    if facts.level_at_response is not None and level.level is not None and facts.level_at_response != level.level:
        blocks.append(pen.body("overview.level_then", level=pen.code("level", facts.level_at_response)))
    if len(level.topics) > 1 and level.total_reads is not None:
        total = pen.count(level.total_reads, "次", Basis(what="各话题阅读量之和（未去重）", how="求和", sources=tuple(topic.rows for topic in level.topics)))
        blocks.append(pen.note("overview.total_reads", total=total))
    items = [
        pen.say(f"overview.{name}", text=pen.typed(text))
        for name, text in (("scope", case.scope), ("risk", case.risk), ("urgency", case.urgency))
        if text is not None
    ]
    if items:
        blocks.append(Bullets(items=tuple(items)))
    if case.silence is not None and facts.silence is not None and facts.silence.documented:
        when = facts.silence.decided_at
        assert when is not None
        blocks.append(
            pen.body(
                "overview.silence",
                by=pen.typed(case.silence.by),
                at=pen.when(when, typed_basis("决定不公开回应的时间", case, "silence")),
                reason=pen.typed(case.silence.reason),
            )
        )
    if fired is not None and fired.seen_below and facts.activation.value is not None and not facts.activation_day_only:
        sources = (*facts.activation.sources, *facts.outcomes.curve_sources)
        key = "overview.activated_after" if facts.activation.value >= fired.at else "overview.activated_before"
        span = pen.between(fired.at, facts.activation.value, Basis(what="越过预警线至启动响应", how="两个时间之差", sources=sources))
        blocks.append(pen.body(key, span=span))
    return tuple(blocks)


def _level(pen: Pen, facts: ResponseFacts, rubric: Rubric) -> Paragraph:
    level = facts.level
    line = pen.count(rubric.level1_min, "次", Basis(what="一级危机的话题阅读量门槛", how="来源规定", sources=(rubric_key("level.level1_min"),)))
    if level.level is None:
        return pen.body("overview.level_unknown_bounds" if level.topics else "overview.level_unknown", line=line)
    word = pen.code("level", level.level)
    if level.reads is None:
        return pen.body("overview.level_typed", level=word)
    reads = pen.count(
        level.reads,
        "次",
        Basis(what="最大单一话题的阅读量", how="累计读数（事件前已有的话题取爆发后的增量）", sources=tuple(topic.rows for topic in level.topics[:1])),
    )
    if level.typed is not None:
        return pen.body("overview.level_typed_reads", level=word, reads=reads, line=line)
    return pen.body("overview.level_by_reads", level=word, reads=reads, line=line)


def reach_blocks(pen: Pen, spread: Spread, heat: Heat, curve: Curve | None, facts: ResponseFacts) -> tuple[Block, ...]:
    """影响范围: platforms, mentions, reads, hours to a million, peak share."""
    items: list[Text] = []
    if spread.platforms:
        items.append(
            pen.say(
                "reach.platforms",
                n=pen.count(len(spread.platforms), "个", basis("涉及平台数", "采集到内容的平台计数", spread.rows)),
                names=joined([(pen.code("platform", each.platform),) for each in spread.platforms], "、"),
                mentions=pen.count(spread.mentions, "条", basis("提及量", "帖文、转发与报道的行数（评论不计）", spread.rows)),
                comments=pen.count(sum(each.comments for each in spread.platforms), "条", basis("评论数", "评论与回复的行数", spread.rows)),
            )
        )
        if spread.first_at is not None and spread.last_at is not None:
            items.append(
                pen.say(
                    "reach.span",
                    first=pen.when(spread.first_at, basis("数据最早时间", "全部带时间的行的最早时间", spread.rows)),
                    last=pen.when(spread.last_at, basis("数据最晚时间", "全部带时间的行的最晚时间", spread.rows)),
                )
            )
    if heat.topics:
        topic = heat.topics[0]
        items.append(
            pen.say("reach.reads", reads=pen.count(topic.last.value, "次", basis("话题阅读量（最后一次读数）", "热度快照中的累计值", topic.last.rows)))
        )
        million = next((each for each in topic.milestones if each.reads == 1_000_000 and each.by is not None), None)
        if million is not None and million.by is not None and facts.onset is not None:
            span = pen.between(
                facts.onset.at,
                million.by,
                Basis(what="爆发至话题阅读量过百万", how="达到百万的首次读数时间 − 爆发时间", sources=(million.rows, *facts.onset.sources)),
            )
            items.append(pen.say("reach.million" if million.by >= facts.onset.at else "reach.million_before", span=span))
    if curve is not None and curve.peak is not None:
        items.append(pen.say("reach.peak", share=share_of(pen, curve, curve.peak.share, "负面占比峰值", "最高一段的负面条数 ÷ 已判定条数", curve.peak.rows)))
    if not items:
        return (pen.gap("gap.reach"),)
    return (Bullets(items=tuple(items)),)
