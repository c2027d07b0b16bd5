"""Whom the anger names: the brand, or a competitor, the platform or the poster instead."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.emotion_lexicon import build_trie, find_words
from review.analysis.emotion_text import code_points, own_words
from review.analysis.row_sets import row_set
from review.incident.evidence import RowSet
from review.settings.emotion import EmotionModel, folded

Target = Literal["brand", "competitor", "platform", "poster"]
TARGETS: Final[tuple[Target, ...]] = ("brand", "competitor", "platform", "poster")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names as people write them, by whom they mean; a name given twice belongs to the first of brand, competitor, platform, poster."""

    brand: tuple[str, ...] = ()
    competitor: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    poster: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetShare:
    """Of n negative rows, k name this target and not the brand; rows: those k. share: k/n, None where n is 0."""

    target: Target
    n: int
    k: int
    rows: RowSet

    @property
    def share(self) -> float | None:
        return self.k / self.n if self.n else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Targets:
    """named: int8 per row, index into TARGETS, -1 where the text names none. elsewhere: how much negative mood names somebody else than the brand, () where
    no name of the brand is known: then nobody can say which texts are not about it.
    """

    named: npt.NDArray[np.int8]
    elsewhere: tuple[TargetShare, ...]


def find_targets(posts: pd.DataFrame, texts: pd.Series, negative: pd.arrays.BooleanArray, named: tuple[Names, EmotionModel]) -> Targets:
    """Whom each text names. A text that names the brand is about the brand, whoever else it names; else the first of competitor, platform, poster.

    Only what the row itself says counts: a text without a name stays without a target, and so with the brand's. Case, width and Traditional forms are folded.
    """
    names, model = named
    listed: dict[str, int] = {}
    for code, target in enumerate(TARGETS):
        for name in getattr(names, target):
            text = folded(name.strip(), model.fold)
            if text:
                listed.setdefault(text, code)
    found = np.full(len(posts), len(TARGETS), dtype=np.int64)
    if listed and len(posts):
        points = code_points(own_words(texts).words, model.fold)
        place = find_words(points, build_trie(tuple(listed)))
        np.minimum.at(found, points.owner[place.start], np.array(list(listed.values()), dtype=np.int64)[place.word])
    code_of = np.where(found < len(TARGETS), found, -1).astype(np.int8)
    bad = negative.to_numpy(dtype=bool, na_value=False)
    told = any(name.strip() for name in names.brand)
    elsewhere = tuple(
        TargetShare(target=target, n=int(bad.sum()), k=int((bad & (code_of == code)).sum()), rows=row_set(posts[bad & (code_of == code)]))
        for code, target in enumerate(TARGETS)
        if told and target != "brand"
    )
    return Targets(named=code_of, elsewhere=elsewhere)
