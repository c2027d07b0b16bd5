"""The second process prints what this one would, and its end is told, not hidden."""

import os
import signal
from multiprocessing import active_children

import pytest
from specimen import specimen

from review.report.charts import drawing
from review.report.document import Figure, parts, walk
from review.report.pdf import lay_out
from review.report.press import TYPESETTER, Printing
from review.report.theme import load_theme
from review.second_process import SecondProcess

THEME = load_theme(None)
ATTACHED = {"claims.json": b"{}"}


def test_the_pdf_of_the_second_process_is_the_pdf_of_this_one_byte_for_byte() -> None:
    document, claims = specimen()
    with SecondProcess(*TYPESETTER) as second:
        printing = Printing(second, document, THEME)
        printing.attach(ATTACHED)
        formats = printing.finish(claims)
    drawn = {block.id: drawing(block.chart, THEME) for block in walk(*parts(document)) if isinstance(block, Figure)}
    assert formats.files["report.pdf"] == lay_out(document, THEME, drawn).pdf(ATTACHED)
    assert formats.pdf_missing is None


def test_a_killed_second_process_costs_the_pdf_and_nothing_else() -> None:
    document, claims = specimen()
    with SecondProcess(*TYPESETTER) as second:
        printing = Printing(second, document, THEME)
        for child in active_children():
            os.kill(child.pid or 0, signal.SIGKILL)
        printing.attach(ATTACHED)
        formats = printing.finish(claims)
    assert sorted(formats.files) == ["report.docx", "report.html"]
    assert "排版进程意外中止" in (formats.pdf_missing or "")


def test_what_goes_wrong_in_the_second_process_is_raised_in_this_one() -> None:
    document, claims = specimen()
    with SecondProcess(*TYPESETTER) as second:
        printing = Printing(second, document, THEME)
        printing.attach({"claims.json": "not bytes"})  # type: ignore[dict-item]
        with pytest.raises(TypeError):
            printing.finish(claims)
