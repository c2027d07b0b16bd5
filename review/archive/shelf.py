"""What lies in an archive: packages found by walking YEAR/Qn/<incident>/vN, read as headlines, records and events. No catalogue is kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from review.archive.bag import PAYLOAD
from review.archive.store import VERSION_NAME, versions
from review.incident.errors import Fault, UnusableInput
from review.record import HEAD_BYTES, Headline, read_headline, read_opening
from review.settings.rubric import Level
from review.tracking.events import ActionEvent, read_event
from review.tracking.filed import Filed, Quarter, parse_quarter

EVENTS: Final = "events"
YEAR: Final = re.compile(r"\d{4}")
QUARTER: Final = re.compile(r"Q[1-4]")
FINDINGS: Final = f"{PAYLOAD}findings.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One incident: place of its latest version, how many versions there are, quarter it is filed under, headline of the latest."""

    place: str
    quarter: Quarter
    version: int
    head: Headline


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Entries by day and name; unreadable: faults of packages that could not be read."""

    entries: tuple[Entry, ...]
    unreadable: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which incidents are wanted; None = all. brand: a part of the name, case aside."""

    brand: str | None = None
    quarter: Quarter | None = None
    level: Level | None = None

    def takes(self, entry: Entry) -> bool:
        brand = self.brand is None or (entry.head.brand is not None and self.brand.casefold() in entry.head.brand.casefold())
        return brand and self.quarter in (None, entry.quarter) and self.level in (None, entry.head.level)


def shelves(root: Path) -> Iterator[tuple[str, Path]]:
    """Every incident's folder: path below the archive, and on disk; by path. Raises UnusableInput where the archive cannot be listed."""
    try:
        for year in sorted(path for path in root.iterdir() if YEAR.fullmatch(path.name)):
            for quarter in sorted(path for path in year.iterdir() if QUARTER.fullmatch(path.name)):
                for incident in sorted(path for path in quarter.iterdir() if not path.name.startswith(".")):
                    yield f"{year.name}/{quarter.name}/{incident.name}", incident
    except OSError as error:
        raise UnusableInput(Fault(str(root), f"无法读取归档文件夹（{error.strerror}）", "请检查共享盘连接与路径")) from error


def package_folders(root: Path) -> Iterator[tuple[str, Path]]:
    """Every package: path below the archive, and on disk."""
    for shelf, folder in shelves(root):
        for name in sorted((path.name for path in folder.iterdir() if VERSION_NAME.fullmatch(path.name)), key=lambda name: int(name[1:])):
            yield f"{shelf}/{name}", folder / name


def listing(root: Path, wanted: Filter) -> Listing:
    """The latest version of every incident that the filter takes. A package that cannot be read is a fault beside the list."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    for shelf, folder in shelves(root):
        latest = max(versions(folder), default=0)
        if not latest:
            continue
        place = f"{shelf}/v{latest}"
        try:
            with (folder / f"v{latest}" / FINDINGS).open("rb") as file:
                start = file.read(HEAD_BYTES)
                try:
                    head = read_headline(start, place)
                except UnusableInput:
                    head = read_headline(start + file.read(), place)
        except OSError as error:
            faults.append(Fault(place, f"无法读取 findings.json（{error.strerror}）", "请运行 review verify"))
            continue
        except UnusableInput as error:
            faults.extend(error.faults)
            continue
        entry = Entry(place=place, quarter=_quarter(shelf), version=latest, head=head)
        if wanted.takes(entry):
            entries.append(entry)
    entries.sort(key=lambda entry: (entry.place.split("/")[:2], entry.head.day is None, entry.head.day or entry.head.made_at.date(), entry.place))
    return Listing(entries=tuple(entries), unreadable=tuple(faults))


def records(root: Path, entries: tuple[Entry, ...]) -> tuple[Filed, ...]:
    """The whole record and the events of each of these. Raises UnusableInput where one cannot be read: a quarter must not silently lack an incident."""
    made = []
    for entry in entries:
        path = root / entry.place / FINDINGS
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnusableInput(Fault(entry.place, f"无法读取 findings.json（{error.strerror}）", "请运行 review verify")) from error
        made.append(Filed(place=entry.place, quarter=entry.quarter, record=read_opening(content, entry.place), events=events(root / entry.place)))
    return tuple(made)


def events(package: Path) -> tuple[ActionEvent, ...]:
    """The events beside a package in the order they were recorded. Raises UnusableInput for one that is damaged."""
    try:
        read = [read_event(path.read_bytes(), path.name) for path in sorted((package.parent / EVENTS).glob("*.json"))]
    except OSError as error:
        raise UnusableInput(Fault(str(package.parent / EVENTS), f"无法读取行动记录（{error.strerror}）", "请检查共享盘连接")) from error
    return tuple(sorted(read, key=lambda event: (event.recorded_at, event.ident)))


def find_incident(root: Path, incident: str) -> Entry:
    """The incident of this name. Raises UnusableInput where there is none, or one of this name in two quarters."""
    found = [entry for entry in listing(root, Filter()).entries if entry.place.split("/")[2] == incident]
    if len(found) != 1:
        raise UnusableInput(Fault(str(root), f"归档中{'没有' if not found else '有不止一起'}名为 {incident} 的事件", "用 review list 查看名称"))
    return found[0]


def _quarter(shelf: str) -> Quarter:
    year, quarter, _ = shelf.split("/", 2)
    return parse_quarter(year + quarter)
