"""Parents out of repost chains: the post each `//@昵称:` names, accounts named but not collected as nodes of their own.

Measured on the cascades of links.toml's calibration: where the text that follows the name is the text of an earlier row of that account, the parent is
right in 99.9 %; a row of the right name with another text is never the parent. So a name alone is no evidence, the text decides.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from review.analysis.chains import Hops, double_slash_hops, first_hops, plain
from review.analysis.latest import Timetable, latest, ranges, timetable
from review.analysis.text_arrays import shared_codes, texts_at
from review.settings.links import ChainSettings

TEXT, CUT, RENAMED, GHOST, NOWHERE = "chain", "chain_cut", "renamed", "uncollected", "nowhere"
"""What a hop was resolved by: the whole text, the beginning of a text the platform cut, the text under another name, no collected row."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainRows:
    """The rows among which chains are resolved, as arrays of equal length.

    group: rows that may be linked have one (the root's node); author and text (null where unknown); earliest and latest: unix seconds a row may be of.
    """

    group: np.ndarray
    author: pa.Array
    text: pa.Array
    earliest: np.ndarray
    latest: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainParents:
    """asked: the rows (positions) whose hop is resolved, ascending; parent: position of the parent row, or n + number of a ghost; how: by what.

    A ghost is a repost that a chain names but that was not collected: its group, account and parent (position, n + number of a ghost, ORIGINAL, or BEYOND
    the end of a cut text, which is unknown) and how that was found. An account may have several: one a text. severed: rows whose text ends inside a hop
    or whose only hop is a quotation: the way is unknown.
    """

    asked: np.ndarray
    parent: np.ndarray
    how: np.ndarray
    ghost_group: np.ndarray
    ghost_name: tuple[str, ...]
    ghost_parent: np.ndarray
    ghost_how: tuple[str, ...]
    severed: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Index:
    """Candidate rows by (group, account, text), by (group, account) and by (group, text). texts: all rows' texts in the form they are compared in."""

    by_text: Timetable
    by_name: Timetable
    by_words: Timetable
    names: pa.Array
    words: pa.Array
    texts: pa.Array


def _index(rows: ChainRows, settings: ChainSettings) -> _Index:
    texts = plain(rows.text, settings)
    usable = (rows.group >= 0) & np.asarray(pc.is_valid(rows.author), dtype=bool) & np.asarray(pc.is_valid(texts), dtype=bool)
    pool = np.flatnonzero(usable)
    taken = pa.array(pool)
    (author,), names = shared_codes(rows.author.take(taken))
    (text,), words = shared_codes(texts.take(taken))
    group, earliest = rows.group[pool], rows.earliest[pool]
    by_name = group * (len(names) + 1) + author
    return _Index(
        by_text=timetable(_mixed(by_name, text), earliest, pool),
        by_name=timetable(by_name, earliest, pool),
        by_words=timetable(group * (len(words) + 1) + text, earliest, pool),
        names=names,
        words=words,
        texts=texts,
    )


def _codes(values: pa.Array, words: pa.Array) -> np.ndarray:
    """The code of each value among the words, len(words) where it is none of them."""
    return np.asarray(pc.fill_null(pc.index_in(values, words), len(words)), dtype=np.int64)


def chain_parents(rows: ChainRows, open_rows: np.ndarray, settings: ChainSettings) -> ChainParents:
    """Resolve the chain of every open row (bool a row) among all rows; O(n log n) and as many rounds as the longest run of uncollected accounts.

    A parent is never later than its child. Equal times: a row of that text is taken either way, as times may be coarse; cycles are the caller's to break.
    """
    index = _index(rows, settings)
    hops = first_hops(rows.text, settings)
    asked = np.flatnonzero(np.asarray(pc.is_valid(hops.name), dtype=bool) & (rows.group >= 0) & open_rows)
    severed = hops.severed.copy()
    level = _level(hops, asked)
    where = _Where(group=rows.group[asked], until=rows.latest[asked], asking=asked, cut=_lengths(rows.text)[asked] >= settings.cut_length)
    parent, how = _resolved(index, level, where, settings)
    vague = np.flatnonzero((parent < 0) & level.vague)
    if len(vague):
        # a single slash may be a quotation: the hop with two slashes behind it counts, if there is one
        again = double_slash_hops(rows.text.take(pa.array(asked[vague])), settings)
        some = np.asarray(pc.is_valid(again.name), dtype=bool)
        second = vague[some]
        if len(second):
            deeper = _level(again, np.flatnonzero(some))
            parent[second], how[second] = _resolved(index, deeper, where.at(second), settings)
            level = _replaced(level, second, deeper)
        quoted = vague[~some]
        severed[asked[quoted]] = True
        keep = np.delete(np.arange(len(asked)), quoted)
        asked, parent, how, where, level = asked[keep], parent[keep], how[keep], where.at(keep), level.at(keep)
    return _with_ghosts(index, _Asked(asked=asked, parent=parent, how=how, level=level, where=where, severed=severed, n=len(rows.group)), settings)


NOWHERE_NODE = -3
BEYOND = -2
ORIGINAL = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Level:
    """One hop a row: account, the text behind it, whether it was written with one slash."""

    name: pa.Array
    rest: pa.Array
    vague: np.ndarray

    def at(self, places: np.ndarray) -> "_Level":
        chosen = pa.array(places)
        return _Level(name=self.name.take(chosen), rest=self.rest.take(chosen), vague=self.vague[places])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Where:
    """Where each hop is searched: group, last second, the row that asks (-1: a ghost), and whether its text may have lost its end."""

    group: np.ndarray
    until: np.ndarray
    asking: np.ndarray
    cut: np.ndarray

    def at(self, places: np.ndarray) -> "_Where":
        return _Where(group=self.group[places], until=self.until[places], asking=self.asking[places], cut=self.cut[places])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Asked:
    asked: np.ndarray
    parent: np.ndarray
    how: np.ndarray
    level: _Level
    where: _Where
    severed: np.ndarray
    n: int


def _level(hops: Hops, rows: np.ndarray) -> _Level:
    return _Level(name=hops.name, rest=hops.rest, vague=hops.vague).at(rows)


def _replaced(level: _Level, rows: np.ndarray, other: _Level) -> _Level:
    mask = np.zeros(len(level.vague), dtype=bool)
    mask[rows] = True
    return _Level(
        name=pc.replace_with_mask(level.name, pa.array(mask), other.name),
        rest=pc.replace_with_mask(level.rest, pa.array(mask), other.rest),
        vague=level.vague & ~mask,
    )


def _lengths(texts: pa.Array) -> np.ndarray:
    return np.asarray(pc.fill_null(pc.utf8_length(texts), 0), dtype=np.int64)


def _resolved(index: _Index, level: _Level, where: "_Where", settings: ChainSettings) -> tuple[np.ndarray, np.ndarray]:
    """(row, how) of each hop: by the whole text, else by a cut text, else by the text under another name; NOWHERE_NODE where none fits."""
    parent = np.full(len(where.group), NOWHERE_NODE, dtype=np.int64)
    how = np.full(len(where.group), NOWHERE, dtype=object)
    if not len(where.group):
        return parent, how
    wanted, rest = _codes(level.name, index.names), _codes(level.rest, index.words)
    name_key = where.group * (len(index.names) + 1) + wanted
    found = latest(index.by_text, _mixed(name_key, rest), where.until, where.asking)
    parent = np.where(found.row >= 0, found.row, parent)
    how[found.row >= 0] = TEXT
    cut = np.flatnonzero((parent < 0) & where.cut)
    begun = _by_beginning(index, level.at(cut).rest, name_key[cut], where.at(cut), settings)
    parent[cut] = np.where(begun >= 0, begun, parent[cut])
    how[cut[begun >= 0]] = CUT
    left = np.flatnonzero(parent < 0)
    # an account that goes by this name now was not renamed
    left = left[wanted[left] == len(index.names)]
    if len(left):
        left = left[_lengths(first_hops(level.rest.take(pa.array(left)), settings).own) >= settings.renamed_words]
        found = latest(index.by_words, where.group[left] * (len(index.words) + 1) + rest[left], where.until[left], where.asking[left])
        one = found.earlier == 1
        parent[left[one]] = found.row[one]
        how[left[one]] = RENAMED
    return parent, how


def _mixed(key: np.ndarray, code: np.ndarray) -> np.ndarray:
    """One non-negative number of two: a collision among a million pairs has a chance of 1e-7."""
    mixed = (key.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ ((code.astype(np.uint64) + np.uint64(1)) * np.uint64(0xC2B2AE3D27D4EB4F))
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    made: np.ndarray = (mixed >> np.uint64(1)).astype(np.int64)
    return made


def _by_beginning(index: _Index, rests: pa.Array, keys: np.ndarray, where: _Where, settings: ChainSettings) -> np.ndarray:
    """The latest row of the account whose text begins with the rest of the child's chain, -1 where none does: so much is left where the child was cut."""
    found = np.full(len(keys), -1, dtype=np.int64)
    start, end = ranges(index.by_name, keys, where.until)
    start = np.maximum(start, end - settings.candidates)
    some = np.flatnonzero(end > start)
    lengths = (end - start)[some]
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    candidates = index.by_name.rows[np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths) + np.repeat(start[some], lengths)]
    words = texts_at(index.texts, candidates)
    # A Python loop over the rows whose chain was cut (a tenth of the chains): each has its own few candidates.
    for i, (hop, rest) in enumerate(zip(some.tolist(), texts_at(rests, some), strict=True)):
        beginning = (rest or "").rstrip("….")
        for j in range(offsets[i + 1] - 1, offsets[i] - 1, -1):
            if candidates[j] != where.asking[hop] and beginning and (words[j] or "").startswith(beginning):
                found[hop] = candidates[j]
                break
    return found


@dataclass(slots=True, kw_only=True, eq=False)
class _Ghost:
    """A repost that chains name and nobody collected. until: the earliest last second of those that name it; cut: whether each of them may have lost the
    end of its text, and with it of this one's. parent, how: as in ChainParents.
    """

    number: int
    group: int
    name: str
    text: str
    until: int
    cut: bool
    parent: int = BEYOND
    how: str = NOWHERE


_Ghosts = dict[tuple[int, str, str], _Ghost]
"""By group, account and text."""


def _with_ghosts(index: _Index, found: _Asked, settings: ChainSettings) -> ChainParents:
    """Reposts by accounts named but not collected become nodes, one a group, account and text; the chain in that text tells whom they reposted.

    A ghost's text is shorter than that of whatever names it, so ghosts cannot form a cycle.
    """
    n, parent, how = found.n, found.parent, found.how
    ghosts: _Ghosts = {}
    left = np.flatnonzero(parent < 0)
    parent[left] = [n + ghost.number for ghost in _named(ghosts, found.level.at(left), found.where.at(left))]
    how[left] = GHOST
    fresh = list(ghosts.values())
    for _ in range(settings.hops - 1):  # the first hop led to the first ghosts
        known = len(ghosts)
        lost, level, where = _climbed(index, fresh, settings)
        for ghost, above in zip(lost, _named(ghosts, level, where), strict=True):
            ghost.parent, ghost.how = n + above.number, GHOST
        fresh = list(ghosts.values())[known:]
        if not fresh:
            break
    _climbed(index, fresh, settings)
    return ChainParents(
        asked=found.asked,
        parent=parent,
        how=how,
        ghost_group=np.asarray([ghost.group for ghost in ghosts.values()], dtype=np.int64),
        ghost_name=tuple(ghost.name for ghost in ghosts.values()),
        ghost_parent=np.asarray([ghost.parent for ghost in ghosts.values()], dtype=np.int64),
        ghost_how=tuple(ghost.how for ghost in ghosts.values()),
        severed=found.severed,
    )


def _named(ghosts: _Ghosts, level: _Level, where: _Where) -> list[_Ghost]:
    """The ghost that each hop names, one more among `ghosts` where it is the first to name it."""
    every = np.arange(len(where.group))
    named = []
    # A Python loop over hops to reposts that were not collected: each makes or finds a node.
    for group, name, rest, until, cut in zip(
        where.group.tolist(), texts_at(level.name, every), texts_at(level.rest, every), where.until.tolist(), where.cut.tolist(), strict=True
    ):
        key = (group, str(name), rest or "")
        ghost = ghosts.get(key)
        if ghost is None:
            ghost = ghosts[key] = _Ghost(number=len(ghosts), group=group, name=key[1], text=key[2], until=until, cut=cut)
        ghost.until, ghost.cut = min(ghost.until, until), ghost.cut and cut
        named.append(ghost)
    return named


def _climbed(index: _Index, ghosts: list[_Ghost], settings: ChainSettings) -> tuple[list[_Ghost], _Level, _Where]:
    """Each ghost is given the parent its own text names, where that is the original or a collected row: (the ghosts whose is neither, their hops, where)."""
    hops = first_hops(pa.array([ghost.text for ghost in ghosts], pa.large_string()), settings)
    some = np.asarray(pc.is_valid(hops.name), dtype=bool)
    for place in np.flatnonzero(~some & ~hops.severed).tolist():
        if not ghosts[place].cut:
            ghosts[place].parent, ghosts[place].how = ORIGINAL, TEXT
    chosen = np.flatnonzero(some)
    climbing = [ghosts[place] for place in chosen.tolist()]
    level = _level(hops, chosen)
    where = _Where(
        group=np.asarray([ghost.group for ghost in climbing], dtype=np.int64),
        until=np.asarray([ghost.until for ghost in climbing], dtype=np.int64),
        asking=np.full(len(climbing), -1, dtype=np.int64),
        cut=np.asarray([ghost.cut for ghost in climbing], dtype=bool),
    )
    parent, how = _resolved(index, level, where, settings)
    for ghost, row, by in zip(climbing, parent.tolist(), how.tolist(), strict=True):
        if row >= 0:
            ghost.parent, ghost.how = row, by
    left = np.flatnonzero(parent < 0)
    return [climbing[place] for place in left.tolist()], level.at(left), where.at(left)
