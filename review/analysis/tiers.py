"""Three tiers of users — core, potential, ordinary — with their negative share and the demands left open after the formal plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from review.analysis.account_keys import account_keys
from review.analysis.emotion_text import CodePoints
from review.analysis.row_sets import rows_at
from review.analysis.shares import Floats, pooled_effective, wilson
from review.analysis.themes import Mentions, folded_words
from review.incident.evidence import RowSet
from review.settings.themes import ThemeSettings
from review.settings.tiers import TIERS, Tier, TierRules

TierBasis = Literal["column", "list", "said", "rest"]
"""How a row came to its tier: the exported column, the member list, the author's own words, or what is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDemand:
    """A theme named in negative rows of one tier after the formal plan."""

    ident: str
    name: str
    count: int
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class TierFigures:
    """One tier. n: rows; authors: distinct known ones; by: rows by how they got here (bases with none left out).

    labelled, negative: rows with a label and the negative ones; share = negative / labelled with low and high, worth: what labelled
    is worth, None where nothing is labelled. demands: themes
    of the negative rows after the formal plan, most first; None where no plan's time is known or no row after it carries a label. after, after_rows: those
    labelled rows after it.
    """

    tier: Tier
    n: int
    authors: int
    by: tuple[tuple[TierBasis, int], ...]
    labelled: int
    negative: int
    share: float | None
    low: float | None
    high: float | None
    worth: float | None
    demands: tuple[OpenDemand, ...] | None
    after: int
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TierContext:
    """When the formal plan was out (None = unknown), the correlation between comments of one hour, the interval's confidence; the rows' themes and how many
    of them to list."""

    plan_at: datetime | None
    correlation: float
    confidence: float
    mentions: Mentions
    themes: ThemeSettings
    listed: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assigned:
    """int8 a row: position in TIERS, and in column, list, said, rest."""

    tier: npt.NDArray[np.int8]
    by: npt.NDArray[np.int8]


def measure_tiers(posts: pd.DataFrame, negative: pd.Series, assigned: Assigned, context: TierContext) -> tuple[TierFigures, ...]:
    """Figures of the three tiers in the order core, potential, ordinary; () where every user is ordinary for want of any sign (nothing was told apart).

    posts: users' rows; negative: boolean, NA = unlabelled; assigned: as `assign_tiers` gives them; mentions aligned with posts.
    """
    tier, by = assigned.tier, assigned.by
    if len(posts) == 0 or bool((by == _REST).all()):
        return ()
    author = author_keys(posts)
    places = posts[["file", "sheet", "row"]]
    labelled = negative.notna().to_numpy(dtype=bool)
    is_negative = negative.fillna(False).to_numpy(dtype=bool)
    hour = posts["published_at"].dt.floor("h")
    after = np.zeros(len(posts), dtype=np.bool_)
    if context.plan_at is not None:
        after = (posts["published_at"] > pd.Timestamp(context.plan_at)).fillna(False).to_numpy(dtype=bool)
    made = []
    for number, name in enumerate(TIERS):
        mine = tier == number
        judged, bad = mine & labelled, mine & is_negative
        share = low = high = worth = None
        n, k = int(judged.sum()), int(bad.sum())
        if n:
            worth = pooled_effective(_per_hour(hour, judged), context.correlation)
            share = k / n
            low, high = wilson(share * worth, worth, context.confidence)
        told = bool((judged & after).any())
        made.append(
            TierFigures(
                tier=name,
                n=int(mine.sum()),
                authors=int(author[mine].nunique()),
                by=tuple((basis, int((mine & (by == i)).sum())) for i, basis in enumerate(_BASES) if bool((mine & (by == i)).any())),
                labelled=n,
                negative=k,
                share=share,
                low=low,
                high=high,
                worth=worth,
                demands=_demands(places, bad & after, context) if told else None,
                after=int((judged & after).sum()),
                rows=rows_at(places, mine),
            )
        )
    return tuple(made)


_BASES: tuple[TierBasis, ...] = ("column", "list", "said", "rest")
_REST = _BASES.index("rest")


def assign_tiers(posts: pd.DataFrame, points: CodePoints, members: Sequence[str], rules: TierRules) -> Assigned:
    """The tier of each row and how it came to it.

    The exported column goes first, then the member list (names or author ids, blanks and case aside), then what the author says anywhere in the rows given: an
    author who declares both is core. A row without a known author is judged by its own words alone. points: the rows' own words, folded.
    """
    tier = np.full(len(posts), TIERS.index("ordinary"), dtype=np.int8)
    basis = np.full(len(posts), _REST, dtype=np.int8)
    if len(posts) == 0:
        return Assigned(tier=tier, by=basis)
    author = author_keys(posts)
    words = folded_words(points)
    for name in ("potential", "core"):  # core last: it goes before potential
        pattern = rules.rule(name).pattern
        if pattern is None:
            continue
        says = np.asarray(pc.match_substring_regex(words, pattern).to_numpy(zero_copy_only=False), dtype=np.bool_)
        speakers = author[says & author.notna().to_numpy(dtype=bool)]
        mine = says | author.isin(speakers.unique()).to_numpy(dtype=bool)
        tier[mine], basis[mine] = TIERS.index(name), _BASES.index("said")
    listed = {member.strip().casefold() for member in members if member.strip()}
    if listed:
        known = pd.Series(False, index=posts.index)
        for column in ("author_name", "author_key"):
            known |= posts[column].str.strip().str.casefold().isin(listed).fillna(False).astype(bool)
        tier[known.to_numpy()], basis[known.to_numpy()] = TIERS.index("core"), _BASES.index("list")
    typed = posts["user_tier"].notna().to_numpy(dtype=bool)
    codes = posts["user_tier"].astype(object).map({name: i for i, name in enumerate(TIERS)})
    tier[typed], basis[typed] = codes[typed].to_numpy(dtype=np.int8), _BASES.index("column")
    return Assigned(tier=tier, by=basis)


def author_keys(posts: pd.DataFrame) -> pd.Series:
    """One text an author: the platform with the author's id, else with the name; NA where neither is known."""
    key = account_keys(posts)
    return posts["platform"].astype("string[pyarrow]") + "\n" + key


def _per_hour(hour: pd.Series, judged: npt.NDArray[np.bool_]) -> Floats:
    """Judged rows an hour; rows without a time are one bucket together."""
    return hour[judged].value_counts(dropna=False).to_numpy().astype(np.float64)


def _demands(places: pd.DataFrame, chosen: npt.NDArray[np.bool_], context: TierContext) -> tuple[OpenDemand, ...]:
    mentions, settings = context.mentions, context.themes
    counts = (mentions.held & chosen).sum(axis=1)
    order = sorted(range(len(settings.rules)), key=lambda t: (-int(counts[t]), t))
    return tuple(
        OpenDemand(ident=settings.rules[t].ident, name=settings.rules[t].name, count=int(counts[t]), rows=rows_at(places, mentions.held[t] & chosen))
        for t in order[: context.listed]
        if counts[t]
    )
