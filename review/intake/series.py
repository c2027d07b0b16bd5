"""Daily series that nothing names: whether the files they stand in are of one account or shop, or of several."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import pandas as pd

_OF_ONE: Final = ("account", "shop")
"""Scopes of which one file tells of one account or shop; items, topics and entries carry their name in a column."""


def named_by_file(parts: Sequence[pd.DataFrame | None]) -> list[pd.DataFrame | None]:
    """The metric points with unnamed series of accounts and shops named by their file, where two files of one platform tell of different ones.

    Two files are of different accounts where at least half of the figures both give (same metric and day, zeros aside) differ. The last day of the file that
    ends first does not count where the other goes on: it was exported before that day was over. Files that agree keep one name; without a difference none
    is given, so that exports month by month stay one series. A file's name stands without folders where that tells the files apart.
    """
    named = list(parts)
    whole = [(number, points) for number, points in enumerate(parts) if points is not None and len(points)]
    unnamed = [points.loc[_unnamed(points), ["scope", "platform", "metric", "at", "value", "file"]].assign(part=number) for number, points in whole]
    every = pd.concat([each.astype({"file": object, "platform": object, "scope": object}) for each in unnamed]) if unnamed else pd.DataFrame()
    if not len(every):
        return named
    for (scope, platform), points in every.groupby([every["scope"], every["platform"].fillna("")], sort=True):  # a few platforms
        names = _names({str(file): group for file, group in points.groupby("file", sort=True)})
        for number, file in sorted(set(zip(points["part"], points["file"], strict=True))) if names else ():
            frame = named[number]
            assert frame is not None
            mine = _unnamed(frame) & (frame["scope"] == scope) & (frame["platform"].astype(object).fillna("") == platform)
            named[number] = frame.assign(name=frame["name"].mask(mine, names[file]))
    return named


def _unnamed(points: pd.DataFrame) -> "pd.Series[bool]":
    daily = points["precision"].eq("day").fillna(False) & ~points["cumulative"].fillna(False)
    return points["scope"].isin(_OF_ONE) & points["name"].isna() & daily & points["value"].notna()


def _names(files: dict[str, pd.DataFrame]) -> dict[str, str]:
    """Each file's name, {} where no two differ."""
    first = {file: file for file in files}
    differ = False
    for one, other in combinations(files, 2):  # a few files, in order of their names
        verdict = _same(files[one], files[other])
        if verdict:
            joined = first[other]
            first = {file: first[one] if start == joined else start for file, start in first.items()}
        differ = differ or verdict is False
    if not differ:
        return {}
    short = {file: file.rsplit("/", 1)[-1] for file in set(first.values())}
    told_apart = len(set(short.values())) == len(short)
    return {file: (short[start] if told_apart else start).rsplit(".", 1)[0] for file, start in first.items()}


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool | None:
    """Whether two files tell of one account; None where they share no figure."""
    both = one.merge(other, on=["metric", "at"])
    ends = sorted((one["at"].max(), other["at"].max()))
    both = both[((both["value_x"] != 0) | (both["value_y"] != 0)) & ((both["at"] < ends[0]) | (ends[0] == ends[1]))]
    return None if both.empty else bool((both["value_x"] != both["value_y"]).mean() < 0.5)
