"""A fictional report with every kind of block and chart, for the tests of the renderers: realistic words, hostile strings, emoji and long cells.

Inline marks keep it readable: {12%} a claim, <<…>> text out of the input, **…** emphasis, [[fig-curve|图2-2]] a cross-reference,
((24 小时解决率)) a fixed term.
"""

import itertools
import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from review.analysis.schedule import ActionState
from review.incident.evidence import Clock
from review.report.chart_data import (
    CurveChart,
    CurvePoint,
    DailyChart,
    GanttBar,
    GanttChart,
    LaneLink,
    LaneNode,
    MatrixChart,
    Regime,
    ScoreBar,
    ScoreChart,
    SharesChart,
    SwimLaneChart,
    TimedEvent,
    TimelineChart,
)
from review.report.claims import Claim, ClaimBook
from review.report.document import (
    Block,
    Bullets,
    Callout,
    Column,
    Cover,
    Document,
    Figure,
    Label,
    Num,
    Paragraph,
    Quoted,
    Ref,
    Section,
    Slot,
    Span,
    Strong,
    Table,
    Text,
    Tile,
    Tiles,
    Words,
)

ZONE: Final = "Asia/Shanghai"
START: Final = datetime(2025, 8, 12, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
MADE_AT: Final = datetime(2025, 9, 20, 1, 30, tzinfo=UTC)
TERMS: Final = frozenset({"24 小时解决率", "P1"})

HOSTILE: Final = (
    "<script>alert(1)</script> & </w:t> ]]> <!-- --> &amp; <img src=file:///etc/passwd>",
    "=cmd|'/c calc'!A1",
    "控制字符\x00\x08\x1b\x7f与\ufffe\uffff以及\u2028行分隔",
    "从右向左\u202egnp.exe\u202c与\u200f标记",
    "表情👍🏻👨‍👩‍👧‍👦🇨🇳❤️‍🔥😡🤮",
    '{ PAGE } { INCLUDEPICTURE "http://example.invalid/x.png" } {{ 7*7 }} %s \\f $(id)',
    "繁體中文與English混排、生僻字㐂䶮𠮷",
    "长词" + "W" * 400,
)

MARK: Final = re.compile(
    r"\{(?P<num>[^{}]*)\}|<<(?P<quote>.*?)>>|\*\*(?P<strong>.*?)\*\*|\[\[(?P<target>[^|\]]*)\|(?P<ref>[^\]]*)\]\]|\(\((?P<label>.*?)\)\)", re.DOTALL
)


class _Writer:
    """Turns marked strings into texts and keeps the claims."""

    def __init__(self) -> None:
        self.book = ClaimBook()

    def number(self, display: str) -> Num:
        return self.book.state(display, display, unit="", what=f"样张数字 {display}", how="样张直接给出", sources=(Clock(),))

    def __call__(self, marked: str) -> Text:
        spans: list[Span] = []
        at = 0
        for found in MARK.finditer(marked):
            if found.start() > at:
                spans.append(Words(marked[at : found.start()]))
            at = found.end()
            if found["num"] is not None:
                spans.append(self.number(found["num"]))
            elif found["quote"] is not None:
                spans.append(Quoted(found["quote"]))
            elif found["strong"] is not None:
                inner = found["strong"]
                spans += [Strong(span) for span in self(inner) if not isinstance(span, Ref | Strong)]
            elif found["label"] is not None:
                spans.append(Label(found["label"]))
            else:
                spans.append(Ref(found["target"], found["ref"]))
        if at < len(marked):
            spans.append(Words(marked[at:]))
        return tuple(spans)

    def texts(self, *marked: str) -> tuple[Text, ...]:
        return tuple(self(one) for one in marked)

    def rows(self, *lines: tuple[str, ...]) -> tuple[tuple[Text, ...], ...]:
        return tuple(self.texts(*line) for line in lines)


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


EVENTS: Final = (
    TimedEvent(number=1, at=hours(0), label="首发笔记", side="public"),
    TimedEvent(number=2, at=hours(2.6), label="品牌评论区留言", side="brand"),
    TimedEvent(number=3, at=hours(5.5), label="KOL 转发", side="public", turning=True),
    TimedEvent(number=4, at=hours(5.9), label="登上微博热搜", side="public"),
    TimedEvent(number=5, at=hours(6.1), label="话题阅读破千万", side="public"),
    TimedEvent(number=6, at=hours(7.2), label="首份声明", side="brand"),
    TimedEvent(number=7, at=hours(21), label="财经媒体报道", side="public"),
    TimedEvent(number=8, at=hours(26), label="正式方案:三日内全额退款", side="brand", turning=True),
    TimedEvent(number=9, at=hours(33), label="开通专属客服", side="brand"),
    TimedEvent(number=10, at=hours(46), label="首位博主实测", side="brand"),
    TimedEvent(number=11, at=hours(47), label="第二位博主实测", side="brand"),
    TimedEvent(number=12, at=hours(52), label="负面占比回落", side="public", turning=True),
    TimedEvent(number=13, at=hours(70), label="致歉信发布", side="brand"),
)


def timeline_chart() -> TimelineChart:
    volume = tuple((hours(h), int(900 * math.exp(-((h - 7) ** 2) / 30) + 340 * math.exp(-((h - 28) ** 2) / 40) + 20 + (h * 37) % 23)) for h in range(84))
    return TimelineChart(events=EVENTS, volume=volume, bucket_minutes=60, zone=ZONE)


def _level(hour: int) -> float:
    return 0.12 if hour < 3 else 0.30 if hour < 6 else 0.65 if hour < 26 else 0.44 if hour < 46 else 0.30 if hour < 60 else 0.15


def curve_chart(small: bool = False) -> CurveChart:
    points = []
    for hour in range(80):
        if 63 <= hour < 67:
            continue
        share = min(0.95, max(0.02, _level(hour) + 0.05 * math.sin(hour * 1.7)))
        n = 260 - 3 * hour if hour % 24 not in (17, 18, 19) else 6
        half = 0.98 / math.sqrt(n)
        points.append(CurvePoint(at=hours(hour), share=share, low=max(0.0, share - half), high=min(1.0, share + half), n=n, thin=n < 30))
    smooth = tuple((hours(hour), None if 63 <= hour < 67 else _level(hour)) for hour in range(80))
    edges = (0, 3, 6, 26, 46, 60, 80)
    regimes = tuple(Regime(start=hours(a), end=hours(b), share=_level(a)) for a, b in itertools.pairwise(edges))
    return CurveChart(
        points=tuple(points), smooth=smooth, regimes=regimes, events=() if small else EVENTS, trigger=0.20, bucket_minutes=60, zone=ZONE, small=small
    )


def score_chart() -> ScoreChart:
    def bar(name: str, dimension: str, weight: float, score: float | None, spread: tuple[float, float] | None = None, state: str = "已评") -> ScoreBar:
        low, high = spread or (None, None)
        return ScoreBar(name=name, dimension=dimension, weight=weight, score=score, low=low, high=high, state=state)

    return ScoreChart(
        bars=(
            bar("首次回应时效", "响应速度", 15, 72.5),
            bar("正式方案时效", "响应速度", 10, 0),
            bar("牵头层级", "响应速度", 5, 100),
            bar("具体解决方案", "内容质量", 12, 50, (25, 75)),
            bar("诚恳程度", "内容质量", 10, 61, (50, 75)),
            bar("口径一致", "内容质量", 8, 88),
            bar("KOL·KOC 配合", "协同", 12, 90),
            bar("专项通道", "协同", 5, 100),
            bar("24 小时解决率", "用户诉求", 13, None, state="无法评估(缺:客服工单)"),
            bar("投诉处理", "用户诉求", 5, 43),
            bar("竞品抹黑澄清", "用户诉求", 5, None, state="不适用"),
        ),
        good_from=70,
        bad_below=55,
    )


def daily_chart() -> DailyChart:
    first = date(2025, 7, 14)
    days = tuple(first + timedelta(days=i) for i in range(56))
    base = tuple(None if i < 7 else 1200.0 + (260 if d.weekday() >= 5 else 0) for i, d in enumerate(days))
    drop = [0.0 if i < 29 else 620 * math.exp(-(i - 29) / 9) for i in range(56)]
    values = tuple(
        None if i == 40 else round(1200 + (260 if d.weekday() >= 5 else 0) + 40 * math.sin(i * 1.3) - drop[i] + (900 if i == 18 else 0), 0)
        for i, d in enumerate(days)
    )
    return DailyChart(name="店铺订单", unit="单", days=days, values=values, baseline=base, marked=(days[18],), events=(EVENTS[0], EVENTS[7]), zone=ZONE)


def shares_chart(stacked: bool) -> SharesChart:
    starts = tuple(hours(3 * i) for i in range(24))
    names = ("愤怒", "失望", "质疑", "调侃", "理性讨论") if stacked else ("要求赔偿", "欺骗", "失望")
    raw = [[1.2 + math.sin(i / 4 + 1.7 * k) + (0.8 * k if not stacked else 0) for i in range(24)] for k in range(len(names))]
    total = [sum(column) for column in zip(*raw, strict=True)]
    scale = 1.0 if stacked else 0.4
    series = tuple((name, tuple(None if i in (14, 15) else scale * raw[k][i] / total[i] for i in range(24))) for k, name in enumerate(names))
    return SharesChart(series=series, starts=starts, bucket_minutes=180, stacked=stacked, zone=ZONE)


def lane_chart() -> SwimLaneChart:
    lanes = ("小红书", "微博", "抖音", "知乎", "媒体")
    starts = tuple(hours(2 * i) for i in range(40))
    volume = tuple(
        (lane, tuple(int(400 / (k + 1) * math.exp(-((i - 4 - 2 * k) ** 2) / (12 + 6 * k)) + (3 if i > 2 * k else 0)) for i in range(40)))
        for k, lane in enumerate(lanes)
    )
    places = [
        (1, 0, 0, 90),
        (2, 3, 0, 30),
        (3, 5.5, 1, 820),
        (4, 5.9, 1, 300),
        (5, 6.2, 1, 260),
        (6, 6.4, 1, 120),
        (7, 9, 2, 410),
        (8, 9.5, 0, 80),
        (9, 14, 2, 60),
        (10, 20, 3, 45),
        (11, 21, 4, 200),
        (12, 21.5, 4, 90),
        (13, 27, 1, 150),
        (14, 47, 0, 500),
    ]
    roles = ("首发", "网友", "KOL", "营销号", "媒体", "官方")
    nodes = tuple(LaneNode(number=i, at=hours(h), lane=lanes[k], weight=float(w), role=roles[i % len(roles)]) for i, h, k, w in places)
    links = (
        LaneLink(source=1, target=2, style="solid"),
        LaneLink(source=1, target=3, style="dashed"),
        LaneLink(source=3, target=4, style="solid"),
        LaneLink(source=3, target=5, style="solid"),
        LaneLink(source=3, target=6, style="solid"),
        LaneLink(source=3, target=7, style="dashed"),
        LaneLink(source=7, target=9, style="solid"),
        LaneLink(source=3, target=10, style="dotted"),
        LaneLink(source=4, target=11, style="dotted"),
        LaneLink(source=11, target=12, style="dashed"),
        LaneLink(source=3, target=13, style="solid"),
    )
    return SwimLaneChart(lanes=lanes, volume=volume, starts=starts, bucket_minutes=120, nodes=nodes, links=links, zone=ZONE)


def matrix_chart() -> MatrixChart:
    names = ("小红书", "微博", "抖音", "知乎", "媒体")
    return MatrixChart(rows=names, columns=names, counts=((0, 213, 88, 12, 9), (15, 0, 140, 31, 46), (2, 37, 0, 4, 11), (0, 9, 1, 0, 3), (4, 1250, 26, 8, 0)))


def gantt_chart() -> GanttChart:
    def bar(label: str, department: str, start: tuple[int, int], due: tuple[int, int], done: tuple[int, int] | None = None) -> GanttBar:
        ends, ended = date(2025, *due), date(2025, *done) if done else None
        state: ActionState = "overdue" if ends < today else "in_progress"
        if ended is not None:
            state = "done_on_time" if ended <= ends else "done_late"
        words = {"overdue": "逾期未完成", "in_progress": "进行中", "done_on_time": "按期完成", "done_late": "逾期完成"}[state]
        return GanttBar(label=label, department=department, start=date(2025, *start), due=ends, done=ended, state=state, words=words)

    today = date(2025, 9, 20)
    return GanttChart(
        bars=(
            bar("A-01 质检抽检比例提高", "品控部", (8, 20), (9, 15), (9, 12)),
            bar("A-02 供应商复评", "品控部", (9, 1), (10, 31)),
            bar("A-03 客服话术与补偿标准", "客户服务部", (8, 18), (8, 31), (9, 3)),
            bar("A-04 专属通道常态化", "客户服务部", (8, 25), (9, 12)),
            bar("A-05 舆情预警阈值上线", "公关部", (9, 1), (9, 30)),
            bar("A-06 垂类博主名录", "公关部", (9, 10), (10, 20)),
            bar("A-07 季度应急演练", "公关部", (10, 15), (11, 30)),
            bar("A-08 宣传用语合规审查", "法务部", (9, 5), (9, 25)),
            bar("A-09 详情页整改", "电商部", (8, 22), (9, 2), (9, 2)),
        ),
        today=today,
    )


def specimen() -> tuple[Document, tuple[Claim, ...]]:
    """The document and its claims."""
    t = _Writer()
    summary = Section(
        id="summary",
        level=1,
        title=t("摘要"),
        page_break=True,
        blocks=(
            Paragraph(style="lead", text=t("首次回应**优于两小时经验线**,但正式方案晚于要求 {21.9} 小时;负面占比由 {30%} 升至 {65%},方案发布后回落至 {15%}。")),
            Callout(
                kind="finding",
                title=t("三问三答"),
                items=t.texts(
                    "**根源是什么:**质检抽检环节存在漏洞,客服补偿标准不清晰(见[[tab-causes|表3-1]])。",
                    "**应对是否到位:**首次回应到位,解决方案迟缓;综合评分 {63.4} 分,存在明显不足。",
                    "**如何防止再发:**已定措施 {9} 项,其中 {3} 项已完成,{2} 项待决策。",
                ),
            ),
            Tiles(
                items=(
                    Tile(label=t("话题阅读"), value=t("{2,381万}"), note=t("截至{8月15日}")),
                    Tile(label=t("负面占比峰值"), value=t("{65%}"), note=t("区间 {61%–69%}")),
                    Tile(label=t("首次回应"), value=t("{2.6} 小时"), note=t("要求 {1} 小时")),
                    Tile(label=t("正式方案"), value=t("{26.0} 小时"), note=t("要求 {4} 小时")),
                    Tile(label=t("店铺订单"), value=t("{−38%}"), note=t("较同星期日常")),
                )
            ),
            Figure(
                id="fig-small",
                number="图0-1",
                caption=t("情绪走势概览"),
                alt=t("负面占比由{12%}升至{65%},其后回落至{15%}。"),
                chart=curve_chart(small=True),
            ),
            Callout(
                kind="decision",
                title=t("请决策事项"),
                items=t.texts("是否将抽检比例提高至 {10%}(品控部,{9月30日}前)", "是否设立常态化专属通道(客户服务部,{9月25日}前)"),
            ),
        ),
    )
    overview = Section(
        id="overview",
        level=1,
        number="一、",
        title=t("危机概述"),
        page_break=True,
        blocks=(
            Paragraph(style="lead", text=t("本次事件为**产品质量问题**引发的一级危机,{6.1} 小时内话题阅读量突破千万。")),
            Section(
                id="course",
                level=2,
                number="(一)",
                title=t("事件经过"),
                blocks=(
                    Paragraph(
                        text=t(
                            "{2025年8月12日10:00},用户<<小**>>在小红书发布首条笔记<<“刚买三天就开裂,客服让我自己粘😡”>>,为采集范围内最早发布。"
                            "{15:30},家居类博主<<@木匠老李>>转发后负面占比由 {30%} 升至 {65%}(见[[fig-curve|图2-2]]),与首份声明发布同时。"
                        )
                    ),
                    Paragraph(text=t("其后事件扩散至微博、抖音、知乎与媒体,各平台关键节点见[[tab-events|表2-1]],传播脉络见[[fig-lanes|图2-3]]。")),
                    Paragraph(style="gap", text=t("本次未取得【客服工单】,((24 小时解决率))不作评价。")),
                ),
            ),
            Section(
                id="grade",
                level=2,
                number="(二)",
                title=t("定性与定级"),
                blocks=(
                    Slot(id="case.verdict", prompt=t("【待确认】偶然事件或流程漏洞:请填写判断与理由。")),
                    Slot(id="case.reason", prompt=t("【待确认】"), text=t("<<经品控部复核,{同批次} 137 件中 4 件开裂,属流程漏洞。>>")),
                    Bullets(
                        items=t.texts(
                            "话题阅读量 {2,381万},高于 {500万},按一级处置;",
                            "启动时刻 {8月12日13:00},负面占比首次持续高于 {20%};",
                            "定级依据见[[tab-events|表2-1]]。",
                        )
                    ),
                ),
            ),
        ),
    )
    table_events = Table(
        id="tab-events",
        number="表2-1",
        caption=t("关键时间轴事件"),
        columns=(
            Column(head="编号", width=0.09, align="center"),
            Column(head="时间", width=0.2),
            Column(head="侧", width=0.11, align="center"),
            Column(head="事件", width=0.46),
            Column(head="当时负面占比", width=0.14, align="right"),
        ),
        rows=t.rows(
            *(
                (
                    f"(({'①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬'[event.number - 1]}))",
                    f"{{{event.at + timedelta(hours=8):%m月%d日 %H:%M}}}",
                    "舆论" if event.side == "public" else "品牌",
                    f"<<{event.label}>>",
                    "{30%}",
                )
                for event in EVENTS
            )
        ),
        note=t("时间为北京时间;负面占比为事件所在小时的数值。"),
    )
    long_table = Table(
        id="tab-voices",
        number="表2-2",
        caption=t("典型评论"),
        columns=(
            Column(head="平台", width=0.12, align="center"),
            Column(head="评论摘录", width=0.58),
            Column(head="点赞", width=0.12, align="right"),
            Column(head="主题", width=0.18),
        ),
        rows=(
            *((t("小红书"), (Quoted(text),), t(f"{{{3210 - 17 * i:,}}}"), t("产品质量")) for i, text in enumerate(HOSTILE)),
            *(
                (
                    t("微博"),
                    (
                        Quoted(
                            f"买了三个月,桌角全裂了,客服回复<{i}>“正常现象”,这就是大品牌的态度?退款流程走了半个月还没有结果,后来才知道同批次的都有问题。"
                            * (1 + i % 3)
                        ),
                    ),
                    t(f"{{{2100 - 31 * i:,}}}"),
                    t("售后服务"),
                )
                for i in range(28)
            ),
        ),
        emphasis=(2,),
        note=t("评论按点赞数排列,普通用户名称已隐去。"),
    )
    wide = Table(
        id="tab-wide",
        number="表2-3",
        caption=t("关键账号与媒体"),
        landscape=True,
        columns=(
            Column(head="序", width=0.05, align="center"),
            Column(head="账号", width=0.15, align="left"),
            Column(head="平台", width=0.08, align="center"),
            Column(head="身份", width=0.1, align="center"),
            Column(head="粉丝量", width=0.1, align="right"),
            Column(head="发布时间", width=0.13, align="left"),
            Column(head="互动量", width=0.1, align="right"),
            Column(head="立场", width=0.08, align="center"),
            Column(head="原文摘录", width=0.3, align="left"),
        ),
        rows=t.rows(
            *(
                (
                    f"{{{i + 1}}}",
                    f"<<@家居测评{i}号馆>>",
                    "微博",
                    "KOL",
                    f"{{{230 - 9 * i}万}}",
                    "{8月12日 15:30}",
                    f"{{{41200 - 800 * i:,}}}",
                    "质疑",
                    "<<这个牌子我测过三次,第一次就裂,商家说运输问题;第二次换货还是裂。别再说个例了。>>",
                )
                for i in range(14)
            )
        ),
    )
    data = Section(
        id="data",
        level=1,
        number="二、",
        title=t("全链路数据"),
        page_break=True,
        blocks=(
            Section(
                id="timeline",
                level=2,
                number="(一)",
                title=t("关键时间轴"),
                blocks=(
                    Figure(
                        id="fig-timeline",
                        number="图2-1",
                        caption=t("关键时间轴"),
                        alt=t("{13} 个节点,舆论侧 {6} 个、品牌侧 {7} 个。"),
                        chart=timeline_chart(),
                        note=t("底部柱为每小时声量。"),
                    ),
                    table_events,
                ),
            ),
            Section(
                id="emotion",
                level=2,
                number="(二)",
                title=t("情绪走势与激化节点"),
                blocks=(
                    Paragraph(text=t("负面占比由 {30%} 升至 {65%},与 KOL 转发同时;正式方案之后回应后下降,且超出此前趋势。")),
                    Figure(
                        id="fig-curve",
                        number="图2-2",
                        caption=t("情绪走势"),
                        alt=t("负面占比自{12%}经两次抬升至{65%},正式方案发布后回落至{15%}。"),
                        chart=curve_chart(),
                        note=t("圆点大小表示评论数,灰点样本不足{30}条,阴影为误差范围。"),
                    ),
                    Figure(id="fig-emotions", number="图2-5", caption=t("情绪构成"), alt=t("愤怒占比先升后降。"), chart=shares_chart(stacked=True)),
                    Figure(id="fig-words", number="图2-6", caption=t("关键词占比"), alt=t("“失望”占比居首。"), chart=shares_chart(stacked=False)),
                    Callout(kind="caution", title=t("读图须知"), items=t.texts("负面倾向(模型初判,未经人工复核,平均误差约 ±{6} 个百分点)。")),
                ),
            ),
            Section(
                id="spread",
                level=2,
                number="(三)",
                title=t("传播脉络与峰值解读"),
                blocks=(
                    Figure(
                        id="fig-lanes",
                        number="图2-3",
                        caption=t("传播脉络(明确转发关系覆盖{82%})"),
                        alt=t("由小红书扩散至微博,再至抖音、知乎与媒体。"),
                        chart=lane_chart(),
                    ),
                    Figure(id="fig-matrix", number="图2-4", caption=t("平台间流向"), alt=t("小红书流向微博{213}次,为最多之一。"), chart=matrix_chart()),
                ),
            ),
            Section(id="voices", level=2, number="(四)", title=t("典型评论"), blocks=(long_table,)),
            Section(id="accounts", level=2, number="(五)", title=t("关键账号与媒体"), blocks=(wide,)),
            Section(
                id="conversion",
                level=2,
                number="(六)",
                title=t("转化影响"),
                blocks=(
                    Paragraph(text=t("危机后{14}日店铺订单较同星期日常低 {38%},至{9月7日}恢复至日常水平。")),
                    Figure(
                        id="fig-orders",
                        number="图2-7",
                        caption=t("店铺订单与日常水平"),
                        alt=t("危机后订单最低降至日常的{48%}。"),
                        chart=daily_chart(),
                        note=t("促销日已剔除,虚线为同星期日常水平。"),
                    ),
                ),
            ),
        ),
    )
    causes = Section(
        id="causes",
        level=1,
        number="三、",
        title=t("根源分析"),
        page_break=True,
        blocks=(
            Section(
                id="surface",
                level=2,
                number="(一)",
                title=t("表层诱因"),
                blocks=(
                    Section(
                        id="clue",
                        level=3,
                        number="1.",
                        title=t("线索"),
                        blocks=(
                            Bullets(
                                ordered=True,
                                items=t.texts("首条笔记晒出开裂照片,{3} 小时内评论 {412} 条;", "评论中“客服”出现 {1,208} 次;", "同批次投诉此前已有 {6} 起。"),
                            ),
                        ),
                    ),
                    Table(
                        id="tab-causes",
                        number="表3-1",
                        caption=t("表层诱因与深层问题"),
                        columns=(Column(head="表层诱因", width=0.5), Column(head="深层问题", width=0.5)),
                        rows=t.rows(("博主晒出瑕疵", "质检流程漏洞"), ("客服推诿", "补偿标准不清晰"), ("**合计**", "{2} 项")),
                        emphasis=(2,),
                    ),
                ),
            ),
        ),
    )
    review = Section(
        id="review",
        level=1,
        number="四、",
        title=t("应对得失"),
        page_break=True,
        blocks=(
            Paragraph(style="lead", text=t("综合评分 {63.4} 分(区间 {58.2–68.0}),**存在明显不足**。")),
            Figure(
                id="fig-score",
                number="图4-1",
                caption=t("分项评分"),
                alt=t("正式方案时效{0}分为最低。"),
                chart=score_chart(),
                note=t("横线为评分区间;未评项列明缺少的材料。"),
            ),
            Slot(id="review.lessons", prompt=t("【待确认】请负责人补充教训。")),
        ),
    )
    strategy = Section(
        id="strategy",
        level=1,
        number="五、",
        title=t("优化策略"),
        page_break=True,
        blocks=(Paragraph(style="gap", text=t("本次未取得【已定措施】,本节从略。")),),
    )
    plan = Section(
        id="plan",
        level=1,
        number="六、",
        title=t("执行时间表"),
        page_break=True,
        blocks=(Figure(id="fig-gantt", number="图6-1", caption=t("执行时间表"), alt=t("{9}项措施,{3}项已完成,{2}项逾期。"), chart=gantt_chart()),),
    )
    appendix: tuple[Block, ...] = (
        Paragraph(text=t("原始数据 {3} 个文件,共 {9,412} 行,其中重复 {120} 行、隔离 {8} 行。")),
        Paragraph(style="note", text=t("文件摘要:<<a3f9c0d1e2b4a596>>。")),
        Table(
            id="tab-sources",
            number="表A-1",
            caption=t("数据来源"),
            columns=(Column(head="文件", width=0.5), Column(head="行数", width=0.2, align="right"), Column(head="时间范围", width=0.3)),
            rows=t.rows(
                ("<<exports/小红书_评论_2025-08-12至2025-08-16_第一次导出(最终版)(2).xlsx>>", "{6,012}", "{8月12日至8月16日}"),
                ("<<weibo.csv>>", "{3,400}", "{8月12日至8月20日}"),
            ),
        ),
    )
    document = Document(
        language="zh-CN",
        title="【林木家居】“餐桌开裂”舆情复盘报告",
        author="公共关系部",
        subject="舆情复盘",
        header=("林木家居 公共关系部", "内部资料 注意保密"),
        made_at=MADE_AT,
        cover=Cover(
            title=(Words("《"), Quoted("【林木家居】“餐桌开裂”"), Words("舆情复盘报告》")),
            subtitle=t("工作稿"),
            facts=(
                (t("事件周期"), t("{2025年8月12日 10:00 至 8月15日 18:00}")),
                (t("数据截至"), t("{2025年8月16日 12:00}(北京时间)")),
                (t("编制部门"), t("<<公共关系部>>")),
                (t("版本"), t("<<v1.0>>")),
            ),
            marking=t("内部资料 注意保密"),
        ),
        summary=summary,
        sections=(overview, data, causes, review, strategy, plan),
        appendices=(Section(id="app-data", level=1, number="附录A ", title=t("数据来源与质量"), page_break=True, blocks=appendix),),
    )
    return document, t.book.claims
