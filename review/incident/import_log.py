"""What became of every row and column: the import log, one entry a table read. Bad data is a value here, with its place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RejectionKind = Literal["row", "cell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A row quarantined, or a cell read as missing: where, the value as it stood (at most 200 characters), and why (Chinese)."""

    kind: RejectionKind
    file: str
    sheet: str | None
    row: int
    column: str | None
    value: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLog:
    """One table of one file. rows_read = rows_kept + rows_duplicate + rows_quarantined + rows_ignored, always.

    rows_ignored counts 示例 and summary (合计) rows; ignored_why says which. A kept row may still hold rejected cells. `format` is a signature, a
    typed sheet's name, or 别名识别; score its match from 0 to 1. mapped pairs (source header, canonical column).
    """

    file: str
    sheet: str | None
    sha256: str
    container: str
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    format: str
    score: float
    platform: str | None
    table: str
    rows_read: int
    rows_kept: int
    rows_duplicate: int
    rows_quarantined: int
    rows_ignored: int
    rows_without_time: int = 0
    ignored_why: tuple[tuple[str, int], ...] = ()
    mapped: tuple[tuple[str, str], ...] = ()
    unmapped: tuple[str, ...] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None
    cap_hit: int | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_kept + self.rows_duplicate + self.rows_quarantined + self.rows_ignored:
            raise ValueError(f"rows of {self.file} {self.sheet or ''} do not add up: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedFile:
    """A file that is no table (or could not be used), and why, in Chinese. A whole folder that is left out has / at its end and no sha256 ('')."""

    file: str
    sha256: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLog:
    """A screenshot. sha256: of the file as delivered (None: named, and not there); masks: boxes painted over, None where nobody drew any; reason: why it
    is not in the report, in Chinese (None: it is).
    """

    file: str
    sha256: str | None
    masks: int | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLog:
    """Everything that was read. `zone` is the IANA zone assumed for naive times."""

    zone: str
    tables: tuple[TableLog, ...]
    skipped: tuple[SkippedFile, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    warnings: tuple[str, ...] = ()
    pictures: tuple[PictureLog, ...] = ()
