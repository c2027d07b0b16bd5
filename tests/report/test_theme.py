"""The house style: readable colours, every fault named, a user's folder on top of ours, fonts that cover what is promised."""

import colorsys
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimen import HOSTILE, specimen

from review.incident.errors import UnusableInput
from review.report.coverage import coverage
from review.report.glyphs import missing_glyphs
from review.report.theme import css_variables, load_theme, templates_dir, theme_notices
from review.report.visible import visible

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
PROTANOPIA = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))


def linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in (red, green, blue))  # type: ignore[return-value]


def lightness(rgb: tuple[float, ...]) -> float:
    """CIE L* of linear RGB."""
    y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def contrast(a: str, b: str) -> float:
    bright, dark = sorted((0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] for c in (linear(a), linear(b))), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_text_colours_are_readable_on_paper_and_tint() -> None:
    colours = load_theme(None).colours
    for ground in (colours.paper, colours.tint):
        assert contrast(colours.ink, ground) >= 7
        assert contrast(colours.muted, ground) >= 4.5
        assert contrast(colours.accent, ground) >= 7


def test_series_stay_apart_in_grey_and_for_colour_blind_readers() -> None:
    series = load_theme(None).colours.series
    for matrix in (((1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)), DEUTERANOPIA, PROTANOPIA):
        seen = [tuple(max(0.0, sum(m * c for m, c in zip(row, linear(colour), strict=True))) for row in matrix) for colour in series]
        levels = [lightness(rgb) for rgb in seen]
        assert all(b - a >= 5 for a, b in itertools.pairwise(levels)), levels


def test_no_colour_looks_like_an_alert_level() -> None:
    colours = load_theme(None).colours
    for colour in (colours.accent, colours.public, colours.brand, *colours.series):
        hue, _, saturation = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
        if saturation > 0.6:
            assert 0.4 < hue < 0.58, colour  # strong colours only between green and cyan: no red, orange, yellow, blue


def test_a_users_folder_changes_only_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "theme.toml").write_text('[colours]\naccent = "#333333"\n', encoding="utf-8")
    (tmp_path / "logo.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "screen.css").write_text("body{}", encoding="utf-8")
    own, ours = load_theme(tmp_path), load_theme(None)
    assert (own.colours.accent, own.colours.ink) == ("#333333", ours.colours.ink)
    assert own.logo == tmp_path / "logo.svg"
    assert own.file("html/screen.css").parent.parent == tmp_path
    assert own.file("html/print.css") == ours.file("html/print.css")


def test_a_logo_that_word_cannot_show_is_told_and_a_png_beside_it_settles_it(tmp_path: Path) -> None:
    assert theme_notices(None) == theme_notices(tmp_path) == ()
    (tmp_path / "logo.svg").write_text("<svg/>", encoding="utf-8")
    (line,) = theme_notices(tmp_path)
    assert str(tmp_path / "logo.svg") in line
    assert "logo.png" in line
    (tmp_path / "logo.png").write_bytes(b"png")
    assert theme_notices(tmp_path) == ()


def test_every_fault_of_a_theme_is_named_with_file_and_key(tmp_path: Path) -> None:
    lines = ["[colours]", 'ink = "black"', 'ink2 = "#000000"', "[sizes]", 'h1 = "gross"', "[fonts]", """screen = ["x';}"]""", 'bold_file = "no.otf"']
    (tmp_path / "theme.toml").write_text("\n".join([*lines, "[display]", 'date = "{year}-{week}"', ""]), encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        load_theme(tmp_path)
    lines = str(caught.value).splitlines()
    for key in ("colours.ink ", "colours.ink2", "sizes.h1", "fonts.screen[0]", "fonts.bold_file", "display.date"):
        assert any(str(tmp_path / "theme.toml") in line and key in line for line in lines), key


def test_a_theme_folder_that_is_none_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="没有这个版式文件夹"):
        load_theme(tmp_path / "missing")
    with pytest.raises(UnusableInput, match="theme init"):
        load_theme(tmp_path)


def test_css_variables_cannot_be_broken_out_of() -> None:
    assert all(line.startswith("--") and line.endswith(";") and line.count(";") == 1 for line in css_variables(load_theme(None)).splitlines())


def test_both_weights_cover_the_character_sets_promised() -> None:
    fonts = load_theme(None).fonts
    text = (templates_dir() / "fonts" / "tongyong_guifan.txt").read_text(encoding="utf-8")
    listed = {ord(c) for line in text.splitlines() if not line.startswith("#") for c in line}
    gb2312 = {ord(c) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF) for c in bytes((row, cell)).decode("gb2312", "ignore")}
    big5 = {ord(c) for row in range(0xA4, 0xC6) for cell in (*range(0x40, 0x7F), *range(0xA1, 0xFF)) for c in bytes((row, cell)).decode("big5", "ignore")}
    symbols = {ord(c) for c in "①⑳㉑㊿→←↑↓≥≤±×÷°‰☐●○■□▲▼…—·「」『』《》〈〉【】￥，。、；：？！（）～−–“”‘’％ＡａΩαЖжあアー"}
    for path in (fonts.regular_file, fonts.bold_file):
        assert "☑" not in map(chr, coverage(path))  # upstream has none: drawn by the emoji font
        assert (listed | gb2312 | big5 | symbols) - coverage(path) == set()
    assert len(listed) == 8105
    assert {ord(c) for c in "☑😡🤮👍🏻👨🇨❤🔥🙏💔🤡"} <= coverage(fonts.emoji_file)


def test_the_font_files_stay_small() -> None:
    fonts = load_theme(None).fonts
    sizes = [path.stat().st_size for path in (fonts.regular_file, fonts.bold_file, fonts.emoji_file)]
    assert max(sizes) <= 8_000_000
    assert sum(sizes) <= 13_000_000


def test_missing_glyphs_are_listed_with_their_places() -> None:
    document, _ = specimen()
    missing = missing_glyphs(document, load_theme(None))
    assert [(item.character, item.places) for item in missing] == [("㐂", ("表2-2",)), ("𠮷", ("表2-2",))]
    assert str(missing[0]) == "“㐂”（U+3402）：表2-2；报告字体中没有此字，将用系统字体代替"


@given(st.text())
def test_visible_text_holds_nothing_that_xml_forbids_or_that_turns_the_line(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert all(c >= " " and not 0x7F <= ord(c) <= 0x9F and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) & 0xFFFE != 0xFFFE for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def test_private_use_characters_are_marked_and_never_left_to_a_font_that_draws_a_box() -> None:
    assert visible("链\ue000接\uf8ff\U000f0000\U0010fffd。") == "链□接□□□。"


def test_visible_keeps_emoji_sequences_and_marks_controls() -> None:
    assert visible("👨‍👩‍👧‍👦❤️‍🔥") == "👨‍👩‍👧‍👦❤️‍🔥"
    assert visible("a\x00b\u202ec\nd") == "a□b□c d"
    assert "\x08" not in "".join(map(visible, HOSTILE))
