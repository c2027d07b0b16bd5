"""Small valid frames for tests: only the columns that matter are given."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from review.incident.tables import METRIC_POINTS, POSTS, RESPONSES

BEIJING = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 8, 12, 20, tzinfo=BEIJING)


def hours_after(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def posts(*rows: dict[str, object]) -> pd.DataFrame:
    """Posts; kind, platform, row and precision have defaults."""
    full = [{"file": "a.csv", "row": i + 2, "kind": "post", "platform": "xhs", "time_precision": "s", **row} for i, row in enumerate(rows)]
    return _frame(POSTS, full)


def readings(*rows: dict[str, object]) -> pd.DataFrame:
    full = [{"file": "a.csv", "row": i + 2, "scope": "topic", "metric": "reads", "name": "话题", "platform": "xhs", **row} for i, row in enumerate(rows)]
    return _frame(METRIC_POINTS, full)


def responses(*rows: dict[str, object]) -> pd.DataFrame:
    full = [{"file": "a.csv", "row": i + 2, "action": "statement", "precision": "min", **row} for i, row in enumerate(rows)]
    return _frame(RESPONSES, full)


def _frame(table, rows: list[dict[str, object]]) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    names = {name for row in rows for name in row}
    columns: dict[str, object] = {}
    for name in names:
        values = [row.get(name) for row in rows]
        columns[name] = pd.to_datetime(pd.Series(values), utc=True).dt.as_unit("us") if any(isinstance(value, datetime) for value in values) else values
    made: pd.DataFrame = table.frame(columns, len(rows))
    return made
