"""The emotion settings: every entry well-formed, faults named, the shipped prior small."""

import shutil
from pathlib import Path

import pytest

from review.incident.errors import UnusableInput
from review.settings.emotion import EMOTIONS, POLAR_CATEGORIES, folded, load_emotion_model, with_analyst_words
from review.settings.toml import SETTINGS_DIR
from review.settings.traditional import load_traditional

MODEL = load_emotion_model()


def copied(tmp_path: Path, old: str, new: str) -> Path:
    for name in ("emotion.toml", "traditional.toml", "emotion_prior.npz"):
        shutil.copy(SETTINGS_DIR / name, tmp_path / name)
    text = (SETTINGS_DIR / "emotion.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "emotion.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path


def test_every_category_has_words_and_signs_fit_the_category() -> None:
    for category in (*EMOTIONS, "negative", "positive", "neutral"):
        assert sum(word.category == category for word in MODEL.words) >= 80, category
    for word in MODEL.words:
        if word.category in {"anger", "disappointment", "deceived", "compensation", "worry", "negative"}:
            assert word.weight > 0, word
        if word.category in {"support", "positive"}:
            assert word.weight < 0, word


def test_every_entry_is_stored_as_the_analyzer_sees_it() -> None:
    for text in (*(word.text for word in MODEL.words), *MODEL.negations, *MODEL.degrees):
        assert folded(text, MODEL.fold) == text
        assert text.strip() == text != ""


def test_folding_maps_one_character_to_one_and_ends_after_one_step() -> None:
    pairs = load_traditional(SETTINGS_DIR / "traditional.toml")
    assert len(pairs) >= 2500
    assert not [old for old, new in pairs.items() if new in pairs]
    assert folded("質量問題,ＡBC　臺灣", MODEL.fold) == "质量问题,abc 台湾"
    assert len(folded("İK😀𠮷", MODEL.fold)) == 4


def test_the_prior_is_small_and_fits_the_number_of_buckets() -> None:
    assert MODEL.prior.weights.shape == (1 << MODEL.scoring.ngram_buckets_log2,)
    assert (SETTINGS_DIR / "emotion_prior.npz").stat().st_size <= 256 * 1024
    assert MODEL.prior.spread > 0


def test_an_analysts_word_takes_names_and_ids_of_every_category() -> None:
    model = with_analyst_words(MODEL, [(f"新词{i}", MODEL.labels[c]) for i, c in enumerate(POLAR_CATEGORIES)] + [("旧词", "anger"), ("词", "嘲讽")])
    typed = {word.text: word.category for word in model.words if word.typed}
    assert [typed[f"新词{i}"] for i in range(len(POLAR_CATEGORIES))] == list(POLAR_CATEGORIES)
    assert (typed["旧词"], typed["词"]) == ("anger", "sarcasm")


def test_an_unknown_category_and_an_empty_word_are_both_named() -> None:
    with pytest.raises(UnusableInput) as caught:
        with_analyst_words(MODEL, [("词", "开心"), (" ", "愤怒")])
    assert len(caught.value.faults) == 2
    assert "开心" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("negation_reach = 3", 'negation_reach = "3"', "scoring.negation_reach"),
        ('category = "deceived"', 'category = "cheated"', "不认识：cheated"),
        ("seed = 20260801", "sed = 20260801", "calibration.seed"),
        ("欺骗 骗 骗子", "欺骗 骗 骗子 失望", "“失望”已在别处出现"),
    ],
)
def test_a_faulty_settings_file_is_refused_with_the_path_of_the_fault(tmp_path: Path, old: str, new: str, what: str) -> None:
    with pytest.raises(UnusableInput, match=what):
        load_emotion_model(copied(tmp_path, old, new))


def test_a_missing_or_foreign_prior_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path, "seed", "seed")
    (folder / "emotion_prior.npz").write_bytes(b"not an archive")
    with pytest.raises(UnusableInput, match="先验模型"):
        load_emotion_model(folder)
    (folder / "emotion_prior.npz").unlink()
    with pytest.raises(UnusableInput, match="先验模型"):
        load_emotion_model(folder)
