"""A folder with an ONNX text classifier → a function that says how likely each text is negative. Nothing is downloaded.

The folder holds model.onnx (self-contained), vocab.txt (WordPiece, one token a line, as BERT models have it) and model.toml:

    name = "…"                     # as the report shall name it
    labels = ["负面", "非负面"]      # in the order of the model's outputs
    negative = ["负面"]             # which of them count as negative
    max_length = 128               # tokens a text is cut to
    lower_case = true              # as the model was trained
"""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from review.incident.errors import Fault, UnusableInput
from review.settings.toml import read_toml

MODEL, VOCABULARY, ABOUT = "model.onnx", "vocab.txt", "model.toml"
INSTALL: Final = 'pip install "review-yuqing[onnx]"'
BATCH: Final = 32
"""Texts run at a time."""
LONGEST_WORD: Final = 100
"""A longer run of letters is one unknown token, as in BERT's own tokenizer."""
_INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
_SPECIAL: Final = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_CJK: Final = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocalModel:
    """The name typed in model.toml, the SHA-256 of model.onnx, and the probability that each text is negative (float64, in their order)."""

    name: str
    sha256: str
    negative: Callable[[Sequence[str]], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPiece:
    """Texts → token ids, as BERT's own tokenizer does it: words at white space, marks and every Han character apart, then the longest known pieces."""

    vocabulary: Mapping[str, int]
    max_length: int
    lower_case: bool

    def ids(self, text: str) -> list[int]:
        """[CLS] tokens [SEP], at most max_length."""
        pieces = [piece for word in _words(text, self.lower_case) for piece in self._pieces(word)]
        named = ["[CLS]", *pieces[: self.max_length - 2], "[SEP]"]
        return [self.vocabulary[token] for token in named]

    def _pieces(self, word: str) -> list[str]:
        found: list[str] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in self.vocabulary), None)
            if end is None or len(word) > LONGEST_WORD:
                return ["[UNK]"]
            found.append(mark + word[start:end])
            start = end
        return found


def load_local_model(folder: Path) -> LocalModel:
    """The classifier of a folder. Raises UnusableInput with every fault of the folder, or where onnxruntime is not installed."""
    missing = [name for name in (MODEL, VOCABULARY, ABOUT) if not (folder / name).is_file()]
    if missing:
        raise UnusableInput(*(Fault(str(folder / name), "模型文件夹缺少此文件", f"应有 {MODEL}、{VOCABULARY}、{ABOUT}，见 README") for name in missing))
    about = read_toml(folder / ABOUT)
    name, labels, negative = about.text("name"), about.texts("labels"), about.texts("negative")
    max_length, lower_case = about.integer("max_length", low=3), about.flag("lower_case")
    if not _coherent(labels, negative):
        about.fault("negative", "应列出 labels 中属于负面的标签，且不能为全部")
    about.close()
    words = WordPiece(vocabulary=_vocabulary(folder / VOCABULARY), max_length=max_length, lower_case=lower_case)
    content = (folder / MODEL).read_bytes()  # what is hashed is what runs
    run = _session(content, str(folder / MODEL))
    columns = [i for i, label in enumerate(labels) if label in negative]

    def judged(texts: Sequence[str]) -> npt.NDArray[np.float64]:
        tokens = [words.ids(text) for text in texts]
        said = np.empty(len(texts))
        for start in range(0, len(texts), BATCH):
            logits = run(tokens[start : start + BATCH])
            if logits.ndim != 2 or logits.shape[1] != len(labels):
                raise UnusableInput(Fault(str(folder / ABOUT), f"labels 有 {len(labels)} 个，模型输出的形状是 {logits.shape}", "labels 应与模型输出逐一对应"))
            raised = np.exp(logits - logits.max(axis=1, keepdims=True))
            said[start : start + BATCH] = raised[:, columns].sum(axis=1) / raised.sum(axis=1)
        if not np.isfinite(said).all():
            raise UnusableInput(Fault(str(folder / MODEL), "模型给出的不是有限的数", "请检查模型是否完整"))
        return said

    return LocalModel(name=name, sha256=hashlib.sha256(content).hexdigest(), negative=judged)


def _coherent(labels: Sequence[str], negative: Sequence[str]) -> bool:
    return bool(negative) and set(negative) < set(labels) and len(set(labels)) == len(labels)


def _vocabulary(file: Path) -> dict[str, int]:
    try:
        tokens = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise UnusableInput(Fault(str(file), "不是 UTF-8 文本", "请使用模型自带的 vocab.txt")) from error
    found = {token: i for i, token in enumerate(tokens)}
    lacking = [token for token in _SPECIAL if token not in found]
    if lacking:
        raise UnusableInput(Fault(str(file), f"缺少 {'、'.join(lacking)}", "目前只支持 WordPiece（BERT 类）词表"))
    return found


def _session(content: bytes, file: str) -> Callable[[Sequence[Sequence[int]]], npt.NDArray[np.float64]]:
    """Token ids of a batch → logits, shape (texts, labels)."""
    try:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as faults
    except ImportError as error:
        raise UnusableInput(Fault("", "没有安装 onnxruntime，无法使用 --emotion-model", INSTALL)) from error
    broken = (faults.Fail, faults.InvalidArgument, faults.InvalidGraph, faults.InvalidProtobuf, faults.NotImplemented, faults.RuntimeException)
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.use_deterministic_compute = True
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except broken as error:
        raise UnusableInput(Fault(file, "onnxruntime 无法载入此模型", "应为不带外部数据文件的完整 ONNX 模型")) from error
    wanted = [each.name for each in session.get_inputs()]
    if "input_ids" not in wanted or set(wanted) - set(_INPUTS):
        raise UnusableInput(Fault(file, f"模型的输入是 {'、'.join(wanted)}", f"目前只支持 {'、'.join(_INPUTS)}"))

    def run(tokens: Sequence[Sequence[int]]) -> npt.NDArray[np.float64]:
        lengths = np.array([len(each) for each in tokens])
        inside = np.arange(int(lengths.max())) < lengths[:, None]
        ids = np.zeros(inside.shape, dtype=np.int64)
        ids[inside] = np.concatenate([np.asarray(each, dtype=np.int64) for each in tokens])
        given: dict[str, Any] = {"input_ids": ids, "attention_mask": inside.astype(np.int64), "token_type_ids": np.zeros_like(ids)}
        try:
            return np.asarray(session.run(None, {name: given[name] for name in wanted})[0], dtype=np.float64)
        except broken as error:
            raise UnusableInput(Fault(file, "模型运行失败", "请核对 vocab.txt 与 max_length 是否属于此模型")) from error

    return run


def _words(text: str, lower_case: bool) -> list[str]:
    """White space splits; punctuation and every Han character stand alone; control characters vanish."""
    if lower_case:
        text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    return "".join(_spaced(character) for character in text).split()


def _spaced(character: str) -> str:
    point, category = ord(character), unicodedata.category(character)
    if character in "\t\n\r" or category == "Zs":
        return " "
    if category[0] == "C" or point == 0xFFFD:
        return ""
    symbol = 33 <= point <= 47 or 58 <= point <= 64 or 91 <= point <= 96 or 123 <= point <= 126
    if symbol or category[0] == "P" or any(low <= point <= high for low, high in _CJK):
        return f" {character} "
    return character
