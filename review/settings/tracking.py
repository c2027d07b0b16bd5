"""Settings of quarterly tracking, read from tracking.toml."""

from dataclasses import dataclass

from review.settings.toml import SETTINGS_DIR, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderSettings:
    """How many incidents a side a sentence needs, and how large and sure a change must be to be claimed; exact test up to most_arrangements, else draws."""

    listed_below: int
    tested_from: int
    significance: float
    least_change: float
    previous_quarters: int
    confidence: float
    most_arrangements: int
    draws: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendSettings:
    """Points an individuals chart needs for trial and for fixed limits, and their width in mean moving ranges."""

    trial_from: int
    fixed_from: int
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MechanismSettings:
    """Drills a quarter should have, and months after which a plan review is overdue."""

    drills_per_quarter: int
    plan_review_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingSettings:
    ladder: LadderSettings
    trend: TrendSettings
    mechanisms: MechanismSettings


def load_tracking_settings() -> TrackingSettings:
    """The shipped settings. Raises UnusableInput with every fault of the file."""
    top = read_toml(SETTINGS_DIR / "tracking.toml")
    ladder, exact, trend, mechanisms = (top.table(name) for name in ("ladder", "exact", "trend", "mechanisms"))
    made = TrackingSettings(
        ladder=LadderSettings(
            listed_below=ladder.integer("listed_below", low=1),
            tested_from=ladder.integer("tested_from", low=1),
            significance=ladder.number("significance", low=0, high=1),
            least_change=ladder.number("least_change", low=0, high=1),
            previous_quarters=ladder.integer("previous_quarters", low=1),
            confidence=ladder.number("confidence", low=0.5, high=0.999),
            most_arrangements=exact.integer("most_arrangements", low=1),
            draws=exact.integer("draws", low=99),
            seed=exact.integer("seed"),
        ),
        trend=TrendSettings(
            trial_from=trend.integer("trial_from", low=2), fixed_from=trend.integer("fixed_from", low=2), width=trend.number("width", low=0, high=10)
        ),
        mechanisms=MechanismSettings(
            drills_per_quarter=mechanisms.integer("drills_per_quarter", low=1), plan_review_months=mechanisms.integer("plan_review_months", low=1)
        ),
    )
    for reader in (ladder, exact, trend, mechanisms, top):
        reader.done()
    top.close()
    return made
