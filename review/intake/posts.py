"""A recognised table of posts or comments → rows of `posts`, `inexact` and topic figures."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.incident.tables import AUTHOR_TYPES, COUNT, FLAG, ID_ORIGINS, POST_KINDS, POSTS, SENTIMENTS, TEXT, vocabulary
from review.intake.cells import arrow, each_distinct, folded, matches, mentions, missing, no_texts, trimmed
from review.intake.counts import mask_young, parse_counts, read_counts
from review.intake.identifiers import parse_ids, synthetic_ids
from review.intake.moments import Moments, read_moments
from review.intake.part import Findings, Part, Surroundings, keep_rows, origin, same_for_all, without_summaries
from review.intake.places import kinds_of, outlets_of, read_platforms_of, sites_of
from review.intake.recognition import COUNTS, Recognised
from review.intake.texts import clean_texts, labels, mapped, regions, tag_lists
from review.intake.threads import Links, is_bare_id, name_threads, parent_origins, parents_by_order, read_links
from review.intake.topics import read_topics
from review.intake.values import parse_times
from review.settings.aliases import header_key
from review.settings.formats import Recognition, Words

_POST_ID: Final = r"^(?:[0-9]{9,}|[0-9a-f]{24}|BV[0-9A-Za-z]{10})$"
"""Ids that the platforms give posts: long numbers, 小红书's and B站's; no nickname looks like them."""

_LONGEST_ID: Final = 160
"""Characters of the longest id of any platform met (Facebook's compound ids are the longest), twice over."""

_OWN: Final = "账号后台只导出本账号自己的内容，按品牌自有内容计，不计入舆论；如不是品牌的账号，请在表中加“账号类型”一列（达人、媒体、普通用户）"
_COMMENT, _REPLY, _POST, _REPOST, _ARTICLE = (POST_KINDS.index(kind) for kind in ("comment", "reply", "post", "repost", "article"))
_TITLE_OR_POST: Final = "标题/微博内容"
"""A vendor's column that holds an article's title, or the words of a post."""

_NO_TITLES: Final = frozenset({"无标题", "笔记暂未设置标题", "暂无标题"})


def read_posts(table: Recognised, around: Surroundings) -> Part:
    """The table's rows as posts. Quarantined: rows whose id is no id (a torn line), and rows that say nothing."""
    findings = Findings(table=table, limit=around.formats.limits.rejections)
    rows = len(table.raw.cells)
    table, findings = without_summaries(table, findings)
    table = _with_names_for_ids(table, findings, around.formats.recognition)
    table = _without_torn_rows(table, findings)
    findings.table = table
    platforms = read_platforms_of(table, around)
    unplaced = int((platforms == "other").sum())
    if unplaced and not (table.format is not None and table.format.platform):
        findings.warnings.append(f"有 {unplaced} 行看不出平台，记为“其他”")
    moments = read_moments(table, around, findings)
    kinds = kinds_of(table, around, platforms, findings)
    links = read_links(table, around, platforms, findings, kinds == _COMMENT)
    counts = read_counts(table, findings)
    if table.format is not None and table.format.pending_impressions and "impressions" in counts.columns:
        young = around.formats.recognition.young_hours
        counts.columns["impressions"] = mask_young(counts.columns["impressions"], moments.published_at, moments.captured_at, young)
    columns: dict[str, object] = {**origin(table), **_link_columns(table, links, kinds), **_moment_columns(moments), **counts.columns}
    columns |= {"kind": pd.Categorical.from_codes(kinds, dtype=vocabulary(*POST_KINDS)), "platform": platforms}
    columns |= _author_columns(table, around, findings, (platforms, kinds == _ARTICLE)) | _text_columns(table, kinds == _ARTICLE)
    columns |= _opinion_columns(table, around.formats.words, findings)
    region = _first_known(table, ("region", "region_alt"))
    columns["region"] = moments.region if region is None else regions(region).fillna(moments.region)
    frame = _with_ids(_frame(columns, len(table.raw.cells)), table, around, links)
    unknown_time = int(frame["published_at"].isna().sum())
    if table.format is not None and table.format.source_columns:
        frame = _with_sources(frame, table, around)
    cap = table.format.cap if table.format is not None and table.format.cap == len(table.raw.cells) else None
    if cap is not None:
        findings.warnings.append(f"恰好 {cap} 行，正是该导出的上限，疑似截断")
    return Part(
        table=table,
        findings=findings,
        rows=rows,
        platform=same_for_all(platforms),
        posts=frame,
        metric_points=read_topics(table, around, moments.captured_at, platforms, findings),
        inexact=counts.inexact,
        rows_without_time=unknown_time,
        cap_hit=cap,
    )


def _with_names_for_ids(table: Recognised, findings: Findings, rules: Recognition) -> Recognised:
    """The table with a column called ID that holds names read as the authors'; any other column of ids that holds none is left unread, and the log says so.

    Names are told by cells that no id can look like, or, where the table has no other author, by short ids that several different texts share.
    """
    if table.format is not None:
        return table
    for name in ("comment_id", "item_id"):
        cells = table.cells(name)
        if cells is None:
            continue
        header, values = table.header(name), arrow(cells)
        open_to_names = is_bare_id(header) and not table.has("author_key", "author_name")
        named = _no_id(values).sum() > rules.name_share * len(values.drop_null())
        if not named and open_to_names and not matches(values, _POST_ID).any():
            named = name_threads(table, parse_ids(cells).value, rules.thread_share)
        if not named:
            continue
        columns = {column: positions for column, positions in table.columns.items() if column != name}
        columns |= {name: table.columns[name][1:]} if len(table.columns[name]) > 1 else {}
        mapped = tuple(pair for pair in table.mapped if pair != (header, name))
        if open_to_names:
            findings.warnings.append(f"“{header}”列不是编号，按作者名读取")
            table = replace(table, columns={**columns, "author_name": table.columns[name][:1]}, mapped=(*mapped, (header, "author_name")))
        else:
            findings.warnings.append(f"“{header}”列不是编号，未使用")
            table = replace(table, columns=columns, mapped=mapped, unmapped=(*table.unmapped, header))
    return table


def _without_torn_rows(table: Recognised, findings: Findings) -> Recognised:
    """The table without rows whose id column holds no id, and without rows that say nothing; both are set aside."""
    n = len(table.raw.cells)
    torn = np.zeros(n, dtype=bool)
    findings.table = table
    given = pd.Series(False, index=range(n))
    for name in ("comment_id", "item_id"):
        cells = table.cells(name)
        if cells is not None:
            torn |= _no_id(arrow(cells))
            given |= cells.notna()
    for name in ("text", "title", "url"):
        cells = table.cells(name)
        if cells is not None:
            given |= cells.notna()
    findings.quarantine(torn, "编号列中不是编号（疑为写入中断或交错）")
    times = [cells.notna() for name in ("published_at", "when") if (cells := table.cells(name)) is not None]
    others = [cells.notna() for name in ("author_key", "author_name", *COUNTS) if (cells := table.cells(name)) is not None]
    if times and others:  # a note without a title, or a deleted text, still has its time and its figures
        given |= pd.concat(times, axis=1).any(axis=1) & pd.concat(others, axis=1).any(axis=1)
    empty = ~given.to_numpy(dtype=bool) & ~torn
    findings.quarantine(empty, "没有正文、标题、编号和链接，也没有时间")
    bad = torn | empty
    return keep_rows(table, ~bad) if bad.any() else table


def _no_id(values: pa.Array) -> np.ndarray:
    """Boolean array: cells that hold something, but nothing an id can look like (ASCII without inner blanks, commas or brackets, not endless)."""
    bare = trimmed(folded(values), "'\"=")
    shaped = np.asarray(pc.fill_null(pc.and_(pc.string_is_ascii(bare), pc.less_equal(pc.binary_length(bare), _LONGEST_ID)), True))
    odd = np.flatnonzero(~shaped | matches(bare, "[ ,]")) if mentions(bare, b" ", b",") else np.flatnonzero(~shaped)
    torn = np.zeros(len(values), dtype=bool)
    torn[odd] = ~missing(bare.take(pa.array(odd)))
    return torn


def _link_columns(table: Recognised, links: Links, kinds: np.ndarray) -> dict[str, object]:
    comment = kinds == _COMMENT
    answered = (links.parent_id.notna() | links.root_id.notna()).to_numpy(dtype=bool)
    kinds[comment & answered] = _REPLY
    kinds[(kinds == _POST) & links.root_id.notna().to_numpy(dtype=bool)] = _REPOST
    by = table.cells("parent_author")
    return {
        "item_id": links.item_id, "id_origin": links.id_origin, "id_raw": links.id_raw, "thread_id": links.thread_id, "root_id": links.root_id,
        "parent_id": links.parent_id, "parent_author": labels(by) if by is not None else None,
    }  # fmt: skip


def _moment_columns(moments: Moments) -> dict[str, object]:
    return {"published_at": moments.published_at, "time_precision": moments.precision, "captured_at": moments.captured_at}


def _frame(columns: Mapping[str, object], length: int) -> pd.DataFrame:
    """A valid frame of posts; absent text columns share one empty column, which is far quicker than making each."""
    nothing = no_texts(length)
    absent = {column.name: nothing for column in POSTS.columns if column.dtype == TEXT and columns.get(column.name) is None}
    return POSTS.frame({**columns, **absent}, length)


def _with_ids(frame: pd.DataFrame, table: Recognised, around: Surroundings, links: Links) -> pd.DataFrame:
    """Synthetic ids for rows without one; then parents that follow from the order of rows."""
    lacking = frame["item_id"].isna() & (links.id_origin != "mangled")
    if lacking.any():
        part = frame if lacking.all() else frame[lacking]
        frame["item_id"] = frame["item_id"].fillna(synthetic_ids(part))
    frame.loc[frame["item_id"].isna() & (frame["id_origin"] == "synthetic"), "id_origin"] = None
    by_order = no_texts(len(frame))
    if table.format is not None and table.format.parent == "order":
        by_order = parents_by_order(table, around, frame["item_id"], frame["thread_id"])
    frame["parent_origin"] = parent_origins(frame["parent_id"], by_order)
    if by_order.notna().any():
        frame["parent_id"] = frame["parent_id"].fillna(by_order)
        frame["root_id"] = frame["root_id"].fillna(by_order)
        codes = frame["kind"].cat.codes.to_numpy().copy()
        codes[by_order.notna().to_numpy()] = _REPLY
        frame["kind"] = pd.Categorical.from_codes(codes, dtype=vocabulary(*POST_KINDS))
    return frame


def _author_columns(table: Recognised, around: Surroundings, findings: Findings, place: tuple[pd.Series, np.ndarray]) -> dict[str, object]:
    platforms, articles = place
    n = len(platforms)
    none = no_texts(n)
    key = none
    lost = pd.Series(False, index=range(n))
    for name in ("author_key", "author_id_alt"):
        cells = table.cells(name)
        if cells is not None:
            ids = parse_ids(cells)
            lost = lost | ids.mangled
            key = ids.value if key is none else key.fillna(ids.value)
    unnamed = int((lost & key.isna()).sum())
    if unnamed:
        findings.warnings.append(f"有 {unnamed} 个作者编号被表格软件改坏（如 9.31E+16），这些行的作者只能按昵称辨认；请重新导出为文本格式")
    if table.format is not None and table.format.source_columns and not table.has("author_key") and (match := re.search(r"(\d{5,12})\.\w+$", table.raw.file)):
        key = key.fillna(match[1])  # weibo-crawler names its file after the author
    name_cells = table.cells("author_name")
    names = labels(name_cells) if name_cells is not None else none
    if name_cells is None and not table.has("author_key"):
        names = outlets_of(table, around).where((platforms == "news").to_numpy(dtype=bool))
    sites = sites_of(table, around).where(articles) if name_cells is not None and articles.any() else none
    names = names.fillna(sites)
    published = (names.notna() & (names == sites)).fillna(False).to_numpy(dtype=bool)  # by the site itself, which is no private person
    unique = [platform.code for platform in around.platforms.platforms if platform.unique_names]
    if name_cells is not None and key.isna().any():
        named = (key.isna() & names.notna() & platforms.isin(unique)).to_numpy(dtype=bool) & ~matches(arrow(names), r"\*")
        key = key.where(~named, "@" + names)
    made: dict[str, object] = {"author_key": key, "author_name": names}
    if name_cells is None:
        published = names.notna().to_numpy(dtype=bool)
    if published.any():
        made["author_type"] = pd.Categorical.from_codes(np.where(published, AUTHOR_TYPES.index("media"), -1), dtype=vocabulary(*AUTHOR_TYPES))
    followers = table.cells("author_followers")
    if followers is not None:
        numbers = parse_counts(followers)
        findings.cells("author_followers", numbers.rejected, "不是数字或不是整数")
        made["author_followers"] = numbers.value.fillna(numbers.low).round().astype(COUNT).mask(lambda values: values < 0)
    verified, role = table.cells("author_verified"), table.cells("author_type")
    if verified is not None:
        made["author_verified"] = labels(verified)
    own = table.format is not None and table.format.own_account and not table.has("author_type", "author_key", "author_name")
    if own:
        made["author_type"] = pd.Categorical.from_codes(np.full(n, AUTHOR_TYPES.index("brand"), dtype=np.int8), dtype=vocabulary(*AUTHOR_TYPES))
        findings.warnings.append(_OWN)
    if role is not None:
        words = around.formats.words
        roles: Mapping[str, frozenset[str]] = {"media": words.media, "brand": words.brand, "kol": words.kol, "koc": words.koc, "user": words.user}
        said = mapped(role, lambda cell: next((code for code, known in roles.items() if header_key(cell) in known), None))
        made["author_type"] = pd.Categorical(said.astype(object), dtype=vocabulary(*AUTHOR_TYPES))
    return made


def _text_columns(table: Recognised, articles: np.ndarray) -> dict[str, object]:
    made: dict[str, object] = {}
    title, text, tags = table.cells("title"), table.cells("text"), table.cells("tags")
    if title is not None:
        cleaned = clean_texts(title)
        untitled = matches(arrow(cleaned), "^(?:" + "|".join(sorted(_NO_TITLES)) + ")$")
        made["title"] = cleaned.mask(untitled) if untitled.any() else cleaned
    if text is not None:
        made["text"] = clean_texts(text)
    both = next((at for at in table.columns.get("text", ())[1:] if header_key(table.raw.header[at]) == _TITLE_OR_POST), None)
    if title is None and both is not None and articles.any():
        made["title"] = clean_texts(table.raw.cells[both]).where(articles)
    if tags is not None:
        made["tags"] = tag_lists(tags)
    for name in ("keyword", "url", "image_hash", "emotion_vendor"):
        cells = table.cells(name)
        if cells is not None:
            made[name] = labels(cells)
    return made


def _opinion_columns(table: Recognised, words: Words, findings: Findings) -> dict[str, object]:
    """Vendor polarity and risk flag, each from words alone; a column of other words is left unread, and the log says so."""
    made: dict[str, object] = {}
    polarity = {**dict.fromkeys(words.negative, "negative"), **dict.fromkeys(words.neutral, "neutral"), **dict.fromkeys(words.positive, "positive")}
    risk = {**dict.fromkeys(words.sensitive, "true"), **dict.fromkeys(words.not_sensitive, "false")}
    signs = {"-1": "negative", "0": "neutral", "1": "positive"}
    for name in ("sensitive", "sentiment"):
        cells = table.cells(name)
        if cells is None:
            continue
        said = labels(cells)
        codes, distinct = each_distinct(arrow(said).drop_null(), lambda cell: header_key(cell).removesuffix(".0"))
        spoken = set(distinct)
        if spoken & words.sensitive:
            flags = mapped(said, lambda cell: risk.get(header_key(cell)))
            made["sensitive"] = (flags == "true").where(flags.notna()).astype(FLAG)
            findings.cells(name, said.notna() & flags.isna(), "不是认识的敏感属性")
        elif spoken and len(codes):
            known = signs if spoken <= words.signed and "-1" in spoken else polarity
            if spoken <= words.signed and "-1" not in spoken:
                known = {}
            read = mapped(said, lambda cell, known=known: known.get(header_key(cell).removesuffix(".0")))  # type: ignore[misc]
            if read.notna().any():
                made["sentiment"] = pd.Categorical(read.astype(object), dtype=vocabulary(*SENTIMENTS))
                findings.cells(name, said.notna() & read.isna(), "不是认识的情感属性")
            else:
                findings.warnings.append(f"“{table.header(name)}”列的取值（{'、'.join(sorted(spoken)[:5])}）含义不明，未使用")
    return made


def _first_known(table: Recognised, names: tuple[str, ...]) -> pd.Series | None:
    made: pd.Series | None = None
    for name in names:
        cells = table.cells(name)
        if cells is not None:
            made = cells if made is None else made.fillna(cells)
    return made


def _with_sources(frame: pd.DataFrame, table: Recognised, around: Surroundings) -> pd.DataFrame:
    """The rows and, for each repost, a second post: the original told in the same row (quirk 24). Both keep the row's number."""
    at = {header_key(header): position for position, header in enumerate(table.raw.header)}
    if table.format is None:
        return frame
    cells = {column: table.raw.cells[at[key]] for key, column in table.format.source_columns.items() if key in at}
    ids = parse_ids(cells["item_id"]).value if "item_id" in cells else no_texts(len(frame))
    there = ids.notna().to_numpy()
    if not there.any():
        return frame
    times = parse_times(cells["published_at"][there], around.zone) if "published_at" in cells else None
    columns: dict[str, object] = {name: frame.loc[there, name] for name in ("file", "sheet", "row", "platform", "captured_at")}
    columns |= {
        "kind": "post",
        "item_id": ids[there],
        "id_origin": pd.Categorical.from_codes(np.full(int(there.sum()), ID_ORIGINS.index("source"), dtype=np.int8), dtype=vocabulary(*ID_ORIGINS)),
    }
    for name, read in (("author_key", lambda c: parse_ids(c).value), ("author_name", labels), ("text", clean_texts), ("tags", tag_lists), ("region", regions)):
        if name in cells:
            columns[name] = read(cells[name][there])
    for name in ("likes", "comments", "shares"):
        if name in cells:
            columns[name] = parse_counts(cells[name][there]).value.round().astype(COUNT)
    if times is not None:
        columns |= {"published_at": times.at, "time_precision": times.precision}
    originals = POSTS.frame(columns, int(there.sum()))
    return pd.concat([frame, originals], ignore_index=True)
