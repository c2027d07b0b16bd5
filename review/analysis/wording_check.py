"""内容合规自查: absolute claims in the brand's own notes, each with the words, where they stand, and advice. A hint, never a legal finding."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from review.analysis.own_voice import is_own
from review.analysis.row_sets import row_set, rows_at
from review.analysis.spread import PostCard, cards_at
from review.incident.case import Case
from review.incident.evidence import RowSet
from review.incident.tables import PUBLISHED_KINDS
from review.settings.absolute_claims import ClaimRule, ClaimRules

_SENTENCE_END = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingHit:
    """One place: the matched words, their surroundings as published, the rule's name and advice, and the note."""

    rule: str
    words: str
    excerpt: str
    name: str
    advice: str
    note: PostCard
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingCheck:
    """hits: at most rules.most places in time order; found: all places; notes, notes_hit: own notes read and those with a place; rows, hit_rows: theirs."""

    hits: tuple[WordingHit, ...]
    found: int
    notes: int
    notes_hit: int
    rows: RowSet
    hit_rows: RowSet


def check_wording(posts: pd.DataFrame, case: Case, rules: ClaimRules) -> WordingCheck:
    """Absolute claims in own notes (title and text) by time, then place; a claim within another is not counted twice.

    A sentence that takes the wording back (rules.corrections: 已删除, 更正 …) is passed over. The same words in the same note count once.
    """
    notes = posts[is_own(posts, case) & posts["kind"].isin(PUBLISHED_KINDS)]
    notes = notes.sort_values(["published_at", "platform", "item_id", "file", "row"], kind="stable", na_position="last")
    places: list[tuple[int, int, str, ClaimRule, str]] = []
    for i, (title, text) in enumerate(zip(notes["title"].fillna(""), notes["text"].fillna(""), strict=True)):  # a brand's notes: tens, seldom hundreds
        places += [(i, *found) for found in _claims(f"{title}\n{text}", rules)]
    shown = places[: rules.most]
    made = cards_at(notes, [place[0] for place in shown])
    hit = np.unique(np.asarray([place[0] for place in places], dtype=np.int64))
    return WordingCheck(
        hits=tuple(
            WordingHit(rule=rule.ident, words=words, excerpt=excerpt, name=rule.name, advice=rule.advice, note=card, rows=card.rows)
            for (_, _, words, rule, excerpt), card in zip(shown, made, strict=True)
        ),
        found=len(places),
        notes=len(notes),
        notes_hit=len(hit),
        rows=row_set(notes),
        hit_rows=rows_at(notes, hit),
    )


def _claims(text: str, rules: ClaimRules) -> list[tuple[int, str, ClaimRule, str]]:
    """(start, words, rule, excerpt) of the claims in one text, by place; the longest of overlapping ones, then the first rule."""
    matches = [(match.start(), match.end(), order, rule) for order, rule in enumerate(rules.rules) for match in rule.pattern.finditer(text)]
    matches.sort(key=lambda each: (each[0], -each[1], each[2]))
    made: list[tuple[int, str, ClaimRule, str]] = []
    reach, seen = 0, set()
    for start, end, _, rule in matches:
        words = text[start:end]
        if start < reach or words in seen or any(word in _sentence(text, start, end) for word in rules.corrections):
            continue
        reach = end
        seen.add(words)
        made.append((start, words, rule, _excerpt(text, start, end, rules.around)))
    return made


def _sentence(text: str, start: int, end: int) -> str:
    first = max((mark.end() for mark in _SENTENCE_END.finditer(text, 0, start)), default=0)
    last = _SENTENCE_END.search(text, end)
    return text[first : last.start() if last else len(text)]


def _excerpt(text: str, start: int, end: int, around: int) -> str:
    """The words with up to so many characters on each side, within their line, … where cut."""
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    first, last = max(line_start, start - around), min(line_end, end + around)
    return ("…" if first > line_start else "") + text[first:last].strip() + ("…" if last < line_end else "")
