"""The report's three font files, made from upstream fonts. Run by maintainers; its output is committed, nothing runs at install.

    python report_templates/fonts/build_fonts.py NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc NotoEmoji-Regular.ttf

Sources: Noto Sans CJK 2.004 (Debian package fonts-noto-cjk), Noto Emoji 3.006 monochrome; both SIL OFL 1.1 (see ../THIRD_PARTY.md).
Output depends on the inputs alone: two runs give the same bytes. The families get names of their own, so that a font of the same name on the reader's
machine never takes their place, and because changed versions should not pass for the originals.
"""

import itertools
import sys
from pathlib import Path

from fontTools import subset
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables.otBase import BaseTable

HERE = Path(__file__).resolve().parent
FAMILY = "Report Sans SC"
EMOJI_FAMILY = "Report Emoji"
UPSTREAM_FACE = "Noto Sans CJK SC"
LICENCE = "This Font Software is licensed under the SIL Open Font License, Version 1.1: https://openfontlicense.org"
EPOCH_1904 = 3660595200  # 2020-01-01 as a font date, fixed so that runs agree
MAX_BYTES_EACH = 8_000_000
MAX_BYTES_TOGETHER = 13_000_000

# Blocks covered whole where upstream has the glyph: closed ranges.
SYMBOL_RANGES = (
    (0x0020, 0x007E), (0x00A0, 0x017F), (0x0192, 0x0192), (0x01CD, 0x01DC), (0x0250, 0x0261), (0x02C6, 0x02DD), (0x0370, 0x03FF), (0x0400, 0x045F),
    (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20BF), (0x2100, 0x218F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF),
    (0x2400, 0x2426), (0x2460, 0x24FF), (0x2500, 0x257F), (0x2580, 0x259F), (0x25A0, 0x25FF), (0x2600, 0x26FF), (0x2700, 0x27BF), (0x2B00, 0x2BFF),
    (0x2E80, 0x2FDF), (0x3000, 0x303F), (0x3040, 0x30FF), (0x3100, 0x312F), (0x31A0, 0x31BF), (0x3200, 0x32FF), (0x3300, 0x33FF), (0xFE10, 0xFE4F),
    (0xFF01, 0xFFEF), (0xFFFD, 0xFFFD),
)  # fmt: skip
HAN_BLOCK = (0x4E00, 0x9FFF)

OPENING = "「『《〈【〔〖（［｛“‘"
CLOSING = "」』》〉】〕〗）］｝”’，。、；：！？．"


def gb2312() -> set[int]:
    """Every character of GB 2312."""
    return {ord(c) for row in range(0xA1, 0xF8) for c in bytes(b for cell in range(0xA1, 0xFF) for b in (row, cell)).decode("gb2312", "ignore")}


def big5_level_1() -> set[int]:
    """Big5 A440–C67E: the 5,401 常用字, and the symbols before them."""
    cells = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    return {ord(c) for row in range(0xA1, 0xC7) for cell in cells for c in bytes((row, cell)).decode("big5", "ignore")}


def tongyong_guifan() -> set[int]:
    """The 8,105 characters of 通用规范汉字表 (2013)."""
    text = (HERE / "tongyong_guifan.txt").read_text(encoding="utf-8")
    characters = {ord(c) for line in text.splitlines() if not line.startswith("#") for c in line.strip()}
    if len(characters) != 8105:
        raise SystemExit(f"tongyong_guifan.txt holds {len(characters)} characters, not 8105")
    return characters


def wanted() -> set[int]:
    """Code points to keep."""
    symbols = set(itertools.chain.from_iterable(range(first, last + 1) for first, last in SYMBOL_RANGES))
    return gb2312() | big5_level_1() | tongyong_guifan() | symbols | set(range(HAN_BLOCK[0], HAN_BLOCK[1] + 1))


def alias(font: TTFont) -> None:
    """Give ☐ the drawing of □, which upstream lacks; ☑ comes from the emoji font."""
    for table in font["cmap"].tables:
        if 0x25A1 in table.cmap:
            table.cmap[0x2610] = table.cmap[0x25A1]


def rename(font: TTFont, family: str, style: str) -> None:
    """Put our family name, the upstream copyright and the licence into the name table; nothing else."""
    old = font["name"]
    copyright_line = old.getDebugName(0) or ""
    version = (old.getDebugName(5) or "").split(";")[0]
    font["name"].names = []
    postscript = f"{family.replace(' ', '')}-{style}"
    names = {0: copyright_line, 1: family, 2: style, 3: f"{postscript};subset of {version}", 4: f"{family} {style}", 5: version, 6: postscript, 13: LICENCE}
    for name_id, value in names.items():
        font["name"].setName(value, name_id, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        top = cff.topDictIndex[0]
        cff.fontNames = [postscript]
        top.FullName, top.FamilyName = f"{family} {style}", family
    font["head"].created = font["head"].modified = EPOCH_1904
    font.recalcTimestamp = False


def squeeze(font: TTFont) -> None:
    """标点挤压: between two full-width marks one half-width blank goes (GB/T 15834 practice), as a GPOS feature `kern` that every engine applies."""
    cmap = font.getBestCmap()
    full = font["head"].unitsPerEm
    half = full // 2

    def names(characters: str) -> list[str]:
        glyphs = {cmap[ord(c)] for c in characters if ord(c) in cmap}
        return sorted(glyph for glyph in glyphs if font["hmtx"][glyph][0] == full)

    opening, closing = " ".join(names(OPENING)), " ".join(names(CLOSING))
    # A closing mark gives up its right half before any other mark; an opening mark its left half after an opening mark.
    addOpenTypeFeaturesFromString(
        font,
        f"""
        @opening = [{opening}];
        @closing = [{closing}];
        lookup CLOSE {{ pos @closing <0 0 -{half} 0>; }} CLOSE;
        lookup OPEN {{ pos @opening <-{half} 0 -{half} 0>; }} OPEN;
        feature kern {{
            lookup MARKS {{
                pos @closing' lookup CLOSE @closing;
                pos @closing' lookup CLOSE @opening;
                pos @opening @opening' lookup OPEN;
            }} MARKS;
        }} kern;
        """,
    )


def absorb_selectors(font: TTFont) -> None:
    """Make glyph + U+FE0F one glyph before any other rule: a selector left over shares its cluster and takes the emoji's text from PDFs."""
    cmap = font.getBestCmap()
    selector = cmap[0xFE0F]
    table = font["GSUB"].table
    subtable = otTables.LigatureSubst()
    subtable.ligatures = {}
    for glyph in sorted(set(cmap.values()) - {selector, cmap[0x200D]}):
        ligature = otTables.Ligature()
        ligature.Component, ligature.CompCount, ligature.LigGlyph = [selector], 2, glyph
        subtable.ligatures[glyph] = [ligature]
    lookup = otTables.Lookup()
    lookup.LookupType, lookup.LookupFlag, lookup.SubTable, lookup.SubTableCount = 4, 0, [subtable], 1

    def shift(node: object) -> None:
        """Raise every lookup number by one, as ours becomes number 0."""
        if isinstance(node, otTables.SubstLookupRecord):
            node.LookupListIndex += 1
        for value in list(vars(node).values()) if isinstance(node, BaseTable) else []:
            for item in value if isinstance(value, list) else [value]:
                shift(item)

    shift(table.LookupList)
    table.LookupList.Lookup.insert(0, lookup)
    table.LookupList.LookupCount += 1
    for record in table.FeatureList.FeatureRecord:
        record.Feature.LookupListIndex = [0, *(number + 1 for number in record.Feature.LookupListIndex)]
        record.Feature.LookupCount = len(record.Feature.LookupListIndex)


def number_by_glyph(path: Path) -> None:
    """Give every glyph of a saved CID-keyed font its place as its CID.

    WeasyPrint writes glyph numbers into the PDF where the reader looks for CIDs. After subsetting the two differ, and readers that keep to the standard
    (ISO 32000-1, 9.7.4.2: MuPDF, Ghostscript, Acrobat) would draw other glyphs or none; others forgive it.
    """
    font = TTFont(path)
    top = font["CFF "].cff.topDictIndex[0]
    before = top.charset
    after = [".notdef", *(f"cid{glyph:05d}" for glyph in range(1, len(before)))]
    indexes = top.CharStrings.charStrings
    top.CharStrings.charStrings = {new: indexes[old] for new, old in zip(after, before, strict=True)}
    top.charset = after
    top.CIDCount = len(after)
    font.recalcTimestamp = False
    font.save(path, reorderTables=True)


def options() -> subset.Options:
    result = subset.Options()
    result.layout_features = []  # no vertical setting, no local forms: the SC face has the mainland forms by default
    result.hinting = False
    result.name_IDs = [0, 5]
    result.notdef_outline = True
    result.drop_tables += ["BASE", "VORG", "vhea", "vmtx", "STAT", "gasp", "DSIG"]
    return result


def build_sans(source: Path, style: str, characters: set[int]) -> Path:
    """One weight of the text font."""
    collection = TTCollection(source, lazy=True)
    font = next(face for face in collection.fonts if face["name"].getDebugName(1) == UPSTREAM_FACE)
    worker = subset.Subsetter(options())
    worker.populate(unicodes=characters)
    worker.subset(font)
    squeeze(font)
    alias(font)
    rename(font, FAMILY, style)
    target = HERE / f"{FAMILY.replace(' ', '')}-{style}.otf"
    font.save(target, reorderTables=True)
    number_by_glyph(target)
    return target


def build_emoji(source: Path) -> Path:
    """The emoji font with its sequences; digits, # and * are taken out, as they belong to the text font."""
    font = TTFont(source)
    keep = options()
    keep.layout_features = ["*"]
    worker = subset.Subsetter(keep)
    worker.populate(unicodes={code for code in font.getBestCmap() if code > 0xFF or code in (0xA9, 0xAE)})
    worker.subset(font)
    absorb_selectors(font)
    rename(font, EMOJI_FAMILY, "Regular")
    target = HERE / f"{EMOJI_FAMILY.replace(' ', '')}.ttf"
    font.save(target, reorderTables=True)
    return target


def main(regular: str, bold: str, emoji: str) -> None:
    characters = wanted()
    made = [build_sans(Path(regular), "Regular", characters), build_sans(Path(bold), "Bold", characters), build_emoji(Path(emoji))]
    sizes = [path.stat().st_size for path in made]
    for path, size in zip(made, sizes, strict=True):
        print(f"{path.name}\t{size:,} bytes\t{len(TTFont(path).getBestCmap()):,} characters")
    if max(sizes) > MAX_BYTES_EACH or sum(sizes) > MAX_BYTES_TOGETHER:
        raise SystemExit("the fonts are too large: lower HAN_BLOCK")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
