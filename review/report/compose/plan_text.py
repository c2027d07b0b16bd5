"""五、优化策略 and 六、执行时间表: the two chapters put together from their subsections."""

from dataclasses import dataclass
from datetime import date

from review.analysis.causes import CauseFindings
from review.analysis.plan import PlanFindings
from review.analysis.scorecard import Scorecard
from review.incident.case import Case
from review.incident.evidence import CaseField
from review.report.compose.chapter import chapter
from review.report.compose.schedule_text import duty_blocks, node_blocks, recurring_blocks
from review.report.compose.strategy_text import decided_blocks, level_blocks, proposal_blocks, risk_blocks
from review.report.document import DASH, Section, Text
from review.report.pen import Pen, basis
from review.settings.plan import PlanRules
from review.settings.rubric import Rubric


def day(pen: Pen, value: date | None, what: str, source: CaseField) -> Text:
    """A typed date, — where there is none."""
    return DASH if value is None else (pen.full_day(value, basis(what, "分析人员填写", source)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What both chapters are written from: findings about causes and plan, the score, the rules, and the day of the report (dates follow from it)."""

    causes: CauseFindings
    plan: PlanFindings
    card: Scorecard
    rules: PlanRules
    rubric: Rubric
    today: date


def strategy_chapter(pen: Pen, case: Case, material: Material) -> Section:
    """五、优化策略."""
    plan, rules = material.plan, material.rules
    return chapter(
        pen,
        "strategy",
        (
            ("decided", decided_blocks(pen, plan)),
            ("proposed", proposal_blocks(pen, plan, material.causes, material.card, rules)),
            ("levels", level_blocks(pen, material.rubric)),
            ("risks", risk_blocks(pen, case, rules, material.today)),
        ),
    )


def schedule_chapter(pen: Pen, case: Case, material: Material) -> Section:
    """六、执行时间表."""
    return chapter(
        pen,
        "schedule",
        (
            ("duties", duty_blocks(pen, case)),
            ("nodes", node_blocks(pen, material.plan, material.today)),
            ("recurring", recurring_blocks(pen, case, material.plan, material.rules, material.today)),
        ),
    )
