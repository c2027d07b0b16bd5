"""Which label a row gets, the audit sample, targets and keyword curves."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from review.analysis.audit_sample import draw_audit_sample
from review.analysis.emotion import analyse_texts
from review.analysis.emotion_labels import Labels, MachineLabels, mood_texts, resolve_labels, text_keys
from review.analysis.emotion_target import Names, find_targets
from review.analysis.keyword_curves import Buckets, emotion_curves, keyword_curves
from review.incident.tables import POSTS
from review.settings.emotion import EMOTIONS, load_emotion_model

MODEL = load_emotion_model()
START = pd.Timestamp("2026-08-01T00:00Z")


def posts_of(texts: Sequence[str | None], **columns: object) -> pd.DataFrame:
    count = len(texts)
    base: dict[str, object] = {
        "file": "评论.csv",
        "row": range(2, count + 2),
        "kind": "comment",
        "platform": "weibo",
        "item_id": [f"c{i}" for i in range(count)],
        "published_at": [START + pd.Timedelta(minutes=i) for i in range(count)],
        "text": texts,
    }
    return POSTS.frame(base | columns, count)


def audit_of(ids: list[str | None], negative: list[bool | None], keys: list[str | None] | None = None, **ticks: list[bool]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "item_id": pd.Series(ids, dtype="string[pyarrow]"),
            "key": pd.Series(keys or [None] * len(ids), dtype="string[pyarrow]"),
            "negative": pd.Series(negative, dtype="boolean"),
        }
    )
    return frame.assign(**{name: pd.Series(values, dtype="boolean") for name, values in ticks.items()})


def label(posts: pd.DataFrame, audit: pd.DataFrame | None = None) -> Labels:
    read = analyse_texts(mood_texts(posts), MODEL)
    return resolve_labels(posts, read, audit, np.zeros(len(posts), dtype=np.int64))


def test_an_audit_overrides_the_vendor_and_the_vendor_the_model() -> None:
    posts = posts_of(["太失望了", "太失望了啊", "真差劲", None], sentiment=["positive", "positive", None, None])
    labels = label(posts, audit_of(["c0"], [True]))
    assert labels.source.tolist() == ["audited", "vendor", "model", np.nan]
    assert labels.negative.tolist() == [True, False, True, pd.NA]
    assert [(s.source, s.rows) for s in labels.sources] == [("audited", 1), ("vendor", 1), ("model", 1)]
    assert [s.share for s in labels.sources] == [1 / 3, 1 / 3, 1 / 3]


def test_the_grade_follows_the_best_source_that_covers_the_rows() -> None:
    texts: Sequence[str | None] = [("很失望", "很满意")[i % 2] + str(i) for i in range(80)]
    assert label(posts_of(texts)).grade == "model"
    assert label(posts_of(texts, sentiment=["negative"] * 60 + [None] * 20)).grade == "vendor"
    assert label(posts_of(texts, sentiment=["negative"] * 10 + [None] * 70)).grade == "model"
    assert label(posts_of(texts), audit_of(["c1"], [True])).grade == "model"
    full = label(posts_of(texts), audit_of([f"c{i}" for i in range(60)], [i % 2 == 0 for i in range(60)]))
    assert full.grade == "audited"
    assert full.calibration is not None
    assert full.audit is not None
    assert full.audit.matched == full.audit.labels == full.audit.rows.count == 60
    assert full.audit.model is not None
    assert full.audit.model.sensitivity == 1
    assert np.isfinite(full.probability).all()


def test_a_hand_label_holds_for_every_copy_of_the_text() -> None:
    posts = posts_of(["同一句话", "同一句话 ", "另一句话"])
    labels = label(posts, audit_of(["c0"], [True]))
    assert labels.source.tolist() == ["audited", "audited", "model"]


def test_hand_labels_that_contradict_each_other_stay_with_their_own_comments() -> None:
    labels = label(posts_of(["同一句话", "同一句话", "同一句话"]), audit_of(["c0", "c1"], [True, False]))
    assert labels.negative.tolist()[:2] == [True, False]
    assert labels.source.tolist() == ["audited", "audited", "model"]


def test_a_label_finds_its_comment_by_text_where_the_id_is_lost() -> None:
    posts = posts_of(["丢了编号的评论", "别的"], item_id=[None, None])
    key = f"{text_keys(mood_texts(posts))[0]:016x}"
    labels = label(posts, audit_of([None, "1.2E+15"], [True, True], [key, None]))
    assert labels.source.tolist() == ["audited", "model"]
    assert labels.audit is not None
    assert (labels.audit.labels, labels.audit.matched) == (2, 1)


def test_an_unsure_answer_is_no_label() -> None:
    labels = label(posts_of(["一", "二"]), audit_of(["c0", "c1"], [None, False]))
    assert labels.source.tolist() == ["model", "audited"]


def test_ticks_measure_the_precision_of_each_emotion() -> None:
    posts = posts_of(["真失望", "好失望啊", "普通一句", "真的很普通"])
    audit = audit_of(["c0", "c1", "c2", "c3"], [True, True, False, False], disappointment=[True, False, True, False])
    labels = label(posts, audit)
    assert labels.audit is not None
    seen = {tick.emotion: tick for tick in labels.audit.emotions}["disappointment"]
    assert (seen.n, seen.k, seen.missed) == (2, 1, 1)
    none = label(posts, audit.assign(disappointment=pd.Series([False] * 4, dtype="boolean"))).audit
    assert none is not None
    assert none.emotions == ()


def test_no_posts_have_no_labels_and_no_share() -> None:
    labels = label(POSTS.empty(), audit_of(["c0"], [True]))
    assert len(labels.negative) == 0
    assert labels.grade == "model"
    assert {s.share for s in labels.sources} == {None}


def test_a_title_counts_with_its_body() -> None:
    posts = posts_of(["正文", None, "只有正文"], title=["标题", "只有标题", None])
    assert mood_texts(posts).tolist() == ["标题\n正文", "只有标题", "只有正文"]


def sample(posts: pd.DataFrame, size: int) -> pd.DataFrame:
    return draw_audit_sample(posts, analyse_texts(mood_texts(posts), MODEL), size)


def test_the_audit_sample_runs_evenly_over_time_and_shows_each_text_once() -> None:
    posts = posts_of([f"评论{i}" for i in range(1000)] + ["评论7", "转发微博", None])
    drawn = sample(posts, 100)
    assert len(drawn) == 100
    assert not drawn["text"].duplicated().any()
    minutes = (drawn["published_at"] - START).dt.total_seconds() / 60
    assert minutes.is_monotonic_increasing
    assert minutes.diff().dropna().between(9, 11).all()


def test_the_audit_sample_does_not_depend_on_the_order_of_the_rows() -> None:
    posts = posts_of([f"评论{i % 70}" for i in range(300)], published_at=[START] * 300)
    turned = posts.iloc[np.random.default_rng(1).permutation(300)].reset_index(drop=True)
    pd.testing.assert_frame_equal(sample(posts, 40)[["key", "text"]], sample(turned, 40)[["key", "text"]])


def test_the_audit_sample_takes_all_where_there_are_few_and_posts_where_there_are_no_comments() -> None:
    assert len(sample(posts_of(["一句", "两句", None]), 200)) == 2
    assert len(sample(posts_of(["一句", "两句"], kind="post"), 200)) == 2
    assert len(sample(POSTS.empty(), 200)) == 0


def test_anger_at_others_than_the_brand_is_set_apart() -> None:
    texts: Sequence[str | None] = ["小蓝真垃圾", "友商才是骗子", "友商和小蓝都垃圾", "平台太恶心了", "垃圾东西", "友商很好"]
    posts = posts_of(texts)
    negative = analyse_texts(mood_texts(posts), MODEL).negative
    names = Names(brand=("小藍",), competitor=("友商", "友商集团"), platform=("平台",), poster=("",))
    targets = find_targets(posts, mood_texts(posts), negative, (names, MODEL))
    assert targets.named.tolist() == [0, 1, 0, 2, -1, 1]
    shares = {t.target: t for t in targets.elsewhere}
    assert (shares["competitor"].k, shares["competitor"].n, shares["competitor"].rows.count) == (1, 5, 1)
    assert shares["platform"].share == pytest.approx(1 / 5)
    assert shares["poster"].k == 0


def test_without_names_or_anger_there_is_no_target_and_no_share() -> None:
    posts = posts_of(["今天星期三"])
    negative = analyse_texts(mood_texts(posts), MODEL).negative
    targets = find_targets(posts, mood_texts(posts), negative, (Names(brand=("小蓝",)), MODEL))
    assert targets.named.tolist() == [-1]
    assert {t.share for t in targets.elsewhere} == {None}
    assert find_targets(posts, mood_texts(posts), negative, (Names(), MODEL)).elsewhere == ()


def test_keyword_curves_count_each_comment_once_per_keyword() -> None:
    posts = posts_of(["失望失望", "被骗了,骗子", "退款并賠償", "没有失望", "无关"])
    buckets = Buckets(index=np.array([0, 0, 1, 1, -1]), count=2)
    curves = {c.name: c for c in keyword_curves(posts, mood_texts(posts), buckets, MODEL)}
    assert curves["失望"].counts.tolist() == [1, 1]
    assert curves["欺骗"].counts.tolist() == [1, 0]
    assert curves["要求赔偿"].counts.tolist() == [0, 1]
    assert curves["退款退货"].total == curves["退款退货"].rows.count == 1


def test_emotion_curves_count_rows_of_each_emotion_in_order() -> None:
    posts = posts_of(["太失望了", "骗子,退钱", "无关"])
    buckets = Buckets(index=np.array([0, 1, 1]), count=2)
    curves = emotion_curves(posts, analyse_texts(mood_texts(posts), MODEL), buckets)
    assert tuple(c.name for c in curves) == EMOTIONS
    assert {c.name: c.counts.tolist() for c in curves if c.total} == {"disappointment": [1, 0], "deceived": [0, 1], "compensation": [0, 1]}


def by_machine(count: int) -> MachineLabels:
    return MachineLabels(name="小模型", sha256="0" * 64, frame=audit_of([f"c{i}" for i in range(count)], [i % 3 == 0 for i in range(count)]))


def test_a_classifiers_labels_calibrate_shares_but_stand_as_no_ones_own_label() -> None:
    posts = posts_of([f"{'垃圾' if i % 2 else '很好'}第{i}号" for i in range(120)])
    bucket = np.arange(120) // 40
    read = analyse_texts(mood_texts(posts), MODEL)
    machine, hand = (resolve_labels(posts, read, each, bucket) for each in (by_machine(90), by_machine(90).frame))
    assert (machine.grade, hand.grade) == ("model", "audited")
    assert machine.audit is None
    assert {each.source for each in machine.sources if each.rows} == {"model"}
    assert machine.machine is not None
    assert (machine.machine.labels, machine.machine.matched, machine.machine.used) == (90, 90, True)
    unheard = ~np.isin(np.arange(120), np.arange(90))
    np.testing.assert_array_equal(machine.probability[unheard], hand.probability[unheard])


def test_a_classifier_corrects_no_vendor_labels() -> None:
    posts = posts_of([f"东西第{i}号" for i in range(60)], sentiment=["negative", "neutral"] * 30)
    read = analyse_texts(mood_texts(posts), MODEL)
    labels = resolve_labels(posts, read, by_machine(60), np.zeros(60, dtype=np.int64))
    assert labels.grade == "vendor"
    assert labels.calibration is None
    assert labels.machine is not None
    assert not labels.machine.used
    assert list(labels.negative) == [True, False] * 30
