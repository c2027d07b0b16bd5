"""Signals of concentrated posting, each beside its evidence. They are signals, never a finding about anybody."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from review.analysis.links import Links
from review.analysis.row_sets import rows_at
from review.analysis.text_arrays import arrow_texts, shared_codes
from review.incident.evidence import NO_ROWS, RowSet
from review.incident.tables import COMMENT_KINDS
from review.settings.links import CoordinationSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class CoShares:
    """Pairs of accounts that reposted the same originals within seconds of each other, in enough originals; by_chance: mean count with accounts shuffled."""

    pairs: int
    accounts: int
    by_chance: float
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A share of n rows: k of n."""

    k: int
    n: int
    share: float
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordination:
    """None where the input does not tell. repeated: comments whose text another account's comment repeats word for word, short ones and slogans left out.
    busiest: share of the comments written by the busiest hundredth of accounts; no_followers: share of accounts without a follower, where exported.
    """

    co_shares: CoShares | None
    repeated: Signal | None
    busiest: Signal | None
    no_followers: Signal | None


def measure_coordination(posts: pd.DataFrame, links: Links, own: np.ndarray, settings: CoordinationSettings) -> Coordination:
    """The four signals among others than the brand; own: bool a row, the brand's accounts, which do act in concert."""
    comments = np.flatnonzero(np.isin(posts["kind"].astype(object).to_numpy(), COMMENT_KINDS) & ~own)
    return Coordination(
        co_shares=_co_shares(posts, links, own, settings),
        repeated=_repeated(posts, links, comments, settings),
        busiest=_busiest(posts, links, comments, settings),
        no_followers=_no_followers(posts, links, own, settings),
    )


def _co_shares(posts: pd.DataFrame, links: Links, own: np.ndarray, settings: CoordinationSettings) -> CoShares | None:
    """None where no original has reposts with exact times by two accounts. Permutation: the accounts left are shuffled
    among their shares, seeded."""
    n = links.rows
    rows = np.flatnonzero(links.is_repost[:n] & (links.original[:n] >= 0) & (links.account[:n] >= 0) & ~own & links.times.known & (links.times.width == 1))
    # an account seen in fewer originals can be in no pair
    seen = pd.DataFrame({"account": links.account[rows], "original": links.original[rows]}).groupby("account")["original"].transform("nunique")
    if len(np.unique(links.original[rows])) < settings.least_originals:
        return None
    rows = rows[(seen >= settings.least_originals).to_numpy()]
    order = np.lexsort((links.account[rows], links.times.seconds[rows], links.original[rows]))
    rows = rows[order]
    original, seconds, account = links.original[rows], links.times.seconds[rows], links.account[rows]
    left, right = [], []
    for apart in range(1, settings.widest_burst):  # a loop over distances between shares of one original
        near = (original[apart:] == original[:-apart]) & (seconds[apart:] - seconds[:-apart] <= settings.share_seconds)
        if not near.any():
            break
        places = np.flatnonzero(near)
        left.append(places)
        right.append(places + apart)
    if not left:
        return CoShares(pairs=0, accounts=0, by_chance=0.0, rows=NO_ROWS)
    one, other = np.concatenate(left), np.concatenate(right)
    found = _pairs(account, original, (one, other), settings.least_originals)
    chance = np.random.default_rng(settings.seed)
    by_chance = [len(_pairs(chance.permutation(account), original, (one, other), settings.least_originals)) for _ in range(settings.permutations)]
    members = np.unique(found)
    return CoShares(
        pairs=len(found),
        accounts=len(members),
        by_chance=float(np.mean(by_chance)),
        rows=rows_at(posts, rows[np.isin(account, members)]) if len(members) else NO_ROWS,
    )


def _pairs(account: np.ndarray, original: np.ndarray, near: tuple[np.ndarray, np.ndarray], least: int) -> np.ndarray:
    """(pairs × 2) accounts near each other in at least so many originals."""
    one, other = account[near[0]], account[near[1]]
    frame = pd.DataFrame({"a": np.minimum(one, other), "b": np.maximum(one, other), "o": original[near[0]]})
    counts = frame[frame["a"] != frame["b"]].drop_duplicates().groupby(["a", "b"]).size()
    made: np.ndarray = np.asarray([list(pair) for pair in counts[counts >= least].index], dtype=np.int64).reshape(-1, 2)
    return made


def _repeated(posts: pd.DataFrame, links: Links, comments: np.ndarray, settings: CoordinationSettings) -> Signal | None:
    """Blanks and punctuation do not make a text another."""
    texts = pc.replace_substring_regex(arrow_texts(posts["text"].iloc[comments]), r"[\s\pP\pS]+", "")
    long = np.asarray(pc.fill_null(pc.greater_equal(pc.utf8_length(texts), settings.repeated_characters), False), dtype=bool)
    if long.sum() < settings.least_rows:
        return None
    comments, (codes,) = comments[long], shared_codes(texts.filter(long))[0]
    accounts = links.account[comments]
    frame = pd.DataFrame({"text": codes, "account": np.where(accounts >= 0, accounts, -1 - comments)})
    groups = frame.groupby("text")["account"]
    size, people = groups.transform("size"), groups.transform("nunique")
    repeated = ((people > 1) & (size <= max(2, settings.slogan_share * len(frame)))).to_numpy()
    return Signal(k=int(repeated.sum()), n=len(frame), share=float(repeated.mean()), rows=rows_at(posts, comments))


def _busiest(posts: pd.DataFrame, links: Links, comments: np.ndarray, settings: CoordinationSettings) -> Signal | None:
    known = comments[links.account[comments] >= 0]
    if len(known) < settings.least_rows:
        return None
    counts = np.sort(np.unique(links.account[known], return_counts=True)[1])[::-1]
    top = max(1, (len(counts) + 50) // 100)  # a half counts up
    k = int(counts[:top].sum())
    return Signal(k=k, n=len(known), share=k / len(known), rows=rows_at(posts, known))


def _no_followers(posts: pd.DataFrame, links: Links, own: np.ndarray, settings: CoordinationSettings) -> Signal | None:
    followers = posts["author_followers"]
    rows = np.flatnonzero(followers.notna().to_numpy() & ~own & (links.account[: links.rows] >= 0))
    if not len(rows):
        return None
    per_account = pd.Series(followers.iloc[rows].to_numpy(dtype=np.int64)).groupby(links.account[rows]).max()
    if len(per_account) < settings.least_rows:
        return None
    k = int((per_account == 0).sum())
    return Signal(k=k, n=len(per_account), share=k / len(per_account), rows=rows_at(posts, rows))
