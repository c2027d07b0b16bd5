"""Cases and sessions of the service desk → tickets (sections 5.6 and 8.4)."""

import numpy as np
import pandas as pd

from review.incident.tables import TICKETS
from review.intake.identifiers import parse_ids
from review.intake.part import Findings, Part, Surroundings, origin, without_summaries
from review.intake.recognition import Recognised
from review.intake.texts import labels
from review.intake.values import parse_flags, parse_numbers, parse_times


def read_tickets(table: Recognised, around: Surroundings) -> Part:
    """Service sessions as tickets. A ticket's first reply and end are counted from its start by the exported seconds where no time is given.

    Names of customers and agents are not kept; `parties` of the part is a number for each row's, so that equal sessions of two customers stay two. A row
    without any of start, end, id and topic is quarantined.
    """
    findings = Findings(table=table, limit=around.formats.limits.rejections)
    rows = len(table.raw.cells)
    table, findings = without_summaries(table, findings)
    findings.table = table
    n = len(table.raw.cells)
    columns: dict[str, object] = {**_times(table, around, findings)}
    if (cells := table.cells("ticket.resolved")) is not None:
        resolved, rejected = parse_flags(cells)
        findings.cells("ticket.resolved", rejected, "不是“是”或“否”")
        columns["resolved"] = resolved
    if (cells := table.cells("ticket.satisfaction")) is not None:
        satisfaction = parse_numbers(cells)
        findings.cells("ticket.satisfaction", satisfaction.rejected, "不是数字")
        columns["satisfaction"] = satisfaction.value
    for name, column in (
        ("channel", "ticket.channel"), ("channel", "platform_hint"), ("topic", "ticket.topic"), ("topic", "title"), ("region", "region"),
        ("region", "region_alt"),
    ):  # fmt: skip
        if (cells := table.cells(column)) is not None:
            columns.setdefault(name, labels(cells))
    for column in ("ticket.id", "item_id"):
        if (cells := table.cells(column)) is not None:
            columns.setdefault("ticket_id", parse_ids(cells).value)
    who = [cells.fillna("") for column in ("ticket.customer", "ticket.agent") if (cells := table.cells(column)) is not None]
    parties = pd.util.hash_pandas_object(pd.concat(who, axis=1), index=False) if who else pd.Series(np.zeros(n, dtype=np.uint64))
    frame = TICKETS.frame({**origin(table), **columns}, n)
    blank = frame[["opened_at", "closed_at", "ticket_id", "topic"]].isna().all(axis=1).to_numpy()
    findings.quarantine(blank, "没有受理时间、编号和主题")
    frame = frame[~blank].reset_index(drop=True)
    return Part(
        table=table,
        findings=findings,
        rows=rows,
        platform=None,
        tickets=frame,
        parties=parties[~blank].reset_index(drop=True),
        rows_without_time=int(frame["opened_at"].isna().sum()),
    )


def _times(table: Recognised, around: Surroundings, findings: Findings) -> dict[str, pd.Series]:
    """When each session was opened, first answered and closed, as far as there are columns for it; a span in seconds counts where no time is given."""
    made: dict[str, pd.Series] = {}
    start = next((name for name in ("ticket.opened_at", "published_at", "when") if table.has(name)), "ticket.opened_at")
    for name, column in (("opened_at", start), ("first_reply_at", "ticket.first_reply_at"), ("closed_at", "ticket.closed_at")):
        cells = table.cells(column)
        if cells is not None:
            times = parse_times(cells, around.zone, around.captured_at)
            findings.cells(column, times.rejected, "时间无法识别")
            made[name] = times.at
    if "opened_at" not in made:
        return made
    opened = made["opened_at"]
    for name, column in (("first_reply_at", "ticket.first_response_s"), ("closed_at", "ticket.duration_s")):
        cells = table.cells(column)
        if cells is not None:
            seconds = parse_numbers(cells)
            findings.cells(column, seconds.rejected, "不是秒数")
            until = opened + pd.to_timedelta(seconds.value.astype("float64"), unit="s")
            until = until.mask(seconds.value.isna() | (seconds.value < 0).fillna(False)).astype(opened.dtype)
            made[name] = made[name].fillna(until) if name in made else until
    return made
