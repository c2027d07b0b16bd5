"""The band of intervals in Word: an area of one light tone from end to end of each interval, through which dots and lines show."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from chart_parts import C
from lxml import etree
from specimen import curve_chart

from review.report.chart_data import CurvePoint
from review.report.theme import load_theme
from review.report.word_band import OPACITY, band_line, band_of
from review.report.word_charts import native_chart

THEME = load_theme(None)
START = datetime(2026, 8, 12, tzinfo=UTC)
HOUR = 1 / 24


def point(hour: float, low: float | None, high: float | None, thin: bool = False) -> CurvePoint:
    return CurvePoint(at=START + timedelta(hours=hour), share=0.3, low=low, high=high, n=40, thin=thin)


def test_the_line_runs_from_end_to_end_of_the_interval_at_each_step() -> None:
    points = [point(0, 0.1, 0.5), point(1, 0.2, 0.4), point(2, 0.0, 0.8)]
    band = band_of(points, [0.0, HOUR, 2 * HOUR], 60, HOUR / 100)
    assert band.firm[-1] == (None, None)
    strokes = list(zip(band.firm[:-1:2], band.firm[1:-1:2], strict=True))
    assert len(strokes) > 50
    for (place, one), (same, other) in strokes:
        assert place is not None
        assert one is not None
        assert other is not None
        assert place == same
        part = place / HOUR
        low, high = (0.1 + 0.1 * part, 0.5 - 0.1 * part) if part <= 1 else (0.2 - 0.2 * (part - 1), 0.4 + 0.4 * (part - 1))
        assert sorted((one, other)) == pytest.approx([low, high], abs=1e-3)
    assert band.pale == ()
    assert not any(band.lone)


def test_the_band_is_pale_beside_few_comments_and_parted_where_a_bucket_is_missing() -> None:
    points = [point(0, 0.1, 0.5), point(1, 0.2, 0.4), point(2, 0.0, 0.9, thin=True), point(5, 0.1, 0.2), point(6, None, None)]
    band = band_of(points, [hour * HOUR for hour in (0, 1, 2, 5, 6)], 60, HOUR / 10)
    assert max(place for place, _ in band.firm if place is not None) == pytest.approx(HOUR, abs=1e-5)
    pale = [place for place, _ in band.pale if place is not None]
    assert [min(pale), max(pale)] == pytest.approx([HOUR, 2 * HOUR], abs=1e-5)
    assert band.lone == (False, False, False, True, False)


def test_typed_samples_have_bars_and_no_band() -> None:
    band = band_of([point(0, 0.1, 0.5), point(0.1, 0.2, 0.4)], [0.0, 0.1 * HOUR], None, HOUR)
    assert (band.firm, band.pale, band.lone) == ((), (), (True, True))


def test_the_tone_on_white_is_the_one_asked_for() -> None:
    found = re.search(r'val="([0-9A-F]{6})"><a:alpha val="(\d+)"/>', band_line(THEME.colours.band))
    assert found is not None
    assert int(found[2]) == round(OPACITY * 100000)
    shown = [255 - OPACITY * (255 - int(found[1][i : i + 2], 16)) for i in (0, 2, 4)]
    assert shown == pytest.approx([int(THEME.colours.band[i : i + 2], 16) for i in (1, 3, 5)], abs=1)


def test_the_curve_of_word_has_a_band_and_no_bar_where_every_bucket_has_a_neighbour() -> None:
    chart = curve_chart()
    points = tuple(point(hour, 0.1, 0.5) for hour in range(30))
    native = native_chart(replace(chart, points=points, bucket_minutes=60), THEME)
    assert native is not None
    tree = etree.fromstring(native.xml("rId1"))
    assert not [bars for bars in tree.iter(f"{C}errBars") if bars.find(f"{C}errDir").get("val") == "y"]
    first = next(tree.iter(f"{C}ser"))
    assert first.find(f"{C}spPr//*[@val='{round(OPACITY * 100000)}']") is not None
