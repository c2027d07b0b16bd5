"""一、危机概述: what happened, its type and level, how far it reached."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Final

from review.analysis.analyse import Findings
from review.analysis.curve import Curve
from review.analysis.exposure import ExposureSeries
from review.analysis.heat import Heat, TopicHeat
from review.analysis.level import TopicReads
from review.analysis.response_facts import ResponseFacts
from review.analysis.spread import Carried, Spread
from review.incident.case import Case
from review.incident.evidence import SettingKey, Source
from review.report.compose.business_text import BASELINE, REACH_TOTALS, account_text, total_text, whole
from review.report.compose.cause_text import typed
from review.report.compose.score_text import rubric_key
from review.report.compose.shares_text import at_one_place, only_reading, place_text, share_of
from review.report.document import DASH, Block, Bullets, Column, Num, Paragraph, Slot, Table, Text, Words
from review.report.pen import Basis, Pen, basis, typed_basis
from review.report.phrases import joined
from review.settings.rubric import Rubric


def course_blocks(pen: Pen, case: Case, findings: Findings) -> tuple[Block, ...]:
    """事件经过: the trigger in a sentence, then the times 首发 → 知悉 → 研判 → 回应 → 方案 with their lags."""
    blocks: list[Block] = []
    if case.trigger:
        blocks.append(pen.body("overview.trigger", trigger=pen.typed(case.trigger.rstrip("。"))))
    else:
        blocks.append(Slot(id="trigger", prompt=pen.words("overview.trigger_open")))
    rows = _time_rows(pen, case, findings)
    if rows:
        blocks.append(
            Table(
                id="course",
                caption=pen.words("overview.course_caption"),
                columns=(
                    Column(pen.word("head.node"), 30),
                    Column(pen.word("head.time"), 20),
                    Column(pen.word("head.since_onset"), 20, "right"),
                    Column(pen.word("head.remark"), 30),
                ),
                rows=tuple(rows),
                note=(*_onset_note(pen, findings.facts), *_lag_note(pen, case, findings.facts)),
            )
        )
    else:
        blocks.append(pen.gap("gap.course"))
    return tuple(blocks)


FIRST_BY: Final = "非品牌的帖文与报道中最早者，依次取提及危机话题的、负面标签的、全部的"

_HOW: Final = {
    "crossing": "由负面占比的走势算出：首个持续高于预警线的时段",
    "crossing_before": "由负面占比的走势算出：首个可以确认高于预警线的时段",
    "first_post": FIRST_BY,
    "typed": "分析人员填写",
}
"""How a time came about that the input does not hold as such."""


def _lag_note(pen: Pen, case: Case, facts: ResponseFacts) -> Text:
    """首发至知悉 8 小时，知悉至研判 1 小时…: between neighbours whose hours are known and in this order; () where there are none."""
    lag, known, assessed = facts.detection, case.sources_of("known_at"), case.sources_of("assessed_at")
    posted = facts.outcomes.first_post_sources
    answered: tuple[Source, ...] = () if facts.first_response is None else (facts.first_response.rows,)
    spans: tuple[tuple[str, float | None, tuple[Source, ...]], ...] = (
        ("posted_known", lag.posted_to_known, (*posted, *known)),
        ("known_assessed", lag.known_to_assessed, (*known, *assessed)),
        ("assessed_responded", lag.assessed_to_responded, (*assessed, *answered)),
        ("posted_responded", lag.posted_to_responded, (*posted, *answered)),
    )
    told = []
    for name, hours, sources in spans:
        if hours is not None and hours >= 0 and sources:
            what = pen.word(f"overview.lag_{name}")
            span = pen.duration(timedelta(hours=hours), Basis(what=what, how="两个时间之差", sources=sources))
            told.append(pen.say("overview.lag", what=pen.words(f"overview.lag_{name}"), span=span))
    return pen.say("overview.lags", lags=joined(told, "，")) if told else ()


def _time_rows(pen: Pen, case: Case, findings: Findings) -> list[tuple[Text, ...]]:
    facts, fired, curve, first = findings.facts, findings.emotion.fired, findings.emotion.curve, findings.spread.first
    lag, onset = facts.detection, facts.onset
    of_curve, of_first = None if curve is None else curve.precision, None if first is None else first.precision
    crossed = "crossing" if fired is None or fired.seen_below else "crossing_before"
    nodes: list[tuple[str, datetime | None, tuple[Source, ...], str | None, Text]] = [
        ("first_post", lag.first_post_at, facts.outcomes.first_post_sources, of_first, _older(pen, findings.spread)),
        (
            "onset",
            None if onset is None else onset.at,
            () if onset is None else onset.sources,
            None if onset is None else "day" if onset.day_only else of_curve if onset.kind == "crossing" else None,
            () if onset is None else pen.words(f"overview.onset_{crossed if onset.kind == 'crossing' else onset.kind}"),
        ),
        (crossed, facts.outcomes.trigger_at, facts.outcomes.curve_sources, of_curve, ()),
        (
            "known",
            case.known_at,
            case.sources_of("known_at"),
            _precision(case, "known_at"),
            typed(pen, case.discovery_channel) if case.discovery_channel else (),
        ),
        ("assessed", case.assessed_at, case.sources_of("assessed_at"), _precision(case, "assessed_at"), ()),
        ("activation", facts.activation.value, facts.activation.sources, "day" if facts.activation_day_only else None, ()),
    ]
    if facts.first_response is not None:
        answer = facts.first_response
        nodes.append(("first_response", answer.at, (answer.rows,), answer.precision, (pen.code("action", answer.action),)))
    if facts.formal_plan is not None:
        plan = facts.formal_plan
        nodes.append(("formal_plan", plan.at, (plan.rows,), plan.precision, (pen.code("action", plan.action),)))
    rows: list[tuple[Text, ...]] = []
    for name, at, sources, precision, remark in sorted((node for node in nodes if node[1] is not None and node[2]), key=lambda node: node[1]):  # type: ignore[arg-type,return-value]
        assert at is not None
        what = pen.word(f"overview.node_{name}")
        since: Text = DASH
        if onset is not None and not onset.day_only and name != "onset" and precision != "day":
            span = pen.between(onset.at, at, Basis(what=f"{what}距爆发", how="两个时间之差", sources=(*sources, *onset.sources)))
            since = pen.say("overview.after" if at >= onset.at else "overview.before", span=span)
        of = onset.kind if onset is not None and name == "onset" else name
        time = pen.when(at, Basis(what=f"{what}时间", how=_HOW.get(of, "填写或导出的时间"), sources=sources), precision)
        rows.append(((Words(what),), (time,), since, remark or DASH))
    return rows


def _older(pen: Pen, spread: Spread) -> Text:
    """X 另有早 2 小时的内容…: the earliest platform whose first post, known by a weaker rule, came before the one called first; () where none did."""
    first = spread.first
    if first is None or first.at is None:
        return ()
    cards = [each.first for each in spread.platforms if each.first is not None and each.first.at is not None and each.lag]
    older = min(((card.at, card) for card in cards if card.at is not None and card.at < first.at), key=lambda each: each[0], default=None)
    if older is None:
        return ()
    at, card = older
    found = basis("更早的内容距首发", "两条首发帖文的时间差", card.rows, first.rows)
    return pen.say("overview.older", platform=pen.code("platform", card.platform), lag=pen.between(at, first.at, found))


def _precision(case: Case, field: str) -> str | None:
    return "day" if field in case.day_only else None


def _onset_note(pen: Pen, facts: ResponseFacts) -> Text:
    if facts.onset is None:
        return ()
    return pen.words("overview.onset_note")


def level_blocks(pen: Pen, case: Case, findings: Findings, rubric: Rubric) -> tuple[Block, ...]:
    """定性与定级."""
    facts, fired = findings.facts, findings.emotion.fired
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
    if level.contradicts_case and level.by_reads is not None:
        blocks.append(pen.body("overview.level_contradicts", level=pen.code("level", level.by_reads)))
    if level.topics and level.topics[0].baseline_missing:
        blocks.append(pen.note("overview.baseline_missing"))
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
    if not level.topics:
        return pen.body("overview.level_typed", level=word)
    reads = topic_reads(pen, level.topics[0])
    if level.typed is not None:
        return pen.body("overview.level_typed_reads", level=word, reads=reads, line=line)
    return pen.body("overview.level_by_reads", level=word, reads=reads, line=line)


def topic_reads(pen: Pen, topic: TopicReads) -> Text:
    """累计阅读 or 爆发后新增阅读 of a topic, with 至少 where only a floor is known, as a range where no reading before the crisis tells what is new."""
    kind = "increment" if topic.increment else "total"
    if topic.baseline_missing and isfinite(topic.high):
        return pen.say("reads.between", low=reads_number(pen, topic, topic.low), high=reads_number(pen, topic, topic.high))
    return pen.say(f"reads.{kind}" if isfinite(topic.high) else f"reads.{kind}_at_least", reads=reads_number(pen, topic, topic.reads))


def reads_number(pen: Pen, topic: TopicReads, reads: float, unit: str = "次") -> Num:
    how = "爆发后的读数 − 爆发前的读数" if topic.increment else "热度快照中的累计值"
    return pen.count(reads, unit, Basis(what="最大单一话题的阅读量", how=how, sources=(topic.rows,)))


def reach_blocks(pen: Pen, findings: Findings) -> tuple[Block, ...]:
    """影响范围: platforms, mentions, reads, time to a mark of reads, discussions, exposure as exported, reposts elsewhere as typed, peak share."""
    business = findings.business
    items = (
        *_platforms(pen, findings.spread),
        *_reads(pen, findings.heat, findings.facts),
        *_carried_items(pen, findings.spread),
        *(total_text(pen, total) for total in business.totals if total.metric in REACH_TOTALS),
        *_peak(pen, findings.emotion.curve),
    )
    blocks: list[Block] = [Bullets(items=items)] if items else []
    if business.exposure:
        blocks.append(_exposure_table(pen, business.exposure))
    return tuple(blocks) or (pen.gap("gap.reach"),)


def _platforms(pen: Pen, spread: Spread) -> list[Text]:
    """Where and how often it was talked of, how much of that was the brand's own, and from when to when."""
    if not spread.platforms:
        return []
    items = [
        pen.say(
            "reach.platforms",
            n=pen.count(len(spread.platforms), "个", basis("涉及平台数", "采集到内容的平台计数", spread.rows)),
            names=joined([(pen.code("platform", each.platform),) for each in spread.platforms], "、"),
            mentions=pen.count(spread.mentions, "条", basis("提及量", "帖文、转发与报道的行数（评论不计）", spread.rows)),
            comments=pen.count(sum(each.comments for each in spread.platforms), "条", basis("评论数", "评论与回复的行数", spread.rows)),
        )
    ]
    if spread.own:
        items.append(pen.say("reach.own", n=pen.count(spread.own, "条", basis("品牌自有内容", "品牌自有账号的帖文、转发与报道的行数", spread.own_rows))))
    if spread.first_at is not None and spread.last_at is not None:
        items.append(
            pen.say(
                "reach.span",
                first=pen.when(spread.first_at, basis("数据最早时间", "全部带时间的行的最早时间", spread.rows), spread.first_precision),
                last=pen.when(spread.last_at, basis("数据最晚时间", "全部带时间的行的最晚时间", spread.rows), spread.last_precision),
            )
        )
    return items


def _reads(pen: Pen, heat: Heat, facts: ResponseFacts) -> list[Text]:
    """Reads of the leading topic, how soon after the outbreak they came to the mark, and the discussions of each topic."""
    items = [pen.say("reach.reads", reads=topic_reads(pen, facts.level.topics[0]))] if facts.level.topics else []
    far = None if heat.leading is None else heat.leading.reach
    if far is not None and far.by is not None and far.by_precision not in ("day", "h") and facts.onset is not None and not facts.onset.day_only:
        span = pen.between(
            facts.onset.at,
            far.by,
            Basis(what="爆发至话题阅读量达到门槛", how="首次不低于门槛的读数时间 − 爆发时间", sources=(far.rows, *facts.onset.sources)),
        )
        mark = pen.count(far.reads, "次", basis("话题阅读量门槛", "设定的门槛", SettingKey(file="thresholds.toml", key="heat.reach_hours_to")))
        key = "reached_before" if far.by < facts.onset.at else "reached" if far.after is not None else "reached_by_first"
        items.append(pen.say(f"reach.{key}", span=span, reads=mark))
    return [*items, *(_discussions(pen, topic) for topic in heat.topics if topic.discussions is not None)]


def _carried_items(pen: Pen, spread: Spread) -> list[Text]:
    """What others' posts came with, then the brand's own."""
    items: list[Text] = []
    for name, own in (("posts", False), ("posts_own" if spread.first is None else "posts_own_since", True)):
        carried = [_carried(pen, each) for each in spread.carried if each.own == own]
        if carried:
            items.append(pen.say(f"reach.{name}", items=joined(carried, "、")))
    return items


def _peak(pen: Pen, curve: Curve | None) -> list[Text]:
    if curve is None or curve.peak is None:
        return []
    name, of = ("sampled", {"place": place_text(pen, curve)}) if at_one_place(curve) else ("single" if only_reading(curve) else "peak", {})
    return [pen.say(f"reach.{name}", **of, share=share_of(pen, curve, curve.peak.share, "负面占比峰值", "最高一段的", curve.peak.rows))]


def _carried(pen: Pen, each: Carried) -> Text:
    """小红书 2 条曝光 156.3万次，互动率 2.1%: what so many posts came with."""
    name = {"impressions": "曝光", "views": "阅读或播放"}[each.measure]
    whose = "品牌自有" if each.own else "他人"
    rate: Text = ()
    if each.interaction is not None and each.total > 0:
        found = basis(f"{whose}帖文{name}互动率", f"所列行的点赞、评论、转发、收藏之和 ÷ 所附{name}之和", each.rows)
        rate = pen.say("reach.posts_rate", rate=pen.share(each.interaction / each.total, found))
    return pen.say(
        f"reach.posts_{each.measure}",
        platform=pen.code("platform", each.platform),
        posts=pen.count(each.n, "条", basis(f"附有{name}的{whose}帖文数", "有此数值的行数", each.rows)),
        n=pen.count(each.total, "次", basis(f"{whose}帖文{name}合计", "所列行所附数值之和", each.rows)),
        rate=rate,
    )


def _discussions(pen: Pen, topic: TopicHeat) -> Text:
    last = topic.discussions
    assert last is not None
    return pen.say(
        "reach.discussions",
        name=pen.quote(topic.name, 24),
        n=pen.count(last.value, "次", basis("话题讨论量（最后一次读数）", "热度快照中的累计值", last.rows)),
        at=pen.when(last.at, basis("话题讨论量的读数时间", "热度快照的时间", last.rows)),
    )


def _exposure_table(pen: Pen, series: Sequence[ExposureSeries]) -> Table:
    """Accounts' own daily figures of the first week against the same weekdays before."""
    return Table(
        id="exposure",
        caption=pen.words("exposure.caption"),
        columns=(
            Column(pen.word("head.account"), 34),
            Column(pen.word("head.metric"), 18),
            Column(pen.word("head.baseline"), 18, "right"),
            Column(pen.word("exposure.head_after"), 18, "right"),
            Column(pen.word("head.change"), 12, "right"),
        ),
        rows=tuple(_exposure_row(pen, each) for each in series),
        note=pen.words("exposure.note"),
    )


def _exposure_row(pen: Pen, each: ExposureSeries) -> tuple[Text, ...]:
    name = pen.code("snapshot_metric", each.metric)
    unit = each.unit or ""
    expected = None if each.expected is None else whole(each.expected, unit)
    return (
        account_text(pen, each.name, each.platform),
        (name,),
        DASH
        if expected is None
        else (
            pen.count(
                expected,
                unit,
                basis(f"{name.text}的同星期基线", BASELINE, each.rows),
            ),
        ),
        (pen.count(each.actual, unit, basis(f"{name.text}的实际合计", "事件后首周有数据各日之和（促销日除外）", each.rows)),),
        DASH if each.change is None else (pen.change(each.change, basis(f"{name.text}的变化", "实际合计 ÷ 基线 − 1", each.rows)),),
    )
