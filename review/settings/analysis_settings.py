"""All settings of the analysis, read once; analysis functions are handed the piece they need."""

from dataclasses import dataclass
from pathlib import Path

from review.settings.causes import CauseSettings, load_cause_settings
from review.settings.curve import CurveSettings, load_curve_settings
from review.settings.emotion import EmotionModel, load_emotion_model
from review.settings.links import LinkSettings, load_link_settings
from review.settings.media import MediaList, load_media_list
from review.settings.plan import PlanRules, load_plan_rules
from review.settings.reasons import Reasons, load_reasons
from review.settings.rubric import Rubric, load_rubric
from review.settings.statement import StatementSettings, load_statement_settings
from review.settings.thresholds import Thresholds, load_thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSettings:
    """One value a settings file."""

    thresholds: Thresholds
    curve: CurveSettings
    rubric: Rubric
    statement: StatementSettings
    reasons: Reasons
    emotion: EmotionModel
    links: LinkSettings
    media: MediaList
    causes: CauseSettings
    plan: PlanRules


def load_analysis_settings(rubric_file: Path | None = None, media_file: Path | None = None) -> AnalysisSettings:
    """The shipped settings, with the rubric and the media list replaced whole where a file is given. Raises UnusableInput with every fault of a file."""
    return AnalysisSettings(
        thresholds=load_thresholds(),
        curve=load_curve_settings(),
        rubric=load_rubric(rubric_file),
        statement=load_statement_settings(),
        reasons=load_reasons(),
        emotion=load_emotion_model(),
        links=load_link_settings(),
        media=load_media_list(media_file),
        causes=load_cause_settings(),
        plan=load_plan_rules(),
    )
