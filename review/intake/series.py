"""Daily series that nothing names: whether the files and tables they stand in are of one account or shop, or of several."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import pandas as pd

from review.incident.case import Case, same_words
from review.intake.layout import named_in
from review.intake.part import Part
from review.settings.platforms import read_platforms

_OF_ONE: Final = ("account", "shop")
"""Scopes of which one file tells of one account or shop; items, topics and entries carry their name in a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """What may be of one account or shop: the tables (numbers of parts) of a file, or one of them. short, full: what its series may be called."""

    parts: tuple[int, ...]
    points: pd.DataFrame
    short: str
    full: str


def named_series(parts: Sequence[Part], case: Case) -> list[pd.DataFrame | None]:
    """The metric points of the parts with unnamed series of accounts and shops named: by the line above their table where that is an account people typed,
    and by their file where two files of one platform tell of different ones; by the line above them, else their sheet, where two tables of one file do.

    Two files or tables are of different accounts where at least half of the figures both give (same metric and day, zeros aside) differ. The last day of the
    one that ends first does not count where the other goes on: it was exported before that day was over. Those that agree keep one name; without a difference
    none is given, so that exports month by month stay one series. A file's name stands without folders where that tells the files apart.
    """
    named = [_by_typed_account(part, case) for part in parts]
    unnamed = [
        points.loc[_unnamed(points), ["scope", "platform", "metric", "at", "value", "file"]].assign(part=number)
        for number, points in enumerate(named)
        if points is not None and len(points)
    ]
    every = pd.concat([each.astype({"file": object, "platform": object, "scope": object}) for each in unnamed]) if unnamed else pd.DataFrame()
    if not len(every):
        return named
    for (scope, platform), points in every.groupby([every["scope"], every["platform"].fillna("")], sort=True):  # a few platforms
        units = [unit for file, group in points.groupby("file", sort=True) for unit in _units(str(file), group, parts)]
        for number, name in _names(units):
            frame = named[number]
            assert frame is not None
            mine = _unnamed(frame) & (frame["scope"] == scope) & (frame["platform"].astype(object).fillna("") == platform)
            named[number] = frame.assign(name=frame["name"].mask(mine, name))
    return named


def series_remarks(part: Part, named: pd.DataFrame | None) -> tuple[str, ...]:
    """What the log says of a table whose daily figures name no account or shop: what they are called now, or that the line above it made no difference."""
    if part.metric_points is None or named is None or not len(named):
        return ()
    open_ = _unnamed(part.metric_points)
    names = sorted(set(named["name"][open_].dropna()))
    if names:
        return (f"表中没有账号或店铺名称，逐日数据按“{'、'.join(names)}”单列",)
    title = part.table.raw.title
    if title is None or not open_.any() or read_platforms().of_title(named_in(title)) not in (None, "other"):
        return ()
    return ("表上方所写不是填写的官方账号，逐日数据也未见与其他表不同，未按账号或店铺分开；如属不同账号，请在表中加“账号”一列",)


def _by_typed_account(part: Part, case: Case) -> pd.DataFrame | None:
    points, title = part.metric_points, part.table.raw.title
    if points is None or title is None or not len(points):
        return points
    told = named_in(title)
    ours = next((name for name in case.official_accounts if same_words(name) == same_words(told)), None)
    name = ours or (told if any(rival in told for rival in case.competitors if rival) else None)
    return points if name is None else points.assign(name=points["name"].mask(_unnamed(points), name))


def _units(file: str, points: pd.DataFrame, parts: Sequence[Part]) -> list[_Unit]:
    """The file as one, or, where two of its tables tell of different accounts or shops, each of them."""
    path = file.rsplit(".", 1)[0]
    stem = path.rsplit("/", 1)[-1]
    tables = [(int(number), points[points["part"] == number]) for number in sorted(points["part"].unique())]
    if not any(_same(one, other) is False for (_, one), (_, other) in combinations(tables, 2)):
        return [_Unit(parts=tuple(number for number, _ in tables), points=points, short=stem, full=path)]
    made = []
    for number, group in tables:
        raw = parts[number].table.raw
        called = (named_in(raw.title) if raw.title else "") or raw.sheet
        made.append(_Unit(parts=(number,), points=group, short=called or stem, full=f"{path}·{called}" if called else path))
    return made


def _unnamed(points: pd.DataFrame) -> "pd.Series[bool]":
    daily = points["precision"].eq("day").fillna(False) & ~points["cumulative"].fillna(False)
    return points["scope"].isin(_OF_ONE) & points["name"].isna() & daily & points["value"].notna()


def _names(units: Sequence[_Unit]) -> list[tuple[int, str]]:
    """(number of the part, the name of its series), none where no two differ."""
    first = list(range(len(units)))
    differ = False
    for one, other in combinations(range(len(units)), 2):  # a few files, in order of their names
        verdict = _same(units[one].points, units[other].points)
        if verdict:
            first = [first[one] if start == first[other] else start for start in first]
        differ = differ or verdict is False
    if not differ:
        return []
    told_apart = len({units[start].short for start in first}) == len(set(first))
    return [(number, units[start].short if told_apart else units[start].full) for unit, start in zip(units, first, strict=True) for number in unit.parts]


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool | None:
    """Whether two files tell of one account; None where they share no figure."""
    both = one.merge(other, on=["metric", "at"])
    ends = sorted((one["at"].max(), other["at"].max()))
    both = both[((both["value_x"] != 0) | (both["value_y"] != 0)) & ((both["at"] < ends[0]) | (ends[0] == ends[1]))]
    return None if both.empty else bool((both["value_x"] != both["value_y"]).mean() < 0.5)
