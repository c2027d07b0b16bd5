"""Every package of an archive held against its checksums, byte for byte: what differs, named.

Payload bytes are held against sha256; the sha512 manifest, the other tag files and bag-info.txt against the tag manifests. A package knows its place (its
External-Identifier) and its earlier version's seal, so that swapped, moved and removed packages are told too. Someone who recomputes every checksum of a
package leaves no trace inside it: for that, keep its seal (printed by `review archive` and `review verify`) elsewhere.
"""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from review.archive.bag import BAGIT, PAYLOAD, PLACE, PREVIOUS, Malformed, inventory, read_info, read_manifest, seal, sha256_of
from review.archive.shelf import EVENTS, event_files, package_folders, shelves
from review.archive.store import versions
from review.incident.errors import UnusableInput, cause_of
from review.tracking.events import read_event

DamageKind = Literal[
    "changed", "truncated", "missing", "extra", "renamed", "swapped_file", "manifest_edited", "misplaced", "incomplete", "unreadable", "version_missing",
    "event_damaged",
]  # fmt: skip

WORDS: Final[Mapping[DamageKind, str]] = {
    "changed": "内容与归档时不一致",
    "truncated": "比归档时短",
    "missing": "缺失",
    "extra": "归档时没有此文件",
    "renamed": "被改名",
    "swapped_file": "内容是另一归档件的文件",
    "manifest_edited": "校验清单被改动",
    "misplaced": "归档件不在原位置",
    "incomplete": "不是完整的归档件",
    "unreadable": "无法读取",
    "version_missing": "较早版本缺失或被替换",
    "event_damaged": "行动记录被改动或损坏",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing that differs: kind, path below the archive, and more in Chinese ('' where the kind says all)."""

    kind: DamageKind
    place: str
    more: str = ""

    def __str__(self) -> str:
        return f"{self.place}：{WORDS[self.kind]}{f'（{self.more}）' if self.more else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One package: its place, seal (None where it cannot be told), payload bytes read, and what differs."""

    place: str
    seal: str | None
    bytes_read: int
    damage: tuple[Damage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The whole archive: packages by place, number of action events, and damage outside the packages."""

    packages: tuple[Checked, ...]
    events: int
    damage: tuple[Damage, ...]

    @property
    def all_damage(self) -> tuple[Damage, ...]:
        return (*(each for package in self.packages for each in package.damage), *self.damage)


def verify(root: Path) -> Verification:
    """Every package and every event of an archive; nothing is written.

    Raises UnusableInput where the archive cannot be listed at all.
    """
    expected: dict[str, dict[str, str]] = {}
    found: dict[str, dict[str, str]] = {}
    checked = []
    for place, folder in package_folders(root):
        one, wanted, present = _package(place, folder)
        expected[place], found[place] = wanted, present
        checked.append(one)
    checked = _named_swaps(checked, expected, found)
    events, damage = _events(root)
    return Verification(packages=tuple(checked), events=events, damage=(*_versions(root), *damage))


def _package(place: str, folder: Path) -> tuple[Checked, dict[str, str], dict[str, str]]:
    """One package, and the digests of its files as they should be and as they are (those that differ only)."""

    def failed(kind: DamageKind, more: str = "") -> tuple[Checked, dict[str, str], dict[str, str]]:
        return Checked(place=place, seal=seal(folder), bytes_read=0, damage=(Damage(kind=kind, place=place, more=more),)), {}, {}

    try:
        files = inventory(folder)
    except OSError as error:
        return failed("unreadable", cause_of(error))
    if "bagit.txt" not in files:
        return failed("incomplete", "缺少 bagit.txt")
    damage: list[Damage] = []
    tags, info = _tags(place, files, damage)
    wanted = tags.get("manifest-sha256.txt")
    if wanted is None:
        return Checked(place=place, seal=seal(folder), bytes_read=0, damage=tuple(damage)), {}, {}
    if info.get(PLACE) not in (None, place):
        damage.append(Damage(kind="misplaced", place=place, more=f"应在 {info[PLACE]}"))
    other = tags.get("manifest-sha512.txt")
    if other is not None and set(other) != set(wanted):
        damage.append(Damage(kind="manifest_edited", place=f"{place}/manifest-sha512.txt", more="与 sha256 清单的文件不同"))
    payload = {name: path for name, path in files.items() if name.startswith(PAYLOAD)}
    read, differing = 0, {}
    sizes: dict[str, int] = {}
    for name, path in sorted(payload.items()):
        try:
            digest, size = sha256_of(path)
        except OSError as error:
            damage.append(Damage(kind="unreadable", place=f"{place}/{name}", more=cause_of(error)))
            continue
        read += size
        sizes[name] = size
        if wanted.get(name) != digest:
            differing[name] = digest
    damage += _payload_damage(place, wanted, (payload, differing), _shortfall(info, sizes, (wanted, differing)))
    allowed = {"bagit.txt", "bag-info.txt", *(f"{kind}-{name}.txt" for kind in ("manifest", "tagmanifest") for name in ("sha256", "sha512"))}
    damage += [Damage(kind="extra", place=f"{place}/{name}") for name in sorted(files) if not name.startswith(PAYLOAD) and name not in allowed]
    return Checked(place=place, seal=seal(folder), bytes_read=read, damage=tuple(damage)), wanted, differing


def _tags(place: str, files: Mapping[str, Path], damage: list[Damage]) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """The manifests and bag-info, each held against both tag manifests; what is wrong goes to `damage`."""
    contents: dict[str, bytes] = {}
    for name, path in files.items():
        if "/" not in name:
            try:
                contents[name] = path.read_bytes()
            except OSError as error:
                damage.append(Damage(kind="unreadable", place=f"{place}/{name}", more=cause_of(error)))
    tags: dict[str, dict[str, str]] = {}
    for name in ("manifest-sha256.txt", "manifest-sha512.txt", "tagmanifest-sha256.txt", "tagmanifest-sha512.txt"):
        if name not in contents:
            damage.append(Damage(kind="missing", place=f"{place}/{name}"))
            continue
        try:
            tags[name] = read_manifest(contents[name])
        except Malformed as error:
            damage.append(Damage(kind="manifest_edited", place=f"{place}/{name}", more=str(error)))
    edited: dict[str, str] = {}
    for algorithm in ("sha256", "sha512"):
        for name, digest in tags.get(f"tagmanifest-{algorithm}.txt", {}).items():
            if name not in contents:
                if name not in ("manifest-sha256.txt", "manifest-sha512.txt"):
                    edited[name] = "缺失"
                continue
            if _digest(contents[name], algorithm) != digest:
                edited[name] = ""
    damage += [Damage(kind="missing" if more else "manifest_edited", place=f"{place}/{name}") for name, more in sorted(edited.items())]
    if contents.get("bagit.txt") != BAGIT and "bagit.txt" not in edited:
        damage.append(Damage(kind="manifest_edited", place=f"{place}/bagit.txt"))
    try:
        info = read_info(contents.get("bag-info.txt", b""))
    except Malformed:
        info = {}
    return tags, info


def _digest(content: bytes, algorithm: str) -> str:
    return hashlib.new(algorithm, content).hexdigest()


def _shortfall(info: Mapping[str, str], sizes: Mapping[str, int], held: tuple[Mapping[str, str], Mapping[str, str]]) -> int | None:
    """How many bytes the one differing file is short of its size when archived; None where that cannot be told."""
    wanted, differing = held
    total, _, _ = info.get("Payload-Oxum", "").partition(".")
    if not total.isdigit() or set(sizes) != set(wanted) or len(differing) != 1:
        return None
    return int(total) - sum(sizes.values())


def _payload_damage(place: str, wanted: Mapping[str, str], held: tuple[Mapping[str, Path], Mapping[str, str]], shortfall: int | None) -> Iterator[Damage]:
    present, differing = held
    missing = {name: digest for name, digest in wanted.items() if name not in present}
    extra = {name: digest for name, digest in differing.items() if name not in wanted}
    for name, digest in sorted(missing.items()):
        now = next((other for other, found in sorted(extra.items()) if found == digest), None)
        if now is None:
            yield Damage(kind="missing", place=f"{place}/{name}")
        else:
            del extra[now]
            yield Damage(kind="renamed", place=f"{place}/{name}", more=f"现为 {now}")
    for name in sorted(extra):
        yield Damage(kind="extra", place=f"{place}/{name}")
    for name in sorted(differing):
        if name in wanted:
            short = shortfall is not None and shortfall > 0
            yield Damage(kind="truncated" if short else "changed", place=f"{place}/{name}", more=f"少 {shortfall:,} 字节" if short else "")


def _named_swaps(checked: Sequence[Checked], expected: Mapping[str, Mapping[str, str]], found: Mapping[str, Mapping[str, str]]) -> list[Checked]:
    """The same damage, where a changed file turns out to be another package's file named as such."""
    if not any(found.values()):
        return list(checked)
    owners = {digest: f"{place}/{name}" for place, files in expected.items() for name, digest in files.items()}
    made = []
    for one in checked:
        better = []
        for each in one.damage:
            digest = found[one.place].get(each.place.removeprefix(f"{one.place}/")) if each.kind in ("changed", "truncated") else None
            owner = None if digest is None else owners.get(digest)
            better.append(replace(each, kind="swapped_file", more=owner) if owner is not None else each)
        made.append(replace(one, damage=tuple(better)))
    return made


def _versions(root: Path) -> Iterator[Damage]:
    """Gaps between versions, and earlier versions whose seal is not the one the next version noted."""
    for shelf, folder in shelves(root):
        present = versions(folder)
        for number in range(1, max(present, default=0)):
            if number not in present:
                yield Damage(kind="version_missing", place=f"{shelf}/v{number}", more="缺失")
        for before, after in pairwise(present):
            if after == before + 1:
                try:
                    noted = read_info((folder / f"v{after}" / "bag-info.txt").read_bytes()).get(PREVIOUS)
                except (OSError, Malformed):
                    continue  # told as damage of that package
                if noted is not None and seal(folder / f"v{before}") not in (None, noted):
                    yield Damage(kind="version_missing", place=f"{shelf}/v{before}", more=f"封存码与 v{after} 记下的不同")


def _events(root: Path) -> tuple[int, tuple[Damage, ...]]:
    count = 0
    damage = []
    for shelf, folder in shelves(root):
        try:
            files = event_files(folder)
        except OSError as error:
            damage.append(Damage(kind="unreadable", place=f"{shelf}/{EVENTS}", more=cause_of(error)))
            continue
        for path in files:
            name = f"{shelf}/{EVENTS}/{unicodedata.normalize('NFC', path.name)}"
            count += 1
            try:
                read_event(path.read_bytes(), name)
            except (OSError, UnusableInput) as error:
                damage.append(Damage(kind="event_damaged", place=name, more="" if isinstance(error, UnusableInput) else cause_of(error)))
    return count, tuple(damage)
