"""The second process prints what this one would, and its end is told, not hidden."""

import os
import signal
import tempfile
from multiprocessing import active_children
from pathlib import Path

import pytest
from specimen import specimen

from review.report.charts import drawing
from review.report.document import Figure, parts, walk
from review.report.pdf import lay_out
from review.report.press import Press
from review.report.theme import load_theme

THEME = load_theme(None)
ATTACHED = {"claims.json": b"{}"}


def test_the_pdf_of_the_second_process_is_the_pdf_of_this_one_byte_for_byte() -> None:
    document, claims = specimen()
    with Press() as press:
        printing = press.begin(document, THEME)
        printing.attach(ATTACHED)
        formats = printing.finish(claims)
    drawn = {block.id: drawing(block.chart, THEME) for block in walk(*parts(document)) if isinstance(block, Figure)}
    assert formats.files["report.pdf"] == lay_out(document, THEME, drawn).pdf(ATTACHED)
    assert formats.pdf_missing is None


def test_a_killed_second_process_costs_the_pdf_and_nothing_else() -> None:
    document, claims = specimen()
    with Press() as press:
        printing = press.begin(document, THEME)
        for child in active_children():
            os.kill(child.pid or 0, signal.SIGKILL)
        printing.attach(ATTACHED)
        formats = printing.finish(claims)
    assert sorted(formats.files) == ["report.docx", "report.html"]
    assert "排版进程意外中止" in (formats.pdf_missing or "")


def test_what_goes_wrong_in_the_second_process_is_raised_in_this_one() -> None:
    document, claims = specimen()
    with Press() as press:
        printing = press.begin(document, THEME)
        printing.attach({"claims.json": "not bytes"})  # type: ignore[dict-item]
        with pytest.raises(TypeError):
            printing.finish(claims)


def test_a_build_that_stops_leaves_no_process_behind() -> None:
    with pytest.raises(KeyError), Press():
        raise KeyError("stopped")
    assert not active_children()


def test_neither_a_report_nor_a_stopped_build_leaves_files_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    document, claims = specimen()
    with Press() as press:
        printing = press.begin(document, THEME)
        printing.attach(ATTACHED)
        assert printing.finish(claims).pdf_missing is None
    assert list(tmp_path.iterdir()) == []
    with Press() as press:  # and is not asked for what it made
        press.begin(document, THEME)
    assert list(tmp_path.iterdir()) == []
