from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from crisis_rows import START, comments
from frames import responses
from pens import new_pen

from review.analysis.analyse import Analysis, analyse
from review.incident.case import Case
from review.incident.incident import empty_incident
from review.report.compose.emotion_text import recovery_blocks
from review.report.compose.theme_text import theme_table
from review.report.document import Paragraph, string
from review.settings.analysis_settings import load_analysis_settings

SETTINGS = load_analysis_settings()
TEN = timedelta(minutes=10)
PLAN = "9月8日前可申请全额退款，请在订单页申请"
HEARD = "我们已关注到此事，正在核实"


def analysed(shares: list[float], lengths: list[int], outbreak: datetime | None, said: list[dict[str, object]]) -> Analysis:
    """An incident of labelled comments, 40 in each ten-minute bucket, and what the brand said."""
    share = np.repeat(shares, lengths)
    drawn = comments(np.round(share * 40), np.full(len(share), 40.0))
    labels = pd.Series(np.where(drawn.pop("negative"), "negative", "neutral")).astype(drawn["sentiment"].dtype)
    posts = drawn.assign(sentiment=labels, text=pd.array([f"评论{i}" for i in range(len(drawn))], dtype="string"))
    moves = responses(*said)
    return analyse(replace(empty_incident(Case(outbreak_at=outbreak, level="l2")), posts=posts, responses=moves), SETTINGS, "Asia/Shanghai")


def test_a_plan_after_the_last_comment_has_no_rebounds_to_count() -> None:
    data = ([0.05, 0.6, 0.3], [40, 40, 40])
    late = analysed(*data, START + TEN * 41, [{"at": START + TEN * 50, "text": HEARD}, {"at": START + TEN * 130, "text": PLAN}]).findings.score.card.line(
        "rebound"
    )
    seen = analysed(*data, START + TEN * 41, [{"at": START + TEN * 50, "text": HEARD}, {"at": START + TEN * 60, "text": PLAN}]).findings.score.card.line(
        "rebound"
    )
    assert late.state == "unassessable"
    assert (seen.state, seen.score) == ("scored", 100.0)


def test_a_share_that_never_rose_above_the_line_earns_nothing_for_coming_back() -> None:
    analysis = analysed([0.03, 0.17], [150, 60], START, [{"at": START + TEN * 4, "text": HEARD}])
    card = analysis.findings.score.card
    line = card.line("back_to_normal")
    assert (line.state, line.missing, line.score, line.low, line.high) == ("unassessable", "never_above", None, 0.0, 100.0)
    assert (card.line("updates").state, card.line("updates").missing) == ("unassessable", "normal_before_response")  # no silence to measure, no praise
    mood = analysis.findings.emotion
    (said,) = recovery_blocks(new_pen(), mood, START)
    assert isinstance(said, Paragraph)
    assert string(said.text).endswith("恢复用时不作计算。")


def test_a_share_without_any_change_lacks_the_change_and_not_the_curve() -> None:
    card = analysed([0.1], [150], START, [{"at": START + TEN * 4, "text": HEARD}]).findings.score.card
    assert (card.line("recovery").state, card.line("recovery").missing) == ("unassessable", "flat_curve")


def test_one_statement_on_three_platforms_keeps_its_attribution_and_two_different_ones_lose_it() -> None:
    data = ([0.6, 0.3], [60, 60])
    moves: list[dict[str, object]] = [{"at": START + TEN * 59, "text": PLAN, "platform": each} for each in ("weibo", "xhs", "douyin")]
    shared = analysed(*data, START, moves).findings
    apart = analysed(*data, START, [*moves[:1], {**moves[1], "text": HEARD}]).findings
    assert [(effect.grade, len(effect.elsewhere)) for effect in shared.effects] == [("A", 2)]
    assert (shared.facts.outcomes.attribution, shared.facts.outcomes.attribution_inseparable) == ("A", False)
    assert (apart.facts.outcomes.attribution, apart.facts.outcomes.attribution_inseparable) == (None, True)


def test_labels_without_times_have_no_curve_and_their_grade_still_stands_by_the_causes() -> None:
    drawn = comments(np.array([20.0]), np.array([40.0]))
    labels = pd.Series(np.where(drawn.pop("negative"), "negative", "neutral")).astype(drawn["sentiment"].dtype)
    posts = drawn.assign(sentiment=labels, text=pd.array(["要求退款"] * 40, dtype="string"), published_at=pd.Series([pd.NaT] * 40).dt.tz_localize("UTC"))
    posts["published_at"] = posts["published_at"].astype(drawn["published_at"].dtype)
    found = analyse(replace(empty_incident(Case()), posts=posts), SETTINGS, "Asia/Shanghai").findings
    assert found.emotion.curve is None
    assert (found.causes.labelled, found.causes.grade, found.causes.level_error) == (40, "vendor", None)
    pen = new_pen()
    assert string(theme_table(pen, found.causes).note).endswith("证据等级：供应商口径。")
    modelled = replace(found.causes, grade="model", level_error=SETTINGS.curve.labels.model_level_error)
    assert "模型初判，未经人工复核，平均误差约 ±" in string(theme_table(pen, modelled).note)
    assert "证据等级" not in string(theme_table(pen, replace(found.causes, labelled=0)).note)


def test_where_nothing_typed_and_no_crossing_tells_of_a_crisis_none_is_recovered_from() -> None:
    card = analysed([0.03, 0.17], [150, 60], None, []).findings.score.card
    assert (card.line("back_to_normal").state, card.line("back_to_normal").score) == ("unassessable", None)


def test_a_silence_runs_to_the_last_row_and_not_to_the_end_of_the_day_it_lies_in() -> None:
    found = analysed([0.6, 0.5], [40, 80], START, [{"at": START + TEN * 2, "text": HEARD}]).findings
    last = found.spread.last_at
    assert last is not None
    assert found.emotion.curve is not None
    assert found.emotion.curve.data_end > last
    assert (found.facts.outcomes.observed_until, found.facts.outcomes.data_until) == (last, last)
    assert found.facts.longest_silence is not None
    assert found.facts.longest_silence.end == last
