"""How far long work has come, told on one line of a terminal."""

from threading import Lock, Timer
from types import TracebackType
from typing import Final, Self, TextIO

import click

QUIET_S: Final = 1.0
"""Work shorter than this shows no progress."""
BAR, NAME = 24, 20
"""Characters of the progress bar, and of the name beside it: together under 80 columns with Chinese letters two wide."""
ERASE: Final = "\r\x1b[K"


class ProgressLine:
    """One line on a terminal that says how far long work has come; nothing within the first second, and nothing at all where the stream is no terminal.

    A context: leaving it clears the line. `say` prints a line of its own above it.
    """

    def __init__(self, stream: TextIO, quiet_s: float = QUIET_S) -> None:
        self._stream = stream
        self._line = ""
        self._shown = False
        self._lock = Lock()
        self._timer = Timer(quiet_s, self._start) if stream.isatty() else None

    def __enter__(self) -> Self:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        self._clear()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Work has come to `what`; bytes done of total, a total of 0 where the length is not known."""
        filled = BAR * done // total if total else 0
        bar = f"[{'#' * filled}{'-' * (BAR - filled)}] {100 * done // total:3d}%  " if total else ""
        with self._lock:
            self._line = f"{bar}{what if len(what) <= NAME else '…' + what[-NAME:]}"
            self._draw()

    def say(self, line: str) -> None:
        """Print a line of its own on stderr."""
        with self._lock:
            self._clear()
            click.echo(line, err=True)
            self._draw()

    def _start(self) -> None:
        with self._lock:
            self._shown = True
            self._draw()

    def _draw(self) -> None:
        if self._shown:
            self._stream.write(f"{ERASE}{self._line}")
            self._stream.flush()

    def _clear(self) -> None:
        if self._shown:
            self._stream.write(ERASE)
            self._stream.flush()
