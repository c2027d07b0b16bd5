"""Intake as a user runs it: progress on a terminal, the capture time, a map for an unknown vendor."""

import io
import json
import os
import sys
import threading
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from review.cli import main
from review.incident.errors import Fault, UnusableInput
from review.incident.file_names import readable
from review.intake.load import LoadOptions, load
from review.intake.workbook import blank_workbook
from review.progress_line import ProgressLine

VENDOR = '甲列,"乙列",丙列\n漏水了,2026-03-15 10:00,12\n又漏了,2026-03-15 11:00,1.2万\n'
NOTES = "笔记id,发布时间,笔记内容,点赞数\n66f0a1b2000000000c000001,3小时前,漏水了,1\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_every_file_and_table_is_told_and_the_bytes_only_grow(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(NOTES, encoding="utf-8")
    told: list[tuple[str, int, int]] = []
    load([tmp_path], LoadOptions(), lambda what, done, total: told.append((what, done, total)))
    files = [f"{verb} {tmp_path.name}/{name}" for verb in ("打开", "读取") for name in ("a.csv", "b.csv")]
    assert list(dict.fromkeys(what for what, _, _ in told)) == [*files, "去重与合并"]
    known = [(done, total) for _, done, total in told if total]
    assert {total for _, total in known} == {4 * len(NOTES.encode())}
    assert [done for done, _ in known] == sorted(done for done, _ in known)
    assert told[-1][1:] == (0, 0)


def test_a_terminal_shows_one_line_after_the_quiet_time_and_is_left_clean() -> None:
    terminal = Terminal()
    with ProgressLine(terminal, quiet_s=0) as progress:
        while not terminal.getvalue():  # the timer has its own thread
            threading.Event().wait(0.001)
        progress("读取 a.csv", 1, 2)
        progress("分析", 0, 0)
    shown = terminal.getvalue()
    assert "[############------------]  50%  读取 a.csv" in shown
    assert shown.split("\r\x1b[K")[-2:] == ["分析", ""]
    assert "\n" not in shown


def test_quick_work_shows_nothing_and_a_pipe_never_does() -> None:
    quick, pipe = Terminal(), io.StringIO()
    with ProgressLine(quick, quiet_s=60) as progress:
        progress("读取 a.csv", 1, 2)
    with ProgressLine(pipe, quiet_s=0) as progress:
        threading.Event().wait(0.02)
        progress("读取 a.csv", 1, 2)
    assert quick.getvalue() == pipe.getvalue() == ""


def test_a_failure_leaves_the_line_clean_for_its_message() -> None:
    terminal = Terminal()

    def work() -> None:
        with ProgressLine(terminal, quiet_s=0) as progress:
            while not terminal.getvalue():
                threading.Event().wait(0.001)
            progress("读取 a.csv", 1, 2)
            raise UnusableInput(Fault("a.csv", "坏了"))

    with pytest.raises(UnusableInput):
        work()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_the_capture_time_places_relative_times_and_is_beijing_time_without_a_zone(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text(NOTES, encoding="utf-8")
    runner, table = CliRunner(), str(tmp_path / "notes.csv")
    found = [runner.invoke(main, ["check", table, *extra]) for extra in ([], ["--captured-at", "2026-03-15T14:30"], ["--captured-at", "2026-03-15T06:30:00Z"])]
    assert [each.exit_code for each in found] == [0, 0, 0]
    assert "2026-03-15 11:" not in found[0].output
    assert "1. 导出的时间（--captured-at）：最多可换算 1 处相对时间" in found[0].output
    assert "--captured-at" not in found[1].output
    assert "2026-03-15 11:" in found[1].output
    assert found[1].output == found[2].output
    assert found[1].stderr == ""
    assert runner.invoke(main, ["check", table, "--captured-at", "昨天"]).exit_code == 2


def test_an_unknown_vendor_is_mapped_by_hand_and_built_through_the_map(tmp_path: Path) -> None:
    vendor, mapping, out = tmp_path / "vendor.csv", tmp_path / "map.toml", tmp_path / "out"
    vendor.write_text(VENDOR, encoding="utf-8")
    runner = CliRunner()
    refused = runner.invoke(main, ["check", str(vendor)])
    assert refused.exit_code == 1
    assert "--write-map" in refused.stderr
    written = runner.invoke(main, ["check", str(vendor), "--write-map", str(mapping)])
    assert (written.exit_code, written.stdout.strip()) == (0, str(mapping))
    text = mapping.read_text(encoding="utf-8")
    for header, column in (("甲列", "text"), ("乙列", "published_at"), ("丙列", "likes")):
        assert f'"{header}" = ""' in text
        text = text.replace(f'"{header}" = ""', f'"{header}" = "{column}"')
    mapping.write_text(text.replace('platform = "other"', 'platform = "xhs"'), encoding="utf-8")
    told = runner.invoke(main, ["check", str(vendor), "--map", str(mapping)])
    assert told.exit_code == 0, told.stderr
    assert "自定义1" in told.stdout
    built = runner.invoke(main, ["build", str(vendor), "--map", str(mapping), "--out", str(out), "--at", "2026-03-20T10:00:00+08:00"])
    assert built.exit_code == 0, built.stderr
    (log,) = out.glob("*/import.json")
    assert "自定义1" in log.read_text(encoding="utf-8")
    labelled = tmp_path / "labels.csv"
    assert runner.invoke(main, ["classify", str(vendor), "--map", str(mapping), "-o", str(labelled)]).exit_code == 0
    assert labelled.read_text(encoding="utf-8-sig").count("\n") == 3


def test_hand_labels_that_match_no_comment_are_refused_and_others_are_counted(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text(NOTES.replace("3小时前", "2026-03-15 10:00"), encoding="utf-8")
    labels, rows = tmp_path / "labels.csv", tmp_path / "rows.csv"
    runner, given = CliRunner(), [str(tmp_path / "notes.csv"), "--labels", str(labels)]
    labels.write_text("评论ID,是否负面\n66f0a1b2000000000c000001,负面\nx1,负面\n", encoding="utf-8")
    told = runner.invoke(main, ["classify", *given, "-o", str(rows)])
    assert (told.exit_code, told.stderr) == (0, "人工复核 2 条，与本次评论对上 1 条\n")
    rows.unlink()
    labels.write_text("评论ID,是否负面\nx1,负面\nx2,非负面\n", encoding="utf-8")
    for command in (["check", *given], ["classify", *given, "-o", str(rows)], ["build", *given, "--out", str(tmp_path / "out")]):
        refused = runner.invoke(main, command)
        assert refused.exit_code == 1
        assert "labels.csv：人工复核 2 条，与本次评论对上 0 条" in refused.stderr
    assert not rows.exists()
    assert not (tmp_path / "out").exists()


def test_without_comments_there_is_nothing_to_label_and_nothing_to_classify(tmp_path: Path) -> None:
    (tmp_path / "表.xlsx").write_bytes(blank_workbook())
    for command, made, reason in (("label", "made.xlsx", "没有可供标注的评论"), ("classify", "made.csv", "没有帖文或评论")):
        refused = CliRunner().invoke(main, [command, str(tmp_path / "表.xlsx"), "-o", str(tmp_path / made)])
        assert refused.exit_code == 1
        assert reason in refused.stderr
        assert not (tmp_path / made).exists()


def test_a_map_of_files_that_hold_no_table_says_so(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("明天再议\n", encoding="utf-8")
    for path, reason in ((tmp_path / "note.txt", "note.txt："), (tmp_path / "空", "没有可以读取的文件")):
        (tmp_path / "空").mkdir(exist_ok=True)
        refused = CliRunner().invoke(main, ["check", str(path), "--write-map", str(tmp_path / "map.toml")])
        assert refused.exit_code == 1
        assert reason in refused.stderr
        assert "都已识别" not in refused.stderr


def test_a_typed_sheet_with_headers_of_its_own_has_no_example_among_its_data(tmp_path: Path) -> None:
    (tmp_path / "记录.csv").write_text("标记,发布时间,笔记内容,点赞数\n示例,2026-03-15 10:00,漏水了,1\n,2026-03-15 11:00,又漏了,2\n", encoding="utf-8")
    loaded = load([tmp_path / "记录.csv"], LoadOptions())
    assert list(loaded.incident.posts["text"]) == ["又漏了"]
    (table,) = loaded.import_log.tables
    assert (table.rows_read, table.rows_kept, table.ignored_why) == (2, 1, (("示例", 1),))


@pytest.mark.skipif(sys.platform != "linux", reason="only there may a file's name be any bytes")
def test_a_file_name_in_gbk_bytes_is_shown_decoded_and_found_again(tmp_path: Path) -> None:
    name = os.fsdecode("表格".encode("gb18030"))
    book = openpyxl.load_workbook(io.BytesIO(blank_workbook()))
    book["应对时间线"].append([None, "2026-03-15 12:05", "首次回应"])
    book.save(tmp_path / f"{name}.xlsx")
    runner, out = CliRunner(), tmp_path / "out"
    for path, shown in ((tmp_path / f"{name}.xlsx", "表格.xlsx"), (tmp_path, f"{tmp_path.name}/表格.xlsx")):
        told = runner.invoke(main, ["check", os.fspath(path)])
        assert told.exit_code == 0, told.stderr
        assert f"{shown} · 应对时间线" in told.stdout
    runner.invoke(main, ["build", os.fspath(tmp_path / f"{name}.xlsx"), "--out", str(out)])
    (made,) = out.iterdir()
    assert made.name.startswith("表格-")
    (way,) = json.loads((made / "work" / "inputs.json").read_bytes())["paths"]
    assert (made / way).resolve() == (tmp_path / f"{name}.xlsx").resolve()
    assert readable(os.fsdecode(b"\xff\xfe")) == "\ufffd\ufffd"


def test_a_fault_in_every_row_of_a_long_table_does_not_flood_the_terminal(tmp_path: Path) -> None:
    rows = "".join(f"工单,X1,2026-08-12 {10 + i // 60}:{i % 60:02d},电话,退款\n" for i in range(400))
    (tmp_path / "incident.csv").write_text(f"记录,编号,时间,渠道,主题\n{rows}", encoding="utf-8")
    told = CliRunner().invoke(main, ["check", str(tmp_path / "incident.csv")])
    lines = told.stderr.splitlines()
    assert (told.exit_code, len(lines)) == (1, 51)
    assert lines[0].startswith("错误：incident.csv 第 2 行：与 incident.csv 第 ")
    assert lines[-1] == "另有 349 处错误未列出，改正以上各处后再运行"
