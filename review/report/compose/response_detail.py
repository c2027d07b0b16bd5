"""附录 评分明细, second part: what the judged lines rest on — the statement read element by element, public wording, bloggers, red lines, further facts."""

from collections.abc import Sequence

from review.analysis.analyse import Findings
from review.analysis.response_facts import Elements, PublicResponse, ResponseFacts
from review.analysis.scorecard import RedLineState
from review.analysis.timeline import ResponseCard
from review.incident.case import Case
from review.report.compose.cause_text import typed
from review.report.compose.score_text import red_line_text
from review.report.document import DASH, Block, Bullets, Column, Paragraph, Table, Text, Words
from review.report.pen import Pen, basis, typed_basis
from review.report.phrases import joined
from review.settings.analysis_settings import AnalysisSettings
from review.settings.rubric import Rubric
from review.settings.statement import StatementSettings


def blocks(pen: Pen, findings: Findings, case: Case, settings: AnalysisSettings) -> list[Block]:
    """The tables and facts there is something to say for."""
    facts, rules = findings.facts, settings.statement
    bloggers = [card for card in findings.responses if card.action in rules.actions.bloggers]
    return [
        *statement_blocks(pen, facts, rules),
        *wording_blocks(pen, facts.public),
        *blogger_blocks(pen, bloggers),
        *red_line_blocks(pen, findings.score.card.red_lines, settings.rubric),
        *fact_blocks(pen, facts, case),
    ]


def statement_blocks(pen: Pen, facts: ResponseFacts, rules: StatementSettings) -> list[Block]:
    """The formal plan element by element: there or not, who decided so, and the words it was read from; [] where there is nothing to read."""
    plan = facts.formal_plan
    rows = [
        row for elements, group in ((facts.solution, "solution"), (facts.transparency, "transparency")) for row in _elements(pen, elements, group, plan, rules)
    ]
    if not rows:
        return []
    note: Text = ()
    if plan is not None:
        title = pen.say("statement.title", title=(pen.quote(plan.title),)) if plan.title else ()
        by = "rule" if "rule" in (facts.solution.by, facts.transparency.by) else "case"
        note = pen.say(
            "statement.note", action=pen.code("action", plan.action), title=title, source=pen.place((plan.rows,)), by=pen.words(f"statement.note_{by}")
        )
    return [
        Table(
            id="statement_reading",
            caption=pen.words("statement.caption"),
            columns=(
                Column(pen.word("statement.head_group"), 16),
                Column(pen.word("statement.head_element"), 16),
                Column(pen.word("statement.head_found"), 10),
                Column(pen.word("statement.head_by"), 18),
                Column(pen.word("statement.head_words"), 40),
            ),
            rows=tuple(rows),
            note=note,
        )
    ]


def _elements(pen: Pen, elements: Elements, group: str, plan: PublicResponse | None, rules: StatementSettings) -> list[tuple[Text, ...]]:
    """A row an element; [] where neither people nor the rule could tell."""
    found = elements.found
    if found is None:
        return []
    reading = None if plan is None else plan.reading
    rows: list[tuple[Text, ...]] = []
    for ident, name in rules.names("solution" if group == "solution" else "transparency"):
        words = () if reading is None else reading.quotes(ident)
        by = pen.words(f"statement.by_{elements.by}")
        if elements.by == "case" and reading is not None and bool(words) != (ident in found):
            by = (*by, *pen.words("statement.rule_had_it" if words else "statement.rule_had_not"))
        rows.append(
            (
                pen.words(f"statement.{group}"),
                (pen.setting(name),),
                pen.words("statement.there" if ident in found else "statement.not_there"),
                by,
                quotes(pen, words),
            )
        )
    return rows


def quotes(pen: Pen, words: Sequence[str]) -> Text:
    """「…」、「…」; — where there are none."""
    return joined([pen.say("statement.quoted", words=pen.quote(each)) for each in words], "、") or DASH


def wording_blocks(pen: Pen, public: Sequence[PublicResponse]) -> list[Block]:
    """Each public move: words that acknowledge and say it is being handled, boilerplate, apology, blame; [] where no wording is known."""
    read = [(each, each.reading) for each in public if each.reading is not None]
    if not read:
        return []
    return [
        Table(
            id="public_wording",
            caption=pen.words("wording_read.caption"),
            columns=(
                Column(pen.word("head.time"), 16),
                Column(pen.word("head.action"), 11),
                Column(pen.word("wording_read.head_holding"), 30),
                Column(pen.word("wording_read.head_boilerplate"), 17),
                Column(pen.word("wording_read.head_apology"), 11),
                Column(pen.word("wording_read.head_blame"), 15),
            ),
            rows=tuple(
                (
                    (pen.when(move.at, basis("公开动作时间", "应对时间线", move.rows), move.precision),),
                    (pen.code("action", move.action),),
                    quotes(pen, (*reading.quotes("acknowledged"), *reading.quotes("handling"))),
                    *(quotes(pen, reading.quotes(name)) for name in ("boilerplate", "apology", "blame")),
                )
                for move, reading in read
            ),
            note=pen.words("wording_read.note"),
        )
    ]


def blogger_blocks(pen: Pen, bloggers: Sequence[ResponseCard]) -> list[Block]:
    """A row a blogger's post: core vertical, measured, demand addressed, and whether it counts; [] without one."""
    if not bloggers:
        return []

    def mark(value: bool | None) -> Text:
        return pen.words("bloggers.unknown" if value is None else "bloggers.yes" if value else "bloggers.no")

    def counts(card: ResponseCard) -> bool | None:
        marks = (card.core_vertical, card.measured)
        return False if False in marks else None if None in marks else True

    return [
        Table(
            id="bloggers",
            caption=pen.words("bloggers.caption"),
            columns=(
                Column(pen.word("head.time"), 16),
                Column(pen.word("bloggers.head_name"), 19),
                Column(pen.word("bloggers.head_title"), 23),
                Column(pen.word("bloggers.head_core"), 10.5),
                Column(pen.word("bloggers.head_measured"), 10.5),
                Column(pen.word("bloggers.head_demand"), 10.5),
                Column(pen.word("bloggers.head_counts"), 10.5),
            ),
            rows=tuple(
                (
                    (pen.when(card.at, basis("博主动作时间", "应对时间线", card.rows), card.precision),),
                    (*typed(pen, card.actor), Words("（"), pen.code("action", card.action), Words("）")),
                    (pen.quote(card.title),) if card.title else DASH,
                    mark(card.core_vertical),
                    mark(card.measured),
                    mark(card.demand_addressed),
                    mark(counts(card)),
                )
                for card in bloggers
            ),
            note=pen.words("bloggers.note"),
        )
    ]


def red_line_blocks(pen: Pen, states: Sequence[RedLineState], rubric: Rubric) -> list[Block]:
    """All red lines with verdict and evidence."""
    if not states:
        return []
    items = tuple(
        pen.say("red.with_evidence", line=red_line_text(pen, state, rubric), source=pen.place(state.sources))
        if state.sources
        else red_line_text(pen, state, rubric)
        for state in states
    )
    return [Paragraph(text=pen.words("red.all")), Bullets(items=items)]


def fact_blocks(pen: Pen, facts: ResponseFacts, case: Case) -> list[Block]:
    """Facts behind the lines that stand nowhere else: silence, contradictions, contact, private moves, removals, departments, spokesperson."""
    items: list[Text] = []
    silence = facts.longest_silence
    if silence is not None and silence.hours > 0 and silence.rows.count:
        found = basis("最长沉默的起止", "相邻两次公开发声之间", silence.rows)
        items.append(
            pen.say(
                "facts.silence",
                start=pen.when(silence.start, found),
                end=pen.when_beside(silence.end, silence.start, found),
                hours=pen.between(silence.start, silence.end, found),
            )
        )
    items += [pen.say("facts.contradiction", one=pen.typed(one), other=pen.typed(other)) for one, other in case.contradictions]
    for contact in facts.contacts:
        order = "" if contact.after_public is None else "_after" if contact.after_public else "_before"
        at = pen.when(contact.at, basis("联系当事用户的时间", "应对时间线", contact.rows))
        items.append(pen.say(f"facts.contact{order}", at=at, result=pen.typed(contact.result) if contact.result else pen.words("facts.no_result")))
    for name, rows in (("private", facts.private_moves), ("private_early", facts.private_too_early), ("removals", facts.removals)):
        if rows.count:
            items.append(pen.say(f"facts.{name}", n=pen.count(rows.count, "项", basis(pen.word(f"facts.{name}_what"), "计数", rows))))
    if case.departments:
        groups = pen.typed("、".join(facts.departments or ())) if facts.departments else Words("—")
        n = pen.count(len(facts.departments or ()), "个", typed_basis("计入的部门数", case, "departments"))
        items.append(pen.say("facts.departments", typed=pen.typed("、".join(case.departments)), n=n, groups=groups))
    if case.spokesperson:
        items.append(pen.say("facts.spokesperson", name=pen.typed(case.spokesperson)))
    if case.template_used is not None:
        items.append(pen.words("facts.template_used" if case.template_used else "facts.template_not_used"))
    if facts.refused:
        items.append(pen.say("facts.refused", words=pen.typed("、".join(facts.refused))))
    return [Paragraph(text=pen.words("facts.title")), Bullets(items=tuple(items))] if items else []
