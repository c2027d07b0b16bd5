"""Keyword and emotion curves: how many comments a bucket hold 失望, 欺骗, 要求赔偿 … Facts, whatever the labels say."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.emotion import TextEmotions
from review.analysis.emotion_lexicon import build_trie, find_words
from review.analysis.emotion_text import code_points, own_words
from review.analysis.row_sets import rows_at
from review.incident.evidence import RowSet
from review.settings.emotion import EMOTIONS, EmotionModel, folded


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Buckets:
    """The bucket of each row (0 … count - 1, -1 = none)."""

    index: npt.NDArray[np.int64]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountCurve:
    """Rows that hold a keyword or show an emotion: count per bucket (int64), all of them (rows without a bucket included), and which rows."""

    name: str
    counts: npt.NDArray[np.int64]
    total: int
    rows: RowSet


def keyword_curves(posts: pd.DataFrame, texts: pd.Series, buckets: Buckets, model: EmotionModel) -> tuple[CountCurve, ...]:
    """One curve a keyword, in the given order: rows whose own words hold one of its forms, each row once.

    model.keywords: shown name -> forms that count. Negation is not looked at: 没有欺骗 holds 欺骗. Several forms of one keyword in a text are one row.
    """
    keywords = model.keywords
    forms: dict[str, list[int]] = {}
    for number, spellings in enumerate(keywords.values()):
        for form in spellings:
            forms.setdefault(folded(form, model.fold), []).append(number)
    forms.pop("", None)
    held = np.zeros((len(keywords), len(posts)), dtype=bool)
    if forms and len(posts):
        points = code_points(own_words(texts).words, model.fold)
        for group in _apart(forms):
            found = find_words(points, build_trie(group))
            for place, form in enumerate(group):
                held[np.ix_(forms[form], points.owner[found.start[found.word == place]])] = True
    return tuple(_curve(name, held[number], posts, buckets) for number, name in enumerate(keywords))


def _apart(forms: Iterable[str]) -> list[tuple[str, ...]]:
    """The forms in few groups to look for at once: in none lies a form inside another, which would hide it."""
    groups: list[list[str]] = []
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        room = next((group for group in groups if not any(form in longer for longer in group)), None)
        if room is None:
            groups.append([form])
        else:
            room.append(form)
    return [tuple(group) for group in groups]


def emotion_curves(posts: pd.DataFrame, read: TextEmotions, buckets: Buckets) -> tuple[CountCurve, ...]:
    """One curve an emotion, in the order of EMOTIONS: rows that show it. A row can show several."""
    return tuple(_curve(name, read.shows(name), posts, buckets) for name in EMOTIONS)


def _curve(name: str, held: npt.NDArray[np.bool_], posts: pd.DataFrame, buckets: Buckets) -> CountCurve:
    inside = held & (buckets.index >= 0)
    return CountCurve(
        name=name, counts=np.bincount(buckets.index[inside], minlength=buckets.count).astype(np.int64), total=int(held.sum()), rows=rows_at(posts, held)
    )
