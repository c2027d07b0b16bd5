"""Typed loader of plan.toml: when an action can be carried out, what failings propose, recurring work, and calendar points."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar, get_args

from review.settings.rubric import INDICATORS
from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml

Department = Literal["运营", "市场", "客服", "质检", "法务", "公关"]
Gap = Literal["absolute_claims", "no_drill", "no_entrance", "no_spokesperson", "no_plan_review", "uncovered_cause", "boilerplate"]
Cadence = Literal["day", "month", "quarter", "year"]

Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class LintRules:
    """vague: words that promise nothing alone; verbs, longest first; least_object: characters left beside the first verb; measurable: a done-criterion."""

    vague: tuple[str, ...]
    verbs: tuple[str, ...]
    least_object: int
    measurable: re.Pattern[str]
    departments: tuple[tuple[Department, tuple[str, ...]], ...]

    def department(self, typed: str | None) -> Department | None:
        """The department a typed name belongs to; None where to none."""
        return next((name for name, words in self.departments if typed and any(word in typed for word in words)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRule:
    """A proposal: what raises it (indicators, gaps), and words of a decided action that already covers it."""

    ident: str
    text: str
    department: Department
    criterion: str
    when: tuple[str, ...]
    only_failing: bool
    gaps: tuple[Gap, ...]
    decided: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Boilerplate and what to say instead."""

    formal: str
    spoken: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringRule:
    """Recurring work. day: of the month it falls on (the last day where the month is shorter); scenarios take turns."""

    ident: str
    name: str
    every: Cadence
    day: int | None
    department: Department
    criterion: str
    scenarios: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPoint:
    """A day of the year that may rekindle an incident; words: by which a typed risk is known to speak of it already."""

    name: str
    month: int
    day: int
    note: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRules:
    """The whole file."""

    version: str
    lint: LintRules
    proposals: tuple[ProposalRule, ...]
    scripts: tuple[Script, ...]
    recurring: tuple[RecurringRule, ...]
    calendar: tuple[CalendarPoint, ...]
    calendar_days_ahead: int


def load_plan_rules(path: Path = SETTINGS_DIR / "plan.toml") -> PlanRules:
    """The rules of a file. Raises UnusableInput with every fault: unknown indicators, gaps, departments and cadences, ids twice, dates that do not exist."""
    top = read_toml(path)
    calendar = top.table("calendar")
    rules = PlanRules(
        version=top.text("version"),
        lint=_lint(top),
        proposals=_proposals(top),
        scripts=_scripts(top),
        recurring=_recurring(top),
        calendar=_points(calendar),
        calendar_days_ahead=calendar.integer("days_ahead", low=1),
    )
    calendar.done()
    top.done()
    top.close()
    return rules


def _choice(reader: TomlReader, key: str, value: str, allowed: tuple[Choice, ...]) -> Choice:
    if value and value not in allowed:
        reader.fault(key, f"应为 {'、'.join(allowed)} 之一，现为 {value!r}")
    return value if value in allowed else allowed[0]


def _lint(top: TomlReader) -> LintRules:
    reader, departments = top.table("lint"), top.table("departments")
    pattern = "|".join(f"(?:{each})" for each in reader.texts("measurable"))
    try:
        measurable = re.compile(pattern or "(?!)")
    except re.error as error:
        reader.fault("measurable", f"不是合法的匹配式（{error}）")
        measurable = re.compile("(?!)")
    groups = tuple((_choice(departments, name, name, get_args(Department)), departments.texts(name)) for name in departments.data)
    made = LintRules(
        vague=reader.texts("vague"),
        verbs=tuple(sorted(reader.texts("verbs"), key=lambda verb: (-len(verb), verb))),
        least_object=reader.integer("least_object"),
        measurable=measurable,
        departments=groups,
    )
    reader.done()
    departments.done()
    return made


def _distinct(reader: TomlReader, ident: str, seen: set[str]) -> str:
    if ident in seen:
        reader.fault("id", f"重复：{ident}")
    seen.add(ident)
    return ident


def _proposals(top: TomlReader) -> tuple[ProposalRule, ...]:
    made = []
    seen: set[str] = set()
    for reader in top.tables("proposal"):
        for indicator in reader.texts("when"):
            if indicator not in INDICATORS:
                reader.fault("when", f"不认识的指标 {indicator!r}；可用：{'、'.join(INDICATORS)}")
        made.append(
            ProposalRule(
                ident=_distinct(reader, reader.text("id"), seen),
                text=reader.text("text"),
                department=_choice(reader, "department", reader.text("department"), get_args(Department)),
                criterion=reader.text("criterion"),
                when=reader.texts("when"),
                only_failing=reader.flag("only_failing", False),
                gaps=tuple(_choice(reader, "gaps", gap, get_args(Gap)) for gap in reader.texts("gaps")),
                decided=reader.texts("decided"),
                source=reader.text("source"),
            )
        )
        if not made[-1].when and not made[-1].gaps:
            reader.fault("when", "与 gaps 不能都为空")
        reader.done()
    return tuple(made)


def _scripts(top: TomlReader) -> tuple[Script, ...]:
    made = []
    for reader in top.tables("script"):
        made.append(Script(formal=reader.text("formal"), spoken=reader.text("spoken"), source=reader.text("source")))
        reader.done()
    return tuple(made)


def _recurring(top: TomlReader) -> tuple[RecurringRule, ...]:
    made = []
    seen: set[str] = set()
    for reader in top.tables("recurring"):
        every = _choice(reader, "every", reader.text("every"), get_args(Cadence))
        day = None if every == "day" else reader.integer("day", low=1)
        if day is not None and day > 31:
            reader.fault("day", f"应为 1 至 31，现为 {day}")
        made.append(
            RecurringRule(
                ident=_distinct(reader, reader.text("id"), seen),
                name=reader.text("name"),
                every=every,
                day=day,
                department=_choice(reader, "department", reader.text("department"), get_args(Department)),
                criterion=reader.text("criterion"),
                scenarios=reader.texts("scenarios", ()),
                source=reader.text("source"),
            )
        )
        reader.done()
    return tuple(made)


def _points(calendar: TomlReader) -> tuple[CalendarPoint, ...]:
    made = []
    for reader in calendar.tables("point"):
        month, day = reader.integer("month", low=1), reader.integer("day", low=1)
        try:
            date(2001, month, day)
        except ValueError:
            reader.fault("day", f"没有 {month} 月 {day} 日（2 月 29 日也不可用）")
        made.append(CalendarPoint(name=reader.text("name"), month=month, day=day, note=reader.text("note"), words=reader.texts("words")))
        reader.done()
    return tuple(made)
