"""Tables of figures over time → metric points: by day, by item and day, one metric a sheet, hot lists, accounts' followers (sections 5.1, 5.2, 5.8)."""

import re
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd

from review.incident.tables import METRIC_POINTS, SCOPES, vocabulary
from review.intake.cells import arrow, matches
from review.intake.days import read_days
from review.intake.identifiers import parse_ids
from review.intake.moments import NO_CAPTURE, named_day, read_captured
from review.intake.part import Findings, Part, Surroundings, keep_rows, origin, same_for_all, without_summaries
from review.intake.places import read_platforms_of
from review.intake.raw import RawTable
from review.intake.recognition import Recognised, scaled
from review.intake.texts import labels
from review.intake.values import parse_numbers, parse_times
from review.settings.aliases import header_key, read_aliases, scale_of

_UNITS: Final = {
    "sales": "元", "refunds": "元", "orders": "单", "units": "件", "buyers": "人", "visitors": "人", "followers_gained": "人", "followers_lost": "人",
    "followers_net": "人", "followers_total": "人", "rank": "位", "heat": "热度",
}  # fmt: skip
_OTHER_UNIT: Final = "次"
_SHOP: Final = frozenset({"sales", "orders", "units", "buyers", "refunds", "visitors"})
_DAILY: Final = {
    "impressions": "impressions", "views": "views", "likes": "likes", "comments": "comments", "shares": "shares", "collects": "collects", "sales": "sales",
    "orders": "orders", "units": "units", "buyers": "buyers", "refunds": "refunds", "visitors": "visitors", "followers_gained": "followers_gained",
    "followers_lost": "followers_lost", "followers_net": "followers_net", "item_followers_gained": "followers_gained",
    "topic_reads": "reads", "topic_discussions": "discussions", "heat": "heat", "rank": "rank", "reach": "reach", "engagement": "engagement",
}  # fmt: skip
"""Column → metric of `metric_points`."""

_SHOWN: Final = 5
_UNIT: Final = "单位"

_NAMED_BY: Final = {"account": "账号", "shop": "店铺名称"}
_SHEET_METRICS: Final = {
    "曝光": "impressions", "观看": "views", "阅读": "views", "播放": "views", "点赞": "likes", "评论": "comments", "收藏": "collects", "分享": "shares",
    "转发": "shares", "净涨粉": "followers_net", "新增关注": "followers_gained", "取消关注": "followers_lost", "访客": "visitors",
}  # fmt: skip
_SHEET_NAME: Final = re.compile("^(" + "|".join(_SHEET_METRICS) + r")(?:数|量)?(?:趋势|数据|$)")


def read_figures(table: Recognised, around: Surroundings) -> Part:
    """Figures by day, by item and day, or of the one metric the sheet is named after. Rows without a readable day are quarantined."""
    if table.days:
        return _read_across(table, around)
    findings = Findings(table=table, limit=around.formats.limits.rejections)
    rows = len(table.raw.cells)
    table, findings = without_summaries(table, findings)
    findings.table = table
    columns = [(name, metric) for name, metric in _DAILY.items() if table.has(name)]
    if table.has("value") and (named := _metric_of_sheet(table.raw)) is not None:
        columns.append(("value", named))
    when = "when" if table.has("when") else "published_at"
    if not columns or not table.has(when):
        findings.ignored["汇总表或不认识的指标"] = len(table.raw.cells)
        findings.warnings.append("没有可用的日期与指标列，未使用")
        return Part(table=table, findings=findings, rows=rows, platform=None)
    _tell_repeated_headers(table, findings)
    table, at, precision = _dated(table, around, findings, when)
    scope = table.format.scope if table.format is not None else "item" if table.has("item_id", "title") else "shop" if table.has(*_SHOP) else "account"
    name = _names(table, scope)
    platforms = read_platforms_of(table, around)
    said = same_for_all(platforms)
    points = _melted(table, columns, (scope, name, platforms if said != "other" else None, at, precision), findings)
    return _told(table, points, findings, (rows, said))


def _told(table: Recognised, points: pd.DataFrame, findings: Findings, about: tuple[int, str | None]) -> Part:
    """The part of these points, with what is to be said of rows that contradict each other or gave nothing; about: rows read, and their platform."""
    if len(points) and points["scope"].iloc[0] in _NAMED_BY:
        _tell_conflicts(points[points["name"].isna()], findings)
    idle = int((~table.raw.rows.isin(set(points["row"]))).sum())
    if idle:
        findings.ignored["没有数值"] = findings.ignored.get("没有数值", 0) + idle
    return Part(table=table, findings=findings, rows=about[0], platform=about[1], metric_points=points)


def _read_across(table: Recognised, around: Surroundings) -> Part:
    """Figures with their days side by side: a row is one metric, or one account, shop or post of the metric the sheet is named after. Points keep the row they
    stand in.
    """
    findings = Findings(table=table, limit=around.formats.limits.rejections)
    rows = len(table.raw.cells)
    table, findings = without_summaries(table, findings)
    findings.table = table
    said, table = _metrics_said(table)
    findings.table = table
    known = said.map(lambda name: _metric(name) if isinstance(name, str) else None)
    strange = sorted(set(said[known.isna()].dropna()))
    if strange and known.notna().any():
        findings.warnings.append(f"不认识或不使用的指标，未读取：{'、'.join(strange[:_SHOWN])}{'等' if len(strange) > _SHOWN else ''}")
    elif not known.notna().any():
        findings.warnings.append("各列是日期，但没有认出各行是什么指标（如曝光、阅读量、支付金额），未使用；请加“指标”一列，或以指标为工作表命名")
    if known.isna().any():
        findings.ignored["不认识的指标"] = int(known.isna().sum())
        table = keep_rows(table, known.notna().to_numpy(dtype=bool))
        findings.table, said, known = table, said[known.notna()].reset_index(drop=True), known.dropna().reset_index(drop=True)
    scope = "item" if table.has("item_id", "title") else "shop" if table.has("order.shop") or known.isin(_SHOP).any() else "account"
    platforms = read_platforms_of(table, around)
    same = same_for_all(platforms)
    days = read_days([table.raw.header[position] for position in table.days], around.zone, _captured(table.raw, around))
    about = (scope, _names(table, scope), platforms if same != "other" else None)
    frames = []
    for position, at, precision in zip(table.days, days.at, days.precision, strict=True):  # a loop over days, not rows
        one = replace(table, columns={**table.columns, "value": (position,)})
        findings.table = one
        cells = table.raw.cells[position]
        for scale in sorted({scale_of(name) for name in said.dropna()} - {""}):
            cells = cells.where(said.map(scale_of).fillna("") != scale, scaled(cells, scale))
        if at is pd.NaT:
            findings.cells("value", cells.notna(), NO_CAPTURE)
            continue
        frames.append(_points(one, (cells, "value", known), (*about, pd.Series(at, index=cells.index), pd.Series(precision, index=cells.index)), findings))
    findings.table = table
    return _told(table, pd.concat(frames, ignore_index=True) if frames else METRIC_POINTS.empty(), findings, (rows, same))


def _metrics_said(table: Recognised) -> tuple[pd.Series, Recognised]:
    """What each row measures as the table says it, with the unit of a column 单位 in brackets behind it, and the table with these columns known.

    It stands in the column of which most cells are metrics we know, whatever its header; without one, all rows are of the metric the sheet is named after.
    """
    cells, header = table.raw.cells, table.raw.header
    for position in sorted({*range(len(header))} - {*table.days}):
        given = cells[position].dropna()
        if len(given) and 2 * sum(_metric(name) is not None for name in given) > len(given):
            unit = next((at for at, head in enumerate(header) if header_key(head) == _UNIT), None)
            said = cells[position] if unit is None else cells[position].where(cells[unit].isna(), cells[position] + "(" + cells[unit] + ")")
            used = {header[position]: "metric"} | ({} if unit is None else {header[unit]: "unit"})
            mapped = (*(pair for pair in table.mapped if pair[0] not in used), *((head, name) for head, name in used.items() if head))
            unmapped = tuple(head for head in table.unmapped if head not in used)
            return said.astype(object), replace(table, mapped=mapped, unmapped=unmapped)
    named = _metric_of_sheet(table.raw)
    return pd.Series(next((word for word, metric in _SHEET_METRICS.items() if metric == named), None), index=cells.index, dtype=object), table


@lru_cache(maxsize=1024)
def _metric(name: str) -> str | None:
    """The metric that a row of this name measures, None where it is none of ours."""
    return _DAILY.get(read_aliases().column(name) or "")


def _captured(raw: RawTable, around: Surroundings) -> datetime | None:
    """What days without a year are counted from: the capture time the user named, else the end of the day in the file's name."""
    day = named_day(raw.file)
    return around.captured_at if around.captured_at is not None or day is None else around.end_of(day)


def _metric_of_sheet(raw: RawTable) -> str | None:
    """The metric a table of one metric is named after (曝光趋势), None where its sheet or file is named otherwise."""
    named = _SHEET_NAME.match((raw.sheet or raw.file.rsplit("/", 1)[-1]).strip())
    return None if named is None else _SHEET_METRICS[named[1]]


def _names(table: Recognised, scope: str) -> pd.Series | None:
    """What each row tells of: the campaign, account, shop or item; None where the table does not say."""
    named = {"brand": table.cells("name"), "account": table.cells("author_name"), "shop": table.cells("order.shop")}.get(scope)
    return labels(named) if named is not None else _item_names(table) if scope == "item" else None


def _tell_repeated_headers(table: Recognised, findings: Findings) -> None:
    """Say that headers stand twice and only the first is read: blocks of two accounts may stand side by side."""
    again = [head.rpartition(".")[0] for head in table.unmapped if head.rpartition(".")[2].isdecimal()]
    twice = sorted({head for head in again if head in table.raw.header and head in dict(table.mapped)})
    if twice:
        findings.warnings.append(f"列名重复（{'、'.join(twice)}），只读取了第一次出现的列；如是并排的几块数据（如两个账号），请分成几个工作表")


def _tell_conflicts(points: pd.DataFrame, findings: Findings) -> None:
    """Say that a table gives one figure of one day several times, and differently, without telling of whom."""
    values = points[points["value"].notna()].groupby(["metric", "at", points["platform"].astype(object).fillna("")], sort=True)
    several = values["value"].transform("nunique") > 1
    if several.any():
        told = points.loc[several[several].index]
        rows = "、".join(str(row) for row in sorted(set(told["row"]))[:2])
        column = _NAMED_BY[str(told["scope"].iloc[0])]
        findings.warnings.append(
            f"有 {told['at'].nunique()} 天的同一指标有几个不同的数值（如第 {rows} 行），没有{column}，无法区分；请在表中加“{column}”一列，或分开导出"
        )


def read_hot_list(table: Recognised, around: Surroundings) -> Part:
    """Rank and heat of hot-list entries at the time of reading; 时间 or 采集时间, else the capture time the user named."""
    findings = Findings(table=table, limit=around.formats.limits.rejections)
    rows = len(table.raw.cells)
    if not table.has("when") or not table.has("entry") or not table.has("rank", "heat"):
        findings.ignored["缺少时间、名称或排名"] = rows
        return Part(table=table, findings=findings, rows=rows, platform=None)
    table, at, precision = _dated(table, around, findings, "when")
    platforms = read_platforms_of(table, around)
    names = labels(table.raw.cells[table.columns["entry"][0]])
    columns = [(name, name) for name in ("rank", "heat") if table.has(name)]
    points = _melted(table, columns, ("hot_list", names, platforms, at, precision), findings)
    points["cumulative"] = points["cumulative"].mask(points["cumulative"].notna(), True)
    idle = int((~table.raw.rows.isin(set(points["row"]))).sum())
    if idle:
        findings.ignored["没有数值"] = idle
    return Part(table=table, findings=findings, rows=rows, platform=same_for_all(platforms), metric_points=points)


def read_authors(table: Recognised, around: Surroundings) -> Part:
    """Followers of accounts at capture, as a running total. Without a capture time the rows say nothing that can be placed, and are ignored."""
    findings = Findings(table=table, limit=around.formats.limits.rejections)
    rows = len(table.raw.cells)
    captured = read_captured(table, around, findings)
    followers = table.cells("author_followers")
    names = table.cells("author_name") if table.has("author_name") else table.cells("author_key")
    if followers is None or names is None or not captured.notna().any():
        findings.ignored["账号资料没有粉丝数或采集时间"] = rows
        return Part(table=table, findings=findings, rows=rows, platform=None)
    numbers = parse_numbers(followers)
    findings.cells("author_followers", numbers.rejected, "不是数字")
    platforms = read_platforms_of(table, around)
    there = (captured.notna() & (numbers.value.notna() | numbers.low.notna())).to_numpy(dtype=bool)
    if (~there).any():
        findings.ignored["账号资料没有粉丝数或采集时间"] = int((~there).sum())
    n = int(there.sum())
    points = METRIC_POINTS.frame(
        {
            **_places(table, there), "scope": _scope("account", n), "name": labels(names)[there], "platform": platforms[there], "metric": "followers_total",
            "at": captured[there], "precision": "s", "cumulative": True, "value": numbers.value[there], "low": numbers.low[there], "high": numbers.high[there],
            "unit": "人",
        },
        n,
    )  # fmt: skip
    return Part(table=table, findings=findings, rows=rows, platform=same_for_all(platforms), metric_points=points)


def _dated(table: Recognised, around: Surroundings, findings: Findings, when: str) -> tuple[Recognised, pd.Series, pd.Series]:
    """The rows whose day is readable, with it; the others are quarantined."""
    cells = table.cells(when)
    if cells is None:
        raise ValueError(f"{table.raw.file} has no column {when}")
    times = parse_times(cells, around.zone, around.captured_at)
    undated = times.at.isna().to_numpy()
    lacking = "" if around.captured_at is not None else "，或没有年份、缺少采集时间而无法换算（可用 --captured-at 指明）"
    findings.quarantine(undated, f"“{table.header(when)}”中没有可识别的日期{lacking}")
    if undated.any():
        table = keep_rows(table, ~undated)
        findings.table = table
    return table, times.at[~undated].reset_index(drop=True), times.precision[~undated].reset_index(drop=True)


def _item_names(table: Recognised) -> pd.Series | None:
    """What an item is called: its id, else its title."""
    cells = table.cells("item_id")
    named = parse_ids(cells).value if cells is not None else None
    titles = table.cells("title")
    return (
        named.fillna(labels(titles))
        if named is not None and titles is not None
        else named
        if named is not None
        else labels(titles)
        if titles is not None
        else None
    )


def _melted(
    table: Recognised, columns: list[tuple[str, str]], about: tuple[str, pd.Series | None, pd.Series | None, pd.Series, pd.Series], findings: Findings
) -> pd.DataFrame:
    """One metric point for every cell of these columns that holds a figure."""
    frames = []
    for column, metric in columns:  # a loop over the table's few figure columns
        cells = table.cells(column)
        if cells is not None:
            frames.append(_points(table, (cells, column, pd.Series(metric, index=cells.index, dtype=object)), about, findings))
    return pd.concat(frames, ignore_index=True) if frames else METRIC_POINTS.empty()


def _points(
    table: Recognised,
    given: tuple[pd.Series, str, pd.Series],
    about: tuple[str, pd.Series | None, pd.Series | None, pd.Series, pd.Series],
    findings: Findings,
) -> pd.DataFrame:
    """One metric point for every of these cells that holds a figure; given: the cells, their column, and the metric of each."""
    (cells, column, metrics), (scope, names, platforms, at, precision) = given, about
    numbers = parse_numbers(cells)
    findings.cells(column, numbers.rejected, "不是数字")
    shares = matches(arrow(cells), "[%％]") & ~numbers.rejected.to_numpy(dtype=bool)
    findings.cells(column, shares, "是百分比，不是数量")
    there = (numbers.value.notna() | numbers.low.notna()).to_numpy(dtype=bool) & ~shares
    n = int(there.sum())
    return METRIC_POINTS.frame(
        {
            **_places(table, there), "scope": _scope(scope, n), "name": names[there] if names is not None else None,
            "platform": platforms[there] if platforms is not None else None, "metric": metrics[there], "at": at[there], "precision": precision[there],
            "cumulative": False, "value": numbers.value[there], "low": numbers.low[there], "high": numbers.high[there],
            "unit": metrics[there].map(lambda metric: _UNITS.get(metric, _OTHER_UNIT)),
        },
        n,
    )  # fmt: skip


def _places(table: Recognised, there: np.ndarray) -> dict[str, object]:
    return {key: pd.Series(values)[there] for key, values in origin(table).items()}


def _scope(scope: str, n: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.full(n, SCOPES.index(scope), dtype=np.int8), dtype=vocabulary(*SCOPES))
