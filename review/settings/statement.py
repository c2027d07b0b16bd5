"""How a statement is read and which actions are public responses: the rules of statement.toml, compiled, every fault of the file collected."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, cast, get_args

from review.incident.tables import ACTION_TYPES
from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml
from review.settings.traditional import load_traditional

Group = Literal["solution", "transparency", "holding", "tone"]

FILE: Final = SETTINGS_DIR / "statement.toml"
TRADITIONAL: Final = SETTINGS_DIR / "traditional.toml"
HALF_WIDTH: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5}  # as NFKC has it, one character for one

ELEMENTS: Final[dict[str, Group]] = {
    "action": "solution", "deadline": "solution", "amount": "solution", "path": "solution",
    "cause": "transparency", "scope": "transparency", "measures": "transparency", "next_update": "transparency",
    "acknowledged": "holding", "handling": "holding",
    "boilerplate": "tone", "apology": "tone", "blame": "tone",
}  # fmt: skip
"""What is looked for in a statement; four elements of a solution, four of transparency, two of a holding statement, three of tone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRule:
    """How one element is found in folded text.

    excepts: a match starting inside one of these does not count (its own, and the common ones where it speaks of amends). needs: the sentence must hold it.
    skips: the sentence must not hold it, unless it holds `skip_unless`.
    """

    ident: str
    name: str
    group: Group
    patterns: tuple[re.Pattern[str], ...]
    excepts: tuple[re.Pattern[str], ...]
    needs: re.Pattern[str] | None
    skips: re.Pattern[str] | None
    skip_unless: re.Pattern[str] | None
    negatable: bool
    hedgeable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NegationRule:
    """Words that turn a match around when they stand within `window` characters before it in the same clause, after the last of `breaks`.

    Two of them with at most `double_gap` characters between cancel out.
    """

    window: int
    double_gap: int
    breaks: re.Pattern[str]
    words: re.Pattern[str]
    exceptions: re.Pattern[str]
    hedges: re.Pattern[str]
    clause_ends: frozenset[str]
    sentence_ends: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRules:
    """Which action types of the timeline are what; `formal` is looked at before `formal_otherwise`."""

    public: tuple[str, ...]
    public_if_acknowledging: tuple[str, ...]
    public_if_published: tuple[str, ...]
    formal: tuple[str, ...]
    formal_otherwise: tuple[str, ...]
    bloggers: tuple[str, ...]
    private: tuple[str, ...]
    removal: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSettings:
    """What the file says of actions, and the elements a statement may have: (id, Chinese name, group) in file order."""

    actions: ActionRules
    elements: tuple[tuple[str, str, Group], ...]

    def names(self, group: Group) -> tuple[tuple[str, str], ...]:
        """(id, Chinese name) of the elements of a group, in file order."""
        return tuple((ident, name) for ident, name, its_group in self.elements if its_group == group)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRules:
    """How a statement is read. `fold` maps Traditional characters to Simplified and full-width forms to half-width, one to one, so that positions stay."""

    version: str
    fold: dict[int, int]
    negation: NegationRule
    elements: tuple[ElementRule, ...]


def load_statement_settings(path: Path = FILE) -> StatementSettings:
    """What of this file is needed to judge a response: not its patterns, which take a sixth of a second to compile. Raises UnusableInput as below."""
    top = read_toml(path)
    made = StatementSettings(
        actions=_actions(top.table("actions")),
        elements=tuple((reader.text("id"), reader.text("name"), cast(Group, reader.text("group"))) for reader in top.tables("element")),
    )
    top.close()
    return made


@lru_cache(maxsize=1)
def shipped_rules() -> StatementRules:
    """The rules of our file, compiled once a process."""
    return load_statement_rules()


def load_statement_rules(path: Path = FILE) -> StatementRules:
    """How this file reads statements. Raises UnusableInput with all faults: patterns that do not compile, unknown or missing elements, unknown action types."""
    top = read_toml(path)
    fragments = _fragments(top.table("fragments"))
    rules = StatementRules(
        version=top.text("version"),
        fold=HALF_WIDTH | {ord(old): ord(new) for old, new in load_traditional(TRADITIONAL).items()},
        negation=_negation(top.table("negation")),
        elements=_elements(top, fragments, _undone(top.table("undone"), fragments)),
    )
    _actions(top.table("actions"))  # for its faults
    top.done()
    top.close()
    return rules


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these words, longer ones first; a pattern that never matches for none."""
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) or r"(?!)")


def _negation(reader: TomlReader) -> NegationRule:
    made = NegationRule(
        window=reader.integer("window", low=1),
        double_gap=reader.integer("double_gap"),
        breaks=_any_of(reader.texts("breaks")),
        words=_any_of(reader.texts("words")),
        exceptions=_any_of(reader.texts("exceptions")),
        hedges=_any_of(reader.texts("hedges")),
        clause_ends=frozenset(reader.text("clause_ends")),
        sentence_ends=frozenset(reader.text("sentence_ends")),
    )
    reader.done()
    return made


def _fragments(reader: TomlReader) -> dict[str, str]:
    made: dict[str, str] = {}
    for key in reader.data:
        made[key] = _spelt_out(reader.text(key), made)
    return made


def _spelt_out(pattern: str, fragments: dict[str, str]) -> str:
    for name, meaning in fragments.items():
        pattern = pattern.replace(f"<{name}>", meaning)
    return pattern


def _compiled(reader: TomlReader, key: str, pattern: str, fragments: dict[str, str]) -> re.Pattern[str]:
    try:
        made = re.compile(_spelt_out(pattern, fragments))
    except re.error as error:
        reader.fault(key, f"不是合法的匹配式 {pattern!r}({error})")
        return re.compile(r"(?!)")
    if made.match(""):
        reader.fault(key, f"匹配式 {pattern!r} 会匹配空文字")
    if left := re.search(r"(?<!\?)<([a-z]+)>", made.pattern):
        reader.fault(key, f"没有名为 {left.group(1)} 的片段")
    return made


def _undone(reader: TomlReader, fragments: dict[str, str]) -> tuple[re.Pattern[str], ...]:
    made = tuple(_compiled(reader, "patterns", pattern, fragments) for pattern in reader.texts("patterns"))
    reader.done()
    return made


def _elements(top: TomlReader, fragments: dict[str, str], undone: tuple[re.Pattern[str], ...]) -> tuple[ElementRule, ...]:
    made: list[ElementRule] = []
    for reader in top.tables("element"):
        ident = reader.text("id")
        group = reader.text("group")
        if ident and ident not in ELEMENTS:
            reader.fault("id", f"不认识的要素 {ident!r}；可用：{'、'.join(ELEMENTS)}")
        elif ident and group and ELEMENTS[ident] != group:
            reader.fault("group", f"{ident} 属于 {ELEMENTS[ident]}")
        if any(other.ident == ident for other in made):
            reader.fault("id", f"重复：{ident}")

        def optional(key: str, reader: TomlReader = reader) -> re.Pattern[str] | None:
            return _compiled(reader, key, reader.text(key), fragments) if reader.has(key) else None

        made.append(
            ElementRule(
                ident=ident,
                name=reader.text("name"),
                group=cast(Group, group if group in get_args(Group) else "tone"),
                patterns=tuple(_compiled(reader, "patterns", pattern, fragments) for pattern in reader.texts("patterns")),
                excepts=(
                    *(_compiled(reader, "except", pattern, fragments) for pattern in reader.texts("except", ())),
                    *(undone if reader.flag("undone", False) else ()),
                ),
                needs=optional("needs_sentence"),
                skips=optional("skip_sentence"),
                skip_unless=optional("skip_unless"),
                negatable=reader.flag("negatable"),
                hedgeable=reader.flag("hedgeable", False),
            )
        )
        reader.done()
    for wanted in ELEMENTS:
        if top.has("element") and not any(rule.ident == wanted for rule in made):
            top.fault("element", f"缺少要素 {wanted}")
    return tuple(made)


def _actions(reader: TomlReader) -> ActionRules:
    def types(key: str) -> tuple[str, ...]:
        words = reader.texts(key)
        for word in words:
            if word not in ACTION_TYPES:
                reader.fault(key, f"不认识的动作类型 {word!r}")
        return words

    made = ActionRules(
        public=types("public"),
        public_if_acknowledging=types("public_if_acknowledging"),
        public_if_published=types("public_if_published"),
        formal=types("formal"),
        formal_otherwise=types("formal_otherwise"),
        bloggers=types("bloggers"),
        private=types("private"),
        removal=types("removal"),
    )
    reader.done()
    return made
