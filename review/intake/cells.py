"""What every cell parser shares: which words mean "nothing", how a cell is tidied, and parsing each distinct odd cell once."""

import unicodedata
from collections.abc import Callable
from typing import Final, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.incident.tables import TEXT

T = TypeVar("T")

MISSING_WORDS: Final = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "null",
        "none",
        "nan",
        "nat",
        "n/a",
        "#n/a",
        "na",
        "<na>",
        "未知",
        "暂无",
        "暂无数据",
        "无数据",
        "undefined",
    }
)
"""Cells that say nothing was there (FORMATS.md section 6, quirk 7), after NFKC, trimming and lower-casing."""

ZERO_WIDTH: Final = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
_TRIM: Final = " \t\r\n\v\f\u3000\xa0" + ZERO_WIDTH


_WIDE: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}  # ASCII → full-width forms
_SPELLINGS: Final = pa.array(sorted({form for word in MISSING_WORDS for case in (word, word.upper(), word.title()) for form in (case, case.translate(_WIDE))}))
"""The same words as one hash lookup takes them: lower, upper and title case, half and full width."""


def tidy(cell: str) -> str:
    """The cell in NFKC (full-width digits and signs become ASCII) without surrounding blanks, tabs and zero-width characters."""
    return unicodedata.normalize("NFKC", cell).strip(_TRIM)


def is_missing(cell: str) -> bool:
    """Whether a cell's words mean that there was nothing."""
    return tidy(cell).lower() in MISSING_WORDS


def arrow(cells: pd.Series) -> pa.Array:
    """The cells as one Arrow string array (null where missing); no copy for an unchunked `string[pyarrow]` column."""
    made = pa.array(cells, from_pandas=True) if len(cells) else pa.array([], pa.large_string())
    if isinstance(made, pa.ChunkedArray):
        made = made.combine_chunks()
    if isinstance(made, pa.ChunkedArray):  # combine_chunks keeps chunks apart only beyond 2 GB of text, which large_string holds in one
        made = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in made.chunks])
    return made if pa.types.is_large_string(made.type) else made.cast(pa.large_string())


def text_series(values: pa.Array | list[str | None], index: pd.Index | None = None) -> pd.Series:
    """A `string[pyarrow]` Series of these values (0, 1, 2 … where no index is given)."""
    made = pd.Series(pd.array(values, dtype=TEXT) if isinstance(values, list) else TEXT.__from_arrow__(values))  # type: ignore[attr-defined]  # pandas' documented extension hook, absent from its stubs
    if index is not None:
        made.index = index
    return made


def mentions(values: pa.Array, *marks: bytes, bytes_of: bytes = b"") -> bool:
    """Whether the column's text holds one of the marks, or any of the bytes `bytes_of`: a pass over one buffer, to skip work that no cell needs."""
    buffer = values.buffers()[2] if len(values) else None
    if buffer is None:
        return False
    data = buffer.to_pybytes()
    return any(mark in data for mark in marks) or (bool(bytes_of) and len(data.translate(None, bytes_of)) != len(data))


def matches(values: pa.Array, pattern: str) -> np.ndarray:
    """Boolean array: which values match an RE2 pattern; False where null."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(values, pattern), False))


def each_distinct(values: pa.Array, parse: Callable[[str], T]) -> tuple[np.ndarray, list[T]]:
    """(codes, results): results[codes[i]] is what `parse` makes of value i; the parser runs once per distinct value. No value may be null."""
    encoded = pc.dictionary_encode(values)
    # A Python loop over distinct cells: odd shapes only come here, plain ones took the vectorised lane, and odd cells repeat (1.2万, 昨天).
    return np.asarray(encoded.indices), [parse(value) for value in encoded.dictionary.to_pylist()]


def trimmed(values: pa.Array, more: str = "") -> pa.Array:
    """The strings without surrounding blanks, zero-width characters and those of `more`."""
    return pc.utf8_trim(values, characters=_TRIM + more)


def folded(values: pa.Array) -> pa.Array:
    """The strings with full-width letters and digits as ASCII (NFKC)."""
    return values if pc.all(pc.string_is_ascii(values)).as_py() in (True, None) else pc.utf8_normalize(values, form="NFKC")


def missing(values: pa.Array) -> np.ndarray:
    """Boolean array: null cells and cells whose words mean nothing."""
    bare = trimmed(values)
    gone: np.ndarray = np.asarray(values.is_null()) | np.asarray(pc.is_in(bare, value_set=_SPELLINGS.cast(bare.type)))
    return gone


def digits_only(values: pa.Array, longest: int) -> np.ndarray:
    """Boolean array: cells of 1 to `longest` ASCII digits; False where null."""
    fits = pc.and_(pc.ascii_is_decimal(values), pc.less_equal(pc.binary_length(values), longest))
    return np.asarray(pc.fill_null(pc.and_(fits, pc.string_is_ascii(values)), False))


def no_texts(n: int) -> pd.Series:
    """A text column of n missing cells."""
    return text_series(pa.nulls(n, pa.large_string()))


def without_missing(cells: pd.Series) -> pd.Series:
    """The cells with NA in place of words that mean nothing."""
    values = arrow(cells)
    return text_series(pc.if_else(pa.array(missing(values)), pa.scalar(None, values.type), values), cells.index)
