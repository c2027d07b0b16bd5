"""Typed loader of thresholds.toml: what the analysis counts as what."""

from dataclasses import dataclass
from pathlib import Path

from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodThresholds:
    """What a collection must be like for its posts to be taken for one incident's, where nothing typed says which are: see `measure_spread`."""

    longest_days: int
    least_dated: float
    least_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatThresholds:
    """milestones: cumulative reads, ascending; reach_hours_to: reads whose time from the onset is printed."""

    milestones: tuple[float, ...]
    reach_hours_to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakThresholds:
    bucket_minutes: int
    count: int
    apart_hours: float
    event_window_hours: float
    least_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountThresholds:
    """named_followers: accounts with at least so many followers stay named; kol_followers: from so many on an account without a stated role is a KOL.

    bands: lower ends of follower bands, ascending; band_names: one more, from below the first on.
    """

    top: int
    named_followers: int
    kol_followers: int
    bands: tuple[float, ...]
    band_names: tuple[str, ...]

    def band(self, followers: int) -> int:
        """Index of the band so many followers fall into (0 = below the first; a lower end belongs to its band)."""
        return sum(followers >= low for low in self.bands)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceThresholds:
    typical: int
    hot: int
    longest_quote: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    period: PeriodThresholds
    heat: HeatThresholds
    peaks: PeakThresholds
    accounts: AccountThresholds
    voices: VoiceThresholds


def load_thresholds(path: Path = SETTINGS_DIR / "thresholds.toml") -> Thresholds:
    """The thresholds of a file. Raises UnusableInput with every fault found."""
    reader = read_toml(path)
    thresholds = Thresholds(
        period=_period(reader.table("period")),
        heat=_heat(reader.table("heat")),
        peaks=_peaks(reader.table("peaks")),
        accounts=_accounts(reader.table("accounts")),
        voices=_voices(reader.table("voices")),
    )
    reader.done()
    reader.close()
    return thresholds


def _ascending(reader: TomlReader, key: str) -> tuple[float, ...]:
    values = reader.numbers(key)
    if list(values) != sorted(set(values)):
        reader.fault(key, "应为升序且不重复")
    return values


def _period(reader: TomlReader) -> PeriodThresholds:
    made = PeriodThresholds(
        longest_days=reader.integer("longest_days", low=1),
        least_dated=reader.number("least_dated", low=0, high=1),
        least_share=reader.number("least_share", low=0, high=1),
    )
    reader.done()
    return made


def _heat(reader: TomlReader) -> HeatThresholds:
    made = HeatThresholds(milestones=_ascending(reader, "milestones"), reach_hours_to=reader.number("reach_hours_to", low=1))
    reader.done()
    return made


def _peaks(reader: TomlReader) -> PeakThresholds:
    made = PeakThresholds(
        bucket_minutes=reader.integer("bucket_minutes", low=1),
        count=reader.integer("count", low=1),
        apart_hours=reader.number("apart_hours", low=0),
        event_window_hours=reader.number("event_window_hours", low=0),
        least_rows=reader.integer("least_rows", low=1),
    )
    reader.done()
    return made


def _accounts(reader: TomlReader) -> AccountThresholds:
    made = AccountThresholds(
        top=reader.integer("top", low=1),
        named_followers=reader.integer("named_followers", low=0),
        kol_followers=reader.integer("kol_followers", low=1),
        bands=_ascending(reader, "bands"),
        band_names=reader.texts("band_names"),
    )
    if len(made.band_names) != len(made.bands) + 1:
        reader.fault("band_names", f"应有 {len(made.bands) + 1} 个名称")
    reader.done()
    return made


def _voices(reader: TomlReader) -> VoiceThresholds:
    made = VoiceThresholds(typical=reader.integer("typical", low=1), hot=reader.integer("hot", low=1), longest_quote=reader.integer("longest_quote", low=10))
    reader.done()
    return made
