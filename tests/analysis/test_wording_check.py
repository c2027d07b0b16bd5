from pathlib import Path

import pytest
from frames import START, hours_after, posts

from review.analysis.wording_check import WordingCheck, check_wording
from review.incident.case import Case
from review.incident.errors import UnusableInput
from review.settings.absolute_claims import load_absolute_claims
from review.settings.toml import SETTINGS_DIR

RULES = load_absolute_claims()
CASE = Case(official_accounts=("某厨房",))


def note(text: str, title: str | None = None, **more: object) -> dict[str, object]:
    return {"kind": "post", "author_name": "某厨房", "title": title, "text": text, "published_at": START, **more}


def checked(*rows: dict[str, object]) -> WordingCheck:
    return check_wording(posts(*rows), CASE, RULES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("用了100%有效,放心", "100%有效"),
        ("百分百不掉色", "百分百不掉色"),
        ("永不脱落的安心", "永不脱落的安心"),
        ("全网第一好用的锅", "全网第一"),
        ("零涂层风险", "零涂层风险"),
        ("这是最安全的锅", "最安全"),
        ("母婴级标准", "母婴级标准"),
        ("绝对安全", "绝对安全"),
    ],
)
def test_absolute_words_are_found_with_advice(text: str, words: str) -> None:
    hit = checked(note(text)).hits[0]
    assert hit.words == words
    assert words in hit.excerpt
    assert hit.advice
    assert hit.rows.count == 1


def test_the_sources_example_is_advised_as_the_source_does() -> None:
    assert "部分用户反馈有效" in checked(note("100%有效")).hits[0].advice


@pytest.mark.parametrize("text", ["最近上新", "这口锅最后三天", "部分用户反馈有效", "一百件现货", "我们不作绝对化宣传"])
def test_plain_words_are_not_found(text: str) -> None:
    assert checked(note(text)).found == 0


def test_taking_a_claim_back_is_no_claim() -> None:
    assert checked(note("商品页“100%不掉涂层”已删除,改为使用寿命说明。")).found == 0
    assert checked(note("我们为此道歉。新锅100%不掉涂层")).found == 1


def test_only_own_notes_are_read_and_comments_are_no_notes() -> None:
    found = checked(note("100%有效", author_name="路人"), note("100%有效", kind="comment"), note("100%有效", author_name=None, author_type="brand"))
    assert (found.notes, found.notes_hit, found.found) == (1, 1, 1)


def test_title_and_text_are_read_and_equal_words_of_a_note_count_once() -> None:
    found = checked(note("100%有效,真的100%有效", title="100%有效"))
    assert (found.notes, found.found) == (1, 1)


def test_places_come_by_time_and_the_rest_is_counted() -> None:
    rows = [note(f"最{word}", published_at=hours_after(-i), row=i + 2) for i, word in enumerate(["好", "强", "优", "佳"] * 4)]
    found = checked(*rows)
    assert len(found.hits) == RULES.most
    assert found.found == 16
    assert found.hits[0].note.at == hours_after(-15)
    assert found.hit_rows.count == 16


def test_no_note_no_place() -> None:
    found = checked()
    assert (found.notes, found.found, found.hits) == (0, 0, ())


def test_a_broken_pattern_is_named(tmp_path: Path) -> None:
    path = tmp_path / "absolute_claims.toml"
    text = (SETTINGS_DIR / "absolute_claims.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("(?:永不", "(?:(永不", 1), encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"claim\[1\]\.patterns"):
        load_absolute_claims(path)
