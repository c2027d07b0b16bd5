"""The quarter as a workbook: every value a cell, every count, median and rate a formula over those cells, so that a reader can check and go on from them.

Texts out of reviews are written as texts with the quote prefix: a cell that begins with = is never run, here or after saving as CSV from the workbook.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from review.report.language import SIMPLIFIED, Language
from review.report.word_text import safe
from review.tracking.filed import Filed
from review.tracking.follow_up import STATE_WORDS, FollowedAction
from review.tracking.quarter import QuarterFindings

SAVED_AT: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
INCIDENTS: Final = "事件"
ACTIONS: Final = "行动"
ANSWERS: Final = "三问"
REPEATS: Final = "根因复发"
MECHANISMS: Final = "机制"

Cell = str | float | int | date | None

INCIDENT_HEADS: Final = (
    "范围", "归档位置", "事件", "日期", "等级", "首次回应（小时）", "目标（小时）", "倍数", "达标", "正式方案（小时）", "负面占比峰值", "下限", "上限",
    "证据等级", "首日占比", "回落用时（小时）", "尚未回落", "24小时解决", "工单", "24小时解决率", "综合评分", "可能下限", "可能上限", "依据覆盖",
    "评级", "量表版本", "量表校验码", "参与比较", "报告生成日期",
)  # fmt: skip
ACTION_HEADS: Final = ("事件", "编号", "措施", "部门", "负责人", "截止", "完成", "状态", "逾期天数", "去留", "决定人", "本季到期")
REPEAT_HEADS: Final = ("事件", "根因", "早前事件", "已完成的行动", "措施", "完成")
MECHANISM_HEADS: Final = ("机制", "事件", "内容", "日期", "部门", "负责人", "答复或误报", "总数")
TYPED_HEADS: Final = frozenset({"归档位置", "事件", "量表版本", "编号", "措施", "部门", "负责人", "决定人", "根因", "早前事件", "已完成的行动", "内容"})
"""Columns whose cells come out of the reviews as people typed them."""
LEVELS: Final = {"l1": "一级", "l2": "二级"}
GRADES: Final = {"audited": "人工复核", "vendor": "供应商口径", "sampled": "人工抽样", "model": "模型初判"}
VERDICT_WORDS: Final = {"kept": "保留", "adjusted": "调整", "ended": "终止"}
NEVER: Final = "未回应"


def quarter_sheet(found: QuarterFindings, made_at: datetime, language: Language = SIMPLIFIED) -> bytes:
    """The workbook as bytes; equal input gives equal bytes. Heads, our own words in cells and formulas are in the language, what people typed is as typed."""
    book = Workbook()
    answers = book.active
    assert isinstance(answers, Worksheet)
    answers.title = ANSWERS
    incidents, actions = book.create_sheet(INCIDENTS), book.create_sheet(ACTIONS)
    rows = _incidents(incidents, found)
    _actions(actions, found)
    _answers(answers, found, rows, len(found.actions))
    repeats, mechanisms = book.create_sheet(REPEATS), book.create_sheet(MECHANISMS)
    told = [
        (each.filed.incident, each.cause.content, each.earlier.incident, each.action.ident, each.action.item.content, each.action.done_on)
        for each in found.repeats
    ]
    _list(repeats, REPEAT_HEADS, told)
    _list(mechanisms, MECHANISM_HEADS, _mechanism_rows(found))
    for sheet in (incidents, actions, repeats, mechanisms):
        sheet.freeze_panes = "A2"
    _put_in(language, book)
    out = io.BytesIO()
    book.save(out)
    return _sealed(out.getvalue(), made_at)


def _put_in(language: Language, book: Workbook) -> None:
    """The finished workbook in the language: titles, heads, formulas, and every text outside the columns that hold input."""
    for sheet in book.worksheets:
        typed = {cell.column for cell in sheet[1] if cell.value in TYPED_HEADS} if sheet.title != ANSWERS else set()
        sheet.title = language.own(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and (cell.row == 1 or cell.column not in typed):
                    kind = cell.data_type
                    cell.value = language.own(cell.value)
                    cell.data_type = kind


def _put(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    """A value; a text is a text, whatever it begins with."""
    cell: Any = sheet.cell(row=row, column=column)
    if isinstance(value, str):
        cell.value = safe(value)
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in "=+-@\t\r" and bool(value)
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"


def _formula(sheet: Worksheet, row: int, column: int, formula: str, number_format: str = "General") -> None:
    cell: Any = sheet.cell(row=row, column=column)
    cell.value = formula
    cell.number_format = number_format


def _heads(sheet: Worksheet, heads: Sequence[str]) -> None:
    for i, head in enumerate(heads, 1):
        _put(sheet, 1, i, head)
        sheet.cell(row=1, column=i).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(i)].width = max(10, min(40, len(head) * 2.2))


def _letter(head: str, heads: Sequence[str] = INCIDENT_HEADS) -> str:
    return get_column_letter(heads.index(head) + 1)


def _incidents(sheet: Worksheet, found: QuarterFindings) -> int:
    """One row an incident, this quarter's first; ratio, met, rates are formulas. The number of the last row."""
    _heads(sheet, INCIDENT_HEADS)
    row = 1
    comparable = {place for group in found.rubrics if group.compared for place in group.places}
    for side, incidents in (("本季", found.incidents), ("前期", found.before)):
        for each in incidents:
            row += 1
            _incident(sheet, row, (side, each), each.place in comparable)
    return row


def _incident(sheet: Worksheet, row: int, what: tuple[str, Filed], comparable: bool) -> None:
    side, each = what
    record = each.record
    head, first, normal, solved = record.head, record.first_response, record.normal, record.solved_24h
    peak, day_one = record.peak, record.day_one
    values: dict[str, Cell] = {
        "范围": side,
        "归档位置": each.place,
        "事件": head.event or each.incident,
        "日期": head.day,
        "等级": LEVELS.get(head.level or "", "未定级"),
        "首次回应（小时）": NEVER if first.state == "never" else first.hours,
        "目标（小时）": first.target,
        "正式方案（小时）": NEVER if record.formal_plan.state == "never" else record.formal_plan.hours,
        "负面占比峰值": None if peak is None else peak.share,
        "下限": None if peak is None else peak.low,
        "上限": None if peak is None else peak.high,
        "证据等级": None if peak is None else GRADES[peak.grade],
        "首日占比": None if day_one is None else day_one.share,
        "回落用时（小时）": None if normal is None else normal.hours,
        "尚未回落": None if normal is None else ("是" if normal.state == "censored" else "否"),
        "24小时解决": None if solved is None else solved[0],
        "工单": None if solved is None else solved[1],
        "综合评分": head.total,
        "可能下限": record.score.low,
        "可能上限": record.score.high,
        "依据覆盖": record.score.coverage,
        "评级": head.grade,
        "量表版本": head.rubric_version,
        "量表校验码": head.rubric_sha256[:16],
        "参与比较": "是" if comparable else "否",
        "报告生成日期": head.made_at.date(),
    }
    for name, value in values.items():
        _put(sheet, row, INCIDENT_HEADS.index(name) + 1, value)
        if name in ("负面占比峰值", "下限", "上限", "首日占比", "依据覆盖"):
            sheet.cell(row=row, column=INCIDENT_HEADS.index(name) + 1).number_format = "0.0%"
    hours, target, ratio = (f"{_letter(name)}{row}" for name in ("首次回应（小时）", "目标（小时）", "倍数"))
    _formula(sheet, row, INCIDENT_HEADS.index("倍数") + 1, f'=IF(AND(ISNUMBER({hours}),ISNUMBER({target})),{hours}/{target},"")', "0.00")
    _formula(sheet, row, INCIDENT_HEADS.index("达标") + 1, f'=IF({hours}="{NEVER}","否",IF(ISNUMBER({ratio}),IF({ratio}<=1,"是","否"),""))')
    k, n = f"{_letter('24小时解决')}{row}", f"{_letter('工单')}{row}"
    _formula(sheet, row, INCIDENT_HEADS.index("24小时解决率") + 1, f'=IF(N({n})>0,{k}/{n},"")', "0.0%")


def _actions(sheet: Worksheet, found: QuarterFindings) -> None:
    _heads(sheet, ACTION_HEADS)
    for row, each in enumerate(found.actions, 2):
        for column, value in enumerate(_action(each), 1):
            _put(sheet, row, column, value)
        due, done, state = (f"{_letter(name, ACTION_HEADS)}{row}" for name in ("截止", "完成", "状态"))
        today = f"'{ANSWERS}'!$B$2"
        late = f'=IF({state}="逾期未完成",{today}-{due},IF({state}="逾期完成",{done}-{due},""))'
        _formula(sheet, row, ACTION_HEADS.index("逾期天数") + 1, late, "0")
        start, end = f"'{ANSWERS}'!$B$3", f"'{ANSWERS}'!$B$4"
        inside = f'=IF(AND(ISNUMBER({due}),{due}>={start},{due}<={end}),"是","否")'
        _formula(sheet, row, ACTION_HEADS.index("本季到期") + 1, inside)


def _action(each: FollowedAction) -> tuple[Cell, ...]:
    verdict = each.verdict
    return (
        each.filed.incident,
        each.ident,
        each.item.content,
        each.item.department,
        each.item.owner,
        each.item.due,
        each.done_on,
        STATE_WORDS[each.state],
        None,
        None if verdict is None else VERDICT_WORDS[verdict.change],
        None if verdict is None else verdict.by,
    )


def _list(sheet: Worksheet, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    _heads(sheet, heads)
    for row, values in enumerate(rows, 2):
        for column, value in enumerate(values, 1):
            _put(sheet, row, column, value)


def _mechanism_rows(found: QuarterFindings) -> list[tuple[Cell, ...]]:
    """Drills, answered feedback and alarms of the quarter as typed."""
    mechanisms = found.mechanisms
    typed = [
        *(("演练", drill.filed, drill.item, drill.done_on) for drill in mechanisms.drills),
        *(("质量反馈入口", filed, item, item.done_on or item.start or item.due) for filed, item in mechanisms.feedback_items),
        *(("预警", filed, item, item.done_on or item.start or item.due) for filed, item in mechanisms.alarm_items),
    ]
    return [(name, filed.incident, item.content, day, item.department, item.owner, item.k, item.n) for name, filed, item, day in typed]


def _answers(sheet: Worksheet, found: QuarterFindings, last: int, actions: int) -> None:
    """Counts, medians and rates of both sides as formulas over the other sheets; the sentences stand in the report."""
    last = max(last, 2)

    def column(head: str) -> str:
        return f"'{INCIDENTS}'!${_letter(head)}$2:${_letter(head)}${last}"

    def acting(head: str) -> str:
        letter = _letter(head, ACTION_HEADS)
        return f"'{ACTIONS}'!${letter}$2:${letter}${max(actions + 1, 2)}"

    side = column("范围")
    opening: tuple[tuple[str, Cell], ...] = (
        ("季度", str(found.quarter)), ("截至", found.today), ("季初", found.quarter.start), ("季末", found.quarter.end),
    )  # fmt: skip
    for row, (name, value) in enumerate(opening, 1):
        _put(sheet, row, 1, name)
        _put(sheet, row, 2, value)
    _put(sheet, 6, 1, "指标")
    _put(sheet, 6, 2, "本季")
    _put(sheet, 6, 3, "前期")
    lines = (
        ("事件数", '=COUNTIF({side},"{who}")', "0"),
        ("首次回应达标数", '=COUNTIFS({side},"{who}",{met},"是")', "0"),
        ("可判断达标的事件数", '=COUNTIFS({side},"{who}",{met},"是")+COUNTIFS({side},"{who}",{met},"否")', "0"),
        ("达标率", '=IF({c}9>0,{c}8/{c}9,"")', "0.0%"),
        ("始终未回应", '=COUNTIFS({side},"{who}",{hours},"' + NEVER + '")', "0"),
        ("尚未回落", '=COUNTIFS({side},"{who}",{open},"是")', "0"),
    )
    for row, (name, formula, number_format) in enumerate(lines, 7):
        _put(sheet, row, 1, name)
        for number, who in ((2, "本季"), (3, "前期")):
            filled = formula.format(
                side=side, who=who, met=column("达标"), hours=column("首次回应（小时）"), open=column("尚未回落"), c=get_column_letter(number)
            )
            _formula(sheet, row, number, filled, number_format)
    now = len(found.incidents)
    ranges = {"本季": (2, now + 1), "前期": (now + 2, now + 1 + len(found.before))}
    for row, (name, head, number_format) in enumerate((("倍数中位（不含未回应）", "倍数", "0.00"), ("峰值中位", "负面占比峰值", "0.0%")), 13):
        _put(sheet, row, 1, name)
        for number, who in ((2, "本季"), (3, "前期")):
            first, end = ranges[who]
            if end >= first:
                cells = f"'{INCIDENTS}'!${_letter(head)}${first}:${_letter(head)}${end}"
                _formula(sheet, row, number, f'=IF(COUNT({cells})>0,MEDIAN({cells}),"")', number_format)
    for row, state in enumerate(("按期完成", "逾期完成", "逾期未完成", "取消"), 16):
        _put(sheet, row, 1, f"本季到期行动：{state}")
        _formula(sheet, row, 2, f'=COUNTIFS({acting("本季到期")},"是",{acting("状态")},"{state}")', "0")
    _put(sheet, 20, 1, "按期完成率")
    _formula(sheet, 20, 2, '=IF(SUM(B16:B18)>0,B16/SUM(B16:B18),"")', "0.0%")
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = sheet.column_dimensions["C"].width = 13


def _sealed(package: bytes, made_at: datetime) -> bytes:
    """The zip without times of its own: entries dated 1980, document times set to made_at."""
    stamp = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, SAVED_AT.sub(rb"\g<1>" + stamp, source.read(name)) if name == "docProps/core.xml" else source.read(name))
    return out.getvalue()
