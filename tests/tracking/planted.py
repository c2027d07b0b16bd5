"""Archived incidents made up for tests: records with chosen values, and packages on disk."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from review.analysis.curve import Grade
from review.analysis.indicators import Absent, Input, Leadership, Measured, Missing, ServiceRate
from review.analysis.since_onset import CurveMark, NormalTime, ShareFigure
from review.archive.store import Package, store
from review.incident.case import ActionStatus, CaseItem, ItemKind
from review.incident.evidence import CaseField
from review.plain_data import dumped
from review.record import Headline, Record, ScoreFigure, Timing, record_data
from review.settings.rubric import Level, load_rubric
from review.tracking.events import ActionEvent, Change
from review.tracking.filed import Filed, Quarter, quarter_of
from review.tracking.rescoring import rescore, restated

RUBRIC = load_rubric()
ROW = CaseField(name="根因与行动", file="a.xlsx", sheet="根因与行动", row=3)


def item(kind: ItemKind, content: str, ident: str | None = None, **more: object) -> CaseItem:
    return replace(CaseItem(kind=kind, content=content, source=ROW, ident=ident), **more)  # type: ignore[arg-type]


def action(ident: str | None, due: date | None = None, status: ActionStatus | None = None, **more: object) -> CaseItem:
    return replace(item("action", f"行动{ident}", ident, due=due, status=status), **more)  # type: ignore[arg-type]


def share(value: float, grade: Grade = "vendor", n: int = 800) -> ShareFigure:
    return ShareFigure(share=value, low=max(value - 0.04, 0), high=min(value + 0.04, 1), n=n, n_effective=n / 4, grade=grade)


def record(
    day: date, event: str = "某事件", ratio: float = 1.0, *, level: Level = "l1", peak: float | None = 0.5, normal: NormalTime | None = None,
    items: Sequence[CaseItem] = (), brand: str = "某品牌",
) -> Record:  # fmt: skip
    """A record whose first response came at `ratio` times the target (inf: never, nan: unknown), scored by the shipped rubric."""
    target = {"l1": 1.0, "l2": 2.0}[level]
    first: Input = Absent() if math.isinf(ratio) else Missing(reason="no_onset") if math.isnan(ratio) else Measured(value=ratio * target)
    inputs: tuple[tuple[str, Input], ...] = (
        ("first_response", first),
        ("formal_plan", Measured(value=3.0, low=3.0, high=4.0, notes=("hour_precision",))),
        ("solution", Measured(value=3.0, notes=("by_rule",))),
        ("sincerity", Missing(reason="no_rating")),
        ("service", ServiceRate(share=0.86, channel_opened=True, k=86, n=100)),
        ("lead", Leadership(lead="ceo", departments=3)),
        *((name, Measured(value=1.0)) for name in ("transparency", "kol", "consistency", "rebound", "recovery", "updates", "complaints")),
    )
    onset = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    bare = Record(
        head=Headline(
            incident=f"{day:%Y%m%d}-{brand}-{event}", brand=brand, event=event, day=day, made_at=onset + timedelta(days=10), incident_type="product_quality",
            level=level, total=None, grade=None, rubric_version="", rubric_sha256=RUBRIC.sha256,
        ),
        onset_at=onset, onset_kind="typed", first_response=Timing(state="unknown"), formal_plan=Timing(state="unknown"),
        peak=None if peak is None else share(peak), day_one=None if peak is None else share(peak * 0.8),
        normal=normal or NormalTime(state="returned", hours=60.0), solved_24h=(86, 100),
        score=ScoreFigure(
            low=0.0, high=0.0, coverage=0.0, rated=False, provisional=False, red_lines=(), level_typed=False, reads=6e6 if level == "l1" else 1e6,
            inputs=inputs, states=(),
        ),
        plan_version=None, plan_reviewed_on=None, items=tuple(items),
        curve=tuple(CurveMark(hours=float(h), share=round(0.1 + (peak or 0.0) * 2 ** (-abs(h - 12) / 24), 4), n=100) for h in range(-12, 120, 4)),
    )  # fmt: skip
    return restated(rescore(bare, RUBRIC, RUBRIC))


def filed(kept: Record, *events: ActionEvent, quarter: Quarter | None = None) -> Filed:
    assert kept.head.day is not None
    at = quarter or quarter_of(kept.head.day)
    return Filed(place=f"{at.year}/Q{at.number}/{kept.head.incident}/v1", quarter=at, record=kept, events=events)


def event(action_ident: str, change: Change, on: date, number: int = 0, by: str = "质检部") -> ActionEvent:
    at = datetime(on.year, on.month, on.day, 8, tzinfo=UTC) + timedelta(minutes=number)
    return ActionEvent(ident=f"{number:08x}", incident="i", action=action_ident, change=change, on=on, by=by, recorded_at=at, proof=None, note=None)


def archived(root: Path, kept: Record) -> str:
    """The record as a small package on disk; its place."""
    assert kept.head.day is not None
    files = {"findings.json": dumped({**record_data(kept), "case": {}, "findings": {}, "row_sets": {}}), "report.pdf": b"%PDF"}
    return store(root, Package(incident=kept.head.incident, filed=kept.head.day, files=files, info={})).place
