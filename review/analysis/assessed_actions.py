"""The actions of the timeline whose effect is assessed: each public move and each blogger's post, one text published on several platforms being one."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from review.analysis.buckets import PRECISION_MINUTES
from review.analysis.effects import Action
from review.analysis.response_facts import PublicResponse
from review.analysis.timeline import ResponseCard
from review.incident.case import same_words
from review.incident.evidence import union
from review.settings.curve import EffectSettings


def assessed_actions(
    cards: Sequence[ResponseCard], public: Sequence[PublicResponse], bloggers: Collection[str], settings: EffectSettings
) -> tuple[Action, ...]:
    """Each action once, in order of time, named by its place among the cards; its later publications elsewhere by theirs.

    One action are public moves with the same words, each on a platform of its own, within same_text_minutes of the first. Their words are the text or, where
    none is typed, kind and title; punctuation and blanks do not count, and a move without either stays alone. bloggers: kinds of action.
    """
    seen_in_public = {move.rows for move in public}
    found: list[list[int]] = []
    latest: dict[tuple[str, str], list[int]] = {}
    for i, card in enumerate(cards):  # tens of typed rows
        if card.rows in seen_in_public:
            words = _words(card)
            before = latest.get(words, [])
            if before and card.at - cards[before[0]].at <= timedelta(minutes=settings.same_text_minutes) and _elsewhere(card, [cards[j] for j in before]):
                before.append(i)
                continue
            found.append([i])
            if words[1]:
                latest[words] = found[-1]
        elif card.action in bloggers:
            found.append([i])
    return tuple(_action(places, [cards[i] for i in places]) for places in found)


def _words(card: ResponseCard) -> tuple[str, str]:
    text = same_words(card.text or "")
    return ("", text) if text else (card.action, same_words(card.title or ""))


def _elsewhere(card: ResponseCard, others: Sequence[ResponseCard]) -> bool:
    return card.platform is not None and all(other.platform not in (None, card.platform) for other in others)


def _action(places: Sequence[int], cards: Sequence[ResponseCard]) -> Action:
    return Action(
        ident=str(places[0]),
        at=cards[0].at,
        until=cards[-1].at,
        elsewhere=tuple(str(place) for place in places[1:]),
        precision=max((card.precision for card in cards), key=lambda word: PRECISION_MINUTES.get(word or "", 0.0)),
        rows=union(*(card.rows for card in cards)),
    )
