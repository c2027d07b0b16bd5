"""Typed rows of each sheet → the tables of an incident. Rows that contradict one another are faults naming both places."""

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from review.incident.errors import Fault
from review.incident.tables import (
    ACTION_TYPES,
    AUTHOR_TYPES,
    COMMENT_KINDS,
    FLAG,
    ID_ORIGINS,
    INEXACT,
    METRIC_POINTS,
    NUMBER,
    PARENT_ORIGINS,
    PLATFORMS,
    POST_KINDS,
    POSTS,
    RESPONSES,
    SAMPLES,
    SCOPES,
    SENTIMENTS,
    STANCES,
    TEXT,
    TICKETS,
    USER_TIERS,
    vocabulary,
)
from review.intake.typed_rows import SheetRows, categorical, truth
from review.settings.sheets import MetricMeaning

_TEXTS: Final = ("actor", "title", "text", "url", "audience", "commitment", "owner", "result", "screenshot", "note")
_POST_COUNTS: Final = ("author_followers", "likes", "collects", "comments", "shares", "views", "impressions")
_DAILY: Final = ("units", "sales", "orders", "refunds", "followers_lost")
_NOT_HOURS: Final = r"分|秒|天|日"


def read_responses(rows: SheetRows) -> pd.DataFrame:
    """RESPONSES of the sheet 应对时间线. Rows equal in every column count once."""
    if not len(rows):
        return RESPONSES.empty()
    at, action = rows.time("at"), rows.word("action")
    columns: dict[str, object] = {
        "at": at.at,
        "precision": at.precision,
        "action": categorical(action, vocabulary(*ACTION_TYPES)),
        "platform": categorical(rows.platform(), vocabulary(*PLATFORMS)),
        **{code: rows.text(code) for code in _TEXTS},
        **{code: rows.flag(code) for code in ("core_vertical", "measured", "demand_addressed")},
        "followers": rows.exact_count("followers"),
    }
    rows.require()
    _drop_equal(rows, _content(columns))
    return rows.frame(RESPONSES, columns)


def read_snapshots(rows: SheetRows, metrics: Mapping[str, MetricMeaning], faults: list[Fault]) -> pd.DataFrame:
    """METRIC_POINTS of 热度快照 and of the 指标 rows of incident.csv. Two figures for the same thing at the same time are a fault."""
    if not len(rows):
        return METRIC_POINTS.empty()
    at, metric, platform = rows.time("at"), rows.word("metric"), rows.platform()
    words = metric.isin(["suggestions"])
    hours = metric.isin(["list_hours"]) & rows.cells["value"].str.contains(_NOT_HOURS, na=False)
    rows.quarantine(hours, "在榜时长请以小时填写，如 3.5", rows.sheet.field("value"))
    value, low, high = rows.number("value", ~words)
    negative = pd.Series(truth(value < 0) | truth(low < 0)) & ~metric.isin(["followers_net"])
    rows.quarantine(negative, "不能是负数", rows.sheet.field("value"))
    off_list = metric.isin(["rank"]) & ((value < 1) | (value != value.round()))
    rows.quarantine(off_list, "热搜排名应为 1 起的整数", rows.sheet.field("value"))
    said = rows.word("scope")
    scope = said.where(said.notna(), metric.map({code: meaning.scope for code, meaning in metrics.items()}, na_action="ignore").astype(TEXT))
    unit = metric.map({code: meaning.unit for code, meaning in metrics.items()}, na_action="ignore").astype(TEXT)
    running = pd.Series([metrics[code].cumulative if isinstance(code, str) and code in metrics else None for code in metric.astype(object)], dtype=FLAG)
    if any(field.code == "cumulative" for field in rows.sheet.fields):
        typed = rows.flag("cumulative")
        running = typed.where(typed.notna(), running)
        unit = rows.text("unit").where(rows.text("unit").notna(), unit)
    columns: dict[str, object] = {
        "scope": categorical(scope, vocabulary(*SCOPES)),
        "name": rows.text("name"),
        "platform": categorical(platform, vocabulary(*PLATFORMS)),
        "metric": metric,
        "at": at.at,
        "precision": at.precision,
        "cumulative": running,
        "value": value,
        "low": low,
        "high": high,
        "unit": unit,
        "text": rows.text("value").where(words),
        "screenshot": rows.text("screenshot"),
    }
    rows.require()
    content = _content(columns)
    _drop_equal(rows, content)
    _contradictions(rows, content, ("scope", "name", "platform", "metric", "at", "precision", "cumulative"), faults)
    return rows.frame(METRIC_POINTS, columns)


def read_totals(rows: SheetRows, metrics: Mapping[str, MetricMeaning], faults: list[Fault]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(SAMPLES, METRIC_POINTS) of the sheet 数据汇总.

    A date without a time of day as 结束 includes that day. 销量, 销售额, 订单, 退款 and 掉粉 of exactly one calendar day become daily metric points (of
    the shop; of the brand for 掉粉); every other row is a sample.
    """
    if not len(rows):
        return SAMPLES.empty(), METRIC_POINTS.empty()
    start, end, metric = rows.time("start"), rows.time("end"), rows.word("metric")
    zone = rows.clock.zone
    wall_start, wall_end = (times.at.dt.tz_convert(zone).dt.tz_localize(None) for times in (start, end))
    dated = end.precision.isin(["day"])
    wall_end = wall_end.where(~dated, wall_end + pd.Timedelta(days=1))
    ending = wall_end.dt.tz_localize(zone, ambiguous=np.ones(len(wall_end), dtype=bool), nonexistent="shift_forward").dt.tz_convert("UTC").dt.as_unit("us")
    n, k = rows.exact_count("n"), rows.exact_count("k")
    value, low, high = rows.number("value")
    rows.require()
    rows.quarantine(pd.Series(truth(value < 0) | truth(low < 0)), "不能是负数", rows.sheet.field("value"))
    rows.quarantine(ending < start.at, "结束早于开始", rows.sheet.field("end"))
    rows.quarantine(k > n, "k 大于 n", rows.sheet.field("k"))
    rows.quarantine(metric.isin(["comments_read"]) & n.isna(), "评论抽样缺少 n（读过的评论条数）", rows.sheet.field("n"))
    rows.quarantine(n.isna() & k.isna() & value.isna() & low.isna() & high.isna(), "n、k、数值均未填写", rows.sheet.field("value"))
    one_day = (wall_start == wall_start.dt.normalize()) & (wall_end == wall_start + pd.Timedelta(days=1)) & metric.isin(_DAILY)
    amount = value.where(value.notna() | low.notna() | high.notna(), n.astype(NUMBER))
    daily = truth(one_day & (amount.notna() | low.notna() | high.notna()))
    bounds_only = ~pd.Series(daily) & value.isna() & (low.notna() | high.notna())
    for i in np.flatnonzero(bounds_only.to_numpy() & rows.alive):
        rows.reject_at(int(i), "value", "只有上下限，这里需要确切的数")
    rows.quarantine(bounds_only & n.isna() & k.isna(), "没有可用的数", rows.sheet.field("value"))
    place = rows.text("place")
    code = place.map(rows.vocabulary["platform"].code, na_action="ignore").astype(TEXT)
    unit = rows.text("unit")
    shared: dict[str, object] = {
        "start": start.at, "end": ending, "metric": metric, "place": code.where(code.notna(), place), "n": n, "k": k, "value": value, "unit": unit,
        "method": rows.text("method"),
    }  # fmt: skip
    _drop_equal(rows, _content({**shared, "low": low, "high": high}))
    _contradictions(rows, _content(shared), ("start", "end", "metric", "place", "unit", "method"), faults)
    samples = rows.frame(SAMPLES, shared, ~daily)
    usual = metric.map({name: meaning.unit for name, meaning in metrics.items()}, na_action="ignore").astype(TEXT)
    points = rows.frame(
        METRIC_POINTS,
        {
            "scope": categorical(metric.map({name: meaning.scope for name, meaning in metrics.items()}, na_action="ignore").astype(TEXT), vocabulary(*SCOPES)),
            "name": place.mask(code.notna()),
            "platform": categorical(code, vocabulary(*PLATFORMS)),
            "metric": metric,
            "at": start.at,
            "precision": pd.Series(["day"] * len(rows), dtype=start.precision.dtype),
            "cumulative": pd.Series([False] * len(rows), dtype=FLAG),
            "value": amount,
            "low": low,
            "high": high,
            "unit": unit.where(unit.notna(), usual),
        },
        daily,
    )
    return samples, points


def read_posts(rows: SheetRows, faults: list[Fault]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(POSTS, INEXACT) of the sheet 关键帖文与账号 and of the 帖子, 评论, 回复, 转发 and 报道 rows of incident.csv.

    Without 类型 a row with 上级编号 is a comment, any other a post. A comment's 上级编号 is the post it belongs to; where it names a comment the row is a reply
    to it. Rows with the same 平台 and 编号 must agree. Rows without 编号 count once where author, time and all else are equal.
    """
    if not len(rows):
        return POSTS.empty(), INEXACT.empty()
    platform, published = rows.platform(), rows.time("published_at")
    typed = rows.word("kind")
    parent = rows.text("parent_id")
    kind = typed.where(typed.notna(), rows.preset_kind)
    kind = kind.mask(kind.isna() & parent.notna(), "comment").fillna("post")
    item = rows.text("item_id")
    itself = pd.Series(truth(parent == item))
    for i in np.flatnonzero(itself.to_numpy() & rows.alive):
        rows.reject_at(int(i), "parent_id", "上级编号是这一行自己的编号")
    parent = parent.mask(itself)
    counts = {code: rows.count(code) for code in _POST_COUNTS}
    texts = {code: rows.text(code) for code in ("author_name", "author_verified", "title", "text", "url", "viewpoint", "screenshot")}
    words = {
        "author_type": categorical(rows.word("author_type"), vocabulary(*AUTHOR_TYPES)),
        "sentiment": categorical(rows.word("sentiment"), vocabulary(*SENTIMENTS)),
        "stance": categorical(rows.word("stance"), vocabulary(*STANCES)),
        "user_tier": categorical(rows.word("user_tier"), vocabulary(*USER_TIERS)),
        "deleted": rows.flag("deleted"),
    }
    rows.require()
    kind, thread, parent, root = _lineage(rows, platform, item, parent, kind)
    columns: dict[str, object] = {
        "kind": categorical(kind, vocabulary(*POST_KINDS)),
        "platform": categorical(platform, vocabulary(*PLATFORMS)),
        "item_id": item,
        "id_origin": _where(item.notna(), "source", vocabulary(*ID_ORIGINS)),
        "thread_id": thread,
        "parent_id": parent,
        "parent_origin": _where(parent.notna(), "source", vocabulary(*PARENT_ORIGINS)),
        "root_id": root,
        "published_at": published.at,
        "time_precision": published.precision,
        "tags": pd.Series([" ".join(tag.replace(" ", "") for tag in tags) or None for tags in rows.tags("tags")], dtype=TEXT),
        **texts,
        **words,
        **{code: value for code, (value, _, _) in counts.items()},
    }
    named = item.notna() | (rows.text("author_name").notna() & rows.text("text").notna())
    content = _content(columns)
    _drop_equal(rows, content, named)
    _contradictions(rows, content, ("platform", "item_id"), faults, item.notna())
    posts = rows.frame(POSTS, columns)
    inexact = [
        rows.frame(INEXACT, {"column": pd.Series([code] * len(rows), dtype=TEXT), "low": low, "high": high}, (low.notna() | high.notna()).to_numpy(dtype=bool))
        for code, (_, low, high) in counts.items()
    ]
    return posts, stacked(inexact)


def read_tickets(rows: SheetRows, faults: list[Fault]) -> pd.DataFrame:
    """TICKETS of the 工单 rows of incident.csv. Rows with the same 编号 must agree; a time before 受理 is rejected."""
    if not len(rows):
        return TICKETS.empty()
    opened, replied, closed = rows.time("opened_at"), rows.time("first_reply_at"), rows.time("closed_at")
    ends = {}
    for code, times in (("first_reply_at", replied), ("closed_at", closed)):
        early = times.at < opened.at
        for i in np.flatnonzero(early.to_numpy() & rows.alive):
            rows.reject_at(int(i), code, "早于受理时间")
        ends[code] = times.at.mask(early)
    satisfaction, _, _ = rows.number("satisfaction")
    columns: dict[str, object] = {
        "ticket_id": rows.text("ticket_id"),
        "opened_at": opened.at,
        **ends,
        "channel": rows.text("channel"),
        "topic": rows.text("topic"),
        "resolved": rows.flag("resolved"),
        "satisfaction": satisfaction,
    }
    rows.require()
    named = rows.text("ticket_id").notna()
    content = _content(columns)
    _drop_equal(rows, content, named)
    _contradictions(rows, content, ("ticket_id",), faults, named)
    return rows.frame(TICKETS, columns)


def stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The frames of one table under each other, file and sheet categories joined, in order."""
    filled = [frame for frame in frames if len(frame)]
    if len(filled) <= 1:
        return filled[0] if filled else frames[0]
    for column in ("file", "sheet"):
        names = sorted({str(value) for frame in filled for value in frame[column].cat.categories})
        filled = [frame.assign(**{column: frame[column].cat.set_categories(names)}) for frame in filled]
    return pd.concat(filled, ignore_index=True)


def _lineage(rows: SheetRows, platform: pd.Series, item: pd.Series, parent: pd.Series, kind: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series]:
    """(kind, thread_id, parent_id, root_id): what 上级编号 means for each kind of row, looked up among the rows of the same platform."""
    has_parent = parent.notna().to_numpy()
    talk = kind.isin(COMMENT_KINDS).to_numpy()
    named = np.flatnonzero(item.notna().to_numpy() & rows.alive)
    keys = platform.fillna("") + "\n"
    known = pd.Index((keys + item.fillna("")).iloc[named])
    first = ~known.duplicated(keep="first")
    named, known = named[first], known[first]
    found = known.get_indexer(pd.Index(keys + parent.fillna("")))
    above = np.where(has_parent & (found >= 0), named[found] if len(named) else -1, -1)  # the row of each row's 上级编号, -1 where there is none
    kind_above = kind.take(np.maximum(above, 0)).reset_index(drop=True).mask(above < 0)
    kind = kind.mask(kind.isin(["comment"]) & kind_above.isin(["comment", "reply"]), "reply")
    # Climb one level a turn for all rows at once; a ring of 上级编号 ends after as many turns as there are levels of talk anywhere (32).
    top = np.arange(len(kind))  # the row whose 上级编号 is the highest found
    for _ in range(32):
        higher = above[top]
        # talk ends at the post it stands under, which may itself be a repost of another
        climbs = (higher >= 0) & has_parent[higher] & ~(talk & ~talk[higher])
        if not climbs.any():
            break
        top = np.where(climbs, higher, top)
    highest = parent.take(top).reset_index(drop=True)
    is_reply = kind.isin(["reply"])
    first_level = kind.isin(COMMENT_KINDS) & ~is_reply
    thread = parent.where(first_level, highest.where(is_reply & kind_above.notna()))
    return kind, thread, parent.mask(first_level), highest.where(kind.isin(["repost"]))


def _drop_equal(rows: SheetRows, frame: pd.DataFrame, among: pd.Series | None = None) -> None:
    """Rows equal to an earlier kept row in every column count as duplicates."""
    kept = rows.alive if among is None else rows.alive & among.to_numpy(dtype=bool)
    part = frame[kept]
    repeated = part.duplicated(keep="first")
    mask = pd.Series(False, index=frame.index)
    mask[part.index[repeated]] = True
    rows.note_duplicates(mask)


def _contradictions(rows: SheetRows, frame: pd.DataFrame, keys: tuple[str, ...], faults: list[Fault], among: pd.Series | None = None) -> None:
    """A fault for each pair of kept rows that agree on the keys and differ in anything else (equal rows are gone already)."""
    kept = rows.alive if among is None else rows.alive & among.to_numpy(dtype=bool)
    part = frame[kept]
    if not len(part):
        return
    group = part.groupby(list(keys), sort=False, dropna=False).ngroup()
    again = group.duplicated(keep="first")
    for i in part.index[again]:  # a Python loop over contradictions only
        first = group.index[group == group[i]][0]
        different = [code for code in part.columns if code not in keys and not _same(part.at[first, code], part.at[i, code])]
        names = [field.name for field in rows.sheet.fields if field.code in different] or ["内容"]
        shown = " / ".join(_shown(part.at[each, different[0]] if different else None, rows.clock.zone) for each in (first, i))
        faults.append(
            Fault(
                rows.place(int(first)),
                f"与 {rows.place(int(i))} 说的是同一件事，但“{'、'.join(names[:3])}”不同（{shown}）",
                "请改成一致，或删去其中一行",
            )
        )


def _where(mask: pd.Series, word: str, words: pd.CategoricalDtype) -> pd.Series:
    return pd.Series([word if holds else None for holds in mask], dtype=words)


def _content(columns: dict[str, object]) -> pd.DataFrame:
    """What the rows say; the name of a screenshot is no statement that could contradict another."""
    return pd.DataFrame({name: series for name, series in columns.items() if isinstance(series, pd.Series) and name != "screenshot"})


def _same(a: Any, b: Any) -> bool:
    return a == b if _filled(a) and _filled(b) else _filled(a) == _filled(b)


def _filled(value: Any) -> bool:
    return not pd.isna(value)


def _shown(value: Any, zone: str) -> str:
    if not _filled(value):
        return "未填写"
    if isinstance(value, pd.Timestamp):
        return f"{value.tz_convert(zone):%Y-%m-%d %H:%M}"
    return re.sub(r"\s+", " ", str(value))[:40]
