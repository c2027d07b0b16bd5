"""findings.json: a review's machine-readable record, with its schema version; plain data of the domain's values.

Under `record` stands what later reviews need of this one (the quarterly report, follow-up of actions, scoring again under another rubric), typed as `Record`
and read back by `read_record`. Its `head` comes first, so that a list of thousands of reviews reads a few kilobytes of each.
"""

import dataclasses
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args, get_origin, get_type_hints

from review.analysis.analyse import Findings
from review.analysis.curve import Curve
from review.analysis.indicators import Input, Line
from review.analysis.response_facts import OnsetKind
from review.analysis.scorecard import RedLineState
from review.analysis.since_onset import CurveMark, NormalTime, ShareFigure
from review.incident.case import Case, CaseItem, IncidentType, ItemKind
from review.incident.errors import Fault, UnusableInput, content_of
from review.plain_data import ADDED, Decoder, NotOurRecord, RowSets, decoder, dumped, plain, read_json
from review.settings.rubric import Level

SCHEMA: Final = "review.findings"
SCHEMA_VERSION: Final = 1
BUILD_FOLDER: Final = "请指向 review build 的输出文件夹"
"""What to do where a file of a build is not there."""
HEAD_BYTES: Final = 8192
"""The record's head always lies within the first bytes of the file; only a name or event of thousands of characters can push it out."""

KEPT_KINDS: Final[tuple[ItemKind, ...]] = (
    "surface_cause", "deep_cause", "factor", "decision", "action", "drill", "plan_review", "feedback_entrance", "alarm",
)  # fmt: skip
EXACT: Final = frozenset({"schema", "file", "sheet", "rows", "incident", "brand", "official_accounts", "competitors", "rubric_sha256", "made_at", "inputs"})
"""Keys whose texts are no words of anybody: they are compared with other files."""
NOBODY: Final = re.compile(r"(?=.*[a-f])(?:[0-9a-f]{64}|[0-9a-f]{16})|\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d)?")
"""Seals of files and row sets, which may hold a run of digits as long as an order number; and days and moments, of which a record holds thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What a list of reviews shows. incident: the build's name, stable across versions as long as day, brand and event are; day: of the onset."""

    incident: str
    brand: str | None
    event: str | None
    day: date | None
    made_at: datetime
    incident_type: IncidentType | None
    level: Level | None
    total: float | None
    grade: str | None
    rubric_version: str
    rubric_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Hours from the onset to one move and its target at the incident's level (None where the level is undetermined).

    measured: hours known. never: a timeline declared complete has no such move. excused: taken out of the denominator by a typed decision. unknown: else.
    """

    state: Literal["measured", "never", "excused", "unknown"]
    hours: float | None = None
    target: float | None = None

    @property
    def ratio(self) -> float | None:
        """hours ÷ target; infinite for what never came, None where it cannot be told."""
        if self.state == "never":
            return math.inf
        return None if self.hours is None or self.target is None else self.hours / self.target

    @property
    def met(self) -> bool | None:
        """At most the target; None where that cannot be told."""
        return None if self.ratio is None else self.ratio <= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFigure:
    """The score as printed; red_lines: those triggered. inputs and states: complete enough to score again under another rubric (sources left out)."""

    low: float
    high: float
    coverage: float
    rated: bool
    provisional: bool
    red_lines: tuple[str, ...]
    level_typed: bool
    reads: float | None
    inputs: tuple[tuple[str, Input], ...]
    states: tuple[RedLineState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What later reviews need of a review; None is unknown. solved_24h: (k, n) tickets. items: typed causes, decisions, actions and mechanisms.

    official_accounts: the brand's own, who stay named; () in records written before they were kept.
    rows: posts, comments and articles analysed; likewise None. masked: whether the report hides ordinary people; likewise None.
    """

    head: Headline
    onset_at: datetime | None
    onset_kind: OnsetKind | None
    first_response: Timing
    formal_plan: Timing
    peak: ShareFigure | None
    day_one: ShareFigure | None
    normal: NormalTime | None
    solved_24h: tuple[int, int] | None
    score: ScoreFigure
    plan_version: str | None
    plan_reviewed_on: date | None
    items: tuple[CaseItem, ...]
    curve: tuple[CurveMark, ...]
    official_accounts: tuple[str, ...] = field(default=(), metadata=ADDED)
    rows: int | None = field(default=None, metadata=ADDED)
    masked: bool | None = field(default=None, metadata=ADDED)

    @property
    def public_names(self) -> frozenset[str]:
        """Who stays named when the review is shown: the brand and its own accounts."""
        return frozenset(name for name in (self.head.brand, *self.official_accounts) if name)


def record_of(findings: Findings, case: Case, made: tuple[str, date | None, datetime]) -> Record:
    """The record of a review. made: name of the build, day the incident is filed under, time of the build."""
    name, day, made_at = made
    card, facts, since = findings.score.card, findings.facts, findings.since_onset
    onset = facts.onset
    return Record(
        head=Headline(
            incident=name,
            brand=case.brand,
            event=case.event,
            day=day,
            made_at=made_at,
            incident_type=case.incident_type,
            level=card.level,
            total=card.total if card.rated else None,
            grade=card.grade_text,
            rubric_version=card.rubric_version,
            rubric_sha256=card.rubric_sha256,
        ),
        onset_at=None if onset is None else onset.at,
        onset_kind=None if onset is None else onset.kind,
        first_response=timing(card.line("first_response"), card.level),
        formal_plan=timing(card.line("formal_plan"), card.level),
        peak=_peak(findings.emotion.curve),
        day_one=since.day_one,
        normal=since.normal,
        solved_24h=None if facts.outcomes.service is None else (facts.outcomes.service.k, facts.outcomes.service.n),
        score=ScoreFigure(
            low=card.low,
            high=card.high,
            coverage=card.coverage,
            rated=card.rated,
            provisional=card.provisional,
            red_lines=tuple(state.ident for state in card.red_lines if state.verdict == "triggered"),
            level_typed=facts.level.typed is not None,
            reads=facts.level.reads,
            inputs=tuple((ident, replace(given, sources=())) for ident, given in findings.score.inputs),
            states=tuple(replace(state, sources=()) for state in card.red_lines),
        ),
        plan_version=case.plan_version,
        plan_reviewed_on=case.plan_reviewed_on,
        items=case.of_kind(*KEPT_KINDS),
        curve=since.curve,
        official_accounts=case.official_accounts,
        rows=findings.spread.rows.count,
    )


def timing(line: Line, level: Level | None) -> Timing:
    """The timing a line of the score tells; without a level there is no target to hold it against."""
    target = line.target if level is not None else None
    if line.state == "not_applicable":
        return Timing(state="excused", target=target)
    if "none_in_complete_timeline" in line.notes:
        return Timing(state="never", target=target)
    if line.state == "scored" and isinstance(line.raw, int | float):
        return Timing(state="measured", hours=float(line.raw), target=target)
    return Timing(state="unknown", target=target)


def _peak(curve: Curve | None) -> ShareFigure | None:
    """The highest regime; None where the curve has none."""
    peak = None if curve is None else curve.peak
    if curve is None or peak is None:
        return None
    return ShareFigure(share=peak.share, low=peak.low, high=peak.high, n=peak.n, n_effective=peak.n_effective, grade=curve.grade, level_error=curve.level_error)


def findings_json(findings: Findings, case: Case, record: Record, hide: Callable[[str], str]) -> bytes:
    """The record of one review: schema and version first, then `record`, what was found and what was typed. hide: masks ordinary people in a text."""
    rows = RowSets()
    data = {**record_data(record), "case": plain(case, rows), "findings": plain(findings, rows)}
    return dumped({**_masked(data, cache(hide)), "row_sets": rows.table()})


def masked_record(record: Record, hide: Callable[[str], str]) -> Record:
    """The record as it is kept, ordinary people masked: what is compared with records kept earlier."""
    return cast(Record, decoder(Record)(_masked(record_data(record)["record"], cache(hide))))


def _masked(data: Any, hide: Callable[[str], str], key: str = "") -> Any:
    """Plain data with every text through `hide`; what names a file, a public account or a row set stays exact, as do the codes of our own vocabularies:
    somebody may be called `other`. key: under which the data stand.
    """
    if isinstance(data, dict):
        return {name: value if name in EXACT else _masked(value, hide, name) for name, value in data.items()}
    if isinstance(data, list):
        return [value if value is None or isinstance(value, float | int) else _masked(value, hide, key) for value in data]
    if not isinstance(data, str) or NOBODY.fullmatch(data):
        return data
    shown = hide(data)
    return data if shown != data and data in _codes().get(key, ()) else shown


@cache
def _codes() -> Mapping[str, set[str]]:
    """The closed vocabularies of a record and of what stands beside it, by field name."""
    found: dict[str, set[str]] = {}
    met: set[Any] = set()
    waiting: list[tuple[str, Any]] = [("", Record), ("", Case), ("", Findings)]
    while waiting:
        name, kind = waiting.pop()
        if get_origin(kind) is Literal:
            found.setdefault(name, set()).update(get_args(kind))
        elif dataclasses.is_dataclass(kind) and kind not in met:
            met.add(kind)
            waiting += get_type_hints(kind).items()
        else:
            waiting += [(name, each) for each in get_args(kind)]
    return found


def record_data(record: Record) -> dict[str, Any]:
    """The opening of a findings.json as plain data: schema, version, name, made_at, record."""
    rows = RowSets()
    kept = plain(record, rows)
    kept["score"]["inputs"] = [{"ident": ident, "type": type(given).__name__, **plain(given, rows)} for ident, given in record.score.inputs]
    return {"schema": SCHEMA, "version": SCHEMA_VERSION, "name": record.head.incident, "made_at": record.head.made_at.isoformat(), "record": kept}


def record_in(folder: Path) -> Record:
    """The record of the build in this folder. Raises UnusableInput where it cannot be read, and as read_record does."""
    path = folder / "findings.json"
    return read_record(content_of(path, BUILD_FOLDER), str(path))


def read_record(content: bytes, where: str) -> Record:
    """The record in a findings.json. where: the file's name for faults.

    Raises UnusableInput where it is none, was written by a newer version, or lacks or garbles a part (named by its path).
    """
    try:
        data = read_json(content)
    except ValueError as error:
        raise UnusableInput(Fault(where, "不是可读的 JSON", "文件可能已损坏；请用 review verify 检查归档")) from error
    _check_version(data, where)
    return cast(Record, _decoded(decoder(Record), data.get("record"), "record", where))


def read_opening(content: bytes, where: str) -> Record:
    """The record at the opening of a findings.json, without reading on to the findings behind it. Raises UnusableInput as read_record does.

    For thousands of archived reviews; whether the rest of a file is whole is `review verify`'s question.
    """
    text = content.decode("utf-8", "replace")
    mark = '"record":'
    at = text.find(mark)
    try:
        data, _ = json.JSONDecoder().raw_decode(text, at + len(mark))
        opening = read_json(text[:at].rstrip(",") + "}")
    except ValueError:
        return read_record(content, where)
    _check_version(opening, where)
    return cast(Record, _decoded(decoder(Record), data, "record", where))


def read_headline(content: bytes, where: str) -> Headline:
    """The head of the record, from a whole findings.json or its first HEAD_BYTES. Raises UnusableInput as read_record does."""
    text = content.decode("utf-8", "ignore")  # the cut may go through a character
    mark = '"record":{"head":'
    at = text.find(mark)
    if at > 0:
        try:
            head, _ = json.JSONDecoder().raw_decode(text, at + len(mark))
            opening = read_json(text[:at].rstrip(",") + "}")
        except ValueError:
            head = None
        if head is not None:
            _check_version(opening, where)
            return cast(Headline, _decoded(decoder(Headline), head, "record.head", where))
    return read_record(content, where).head


def _decoded(read: Decoder, data: object, step: str, where: str) -> Any:
    """What stands at `step` of the file, as `read` makes it. Raises UnusableInput with the path of what is missing or garbled."""
    try:
        return read(data)
    except NotOurRecord as error:
        raise UnusableInput(Fault(where, f"记录不完整：{step}{error}", "请用 review build 重新生成")) from error


def _check_version(data: object, where: str) -> None:
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise UnusableInput(Fault(where, "不是 review build 的 findings.json", "请指向生成的输出文件夹"))
    version = data.get("version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise UnusableInput(Fault(where, f"由更新版本的工具生成（记录版本 {version}，本工具只认识到 {SCHEMA_VERSION}）", "请升级 review"))
    if version != SCHEMA_VERSION:
        raise UnusableInput(Fault(where, f"记录版本 {version!r} 不认识", "请用 review build 重新生成"))
