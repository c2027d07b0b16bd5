"""Row sets: addresses, not rows."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from review.analysis.row_sets import row_set, rows_at
from review.incident.evidence import NO_ROWS, single_row, union


def frame(rows: list[tuple[str, str | None, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": pd.Categorical([file for file, _, _ in rows]),
            "sheet": pd.Categorical([sheet for _, sheet, _ in rows]),
            "row": pd.array([row for _, _, row in rows], dtype="Int64"),
        }
    )


addresses = st.lists(st.tuples(st.sampled_from(["a.csv", "b.xlsx"]), st.sampled_from([None, "表一", "表二"]), st.integers(1, 60)), max_size=60)


@given(addresses)
def test_every_address_is_covered_once_whatever_the_order(rows: list[tuple[str, str | None, int]]) -> None:
    made = row_set(frame(rows))
    covered = [(span.file, span.sheet, row) for span in made.spans for first, last in span.ranges for row in range(first, last + 1)]
    assert sorted(covered, key=str) == sorted(set(rows), key=str)
    assert made.count == len(covered)
    mixed = [rows[i] for i in np.random.default_rng(1).permutation(len(rows))]
    assert row_set(frame(mixed)) == made


@given(addresses, addresses)
def test_a_union_is_the_set_of_both_frames(one: list[tuple[str, str | None, int]], other: list[tuple[str, str | None, int]]) -> None:
    assert union(row_set(frame(one)), row_set(frame(other))) == row_set(frame(one), frame(other))


def test_one_row_is_the_same_set_either_way() -> None:
    assert single_row("a.csv", None, 7) == row_set(frame([("a.csv", None, 7)]))
    assert row_set() == NO_ROWS == row_set(frame([]))


@given(addresses, st.data())
def test_rows_picked_by_position_or_mask_are_the_rows_of_the_smaller_frame(rows: list[tuple[str, str | None, int]], data: st.DataObject) -> None:
    whole = frame(rows)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), dtype=bool)
    assert rows_at(whole, mask) == rows_at(whole, np.flatnonzero(mask)) == row_set(whole[mask])
