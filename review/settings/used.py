"""The settings a report was made with, as files to keep beside it: years later a number must still be explicable."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from review.settings.media import FILE as MEDIA
from review.settings.rubric import FILE as RUBRIC
from review.settings.toml import SETTINGS_DIR

DECIDING: Final = ("absolute_claims", "curve", "emotion", "links", "plan", "statement", "themes", "thresholds", "tiers")
"""Settings that decide numbers, besides the rubric; how tables are recognised is told by import.json."""


def settings_files(rubric_file: Path | None, media_file: Path | None) -> Mapping[str, bytes]:
    """Path below the output folder → bytes of each settings file; rubric and media list are the ones given, else ours."""
    files = {f"settings/{name}.toml": (SETTINGS_DIR / f"{name}.toml").read_bytes() for name in DECIDING if (SETTINGS_DIR / f"{name}.toml").is_file()}
    return {"settings/rubric.toml": (rubric_file or RUBRIC).read_bytes(), "settings/media.toml": (media_file or MEDIA).read_bytes(), **files}
