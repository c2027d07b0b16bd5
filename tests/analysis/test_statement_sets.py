"""The rules against statements labelled by a language model that had not seen them: what they find is there, and most of what is there they find."""

import json
from pathlib import Path

import pytest

from review.analysis.statement import read_statement
from review.settings.statement import load_statement_rules

RULES = load_statement_rules()
SETS = sorted((Path(__file__).resolve().parents[1] / "data" / "statements").glob("*.jsonl"))
STATEMENTS = [json.loads(line) for path in SETS for line in path.read_text(encoding="utf-8").splitlines()]
ELEMENTS = [rule.ident for rule in RULES.elements if rule.ident != "boilerplate"]


def test_every_label_rests_on_words_of_its_text() -> None:
    assert len(STATEMENTS) == len({each["id"] for each in STATEMENTS}) >= 330
    for each in STATEMENTS:
        assert set(each["labels"]) <= set(ELEMENTS)
        assert all(words and words in each["text"] for evidence in each["labels"].values() for words in evidence)


@pytest.mark.parametrize("element", ELEMENTS)
def test_what_is_found_is_there_and_most_of_what_is_there_is_found(element: str) -> None:
    found = {each["id"] for each in STATEMENTS if read_statement(each["text"], RULES).quotes(element)}
    true = {each["id"] for each in STATEMENTS if each["labels"].get(element)}
    assert len(found & true) >= 0.9 * len(found), sorted(found - true)
    assert len(found & true) >= 0.75 * len(true), sorted(true - found)


@pytest.mark.parametrize("text", ["退" * 10000, "8月1日前退" * 2000, "我们没有" * 3000, "因" * 10000])
def test_matches_of_an_element_never_overlap_however_many_stand_in_one_sentence(text: str) -> None:
    reading = read_statement(text, RULES)
    for one, other in zip(reading.matches, reading.matches[1:], strict=False):
        assert one.element != other.element or one.end <= other.start
