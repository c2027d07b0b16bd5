"""How damaged and oddly built files become tables: what is lost is as little as can be, and told."""

from pathlib import Path

import pandas as pd
import pytest

from review.intake.load import Loaded, LoadOptions, load

HEADER = "评论ID,评论内容,评论时间,点赞数\n"


def line(i: int, text: str | None = None) -> str:
    return f"c{i},{text or f'第{i}条'},2026-08-12 10:{i % 60:02d},{i}\n"


def loaded(folder: Path, **files: str | bytes) -> Loaded:
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name.replace("_", ".")).write_bytes(data)
    return load([folder], LoadOptions())


def texts(made: Loaded) -> dict[int, str]:
    """The text of each post by the number of its row."""
    posts = made.incident.posts
    return {int(row): "" if pd.isna(text) else str(text) for row, text in zip(posts["row"], posts["text"], strict=True)}


def test_an_unclosed_quote_loses_its_own_row_and_no_other(tmp_path: Path) -> None:
    rows = [line(i) for i in range(1, 40)]
    rows[1] = line(2, '"退货"两个字打了三天')
    rows[2] = line(3, '"我就问一句')
    made = loaded(tmp_path, a_csv=HEADER + "".join(rows))
    (log,) = made.import_log.tables
    assert (log.rows_read, log.rows_kept, log.rows_quarantined) == (39, 38, 1)
    assert [(each.row, each.reason[:6]) for each in made.import_log.rejections] == [(4, "引号没有闭合")]
    assert texts(made)[40] == "第39条"


@pytest.mark.parametrize("closed_by", ['"好"', '"好的"，谢谢', '好"', '"好,的"'])
def test_a_quote_closed_by_a_later_record_loses_its_own_row_and_no_other(closed_by: str, tmp_path: Path) -> None:
    rows = [line(i) for i in range(1, 40)]
    rows[9] = line(10, '"我就问一句')
    rows[15] = line(16, closed_by)
    made = loaded(tmp_path, a_csv=HEADER + "".join(rows))
    (log,) = made.import_log.tables
    assert (log.rows_read, log.rows_kept, log.rows_quarantined) == (39, 38, 1)
    assert [each.row for each in made.import_log.rejections] == [11]
    assert texts(made)[17].startswith("好")
    assert texts(made)[40] == "第39条"


def test_a_cell_of_several_lines_stays_one_cell_even_where_its_record_does_not_fit(tmp_path: Path) -> None:
    rows = [line(i) for i in range(1, 20)]
    rows[3] = line(4, '"第一行，5 块, 6 块\n第二行, 7 块\n第三行"')
    rows[5] = line(6, '"第一行\n第二行",多出来')
    made = loaded(tmp_path, a_csv=HEADER + "".join(rows))
    assert texts(made)[5] == "第一行，5 块, 6 块\n第二行, 7 块\n第三行"
    assert [(each.row, each.reason) for each in made.import_log.rejections] == [(7, "有 5 个单元格，表头只有 4 列")]
