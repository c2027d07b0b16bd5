"""三、根源分析: people's causes with their basis; where a judgement is open, a slot with clues below it."""

from collections.abc import Sequence

from review.analysis.causes import CauseFindings
from review.incident.case import Case, CaseItem
from review.incident.evidence import SettingKey
from review.report.compose.theme_text import THEME_TABLE, TOPICS_NAMED, clue_blocks, ticket_text
from review.report.document import DASH, Block, Bullets, Column, Num, Ref, Slot, Table, Text
from review.report.pen import Pen, basis
from review.report.phrases import joined

CLAIM_RULES = SettingKey(file="absolute_claims.toml", key="claim")
WORDING_TABLE = "wording"


def typed(pen: Pen, text: str | None) -> Text:
    return (pen.typed(text),) if text else DASH


def numbered(pen: Pen, item: CaseItem, told: Text) -> Text:
    """What is told of a typed row, after its number where it has one: actions name rows by that."""
    return pen.say("causes.numbered", no=pen.typed(item.ident), told=told) if item.ident else told


def item_table(pen: Pen, table_id: str, caption: str, items: Sequence[CaseItem]) -> Table:
    """Typed rows with their basis, related ids, department and owner."""
    return Table(
        id=table_id,
        caption=pen.words(caption),
        columns=(
            Column(pen.word("head.no"), 9),
            Column(pen.word("head.content"), 40),
            Column(pen.word("head.evidence"), 31),
            Column(pen.word("head.department"), 10),
            Column(pen.word("head.owner"), 10),
        ),
        rows=tuple(
            (typed(pen, item.ident), typed(pen, item.content), typed(pen, item.basis), typed(pen, item.department), typed(pen, item.owner)) for item in items
        ),
    )


def surface_blocks(pen: Pen, case: Case, causes: CauseFindings, scope: Sequence[Block]) -> list[Block]:
    """表层诱因 as typed, or a slot; then what the data say, as clues; scope: from which part of the collection these come."""
    items = case.of_kind("surface_cause")
    first: Block = (
        item_table(pen, "surface_causes", "causes.surface_cause.caption", items) if items else Slot(id="surface_causes", prompt=pen.words("causes.open"))
    )
    clues = clue_blocks(pen, causes, beside_typed=bool(items))
    return [*(scope if clues else ()), *nature_blocks(pen, case), first, *clues, *smear_question(pen, case, causes)]


def deep_blocks(pen: Pen, case: Case, causes: CauseFindings) -> list[Block]:
    """深层问题 as typed with what each still lacks, or a slot with pointers to the clues."""
    items = case.of_kind("deep_cause")
    if items:
        blocks: list[Block] = [item_table(pen, "deep_causes", "causes.deep_cause.caption", items)]
        lacking = [_lacking(pen, item) for item in items if not item.basis or not item.owner]
        if lacking:
            blocks.append(pen.body("causes.lacks", items=joined(lacking, "、")))
        return blocks
    clues: list[Text] = []
    if causes.themes:
        clues.append(pen.say("causes.clue_themes", table=Ref(THEME_TABLE)))
    if causes.tickets:
        clues.append(pen.say("causes.clue_tickets", topics=joined([ticket_text(pen, topic) for topic in causes.tickets[:TOPICS_NAMED]], "、")))
    if causes.wording.hits:
        clues.append(pen.say("causes.clue_wording", n=claims_found(pen, causes), table=Ref(WORDING_TABLE)))
    slot = Slot(id="deep_causes", prompt=pen.words("causes.open"))
    return [slot, pen.body("causes.deep_clues", parts=joined(clues))] if clues else [slot]


def _lacking(pen: Pen, item: CaseItem) -> Text:
    missing = [pen.words(f"causes.lacks_{name}") for name, there in (("basis", item.basis), ("owner", item.owner)) if not there]
    return pen.say("causes.lacks_item", name=pen.typed(item.ident or item.content), what=joined(missing, "、"))


def claims_found(pen: Pen, causes: CauseFindings) -> Num:
    """How many places the self-check of own notes found."""
    return pen.count(causes.wording.found, "处", basis("自有笔记中的绝对化用语处数", "按词表命中计数", causes.wording.hit_rows, CLAIM_RULES))


def why_chain(pen: Pen, case: Case) -> list[Block]:
    """五问 and 影响因素, as typed."""
    blocks: list[Block] = []
    whys = case.of_kind("five_whys")
    if whys:
        blocks.append(pen.body("causes.whys"))
        blocks.append(Bullets(items=tuple((pen.typed(item.content),) for item in whys), ordered=True))
    factors = case.of_kind("factor")
    if factors:
        blocks.append(pen.body("causes.factors"))
        told = (numbered(pen, item, joined([(pen.typed(item.content),), *([(pen.typed(item.basis),)] if item.basis else [])])) for item in factors)
        blocks.append(Bullets(items=tuple(told)))
    return blocks


def smear_question(pen: Pen, case: Case, causes: CauseFindings) -> list[Block]:
    """The question that 竞品抹黑 makes mandatory, with what the self-check of own notes found."""
    if case.incident_type != "competitor_smear":
        return []
    slot = Slot(id="smear_loophole", prompt=pen.words("causes.smear"))
    if not causes.wording.notes:
        return [slot]
    notes = pen.count(causes.wording.notes, "篇", basis("自查的自有笔记数", "品牌账号的帖文", causes.wording.rows))
    if causes.wording.hits:
        return [slot, pen.body("causes.smear_clue", notes=notes, n=claims_found(pen, causes), table=Ref(WORDING_TABLE))]
    return [slot, pen.body("causes.smear_none", notes=notes)]


def nature_blocks(pen: Pen, case: Case) -> list[Block]:
    """偶然事件 or 流程漏洞, as judged by people."""
    if case.nature in ("accident", "process_gap"):
        reason: Text = pen.say("causes.nature_reason", reason=pen.typed(case.nature_reason)) if case.nature_reason else ()
        return [pen.body("causes.nature", nature=pen.code("nature", case.nature), reason=reason)]
    return [Slot(id="nature", prompt=pen.words("causes.nature_open"))]
