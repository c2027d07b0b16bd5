"""No number without a claim: by construction, and by the gate."""

from datetime import UTC, datetime

import pytest

from review.incident.errors import UnusableInput
from review.incident.evidence import SettingKey
from review.report.claims import ClaimBook, check_numbers
from review.report.document import Cover, Document, Label, Num, Paragraph, Quoted, Section, Span, StrayNumberError, Words
from review.report.phrases import joined, load_phrases, typeset
from review.report.theme import templates_dir

KEY = SettingKey(file="rubric.toml", key="trigger")


def document(*spans: Span) -> Document:
    page = Section(id="summary", level=1, title=(Words("摘要"),), blocks=(Paragraph(text=spans),))
    return Document(
        language="zh-Hans", title="", author="", subject="", header=("", ""), made_at=datetime(2026, 9, 20, tzinfo=UTC),
        cover=Cover(title=(), subtitle=(), facts=(), marking=()), summary=page, sections=(), appendices=(),
    )  # fmt: skip


def test_words_refuse_digits_of_either_width() -> None:
    for text in ("共 3 条", "共３条"):
        with pytest.raises(StrayNumberError):
            Words(text)


def test_a_planted_number_is_refused_by_the_gate() -> None:
    book = ClaimBook()
    good = book.state(0.2, "20%", unit="占比", what="预警线", how="来源规定", sources=(KEY,))
    check_numbers(document(good, Quoted("原文里的 42"), Label("24 小时")), book.claims, frozenset({"24 小时"}))
    for planted in (Num("C9", "20%"), Num(good.claim, "21%"), Label("约 30 次")):
        with pytest.raises(StrayNumberError):
            check_numbers(document(planted), book.claims, frozenset())


def test_a_claim_needs_a_source() -> None:
    with pytest.raises(ValueError, match="without a source"):
        ClaimBook().state(1, "1", unit="", what="无来源", how="", sources=())


def test_the_same_number_of_the_same_thing_is_one_claim() -> None:
    book = ClaimBook()
    spans = [book.state(0.2, "20%", unit="占比", what="预警线", how="来源规定", sources=(KEY,)) for _ in range(2)]
    other = book.state(0.2, "20%", unit="占比", what="别的", how="来源规定", sources=(KEY,))
    assert spans[0] == spans[1] != other


def test_a_phrase_with_a_typed_number_names_file_and_key(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.toml").write_text('terms = ["24 小时"]\n[x]\ngood = "24 小时内 {n}"\nbad = "共 3 条"\n', encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"a\.toml：x\.bad"):
        load_phrases(tmp_path)


def test_a_phrase_wants_exactly_its_places(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.toml").write_text('[x]\ngood = "共{n}条"\n', encoding="utf-8")
    phrases = load_phrases(tmp_path)
    assert phrases.say("x.good", n=Quoted("9")) == (Words("共"), Quoted("9"), Words("条"))
    for wrong in ({}, {"n": Quoted("9"), "m": Quoted("8")}):
        with pytest.raises(ValueError):
            phrases.say("x.good", **wrong)


def test_shipped_phrases_load_and_hold_no_forbidden_word() -> None:
    phrases = load_phrases(templates_dir() / "phrases" / "zh-Hans")
    forbidden = ("Wilson", "bootstrap", "有效样本", "过度离散", "结构病毒性", "安慰剂", "T0", "p 值", "检验", "导致", "水军")
    for key, pieces in phrases.phrases.items():
        text = "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
        if not key.startswith("methods."):
            assert not [word for word in forbidden if word in text.replace("不作水军认定", "")], key


def test_typeset_widens_marks_beside_chinese_only() -> None:
    assert typeset("应对失当,至多存在明显不足(初步)") == "应对失当，至多存在明显不足（初步）"
    assert typeset("f(a, b)") == "f(a, b)"


def test_joining_puts_the_separator_between_only() -> None:
    assert joined([(Words("甲"),), (Words("乙"),)]) == (Words("甲"), Words("；"), Words("乙"))
    assert joined([]) == ()
