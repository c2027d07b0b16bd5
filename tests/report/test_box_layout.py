"""Pages laid out with our parts are WeasyPrint's to the byte."""

import io
from contextlib import nullcontext
from typing import Any

import pikepdf
import pytest

from review.report.box_layout import our_layout
from review.report.painting import our_parts

PAGE = """
<html lang="zh"><style>
@page { size: 300px 200px; margin: 10px; @bottom-center { content: counter(page) } }
table { border-collapse: %s; width: 80%% } td { border: 1px solid; padding: 2%% 4px; width: 30%% } .wide { width: 50px; min-width: 20%% }
.row { display: flex } .row div { flex: 1; padding: 3px } .box { box-sizing: border-box; width: 90px; height: 40px; padding: 5px; border: 2px solid }
u { letter-spacing: 2px } i { font-variant-numeric: tabular-nums } b { text-decoration: underline } .float { float: left; width: 10%% }
.relative { position: relative; left: 3%%; margin: auto } p::first-line { font-size: 14px } em { font-feature-settings: "kern" 0 }
.shade { background: #eee; border-radius: 3px } .hidden { visibility: hidden; background: red }
.tint { background: #ddf } .round { border: 1px solid; border-radius: 4px } code { font-family: monospace }
.shadow { box-shadow: 2px 2px red }
.logical { margin-inline-start: 20px; padding-block-end: 9px } .rtl { direction: rtl; margin-inline-start: 20px } .note { float: footnote }
.head { position: running(head) } .fixed { position: absolute; right: 5px; top: 5px; width: 20%% } .wide-page { page: wide } small { line-height: 2 }
@page { @top-left { content: element(head) } } @page wide { size: 400px 200px }
</style>
<p>一段 <u>疏排</u> <i>123</i> <b>下<i>划</i>线</b> <em>AV</em> <span lang="en">Words</span> 很长的一行文字要折到下一行去，再折一次，再折一次，再折一次。</p>
<table><tr><td>甲<td class="wide">乙<td rowspan="2">丙</tr><tr><td colspan="2">丁</tr></table>
<div class="row"><div>一</div><div>二二二</div><div class="box">三</div></div><div class="box">盒</div><div class="float">浮</div><p class="relative">尾</p>
<table><tr><td>戊<td>己</tr></table><ul><li>点<li>点</ul>
<div class="head">页眉</div><p class="shade">底<span class="shade">色</span></p><p class="hidden">不见</p><p class="shadow">影</p>
<p class="tint">色 <code>abc</code> abc</p><p class="round">圆</p><p class="logical">缩<small>小</small></p>
<div class="rtl"><p>右起 <b>粗</b></p><div class="float">浮</div><p>绕开浮动的一段文字，要够长才会折行，再长一些，再长一些，再长一些。</p></div>
<p>有脚注<span class="note">脚注</span>的一段</p><div class="fixed">定</div><p class="wide-page">宽页 12%%</p></html>
"""


def contents(markup: str, *, ours: bool) -> list[bytes]:
    from review.report.typesetter import weasyprint

    with our_layout() if ours else nullcontext():
        laid_out = weasyprint.HTML(string=markup).render()
        with our_parts():
            pdf = laid_out.write_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [page.Contents.read_bytes() for page in document.pages]


@pytest.mark.needs_pango
@pytest.mark.parametrize("borders", ["separate", "collapse"])
def test_pages_are_those_of_weasyprint(borders: str) -> None:
    markup = PAGE % borders
    theirs = contents(markup, ours=False)
    assert len(theirs) > 1
    assert contents(markup, ours=True) == theirs


def paragraph(css: str) -> Any:
    from review.report.typesetter import weasyprint

    box = weasyprint.HTML(string=f"<p style='{css}'>字").render().pages[0]._page_box
    while box.element_tag != "p" or box.element.get("style") is None:
        box = box.children[0]
    return box


@pytest.mark.needs_pango
def test_sizes_are_worked_out_anew_where_the_style_or_the_page_has_changed() -> None:
    from weasyprint.css.properties import Dimension
    from weasyprint.layout import block

    box = paragraph("width: 40px")
    with our_layout():
        block.resolve_percentages(box, (300, 300))
        assert box.width == 40
        box.style["width"] = Dimension(50, "px")
        block.resolve_percentages(box, (300, 300))
        assert box.width == 50
        box.style["width"] = Dimension(50, "%")
        for page, width in ((300, 150), (200, 100)):
            block.resolve_percentages(box, (page, 300))
            assert box.width == width


@pytest.mark.needs_pango
def test_borders_that_a_table_has_settled_are_left_as_they_are() -> None:
    from weasyprint.layout import block

    box = paragraph("border-collapse: collapse; border: 2px solid")
    with our_layout():
        for settled in (2, 7):
            box.border_left_width = settled
            block.resolve_percentages(box, (300, 300))
            assert box.border_left_width == settled


@pytest.mark.needs_pango
@pytest.mark.parametrize(("address", "first"), [("figure:one", "甲"), ("picture:one", "fetched")])
def test_a_figure_is_fetched_when_the_page_is_set_it_stands_on(monkeypatch: pytest.MonkeyPatch, address: str, first: str) -> None:
    from weasyprint.text.line_break import Layout
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    from review.report.typesetter import weasyprint

    happened: list[str] = []
    set_text = Layout.set_text

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            happened.append("fetched")
            return URLFetcherResponse(url, b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', {"Content-Type": "image/svg+xml"})

    def noted(layout: Any, text: str, justify: bool = False) -> None:
        happened.append(text)
        set_text(layout, text, justify)

    monkeypatch.setattr(Layout, "set_text", noted)
    with our_layout():
        made = weasyprint.HTML(string=f"<p>甲</p><p style='break-before: page'><img src='{address}'>乙", url_fetcher=Fetcher()).render()
    assert len(made.pages) == 2
    assert happened.count("fetched") == 1
    assert min(happened.index("甲"), happened.index("fetched")) == happened.index(first)
    assert happened.index("fetched") < happened.index("乙")


@pytest.mark.needs_pango
def test_our_layout_lasts_as_long_as_asked() -> None:
    from weasyprint.css import ComputedStyle
    from weasyprint.formatting_structure.boxes import Box
    from weasyprint.layout import background, block, float, inline, percent, table
    from weasyprint.text import line_break

    places: list[tuple[Any, str]] = [(module, "resolve_percentages") for module in (block, inline, percent, table)]
    places += [(module, "avoid_collisions") for module in (block, float, inline)]
    places += [(background, "layout_box_backgrounds"), (ComputedStyle, "__missing__"), (Box, "is_in_normal_flow")]
    places += [(line_break, "_font_style_cache_key"), (line_break.Layout, "setup")]
    before = [getattr(*place) for place in places]
    with our_layout():
        assert all(getattr(*place) is not theirs for place, theirs in zip(places, before, strict=True))
    assert [getattr(*place) for place in places] == before
