"""A write either happened whole or did not happen."""

import os
from pathlib import Path

import pytest

from review import output
from review.incident.errors import UnusableInput

MARK = b'{"schema": "review.findings"}'


def test_a_folder_is_written_whole_and_replaces_only_our_own(tmp_path: Path) -> None:
    target = tmp_path / "out" / "报告"
    written = output.replace_folder(target, {"findings.json": MARK, "work/a.csv": b"1"}, force=False)
    assert [path.relative_to(target).as_posix() for path in written] == ["findings.json", "work/a.csv"]
    output.replace_folder(target, {"findings.json": MARK}, force=False)
    assert sorted(path.name for path in target.iterdir()) == ["findings.json"]
    assert [path.name for path in target.parent.iterdir()] == ["报告"]


def test_a_foreign_folder_is_left_alone_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(UnusableInput, match="不是本工具生成"):
        output.replace_folder(tmp_path / "mine", {"findings.json": MARK}, force=False)
    assert (tmp_path / "mine" / "thesis.docx").read_bytes() == b"years of work"
    output.replace_folder(tmp_path / "mine", {"findings.json": MARK}, force=True)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["findings.json"]


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_failure_at_any_step_leaves_the_earlier_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    target = tmp_path / "报告"
    output.replace_folder(target, {"findings.json": MARK, "report.pdf": b"one"}, force=False)
    real_rename = Path.rename

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    def stuck(self: Path, to: Path) -> Path:
        if to == target and "earlier" not in self.name:
            raise PermissionError(13, "Permission denied")
        return real_rename(self, to)

    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "rename", stuck)
    with pytest.raises(UnusableInput, match="未写入"):
        output.replace_folder(target, {"findings.json": MARK, "report.pdf": b"two"}, force=False)
    monkeypatch.undo()
    assert (target / "report.pdf").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["报告"]


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    output.write_file(tmp_path / "a.xlsx", b"1")
    with pytest.raises(UnusableInput, match="已存在"):
        output.write_file(tmp_path / "a.xlsx", b"2")
    assert (tmp_path / "a.xlsx").read_bytes() == b"1"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("text", ["a/b:c*?", "CON", "lpt1.txt", "名字. ", "", "\u202e倒", "x" * 300])
def test_names_are_safe_on_every_file_system(text: str) -> None:
    name = output.safe_name(text)
    assert name
    assert len(name) <= 61
    assert not set(name) & set('<>:"/\\|?*\u202e')
    assert name == name.strip(". ")
    assert name.split(".")[0].upper() not in {"CON", "LPT1"}
