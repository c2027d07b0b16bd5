"""How damaged and oddly built files become tables: what is lost is as little as can be, and told."""

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook
from openpyxl.styles import PatternFill

from review.intake.audit import KEY, NEGATIVE
from review.intake.load import Loaded, LoadOptions, load

HEADER = "评论ID,评论内容,评论时间,点赞数\n"


def line(i: int, text: str | None = None) -> str:
    return f"c{i},{text or f'第{i}条'},2026-08-12 10:{i % 60:02d},{i}\n"


def loaded(folder: Path, **files: str | bytes) -> Loaded:
    folder.mkdir(exist_ok=True)
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


CLAIMS = '{"schema":"review.claims","version":1,"language":"zh-Hans","claims":[]}'


def zip_of(members: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(("place", "named"), [("out/某事", "out/某事/"), ("归档/某事/v1/data", "归档/某事/v1/")])
def test_an_earlier_report_among_the_exports_is_one_skipped_folder(place: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + line(1), encoding="utf-8")
    before = load([tmp_path], LoadOptions())
    home = tmp_path / place
    (home / "work").mkdir(parents=True)
    (home.parent / "bagit.txt").write_text("BagIt-Version: 1.0\n", encoding="utf-8")
    (home / "claims.json").write_text(CLAIMS, encoding="utf-8")
    (home / "import.json").write_text('{"schema":"review.import"}', encoding="utf-8")
    (home / "work" / "其他.csv").write_text(HEADER + line(2), encoding="utf-8")
    if place.startswith("out"):
        (home.parent / "bagit.txt").unlink()
    made = load([tmp_path], LoadOptions())
    assert [each.file for each in made.import_log.skipped] == [f"{tmp_path.name}/{named}"]
    assert made.import_log.tables == before.import_log.tables


def test_an_earlier_report_in_an_archive_is_skipped_too(tmp_path: Path) -> None:
    packed = zip_of({"out/claims.json": CLAIMS, "out/findings.json": "{}", "out/rows/b.csv": HEADER + line(2), "a.csv": HEADER + line(1)})
    made = loaded(tmp_path, a_zip=packed)
    assert [each.file for each in made.import_log.skipped] == [f"{tmp_path.name}/a.zip/out/"]
    assert [log.file for log in made.import_log.tables] == [f"{tmp_path.name}/a.zip/a.csv"]


@pytest.mark.parametrize(
    "content",
    [
        f"评论内容,{NEGATIVE},时间,平台,评论ID,{KEY}\n好,负面,2026-08-12 10:00,微博,c1,0123456789abcdef\n",
        "文件,表,行,平台,编号,时间,内容,标签来源,负面倾向分,负面概率,标签,情绪,依据词\na.csv,,2,微博,c1,2026-08-12 10:00:00,好,模型初判,0.1,,非负面,,\n",
        "id,parent_id,kind,evidence,confidence,copy_group,file,sheet,row\nc1,,none,unlinked,,,a.csv,,2\n",
        '{"schema":"review.event","version":1,"items":[{"content":"好","time":"2026-08-12 10:00"}]}',
        '<!DOCTYPE html>\n<meta name="generator" content="review">\n<table><tr><td>日期</td><td>曝光</td></tr><tr><td>2026-08-12</td><td>1</td></tr></table>',
    ],
)
def test_a_single_file_that_we_wrote_is_no_data(content: str, tmp_path: Path) -> None:
    made = loaded(tmp_path, a_csv=HEADER + line(1), 随便_csv=content)
    assert len(made.import_log.tables) == 1
    assert ["review 写出" in each.reason for each in made.import_log.skipped] == [True]


def test_the_labels_given_are_listed_and_no_data(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + line(1), encoding="utf-8")
    labels = tmp_path / "标签.csv"
    labels.write_text("评论ID,评论内容,negative\nc1,好,1\n", encoding="utf-8")
    made = load([tmp_path], LoadOptions(labels=labels))
    assert [each.file for each in made.import_log.skipped] == ["标签.csv"]
    assert len(made.incident.posts) == 1


@pytest.mark.parametrize(
    ("members", "advice"),
    [
        ({"[Content_Types].xml": "", "word/embeddings/chart1.xlsx": "PK"}, "Word 文档"),
        ({"[Content_Types].xml": "", "ppt/embeddings/chart1.xlsx": "PK"}, "演示文稿"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}, "另存为 xlsx"),
    ],
)
def test_another_office_document_is_one_skipped_file_with_advice(members: dict[str, str], advice: str, tmp_path: Path) -> None:
    made = loaded(tmp_path, a_csv=HEADER + line(1), b_bin=zip_of(members), c_zip=zip_of({}))
    assert [each.file.split("/")[-1] for each in made.import_log.skipped] == ["b.bin", "c.zip"]
    assert advice in made.import_log.skipped[0].reason
    assert made.import_log.skipped[1].reason == "空的压缩文件"


def xlsx(*rows: Sequence[Any], merged: tuple[str, ...] = ()) -> Workbook:
    book = Workbook()
    page = book.worksheets[0]
    page.title = "数据"
    for row in rows:
        page.append(list(row))
    for each in merged:
        page.merge_cells(each)
    return book


def opened(folder: Path, book: Workbook) -> Loaded:
    book.save(folder / "a.xlsx")
    return load([folder / "a.xlsx"], LoadOptions())


def values(made: Loaded) -> dict[tuple[str, int], float]:
    points = made.incident.metric_points
    return {(str(metric), int(row)): float(value) for metric, row, value in zip(points["metric"], points["row"], points["value"], strict=True)}


def test_a_second_table_below_the_first_is_read_under_its_own_header(tmp_path: Path) -> None:
    first: list[list[Any]] = [["日期", "曝光", "观看", "新增关注"], ["2026-08-12", 1000, 200, 3], [], ["店铺每日"]]
    made = opened(tmp_path, xlsx(*first, ["日期", "支付金额", "支付订单数", "退款金额", "总访客数"], ["2026-08-12", 5000, 50, 7, 900]))
    assert [(log.sheet, log.header_row, log.rows_read) for log in made.import_log.tables] == [("数据", 1, 1), ("数据（第2个表）", 5, 1)]
    found = values(made)
    assert (found["impressions", 2], found["sales", 6], found["refunds", 6]) == (1000, 5000, 7)
    assert ("impressions", 6) not in found


def test_a_header_that_is_repeated_in_its_table_begins_no_other(tmp_path: Path) -> None:
    header = ["日期", "曝光", "观看", "新增关注"]
    made = opened(tmp_path, xlsx(header, ["2026-08-12", 1000, 200, 3], header, ["2026-08-13", 900, 100, 2]))
    assert [log.sheet for log in made.import_log.tables] == ["数据"]
    assert values(made)["impressions", 4] == 900


STACKED = """账号数据
日期,曝光,观看,新增关注
2026-08-12,1000,200,3

店铺每日
日期,支付金额,支付订单数,退款金额,总访客数
2026-08-12,"5,000",50,7,900
合计,5000,50,7,900

商品每日
日期,支付金额,支付买家数
2026-08-12,60,2
"""


@pytest.mark.parametrize("padded", [False, True])
def test_tables_one_below_another_in_a_text_file_are_read_each_under_its_header(padded: bool, tmp_path: Path) -> None:
    lines = [line + "," * (4 - line.replace("5,000", "").count(",")) if padded else line for line in STACKED.split("\n")]
    made = loaded(tmp_path, a_csv="\r\n".join(lines))
    logs = made.import_log.tables
    assert [log.sheet for log in logs] == [None, "（第2个表）", "（第3个表）"]
    assert [(log.rows_read, log.rows_kept, log.rows_ignored) for log in logs] == [(1, 1, 0), (2, 1, 1), (1, 1, 0)]
    assert all(log.encoding == "utf-8" and log.delimiter == "," for log in logs)
    points = made.incident.metric_points
    found = {(str(sheet), str(metric)): value for sheet, metric, value in zip(points["sheet"], points["metric"], points["value"], strict=True)}
    assert (found["nan", "views"], found["（第2个表）", "sales"], found["（第2个表）", "refunds"], found["（第3个表）", "buyers"]) == (200, 5000, 7, 2)


def test_a_sheet_and_a_text_file_of_the_same_rows_hold_the_same_tables(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(STACKED)))
    book, text = opened(tmp_path, xlsx(*rows)), loaded(tmp_path / "b", a_csv=STACKED)
    content = [name for name in book.incident.metric_points.columns if name not in ("file", "sheet", "row")]
    assert book.incident.metric_points[content].equals(text.incident.metric_points[content])
    assert [log.ignored_why for log in book.import_log.tables] == [log.ignored_why for log in text.import_log.tables]


def test_a_second_table_far_down_a_text_file_is_found_and_its_rows_are_where_they_stand(tmp_path: Path) -> None:
    shop = "日期,支付金额,支付订单数\n2026-08-12,70,1\n2026-08-13,80\n2026-08-14,90,3,4\n"
    made = loaded(tmp_path, a_csv=HEADER + "".join(line(i) for i in range(1, 60)) + shop)
    assert [(log.sheet, log.header_row, log.rows_read) for log in made.import_log.tables] == [(None, 1, 59), ("（第2个表）", 61, 3)]
    assert values(made)["sales", 62] == 70
    assert (made.import_log.rejections[-1].row, made.import_log.rejections[-1].sheet) == (64, "（第2个表）")


def test_a_header_written_again_is_no_comment_and_counted(tmp_path: Path) -> None:
    head = "评论内容,评论时间,点赞数\n"
    rows = "不好,2026-08-12 10:00,1\n"
    made = loaded(tmp_path, a_csv=head + rows + head + rows.replace("不", "很"), b_csv=(head + rows).replace("不好", "一般") + "\ufeff" + head)
    assert sorted(made.incident.posts["text"]) == ["一般", "不好", "很好"]
    assert [log.ignored_why for log in made.import_log.tables] == [(("重复的表头", 1),), (("重复的表头", 1),)]


@pytest.mark.parametrize("parts", [["点赞", "评论", "转发"], ["点赞", "评论", "转发", "收藏"]])
def test_a_header_of_two_rows_is_read_as_one_in_a_text_file(parts: list[str], tmp_path: Path) -> None:
    top = ",".join(["标题", "链接", "发布时间", "互动数据", *[""] * (len(parts) - 1)])
    below = ",".join(["", "", "", *parts])
    row = ",".join(["锅掉渣", "https://weibo.com/detail/5098765432101234", "2026-08-12 10:00", *map(str, range(12, 12 + len(parts)))])
    made = loaded(tmp_path, a_csv=f"{top}\n{below}\n{row}\n")
    assert [(log.header_row, log.rows_kept) for log in made.import_log.tables] == [(2, 1)]
    assert made.incident.posts[["title", "likes", "comments", "shares"]].iloc[0].tolist() == ["锅掉渣", 12, 13, 14]


@pytest.mark.parametrize("parts", [["点赞", "评论", "转发"], ["点赞", "评论", "转发", "收藏"]])
def test_a_header_of_two_rows_is_read_as_one(parts: list[str], tmp_path: Path) -> None:
    top = ["标题", "链接", "发布时间", "互动数据", *[None] * (len(parts) - 1)]
    row = ["锅掉渣", "https://weibo.com/detail/5098765432101234", "2026-08-12 10:00", *range(12, 12 + len(parts))]
    made = opened(tmp_path, xlsx(top, [None, None, None, *parts], row, merged=("A1:A2", "B1:B2", "C1:C2", f"D1:{'FG'[len(parts) - 3]}1")))
    assert [(log.header_row, log.rows_kept) for log in made.import_log.tables] == [(2, 1)]
    assert made.incident.posts[["title", "likes", "comments", "shares"]].iloc[0].tolist() == ["锅掉渣", 12, 13, 14]


def test_formulas_without_a_result_keep_their_text_and_are_told(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["c1", "=太差了", "2026-08-12 10:00", 3], ["c2", "好", "2026-08-12 10:01", "=1*12000"]]
    made = opened(tmp_path, xlsx(["评论ID", "评论内容", "评论时间", "点赞数"], *rows))
    assert texts(made) == {2: "=太差了", 3: "好"}
    assert [(each.row, each.value) for each in made.import_log.rejections] == [(3, "=1*12000")]
    assert any("2 个公式没有计算结果" in warning for warning in made.import_log.tables[0].warnings)


def test_a_coloured_cell_far_away_makes_no_sheet_too_wide_and_a_hidden_sheet_is_told(tmp_path: Path) -> None:
    book = xlsx(["日期", "曝光", "观看"], ["2026-08-12", 1000, 200])
    book.worksheets[0].cell(5, 16384).fill = PatternFill("solid", fgColor="FFFF00")
    hidden = book.create_sheet("旧")
    hidden.append(["日期", "曝光", "观看"])
    hidden.append(["2026-08-11", 900, 150])
    hidden.sheet_state = "hidden"
    made = opened(tmp_path, book)
    assert [(log.sheet, any("隐藏" in warning for warning in log.warnings)) for log in made.import_log.tables] == [("数据", False), ("旧", True)]


def test_cells_over_several_rows_and_columns_of_a_web_page_shift_no_other(tmp_path: Path) -> None:
    head = "<tr>" + "".join(f"<th>{name}</th>" for name in ("订单号", "支付时间", "规格ID", "商品数量", "支付金额", "退款状态")) + "</tr>"
    one = "<tr><td rowspan=2>P1</td><td rowspan=2>2026-08-12 10:00:00</td><td>S1</td><td>1</td><td>99</td><td rowspan=3>--</td></tr>"
    more = "<tr><td>S2</td><td>2</td><td>50</td></tr><tr><td>P2</td><td>2026-08-12 11:00:00</td><td colspan=2>S1</td><td>7</td></tr>"
    made = loaded(tmp_path, a_xls=f'<html><meta charset="utf-8"><table><tr><td colspan="6">订单</td></tr>{head}{one}{more}</table></html>')
    found = values(made)
    assert (found["sales", 3], found["orders", 3], found["units", 3]) == (156, 2, 3)


RECORDS = [{"comment_id": f"c{i}", "content": f"第{i}条", "create_time": 1786512345 + i} for i in range(4)]


@pytest.mark.parametrize(
    "document",
    [
        {"ok": 1, "data": {"data": RECORDS, "total_number": 4}},
        {"code": 0, "message": "0", "data": {"replies": RECORDS}},
        {str(i): record for i, record in enumerate(RECORDS)},
        {"code": 0, "message": "0", "data": RECORDS},
        {"id": "req-1", "message": "ok", "data": RECORDS},
    ],
)
def test_the_records_of_a_json_answer_are_found_in_their_wrapping(document: dict[str, Any], tmp_path: Path) -> None:
    made = loaded(tmp_path, a_json=json.dumps(document, ensure_ascii=False))
    assert sorted(made.incident.posts["text"]) == ["第0条", "第1条", "第2条", "第3条"]


def links(made: Loaded) -> dict[str, tuple[str | None, ...]]:
    """kind, thread, root, parent and author by text."""
    posts = made.incident.posts.astype(object).where(made.incident.posts.notna(), None)
    columns = ["text", "kind", "thread_id", "root_id", "parent_id", "author_name"]
    return {row[0]: tuple(row[1:]) for row in posts[columns].to_numpy().tolist()}


def test_comments_inside_a_post_and_replies_inside_a_comment_are_tables_of_their_own(tmp_path: Path) -> None:
    reply = {"id": "66b2", "content": "是的", "time": "2026-08-12 10:06", "user": {"nickname": "乙"}}
    comments = [
        {"id": "66b1", "content": "真的", "time": "2026-08-12 10:05", "user": {"nickname": "甲"}, "replies": [reply]},
        {"content": "没有编号", "time": "2026-08-12 10:07"},
    ]
    note = "66a000000000000000000001"
    post = {
        "note_id": note, "desc": "掉渣", "time": "2026-08-12 10:00", "url": f"https://www.xiaohongshu.com/explore/{note}",
        "comments": comments, "images": [{"url": "https://x/1.jpg"}, {"url": "https://x/2.jpg"}],
    }  # fmt: skip
    for name, document in (("a_json", [post]), ("b_json", post), ("c_jsonl", post)):
        made = loaded(tmp_path / name, **{name: json.dumps(document, ensure_ascii=False)})
        logs = made.import_log.tables
        assert [(log.sheet, log.rows_kept, log.platform) for log in logs] == [(None, 1, "xhs"), ("comments", 2, "xhs"), ("comments.replies", 1, "xhs")]
        assert logs[0].warnings == ("“images”中另有 2 条嵌套的记录没有读取",)
        assert (logs[0].unmapped, logs[1].unmapped) == (("images",), ())
        assert links(made) == {
            "掉渣": ("post", None, None, None, None),
            "真的": ("comment", note, None, None, "甲"),
            "没有编号": ("comment", note, None, None, None),
            "是的": ("reply", note, "66b1", None, "乙"),
        }


def test_the_answers_of_a_server_a_line_each_are_no_rows_but_what_they_hold(tmp_path: Path) -> None:
    pages = [{"code": 0, "message": "success", "data": {"comments": RECORDS[i : i + 2], "has_more": i < 2}} for i in (0, 2)]
    made = loaded(tmp_path, a_jsonl="\n".join(json.dumps(page, ensure_ascii=False) for page in pages))
    assert [(log.sheet, log.rows_read, log.rows_kept) for log in made.import_log.tables] == [("data.comments", 4, 4)]
    assert sorted(made.incident.posts["text"]) == ["第0条", "第1条", "第2条", "第3条"]


def test_objects_inside_records_that_are_no_texts_of_people_are_told(tmp_path: Path) -> None:
    record = {**RECORDS[0], "entities": {"hashtags": [{"text": "锅", "indices": [0, 1]}, {"text": "掉渣", "indices": [2, 4]}]}}
    made = loaded(tmp_path, a_json=json.dumps([record], ensure_ascii=False))
    assert [log.rows_kept for log in made.import_log.tables] == [1]
    assert "“entities.hashtags”中另有 2 条嵌套的记录没有读取" in made.import_log.tables[0].warnings


def bili(number: int, root: int, parent: int, replies: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "rpid": number, "oid": 113000000001, "mid": 5000 + number, "root": root, "parent": parent, "ctime": 1786512345, "like": number, "replies": replies,
        "member": {"mid": str(5000 + number), "uname": f"用户{number}"}, "content": {"message": f"B站{number}"}, "reply_control": {"location": "IP属地：上海"},
    }  # fmt: skip


API = {
    "bilibili": {"code": 0, "message": "0", "data": {"replies": [bili(1, 0, 0, [bili(2, 1, 1, []), bili(3, 1, 2, [])])]}},
    "douyin": {
        "comments": [
            {
                "cid": "7400000000000000011", "aweme_id": "7390000000000000017", "text": "抖音1", "create_time": 1786512345, "digg_count": 1, "reply_id": "0",
                "user": {"uid": "88", "nickname": "用户1"}, "ip_label": "上海",
            }
        ]
    },
    "zhihu": {
        "data": [
            {
                "id": 11223344, "content": "知乎1", "created_time": 1786512345, "like_count": 1, "author": {"url_token": "u", "name": "用户1"},
                "child_comments": [
                    {
                        "id": 11223345, "content": "知乎2", "created_time": 1786512345, "like_count": 2, "author": {"url_token": "v", "name": "用户2"},
                        "reply_comment_id": "11223344", "reply_root_comment_id": "11223344",
                    }
                ],
            }
        ]
    },
    "xhs": {
        "data": {
            "comments": [
                {
                    "id": "66b1", "note_id": "66a000000000000000000001", "content": "小红书1", "create_time": 1786512345000, "like_count": "1",
                    "user_info": {"user_id": "5f", "nickname": "用户1"}, "ip_location": "上海", "sub_comment_cursor": "",
                }
            ]
        }
    },
    "x": [
        {
            "id": 1890000000000000001, "id_str": "1890000000000000017", "created_at": "Wed Aug 12 05:25:45 +0000 2026", "full_text": "推文1",
            "favorite_count": 1, "in_reply_to_status_id_str": None, "user": {"id_str": "5", "screen_name": "用户1"},
        }
    ],
}  # fmt: skip


@pytest.mark.parametrize("platform", API)
def test_answers_of_the_platforms_own_interfaces_are_read_by_their_names(platform: str, tmp_path: Path) -> None:
    made = loaded(tmp_path, a_json=json.dumps(API[platform], ensure_ascii=False))
    posts = made.incident.posts
    assert set(posts["platform"]) == {platform}
    assert set(posts["published_at"]) == {pd.Timestamp("2026-08-12T05:25:45Z")}
    for text, likes, author in zip(posts["text"], posts["likes"], posts["author_name"], strict=True):
        assert (likes, author) == (int(text[-1]), f"用户{text[-1]}")
    assert set(posts["region"].dropna()) <= {"上海"}
    found = links(made)
    if platform == "bilibili":
        assert [found[f"B站{i}"][:4] for i in (1, 2, 3)] == [
            ("comment", "113000000001", None, None),
            ("reply", "113000000001", "1", "1"),
            ("reply", "113000000001", "1", "2"),
        ]
        assert set(posts["author_key"]) == {"5001", "5002", "5003"}
    if platform == "zhihu":
        assert found["知乎2"][:4] == ("reply", None, "11223344", "11223344")
    if platform == "xhs":
        assert (posts["item_id"].iloc[0], found["小红书1"][:2]) == ("66b1", ("comment", "66a000000000000000000001"))
    if platform == "x":
        assert posts["item_id"].tolist() == ["1890000000000000017"]
    if platform == "douyin":
        assert found["抖音1"][:2] == ("comment", "7390000000000000017")


def test_mid_is_the_author_beside_rpid_and_the_post_elsewhere(tmp_path: Path) -> None:
    rows = "rpid,oid,mid,uname,message,ctime,like,parent,root\n230000000001,113000000001,42,甲,漏水,1786512345,5,0,0\n"
    made = loaded(tmp_path, a_csv=rows, b_csv="mid,微博正文,发布时间,点赞数\n5098765432101234,掉渣,2026-08-12 10:00,3\n")
    posts = made.incident.posts.set_index("text")
    assert [posts.loc["漏水", name] for name in ("item_id", "thread_id", "author_key", "platform")] == ["230000000001", "113000000001", "42", "bilibili"]
    assert posts.loc["掉渣", "item_id"] == "5098765432101234"


def test_a_json_list_that_breaks_off_keeps_its_complete_records_and_says_so(tmp_path: Path) -> None:
    made = loaded(tmp_path, a_json=json.dumps(RECORDS, ensure_ascii=False, indent=4)[:-60])
    assert len(made.incident.posts) == 3
    assert [(each.row, each.reason[:8]) for each in made.import_log.rejections] == [(4, "JSON 在此中")]


def test_a_banner_in_square_brackets_is_no_json(tmp_path: Path) -> None:
    assert texts(loaded(tmp_path, a_csv="[导出时间] 2026-08-20 10:00\n" + HEADER + line(1))) == {3: "第1条"}


def test_a_database_in_wal_mode_is_read(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "a.db")
    base.execute("PRAGMA journal_mode = wal")
    base.execute("CREATE TABLE c (comment_id TEXT, content TEXT, create_time INTEGER)")
    base.execute("INSERT INTO c VALUES ('c1', '漏水了', 1786512345)")
    base.commit()
    base.close()
    assert texts(load([tmp_path / "a.db"], LoadOptions())) == {1: "漏水了"}


def test_a_database_that_is_still_open_is_read_and_told(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "a.db")
    base.execute("PRAGMA journal_mode = wal")
    base.execute("CREATE TABLE c (comment_id TEXT, content TEXT, create_time INTEGER)")
    base.execute("INSERT INTO c VALUES ('c1', '漏水了', 1786512345)")
    base.commit()
    base.execute("PRAGMA wal_checkpoint(FULL)")
    base.execute("INSERT INTO c VALUES ('c2', '还在漏', 1786512346)")
    base.commit()
    (log,) = load([tmp_path / "a.db"], LoadOptions()).import_log.tables
    assert any("-wal" in warning for warning in log.warnings)
    skipped = {each.file.split("/")[-1]: each.reason for each in load([tmp_path], LoadOptions()).import_log.skipped}
    assert "预写日志" in skipped["a.db-wal"]
    base.close()
    (log,) = load([tmp_path / "a.db"], LoadOptions()).import_log.tables
    assert (log.rows_kept, log.warnings) == (2, tuple(warning for warning in log.warnings if "-wal" not in warning))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("words", ["一个一直用得很好的锅，一下子就坏了" * 12, "坏了", "so bad"])
def test_utf_16_without_a_mark_is_told(encoding: str, words: str, tmp_path: Path) -> None:
    made = loaded(tmp_path, a_csv=(HEADER + line(8, words) + line(9, words)).encode(encoding), b_json=json.dumps(RECORDS, ensure_ascii=False).encode(encoding))
    assert [log.encoding for log in made.import_log.tables] == [encoding, encoding]
    assert set(made.incident.posts["text"]) == {words, *(record["content"] for record in RECORDS)}


WORKBOOK_XML = """<?xml version="1.0" encoding="GB2312"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="http://www.w3.org/TR/REC-html40">
<Worksheet ss:Name="评论"><Table>
<Row><Cell ss:MergeAcross="3"><Data ss:Type="String">评论导出</Data></Cell></Row>
<Row ss:Index="3">HEADER</Row>
<Row><Cell><Data ss:Type="Number">5098765432101234</Data></Cell>
<Cell><Data ss:Type="String">漏水 &amp; 掉&lt;渣&gt;</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell>
<Cell ss:MergeDown="1"><Data ss:Type="DateTime">2026-08-12T10:00:00.000</Data></Cell><Cell><Data ss:Type="Number">12.0</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">c2</Data></Cell><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>很</B>差</ss:Data></Cell>
<Cell ss:Index="4"><Data ss:Type="Number">3</Data></Cell></Row>
</Table></Worksheet>
<Worksheet ss:Name="旧"><Table><Row>HEADER</Row></Table><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
</Workbook>""".replace("HEADER", "".join(f'<Cell><Data ss:Type="String">{name}</Data></Cell>' for name in HEADER.strip().split(",")))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_workbook_as_xml_of_2003_is_read(encoding: str, tmp_path: Path) -> None:
    made = loaded(tmp_path, a_xls=WORKBOOK_XML.encode(encoding))
    assert [(log.sheet, log.container, log.header_row, log.rows_kept) for log in made.import_log.tables] == [("旧", "xml", 1, 0), ("评论", "xml", 3, 2)]
    assert any("隐藏" in warning for warning in made.import_log.tables[0].warnings)
    posts = made.incident.posts.set_index("row").sort_index()
    assert posts["item_id"].tolist() == ["5098765432101234", "c2"]
    assert posts["text"].tolist() == ["漏水 & 掉<渣>", "很差"]
    assert posts["likes"].tolist() == [12, 3]
    assert {f"{at:%m-%d %H:%M}" for at in posts["published_at"]} == {"08-12 02:00"}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<Workbook", '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Workbook', "实体声明"),
        ("</Table></Worksheet>\n<Worksheet", "<Worksheet", "另存为 xlsx"),
        ('ss:Index="3"', 'ss:Index="9999999"', "超过上限"),
        ('ss:MergeAcross="3"', 'ss:MergeAcross="3000"', "超过上限"),
    ],
)
def test_a_hostile_workbook_as_xml_is_refused(old: str, new: str, reason: str, tmp_path: Path) -> None:
    made = loaded(tmp_path, a_csv=HEADER + line(1), b_xls=WORKBOOK_XML.replace(old, new).encode())
    assert [reason in each.reason for each in made.import_log.skipped] == [True]


def test_big5_is_told_from_gb18030(tmp_path: Path) -> None:
    words = "這個鍋用了三天就壞了，很失望，客服說會處理卻一直沒有回覆，請問什麼時候可以退款？"
    header = "comment_id,content,create_time,like_count\n"
    made = loaded(tmp_path, a_csv=(header + line(1, words)).encode("big5"), b_csv=(header + line(2, words)).encode("gb18030"))
    assert [log.encoding for log in made.import_log.tables] == ["cp950", "gb18030"]
    assert made.incident.posts["text"].tolist() == [words, words]


def test_notes_below_a_table_are_no_posts(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["锅掉渣", "https://weibo.com/detail/5098765432101234", "2026-08-12 10:00", 12],
        [],
        ["数据来源：某某舆情"],
        ["共1条"],
    ]
    made = opened(tmp_path, xlsx(["标题", "链接", "发布时间", "点赞"], *rows))
    assert len(made.incident.posts) == 1
    assert made.import_log.tables[0].ignored_why == (("表下的说明", 2),)


def test_page_numbers_and_starred_notes_spoil_no_column_of_ids_and_averages_are_no_days(tmp_path: Path) -> None:
    paged = HEADER + line(1) + "第 1 页 / 共 2 页,,,\n" + HEADER + line(2) + "第 2 页,,,\n*注：数据有延迟,,,\n"
    daily = "日期,曝光,观看,新增关注\n2026-08-12,1000,200,3\n平均,1000,200,3\n环比,10%,5%,2%\n"
    made = loaded(tmp_path, a_csv=paged, b_csv=daily)
    assert set(made.incident.posts["item_id"]) == {"c1", "c2"}
    assert [dict(log.ignored_why) for log in made.import_log.tables] == [{"表下的说明": 3, "重复的表头": 1}, {"合计行": 2}]
    assert not made.import_log.rejections


def test_a_hotlines_own_headers_and_a_back_offices_unfollows_are_understood(tmp_path: Path) -> None:
    calls = "工单号,来电时间,首次回访时间,结案时间,问题分类\nA1,2026.03.01 16:35,2026.03.01 17:35,2026.03.02 08:00,制动异响\n"
    lost = "日期,新增粉丝,取关粉丝\n2026-05-17,300,5200\n"
    made = loaded(tmp_path / "in", 热线工单_csv=calls, 粉丝_csv=lost)
    (ticket,) = made.incident.tickets.to_dict("records")
    assert (ticket["first_reply_at"] - ticket["opened_at"], ticket["closed_at"] - ticket["opened_at"]) == (pd.Timedelta("1h"), pd.Timedelta("15h25min"))
    points = made.incident.metric_points
    assert points.loc[points["metric"] == "followers_lost", "value"].tolist() == [5200.0]
