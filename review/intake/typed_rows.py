"""Rows of one typed sheet, gathered from every file that has them, read column by column; what cannot be read becomes a rejection with its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.incident.import_log import Rejection, RejectionKind
from review.incident.tables import COUNT, NUMBER, TEXT, Table
from review.intake.cells import arrow, missing, text_series
from review.intake.raw import RawTable
from review.intake.typed_times import TypedClock, TypedTimes
from review.intake.values import parse_flags, parse_numbers, split_list
from review.settings.aliases import header_key
from review.settings.sheets import EXAMPLE_MARK, EXAMPLE_MARKS, Field, Sheet
from review.settings.vocabulary import Vocabulary

KEPT, QUARANTINED, DUPLICATE = "kept", "quarantined", "duplicate"
EXAMPLE, SUMMARY, UNFILLED, GUIDE = EXAMPLE_MARK, "合计行", "未填写", "填写说明"
"""Fates of a row: what the import log counts. The second line holds reasons why a row was ignored."""

_SUMMARY_WORDS: Final = frozenset({"合计", "总计", "汇总", "小计"})
_CONTROL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_LONGEST_VALUE: Final = 200
FACTS_SHEET: Final = "事件信息"


def example_rows(cells: pd.DataFrame) -> np.ndarray:
    """Boolean array: rows marked 示例, in any column of cleaned cells."""
    marked = np.zeros(len(cells), dtype=bool)
    for column in cells.columns:
        marked |= cells[column].isin(EXAMPLE_MARKS).to_numpy(dtype=bool)
    return marked


def summary_rows(cells: pd.DataFrame) -> np.ndarray:
    """Boolean array: rows whose first filled cell (of cleaned ones) says 合计, 总计, 汇总 or 小计."""
    says = np.zeros(len(cells), dtype=bool)
    begun = np.zeros(len(cells), dtype=bool)
    for column in cells.columns:
        given = cells[column].notna().to_numpy(dtype=bool)
        says |= given & ~begun & cells[column].isin(_SUMMARY_WORDS).to_numpy(dtype=bool)
        begun |= given
    return says


def split_typed(cell: str) -> tuple[str, ...]:
    """The entries of a typed list, in order, without empty ones: joined by ; 、 , ； ， or line ends; # around a topic goes.

    A blank separates nothing, since names hold blanks.
    """
    entries = (entry.strip().strip("#＃").strip() for entry in re.split(r"[,，;；、\n]+", cell))
    return tuple(entry for entry in entries if entry)


def clean_text(cells: pd.Series) -> pd.Series:
    """The cells without surrounding blanks and control characters; words that mean nothing (--, 暂无) become NA."""
    values = arrow(cells)
    if values.null_count == len(values):
        return text_series(values, cells.index)
    values = pc.utf8_trim_whitespace(pc.replace_substring_regex(values, _CONTROL, ""))
    empty = pc.fill_null(pc.equal(pc.utf8_length(values), 0), False)
    return text_series(pc.if_else(pc.or_(empty, pa.array(missing(values))), pa.scalar(None, values.type), values), cells.index)


def cleaned(raw: RawTable) -> RawTable:
    """The table with every cell cleaned, on rows 0 … n-1."""
    columns = {i: clean_text(raw.cells.iloc[:, i].reset_index(drop=True)) for i in range(raw.cells.shape[1])}
    return replace(raw, cells=pd.DataFrame(columns, index=pd.RangeIndex(len(raw.cells))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows of one raw table (cleaned) that belong to one sheet: `table` is its number, `rows` positions in it, `kind` a post kind set by 记录."""

    raw: RawTable
    table: int
    rows: np.ndarray
    kind: str | None = None


class SheetRows:
    """Rows of one sheet, from all files, while they are read. `fate` says what became of each row; `rejections` why.

    `clocked` holds the instants of each time column read.
    Column getters return Series on 0 … n-1 with NA for what could not be read; a bad cell is recorded once, of rows still kept only.
    """

    def __init__(self, sheet: Sheet, parts: Sequence[Part], vocabulary: Vocabulary, clock: TypedClock) -> None:
        self.sheet = sheet
        self.vocabulary = vocabulary
        self.clock = clock
        self.rejections: list[Rejection] = []
        self.notes: list[tuple[int, str]] = []
        self.clocked: dict[str, pd.Series] = {}
        frames = [_renamed(sheet, part) for part in parts]
        self.cells = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({field.code: pd.Series([], dtype=TEXT) for field in sheet.fields})
        self.file = [part.raw.file for part in parts for _ in part.rows]
        self.sheet_name = [part.raw.sheet for part in parts for _ in part.rows]
        self.row = np.array([row for part in parts for row in part.raw.rows.iloc[part.rows]], dtype=np.int64)
        self.table = np.array([part.table for part in parts for _ in part.rows], dtype=np.int64)
        self.preset_kind = pd.Series([part.kind for part in parts for _ in part.rows], dtype=TEXT)
        self.fate = np.array([KEPT] * len(self.row), dtype=object)
        self._bad: dict[str, pd.Series] = {}

    def __len__(self) -> int:
        return len(self.row)

    def place(self, i: int) -> str:
        """Where a row stands, for messages."""
        return place_of(self.file[i], self.sheet_name[i], int(self.row[i]))

    def text(self, code: str) -> pd.Series:
        return self.cells[code]

    def word(self, code: str) -> pd.Series:
        """Codes of a closed vocabulary; a word outside it is rejected."""
        field = self.sheet.field(code)
        words = self.vocabulary[field.words or ""]
        cells = self.cells[code]
        made = cells.map(words.code, na_action="ignore").astype(TEXT)
        self._reject(field, cells.notna() & made.isna(), f"不在可选项中（可填：{'、'.join(words.offered)}）")
        return made

    def platform(self) -> pd.Series:
        """Platform codes; a name outside the list is kept as other, and noted."""
        words = self.vocabulary["platform"]
        cells = self.cells["platform"]
        made = cells.map(words.code, na_action="ignore").astype(TEXT)
        strange = (cells.notna() & made.isna()).to_numpy()
        # A Python loop over distinct unknown names of one file: a handful at most.
        for table, name in sorted({(int(self.table[i]), str(cells.iloc[i])) for i in np.flatnonzero(strange & self.alive)}):
            self.notes.append((table, f"平台“{name[:40]}”不在列表中，归入“其他”"))
        return made.mask(pd.Series(strange), "other")

    def flag(self, code: str) -> pd.Series:
        flags, rejected = parse_flags(self.cells[code])
        self._reject(self.sheet.field(code), rejected, "应填“是”或“否”")
        return flags

    def number(self, code: str, among: pd.Series | None = None) -> tuple[pd.Series, pd.Series, pd.Series]:
        """(value, low, high), see `Numbers`; of the rows `among` only, where given."""
        cells = self.cells[code]
        numbers = parse_numbers(cells if among is None else cells.where(among))
        self._reject(self.sheet.field(code), numbers.rejected, "不是数字")
        return numbers.value.mask(numbers.rejected), numbers.low, numbers.high

    def count(self, code: str) -> tuple[pd.Series, pd.Series, pd.Series]:
        """(value, low, high) of whole numbers that are not negative; 10万+ has bounds only."""
        value, low, high = self.number(code)
        field = self.sheet.field(code)
        negative = pd.Series(truth(value < 0) | truth(low < 0))
        self._reject(field, negative, "不能是负数")
        broken = pd.Series(truth(value != value.round()) & ~truth(negative))
        self._reject(field, broken, "应为整数")
        bad = negative | broken
        return value.mask(bad).round().astype(COUNT), low.mask(bad).astype(NUMBER), high.mask(bad).astype(NUMBER)

    def exact_count(self, code: str) -> pd.Series:
        """Whole numbers; a cell that only gives bounds (10万+, 100~200) is rejected."""
        value, low, high = self.count(code)
        self._reject(self.sheet.field(code), value.isna() & (low.notna() | high.notna()), "只有上下限，这里需要确切的数")
        return value

    def time(self, code: str) -> TypedTimes:
        """Times near the incident; those of the clock, not of a calendar, are kept in `clocked`."""
        times = self._times(code, self.clock.around(self.cells[code]))
        if self.sheet.field(code).kind == "time":
            self.clocked[code] = times.at
        return times

    def planned(self, code: str) -> TypedTimes:
        """Dates of plans, which lie after the incident."""
        return self._times(code, self.clock.onwards(self.cells[code]))

    def tags(self, code: str) -> list[tuple[str, ...]]:
        """Words of list cells; blanks and # separate too."""
        return [() if pd.isna(cell) else split_list(cell) for cell in self.cells[code]]

    def lists(self, code: str) -> list[tuple[str, ...]]:
        """Entries of list cells."""
        return [() if pd.isna(cell) else split_typed(cell) for cell in self.cells[code]]

    def require(self) -> None:
        """Quarantine the rows that lack a * value, or whose * value could not be read."""
        for field in self.sheet.required:
            bad = self._bad.get(field.code, pd.Series(False, index=self.cells.index))
            absent = self.cells[field.code].isna() & ~bad
            self.quarantine(absent, f"缺少必填项“{field.name}”", field)

    def quarantine(self, mask: pd.Series, reason: str, field: Field | None = None) -> None:
        """Set rows aside whole, with one reason."""
        for i in np.flatnonzero(truth(mask) & self.alive):
            self._record("row", int(i), field, reason)
            self.fate[i] = QUARANTINED

    def note_duplicates(self, mask: pd.Series) -> None:
        self.fate[mask.to_numpy(dtype=bool) & self.alive] = DUPLICATE

    @property
    def alive(self) -> np.ndarray:
        return np.asarray(self.fate == KEPT)

    def frame(self, table: Table, columns: dict[str, object], among: np.ndarray | None = None) -> pd.DataFrame:
        """A frame of the kept rows (of those `among`, where given), valid by `table`."""
        kept = self.alive if among is None else self.alive & among
        chosen = {name: values[kept].reset_index(drop=True) if isinstance(values, pd.Series) else values for name, values in columns.items()}
        origin: dict[str, object] = {
            "file": pd.Series([name for name, keep in zip(self.file, kept, strict=True) if keep], dtype="category"),
            "sheet": pd.Series([name for name, keep in zip(self.sheet_name, kept, strict=True) if keep], dtype="category"),
            "row": pd.Series(self.row[kept]),
        }
        return table.frame({**origin, **chosen}, int(kept.sum()))

    def reject_at(self, i: int, code: str, reason: str) -> None:
        """Record one bad cell of a row that stays."""
        self._record("cell", i, self.sheet.field(code), reason)

    def _times(self, code: str, times: TypedTimes) -> TypedTimes:
        field = self.sheet.field(code)
        for reason in sorted(set(times.reason.dropna())):
            self._reject(field, times.reason == reason, reason)
        return times

    def _reject(self, field: Field, mask: pd.Series, reason: str) -> None:
        """A bad cell: the row stays, unless the field is required."""
        mask = pd.Series(truth(mask), index=mask.index)
        self._bad[field.code] = self._bad.get(field.code, pd.Series(False, index=self.cells.index)) | mask
        if field.required:
            self.quarantine(mask, f"必填项“{field.name}”{reason}", field)
            return
        for i in np.flatnonzero(mask.to_numpy() & self.alive):  # a Python loop over bad cells only
            self._record("cell", int(i), field, reason)

    def _record(self, kind: RejectionKind, i: int, field: Field | None, reason: str) -> None:
        cell = "" if field is None or pd.isna(self.cells[field.code].iloc[i]) else str(self.cells[field.code].iloc[i])
        self.rejections.append(
            Rejection(
                kind=kind,
                file=self.file[i],
                sheet=self.sheet_name[i],
                row=int(self.row[i]),
                column=None if field is None else field.name,
                value=cell[:_LONGEST_VALUE],
                reason=reason,
            )
        )


def truth(claim: pd.Series) -> np.ndarray:
    """A boolean array: unknown is not true."""
    if claim.dtype == np.bool_:
        return claim.to_numpy()
    return claim.astype("boolean").fillna(False).to_numpy(dtype=bool)


def categorical(values: pd.Series, words: pd.CategoricalDtype) -> pd.Series:
    """Codes as a categorical of the table's vocabulary."""
    return values.astype(object).where(values.notna(), None).astype(words)


def place_of(file: str, sheet: str | None, row: int | None) -> str:
    """Where something stands, for messages: file, sheet, row."""
    if file.endswith(".toml"):  # no rows to point at: an entry of an array is named by its path, a fact by its own name
        return f"{file} {sheet}[{(row or 1) - 1}]" if sheet and sheet != FACTS_SHEET else file
    parts = [file, *([f"工作表“{sheet}”"] if sheet else []), *([f"第 {row} 行"] if row else [])]
    return " ".join(parts)


def mapped_columns(sheet: Sheet, header: tuple[str, ...]) -> dict[int, Field]:
    """Position in the header → field it means; where two headers mean one field the field's own name wins, then the first."""
    chosen: dict[str, int] = {}
    for i, word in enumerate(header):
        field = sheet.field_of(word)
        if field is not None and (field.code not in chosen or (header_key(word) == header_key(field.name) != header_key(header[chosen[field.code]]))):
            chosen[field.code] = i
    return {i: sheet.field(code) for code, i in sorted(chosen.items(), key=lambda pair: pair[1])}


def _renamed(sheet: Sheet, part: Part) -> pd.DataFrame:
    source = {field.code: i for i, field in mapped_columns(sheet, part.raw.header).items()}
    cells, absent = part.raw.cells, pd.array([None] * len(part.rows), dtype=TEXT)
    return pd.DataFrame({field.code: cells.iloc[:, source[field.code]].array.take(part.rows) if field.code in source else absent for field in sheet.fields})
