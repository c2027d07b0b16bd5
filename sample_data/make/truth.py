"""What was planted, and the sheet of labels a person would make."""

from datetime import datetime
from random import Random
from typing import Any

from make.incident import Made
from make.log import Row
from make.people import ZONE
from make.volume import PLATFORM_SHIFT

EMOTIONS = ("愤怒", "失望", "担忧", "被欺骗", "要求赔偿")
THEME_EMOTIONS = {
    "small_gripes": ("失望",),
    "own_experience": ("担忧",),
    "health_fear": ("担忧", "愤怒"),
    "service_brushoff": ("愤怒",),
    "false_claims": ("被欺骗", "愤怒"),
    "contradiction": ("愤怒", "被欺骗"),
    "demand": ("要求赔偿",),
    "quit_brand": ("失望",),
    "media_anger": ("愤怒",),
    "doubt_tests": ("被欺骗",),
    "refund_trouble": ("失望", "愤怒"),
    "sarcasm": ("愤怒",),
    "expert_blame": ("愤怒",),
    "reply_angry": ("愤怒",),
}
GOOD = ("formal_plan", "solution", "kol", "lead", "contact_poster")
BAD = ("activation", "updates", "consistency", "transparency", "boilerplate_reply")
NEITHER = ("first_response",)


def truth(made: Made) -> dict[str, Any]:
    """truth.json: times with their zone, planted shares and counts, parents of every repost, clusters, actions good and bad."""
    story = made.story
    stages = []
    for number, share in enumerate(story.shares):
        rows = [row for row in made.comments if story.stage(row["_at"]) == number]
        stages.append(
            {
                "from": _iso(story.edges[number]),
                "until": _iso(story.edges[number + 1]),
                "planted_share": share,
                "comments": len(rows),
                "negative": sum(row["情感"] == "负面" for row in rows),
            }
        )
    solved = sum(1 for row in made.tickets if row["关闭时间"] and _hours(row) <= 24)
    return {
        "zone": "Asia/Shanghai",
        "level": "l1",
        "level_topic": "苜屿踩雷",
        "level_reads": 14_746_000,
        "outbreak_at": "2026-08-12T20:30:00+08:00",
        "known_at": "2026-08-12T21:05:00+08:00",
        "activated_at": "2026-08-12T21:50:00+08:00",
        "first_response_hours": round(92 / 60, 4),
        "formal_plan_hours": 3.8,
        "longest_silence_hours": round(22 + 10 / 60, 4),
        "first_post": {"platform": "小红书", "id": made.key["first"]["编号"], "at": _iso(made.key["first"]["_at"]), "author": made.key["first"]["作者"]},
        "kol": {
            "platform": "微博",
            "id": made.key["kol_repost"]["编号"],
            "at": _iso(made.key["kol_repost"]["_at"]),
            "author": made.key["kol_repost"]["作者"],
            "parent": made.key["carrier"]["编号"],
        },
        "tests": [{"id": made.key[name]["编号"], "at": _iso(made.key[name]["_at"]), "author": made.key[name]["作者"]} for name in ("test1", "test2", "test3")],
        "change_times": [_iso(at) for at in story.edges[1:-1]],
        "regimes": stages,
        "platform_shift": PLATFORM_SHIFT,
        "reposts": {row["编号"]: row["上级编号"] for row in made.reposts},
        "originals": sorted({row["_root"] for row in made.reposts}),
        "copies_of_first_post": sorted(row["编号"] for row in made.posts if row.get("_copy")),
        "near_identical_comments": sorted(row["编号"] for row in made.brigade),
        "counts": {
            "posts": len(made.posts),
            "comments": sum(r["记录"] == "评论" for r in made.comments),
            "replies": sum(r["记录"] == "回复" for r in made.comments),
            "reposts": len(made.reposts),
            "articles": len(made.articles),
            "responses": len(made.responses),
            "snapshots": len(made.snapshots),
            "samples": len(made.samples),
            "points": len(made.points),
            "tickets": len(made.tickets),
            "items": len(made.decisions),
        },
        "tickets_solved_24h": solved,
        "tickets_closed": sum(1 for row in made.tickets if row["关闭时间"]),
        "sales_change": -0.24,
        "vague_action": "A-08",
        "good": list(GOOD),
        "bad": list(BAD),
        "neither": list(NEITHER),
    }


def _hours(row: Row) -> float:
    return (datetime.fromisoformat(row["关闭时间"]) - datetime.fromisoformat(row["时间"])).total_seconds() / 3600


def _iso(at: Any) -> str:
    return str(at.replace(tzinfo=ZONE).isoformat())


def audit_sheet(made: Made, count: int = 200) -> list[Row]:
    """Comments spread evenly over time with a person's labels; the person and the planted tone differ in about one of thirty."""
    chance = Random(200)
    rows = sorted((row for row in made.comments if row["_theme"] != "brand"), key=lambda row: (row["_at"], row["编号"]))
    chosen = [rows[int((i + 0.5) * len(rows) / count)] for i in range(count)]
    made_rows = []
    for row in chosen:
        negative = row["情感"] == "负面"
        emotions = THEME_EMOTIONS.get(row["_theme"], ()) if negative else ()
        if chance.random() < 0.03:
            negative, emotions = not negative, ()
        made_rows.append(
            {"评论ID": row["编号"], "平台": row["平台"], "时间": row["时间"], "内容": row["内容"], "是否负面": "1" if negative else "0"}
            | dict.fromkeys(emotions, "1")
        )
    return made_rows
