"""A document as one self-contained HTML file: nothing is loaded, every number tells its source when clicked."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from review.report.chart_data import Picture
from review.report.claims import Claim
from review.report.document import Document, Figure, Num
from review.report.language import Language
from review.report.markup import Writer, environment, style_sheet
from review.report.source_words import source_lines
from review.report.theme import Theme, css_variables
from review.report.visible import visible
from review.report.web_fonts import font_faces

POLICY: Final = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
GENERIC: Final = frozenset({"sans-serif", "serif", "monospace", "system-ui"})


def html(document: Document, claims: Sequence[Claim], theme: Theme, figures: Mapping[str, bytes]) -> bytes:
    """UTF-8 HTML of a document: same body as the other renderers, figures inside as SVG images, claims as JSON for the panel.

    figures: an SVG, or a picture's bytes, for each figure id of the document. The report's fonts travel inside, cut down to the characters used. A
    content security policy in the file forbids every load and every script but ours, so that hostile text could do nothing even if it were markup.

    Raises KeyError where a figure has no drawing.
    """
    jinja = environment(theme)
    stack = _stack(theme)

    def picture(figure: Figure) -> str:
        if isinstance(figure.chart, Picture):
            return _address(figures[figure.id], f"image/{figure.chart.kind}")
        return _address(_with_fonts(figures[figure.id], stack, theme), "image/svg+xml")

    writer = Writer(macros=jinja.get_template("blocks.html").module, number=_number, picture=picture)
    script = theme.file("html/claims.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    page = jinja.get_template("screen.html").render(
        document=document,
        policy=f"{POLICY}; script-src 'sha256-{digest}'",
        title=visible(document.title),
        author=visible(document.author),
        subject=visible(document.subject),
        header_left=visible(document.header[0]),
        header_right=visible(document.header[1]),
        variables=Markup(f"{css_variables(theme)}\n--screen-family:{stack};"),
        sheets=style_sheet(theme, "report.css") + Markup("\n") + style_sheet(theme, "screen.css"),
        logo=_logo(theme.logo),
        cover=writer.cover(document),
        contents=writer.contents(document),
        body=writer.blocks((document.summary, *document.sections, *document.appendices)),
        claims=_json(claims, theme.language),
        own=theme.language.own,
        script=Markup(script),
    )
    return page.replace("<style>", f"<style>\n{font_faces(theme, page)}", 1).encode("utf-8")  # no text can hold a tag: it is escaped


def _number(num: Num) -> str:
    return f'<span class="num" data-claim="{escape(num.claim)}" tabindex="0">{escape(visible(num.text))}</span>'


def _stack(theme: Theme) -> str:
    """The screen fonts as a CSS family list, the one for emoji before the generic ones; names hold no quotes, the theme's reader sees to that."""
    named = [name for name in theme.fonts.screen if name not in GENERIC]
    generic = [name for name in theme.fonts.screen if name in GENERIC]
    return ",".join([*(f"'{name}'" for name in (*named, theme.fonts.emoji)), *generic])


def _with_fonts(svg: bytes, stack: str, theme: Theme) -> bytes:
    """The drawing with the page's fonts: an image cannot see the page's style sheet, so it gets its own, and the characters it draws."""
    at = svg.index(b">", svg.index(b"<svg")) + 1
    faces = font_faces(theme, svg.decode("utf-8"))
    return svg[:at] + f"<style>{faces}text,tspan{{font-family:{stack}!important}}</style>".encode() + svg[at:]


def _address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _logo(path: Path | None) -> str:
    if path is None:
        return ""
    return _address(path.read_bytes(), "image/svg+xml" if path.suffix == ".svg" else "image/png")


def _json(claims: Sequence[Claim], language: Language) -> Markup:
    """The claims as JSON that cannot close its script element."""
    data = {
        claim.id: {"display": visible(claim.display), "what": visible(claim.what), "how": visible(claim.how), "sources": source_lines(claim.sources, language)}
        for claim in claims
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))
