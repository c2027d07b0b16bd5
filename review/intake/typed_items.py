"""根因与行动 → the items of the case: causes, lessons, risks, matters to decide, actions and mechanisms."""

import re
from collections.abc import Sequence
from typing import Final, get_args

import pandas as pd

from review.incident.case import ActionStatus, CaseItem, ItemKind
from review.incident.errors import Fault
from review.incident.evidence import CaseField
from review.incident.tables import TEXT
from review.intake.typed_rows import DUPLICATE, SheetRows
from review.settings.aliases import header_key
from review.settings.vocabulary import Words

_MECHANISMS: Final[tuple[ItemKind, ...]] = ("drill", "plan_review", "feedback_entrance", "alarm")
_MECHANISM: Final = "机制"


def read_items(rows: SheetRows, faults: list[Fault]) -> tuple[CaseItem, ...]:
    """The items kind by kind; those of a kind by their numbers where all have one, else as typed. 类别 机制 is told by the word its 内容 begins with.

    Equal rows count once; rows of one 编号 and 类别 must agree. A date without a year is the next one after the incident; for 完成日期 the nearest.
    """
    if not len(rows):
        return ()
    general = rows.cells["kind"].map(header_key, na_action="ignore").astype(TEXT).isin([_MECHANISM])
    words = rows.vocabulary["item_kind"]
    told = pd.Series([_mechanism(content, words) for content in rows.cells["content"]], index=rows.cells.index, dtype=object)
    unclear = general & told.isna()
    rows.quarantine(unclear, "类别为“机制”时，内容应以 演练、预案评审、质量反馈入口 或 预警 开头", rows.sheet.field("kind"))
    rows.cells["kind"] = rows.cells["kind"].where(~general, told.astype(rows.cells["kind"].dtype))
    kinds = rows.word("kind")
    status = rows.word("status")
    days = {code: rows.clock.days(rows.planned(code)) for code in ("start", "due")}
    done = rows.clock.days(rows.time("done_on"))
    n, k = rows.exact_count("n"), rows.exact_count("k")
    rows.require()
    rows.quarantine(k > n, "k 大于 n", rows.sheet.field("k"))
    for i, (start, due) in enumerate(zip(days["start"], days["due"], strict=True)):
        if start is not None and due is not None and due < start and rows.alive[i]:
            rows.reject_at(i, "due", "截止早于开始")
            days["due"][i] = None
    texts = {code: rows.text(code) for code in ("ident", "content", "basis", "department", "owner", "criterion", "target")}
    related = rows.lists("related")

    def text(code: str, i: int) -> str | None:
        value = texts[code].iloc[i]
        return None if pd.isna(value) else str(value)

    items: list[CaseItem] = []
    seen: dict[tuple[object, ...], int] = {}
    named: dict[tuple[str, str], int] = {}
    for i in range(len(rows)):  # items are few and each becomes an object of its own
        if not rows.alive[i]:
            continue
        kind = _kind(str(kinds.iloc[i]))
        item = CaseItem(
            kind=kind,
            content=text("content", i) or "",
            source=CaseField(name=f"{rows.sheet.name}·{words.word(kind)}", file=rows.file[i], sheet=rows.sheet_name[i], row=int(rows.row[i])),
            ident=text("ident", i),
            basis=text("basis", i),
            related=related[i],
            department=text("department", i),
            owner=text("owner", i),
            start=days["start"][i],
            due=days["due"][i],
            criterion=text("criterion", i),
            target=text("target", i),
            status=None if pd.isna(status.iloc[i]) else _status(str(status.iloc[i])),
            done_on=done[i],
            n=None if pd.isna(n.iloc[i]) else int(n.iloc[i]),
            k=None if pd.isna(k.iloc[i]) else int(k.iloc[i]),
        )
        if _said(item) in seen:
            rows.fate[i] = DUPLICATE
            continue
        seen[_said(item)] = i
        if item.ident is not None:
            first = named.setdefault((kind, item.ident), i)
            if first != i:
                faults.append(Fault(rows.place(first), f"与 {rows.place(i)} 的编号同为 {item.ident}，内容却不同", "请改用不同的编号，或删去其中一行"))
        items.append(item)
    return _in_order(items)


def _in_order(items: Sequence[CaseItem]) -> tuple[CaseItem, ...]:
    """So that numbered rows tell the same in whatever order they stand; of a kind with rows without a number the order is all people gave."""
    kinds = get_args(ItemKind)
    unnumbered = {item.kind for item in items if item.ident is None}
    return tuple(sorted(items, key=lambda item: (kinds.index(item.kind), _number(item.ident or "") if item.kind not in unnumbered else ())))


def _number(ident: str) -> tuple[str | tuple[int, str], ...]:
    """A-2 before A-10, however many digits there are."""
    parts = enumerate(re.split(r"0*([0-9]+)", ident))
    return tuple((len(part), part) if place % 2 else part for place, part in parts)


def _mechanism(content: object, words: Words) -> str | None:
    """The mechanism a 内容 begins with, None where with none."""
    if not isinstance(content, str):
        return None
    return next((kind for kind in _MECHANISMS if content.startswith(words.word(kind))), None)


def _said(item: CaseItem) -> tuple[object, ...]:
    return (
        item.kind, item.content, item.ident, item.basis, item.related, item.department, item.owner, item.start, item.due, item.criterion, item.target,
        item.status, item.done_on, item.n, item.k,
    )  # fmt: skip


def _kind(code: str) -> ItemKind:
    return next(kind for kind in get_args(ItemKind) if kind == code)


def _status(code: str) -> ActionStatus:
    return next(status for status in get_args(ActionStatus) if status == code)
