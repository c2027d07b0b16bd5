"""Bias and interval coverage of the weekday baseline on simulated shops: conversion.py [series per cell, default 300]

28 or 21 days before, true change -20 %, weekends x 1.4 to 1.5, 10 % noise with day-to-day correlation 0, .3 or .5, window 3 or 7 days.
Bar: bias at most 1 point in every cell; coverage of the 95 % interval over all cells 93 to 98 %, and at least 90 % in each.
"""

import sys
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from review.analysis.conversion import BusinessCalendar, conversions
from review.incident.tables import METRIC_POINTS
from review.settings.curve import load_curve_settings

ZONE = ZoneInfo("Asia/Shanghai")


def shop(days: int, weeks: int, correlation: float, rng: np.random.Generator) -> tuple[pd.DataFrame, BusinessCalendar]:
    length = 7 * weeks + days
    noise = np.zeros(length)
    noise[0] = rng.normal() * 0.1
    for i in range(1, length):
        noise[i] = correlation * noise[i - 1] + rng.normal() * 0.1 * (1 - correlation**2) ** 0.5
    since = date(2026, 8, 1) + timedelta(days=int(rng.integers(7)))
    first = since - timedelta(days=7 * weeks)
    weekend = np.array([(first + timedelta(days=i)).weekday() >= 5 for i in range(length)])
    mean = 200 * np.where(weekend, rng.uniform(1.4, 1.5), 1.0) * np.exp(noise - 0.005)
    mean[7 * weeks :] *= 0.8
    at = pd.Series(pd.date_range(pd.Timestamp(first, tz=ZONE), periods=length, freq="D")).dt.tz_convert("UTC").dt.as_unit("us")
    columns = {"file": ["shop.csv"] * length, "row": np.arange(length) + 2, "scope": ["shop"] * length, "metric": ["units"] * length, "at": at}
    columns |= {"precision": ["day"] * length, "cumulative": [False] * length, "value": rng.poisson(mean).astype(float)}
    return METRIC_POINTS.frame(columns, length), BusinessCalendar(zone=ZONE, since=since)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    short, covered_all = 0, []
    for correlation in (0.0, 0.3, 0.5):
        for weeks in (3, 4):
            for days in (3, 7):
                settings = replace(load_curve_settings().conversion, window_days=days)
                errors, covered, widths, power = [], [], [], []
                for seed in range(runs):
                    points, calendar = shop(days, weeks, correlation, np.random.default_rng(seed))
                    week = conversions(points, calendar, settings)[0].week
                    assert week is not None
                    assert week.low is not None
                    assert week.high is not None
                    errors.append(week.change + 0.2)
                    covered.append(week.low <= -0.2 <= week.high)
                    widths.append(week.high - week.low)
                    power.append(week.high < 0)
                covered_all += covered
                bias, cover = float(np.mean(errors)) * 100, float(np.mean(covered))
                short += abs(bias) > 1 or cover < 0.90
                print(
                    f"noise correlation {correlation} weeks {weeks} days {days} bias {bias:+.2f} points, MAE {np.abs(errors).mean() * 100:.1f}, "
                    f"coverage {cover:.3f}, width {np.mean(widths) * 100:.0f} points, power {np.mean(power):.2f}"
                )
    total = float(np.mean(covered_all))
    print(f"coverage over all cells {total:.3f}")
    sys.exit(bool(short) or not 0.93 <= total <= 0.98)


if __name__ == "__main__":
    main()
