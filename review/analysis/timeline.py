"""The response timeline as cards: what the brand did and when, in time order."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from review.analysis.cell import flag_of, text_of
from review.analysis.row_sets import row_set
from review.incident.evidence import RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCard:
    """One typed response. Every text as typed, None where left blank; the three marks of a blogger's post likewise."""

    at: datetime
    precision: str | None
    action: str
    platform: str | None
    actor: str | None
    title: str | None
    text: str | None
    commitment: str | None
    owner: str | None
    result: str | None
    core_vertical: bool | None
    measured: bool | None
    demand_addressed: bool | None
    rows: RowSet


def response_cards(responses: pd.DataFrame) -> tuple[ResponseCard, ...]:
    """The responses in time order (equal times: by action, then title). A few dozen rows, looped over."""
    ordered = responses.sort_values(["at", "action", "title", "file", "row"], kind="stable")
    made = []
    for i in range(len(ordered)):
        row = ordered.iloc[i]
        made.append(
            ResponseCard(
                at=row["at"].to_pydatetime(),
                precision=text_of(row["precision"]),
                action=str(row["action"]),
                platform=text_of(row["platform"]),
                actor=text_of(row["actor"]),
                title=text_of(row["title"]),
                text=text_of(row["text"]),
                commitment=text_of(row["commitment"]),
                owner=text_of(row["owner"]),
                result=text_of(row["result"]),
                core_vertical=flag_of(row["core_vertical"]),
                measured=flag_of(row["measured"]),
                demand_addressed=flag_of(row["demand_addressed"]),
                rows=row_set(ordered.iloc[i : i + 1]),
            )
        )
    return tuple(made)
