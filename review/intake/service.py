"""Orders → sales by day, without order ids; sessions of the service desk → tickets (sections 5.2, 5.6, 8.4 and 8.5)."""

from typing import Final

import numpy as np
import pandas as pd

from review.incident.tables import METRIC_POINTS, SCOPES, TICKETS, vocabulary
from review.intake.identifiers import parse_ids
from review.intake.part import Findings, Part, Surroundings, keep_rows, origin, without_summaries
from review.intake.places import read_platforms_of
from review.intake.recognition import Recognised
from review.intake.texts import labels
from review.intake.values import parse_flags, parse_numbers, parse_times

_REFUNDED: Final = r"退款成功|已退款|退款完成|全额退款|refunded"


def read_orders(table: Recognised, around: Surroundings) -> Part:
    """Sales, orders and units of each day (zone of the report). Order ids serve to count an order once and are then dropped.

    An order on several lines (one a product) counts once; the same line twice counts once. Refunded lines stay in sales, as the shop counts them, and
    are summed as refunds. Each day's row number is its first order's.
    """
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
    day = times.at[~undated].reset_index(drop=True).dt.tz_convert(around.zone).dt.normalize().dt.tz_convert("UTC")
    orders = pd.DataFrame({"day": day, "row": table.raw.rows.astype("int64")})
    id_cells = table.cells("order.id")
    ids = parse_ids(id_cells) if id_cells is not None else None
    orders["order"] = ids.value.fillna(ids.raw) if ids is not None else None
    sku = table.cells("order.sku")
    orders["sku"] = sku if sku is not None else None
    for name, column in (("sales", "sales"), ("units", "order.qty")):
        amount = table.cells(column)
        numbers = parse_numbers(amount) if amount is not None else None
        orders[name] = numbers.value if numbers is not None else pd.Series(pd.NA, index=orders.index, dtype="Float64")
        if numbers is not None:
            findings.cells(column, numbers.rejected, "不是数字")
    status = table.cells("order.refund_status")
    refunded = labels(status).str.contains(_REFUNDED, regex=True, na=False).to_numpy(dtype=bool) if status is not None else np.zeros(len(orders), dtype=bool)
    orders["refunds"] = orders["sales"].where(refunded) if status is not None else pd.Series(pd.NA, index=orders.index, dtype="Float64")
    known = orders["order"].notna()
    repeated = known & orders.duplicated(["order", "sku", "sales", "units", "day"])
    if repeated.any():
        findings.ignored["重复的订单行"] = int(repeated.sum())
    orders = orders[~repeated]
    platform = read_platforms_of(table, around)
    points = _by_day(table, orders, str(platform.iloc[0]) if len(platform) and platform.iloc[0] != "other" else None)
    return Part(table=table, findings=findings, rows=rows, platform=str(platform.iloc[0]) if len(platform) else None, metric_points=points)


def _by_day(table: Recognised, orders: pd.DataFrame, platform: str | None) -> pd.DataFrame:
    grouped = orders.groupby("day", sort=True)
    days = grouped["row"].min()
    unknown = orders["order"].isna().groupby(orders["day"]).sum()
    figures = {
        "sales": (grouped["sales"].sum(min_count=1), "元"),
        "orders": (grouped["order"].nunique() + unknown, "单"),
        "units": (grouped["units"].sum(min_count=1), "件"),
        "refunds": (grouped["refunds"].sum(min_count=1), "元"),
    }
    frames = []
    for metric, (values, unit) in figures.items():
        there = values.notna()
        n = int(there.sum())
        frames.append(
            METRIC_POINTS.frame(
                {
                    "file": pd.Categorical([table.raw.file] * n), "sheet": pd.Categorical([table.raw.sheet] * n), "row": days[there].astype("Int64").array,
                    "scope": pd.Categorical(["shop"] * n, dtype=vocabulary(*SCOPES)), "platform": platform, "metric": metric,
                    "at": pd.Series(days.index[there.to_numpy()]), "precision": "day", "cumulative": False, "value": values[there].astype("Float64").array,
                    "unit": unit,
                },
                n,
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True) if len(orders) else METRIC_POINTS.empty()


def read_tickets(table: Recognised, around: Surroundings) -> Part:
    """Service sessions as tickets. A ticket's first reply and end are counted from its start by the exported seconds where no time is given.

    Names of customers and agents are not kept. A row without any of start, end, id and topic is quarantined.
    """
    findings = Findings(table=table, limit=around.formats.limits.rejections)
    rows = len(table.raw.cells)
    table, findings = without_summaries(table, findings)
    findings.table = table
    n = len(table.raw.cells)
    columns: dict[str, object] = {}
    for name, column in (("opened_at", "ticket.opened_at"), ("closed_at", "ticket.closed_at")):
        cells = table.cells(column)
        if cells is not None:
            times = parse_times(cells, around.zone, around.captured_at)
            findings.cells(column, times.rejected, "时间无法识别")
            columns[name] = times.at
    opened = columns.get("opened_at")
    if isinstance(opened, pd.Series):
        for name, column in (("first_reply_at", "ticket.first_response_s"), ("closed_at", "ticket.duration_s")):
            cells = table.cells(column)
            if cells is not None:
                seconds = parse_numbers(cells)
                findings.cells(column, seconds.rejected, "不是秒数")
                until = opened + pd.to_timedelta(seconds.value.astype("float64"), unit="s")
                until = until.mask(seconds.value.isna() | (seconds.value < 0).fillna(False)).astype(opened.dtype)
                already = columns.get(name)
                columns[name] = already.fillna(until) if isinstance(already, pd.Series) else until
    if (cells := table.cells("ticket.resolved")) is not None:
        resolved, rejected = parse_flags(cells)
        findings.cells("ticket.resolved", rejected, "不是“是”或“否”")
        columns["resolved"] = resolved
    if (cells := table.cells("ticket.satisfaction")) is not None:
        satisfaction = parse_numbers(cells)
        columns["satisfaction"] = satisfaction.value
    for name, column in (("channel", "platform_hint"), ("topic", "title"), ("region", "region"), ("region", "region_alt")):
        if (cells := table.cells(column)) is not None:
            columns.setdefault(name, labels(cells))
    if (cells := table.cells("item_id")) is not None:
        columns["ticket_id"] = parse_ids(cells).value
    frame = TICKETS.frame({**origin(table), **columns}, n)
    blank = frame[["opened_at", "closed_at", "ticket_id", "topic"]].isna().all(axis=1).to_numpy()
    findings.quarantine(blank, "没有受理时间、编号和主题")
    frame = frame[~blank].reset_index(drop=True)
    return Part(table=table, findings=findings, rows=rows, platform=None, tickets=frame, rows_without_time=int(frame["opened_at"].isna().sum()))
