"""Word's named styles, lists, fonts and settings out of the theme. Every style sets its East Asian font once; nothing is formatted by hand in the text."""

from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from review.report.theme import Theme

W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TWIPS_PER_MM: Final = 1440 / 25.4
BULLETS: Final = 1  # numId of bullet lists; ordered lists count from 2


def twips(mm: float) -> int:
    return round(mm * TWIPS_PER_MM)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One paragraph style. name: as Word shows it (English for the built-in ones); size in points, spacing in points, line: multiple of the size.

    exact: lines of that height whatever the font would like, for a page that must not run over.
    """

    id: str
    name: str
    size: float
    line: float
    exact: bool = False
    based: str = "Normal"
    head: bool = False
    bold: bool = False
    colour: str = ""
    before: float = 0
    after: float = 0
    align: str = "left"
    extra_before: str = ""  # pPr elements before spacing, in schema order
    indent: str = ""
    outline: int | None = None
    keep_next: bool = False
    next: str = ""
    custom: bool = True


def _fonts(theme: Theme, head: bool) -> str:
    f = theme.fonts
    latin, asian = (f.word_heading_latin, f.word_heading) if head else (f.word_latin, f.word_body)
    return f"<w:rFonts w:ascii={quoteattr(latin)} w:hAnsi={quoteattr(latin)} w:eastAsia={quoteattr(asian)} w:cs={quoteattr(latin)}/>"


def _hex(colour: str) -> str:
    return colour.removeprefix("#").upper()


def _paragraph_style(theme: Theme, look: _Look) -> str:
    """The style; of its letters and lines only what is not as in Normal, so that whoever changes Normal in Word changes the text."""
    normal = None if look.id == "Normal" else _normal(theme)
    keep = "<w:keepNext/>" if look.keep_next else ""
    before, after, line = (round(points * 20) for points in (look.before, look.after, look.line * look.size))
    lines = f' w:line="{line}" w:lineRule="{"exact" if look.exact else "atLeast"}"'
    spacing = f'<w:spacing w:before="{before}" w:after="{after}"{lines if normal is None or line != round(normal.line * normal.size * 20) else ""}/>'
    outline = f'<w:outlineLvl w:val="{look.outline}"/>' if look.outline is not None else ""
    letters = "".join(
        xml
        for xml, same in (
            (_fonts(theme, look.head), normal and normal.head == look.head),
            ("<w:b/><w:bCs/>" if look.bold else '<w:b w:val="0"/><w:bCs w:val="0"/>', normal and normal.bold == look.bold),
            (f'<w:color w:val="{_hex(look.colour or theme.colours.ink)}"/>', normal and normal.colour == look.colour),
            (f'<w:sz w:val="{round(look.size * 2)}"/><w:szCs w:val="{round(look.size * 2)}"/>', normal and normal.size == look.size),
        )
        if not same
    )
    custom = ' w:customStyle="1"' if look.custom else ""
    based = f'<w:basedOn w:val="{look.based}"/>' if normal is not None else ""
    default = ' w:default="1"' if normal is None else ""
    name = quoteattr(theme.language.own(look.name))
    following = f'<w:next w:val="{look.next}"/>' if look.next else ""
    return (
        f'<w:style w:type="paragraph"{default}{custom} w:styleId="{look.id}"><w:name w:val={name}/>{based}{following}<w:qFormat/>'
        f'<w:pPr>{keep}{look.extra_before}{spacing}{look.indent}<w:jc w:val="{look.align}"/>{outline}</w:pPr>'
        f"<w:rPr>{letters}</w:rPr></w:style>"
    )


def _normal(theme: Theme) -> _Look:
    return _Look(id="Normal", name="Normal", size=theme.sizes.body, line=theme.spacing.line_height, custom=False)


def _looks(theme: Theme) -> tuple[_Look, ...]:
    s, c, g = theme.sizes, theme.colours, theme.spacing
    line, tight = g.line_height, g.table_line_height
    first = f'<w:ind w:firstLineChars="{round(g.indent_em * 100)}" w:firstLine="{round(g.indent_em * s.body * 20)}"/>'
    # neighbouring slots share one frame in Word; a white line between keeps them apart
    frame = (
        f'<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="{_hex(c.public)}"/>'
        f'<w:between w:val="single" w:sz="24" w:space="1" w:color="{_hex(c.paper)}"/></w:pBdr>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{_hex(c.tint)}"/>'
    )
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="4" w:color="{_hex(c.rule)}"/></w:pBdr>'
    right_tab = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{twips(theme.page.text_width_mm)}"/></w:tabs>'
    header_tab = f'<w:tabs><w:tab w:val="right" w:pos="{twips(theme.page.text_width_mm)}"/></w:tabs>'
    bullet = f'<w:numPr><w:numId w:val="{BULLETS}"/></w:numPr>'
    return (
        _normal(theme),
        _Look(id="ReviewBody", name="复盘正文", size=s.body, line=line, after=g.paragraph_pt, align="both", indent=first),
        _Look(id="ReviewLead", name="复盘结论", size=s.lead, line=line, after=g.block_pt, head=True, bold=True, colour=c.accent),
        _Look(id="ReviewGap", name="复盘缺口说明", size=s.body, line=line, after=g.paragraph_pt, align="both", colour=c.muted, indent=first),
        _Look(id="ReviewNote", name="复盘注", size=s.note, line=1.5, after=g.block_pt, colour=c.muted),
        _Look(id="ReviewFigureNote", name="图注", size=s.note, line=1.5, align="center", after=g.block_pt, colour=c.muted),
        _Look(id="Title", name="Title", size=s.cover_title, line=1.5, head=True, bold=True, colour=c.accent, before=170, after=10, custom=False),
        _Look(id="Subtitle", name="Subtitle", size=s.cover_subtitle, line=1.5, head=True, colour=c.muted, after=150, custom=False),
        _Look(id="ReviewLogo", name="封面标志", size=s.body, line=1.0),
        _Look(id="ReviewCoverLabel", name="封面项目", size=s.body, line=line, colour=c.muted, head=True),
        _Look(id="ReviewCoverValue", name="封面内容", size=s.body, line=line, head=True),
        _Look(id="ReviewMarking", name="封面密级", size=s.body, line=line, before=60, head=True, bold=True, colour=c.public),
        _Look(
            id="Heading1",
            name="heading 1",
            size=s.h1,
            line=1.4,
            head=True,
            bold=True,
            colour=c.accent,
            before=g.h1_before_pt,
            after=g.h1_after_pt,
            extra_before=rule,
            outline=0,
            keep_next=True,
            next="ReviewBody",
            custom=False,
        ),
        _Look(
            id="Heading2",
            name="heading 2",
            size=s.h2,
            line=1.4,
            head=True,
            bold=True,
            colour=c.accent,
            before=g.h2_before_pt,
            after=g.h2_after_pt,
            outline=1,
            keep_next=True,
            next="ReviewBody",
            custom=False,
        ),
        _Look(
            id="Heading3",
            name="heading 3",
            size=s.h3,
            line=1.4,
            head=True,
            bold=True,
            before=8,
            after=4,
            outline=2,
            keep_next=True,
            next="ReviewBody",
            custom=False,
        ),
        _Look(
            id="TOCHeading",
            name="TOC Heading",
            size=s.h1,
            line=1.4,
            head=True,
            bold=True,
            colour=c.accent,
            after=g.h1_after_pt,
            extra_before=rule,
            custom=False,
        ),
        _Look(id="TOC1", name="toc 1", size=s.body, line=1.25, exact=True, head=True, bold=True, before=1.5, extra_before=right_tab, custom=False),
        _Look(id="TOC2", name="toc 2", size=s.body, line=1.25, exact=True, extra_before=right_tab, indent='<w:ind w:left="420"/>', custom=False),
        _Look(id="Caption", name="caption", size=s.caption, line=1.5, head=True, bold=True, align="center", before=3, after=4, custom=False),
        _Look(
            id="ReviewTableCaption",
            name="表题",
            size=s.caption,
            line=1.5,
            head=True,
            bold=True,
            align="center",
            before=g.block_pt,
            after=4,
            keep_next=True,
        ),
        _Look(id="ReviewFigure", name="图", size=s.body, line=1.0, align="center", before=g.block_pt, keep_next=True),
        _Look(id="ReviewTableHead", name="表头", size=s.table, line=tight, head=True, bold=True, colour=c.accent),
        _Look(id="ReviewTableHeadRight", name="表头右", size=s.table, line=tight, head=True, bold=True, colour=c.accent, align="right"),
        _Look(id="ReviewTableHeadCenter", name="表头中", size=s.table, line=tight, head=True, bold=True, colour=c.accent, align="center"),
        _Look(id="ReviewTableText", name="表文", size=s.table, line=tight),
        _Look(id="ReviewTableTextRight", name="表文右", size=s.table, line=tight, align="right"),
        _Look(id="ReviewTableTextCenter", name="表文中", size=s.table, line=tight, align="center"),
        _Look(id="ReviewAfterTable", name="表后间隔", size=4, line=1.0, after=max(g.block_pt - 4, 0)),
        _Look(id="ListBullet", name="List Bullet", size=s.body, line=line, after=3, extra_before=bullet, custom=False),
        _Look(id="ListNumber", name="List Number", size=s.body, line=line, after=3, custom=False),
        _Look(id="ReviewCalloutTitle", name="要点标题", size=s.body, line=1.5, head=True, bold=True, colour=c.accent, before=4, after=2, keep_next=True),
        _Look(id="ReviewCalloutItem", name="要点", size=s.body, line=1.55, after=3),
        _Look(id="ReviewTileLabel", name="数字标签", size=s.tile_label, line=1.4, head=True, colour=c.muted, before=4),
        _Look(id="ReviewTileValue", name="关键数字", size=s.tile_value, line=1.25, head=True, bold=True, colour=c.accent),
        _Look(id="ReviewTileNote", name="数字说明", size=s.note, line=1.4, colour=c.muted, after=4),
        _Look(id="ReviewSlot", name="待填内容", size=s.body, line=line, before=4, after=g.paragraph_pt + 3, extra_before=frame, indent='<w:ind w:left="200"/>'),
        _Look(id="ReviewBreak", name="分节", size=1, line=1.0),
        _Look(id="Header", name="header", size=s.header, line=1.4, head=True, colour=c.muted, extra_before=rule + header_tab, custom=False),
        _Look(id="Footer", name="footer", size=s.header, line=1.4, head=True, colour=c.muted, align="center", custom=False),
    )


def styles_xml(theme: Theme) -> str:
    """The styles part: paragraph, character and table styles."""
    c, s, own = theme.colours, theme.sizes, theme.language.own
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{_fonts(theme, False)}<w:sz w:val="{round(s.body * 2)}"/><w:szCs w:val="{round(s.body * 2)}"/>'
        f'<w:lang w:val="en-US" w:eastAsia="{theme.language.region}" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
    )
    characters = (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/>'
        "<w:semiHidden/></w:style>"
        '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:qFormat/><w:rPr><w:b/><w:bCs/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="PlaceholderText"><w:name w:val="Placeholder Text"/>'
        f'<w:rPr><w:color w:val="{_hex(c.public)}"/></w:rPr></w:style>'
    )

    def edges(names: str, colour: str, size: int) -> str:
        return "".join(f'<w:{name} w:val="single" w:sz="{size}" w:space="0" w:color="{_hex(colour)}"/>' for name in names.split())

    margins = (
        '<w:tblCellMar><w:top w:w="45" w:type="dxa"/><w:left w:w="90" w:type="dxa"/><w:bottom w:w="45" w:type="dxa"/>'
        '<w:right w:w="90" w:type="dxa"/></w:tblCellMar>'
    )
    tint = f'<w:shd w:val="clear" w:color="auto" w:fill="{_hex(c.tint)}"/>'
    tables = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        f'<w:style w:type="table" w:customStyle="1" w:styleId="ReviewTable"><w:name w:val="{own("复盘表格")}"/>'
        '<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
        f"{edges('top', c.accent, 8)}{edges('bottom', c.accent, 8)}{edges('insideH', c.rule, 4)}</w:tblBorders>{margins}</w:tblPr>"
        f'<w:tblStylePr w:type="firstRow"><w:tblPr/><w:tcPr><w:tcBorders>{edges("bottom", c.accent, 6)}</w:tcBorders>{tint}</w:tcPr></w:tblStylePr></w:style>'
        f'<w:style w:type="table" w:customStyle="1" w:styleId="ReviewPlain"><w:name w:val="{own("封面事项")}"/>'
        '<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
        f"{edges('top', c.rule, 4)}{edges('bottom', c.rule, 4)}{edges('insideH', c.grid, 4)}</w:tblBorders>{margins}</w:tblPr></w:style>"
        f'<w:style w:type="table" w:customStyle="1" w:styleId="ReviewTiles"><w:name w:val="{own("关键数字表")}"/>'
        '<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
        f"{edges('top', c.accent, 12)}{edges('bottom', c.rule, 4)}{edges('insideV', c.rule, 4)}</w:tblBorders>{margins}</w:tblPr></w:style>"
    )
    callouts = "".join(
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{style}"><w:name w:val="{own(name)}"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
        f'{edges("left", colour, 36)}</w:tblBorders><w:tblCellMar><w:top w:w="60" w:type="dxa"/><w:left w:w="200" w:type="dxa"/>'
        '<w:bottom w:w="60" w:type="dxa"/>'
        f'<w:right w:w="160" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tcPr>{tint}</w:tcPr></w:style>'
        for style, name, colour in (("ReviewFinding", "结论框", c.accent), ("ReviewCaution", "提示框", c.unknown), ("ReviewDecision", "决策框", c.public))
    )
    paragraphs = "".join(_paragraph_style(theme, look) for look in _looks(theme))
    return f"<w:styles {W}>{defaults}{paragraphs}{characters}{tables}{callouts}</w:styles>"


def numbering_xml(ordered: int) -> str:
    """The numbering part: one bullet list, and `ordered` lists that each count from 1."""

    def level(form: str, text: str) -> str:
        return (
            f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
            '<w:pPr><w:ind w:left="420" w:hanging="320"/></w:pPr></w:lvl>'
        )

    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{index}"><w:multiLevelType w:val="singleLevel"/>{level(form, text)}</w:abstractNum>'
        for index, (form, text) in enumerate((("bullet", "•"), ("decimal", "%1.")))
    )
    lists = f'<w:num w:numId="{BULLETS}"><w:abstractNumId w:val="0"/></w:num>' + "".join(
        f'<w:num w:numId="{BULLETS + 1 + index}"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        for index in range(ordered)
    )
    return f"<w:numbering {W}>{abstract}{lists}</w:numbering>"


def settings_xml(theme: Theme) -> str:
    """The settings part. Fields are not updated on opening: that would greet every reader with a question; results are already there."""
    return (
        f'<w:settings {W}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        f'<w:themeFontLang w:val="en-US" w:eastAsia="{theme.language.region}"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def font_table_xml(theme: Theme) -> str:
    """The fonts used, with the name to look for where the first is missing."""
    f = theme.fonts
    charset = {"zh-CN": "86", "zh-TW": "88"}[theme.language.region]  # GB2312, Big5
    pairs = {f.word_body: f.word_body_fallback, f.word_heading: f.word_heading_fallback}
    asian = "".join(
        f'<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(other)}/><w:charset w:val="{charset}"/><w:family w:val="auto"/></w:font>'
        for name, other in pairs.items()
    )
    latin = "".join(
        f'<w:font w:name={quoteattr(name)}><w:charset w:val="00"/><w:family w:val="auto"/></w:font>'
        for name in dict.fromkeys((f.word_latin, f.word_heading_latin))
    )
    return f"<w:fonts {W}>{asian}{latin}</w:fonts>"


def theme_xml(theme: Theme) -> str:
    """The colour and font theme that Word offers to whoever edits the report."""
    f, c = theme.fonts, theme.colours
    accents = [*c.series[:6], *([c.accent] * 6)][:6]

    def colour(name: str, value: str) -> str:
        return f'<a:{name}><a:srgbClr val="{_hex(value)}"/></a:{name}>'

    def fonts(kind: str, latin: str, asian: str) -> str:
        return f'<a:{kind}><a:latin typeface={quoteattr(latin)}/><a:ea typeface={quoteattr(asian)}/><a:cs typeface=""/></a:{kind}>'

    palette = colour("dk1", c.ink) + colour("lt1", c.paper) + colour("dk2", c.accent) + colour("lt2", c.tint)
    palette += "".join(colour(f"accent{index + 1}", value) for index, value in enumerate(accents)) + colour("hlink", c.accent) + colour("folHlink", c.muted)
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    stroke = f'<a:ln w="6350">{fill}<a:prstDash val="solid"/></a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Review">'
        f'<a:themeElements><a:clrScheme name="Review">{palette}</a:clrScheme><a:fontScheme name="Review">'
        f"{fonts('majorFont', f.word_heading_latin, f.word_heading)}{fonts('minorFont', f.word_latin, f.word_body)}</a:fontScheme>"
        f'<a:fmtScheme name="Review"><a:fillStyleLst>{fill * 3}</a:fillStyleLst><a:lnStyleLst>{stroke * 3}</a:lnStyleLst>'
        f"<a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
