from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from crisis_rows import START, comments
from frames import responses

from review.analysis.analyse import Analysis, analyse
from review.incident.case import Case
from review.incident.incident import empty_incident
from review.settings.analysis_settings import load_analysis_settings

SETTINGS = load_analysis_settings()
TEN = timedelta(minutes=10)
PLAN = "9月8日前可申请全额退款，请在订单页申请"
HEARD = "我们已关注到此事，正在核实"


def analysed(shares: list[float], lengths: list[int], outbreak: datetime | None, said: list[tuple[datetime, str]]) -> Analysis:
    """An incident of labelled comments, 40 in each ten-minute bucket, and what the brand said."""
    share = np.repeat(shares, lengths)
    drawn = comments(np.round(share * 40), np.full(len(share), 40.0))
    labels = pd.Series(np.where(drawn.pop("negative"), "negative", "neutral")).astype(drawn["sentiment"].dtype)
    posts = drawn.assign(sentiment=labels, text=pd.array([f"评论{i}" for i in range(len(drawn))], dtype="string"))
    moves = responses(*({"at": at, "text": text} for at, text in said))
    return analyse(replace(empty_incident(Case(outbreak_at=outbreak, level="l2")), posts=posts, responses=moves), SETTINGS, "Asia/Shanghai")


def test_a_plan_after_the_last_comment_has_no_rebounds_to_count() -> None:
    data = ([0.05, 0.6, 0.3], [40, 40, 40])
    late = analysed(*data, START + TEN * 41, [(START + TEN * 50, HEARD), (START + TEN * 130, PLAN)]).findings.score.card.line("rebound")
    seen = analysed(*data, START + TEN * 41, [(START + TEN * 50, HEARD), (START + TEN * 60, PLAN)]).findings.score.card.line("rebound")
    assert late.state == "unassessable"
    assert (seen.state, seen.score) == ("scored", 100.0)


def test_a_share_that_never_rose_above_the_line_was_back_from_the_start() -> None:
    card = analysed([0.03, 0.17], [150, 60], START, [(START + TEN * 4, HEARD)]).findings.score.card
    assert (card.line("back_to_normal").raw, card.line("back_to_normal").score) == (0.0, 100.0)
    assert card.line("updates").raw == 0.0


def test_where_nothing_typed_and_no_crossing_tells_of_a_crisis_none_is_recovered_from() -> None:
    card = analysed([0.03, 0.17], [150, 60], None, []).findings.score.card
    assert (card.line("back_to_normal").state, card.line("back_to_normal").score) == ("unassessable", None)
