"""Which platform each row belongs to and what kind of row it is."""

import re
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from review.incident.tables import PLATFORMS, POST_KINDS, vocabulary
from review.intake.cells import arrow, each_distinct, matches, no_texts
from review.intake.layout import named_in
from review.intake.part import Findings, Surroundings
from review.intake.recognition import Recognised
from review.intake.texts import labels, mapped
from review.intake.threads import ids_of_posts, name_threads
from review.intake.values import read_flag
from review.settings.aliases import header_key
from review.settings.formats import Words
from review.settings.media import folded

_OTHER: Final = PLATFORMS.index("other")
_COMMENT, _POST = POST_KINDS.index("comment"), POST_KINDS.index("post")
_SOCIAL: Final = frozenset(PLATFORMS) - {"news", "other"}
_NEWS: Final = PLATFORMS.index("news")
_OUTLET_HEADERS: Final = frozenset({"媒体名称", "来源媒体"})
"""Source columns whose cells name an outlet, whether the media list knows it or not."""

_SITE_HEADERS: Final = _OUTLET_HEADERS | {"来源", "来源网站", "source", "extrasourceattributes.name", "domain"}
"""Source columns whose cells name the site an article stands on, where they are no platform's word."""


def read_platforms_of(table: Recognised, around: Surroundings) -> pd.Series:
    """Each row's platform: what the line above one of several tables names; the format's; else of an id column, the row's link, a vendor's source word, an
    outlet named as source or at home where the link leads, the name of the sheet, file or folder; else other."""
    n = len(table.raw.cells)
    written = around.platforms.of_title(named_in(table.raw.title)) if table.raw.title else None
    fixed = written or (table.format.platform if table.format is not None else None) or around.platforms.of_columns(table.keys)
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
        named = around.platforms.of_file_name(f"{table.raw.file}/{table.raw.sheet or ''}")
        if named is None:
            codes[(codes < 0) & (outlets_of(table, around).notna() | _leads_to_an_outlet(table, around)).to_numpy()] = _NEWS
        codes[codes < 0] = PLATFORMS.index(named) if named is not None else _OTHER
    return platform_column(codes)


def outlets_of(table: Recognised, around: Surroundings) -> pd.Series:
    """The outlet each row's source columns name, NA where they name none: what stands under 媒体名称, or is on the media list, and is no platform's word."""
    found = no_texts(len(table.raw.cells))
    for position in table.columns.get("platform_hint", ()):
        surely = header_key(table.raw.header[position]) in _OUTLET_HEADERS
        cells = labels(table.raw.cells[position])
        found = found.fillna(mapped(cells, lambda cell, sure=surely: cell if _names_an_outlet(cell, around, sure=sure) else None))  # type: ignore[misc]
    return found


def sites_of(table: Recognised, around: Surroundings) -> pd.Series:
    """The site each row's source columns name, known or not, NA where they name a platform or nothing: 来源 of an article is who published it."""
    found = no_texts(len(table.raw.cells))
    for position in table.columns.get("platform_hint", ()):
        if header_key(table.raw.header[position]) in _SITE_HEADERS:
            found = found.fillna(mapped(labels(table.raw.cells[position]), lambda cell: cell if around.platforms.of_word(cell) is None else None))
    return found


def _names_an_outlet(cell: str, around: Surroundings, *, sure: bool) -> bool:
    return around.platforms.of_word(cell) is None and (sure or folded(cell) in around.media.names)


def _leads_to_an_outlet(table: Recognised, around: Surroundings) -> pd.Series:
    links = table.cells("url")
    if links is None:
        return pd.Series(False, index=range(len(table.raw.cells)))
    hosts = links.str.extract(r"^\s*(?:[A-Za-z]+:)?//(?:[^/@]*@)?([^/:?#\s]+)", expand=False)
    return mapped(hosts, lambda host: None if around.media.level_of_host(host) is None else host).notna()


def platform_column(codes: np.ndarray) -> pd.Series:
    """A platform column from codes into PLATFORMS."""
    return pd.Series(pd.Categorical.from_codes(codes, dtype=vocabulary(*PLATFORMS)))


def kinds_of(table: Recognised, around: Surroundings, platforms: pd.Series, findings: Findings) -> np.ndarray:
    """Codes into POST_KINDS before parents are known: what a column says of a row, else comment in a table of comments, else post or article.

    article is what stands on a news site. A column of types (类型) counts only where it speaks of kinds: 图文 and 视频 are forms of a post.
    """
    n, words = len(platforms), around.formats.words
    typed = _told(table, "media_type", words)
    if (typed >= 0).any():  # the rows that tell their kind leave nothing to guess of the others
        told_by_table, remark = _told_by_table(table, around), None
        comments = not _has_columns_of_posts(table) if told_by_table is None else told_by_table
    else:
        comments, remark = holds_comments(table, around, platforms)
    if remark is not None:
        findings.warnings.append(remark)
    if comments:
        codes = np.full(n, _COMMENT, dtype=np.int8)
        codes[typed == _POST] = _POST
    else:
        codes = np.full(n, POST_KINDS.index("repost") if _text_header(table) in words.repost else _POST, dtype=np.int8)
        news = (platforms == "news").to_numpy(dtype=bool, copy=True)
        if table.format is not None and table.format.kind == "article":
            news = news | ~platforms.isin(list(_SOCIAL)).to_numpy(dtype=bool)  # the array may be read-only
        codes[news] = POST_KINDS.index("article")
        told = _told(table, "kind", words)
        codes = np.where((told >= 0) & (told != _POST), told, codes)
    return np.where((typed >= 0) & (typed != _POST), typed, codes)


def holds_comments(table: Recognised, around: Surroundings, platforms: pd.Series) -> tuple[bool, str | None]:
    """Whether rows are comments unless they say otherwise, and where that is a guess, what the log says of it. A bare list of texts counts as comments."""
    told = _told_by_table(table, around)
    if told is not None:
        return told, None
    if not table.has("kind"):
        shared = next((ids for ids in ids_of_posts(table, around, platforms) if name_threads(table, ids, around.formats.recognition.thread_share)), None)
        if shared is not None:
            return True, "同一编号或链接下是不同作者、不同内容的多行，按该帖的评论处理"
    return (False, None) if _has_columns_of_posts(table) else (True, "没有注明是帖子还是评论，按评论处理")


def _told_by_table(table: Recognised, around: Surroundings) -> bool | None:
    """Whether format, headers or file name say that the rows are comments; None where they do not tell.

    The folder's name says nothing of this: 评论区翻车 is the name of an incident.
    """
    if table.format is not None:
        return table.format.kind == "comment"
    if table.has("comment_id", "thread_id", "thread_url", "level") or any(key.startswith(("评论内容", "评论者")) for key in table.keys):
        return True
    if _text_header(table) in around.formats.words.reply | around.formats.words.repost:
        return _text_header(table) in around.formats.words.reply
    name = f"{table.raw.file.rsplit('/', 1)[-1]} {table.raw.sheet or ''}".lower()
    return True if re.search("评论|comment|留言|回复|repl(?:y|ies)", name) else None


def _has_columns_of_posts(table: Recognised) -> bool:
    return table.has("title", "item_id", "url", "root_id", "views", "impressions", "platform_hint", "keyword", "shares")


def _text_header(table: Recognised) -> str:
    return header_key(table.header("text")) if table.has("text") else ""


def _told(table: Recognised, column: str, words: Words) -> np.ndarray:
    """Codes into POST_KINDS that the cells of a column's headers say, -1 where they say none; of several headers, one that says post says least."""
    told = np.full(len(table.raw.cells), -1, dtype=np.int8)
    for position in table.columns.get(column, ()):
        header = header_key(table.raw.header[position])
        values = arrow(table.raw.cells[position])
        given = np.flatnonzero(~np.asarray(values.is_null()))
        if len(given):
            which, said = each_distinct(values.take(pa.array(given)), lambda cell, h=header: _kind_said(h, cell, words))  # type: ignore[misc]
            codes = np.array([-1 if kind is None else POST_KINDS.index(kind) for kind in said], dtype=np.int8)[which]
            told[given] = np.where((codes >= 0) & ((codes != _POST) | (told[given] < 0)), codes, told[given])
    return told


def _kind_said(header: str, cell: str, words: Words) -> str | None:
    if header.startswith("是否"):
        return "repost" if read_flag(cell) is False or header_key(cell) in words.repost else None
    if header.startswith("is"):
        return ("reply" if "reply" in header else "repost" if "retweet" in header else None) if read_flag(cell) else None
    key = header_key(cell)
    return "repost" if key in words.repost else "comment" if key in words.reply else "post" if key in words.original else None
