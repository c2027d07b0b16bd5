"""The rubric file: its numbers, its faults, its identity."""

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.incident.errors import UnusableInput
from review.settings.reasons import load_reasons
from review.settings.rubric import FILE, INDICATORS, Curve, load_rubric

RUBRIC = load_rubric()
TEXT = FILE.read_text(encoding="utf-8")


def faults_of(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        load_rubric(path)
    return str(caught.value)


def test_the_weights_sum_to_100_and_process_weighs_60() -> None:
    assert sum(criterion.weight for criterion in RUBRIC.criteria) == 100
    assert sum(criterion.weight for criterion in RUBRIC.criteria if criterion.brand_did) == 60
    by_dimension = [sum(c.weight for c in RUBRIC.criteria if c.dimension == d.ident) for d in RUBRIC.dimensions]
    assert by_dimension == [20, 22, 18, 28, 12]


def test_all_nineteen_indicators_are_there_once_each() -> None:
    assert sorted(criterion.ident for criterion in RUBRIC.criteria) == sorted(INDICATORS)
    assert len(INDICATORS) == 19


@pytest.mark.parametrize(("reads", "level"), [(5_000_000, "l1"), (4_999_999, "l2"), (5_000_001, "l1"), (0, "l2")])
def test_exactly_five_million_reads_is_level_one(reads: float, level: str) -> None:
    assert RUBRIC.level_of(reads) == level


@pytest.mark.parametrize(("ratio", "points"), [(0, 100), (1, 100), (1.5, 80), (2, 60), (3, 45), (4, 30), (8, 15), (12, 0), (99, 0), (-3, 100)])
def test_the_curve_of_the_first_response_gives_the_points_of_the_rubric(ratio: float, points: float) -> None:
    assert RUBRIC.criterion("first_response").line().at(ratio) == pytest.approx(points)


@pytest.mark.parametrize(
    ("total", "name"), [(85, "应对得体"), (84.999, "基本得当"), (70, "基本得当"), (55, "存在明显不足"), (54.9, "应对失当"), (0, "应对失当")]
)
def test_a_grade_begins_at_its_line(total: float, name: str) -> None:
    assert RUBRIC.grade(total).name == name


def test_the_identity_is_the_hash_of_the_file_bytes() -> None:
    assert RUBRIC.sha256 == hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert RUBRIC.version == "2026.1"


def test_every_starred_target_is_marked_as_our_default() -> None:
    assert RUBRIC.criterion("formal_plan").target_is_default("l2")
    assert not RUBRIC.criterion("formal_plan").target_is_default("l1")
    assert not RUBRIC.criterion("first_response").target_is_default("l1")
    assert RUBRIC.criterion("back_to_normal").target_is_default("l1")


def test_every_criterion_says_what_was_done_well_and_badly_and_where_it_comes_from() -> None:
    for criterion in RUBRIC.criteria:
        assert criterion.practice_good
        assert criterion.practice_bad
        assert criterion.formula
        assert criterion.source


def test_all_faults_are_reported_with_their_paths(tmp_path: Path) -> None:
    broken = (
        TEXT.replace("weight = 12", "weight = 13", 1)
        .replace('id = "kol"', 'id = "kolx"', 1)
        .replace("x = [1, 2, 4, 6]", "x = [1, 4, 2, 6]", 1)
        .replace("targets = { l1 = 0.5, l2 = 0.5 }", "targets = { l1 = 0.5 }", 1)
        .replace("cap = 54.9\nhours", "cap = 154.9\nhours", 1)
        .replace('version = "2026.1"\n', "", 1)
        + '\n[[criteria]]\nid = "extra"\n'
    )
    said = faults_of(tmp_path, broken)
    assert "mine.toml" in said
    for path in ("version", "criteria[7].id", "criteria[1].curve.x", "criteria[2].targets.l2", "red_line[0].cap", "criteria[19].id", "缺少指标 kol"):
        assert path in said, path


def test_weights_that_do_not_sum_to_100_are_refused(tmp_path: Path) -> None:
    assert "权重合计应为 100，现为 101" in faults_of(tmp_path, TEXT.replace("weight = 12", "weight = 13", 1))


def test_a_misspelt_key_is_refused(tmp_path: Path) -> None:
    assert "criteria[0].wieght 不认识的键" in faults_of(tmp_path, TEXT.replace("weight = 12", "weight = 12\nwieght = 1", 1))


def test_a_delay_curve_that_rewards_waiting_is_refused(tmp_path: Path) -> None:
    assert "criteria[0].curve.y" in faults_of(tmp_path, TEXT.replace("y = [100, 60, 30, 0]", "y = [60, 100, 30, 0]", 1))


def test_two_criteria_of_one_id_are_refused(tmp_path: Path) -> None:
    said = faults_of(tmp_path, re.sub(r'id = "formal_plan"', 'id = "first_response"', TEXT, count=1))
    assert "criteria[1].id 重复" in said
    assert "缺少指标 formal_plan" in said


def test_a_file_replaces_the_rubric_whole(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace("level1_min = 5_000_000", "level1_min = 1_000_000").replace('version = "2026.1"', 'version = "own"', 1), encoding="utf-8")
    mine = load_rubric(path)
    assert (mine.version, mine.level_of(1_000_000), mine.file) == ("own", "l1", "mine.toml")
    assert mine.sha256 != RUBRIC.sha256


curves = st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 100)), min_size=2, max_size=6, unique_by=lambda point: point[0]).map(sorted)


@given(curves, st.floats(-60, 60), st.floats(-60, 60))
def test_points_over_an_interval_enclose_the_points_inside(points: list[tuple[int, int]], a: float, b: float) -> None:
    curve = Curve(x=tuple(float(x) for x, _ in points), y=tuple(float(y) for _, y in points))
    low, high = curve.over(min(a, b), max(a, b))
    assert low - 1e-9 <= curve.at((a + b) / 2) <= high + 1e-9


@given(curves, st.floats(-60, 60), st.floats(0, 100))
def test_the_nearest_value_for_some_points_earns_them(points: list[tuple[int, int]], x: float, wanted: float) -> None:
    curve = Curve(x=tuple(float(x) for x, _ in points), y=tuple(float(y) for _, y in points))
    found = curve.nearest(x, wanted)
    if found is None:
        assert max(curve.y) < wanted
    else:
        assert curve.at(found) >= wanted - 1e-6


def test_every_reason_has_its_words() -> None:
    reasons = load_reasons()
    assert all(reasons.missing.values())
    assert all(reasons.note.values())
    assert set(reasons.not_applicable) == {"documented_silence", "declared"}


@pytest.mark.parametrize(
    "line",
    [
        *(f"version = {value}" for value in ("[" * 5000, "{a=" * 900, f"{'[' * 900}{']' * 900}", "9" * 5000, f"0x{'f' * 5000}", "1" + "0" * 20)),
        f"a{'.a' * 900} = 1",
    ],
)
def test_a_file_that_no_settings_could_be_is_told_in_one_line(line: str, tmp_path: Path) -> None:
    said = faults_of(tmp_path, line)
    assert re.match(r".*mine\.toml：(其中有过长的整数|.*不合 TOML)", said)
    assert "\n" not in said


def test_a_wrong_value_is_cut_where_it_is_told(tmp_path: Path) -> None:
    assert max(map(len, faults_of(tmp_path, f'version = ["{"长" * 5000}"]').splitlines())) < 200


def test_the_id_of_a_criterion_may_be_anything_and_is_told(tmp_path: Path) -> None:
    said = faults_of(tmp_path, TEXT.replace('id = "first_response"', "id = {}", 1))
    assert re.search(r"criteria\[0\]\.id 应为文字", said)
    assert "缺少指标 first_response" in said
