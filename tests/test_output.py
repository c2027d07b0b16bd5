"""A write either happened whole or did not happen."""

import errno
import os
import threading
from pathlib import Path

import pytest

from review import output
from review.incident.errors import UnusableInput

MARK = b'{"schema": "review.findings"}'


def unheard(line: str) -> None:
    raise AssertionError(line)


def test_a_folder_is_written_whole_and_replaces_only_our_own(tmp_path: Path) -> None:
    target = tmp_path / "out" / "报告"
    written = output.replace_folder(target, {"findings.json": MARK, "work/a.csv": b"1"}, False, unheard)
    assert [path.relative_to(target).as_posix() for path in written] == ["findings.json", "work/a.csv", "work/written.json"]
    output.replace_folder(target, {"findings.json": MARK}, False, unheard)
    assert sorted(path.relative_to(target).as_posix() for path in target.rglob("*.*")) == ["findings.json", "work/written.json"]
    assert [path.name for path in target.parent.iterdir()] == ["报告"]


def test_a_foreign_folder_is_left_alone_unless_forced_and_set_aside_then(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(UnusableInput, match="不是本工具生成"):
        output.replace_folder(tmp_path / "mine", {"findings.json": MARK}, False, unheard)
    assert (tmp_path / "mine" / "thesis.docx").read_bytes() == b"years of work"
    output.replace_folder(tmp_path / "mine", {"findings.json": MARK}, True, told.append)
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["findings.json", "work"]
    assert (tmp_path / "mine.旧稿-1" / "thesis.docx").read_bytes() == b"years of work"
    assert len(told) == 1
    assert "mine.旧稿-1" in told[0]


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_failure_at_any_step_leaves_the_earlier_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    target = tmp_path / "报告"
    output.replace_folder(target, {"findings.json": MARK, "report.pdf": b"one"}, False, unheard)
    real_rename = Path.rename

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    def stuck(self: Path, to: Path) -> Path:
        if to == target and "旧稿" not in self.name:
            raise PermissionError(13, "Permission denied")
        return real_rename(self, to)

    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "rename", stuck)
    with pytest.raises(UnusableInput, match="未写入"):
        output.replace_folder(target, {"findings.json": MARK, "report.pdf": b"two"}, False, unheard)
    monkeypatch.undo()
    assert (target / "report.pdf").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["报告"]


def test_what_people_changed_or_added_is_set_aside_and_told(tmp_path: Path) -> None:
    target = tmp_path / "报告"
    ours = {"findings.json": MARK, "report.docx": b"draft", "work/sheet.xlsx": b"blank", "work/labels.csv": b"a"}
    for number in (1, 2):
        output.replace_folder(target, ours, False, unheard)
        (target / "report.docx").write_bytes(b"edited %d" % number)
        (target / "work" / "sheet.xlsx").write_bytes(b"filled %d" % number)
        (target / "notes").mkdir()
        (target / "notes" / "笔记.txt").write_bytes(b"mine")
        told: list[str] = []
        output.replace_folder(target, ours, False, told.append)
        aside = tmp_path / f"报告.旧稿-{number}"
        assert {path.relative_to(aside).as_posix(): path.read_bytes() for path in aside.rglob("*.*")} == {
            "report.docx": b"edited %d" % number,
            "work/sheet.xlsx": b"filled %d" % number,
            "notes/笔记.txt": b"mine",
        }
        assert len(told) == 1
        assert str(aside) in told[0]
        assert "report.docx" in told[0]
        assert (target / "report.docx").read_bytes() == b"draft"


def test_an_output_without_a_record_of_what_was_written_is_kept_whole(tmp_path: Path) -> None:
    target = tmp_path / "报告"
    target.mkdir()
    (target / "findings.json").write_bytes(MARK)
    (target / "report.docx").write_bytes(b"perhaps edited")
    told: list[str] = []
    output.replace_folder(target, {"findings.json": MARK}, False, told.append)
    assert (tmp_path / "报告.旧稿-1" / "report.docx").read_bytes() == b"perhaps edited"
    assert len(told) == 1


def test_builds_at_the_same_moment_leave_one_whole_folder_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "报告"

    def build(number: int) -> None:
        output.replace_folder(target, {"findings.json": MARK, **{f"{i}.txt": b"%d" % number for i in range(8)}}, False, unheard)

    threads = [threading.Thread(target=build, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(target / f"{i}.txt").read_bytes() for i in range(8)}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["报告"]


def test_a_file_in_the_place_of_the_folder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "报告").write_bytes(b"mine")
    with pytest.raises(UnusableInput, match="是一个文件"):
        output.replace_folder(tmp_path / "报告", {"findings.json": MARK}, True, unheard)
    assert (tmp_path / "报告").read_bytes() == b"mine"


@pytest.mark.parametrize("leads_to", ["没有", "别处"])
def test_a_link_in_the_place_of_the_folder_is_left_alone_with_what_it_leads_to(tmp_path: Path, leads_to: str) -> None:
    output.replace_folder(tmp_path / "别处", {"report.pdf": b"one"}, False, unheard)
    (tmp_path / "out").symlink_to(tmp_path / leads_to, target_is_directory=True)
    with pytest.raises(UnusableInput, match="是一个链接"):
        output.replace_folder(tmp_path / "out", {"report.pdf": b"two"}, True, unheard)
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "别处" / "report.pdf").read_bytes() == b"one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "别处"]


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


def test_two_texts_get_two_names() -> None:
    texts = ["内胆掉漆/起泡", "内胆掉漆?起泡", "内胆掉漆_起泡", "内胆掉漆:起泡", "长" * 80 + "甲", "长" * 80 + "乙"]
    assert len({output.safe_name(text) for text in texts}) == len(texts)
    assert output.safe_name("内胆掉漆/起泡") == "内胆掉漆／起泡"


def test_of_new_files_all_are_written_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "版式").mkdir()
    (tmp_path / "版式" / "别人的.txt").write_text("留着", encoding="utf-8")
    flushed: list[int] = []

    def full(handle: int) -> None:
        flushed.append(handle)
        if len(flushed) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnusableInput, match="磁盘已满"):
        output.write_new_files(tmp_path / "版式", {"theme.toml": b"a", "html/a.css": b"b", "phrases/zh/a.toml": b"c", "z.toml": b"d"})
    assert [path.name for path in (tmp_path / "版式").rglob("*")] == ["别人的.txt"]
