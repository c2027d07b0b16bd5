"""Work that another process may do while the analysis goes on."""

from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

Done = TypeVar("Done")


class Beside(Protocol):
    """Who does a piece of work while the caller goes on. Called with the work and its arguments; the function returned waits for the result."""

    def __call__(self, work: Callable[..., Done], *arguments: object) -> Callable[[], Done]: ...


def when_asked(work: Callable[..., Done], *arguments: object) -> Callable[[], Done]:
    """Nobody else: the work is done here, when its result is asked for."""
    return partial(work, *arguments)
