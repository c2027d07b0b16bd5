"""The incident: five checked tables, the typed case, and what was inexact."""

from dataclasses import dataclass

import pandas as pd

from review.incident.case import Case
from review.incident.tables import INEXACT, METRIC_POINTS, POSTS, RESPONSES, SAMPLES, TICKETS


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What intake gives and analysis takes. Every frame is checked against its schema on creation (ValueError names each fault).

    Rows are in a canonical order that does not depend on the order of the input: each table sorted by time, then by content.
    """

    posts: pd.DataFrame
    metric_points: pd.DataFrame
    samples: pd.DataFrame
    responses: pd.DataFrame
    tickets: pd.DataFrame
    inexact: pd.DataFrame
    case: Case

    def __post_init__(self) -> None:
        for table, frame in (
            (POSTS, self.posts),
            (METRIC_POINTS, self.metric_points),
            (SAMPLES, self.samples),
            (RESPONSES, self.responses),
            (TICKETS, self.tickets),
            (INEXACT, self.inexact),
        ):
            table.check(frame)


def empty_incident(case: Case) -> Incident:
    """An incident of nothing but its typed case."""
    return Incident(
        posts=POSTS.empty(),
        metric_points=METRIC_POINTS.empty(),
        samples=SAMPLES.empty(),
        responses=RESPONSES.empty(),
        tickets=TICKETS.empty(),
        inexact=INEXACT.empty(),
        case=case,
    )
