"""An outside auditor's recount of the curve: turning points with their windows and intervals, what followed each action, the pace, the return, sales."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from math import asin, exp, hypot, lgamma, log, pi, sqrt, tan
from statistics import NormalDist, median
from typing import Any

import numpy as np
import pytest
from auditor import SINCE, at, moment, sample, told_worth, wilson_band

WIDTH = timedelta(minutes=10)
ORIGIN = at("2026-08-01T00:00:00")
HOUR = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Judged rows a bucket of ten minutes from ORIGIN on: how many, and the sum of their probabilities."""

    n: Counter[int]
    k: Counter[int]

    def worth(self, buckets: Iterable[int]) -> tuple[float, float]:
        """(share, comments); the correlation of the sample is nought, so each comment counts in full."""
        found = list(buckets)
        n = sum(self.n[bucket] for bucket in found)
        return sum(self.k[bucket] for bucket in found) / n if n else 0.0, float(n)


def bucket(time: datetime) -> int:
    return (time - ORIGIN) // WIDTH


def start(number: int) -> datetime:
    return ORIGIN + number * WIDTH


def series(numbers: Iterable[int]) -> Series:
    n: Counter[int] = Counter()
    k: Counter[int] = Counter()
    for number in numbers:
        here = bucket(at(sample().rows[number]["时间"]))
        n[here] += 1
        k[here] += float(sample().labels[number]["负面概率"])  # type: ignore[assignment]
    return Series(n=n, k=k)


@cache
def curve() -> Series:
    return series(sample().numbers(sample().named("参与情绪走势的已判定条数")[0]))


def settings(part: str) -> Any:
    return sample().settings["curve.toml"][part]


def test_the_width_of_a_bucket_is_told_where_shares_are_explained() -> None:
    (claim,) = sample().named("时段宽度")
    assert timedelta(hours=claim["value"]) == WIDTH
    assert "一天中选取，本次为 10 分钟" in sample().methods


def test_comments_of_a_bucket_are_found_no_more_alike_than_chance_makes_them() -> None:
    negative: Counter[int] = Counter()
    for number in sample().numbers(sample().named("参与情绪走势的已判定条数")[0]):
        negative[bucket(at(sample().rows[number]["时间"]))] += sample().labels[number]["标签"] == "负面"
    n = curve().n
    arcs = [(asin(sqrt(negative[b] / (n[b] + 1))) + asin(sqrt((negative[b] + 1) / (n[b] + 1))), 1 / (n[b] + 0.5)) for b in sorted(n)]
    spread = median((arc - before) ** 2 / (v + u) for (before, u), (arc, v) in pairwise(arcs))
    (rho,) = sample().named("时段内评论的相关程度")
    assert spread <= 0.4549
    assert rho["value"] == 0
    assert "0.4549" in rho["how"]


@cache
def cuts() -> tuple[int, ...]:
    """First buckets of the stretches of one share, by exact search: each further stretch must explain three times the logarithm of the number of buckets."""
    filled = sorted(curve().n)
    k, n = (np.concatenate(([0.0], np.cumsum([counts[b] for b in filled]))) for counts in (curve().k, curve().n))

    def x_log_x(x: Any) -> Any:
        return x * np.log(np.maximum(x, 1e-300))

    penalty = settings("turning_points")["penalty_log_t"] * log(len(filled))
    best, back = [-penalty], [0]
    for end in range(1, len(filled) + 1):
        bad, every = k[end] - k[:end], n[end] - n[:end]
        cost = np.array(best) - 2 * (x_log_x(np.maximum(bad, 0.0)) + x_log_x(np.maximum(every - bad, 0.0)) - x_log_x(every)) + penalty
        back.append(int(np.argmin(cost)))
        best.append(float(cost.min()))
    found, end = [], len(filled)
    while end:
        end = back[end]
        found.append(filled[end])
    return tuple(reversed(found))


def test_turning_points_stand_where_an_exact_search_cuts_the_curve() -> None:
    shares = [curve().worth(range(a, b))[0] for a, b in zip(cuts(), (*cuts()[1:], max(curve().n) + 1), strict=True)]
    assert min(abs(b - a) for a, b in pairwise(shares)) >= settings("turning_points")["min_step"]  # none is to be joined
    told = [moment(claim["value"]) for claim in sample().named("转折时间")]
    assert told == [start(b) for b in cuts()[1:]]


def test_the_window_of_a_turning_point_is_ninety_percent_of_where_its_rows_let_it_lie() -> None:
    told = [sample().named(what) for what in ("转折时间", "转折时间区间起点", "转折时间区间终点")]
    assert len(told[0]) == 4
    for turn, first, last in zip(*told, strict=True):
        found = series(sample().numbers(turn))
        places = sorted(found.n)
        k, n = sum(found.k.values()), sum(found.n.values())
        chances, bad, every = [], 0.0, 0.0
        for place in places[:-1]:
            bad, every = bad + found.k[place], every + found.n[place]
            chances.append(log_beta(bad, every) + log_beta(k - bad, n - every))
        weights = [exp(chance - max(chances)) for chance in chances]
        reached = np.cumsum(weights) / sum(weights)
        low, high = (places[1:][int(np.searchsorted(reached, tail))] for tail in (0.05, 0.95))
        assert (moment(first["value"]), moment(last["value"])) == (start(low), start(high) + WIDTH)
        assert "百分之五" in first["how"]
    assert "B（负面加一，非负面加一）之积成正比" in sample().methods


def log_beta(k: float, n: float) -> float:
    return lgamma(k + 1) + lgamma(n - k + 1) - lgamma(n + 2)


def newcombe(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    (p, n), (q, m) = before, after
    (low, high), (least, most) = wilson_band(p, n), wilson_band(q, m)
    return q - p - hypot(q - least, high - p), q - p + hypot(most - q, p - low)


def test_the_interval_of_a_change_comes_of_its_two_shares_and_what_its_claim_says_their_rows_are_worth() -> None:
    sides = [("转折前负面占比", "转折后负面占比", "转折幅度的区间"), ("动作前窗口的负面占比", "动作后窗口的负面占比", "前后之差的区间")]
    for before, after, change in sides:
        shares = [[(claim["value"], frozenset(sample().numbers(claim))) for claim in sample().named(f"(.+ )?{what}")] for what in (before, after)]
        assert sample().named(change)
        for claim in sample().named(change):
            match = re.search(r"各折算为 ([\d,.]+)、([\d,.]+) 条", claim["how"])
            assert match, claim["how"]
            n, m = (float(part.replace(",", "")) for part in match.groups())
            rows = set(sample().numbers(claim))
            ((p, q),) = {(p, q) for p, one in shares[0] for q, other in shares[1] if one | other == rows and max(one) < min(other)}
            low, high = (f"{100 * end:+.0f}".replace("-", "−") for end in newcombe((p, n), (q, m)))
            assert claim["display"] == f"{low} 至 {high}"


@cache
def actions() -> tuple[tuple[str, int, int], ...]:
    """Each row of the table of actions: its printed time, the bucket of its first and of its last action (actions a window or less apart are one row)."""
    found = []
    for claim in sample().named("动作时间"):
        first = bucket(moment(claim["value"]))
        group = [each for each in sample().named("相隔过近的动作数") if set(sample().numbers(claim)) <= set(sample().numbers(each))]
        times = [bucket(at(row["时间"])) for each in group for row in sample().rows_of(each)]
        found.append((claim["display"], first, max([first, *times])))
    return tuple(found)


def logistic(buckets: Sequence[int], after: int) -> tuple[float, float]:
    """The step at bucket `after` and its standard error: level, slope, step and change of slope on the logit scale, by Newton's method."""
    x = np.array([b - after for b in buckets], dtype=float)
    later = (x >= 0).astype(float)
    design = np.column_stack((np.ones(len(x)), x, later, x * later))
    k, n = (np.array([counts[b] for b in buckets], dtype=float) for counts in (curve().k, curve().n))
    beta = np.zeros(4)
    for _ in range(60):
        p = 1 / (1 + np.exp(-design @ beta))
        information = design.T @ (design * (n * p * (1 - p))[:, None])
        beta = beta + np.linalg.solve(information, design.T @ (k - n * p))
    free = len(x) - 4
    scatter = float(((k - n * p) ** 2 / (n * p * (1 - p))).sum()) / free
    chance = (1.6448536 * sqrt(2 / (9 * free)) + 1 - 2 / (9 * free)) ** 3  # the 95 % point of chi-squared over its freedom
    return float(beta[2]), sqrt(float(np.linalg.inv(information)[2, 2]) * (scatter if scatter > chance else 1.0))


def observed(first: int, last: int) -> str:
    """What followed, by 方法与口径 and the section effects of curve.toml; whether an earlier fall tells it as well is left to the caller."""
    rules = settings("effects")
    side, after = rules["side_buckets"], last + rules["lag_buckets"]
    (p, n), (q, m) = curve().worth(range(first - side, first)), curve().worth(range(after, after + side))
    pooled = (p * n + q * m) / (n + m)
    z = (q - p) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    window = [b for b in range(after - rules["trend_pre_buckets"], after + rules["trend_post_buckets"]) if curve().n[b] and not first < b < after]
    step, error = logistic(window, after)
    normal = NormalDist()
    moved = abs(q - p) >= rules["min_drop"] and 2 * normal.cdf(-abs(z)) < rules["alpha"]
    beyond = normal.cdf(-abs(step / error)) < rules["alpha"] and step * (q - p) > 0
    shares = [curve().worth(range(a, b))[0] for a, b in zip(cuts(), (*cuts()[1:], max(curve().n) + 1), strict=True)]
    turned = any(first <= cut < after + side and (b - a) * (q - p) > 0 for cut, a, b in zip(cuts()[1:], shares, shares[1:], strict=False))
    if moved and q > p and (beyond or turned):
        return "回应后上升"
    if moved and q < p and beyond:
        return "回应后下降，且超出此前趋势"
    return "与回应时间吻合，但未超出此前趋势" if q < p and turned else "未见可辨变化"


def test_the_windows_of_an_action_are_six_buckets_before_its_own_and_six_after() -> None:
    side = settings("effects")["side_buckets"]
    before, after = (sample().named(f"动作{which}窗口的已判定条数") for which in ("前", "后"))
    assert len(actions()) == len(before) == len(after)
    for (_, first, last), one, other in zip(actions(), before, after, strict=True):
        assert {bucket(at(row["时间"])) for row in sample().rows_of(one)} <= set(range(first - side, first))
        assert one["value"] == curve().worth(range(first - side, first))[1]
        assert {bucket(at(row["时间"])) for row in sample().rows_of(other)} <= set(range(last + 1, last + 1 + side))
        assert other["value"] == curve().worth(range(last + 1, last + 1 + side))[1]


def test_what_followed_each_action_is_what_the_told_tests_say_of_its_windows() -> None:
    told = {time: observed(first, last) for time, first, last in actions()}
    assert {time: words for time, words in sample().observed.items() if not words.endswith(told[time])} == {}
    assert set(told.values()) == {"未见可辨变化", "与回应时间吻合，但未超出此前趋势", "回应后下降，且超出此前趋势"}


def test_the_pace_around_the_first_response_is_the_slope_of_the_shares_on_its_two_sides() -> None:
    here = bucket(min(moment(claim["value"]) for claim in sample().named("动作时间")))
    rules = settings("effects")
    for side, buckets in (("前", range(here - rules["trend_pre_buckets"], here)), ("后", range(here, here + rules["trend_post_buckets"]))):
        filled = [b for b in buckets if curve().n[b]]
        w, y = (np.array(values, dtype=float) for values in ([curve().n[b] for b in filled], [curve().k[b] / curve().n[b] for b in filled]))
        x = np.array(filled) / HOUR
        x = x - np.average(x, weights=w)
        slope = float((w * x * y).sum() / (w * x * x).sum())
        rest = y - np.average(y, weights=w) - slope * x
        error = sqrt(float((w * rest**2).sum() / (len(filled) - 2) / (w * x * x).sum()))
        (pace,), (spread,) = (sample().named(f"首次公开回应{side}{what}") for what in ("负面占比每小时的变化", "每小时变化的误差"))
        assert pace["value"] == pytest.approx(slope, abs=1e-6)
        assert spread["value"] == pytest.approx(NormalDist().inv_cdf(0.975) * error, abs=1e-6)
        assert "回应所在时段" in pace["how"]
        assert any(f"trend_{'pre' if side == '前' else 'post'}_buckets" in source["text"] for source in pace["sources"])


def test_the_crossing_of_the_warning_line_is_the_first_bucket_whose_lower_limit_is_above_it() -> None:
    (claim,) = sample().named("越过预警线的时段")
    line = sample().settings["rubric.toml"]["trigger"]["negative_share"]
    here = bucket(moment(claim["value"]))
    assert wilson_band(curve().worth([here])[0], told_worth(claim))[0] > line
    for earlier in range(min(curve().n), here):  # what its rows are worth is at most their number: by no more the limit is not above
        share, n = curve().worth([earlier])
        assert n < settings("buckets")["thin_comments"] or wilson_band(share, n)[0] <= line


def test_the_return_to_the_usual_is_the_first_hour_at_the_threshold_that_holds_two() -> None:
    (claim,), (threshold,) = sample().named("恢复常态的时间"), sample().named("恢复常态的门槛")
    rules = settings("recovery")
    wide, hold = (timedelta(minutes=rules[name]) // WIDTH for name in ("window_minutes", "hold_minutes"))
    assert f"此后 {rules['hold_minutes']} 分钟" in claim["how"]
    (peak,) = {bucket(moment(each["value"])) for each in sample().named("峰值段起点")}

    def above(first: int) -> bool | None:
        share, n = curve().worth(range(first, first + wide))
        return None if n < rules["window_comments"] else share > threshold["value"]

    held = (b for b in range(peak, max(curve().n)) if above(b) is False and not any(above(later) for later in range(b, b + hold)))
    assert moment(claim["value"]) == start(next(held))


def quantile(freedom: float) -> float:
    """The two-sided 95 % point of Student's t, by halving on its distribution function."""
    low, high = 0.0, pi / 2
    grid = (np.arange(40_000) + 0.5) / 40_000
    whole = float((np.cos(grid * pi / 2) ** (freedom - 1)).sum()) * pi / 2
    for _ in range(50):
        middle = (low + high) / 2
        inside = float((np.cos(grid * middle) ** (freedom - 1)).sum()) * middle
        low, high = (middle, high) if inside < 0.95 * whole else (low, middle)
    return sqrt(freedom) * tan(low)


def daily(claim: Any) -> tuple[dict[date, float], set[date]]:
    """Amounts by day, and those of the weeks before that count."""
    promo = {date.fromisoformat(day) for day in next(row["值"] for row in sample().rows.values() if row["项"] == "促销日").split("、")}
    amounts = {at(row["时间"]).date(): float(row["数值"]) for row in sample().rows_of(claim)}
    return amounts, {day for day in amounts if day < SINCE} - promo


def expected(amounts: dict[date, float], usual: set[date], days: Iterable[date]) -> float:
    of_weekday = defaultdict(list)
    for day in usual:
        of_weekday[day.weekday()].append(amounts[day])
    return sum(median(of_weekday[day.weekday()]) for day in days)


def band(claim: Any, after: Sequence[date]) -> tuple[float, float]:
    """What (change + 1) may be, by windows of the same length in the weeks before."""
    amounts, usual = daily(claim)
    length = (max(after) - SINCE).days + 1
    weeks = (SINCE - min(usual)).days
    ratios = []
    for offset in range((max(usual) - min(usual)).days + 2 - length):
        window = {min(usual) + timedelta(days=offset + i) for i in range(length)} & usual
        if {day.weekday() for day in window} - {day.weekday() for day in usual - window}:
            continue  # a day with nothing of its weekday beside the window
        ratios.append(log(sum(amounts[day] for day in window) / expected(amounts, usual - window, window)))
    ratio = sum(amounts[day] for day in after) / expected(amounts, usual, after)
    half = sqrt(sum(each**2 for each in ratios) / len(ratios)) * quantile(max(weeks / length, 3.0))
    return ratio * exp(-half), ratio * exp(half)


def test_the_interval_of_a_change_in_sales_comes_of_the_weeks_before() -> None:
    week = [SINCE + timedelta(days=i) for i in range(7)]
    told = sample().named(".*变化的区间(下端|上端)")
    assert len(told) == 14
    for claim in told:
        assert claim["value"] == pytest.approx(band(claim, week)["上" in claim["what"]] - 1, abs=1e-6), claim["what"]
        assert "百分之九十五" in claim["how"]


def test_what_sales_fell_short_of_by_the_end_of_the_data_is_recounted_with_its_ends() -> None:
    (short,), (least,), (most,) = (sample().named(f"销售额低于同星期基线{end}") for end in ("", "（下限）", "（上限）"))
    amounts, usual = daily(short)
    after = sorted(day for day in amounts if day >= SINCE)
    actual = sum(amounts[day] for day in after)
    assert short["value"] == pytest.approx(expected(amounts, usual, after) - actual)
    low, high = band(short, after)
    assert (least["value"], most["value"]) == pytest.approx((actual / high - actual, actual / low - actual), rel=1e-5)
    assert "以该期间的天数为窗口" in least["how"]
