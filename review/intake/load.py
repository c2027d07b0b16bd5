"""Files and folders → Incident and ImportLog: the one entrance of intake."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from review.incident.case import Case
from review.incident.errors import Fault, UnusableInput
from review.incident.file_names import readable
from review.incident.identifying import told_names
from review.incident.import_log import ImportLog, SkippedFile, TableLog
from review.incident.incident import Incident
from review.incident.tables import INEXACT, METRIC_POINTS, POSTS, RESPONSES, SAMPLES, TICKETS, Table
from review.intake import typed
from review.intake.containers import Opened, everything, open_paths
from review.intake.duplicates import Unique, sorted_table, unique_posts
from review.intake.encoding import read_text
from review.intake.figures import read_authors, read_figures, read_hot_list
from review.intake.linked_copies import with_ids_by_link
from review.intake.orders import daily_totals, read_orders, summed_unnamed
from review.intake.ours import LABELS
from review.intake.part import Findings, Part, Surroundings, without_cells, without_examples, without_headers
from review.intake.places import holds_comments, read_platforms_of
from review.intake.posts import read_posts
from review.intake.progress import Progress, unwatched
from review.intake.raw import RawTable
from review.intake.recognition import Recognised, recognise
from review.intake.screenshots import not_a_screenshot
from review.intake.series import named_series, series_remarks
from review.intake.service import read_tickets
from review.intake.typed_copies import with_ids_of_exports
from review.intake.typed_facts import PeopleList
from review.intake.understanding import ColumnMap, Unmapped
from review.intake.zone_shift import zone_shift_warnings
from review.settings.aliases import read_aliases
from review.settings.formats import TableKind, read_formats
from review.settings.media import MediaList, load_media_list
from review.settings.platforms import read_platforms
from review.settings.screenshots import load_screenshot_settings
from review.settings.sheets import EXAMPLE_MARK

_READERS: Final = {
    "posts": read_posts,
    "metrics": read_figures,
    "hot_list": read_hot_list,
    "authors": read_authors,
    "orders": read_orders,
    "tickets": read_tickets,
}
_REPEATED_HEADER: Final = "重复的表头"
_CASE_FILE: Final = "case.toml"
_TABLE_FILES: Final = "请给出 csv、xlsx、xls、json、jsonl、sqlite、zip 或 gz 文件"
_NOTHING: Final = frozenset({"空文件", "空工作簿", "空的压缩文件"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """How to read: IANA zone of naive times, a column map for unknown vendors, case.toml, when exports were made (aware; for relative times), the folder
    whose pictures and side table of boxes are screenshots, no tables (None: there is none), and the file of hand labels, no table either.
    """

    zone: str = "Asia/Shanghai"
    mapping: ColumnMap | None = None
    case_file: Path | None = None
    captured_at: datetime | None = None
    screenshots: Path | None = None
    labels: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The incident and what became of every row."""

    incident: Incident
    import_log: ImportLog


def read_raw(paths: Sequence[Path], progress: Progress = unwatched, wanted: Callable[[Path], bool] = everything) -> Opened:
    """The tables under the paths as they stand, and the files that are none. Raises UnusableInput for a path that cannot be read."""
    return open_paths(paths, (read_aliases(), read_formats()), progress, wanted)


def unmapped_tables(paths: Sequence[Path], progress: Progress = unwatched) -> tuple[Unmapped, ...]:
    """What `column_map_template` is for: tables that nothing is known to read, and tables read by aliases that have columns nothing is known of.

    Figures over time are not offered for their unread columns: what such a table counts is told by its known ones. Raises UnusableInput where there is no
    table at all.
    """
    made, around = [], _surroundings(LoadOptions())
    opened = read_raw(paths, progress)
    if not opened.tables:
        faults = [Fault(each.file, each.reason, _TABLE_FILES) for each in opened.skipped]
        raise UnusableInput(*(faults or [Fault("", "没有可以读取的文件", _TABLE_FILES)]))
    for raw in opened.tables:
        table = recognise(raw, (), around.formats, read_aliases())
        known = dict(table.mapped)
        if typed.recognise(raw) or table.format is not None:
            continue
        if table.table is None:
            made.append(Unmapped(raw=raw, columns=known, table="posts", kind="post", platform="other"))
        elif table.unmapped and table.table in ("posts", "orders", "tickets"):
            comments = table.table == "posts" and holds_comments(table, around, read_platforms_of(table, around))[0]
            made.append(Unmapped(raw=raw, columns=known, table=table.table, kind="comment" if comments else "post", platform=None))
    return tuple(made)


def load(paths: Sequence[Path], options: LoadOptions, progress: Progress = unwatched) -> Loaded:
    """Everything under the paths as one incident. No paths, empty files and untouched workbooks give a valid empty incident.

    The order of paths and of rows changes nothing (but for exports whose order is their only link). A file that is no table is listed as skipped;
    where files were named and none of them can be used, UnusableInput says why, a line a file. `progress` is told each file as it is opened and each
    table as it is understood, each half of the way.
    """
    around = _surroundings(options)
    wanted = everything if options.screenshots is None else not_a_screenshot(options.screenshots, load_screenshot_settings())
    labels = None if options.labels is None else options.labels.resolve()
    opened = read_raw(paths, lambda name, done, size: progress(f"打开 {name}", done, 2 * size), lambda path: path != labels and wanted(path))
    raws = list(reversed(opened.tables))
    if labels is not None and labels.is_file():  # wherever it lies: numbers rest on it, and its bytes are to be known
        given = SkippedFile(file=told_names([readable(labels.name)])[0], sha256=hashlib.sha256(labels.read_bytes()).hexdigest(), reason=LABELS)
        opened = replace(opened, skipped=(*opened.skipped, given))
    skipped, size, cells, understood = opened.skipped, opened.size, sum(raw.cells.size for raw in raws), 0
    del opened
    own = options.mapping.formats if options.mapping is not None else ()
    typed_raws: list[RawTable] = []
    parts: list[Part] = []
    unknown: list[Recognised] = []
    while raws:  # each table is let go once it is read
        raw = raws.pop()
        progress(f"读取 {raw.file}", size + size * understood // max(cells, 1), 2 * size)
        understood += raw.cells.size
        table = recognise(raw, own, around.formats, read_aliases())
        if typed.recognise(raw) or table.table == "typed":
            typed_raws.append(raw)
        elif table.table in _READERS:
            part = _read(table, table.table, around)
            parts.append(replace(part, table=without_cells(part.table), findings=replace(part.findings, table=without_cells(part.table))))
            del part
        else:
            unknown.append(table)
        del raw, table
    case_file = options.case_file if options.case_file is not None else _case_file(paths)
    if case_file is not None:
        skipped = tuple(each for each in skipped if each.file.rsplit("/", 1)[-1] != _CASE_FILE)
    written = typed.read(typed_raws, case_file, options.zone, _people_beside(paths)) if typed_raws or case_file is not None else _nothing_typed()
    if not parts and not typed_raws and case_file is None and any(path.is_file() for path in paths):
        _refuse_nothing(skipped, unknown)
    progress("去重与合并", 0, 0)
    return _merged(parts, written, (skipped, unknown, around))


def _case_file(paths: Sequence[Path]) -> Path | None:
    """The case.toml that was named or lies in a folder that was, None without one. Raises UnusableInput where there are several."""
    named = {path.resolve() for path in paths if path.name == _CASE_FILE and path.is_file()}
    found = sorted(named | {inner.resolve() for path in paths if path.is_dir() for inner in path.rglob(_CASE_FILE)})
    if len(found) > 1:
        raise UnusableInput(*(Fault(str(each), f"有 {len(found)} 个 {_CASE_FILE}", "请只保留一个，或用 --case 指明") for each in found))
    return found[0] if found else None


def _people_beside(paths: Sequence[Path]) -> PeopleList:
    """A reader of list files (核心用户名单): a name is looked up beside the given files and in the given folders only, never along a path."""
    folders = sorted({path.resolve() if path.is_dir() else path.resolve().parent for path in paths})

    def read(file: str, name: str) -> tuple[str, ...] | None:  # noqa: ARG001  # the typed reader names the sheet's file for messages
        for folder in folders:
            candidate = folder / Path(name.replace("\\", "/")).name
            if candidate.is_file():
                text = read_text(candidate.read_bytes(), read_formats().limits.damaged_share)
                lines = bytes(text.utf8).decode("utf-8", "replace").splitlines() if text is not None else []
                return tuple(line.strip() for line in lines if line.strip())
        return None

    return read


@cache
def _media() -> MediaList:
    return load_media_list()


def _surroundings(options: LoadOptions) -> Surroundings:
    try:
        ZoneInfo(options.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnusableInput(Fault("", f"不认识的时区 {options.zone!r}", "请用 IANA 名称，如 Asia/Shanghai")) from error
    if options.captured_at is not None and options.captured_at.tzinfo is None:
        raise ValueError("captured_at must be aware")
    return Surroundings(zone=options.zone, captured_at=options.captured_at, formats=read_formats(), platforms=read_platforms(), media=_media())


def _read(table: Recognised, kind: TableKind, around: Surroundings) -> Part:
    """The part of a table that one of the readers is for; rows marked 示例 and the header written again are no data and count as ignored."""
    table, headers = without_headers(table)
    table, examples = without_examples(table)
    part = _READERS[kind](table, around) if len(table.raw.cells) else _header_only(table)
    ignored = {why: count for why, count in ((EXAMPLE_MARK, examples), (_REPEATED_HEADER, headers)) if count}
    if not ignored:
        return part
    return replace(part, rows=part.rows + examples + headers, findings=replace(part.findings, ignored={**part.findings.ignored, **ignored}))


def _header_only(table: Recognised) -> Part:
    """The part of a table without rows: understood, and empty."""
    return Part(table=table, findings=Findings(table=table, limit=0), rows=0, platform=table.format.platform if table.format is not None else None)


@cache
def _nothing_typed() -> typed.TypedPart:
    return typed.TypedPart(
        posts=POSTS.empty(),
        metric_points=METRIC_POINTS.empty(),
        samples=SAMPLES.empty(),
        responses=RESPONSES.empty(),
        tickets=TICKETS.empty(),
        inexact=INEXACT.empty(),
        case=Case(),
        tables=(),
        rejections=(),
    )


def _refuse_nothing(skipped: Sequence[SkippedFile], unknown: Sequence[Recognised]) -> None:
    """Raise UnusableInput where no file can be used; empty files are no fault."""
    faults = [Fault(each.file, each.reason, _TABLE_FILES) for each in skipped if each.reason not in _NOTHING]
    for table in unknown:
        place = f"{table.raw.file}[{table.raw.sheet}]" if table.raw.sheet else table.raw.file
        faults.append(
            Fault(
                place,
                f"不认识的表头（{'、'.join(header for header in table.raw.header if header)[:120]}）",
                "请用 review check 文件 --write-map map.toml 写出列对应关系，改好后用 --map 给出",
            )
        )
    if faults:
        raise UnusableInput(*faults)


Places = tuple[pd.Index, pd.Index]
"""All file names and all sheet names of an incident, sorted: the categories every table's origin columns share."""

_NO_PART: Final = -1
"""Owner of rows that no export gave: what people wrote, and what is made of the rows of several exports."""


def _merged(parts: list[Part], written: typed.TypedPart, rest: tuple[tuple[SkippedFile, ...], Sequence[Recognised], Surroundings]) -> Loaded:
    """One incident of all exported parts and what people wrote: what is told twice stands once, and each table's account says what fell out of it."""
    skipped, unknown, around = rest
    places = _places(parts, written)
    posts = _merged_posts(parts, written, places, around)
    inexact, inexact_owner = _joined(INEXACT, [part.inexact for part in parts], [written.inexact], places)
    if len(inexact):  # what an export says of a row falls out with it
        kept = np.isin(_addresses(inexact), _addresses(posts.unique.posts)) | (inexact_owner == _NO_PART)
        inexact = inexact[kept].reset_index(drop=True)
    orders = [part.orders for part in parts]
    totals, repeated_orders = daily_totals(orders)
    series = named_series(parts, written.case)
    points, repeated_points = _without_repeats(METRIC_POINTS, series, [written.metric_points, posts.unique.snapshots, totals], places)
    cases = [part.tickets if part.tickets is None else part.tickets.assign(parties=part.parties) for part in parts]
    tickets, repeated_tickets = _without_repeats(TICKETS, cases, [written.tickets], places)
    incident = Incident(
        posts=posts.unique.posts,
        metric_points=points,
        samples=sorted_table(written.samples, SAMPLES),
        responses=sorted_table(written.responses, RESPONSES),
        tickets=tickets,
        inexact=sorted_table(inexact, INEXACT),
        case=written.case,
    )
    logs: list[TableLog] = []
    rejections = [*written.rejections]
    for number, part in enumerate(parts):
        # points beside posts or tickets are read off the same rows, which are counted as those
        repeated = repeated_points if part.posts is None and part.tickets is None else repeated_tickets
        account = _log(part, posts.lost[number] + repeated_orders.get(number, 0) + repeated.get(number, 0))
        logs.append(replace(account, warnings=(*account.warnings, *series_remarks(part, series[number]))))
        rejections += [*part.table.raw.broken, *part.findings.rejections]
    logs += _with_lost(written.tables, posts.lost_typed)
    for table in unknown:
        logs.append(_unread(table))
        rejections += table.raw.broken
    log = ImportLog(
        zone=around.zone,
        tables=tuple(sorted(logs, key=lambda log: (log.file, log.sheet or "", log.format))),
        skipped=skipped,
        rejections=tuple(sorted(rejections, key=lambda each: (each.file, each.sheet or "", each.row, each.column or "", each.reason, each.value))),
        warnings=(*posts.warnings, *summed_unnamed(orders)),
    )
    return Loaded(incident=incident, import_log=log)


@dataclass(frozen=True, slots=True, kw_only=True)
class _MergedPosts:
    """unique: one row an item. lost: by number of the part, how many of its rows are told by another row; lost_typed: such rows that people typed."""

    unique: Unique
    lost: list[int]
    lost_typed: pd.DataFrame
    warnings: tuple[str, ...]


def _merged_posts(parts: Sequence[Part], written: typed.TypedPart, places: Places, around: Surroundings) -> _MergedPosts:
    posts, owner = _joined(POSTS, [part.posts for part in parts], [written.posts], places)
    by_people = owner == _NO_PART
    posts = with_ids_of_exports(with_ids_by_link(posts, by_people, around), by_people, around)
    unique = unique_posts(posts, by_people)
    survived = np.zeros(len(posts), dtype=bool)
    survived[unique.source] = True
    copies = posts[["file", "sheet", "published_at", "time_precision"]].take(unique.copies)
    known_by_content = posts["file"].take(unique.known_by_content).value_counts().sort_index()
    return _MergedPosts(
        unique=unique,
        lost=_lost_rows(posts["row"], owner, survived, parts),
        lost_typed=written.posts[~survived[by_people]],
        warnings=(
            *zone_shift_warnings(copies, unique.item, around.formats.recognition),
            *(
                f"{file}：有 {count} 行没有可用的编号，其平台、正文、作者和时间（到秒）与另一处有编号的一行完全相同，按重复计"
                for file, count in known_by_content.items()
                if count
            ),
        ),
    )


def _places(parts: Sequence[Part], written: typed.TypedPart) -> Places:
    files, sheets = {part.table.raw.file for part in parts}, {part.table.raw.sheet for part in parts}
    for frame in (written.posts, written.metric_points, written.samples, written.responses, written.tickets, written.inexact):
        files |= {str(name) for name in frame["file"].cat.categories}
        sheets |= {str(name) for name in frame["sheet"].cat.categories}
    return pd.Index(sorted(files), dtype=object), pd.Index(sorted(name for name in sheets if name is not None), dtype=object)


def _joined(table: Table, exported: Sequence[pd.DataFrame | None], others: Sequence[pd.DataFrame], places: Places) -> tuple[pd.DataFrame, np.ndarray]:
    """(all frames as one, the owner of each row: the number of the part that exported it, _NO_PART for a row of the others)."""
    given = [(number, frame) for number, frame in enumerate(exported) if frame is not None and len(frame)]
    given += [(_NO_PART, frame) for frame in others if len(frame)]
    if not given:
        return table.empty(), np.zeros(0, dtype=np.int64)
    made = [
        frame.assign(file=frame["file"].astype(pd.CategoricalDtype(places[0])), sheet=frame["sheet"].astype(pd.CategoricalDtype(places[1])))
        for _, frame in given
    ]
    owner = np.concatenate([np.full(len(frame), number, dtype=np.int64) for number, frame in given])
    return (made[0] if len(made) == 1 else pd.concat(made, ignore_index=True)), owner


def _addresses(frame: pd.DataFrame) -> np.ndarray:
    """One number for each (file, sheet, row)."""
    file, sheet = frame["file"].cat.codes.to_numpy(dtype=np.int64), frame["sheet"].cat.codes.to_numpy(dtype=np.int64)
    addresses: np.ndarray = (file * 4096 + sheet + 1) * (1 << 40) + frame["row"].to_numpy(dtype=np.int64)
    return addresses


def _lost_rows(rows: pd.Series, owner: np.ndarray, survived: np.ndarray, parts: Sequence[Part]) -> list[int]:
    """How many source rows of each part have no post left. rows: the source row of each post; several posts of some formats stand in one."""
    lost: list[int] = np.bincount(owner[~survived & (owner != _NO_PART)], minlength=len(parts)).tolist()
    for number, part in enumerate(parts):
        if part.table.format is not None and part.table.format.source_columns:
            mine = owner == number
            lost[number] = rows[mine].nunique() - rows[mine & survived].nunique()
    return lost


def _without_repeats(
    table: Table, exported: Sequence[pd.DataFrame | None], others: Sequence[pd.DataFrame], places: Places
) -> tuple[pd.DataFrame, dict[int, int]]:
    """(sorted rows that differ in more than their origin, by owner how many source rows have nothing left). A ticket's id makes it one ticket.

    Columns that are not the table's tell rows apart too and end here.
    """
    joined, owner = _joined(table, exported, others, places)
    if not len(joined):
        return joined, {}
    content = [name for name in joined.columns if name not in ("file", "sheet", "row")]
    joined = sorted_table(joined.assign(owner=owner), table)
    again = joined.duplicated(content).to_numpy(dtype=bool)
    if "ticket_id" in content:
        again = again | (joined["ticket_id"].notna().to_numpy() & joined.duplicated("ticket_id").to_numpy())  # the array may be read-only
    fresh = joined[~again]
    gone = joined[again].merge(fresh[["owner", "row"]].drop_duplicates(), on=["owner", "row"], how="left", indicator=True)
    gone = gone[gone["_merge"] == "left_only"]
    rows = gone.groupby("owner")["row"].nunique()
    return fresh[list(table.names)].reset_index(drop=True), dict(zip(rows.index.tolist(), rows.tolist(), strict=True))


def _log(part: Part, duplicates: int) -> TableLog:
    raw, found = part.table.raw, part.findings
    ignored = sum(found.ignored.values())
    quarantined = found.quarantined + len(raw.broken)
    read = part.rows + len(raw.broken)
    times = [
        frame[name].dropna()
        for frame, name in ((part.posts, "published_at"), (part.metric_points, "at"), (part.tickets, "opened_at"), (part.orders, "day"))
        if frame is not None
    ]
    known = [series for series in times if len(series)]
    return replace(
        _blank(part.table),
        platform=part.platform,
        rows_read=read,
        rows_kept=read - duplicates - quarantined - ignored,
        rows_duplicate=duplicates,
        rows_quarantined=quarantined,
        rows_ignored=ignored,
        rows_without_time=part.rows_without_time,
        ignored_why=tuple(sorted(found.ignored.items())),
        first_at=_moment(min(series.min() for series in known)) if known else None,
        last_at=_moment(max(series.max() for series in known)) if known else None,
        cap_hit=part.cap_hit,
        warnings=(*_remarks(raw), *found.warnings),
    )


def _blank(table: Recognised) -> TableLog:
    """The account of a table before any of its rows is counted: where it lies, and what was understood of its header."""
    raw = table.raw
    return TableLog(
        file=raw.file,
        sheet=raw.sheet,
        sha256=raw.sha256,
        container=raw.container,
        encoding=raw.encoding,
        delimiter=raw.delimiter,
        header_row=raw.header_row,
        format=table.name,
        score=table.score,
        platform=None,
        table=table.table or "",
        rows_read=0,
        rows_kept=0,
        rows_duplicate=0,
        rows_quarantined=0,
        rows_ignored=0,
        mapped=table.mapped,
        unmapped=table.unmapped,
    )


def _remarks(raw: RawTable) -> tuple[str, ...]:
    """What is to be said of an export as it stands in its file (a sheet of our own workbook is known by its name, whatever its header)."""
    titled = (f"表上方写着“{raw.title}”，与同一文件中的其他表分开读取",) if raw.title else ()
    return (*raw.warnings, *titled, *(("没有认出表头",) if raw.header_guessed else ()))


def _moment(stamp: pd.Timestamp) -> datetime:
    return stamp.to_pydatetime(warn=False).astimezone(UTC)


def _unread(table: Recognised) -> TableLog:
    """The account of a table nothing could be made of: every row ignored, every unknown header listed."""
    raw = table.raw
    return replace(
        _blank(table),
        rows_read=len(raw.cells) + len(raw.broken),
        rows_quarantined=len(raw.broken),
        rows_ignored=len(raw.cells),
        ignored_why=(("未识别的表", len(raw.cells)),) if len(raw.cells) else (),
        warnings=(*_remarks(raw), "没有正文，也没有日期加指标，无法使用；可用 --write-map 写出列对应关系"),
    )


def _with_lost(logs: Sequence[TableLog], lost: pd.DataFrame) -> list[TableLog]:
    """The typed tables' accounts after de-duplication against exports."""
    if not len(lost):
        return list(logs)
    counted = lost.assign(sheet=lost["sheet"].astype(object).fillna("")).groupby(["file", "sheet"], observed=True)["row"].nunique()
    made = []
    for log in logs:
        gone = int(counted.get((log.file, log.sheet or ""), 0))
        made.append(replace(log, rows_kept=log.rows_kept - gone, rows_duplicate=log.rows_duplicate + gone) if gone else log)
    return made
