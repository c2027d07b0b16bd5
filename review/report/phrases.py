"""The words of the report: phrases a PR person can edit, with named places for numbers and quotes.

A phrase file holds `[section] key = "…{place}…"` and `terms`: the fixed terms that may contain digits (24 小时解决率). A digit typed anywhere else in a phrase
is a fault that names file and key: numbers come from claims only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.incident.errors import Fault, UnusableInput
from review.report.document import DIGIT, Label, Num, Quoted, Ref, Span, Strong, Text, Words
from review.report.theme import Theme, templates_dir
from review.settings.toml import TomlReader, read_toml

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_GAP_AFTER = re.compile(r"[\u3400-\u9fff] $")
_GAP_BEFORE = re.compile(r" [\u3400-\u9fff]")

Part = Span | Text


@dataclass(frozen=True, slots=True)
class Phrases:
    """phrases by dotted key, each parsed once into words, terms and places; terms: every fixed term with digits."""

    phrases: Mapping[str, tuple[Words | Label | str, ...]]
    terms: frozenset[str]

    def say(self, key: str, /, **parts: Part) -> Text:
        """The phrase with its places filled. KeyError for an unknown key, ValueError where parts and places do not match: faults of ours."""
        spans: list[Span] = []
        used = set()
        for piece in self.phrases[key]:
            if isinstance(piece, str):
                used.add(piece)
                if piece not in parts:
                    raise ValueError(f"{key}: nothing given for {{{piece}}}")
                part = parts[piece]
                spans.extend(part) if isinstance(part, tuple) else spans.append(part)
            else:
                spans.append(piece)
        if used != set(parts):
            raise ValueError(f"{key}: no place for {sorted(set(parts) - used)}")
        return _spaced(spans)

    def word(self, key: str) -> str:
        """A phrase without places, as a string (table heads, names)."""
        return "".join(piece.text for piece in self.say(key))

    def has(self, key: str) -> bool:
        return key in self.phrases


def _spaced(spans: list[Span]) -> Text:
    """The spans without the gap that a phrase leaves beside a figure where what came there begins, or ends, in Chinese: 为约四成, not 为 约四成.

    A range has both gaps or none: 8月12日至8月16日, 20:00 至 21:00.
    """
    made: list[Span] = []
    for i, span in enumerate(spans):
        if isinstance(span, Words):
            text = span.text
            if i + 1 < len(spans) and _GAP_AFTER.search(text) and _CHINESE.match(spans[i + 1].text):
                text = text[:-1]
            if i and _GAP_BEFORE.match(text) and _CHINESE.match(spans[i - 1].text[-1:]):
                text = text[1:]
            if text != span.text:
                span = Words(text.strip() if text.strip() == "至" else text)
        made.append(span)
    return tuple(made)


def phrases_of(theme: Theme) -> Phrases:
    """The phrases of the theme's language, the house's before ours."""
    shipped, folder = templates_dir(), theme.language.phrases
    return load_phrases(shipped / folder, next((house / folder for house in theme.folders if house != shipped), None))


def load_phrases(folder: Path, own: Path | None = None) -> Phrases:
    """The phrases of every *.toml in a folder (one language); each file may list its own `terms`. `own`: a house's folder whose keys go before ours.

    Raises UnusableInput naming file and key of every digit outside the terms, every text that is none, every key given twice in one folder, and every own
    key that ours do not have.
    """
    readers = _readers(folder)
    if not readers:
        raise UnusableInput(Fault(str(folder), "没有任何文字模板（*.toml）"))
    theirs = [] if own is None else _readers(own)
    faults: list[Fault] = []
    terms: set[str] = set()
    for reader in (*readers, *theirs):
        terms.update(reader.texts("terms", ()))
        faults.extend(reader.faults)
    longest_first = tuple(sorted(terms, key=lambda term: (-len(term), term)))
    found: dict[str, tuple[Words | Label | str, ...]] = {}
    for reader in readers:
        for key, text in _flat({name: value for name, value in reader.data.items() if name != "terms"}):
            if not isinstance(text, str):
                faults.append(Fault(reader.file, f"{key} 应为文字，现为 {text!r}"))
                continue
            if key in found:
                faults.append(Fault(reader.file, f"{key} 重复"))
            pieces, stray = _parse(text, longest_first)
            if stray:
                faults.append(Fault(reader.file, f"{key} 里写了数字“{stray}”", "数字只能由数据填入；固定名称请列入 terms"))
            found[key] = pieces
    for reader in theirs:
        for key, text in _flat({name: value for name, value in reader.data.items() if name != "terms"}):
            if key not in found or not isinstance(text, str):
                faults.append(Fault(reader.file, f"{key} 不是已有的文字"))
                continue
            pieces, stray = _parse(text, longest_first)
            if stray:
                faults.append(Fault(reader.file, f"{key} 里写了数字“{stray}”", "数字只能由数据填入；固定名称请列入 terms"))
            if {piece for piece in pieces if isinstance(piece, str)} != {piece for piece in found[key] if isinstance(piece, str)}:
                faults.append(Fault(reader.file, f"{key} 的 {{…}} 与原文不一致"))
            found[key] = pieces
    if faults:
        raise UnusableInput(*faults)
    return Phrases(found, frozenset(terms))


def _readers(folder: Path) -> list[TomlReader]:
    """The files of one language; faults name its folder too, as every language has files of the same names."""
    return [TomlReader(read_toml(path).data, f"{folder.name}/{path.name}") for path in sorted(folder.glob("*.toml"))]


def _flat(data: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = []
    for name, value in data.items():
        key = f"{prefix}{name}"
        out += _flat(value, f"{key}.") if isinstance(value, dict) else [(key, value)]
    return out


def _parse(text: str, terms: tuple[str, ...]) -> tuple[tuple[Words | Label | str, ...], str]:
    """Pieces of a phrase, and the first stray number ('' if none)."""
    pieces: list[Words | Label | str] = []
    stray = ""
    for i, part in enumerate(_PLACE.split(text)):
        if i % 2:
            pieces.append(part)
            continue
        pattern = "(" + "|".join(re.escape(term) for term in terms) + ")" if terms else "(?!)()"
        for j, bit in enumerate(re.split(pattern, part)):
            if not bit:
                continue
            if j % 2:
                pieces.append(Label(bit))
            elif DIGIT.search(bit):
                stray = stray or bit
            else:
                pieces.append(Words(bit))
    return tuple(pieces), stray


_HALF_TO_FULL = str.maketrans({",": "，", ";": "；", ":": "：", "(": "（", ")": "）", "?": "？", "!": "！"})
_MARK_BESIDE_CHINESE = re.compile(
    r"(?<=[\u3400-\u9fff”》」』】%）])[,;:?!(]|[)](?=[\u3400-\u9fff，。；：、])|[,;:?!(](?=[\u3400-\u9fff“《「『【（])|(?<=[\u3400-\u9fff”》%])[)]"
)


def typeset(text: str) -> str:
    """Chinese text with full-width marks where half-width ones stand beside Chinese characters; brackets are closed as they were opened."""
    out = _MARK_BESIDE_CHINESE.sub(lambda mark: mark[0].translate(_HALF_TO_FULL), text)
    open_full = []
    made = []
    for mark in out:  # a bracket closes in the width it was opened in
        if mark in "(（":
            open_full.append(mark == "（")
        elif mark in ")）" and open_full:
            mark = "）" if open_full.pop() else ")"
        made.append(mark)
    return "".join(made)


def joined(texts: list[Text], separator: str = "；") -> Text:
    """Texts one after another with a separator between."""
    spans: list[Span] = []
    for i, text in enumerate(texts):
        if i:
            spans.append(Words(separator))
        spans.extend(text)
    return tuple(spans)


def strong(span: Words | Num | Quoted | Label | Ref | Strong) -> Span:
    """The span emphasised, where it can be."""
    return span if isinstance(span, Ref | Strong) else Strong(span)
