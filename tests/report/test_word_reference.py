"""The reference.docx of a house: its styles reach the report, nothing else of it does, and a wrong one is told in a line."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from houses import FRESH, STYLES, changed, coloured, company, folder_with, restyled
from lxml import etree
from specimen import specimen

from review.incident.errors import UnusableInput
from review.report.document import Figure, Section
from review.report.pages import Pages
from review.report.theme import Theme, load_theme
from review.report.word import word
from review.report.word_styles import styles_xml, twips

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def light(section: Section) -> Section:
    """The section without its figures, which take most of the time."""
    return replace(section, blocks=tuple(light(block) if isinstance(block, Section) else block for block in section.blocks if not isinstance(block, Figure)))


WHOLE, _ = specimen()
DOCUMENT = replace(WHOLE, summary=light(WHOLE.summary), sections=tuple(map(light, WHOLE.sections)), appendices=tuple(map(light, WHOLE.appendices)))
SHIPPED = load_theme(None)
H1 = str(round(SHIPPED.sizes.h1 * 2))
PAGES = Pages(of={"overview": "1", "course": "1"}, total=17)


def theme_of(folder: Path, reference: bytes, theme: str = "") -> Theme:
    return load_theme(folder_with(folder, reference, theme))


def style(theme: Theme, ident: str) -> Any:
    assert theme.word is not None
    return next(each for each in etree.fromstring(theme.word.styles.encode()).iter(f"{W}style") if each.get(f"{W}styleId") == ident)


def said(theme: Theme, ident: str, path: str, attribute: str = "val") -> str | None:
    found = style(theme, ident).find("/".join(W + tag for tag in path.split("/")))
    return None if found is None else found.get(W + attribute)


def contents_of(made: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return package.read("word/document.xml").decode()


def test_a_fresh_reference_changes_nothing(tmp_path: Path) -> None:
    theme = theme_of(tmp_path, FRESH)
    assert theme.word is not None
    assert (theme.word.page, theme.word.reflowed) == (theme.page, False)
    assert word(DOCUMENT, theme, lambda: PAGES) == word(DOCUMENT, load_theme(None), lambda: PAGES)


def test_what_a_house_changes_in_word_is_in_the_report_and_the_rest_is_ours(tmp_path: Path) -> None:
    theme = theme_of(tmp_path, coloured())
    assert said(theme, "Heading1", "rPr/color") == "8A1F4B"
    assert "themeColor" not in etree.tostring(style(theme, "Heading1"), encoding="unicode")  # the report has a colour theme of its own
    assert said(theme, "Heading1", "rPr/rFonts", "eastAsia") == load_theme(None).fonts.word_heading
    assert said(theme, "Heading1", "pPr/outlineLvl") == "0"
    assert said(theme, "ReviewTableText", "rPr/rFonts", "eastAsia") == "楷体"
    assert said(theme, "ReviewTable", "tblPr/tblBorders/top") == "double"
    assert said(theme, "ReviewTable", "tblPr/tblBorders/bottom") == "single"
    ours = {each.get(f"{W}styleId"): etree.tostring(each) for each in etree.fromstring(styles_xml(theme).encode()).iter(f"{W}style")}
    assert theme.word is not None
    theirs = {each.get(f"{W}styleId"): etree.tostring(each) for each in etree.fromstring(theme.word.styles.encode()).iter(f"{W}style")}
    assert {name for name in ours if ours[name] != theirs[name]} == {"Heading1", "ReviewTableText", "ReviewTable"}


def test_an_old_reference_left_alone_follows_what_is_shipped_today(tmp_path: Path) -> None:
    """As if larger chapter heads and a wider margin had been shipped when it was written; what the house changed since stays the house's."""
    left = SHIPPED.page.left_mm

    def earlier(shipped: str) -> str:
        return shipped.replace(f'<w:sz w:val="{H1}"/>', '<w:sz w:val="40"/>').replace(f'left_mm="{left}"', f'left_mm="{left + 6}"')

    old = changed("customXml/item2.xml", earlier)
    old = changed("word/document.xml", lambda body: body.replace(f'w:left="{twips(left)}"', f'w:left="{twips(left + 6)}"'), old)
    old = restyled("Heading1", f'<w:sz w:val="{H1}"/>', '<w:sz w:val="40"/>', old)
    theme = theme_of(tmp_path / "alone", old)
    assert (said(theme, "Heading1", "rPr/sz"), said(theme, "Heading1", "rPr/color")) == (H1, SHIPPED.colours.accent[1:])
    assert theme.word is not None
    assert (theme.word.page, theme.word.reflowed) == (theme.page, False)
    edited = restyled("Heading1", '<w:sz w:val="40"/>', f'<w:sz w:val="{H1}"/>', old)  # the house chose today's size then
    assert said(theme_of(tmp_path / "edited", edited), "Heading1", "rPr/sz") == H1
    spoilt = changed("customXml/item2.xml", lambda shipped: shipped[:200], old)
    assert said(theme_of(tmp_path / "spoilt", spoilt), "Heading1", "rPr/sz") == "40"


def test_theme_toml_speaks_where_the_reference_was_left_alone(tmp_path: Path) -> None:
    theme = theme_of(tmp_path, coloured(), '[sizes]\nh1 = 22\nbody = 12\n[colours]\naccent = "#333333"\n')
    assert (said(theme, "Heading1", "rPr/sz"), said(theme, "Heading1", "rPr/color")) == ("44", "8A1F4B")
    assert said(theme, "Heading2", "rPr/color") == "333333"
    assert said(theme, "Normal", "rPr/sz") == "24"
    assert theme.word is not None
    assert not theme.word.reflowed  # the PDF runs in these sizes too


def test_the_text_follows_normal_of_a_company_document_without_its_indents(tmp_path: Path) -> None:
    theme = theme_of(tmp_path, company())
    assert (said(theme, "Normal", "rPr/rFonts", "eastAsia"), said(theme, "Normal", "rPr/sz"), said(theme, "Normal", "pPr/spacing", "line")) == (
        "楷体",
        "24",
        "360",
    )
    assert said(theme, "Normal", "pPr/ind", "firstLine") is None
    assert said(theme, "Normal", "pPr/spacing", "after") is None
    assert said(theme, "ReviewBody", "basedOn") == "Normal"
    assert style(theme, "ReviewBody").find(f"{W}rPr/{W}rFonts") is None  # so that Normal's counts
    assert said(theme, "Heading1", "rPr/color") == "C00000"
    assert said(theme, "Heading1", "rPr/rFonts", "eastAsia") == "宋体"  # of the font theme, for Hans
    assert said(theme, "ListBullet", "pPr/ind", "firstLine") is None  # the bullet's room is ours
    assert said(theme, "ListBullet", "pPr/numPr/numId") == "1"  # and so is the list


def test_a_reference_that_moves_lines_takes_the_pages_out_of_the_contents(tmp_path: Path) -> None:
    """They are counted in the PDF, which runs otherwise then; Word fills them in."""
    still, moving = theme_of(tmp_path / "a", coloured()), theme_of(tmp_path / "b", company())
    numbered, moved = (contents_of(word(DOCUMENT, theme, lambda: PAGES)) for theme in (still, moving))
    assert "PAGEREF _Toc" in numbered
    assert "PAGEREF _Toc" not in moved
    assert "TOC \\o" in moved


def test_the_page_of_the_reference_is_that_of_the_word_report(tmp_path: Path) -> None:
    theme = theme_of(tmp_path, company())
    assert theme.word is not None
    assert (theme.word.page.left_mm, theme.word.page.right_mm, theme.page.left_mm) == (31.8, 31.8, load_theme(None).page.left_mm)
    root: Any = etree.fromstring(contents_of(word(DOCUMENT, theme)).encode())
    portrait = [each for each in root.iter(f"{W}sectPr") if each.find(f"{W}pgSz").get(f"{W}orient") is None]
    assert {each.find(f"{W}pgMar").get(f"{W}left") for each in portrait} == {"1803"}
    room = round((210 - 2 * 31.8) * 1440 / 25.4)
    widths = [sum(int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")) for table in root.iter(f"{W}tbl")]
    assert min(abs(width - room) for width in widths) <= 3


def test_a_landscape_reference_says_nothing_of_the_page(tmp_path: Path) -> None:
    turned = changed("word/document.xml", lambda body: body.replace("<w:pgSz ", '<w:pgSz w:orient="landscape" '))
    theme = theme_of(tmp_path, turned)
    assert theme.word is not None
    assert theme.word.page == theme.page


def test_a_report_in_the_other_script_takes_the_same_reference(tmp_path: Path) -> None:
    theme = load_theme(folder_with(tmp_path / "coloured", coloured()), "zh-Hant")
    assert said(theme, "ReviewTableText", "rPr/rFonts", "eastAsia") == "楷体"
    assert (said(theme, "ReviewTable", "name"), said(theme, "ReviewTable", "tblPr/tblBorders/top")) == (theme.language.own("复盘表格"), "double")
    assert said(theme, "Normal", "rPr/rFonts", "eastAsia") == "新細明體"  # left alone in the reference
    fresh = load_theme(folder_with(tmp_path / "fresh", FRESH), "zh-Hant")
    assert word(DOCUMENT, fresh, lambda: PAGES) == word(DOCUMENT, load_theme(None, "zh-Hant"), lambda: PAGES)


def with_strangers() -> bytes:
    """The coloured reference with something planted wherever a Word file can hold it."""
    places: tuple[tuple[str, str, str], ...] = (
        ("docProps/core.xml", "</cp:coreProperties>", "<cp:contentStatus>PLANTED</cp:contentStatus></cp:coreProperties>"),
        ("word/document.xml", "封面标题", "PLANTED"),
        ("word/header_hdr.xml", "页眉", "PLANTED"),
        ("word/numbering.xml", "•", "PLANTED"),
        (STYLES, "</w:styles>", '<w:style w:type="paragraph" w:styleId="x"><w:name w:val="PLANTED"/></w:style></w:styles>'),
    )
    package = coloured()
    for part, old, new in places:
        package = changed(part, lambda content, old=old, new=new: content.replace(old, new), package)  # type: ignore[misc]
        assert b"PLANTED" in zipfile.ZipFile(io.BytesIO(package)).read(part)
    package = restyled("Heading1", "<w:pPr>", '<w:aliases w:val="PLANTED"/><w:rsid w:val="PLANTED"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr>', package)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    remote = f'<Relationship Id="r9" Type="{kind}" Target="http://planted.example/t.dotm" TargetMode="External"/>'
    out = io.BytesIO(package)
    with zipfile.ZipFile(out, "a") as target:
        target.writestr(
            "word/_rels/settings.xml.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{remote}</Relationships>'
        )
        target.writestr("word/vbaProject.bin", b"PLANTED")
    return out.getvalue()


def test_nothing_but_styles_comes_along(tmp_path: Path) -> None:
    """Author, text, header, remote template, macros, numbering, names of styles: planted, and found nowhere in the report."""
    made = word(DOCUMENT, theme_of(tmp_path, with_strangers()), lambda: PAGES)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        everything = "\n".join([*package.namelist(), *(package.read(name).decode("utf-8", "replace") for name in package.namelist())])
    assert "8A1F4B" in everything
    assert "planted" not in everything.lower()
    assert "External" not in everything
    assert 'numId w:val="7"' not in everything


def test_the_same_reference_gives_the_same_bytes_whatever_its_zip_looks_like(tmp_path: Path) -> None:
    other = changed(STYLES, lambda styles: styles, coloured())  # rewritten, with the clock of today
    one, two = (word(DOCUMENT, theme_of(tmp_path / name, reference), lambda: PAGES) for name, reference in (("a", coloured()), ("b", other)))
    assert one == two


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (b"", "不是可读取的 DOCX"),
        (b"no zip", "不是可读取的 DOCX"),
        (b"\xd0\xcf\x11\xe0 an old .doc", "不是可读取的 DOCX"),
        (changed("_rels/.rels", lambda _: "<x/>"), "不是可读取的 DOCX"),
        (changed(STYLES, lambda styles: styles[:900]), "不是可读取的 DOCX"),
        (changed(STYLES, lambda styles: styles.replace("<w:name w:val=", "<w:name w:val='x' w:old=")), "没有报告用到的样式"),
        (changed(STYLES, lambda styles: styles.replace("/wordprocessingml/2006/main", "/other")), "没有报告用到的样式"),
        (restyled("Heading1", f'<w:sz w:val="{H1}"/>', '<w:sz w:val="large"/>'), "“heading 1”的 w:sz"),
        (restyled("Heading1", f'<w:color w:val="{SHIPPED.colours.accent[1:]}"/>', '<w:color w:val="red"/>'), "“heading 1”的 w:color"),
        (restyled("Heading1", '<w:jc w:val="left"/>', '<w:jc w:val="askew"/>'), "“heading 1”的 w:jc"),
        (changed("word/document.xml", lambda body: body.replace(f'w:left="{twips(SHIPPED.page.left_mm)}"', 'w:left="6000"')), "版心不足"),
    ],
    ids=range(11),
)
def test_an_unusable_reference_is_one_line_that_names_the_file(tmp_path: Path, reference: bytes, words: str) -> None:
    with pytest.raises(UnusableInput) as stopped:
        theme_of(tmp_path, reference)
    (fault,) = stopped.value.faults
    assert fault.where == str(tmp_path / "reference.docx")
    assert words in fault.what
    assert "Word" in fault.remedy


def test_a_folder_in_the_place_of_the_reference_is_told(tmp_path: Path) -> None:
    (tmp_path / "reference.docx").mkdir()
    with pytest.raises(UnusableInput, match=r"reference\.docx：无法读取"):
        load_theme(tmp_path)
