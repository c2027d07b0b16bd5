"""附录: data sources and quality, gaps, and the index of evidence."""

from collections import Counter
from collections.abc import Sequence

from review.incident.evidence import CaseField, RowSet, SettingKey
from review.incident.import_log import ImportLog, TableLog
from review.report.document import Block, Bullets, Column, Label, Paragraph, Quoted, Section, Table, Text, Words, walk
from review.report.pen import Basis, Pen
from review.report.phrases import joined


def log_basis(what: str) -> Basis:
    """The import log itself is the source of its counts."""
    return Basis(what=what, how="导入时计数，见 import.json", sources=(SettingKey(file="import.json", key="tables"),))


def source_blocks(pen: Pen, log: ImportLog) -> list[Block]:
    """数据来源与质量: a row a table, with counts that add up; then warnings and skipped files."""
    if not log.tables:
        return [pen.gap("gap.files")]
    blocks: list[Block] = [
        pen.body(
            "quality.summary",
            tables=pen.count(len(log.tables), "张", log_basis("读入的表")),
            read=pen.whole(sum(each.rows_read for each in log.tables), "行", log_basis("读取行数")),
            kept=pen.whole(sum(each.rows_kept for each in log.tables), "行", log_basis("采用行数")),
            duplicate=pen.whole(sum(each.rows_duplicate for each in log.tables), "行", log_basis("重复行数")),
            quarantined=pen.whole(sum(each.rows_quarantined for each in log.tables), "行", log_basis("隔离行数")),
            ignored=pen.whole(sum(each.rows_ignored for each in log.tables), "行", log_basis("忽略行数")),
            why=_ignored(pen, log),
            zone=pen.words(f"words.zone.{log.zone}") if pen.phrases.has(f"words.zone.{log.zone}") else Quoted(log.zone),
        ),
        Table(
            id="sources",
            caption=pen.words("quality.caption"),
            columns=(
                Column(pen.word("head.file"), 33),
                Column(pen.word("head.format"), 17),
                Column(pen.word("head.rows_read"), 8, "right"),
                Column(pen.word("head.rows_kept"), 8, "right"),
                Column(pen.word("head.rows_duplicate"), 8, "right"),
                Column(pen.word("head.rows_quarantined"), 8, "right"),
                Column(pen.word("head.rows_ignored"), 8, "right"),
                Column(pen.word("head.rows_untimed"), 10, "right"),
            ),
            rows=tuple(_source_row(pen, each) for each in log.tables),
            note=pen.words("quality.note"),
        ),
    ]
    warnings: list[Text] = [(pen.remark(text),) for text in log.warnings]
    warnings += [(Quoted(f"{each.file}{f' · {each.sheet}' if each.sheet else ''}："), pen.remark(text)) for each in log.tables for text in each.warnings]
    if warnings:
        blocks.append(pen.body("quality.warnings"))
        blocks.append(Bullets(items=tuple(warnings[:40])))
        if len(warnings) > 40:
            blocks.append(pen.note("quality.more", n=pen.count(len(warnings) - 40, "条", log_basis("其余提示"))))
    if log.skipped:
        blocks.append(pen.body("quality.skipped"))
        blocks.append(Bullets(items=tuple((Quoted(f"{each.file}："), pen.remark(each.reason)) for each in log.skipped[:40])))
    return blocks


def _ignored(pen: Pen, log: ImportLog) -> Text:
    """Why rows were ignored, most frequent first; () where none was."""
    reasons: Counter[str] = Counter()
    for each in log.tables:
        reasons.update(dict(each.ignored_why))
    parts = [
        pen.say("quality.ignored_part", why=pen.own(why), n=pen.whole(n, "行", log_basis(f"忽略行数（{why}）")))
        for why, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        if n
    ]
    return pen.say("quality.ignored", parts=joined(parts, "、")) if parts else ()


def _source_row(pen: Pen, each: TableLog) -> tuple[Text, ...]:
    name = f"{each.file}{f' · {each.sheet}' if each.sheet else ''}"

    def n(value: int, what: str) -> Text:
        return (pen.whole(value, "", log_basis(f"“{name}”{what}")),)

    return (
        (Quoted(name),),
        (pen.setting(each.format),),
        n(each.rows_read, "读取行数"),
        n(each.rows_kept, "采用行数"),
        n(each.rows_duplicate, "重复行数"),
        n(each.rows_quarantined, "隔离行数"),
        n(each.rows_ignored, "忽略行数"),
        n(each.rows_without_time, "缺时间行数"),
    )


def gap_lines(sections: Sequence[Section]) -> list[Block]:
    """数据缺口: every gap line of the body once, with the subsection it stands in."""
    lines: list[Text] = []
    for chapter in sections:
        current: Section = chapter
        for block in walk(chapter):
            if isinstance(block, Section):
                current = block
            elif isinstance(block, Paragraph) and block.style == "gap":
                lines.append((*current.title, Words("："), *block.text))
    return [Bullets(items=tuple(lines), together=True)] if lines else []


def evidence_index(pen: Pen, leading: Sequence[str], most: int) -> list[Block]:
    """证据索引: the claims that rest on rows or typed fields, the leading ones first, with their sources; the whole list, settings included, is claims.json.

    Written last: it counts all claims, its own count among them.
    """
    claims = pen.book.claims
    order = {ident: place for place, ident in enumerate(leading)}
    shown = [claim for claim in claims if any(isinstance(source, RowSet | CaseField) for source in claim.sources)]
    shown = sorted(shown, key=lambda claim: order.get(claim.id, len(order)))[:most]
    if not shown:
        return [pen.body("evidence.none")]
    return [
        pen.body(
            "evidence.intro",
            total=pen.count(len(claims) + 1, "个", Basis(what="报告中的数字个数", how="计数", sources=(SettingKey(file="claims.json", key="claims"),))),
        ),
        Table(
            id="evidence",
            caption=pen.words("evidence.caption"),
            columns=(
                Column(pen.word("head.claim"), 7),
                Column(pen.word("head.what"), 21),
                Column(pen.word("head.value"), 17),
                Column(pen.word("head.how"), 21),
                Column(pen.word("head.from"), 34),
            ),
            rows=tuple(
                (
                    (Label(claim.id),),
                    (Quoted(claim.what),),
                    (Quoted(claim.display),),
                    (Quoted(claim.how),),
                    (pen.place(claim.sources),),
                )
                for claim in shown
            ),
        ),
    ]
