"""What `review check` prints: what can be written, what is missing, the few inputs most worth adding, then a block a table."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from review.analysis.analyse import Findings
from review.incident.import_log import ImportLog, Rejection, TableLog
from review.intake.moments import NO_CAPTURE
from review.intake.recognition import UNKNOWN
from review.report.document import Document, Paragraph, Section, Slot, string, walk
from review.settings.analysis_settings import AnalysisSettings
from review.settings.reasons import INCURABLE
from review.terminal import padded

WORTH_ADDING = 3
LONGEST_LIST = 12
ROWS_NAMED = 5


def check_text(document: Document, findings: Findings, log: ImportLog, settings: AnalysisSettings) -> str:
    """The whole answer as text for a terminal, Chinese characters two columns wide."""
    lines = [*_writable(document), "", *_missing(document), "", *_worth_adding(findings, log, settings), ""]
    for table in log.tables:
        lines += [*_table(table, log.zone), *_refused([each for each in log.rejections if (each.file, each.sheet) == (table.file, table.sheet)]), ""]
    if log.skipped:
        lines += ["未使用的文件", *(f"  {each.file}  {each.reason}" for each in log.skipped), ""]
    lines += [f"提示：{text}" for text in log.warnings]
    return "\n".join(lines).rstrip()


def _subsections(document: Document) -> Iterable[tuple[Section, Section]]:
    for chapter in document.sections:
        for block in chapter.blocks:
            if isinstance(block, Section):
                yield chapter, block


def _gap_of(section: Section) -> str | None:
    return next((string(block.text) for block in walk(section) if isinstance(block, Paragraph) and block.style == "gap"), None)


def _writable(document: Document) -> list[str]:
    lines = ["能写什么"]
    for chapter in document.sections:
        names = [string(section.title) for owner, section in _subsections(document) if owner is chapter and section.blocks and _gap_of(section) is None]
        lines.append(f"  {padded(chapter.number + string(chapter.title), 19)} {'、'.join(names) if names else '（暂无数据）'}")
    return lines


def _missing(document: Document) -> list[str]:
    gaps = [(string(section.title), gap) for _, section in _subsections(document) if (gap := _gap_of(section)) is not None]
    open_slots = [string(section.title) for _, section in _subsections(document) for block in walk(section) if isinstance(block, Slot) and not block.text]
    lines = ["缺什么", *(f"  {padded(title, 23)} {gap}" for title, gap in gaps)]
    if open_slots:
        lines.append(f"  {padded('待人工判断', 23)} {len(open_slots)} 处，报告中以【待确认】标出：{'、'.join(dict.fromkeys(open_slots))}")
    return lines if len(lines) > 1 else ["缺什么", "  无"]


def _worth_adding(findings: Findings, log: ImportLog, settings: AnalysisSettings) -> list[str]:
    """What would tell the incident's own posts; when the files were captured, where that would place times; then the missing inputs that would bring most
    weight of the score, heaviest first.

    What no input mends is told apart.
    """
    advice: list[str] = []
    if findings.scope.unnamed:
        advice.append("危机话题（事件信息）：没有一条带发布时间的帖文提及填写的话题，请核对写法，或补采提及该话题的帖文")
    elif findings.scope.by_talk and findings.scope.untold is not None:
        advice.append("爆发时间或危机话题（事件信息）：可区分本次事件与更早的评论与转发")
    elif findings.scope.untold == "span" or (findings.scope.period is not None and not findings.scope.by_topic):
        advice.append("危机话题（事件信息）：可认定首发、媒体介入与关键节点，区分本次事件与更早的内容")
    unplaced = sum(each.reason == NO_CAPTURE for each in log.rejections)
    if unplaced:
        advice.append(f"导出的时间（--captured-at）：最多可换算 {unplaced:,} 处相对时间，如“3小时前”")
    incurable: list[str] = []
    weight: dict[str, float] = defaultdict(float)
    names: dict[str, list[str]] = defaultdict(list)
    for line in findings.score.card.lines:
        if line.missing in INCURABLE:
            incurable.append(f"{line.criterion.name}（缺{settings.reasons.missing[line.missing]}）")
        elif line.missing is not None:
            what = settings.reasons.cure[line.missing]
            weight[what] += line.weight
            names[what].append(line.criterion.name)
    ranked = sorted(weight, key=lambda what: (-weight[what], what))
    advice += [f"{what}：可多评 {len(names[what])} 项指标，权重共 {weight[what]:g}（{'、'.join(names[what])}）" for what in ranked]
    lines = [f"  {i + 1}. {text}" for i, text in enumerate(advice[:WORTH_ADDING])] or ["  评分所需的数据，能补的均已取得"]
    if incurable:
        lines.append(f"  补数据也无法评分：{'、'.join(incurable)}")
    return [f"最值得补的{'一两三'[len(advice[:WORTH_ADDING]) - 1]}项" if advice else "最值得补的", *lines]


def _table(table: TableLog, zone: str) -> list[str]:
    place = f"{table.file}{f' · {table.sheet}' if table.sheet else ''}"
    how = [table.container, table.encoding, f"表头第 {table.header_row} 行" if table.header_row else None, table.platform]
    lines = [
        f"{place}",
        f"  识别为  {table.format}{'' if table.format == UNKNOWN else f'（匹配 {table.score:.0%}）'}  {'，'.join(part for part in how if part)}",
        f"  行数    读取 {table.rows_read:,} = 采用 {table.rows_kept:,} + 重复 {table.rows_duplicate:,} + "
        f"隔离 {table.rows_quarantined:,} + 忽略 {table.rows_ignored:,}" + (f"；缺时间 {table.rows_without_time:,}" if table.rows_without_time else ""),
    ]
    if table.first_at is not None and table.last_at is not None:
        first, last = (at.astimezone(ZoneInfo(zone)) for at in (table.first_at, table.last_at))
        lines.append(f"  时间    {first:%Y-%m-%d %H:%M} 至 {last:%Y-%m-%d %H:%M}（{zone}）")
    if table.mapped:
        shown = "、".join(f"{source}→{column}" for source, column in table.mapped[:LONGEST_LIST])
        lines.append(f"  已识别列  {shown}{f' 等 {len(table.mapped)} 列' if len(table.mapped) > LONGEST_LIST else ''}")
    if table.unmapped:
        lines.append(f"  未识别列  {'、'.join(table.unmapped)}")
    if table.cap_hit:
        lines.append(f"  可能被截断：恰好 {table.cap_hit:,} 行，达到该导出的上限")
    lines += [f"  注意    {text}" for text in table.warnings]
    return lines


def _refused(rejections: Sequence[Rejection]) -> list[str]:
    """What was not taken over and why: one line a reason, most frequent first, with the rows to look at and a value as it stood."""
    groups: dict[tuple[str, str | None, str], list[Rejection]] = defaultdict(list)
    for each in rejections:
        groups[each.kind, each.column, each.reason].append(each)
    ordered = sorted(groups.items(), key=lambda item: (item[0][0] != "row", -len(item[1]), item[0][1] or "", item[0][2]))
    lines = []
    for (kind, column, reason), found in ordered[:LONGEST_LIST]:
        rows = list(dict.fromkeys(each.row for each in found))
        where = f"第 {'、'.join(map(str, rows[:ROWS_NAMED]))} 行{'等' if len(rows) > ROWS_NAMED else ''}"
        value = next((each.value for each in found if each.value), "")
        said = f"，如“{value[:30]}”" if value and value not in reason else ""
        what = f"隔离 {len(rows):,} 行" if kind == "row" else f"未读 {len(rows):,} 格"
        lines.append(f"  {what}  {f'“{column}”列 ' if column else ''}{reason}（{where}{said}）")
    rest = sum(len(found) for _, found in ordered[LONGEST_LIST:])
    return [*lines, f"  另有 {rest:,} 处，见 review build 写出的 work/rejected.csv"] if rest else lines
