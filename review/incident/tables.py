"""Schemas of the five tables an incident is made of: every column with dtype, unit and meaning, written once.

Frames are columnar (one incident can hold millions of comments). Text is `string[pyarrow]` with NA, closed vocabularies are categoricals, times are
`datetime64[us, UTC]`, counts are nullable integers, quantities nullable floats. Every row names its origin: `file`, `sheet` (NA for files without sheets)
and `row`, the 1-based number a user sees in Excel or counts as records in a CSV (the header row included).
"""

from dataclasses import dataclass
from typing import Final

import pandas as pd

TEXT: Final = pd.StringDtype("pyarrow")
TIME: Final = pd.DatetimeTZDtype("us", "UTC")
COUNT: Final = pd.Int64Dtype()
NUMBER: Final = pd.Float64Dtype()
FLAG: Final = pd.BooleanDtype()
ROW_NUMBER: Final = pd.Int64Dtype()
SOURCE_NAME: Final = "category"
"""File and sheet names: a categorical whose categories are the names met, not a closed vocabulary."""

PLATFORMS: Final = ("xhs", "weibo", "douyin", "bilibili", "kuaishou", "tieba", "zhihu", "x", "wechat", "news", "other")
POST_KINDS: Final = ("post", "comment", "reply", "repost", "article", "danmaku")
COMMENT_KINDS: Final = ("comment", "reply", "danmaku")
"""What is said below something published."""
PUBLISHED_KINDS: Final = ("post", "article", "repost")
"""What stands on its own and is read there: its reads and likes are not those of another row."""
ID_ORIGINS: Final = ("source", "url", "synthetic", "mangled", "repaired")
PARENT_ORIGINS: Final = ("source", "order")
PRECISIONS: Final = ("s", "min", "h", "day")
AUTHOR_TYPES: Final = ("brand", "kol", "koc", "media", "verified", "user")
ROLE_SOURCES: Final = ("row", "case", "account", "outlets", "verification", "followers")
SENTIMENTS: Final = ("negative", "neutral", "positive")
STANCES: Final = ("critical", "neutral", "supportive")
USER_TIERS: Final = ("core", "potential", "ordinary")
SCOPES: Final = ("item", "account", "topic", "hot_list", "search", "brand", "shop")
ORDER_TOTALS: Final = "订单汇总"
"""What a shop's daily series is named that was summed from lines of orders, the shop's name behind it where the lines tell it; the shop's own daily report
counts otherwise."""
ACTION_TYPES: Final = (
    "first_response", "statement", "apology", "clarification", "update", "comment_reply", "pinned", "private_message", "contact_poster",
    "kol", "koc", "media", "service_channel", "compensation", "recall", "takedown", "legal", "ad_pause", "product_fix", "activation", "internal", "other",
)  # fmt: skip


def summed_from_orders(name: str | None) -> bool:
    """Whether a daily series of this name was summed from lines of orders."""
    return name is not None and name.startswith(ORDER_TOTALS)


def vocabulary(*words: str) -> pd.CategoricalDtype:
    """An unordered categorical of exactly these words."""
    return pd.CategoricalDtype(list(words), ordered=False)


Dtype = pd.api.extensions.ExtensionDtype | str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, dtype, meaning (with its unit, where it has one) and whether every row must have a value."""

    name: str
    dtype: Dtype
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name and columns, in order."""

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def empty(self) -> pd.DataFrame:
        """A valid frame without rows."""
        return self.frame({}, 0)

    def frame(self, columns: dict[str, object], length: int) -> pd.DataFrame:
        """A valid frame of `length` rows from the given columns (arrays, Series or scalars); columns not given are NA.

        Raises ValueError where a name is not of this table, or a required column is missing or has NA.
        """
        unknown = sorted(set(columns) - set(self.names))
        if unknown:
            raise ValueError(f"{self.name} has no column {', '.join(unknown)}")
        index = pd.RangeIndex(length)
        made: dict[str, pd.Series] = {}
        for column in self.columns:
            values = columns.get(column.name)
            if isinstance(values, pd.Series):
                values = values.array
            made[column.name] = pd.Series(values, index=index, dtype=column.dtype)
        frame = pd.DataFrame(made, index=index)
        self.check(frame)
        return frame

    def check(self, frame: pd.DataFrame) -> None:
        """Raise ValueError naming every column that breaks the schema (a fault of ours, never of the user's)."""
        faults: list[str] = []
        if tuple(frame.columns) != self.names:
            faults.append(f"columns are {list(frame.columns)}, not {list(self.names)}")
        if not isinstance(frame.index, pd.RangeIndex) or frame.index.start != 0 or frame.index.step != 1:
            faults.append("index is not 0, 1, 2 …")
        for column in self.columns:
            if column.name not in frame.columns:
                continue
            series = frame[column.name]
            kind = "category" if isinstance(series.dtype, pd.CategoricalDtype) and column.dtype == SOURCE_NAME else series.dtype
            if kind != column.dtype:
                faults.append(f"{column.name} is {series.dtype}, not {column.dtype}")
            if column.required and bool(series.isna().any()):
                faults.append(f"{column.name} has missing values")
        if faults:
            raise ValueError(f"table {self.name}: " + "; ".join(faults))


_ORIGIN = (
    Column("file", SOURCE_NAME, "name of the source file as the user gave it, folders with /", required=True),
    Column("sheet", SOURCE_NAME, "sheet inside the file; NA where the container has none"),
    Column("row", ROW_NUMBER, "1-based row or record number in the source, header counted", required=True),
)

POSTS: Final = Table(
    "posts",
    (
        *_ORIGIN,
        Column("kind", vocabulary(*POST_KINDS), "what the row is; reply = answer to a comment, repost = 转发, article = press item", required=True),
        Column("platform", vocabulary(*PLATFORMS), "where it was published", required=True),
        Column("item_id", TEXT, "the platform's id of this row; never a mangled number"),
        Column("id_origin", vocabulary(*ID_ORIGINS), "where item_id comes from; mangled = an id Excel destroyed, kept in id_raw only"),
        Column("id_raw", TEXT, "the id as exported, where it differs from item_id"),
        Column("thread_id", TEXT, "item_id of the post a comment belongs to"),
        Column("parent_id", TEXT, "item_id this row answers or reposts; NA at top level or where unknown"),
        Column("parent_origin", vocabulary(*PARENT_ORIGINS), "whether the parent was exported or follows from row order"),
        Column("parent_author", TEXT, "name of the author this row answers or reposts, where exported"),
        Column("root_id", TEXT, "item_id of the original post of a repost, or of the top-level comment of a reply"),
        Column("author_key", TEXT, "the author's id or hash, for counting accounts; never a masked nickname"),
        Column("author_name", TEXT, "name as exported"),
        Column("author_followers", COUNT, "followers at capture (accounts)"),
        Column("author_verified", TEXT, "verification as exported, e.g. 蓝V"),
        Column("author_type", vocabulary(*AUTHOR_TYPES), "role as typed or exported, then as the analysis finds it (role_from); NA = unknown"),
        Column("role_from", vocabulary(*ROLE_SOURCES), "by which rule the analysis knows author_type (analysis/roles.py); NA as loaded"),
        Column("outlet_level", TEXT, "level of the outlet in the media list, found by the analysis; NA as loaded and for who is no listed outlet"),
        Column("published_at", TIME, "time of publication"),
        Column("time_precision", vocabulary(*PRECISIONS), "what published_at is exact to"),
        Column("captured_at", TIME, "time of export or crawl"),
        Column("title", TEXT, "title"),
        Column("text", TEXT, "body as exported, without control characters; chains and emoticons kept"),
        Column("tags", TEXT, "hashtags without #, joined by a space, in exported order"),
        Column("keyword", TEXT, "search keyword that found the row"),
        Column("url", TEXT, "permalink as exported; never fetched"),
        Column("region", TEXT, "province or country shown by the platform"),
        Column("likes", COUNT, "点赞"),
        Column("collects", COUNT, "收藏"),
        Column("comments", COUNT, "评论数 (for a comment: its replies)"),
        Column("shares", COUNT, "转发 or 分享"),
        Column("views", COUNT, "阅读/播放/观看 measured by the platform"),
        Column("views_estimated", COUNT, "a vendor's estimate of reads; never mixed with views"),
        Column("impressions", COUNT, "曝光"),
        Column("reach", COUNT, "reach as a vendor reports it"),
        Column("engagement", COUNT, "互动量 as exported (sum differs by vendor)"),
        Column("danmaku", COUNT, "弹幕数"),
        Column("coins", COUNT, "投币"),
        Column("sentiment", vocabulary(*SENTIMENTS), "polarity in a vendor or typed 情感 column"),
        Column("emotion_vendor", TEXT, "emotion as a vendor labels it"),
        Column("sensitive", FLAG, "a vendor's risk flag 敏感; not a polarity"),
        Column("stance", vocabulary(*STANCES), "typed 立场 toward the brand"),
        Column("viewpoint", TEXT, "typed 观点摘录: one quote"),
        Column("user_tier", vocabulary(*USER_TIERS), "typed 用户层级: core fan, potential buyer, ordinary"),
        Column("deleted", FLAG, "typed 已删除"),
        Column("screenshot", TEXT, "file name of a screenshot"),
        Column("image_hash", TEXT, "image url or hash as exported, for matching copies"),
    ),
)

METRIC_POINTS: Final = Table(
    "metric_points",
    (
        *_ORIGIN,
        Column("scope", vocabulary(*SCOPES), "what the figure is about", required=True),
        Column(
            "name", TEXT, "topic, hot-search entry, item id, account or shop it is about; else the file, where files differ, or as summed_from_orders tells"
        ),
        Column("platform", vocabulary(*PLATFORMS), "platform the figure was read on"),
        Column(
            "metric",
            TEXT,
            "reads, discussions, rank, list_hours, heat, followers_total, followers_net, followers_lost, followers_gained, units, sales, orders, refunds, "
            "buyers, visitors, views, likes, comments, shares, collects, impressions, mentions, negatives_first_screen, suggestions",
            required=True,
        ),
        Column("at", TIME, "time of reading, or start of the day a daily figure covers", required=True),
        Column("precision", vocabulary(*PRECISIONS), "what `at` is exact to; day = a daily figure"),
        Column("cumulative", FLAG, "True: a total read at `at`; False: the amount of that hour or day"),
        Column("value", NUMBER, "the figure, in `unit`; NA where only bounds are known"),
        Column("low", NUMBER, "lower end where the figure was rounded, a floor or a range; else NA"),
        Column("high", NUMBER, "upper end likewise"),
        Column("unit", TEXT, "次, 位, 元, 件, 人, 小时 …"),
        Column("text", TEXT, "words where the reading is not a number (search suggestions)"),
        Column("screenshot", TEXT, "file name of a screenshot"),
    ),
)

SAMPLES: Final = Table(
    "samples",
    (
        *_ORIGIN,
        Column("start", TIME, "start of the period", required=True),
        Column("end", TIME, "end of the period (open); equals start for an instant", required=True),
        Column(
            "metric",
            TEXT,
            "comments_read, tickets_opened, resolved_24h, first_reply, complaints, units, sales, orders, refunds, compensation, "
            "ads_paused, followers_lost, reposts_elsewhere",
            required=True,
        ),
        Column("place", TEXT, "platform code or channel name it was counted on"),
        Column("n", COUNT, "comments read, tickets opened …"),
        Column("k", COUNT, "of which negative, solved …"),
        Column("value", NUMBER, "a total that is no n/k pair, in `unit`"),
        Column("unit", TEXT, "unit of value"),
        Column("method", TEXT, "口径 as typed"),
    ),
)

RESPONSES: Final = Table(
    "responses",
    (
        *_ORIGIN,
        Column("at", TIME, "when it was done", required=True),
        Column("precision", vocabulary(*PRECISIONS), "what `at` is exact to"),
        Column("action", vocabulary(*ACTION_TYPES), "kind of action", required=True),
        Column("platform", vocabulary(*PLATFORMS), "where"),
        Column("actor", TEXT, "执行方: the account or team that acted"),
        Column("title", TEXT, "title"),
        Column("text", TEXT, "wording published or sent"),
        Column("url", TEXT, "link; never fetched"),
        Column("audience", TEXT, "面向对象"),
        Column("commitment", TEXT, "承诺/方案"),
        Column("owner", TEXT, "负责人"),
        Column("core_vertical", FLAG, "核心垂类: the KOL is of the core vertical"),
        Column("measured", FLAG, "实测: the KOL's content shows a test"),
        Column("demand_addressed", FLAG, "回应诉求: it answers what users ask"),
        Column("followers", COUNT, "followers of the acting KOL/KOC (accounts)"),
        Column("result", TEXT, "结果 as typed"),
        Column("screenshot", TEXT, "file name of a screenshot"),
        Column("note", TEXT, "备注"),
    ),
)

TICKETS: Final = Table(
    "tickets",
    (
        *_ORIGIN,
        Column("ticket_id", TEXT, "编号"),
        Column("opened_at", TIME, "受理"),
        Column("first_reply_at", TIME, "首响"),
        Column("closed_at", TIME, "关闭"),
        Column("channel", TEXT, "渠道"),
        Column("topic", TEXT, "主题"),
        Column("resolved", FLAG, "是否解决"),
        Column("satisfaction", NUMBER, "满意度 as exported"),
        Column("region", TEXT, "region"),
    ),
)

INEXACT: Final = Table(
    "inexact",
    (
        *_ORIGIN,
        Column("column", TEXT, "the posts column whose count was rounded, a floor or a range", required=True),
        Column("low", NUMBER, "smallest value the cell allows"),
        Column("high", NUMBER, "largest value the cell allows; NA = no upper bound"),
    ),
)
