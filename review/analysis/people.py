"""Ordinary people of the data whom typed texts name: their names must be masked there too."""

from collections.abc import Iterable

from review.incident.case import Case
from review.incident.incident import Incident

LENGTHS = range(3, 21)
"""Names shorter than three characters are words as often as names; longer than twenty no platform allows."""


def named_in_typed_texts(incident: Incident, named_followers: int) -> tuple[str, ...]:
    """Names of authors without a public role, verification or so many followers that occur in a typed text, sorted.

    Every stretch of a typed text is looked up among the names (not each of a million names in every text).
    """
    posts = incident.posts
    ordinary = (
        posts["author_name"].notna()
        & ~posts["author_type"].isin(["brand", "kol", "media"])
        & posts["author_verified"].isna()
        & ~(posts["author_followers"] >= named_followers).fillna(False)
    )
    names = set(posts.loc[ordinary.astype(bool), "author_name"].unique())
    public = {name for name in (*incident.case.official_accounts, *incident.case.competitors, incident.case.brand, incident.case.product) if name}
    found = {text[i : i + n] for text in _typed_texts(incident) for n in LENGTHS for i in range(len(text) - n + 1) if text[i : i + n] in names}
    return tuple(sorted(found - public))


def _typed_texts(incident: Incident) -> Iterable[str]:
    yield from _texts_of(incident.case)
    for column in ("title", "text", "result", "note", "commitment"):
        yield from (str(text) for text in incident.responses[column].dropna())


def _texts_of(case: Case) -> Iterable[str]:
    for text in (case.trigger, case.scope, case.risk, case.nature_reason, case.event, case.discovery_channel):
        if text is not None:
            yield text
    for item in case.items:
        yield from (text for text in (item.content, item.basis, item.criterion, item.target) if text is not None)
