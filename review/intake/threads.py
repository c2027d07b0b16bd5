"""Ids of rows and what each row answers: item, thread, parent and root, by what the format says its columns mean (quirks 12 and 18)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from review.incident.tables import ID_ORIGINS, PARENT_ORIGINS, vocabulary
from review.intake.cells import no_texts
from review.intake.identifiers import Ids, ids_in_urls, parse_ids, weibo_mid
from review.intake.part import Findings, Surroundings
from review.intake.recognition import Recognised
from review.intake.texts import mapped
from review.settings.aliases import header_key

_BARE_IDS: Final = frozenset({"id"})
"""Header keys that number the rows of a database table where a comment id stands beside them."""

_IDS_IN_NAMES: Final = {"douyin": r"(?<!\d)(\d{18,20})(?!\d)", "xhs": r"(?<![0-9a-f])([0-9a-f]{24})(?![0-9a-f])", "weibo": r"(?<!\d)(\d{16})(?!\d)"}
"""Ids of the post that comment exports carry in the file's name only (DouK-Downloader)."""


_ROUNDED: Final = r"\d{15,20}"
"""A damaged id whose first fifteen digits are still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Columns of posts: item_id, id_origin, id_raw, thread_id, parent_id, parent_origin, root_id; item_id is NA where the export gave none."""

    item_id: pd.Series
    id_origin: pd.Series
    id_raw: pd.Series
    thread_id: pd.Series
    parent_id: pd.Series
    root_id: pd.Series


def read_links(table: Recognised, around: Surroundings, platforms: pd.Series, findings: Findings, comments: np.ndarray) -> Links:
    """Ids of every row; `comments` marks those that answer a post, whose link and whose 笔记ID name that post.

    An id a spreadsheet destroyed is never a key: it is rebuilt from the link where that names it, else kept in id_raw only.
    """
    n = len(platforms)
    none = no_texts(n)
    own, answered = _item_and_thread(table, around.formats.recognition.thread_share, comments)
    ids = parse_ids(own) if own is not None else Ids(value=none, raw=none, mangled=pd.Series(False, index=range(n)))
    links = ids_from_links(table.cells("url"), around, platforms)
    item = ids.value.fillna(links.mask(comments))
    if not comments.all() and table.has("item_bid"):
        bids = parse_ids(table.raw.cells[table.columns["item_bid"][0]]).value
        item = item.fillna(mapped(bids, weibo_mid).mask(comments))
    thread_ids = parse_ids(answered) if answered is not None else Ids(value=none, raw=none, mangled=pd.Series(False, index=range(n)))
    thread = thread_ids.value
    if comments.any():
        linked = ids_from_links(table.cells("thread_url"), around, platforms).fillna(links).fillna(_in_name(table.raw.file, platforms)).where(comments)
        thread = thread.fillna(linked.mask((linked == item).fillna(False)))
    origin = np.full(n, ID_ORIGINS.index("synthetic"), dtype=np.int8)
    origin[item.notna().to_numpy()] = ID_ORIGINS.index("url")
    origin[ids.value.notna().to_numpy()] = ID_ORIGINS.index("source")
    mangled = ids.mangled.to_numpy(dtype=bool)
    origin[mangled] = ID_ORIGINS.index("mangled")
    origin[mangled & item.notna().to_numpy()] = ID_ORIGINS.index("repaired")
    if mangled.any():
        findings.warnings.append(
            f"有 {int(mangled.sum())} 个编号被表格软件改坏（如 5.7E+17 或末尾变 0），其中 {int((mangled & item.notna().to_numpy()).sum())} 个由链接还原"
        )
    parent, root = _parent_and_root(table, item, none, comments=bool(comments.all()))
    _tell_damage(table, (parent, root), findings)
    unnamed = int((thread_ids.mangled & thread.isna()).sum())
    if unnamed:
        findings.warnings.append(f"有 {unnamed} 个所属帖子的编号被表格软件改坏（如 7.67E+18），这些行属于哪一帖未知；请重新导出为文本格式")
    return Links(
        item_id=item,
        id_origin=pd.Series(pd.Categorical.from_codes(origin, dtype=vocabulary(*ID_ORIGINS))),
        id_raw=ids.raw,
        thread_id=thread,
        parent_id=parent,
        root_id=root,
    )


def ids_of_posts(table: Recognised, around: Surroundings, platforms: pd.Series) -> Iterator[pd.Series]:
    """What a table without comment ids names posts by: its ids, then the ids in its links."""
    cells = table.cells("item_id")
    if cells is not None:
        yield parse_ids(cells).value
    if table.has("url"):
        yield ids_from_links(table.cells("url"), around, platforms)


def name_threads(table: Recognised, ids: pd.Series, share: float) -> bool:
    """Whether these ids name what the rows answer, not the rows: at least `share` of those that are repeated stand beside texts of several authors.

    One item crawled twice keeps its author, even where its text was edited. Without authors, times tell the rows apart.
    """
    text = table.cells("text")
    who = next((cells for name in ("author_key", "author_name", "published_at", "when") if (cells := table.cells(name)) is not None), None)
    again = ids.notna() & ids.duplicated(keep=False)
    if text is None or who is None or not again.any():
        return False
    distinct = pd.DataFrame({"text": text[again], "who": who[again]}).groupby(ids[again].astype(object)).nunique()
    several = (distinct["text"] > 1) & (distinct["who"] > 1)
    return bool(several.any() and several.sum() >= share * len(several))


def is_bare_id(header: str) -> bool:
    """Whether a header says that ids stand below it, but not of what."""
    return header_key(header) in _BARE_IDS


def _item_and_thread(table: Recognised, share: float, comments: np.ndarray) -> tuple[pd.Series | None, pd.Series | None]:
    """Cells of the row's own id and of the post a comment belongs to (FORMATS.md section 9.1)."""
    own = table.cells("item_id")
    if table.has("comment_id"):
        named = [p for p in table.columns.get("item_id", ()) if not is_bare_id(table.raw.header[p])]
        thread = table.raw.cells[named[0]] if named else table.cells("thread_id")
        answers = table.cells("comment_id")
        if answers is None or own is None or comments.all() or not comments.any():
            return answers, thread
        return answers.where(comments, own), thread.where(comments) if thread is not None else None
    if not comments.any():
        return own, None
    share_ids = own is not None and name_threads(table, parse_ids(own).value, share)
    if table.has("thread_id") or (table.format is not None and not comments.all() and not share_ids):
        thread = table.cells("thread_id")
        return own, thread.where(comments) if thread is not None else None
    bare = [p for p in table.columns.get("item_id", ()) if is_bare_id(table.raw.header[p])]
    bare = [p for p in bare if not name_threads(table, parse_ids(table.raw.cells[p]).value, share)]
    named = [p for p in table.columns.get("item_id", ()) if p not in bare]
    answers, thread = (table.raw.cells[bare[0]] if bare else None), (table.raw.cells[named[0]] if named else None)
    if comments.all() or own is None:
        return answers, thread
    return (answers.where(comments, own) if answers is not None else own.mask(comments)), (thread.where(comments) if thread is not None else None)


def _parent_and_root(table: Recognised, item: pd.Series, none: pd.Series, *, comments: bool) -> tuple[pd.Series, pd.Series]:
    """(parent, root). A row that names itself is at the top (Weibo's rootid), and so is a comment that names nothing."""
    meaning = table.format.parent if table.format is not None else "direct"
    parent_cells, root_cells = table.cells("parent_id"), table.cells("root_id")
    parent = _named(parent_cells) if parent_cells is not None and meaning != "none" else none
    root = _named(root_cells) if root_cells is not None and meaning != "none" else none
    if meaning == "root" and comments:
        parent, root = none, root if root_cells is not None else parent
    if parent is not none:
        parent = parent.mask((parent == item).fillna(False))
    if root is not none:
        root = root.mask((root == item).fillna(False))
    return parent, root


def _named(cells: pd.Series) -> pd.Series:
    """The ids these cells name; the digits of one that a spreadsheet rounded stay, so that links can repair it by its unique beginning."""
    ids = parse_ids(cells)
    return ids.value.where(ids.value.notna(), ids.raw.where(ids.raw.str.fullmatch(_ROUNDED).fillna(False)))


def _tell_damage(table: Recognised, kept: tuple[pd.Series, pd.Series], findings: Findings) -> None:
    """Warn of ids of other rows that a spreadsheet rounded (still good for matching by their first digits) or destroyed (what they named is lost)."""
    rounded = lost = 0
    for name in ("parent_id", "root_id"):
        cells = table.cells(name)
        if cells is None:
            continue
        ids = parse_ids(cells)
        whole = ids.raw.str.fullmatch(_ROUNDED).fillna(False).astype(bool)
        rounded += int(whole.sum())
        lost += int((ids.mangled & ~whole).sum())
    if all(each.isna().all() for each in kept):
        rounded = 0
    if rounded:
        findings.warnings.append(f"有 {rounded} 个上级或原帖编号被表格软件改动（末尾变 0），按未变的前 15 位匹配")
    if lost:
        findings.warnings.append(f"有 {lost} 个上级或原帖编号被表格软件改坏（如 5.7E+17），无法还原，相应的转发或回复关系未知；请重新导出为文本格式")


def ids_from_links(cells: pd.Series | None, around: Surroundings, platforms: pd.Series) -> pd.Series:
    """Ids out of links, by each row's platform; a Weibo link's nine characters become the post's number."""
    found = no_texts(len(platforms))
    if cells is None:
        return found
    for code in platforms.unique():
        platform = around.platforms.of_code(code)
        if platform is None or not platform.ids:
            continue
        ids = ids_in_urls(cells, platform.ids)
        if code == "weibo":
            ids = mapped(ids, lambda found_id: found_id if found_id.isdigit() else weibo_mid(found_id))
        found = found.fillna(ids.where((platforms == code).to_numpy(dtype=bool)))
    return found


def _in_name(file: str, platforms: pd.Series) -> pd.Series:
    none = no_texts(len(platforms))
    if not len(platforms) or platforms.cat.codes.nunique() != 1:
        return none
    pattern = _IDS_IN_NAMES.get(str(platforms.iloc[0]))
    match = re.search(pattern, file.rsplit("/", 1)[-1]) if pattern else None
    return none.fillna(match[1]) if match else none


def parents_by_order(table: Recognised, around: Surroundings, items: pd.Series, threads: pd.Series) -> pd.Series:
    """For exports that tell only a level: the id of the nearest level-1 row above each level-2 row of the same thread, in file order; NA elsewhere.

    The one place where the order of rows carries meaning: the export has no other link.
    """
    cells = table.cells("level")
    none = no_texts(len(items))
    if cells is None:
        return none
    words = around.formats.words
    levels = mapped(cells, lambda cell: "1" if header_key(cell) in words.top_level else "2" if header_key(cell) in words.second_level else None)
    top = (levels == "1").fillna(False).to_numpy(dtype=bool)
    second = (levels == "2").fillna(False).to_numpy(dtype=bool)
    above = np.maximum.accumulate(np.where(top, np.arange(len(items)), -1)) if len(items) else np.zeros(0, dtype=np.int64)
    linked = second & (above >= 0)
    same = (threads.iloc[np.maximum(above, 0)].reset_index(drop=True).fillna("") == threads.fillna("")).to_numpy(dtype=bool) if len(items) else linked
    linked &= same
    return items.iloc[np.maximum(above, 0)].reset_index(drop=True).where(linked) if len(items) else none


def parent_origins(parent: pd.Series, by_order: pd.Series) -> pd.Series:
    """The parent_origin column: source where exported, order where it follows from the rows."""
    codes = np.where(parent.notna(), PARENT_ORIGINS.index("source"), np.where(by_order.notna(), PARENT_ORIGINS.index("order"), -1)).astype(np.int8)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=vocabulary(*PARENT_ORIGINS)))
