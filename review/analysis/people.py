"""Ordinary people of the data whom typed or printed texts name: their names must be masked there too."""

import dataclasses
from collections.abc import Iterable, Iterator

from review.incident.case import Case
from review.incident.evidence import RowSet
from review.incident.incident import Incident

LENGTHS = range(3, 21)
"""Names shorter than three characters are words as often as names; longer than twenty no platform allows."""
DISTINCT_LENGTHS = range(5, 21)
"""In what users write themselves, words of up to four characters (哈哈哈, 不粘锅) are too often somebody's nickname as well."""


def named_people(incident: Incident, named_followers: int, printed: Iterable[str]) -> tuple[str, ...]:
    """Names of authors without a public role, verification or so many followers that occur in a typed text, or in one of the posts' texts that may be
    printed; sorted.

    Every stretch of a text is looked up among the names (not each of a million names in every text).
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
    found = _named(_typed_texts(incident), LENGTHS, names) | _named(printed, DISTINCT_LENGTHS, names)
    return tuple(sorted(found - public))


def _named(texts: Iterable[str], lengths: range, names: set[str]) -> set[str]:
    return {text[i : i + n] for text in set(texts) for n in lengths for i in range(len(text) - n + 1) if text[i : i + n] in names}


def texts_within(value: object) -> Iterator[str]:
    """Every text inside tuples and dataclasses, whatever their depth; arrays and tables hold none that is printed."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts_within(each)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type | RowSet):
        for field in dataclasses.fields(value):
            yield from texts_within(getattr(value, field.name))


def _typed_texts(incident: Incident) -> Iterable[str]:
    yield from _texts_of(incident.case)
    for column in ("actor", "title", "text", "result", "note", "commitment", "audience"):
        yield from (str(text) for text in incident.responses[column].dropna())
    for column in ("name", "text"):
        yield from (str(text) for text in incident.metric_points[column].dropna().unique())
    yield from (str(text) for text in incident.posts["viewpoint"].dropna())


def _texts_of(case: Case) -> Iterable[str]:
    silence = None if case.silence is None else case.silence.reason
    for text in (case.trigger, case.scope, case.risk, case.urgency, case.nature_reason, case.event, case.discovery_channel, case.platform_rule_change, silence):
        if text is not None:
            yield text
    yield from (text for pair in case.contradictions for text in pair)
    for item in case.items:
        yield from (text for text in (item.content, item.basis, item.criterion, item.target) if text is not None)
