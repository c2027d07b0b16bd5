# ruff: noqa: PT017  (either outcome is right; what it holds is checked)
"""Everything an analyst exported, as one incident: containers, order, bad bytes, accounts."""

import csv
import errno
import gzip
import io
import json
import os
import random
import sqlite3
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from review.incident.errors import UnusableInput
from review.incident.incident import Incident
from review.incident.tables import ORDER_TOTALS
from review.intake.load import Loaded, LoadOptions, load, unmapped_tables
from review.intake.understanding import column_map_template, read_column_map
from review.settings.formats import read_formats

MESSY = Path(__file__).parents[1] / "data" / "messy"
REAL = Path(os.environ.get("REVIEW_REAL_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
SHARED_HEADERS = REAL.parent / "formats" / "headers.json"

HEADER = ["comment_id", "create_time", "ip_location", "aweme_id", "content", "user_id", "sec_uid", "short_user_id", "user_unique_id", "user_signature",
          "nickname", "avatar", "sub_comment_count", "like_count", "last_modify_ts", "parent_comment_id", "pictures"]  # fmt: skip


def _row(i: int) -> list[str]:
    number, user = i % 17, i % 5
    start = [str(7450000000000000000 + number), str(1773540000 + 40 * number), "江苏", "7449000000000000001", f"第{number}条\n“退款”,谢谢,😡"]
    author = [str(90000 + user), f"s{user}", "1", "", "", f"路人{user}", ""]
    parent = str(7450000000000000000 + i % 3) if i % 6 == 5 else "0"
    return [*start, *author, "0", str(i) if i % 4 else "1.2万", str(1773560000000 + 1000 * i), parent, ""]


ROWS = [_row(i) for i in range(24)]


def content(incident: Incident) -> list[list[list[object]]]:
    """All tables without the origin of their rows, as plain values."""
    frames = (incident.posts, incident.metric_points, incident.samples, incident.responses, incident.tickets, incident.inexact)
    return [frame.drop(columns=["file", "sheet", "row"]).astype(object).where(frame.notna(), None).to_numpy().tolist() for frame in frames]


def folder(path: Path, files: dict[str, str]) -> Path:
    """A folder of these files."""
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    return path


def text_of(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows([HEADER, *rows])
    return stream.getvalue()


def xlsx_of(rows: Sequence[Sequence[str]], banner: bool = False) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    if banner:
        sheet.append(["导出时间", "2026-03-20"])
    for row in [HEADER, *rows]:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sqlite_of(rows: Sequence[Sequence[str]]) -> bytes:
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute(f"CREATE TABLE douyin_aweme_comment (id INTEGER PRIMARY KEY, {', '.join(HEADER)})")
        base.executemany(f"INSERT INTO douyin_aweme_comment ({', '.join(HEADER)}) VALUES ({', '.join('?' * len(HEADER))})", rows)
        base.commit()
        return base.serialize()


def dialects(rows: Sequence[Sequence[str]]) -> dict[str, bytes]:
    records = [dict(zip(HEADER, row, strict=True)) for row in rows]
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a/b.csv", text_of(rows))
    return {
        "plain.csv": text_of(rows).encode(),
        "bom-crlf.csv": text_of(rows, end="\r\n").encode("utf-8-sig"),
        "gb.csv": text_of(rows).encode("gb18030"),
        "wide.tsv": ("\ufeff" + text_of(rows, "\t")).encode("utf-16-le"),
        "semicolon.txt": text_of(rows, ";").encode(),
        "banner.csv": ("评论导出\n" + text_of(rows)).encode(),
        "book.xlsx": xlsx_of(rows),
        "book-banner.xls": xlsx_of(rows, banner=True),
        "array.json": json.dumps(records, ensure_ascii=False).encode(),
        "lines.jsonl": "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode(),
        "crawler.db": sqlite_of(rows),
        "all.zip": zipped.getvalue(),
    }


def test_the_same_incident_in_twelve_containers_loads_to_one_incident(tmp_path: Path) -> None:
    loaded: dict[str, Loaded] = {}
    for name, data in dialects(ROWS).items():
        (tmp_path / name).write_bytes(data)
        loaded[name] = load([tmp_path / name], LoadOptions())
    expected = content(loaded["plain.csv"].incident)
    assert len(loaded["plain.csv"].incident.posts) == 17
    for name, each in loaded.items():
        assert content(each.incident) == expected, name
        (log,) = each.import_log.tables
        assert (log.rows_read, log.rows_kept, log.rows_duplicate) == (24, 17, 7), name


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(ROWS))))
def test_shuffling_rows_changes_nothing_but_their_numbers(order: list[int], tmp_path: Path) -> None:
    straight, shuffled = tmp_path / "a.csv", tmp_path / "b.csv"
    straight.write_text(text_of(ROWS), encoding="utf-8")
    shuffled.write_text(text_of([ROWS[i] for i in order]), encoding="utf-8")
    assert content(load([straight], LoadOptions()).incident) == content(load([shuffled], LoadOptions()).incident)


def test_rows_without_ids_or_times_keep_their_number_in_any_order(tmp_path: Path) -> None:
    words = ["好", "好", "坏", "好", "坏"]
    results = []
    for seed in (1, 2):
        random.Random(seed).shuffle(words)
        (tmp_path / "texts.csv").write_text("评论内容\n" + "\n".join(words) + "\n", encoding="utf-8")
        made = load([tmp_path / "texts.csv"], LoadOptions())
        assert len(made.incident.posts) == 5
        results.append(content(made.incident))
    assert results[0] == results[1]


def test_the_order_of_files_changes_nothing(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(text_of(ROWS[:12]), encoding="utf-8")
    second.write_text(text_of(ROWS[12:]), encoding="utf-8")
    one, other = load([first, second], LoadOptions()), load([second, first], LoadOptions())
    assert one.import_log == other.import_log
    pd.testing.assert_frame_equal(one.incident.posts, other.incident.posts)
    assert content(one.incident) == content(load([tmp_path], LoadOptions()).incident)


def test_a_file_given_twice_is_read_once_and_its_copy_is_all_duplicates(tmp_path: Path) -> None:
    first, copy = tmp_path / "a.csv", tmp_path / "copy.csv"
    for path in (first, copy):
        path.write_text(text_of(ROWS), encoding="utf-8")
    assert len(load([first, first], LoadOptions()).import_log.tables) == 1
    both = load([first, copy], LoadOptions())
    assert sum(log.rows_kept for log in both.import_log.tables) == len(both.incident.posts) == 17
    assert content(both.incident) == content(load([first], LoadOptions()).incident)


def test_no_paths_and_empty_files_give_an_empty_incident(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    for paths in ([], [tmp_path / "empty.csv"]):
        made = load(paths, LoadOptions())
        assert len(made.incident.posts) == len(made.incident.metric_points) == 0


def test_a_file_that_is_no_table_is_skipped_in_a_folder_and_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text_of(ROWS), encoding="utf-8")
    (tmp_path / "信.txt").write_text("王经理:\n请查收附件。\n谢谢。\n", encoding="utf-8")
    made = load([tmp_path], LoadOptions())
    assert [skipped.file for skipped in made.import_log.skipped] == [f"{tmp_path.name}/信.txt"]
    with pytest.raises(UnusableInput) as refused:
        load([tmp_path / "信.txt"], LoadOptions())
    assert len(str(refused.value).splitlines()) == 1
    with pytest.raises(UnusableInput, match="找不到"):
        load([tmp_path / "missing.csv"], LoadOptions())


def _zip(name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def _sheet(xml: str) -> bytes:
    stream = io.BytesIO(xlsx_of(ROWS[:1]))
    out = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item, xml if item.filename.endswith("sheet1.xml") else old.read(item))
    return out.getvalue()


_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HOSTILE = {
    "bomb.zip": lambda: _zip("a.csv", b"0" * (40 << 20)),
    "laughs.xlsx": lambda: _sheet(f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet {_NS}><sheetData/></worksheet>'),
    "far.xlsx": lambda: _sheet(
        f'<worksheet {_NS}><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="ZZZ1048576"><v>1</v></c></row></sheetData></worksheet>'
    ),
    "wide.csv": lambda: (",".join(["评论内容", "评论时间", "评论ID", *(f"c{i}" for i in range(1_000_000))]) + "\n").encode(),
    "cell.csv": lambda: ("评论ID,评论时间,评论内容\n1,2026-03-15," + "a" * (50 << 20) + "\n").encode(),
    "quote.csv": lambda: ('评论ID,评论时间,评论内容\n1,2026-03-15,"' + "a,b\n" * (13 << 20)).encode(),
    "deep.json": lambda: b"[" * 200_000 + b"]" * 200_000,
    "torn.xlsx": lambda: xlsx_of(ROWS)[:-2000],
    "torn.db": lambda: sqlite_of(ROWS)[:5000],
    "picture.png": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(HOSTILE[name]())
    with pytest.raises(UnusableInput) as refused:
        load([tmp_path / name], LoadOptions())
    assert len(refused.value.faults) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        [
            b"",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"PK\x03\x04",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"SQLite format 3\0",
            b"[{",
            "评论ID,评论时间,评论内容\n".encode(),
        ]
    ),
    rest=st.one_of(st.binary(max_size=300), st.text(alphabet='评论,"\n\t;1234567890-:万+abc\0', max_size=200).map(str.encode)),
)
def test_any_bytes_give_an_incident_whose_counts_add_up_or_one_clear_error(start: bytes, rest: bytes, tmp_path: Path) -> None:
    path = tmp_path / "任意.bin"
    path.write_bytes(start + rest)
    try:
        made = load([path], LoadOptions())
    except UnusableInput as refused:
        assert len(refused.faults) >= 1
        return
    for log in made.import_log.tables:
        assert log.rows_read == log.rows_kept + log.rows_duplicate + log.rows_quarantined + log.rows_ignored
        assert min(log.rows_kept, log.rows_duplicate, log.rows_quarantined, log.rows_ignored) >= 0


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_export_still_accounts_for_every_row(data: st.DataObject, tmp_path: Path) -> None:
    whole = bytearray(text_of(ROWS).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=6))
    (tmp_path / "damaged.csv").write_bytes(bytes(whole))
    try:
        made = load([tmp_path / "damaged.csv"], LoadOptions())
    except UnusableInput:
        return
    (log,) = made.import_log.tables
    rows = {(rejection.row, rejection.reason) for rejection in made.import_log.rejections if rejection.kind == "row"}
    assert log.rows_quarantined >= len(rows)
    assert log.rows_kept >= len(set(made.incident.posts["row"]))


def test_every_known_format_is_recognised_by_its_header_alone(tmp_path: Path) -> None:
    lists = {each.name: list(each.headers) for each in read_formats().formats}
    for name, headers in lists.items():
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerow(headers)
    made = load([tmp_path], LoadOptions())
    assert made.import_log.skipped == ()
    found = {log.file.split("/", 1)[1].removesuffix(".csv"): log for log in made.import_log.tables}
    for name in lists:
        log = found[name]
        assert log.rows_read == 0, name
        assert log.unmapped == (), name
        if name != "ours.actions":  # the typed reader names it after its sheet
            assert (log.format, log.score) == (name, 1.0), name
    assert len(made.incident.posts) == 0


def test_our_formats_are_the_shared_header_lists() -> None:
    if not SHARED_HEADERS.exists():
        pytest.skip(f"no {SHARED_HEADERS}")
    shared = json.loads(SHARED_HEADERS.read_text(encoding="utf-8"))
    assert {each.name: list(each.headers) for each in read_formats().formats} == shared


def test_an_unknown_vendor_is_refused_with_a_map_to_edit_and_read_through_it(tmp_path: Path) -> None:
    vendor, mapping = tmp_path / "vendor.csv", tmp_path / "map.toml"
    vendor.write_text('甲列,"乙\n列",丙列,丁列\n漏水了,2026-03-15 10:00,12,小明\n又漏了,2026-03-15 11:00,1.2万,小红\n', encoding="utf-8")
    with pytest.raises(UnusableInput, match="write-map"):
        load([vendor], LoadOptions())
    template = column_map_template(unmapped_tables([vendor]))
    edited = template.replace('"甲列" = ""', '"甲列" = "text"').replace('"乙 列" = ""', '"乙 列" = "published_at"').replace('"丙列" = ""', '"丙列" = "likes"')
    mapping.write_text(edited.replace('platform = "other"', 'platform = "xhs"'), encoding="utf-8")
    made = load([vendor], LoadOptions(mapping=read_column_map(mapping)))
    assert made.incident.posts["likes"].tolist() == [12, 12000]
    assert made.incident.posts["published_at"].notna().all()
    assert set(made.incident.posts["platform"]) == {"xhs"}
    assert made.import_log.tables[0].format == "自定义1"


def test_a_map_offers_the_unread_columns_of_a_table_that_is_partly_read(tmp_path: Path) -> None:
    vendor, mapping = tmp_path / "vendor.csv", tmp_path / "map.toml"
    vendor.write_text("评论内容,评论时间,谁写的\n漏水了,2026-03-15 10:00,小明\n", encoding="utf-8")
    (table,) = unmapped_tables([vendor])
    assert (table.table, table.kind, table.platform) == ("posts", "comment", None)
    mapping.write_text(column_map_template([table]).replace('"谁写的" = ""', '"谁写的" = "author_name"'), encoding="utf-8")
    posts = load([vendor], LoadOptions(mapping=read_column_map(mapping))).incident.posts
    assert (posts["text"].tolist(), posts["author_name"].tolist(), posts["kind"].tolist()) == (["漏水了"], ["小明"], ["comment"])
    vendor.write_text("评论内容,评论时间\n漏水了,2026-03-15 10:00\n", encoding="utf-8")
    assert unmapped_tables([vendor]) == ()


def test_orders_become_days_and_their_ids_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "订单.csv"
    path.write_text(
        "订单号,支付时间,规格ID,商品数量,支付金额,退款状态\n"
        "P1,2026-03-15 10:00:00,s1,1,¥100.00,无\nP1,2026-03-15 10:00:00,s2,2,50,退款成功\nP1,2026-03-15 10:00:00,s2,2,50,退款成功\n"
        "P2,2026-03-16 00:30:00,s1,1,30,--\nP3,--,s1,1,10,--\n合计,,,,190,\n",
        encoding="utf-8",
    )
    made = load([path], LoadOptions())
    points = made.incident.metric_points
    values = {
        (metric, f"{at.tz_convert('Asia/Shanghai'):%m-%d}"): value for metric, at, value in zip(points["metric"], points["at"], points["value"], strict=True)
    }
    assert values[("sales", "03-15")] == 150
    assert values[("orders", "03-15")] == 1
    assert values[("units", "03-15")] == 3
    assert values[("refunds", "03-15")] == 50
    assert values[("sales", "03-16")] == 30
    assert not points.astype(str).apply(lambda column: column.str.contains("P1")).any().any()
    assert dict(made.import_log.tables[0].ignored_why) == {"合计行": 1, "未支付或没有支付时间": 1}
    assert made.import_log.tables[0].rows_duplicate == 1


ORDERS = "订单号,支付时间,规格ID,商品数量,支付金额,退款状态\n"


def day_totals(made: Loaded) -> dict[tuple[str, str], float]:
    points = made.incident.metric_points
    assert not points.duplicated(["name", "platform", "metric", "at"]).any()
    days = points["at"].dt.tz_convert("Asia/Shanghai").dt.strftime("%m-%d")
    return {(metric, day): value for metric, day, value in zip(points["metric"], days, points["value"], strict=True)}


def test_orders_split_over_files_give_the_days_of_one_file(tmp_path: Path) -> None:
    lines = [f"P{n},2026-03-{15 + n % 4} {n % 24:02d}:00:00,s{n % 3},1,{99 if n % 2 else 49},--\n" for n in range(40)]
    whole = folder(tmp_path / "whole", {"千帆订单.csv": ORDERS + "".join(lines)})
    halves = folder(tmp_path / "halves", {"千帆订单1.csv": ORDERS + "".join(lines[::2]), "千帆订单2.csv": ORDERS + "".join(lines[1::2])})
    overlapping = folder(tmp_path / "over", {"千帆订单1.csv": ORDERS + "".join(lines[:30]), "千帆订单2.csv": ORDERS + "".join(lines[20:])})
    expected = day_totals(load([whole], LoadOptions()))
    assert day_totals(load([halves], LoadOptions())) == expected
    made = load([overlapping], LoadOptions())
    assert day_totals(made) == expected
    assert [log.rows_duplicate for log in made.import_log.tables] == [0, 10]


def test_equal_halves_of_a_days_orders_are_not_copies(tmp_path: Path) -> None:
    path = folder(
        tmp_path / "in", {"千帆订单1.csv": ORDERS + "P1,2026-03-15 10:00:00,s,1,99,--\n", "千帆订单2.csv": ORDERS + "P2,2026-03-15 11:00:00,s,1,99,--\n"}
    )
    made = load([path], LoadOptions())
    assert day_totals(made) == {("sales", "03-15"): 198, ("orders", "03-15"): 2, ("units", "03-15"): 2}
    assert [log.rows_duplicate for log in made.import_log.tables] == [0, 0]


def test_an_order_refunded_in_the_later_export_is_refunded(tmp_path: Path) -> None:
    path = folder(
        tmp_path / "in", {"千帆订单1.csv": ORDERS + "P1,2026-03-15 10:00:00,s,1,99,--\n", "千帆订单2.csv": ORDERS + "P1,2026-03-15 10:00:00,s,1,99,退款成功\n"}
    )
    assert day_totals(load([path], LoadOptions())) == {("sales", "03-15"): 99, ("orders", "03-15"): 1, ("units", "03-15"): 1, ("refunds", "03-15"): 99}


def test_the_shops_daily_report_and_its_orders_are_two_series(tmp_path: Path) -> None:
    path = folder(
        tmp_path / "in",
        {"千帆.csv": "时间,支付金额,支付订单数,总访客数\n20260315,120,2,30\n", "千帆订单.csv": ORDERS + "P1,2026-03-15 10:00:00,s,1,99,--\n"},
    )
    points = load([path], LoadOptions()).incident.metric_points
    sales = points[points["metric"] == "sales"]
    assert dict(zip(sales["name"].fillna("日报"), sales["value"], strict=True)) == {"日报": 120, ORDER_TOTALS: 99}


def test_orders_of_two_shops_are_two_series_and_a_line_that_names_no_shop_is_a_copy_of_one_that_does(tmp_path: Path) -> None:
    named = ORDERS.replace("退款状态", "退款状态,店铺名称")
    lines = ["P1,2026-03-15 10:00:00,s,1,99,--", "P2,2026-03-15 11:00:00,s,1,50,--"]
    path = folder(
        tmp_path / "in",
        {"旗舰店订单.csv": f"{named}{lines[0]},旗舰店\n{lines[1]},专卖店\n", "千帆订单.csv": f"{ORDERS}{lines[0]}\nP3,2026-03-15 12:00:00,s,1,7,--\n"},
    )
    made = load([path], LoadOptions())
    points = made.incident.metric_points
    sales = points[points["metric"] == "sales"]
    assert dict(zip(sales["name"], sales["value"], strict=True)) == {f"{ORDER_TOTALS}：旗舰店": 99, f"{ORDER_TOTALS}：专卖店": 50, ORDER_TOTALS: 7}
    assert not made.import_log.warnings


def test_order_files_that_name_no_shop_are_told_to_be_summed_as_one(tmp_path: Path) -> None:
    files = {f"店{n}订单.csv": f"{ORDERS}P{n},2026-03-15 10:00:00,s,1,99,--\n" for n in (2, 1)}
    made = load([folder(tmp_path / "in", files)], LoadOptions())
    (warning,) = made.import_log.warnings
    assert warning == "in/店1订单.csv、in/店2订单.csv：订单没有店铺名称，按同一店铺逐日加总；如属不同店铺，请在表中加“店铺名称”一列"


DAILY = "日期,曝光,观看,新增关注,取消关注,净涨粉\n"


def account_names(path: Path) -> set[str | None]:
    points = load([path], LoadOptions()).incident.metric_points
    return {None if pd.isna(name) else str(name).removeprefix(f"{path.name}/") for name in points["name"]}


def test_daily_files_of_two_accounts_are_named_by_file(tmp_path: Path) -> None:
    one, other = DAILY + "2026-03-15,1000,200,3,0,3\n", DAILY + "2026-03-15,900,200,5,2,3\n"
    assert account_names(folder(tmp_path / "a", {"小红书/主号_账号数据.csv": one, "小红书/子号_账号数据.csv": other})) == {"主号_账号数据", "子号_账号数据"}
    assert account_names(folder(tmp_path / "b", {"主号/小红书账号数据.csv": one, "子号/小红书账号数据.csv": other})) == {
        "主号/小红书账号数据",
        "子号/小红书账号数据",
    }


def test_exports_of_one_account_stay_one_series(tmp_path: Path) -> None:
    days = [f"2026-03-{day},{1000 + day},{200 + day},3,1,2\n" for day in range(10, 20)]
    unfinished = [*days[:5], "2026-03-15,400,60,0,0,0\n"]
    assert account_names(folder(tmp_path / "a", {"账号数据_1.csv": DAILY + "".join(days[:5]), "账号数据_2.csv": DAILY + "".join(days[5:])})) == {None}
    assert account_names(folder(tmp_path / "b", {"账号数据_1.csv": DAILY + "".join(days[:7]), "账号数据_2.csv": DAILY + "".join(days[3:])})) == {None}
    assert account_names(folder(tmp_path / "c", {"账号数据_1.csv": DAILY + "".join(unfinished), "账号数据_2.csv": DAILY + "".join(days)})) == {None}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("工单编号,标题,内容,创建时间,关闭时间,状态,处理人", "T1,脱落退款,要求退款，语气激动,2026-03-15 10:00,2026-03-16 09:00,已解决,客服甲"),
        (
            "工单ID,渠道,问题类型,问题描述,受理时间,首次响应时间,完结时间,是否解决",
            "T1,电话,脱落退款,掉渣,2026-03-15 10:00,,2026-03-16 09:00,是",
        ),
    ],
)
def test_a_table_of_cases_gives_tickets_never_posts(tmp_path: Path, header: str, row: str) -> None:
    path = folder(tmp_path / "in", {"导出.csv": f"{header}\n{row}\n"})
    incident = load([path], LoadOptions()).incident
    assert len(incident.posts) == 0
    (ticket,) = incident.tickets.to_dict("records")
    assert (ticket["ticket_id"], ticket["topic"]) == ("T1", "脱落退款")
    assert ticket["closed_at"] - ticket["opened_at"] == pd.Timedelta(hours=23)


def test_equal_sessions_of_two_customers_are_two_tickets(tmp_path: Path) -> None:
    header = "客服,所在组织架构,客户,会话开始时间,会话状态,排队时长(秒),首次响应时长(秒),会话时长(秒),满意度评分,是否已解决,客户地区\n"
    session = "小李,一组,{},2026-03-15 10:00:00,已结束,5,30,600,5,是,四川\n"
    both = header + session.format("客户甲") + session.format("客户乙")
    made = load([folder(tmp_path / "in", {"会话.csv": both, "会话_又一次导出.csv": both})], LoadOptions())
    assert len(made.incident.tickets) == 2
    assert [log.rows_duplicate for log in made.import_log.tables] == [0, 2]


def test_sessions_of_the_service_desk_become_tickets(tmp_path: Path) -> None:
    path = tmp_path / "会话.csv"
    header = "客服,所在组织架构,客户,会话开始时间,会话状态,排队时长(秒),首次响应时长(秒),会话时长(秒),满意度评分,是否已解决,客户地区\n"
    path.write_text(header + "小李,一组,客户甲,2026-03-15 10:00:00,已结束,5,30,600,5,是,四川\n", encoding="utf-8")
    (ticket,) = load([path], LoadOptions()).incident.tickets.to_dict("records")
    assert ticket["first_reply_at"] - ticket["opened_at"] == pd.Timedelta(seconds=30)
    assert ticket["closed_at"] - ticket["opened_at"] == pd.Timedelta(seconds=600)
    assert ticket["resolved"] is True
    assert "客户甲" not in str(ticket)


def test_items_by_day_are_figures_and_not_posts(tmp_path: Path) -> None:
    path = tmp_path / "笔记.csv"
    path.write_text(
        "日期,笔记标题,笔记ID,曝光量,阅读量,点赞数,收藏数,评论数,分享数,涨粉数\n"
        "2026-03-15,杯子,66a1b2c3d4e5f6a7b8c9d001,\"18,000\",900,3,1,2,0,1\n2026-03-16,杯子,66a1b2c3d4e5f6a7b8c9d001,5,4,1,0,0,0,0\n",
        encoding="utf-8")  # fmt: skip
    made = load([path], LoadOptions())
    assert len(made.incident.posts) == 0
    points = made.incident.metric_points.query("metric == 'impressions'")
    assert points["value"].tolist() == [18000, 5]
    assert set(points["scope"]) == {"item"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["正面", "负面", "中性"], ["positive", "negative", "neutral"]),
        (["1", "-1", "0"], ["positive", "negative", "neutral"]),
        (["pos", "neg", "Neutral"], ["positive", "negative", "neutral"]),
        (["1", "0", "1"], [None, None, None]),
        (["敏感", "非敏感", "中性"], [None, None, None]),
    ],
)
def test_only_words_of_polarity_become_a_polarity(words: list[str], expected: list[str | None], tmp_path: Path) -> None:
    path = tmp_path / "监测.csv"
    path.write_text("微博内容,发布时间,情感属性\n" + "".join(f"第{i}条,2026-03-15 10:0{i}:00,{word}\n" for i, word in enumerate(words)), encoding="utf-8")
    frame = load([path], LoadOptions()).incident.posts.sort_values("row")
    assert [None if pd.isna(word) else word for word in frame["sentiment"]] == expected


def test_a_comment_that_names_itself_as_parent_is_at_the_top(tmp_path: Path) -> None:
    path = tmp_path / "评论.csv"
    path.write_text("评论ID,父评论ID,评论内容,评论时间\n11,11,甲,2026-03-15 10:00\n12,11,乙,2026-03-15 10:01\n", encoding="utf-8")
    frame = load([path], LoadOptions()).incident.posts.sort_values("row")
    assert frame["kind"].tolist() == ["comment", "reply"]
    assert [None if pd.isna(parent) else parent for parent in frame["parent_id"]] == [None, "11"]


def test_estimated_reads_stay_apart_from_measured_ones(tmp_path: Path) -> None:
    path = tmp_path / "灰豚.csv"
    path.write_text("笔记标题,笔记内容,预估阅读量,点赞数,发布时间\n漏水,漏了,1.2万,3,2026-03-15 10:00\n", encoding="utf-8")
    (row,) = load([path], LoadOptions()).incident.posts.to_dict("records")
    assert row["views_estimated"] == 12000
    assert pd.isna(row["views"])


def test_the_zone_moves_naive_times_and_leaves_epochs(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("评论内容,评论时间\n甲,2026-03-15 10:00:00\n乙,1773540000\n", encoding="utf-8")
    east = load([path], LoadOptions(zone="Asia/Shanghai")).incident.posts.sort_values("row")["published_at"].tolist()
    utc = load([path], LoadOptions(zone="UTC")).incident.posts.sort_values("row")["published_at"].tolist()
    assert utc[0] - east[0] == pd.Timedelta(hours=8)
    assert utc[1] == east[1] == east[0]
    with pytest.raises(UnusableInput, match="时区"):
        load([path], LoadOptions(zone="Asia/Nowhere"))


def _real(name: str) -> Path:
    if not (REAL / name).exists():
        pytest.skip(f"real data not here: {REAL / name}")
    return REAL / name


def test_real_crawls_reproduce_the_counts_known_of_them() -> None:
    made = load([_real("huawei_mediacrawler")], LoadOptions())
    counts = {
        log.file.split("/")[-1][:20]: (log.format, log.rows_read, log.rows_duplicate, log.rows_quarantined, log.rows_without_time)
        for log in made.import_log.tables
    }
    assert counts == {
        "bili_search_comments": ("mediacrawler.bili.comment", 3532, 1260, 1, 0),
        "bili_search_videos_2": ("mediacrawler.bili.video", 397, 140, 0, 0),
        "dy_search_comments_2": ("mediacrawler.douyin.comment", 4475, 1714, 0, 0),
        "dy_search_contents_2": ("mediacrawler.douyin.aweme", 533, 218, 0, 70),
    }
    assert made.incident.posts["text"].str.match(r"[=+@-]").sum() > 0


def test_a_real_back_office_export_loads_all_its_notes() -> None:
    made = load([_real("xhs_backoffice")], LoadOptions())
    (log,) = made.import_log.tables
    assert (log.format, log.header_row, log.rows_kept) == ("xhs.creator.notes", 2, 41)
    assert made.incident.posts["published_at"].notna().all()
    assert not ((made.incident.posts["impressions"] == 0) & (made.incident.posts["views"] > 0)).fillna(False).any()


def test_real_search_crawls_load_all_their_rows_and_see_the_swapped_headers() -> None:
    made = load([_real("weibo_search")], LoadOptions(captured_at=pd.Timestamp("2019-05-20T06:00:00Z").to_pydatetime()))
    assert {log.file.split("/")[-1]: log.rows_kept for log in made.import_log.tables} == {"teamwe.xls": 807, "theshy.xls": 328}
    assert made.incident.posts["published_at"].notna().all()
    reads = made.incident.metric_points.query("metric == 'reads'").set_index("name")["value"]
    assert reads.max() == 7.7e8


def test_real_cascades_load_whole_with_their_roots() -> None:
    made = load([_real("weibo_cascades")], LoadOptions())
    kept = {log.file.split("/")[-1]: log.rows_kept for log in made.import_log.tables}
    assert (kept["export.csv"], kept["originals.csv"]) == (88_669, 250)
    reposts = made.incident.posts.query("kind == 'repost'")
    assert reposts["root_id"].notna().all()
    assert set(reposts["root_id"]) == set(made.incident.posts.query("kind == 'post'")["item_id"])


def test_a_compressed_single_file_is_read_under_its_own_name(tmp_path: Path) -> None:
    packed = gzip.compress(text_of(ROWS).encode())
    (tmp_path / "a.csv.gz").write_bytes(packed)
    (tmp_path / "a.csv").write_text(text_of(ROWS), encoding="utf-8")
    made, plain = (load([tmp_path / name], LoadOptions()) for name in ("a.csv.gz", "a.csv"))
    (log,), (known,) = made.import_log.tables, plain.import_log.tables
    assert (log.file, log.rows_kept, log.sha256) == ("a.csv.gz/a.csv", known.rows_kept, known.sha256)
    pd.testing.assert_frame_equal(made.incident.posts.drop(columns="file"), plain.incident.posts.drop(columns="file"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(text_of(ROWS).encode())[:-20], "已损坏或不完整"),
        (gzip.compress(b"\0" * (11 << 20)), "压缩炸弹"),
        (gzip.compress(gzip.compress(b"a,b")), "不再打开"),
        (gzip.compress(b"x" * 257 + b"ustar" + b"x" * 300), "解压后给出文件夹"),
        (b"Rar!\x1a\x07\x01\x00", "改用 zip"),
    ],
    ids=["cut", "bomb", "gzip in gzip", "tar in gzip", "rar"],  # gzip's bytes hold the second they were made in
)
def test_a_packed_file_that_cannot_be_read_says_why_and_what_to_do(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(data)
    with pytest.raises(UnusableInput, match=said):
        load([tmp_path / "a.gz"], LoadOptions())


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_of_an_archive_is_listed_and_its_neighbour_read(method: int, tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("坏.csv", text_of(ROWS))
        archive.writestr("好.csv", text_of(ROWS[:5]))
        archive.writestr("名.csv", text_of(ROWS))
        bad, _, unnamed = archive.infolist()
    data = bytearray(stream.getvalue())
    begins = bad.header_offset + 30 + len("坏.csv".encode())
    data[begins + 4 : begins + 28] = b"\xff" * 24
    data[unnamed.header_offset + 30] = 0xFF  # its name, where the member begins, is no UTF-8 now
    (tmp_path / "包.zip").write_bytes(data)
    made = load([tmp_path / "包.zip"], LoadOptions())
    assert [table.file for table in made.import_log.tables] == ["包.zip/好.csv"]
    assert [skipped.file for skipped in made.import_log.skipped] == ["包.zip/名.csv", "包.zip/坏.csv"]
    assert all("已损坏" in skipped.reason for skipped in made.import_log.skipped)


def test_a_case_file_in_the_folder_is_read_and_two_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text_of(ROWS), encoding="utf-8")
    (tmp_path / "case.toml").write_text('品牌 = "青柠"\n事件名称 = "杯子漏水"\n', encoding="utf-8")
    made = load([tmp_path], LoadOptions())
    assert made.incident.case.brand == "青柠"
    assert made.import_log.skipped == ()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "case.toml").write_text('品牌 = "青柠"\n', encoding="utf-8")
    with pytest.raises(UnusableInput, match="只保留一个"):
        load([tmp_path], LoadOptions())


def test_what_people_typed_about_an_exported_post_is_added_to_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text_of(ROWS), encoding="utf-8")
    (tmp_path / "关键帖文与账号.csv").write_text(
        "编号,上级编号,平台,类型,时间,作者,作者类型,内容,立场,观点摘录\n7450000000000000001,,抖音,评论,2026-03-15 10:00,路人1,用户,第1条,质疑,要退款\n",
        encoding="utf-8",
    )
    made = load([tmp_path], LoadOptions())
    row = made.incident.posts.set_index("item_id").loc["7450000000000000001"]
    assert (row["viewpoint"], row["author_type"]) == ("要退款", "user")
    assert row["file"].endswith("a.csv")
    assert len(made.incident.posts) == 17
    typed_log = next(log for log in made.import_log.tables if "关键" in log.file)
    assert (typed_log.rows_kept, typed_log.rows_duplicate) == (0, 1)


BLOCK = "日期,曝光,观看,新增关注\n2026-03-15,{0}1000,200,3\n2026-03-16,{0}1100,210,3\n"


def test_equal_headers_without_names_of_their_own_stay_one_table_whose_contradictions_are_told(tmp_path: Path) -> None:
    for number, lines in enumerate((("", ""), ("账号数据\n", "账号数据\n"), ("账号数据\n", "账号数据（续）\n"), ("", "第 2 页 / 共 3 页\n"))):
        text = lines[0] + BLOCK.format("") + lines[1] + BLOCK.format("9")
        (log,) = load([folder(tmp_path / str(number), {"a.csv": text})], LoadOptions()).import_log.tables
        assert log.rows_read == log.rows_kept + log.rows_duplicate + log.rows_quarantined + log.rows_ignored
        assert (log.rows_kept, [text for text in log.warnings if "没有账号，无法区分" in text] != []) == (4, True), lines


def test_a_block_of_a_typed_account_bears_its_name_and_one_of_a_competitor_is_not_the_brands(tmp_path: Path) -> None:
    later = BLOCK.replace("03-15", "04-15").replace("03-16", "04-16").format("")
    case = 'brand = "云野"\nofficial_accounts = ["云野 茶饮"]\ncompetitors = ["山岚"]\n'
    made = load(
        [folder(tmp_path / "in", {"a.csv": f"云野茶饮\n{BLOCK.format('')}\n山岚官方号\n{later}\n其他账号\n{later.replace('04-', '05-')}", "case.toml": case})],
        LoadOptions(),
    )
    points = made.incident.metric_points.query("metric == 'impressions'").sort_values("at")
    assert [None if pd.isna(name) else name for name in points["name"]] == ["云野 茶饮"] * 2 + ["山岚官方号"] * 2 + [None] * 2
    assert "未按账号或店铺分开" in made.import_log.tables[-1].warnings[-1]


def test_sheets_of_two_accounts_in_one_workbook_are_named_by_sheet(tmp_path: Path) -> None:
    book = Workbook()
    for number, name in enumerate(("主号", "子号")):
        sheet = book.active if not number else book.create_sheet()
        assert isinstance(sheet, Worksheet)
        sheet.title = name
        for row in (["日期", "曝光", "观看", "新增关注"], ["2026-03-15", 1000 - number, 200 + number, 3 + number]):
            sheet.append(row)
    book.save(tmp_path / "账号.xlsx")
    assert account_names(tmp_path / "账号.xlsx") == {"主号", "子号"}


def test_daily_figures_of_shops_in_one_table_are_told_apart_by_its_column(tmp_path: Path) -> None:
    rows = "日期,店铺名称,支付金额,支付订单数\n2026-03-15,一店,1000,200\n2026-03-15,二店,10,20\n"
    assert account_names(folder(tmp_path / "in", {"店铺.csv": rows})) == {"一店", "二店"}


def test_a_row_of_one_cell_elsewhere_than_where_the_table_begins_is_no_title(tmp_path: Path) -> None:
    head = "标题,正文,发布时间,点赞数,评论数\n"
    text = f"监测结果\n{head}锅掉渣,,2026-03-15 10:00,1,2\n,只有正文的一条,,,\n{head}锅又掉渣,,2026-03-15 11:00,1,2\n"
    made = load([folder(tmp_path / "in", {"微博.csv": text})], LoadOptions())
    assert [log.sheet for log in made.import_log.tables] == [None]
    assert "只有正文的一条" in set(made.incident.posts["text"])


def test_a_list_of_hot_entries_by_everyday_headers_is_one_series_an_entry(tmp_path: Path) -> None:
    rows = "时间,热搜词,排名,热度值\n2026-08-12 21:00,云野茶饮异物,3,120万\n2026-08-12 21:00,别的词,9,20万\n2026-08-12 22:00,云野茶饮异物,未上榜,\n"
    made = load([folder(tmp_path / "in", {"微博热搜.csv": rows})], LoadOptions())
    ranks = made.incident.metric_points.query("metric == 'rank'").sort_values("value")
    assert [(row["scope"], row["platform"], row["name"], row["value"]) for row in ranks.to_dict("records")] == [
        ("hot_list", "weibo", "云野茶饮异物", 3),
        ("hot_list", "weibo", "别的词", 9),
    ]
    (log,) = made.import_log.tables
    assert (log.rows_kept, log.ignored_why) == (2, (("没有数值", 1),))


def test_everyday_headers_of_daily_figures_are_known(tmp_path: Path) -> None:
    files = {"店铺.csv": "日期,销售额,订单量,访客\n2026-03-15,1000,20,300\n", "账号.csv": "日期,新增粉丝,取关\n2026-03-15,5,7\n"}
    points = load([folder(tmp_path / "in", files)], LoadOptions()).incident.metric_points
    assert dict(zip(points["metric"], points["value"], strict=True)) == {
        "sales": 1000, "orders": 20, "visitors": 300, "followers_gained": 5, "followers_lost": 7,
    }  # fmt: skip


def test_a_log_of_responses_whose_column_is_called_otherwise_is_no_table_of_posts(tmp_path: Path) -> None:
    rows = "时间,动作,平台,内容\n2026-03-15 21:00,首次回应,微博,我们已关注到\n"
    incident = load([folder(tmp_path / "in", {"应对.csv": rows})], LoadOptions()).incident
    assert (len(incident.posts), incident.responses["action"].tolist()) == (0, ["first_response"])


def test_a_folder_inside_that_the_system_refuses_is_told_and_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "导出").mkdir()
    (tmp_path / "导出" / "评论.csv").write_bytes(text_of(ROWS).encode())
    closed = tmp_path / "导出" / "抖音"
    closed.mkdir()
    seen = os.scandir

    def scandir(place: Any = ".") -> Any:
        if Path(os.fspath(place)) == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(closed))
        return seen(place)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(UnusableInput, match=r"抖音：无法读取（没有权限）。请检查权限"):
        load([tmp_path / "导出"], LoadOptions())
