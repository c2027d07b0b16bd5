"""JSON, JSON lines and MediaCrawler's SQLite → tables of text cells."""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from review.incident.import_log import Rejection
from review.incident.tables import ROW_NUMBER
from review.intake.delimited import frame_of
from review.intake.raw import NotATable, RawTable, Source
from review.settings.aliases import Aliases, header_key
from review.settings.formats import Limits

_SHOWN: Final = 200
_GAP: Final = 4096
"""Blanks looked at between two objects."""

_ENVELOPES: Final = frozenset({"data", "result", "results", "response", "body", "payload"})
"""Keys under which the servers of platforms and of vendors put what was asked for."""

_COMMENTS: Final = re.compile("(?i)^(?!.*(?:sub|child|repl(?:y|ies)|回复)).*(?:comment|评论)")
"""Keys of the comments of a post; 子评论 and replies stand in a comment."""

_OF_A_RECORD: Final = frozenset({"item_id", "comment_id", "title", "url", "author_key", "author_name", "published_at", "when"})
"""What a record says of itself, and the wrapping of an answer (code, message, has_more) does not."""

SQLITE_MAGIC: Final = b"SQLite format 3\0"
WAL_MAGIC: Final = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
"""How a write-ahead log begins (sqlite.org/fileformat, 4.1): it lies beside a database that is open, and holds rows that are not in it yet."""


def read_json(source: Source, text: str, encoding: str, known: tuple[Aliases, Limits]) -> tuple[RawTable, ...]:
    """The tables of a JSON document (an array of objects, or an object with such arrays) or of JSON lines; columns are the keys, nested ones `user.id`.

    A list of objects inside an object that have a text and a time of their own (comments inside a post, replies inside a comment) is a table too, named by
    its keys, whose rows carry the id of the object they stand in. A line that is no JSON object is broken, the rest is read. Raises NotATable where there is
    no object at all.
    """
    try:
        made = json.loads(text)
    except RecursionError as error:
        raise NotATable("JSON 嵌套过深") from error
    except ValueError:
        records, broken = _lines(source, text)
        return _tables(_Place(source=source, sheet=None, encoding=encoding, known=known), records, broken)
    lists = _lists(made, known[0])
    if not lists:
        raise NotATable("JSON 中没有记录")
    return tuple(
        table
        for key, value in sorted(lists.items())
        for table in _tables(_Place(source=source, sheet=key if len(lists) > 1 else None, encoding=encoding, known=known), list(enumerate(value, 1)), [])
    )


def _lists(made: Any, aliases: Aliases) -> dict[str, list[Any]]:
    """The lists of records by their keys: the document itself, or what an object holds, in the envelopes of an answer (`data`) too; an object of records by
    id is such a list, and an object without one, or with an id and a text of its own, is a single record. Empty where there is no record.
    """
    if isinstance(made, list):
        return {"": made} if not made or any(isinstance(item, dict) for item in made) else {}
    if not isinstance(made, dict):
        return {}
    found = {key: value for key, value in made.items() if isinstance(value, list) and any(isinstance(item, dict) for item in value)}
    meant = {aliases.column(key) for key in made}
    if found:
        speaks = meant & {"item_id", "comment_id"} and meant & {"text", "title"} and not _ENVELOPES & found.keys()
        return {"": [made]} if speaks else found
    for key in sorted(_ENVELOPES & made.keys()):
        if isinstance(made[key], dict | list):
            return _lists(made[key], aliases)
    inner = list(made.values())
    alike = len(inner) > 1 and all(isinstance(item, dict) and item.keys() & inner[0].keys() for item in inner if isinstance(inner[0], dict))
    return {"": inner if alike and isinstance(inner[0], dict) else [made]}


def _lines(source: Source, text: str) -> tuple[list[tuple[int, Any]], list[Rejection]]:
    """(the records of JSON lines by their line, the lines that are none)."""
    records: list[tuple[int, Any]] = []
    broken: list[Rejection] = []
    # A Python loop over lines: records differ in keys and nesting, which no columnar reader takes.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            records.append((number, json.loads(line)))
        except (ValueError, RecursionError):
            broken.append(Rejection(kind="row", file=source.name, sheet=None, row=number, column=None, value=line[:_SHOWN], reason="不是合法的 JSON"))
    if not any(isinstance(record, dict) for _, record in records):
        return _complete_ones(source, text)
    return records, broken


def _complete_ones(source: Source, text: str) -> tuple[list[tuple[int, Any]], list[Rejection]]:
    """(the complete objects at the beginning of a list whose end is missing, or of objects set one behind another; the rest). Raises NotATable without one."""
    records: list[tuple[int, Any]] = []
    decoder, at = json.JSONDecoder(), len(text) - len(text.lstrip("\ufeff \t\r\n["))
    try:
        while at < len(text):
            record, at = decoder.raw_decode(text, at)
            records.append((len(records) + 1, record))
            at += len(text[at : at + _GAP]) - len(text[at : at + _GAP].lstrip(", \t\r\n]"))
    except (ValueError, RecursionError):
        if not any(isinstance(record, dict) for _, record in records):
            raise NotATable("不是合法的 JSON") from None
        reason = "JSON 在此中断或损坏，其后的内容没有读取"
        rest = Rejection(kind="row", file=source.name, sheet=None, row=len(records) + 1, column=None, value=text[at : at + _SHOWN], reason=reason)
        return records, [rest]
    return records, []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a table of a document stands, and what is known of its keys."""

    source: Source
    sheet: str | None
    encoding: str
    known: tuple[Aliases, Limits]


class _Gathered:
    """Objects gathered into columns of one length. numbers: of the objects in the document; inner: the objects of each list inside them, with what their
    record says of them; wrappers: rows (with the keys of their lists) that say nothing of a record themselves.
    """

    def __init__(self, known: tuple[Aliases, Limits]) -> None:
        self._aliases, self._limits = known
        self.columns: dict[str, list[str | None]] = {}
        self.numbers: list[int] = []
        self.inner: dict[str, list[Any]] = {}
        self.wrappers: list[tuple[int, Set[str]]] = []

    def add(self, number: int, record: dict[str, Any]) -> None:
        """Raises NotATable for an object that is nested too deep or whose keys are too many."""
        flat: dict[str, str | None] = {}
        lists: dict[str, list[Any]] = {}
        try:
            _flatten(record, "", (flat, lists), self._limits.json_depth)
        except RecursionError as error:
            raise NotATable("JSON 嵌套过深") from error
        for key, value in flat.items():
            if key not in self.columns:
                self.columns[key] = [None] * len(self.numbers)
                if len(self.columns) > self._limits.columns:
                    raise NotATable(f"JSON 的键超过上限 {self._limits.columns} 个")
            self.columns[key].append(value)
        if lists and not _OF_A_RECORD & set(self._aliases.among(key for key, value in flat.items() if value is not None).values()):
            self.wrappers.append((len(self.numbers), lists.keys()))
        for key, items in lists.items():
            self.inner.setdefault(key, []).extend(_inside(flat, key, items, self._aliases))
        self.numbers.append(number)
        for values in self.columns.values():
            if len(values) < len(self.numbers):
                values.append(None)


def _tables(place: _Place, records: Iterable[tuple[int, Any]], broken: list[Rejection]) -> tuple[RawTable, ...]:
    """The table of these records (number, object), and the tables inside them; an object that only wraps such a table (the answer of a server) is no row."""
    source, sheet, (aliases, limits) = place.source, place.sheet, place.known
    gathered = _Gathered(place.known)
    for number, record in records:
        if isinstance(record, dict):
            gathered.add(number, record)
        else:
            broken.append(Rejection(kind="row", file=source.name, sheet=sheet, row=number, column=None, value=str(record)[:_SHOWN], reason="不是 JSON 对象"))
    columns, numbers = gathered.columns, gathered.numbers
    warnings: list[str] = []
    below: list[RawTable] = []
    read: set[str] = set()
    for key, items in sorted(gathered.inner.items()):
        if (sheet or "").count(".") >= limits.json_depth:
            raise NotATable("JSON 嵌套过深")
        found, *deeper = _tables(replace(place, sheet=f"{sheet}.{key}" if sheet else key), list(enumerate(items, 1)), [])
        meant = set(aliases.among(found.header).values())
        if "text" in meant and meant & {"published_at", "when"}:
            below.append(found)
            read.add(key)
        else:
            warnings.append(f"“{key}”中另有 {len(items)} 条嵌套的记录没有读取")
        below += deeper
    no_rows = {row for row, keys in gathered.wrappers if keys & read}
    if no_rows and len(no_rows) == len(numbers) and not broken:
        return (replace(below[0], warnings=(*below[0].warnings, *warnings)), *below[1:])
    numbers = [number for row, number in enumerate(numbers) if row not in no_rows]
    columns = {key: [value for row, value in enumerate(values) if row not in no_rows] for key, values in columns.items()} if no_rows else columns
    header = tuple(key for key in sorted(columns) if key not in read or any(columns[key]))
    made = RawTable(
        file=source.name,
        sheet=sheet,
        sha256=source.sha256,
        container="json",
        encoding=place.encoding,
        delimiter=None,
        header_row=None,
        header=header,
        cells=frame_of([pa.array(columns[key], pa.large_string()) for key in header]),
        rows=pd.Series(numbers, dtype=ROW_NUMBER),
        warnings=tuple(warnings),
        broken=tuple(broken),
    )
    return (made, *below)


def _inside(flat: Mapping[str, str | None], key: str, items: Sequence[Any], aliases: Aliases) -> list[Any]:
    """The objects of a list with what the record (its cells by their keys) says of them: the post it is or belongs to, the top-level comment, the source and
    the time of capture. What an object says of itself stays.
    """
    said: dict[str, list[str]] = {}
    meanings = aliases.among(flat)
    for header in sorted((header for header, value in flat.items() if value is not None), key=aliases.place):
        said.setdefault(meanings.get(header, ""), []).append(header)
    bare = [header for header in said.get("item_id", []) if header_key(header) == "id"]
    named = [header for header in said.get("item_id", []) if header not in bare]
    own = said.get("comment_id", []) or (bare if named or said.get("thread_id") or not _COMMENTS.search(key) else [])
    post = named[0] if named else said["thread_id"][0] if "thread_id" in said else None
    given = {header: flat[header] for column in ("platform_hint", "captured_at") for header in said.get(column, [])[:1]}
    if post is not None:
        given[post] = flat[post]
    elif bare and not own:
        given["thread_id"] = flat[bare[0]]
    if own:
        given["root_id"] = flat[said["root_id"][0]] if "root_id" in said and flat[said["root_id"][0]] != "0" else flat[own[0]]
    if "url" in said:
        given["url"] = flat[said["url"][0]]
    made = []
    for item in items:
        if isinstance(item, dict):
            meant = {aliases.column(header) for header in item if header_key(header) != "id"}
            meant |= {"item_id", "thread_id"} if meant & {"item_id", "thread_id"} else set()
            item = {**{header: value for header, value in given.items() if aliases.column(header) not in meant}, **item}
        made.append(item)
    return made


def _flatten(record: Mapping[str, Any], prefix: str, into: tuple[dict[str, str | None], dict[str, list[Any]]], depth: int) -> None:
    """Put the record's cells, and its lists of objects, under their keys."""
    cells, lists = into
    if depth == 0:
        raise RecursionError
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            _flatten(value, f"{name}.", into, depth - 1)
        elif isinstance(value, list):
            # A list of records under a record (comments inside a post) is no cell; a list of words is.
            if any(isinstance(item, dict) for item in value):
                lists[name] = value
            cells[name] = None if any(isinstance(item, dict | list) for item in value) else json.dumps(value, ensure_ascii=False) if value else None
        else:
            cells[name] = _scalar(value)


def _scalar(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)
    text = str(value)
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def read_sqlite(source: Source, limits: Limits) -> tuple[RawTable, ...]:
    """Every plain table of a SQLite file that has rows or columns, opened in memory and read only. Raises NotATable where the file is damaged."""
    page = int.from_bytes(source.data[16:18], "big")
    if len(source.data) < int.from_bytes(source.data[28:32], "big") * (
        65536 if page == 1 else page
    ):  # the header's page count and page size (sqlite.org/fileformat)
        raise NotATable("SQLite 数据库不完整（文件被截断）")
    connection = sqlite3.connect(":memory:")
    tables = []
    try:
        # A database in WAL mode cannot be opened in memory: its version bytes are set to those of a rollback journal (sqlite.org/fileformat, 1.3.3)
        connection.deserialize(source.data[:18] + b"\x01\x01" + source.data[20:])
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        names = [
            str(name)
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
        ]
        for name in names[: limits.sheets]:
            quoted = '"' + name.replace('"', '""') + '"'
            cursor = connection.execute(f"SELECT * FROM {quoted}")
            header = tuple(column[0] for column in cursor.description)
            rows = cursor.fetchall()
            columns = [pa.array([_scalar(row[i]) for row in rows], pa.large_string()) for i in range(len(header))]
            tables.append(
                RawTable(
                    file=source.name,
                    sheet=name,
                    sha256=source.sha256,
                    container="sqlite",
                    encoding=None,
                    delimiter=None,
                    header_row=None,
                    header=header,
                    cells=frame_of(columns),
                    rows=pd.Series(range(1, len(rows) + 1), dtype=ROW_NUMBER),
                )
            )
    except (sqlite3.Error, MemoryError, OverflowError) as error:
        raise NotATable("SQLite 数据库已损坏") from error
    finally:
        connection.close()
    if not tables:
        raise NotATable("SQLite 数据库中没有表")
    return tuple(tables)
