from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from crisis_rows import CRISIS, CUTS, SETTINGS, START, comments, curve_of, drawn, samples

from review.analysis.curve import Curve, sample_curve
from review.analysis.recovery import back_to_normal, base_share, half_life, incident_from, recovery_shares
from review.analysis.trigger import trigger
from review.settings.curve import TriggerSettings

RULES = (SETTINGS.recovery, SETTINGS.band)
TEN = timedelta(minutes=10)
LINE = 0.2


def since(curve: Curve, t0: datetime) -> Curve:
    return replace(curve, incident_from=incident_from(curve, t0, LINE))


def of_shares(shares: list[float], lengths: list[int], n: float = 100.0) -> Curve:
    share = np.repeat(shares, lengths)
    return curve_of(comments(share * n, np.full(len(share), n)))


def test_the_base_is_the_share_of_the_buckets_that_ended_by_the_outbreak() -> None:
    k, n = drawn(CRISIS, 60)
    base = base_share(since(curve_of(comments(k, n)), START + TEN * CUTS[0] + timedelta(minutes=3)), RULES)
    assert base is not None
    assert (base.k, base.n, base.buckets) == (k[:20].sum(), n[:20].sum(), 20)
    assert base.low <= base.share <= base.high


def test_an_outbreak_noticed_late_leaves_the_first_angry_comments_out_of_the_base() -> None:
    curve = since(of_shares([0.1, 0.3, 0.6, 0.1], [20, 20, 20, 20]), START + TEN * 45)
    base = base_share(curve, RULES)
    assert base is not None
    assert base.share == pytest.approx(0.1)
    assert base.buckets == 20


def test_a_brand_often_complained_about_keeps_its_base_above_the_line() -> None:
    curve = since(of_shares([0.1, 0.25, 0.6], [0, 40, 20]), START + TEN * 43)
    base = base_share(curve, RULES)
    assert base is not None
    assert base.share == pytest.approx(0.25)
    assert base.buckets == 40


def test_an_older_storm_is_no_part_of_this_incident() -> None:
    curve = since(of_shares([0.05, 0.7, 0.05, 0.5], [20, 20, 40, 40]), START + TEN * 82)
    shares = recovery_shares(curve, base_share(curve, RULES))
    fired = trigger(curve, TriggerSettings(share=LINE, run=3))
    assert curve.incident_from == 80
    assert shares is not None
    assert shares.recovered == pytest.approx(0.0), "half of the comments are still negative when the data end"
    assert fired is not None
    assert (fired.bucket, fired.seen_below) == (80, True)


def test_an_outbreak_after_the_data_ended_has_no_curve_to_recover_on() -> None:
    curve = since(of_shares([0.05, 0.7, 0.05], [20, 20, 40]), START + TEN * 90)
    assert curve.peak is None
    assert recovery_shares(curve, None) is None
    assert back_to_normal(curve, None, LINE, SETTINGS.recovery) is None
    assert half_life(curve, RULES) is None


def test_there_is_no_base_without_comments_before() -> None:
    assert base_share(since(curve_of(comments(*drawn(CRISIS, 60))), START), RULES) is None


def test_recovery_is_measured_on_regimes_from_peak_to_base() -> None:
    curve = since(curve_of(comments(*drawn(CRISIS, 100))), START + TEN * 20)
    base = base_share(curve, RULES)
    shares = recovery_shares(curve, base)
    assert shares is not None
    assert shares.recovered == pytest.approx((0.65 - 0.15) / (0.65 - 0.12), abs=0.06)
    without = recovery_shares(curve, None)
    assert without is not None
    assert without.recovered is None


def test_a_quiet_curve_has_nothing_to_recover_from() -> None:
    curve = curve_of(comments(*drawn(np.full(60, 0.1), 40)))
    assert recovery_shares(curve, None) is None
    normal = back_to_normal(curve, None, 0.2, SETTINGS.recovery)
    assert normal is not None
    assert normal.state == "never_above"
    assert half_life(curve, RULES) is None


def test_back_to_normal_is_the_start_of_the_first_hour_that_held() -> None:
    share = np.repeat([0.1, 0.6, 0.1, 0.6, 0.1], [20, 30, 10, 20, 40])
    n = np.full(120, 100.0)
    normal = back_to_normal(curve_of(comments(share * n, n)), None, 0.2, SETTINGS.recovery)
    assert normal is not None
    assert normal.state == "returned"
    assert normal.at == START + TEN * 79, "the hour from the last bad bucket on is at 18 %"
    assert normal.threshold_kind == "trigger"


def test_a_return_too_close_to_the_end_is_unconfirmed_and_a_missing_one_is_censored() -> None:
    n = np.full(60, 100.0)
    late = np.repeat([0.1, 0.6, 0.1], [10, 40, 10])
    normal = back_to_normal(curve_of(comments(late * n, n)), None, 0.2, SETTINGS.recovery)
    assert normal is not None
    assert (normal.state, normal.at) == ("unconfirmed", START + TEN * 49)
    high = back_to_normal(curve_of(comments(np.repeat([0.1, 0.6], [10, 50]) * n, n)), None, 0.2, SETTINGS.recovery)
    assert high is not None
    assert (high.state, high.at) == ("not_reached", None)
    assert high.data_end == START + TEN * 60


def test_a_calm_hour_and_a_silent_night_are_no_return_where_the_days_after_stay_above() -> None:
    storm, calm, silent, after = np.full(50, 100.0), np.full(6, 1.0), np.full(15, 0.0), np.full(400, 1.0)
    n = np.concatenate((storm, calm, silent, after))
    k = np.concatenate((np.repeat([10.0, 80.0], [20, 30]), calm * 0, silent, np.tile([1.0, 0.0], 200)))
    curve = curve_of(comments(k, n))
    assert curve.regimes[-1].share == pytest.approx(0.49, abs=0.01)
    normal = back_to_normal(curve, None, 0.2, SETTINGS.recovery)
    assert normal is not None
    assert (normal.state, normal.at) == ("not_reached", None)


def test_a_stretch_that_began_before_the_incident_gives_no_return_after_it() -> None:
    n = np.repeat([10.0, 40.0, 20.0], [30, 60, 20])
    curve = replace(curve_of(comments(np.round(n * np.repeat([0.40, 0.49, 0.41], [30, 60, 20])), n)), incident_from=30)
    assert len(curve.regimes) == 1
    normal = back_to_normal(curve, base_share(curve, RULES), 0.2, SETTINGS.recovery)
    assert normal is not None
    assert normal.at is None or normal.at < START + TEN * 30


def test_a_share_equal_to_the_threshold_is_back_to_normal() -> None:
    n = np.full(80, 100.0)
    normal = back_to_normal(curve_of(comments(np.repeat([0.1, 0.6, 0.2], [20, 20, 40]) * n, n)), None, 0.2, SETTINGS.recovery)
    assert normal is not None
    assert normal.at == START + TEN * 40


def test_with_buckets_of_an_hour_two_in_a_row_must_hold() -> None:
    hours = np.repeat([0, 3, 0, 3, 0], [10, 10, 1, 3, 10])
    curve = curve_of(comments(np.repeat(hours, 6).astype(float), np.full(204, 4.0)))
    assert curve.width == timedelta(hours=1)
    normal = back_to_normal(curve, None, 0.2, SETTINGS.recovery)
    assert normal is not None
    assert (normal.state, normal.at) == ("returned", START + timedelta(hours=24))


def test_typed_samples_are_back_with_two_in_a_row() -> None:
    curve = sample_curve(samples([(10, 100), (65, 100), (15, 100), (40, 100), (15, 100), (12, 100)]), SETTINGS)
    assert curve is not None
    normal = back_to_normal(curve, None, 0.2, SETTINGS.recovery)
    assert normal is not None
    assert normal.at == START + timedelta(hours=24)


def test_a_planted_half_life_of_three_hours_is_found_after_its_plateau() -> None:
    t = np.arange(200)
    truth = np.where(t < 40, 0.12, np.where(t < 60, 0.65, 0.15 + 0.5 * 0.5 ** ((t - 60) / 18)))
    found = half_life(curve_of(comments(*drawn(truth, 100))), RULES)
    assert found is not None
    assert abs(found.half_life - timedelta(hours=3)) < timedelta(minutes=40)
    assert found.low <= timedelta(hours=3)
    assert found.high is None or found.high >= timedelta(hours=3)
    assert abs(found.start - (START + TEN * 60)) <= timedelta(minutes=40)
    assert found.floor == pytest.approx(0.15, abs=0.03)


def test_a_lasting_rise_has_no_half_life() -> None:
    assert half_life(curve_of(comments(*drawn(np.repeat([0.1, 0.6], 40), 100))), RULES) is None
