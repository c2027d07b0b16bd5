"""What the data contribute to the search for causes: themes of complaint, salient phrases, tiers of users, the brand's own wording. Clues, no finding."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from review.analysis.curve import Grade
from review.analysis.own_voice import is_user
from review.analysis.phrases import Phrase, salient_phrases
from review.analysis.row_sets import row_set
from review.analysis.themes import Theme, TicketTopic, find_mentions, folded_points, measure_themes, ticket_topics
from review.analysis.tiers import TierContext, TierFigures, assign_tiers, measure_tiers
from review.analysis.wording_check import WordingCheck, check_wording
from review.incident.case import Case
from review.incident.evidence import RowSet
from review.incident.incident import Incident
from review.settings.causes import CauseSettings
from review.settings.emotion import folded


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseContext:
    """What other analyses know: when the formal plan was out, the correlation between comments of one bucket, the zone, the interval's confidence, and the
    grade of the labels with the mean error of a model nobody audited."""

    plan_at: datetime | None
    correlation: float
    zone: ZoneInfo
    confidence: float
    grade: Grade
    level_error: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseFindings:
    """themes: ranked, at most as many as settings show, of `themes_found`. user_rows: rows read for themes and tiers; labelled: those with a label, of this
    grade and, where a model gave them, with this mean error."""

    themes: tuple[Theme, ...]
    themes_found: int
    phrases: tuple[Phrase, ...]
    tickets: tuple[TicketTopic, ...]
    tiers: tuple[TierFigures, ...]
    wording: WordingCheck
    labelled: int
    grade: Grade
    level_error: float | None
    user_rows: RowSet
    plan_at: datetime | None


def measure_causes(incident: Incident, negative: pd.Series, context: CauseContext, settings: CauseSettings) -> CauseFindings:
    """All clues; an empty incident gives none. negative: boolean, NA = unlabelled, aligned with incident.posts.

    Phrases that are part of the brand's name, product, topics or search keywords are left out: they say what is talked about, not what is wrong.
    """
    chosen = is_user(incident.posts, incident.case)
    posts = incident.posts[chosen].reset_index(drop=True)
    sign = negative[chosen.to_numpy()].reset_index(drop=True)
    points = folded_points(posts, settings.themes)
    mentions = find_mentions(points, settings.themes)
    themes = measure_themes(posts, sign, mentions, settings.themes, context.zone)
    names = _names(incident.case, settings)
    tiers = assign_tiers(posts, points, incident.case.core_users, settings.tiers)
    tier_context = TierContext(
        plan_at=context.plan_at,
        correlation=context.correlation,
        confidence=context.confidence,
        mentions=mentions,
        themes=settings.themes,
        listed=settings.tiers.theme_count,
    )
    return CauseFindings(
        themes=themes[: settings.themes.themes],
        themes_found=len(themes),
        phrases=tuple(phrase for phrase in salient_phrases(posts, sign, points, settings.themes.phrases) if phrase.text not in names),
        tickets=ticket_topics(incident.tickets, settings.themes.ticket_topics),
        tiers=measure_tiers(posts, sign, tiers, tier_context),
        wording=check_wording(incident.posts, incident.case, settings.claims),
        labelled=int(sign.notna().sum()),
        grade=context.grade,
        level_error=context.level_error,
        user_rows=row_set(posts),
        plan_at=context.plan_at,
    )


def _names(case: Case, settings: CauseSettings) -> str:
    """Brand, product, topics, keywords and accounts as one folded text to look phrases up in."""
    said = (case.brand, case.product, *case.topics, *case.keywords, *case.official_accounts)
    return folded("\n".join(word for word in said if word), settings.themes.fold)
