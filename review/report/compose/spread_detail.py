"""附录: what the spread was measured on — cascades layer by layer, comment threads, the roles of accounts — and what the data lost about who came from whom."""

from typing import Final

from review.analysis.cascades import Cascade
from review.analysis.comment_trees import CommentTrees, Thread
from review.analysis.link_quality import LinkQuality, LinkTally
from review.analysis.propagation import Propagation
from review.analysis.roles import Roles
from review.incident.evidence import RowSet, SettingKey
from review.report.compose.links_text import AFTER_PEAK
from review.report.document import DASH, Block, Bullets, Column, Label, Num, Paragraph, Table, Text, Words
from review.report.pen import Pen, basis
from review.report.phrases import joined

NUMBERS = "①②③④⑤⑥⑦⑧⑨"

MOST_LAYERS = 8
"""Layers printed a cascade; beyond them a layer holds a handful of reposts, and findings.json has them all."""


def detail_blocks(pen: Pen, propagation: Propagation, roles: Roles) -> list[Block]:
    """传播数据明细, empty where there is nothing to detail."""
    blocks: list[Block] = []
    shaped = [each for each in propagation.cascades.largest if each.shape is not None and each.pace is not None]
    if shaped:
        blocks += [_cascade_table(pen, shaped), _layer_table(pen, shaped)]
    if propagation.threads is not None:
        blocks += _thread_blocks(pen, propagation.threads)
    if roles.counts:
        blocks.append(_role_table(pen, roles))
    return blocks


def quality_blocks(pen: Pen, quality: LinkQuality) -> list[Block]:
    """转发与评论关系的数据质量: the evidence of the links, and a line for each thing that was lost or mended, with what it means."""
    blocks: list[Block] = []
    if quality.tallies:
        blocks.append(
            Table(
                id="link_evidence",
                caption=pen.words("detail.evidence.caption"),
                columns=(
                    Column(pen.word("links.head.evidence"), 26),
                    Column(pen.word("detail.head.nature"), 12),
                    Column(pen.word("detail.head.rows"), 14, "right"),
                    Column(pen.word("detail.head.right"), 14, "right"),
                    Column(pen.word("detail.head.measured"), 34),
                ),
                rows=tuple(_tally_row(pen, each) for each in quality.tallies),
                note=pen.words("detail.evidence.note"),
            )
        )
    lines = [
        pen.say(f"detail.quality.{name}", n=_count(pen, value, unit, what, rows))
        for name, value, unit, what, rows in (
            ("repaired", quality.repaired, "条", "编号已还原的行数", quality.rows),
            ("ambiguous", quality.ambiguous, "条", "编号无法还原的行数", quality.rows),
            ("by_id", quality.by_id, "条", "时间由编号推算的行数", quality.rows),
            ("coarse", quality.coarse, "条", "时间不到秒的转发与评论数", quality.coarse_rows),
            ("backwards", quality.backwards, "条", "上级晚于自身的行数", quality.rows),
            ("cycles", quality.cycles, "处", "互相循环的转发关系", quality.rows),
            ("chainless", quality.chainless, "条", "转发语被导出工具截去的转发数", quality.rows),
            ("named_accounts", quality.named_accounts, "个", "被转发语引用而没有采集到的账号数", quality.rows),
        )
        if value
    ]
    by_order = sum(each.count for each in quality.tallies if each.evidence == "row_order")
    if by_order:
        rows = next(each.rows for each in quality.tallies if each.evidence == "row_order")
        lines.append(pen.say("detail.quality.by_order", n=_count(pen, by_order, "条", "按导出行序确定上级的行数", rows)))
    if lines:
        blocks += [pen.body("detail.quality.intro"), Bullets(items=tuple(lines))]
    return blocks


_HOW: Final = {
    "原帖的转发数": "沿上级追到该原帖的转发行数",
    "该层级的转发数": "从原帖起沿转发关系数到该层的转发行数，直接转自原帖的为首层",
    "采集到的评论与回复数": "记录为评论或回复的行数",
    "一级评论数": "记录为评论、上级不是另一条评论的行数",
    "上级评论未采集的回复数": "上级编号是一条评论、而该评论不在所采集内容中的行数",
    "没有上级编号的回复数": "记录为回复、没有上级编号的行数",
    "只知所属楼层的回复数": "links.csv 中 evidence 为 unknown_way、上级为一级评论的行数",
    "平台显示的楼内回复数": "各一级评论所附的回复数之和",
    "编号已还原的行数": "末位被表格软件改为零的编号，按唯一的同前缀编号还原",
    "编号无法还原的行数": "末位被表格软件改为零、又没有唯一的同前缀编号",
    "时间由编号推算的行数": "没有完整时间、以微博编号中的秒数为时间的行数",
    "时间不到秒的转发与评论数": "时间只到分钟、小时或日期的转发与评论行数",
    "上级晚于自身的行数": "上级编号所指的内容晚于自身、因而不用该编号的行数",
    "有评论的帖文数": "一级评论所属的帖文，去重后计数",
    "能归入楼层的回复数": "沿上级追到一级评论的回复行数",
    "最深的评论楼层": "沿上级逐级计数，一级评论为首层",
    "楼内回复数": "沿上级追到该一级评论的回复行数",
    "楼内层数": "沿上级逐级计数，一级评论为首层",
    "按来源依据计数的关联": "links.csv 中以此为依据（evidence 一列）的行数",
    "按依据认定角色的账号数": "发布帖文、转发或报道的账号，去重后计数",
    "角色未知的账号数": "发布帖文、转发或报道的账号，去重后计数",
}
"""How counts are made that no row shows by itself."""


def _count(pen: Pen, value: float, unit: str, what: str, rows: RowSet) -> Num:
    return pen.count(value, unit, basis(what, _HOW.get(what, "逐行核对后计数"), rows))


def _tally_row(pen: Pen, each: LinkTally) -> tuple[Text, ...]:
    nature = "explicit" if each.kind.startswith("E") else "inferred"
    right: Text = DASH
    measured = pen.words("detail.evidence.unmeasured")
    if each.confidence is not None and each.source is not None:
        key = SettingKey(file="links.toml", key="calibration")
        measured = (pen.setting(each.source),)
        if each.measured:
            right = (pen.share(each.confidence, basis("该类关联的实测准确率", "在已知上级的公开数据上比对", key)),)
            n = pen.count(each.measured, "条", basis("测量该类关联准确率的条数", "在已知上级的公开数据上比对", key))
            measured = (*measured, *pen.say("detail.evidence.measured", n=n))
    label = pen.words(f"links.evidence.{each.evidence}") if each.evidence != "chain_cut" else pen.words("detail.evidence.chain_cut")
    return (label, pen.words(f"detail.evidence.{nature}"), (_count(pen, each.count, "条", "按来源依据计数的关联", each.rows),), right, measured)


def _title(pen: Pen, cascade: Cascade) -> Text:
    card = cascade.original
    if card is None:
        return pen.words("links.uncollected_original")
    said = card.title or card.text
    return (pen.quote(said, 24),) if said else (pen.author(card),)


def _cascade_table(pen: Pen, cascades: list[Cascade]) -> Table:
    return Table(
        id="cascades",
        caption=pen.words("detail.cascades.caption"),
        columns=(
            Column("", 5),
            Column(pen.word("detail.head.original"), 23),
            Column(pen.word("head.reposts"), 8, "right"),
            Column(pen.word("detail.head.captured"), 9, "right"),
            Column(pen.word("detail.head.half"), 14.5, "right"),
            Column(pen.word("detail.head.most"), 14.5, "right"),
            Column(pen.word("detail.head.decay"), 14.5, "right"),
            Column(pen.word("detail.head.distance"), 11.5, "right"),
        ),
        rows=tuple(_cascade_row(pen, i, each) for i, each in enumerate(cascades)),
        note=pen.words("detail.cascades.note"),
    )


def _cascade_row(pen: Pen, i: int, each: Cascade) -> tuple[Text, ...]:
    shape, pace, rows = each.shape, each.pace, each.rows
    assert shape is not None
    assert pace is not None
    captured = DASH if each.captured is None else (pen.share(each.captured, basis("转发采集率", "采集到的转发 ÷ 平台显示的转发", rows)),)
    decay = DASH if pace.half_life is None else (pen.duration(pace.half_life, basis("高峰后转发过半的用时", AFTER_PEAK, rows)),)
    return (
        (Label(NUMBERS[i]),),
        _title(pen, each),
        (_count(pen, each.reposts, "条", "原帖的转发数", rows),),
        captured,
        (pen.duration(pace.t50, basis("完成一半转发的用时", "从原帖发布起算", rows)),),
        (pen.duration(pace.t90, basis("完成九成转发的用时", "从原帖发布起算", rows)),),
        decay,
        (pen.decimal(shape.virality, basis("任意两条内容间的平均距离", "原帖与各转发两两之间沿转发关系相隔步数的平均值", rows)),),
    )


def _layer_table(pen: Pen, cascades: list[Cascade]) -> Table:
    shapes = [(each.shape, each.rows) for each in cascades if each.shape is not None]
    deepest = min(max(len(shape.breadth) for shape, _ in shapes), MOST_LAYERS)
    columns = [Column(pen.word("detail.head.layer"), 16)]
    for i in range(len(shapes)):
        columns.append(Column(f"{NUMBERS[i]} {pen.word('head.reposts')}", 14, "right"))
        columns.append(Column(f"{NUMBERS[i]} {pen.word('detail.head.ratio')}", 14, "right"))
    rows = []
    for layer in range(deepest):
        cells: list[Text] = [(Label(str(layer + 1)),)]
        for shape, found in shapes:
            if layer >= len(shape.breadth):
                cells += [DASH, DASH]
                continue
            cells.append((_count(pen, shape.breadth[layer], "条", "该层级的转发数", found),))
            ratio = None if layer == 0 else shape.ratios[layer - 1]
            cells.append(DASH if ratio is None else (pen.decimal(ratio, basis("代际比", "该层转发数 ÷ 上一层转发数", found)),))
        rows.append(tuple(cells))
    return Table(id="layers", caption=pen.words("detail.layers.caption"), columns=tuple(columns), rows=tuple(rows), note=pen.words("detail.layers.note"))


def _thread_blocks(pen: Pen, trees: CommentTrees) -> list[Block]:
    replies = sum(trees.levels)
    counts = {
        "comments": _count(pen, trees.comments, "条", "采集到的评论与回复数", trees.rows),
        "top": _count(pen, trees.top_level, "条", "一级评论数", trees.rows),
    }
    if trees.discussed:
        text = [pen.say("detail.threads.summary", **counts, discussed=_count(pen, trees.discussed, "条", "有评论的帖文数", trees.rows))]
    else:
        text = [pen.say("detail.threads.postless", **counts)]
    if replies:
        text.append(
            pen.say(
                "detail.threads.replies",
                replies=_count(pen, replies, "条", "能归入楼层的回复数", trees.reply_rows),
                depth=_count(pen, len(trees.levels) + 1, "层", "最深的评论楼层", trees.reply_rows),
            )
        )
    elif trees.claimed:
        text.append(pen.say("detail.threads.only_top", claimed=_count(pen, trees.claimed, "条", "平台显示的楼内回复数", trees.rows)))
    text += [
        pen.say(f"detail.threads.{name}", n=_count(pen, value, "条", what, trees.reply_rows if trees.reply_rows.count else trees.rows))
        for name, value, what in (
            ("orphans", trees.orphans, "上级评论未采集的回复数"),
            ("unplaced", trees.unplaced, "没有上级编号的回复数"),
            ("by_root", trees.by_root, "只知所属楼层的回复数"),
        )
        if value
    ]
    blocks: list[Block] = [Paragraph(text=joined(text, ""))]
    if trees.threads:
        blocks.append(
            Table(
                id="threads",
                caption=pen.words("detail.threads.caption"),
                columns=(
                    Column(pen.word("head.time"), 14),
                    Column(pen.word("head.platform"), 9),
                    Column(pen.word("detail.head.under"), 21),
                    Column(pen.word("detail.head.opener"), 25),
                    Column(pen.word("detail.head.replies"), 9, "right"),
                    Column(pen.word("detail.head.depth"), 8, "right"),
                    Column(pen.word("links.head.half_after"), 14, "right"),
                ),
                rows=tuple(_thread_row(pen, each) for each in trees.threads),
                note=pen.words("detail.threads.note"),
            )
        )
    return blocks


def _thread_row(pen: Pen, each: Thread) -> tuple[Text, ...]:
    opener, rows = each.opener, each.rows
    at = DASH if opener.at is None else (pen.when(opener.at, basis("一级评论的时间", "导出数据中的发布时间", opener.rows), opener.precision),)
    under = None if each.post is None else each.post.title or each.post.text
    half = DASH if each.half_after is None else (pen.duration(each.half_after, basis("楼内回复过半的用时", "从一级评论起，至楼内有时间的回复到达一半", rows)),)
    return (
        at,
        (pen.code("platform", opener.platform),),
        (pen.quote(under, 24),) if under else pen.words("detail.threads.no_post"),
        (pen.quote(opener.text, 36),) if opener.text else DASH,
        (_count(pen, each.replies, "条", "楼内回复数", rows),),
        (_count(pen, each.depth, "层", "楼内层数", rows),),
        half,
    )


def _role_table(pen: Pen, roles: Roles) -> Table:
    found: list[tuple[Text, ...]] = [
        (
            pen.words(f"detail.roles.{each.rule}"),
            (pen.code("author_type", each.role),),
            (_count(pen, each.accounts, "个", "按依据认定角色的账号数", each.rows),),
        )
        for each in roles.counts
    ]
    if roles.unknown:
        found.append(
            (pen.words("detail.roles.none"), (Words(pen.word("detail.roles.unknown")),), (_count(pen, roles.unknown, "个", "角色未知的账号数", roles.rows),))
        )
    return Table(
        id="roles",
        caption=pen.words("detail.roles.caption"),
        columns=(Column(pen.word("head.basis"), 60), Column(pen.word("head.role"), 20), Column(pen.word("detail.head.accounts"), 20, "right")),
        rows=tuple(found),
        note=pen.words("detail.roles.note"),
    )
