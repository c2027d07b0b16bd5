"""A second process that works beside this one: spawned early, it loads what it will need and takes one piece of work after another."""

import gc
import os
import pickle
import signal
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Self, TypeVar

Done = TypeVar("Done")


class Gone(Exception):
    """The second process ended before it answered; most often the system took its memory."""


class SecondProcess:
    """To be used as a context around all the work. loads: modules it imports before the first piece of work comes. later: modules this process will need
    and imports, one by one, where it would wait for an answer.

    Its temporary files lie in a folder of their own, gone however it ends.
    """

    def __init__(self, *loads: str, later: Sequence[str] = ()) -> None:
        # spawned on every system alike: a fork would copy the threads of the table library half-way through their work
        context = get_context("spawn")
        self._line, self._far_end = context.Pipe()
        self._scratch = tempfile.TemporaryDirectory(prefix="review-", ignore_cleanup_errors=True)
        self._process = context.Process(target=_serve, args=(self._far_end, self._scratch.name, loads), daemon=True)
        self._tickets = count()
        self._done: dict[int, Any] = {}
        self._later = list(later)

    def __enter__(self) -> Self:
        self._process.start()
        self._far_end.close()  # so that the end of the process is the end of the line
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()  # what it had to give is here, or nobody waits for it any more
        self._process.join()
        self._line.close()
        self._scratch.cleanup()

    def start(self, work: Callable[..., None], *arguments: object) -> None:
        """Have `work(desk, *arguments)` done over there; what it sends and takes goes through its `Desk`. work: a function of a module."""
        self.send((work, arguments))

    def beside(self, work: Callable[..., Done], *arguments: object) -> Callable[[], Done]:
        """Have `work(*arguments)` done over there while this process goes on; the function returned waits for the result, or raises what went wrong.

        To be asked for, in any order, before the next `start`. A process that is gone costs nothing but the time: the work is done here.
        """
        ticket = next(self._tickets)
        self.start(_answer, ticket, work, arguments)

        def done() -> Done:
            try:
                while ticket not in self._done:
                    while self._later and self._would_wait():
                        import_module(self._later.pop(0))
                    self._done.update([self.told()])
            except Gone:
                return work(*arguments)
            result: Done = self._done.pop(ticket)
            return result

        return done

    def _would_wait(self) -> bool:
        """Whether no answer is there; a process that is gone will not answer, which `told` tells at once."""
        try:
            return not self._line.poll()
        except OSError:
            return False

    def send(self, what: object) -> None:
        """One thing for the work to take. It never waits: over there all that comes is read at once."""
        with suppress(OSError):  # the process is gone: the answer tells
            self._line.send(what)

    def told(self) -> Any:
        """The next thing the work sends. Raises what it raised, Gone where it is no more."""
        try:
            answer = self._line.recv()
        except (EOFError, OSError) as error:
            raise Gone from error
        if isinstance(answer, Exception):
            raise answer
        return answer


class Desk:
    """What a piece of work has before it in the second process: the things sent to it, in their order, and the way to answer.

    Neither waits for the other: what comes is read ahead, what goes is sent while the next piece of work is done.
    """

    def __init__(self, line: Connection) -> None:
        self._line = line
        self._inbox: SimpleQueue[bytes] = SimpleQueue()
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._sender = Thread(target=self._send, daemon=True)
        self._sender.start()
        Thread(target=self._receive, daemon=True).start()

    def _receive(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._inbox.put(self._line.recv_bytes())
        os._exit(1)  # the other process is gone: nobody waits for an answer

    def _send(self) -> None:
        with suppress(OSError):
            while (answer := self._outbox.get()) is not None:
                self._line.send_bytes(answer)

    def take(self) -> Any:
        """The next thing sent; waits for it."""
        return pickle.loads(self._inbox.get())

    def tell(self, what: object) -> None:
        """An answer. Raises what pickle raises where it cannot travel."""
        self._outbox.put(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))

    def leave(self) -> None:
        """Wait until the answers told are gone."""
        self._outbox.put(None)
        self._sender.join()


def _serve(line: Connection, scratch: str, loads: tuple[str, ...]) -> None:
    tempfile.tempdir = scratch
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the first process's to tell, and that ends this one
    gc.disable()  # what a piece of work makes lives until its answer and the process no longer: looking it through frees nothing
    desk = Desk(line)
    for module in loads:
        with suppress(ImportError, OSError):  # the work that needs it tells why it cannot
            import_module(module)
    while True:
        work, arguments = desk.take()
        try:
            work(desk, *arguments)
        except Exception as error:  # noqa: BLE001  it travels to the other process, which raises it
            desk.tell(error)
            desk.leave()
            return


def _answer(desk: Desk, ticket: int, work: Callable[..., object], arguments: tuple[object, ...]) -> None:
    desk.tell((ticket, work(*arguments)))
