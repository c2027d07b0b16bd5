from pathlib import Path

import pytest

from review.incident.errors import UnusableInput
from review.settings.curve import load_curve_settings
from review.settings.toml import SETTINGS_DIR

SHIPPED = SETTINGS_DIR / "curve.toml"


def test_the_shipped_thresholds_are_those_of_the_method() -> None:
    settings = load_curve_settings()
    assert settings.trigger_run == 3
    assert settings.turning_points.penalty_log_t == 3.0
    assert (settings.turning_points.min_step, settings.turning_points.small_step) == (0.10, 0.05)
    assert settings.buckets.ladder_minutes == (10, 60, 180, 360, 1440)
    assert (settings.recovery.window_minutes, settings.recovery.hold_minutes) == (60, 120)
    assert (settings.effects.trend_pre_buckets, settings.effects.trend_post_buckets) == (18, 12)
    assert settings.conversion.min_weeks == 3


def test_every_threshold_says_where_it_comes_from() -> None:
    lines = [line for line in SHIPPED.read_text(encoding="utf-8").splitlines() if "=" in line.split("#")[0]]
    assert all(any(word in line for word in ("# source", "# measured", "# default")) for line in lines)


def test_all_faults_are_reported_with_their_paths(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace("run = 3 ", "run = 0 ", 1).replace("spike_buckets = 2", "spike_bucket = 2").replace("[10, 60, 180, 360, 1440]", "[60, 10]")
    path = tmp_path / "curve.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        load_curve_settings(path)
    said = str(caught.value)
    for place in ("trigger.run", "turning_points.spike_buckets", "turning_points.spike_bucket ", "buckets.ladder_minutes"):
        assert place in said
