"""The README says what the program does: its commands exist, and no command goes unmentioned."""

import re
from pathlib import Path

import click

from review.cli import main

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


def test_every_command_in_the_readme_exists_and_every_command_is_mentioned() -> None:
    mentioned = set(re.findall(r"(?:`|\$ )review ([a-z]+)", README))
    assert mentioned == set(main.commands)


def test_every_option_in_the_readme_exists() -> None:
    options = {name for command in _all(main) for parameter in command.params for name in parameter.opts}
    known_elsewhere = {"--no-index", "--find-links", "--strict"}
    assert set(re.findall(r"(--[a-z][a-z-]+)", README)) - known_elsewhere <= options


def _all(command: click.Command) -> list[click.Command]:
    return [command, *(inner for sub in command.commands.values() for inner in _all(sub))] if isinstance(command, click.Group) else [command]
