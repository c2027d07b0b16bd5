"""Closed vocabularies: the Chinese words people type and read, and the codes they stand for, from vocabulary.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from review.settings.aliases import header_key
from review.settings.toml import SETTINGS_DIR, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One vocabulary. `printed`: code → the word offered and printed, in the file's order; `codes`: comparable form of every accepted word → code."""

    name: str
    printed: Mapping[str, str]
    codes: Mapping[str, str]

    def code(self, word: str) -> str | None:
        """The code a typed word (or the code itself) means, None where it is none of this vocabulary."""
        return self.codes.get(header_key(word))

    def word(self, code: str) -> str:
        """The word to print for a code. Raises KeyError for a code the vocabulary lacks."""
        return self.printed[code]

    @property
    def offered(self) -> tuple[str, ...]:
        """The words of a dropdown, in order."""
        return tuple(self.printed.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All vocabularies by name (incident_type, action, platform …)."""

    words: Mapping[str, Words]

    def __getitem__(self, name: str) -> Words:
        return self.words[name]


@cache
def read_vocabulary(path: Path = SETTINGS_DIR / "vocabulary.toml") -> Vocabulary:
    """The vocabularies of a file. Raises UnusableInput naming every code without words and every word that stands for two codes of one vocabulary."""
    reader = read_toml(path)
    made: dict[str, Words] = {}
    for name in reader.data:
        table = reader.table(name)
        printed: dict[str, str] = {}
        codes: dict[str, str] = {}
        for code in table.data:
            words = table.texts(code)
            if not words:
                table.fault(code, "至少应有一个词")
                continue
            printed[code] = words[0]
            for word in words:
                key = header_key(word)
                if codes.get(key, code) != code:
                    table.fault(code, f"中的“{word}”同时属于 {codes[key]}")
                codes[key] = code
        for code in printed:  # the code itself is accepted, unless a word of another code reads the same
            codes.setdefault(header_key(code), code)
        made[name] = Words(name=name, printed=MappingProxyType(printed), codes=MappingProxyType(codes))
    reader.done()
    reader.close()
    return Vocabulary(words=MappingProxyType(made))
