"""A document as one self-contained HTML file: nothing is loaded, every number tells its source when clicked."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from review.report.claims import Claim
from review.report.document import Document, Figure, Num
from review.report.language import Language
from review.report.markup import Writer, environment, style_sheet
from review.report.source_words import source_lines
from review.report.theme import Theme, css_variables
from review.report.visible import visible

GENERIC: Final = frozenset({"sans-serif", "serif", "monospace", "system-ui"})


def html(document: Document, claims: Sequence[Claim], theme: Theme, figures: Mapping[str, bytes]) -> bytes:
    """UTF-8 HTML of a document: same body as the other renderers, figures inside as SVG images, claims as JSON for the panel.

    figures: an SVG for each figure id of the document. A content security policy in the file forbids every load and every script but ours, so that
    hostile text could do nothing even if it were markup. Raises KeyError where a figure has no drawing.
    """
    jinja = environment(theme)
    stack = _stack(theme)

    def picture(figure: Figure) -> str:
        return _address(_with_fonts(figures[figure.id], stack), "image/svg+xml")

    writer = Writer(macros=jinja.get_template("blocks.html").module, number=_number, picture=picture)
    script = theme.file("html/claims.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    page = jinja.get_template("screen.html").render(
        document=document,
        policy=f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
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
    return page.encode("utf-8")


def _number(num: Num) -> str:
    return f'<span class="num" data-claim="{escape(num.claim)}" tabindex="0">{escape(visible(num.text))}</span>'


def _stack(theme: Theme) -> str:
    """The screen fonts as a CSS family list; names hold no quotes, the theme's reader sees to that."""
    return ",".join(name if name in GENERIC else f"'{name}'" for name in theme.fonts.screen)


def _with_fonts(svg: bytes, stack: str) -> bytes:
    """The drawing with the reader's fonts: an image cannot see the page's style sheet, so it gets its own."""
    at = svg.index(b">", svg.index(b"<svg")) + 1
    return svg[:at] + f"<style>text,tspan{{font-family:{stack}!important}}</style>".encode() + svg[at:]


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
