"""Ids as text: trimmed of what spreadsheets and tools put around them, ids a spreadsheet destroyed told apart, ids read out of URLs (quirk 12)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.intake.cells import arrow, digits_only, folded, matches, mentions, missing, text_series, trimmed

_EXACT_DIGITS: Final = 15
"""A spreadsheet keeps 15 significant digits of a number (IEEE 754 double); it fills the rest with zeros."""

_HASHES_OF_NOTHING: Final = ("d41d8cd98f00b204e9800998ecf8427e", "e6fda0f0d3e0adfff69e334462d1ef6a")
"""MD5 of an empty cell, as 舆情通 exports it, and its second sentinel: kept, they would make one huge tree of all originals (FORMATS.md section 5.5)."""

_ROUNDED_SHARE: Final = 0.5
_ROUNDED_ZEROS: Final = 3
"""A column counts as rounded when at least half of its long ids end in zeros from the 16th digit on, at least three zeros in all (chance 1 in 1000)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """Ids read from cells: value (NA where missing or mangled), raw (the trimmed cell where it is mangled, else NA), mangled (bool)."""

    value: pd.Series
    raw: pd.Series
    mangled: pd.Series


def parse_ids(cells: pd.Series) -> Ids:
    """Ids of text cells. 0 and the words for nothing are missing; 5.70306E+17, and 16-digit ids rounded to …000 all over the column, are mangled."""
    values = trimmed(folded(arrow(cells)), "'\"=")
    if mentions(values, b".0"):
        decimal = matches(values, r"^[0-9]{1,15}\.0+$")
        values = pc.if_else(pa.array(decimal), pc.replace_substring_regex(values, r"\.0+$", ""), values)
    nothing = (
        missing(values)
        | np.asarray(pc.is_in(values, value_set=pa.array(_HASHES_OF_NOTHING, values.type)))
        | np.asarray(pc.fill_null(pc.equal(values, "0"), False))
    )
    if nothing.any():
        values = pc.if_else(pa.array(nothing), pa.scalar(None, values.type), values)
    mangled = _rounded(values)
    if mentions(values, b"e+", b"E+", b"."):
        mangled |= matches(values, r"^[0-9](?:\.[0-9]+[eE]\+?|[eE]\+)[0-9]{1,3}$")
    if not mangled.any():
        return Ids(value=text_series(values, cells.index), raw=_nothing(cells), mangled=pd.Series(False, index=cells.index))
    none = pa.scalar(None, values.type)
    gone = pa.array(mangled)
    return Ids(
        value=text_series(pc.if_else(gone, none, values), cells.index),
        raw=text_series(pc.if_else(gone, values, none), cells.index),
        mangled=pd.Series(mangled, index=cells.index),
    )


def _rounded(values: pa.Array) -> np.ndarray:
    """Long ids with zeros from the 16th digit on, where the column as a whole shows rounding; else all False.

    Judged on distinct ids: one id that ends in 0 and is named by hundreds of reposts is no sign of rounding.
    """
    distinct = pc.unique(values)
    rounded = _rounded_among(distinct)
    if not rounded.any():
        return np.zeros(len(values), dtype=bool)
    return np.asarray(pc.fill_null(pc.is_in(values, value_set=distinct.filter(pa.array(rounded))), False))


def _rounded_among(values: pa.Array) -> np.ndarray:
    zeros = np.zeros(len(values), dtype=bool)
    ends = np.flatnonzero(np.asarray(pc.fill_null(pc.ends_with(values, "0"), False)))
    if not len(ends):
        return zeros
    zeros[ends] = matches(values.take(pa.array(ends)), rf"^[1-9][0-9]{{{_EXACT_DIGITS - 1}}}0{{1,6}}$")
    if not zeros.any():
        return zeros
    lengths = np.asarray(pc.fill_null(pc.binary_length(values), 0), dtype=np.int64)
    long = digits_only(values, 21) & (lengths > _EXACT_DIGITS)
    enough = int((lengths[zeros] - _EXACT_DIGITS).sum()) >= _ROUNDED_ZEROS
    return zeros if enough and zeros.sum() >= _ROUNDED_SHARE * long.sum() else np.zeros(len(zeros), dtype=bool)


def _nothing(cells: pd.Series) -> pd.Series:
    return text_series(pa.nulls(len(cells), pa.large_string()), cells.index)


def ids_in_urls(urls: pd.Series, patterns: tuple[str, ...]) -> pd.Series:
    """The first id that one of the RE2 patterns (each with one group named `id`) finds in each URL, NA where none does."""
    values = arrow(urls)
    found = pa.nulls(len(values), pa.large_string())
    for pattern in patterns:
        hit = pc.struct_field(pc.extract_regex(values, pattern), "id")
        found = pc.coalesce(found, hit.cast(pa.large_string()))
    return text_series(found, urls.index)


def synthetic_ids(frame: pd.DataFrame) -> pd.Series:
    """Ids made of what identifies a row that was exported without one: `~` and 16 hex digits; the same row exported twice gets the same id.

    frame has the columns of posts. Made of platform, thread, link, author, time, title and text. Where author and title, or the time, are unknown,
    equal rows are different rows (five people wrote 好): the n-th of them in content order gets its number into the id.
    """
    parts = pd.DataFrame(
        {
            "platform": frame["platform"].astype(object),
            "thread": frame["thread_id"],
            "url": frame["url"],
            "author": frame["author_key"].fillna(frame["author_name"]),
            "at": frame["published_at"].dt.tz_localize(None).to_numpy(dtype="datetime64[us]").astype(np.int64),
            "title": frame["title"],
            "text": frame["text"],
        }
    )
    code = pd.util.hash_pandas_object(parts.fillna(""), index=False).to_numpy(dtype=np.uint64, copy=True)
    vague = ((parts["author"].isna() & parts["title"].isna()) | frame["published_at"].isna()).to_numpy()
    if vague.any():
        code += _occurrence(frame, code, vague) * np.uint64(0x9E3779B97F4A7C15)  # Knuth's multiplier: spreads 1, 2, 3 … over 64 bits
    # A Python loop over rows: formatting as hex has no vectorised form.
    return text_series(pa.array([f"~{number:016x}" for number in code.tolist()], pa.large_string()), frame.index)


def _occurrence(frame: pd.DataFrame, code: np.ndarray, vague: np.ndarray) -> np.ndarray:
    """0 for the first of equal rows, 1 for the second …, in an order that does not depend on the order of the rows; 0 where not vague."""
    rows = frame.loc[vague, ["likes", "comments", "shares", "region"]].assign(code=code[vague])
    ordered = rows.sort_values(["code", "likes", "comments", "shares", "region"], kind="stable")
    made = np.zeros(len(frame), dtype=np.uint64)
    made[np.flatnonzero(vague)] = ordered.groupby("code").cumcount().reindex(rows.index).to_numpy(dtype=np.uint64)
    return made


_BASE62: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def weibo_mid(bid: str) -> str | None:
    """The numeric id of a Weibo post from the nine characters in its link: base 62, groups of 4 characters for 7 digits from the right. None if it is none."""
    if not 5 <= len(bid) <= 9 or not bid.isalnum() or not bid.isascii():
        return None
    groups = [bid[max(end - 4, 0) : end] for end in range(len(bid), 0, -4)][::-1]
    digits = ""
    for group in groups:
        number = 0
        for letter in group:
            number = number * 62 + _BASE62.index(letter)
        digits += f"{number:07d}"
    return digits.lstrip("0")
