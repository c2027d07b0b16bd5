"""What business figures say: periods, 口径, whole units, the usual beside the unusual, and nothing typed left out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from pens import new_pen

from review.analysis.analyse import Business, analyse, measure_business
from review.analysis.heat import Heat, SearchResidue
from review.incident.case import Case
from review.incident.evidence import NO_ROWS
from review.incident.incident import Incident, empty_incident
from review.incident.tables import METRIC_POINTS, ORDER_TOTALS, SAMPLES, TICKETS
from review.report.compose.business_text import business_blocks
from review.report.compose.events import KeyEvents
from review.report.compose.hot_list_text import list_blocks
from review.report.compose.overview_text import reach_blocks
from review.report.document import Block, Figure, Table, string
from review.settings.analysis_settings import load_analysis_settings

ZONE = ZoneInfo("Asia/Shanghai")
SINCE = date(2026, 8, 5)
ONSET = datetime(2026, 8, 5, 4, tzinfo=UTC)
NOTHING = KeyEvents(shown=(), minor=())
SETTINGS = load_analysis_settings()
CURVE = SETTINGS.curve


def daily(metric: str, values: list[float], unit: str, scope: str, name: str | None = None) -> pd.DataFrame:
    n = len(values)
    at = pd.Series(pd.date_range(pd.Timestamp(SINCE - timedelta(days=28), tz=ZONE), periods=n, freq="D")).dt.tz_convert("UTC").dt.as_unit("us")
    columns = {"file": ["x.csv"] * n, "row": np.arange(n) + 2, "scope": [scope] * n, "metric": [metric] * n, "at": at, "precision": ["day"] * n}
    columns |= {"cumulative": [False] * n, "value": values, "unit": [unit] * n, "name": [name] * n, "platform": ["xhs"] * n}
    return METRIC_POINTS.frame(columns, n)


def total(metric: str, n: float, k: int | None, place: str, method: str | None) -> pd.DataFrame:
    times = {"start": pd.Series([pd.Timestamp(2026, 8, 5, 12, tz=ZONE)]), "end": pd.Series([pd.Timestamp(2026, 8, 9, tz=ZONE)])}
    columns: dict[str, object] = {name: at.dt.tz_convert("UTC").dt.as_unit("us") for name, at in times.items()}
    columns |= {"file": ["y.csv"], "row": [int(n)], "metric": [metric], "place": [place], "n": [n], "k": [k], "method": [method]}
    return SAMPLES.frame(columns, 1)


def tickets(topics: list[str | None]) -> pd.DataFrame:
    n = len(topics)
    opened = pd.Series([pd.Timestamp(ONSET)] * n).dt.as_unit("us")
    return TICKETS.frame({"file": ["t.csv"] * n, "row": np.arange(n) + 2, "opened_at": opened, "topic": topics, "resolved": [True] * n}, n)


def incident(*points: pd.DataFrame, samples: tuple[pd.DataFrame, ...] = (), cases: pd.DataFrame | None = None) -> Incident:
    made = empty_incident(Case())
    made = replace(made, metric_points=pd.concat(points, ignore_index=True)) if points else made
    made = replace(made, samples=pd.concat(samples, ignore_index=True)) if samples else made
    return made if cases is None else replace(made, tickets=cases)


def measured(given: Incident) -> Business:
    return measure_business(given, ONSET, CURVE, ZONE)


def lines(blocks: list[Block] | tuple[Block, ...]) -> str:
    texts = []
    for block in blocks:
        if isinstance(block, Table):
            texts += [" | ".join(string(cell) for cell in row) for row in block.rows] + [string(block.note)]
        else:
            texts += [string(text) for text in (getattr(block, "text", ()), *getattr(block, "items", ()))]
    return "\n".join(texts)


def said(given: Incident) -> str:
    return lines(business_blocks(new_pen(), measured(given), NOTHING))


def test_half_an_order_is_never_printed_and_the_row_adds_up() -> None:
    text = said(incident(daily("orders", ([3.0] * 7 + [4.0] * 7) * 2 + [2.0] * 7, "单", "shop")))
    assert "订单 | 25 单 | 14 单 |" in text  # the median of 3, 4, 3, 4 is 3.5: a week of 24.5
    assert "| 11 单" in text


def test_unfollows_stand_beside_the_usual_number() -> None:
    text = said(incident(daily("followers_lost", [10.0] * 28 + [90.0] * 5, "人", "account")))
    assert "450 人（同期日常 50 人）" in text
    assert "位" not in text


def test_followers_before_and_after_are_not_rounded_to_one_number() -> None:
    readings = daily("followers_total", [13400.0] * 28 + [12700.0] * 7, "人", "account", "暖穗手作")
    readings["cumulative"] = pd.array([True] * 35, "boolean")
    assert "13,400人 | 12,700人 | 5.22%" in said(incident(readings)).replace(" 人", "人")


def test_of_several_shops_the_sentence_and_the_picture_say_of_which_they_tell() -> None:
    def shop(name: str, before: float, after: float) -> pd.DataFrame:
        return daily("sales", [before] * 28 + [after] * 7, "元", "shop", name)

    given = incident(shop("天猫旗舰店", 600.0, 300.0), shop("小红书店", 100.0, 90.0))
    assert "事件后首周，销售额（天猫旗舰店）比同星期基线低 50.0%" in said(given)
    (figure,) = [block for block in business_blocks(new_pen(), measured(given), NOTHING) if isinstance(block, Figure)]
    assert string(figure.caption) == "每日销售额（天猫旗舰店）与同星期基线"


def test_what_orders_sum_to_is_told_apart_from_the_shops_report() -> None:
    text = said(incident(daily("sales", [100.0] * 35, "元", "shop"), daily("sales", [90.0] * 35, "元", "shop", ORDER_TOTALS)))
    assert "销售额 | 700 元" in text
    assert f"销售额（{ORDER_TOTALS}） | 630 元" in text
    assert "不相加" in text


def test_days_given_twice_with_different_amounts_are_told() -> None:
    twice = daily("sales", [100.0] * 28 + [50.0] * 7, "元", "shop")
    again = twice.tail(1).assign(value=pd.array([70.0], dtype="Float64"))
    assert "销售额在 8月11日有不同数额，这些日期未计入。" in said(incident(twice, again))
    assert "不同数额" not in said(incident(twice))


def test_typed_complaints_are_printed_beside_the_service_desk_with_period_and_method() -> None:
    text = said(incident(samples=(total("complaints", 87, 79, "12315", "n 为受理"),), cases=tickets(["退款"] * 3)))
    assert "投诉量（12315）：87 件，其中办结 79 件（8月5日至8月8日，口径：n 为受理）。" in text
    assert "受理 3 件" in text


def test_the_period_of_the_cases_is_told_with_what_was_left_out_and_the_channels() -> None:
    cases = tickets(["退款"] * 4)
    opened = pd.Series([ONSET - timedelta(days=90), ONSET, ONSET, ONSET + timedelta(days=2)]).dt.as_unit("us")
    cases = cases.assign(opened_at=opened, closed_at=opened + timedelta(hours=1), channel=pd.array(["电话", "电话", "在线", "电话"], dtype="string[pyarrow]"))
    text = said(incident(cases=cases))
    assert "客服（8月5日至8月7日受理）：受理 3 件；已关闭 3 件" in text
    assert "（2/2，区间 34.2%–100.0%，另 1 件受理未满 24 小时）" in text
    assert "受理渠道：电话 2 件、在线 1 件；事件之前受理的 1 件不计入。" in text


def test_topics_not_listed_are_counted() -> None:
    text = said(incident(cases=tickets([topic for i, topic in enumerate("甲乙丙丁戊己庚") for _ in range(9 - i)] + [None])))
    assert "另有 4 件未列出（庚）。" in text
    assert "另有" not in said(incident(cases=tickets(list("甲乙"))))


def test_reposts_and_exposure_stand_in_the_reach() -> None:
    given = incident(
        daily("impressions", [100.0] * 28 + [180.0] * 7, "次", "account", "官方号"), samples=(total("reposts_elsewhere", 212, None, "news", "含未导出的转载"),)
    )
    found = analyse(replace(given, case=Case(outbreak_at=ONSET)), SETTINGS, "Asia/Shanghai").findings
    text = lines(reach_blocks(new_pen(), found))
    assert "转载量（新闻媒体）：212 篇（8月5日至8月8日，口径：含未导出的转载）。" in text
    assert "官方号（小红书） | 曝光量 | 700 次 | 1,260 次 | +80.0%" in text
    assert "转载量" not in said(given)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([1, 16, 9, 6], "小红书搜索“牌子”，首屏负面由 8月2日 16 条降至 8月4日 6 条。"),
        ([1, 5], "小红书搜索“牌子”，首屏负面最后一次读数（8月2日 5 条）为各次最高。"),
        ([5], "小红书搜索“牌子”，首屏负面只有一次读数：8月1日 5 条。"),
        ([None], ""),
    ],
)
def test_what_searches_still_show_is_said_in_a_sentence(counts: list[int | None], words: str) -> None:
    residue = tuple(
        SearchResidue(
            platform="xhs", name="牌子", at=datetime(2026, 8, 1 + i, 4, tzinfo=UTC), negatives_first_screen=n, suggestions=("牌子退款",), rows=NO_ROWS
        )
        for i, n in enumerate(counts)
    )
    first, *_ = list_blocks(new_pen(), Heat(topics=(), hot_entries=(), residue=residue))
    assert ("" if isinstance(first, Table) else lines([first])) == words


def test_without_an_onset_daily_figures_are_not_said_to_be_missing() -> None:
    sold = measure_business(incident(daily("sales", [100.0] * 35, "元", "shop")), None, CURVE, ZONE)
    assert "【爆发时间】" in lines(business_blocks(new_pen(), sold, NOTHING))
    nothing = measure_business(incident(), None, CURVE, ZONE)
    assert "【店铺日销量与粉丝数】" in lines(business_blocks(new_pen(), nothing, NOTHING))
