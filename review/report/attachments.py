"""claims.json, import.json and the row files of work/ (rejected.csv, labels.csv, links.csv): the machine-readable companions of a report."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from review.analysis.links import Links, links_table
from review.analysis.mood import MoodRows
from review.incident.errors import Fault, UnusableInput
from review.incident.import_log import ImportLog
from review.plain_data import RowSets, dumped, plain, read_json
from review.report.claims import Claim
from review.report.language import SIMPLIFIED, TAGS, Language, Tag
from review.report.source_words import source_lines
from review.settings.emotion import EMOTIONS
from review.settings.vocabulary import read_vocabulary

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would run as a formula."""


def claims_json(claims: Sequence[Claim], language: Language = SIMPLIFIED) -> bytes:
    """The report's language; every claim with its sources, each with its type and a line of text; row sets stand once, under `row_sets`, by digest."""
    rows = RowSets()
    made = [_claim(claim, rows, language) for claim in claims]
    return dumped({"schema": "review.claims", "version": 1, "language": language.tag, "claims": made, "row_sets": rows.table()})


def _claim(claim: Claim, rows: RowSets, language: Language) -> dict[str, Any]:
    data: dict[str, Any] = plain(claim, rows)
    data["sources"] = [{"type": type(source).__name__, "text": "；".join(source_lines((source,), language)), **plain(source, rows)} for source in claim.sources]
    return data


def import_json(log: ImportLog) -> bytes:
    """The import log; single rejections stand in rejected.csv, here is their number."""
    data = plain(log, RowSets())
    data["rejections"] = len(log.rejections)
    return dumped({"schema": "review.import", "version": 1, **data})


def rejected_csv(log: ImportLog) -> bytes:
    """Every rejected row and cell: 文件, 表, 行, 列, 值, 原因. Cells that a spreadsheet would run as a formula are quoted with '."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["文件", "表", "行", "列", "值", "原因"])
    for each in log.rejections:
        writer.writerow([_safe(str(cell)) for cell in (each.file, each.sheet or "", each.row, each.column or "", each.value, each.reason)])
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def labels_csv(posts: pd.DataFrame, moods: MoodRows, zone: str) -> bytes:
    """Every row with its label: file, sheet, row, id, time, text, label source, the model's score, calibrated probability, label, emotions, words.

    The probability is empty without an audit. Cells that a spreadsheet would run as a formula are quoted with '.
    """
    labels, read = moods.labels, moods.read
    names = read_vocabulary()["emotion"]
    emotions = [names.word(name) for name in EMOTIONS]
    # by the flags of a row: many rows, few sets of emotions
    said = np.array(["、".join(word for bit, word in enumerate(emotions) if flags >> bit & 1) for flags in range(1 << len(emotions))], dtype=object)
    negative = pd.Series(labels.negative)
    frame = pd.DataFrame(
        {
            "文件": posts["file"].astype(str),
            "表": posts["sheet"].astype("string").fillna(""),
            "行": posts["row"],
            "平台": posts["platform"].astype(str),
            "编号": posts["item_id"],
            "时间": posts["published_at"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "内容": moods.texts,
            "标签来源": pd.Series(labels.source, index=posts.index).astype(object).map({"audited": "人工复核", "vendor": "供应商口径", "model": "模型初判"}),
            "负面倾向分": pd.Series(read.score, index=posts.index).round(3),
            "负面概率": pd.Series(labels.probability, index=posts.index).round(6),
            "标签": negative.map({True: "负面", False: "非负面"}).astype(object),
            "情绪": said[read.flags],
            "依据词": read.evidence().to_numpy(),
        }
    )
    for column in ("表", "编号", "内容", "依据词"):
        frame[column] = _safe_column(frame[column], FORMULA_STARTS)
    return frame.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def links_csv(posts: pd.DataFrame, links: Links) -> bytes:
    """id, parent_id, kind, evidence, confidence, copy_group, file, sheet, row: a row a post; @name is an account that was quoted but not collected."""
    frame = links_table(posts, links)
    starts = tuple(start for start in FORMULA_STARTS if start != "@")
    for column in frame.select_dtypes(include=["object", "string"]):
        frame[column] = _safe_column(frame[column], starts)
    return frame.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _safe_column(column: pd.Series, starts: tuple[str, ...]) -> pd.Series:
    """The cells as text, '' for none; one that begins like a formula is quoted with '."""
    text = column.astype(object).where(column.notna(), "").astype(str)
    return text.where(~text.str.startswith(starts), "'" + text)


def language_of(content: bytes) -> Tag:
    """The language of the report that a claims.json belongs to; zh-Hans for one written before languages were recorded. Raises UnusableInput for no JSON."""
    try:
        data = read_json(content)
    except ValueError as error:
        raise UnusableInput(Fault("claims.json", "不是可读的 JSON，文件可能已损坏", "请用 review build 重新生成")) from error
    return next((tag for tag in TAGS if isinstance(data, dict) and data.get("language") == tag), "zh-Hans")
