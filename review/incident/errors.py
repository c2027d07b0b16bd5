"""Failures a user can foresee and mend."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CAUSES: Final = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EEXIST: "已存在同名的文件或文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘只读",
    errno.EIO: "磁盘读写出错",
    errno.ENAMETOOLONG: "文件名过长",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input or a settings file, in Chinese: where it stands, what is wrong, what to do."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.where}：{self.what}" if self.where else self.what
        return f"{text}。{self.remedy}" if self.remedy else text


class UnusableInput(Exception):
    """Input or settings that cannot be used at all: all faults found, each one line for the terminal (exit code 1)."""

    def __init__(self, *faults: Fault) -> None:
        if not faults:
            raise ValueError("an UnusableInput needs at least one fault")
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))

    def __reduce__(self) -> tuple[type["UnusableInput"], tuple[Fault, ...]]:
        """Whole on the way from one process to another."""
        return type(self), self.faults


class DamagedArchive(UnusableInput):
    """Packages that are not what was archived, held against their checksums (exit code 3)."""


def cause_of(error: OSError) -> str:
    """Why the system refused: what it said in Chinese, ours for the usual English reasons, else as it stands; "" where it gave none."""
    said = error.strerror or ""
    return _CAUSES.get(error.errno or 0, said) if said.isascii() else said


def content_of(path: Path, remedy: str) -> bytes:
    """The bytes of a file that the user named. Raises UnusableInput, with what to do, where the system refuses it."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableInput(Fault(str(path), f"无法读取（{cause_of(error)}）", remedy)) from error


def files_below(folder: Path) -> list[Path]:
    """Every file in a folder and in those inside it. Raises UnusableInput for one that the system refuses: what lies in it must not be missed unseen."""

    def refuse(error: OSError) -> None:
        raise UnusableInput(Fault(str(error.filename), f"无法读取（{cause_of(error)}）", "请检查权限")) from error

    found = (Path(place, name) for place, _, names in os.walk(folder, onerror=refuse) for name in names)
    return sorted(path for path in found if path.is_file())
