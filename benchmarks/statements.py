"""Measures the rules that read statements on texts labelled by hand: python benchmarks/statements.py [FILE ...] [--errors]

Each line of a file is one invented public statement as JSON: id, kind, industry, text, and labels (element id → the words that make it true; an element that
is absent is not true). Default: tests/data/statements/*.jsonl, 110 texts each, written and labelled by a language model that had not seen the rules, after one
page of definitions. The rules were widened on sets a to c in turn (each was measured unseen first); on set d they were measured once they stood.

Prints for every element how many of the texts found to have it do (precision) and how many that have it are found (recall), set by set and together.
--errors: the texts read otherwise.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.analysis.statement import read_statement
from review.settings.statement import StatementRules, load_statement_rules

SETS = Path(__file__).resolve().parent.parent / "tests" / "data" / "statements"
UNLABELLED = frozenset({"boilerplate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Texts that have an element and were found to, were found to and do not, and have it and were missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(right=self.right + other.right, wrong=self.wrong + other.wrong, missed=self.missed + other.missed)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def labelled(path: Path) -> list[dict[str, Any]]:
    """The statements of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def tallies(statements: Sequence[dict[str, Any]], rules: StatementRules, show: bool = False) -> dict[str, Tally]:
    """Element id → its tally, in rule order. show: print the texts read otherwise."""
    made = {rule.ident: Tally() for rule in rules.elements if rule.ident not in UNLABELLED}
    for statement in statements:
        reading = read_statement(statement["text"], rules)
        for element in made:
            found, true = reading.quotes(element), statement["labels"].get(element)
            made[element] += Tally(right=bool(found and true), wrong=bool(found and not true), missed=bool(true and not found))
            if show and bool(found) != bool(true):
                print(f"{statement['id']} {element}: {f'found {found}' if found else f'missed {true}'}\n    {statement['text']!r}")
    return made


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("files", nargs="*", type=Path)
    options.add_argument("--errors", action="store_true")
    chosen = options.parse_args()
    rules = load_statement_rules()
    whole: dict[str, Tally] = {}
    for path in chosen.files or sorted(SETS.glob("*.jsonl")):
        made = tallies(labelled(path), rules, chosen.errors)
        together = sum(made.values(), Tally())
        print(f"{path.name:16} precision {together.precision:.3f}  recall {together.recall:.3f}")
        whole = {element: whole.get(element, Tally()) + tally for element, tally in made.items()}
    for element, tally in (*whole.items(), ("together", sum(whole.values(), Tally()))):
        print(f"{element:16} precision {tally.precision:.3f}  recall {tally.recall:.3f}  of {tally.right + tally.missed}")


if __name__ == "__main__":
    main()
