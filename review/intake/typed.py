"""Everything people typed — our workbook, incident.csv, single typed sheets, case.toml — as one case and the tables of an incident."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from review.incident.case import Case
from review.incident.errors import Fault, UnusableInput
from review.incident.import_log import Rejection, TableLog
from review.incident.tables import INEXACT, METRIC_POINTS, POSTS, RESPONSES, SAMPLES, TEXT, TICKETS, TIME
from review.intake.case_toml import CONTAINER, as_fault, name_of, read_case_toml
from review.intake.raw import RawTable
from review.intake.typed_facts import Fact, FactReader, PeopleList, case_fields, fact_columns, has_fact_columns, settle
from review.intake.typed_items import read_items
from review.intake.typed_rows import (
    DUPLICATE,
    EXAMPLE,
    GUIDE,
    KEPT,
    QUARANTINED,
    SUMMARY,
    Part,
    SheetRows,
    cleaned,
    example_rows,
    mapped_columns,
    place_of,
    summary_rows,
)
from review.intake.typed_sheets import read_posts, read_responses, read_snapshots, read_tickets, read_totals, stacked
from review.intake.typed_times import TypedClock, earliest_dated
from review.settings.aliases import header_key
from review.settings.sheets import GUIDE_SHEET, GUIDE_TITLE, MARK_COLUMN, RECORD_COLUMN, Sheet, Sheets, read_sheets
from review.settings.vocabulary import read_vocabulary

LOG_FORMAT: Final = "incident.csv"
_POST_RECORDS: Final = frozenset({"post", "comment", "reply", "repost", "article"})
_ROWS_NAMED: Final = 5
"""Rows that a note names before it says 等."""
_ENOUGH_HEADERS: Final = 3
"""Headers of ours that tell a sheet of the workbook whose header row was changed."""
_OURS_ALONE: Final[dict[str, frozenset[str]]] = {
    "key_posts": frozenset({"上级编号", "作者类型", "立场", "观点摘录", "用户层级", "已删除"}),
    "items": frozenset({"部门", "负责人", "截止", "依据", "关联编号", "验收标准", "指标目标"}),
}
"""Columns of which one must be there before a sheet is ours by header alone: 平台 + 时间, or 类别 + 内容, stand in many exports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedPart:
    """What people typed: frames valid by tables.py, the case, one log per raw table and every rejection, in order of place."""

    posts: pd.DataFrame
    metric_points: pd.DataFrame
    samples: pd.DataFrame
    responses: pd.DataFrame
    tickets: pd.DataFrame
    inexact: pd.DataFrame
    case: Case
    tables: tuple[TableLog, ...]
    rejections: tuple[Rejection, ...]


def recognise(raw: RawTable) -> bool:
    """Whether a table is one that people typed: a sheet of the workbook, an incident.csv, or a table with the headers of one of the six sheets."""
    sheets = read_sheets()
    return _is_guide(raw) or _is_log(raw) or _sheet_of(raw, sheets) is not None or _lacking(raw, sheets) is not None


def read(raws: Sequence[RawTable], case_toml: Path | None, zone: str, people: PeopleList | None = None) -> TypedPart:
    """The typed part of an incident out of every recognised table and case.toml.

    A bad cell or row is a rejection and reading goes on. Raises UnusableInput, with all faults found, where a sheet of the workbook has lost a column that it
    needs, where two places give the same fact with different values, or where case.toml holds something unreadable.
    """
    sheets = read_sheets()
    broken = [fault for raw in raws if not _is_log(raw) and (fault := _lacking(raw, sheets)) is not None]
    if broken:
        raise UnusableInput(*sorted(broken, key=lambda fault: fault.where))
    tables = [*sorted(raws, key=lambda raw: (raw.file, raw.sheet or "")), *(read_case_toml(case_toml, sheets) if case_toml is not None else ())]
    gathered = _gather(tables, sheets)
    clock = TypedClock(zone=zone, reference=_reference(gathered, sheets, zone))
    vocabulary = read_vocabulary()
    faults: list[Fault] = []

    reader = FactReader(sheet=sheets["facts"], vocabulary=vocabulary, clock=clock, people=people)
    facts: list[Fact] = []
    rejections: list[Rejection] = []
    owners: list[tuple[int, int]] = []
    for part in gathered.parts["facts"]:
        read_rows = reader.rows(part.raw, [int(position) for position in part.rows])
        gathered.fates[part.table][part.rows] = np.array(read_rows.fates, dtype=object)
        rejections.extend(read_rows.rejections)
        position_of = {int(part.raw.rows.iloc[position]): int(position) for position in part.rows}
        owners.extend((part.table, position_of[fact.source.row or 0]) for fact in read_rows.facts)
        facts.extend(read_rows.facts)
    settled, repeated = settle(facts, reader.sheet, zone, faults)
    told = Counter(owner for i, owner in enumerate(owners) if i not in repeated)
    for i in repeated:
        table, position = owners[i]
        if not told[owners[i]]:
            gathered.fates[table][position] = DUPLICATE
    values, sources = case_fields(settled)

    rows = {sheet.code: SheetRows(sheet, gathered.parts[sheet.code], vocabulary, clock) for sheet in (*sheets.sheets, *sheets.logs) if sheet.code != "facts"}
    responses = read_responses(rows["responses"])
    snapshots = read_snapshots(rows["snapshots"], sheets.metrics, faults)
    points = read_snapshots(rows["points"], sheets.metrics, faults)
    samples, daily = read_totals(rows["totals"], sheets.metrics, faults)
    posts, inexact = read_posts(rows["key_posts"], faults)
    tickets = read_tickets(rows["tickets"], faults)
    items = read_items(rows["items"], faults)
    for code, each in rows.items():
        rejections.extend(each.rejections)
        _return_fates(gathered, code, each)

    rejections.extend(gathered.rejections)
    faults.extend(as_fault(rejection, reader.sheet.name) for rejection in rejections if _from_toml(rejection, case_toml))
    if faults:
        raise UnusableInput(*sorted(set(faults), key=lambda fault: (fault.where, fault.what)))
    frames = {"responses": responses, "snapshots": snapshots, "points": points, "samples": samples, "daily": daily, "posts": posts, "tickets": tickets}
    spans = _spans(frames)
    notes = [*(note for each in rows.values() for note in each.notes), *_far_off(_clocked(tables, settled, rows), tables)]
    return TypedPart(
        posts=posts if len(posts) else POSTS.empty(),
        metric_points=stacked([METRIC_POINTS.empty(), snapshots, points, daily]),
        samples=samples if len(samples) else SAMPLES.empty(),
        responses=responses if len(responses) else RESPONSES.empty(),
        tickets=tickets if len(tickets) else TICKETS.empty(),
        inexact=inexact if len(inexact) else INEXACT.empty(),
        case=Case(**values, items=items, sources=sources),
        tables=tuple(_log(gathered, number, raw, spans, notes) for number, raw in enumerate(tables)),
        rejections=tuple(sorted(rejections, key=lambda each: (each.file, each.sheet or "", each.row, each.column or "", each.reason))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """Rows by sheet, and per raw table: its format, the fate of each row ('' = a row without any cell, which is no row), and the sheets it feeds."""

    parts: dict[str, list[Part]]
    fates: list[np.ndarray]
    formats: list[str]
    feeds: list[list[Sheet]]
    rejections: list[Rejection]


def _gather(tables: Sequence[RawTable], sheets: Sheets) -> _Gathered:
    gathered = _Gathered(parts={sheet.code: [] for sheet in (*sheets.sheets, *sheets.logs)}, fates=[], formats=[], feeds=[], rejections=[])
    for number, as_read in enumerate(tables):
        raw = cleaned(as_read)
        cells = raw.cells
        fate = np.where(cells.notna().any(axis=1).to_numpy(dtype=bool), KEPT, "").astype(object)
        gathered.fates.append(fate)
        fate[(fate == KEPT) & example_rows(cells)] = EXAMPLE
        fate[(fate == KEPT) & summary_rows(cells)] = SUMMARY
        if _is_guide(raw):
            fate[fate == KEPT] = GUIDE
            gathered.formats.append(GUIDE_SHEET)
            gathered.feeds.append([])
        elif _is_log(raw):
            gathered.formats.append(LOG_FORMAT)
            gathered.feeds.append(_split_log(gathered, number, raw, sheets))
        else:
            sheet = _sheet_of(raw, sheets)
            if sheet is None:  # an export's recognition took it for a typed sheet, but a * column is missing
                _set_aside(gathered, number, raw)
                continue
            gathered.formats.append(sheet.name)
            gathered.feeds.append([sheet])
            gathered.parts[sheet.code].append(Part(raw=raw, table=number, rows=np.flatnonzero(fate == KEPT)))
    return gathered


def _set_aside(gathered: _Gathered, number: int, raw: RawTable) -> None:
    """Quarantine every row of a table that lacks the columns of any typed sheet."""
    fate = gathered.fates[number]
    gathered.formats.append("未识别的填写表")
    gathered.feeds.append([])
    for i in np.flatnonzero(fate == KEPT):  # such tables are typed by hand, so short
        gathered.rejections.append(
            Rejection(kind="row", file=raw.file, sheet=raw.sheet, row=int(raw.rows.iloc[i]), column=None, value="", reason="缺少必填列，不能认出是哪一张填写表")
        )
        fate[i] = QUARANTINED


def _split_log(gathered: _Gathered, number: int, raw: RawTable, sheets: Sheets) -> list[Sheet]:
    """The sheets that rows of an incident.csv belong to, by 记录; rows of no known 记录 are quarantined."""
    fate = gathered.fates[number]
    column = next(i for i, word in enumerate(raw.header) if header_key(word) == RECORD_COLUMN)
    cells = raw.cells.iloc[:, column]
    words = read_vocabulary()["record"]
    records = cells.map(words.code, na_action="ignore").astype(TEXT)
    feeds: list[Sheet] = []
    has_facts = has_fact_columns(raw)
    for record in words.printed:
        code = "key_posts" if record in _POST_RECORDS else record
        rows = np.flatnonzero(records.isin([record]).to_numpy(dtype=bool) & (fate == KEPT))
        if not len(rows) or (code == "facts" and not has_facts):
            continue
        gathered.parts[code].append(Part(raw=raw, table=number, rows=rows, kind=record if record in _POST_RECORDS else None))
        if all(sheet.code != code for sheet in feeds):
            feeds.append(sheets[code])
    facts_without_columns = records.isin(["facts"]).to_numpy(dtype=bool) & (not has_facts)
    for i in np.flatnonzero((records.isna().to_numpy(dtype=bool) | facts_without_columns) & (fate == KEPT)):  # a Python loop over bad rows only
        value = "" if pd.isna(cells.iloc[i]) else str(cells.iloc[i])[:200]
        reason = "事件信息行需要“项”与“值”两列" if facts_without_columns[i] else f"“记录”一列应为：{'、'.join(words.offered)}"
        gathered.rejections.append(
            Rejection(kind="row", file=raw.file, sheet=raw.sheet, row=int(raw.rows.iloc[i]), column=RECORD_COLUMN, value=value, reason=reason)
        )
        fate[i] = QUARANTINED
    return feeds


def _is_log(raw: RawTable) -> bool:
    return any(header_key(word) == RECORD_COLUMN for word in raw.header) and (has_fact_columns(raw) or len(_known_headers(raw)) >= 3)


def _known_headers(raw: RawTable) -> set[str]:
    return {word for word in raw.header for sheet in (*read_sheets().sheets, *read_sheets().logs) if sheet.field_of(word) is not None}


def _is_guide(raw: RawTable) -> bool:
    """Whether it is the first sheet of our workbook, told by its name and its own lines (which of them is taken for the header does not matter)."""
    if raw.sheet != GUIDE_SHEET:
        return False
    lines = {GUIDE_TITLE, *(sheet.note for sheet in read_sheets().sheets)}
    return not lines.isdisjoint(raw.header) or any(raw.cells.iloc[:, i].isin(lines).any() for i in range(raw.cells.shape[1]))


def _sheet_of(raw: RawTable, sheets: Sheets) -> Sheet | None:
    """The typed sheet a table is: by its sheet's (or file's) name and its * columns, else by header alone."""
    stem = Path(raw.file).stem
    by_name = [sheet for sheet in sheets.sheets if raw.sheet == sheet.name or (raw.sheet is None and sheet.name in stem)]
    for sheet in by_name:
        if _has_required(raw, sheet):
            return sheet
    if raw.container == CONTAINER:
        return next((sheet for sheet in (*sheets.sheets, *sheets.logs) if sheet.name == raw.sheet), None)
    for sheet in sheets.sheets:
        alone = _OURS_ALONE.get(sheet.code)
        names = {field.name for field in mapped_columns(sheet, raw.header).values()}
        if _has_required(raw, sheet) and (alone is None or alone & names):
            return sheet
    return None


def _lacking(raw: RawTable, sheets: Sheets) -> Fault | None:
    """The * columns that a table with the name of a typed sheet and mostly its headers has not; None for any other table.

    Read by the aliases of exports it would become something else: the brand's own statements public posts, the 示例 row a post.
    """
    sheet = next((sheet for sheet in sheets.sheets if raw.sheet == sheet.name or (raw.sheet is None and sheet.name == Path(raw.file).stem)), None)
    if sheet is None or sheet.code == "facts" or _sheet_of(raw, sheets) is not None:
        return None
    ours = mapped_columns(sheet, raw.header)
    if len(ours) < _ENOUGH_HEADERS or 2 * len(ours) < sum(word.strip() != "" for word in raw.header):
        return None
    present = {field.code for field in ours.values()}
    names = "、".join(f"“{field.name}”" for field in sheet.required if field.code not in present)
    return Fault(place_of(raw.file, raw.sheet, None), f"缺少必填列{names}", "请按 review init 生成的工作簿恢复表头")


def _has_required(raw: RawTable, sheet: Sheet) -> bool:
    if sheet.code == "facts":
        return has_fact_columns(raw)
    present = {field.code for field in mapped_columns(sheet, raw.header).values()}
    return all(field.code in present for field in sheet.required)


def _reference(gathered: _Gathered, sheets: Sheets, zone: str) -> datetime | None:
    """The fully dated time that times without a year are placed by: 爆发时间, else the earliest other time of 事件信息, else of the other sheets."""
    facts = sheets["facts"]
    outbreak: list[pd.Series] = []
    others: list[pd.Series] = []
    for part in gathered.parts["facts"]:
        item, value = fact_columns(part.raw)
        cells = part.raw.cells.iloc[part.rows, value].reset_index(drop=True)
        names = part.raw.cells.iloc[part.rows, item].reset_index(drop=True)
        fields = [None if pd.isna(name) else facts.field_of(str(name)) for name in names]
        outbreak.append(cells[[field is not None and field.code == "outbreak_at" for field in fields]])
        others.append(cells[[field is not None and field.kind == "time" for field in fields]])
    typed: list[pd.Series] = []
    for sheet in (*sheets.sheets[1:], *sheets.logs):
        for part in gathered.parts[sheet.code]:
            for i, field in mapped_columns(sheet, part.raw.header).items():
                if field.kind == "time":
                    typed.append(part.raw.cells.iloc[part.rows, i])
    for group in (outbreak, others, typed):
        found = [time for cells in group if (time := earliest_dated(cells, zone)) is not None]
        if found:
            return min(found)
    return None


def _clocked(tables: Sequence[RawTable], settled: dict[str, Fact], rows: dict[str, SheetRows]) -> pd.DataFrame:
    """table, row, name, at of every time typed for something that happened: facts and kept rows, not plans."""
    number = {(raw.file, raw.sheet): i for i, raw in enumerate(tables)}
    of_facts = [fact for fact in settled.values() if isinstance(fact.value, datetime)]
    sources = [fact.source for fact in of_facts]
    parts = [
        pd.DataFrame(
            {
                "table": pd.Series([number[source.file, source.sheet] for source in sources], dtype="int64"),
                "row": pd.Series([source.row for source in sources], dtype="int64"),
                "name": pd.Series([source.name for source in sources], dtype=object),
                "at": pd.Series([fact.value for fact in of_facts], dtype=TIME),
            }
        )
    ]
    for each in rows.values():
        for code, at in each.clocked.items():
            parts.append(pd.DataFrame({"table": each.table, "row": each.row, "name": each.sheet.field(code).name, "at": at.array})[each.alive])
    return pd.concat(parts, ignore_index=True).dropna(subset="at")


def _far_off(clocked: pd.DataFrame, tables: Sequence[RawTable]) -> list[tuple[int, str]]:
    """(table, note) of times that lie more than a year from the median one (of two the earlier): a slip in the year moves every span that rests on them."""
    if len(clocked) < 2:
        return []
    middle = clocked["at"].sort_values().iloc[(len(clocked) - 1) // 2]
    years = (clocked["at"] - middle).abs() // pd.Timedelta(days=365)
    far = clocked[["table", "name", "row"]].assign(years=years)[years > 0].drop_duplicates().sort_values(["table", "name", "years", "row"])
    notes = []
    for (table, name, apart), group in far.groupby(["table", "name", "years"]):
        named = "、".join(map(str, group["row"].iloc[:_ROWS_NAMED]))
        rows = "" if tables[table].container == CONTAINER else f"（第 {named} 行{'等' if len(group) > _ROWS_NAMED else ''}）"
        notes.append((int(table), f"“{name}”{rows}与其他时间相差 {apart} 年，请核对"))
    return notes


def _return_fates(gathered: _Gathered, code: str, rows: SheetRows) -> None:
    start = 0
    for part in gathered.parts[code]:
        gathered.fates[part.table][part.rows] = rows.fate[start : start + len(part.rows)]
        start += len(part.rows)


def _from_toml(rejection: Rejection, case_toml: Path | None) -> bool:
    return case_toml is not None and rejection.file == name_of(case_toml)


_TIME_COLUMNS: Final = {
    "responses": "at",
    "snapshots": "at",
    "points": "at",
    "samples": "start",
    "daily": "at",
    "posts": "published_at",
    "tickets": "opened_at",
}


def _spans(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """file, sheet, at (NaT where the row has no time) of every kept row of every frame."""
    parts = [
        pd.DataFrame({"file": frame["file"].astype(object), "sheet": frame["sheet"].astype(object), "at": frame[_TIME_COLUMNS[name]]})
        for name, frame in frames.items()
        if len(frame)
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"file": [], "sheet": [], "at": []})


def _log(gathered: _Gathered, number: int, raw: RawTable, spans: pd.DataFrame, notes: Sequence[tuple[int, str]]) -> TableLog:
    counts = Counter(str(fate) for fate in gathered.fates[number] if fate)
    ignored = {why: n for why, n in counts.items() if why not in (KEPT, DUPLICATE, QUARANTINED)}
    mapped: dict[int, str] = {}
    own: set[int] = {i for i, word in enumerate(raw.header) if header_key(word) in (MARK_COLUMN, RECORD_COLUMN)}
    for sheet in gathered.feeds[number]:
        if sheet.code == "facts":
            item, value = fact_columns(raw)
            mapped.setdefault(item, "item")
            mapped.setdefault(value, "value")
            own |= {i for i, word in enumerate(raw.header) if "填写说明" in word}
        else:
            for i, field in mapped_columns(sheet, raw.header).items():
                mapped.setdefault(i, field.code)
    here = spans[(spans["file"] == raw.file) & ((spans["sheet"] == raw.sheet) if raw.sheet is not None else spans["sheet"].isna())] if len(spans) else spans
    times = here["at"].dropna() if len(here) else None
    return TableLog(
        file=raw.file,
        sheet=raw.sheet,
        sha256=raw.sha256,
        container=raw.container,
        encoding=raw.encoding,
        delimiter=raw.delimiter,
        header_row=raw.header_row,
        format=gathered.formats[number],
        score=1.0,
        platform=None,
        table="、".join(sheet.name for sheet in gathered.feeds[number]) or gathered.formats[number],
        rows_read=sum(counts.values()),
        rows_kept=counts[KEPT],
        rows_duplicate=counts[DUPLICATE],
        rows_quarantined=counts[QUARANTINED],
        rows_ignored=sum(ignored.values()),
        rows_without_time=int(here["at"].isna().sum()) if len(here) else 0,
        ignored_why=tuple(sorted(ignored.items())),
        mapped=tuple((raw.header[i], mapped[i]) for i in sorted(mapped)),
        unmapped=() if not gathered.feeds[number] else tuple(word for i, word in enumerate(raw.header) if i not in mapped and i not in own),
        first_at=None if times is None or times.empty else times.min().to_pydatetime(),
        last_at=None if times is None or times.empty else times.max().to_pydatetime(),
        warnings=(*raw.warnings, *(text for table, text in notes if table == number)),
    )
