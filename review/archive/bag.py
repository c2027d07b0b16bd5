"""The BagIt profile of a package (RFC 8493): payload under data/, manifests in sha256 and sha512, and where the package belongs.

Written here and not by the Library of Congress' `bagit`: that one works in the current directory (os.chdir), so that two writers in one process disturb each
other, rearranges a folder in place, and never flushes to disk. Its validator accepts these bags; a test holds it so.
"""

import hashlib
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BAGIT: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALGORITHMS: Final = ("sha256", "sha512")
PAYLOAD: Final = "data/"
PLACE: Final = "External-Identifier"
PREVIOUS: Final = "Previous-Version-Seal"
CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Of one file: lower-case hex, and the size in bytes."""

    sha256: str
    sha512: str
    size: int


class Malformed(ValueError):
    """A tag file that is not what RFC 8493 asks for."""


def digests_of(content: bytes) -> Digests:
    return Digests(sha256=hashlib.sha256(content).hexdigest(), sha512=hashlib.sha512(content).hexdigest(), size=len(content))


def manifest(files: Mapping[str, Digests], algorithm: str) -> bytes:
    """`digest  path` a line, sorted by path; CR, LF and % in a path are percent-encoded."""
    lines = []
    for path in sorted(files):
        each = files[path]
        shown = path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        lines.append(f"{each.sha256 if algorithm == 'sha256' else each.sha512}  {shown}\n")
    return "".join(lines).encode()


def read_manifest(content: bytes) -> dict[str, str]:
    """Path (NFC) → digest. Raises Malformed for a line that is none, and for a path twice or outside the bag."""
    found: dict[str, str] = {}
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("不是 UTF-8") from error
    for number, line in enumerate(text.splitlines(), 1):
        digest, _, path = line.partition("  ")
        path = unicodedata.normalize("NFC", path.replace("%0A", "\n").replace("%0a", "\n").replace("%0D", "\r").replace("%0d", "\r").replace("%25", "%"))
        if not path or not digest or set(digest) - set("0123456789abcdef") or path in found or path.startswith(("/", "~")) or ".." in path.split("/"):
            raise Malformed(f"第 {number} 行不合规")
        found[path] = digest
    return found


def bag_info(fields: Mapping[str, str]) -> bytes:
    """`Label: value` a line, in the given order; line breaks in a value become spaces."""
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in fields.items()).encode()


def read_info(content: bytes) -> dict[str, str]:
    """Label → value. Raises Malformed for a line without a label."""
    found: dict[str, str] = {}
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("不是 UTF-8") from error
    for number, line in enumerate(text.splitlines(), 1):
        label, colon, value = line.partition(":")
        if not colon:
            raise Malformed(f"第 {number} 行不合规")
        found[label] = value.strip()
    return found


def tag_files(payload: Mapping[str, Digests], info: Mapping[str, str]) -> dict[str, bytes]:
    """All tag files of a bag: what stands beside data/. payload: paths with data/ in front."""
    whole = {"Payload-Oxum": f"{sum(each.size for each in payload.values())}.{len(payload)}", **info}
    files = {"bagit.txt": BAGIT, "bag-info.txt": bag_info(whole), **{f"manifest-{name}.txt": manifest(payload, name) for name in ALGORITHMS}}
    digests = {name: digests_of(content) for name, content in files.items()}
    return {**files, **{f"tagmanifest-{name}.txt": manifest(digests, name) for name in ALGORITHMS}}


def seal_of(tagmanifest: bytes) -> str:
    """One number that stands for every byte of a package: of its tagmanifest-sha256.txt, which covers the manifests, which cover the files."""
    return hashlib.sha256(tagmanifest).hexdigest()


def seal(package: Path) -> str | None:
    """The seal of a package on disk; None where its tag manifest cannot be read."""
    try:
        return seal_of((package / "tagmanifest-sha256.txt").read_bytes())
    except OSError:
        return None


def inventory(folder: Path) -> dict[str, Path]:
    """Every file below the folder: relative path with / (NFC) → path on disk. Links and other oddities count as files, not followed."""
    found: dict[str, Path] = {}
    waiting = [(folder, "")]
    while waiting:
        place, prefix = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                name = f"{prefix}{unicodedata.normalize('NFC', entry.name)}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), f"{name}/"))
                else:
                    found[name] = Path(entry.path)
    return found


def sha256_of(path: Path) -> tuple[str, int]:
    """sha256 (hex) and size of a file's bytes. Raises OSError where it cannot be read or is a link."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb", buffering=0) as file:
        found = hashlib.file_digest(file, "sha256")
        return found.hexdigest(), os.fstat(file.fileno()).st_size
