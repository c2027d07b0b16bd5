"""Every write outside an archive: staged beside the target, flushed, renamed into place. A write happened whole or did not happen."""

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from review.incident.errors import Fault, UnusableInput, cause_of
from review.incident.file_names import safe_name as safe_name
from review.plain_data import dumped, read_json

Say = Callable[[str], None]

WRITTEN: Final = "work/written.json"
"""What we wrote into a folder, by sha256: all else in it is somebody's work."""
WRITTEN_SCHEMA: Final = "review.written"
LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What a file manager leaves in a folder that was looked at: nobody's work."""
TAKEN: Final = frozenset({errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR})
NAMED: Final = 3
"""Files named in the line that tells what was set aside."""
OWN_MARK: Final = "findings.json"
OWN_SCHEMAS: Final = ("review.findings", "review.quarter")


def write_file(path: Path, content: bytes) -> None:
    """Write a new file whole. Raises UnusableInput where it exists already or cannot be written."""
    if path.exists():
        raise UnusableInput(Fault(str(path), "已存在，未覆盖", "请换一个文件名，或先移走原文件"))
    stage = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        stage = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _allow_reading(stage)
        os.link(stage, path) if hasattr(os, "link") and os.name != "nt" else os.rename(stage, path)
    except FileExistsError as error:
        raise UnusableInput(Fault(str(path), "已存在，未覆盖", "请换一个文件名，或先移走原文件")) from error
    except OSError as error:
        raise UnusableInput(_failed(path, error)) from error
    finally:
        if stage is not None:
            stage.unlink(missing_ok=True)


def write_new_files(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write new files below a folder that may hold others; the paths written.

    Raises UnusableInput where any of them exists or cannot be written, and then leaves none.
    """
    paths = {folder / name: content for name, content in files.items()}
    if there := [path for path in paths if path.exists()]:
        others = f"等 {len(there)} 个文件" if len(there) > 1 else ""
        raise UnusableInput(Fault(f"{there[0]}{others}", "已存在，未覆盖，也没有写出其余文件", "请换一个文件夹，或先移走原文件"))
    fresh = sorted({parent for path in paths for parent in path.parents if not parent.exists()})
    with contextlib.ExitStack() as undo:  # the last made is the first to go, whatever stopped the work
        for parent in fresh:
            undo.callback(_remove, parent.rmdir)
        for path, content in paths.items():
            write_file(path, content)
            undo.callback(_remove, path.unlink)
        undo.pop_all()
    return tuple(paths)


def _remove(removal: Callable[[], None]) -> None:
    """Take back what was made, as far as that can be done: what stopped the work is told."""
    with contextlib.suppress(OSError):
        removal()


def is_own_output(folder: Path) -> bool:
    """Whether a build of ours wrote this folder."""
    return _json(folder / WRITTEN).get("schema") == WRITTEN_SCHEMA or _json(folder / OWN_MARK).get("schema") in OWN_SCHEMAS  # the small file first


def _json(path: Path) -> dict[str, Any]:
    """The object in this file; {} where there is none that can be read."""
    try:
        data = read_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def check_replaceable(folder: Path, force: bool) -> None:
    """Raise UnusableInput where the folder is a link, or exists and is neither ours, nor empty, nor given up by `--force`. To be called before the work."""
    if folder.is_symlink():  # what it leads to is another place's, and may not be there
        raise UnusableInput(Fault(str(folder), "是一个链接，未改动", "请用 --out 另选位置，或先删去这个链接"))
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UnusableInput(Fault(str(folder), "是一个文件，不能作为输出文件夹", "请用 --out 另选位置"))
    if force or is_own_output(folder):
        return
    if any(folder.iterdir()):
        raise UnusableInput(Fault(str(folder), "已存在且不是本工具生成的结果，未改动", "请用 --out 另选位置，或确认后加 --force"))


def replace_folder(folder: Path, files: Mapping[str, bytes], force: bool, say: Say) -> tuple[Path, ...]:
    """Write all files (relative names with /) as this folder, as a whole, with a record of them; the paths written, in the given order.

    The stage lies beside the target. What stood there is moved aside as a whole, then whatever of it we wrote and nobody changed is removed: the rest stays
    beside the folder, and `say` hears where. On any failure the earlier folder stands as it was.
    Raises UnusableInput where the folder may not be replaced or cannot be written.
    """
    check_replaceable(folder, force)
    files = {**files, WRITTEN: dumped({"schema": WRITTEN_SCHEMA, "version": 1, "files": {name: _sha256(files[name]) for name in sorted(files)}})}
    stage = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        for name, content in files.items():
            target = stage / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        stage.chmod(0o755)
        asides = _swap(stage, folder)
    except OSError as error:
        raise UnusableInput(_failed(folder, error)) from error
    finally:
        if stage is not None and stage.exists():
            shutil.rmtree(stage)
    for aside in asides:
        if kept := _without_ours(aside):
            say(f"原文件夹中改动过或另外放入的文件 {len(kept)} 个未删除，已移至：{aside}（{'、'.join(kept[:NAMED])}{'…' if len(kept) > NAMED else ''}）")
    return tuple(folder / name for name in files)


def _swap(stage: Path, folder: Path) -> list[Path]:
    """Give the stage the folder's name; where what stood there lies now: more than one where other builds put theirs there at the same moment."""
    asides: list[Path] = []
    while True:
        if folder.exists():
            with contextlib.suppress(FileNotFoundError):  # another build has just moved it
                asides.append(_set_aside(folder))
        try:
            stage.rename(folder)
        except OSError as error:
            if error.errno in TAKEN:
                continue
            if asides:
                asides[-1].rename(folder)
            raise
        return asides


def _set_aside(folder: Path) -> Path:
    """Move a folder to the first free name beside it, …旧稿-1 and on; that name."""
    number = 0
    while True:
        number += 1
        aside = folder.with_name(f"{folder.name}.旧稿-{number}")
        if os.path.lexists(aside):
            continue
        try:
            folder.rename(aside)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
            continue  # another build took the name meanwhile
        return aside


def _without_ours(aside: Path) -> list[str]:
    """Remove from a folder set aside the files that we wrote and nobody changed, and the folder where nothing is left; what stays, by name."""
    ours = _json(aside / WRITTEN).get("files")
    written = ours if isinstance(ours, dict) else {}
    kept = []
    for place, folders, names in os.walk(aside, topdown=False):
        for name in sorted(names):
            path = Path(place, name)
            shown = path.relative_to(aside).as_posix()
            if name in LITTER or shown == WRITTEN or _is_unchanged(path, written.get(unicodedata.normalize("NFC", shown))):
                with contextlib.suppress(OSError):
                    path.unlink()
            if os.path.lexists(path):
                kept.append(shown)
        kept += [Path(place, name).relative_to(aside).as_posix() for name in folders if Path(place, name).is_symlink()]
        with contextlib.suppress(OSError):  # not empty: something stays in it
            os.rmdir(place)
    return sorted(kept)


def _is_unchanged(path: Path, written: object) -> bool:
    try:
        return not path.is_symlink() and _sha256(path.read_bytes()) == written
    except OSError:
        return False


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _allow_reading(path: Path) -> None:
    """mkstemp makes files private; a report is for colleagues."""
    path.chmod(0o644)


def _failed(path: Path, error: OSError) -> Fault:
    if error.errno == errno.ENOSPC:
        return Fault(str(path), "磁盘已满，未写入", "请清理空间后重试")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Fault(str(path), "没有写入权限，未写入", "请换一个位置；若文件正在 Word 或 PDF 阅读器中打开，请先关闭")
    return Fault(str(path), f"写入失败（{cause_of(error)}）", "未留下不完整的文件；请检查磁盘后重试")
