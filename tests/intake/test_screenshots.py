"""A folder of pictures becomes pictures fit to print: masked in their pixels, without metadata, faulty ones told."""

import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from review.incident.errors import UnusableInput
from review.intake.pictures import Box, NotAPicture, Printable, printable
from review.intake.screenshots import Screenshots, Wanted, find_folder, read_screenshots
from review.settings.screenshots import load_screenshot_settings

SETTINGS = load_screenshot_settings()
ALL = Wanted(named=(), others=True)
ZONE = "Asia/Shanghai"
SECRET = (250, 10, 200)
"""The colour of what must not be seen; nothing else in a picture comes near it."""


def bytes_of(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def screen(size: tuple[int, int] = (320, 480), secret: tuple[int, int, int, int] | None = None) -> Image.Image:
    """A grey picture; secret: x, y, w, h of a patch in the secret colour."""
    picture = Image.new("RGB", size, (200, 200, 200))
    if secret is not None:
        x, y, w, h = secret
        picture.paste(SECRET, (x, y, x + w, y + h))
    return picture


def shows_secret(made: Printable) -> bool:
    """Whether any pixel is nearer to the secret colour than to grey, white and black together."""
    pixels = np.asarray(Image.open(io.BytesIO(made.content)).convert("RGB")).astype(int)
    return bool(((pixels[..., 0] - pixels[..., 1] > 20) & (pixels[..., 2] - pixels[..., 1] > 20)).any())


def folder_of(tmp_path: Path, files: dict[str, bytes], masks: Iterable[str] = ()) -> Screenshots:
    folder = tmp_path / "截图"
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    lines = list(masks)
    if lines:
        (folder / "masks.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_screenshots(folder, ZONE, SETTINGS, ALL)


@settings(max_examples=25)
@given(
    width=st.integers(40, 900),
    height=st.integers(40, 2600),
    at=st.tuples(st.floats(0, 0.8), st.floats(0, 0.8), st.floats(0.05, 0.5), st.floats(0.05, 0.5)),
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "BMP"]),
)
def test_no_pixel_under_a_box_survives_whatever_the_size_and_format(width: int, height: int, at: tuple[float, float, float, float], kind: str) -> None:
    x, y = int(at[0] * width), int(at[1] * height)
    w, h = max(int(at[2] * width), 2), max(int(at[3] * height), 2)
    patch = (x, y, min(w, width - x), min(h, height - y))
    options = {"lossless": True} if kind == "WEBP" else {}
    data = bytes_of(screen((width, height), patch), kind, **options)
    assert shows_secret(printable(data, (), SETTINGS))
    margin = 16 if kind == "JPEG" else 0  # colour bleeds over JPEG's blocks before anybody can paint
    box = Box(left=x - margin, top=y - margin, width=patch[2] + 2 * margin, height=patch[3] + 2 * margin)
    made = printable(data, (box,), SETTINGS)
    assert not shows_secret(made)
    assert made == printable(data, (box,), SETTINGS)
    assert made.width_mm <= SETTINGS.print.widest_mm + 0.01
    assert made.height_mm <= SETTINGS.print.tallest_mm * 1.05


def test_a_picture_is_cut_to_the_resolution_of_print_and_never_enlarged() -> None:
    for size in ((100, 80), (1290, 2796), (3000, 2000), (500, 9000)):
        made = printable(bytes_of(screen(size)), (), SETTINGS)
        pixels = Image.open(io.BytesIO(made.content)).width
        dpi = pixels / made.width_mm * 25.4
        assert SETTINGS.print.coarse_dpi - 1 <= dpi <= SETTINGS.print.sharp_dpi + 1, size
    assert printable(bytes_of(screen((100, 80))), (), SETTINGS).width_mm == pytest.approx(100 / 96 * 25.4)


def test_a_scrolled_picture_stands_in_columns_and_keeps_every_line() -> None:
    tall = Image.new("RGB", (200, 2000), (255, 255, 255))
    for i in range(20):
        tall.paste((0, 10 * i, 0), (0, 100 * i, 200, 100 * i + 100))
    made = Image.open(io.BytesIO(printable(bytes_of(tall), (), SETTINGS).content)).convert("RGB")
    assert made.width > made.height / 2
    shades = set(np.asarray(made)[..., 1].ravel().tolist())
    assert {10 * i for i in range(20)} <= shades


def test_metadata_goes_and_a_turned_picture_is_turned_before_the_box_is_drawn() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying, shown upright: x grows downwards in the file
    exif[0x010F] = "某品牌手机"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 5.0)
    lying = screen((480, 320), (0, 0, 60, 320))
    data = bytes_of(lying, "JPEG", exif=exif, quality=95)
    made = printable(data, (Box(left=0, top=0, width=320, height=76),), SETTINGS)
    assert not shows_secret(made)
    opened = Image.open(io.BytesIO(made.content))
    assert opened.height > opened.width
    assert not dict(opened.getexif())
    assert "某品牌手机".encode() not in made.content
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "ordinary person")
    assert b"ordinary" not in printable(bytes_of(screen(), pnginfo=words), (), SETTINGS).content


def test_faulty_pictures_are_listed_with_their_reason_and_the_others_stay(tmp_path: Path) -> None:
    whole = bytes_of(screen())
    files = {
        "好.png": whole,
        "空.png": b"",
        "文字.png": "不是图片".encode(),
        "半张.png": whole[: len(whole) // 2],
        "太长.png": bytes_of(Image.new("1", (20_000, 30))),
        "太大.png": bytes_of(Image.new("1", (16_000, 16_000))),
        "框外.png": whole,
        "错框.png": whole,
        "手机.heic": b"\x00\x00\x00\x18ftypheic",
    }
    found = folder_of(tmp_path, files, ["file,x,y,w,h", "框外.png,900,0,10,10", "错框.png,a,0,10,10", "没有.png,0,0,10,10"])
    assert [each.file for each in found.pictures] == ["好.png"]
    reasons = {each.file: each.reason for each in found.lost}
    assert set(reasons) == {*files, "没有.png"} - {"好.png"}
    for name, word in (("空.png", "0 字节"), ("文字.png", "不是可读的图片"), ("半张.png", "损坏"), ("太长.png", "20000×30"), ("太大.png", "像素"),
                       ("框外.png", "不在图片内"), ("错框.png", "四个数字"), ("手机.heic", "JPG"), ("没有.png", "没有这张图片")):  # fmt: skip
        assert word in reasons[name], (name, reasons[name])


def test_a_wrong_box_keeps_its_picture_out_rather_than_showing_it_open() -> None:
    for box in (Box(left=0, top=0, width=0, height=9), Box(left=-20, top=0, width=10, height=9), Box(left=0, top=500, width=10, height=9)):
        with pytest.raises(NotAPicture, match="不在图片内"):
            printable(bytes_of(screen()), (box,), SETTINGS)


def test_caption_time_masks_and_seal_of_each_picture(tmp_path: Path) -> None:
    files = {
        "a.png": bytes_of(screen(secret=(10, 10, 30, 30))),
        "Screenshot_20260812-220512.png": bytes_of(screen()),
        "b.PNG": bytes_of(screen()),
        "c.png": bytes_of(screen()),
    }
    rows = ["文件名,X,Y,宽,高,说明,时间", "A.PNG,0,0,45,45,评论区,2026-08-12 22:02", "a.png,100,100,9.5,9.5,,", "b.png,,,,,,", "c.png,,,,,只有说明,"]
    found = folder_of(tmp_path, files, rows)
    by = {each.file: each for each in found.pictures}
    assert {name: each.masks for name, each in by.items()} == {"a.png": 2, "Screenshot_20260812-220512.png": None, "b.PNG": 0, "c.png": None}
    assert not shows_secret(by["a.png"].picture)
    assert (by["a.png"].caption, by["c.png"].caption) == ("评论区", "只有说明")
    assert by["a.png"].taken_at == datetime(2026, 8, 12, 22, 2, tzinfo=ZoneInfo(ZONE))
    assert by["Screenshot_20260812-220512.png"].taken_at == datetime(2026, 8, 12, 22, 5, tzinfo=ZoneInfo(ZONE))
    assert by["c.png"].taken_at is None
    assert all(each.sha256 == hashlib.sha256(files[each.file]).hexdigest() for each in found.pictures)


def test_a_side_table_that_is_none_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="缺少列"):
        folder_of(tmp_path, {"a.png": bytes_of(screen())}, ["图片,横,竖", "a.png,1,2"])


def test_a_side_table_whose_quotation_marks_hide_a_box_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"masks\.csv：第 2 行起英文引号不成对"):
        folder_of(tmp_path, {"a.png": bytes_of(screen())}, ["file,caption,x,y,w,h", 'b.png,"首发帖,0,0,10,10', "a.png,,0,0,80,60"])


def test_an_unasked_folder_gives_only_what_rows_name_and_tells_what_they_miss(tmp_path: Path) -> None:
    picture = bytes_of(screen())
    folder_of(tmp_path, {"a.png": picture, "私人照片.png": picture})
    (tmp_path / "表.csv").write_text("x", encoding="utf-8")
    folder = find_folder([tmp_path / "表.csv"], SETTINGS)
    assert folder == tmp_path / "截图" == find_folder([tmp_path], SETTINGS)
    found = read_screenshots(tmp_path / "截图", ZONE, SETTINGS, Wanted(named=("图/A.png", "丢了.png"), others=False))
    assert [each.file for each in found.pictures] == ["a.png"]
    assert [each.file for each in found.lost] == ["丢了.png"]
    assert found.unasked == 1
    (tmp_path / "screenshots").mkdir()
    with pytest.raises(UnusableInput, match="--images"):
        find_folder([tmp_path], SETTINGS)
