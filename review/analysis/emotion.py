"""The mood of every text: a lexicon, a model that teaches itself on the incident's own comments, and a small prior model, added up.

Method (METHODS.md B, measured by the founding study): z-scores of three scores are summed. Each is blind where the others see: the lexicon knows words and
emoticons, the self-trained model the incident's own vocabulary, the prior the spoken language of CPED and COLD.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.analysis.emotion_lexicon import Lexicon, Reading, build_lexicon, read_lexicon
from review.analysis.emotion_text import TEXT_CLASSES, CodePoints, code_points, look_up, own_words, text_classes
from review.settings.emotion import EMOTIONS, EmotionModel

CHUNK: Final = 32_768
"""Texts worked on at a time: their arrays stay in the processor's cache, and memory stays flat. Changes no result."""
BLOCK: Final = 4 * CHUNK
"""Texts cleaned at a time: fewer and larger, because each search of the cleaning has a cost of its own. Changes no result."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Analyzer:
    """The model made ready for one incident: compiled lexicon and the self-trained weights (float32, shape (buckets,)), None where too few rows were clear."""

    model: EmotionModel
    lexicon: Lexicon
    self_trained: npt.NDArray[np.float32] | None
    self_trained_centre: float
    self_trained_spread: float
    pseudo_labels: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextEmotions:
    """What was read in each text, in the order of the texts.

    score: float32, positive = negative mood, 0 = no leaning, NaN where the text is empty. text_class: int8 index into TEXT_CLASSES.
    negative: boolean with NA where a text has no words of its own (empty, repost_marker). flags: uint8, bit i = EMOTIONS[i].
    evidence: word list per text, as offsets (int64, n + 1) into words (int32 index into lexicon.words) and weights (float32, signed, after negation).
    """

    score: npt.NDArray[np.float32]
    negative: pd.arrays.BooleanArray
    flags: npt.NDArray[np.uint8]
    text_class: npt.NDArray[np.int8]
    evidence_offsets: npt.NDArray[np.int64]
    evidence_words: npt.NDArray[np.int32]
    evidence_weights: npt.NDArray[np.float32]
    analyzer: Analyzer

    def __len__(self) -> int:
        return len(self.score)

    def shows(self, emotion: str) -> npt.NDArray[np.bool_]:
        """Bool per text: it shows this emotion (an id of EMOTIONS)."""
        return np.asarray((self.flags >> EMOTIONS.index(emotion)) & 1 == 1)

    def evidence(self) -> pd.Series:
        """The words that decided, per text, joined by a space, as string[pyarrow]; "" where none did."""
        vocabulary = pa.array(self.analyzer.lexicon.words, type=pa.large_string())
        lists = pa.LargeListArray.from_arrays(pa.array(self.evidence_offsets), vocabulary.take(pa.array(self.evidence_words)))
        return pd.Series(pd.array(pc.binary_join(lists, pa.scalar(" ", type=pa.large_string())), dtype="string[pyarrow]"))

    def classes(self) -> pd.Series:
        """The text class per text as a categorical of TEXT_CLASSES."""
        return pd.Series(pd.Categorical.from_codes(self.text_class, dtype=pd.CategoricalDtype(list(TEXT_CLASSES))))


def analyse_texts(texts: pd.Series, model: EmotionModel) -> TextEmotions:
    """The mood of every text, the model having taught itself on these very texts first. Any index; NA is an empty text. Order of the texts changes nothing.

    It teaches itself by naive Bayes over hashed character 1-2-grams; its classes are the texts whose lexicon score is at least `confident`, on either side.
    """
    lexicon = build_lexicon(model)
    kept, counts = _first_pass(texts, lexicon, model)
    taught = _taught(counts, model)
    grams = _gram_pass(kept, taught, model)
    return _joined(_analyzer(lexicon, counts, taught, model, (kept, grams)), kept, grams)


def gram_slots(points: npt.NDArray[np.uint32], buckets_log2: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Hash slots of each character and of each pair (one fewer), those across two texts included. The prior was trained on these very slots."""
    shift = np.uint32(32 - buckets_log2)
    single = points * np.uint32(0x9E3779B1)
    single >>= shift
    if len(points) < 2:
        return single, np.empty(0, dtype=np.uint32)
    pair = points[1:] * np.uint32(0xC2B2AE3D)
    pair >>= np.uint32(3)
    pair *= np.uint32(0x27D4EB2F)
    pair ^= points[:-1] * np.uint32(0x85EBCA77)
    pair *= np.uint32(0x9E3779B1)
    pair >>= shift
    return single, pair


def gram_scores(points: npt.NDArray[np.uint32], starts: npt.NDArray[np.int64], weights: npt.NDArray[np.float32], buckets_log2: int) -> npt.NDArray[np.float32]:
    """Each text's sum of gram weights / sqrt(number of grams), for both columns of weights: (buckets, 2) gives (texts, 2). 0 for an empty text."""
    single, pair = gram_slots(points, buckets_log2)
    lengths = np.diff(starts)
    filled = np.flatnonzero(lengths)
    scores = np.zeros((len(lengths), 2), dtype=np.float32)
    if len(filled) == 0:
        return scores
    root = np.sqrt(2 * lengths[filled] - 1).astype(np.float32)
    first = starts[filled]
    # Both models' weights of a gram lie side by side, as the parts of one complex number: one look-up, one sum.
    side_by_side = np.ascontiguousarray(weights).view(np.complex64)[:, 0]
    value = look_up(side_by_side, single)
    linked = look_up(side_by_side, pair)
    linked[first[1:] - 1] = 0.0  # the pair that would join two texts
    value[:-1] += linked
    scores[filled] = np.add.reduceat(value, first).view(np.float32).reshape(-1, 2) / root[:, None]
    return scores


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Kept:
    """What the first pass leaves of a chunk: its rows' code points (for the second), lexicon score, emotions, class and evidence.

    low: the code points' lower 16 bits, half the memory; far, far_points: places and values of the few (emoji) that have more.
    """

    low: npt.NDArray[np.uint16]
    far: npt.NDArray[np.int64]
    far_points: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int64]
    score: npt.NDArray[np.float32]
    flags: npt.NDArray[np.uint8]
    classes: npt.NDArray[np.int8]
    chinese: npt.NDArray[np.bool_]
    evidence_counts: npt.NDArray[np.int64]
    evidence_word: npt.NDArray[np.int32]
    evidence_weight: npt.NDArray[np.float32]

    @property
    def points(self) -> npt.NDArray[np.uint32]:
        points = self.low.astype(np.uint32)
        points[self.far] = self.far_points
        return points


def _keep(points: CodePoints, reading: Reading, quoted: npt.NDArray[np.bool_], markers: frozenset[str]) -> _Kept:
    classes, chinese = text_classes(points, markers)
    classes[quoted & (classes != TEXT_CLASSES.index("empty"))] = TEXT_CLASSES.index("repost_marker")
    far = np.flatnonzero(points.points > 0xFFFF)
    return _Kept(
        low=points.points.astype(np.uint16),
        far=far,
        far_points=points.points[far],
        starts=points.starts,
        score=reading.score,
        flags=reading.flags,
        classes=classes,
        chinese=chinese,
        evidence_counts=np.bincount(reading.evidence_row, minlength=len(reading.score)),
        evidence_word=reading.evidence_word,
        evidence_weight=reading.evidence_weight,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Counts:
    """Pseudo-labelled rows and their gram counts, negative side first."""

    rows: npt.NDArray[np.int64]
    grams: npt.NDArray[np.int64]


def _first_pass(texts: pd.Series, lexicon: Lexicon, model: EmotionModel) -> tuple[list[_Kept], _Counts]:
    confident, every = model.scoring.confident, max(1, -(-len(texts) // model.scoring.teach_at_most))
    grams = np.zeros((2, 1 << model.scoring.ngram_buckets_log2), dtype=np.int64)
    rows = np.zeros(2, dtype=np.int64)
    kept: list[_Kept] = []
    for words, quoted in _pieces(texts):
        points = code_points(words, model.fold)
        reading = read_lexicon(points, lexicon, model)
        kept.append(_keep(points, reading, quoted, model.repost_markers))
        clear = np.flatnonzero(_drawn(points, every) & (np.abs(reading.score) >= confident))
        kinder = reading.score[clear] < 0
        rows += np.bincount(kinder, minlength=2)
        grams += _gram_counts(points, (clear, kinder), model.scoring.ngram_buckets_log2)
    return kept, _Counts(rows=rows, grams=grams)


def _pieces(texts: pd.Series) -> Iterator[tuple["pa.LargeStringArray", npt.NDArray[np.bool_]]]:
    """The cleaned words, and which are only quoted, CHUNK texts at a time."""
    for start in range(0, len(texts), BLOCK):
        own = own_words(texts.iloc[start : start + BLOCK])
        for at in range(0, len(own.words), CHUNK):
            yield own.words.slice(at, CHUNK), own.quoted[at : at + CHUNK]


def _drawn(points: CodePoints, every: int) -> npt.NDArray[np.bool_]:
    """About one text in `every`, drawn by a hash of its characters: the same texts in whatever order they come, and all copies of one or none."""
    drawn = np.ones(len(points.starts) - 1, dtype=bool)
    filled = np.flatnonzero(points.lengths)
    if every > 1 and len(filled):
        hashed = np.add.reduceat(points.points * np.uint32(0x9E3779B1), points.starts[filled]) * np.uint32(0x85EBCA77)
        drawn[filled] = (hashed >> np.uint32(8)) % np.uint32(every) == 0
    return drawn


def _gram_counts(points: CodePoints, clear: tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]], buckets_log2: int) -> npt.NDArray[np.int64]:
    """How often each slot's grams stand in these rows, int64 of shape (2, buckets): in those of the first side (False), and of the second."""
    rows, second = clear
    lengths = points.lengths[rows]
    ends = np.cumsum(lengths)
    side = np.repeat(second.astype(np.uint32) << np.uint32(buckets_log2), lengths)
    at = np.arange(len(side)) + np.repeat(points.starts[rows] - ends + lengths, lengths)
    single, pair = gram_slots(look_up(points.points, at), buckets_log2)
    single |= side
    pair |= side[1:]
    within = np.ones(len(pair), dtype=bool)
    within[ends[:-1][ends[:-1] < len(side)] - 1] = False
    size = 2 << buckets_log2
    return (np.bincount(single, minlength=size) + np.bincount(pair[within], minlength=size)).reshape(2, -1)


def _taught(counts: _Counts, model: EmotionModel) -> npt.NDArray[np.float32] | None:
    if counts.rows.min() < model.scoring.confident_minimum:
        return None
    smoothed = counts.grams + model.scoring.smoothing
    return np.asarray(np.log(smoothed[0] / smoothed[0].sum()) - np.log(smoothed[1] / smoothed[1].sum()), dtype=np.float32)


def _gram_pass(kept: list[_Kept], taught: npt.NDArray[np.float32] | None, model: EmotionModel) -> npt.NDArray[np.float32]:
    """Per text the prior's and the self-trained model's raw score (0 where there is none), shape (texts, 2)."""
    prior = model.prior.weights.astype(np.float32) * np.float32(model.prior.scale)
    weights = np.column_stack((prior, np.zeros_like(prior) if taught is None else taught))
    scores = [gram_scores(part.points, part.starts, weights, model.scoring.ngram_buckets_log2) for part in kept]
    return np.concatenate((np.empty((0, 2), dtype=np.float32), *scores))


def _analyzer(
    lexicon: Lexicon, counts: _Counts, taught: npt.NDArray[np.float32] | None, model: EmotionModel, first: tuple[list[_Kept], npt.NDArray[np.float32]]
) -> Analyzer:
    kept, grams = first
    # Sorted before summing, so that the order of the texts cannot change the last digit.
    ordered = np.sort(grams[:, 1])
    unclear = np.sort(grams[:, 1][np.abs(_lexicon_scores(kept)) < model.scoring.confident])
    return Analyzer(
        model=model,
        lexicon=lexicon,
        self_trained=taught,
        self_trained_centre=model.scoring.unclear_centre * float(unclear.mean(dtype=np.float64)) if len(unclear) else 0.0,
        self_trained_spread=(float(ordered.std(dtype=np.float64)) if len(ordered) else 0.0) or 1.0,
        pseudo_labels=(int(counts.rows[0]), int(counts.rows[1])),
    )


def _lexicon_scores(kept: list[_Kept]) -> npt.NDArray[np.float32]:
    return np.concatenate([np.empty(0, dtype=np.float32), *(part.score for part in kept)])


def _joined(analyzer: Analyzer, kept: list[_Kept], grams: npt.NDArray[np.float32]) -> TextEmotions:
    scoring, prior = analyzer.model.scoring, analyzer.model.prior
    lexicon = _lexicon_scores(kept)
    score = np.float32(scoring.weight_lexicon / scoring.lexicon_spread) * np.tanh(lexicon / np.float32(scoring.lexicon_saturation))
    spoken = np.float32(scoring.weight_prior) * (grams[:, 0] - np.float32(prior.centre)) / np.float32(prior.spread)
    if analyzer.self_trained is not None:
        spoken += np.float32(scoring.weight_self_trained) * (grams[:, 1] - np.float32(analyzer.self_trained_centre)) / np.float32(analyzer.self_trained_spread)
    # Letters of a Latin text say nothing one or two at a time: there the lexicon speaks alone.
    score += np.where(np.concatenate([np.empty(0, dtype=bool), *(part.chinese for part in kept)]), spoken, np.float32(0.0))
    classes = np.concatenate([np.empty(0, dtype=np.int8), *(part.classes for part in kept)])
    empty = classes == TEXT_CLASSES.index("empty")
    score[empty] = np.nan
    counts = np.concatenate([np.empty(0, dtype=np.int64), *(part.evidence_counts for part in kept)])
    return TextEmotions(
        score=score,
        negative=pd.arrays.BooleanArray(score > scoring.threshold, empty | (classes == TEXT_CLASSES.index("repost_marker"))),
        flags=np.concatenate([np.empty(0, dtype=np.uint8), *(part.flags for part in kept)]),
        text_class=classes,
        evidence_offsets=np.concatenate(([0], np.cumsum(counts))),
        evidence_words=np.concatenate([np.empty(0, dtype=np.int32), *(part.evidence_word for part in kept)]),
        evidence_weights=np.concatenate([np.empty(0, dtype=np.float32), *(part.evidence_weight for part in kept)]),
        analyzer=analyzer,
    )
