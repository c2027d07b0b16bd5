"""The three questions of a quarter in sentences that never say more than the ladder allows."""

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from review.incident.evidence import ArchivedField
from review.report.compose.quarter_tables import fields, rest_note
from review.report.document import DASH, Block, Column, Paragraph, Quoted, Table, Text, Words
from review.report.pen import Basis, Pen, basis
from review.report.phrases import joined
from review.tracking.comparison import Comparison, Value, median
from review.tracking.filed import Filed
from review.tracking.quarter import ActionQuestion, NormalSide, QuarterFindings, Rate

Question = Literal["response", "share"]

MOST_VALUES = 40
"""Values listed one by one in a cell; of more, the smallest and the largest: all are in quarter.xlsx."""


def sides(found: QuarterFindings, name: str) -> Basis:
    """The basis of a comparison: the field in every record of both sides."""
    return Basis(what="本季与前期对照", how="见方法与口径", sources=fields([*found.incidents, *found.before], name))


def value_text(pen: Pen, value: float, question: Question, found: Basis) -> Text:
    if not math.isfinite(value):
        return pen.words("qtext.never_cell")
    return (pen.number(value, found), pen.own(" 倍")) if question == "response" else (pen.share(value, found),)


def verdict_text(pen: Pen, comparison: Comparison, question: Question, found: Basis) -> Text:
    """The one sentence of a comparison, by the ladder."""
    now = pen.count(comparison.compared_now, "起", found)
    before = pen.count(comparison.compared_before, "起", found)
    if comparison.verdict == "few" or comparison.median_now is None or comparison.median_before is None:
        return pen.say("qanswer.few", now=now, before=before)
    middle, earlier = (value_text(pen, value, question, found) for value in (comparison.median_now, comparison.median_before))
    if comparison.verdict == "direction":
        word = pen.words({-1: "qanswer.below", 0: "qanswer.equal", 1: "qanswer.above"}[comparison.direction])
        return pen.say("qanswer.direction", word=word, a=middle, b=earlier, now=now, before=before)
    interval = _interval(pen, comparison, found)
    if comparison.verdict == "no_reliable_change":
        return pen.say("qanswer.none", a=middle, b=earlier, range=interval)
    if comparison.factor is None:
        return pen.words("qanswer.higher_open")
    factor = pen.share(comparison.factor, found, 0)
    return pen.say(f"qanswer.{comparison.verdict}_{question}", factor=factor, range=interval)


def _interval(pen: Pen, comparison: Comparison, found: Basis) -> Text:
    """差异区间 as relative changes."""
    if comparison.factor_low is None or comparison.factor_high is None:
        return pen.words("qanswer.open_range")
    return pen.say("qanswer.range", low=pen.change(comparison.factor_low - 1, found), high=pen.change(comparison.factor_high - 1, found))


def response_answer(pen: Pen, found: QuarterFindings) -> Text:
    if not found.compared:
        return pen.words("qanswer.broken")
    return verdict_text(pen, found.response.comparison, "response", sides(found, "record.first_response"))


def share_answer(pen: Pen, found: QuarterFindings) -> Text:
    if not found.compared:
        return pen.words("qanswer.broken")
    return pen.say("qanswer.peak", text=verdict_text(pen, found.shares.peak, "share", sides(found, "record.peak")))


def executed_answer(pen: Pen, found: QuarterFindings) -> Text:
    executed = found.executed
    rate = executed.on_time
    basis_ = action_basis(found, "本季到期的行动")
    if rate.share is None:
        return pen.words("qanswer.executed_none")
    text = pen.say(
        "qanswer.executed",
        n=pen.count(rate.n, "项", basis_),
        k=pen.count(rate.k, "项", basis_),
        share=pen.share(rate.share, basis_, 0),
        range=pen.interval(rate.low, rate.high, basis_),
    )
    if executed.late or executed.overdue:
        text += pen.say("qanswer.executed_more", late=pen.count(executed.late, "项", basis_), overdue=pen.count(executed.overdue, "项", basis_))
    return text


def action_basis(found: QuarterFindings, what: str) -> Basis:
    places = list({each.filed.place: each.filed for each in found.actions}.values())
    return Basis(what=what, how="按截止日期与登记计数", sources=fields(places, "record.items action 与 events"))


def response_blocks(pen: Pen, found: QuarterFindings) -> list[Block]:
    question = found.response
    blocks: list[Block] = [pen_lead(response_answer(pen, found))]
    basis_ = sides(found, "record.first_response")
    comparison = question.comparison
    if comparison.now or comparison.before:
        rows = (
            ((Words("本季"),), *_side_cells(pen, comparison.now, question.met_now, basis_)),
            ((Words("前期"),), *_side_cells(pen, comparison.before, question.met_before, basis_)),
        )
        names = (("side", 10), ("values", 52), ("median", 14), ("rate", 24))
        columns = tuple(Column(pen.word(f"qhead.{name}"), width) for name, width in names)
        blocks.append(Table(id="quarter_ratios", caption=pen.words("qcaption.response"), columns=columns, rows=rows))
    if question.never_now:
        blocks.append(pen.body("qtext.never", n=pen.count(question.never_now, "起", basis_)))
    if question.untold_now:
        blocks.append(pen.body("qtext.untold", n=pen.count(question.untold_now, "起", basis_)))
    return blocks


def pen_lead(text: Text) -> Block:
    return Paragraph(text=(*text, Words("。")), style="lead")


def _one(value: Value) -> Basis:
    return basis("首次回应对目标倍数", "用时 ÷ 目标", ArchivedField(package=value.place, field="record.first_response"))


def _side_cells(pen: Pen, values: Sequence[Value], rate: Rate, basis_: Basis) -> tuple[Text, Text, Text]:
    """The values, or the least and the greatest of many, their median, and how many met their target."""
    middle = median([each.value for each in values])
    ordered = sorted(values, key=lambda each: (each.value, each.place))
    shown = ordered if len(ordered) <= MOST_VALUES else [ordered[0], ordered[-1]]
    listed = joined([value_text(pen, each.value, "response", _one(each)) for each in shown], "、" if len(shown) == len(ordered) else " … ")
    listed = listed or DASH
    return (listed, DASH if middle is None else value_text(pen, middle, "response", basis_), met_text(pen, rate, basis_))


def met_text(pen: Pen, rate: Rate, basis_: Basis) -> Text:
    if rate.share is None:
        return DASH
    return pen.say(
        "qtext.met", k=pen.count(rate.k, "", basis_), n=pen.count(rate.n, "", basis_), share=pen.share(rate.share, basis_, 0),
        range=pen.interval(rate.low, rate.high, basis_),
    )  # fmt: skip


def share_blocks(pen: Pen, found: QuarterFindings) -> list[Block]:
    shares = found.shares
    blocks: list[Block] = [pen_lead(share_answer(pen, found))]
    if found.compared:
        blocks.append(pen.body("qanswer.day_one", text=verdict_text(pen, shares.day_one, "share", sides(found, "record.day_one"))))
    blocks.append(
        pen.body(
            "qtext.normal",
            now=_normal_side(pen, shares.normal_now, found.incidents),
            before=_normal_side(pen, shares.normal_before, found.before),
        )
    )
    if shares.left_out:
        blocks.append(pen.body("qtext.left_out", n=pen.count(shares.left_out, "起", sides(found, "record.peak"))))
    return blocks


def _normal_side(pen: Pen, side: NormalSide, filed: Sequence[Filed]) -> Text:
    if not side.n:
        return pen.words("qtext.normal_none")
    basis_ = Basis(what="回落用时", how="含截至数据末尾尚未回落的事件", sources=fields(filed, "record.normal"))
    n, censored = pen.count(side.n, "起", basis_), pen.count(side.censored, "起", basis_)
    if side.median_hours is None:
        return pen.say("qtext.normal_open", n=n, censored=censored)
    return pen.say("qtext.normal_side", n=n, censored=censored, median=pen.duration(timedelta(hours=side.median_hours), basis_))


def executed_blocks(pen: Pen, found: QuarterFindings) -> list[Block]:
    executed = found.executed
    blocks: list[Block] = [pen_lead(executed_answer(pen, found))]
    basis_ = action_basis(found, "本季到期的行动")
    extras = [
        pen.say(f"qtext.{name}", n=pen.count(number, "项", basis_))
        for name, number in (("undated", executed.undated), ("cancelled", executed.cancelled), ("pending", executed.open_in_time), ("no_due", executed.no_due))
        if number
    ]
    if executed.median_delay_days is not None:
        extras.insert(0, pen.say("qtext.delay", days=pen.count(executed.median_delay_days, "天", basis_)))
    if extras:
        blocks.append(Paragraph(text=joined(extras, "")))
    if executed.departments:
        blocks.append(_departments(pen, executed, basis_))
    before = executed.on_time_before
    if before.n:
        all_before = basis("前期到期的行动", "按截止日期与登记计数", *fields(found.before, "record.items action 与 events"))
        blocks.append(pen.body("qtext.before_rate", k=pen.count(before.k, "", all_before), n=pen.count(before.n, "项", all_before)))
    return blocks


def _departments(pen: Pen, executed: ActionQuestion, basis_: Basis) -> Table:
    names = (("department", 28), ("count", 18), ("on_time", 18), ("late", 18), ("overdue", 18))
    return Table(
        id="quarter_departments",
        caption=pen.words("qcaption.departments"),
        columns=tuple(Column(pen.word(f"qhead.{name}"), width, "left" if name == "department" else "right") for name, width in names),
        rows=tuple(
            (
                (Quoted(each.department) if each.department else pen.own("未指定部门"),),
                *(
                    (pen.count(number, "", Basis(what=f"“{each.department or '未指定部门'}”{what}", how="计数", sources=basis_.sources)),)
                    for what, number in (("到期行动", each.due), ("按期完成", each.on_time), ("逾期完成", each.late), ("逾期未完成", each.overdue))
                ),
            )
            for each in executed.departments[:MOST_VALUES]
        ),
        note=rest_note(pen, len(executed.departments) - MOST_VALUES, "个", basis_.sources),
    )
