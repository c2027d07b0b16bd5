"""From rows to mood: labels, the curve they give, what is read off it, keywords, emotions, and whom the anger names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import NormalDist
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.buckets import BucketGrid, bucket_grid
from review.analysis.calibration import Scored, calibrated_shares
from review.analysis.curve import Curve, Evidence, Subject, leading_curve, moment, row_curve, sample_curve
from review.analysis.emotion import TextEmotions, analyse_texts
from review.analysis.emotion_labels import Audit, Labels, MachineCheck, SourceCount, mood_texts, resolve_labels
from review.analysis.emotion_target import Names, TargetShare, find_targets
from review.analysis.keyword_curves import Buckets, CountCurve, emotion_curves, keyword_curves
from review.analysis.machine_labels import Labeller, label_by_machine
from review.analysis.own_voice import is_own
from review.analysis.recovery import BackToNormal, BaseShare, HalfLife, RecoveryShares, back_to_normal, base_share, half_life, incident_from, recovery_shares
from review.analysis.row_sets import rows_at
from review.analysis.scope import Scope
from review.analysis.spread import Spread
from review.analysis.trigger import Trigger, trigger
from review.incident.case import Case
from review.incident.evidence import RowSet
from review.incident.incident import Incident
from review.incident.tables import COMMENT_KINDS, PUBLISHED_KINDS
from review.settings.curve import CurveSettings, TriggerSettings
from review.settings.emotion import EmotionModel, with_analyst_words

PLATFORM_NAMES = ("小红书", "微博", "抖音", "B站", "知乎", "快手", "贴吧", "红薯", "薯队长")
"""What people call the platforms when they are angry with them rather than with the brand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordCurve:
    """Rows per bucket (UTC starts) that hold a keyword or show an emotion, and the total with its rows."""

    name: str
    starts: tuple[datetime, ...]
    counts: tuple[int, ...]
    total: int
    source: CountCurve


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """The curve the report leads with (None without labels and samples) and what is read off it.

    sampled: the typed samples' curve where it does not lead. sources: labels by where they come from; audit: None without a sheet; machine: the classifier
    that stood in for people, None where none did. words: all rows in which words were read (the denominator of keywords and emotions); elsewhere: negative
    rows that name somebody else than the brand. own: the brand's own rows, left out of everything here.
    """

    curve: Curve | None
    sampled: Curve | None
    fired: Trigger | None
    base: BaseShare | None
    shares: RecoveryShares | None
    normal: BackToNormal | None
    decline: HalfLife | None
    sources: tuple[SourceCount, ...]
    audit: Audit | None
    machine: MachineCheck | None
    words: int
    keywords: tuple[WordCurve, ...]
    emotions: tuple[WordCurve, ...]
    elsewhere: tuple[TargetShare, ...]
    own: RowSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MoodRows:
    """Row by row: what was read in each text and the label it got, in the order of the posts."""

    texts: pd.Series
    read: TextEmotions
    labels: Labels

    @property
    def negative(self) -> "pd.Series[bool]":
        return pd.Series(self.labels.negative)


def read_moods(posts: pd.DataFrame, case: Case, model: EmotionModel) -> tuple[pd.Series, TextEmotions]:
    """All texts, and what the model, with the analyst's own words, reads in them: nothing in the brand's own, whose mood does not count."""
    texts = mood_texts(posts)
    return texts, analyse_texts(texts.mask(is_own(posts, case)), with_analyst_words(model, case.emotion_words))


def measure_mood(
    incident: Incident,
    reading: tuple[pd.Series, TextEmotions],
    audit: pd.DataFrame | Labeller | None,
    found_so_far: tuple[Spread, Scope],
    settings: tuple[CurveSettings, TriggerSettings, ZoneInfo],
) -> tuple[Mood, MoodRows]:
    """Labels of all rows and the mood they give: the curve is of comments, or of posts where too few comments are judged, or of typed samples.

    The brand's own rows are left out of all of it and carry no label: a service desk that answers every complaint would halve the share.
    """
    (curve_settings, rule, zone), case, (spread, scope) = settings, incident.case, found_so_far
    texts, read = reading
    own = is_own(incident.posts, case)
    posts = incident.posts.copy(deep=False)
    posts["sentiment"] = posts["sentiment"].mask(own)
    heard = texts.mask(own)
    given = label_by_machine(posts, read, audit) if isinstance(audit, Labeller) else audit

    def judged(subject: Subject, kinds: Sequence[str]) -> _Judged:
        mask = (posts["kind"].isin(kinds) & ~own).to_numpy()
        rows = posts[mask].reset_index(drop=True)
        grid = bucket_grid(rows, zone, curve_settings.buckets)
        bucket = np.full(len(posts), -1, dtype=np.int64)
        bucket[mask] = grid.index
        labels = resolve_labels(posts, read, given, bucket)
        evidence = curve_evidence(subject, labels, (read, bucket, grid), curve_settings)
        return _Judged(labels=labels, grid=grid, bucket=bucket, curve=row_curve(_labelled(rows, labels, mask), grid, evidence, curve_settings))

    by = judged("comments", COMMENT_KINDS)
    if by.curve is None:
        by = judged("posts", PUBLISHED_KINDS)
    sampled = sample_curve(incident.samples, curve_settings)
    curve = leading_curve([each for each in (by.curve, sampled) if each is not None])
    buckets = Buckets(index=by.bucket, count=len(by.grid.starts))
    model = read.analyzer.model
    names = Names(
        brand=tuple(name for name in (case.brand, case.product, *case.official_accounts) if name),
        competitor=case.competitors,
        platform=PLATFORM_NAMES,
        poster=() if spread.first is None or spread.first.author is None else (spread.first.author,),
    )
    told = _read_off(curve, (incident, spread, scope), rule, curve_settings)
    found = Mood(
        curve=told.curve,
        sampled=sampled if sampled is not curve else None,
        fired=told.fired,
        base=told.base,
        shares=told.shares,
        normal=told.normal,
        decline=told.decline,
        sources=by.labels.sources,
        audit=by.labels.audit,
        machine=by.labels.machine,
        words=int((~np.asarray(read.negative.isna())).sum()),
        keywords=tuple(_word_curve(each, by.grid) for each in keyword_curves(posts, heard, buckets, model)),
        emotions=tuple(_word_curve(each, by.grid) for each in emotion_curves(posts, read, buckets)),
        own=rows_at(posts, own.to_numpy()),
        elsewhere=find_targets(posts, heard, by.labels.negative, (names, model)).elsewhere,
    )
    return found, MoodRows(texts=texts, read=read, labels=by.labels)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Judged:
    """Labels of all rows; of the rows of one subject buckets and curve (None where too few are judged). bucket: of every row, -1 for those left out."""

    labels: Labels
    grid: BucketGrid
    bucket: npt.NDArray[np.int64]
    curve: Curve | None


def _labelled(rows: pd.DataFrame, labels: Labels, mask: npt.NDArray[np.bool_]) -> pd.DataFrame:
    judged = rows.assign(negative=pd.Series(labels.negative)[mask].to_numpy(dtype=object))
    judged["negative"] = judged["negative"].astype("boolean")
    if labels.calibration is None:
        return judged
    probability = pd.array(labels.probability[mask], dtype="Float64")
    return judged.assign(probability=pd.Series(probability).mask(pd.Series(np.isnan(labels.probability[mask]))))


def curve_evidence(subject: Subject, labels: Labels, scored: tuple[TextEmotions, npt.NDArray[np.int64], BucketGrid], settings: CurveSettings) -> Evidence:
    """The grade of the labels, with the error of calibration per bucket, or the measured mean error of a model nobody audited."""
    read, bucket, grid = scored
    if labels.grade == "model":
        return Evidence(subject=subject, grade="model", level_error=settings.labels.model_level_error)
    if labels.calibration is None:
        return Evidence(subject=subject, grade=labels.grade)
    judged = ~np.asarray(read.negative.isna())
    shares = calibrated_shares(
        labels.calibration, Scored(score=labels.score[judged], bucket=bucket[judged], buckets=len(grid.starts)), read.analyzer.model.calibration
    )
    width = (shares["high"] - shares["low"]).to_numpy(dtype=np.float64)
    sd = np.nan_to_num(width / (2 * NormalDist().inv_cdf(0.5 + settings.band.confidence / 2)))
    return Evidence(subject=subject, grade=labels.grade, level_sd=sd)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    curve: Curve | None = None
    fired: Trigger | None = None
    base: BaseShare | None = None
    shares: RecoveryShares | None = None
    normal: BackToNormal | None = None
    decline: HalfLife | None = None


def _read_off(curve: Curve | None, found: tuple[Incident, Spread, Scope], rule: TriggerSettings, settings: CurveSettings) -> _Told:
    """What the curve tells, its incident found: trigger, base, recovery, back to normal, half-life; all None without a curve."""
    if curve is None:
        return _Told()
    line = rule.share + (curve.level_error or 0.0)
    incident, _, scope = found
    begins = scope.period[0] if scope.untold is not None and scope.period is not None else incident.case.outbreak_at
    if begins is not None:
        curve = replace(curve, incident_from=incident_from(curve, begins, line))
    fired = trigger(curve, rule)
    onset = onset_of(*found, fired)
    if onset is not None:
        curve = replace(curve, incident_from=incident_from(curve, onset, line))
    elif scope.untold is not None:  # without a start nothing is known to have come back from it
        return _Told(curve=curve, fired=fired)
    base = base_share(curve, (settings.recovery, settings.band))
    return _Told(
        curve=curve,
        fired=fired,
        base=base,
        shares=recovery_shares(curve, base),
        normal=back_to_normal(curve, base, rule.share, settings.recovery),
        decline=half_life(curve, (settings.recovery, settings.band)),
    )


def onset_of(incident: Incident, spread: Spread, scope: Scope, fired: Trigger | None) -> datetime | None:
    """The start of the crisis: typed, else the crossing, else the first post."""
    if incident.case.outbreak_at is not None:
        return incident.case.outbreak_at
    crossed = crossing_of(scope, fired)
    if crossed is not None:
        return crossed.at
    return None if spread.first is None else spread.first.at


def crossing_of(scope: Scope, fired: Trigger | None) -> Trigger | None:
    """The crossing, if it can tell when the crisis began: in a collection of many years it must have been seen."""
    return fired if fired is not None and (scope.untold is None or fired.seen_below) else None


def _word_curve(curve: CountCurve, grid: BucketGrid) -> WordCurve:
    return WordCurve(
        name=curve.name, starts=tuple(moment(start) for start in grid.starts), counts=tuple(int(n) for n in curve.counts), total=curve.total, source=curve
    )
