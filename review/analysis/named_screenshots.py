"""The rows whose 截图 cell names a picture: what each piece of evidence belongs to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pandas as pd

from review.analysis.cell import text_of, time_of
from review.analysis.row_sets import row_set
from review.incident.evidence import RowSet
from review.incident.incident import Incident

RowKind = Literal["response", "reading", "post"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedScreenshot:
    """One row and the file it names, as typed. code: the action, metric or kind of post; subject: title or name, None without; at: None where untimed."""

    file: str
    of: RowKind
    code: str
    platform: str | None
    subject: str | None
    at: datetime | None
    precision: str | None
    rows: RowSet


def named_screenshots(incident: Incident) -> tuple[NamedScreenshot, ...]:
    """Every row of responses, readings and posts that names a screenshot, by time (untimed last), then by file and place. A few dozen rows, looped over."""
    made = [
        *_named(incident.responses, "response", ("action", "title", "at", "precision")),
        *_named(incident.metric_points, "reading", ("metric", "name", "at", "precision")),
        *_named(incident.posts, "post", ("kind", "title", "published_at", "time_precision")),
    ]
    return tuple(sorted(made, key=lambda each: (each.at is None, each.at.timestamp() if each.at else 0.0, each.file, each.of, each.rows.digest)))


def _named(frame: pd.DataFrame, of: RowKind, columns: tuple[str, str, str, str]) -> list[NamedScreenshot]:
    """columns: code, subject, time and precision of this table."""
    code, subject, at, precision = columns
    chosen = frame.loc[frame["screenshot"].notna()]
    return [
        NamedScreenshot(
            file=str(row["screenshot"]),
            of=of,
            code=str(row[code]),
            platform=text_of(row["platform"]),
            subject=text_of(row[subject]),
            at=time_of(row[at]),
            precision=text_of(row[precision]),
            rows=row_set(chosen.iloc[i : i + 1]),
        )
        for i, (_, row) in enumerate(chosen.iterrows())
    ]
