"""Whose voice a row is: the brand's own accounts, or somebody else's."""

import pandas as pd

from review.incident.case import Case

USER_KINDS = ("post", "comment", "reply", "repost", "danmaku")
"""Kinds in which users speak; press items do not count."""


def is_own(posts: pd.DataFrame, case: Case) -> "pd.Series[bool]":
    """Plain bool a row: typed as the brand's, or by an official account named in the case. Unknown authors are not the brand's."""
    named = posts["author_name"].isin(list(case.official_accounts))
    return (posts["author_type"].eq("brand").fillna(False) | named.fillna(False)).astype(bool)


def is_user(posts: pd.DataFrame, case: Case) -> "pd.Series[bool]":
    """Plain bool a row: neither the brand's nor the media's, and of a kind in which users speak."""
    media = posts["author_type"].eq("media").fillna(False).astype(bool)
    return posts["kind"].isin(USER_KINDS).astype(bool) & ~media & ~is_own(posts, case)
