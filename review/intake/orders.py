"""Lines of orders → sales by day over all order files, without order ids (sections 5.2 and 8.5)."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from review.incident.tables import METRIC_POINTS, ORDER_TOTALS, PLATFORMS, SCOPES, TEXT, vocabulary
from review.intake.identifiers import parse_ids
from review.intake.part import Findings, Part, Surroundings, keep_rows, same_for_all, without_summaries
from review.intake.places import read_platforms_of
from review.intake.recognition import Recognised
from review.intake.texts import labels
from review.intake.values import parse_numbers, parse_times

_REFUNDED: Final = r"退款成功|已退款|退款完成|全额退款|refunded"
_ORIGIN: Final = ["file", "sheet", "row"]
_LINE: Final = ["platform", "order", "sku", "sales", "units", "day"]
"""What makes a line of an order: the same one in another file, or twice in one, is a copy."""


def read_orders(table: Recognised, around: Surroundings) -> Part:
    """The paid lines of one order file; `daily_totals` sums those of all files. Each has its day (start of it in the report's zone, UTC inside)."""
    findings = Findings(table=table, limit=around.formats.limits.rejections)
    rows = len(table.raw.cells)
    table, findings = without_summaries(table, findings)
    findings.table = table
    when = next((name for name in ("order.paid_at", "when", "published_at") if table.has(name)), None)
    cells = table.cells(when) if when else None
    if when is None or cells is None:
        findings.ignored["没有支付时间"] = len(table.raw.cells)
        findings.warnings.append("订单没有支付时间，未使用")
        return Part(table=table, findings=findings, rows=rows, platform=None)
    times = parse_times(cells, around.zone, around.captured_at)
    undated = times.at.isna().to_numpy()
    findings.cells(when, times.rejected, "支付时间无法识别")
    if undated.any():
        findings.ignored["未支付或没有支付时间"] = int(undated.sum())
        table = keep_rows(table, ~undated)
        findings.table = table
    platforms = read_platforms_of(table, around)
    said = platforms.astype(object)
    lines = pd.DataFrame(
        {
            "file": table.raw.file, "sheet": table.raw.sheet or "", "row": table.raw.rows.astype("int64"), "platform": said.mask(said == "other", ""),
            "day": times.at[~undated].reset_index(drop=True).dt.tz_convert(around.zone).dt.normalize().dt.tz_convert("UTC"),
        }
    )  # fmt: skip
    shops = table.cells("order.shop")
    lines["shop"] = labels(shops).fillna("").array if shops is not None else ""
    id_cells, sku = table.cells("order.id"), table.cells("order.sku")
    ids = parse_ids(id_cells) if id_cells is not None else None
    lines["order"] = (ids.value.fillna(ids.raw) if ids is not None else pd.Series(pd.NA, index=lines.index)).astype("string")
    lines["sku"] = (sku if sku is not None else pd.Series(pd.NA, index=lines.index)).astype("string")
    for name, column in (("sales", "sales"), ("units", "order.qty")):
        amount = table.cells(column)
        numbers = parse_numbers(amount) if amount is not None else None
        lines[name] = numbers.value if numbers is not None else pd.Series(pd.NA, index=lines.index, dtype="Float64")
        if numbers is not None:
            findings.cells(column, numbers.rejected, "不是数字")
    status = table.cells("order.refund_status")
    lines["refunded"] = labels(status).str.contains(_REFUNDED, regex=True, na=False).to_numpy(dtype=bool) if status is not None else np.zeros(len(lines), bool)
    return Part(table=table, findings=findings, rows=rows, platform=same_for_all(platforms), orders=lines)


def daily_totals(parts: Sequence[pd.DataFrame | None]) -> tuple[pd.DataFrame, dict[int, int]]:
    """(sales, orders, units and refunds of each day over all files, by number of the part how many of its lines are copies of others).

    An order on several lines (one a product) counts once; the same line in two exports, or twice in one, counts once, as refunded where one of them says so.
    Refunded lines stay in sales, as the shop counts them, and are summed as refunds. The series are named apart from the shop's own daily report, and each by
    its shop where the lines name one. Order ids end here. Each day's origin is its first line's.
    """
    given = [lines.assign(owner=number) for number, lines in enumerate(parts) if lines is not None and len(lines)]
    if not given:
        return METRIC_POINTS.empty(), {}
    lines = pd.concat(given, ignore_index=True).sort_values(_ORIGIN).sort_values(["refunded", "shop"], ascending=False, kind="stable")
    again = (lines["order"].notna() & lines.duplicated(_LINE)).to_numpy(dtype=bool)
    copies = lines.loc[again, "owner"].value_counts()
    lines = lines[~again].sort_values(_ORIGIN)
    lines["refunds"] = lines["sales"].where(lines["refunded"])
    places = ["platform", "shop", "day"]
    first = lines.drop_duplicates(places).set_index(places)
    grouped = lines.groupby(places, sort=True)
    figures = {
        "sales": (grouped["sales"].sum(min_count=1), "元"),
        "orders": (grouped["order"].nunique() + lines["order"].isna().groupby([lines[name] for name in places]).sum(), "单"),
        "units": (grouped["units"].sum(min_count=1), "件"),
        "refunds": (grouped["refunds"].sum(min_count=1), "元"),
    }
    frames = []
    for metric, (values, unit) in figures.items():
        there = values.dropna()
        at = first.loc[there.index]
        n = len(there)
        shops = there.index.get_level_values("shop")
        frames.append(
            METRIC_POINTS.frame(
                {
                    "file": pd.Categorical(at["file"]), "sheet": pd.Categorical(at["sheet"].mask(at["sheet"] == "")), "row": at["row"].astype("Int64").array,
                    "scope": pd.Categorical(["shop"] * n, dtype=vocabulary(*SCOPES)),
                    "name": pd.array([f"{ORDER_TOTALS}：{shop}" if shop else ORDER_TOTALS for shop in shops], dtype=TEXT),
                    "platform": pd.Categorical([name or None for name in there.index.get_level_values("platform")], dtype=vocabulary(*PLATFORMS)),
                    "metric": metric, "at": pd.Series(there.index.get_level_values("day")), "precision": "day", "cumulative": False,
                    "value": there.astype("Float64").array, "unit": unit,
                },
                n,
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True), {int(number): int(count) for number, count in copies.items()}


def summed_unnamed(parts: Sequence[pd.DataFrame | None]) -> tuple[str, ...]:
    """A warning for each platform of which several files' lines name no shop: they are summed as one shop's."""
    unnamed = [lines.loc[lines["shop"] == "", ["platform", "file"]].drop_duplicates() for lines in parts if lines is not None]
    if not unnamed:
        return ()
    files = pd.concat(unnamed).drop_duplicates().groupby("platform", sort=True)["file"].apply(lambda names: "、".join(sorted(names)))
    return tuple(f"{names}：订单没有店铺名称，按同一店铺逐日加总；如属不同店铺，请在表中加“店铺名称”一列" for names in files if "、" in names)
