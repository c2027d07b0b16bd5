"""The Word styles of a house: what its reference.docx says other than ours, laid over ours as plain values; nothing else of that file is read.

Three versions of each setting meet: the one we ship, the one of the house's theme.toml, the one of its reference.docx. Where the reference says what we ship,
theme.toml speaks; where it says something else, the reference does. So both may be edited, and a file fresh from `review theme init` changes nothing.

Settings are read through a list of what is allowed, attribute by attribute: numbering, texts, names of people, links, macros and other parts of the file have
no way into a report. Colours and fonts that point at the reference's own colour and font theme become plain values, as the report has a theme of its own.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from review.incident.errors import Fault, UnusableInput
from review.report.theme import Page, Theme, WordStyles, load_theme
from review.report.visible import visible
from review.report.word_styles import TWIPS_PER_MM, styles_xml

Values = Mapping[str, str]
"""Settings of a style by path, as in `pPr/spacing@before`."""

Allowed = Mapping[str, "Allowed | tuple[str, ...] | None"]
"""Elements in schema order: with elements inside, with attributes, or None for what stays ours."""

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
LARGEST: Final = 50 * 1024 * 1024  # bytes of one part
LEAST_TEXT_MM: Final = 100.0  # as of theme.toml's page
SAME_MM: Final = 0.5  # word processors round margins
REMEDY: Final = "请用 Word 或 WPS 打开后另存为“Word 文档（*.docx）”，有密码请先取消；不需要参考样式时移走这个文件"

VAL: Final = ("val",)
EDGE: Final = ("val", "sz", "space", "color")
WIDTH: Final = ("w", "type")
SHADE: Final = ("val", "color", "fill")
SIDES: Final[Allowed] = dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), EDGE)
MARGINS: Final[Allowed] = dict.fromkeys(("top", "left", "bottom", "right"), WIDTH)
PARAGRAPH: Final[Allowed] = {
    "keepNext": None,
    "keepLines": VAL,
    "pageBreakBefore": VAL,
    "widowControl": VAL,
    "numPr": None,
    "pBdr": dict.fromkeys(("top", "left", "bottom", "right", "between", "bar"), EDGE),
    "shd": SHADE,
    "tabs": None,
    "kinsoku": VAL,
    "wordWrap": VAL,
    "overflowPunct": VAL,
    "topLinePunct": VAL,
    "autoSpaceDE": VAL,
    "autoSpaceDN": VAL,
    "adjustRightInd": VAL,
    "snapToGrid": VAL,
    "spacing": ("before", "beforeLines", "beforeAutospacing", "after", "afterLines", "afterAutospacing", "line", "lineRule"),
    "ind": ("left", "leftChars", "right", "rightChars", "hanging", "hangingChars", "firstLine", "firstLineChars"),
    "contextualSpacing": VAL,
    "jc": VAL,
    "textAlignment": VAL,
    "outlineLvl": None,
}
FONTS: Final = ("ascii", "hAnsi", "eastAsia", "cs")
OFF: Final = ("b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow", "emboss", "imprint")
RUN: Final[Allowed] = {
    "rFonts": FONTS,
    **dict.fromkeys(OFF, VAL),
    **dict.fromkeys(("color", "spacing", "w", "position", "sz", "szCs"), VAL),
    "u": ("val", "color"),
    "shd": SHADE,
    **dict.fromkeys(("vertAlign", "em"), VAL),
}
CELL: Final[Allowed] = {"tcBorders": SIDES, "shd": SHADE, "noWrap": VAL, "tcMar": MARGINS, "vAlign": VAL}
TABLE: Final[Allowed] = {"tblStyleRowBandSize": VAL, "tblInd": WIDTH, "tblBorders": SIDES, "shd": SHADE, "tblCellMar": MARGINS}
STYLE: Final[Allowed] = {"pPr": PARAGRAPH, "rPr": RUN, "tblPr": TABLE, "tcPr": CELL}
CONDITIONS: Final = ("wholeTable", "firstRow", "band1Horz", "band2Horz")  # those that our tables switch on

SWITCHES: Final = (*OFF, "keepLines", "pageBreakBefore", "contextualSpacing", "topLinePunct", "noWrap")
SWITCHED_ON: Final = ("widowControl", "kinsoku", "wordWrap", "overflowPunct", "autoSpaceDE", "autoSpaceDN", "adjustRightInd", "snapToGrid")
TRUTH: Final = {"1": "1", "true": "1", "on": "1", "0": "0", "false": "0", "off": "0"}
NEUTRAL: Final = {
    **dict.fromkeys(SWITCHES, "0"),
    **dict.fromkeys(SWITCHED_ON, "1"),
    "jc": "left",
    "color": "auto",
    "vertAlign": "baseline",
    "u": "none",
    "em": "none",
    "textAlignment": "auto",
    "vAlign": "top",
    "w": "100",
    "position": "0",
}
NUMBER: Final = re.compile(r"-?\d{1,5}(\.\d{1,3})?")
WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,31}")
COLOUR: Final = re.compile(r"auto|[0-9A-Fa-f]{6}")
NUMBERED: Final = ("sz", "szCs", "spacing", "w", "position", "tblStyleRowBandSize")  # elements whose val is a number
ALIGNMENTS: Final = {"start": "left", "end": "right", "left": "left", "right": "right", "center": "center", "both": "both", "distribute": "distribute"}
RULES: Final = ("auto", "exact", "atLeast")
INHERITED: Final = ("rPr/rFonts", "pPr/spacing", "pPr/ind")  # attribute by attribute; of other elements the last one whole
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
    shipped = load_theme(None)  # in 简体, as the file of `review theme init` is
    ours, plain = parse_xml(styles_xml(theme)), parse_xml(styles_xml(shipped))
    names = {style.get(f"{W}styleId"): _name(style) for style in plain.iter(f"{W}style")}
    base, current, theirs = _styles(plain, {}), _styles(ours, {}), _styles(styles, fonts)
    reflowed = found = False
    for style in ours.iter(f"{W}style"):
        kind, name = style.get(f"{W}type", ""), names[style.get(f"{W}styleId")]
        other = theirs.get((kind, _name(style))) or theirs.get((kind, name))
        if other is None or name == "normal table":
            continue
        found = True
        said = _checked(other.values(), path, other.name)
        if name == "normal":  # ours only lends its letters and lines to the others, so no indent or space of theirs may come along
            said = {place: value for place, value in said.items() if place.startswith(("rPr/", "pPr/spacing@line"))}
        mine, before = (_plain(each.values()) for each in (current[kind, _name(style)], base[kind, name]))
        merged, changed = _merged(mine, before, _plain(said), LOCKED.get(name, ()))
        if changed:
            reflowed = reflowed or any(REFLOWING.match(unit) for unit in changed)
            _rewrite(style, merged)
    if not found:
        raise UnusableInput(Fault(str(path), "其中没有报告用到的样式", "可用 review theme init 另写一份，在 Word 或 WPS 里修改样式后存盘"))
    page = _page(section, theme.page, shipped.page, path)
    from lxml import etree

    return WordStyles(styles=etree.tostring(ours, encoding="unicode"), page=page, reflowed=reflowed or page != theme.page)


# the file


def _unreadable(path: Path, what: str = "不是可读取的 DOCX 文件") -> UnusableInput:
    return UnusableInput(Fault(str(path), what, REMEDY))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    except OSError as error:
        raise UnusableInput(Fault(str(path), f"无法读取（{error.strerror}）", "若文件正在 Word 中打开，请先关闭")) from error
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


# styles as values


class _Style:
    """One style of a styles part: its values with those it is based on; for paragraphs the defaults of the document below them."""

    def __init__(self, element: Any, others: Mapping[str, Any], fonts: Mapping[str, str], defaults: Values) -> None:
        self.name = _name(element)
        self._element = element
        self._others = others
        self._fonts = fonts
        self._defaults = defaults if element.get(f"{W}type") == "paragraph" else {}

    def values(self) -> dict[str, str]:
        chain: list[Any] = []
        link: Any = self._element
        while link is not None and link not in chain:
            chain.append(link)
            based = link.find(f"{W}basedOn")
            link = None if based is None else self._others.get(based.get(f"{W}val"))
        values = dict(self._defaults)
        for style in reversed(chain):
            values = _laid_over(values, _own(style, self._fonts))
        return values


def _styles(root: Any, fonts: Mapping[str, str]) -> dict[tuple[str, str], _Style]:
    """The styles by type and name in lower case; of two that differ in case alone (LibreOffice keeps its own Caption beside Word's caption) Word's."""
    elements = root.findall(f"{W}style")
    by_id = {style.get(f"{W}styleId"): style for style in elements}
    defaults: dict[str, str] = {}
    for kind in ("rPr", "pPr"):
        for properties in root.iterfind(f"{W}docDefaults/{W}{kind}Default/{W}{kind}"):
            defaults |= _flat(properties, STYLE[kind], kind, fonts)
    found: dict[tuple[str, str], _Style] = {}
    for style in sorted(elements, key=_is_capitalised):
        found.setdefault((style.get(f"{W}type", "paragraph"), _name(style)), _Style(style, by_id, fonts, defaults))
    return found


def _is_capitalised(style: Any) -> bool:
    name = style.find(f"{W}name")
    return name is not None and str(name.get(f"{W}val", ""))[:1].isupper()


def _name(style: Any) -> str:
    name = style.find(f"{W}name")
    return "" if name is None else str(name.get(f"{W}val", "")).strip().lower()


def _own(style: Any, fonts: Mapping[str, str]) -> dict[str, str]:
    values = {name: value for kind, below in STYLE.items() for part in style.findall(f"{W}{kind}") for name, value in _flat(part, below, kind, fonts).items()}
    for part in style.findall(f"{W}tblStylePr"):
        if (case := part.get(f"{W}type")) in CONDITIONS:
            values |= {f"{case}/{name}": value for name, value in _own(part, fonts).items()}
    return values


def _flat(element: Any, allowed: Any, path: str, fonts: Mapping[str, str]) -> dict[str, str]:
    """What is allowed of the element and those inside it."""
    values: dict[str, str] = {}
    for child in element:
        tag = child.tag.removeprefix(W) if isinstance(child.tag, str) else ""
        tag = ALIGNMENTS.get(tag, tag)
        below = allowed.get(tag)
        if below is None:
            continue
        place = f"{path}/{tag}"
        if isinstance(below, Mapping):
            values |= _flat(child, below, place, fonts)
            continue
        said = {ALIGNMENTS.get(name.removeprefix(W), name.removeprefix(W)): str(value) for name, value in child.attrib.items() if str(name).startswith(W)}
        if tag == "rFonts":
            for name, themed in (("ascii", "asciiTheme"), ("hAnsi", "hAnsiTheme"), ("eastAsia", "eastAsiaTheme"), ("cs", "cstheme")):
                said[name] = fonts.get(said.get(themed, ""), said.get(name, ""))
        elif tag in SWITCHES or tag in SWITCHED_ON:
            said["val"] = TRUTH.get(said.get("val", "1"), said.get("val", "1"))
        elif tag == "jc":
            said["val"] = ALIGNMENTS.get(said.get("val", ""), said.get("val", ""))
        values |= {f"{place}@{name}": said[name] for name in below if said.get(name, "") != ""}
    return values


def _laid_over(parent: Values, child: Values) -> dict[str, str]:
    """A child's values over those it inherits."""
    whole = {name.split("@")[0] for name in child if not name.startswith(INHERITED)}
    first = any(name.startswith(("pPr/ind@hanging", "pPr/ind@firstLine")) for name in child)
    kept = {
        name: value
        for name, value in parent.items()
        if name.split("@")[0] not in whole and not (first and name.startswith(("pPr/ind@hanging", "pPr/ind@firstLine")))
    }
    return {**kept, **child}


def _checked(values: Values, path: Path, style: str) -> Values:
    """The values, each one that Word takes. Raises UnusableInput for another."""
    for name, value in values.items():
        place, attribute = name.split("@")
        tag = place.rsplit("/", 1)[-1]
        if tag == "rFonts":
            good = len(value) <= 64 and visible(value) == value
        elif tag in SWITCHES or tag in SWITCHED_ON or attribute.endswith("Autospacing"):
            good = value in TRUTH
        elif tag == "jc":
            good = value in ALIGNMENTS
        elif attribute == "lineRule":
            good = value in RULES
        elif attribute in ("color", "fill") or tag == "color":
            good = COLOUR.fullmatch(value) is not None
        elif attribute in ("val", "type") and tag not in NUMBERED:
            good = WORD.fullmatch(value) is not None
        else:
            good = NUMBER.fullmatch(value) is not None
        if not good:
            raise UnusableInput(Fault(str(path), f"样式“{style}”的 w:{tag} 不可用：{visible(value)[:40]!r}", "请在 Word 或 WPS 里重设这个样式后存盘"))
    return values


def _plain(values: Values) -> dict[str, str]:
    """Without what says nothing, so that two ways of saying nothing are equal."""
    plain = dict(values)
    if "pPr/spacing@line" in plain:
        plain.setdefault("pPr/spacing@lineRule", "auto")
    if plain.get("pPr/spacing@line", "240") == "240" and plain.get("pPr/spacing@lineRule", "auto") == "auto":
        plain.pop("pPr/spacing@line", None)
        plain.pop("pPr/spacing@lineRule", None)
    empty = {name.split("@")[0] for name, value in plain.items() if name.endswith("@val") and value in ("nil", "none")}
    empty |= {
        place for place in {name.split("@")[0] for name in plain if "/shd@" in name} if plain.get(f"{place}@fill", "auto") == "auto" and place not in empty
    }
    return {
        name: value
        for name, value in plain.items()
        if name.split("@")[0] not in empty
        and not (name.startswith(("pPr/spacing@", "pPr/ind@", "rPr/spacing@")) and value == "0")
        and not (name.startswith("tblPr/tblInd@") and plain.get("tblPr/tblInd@w", "0") == "0")
        and NEUTRAL.get(name.split("@")[0].rsplit("/", 1)[-1]) != value
    }


def _unit(name: str) -> str:
    """What changes together: a border, a colour; of fonts each script; of spacing and indents each side."""
    place, attribute = name.split("@")
    if place == "rPr/rFonts":
        return name
    if place == "pPr/spacing":
        return f"{place}@{next(side for side in ('before', 'after', 'line') if attribute.startswith(side))}"
    if place == "pPr/ind":
        return f"{place}@{next((side for side in ('left', 'right') if attribute.startswith(side)), 'first')}"
    return place


def _merged(ours: Values, base: Values, theirs: Values, locked: tuple[str, ...]) -> tuple[dict[str, str], frozenset[str]]:
    """Ours with theirs wherever theirs is not the base; and the units that are theirs. A font or size that they leave open is no change."""

    def grouped(values: Values) -> dict[str, dict[str, str]]:
        groups: dict[str, dict[str, str]] = {}
        for name, value in values.items():
            groups.setdefault(_unit(name), {})[name] = value
        return groups

    mine, shipped, other = grouped(ours), grouped(base), grouped(theirs)
    result: dict[str, str] = {}
    changed = set()
    for unit in {**mine, **other, **shipped}:
        said = other.get(unit, {})
        open_ = not said and unit.startswith(("rPr/rFonts", "rPr/sz"))
        if _same(said, shipped.get(unit, {})) or open_ or unit.startswith(locked or ("/",)):
            result |= mine.get(unit, {})
        else:
            result |= said
            if not _same(said, mine.get(unit, {})):
                changed.add(unit)
    return result, frozenset(changed)


def _same(one: Values, other: Values) -> bool:
    """Whether two say the same; of a distance said in characters or lines as well, which LibreOffice drops, the distance alone counts."""
    if one == other:
        return True
    short = [{name: value for name, value in each.items() if not name.endswith(("Chars", "Lines"))} for each in (one, other)]
    return bool(short[0]) and short[0] == short[1] and (one == short[0] or other == short[1])


# back to XML


def _rewrite(style: Any, values: Values) -> None:
    """The style with exactly these values, on its own feet but for what is ours: tabs, numbering, outline level, being kept with the next."""
    from docx.oxml import parse_xml

    kept = {child.tag.removeprefix(W): child for part in style.findall(f"{W}pPr") for child in part if PARAGRAPH.get(child.tag.removeprefix(W), ()) is None}
    based = style.find(f"{W}basedOn")
    if based is not None and style.get(f"{W}type") == "paragraph":
        style.remove(based)
    for tag in (*STYLE, "tblStylePr"):
        for part in style.findall(f"{W}{tag}"):
            style.remove(part)
    pieces = list(_properties(values, "", kept))
    for case in CONDITIONS:
        inner = "".join(_properties(values, f"{case}/", {}))
        if inner:
            pieces.append(f'<w:tblStylePr w:type="{case}">{inner}</w:tblStylePr>')
    style.extend(list(parse_xml(f'<w:style xmlns:w="{W[1:-1]}">{"".join(pieces)}</w:style>')))


def _properties(values: Values, prefix: str, kept: Mapping[str, Any]) -> Iterator[str]:
    for kind, below in STYLE.items():
        inner = _inside(values, below, prefix + kind, kept if kind == "pPr" else {})
        if inner:
            yield f"<w:{kind}>{inner}</w:{kind}>"


def _inside(values: Values, allowed: Any, path: str, kept: Mapping[str, Any]) -> str:
    from lxml import etree

    pieces = []
    for tag, below in allowed.items():
        place = f"{path}/{tag}"
        if below is None:
            if tag in kept:
                pieces.append(etree.tostring(kept[tag], encoding="unicode", with_tail=False))
        elif isinstance(below, Mapping):
            inner = _inside(values, below, place, {})
            if inner:
                pieces.append(f"<w:{tag}>{inner}</w:{tag}>")
        else:
            said = {name: values[f"{place}@{name}"] for name in below if f"{place}@{name}" in values}
            if tag == "shd" and said:
                said = {"val": "clear", **said}
            if said and ("val" not in below or "val" in said):
                pieces.append(f"<w:{tag} {' '.join(f'w:{name}={quoteattr(value)}' for name, value in said.items())}/>")
    return "".join(pieces)


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
