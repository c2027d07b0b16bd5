"""二、转化影响: shop figures against the same weekdays before, followers, and the service desk."""

import math
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from review.analysis.analyse import Business
from review.analysis.conversion import Conversion, FollowerLoss
from review.analysis.service import GroupCount, Service
from review.analysis.typed_totals import TypedTotal
from review.incident.tables import summed_from_orders
from review.report.chart_data import DailyChart
from review.report.compose.events import KeyEvents
from review.report.compose.periods import period_text
from review.report.compose.score_text import FINE
from review.report.document import DASH, Block, Column, Figure, Num, Paragraph, Table, Text, Words
from review.report.pen import Pen, basis
from review.report.phrases import joined

REACH_TOTALS: Final = frozenset({"reposts_elsewhere"})
"""Typed totals that tell how far it went; they stand in 影响范围."""

TOTAL_UNITS: Final = {"complaints": "件", "reposts_elsewhere": "篇", "followers_lost": "人", "units": "件", "sales": "元", "orders": "单"}
"""Units of totals typed without one."""

TOPICS_SHOWN: Final = 6
"""Topics that have a row; of the others the sum and the names are told."""


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
    typed = [total_text(pen, total) for total in business.totals if total.metric not in REACH_TOTALS]
    if typed:
        blocks.append(Paragraph(text=joined(typed, "")))
    return blocks or [pen.gap("gap.conversion_onset" if business.daily and business.since is None else "gap.conversion")]


def total_text(pen: Pen, total: TypedTotal) -> Text:
    """投诉量（12315）：87 件，其中办结 79 件（8月12日至8月19日，口径：…）。"""
    name = pen.code("total_metric", total.metric)
    found = basis(f"{name.text}（填写的合计）", "数据汇总中填写", total.rows)
    place: Text = ()
    if total.place is not None:
        known = total.place in pen.vocabulary["platform"].printed
        place = pen.say("totals.place", place=pen.code("platform", total.place) if known else pen.typed(total.place))
    closed: Text = ()
    if total.metric == "complaints" and total.k is not None:
        closed = pen.say("totals.closed", k=pen.count(total.k, total.unit or "件", found))
    return pen.say(
        "totals.line",
        name=name,
        place=place,
        n=pen.count(total.n, total.unit or TOTAL_UNITS[total.metric], found),
        closed=closed,
        period=period_text(pen, (total.start, total.end), basis(f"{name.text}的期间", "填写的开始与结束；结束恰在零点的，截至前一日", total.rows)),
        method=pen.say("totals.method", method=pen.typed(total.method)) if total.method else (),
    )


def _lead(pen: Pen, main: Conversion) -> Paragraph:
    week = main.week
    assert week is not None
    how = f"事件后首周合计 ÷ 同星期基线 − 1，基线为{baseline_how(main.weeks, '元')}"
    change = (
        pen.share(abs(week.change), basis("主要转化指标低于基线的幅度", how, main.rows))
        if week.change < 0
        else pen.change(week.change, basis("主要转化指标的变化", how, main.rows))
    )
    interval: Text = ()
    if week.low is not None and week.high is not None:
        interval = pen.say(
            "conversion.interval",
            low=pen.change(week.low, basis("变化的区间下端", PLACEBO, main.rows)),
            high=pen.change(week.high, basis("变化的区间上端", PLACEBO, main.rows)),
        )
    recovered: Text = ()
    if main.recovered_on is not None:
        recovered = pen.say("conversion.recovered", day=pen.day(main.recovered_on, basis("恢复到基线水平的日期", "连续数日合计回到基线的规定比例", main.rows)))
    elif week.change < 0:
        recovered = pen.say("conversion.not_recovered", day=pen.day(main.observed_until, basis("数据末日", "最后一个有数据的日期", main.rows)))
    key = "conversion.lead_down" if week.change < 0 else "conversion.lead_up"
    return pen.lead(key, metric=series_name(pen, main), change=change, interval=interval, recovered=recovered)


def series_name(pen: Pen, each: Conversion) -> Text:
    """销售额（天猫旗舰店）: what is measured, and of which shop where the data tell several apart."""
    return (pen.code("snapshot_metric", each.metric), *((Words("（"), pen.quote(each.name, 16), Words("）")) if each.name else ()))


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
        note=(
            *pen.words("conversion.note"),
            *(pen.words("conversion.orders_note") if any(summed_from_orders(each.name) for each in compared) else ()),
            *joined([_conflict_note(pen, each) for each in compared if each.conflicts], ""),
        ),
    )


def _conflict_note(pen: Pen, each: Conversion) -> Text:
    found = basis(f"{pen.code('snapshot_metric', each.metric).text}同日数额不一的日期", "同一天给出不同数额，不计入比较", each.rows)
    days = joined([(pen.day(day, found),) for day in each.conflicts], "、")
    return pen.say("conversion.conflicts", metric=pen.code("snapshot_metric", each.metric), days=days)


def _comparison_row(pen: Pen, each: Conversion) -> tuple[Text, ...]:
    week = each.week
    assert week is not None
    name = pen.code("snapshot_metric", each.metric)
    unit = each.unit or ""
    spread = DASH
    if week.low is not None and week.high is not None:
        spread = pen.say(
            "conversion.range",
            low=pen.change(week.low, basis(f"{name.text}变化的区间下端", PLACEBO, each.rows)),
            high=pen.change(week.high, basis(f"{name.text}变化的区间上端", PLACEBO, each.rows)),
        )
    loss = DASH
    expected = whole(week.expected, unit)
    if each.metric != "refunds":
        loss = (pen.count(expected - week.actual, unit, basis(f"{name.text}较基线的差额", "同星期基线合计 − 实际合计", each.rows)),)
    return (
        series_name(pen, each),
        (pen.count(expected, unit, basis(f"{name.text}的同星期基线", baseline_how(each.weeks, unit), each.rows)),),
        (pen.count(week.actual, unit, basis(f"{name.text}的实际合计", "事件后首周各日之和（促销日除外）", each.rows)),),
        (pen.change(week.change, basis(f"{name.text}的变化", "实际合计 ÷ 基线 − 1", each.rows)),),
        spread,
        loss,
    )


PLACEBO: Final = (
    "（变化 + 1）乘、除以 e 的若干次方再减 1，次数为：基线各周内每段同样天数的窗口移出基线后与之相比（某日别无同星期几可比的窗口不计），"
    "各比值对数的均方根 × 百分之九十五的双侧 t 值（自由度为基线各周的天数 ÷ 窗口天数，至少三）"
)
"""How the interval of a change is made: the same comparison where nothing had happened."""


BASELINE: Final = "同样各日，取事件首日前最近四周内各完整周同一星期几的中位数（促销日不计）之和，取整"


def baseline_how(weeks: int, unit: str) -> str:
    """What a weekday baseline is: only the full weeks among the last few, and printed without halves of things."""
    rounded = "" if unit == "元" else "，取整"
    return f"事件首日前最近四周内 {weeks} 个完整周里同一星期几的中位数（促销日不计）之和{rounded}"


def whole(value: float, unit: str) -> float:
    """A sum of medians as it is printed: half an order is none, money may be broken."""
    return value if unit == "元" else float(math.floor(value + 0.5))


def _daily_figure(pen: Pen, series: Conversion, events: KeyEvents) -> Figure:
    name = pen.code("snapshot_metric", series.metric)
    first, last = series.days[0], series.days[-1]
    brand = tuple(event.timed() for event in events.shown if event.side == "brand" and first <= event.at.astimezone(ZoneInfo(pen.zone)).date() <= last)
    return Figure(
        id="daily",
        caption=pen.say("conversion.figure", metric=series_name(pen, series)),
        alt=pen.say("conversion.figure_alt", metric=series_name(pen, series)),
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
    read = [value for value in (each.before, each.lowest) if value is not None]
    alike = len({pen.style.count(value) for value in read}) < len(set(read))  # 1.34万 and 1.27万 are both 1.3万, and the loss would not be seen

    def count(value: float | None, what: str, how: str) -> Text:
        if value is None:
            return DASH
        found = basis(what, how, each.rows)
        return (pen.whole(round(value), "人", found) if alike else pen.count(value, "人", found),)

    share = (
        DASH
        if each.loss_share is None
        else (pen.share(each.loss_share, basis("粉丝流失比例", "（事件前粉丝数 − 事件后最低值）÷ 事件前粉丝数", each.rows), FINE),)
    )
    lost = count(each.lost, "事件后取消关注数", "自事件首日至数据末日，逐日取消关注之和")
    if each.lost is not None and each.lost_expected is not None:
        usual = pen.count(whole(each.lost_expected, "人"), "人", basis("同期的日常取消关注数", BASELINE, each.rows))
        lost = pen.say("followers.lost", lost=lost, usual=usual)
    return (
        account_text(pen, each.name, each.platform),
        count(each.before, "事件前粉丝数", "事件首日以前的最后一次读数"),
        count(each.lowest, "事件后最低粉丝数", "自事件首日起各次读数的最低值"),
        share,
        lost,
    )


def account_text(pen: Pen, name: str | None, platform: str | None) -> Text:
    """An account and its platform."""
    named: Text = (pen.quote(name, 20),) if name else pen.words("followers.unnamed")
    return (*named, *((Words("（"), pen.code("platform", platform), Words("）")) if platform else ()))


def _service(pen: Pen, service: Service) -> list[Block]:
    """The service desk in a sentence, as far as its figures are known, and the table of topics."""
    told = (
        *_cases(pen, service),
        _solved(pen, service),
        _first_reply(pen, service),
        _satisfaction(pen, service),
        _channels(pen, service),
        _earlier(pen, service),
    )
    parts = [part for part in told if part]
    blocks: list[Block] = [Paragraph(text=(*_service_title(pen, service), *joined(parts, "；"), Words("。")))] if parts else []
    if service.topics:
        blocks.append(_topic_table(pen, service))
    return blocks


def _cases(pen: Pen, service: Service) -> list[Text]:
    """受理 3 件, 已关闭 3 件."""
    if not service.opened:
        return []
    parts = [pen.say("service.opened", n=pen.count(service.opened, "件", basis("受理工单数", "计数", service.rows)))]
    if service.closed is not None:
        parts.append(pen.say("service.closed", n=pen.count(service.closed, "件", basis("已关闭工单数", "计数", service.rows))))
    return parts


def _solved(pen: Pen, service: Service) -> Text:
    solved = service.solved
    if solved is None:
        return ()
    return pen.say(
        "service.solved",
        share=pen.share(solved.share, basis("24 小时解决率", "24 小时内解决数 ÷ 已满 24 小时的受理数", solved.rows)),
        k=pen.count(solved.k, "", basis("24 小时内解决数", "计数", solved.rows)),
        n=pen.count(solved.n, "", basis("已满 24 小时的受理数", "计数", solved.rows)),
        interval=pen.interval(solved.low, solved.high, basis("24 小时解决率的区间", "比例区间（百分之九十五）", solved.rows)),
        left_out=_left_out(pen, service),
    )


def _first_reply(pen: Pen, service: Service) -> Text:
    """The median wait for an answer, and of how many it is, where that is known."""
    if service.first_reply is None:
        return ()
    span = pen.duration(service.first_reply, basis("首次响应时长中位数", "已答复工单的中位数", service.rows))
    of: Text = ()
    if service.answered:
        of = pen.say(
            "service.answered",
            answered=pen.count(service.answered, "件", basis("已答复工单数", "计数", service.rows)),
            unanswered=pen.count(service.unanswered, "件", basis("未答复工单数", "计数", service.rows)),
        )
    return pen.say("service.first_reply", span=span, of=of)


def _satisfaction(pen: Pen, service: Service) -> Text:
    if service.satisfaction is None:
        return ()
    mean = pen.number(service.satisfaction, basis("满意度平均值", "有评分工单的评分之和 ÷ 件数（按导出的分值）", service.rows))
    return pen.say("service.satisfaction", mean=mean, n=pen.count(service.rated, "件", basis("有满意度评分的工单数", "计数", service.rows)))


def _channels(pen: Pen, service: Service) -> Text:
    named = [pen.say("service.channel", name=pen.quote(each.name, 24), n=_opened(pen, each)) for each in service.channels]
    return pen.say("service.channels", channels=joined(named, "、")) if named else ()


def _opened(pen: Pen, group: GroupCount) -> Num:
    """Cases of a channel or of a topic."""
    return pen.count(group.opened, "件", basis(f"{pen.about(group.name)}受理数", "计数", group.rows))


def _earlier(pen: Pen, service: Service) -> Text:
    if not service.earlier:
        return ()
    return pen.say("service.earlier", n=pen.count(service.earlier, "件", basis("事件之前受理的工单数", "计数", service.earlier_rows)))


def _topic_table(pen: Pen, service: Service) -> Table:
    return Table(
        id="topics",
        caption=pen.words("service.topics"),
        columns=(Column(pen.word("head.topic"), 50), Column(pen.word("head.opened"), 25, "right"), Column(pen.word("head.closed"), 25, "right")),
        rows=tuple(
            (
                (pen.quote(each.name, 24),),
                (_opened(pen, each),),
                DASH if each.closed is None else (pen.count(each.closed, "件", basis(f"{pen.about(each.name)}已关闭数", "计数", each.rows)),),
            )
            for each in service.topics[:TOPICS_SHOWN]
        ),
        note=_other_topics(pen, service),
    )


def _service_title(pen: Pen, service: Service) -> Text:
    """客服（8月12日至8月23日受理）：the period is not told where there is none."""
    if service.start is None or service.end is None:
        return pen.words("service.title")
    found = basis("客服数据的统计期", "自事件起始当日，至最后一件受理或填写的结束", service.rows)
    return pen.say("service.title_of", period=period_text(pen, (service.start, service.end), found))


def _left_out(pen: Pen, service: Service) -> Text:
    """，另 3 件受理未满 24 小时…: cases that are not in the rate; () where there are none."""
    left = (("too_recent", service.too_recent, "受理未满 24 小时的工单数"), ("untold", service.untold, "受理或关闭时间不全的工单数"))
    return joined([pen.say(f"service.{name}", n=pen.count(n, "件", basis(what, "计数", service.rows))) for name, n, what in left if n], "")


def _other_topics(pen: Pen, service: Service) -> Text:
    """另有 6 件（使用咨询）: cases of topics not listed and of none; () where there are none."""
    others = service.topics[TOPICS_SHOWN:]
    n = (service.opened or 0) - sum(each.opened for each in service.topics[:TOPICS_SHOWN])
    if n <= 0:
        return ()
    found = basis("未列入表中的工单数", "受理数 − 表中各主题之和", service.rows)
    names = "、".join(each.name for each in others)
    return pen.say("service.other_topics", n=pen.count(n, "件", found), names=pen.quote(names, 40) if names else pen.words("service.no_topic"))
