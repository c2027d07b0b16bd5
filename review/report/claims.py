"""Claims: every number a reader sees, with what it is, how it was computed and where it comes from. The number gate."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from review.incident.evidence import Source
from review.report.document import (
    DIGIT,
    Block,
    Bullets,
    Callout,
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
    StrayNumberError,
    Strong,
    Table,
    Text,
    Tiles,
    Words,
    parts,
    walk,
)
from review.report.language import SIMPLIFIED, Language

Value = int | float | str | bool | date | datetime | None

NUMBERING: Final = re.compile(r"(?:[图圖表]?[0-9A-Z]{1,2}-[0-9]{1,3}|附[录錄][A-Z]?|[①-⑳㉑-㊿]|[0-9]{1,3}[.、]?|C[0-9]{1,5})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """id C1, C2 … in reading order of creation; value as data (times ISO 8601), display as printed; what it is and how computed in Chinese."""

    id: str
    value: Value
    unit: str
    display: str
    what: str
    how: str
    sources: tuple[Source, ...]


class ClaimBook:
    """The claims of one report, made in order. The same number of the same thing from the same sources is one claim.

    What a number is and how it was computed come in Simplified Chinese, with things of the input named in “…”, and stand in the claim in the report's language.
    """

    def __init__(self, language: Language = SIMPLIFIED) -> None:
        self._language = language
        self._claims: dict[tuple[str, str, str, tuple[Source, ...]], Claim] = {}

    def state(self, value: Value, display: str, *, unit: str, what: str, how: str, sources: Sequence[Source]) -> Num:
        """A span that shows `display` and points at the claim.

        Raises ValueError where there is no source: a number nobody can trace must not be printed.
        """
        if not sources:
            raise ValueError(f"claim without a source: {what} = {display}")
        unit, what, how = self._language.unit(unit), self._language.told(what), self._language.told(how)
        key = (display, what, how, tuple(sources))
        claim = self._claims.get(key)
        if claim is None:
            claim = Claim(id=f"C{len(self._claims) + 1}", value=value, unit=unit, display=display, what=what, how=how, sources=tuple(sources))
            self._claims[key] = claim
        return Num(claim.id, display)

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(self._claims.values())


def texts_of(block: Block) -> tuple[Text, ...]:
    """Every text of a block itself (of a section: its title only)."""
    match block:
        case Section():
            return (block.title,)
        case Paragraph():
            return (block.text,)
        case Bullets():
            return block.items
        case Table():
            return (block.caption, *(cell for row in block.rows for cell in row), block.note)
        case Figure():
            return (block.caption, block.alt, block.note)
        case Callout():
            return (block.title, *block.items)
        case Slot():
            return (block.prompt, block.text)
        case Tiles():
            return tuple(text for tile in block.items for text in (tile.label, tile.value, tile.note))


def claims_in(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Ids of the claims that the texts of these blocks themselves print, each once, in order."""
    spans = [span.inner if isinstance(span, Strong) else span for block in blocks for text in texts_of(block) for span in text]
    return tuple(dict.fromkeys(span.claim for span in spans if isinstance(span, Num)))


def cover_texts(cover: Cover) -> tuple[Text, ...]:
    return (cover.title, cover.subtitle, cover.marking, *(text for fact in cover.facts for text in fact))


def check_numbers(document: Document, claims: Sequence[Claim], terms: frozenset[str]) -> None:
    """The number gate: raise StrayNumberError for any number in the document that is no claim, quote, numbering or fixed term.

    Words refuse digits on creation; this catches displays that differ from their claim, unknown claims, and labels that are neither numbering nor in `terms`.
    """
    displays = {claim.id: claim.display for claim in claims}

    def check(span: Words | Num | Quoted | Label | Ref | Strong, where: str) -> None:
        match span:
            case Strong():
                check(span.inner, where)
            case Num():
                if displays.get(span.claim) != span.text:
                    raise StrayNumberError(f"{where}: {span.text!r} is not what claim {span.claim} says")
            case Label():
                if span.text not in terms and not NUMBERING.fullmatch(span.text):
                    raise StrayNumberError(f"{where}: {span.text!r} is neither numbering nor a fixed term")
            case Words() | Quoted() | Ref():
                pass

    for text in cover_texts(document.cover):
        for span in text:
            check(span, "cover")
    for block in walk(*parts(document)):
        for text in texts_of(block):
            for span in text:
                check(span, getattr(block, "id", type(block).__name__))
        if isinstance(block, Table):
            for column in block.columns:
                if DIGIT.search(column.head) and column.head not in terms:
                    raise StrayNumberError(f"{block.id}: column head {column.head!r} holds a number that is no fixed term")
