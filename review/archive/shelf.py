"""What lies in an archive: packages found by walking YEAR/Qn/<incident>/vN, read as headlines, records and events. No catalogue is kept."""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from review.archive.bag import PAYLOAD, Malformed, read_manifest
from review.archive.store import VERSION_NAME, versions
from review.incident.errors import DamagedArchive, Fault, UnusableInput, cause_of
from review.record import HEAD_BYTES, Headline, Record, read_headline, read_opening
from review.settings.rubric import Level
from review.tracking.events import ActionEvent, read_event
from review.tracking.filed import Filed, Quarter, parse_quarter

EVENTS: Final = "events"
PLACE_STEPS: Final = 5
"""Names in the path of an event below the archive: year, quarter, incident, events, file."""
YEAR: Final = re.compile(r"\d{4}")
QUARTER: Final = re.compile(r"Q[1-4]")
FINDINGS: Final = f"{PAYLOAD}findings.json"
DAMAGED_REMEDY: Final = "请运行 review verify，并从备份恢复此归档件"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One incident: place of its latest version, how many versions there are, quarter it is filed under, headline of the latest."""

    place: str
    quarter: Quarter
    version: int
    head: Headline

    @property
    def incident(self) -> str:
        """The incident's folder name: what people type to name it."""
        return self.place.split("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Entries by day and name; unreadable: faults of packages that could not be read; damaged: of those whose findings are not what was archived."""

    entries: tuple[Entry, ...]
    unreadable: tuple[Fault, ...]
    damaged: tuple[Fault, ...]

    @property
    def left_out(self) -> tuple[Fault, ...]:
        return (*self.unreadable, *self.damaged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which incidents are wanted; None = all. brand: a part of the name, case aside."""

    brand: str | None = None
    quarter: Quarter | None = None
    level: Level | None = None

    def takes(self, entry: Entry) -> bool:
        brand = self.brand is None or (entry.head.brand is not None and self.brand.casefold() in entry.head.brand.casefold())
        return brand and self.quarter in (None, entry.quarter) and self.level in (None, entry.head.level)


def check_there(root: Path) -> None:
    """Raise UnusableInput where there is no such archive."""
    if not root.is_dir():
        raise UnusableInput(Fault(str(root), "没有这个归档文件夹", "共享盘可能未连接"))


def shelves(root: Path) -> Iterator[tuple[str, Path]]:
    """Every incident's folder: path below the archive, and on disk; by path. Raises UnusableInput where the archive cannot be listed.

    What lies beside the folders (the desktop.ini of a share that was looked at) is none.
    """
    for year in (path for path in _entries(root) if YEAR.fullmatch(path.name) and path.is_dir()):
        for quarter in (path for path in _entries(year) if QUARTER.fullmatch(path.name) and path.is_dir()):
            for incident in (path for path in _entries(quarter) if not path.name.startswith(".") and path.is_dir()):
                yield f"{year.name}/{quarter.name}/{incident.name}", incident


def _entries(place: Path) -> list[Path]:
    """What lies in a folder, by name. Raises UnusableInput where that cannot be told."""
    try:
        return sorted(place.iterdir())
    except OSError as error:
        raise UnusableInput(Fault(str(place), f"无法读取归档文件夹（{cause_of(error)}）", "请检查共享盘连接与路径")) from error


def package_folders(root: Path) -> Iterator[tuple[str, Path]]:
    """Every package: path below the archive, and on disk. Raises UnusableInput where the archive cannot be listed."""
    for shelf, folder in shelves(root):
        for name in sorted((path.name for path in _entries(folder) if VERSION_NAME.fullmatch(path.name)), key=lambda name: int(name[1:])):
            yield f"{shelf}/{name}", folder / name


def listing(root: Path, wanted: Filter) -> Listing:
    """The latest version of every incident that the filter takes. A package that cannot be read, or is damaged, is a fault beside the list."""
    entries: list[Entry] = []
    unreadable: list[Fault] = []
    damaged: list[Fault] = []
    for shelf, folder in shelves(root):
        try:
            latest = max(versions(folder), default=0)
        except OSError as error:
            unreadable.append(Fault(shelf, f"无法读取（{cause_of(error)}）", "请检查权限与共享盘连接"))
            continue
        if not latest:
            continue
        place = f"{shelf}/v{latest}"
        try:
            content = findings_of(root, place)
            try:
                head = read_headline(content[:HEAD_BYTES], place)
            except UnusableInput:
                head = read_headline(content, place)
        except DamagedArchive as error:
            damaged.extend(error.faults)
            continue
        except UnusableInput as error:
            unreadable.extend(error.faults)
            continue
        entry = Entry(place=place, quarter=_quarter(shelf), version=latest, head=head)
        if wanted.takes(entry):
            entries.append(entry)
    entries.sort(key=lambda entry: (entry.place.split("/")[:2], entry.head.day is None, entry.head.day or entry.head.made_at.date(), entry.place))
    return Listing(entries=tuple(entries), unreadable=tuple(unreadable), damaged=tuple(damaged))


def records(root: Path, entries: tuple[Entry, ...]) -> tuple[Filed, ...]:
    """The whole record and the events of each of these. Raises UnusableInput where one cannot be read: a quarter must not silently lack an incident."""
    made = []
    for entry in entries:
        registered = events(root / entry.place)
        shelf = entry.place.rpartition("/")[0]
        places = [f"{shelf}/v{number}" for number in versions(root / shelf) if number < entry.version]
        made.append(
            Filed(
                place=entry.place,
                quarter=entry.quarter,
                record=_record(root, entry.place),
                events=registered,
                earlier=tuple(_record(root, place) for place in places) if any(event.about is None for event in registered) else (),
            )
        )
    return tuple(made)


def sound_records(root: Path, entries: tuple[Entry, ...]) -> tuple[tuple[Filed, ...], tuple[Fault, ...]]:
    """The records of these, and what was found altered about those that are left out: one altered file must not hide all other incidents."""
    made: list[Filed] = []
    damaged: list[Fault] = []
    for entry in entries:
        try:
            made.extend(records(root, (entry,)))
        except DamagedArchive as error:
            damaged.extend(error.faults)
    return tuple(made), tuple(damaged)


def _record(root: Path, place: str) -> Record:
    return read_opening(findings_of(root, place), place)


def findings_of(root: Path, place: str) -> bytes:
    """The findings.json of a package, held against its checksum. Raises DamagedArchive where it is another, UnusableInput where it cannot be read.

    Whether the rest of a package is whole is `review verify`'s question.
    """
    try:
        content = (root / place / FINDINGS).read_bytes()
        listed = read_manifest((root / place / "manifest-sha256.txt").read_bytes())
    except OSError as error:
        raise UnusableInput(Fault(place, f"无法读取 {Path(error.filename or FINDINGS).name}（{cause_of(error)}）", "请运行 review verify")) from error
    except Malformed as error:
        raise DamagedArchive(Fault(place, f"校验清单被改动（{error}）", DAMAGED_REMEDY)) from error
    if listed.get(FINDINGS) != hashlib.sha256(content).hexdigest():
        raise DamagedArchive(Fault(place, "findings.json 与归档时的校验码不符", DAMAGED_REMEDY))
    return content


def events(package: Path) -> tuple[ActionEvent, ...]:
    """The events beside a package in the order they were recorded. Raises DamagedArchive for one that was altered."""
    try:
        read = [read_event(path.read_bytes(), "/".join(path.parts[-PLACE_STEPS:])) for path in event_files(package.parent)]
    except OSError as error:
        raise UnusableInput(Fault(str(package.parent / EVENTS), f"无法读取行动记录（{cause_of(error)}）", "请检查共享盘连接")) from error
    return tuple(sorted(read, key=lambda event: (event.recorded_at, event.ident)))


def event_files(shelf: Path) -> list[Path]:
    """The files of events in an incident's folder, by name; [] where none was recorded. Raises OSError where the folder cannot be listed."""
    with contextlib.suppress(FileNotFoundError):
        return sorted(path for path in (shelf / EVENTS).iterdir() if path.suffix == ".json")
    return []


def find_incident(root: Path, incident: str) -> Entry:
    """The incident of this name. Raises UnusableInput where there is none, it cannot be read or is damaged, or one of this name lies in two quarters."""
    listed = listing(root, Filter())
    for faults, kind in ((listed.damaged, DamagedArchive), (listed.unreadable, UnusableInput)):
        if mine := [fault for fault in faults if fault.where.split("/")[2] == incident]:
            raise kind(*mine)
    found = [entry for entry in listed.entries if entry.incident == incident]
    if len(found) != 1:
        raise UnusableInput(Fault(str(root), f"归档中{'没有' if not found else '有不止一起'}名为 {incident} 的事件", "用 review list 查看名称"))
    return found[0]


def _quarter(shelf: str) -> Quarter:
    year, quarter, _ = shelf.split("/", 2)
    return parse_quarter(year + quarter)
