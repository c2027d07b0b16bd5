"""用户分层与未解诉求: three tiers, the rule that told them apart, and the source's key question of each."""

from collections.abc import Sequence

from review.analysis.causes import CauseFindings
from review.analysis.tiers import TierFigures
from review.incident.evidence import SettingKey, Source
from review.report.compose.mood_text import HOLDS_WORD
from review.report.compose.shares_text import band_how, counted_note
from review.report.document import DASH, Block, Column, Slot, Table, Text
from review.report.pen import Pen, basis
from review.report.phrases import joined
from review.settings.tiers import TierRules

OPEN_DEMAND = f"该层用户{HOLDS_WORD}，其中正式方案之后标签为负面者"
TIER_RULES = SettingKey(file="tiers.toml", key="tier")
TIERED = "用户内容（品牌与媒体除外）依次按用户层级一列、核心用户名单、作者任一条本人文字中的自述（核心先于潜在）归层，其余为普通"
CAME_BY = {
    "column": "用户层级一列有值的条数",
    "list": "前项没有值、作者的名称或编号在核心用户名单中的条数",
    "said": "前两项都没有、作者任一条本人文字中有自述用语的条数",
    "rest": "前三项都没有的条数",
}
"""How rows come to their tiers, in this order."""


def tier_blocks(pen: Pen, causes: CauseFindings, rules: TierRules, listed: Sequence[Source]) -> list[Block]:
    """The table with its rule, and the slot for whether the questions were answered; a gap line where nothing told users apart.

    listed: where the list of core users was typed, if it was.
    """
    if not causes.tiers:
        return [pen.gap("gap.tiers")]
    shared = any(each.share is not None for each in causes.tiers)
    told_by = (TIER_RULES, *listed)
    return [
        Table(
            id="tiers",
            caption=pen.words("tiers.caption"),
            columns=(
                Column(pen.word("tiers.head_tier"), 12.1),
                Column(pen.word("tiers.head_rows"), 17.5),
                *((Column(pen.word("tiers.head_share"), 24.2),) if shared else ()),
                Column(pen.word("tiers.head_demands"), 26.3),
                Column(pen.word("tiers.head_question"), 19.9),
            ),
            rows=tuple(_row(pen, each, (rules, told_by), shared) for each in causes.tiers),
            note=_note(pen, causes, (rules, told_by)),
        ),
        Slot(id="tier_questions", prompt=pen.words("tiers.answered")),
    ]


_Told = tuple[TierRules, tuple[Source, ...]]
"""The rules that tell the tiers apart, and where they and the list of core users stand."""


def _row(pen: Pen, each: TierFigures, told: _Told, shared: bool) -> tuple[Text, ...]:
    """shared: whether any tier has a share; where none has, there is no column of shares."""
    name, (rules, told_by) = pen.word(f"tiers.{each.tier}"), told
    n = pen.count(each.n, "条", basis(f"{name}的条数", TIERED, each.rows, *told_by))
    authors = pen.count(each.authors, "位", basis(f"{name}的作者数", "按平台与作者去重计数", each.rows, *told_by)) if each.authors or not each.n else None
    return (
        pen.words(f"tiers.{each.tier}"),
        pen.say("tiers.rows", n=n, authors=authors) if authors is not None else (n,),
        *((_share(pen, each, name, told),) if shared else ()),
        _demands(pen, each, name),
        (pen.setting(rules.rule(each.tier).question),),
    )


def _share(pen: Pen, each: TierFigures, name: str, told: _Told) -> Text:
    rules, told_by = told
    if each.share is None or each.low is None or each.high is None or each.worth is None:
        return DASH
    found = basis(f"{name}的负面占比", "负面条数 ÷ 已判定条数", each.rows, *told_by)
    share = pen.share(each.share, found)
    low = pen.interval(each.low, each.high, basis(f"{name}负面占比的区间", band_how(each.worth), each.rows, *told_by))
    if each.labelled < rules.least_rows:
        return pen.say("tiers.few", share=share, low=low, n=pen.count(each.labelled, "条", basis(f"{name}的已判定条数", "计数", each.rows, *told_by)))
    return pen.say("tiers.share", share=share, low=low)


def _demands(pen: Pen, each: TierFigures, name: str) -> Text:
    if each.demands is None:
        return pen.words("tiers.no_plan")
    if not each.demands:
        return pen.words("tiers.no_demands")
    return joined(
        [
            pen.say(
                "tiers.demand",
                name=pen.setting(demand.name),
                n=pen.count(demand.count, "条", basis(f"{name}在正式方案之后的负面提及：{demand.name}", OPEN_DEMAND, demand.rows)),
            )
            for demand in each.demands
        ],
        "、",
    )


def _note(pen: Pen, causes: CauseFindings, told: _Told) -> Text:
    """How the rows came to their tiers, each basis with its rows, and the grade of the shares."""
    rules, told_by = told
    parts = []
    for code, how in CAME_BY.items():
        total = sum(n for each in causes.tiers for by, n in each.by if by == code)
        if total:
            parts.append(pen.say(f"tiers.by_{code}", n=pen.count(total, "条", basis("按此依据分层的条数", how, causes.user_rows, *told_by))))
    graded = counted_note(pen, causes) if causes.labelled else ()
    if causes.grade == "model" and causes.labelled:
        graded = (*graded, *pen.words("tiers.no_share"))
    return (*pen.say("tiers.note", rule=joined(parts, "，")), *graded, *pen.say("tiers.source", sentence=pen.setting(rules.source_sentence)))
