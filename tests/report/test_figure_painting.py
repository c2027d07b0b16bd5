"""What our painting of a figure draws is what WeasyPrint's would: the same shapes and texts in the same places."""

import base64
import io
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import pikepdf
import pytest
from pdf_text import unicode_of

from review.report.figure_painting import operators
from review.report.painting import our_parts

Point = tuple[float, ...]
Matrix = tuple[float, float, float, float, float, float]
SAME = pytest.approx
PAINTS = {"f": "fill", "S": "stroke", "B": "both", "f*": "fill even-odd", "n": "nothing"}
DEFAULTS: dict[str, Any] = {"w": 1.0, "d": ([], 0.0), "J": 0, "j": 0, "M": 10.0, "rg": None, "RG": None}


@dataclass
class Drawn:
    """What stands on a page, in points from its lower left: (how painted, its style, its outline) and (text, where it begins)."""

    shapes: list[tuple[str, dict[str, Any], list[tuple[Any, ...]]]] = field(default_factory=list)
    texts: list[tuple[str, Point]] = field(default_factory=list)
    operators: int = 0


def times(one: Matrix, other: Matrix) -> Matrix:
    (a, b, c, d, e, f), (g, h, i, j, k, l) = one, other  # noqa: E741
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l)


def read(page: Any, resources: Any, place: Matrix, into: Drawn) -> None:
    fonts = {name: unicode_of(font) for name, font in resources.get("/Font", {}).items()}
    style, stack = dict(DEFAULTS), []
    outline: list[tuple[Any, ...]] = []
    font: dict[int, str] = {}
    line: Matrix = (1, 0, 0, 1, 0, 0)

    def put(x: float, y: float) -> Point:
        return times((1, 0, 0, 1, x, y), place)[4:]

    for given, operator in pikepdf.parse_content_stream(page):  # type: ignore[misc]
        name = str(operator)
        into.operators += 1
        if name == "q":
            stack.append((place, dict(style)))
        elif name == "Q":
            place, style = stack.pop()
        elif name == "cm":
            place = times(tuple(map(float, given)), place)  # type: ignore[arg-type]
        elif name in ("m", "l", "c"):
            numbers = list(map(float, given))
            outline.append((name, *(each for k in range(0, len(numbers), 2) for each in put(numbers[k], numbers[k + 1]))))
        elif name == "h":
            outline.append(("h",))
        elif name in PAINTS:
            while len(outline) > 1 and outline[0][0] == outline[1][0] == "m":
                del outline[0]  # WeasyPrint begins each outline at the corner of the sheet
            told = {key: value for key, value in style.items() if (key == "rg") == (name[0] == "f") or name == "B"}
            into.shapes += [(PAINTS[name], told, outline)] if name != "n" and outline else []
            outline = []
        elif name == "d":
            style["d"] = ([float(each) for each in given[0]], float(given[1]))
        elif name in style:
            style[name] = tuple(map(float, given)) if len(given) > 1 else float(given[0])
        elif name == "Tf":
            font = fonts[str(given[0])]
        elif name == "Tm":
            line = tuple(map(float, given))  # type: ignore[assignment]
        elif name == "TJ":
            raw = b"".join(bytes(part) for part in given[0] if isinstance(part, pikepdf.String))
            text = "".join(font[raw[i] << 8 | raw[i + 1]] for i in range(0, len(raw), 2))
            into.texts.append((text, times(line, place)[4:]))
        elif name == "Do":
            form = resources.XObject[str(given[0])]
            read(form, form.get("/Resources", resources), place, into)


def drawn(inside: str, *, ours: bool) -> Drawn:
    from review.report.typesetter import weasyprint

    root = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 400 200" stroke-linejoin="round" stroke-linecap="butt">'
    source = base64.b64encode(f"{root}{inside}</svg>".encode()).decode()
    made = weasyprint.HTML(string=f'<style>@page {{ size: 300px; margin: 20px }}</style><img src="data:image/svg+xml;base64,{source}">').render()
    with our_parts() if ours else nullcontext():
        pdf = made.write_pdf()
    into = Drawn()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        read(document.pages[0], document.pages[0].Resources, (1, 0, 0, 1, 0, 0), into)
    return into


def assert_same(one: Drawn, other: Drawn) -> None:
    assert len(one.shapes) == len(other.shapes) > 0
    for (paint, style, outline), (paint_2, style_2, outline_2) in zip(one.shapes, other.shapes, strict=True):
        assert paint == paint_2
        assert [step[0] for step in outline] == [step[0] for step in outline_2]
        assert [step[1:] for step in outline] == [SAME(step[1:], abs=1e-3) for step in outline_2]
        if paint != "fill":
            assert style == {key: SAME(value) if isinstance(value, float) else value for key, value in style_2.items()}
        else:
            assert style["rg"] == SAME(style_2["rg"])


@pytest.mark.needs_pango
@pytest.mark.parametrize(
    "shape",
    [
        '<path d="M 10 20.5 L 30 40 L 50 20 z" fill="#17505b"/>',
        '<path d="M 10 20 L 30 40 zM 50 60 C 51 62 53.25 64 55 60 L 60 60 z" fill="#f6f8f8" stroke="#7a4a6a" stroke-width="0.7" stroke-linejoin="miter"/>',
        '<path d="M 0 5 L 400 5 M 0 9 L 400 9" fill="none" stroke="#5c6a71"/>',
        '<path d="M 0 5 L 400 5" fill="none" stroke-dasharray="2.88,1.8" stroke-dashoffset="0" stroke="#5c6a71" stroke-width="0.9"/>',
        '<path d="M 0 5 L 400 5 L 9 9"/>',
    ],
)
def test_outlines_are_those_of_weasyprint(shape: str) -> None:
    ours, theirs = drawn(shape, ours=True), drawn(shape, ours=False)
    assert_same(ours, theirs)
    assert ours.operators < theirs.operators


@pytest.mark.needs_pango
@pytest.mark.parametrize(
    "shape",
    [
        '<path d="m 10 20 l 30 40" stroke="#17505b"/>',
        '<path d="M 10 20 H 30 V 40" stroke="#17505b"/>',
        '<path d="M 10 20 Q 30 40 50 20" stroke="#17505b"/>',
        '<path d="M 10 20 30 40" stroke="#17505b"/>',
        '<path d="M 10 20 L 30 40 L 50 20 z" fill="red"/>',
        '<path d="M 10 20 L 30 40 L 50 20 z" fill="#17505b" fill-rule="evenodd"/>',
        '<path d="M 10 20 L 30 40 L 50 20 z" fill="#17505b" transform="translate(5 6)"/>',
        '<g transform="translate(5 6)"><path d="M 10 20 L 30 40 L 50 20 z" fill="#17505b"/></g>',
        '<g opacity="0.5"><path d="M 10 20 L 30 40 L 50 20 z" fill="#17505b"/></g>',
        '<rect x="3" y="4" width="50" height="20" fill="#17505b"/><path d="M 0 0 L 5 5" stroke="#17505b"/>',
        '<path d="M 10 20 L 30 40" stroke="#17505b" stroke-width="10%"/>',
    ],
)
def test_what_our_canvas_does_not_write_is_drawn_as_weasyprint_draws_it(shape: str) -> None:
    assert_same(drawn(shape, ours=True), drawn(shape, ours=False))


@pytest.mark.needs_pango
@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
@pytest.mark.parametrize("weight", ["400", "700"])
def test_a_label_stands_where_weasyprint_sets_its_letters(anchor: str, weight: str) -> None:
    label = f'<text x="200" y="80" font-size="16px" font-weight="{weight}" font-family="sans-serif" text-anchor="{anchor}" fill="#17505b">负面 62.0%</text>'
    ours, theirs = drawn(label, ours=True), drawn(label, ours=False)
    assert "".join(text for text, _ in ours.texts) == "负面 62.0%"
    assert "".join(text for text, _ in theirs.texts).replace(" ", "") == "负面62.0%"
    assert ours.texts[0][1] == SAME(theirs.texts[0][1], abs=0.2)
    assert len(ours.texts) < len(theirs.texts)


@pytest.mark.needs_pango
@pytest.mark.parametrize(
    "label",
    [
        '<text x="20" y="80" font-size="16px" rotate="10">字</text>',
        '<text x="20" y="80" font-size="16px">甲<tspan dy="5">乙</tspan></text>',
        '<text x="20" y="80" font-size="16px" textLength="90">甲乙</text>',
        '<text x="20 60" y="80" font-size="16px">甲乙</text>',
        '<text x="20" y="80" font-size="16px" dominant-baseline="middle">甲乙</text>',
        '<text x="20" y="80" font-size="2em">甲乙</text>',
    ],
)
def test_a_text_that_is_no_plain_label_is_set_as_weasyprint_sets_it(label: str) -> None:
    ours, theirs = drawn(label, ours=True), drawn(label, ours=False)
    assert len(ours.texts) == len(theirs.texts) > 0
    assert [text for text, _ in ours.texts] == [text for text, _ in theirs.texts]
    assert [place for _, place in ours.texts] == [SAME(place, abs=1e-3) for _, place in theirs.texts]


@pytest.mark.parametrize("outline", ["M 1", "M 1 2 3", "L a b", "C 1 2 3 4", "M 1e-7 2", "z 1", "M 1 2 A 3 4 0 0 1 5 6"])
def test_an_outline_that_is_not_spelled_as_ours_is_left_alone(outline: str) -> None:
    assert operators(outline) is None


def test_an_outline_becomes_one_operator_a_command() -> None:
    assert operators("M 1 -2.5 L 3 4 C 1 2 3 4 5 6 zM 7 8") == b"1 -2.5 m\n3 4 l\n1 2 3 4 5 6 c\nh\n7 8 m"
