"""What one table gave: canonical frames and what became of its rows."""

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from review.incident.import_log import Rejection
from review.intake.header import header_names
from review.intake.recognition import Recognised
from review.settings.aliases import header_key
from review.settings.formats import Formats
from review.settings.media import MediaList
from review.settings.platforms import Platforms
from review.settings.sheets import EXAMPLE_MARKS, MARK_COLUMN

_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every reader is given beside its table: the zone of naive times, the capture time the user named, and the settings.

    media: our list, whatever list the report's levels are from: it only tells an outlet's name in a source column from another word.
    """

    zone: str
    captured_at: datetime | None
    formats: Formats
    platforms: Platforms
    media: MediaList

    def end_of(self, day: datetime) -> datetime:
        """The last second of a day in the zone."""
        return datetime.combine(day.date(), time(), ZoneInfo(self.zone)) + timedelta(days=1, seconds=-1)


@dataclass(slots=True, kw_only=True)
class Findings:
    """Collects, while a table is read, the cells and rows that could not be used. Listed up to the limit, counted beyond it."""

    table: Recognised
    limit: int
    rejections: list[Rejection] = field(default_factory=list)
    quarantined: int = 0
    ignored: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def cells(self, name: str, rejected: np.ndarray | pd.Series, reason: str) -> None:
        """Note the cells of a column that were read as missing."""
        where = np.flatnonzero(np.asarray(rejected, dtype=bool))
        if len(where):
            self._note(where, self.table.header(name), self.table.cells(name), reason)

    def quarantine(self, rows: np.ndarray, reason: str) -> None:
        """Note rows that are set aside whole."""
        where = np.flatnonzero(rows)
        self.quarantined += len(where)
        if len(where):
            self._note(where, None, None, reason)

    def _note(self, where: np.ndarray, column: str | None, cells: pd.Series | None, reason: str) -> None:
        """column and its cells; None: the rows whole."""
        raw = self.table.raw
        room = max(self.limit - len(self.rejections), 0)
        # A Python loop over at most `limit` rejected cells: each becomes one line of the log.
        for i in where[:room]:
            value = str(cells.iloc[i]) if cells is not None else " | ".join(str(x) for x in raw.cells.iloc[i].dropna())
            self.rejections.append(
                Rejection(
                    kind="row" if column is None else "cell",
                    file=raw.file,
                    sheet=raw.sheet,
                    row=int(raw.rows.iloc[i]),
                    column=column,
                    value=value[:_SHOWN],
                    reason=reason,
                )
            )
        if len(where) > room:
            self.warnings.append(f"另有 {len(where) - room} 处未逐条列出：{f'“{column}”列，' if column else ''}{reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Frames of one table (valid table frames, or None where it gives none) and its account.

    rows: how many rows stand behind the frames. The counts of what was set aside are in `findings`; platform is the one of all rows, else None. orders: lines
    of orders, which become metric points when those of all files are there. parties: with tickets, a number for each row's customer and agent.
    """

    table: Recognised
    findings: Findings
    rows: int
    platform: str | None
    posts: pd.DataFrame | None = None
    metric_points: pd.DataFrame | None = None
    tickets: pd.DataFrame | None = None
    inexact: pd.DataFrame | None = None
    orders: pd.DataFrame | None = None
    parties: pd.Series | None = None
    rows_without_time: int = 0
    cap_hit: int | None = None


SUMMARY_WORDS: Final = ("汇总", "合计", "总计", "小计", "总和", "平均值", "均值", "平均", "环比", "同比", "total", "sum")

FOOTER: Final = (
    r"^\s*[*※]?\s*(?:数据来源|来源[:：]|导出时间|导出人|统计时间|统计口径|更新时间|以上数据|共\s*\d+\s*[条行篇页]|第\s*\d+\s*页|[注备说][注明]?[:：])"
)
"""What vendors write below a table, as the only filled cell of a row."""


def without_summaries(table: Recognised, findings: Findings) -> tuple[Recognised, Findings]:
    """The table without its 合计 rows (first filled cell is a summary word, quirk 23) and the notes below it, which are counted as ignored."""
    raw = table.raw
    notes = np.zeros(len(raw.cells), dtype=bool)
    if raw.cells.shape[1] >= 3:
        told = np.flatnonzero(raw.cells[0].str.match(FOOTER).fillna(False).to_numpy(dtype=bool))
        notes[told[raw.cells.iloc[told].notna().sum(axis=1).to_numpy() == 1]] = True
    if notes.any():
        findings.ignored["表下的说明"] = int(notes.sum())
        table = keep_rows(table, ~notes)
        raw = table.raw
    summary = np.zeros(len(raw.cells), dtype=bool)
    for column in list(raw.cells.columns)[:3]:
        cells = raw.cells[column]
        short = cells.str.len().le(6).fillna(False).to_numpy(dtype=bool)
        if short.any():
            summary[short] |= cells[short].str.strip().str.rstrip(":：").str.lower().isin(SUMMARY_WORDS).to_numpy(dtype=bool)
    if table.has("text"):
        summary &= table.raw.cells[table.columns["text"][0]].isna().to_numpy()
    if not summary.any():
        return table, findings
    findings.ignored["合计行"] = int(summary.sum())
    return keep_rows(table, ~summary), findings


def without_examples(table: Recognised) -> tuple[Recognised, int]:
    """The table without the rows that its column 标记 marks 示例 (a typed sheet with headers of its own is read like an export), and how many they were."""
    marked = np.zeros(len(table.raw.cells), dtype=bool)
    for i, header in enumerate(table.raw.header):
        if header_key(header) == MARK_COLUMN:
            marked |= table.raw.cells.iloc[:, i].str.strip().isin(EXAMPLE_MARKS).to_numpy(dtype=bool)
    return (keep_rows(table, ~marked), int(marked.sum())) if marked.any() else (table, 0)


def without_headers(table: Recognised) -> tuple[Recognised, int]:
    """The table without the rows that are its header again (above each page of an export, or where two files were set one behind the other), and how many
    they were."""
    raw = table.raw
    first = next((i for i, header in enumerate(raw.header) if header), None)
    again = np.zeros(len(raw.cells), dtype=bool)
    if first is not None:
        said = np.flatnonzero((raw.cells[first].str.strip(" \t\ufeff") == raw.header[first]).fillna(False).to_numpy(dtype=bool))
        again[said] = [header_names(raw.cells.iloc[at].fillna("").tolist()) == raw.header for at in said]  # a Python loop over rows that begin like a header
    return (keep_rows(table, ~again), int(again.sum())) if again.any() else (table, 0)


def keep_rows(table: Recognised, kept: np.ndarray) -> Recognised:
    """The table with only these rows."""
    raw = replace(table.raw, cells=table.raw.cells[kept].reset_index(drop=True), rows=table.raw.rows[kept].reset_index(drop=True))
    return replace(table, raw=raw)


def without_cells(table: Recognised) -> Recognised:
    """The table without its rows: what the log needs of it, so that a million raw rows do not stay in memory beside the posts made of them."""
    return keep_rows(table, np.zeros(len(table.raw.cells), dtype=bool))


def origin(table: Recognised) -> dict[str, object]:
    """The origin columns of a frame made of every row of the table."""
    n, sheet = len(table.raw.cells), table.raw.sheet
    return {
        "file": pd.Categorical.from_codes(np.zeros(n, dtype=np.int8), dtype=pd.CategoricalDtype([table.raw.file])),
        "sheet": pd.Categorical.from_codes(np.full(n, -1 if sheet is None else 0, dtype=np.int8), dtype=pd.CategoricalDtype([] if sheet is None else [sheet])),
        "row": table.raw.rows,
    }


def same_for_all(values: pd.Series) -> str | None:
    """The one word all rows of a categorical column share, else None."""
    codes = values.cat.codes.to_numpy()
    return str(values.iloc[0]) if len(codes) and bool((codes == codes[0]).all()) and codes[0] >= 0 else None
