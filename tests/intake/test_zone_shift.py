"""Naive times in two zones, told by the items two tables share."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from review.intake.load import LoadOptions, load

START = datetime(2026, 3, 15, 10, 7, 31)  # noqa: DTZ001  # as an export writes it, without a zone
FORMS = {"s": "%Y-%m-%d %H:%M:%S", "min": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d"}


def export(path: Path, hours: Sequence[float], form: str = "s") -> Path:
    """A table of len(hours) posts, each that many hours later than where it began."""
    lines = ["笔记id,发布时间,笔记内容,点赞数"]
    for i, late in enumerate(hours):
        at = START + timedelta(minutes=17 * i, hours=late)
        lines.append(f"66f0a1b2000000000c0{i:05d},{at.strftime(FORMS[form])},第{i}条漏水了,{i}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def warnings(*paths: Path) -> tuple[str, ...]:
    return load(paths, LoadOptions()).import_log.warnings


@pytest.mark.parametrize(("late", "said"), [(8, "“乙.csv”的时间比“甲.csv”整晚 8 小时"), (-8, "“甲.csv”的时间比“乙.csv”整晚 8 小时")])
def test_two_tables_eight_hours_apart_are_named_with_the_shift(tmp_path: Path, late: int, said: str) -> None:
    paths = export(tmp_path / "甲.csv", [0] * 10), export(tmp_path / "乙.csv", [late] * 10)
    (warning,) = warnings(*paths)
    assert said in warning
    assert "10 条共有内容中的 10 条" in warning
    assert warnings(*reversed(paths)) == (warning,)


def test_equal_times_are_no_shift(tmp_path: Path) -> None:
    assert warnings(export(tmp_path / "甲.csv", [0] * 10), export(tmp_path / "乙.csv", [0] * 10)) == ()


def test_four_shared_rows_are_too_few_and_five_are_enough(tmp_path: Path) -> None:
    assert warnings(export(tmp_path / "甲.csv", [0] * 4), export(tmp_path / "乙.csv", [8] * 4)) == ()
    assert len(warnings(export(tmp_path / "甲.csv", [0] * 5), export(tmp_path / "乙.csv", [8] * 5))) == 1


def test_eighty_percent_of_the_shared_rows_are_needed(tmp_path: Path) -> None:
    one = export(tmp_path / "甲.csv", [0] * 10)
    assert len(warnings(one, export(tmp_path / "乙.csv", [8] * 8 + [0] * 2))) == 1
    assert warnings(one, export(tmp_path / "乙.csv", [8] * 7 + [0] * 3)) == ()


@pytest.mark.parametrize("hours", [0.5, 7.75, 48.0])
def test_half_hours_and_whole_days_beyond_any_zone_are_no_shift(tmp_path: Path, hours: float) -> None:
    assert warnings(export(tmp_path / "甲.csv", [0] * 10), export(tmp_path / "乙.csv", [hours] * 10)) == ()


def test_minutes_beside_seconds_are_compared_as_minutes_and_days_not_at_all(tmp_path: Path) -> None:
    one = export(tmp_path / "甲.csv", [0] * 10)
    assert len(warnings(one, export(tmp_path / "乙.csv", [8] * 10, "min"))) == 1
    assert warnings(one, export(tmp_path / "乙.csv", [0] * 10, "min")) == ()
    assert warnings(one, export(tmp_path / "乙.csv", [24] * 10, "day")) == ()


def test_of_three_tables_only_the_odd_one_is_named(tmp_path: Path) -> None:
    (warning,) = warnings(export(tmp_path / "1.csv", [0] * 6), export(tmp_path / "2.csv", [0] * 6), export(tmp_path / "3.csv", [-8] * 6))
    assert "“2.csv”的时间比“3.csv”整晚 8 小时" in warning
