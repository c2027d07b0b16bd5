"""The audit sheet goes out as a workbook and comes back as labels."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from review.incident.errors import UnusableInput
from review.intake.audit import COMMENT, ID, KEY, NEGATIVE, SHEET, read_audit
from review.intake.audit_sheet import audit_workbook
from review.settings.emotion import load_emotion_model

LABELS = load_emotion_model().labels


def sample() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "item_id": pd.Series(["123456789012345678", None, "c3"], dtype="string[pyarrow]"),
            "key": pd.Series(["00000000000000aa", "00000000000000bb", "00000000000000cc"], dtype="string[pyarrow]"),
            "published_at": pd.Series(["2026-08-01T00:00Z", None, "2026-08-01T02:00Z"], dtype="datetime64[us, UTC]"),
            "platform": pd.Categorical(["weibo", "weibo", "xhs"]),
            "text": pd.Series(['=HYPERLINK("http://a","b")', "谢谢@张三丰 你好", "坏\x0b字符"], dtype="string[pyarrow]"),
        }
    )


def filled(tmp_path: Path, answers: list[str], tick: str = "") -> Path:
    book = openpyxl.load_workbook(io.BytesIO(audit_workbook(sample(), LABELS, "Asia/Shanghai")))
    page = book[SHEET]
    for row, answer in enumerate(answers, start=2):
        page.cell(row, 2, answer or None)
    page.cell(2, 3, tick or None)
    path = tmp_path / "复核.xlsx"
    book.save(path)
    return path


def test_the_sheet_has_a_row_a_comment_a_dropdown_and_a_column_an_emotion() -> None:
    page = openpyxl.load_workbook(io.BytesIO(audit_workbook(sample(), LABELS, "Asia/Shanghai")))[SHEET]
    header = [cell.value for cell in page[1]]
    assert header[:3] == [COMMENT, NEGATIVE, "愤怒"]
    assert header[-2:] == [ID, KEY]
    assert page.max_row == 4
    assert [rule.formula1 for rule in page.data_validations.dataValidation] == ['"负面,非负面,无法判断"', '"✓"']
    assert page.cell(2, header.index("时间") + 1).value == "2026-08-01 08:00"


def test_text_from_the_export_is_never_a_formula_and_names_are_masked() -> None:
    page = openpyxl.load_workbook(io.BytesIO(audit_workbook(sample(), LABELS, "Asia/Shanghai")))[SHEET]
    assert page.cell(2, 1).data_type == "s"
    assert page.cell(3, 1).value == "谢谢@张** 你好"
    assert page.cell(4, 1).value == "坏字符"


def test_the_same_sample_gives_the_same_bytes() -> None:
    assert audit_workbook(sample(), LABELS, "Asia/Shanghai") == audit_workbook(sample(), LABELS, "Asia/Shanghai")


def test_an_empty_sample_is_still_a_sheet() -> None:
    assert openpyxl.load_workbook(io.BytesIO(audit_workbook(sample().iloc[:0], LABELS, "Asia/Shanghai")))[SHEET].max_row == 1


def test_a_filled_sheet_comes_back_as_labels(tmp_path: Path) -> None:
    frame = read_audit(filled(tmp_path, ["负面", "无法判断", "非负面"], tick="✓"), LABELS)
    assert frame["item_id"].tolist() == ["123456789012345678", pd.NA, "c3"]
    assert frame["key"].tolist() == ["00000000000000aa", "00000000000000bb", "00000000000000cc"]
    assert frame["negative"].tolist() == [True, pd.NA, False]
    assert frame["anger"].tolist() == [True, False, False]


def test_a_plain_csv_of_ids_and_labels_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("评论ID,negative\r\nc1,1\r\nc2,0\r\n\r\nc3,\r\n", encoding="utf-8-sig")
    frame = read_audit(path, LABELS)
    assert frame["item_id"].tolist() == ["c1", "c2", "c3"]
    assert frame["negative"].tolist() == [True, False, pd.NA]
    assert frame["key"].isna().all()
    assert "anger" not in frame
    assert frame["row"].tolist() == [2, 3, 5]
    assert set(frame["file"]) == {"labels.csv"}


def test_an_answer_below_an_empty_row_is_named_with_the_row_it_stands_in(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("评论ID,negative\nc1,1\n\nc2,也许\n", encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        read_audit(path, LABELS)
    assert [fault.where for fault in caught.value.faults] == ["labels.csv 第4行"]


def test_a_sheet_saved_in_the_old_windows_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes("评论ID,是否负面\nc1,负面\n".encode("gb18030"))
    assert read_audit(path, LABELS)["negative"].tolist() == [True]


def test_each_answer_that_means_nothing_is_named_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        read_audit(filled(tmp_path, ["也许", "负面", "大概"]), LABELS)
    assert [fault.where for fault in caught.value.faults] == ["复核.xlsx 第2行", "复核.xlsx 第4行"]


@pytest.mark.parametrize(
    ("content", "what"),
    [("", "空表"), ("评论ID,别的\nc1,1\n", "缺少“是否负面”"), ("negative\n1\n", "缺少“评论ID”"), ("评论ID,negative\nc1,\n", "没有填写")],
)
def test_a_sheet_without_what_is_needed_is_refused_with_the_reason(tmp_path: Path, content: str, what: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnusableInput, match=what):
        read_audit(path, LABELS)


def test_a_file_that_is_missing_or_broken_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="无法读取"):
        read_audit(tmp_path / "没有.xlsx", LABELS)
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(UnusableInput, match="不是可以打开的"):
        read_audit(broken, LABELS)


def test_a_workbook_with_a_damaged_part_is_refused_whichever_it_is(tmp_path: Path) -> None:
    whole = filled(tmp_path, ["负面", "非负面", ""]).read_bytes()
    broken = tmp_path / "坏.xlsx"
    with zipfile.ZipFile(io.BytesIO(whole)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
        begins = book.getinfo("xl/worksheets/sheet1.xml").header_offset + 64
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        with zipfile.ZipFile(broken, "w") as made:
            for name, content in parts.items():
                made.writestr(name, b"" if name == part else content)
        with pytest.raises(UnusableInput, match=r"坏\.xlsx：(不是可以打开的|是空表)"):
            read_audit(broken, LABELS)
    broken.write_bytes(whole[:begins] + b"\xff" * 24 + whole[begins + 24 :])
    with pytest.raises(UnusableInput, match="不是可以打开的"):
        read_audit(broken, LABELS)


def test_a_comment_of_any_length_is_read_past(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"评论ID,评论内容,negative\nc1,{'长' * 200_000},1\nc2,短,0\n", encoding="utf-8")
    assert read_audit(path, LABELS)["negative"].tolist() == [True, False]


def test_a_quotation_mark_that_nothing_closes_hides_no_label(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text('评论ID,评论内容,negative\nc1,好,1\nc2,"坏,0\nc3,坏,1\n', encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"labels\.csv：第 3 行起英文引号不成对"):
        read_audit(path, LABELS)
