"""Rows of the original files again, by file, sheet and row: what `review trace` reads out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from review.intake.load import read_raw
from review.intake.raw import RawTable

Place = tuple[str, str | None]
"""A table: file as the import named it, and sheet."""
AUTHOR: Final = ("author_name", "author_type", "author_verified", "author_followers", "followers")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTable:
    """A table as the import log remembers it: digest of its file, and canonical column by source header."""

    sha256: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One row as it stands in its file: (header, canonical column, text) of each filled cell that was understood."""

    row: int
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """An account as exported; None where a column is missing or empty."""

    name: str
    kind: str | None
    verified: str | None
    followers: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """rows by table and row number, of the tables that are still what was read; changed and missing: the other tables asked for; authors: all of them."""

    rows: Mapping[Place, Mapping[int, SourceRow]]
    changed: frozenset[Place]
    missing: frozenset[Place]
    authors: tuple[Author, ...]


def reread(paths: Sequence[Path], known: Mapping[Place, KnownTable], wanted: Mapping[Place, Sequence[int]]) -> Reread:
    """The wanted rows (1-based numbers by table) out of the files under the paths. Raises UnusableInput for a path that cannot be read.

    A file is found by the name it had when it was imported, or by its bytes where it was renamed or moved. A file of that name with other bytes is
    `changed`: its row numbers may mean other rows now, so none is given.
    """
    tables = read_raw(paths).tables
    rows: dict[Place, dict[int, SourceRow]] = {}
    changed: set[Place] = set()
    missing: set[Place] = set()
    for place, numbers in wanted.items():
        table, same_name = _find(tables, place, known.get(place))
        if table is None:
            (changed if same_name else missing).add(place)
        else:
            rows[place] = _rows(table, known[place].columns, numbers)
    authors = {author for table in tables for author in _authors(table, known.get((table.file, table.sheet)))}
    return Reread(
        rows=rows,
        changed=frozenset(changed),
        missing=frozenset(missing),
        authors=tuple(sorted(authors, key=lambda each: (each.name, each.kind or "", each.verified or "", each.followers or ""))),
    )


def _find(tables: Sequence[RawTable], place: Place, known: KnownTable | None) -> tuple[RawTable | None, bool]:
    """(the table that is byte for byte the one imported, whether another of its name is there)."""
    named = any(table.file == place[0] for table in tables)
    if known is None:
        return None, named
    return next((table for table in tables if table.sheet == place[1] and table.sha256 == known.sha256), None), named


def _rows(table: RawTable, columns: Mapping[str, str], numbers: Sequence[int]) -> dict[int, SourceRow]:
    heads = [(i, head, columns[head]) for i, head in enumerate(table.header) if head in columns]
    made = {}
    for at in np.flatnonzero(table.rows.isin(list(numbers)).to_numpy()):  # a screenful of rows
        cells = table.cells.iloc[int(at)]
        filled = tuple((head, column, str(cells.iloc[i])) for i, head, column in heads if not pd.isna(cells.iloc[i]))
        made[int(table.rows.iloc[int(at)])] = SourceRow(row=int(table.rows.iloc[int(at)]), cells=filled)
    return made


def _authors(table: RawTable, known: KnownTable | None) -> set[Author]:
    """Every distinct account of a table, with what tells whether it is a public one."""
    columns = {} if known is None else known.columns
    at = {column: i for i, head in reversed(list(enumerate(table.header))) if (column := columns.get(head, "")) in AUTHOR}
    if "author_name" not in at:
        return set()
    frame = table.cells.iloc[:, [at[column] for column in at]].set_axis(list(at), axis=1).drop_duplicates()
    found = set()
    for row in frame.loc[frame["author_name"].notna()].to_dict("records"):  # distinct accounts only
        values = {column: None if pd.isna(value) else str(value) for column, value in row.items()}
        followers = values.get("author_followers") or values.get("followers")
        found.add(Author(name=str(values["author_name"]), kind=values.get("author_type"), verified=values.get("author_verified"), followers=followers))
    return found
