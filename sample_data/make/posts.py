"""Posts and comments of the incident: the fixed ones of key_posts.toml, and the crowd around them."""

# ruff: noqa: DTZ001 - the whole story is told on one wall clock, Asia/Shanghai

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from make.people import People, Person, url
from make.volume import Mood, Story, moments
from make.words import Words, chinese, read

Row = dict[str, Any]
"""A row of incident.csv by its Chinese columns; keys that begin with _ serve the exports and the truth only."""

POST_PLATFORMS = (  # 小红书, 微博, 抖音, B站 by stretch
    (86, 3, 11, 0),
    (76, 12, 12, 0),
    (62, 23, 13, 2),
    (64, 18, 14, 4),
    (68, 16, 13, 3),
)
COMMENT_PLATFORMS = ((82, 0, 18, 0), (84, 5, 11, 0), (60, 18, 22, 0), (64, 14, 20, 2), (65, 13, 20, 2))
PLATFORMS = ("小红书", "微博", "抖音", "B站")
PULL = {
    "launch": 260,
    "launch_video": 130,
    "claim2": 20,
    "first": 900,
    "brand_statement": 420,
    "carrier": 160,
    "kol_repost": 900,
    "statement_weibo": 90,
    "media_weibo": 380,
    "media_video": 700,
    "media_note": 120,
    "apology": 320,
    "test1": 420,
    "test2": 520,
    "test3": 620,
    "bili": 400,
    "recall": 300,
    "ceo": 520,
    "ceo_video": 620,
}
"""How strongly a key post draws comments; an ordinary post draws about 1 to 20."""


def stamp(at: datetime, platform: str) -> str:
    """The time as incident.csv writes it: to the second, on 微博 (whose search shows no seconds) for posts to the minute."""
    return at.strftime("%Y-%m-%d %H:%M" if platform == "微博" else "%Y-%m-%d %H:%M:%S")


def key_posts(people: People) -> list[Row]:
    """The fixed posts, parents by key resolved to ids."""
    rows: list[Row] = []
    ids: dict[str, str] = {}
    for entry in read("key_posts")["post"]:
        platform, kind, at_text, author, role, verified, followers = entry["head"]
        at = datetime.fromisoformat(at_text)
        person = next((p for p in people.met.get(platform, []) if p.name == author), None)
        if person is None:
            person = Person(
                name=author,
                user_id=people.user_id(platform),
                region=people.chance.choice(("浙江", "上海", "江苏")) if role == "品牌" else people.chance.choice(people.pieces["regions"]),
            )
            people.met.setdefault(platform, []).append(person)
            people.taken.add(author)
        ident = _whole_minute_id(people, at) if platform == "微博" else people.item_id(platform, at)
        ids[entry["key"]] = ident
        row = _row(kind, platform, ident, at, person)
        names = ("曝光", "阅读", "点赞", "收藏", "评论数", "转发")
        row |= {
            "标题": chinese(entry["title"]),
            "内容": chinese(entry["text"]),
            "标签": "、".join(entry["tags"]),
            "作者类型": role,
            "认证": verified,
            "粉丝数": followers,
            "情感": entry["mood"][0],
            "立场": entry["mood"][1],
            "观点摘录": chinese(entry["mood"][2]),
            "_key": entry["key"],
            "_pull": PULL.get(entry["key"], 5),
        } | {name: count for name, count in zip(names, entry["counts"], strict=True) if count >= 0}
        if "parent" in entry:
            row["上级编号"] = row["_root"] = ids[entry["parent"]]
        rows.append(row)
    for person_list in people.met.values():
        person_list.clear()  # nobody of the crowd writes under a key account's name
    return rows


def _whole_minute_id(people: People, at: datetime) -> str:
    """A Weibo mid whose clock shows exactly this minute."""
    return people.item_id("微博", at.replace(second=0))


def _row(kind: str, platform: str, ident: str, at: datetime, person: Person) -> Row:
    return {
        "记录": kind,
        "编号": ident,
        "平台": platform,
        "时间": stamp(at, platform),
        "作者": person.name,
        "链接": url(platform, ident, person.user_id) if kind != "评论" else "",
        "_at": at,
        "_user": person.user_id,
        "_region": person.region,
    }


class Crowd:
    """Makes the posts and comments of ordinary people."""

    def __init__(self, chance: Random, story: Story, words: Words) -> None:
        self.chance, self.story, self.words = chance, story, words
        self.people = People(chance)
        self.mood = Mood(Random(chance.getrandbits(64)), story)
        self.clock = Random(chance.getrandbits(64))
        self.notes = read("posts")
        self.said: set[str] = set()
        self.pulls: dict[tuple[str, int], tuple[list[Row], list[float]]] = {}

    def posts(self, counts: Sequence[int]) -> list[Row]:
        """Ordinary notes, weibo posts and videos, by time."""
        rows: list[Row] = []
        for at in moments(self.clock, self.story, counts):
            stage = self.story.stage(at)
            platform = self.chance.choices(PLATFORMS, POST_PLATFORMS[stage])[0]
            rows.append(self.post(at, platform, stage))
        return rows

    def post(self, at: datetime, platform: str, stage: int) -> Row:
        chance, tone = self.chance, self.mood.tone(at, platform)
        kind = self.notes[{"负面": "negative", "中性": "neutral", "正面": "positive"}[tone]]
        title, body = self.words.body(kind, stage, at)
        if platform == "微博":
            at = at.replace(second=0)
        tags = chance.sample(kind["tags"], k=chance.choice([1, 2, 3, 3, 4]))
        if stage == 0:
            tags = [tag for tag in tags if "雷" not in tag and "掉" not in tag and "退款" not in tag and "维权" not in tag]
        if platform == "微博":
            title, tags = "", ["苜屿辅食锅掉渣"] if at >= datetime(2026, 8, 12, 22, 16) and chance.random() < 0.7 else tags[:1]
            body = body.replace("\n", "") + "".join(f" #{tag}#" for tag in tags)
        elif platform == "抖音":
            body, title = (f"{title} " if title else "") + body.split("。")[0] + "".join(f" #{tag}" for tag in tags), ""
        elif chance.random() < 0.55 and tags and platform == "小红书":
            body += "\n" + " ".join(f"#{tag}#" for tag in tags)
        row = _row("帖子", platform, self.people.item_id(platform, at), at, self.people.somebody(platform))
        heat = math.exp(chance.gauss(3.1, 1.5)) * (1.6 if tone == "负面" and stage in (1, 2) else 1)
        row |= {"标题": title, "内容": body, "标签": "、".join(tags), "情感": tone, "_pull": min(heat / 8, 60) + 0.3}
        self._count(row, heat)
        return self._as_exported(row)

    def _as_exported(self, row: Row) -> Row:
        """The row without what the platform's own export lacks: links on 微博, tags on 抖音 and B站."""
        if row["平台"] == "微博":
            return row | {"链接": ""}
        return row | {"标签": ""} if row["平台"] in ("抖音", "B站") else row

    def _count(self, row: Row, heat: float) -> None:
        chance = self.chance
        row["点赞"] = int(heat * math.exp(chance.gauss(0.4, 0.5)))
        row["评论数"] = int(heat * math.exp(chance.gauss(-0.7, 0.5)))
        row["转发"] = int(heat * math.exp(chance.gauss(-1.3, 0.7)))
        if row["平台"] in ("小红书", "抖音", "B站"):
            row["收藏"] = int(heat * math.exp(chance.gauss(-0.4, 0.7)))
        if row["平台"] == "B站":
            row["阅读"] = int(heat * math.exp(chance.gauss(3.6, 0.5)))

    def copies(self, first: Row) -> list[Row]:
        """The first note carried elsewhere with small edits (near-copies)."""
        chance, rows = self.chance, []
        text, kind = first["内容"], self.notes["copies"]
        sentences = text.replace("!!", "！！").split("。")
        for number in range(26):
            at = datetime(2026, 8, 12, 20, 40) + timedelta(minutes=int(40 + number**1.9 + chance.randrange(25)))
            platform = ("微博", "小红书", "微博", "抖音")[number % 4]
            at = at.replace(second=0 if platform == "微博" else chance.randrange(60))
            drop = chance.choice([None, None, 3, 4]) if len(sentences) > 4 else None
            kept = "。".join(part for i, part in enumerate(sentences) if i != drop)
            swaps = chance.sample(
                [
                    ("我以为糊了", "还以为糊了"),
                    ("八个月的宝宝", "8个月宝宝"),
                    ("手都是抖的", "手都在抖"),
                    ("两周多", "半个月"),
                    ("指甲盖那么大一片", "一大片"),
                    ("小米粥", "粥"),
                ],
                k=2,
            )
            for old, new in swaps:
                kept = kept.replace(old, new)
            suffix = chinese(self.words.draw(kind["suffixes"]))
            if at < datetime(2026, 8, 13, 0, 30):
                suffix = suffix.replace("官方还没有说法。", "")
            tags = ["苜屿辅食锅掉渣"] if platform == "微博" else ["苜屿踩雷", "辅食锅"]
            body = chinese(self.words.draw(kind["prefixes"])) + kept + suffix + (" #苜屿辅食锅掉渣#" if platform == "微博" else "")
            row = _row("帖子", platform, self.people.item_id(platform, at), at, self.people.newcomer(platform))
            heat = math.exp(chance.gauss(3.6, 1.1))
            row |= {
                "标题": "" if platform != "小红书" else chance.choice(["扩散!苜屿辅食锅掉渣", "转一位妈妈的求助", "替姐妹发声", "首页看到的,太吓人了"]),
                "内容": body,
                "标签": "、".join(tags),
                "情感": "负面",
                "_pull": heat / 10,
                "_copy": True,
            }
            row["标题"] = chinese(row["标题"])
            self._count(row, heat)
            rows.append(self._as_exported(row))
        return rows

    def comments(self, counts: Sequence[int], posts: Sequence[Row]) -> list[Row]:
        """Comments and replies by time, each under a post that was there; weibo replies answer the top comment, as its exports have it."""
        rows: list[Row] = []
        threads: dict[str, list[Row]] = {}
        by_platform = {platform: sorted((p for p in posts if p["平台"] == platform), key=lambda p: (p["_at"], p["编号"])) for platform in PLATFORMS}
        for at in moments(self.clock, self.story, counts):
            stage = self.story.stage(at)
            platform = self.chance.choices(PLATFORMS, COMMENT_PLATFORMS[stage])[0]
            thread = self._thread(platform, by_platform[platform], at)
            if thread is None:
                platform = "小红书"
                thread = self._thread(platform, by_platform[platform], at)
                assert thread is not None
            earlier = [c for c in threads.get(thread["编号"], ())[-60:] if at - c["_at"] < timedelta(hours=14) and c["_at"] < at]
            parent = self.chance.choices(earlier, [1 + c["点赞"] ** 0.5 for c in earlier])[0] if earlier and self.chance.random() < 0.3 else None
            row = self._comment(at, platform, thread, parent)
            threads.setdefault(thread["编号"], []).append(row)
            rows.append(row)
        return rows

    def _thread(self, platform: str, posts: Sequence[Row], at: datetime) -> Row | None:
        """A post of the last 60 hours, by its pull now; pulls are worked out once in ten minutes."""
        cell = int((at - self.story.edges[0]).total_seconds() // 600)
        if (platform, cell) not in self.pulls:
            moment = self.story.edges[0] + timedelta(minutes=10 * cell)
            there = [p for p in posts if timedelta(seconds=20) < moment - p["_at"] < timedelta(hours=60)]
            weights = [p["_pull"] * 0.5 ** ((moment - p["_at"]).total_seconds() / 3600 / (16 if "_key" in p else 7)) + 1e-9 for p in there]
            self.pulls[platform, cell] = there, list(accumulate(weights))
        there, cumulative = self.pulls[platform, cell]
        return self.chance.choices(there, cum_weights=cumulative)[0] if there else None

    def _comment(self, at: datetime, platform: str, thread: Row, parent: Row | None) -> Row:
        chance = self.chance
        tone = self.mood.tone(at, platform)
        word = {"负面": "negative", "中性": "neutral", "正面": "positive"}[tone]
        for _ in range(12):  # people repeat short words, hardly ever a whole sentence
            text, theme = self.words.comment(word, self.story.stage(at), at, reply=parent is not None and self.words.chance.random() < 0.75)
            text = self.words.typed(chinese(text), tone, platform)
            if len(text) <= 6 or text not in self.said or self.words.chance.random() < 0.03:
                break
        self.said.add(text)
        if parent is not None and (platform == "微博" or chance.random() < 0.12):
            text = f"回复@{parent['作者']}:{text}"
        top = parent
        if parent is not None and platform == "微博" and parent["记录"] == "回复":
            top = parent["_top"]
        row = _row(
            "回复" if parent is not None else "评论",
            platform,
            self.people.item_id(platform, at) if platform != "B站" else str(chance.randrange(2 * 10**11, 3 * 10**11)),
            at,
            self.people.somebody(platform),
        )
        row["时间"] = at.strftime("%Y-%m-%d %H:%M:%S")
        likes = int(math.exp(chance.gauss(0.2, 1.7)) * (1.4 if tone == "负面" else 1) * (2.5 if "_key" in thread else 1) * (0.4 if parent is not None else 1))
        row |= {
            "上级编号": top["编号"] if top else thread["编号"],
            "内容": text,
            "情感": tone,
            "点赞": min(likes, 9000),
            "评论数": 0,
            "链接": "",
            "_thread": thread["编号"],
            "_top": top,
            "_theme": theme,
        }
        if top is not None:
            top["评论数"] += 1
        return row

    def brand_replies(self, first: Row, comments: Sequence[Row]) -> list[Row]:
        """The brand's first response in the first note's comments, and its boilerplate pasted under people's comments."""
        account = Person(name="苜屿厨房", user_id=first["_brand_user"], region="浙江")
        rows: list[Row] = []
        at = datetime(2026, 8, 12, 22, 2, 0)
        text = "亲亲,非常抱歉给您带来不好的体验,您反馈的问题我们已关注,后续会处理,请您耐心等待哦~"
        row = _row("评论", "小红书", self.people.item_id("小红书", at), at, account)
        rows.append(
            row
            | {
                "上级编号": first["编号"],
                "内容": chinese(text),
                "情感": "中性",
                "点赞": 214,
                "评论数": 0,
                "_thread": first["编号"],
                "_theme": "brand",
                "_top": None,
            }
        )
        variants = (
            "亲亲,您反馈的问题我们已关注,后续会处理哦~",
            "亲亲,抱歉给您带来困扰,问题已关注,后续会处理,请耐心等待~",
            "亲,您的问题我们已登记,后续会处理的哦~",
        )
        asked = [
            c
            for c in comments
            if c["_thread"] == first["编号"]
            and c["记录"] == "评论"
            and c["情感"] == "负面"
            and datetime(2026, 8, 12, 21) < c["_at"] < datetime(2026, 8, 12, 23, 10)
        ]
        for number, comment in enumerate(asked[:9]):
            at = max(datetime(2026, 8, 12, 22, 5), comment["_at"]) + timedelta(minutes=3 + number * 5, seconds=self.chance.randrange(60))
            row = _row("回复", "小红书", self.people.item_id("小红书", at), at, account)
            rows.append(
                row
                | {
                    "上级编号": comment["编号"],
                    "内容": chinese(variants[number % 3]),
                    "情感": "中性",
                    "点赞": self.chance.randrange(3, 40),
                    "评论数": 0,
                    "_thread": first["编号"],
                    "_theme": "brand",
                    "_top": comment,
                }
            )
            comment["评论数"] += 1
        for row in rows:
            row["链接"] = ""
        return rows

    def brigade(self, post: Row) -> list[Row]:
        """Sixteen near-identical comments by different accounts within twenty minutes (planted; who wrote them is not known)."""
        rows: list[Row] = []
        base, edits = self.notes["brigade"]["base"], self.notes["brigade"]["edits"]
        for number, edit in enumerate(edits):
            at = datetime(2026, 8, 13, 19, 2, 10) + timedelta(seconds=int(number * 71 + self.chance.randrange(50)))
            row = _row("评论", "小红书", self.people.item_id("小红书", at), at, self.people.newcomer("小红书"))
            text = base if number % 3 else base.replace("姐妹们都", "姐妹们")
            rows.append(
                row
                | {
                    "上级编号": post["编号"],
                    "内容": text + edit,
                    "情感": "负面",
                    "点赞": self.chance.randrange(0, 4),
                    "评论数": 0,
                    "链接": "",
                    "_thread": post["编号"],
                    "_theme": "brigade",
                    "_top": None,
                }
            )
        return rows
