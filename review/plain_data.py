"""Our values as plain JSON data, and plain JSON data as our values again: what a record is written and read with."""

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, NoReturn, Union, cast, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from review.analysis.indicators import Input
from review.incident.evidence import RowSet

ADDED: Final = {"added": True}
"""Metadata of a field that came later than the first archived records: where it is missing it takes its default."""


class RowSets:
    """Row sets met while writing a record, each once by digest: a curve's thousands of ranges are not repeated at every number that rests on them."""

    def __init__(self) -> None:
        self._met: dict[str, RowSet] = {}

    def reference(self, rows: RowSet) -> dict[str, Any]:
        self._met[rows.digest] = rows
        return {"rows": rows.digest, "count": rows.count}

    def table(self) -> dict[str, Any]:
        """digest → spans, each span [file, sheet, [[first, last], …]]."""
        return {digest: [[span.file, span.sheet, [list(pair) for pair in span.ranges]] for span in rows.spans] for digest, rows in sorted(self._met.items())}


def plain(value: object, rows: RowSets) -> Any:
    """JSON data of our values: dataclasses as objects, times ISO 8601, durations in hours, arrays as lists, NaN and infinities as null.

    Row sets become references into `rows`. A field whose metadata says record=False is left out (rows a finding was read from).

    Raises TypeError for a type that no record may hold (a frame, a set).
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.integer | np.bool_):
        return value.item()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else f"{np.datetime_as_string(value, unit='s')}+00:00"
    if isinstance(value, timedelta):
        return value.total_seconds() / 3600
    if isinstance(value, np.ndarray):
        return _listed(value, rows)
    if isinstance(value, tuple | list):
        return [plain(item, rows) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item, rows) for key, item in value.items()}
    if isinstance(value, RowSet):
        return rows.reference(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name), rows) for field in dataclasses.fields(value) if field.metadata.get("record", True)}
    raise TypeError(f"{type(value).__name__} has no place in a record")


def _listed(values: npt.NDArray[Any], rows: RowSets) -> list[Any]:
    """`plain` of every element; whole columns of numbers and times at once, as findings hold tens of thousands of them."""
    if values.ndim > 1:
        return [_listed(row, rows) for row in values]
    match values.dtype.kind:
        case "b" | "i" | "u":
            return cast(list[Any], values.tolist())
        case "f":
            return [each if known else None for each, known in zip(values.tolist(), np.isfinite(values).tolist(), strict=True)]
        case "M":
            written = np.datetime_as_string(values, unit="s").tolist()
            return [None if gone else f"{each}+00:00" for each, gone in zip(written, np.isnat(values).tolist(), strict=True)]
        case _:
            return [plain(item, rows) for item in values]


def dumped(data: Any) -> bytes:
    """UTF-8 JSON in one line, keys in the given order. Half characters, which bytes of a file's name may be, are escaped as JSON escapes them."""
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n").encode(errors="backslashreplace")


def read_json(content: str | bytes) -> Any:
    """JSON as plain data, for files that `dumped` wrote. Raises ValueError for anything else: no JSON, nested without end, a number that is none."""
    try:
        return json.loads(content, parse_constant=_refused)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


class NotOurRecord(ValueError):
    """A part of a record that is not what its schema says; the message is the path inside the file and what is wrong."""


Decoder = Callable[[Any], Any]


@cache
def decoder(kind: Any) -> Decoder:
    """How plain JSON data becomes a value of this type: frozen dataclasses, tuples, literals, times, None; kw_only dataclasses by field name.

    The function raises NotOurRecord with the path below it. Made once a type: reading thousands of records spends no time on type hints.
    """
    if kind is Input:
        return _read_input
    origin = get_origin(kind)
    if origin is Literal:
        allowed = get_args(kind)
        return lambda data: data if data in allowed else _wrong(data, "不是允许的值")
    if origin in (Union, UnionType):
        inner = [decoder(each) for each in get_args(kind) if each is not NoneType]
        if len(inner) != 1:
            raise TypeError(f"no decoder for {kind}")
        return lambda data: None if data is None else inner[0](data)
    if origin is tuple:
        return _tuple_decoder(get_args(kind))
    if dataclasses.is_dataclass(kind):
        return _object_decoder(cast(type, kind))
    if kind is datetime:
        return _read_moment
    if kind is date:
        return _read_day
    if kind is float:
        return lambda data: float(data) if isinstance(data, int | float) and not isinstance(data, bool) else _wrong(data, "应为数字")
    if kind in (str, int, bool):
        return lambda data: data if type(data) is kind else _wrong(data, f"应为 {kind.__name__}")
    raise TypeError(f"no decoder for {kind}")


def _wrong(data: object, what: str) -> NoReturn:
    raise NotOurRecord(f" {what}，现为 {str(data)[:40]!r}")


def _read_moment(data: Any) -> datetime:
    try:
        at = datetime.fromisoformat(data)
    except (TypeError, ValueError):
        at = None
    return at if at is not None and at.tzinfo is not None else _wrong(data, "应为带时区的时间")


def _read_day(data: Any) -> date:
    try:
        return date.fromisoformat(data)
    except (TypeError, ValueError):
        _wrong(data, "应为日期")


def _below(step: str, read: Decoder, data: Any) -> Any:
    try:
        return read(data)
    except NotOurRecord as error:
        raise NotOurRecord(f"{step}{error}") from None


def _tuple_decoder(kinds: tuple[Any, ...]) -> Decoder:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        if get_origin(kinds[0]) is tuple and get_args(kinds[0]) == (str, Input):
            return lambda data: tuple((_below(f"[{i}]", _read_ident, each), _below(f"[{i}]", _read_input, each)) for i, each in enumerate(_list(data)))
        each_of = decoder(kinds[0])
        return lambda data: tuple(_below(f"[{i}]", each_of, each) for i, each in enumerate(_list(data)))
    inner = tuple(decoder(each) for each in kinds)

    def fixed(data: Any) -> tuple[Any, ...]:
        if len(_list(data)) != len(inner):
            _wrong(data, f"应有 {len(inner)} 项")
        return tuple(_below(f"[{i}]", read, each) for i, (read, each) in enumerate(zip(inner, data, strict=True)))

    return fixed


def _list(data: Any) -> list[Any]:
    return data if isinstance(data, list) else _wrong(data, "应为列表")


def _object_decoder(kind: type) -> Decoder:
    hints = get_type_hints(kind)
    hints.pop("sources", None)  # rows of the exports: they stand in the findings, a record is read without them
    readers = tuple((name, decoder(hint)) for name, hint in hints.items())
    added = {each.name for each in dataclasses.fields(kind) if each.metadata.get("added", False)}

    def read(data: Any) -> Any:
        if not isinstance(data, dict):
            _wrong(data, "应为对象")
        values = {}
        for name, reader in readers:
            if name not in data:
                if name in added:
                    continue
                raise NotOurRecord(f".{name} 缺失")
            try:
                values[name] = reader(data[name])
            except NotOurRecord as error:
                raise NotOurRecord(f".{name}{error}") from None
        return kind(**values)

    return read


_INPUTS: Final = {each.__name__: each for each in get_args(Input)}


def _read_ident(data: Any) -> str:
    ident = data.get("ident") if isinstance(data, dict) else None
    return ident if isinstance(ident, str) else _wrong(data, "缺少 ident")


def _read_input(data: Any) -> Input:
    """One indicator's input, by its type's name."""
    if not isinstance(data, dict) or data.get("type") not in _INPUTS:
        _wrong(data, "不是指标输入")
    return cast(Input, decoder(_INPUTS[data["type"]])(data))
