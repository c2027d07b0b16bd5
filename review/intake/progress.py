"""Who is told how far reading has come."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told what is being done now, and how many bytes of how many are done; a total of 0: how long it takes is not known."""


def unwatched(what: str, done: int, total: int) -> None:
    """Nothing: the progress nobody looks at."""
