"""Every write outside an archive: staged beside the target, flushed, renamed into place. A write happened whole or did not happen."""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from review.incident.errors import Fault, UnusableInput
from review.incident.file_names import safe_name as safe_name

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
    """Write new files below a folder that may hold others; the paths written. Raises UnusableInput naming each that exists, and then writes none."""
    paths = {folder / name: content for name, content in files.items()}
    if there := [path for path in paths if path.exists()]:
        raise UnusableInput(*(Fault(str(path), "已存在，未覆盖", "请换一个文件夹，或先移走原文件") for path in there))
    for path, content in paths.items():
        write_file(path, content)
    return tuple(paths)


def is_own_output(folder: Path) -> bool:
    """Whether a build of ours wrote this folder."""
    try:
        head = json.loads((folder / OWN_MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(head, dict) and head.get("schema") in OWN_SCHEMAS


def check_replaceable(folder: Path, force: bool) -> None:
    """Raise UnusableInput where the folder exists and is neither ours, nor empty, nor given up by `--force`. Call it before the work, not after."""
    if not folder.exists() or force or is_own_output(folder):
        return
    if not folder.is_dir():
        raise UnusableInput(Fault(str(folder), "是一个文件，不能作为输出文件夹", "请用 --out 另选位置"))
    if any(folder.iterdir()):
        raise UnusableInput(Fault(str(folder), "已存在且不是本工具生成的结果，未改动", "请用 --out 另选位置，或确认后加 --force"))


def replace_folder(folder: Path, files: Mapping[str, bytes], force: bool) -> tuple[Path, ...]:
    """Write all files (relative names with /) as this folder, as a whole; the paths written, in the given order.

    The stage lies beside the target; an earlier output of ours is moved aside, replaced, then removed. On any failure the earlier folder stands as it was.
    Raises UnusableInput where the folder may not be replaced or cannot be written.
    """
    check_replaceable(folder, force)
    stage = retired = None
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
        if folder.exists():
            retired = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent)) / "earlier"
            folder.rename(retired)
        try:
            stage.rename(folder)
        except OSError:
            if retired is not None:
                retired.rename(folder)
            raise
    except OSError as error:
        raise UnusableInput(_failed(folder, error)) from error
    finally:
        if stage is not None and stage.exists():
            shutil.rmtree(stage)
        if retired is not None:
            shutil.rmtree(retired.parent, ignore_errors=True)
    return tuple(folder / name for name in files)


def _allow_reading(path: Path) -> None:
    """mkstemp makes files private; a report is for colleagues."""
    path.chmod(0o644)


def _failed(path: Path, error: OSError) -> Fault:
    if error.errno == errno.ENOSPC:
        return Fault(str(path), "磁盘已满，未写入", "请清理空间后重试")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Fault(str(path), "没有写入权限，未写入", "请换一个位置；若文件正在 Word 或 PDF 阅读器中打开，请先关闭")
    return Fault(str(path), f"写入失败（{error.strerror}）", "未留下不完整的文件；请检查磁盘后重试")
