"""A table as it stands in a file: strings and their places, nothing understood yet. What containers give and recognition takes."""

from dataclasses import dataclass

import pandas as pd

from review.incident.import_log import Rejection


class NotATable(Exception):
    """Bytes that hold no table we read; the message is the reason, in Chinese, for the list of skipped files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file as bytes: its name as the user gave it (folders and archives with /), sha256 and content."""

    name: str
    sha256: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """One table of one file.

    cells: a frame of `string[pyarrow]`, columns named 0 … n-1 by position, one row a record, empty cells NA; Excel dates as `YYYY-MM-DD HH:MM:SS`
    (midnight: `YYYY-MM-DD`), whole numbers without `.0`. rows: 1-based record number of each row in the source, header and banner rows counted.
    header_row: 1-based, None where the table has no header (JSON: None, header from the keys). header: stripped names as written, repeated names as
    `话题.2`. title: of several tables one below another, the line above this one (账号A); else None. header_guessed: no name of the header is known.
    broken: records that do not fit the header (each a Rejection of kind row), not among `cells`.
    """

    file: str
    sheet: str | None
    sha256: str
    container: str
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    header: tuple[str, ...]
    cells: pd.DataFrame
    rows: pd.Series
    header_guessed: bool = False
    title: str | None = None
    warnings: tuple[str, ...] = ()
    broken: tuple[Rejection, ...] = ()
