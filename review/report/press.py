"""A document in its three formats; the PDF is set by the second process."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from review.report.chart_data import Picture
from review.report.charts import drawing
from review.report.claims import Claim
from review.report.document import Document, Figure, parts, walk
from review.report.html import html
from review.report.pages import UNKNOWN_PAGES, Pages
from review.report.pdf import PdfUnavailable, lay_out
from review.report.theme import Theme
from review.second_process import Desk, Gone, SecondProcess

TYPESETTER: Final = (__name__, "jinja2", "review.report.typesetter")
"""What a second process that is to print loads ahead."""
DRAWING: Final = ("matplotlib", "matplotlib.text", "matplotlib.axes", "matplotlib.figure", "review.report.charts.canvas", "review.report.charts.timeline")
"""What the first process draws the figures with, in steps of a tenth of a second."""

LOST: Final = "无法生成 PDF：排版进程意外中止，可能是内存不足。请关闭其他程序后重试"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """report.pdf (where it can be made), report.docx, report.html; and why there is no PDF, else None."""

    files: Mapping[str, bytes]
    pdf_missing: str | None


class Printing:
    """A document on its way to three formats: to the second process go the document, its figures one by one as they are drawn here, then its attachments.

    Setting the PDF is half of a report's time (benchmarks/report.py): it passes beside drawing and writing the other formats. The bytes are those of
    `lay_out` called here.
    """

    def __init__(self, second: SecondProcess, document: Document, theme: Theme) -> None:
        self._second, self._document, self._theme = second, document, theme
        self._figures: dict[str, bytes] = {}
        self._layout: Pages | PdfUnavailable | None = None
        second.start(_typeset, document, theme)
        figures = [block for block in walk(*parts(document)) if isinstance(block, Figure)]
        for figure in sorted(figures, key=lambda figure: not isinstance(figure.chart, Picture)):  # a picture is there already, and asked for at once
            self._figures[figure.id] = drawing(figure.chart, theme)
            second.send((figure.id, self._figures[figure.id]))
        second.send(None)

    def attach(self, files: Mapping[str, bytes]) -> None:
        """File name → content, embedded in the PDF. To be called once, before `finish`: the PDF waits for them."""
        for name, content in files.items():
            self._second.send((name, content))
        self._second.send(None)

    def finish(self, claims: Sequence[Claim]) -> Formats:
        """Make the other formats, wait for the PDF. Raises what went wrong while it was set."""
        from review.report.word import word

        files = {
            "report.html": html(self._document, claims, self._theme, self._figures),
            "report.docx": word(self._document, self._theme, self._pages),
        }
        layout = self._laid_out()
        made = layout if isinstance(layout, PdfUnavailable) else self._told()
        if isinstance(made, PdfUnavailable):
            return Formats(files=files, pdf_missing=str(made))
        return Formats(files={"report.pdf": made, **files}, pdf_missing=None)

    def _told(self) -> Any:
        """The next answer, or PdfUnavailable."""
        try:
            return self._second.told()
        except Gone:
            return PdfUnavailable(LOST)
        except PdfUnavailable as missing:
            return missing

    def _laid_out(self) -> Pages | PdfUnavailable:
        if self._layout is None:
            self._layout = self._told()
        return self._layout

    def _pages(self) -> Pages:
        layout = self._laid_out()
        return layout if isinstance(layout, Pages) else UNKNOWN_PAGES


class Arriving(Mapping[str, bytes]):
    """Files that come one after another, None after the last: who asks for one waits for it, who asks for all waits for the last."""

    def __init__(self, take: Callable[[], tuple[str, bytes] | None]) -> None:
        self._take = take
        self._files: dict[str, bytes] = {}
        self._whole = False

    def _next(self) -> None:
        item = self._take()
        if item is None:
            self._whole = True
        else:
            self._files[item[0]] = item[1]

    def _all(self) -> Mapping[str, bytes]:
        while not self._whole:
            self._next()
        return self._files

    def __getitem__(self, name: str) -> bytes:
        while name not in self._files and not self._whole:
            self._next()
        return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def _typeset(desk: Desk, document: Document, theme: Theme) -> None:
    """In the second process: tell the pages, then the PDF."""
    laid_out = lay_out(document, theme, Arriving(desk.take))
    desk.tell(laid_out.pages)  # Word's contents need no more
    desk.tell(laid_out.pdf(Arriving(desk.take)))
