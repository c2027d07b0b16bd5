"""A finished review becomes a package on a share, whole or not at all.

Staged on the target, every file flushed, read back and compared, then renamed into place: a killed copy, a full disk, a dropped share or a second writer leave
either the whole package or nothing. What a killed copy leaves is a hidden stage, told apart by machine and process, removed only on request.
"""

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from review.archive.bag import CHUNK, PAYLOAD, PLACE, PREVIOUS, Digests, inventory, seal, seal_of, sha256_of, tag_files
from review.incident.errors import Fault, UnusableInput, cause_of
from review.incident.file_names import is_safe_path, safe_name, same_name_key
from review.settings.archive import ArchiveSettings

STAGE: Final = ".review-stage"
STAGE_NAME: Final = re.compile(r"\.review-stage-(?P<host>.+)-(?P<pid>\d+)-[0-9a-f]{8}")
VERSION_NAME: Final = re.compile(r"v(\d{1,4})")
TAKEN: Final = frozenset({errno.ENOTEMPTY, errno.EEXIST})
NO_SUCH_FLUSH: Final = frozenset({errno.EINVAL, getattr(errno, "ENOTSUP", errno.EINVAL), errno.EBADF})
"""What file systems answer that cannot flush a directory (SMB mounts): nothing is wrong then."""

File = Path | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What is to be archived: incident id, the day it is filed under, files by relative path (bytes, or a file to copy), and lines of bag-info.txt."""

    incident: str
    filed: date
    files: Mapping[str, File]
    info: Mapping[str, str]

    @property
    def shelf(self) -> str:
        """The incident's folder below the archive: 2026/Q3/<incident>."""
        return f"{self.filed.year:04}/Q{(self.filed.month + 2) // 3}/{self.incident}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Where a package lies (path below the archive, with /), its seal, and whether it had been there already, byte for byte.

    damaged: the place of the version that was archived with these very files and does not hold them any more; None where there is none.
    """

    place: str
    path: Path
    seal: str
    already: bool
    damaged: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage found in an archive; stale: its process has ended (same machine), or nothing in it changed for the hours of the settings."""

    path: Path
    host: str
    stale: bool


def store(root: Path, package: Package) -> Stored:
    """The package in the archive: as the next version, or, where the latest version holds the very same files, as that one.

    Two writers at one moment get two versions, or one where they bring the same files. Raises UnusableInput that says what stands on the share: nothing
    of it, or the whole package; the earlier versions are never touched.
    """
    _check(root, package)
    stage = root / f"{STAGE}-{safe_name(socket.gethostname())}-{os.getpid()}-{secrets.token_hex(4)}"
    created: list[Path] = []
    try:
        try:
            os.mkdir(stage)
            payload = _fill(stage, package)
            placed = _place(root, stage, (package, payload), created)
        finally:
            left = _discard(stage)
    except OSError as error:
        for folder in reversed(created):  # only those still empty go; another writer's are not
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        if error.filename in {str(each) for each in package.files.values() if isinstance(each, Path)}:
            raise UnusableInput(Fault(str(error.filename), f"无法读取（{cause_of(error)}），未归档", "请检查权限")) from error
        raise UnusableInput(_failed(root, error, left)) from error
    return placed


def versions(shelf: Path) -> list[int]:
    """The version numbers in an incident's folder, ascending; [] where there is none."""
    try:
        with os.scandir(shelf) as entries:
            return sorted(int(match[1]) for match in (VERSION_NAME.fullmatch(entry.name) for entry in entries) if match)
    except FileNotFoundError:
        return []


def stages(root: Path, settings: ArchiveSettings, now: float | None = None) -> tuple[Stage, ...]:
    """The stages in an archive, by name. now: seconds since 1970, for the age of another machine's stage."""
    found = []
    at = time.time() if now is None else now
    for path in sorted(root.glob(f"{STAGE}-*")):
        match = STAGE_NAME.fullmatch(path.name)
        if match is None:
            continue
        if match["host"] == safe_name(socket.gethostname()) and os.name != "nt":
            stale = not _runs(int(match["pid"]))
        else:
            stale = at - _newest(path) > settings.stale_hours * 3600
        found.append(Stage(path=path, host=match["host"], stale=stale))
    return tuple(found)


def remove_stale(root: Path, settings: ArchiveSettings) -> tuple[Path, ...]:
    """Remove the stale stages; those removed. Raises UnusableInput for one that cannot be removed."""
    removed = []
    for stage in stages(root, settings):
        if stage.stale:
            try:
                shutil.rmtree(stage.path)
            except OSError as error:
                raise UnusableInput(Fault(str(stage.path), f"无法删除（{cause_of(error)}）", "请检查权限")) from error
            removed.append(stage.path)
    return tuple(removed)


def add_file(folder: Path, name: str, content: bytes) -> Path:
    """A new small file in a folder, whole or not at all, never over another. Raises UnusableInput, saying that nothing was written."""
    stage = folder / f"{STAGE}-{safe_name(socket.gethostname())}-{os.getpid()}-{secrets.token_hex(4)}"
    target = folder / name
    try:
        try:
            os.makedirs(folder, exist_ok=True)
            _write(stage, content)
            if sha256_of(stage)[0] != hashlib.sha256(content).hexdigest():
                raise OSError(errno.EIO, "读回的内容与写入的不一致")
            if target.exists():
                raise FileExistsError(errno.EEXIST, "已存在")
            os.rename(stage, target)
        finally:
            left = _discard(stage)
    except OSError as error:
        raise UnusableInput(_failed(target, error, left)) from error
    return target


def _check(root: Path, package: Package) -> None:
    if not root.is_dir():
        raise UnusableInput(Fault(str(root), "没有这个文件夹，未归档", "共享盘可能未连接；第一次归档请先建立此文件夹"))
    if not is_safe_path(package.incident) or "/" in package.incident:
        raise UnusableInput(Fault(package.incident, "不能用作归档文件夹名", "请勿改动 review build 生成的文件夹名"))
    met: dict[str, str] = {}
    for name in package.files:
        if not is_safe_path(name) or "%" in name:  # % is written %25 in a manifest, which not every BagIt reader knows
            raise UnusableInput(Fault(name, "文件名在共享盘上不可用，未归档", '请去掉空格与 < > : " | ? * % 等字符'))
        other = met.setdefault(same_name_key(name), name)
        if other != name:
            raise UnusableInput(Fault(name, f"与 {other} 在共享盘上是同一个名字，未归档", "请改名"))


def _fill(stage: Path, package: Package) -> dict[str, Digests]:
    """Payload files written, flushed and read back; their digests by path with data/ in front."""
    payload: dict[str, Digests] = {}
    made: set[Path] = {stage}
    for name in sorted(package.files):
        path = stage / PAYLOAD / name
        for folder in reversed(path.relative_to(stage).parents):
            if stage / folder not in made:
                os.mkdir(stage / folder)
                made.add(stage / folder)
        payload[PAYLOAD + name] = _write(path, package.files[name])
    for name, expected in payload.items():
        _compare(stage / name, expected.sha256, expected.size)
    for folder in sorted(made, reverse=True):
        _flush_folder(folder)
    return payload


def _place(root: Path, stage: Path, what: tuple[Package, Mapping[str, Digests]], created: list[Path]) -> Stored:
    """Rename the stage to the next free version; a version another writer took meanwhile is left alone."""
    package, payload = what
    shelf = root / package.shelf
    number = 0
    damaged = None
    while True:
        latest = max(versions(shelf), default=0)
        if latest and (same := _same(shelf / f"v{latest}", payload)):
            if _holds(shelf / f"v{latest}", payload):
                return Stored(place=f"{package.shelf}/v{latest}", path=shelf / f"v{latest}", seal=same, already=True)
            damaged = f"{package.shelf}/v{latest}"
        number = max(latest, number) + 1
        place = f"{package.shelf}/v{number}"
        previous = seal(shelf / f"v{latest}") if latest else None
        tags = tag_files(payload, {PLACE: place, **package.info, **({PREVIOUS: previous} if previous else {})})
        for name, content in tags.items():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(stage / name)
            _write(stage / name, content)
        for name, content in tags.items():
            _compare(stage / name, hashlib.sha256(content).hexdigest(), len(content))
        _flush_folder(stage)
        _make_folders(root, package.shelf, created)
        try:
            os.rename(stage, shelf / f"v{number}")
        except FileNotFoundError:
            if not stage.is_dir():
                raise
            number -= 1  # a writer that failed removed the folder while it was empty: the same version again
            continue
        except OSError as error:
            if error.errno not in TAKEN:
                raise
            continue
        _confirm(shelf / f"v{number}", {**{name: each.size for name, each in payload.items()}, **{name: len(content) for name, content in tags.items()}})
        return Stored(place=place, path=shelf / f"v{number}", seal=seal_of(tags["tagmanifest-sha256.txt"]), already=False, damaged=damaged)


def _same(package: Path, payload: Mapping[str, Digests]) -> str | None:
    """The seal of a package that was archived with exactly these payload files; None for any other."""
    try:
        found = (package / "manifest-sha256.txt").read_bytes()
    except OSError:
        return None
    ours = tag_files(payload, {})["manifest-sha256.txt"]
    return seal(package) if found == ours else None


def _holds(package: Path, payload: Mapping[str, Digests]) -> bool:
    """Whether the payload files of a package are these, byte for byte."""
    try:
        found = {name: sha256_of(path) for name, path in inventory(package).items() if name.startswith(PAYLOAD)}
    except OSError:
        return False
    return found == {name: (each.sha256, each.size) for name, each in payload.items()}


def _confirm(package: Path, sizes: Mapping[str, int]) -> None:
    """After the rename: every file is there with its size, and the folder is flushed.

    Raises UnusableInput that says the package is there: nothing can be taken back now, and nothing needs to be.
    """
    try:
        _flush_folder(package.parent)
        found = {name: path.stat().st_size for name, path in inventory(package).items()}
    except OSError as error:
        what = f"归档件已完整写入，但共享盘未能确认（{cause_of(error)}）"
        raise UnusableInput(Fault(str(package), what, "请稍后运行 review verify 确认；不要重复归档")) from error
    if found != dict(sizes):
        wrong = sorted(name for name in {*found, *sizes} if found.get(name) != sizes.get(name))
        raise UnusableInput(Fault(str(package), f"写入后共享盘上的文件与原件不一致：{'、'.join(wrong[:5])}", "请运行 review verify，并检查共享盘"))


def _make_folders(root: Path, shelf: str, created: list[Path]) -> None:
    folder = root
    for step in shelf.split("/"):
        folder = folder / step
        try:
            os.mkdir(folder)
            created.append(folder)
        except FileExistsError:
            if os.path.lexists(folder) and not folder.is_dir():  # a file, or a link that leads nowhere
                raise


def _write(path: Path, content: File) -> Digests:
    """A new file, flushed; what was written is hashed on the way. Raises OSError, also for an input that cannot be read."""
    sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    try:
        for chunk in _chunks(content):
            sha256.update(chunk)
            sha512.update(chunk)
            size += len(chunk)
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    return Digests(sha256=sha256.hexdigest(), sha512=sha512.hexdigest(), size=size)


def _chunks(content: File) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _compare(path: Path, digest: str, size: int) -> None:
    """Read the file back from the target and compare. Raises OSError where it is another."""
    if hasattr(os, "posix_fadvise"):  # ask for the bytes on the disk, not for those still in memory
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)
    if sha256_of(path) != (digest, size):
        raise OSError(errno.EIO, f"读回的 {path.name} 与写入的不一致")


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NO_SUCH_FLUSH:
            raise
    finally:
        os.close(handle)


def _discard(stage: Path) -> bool:
    """Remove our own stage; whether something of it is left."""
    if not os.path.lexists(stage):  # a file system that takes no writes refuses to remove what was never there
        return False
    try:
        if stage.is_dir():
            shutil.rmtree(stage)
        else:
            stage.unlink(missing_ok=True)
    except OSError:
        return True
    return False


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _newest(path: Path) -> float:
    """The latest change below a stage; 0 where it has gone meanwhile."""
    try:
        return max((each.lstat().st_mtime for each in (path, *inventory(path).values())), default=0.0) if path.is_dir() else path.lstat().st_mtime
    except OSError:
        return 0.0


def _failed(place: Path, error: OSError, left: bool) -> Fault:
    rest = "；暂存文件夹未能删除，可稍后用 review verify --remove-stale 清理" if left else ""
    if error.errno == errno.ENOSPC:
        return Fault(str(place), f"磁盘已满，未归档，已有的归档件未改动{rest}", "请清理空间后重试")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Fault(str(place), f"没有写入权限，未归档，已有的归档件未改动{rest}", "请向共享盘管理员申请写入权限")
    return Fault(str(place), f"写入失败（{cause_of(error)}），未归档，已有的归档件未改动{rest}", "请检查共享盘连接后重试")
