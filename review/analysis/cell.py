"""One cell of a table, or the outcome of a min, max or sum over one, as a plain value: None where it holds nothing."""

from datetime import datetime
from typing import Any

import pandas as pd


def _is_empty(cell: Any) -> bool:
    return cell is None or cell is pd.NA or bool(cell != cell)  # NaN and NaT differ from themselves


def text_of(cell: Any) -> str | None:
    """None, NA, NaN → None."""
    return None if _is_empty(cell) else str(cell)


def count_of(cell: Any) -> int | None:
    """A whole number; None, NA, NaN → None."""
    return None if _is_empty(cell) else int(cell)


def flag_of(cell: Any) -> bool | None:
    """Yes, no, or None for what nobody typed."""
    return None if _is_empty(cell) else bool(cell)


def time_of(cell: Any) -> datetime | None:
    """A pandas time as Python's, its zone kept; None, NaT → None."""
    at: datetime | None = None if _is_empty(cell) else cell.to_pydatetime()
    return at
