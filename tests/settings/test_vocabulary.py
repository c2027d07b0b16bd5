"""The words people type and the codes of the domain are one list; the sheets' fields are the fields of the case and columns of the tables."""

from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from review.incident import case, tables
from review.incident.errors import UnusableInput
from review.settings.rubric import INDICATORS, load_rubric
from review.settings.sheets import Sheet, read_sheets
from review.settings.toml import SETTINGS_DIR, read_toml
from review.settings.vocabulary import read_vocabulary

CODES: dict[str, tuple[str, ...]] = {
    "incident_type": get_args(case.IncidentType),
    "nature": get_args(case.Nature),
    "level": get_args(case.LevelChoice),
    "lead": get_args(case.Lead),
    "strategy_match": get_args(case.StrategyMatch),
    "red_line": get_args(case.RedLine),
    "item_kind": get_args(case.ItemKind),
    "action_status": get_args(case.ActionStatus),
    "platform": tables.PLATFORMS,
    "action": tables.ACTION_TYPES,
    "scope": tables.SCOPES,
    "post_kind": tables.POST_KINDS,
    "author_type": tables.AUTHOR_TYPES,
    "sentiment": tables.SENTIMENTS,
    "stance": tables.STANCES,
    "user_tier": tables.USER_TIERS,
    "indicator": tuple(INDICATORS),
    "snapshot_metric": tuple(read_sheets().metrics),
}


@pytest.mark.parametrize("name", CODES)
def test_a_vocabulary_has_the_codes_of_the_domain(name: str) -> None:
    assert set(read_vocabulary()[name].printed) == set(CODES[name])


def test_every_printed_word_and_code_parses_back_to_its_code() -> None:
    for words in read_vocabulary().words.values():
        for code, word in words.printed.items():
            assert words.code(word) == code
            assert words.code(f" {word.upper()} ") == code
        assert words.code("没有这个词") is None


def test_indicators_and_emotions_carry_the_names_of_their_own_files() -> None:
    vocabulary = read_vocabulary()
    assert {each.ident: each.name for each in load_rubric().criteria} == dict(vocabulary["indicator"].printed)
    labels = read_toml(SETTINGS_DIR / "emotion.toml").table("labels")
    assert {code: labels.text(code) for code in labels.data} == dict(vocabulary["emotion"].printed)


def names(sheet: Sheet) -> set[str]:
    return {field.code for field in sheet.fields}


def test_the_fields_are_those_of_the_case_and_of_the_tables() -> None:
    sheets = read_sheets()
    made = {"silence", "items", "sources", "day_only"}
    assert names(sheets["facts"]) - {"silence_at", "silence_by", "silence_reason"} == {f.name for f in fields(case.Case)} - made
    assert names(sheets["items"]) == {field.name for field in fields(case.CaseItem)} - {"source"}
    for code, table in (
        ("responses", tables.RESPONSES),
        ("snapshots", tables.METRIC_POINTS),
        ("points", tables.METRIC_POINTS),
        ("key_posts", tables.POSTS),
        ("totals", tables.SAMPLES),
        ("tickets", tables.TICKETS),
    ):
        assert names(sheets[code]) <= set(table.names), code
    assert set(tables.RESPONSES.names) - names(sheets["responses"]) == {"file", "sheet", "row", "precision"}


def test_each_header_means_its_own_field() -> None:
    for sheet in (*read_sheets().sheets, *read_sheets().logs):
        for field in sheet.fields:
            assert sheet.field_of(f" {field.name}* ") == field


def test_a_word_of_two_codes_is_a_fault_naming_both(tmp_path: Path) -> None:
    path = tmp_path / "v.toml"
    path.write_text('[a]\nx = ["甲"]\ny = ["甲"]\nz = []\n', encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        read_vocabulary(path)
    assert "a.y" in str(caught.value)
    assert "同时属于 x" in str(caught.value)
    assert "a.z" in str(caught.value)


def test_an_unknown_kind_or_vocabulary_of_a_field_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    bad = [("甲", "a", "word", "没有"), ("乙", "b", "奇", "y")]
    field = ", ".join(f'{{ name = "{n}", code = "{c}", kind = "{k}", words = "{w}", help = "h", example = "" }}' for n, c, k, w in bad)
    path.write_text(f'logs = []\n[[sheets]]\ncode = "x"\nname = "x"\nnote = "x"\nfields = [{field}]\n[metric]\n', encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        read_sheets(path)
    assert "没有" in str(caught.value)
    assert "奇" in str(caught.value)
