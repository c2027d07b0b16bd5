"""Whatever is wrong with a command line is said in one line of Chinese."""

import errno
import subprocess
import sys
from pathlib import Path
from unicodedata import east_asian_width

import click
import pytest
from click.testing import CliRunner

from review.__main__ import run
from review.arguments import Commands
from review.cli import main
from review.incident.errors import cause_of


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["build", "无此.csv"], "没有这个文件或文件夹：无此.csv"),
        (["build"], "缺少 文件或文件夹"),
        (["build", ".", "--case", "无此.toml"], "--case：没有这个文件：无此.toml"),
        (["build", ".", "--case", "."], "--case：. 是文件夹，这里要一个文件"),
        (["build", ".", "--theme", "无此"], "--theme：没有这个文件夹：无此"),
        (["build", ".", "--lang", "日语"], "--lang：“日语”不是可用的值"),
        (["build", ".", "--at", "昨天"], "--at：应为 ISO 时间"),
        (["build", ".", "--output", "x"], "没有选项 --output"),
        (["build", ".", "--final=是"], "选项 --final 的写法不对"),
        (["build", ".", "--out"], "选项 --out 的写法不对"),
        (["buidl", "."], "没有命令 buidl（是不是 build？）"),
        (["list"], "缺少 归档文件夹"),
        (["list", ".", "--level", "3"], "--level：“3”不是可用的值，可用 1、2"),
        (["list", ".", "多余"], "命令后面有多余的内容：多余"),
        (["actions", "done", ".", "x/y", "--by", "我", "--on", "明天"], "--on：“明天”不是日期，写法如 2026-10-12"),
        (["trace", ".", "C1", "--rows", "-1"], "--rows：“-1”应为不小于 0 的整数"),
        (["init", "x.xls"], "x.xls：文件名应以 .xlsx 结尾，例如 x.xlsx"),
        (["init", "工作簿"], "例如 工作簿.xlsx"),
        (["label", ".", "-o", "待标.csv"], "例如 待标.xlsx"),
        (["classify", ".", "-o", "标签.xlsx"], "例如 标签.csv"),
        *((["build", ".", "--zone", zone], "--zone：不认识时区") for zone in ("北京", "", "+08:00", "Asia", "../../x")),
        *((["check", ".", "--zone", zone], "--zone：不认识时区") for zone in ("北京", "")),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line_of_chinese(line: list[str], told: str) -> None:
    made = CliRunner().invoke(main, line)
    assert made.exit_code == 2
    assert made.stdout == ""
    assert len(made.stderr.splitlines()) == 1
    assert made.stderr.startswith("错误：")
    assert told in made.stderr
    assert "Error" not in made.stderr
    assert "Usage" not in made.stderr


COMMANDS = [
    [], ["init"], ["check"], ["build"], ["label"], ["classify"], ["trace"], ["archive"], ["verify"], ["list"], ["actions"], ["actions", "list"],
    ["actions", "done"], ["quarter"], ["rescore"], ["share"], ["theme"], ["theme", "init"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_tells_of_itself_in_chinese(command: list[str]) -> None:
    told = CliRunner().invoke(main, [*command, "--help"])
    assert told.exit_code == 0
    assert "显示这份说明" in told.stdout
    for english in ("exit", "%Y", "Usage", "Options", "Commands", "OPTIONS", "ARGS", "TEXT", "FILE ", "DIRECTORY", "PATH", "RANGE", "required", "default"):
        assert english not in told.stdout.replace("FILE.xlsx", "")
    assert max(sum(2 if east_asian_width(mark) in "WFA" else 1 for mark in line) for line in told.stdout.splitlines()) <= 80


@pytest.mark.parametrize("option", ["--rubric", "--media", "--case", "--map"])
def test_a_settings_file_that_is_no_toml_is_told_by_place_and_remedy_in_chinese(option: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    (tmp_path / "坏.toml").write_text("a = 1\nb = “x”\n", encoding="utf-8")
    told = CliRunner().invoke(main, ["build", str(tmp_path / "a.csv"), option, str(tmp_path / "坏.toml"), "--out", str(tmp_path / "out")])
    assert told.exit_code == 1
    assert "第 2 行第 5 个字附近不合 TOML 的写法。文字要加英文引号" in told.stderr
    assert "line" not in told.stderr


@pytest.mark.parametrize("line", [["archive", "空", "--to", "空"], ["share", "空"], ["trace", "空", "C1"]])
def test_a_file_that_is_missing_is_told_in_our_words_not_the_system_s(line: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "空").mkdir()
    made = CliRunner().invoke(main, line)
    assert made.exit_code == 1
    assert "No such file" not in made.stderr


def test_reasons_of_the_system_are_chinese_where_they_are_usual() -> None:
    assert [cause_of(OSError(number, "in its words")) for number in (errno.ENOSPC, errno.EACCES, errno.EXDEV)] == ["磁盘已满", "没有权限", "in its words"]
    assert cause_of(OSError("no number")) == ""
    assert cause_of(OSError(errno.EIO, "读回的内容不一致")) == "读回的内容不一致"


def test_an_archive_without_a_wanted_incident_says_so_and_not_only_its_heads(tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["list", str(tmp_path)])
    assert made.exit_code == 0
    assert "没有符合条件的归档事件" in made.stderr


def test_stopping_the_work_is_told_in_chinese() -> None:
    @click.group(cls=Commands)
    def group() -> None: ...

    @group.command()
    def work() -> None:
        raise KeyboardInterrupt

    made = CliRunner().invoke(group, ["work"])
    assert made.exit_code == 1
    assert made.stderr.split() == ["已中断；没有写完的结果不保留"]


def test_stopping_the_work_before_it_is_loaded_is_told_in_chinese_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Stopped:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "review.cli":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "review.cli")
    monkeypatch.setattr(sys, "meta_path", [Stopped(), *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        run()
    assert (ended.value.code, capsys.readouterr().err.split()) == (1, ["已中断；没有写完的结果不保留"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full on this system")
def test_a_full_disk_behind_a_redirected_output_is_told_in_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        told = subprocess.run([sys.executable, "-m", "review", "list", str(Path(__file__).parent)], stdout=full, stderr=subprocess.PIPE, check=False)
    assert (told.returncode, told.stderr.decode().splitlines()) == (1, ["错误：磁盘已满，没有写完。请清理空间后重试"])


def test_a_workbook_is_written_under_its_own_ending_only(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["init", str(tmp_path / "a.XLSX")]).exit_code == 0
    assert CliRunner().invoke(main, ["init", str(tmp_path / "a.xls")]).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.XLSX"]
