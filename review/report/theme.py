"""The house style as values: colours, fonts, sizes, page, spacing, display rules; and where a designer's files are found."""

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from review.incident.errors import Fault, UnusableInput
from review.report.language import TAGS, Language, Tag, load_language
from review.settings.toml import TomlReader, read_toml

T = TypeVar("T")

MM_PER_POINT: Final = 25.4 / 72
HEX_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
DASHES: Final = re.compile(r"|[0-9.]+( [0-9.]+)+")
ADDRESS: Final = re.compile(r"/\*.*?\*/|url\(\s*[\"']?(?P<url>[^\"')]*)|@import\s+[\"'](?P<sheet>[^\"']*)", re.DOTALL | re.IGNORECASE)
"""Addresses in a style sheet, those in comments aside."""
OWN_ADDRESSES: Final = ("figure:", "picture:", "font:", "logo:", "leader:", "#")
LONGEST_ADDRESS: Final = 80
OUTSIDE_REMEDY: Final = "报告不读取任何外部地址或文件，请删去；标志请放 logo.svg 或 logo.png"
LOGOS: Final = ("logo.svg", "logo.png")
REFERENCE: Final = "reference.docx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """`#RRGGBB` each. series and dashes have the same length: the k-th series of any chart takes the k-th of both."""

    paper: str
    ink: str
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
    dashes: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fonts:
    """sans and emoji are family names inside the shipped files; paths exist; screen is a stack; word_* one family a script."""

    sans: str
    emoji: str
    regular_file: Path
    bold_file: Path
    emoji_file: Path
    screen: tuple[str, ...]
    word_body: str
    word_body_fallback: str
    word_heading: str
    word_heading_fallback: str
    word_latin: str
    word_heading_latin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Points."""

    cover_title: float
    cover_subtitle: float
    h1: float
    h2: float
    h3: float
    lead: float
    body: float
    table: float
    caption: float
    note: float
    tile_value: float
    tile_label: float
    header: float
    chart: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Millimetres, portrait."""

    width_mm: float
    height_mm: float
    top_mm: float
    right_mm: float
    bottom_mm: float
    left_mm: float

    @property
    def text_width_mm(self) -> float:
        """Width of the text block of a portrait page: what a figure may fill."""
        return self.width_mm - self.left_mm - self.right_mm

    @property
    def landscape_text_width_mm(self) -> float:
        """Width of the text block of a landscape page, whose margins are the portrait ones turned."""
        return self.height_mm - self.top_mm - self.bottom_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """Multiples of the font size, points after or before a block, and the indent in characters."""

    line_height: float
    table_line_height: float
    paragraph_pt: float
    block_pt: float
    h1_before_pt: float
    h1_after_pt: float
    h2_before_pt: float
    h2_after_pt: float
    indent_em: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """How numbers and dates are written. date, month_day, time are format strings over year, month, day, hour, minute."""

    number_gap: str
    wan_from: int
    yi_from: int
    large_decimals: int
    share_decimals: int
    score_decimals: int
    group_digits: bool
    minus: str
    range_dash: str
    date: str
    month_day: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordStyles:
    """What a house's reference.docx makes of the DOCX: the styles part, and the page. reflowed: text runs otherwise than in the PDF, whose page numbers
    are then not those of the DOCX."""

    styles: str
    page: Page
    reflowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One house style in one language. folders: where its files are looked for, the user's first; logo None where the house has none.

    word: of the house's reference.docx, None without one.
    """

    colours: Colours
    fonts: Fonts
    sizes: Sizes
    page: Page
    spacing: Spacing
    display: Display
    language: Language
    folders: tuple[Path, ...]
    logo: Path | None
    word: WordStyles | None = None

    def file(self, name: str) -> Path:
        """The path of a template file such as `html/report.css`, the user's version before ours.

        Raises FileNotFoundError where neither folder has it: a broken installation.
        """
        return _find(self.folders, name)


def templates_dir() -> Path:
    """The folder `report_templates`: inside the package when installed from a wheel, beside `review/` in a checkout.

    Raises FileNotFoundError where neither place has it: a broken installation.
    """
    package = Path(__file__).resolve().parent.parent
    for place in (package / "report_templates", package.parent / "report_templates"):
        if (place / "theme.toml").is_file():
            return place
    raise FileNotFoundError(f"report_templates is missing beside or inside {package}")


def load_theme(folder: Path | None, tag: Tag = "zh-Hans") -> Theme:
    """The shipped house style, changed by what `folder` holds (theme.toml with only the keys it changes, logo.svg or logo.png,
    reference.docx for the styles of the DOCX, html/*, fonts/*; its phrases/* are read by the phrase book). tag: the language of the report; its table
    `[languages.TAG]` goes before the plain keys of the same theme.toml, and a house's theme before ours.

    Raises UnusableInput naming file and key of every fault; a folder that is missing or brings nothing we know is a fault too.
    """
    shipped = templates_dir()
    reader = _in_language(read_toml(shipped / "theme.toml"), tag)
    folders: tuple[Path, ...] = (shipped,)
    if folder is not None:
        if not folder.is_dir():
            raise UnusableInput(Fault(str(folder), "没有这个版式文件夹", "请检查 --theme 的路径；可用 review theme init 生成"))
        if not any((folder / name).exists() for name in ("theme.toml", *LOGOS, REFERENCE, "html", "fonts", "phrases")):
            wanted = f"theme.toml、logo.svg、logo.png、{REFERENCE}、html、fonts 或 phrases"
            raise UnusableInput(Fault(str(folder), f"其中没有 {wanted}", "可用 review theme init 生成"))
        folders = (folder, shipped)
        if (folder / "theme.toml").exists():
            own = _in_language(read_toml(folder / "theme.toml"), tag)
            reader = TomlReader(_merged(reader.data, own.data), str(folder / "theme.toml"))
    theme = _read(reader, folders, load_language(tag, shipped))
    reader.close()
    if folder is not None:
        _check_addresses(folder)
    if folder is None or not (folder / REFERENCE).exists():
        return theme
    from review.report.word_reference import read_reference  # which needs the theme

    return replace(theme, word=read_reference(folder / REFERENCE, theme))


def _check_addresses(folder: Path) -> None:
    """Raises UnusableInput naming every address in the house's style sheets that is not one of the program's own: nothing is fetched for a report."""
    faults = []
    for path in sorted((folder / "html").glob("*.css")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for found in ADDRESS.finditer(text):
            address = found["url"] or found["sheet"]
            if address is not None and not address.strip().startswith(OWN_ADDRESSES):
                line = text.count("\n", 0, found.start()) + 1
                faults.append(Fault(str(path), f"第 {line} 行引用了 {address.strip()[:LONGEST_ADDRESS]}", OUTSIDE_REMEDY))
    if faults:
        raise UnusableInput(*faults)


def theme_notices(folder: Path | None) -> tuple[str, ...]:
    """What a report in this house style will lack, a line each: a logo that Word cannot show."""
    if folder is None or not (folder / "logo.svg").is_file() or (folder / "logo.png").is_file():
        return ()
    return (f"{folder / 'logo.svg'}：Word 版封面放不进 SVG 标志，只有 PDF 与网页有；请另存一份 logo.png 放在旁边",)


def css_variables(theme: Theme) -> str:
    """The theme as CSS custom properties, one declaration a line, e.g. `--ink:#1D2A30;`: what the style sheets of PDF and HTML use."""
    c, s, p, g = theme.colours, theme.sizes, theme.page, theme.spacing
    colours = {name: getattr(c, name) for name in ("paper", "ink", "muted", "rule", "grid", "tint", "accent", "band", "public", "brand", "unknown")}
    sizes = {f"size-{name.replace('_', '-')}": f"{getattr(s, name):g}pt" for name in Sizes.__slots__}
    page = {f"page-{name.removesuffix('_mm')}": f"{getattr(p, name):g}mm" for name in Page.__slots__}
    spacing = {
        "line-height": f"{g.line_height:g}",
        "table-line-height": f"{g.table_line_height:g}",
        "space-paragraph": f"{g.paragraph_pt:g}pt",
        "space-block": f"{g.block_pt:g}pt",
        "space-h1-before": f"{g.h1_before_pt:g}pt",
        "space-h1-after": f"{g.h1_after_pt:g}pt",
        "space-h2-before": f"{g.h2_before_pt:g}pt",
        "space-h2-after": f"{g.h2_after_pt:g}pt",
        "indent": f"{g.indent_em:g}em",
    }
    return "\n".join(f"--{name}:{value};" for name, value in (colours | sizes | page | spacing).items())


def _in_language(reader: TomlReader, tag: Tag) -> TomlReader:
    """The theme file with the table of the language laid over its plain keys."""
    data = dict(reader.data)
    languages = data.pop("languages", {})
    if not isinstance(languages, Mapping) or not all(isinstance(table, Mapping) for table in languages.values()):
        raise UnusableInput(Fault(reader.file, "languages 应为表，如 [languages.zh-Hant.fonts]"))
    unknown = [name for name in languages if name not in TAGS]
    if unknown:
        raise UnusableInput(Fault(reader.file, f"languages.{unknown[0]} 不认识", f"可用 {'、'.join(TAGS)}"))
    return TomlReader(_merged(data, languages.get(tag, {})), reader.file)


def _find(folders: tuple[Path, ...], name: str) -> Path:
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is in none of {', '.join(map(str, folders))}")


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """base with the keys of own on top, table by table; a key of another type is kept as own has it, for the reader to fault."""
    result = dict(base)
    for key, value in own.items():
        below = result.get(key)
        result[key] = _merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return result


def _read(reader: TomlReader, folders: tuple[Path, ...], language: Language) -> Theme:
    theme = Theme(
        colours=_colours(reader.table("colours")),
        fonts=_fonts(reader.table("fonts"), folders),
        sizes=_numbers(Sizes, reader.table("sizes"), 4, 72),
        page=_page(reader.table("page")),
        spacing=_numbers(Spacing, reader.table("spacing"), 0, 60),
        display=_display(reader.table("display")),
        language=language,
        folders=folders,
        logo=next((folder / name for folder in folders for name in LOGOS if (folder / name).is_file()), None),
    )
    reader.done()
    return theme


def _numbers(kind: Callable[..., T], table: TomlReader, low: float, high: float) -> T:
    """A dataclass all of whose fields are numbers between low and high."""
    result = kind(**{name: table.number(name, low=low, high=high) for name in kind.__slots__})  # type: ignore[attr-defined]
    table.done()
    return result


def _page(table: TomlReader) -> Page:
    page = _numbers(Page, table, 0, 2000)
    if min(page.text_width_mm, page.height_mm - page.top_mm - page.bottom_mm) < 100:
        table.fault("width_mm", "扣除页边距后版心不足 100 毫米")
    return page


def _colours(table: TomlReader) -> Colours:
    def colour(name: str) -> str:
        value = table.text(name)
        if value and not HEX_COLOUR.fullmatch(value):
            table.fault(name, f"应为 #RRGGBB 颜色，现为 {value!r}")
        return value

    series, dashes = table.texts("series"), table.texts("dashes")
    for i, value in enumerate(series):
        if not HEX_COLOUR.fullmatch(value):
            table.fault(f"series[{i}]", f"应为 #RRGGBB 颜色，现为 {value!r}")
    good_dashes = all(DASHES.fullmatch(value) for value in dashes)
    if not good_dashes:
        table.fault("dashes", '应为以空格分隔的磅数，如 "5 2"，实线为 ""')
    if not series or len(series) != len(dashes):
        table.fault("series", f"与 dashes 应一一对应，现为 {len(series)} 个与 {len(dashes)} 个")
    names = ("paper", "ink", "muted", "rule", "grid", "tint", "accent", "band", "public", "brand", "unknown")
    patterns = tuple(tuple(float(x) for x in value.split()) for value in dashes) if good_dashes else ()
    result = Colours(**{name: colour(name) for name in names}, series=series, dashes=patterns)
    table.done()
    return result


def _fonts(table: TomlReader, folders: tuple[Path, ...]) -> Fonts:
    def path(name: str) -> Path:
        value = table.text(name)
        try:
            return _find(folders, value)
        except FileNotFoundError:
            table.fault(name, f"找不到字体文件 {value}")
            return Path(value)

    def family(name: str) -> str:
        return _family(table, name, table.text(name))

    result = Fonts(
        sans=family("sans"),
        emoji=family("emoji"),
        regular_file=path("regular_file"),
        bold_file=path("bold_file"),
        emoji_file=path("emoji_file"),
        screen=tuple(_family(table, f"screen[{i}]", value) for i, value in enumerate(table.texts("screen"))),
        word_body=family("word_body"),
        word_body_fallback=family("word_body_fallback"),
        word_heading=family("word_heading"),
        word_heading_fallback=family("word_heading_fallback"),
        word_latin=family("word_latin"),
        word_heading_latin=family("word_heading_latin"),
    )
    table.done()
    return result


def _family(table: TomlReader, key: str, value: str) -> str:
    """A font family name; one that could break out of a CSS string is a fault."""
    if re.search(r"""["'\\<>{};\n]""", value):
        table.fault(key, f"字体名含有不允许的字符：{value!r}")
    return value


def _display(table: TomlReader) -> Display:
    def pattern(name: str, *fields: str) -> str:
        value = table.text(name)
        try:
            used = {field for _, field, _, _ in string.Formatter().parse(value) if field is not None}
            value.format(**dict.fromkeys(used & set(fields), 1))
        except (ValueError, KeyError, IndexError):
            used = {""}
        if not used <= set(fields):
            table.fault(name, f"只可用 {'、'.join('{' + field + '}' for field in fields)}，现为 {value!r}")
        return value

    result = Display(
        number_gap=table.text("number_gap"),
        wan_from=table.integer("wan_from", low=1),
        yi_from=table.integer("yi_from", low=1),
        large_decimals=table.integer("large_decimals"),
        share_decimals=table.integer("share_decimals"),
        score_decimals=table.integer("score_decimals"),
        group_digits=table.flag("group_digits"),
        minus=table.text("minus"),
        range_dash=table.text("range_dash"),
        date=pattern("date", "year", "month", "day"),
        month_day=pattern("month_day", "month", "day"),
        time=pattern("time", "hour", "minute"),
    )
    table.done()
    return result
