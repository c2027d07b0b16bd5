"""What is mistyped on the command line is told in one Chinese line, with exit code 2."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from review.cli import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["chekc"], "没有命令 chekc；用法见 review --help"),
        (["check"], "缺少参数 PATHS...；用法见 review check --help"),
        (["check", "{file}", "--lable", "x"], "没有选项 --lable（是否为 --case、--labels）；用法见 review check --help"),
        (["check", "{file}.gone"], "参数 PATHS...：找不到 {file}.gone；用法见 review check --help"),
        (["check", "{file}", "--case", "{folder}"], "选项 --case：{folder} 是文件夹，这里应给文件；用法见 review check --help"),
        (["build", "{file}", "--theme", "{file}"], "选项 --theme：{file} 是文件，这里应给文件夹；用法见 review build --help"),
        (["build", "{file}", "--lang", "xx"], "选项 --lang：xx 不在可选之列（'zh-Hans', 'zh-Hant'）；用法见 review build --help"),
        (["build", "{file}", "--at", "昨天"], "选项 --at：应为 ISO 时间，例如 2026-09-20T10:00:00+08:00；用法见 review build --help"),
        (["check", "{file}", "--zone"], "选项 --zone 后面缺少值"),
        (["init", "a.xlsx", "b.xlsx"], "多余的参数 b.xlsx；用法见 review init --help"),
        (["archive", "{folder}"], "缺少选项 --to；用法见 review archive --help"),
        (["trace", "{folder}", "C1", "--rows", "x"], "选项 --rows：x 不是有效的数；用法见 review trace --help"),
    ],
)
def test_a_mistyped_command_line_is_told_in_one_chinese_line(tmp_path: Path, words: list[str], told: str) -> None:
    places = {"file": str(tmp_path / "a.csv"), "folder": str(tmp_path)}
    (tmp_path / "a.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    result = CliRunner().invoke(main, [word.format(**places) for word in words], prog_name="review")
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"错误：{told.format(**places)}\n")


def test_a_bare_group_shows_its_help_and_help_itself_is_no_error() -> None:
    assert "check" in CliRunner().invoke(main, [], prog_name="review").output
    assert CliRunner().invoke(main, ["--help"], prog_name="review").exit_code == 0
