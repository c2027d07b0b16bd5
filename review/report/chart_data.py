"""What a figure shows, as data: compared between formats by test, drawn once (vector in PDF and HTML, native chart or picture in DOCX).

Times are aware datetimes in UTC; drawings show them in `zone`. Shares are 0–1, NaN and None mean unknown and are drawn as gaps.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from review.analysis.schedule import ActionState

Side = Literal["public", "brand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedEvent:
    """A numbered event: `number` is explained in a table beside the figure; label is short (≤ 14 characters) and masked already."""

    number: int
    at: datetime
    label: str
    side: Side
    turning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineChart:
    """关键时间轴: public side above, brand side below, volume per bucket behind (may be empty)."""

    events: tuple[TimedEvent, ...]
    volume: tuple[tuple[datetime, int], ...]
    bucket_minutes: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Negative share of one bucket or typed sample: n comments (None for a calibrated share without a count), band low–high, thin where n is small."""

    at: datetime
    share: float
    low: float | None
    high: float | None
    n: int | None
    thin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A stretch of steady share from start to end (closed, open). A steady share with gaps in its data is several neighbours of one share.

    label: how its level is printed, None for the share to a percent.
    """

    start: datetime
    end: datetime
    share: float
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveChart:
    """情绪走势: dots sized by n with bands, steps of the regimes, one smooth line (gaps as None), numbered turns and responses, trigger line, volume below.

    rough: only a model has judged, and its level may be off by a tenth or more: the axis speaks of tenths, and regimes carry the label they were given.
    counted: what a point's n counts.
    """

    points: tuple[CurvePoint, ...]
    smooth: tuple[tuple[datetime, float | None], ...]
    regimes: tuple[Regime, ...]
    events: tuple[TimedEvent, ...]
    trigger: float | None
    bucket_minutes: int | None
    zone: str
    small: bool = False
    rough: bool = False
    counted: str = "评论数"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreBar:
    """One line of the scorecard: score 0–100, None where 不适用 or 无法评估 (state says which); low–high where it is a range."""

    name: str
    dimension: str
    weight: float
    score: float | None
    low: float | None
    high: float | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreChart:
    """分项评分: horizontal bars grouped by dimension."""

    bars: tuple[ScoreBar, ...]
    good_from: float
    bad_below: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyChart:
    """A daily series against its same-weekday baseline: 转化影响. baseline None where unknown; marked days are promo days left out."""

    name: str
    unit: str
    days: tuple[date, ...]
    values: tuple[float | None, ...]
    baseline: tuple[float | None, ...]
    marked: tuple[date, ...]
    events: tuple[TimedEvent, ...]
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesChart:
    """Several shares over time (emotions, keywords, platforms): one value a series and bucket, None for gaps; stacked or as lines."""

    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    starts: tuple[datetime, ...]
    bucket_minutes: int
    stacked: bool
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneNode:
    """A numbered key node of the swim-lane: radius grows with `weight` (direct reposts or interaction)."""

    number: int
    at: datetime
    lane: str
    weight: float
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLink:
    """Link between two numbered nodes: solid where explicit, dashed where inferred, dotted where the way is unknown."""

    source: int
    target: int
    style: Literal["solid", "dashed", "dotted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwimLaneChart:
    """传播脉络: one lane a platform, width ∝ √volume, at most 30 numbered nodes, histogram below."""

    lanes: tuple[str, ...]
    volume: tuple[tuple[str, tuple[int, ...]], ...]
    starts: tuple[datetime, ...]
    bucket_minutes: int
    nodes: tuple[LaneNode, ...]
    links: tuple[LaneLink, ...]
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixChart:
    """Counts from row to column (platform flow)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GanttBar:
    """One action. words: its state as the table beside the figure prints it."""

    label: str
    department: str
    start: date
    due: date
    done: date | None
    state: ActionState
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GanttChart:
    """执行时间表: bars by department, today as a line."""

    bars: tuple[GanttBar, ...]
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Individual:
    """One incident's value on an individuals chart; infinite: it never came. label is short (8月12日)."""

    label: str
    value: float
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualsChart:
    """逐起列示: one point an incident in order of time, this quarter's filled; target and limits as lines, None where there are none.

    kind ratio: multiples of the target on a log scale; share: 0–1. trial: the limits rest on few points and are named 试用限.
    """

    points: tuple[Individual, ...]
    kind: Literal["ratio", "share"]
    target: float | None
    centre: float | None
    low: float | None
    high: float | None
    trial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiplePanel:
    """One small curve: hours since the onset and share, in order; level of evidence is said in the table beside it."""

    title: str
    points: tuple[tuple[float, float], ...]
    response_hours: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiplesChart:
    """小图对照: one panel an incident on the same axes, share against hours since the onset, first response as a tick; trigger line."""

    panels: tuple[MultiplePanel, ...]
    trigger: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A screenshot instead of a drawing: bytes that hold pixels alone, masked already, and its size on paper."""

    content: bytes
    kind: Literal["png", "jpeg"]
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BandSpan:
    """One bucket [start, end) of a BandsChart: n rows; thin where they are few."""

    start: datetime
    end: datetime
    n: int
    thin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BandsChart:
    """情绪分布: a strip a name on one time axis and one scale, the share of rows that show it; shares of different strips overlap and are never added up.

    bands: one share a span, None where the span has no rows. Spans that do not touch leave a gap.
    """

    spans: tuple[BandSpan, ...]
    bands: tuple[tuple[str, tuple[float | None, ...]], ...]
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePanel:
    """One place's curve, and how many judged rows stand behind it."""

    name: str
    n: int
    curve: CurveChart


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelsChart:
    """分平台负面占比: one curve a place, one below the other on the same axes."""

    panels: tuple[SharePanel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayersChart:
    """转发层级: reposts a bucket, stacked from those nearest to the original (first) to the deepest; `unknown` on top, its name '' where there are none."""

    layers: tuple[tuple[str, tuple[int, ...]], ...]
    unknown: tuple[str, tuple[int, ...]]
    starts: tuple[datetime, ...]
    bucket_minutes: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLane:
    """A numbered group of near-copies: posts a time that holds any, and the first known time on each place, both in order of time."""

    number: int
    posts: int
    marks: tuple[tuple[datetime, int], ...]
    arrivals: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesChart:
    """相近文字: a lane a group on one time axis. No lines between posts: who copied whom is not known."""

    lanes: tuple[CopyLane, ...]
    zone: str


ChartData = (
    TimelineChart
    | CurveChart
    | ScoreChart
    | DailyChart
    | SharesChart
    | BandsChart
    | PanelsChart
    | SwimLaneChart
    | LayersChart
    | CopiesChart
    | MatrixChart
    | GanttChart
    | IndividualsChart
    | MultiplesChart
)
