"""Small CSV tables that people fill in (hand labels, boxes of screenshots) → rows of cells."""

import csv
import io

from review.incident.errors import Fault, UnusableInput

LONGEST_CELL = 1 << 30
"""Characters of one cell: Python's own limit of 131,072 is one long comment pasted twice."""


def filled_rows(text: str, where: str) -> list[list[str]]:
    """The rows of a comma-separated text, in order; where: the file's name for the message.

    Raises UnusableInput for quotation marks that do not pair: all rows behind the first of them would be one cell, and lost unseen.
    """
    csv.field_size_limit(LONGEST_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    made: list[list[str]] = []
    begun = 0
    try:
        for row in rows:
            made.append(row)
            begun = rows.line_num
    except csv.Error as error:
        raise UnusableInput(Fault(where, f"第 {begun + 1} 行起英文引号不成对，其后的行无法分开", "请用 Excel 或 WPS 打开核对后另存")) from error
    return made
