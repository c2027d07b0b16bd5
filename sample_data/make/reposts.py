"""Repost trees on 微博 with exact parents and the //@ chains that name them, and press items with their near-copies."""

# ruff: noqa: DTZ001 - the whole story is told on one wall clock, Asia/Shanghai

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from make.people import Person
from make.posts import Crowd, Row, _row
from make.words import chinese, read

TREES = (("carrier", 252, 9.0), ("statement_weibo", 38, 5.0), ("media_weibo", 112, 6.0), ("apology", 44, 4.0), ("ceo", 46, 5.0))
"""Key of the root, number of reposts, half-life in hours."""
EDITS = (
    ("近日，", ""),
    ("记者注意到，", ""),
    ("截至发稿", "截至目前"),
    ("据了解，", ""),
    ("消费者", "网友"),
    ("发布说明称", "回应称"),
    ("表示", "称"),
    ("相关讨论迅速增加", "引发大量讨论"),
)


def repost_trees(crowd: Crowd, key: dict[str, Row]) -> list[Row]:
    """All reposts by time; 上级编号 is the exact parent, _root the original."""
    rows: list[Row] = []
    for name, count, half_life in TREES:
        rows += _tree(crowd, key[name], count, half_life, key["kol_repost"] if name == "carrier" else None)
    return sorted(rows, key=lambda row: (row["_at"], row["编号"]))


def _tree(crowd: Crowd, root: Row, count: int, half_life: float, amplifier: Row | None) -> list[Row]:
    """Reposts of one root. A parent is at least a minute older than its child, so that minute times keep the order."""
    chance = crowd.chance
    if amplifier is not None:
        before, late = 14, count - 14
        starts = [root["_at"]] * before + [amplifier["_at"]] * late
    else:
        starts = [root["_at"]] * count
    times = sorted(start + timedelta(minutes=1 + int(chance.expovariate(math.log(2) / half_life) * 60)) for start in starts)
    end = datetime(2026, 8, 16, 23, 50)
    times = [at if at < end else end - timedelta(minutes=chance.randrange(1, 600)) for at in times]
    if amplifier is not None:
        times = [at for at in times if at != amplifier["_at"]]
        amplifier["_chain"] = ()
    made: list[Row] = []
    pool: list[tuple[Row, float]] = []
    for at in sorted(times):
        if amplifier is not None and at > amplifier["_at"] and all(row is not amplifier for row, _ in pool):
            pool.append((amplifier, 90.0))
        candidates = [(row, weight) for row, weight in pool if row["_at"] <= at - timedelta(minutes=1)]
        root_weight = 12.0 if amplifier is None or not any(row is amplifier for row, _ in candidates) else 34.0
        parent = chance.choices([root, *(row for row, _ in candidates)], [root_weight, *(w * (0.35 ** len(row["_chain"])) for row, w in candidates)])[0]
        made.append(_repost(crowd, root, parent, at))
        pool.append((made[-1], min(math.exp(chance.gauss(-0.2, 1.1)), 9.0)))
    for row in made:
        children = sum(other["上级编号"] == row["编号"] for other in made)
        row["转发"] = children + (chance.randrange(0, 4) if children else 0)
    return made


def _repost(crowd: Crowd, root: Row, parent: Row, at: datetime) -> Row:
    chance = crowd.chance
    tone = crowd.mood.tone(at, "微博")
    options = crowd.notes["weibo_reposts"][{"负面": "negative", "中性": "neutral", "正面": "positive"}[tone]]
    for _ in range(60):
        own = chinese(crowd.words.fill(crowd.words.draw(options)))
        if crowd.words.allowed(own, at):
            break
    else:
        own = "转发微博"
    if own == "转发微博":
        tone = "中性"
    elif chance.random() < 0.3:
        own = crowd.words.typed(own, tone, "微博")
    own = own.replace("//", "")
    chain: tuple[tuple[str, str], ...] = ()
    if parent is not root:
        chain = ((parent["作者"], parent["_own"] if "_own" in parent else parent["内容"]), *parent["_chain"])
    text = own + "".join(f"//@{name}:{words}" for name, words in chain)
    person = crowd.people.newcomer("微博")
    row = _row("转发", "微博", crowd.people.item_id("微博", at), at, person)
    row |= {
        "链接": "",
        "上级编号": parent["编号"],
        "内容": text,
        "情感": tone,
        "点赞": int(math.exp(chance.gauss(0, 1.2))),
        "评论数": int(math.exp(chance.gauss(-1, 1))),
        "转发": 0,
        "认证": chance.choices(["普通用户", "黄v", "金v"], [95, 4, 1])[0],
    }
    return row | {"_own": own, "_chain": chain, "_root": root["编号"]}


def press(crowd: Crowd) -> list[Row]:
    """News items: wires with their near-copies, and pieces of one outlet; a site of our own invention under .example."""
    texts, chance = read("press"), crowd.chance
    outlets: list[list[object]] = texts["outlets"]
    rows: list[Row] = []
    for wire in texts["wire"]:
        at = datetime.fromisoformat(wire["at"])
        order = [0, *chance.sample(range(1, len(outlets)), k=wire["copies"])]
        for number, which in enumerate(order):
            title, body = chinese(wire["title"]), chinese(wire["text"])
            if number:
                at += timedelta(minutes=chance.randrange(6, 55), seconds=chance.randrange(60))
                for old, new in chance.sample(EDITS, k=4):
                    body = body.replace(old, new)
                body = chance.choice((f"（来源：{outlets[0][0]}）", f"据{outlets[0][0]}报道，", "", f"本报综合{outlets[0][0]}消息：")) + body
                title = chance.choice((title, title.replace("苜屿", "辅食锅品牌苜屿", 1), title + "|" + chance.choice(("关注", "消费", "热点", "民生")), title))
            rows.append(_article(crowd, outlets[which], at, title, body, wire["sentiment"]))
    for item in texts["single"]:
        at = datetime.fromisoformat(item["at"])
        rows += [_article(crowd, outlets[item["outlet"]], at, chinese(item["title"]), chinese(item["text"]), item["sentiment"])]
    return sorted(rows, key=lambda row: (row["_at"], row["链接"]))


def _article(crowd: Crowd, outlet: Sequence[object], at: datetime, title: str, body: str, sentiment: str) -> Row:
    name, domain = str(outlet[0]), str(outlet[1])
    person = Person(name=name, user_id="", region="")
    row = _row("报道", "新闻", f"{at:%m%d}{crowd.chance.randrange(10**5, 10**6)}", at, person)
    link = f"https://www.{domain}.example/a/2026{row['编号']}.html"
    return row | {
        "链接": link,
        "标题": title,
        "内容": body,
        "情感": sentiment,
        "作者类型": "媒体",
        "阅读": crowd.chance.randrange(1800, 96000),
        "转发": crowd.chance.randrange(3, 400),
    }
