"""Thresholds of the curve and of what is read off it, from curve.toml; one dataclass a table of that file."""

from dataclasses import dataclass
from pathlib import Path

from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSettings:
    """Widths of time buckets (minutes, ascending) and what makes one busy, thin or too many."""

    ladder_minutes: tuple[int, ...]
    busy_comments: int
    max_buckets: int
    short_days: int
    short_share: float
    coarse_share: float
    thin_comments: int
    focus_share: float
    focus_buckets: int
    min_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BandSettings:
    """Confidence of a share's interval and how the correlation within a bucket is sought."""

    confidence: float
    rho_max: float
    rho_min_pairs: int
    rho_default: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurningPointSettings:
    """Penalty, steps (shares), spike length (buckets), posterior mass, drift rule."""

    penalty_log_t: float
    min_step: float
    small_step: float
    spike_buckets: int
    window_mass: float
    drift_autocorrelation: float
    drift_min_buckets: int
    min_buckets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SmoothingSettings:
    """Grid of level variance over the median sampling variance."""

    signal_ratios: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSettings:
    """Negative share that starts the response (the rubric's), and the run of buckets above it that does so too (trigger_run of the curve's settings)."""

    share: float
    run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverySettings:
    """Rolling window and hold of back-to-normal; grid of the half-life."""

    window_minutes: int
    hold_minutes: int
    hold_wide_buckets: int
    window_comments: int
    base_effective: float
    half_life_grid: int
    half_life_spans: float
    half_life_starts: int
    half_life_min_drop: float
    half_life_min_buckets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSettings:
    """Windows (buckets), evidence needed and test level of the evidence ladder; how long one text takes to be published everywhere."""

    side_buckets: int
    lag_buckets: int
    trend_pre_buckets: int
    trend_post_buckets: int
    trend_min_pre: int
    earlier_buckets: int
    earlier_half_lives: tuple[float, ...]
    earlier_margin: float
    side_effective: float
    placebo_buckets: int
    alpha: float
    min_drop: float
    same_text_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionSettings:
    """Baseline weeks, interval and recovery rule of daily shop figures."""

    baseline_weeks: int
    min_weeks: int
    confidence: float
    recover_days: int
    recover_share: float
    window_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """Hours within which a case counts as solved in time; confidence of its rate."""

    solve_hours: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSettings:
    """Mean absolute error of the level of a curve that only the model has labelled (share), and what hand labels make of it.

    audited: pairs (hand labels, mean absolute error with them), ascending. audit_minutes: time that the largest number of them takes.
    """

    model_level_error: float
    audit_minutes: int
    audited: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveSettings:
    """The whole of curve.toml; analysis functions take the piece they need."""

    buckets: BucketSettings
    band: BandSettings
    turning_points: TurningPointSettings
    smoothing: SmoothingSettings
    trigger_run: int
    recovery: RecoverySettings
    effects: EffectSettings
    conversion: ConversionSettings
    service: ServiceSettings
    labels: LabelSettings


def load_curve_settings(path: Path = SETTINGS_DIR / "curve.toml") -> CurveSettings:
    """The settings in this file (default: ours).

    Raises UnusableInput with every fault: missing, unknown or ill-typed keys, shares outside [0, 1], an unordered ladder.
    """
    reader = read_toml(path)
    settings = CurveSettings(
        buckets=_buckets(reader.table("buckets")),
        band=_band(reader.table("band")),
        turning_points=_turning_points(reader.table("turning_points")),
        smoothing=_smoothing(reader.table("smoothing")),
        trigger_run=_trigger_run(reader.table("trigger")),
        recovery=_recovery(reader.table("recovery")),
        effects=_effects(reader.table("effects")),
        conversion=_conversion(reader.table("conversion")),
        service=_service(reader.table("service")),
        labels=_labels(reader.table("labels")),
    )
    reader.done()
    reader.close()
    return settings


def _share(table: TomlReader, key: str) -> float:
    return table.number(key, low=0.0, high=1.0)


def _buckets(table: TomlReader) -> BucketSettings:
    ladder = tuple(int(width) for width in table.numbers("ladder_minutes"))
    if not ladder or list(ladder) != sorted(set(ladder)) or ladder[0] < 1 or any(1440 % width for width in ladder):
        table.fault("ladder_minutes", "应为由小到大、能整除一天（1440 分钟）的分钟数")
    settings = BucketSettings(
        ladder_minutes=ladder,
        busy_comments=table.integer("busy_comments", low=1),
        max_buckets=table.integer("max_buckets", low=1),
        short_days=table.integer("short_days", low=0),
        short_share=_share(table, "short_share"),
        coarse_share=_share(table, "coarse_share"),
        thin_comments=table.integer("thin_comments", low=1),
        focus_share=_share(table, "focus_share"),
        focus_buckets=table.integer("focus_buckets", low=1),
        min_rows=table.integer("min_rows", low=1),
    )
    table.done()
    return settings


def _band(table: TomlReader) -> BandSettings:
    settings = BandSettings(
        confidence=table.number("confidence", low=0.5, high=0.9999),
        rho_max=table.number("rho_max", low=0.0, high=0.99),
        rho_min_pairs=table.integer("rho_min_pairs", low=1),
        rho_default=table.number("rho_default", low=0.0, high=0.99),
    )
    table.done()
    return settings


def _turning_points(table: TomlReader) -> TurningPointSettings:
    settings = TurningPointSettings(
        penalty_log_t=table.number("penalty_log_t", low=0.0, high=1000.0),
        min_step=_share(table, "min_step"),
        small_step=_share(table, "small_step"),
        spike_buckets=table.integer("spike_buckets"),
        window_mass=table.number("window_mass", low=0.01, high=0.9999),
        drift_autocorrelation=_share(table, "drift_autocorrelation"),
        drift_min_buckets=table.integer("drift_min_buckets", low=3),
        min_buckets=table.integer("min_buckets", low=2),
    )
    if settings.small_step > settings.min_step:
        table.fault("small_step", "不应大于 min_step")
    table.done()
    return settings


def _smoothing(table: TomlReader) -> SmoothingSettings:
    ratios = table.numbers("signal_ratios")
    if not ratios or min(ratios) < 0:
        table.fault("signal_ratios", "应为非负数字的列表")
    table.done()
    return SmoothingSettings(signal_ratios=ratios)


def _trigger_run(table: TomlReader) -> int:
    run = table.integer("run", low=1)
    table.done()
    return run


def _recovery(table: TomlReader) -> RecoverySettings:
    settings = RecoverySettings(
        window_minutes=table.integer("window_minutes", low=1),
        hold_minutes=table.integer("hold_minutes"),
        hold_wide_buckets=table.integer("hold_wide_buckets"),
        window_comments=table.integer("window_comments", low=1),
        base_effective=table.number("base_effective", low=0.0, high=1e6),
        half_life_grid=table.integer("half_life_grid", low=2),
        half_life_spans=table.number("half_life_spans", low=0.1, high=100.0),
        half_life_starts=table.integer("half_life_starts", low=1),
        half_life_min_drop=_share(table, "half_life_min_drop"),
        half_life_min_buckets=table.integer("half_life_min_buckets", low=4),
    )
    table.done()
    return settings


def _effects(table: TomlReader) -> EffectSettings:
    settings = EffectSettings(
        side_buckets=table.integer("side_buckets", low=1),
        lag_buckets=table.integer("lag_buckets"),
        trend_pre_buckets=table.integer("trend_pre_buckets", low=3),
        trend_post_buckets=table.integer("trend_post_buckets", low=3),
        trend_min_pre=table.integer("trend_min_pre", low=3),
        earlier_buckets=table.integer("earlier_buckets", low=1),
        earlier_half_lives=table.numbers("earlier_half_lives"),
        earlier_margin=table.number("earlier_margin", low=0.0, high=100.0),
        side_effective=table.number("side_effective", low=0.0, high=1e6),
        placebo_buckets=table.integer("placebo_buckets", low=1),
        alpha=table.number("alpha", low=1e-6, high=0.5),
        min_drop=_share(table, "min_drop"),
        same_text_minutes=table.integer("same_text_minutes"),
    )
    if not settings.earlier_half_lives or min(settings.earlier_half_lives) <= 0:
        table.fault("earlier_half_lives", "应为正数的列表")
    table.done()
    return settings


def _conversion(table: TomlReader) -> ConversionSettings:
    settings = ConversionSettings(
        baseline_weeks=table.integer("baseline_weeks", low=2),
        min_weeks=table.integer("min_weeks", low=2),
        confidence=table.number("confidence", low=0.5, high=0.9999),
        recover_days=table.integer("recover_days", low=1),
        recover_share=_share(table, "recover_share"),
        window_days=table.integer("window_days", low=1),
    )
    if settings.min_weeks > settings.baseline_weeks:
        table.fault("min_weeks", "不应大于 baseline_weeks")
    table.done()
    return settings


def _service(table: TomlReader) -> ServiceSettings:
    settings = ServiceSettings(solve_hours=table.integer("solve_hours", low=1), confidence=table.number("confidence", low=0.5, high=0.9999))
    table.done()
    return settings


def _labels(table: TomlReader) -> LabelSettings:
    comments, errors = table.numbers("audit_comments"), table.numbers("audit_errors")
    if len(comments) != len(errors) or list(comments) != sorted(set(comments)):
        table.fault("audit_errors", "应与 audit_comments 逐一对应，后者由少到多")
    settings = LabelSettings(
        model_level_error=_share(table, "model_level_error"),
        audit_minutes=table.integer("audit_minutes", low=1),
        audited=tuple((int(count), error) for count, error in zip(comments, errors, strict=False)),
    )
    table.done()
    return settings
