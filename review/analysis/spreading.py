"""How far and how the incident spread, whatever its mood: the part of the analysis that can be done beside the rest."""

from dataclasses import dataclass

import pandas as pd

from review.analysis.accounts import KeyAccount, rank_accounts
from review.analysis.links import Links
from review.analysis.peaks import Volume, measure_volume
from review.analysis.propagation import Propagation, measure_propagation
from review.analysis.roles import Roles, count_roles
from review.analysis.scope import Scope, in_scope
from review.analysis.spread import Spread
from review.incident.incident import Incident
from review.settings.links import LinkSettings
from review.settings.thresholds import Thresholds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spreading:
    """Volume and its peaks, key accounts, roles, propagation, and the links row by row."""

    volume: Volume
    accounts: tuple[KeyAccount, ...]
    roles: Roles
    propagation: Propagation
    links: Links


def measure_spreading(incident: Incident, found: tuple[Spread, Scope], settings: LinkSettings, thresholds: Thresholds, zone: str) -> Spreading:
    """incident: its posts as `with_roles` gives them. An empty one gives empty findings. Volume and accounts are of the posts in scope, links of all."""
    posts, (spread, scope) = incident.posts, found
    near = posts if scope.period is None else posts[in_scope(posts, scope)].reset_index(drop=True)
    propagation, links = measure_propagation(posts, spread, incident.case, settings)
    return Spreading(
        volume=measure_volume(_with_originals(near, posts), incident.responses, thresholds.peaks, zone),
        accounts=rank_accounts(near, thresholds.accounts),
        roles=count_roles(posts),
        propagation=propagation,
        links=links,
    )


def _with_originals(near: pd.DataFrame, posts: pd.DataFrame) -> pd.DataFrame:
    """These rows, and the posts without a time that they repost or answer: a peak shows what it was about, and a row without a time stands in no hour."""
    if len(near) == len(posts):
        return near
    answered = pd.concat([near["root_id"], near["thread_id"]]).dropna().unique()
    return pd.concat([near, posts[posts["published_at"].isna() & posts["item_id"].isin(answered)]], ignore_index=True)
