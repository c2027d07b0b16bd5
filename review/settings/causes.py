"""Settings of the evidence side of root causes: themes, tiers, and the self-check of the brand's own wording."""

from dataclasses import dataclass

from review.settings.absolute_claims import ClaimRules, load_absolute_claims
from review.settings.themes import ThemeSettings, load_themes
from review.settings.tiers import TierRules, load_tiers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CauseSettings:
    """One value a settings file."""

    themes: ThemeSettings
    tiers: TierRules
    claims: ClaimRules


def load_cause_settings() -> CauseSettings:
    """The shipped settings. Raises UnusableInput with every fault of a file."""
    return CauseSettings(themes=load_themes(), tiers=load_tiers(), claims=load_absolute_claims())
