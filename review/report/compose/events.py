"""The key events of both sides, numbered once: the same numbers stand in 关键时间轴, in 情绪走势 and in their table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from review.analysis.analyse import Findings
from review.analysis.curve import Curve
from review.analysis.heat import Heat
from review.analysis.key_nodes import KeyNode, KeyNodes
from review.analysis.peaks import Volume
from review.analysis.scope import Scope
from review.analysis.spread import PostCard, Spread
from review.analysis.timeline import ResponseCard
from review.analysis.trigger import Trigger
from review.incident.evidence import RowSet
from review.report.chart_data import Side, TimedEvent
from review.report.compose.shares_text import share_of
from review.report.document import Text
from review.report.pen import Pen, basis

NEAR_HOURS: Final = 2.0
"""Hours from a turning point within which an event is named beside it."""

MOST_EVENTS: Final = 20
"""What one page of print explains; less telling events give way to the appendix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvent:
    """An event with its number (1 …, by time), finished text for tables and a short label for charts. rank: 0 = never dropped, larger = sooner.

    measured: read off the volume or the shares themselves, so that it says nothing of what else happened then.
    """

    at: datetime
    precision: str | None
    side: Side
    text: Text
    label: str
    rank: int
    rows: RowSet
    turning: bool = False
    measured: bool = False
    number: int = 0

    def timed(self) -> TimedEvent:
        return TimedEvent(number=self.number, at=self.at, label=self.label, side=self.side, turning=self.turning)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvents:
    """The numbered events in time order, and the less telling ones, without numbers, in time order."""

    shown: tuple[KeyEvent, ...]
    minor: tuple[KeyEvent, ...]


def key_events(pen: Pen, findings: Findings) -> KeyEvents:
    """Both sides' events, numbered by time; equal times: public side first, then by rank."""
    spread, emotion = findings.spread, findings.emotion
    others = [
        *_spread_events(pen, spread, findings.scope),
        *_heat_events(pen, findings.heat),
        *_curve_events(pen, findings.volume, emotion.curve, emotion.fired),
        *_response_events(pen, findings.responses),
    ]
    told = {event.rows for event in others}
    others += [event for event in _amplifier_events(pen, findings.propagation.nodes) if event.rows not in told]
    happened = [event.at for event in others if event.side == "public" and not event.measured]
    found = [*others, *_press_events(pen, () if findings.scope.untold is not None else spread.media, emotion.curve, happened)]
    ranked = sorted(found, key=lambda event: (event.rank, event.turning, event.at))
    kept, minor = (sorted(some, key=lambda event: (event.at, event.side == "brand", event.rank)) for some in (ranked[:MOST_EVENTS], ranked[MOST_EVENTS:]))
    shown = tuple(replace(event, number=i + 1, label=pen.language.own(event.label)) for i, event in enumerate(kept))
    return KeyEvents(shown=shown, minor=tuple(minor))


def _spread_events(pen: Pen, spread: Spread, scope: Scope) -> list[KeyEvent]:
    """First posts and the first by media; none where it is not known which posts are of the incident."""
    if scope.untold is not None:
        return []
    events = []
    media = [card for card in spread.media if card.at is not None]
    entry = min(media, key=lambda each: (each.at is None, each.at, each.platform)) if media else None
    for each in spread.platforms:
        card = each.first
        if card is None or card.at is None or (entry is not None and card.rows == entry.rows):
            continue
        is_origin = spread.first is not None and card.rows == spread.first.rows
        platform = pen.code("platform", card.platform)
        events.append(
            KeyEvent(
                at=card.at,
                precision=card.precision,
                side="public",
                text=_first_words(pen, card, "first" if is_origin else "platform_first"),
                label=f"{platform.text}{'首发' if is_origin else '出现'}",
                rank=0 if is_origin else 2,
                rows=card.rows,
            )
        )
    if entry is not None and entry.at is not None:
        began = spread.first is not None and spread.first.rows == entry.rows
        events.append(
            KeyEvent(
                at=entry.at,
                precision=entry.precision,
                side="public",
                text=pen.say("events.first_media" if began else "events.media", author=pen.author(entry), title=pen.quote(entry.title or entry.text or "", 28)),
                label="媒体首发" if began else "媒体介入",
                rank=0 if began else 1,
                rows=entry.rows,
            )
        )
    return events


def _first_words(pen: Pen, card: PostCard, key: str) -> Text:
    """Who began it, or began it on a platform; an author who was not exported is not called a user."""
    said = card.title or card.text
    parts: dict[str, Text] = {
        "platform": (pen.code("platform", card.platform),),
        "title": pen.say("spread.title", title=pen.quote(said, 28)) if said else pen.words("spread.untitled_post"),
    }
    if card.author is None:
        return pen.say(f"events.{key}_unnamed", **parts)
    return pen.say(f"events.{key}", author=(pen.author(card),), **parts)


def _amplifier_events(pen: Pen, found: KeyNodes | None) -> list[KeyEvent]:
    """The posts by others than the brand that were passed on most; the first of them before the others."""
    nodes = () if found is None else found.nodes
    amplifiers = sorted((node for node in nodes if node.role == "amplifier" and node.card.author_type != "brand"), key=lambda node: (-node.direct, node.number))
    return [_amplifier_event(pen, node, rank=2 if i else 1) for i, node in enumerate(amplifiers)]


def _amplifier_event(pen: Pen, node: KeyNode, rank: int) -> KeyEvent:
    card = node.card
    passes_on = card.kind == "repost"
    said = card.viewpoint or card.title or card.text
    who = "" if card.author_type in (None, "user") else pen.code("author_type", card.author_type).text
    return KeyEvent(
        at=node.at,
        precision=card.precision if card.at is not None else None,
        side="public",
        text=pen.say(
            "events.passed_on" if passes_on else "events.posted",
            author=pen.author(card),
            platform=pen.code("platform", node.platform),
            said=pen.say("events.said", text=pen.quote(said, 28)) if said else (),
            direct=pen.count(node.direct, "条", basis("关键节点的直接转发数", "直接来源为该帖的转发计数", node.direct_rows if node.direct else card.rows)),
        ),
        label=f"{who}{'转发' if passes_on else '发帖'}",
        rank=rank,
        rows=card.rows,
    )


def _press_events(pen: Pen, media: Sequence[PostCard], curve: Curve | None, happened: Sequence[datetime]) -> list[KeyEvent]:
    """For each rise of the share in the incident near which nothing else happened in public: the nearest post of the press, where one came within NEAR_HOURS.
    A finding made public starts it anew; beside a repost that did, the hundredth reprint of older news is no event."""
    rises = [] if curve is None else [point.at for point in curve.turns if point.step > 0 and point.bucket >= curve.incident_from]
    dated = [(card, card.at) for card in media if card.at is not None and card.precision != "day"]
    found: dict[RowSet, KeyEvent] = {}
    for rise in rises:
        near_by = [(abs(at - rise), at, card.platform, card) for card, at in dated]
        if not near_by or any(abs(at - rise) <= timedelta(hours=NEAR_HOURS) for at in happened):
            continue
        apart, at, _, card = min(near_by, key=lambda each: each[:3])
        if apart <= timedelta(hours=NEAR_HOURS):
            text = pen.say("events.press", author=pen.author(card), title=pen.quote(card.title or card.text or "", 28))
            found[card.rows] = KeyEvent(at=at, precision=card.precision, side="public", text=text, label="媒体报道", rank=1, rows=card.rows)
    return list(found.values())


def _heat_events(pen: Pen, heat: Heat) -> list[KeyEvent]:
    events = []
    if (topic := heat.leading) is not None:
        for each in topic.milestones:
            if each.by is None or each.after is None:
                continue
            reads = pen.count(each.reads, "次", basis("热度里程碑", "前后两次读数之间越过的门槛", each.rows))
            events.append(
                KeyEvent(
                    at=each.by,
                    precision=each.by_precision,
                    side="public",
                    text=pen.say("events.milestone_since" if topic.increment else "events.milestone", reads=reads),
                    label=f"阅读过{pen.style.count(each.reads)}",
                    rank=3,
                    rows=each.rows,
                    measured=True,
                )
            )
    for entry in heat.hot_entries[:1]:
        rank = pen.number(entry.best_rank, basis("热搜最高排名", "各次读数中的最小名次", entry.rows))
        events.append(
            KeyEvent(
                at=entry.best_at,
                precision=None,
                side="public",
                text=pen.say("events.hot", name=pen.quote(entry.name, 24), rank=rank),
                label=f"热搜第{entry.best_rank}",
                rank=1,
                rows=entry.rows,
            )
        )
    return events


def _curve_events(pen: Pen, volume: Volume, curve: Curve | None, fired: Trigger | None) -> list[KeyEvent]:
    events: list[KeyEvent] = []
    if curve is not None:
        events.extend(
            KeyEvent(
                at=point.at,
                precision=curve.precision,
                side="public",
                text=pen.say(
                    "events.turn_up" if point.step > 0 else "events.turn_down",
                    before=share_of(pen, curve, point.before.share, "转折前负面占比", "转折前一段的", point.before.rows),
                    after=share_of(pen, curve, point.after.share, "转折后负面占比", "转折后一段的", point.after.rows),
                ),
                label=("负面上升" if point.step > 0 else "负面下降")
                if curve.grade == "model"
                else f"负面{pen.style.share(point.before.share, 0)}→{pen.style.share(point.after.share, 0)}",
                rank=0 if point.bucket >= curve.incident_from else 3,  # older storms give way to the incident's own course
                rows=point.rows,
                turning=True,
                measured=True,
            )
            for point in curve.turns
        )
    if fired is not None and curve is not None:
        share = share_of(pen, curve, fired.share, "触发预警时的负面占比", "该时段", curve.by_bucket.rows(fired.bucket, fired.bucket + 1))
        events.append(
            KeyEvent(
                at=fired.at,
                precision=curve.precision,
                side="public",
                text=pen.say("events.trigger" if fired.seen_below else "events.trigger_before", share=share),
                label="越过预警线" if fired.seen_below else "已高于预警线",
                rank=1,
                rows=curve.rows,
                measured=True,
            )
        )
    if volume.volume_peaks:
        peak = volume.volume_peaks[0]
        events.append(
            KeyEvent(
                at=peak.start,
                precision=None,
                side="public",
                text=pen.say("events.peak", value=pen.count(peak.value, "条", basis("声量峰值", "该小时内采集到的行数", peak.rows))),
                label="声量峰值",
                rank=2,
                rows=peak.rows,
                measured=True,
            )
        )
    return events


_RESPONSE_RANK: Final = {
    "first_response": 0,
    "statement": 0,
    "apology": 0,
    "kol": 1,
    "service_channel": 1,
    "recall": 1,
    "compensation": 1,
    "clarification": 1,
    "update": 2,
    "activation": 1,
}


def _response_events(pen: Pen, responses: Sequence[ResponseCard]) -> list[KeyEvent]:
    events = []
    for each in responses:
        action = pen.code("action", each.action)
        subject = each.title if each.title and each.title != action.text else each.text or each.title
        subject = None if subject == action.text else subject  # 首次回应：首次回应 says it twice
        events.append(
            KeyEvent(
                at=each.at,
                precision=each.precision,
                side="brand",
                text=pen.say("events.response", action=action, subject=pen.quote(subject, 36)) if subject else (action,),
                label=action.text,
                rank=_RESPONSE_RANK.get(each.action, 4),
                rows=each.rows,
            )
        )
    return events


def near(events: KeyEvents, at: datetime, hours: float) -> tuple[KeyEvent, ...]:
    """What happened within ±hours of a moment, nearest first; what is measured on volume and shares is no event beside their own turns and peaks."""
    close = [event for event in events.shown if not event.measured and abs((event.at - at).total_seconds()) <= hours * 3600]
    return tuple(sorted(close, key=lambda event: (abs((event.at - at).total_seconds()), event.number)))
