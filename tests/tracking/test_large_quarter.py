"""A quarter with more incidents than pages: the report prints some and says so, the record's opening is enough to read them."""

from dataclasses import replace
from datetime import date

import pytest
from planted import action, filed, item, record

from review.incident.errors import UnusableInput
from review.plain_data import dumped
from review.record import read_opening, record_data
from review.report.compose.quarter_tables import MOST_INCIDENTS, shown_incidents

DAY = date(2026, 8, 12)


def test_the_printed_incidents_are_those_of_the_first_level_then_of_the_lowest_scores_in_their_own_order() -> None:
    many = [filed(record(DAY, f"二级{i:03}", level="l2")) for i in range(MOST_INCIDENTS + 20)]
    grave = [filed(record(DAY, "一级")), filed(record(DAY, "二级最低", 30.0, level="l2"))]
    shown = shown_incidents([*many, *grave])
    assert len(shown) == MOST_INCIDENTS
    assert shown[-2:] == tuple(grave)
    assert [each.place for each in shown] == sorted((each.place for each in shown), key=[each.place for each in (*many, *grave)].index)


def test_few_incidents_are_all_printed() -> None:
    few = tuple(filed(record(DAY, f"第{i}")) for i in range(3))
    assert shown_incidents(few) == few


def test_the_opening_of_a_file_gives_the_whole_record_without_the_findings_behind_it() -> None:
    kept = replace(record(DAY, items=(item("deep_cause", "根因", "R-01"), action("A-01"))), official_accounts=("某品牌官方",), rows=12)
    content = dumped({**record_data(kept), "case": {}, "findings": {"filler": "0" * 1000}, "row_sets": {}})
    assert read_opening(content, "v1") == kept
    assert read_opening(content[:-500], "v1") == kept


def test_a_record_from_before_accounts_and_rows_were_kept_is_read_and_one_that_lacks_another_part_is_not() -> None:
    data = record_data(record(DAY))
    del data["record"]["official_accounts"], data["record"]["rows"]
    old = read_opening(dumped(data), "v1")
    assert (old.official_accounts, old.rows) == ((), None)
    del data["record"]["peak"]
    with pytest.raises(UnusableInput, match="peak"):
        read_opening(dumped(data), "v1")
