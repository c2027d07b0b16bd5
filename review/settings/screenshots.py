"""Settings of the screenshots, read from screenshots.toml."""

from collections.abc import Mapping
from dataclasses import dataclass

from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml

COLUMNS = ("file", "x", "y", "width", "height", "caption", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSettings:
    """How a picture stands on paper: mm, dots per inch, and from which height ÷ width on it is set in columns."""

    widest_mm: float
    tallest_mm: float
    upright_mm: float
    sharp_dpi: float
    coarse_dpi: float
    long_ratio: float
    most_columns: int
    gap_mm: float
    jpeg_quality: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenshotSettings:
    """Where pictures are looked for, what is taken, and how it is printed. columns: heads of the side table by what they mean, lower case."""

    folders: tuple[str, ...]
    masks: str
    formats: tuple[str, ...]
    suffixes: tuple[str, ...]
    most_side_px: int
    most_megapixels: float
    most_pictures: int
    print: PrintSettings
    columns: Mapping[str, tuple[str, ...]]


def load_screenshot_settings() -> ScreenshotSettings:
    """The shipped settings. Raises UnusableInput with every fault of the file."""
    reader = read_toml(SETTINGS_DIR / "screenshots.toml")
    heads = reader.table("columns")
    made = ScreenshotSettings(
        folders=reader.texts("folders"),
        masks=reader.text("masks"),
        formats=reader.texts("formats"),
        suffixes=reader.texts("suffixes"),
        most_side_px=reader.integer("most_side_px", low=100),
        most_megapixels=reader.number("most_megapixels", low=1, high=500),
        most_pictures=reader.integer("most_pictures", low=1),
        print=_print(reader.table("print")),
        columns={name: tuple(head.lower() for head in heads.texts(name)) for name in COLUMNS},
    )
    heads.done()
    reader.done()
    reader.close()
    return made


def _print(table: TomlReader) -> PrintSettings:
    made = PrintSettings(
        widest_mm=table.number("widest_mm", low=20, high=400),
        tallest_mm=table.number("tallest_mm", low=20, high=400),
        upright_mm=table.number("upright_mm", low=20, high=400),
        sharp_dpi=table.number("sharp_dpi", low=50, high=1200),
        coarse_dpi=table.number("coarse_dpi", low=20, high=600),
        long_ratio=table.number("long_ratio", low=1, high=100),
        most_columns=table.integer("most_columns", low=1),
        gap_mm=table.number("gap_mm", low=0, high=50),
        jpeg_quality=table.integer("jpeg_quality", low=1),
    )
    table.done()
    return made
