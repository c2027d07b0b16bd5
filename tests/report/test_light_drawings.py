"""Lighter drawings and the space around heads: fewer nodes, the same picture."""

import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from specimen import specimen

from review.report.charts.canvas import Anchor, Canvas, Label, _layers, ink_of, svg_bytes
from review.report.theme import load_theme
from review.report.word import word

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LENGTH = st.floats(0, 20, allow_nan=False)
CIRCLES = st.lists(st.tuples(LENGTH, LENGTH, st.floats(0.1, 3)), max_size=25, unique=True)


@given(CIRCLES)
def test_circles_of_one_layer_do_not_touch_and_a_later_one_lies_above_those_it_touches(places: list[tuple[float, float, float]]) -> None:
    layers = _layers(places, 0.1)
    assert sorted(circle for layer in layers for circle in layer) == sorted(places)
    level = {circle: index for index, layer in enumerate(layers) for circle in layer}
    for index, (x, y, radius) in enumerate(places):
        for a, b, r in places[:index]:
            if (x - a) ** 2 + (y - b) ** 2 <= (radius + r + 0.1) ** 2:
                assert level[(a, b, r)] < level[(x, y, radius)]


def test_an_svg_has_one_node_a_shape_and_leaves_texts_alone() -> None:
    canvas = Canvas(ink_of(load_theme(None)), 30)
    canvas.dots([(10, 10, 1), (20, 10, 1), (30, 10, 1)], "#123456")
    canvas.boxes([(1, 1, 2, 2), (5, 1, 2, 2)], "#123456")
    canvas.lines([((1, 20), (9, 20)), ((1, 25), (9, 25))], "#123456")
    hostile = '<path d="1.23456 <!-- x --> <g id="a"> </g> style="fill: red"'
    canvas.text(1, 15, hostile)
    root = etree.fromstring(svg_bytes(canvas))
    names = [etree.QName(node).localname for node in root.iter()]
    assert names.count("path") == 4  # the sheet and one a call
    assert "g" not in names
    assert "style" not in names
    assert not any(node.get("style") for node in root.iter())
    assert {"#123456"} < {str(node.get("fill")) for node in root.iter()}
    assert "".join(map(str, root.itertext())).strip() == hostile
    assert not re.search(r"\d\.\d{3}", "".join(str(node.get("d", "")) for node in root.iter()))


def test_lines_alike_one_after_another_are_one_node_and_others_stay_apart() -> None:
    canvas = Canvas(ink_of(load_theme(None)), 30)
    ways = [((1.0, 1.0), (9.0, 1.0)), ((1.0, 2.0), (9.0, 2.0)), ((1.0, 3.0), (9.0, 3.0)), ((1.0, 4.0), (9.0, 4.0))]
    for way, colour in zip(ways, ("#123456", "#123456", "#654321", "#123456"), strict=True):
        canvas.line(way, colour)
    drawn = [node for node in etree.fromstring(svg_bytes(canvas)).iter("{*}path") if node.get("fill") == "none"]
    assert [node.get("stroke") for node in drawn] == ["#123456", "#654321", "#123456"]
    assert [str(node.get("d")).count("M") for node in drawn] == [2, 1, 1]


def test_a_word_chapter_has_space_above_unless_it_starts_a_page() -> None:
    theme = load_theme(None)
    with zipfile.ZipFile(io.BytesIO(word(specimen()[0], theme))) as package:
        body, styles = (etree.fromstring(package.read(f"word/{name}.xml")) for name in ("document", "styles"))
    style = next(each for each in styles.iter(f"{W}style") if each.get(f"{W}styleId") == "Heading1")
    spacing = style.find(f"{W}pPr/{W}spacing")
    assert spacing is not None
    assert int(spacing.get(f"{W}before", "0")) == round(theme.spacing.h1_before_pt * 20) > 0
    heads = [p for p in body.iter(f"{W}pPr") if (named := p.find(f"{W}pStyle")) is not None and named.get(f"{W}val") == "Heading1"]
    assert len(heads) > 1
    for head in heads:
        own = head.find(f"{W}spacing")
        if head.find(f"{W}pageBreakBefore") is not None or head is heads[0]:
            assert own is not None
            assert own.get(f"{W}before") == "0"


@pytest.mark.parametrize("anchor", ["left", "center", "right"])
@pytest.mark.parametrize("bold", [False, True])
def test_a_label_is_written_as_matplotlib_writes_a_text(monkeypatch: pytest.MonkeyPatch, anchor: Anchor, bold: bool) -> None:
    def written() -> dict[str, str]:
        canvas = Canvas(ink_of(load_theme(None)), 30)
        canvas.text(20.5, 15.25, "负面 62.0%", anchor=anchor, bold=bold, size=7, colour="#17505b")
        (text,) = etree.fromstring(svg_bytes(canvas)).iter("{*}text")
        assert text.text == "负面 62.0%"
        return {str(key): str(value) for key, value in text.attrib.items()}

    ours = written()
    monkeypatch.delattr(Label, "draw")
    theirs = written()
    assert "rotate" in theirs.pop("transform")
    assert {**theirs, "font-weight": theirs.get("font-weight", "400")} == {**ours, "x": theirs["x"], "y": theirs["y"]}
    assert [float(ours[each]) for each in "xy"] == pytest.approx([float(theirs[each]) for each in "xy"], abs=0.006)
