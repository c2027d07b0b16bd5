"""Reference documents as houses have them, made from the one that `review theme init` writes or from python-docx's."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from docx.api import Document
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from review.report.house_files import house_files

STYLES = "word/styles.xml"
FRESH = house_files()["reference.docx"]


def changed(part: str, change: Callable[[str], str], package: bytes = FRESH) -> bytes:
    """The package with one part rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content.decode()).encode() if name == part else content)
    return out.getvalue()


def restyled(ident: str, pattern: str, replacement: str, package: bytes = FRESH) -> bytes:
    """The package with something replaced inside the style of this id."""

    def change(styles: str) -> str:
        start = styles.index(f'w:styleId="{ident}"')
        end = styles.index("</w:style>", start)
        piece, count = re.subn(pattern, replacement, styles[start:end])
        assert count, f"{pattern} is not in {ident}"
        return styles[:start] + piece + styles[end:]

    return changed(STYLES, change, package)


def folder_with(folder: Path, reference: bytes, theme: str = "") -> Path:
    """A theme folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reference.docx").write_bytes(reference)
    if theme:
        (folder / "theme.toml").write_text(theme, encoding="utf-8")
    return folder


def coloured() -> bytes:
    """Another colour of heading 1, another font of the tables, another border: nothing that moves a line."""
    first = restyled("Heading1", r'<w:color w:val="\w+"/>', '<w:color w:val="8A1F4B" w:themeColor="accent1" w:themeShade="BF"/>')
    second = restyled("ReviewTableText", "<w:rPr>", '<w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="楷体" w:cs="Arial"/>', first)
    return restyled("ReviewTable", r'<w:top w:val="single" w:sz="8"', '<w:top w:val="double" w:sz="8"', second)


def company() -> bytes:
    """A company's own document: none of our own styles, fonts out of a font theme, its Normal indented, its page narrower."""
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "楷体")
    normal.paragraph_format.first_line_indent = Cm(0.8)
    normal.paragraph_format.space_after = Pt(8)
    normal.paragraph_format.line_spacing = 1.5
    document.styles["Heading 1"].font.color.rgb = RGBColor(0xC0, 0, 0)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(3.18)
    document.add_paragraph("PLANTED")
    document.core_properties.author = "PLANTED"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
