"""A column of raw texts as cleaned, folded code points laid end to end, with a class for each text."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.analysis.chains import CHAIN
from review.settings.emotion import CODE_POINTS

TEXT_CLASSES: Final = ("text", "empty", "emoji_only", "repost_marker")
"""What a text is: words; nothing (or punctuation alone); emoji and [emoticons] without a word; a repost without words of its own."""

# One look finds the few rows that need a closer one; RE2 works row by row, so nothing can leak over a row's end.
_TELLTALE: Final = r"[<&#]|//|\x{FF0F}\x{FF0F}|回[复覆]|eply"
_EMOTICON_IMAGE: Final = r"<img[^<>]*?alt=[\"']?(\[[^\[\]<>\"']{1,12}\])[^<>]*>"
_TAG: Final = r"</?[A-Za-z][^<>]*>"  # unbounded: a long repetition costs milliseconds to compile, each time
_URL: Final = r"(?i)https?://[a-z0-9\-._~:/?#@!$&*+,;=%]+"
_CHAIN_BEGINS: Final = r"(//|\x{FF0F}\x{FF0F})\s*[@\x{FF20}]"
_ANSWER: Final = r"^\s*(回复|回覆|[Rr]eply(ing)? to)\s*@?[^:\x{FF1A}\s]{1,30}\s*[:\x{FF1A}]"
_HANDLE: Final = r"(//|\x{FF0F}\x{FF0F})\s*[@\x{FF20}][^:\x{FF1A}\s/]{0,30}\s*[:\x{FF1A}]?"
_NOTHING: Final = r"^[\s\pP]*$"
_TOPIC: Final = r"#[^#\s][^#\n]{0,60}#"
_ENTITIES: Final = (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"))

Scalar = TypeVar("Scalar", bound=np.generic)

WORD, FACE, CLAUSE_END, HAN, OPENS, CLOSES = (np.uint8(1 << bit) for bit in range(6))
"""Traits of a code point: part of a word, an emoji, ends a clause, a Han character; the brackets of an [emoticon]."""
_MANY: Final = 16_384
"""Places from which on Arrow's cost of a call is earned back."""
_EMOTICON_LENGTH: Final = 8
"""Longest name between [ and ] that is taken for a platform emoticon (the longest in use have seven characters)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CodePoints:
    """Texts end to end: text i is points[starts[i]:starts[i + 1]].

    points: uint32, folded; traits: uint8, what each of them is; starts: int64, one more than texts; owner: int32, the text each point belongs to.
    """

    points: npt.NDArray[np.uint32]
    traits: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int32]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        return np.diff(self.starts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnWords:
    """Cleaned texts (large_string, no nulls) and, for each, whether nothing of its own was left and quoted words stand in."""

    words: "pa.LargeStringArray"
    quoted: npt.NDArray[np.bool_]


def own_words(texts: pd.Series) -> OwnWords:
    """Each row's own words: without HTML, links, the quoted chain `//@…`, the address `回复@x:` and #topics#; emoticons and emoji stay. NA becomes "".

    A #topic# is the crowd's label, not the writer's words: in a crisis every repost carries the same one. Where nothing else is left, its words are kept.
    A row that is a quoted chain alone keeps the quoted words and says so.
    """
    raw = pa.array(texts, type=pa.large_string(), from_pandas=True)
    if isinstance(raw, pa.ChunkedArray):
        raw = raw.combine_chunks()
    raw = pc.fill_null(raw, "")
    quoted = np.zeros(len(raw), dtype=bool)
    places = _holding(raw, _TELLTALE)  # what HTML, links, chains, topics and the address of a reply cannot do without
    if len(places) == 0:
        return OwnWords(words=raw, quoted=quoted)
    cleaned, only_quoted = _clean(raw.take(pa.array(places)))
    quoted[places] = only_quoted
    return OwnWords(words=_put(raw, places, cleaned), quoted=quoted)


def code_points(words: "pa.LargeStringArray", fold: npt.NDArray[np.uint32]) -> CodePoints:
    """The texts' folded code points. The pieces are cut by Arrow's own offsets, never by a separator that a text could hold."""
    _, octets = _buffers(words)
    starts = np.concatenate(([0], np.cumsum(pc.utf8_length(words).to_numpy(), dtype=np.int64)))
    points = look_up(fold, np.frombuffer(str(octets.data, "utf-8").encode("utf-32-le"), dtype=np.uint32))
    if len(points) != int(starts[-1]):
        raise AssertionError("code points and offsets disagree")
    owner = np.repeat(np.arange(len(words), dtype=np.int32), np.diff(starts))
    return CodePoints(points=points, traits=look_up(_traits(), points), starts=starts, owner=owner)


def text_classes(texts: CodePoints, markers: frozenset[str]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """For each text an int8 index into TEXT_CLASSES, and whether it holds a Han character; markers are folded texts that mean a repost without own words."""
    emoticon = _inside_emoticons(texts)
    traits = texts.traits.copy()
    traits[emoticon] = (traits[emoticon] & HAN) | FACE
    held = np.zeros(len(texts.starts) - 1, dtype=np.uint8)
    filled = np.flatnonzero(texts.lengths)
    if len(filled):
        held[filled] = np.bitwise_or.reduceat(traits, texts.starts[filled])
    classes = np.where(held & WORD, 0, np.where(held & FACE, 2, 1)).astype(np.int8)
    classes[is_one_of(texts, markers)] = 3
    return classes, (held & HAN) > 0


def look_up(table: npt.NDArray[Scalar], at: npt.NDArray[np.integer[Any]]) -> npt.NDArray[Scalar]:
    """table[at], a new array, for a contiguous table and places that are all inside it. numpy's own way takes two to four times as long.

    Many uint32 places (code points, hash slots) go through Arrow, which neither turns their type around nor checks each; they are checked here all at once,
    and IndexError is raised. numpy takes the others unchecked: a place outside would wrap around.
    """
    if at.dtype != np.uint32 or len(at) < _MANY:
        return table.take(at.astype(np.intp, copy=False), mode="wrap")
    if int(at.max()) >= len(table):
        raise IndexError(f"a place outside a table of {len(table)}")
    octets = pa.array(table.view(f"u{table.dtype.itemsize}"))
    taken = pc.call_function("array_take", [octets, pa.array(at)], pc.TakeOptions(boundscheck=False))
    return np.frombuffer(taken.buffers()[1], dtype=table.dtype, count=len(at))


def is_one_of(texts: CodePoints, wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Bool for each text: it equals one of the wanted (folded) texts, white space after it aside."""
    found = np.zeros(len(texts.starts) - 1, dtype=bool)
    if not wanted:
        return found
    longest = max(map(len, wanted)) + 2
    short = np.flatnonzero((texts.lengths > 0) & (texts.lengths <= longest))
    likely = np.isin(texts.points[texts.starts[short]], [ord(text[0]) for text in wanted])
    # Only the few short texts that begin like a wanted one are looked at, as Python strings.
    for i in short[likely]:
        piece = texts.points[texts.starts[i] : texts.starts[i + 1]].astype("<u4").tobytes().decode("utf-32-le")
        found[i] = piece.rstrip() in wanted
    return found


def latin_letters(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Bool per code point: a lower-case ASCII letter (folded texts hold no others)."""
    return (points >= 0x61) & (points <= 0x7A)


def _holding(texts: Any, pattern: str) -> npt.NDArray[np.int64]:
    """Places of the texts in which the pattern is found. A literal one is found five times as fast so as by Arrow's search for substrings."""
    return np.flatnonzero(pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False))


def _buffers(words: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Offsets (from 0, one more than rows) and UTF-8 bytes of an Arrow large_string array, sliced or not."""
    _, offset_buffer, data_buffer = words.buffers()
    if len(words) == 0 or offset_buffer is None:
        return np.zeros(len(words) + 1, dtype=np.int64), np.empty(0, dtype=np.uint8)
    offsets = np.frombuffer(offset_buffer, dtype=np.int64)[words.offset : words.offset + len(words) + 1]
    octets = np.frombuffer(data_buffer, dtype=np.uint8)[offsets[0] : offsets[-1]] if data_buffer is not None else np.empty(0, dtype=np.uint8)
    return offsets - offsets[0], octets


def _clean(raw: Any) -> tuple[Any, npt.NDArray[np.bool_]]:
    made = _replaced(raw, "<", ((_EMOTICON_IMAGE, r"\1"), (_TAG, " ")))
    made = _replaced(made, "&", tuple((entity, character) for entity, character in _ENTITIES))
    made = _replaced(made, "://", ((_URL, " "),))
    made, quoted = _without_chains(made)
    made = _replaced(made, "回", ((_ANSWER, ""),))
    made = _replaced(made, "eply", ((_ANSWER, ""),))
    bare = _replaced(made, "#", ((_TOPIC, " "),))
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(bare), ""), made, bare), quoted


def _without_chains(made: Any) -> tuple[Any, npt.NDArray[np.bool_]]:
    """The texts up to their quoted chain, or the words of the chain where nothing stands before it; and which those are."""
    quoted = np.zeros(len(made), dtype=bool)
    at = _holding(made, _CHAIN_BEGINS)
    if len(at) == 0:
        return made, quoted
    part = made.take(pa.array(at))
    own = pc.replace_substring_regex(part, CHAIN, "")
    nothing = _holding(own, _NOTHING)
    quoted[at[nothing]] = True
    if len(nothing):
        own = _put(own, nothing, pc.replace_substring_regex(part.take(pa.array(nothing)), _HANDLE, " "))
    return _put(made, at, own), quoted


def _replaced(made: Any, telltale: str, steps: tuple[tuple[str, str], ...]) -> Any:
    """The texts after these regex replacements, tried only on those that hold the (literal) telltale."""
    at = _holding(made, telltale)
    if len(at) == 0:
        return made
    part = made.take(pa.array(at))
    for pattern, by in steps:
        part = pc.replace_substring_regex(part, pattern, by)
    return _put(made, at, part)


def _put(texts: Any, at: npt.NDArray[np.int64], part: Any) -> Any:
    """The texts with those at the given places replaced."""
    positions = np.arange(len(texts), dtype=np.int64)
    positions[at] = len(texts) + np.arange(len(at))
    return pa.concat_arrays([texts, part]).take(pa.array(positions))


def _inside_emoticons(texts: CodePoints) -> npt.NDArray[np.int64]:
    """Places of the code points of platform emoticons, brackets included."""
    opens, closes = np.flatnonzero((texts.traits & OPENS) != 0), np.flatnonzero((texts.traits & CLOSES) != 0)
    at = np.searchsorted(closes, opens)
    known = at < len(closes)
    opens, ends = opens[known], closes[at[known]]
    fits = (ends - opens >= 2) & (ends - opens <= _EMOTICON_LENGTH + 1) & (texts.owner[opens] == texts.owner[ends])
    opens, sizes = opens[fits], (ends - opens + 1)[fits]
    return np.repeat(opens - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())


@cache
def _traits() -> npt.NDArray[np.uint8]:
    """uint8 over all code points. Astral planes outside the emoji blocks are words (rare Han). Apostrophes, hyphens and brackets end no clause."""
    traits = np.full(CODE_POINTS, WORD, dtype=np.uint8)
    for point in range(0x10000):
        category = unicodedata.category(chr(point))
        if category[0] in "PSMZC":
            traits[point] = FACE if category == "So" else 0
    traits[[0x9, 0xA, 0xD]] = 0
    traits[0xD800:0xE000] = 0
    traits[0x1F000:0x1FB00] = FACE
    traits[0xE0000:0xE1000] = 0
    traits[[ord(mark) for mark in ',.!?;:\n\u3001\u3002\u2026\u2014~|\u300c\u300d\u300e\u300f\u201c\u201d"']] |= CLAUSE_END
    traits[0x3400:0xA000] |= HAN
    traits[ord("[")] |= OPENS
    traits[ord("]")] |= CLOSES
    return traits
