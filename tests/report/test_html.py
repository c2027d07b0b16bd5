"""The HTML file says what the document says, loads nothing, and tells each number's source."""

import base64
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from fontTools.ttLib import TTFont
from specimen import HOSTILE, matrix_chart, specimen

from review.incident.evidence import CaseField, Clock, RowSet, RowSpan, SettingKey
from review.report.coverage import coverage
from review.report.document import Column, Figure, Paragraph, Quoted, Section, Slot, Table, Tile, Tiles, parts, plain_text, walk
from review.report.html import html
from review.report.source_words import source_lines
from review.report.theme import load_theme
from review.report.visible import visible

SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><text x="1" y="9">裂A</text></svg>'.encode()
VOID = frozenset({"meta", "img", "br", "col", "link"})


class Reader(HTMLParser):
    """Body text without contents, running head, panel and scripts; and every start tag."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.claims = ""
        self._in_claims = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self._in_claims = found.get("id") == "claims"
        if tag not in VOID:
            self.open.append(tag in {"head", "nav", "script", "style"} or found.get("id") == "source" or found.get("class") == "running")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self._in_claims and self.open and self.open[-1]:
            self.claims += data
        elif not any(self.open):
            self.text.append(data)


@pytest.fixture(scope="module")
def made() -> str:
    document, claims = specimen()
    figures = {block.id: SVG for block in walk(*parts(document)) if isinstance(block, Figure)}
    return html(document, claims, load_theme(None), figures).decode("utf-8")


@pytest.fixture(scope="module")
def read(made: str) -> Reader:
    reader = Reader()
    reader.feed(made)
    return reader


def test_the_text_of_the_html_is_the_text_of_the_document(read: Reader) -> None:
    document, _ = specimen()
    assert "".join("".join(read.text).split()) == "".join(visible(plain_text(document).replace("\n", " ")).split())


def test_nothing_is_loaded_from_anywhere(made: str, read: Reader) -> None:
    for tag, attributes in read.tags:
        for name in ("src", "href", "data", "action", "srcset"):
            address = attributes.get(name) or ""
            assert not address or address.startswith(("data:", "#")), (tag, name, address)
    style = re.findall(r"<style>(.*?)</style>", made, re.DOTALL)
    assert not any("@import" in sheet or re.search(r"url\((?!data:font/)", sheet) for sheet in style)
    (policy,) = [attributes["content"] for _, attributes in read.tags if attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data:; font-src data:;")
    assert "http" not in policy


def test_the_fonts_inside_draw_every_character_that_ours_have_and_each_picture_carries_its_own(made: str) -> None:
    theme = load_theme(None)
    shipped = coverage(theme.fonts.regular_file, theme.fonts.emoji_file)
    used = {ord(character) for character in made if ord(character) > 0x7F} & shipped
    assert len(used) > 300
    assert used <= drawn(made)
    assert all(len(font) < 600_000 for font in fonts_in(made))  # cut down: a whole one has five million bytes
    pictures = [base64.b64decode(found).decode("utf-8") for found in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", made)]
    assert pictures
    assert all({ord("裂")} <= drawn(picture) and len(fonts_in(picture)) == 2 for picture in pictures)


def fonts_in(text: str) -> list[bytes]:
    return [base64.b64decode(found) for found in re.findall(r"url\(data:font/[ot]tf;base64,([^)]+)\)", text)]


def drawn(text: str) -> set[int]:
    """The code points that the fonts inside a text draw."""
    return {point for font in fonts_in(text) for point in TTFont(io.BytesIO(font)).getBestCmap()}


def test_hostile_text_makes_no_element_and_no_script_of_its_own(read: Reader) -> None:
    assert sum(tag == "script" for tag, _ in read.tags) == 2
    assert not [attributes for _, attributes in read.tags if any(name.startswith("on") for name in attributes)]
    assert "<script>alert(1)</script>" in "".join(read.text)


@pytest.mark.parametrize("text", [*HOSTILE, "长" * 3000 + "W" * 7000], ids=range(len(HOSTILE) + 1))
def test_any_hostile_text_is_text_wherever_it_stands(text: str) -> None:
    document, claims = specimen()
    quoted = (Quoted(text),)
    blocks = (
        Paragraph(text=quoted),
        Slot(id="slot", prompt=quoted, text=quoted),
        Table(id="table", caption=quoted, columns=(Column(head=text, width=1.0),), rows=((quoted,),), note=quoted),
        Tiles(items=(Tile(label=quoted, value=quoted, note=quoted),)),
        Figure(id="figure", caption=quoted, alt=quoted, chart=matrix_chart()),
    )
    section = Section(id="section", level=1, title=quoted, blocks=blocks)
    whole = replace(document, title=text, author=text, header=(text, text), summary=section, sections=(), appendices=())
    reader = Reader()
    reader.feed(html(whole, claims, load_theme(None), {"figure": SVG}).decode("utf-8"))
    assert "".join("".join(reader.text).split()) == "".join(visible(plain_text(whole).replace("\n", " ")).split())
    assert sum(tag == "script" for tag, _ in reader.tags) == 2
    assert all((attributes["src"] or "").startswith("data:") for tag, attributes in reader.tags if tag == "img")


def test_every_number_points_at_its_claim_with_definition_and_source(read: Reader) -> None:
    _, claims = specimen()
    data = json.loads(read.claims)
    assert set(data) == {claim.id for claim in claims}
    pointed = {attributes["data-claim"] for _, attributes in read.tags if attributes.get("class") == "num"}
    assert pointed <= set(data)
    assert all(data[claim.id]["display"] == claim.display and data[claim.id]["sources"] for claim in claims)
    assert len(pointed) > 50


def test_every_reference_leads_somewhere(read: Reader) -> None:
    ids = {attributes["id"] for _, attributes in read.tags if "id" in attributes}
    assert {(attributes["href"] or "")[1:] for tag, attributes in read.tags if tag == "a"} <= ids


def test_a_slot_keeps_its_id_and_shows_whether_it_is_filled(read: Reader) -> None:
    slots = {attributes["data-slot"]: attributes["class"] for _, attributes in read.tags if "data-slot" in attributes}
    assert slots == {"case.verdict": "slot", "case.reason": "slot filled", "review.lessons": "slot"}


def test_a_claim_text_cannot_close_the_script_element() -> None:
    document, claims = specimen()
    evil = (replace(claims[0], what="</script><img src=x onerror=alert(1)>"), *claims[1:])
    figures = {block.id: SVG for block in walk(*parts(document)) if isinstance(block, Figure)}
    reader = Reader()
    reader.feed(html(document, evil, load_theme(None), figures).decode("utf-8"))
    assert json.loads(reader.claims)[claims[0].id]["what"] == "</script><img src=x onerror=alert(1)>"


def test_sources_are_told_in_words() -> None:
    every_other = tuple((i, i) for i in range(2, 2402, 2))
    spans = (RowSpan(file="a.csv", sheet=None, ranges=((2, 9), (12, 12))), RowSpan(file="b.xlsx", sheet="评论", ranges=every_other))
    lines = source_lines(
        (
            RowSet(spans=spans, count=28, digest="0123456789abcdef"),
            SettingKey(file="rubric.toml", key="criteria.a.weight"),
            CaseField(name="爆发时间", file="a.xlsx", sheet="事件信息", row=4),
            Clock(),
        )
    )
    assert lines == (
        "a.csv 第 2–9、12 行",
        "b.xlsx · 评论 第 2、4、6、8、10、12 行等 1,200 段",
        "共 28 行，校验码 0123456789abcdef",
        "设置 rubric.toml，criteria.a.weight",
        "填报内容“爆发时间”（a.xlsx · 事件信息 第 4 行）",
        "报告生成时间",
    )
