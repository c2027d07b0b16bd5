"""Typed loader of absolute_claims.toml: wording a brand's own notes should not hold, each with advice."""

import re
from dataclasses import dataclass
from pathlib import Path

from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRule:
    """One kind of wording: name, pattern (one alternation) and advice."""

    ident: str
    name: str
    pattern: re.Pattern[str]
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """corrections: words whose sentence takes a claim back; most: how many places a page lists; around: characters kept on each side."""

    version: str
    rules: tuple[ClaimRule, ...]
    corrections: tuple[str, ...]
    most: int
    around: int


def load_absolute_claims(path: Path = SETTINGS_DIR / "absolute_claims.toml") -> ClaimRules:
    """The rules of a file. Raises UnusableInput with every fault: ids twice, patterns that do not compile or match the empty text."""
    top = read_toml(path)
    rules: list[ClaimRule] = []
    for reader in top.tables("claim"):
        ident = reader.text("id")
        if any(rule.ident == ident for rule in rules):
            reader.fault("id", f"重复：{ident}")
        rules.append(ClaimRule(ident=ident, name=reader.text("name"), pattern=_pattern(reader), advice=reader.text("advice")))
        reader.done()
    made = ClaimRules(
        version=top.text("version"),
        rules=tuple(rules),
        corrections=top.texts("corrections"),
        most=top.integer("most", low=1),
        around=top.integer("around"),
    )
    top.done()
    top.close()
    return made


def _pattern(reader: TomlReader) -> re.Pattern[str]:
    good = []
    for pattern in reader.texts("patterns"):
        try:
            if re.compile(pattern).match("") is None:
                good.append(f"(?:{pattern})")
                continue
            reader.fault("patterns", f"匹配式 {pattern!r} 会匹配空文字")
        except re.error as error:
            reader.fault("patterns", f"不是合法的匹配式 {pattern!r}({error})")
    return re.compile("|".join(good) or "(?!)")
