"""Typed loader of tiers.toml: how core, potential and ordinary users are told apart."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml

Tier = Literal["core", "potential", "ordinary"]
TIERS: tuple[Tier, ...] = ("core", "potential", "ordinary")


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRule:
    """One tier: the source's key question, and the pattern of a self-declaration (RE2-compatible, one alternation; None = what is left)."""

    ident: Tier
    question: str
    pattern: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRules:
    """rules in the order core, potential, ordinary; theme_count: demands listed a tier; least_rows: judged rows below which a share is only a hint."""

    version: str
    source_sentence: str
    rules: tuple[TierRule, ...]
    theme_count: int
    least_rows: int

    def rule(self, tier: Tier) -> TierRule:
        return next(rule for rule in self.rules if rule.ident == tier)


def load_tiers(path: Path = SETTINGS_DIR / "tiers.toml") -> TierRules:
    """The rules of a file. Raises UnusableInput with every fault: a tier missing or twice, patterns that do not compile or match nothing at all."""
    top = read_toml(path)
    found: dict[str, TierRule] = {}
    for reader in top.tables("tier"):
        ident = reader.text("id")
        if ident not in TIERS or ident in found:
            reader.fault("id", f"应为 {'、'.join(TIERS)} 各一次，现为 {ident!r}")
            continue
        found[ident] = TierRule(ident=ident, question=reader.text("question"), pattern=_pattern(reader))
        reader.done()
    for tier in TIERS:
        if top.has("tier") and tier not in found:
            top.fault("tier", f"缺少 {tier}")
    made = TierRules(
        version=top.text("version"),
        source_sentence=top.text("source_sentence"),
        rules=tuple(found[tier] for tier in TIERS if tier in found),
        theme_count=top.integer("theme_count"),
        least_rows=top.integer("least_rows"),
    )
    top.done()
    top.close()
    return made


def _pattern(reader: TomlReader) -> str | None:
    good = []
    for pattern in reader.texts("patterns"):
        try:
            empty = re.compile(pattern).match("") is not None
        except re.error as error:
            reader.fault("patterns", f"不是合法的匹配式 {pattern!r}({error})")
            continue
        if empty or "(?=" in pattern or "(?!" in pattern or "(?<" in pattern:
            reader.fault("patterns", f"匹配式 {pattern!r} 会匹配空文字或含前后查找")
            continue
        good.append(f"(?:{pattern})")
    return "|".join(good) or None
