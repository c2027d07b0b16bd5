"""二、转化影响: shop figures against the same weekdays before, followers, and the service desk."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from review.analysis.analyse import Business
from review.analysis.conversion import Conversion, FollowerLoss
from review.analysis.service import Service
from review.report.chart_data import DailyChart
from review.report.compose.events import KeyEvents
from review.report.document import Block, Column, Figure, Paragraph, Table, Text, Words
from review.report.pen import Pen, basis
from review.report.phrases import joined

DASH: Text = (Words("—"),)


def business_blocks(pen: Pen, business: Business, events: KeyEvents) -> list[Block]:
    """The three tables that can be written, the figure of the main series, or one gap line."""
    blocks: list[Block] = []
    compared = [each for each in business.conversions if each.week is not None]
    short = [each for each in business.conversions if each.state == "short_baseline"]
    if business.main is not None:
        blocks.append(_lead(pen, business.main))
    if compared:
        blocks.append(_comparison_table(pen, compared))
    if business.main is not None and sum(value is not None for value in business.main.values) >= 7:
        blocks.append(_daily_figure(pen, business.main, events))
    if short and not compared:
        names = joined([(pen.code("snapshot_metric", each.metric),) for each in short], "、")
        blocks.append(pen.body("conversion.short", names=names))
    if business.followers:
        blocks.extend(_followers(pen, business.followers))
    if business.service is not None:
        blocks.extend(_service(pen, business.service))
    return blocks or [pen.gap("gap.conversion")]


def _lead(pen: Pen, main: Conversion) -> Paragraph:
    week = main.week
    assert week is not None
    how = "事件后首周合计 ÷ 同星期基线 − 1"
    change = (
        pen.share(abs(week.change), basis("主要转化指标低于基线的幅度", how, main.rows))
        if week.change < 0
        else pen.change(week.change, basis("主要转化指标的变化", how, main.rows))
    )
    interval: Text = ()
    if week.low is not None and week.high is not None:
        interval = pen.say(
            "conversion.interval",
            low=pen.change(week.low, basis("变化的区间下端", "以事件前各周作对照", main.rows)),
            high=pen.change(week.high, basis("变化的区间上端", "以事件前各周作对照", main.rows)),
        )
    recovered: Text = ()
    if main.recovered_on is not None:
        recovered = pen.say("conversion.recovered", day=pen.day(main.recovered_on, basis("恢复到基线水平的日期", "连续数日合计回到基线的规定比例", main.rows)))
    elif week.change < 0:
        recovered = pen.say("conversion.not_recovered", day=pen.day(main.observed_until, basis("数据末日", "最后一个有数据的日期", main.rows)))
    key = "conversion.lead_down" if week.change < 0 else "conversion.lead_up"
    return pen.lead(key, metric=pen.code("snapshot_metric", main.metric), change=change, interval=interval, recovered=recovered)


def _comparison_table(pen: Pen, compared: Sequence[Conversion]) -> Table:
    return Table(
        id="conversions",
        caption=pen.words("conversion.caption"),
        columns=(
            Column(pen.word("head.metric"), 20),
            Column(pen.word("head.baseline"), 16, "right"),
            Column(pen.word("head.actual"), 16, "right"),
            Column(pen.word("head.change"), 12, "right"),
            Column(pen.word("head.change_range"), 20, "right"),
            Column(pen.word("head.loss"), 16, "right"),
        ),
        rows=tuple(_comparison_row(pen, each) for each in compared),
        note=pen.words("conversion.note"),
    )


def _comparison_row(pen: Pen, each: Conversion) -> tuple[Text, ...]:
    week = each.week
    assert week is not None
    name = pen.code("snapshot_metric", each.metric)
    unit = each.unit or ""
    label: Text = (name, *((Words("（"), pen.quote(each.name, 16), Words("）")) if each.name else ()))
    spread = DASH
    if week.low is not None and week.high is not None:
        spread = pen.say(
            "conversion.range",
            low=pen.change(week.low, basis(f"{name.text}变化的区间下端", "以事件前各周作对照", each.rows)),
            high=pen.change(week.high, basis(f"{name.text}变化的区间上端", "以事件前各周作对照", each.rows)),
        )
    loss = DASH
    if each.metric != "refunds":
        loss = (pen.count(week.loss, unit, basis(f"{name.text}较基线的差额", "同星期基线合计 − 实际合计", each.rows)),)
    return (
        label,
        (pen.count(week.expected, unit, basis(f"{name.text}的同星期基线", "事件前各周同一星期几的中位数之和", each.rows)),),
        (pen.count(week.actual, unit, basis(f"{name.text}的实际合计", "事件后首周各日之和（促销日除外）", each.rows)),),
        (pen.change(week.change, basis(f"{name.text}的变化", "实际合计 ÷ 基线 − 1", each.rows)),),
        spread,
        loss,
    )


def _daily_figure(pen: Pen, series: Conversion, events: KeyEvents) -> Figure:
    name = pen.code("snapshot_metric", series.metric)
    first, last = series.days[0], series.days[-1]
    brand = tuple(event.timed() for event in events.shown if event.side == "brand" and first <= event.at.astimezone(ZoneInfo(pen.zone)).date() <= last)
    return Figure(
        id="daily",
        caption=pen.say("conversion.figure", metric=name),
        alt=pen.say("conversion.figure_alt", metric=name),
        chart=DailyChart(
            name=name.text, unit=series.unit or "", days=series.days, values=series.values, baseline=series.baseline, marked=(), events=brand, zone=pen.zone
        ),
        note=pen.words("conversion.figure_note"),
    )


def _followers(pen: Pen, accounts: Sequence[FollowerLoss]) -> list[Block]:
    known = [each for each in accounts if each.before is not None or each.lost is not None]
    if not known:
        return []
    return [
        Table(
            id="followers",
            caption=pen.words("followers.caption"),
            columns=(
                Column(pen.word("head.account"), 26),
                Column(pen.word("head.before"), 18, "right"),
                Column(pen.word("head.lowest"), 18, "right"),
                Column(pen.word("head.loss_share"), 16, "right"),
                Column(pen.word("head.unfollowed"), 22, "right"),
            ),
            rows=tuple(_follower_row(pen, each) for each in known),
            note=pen.words("followers.note"),
        )
    ]


def _follower_row(pen: Pen, each: FollowerLoss) -> tuple[Text, ...]:
    def count(value: float | None, what: str) -> Text:
        return DASH if value is None else (pen.count(value, "位", basis(what, "账号数据", each.rows)),)

    name: Text = (pen.quote(each.name, 20),) if each.name else pen.words("followers.unnamed")
    platform: Text = (Words("（"), pen.code("platform", each.platform), Words("）")) if each.platform else ()
    share = (
        DASH if each.loss_share is None else (pen.share(each.loss_share, basis("粉丝流失比例", "（事件前粉丝数 − 事件后最低值）÷ 事件前粉丝数", each.rows), 2),)
    )
    return ((*name, *platform), count(each.before, "事件前粉丝数"), count(each.lowest, "事件后最低粉丝数"), share, count(each.lost, "事件后取消关注数"))


def _service(pen: Pen, service: Service) -> list[Block]:
    parts: list[Text] = []
    if service.opened is not None:
        parts.append(pen.say("service.opened", n=pen.count(service.opened, "件", basis("受理工单数", "计数", service.rows))))
    if service.closed is not None:
        parts.append(pen.say("service.closed", n=pen.count(service.closed, "件", basis("已关闭工单数", "计数", service.rows))))
    if service.solved is not None:
        solved = service.solved
        parts.append(
            pen.say(
                "service.solved",
                share=pen.share(solved.share, basis("24 小时解决率", "24 小时内解决数 ÷ 已满 24 小时的受理数", solved.rows)),
                k=pen.count(solved.k, "", basis("24 小时内解决数", "计数", solved.rows)),
                n=pen.count(solved.n, "", basis("已满 24 小时的受理数", "计数", solved.rows)),
                interval=pen.interval(solved.low, solved.high, basis("24 小时解决率的区间", "比例区间（百分之九十五）", solved.rows)),
            )
        )
    if service.first_reply is not None:
        parts.append(pen.say("service.first_reply", span=pen.duration(service.first_reply, basis("首次响应时长中位数", "已答复工单的中位数", service.rows))))
    if service.complaints is not None:
        parts.append(pen.say("service.complaints", n=pen.count(service.complaints, "件", basis("投诉量", "填写的合计", service.rows))))
    blocks: list[Block] = []
    if parts:
        blocks.append(Paragraph(text=(*pen.words("service.title"), *joined(parts, "；"), Words("。"))))
    if service.topics:
        shown = service.topics[:6]
        blocks.append(
            Table(
                id="topics",
                caption=pen.words("service.topics"),
                columns=(Column(pen.word("head.topic"), 50), Column(pen.word("head.opened"), 25, "right"), Column(pen.word("head.closed"), 25, "right")),
                rows=tuple(
                    (
                        (pen.quote(each.name, 24),),
                        (pen.count(each.opened, "件", basis(f"“{each.name}”受理数", "计数", each.rows)),),
                        DASH if each.closed is None else (pen.count(each.closed, "件", basis(f"“{each.name}”已关闭数", "计数", each.rows)),),
                    )
                    for each in shown
                ),
            )
        )
    return blocks
