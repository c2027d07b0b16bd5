"""What a statement says: elements of a solution and of transparency, boilerplate, apology and blame, each with the matched words and their place.

A proposal by rule, to be confirmed or overruled by people. The four elements of a solution (动作, 时限, 额度或范围, 申请路径) and the example pair
「3天内可申请全额退款」 against 「后续会处理」 are those of the source articles; the rules themselves are our default and stand in statement.toml.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from review.settings.statement import ElementRule, Group, NegationRule, StatementRules

Refusal = Literal["negated", "hedged", "excepted", "other_sentence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordMatch:
    """Words of the original text that a rule matched: text[start:end] == words. refused: why it does not count; None where it counts."""

    element: str
    words: str
    start: int
    end: int
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementReading:
    """All matches in one text, in the order of the text; `elements` pairs element id and group, in rule order."""

    text: str
    matches: tuple[WordMatch, ...]
    elements: tuple[tuple[str, Group], ...]

    def found(self, group: Group) -> tuple[str, ...]:
        """Ids of the group's elements with at least one match that counts, in rule order."""
        present = {match.element for match in self.matches if match.refused is None}
        return tuple(ident for ident, its_group in self.elements if its_group == group and ident in present)

    def quotes(self, element: str) -> tuple[str, ...]:
        """The words that count for this element, in the order of the text, each once."""
        return tuple(dict.fromkeys(match.words for match in self.matches if match.element == element and match.refused is None))

    @property
    def holds(self) -> bool:
        """True where the text acknowledges the matter and says it is being handled: a holding statement."""
        return len(self.found("holding")) == 2


def read_statement(text: str, rules: StatementRules) -> StatementReading:
    """The reading of one text; an empty text has no matches.

    Traditional characters and full-width forms are folded one to one before matching, so positions and quotes are those of the original. A match does not
    count where, within the same clause, a negation stands in the window before it (negated; a double one cancels out), a mere intention does (hedged), an
    exception covers its start (excepted), or its sentence speaks of something else (other_sentence). Of overlapping matches of one element the earliest, then
    longest, stays; one that counts goes before one that does not.
    """
    folded = text.translate(rules.fold)
    sentences = _sentences(folded, rules.negation.sentence_ends)
    matches: list[WordMatch] = []
    for rule in rules.elements:
        matches.extend(_of_element(text, folded, sentences, rule, rules.negation))
    order = {rule.ident: i for i, rule in enumerate(rules.elements)}
    matches.sort(key=lambda match: (match.start, match.end, order[match.element]))
    return StatementReading(text=text, matches=tuple(matches), elements=tuple((rule.ident, rule.group) for rule in rules.elements))


def _of_element(text: str, folded: str, sentences: Sequence[str], rule: ElementRule, negation: NegationRule) -> list[WordMatch]:
    excepted, taken = bytearray(len(text)), bytearray(len(text))
    for pattern in rule.excepts:
        for found in pattern.finditer(folded):
            excepted[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    of_it: dict[str, bool] = {}
    candidates: list[WordMatch] = []
    for pattern in rule.patterns:
        for found in pattern.finditer(folded):
            start, end = found.span()
            sentence = sentences[start]
            if sentence not in of_it:
                of_it[sentence] = _speaks_of_it(sentence, rule)
            refused: Refusal | None = None
            if excepted[start]:
                refused = "excepted"
            elif not of_it[sentence]:
                refused = "other_sentence"
            else:
                refused = _turned_around(folded, start, rule, negation)
            candidates.append(WordMatch(element=rule.ident, words=text[start:end], start=start, end=end, refused=refused))
    candidates.sort(key=lambda match: (match.refused is not None, match.start, -match.end))
    kept: list[WordMatch] = []
    for match in candidates:
        if not any(taken[match.start : match.end]):
            taken[match.start : match.end] = b"\1" * (match.end - match.start)
            kept.append(match)
    return kept


def _sentences(folded: str, ends: frozenset[str]) -> list[str]:
    """For each place of the text the sentence it stands in, without its closing mark; a mark belongs to the sentence it closes."""
    made: list[str] = []
    first = 0
    for place, mark in enumerate((*folded, "")):
        if mark in ends or not mark:
            made += [folded[first:place]] * (place + 1 - first)
            first = place + 1
    return made


def _speaks_of_it(sentence: str, rule: ElementRule) -> bool:
    if rule.needs is not None and not rule.needs.search(sentence):
        return False
    skipped = rule.skips is not None and rule.skips.search(sentence) is not None
    return not skipped or (rule.skip_unless is not None and rule.skip_unless.search(sentence) is not None)


def _turned_around(folded: str, start: int, rule: ElementRule, negation: NegationRule) -> Refusal | None:
    """negated or hedged by what stands before `start` in its clause; the nearest negation decides, with those it forms a chain of."""
    first = start
    while first > 0 and start - first < negation.window and folded[first - 1] not in negation.clause_ends:
        first -= 1
    turns = list(negation.breaks.finditer(folded[first:start]))
    if turns:
        first += turns[-1].end()
    before = folded[first:start]
    if rule.hedgeable and negation.hedges.search(before):
        return "hedged"
    if not rule.negatable:
        return None
    # exceptions may begin before the window or reach into the match
    around = max(0, first - negation.window)
    harmless = [(around + e.start(), around + e.end()) for e in negation.exceptions.finditer(folded[around : start + negation.window])]
    spans = [(first + word.start(), first + word.end()) for word in negation.words.finditer(before)]
    real = [span for span in spans if not any(low <= span[0] < high for low, high in harmless)]
    if not real:
        return None
    chain = 1
    while chain < len(real) and real[-chain][0] - real[-chain - 1][1] <= negation.double_gap:
        chain += 1
    return "negated" if chain % 2 else None
