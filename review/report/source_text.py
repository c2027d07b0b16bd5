"""Source rows as `review trace` prints them: one line a row, ordinary people masked as in the report."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from review.analysis.people import LENGTHS
from review.intake.source_rows import Author, SourceRow
from review.report.privacy import Masks
from review.report.visible import visible
from review.settings.trace import TraceSettings
from review.settings.vocabulary import Words

_TIMES: Final = frozenset({"published_at", "published_ts", "when", "at", "start", "end", "ticket.opened_at", "ticket.first_reply_at", "ticket.closed_at"})


def trace_masks(masks: Masks, authors: Sequence[Author], rows: Iterable[SourceRow], kinds: Words) -> Masks:
    """The masks with the public accounts among these authors named, and the ordinary ones whom the rows mention hidden. kinds: words of 作者类型."""
    public = {each.name for each in authors if masks.is_public(each.name, kinds.code(each.kind or ""), each.verified, _count(each.followers))}
    ordinary = {each.name for each in authors} - public - masks.public_names
    texts = [text for row in rows for _, column, text in row.cells if column != "author_name"]
    mentioned = {text[i : i + n] for text in texts for n in LENGTHS for i in range(len(text) - n + 1) if text[i : i + n] in ordinary}
    return replace(masks, public_names=masks.public_names | public, hidden_names=tuple(sorted(mentioned)))


def row_line(row: SourceRow, masks: Masks, settings: TraceSettings) -> str:
    """第 12 行  时间：…；作者：糯**；内容：…, masked, without control characters, long cells cut with …."""
    cells = []
    for head, column, text in row.cells:
        if column not in settings.shown:
            continue
        shown = (masks.name(text, None, None, None) or "") if column == "author_name" else text if _is_epoch(column, text) else masks.quote(text)
        flat = " ".join(visible(shown).split())
        cells.append(f"{visible(head).rstrip('*')}：{flat if len(flat) <= settings.longest_cell else flat[: settings.longest_cell - 1] + '…'}")
    return f"第 {row.row} 行  {'；'.join(cells)}"


def _is_epoch(column: str, text: str) -> bool:
    """Whether a time stands as seconds or milliseconds since 1970: as many digits as an id, and nobody's."""
    return column in _TIMES and re.fullmatch(r"\s*[1-3]\d{9}(?:\d{3})?\s*", text) is not None


def _count(text: str | None) -> int | None:
    digits = (text or "").replace(",", "").strip()
    return int(digits) if re.fullmatch(r"[0-9]{1,15}", digits) else None  # longer is no count of anything
