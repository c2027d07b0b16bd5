"""What is typed after `review`: kinds of values, and one line of Chinese for everything that click would say in English."""

import errno
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

import click

from review.help_page import HelpContext
from review.terminal import INTERRUPTED

IN_BRACKETS: Final = re.compile(r"\((.*)\)", re.DOTALL)


class Command(click.Command):
    """A command whose --help is Chinese."""

    context_class = HelpContext

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002  # as click calls it
        return _first_paragraph(self)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_chinese(super().get_help_option(ctx))


class Commands(click.Group):
    """A group that says what is wrong with a command line in one line: what, and what to do. Exit codes are click's: 2 usage, 1 stopped by Ctrl-C."""

    command_class = Command
    group_class = type
    context_class = HelpContext

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002  # as click calls it
        return _first_paragraph(self)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_chinese(super().get_help_option(ctx))

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None, standalone_mode: bool = True, **extra: Any
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()  # the help of a group, which is no mistake
            sys.exit(error.exit_code)
        except click.ClickException as error:
            click.echo(f"错误：{said(error)}", err=True)
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo(INTERRUPTED, err=True)
            sys.exit(1)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            click.echo("错误：磁盘已满，没有写完。请清理空间后重试", err=True)
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def _first_paragraph(command: click.Command) -> str:
    """What a list of commands says of one: whole, not cut after so many letters."""
    return " ".join((command.help or "").split("\n\n")[0].split())


def _in_chinese(help_option: click.Option | None) -> click.Option | None:
    if help_option is not None:
        help_option.help = "显示这份说明"
    return help_option


def said(error: click.ClickException) -> str:
    """The message of one of click's errors in Chinese. Those of our own kinds of values are Chinese as they come."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    usage = f"用 {context.command_path} --help 查看用法" if context is not None else "用 review --help 查看用法"
    match error:
        case click.MissingParameter():
            return f"缺少 {_name(error.param)}。{usage}"
        case click.BadParameter():
            return f"{_name(error.param)}：{error.message}" if isinstance(error.param, click.Option) else error.message
        case click.NoSuchOption():
            return f"没有选项 {error.option_name}{_meant(error.possibilities)}。{usage}"
        case click.NoSuchCommand():
            return f"没有命令 {error.command_name}{_meant(error.possibilities)}。{usage}"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 的写法不对：要值的选项后面须跟一个值，不要值的后面不能跟。{usage}"
        case click.FileError():
            return f"{error.ui_filename}：无法打开。请检查路径与权限"
    extra = IN_BRACKETS.search(error.message)
    return f"命令后面有多余的内容{'' if extra is None else f'：{extra[1]}'}。含空格的路径请加引号；{usage}"


def _name(param: click.Parameter | None) -> str:
    """What people type for it: --zone; an argument by its name in the help."""
    if param is None:
        return "参数"
    return max(param.opts, key=len) if isinstance(param, click.Option) else param.human_readable_name


def _meant(possibilities: Sequence[str] | None) -> str:
    return f"（是不是 {'、'.join(possibilities)}？）" if possibilities else ""


class FilePath(click.Path):
    """A path, as click checks it; suffix: what a file to be written must end in (None: anything)."""

    def __init__(self, *, exists: bool = False, file_okay: bool = True, dir_okay: bool = True, suffix: str | None = None) -> None:
        super().__init__(exists=exists, file_okay=file_okay, dir_okay=dir_okay, path_type=Path)
        self._suffix = suffix
        self.name = self._kind() if exists or not (file_okay and dir_okay) else "路径"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            made = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(self._fault(Path(value)), param, ctx)
        if self._suffix is not None and Path(value).suffix.lower() != self._suffix:
            self.fail(f"{value}：文件名应以 {self._suffix} 结尾，例如 {Path(value).with_suffix(self._suffix).name}", param, ctx)
        return made

    def _kind(self) -> str:
        return "文件" if not self.dir_okay else "文件夹" if not self.file_okay else "文件或文件夹"

    def _fault(self, path: Path) -> str:
        what = self._kind()
        if not path.exists():
            return f"没有这个{what}：{path}。请检查路径；含空格的路径请加引号"
        if path.is_dir() and not self.dir_okay:
            return f"{path} 是文件夹，这里要一个文件"
        if path.is_file() and not self.file_okay:
            return f"{path} 是文件，这里要一个文件夹"
        return f"无法读取：{path}。请检查权限；若正在其他程序中打开，请先关闭"


class OneOf(click.Choice[str]):
    """One of these words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"“{value}”不是可用的值，可用 {'、'.join(self.choices)}", param, ctx)


class Day(click.DateTime):
    """A day of the calendar."""

    def __init__(self) -> None:
        super().__init__(formats=["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"“{value}”不是日期，写法如 2026-10-12", param, ctx)


class Count(click.IntRange):
    """A whole number from nought on."""

    name = "整数"

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"“{value}”应为不小于 0 的整数", param, ctx)


class Zone(click.ParamType[str]):
    """The name of a time zone, as ZoneInfo knows it."""

    name = "时区"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):  # unknown; no name at all, or one that leads out of the table; a folder of the table
            self._refuse(value, param, ctx)
        return value

    def _refuse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> NoReturn:
        self.fail(f"不认识时区“{value}”，请写时区名称，例如 Asia/Shanghai（北京）、Asia/Taipei、Asia/Tokyo、UTC", param, ctx)
