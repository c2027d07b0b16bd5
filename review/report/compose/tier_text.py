"""用户分层与未解诉求: three tiers, the rule that told them apart, and the source's key question of each."""

from review.analysis.causes import CauseFindings
from review.analysis.tiers import TierFigures
from review.incident.evidence import SettingKey
from review.report.compose.mood_text import HOLDS_WORD
from review.report.compose.shares_text import band_how, counted_note
from review.report.document import DASH, Block, Column, Slot, Table, Text
from review.report.pen import Pen, basis
from review.report.phrases import joined
from review.settings.tiers import TierRules

OPEN_DEMAND = f"该层用户{HOLDS_WORD}，其中正式方案之后标签为负面者"
TIER_RULES = SettingKey(file="tiers.toml", key="tier")


def tier_blocks(pen: Pen, causes: CauseFindings, rules: TierRules) -> list[Block]:
    """The table with its rule, and the slot for whether the questions were answered; a gap line where nothing told users apart."""
    if not causes.tiers:
        return [pen.gap("gap.tiers")]
    shared = any(each.share is not None for each in causes.tiers)
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
            rows=tuple(_row(pen, each, rules, shared) for each in causes.tiers),
            note=_note(pen, causes, rules),
        ),
        Slot(id="tier_questions", prompt=pen.words("tiers.answered")),
    ]


def _row(pen: Pen, each: TierFigures, rules: TierRules, shared: bool) -> tuple[Text, ...]:
    """shared: whether any tier has a share; where none has, there is no column of shares."""
    name = pen.word(f"tiers.{each.tier}")
    n = pen.count(each.n, "条", basis(f"{name}的条数", "按分层规则计数", each.rows, TIER_RULES))
    authors = pen.count(each.authors, "位", basis(f"{name}的作者数", "去重计数", each.rows, TIER_RULES)) if each.authors or not each.n else None
    return (
        pen.words(f"tiers.{each.tier}"),
        pen.say("tiers.rows", n=n, authors=authors) if authors is not None else (n,),
        *((_share(pen, each, name, rules),) if shared else ()),
        _demands(pen, each, name),
        (pen.setting(rules.rule(each.tier).question),),
    )


def _share(pen: Pen, each: TierFigures, name: str, rules: TierRules) -> Text:
    if each.share is None or each.low is None or each.high is None or each.worth is None:
        return DASH
    found = basis(f"{name}的负面占比", "负面条数 ÷ 已判定条数", each.rows, TIER_RULES)
    share = pen.share(each.share, found)
    low = pen.interval(each.low, each.high, basis(f"{name}负面占比的区间", band_how(each.worth), each.rows, TIER_RULES))
    if each.labelled < rules.least_rows:
        return pen.say("tiers.few", share=share, low=low, n=pen.count(each.labelled, "条", basis(f"{name}的已判定条数", "计数", each.rows, TIER_RULES)))
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


def _note(pen: Pen, causes: CauseFindings, rules: TierRules) -> Text:
    """How the rows came to their tiers, each basis with its rows, and the grade of the shares."""
    parts = []
    for code in ("column", "list", "said", "rest"):
        total = sum(n for each in causes.tiers for by, n in each.by if by == code)
        if total:
            parts.append(pen.say(f"tiers.by_{code}", n=pen.count(total, "条", basis("按此依据分层的条数", "计数", causes.user_rows, TIER_RULES))))
    graded = counted_note(pen, causes) if causes.labelled else ()
    if causes.grade == "model" and causes.labelled:
        graded = (*graded, *pen.words("tiers.no_share"))
    return (*pen.say("tiers.note", rule=joined(parts, "，")), *graded, *pen.say("tiers.source", sentence=pen.setting(rules.source_sentence)))
