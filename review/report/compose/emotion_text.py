"""二、情绪走势与激化节点: the curve with its grade, turning points with what coincided, small moves, bursts, recovery."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from review.analysis.curve import Curve, TurningPoint, instant, moment
from review.analysis.curve import Regime as Steady
from review.analysis.curve_points import PooledPoint, pooled_points
from review.analysis.mood import Mood
from review.analysis.recovery import BackToNormal
from review.analysis.trigger import Trigger
from review.incident.evidence import RowSet, SettingKey
from review.report.chart_data import CurveChart, CurvePoint, Regime, TimedEvent
from review.report.compose.events import NEAR_HOURS, KeyEvent, KeyEvents, near
from review.report.compose.shares_text import at_one_place, band_how, difference_how, grade_text, only_reading, place_text, printed, share_of, tenths
from review.report.document import Block, Bullets, Column, Figure, Label, Paragraph, Table, Text, Words, string
from review.report.pen import Basis, Pen, basis
from review.report.phrases import joined

SAME_MINUTES: Final = 30.0
"""Events this close are said to coincide (同时); those farther off only stand before or after."""

MOST_SAMPLES: Final = 16
"""Typed samples a table lists beside the picture: who counted by hand looks for each of them."""

MOST_POINTS: Final = 150
SMALL_POINTS: Final = 70
"""Points a picture of full and of small size can carry before dots run into one another."""

THIN_BELOW: Final = 10
"""Points of fewer comments are drawn grey."""

SEEN_GAP: Final = 0.02
"""Share of the time axis from which on a gap is seen as one; shorter ones would make a step look like a dashed line."""

END_SHARE: Final = 0.01
"""Rows before a picture that are no more than this share of all are its ordinary margin, of which nothing is said."""

COUNTED: Final = {"comments": "评论数", "posts": "内容数", "samples": "阅读条数"}
"""What the bars under the curve count, by its subject."""


TOLD_AS_A_MOMENT: Final = timedelta(hours=1)  # a bucket no wider is told by its beginning
TURN_RULES: Final = SettingKey(file="curve.toml", key="turning_points")
CUT: Final = "分段后，后一段首个时段的起点（分段的算法见方法与口径）"
WINDOW: Final = "所列各行的时段，按转折落在其中的可能性自首尾各去掉百分之五（算法见方法与口径）"
WINDOW_ENDS: Final = (("起点", "余下首个时段的起点"), ("终点", "余下末个时段的终点"))
WINDOW_KEY: Final = SettingKey(file="curve.toml", key="recovery.window_comments")
TRIGGER_KEY: Final = SettingKey(file="rubric.toml", key="trigger.negative_share")


def curve_chart(curve: Curve, events: KeyEvents, trigger_share: float | None, zone: str, small: bool = False) -> CurveChart:
    """The curve as chart data over the middle of its volume (`focus`); events outside it are left out."""
    start, end = curve.focus
    pooled = shown_points(curve, SMALL_POINTS if small else MOST_POINTS)
    rough, error = curve.grade == "model", (curve.level_error or 0.0) if curve.grade == "model" else 0.0
    points = tuple(
        CurvePoint(
            at=each.start,
            share=each.share,
            low=max(0.0, each.low - error),  # the band of an unaudited model holds its mean error beside that of sampling
            high=min(1.0, each.high + error),
            n=each.n,
            thin=each.thin,
        )
        for each in pooled
    )
    smooth: list[tuple[datetime, float | None]] = []
    for i, each in enumerate(pooled):
        if i and pooled[i - 1].end != each.start:
            smooth.append((pooled[i - 1].end, None))  # the line breaks where there is no data
        smooth.append((each.start + (each.end - each.start) / 2, each.smoothed))
    regimes = tuple(
        Regime(start=max(a, start), end=min(b, end), share=each.share, label=tenths(each.share, error) if rough else None)
        for each in curve.regimes
        for a, b in _filled(curve, each)
        if b > start and a < end
    )
    shown: list[TimedEvent] = [event.timed() for event in events.shown if (event.turning or event.side == "brand") and start <= event.at < end]
    return CurveChart(
        points=points,
        smooth=() if curve.width is None else tuple(smooth),
        regimes=regimes if curve.searched else (),
        events=tuple(shown),
        trigger=trigger_share,
        bucket_minutes=None if curve.width is None else _typical_minutes(pooled),
        zone=zone,
        small=small,
        rough=rough,
        counted=COUNTED[curve.subject],
    )


def _filled(curve: Curve, regime: Steady) -> list[tuple[datetime, datetime]]:
    """The stretches [start, end) of a regime that hold judged rows: its step is drawn there alone, not across gaps that a reader can see."""
    gap = (curve.focus[1] - curve.focus[0]) * SEEN_GAP
    pieces: list[tuple[datetime, datetime]] = []
    for i in range(regime.bucket_from, regime.bucket_to):  # a few thousand buckets at the most
        if curve.n[i] <= 0:
            continue
        begin, end = moment(curve.starts[i]), moment(curve.ends[i])
        if pieces and begin - pieces[-1][1] <= gap:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((begin, end))
    return pieces


def shown_points(curve: Curve, most: int) -> tuple[PooledPoint, ...]:
    """The pooled points to draw: without the thin ones where these are most of them and two others remain, for a field of 0 % and 100 % tells nothing."""
    pooled = pooled_points(curve, most, THIN_BELOW)
    firm = tuple(each for each in pooled if not each.thin)
    return firm if 2 <= len(firm) < len(pooled) / 2 else pooled


def earlier_rows(curve: Curve) -> int:
    """Judged rows before what the picture shows; 0 where those are but the thin end of the volume (`focus_share`)."""
    n = round(float(curve.n[curve.starts < instant(curve.focus[0])].sum()))
    return n if n > curve.n.sum() * END_SHARE else 0


def later_rows(curve: Curve) -> int:
    """Judged rows after what the picture shows; 0 where those are but the thin end of the volume."""
    n = round(float(curve.n[curve.starts >= instant(curve.focus[1])].sum()))
    return n if n > curve.n.sum() * END_SHARE else 0


def begun(curve: Curve | None) -> datetime | None:
    """Where the pictures of the incident begin; None where they begin with the data."""
    return curve.focus[0] if curve is not None and earlier_rows(curve) else None


def _typical_minutes(pooled: Sequence[PooledPoint]) -> int:
    """Median width of the points shown."""
    widths = sorted((each.end - each.start).total_seconds() for each in pooled)
    return max(1, int(widths[len(widths) // 2] // 60)) if widths else 1


def curve_blocks(pen: Pen, mood: Mood, events: KeyEvents, posts: RowSet, trigger_share: float) -> list[Block]:
    """The curve figure, the grade line, turning points, small moves and bursts; where there is no curve, a gap line that tells unlabelled from undated."""
    curve, fired = mood.curve, mood.fired
    if curve is None:
        labelled = sum(each.rows for each in mood.sources)
        if not labelled:
            return [pen.gap("gap.curve")]
        return [pen.gap("gap.curve_untimed", n=pen.count(labelled, "条", basis("有情感标签的条数", "计数", posts)))]
    blocks: list[Block] = [_opening(pen, curve, fired, trigger_share)]
    chart = curve_chart(curve, events, trigger_share, pen.zone)
    if len(chart.points) >= 2:
        blocks.append(
            Figure(
                id="emotion_curve",
                caption=pen.words("emotion.caption"),
                alt=_alt(pen, curve),
                chart=chart,
                note=_chart_note(pen, curve),
            )
        )
        if earlier := earlier_rows(curve):
            blocks.append(
                pen.note(
                    "emotion.earlier_left_out",
                    start=pen.when(
                        curve.focus[0], basis("图的起点", "爆发前留出与其后等长的时间；事件范围未知的取采集内容最密集的一段", curve.rows), curve.precision
                    ),
                    n=pen.count(earlier, "条", basis("图中未画出的更早的已判定条数", "计数", curve.rows)),
                )
            )
        if later := later_rows(curve):
            end = pen.when(curve.focus[1], basis("图的终点", "所取时段的终点", curve.rows), curve.precision)
            blocks.append(pen.note("emotion.later_left_out", end=end, n=pen.count(later, "条", basis("图中未画出的更晚的已判定条数", "计数", curve.rows))))
    if len(chart.points) < len(pooled_points(curve, MOST_POINTS, THIN_BELOW)):
        blocks.append(pen.note("emotion.thin_left_out"))
    others = len(curve.turning_points) - len(curve.turns)
    if curve.turns:
        blocks.append(_turns_table(pen, curve, events))
        if curve.is_thin:
            blocks.append(pen.note("emotion.thin"))
        if curve.drifting:
            blocks.append(pen.note("emotion.drift"))
    elif curve.searched and others:
        blocks.append(pen.body("emotion.no_turns_within"))
    elif curve.searched:
        blocks.append(pen.body("emotion.no_turns_posts" if curve.subject == "posts" else "emotion.no_turns"))
    elif at_one_place(curve):
        blocks.append(pen.body("emotion.too_few_each"))
    else:
        blocks.append(pen.body("emotion.too_few", n=pen.count(len(curve.n), "个", basis("有判定结果的时段数", "计数", curve.rows))))
        if len(chart.points) < 2 or curve.width is None:
            blocks.append(_samples_table(pen, curve))
    if curve.searched and curve.subject == "samples" and len(curve.starts) <= MOST_SAMPLES:
        blocks.append(_samples_table(pen, curve))
    if at_one_place(curve):
        blocks += [_samples_table(pen, curve), pen.note("samples.one_place", place=place_text(pen, curve))]
    if others:
        blocks.append(pen.note("emotion.turns_outside", n=pen.count(others, "个", basis("所取时段之外的转折点个数", "计数", curve.rows))))
    blocks.extend(_minor(pen, curve))
    return blocks


def _opening(pen: Pen, curve: Curve, fired: Trigger | None, trigger_share: float) -> Paragraph:
    threshold = pen.share(trigger_share, basis("预警线", "来源规定：负面评论占比超过此值即启动响应", TRIGGER_KEY), 0)
    peak = curve.peak
    parts: list[Text] = []
    if peak is not None:
        name = "peak_before" if curve.period is not None and peak.start < curve.period[0] else "peak"
        place: dict[str, Text] = {}
        if only_reading(curve):
            name, place = ("single_at", {"place": place_text(pen, curve)}) if at_one_place(curve) else ("single", {})
        parts.append(
            pen.say(
                f"emotion.{name}",
                **place,
                share=share_of(pen, curve, peak.share, "负面占比峰值", "最高一段的", peak.rows),
                start=pen.when(peak.start, basis("峰值段起点", "分段结果", peak.rows), curve.precision),
                n=pen.count(peak.n, "条", basis("峰值段已判定条数", "计数", peak.rows)),
                interval=(Words("，"), *_interval(pen, peak)) if curve.grade != "model" else (),
            )
        )
        parts += _highest_sample(pen, curve, peak)
    if fired is not None:
        how = basis("越过预警线的时段", _fired_how(curve, fired), curve.rows, TRIGGER_KEY)
        start = pen.when(fired.at, how, curve.precision)
        if not fired.seen_below:
            below = any(each.bucket_to <= fired.bucket and each.share <= fired.threshold for each in curve.regimes)
            parts.append(pen.say("emotion.fired_since" if below else "emotion.fired_before", threshold=threshold, start=start))
        elif fired.until - fired.at > (timedelta(days=1) if curve.precision == "day" else TOLD_AS_A_MOMENT):
            last = fired.until - timedelta(seconds=1)  # of whole days the last one, not the midnight after it
            end = pen.when(last, how, "day") if curve.precision == "day" else pen.when_beside(fired.until, fired.at, how)
            parts.append(pen.say("emotion.fired_within", threshold=threshold, start=start, end=end))
        else:
            parts.append(pen.say("emotion.fired", threshold=threshold, at=start))
    else:
        parts.append(pen.say("emotion.not_fired", threshold=threshold))
    return Paragraph(text=(*joined(parts, "；"), Words("。")), style="lead")


def _highest_sample(pen: Pen, curve: Curve, peak: Steady) -> list[Text]:
    """The highest of several hand counts within the highest stretch, which pools them; [] where rows make the curve or the stretch is one count."""
    if curve.subject != "samples" or peak.bucket_to - peak.bucket_from < 2:
        return []
    inside = range(peak.bucket_from, peak.bucket_to)
    top = max((i for i in inside if not curve.thin[i]), key=lambda i: (float(curve.share[i]), -i), default=None)
    if top is None:
        return []
    rows = curve.by_bucket.rows(top, top + 1)
    share = pen.share(float(curve.share[top]), basis("单次抽样最高的负面占比", "k ÷ n", rows))
    n = pen.count(float(curve.n[top]), "条", basis("单次抽样最高一次的条数", "填写的 n", rows))
    return [pen.say("emotion.highest_sample", share=share, n=n, start=pen.when(moment(curve.starts[top]), basis("单次抽样最高一次的起点", "填写", rows)))]


def _fired_how(curve: Curve, fired: Trigger) -> str:
    """By which of the two rules the line was crossed, and for the first what the bucket is worth: its lower limit comes of it."""
    if fired.rule == "lower_bound":
        return f"首个占比区间的下端高于预警线的时段：该时段{band_how(float(curve.n_effective[fired.bucket]))}的下端；评论过少的时段不计"
    return "连续第三个占比高于预警线的时段；评论过少的时段不计"


def _interval(pen: Pen, regime: Steady) -> Text:
    found = basis("负面占比的区间", band_how(regime.n_effective), regime.rows)
    return pen.say("emotion.interval", interval=pen.interval(regime.low, regime.high, found))


def _chart_note(pen: Pen, curve: Curve) -> Text:
    total = pen.count(float(curve.n.sum()), "条", basis("参与情绪走势的已判定条数", "计数", curve.rows))
    return pen.say(f"emotion.note.{curve.subject}", total=total, grade=grade_text(pen, curve))


def _alt(pen: Pen, curve: Curve) -> Text:
    peak = curve.peak
    if peak is None:
        return pen.words("emotion.alt_flat")
    return pen.say(
        "emotion.alt",
        share=share_of(pen, curve, peak.share, "负面占比峰值", "最高一段的", peak.rows),
        turns=pen.count(len(curve.turns), "个", basis("转折点个数", "计数", curve.rows)),
    )


def _turns_table(pen: Pen, curve: Curve, events: KeyEvents) -> Table:
    return Table(
        id="turning_points",
        caption=pen.words("turns.caption"),
        columns=(
            Column(pen.word("head.no"), 8),
            Column(pen.word("head.turn_time"), 24),
            Column(pen.word("head.before_after"), 17),
            *(() if curve.grade == "model" else (Column(pen.word("head.interval_points"), 15),)),
            Column(pen.word("head.meanwhile"), 36),
        ),
        rows=tuple(_turn_row(pen, curve, point, events) for point in curve.turns),
        note=pen.words("turns.note"),
    )


def _without_figures(label: str) -> str:
    """An event's label as a sentence may quote it: 热搜第3 is 热搜 (the figure stands in the timeline, as a number of its own)."""
    return re.sub(r"[第过過]?\d.*$", "", label)


def _turn_row(pen: Pen, curve: Curve, point: TurningPoint, events: KeyEvents) -> tuple[Text, ...]:
    numbers = [event.number for event in events.shown if event.turning and event.at == point.at]
    near_by = near(events, point.at, NEAR_HOURS)[:3]
    meanwhile = [
        pen.say(
            "turns.same_time" if abs((event.at - point.at).total_seconds()) <= SAME_MINUTES * 60 else "turns.close",
            number=Label(str(event.number)),
            label=Words(plain) if (plain := _without_figures(event.label)) else pen.words("turns.event"),
            distance=(
                *_distance(pen, event, point),
                *(pen.words("turns.begins_before") if point.earliest < event.at <= point.at else ()),
            ),
        )
        for event in near_by
    ]
    when = pen.style.when(point.at, curve.precision)
    before = share_of(pen, curve, point.before.share, f"{when} 转折前负面占比", "转折前一段的", point.before.rows)
    after = share_of(pen, curve, point.after.share, f"{when} 转折后负面占比", "转折后一段的", point.after.rows)
    return (
        (Label(str(numbers[0])),) if numbers else (Words("—"),),
        _turn_time(pen, curve, point),
        pen.say("turns.change", before=before, after=after),
        *(
            ()
            if curve.grade == "model"
            else ((pen.point_range(point.step_low, point.step_high, basis("转折幅度的区间", difference_how(*point.worth), point.rows)),),)
        ),
        joined(meanwhile, "；") if meanwhile else pen.words("turns.nothing"),
    )


def _turn_time(pen: Pen, curve: Curve, point: TurningPoint) -> Text:
    """When it turned, and between which times; days where a bucket is a day, the last one inside the range."""
    at = pen.when(point.at, basis("转折时间", CUT, point.rows, TURN_RULES), curve.precision)
    first, last = (basis(f"转折时间区间{end}", f"{WINDOW}；{side}", point.rows, TURN_RULES) for end, side in WINDOW_ENDS)
    if curve.precision is None:
        return pen.say("turns.time", at=at, early=pen.when_beside(point.earliest, point.at, first), late=pen.when_beside(point.latest, point.earliest, last))
    until = max(point.latest - (curve.width or timedelta()), point.earliest)
    if until == point.earliest:
        return (at,)
    return pen.say("turns.time", at=at, early=pen.when(point.earliest, first, "day"), late=pen.when(until, last, "day"))


def _distance(pen: Pen, event: KeyEvent, point: TurningPoint) -> Text:
    if abs(event.at - point.at) < timedelta(minutes=1):
        return pen.words("turns.same")
    span = pen.between(point.at, event.at, basis("事件与转折点的时间距离", "两个时间之差", event.rows, point.rows))
    return pen.say("turns.earlier" if event.at < point.at else "turns.later", span=span)


def _samples_table(pen: Pen, curve: Curve) -> Table:
    """Every typed sample in time order; of several places with the place of each."""
    places = at_one_place(curve)
    parts = (curve, *curve.platforms) if places else (curve,)
    each_sample = [(part.starts[i], part.ends[i], string(place_text(pen, part)), part, i) for part in parts for i in range(len(part.starts))]
    each_sample.sort(key=lambda sample: sample[:3])
    rows: list[tuple[Text, ...]] = []
    for starts, ends, _, part, i in each_sample:
        start, end = moment(starts), moment(ends)
        period = pen.say(
            "samples.period",
            start=pen.when(start, basis("抽样时段起点", "填写", part.rows)),
            end=pen.when_beside(end, start, basis("抽样时段终点", "填写", part.rows)),
        )
        rows.append(
            (
                period,
                *((place_text(pen, part),) if places else ()),
                (pen.count(float(part.n[i]), "条", basis("抽样评论条数", "填写的 n", part.rows)),),
                (pen.count(float(part.k[i]), "条", basis("其中负面条数", "填写的 k", part.rows)),),
                (pen.share(float(part.share[i]), basis("抽样负面占比", "k ÷ n", part.rows)),),
                (pen.interval(float(part.low[i]), float(part.high[i]), basis("抽样负面占比的区间", "比例区间（百分之九十五）", part.rows)),),
            )
        )
    return Table(
        id="samples",
        caption=pen.words("samples.caption"),
        columns=(
            Column(pen.word("head.period"), 30 if places else 36),
            *((Column(pen.word("head.platform"), 12),) if places else ()),
            Column(pen.word("head.read"), 12 if places else 14, "right"),
            Column(pen.word("head.negative"), 12 if places else 14, "right"),
            Column(pen.word("head.share"), 13 if places else 14, "right"),
            Column(pen.word("head.interval"), 21 if places else 22, "right"),
        ),
        rows=tuple(rows),
    )


def _minor(pen: Pen, curve: Curve) -> list[Block]:
    """小幅波动 and 短时集中评论."""
    items: list[Text] = [
        pen.say(
            "minor.small",
            at=pen.when(point.at, basis("小幅波动的时间", "分段位置", point.rows), curve.precision),
            before=share_of(pen, curve, point.before.share, "波动前负面占比", "", point.before.rows),
            after=share_of(pen, curve, point.after.share, "波动后负面占比", "", point.after.rows),
        )
        for point in curve.small_moves
        if curve.is_told(point.at)
    ]
    items.extend(
        pen.say(
            "minor.spike_posts" if curve.subject == "posts" else "minor.spike",
            at=pen.when(burst.start, basis("短时集中的时间", "一至两个时段的突起", burst.rows), curve.precision),
            n=pen.count(burst.n, "条", basis("短时集中的条数", "计数", burst.rows)),
            share=share_of(pen, curve, burst.share, "短时集中内容的负面占比", "", burst.rows),
        )
        for burst in curve.spikes
        if curve.is_told(burst.start)
    )
    return [Bullets(items=tuple(items))] if items else []


def _threshold_basis(normal: BackToNormal, kind: str) -> Basis:
    assert normal.base is not None
    return basis("恢复常态的门槛", f"{kind}：{band_how(normal.base.n_effective)}", normal.base.rows)


def _held(normal: BackToNormal) -> str:
    """By what rule a share is back, in minutes as set; typed samples have none."""
    if not normal.window:
        return "自最高一段起，连续两次抽样都不高于门槛者，其首次的起点"
    wide, hold = (span // timedelta(minutes=1) for span in (normal.window, normal.hold))
    return (
        f"自最高一段起，首个不高于门槛、且此后 {hold} 分钟内的窗口都不高于门槛的 {wide} 分钟滚动窗口的起点；"
        "评论过少的窗口不计，所在一段全段及自该窗口起都高于门槛的也不计"
    )


def recovery_blocks(pen: Pen, mood: Mood, since: datetime | None) -> list[Block]:
    """恢复常态 and the half-life of the decline.

    since: when the crisis began, as far as known; a return or a decline before it was of an older peak, and no date of it is printed.
    """
    curve, normal, decline = mood.curve, mood.normal, mood.decline
    if curve is None or normal is None:
        return [] if curve is None or curve.peak is None else [pen.body("normal.no_start")]
    blocks: list[Block] = []
    if normal.at is not None and since is not None and normal.at < since:
        return [pen.body("normal.before")]
    if decline is not None and since is not None and decline.start < since:
        decline = None
    kind = pen.word(f"normal.kind_{normal.threshold_kind}")
    if normal.threshold_kind == "trigger":
        threshold: Text = (pen.share(normal.threshold, basis("恢复常态的门槛", kind, TRIGGER_KEY), 0),)
    else:
        threshold = printed(pen, curve, normal.threshold, _threshold_basis(normal, kind))
    end = pen.when(curve.data_last if curve.precision else normal.data_end, basis("数据截至", "最后一个有数据时段的终点", curve.rows), curve.precision)
    if normal.state == "returned" and normal.at is not None:
        last = curve.regimes[-1]
        risen = last.share > normal.threshold and moment(curve.starts[last.bucket_from]) > normal.at
        blocks.append(
            pen.body(
                "normal.risen_again" if risen else "normal.returned",
                **({"last": share_of(pen, curve, last.share, "末段负面占比", "一段内", last.rows)} if risen else {}),
                at=pen.when(
                    normal.at,
                    basis("恢复常态的时间", _held(normal), curve.rows, WINDOW_KEY),
                    curve.precision,
                ),
                threshold=threshold,
                kind=Words(kind),
            )
        )
    elif normal.state == "unconfirmed" and normal.at is not None:
        blocks.append(
            pen.body(
                "normal.unconfirmed",
                at=pen.when(normal.at, basis("首次回到门槛的时间", "保持时间不足即到数据末尾", curve.rows), curve.precision),
                threshold=threshold,
                kind=Words(kind),
                end=end,
            )
        )
    elif normal.state == "not_reached":
        blocks.append(pen.body(f"normal.not_reached_{normal.threshold_kind}", end=end, threshold=threshold))
    elif normal.state == "never_above" and curve.grade != "model":  # within the error of an unaudited model it may have been
        blocks.append(pen.body("normal.never_above", threshold=threshold, kind=Words(kind)))
    if decline is not None and curve.width is not None and decline.half_life > curve.width:  # a fall within one bucket is a step, and has no half-life
        told: dict[str, Text] = {
            "span": (pen.duration(decline.half_life, basis("回落半衰期", "对回落段拟合指数下降", curve.rows)),),
            "start": (pen.when(decline.start, basis("回落起点", "拟合结果", curve.rows), curve.precision),),
        }
        if decline.floor > normal.threshold:  # a quick fall to far above the line is not told as if it went on
            floor = share_of(pen, curve, decline.floor, "回落趋近的负面占比", "对回落段拟合指数下降的下限，", curve.rows)
            blocks.append(pen.body("normal.half_life_above", floor=floor, **told))
        else:
            blocks.append(pen.body("normal.half_life", **told))
    return blocks
