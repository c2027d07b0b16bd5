"""Names of files and folders that every file system takes."""

import hashlib
import os
import re
import unicodedata
from typing import Final

RESERVED: Final = frozenset({"CON", "PRN", "AUX", "NUL", *(f"COM{i}" for i in range(1, 10)), *(f"LPT{i}" for i in range(1, 10))})
LONGEST_NAME: Final = 60
"""Characters: 60 Chinese ones are 180 bytes (255 is the limit of ext4 and SMB), and a path below a share stays under Windows' 260."""

WIDE: Final = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in '<>:"/\\|?*'})
"""Reserved characters become their full-width forms: readable, and two names stay two."""
DIGEST_LENGTH: Final = 8


def safe_name(text: str) -> str:
    """A file name of this text that NTFS, SMB, exFAT and ext4 take: no reserved characters or names, no trailing dot, at most 60 characters.

    Texts that differ in more than white space and control characters get different names: a longer one ends in a digest of the whole.
    """
    text = unicodedata.normalize("NFC", text).translate(WIDE)
    text = "".join("_" if unicodedata.category(c)[0] == "C" else c for c in text)
    text = re.sub(r"\s+", "", text).strip(". ")
    if len(text) > LONGEST_NAME:
        text = f"{text[: LONGEST_NAME - DIGEST_LENGTH - 1]}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:DIGEST_LENGTH]}"
    if not text or text.split(".")[0].upper() in RESERVED:
        text = f"_{text}"
    return text


def readable(path: str) -> str:
    """A path as people read it: a name whose bytes are no UTF-8 (unpacked on Linux from a zip made by Windows) in GB18030, what is not even that as U+FFFD."""
    return "/".join(map(_readable, path.split("/"))) if _is_undecoded(path) else path


def _is_undecoded(name: str) -> bool:
    return any("\ud800" <= mark <= "\udfff" for mark in name)


def _readable(name: str) -> str:
    if not _is_undecoded(name):
        return name
    raw = os.fsencode(name)
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")


def is_safe_path(path: str) -> bool:
    """Whether every step of a relative path with / is a name that is safe as it stands (a suffix may make it up to 16 longer)."""
    steps = path.split("/")
    return all(
        step not in ("", ".", "..") and len(step) <= LONGEST_NAME + 16 and safe_name(step[:LONGEST_NAME]) == step[:LONGEST_NAME] and step == step.strip(". ")
        for step in steps
    )


def same_name_key(path: str) -> str:
    """Equal for two paths that one of the file systems takes for the same: case and Unicode form do not tell names apart there."""
    return unicodedata.normalize("NFC", path).casefold()
