"""Typed loader of themes.toml: the words of each theme of complaint, and how salient phrases are looked for."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from review.settings.emotion import folded, folding
from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml
from review.settings.traditional import load_traditional


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRule:
    """One theme: its words are folded (Simplified, lower case, half width), distinct and not empty."""

    ident: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseRules:
    """shortest, longest: characters of a phrase; prior: total of the prior as a share of all occurrences; same: co-occurrence from which two are one.

    idle: characters no phrase of two may hold; idle_ends: characters no longer phrase may begin or end with; idle_words: phrases that are function words.
    """

    shortest: int
    longest: int
    shown: int
    least_count: int
    least_z: float
    prior: float
    same: float
    candidates: int
    most_texts: int
    idle: frozenset[str]
    idle_ends: frozenset[str]
    idle_words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThemeSettings:
    """themes, quotes, words, ticket_topics: how many are shown; period_hours: length of a busiest period, spoken of from least_period mentions on."""

    version: str
    rules: tuple[ThemeRule, ...]
    phrases: PhraseRules
    themes: int
    quotes: int
    words: int
    period_hours: int
    least_period: int
    ticket_topics: int
    least_quote: int
    longest_quote: int
    fold: npt.NDArray[np.uint32]


def load_themes(path: Path = SETTINGS_DIR / "themes.toml") -> ThemeSettings:
    """The themes of a file. Raises UnusableInput with every fault: themes without words, ids twice, a longest phrase of more than four characters."""
    top = read_toml(path)
    fold = folding(load_traditional(SETTINGS_DIR / "traditional.toml"))
    show = top.table("show")
    made = ThemeSettings(
        version=top.text("version"),
        rules=_rules(top, fold),
        phrases=_phrases(top.table("phrases")),
        themes=show.integer("themes", low=1),
        quotes=show.integer("quotes"),
        words=show.integer("words"),
        period_hours=show.integer("period_hours", low=1),
        least_period=show.integer("least_period", low=1),
        ticket_topics=show.integer("ticket_topics"),
        least_quote=show.integer("least_quote"),
        longest_quote=show.integer("longest_quote", low=1),
        fold=fold,
    )
    show.done()
    top.done()
    top.close()
    return made


def _rules(top: TomlReader, fold: npt.NDArray[np.uint32]) -> tuple[ThemeRule, ...]:
    made: list[ThemeRule] = []
    for reader in top.tables("theme"):
        ident = reader.text("id")
        if any(other.ident == ident for other in made):
            reader.fault("id", f"重复：{ident}")
        words = tuple(dict.fromkeys(word for word in (folded(word, fold).strip() for word in reader.texts("words")) if word))
        if not words:
            reader.fault("words", "至少应有一个词")
        made.append(ThemeRule(ident=ident, name=reader.text("name"), words=words))
        reader.done()
    return tuple(made)


def _phrases(reader: TomlReader) -> PhraseRules:
    made = PhraseRules(
        shortest=reader.integer("shortest", low=1),
        longest=reader.integer("longest", low=1),
        shown=reader.integer("shown"),
        least_count=reader.integer("least_count", low=1),
        least_z=reader.number("least_z", low=0),
        prior=reader.number("prior", low=1e-9, high=10),
        same=reader.number("same", low=0, high=1),
        candidates=reader.integer("candidates", low=1),
        most_texts=reader.integer("most_texts", low=1),
        idle=frozenset(reader.text("idle", "")),
        idle_ends=frozenset(reader.text("idle_ends", "")),
        idle_words=frozenset(reader.texts("idle_words", ())),
    )
    if made.longest > 4 or made.shortest > made.longest:
        reader.fault("longest", "应不小于 shortest 且不大于 4")
    reader.done()
    return made
