from datetime import timedelta

import pandas as pd
import pytest
from crisis_rows import SETTINGS
from test_conversion import CALENDAR, SINCE, daily

from review.analysis.exposure import exposure
from review.incident.tables import METRIC_POINTS


def test_an_accounts_exposure_is_held_against_its_weekdays() -> None:
    first = SINCE - timedelta(days=28)
    frame = daily([100.0] * 28 + [180.0] * 9, first, "impressions", scope="account", platform="xhs")
    (found,) = exposure(frame, CALENDAR, SETTINGS.conversion)
    assert (found.metric, found.days, found.actual, found.expected) == ("impressions", 7, 1260, 700)
    assert found.change == pytest.approx(0.8)
    assert found.rows.count == 37


def test_without_weeks_before_the_first_week_is_told_alone() -> None:
    accounts = [daily([50.0] * 5, SINCE - timedelta(days=2), "views", scope="account", name=name) for name in ("甲号", "乙号")]
    items = daily([9.0] * 5, SINCE, "views", scope="item", name="n1")
    before = daily([9.0] * 5, SINCE - timedelta(days=5), "likes", scope="account", name="甲号")
    found = exposure(pd.concat([*accounts, items, before], ignore_index=True), CALENDAR, SETTINGS.conversion)
    assert [(each.name, each.days, each.actual, each.expected, each.change) for each in found] == [("乙号", 3, 150, None, None), ("甲号", 3, 150, None, None)]
    assert exposure(METRIC_POINTS.empty(), CALENDAR, SETTINGS.conversion) == ()
