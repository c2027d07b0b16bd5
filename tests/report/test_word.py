"""The DOCX says word for word what the document says, opens without repair by every rule we can check, and repeats byte for byte."""

import hashlib
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import openpyxl
import pytest
from chart_parts import check_caches, check_order, close, columns_of, known
from houses import coloured, folder_with
from lxml import etree
from specimen import HOSTILE, MADE_AT, specimen

from review.incident.errors import UnusableInput
from review.report.chart_data import CurveChart, DailyChart, ScoreChart
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
    Tile,
    Tiles,
    Words,
    parts,
    plain_text,
    string,
    walk,
)
from review.report.markup import style_sheet
from review.report.pages import Pages
from review.report.theme import load_theme
from review.report.word import word
from review.report.word_charts import native_chart
from review.report.word_sheet import SHEET
from review.report.word_slots import read_edits
from review.report.word_text import run, safe

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
THEME = load_theme(None)
DOCUMENT, _ = specimen()
PAGES = Pages(of={"overview": "1", "course": "1"}, total=17)


def parsed(xml: str | bytes) -> Any:
    return etree.fromstring(xml)


@pytest.fixture(scope="module", params=["ours", "house"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The theme folder: none, and one with a reference.docx: every rule holds for both."""
    return None if request.param == "ours" else folder_with(tmp_path_factory.mktemp("house"), coloured())


@pytest.fixture(scope="module")
def made(house: Path | None) -> bytes:
    return word(DOCUMENT, load_theme(house), lambda: PAGES)


@pytest.fixture(scope="module")
def files(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture(scope="module")
def body(files: dict[str, bytes]) -> Any:
    return parsed(files["word/document.xml"])[0]


def text_of(paragraph: Any) -> str:
    marks = {f"{W}br": "\n", f"{W}tab": "\t"}
    return "".join(marks.get(node.tag, node.text) for node in paragraph.iter(f"{W}t", *marks) if node.getparent().tag == f"{W}r")


def lines_of(container: Any) -> Iterator[str]:
    """The visible lines of a body: data rows as tab-separated cells, boxes and tiles paragraph by paragraph; the contents left out."""
    for node in container:
        if node.tag == f"{W}p":
            look = node.find(f"{W}pPr/{W}pStyle")
            # where a title's lines break is layout, as in print
            yield text_of(node).replace("\n", "") if look is not None and look.get(f"{W}val") == "Title" else text_of(node)
        elif node.tag == f"{W}sdt":
            if node.find(f"{W}sdtPr/{W}docPartObj") is None:
                yield from lines_of(node.find(f"{W}sdtContent"))
        elif node.tag == f"{W}tbl":
            style = node.find(f"{W}tblPr/{W}tblStyle").get(f"{W}val")
            for row in node.iter(f"{W}tr"):
                cells = ["\n".join(text_of(p) for p in cell.iter(f"{W}p")) for cell in row.iter(f"{W}tc")]
                yield ("\t" if style in ("ReviewTable", "ReviewPlain") else "\n").join(cells)


def body_text(container: Any) -> str:
    return "\n".join(line for line in lines_of(container) if line) + "\n"


def test_the_body_says_word_for_word_what_the_document_says(body: Any) -> None:
    assert body_text(body) == safe(plain_text(DOCUMENT))


def test_two_processes_make_the_same_bytes(made: bytes, house: Path | None) -> None:
    script = (
        "import hashlib, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from specimen import specimen\nfrom review.report.theme import load_theme\n"
        "from review.report.pages import Pages\nfrom review.report.word import word\n"
        "made = word(specimen()[0], load_theme(Path(sys.argv[2]) if sys.argv[2] else None), lambda: Pages(of={'overview': '1', 'course': '1'}, total=17))\n"
        "print(hashlib.sha256(made).hexdigest())"
    )
    here = Path(__file__).parent
    command = [sys.executable, "-c", script, str(here), "" if house is None else str(house)]
    again = subprocess.run(command, cwd=here.parent.parent, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7", "PYTHONPATH": "."})
    assert again.stdout.strip() == hashlib.sha256(made).hexdigest()


def test_nothing_inside_carries_the_clock_of_the_machine(made: bytes, files: dict[str, bytes]) -> None:
    dates = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(made)).infolist()}
    assert dates == {(2025, 9, 20, 1, 30, 0)}
    for name, content in files.items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                assert {entry.date_time for entry in book.infolist()} == {(2025, 9, 20, 1, 30, 0)}
                assert str(datetime.now(UTC).year).encode() not in book.read("docProps/core.xml")
    assert b"2025-09-20T01:30:00Z" in files["docProps/core.xml"]


def test_another_time_of_build_changes_dates_only() -> None:
    later = word(replace(DOCUMENT, made_at=MADE_AT.replace(year=2026)), THEME, lambda: PAGES)
    with zipfile.ZipFile(io.BytesIO(later)) as package:
        assert b"2026-09-20" in package.read("docProps/core.xml")


def test_every_part_is_well_formed_typed_and_every_relation_resolves(files: dict[str, bytes]) -> None:
    types = parsed(files["[Content_Types].xml"])
    defaults = {node.get("Extension") for node in types if node.tag.endswith("Default")}
    overrides = {node.get("PartName") for node in types if node.tag.endswith("Override")}
    for name, content in files.items():
        if name.endswith((".xml", ".rels")):
            parsed(content)
        assert name == "[Content_Types].xml" or f"/{name}" in overrides or name.rsplit(".", 1)[1] in defaults, name
    reached = {"[Content_Types].xml"}
    for name, content in files.items():
        if not name.endswith(".rels"):
            continue
        reached.add(name)
        base = PurePosixPath(name).parent.parent
        ids = set()
        for relation in parsed(content):
            assert relation.get("TargetMode") != "External"
            ids.add(relation.get("Id"))
            target = relation.get("Target")
            path = PurePosixPath(target[1:]) if target.startswith("/") else base / target
            flat: list[str] = []
            for part in path.parts:
                flat = flat[:-1] if part == ".." else [*flat, part]
            assert "/".join(flat) in files, f"{name}: {target}"
            reached.add("/".join(flat))
        owner = files.get(str(base / PurePosixPath(name).name.removesuffix(".rels")))
        if owner is not None and owner[:1] == b"<":
            used = {value for node in parsed(owner).iter() for key, value in node.attrib.items() if str(key).startswith(R)}
            assert used <= ids
    assert reached == set(files), "a part nobody points at"


def test_every_style_used_is_defined_and_sets_its_east_asian_font(files: dict[str, bytes]) -> None:
    styles = parsed(files["word/styles.xml"])
    defined = {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")}
    for name in ("word/document.xml", "word/header_hdr.xml", "word/front_ftr.xml", "word/body_ftr.xml"):
        root = parsed(files[name])
        used = {node.get(f"{W}val") for tag in ("pStyle", "rStyle", "tblStyle") for node in root.iter(f"{W}{tag}")}
        assert used <= defined, used - defined
        assert not list(root.iter(f"{W}sz", f"{W}color", f"{W}b")), "formatting by hand"
    by_id = {style.get(f"{W}styleId"): style for style in styles.iter(f"{W}style")}
    for style in styles.iter(f"{W}style"):
        if style.get(f"{W}type") == "paragraph":
            own = style if style.find(f"{W}rPr/{W}rFonts") is not None else by_id[style.find(f"{W}basedOn").get(f"{W}val")]
            assert own.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") in (THEME.fonts.word_body, THEME.fonts.word_heading, "楷体")
        for link in style.iter(f"{W}basedOn", f"{W}next"):
            assert link.get(f"{W}val") in defined
    assert b"MS Mincho" not in b"".join(files.values())


def test_numbering_used_is_defined_and_ordered_lists_count_from_one(files: dict[str, bytes]) -> None:
    numbering = parsed(files["word/numbering.xml"])
    defined = {node.get(f"{W}numId") for node in numbering.iter(f"{W}num")}
    used = {node.get(f"{W}val") for name in ("word/document.xml", "word/styles.xml") for node in parsed(files[name]).iter(f"{W}numId")}
    assert used <= defined
    assert len(defined) == 2


def test_fields_are_balanced_and_their_instructions_are_ours(body: Any) -> None:
    depth = 0
    for mark in body.iter(f"{W}fldChar"):
        depth += {"begin": 1, "separate": 0, "end": -1}[mark.get(f"{W}fldCharType")]
        assert depth >= 0
    assert depth == 0
    pattern = r' (TOC \\o "1-2" \\h \\z \\u \\b _ReviewListed|(PAGEREF|REF) _(Toc|Ref)\d{8} \\h|SEQ [图表]_\w+ \\\* ARABIC( \\r \d+)?) '
    for node in body.iter(f"{W}instrText"):
        assert re.fullmatch(pattern, node.text), node.text


def test_bookmarks_are_unique_closed_and_all_references_meet_one(body: Any) -> None:
    names = [node.get(f"{W}name") for node in body.iter(f"{W}bookmarkStart")]
    starts = [node.get(f"{W}id") for node in body.iter(f"{W}bookmarkStart")]
    assert len(set(names)) == len(names)
    assert len(set(starts)) == len(starts)
    assert sorted(starts) == sorted(node.get(f"{W}id") for node in body.iter(f"{W}bookmarkEnd"))
    wanted = {node.get(f"{W}anchor") for node in body.iter(f"{W}hyperlink")} | {
        node.text.split()[1] for node in body.iter(f"{W}instrText") if node.text.split()[0] in ("REF", "PAGEREF")
    }
    assert wanted <= set(names)
    assert all(len(name) <= 40 for name in names)


def test_updating_the_captions_would_give_the_numbers_already_shown(body: Any) -> None:
    counters: dict[str, int] = {}
    shown = []
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is None or style.get(f"{W}val") not in ("Caption", "ReviewTableCaption"):
            continue
        instruction = paragraph.find(f".//{W}instrText").text.split()
        count = int(instruction[-1]) if "\\r" in instruction else counters.get(instruction[1], 0) + 1
        counters[instruction[1]] = count
        shown.append(f"{instruction[1].replace('_', '')}-{count}")
    blocks = [block for block in walk(*parts(DOCUMENT)) if isinstance(block, Table | Figure)]
    assert shown == [block.number for block in blocks]


def test_headings_can_be_navigated_and_the_contents_list_them(body: Any) -> None:
    sections = [block for block in walk(*parts(DOCUMENT)) if isinstance(block, Section)]
    headings = [
        text_of(p) for p in body.iter(f"{W}p") if (s := p.find(f"{W}pPr/{W}pStyle")) is not None and s.get(f"{W}val") in ("Heading1", "Heading2", "Heading3")
    ]
    assert headings == [section.number + string(section.title) for section in sections]
    contents = [text_of(p) for p in body.iter(f"{W}p") if (s := p.find(f"{W}pPr/{W}pStyle")) is not None and s.get(f"{W}val") in ("TOC1", "TOC2")]
    listed = [section for section in sections if section.level <= 2 and section is not DOCUMENT.summary]
    assert [line.split("\t")[0] for line in contents] == [section.number + string(section.title) for section in listed]
    assert [line.split("\t")[1] for line in contents if "\t" in line] == ["1", "1"]


def test_captions_and_notes_of_figures_are_centred_as_they_are_in_print() -> None:
    """In a house without styles of its own."""
    document, _ = specimen()
    package = zipfile.ZipFile(io.BytesIO(word(document, load_theme(None))))
    sheet = style_sheet(load_theme(None), "report.css")
    looks = {style.get(f"{W}styleId"): style for style in parsed(package.read("word/styles.xml")).iter(f"{W}style")}
    for selector, style in ((".table .caption", "ReviewTableCaption"), ("figure .caption", "Caption"), ("figure .note", "ReviewFigureNote")):
        assert re.search(rf"^{re.escape(selector)} {{ text-align: center", sheet, re.M), selector
        assert looks[style].find(f"{W}pPr/{W}jc").get(f"{W}val") == "center"
    used = {
        p.find(f"{W}pPr/{W}pStyle").get(f"{W}val") for p in parsed(package.read("word/document.xml")).iter(f"{W}p") if p.find(f"{W}pPr/{W}pStyle") is not None
    }
    assert {"ReviewTableCaption", "Caption", "ReviewFigureNote"} <= used


def kept_with_the_next(*blocks: Block) -> dict[str, bool]:
    """Text of each paragraph of a section of these blocks → whether it is kept with the next, cover and contents left out."""
    document, _ = specimen()
    section = Section(id="only", level=1, number="一、", title=(Words("章"),), blocks=blocks)
    package = zipfile.ZipFile(io.BytesIO(word(replace(document, sections=(section,), appendices=()), load_theme(None))))
    told = [(text_of(p), p.find(f"{W}pPr/{W}keepNext") is not None) for p in parsed(package.read("word/document.xml")).iter(f"{W}p")]
    return dict(told[max(i for i, (text, _) in enumerate(told) if text == "一、章") + 1 :])


def test_an_announcement_is_kept_with_what_it_announces_and_the_opening_of_a_section_with_the_rest() -> None:
    said = [Paragraph(text=(Words(text),)) for text in ("开头。", "接着。", "如下：", "如上。")]
    kept = kept_with_the_next(*said)
    assert [kept[text] for text in ("开头。", "接着。", "如下：", "如上。")] == [True, False, True, False]
    assert not kept_with_the_next(said[0])["开头。"]  # it is all there is


def test_a_note_is_kept_with_what_it_tells_of() -> None:
    note = Paragraph(text=(Words("明细见附录。"),), style="note")
    said = [Paragraph(text=(Words(text),)) for text in ("开头。", "接着。", "末段。")]
    listed = Bullets(items=((Words("甲"),), (Words("乙"),)), ordered=True)
    kept = kept_with_the_next(*said, note, listed, replace(note, text=(Words("注。"),)))
    assert [kept[text] for text in ("接着。", "末段。", "明细见附录。", "甲", "乙", "注。")] == [False, True, False, False, True, False]


def test_a_list_that_stays_together_keeps_all_but_its_last_item_with_the_next() -> None:
    items = ((Words("甲"),), (Words("乙"),), (Words("丙"),))
    kept = kept_with_the_next(Bullets(items=items, together=True), Bullets(items=((Words("丁"),), (Words("戊"),))))
    assert [kept[text] for text in "甲乙丙丁戊"] == [True, True, False, False, False]


def test_a_table_is_parted_between_three_rows_and_three_and_a_short_one_between_two_and_two() -> None:
    def kept(rows: int, note: str) -> list[bool]:
        cells = tuple(((Quoted(f"行{i}"),),) for i in range(rows))
        noted = (Words(note),) if note else ()
        table = Table(id="t", number="表1-1", caption=(Words("表"),), columns=(Column(head="列头", width=1.0),), rows=cells, note=noted)
        told = kept_with_the_next(table)
        return [told["列头"], *(told[f"行{i}"] for i in range(rows))]

    assert kept(3, "") == [True, True, True, False]
    assert kept(3, "注") == [True] * 4
    assert kept(4, "") == [True, True, False, True, False]
    assert kept(5, "") == [True, True, False, False, True, False]
    assert kept(9, "") == [True, True, True, *[False] * 4, True, True, False]
    assert kept(1, "") == [True, False]


def test_tables_repeat_their_head_and_never_cut_a_row(body: Any) -> None:
    tables = [table for table in body.iter(f"{W}tbl") if table.find(f"{W}tblPr/{W}tblStyle").get(f"{W}val") == "ReviewTable"]
    assert len(tables) == sum(isinstance(block, Table) for block in walk(*parts(DOCUMENT)))
    for table in tables:
        rows = table.findall(f"{W}tr")
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        widths = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]
        assert all([int(cell.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) for cell in row.findall(f"{W}tc")] == widths for row in rows)


def test_a_wide_table_stands_with_its_heading_on_a_landscape_page(body: Any) -> None:
    orientation: list[tuple[str, bool]] = []
    pending: list[str] = []
    for node in body:
        section = node if node.tag == f"{W}sectPr" else node.find(f"{W}pPr/{W}sectPr")
        if node.tag == f"{W}p":
            pending.append(text_of(node))
        if section is not None:
            turned = section.find(f"{W}pgSz").get(f"{W}orient") == "landscape"
            orientation += [(text, turned) for text in pending if text]
            pending = []
    landscape = [text for text, turned in orientation if turned]
    assert landscape == ["(五)关键账号与媒体", "表2-3 关键账号与媒体"]


def test_the_marking_of_the_header_stands_at_the_right_edge_of_a_turned_page_too(files: dict[str, bytes]) -> None:
    links = {link.get("Id"): link.get("Target") for link in parsed(files["word/_rels/document.xml.rels"])}
    turned = 0
    for section in parsed(files["word/document.xml"]).iter(f"{W}sectPr"):
        if section.find(f"{W}pgSz").get(f"{W}orient") != "landscape":
            continue
        turned += 1
        header = parsed(files["word/" + links[section.find(f"{W}headerReference").get(f"{R}id")]])
        tabs = {tab.get(f"{W}val"): int(tab.get(f"{W}pos")) for tab in header.iter(f"{W}tab") if tab.get(f"{W}pos")}
        size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
        room = int(size.get(f"{W}w")) - int(margins.get(f"{W}left")) - int(margins.get(f"{W}right"))
        assert tabs["right"] == pytest.approx(room, abs=2)
        assert 0 < tabs["clear"] < tabs["right"]  # of the upright pages
    assert turned


def test_only_the_first_body_page_starts_counting_and_the_cover_has_no_header(body: Any) -> None:
    sections = list(body.iter(f"{W}sectPr"))
    starts = [(s.find(f"{W}pgNumType").get(f"{W}start") if s.find(f"{W}pgNumType") is not None else None) for s in sections]
    assert starts == [None, "1", "1"] + [None] * (len(sections) - 3)
    assert sections[0].find(f"{W}headerReference") is None
    assert all(s.find(f"{W}headerReference") is not None for s in sections[1:])


def test_every_drawing_says_what_it_shows_in_words(body: Any) -> None:
    described = [node.get("descr") for node in body.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")]
    assert described == [string(block.alt) for block in walk(*parts(DOCUMENT)) if isinstance(block, Figure)]


def test_core_properties_are_ours(files: dict[str, bytes]) -> None:
    core = files["docProps/core.xml"].decode()
    assert DOCUMENT.title in core
    assert DOCUMENT.author in core
    assert "python-docx" not in core


def test_charts_hold_the_numbers_of_the_figures_in_xml_and_workbook(files: dict[str, bytes]) -> None:
    figures = [block for block in walk(*parts(DOCUMENT)) if isinstance(block, Figure)]
    natives = [figure for figure in figures if native_chart(figure.chart, THEME) is not None]
    assert [type(figure.chart) for figure in natives] == [CurveChart, DailyChart, ScoreChart]
    for index, figure in enumerate(natives, start=1):
        book = files[f"word/embeddings/chart{index}.xlsx"]
        columns = columns_of(book)
        chart = figure.chart
        match chart:
            case CurveChart():
                points = chart.points
                solid, thin = columns["负面占比"], columns["负面占比（样本偏少）"]
                assert [a if a is not None else b for a, b in zip(solid, thin, strict=True)][: len(points)] == close([point.share for point in points])
                assert [i for i, value in enumerate(thin) if value is not None] == [i for i, point in enumerate(points) if point.thin]
                assert known(columns["区间下限"]) == close([point.low for point in points])
                assert known(columns["区间上限"]) == close([point.high for point in points])
                assert known(columns["评论数"]) == [point.n for point in points]
                assert columns["平滑走势"][: len(chart.smooth)] == close([value for _, value in chart.smooth])
                assert known(columns["阶段水平"])[::2] == close([regime.share for regime in chart.regimes])
                assert known(columns["预警线"]) == [0.2, 0.2]
                assert sorted(known(columns["舆论侧事件编号"]) + known(columns["品牌侧事件编号"])) == [event.number for event in chart.events]
                # 10:00 in Shanghai, not in UTC
                assert known(columns["时间"])[0].replace(tzinfo=None) == datetime(2025, 8, 12, 10)  # noqa: DTZ001 a spreadsheet time has no zone
            case DailyChart():
                assert columns["店铺订单"] == list(chart.values)
                assert columns["同星期日常"] == list(chart.baseline)
                assert [value.date() for value in columns["日期"]] == list(chart.days)
            case ScoreChart():
                assert columns["得分"] == [bar.score for bar in chart.bars]
                assert columns["区间下限"] == [bar.low for bar in chart.bars]
                assert columns["权重"] == [bar.weight for bar in chart.bars]
                assert columns["状态"] == [bar.state for bar in chart.bars]
        check_caches(files[f"word/charts/chart{index}.xml"], book)


def test_a_chart_part_keeps_the_order_of_the_schema(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if name.startswith("word/charts/chart"):
            check_order(content)


def test_a_text_that_looks_like_a_formula_stays_text_in_the_workbook() -> None:
    figure = next(block for block in walk(*parts(DOCUMENT)) if isinstance(block, Figure) and isinstance(block.chart, ScoreChart))
    assert isinstance(figure.chart, ScoreChart)
    hostile = replace(figure.chart, bars=tuple(replace(bar, name=text[:60]) for bar, text in zip(figure.chart.bars, HOSTILE, strict=False)))
    native = native_chart(hostile, THEME)
    assert native is not None
    sheet = openpyxl.load_workbook(io.BytesIO(native.workbook))[SHEET]
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * len(sheet["A"])
    assert any(str(cell.value).startswith("=cmd") for cell in sheet["A"])
    parsed(native.xml("rId1"))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_shown_as_text(text: str) -> None:
    slot = Slot(id="case.hostile", prompt=(Quoted(text),), text=(Quoted(text),))
    tiles = Tiles(items=(Tile(label=(Quoted(text),), value=(Quoted(text),), note=(Quoted(text),)),))
    section = Section(id="hostile", level=1, title=(Quoted(text),), blocks=(slot, tiles))
    document = replace(DOCUMENT, title=text, author=text, summary=section, sections=(section,), appendices=(), header=(text, text))
    made = word(document, THEME)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        root = parsed(package.read("word/document.xml"))
    assert body_text(root[0]) == safe(plain_text(document))
    (edit,) = read_edits(edited(made, f"<w:p>{run(text + '！')}</w:p>"), "改.docx").edits  # the prompt itself would count as untouched
    assert edit.text == safe(text).strip() + "！"


def test_slots_come_back_and_unfilled_ones_are_untouched(made: bytes) -> None:
    read = read_edits(made, "报告.docx")
    assert {edit.id: edit.text for edit in read.edits} == {"case.reason": "经品控部复核,{同批次} 137 件中 4 件开裂,属流程漏洞。"}
    assert (read.title, read.untouched, read.removed) == (DOCUMENT.title, ("case.verdict", "review.lessons"), ())


def edited(made: bytes, change: Any) -> bytes:
    """The DOCX after somebody typed: the content of the first slot replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                root = parsed(content)
                control = next(node for node in root.iter(f"{W}sdt") if node.find(f"{W}sdtPr/{W}tag") is not None)
                properties = control.find(f"{W}sdtPr")
                for mark in properties.findall(f"{W}showingPlcHdr"):
                    properties.remove(mark)
                inner = control.find(f"{W}sdtContent")
                inner.clear()
                inner.extend(parsed(f'<x xmlns:w="{W[1:-1]}">{change}</x>'))
                content = etree.tostring(root)
            target.writestr(name, content)
    return out.getvalue()


def test_what_was_typed_into_a_slot_is_read_with_its_paragraphs_and_tracked_changes_accepted(made: bytes) -> None:
    typed = (
        "<w:p><w:r><w:t>属流程</w:t></w:r><w:ins><w:r><w:t>漏洞</w:t></w:r></w:ins><w:del><w:r><w:delText>偶然</w:delText></w:r></w:del></w:p>"
        "<w:p><w:r><w:t>理由一</w:t><w:br/><w:t>理由二</w:t></w:r></w:p>"
    )
    edits = {edit.id: edit.text for edit in read_edits(edited(made, typed), "改.docx").edits}
    assert edits["case.verdict"] == "属流程漏洞\n理由一\n理由二"


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\x00" * 18])
def test_a_file_that_is_no_word_document_is_named_as_such(content: bytes) -> None:
    with pytest.raises(UnusableInput, match="DOCX"):
        read_edits(content, "别的.docx")


def test_the_elements_of_a_style_stand_in_the_order_of_the_schema(files: dict[str, bytes]) -> None:
    """CT_Style, CT_PPrBase, CT_RPr, CT_TblPrBase, CT_TcPr of ECMA-376."""
    orders = {
        "style": "name aliases basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr tcPr tblStylePr",
        "tblStylePr": "pPr rPr tblPr trPr tcPr",
        "pPr": "keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN "
        "adjustRightInd snapToGrid spacing ind contextualSpacing jc textAlignment outlineLvl",
        "rPr": "rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint color spacing w position sz szCs u shd vertAlign em lang",
        "tblPr": "tblStyleRowBandSize tblInd tblBorders shd tblCellMar",
        "tcPr": "tcBorders shd noWrap tcMar vAlign",
        "pBdr": "top left bottom right between bar",
        "tblBorders": "top left bottom right insideH insideV",
        "tcBorders": "top left bottom right insideH insideV",
        "tblCellMar": "top left bottom right",
    }
    root = parsed(files["word/styles.xml"])
    for tag, order in orders.items():
        names = order.split()
        for node in root.iter(f"{W}{tag}"):
            places = [names.index(etree.QName(child).localname) for child in node]
            assert places == sorted(places), (tag, [child.tag for child in node])
            assert len(set(places)) == len(places) or tag == "style", tag


def test_a_slot_id_too_long_for_word_is_refused() -> None:
    section = Section(id="x", level=1, title=(Quoted("题"),), blocks=(Slot(id="x" * 48, prompt=(Quoted("填"),)),))
    with pytest.raises(ValueError, match="64"):
        word(replace(DOCUMENT, summary=section, sections=(), appendices=()), THEME)


def test_a_document_without_anything_still_opens() -> None:
    empty = Section(id="summary", level=1, title=(Quoted("摘要"),), blocks=())
    document: Document = replace(DOCUMENT, summary=empty, sections=(), appendices=())
    made = word(document, THEME)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert body_text(parsed(package.read("word/document.xml"))[0]) == plain_text(document)


def test_the_house_logo_stands_on_the_cover_in_its_own_proportions(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (400, 100), "#17505B").save(tmp_path / "logo.png")
    (tmp_path / "logo.svg").write_text("<svg/>", encoding="utf-8")  # what PDF and HTML show; Word takes the picture beside it
    with zipfile.ZipFile(io.BytesIO(word(DOCUMENT, load_theme(tmp_path)))) as package:
        root = parsed(package.read("word/document.xml"))
    drawing = next(root.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}inline"))
    assert next(root[0].iter(f"{W}pStyle")).get(f"{W}val") == "ReviewLogo"
    extent = drawing[0]
    assert (int(extent.get("cx")), int(extent.get("cy"))) == (55 * 36000, round(13.75 * 36000))
    (tmp_path / "logo.png").write_bytes(b"no picture")
    with pytest.raises(UnusableInput, match=r"logo\.png"):
        word(DOCUMENT, load_theme(tmp_path))


def test_ids_of_drawings_bookmarks_and_controls_are_unique(body: Any) -> None:
    drawings = [node.get("id") for node in body.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")]
    controls = [node.find(f"{W}id").get(f"{W}val") for node in body.iter(f"{W}sdtPr")]
    titles = [node.find(f"{W}alias").get(f"{W}val") for node in body.iter(f"{W}sdtPr") if node.find(f"{W}alias") is not None]
    for values in (drawings, controls, titles):
        assert values
        assert len(set(values)) == len(values)
    assert all(0 < int(value) < 2**31 for value in controls)


def test_the_order_of_elements_is_that_of_the_schema(files: dict[str, bytes]) -> None:
    """CT_SdtPr, CT_PPr, CT_TblPr, CT_TrPr, CT_SectPr of ECMA-376: the sequences Word repairs a file over."""
    orders = {
        "sdtPr": ["rPr", "alias", "tag", "id", "lock", "placeholder", "temporary", "showingPlcHdr", "docPartObj"],
        "pPr": ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "numPr", "pBdr", "shd", "tabs", "spacing", "ind", "jc", "outlineLvl", "sectPr"],
        "tblPr": ["tblStyle", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook"],
        "sectPr": ["headerReference", "footerReference", "type", "pgSz", "pgMar", "pgNumType", "titlePg"],
    }
    root = parsed(files["word/document.xml"])
    for tag, order in orders.items():
        for node in root.iter(f"{W}{tag}"):
            places = [order.index(etree.QName(child).localname) for child in node]
            assert places == sorted(places), (tag, [child.tag for child in node])


def test_a_long_title_breaks_between_its_pieces_and_a_short_one_does_not() -> None:
    def lines(*title: str) -> list[str]:
        document = replace(DOCUMENT, cover=replace(DOCUMENT.cover, title=tuple(Quoted(piece) for piece in title)))
        with zipfile.ZipFile(io.BytesIO(word(document, THEME))) as package:
            body = parsed(package.read("word/document.xml"))[0]
        return next(text_of(node) for node in body.iter(f"{W}p") if node.find(f"{W}pPr/{W}pStyle[@{W}val='Title']") is not None).split("\n")

    assert lines("【林木家居】“", "餐桌开裂甲醛超标", "”", "舆情复盘报告") == ["【林木家居】“餐桌开裂甲醛超标”", "舆情复盘报告"]
    assert lines("【林木】“", "开裂", "”", "舆情复盘报告") == ["【林木】“开裂”舆情复盘报告"]
