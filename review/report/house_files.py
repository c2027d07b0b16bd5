"""The files of `review theme init`: what a house edits, each a copy of ours that changes nothing until it is edited."""

import io
from datetime import UTC, datetime
from typing import Any, Final

from docx.api import Document as DocxDocument
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from review.report.chart_data import ScoreBar, ScoreChart
from review.report.document import (
    Block,
    Bullets,
    Callout,
    Column,
    Cover,
    Document,
    Figure,
    Paragraph,
    ParagraphStyle,
    Section,
    Slot,
    Table,
    Text,
    Tile,
    Tiles,
    Words,
)
from review.report.theme import REFERENCE, load_theme, templates_dir
from review.report.word import DECLARATION, PLACES_PROPERTIES_TYPE, PLACES_TYPE, sealed, word
from review.report.word_reference import SHIPPED, shipped_xml

MADE_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)  # of every reference.docx: equal programs write equal files

PROPERTIES: Final = (
    f'{DECLARATION}<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
    f'ds:itemID="{{6B0E7D52-31C4-4D0B-8B57-726576696577}}"><ds:schemaRefs><ds:schemaRef ds:uri="{SHIPPED}"/></ds:schemaRefs></ds:datastoreItem>'
)


def house_files() -> dict[str, bytes]:
    """What a house edits to have a style of its own, by path inside its folder, read back by `load_theme` and the phrase book.

    theme.toml and the phrases are copies with every line of ours made a comment: what stays a comment follows later versions, what is opened is the
    house's. The style sheets are whole copies, as a style sheet replaces ours. reference.docx shows every Word style in use; what is not changed in it follows
    theme.toml.
    """
    shipped = templates_dir()
    made = {"theme.toml": _commented((shipped / "theme.toml").read_text(encoding="utf-8"))}
    for path in sorted((shipped / "phrases").glob("*/*.toml")):
        made[path.relative_to(shipped).as_posix()] = _commented(path.read_text(encoding="utf-8"))
    for path in sorted((shipped / "html").glob("*.css")):
        made[path.relative_to(shipped).as_posix()] = path.read_text(encoding="utf-8")
    return {**{name: text.encode("utf-8") for name, text in made.items()}, REFERENCE: _reference()}


def _commented(text: str) -> str:
    """A TOML text with each key made a comment; tables stay, so that opening a key is enough."""
    return "".join(line if not line.strip() or line.startswith(("#", "[")) else f"# {line}" for line in text.splitlines(keepends=True))


def _reference() -> bytes:
    """The document of the styles, with what is shipped today inside."""
    theme = load_theme(None)
    template: Any = DocxDocument(io.BytesIO(word(_styles_shown(), theme)))
    package = template.part.package
    properties = Part(PackURI("/customXml/itemProps2.xml"), PLACES_PROPERTIES_TYPE, PROPERTIES.encode(), package)
    shipped = Part(PackURI("/customXml/item2.xml"), PLACES_TYPE, shipped_xml(theme), package)
    shipped.relate_to(properties, RT.CUSTOM_XML_PROPS)
    template.part.relate_to(shipped, RT.CUSTOM_XML)
    out = io.BytesIO()
    template.save(out)
    return sealed(out.getvalue(), MADE_AT)


def _styles_shown() -> Document:
    """A document in which each Word style of a report stands once or more, its words saying how to change it."""
    columns = (Column("样式", 30), Column("用在哪里", 50), Column("居中", 10, "center"), Column("靠右", 10, "right"))
    rows = (
        ("复盘表格", "边框、表头底色、单元格边距；表中文字用“表头”“表文”", "表文中", "表文右"),
        ("合计行", "加粗的行用字符样式“要点强调”（Strong）", "—", "—"),
    )
    bar = ScoreBar(name="图", dimension="", weight=1.0, score=60.0, low=None, high=None, state="")
    chapter: tuple[Block, ...] = (
        _said("每章开头的结论用“复盘结论”。", "lead"),
        _said("正文段落用“复盘正文”。改“正文”（Normal）的字体、字号、颜色、行距，会带动所有没有另设的文字。"),
        _said("缺口说明用“复盘缺口说明”。", "gap"),
        Section(
            id="second",
            level=2,
            number="（一）",
            title=_words("二级标题"),
            blocks=(
                Section(id="third", level=3, number="1. ", title=_words("三级标题"), blocks=(Bullets(items=(_words("项目符号用 List Bullet。"),)),)),
                Bullets(items=(_words("编号列表用 List Number。"),), ordered=True),
                Table(
                    id="table",
                    number="表1-1",
                    caption=_words("表题"),
                    columns=columns,
                    rows=tuple(tuple(_words(cell) for cell in row) for row in rows),
                    note=_words("表和图下的小字用“复盘注”。"),
                    emphasis=(1,),
                ),
                Figure(
                    id="figure",
                    number="图1-1",
                    caption=_words("图题（题注）"),
                    alt=_words("示意图"),
                    chart=ScoreChart(bars=(bar,), good_from=75.0, bad_below=50.0),
                ),
                Callout(kind="finding", title=_words("结论框"), items=(_words("文字用“要点标题”“要点”。"),)),
                Callout(kind="caution", title=_words("提示框"), items=(_words("边线与底色在表格样式里改。"),)),
                Callout(kind="decision", title=_words("决策框"), items=(_words("三种框各有一个表格样式。"),)),
                Slot(id="slot", prompt=_words("【待填内容】"), name="待填内容"),
            ),
        ),
    )
    tile = Tile(label=_words("数字标签"), value=_words("关键数字"), note=_words("数字说明"))
    steps = (
        "改样式，不改文字：这里的文字不会进入报告。",
        "改好存盘，文件名仍为 reference.docx，放在版式文件夹里。",
        "没有改动的样式跟随 theme.toml；标题的自动编号不采用。",
        "纸张与页边距也可以改，只影响 Word 版；改后目录页码在 Word 里更新域即可。",
    )
    return Document(
        language="zh-Hans",
        title="Word 样式参考",
        author="",
        subject="",
        header=("页眉", "页眉"),
        made_at=MADE_AT,
        cover=Cover(
            title=_words("封面标题（Title）"),
            subtitle=_words("封面副标题（Subtitle）"),
            facts=((_words("封面项目"), _words("封面内容")),),
            marking=_words("封面密级"),
        ),
        summary=Section(
            id="summary", level=1, title=_words("怎样使用"), blocks=(Bullets(items=tuple(map(_words, steps)), ordered=True), Tiles(items=(tile, tile, tile)))
        ),
        sections=(Section(id="first", level=1, number="一、", title=_words("一级标题"), blocks=chapter),),
        appendices=(),
    )


def _words(text: str) -> Text:
    return (Words(text),)


def _said(text: str, style: ParagraphStyle = "body") -> Paragraph:
    return Paragraph(text=_words(text), style=style)
