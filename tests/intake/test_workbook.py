"""The workbook of `review init`: repeatable bytes, dropdowns, comments, examples; every word it offers is read back."""

import io
import zipfile
from functools import cache

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from review.intake.workbook import blank_workbook, header_of, options_of
from review.report.phrases import typeset
from review.settings.sheets import read_sheets
from review.settings.vocabulary import read_vocabulary


@cache
def data() -> bytes:
    return blank_workbook()


@cache
def book() -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data()))


def page(name: str) -> Worksheet:
    sheet = book()[name]
    assert isinstance(sheet, Worksheet)
    return sheet


TABLES = [sheet for sheet in read_sheets().sheets if sheet.code != "facts"]


def test_the_bytes_are_the_same_on_every_call() -> None:
    assert blank_workbook() == data()


def test_every_text_has_the_marks_of_chinese() -> None:
    texts = [text for sheet in book() for row in sheet.iter_rows() for cell in row for text in (cell.value, cell.comment and cell.comment.text)]
    half = [text for text in texts if isinstance(text, str) and text != typeset(text)]
    assert half == []


def test_no_date_of_the_package_is_the_clock() -> None:
    with zipfile.ZipFile(io.BytesIO(data())) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert book().properties.modified is not None
    assert book().properties.modified.year == 2020


def test_the_sheets_are_the_guide_and_the_six_in_order() -> None:
    assert book().sheetnames == ["填写说明", "事件信息", "应对时间线", "热度快照", "关键帖文与账号", "数据汇总", "根因与行动"]


@pytest.mark.parametrize("sheet", TABLES, ids=lambda sheet: sheet.code)
def test_a_sheet_has_its_headers_comments_frozen_header_and_a_grey_example(sheet: object) -> None:
    spec = next(each for each in TABLES if each is sheet)
    there = page(spec.name)
    assert [there.cell(1, i).value for i in range(1, there.max_column + 1)] == ["标记", *(header_of(field) for field in spec.fields)]
    assert all(there.cell(1, i).comment is not None for i in range(1, there.max_column + 1))
    assert there.freeze_panes == "C2"
    assert there["A2"].value == "示例"
    assert there["B2"].fill.fgColor.rgb == "00F2F2F2"
    rules = {str(rule.sqref) for rule in there.data_validations.dataValidation}
    assert len(rules) == sum(bool(options_of(field, read_vocabulary())) for field in spec.fields)


def test_every_fact_has_its_row_and_closed_ones_a_dropdown() -> None:
    there = page("事件信息")
    facts = read_sheets()["facts"]
    assert [there.cell(i, 2).value for i in range(3, there.max_row + 1)] == [header_of(field) for field in facts.fields]
    assert all(there.cell(i, 3).value is None for i in range(3, there.max_row + 1))
    listed = {str(rule.sqref) for rule in there.data_validations.dataValidation}
    assert listed == {f"C{i}" for i, field in enumerate(facts.fields, start=3) if options_of(field, read_vocabulary())}


def test_a_fact_of_several_words_lists_them_beside_the_cell() -> None:
    there = page("事件信息")
    told = {str(there.cell(i, 2).value): str(there.cell(i, 4).value) for i in range(3, there.max_row + 1)}
    assert "压制真实评价" in told["底线事项"]
    assert all(word in told["不适用指标"] for word in read_vocabulary()["indicator"].offered)


def test_every_word_of_every_dropdown_means_the_code_it_stands_for() -> None:
    vocabulary = read_vocabulary()
    for sheet in read_sheets().sheets:
        for field in sheet.fields:
            if field.words is not None:
                words = vocabulary[field.words]
                assert all(words.word(words.code(option) or "") == option for option in options_of(field, vocabulary)), field.name
            else:
                assert options_of(field, vocabulary) in ((), ("是", "否"))
