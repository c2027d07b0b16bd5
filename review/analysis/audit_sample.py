"""The comments a person should label: drawn evenly over the incident, each text once."""

from typing import Final

import numpy as np
import pandas as pd

from review.analysis.emotion import TextEmotions
from review.analysis.emotion_labels import mood_texts, text_keys
from review.incident.tables import COMMENT_KINDS

COLUMNS: Final = ("item_id", "key", "published_at", "platform", "kind", "text")


def draw_audit_sample(posts: pd.DataFrame, read: TextEmotions, size: int) -> pd.DataFrame:
    """At most `size` posts to label, in time order, with columns item_id, key (16 hex digits, ties a label to its text), published_at, platform, kind, text.

    Drawn among comments (all kinds where there is none) with words or emoji of their own: sorted by time, every n-th is taken, so that each hour weighs as it
    did in the incident. Texts that recur count once, at their first appearance. Rows without a time come in only where too few have one. No randomness; the
    order of the rows changes nothing.
    """
    usable = ~np.asarray(read.negative.isna())
    comments = posts["kind"].isin((*COMMENT_KINDS, "repost")).to_numpy() & usable
    texts = mood_texts(posts)
    frame = pd.DataFrame({name: posts[name] for name in ("item_id", "published_at", "platform", "kind")}).assign(text=texts, key=text_keys(texts))
    frame = frame[comments if comments.any() else usable]
    frame = frame.sort_values(["published_at", "key", "item_id"], na_position="last").drop_duplicates("key")
    timed = frame[frame["published_at"].notna()]
    pool = timed if len(timed) >= size else frame
    # The middles of `size` equal stretches: neither end is favoured.
    at = np.unique(((np.arange(size) + 0.5) * len(pool) / size).astype(np.int64)) if len(pool) > size else np.arange(len(pool))
    drawn = pool.iloc[at].reset_index(drop=True)
    return drawn.assign(key=pd.array([f"{key:016x}" for key in drawn["key"]], dtype="string[pyarrow]"))[list(COLUMNS)]
