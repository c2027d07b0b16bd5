"""A folder of screenshots and its side table of boxes → pictures fit to print. What lies under a box never leaves this room."""

import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd

from review.incident.errors import Fault, UnusableInput, cause_of, files_below
from review.incident.file_names import readable
from review.incident.tables import TEXT
from review.intake.encoding import read_text
from review.intake.filled_table import filled_rows
from review.intake.pictures import Box, NotAPicture, Printable, printable
from review.intake.times import EARLIEST_YEAR, LATEST_YEAR, parse_times
from review.settings.formats import read_formats
from review.settings.screenshots import ScreenshotSettings

IN_NAME: Final = re.compile(r"(?<!\d)(20\d\d)[-_.年]?(\d\d)[-_.月]?(\d\d)日?(?:[-_ T.]{0,2}(\d\d)[-_.:]?(\d\d)(?:[-_.:]?\d\d)?)?(?!\d)")
CAMERA: Final = "%Y:%m:%d %H:%M:%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenshot:
    """One picture. file: its name below its folder, with /; sha256: of the file as delivered. taken_at (aware): None where nothing tells it; precision day
    or min. masks: boxes painted over; 0: looked at, nothing to hide; None: nobody drew any. caption: as typed, None without.
    """

    file: str
    sha256: str
    picture: Printable
    masks: int | None
    caption: str | None
    taken_at: datetime | None
    precision: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LostScreenshot:
    """A picture that is not in the report, and why, in Chinese. sha256 None: there is no such file."""

    file: str
    sha256: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenshots:
    """What a folder gave, each in the order of names. folder None: there was none. unasked: pictures left alone that nothing names."""

    folder: Path | None = None
    pictures: tuple[Screenshot, ...] = ()
    lost: tuple[LostScreenshot, ...] = ()
    unasked: int = 0


NO_SCREENSHOTS: Final = Screenshots()


def find_folder(paths: Sequence[Path], settings: ScreenshotSettings) -> Path | None:
    """The folder of screenshots beside the given files or inside the given folders; None where there is none. Raises UnusableInput for several."""
    places = {path.resolve() if path.is_dir() else path.resolve().parent for path in paths}
    found = sorted({place / name for place in places for name in settings.folders if (place / name).is_dir()})
    if len(found) > 1:
        raise UnusableInput(*(Fault(str(each), f"有 {len(found)} 个截图文件夹", "请用 --images 指明一个") for each in found))
    return found[0] if found else None


def not_a_screenshot(folder: Path, settings: ScreenshotSettings) -> Callable[[Path], bool]:
    """Tells the files that are to be read as tables from the pictures of this folder and their side table."""
    home = folder.resolve()

    def wanted(path: Path) -> bool:
        return home not in path.resolve().parents or not (path.suffix.lower() in settings.suffixes or path.name == settings.masks)

    return wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which pictures: those that rows name and, where the folder was pointed at, all others too (unasked it may hold anything)."""

    named: tuple[str, ...]
    others: bool


def read_screenshots(folder: Path, zone: str, settings: ScreenshotSettings, wanted: Wanted) -> Screenshots:
    """The wanted pictures of the folder, masked as its side table says; faulty and missing ones with their reason.

    Raises UnusableInput where the folder cannot be read or the side table is none: a box that is not understood must not end as an open picture.
    """
    try:
        files = {readable(path.relative_to(folder).as_posix()): path for path in files_below(folder) if _is_picture(path, folder, settings)}
        drawn = _side_table(folder / settings.masks, settings, ZoneInfo(zone))
        pictures: list[Screenshot] = []
        unasked = 0
        lost: list[LostScreenshot] = []
        for number, (name, path) in enumerate(files.items()):
            drawing = _of(drawn, name)
            if not wanted.others and not any(same_file(name, each) for each in wanted.named):
                unasked += 1
                continue
            data = path.read_bytes()
            sha256 = hashlib.sha256(data).hexdigest()
            try:
                if number >= settings.most_pictures:
                    raise NotAPicture(f"图片超过 {settings.most_pictures} 张，其余未放入报告")
                if drawing.fault is not None:
                    raise NotAPicture(drawing.fault)
                made = printable(data, drawing.boxes, settings)
            except NotAPicture as reason:
                lost.append(LostScreenshot(file=name, sha256=sha256, reason=str(reason)))
                continue
            at, precision = drawing.taken or _camera_time(made.camera_time, ZoneInfo(zone)) or _time_in_name(name, ZoneInfo(zone)) or (None, None)
            masks = len(drawing.boxes) if drawing.seen else None
            pictures.append(Screenshot(file=name, sha256=sha256, picture=made, masks=masks, caption=drawing.caption, taken_at=at, precision=precision))
    except OSError as error:
        raise UnusableInput(Fault(str(folder), f"无法读取（{cause_of(error)}）", "请检查截图文件夹")) from error
    known = {key for name in files for key in _keys(name)}
    lost += [
        LostScreenshot(file=typed, sha256=None, reason="填报中写了，截图文件夹里没有这张图片")
        for typed in dict.fromkeys(wanted.named)
        if not any(same_file(name, typed) for name in (*files, *drawn))
    ]
    lost += [
        LostScreenshot(file=each.name or key, sha256=None, reason=f"{settings.masks} 里写了，文件夹里没有这张图片")
        for key, each in drawn.items()
        if key not in known
    ]
    return Screenshots(folder=folder, pictures=tuple(pictures), lost=tuple(lost), unasked=unasked)


def same_file(file: str, named: str) -> bool:
    """Whether a name that people typed (any folders before it, upper or lower case) means this picture."""
    return named.replace("\\", "/").rsplit("/", 1)[-1].strip().casefold() == file.rsplit("/", 1)[-1].casefold()


def _is_picture(path: Path, folder: Path, settings: ScreenshotSettings) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in settings.suffixes and not hidden


@dataclass(slots=True)
class _Drawing:
    """The rows of the side table for one picture."""

    name: str | None = None
    boxes: list[Box] = field(default_factory=list)
    seen: bool = False
    caption: str | None = None
    taken: tuple[datetime, str] | None = None
    fault: str | None = None


def _keys(name: str) -> tuple[str, str]:
    """A picture answers to its path below the folder and to its bare name."""
    return name.casefold(), name.rsplit("/", 1)[-1].casefold()


def _of(drawn: Mapping[str, _Drawing], name: str) -> _Drawing:
    return next((drawn[key] for key in _keys(name) if key in drawn), _Drawing())


def _side_table(path: Path, settings: ScreenshotSettings, zone: ZoneInfo) -> dict[str, _Drawing]:
    """The side table by name of picture, lower case; {} without one. Raises UnusableInput for a file that is no such table."""
    if not path.is_file():
        return {}
    text = read_text(path.read_bytes(), read_formats().limits.damaged_share)
    rows = [] if text is None else filled_rows(bytes(text.utf8).decode("utf-8", "replace"), str(path))
    heads = [head.strip().lower() for head in rows[0]] if rows else []
    at = {name: next((i for i, head in enumerate(heads) if head in words), None) for name, words in settings.columns.items()}
    missing = [settings.columns[name][0] for name in ("file", "x", "y", "width", "height") if at[name] is None]
    if missing:
        raise UnusableInput(Fault(str(path), f"缺少列 {'、'.join(missing)}", "表头应为 file,x,y,w,h（像素），可另加 说明、时间；为免漏打码，未生成报告"))
    drawn: dict[str, _Drawing] = {}
    for row in rows[1:]:
        cells = {name: row[i].strip() if i is not None and i < len(row) else "" for name, i in at.items()}
        if cells["file"]:
            name = cells["file"].replace("\\", "/")
            _read_row(drawn.setdefault(name.casefold(), _Drawing(name=name)), cells, zone)
    return drawn


def _read_row(drawing: _Drawing, cells: Mapping[str, str], zone: ZoneInfo) -> None:
    """One row of the table. Without any number the picture was looked at and needs no box, unless the row only adds a caption or a time."""
    numbers = [cells[name] for name in ("x", "y", "width", "height")]
    drawing.caption = cells["caption"] or drawing.caption
    if cells["time"]:
        read = parse_times(pd.Series([cells["time"]], dtype=TEXT), zone.key)
        if pd.isna(read.at.iloc[0]):
            drawing.fault = f"masks.csv 里的时间“{cells['time'][:40]}”不可识别，请写成 2026-03-15 10:30 这样"
        else:
            drawing.taken = (read.at.iloc[0].to_pydatetime(), str(read.precision.iloc[0]))
    if not any(numbers):
        drawing.seen = drawing.seen or not (cells["caption"] or cells["time"])
        return
    drawing.seen = True
    try:
        left, top, width, height = (float(number) for number in numbers)
        if not all(map(math.isfinite, (left, top, width, height))):
            raise ValueError
    except ValueError:
        drawing.fault = f"打码框应为四个数字，现为“{'，'.join(numbers)[:60]}”，未放入报告；请改正 masks.csv"
        return
    drawing.boxes.append(Box(left=left, top=top, width=width, height=height))


def _camera_time(written: str | None, zone: ZoneInfo) -> tuple[datetime, str] | None:
    try:
        return None if written is None else (datetime.strptime(written.strip("\0 "), CAMERA).replace(tzinfo=zone), "min")
    except ValueError:
        return None


def _time_in_name(name: str, zone: ZoneInfo) -> tuple[datetime, str] | None:
    """The time that phones and chat programs write into a file's name (Screenshot_20260812-220512.png)."""
    found = IN_NAME.search(name.rsplit("/", 1)[-1])
    if found is None or not EARLIEST_YEAR <= int(found[1]) <= LATEST_YEAR:
        return None
    try:
        at = datetime(int(found[1]), int(found[2]), int(found[3]), int(found[4] or 0), int(found[5] or 0), tzinfo=zone)
    except ValueError:
        return None
    return at, "min" if found[4] else "day"
