"""Every lexicon entry found in every text at once, with negation and degree, as flat arrays."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from review.analysis.emotion_text import CLAUSE_END, CodePoints, latin_letters, look_up
from review.settings.emotion import CODE_POINTS, EMOTIONS, EmotionModel, EmotionWord

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_PAIR_BITS: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Level:
    """The prefixes of one length: sorted 64-bit keys, the word that ends there or -1, and whether a longer word goes on.

    Keys are hashes whose upper bits hold every character; two different prefixes of one length with equal keys are refused on building. slots: int32, by the
    key's upper bits the first place of a key there, -1 where there is none; shares: bool per place, the next key has the same slot.
    """

    keys: npt.NDArray[np.uint64]
    word: npt.NDArray[np.int32]
    longer: npt.NDArray[np.bool_]
    slots: npt.NDArray[np.int32]
    shares: npt.NDArray[np.bool_]
    shift: int

    def find(self, key: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
        """The place of each key, -1 where it is not among them."""
        place = look_up(self.slots, (key >> np.uint64(self.shift)).view(np.int64))
        missed = look_up(self.keys, place) != key  # -1 looks up the last key, which lies in another slot and shares none
        again = np.flatnonzero(missed & look_up(self.shares, place))
        while len(again):
            place[again] += 1
            missed[again] = self.keys[place[again]] != key[again]
            again = again[missed[again] & self.shares[place[again]]]
        place[missed] = -1
        return place


def _level(keys: npt.NDArray[np.uint64], word: npt.NDArray[np.int32], longer: npt.NDArray[np.bool_]) -> Level:
    bits = max(4, (16 * len(keys)).bit_length())
    slot = (keys >> np.uint64(64 - bits)).astype(np.int64)
    slots = np.full(1 << bits, -1, dtype=np.int32)
    slots[slot[::-1]] = np.arange(len(keys))[::-1]  # keys are sorted: the last to be written is the first of its slot
    return Level(keys=keys, word=word, longer=longer, slots=slots, shares=np.append(slot[1:] == slot[:-1], False), shift=64 - bits)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trie:
    """A set of words for finding all at once, one level of prefixes per character.

    single: int32 over code points, the word that is this character or -1. pairs: bool over hashed first pairs. levels[d]: prefixes of d + 2 characters.
    latin: bool per word, it begins and ends in an ASCII letter.
    """

    single: npt.NDArray[np.int32]
    pairs: npt.NDArray[np.bool_]
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
    polarity; speaks: it has any of these, and is not there only to hide shorter words."""

    words: tuple[str, ...]
    trie: Trie
    weight: npt.NDArray[np.float32]
    emotion: npt.NDArray[np.uint8]
    negates: npt.NDArray[np.bool_]
    degree: npt.NDArray[np.float32]
    polar: npt.NDArray[np.bool_]
    speaks: npt.NDArray[np.bool_]


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
    key = _keys(table[numbers, 0])
    levels = []
    for depth in range(1, longest):
        going = lengths[numbers] > depth
        numbers, key = numbers[going], _extend(key[going], table[numbers[going], depth])
        level, place = np.unique(key, return_inverse=True)
        first = np.empty(len(level), dtype=np.int64)
        first[place] = numbers
        if (table[first[place], : depth + 1] != table[numbers, : depth + 1]).any():
            raise ValueError(f"prefix keys of length {depth + 1} collide")
        last = lengths[numbers] == depth + 1
        end = np.full(len(level), -1, dtype=np.int32)
        end[place[last]] = numbers[last]
        on = np.zeros(len(level), dtype=bool)
        on[place[~last]] = True
        levels.append(_level(level, end, on))
    latin = np.array([word.isascii() and word[:1].isalpha() and word[-1:].isalpha() for word in words], dtype=bool)
    return Trie(single=single, pairs=pairs, levels=tuple(levels), latin=latin)


def find_words(texts: CodePoints, trie: Trie) -> Found:
    """Occurrences of the trie's words: the longest at each place, those inside another left out; a Latin word only where no letter touches it."""
    points = texts.points
    # Per place the longest word that begins there: short ones are written first.
    word, length = look_up(trie.single, points), np.ones(len(points), dtype=np.uint16)
    if (trie.single[ord("a") : ord("z") + 1] >= 0).any():
        letter = np.flatnonzero(latin_letters(points) & (word >= 0))
        word[letter[~_whole(texts, (letter, letter + 1), np.ones(len(letter), dtype=bool))]] = -1
    begins = look_up(trie.pairs, _pair_slot(points[:-1], points[1:]))
    inner = texts.starts[(texts.starts > 0) & (texts.starts < len(points))]
    begins[inner - 1] = False  # the pair that would join two texts
    here = np.flatnonzero(begins)
    key = _keys(look_up(points, here))
    for depth, level in enumerate(trie.levels, start=1):
        key = _extend(key, look_up(points, here + depth))
        place = level.find(key)
        known = np.flatnonzero(place >= 0)
        here, key, place = look_up(here, known), look_up(key, known), look_up(place, known)
        number = look_up(level.word, place)
        ends = np.flatnonzero(number >= 0)
        at, number = look_up(here, ends), look_up(number, ends)
        whole = _whole(texts, (at, at + depth + 1), trie.latin[number])
        word[at[whole]], length[at[whole]] = number[whole], depth + 1
        on = np.flatnonzero(look_up(level.longer, place))
        here, key = look_up(here, on), look_up(key, on)
        inside = np.flatnonzero(here + depth + 1 < look_up(texts.starts, look_up(texts.owner, here) + 1))
        here, key = look_up(here, inside), look_up(key, inside)
    start = np.flatnonzero(word >= 0)
    end = start + look_up(length, start)
    reach = np.maximum.accumulate(end)
    outer = np.flatnonzero(np.concatenate(([True], end[1:] > reach[:-1]))[: len(end)])
    return Found(start=look_up(start, outer), end=look_up(end, outer), word=look_up(look_up(word, start), outer))


def build_lexicon(model: EmotionModel) -> Lexicon:
    """The model's words, negations and degree words as one lexicon."""
    polar = {word.text: word for word in model.words}
    words = tuple(sorted({*polar, *model.negations, *model.degrees}))
    bits = {category: 1 << i for i, category in enumerate(EMOTIONS)}
    entries = [polar.get(word) for word in words]
    weight = np.array([0.0 if entry is None else _weight(entry, model) for entry in entries], dtype=np.float32)
    emotion = np.array([0 if entry is None else bits.get(entry.category, 0) for entry in entries], dtype=np.uint8)
    negates = np.array([word in model.negations for word in words], dtype=bool)
    degree = np.array([model.degrees.get(word, 0.0) for word in words], dtype=np.float32)
    return Lexicon(
        words=words,
        trie=build_trie(words),
        weight=weight,
        emotion=emotion,
        negates=negates,
        degree=degree,
        polar=np.array([entry is not None and entry.category != "neutral" for entry in entries], dtype=bool),
        speaks=(weight != 0) | (emotion != 0) | negates | (degree > 0),
    )


def read_lexicon(texts: CodePoints, lexicon: Lexicon, model: EmotionModel) -> Reading:
    """Score, emotions and evidence of each text.

    A negation turns a polar word that begins at most `negation_reach` characters after it in the same clause (two in a row cancel out); a degree word
    directly before it scales it. A negation or degree word that was used so adds nothing of its own. A negated word shows no emotion. Each word counts
    once a text.
    """
    found = find_words(texts, lexicon.trie)
    speaks = np.flatnonzero(look_up(lexicon.speaks, found.word))  # the others were there to hide shorter ones, and did
    found = Found(start=look_up(found.start, speaks), end=look_up(found.end, speaks), word=look_up(found.word, speaks))
    owner = look_up(texts.owner, found.start)
    weight = look_up(lexicon.weight, found.word)
    negates, degree = look_up(lexicon.negates, found.word), look_up(lexicon.degree, found.word)
    polar = look_up(lexicon.polar, found.word)
    target = np.flatnonzero(polar & ~negates)
    latin = look_up(look_up(lexicon.trie.latin, found.word), target)
    reach = np.where(latin, model.scoring.negation_reach_latin, model.scoring.negation_reach)

    clauses = np.flatnonzero((texts.traits & CLAUSE_END) != 0)
    turned, by = _nearest_before((texts, found, clauses), negates, target, reach)
    twice, _ = _nearest_before((texts, found, clauses), negates, np.flatnonzero(negates), 0)
    single = ~np.isin(by, twice)
    turned, by = turned[single], by[single]
    scaled, how = _nearest_before((texts, found, clauses), degree > 0, target, model.scoring.degree_reach)
    used = np.zeros(len(weight), dtype=bool)
    used[by[degree[turned] == 0]] = True
    used[how[found.start[scaled] == found.end[how]]] = True
    factor = np.ones(len(weight))
    factor[scaled] = degree[how]
    factor[turned] *= np.where(weight[turned] > 0, model.scoring.negated_negative, model.scoring.negated_positive)
    weight = (weight * factor).astype(np.float32)
    weight[used] = 0.0
    weight[_repeated(owner, found.word)] = 0.0

    count = len(texts.starts) - 1
    shown = look_up(lexicon.emotion, found.word)
    shown[turned] = 0
    flags = np.zeros(count, dtype=np.uint8)
    first = np.flatnonzero(np.diff(owner, prepend=-1))  # occurrences are sorted by text
    if len(first):
        flags[owner[first]] = np.bitwise_or.reduceat(shown, first)
    kept = np.flatnonzero(polar & (weight != 0))
    return Reading(
        score=np.bincount(owner, weights=weight, minlength=count).astype(np.float32),
        flags=flags,
        evidence_row=look_up(owner, kept),
        evidence_word=look_up(found.word, kept),
        evidence_weight=look_up(weight, kept),
    )


def _repeated(owner: npt.NDArray[np.int32], word: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """The occurrences whose word stood earlier in the same text (哈哈哈哈哈哈 is one laugh)."""
    key = (owner.astype(np.int64) << 32) + word
    order = np.argsort(key, kind="stable")
    key = look_up(key, order)
    return look_up(order, np.flatnonzero(key[1:] == key[:-1]) + 1)


def _nearest_before(
    place: tuple[CodePoints, Found, npt.NDArray[np.int64]], is_sign: npt.NDArray[np.bool_], at: npt.NDArray[np.int64], reach: npt.NDArray[np.int64] | int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Those of the occurrences `at` before which, in the same clause, a sign begins that ends at most `reach` before their start; and those signs.

    The nearest such sign; it may overlap the word (不太 and 太失望 in 不太失望). place: texts, occurrences, and the sorted places of all ends of clauses.
    """
    texts, found, clauses = place
    latest = np.maximum.accumulate(np.where(is_sign, np.arange(len(is_sign)), -1))
    sign = look_up(np.concatenate(([-1], latest)), at)  # strictly before: no two occurrences begin at one place
    # Few signs are near enough; only for those it matters where texts and clauses end.
    near = np.flatnonzero((sign >= 0) & (look_up(found.start, at) - look_up(found.end, np.maximum(sign, 0)) <= reach)) if len(at) else at
    at, sign = at[near], sign[near]
    start, begun = found.start[at], found.start[sign]
    within = (texts.owner[start] == texts.owner[begun]) & (np.searchsorted(clauses, start, side="right") == np.searchsorted(clauses, begun, side="right"))
    return at[within], sign[within]


def _whole(texts: CodePoints, span: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]], latin: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Bool per span (start, open end): it is no Latin word, or no letter of its text touches it."""
    whole = np.ones(len(latin), dtype=bool)
    some = np.flatnonzero(latin)
    start, end = span[0][some], span[1][some]
    last = len(texts.points) - 1
    left, right = np.maximum(start - 1, 0), np.minimum(end, last)
    owner = texts.owner[start]
    touched = (start > 0) & latin_letters(texts.points[left]) & (texts.owner[left] == owner)
    whole[some] = ~(touched | ((end <= last) & latin_letters(texts.points[right]) & (texts.owner[right] == owner)))
    return whole


def _weight(word: EmotionWord, model: EmotionModel) -> float:
    """The entry's weight, lowered for a lone Han character that nobody typed for this incident."""
    lone = len(word.text) == 1 and 0x3400 <= ord(word.text) < 0xA000 and not word.typed
    return word.weight * (model.scoring.single_character if lone else 1.0)


def _keys(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    return points.astype(np.uint64) * _MULTIPLIER


def _extend(key: npt.NDArray[np.uint64], points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    return (key + points) * _MULTIPLIER


def _pair_slot(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    slot = left * np.uint32(0x9E3779B1)
    slot ^= right * np.uint32(0x85EBCA77)
    slot >>= np.uint32(32 - _PAIR_BITS)
    return slot
