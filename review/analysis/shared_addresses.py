"""Links between posts out of addresses: a post that quotes another by its address or id, and posts that share an outside address or a picture."""

import re
from typing import Final

import numpy as np
import pandas as pd

from review.analysis.account_keys import account_keys
from review.analysis.latest import only_earlier
from review.analysis.mid_clock import mid_numbers
from review.analysis.row_times import RowTimes
from review.incident.tables import PUBLISHED_KINDS
from review.settings.links import InferredSettings

_ADDRESS: Final = re.compile(r"https?://[!-~]+")
_TOKEN: Final = re.compile(r"[0-9A-Za-z]{9,24}")
"""What an id looks like inside an address: long enough that words and dates are none."""


def plain_address(address: str) -> str:
    """An address without protocol, www., fragment, closing marks and slash, to compare by."""
    made = re.sub(r"^https?://(?:www\.|m\.)?", "", address.strip()).split("#", 1)[0]
    return made.rstrip("/.,;:!?)]}\"'").lower()


def quoted_posts(posts: pd.DataFrame, chosen: np.ndarray, times: RowTimes) -> tuple[np.ndarray, np.ndarray]:
    """(rows, the earlier post each names in an address of its text). Of several named posts the first in the text counts; a post's own address is none."""
    addresses = _addresses(posts, chosen)
    if not addresses:
        return _pairs([])
    by_address: dict[str, int] = {}
    urls = posts["url"]
    wide = posts["kind"].isin(PUBLISHED_KINDS).to_numpy()
    for row in np.flatnonzero(urls.notna().to_numpy() & wide).tolist()[::-1]:  # texts are looked up one by one; the first row of an address is kept
        by_address[plain_address(str(urls.iloc[row]))] = row
    ids = posts["item_id"].where(wide)
    by_id = {str(ids.iloc[row]): row for row in np.flatnonzero(ids.notna().to_numpy()).tolist()[::-1]}
    found: list[tuple[int, int]] = []
    for row, texts in addresses.items():  # a loop over the few posts with an address in their text
        for address in texts:
            named = by_address.get(plain_address(address))
            if named is None:
                named = next((by_id[token] for token in _tokens(address) if token in by_id), None)
            if named is not None and named != row and _earlier(times, named, row):
                found.append((row, named))
                break
    return _pairs(found)


def _tokens(address: str) -> list[str]:
    """What may be an id in an address, nine-letter Weibo ids as their numbers too."""
    made = _TOKEN.findall(address.split("//", 1)[-1].partition("/")[2])
    if not made:
        return []
    return [*made, *(str(number) for number in mid_numbers(pd.Series(made, dtype=object)).tolist() if number > 0)]


def _addresses(posts: pd.DataFrame, chosen: np.ndarray) -> dict[int, list[str]]:
    texts = posts["text"].iloc[chosen]
    some = texts.str.contains("http", regex=False).fillna(False).to_numpy(dtype=bool)
    return {int(row): _ADDRESS.findall(str(text)) for row, text in zip(chosen[some], texts[some], strict=True)}


def shared_sources(posts: pd.DataFrame, chosen: np.ndarray, evidence: str, how: tuple[RowTimes, InferredSettings]) -> tuple[np.ndarray, np.ndarray]:
    """(rows, source): rows that share an outside address or picture with exactly one earlier row, within the window and by another account."""
    times, settings = how
    tokens = _pictures(posts, chosen) if evidence == "shared_image" else _outside(posts, chosen, settings)
    tokens = tokens[times.known[tokens["row"].to_numpy(dtype=np.int64)]] if len(tokens) else tokens
    if not len(tokens):
        return _pairs([])
    rows, source = only_earlier(pd.factorize(tokens["token"])[0], tokens["row"].to_numpy(dtype=np.int64), times)
    author = account_keys(posts).astype(object)
    one, other = author.iloc[rows].reset_index(drop=True), author.iloc[source].reset_index(drop=True)
    near = times.seconds[rows] - times.seconds[source] <= settings.window_days * 86_400
    apart = (one.isna() | other.isna() | (one != other)).to_numpy(dtype=bool)
    kept = pd.DataFrame({"row": rows, "source": source})[near & apart]
    kept = kept.groupby("row")["source"].agg(["min", "nunique"]).reset_index()
    kept = kept[kept["nunique"] == 1]  # two addresses with two sources say nothing
    return kept["row"].to_numpy(dtype=np.int64), kept["min"].to_numpy(dtype=np.int64)


def _outside(posts: pd.DataFrame, chosen: np.ndarray, settings: InferredSettings) -> pd.DataFrame:
    own = {plain_address(str(url)) for url in posts["url"].iloc[chosen].dropna()}
    rows = [
        (row, address)
        for row, texts in _addresses(posts, chosen).items()
        for address in dict.fromkeys(plain_address(text) for text in texts)
        if address not in own and address.partition("/")[2] and address.partition("/")[0] not in settings.ignored_hosts
    ]
    return pd.DataFrame(rows, columns=["row", "token"])


def _pictures(posts: pd.DataFrame, chosen: np.ndarray) -> pd.DataFrame:
    images = posts["image_hash"].iloc[chosen]
    some = images.notna().to_numpy()
    return pd.DataFrame({"row": chosen[some], "token": images[some].astype(object).to_numpy()})


def _earlier(times: RowTimes, source: int, row: int) -> bool:
    return bool(times.known[source] and times.known[row] and times.latest[source] < times.seconds[row])


def _pairs(found: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    made = np.asarray(found, dtype=np.int64).reshape(-1, 2)
    return made[:, 0], made[:, 1]
