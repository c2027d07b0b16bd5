"""Parts of WeasyPrint's painting as this program does them: they draw what WeasyPrint draws, in half of the calls (measured on the sample)."""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from review.report.figure_painting import draw_node_with
from review.report.font_subset import of_glyphs

CORNERS: Final = ("top_left", "top_right", "bottom_left", "bottom_right")


@contextmanager
def our_parts() -> Iterator[None]:
    """While it lasts five parts are ours.

    fonts: cut by our HarfBuzz (font_subset.py). figures: outlines and labels painted at once (figure_painting.py).
    borders: straight ones are bars; WeasyPrint clips out each side and fills the difference of two outlines, for every cell of every table.
    references: those of the pages are written once a page; it writes all of them anew for every element of the structure tree, the square of the pages.
    streams: packed at zlib's own level; pydyf's highest takes three times as long for a fiftieth less (measured on the sample).
    """
    import pydyf
    import weasyprint.draw
    from weasyprint.pdf.fonts import Font
    from weasyprint.svg import SVG

    theirs = weasyprint.draw.draw_border

    def draw_border(stream: Any, box: Any) -> None:
        bars = _bars(box)
        if bars is None:
            theirs(stream, box)
            return
        for side, rectangle in bars:
            _fill(stream, box, side, rectangle)

    parts: tuple[tuple[Any, str, Any], ...] = (
        (Font, "subset", _cut),
        (SVG, "draw_node", draw_node_with(SVG.draw_node)),
        (weasyprint.draw, "draw_border", draw_border),
        (pydyf.PDF, "page_references", property(_references)),
        (pydyf, "zlib", _Packing),
    )
    with ExitStack() as stack:
        for owner, name, ours in parts:
            stack.callback(setattr, owner, name, owner.__dict__[name])
            setattr(owner, name, ours)
        yield


def _cut(font: Any, glyphs: Mapping[int, str], hinting: bool) -> None:  # noqa: ARG001
    if glyphs:  # none: a font that a form may need whole
        font.file_content = of_glyphs(font.file_content, font.index, set(glyphs))


class _Packing:
    """What pydyf asks of zlib."""

    @staticmethod
    def compressobj(level: int) -> Any:  # noqa: ARG004
        return zlib.compressobj()


Rectangle = tuple[float, float, float, float]


def _bars(box: Any) -> list[tuple[str, Rectangle]] | None:
    """The borders of a box as rectangles (left, top, width, height) by side; None where they are more than solid bars on opposite sides."""
    style = box.style
    if not (box.border_top_width or box.border_bottom_width or box.border_left_width or box.border_right_width):
        return [] if not style["column_rule_width"] else None
    widths = {side: getattr(box, f"border_{side}_width") for side in ("top", "bottom", "left", "right")}
    drawn = [side for side, width in widths.items() if width]
    plain = style["visibility"] == "visible" and style["border_image_source"][0] == "none" and not style["column_rule_width"]
    if not plain or not (set(drawn) <= {"top", "bottom"} or set(drawn) <= {"left", "right"}):
        return None
    if any(style[f"border_{side}_style"] != "solid" for side in drawn) or any(any(getattr(box, f"border_{corner}_radius")) for corner in CORNERS):
        return None
    left, top, width, height = box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height()
    places = {
        "top": (left, top, width, widths["top"]),
        "bottom": (left, top + height - widths["bottom"], width, widths["bottom"]),
        "left": (left, top, widths["left"], height),
        "right": (left + width - widths["right"], top, widths["right"], height),
    }
    return [(side, places[side]) for side in drawn]


def _fill(stream: Any, box: Any, side: str, rectangle: Rectangle) -> None:
    from weasyprint.draw.color import get_color

    colour = get_color(box.style, f"border_{side}_color")
    if not colour.alpha:
        return
    with stream.artifact(), stream.stacked():
        stream.set_color(colour)
        stream.rectangle(*rectangle)
        stream.fill()


def _references(pdf: Any) -> tuple[bytes, ...]:
    """What the pages added so far are called in the file."""
    numbers = pdf.pages["Kids"][::3]
    known: tuple[bytes, ...] = pdf.__dict__.get("_written_references", ())
    if len(known) != len(numbers):
        known = tuple(b"%d 0 R" % number for number in numbers)
        pdf.__dict__["_written_references"] = known
    return known
