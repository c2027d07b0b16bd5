"""Usage errors of the command line in Chinese, one line each like every other foreseeable failure; exit code 2."""

import re
import sys
from collections.abc import Sequence
from typing import Any, Final

import click

_TOLD: Final = (
    (re.compile(r"No such command '(.*?)'\."), "没有命令 {}"),
    (re.compile(r"Got unexpected extra arguments? \((.*?)\)"), "多余的参数 {}"),
    (re.compile(r"Option '(.*?)' requires an argument\."), "选项 {} 后面缺少值"),
    (re.compile(r"Option '(.*?)' does not take a value\."), "选项 {} 后面不应有值"),
    (re.compile(r"\w+ '(.*)' does not exist\."), "找不到 {}"),
    (re.compile(r"\w+ '(.*)' is a file\."), "{} 是文件，这里应给文件夹"),
    (re.compile(r"\w+ '(.*)' is a directory\."), "{} 是文件夹，这里应给文件"),
    (re.compile(r"\w+ '(.*)' is not (?:readable|writable)\."), "{} 没有读写权限"),
    (re.compile(r"'(.*)' is not one of (.*)\."), "{} 不在可选之列（{}）"),
    (re.compile(r"'(.*)' is not a valid .*\."), "{} 不是有效的数"),
)
"""What click says in English, and how it is told; our own checks speak Chinese already."""


class Commands(click.Group):
    """The root group: whatever was mistyped below it is told here."""

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None, standalone_mode: bool = True, **extra: Any
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.UsageError as error:
            click.echo(f"错误：{told(error)}", err=True)
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("已中断", err=True)
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def told(error: click.UsageError) -> str:
    """What was mistyped, where, and where to read on."""
    match error:
        case click.NoSuchOption():
            near = f"（是否为 {'、'.join(sorted(error.possibilities))}）" if error.possibilities else ""
            what = f"没有选项 {error.option_name}{near}"
        case click.MissingParameter():
            what = f"缺少{_name(error.param)}" if error.param is not None else "缺少参数"
        case click.BadParameter():
            what = f"{_name(error.param)}：{_chinese(error.message)}" if error.param is not None else _chinese(error.message)
        case _:
            what = _chinese(error.message)
    path = None if error.ctx is None else error.ctx.command_path
    return what if path is None else f"{what}；用法见 {path} --help"


def _name(param: click.Parameter) -> str:
    return f"选项 {max(param.opts, key=len)}" if isinstance(param, click.Option) else f"参数 {param.make_metavar(click.Context(click.Command(None)))}"


def _chinese(message: str) -> str:
    for pattern, words in _TOLD:
        if (found := pattern.search(message)) is not None:
            return words.format(*found.groups())
    return message
