"""Key accounts and media, ranked by interaction: needs no links between posts."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd

from review.analysis.account_keys import account_keys
from review.analysis.cell import count_of, time_of
from review.analysis.row_sets import row_set
from review.analysis.spread import PRIVATE, PostCard, cards_at, interaction_of
from review.incident.evidence import RowSet
from review.incident.tables import PUBLISHED_KINDS
from review.settings.thresholds import AccountThresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAccount:
    """An account with its posts in the collected range: summed interaction, and its post with most of it.

    band: index into the follower bands of the thresholds (0 = below the first), None where followers are unknown.
    """

    name: str = field(metadata=PRIVATE)
    platform: str
    author_type: str | None
    verified: str | None
    followers: int | None
    band: int | None
    posts: int
    interaction: int
    first_at: datetime | None
    stance: str | None
    leading: PostCard
    rows: RowSet


_COLUMNS = ("platform", "author_followers", "published_at", "item_id", "file", "sheet", "row")


def rank_accounts(posts: pd.DataFrame, thresholds: AccountThresholds) -> tuple[KeyAccount, ...]:
    """Accounts by summed interaction of their posts, reposts and articles, highest first; comments do not make an account a spreader.

    Accounts are told apart by platform and author key, by name where no key is known. Rows without an author or without interaction are left out.
    Ties: by name. Stance: as typed on the leading post, else None (a vendor's polarity of a text is no stance).
    """
    interaction = interaction_of(posts)
    key = account_keys(posts)
    wide = posts[list(_COLUMNS)].assign(_i=interaction, _key=key, _at=np.arange(len(posts)))
    wide = wide[(posts["kind"].isin(PUBLISHED_KINDS) & interaction.notna() & key.notna()).to_numpy(dtype=bool)]
    if wide.empty:
        return ()
    total = wide.groupby(["platform", "_key"], observed=True, sort=True)["_i"].sum().reset_index()
    total = total.sort_values(["_i", "platform", "_key"], ascending=[False, True, True], kind="stable").head(thresholds.top)
    made = []
    for platform, account, summed in zip(total["platform"], total["_key"], total["_i"], strict=True):
        group = wide[(wide["platform"] == platform) & (wide["_key"] == account)]
        best = group.sort_values(["_i", "published_at", "item_id"], ascending=[False, True, True], kind="stable")
        leading = cards_at(posts, [int(best["_at"].iloc[0])])[0]
        followers = count_of(group["author_followers"].max())
        made.append(
            KeyAccount(
                name=leading.author or str(account),
                platform=str(platform),
                author_type=leading.author_type,
                verified=leading.verified,
                followers=followers,
                band=None if followers is None else thresholds.band(followers),
                posts=len(group),
                interaction=int(summed),
                first_at=time_of(group["published_at"].min()),
                stance=leading.stance,
                leading=leading,
                rows=row_set(group),
            )
        )
    return tuple(made)
