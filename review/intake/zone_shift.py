"""Tables whose common items are told at times whole hours apart: naive times written in two zones (quirk 10)."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from review.settings.formats import Recognition

_UNIT_US: Final = {"s": 1_000_000, "min": 60_000_000}
"""Precisions in microseconds that can tell zones apart; hours (3小时前) and days are too coarse."""

_HOUR_US: Final = 3_600_000_000


def zone_shift_warnings(copies: pd.DataFrame, item: np.ndarray, rules: Recognition) -> tuple[str, ...]:
    """A sentence (Chinese) for each two tables whose common items differ by one and the same whole number of hours; none without a difference.

    copies: rows of posts (file, sheet, published_at, time_precision); item: equal numbers for copies of one item. Two tables are flagged where at
    least `shift_rows` items, and at least `shift_share` of those they share with a known time, are apart by the same 1 to `shift_hours` hours, compared
    at the coarser precision of the two. Of several copies in one table the earliest counts. An item in more than two tables is compared along the
    tables in the order of their names, each with the next: the effort stays linear in the rows. The order of rows changes nothing.
    """
    files, sheets = copies["file"].cat, copies["sheet"].cat
    unit = np.array([_UNIT_US.get(str(name), 0) for name in copies["time_precision"].cat.categories] + [0])[copies["time_precision"].cat.codes]
    usable = copies["published_at"].notna().to_numpy(dtype=bool) & (unit > 0)
    place = files.codes.to_numpy(dtype=np.int64) * (len(sheets.categories) + 1) + sheets.codes.to_numpy(dtype=np.int64) + 1
    places, table = np.unique(place[usable], return_inverse=True)
    if len(places) < 2:
        return ()
    told = pd.DataFrame(
        {
            "item": item[usable],
            "table": table,
            "us": copies["published_at"][usable].dt.tz_localize(None).to_numpy(dtype="datetime64[us]").view(np.int64),
            "unit": unit[usable],
        }
    )
    told = told.sort_values(["item", "table", "us", "unit"]).drop_duplicates(["item", "table"])
    told = told.assign(next_item=told["item"].shift(-1), next_table=told["table"].shift(-1), next_us=told["us"].shift(-1, fill_value=0))
    told["step"] = np.maximum(told["unit"], told["unit"].shift(-1, fill_value=0))
    told = told[told["item"] == told["next_item"]]
    apart = (told["next_us"] // told["step"] - told["us"] // told["step"]) * told["step"]
    whole = (apart % _HOUR_US == 0) & (apart.abs() <= rules.shift_hours * _HOUR_US)
    pairs = pd.DataFrame({"one": told["table"], "other": told["next_table"].astype(np.int64), "hours": (apart // _HOUR_US).where(whole, 0)})
    named = [divmod(int(number), len(sheets.categories) + 1) for number in places]
    names = [f"{files.categories[file]}{f' · {sheets.categories[sheet - 1]}' if sheet else ''}" for file, sheet in named]
    return _sentences(pairs, names, rules)


def _sentences(pairs: pd.DataFrame, names: Sequence[str], rules: Recognition) -> tuple[str, ...]:
    """pairs: a row a shared item: the two tables, and the whole hours from one to the other (0 = equal, or not whole hours apart)."""
    pairs = pairs.assign(shared=pairs.groupby(["one", "other"])["hours"].transform("size"))
    counted = pairs[pairs["hours"] != 0].groupby(["one", "other", "hours", "shared"]).size().reset_index(name="rows")
    flagged = counted[(counted["rows"] >= rules.shift_rows) & (counted["rows"] >= rules.shift_share * counted["shared"])]
    made = []
    # A loop over pairs of tables, not rows.
    for one, other, hours, shared, rows in flagged.to_numpy(dtype=np.int64).tolist():
        later, earlier = (names[other], names[one]) if hours > 0 else (names[one], names[other])
        made.append(
            f"“{later}”的时间比“{earlier}”整晚 {abs(hours)} 小时（{shared} 条共有内容中的 {rows} 条），两表的时间可能按不同时区写成；"
            "请核对各自的时区，在导出时统一后重新读取"
        )
    return tuple(made)
