"""What incidents are compared by, counted from the onset."""

from datetime import timedelta

import numpy as np
import pytest
from crisis_rows import SETTINGS, START, comments, curve_of

from review.analysis.curve import Curve
from review.analysis.recovery import back_to_normal
from review.analysis.since_onset import MOST_POINTS, day_one, normal_time, small_curve

TEN = timedelta(minutes=10)
DAY = timedelta(days=1)


def of_days(shares: list[float], n: float = 20.0) -> Curve:
    """Days of one share each, in buckets of ten minutes."""
    share = np.repeat(shares, 144)
    return curve_of(comments(share * n, np.full(len(share), n)))


def test_the_first_day_is_the_24_hours_from_the_onset_and_no_bucket_more() -> None:
    figure = day_one(of_days([0.1, 0.6, 0.1]), START + DAY, SETTINGS.band)
    assert figure is not None
    assert figure.share == pytest.approx(0.6)
    assert figure.n == 144 * 20
    assert figure.low < figure.share < figure.high


def test_there_is_no_first_day_where_nobody_spoke_in_it() -> None:
    assert day_one(of_days([0.1]), START + 2 * DAY, SETTINGS.band) is None


def test_the_hours_to_normal_are_counted_from_the_onset_and_never_of_an_older_peak() -> None:
    normal = back_to_normal(of_days([0.6, 0.1]), None, 0.2, SETTINGS.recovery)
    assert normal is not None
    assert normal.at is not None
    found = normal_time(normal, normal.at - timedelta(hours=5))
    assert found is not None
    assert (found.state, found.hours) == ("returned", 5.0)
    assert normal_time(normal, normal.at + TEN) is None


def test_a_return_that_was_not_seen_is_told_as_not_before_the_end_of_the_data() -> None:
    curve = of_days([0.6])
    normal = back_to_normal(curve, None, 0.2, SETTINGS.recovery)
    assert normal is not None
    found = normal_time(normal, START)
    assert found is not None
    assert (found.state, found.hours) == ("censored", (curve.data_end - START) / timedelta(hours=1))
    assert normal_time(normal, curve.data_end + TEN) is None, "the curve ended before the crisis began"


def test_the_small_curve_holds_every_comment_from_a_day_before_to_a_week_after() -> None:
    marks = small_curve(of_days([0.1] * 2 + [0.5] * 9), START + 2 * DAY)
    assert len(marks) == MOST_POINTS
    assert sum(mark.n for mark in marks) == 8 * 144 * 20
    assert -24 <= marks[0].hours < 0 < marks[-1].hours < 7 * 24
    assert [mark.hours for mark in marks] == sorted(mark.hours for mark in marks)
