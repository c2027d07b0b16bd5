"""A font cut down keeps the glyphs asked for, under their numbers and as they were, and no other."""

import io

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from review.report.font_subset import of_characters, of_glyphs
from review.report.theme import load_theme

FILE = load_theme(None).fonts.regular_file
WHOLE = TTFont(FILE)
SOME = st.sets(st.sampled_from("危机概述舆情，。《》AZ09%万亿"), min_size=1)


def outline(font: TTFont, glyph: int) -> object:
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[font.getGlyphName(glyph)].draw(pen)
    return pen.value


@given(SOME)
def test_glyphs_keep_their_numbers_outlines_and_widths_and_the_rest_is_empty(characters: set[str]) -> None:
    cmap = WHOLE.getBestCmap()
    glyphs = {WHOLE.getGlyphID(cmap[ord(each)]) for each in characters}
    cut = TTFont(io.BytesIO(of_glyphs(FILE.read_bytes(), 0, glyphs)))
    assert "GSUB" not in cut
    for glyph in glyphs:
        assert outline(cut, glyph) == outline(WHOLE, glyph)
        assert cut["hmtx"][cut.getGlyphName(glyph)][0] == WHOLE["hmtx"][WHOLE.getGlyphName(glyph)][0]
    drawn = {number for number in range(1, cut["maxp"].numGlyphs) if outline(cut, number)}
    assert drawn <= glyphs


@given(SOME)
def test_a_font_of_characters_has_these_with_their_mirror_images_and_no_other(characters: set[str]) -> None:
    cut = TTFont(io.BytesIO(of_characters(FILE, set(map(ord, characters)))))
    mirrored = set("《》") if characters & set("《》") else set()
    assert set(cut.getBestCmap()) == set(map(ord, characters | mirrored))


def test_a_file_that_cannot_be_cut_stays_whole() -> None:
    assert of_glyphs(b"no font", 0, {1}) == b"no font"
