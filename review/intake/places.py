"""Which platform each row belongs to and what kind of row it is."""

import re
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from review.incident.tables import PLATFORMS, POST_KINDS, vocabulary
from review.intake.cells import arrow, each_distinct, matches
from review.intake.part import Findings, Surroundings
from review.intake.recognition import Recognised
from review.intake.values import read_flag
from review.settings.aliases import header_key
from review.settings.formats import Words

_OTHER: Final = PLATFORMS.index("other")
_SOCIAL: Final = frozenset(PLATFORMS) - {"news", "other"}


def read_platforms_of(table: Recognised, around: Surroundings) -> pd.Series:
    """Each row's platform: the format's; else of an id column; else of the row's link; else of a vendor's source word; else of the file's name; else other."""
    n = len(table.raw.cells)
    fixed = (table.format.platform if table.format is not None else None) or around.platforms.of_columns(table.keys)
    if fixed is not None:
        return platform_column(np.full(n, PLATFORMS.index(fixed), dtype=np.int8))
    codes = np.full(n, -1, dtype=np.int8)
    for name in ("url", "thread_url"):
        cells = table.cells(name)
        if cells is not None:
            values = arrow(cells)
            for host, code in around.platforms.hosts():
                hit = matches(values, rf"(?i)^\s*(?:https?:)?(?://)?(?:[^/?#]*[.@])?{re.escape(host)}(?:[:/?#]|\s*$)") & (codes < 0)
                codes[hit] = PLATFORMS.index(code)
    positions = table.columns.get("platform_hint", ())
    for position in positions:  # a loop over the few source columns a vendor has
        values = arrow(table.raw.cells[position])
        open_rows = np.flatnonzero((codes < 0) & ~np.asarray(values.is_null()))
        if len(open_rows):
            which, found = each_distinct(values.take(pa.array(open_rows)), around.platforms.of_word)
            codes[open_rows] = np.array([-1 if code is None else PLATFORMS.index(code) for code in found], dtype=np.int8)[which]
    if (codes < 0).any():
        named = around.platforms.of_file_name(table.raw.file) or around.platforms.of_file_name(table.raw.sheet or "")
        codes[codes < 0] = PLATFORMS.index(named) if named is not None else _OTHER
    return platform_column(codes)


def platform_column(codes: np.ndarray) -> pd.Series:
    """A platform column from codes into PLATFORMS."""
    return pd.Series(pd.Categorical.from_codes(codes, dtype=vocabulary(*PLATFORMS)))


def is_comment_table(table: Recognised, findings: Findings) -> bool:
    """Whether rows are comments unless they say otherwise. A bare list of texts counts as comments, and the log says so."""
    if table.format is not None:
        return table.format.kind == "comment"
    if table.has("comment_id", "thread_id", "thread_url", "level") or any(key.startswith(("评论内容", "评论者")) for key in table.keys):
        return True
    name = f"{table.raw.file} {table.raw.sheet or ''}".lower()
    if re.search("评论|comment|留言", name):
        return True
    if table.has("title", "item_id", "url", "root_id", "views", "impressions", "platform_hint", "keyword") or table.has("shares"):
        return False
    findings.warnings.append("没有注明是帖子还是评论，按评论处理")
    return True


def kinds_of(table: Recognised, around: Surroundings, platforms: pd.Series, *, comments: bool) -> np.ndarray:
    """Codes into POST_KINDS before parents are known: comment, post, repost where a column says so, article where a post stands on a news site."""
    n = len(platforms)
    if comments:
        return np.full(n, POST_KINDS.index("comment"), dtype=np.int8)
    codes = np.full(n, POST_KINDS.index("post"), dtype=np.int8)
    news = (platforms == "news").to_numpy(dtype=bool, copy=True)
    if table.format is not None and table.format.kind == "article":
        news = news | ~platforms.isin(list(_SOCIAL)).to_numpy(dtype=bool)  # the array may be read-only
    codes[news] = POST_KINDS.index("article")
    for position in table.columns.get("kind", ()):
        header = header_key(table.raw.header[position])
        values = arrow(table.raw.cells[position])
        given = np.flatnonzero(~np.asarray(values.is_null()))
        if len(given):
            which, said = each_distinct(values.take(pa.array(given)), lambda cell, h=header: _kind_said(h, cell, around.formats.words))  # type: ignore[misc]
            told = np.array([-1 if kind is None else POST_KINDS.index(kind) for kind in said], dtype=np.int8)[which]
            codes[given[told >= 0]] = told[told >= 0]
    return codes


def _kind_said(header: str, cell: str, words: Words) -> str | None:
    if header.startswith("是否"):
        return "repost" if read_flag(cell) is False or header_key(cell) in words.repost else None
    if header.startswith("is"):
        return ("reply" if "reply" in header else "repost" if "retweet" in header else None) if read_flag(cell) else None
    key = header_key(cell)
    return "repost" if key in words.repost else "comment" if key in words.reply else None
