"""A page-sized sheet in millimetres to draw on: lines, areas, dots, numbered bubbles and texts of known place and size.

Matplotlib's object interface rasterises it or writes it as SVG; pyplot, its global state and its automatic layout are never touched, so the same
chart gives the same bytes. Texts stay texts in SVG. Every place is decided by us in millimetres, which makes "no label overlaps or is cut" testable.
"""

import dataclasses
import io
import re
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from review.report.language import Language
from review.report.theme import MM_PER_POINT, Theme

MM: Final = 72 / 25.4  # points in a millimetre
UNDRAWABLE: Final = "□"
CIRCLE: Final = 0.5522847498  # 4/3 (√2 − 1): how far the control points of a quarter circle lie from its ends, in radii
BUBBLE_MM: Final = 2.15  # radius that holds two digits at the size of `small`

COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
INHERITED: Final = '<defs>\n  <style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>\n </defs>'  # one rule for all: the root's to say
OUTLINE: Final = re.compile(r'(<path (?:id="[^"]*" )?d=")([^"]*)')
LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
STYLE: Final = re.compile(r'(<[^<>]*?) style="([^"]*)"')  # of a tag, not of a text that looks like one
BARE_GROUP: Final = re.compile(r'<g id="[^"]*">\s*((?:(?!</?g[ >]).)*?)\s*</g>', re.DOTALL)  # an innermost group that carries nothing
SHAPE: Final = re.compile(r'<path d="([^"]*)"')
LINES_ALIKE: Final = re.compile(r'<path d="[^"]*"( fill="none"[^<>]*)/>(?:\s*<path d="[^"]*"\1/>)+')
"""Lines of one look drawn one after another. Nothing here is transparent, so as one shape they look the same, where they cross too."""

Anchor = Literal["left", "center", "right"]
Level = Literal["top", "middle", "baseline"]
Point = tuple[float, float]
Dash = tuple[float, ...]

DASHED: Final[Dash] = (3.2, 2.0)
DOTTED: Final[Dash] = (0.9, 1.7)
SOLID: Final[Dash] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """What a drawing takes from the theme: colours as #RRGGBB, sizes in points, width in mm, families and files (emoji last), the language of its words."""

    text: str
    muted: str
    rule: str
    grid: str
    tint: str
    accent: str
    band: str
    public: str
    brand: str
    unknown: str
    series: tuple[str, ...]
    dashes: tuple[Dash, ...]
    size: float
    small: float
    width_mm: float
    family: tuple[str, ...]
    fonts: tuple[Path, ...]
    language: Language

    def own(self, text: str) -> str:
        """A word of the drawing's own, given in Simplified Chinese."""
        return self.language.own(text)


def ink_of(theme: Theme) -> Ink:
    """The theme's share in a drawing; figures are as wide as the text block."""
    c = theme.colours
    return Ink(
        text=c.ink,
        muted=c.muted,
        rule=c.rule,
        grid=c.grid,
        tint=c.tint,
        accent=c.accent,
        band=c.band,
        public=c.public,
        brand=c.brand,
        unknown=c.unknown,
        series=c.series,
        dashes=c.dashes,
        size=theme.sizes.chart,
        small=theme.sizes.chart - 1,
        width_mm=theme.page.text_width_mm,
        family=(theme.fonts.sans, theme.fonts.emoji),
        fonts=(theme.fonts.regular_file, theme.fonts.bold_file, theme.fonts.emoji_file),
        language=theme.language,
    )


@lru_cache(maxsize=8)
def _faces(fonts: tuple[Path, ...]) -> tuple[FT2Font, ...]:
    """Opened font files; also made known to matplotlib, once, by path."""
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in fonts:
        if str(path) not in known:
            font_manager.fontManager.addfont(str(path))
    # one weight of the emoji font serves both weights of text; without this every bold label logs a search for a bold one
    emoji = font_manager.ttfFontProperty(FT2Font(str(fonts[-1])))
    font_manager.fontManager.ttflist.append(dataclasses.replace(emoji, weight=700))
    return tuple(FT2Font(str(path)) for path in fonts)


def drawable(text: str, fonts: tuple[Path, ...]) -> str:
    """The text in one line, without invisible characters, with □ for each character that none of the fonts has."""
    faces = _faces(fonts)
    shown: list[str] = []
    for char in text:
        kind = unicodedata.category(char)
        if kind in ("Cf", "Cc", "Cs", "Mn", "Me", "Zl", "Zp"):
            if kind in ("Cc", "Zl", "Zp"):
                shown.append(" ")
        elif char == " " or any(face.get_char_index(ord(char)) for face in faces):
            shown.append(char)
        else:
            shown.append(UNDRAWABLE)
    return " ".join("".join(shown).split())


def width_em(text: str) -> float:
    """Width of a text in ems, never less than it is drawn: full for East Asian characters, 1.4 for emoji, 0.62 otherwise (capitals 0.75)."""
    total = 0.0
    for char in text:
        if ord(char) >= 0x1F000:
            total += 1.4
        elif unicodedata.east_asian_width(char) in "WFA":
            total += 1.0
        else:
            total += 0.75 if char.isupper() or char in "@%&mwMW—…" else 0.62 if char.isalnum() else 0.5
    return total


def clipped(text: str, ems: float) -> str:
    """The text, shortened with … to at most `ems`."""
    if width_em(text) <= ems:
        return text
    kept = ""
    for char in text:
        if width_em(kept + char) + 1.0 > ems:
            break
        kept += char
    return kept + "…"


def wrapped(text: str, ems: float, lines: int) -> tuple[str, ...]:
    """The text in at most `lines` lines of at most `ems`, the last one shortened with …; never starts a line with closing punctuation."""
    rows: list[str] = []
    rest = text
    while rest and len(rows) < lines - 1 and width_em(rest) > ems:
        cut = 1
        while cut < len(rest) and width_em(rest[: cut + 1]) <= ems:
            cut += 1
        if cut < len(rest) and rest[cut] in "。,、;:!?)】》”’%.,:;!?)" and cut > 1:
            cut -= 1
        if cut < len(rest) and rest[cut - 1].isascii() and rest[cut - 1].isalnum() and rest[cut].isascii() and rest[cut].isalnum():
            back = cut
            while back > 1 and rest[back - 1].isascii() and rest[back - 1].isalnum():
                back -= 1
            cut = back if back > 1 else cut
        rows.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        rows.append(clipped(rest, ems))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Scale:
    """Straight mapping of data from low–high onto millimetres at_low–at_high; a span of zero maps onto the middle."""

    low: float
    high: float
    at_low: float
    at_high: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.at_low + self.at_high) / 2
        return self.at_low + (value - self.low) / (self.high - self.low) * (self.at_high - self.at_low)


def _circle(x: float, y: float, radius: float) -> Outline:
    """A circle of four cubic curves, exact to a four-thousandth of its radius: half of matplotlib's eight, and a chart has hundreds."""
    reach = radius * CIRCLE
    corners = ((x + radius, y), (x, y + radius), (x - radius, y), (x, y - radius))
    pulls = ((0.0, reach), (-reach, 0.0), (0.0, -reach), (reach, 0.0))
    points = [corners[0]]
    for k in range(4):
        (x0, y0), (x1, y1) = corners[k], corners[(k + 1) % 4]
        (u0, v0), (u1, v1) = pulls[k], pulls[(k + 1) % 4]
        points += [(x0 + u0, y0 + v0), (x1 - u1, y1 - v1), (x1, y1)]
    return Outline([*points, corners[0]], [Outline.MOVETO, *[Outline.CURVE4] * 12, Outline.CLOSEPOLY])


def _layers(places: Sequence[tuple[float, float, float]], gap: float) -> list[list[tuple[float, float, float]]]:
    """Circles sorted into layers: each lies in the first layer above all earlier circles nearer to it than `gap`, so that the order of drawing is kept."""
    layers: list[list[tuple[float, float, float]]] = []
    for x, y, radius in places:  # each circle looks at those before it; a chart has some hundred
        under = [level for level, layer in enumerate(layers) if any((x - a) ** 2 + (y - b) ** 2 <= (radius + r + gap) ** 2 for a, b, r in layer)]
        level = under[-1] + 1 if under else 0
        if level == len(layers):
            layers.append([])
        layers[level].append((x, y, radius))
    return layers


ANCHORS: Final = {"left": "start", "center": "middle", "right": "end"}


class Label(Text):
    """One upright line of text that an SVG takes as it is: matplotlib measures every text first, half of the time of a drawing (measured)."""

    def draw(self, renderer: Any) -> None:
        writer = getattr(renderer, "writer", None)  # of the renderer of SVG alone
        if writer is None:
            super().draw(renderer)
            return
        x, y = self.get_transform().transform(self.get_position())
        font = self.get_fontproperties()
        look = {
            "font-weight": {"bold": "700", "normal": "400"}[str(font.get_weight())],
            "font-size": f"{font.get_size_in_points():g}px",
            "font-family": ", ".join(f"'{family}'" for family in font.get_family()),
            "text-anchor": ANCHORS[str(self.get_horizontalalignment())],
            "fill": to_hex(self.get_color()),
        }
        writer.element("text", self.get_text(), attrib={**look, "x": f"{x:.2f}", "y": f"{renderer.height - y:.2f}"})


class Canvas:
    """A sheet of width × height mm; y grows upwards from the lower edge."""

    def __init__(self, ink: Ink, height_mm: float) -> None:
        self.ink = ink
        self.width = ink.width_mm
        self.height = height_mm
        _faces(ink.fonts)
        self.figure = Figure(figsize=(self.width * MM / 72, height_mm * MM / 72), facecolor="white")
        # no Axes: their ticks, limits and layout would cost more than the drawing
        self._mm: Any = Affine2D().scale(1 / 25.4) + self.figure.dpi_scale_trans

    def em(self, size: float | None = None) -> float:
        """One em of this size (points; None: normal) in mm."""
        return (size or self.ink.size) * MM_PER_POINT

    def fit(self, text: str) -> str:
        return drawable(text, self.ink.fonts)

    def span(self, text: str, size: float | None = None) -> float:
        """Width in mm that the text takes at most."""
        return width_em(self.fit(text)) * self.em(size)

    def line(self, points: Sequence[Point], colour: str, *, width: float = 0.8, dash: Dash = SOLID, z: float = 2.0) -> None:
        """One line through the points; width in points."""
        line = Line2D([p[0] for p in points], [p[1] for p in points], color=colour, linewidth=width, solid_capstyle="butt", solid_joinstyle="round", zorder=z)
        if dash:
            line.set_dashes(dash)
            line.set_dash_capstyle("butt")
        self._add(line)

    def lines(self, segments: Sequence[Sequence[Point]], colour: str, *, width: float = 0.6, z: float = 2.0) -> None:
        """Lines of one colour and width, as one shape."""
        if segments:
            outline = Outline.make_compound_path(*(Outline(list(one)) for one in segments))
            self._add(PathPatch(outline, facecolor="none", edgecolor=colour, linewidth=width, capstyle="butt", joinstyle="round", zorder=z))

    def area(self, points: Sequence[Point], colour: str, *, edge: str | None = None, z: float = 1.0) -> None:
        patch = Polygon(list(points), closed=True, facecolor=colour, edgecolor=edge or "none", linewidth=0.6 if edge else 0.0, zorder=z)
        self._add(patch)

    def boxes(self, rects: Sequence[tuple[float, float, float, float]], colour: str, *, edge: str | None = None, hatch: str = "", z: float = 1.5) -> None:
        """Filled rectangles (left, bottom, width, height) of one colour, as one shape."""
        if rects:
            corners = [((x, y), (x + w, y), (x + w, y + h), (x, y + h)) for x, y, w, h in rects]
            if not hatch:
                outline = Outline.make_compound_path(*(Outline([*box, box[0]], closed=True) for box in corners))
                self._add(PathPatch(outline, facecolor=colour, edgecolor=edge or "none", linewidth=0.7 if edge else 0.0, zorder=z))
                return
            shape = PolyCollection(corners, facecolors=[colour], edgecolors=[edge or "none"], linewidths=[0.7 if edge else 0.0], zorder=z)
            if hatch:
                shape.set_hatch(hatch)
            self._add(shape)

    def dots(self, places: Sequence[tuple[float, float, float]], fill: str, *, edge: str = "white", width: float = 0.5, z: float = 3.0) -> None:
        """Circles (x, y, radius in mm), later ones over earlier ones; those that do not touch are one shape, which a PDF sets much faster."""
        for layer in _layers(places, width * MM_PER_POINT):
            outline = Outline.make_compound_path(*(_circle(x, y, radius) for x, y, radius in layer))
            self._add(PathPatch(outline, facecolor=fill, edgecolor=edge, linewidth=width, zorder=z))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float | None = None,
        colour: str | None = None,
        bold: bool = False,
        anchor: Anchor = "left",
        level: Level = "middle",
        z: float = 5.0,
    ) -> None:
        """One line of text; `level` says what of the line stands at y. Heights are those of the em box, so that 一 and 国 share a line."""
        shown = self.fit(text)
        if not shown:
            return
        points = size or self.ink.size
        drop = {"top": 0.88, "middle": 0.37, "baseline": 0.0}[level] * points * MM_PER_POINT
        font = FontProperties(family=list(self.ink.family), size=points, weight="bold" if bold else "normal")
        label = Label(x, y - drop, shown, color=colour or self.ink.text, horizontalalignment=anchor, fontproperties=font, parse_math=False)
        label.set_zorder(z)
        self._add(label)

    def _add(self, artist: Any) -> None:
        artist.set_transform(self._mm)
        self.figure.add_artist(artist)

    def bubble(self, x: float, y: float, number: int, *, colour: str, filled: bool = False, square: bool = False, radius: float = BUBBLE_MM) -> None:
        """A numbered marker: circle or square, hollow or filled."""
        fill = colour if filled else "white"
        if square:
            half = radius * 0.92
            self.area([(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)], fill, edge=colour, z=4.0)
        else:
            self.dots([(x, y, radius)], fill, edge=colour, width=0.9, z=4.0)
        self.text(x, y, str(number), size=self.ink.small, colour="white" if filled else colour, bold=True, anchor="center", z=4.5)


@contextmanager
def _settings() -> Iterator[None]:
    settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "review", "svg.image_inline": True, "path.simplify": False, "hatch.linewidth": 0.5}
    with mpl.rc_context(settings), warnings.catch_warnings():
        # a glyph that fails here was not seen by `drawable`: a bug, not a remark
        warnings.filterwarnings("error", message="Glyph .* missing from")
        yield


def svg_bytes(canvas: Canvas) -> bytes:
    """The sheet as SVG with texts as texts; no date, no program name, no ids that two drawings in one page would share."""
    out = io.BytesIO()
    with _settings():
        FigureCanvasSVG(canvas.figure).print_svg(out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})  # type: ignore[no-untyped-call]
    return _compact(out.getvalue().decode("utf-8")).encode("utf-8")


def _compact(svg: str) -> str:
    """The same drawing with fewer nodes and shorter numbers: a PDF's time goes by nodes, selectors and digits (a hundredth of a point is not seen)."""
    svg = COMMENT.sub("", svg).replace(INHERITED, "").replace("<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)
    svg = OUTLINE.sub(lambda found: found[1] + LONG_NUMBER.sub(_rounded, found[2]).replace("\n", "").strip(), svg)
    svg = STYLE.sub(lambda found: found[1] + "".join(map(_attribute, found[2].split(";"))), svg)
    while (opened := BARE_GROUP.sub(r"\1", svg)) != svg:
        svg = opened
    return LINES_ALIKE.sub(lambda run: f'<path d="{" ".join(SHAPE.findall(run[0]))}"{run[1]}/>', svg)


def _attribute(declaration: str) -> str:
    """A declaration of a style as an attribute of its own, which nobody has to parse as CSS."""
    name, _, value = declaration.partition(":")
    return f' {name.strip()}="{value.strip()}"' if value else ""


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def png_bytes(canvas: Canvas, dpi: int) -> bytes:
    """The sheet as PNG at this resolution, without a program name."""
    out = io.BytesIO()
    canvas.figure.set_dpi(dpi)
    with _settings():
        FigureCanvasAgg(canvas.figure).print_png(out, metadata={"Software": None}, pil_kwargs={"compress_level": 4})  # type: ignore[no-untyped-call]
    return out.getvalue()
