"""Document → DOCX bytes: named styles, real headings, fields that already show their result, content controls for judgement, native charts."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from docx.api import Document as DocxDocument
from docx.image.exceptions import UnrecognizedImageError
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from review.incident.errors import Fault, UnusableInput
from review.report.charts import draw_sized_png
from review.report.document import Document, Figure, parts, walk
from review.report.pages import UNKNOWN_PAGES, Pages
from review.report.theme import Page, Theme
from review.report.word_body import LAST, LOGO, NAMESPACES, BodyWriter, Drawing
from review.report.word_charts import native_chart
from review.report.word_slots import PLACES, places_xml
from review.report.word_styles import font_table_xml, numbering_xml, settings_xml, styles_xml, theme_xml, twips
from review.report.word_text import code, marks_of, paragraph, run, safe

CHART_TYPE: Final = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
WORKBOOK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
PLACES_TYPE: Final = "application/xml"
PLACES_PROPERTIES_TYPE: Final = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
FOOTER_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
APP: Final = (
    f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>review</Application></Properties>'
)
PLACES_PROPERTIES: Final = (
    f'{DECLARATION}<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
    f'ds:itemID="{{5C5A6B1E-0B0C-4C3B-9F6E-7265766965A7}}"><ds:schemaRefs><ds:schemaRef ds:uri="{PLACES}"/></ds:schemaRefs></ds:datastoreItem>'
)
LOGO_MM: Final = (55.0, 20.0)  # the room on the cover, as in print.css
DROPPED: Final = ("stylesWithEffects", "webSettings", "customXml", "thumbnail")  # what python-docx's template brings and nobody asked for


def word(document: Document, theme: Theme, pages: Callable[[], Pages] = lambda: UNKNOWN_PAGES) -> bytes:
    """The report as DOCX; equal input gives equal bytes on one machine.

    pages: asked once the figures are drawn, which takes longest, so that they may still be counted until then.
    Sections without a known page stand in the contents without one, as do all where the house's own styles make the text run otherwise than in the PDF, whose
    pages were counted. Raises ValueError for a figure without data and a slot id longer than Word's 64 characters.
    """
    styles, reflowed = styles_xml(theme), False
    if theme.word is not None:
        styles, reflowed = theme.word.styles, theme.word.reflowed
        theme = replace(theme, page=theme.word.page)
    template: Any = DocxDocument()
    main: Any = template.part
    _clean(main.rels)
    _clean(main.package.rels)
    drawings = _drawings(main, document, theme)
    counted = pages()
    edges = _edges(main, document, theme.page, counted)
    _carry_places(main, document)
    writer = BodyWriter(theme, marks_of(document), drawings, edges)
    body = writer.body(document, {} if reflowed else counted.of)
    texts = {"styles": styles, "numbering": numbering_xml(writer.ordered), "settings": settings_xml(theme)}
    blobs = {"fontTable": font_table_xml(theme), "theme": theme_xml(theme), "extended-properties": APP}
    for rel in (*main.rels.values(), *main.package.rels.values()):
        kind = rel.reltype.rsplit("/", 1)[1]
        if kind in texts:
            rel.target_part._element = parse_xml(texts[kind])
        elif kind in blobs:
            rel.target_part._blob = blobs[kind].encode()
    main._element = parse_xml(f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>".encode())
    _describe(template.core_properties, document)
    out = io.BytesIO()
    template.save(out)
    return sealed(out.getvalue(), document.made_at)


def sealed(package: bytes, made_at: datetime) -> bytes:
    """The zip with every entry dated made_at (UTC, two-second steps, not before 1980) in a fixed order, content types first: bytes that repeat."""
    at = made_at.astimezone(UTC)
    stamp = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second // 2 * 2)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", not name.startswith("_rels/"), name)):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # the same on every system
            target.writestr(entry, source.read(name), compresslevel=6)
    return out.getvalue()


def _clean(rels: Any) -> None:
    for key in [key for key, rel in rels.items() if rel.reltype.rsplit("/", 1)[1] in DROPPED]:
        del rels[key]


def _drawings(main: Any, document: Document, theme: Theme) -> dict[str, Drawing]:
    """Every figure as a native chart or a picture inside the package, by figure id."""
    drawings: dict[str, Drawing] = _logo(main, theme)
    charts = 0
    for figure in walk(*parts(document)):
        if not isinstance(figure, Figure):
            continue
        native = native_chart(figure.chart, theme)
        if native is None:
            picture, width, height = draw_sized_png(figure.chart, theme)
            key, _ = main.get_or_add_image(io.BytesIO(picture))
        else:
            charts += 1
            workbook = Part(PackURI(f"/word/embeddings/chart{charts}.xlsx"), WORKBOOK_TYPE, sealed(native.workbook, document.made_at), main.package)
            chart = Part(PackURI(f"/word/charts/chart{charts}.xml"), CHART_TYPE, b"", main.package)
            chart._blob = native.xml(chart.relate_to(workbook, RT.PACKAGE))
            key, width, height = main.relate_to(chart, RT.CHART), native.width_mm, native.height_mm
        drawings[figure.id] = Drawing(relation=key, chart=native is not None, width_mm=width, height_mm=height)
    return drawings


def _logo(main: Any, theme: Theme) -> dict[str, Drawing]:
    """The logo for the cover, in its own proportions inside LOGO_MM. Word takes no SVG without a picture of it, and nothing here
    makes one: beside a logo.svg it needs a logo.png, else it has none, which `theme_notices` tells."""
    picture = None if theme.logo is None else theme.logo.with_suffix(".png")
    if picture is None or not picture.is_file():
        return {}
    try:
        key, image = main.get_or_add_image(io.BytesIO(picture.read_bytes()))
    except UnrecognizedImageError as error:
        raise UnusableInput(Fault(str(picture), "不是可读取的 PNG 图片", "请换一张标志图")) from error
    scale = min(LOGO_MM[0] / image.px_width, LOGO_MM[1] / image.px_height)
    return {LOGO: Drawing(relation=key, chart=False, width_mm=image.px_width * scale, height_mm=image.px_height * scale)}


def _edges(main: Any, document: Document, page: Page, pages: Pages) -> dict[str, str]:
    """Headers of upright and of turned pages and the two footers (front matter, body) as parts; their relation ids by name."""
    left, right = document.header
    wide = f'<w:tabs><w:tab w:val="clear" w:pos="{twips(page.text_width_mm)}"/><w:tab w:val="right" w:pos="{twips(page.landscape_text_width_mm)}"/></w:tabs>'
    total = ""
    if pages.total is not None:
        # NUMPAGES counts cover and contents too, and a formula around it is not understood outside Word;
        # the page of the last paragraph is the number of body pages
        total = run(" / ") + code(f"PAGEREF {LAST} \\h", str(pages.total))
    contents = {
        "header": (HEADER_TYPE, RT.HEADER, "hdr", paragraph("Header", run(f"{left}\t{right}"))),
        "wide": (HEADER_TYPE, RT.HEADER, "hdr", paragraph("Header", run(f"{left}\t{right}"), wide)),
        "front": (FOOTER_TYPE, RT.FOOTER, "ftr", paragraph("Footer", code("PAGE \\* roman", "i"))),
        "body": (FOOTER_TYPE, RT.FOOTER, "ftr", paragraph("Footer", code("PAGE", "1") + total)),
    }
    ids = {}
    for name, (kind, relation, tag, inner) in contents.items():
        part = Part(PackURI(f"/word/{name}_{tag}.xml"), kind, f"{DECLARATION}<w:{tag} {NAMESPACES}>{inner}</w:{tag}>".encode(), main.package)
        ids[name] = main.relate_to(part, relation)
    return ids


def _carry_places(main: Any, document: Document) -> None:
    """The names and the evidence of the slots as a custom XML part, for `--keep`."""
    properties = Part(PackURI("/customXml/itemProps1.xml"), PLACES_PROPERTIES_TYPE, PLACES_PROPERTIES.encode(), main.package)
    places = Part(PackURI("/customXml/item1.xml"), PLACES_TYPE, places_xml(document), main.package)
    places.relate_to(properties, RT.CUSTOM_XML_PROPS)
    main.relate_to(places, RT.CUSTOM_XML)


def _describe(properties: Any, document: Document) -> None:
    """Core properties: ours, none of the template's. Times are UTC without zone, as python-docx wants them."""
    at = document.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.title = safe(document.title)[:255]
    properties.author = safe(document.author)[:255]
    properties.last_modified_by = safe(document.author)[:255]
    properties.subject = safe(document.subject)[:255]
    properties.language = document.language
    properties.created = at
    properties.modified = at
    properties.revision = 1
    properties.comments = ""
    properties.keywords = ""
    properties.category = ""
