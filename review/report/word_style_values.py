"""Settings of Word styles as plain values: read through a list of what is allowed, attribute by attribute, merged, checked, and written back.

What is not on the list does not exist here: numbering, names of people, links, colours and fonts by reference (which become plain colours and fonts).
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from review.incident.errors import Fault, UnusableInput
from review.report.visible import visible

Values = Mapping[str, str]
"""Settings of a style by path, as in `pPr/spacing@before`."""

Allowed = Mapping[str, "Allowed | tuple[str, ...] | None"]
"""Elements in schema order: with elements inside, with attributes, or None for what stays ours."""

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

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


class NamedStyle:
    """One style of a styles part: its values with those it is based on; for paragraphs the defaults of the document below them."""

    def __init__(self, element: Any, others: Mapping[str, Any], fonts: Mapping[str, str], defaults: Values) -> None:
        self.name = name_of(element)
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


def styles_of(root: Any, fonts: Mapping[str, str]) -> dict[tuple[str, str], NamedStyle]:
    """The styles by type and name in lower case; of two that differ in case alone (LibreOffice keeps its own Caption beside Word's caption) Word's."""
    elements = root.findall(f"{W}style")
    by_id = {style.get(f"{W}styleId"): style for style in elements}
    defaults: dict[str, str] = {}
    for kind in ("rPr", "pPr"):
        for properties in root.iterfind(f"{W}docDefaults/{W}{kind}Default/{W}{kind}"):
            defaults |= _flat(properties, STYLE[kind], kind, fonts)
    found: dict[tuple[str, str], NamedStyle] = {}
    for style in sorted(elements, key=_is_capitalised):
        found.setdefault((style.get(f"{W}type", "paragraph"), name_of(style)), NamedStyle(style, by_id, fonts, defaults))
    return found


def _is_capitalised(style: Any) -> bool:
    name = style.find(f"{W}name")
    return name is not None and str(name.get(f"{W}val", ""))[:1].isupper()


def name_of(style: Any) -> str:
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


def checked(values: Values, path: Path, style: str) -> Values:
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


def plain(values: Values) -> dict[str, str]:
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


def merged(ours: Values, base: Values, theirs: Values, locked: tuple[str, ...]) -> tuple[dict[str, str], frozenset[str]]:
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


def rewrite(style: Any, values: Values) -> None:
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
