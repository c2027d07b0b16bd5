"""How far the accounts' own back offices and tools say it reached: daily figures of accounts against their weekdays before."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pandas as pd

from review.analysis.conversion import BusinessCalendar, daily_series
from review.incident.evidence import RowSet
from review.settings.curve import ConversionSettings

METRICS: Final = ("impressions", "views", "reads", "reach", "engagement", "likes", "comments", "collects", "shares", "followers_gained")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureSeries:
    """One daily figure of one account: actual is its sum over `days` days of the incident's first week, expected what their weekdays brought before.

    expected, change: None where the weeks before are too few.
    """

    name: str | None
    platform: str | None
    metric: str
    unit: str | None
    days: int
    actual: float
    expected: float | None
    change: float | None
    rows: RowSet


def exposure(points: pd.DataFrame, calendar: BusinessCalendar, settings: ConversionSettings) -> tuple[ExposureSeries, ...]:
    """Every daily series of an account or brand with a day since the incident, by platform and name, then in the order of METRICS; never added up."""
    end = calendar.since + timedelta(days=settings.window_days)
    made = []
    for each in daily_series(points.loc[points["scope"].isin(("account", "brand"))], METRICS, calendar, settings):
        week = each.week
        values = [value for day, value in zip(each.days, each.values, strict=True) if value is not None and calendar.since <= day < end]
        if week is None and not values:
            continue
        made.append(
            ExposureSeries(
                name=each.name,
                platform=each.platform,
                metric=each.metric,
                unit=each.unit,
                days=len(values) if week is None else week.days,
                actual=sum(values) if week is None else week.actual,
                expected=None if week is None else week.expected,
                change=None if week is None else week.change,
                rows=each.rows,
            )
        )
    return tuple(sorted(made, key=lambda one: (one.platform or "", one.name or "", METRICS.index(one.metric))))
