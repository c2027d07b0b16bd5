"""The latest earlier row with a given key: the one search that repost chains, shared addresses and copies are resolved with."""

from dataclasses import dataclass

import numpy as np

from review.analysis.row_times import RowTimes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timetable:
    """Rows by key and time. keys: sorted distinct keys (int64); composite: key rank and time in one sorted number; rows: in that order; starts: per key."""

    keys: np.ndarray
    composite: np.ndarray
    rows: np.ndarray
    starts: np.ndarray
    floor: int
    span: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """row: the latest row not later than asked and not the asking row itself, -1 where none; earlier: how many there were (the found one included)."""

    row: np.ndarray
    earlier: np.ndarray


def timetable(keys: np.ndarray, seconds: np.ndarray, rows: np.ndarray) -> Timetable:
    """Rows to be searched; keys ≥ 0, seconds any int64 within ±2^40. Equal key and time: in the order of `rows`."""
    floor = int(seconds.min()) if len(seconds) else 0
    span = (int(seconds.max()) - floor + 2) if len(seconds) else 2
    known, rank = np.unique(keys, return_inverse=True)
    composite = rank.astype(np.int64) * span + (seconds - floor)
    order = np.lexsort((rows, composite))
    return Timetable(
        keys=known,
        composite=composite[order],
        rows=rows[order],
        starts=np.searchsorted(composite[order], np.arange(len(known) + 1, dtype=np.int64) * span),
        floor=floor,
        span=span,
    )


def ranges(table: Timetable, keys: np.ndarray, until: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(start, end) into table.rows of the rows with each key at or before `until` (seconds, closed)."""
    if not len(table.keys):
        nothing = np.zeros(len(keys), dtype=np.int64)
        return nothing, nothing
    rank = np.minimum(np.searchsorted(table.keys, keys), len(table.keys) - 1)
    hit = table.keys[rank] == keys
    when = np.clip(until - table.floor, -1, table.span - 1)
    start = table.starts[rank]
    end = np.searchsorted(table.composite, rank * table.span + when, side="right")
    return start, np.where(hit, np.maximum(end, start), start)


def latest(table: Timetable, keys: np.ndarray, until: np.ndarray, asking: np.ndarray) -> Found:
    """For each key the latest row at or before `until`, other than `asking` (a row number, or -1)."""
    if not len(table.keys):
        return Found(row=np.full(len(keys), -1, dtype=np.int64), earlier=np.zeros(len(keys), dtype=np.int64))
    start, end = ranges(table, keys, until)
    where = np.full(int(max(table.rows.max(), asking.max(initial=-1))) + 2, -1, dtype=np.int64)
    where[table.rows] = np.arange(len(table.rows))
    own = np.where(asking >= 0, where[asking], -1)
    inside = (own >= start) & (own < end)
    last = end - 1 - (inside & (own == end - 1))
    count = end - start - inside
    return Found(row=np.where(count > 0, table.rows[np.maximum(last, 0)], -1), earlier=count)


def only_earlier(keys: np.ndarray, rows: np.ndarray, times: RowTimes) -> tuple[np.ndarray, np.ndarray]:
    """(rows, source): those with exactly one row of their key that was surely earlier, and no other that may have been. All of known time, keys ≥ 0."""
    begins, ends = times.seconds[rows], times.latest[rows]
    surely = timetable(keys, ends, rows)
    start, end = ranges(surely, keys, begins - 1)
    opens, closes = ranges(timetable(keys, begins, rows), keys, ends - 1)
    others = closes - opens - (ends > begins)  # the row itself stands among them where its time is wide
    found = (end - start == 1) & (others == 1)
    return rows[found], surely.rows[start[found]]
