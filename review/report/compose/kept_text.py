"""What analysts wrote into the slots of an earlier report, carried into this one: back in its place, marked as theirs, flagged where its evidence changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from review.incident.evidence import Clock, RowSet
from review.report.claims import Claim, ClaimBook, texts_of
from review.report.document import Block, Cited, Num, Paragraph, Quoted, Ref, Section, Slot, Span, Strong, Table, Text, string, walk
from review.report.pen import Pen
from review.report.phrases import joined
from review.report.word_slots import EditedReport, SlotEdit, evidence_seal

NAMED_CHANGES: Final = 3
"""Changes of evidence named at a slot; the terminal lists all of them."""
SHOWN_ON_TERMINAL: Final = 60
"""Characters of a kept text shown on the terminal; the whole of it stands in the report."""
OPEN_MARK: Final = re.compile("^【[^】]*】")  # 【待确认】 in any language of the report
QUOTES: Final = str.maketrans("「」", "“”")
NAME: Final = 24
"""Characters of a slot's prompt that go into its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The chapters with edits in their places, the appendix of those without a place, what is open for review, and lines for the terminal."""

    chapters: tuple[Section, ...]
    appendix: tuple[Section, ...]
    open_items: tuple[Text, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """The claims by id and the tables by id, to find what a section prints."""

    book: ClaimBook
    claims: Mapping[str, Claim]
    tables: Mapping[str, Table]

    def numbers(self, section: Section) -> "Numbers":
        """The numbers printed in a section itself and in the tables it points at, each once, in reading order.

        Those that only tell the time of the build are left out.
        """
        found: dict[Cited, Num] = {}
        spans = [span for block in section.blocks if not isinstance(block, Section | Slot) for text in texts_of(block) for span in text]
        pointed = [self.tables[span.target] for span in spans if isinstance(span, Ref) and span.target in self.tables]
        for span in (*spans, *(span for table in pointed for text in texts_of(table) for span in text)):
            number = _number(span)
            if number is None or all(isinstance(source, Clock) for source in self.claims[number.claim].sources):
                continue
            claim = self.claims[number.claim]
            rows = "".join(source.digest for source in claim.sources if isinstance(source, RowSet))
            what, display = self.book.in_plain(claim)
            found.setdefault(Cited(what=what, display=display, rows=rows), number)
        return tuple(found.items())


Numbers = tuple[tuple[Cited, Num], ...]


def _book(pen: Pen, chapters: tuple[Section, ...]) -> _Book:
    tables = {block.id: block for block in walk(*chapters) if isinstance(block, Table)}
    return _Book(book=pen.book, claims={claim.id: claim for claim in pen.book.claims}, tables=tables)


def with_evidence(pen: Pen, chapters: tuple[Section, ...]) -> tuple[Section, ...]:
    """Every slot with its name and the numbers of the section it stands in: what a person had before them when judging."""
    book = _book(pen, chapters)

    def one(section: Section) -> Section:
        evidence = tuple(cited for cited, _ in book.numbers(section))
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Section):
                blocks.append(one(block))
            elif isinstance(block, Slot):
                asked = OPEN_MARK.sub("", string(block.prompt))
                name = f"{string(section.title)}：{asked[:NAME]}{'…' if len(asked) > NAME else ''}"
                blocks.append(replace(block, name=name, evidence=evidence))
            else:
                blocks.append(block)
        return replace(section, blocks=tuple(blocks))

    return tuple(one(chapter) for chapter in chapters)


def _number(span: Span) -> Num | None:
    inner = span.inner if isinstance(span, Strong) else span
    return inner if isinstance(inner, Num) else None


def kept_words(pen: Pen, edited: EditedReport | None, slot: str) -> Text | None:
    """What was written into one slot, for a sentence elsewhere that would otherwise call it open; None where nothing was."""
    edit = None if edited is None else next((each for each in edited.edits if each.id == slot), None)
    return None if edit is None else (pen.quote(edit.text),)


def keep_edits(pen: Pen, title: Text, chapters: tuple[Section, ...], edited: EditedReport | None) -> Kept:
    """The edits in the slots of the same id, each followed by a note that says whose words they are and what changed beneath them.

    chapters: with the evidence of their slots. The words are shown as typed, masked like every text from outside; digits in them are quotes, not claims.
    """
    if edited is None:
        return Kept(chapters=chapters, appendix=(), open_items=(), notices=())
    book = _book(pen, chapters)
    edits = {edit.id: edit for edit in edited.edits}
    notices: list[str] = []
    if edited.title and not _is_title_of(edited.title, title):
        notices.append(f"请确认是同一事件：编辑稿是“{edited.title}”，本次报告是“{string(title)}”")
    open_items: list[Text] = []

    def one(section: Section) -> Section:
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Section):
                blocks.append(one(block))
            elif isinstance(block, Slot) and block.id in edits:
                edit = edits.pop(block.id)
                blocks.append(replace(block, text=_typed(pen, edit)))
                numbers = book.numbers(section)
                if edit.seal == evidence_seal(block.evidence) or _is_same(edit, numbers):
                    notices.append(f"保留人工编辑：{block.name}：{_short(edit)}")
                    blocks.append(pen.note("kept.mark"))
                    continue
                changes = _changes(pen, edit, numbers)
                named = (*joined(changes[:NAMED_CHANGES]), *(pen.words("kept.more") if len(changes) > NAMED_CHANGES else ()))
                blocks.append(pen.note("kept.changed", changes=named))
                open_items.append(pen.say("kept.open", name=Quoted(block.name)))
                notices.append(f"保留人工编辑，但依据有变，请复核：{block.name}：{_short(edit)}（{'；'.join(map(string, changes))}）")
            else:
                blocks.append(block)
        return replace(section, blocks=tuple(blocks))

    notices += [f"所填文字中的个人信息已隐去：{edit.name}" for edit in edited.edits if pen.masks.quote(edit.text) != edit.text]
    made = tuple(one(chapter) for chapter in chapters)
    notices += [f"人工编辑已没有对应的位置，写入附录“{pen.word('kept.section')}”：{edit.name}：{_short(edit)}" for edit in edits.values()]
    notices += [f"编辑稿中已找不到这一填写位置（控件被删除），按本版重新生成：{name}" for name in edited.removed]
    if edited.untouched:
        notices.append(f"未改动的填写位置按本版重新生成：{'；'.join(edited.untouched)}")
    return Kept(chapters=made, appendix=_appendix(pen, tuple(edits.values())), open_items=tuple(open_items), notices=tuple(notices))


def _is_title_of(earlier: str, title: Text) -> bool:
    """Whether an earlier report's title is this one's, in whatever language: the same, or with the same names in it."""
    names = [span.text.translate(QUOTES) for span in title if isinstance(span, Quoted)]
    return earlier == string(title) or (bool(names) and all(name in earlier.translate(QUOTES) for name in names))


def _appendix(pen: Pen, homeless: tuple[SlotEdit, ...]) -> tuple[Section, ...]:
    """Edits without a place, in slots of the same ids, so that the next build finds them again; clearing one drops it."""
    if not homeless:
        return ()
    blocks: list[Block] = [pen.note("kept.note")]
    for edit in homeless:
        blocks.append(Paragraph(text=pen.say("kept.place", name=Quoted(pen.masks.quote(edit.name)))))
        blocks.append(Slot(id=edit.id, prompt=pen.words("kept.prompt"), text=_typed(pen, edit), name=edit.name))
    return (Section(id="appendix.kept", level=1, title=pen.words("kept.section"), blocks=tuple(blocks)),)


def _typed(pen: Pen, edit: SlotEdit) -> Text:
    return (Quoted(pen.masks.quote(edit.text)),)


def _short(edit: SlotEdit) -> str:
    flat = " ".join(edit.text.split())
    return flat if len(flat) <= SHOWN_ON_TERMINAL else f"{flat[:SHOWN_ON_TERMINAL]}…"


def _is_same(edit: SlotEdit, now: Numbers) -> bool:
    """Whether an edit was written beside the very numbers of now, although some go by another name: a few are named in the words of the report's language."""
    if edit.evidence is None:
        return False
    before, after = _unmatched(edit.evidence, now)
    return not before and not after


def _unmatched(before: tuple[Cited, ...], now: Numbers) -> tuple[list[Cited], Numbers]:
    """The numbers of either side that the other does not have. A number is known by its name, else by the rows it comes from and what it says."""
    same = {cited for cited, _ in now} & set(before)
    old = [cited for cited in before if cited not in same]
    new = []
    for cited, number in now:
        if cited in same:
            continue
        twin = next((each for each in old if cited.rows and (each.rows, each.display) == (cited.rows, cited.display)), None)
        if twin is None:
            new.append((cited, number))
        else:
            old.remove(twin)
    return old, tuple(new)


def _changes(pen: Pen, edit: SlotEdit, now: Numbers) -> list[Text]:
    """What differs between the numbers an edit was written beside and those of now, one text a kind of number; at least one text."""
    if edit.evidence is None:
        return [pen.words("kept.unknown")]
    gone, fresh = _unmatched(edit.evidence, now)
    before: dict[str, list[str]] = {}
    for cited in gone:
        before.setdefault(cited.what, []).append(cited.display)
    after: dict[str, list[tuple[str, Num]]] = {}
    for cited, number in fresh:
        after.setdefault(cited.what, []).append((cited.display, number))
    changes: list[Text] = []
    for what in dict.fromkeys((*after, *before)):
        old, new = before.get(what, []), after.get(what, [])
        if sorted(old) == sorted(display for display, _ in new):
            continue
        name = Quoted(pen.language.told(what))
        was = (Quoted(pen.language.own("、".join(old))),)
        shown = joined([(number,) for _, number in new], "、")
        if not new:
            changes.append(pen.say("kept.gone", what=name, before=was))
        elif not old:
            changes.append(pen.say("kept.fresh", what=name, now=shown))
        else:
            changes.append(pen.say("kept.change", what=name, before=was, now=shown))
    return changes or [pen.words("kept.rows")]
