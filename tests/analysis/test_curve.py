from dataclasses import fields, replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from crisis_rows import CRISIS, CUTS, SETTINGS, SHANGHAI, START, VENDOR, comments, curve_of, drawn, samples

from review.analysis.buckets import bucket_grid
from review.analysis.curve import Curve, Evidence, leading_curve, moment, row_curve, sample_curve
from review.analysis.curve_points import focused
from review.analysis.row_sets import row_set


@pytest.fixture(scope="module")
def crisis() -> pd.DataFrame:
    return comments(*drawn(CRISIS, 60))


def numbers(curve: Curve) -> dict[str, list[float]]:
    """All arrays of the curve but its times."""
    return {
        f.name: np.nan_to_num(getattr(curve, f.name), nan=-1.0).tolist()
        for f in fields(curve)
        if isinstance(getattr(curve, f.name), np.ndarray) and f.name not in ("starts", "ends")
    }


def test_the_four_planted_turns_stand_at_their_times_with_their_shares(crisis: pd.DataFrame) -> None:
    curve = curve_of(crisis)
    assert curve.width == timedelta(minutes=10)
    assert curve.grade == "vendor"
    assert len(curve.turning_points) == 4
    for point, cut, before, after in zip(curve.turning_points, CUTS, (0.12, 0.30, 0.65, 0.30), (0.30, 0.65, 0.30, 0.15), strict=True):
        planted = START + timedelta(minutes=10 * cut)
        assert abs(point.at - planted) <= timedelta(minutes=10)
        assert point.earliest <= planted < point.latest
        assert point.before.low <= before <= point.before.high
        assert point.after.low <= after <= point.after.high
        assert point.step_low < after - before < point.step_high
        assert not point.is_thin
    assert curve.peak is not None
    assert curve.peak.low <= 0.65 <= curve.peak.high


def test_shares_of_buckets_are_exactly_those_counted(crisis: pd.DataFrame) -> None:
    k, n = drawn(CRISIS, 60)
    curve = curve_of(crisis)
    assert curve.k.tolist() == k.tolist()
    assert curve.n.tolist() == n.tolist()
    assert curve.share.tolist() == (k / n).tolist()
    assert ((curve.low <= curve.share) & (curve.share <= curve.high)).all()


def test_shifting_all_times_by_a_day_shifts_the_curve_and_changes_no_share(crisis: pd.DataFrame) -> None:
    first = curve_of(crisis)
    second = curve_of(crisis.assign(published_at=crisis["published_at"] + pd.Timedelta(days=1)))
    assert numbers(first) == numbers(second)
    assert (second.starts - first.starts == np.timedelta64(1, "D")).all()
    assert [p.at + timedelta(days=1) for p in first.turning_points] == [p.at for p in second.turning_points]


def test_row_order_changes_nothing(crisis: pd.DataFrame) -> None:
    mixed = crisis.sample(frac=1, random_state=7).reset_index(drop=True)
    first, second = curve_of(crisis), curve_of(mixed)
    assert numbers(first) == numbers(second)
    assert first.turning_points == second.turning_points
    assert first.regimes == second.regimes
    assert first.rows == second.rows


def test_a_turning_point_rests_on_the_rows_of_its_two_regimes(crisis: pd.DataFrame) -> None:
    curve = curve_of(crisis)
    point = curve.turning_points[0]
    inside = crisis[(crisis["published_at"] >= point.before.start) & (crisis["published_at"] < point.after.end)]
    assert point.rows == row_set(inside)
    assert curve.rows == row_set(crisis)
    assert sum(regime.rows.count for regime in curve.regimes) == len(crisis)


def test_a_quiet_series_has_no_turning_point() -> None:
    assert curve_of(comments(*drawn(np.full(100, 0.3), 40, 3))).turning_points == ()


def test_unjudged_rows_count_as_volume_only(crisis: pd.DataFrame) -> None:
    frame = crisis.copy()
    frame.loc[frame.index[:30], "negative"] = pd.NA
    curve = curve_of(frame)
    assert curve.unjudged == 30
    assert curve.volume[0] == 60
    assert curve.n[0] == 30
    assert curve.rows.count == len(frame) - 30


def test_no_line_is_drawn_across_a_gap() -> None:
    k, n = drawn(np.full(60, 0.3), 40)
    n[20:40] = 0
    frame = comments(np.where(n > 0, k, 0), n)
    curve = curve_of(frame)
    empty = np.flatnonzero(curve.n == 0)
    assert empty.tolist() == [20]
    assert np.isnan(curve.smoothed[20])
    assert np.isnan(curve.share[20])
    assert not np.isnan(np.delete(curve.smoothed, 20)).any()


def test_the_smooth_line_is_closer_to_the_truth_than_the_dots() -> None:
    truth = 0.2 + 0.3 * 0.5 ** (np.arange(144) / 30)
    curve = curve_of(comments(*drawn(truth, 25, 9)))
    assert np.abs(curve.smoothed - truth).mean() < 0.6 * np.abs(curve.share - truth).mean()


def test_platforms_have_their_own_curves_and_a_change_of_mix_is_told() -> None:
    half = np.repeat([0.0, 1.0], 40)
    calm = comments(*drawn(np.full(80, 0.1), 60), platform="weibo")
    n = np.where(half > 0, 200.0, 20.0)
    angry = comments(np.round(n * 0.6), n, platform="xhs")
    angry["row"] += 100_000
    curve = curve_of(pd.concat([calm, angry], ignore_index=True))
    assert [(c.place, len(c.turning_points)) for c in curve.platforms] == [("xhs", 0), ("weibo", 0)]
    assert [place.place for place in curve.places] == ["xhs", "weibo"]
    assert len(curve.turning_points) == 1
    point = curve.turning_points[0]
    assert point.mix_part == pytest.approx(point.step, abs=0.02)


def test_probabilities_give_the_level_and_hard_labels_the_correlation(crisis: pd.DataFrame) -> None:
    soft = crisis.assign(probability=crisis["negative"].astype("Float64") * 0.5 + 0.25)
    plain, curve = curve_of(crisis), curve_of(soft)
    assert curve.share == pytest.approx(plain.share * 0.5 + 0.25)
    assert curve.rho == plain.rho


def test_an_error_of_calibration_widens_every_band(crisis: pd.DataFrame) -> None:
    grid = bucket_grid(crisis, SHANGHAI, SETTINGS.buckets)
    sure = curve_of(crisis)
    unsure = row_curve(crisis, grid, replace(VENDOR, grade="audited", level_sd=np.full(len(grid.starts), 0.04)), SETTINGS)
    assert unsure is not None
    assert ((unsure.high - unsure.low) > (sure.high - sure.low)).all()
    assert unsure.regimes[0].high - unsure.regimes[0].low > 0.12
    assert [p.bucket for p in unsure.turning_points] == [p.bucket for p in sure.turning_points]


def test_too_few_judged_rows_make_no_curve() -> None:
    frame = comments(*drawn(np.full(1, 0.3), SETTINGS.buckets.min_rows - 1))
    assert row_curve(frame, bucket_grid(frame, SHANGHAI, SETTINGS.buckets), VENDOR, SETTINGS) is None
    empty = frame.iloc[:0]
    assert row_curve(empty, bucket_grid(empty, SHANGHAI, SETTINGS.buckets), VENDOR, SETTINGS) is None


def test_a_few_buckets_are_regimes_of_their_own_without_turning_points() -> None:
    curve = curve_of(comments(*drawn(np.array([0.1, 0.6, 0.3]), 50)))
    assert not curve.searched
    assert curve.turning_points == ()
    assert len(curve.regimes) == 3


def test_few_comments_make_the_curve_thin_and_its_buckets_grey() -> None:
    frame = comments(*drawn(np.full(20, 0.3), 2))
    frame["published_at"] = START + pd.to_timedelta(np.arange(len(frame)) // 5, unit="D")
    curve = curve_of(frame)
    assert curve.is_thin
    assert curve.thin.all()


def test_the_chart_shows_the_middle_of_the_volume() -> None:
    frame = comments(*drawn(CRISIS, 60))
    frame.loc[0, "published_at"] = pd.Timestamp("2019-01-01", tz="UTC")
    assert curve_of(frame).focus[0] >= START


def test_years_of_old_posts_do_not_push_the_incident_to_the_edge_of_its_chart() -> None:
    """Ten posts a month for four years, then twenty days of a crisis that begins on the eleventh."""
    old = comments(*drawn(np.full(48, 0.1), 10))
    old["published_at"] = START - pd.to_timedelta((np.arange(len(old)) // 10 + 1) * 720 - np.arange(len(old)) % 10, unit="h")
    crisis = comments(*drawn(np.repeat([0.1, 0.5], 10), 60))
    crisis["published_at"] = START + pd.to_timedelta(np.arange(len(crisis)) * 24, unit="min")
    curve = curve_of(pd.concat([old, crisis], ignore_index=True))
    onset, end = START + timedelta(days=10), START + timedelta(days=20)
    assert curve.focus[0] < START - timedelta(days=1000)
    around = focused(curve, onset, SETTINGS)
    assert curve.width == timedelta(days=1)
    assert around.focus == (START, end)  # thirty days before the onset: the newest old posts are just outside
    assert numbers(around) == numbers(curve)
    assert around.turning_points == curve.turning_points


def test_a_chart_that_shows_the_incident_already_is_left_as_it_is(crisis: pd.DataFrame) -> None:
    curve = curve_of(crisis)
    for hours in (-5, 0, 1, 8, 1000):
        assert focused(curve, START + timedelta(hours=hours), SETTINGS) is curve


def test_typed_samples_are_points_with_their_periods_and_no_turning_points_when_few() -> None:
    curve = sample_curve(samples([(24, 200), (130, 200), (48, 200)]), SETTINGS)
    assert curve is not None
    assert curve.width is None
    assert curve.grade == "sampled"
    assert curve.share.tolist() == [0.12, 0.65, 0.24]
    assert [moment(s) for s in curve.starts] == [START + timedelta(hours=6 * i) for i in range(3)]
    assert not curve.searched
    assert [regime.share for regime in curve.regimes] == [0.12, 0.65, 0.24]
    assert not curve.rho_estimated


def test_samples_of_two_places_are_never_added_up() -> None:
    frame = pd.concat([samples([(10, 100)] * 3, "xhs"), samples([(50, 100)] * 2, "weibo")], ignore_index=True)
    curve = sample_curve(frame, SETTINGS)
    assert curve is not None
    assert (curve.place, curve.n.tolist()) == ("xhs", [100, 100, 100])
    assert [(c.place, c.k.tolist()) for c in curve.platforms] == [("weibo", [50, 50])]


def test_the_same_sample_typed_twice_counts_once_and_two_readings_of_a_period_add() -> None:
    frame = pd.concat([samples([(10, 100)]), samples([(10, 100)]), samples([(30, 100)])], ignore_index=True)
    curve = sample_curve(frame, SETTINGS)
    assert curve is not None
    assert (curve.k.tolist(), curve.n.tolist()) == ([40], [200])


def test_samples_without_counts_or_with_more_negative_than_read_make_no_point() -> None:
    frame = samples([(5, 4), (0, 0)])
    assert sample_curve(frame, SETTINGS) is None
    assert sample_curve(frame.iloc[:0], SETTINGS) is None


def test_comments_lead_before_posts_and_better_grades_before_worse(crisis: pd.DataFrame) -> None:
    vendor = curve_of(crisis)
    model = curve_of(crisis, Evidence(subject="comments", grade="model"))
    posts = curve_of(crisis, Evidence(subject="posts", grade="audited"))
    few = sample_curve(samples([(24, 200)]), SETTINGS)
    many = sample_curve(samples([(24, 200)] * 8), SETTINGS)
    assert few is not None
    assert many is not None
    assert leading_curve([few, posts, model, vendor]) is vendor
    assert leading_curve([model, many]) is many
    assert leading_curve([few, model]) is model
    assert leading_curve([few]) is few
    assert leading_curve([]) is None


def test_a_stretch_names_the_rows_it_counts_and_not_those_of_a_burst_inside_it() -> None:
    k, n = np.full(60, 12.0), np.full(60, 40.0)
    k[30], n[30] = 190.0, 200.0
    curve = curve_of(comments(k, n))
    (regime,) = curve.regimes
    (burst,) = curve.spikes
    assert (regime.n, regime.rows.count) == (59 * 40, 59 * 40)
    assert (burst.n, burst.rows.count) == (200, 200)
