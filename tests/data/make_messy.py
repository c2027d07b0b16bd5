# ruff: noqa: E501  (rows of cells read better on one line)
"""Writes tests/data/messy/: one small file per defect seen in real exports, with texts of our own.

Run it to add a defect; the files are kept in the repository.

python tests/data/make_messy.py
"""

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from openpyxl import Workbook

FOLDER = Path(__file__).parent / "messy"
DY = [
    "comment_id",
    "create_time",
    "ip_location",
    "aweme_id",
    "content",
    "user_id",
    "nickname",
    "sub_comment_count",
    "like_count",
    "last_modify_ts",
    "parent_comment_id",
]
XHS = ["笔记ID", "笔记链接", "博主ID", "博主昵称", "笔记标题", "笔记详情", "点赞数", "收藏数", "评论数", "分享数", "发布时间", "IP地址"]


def table(rows: Sequence[Sequence[object]], delimiter: str = ",", end: str = "\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(rows)
    return stream.getvalue()


def write(name: str, data: str | bytes, encoding: str = "utf-8") -> None:
    (FOLDER / name).write_bytes(data if isinstance(data, bytes) else data.encode(encoding))


def note(number: int, **cells: object) -> list[object]:
    base = {
        "笔记ID": f"66a1b2c3d4e5f6a7b8c9d{number:03d}", "笔记链接": "", "博主ID": f"5f{number:022d}", "博主昵称": f"青柠{number}", "笔记标题": f"杯子漏水{number}",
        "笔记详情": f"用了{number}天就漏水", "点赞数": number, "收藏数": 1, "评论数": 2, "分享数": 0, "发布时间": f"2026-03-15 10:{number:02d}:00", "IP地址": "四川",
    }  # fmt: skip
    return [(base | cells)[name] for name in XHS]


def comment(number: int, **cells: object) -> list[object]:
    base = {
        "comment_id": 7450000000000000000 + number, "create_time": 1773540000 + number * 60, "ip_location": "江苏", "aweme_id": 7449000000000000001,
        "content": f"第{number}条:等一个说法", "user_id": 9000000 + number, "nickname": f"路人{number}", "sub_comment_count": 0, "like_count": number,
        "last_modify_ts": 1773560000000 + number, "parent_comment_id": 0,
    }  # fmt: skip
    return [(base | cells)[name] for name in DY]


def workbook(name: str, sheets: Mapping[str, Sequence[Sequence[object]]], merge: str | None = None) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if merge:
            sheet.merge_cells(merge)
    stream = io.BytesIO()
    book.save(stream)
    (FOLDER / name).write_bytes(stream.getvalue())


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    three = table([XHS, *(note(i) for i in range(1, 4))])
    write("01-gb18030.csv", table([XHS, note(1, 笔记详情="漏水了😡㐂")]), "gb18030")
    write("01-bom.csv", three, "utf-8-sig")
    write("01-utf16-tab.csv", "\ufeff" + table([XHS, note(1)], "\t"), "utf-16-le")
    write("02-banner-rows.csv", table([["报告:杯子"], ["导出时间", "2026-03-20"], [], XHS, note(1)]))
    workbook(
        "03-summary-sheet-first.xlsx", {"说明": [["本表由平台导出,仅供参考"]], "观看趋势": [["日期", "数值"], ["2026年03月15日", 120], ["2026年03月16日", 80]]}
    )
    stream = io.BytesIO()
    book = Workbook()
    for row in (XHS, note(1)):
        book.worksheets[0].append(row)
    book.save(stream)
    write("04-xlsx-named.xls", stream.getvalue())
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (XHS, note(1)))
    write("04-html-named.xls", f"<html><body><table>{cells}</table></body></html>")
    write("04-csv-named.xls", three)
    shapes = ["1.2万", "10w+", "3.4亿", "1.5k", "18,000", "7.5w~10w", "424.0", "1 234x"]
    write("05-number-shapes.csv", table([XHS, *(note(i, 点赞数=shape) for i, shape in enumerate(shapes, 1))]))
    write("06-zero-words.csv", table([XHS, note(1, 点赞数="赞", 评论数="评论", 分享数="分享", 收藏数="收藏")]))
    write("07-missing-words.csv", table([XHS, *(note(i, 点赞数=word) for i, word in enumerate(["--", "-", "—", "/", "null", "N/A", "未知", " ", "\t-"], 1))]))
    back = ["笔记标题", "首次发布时间", "体裁", "曝光", "观看量", "封面点击率", "点赞", "评论", "收藏", "涨粉", "分享", "人均观看时长", "弹幕"]
    write("07-impressions-pending.csv", table([back, ["新品", "2026年03月15日10时00分00秒", "图文", 0, 30, 0.1, 1, 0, 0, 0, 0, 3, 0]]))
    write("07-minus-one.csv", table([["采集时间", "作品ID", "作品类型", "作品标题", "作品描述", "作品标签", "发布时间", "最后更新时间", "收藏数量", "评论数量", "分享数量", "点赞数量",
                                      "作者昵称", "作者ID", "作者链接", "作品链接", "下载地址", "动图地址"],
                                     ["2026-03-16_10:00:00", "66a1b2c3d4e5f6a7b8c9d001", "图文", "漏水", "漏了", "水杯 漏水", "2026-03-15_09:30:00", "2026-03-15_09:30:00", -1, 5, 2, 9,
                                      "青柠", "5f01", "", "", "", ""]]))  # fmt: skip
    topics = ["用户名称", "微博等级", "微博内容", "微博转发量", "微博评论量", "微博点赞", "发布时间", "搜索关键词", "话题名称", "话题讨论数", "话题阅读数"]
    write(
        "08-prefix-in-value.csv",
        table([["rid", *topics], [1, "晴天", "黄v", "杯子漏水了", "转发", "评论", "12", "昨天 19:18", "杯子", "杯子漏水", "阅读592.6万", "帖子508"]]),
    )
    relative = ["刚刚", "27分钟前", "2小时前", "昨天 10:18", "前天", "3天前 江苏", "编辑于 昨天 11:20 上海", "02-18 福建", "03-30", "3月25日"]
    write("09-relative-times.csv", table([XHS, *(note(i, 发布时间=word, IP地址="") for i, word in enumerate(relative, 1))]))
    absolute = ["2026年03月24日17时33分05秒", "2026年06月25日20时", "2026-03-15_10:11:12", "2026/7/15 6:55", "20260401", "Wed Mar 18 23:44:36 +0800 2026", "Fri, Jun 5, 2026",
                "2026-04-16 09:48:29 EDT", "24-02-2026 11.35", "2026-03-15 10:00:00+08:00"]  # fmt: skip
    write("10-absolute-times.csv", table([XHS, *(note(i, 发布时间=word) for i, word in enumerate(absolute, 1))]))
    write("11-epochs.csv", table([XHS, *(note(i, 发布时间=word) for i, word in enumerate([1773540000, 1773540000000, 46096], 1))]))
    write(
        "12-ids-mangled.csv",
        table([XHS, note(1, 笔记ID="6.66E+17", 笔记链接="https://www.xiaohongshu.com/explore/66a1b2c3d4e5f6a7b8c9d777"), note(2, 笔记ID="6.67E+17")]),
    )
    write(
        "12-ids-wrapped.csv",
        table(
            [DY, comment(1, comment_id='="7450000000000000001"'), comment(2, comment_id="7450000000000000002\t"), comment(3, comment_id="'7450000000000000003")]
        ),
    )
    write("12-ids-rounded.csv", table([DY, *(comment(i, comment_id=f"745297553530{i:03d}0000") for i in range(1, 6))]))
    write("13-line-ends.csv", table([DY, comment(1, content="第一行\n第二行")], end="\r\n") + table([comment(2, content="只有一行")]))
    write("14-formula-signs.csv", table([DY, *(comment(i, content=f"{sign}1 这是文字") for i, sign in enumerate("=+-@", 1))]))
    write("15-crawled-twice.csv", table([DY, comment(1), comment(2), comment(1, like_count=90, last_modify_ts=1773600000000)]))
    torn = table([DY, comment(1)]).encode() + "字被切断".encode()[1:] + ",9000001,路人,0\n".encode() + table([comment(i) for i in range(2, 13)]).encode()
    write("16-torn-row.csv", b"\xef\xbb\xbf" + torn)
    write("17-blank-times.csv", table([DY, comment(1), comment(2, create_time="", content="没有时间")]))
    mage = ["笔记链接", "笔记链接_长", "页码", "评论者昵称", "评论者id", "评论者主页链接", "评论时间", "评论IP属地", "评论点赞数", "评论级别", "评论内容"]
    link = "https://www.xiaohongshu.com/explore/66a1b2c3d4e5f6a7b8c9d001"
    levels = [("甲", 1), ("乙", 2), ("丙", 2), ("丁", 1), ("戊", 2)]
    write(
        "18-level-only.csv",
        table([mage, *([link, link, 1, who, f"u{i}", "", f"2026-03-15 10:0{i}:00", "四川", i, level, f"{who}说"] for i, (who, level) in enumerate(levels))]),
    )
    weibo = ["comment_id", "create_time", "create_date_time", "note_id", "content", "sub_comment_count", "comment_like_count", "last_modify_ts", "ip_location", "parent_comment_id",
             "user_id", "nickname", "gender", "profile_url", "avatar"]  # fmt: skip
    write("18-parent-is-self.csv", table([weibo,
        [501, 1773540000, "2026-03-15 10:00:00+08:00", 500, "一级", 1, 3, 1773560000000, "四川", 501, 11, "甲", "f", "", ""],
        [502, 1773540060, "2026-03-15 10:01:00+08:00", 500, "楼中", 0, 1, 1773560000000, "四川", 501, 12, "乙", "m", "", ""]]))  # fmt: skip
    write(
        "19-swapped-headers.csv",
        table([["rid", *topics], [1, "晴天", "黄v", "又漏水", "3", "4", "12", "2026-03-15 10:00", "杯子", "杯子漏水", "阅读4亿", "帖子2.1万"]]),
    )
    write(
        "20-repeated-and-empty-headers.csv",
        table([["mid", "微博内容", "话题", "发布日期", "话题", ""], ["5000000000000001", "漏水", "杯子", "2026-03-15 10:00", "水杯", ""]]),
    )
    write("20-no-header.csv", table([["5000000000000001", "漏水了", "2026-03-15"], ["5000000000000002", "又漏了", "2026-03-16"]]))
    lists = ["水杯,漏水", "水杯 漏水", "['水杯', '漏水']", '["水杯", "漏水"]', "#水杯[话题]# #漏水[话题]#"]
    write("21-list-cells.csv", table([[*XHS, "标签"], *([*note(i), cell] for i, cell in enumerate(lists, 1))]))
    write(
        "22-markup.csv",
        table(
            [
                XHS,
                note(1, 笔记详情='漏水<br />了<a href="http://e.com">看</a><img alt="[怒]" src="x"/>\u200b&amp;#杯子[话题]#'),
                note(2, 笔记详情=": 回复一下[笑哭R]"),
            ]
        ),
    )
    daily = ["时间", "支付金额", "支付订单数", "支付买家数", "客单价", "总访客数"]
    write("23-summary-rows.csv", table([daily, ["合计", "300", 3, 3, 100, 30], [20260315, "¥100.50", 1, 1, 100, 10], [20260316, "--", 2, 2, 100, 20]]))
    crawler = ["id", "bid", "正文", "位置", "日期", "工具", "点赞数", "评论数", "转发数", "话题", "@用户", "完整日期", "是否原创", "源用户id", "源用户昵称", "源微博id", "源微博bid", "源微博正文",
               "源微博点赞数", "源微博评论数", "源微博转发数", "源微博完整日期", "头条文章url", "原始图片url", "视频url", "Live Photo视频url", "是否编辑过", "编辑次数", "源微博话题", "源微博位置",
               "源微博头条文章url", "源微博原始图片url", "源微博视频url", "源微博日期", "源微博工具", "源微博@用户"]  # fmt: skip
    repost = {"id": "5000000000000002\t", "正文": "转发看看//@甲:漏水", "点赞数": 1, "完整日期": "2026-03-15 11:00:00", "日期": "2026-03-15", "是否原创": "False", "源用户id": "11", "源用户昵称": "甲",
           "源微博id": "5000000000000001", "源微博正文": "漏水", "源微博点赞数": 9, "源微博完整日期": "2026-03-15 10:00:00"}  # fmt: skip
    write("24-two-posts-in-a-row.csv", table([crawler, [repost.get(name, "") for name in crawler]]))
    hashed = [
        "comment_id",
        "create_time",
        "create_date_time",
        "note_id",
        "content",
        "sub_comment_count",
        "comment_like_count",
        "last_modify_ts",
        "parent_comment_id",
        "creator_hash",
        "nickname",
    ]
    write("25-hashed-authors.csv", table([hashed, [501, 1773540000, "2026-03-15 10:00:00", 500, "一级", 0, 3, 1773560000000, 501, "0f3a9b8c7d6e5f40", "张***y"],
                                          [502, 1773540060, "2026-03-15 10:01:00", 500, "再说", 0, 3, 1773560000000, 502, "", "张***y"]]))  # fmt: skip
    write("25-md5-of-nothing.csv", table([["微博内容", "信息属性", "发布日期", "认证类型", "地域", "城市", "性别", "粉丝数", "微博数", "转", "评", "赞", "话题", "微博情绪", "MD5-作者ID", "MD5-mid"],
        *(["漏水" + str(i), "敏感", f"2026-03-15 10:0{i}:00", "普通用户", "四川", "成都", "女", 10, 5, 1, 2, 3, "杯子", "愤怒", "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"]
          for i in range(2))]))  # fmt: skip
    write("26-long-cell-and-nul.csv", table([XHS, note(1, 笔记详情="漏" * 60_000)]) + table([note(2, 笔记详情="有\0空字符")]))
    write(
        "27-capped-export.csv",
        table(
            [
                back,
                *(
                    [f"笔记{i}", f"2026年01月{i % 28 + 1:02d}日{i % 24:02d}时{i % 60:02d}分00秒", "图文", 100 + i, 30, 0.1, 1, 0, 0, 0, 0, 3, 0]
                    for i in range(1000)
                ),
            ]
        ),
    )
    workbook("28-merged-cells.xlsx", {"数据": [XHS, note(1), note(2, 博主昵称=None)]}, merge="D2:D3")
    nested = [
        {
            "note_id": "66a1b2c3d4e5f6a7b8c9d001",
            "title": "漏水",
            "desc": "漏水了",
            "time": 1773540000000,
            "user": {"nickname": "甲"},
            "liked_count": "1.2万",
            "tag_list": ["水杯", "漏水"],
        }
    ]
    write("29-nested.json", json.dumps(nested, ensure_ascii=False, indent=4))
    write("29-lines-with-a-bad-one.jsonl", "\n".join([json.dumps(nested[0], ensure_ascii=False), "{坏行", ""]))
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE douyin_aweme_comment (id INTEGER PRIMARY KEY, add_ts INTEGER, " + ", ".join(DY) + ")")
        for i in (1, 2):
            base.execute(f"INSERT INTO douyin_aweme_comment VALUES ({', '.join('?' * (len(DY) + 2))})", [i, 1773560000000, *comment(i)])
        base.commit()
        write("30-mediacrawler.db", base.serialize())
    daily = ["日期", "曝光", "观看", "新增关注", "取消关注"]
    big, small = ([[f"2026-03-{day}", scale * day, day, 2, lost] for day in range(14, 17)] for scale, lost in ((100, 3), (10, 1)))
    write("32-blocks-of-two-accounts.csv", table([["账号：云野茶饮"], daily, *big, ["合计", "", "", 6, 9], [], ["账号：云野茶饮客服"], daily, *small]))
    write("32-second-block-after-a-blank-line.csv", table([daily, *big, [], ["账号B"], daily, *small]))
    workbook(
        "32-blocks-of-two-platforms.xlsx",
        {"每日": [["2026年3月账号数据"], ["微博"], daily, *big, [], ["小红书后台"], ["导出时间：2026-03-17"], daily, *small]},
        merge="A1:E1",
    )
    write("32-pages-of-one-export.csv", table([["账号数据（第 1 页）", *[""] * 4], daily, *big[:2], ["共 3 条", *[""] * 4], daily, *big[2:]]))
    write("33-own-notes-of-a-back-office.csv", table([["最多导出排序后前1000条笔记", *[""] * 12], back,
        ["春季新品开售", "2026年03月10日10时00分00秒", "图文", 5200, 820, 0.12, 31, 4, 9, 2, 1, 12, 0],
        ["关于杯盖的说明", "2026年03月15日18时30分00秒", "图文", 98000, 21000, 0.21, 640, 980, 77, -12, 210, 30.5, 0]]))  # fmt: skip
    days = [f"3月{day}日（周{week}）" for day, week in zip(range(14, 17), "六日一", strict=True)]
    write("34-days-across-2026-03-20.csv", table([["店铺", "指标", "单位", *days, "合计"],
        ["旗舰店", "支付金额", "万", 1.2, 1.3, "--", 2.5], ["旗舰店", "支付订单数", "单", 80, "<10", "5%", 85], ["旗舰店", "好评率", "%", "98%", "97%", "96%", ""],
        ["专卖店", "支付金额", "万", 0.3, 0.2, "0.25w", 0.75], ["店铺", "指标", "单位", "3月17日", "3月18日", "3月19日", "合计"],
        ["旗舰店", "支付金额", "万", 1, 1, 1, 3], ["合计", "支付金额", "万", 1.5, 1.5, 0.25, 3.25]]))  # fmt: skip
    dates = [date(2026, 3, day) for day in (16, 15, 14)]
    workbook("34-days-across.xlsx", {"账号": [["账号数据（手工）"], ["账号", "日期", *dates], ["云野茶饮", "曝光", 1600, 1500, 1400], [None, "净涨粉", -3, 2, 1],
                                              ["数据以后台为准"], ["账号", "日期", *(f"2026/3/{day}" for day in (13, 12, 11))], ["云野茶饮", "曝光", 1300, 1200, 1100]],
                                     "曝光趋势": [["账号", *dates], ["云野茶饮", 16, 15, 14], ["云野茶饮客服", 6, 5, 4]]}, merge="A3:A4")  # fmt: skip
    with zipfile.ZipFile(FOLDER / "31-archive.zip", "w") as archive:
        for name, text in (("导出/笔记.csv", three), ("导出/说明.txt", "这是说明,不是表格。"), ("../../逃逸.csv", three)):
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 20, 0, 0, 0)), text)


if __name__ == "__main__":
    main()
