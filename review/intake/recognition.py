"""What a raw table is: a known signature, a mapping the user gave, or columns recognised one by one through aliases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd
import pyarrow.compute as pc

from review.intake.cells import arrow, each_distinct, folded, text_series, trimmed, without_missing
from review.intake.days import day_columns
from review.intake.raw import RawTable
from review.intake.values import read_number
from review.settings.aliases import Aliases, header_key, scale_of
from review.settings.formats import UNUSED, Format, Formats, TableKind

BY_ALIAS: Final = "别名识别"
ACROSS: Final = "日期横排"
UNKNOWN: Final = "未识别"

COUNTS: Final = ("likes", "collects", "comments", "shares", "views", "views_estimated", "impressions", "reach", "engagement", "danmaku", "coins")
_SHOP: Final = ("sales", "orders", "units", "buyers", "refunds", "visitors")
_FOLLOWERS: Final = ("followers_gained", "followers_lost", "followers_net")
METRICS: Final = (*COUNTS, *_SHOP, *_FOLLOWERS, "item_followers_gained", "topic_reads", "topic_discussions", "rank", "heat", "value")
_FILLED: Final = frozenset({"text", "published_at", "url", "region", "parent_id", "root_id"})
"""Columns whose gaps the next header of the list fills; of other columns only the first header is read."""


_PLAIN: Final = r"[0-9][0-9,]*(?:\.[0-9]*)?"
_ABOUT: Final = "约|~|≈|大约|近|将近|接近|超|超过|逾|不足|>|<"
_BARE: Final = rf"^((?:{_ABOUT})?\s*[-+]?{_PLAIN}(?:[eE][-+]?[0-9]+)?(?:\s*[-~至到]\s*{_PLAIN})?)(\+|余|多|以上|左右)?$"
"""A number, or a range of two, without a unit of its own, as it may stand below a header that counts in 万."""


@dataclass(frozen=True)
class Recognised:
    """A raw table with the meaning of its columns.

    format is None without a signature; table is None where nothing can be made of it. columns: name → positions, best first. mapped: (source header,
    column) pairs; unmapped: headers that are unknown. days: the columns that are days (日期横排), () in other tables. score: Jaccard likeness to the
    signature, or the share of known headers.
    """

    raw: RawTable
    format: Format | None
    name: str
    score: float
    table: TableKind | None
    columns: Mapping[str, tuple[int, ...]]
    mapped: tuple[tuple[str, str], ...]
    unmapped: tuple[str, ...]
    days: tuple[int, ...] = ()

    def has(self, *names: str) -> bool:
        """Whether the table has any of these columns."""
        return any(name in self.columns for name in names)

    def cells(self, name: str) -> pd.Series | None:
        """The cells of a column, None where the table has none; text, time, url and region take what the first header lacks from the next.

        Where the header counts in 万 (阅读量(万)), so do the bare numbers below it: 12.5 is given as 12.5万.
        """
        positions = self.columns.get(name, ())
        if not positions:
            return None
        made = self.raw.cells[positions[0]]
        for position in positions[1:] if name in _FILLED else ():
            made = without_missing(made).fillna(self.raw.cells[position])
        scale = scale_of(self.raw.header[positions[0]])
        return scaled(made, scale) if scale else made

    def header(self, name: str) -> str:
        """The source header of a column, for messages."""
        return self.raw.header[self.columns[name][0]]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The headers as they are compared."""
        return frozenset(header_key(header) for header in self.raw.header if header)


def scaled(cells: pd.Series, scale: str) -> pd.Series:
    """The cells with their bare numbers counted in the scale (万): 12.5 is 12.5万."""
    values = trimmed(folded(arrow(cells)))
    return text_series(pc.replace_substring_regex(values, _BARE, rf"\1{scale}\2"), cells.index)


def recognise(raw: RawTable, own: Sequence[Format], formats: Formats, aliases: Aliases) -> Recognised:
    """The table's meaning. `own` are the formats of a map file: they win over known signatures of the same likeness."""
    keys = frozenset(header_key(header) for header in raw.header if header)
    best: tuple[float, Format] | None = None
    for each in (*own, *formats.formats):
        likeness = len(keys & each.keys) / len(keys | each.keys) if keys else 0.0
        better = likeness >= formats.recognition.least_likeness and (best is None or likeness > best[0])
        if better and _ids_agree(keys, each, aliases):
            best = (likeness, each)
    found = best[1] if best else None
    columns, mapped, unmapped = _columns(raw, found, aliases)
    if found is None:
        columns, mapped = _texts_for_counts(raw, columns, mapped)
    days = day_columns(raw.header) if found is None else ()
    if days:
        heads = [raw.header[position] for position in days]
        mapped, unmapped = (*mapped, *((head, "value") for head in heads)), tuple(head for head in unmapped if head not in heads)
    table = found.table if found is not None else "metrics" if days else _kind_of(raw, columns)
    known = len(mapped) / max(len(mapped) + len(unmapped), 1)
    return Recognised(
        raw=raw,
        format=found,
        name=found.name if found is not None else ACROSS if days else BY_ALIAS if table is not None else UNKNOWN,
        score=round(best[0] if best else known, 3),
        table=table,
        columns=columns,
        mapped=mapped,
        unmapped=unmapped,
        days=days,
    )


def _ids_agree(keys: frozenset[str], each: Format, aliases: Aliases) -> bool:
    """Whether the table names items as the signature does: comments of different platforms share most headers, but not these (section 9.3)."""
    ids = {key for key in each.keys if each.columns.get(key, aliases.columns.get(key)) in ("item_id", "comment_id", "thread_id")}
    return ids <= keys if each.kind == "comment" else not ids or bool(ids & keys)


def _columns(raw: RawTable, found: Format | None, aliases: Aliases) -> tuple[dict[str, tuple[int, ...]], tuple[tuple[str, str], ...], tuple[str, ...]]:
    ranked: dict[str, list[tuple[int, int]]] = {}
    mapped: list[tuple[str, str]] = []
    unmapped: list[str] = []
    meanings = aliases.among(header for header in raw.header if header)
    for position, header in enumerate(raw.header):
        if not header:
            continue
        key = header_key(header)
        known = aliases.known_key(header)
        column = (found.columns.get(key) if found is not None else None) or meanings.get(header)
        if column is None:
            unmapped.append(header)
            continue
        mapped.append((header, column))
        if column != UNUSED:
            place = -1 if found is not None and key in found.columns else aliases.places.get(known or key, 0)
            ranked.setdefault(column, []).append((place, position))
    return {column: tuple(position for _, position in sorted(places)) for column, places in ranked.items()}, tuple(mapped), tuple(unmapped)


def _texts_for_counts(
    raw: RawTable, columns: dict[str, tuple[int, ...]], mapped: tuple[tuple[str, str], ...]
) -> tuple[dict[str, tuple[int, ...]], tuple[tuple[str, str], ...]]:
    """A table without texts whose 评论 or 转发 holds no numbers has its texts there: the column's values win over its header (quirk 19)."""
    for name in ("comments", "shares") if "text" not in columns else ():
        for position in columns.get(name, ()):
            _, read = each_distinct(arrow(raw.cells[position]).drop_null(), read_number)
            if len(read) and 2 * sum(number is None for number in read) > len(read):
                header = raw.header[position]
                rest = tuple(other for other in columns[name] if other != position)
                made = {column: positions for column, positions in {**columns, name: rest, "text": (position,)}.items() if positions}
                return made, tuple((head, "text" if head == header else column) for head, column in mapped)
    return columns, mapped


def _kind_of(raw: RawTable, columns: Mapping[str, tuple[int, ...]]) -> TableKind | None:
    """What a table without a signature is, by the columns it has; None where they allow nothing."""

    def has(*names: str) -> bool:
        return any(name in columns for name in names)

    figures = [name for name in METRICS if name in columns]
    if has("ticket.id", "ticket.opened_at"):
        return "tickets"
    if has("order.id") and has("order.paid_at", "sales"):
        return "orders"
    if has("entry") and has("when") and has("rank", "heat"):
        return "hot_list"
    if has("when") and has("item_id", "title") and figures and not has("text", "published_at", "author_key", "author_name") and _repeats(raw, columns):
        return "metrics"
    if has("text") or (has("title") and has("published_at", "when", "url", *figures)) or (has("item_id", "comment_id") and has("published_at", *figures)):
        return "posts"
    if has("when", "published_at") and figures:
        return "metrics"
    if has("author_key", "author_name") and has("author_followers"):
        return "authors"
    return None


def _repeats(raw: RawTable, columns: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether one item stands on several dates: a table of items by day, not of items."""
    name = "item_id" if "item_id" in columns else "title"
    pairs = pd.DataFrame({"item": raw.cells[columns[name][0]], "day": raw.cells[columns["when"][0]]}).dropna().drop_duplicates()
    return bool(pairs["item"].duplicated().any())
