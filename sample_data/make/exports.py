"""The same incident as its tools would export it: MediaCrawler CSVs, a weibo-search CSV, a news table in GB18030, shop and account figures, tickets.

情感 is no column of the crawlers; here the analyst's labelling service has added it as the last column.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from make.incident import Made
from make.log import Row, csv_bytes
from make.people import bid, seconds
from make.words import header

TOPIC = re.compile(r"#([^#\s]+)#")
"""A hashtag in a note: the app writes [话题] into it, and the program's reader takes it out."""


def export_files(made: Made) -> dict[str, bytes]:
    """File name → bytes of every export."""
    crawl = str(seconds(made.story.captured) * 1000)
    return {
        "xhs/search_contents_2026-08-24.csv": csv_bytes(header("xhs_note"), (_note(row, crawl) for row in _of(made.posts, "小红书"))),
        "xhs/search_comments_2026-08-24.csv": csv_bytes(header("xhs_comment"), (_comment(row, crawl, "note_id", 1000) for row in _of(made.comments, "小红书"))),
        "douyin/search_contents_2026-08-24.csv": csv_bytes(header("douyin_video"), (_video(row, crawl) for row in _of(made.posts, "抖音"))),
        "douyin/search_comments_2026-08-24.csv": csv_bytes(
            header("douyin_comment"), (_comment(row, crawl, "aweme_id", 1) for row in _of(made.comments, "抖音"))
        ),
        "bili/search_videos_2026-08-24.csv": csv_bytes(header("bili_video"), (_bili(row, crawl) for row in _of(made.posts, "B站"))),
        "bili/search_comments_2026-08-24.csv": csv_bytes(header("bili_comment"), (_comment(row, crawl, "video_id", 1) for row in _of(made.comments, "B站"))),
        "weibo/苜屿辅食锅.csv": csv_bytes(header("weibo_search"), (_weibo(row) for row in _of([*made.posts, *made.reposts], "微博"))),
        "weibo/search_comments_2026-08-24.csv": csv_bytes(header("weibo_comment"), (_comment(row, crawl, "note_id", 1) for row in _of(made.comments, "微博"))),
        "新闻监测_苜屿_0812-0817.csv": csv_bytes(header("news"), (_article(number, row) for number, row in enumerate(made.articles, start=1)), "gb18030"),
        "千帆_经营概览_日.csv": csv_bytes(header("shop"), (_shop(row) for row in made.days)),
        "账号数据_日.csv": csv_bytes(header("account"), (_account(row) for row in made.days)),
        "日销件数.csv": csv_bytes(header("units"), (point for point in made.points if point["指标"] == "销量")),
        "客服工单.csv": csv_bytes(header("tickets"), (_ticket(row) for row in made.tickets)),
    }


def _of(rows: Iterable[Row], platform: str) -> list[Row]:
    """The rows of one platform, in the order a crawler would meet them: by time."""
    return sorted((row for row in rows if row["平台"] == platform), key=lambda row: (row["_at"], row["编号"]))


def _common(row: Row, crawl: str) -> Row:
    return {
        "user_id": row["_user"],
        "nickname": row["作者"],
        "ip_location": row["_region"],
        "last_modify_ts": crawl,
        "source_keyword": "苜屿",
        "情感": row.get("情感", ""),
    }


def _counts(row: Row) -> Row:
    return {
        name: row.get(column, "")
        for name, column in (("liked_count", "点赞"), ("collected_count", "收藏"), ("comment_count", "评论数"), ("share_count", "转发"))
    }


def _note(row: Row, crawl: str) -> Row:
    at = seconds(row["_at"]) * 1000
    return (
        _common(row, crawl)
        | _counts(row)
        | {
            "note_id": row["编号"],
            "type": "normal",
            "title": row["标题"],
            "desc": TOPIC.sub(r"#\1[话题]#", row["内容"]),
            "time": at,
            "last_update_time": at,
            "tag_list": row["标签"].replace("、", ","),
            "note_url": row["链接"],
        }
    )


def _video(row: Row, crawl: str) -> Row:
    return (
        _common(row, crawl)
        | _counts(row)
        | {"aweme_id": row["编号"], "aweme_type": "0", "title": row["标题"], "desc": row["内容"], "create_time": seconds(row["_at"]), "aweme_url": row["链接"]}
    )


def _bili(row: Row, crawl: str) -> Row:
    return _common(row, crawl) | {
        "video_id": row["编号"],
        "video_type": "video",
        "title": row["标题"],
        "desc": row["内容"],
        "create_time": seconds(row["_at"]),
        "liked_count": row["点赞"],
        "video_play_count": row["阅读"],
        "video_favorite_count": row["收藏"],
        "video_share_count": row["转发"],
        "video_comment": row["评论数"],
        "video_url": row["链接"],
    }


def _comment(row: Row, crawl: str, thread: str, scale: int) -> Row:
    """A comment of any MediaCrawler platform; `scale` is 1000 where times are milliseconds."""
    answered = row["上级编号"] if row["记录"] == "回复" else row["编号"] if row["平台"] == "微博" else "" if row["平台"] == "小红书" else "0"
    made = _common(row, crawl) | {
        "comment_id": row["编号"],
        "create_time": seconds(row["_at"]) * scale,
        thread: row["_thread"],
        "content": row["内容"],
        "sub_comment_count": row["评论数"],
        "parent_comment_id": answered,
    }
    made["comment_like_count" if row["平台"] == "微博" else "like_count"] = row["点赞"]
    if row["平台"] == "微博":
        made |= {"create_date_time": f"{row['_at']}+08:00", "profile_url": f"https://m.weibo.cn/u/{row['_user']}"}
    return made


def _weibo(row: Row) -> Row:
    return {
        "id": row["编号"],
        "bid": bid(row["编号"]),
        "user_id": row["_user"],
        "用户昵称": row["作者"],
        "微博正文": row["内容"],
        "话题": row.get("标签", "").replace("、", ","),
        "转发数": row["转发"],
        "评论数": row["评论数"],
        "点赞数": row["点赞"],
        "发布时间": row["时间"],
        "发布工具": "",
        "retweet_id": row.get("_root", ""),
        "ip": row["_region"],
        "user_authentication": row.get("认证", ""),
        "情感": row["情感"],
    }


def _article(number: int, row: Row) -> Row:
    return {
        "序号": number,
        "标题": row["标题"],
        "摘要": row["内容"],
        "情感": row["情感"],
        "涉及词": "苜屿",
        "来源": "新闻网站",
        "作者": row["作者"],
        "发布时间": row["时间"],
        "原文地址": row["链接"],
        "id": row["编号"],
        "阅读数": row["阅读"],
        "转发数": row["转发"],
    }


def _shop(row: Row) -> Row:
    sales, refunds = row["sales"], row["refunds"]
    return {
        "时间": f"{row['date']:%Y%m%d}",
        "支付金额": f"{sales:.2f}",
        "笔记支付金额": f"{sales * 0.41:.2f}",
        "商卡支付金额": f"{sales * 0.37:.2f}",
        "直播支付金额": f"{sales * 0.22:.2f}",
        "支付订单数": row["orders"],
        "支付买家数": row["buyers"],
        "客单价": f"{sales / row['buyers']:.2f}",
        "退款金额（支付时间）": f"{refunds:.2f}",
        "退款率（支付时间）": f"{refunds / sales:.4f}",
        "退款后支付金额（支付时间）": f"{sales - refunds:.2f}",
        "总访客数": row["visitors"],
        "商品访客数": round(row["visitors"] * 0.83),
        "加购人数": round(row["orders"] * 2.6),
    }


def _account(row: Row) -> Row:
    return {
        "日期": str(row["date"]),
        "曝光": row["impressions"],
        "观看": row["views"],
        "新增关注": row["gained"],
        "取消关注": row["lost"],
        "净涨粉": row["net"],
    }


def _ticket(row: Row) -> Row:
    opened, replied = (datetime.fromisoformat(row[name]) for name in ("时间", "首响时间"))
    return {
        "id": row["编号"],
        "标题": row["主题"],
        "来源": row["渠道"],
        "客服": f"客服{1 + int(row['编号'][-4:]) % 9:02d}",
        "会话开始时间": row["时间"],
        "首次响应时长(秒)": int((replied - opened).total_seconds()),
        "结束时间": row["关闭时间"],
        "会话状态": "已结束" if row["关闭时间"] else "处理中",
        "是否已解决": row["是否解决"],
        "满意度评分": row["满意度"],
    }
