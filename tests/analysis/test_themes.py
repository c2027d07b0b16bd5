import dataclasses
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from frames import BEIJING, START, hours_after, posts
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.causes import CauseContext, CauseFindings, measure_causes
from review.analysis.own_voice import is_own, is_user
from review.analysis.phrases import Phrase, salient_phrases
from review.analysis.row_sets import row_set
from review.analysis.themes import Theme, find_mentions, folded_points, folded_words, measure_themes, ticket_topics
from review.incident.case import Case
from review.incident.incident import empty_incident
from review.incident.tables import TICKETS
from review.settings.causes import load_cause_settings
from review.settings.themes import PhraseRules, ThemeSettings

SETTINGS = load_cause_settings()
ZONE = ZoneInfo("Asia/Shanghai")


def comment(text: str, sentiment: str | None = "negative", **more: object) -> dict[str, object]:
    return {"kind": "comment", "text": text, "sentiment": sentiment, "published_at": START, "author_name": "某人", **more}


def negative_of(frame: pd.DataFrame) -> pd.Series:
    return frame["sentiment"].eq("negative").astype("boolean").mask(frame["sentiment"].isna())


def themes_of(frame: pd.DataFrame, rules: ThemeSettings = SETTINGS.themes) -> dict[str, Theme]:
    found = measure_themes(frame, negative_of(frame), find_mentions(folded_points(frame, rules), rules), rules, ZONE)
    return {theme.ident: theme for theme in found}


def test_a_row_counts_once_a_theme_and_may_count_in_several() -> None:
    found = themes_of(posts(comment("客服态度差,客服踢皮球,不给退款"), comment("退款呢", "neutral")))
    assert (found["service"].count, found["service"].supporting) == (1, 1)
    assert (found["refund"].count, found["refund"].supporting, found["refund"].contrary) == (2, 1, 1)


def test_traditional_and_full_width_writing_is_the_same_word() -> None:
    found = themes_of(posts(comment("客服態度差"), comment("说好的１００%呢")))
    assert found["service"].count == 1
    assert found["false_claim"].count == 1


def test_words_in_a_quoted_chain_are_not_the_writers_own() -> None:
    found = themes_of(posts(comment("路过//@甲:客服不回复")))
    assert "service" not in found


def test_without_labels_for_and_against_are_unknown_and_the_count_stands() -> None:
    theme = themes_of(posts(comment("客服一直不回复", None)))["service"]
    assert (theme.count, theme.supporting, theme.contrary) == (1, None, None)
    assert len(theme.quotes) == 1


def test_themes_rank_by_negative_rows_then_by_all_rows() -> None:
    rows = [comment("物流慢", "neutral")] * 5 + [comment("客服装死"), comment("客服不理人")]
    frame = posts(*rows)
    found = measure_themes(frame, negative_of(frame), find_mentions(folded_points(frame, SETTINGS.themes), SETTINGS.themes), SETTINGS.themes, ZONE)
    assert [theme.ident for theme in found] == ["service", "concealment", "logistics"]


def test_the_busiest_period_begins_at_a_local_multiple_and_the_earliest_wins_a_tie() -> None:
    midnight = START.replace(hour=0)
    at = [midnight + timedelta(hours=h) for h in (5.9, 6, 11.99, 12, 13, 25)]
    busiest = themes_of(posts(*(comment("客服", published_at=time) for time in at)))["service"].busiest
    assert busiest is not None
    assert busiest.start.astimezone(BEIJING).hour == 6
    assert (busiest.end - busiest.start, busiest.count) == (timedelta(hours=6), 2)


def test_an_undated_mention_is_counted_without_a_period() -> None:
    theme = themes_of(posts(comment("客服", published_at=None)))["service"]
    assert (theme.count, theme.busiest, theme.first_at) == (1, None, None)


def test_a_quote_names_the_theme_is_the_most_liked_and_serves_one_theme_only() -> None:
    both = comment("客服不给退款,太过分了", likes=90)
    rows = [both, comment("客服态度真的很差啊", likes=80), comment("客服!态度真的很差啊", likes=70), comment("退款三天还没有到账", likes=10)]
    found = themes_of(posts(*rows))
    said = {ident: [card.text for card in theme.quotes] for ident, theme in found.items()}
    assert said["service"] == [both["text"], "客服态度真的很差啊"]
    assert said["refund"] == ["退款三天还没有到账"]


def test_the_objection_is_a_row_labelled_otherwise() -> None:
    theme = themes_of(posts(comment("客服态度真的很差啊"), comment("客服处理得挺快的呀", "positive", likes=3)))["service"]
    assert theme.objection is not None
    assert theme.objection.text == "客服处理得挺快的呀"


@settings(max_examples=6)
@given(order=st.permutations(range(8)))
def test_row_order_changes_nothing(order: list[int]) -> None:
    texts = ["客服不回复", "退款呢", "宝宝吃了会不会中毒", "客服态度差", "物流慢", "早干嘛去了", "割韭菜", "客服 退款"]
    rows = [comment(text, published_at=hours_after(i), row=i + 2, likes=i % 3) for i, text in enumerate(texts)]
    assert themes_of(posts(*rows)) == themes_of(posts(*(rows[i] for i in order)))


def test_the_brand_and_the_media_are_no_users() -> None:
    case = Case(official_accounts=("某官方",))
    frame = posts(
        comment("我们的客服", author_name="某官方"),
        comment("客服", author_type="brand"),
        comment("客服", author_type="media"),
        comment("客服", author_name=None),
        {"kind": "article", "text": "客服"},
    )
    assert is_user(frame, case).tolist() == [False, False, False, True, False]
    assert is_own(frame, case).tolist() == [True, True, False, False, False]


# ------------------------------------------------------------------ phrases
RULES = dataclasses.replace(SETTINGS.themes.phrases, least_count=5, least_z=1.0)


def phrases_of(frame: pd.DataFrame, rules: PhraseRules = RULES) -> tuple[Phrase, ...]:
    return salient_phrases(frame, negative_of(frame), folded_points(frame, SETTINGS.themes), rules)


def planted(phrase: str, seed: int = 1, size: int = 300) -> pd.DataFrame:
    """Random Chinese comments; a third of the negative ones holds the phrase."""
    rng = np.random.default_rng(seed)
    letters = [chr(code) for code in range(0x5200, 0x5260)]
    rows = []
    for i in range(size):
        text = "".join(rng.choice(letters, 12))
        bad = i % 2 == 0
        rows.append(comment(text + (phrase if bad and i % 3 == 0 else "") + "".join(rng.choice(letters, 6)), "negative" if bad else "neutral", row=i + 2))
    return posts(*rows)


@pytest.mark.parametrize("phrase", ["涂层脱落", "踢皮球"])
def test_a_planted_phrase_comes_first_and_whole(phrase: str) -> None:
    found = phrases_of(planted(phrase))
    assert found[0].text == phrase
    assert (found[0].negative, found[0].others) == (50, 0)
    assert found[0].rows.count == 50
    assert not any(other.text in phrase for other in found[1:])


def test_the_same_phrase_repeated_in_one_row_counts_once() -> None:
    rows = [comment("踢皮球踢皮球踢皮球")] * 3 + [comment("挺好用", "positive")] * 3
    assert phrases_of(posts(*rows)) == ()


def test_a_phrase_as_common_elsewhere_is_not_salient() -> None:
    rows = [comment("踢皮球" + chr(0x5200 + i)) for i in range(20)] + [comment("踢皮球" + chr(0x5300 + i), "neutral") for i in range(20)]
    assert "踢皮球" not in {phrase.text for phrase in phrases_of(posts(*rows), SETTINGS.themes.phrases)}


def test_platform_emoticons_and_function_words_are_no_phrases() -> None:
    rows = [comment(f"[捂脸捂脸]我们{chr(0x5200 + i)}") for i in range(30)] + [comment(chr(0x5300 + i), "neutral") for i in range(30)]
    assert phrases_of(posts(*rows)) == ()


@pytest.mark.parametrize(("written", "listed"), [("根本", False), ("个说法", False), ("脱落", True)])
def test_an_adverb_or_a_measure_word_at_the_edge_is_no_demand(written: str, listed: bool) -> None:
    assert (written in {phrase.text for phrase in phrases_of(planted(written))}) == listed


def test_one_sided_and_empty_data_have_no_phrases() -> None:
    assert phrases_of(posts(*[comment("踢皮球")] * 10)) == ()
    assert phrases_of(posts(*[comment("踢皮球", None)] * 10)) == ()
    assert phrases_of(posts()) == ()


def test_a_phrase_found_in_a_sample_is_counted_in_all_rows() -> None:
    found = phrases_of(planted("涂层脱落"), dataclasses.replace(RULES, most_texts=150))
    assert found[0].text == "涂层脱落"
    assert (found[0].negative, found[0].others, found[0].rows) == next((each.negative, each.others, each.rows) for each in phrases_of(planted("涂层脱落")))


# ------------------------------------------------------------------ service cases and the whole
def test_ticket_topics_count_what_is_still_open() -> None:
    opened = pd.to_datetime([START, hours_after(1), hours_after(2), hours_after(3)], utc=True).as_unit("us")
    closed = pd.to_datetime(pd.Series([hours_after(5), None, None, None]), utc=True).dt.as_unit("us")
    columns: dict[str, object] = {"file": ["t.csv"] * 4, "row": [2, 3, 4, 5], "topic": ["脱落", "脱落", "退款", None], "opened_at": opened, "closed_at": closed}
    found = ticket_topics(TICKETS.frame(columns, 4), 5)
    assert [(topic.name, topic.opened, topic.unsolved) for topic in found] == [("脱落", 2, 1), ("退款", 1, 1)]
    assert ticket_topics(TICKETS.frame({**columns, "closed_at": pd.to_datetime(pd.Series([None] * 4, dtype=object), utc=True)}, 4), 5)[0].unsolved is None


def test_an_empty_incident_has_no_clues() -> None:
    incident = empty_incident(Case())
    context = CauseContext(plan_at=None, correlation=0.05, zone=ZONE, confidence=0.95, grade="vendor", level_error=None)
    found = measure_causes(incident, pd.Series([], dtype="boolean"), context, SETTINGS)
    assert isinstance(found, CauseFindings)
    assert (found.themes, found.phrases, found.tickets, found.tiers, found.wording.notes) == ((), (), (), (), 0)
    assert found.user_rows == row_set(incident.posts)


def test_the_brands_own_name_is_no_salient_phrase() -> None:
    frame = planted("苜屿小锅")
    incident = dataclasses.replace(empty_incident(Case(brand="苜屿", product="苜屿小锅")), posts=frame)
    context = CauseContext(plan_at=None, correlation=0.05, zone=ZONE, confidence=0.95, grade="vendor", level_error=None)
    assert "苜屿小锅" not in {phrase.text for phrase in measure_causes(incident, negative_of(frame), context, SETTINGS).phrases}


@settings(max_examples=40)
@given(texts=st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12), max_size=6))
def test_folded_words_are_the_texts_they_were_made_of(texts: list[str]) -> None:
    frame = posts(*(comment(text) for text in texts))
    points = folded_points(frame, SETTINGS.themes)
    pieces = [points.points[a:b].astype("<u4").tobytes().decode("utf-32-le") for a, b in pairwise(points.starts.tolist())]
    assert folded_words(points).to_pylist() == pieces
