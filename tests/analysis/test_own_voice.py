"""The brand's answers are neither mood nor concert, however many there are."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
from frames import hours_after, posts

from review.analysis.analyse import Findings, analyse
from review.analysis.audit_sample import draw_audit_sample
from review.analysis.mood import read_moods
from review.incident.case import Case
from review.incident.incident import empty_incident
from review.settings.analysis_settings import load_analysis_settings

SETTINGS = load_analysis_settings()
CASE = Case(official_accounts=("品牌官方",), outbreak_at=hours_after(0))
SAID: list[dict[str, object]] = [
    {
        "kind": "comment", "published_at": hours_after(i / 20), "text": f"第{i}个买了也是这样掉渣，太失望了" if i % 5 < 2 else f"第{i}个路过看看大家怎么说",
        "sentiment": "negative" if i % 5 < 2 else "neutral", "author_name": f"用户{i}", "likes": 3,
    }
    for i in range(480)
]  # fmt: skip
ANSWERS: list[dict[str, object]] = [
    {
        **said, "kind": "reply", "published_at": said["published_at"] + timedelta(seconds=30), "text": f"亲亲，非常抱歉让您失望了，请私信我们{i}",  # type: ignore[operator]
        "sentiment": "neutral", "author_name": "品牌官方", "likes": 500,
    }
    for i, said in enumerate(SAID)
]  # fmt: skip


def found(rows: list[dict[str, object]]) -> Findings:
    return analyse(replace(empty_incident(CASE), posts=posts(*rows)), SETTINGS, "Asia/Shanghai").findings


def test_the_brands_own_answers_change_no_figure_of_mood_voices_or_concert() -> None:
    alone, answered = found(SAID), found([*SAID, *ANSWERS])
    for one in (alone, answered):
        assert one.emotion.curve is not None
        np.testing.assert_allclose(one.emotion.curve.k.sum() / one.emotion.curve.volume.sum(), 0.4)
    assert [(word.name, word.total) for word in answered.emotion.keywords] == [(word.name, word.total) for word in alone.emotion.keywords]
    assert answered.emotion.words == alone.emotion.words
    assert (alone.emotion.own.count, answered.emotion.own.count) == (0, 480)
    assert answered.voices == alone.voices
    assert answered.propagation.coordination == alone.propagation.coordination
    assert answered.emotion.sources == alone.emotion.sources


def test_nobody_labels_the_brands_own_answers_by_hand() -> None:
    frame = posts(*SAID, *ANSWERS)
    sample = draw_audit_sample(frame, read_moods(frame, CASE, SETTINGS.emotion)[1], 100)
    assert len(sample) == 100
    assert not pd.Series(sample["text"]).str.contains("亲亲").any()


def test_a_text_that_two_accounts_share_word_for_word_is_told_among_few_comments_too() -> None:
    rows: list[dict[str, object]] = [
        {"kind": "comment", "published_at": hours_after(i / 60), "text": f"这家的锅涂层掉渣千万不要买第{i // 2}号", "author_name": f"用户{i}"}
        for i in range(60)
    ]
    repeated = found(rows).propagation.coordination.repeated
    assert repeated is not None
    assert (repeated.k, repeated.n) == (60, 60)
