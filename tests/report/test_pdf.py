"""The PDF says what the document says, the same bytes each time, and asks for nothing outside."""

import hashlib
import io
import itertools
import logging
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pikepdf
import pytest
import tinyhtml5
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from pdf_text import tagged_text
from specimen import HOSTILE, MADE_AT, specimen

from review.incident.errors import UnusableInput
from review.report import pdf
from review.report.charts import drawing
from review.report.document import (
    Block,
    Bullets,
    Column,
    Document,
    Figure,
    Paragraph,
    Quoted,
    Section,
    Slot,
    Table,
    Words,
    parts,
    plain_text,
    string,
    walk,
)
from review.report.pdf import PdfUnavailable, lay_out, print_markup, tree_of
from review.report.theme import Theme, load_theme
from review.report.visible import visible

ATTACHED: Mapping[str, bytes] = {"claims.json": '{"值":1}'.encode(), "import.json": b"[]"}
UNDRAWABLE = "㐂𠮷"  # in no shipped font: the machine's fonts decide


class Collector(logging.Handler):
    """Keeps every record."""

    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def squeezed(text: str) -> str:
    """Without white space and the characters only the machine's own fonts have."""
    return "".join(character for character in text if not character.isspace() and character not in UNDRAWABLE and character not in "\u200b\ufeff")


def drawings(document: Document, theme: Theme) -> dict[str, bytes]:
    return {block.id: drawing(block.chart, theme) for block in walk(*parts(document)) if isinstance(block, Figure)}


@pytest.fixture(scope="module")
def theme() -> Theme:
    return load_theme(None)


@pytest.fixture(scope="module")
def records() -> list[logging.LogRecord]:
    return []


@pytest.fixture(scope="module")
def made(theme: Theme, records: list[logging.LogRecord]) -> bytes:
    document, _ = specimen()
    handler = Collector(records)
    logging.getLogger("weasyprint").addHandler(handler)
    try:
        return lay_out(document, theme, drawings(document, theme)).pdf(ATTACHED)
    finally:
        logging.getLogger("weasyprint").removeHandler(handler)


def small(*blocks: Block) -> Document:
    """The specimen's cover with one chapter."""
    document, _ = specimen()
    chapter = Section(id="one", level=1, number="一、", title=(Words("危机概述"),), blocks=blocks, page_break=True)
    summary = Section(id="summary", level=1, title=(Words("摘要"),), blocks=(Paragraph(text=(Words("结论。"),)),), page_break=True)
    return replace(document, summary=summary, sections=(chapter,), appendices=())


@pytest.mark.needs_pango
def test_the_text_of_the_pdf_is_the_text_of_the_document(made: bytes) -> None:
    document, _ = specimen()
    marked = tagged_text(made)
    contents = next(page for page, text in marked if text == "目录")
    shown = "".join(text for page, text in marked if page != contents)
    assert squeezed(shown) == squeezed(visible(plain_text(document).replace("\n", " ")))


@pytest.mark.needs_pango
def test_weasyprint_logs_nothing_but_characters_no_font_has(records: list[logging.LogRecord], made: bytes) -> None:
    assert made
    assert [record.getMessage() for record in records if not any(c in record.getMessage() for c in UNDRAWABLE)] == []


@pytest.mark.needs_pango
def test_our_sheet_of_elements_and_our_parser_say_what_weasyprints_own_say(theme: Theme, made: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_page_source", lambda weasyprint: lambda markup, fetcher: weasyprint.HTML(string=markup, url_fetcher=fetcher))
    document, _ = specimen()
    assert lay_out(document, theme, drawings(document, theme)).pdf(ATTACHED) == made


@given(st.text())
def test_a_text_is_read_as_an_html5_parser_reads_it(text: str) -> None:
    markup = (
        f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"></head><body><p title="{escape(visible(text))}">{escape(visible(text))}</p></body></html>'
    )
    (ours,), (theirs,) = tree_of(markup).iter("p"), tinyhtml5.parse(markup, namespace_html_elements=False).iter("p")
    assert (ours.text, ours.attrib) == (theirs.text, theirs.attrib)


@pytest.mark.needs_pango
def test_the_pdf_is_tagged_archival_and_carries_its_metadata_and_attachments(made: bytes) -> None:
    document, _ = specimen()
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.Lang == "zh-CN"
        with opened.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "A")
            assert xmp["dc:title"] == document.title
        assert opened.docinfo["/CreationDate"] == f"D:{MADE_AT.astimezone(UTC):%Y%m%d%H%M%S}+00'00"
        assert {name: item.get_file().read_bytes() for name, item in opened.attachments.items()} == dict(ATTACHED)
        with opened.open_outline() as outline:
            chapters = (document.summary, *document.sections, *document.appendices)
            assert [item.title for item in outline.root] == [chapter.number + string(chapter.title) for chapter in chapters]
            assert [item.title for item in outline.root[1].children] == ["(一)事件经过", "(二)定性与定级"]


@pytest.mark.needs_pango
def test_a_reader_that_keeps_to_the_standard_draws_the_same_glyphs(made: bytes) -> None:
    """Codes in the text are glyph numbers; in a CID-keyed font a strict reader takes them for CIDs, so the two must be one."""
    checked = 0
    with pikepdf.open(io.BytesIO(made)) as opened:
        for item in opened.objects:
            if isinstance(item, pikepdf.Dictionary) and "/FontFile3" in item:
                charset = TTFont(io.BytesIO(item.FontFile3.read_bytes()))["CFF "].cff[0].charset
                if "Report-Sans" in str(item.FontName):  # the machine's own fonts, for characters ours lack, are as they are
                    checked += 1
                    assert charset[1:] == [f"cid{glyph:05d}" for glyph in range(1, len(charset))]
    assert checked == 2


@pytest.mark.needs_pango
def test_the_structure_tree_keeps_the_rules_of_tagged_pdf(made: bytes) -> None:
    """Matterhorn 09, 15, 16, 28: lists hold items, rows cells, cells name their heads, and every link annotation stands in a Link."""
    with pikepdf.open(io.BytesIO(made)) as opened:
        tree = opened.Root.StructTreeRoot
        elements = [item for item in opened.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem"]
        allowed = {"/LI": {"/L"}, "/LBody": {"/LI"}, "/Lbl": {"/LI"}, "/TR": {"/THead", "/TBody", "/Table"}, "/TH": {"/TR"}, "/TD": {"/TR"}}
        for element in elements:
            role = str(element.S)
            if role in allowed:
                assert str(element.P.S) in allowed[role], (role, str(element.P.S))
        heads = {str(element.ID) for element in elements if str(element.S) == "/TH"}
        cells = [element for element in elements if str(element.S) == "/TD"]
        assert cells
        assert all({str(head) for head in cell.A.Headers} <= heads and len(cell.A.Headers) for cell in cells)
        levels = [int(str(element.S)[2:]) for element in elements if re.fullmatch("/H[1-6]", str(element.S))]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        parents = {int(tree.ParentTree.Nums[i]): tree.ParentTree.Nums[i + 1] for i in range(0, len(tree.ParentTree.Nums), 2)}
        links = [annotation for page in opened.pages for annotation in page.get("/Annots", [])]
        assert links
        assert {str(parents[int(link.StructParent)].S) for link in links} == {"/Link"}
        assert all(link.get("/Contents") for link in links)
        assert str(opened.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert all(str(item.AFRelationship) == "/Data" for item in opened.Root.AF)
        assert opened.Root.ViewerPreferences.DisplayDocTitle


@pytest.mark.needs_pango
def test_every_picture_has_its_finding_as_alternative_text(made: bytes) -> None:
    document, _ = specimen()
    wanted = {"".join(span.text for span in block.alt) for block in walk(*parts(document)) if isinstance(block, Figure)}
    with pikepdf.open(io.BytesIO(made)) as opened:
        found = {str(item.Alt) for item in opened.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure" and "/Alt" in item}
    assert wanted <= found


@pytest.mark.needs_pango
def test_body_pages_count_from_the_first_section_and_wide_tables_lie_across(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as opened:
        boxes = [tuple(float(x) for x in page.MediaBox) for page in opened.pages]
    assert any(box[2] > box[3] for box in boxes)
    assert boxes[0][2] < boxes[0][3]
    marked = tagged_text(made)
    contents = next(page for page, text in marked if text == "目录")
    listed = re.sub(r"\s", "", "".join(text for page, text in marked if page == contents))
    assert listed.startswith("目录一、危机概述1(一)事件经过1(二)定性与定级1二、全链路数据2")


@pytest.mark.needs_pango
def test_two_processes_make_the_same_bytes(tmp_path: Path) -> None:
    code = """
import sys
sys.path.insert(0, sys.argv[1])
from test_pdf import small, ATTACHED
from review.report.document import Paragraph, Quoted, Table, Column, Words
from review.report.pdf import lay_out
from review.report.theme import load_theme
rows = tuple(((Quoted(f"第{i}行😡👍🏻"),),) for i in range(40))
table = Table(id="t", number="表1-1", caption=(Words("表"),), columns=(Column(head="列", width=1.0),), rows=rows)
document = small(Paragraph(text=(Quoted("表情👨‍👩‍👧‍👦"),)), table)
open(sys.argv[2], "wb").write(lay_out(document, load_theme(None), {}).pdf(ATTACHED))
"""
    for name, seed in (("a.pdf", "1"), ("b.pdf", "2")):
        surroundings = {"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "TZ": f"UTC{seed}"}
        subprocess.run([sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path / name)], check=True, env=surroundings)
    digests = {hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("a.pdf", "b.pdf")}
    assert len(digests) == 1


def test_hostile_text_never_becomes_markup_or_an_address(theme: Theme) -> None:
    hostile = '<img src="file:///etc/passwd"><script>x</script>{{ 7*7 }}<a href="http://example.invalid/">'
    markup = print_markup(small(Paragraph(text=(Quoted(hostile),)), Bullets(items=((Quoted(hostile),),))), theme)
    assert "<img src=" not in markup
    assert "<script" not in markup
    assert "&lt;script&gt;x&lt;/script&gt;{{ 7*7 }}" in markup


@pytest.mark.needs_pango
@pytest.mark.parametrize("made_from", ["quote", "slot", "table"])
def test_hostile_texts_are_printed_as_text(theme: Theme, made_from: str) -> None:
    block: Block
    if made_from == "quote":
        block = Bullets(items=tuple((Quoted(text),) for text in HOSTILE))
    elif made_from == "slot":
        block = Slot(id="s", prompt=(Words("填"),), text=tuple(Quoted(text) for text in HOSTILE))
    else:
        block = Table(id="t", number="表1-1", caption=(Words("表"),), columns=(Column(head="列", width=1.0),), rows=tuple(((Quoted(t),),) for t in HOSTILE))
    document = small(block)
    with pikepdf.open(io.BytesIO(made := lay_out(document, theme, {}).pdf({}))) as opened:
        assert not [
            item for item in opened.objects if isinstance(item, pikepdf.Dictionary) and ("/JS" in item or "/URI" in item or item.get("/S") == "/Launch")
        ]
    shown = squeezed("".join(text for _, text in tagged_text(made)))
    for text in HOSTILE:
        assert squeezed(visible(text)) in shown


@pytest.mark.needs_pango
def test_any_address_but_our_own_stops_the_rendering(theme: Theme, tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    house = load_theme(tmp_path)
    (tmp_path / "html" / "print.css").write_text("body { background: url(file:///etc/hostname) }", encoding="utf-8")  # after it was looked at
    with pytest.raises(UnusableInput, match="file:///etc/hostname"):
        lay_out(small(), house, {})
    assert theme.folders != (tmp_path,)


@pytest.mark.needs_pango
def test_a_word_of_ten_thousand_characters_stays_inside_the_page_and_whole(theme: Theme) -> None:
    word = "长" * 3000 + "W" * 7000
    made = lay_out(small(Paragraph(text=(Quoted(word),))), theme, {}).pdf({})
    assert word in squeezed("".join(text for _, text in tagged_text(made)))


@pytest.mark.needs_pango
def test_an_announcement_stays_on_the_page_of_what_it_announces(theme: Theme) -> None:
    def pages(fill: int, last: str) -> list[int]:
        lines = [Paragraph(text=(Words("正文"),), style="note") for _ in range(fill)]
        marked = tagged_text(lay_out(small(*lines, Paragraph(text=(Words(last),)), Paragraph(text=(Words("接着"),))), theme, {}).pdf({}))
        return [page for page, text in marked if text in (last, "接着")]

    for fill in range(30, 60):  # until the two stand on two pages where nothing holds them together
        first, second = pages(fill, "如下。")
        if first != second:
            break
    assert first != second
    assert len(set(pages(fill, "如下："))) == 1


@pytest.mark.needs_pango
def test_a_note_stays_on_the_page_of_what_it_tells_of(theme: Theme) -> None:
    def pages(fill: int) -> set[int]:
        lines = [Paragraph(text=(Words("正文"),)) for _ in range(fill)]
        said = (Paragraph(text=(Words("所说"),)), Paragraph(text=(Words("所注"),), style="note"), Paragraph(text=(Words("又注"),), style="note"))
        marked = tagged_text(lay_out(small(*lines, *said), theme, {}).pdf({}))
        return {page for page, text in marked if text in ("所说", "所注", "又注")}

    assert {len(pages(fill)) for fill in range(24, 34)} == {1}
    assert pages(24) != pages(33)


@pytest.mark.needs_pango
def test_a_list_that_stays_together_is_not_parted_by_the_end_of_a_page(theme: Theme) -> None:
    def pages(fill: int, together: bool) -> set[int]:
        lines = [Paragraph(text=(Words("正文"),), style="note") for _ in range(fill)]
        listed = Bullets(items=tuple((Quoted(f"第{i}项"),) for i in range(8)), together=together)
        marked = tagged_text(lay_out(small(*lines, listed), theme, {}).pdf({}))
        return {page for page, text in marked if re.fullmatch(r"第\d项", text)}

    assert max(len(pages(fill, False)) for fill in range(26, 34)) == 2
    assert {len(pages(fill, True)) for fill in range(26, 34)} == {1}


def numbered(rows: int) -> Table:
    """A table whose cells are 行0, 行1 …"""
    cells = tuple(((Quoted(f"行{i}"),),) for i in range(rows))
    return Table(id="t", number="表1-1", caption=(Words("表"),), columns=(Column(head="列", width=1.0),), rows=cells, note=(Words("行注"),))


@pytest.mark.needs_pango
def test_a_table_is_parted_between_three_rows_and_three_and_a_short_one_between_two_and_two(theme: Theme) -> None:
    def rows_on_pages(fill: int, rows: int) -> list[int]:
        lines = [Paragraph(text=(Words("正文"),), style="note") for _ in range(fill)]
        marked = tagged_text(lay_out(small(*lines, numbered(rows)), theme, {}).pdf({}))
        pages = [page for page, text in marked if re.fullmatch(r"行(\d+|注)", text)]
        return [len(list(group)) for _, group in itertools.groupby(pages)]

    assert {len(rows_on_pages(fill, 3)) for fill in range(29, 36)} == {1}
    for rows, least in ((5, 2), (8, 3)):
        parted = [counts for fill in range(25, 34) if len(counts := rows_on_pages(fill, rows)) > 1]
        assert parted
        assert all(min(counts) >= least for counts in parted)


@pytest.mark.needs_pango
def test_what_opens_a_section_stays_on_the_page_of_what_follows(theme: Theme) -> None:
    def pages(fill: int) -> set[int]:
        lines = [Paragraph(text=(Words("正文"),), style="note") for _ in range(fill)]
        within = Section(id="s", level=2, number="（一）", title=(Words("节"),), blocks=(Paragraph(text=(Words("开头。"),)), numbered(1)))
        marked = tagged_text(lay_out(small(*lines, within), theme, {}).pdf({}))
        return {page for page, text in marked if text in ("开头。", "行0")}

    assert {len(pages(fill)) for fill in range(30, 38)} == {1}


@pytest.mark.needs_pango
def test_a_row_is_never_cut_and_the_head_is_repeated(theme: Theme) -> None:
    rows = tuple(((Quoted(f"起{i}" + "行" * 300 + f"止{i}"),),) for i in range(12))
    table = Table(id="t", number="表1-1", caption=(Words("表"),), columns=(Column(head="列头", width=1.0),), rows=rows)
    marked = tagged_text(lay_out(small(table), theme, {}).pdf({}))
    pages: dict[int, str] = {}
    for page, text in marked:
        pages[page] = pages.get(page, "") + text
    for i in range(12):
        (page,) = [p for p, text in pages.items() if f"起{i}行" in text]
        assert f"行止{i}" in pages[page]
    assert sum("列头" in text for text in pages.values()) == 1  # the repeated heads are artifacts, so a screen reader hears them once


def test_without_pango_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, theme: Theme) -> None:
    class Broken:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:  # noqa: ARG002
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in ("weasyprint", "review.report.typesetter"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    for platform, remedy in (("linux", "apt install"), ("darwin", "brew install pango"), ("win32", "WPS")):
        monkeypatch.setattr(sys, "platform", platform)
        with pytest.raises(PdfUnavailable, match=remedy) as caught:
            lay_out(small(), theme, {})
        assert "\n" not in str(caught.value)


WITHOUT = """
import sys
import cffi
theirs = cffi.FFI.dlopen
def missing(self, name=None, *flags):
    if name and sys.argv[1] in str(name):
        raise OSError(f"cannot load library {name!r}")
    return theirs(self, name, *flags)
cffi.FFI.dlopen = missing
"""


def without_library(name: str, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a program says on a machine that has no shared library with this name in its own; every warning is an error."""
    return subprocess.run([sys.executable, "-W", "error", "-c", WITHOUT + code, name, *arguments], check=True, capture_output=True, text=True, encoding="utf-8")


def test_where_pango_is_missing_nothing_but_our_own_line_is_printed() -> None:
    said = without_library("pango", "from review.report.pdf import pango_fault; print(pango_fault())")
    assert said.stderr == ""
    assert said.stdout.startswith("无法生成 PDF")
    assert said.stdout.count("\n") == 1


@pytest.mark.needs_pango
@pytest.mark.skipif(sys.platform != "linux", reason="only there ctypes asks other programs where a library is")
def test_the_import_starts_no_other_program() -> None:
    code = """
import subprocess
def refused(self, *arguments, **named):
    raise AssertionError(arguments)
subprocess.Popen.__init__ = refused
from review.report.pdf import pango_fault
assert pango_fault() is None
"""
    without_library("no library at all", code)


@pytest.mark.needs_pango
def test_fonts_are_cut_without_the_systems_harfbuzz_subset_and_without_a_word(tmp_path: Path) -> None:
    code = """
import logging, pathlib
logging.basicConfig(level="WARNING")
sys.path.insert(0, sys.argv[3])
from test_pdf import small
from review.report.pdf import lay_out
from review.report.theme import load_theme
pathlib.Path(sys.argv[2]).write_bytes(lay_out(small(), load_theme(None), {}).pdf({}))
"""
    said = without_library("harfbuzz-subset", code, str(tmp_path / "a.pdf"), str(Path(__file__).parent))
    assert (said.stdout, said.stderr) == ("", "")
    with pikepdf.open(tmp_path / "a.pdf") as document:
        sizes = [len(each.FontFile3.read_bytes()) for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/FontFile3" in each]
    assert sizes
    assert max(sizes) < 500_000  # of 5 MB
