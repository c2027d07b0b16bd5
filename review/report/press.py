"""A document in its three formats; the PDF is set by a second process, which waits ready while this one still reads and analyses."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from types import TracebackType
from typing import Self

from review.report.charts import drawing
from review.report.claims import Claim
from review.report.document import Document, Figure, parts, walk
from review.report.html import html
from review.report.pages import UNKNOWN_PAGES, Pages
from review.report.pdf import PdfUnavailable, Printed, pango_fault, pdf
from review.report.theme import Theme
from review.report.word import word


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """report.pdf (where it can be made), report.docx, report.html; and why there is no PDF, else None."""

    files: Mapping[str, bytes]
    pdf_missing: str | None


class Press:
    """The second process; to be used as a context around all the work for a report.

    Setting the PDF is half of a report's time, and loading the typesetter a tenth more (benchmarks/report.py): both pass beside reading, analysing and
    writing the other formats. The bytes are those of `pdf` called here.
    """

    def __init__(self) -> None:
        # spawned on every system alike: a fork would copy the threads of the table library half-way through their work
        self._pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))

    def __enter__(self) -> Self:
        self._pool.submit(pango_fault)  # loads the typesetter
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def begin(self, document: Document, claims: tuple[Claim, ...], theme: Theme, attachments: Mapping[str, bytes]) -> Callable[[], Formats]:
        """Begin to print; what comes back makes the other formats and waits for the PDF. attachments: file name → content, embedded in the PDF."""
        figures = {block.id: drawing(block.chart, theme) for block in walk(*parts(document)) if isinstance(block, Figure)}
        printing = self._pool.submit(pdf, document, theme, figures, dict(attachments))

        def finish() -> Formats:
            files = {
                "report.html": html(document, claims, theme, figures),
                "report.docx": word(document, theme, lambda: _pages(printing)),
            }
            try:
                return Formats(files={"report.pdf": _printed(printing).content, **files}, pdf_missing=None)
            except PdfUnavailable as error:
                return Formats(files=files, pdf_missing=str(error))

        return finish


def _printed(printing: Future[Printed]) -> Printed:
    try:
        return printing.result()
    except BrokenProcessPool as error:
        raise PdfUnavailable("无法生成 PDF：排版进程意外中止，可能是内存不足。请关闭其他程序后重试") from error


def _pages(printing: Future[Printed]) -> Pages:
    try:
        return _printed(printing).pages
    except PdfUnavailable:
        return UNKNOWN_PAGES
