"""历史复发 and 与上一版相比 in the report."""

from dataclasses import replace
from datetime import date, timedelta

from planted import RUBRIC, action, filed, item, record, share

from review.record import Record
from review.report.claims import ClaimBook
from review.report.compose.history_text import MOST_RELATED, history_blocks, revision_sections
from review.report.document import Block, Paragraph, Section, Table, string
from review.report.numbers import NumberStyle
from review.report.pen import Pen
from review.report.phrases import load_phrases
from review.report.privacy import Masks
from review.report.theme import load_theme, templates_dir
from review.settings.vocabulary import read_vocabulary
from review.tracking.history import past_reviews

DAY = date(2026, 8, 12)
CAUSE = item("deep_cause", "备货流程没有复核", "R-01")


def pen() -> Pen:
    return Pen(
        phrases=load_phrases(templates_dir() / "phrases/zh-Hans"),
        book=ClaimBook(),
        masks=Masks(public_names=frozenset(), named_followers=100_000),
        style=NumberStyle(display=load_theme(None).display, zone="Asia/Shanghai", year=2026),
        vocabulary=read_vocabulary(),
        longest_quote=60,
    )


def appendix(now: Record, before: Record) -> Section:
    (section,) = revision_sections(pen(), past_reviews(now, [filed(before)], RUBRIC))
    return section


def tables(section: Section) -> dict[str, list[list[str]]]:
    return {block.id: [[string(cell) for cell in row] for row in block.rows] for block in section.blocks if isinstance(block, Table)}


def words(blocks: list[Block]) -> str:
    return "".join(string(block.text) for block in blocks if isinstance(block, Paragraph))


def test_without_an_archive_the_gap_line_stays_and_nothing_is_compared() -> None:
    (block,) = history_blocks(pen(), None)
    assert isinstance(block, Paragraph)
    assert block.style == "gap"
    assert revision_sections(pen(), None) == ()


def test_an_archive_without_the_brand_says_that_there_is_nothing_to_compare() -> None:
    assert "尚无历史复发可供对照" in words(history_blocks(pen(), past_reviews(record(DAY), [filed(record(DAY, "乙", brand="别家"))], RUBRIC)))


def test_a_version_that_is_the_same_says_so_and_has_no_table() -> None:
    kept = record(DAY, items=(CAUSE, action("A-01")))
    assert tables(appendix(kept, kept)) == {}
    assert "均无变化" in words(list(appendix(kept, kept).blocks))


def test_only_what_changed_is_listed_with_both_values() -> None:
    before = replace(record(DAY, items=(action("A-01"),)), rows=900)
    now = replace(record(DAY, ratio=3.0, items=(action("A-02"),)), rows=1200)
    found = tables(appendix(now, before))
    assert ["纳入分析的记录", "900 条", "1,200 条"] in found["revision_figures"]
    assert ["首次回应用时", "1 小时", "3 小时"] in found["revision_figures"]
    assert not [row for row in found["revision_figures"] if row[0] == "负面占比峰值" or row[1] == row[2]]
    assert [row[0] for row in found["revision_actions"]] == ["新增", "不再列出"]
    assert len(found["revision_lines"]) == 1


def test_a_figure_that_was_unknown_before_is_a_dash() -> None:
    found = tables(appendix(record(DAY, peak=0.5), record(DAY, peak=None)))
    assert [row[1] for row in found["revision_figures"] if row[0] == "负面占比峰值"] == ["—"]


def test_a_change_too_small_to_print_is_no_change() -> None:
    kept = record(DAY)
    assert kept.peak is not None
    near = replace(kept, peak=replace(kept.peak, share=kept.peak.share + 1e-6, n_effective=1.0))
    assert tables(appendix(near, kept)) == {}


def test_a_share_by_a_model_alone_stays_rough_and_changes_only_where_that_does() -> None:
    def judged(value: float) -> Record:
        return replace(record(DAY), peak=replace(share(value, "model"), level_error=0.11))

    found = tables(appendix(judged(0.617), judged(0.3)))
    assert [row[1:] for row in found["revision_figures"] if row[0] == "负面占比峰值"] == [["约二至四成（800 条）", "约五至七成（800 条）"]]
    assert tables(appendix(judged(0.617), judged(0.616))) == {}


def test_another_rubric_is_told_instead_of_single_lines() -> None:
    before = record(DAY, ratio=3.0)
    section = appendix(record(DAY), replace(before, head=replace(before.head, rubric_sha256="0" * 64)))
    assert "不逐项对照" in words(list(section.blocks))
    assert "revision_lines" not in tables(section)


def test_the_latest_related_incidents_are_listed_with_score_range_and_place() -> None:
    sides = [filed(record(DAY - timedelta(days=i + 1), f"往期{i}", items=(CAUSE,))) for i in range(MOST_RELATED + 3)]
    lead, table = history_blocks(pen(), past_reviews(record(DAY, items=(CAUSE,)), sides, RUBRIC))
    assert isinstance(table, Table)
    assert isinstance(lead, Paragraph)
    assert len(table.rows) == MOST_RELATED
    assert str(MOST_RELATED) in string(table.note)
    first = [string(cell) for cell in table.rows[0]]
    assert first[0] == "往期0"
    assert "根因相同" in first[4]
    assert first[5] == sides[0].place
    assert f"{MOST_RELATED + 3} 起" in string(lead.text)
