"""The language of a report: our own words in Simplified or Traditional Chinese. Texts that people typed, names and quotes are never touched."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, get_args

from review.incident.errors import Fault, UnusableInput
from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml
from review.settings.traditional import load_traditional

Tag = Literal["zh-Hans", "zh-Hant"]
TAGS: Final[tuple[Tag, ...]] = get_args(Tag)

REGIONS: Final[Mapping[Tag, str]] = MappingProxyType({"zh-Hans": "zh-CN", "zh-Hant": "zh-TW"})
"""What Word writes for the language: it knows regions, no scripts. Hong Kong reads the report of Taiwan."""

_BETWEEN_QUOTES: Final = re.compile("(“[^“”]*”)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """tag: BCP 47. words: what each of our words is called there, single characters included, by first character and longest first; units: the same for the
    unit of a count; opening and closing: the quotation marks.
    """

    tag: Tag
    words: Mapping[str, tuple[tuple[str, str], ...]] = field(repr=False)
    units: Mapping[str, str] = field(repr=False)
    opening: str
    closing: str

    @property
    def region(self) -> str:
        """zh-CN or zh-TW."""
        return REGIONS[self.tag]

    @property
    def phrases(self) -> str:
        """The folder of the language's phrases, under the templates or a house's theme."""
        return f"phrases/{self.tag}"

    def own(self, text: str) -> str:
        """Words of ours, given in Simplified Chinese, in this language; what is in it already stays. Not for anything a person typed."""
        if not self.words:
            return text
        made: list[str] = []
        at = 0
        while at < len(text):
            word, there = next(((word, there) for word, there in self.words.get(text[at], ()) if text.startswith(word, at)), (text[at], text[at]))
            made.append(there)
            at += len(word)
        return "".join(made)

    def told(self, text: str) -> str:
        """A sentence of ours that names things of the input in “…”: what stands between the marks is kept, the rest and the marks are ours."""
        pieces = _BETWEEN_QUOTES.split(text)
        return "".join(self.quoted(piece[1:-1]) if i % 2 else self.own(piece) for i, piece in enumerate(pieces))

    def unit(self, unit: str) -> str:
        """The unit of a count."""
        return self.units.get(unit) or self.own(unit)

    def quoted(self, text: str) -> str:
        """A text in this language's quotation marks."""
        return f"{self.opening}{text}{self.closing}"


SIMPLIFIED: Final = Language(tag="zh-Hans", words={}, units={}, opening="“", closing="”")


@cache
def load_language(tag: Tag, templates: Path) -> Language:
    """The language of a tag; zh-Hans is what the program is written in. templates: the folder that holds `words/zh-Hant.toml`.

    Raises UnusableInput naming every fault of the word table.
    """
    if tag == "zh-Hans":
        return SIMPLIFIED
    reader = read_toml(templates / "words" / f"{tag}.toml")
    characters = _pairs(reader, "characters")
    marks = _marks(reader)
    words: dict[str, str] = {}
    for there, here in load_traditional(SETTINGS_DIR / "traditional.toml").items():
        if not _in_big5(here):
            words.setdefault(here, there)  # of several forms the first is the usual one
    terms = _texts(reader.table("terms"))
    # what a term became stays: a claim's words may quote a phrase that is in the language already
    words |= characters | marks | {there: there for there in terms.values() if len(there) > 1} | terms
    units = _texts(reader.table("units"))
    reader.done()
    reader.close()
    by_first: dict[str, list[tuple[str, str]]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        by_first.setdefault(word[0], []).append((word, words[word]))
    return Language(tag=tag, words={first: tuple(pairs) for first, pairs in by_first.items()}, units=units, opening=marks["“"], closing=marks["”"])


def _in_big5(character: str) -> bool:
    """Whether the character is itself a Traditional one: such a character changes only where the table says so."""
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


def _pairs(reader: TomlReader, key: str) -> dict[str, str]:
    """万萬 与與 → {万: 萬, 与: 與}."""
    pairs = reader.text(key).split()
    for pair in pairs:
        if len(pair) != 2:
            reader.fault(key, f"应为成对的字，现为 {pair!r}")
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def _marks(reader: TomlReader) -> dict[str, str]:
    marks = {pair[0]: pair[1:] for pair in reader.texts("marks")}
    if not {"“", "”"} <= set(marks):
        raise UnusableInput(Fault(reader.file, "marks 缺少引号 “ 与 ”"))
    return marks


def _texts(table: TomlReader) -> dict[str, str]:
    made = {word: table.text(word) for word in table.data}
    table.done()
    return made
