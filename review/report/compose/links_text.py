"""二、传播脉络: who passed it on and who made it large — the swim-lane with its table, cascades, amplifiers, flow, copies, concentrated posting."""

from bisect import bisect_left
from datetime import datetime
from typing import Final

from review.analysis.cascades import Amplifier, Cascade, Cascades
from review.analysis.coordination import Coordination
from review.analysis.copy_groups import CopyGroup
from review.analysis.key_nodes import KeyNode, KeyNodes
from review.analysis.propagation import Flow, Propagation
from review.incident.evidence import RowSet, SettingKey
from review.report.chart_data import LaneLink, LaneNode, MatrixChart, SwimLaneChart
from review.report.compose.account_words import follower_words, role_words
from review.report.document import DASH, Block, Column, Figure, Label, Num, Paragraph, Quoted, Ref, Table, Text, Words
from review.report.pen import Pen, basis
from review.report.phrases import Part, joined
from review.settings.thresholds import AccountThresholds

BROAD = 0.5
"""A first layer with at least half of the tree is 直接转自原帖为主: what 为主 means."""

AFTER_PEAK: Final = "高峰小时（自首条转发起逐小时归集，转发最多的一小时）结束起，至其余转发到达一半"
SIGNAL_RULES: Final = SettingKey(file="links.toml", key="coordination")
NODE_RULES: Final = SettingKey(file="links.toml", key="key_nodes")
COPY_RULES: Final = SettingKey(file="links.toml", key="copies")
ALIKE: Final = (
    "标题与正文去掉链接与空白后，两条中较短一条的三字片段有一半以上见于另一条的为相近（字数下限见设置，候选由抽样比对找出），相连的归为一组；"
    "各条的组号见 links.csv 的 copy_group"
)
REPEATED: Final = "去掉空白与标点后与其他账号的评论逐字相同（条数超过设定占比的口号与模板文字除外）的条数 ÷ 字数达到设定下限的评论数"
CHOSEN: Final = "首发、各平台首发、首家媒体与首次官方发布，再依直接转发数由多到少选取"


def link_blocks(pen: Pen, propagation: Propagation, bands: AccountThresholds, since: datetime | None) -> list[Block]:
    """The page, in reading order; what cannot be told is one gap line. since: where the figures of the incident begin, if not with the data."""
    blocks: list[Block] = []
    cascades = propagation.cascades
    if propagation.nodes is not None and len(propagation.nodes.nodes) > 1:
        blocks += [_lane_figure(pen, propagation.nodes, cascades, since), _nodes_table(pen, propagation.nodes, cascades.rows)]
    blocks += _cascade_blocks(pen, cascades)
    blocks += _amplifier_blocks(pen, cascades, bands)
    if propagation.flow is not None:
        blocks.append(_flow_figure(pen, propagation.flow))
    if propagation.copies:
        blocks.append(_copies(pen, propagation, propagation.copies[0]))
    blocks += _coordination_blocks(pen, propagation.coordination)
    return blocks


def _rows(pen: Pen, value: float, unit: str, what: str, how: str, *rows: RowSet | SettingKey) -> Num:
    return pen.count(value, unit, basis(what, how, *rows))


def _lane_figure(pen: Pen, found: KeyNodes, cascades: Cascades, since: datetime | None) -> Block:
    """The lanes; a sentence where fewer than two of the nodes lie in the time that the figures show."""

    def lane(code: str) -> str:
        return pen.code("platform", code).text

    nodes = [node for node in found.nodes if since is None or node.at >= since]
    if len(nodes) < 2:
        return pen.body("links.lanes_before", table=Ref("key_nodes"))
    numbers = {node.number for node in nodes}
    first = bisect_left(found.starts, since) if since is not None else 0
    chart = SwimLaneChart(
        lanes=tuple(lane(code) for code in found.lanes),
        volume=tuple((lane(code), counts[first:]) for code, counts in zip(found.lanes, found.volume, strict=True)),
        starts=found.starts[first:],
        bucket_minutes=found.bucket_minutes,
        nodes=tuple(LaneNode(number=node.number, at=node.at, lane=lane(node.platform), weight=float(node.direct), role=node.role) for node in nodes),
        links=tuple(LaneLink(source=each.source, target=each.target, style=each.style) for each in found.links if {each.source, each.target} <= numbers),
        zone=pen.zone,
    )
    caption = pen.words("links.lanes_caption_bare")
    if cascades.covered is not None:
        caption = pen.say("links.lanes_caption", covered=_covered(pen, cascades))
    earlier = len(found.nodes) - len(nodes)
    left_out = pen.say("links.lanes_earlier", n=_rows(pen, earlier, "个", "图示范围之前的关键节点数", "计数", found.rows)) if earlier else ()
    return Figure(
        id="lanes",
        caption=caption,
        alt=pen.say(
            "links.lanes_alt",
            n=_rows(pen, len(nodes), "个", "关键节点数", CHOSEN, found.rows, NODE_RULES),
            table=Ref("key_nodes"),
        ),
        chart=chart,
        note=(*pen.say("links.lanes_note", table=Ref("key_nodes")), *left_out),
    )


def _nodes_table(pen: Pen, found: KeyNodes, reposts: RowSet) -> Table:
    return Table(
        id="key_nodes",
        caption=pen.words("links.nodes_caption"),
        columns=(
            Column(pen.word("links.head.number"), 7),
            Column(pen.word("head.time"), 16),
            Column(pen.word("head.account"), 17),
            Column(pen.word("links.head.node_role"), 13),
            Column(pen.word("head.followers"), 12, "right"),
            Column(pen.word("links.head.direct"), 11, "right"),
            Column(pen.word("links.head.downstream"), 11, "right"),
            Column(pen.word("links.head.evidence"), 17),
        ),
        rows=tuple(_node_row(pen, node, reposts) for node in found.nodes),
        note=pen.words("links.nodes_note"),
    )


def _covered(pen: Pen, cascades: Cascades) -> Num:
    assert cascades.covered is not None
    found = basis("能够确认直接来源的转发占比", "有明确来源的转发 ÷ 采集到的转发", cascades.covered_rows, cascades.rows)
    return pen.share(cascades.covered, found, 0 if cascades.covered == 1 else None)


def _node_row(pen: Pen, node: KeyNode, reposts: RowSet) -> tuple[Text, ...]:
    """reposts: all that were collected; what lies below a node is found by following them."""
    card = node.card
    return (
        (Label(str(node.number)),),
        (pen.when(node.at, basis("关键节点发布时间", "导出数据中的发布时间", card.rows), card.precision),),
        (pen.author(card), Words("（"), pen.code("platform", node.platform), Words("）")),
        pen.words(f"links.role.{node.role}"),
        DASH if card.followers is None else (_rows(pen, card.followers, "人", "粉丝数", "导出数据中的数值", card.rows),),
        (_rows(pen, node.direct, "条", "关键节点的直接转发数", "直接来源为该帖的转发计数", node.direct_rows if node.direct else card.rows),),
        DASH if node.downstream is None else (_rows(pen, node.downstream, "条", "关键节点其后各级转发数", "沿转发关系计数", card.rows, reposts),),
        pen.words(f"links.evidence.{node.evidence}"),
    )


def _cascade_blocks(pen: Pen, cascades: Cascades) -> list[Block]:
    if cascades.withheld == "no_reposts" or cascades.covered is None:
        return [pen.gap("links.no_reposts")]
    blocks: list[Block] = [
        pen.body(
            "links.covered",
            reposts=_rows(pen, cascades.reposts, "条", "采集到的转发数", "去重后计数", cascades.rows),
            originals=_rows(pen, cascades.originals, "条", "有转发的原帖数", "按原帖归集后计数", cascades.rows),
            covered=_covered(pen, cascades),
        )
    ]
    if cascades.told_by_text.count:
        n = _rows(pen, cascades.told_by_text.count, "条", "由转发语认出的转发数", "导出中列为帖文、正文含转发语的行计数", cascades.told_by_text)
        blocks.append(pen.note("links.told_by_text", n=n))
    if cascades.captured is not None and cascades.claimed:
        rows = cascades.captured_rows
        blocks.append(
            pen.body(
                "links.captured",
                claimed=_rows(pen, cascades.claimed, "次", "平台显示的转发数", "附有转发数的各原帖所附的转发数之和", rows),
                captured=_rows(pen, cascades.captured, "条", "其中采集到的转发数", "这些原帖的转发行数", rows),
                share=pen.share(cascades.captured / cascades.claimed, basis("转发采集率", "采集到的转发 ÷ 平台显示的转发", rows)),
            )
        )
    if cascades.withheld is not None:
        blocks.append(pen.gap("links.withheld", covered=_covered(pen, cascades), floor=_floor(pen, cascades)))
        return blocks
    largest = cascades.largest[0] if cascades.largest else None
    if largest is not None and largest.shape is not None and largest.pace is not None:
        blocks.append(Paragraph(text=_shape_words(pen, largest)))
    return blocks


def _original(pen: Pen, cascade: Cascade) -> Text:
    """Its author, else the beginning of its text, else that it was not collected."""
    card = cascade.original
    if card is None:
        return pen.words("links.uncollected_original")
    said = card.title or card.text
    return (pen.author(card),) if card.author is not None or not said else pen.say("links.by_text", text=pen.quote(said, 20))


def _shape_words(pen: Pen, cascade: Cascade) -> Text:
    shape, pace, rows = cascade.shape, cascade.pace, cascade.rows
    assert shape is not None
    assert pace is not None
    total = sum(shape.breadth)
    first = shape.breadth[0] / total
    text = [
        pen.say(
            "links.cascade",
            author=_original(pen, cascade),
            platform=pen.code("platform", cascade.platform),
            reposts=_rows(pen, cascade.reposts, "条", "转发最多的原帖的转发数", "按原帖归集后计数", rows),
            depth=_rows(pen, shape.depth, "次", "最长的转发层级", "沿转发关系逐级计数", rows),
            mean=pen.decimal(shape.mean_depth, basis("平均转发层级", "各转发所在层级的平均值", rows)),
            half=pen.duration(pace.t50, basis("完成一半转发的用时", "从原帖发布起算", rows)),
            most=pen.duration(pace.t90, basis("完成九成转发的用时", "从原帖发布起算", rows)),
        )
    ]
    share = pen.share(first, basis("首层转发占比", "直接转自原帖的转发 ÷ 全部转发", rows))
    if first >= BROAD:
        text.append(pen.say("links.cascade_broad", first=share))
    else:
        branch = pen.share(shape.largest_branch, basis("最大一支的占比", "最大分支的转发 ÷ 全部转发", rows))
        text.append(pen.say("links.cascade_deep", first=share, branch=branch))
    if pace.half_life is not None:
        text.append(pen.say("links.cascade_half_life", span=pen.duration(pace.half_life, basis("高峰后转发过半的用时", AFTER_PEAK, rows))))
    return joined(text, "")


def _amplifier_blocks(pen: Pen, cascades: Cascades, bands: AccountThresholds) -> list[Block]:
    """Who was reposted again, by known ways; without enough of them what is downstream is left out, and the note says why."""
    if cascades.withheld == "no_reposts":
        return []
    if not cascades.amplifiers:
        return [] if cascades.withheld is not None else [pen.body("links.amplifiers_none")]
    leading = cascades.amplifiers[0]
    author = _account(pen, leading)
    direct = _rows(pen, leading.direct, "条转发", "放大账号的直接转发数", "直接来源为该账号的转发计数", leading.rows)
    if leading.downstream is None:
        lead = pen.body("links.amplifier_lead_direct", author=author, direct=direct)
    else:
        downstream = _rows(pen, leading.downstream, "条", "放大账号其后各级转发数", "沿转发关系计数", leading.rows, cascades.rows)
        lead = pen.body("links.amplifier_lead", author=author, direct=direct, downstream=downstream)
    note = pen.words("links.amplifiers_note")
    if cascades.withheld is not None:
        note = (*pen.say("links.amplifiers_withheld", covered=_covered(pen, cascades), floor=_floor(pen, cascades)), *note)
    columns = (
        Column(pen.word("head.account"), 19),
        Column(pen.word("head.role"), 12),
        Column(pen.word("head.followers"), 11, "right"),
        Column(pen.word("links.head.first_repost"), 17),
        Column(pen.word("links.head.direct"), 11, "right"),
        Column(pen.word("links.head.downstream"), 11, "right"),
        Column(pen.word("links.head.evidence"), 19),
    )
    rows = tuple(_amplifier_row(pen, each, bands, cascades.rows) for each in cascades.amplifiers)
    return [lead, Table(id="amplifiers", caption=pen.words("links.amplifiers_caption"), columns=columns, rows=rows, note=note)]


def _account(pen: Pen, each: Amplifier) -> Text:
    name = pen.masks.name(each.name, each.author_type, each.verified, each.followers)
    shown: Text = (Quoted(name or ""),)
    return shown if each.collected else (*shown, *pen.words("links.uncollected"))


def _amplifier_row(pen: Pen, each: Amplifier, bands: AccountThresholds, reposts: RowSet) -> tuple[Text, ...]:
    ways: dict[str, int] = {}
    for evidence, count in each.evidence:  # a cut chain is a chain to the reader
        word = pen.word(f"links.evidence.{evidence}")
        ways[word] = ways.get(word, 0) + count
    return (
        (*_account(pen, each), Words("（"), pen.code("platform", each.platform), Words("）")),
        role_words(pen, each),
        follower_words(pen, each.followers, each.own, bands),
        DASH if each.first_at is None else (pen.when(each.first_at, basis("放大账号首次转发时间", "导出数据中的发布时间", each.own)),),
        (_rows(pen, each.direct, "条", "放大账号的直接转发数", "直接来源为该账号的转发计数", each.rows),),
        DASH if each.downstream is None else (_rows(pen, each.downstream, "条", "放大账号其后各级转发数", "沿转发关系计数", each.rows, reposts),),
        joined(
            [
                (Words(word), Words(" "), _rows(pen, count, "条", "放大账号的直接转发数（按来源依据）", "直接来源为该账号的转发计数", each.rows))
                for word, count in ways.items()
            ]
        ),
    )


def _floor(pen: Pen, cascades: Cascades) -> Num:
    source = SettingKey(file="links.toml", key="cascades.covered")
    return pen.share(cascades.least_covered, basis("评价转发层级所需的来源已知占比", "设定的门槛", source), 0)


def _crossing(nature: str) -> str:
    """How links between platforms are counted. nature: the letter their kinds begin with, E for explicit and I for inferred ones."""
    return f"links.csv 中 kind 以 {nature} 起、且与来源帖文（parent_id）不在同一平台的行数"


def _flow_figure(pen: Pen, flow: Flow) -> Block:
    names = tuple(pen.code("platform", code).text for code in flow.platforms)
    both = tuple(tuple(a + b for a, b in zip(one, other, strict=True)) for one, other in zip(flow.explicit, flow.inferred, strict=True))
    explicit, inferred = (sum(map(sum, counts)) for counts in (flow.explicit, flow.inferred))
    rows = flow.explicit_rows if explicit else flow.inferred_rows
    ways = [(source, target) for source, counts in zip(names, both, strict=True) for target, count in zip(names, counts, strict=True) if count]
    if len(ways) == 1:
        return pen.body(
            "links.flow_single",
            source=Words(ways[0][0]),
            target=Words(ways[0][1]),
            explicit=_rows(pen, explicit, "条", "跨平台可确认的关联数", _crossing("E"), rows),
            inferred=_rows(pen, inferred, "条", "跨平台推断的关联数", _crossing("I"), flow.inferred_rows if inferred else rows),
        )
    return Figure(
        id="flow",
        caption=pen.words("links.flow_caption"),
        alt=pen.say(
            "links.flow_alt",
            explicit=_rows(pen, explicit, "条", "跨平台可确认的关联数", _crossing("E"), rows),
            inferred=_rows(pen, inferred, "条", "跨平台推断的关联数", _crossing("I"), flow.inferred_rows if inferred else rows),
        ),
        chart=MatrixChart(rows=names, columns=names, counts=both),
        note=(
            *pen.say(
                "links.flow_alt",
                explicit=_rows(pen, explicit, "条", "跨平台可确认的关联数", _crossing("E"), rows),
                inferred=_rows(pen, inferred, "条", "跨平台推断的关联数", _crossing("I"), flow.inferred_rows if inferred else rows),
            ),
            *pen.words("links.flow_note"),
        ),
    )


def _copies(pen: Pen, propagation: Propagation, largest: CopyGroup) -> Block:
    parts: dict[str, Part] = {
        "groups": _rows(pen, propagation.copies_count, "组", "相近文字的组数", ALIKE, propagation.copy_rows, COPY_RULES),
        "posts": _rows(pen, propagation.copied_posts, "条帖文", "有相近文字的帖文数", f"{ALIKE}，各组之和", propagation.copy_rows, COPY_RULES),
        "largest": _rows(pen, largest.posts, "条", "最大一组的帖文数", ALIKE, largest.rows, COPY_RULES),
        "platforms": joined([(pen.code("platform", code),) for code in largest.platforms], "、"),
    }
    if largest.earliest is None:
        return pen.body("links.copies_undated", **parts)
    if largest.earliest.at is None:
        at = pen.when(largest.marks[0][0], basis("组内最早已知帖的时间", "组内有时间（含由ID推算）的帖文中最早者", largest.earliest.rows))
        return pen.body("links.copies_by_id", at=at, **parts)
    at = pen.when(largest.earliest.at, basis("组内最早已知帖的时间", "组内有时间的帖文中最早者", largest.earliest.rows), largest.earliest.precision)
    return pen.body("links.copies", at=at, **parts)


def _coordination_blocks(pen: Pen, found: Coordination) -> list[Block]:
    """The signals that can be told, in one paragraph, headed as a sign where accounts reposted in step; nothing where none can."""
    lines: list[Text] = []
    pairs = found.co_shares
    if pairs is not None and pairs.pairs:
        lines.append(
            pen.say(
                "links.co_shares",
                pairs=_rows(pen, pairs.pairs, "对", "一分钟内多次先后转发同样内容的账号对数", "按原帖逐对计数", pairs.rows),
                chance=_rows(pen, round(pairs.by_chance, 1), "对", "随机打乱账号后的账号对数", "多次打乱后的平均值", pairs.rows),
            )
        )
    elif pairs is not None:
        lines.append(pen.words("links.co_shares_none"))
    for name, what, how in (
        (
            "repeated",
            "与他人文字相同的评论占比",
            REPEATED,
        ),
        ("busiest", "发言最多的账号的评论占比", "发言最多的百分之一账号（四舍五入，至少一个）的评论数 ÷ 有作者的评论数"),
        ("no_followers", "零粉丝账号占比", "粉丝数为零的账号数 ÷ 有粉丝数的账号数"),
    ):
        signal = getattr(found, name)
        if signal is not None:
            lines.append(pen.say(f"links.{name}", share=pen.share(signal.share, basis(what, how, signal.rows, SIGNAL_RULES))))
    if not lines:
        return []
    sign = pairs is not None and pairs.pairs > 0
    return [Paragraph(text=(*pen.words("links.coordination" if sign else "links.coordination_none"), Words("："), *joined(lines, "")))]
