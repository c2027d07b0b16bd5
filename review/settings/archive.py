"""Settings of the archive, read from archive.toml."""

from dataclasses import dataclass

from review.settings.toml import SETTINGS_DIR, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSettings:
    """stale_hours: after this long without a change another machine's stage counts as abandoned."""

    stale_hours: float


def load_archive_settings() -> ArchiveSettings:
    """The shipped settings. Raises UnusableInput with every fault of the file."""
    reader = read_toml(SETTINGS_DIR / "archive.toml")
    made = ArchiveSettings(stale_hours=reader.number("stale_hours", low=0))
    reader.done()
    reader.close()
    return made
