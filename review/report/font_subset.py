"""Font files cut down to what a report draws, by the HarfBuzz that our wheels bring.

The system's HarfBuzz comes without the part that cuts on a plain Debian; WeasyPrint then parses every outline in Python,
which takes three times as long as all other painting and 90 MB more (measured), and warns that it will not do so for long.
"""

from pathlib import Path
from typing import Final

import uharfbuzz as hb

# what a page description has no use for: shaping is done, pictures are not drawn from it
NOT_IN_PRINT: Final = ("BASE", "DSIG", "EBDT", "EBLC", "EBSC", "GPOS", "GSUB", "JSTF", "LTSH", "PCLT", "SVG ")


def of_characters(path: Path, code_points: set[int]) -> bytes:
    """The font file with these code points alone; kerning and other layout stay where they still apply."""
    choice = hb.SubsetInput()
    choice.sets(hb.SubsetInputSets.UNICODE).set(code_points)
    made: bytes = hb.subset(hb.Face(hb.Blob.from_file_path(path)), choice).blob.data
    return made


def of_glyphs(font: bytes, index: int, glyphs: set[int]) -> bytes:
    """The font with the outlines of these glyph numbers alone, which keep their numbers, ready to stand in a PDF; it cannot shape text any more.

    font: a font file or collection; index: of the face in it. The font as it was where HarfBuzz cannot cut it: a larger file that reads the same.
    """
    choice = hb.SubsetInput()
    choice.sets(hb.SubsetInputSets.GLYPH_INDEX).set(glyphs)
    choice.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update({int.from_bytes(tag.encode("ascii"), "big") for tag in NOT_IN_PRINT})
    flags = hb.SubsetFlags
    choice.flags = flags.RETAIN_GIDS | flags.PASSTHROUGH_UNRECOGNIZED | flags.DESUBROUTINIZE | flags.NO_HINTING | flags.NOTDEF_OUTLINE
    try:
        made: bytes = hb.subset(hb.Face(hb.Blob(font), index), choice).blob.data
    except RuntimeError:
        return font
    return made
