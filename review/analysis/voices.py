"""Typical comments, and how many of the hottest are negative."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from review.analysis.own_voice import is_own
from review.analysis.row_sets import row_set
from review.analysis.spread import PostCard, cards_at
from review.incident.case import Case
from review.incident.evidence import RowSet
from review.settings.thresholds import VoiceThresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """typical: comments with most likes, near-equal texts once, negative and other by turns as far as both exist.

    since: comments before it are left out, None: none are. hot, hot_negative: size of the group of the most liked comments and how many of it are negative,
    None where they carry no label; hot_labelled: how many do.
    """

    typical: tuple[PostCard, ...]
    since: datetime | None
    hot: int
    hot_labelled: int
    hot_negative: int | None
    hot_rows: RowSet


def choose_voices(posts: pd.DataFrame, negative: pd.Series, about: tuple[Case, datetime | None], thresholds: VoiceThresholds) -> Voices:
    """Voices among comments and replies with text and likes; `negative` (boolean, NA = unlabelled) is aligned with posts. Ties: earlier, then id.

    about: the case, whose own rows are left out, and the first post, if known: what was said before it is of something else, and left out.
    """
    case, since = about
    speaks = (posts["kind"].isin(["comment", "reply"]) & posts["text"].notna() & posts["likes"].notna() & ~is_own(posts, case)).to_numpy(dtype=bool)
    if since is not None:
        speaks = speaks & ~(posts["published_at"] < pd.Timestamp(since)).to_numpy(dtype=bool, na_value=False)
    said = posts[["likes", "published_at", "item_id", "text", "file", "sheet", "row"]].assign(_negative=negative, _at=np.arange(len(posts)))[speaks]
    if said.empty:
        return Voices(typical=(), since=since, hot=0, hot_labelled=0, hot_negative=None, hot_rows=row_set())
    ranked = said.sort_values(["likes", "published_at", "item_id", "file", "row"], ascending=[False, True, True, True, True], kind="stable")
    hot = ranked.head(thresholds.hot)
    labelled = hot["_negative"].notna()
    plain = ranked["text"].str.replace(r"\W+", "", regex=True)
    telling = ranked[~plain.duplicated() & (plain.str.len() >= 6)]
    sharp = telling[telling["_negative"].fillna(False).astype(bool)].head(thresholds.typical)
    other = telling[~telling["_negative"].fillna(False).astype(bool)].head(thresholds.typical)
    share = min(len(other), max(thresholds.typical // 3, thresholds.typical - len(sharp)))
    chosen = pd.concat([sharp.head(thresholds.typical - share), other.head(share)])
    chosen = chosen.sort_values(["likes", "published_at", "item_id"], ascending=[False, True, True], kind="stable")
    return Voices(
        typical=cards_at(posts, chosen["_at"].tolist()),
        since=since,
        hot=len(hot),
        hot_labelled=int(labelled.sum()),
        hot_negative=int(hot["_negative"].sum()) if bool(labelled.any()) else None,
        hot_rows=row_set(hot),
    )
