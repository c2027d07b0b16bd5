"""The emotion curve: negative share over time with its band, regimes, turning points, and the rows each of them rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.buckets import BucketGrid, Instants
from review.analysis.row_sets import row_set
from review.analysis.shares import Floats, difference_interval, effective, overdispersion, pooled_effective, wilson
from review.analysis.smoothing import smooth_line
from review.analysis.turning_points import Counts, Segment, Segmentation, Spike, Turn, turning_points
from review.incident.evidence import RowSet, union
from review.settings.curve import CurveSettings

Grade = Literal["audited", "vendor", "sampled", "model"]
"""What a share rests on, best first: 人工复核, 供应商口径, 人工抽样 (typed counts), 模型初判."""

Subject = Literal["comments", "posts", "samples"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How rows were judged: what they are, the grade, and two errors of the judgement in share points (None: not known or none).

    level_sd: standard deviation per bucket of the grid from calibration, shape (buckets,), widens every band. level_error: mean error of the level of an
    unaudited model, asked for as a margin before a threshold is called crossed.
    """

    subject: Subject
    grade: Grade
    level_sd: Floats | None = None
    level_error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A stretch [start, end) of one share: k of n (k a sum of probabilities on an audited curve), with interval; spikes inside do not count.

    n_effective: what n is worth given the correlation within buckets and the error of calibration; low, high: Wilson on it. bucket_from, bucket_to: half open.
    """

    start: datetime
    end: datetime
    bucket_from: int
    bucket_to: int
    k: float
    n: int
    n_effective: float
    share: float
    low: float
    high: float
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class TurningPoint:
    """The share moves from `before` to `after` at `at` (start of the first bucket of the new regime), never a cause.

    earliest, latest: the 90 % window [start of its first bucket, end of its last bucket). step_low, step_high: interval of the step (sampling only: an error of
    calibration moves both sides), worth: what the comments of its two sides are worth. mix_part: how much of the step comes from platforms changing their
    weight rather than their share; None on one platform or typed samples. at_edge: one side is as short as a spike and ends with the data. is_thin: few
    comments a bucket around it, 仅供参考.
    """

    at: datetime
    earliest: datetime
    latest: datetime
    bucket: int
    before: Regime
    after: Regime
    step: float
    step_low: float
    step_high: float
    worth: tuple[float, float]
    mix_part: float | None
    at_edge: bool
    is_thin: bool

    @property
    def rows(self) -> RowSet:
        """The rows of both regimes; made when asked for, since scattered rows make long sets."""
        return union(self.before.rows, self.after.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpikeBurst:
    """A burst [start, end) of one or two buckets between stretches of like share: 短时集中评论, reason unknown."""

    start: datetime
    end: datetime
    k: float
    n: int
    rows: RowSet

    @property
    def share(self) -> float:
        return self.k / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCount:
    """How many judged rows (n) and how many negative (k) one platform or channel adds."""

    place: str
    n: int
    k: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BucketRows:
    """Addresses of the judged rows (columns file, sheet, row), sorted by the bucket each is in, so that any window's rows can be named."""

    frame: pd.DataFrame
    bucket: npt.NDArray[np.int64]

    def rows(self, start: int, end: int) -> RowSet:
        """The rows of buckets [start, end)."""
        low, high = np.searchsorted(self.bucket, (start, end))
        return row_set(self.frame.iloc[low:high])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Negative share per bucket, shape (T,) each; times `datetime64[us]` in UTC, ascending.

    starts, ends: buckets [start, end), see BucketGrid for gaps; for typed samples the periods as typed. width: None for typed samples.
    volume: all rows of the subject; n: those judged; k: negative ones (a sum of probabilities where calibrated); share: NaN where n is 0; low, high: band,
    (0, 1) where n is 0; n_effective: behind the band; thin: fewer comments than a bucket needs; smoothed: for the eye, NaN in gaps.
    rho: correlation within a bucket, rho_estimated: from these rows, else the default. searched: enough buckets to look for turning points; if not, each
    bucket that is not thin is a regime of its own and there are no turning points. is_thin: the typical comment stands in a thin bucket. focus: what a chart
    shows, the middle of the volume or what lies around the onset. incident_from: the first bucket of the incident, 0 until an onset is known; len(starts)
    where the data end before it. places: what is pooled, in vocabulary order; platforms: the same curve for each platform
    with enough rows, on the same buckets, empty for one platform. unjudged, untimed, coarse: rows left out and why. period: the stretch, closed, that
    stands for the incident where the rows lie over a longer time, widened to whole buckets; None: all of them.
    """

    subject: Subject
    grade: Grade
    level_error: float | None
    place: str | None
    width: timedelta | None
    starts: Instants
    ends: Instants
    volume: Floats
    n: Floats
    k: Floats
    share: Floats
    low: Floats
    high: Floats
    n_effective: Floats
    thin: npt.NDArray[np.bool_]
    smoothed: Floats
    rho: float
    rho_estimated: bool
    searched: bool
    regimes: tuple[Regime, ...]
    turning_points: tuple[TurningPoint, ...]
    small_moves: tuple[TurningPoint, ...]
    spikes: tuple[SpikeBurst, ...]
    autocorrelation: float | None
    drifting: bool
    is_thin: bool
    focus: tuple[datetime, datetime]
    incident_from: int
    places: tuple[PlaceCount, ...]
    platforms: tuple["Curve", ...]
    unjudged: int
    untimed: int
    coarse: int
    rows: RowSet
    by_bucket: BucketRows = field(metadata={"record": False})
    period: tuple[datetime, datetime] | None = None

    def is_told(self, at: datetime) -> bool:
        """Whether a change at this time is told of: one of another year is none of the incident's."""
        return self.period is None or self.period[0] <= at <= self.period[1]

    @property
    def turns(self) -> tuple[TurningPoint, ...]:
        """The turning points that are told of."""
        return tuple(point for point in self.turning_points if self.is_told(point.at))

    @property
    def peak(self) -> Regime | None:
        """The regime of the highest share that reaches into the incident, the earliest on a tie; an older storm is none of it."""
        own = (regime for regime in self.regimes if regime.bucket_to > self.incident_from)
        return max(own, key=lambda regime: (regime.share, -regime.bucket_from), default=None)

    @property
    def data_end(self) -> datetime:
        """The latest end of a bucket with rows (typed periods may overlap); that bucket does not hold it."""
        return moment(self.ends.max())

    @property
    def data_last(self) -> datetime:
        """The last instant of that bucket: its day is the last day of the data."""
        return self.data_end - timedelta(microseconds=1)

    @property
    def precision(self) -> Literal["day"] | None:
        """How exact its times can be printed: with buckets of a day no clock."""
        return "day" if self.width is not None and self.width >= timedelta(days=1) else None


def moment(instant: np.datetime64) -> datetime:
    """An aware UTC datetime."""
    return cast(datetime, instant.astype("datetime64[us]").item()).replace(tzinfo=UTC)


def instant(time: datetime) -> np.datetime64:
    """A naive UTC `datetime64[us]` of an aware time."""
    return np.datetime64(time.astimezone(UTC).replace(tzinfo=None), "us")


def row_curve(rows: pd.DataFrame, grid: BucketGrid, evidence: Evidence, settings: CurveSettings) -> Curve | None:
    """The curve of judged rows on their grid; None where fewer than min_rows of them are judged and placed.

    rows: columns file, sheet, row, platform, negative (boolean, NA = not judged), optionally probability (float, NA = not judged; then k is its sum, and the
    correlation still comes from `negative`). Platforms are pooled row by row, each with its own curve beside and its count in `places`; typed samples are never
    pooled with rows. Rows of one file order or another give the same curve.
    """
    every = _curve_of(rows, grid, evidence, settings)
    if every is None:
        return None
    names = [place.place for place in every.places]
    single = [_curve_of(rows.loc[rows["platform"] == name], _part(grid, rows["platform"] == name), evidence, settings) for name in names]
    return replace(every, platforms=tuple(replace(c, place=name) for c, name in zip(single, names, strict=True) if c is not None) if len(names) > 1 else ())


def sample_curve(samples: pd.DataFrame, settings: CurveSettings) -> Curve | None:
    """The curve of typed samples (metric comments_read with n > 0 and k <= n known), each a point with its own period; None without any.

    Counts of two places are never added: the curve is that of the place with most periods (then most comments, then by name), the others stand in `platforms`.
    The same period of one place typed twice with equal counts is one fact; with different counts both were read, and they are added. Periods that overlap
    otherwise stand side by side, but are not searched for turning points.
    """
    typed = samples.loc[(samples["metric"] == "comments_read") & samples["n"].gt(0).fillna(False) & samples["k"].notna()]
    typed = typed.loc[typed["k"].astype("int64") <= typed["n"].astype("int64")]
    curves = [_curve_of_samples(part, str(place) or None, settings) for place, part in typed.groupby(typed["place"].fillna(""), sort=True)]
    if not curves:
        return None
    order = sorted(curves, key=lambda c: (-len(c.starts), -c.n.sum(), c.place or ""))
    return replace(order[0], platforms=tuple(order[1:]))


def leading_curve(curves: Sequence[Curve]) -> Curve | None:
    """The curve the report leads with: comments before posts, then by grade audited, vendor, sampled, model; samples too few to search come last.

    None of nothing; the first on a tie.
    """
    grades = {"audited": 0, "vendor": 1, "sampled": 2, "model": 3}
    return min(curves, key=lambda c: (c.subject == "samples" and not c.searched, c.subject == "posts", grades[c.grade]), default=None)


def _part(grid: BucketGrid, chosen: "pd.Series[bool]") -> BucketGrid:
    """The same buckets with only the chosen rows in them."""
    mask = chosen.to_numpy(dtype=bool, na_value=False)
    return replace(grid, index=grid.index[mask], untimed=0, coarse=0)


def _curve_of(rows: pd.DataFrame, grid: BucketGrid, evidence: Evidence, settings: CurveSettings) -> Curve | None:
    hard = rows["negative"].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    soft = rows["probability"].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan) if "probability" in rows else hard
    judged = ~np.isnan(soft) & (grid.index >= 0)
    if judged.sum() < settings.buckets.min_rows:
        return None
    n, k = grid.totals(judged.astype(np.float64)), grid.totals(np.where(judged, soft, 0.0))
    labelled = judged & ~np.isnan(hard)
    rho = overdispersion(grid.totals(np.where(labelled, hard, 0.0)), grid.totals(labelled.astype(np.float64)), settings.band)
    counts = Counts(k=np.minimum(k, n), n=n, rho=settings.band.rho_default if rho is None else rho, rho_estimated=rho is not None)
    code, platform = pd.factorize(rows["platform"], sort=True)
    used, place = np.unique(code[judged], return_inverse=True)
    names = [str(platform[i]) for i in used]
    table = np.zeros((2, len(names), len(n)))
    np.add.at(table[0], (place, grid.index[judged]), soft[judged])
    np.add.at(table[1], (place, grid.index[judged]), 1.0)
    frame = rows[["file", "sheet", "row"]].loc[judged]
    bucket = grid.index[judged]
    order = np.argsort(bucket.astype(np.uint16) if len(n) <= np.iinfo(np.uint16).max else bucket, kind="stable")  # 16 bits: a radix sort
    source = _Source(by_bucket=BucketRows(frame=frame.iloc[order], bucket=bucket[order]), mix=table)
    volume = grid.totals(np.ones(len(rows)))
    built = _build(counts, _Times(width=grid.width, starts=grid.starts, ends=grid.ends, volume=volume, searchable=True), (evidence, source), settings)
    return replace(
        built,
        places=tuple(PlaceCount(place=name, n=int(table[1, i].sum()), k=float(table[0, i].sum())) for i, name in enumerate(names)),
        unjudged=int(((grid.index >= 0) & ~judged).sum()),
        untimed=grid.untimed,
        coarse=grid.coarse,
    )


def _curve_of_samples(typed: pd.DataFrame, place: str | None, settings: CurveSettings) -> Curve:
    distinct = typed.drop_duplicates(["start", "end", "n", "k"])
    periods = distinct.groupby(["start", "end"], sort=True)[["n", "k"]].sum().reset_index()
    starts, ends = (periods[name].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]") for name in ("start", "end"))
    n, k = (periods[name].to_numpy(dtype=np.float64) for name in ("n", "k"))
    key = pd.MultiIndex.from_frame(periods[["start", "end"]])
    bucket = key.get_indexer(pd.MultiIndex.from_frame(typed[["start", "end"]]))
    order = np.argsort(bucket, kind="stable")
    source = _Source(by_bucket=BucketRows(frame=typed[["file", "sheet", "row"]].iloc[order], bucket=bucket[order]), mix=None)
    apart = bool((ends[:-1] <= starts[1:]).all())
    rho = overdispersion(k, n, settings.band)
    counts = Counts(k=k, n=n, rho=settings.band.rho_default if rho is None else rho, rho_estimated=rho is not None)
    times = _Times(width=None, starts=starts, ends=ends, volume=n, searchable=apart)
    built = _build(counts, times, (Evidence(subject="samples", grade="sampled"), source), settings)
    return replace(built, place=place, places=(PlaceCount(place=place or "", n=int(n.sum()), k=float(k.sum())),))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Times:
    width: timedelta | None
    starts: Instants
    ends: Instants
    volume: Floats
    searchable: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Source:
    """Judged rows by bucket, and k and n per platform and bucket, shape (2, platforms, T); None for typed samples."""

    by_bucket: BucketRows
    mix: Floats | None

    def rows(self, start: int, end: int, bursts: Sequence[Spike] = ()) -> RowSet:
        """The rows of buckets [start, end) without those of the bursts in it: no share of a stretch counts them."""
        inside = sorted((each.start, each.end) for each in bursts if start <= each.start and each.end <= end)
        edges = [start, *(edge for burst in inside for edge in burst), end]
        return union(*(self.by_bucket.rows(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True)))

    def mix_part(self, before: tuple[int, int], after: tuple[int, int]) -> float | None:
        """Step due to changed weights: sum over platforms of (weight after - before) * mean of both shares; a platform absent on one side keeps its."""
        if self.mix is None or self.mix.shape[1] < 2:
            return None
        k1, n1 = self.mix[:, :, slice(*before)].sum(axis=2)
        k2, n2 = self.mix[:, :, slice(*after)].sum(axis=2)
        share1, share2 = k1 / np.maximum(n1, 1), k2 / np.maximum(n2, 1)
        share1, share2 = np.where(n1 > 0, share1, share2), np.where(n2 > 0, share2, share1)
        return float(((n2 / n2.sum() - n1 / n1.sum()) * (share1 + share2) / 2).sum())


def _build(counts: Counts, times: _Times, judged: tuple[Evidence, _Source], settings: CurveSettings) -> Curve:
    evidence, source = judged
    n, k = counts.n, counts.k
    filled = n > 0
    share = np.divide(k, n, out=np.full(len(n), np.nan), where=filled)
    sampling = effective(n, counts.rho)
    worth = _with_level_error(share, sampling, evidence.level_sd)
    low, high = wilson(np.where(filled, share, 0.0) * worth, worth, settings.band.confidence)
    thin = n < settings.buckets.thin_comments
    searched = times.searchable and int(filled.sum()) >= settings.turning_points.min_buckets
    found = turning_points(counts, settings.turning_points)
    regimes, points, small, spikes = _read(found, counts, times, judged, settings) if searched else ((), (), (), ())
    if not searched:
        firm = [i for i in np.flatnonzero(filled) if not thin[i]]
        pieces = [_bucket_segment(counts, int(i)) for i in firm] or list(found.segments)
        regimes = tuple(_regime(piece, times, judged, settings) for piece in pieces)
    step = np.diff(times.starts.astype(np.int64), prepend=times.starts[:1].astype(np.int64)).astype(np.float64)
    unit = times.width / timedelta(microseconds=1) if times.width else max(float(np.median(step[1:])) if len(step) > 1 else 1.0, 1.0)
    return Curve(
        subject=evidence.subject,
        grade=evidence.grade,
        level_error=evidence.level_error,
        place=None,
        width=times.width,
        starts=times.starts,
        ends=times.ends,
        volume=times.volume,
        n=n,
        k=k,
        share=share,
        low=low,
        high=high,
        n_effective=worth,
        thin=thin,
        smoothed=smooth_line(np.where(filled, share, 0.0) * sampling, sampling, step / unit, settings.smoothing),
        rho=counts.rho,
        rho_estimated=counts.rho_estimated,
        searched=searched,
        regimes=regimes,
        turning_points=points,
        small_moves=small,
        spikes=spikes,
        autocorrelation=found.autocorrelation if searched else None,
        drifting=found.drifting and searched,
        is_thin=_typical(n) < settings.buckets.thin_comments,
        focus=_focus(times, settings.buckets.focus_share),
        incident_from=0,
        places=(),
        platforms=(),
        unjudged=0,
        untimed=0,
        coarse=0,
        rows=source.rows(0, len(n)),
        by_bucket=source.by_bucket,
    )


def _with_level_error(share: Floats, worth: Floats, level_sd: Floats | None) -> Floats:
    """Effective counts reduced so that p(1-p)/n also holds the variance of the calibrated level."""
    if level_sd is None:
        return worth
    spread = np.maximum(np.nan_to_num(share * (1 - share)), 0.01)  # floor: a share of 0 or 1 has no sampling variance to add to
    return worth / (1 + worth * level_sd**2 / spread)


def _typical(n: Floats) -> float:
    """Comments in the bucket of the median comment; 0 without comments."""
    size = np.sort(n)
    total = np.cumsum(size)
    return float(size[np.searchsorted(total, total[-1] / 2)]) if len(size) and total[-1] > 0 else 0.0


def _focus(times: _Times, share: float) -> tuple[datetime, datetime]:
    total = np.cumsum(times.volume)
    tail = (1 - share) / 2 * total[-1]
    first = int(np.searchsorted(total, tail, side="right"))
    last = int(np.searchsorted(total, total[-1] - tail, side="left"))
    return moment(times.starts[min(first, len(total) - 1)]), moment(times.ends[min(last, len(total) - 1)])


def _bucket_segment(counts: Counts, i: int) -> Segment:
    size = counts.n[i : i + 1]
    return Segment(start=i, end=i + 1, k=float(counts.k[i]), n=float(size[0]), n_effective=pooled_effective(size, counts.rho))


def _regime(segment: Segment, times: _Times, judged: tuple[Evidence, _Source], settings: CurveSettings, bursts: Sequence[Spike] = ()) -> Regime:
    evidence, source = judged
    worth = np.array([segment.n_effective])
    if evidence.level_sd is not None:
        weights = times.volume[segment.start : segment.end]
        sd = float(np.average(evidence.level_sd[segment.start : segment.end], weights=weights))  # errors of one calibration move together: no averaging out
        worth = _with_level_error(np.array([segment.share]), worth, np.array([sd]))
    n_effective = float(worth[0])
    low, high = wilson(segment.share * n_effective, n_effective, settings.band.confidence)
    return Regime(
        start=moment(times.starts[segment.start]),
        end=moment(times.ends[segment.end - 1]),
        bucket_from=segment.start,
        bucket_to=segment.end,
        k=segment.k,
        n=round(segment.n),
        n_effective=n_effective,
        share=segment.share,
        low=low,
        high=high,
        rows=source.rows(segment.start, segment.end, bursts),
    )


_Read = tuple[tuple[Regime, ...], tuple[TurningPoint, ...], tuple[TurningPoint, ...], tuple[SpikeBurst, ...]]


def _read(found: Segmentation, counts: Counts, times: _Times, judged: tuple[Evidence, _Source], settings: CurveSettings) -> _Read:
    """Regimes, turning points, small moves and spikes with times and rows."""
    source = judged[1]
    regimes = {(s.start, s.end): _regime(s, times, judged, settings, found.spikes) for s in found.segments}

    def regime(segment: Segment) -> Regime:
        key = (segment.start, segment.end)
        if key not in regimes:
            regimes[key] = _regime(segment, times, judged, settings, found.spikes)
        return regimes[key]

    def point(turn: Turn) -> TurningPoint:
        before, after = regime(turn.before), regime(turn.after)
        side = settings.effects.side_buckets
        around = np.concatenate(
            (
                counts.n[max(turn.before.start, turn.at - side) : turn.at],
                counts.n[turn.at : min(turn.after.end, turn.at + side)],
            )
        )
        low, high = difference_interval((turn.before.share, turn.before.n_effective), (turn.after.share, turn.after.n_effective), settings.band.confidence)
        return TurningPoint(
            at=moment(times.starts[turn.at]),
            earliest=moment(times.starts[turn.earliest]),
            latest=moment(times.ends[turn.latest]),
            bucket=turn.at,
            before=before,
            after=after,
            step=turn.step,
            step_low=low,
            step_high=high,
            worth=(turn.before.n_effective, turn.after.n_effective),
            mix_part=source.mix_part((turn.before.start, turn.before.end), (turn.after.start, turn.after.end)),
            at_edge=turn.at_edge,
            is_thin=float(np.median(around)) < settings.buckets.thin_comments,
        )

    spikes = tuple(
        SpikeBurst(start=moment(times.starts[s.start]), end=moment(times.ends[s.end - 1]), k=s.k, n=round(s.n), rows=source.rows(s.start, s.end))
        for s in found.spikes
    )
    return tuple(regime(s) for s in found.segments), tuple(map(point, found.turns)), tuple(map(point, found.small)), spikes
