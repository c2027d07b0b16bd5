"""A local ONNX classifier in place of hand labels: its folder, its tokenizer, what it changes, and that nothing calls it a human audit."""

import hashlib
import importlib.util
import json
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from review.cli import main
from review.incident.errors import UnusableInput
from review.intake.local_model import WordPiece, load_local_model
from review.settings.curve import load_curve_settings

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "差", "好", "坏", "##掉", "un", "##able", "able", "!", "cafe", "很"]
ABOUT = 'name = "小模型"\nlabels = ["非负面", "负面"]\nnegative = ["负面"]\nmax_length = 16\nlower_case = true\n'
PIECES = WordPiece(vocabulary={token: i for i, token in enumerate(VOCABULARY)}, max_length=16, lower_case=True)

needs_onnx = pytest.mark.skipif(
    importlib.util.find_spec("onnxruntime") is None or importlib.util.find_spec("onnx") is None, reason='needs pip install "review-yuqing[dev]"'
)


def folder(at: Path, about: str = ABOUT) -> Path:
    """A classifier that finds a text negative where it holds 差, whatever stands around it."""
    from onnx import TensorProto, helper

    weights = np.zeros((len(VOCABULARY), 2), dtype=np.float32)
    weights[:, 0] = 0.1
    weights[VOCABULARY.index("差")] = (0.0, 9.0)
    nodes = [
        helper.make_node("Gather", ["weights", "input_ids"], ["looked_up"]),
        helper.make_node("Cast", ["attention_mask"], ["inside"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["inside", "last"], ["inside_each"]),
        helper.make_node("Mul", ["looked_up", "inside_each"], ["counted"]),
        helper.make_node("ReduceSum", ["counted", "middle"], ["logits"], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "bag",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 2])],
        [
            helper.make_tensor("weights", TensorProto.FLOAT, weights.shape, weights.ravel()),
            helper.make_tensor("last", TensorProto.INT64, [1], [2]),
            helper.make_tensor("middle", TensorProto.INT64, [1], [1]),
        ],
    )
    at.mkdir(parents=True, exist_ok=True)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    (at / "model.onnx").write_bytes(model.SerializeToString())
    (at / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    (at / "model.toml").write_text(about, encoding="utf-8")
    return at


def tokens(text: str) -> list[str]:
    return [VOCABULARY[i] for i in PIECES.ids(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("很差!", ["很", "差", "!"]),
        ("unable", ["un", "##able"]),
        ("Café 好", ["cafe", "好"]),
        ("unknown", ["[UNK]"]),
        ("坏掉", ["坏", "[UNK]"]),
        ("差\u200b\x00好", ["差", "好"]),
        ("", []),
        ("差" * 40, ["差"] * 14),
    ],
)
def test_texts_are_cut_into_the_pieces_that_bert_cuts_them_into(text: str, expected: list[str]) -> None:
    assert tokens(text) == ["[CLS]", *expected, "[SEP]"]


@needs_onnx
def test_the_classifier_reads_each_text_the_same_alone_and_among_longer_ones(tmp_path: Path) -> None:
    model = load_local_model(folder(tmp_path))
    texts = ["很差", "很好", "", "好" * 50 + "差", "差" + "好" * 10]
    together = model.negative(texts)
    assert [bool(said > 0.5) for said in together] == [True, False, False, False, True]  # the fourth is cut before its 差
    np.testing.assert_allclose([float(model.negative([text])[0]) for text in texts], together, atol=1e-6)
    assert model.sha256 == hashlib.sha256((tmp_path / "model.onnx").read_bytes()).hexdigest()
    assert model.name == "小模型"
    assert len(model.negative([])) == 0


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("model.onnx", None, "缺少此文件"),
        ("vocab.txt", "a\nb\n", "[UNK]"),
        ("model.onnx", "not a model", "无法载入"),
        ("model.toml", ABOUT.replace('negative = ["负面"]', 'negative = ["坏"]'), "negative"),
        ("model.toml", ABOUT.replace("max_length = 16\n", ""), "max_length"),
        ("model.toml", ABOUT.replace('["非负面", "负面"]', '["非负面", "负面", "中性"]'), "逐一对应"),
    ],
)
@needs_onnx
def test_a_faulty_folder_is_told_by_file_and_fault(tmp_path: Path, file: str, content: str | None, told: str) -> None:
    folder(tmp_path)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        load_local_model(tmp_path).negative(["差"])
    assert told in str(caught.value)
    assert file in str(caught.value)


@needs_onnx
def test_without_onnxruntime_the_line_to_install_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UnusableInput, match="pip install"):
        load_local_model(folder(tmp_path))


def comments(at: Path, count: int = 400) -> Path:
    frame = pd.DataFrame(
        {
            "评论ID": [f"c{i}" for i in range(count)],
            "评论时间": pd.date_range("2026-08-01 08:00", periods=count, freq="3min").strftime("%Y-%m-%d %H:%M:%S"),
            "评论内容": [f"{'差 东西太差了' if i % 3 == 0 else '好 一般的评论'}第{i}号" for i in range(count)],
        }
    )
    frame.to_csv(at / "评论.csv", index=False, encoding="utf-8-sig")
    return at / "评论.csv"


@needs_onnx
def test_a_build_with_a_classifier_names_it_calibrates_by_it_and_stays_a_model_s_word(tmp_path: Path) -> None:
    data, model = comments(tmp_path), folder(tmp_path / "model")
    arguments = ["build", str(data), "--emotion-model", str(model), "--at", "2026-09-01T00:00+08:00", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    out = next((tmp_path / "out").iterdir())
    found = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256((model / "model.onnx").read_bytes()).hexdigest()
    text = json.dumps(found, ensure_ascii=False)
    assert digest in text
    assert "小模型" in text
    assert '"grade": "audited"' not in text
    page = (out / "report.html").read_text(encoding="utf-8")
    assert digest in page
    assert "这不是人工复核" in page
    assert (out / "work" / "待复核评论.xlsx").exists()
    rows = pd.read_csv(out / "work" / "labels.csv", dtype=str)
    assert set(rows["标签来源"].dropna()) == {"模型初判"}
    probability = rows.filter(like="概率").iloc[:, 0].astype(float)
    assert probability[::3].mean() > 0.8 > 0.2 > probability.drop(probability.index[::3]).mean()


def test_a_build_with_the_model_alone_says_what_a_quarter_of_an_hour_of_labelling_would_buy(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["build", str(comments(tmp_path)), "--at", "2026-09-01T00:00+08:00", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    page = re.sub(r"<[^>]+>", "", next((tmp_path / "out").glob("*/report.html")).read_text(encoding="utf-8"))
    settings = load_curve_settings().labels
    assert f"平均误差约 ±{settings.model_level_error * 100:.0f} 个百分点，偏高偏低未知" in page
    for labels, error in settings.audited:
        shown = f"{error * 100:.1f}".removesuffix(".0")
        assert re.search(rf"标 {labels} ?条约 ±{re.escape(shown)}(?![\d.])", page)
    assert "待复核评论.xlsx" in page


@needs_onnx
def test_hand_labels_and_a_classifier_together_are_refused(tmp_path: Path) -> None:
    data, model = comments(tmp_path), folder(tmp_path / "model")
    for order in (["--labels", str(data), "--emotion-model", str(model)], ["--emotion-model", str(model), "--labels", str(data)]):
        result = CliRunner().invoke(main, ["classify", str(data), "-o", str(tmp_path / "x.csv"), *order])
        assert result.exit_code == 2, result.output
        assert "--labels" in result.output
