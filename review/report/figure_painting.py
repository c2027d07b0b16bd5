"""The outlines and texts of a figure's SVG painted at once, where WeasyPrint goes point by point and letter by letter: a third of a report's painting.

Only what `charts.canvas` writes is painted here, everything else (a house's logo, a hatching) is left to WeasyPrint.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

INHERITED: Final = frozenset({"version", "stroke-linejoin", "stroke-linecap"})
OUTLINE: Final = INHERITED | {"d", "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-dashoffset"}
LABEL: Final = INHERITED | {"x", "y", "fill", "font-family", "font-size", "font-weight", "text-anchor"}
COLOUR: Final = re.compile(r"none|#[0-9a-f]{6}")
NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)px")
DASHES: Final = re.compile(r"\d+(?:\.\d+)?(?:,\d+(?:\.\d+)?)*")
COMMANDS: Final = re.compile(r"[MLCz0-9. -]*")
COMMAND: Final = re.compile(r"([MLCz])([^MLCz]*)")
OPERATORS: Final = {"M": (2, "m"), "L": (2, "l"), "C": (6, "c"), "z": (0, "h")}
JOINS: Final = {"miter": 0, "round": 1, "bevel": 2}
CAPS: Final = {"butt": 0, "round": 1, "square": 2}
ANCHORS: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}
MITER: Final = 4
"""The limit of SVG where none is given."""

Draw = Callable[..., None]


def draw_node_with(theirs: Draw) -> Draw:
    """WeasyPrint's drawing of an SVG node, with ours where the node is an outline or a label of a figure of ours."""

    def draw_node(svg: Any, node: Any, font_size: float, fill_stroke: bool = True, context: Any = None) -> None:
        if fill_stroke and context is None:
            if node.tag == "path" and node.attrib.keys() <= OUTLINE and _outline(svg.stream, node.attrib):
                return
            if node.tag == "text" and node.attrib.keys() <= LABEL and not len(node._etree_node) and _label(svg, node):
                return
        theirs(svg, node, font_size, fill_stroke, context)

    return draw_node


def operators(outline: str) -> bytes | None:
    """The outline of an SVG path of absolute moves, lines, curves and ends as operators of a PDF; None where it is anything else."""
    if not COMMANDS.fullmatch(outline):
        return None
    written: list[str] = []
    for letter, numbers in COMMAND.findall(outline):
        wanted, operator = OPERATORS[letter]
        given = numbers.split()
        if len(given) != wanted:
            return None
        written.append(" ".join((*given, operator)))
    return "\n".join(written).encode("ascii")


def _outline(stream: Any, attributes: dict[str, str]) -> bool:
    fill, stroke, width = attributes.get("fill", "#000000"), attributes.get("stroke", "none"), attributes.get("stroke-width", "1")
    dashes, offset = attributes.get("stroke-dasharray", ""), attributes.get("stroke-dashoffset", "0")
    join, cap = JOINS.get(attributes.get("stroke-linejoin", "miter")), CAPS.get(attributes.get("stroke-linecap", "butt"))
    known = (
        COLOUR.fullmatch(fill) and COLOUR.fullmatch(stroke) and NUMBER.fullmatch(width) and NUMBER.fullmatch(offset) and join is not None and cap is not None
    )
    if not known or (dashes and not DASHES.fullmatch(dashes)):
        return False
    written = operators(attributes.get("d", ""))
    if written is None:
        return False
    filled, stroked = fill != "none", stroke != "none" and float(width) > 0
    with stream.stacked():
        if filled:
            stream.set_color(_colour(fill))
        if stroked:
            stream.set_color(_colour(stroke), stroke=True)
            stream.set_line_width(float(width))
            if dashes:
                stream.set_dash([float(each) for each in dashes.split(",")], float(offset))
            stream.set_line_cap(cap)
            stream.set_line_join(join)
            stream.set_miter_limit(MITER)
        stream.stream.append(written)
        if filled and stroked:
            stream.fill_and_stroke()
        elif stroked:
            stream.stroke()
        elif filled:
            stream.fill()
        else:
            stream.end()
    return True


def _label(svg: Any, node: Any) -> bool:
    """One line of text set as a whole. WeasyPrint sets each letter by itself, and those of a centred text on a sheet of their own."""
    from weasyprint.draw.text import draw_emojis, draw_first_line
    from weasyprint.matrix import Matrix
    from weasyprint.svg.text import TextBox
    from weasyprint.text.ffi import FROM_UNITS, pango
    from weasyprint.text.line_break import create_layout, line_size

    attributes, text = node.attrib, node.text
    fill, size, anchor = attributes.get("fill", "#000000"), SIZE.fullmatch(attributes.get("font-size", "")), attributes.get("text-anchor", "start")
    x, y, weight = attributes.get("x", ""), attributes.get("y", ""), attributes.get("font-weight", "400")
    placed = NUMBER.fullmatch(x) and NUMBER.fullmatch(y) and weight.isdigit()
    if size is None or not placed or not COLOUR.fullmatch(fill) or fill == "none" or anchor not in ANCHORS or not text:
        return False
    style = _style(svg, attributes.get("font-family", "sans-serif"), int(weight), float(size[1]))
    layout = create_layout(text, style, svg.context, None, 0)
    line, _ = layout.get_first_line()
    width, height = line_size(line, style)
    left, base = float(x) - ANCHORS[anchor] * width, float(y)
    box = TextBox(layout, style)
    box.baseline = pango.pango_layout_get_baseline(layout.layout) * FROM_UNITS
    node.text_bounding_box = (left, base - box.baseline, width, height)
    with svg.stream.stacked():
        svg.stream.set_color(_colour(fill))
        svg.stream.begin_text()
        emojis = draw_first_line(svg.stream, box, "none", "none", Matrix(d=-1, e=left, f=base))
        svg.stream.end_text()
        draw_emojis(svg.stream, style, left, base, emojis)
    return True


def _style(svg: Any, family: str, weight: int, size: float) -> Any:
    """What WeasyPrint asks of the style of a line of text."""
    from weasyprint.css.properties import INITIAL_VALUES
    from weasyprint.svg.text import Style

    known = svg.__dict__.setdefault("_styles_of_labels", {})
    if (family, weight, size) not in known:
        style = Style(INITIAL_VALUES)
        style.font_config = svg.font_config
        style.update(font_family=[each.strip().strip("\"'") for each in family.split(",")], font_weight=weight, font_size=size)
        known[family, weight, size] = style
    return known[family, weight, size]


@lru_cache(maxsize=64)
def _colour(value: str) -> Any:
    from weasyprint.svg.utils import color

    return color(value)
