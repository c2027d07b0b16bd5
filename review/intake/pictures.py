"""Bytes of a picture → what may be printed of it: boxes painted over, metadata gone, no more pixels than paper shows."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from PIL import ExifTags, Image, ImageDraw, ImageFile, ImageOps

from review.settings.screenshots import PrintSettings, ScreenshotSettings

PAINT: Final = (0, 0, 0)
PAPER: Final = (255, 255, 255)
MM_PER_INCH: Final = 25.4
BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, OverflowError, IndexError, struct.error, zlib.error, Image.DecompressionBombWarning)
"""What Pillow raises for bytes that are no whole picture."""


class NotAPicture(Exception):
    """Bytes that cannot be printed as a picture, or boxes that do not lie on it; the message is the reason, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in pixels of the picture as it is shown (turned upright), from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    def __str__(self) -> str:
        return f"x={self.left:g}, y={self.top:g}, w={self.width:g}, h={self.height:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printable:
    """A picture ready to be embedded: new bytes that hold pixels alone, its size on paper, and the time its camera wrote (as written; None without)."""

    content: bytes
    kind: Literal["png", "jpeg"]
    width_mm: float
    height_mm: float
    camera_time: str | None


def printable(data: bytes, boxes: Sequence[Box], settings: ScreenshotSettings) -> Printable:
    """The picture with every box painted over in its pixels, then cut to the resolution of print; equal arguments give equal bytes.

    Never enlarged beyond coarse_dpi. A scrolled picture is set in columns, to be read from left to right. Of a picture that moves, the first frame.
    Raises NotAPicture for bytes of no picture, one too large, a damaged one, and a box that does not touch it.
    """
    if not data:
        raise NotAPicture("文件是空的（0 字节）")
    upright, lossy, camera_time = _opened(data, settings)
    _paint(upright, boxes)
    sheet, width_mm = _columns(upright, settings.print)
    sharpest = width_mm / MM_PER_INCH * settings.print.sharp_dpi
    if sheet.width > sharpest:
        factor = sharpest / sheet.width
        sheet = sheet.resize((max(round(sheet.width * factor), 1), max(round(sheet.height * factor), 1)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if lossy:
        sheet.save(out, "JPEG", quality=settings.print.jpeg_quality)
    else:
        sheet.save(out, "PNG")
    height_mm = width_mm * sheet.height / sheet.width
    return Printable(content=out.getvalue(), kind="jpeg" if lossy else "png", width_mm=width_mm, height_mm=height_mm, camera_time=camera_time)


def _opened(data: bytes, settings: ScreenshotSettings) -> tuple[Image.Image, bool, str | None]:
    """(upright RGB pixels that share nothing with the file, whether it was JPEG, camera time)."""
    try:
        with warnings.catch_warnings(), _whole_files_only():
            warnings.simplefilter("ignore")  # remarks on metadata that is not kept
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=settings.formats) as picture:
                _check_size(picture.width, picture.height, settings)
                exif = picture.getexif()
                taken = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
                lossy = picture.format == "JPEG"
                turned = ImageOps.exif_transpose(picture).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPicture(f"像素过多，超过 {settings.most_megapixels:g} 百万像素；请裁成几张") from error
    except BROKEN as error:
        raise NotAPicture("不是可读的图片，或文件已损坏；请另存为 PNG 或 JPG") from error
    clean = Image.new("RGB", turned.size, PAPER)
    clean.paste(turned, mask=turned.getchannel("A"))
    return clean, lossy, str(taken) if taken else None


@contextmanager
def _whole_files_only() -> Iterator[None]:
    """A torn picture is a fault here, whatever another library asked of Pillow for the whole process (WeasyPrint lets it pass)."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _check_size(width: int, height: int, settings: ScreenshotSettings) -> None:
    if max(width, height) > settings.most_side_px:
        raise NotAPicture(f"{width}×{height} 像素，边长超过 {settings.most_side_px} 像素；请裁成几张")
    if width * height > settings.most_megapixels * 1e6:
        raise NotAPicture(f"{width}×{height} 像素，超过 {settings.most_megapixels:g} 百万像素；请缩小或裁成几张")


def _paint(picture: Image.Image, boxes: Sequence[Box]) -> None:
    """Every box painted over, to the whole pixels it touches; a box that reaches over the edge ends there."""
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        left, top, right, bottom = box.left, box.top, box.left + box.width, box.top + box.height
        if box.width <= 0 or box.height <= 0 or right <= 0 or bottom <= 0 or left >= picture.width or top >= picture.height:
            raise NotAPicture(f"打码框（{box}）不在图片内（图片 {picture.width}×{picture.height} 像素），未放入报告；请改正 masks.csv")
        pen.rectangle((int(max(left, 0)), int(max(top, 0)), min(-int(-right // 1), picture.width) - 1, min(-int(-bottom // 1), picture.height) - 1), fill=PAINT)


def _columns(picture: Image.Image, paper: PrintSettings) -> tuple[Image.Image, float]:
    """(the picture, or its columns side by side where it is a scrolled one; its width on paper in mm)."""
    ratio = picture.height / picture.width
    natural = min(picture.width / paper.coarse_dpi * MM_PER_INCH, paper.upright_mm if ratio > 1 else paper.widest_mm)
    if ratio <= paper.long_ratio:
        return picture, min(natural, paper.tallest_mm / ratio)

    def column_mm(count: int) -> float:
        return min((paper.widest_mm - paper.gap_mm * (count - 1)) / count, paper.tallest_mm * count / ratio, natural)

    count = max(range(1, paper.most_columns + 1), key=lambda count: (column_mm(count), -count))
    width_mm, height = column_mm(count), -(-picture.height // count)
    gap = round(paper.gap_mm / width_mm * picture.width)
    sheet = Image.new("RGB", (picture.width * count + gap * (count - 1), height), PAPER)
    for i in range(count):
        sheet.paste(picture.crop((0, i * height, picture.width, min((i + 1) * height, picture.height))), (i * (picture.width + gap), 0))
    return sheet, width_mm * count + paper.gap_mm * (count - 1)
