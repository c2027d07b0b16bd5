"""The emotion lexicon, character folding and prior weights, read from emotion.toml, traditional.toml and emotion_prior.npz into one value."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from review.incident.errors import Fault, UnusableInput
from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml
from review.settings.traditional import load_traditional

CODE_POINTS: Final = 0x110000

EMOTIONS: Final = ("anger", "disappointment", "deceived", "compensation", "worry", "sarcasm", "support")
"""The emotions a row can show, in the order of the bits of its flags."""

POLAR_CATEGORIES: Final = (*EMOTIONS, "negative", "positive", "neutral")
SPEAKS_FOR_THE_BRAND: Final = frozenset({"support", "positive"})
"""Categories whose words speak against a negative reading; their weights are stored with a minus sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmotionWord:
    """One lexicon entry: the folded text, its category, its weight (positive = negative mood) and whose entry it is."""

    text: str
    category: str
    weight: float
    typed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """Constants of the score; what each means stands beside its value in emotion.toml."""

    negation_reach: int
    negation_reach_latin: int
    negated_negative: float
    negated_positive: float
    degree_reach: int
    ngram_buckets_log2: int
    weight_lexicon: float
    weight_self_trained: float
    weight_prior: float
    single_character: float
    lexicon_saturation: float
    lexicon_spread: float
    threshold: float
    unclear_centre: float
    confident: float
    confident_minimum: int
    teach_at_most: int
    smoothing: float
    analyst_weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationSettings:
    """Constants of the calibration by hand labels; what each means stands beside its value in emotion.toml."""

    minimum_labels: int
    machine_sample: int
    ridge: float
    bucket_shrinkage: float
    stretch_penalty_log_t: float
    draws: int
    seed: int
    level: float
    bins: int
    vendor_coverage: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prior:
    """A linear model over hashed character 1-2-grams, trained once on CPED and COLD (emotion_prior.md).

    weights: int8, shape (buckets,); a text's raw score is scale x the sum of its grams' weights / sqrt(number of grams). centre: raw score midway between the
    means of the two training classes; spread: standard deviation over the training texts.
    """

    weights: npt.NDArray[np.int8]
    scale: float
    centre: float
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EmotionModel:
    """Everything the analyzer needs to know before it sees a text. Compared by identity; it holds arrays.

    negations: folded words; degrees: folded word -> factor; keywords: shown name -> forms that count; fold: uint32, code point -> Simplified, lower-case,
    half-width code point.
    """

    words: tuple[EmotionWord, ...]
    negations: frozenset[str]
    degrees: Mapping[str, float]
    labels: Mapping[str, str]
    repost_markers: frozenset[str]
    keywords: Mapping[str, tuple[str, ...]]
    scoring: Scoring
    calibration: CalibrationSettings
    fold: npt.NDArray[np.uint32]
    prior: Prior


def load_emotion_model(directory: Path = SETTINGS_DIR) -> EmotionModel:
    """The model shipped with the program. Raises UnusableInput with every fault of the settings files."""
    fold = folding(load_traditional(directory / "traditional.toml"))
    reader = read_toml(directory / "emotion.toml")
    labels_reader = reader.table("labels")
    labels = {category: labels_reader.text(category) for category in POLAR_CATEGORIES}
    labels_reader.done()
    words, negations, degrees = _lexicon(reader, fold)
    markers = reader.table("markers")
    keyword_reader = reader.table("keywords")
    keywords = {name: keyword_reader.texts(name) for name in keyword_reader.data}
    scoring = _scoring(reader.table("scoring"))
    calibration = _calibration(reader.table("calibration"))
    model = EmotionModel(
        words=words,
        negations=negations,
        degrees=MappingProxyType(degrees),
        labels=MappingProxyType(labels),
        repost_markers=frozenset(folded(word, fold) for word in markers.texts("repost")),
        keywords=MappingProxyType(keywords),
        scoring=scoring,
        calibration=calibration,
        fold=fold,
        prior=load_prior(directory / "emotion_prior.npz"),
    )
    markers.done()
    reader.done()
    reader.close()
    return model


def with_analyst_words(model: EmotionModel, typed: Iterable[tuple[str, str]]) -> EmotionModel:
    """The model with the analyst's own (word, category) pairs added; a typed word replaces a shipped one.

    category: an id (anger) or the name a reader sees (愤怒; 嘲讽 without its 疑似 will do). Raises UnusableInput naming each unknown category and each empty
    word.
    """
    by_name = {folded(name, model.fold): category for category, name in model.labels.items()} | {category: category for category in model.labels}
    by_name |= {name.split("(")[0]: category for name, category in tuple(by_name.items())} | {"负面": "negative", "正面": "positive"}
    faults: list[Fault] = []
    added: dict[str, EmotionWord] = {}
    for word, category in typed:
        text = folded(word.strip(), model.fold)
        known = by_name.get(folded(category.strip(), model.fold))
        if not text:
            faults.append(Fault("自定情绪词", f"类别“{category}”下有空白词"))
        elif known is None:
            faults.append(Fault("自定情绪词", f"“{word}”的类别“{category}”不认识", "可用类别：" + "、".join(model.labels.values())))
        else:
            weight = model.scoring.analyst_weight
            sign = 0.0 if known == "neutral" else -1.0 if known in SPEAKS_FOR_THE_BRAND else 1.0
            added[text] = EmotionWord(text=text, category=known, weight=sign * weight, typed=True)
    if faults:
        raise UnusableInput(*faults)
    return replace(model, words=tuple(word for word in model.words if word.text not in added) + tuple(added.values()))


def folded(text: str, fold: npt.NDArray[np.uint32]) -> str:
    """The text as the analyzer sees it: Simplified, lower case, half width; as many code points as before."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    return str(fold[points].astype("<u4").tobytes().decode("utf-32-le"))


def folding(traditional: Mapping[str, str]) -> npt.NDArray[np.uint32]:
    """uint32 array over all code points: full-width forms to half-width, Latin, Greek and Cyrillic to lower case, Traditional to Simplified.

    One code point becomes one code point, so that positions stay.
    """
    fold = np.arange(CODE_POINTS, dtype=np.uint32)
    for point in range(0x250, 0x530):
        fold[point] = _lower(point)
    for point in range(0x41, 0x250):
        fold[point] = _lower(point)
    for point in range(0xFF01, 0xFF5F):
        fold[point] = _lower(point - 0xFEE0)
    fold[0x3000] = 0x20
    for old, new in traditional.items():
        fold[ord(old)] = ord(new)
    return fold


def load_prior(path: Path) -> Prior:
    """The prior weights. Raises UnusableInput where the file is missing or is not the one the training script writes."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            constants = stored["constants"]
            return Prior(weights=stored["weights"], scale=float(constants[0]), centre=float(constants[1]), spread=float(constants[2]))
    except (OSError, ValueError, KeyError) as error:
        raise UnusableInput(Fault(path.name, f"无法读取先验模型（{error}）", "请重新安装程序")) from error


def _lower(point: int) -> int:
    lower = chr(point).lower()
    return ord(lower) if len(lower) == 1 and unicodedata.category(lower) == "Ll" else point


def _lexicon(reader: TomlReader, fold: npt.NDArray[np.uint32]) -> tuple[tuple[EmotionWord, ...], frozenset[str], dict[str, float]]:
    words: dict[str, EmotionWord] = {}
    negations: set[str] = set()
    degrees: dict[str, float] = {}
    for group in reader.tables("words"):
        category = group.text("category")
        weight = group.number("weight", low=-10.0, high=10.0)
        entries = [folded(entry, fold) for entry in (*group.text("words", "-").split(), *group.texts("phrases", ()))]
        group.done()
        for text in entries:
            if category == "negation":
                negations.add(text)
            elif category == "degree":
                degrees[text] = weight
            elif category in POLAR_CATEGORIES:
                signed = -weight if category in SPEAKS_FOR_THE_BRAND else weight
                word = EmotionWord(text=text, category=category, weight=signed)
                if words.setdefault(text, word) != word:
                    group.fault("words", f"“{text}”已在别处出现")
            else:
                group.fault("category", f"不认识：{category}")
                break
    return tuple(words.values()), frozenset(negations), degrees


def _scoring(reader: TomlReader) -> Scoring:
    scoring = Scoring(
        negation_reach=reader.integer("negation_reach"),
        negation_reach_latin=reader.integer("negation_reach_latin"),
        negated_negative=reader.number("negated_negative"),
        negated_positive=reader.number("negated_positive"),
        degree_reach=reader.integer("degree_reach"),
        ngram_buckets_log2=reader.integer("ngram_buckets_log2", low=8),
        weight_lexicon=reader.number("weight_lexicon", low=0.0),
        weight_self_trained=reader.number("weight_self_trained", low=0.0),
        weight_prior=reader.number("weight_prior", low=0.0),
        single_character=reader.number("single_character", low=0.0, high=1.0),
        lexicon_saturation=reader.number("lexicon_saturation", low=0.01),
        lexicon_spread=reader.number("lexicon_spread", low=0.01),
        threshold=reader.number("threshold"),
        unclear_centre=reader.number("unclear_centre", low=0.0, high=1.0),
        confident=reader.number("confident", low=0.0),
        confident_minimum=reader.integer("confident_minimum", low=1),
        teach_at_most=reader.integer("teach_at_most", low=1),
        smoothing=reader.number("smoothing", low=0.001),
        analyst_weight=reader.number("analyst_weight", low=0.0),
    )
    reader.done()
    return scoring


def _calibration(reader: TomlReader) -> CalibrationSettings:
    settings = CalibrationSettings(
        minimum_labels=reader.integer("minimum_labels", low=2),
        machine_sample=reader.integer("machine_sample", low=1),
        ridge=reader.number("ridge", low=0.001),
        bucket_shrinkage=reader.number("bucket_shrinkage", low=0.0),
        stretch_penalty_log_t=reader.number("stretch_penalty_log_t", low=0.0),
        draws=reader.integer("draws", low=1),
        seed=reader.integer("seed"),
        level=reader.number("level", low=0.5, high=0.999),
        bins=reader.integer("bins", low=2),
        vendor_coverage=reader.number("vendor_coverage", low=0.0, high=1.0),
    )
    reader.done()
    return settings
