"""The text-to-emotion engine: cleaning, matching, scores, and the laws that hold for all texts."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.analysis.emotion import TextEmotions, analyse_texts
from review.analysis.emotion_lexicon import build_trie, find_words
from review.analysis.emotion_text import TEXT_CLASSES, code_points, look_up, own_words
from review.settings.emotion import EMOTIONS, EmotionModel, folded, load_emotion_model, with_analyst_words

MODEL = load_emotion_model()
REAL = Path(os.environ.get("REVIEW_REAL_DATA", str(Path(__file__).parents[2] / ".." / "shared" / "data"))) / "emotion"
PIECES = ["失望", "太", "不", "好", "没有", "骗子", "。", ",", "[怒]", "😡", "//@某人:", "回复@甲:", "#话题#", "好的"]
PIECES += ["\n", "\r\n", " ", "a", "<br>", "é", "𠮷", "[", "]", "\u2028", "\x0b"]
TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=12), st.lists(st.sampled_from(PIECES), max_size=8).map("".join)), max_size=12)


def read(*texts: str | None) -> TextEmotions:
    return analyse_texts(pd.Series(list(texts), dtype="string[pyarrow]"), MODEL)


def words(text: str | None) -> str:
    return str(own_words(pd.Series([text], dtype="string[pyarrow]")).words[0])


def lexicon_weights(text: str) -> dict[str, float]:
    result = read(text)
    vocabulary = result.analyzer.lexicon.words
    return {vocabulary[w]: round(float(x), 3) for w, x in zip(result.evidence_words, result.evidence_weights, strict=True)}


def text_class(text: str | None) -> str:
    return TEXT_CLASSES[read(text).text_class[0]]


MOODS = ["质量太差了,失望", "客服敷衍,垃圾", "很好用,推荐", "物流很快,满意"]
TEACHING: list[str | None] = [f"{MOODS[i % 4]}{'甲乙丙丁戊己庚辛'[i % 8]}{i}" for i in range(400)]
UNTAUGHT = replace(MODEL, scoring=replace(MODEL.scoring, confident_minimum=1 << 40))
"""What others say teaches it nothing."""


def read_by(model: EmotionModel, texts: list[str | None]) -> TextEmotions:
    return analyse_texts(pd.Series(texts, dtype="string[pyarrow]"), model)


@settings(max_examples=60)
@given(TEXTS)
def test_a_text_reads_the_same_in_whatever_place_among_the_others(texts: list[str | None]) -> None:
    together, turned = read_by(MODEL, [*texts, *TEACHING]), read_by(MODEL, [*texts, *TEACHING][::-1])
    assert together.analyzer.self_trained is not None
    np.testing.assert_array_equal(together.score, turned.score[::-1])
    np.testing.assert_array_equal(together.flags, turned.flags[::-1])
    assert together.evidence().tolist() == turned.evidence().tolist()[::-1]


@settings(max_examples=60)
@given(TEXTS)
def test_where_others_teach_nothing_a_text_reads_the_same_alone_and_among_them(texts: list[str | None]) -> None:
    together = read_by(UNTAUGHT, texts)
    assert len(together) == len(texts)
    evidence = together.evidence()
    for i, text in enumerate(texts):
        alone = read_by(UNTAUGHT, [text])
        np.testing.assert_array_equal(alone.score[0], together.score[i])
        assert alone.flags[0] == together.flags[i]
        assert alone.text_class[0] == together.text_class[i]
        assert alone.evidence()[0] == evidence[i]


@settings(max_examples=30)
@given(st.permutations(range(60)))
def test_the_order_of_the_texts_changes_no_result(order: list[int]) -> None:
    texts = pd.Series([("太失望了", "骗子公司退钱", "支持一下", "很好", "路过")[i % 5] + str(i) for i in range(60)] * 2, dtype="string[pyarrow]")
    first = analyse_texts(texts, MODEL)
    shuffled = [*order, *(60 + i for i in order)]
    second = analyse_texts(texts.iloc[shuffled], MODEL)
    np.testing.assert_array_equal(first.score[shuffled], second.score)


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20), max_size=10))
def test_code_points_are_cut_where_the_texts_end(texts: list[str]) -> None:
    points = code_points(own_words(pd.Series(texts, dtype="string[pyarrow]")).words, np.arange(0x110000, dtype=np.uint32))
    kept = own_words(pd.Series(texts, dtype="string[pyarrow]")).words.to_pylist()
    for i, text in enumerate(kept):
        assert points.points[points.starts[i] : points.starts[i + 1]].tolist() == [ord(c) for c in text]


@given(st.lists(st.text(alphabet="ab失望不", min_size=1, max_size=4), unique=True, min_size=1, max_size=12), st.text(alphabet="ab失望不。", max_size=30))
def test_matching_finds_what_a_plain_search_finds(entries: list[str], text: str) -> None:
    points = code_points(own_words(pd.Series([text], dtype="string[pyarrow]")).words, np.arange(0x110000, dtype=np.uint32))
    found = find_words(points, build_trie(tuple(entries)))
    spans = [(i, i + len(word)) for word in entries for i in range(len(text)) if text.startswith(word, i)]

    def whole(start: int, end: int) -> bool:
        entry = text[start:end]
        if not (entry.isascii() and entry[0].isalpha() and entry[-1].isalpha()):
            return True
        return not (start > 0 and text[start - 1] in "ab") and not (end < len(text) and text[end] in "ab")

    spans = [span for span in spans if whole(*span)]
    outer = sorted(s for s in set(spans) if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans))
    assert [(int(a), int(b)) for a, b in zip(found.start, found.end, strict=True)] == outer


@given(st.sets(st.text(alphabet="甲乙丙丁戊己", min_size=2, max_size=4), min_size=1, max_size=400))
@settings(max_examples=30)
def test_every_word_of_a_crowded_lexicon_is_found_and_no_other(entries: set[str]) -> None:
    listed = sorted(entries)
    points = code_points(own_words(pd.Series(listed, dtype="string[pyarrow]")).words, np.arange(0x110000, dtype=np.uint32))
    found = find_words(points, build_trie(tuple(listed)))
    whole = (found.start == points.starts[points.owner[found.start]]) & (found.end == points.starts[points.owner[found.start] + 1])
    assert [listed[word] for word in found.word[whole]] == listed
    assert whole.sum() == len(found.word)


@pytest.mark.parametrize("count", [0, 1, 16_383, 16_384, 50_000])
@pytest.mark.parametrize("kind", [np.uint32, np.int64])
def test_many_places_are_looked_up_as_few_are(count: int, kind: type[np.integer]) -> None:
    at = (np.arange(count) * 7919 % 1000).astype(kind)
    for table in (np.arange(1000) % 3 == 0, np.arange(1000, dtype=np.float32), np.arange(1000) * 1j, np.arange(1000, dtype=np.uint8)):
        narrow = table.astype(np.complex64) if table.dtype == np.complex128 else table
        taken = look_up(narrow, at)
        np.testing.assert_array_equal(taken, narrow[at])
        taken[:1] = 0  # a new array, free to be written to


def test_a_place_outside_the_table_is_refused_where_many_are_looked_up() -> None:
    with pytest.raises(IndexError):
        look_up(np.arange(10), np.full(20_000, 10, dtype=np.uint32))


def test_many_texts_read_as_each_alone() -> None:
    texts = ["太失望了😡𠮷", "not a very good phone", "支持一下[微笑]", "转发微博", "哈哈哈哈,不是很满意", None, "Ｒefund 退钱!"]
    together = read_by(UNTAUGHT, texts * 400)
    for i, text in enumerate(texts):
        alone = read_by(UNTAUGHT, [text])
        np.testing.assert_array_equal(together.score[i :: len(texts)], np.repeat(alone.score, 400))
        assert set(together.evidence()[i :: len(texts)]) == {alone.evidence()[0]}


def test_chains_answers_links_and_html_are_not_the_writers_words() -> None:
    assert words("失望//@别人:太好了//@原博:支持") == "失望"
    assert words("回复@张三:不好") == "不好"
    assert words("回覆 @張三 :不好") == "不好"
    assert words('看<br/>这里 <img alt="[怒]" src="x.png">') == "看 这里 [怒]"
    assert words("真差 https://t.cn/A6abc").strip() == "真差"
    assert words("#品牌踩雷# 支持一下").strip() == "支持一下"


def test_a_topic_alone_keeps_its_words_and_a_chain_alone_is_a_repost() -> None:
    assert words("#品牌踩雷#") == "#品牌踩雷#"
    result = read("//@别人:太失望了")
    assert TEXT_CLASSES[result.text_class[0]] == "repost_marker"
    assert result.negative.isna()[0]
    assert result.score[0] > 0


def test_empty_emoji_only_and_repost_texts_are_told_from_neutral_ones() -> None:
    assert [text_class(t) for t in (None, "", "  ", "。。。", "😡", "[怒][怒]", "转发微博", "Repost ", "轉發微博", "[转发]", "今天星期三", "[图片]啊")] == [
        "empty", "empty", "empty", "empty", "emoji_only", "emoji_only", "repost_marker", "repost_marker", "repost_marker", "repost_marker", "text", "text",
    ]  # fmt: skip
    result = read(None, "转发微博", "😡", "今天星期三")
    assert result.negative.isna().tolist() == [True, True, False, False]
    assert np.isnan(result.score[0])
    assert bool(result.negative[2])
    assert not bool(result.negative[3])


def test_negation_turns_a_word_within_reach_and_never_across_punctuation() -> None:
    assert lexicon_weights("失望")["失望"] > 0
    assert lexicon_weights("我不觉得失望")["失望"] < 0
    assert lexicon_weights("我不太失望")["太失望"] < 0
    assert lexicon_weights("不,失望")["失望"] > 0
    assert lexicon_weights("不知道你们也让大家失望")["失望"] > 0
    assert lexicon_weights("没有那么满意")["满意"] > 0


def test_a_degree_word_strengthens_and_a_repeated_word_counts_once() -> None:
    assert lexicon_weights("极其垃圾")["垃圾"] > lexicon_weights("垃圾")["垃圾"]
    assert list(lexicon_weights("垃圾垃圾垃圾").values()) == list(lexicon_weights("垃圾").values())
    assert list(lexicon_weights("哈哈,哈哈,哈哈").values()) == list(lexicon_weights("哈哈").values())


def test_a_longer_entry_hides_the_shorter_one_inside() -> None:
    assert "好" not in lexicon_weights("不好意思打扰一下")
    assert "骗" not in lexicon_weights("骗子")
    assert "骗子" in lexicon_weights("骗子")


def test_latin_words_match_whole_words_only() -> None:
    assert "mad" not in lexicon_weights("made in china")
    assert "refund" in lexicon_weights("I want a REFUND now")
    assert lexicon_weights("not a good phone")["good"] > 0


def test_platform_emoticons_and_emoji_have_their_chinese_polarity() -> None:
    for face in ("😡", "[怒]", "[失望]", "[微笑]", "🙂", "🙃", "[吐]", "[摊手]", "👎"):
        assert sum(lexicon_weights(face).values()) > 0, face
    for face in ("👍", "[赞]", "[心]", "[doge]", "🌹"):
        assert sum(lexicon_weights(face).values()) < 0, face


def test_emotions_are_seen_in_clear_texts() -> None:
    planted = {
        "anger": "太气愤了,无耻", "disappointment": "真的很失望", "deceived": "虚假宣传,欺骗消费者", "compensation": "必须赔偿,退一赔三",
        "worry": "好担心啊,还能吃吗", "sarcasm": "呵呵,真有你的", "support": "支持国货,加油",
    }  # fmt: skip
    result = read(*planted.values())
    for i, emotion in enumerate(planted):
        assert result.shows(emotion)[i], emotion
    assert set(planted) == set(EMOTIONS)
    assert not read("并不失望").shows("disappointment")[0]


def test_traditional_and_full_width_text_reads_as_simplified() -> None:
    pairs = [("質量問題,讓人失望,騙子", "质量问题,让人失望,骗子"), ("要求賠償!無恥", "要求赔偿!无耻"), ("ＲＥＦＵＮＤ", "refund")]
    for traditional, simplified in pairs:
        assert folded(traditional, MODEL.fold) == folded(simplified, MODEL.fold)
        assert read(traditional).score[0] == read(simplified).score[0]


def test_evidence_lists_the_words_that_decided() -> None:
    assert set(read("客服敷衍,太失望了").evidence()[0].split()) >= {"客服敷衍", "太失望"}


def test_an_analysts_word_is_read_and_replaces_a_shipped_one() -> None:
    model = with_analyst_words(MODEL, [("翻红", "愤怒"), ("失望", "支持"), ("冰墩", "嘲讽")])
    result = analyse_texts(pd.Series(["又翻红了", "失望", "冰墩"], dtype="string[pyarrow]"), model)
    assert result.shows("anger")[0]
    assert result.shows("support")[1]
    assert not result.shows("disappointment")[1]
    assert result.shows("sarcasm")[2]


def test_no_text_and_any_index_are_read() -> None:
    assert len(analyse_texts(pd.Series([], dtype="string[pyarrow]"), MODEL)) == 0
    result = analyse_texts(pd.Series(["失望", None], dtype=object, index=[7, 7]), MODEL)
    assert bool(result.negative[0])


def test_too_few_clear_texts_leave_the_self_trained_model_out() -> None:
    assert read_by(MODEL, ["失望", "很好"] * 10).analyzer.self_trained is None
    assert read_by(MODEL, ["失望", "很好"] * 40).analyzer.self_trained is not None


def test_of_more_comments_than_it_needs_the_model_learns_from_a_part_that_no_order_changes() -> None:
    texts = pd.Series([f"{('质量太差失望', '很好用满意')[i % 2]}第{i}号" for i in range(2000)], dtype="string[pyarrow]")
    few = replace(MODEL, scoring=replace(MODEL.scoring, teach_at_most=500))
    first, again = analyse_texts(texts, few), analyse_texts(texts[::-1], few)
    assert 300 < sum(first.analyzer.pseudo_labels) < 700
    assert min(first.analyzer.pseudo_labels) > 100
    assert sum(analyse_texts(texts, MODEL).analyzer.pseudo_labels) == 2000
    np.testing.assert_array_equal(first.score, again.score[::-1])


@pytest.mark.parametrize("text", ["太差了／／＠甲:很好,喜欢", "Reply to @bob: 太差了", "回覆bob：太差了"])
def test_what_is_not_the_writers_own_is_found_in_every_spelling(text: str) -> None:
    assert read(text).evidence()[0] == "太差了"


def test_the_self_trained_model_learns_the_incidents_own_words() -> None:
    texts = [f"冒烟号手机质量太差{i}" for i in range(60)] + [f"蓝天号手机很好用{i}" for i in range(60)] + ["冒烟号手机", "蓝天号手机"]
    result = analyse_texts(pd.Series(texts, dtype="string[pyarrow]"), MODEL)
    assert result.score[-2] > result.score[-1] + 0.5


def test_a_run_over_several_chunks_equals_the_run_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pd.Series([("失望", "很好", "路过//@甲:差", None)[i % 4] for i in range(500)], dtype="string[pyarrow]")
    whole = analyse_texts(texts, MODEL)
    monkeypatch.setattr("review.analysis.emotion.CHUNK", 7)
    monkeypatch.setattr("review.analysis.emotion.BLOCK", 30)
    parts = analyse_texts(texts, MODEL)
    np.testing.assert_array_equal(whole.score, parts.score)
    np.testing.assert_array_equal(whole.evidence_offsets, parts.evidence_offsets)


@pytest.mark.parametrize(("name", "bar"), [("weibo2018_train", 0.87), ("smp_virus", 0.85), ("osm_train", 0.73), ("shopping", 0.90)])
def test_negative_comments_rank_above_others_on_real_sets(name: str, bar: float) -> None:
    path = REAL / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"real data not found: {path} (set REVIEW_REAL_DATA)")
    frame = pd.read_csv(path, nrows=6000, dtype={"text": "string[pyarrow]"})
    score = pd.Series(np.nan_to_num(analyse_texts(frame["text"], MODEL).score))
    negative = frame["negative"].to_numpy() > 0
    ranks = score.rank().to_numpy()
    n1, n0 = int(negative.sum()), int((~negative).sum())
    assert (ranks[negative].sum() - n1 * (n1 + 1) / 2) / (n1 * n0) >= bar
