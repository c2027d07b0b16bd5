"""What our parts of the painting draw is what WeasyPrint's would."""

import io
import re
import zlib
from contextlib import nullcontext

import pikepdf
import pydyf
import pytest

from review.report.painting import our_parts
from review.report.pdf import pango_fault

BAR = re.compile(rb"(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) re\nf\n")
PAGE = "@page { size: 100px; margin: 0 } body { margin: 0 }"
FACE = "position: absolute; left: 10px; top: 20px; width: 40px; height: 30px"


def drawn(css: str, *, ours: bool) -> bytes:
    """What stands on the page for one box, in pixels of the style sheet."""
    assert pango_fault() is None
    from review.report.typesetter import weasyprint

    made = weasyprint.HTML(string=f"<style>{PAGE} div {{ {FACE}; {css} }}</style><div></div>").render()
    with our_parts() if ours else nullcontext():
        painted = made.write_pdf()
    with pikepdf.open(io.BytesIO(painted)) as document:
        return document.pages[0].Contents.read_bytes()


@pytest.mark.needs_pango
@pytest.mark.parametrize(
    ("css", "bars"),
    [
        ("border-bottom: 2px solid red", [(10, 50, 40, 2)]),
        ("border-top: 1px solid red; border-bottom: 2px solid blue", [(10, 20, 40, 1), (10, 51, 40, 2)]),
        ("border-left: 3px solid red", [(10, 20, 3, 30)]),
        ("border-right: 3px solid red", [(50, 20, 3, 30)]),
        ("border-bottom: 2px solid transparent", []),
    ],
)
def test_straight_borders_are_bars_where_the_box_ends(css: str, bars: list[tuple[int, int, int, int]]) -> None:
    found = [tuple(float(number) for number in each) for each in BAR.findall(drawn(css, ours=True))]
    assert found == bars


@pytest.mark.needs_pango
@pytest.mark.parametrize(
    "css",
    [
        "border: 2px solid red",
        "border-bottom: 2px dashed red",
        "border-bottom: 2px double red",
        "border-bottom: 2px solid red; border-left: 1px solid red",
        "border-left: 2px solid red; border-top-left-radius: 4px",
        "border-bottom: 2px solid red; visibility: hidden",
        "columns: 2; column-rule: 1px solid red",
    ],
)
def test_every_other_border_is_weasyprints_own(css: str) -> None:
    assert drawn(css, ours=True) == drawn(css, ours=False)


@pytest.mark.needs_pango
def test_pages_are_called_what_pydyf_calls_them_while_they_come() -> None:
    plain, quick = pydyf.PDF(), pydyf.PDF()
    for _ in range(3):
        plain.add_page(pydyf.Dictionary())
        quick.add_page(pydyf.Dictionary())
        expected = plain.page_references
        with our_parts():
            assert quick.page_references == expected
            assert quick.page_references == expected


@pytest.mark.needs_pango
def test_streams_are_packed_at_the_level_of_zlib() -> None:
    words = " ".join(str(number**3) for number in range(5000)).encode()  # such that levels differ
    with our_parts():
        packed = pydyf.Stream([words], compress=True).data
    assert zlib.compress(words) in packed
    assert zlib.compress(words, 9) not in packed


@pytest.mark.needs_pango
def test_our_parts_last_as_long_as_asked() -> None:
    import weasyprint.draw
    from weasyprint.pdf.fonts import Font

    before = (Font.subset, weasyprint.draw.draw_border, pydyf.PDF.page_references)
    with our_parts():
        assert all(one is not other for one, other in zip((Font.subset, weasyprint.draw.draw_border, pydyf.PDF.page_references), before, strict=True))
    assert (Font.subset, weasyprint.draw.draw_border, pydyf.PDF.page_references) == before
