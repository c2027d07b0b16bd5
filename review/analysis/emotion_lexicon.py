"""Every lexicon entry found in every text at once, with negation and degree, as flat arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from review.analysis.emotion_text import CodePoints, clause_numbers, latin_letters, look_up
from review.settings.emotion import CODE_POINTS, EMOTIONS, EmotionModel, EmotionWord

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_PAIR_BITS: Final = 18
_LONGEST_FIRST: Final = 4096
"""More than the length of any word, so that place and length sort as one number."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Level:
    """The prefixes of one length: sorted 64-bit keys, the word that ends there or -1, and whether a longer word goes on.

    Keys are polynomial hashes; two different prefixes of one length with equal keys are refused on building. slots: int32, by the key's upper bits the place of
    the only key there, -1 where there is none, -2 where several share the slot and a search must tell them apart.
    """

    keys: npt.NDArray[np.uint64]
    word: npt.NDArray[np.int32]
    longer: npt.NDArray[np.bool_]
    slots: npt.NDArray[np.int32]
    shift: int

    def find(self, key: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
        """The place of each key, -1 where it is not among them."""
        place = look_up(self.slots, key >> np.uint64(self.shift))
        shared = np.flatnonzero(place == -2)
        if len(shared):
            place[shared] = np.minimum(np.searchsorted(self.keys, key[shared]), len(self.keys) - 1)
        return np.where(look_up(self.keys, place) == key, place, np.int32(-1))  # -1 looks up the last key, which lies in another slot


def _level(keys: npt.NDArray[np.uint64], word: npt.NDArray[np.int32], longer: npt.NDArray[np.bool_]) -> Level:
    bits = max(4, (16 * len(keys)).bit_length())
    slot = (keys >> np.uint64(64 - bits)).astype(np.int64)
    slots = np.full(1 << bits, -1, dtype=np.int32)
    slots[slot] = np.arange(len(keys))
    slots[np.flatnonzero(np.bincount(slot, minlength=1 << bits) > 1)] = -2
    return Level(keys=keys, word=word, longer=longer, slots=slots, shift=64 - bits)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trie:
    """A set of words for finding all at once, one level of prefixes per character.

    alone: bool over code points, is a word by itself; single: int32 over code points, that word or -1. pairs: bool over hashed first pairs.
    levels[d]: prefixes of d + 2 characters. latin: bool per word, it begins and ends in an ASCII letter.
    """

    alone: npt.NDArray[np.bool_]
    pairs: npt.NDArray[np.bool_]
    single: npt.NDArray[np.int32]
    levels: tuple[Level, ...]
    latin: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """Occurrences of words, sorted by place: start and end (open) in code points, and which word. An occurrence inside a longer one is left out."""

    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    word: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """The lexicon ready to be matched. Arrays run over `words`: weight, emotion bit (0 = none), negation, degree factor (0 = no degree word), exact
    polarity."""

    words: tuple[str, ...]
    trie: Trie
    weight: npt.NDArray[np.float32]
    emotion: npt.NDArray[np.uint8]
    negates: npt.NDArray[np.bool_]
    degree: npt.NDArray[np.float32]
    polar: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What the lexicon says of each text: score (positive = negative mood, summed over its words), emotion bits, and the polar words with their texts.

    evidence_row, evidence_word, evidence_weight: one entry per occurrence of a polar word, sorted by text; the weight is after negation and degree.
    """

    score: npt.NDArray[np.float32]
    flags: npt.NDArray[np.uint8]
    evidence_row: npt.NDArray[np.int32]
    evidence_word: npt.NDArray[np.int32]
    evidence_weight: npt.NDArray[np.float32]


def build_trie(words: tuple[str, ...]) -> Trie:
    """The trie of these distinct, non-empty, folded words. Raises ValueError where a word is empty or comes twice."""
    if len(set(words)) != len(words) or "" in words:
        raise ValueError("words must be distinct and not empty")
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    longest = int(lengths.max(initial=1))
    table = np.zeros((len(words), longest), dtype=np.uint32)
    table[np.arange(longest) < lengths[:, None]] = np.frombuffer("".join(words).encode("utf-32-le"), dtype=np.uint32)
    single = np.full(CODE_POINTS, -1, dtype=np.int32)
    pairs = np.zeros(1 << _PAIR_BITS, dtype=bool)
    numbers = np.arange(len(words))
    single[table[lengths == 1, 0]] = numbers[lengths == 1]
    numbers = numbers[lengths > 1]
    if longest > 1:
        pairs[_pair_slot(table[numbers, 0], table[numbers, 1])] = True
    key = table[numbers, 0].astype(np.uint64)
    levels = []
    for depth in range(1, longest):
        going = lengths[numbers] > depth
        numbers, key = numbers[going], _extend(key[going], table[numbers[going], depth])
        level, place = np.unique(key, return_inverse=True)
        if len(level) != len({words[i][: depth + 1] for i in numbers}):
            raise ValueError(f"prefix keys of length {depth + 1} collide")
        last = lengths[numbers] == depth + 1
        end = np.full(len(level), -1, dtype=np.int32)
        end[place[last]] = numbers[last]
        on = np.zeros(len(level), dtype=bool)
        on[place[~last]] = True
        levels.append(_level(level, end, on))
    latin = np.array([word.isascii() and word[:1].isalpha() and word[-1:].isalpha() for word in words], dtype=bool)
    return Trie(alone=single >= 0, pairs=pairs, single=single, levels=tuple(levels), latin=latin)


def find_words(texts: CodePoints, trie: Trie) -> Found:
    """Occurrences of the trie's words: the longest at each place, those inside another left out; a Latin word only where no letter touches it."""
    points, owner = texts.points, texts.owner
    at = np.flatnonzero(look_up(trie.alone, points))
    starts, ends, numbers = [at], [at + 1], [look_up(trie.single, look_up(points, at))]
    here = np.flatnonzero(look_up(trie.pairs, _pair_slot(points[:-1], points[1:])))
    last = look_up(texts.starts, look_up(owner, here) + 1) - 1  # the last point of each one's text
    key = look_up(points, here).astype(np.uint64)
    for depth, level in enumerate(trie.levels, start=1):
        inside = np.flatnonzero(here + depth <= last)
        here, key, last = look_up(here, inside), look_up(key, inside), look_up(last, inside)
        key = _extend(key, look_up(points, here + depth))
        place = level.find(key)
        known = np.flatnonzero(place >= 0)
        here, key, last, place = look_up(here, known), look_up(key, known), look_up(last, known), look_up(place, known)
        word = look_up(level.word, place)
        ended = np.flatnonzero(word >= 0)
        starts.append(look_up(here, ended))
        ends.append(starts[-1] + depth + 1)
        numbers.append(look_up(word, ended))
        on = np.flatnonzero(look_up(level.longer, place))
        here, key, last = look_up(here, on), look_up(key, on), look_up(last, on)
    start, end, number = np.concatenate(starts), np.concatenate(ends), np.concatenate(numbers)
    latin = np.flatnonzero(trie.latin[number]) if len(trie.latin) else np.empty(0, dtype=np.int64)
    if len(latin):
        whole = np.ones(len(start), dtype=bool)
        whole[latin] = _untouched(texts, start[latin], end[latin])
        start, end, number = start[whole], end[whole], number[whole]
    order = np.argsort(start * _LONGEST_FIRST - (end - start), kind="stable")  # pieces are sorted already: a merge
    start, end, number = look_up(start, order), look_up(end, order), look_up(number, order)
    reach = np.maximum.accumulate(np.concatenate(([0], end[:-1]))) if len(end) else end
    outer = end > reach
    return Found(start=start[outer], end=end[outer], word=number[outer])


def build_lexicon(model: EmotionModel) -> Lexicon:
    """The model's words, negations and degree words as one lexicon."""
    polar = {word.text: word for word in model.words}
    words = tuple(sorted({*polar, *model.negations, *model.degrees}))
    bits = {category: 1 << i for i, category in enumerate(EMOTIONS)}
    return Lexicon(
        words=words,
        trie=build_trie(words),
        weight=np.array([_weight(polar[word], model) if word in polar else 0.0 for word in words], dtype=np.float32),
        emotion=np.array([bits.get(polar[word].category, 0) if word in polar else 0 for word in words], dtype=np.uint8),
        negates=np.array([word in model.negations for word in words], dtype=bool),
        degree=np.array([_degree(model.degrees, word) for word in words], dtype=np.float32),
        polar=np.array([word in polar and polar[word].category != "neutral" for word in words], dtype=bool),
    )


def read_lexicon(texts: CodePoints, lexicon: Lexicon, model: EmotionModel) -> Reading:
    """Score, emotions and evidence of each text.

    A negation turns a polar word that begins at most `negation_reach` characters after it in the same clause (two in a row cancel out); a degree word
    directly before it scales it. A negation or degree word that was used so adds nothing of its own. A negated word shows no emotion. Each word counts
    once a text.
    """
    found = find_words(texts, lexicon.trie)
    owner = look_up(texts.owner, found.start)
    clause = look_up(clause_numbers(texts), found.start)
    weight = look_up(lexicon.weight, found.word)
    latin = look_up(lexicon.trie.latin, found.word)
    reach = np.where(latin, model.scoring.negation_reach_latin, model.scoring.negation_reach)
    negates = look_up(lexicon.negates, found.word)
    degree = look_up(lexicon.degree, found.word)
    polar = look_up(lexicon.polar, found.word)

    turned, by = _nearest_before(found, negates, owner, clause, reach)
    again, first = _nearest_before(found, negates, owner, clause, np.zeros(len(reach), dtype=np.int64))
    turned &= ~(again[by] & (first[by] >= 0)) if len(by) else turned
    scaled, how = _nearest_before(found, degree > 0, owner, clause, np.full(len(reach), model.scoring.degree_reach))
    target = polar & ~negates
    used = np.zeros(len(weight), dtype=bool)
    used[by[turned & target & ~(degree > 0)]] = True
    touching = scaled & target & (found.start == found.end[how]) if len(how) else scaled
    used[how[touching]] = True
    factor = np.where(scaled & target, degree[how] if len(how) else 1.0, 1.0)
    factor = factor * np.where(turned & target, np.where(weight > 0, model.scoring.negated_negative, model.scoring.negated_positive), 1.0)
    weight = np.where(used & (negates | (degree > 0)), 0.0, weight * factor).astype(np.float32)

    count = len(texts.starts) - 1
    weight = np.where(_repeated(owner, found.word, len(lexicon.words)), np.float32(0.0), weight)
    score = np.bincount(owner, weights=weight, minlength=count).astype(np.float32)
    flags = np.zeros(count, dtype=np.uint8)
    shown = look_up(lexicon.emotion, found.word) * ~(turned & target)
    first = np.flatnonzero(np.diff(owner, prepend=-1))  # occurrences are sorted by text
    if len(first):
        flags[owner[first]] = np.bitwise_or.reduceat(shown, first)
    kept = polar & (weight != 0)
    return Reading(score=score, flags=flags, evidence_row=owner[kept], evidence_word=found.word[kept], evidence_weight=weight[kept])


def _repeated(owner: npt.NDArray[np.int32], word: npt.NDArray[np.int32], words: int) -> npt.NDArray[np.bool_]:
    """Bool per occurrence: the same word stood earlier in the same text (哈哈哈哈哈哈 is one laugh)."""
    key = owner.astype(np.int64) * words + word
    order = np.argsort(key, kind="stable")
    again = np.zeros(len(key), dtype=bool)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    return again


def _nearest_before(
    found: Found, is_sign: npt.NDArray[np.bool_], owner: npt.NDArray[np.int32], clause: npt.NDArray[np.int32], reach: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """For each occurrence: does a sign begin before it and end at most `reach` before its start, in the same clause, and which (index; 0 where none).

    The nearest such sign; it may overlap the word (不太 and 太失望 in 不太失望).
    """
    signs = np.flatnonzero(is_sign)
    if len(signs) == 0:
        return np.zeros(len(owner), dtype=bool), np.zeros(len(owner), dtype=np.int64)
    before = np.cumsum(is_sign) - is_sign - 1  # no two occurrences start at one place
    at = look_up(signs, np.maximum(before, 0))
    near = (before >= 0) & (found.start - look_up(found.end, at) <= reach) & (look_up(owner, at) == owner) & (look_up(clause, at) == clause)
    return near, np.where(near, at, 0)


def _untouched(texts: CodePoints, start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    letters = np.concatenate((latin_letters(texts.points), [False]))
    left = (start > 0) & letters[start - 1] & (texts.owner[np.maximum(start - 1, 0)] == texts.owner[start])
    same = np.zeros(len(end), dtype=bool)
    inner = end < len(texts.points)
    same[inner] = texts.owner[end[inner]] == texts.owner[start[inner]]
    return np.asarray(~left & ~(letters[end] & same))


def _degree(degrees: Mapping[str, float], word: str) -> float:
    return degrees.get(word, 0.0)


def _weight(word: EmotionWord, model: EmotionModel) -> float:
    """The entry's weight, lowered for a lone Han character that nobody typed for this incident."""
    lone = len(word.text) == 1 and 0x3400 <= ord(word.text) < 0xA000 and not word.typed
    return word.weight * (model.scoring.single_character if lone else 1.0)


def _extend(key: npt.NDArray[np.uint64], points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    return (key + np.uint64(1)) * _MULTIPLIER + points


def _pair_slot(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    return np.asarray(((left * np.uint32(0x9E3779B1)) ^ (right * np.uint32(0x85EBCA77))) >> np.uint32(32 - _PAIR_BITS))
