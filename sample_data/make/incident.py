"""The whole incident in memory, out of one seed."""

from dataclasses import dataclass
from random import Random
from typing import Any

from make import figures
from make.log import CASE, DECISION, RESPONSE, SAMPLE, SNAPSHOT, Row, typed
from make.posts import Crowd, key_posts
from make.reposts import press, repost_trees
from make.volume import Story
from make.words import Words, read

SEED = 20260815


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """All rows by kind, each as its row of incident.csv, and what was planted."""

    story: Story
    key: dict[str, Row]
    posts: list[Row]
    comments: list[Row]
    reposts: list[Row]
    articles: list[Row]
    case: list[Row]
    responses: list[Row]
    snapshots: list[Row]
    samples: list[Row]
    decisions: list[Row]
    days: list[Row]
    points: list[Row]
    tickets: list[Row]
    brigade: list[Row]

    @property
    def texts(self) -> list[Row]:
        """Every post, comment, repost and article by time."""
        return sorted([*self.posts, *self.comments, *self.reposts, *self.articles], key=lambda row: (row["_at"], row["平台"], row["编号"], row["链接"]))

    @property
    def rows(self) -> list[Row]:
        """The rows of incident.csv."""
        return [*self.case, *self.responses, *self.snapshots, *self.samples, *self.decisions, *self.points, *self.tickets, *self.texts]


def make(seed: int = SEED) -> Made:
    """The incident of this seed; the same seed gives the same incident."""
    facts: dict[str, Any] = read("story")
    chance = Random(seed)
    story = Story(facts["frame"])
    crowd = Crowd(chance, story, Words(Random(seed + 1), facts))  # a source of its own: a new phrase moves no time and no tone
    keys = key_posts(crowd.people)
    key = {row["_key"]: row for row in keys}
    key["first"]["_brand_user"] = key["launch"]["_user"]
    ordinary = crowd.posts(story.posts)
    copies = crowd.copies(key["first"])
    posts = [*keys, *ordinary, *copies]
    comments = crowd.comments(story.comments, posts)
    comments += crowd.brand_replies(key["first"], comments)
    brigade = crowd.brigade(key["media_note"])
    comments += brigade
    days = figures.daily(chance)
    snapshots = [*facts["snapshots"][0]["rows"], *figures.follower_readings(days)]
    responses = [[str(value).replace("{brand_statement}", key["brand_statement"]["编号"]) for value in row] for row in facts["responses"][0]["rows"]]
    return Made(
        story=story,
        key=key,
        posts=[row for row in posts if row["记录"] != "转发"],
        comments=comments,
        reposts=[key["kol_repost"], *repost_trees(crowd, key)],
        articles=press(crowd),
        case=typed("事件信息", CASE, ([name, value.replace("{core_users}", "、".join(core_users(comments)))] for name, value in facts["case"][0]["rows"])),
        responses=typed("应对时间线", RESPONSE, responses),
        snapshots=typed("热度快照", SNAPSHOT, sorted(snapshots)),
        samples=typed("数据汇总", SAMPLE, facts["samples"][0]["rows"]),
        decisions=typed("根因与行动", DECISION, read("decisions")["rows"]),
        days=days,
        points=figures.shop_points(days),
        tickets=figures.tickets(chance, facts["tickets"]),
        brigade=brigade,
    )


def core_users(comments: list[Row], count: int = 120) -> list[str]:
    """Names of the brand's old customers, as its members' list would have them: accounts on 小红书 that wrote, evenly chosen by name."""
    shared = {"momo", "苜屿厨房"}
    names = sorted({row["作者"] for row in comments if row["平台"] == "小红书"} - shared)
    return [names[i * len(names) // count] for i in range(count)]
