"""A document as PDF bytes: archival (PDF/A-3a), tagged, with attachments, set by WeasyPrint."""

import hashlib
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, TreeBuilder

from markupsafe import Markup, escape

from review.incident.errors import Fault, UnusableInput
from review.report.box_layout import FIGURE, our_layout
from review.report.chart_data import Picture
from review.report.document import Document, Figure, Num
from review.report.markup import Writer, environment, style_sheet
from review.report.pages import UNKNOWN_PAGES, Pages
from review.report.painting import our_parts
from review.report.theme import OUTSIDE_REMEDY, Theme, css_variables, templates_dir
from review.report.visible import visible

VARIANT: Final = "pdf/a-3a"
PICTURE: Final = "picture:"
FONT: Final = "font:"
LOGO: Final = "logo:"
LEADER: Final = "leader:"
SVG: Final = "image/svg+xml"
PICTURES: Final = {b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg"}
VARIABLE: Final = re.compile(r"var\((--[a-z0-9-]+)\)")

INSTALL: Final = {
    "linux": "Debian/Ubuntu 请运行：sudo apt install libpango-1.0-0 libpangoft2-1.0-0",
    "darwin": "macOS 请运行：brew install pango",
    "win32": "Windows 请安装 MSYS2 后运行 pacman -S mingw-w64-x86_64-pango；或打开 DOCX，用 WPS 或 Word 另存为 PDF",
}


class PdfUnavailable(Exception):
    """WeasyPrint cannot start on this machine, in one Chinese line with the command that mends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """A document set on its pages and not yet painted, which takes as long again. pages: where its sections stand."""

    pages: Pages
    _sheets: Any  # weasyprint.document.Document
    _made_at: datetime
    _digest: Any  # hash of everything but the attachments

    def pdf(self, attachments: Mapping[str, bytes]) -> bytes:
        """The PDF. attachments: file name → content, embedded as data files dated like the document."""
        weasyprint = _weasyprint()
        digest = self._digest.copy()
        for name, content in sorted(attachments.items()):
            digest.update(name.encode("utf-8") + content)
        made_at = self._made_at.astimezone(UTC).replace(tzinfo=None)
        options = {
            **weasyprint.DEFAULT_OPTIONS,
            "pdf_variant": VARIANT,
            "pdf_identifier": digest.hexdigest()[:32].encode("ascii"),
            "attachments": [
                weasyprint.Attachment(string=content, name=name, description=name, created=made_at, modified=made_at, relationship="Data")
                for name, content in sorted(attachments.items())
            ],
        }
        with _quietly(), our_layout(), our_parts():
            made: bytes = self._sheets.write_pdf(**options, finisher=_serialised)
        return made


def lay_out(document: Document, theme: Theme, figures: Mapping[str, bytes]) -> LaidOut:
    """The pages of a document: cover, summary, contents, body from page 1, appendices; equal arguments give equal bytes on one machine.

    figures: an SVG, or a picture's bytes, for each figure id of the document. Dates in the file are `document.made_at`.
    Nothing is fetched: figures, fonts and logo come from memory or the theme, any other address is refused.
    Raises PdfUnavailable where Pango is missing, KeyError where a figure has no drawing, UnusableInput where a template of the house names such an address.
    """
    weasyprint = _weasyprint()
    markup = print_markup(document, theme)
    html = _page_source(weasyprint)(markup, _fetcher(theme, figures))
    from weasyprint.urls import FatalURLFetchingError

    with _quietly(), _telling(FatalURLFetchingError), our_layout():
        sheets = html.render(**{**weasyprint.DEFAULT_OPTIONS, "pdf_variant": VARIANT})
    digest = hashlib.sha256(markup.encode("utf-8", "replace"))
    for name, content in sorted(figures.items()):
        digest.update(name.encode("utf-8") + content)
    return LaidOut(pages=_pages(document, [page.anchors for page in sheets.pages]), _sheets=sheets, _made_at=document.made_at, _digest=digest)


def _page_source(weasyprint: Any) -> Any:
    """WeasyPrint's HTML with our sheet of elements instead of its own, read by libxml2 instead of in Python."""
    from cssselect2 import ElementWrapper

    elements = weasyprint.CSS(string=(templates_dir() / "elements.css").read_text(encoding="utf-8"))

    class Source(weasyprint.HTML):  # type: ignore[misc]
        def __init__(self, markup: str, url_fetcher: Any) -> None:
            self.base_url, self.url_fetcher, self.media_type = None, url_fetcher, "print"
            self.etree_element = tree_of(markup)
            self.wrapper_element = ElementWrapper.from_html_root(self.etree_element, content_language=None)

        def _ua_stylesheets(self, forms: bool = False) -> Any:  # noqa: ARG002
            return [elements]

    return Source


def tree_of(markup: str) -> Element:
    """The elements of a page of ours, in a sixteenth of the time an HTML5 parser in Python takes (measured); equal but for white space around the body."""
    from lxml import etree

    class Target:
        def __init__(self) -> None:
            self._builder = TreeBuilder()

        def start(self, tag: str, attributes: Mapping[str, str]) -> None:
            self._builder.start(tag, dict(attributes))

        def end(self, tag: str) -> None:
            self._builder.end(tag)

        def data(self, text: str) -> None:
            self._builder.data(text)

        def close(self) -> Element:
            return self._builder.close()

    root: Element = etree.fromstring(markup, etree.HTMLParser(target=Target(), huge_tree=True))
    return root


@contextmanager
def _telling(refused: type[BaseException]) -> Iterator[None]:
    """What the fetcher refused as something the user can mend; WeasyPrint's own error goes past `except Exception`."""
    try:
        yield
    except refused as error:
        raise UnusableInput(Fault("版式", f"引用了 {error}", OUTSIDE_REMEDY)) from error


@contextmanager
def _quietly() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its colour profile to the garbage collector to close
        yield


def _serialised(_: object, file: Any) -> None:
    """Every object of the file as its bytes: pydyf asks each of them twice, once to write it and once for the file's identifier."""
    from pydyf import Object

    class Bytes(Object):  # type: ignore[misc]
        compressible, data = False, b""

        def __init__(self, of: Any) -> None:
            self.number, self.generation, self.free, self.offset = of.number, of.generation, of.free, of.offset
            self.compressible, self.data = of.compressible, of.data

    grows = (file.pages, file.catalog, file.info)  # until the end
    file.objects[:] = [each if each.free == "f" or any(each is one for one in grows) else Bytes(each) for each in file.objects]


def _pages(document: Document, anchors: Sequence[Mapping[str, object]]) -> Pages:
    """The page each section begins on, counted from the first body section's. A section that runs over pages is an anchor of every one of them."""
    at: dict[str, int] = {}
    for number, found in enumerate(anchors):
        for ident in found:
            at.setdefault(ident, number)
    first = at.get(document.sections[0].id) if document.sections else None
    if first is None:
        return UNKNOWN_PAGES
    return Pages(of={ident: str(number - first + 1) for ident, number in at.items() if number >= first}, total=len(anchors) - first)


def print_markup(document: Document, theme: Theme) -> str:
    """The HTML that WeasyPrint sets."""
    jinja = environment(theme)
    writer = Writer(macros=jinja.get_template("blocks.html").module, number=_number, picture=_picture)
    logo = Markup('<img class="logo" src="{}" alt="{}">').format(LOGO, visible(document.header[0])) if theme.logo else Markup("")
    summary = Markup('<div class="summary">{}</div>').format(writer.block(document.summary))
    return jinja.get_template("print.html").render(
        document=document,
        title=visible(document.title),
        author=visible(document.author),
        subject=visible(document.subject),
        made_at=_w3c(document.made_at),
        face=_faces(theme),
        sheets=_resolved(style_sheet(theme, "report.css") + _page_rules(theme) + style_sheet(theme, "print.css"), theme),
        header_left=visible(document.header[0]),
        header_right=visible(document.header[1]),
        logo=logo,
        cover=writer.cover(document),
        summary=summary,
        contents=writer.contents(document),
        body=writer.blocks((*document.sections, *document.appendices)),
    )


def _resolved(sheet: Markup, theme: Theme) -> Markup:
    """The style sheet with its custom properties put in: WeasyPrint resolves each of them anew for every box, a fifth of the whole layout (measured)."""
    declared = f"{css_variables(theme)}\n--family:'{theme.fonts.sans}','{theme.fonts.emoji}',sans-serif;"
    values = dict(line.removesuffix(";").split(":", 1) for line in declared.splitlines())
    return Markup(VARIABLE.sub(lambda used: values[used[1]], str(sheet)))


def _weasyprint() -> Any:
    try:
        from review.report.typesetter import weasyprint
    except OSError as error:
        remedy = INSTALL.get(sys.platform, INSTALL["linux"])
        raise PdfUnavailable(f"无法生成 PDF：本机缺少 Pango 排版库。{remedy}") from error
    return weasyprint


def _fetcher(theme: Theme, figures: Mapping[str, bytes]) -> Any:
    """A fetcher that knows our figures, fonts and logo and raises for every other address, which stops the build."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    fonts = {"regular": theme.fonts.regular_file, "bold": theme.fonts.bold_file, "emoji": theme.fonts.emoji_file}

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002
            if url.startswith((FIGURE, PICTURE)):
                drawn = figures[url.partition(":")[2]]
                return URLFetcherResponse(url, drawn, {"Content-Type": next((kind for start, kind in PICTURES.items() if drawn.startswith(start)), SVG)})
            if url.startswith(FONT):
                return URLFetcherResponse(url, fonts[url.removeprefix(FONT)].read_bytes(), {"Content-Type": "font/otf"})
            if url == LEADER:
                return URLFetcherResponse(url, _leader(theme), {"Content-Type": SVG})
            if url == LOGO and theme.logo is not None:
                kind = "image/svg+xml" if theme.logo.suffix == ".svg" else "image/png"
                return URLFetcherResponse(url, theme.logo.read_bytes(), {"Content-Type": kind})
            raise FatalURLFetchingError(url)

    return Fetcher()


def _leader(theme: Theme) -> bytes:
    """The dots of a line of the contents, as wide as the text, counted from the right so that they stand below one another."""
    width = theme.page.text_width_mm * 72 / 25.4
    line = f'<path d="M{width:g} 0.4H0" fill="none" stroke="{theme.colours.muted}" stroke-width="0.7" stroke-dasharray="0.7 2.5"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}pt" height="0.8pt" viewBox="0 0 {width:g} 0.8">{line}</svg>'.encode()


def _number(num: Num) -> str:
    return escape(visible(num.text))


def _picture(figure: Figure) -> str:
    return f"{PICTURE if isinstance(figure.chart, Picture) else FIGURE}{figure.id}"


def _w3c(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _faces(theme: Theme) -> Markup:
    faces = ((theme.fonts.sans, 400, "regular"), (theme.fonts.sans, 700, "bold"), (theme.fonts.emoji, 400, "emoji"))
    return Markup("\n".join(f"@font-face{{font-family:'{family}';font-weight:{weight};src:url({FONT}{name})}}" for family, weight, name in faces))


def _page_rules(theme: Theme) -> Markup:
    """@page rules: cover without head and foot, front matter, body with `x / y`, landscape pages for wide tables."""
    page = theme.page
    head = f"font-size:{theme.sizes.header:g}pt;color:{theme.colours.muted};font-family:'{theme.fonts.sans}'"
    running = """
@top-left { content: element(left); width: 50%; vertical-align: bottom; padding-bottom: 5mm; }
@top-right { content: element(right); width: 50%; vertical-align: bottom; padding-bottom: 5mm; text-align: right; }
"""
    foot = f'@bottom-center {{ content: counter(page) " / " target-counter("#last-page", page); {head}; }}'
    margins = f"{page.top_mm:g}mm {page.right_mm:g}mm {page.bottom_mm:g}mm {page.left_mm:g}mm"
    turned = f"{page.left_mm:g}mm {page.top_mm:g}mm {page.right_mm:g}mm {page.bottom_mm:g}mm"
    return Markup(f"""
@page {{ size: {page.width_mm:g}mm {page.height_mm:g}mm; margin: {margins}; }}
@page front {{ {running} }}
@page body {{ {running} {foot} }}
@page :nth(1 of body) {{ counter-reset: page 1; }}
@page wide {{ size: {page.height_mm:g}mm {page.width_mm:g}mm; margin: {turned}; {running} {foot} }}
""")


def pango_fault() -> str | None:
    """Why no PDF can be made on this machine and what mends it; None where all is well. What `make test` asks first."""
    try:
        _weasyprint()
    except PdfUnavailable as error:
        return str(error)
    return None
