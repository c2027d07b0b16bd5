"""A director's reading test: from one printed line of the score, and nothing else, a reader recomputes its points."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.analyse import analyse
from review.analysis.indicators import Absent, Coded, Input, Leadership, Measured, ServiceRate, score_line
from review.analysis.outcome_inputs import Proportion
from review.incident.evidence import single_row
from review.intake.load import LoadOptions, load
from review.report.claims import ClaimBook
from review.report.compose.incident_report import Composed, Dossier, Writing, compose
from review.report.compose.score_detail import full_raw_text
from review.report.document import plain_text, string
from review.report.numbers import NumberStyle
from review.report.pen import Pen
from review.report.phrases import phrases_of
from review.report.privacy import Masks
from review.report.theme import load_theme
from review.settings.analysis_settings import load_analysis_settings
from review.settings.rubric import Criterion, Level
from review.settings.vocabulary import read_vocabulary

SAMPLE = Path(__file__).parents[2] / "sample_data" / "incident.csv"
SETTINGS = load_analysis_settings()
ROW = (single_row("a.csv", None, 2),)
HEAD = "序号\t指标\t原始值\t目标\t计分方法\t得分\t权重\t贡献\t证据与说明"


def number(text: str) -> float:
    """The first number of a printed text; 3/4 is .75, 5% is .05."""
    text = text.replace("−", "-").replace(",", "")
    found = re.match(r"([+-]?\d+)/(\d+)", text)
    if found:
        return int(found[1]) / int(found[2])
    found = re.search(r"[+-]?\d+(?:\.\d+)?(%?)", text)
    assert found, text
    return float(found[0].rstrip("%")) / (100 if found[1] else 1)


def on_the_line(x: float, text: str) -> float:
    """Points at x on the corners a formula names: `≤1 得 100，2 得 60`, or `0 位 0 分，1 位 50`."""
    corners = re.findall(r"([-−]?[\d.]+%?) 得 ([\d.]+)", text) or re.findall(r"(\d+) (?:位|处|次)(?:及以上)? (\d+)", text)
    line = sorted((number(at), float(points)) for at, points in corners)
    assert len(line) > 1, text
    if x <= line[0][0]:
        return line[0][1]
    for (x0, y0), (x1, y1) in pairwise(line):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return line[-1][1]


def recomputed(raw: str, target: str, formula: str) -> float:
    """What a reader of the printed cells would work out."""
    if "每具备一项" in formula:
        return number(raw) * number(formula.split("每具备一项")[1])
    if "中位数 × 25" in formula:
        return number(raw) * 25
    if "牵头级别分" in formula:
        lead, level = raw.split("，")[0], "一级" if "按一级计" in raw else "二级"
        departments = min(number(raw.split("，")[1]), 4)
        named_points = formula.split(f"{level}：")[1].split("；")[0]
        by_lead = re.search(rf"{lead} (\d+)", named_points) or re.search(r"有人牵头 (\d+)" if lead != "无" else r"无 (\d+)", named_points)
        assert by_lead
        return (float(by_lead[1]) + 25 * departments) / 2
    if "按折线取分" in formula:
        x = number(raw) / (number(target) if "÷ 目标小时数" in formula else 1)
        points = on_the_line(x, formula.split("按折线取分；")[1])
        return min(points, 50.0) if "（未开通" in raw else points
    if formula.rstrip("＊").endswith("× 100") or "× 100，最低" in formula:
        return min(max(number(raw) * 100, 0.0), 100.0)
    if named := re.findall(r"(?:^|；)([A-D]) \S+? (\d+)", formula.rstrip("＊")):
        return float(dict(named)[raw[0]])
    if named := re.findall(r"(\S*匹配) (\d+)", formula.replace("，", " ")):
        return float(dict(named)[raw])
    return on_the_line(number(raw), formula)


def report(unlabelled: bool) -> Composed:
    """The sample's report, of its vendor labels or of the model alone."""
    loaded = load([SAMPLE], LoadOptions())
    incident = loaded.incident
    if unlabelled:
        posts = incident.posts.assign(sentiment=incident.posts["sentiment"].where(incident.posts["sentiment"].isna()))
        incident = replace(incident, posts=posts)
    findings = analyse(incident, SETTINGS, "Asia/Shanghai").findings
    writing = Writing(made_at=datetime.fromisoformat("2026-09-20T10:00:00+08:00"), zone="Asia/Shanghai", final=False, masked=True)
    dossier = Dossier(findings=findings, case=incident.case, import_log=loaded.import_log, settings=SETTINGS)
    return compose(dossier, load_theme(None), writing)


@pytest.fixture(scope="module")
def sample() -> Composed:
    return report(unlabelled=False)


def test_every_scored_line_of_the_sample_gives_its_points_and_its_share_of_the_total_to_a_reader(sample: Composed) -> None:
    lines = plain_text(sample.document).split("\n")
    start = lines.index(HEAD) + 1
    total, read = 0.0, 0
    assessed = number(lines[start + 19].split("÷ 已评分权重")[1])
    for line in lines[start : start + 19]:
        _, name, raw, target, formula, points, weight, contribution, evidence = line.split("\t")
        assert evidence != "—" or points == "暂不评分"
        if points == "暂不评分":
            continue
        worked_out = recomputed(raw, target, formula)
        assert f"{worked_out:.1f}" == points, (name, raw, target, formula)
        assert worked_out * number(weight) / assessed == pytest.approx(number(contribution), abs=0.011), name
        total, read = total + number(weight) * worked_out, read + 1
    assert read >= 10
    assert f"综合评分 {total / assessed:.1f}，" in "\n".join(lines)


def pen() -> Pen:
    phrases = phrases_of(load_theme(None))
    return Pen(
        phrases=phrases,
        book=ClaimBook(),
        masks=Masks(public_names=frozenset(), named_followers=100_000),
        style=NumberStyle(display=load_theme(None).display, zone="Asia/Shanghai"),
        vocabulary=read_vocabulary(),
        longest_quote=80,
    )


PEN = pen()
VALUES: dict[str, Callable[[float], float]] = {
    "小时": lambda u: u * 100,
    "比例": lambda u: 1.2 * u - 0.2,
    "项": lambda u: float(int(u * 4.999)),
    "级": lambda u: int(u * 9) / 2,
}


def made(criterion: Criterion, u: float) -> Input:
    """An input of this criterion from a number in [0, 1)."""
    match criterion.kind:
        case "category":
            return Coded(value=criterion.points[int(u * len(criterion.points))][0], sources=ROW)
        case "service":
            return ServiceRate(share=int(u * 400) / 400, channel_opened=True, k=int(u * 400), n=400, sources=ROW)
        case "lead":
            return Leadership(lead=("ceo", "vp", "ops", "none")[int(u * 4)], departments=int(u * 97) % 7, sources=ROW)
        case _:
            return Measured(value=VALUES[criterion.unit](u) if criterion.unit in VALUES else float(int(u * 5)), sources=ROW)


@settings(max_examples=40)
@given(u=st.floats(min_value=0, max_value=0.999), level=st.sampled_from(("l1", "l2")))
def test_whatever_the_raw_values_the_printed_lines_can_be_recomputed(u: float, level: Level) -> None:
    for criterion in SETTINGS.rubric.criteria:
        line = score_line(criterion, made(criterion, u), level)
        closed = Proportion(k=round(u * 1000), n=1000)
        if criterion.ident == "complaints":
            line = score_line(criterion, Measured(value=closed.k / closed.n, sources=ROW), level)
        raw = string(full_raw_text(PEN, line, level, closed))
        target = "—" if line.target is None else f"{line.target:g} 小时"
        points = recomputed(raw, target, criterion.formula)
        assert points == pytest.approx(line.score, abs=0.1), (criterion.ident, raw, target)


def test_no_blogger_in_a_complete_timeline_is_a_count_of_none_and_no_dash() -> None:
    line = score_line(SETTINGS.rubric.criterion("kol"), Absent(sources=ROW), "l1")
    assert (string(full_raw_text(PEN, line, "l1", None)), line.score) == ("0 位", 0.0)


def test_the_shares_behind_the_recovery_are_tenths_where_only_the_model_has_judged(sample: Composed) -> None:
    for composed, shown in ((sample, r"峰值 [\d.]+%、期末 [\d.]+%、危机前 [\d.]+%"), (report(unlabelled=True), r"峰值约\S+成、期末约\S+成、危机前约\S+成")):
        line = next(line for line in plain_text(composed.document).split("\n") if "负面占比回落幅度" in line and "危机前占比）×" in line)
        assert re.search(shown, line), line
