"""Texts and short labels as exported → readable text: markup and control characters taken out, chains and emoticons kept (quirks 8, 14, 22)."""

import html
import re
from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.intake.cells import arrow, each_distinct, matches, mentions, missing, text_series, trimmed
from review.intake.values import split_list

_CONTROL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{200b}\x{feff}]"
_MARKUP: Final = r"(?i)</?(?:a|br|p|div|span|img|em|i|b|strong|font)(?:\s[^<>]*)?/?>|&(?:[a-z]{2,6}|#\d{2,6});|\[话题\]#"
_CONTROL_BYTES: Final = bytes([*range(9), 11, 12, *range(14, 32), 127])
_NO_WORDS: Final = "".join((" ", "\t", "\r", "\n", ":", "：", "\u3000"))
_BREAK: Final = re.compile(r"(?i)<br\s*/?>|</(?:p|div)>")
_IMAGE: Final = re.compile(r"""(?i)<img[^<>]*?\balt=["']?(\[[^\]"']{1,12}\])[^<>]*>""")
_TAG: Final = re.compile(r"(?i)</?(?:a|p|div|span|img|em|i|b|strong|font)(?:\s[^<>]*)?/?>")
_PLACE: Final = r"^(?:发布于|来自|(?:IP|ip)属地)[\s:：]*"


def clean_texts(cells: pd.Series) -> pd.Series:
    """Bodies without control characters, HTML tags and entities (`<br>` is a line end, an image its [alt]), `#a[话题]#` as `#a#`; blank ones NA.

    What people wrote stays: // chains, @, emoticons in brackets, leading = + - @. A leading `: ` (a tool's mark) goes.
    """
    values = arrow(cells)
    odd = np.asarray(pc.fill_null(pc.starts_with(values, ": "), False)) | _blank(values)
    if mentions(values, "\u200b".encode(), "\ufeff".encode(), bytes_of=_CONTROL_BYTES):
        odd |= matches(values, _CONTROL)
    if mentions(values, b"<", b"&", "[话题]".encode()):
        odd |= matches(values, _MARKUP)
    if odd.any():
        where = np.flatnonzero(odd)
        codes, cleaned = each_distinct(values.take(pa.array(where)), clean_text)
        values = pc.replace_with_mask(values, pa.array(odd), pa.array(cleaned, pa.large_string()).take(pa.array(codes)))
    return text_series(values, cells.index)


def _blank(values: pa.Array) -> np.ndarray:
    return np.asarray(pc.fill_null(pc.equal(pc.binary_length(pc.utf8_trim(values, characters=_NO_WORDS)), 0), False))


def clean_text(text: str) -> str | None:
    """One body, as in `clean_texts`; None where nothing is left."""
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff]", "", text).replace("[话题]#", "#")
    text = _TAG.sub("", _BREAK.sub("\n", _IMAGE.sub(r"\1", text)))
    text = html.unescape(text)
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff]", "", text).removeprefix(": ")
    return text if text.strip(_NO_WORDS) else None


def labels(cells: pd.Series) -> pd.Series:
    """Short cells (names, keywords, emotions) trimmed; words that mean nothing are NA."""
    values = trimmed(arrow(cells), "'")
    gone = missing(values)
    return text_series(pc.if_else(pa.array(gone), pa.scalar(None, values.type), values) if gone.any() else values, cells.index)


def regions(cells: pd.Series) -> pd.Series:
    """Provinces without 发布于, 来自, IP属地: (quirk 8)."""
    values = arrow(cells)
    if mentions(values, "发布于".encode(), "来自".encode(), "属地".encode()):
        values = pc.replace_substring_regex(values, _PLACE, "")
    return labels(text_series(values, cells.index))


def mapped(cells: pd.Series, read: Callable[[str], str | None]) -> pd.Series:
    """Each cell through `read`, once per distinct value; NA stays NA."""
    values = arrow(cells)
    made = np.full(len(values), None, dtype=object)
    given = np.flatnonzero(~np.asarray(values.is_null()))
    if len(given):
        codes, read_ones = each_distinct(values.take(pa.array(given)), read)
        made[given] = np.array(read_ones, dtype=object)[codes]
    return text_series(pa.array(made, pa.large_string()), cells.index)


def tag_lists(cells: pd.Series) -> pd.Series:
    """Hashtags joined by a space, in exported order, without #; NA where there is none."""
    return mapped(cells, lambda cell: " ".join(tag.replace(" ", "") for tag in split_list(cell)) or None)
