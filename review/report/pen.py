"""The pen the chapters are written with: phrases filled with claims, quotes and masked names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from review.analysis.spread import PostCard
from review.incident.case import Case
from review.incident.evidence import Clock, Source
from review.report.claims import ClaimBook
from review.report.document import Num, Paragraph, Quoted, Span, Text, Words
from review.report.language import SIMPLIFIED, Language
from review.report.numbers import NumberStyle
from review.report.phrases import Part, Phrases, typeset
from review.report.privacy import Masks
from review.report.source_words import short_source
from review.settings.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a number is, how it was computed, and from what. `what` and `how` are short Simplified Chinese, whatever the report's language; what people typed
    stands in them in “…” and nowhere else, as only that is kept.
    """

    what: str
    how: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Everything a chapter needs to write: words, the claim book, masks, and how numbers are printed."""

    phrases: Phrases
    book: ClaimBook
    masks: Masks
    style: NumberStyle
    vocabulary: Vocabulary
    longest_quote: int

    @property
    def zone(self) -> str:
        return self.style.zone

    @property
    def language(self) -> Language:
        return self.style.language

    # -- words
    def say(self, key: str, /, **parts: Part) -> Text:
        return self.phrases.say(key, **parts)

    def word(self, key: str) -> str:
        return self.phrases.word(key)

    def words(self, key: str) -> Text:
        return self.phrases.say(key)

    def body(self, key: str, /, **parts: Part) -> Paragraph:
        return Paragraph(text=self.say(key, **parts))

    def lead(self, key: str, /, **parts: Part) -> Paragraph:
        return Paragraph(text=self.say(key, **parts), style="lead")

    def note(self, key: str, /, **parts: Part) -> Paragraph:
        return Paragraph(text=self.say(key, **parts), style="note")

    def gap(self, key: str, /, **parts: Part) -> Paragraph:
        """What was not obtained, one line; closed here, as the same words may stand inside a sentence."""
        return Paragraph(text=(*self.say(key, **parts), Words("。")), style="gap")

    # -- numbers, each a claim
    def count(self, value: float, unit: str, basis: Basis) -> Num:
        return self._state(value, lambda style: style.count(value, unit), unit, basis)

    def whole(self, value: int, unit: str, basis: Basis) -> Num:
        return self._state(value, lambda style: style.whole(value, unit), unit, basis)

    def share(self, share: float, basis: Basis, digits: int | None = None) -> Num:
        return self._state(share, lambda style: style.share(share, digits), "占比", basis)

    def interval(self, low: float, high: float, basis: Basis) -> Num:
        return self._state(f"{low:.6g}–{high:.6g}", lambda style: style.interval(low, high), "占比", basis)

    def change(self, change: float, basis: Basis) -> Num:
        return self._state(change, lambda style: style.change(change), "变化率", basis)

    def point_range(self, low: float, high: float, basis: Basis) -> Num:
        return self._state(f"{low:.6g} – {high:.6g}", lambda style: style.point_range(low, high), "百分点", basis)

    def points(self, difference: float, basis: Basis) -> Num:
        return self._state(difference, lambda style: style.points(difference), "百分点", basis)

    def score(self, score: float, basis: Basis) -> Num:
        return self._state(score, lambda style: style.score(score), "分", basis)

    def number(self, value: float, basis: Basis, digits: int = 2) -> Num:
        return self._state(value, lambda style: style.plain(value, digits), "", basis)

    def hours(self, hours: float, basis: Basis, digits: int = 2) -> Num:
        return self._state(hours, lambda style: style.hours(hours, digits), "小时", basis)

    def decimal(self, value: float, basis: Basis, digits: int = 2) -> Num:
        return self._state(value, lambda style: style.decimal(value, digits), "", basis)

    def duration(self, span: timedelta, basis: Basis) -> Num:
        return self._state(span.total_seconds() / 3600, lambda style: style.duration(span), "小时", basis)

    def between(self, start: datetime, end: datetime, basis: Basis) -> Num:
        return self._state(abs((end - start).total_seconds()) / 3600, lambda style: style.between(start, end), "小时", basis)

    def when(self, at: datetime, basis: Basis, precision: str | None = None) -> Num:
        return self._state(at, lambda style: style.when(at, precision), "时间", basis)

    def when_beside(self, at: datetime, other: datetime, basis: Basis) -> Num:
        return self._state(at, lambda style: style.when_beside(at, other), "时间", basis)

    def day(self, day: date, basis: Basis) -> Num:
        return self._state(day, lambda style: style.day(day), "日期", basis)

    def full_day(self, day: date, basis: Basis) -> Num:
        return self._state(day, lambda style: style.full_day(day), "日期", basis)

    def text_claim(self, value: str, unit: str, basis: Basis) -> Num:
        """A number that is printed in a form of its own (a range, a fraction k/n), given in Simplified Chinese."""
        return self._state(value, lambda style: style.language.own(value), unit, basis)

    def _state(self, value: object, printed: Callable[[NumberStyle], str], unit: str, basis: Basis) -> Num:
        assert value is None or isinstance(value, int | float | str | date)
        plain = printed(replace(self.style, language=SIMPLIFIED))
        return self.book.state(value, printed(self.style), unit=unit, what=basis.what, how=basis.how, sources=basis.sources, plain=plain)

    # -- quotes and names
    def quote(self, text: str, longest: int | None = None) -> Quoted:
        """A quote on one line, masked, cut at a character limit with …."""
        limit = self.longest_quote if longest is None else longest
        flat = " ".join(self.masks.quote(text).split())
        return Quoted(flat if len(flat) <= limit else self.masks.whole_remarks(flat[: limit - 1]).rstrip() + "…")

    def author(self, card: PostCard) -> Quoted | Words:
        """The author's name as it may be printed."""
        name = self.masks.name(card.author, card.author_type, card.verified, card.followers)
        return self.own("作者未采集") if name is None else Quoted(name)

    def typed(self, text: str) -> Quoted:
        """A sentence an analyst typed, masked like any quote, with full-width punctuation between Chinese characters."""
        return Quoted(typeset(self.masks.quote(text)))

    def code(self, group: str, code: str) -> Span:
        """The word the workbook offers for a code (platform, xhs → 小红书)."""
        return Quoted(self.language.own(typeset(self.vocabulary[group].word(code))))

    def setting(self, text: str) -> Quoted:
        """A sentence out of a settings file (a formula, a practice), with full-width punctuation between Chinese characters."""
        return Quoted(self.language.own(typeset(text)))

    def remark(self, text: str) -> Quoted:
        """A remark of the import, which names columns and values in “…”."""
        return Quoted(self.language.told(text))

    def own(self, text: str) -> Words:
        """Words of ours that are no phrase, given in Simplified Chinese."""
        return Words(self.language.own(text))

    def place(self, sources: Sequence[Source]) -> Quoted:
        """Where something stands in the input, in a few words: the first of these sources and how many more there are."""
        return Quoted(short_source(tuple(sources), self.language))

    def about(self, text: str) -> str:
        """A thing of the input as the basis of a number names it: “…”, masked like every quote, for it stands in claims.json and in the HTML."""
        return f"“{self.masks.quote(text)}”"

    def named(self, text: str) -> Quoted:
        """A name that an analyst typed, in quotation marks."""
        return Quoted(self.language.quoted(self.typed(text).text))


def basis(what: str, how: str, *sources: Source | None) -> Basis:
    """A basis; missing sources are left out (at least one must remain when it is used)."""
    return Basis(what=what, how=how, sources=tuple(source for source in sources if source is not None))


def typed_basis(what: str, case: Case, *fields: str) -> Basis:
    """The basis of a typed fact: where in the workbook it stands."""
    return Basis(what=what, how="分析人员填写", sources=case.sources_of(*fields))


CLOCK = Clock()
