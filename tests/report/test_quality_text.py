"""附录 and review check: the counts of the import stand as counted, and a table that is not known matches nothing."""

from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner
from pens import new_pen

from review.cli import main
from review.incident.import_log import ImportLog, TableLog
from review.report.compose.quality_text import source_blocks
from review.report.document import Paragraph, Table, string

KNOWN = TableLog(
    file="转发.csv", sheet=None, sha256="0" * 64, container="csv", encoding="utf-8", delimiter=",", header_row=1, format="别名识别", score=1.0,
    platform="weibo", table="posts", rows_read=88_669, rows_kept=88_420, rows_duplicate=249, rows_quarantined=0, rows_ignored=0,
)  # fmt: skip
UNKNOWN = replace(KNOWN, file="别的.csv", format="未识别", rows_kept=0, rows_duplicate=0, rows_ignored=88_669, ignored_why=(("未识别的表", 88_669),))


def test_rows_are_printed_to_the_last_one_so_that_they_add_up() -> None:
    blocks = source_blocks(new_pen(), ImportLog(zone="Asia/Shanghai", tables=(KNOWN, UNKNOWN)))
    summary = next(string(block.text) for block in blocks if isinstance(block, Paragraph))
    table = next(block for block in blocks if isinstance(block, Table))
    for said in ("177,338 行", "采用 88,420 行", "重复 249 行", "未识别的表 88,669 行"):
        assert said in summary
    assert [string(cell) for cell in table.rows[0][2:7]] == ["88,669", "88,420", "249", "0", "0"]
    assert "万" not in summary


def test_a_table_that_was_not_recognised_is_not_said_to_match(tmp_path: Path) -> None:
    (tmp_path / "关系.csv").write_text("id,parent_id\n1,\n2,1\n", encoding="utf-8")
    told = CliRunner().invoke(main, ["check", str(tmp_path)]).output
    assert "识别为  未识别  csv" in told
    assert "匹配" not in told
