"""The Word styles of a house: what its reference.docx says other than ours, laid over ours as plain values; nothing else of that file is read.

Three versions of each setting meet: the one we ship, the one of the house's theme.toml, the one of its reference.docx. Where the reference says what we ship,
theme.toml speaks; where it says something else, the reference does. So both may be edited, and a file fresh from `review theme init` changes nothing. What we
shipped when that file was written travels in it, so that an old one left alone follows later versions; a company's own document is compared with today's.

Settings are read through a list of what is allowed, attribute by attribute: numbering, texts, names of people, links, macros and other parts of the file have
no way into a report. Colours and fonts that point at the reference's own colour and font theme become plain values, as the report has a theme of its own.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from review.incident.errors import Fault, UnusableInput, content_of
from review.report.theme import Page, Theme, WordStyles, load_theme
from review.report.word_style_values import MARGINS, NUMBER, W, checked, merged, name_of, plain, rewrite, styles_of
from review.report.word_styles import TWIPS_PER_MM, styles_xml

A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
SHIPPED: Final = "urn:review:shipped:1"
CARRIED: Final = re.compile(r"customXml/item\d+\.xml")
LARGEST: Final = 50 * 1024 * 1024  # bytes of one part
LEAST_TEXT_MM: Final = 100.0  # as of theme.toml's page
SAME_MM: Final = 0.5  # word processors round margins
REMEDY: Final = "请用 Word 或 WPS 打开后另存为“Word 文档（*.docx）”，有密码请先取消；不需要参考样式时移走这个文件"

REFLOWING: Final = re.compile(r"rPr/(sz|spacing|w)\b|pPr/(spacing|ind|pageBreakBefore)\b|.*(tblCellMar|tcMar)/")
LOCKED: Final = {
    "header": ("pPr/jc", "pPr/ind"),  # its two ends hang on a tab stop
    **dict.fromkeys(("list bullet", "list number"), ("pPr/ind",)),  # their lists are ours, and so is the room for the bullet
}


def read_reference(path: Path, theme: Theme) -> WordStyles:
    """Our styles of this theme with what the reference at path says differently, and the page of the DOCX.

    Styles are matched by their names (`heading 1`, `复盘正文`, …), in a report of another language by the 简体 names too. A style that the reference lacks is
    ours, and follows the reference's Normal in font, size, colour and line spacing where ours says the same as our Normal. Raises UnusableInput naming the
    file where it cannot be read, has none of our styles, or a setting that Word would not accept.
    """
    from docx.oxml import parse_xml

    with _opened(path) as package:
        styles, fonts, section = _parts(package, path)
        carried = _carried(package)
    shipped = load_theme(None)  # in 简体, as the file of `review theme init` is
    ours, known = parse_xml(styles_xml(theme)), parse_xml(styles_xml(shipped))
    names = {style.get(f"{W}styleId"): name_of(style) for style in known.iter(f"{W}style")}
    before_styles, before_page = (known, shipped.page) if carried is None else carried
    base, current, theirs = styles_of(before_styles, {}), styles_of(ours, {}), styles_of(styles, fonts)
    reflowed = found = False
    for style in ours.iter(f"{W}style"):
        kind, name = style.get(f"{W}type", ""), names[style.get(f"{W}styleId")]
        other = theirs.get((kind, name_of(style))) or theirs.get((kind, name))
        if other is None or name == "normal table":
            continue
        found = True
        said = checked(other.values(), path, other.name)
        if name == "normal":  # ours only lends its letters and lines to the others, so no indent or space of theirs may come along
            said = {place: value for place, value in said.items() if place.startswith(("rPr/", "pPr/spacing@line"))}
        mine, before = (plain(each.values()) for each in (current[kind, name_of(style)], base.get((kind, name), current[kind, name_of(style)])))
        result, changed = merged(mine, before, plain(said), LOCKED.get(name, ()))
        if changed:
            reflowed = reflowed or any(REFLOWING.match(unit) for unit in changed)
            rewrite(style, result)
    if not found:
        raise UnusableInput(Fault(str(path), "其中没有报告用到的样式", "可用 review theme init 另写一份，在 Word 或 WPS 里修改样式后存盘"))
    page = _page(section, theme.page, before_page, path)
    from lxml import etree

    return WordStyles(styles=etree.tostring(ours, encoding="unicode"), page=page, reflowed=reflowed or page != theme.page)


def shipped_xml(theme: Theme) -> bytes:
    """What travels in the file of `review theme init`: the styles and the page as they are shipped."""
    page = " ".join(f"{name}={quoteattr(str(getattr(theme.page, name)))}" for name in Page.__slots__)
    return f'<shipped xmlns="{SHIPPED}" {page}>{styles_xml(theme)}</shipped>'.encode()


# the file


def _carried(package: zipfile.ZipFile) -> tuple[Any, Page] | None:
    """The styles and the page that were shipped when the file was written; None where it does not carry them, or no longer whole."""
    from docx.oxml import parse_xml
    from lxml import etree

    for name in sorted(filter(CARRIED.fullmatch, package.namelist())):
        try:
            root: Any = parse_xml(package.read(name)) if package.getinfo(name).file_size <= LARGEST else None
            styles = None if root is None or root.tag != f"{{{SHIPPED}}}shipped" else root.find(f"{W}styles")
            if styles is not None:
                return styles, Page(**{side: float(root.get(side)) for side in Page.__slots__})
        except (etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, TypeError, ValueError):
            continue  # a part of somebody else, or ours spoilt: then today's shipped styles are compared with
    return None


def _unreadable(path: Path, what: str = "不是可读取的 DOCX 文件") -> UnusableInput:
    return UnusableInput(Fault(str(path), what, REMEDY))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content_of(path, "若文件正在 Word 中打开，请先关闭")))
    except zipfile.BadZipFile as error:
        raise _unreadable(path) from error


def _parts(package: zipfile.ZipFile, path: Path) -> tuple[Any, Mapping[str, str], Any]:
    """The styles, the fonts behind the names of the font theme, and the last section of the text (None where it has none)."""
    from docx.oxml import parse_xml
    from lxml import etree

    def part(name: str) -> Any:
        if package.getinfo(name).file_size > LARGEST:
            raise _unreadable(path, "过大，不像一份样式参考")
        return parse_xml(package.read(name))

    def behind(name: str) -> dict[str, str]:
        """Parts that this one points at, by kind of relation."""
        place = PurePosixPath(name)
        inside = [each for each in part(f"{place.parent}/_rels/{place.name}.rels".removeprefix("./")).iter(RELATION) if each.get("TargetMode") != "External"]
        return {each.get("Type", "").rsplit("/", 1)[-1]: _path(place.parent, each.get("Target", "")) for each in inside}

    try:
        main = behind("")["officeDocument"]
        beside = behind(main)
        styles = part(beside["styles"])
        fonts = _theme_fonts(part(beside["theme"])) if "theme" in beside else {}
        sections = part(main).findall(f"{W}body/{W}sectPr")
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, etree.XMLSyntaxError) as error:  # RuntimeError: a password
        raise _unreadable(path) from error
    return styles, fonts, sections[-1] if sections else None


def _path(folder: PurePosixPath, target: str) -> str:
    flat: list[str] = []
    for piece in PurePosixPath(target[1:] if target.startswith("/") else folder / target).parts:
        flat = flat[:-1] if piece == ".." else [*flat, piece]
    return "/".join(flat)


def _theme_fonts(theme: Any) -> dict[str, str]:
    """Font names by what styles call them: majorEastAsia, minorHAnsi …; '' and missing ones left out."""
    found = {}
    for kind in ("major", "minor"):
        fonts = theme.find(f".//{A}{kind}Font")
        if fonts is None:
            continue
        named = {"Ascii": "latin", "HAnsi": "latin", "EastAsia": "ea", "Bidi": "cs"}
        for name, tag in named.items():
            element = fonts.find(f"{A}{tag}")
            face = "" if element is None else element.get("typeface", "")
            if not face and tag == "ea":
                face = next((each.get("typeface", "") for each in fonts.iter(f"{A}font") if each.get("script") == "Hans"), "")
            if face:
                found[kind + name] = face
    return found


# the page


def _page(section: Any, ours: Page, shipped: Page, path: Path) -> Page:
    """Ours with the size and margins that the last section of the reference sets other than the shipped ones; a landscape one says nothing."""
    size, margins = (None, None) if section is None else (section.find(f"{W}pgSz"), section.find(f"{W}pgMar"))
    if size is None or margins is None or size.get(f"{W}orient") == "landscape":
        return ours
    said = {"width_mm": size.get(f"{W}w"), "height_mm": size.get(f"{W}h"), **{f"{side}_mm": margins.get(f"{W}{side}") for side in MARGINS}}
    changed = {}
    for name, value in said.items():
        if value is None or not NUMBER.fullmatch(value):
            raise UnusableInput(Fault(str(path), "纸张或页边距的设置不可用", "请在 Word 或 WPS 的页面设置里重设后存盘"))
        mm = round(abs(float(value)) / TWIPS_PER_MM, 1)  # a negative margin is one that a header may not push
        if abs(mm - getattr(shipped, name)) > SAME_MM:
            changed[name] = mm
    page = replace(ours, **changed)
    if min(page.text_width_mm, page.height_mm - page.top_mm - page.bottom_mm) < LEAST_TEXT_MM:
        raise UnusableInput(Fault(str(path), f"扣除页边距后版心不足 {LEAST_TEXT_MM:g} 毫米", "请在 Word 或 WPS 的页面设置里放宽后存盘"))
    return page
