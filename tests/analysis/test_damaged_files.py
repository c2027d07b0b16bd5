"""Links of files as people really hand them over: read by the real intake, damaged by a spreadsheet, shuffled, with coarse times."""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from review.analysis.link_quality import LinkQuality, measure_link_quality
from review.analysis.links import link_posts, links_table
from review.intake.load import LoadOptions, load
from review.settings.links import load_link_settings

S = load_link_settings()
EPOCH = 515_483_463
START = datetime(2013, 3, 13, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
HEAD = ("id", "retweet_id", "用户昵称", "发布时间", "微博正文")
ORIGINALS = 5
Row = dict[str, str]


def mid(second: int, number: int) -> str:
    """A 16-digit id of that second, as the platform numbers its posts. Its last digit is never 0."""
    made = ((int(START.timestamp()) + second - EPOCH) << 22) + 7_919 * number
    return str(made + (made % 10 == 0))


def cascade() -> list[Row]:
    """Five originals. 甲 reposts the first, 乙 reposts 甲, and fourteen more repost 乙; twenty-six others repost the originals by turns."""
    named = [("", f"原{i}", i, f"一口锅掉渣，这是第{i}条") for i in range(ORIGINALS)]
    named += [(mid(0, 0), "甲", 75, "看看"), (mid(0, 0), "乙", 150, "真的吗//@甲:看看")]
    for i in range(40):
        chained = i % 3 == 0
        root = 0 if chained else i % ORIGINALS
        named.append((mid(root, root), f"某{i}", 225 + 75 * i, "嗯//@乙:真的吗//@甲:看看" if chained else "转发微博"))
    return [
        dict(zip(HEAD, (mid(second, i), root, name, f"{START + timedelta(seconds=second):%Y-%m-%d %H:%M:%S}", text), strict=True))
        for i, (root, name, second, text) in enumerate(named)
    ]


def read(folder: Path, rows: list[Row]) -> tuple[dict[str, tuple[str, str]], LinkQuality, list[str]]:
    """By author: (author of the parent, evidence); the quality of the links; the warnings of the import."""
    file = folder / "export.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, HEAD)
        writer.writeheader()
        writer.writerows(rows)
    loaded = load((file,), LoadOptions())
    posts = loaded.incident.posts
    links = link_posts(posts, S)
    names = [*posts["author_name"], *("" for _ in range(len(links.parent) - links.rows))]
    table = links_table(posts, links)
    made = {
        name: ("" if parent < 0 else names[parent], evidence)
        for name, parent, evidence in zip(posts["author_name"], links.parent[: links.rows].tolist(), table["evidence"], strict=True)
    }
    return made, measure_link_quality(posts, links, S), [text for each in loaded.import_log.tables for text in each.warnings]


def cut(ident: str) -> str:
    return f"{ident[:15]}0" if ident else ident


def test_the_whole_file_is_linked_as_planted(tmp_path: Path) -> None:
    found, quality, warnings = read(tmp_path, cascade())
    assert found["甲"] == ("原0", "no_chain")
    assert found["乙"] == ("甲", "chain")
    assert sum(parent == "乙" for parent, _ in found.values()) == 14
    assert (quality.repaired, quality.ambiguous, warnings) == (0, 0, [])


@pytest.mark.parametrize("columns", [("id", "retweet_id"), ("retweet_id",)])
def test_ids_that_lost_their_last_digit_in_a_spreadsheet_link_alike_and_the_damage_is_told(tmp_path: Path, columns: tuple[str, ...]) -> None:
    whole = read(tmp_path, cascade())[0]
    found, quality, warnings = read(tmp_path, [{name: cut(value) if name in columns else value for name, value in row.items()} for row in cascade()])
    assert found == whole
    assert any("上级或原帖编号被表格软件改动" in text for text in warnings)
    assert ("id" in columns) == any("个编号被表格软件改坏" in text for text in warnings)
    assert quality.ambiguous == 0
    assert (quality.repaired > 0) == ("id" not in columns)  # where both lost the digit, they still agree with each other


def test_ids_in_scientific_notation_lose_their_originals_and_the_import_says_so(tmp_path: Path) -> None:
    rows = [{**row, "id": f"{float(row['id']):.5E}", "retweet_id": f"{float(row['retweet_id']):.5E}" if row["retweet_id"] else ""} for row in cascade()]
    found, _, warnings = read(tmp_path, rows)
    assert any("无法还原" in text for text in warnings)
    assert found["甲"] == ("", "unlinked")
    assert found["乙"] == ("甲", "chain")  # names in the texts survive what a spreadsheet does to numbers


def test_times_to_the_minute_are_made_whole_by_the_ids_and_counted(tmp_path: Path) -> None:
    whole = read(tmp_path, cascade())[0]
    found, quality, _ = read(tmp_path, [{**row, "发布时间": row["发布时间"][:16]} for row in cascade()])
    assert found == whole
    assert quality.by_id == len(cascade())
    assert quality.coarse == 0


def test_times_to_the_minute_without_a_clock_in_the_id_are_counted_as_coarse(tmp_path: Path) -> None:
    found, quality, _ = read(tmp_path, [{**row, "id": "", "发布时间": row["发布时间"][:16]} for row in cascade()])
    assert quality.coarse == 42
    assert found["乙"][0] == "甲"


def test_full_width_colons_and_shuffled_rows_lose_nothing(tmp_path: Path) -> None:
    rows = [{**row, "微博正文": row["微博正文"].replace(":", "：")} for row in cascade()]
    random.Random(3).shuffle(rows)
    assert read(tmp_path, rows)[0] == read(tmp_path, cascade())[0]


def test_a_renamed_account_is_listed_as_not_collected_unless_its_words_give_it_away(tmp_path: Path) -> None:
    rows = [{**row, "用户昵称": "乙改名" if row["用户昵称"] == "乙" else row["用户昵称"]} for row in cascade()]
    found, quality, _ = read(tmp_path, rows)
    assert found["某0"] == ("", "uncollected")
    assert quality.named_accounts == 1
    told = [{**row, "微博正文": row["微博正文"].replace("真的吗", "这锅我家也有一口，刚刚扔了")} for row in rows]
    assert read(tmp_path, told)[0]["某0"] == ("乙改名", "renamed")
