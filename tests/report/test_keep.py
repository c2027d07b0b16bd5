"""What analysts type into the slots of a DOCX stands in the next report, word for word, marked, flagged where its evidence changed, and never lost unseen."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from docx.api import Document as DocxDocument
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_text import tagged_text
from specimen import specimen

from review.analysis.analyse import analyse
from review.cli import main
from review.incident.errors import UnusableInput
from review.intake.load import LoadOptions, load
from review.report.compose.incident_report import Composed, Dossier, Writing, compose
from review.report.document import Document, Paragraph, Section, Slot, plain_text, slot_lines, string, walk
from review.report.language import Tag
from review.report.theme import load_theme
from review.report.visible import visible
from review.report.word import word
from review.report.word_slots import EditedReport, read_edits
from review.settings.analysis_settings import load_analysis_settings

MINIMAL = Path(__file__).resolve().parent.parent.parent / "sample_data" / "minimal.xlsx"
SETTINGS = load_analysis_settings()
THEME = load_theme(None)
CAUSE = "首件检验漏做：3 批中有 2 批\n属流程漏洞"
AT = "2026-09-20T10:00:00+08:00"


def composed(path: Path, edited: EditedReport | None = None, final: bool = False, language: Tag = "zh-Hans") -> Composed:
    loaded = load([path], LoadOptions())
    writing = Writing(made_at=datetime.fromisoformat(AT), zone="Asia/Shanghai", final=final, masked=True, edited=edited)
    findings = analyse(loaded.incident, SETTINGS, "Asia/Shanghai").findings
    dossier = Dossier(findings=findings, case=loaded.incident.case, import_log=loaded.import_log, settings=SETTINGS)
    return compose(dossier, load_theme(None, language), writing)


@pytest.fixture(scope="module")
def first() -> bytes:
    return word(composed(MINIMAL).document, THEME)


def controls(document: Any) -> dict[str, Any]:
    """The content controls by slot id."""
    found = {}
    for control in document.element.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        if tag is not None:
            found[tag.get(qn("w:val")).split("#")[0]] = control
    return found


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def changed(docx: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    document = DocxDocument(io.BytesIO(docx))
    change(controls(document))
    return saved(document)


def typed(docx: bytes, texts: Mapping[str, str]) -> bytes:
    """The DOCX after somebody typed into its slots; every character in a run of its own, as Word and WPS split them."""

    def change(by_id: dict[str, Any]) -> None:
        for ident, text in texts.items():
            control = by_id[ident]
            for mark in control.findall(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}"):
                mark.getparent().remove(mark)
            content = control.find(qn("w:sdtContent"))
            content.clear()
            for line in text.split("\n"):
                paragraph = content.makeelement(qn("w:p"), {})
                content.append(paragraph)
                for character in line:
                    run = paragraph.makeelement(qn("w:r"), {})
                    paragraph.append(run)
                    shown = run.makeelement(qn("w:t"), {qn("xml:space"): "preserve"})
                    shown.text = character
                    run.append(shown)

    return changed(docx, change)


def slots(document: Document) -> dict[str, Slot]:
    return {block.id: block for block in walk(document.summary, *document.sections, *document.appendices) if isinstance(block, Slot)}


def note_after(document: Document, ident: str) -> str:
    """The small print under a slot."""
    blocks = list(walk(*document.sections))
    after = blocks[next(i for i, block in enumerate(blocks) if isinstance(block, Slot) and block.id == ident) + 1]
    assert isinstance(after, Paragraph)
    return string(after.text) if after.style == "note" else ""


def test_typed_words_come_back_in_their_place_marked_as_a_persons_and_the_rest_is_made_anew(first: bytes) -> None:
    edited = read_edits(typed(first, {"deep_causes": CAUSE}), "改.docx")
    again = composed(MINIMAL, edited)
    before, after = slots(composed(MINIMAL).document), slots(again.document)
    assert [string(line) for line in slot_lines(after["deep_causes"])] == CAUSE.split("\n")
    assert note_after(again.document, "deep_causes") == "人工编辑，自上一版保留。"
    assert {ident: slot for ident, slot in after.items() if ident != "deep_causes"} == {i: slot for i, slot in before.items() if i != "deep_causes"}
    assert "首件检验漏做" in string(next(b for b in walk(again.document.summary) if hasattr(b, "rows")).rows[0][1])  # the summary does not call it open
    assert sum(line.startswith("保留人工编辑：") for line in again.notices) == 1
    assert read_edits(word(again.document, THEME), "再改.docx").edits == edited.edits  # and so for ever


def test_words_typed_over_the_prompt_count_where_the_flag_of_the_prompt_was_left_and_a_word_processors_own_prompt_does_not(first: bytes) -> None:
    def over(text: str) -> bytes:
        def change(by_id: dict[str, Any]) -> None:
            control = by_id["deep_causes"]
            assert control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is not None
            shown, *others = control.iter(qn("w:t"))
            shown.text = text
            for other in others:
                other.text = ""

        return changed(first, change)

    assert [(edit.id, edit.text) for edit in read_edits(over("首件检验漏做"), "改.docx").edits] == [("deep_causes", "首件检验漏做")]
    for prompt in ("单击或点击此处输入文字。", "點按或選取這裡以輸入文字。", "Click or tap here to enter text.", "单击此处输入文字。"):
        assert read_edits(over(prompt), "空.docx").edits == ()


def test_a_report_in_another_language_keeps_the_words_and_sees_the_same_numbers(first: bytes, tmp_path: Path) -> None:
    edited = read_edits(typed(first, {"deep_causes": CAUSE, "surface_causes": CAUSE, "owners": "质检部 林工"}), "改.docx")
    again = composed(MINIMAL, edited, language="zh-Hant")
    assert not [line for line in again.notices if "依据有变" in line or "同一事件" in line]
    assert sum(line.startswith("保留人工编辑：") for line in again.notices) == 3
    back = read_edits(word(again.document, load_theme(None, "zh-Hant")), "改.docx")
    assert not [line for line in composed(MINIMAL, back).notices if "依据有变" in line or "同一事件" in line]
    longer = with_one_more_complaint(tmp_path)
    here, there = ([line for line in composed(longer, edited, language=tag).notices if "依据有变" in line] for tag in ("zh-Hans", "zh-Hant"))
    assert [line.count("；") for line in here] == [line.count("；") for line in there] != []
    assert "產品" in there[0]


def test_an_edit_whose_numbers_changed_names_what_changed_and_one_whose_did_not_is_left_alone(first: bytes, tmp_path: Path) -> None:
    edited = read_edits(typed(first, {"surface_causes": CAUSE, "owners": "质检部 林工"}), "改.docx")
    again = composed(with_one_more_complaint(tmp_path), edited)
    assert "产品质量：提及条数 1 条 → 2 条" in note_after(again.document, "surface_causes")
    assert note_after(again.document, "owners") == "人工编辑，自上一版保留。"
    (told,) = [line for line in again.notices if "依据有变" in line]
    assert "表层诱因" in told
    final = composed(with_one_more_complaint(tmp_path), edited, final=True)
    assert "人工编辑的依据有变，待复核" in plain_text(final.document).split("未定事项")[-1]


def with_one_more_complaint(folder: Path) -> Path:
    book = openpyxl.load_workbook(MINIMAL)
    sheet = book["关键帖文与账号"]
    row = next(i for i, cells in enumerate(sheet.values, 1) if "泡茶的小满同学" in cells)
    last = max(i for i, cells in enumerate(sheet.values, 1) if any(cells))
    for column, cell in enumerate(next(sheet.iter_rows(min_row=row, max_row=row, values_only=True)), 1):
        other = {"泡茶的小满同学": "邻居阿绿"}.get(str(cell), "质量问题，喝出异物，要求退款" if "硬塑料" in str(cell) else cell)
        sheet.cell(last + 1, column, other)
    path = folder / "minimal.xlsx"
    book.save(path)
    return path


def test_an_edit_without_a_place_stands_in_an_appendix_and_finds_back_when_the_place_returns(first: bytes, tmp_path: Path) -> None:
    edited = read_edits(typed(first, {"nature": CAUSE}), "改.docx")
    book = openpyxl.load_workbook(MINIMAL)
    sheet = book["事件信息"]
    row = max(i for i, cells in enumerate(sheet.values, 1) if any(cells)) + 1
    sheet.cell(row, 2, "事件性质")
    sheet.cell(row, 3, "偶然事件")
    decided = tmp_path / "minimal.xlsx"
    book.save(decided)
    homeless = composed(decided, edited)
    assert homeless.document.appendices[0].id == "appendix.kept"
    assert string(slots(homeless.document)["nature"].text) == CAUSE
    assert any("没有对应的位置" in line and "首件检验漏做" in line for line in homeless.notices)
    carried = read_edits(word(homeless.document, THEME), "再改.docx")
    back = composed(MINIMAL, carried)
    assert "appendix.kept" not in {section.id for section in back.document.appendices}
    assert string(slots(back.document)["nature"].text) == CAUSE


def test_a_deleted_control_and_another_incidents_report_are_told(first: bytes, tmp_path: Path) -> None:
    edited = read_edits(changed(first, lambda by_id: by_id["nature"].getparent().remove(by_id["nature"])), "改.docx")
    assert [name.split("：")[0] for name in edited.removed] == ["表层诱因"]
    empty = tmp_path / "空.csv"
    empty.write_text("评论ID,评论时间,评论内容\n", encoding="utf-8")
    notices = composed(empty, edited).notices
    assert any("控件被删除" in line for line in notices)
    assert any(line.startswith("请确认是同一事件") for line in notices)


def test_a_control_that_lost_its_tag_is_known_by_its_title(first: bytes) -> None:
    """LibreOffice before 7.5 writes controls without tags, with ids of its own."""

    def forget(by_id: dict[str, Any]) -> None:
        for control in by_id.values():
            properties = control.find(qn("w:sdtPr"))
            for name in ("w:tag", "w:showingPlcHdr"):
                for node in properties.findall(qn(name)):
                    properties.remove(node)

    kept = typed(first, {"deep_causes": CAUSE})
    assert read_edits(changed(kept, forget), "改.docx") == read_edits(kept, "改.docx")


def without_places(docx: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"urn:review:slots", b"urn:something:else"))
    return out.getvalue()


def test_without_the_carried_numbers_the_seal_in_the_tag_still_tells_that_they_changed(first: bytes, tmp_path: Path) -> None:
    edited = read_edits(without_places(typed(first, {"surface_causes": CAUSE, "owners": "质检部"})), "改.docx")
    assert [edit.evidence for edit in edited.edits] == [None, None]
    again = composed(with_one_more_complaint(tmp_path), edited).document
    assert "无法逐项对照" in note_after(again, "surface_causes")
    assert note_after(again, "owners") == "人工编辑，自上一版保留。"


def test_a_copied_control_with_other_words_keeps_both(first: bytes) -> None:
    def double(by_id: dict[str, Any]) -> None:
        control = by_id["nature"]
        copy = DocxDocument(io.BytesIO(typed(first, {"nature": "另一种说法"})))
        control.addnext(controls(copy)["nature"])

    edited = read_edits(changed(typed(first, {"nature": CAUSE}), double), "改.docx")
    assert [(edit.id, edit.text) for edit in edited.edits] == [("nature", CAUSE), ("nature~", "另一种说法")]
    told = composed(MINIMAL, edited)
    assert {string(slot.text) for slot in slots(told.document).values()} >= {CAUSE, "另一种说法"}


def test_an_ordinary_persons_phone_in_typed_words_is_masked_and_that_is_told(first: bytes) -> None:
    again = composed(MINIMAL, read_edits(typed(first, {"owners": "林工 13800138000"}), "改.docx"))
    assert string(slots(again.document)["owners"].text) == "林工 【电话已隐去】"
    assert any("个人信息已隐去" in line for line in again.notices)


def archive(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in entries.items():
            package.writestr(name.replace("__", "/"), content)
    return out.getvalue()


FOREIGN = {
    "empty": b"",
    "old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "no_main": archive(word__other=b"<x/>"),
    "broken_xml": archive(**{"word__document.xml": b"<w:document>"}),
    "entities": archive(**{"word__document.xml": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'}),
    "foreign": saved(DocxDocument()),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_docx_that_is_not_ours_is_one_line_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    file = tmp_path / "别的.docx"
    file.write_bytes(FOREIGN[name])
    result = CliRunner().invoke(main, ["build", str(MINIMAL), "--keep", str(file), "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert len(result.output.strip().splitlines()) == 1
    assert "别的.docx" in result.output
    assert not (tmp_path / "out").exists()


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.report.word_slots.LARGEST", 1000)
    with pytest.raises(UnusableInput, match="过大"):
        read_edits(archive(**{"word__document.xml": b" " * 2000}), "大.docx")


@settings(max_examples=20)
@given(st.text(min_size=1, max_size=40))
def test_any_words_come_back_as_every_format_shows_them(text: str) -> None:
    document, _ = specimen()
    shown = " ".join(visible(f"字{text}字").split())
    slot = Slot(id="a", prompt=document.cover.marking, name="甲")
    section = Section(id="s", level=1, title=document.cover.marking, blocks=(slot,))
    small = DocxDocument(io.BytesIO(word(Document(**{**_fields(document), "summary": section, "sections": (), "appendices": ()}), THEME)))
    (run,) = controls(small)["a"].iter(qn("w:r"))
    run.find(qn("w:t")).text = shown
    controls(small)["a"].find(qn("w:sdtPr")).remove(controls(small)["a"].find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}"))
    (edit,) = read_edits(saved(small), "改.docx").edits
    assert edit.text == shown


def _fields(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in Document.__dataclass_fields__}


def test_the_command_carries_typed_words_into_all_three_formats(tmp_path: Path) -> None:
    empty = tmp_path / "空.csv"
    empty.write_text("评论ID,评论时间,评论内容\n", encoding="utf-8")
    file = tmp_path / "改.docx"
    file.write_bytes(typed(word(composed(empty).document, THEME), {"deep_causes": CAUSE, "lessons": "=cmd|'/c calc'!A1 <script>"}))
    result = CliRunner().invoke(main, ["build", str(empty), "--at", AT, "--keep", str(file), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert result.output.count("保留人工编辑：") == 2
    (folder,) = (tmp_path / "out").iterdir()
    printed = "".join(text for _, text in tagged_text((folder / "report.pdf").read_bytes()))
    page = (folder / "report.html").read_text(encoding="utf-8")
    back = {edit.id: edit.text for edit in read_edits((folder / "report.docx").read_bytes(), "report.docx").edits}
    for line in CAUSE.split("\n"):
        assert line.replace(" ", "") in printed.replace(" ", "")
        assert line in page
    assert back == {"deep_causes": CAUSE, "lessons": "=cmd|'/c calc'!A1 <script>"}
    assert "&lt;script&gt;" in page
