"""Cells as plain values."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from review.analysis.cell import count_of, flag_of, text_of, time_of


@pytest.mark.parametrize("nothing", [None, pd.NA, np.nan, pd.NaT], ids=repr)
def test_a_cell_that_holds_nothing_is_none_whatever_it_was_to_hold(nothing: object) -> None:
    assert [of(nothing) for of in (text_of, count_of, flag_of, time_of)] == [None] * 4


def test_nought_no_and_an_empty_text_are_no_nothing() -> None:
    assert (count_of(np.int64(0)), flag_of(np.False_), text_of("")) == (0, False, "")


def test_a_time_keeps_its_zone() -> None:
    assert time_of(pd.Timestamp("2026-08-12T09:00:00Z")) == datetime(2026, 8, 12, 9, tzinfo=UTC)
