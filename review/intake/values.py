"""Cells as people and tools write them → numbers with bounds, flags, lists. Times stand in `times`, ids in `identifiers`."""

import ast
import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from review.incident.tables import FLAG, NUMBER
from review.intake.cells import arrow, digits_only, each_distinct, is_missing, matches, tidy
from review.intake.times import Times, parse_times
from review.settings.traditional import simplified

__all__ = ["Numbers", "Times", "metric_said", "parse_flags", "parse_numbers", "parse_times", "split_list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Numbers read from cells, four Series on the cells' index.

    value: Float64; NA where the cell is missing, rejected, or gives bounds only (10万+, 7.5w~10w). low, high: Float64, given where the cell was
    rounded, a floor (high NA) or a range; both NA where it was exact. rejected: True where there was a value that is no number. A percentage is a
    fraction (28.64% → 0.2864); currency signs and units are dropped.
    """

    value: pd.Series
    low: pd.Series
    high: pd.Series
    rejected: pd.Series


Reading = tuple[float | None, float | None, float | None]

LARGEST: Final = 2.0**53
"""Beyond this a float no longer holds every whole number, so a larger count is rejected rather than changed."""

_ZERO_WORDS: Final = frozenset({"赞", "点赞", "评论", "转发", "收藏", "分享", "讨论", "喜欢", "抢首评"})
_SCALES: Final = {"": 1, "百": 10**2, "千": 10**3, "k": 10**3, "万": 10**4, "w": 10**4, "百万": 10**6, "m": 10**6, "千万": 10**7, "亿": 10**8, "b": 10**9}
_METRICS: Final = {
    "阅读量": "reads", "阅读": "reads", "浏览量": "reads", "浏览": "reads", "播放量": "views", "播放": "views", "观看": "views", "帖子": "discussions",
    "讨论量": "discussions", "讨论": "discussions", "点赞": "likes", "评论": "comments", "转发": "shares", "收藏": "collects", "分享": "shares",
    "粉丝数": "followers", "粉丝": "followers", "曝光": "impressions", "赞": "likes",
}  # fmt: skip
_PREFIX: Final = "(?:(?P<prefix>" + "|".join(sorted(_METRICS, key=len, reverse=True)) + r")\s*:?\s*)?"
_AMOUNT: Final = (
    r"(?P<sign>[-+−]?)\s*(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:e(?P<exponent>[-+]?\d{1,3}))?\s*(?P<scale>百万|千万|[百千万亿kwmb]?)"
)
_UNIT: Final = r"\s*(?:次|人次|人|条|元|块|秒|篇|个|位|件|单|名|场|家|天|小时|分钟|rmb|cny|s|h)?"
_ONE: Final = re.compile(
    rf"(?P<about>约|~|≈|近|大约|大概|大致|差不多|将近|接近|逾|超|超过|大于|不低于|至少|≥|>=|>|不足|低于|少于|<)?\s*{_PREFIX}(?:[¥$€]|第|top|no\.)?\s*{_AMOUNT}\s*(?P<more>\+|余|多|以上)?(?P<late>[万亿]?)(?P<percent>%?){_UNIT}\s*(?P<end>\+|以上|左右|上下)?"
)
_RANGE: Final = re.compile(r"(.+?)\s*(?:~|-|–|—|至|到)\s*(.+)")
_FLOOR_WORDS: Final = frozenset({"逾", "超", "超过", "大于", "不低于", "至少", "≥", ">=", ">"})
_CEILING_WORDS: Final = frozenset({"不足", "低于", "少于", "<"})
_AROUND_WORDS: Final = frozenset({"左右", "上下"})
_DIGITS: Final = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS: Final = {"十": 10, "百": 10**2, "千": 10**3}
_WRITTEN: Final = re.compile("[零〇一二两三四五六七八九十百千万亿]*[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*")


def read_number(cell: str) -> Reading | None:
    """(value, low, high) of one cell, None where it is no number; all three None where the cell means nothing.

    1.2万 is 12000 with bounds ± half of its last digit; 10万+ and 超10万 have only a lower bound; 7.5w~10w has only bounds. 三万五千, 三万五 in
    characters is 35千.
    """
    text = simplified(tidy(cell).lower())
    if not any(letter.isdigit() for letter in text):
        text = _WRITTEN.sub(lambda run: _in_digits(run[0]), text)
    if is_missing(cell):
        return (None, None, None)
    if text in _ZERO_WORDS:
        return (0.0, None, None)
    single = _read_one(text)
    if single is not None:
        return single
    pair = _RANGE.fullmatch(text)
    if pair is None:
        return None
    return _read_range(pair[1], pair[2])


def _in_digits(run: str) -> str:
    """A number in characters as digits, with the unit of its last place where that is 百 or more; itself where it is none (二零二六)."""
    whole = section = 0
    digit: int | None = None
    last = place = 1  # the unit named last, and what the last place stands for
    for letter in run:
        if letter in _DIGITS:
            if digit:
                return run
            digit, last = _DIGITS[letter], last if _DIGITS[letter] else 1
            place = last // 10 if last > 10 else 1  # 三万五: the next unit goes without saying
        elif letter in _UNITS:
            last = place = _UNITS[letter]
            section, digit = section + (1 if digit is None else digit) * last, None
        else:
            last, part = _SCALES[letter], section + (digit or 0)
            place = last * (place if section and digit is None else 1)
            whole, section, digit = (whole + part) * last if letter == "亿" else whole + part * last, 0, None
    value = whole + section + (digit or 0) * place
    scale = next((name for name in ("亿", "千万", "百万", "万", "千", "百") if _SCALES[name] <= place), "")
    return f"{Decimal(value) / _SCALES[scale]:f}{scale}"


def _read_range(first: str, second: str) -> Reading | None:
    """Bounds only. A scale or percent sign written once, at the end, holds for both ends (3-5万)."""
    high = _read_one(second)
    low = _read_one(first)
    if low is None or high is None or low[0] is None or high[0] is None:
        return None
    a, b = low[0], high[0]
    if a > b or re.fullmatch(r"[\d.,]+", first.strip()):
        tail = re.search(r"(百万|千万|[百千万亿kwmb])?\s*(%?)[^\d]*$", second)
        if tail is not None and (tail[1] or tail[2]):
            scaled = _read_one(first.strip() + (tail[1] or "") + tail[2])
            a = scaled[0] if scaled is not None and scaled[0] is not None and scaled[0] <= b else a
    return (None, a, b) if a <= b else None


def _read_one(text: str) -> Reading | None:
    match = _ONE.fullmatch(text)
    if match is None:
        return None
    try:
        digits = Decimal(match["digits"].replace(",", "").rstrip(".") or "0")
    except InvalidOperation:
        return None
    late = match["late"] if match["more"] in ("余", "多") else ""
    if match["late"] and not late:
        return None
    exponent = int(match["exponent"] or 0)
    if exponent > 30 or exponent < -30:
        return None
    scale = Decimal(_SCALES[match["scale"]] * _SCALES[late]) * (Decimal("0.01") if match["percent"] else 1)
    value = float(digits * scale) * 10.0**exponent * (-1 if match["sign"] in ("-", "−") else 1)
    if abs(value) >= LARGEST:
        return None
    about = match["about"] or (match["end"] if match["end"] in _AROUND_WORDS else "")
    if match["more"] or match["end"] in ("+", "以上") or about in _FLOOR_WORDS:
        return (None, value, None)
    if about in _CEILING_WORDS:
        return (None, 0.0, value) if value > 0 else None
    rounded = bool(match["scale"] or match["exponent"])
    if not rounded and not about:
        return (value, None, None)
    places = int(digits.as_tuple().exponent)
    half = 0.5 * float(scale) * 10.0 ** (exponent + places)
    if about:  # 约3000: as exact as its last digit that is not zero
        shown = str(digits).split(".")[0]
        half *= 10.0 ** (len(shown) - len(shown.rstrip("0"))) if places == 0 and digits else 1
    return (value, value - half, value + half)


def parse_numbers(cells: pd.Series) -> Numbers:
    """Numbers of text cells; plain whole numbers in one vectorised pass, each other distinct shape once through `read_number`."""
    values = arrow(cells)
    n = len(values)
    value, low, high = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    rejected = np.zeros(n, dtype=bool)
    plain = digits_only(values, 15)
    if plain.any():
        value[plain] = np.asarray(pc.cast(values if plain.all() else values.filter(pa.array(plain)), pa.int64()))
    odd = np.flatnonzero(~plain & ~np.asarray(values.is_null()))
    if len(odd):
        codes, readings = each_distinct(values.take(pa.array(odd)), read_number)
        table = np.array([[np.nan if x is None else x for x in (reading or (None, None, None))] for reading in readings], dtype=float)
        value[odd], low[odd], high[odd] = table[codes].T
        rejected[odd] = np.array([reading is None for reading in readings], dtype=bool)[codes]
    return Numbers(value=_number(value, cells), low=_number(low, cells), high=_number(high, cells), rejected=pd.Series(rejected, index=cells.index))


def metric_said(cells: pd.Series) -> pd.Series:
    """What a prefix inside the cells says they measure (阅读592.6万 → reads), NA without one; the word wins over the header (quirk 8)."""
    values = arrow(cells)
    said = np.full(len(values), None, dtype=object)
    some = np.flatnonzero(matches(values, "^[^0-9]+[0-9]"))
    if len(some):
        pattern = re.compile(_PREFIX + r"[\d.]")
        codes, words = each_distinct(values.take(pa.array(some)), lambda cell: match["prefix"] if (match := pattern.match(tidy(cell))) else None)
        said[some] = np.array([_METRICS[word] if word else None for word in words], dtype=object)[codes]
    return pd.Series(said, index=cells.index, dtype="string[pyarrow]")


def _number(values: np.ndarray, cells: pd.Series) -> pd.Series:
    gone = np.isnan(values)
    return pd.Series(pd.arrays.FloatingArray(np.where(gone, 0.0, values), gone), index=cells.index, dtype=NUMBER)


_YES: Final = frozenset({"是", "有", "对", "真", "y", "yes", "true", "t", "1", "1.0", "√", "✓", "✔", "已", "已解决", "已删除", "已核对", "on"})
_NO: Final = frozenset({"否", "无", "没有", "不是", "假", "n", "no", "false", "f", "0", "0.0", "×", "✗", "✘", "未", "未解决", "未删除", "未核对", "off"})


def read_flag(cell: str) -> bool | None:
    """True, False, or None where the cell is neither."""
    text = tidy(cell).lower()
    return True if text in _YES else False if text in _NO else None


def parse_flags(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """(boolean with NA, rejected): yes and no as people write them; rejected is True where a cell says something else."""
    values = arrow(cells)
    flags, unknown, rejected = np.zeros(len(values), dtype=bool), np.ones(len(values), dtype=bool), np.zeros(len(values), dtype=bool)
    given = np.flatnonzero(~np.asarray(values.is_null()))
    if len(given):
        codes, read = each_distinct(values.take(pa.array(given)), lambda cell: (read_flag(cell), is_missing(cell)))
        flags[given] = np.array([flag is True for flag, _ in read])[codes]
        unknown[given] = np.array([flag is None for flag, _ in read])[codes]
        rejected[given] = np.array([flag is None and not gone for flag, gone in read])[codes]
    return pd.Series(pd.arrays.BooleanArray(flags, unknown), index=cells.index, dtype=FLAG), pd.Series(rejected, index=cells.index)


_LONGEST_LITERAL: Final = 100_000
"""Characters of a list cell beyond which it is split, not parsed: a hostile literal must not cost memory."""


def split_list(cell: str) -> tuple[str, ...]:
    """The words of a list cell, in order, without empty ones: JSON, a Python literal, joined by , ; ， ； 、 | or line ends, else by blanks (quirk 21).

    Surrounding # and a trailing [话题] are dropped.
    """
    text = cell.strip()
    items: list[str] | None = None
    if text[:1] in "[(" and text[-1:] in "])" and len(text) <= _LONGEST_LITERAL:
        items = _literal(text)
    if items is None:
        items = re.split(r"[,，;；、|\n]+", text) if re.search(r"[,，;；、|\n]", text) else text.split()
        if len(items) == 1 and len(re.findall(r"[#＃]", text)) > 1:
            items = re.split(r"[#＃]+", text)
    cleaned = (re.sub(r"\[话题\]#?$", "", item.strip()).strip("#＃ \t") for item in items)
    return tuple(item for item in cleaned if item and not is_missing(item))


def _literal(text: str) -> list[str] | None:
    try:
        made = json.loads(text)
    except (ValueError, RecursionError):
        try:
            made = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    if not isinstance(made, list | tuple):
        return None
    items = [str(item) for item in made if not isinstance(item, list | dict | tuple)]
    return items if items or not made else None
