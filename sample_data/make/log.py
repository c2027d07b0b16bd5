"""incident.csv: the whole incident as one log, a column 记录 saying what each row is."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from make.words import chinese, header

Row = dict[str, Any]
COLUMNS = header("incident")
CASE = ("项", "值")
RESPONSE = (
    "时间",
    "动作类型",
    "平台",
    "执行方",
    "标题",
    "内容",
    "链接",
    "面向对象",
    "承诺/方案",
    "负责人",
    "核心垂类",
    "实测",
    "回应诉求",
    "粉丝数",
    "结果",
    "截图",
    "备注",
)
SNAPSHOT = ("时间", "平台", "对象", "名称", "指标", "数值", "截图")
KEY_POST = (
    "编号",
    "上级编号",
    "平台",
    "类型",
    "时间",
    "作者",
    "作者类型",
    "认证",
    "粉丝数",
    "标题",
    "内容",
    "标签",
    "链接",
    "曝光",
    "阅读",
    "点赞",
    "收藏",
    "评论数",
    "转发",
    "情感",
    "立场",
    "观点摘录",
    "用户层级",
    "已删除",
    "截图",
)
SAMPLE = ("开始", "结束", "指标", "平台或渠道", "n", "k", "数值", "单位", "口径")
DECISION = ("类别", "编号", "内容", "依据", "关联编号", "部门", "负责人", "开始", "截止", "验收标准", "指标目标", "状态", "完成日期", "n", "k")
PROSE = {"标题", "内容", "承诺/方案", "面向对象", "结果", "备注", "依据", "验收标准", "口径"}
PROSE_FACTS = {"产品", "性质理由", "触发点", "影响范围", "潜在风险", "口径矛盾"}


def typed(record: str, columns: tuple[str, ...], rows: Iterable[Iterable[str]]) -> list[Row]:
    """Rows of a typed sheet, prose with Chinese punctuation."""
    made = []
    for values in rows:
        row = dict(zip(columns, values, strict=True))
        prose = PROSE | {"值"} if row.get("项") in PROSE_FACTS else PROSE
        made.append({"记录": record} | {name: chinese(value) if name in prose else value for name, value in row.items()})
    return made


def csv_bytes(columns: Iterable[str], rows: Iterable[Row], encoding: str = "utf-8-sig") -> bytes:
    """A CSV of these columns, CRLF between records as Excel writes it; keys of a row that are no column are left out."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(columns), restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)
