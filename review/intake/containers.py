"""Paths → raw tables: folders and archives opened, containers told by their first bytes, never by the extension (quirk 4)."""

import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from review.incident.errors import Fault, UnusableInput, content_of, files_below
from review.incident.file_names import readable
from review.incident.identifying import told_names
from review.incident.import_log import SkippedFile
from review.intake.delimited import read_delimited
from review.intake.documents import SQLITE_MAGIC, WAL_MAGIC, read_json, read_sqlite
from review.intake.encoding import read_text
from review.intake.grid import Sheet, tables_of
from review.intake.ours import OUTPUT_FOLDER, output_folders, refuse_document, refuse_table
from review.intake.progress import Progress, unwatched
from review.intake.raw import NotATable, RawTable, Source
from review.intake.spreadsheet_xml import NAMESPACE, read_spreadsheet_xml
from review.intake.workbooks import SMALL, UNREADABLE, WORKBOOKS, ZIP, check_archive, read_html, read_workbook
from review.settings.aliases import Aliases
from review.settings.formats import Formats

_EMPTY_ZIP: Final = b"PK\x05\x06"
_GZIP: Final = b"\x1f\x8b"
_OTHER_ARCHIVES: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_TAR: Final = slice(257, 262)
_JSON_LIST: Final = re.compile(rb'\[\s*(?:[\[{"\]0-9tfn-]|$)')
"""How a JSON list begins; a line like `[导出时间] 2026-08-20` above a table does not."""

_OPEN_DATABASE: Final = "数据库没有关闭（旁边有预写日志 -wal），最近写入的行可能没有读到；请关闭采集程序后重新复制"
_OPENING: Final = 4096
_HIDDEN: Final = (".", "~$", "__MACOSX")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the paths hold: tables in a fixed order, and the files that are none with the reason. size: bytes of all files on disk."""

    tables: tuple[RawTable, ...]
    skipped: tuple[SkippedFile, ...]
    size: int


def everything(path: Path) -> bool:  # noqa: ARG001
    """The choice that leaves no file out."""
    return True


def open_paths(paths: Sequence[Path], known: tuple[Aliases, Formats], progress: Progress = unwatched, wanted: Callable[[Path], bool] = everything) -> Opened:
    """Every table under the paths. A folder is walked, an archive opened; a file that is no table is skipped with its reason.

    Files come in the order of their names, whatever the order of the paths; a path given twice is read once. Raises UnusableInput for a path that
    does not exist or cannot be read. `progress` is told each file (in an archive: each member) before it is taken apart. Files not `wanted` are none
    of ours.
    """
    aliases, formats = known
    tables: list[RawTable] = []
    skipped: list[SkippedFile] = []
    files = [(path, name) for path, name in _files(paths, skipped) if wanted(path)]
    size, done = sum(path.stat().st_size for path, _ in files), 0
    for path, name in files:
        progress(name, done, size)
        for source in _sources(path, name, formats, skipped):
            progress(source.name, done, size)
            try:
                read = read_source(source, aliases, formats)
                tables += [replace(table, warnings=(*table.warnings, _OPEN_DATABASE)) for table in read] if _is_open(path, source) else read
            except NotATable as reason:
                skipped.append(SkippedFile(file=source.name, sha256=source.sha256, reason=str(reason)))
        done += path.stat().st_size
    return Opened(tables=tuple(tables), skipped=tuple(sorted(skipped, key=lambda each: (each.file, each.reason))), size=size)


def _is_open(path: Path, source: Source) -> bool:
    """Whether the file is a database beside which there is a write-ahead log that holds something."""
    log = path.with_name(f"{path.name}-wal")
    return source.data.startswith(SQLITE_MAGIC) and log.is_file() and log.stat().st_size > 0


def read_source(source: Source, aliases: Aliases, formats: Formats) -> tuple[RawTable, ...]:
    """The tables of one file. Raises NotATable with the reason where it holds none, or is a file that we wrote."""
    tables = _tables(source, aliases, formats)
    for table in tables:
        refuse_table(table.header)
    return tables


def _tables(source: Source, aliases: Aliases, formats: Formats) -> tuple[RawTable, ...]:
    data, limits = source.data, formats.limits
    if len(data) > limits.file_megabytes << 20:
        raise NotATable(f"文件有 {len(data) >> 20} MB，超过上限 {limits.file_megabytes} MB")
    if not data:
        raise NotATable("空文件")
    if data.startswith(SQLITE_MAGIC):
        return read_sqlite(source, limits)
    if data.startswith(WAL_MAGIC):
        raise NotATable("SQLite 数据库的预写日志（-wal），不单独读取；请关闭采集程序，待它并入数据库后重新复制")
    if (reason := _no_table(data)) is not None:
        raise NotATable(reason)
    if data.startswith(WORKBOOKS):
        return _of_sheets(source, read_workbook(data, limits), aliases, formats)
    opening = read_text(data[:_OPENING], limits.damaged_share)
    start = (data[:_OPENING] if opening is None else bytes(opening.utf8)).lstrip(b"\xef\xbb\xbf \t\r\n")
    refuse_document(start)
    if start[:1] in (b"<", b"[", b"{"):
        text = read_text(data, limits.damaged_share)
        if text is not None and start[:1] == b"<" and NAMESPACE.encode() in start and b"<html" not in start.lower():
            return _of_sheets(source, read_spreadsheet_xml(bytes(text.utf8), limits), aliases, formats)
        if text is not None and start[:1] == b"<" and b"<table" in bytes(text.utf8).lower():
            return _of_sheets(source, read_html(bytes(text.utf8).decode("utf-8", "replace"), limits), aliases, formats)
        if text is not None and (start[:1] == b"{" or _JSON_LIST.match(start)):
            return read_json(source, bytes(text.utf8).decode("utf-8", "replace"), text.encoding, (aliases, limits))
    if data.startswith(_OTHER_ARCHIVES) or data[_TAR] == b"ustar":
        raise NotATable("rar、7z 或 tar 压缩包，不能直接读取：请解压后给出文件夹，或改用 zip")
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise NotATable("不是表格文件")
    return read_delimited(source, aliases, formats)


def _of_sheets(source: Source, sheets: Sequence[Sheet], aliases: Aliases, formats: Formats) -> tuple[RawTable, ...]:
    made = [table for sheet in sheets for table in tables_of(source, sheet, aliases, formats)]
    if not made:
        raise NotATable("工作簿中没有认出表格" if any(sheet.rows for sheet in sheets) else "空工作簿")
    return tuple(made)


def _files(paths: Sequence[Path], skipped: list[SkippedFile]) -> list[tuple[Path, str]]:
    """(file, its name) in the order of their names. A folder's files are named from the folder on; folders that we wrote are left out as one."""
    files: dict[Path, str] = {}
    for path in paths:
        if path.is_dir():
            start = f"{path.name}/" if path.name else ""
            below = {inner.relative_to(path).as_posix(): inner for inner in files_below(path)}
            ours = output_folders({name: inner.read_bytes for name, inner in below.items()})
            skipped += [SkippedFile(file=readable(f"{start}{folder}") or "./", sha256="", reason=OUTPUT_FOLDER) for folder in ours]
            for name, inner in below.items():
                if not name.startswith(ours) and not any(part.startswith(_HIDDEN) for part in name.split("/")):
                    files.setdefault(inner.resolve(), readable(f"{start}{name}"))
        elif path.is_file():
            files[path.resolve()] = readable(path.name)
        else:
            raise UnusableInput(Fault(str(path), "找不到文件或文件夹", "请检查路径"))
    ordered = sorted(files.items(), key=lambda pair: (pair[1], str(pair[0])))
    return list(zip((path for path, _ in ordered), told_names(name for _, name in ordered), strict=True))


def _sources(path: Path, name: str, formats: Formats, skipped: list[SkippedFile]) -> Iterator[Source]:
    """A file as bytes, or an archive's members, one in memory at a time; of a .gz the one file in it."""
    data = content_of(path, "请检查权限")
    if _is_archive(data):
        yield from _members(name, data, formats, skipped)
    elif data.startswith(_GZIP):
        yield from _unpacked(name, data, formats, skipped)
    else:
        yield Source(name=name, sha256=hashlib.sha256(data).hexdigest(), data=data)


def _is_archive(data: bytes) -> bool:
    """Whether the bytes are a zip of files, and not a workbook or another document that only is one inside."""
    return data.startswith((ZIP, _EMPTY_ZIP)) and not any(name.startswith("xl/") for name in _names(data)) and _no_table(data) is None


def _no_table(data: bytes) -> str | None:
    """Why an office document that is no workbook is not read; None for everything else."""
    if not data.startswith(ZIP):
        return None
    names = _names(data)
    if "mimetype" in names and "content.xml" in names:
        return "OpenDocument 文件：若是表格，请在 WPS 或 Excel 中另存为 xlsx"
    if "[content_types].xml" not in names:
        return None
    if any(name.startswith("word/") for name in names):
        return "Word 文档：不读其中的文字和图表，数据请另存为 xlsx 或 csv"
    return "演示文稿：不读其中的文字和图表，数据请另存为 xlsx 或 csv" if any(name.startswith("ppt/") for name in names) else None


def _names(data: bytes) -> list[str]:
    """The names in a zip, in lower case; none where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [name.lower().lstrip("/") for name in archive.namelist()]
    except UNREADABLE:
        return []


def _members(name: str, data: bytes, formats: Formats, skipped: list[SkippedFile]) -> Iterator[Source]:
    """The files of an archive, named archive/member; a member name is only a label, never a path that is written to."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        check_archive(data, formats.limits)
    except NotATable as reason:
        skipped.append(SkippedFile(file=name, sha256=sha256, reason=str(reason)))
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(_member_name(member), member) for member in sorted(archive.infolist(), key=lambda each: each.filename) if not member.is_dir()]
        if not members:
            skipped.append(SkippedFile(file=name, sha256=sha256, reason="空的压缩文件"))
        ours = output_folders({inside: partial(_opening, archive, member) for inside, member in members})
        skipped += [SkippedFile(file=f"{name}/{folder}", sha256="", reason=OUTPUT_FOLDER) for folder in ours]
        for label, (inside, member) in zip(told_names(f"{name}/{inside}" for inside, _ in members), members, strict=True):
            if inside.startswith(ours) or any(part.startswith(_HIDDEN) for part in inside.split("/")):
                continue
            try:
                if member.file_size > formats.limits.file_megabytes << 20:
                    raise NotATable(f"文件有 {member.file_size >> 20} MB，超过上限 {formats.limits.file_megabytes} MB")
                inner = archive.read(member)
            except NotATable as reason:
                skipped.append(SkippedFile(file=label, sha256=sha256, reason=str(reason)))
                continue
            except UNREADABLE as error:
                skipped.append(SkippedFile(file=label, sha256=sha256, reason=f"压缩文件已损坏或受密码保护（{type(error).__name__}）"))
                continue
            if _is_archive(inner) or inner.startswith(_GZIP):
                skipped.append(SkippedFile(file=label, sha256=hashlib.sha256(inner).hexdigest(), reason="压缩文件中的压缩文件不再打开"))
                continue
            yield Source(name=label, sha256=hashlib.sha256(inner).hexdigest(), data=inner)


def _unpacked(name: str, data: bytes, formats: Formats, skipped: list[SkippedFile]) -> Iterator[Source]:
    """The file in a .gz, named archive/file by the archive's own name: the name inside is anybody's. Never more bytes than the limits allow are unpacked."""
    limit = formats.limits.file_megabytes << 20
    allowed = min(limit, max(SMALL, formats.limits.ratio * len(data)))
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            inner = stream.read(allowed + 1)
        if len(inner) > allowed:
            over = (
                f"文件解压后超过上限 {formats.limits.file_megabytes} MB"
                if allowed == limit
                else f"压缩比异常（解压后超过 {formats.limits.ratio} 倍），疑为压缩炸弹"
            )
            raise NotATable(over)
        if _is_archive(inner) or inner.startswith(_GZIP):
            raise NotATable("压缩文件中的压缩文件不再打开")
    except NotATable as reason:
        skipped.append(SkippedFile(file=name, sha256=hashlib.sha256(data).hexdigest(), reason=str(reason)))
        return
    except (zlib.error, OSError, EOFError) as error:
        skipped.append(SkippedFile(file=name, sha256=hashlib.sha256(data).hexdigest(), reason=f"压缩文件已损坏或不完整（{type(error).__name__}）"))
        return
    stem = name.rsplit("/", 1)[-1]
    label = stem[: -len(".gz")] if stem.lower().endswith(".gz") and len(stem) > len(".gz") else "内容"
    yield Source(name=f"{name}/{label}", sha256=hashlib.sha256(inner).hexdigest(), data=inner)


def _opening(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The first bytes of a member; none where it cannot be read, which its own turn will tell."""
    try:
        with archive.open(member) as stream:
            return stream.read(_OPENING)
    except UNREADABLE:
        return b""


def _member_name(member: zipfile.ZipInfo) -> str:
    """The member's name; where the archive does not say UTF-8 it may be that all the same, or GB18030 of a Chinese Windows, and zipfile reads it as CP437."""
    name = member.filename
    for encoding in () if member.flag_bits & 0x800 else ("utf-8", "gb18030"):
        try:
            name = member.filename.encode("cp437").decode(encoding)
            break
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
