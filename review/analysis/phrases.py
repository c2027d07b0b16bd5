"""Phrases that stand out among negative rows: log-odds ratios with an informative Dirichlet prior over Chinese character n-grams.

Source: Monroe, Colaresi and Quinn 2008, "Fightin' Words" (Political Analysis 16:372), equations 16, 20 and 22, with rows (not tokens) as the unit, so that
one row that repeats itself counts once.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.emotion_text import CodePoints
from review.analysis.row_sets import rows_at
from review.incident.evidence import RowSet
from review.settings.themes import PhraseRules

Ints = npt.NDArray[np.int64]

_FIRST_CHINESE, _LAST_CHINESE = 0x3400, 0x9FFF
_BITS = np.uint64(16)

_Candidate = tuple[float, int, str, npt.NDArray[np.int32]]
"""z, negative rows, text, all rows (ascending)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A phrase: rows that hold it among negative ones and among the others, z: standardised log-odds ratio (positive: negative rows)."""

    text: str
    negative: int
    others: int
    z: float
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Grams:
    """Distinct n-grams: text, and the rows of each as owner[bounds[i]:bounds[i + 1]], ascending."""

    points: npt.NDArray[np.uint32]
    size: int
    first: Ints
    owner: npt.NDArray[np.int32]
    bounds: Ints
    negative: Ints
    total: Ints


def salient_phrases(posts: pd.DataFrame, negative: pd.Series, points: CodePoints, rules: PhraseRules) -> tuple[Phrase, ...]:
    """The phrases most typical of negative rows against the other labelled rows, highest z first; () without rows of both kinds.

    Chinese characters alone; names in [brackets] (platform emoticons) are left out. Above rules.most_texts rows an even sample of each
    side in row order is read to find and rank them; their rows are counted in all labelled ones. A phrase that nearly always (rules.same)
    stands inside a longer one is dropped for the longer; of phrases that share two characters and nearly all rows one stays.
    """
    labelled = np.flatnonzero(negative.notna().to_numpy(dtype=bool))
    flags = negative.fillna(False).to_numpy(dtype=bool)
    if not flags[labelled].any() or flags[labelled].all():
        return ()
    chosen = np.zeros(len(flags), dtype=np.bool_)
    for side in (labelled[flags[labelled]], labelled[~flags[labelled]]):
        most = max(1, rules.most_texts * len(side) // max(len(labelled), rules.most_texts))
        chosen[side if len(side) <= most else side[np.linspace(0, len(side) - 1, most).astype(np.int64)]] = True
    readable = _chinese(points) & chosen[points.owner]
    ids = _numbers(points, readable)
    candidates: list[_Candidate] = []
    for size in range(rules.shortest, rules.longest + 1):
        grams = _grams(points, readable, ids, flags, size)
        if grams is None:
            continue
        z = _z(grams, rules.prior)
        good = np.flatnonzero((grams.negative >= rules.least_count) & (z >= rules.least_z))
        best = good[np.argsort(-z[good], kind="stable")][: rules.candidates]
        for i in best.tolist():  # at most `candidates` phrases a length
            start = int(grams.first[i])
            text = grams.points[start : start + size].astype("<u4").tobytes().decode("utf-32-le")
            if _idle(text, rules):
                continue
            candidates.append((float(z[i]), int(grams.negative[i]), text, grams.owner[grams.bounds[i] : grams.bounds[i + 1]]))
    places = posts[["file", "sheet", "row"]]
    told = np.zeros(len(flags), dtype=np.bool_)
    told[labelled] = True
    said = _chinese(points) & told[points.owner]
    shown = [(z, text, _holding(points, said, text)) for z, _, text, _ in _distinct(candidates, rules)[: rules.shown]]  # all rows: a sample only ranks
    return tuple(
        Phrase(text=text, negative=int(flags[rows].sum()), others=int((~flags[rows]).sum()), z=z, rows=rows_at(places, rows)) for z, text, rows in shown
    )


def _holding(points: CodePoints, readable: npt.NDArray[np.bool_], text: str) -> npt.NDArray[np.int32]:
    """The rows that hold this text in readable characters, each once, ascending."""
    count = len(points.points) - len(text) + 1
    here = points.owner[:count] == points.owner[len(text) - 1 :]
    for offset, letter in enumerate(text):  # two to four characters
        piece = slice(offset, offset + count)
        here &= (points.points[piece] == ord(letter)) & readable[piece]
    rows: npt.NDArray[np.int32] = np.unique(points.owner[:count][here])
    return rows


def _chinese(points: CodePoints) -> npt.NDArray[np.bool_]:
    """Bool per code point: a Chinese character that stands in no [short bracket]."""
    chinese = (points.points >= _FIRST_CHINESE) & (points.points <= _LAST_CHINESE)
    opened = np.flatnonzero(points.points == ord("["))
    closed = np.flatnonzero(points.points == ord("]"))
    if len(opened) == 0 or len(closed) == 0:
        return chinese
    place = np.searchsorted(closed, opened)
    ok = place < len(closed)
    opened, end = opened[ok], closed[place[ok]]
    ok = (end - opened <= 9) & (points.owner[opened] == points.owner[end])  # the longest emoticon name in use has seven characters
    edges = np.zeros(len(chinese) + 1, dtype=np.int32)
    np.add.at(edges, opened[ok], 1)
    np.add.at(edges, end[ok], -1)
    outside: npt.NDArray[np.bool_] = np.cumsum(edges)[:-1] == 0
    return chinese & outside


def _numbers(points: CodePoints, readable: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    """Each point's number among the distinct readable characters (0 = none), so that four fit into 64 bits."""
    letters = np.unique(points.points[readable])  # at most 27,648 (U+3400 to U+9FFF)
    ids = np.zeros(len(points.points), dtype=np.uint64)
    ids[readable] = np.searchsorted(letters, points.points[readable]).astype(np.uint64) + np.uint64(1)
    return ids


def _grams(points: CodePoints, readable: npt.NDArray[np.bool_], ids: npt.NDArray[np.uint64], flags: npt.NDArray[np.bool_], size: int) -> _Grams | None:
    """Every distinct n-gram of this size with its rows, each row once; None without any."""
    count = len(points.points) - size + 1
    if count <= 0:
        return None
    whole = points.owner[:count] == points.owner[size - 1 :]
    key = np.zeros(count, dtype=np.uint64)
    for offset in range(size):
        piece = slice(offset, offset + count)
        whole &= readable[piece]
        key = (key << _BITS) | ids[piece]
    at = np.flatnonzero(whole)
    if len(at) == 0:
        return None
    order = np.lexsort((at, points.owner[at], key[at]))
    at = at[order]
    keys, owner = key[at], points.owner[at]
    new = np.concatenate(([True], (keys[1:] != keys[:-1]) | (owner[1:] != owner[:-1])))
    at, keys, owner = at[new], keys[new], owner[new]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    bounds = np.concatenate((starts, [len(keys)])).astype(np.int64)
    return _Grams(
        points=points.points,
        size=size,
        first=at[starts].astype(np.int64),
        owner=owner,
        bounds=bounds,
        negative=np.add.reduceat(flags[owner].astype(np.int64), starts),
        total=np.diff(bounds),
    )


def _z(grams: _Grams, prior: float) -> npt.NDArray[np.float64]:
    """Standardised log-odds ratio of each gram; the prior is proportional to its count in all rows."""
    y1 = grams.negative.astype(np.float64)
    y2 = grams.total - y1
    alpha = prior * (y1 + y2)
    n1, n2, a0 = y1.sum(), y2.sum(), alpha.sum()
    # a gram that stands in every row of a side leaves nothing beside it: the odds are then held finite by half a row
    rest1 = np.maximum(n1 + a0 - y1 - alpha, 0.5)
    rest2 = np.maximum(n2 + a0 - y2 - alpha, 0.5)
    delta = np.log((y1 + alpha) / rest1) - np.log((y2 + alpha) / rest2)
    result: npt.NDArray[np.float64] = delta / np.sqrt(1.0 / (y1 + alpha) + 1.0 / (y2 + alpha))
    return result


def _distinct(candidates: list[_Candidate], rules: PhraseRules) -> list[_Candidate]:
    """Candidates by z, without pieces of longer ones and without overlapping variants. Ties: more rows, then longer, then by text."""
    by_text = {text: count for _, count, text, _ in candidates}
    pieces = set()
    for text, count in by_text.items():
        for size in range(rules.shortest, len(text)):
            for start in range(len(text) - size + 1):
                part = text[start : start + size]
                if part in by_text and count >= rules.same * by_text[part]:
                    pieces.add(part)
    ranked = sorted((each for each in candidates if each[2] not in pieces), key=lambda each: (-each[0], -each[1], -len(each[2]), each[2]))
    kept: list[_Candidate] = []
    for each in ranked:  # a few hundred against the few kept
        if len(kept) >= rules.shown:
            break
        if not any(_shares(each[2], other[2]) and _together(each[3], other[3]) >= rules.same for other in kept):
            kept.append(each)
    return kept


def _idle(text: str, rules: PhraseRules) -> bool:
    """True for phrases that tell of no demand: function words, two characters with one among them, longer ones that begin or end with one."""
    if text in rules.idle_words:
        return True
    if len(text) <= 2:
        return not rules.idle.isdisjoint(text)
    return text[0] in rules.idle_ends or text[-1] in rules.idle_ends


def _shares(one: str, other: str) -> bool:
    """True where two characters in a row are common to both (or one holds the other)."""
    return any(one[i : i + 2] in other for i in range(max(len(one) - 1, 1)))


def _together(one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> float:
    return len(np.intersect1d(one, other, assume_unique=True)) / min(len(one), len(other))
