"""An outside auditor's recount of the sample: from the rows a claim names, by what the claim itself says, and nothing of ours, comes its number."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from auditor import SAMPLE, SINCE, ZONE, at, built, sample, table, told_worth, wilson_band

from review.settings.analysis_settings import load_analysis_settings


def test_a_share_of_an_audited_curve_is_the_sum_of_the_probabilities_of_its_rows_over_their_number() -> None:
    shares = [claim for claim in sample().claims if "校准后负面概率" in claim["how"]]
    assert len(shares) > 20
    for claim in shares:
        chances = [float(sample().labels[number]["负面概率"]) for number in sample().numbers(claim)]
        assert claim["value"] == pytest.approx(sum(chances) / len(chances), abs=1e-5), claim["what"]


def test_no_share_of_the_sample_says_negative_labels_were_counted_where_they_were_not() -> None:
    counted = [claim for claim in sample().claims if "负面条数 ÷ 已判定条数" in claim["how"]]
    for claim in counted:
        negative = [sample().labels[number]["标签"] == "负面" for number in sample().numbers(claim)]
        assert claim["value"] == pytest.approx(sum(negative) / len(negative)), claim["what"]
    assert {claim["what"] for claim in counted} == {f"{tier}用户的负面占比" for tier in ("核心", "潜在", "普通")}


def test_every_settings_key_a_number_rests_on_is_in_a_settings_file_kept_beside_the_report() -> None:
    named = {source["text"] for claim in sample().claims for source in claim["sources"] if source["type"] == "SettingKey"}
    for text in sorted(named):
        found = re.fullmatch(r"设置 (\S+)，(.+)", text)
        assert found, text
        if found[1].endswith(".json"):
            continue
        value: Any = sample().settings[found[1]]
        for part in found[2].split("."):
            value = next((each for each in value if each["id"] == part), None) if isinstance(value, list) else value.get(part)
            assert value is not None, text


def test_a_weekday_baseline_comes_from_the_rows_and_the_weeks_its_claim_names() -> None:
    promo = {date.fromisoformat(day) for day in next(row["值"] for row in sample().rows.values() if row["项"] == "促销日").split("、")}
    claims = sample().named("(销量|销售额|订单|退款|买家数|访客数)的同星期基线")
    assert len(claims) == 6
    for claim in claims:
        found = re.search(r"最近四周内 (\d) 个完整周", claim["how"])
        assert found
        weeks = int(found[1])
        amounts = {at(row["时间"]).date(): float(row["数值"]) for row in sample().rows_of(claim)}
        assert min(amounts) == SINCE - timedelta(weeks=weeks)
        usual = defaultdict(list)
        for day, amount in amounts.items():
            if day < SINCE and day not in promo:
                usual[day.weekday()].append(amount)
        assert claim["value"] == pytest.approx(sum(median(usual[weekday]) for weekday in range(7)), abs=0.5), claim["what"]


def test_the_time_of_one_row_is_traced_to_the_row_that_carries_it() -> None:
    kinds = ("峰值附近动作的时间", "放大账号首次转发时间", "动作时间", "关键节点发布时间", "首发时间")
    for what in kinds:
        claims = sample().named(what)
        assert claims
        for claim in claims:
            told = datetime.fromisoformat(claim["value"]).astimezone(ZoneInfo(ZONE))
            assert f"{told:%Y-%m-%d %H:%M}" in {row["时间"][:16] for row in sample().rows_of(claim)}, what


def test_followers_printed_beside_an_account_stand_in_a_row_of_that_account() -> None:
    for claim in sample().named("粉丝数"):
        assert str(int(claim["value"])) in {row["粉丝数"] for row in sample().rows_of(claim)}


def test_the_share_that_set_off_the_alarm_names_the_rows_of_that_bucket_alone() -> None:
    (claim,) = sample().named("触发预警时的负面占比")
    times = [at(row["时间"]) for row in sample().rows_of(claim)]
    assert max(times) - min(times) < timedelta(minutes=10)


def test_the_hottest_comments_are_those_since_the_first_post() -> None:
    official = set(next(row["值"] for row in sample().rows.values() if row["项"] == "官方账号").split("、"))
    (first,) = {claim["value"] for claim in sample().named("首发时间")}
    since = datetime.fromisoformat(first)
    voices = [
        number
        for number, row in sample().rows.items()
        if row["记录"] in ("评论", "回复") and row["点赞"] and row["作者"] not in official and at(row["时间"]) >= since
    ]
    hottest = sorted(voices, key=lambda number: -int(sample().rows[number]["点赞"]))[:20]
    (claim,) = sample().named("高赞评论中的负面条数")
    assert claim["how"].startswith("首发之后")
    assert claim["value"] == sum(sample().labels[number]["标签"] == "负面" for number in hottest)


def test_the_likes_of_a_peak_are_those_of_all_its_rows_comments_too() -> None:
    (claim,) = sample().named("点赞峰值")
    assert claim["value"] == sum(int(row["点赞"] or 0) for row in sample().rows_of(claim))
    assert "含评论" in claim["how"]


def test_half_of_the_later_reposts_is_told_from_the_end_of_an_hour_counted_from_the_first() -> None:
    claims = sample().named("高峰后转发过半的用时")
    assert claims
    for claim in claims:
        assert "自首条转发起" in claim["how"]
        times = sorted(at(row["时间"]) for row in sample().rows_of(claim) if row["记录"] == "转发")
        hours = [(time - times[0]) // timedelta(hours=1) for time in times]
        busiest = max(set(hours), key=lambda hour: (hours.count(hour), -hour))
        end = times[0] + timedelta(hours=busiest + 1)
        later = [time for time in times if time >= end]
        assert claim["value"] == pytest.approx((later[(len(later) + 1) // 2 - 1] - end) / timedelta(hours=1))


def test_a_mean_is_kept_as_it_was_found_and_rounded_only_where_it_is_printed() -> None:
    (claim,) = sample().named("平均转发层级")
    assert claim["value"] == pytest.approx(497 / 253)


def test_what_a_raw_value_of_the_score_measures_is_told_by_its_formula() -> None:
    raw = sample().named(".*：(评分用)?原始值")
    assert raw
    assert all(claim["how"].startswith("下式中的实际值：") for claim in raw)


def test_methods_tell_the_lines_of_the_rubric_in_use() -> None:
    rubric = replace(load_analysis_settings().rubric, level1_min=3_000_000.0, trigger_share=0.3, min_grade_coverage=0.5)
    methods = built(rubric).methods
    assert "大于等于 300万为一级" in methods
    assert "越过 30% 预警线" in methods
    assert "评分依据不足五成" in methods
    assert not {"500 万", "20%", "六成"} & set(re.findall(r"500 万|20%|六成", methods))


def test_the_threshold_of_the_return_is_the_upper_end_of_the_band_its_claim_tells() -> None:
    (claim,) = sample().named("恢复常态的门槛")
    chances = [float(sample().labels[number]["负面概率"]) for number in sample().numbers(claim)]
    share, worth = sum(chances) / len(chances), told_worth(claim)
    assert claim["value"] == pytest.approx(wilson_band(share, worth)[1], abs=2e-4)
    assert max(at(row["时间"]) for row in sample().rows_of(claim)) < at("2026-08-12T20:10:00")


def test_the_band_of_the_highest_stretch_comes_of_its_share_and_what_its_claim_says_its_rows_are_worth() -> None:
    (claim,) = sample().named("负面占比的区间")
    (peak,) = {each["value"] for each in sample().named("负面占比峰值")}
    low, high = wilson_band(peak, told_worth(claim))
    assert claim["display"] == f"{low:.1%}–{high:.1%}"


def test_what_hand_labels_tell_rests_on_the_rows_of_their_own_file_as_well() -> None:
    said = [row["是否负面"] == "1" for row in table((SAMPLE / "audit.csv").read_text(encoding="utf-8-sig"))]
    for what, wanted in (("复核为负面的条数", said.count(True)), ("复核为非负面的条数", said.count(False))):
        (claim,) = sample().named(what)
        assert claim["value"] == wanted
        assert any(source["text"].startswith(f"audit.csv 第 2–{len(said) + 1} 行") for source in claim["sources"])


def test_the_brands_own_notes_are_no_reach_of_the_crisis() -> None:
    official = set(next(row["值"] for row in sample().rows.values() if row["项"] == "官方账号").split("、"))
    (first,) = {claim["value"] for claim in sample().named("首发时间")}
    for whose, column, name in (("他人", "阅读", "阅读或播放"), ("品牌自有", "曝光", "曝光"), ("品牌自有", "阅读", "阅读或播放")):
        told = sample().named(f"{whose}帖文{name}合计")
        assert told
        for claim in told:
            rows = sample().rows_of(claim)
            assert {row["作者"] in official for row in rows} == {whose == "品牌自有"}
            assert claim["value"] == sum(int(row[column]) for row in rows)
            if whose == "品牌自有":
                assert min(at(row["时间"]) for row in rows) >= datetime.fromisoformat(first)
    assert not sample().named("他人帖文曝光合计")  # only the brand's own notes came with one


def test_an_engagement_rate_is_the_interaction_of_the_rows_it_names_over_what_they_came_with() -> None:
    rates = sample().named(".*阅读或播放互动率")
    assert len(rates) == 3
    for claim in rates:
        rows = sample().rows_of(claim)
        interaction = sum(int(row[column] or 0) for row in rows for column in ("点赞", "评论数", "转发", "收藏"))
        assert claim["value"] == pytest.approx(interaction / sum(int(row["阅读"]) for row in rows))


def test_quiet_times_are_recounted_by_what_their_claim_asks_of_them() -> None:
    bucket, hour = timedelta(minutes=10), timedelta(hours=1)
    judged = [
        (at(row["时间"]), float(sample().labels[number]["负面概率"]))
        for number, row in sample().rows.items()
        if row["记录"] in ("评论", "回复") and sample().labels[number]["负面概率"]
    ]
    acted = min(datetime.fromisoformat(claim["value"]) for claim in sample().named("动作时间"))
    start = at("2026-08-12T22:00:00")
    assert start <= acted < start + bucket

    def change(time: datetime) -> float | None:
        sides = [[chance for moment, chance in judged if low <= moment < low + hour] for low in (time - hour, time + bucket)]
        return None if min(map(len, sides)) < 20 else sum(sides[1]) / len(sides[1]) - sum(sides[0]) / len(sides[0])

    found = change(start)
    assert found is not None
    earlier = [start - step * bucket for step in range(7, 145)]
    quiet = [moved for time in earlier if time - hour >= at("2026-08-12T00:00:00") and (moved := change(time)) is not None]
    times = sample().named("可作对照的没有动作的时段数")[0]
    as_large = sample().named("没有动作而变化同样大的时段数")[0]
    assert (times["value"], as_large["value"]) == (len(quiet), sum(moved >= found for moved in quiet))
    assert "公开动作" in times["how"]
    assert any("effects.side_effective" in source["text"] for source in times["sources"])


def test_the_busiest_hundredth_of_accounts_is_recounted() -> None:
    (claim,) = sample().named("发言最多的账号的评论占比")
    counts = sorted(Counter((row["平台"], row["作者"]) for row in sample().rows_of(claim)).values(), reverse=True)
    assert claim["value"] == pytest.approx(sum(counts[: max(1, int(len(counts) / 100 + 0.5))]) / sum(counts))
    assert "百分之一" in claim["how"]


def test_a_period_typed_to_midnight_says_why_it_ends_the_day_before() -> None:
    for claim in sample().named(".*的期间"):
        if not claim["how"].startswith("填写的开始与结束"):
            continue
        (row,) = sample().rows_of(claim)
        assert date.fromisoformat(claim["value"]) in {at(row["开始"]).date(), (at(row["结束"]) - timedelta(seconds=1)).date()}
        assert "截至前一日" in claim["how"]


def test_the_band_of_shaken_weights_is_drawn_again_by_the_seed_its_settings_tell() -> None:
    rules = sample().settings["rubric.toml"]["stability"]
    weights = {claim["what"].removesuffix("：权重"): claim["value"] for claim in sample().named(".*：权重")}
    scores = {claim["what"].removesuffix("：得分"): claim["value"] for claim in sample().named(".*：得分")}
    assert len(weights) == len(sample().settings["rubric.toml"]["criteria"])
    scored = np.array([name in scores for name in weights], dtype=float)
    points = np.array([scores.get(name, 0.0) for name in weights])
    factors = np.random.default_rng(rules["seed"]).uniform(1 - rules["spread"], 1 + rules["spread"], (rules["draws"], len(weights)))
    shaken = factors * np.array(list(weights.values()))
    ends = np.quantile((shaken @ (points * scored)) / (shaken @ scored), rules["quantiles"])
    (low,), (high,) = sample().named("权重扰动后的低端"), sample().named("权重扰动后的高端")
    assert (low["value"], high["value"]) == pytest.approx(tuple(ends), abs=1e-6)
    assert "default_rng" in low["how"]


def test_how_well_each_source_of_labels_does_is_recounted_from_the_audit_and_labels_csv() -> None:
    numbers = {row["编号"]: number for number, row in sample().rows.items() if row["编号"]}
    audit = [(numbers[row["评论ID"]], row) for row in table((SAMPLE / "audit.csv").read_text(encoding="utf-8-sig"))]
    line = sample().settings["emotion.toml"]["scoring"]["threshold"]
    vendor = {number: sample().rows[number]["情感"] == "负面" for number, _ in audit}
    model = {number: float(sample().labels[number]["负面倾向分"]) > line for number, _ in audit}
    for source, says in (("供应商口径", vendor), ("模型初判", model)):
        for side, is_negative in (("负面", "1"), ("非负面", "0")):
            (claim,) = sample().named(f"{source}对{side}的识别率")
            right = [says[number] == (is_negative == "1") for number, row in audit if row["是否负面"] == is_negative]
            assert claim["value"] == pytest.approx(sum(right) / len(right)), claim["what"]
    for emotion in ("愤怒", "失望", "被欺骗", "要求赔偿", "担忧"):
        (claim,) = sample().named(f"{emotion}词表的复核命中")
        found = [row[emotion] == "1" for number, row in audit if emotion in sample().labels[number]["情绪"].split("、")]
        assert claim["display"] == f"{sum(found)}/{len(found)}"


def test_every_row_of_the_row_files_is_told_by_file_sheet_and_row() -> None:
    for rows in (sample().labels, sample().links):
        assert all({"file", "sheet", "row"} <= row.keys() or {"文件", "表", "行"} <= row.keys() for row in rows.values())
    assert {(link["file"], number) for number, link in sample().links.items()} == {(label["文件"], number) for number, label in sample().labels.items()}
