"""Workbooks with the same bytes every time: the typed part of the incident, and the minimal case."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from make.incident import Made
from make.log import CASE, DECISION, KEY_POST, RESPONSE, SAMPLE, SNAPSHOT, Row, typed
from make.words import read
from review.intake.workbook import blank_workbook

SHEETS = {"事件信息": CASE, "应对时间线": RESPONSE, "热度快照": SNAPSHOT, "关键帖文与账号": KEY_POST, "数据汇总": SAMPLE, "根因与行动": DECISION}
NUMBERS = {"粉丝数", "曝光", "阅读", "点赞", "收藏", "评论数", "转发", "n", "k"}
FIXED = (2026, 8, 24, 10, 0, 0)


def typed_workbook(made: Made) -> bytes:
    """incident.xlsx: the six sheets of what people typed. The key posts stand here in full, though the exports hold them too."""
    keys = [row | {"类型": row["记录"]} for row in made.key.values()]
    return workbook_bytes(
        {
            "事件信息": made.case,
            "应对时间线": made.responses,
            "热度快照": made.snapshots,
            "关键帖文与账号": keys,
            "数据汇总": made.samples,
            "根因与行动": made.decisions,
        }
    )


def minimal_workbook() -> bytes:
    """minimal.xlsx: brand, outbreak time, three responses, one snapshot, five key posts, one typed sample."""
    texts = read("minimal")
    posts = typed(
        "关键帖文与账号", ("平台", "类型", "时间", "作者", "作者类型", "粉丝数", "标题", "内容", "标签", "点赞", "评论数", "转发", "情感"), texts["posts"]
    )
    return workbook_bytes(
        {
            "事件信息": typed("事件信息", CASE, texts["case"]),
            "应对时间线": typed("应对时间线", ("时间", "动作类型", "平台", "执行方", "标题", "内容", "承诺/方案"), texts["responses"]),
            "热度快照": typed("热度快照", SNAPSHOT, texts["snapshots"]),
            "关键帖文与账号": posts,
            "数据汇总": typed("数据汇总", SAMPLE, texts["samples"]),
            "根因与行动": [],
        }
    )


def workbook_bytes(sheets: Mapping[str, Iterable[Row]]) -> bytes:
    """The workbook `review init` gives, its example rows kept, the rows typed below them."""
    book = load_workbook(io.BytesIO(blank_workbook()))
    for name, rows in sheets.items():
        sheet = book[name]
        header = [str(cell.value or "").rstrip("*") for cell in sheet[1]]
        _write(sheet, header, rows)
    out = io.BytesIO()
    book.save(out)
    return normalised(out.getvalue())


def _write(sheet: Worksheet, header: Sequence[str], rows: Iterable[Row]) -> None:
    if header[:2] == list(CASE):
        places = {str(cell.value or "").rstrip("*").strip(): cell.row for cell in sheet["A"]}
        for row in rows:
            number = places.get(row["项"]) or sheet.max_row + 1
            sheet.cell(number, 1, row["项"])
            sheet.cell(number, 2, row["值"])
        return
    line = sheet.max_row
    for row in rows:
        line += 1
        for number, column in enumerate(header, start=1):
            value = row.get(column, "")
            if value != "":
                sheet.cell(line, number, int(value) if column in NUMBERS else str(value))


def normalised(data: bytes) -> bytes:
    """The same package with fixed dates: zip entries and document properties."""
    out = io.BytesIO()
    stamp = b"%04d-%02d-%02dT%02d:%02d:%02dZ" % FIXED
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            body = source.read(name)
            if name == "docProps/core.xml":
                body = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, body)
            info = zipfile.ZipInfo(name, FIXED)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            target.writestr(info, body)
    return out.getvalue()
