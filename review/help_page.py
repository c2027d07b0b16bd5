"""The --help of a command in Chinese: click writes its headings, kinds of values and remarks in English, and takes a Chinese character for one column."""

import re
from collections.abc import Iterable
from typing import Final

import click

from review.terminal import columns

_HEADINGS: Final = {"Options": "选项", "Commands": "命令"}
_WORDS: Final = (
    (re.compile(r"\[OPTIONS\]"), "[选项]"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "命令 [参数]..."),
    (re.compile(r"\bTEXT\b"), "文字"),
    (re.compile(r"\s*\[required\]"), "（必填）"),
    (re.compile(r"\s*\[default: ([^\]]*)\]"), r"（默认 \1）"),
    (re.compile(r"\s*\[x>=(\d+)\]"), r"（不小于 \1）"),
)
_TOKENS: Final = re.compile(r"[\x21-\x7e]+|.", re.DOTALL)
_NEVER_FIRST: Final = frozenset("，。；：、！？）”》…")
_NEVER_LAST: Final = frozenset("（《“")
_HANGING: Final = 2  # columns kept for a mark that may begin no line
_LEFT_MOST: Final = 32  # columns of the left side: options longer than that stand on a line of their own


class HelpPage(click.HelpFormatter):
    """Writes one page of help; a Chinese character takes two columns."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:  # noqa: ARG002  # as click calls it
        super().write_usage(prog, _told(args), "用法：")

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{_HEADINGS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        for paragraph in text.split("\n\n"):
            for line in _lines(" ".join(paragraph.split()), self.width - self.current_indent - _HANGING):
                self.write(f"{'':>{self.current_indent}}{line}\n")
            self.write("\n")
        self.buffer.pop()

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = _LEFT_MOST, col_spacing: int = 2) -> None:
        told = [(_told(left), _told(right)) for left, right in rows]
        column = min(max(columns(left) for left, _ in told), col_max) + col_spacing
        for left, right in told:
            first, *others = _lines(right, self.width - self.current_indent - column - _HANGING) or [""]
            fits = columns(left) <= column - col_spacing
            gap = " " * (column - columns(left)) if fits else f"\n{'':>{self.current_indent + column}}"
            self.write(f"{'':>{self.current_indent}}{left}{gap}{first}".rstrip() + "\n")
            for line in others:
                self.write(f"{'':>{self.current_indent + column}}{line}\n")


class HelpContext(click.Context):
    """A command line whose help is written by us."""

    formatter_class = HelpPage


def _told(text: str) -> str:
    for english, chinese in _WORDS:
        text = english.sub(chinese, text)
    return text


def _lines(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns (a mark that begins no line may stand out by one); Latin words stay whole."""
    lines, line, used = [], "", 0
    for token in _TOKENS.findall(text):
        size = columns(token)
        if line and used + size > width and token not in _NEVER_FIRST:
            opening = line[-1] if line[-1] in _NEVER_LAST else ""
            lines.append(line.removesuffix(opening).rstrip())
            line, used = opening, columns(opening)
        if line or token != " ":
            line, used = line + token, used + size
    return [*lines, line.rstrip()] if line else lines
