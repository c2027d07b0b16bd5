"""A document in its three formats; the PDF is set by a second process, which waits ready while this one still reads and analyses."""

import gc
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Condition, Thread
from types import TracebackType
from typing import Final, Self, TypeVar

from review.report.charts import drawing
from review.report.claims import Claim
from review.report.document import Document, Figure, parts, walk
from review.report.html import html
from review.report.pages import UNKNOWN_PAGES, Pages
from review.report.pdf import PdfUnavailable, lay_out, pango_fault
from review.report.theme import Theme

Told = TypeVar("Told")

LOST: Final = "无法生成 PDF：排版进程意外中止，可能是内存不足。请关闭其他程序后重试"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """report.pdf (where it can be made), report.docx, report.html; and why there is no PDF, else None."""

    files: Mapping[str, bytes]
    pdf_missing: str | None


class Press:
    """The second process; to be used as a context around all the work for a report. It prints one document.

    Setting the PDF is half of a report's time, and loading the typesetter a tenth more (benchmarks/report.py): both pass beside reading, analysing, drawing
    and writing the other formats. The bytes are those of `lay_out` called here.
    """

    def __init__(self) -> None:
        # spawned on every system alike: a fork would copy the threads of the table library half-way through their work
        context = get_context("spawn")
        self._line, self._far_end = context.Pipe()
        self._scratch = tempfile.TemporaryDirectory(prefix="review-", ignore_cleanup_errors=True)  # the typesetter's copies of fonts, gone however it ends
        self._process = context.Process(target=_serve, args=(self._far_end, self._scratch.name), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self._far_end.close()  # so that the end of the process is the end of the line
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()  # what it had to give is here, or nobody waits for it any more
        self._process.join()
        self._line.close()
        self._scratch.cleanup()

    def begin(self, document: Document, theme: Theme) -> "Printing":
        """Have the PDF set while the figures are still drawn here: each goes over as soon as it is made."""
        printing = Printing(self._line, document, theme)
        printing.draw()
        return printing


class Printing:
    """A document on its way to three formats: over the line to the second process go the document, its figures one by one, then its attachments."""

    def __init__(self, line: Connection, document: Document, theme: Theme) -> None:
        self._line, self._document, self._theme = line, document, theme
        self._figures: dict[str, bytes] = {}
        self._layout: Pages | PdfUnavailable | None = None

    def draw(self) -> None:
        """Send the document and its figures."""
        self._send((self._document, self._theme))
        for block in walk(*parts(self._document)):
            if isinstance(block, Figure):
                self._figures[block.id] = drawing(block.chart, self._theme)
                self._send((block.id, self._figures[block.id]))
        self._send(None)

    def attach(self, files: Mapping[str, bytes]) -> None:
        """File name → content, embedded in the PDF. To be called once, before `finish`: the PDF waits for them."""
        for name, content in files.items():
            self._send((name, content))
        self._send(None)

    def finish(self, claims: Sequence[Claim]) -> Formats:
        """Make the other formats, wait for the PDF. Raises what went wrong while it was set."""
        from review.report.word import word

        files = {
            "report.html": html(self._document, claims, self._theme, self._figures),
            "report.docx": word(self._document, self._theme, self._pages),
        }
        layout = self._laid_out()
        made = layout if isinstance(layout, PdfUnavailable) else self._told(bytes)
        if isinstance(made, PdfUnavailable):
            return Formats(files=files, pdf_missing=str(made))
        return Formats(files={"report.pdf": made, **files}, pdf_missing=None)

    def _send(self, what: object) -> None:
        with suppress(OSError):  # the process is gone: the answer tells
            self._line.send(what)

    def _told(self, kind: type[Told]) -> Told | PdfUnavailable:
        """The next answer. Raises what went wrong over there."""
        try:
            answer = self._line.recv()
        except (EOFError, OSError):
            return PdfUnavailable(LOST)
        if not isinstance(answer, kind | PdfUnavailable):
            raise answer
        return answer

    def _laid_out(self) -> Pages | PdfUnavailable:
        if self._layout is None:
            self._layout = self._told(Pages)
        return self._layout

    def _pages(self) -> Pages:
        layout = self._laid_out()
        return layout if isinstance(layout, Pages) else UNKNOWN_PAGES


class Arriving(Mapping[str, bytes]):
    """Files that come one after another over a line: who asks for one waits for it, who asks for all waits for the last."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}
        self._change = Condition()
        self._whole = False

    def put(self, item: tuple[str, bytes] | None) -> bool:
        """One more file, or None after the last; whether more are to come."""
        with self._change:
            if item is None:
                self._whole = True
            else:
                self._files[item[0]] = item[1]
            self._change.notify_all()
        return item is not None

    def __getitem__(self, name: str) -> bytes:
        with self._change:
            self._change.wait_for(lambda: self._whole or name in self._files)
            return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Mapping[str, bytes]:
        with self._change:
            self._change.wait_for(lambda: self._whole)
            return self._files


def _serve(line: Connection, scratch: str) -> None:
    """The second process: load the typesetter, take a document, its figures, its attachments; answer with the pages, then the PDF, or with what went wrong."""
    tempfile.tempdir = scratch
    gc.disable()  # every box lives until the answer and the process no longer: looking them through frees nothing
    pango_fault()
    figures, attachments = Arriving(), Arriving()
    try:
        document, theme = line.recv()
        Thread(target=_receive, args=(line, figures, attachments), daemon=True).start()
        laid_out = lay_out(document, theme, figures)
        line.send(laid_out.pages)  # Word's contents need no more
        line.send(laid_out.pdf(attachments))
    except EOFError:  # the build stopped before there was a document
        return
    except Exception as error:  # noqa: BLE001  it travels to the build, which raises it
        line.send(error)


def _receive(line: Connection, *boxes: Arriving) -> None:
    """Read ahead of the typesetter, so that the sender never waits for it."""
    try:
        for box in boxes:
            while box.put(line.recv()):
                pass
    except EOFError:  # the build is gone: nobody waits for this PDF
        os._exit(1)
