"""`review trace` on one screen: a claim, how it was made, its sources, and the source rows word for word."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from review.incident.errors import Fault, UnusableInput
from review.intake.audit import told_columns
from review.intake.ours import LABELS
from review.intake.source_rows import KnownTable, Place, reread
from review.plain_data import read_json
from review.record import BUILD_FOLDER, record_in
from review.report.privacy import Masks
from review.report.source_text import row_line, trace_masks
from review.settings.thresholds import load_thresholds
from review.settings.trace import load_trace_settings
from review.settings.vocabulary import read_vocabulary

DECIMALS: Final = 6
"""Decimals of a value told in full: beyond them stands only the rounding of the computer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceOrder:
    """What of a claim's rows is wanted: files to look them up in (none: where the build read them), how many rows (None: as settings say), masked or not."""

    data: tuple[Path, ...]
    rows: int | None
    masked: bool


def trace_claim(out: Path, ident: str, order: TraceOrder) -> str:
    """`review trace`: the claim, how it was made, its sources, and its source rows word for word where the files are still what was read.

    Raises UnusableInput where the folder holds no claims.json or no such claim.
    """
    file = out / "claims.json" if out.is_dir() else out
    try:
        lines, wanted = _told(read_json(file.read_bytes()), ident, file)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableInput(Fault(str(out), "其中没有可读的 claims.json", BUILD_FOLDER)) from error
    return "\n".join([*lines, *_source_text(file.parent, wanted, order)])


def _told(claims_file: Mapping[str, Any], ident: str, file: Path) -> tuple[list[str], dict[Place, list[tuple[int, int]]]]:
    """The claim, how it was made and its sources, line by line, and its rows. Raises UnusableInput where there is no such claim."""
    claims, row_sets = claims_file["claims"], claims_file["row_sets"]
    claim = next((each for each in claims if each["id"].upper() == ident.upper()), None)
    if claim is None:
        raise UnusableInput(Fault(str(file), f"没有编号为 {ident} 的数字", f"编号从 C1 到 C{len(claims)}"))
    zone = _zone(file.parent)
    lines = [
        f"{claim['id']}  {claim['what']}",
        f"数值    {claim['display']}{_exact(claim, zone)}",
        f"得出    {claim['how']}",
    ]
    lines += [f"来源    {source['text']}" for source in claim["sources"]]
    return lines, _wanted_rows(claim, row_sets)


_TELLS_ITSELF = frozenset({"占比", "变化率", "百分点", "时间", "日期", "k/n"})
"""Kinds of value that are no unit to be printed behind a number."""


def _exact(claim: Mapping[str, Any], zone: ZoneInfo) -> str:
    """（the value in full, with its unit）; '' where no more is known than is printed. Times are those of the report's zone."""
    value, unit = claim["value"], claim["unit"]
    if unit == "时间" and isinstance(value, str):
        text = f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M:%S}，{zone.key}"
    else:
        text = f"{round(value, DECIMALS):,.{DECIMALS}f}".rstrip("0").rstrip(".") if isinstance(value, int | float) else str(value)
        text += "" if unit in _TELLS_ITSELF or not unit else f" {unit}"
    return "" if text.replace(" ", "") == str(claim["display"]).replace(" ", "") else f"（{text}）"


def _zone(folder: Path) -> ZoneInfo:
    """The zone the report was made in."""
    try:
        return ZoneInfo(read_json((folder / "import.json").read_bytes())["zone"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_import_record(folder) from error


def _no_import_record(folder: Path) -> UnusableInput:
    return UnusableInput(Fault(str(folder / "import.json"), "不是可读的导入记录", "请用 review build 重新生成"))


def _wanted_rows(claim: Mapping[str, Any], row_sets: Mapping[str, Any]) -> dict[Place, list[tuple[int, int]]]:
    """Closed ranges of row numbers by table, typed fields included."""
    found: dict[Place, list[tuple[int, int]]] = {}
    for source in claim["sources"]:
        if source["type"] == "RowSet":
            for name, sheet, ranges in row_sets[source["rows"]]:
                found.setdefault((name, sheet), []).extend((int(first), int(last)) for first, last in ranges)
        elif source["type"] == "CaseField" and source["row"] is not None:
            found.setdefault((source["file"], source["sheet"]), []).append((int(source["row"]), int(source["row"])))
    return found


def _source_text(folder: Path, ranges: Mapping[Place, Sequence[tuple[int, int]]], order: TraceOrder) -> list[str]:
    """The rows word for word, or why they cannot be shown."""
    settings = load_trace_settings()
    if not ranges or order.rows == 0:
        return []
    known = _known_tables(folder, ranges)
    total = sum(last - first + 1 for spans in ranges.values() for first, last in spans)
    chosen = _chosen(ranges, settings.rows if order.rows is None else order.rows)
    paths = order.data or _paths_read(folder)
    if not paths:
        return ["原文    找不到生成报告时的原始文件，请用 --data 指明"]
    found = reread(paths, known, {place: numbers for place, numbers in chosen.items() if numbers})
    record = record_in(folder)
    masks = Masks(
        public_names=record.public_names,
        named_followers=load_thresholds().accounts.named_followers,
        active=order.masked,
    )
    shown = [row for rows in found.rows.values() for row in rows.values()]
    masks = trace_masks(masks, found.authors, shown, read_vocabulary()["author_type"])
    lines = []
    for place, numbers in chosen.items():
        name = f"{place[0]}{f' · {place[1]}' if place[1] else ''}"
        if place in found.changed:
            lines.append(f"原文    {name}：文件已改动（校验码与生成报告时不同），不列原文")
        elif place in found.missing:
            lines.append(f"原文    {name}：找不到这个文件，请用 --data 指明它所在的文件夹")
        elif numbers:
            lines.append(f"原文    {name}")
            lines += [f"  {row_line(row, masks, settings)}" for row in (found.rows[place].get(number) for number in numbers) if row is not None]
    if len(shown) < total and shown:
        lines.append(f"        共 {total:,} 行，以上列出 {len(shown):,} 行；用 --rows 多列一些")
    return lines


def _chosen(ranges: Mapping[Place, Sequence[tuple[int, int]]], room: int) -> dict[Place, list[int]]:
    """The rows there is room for, by table in order of their names: each has as much room as the others, and what a small one leaves goes to the larger."""
    chosen: dict[Place, list[int]] = {place: [] for place in sorted(ranges, key=lambda each: (each[0], each[1] or ""))}
    for done, place in enumerate(sorted(chosen, key=lambda each: sum(last - first + 1 for first, last in ranges[each]))):
        most = room // (len(chosen) - done)
        found: dict[int, None] = {}
        for number in chain.from_iterable(range(first, last + 1) for first, last in sorted(set(ranges[place]))):
            if len(found) == most:
                break
            found[number] = None
        chosen[place] = list(found)
        room -= len(found)
    return chosen


def _paths_read(folder: Path) -> tuple[Path, ...]:
    """Where the build read its files, as far as they are still there; of an archived review the exports kept with it."""
    kept = folder / "sources"
    try:
        ways = read_json((folder / "work" / "inputs.json").read_bytes())["paths"]
        found = tuple(path for path in (folder / str(way) for way in ways) if path.exists())
    except (OSError, ValueError, KeyError, TypeError):
        found = ()
    return found or ((kept,) if kept.is_dir() else ())


def _known_tables(folder: Path, wanted: Iterable[Place]) -> dict[Place, KnownTable]:
    """The tables the build read; of those wanted, the hand labels as well, which were given beside the data."""
    try:
        log = read_json((folder / "import.json").read_bytes())
        tables = {(each["file"], each["sheet"]): KnownTable(sha256=each["sha256"], columns=dict(each["mapped"])) for each in log["tables"]}
        labels = {each["file"]: each["sha256"] for each in log["skipped"] if each["reason"] == LABELS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_import_record(folder) from error
    columns = told_columns(read_vocabulary()["emotion"].printed)
    beside = {place: KnownTable(sha256=labels[place[0]], columns=columns) for place in wanted if place not in tables and place[0] in labels}
    return tables | beside
