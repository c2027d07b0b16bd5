"""Roles of accounts: the posts table with author_type filled as far as the data, the case and the media list tell, and by which rule."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.analysis.account_keys import account_keys
from review.analysis.row_sets import row_set, rows_at
from review.analysis.text_arrays import arrow_texts
from review.incident.case import Case
from review.incident.evidence import RowSet
from review.incident.tables import AUTHOR_TYPES, PUBLISHED_KINDS, ROLE_SOURCES, TEXT, vocabulary
from review.settings.media import MediaList, folded

UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCount:
    """Accounts of one role known by one rule. accounts: told apart as by `account_keys`, on each platform."""

    role: str
    rule: str
    accounts: int
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """counts: by rule in order of precedence, then by role; unknown: accounts without any role. Comments are not counted: they make nobody a spreader."""

    counts: tuple[RoleCount, ...]
    unknown: int
    rows: RowSet


def with_roles(posts: pd.DataFrame, case: Case, media: MediaList, kol_followers: int) -> pd.DataFrame:
    """The posts with author_type, role_from and outlet_level filled. The first rule that speaks is taken:

    row: typed or exported with the row; case: an official account of the case; account: typed or exported with another row of the account (where all such
    rows agree); outlets: the media list, by name, for press items also by the address; verification: words that say media or an organisation; followers:
    KOL from `kol_followers` on; verification: any other; followers: an ordinary user below that. What none of them tells stays unknown.
    outlet_level is that of the list wherever the account is in it, whatever rule gave the role. Row order changes nothing.
    """
    n = len(posts)
    role = posts["author_type"].cat.codes.to_numpy(dtype=np.int64).copy()
    rule = np.where(role >= 0, ROLE_SOURCES.index("row"), UNKNOWN)

    def say(rows: np.ndarray, code: np.ndarray | int, source: str) -> None:
        fresh = rows & (role < 0)
        role[fresh] = code if isinstance(code, int) else code[fresh]
        rule[fresh] = ROLE_SOURCES.index(source)

    say(posts["author_name"].isin(list(case.official_accounts)).to_numpy(dtype=bool), AUTHOR_TYPES.index("brand"), "case")
    elsewhere = _of_account(posts, role)
    say(elsewhere >= 0, elsewhere, "account")
    level = _outlet_levels(posts, media)
    say(level >= 0, AUTHOR_TYPES.index("media"), "outlets")
    verified, says_media, says_organisation = _verifications(posts, media)
    followers = posts["author_followers"].to_numpy(dtype=np.float64, na_value=np.nan)
    say(says_media, AUTHOR_TYPES.index("media"), "verification")
    say(says_organisation, AUTHOR_TYPES.index("verified"), "verification")
    say(followers >= kol_followers, AUTHOR_TYPES.index("kol"), "followers")
    say(verified, AUTHOR_TYPES.index("verified"), "verification")
    say(followers < kol_followers, AUTHOR_TYPES.index("user"), "followers")
    labels = np.asarray([*media.levels, None], dtype=object)
    return posts.assign(
        author_type=pd.Categorical.from_codes(role, dtype=vocabulary(*AUTHOR_TYPES)),
        role_from=pd.Categorical.from_codes(rule, dtype=vocabulary(*ROLE_SOURCES)),
        outlet_level=pd.array(labels[level], dtype=TEXT) if n else posts["outlet_level"],
    )


def count_roles(posts: pd.DataFrame) -> Roles:
    """How many accounts have which role by which rule, of posts as `with_roles` gives them.

    An account counts once, by the first rule (then role) that any of its rows has.
    """
    wide = posts[posts["kind"].isin(PUBLISHED_KINDS) & (posts["author_key"].notna() | posts["author_name"].notna())]
    who = (wide["platform"].astype(object) + " " + account_keys(wide).astype(object)).to_numpy()
    rule, role = (wide[column].cat.codes.to_numpy(dtype=np.int64) for column in ("role_from", "author_type"))
    place = np.where(role >= 0, rule * len(AUTHOR_TYPES) + role, len(ROLE_SOURCES) * len(AUTHOR_TYPES))
    first = pd.Series(place).groupby(who).min()
    counts = []
    for code, accounts in first.value_counts().sort_index().items():
        by, played = divmod(int(code), len(AUTHOR_TYPES))  # type: ignore[call-overload]
        if by < len(ROLE_SOURCES):
            here = (place == code) & (first.reindex(who) == code).to_numpy()
            counts.append(RoleCount(role=AUTHOR_TYPES[played], rule=ROLE_SOURCES[by], accounts=int(accounts), rows=rows_at(wide, here)))
    return Roles(counts=tuple(counts), unknown=int((first == len(ROLE_SOURCES) * len(AUTHOR_TYPES)).sum()), rows=row_set(wide))


def _of_account(posts: pd.DataFrame, role: np.ndarray) -> np.ndarray:
    """The role stated with other rows of each row's account, UNKNOWN where none is or they differ.

    An account is its platform and key; a name stands for it only while the platform shows one account of that name, so that a namesake gets no role.
    """
    stated = np.flatnonzero(role >= 0)
    made = np.full(len(posts), UNKNOWN, dtype=np.int64)
    if not len(stated) or len(stated) == len(posts):
        return made
    platform = posts["platform"].astype(object)
    name = platform + " " + posts["author_name"].astype(object)
    key = platform + " " + posts["author_key"].astype(object)
    namesakes = key.groupby(name).nunique()
    alone = ~name.isin(namesakes.index[namesakes > 1])
    for identity in (key, name.where(alone)):
        told = pd.Series(role[stated], index=identity.iloc[stated].to_numpy())
        told = told[told.index.notna()]
        if not len(told):
            continue
        spread = told.groupby(level=0).agg(["min", "max"])
        agreed = spread.loc[spread["min"] == spread["max"], "min"]
        found = agreed.reindex(identity).fillna(UNKNOWN).to_numpy(dtype=np.int64)
        made = np.where(made >= 0, made, found)
    return made


def _outlet_levels(posts: pd.DataFrame, media: MediaList) -> np.ndarray:
    """Index into the list's levels a row, UNKNOWN for who is no outlet of the list."""
    names = pc.replace_substring_regex(pc.utf8_lower(pc.utf8_normalize(arrow_texts(posts["author_name"]), form="NFKC")), r"\s+", "")
    known = pa.array(list(media.names), names.type)
    place = np.asarray(pc.fill_null(pc.index_in(names, value_set=known), UNKNOWN), dtype=np.int64)
    levels = np.asarray([*media.names.values(), UNKNOWN], dtype=np.int64)
    made: np.ndarray = levels[place]
    press = np.flatnonzero((posts["kind"] == "article").to_numpy(dtype=bool) & (made < 0) & posts["url"].notna().to_numpy(dtype=bool))
    if len(press):
        hosts = posts["url"].iloc[press].str.extract(r"^\s*(?:[A-Za-z]+:)?//(?:[^/@]*@)?([^/:?#\s]+)", expand=False).fillna("").astype(object)
        of_host = {host: media.level_of_host(host) for host in hosts.unique()}
        made[press] = [UNKNOWN if (found := of_host[host]) is None else found for host in hosts]
    return made


def _verifications(posts: pd.DataFrame, media: MediaList) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(verified at all, as media, as an organisation): bools a row."""
    codes, words = pd.factorize(posts["author_verified"].astype(object), use_na_sentinel=True)
    said = [folded(str(word)) for word in words]
    counts = np.asarray([bool(word) and word not in media.not_verified for word in said] + [False])
    press = counts & np.asarray([any(each in word for each in media.verified_media) for word in said] + [False])
    group = counts & np.asarray([any(each in word for each in media.organisation) for word in said] + [False])
    return counts[codes], press[codes], group[codes]
