"""Invented people and the ids platforms would give: MongoDB-like hex on 小红书, clocks in the ids of 微博 and 抖音."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random

from make.words import read

ZONE = timezone(timedelta(hours=8))
BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
MID_EPOCH = 515483463
"""Seconds: a Weibo mid is (unix seconds - this) shifted left by 22 bits."""


def seconds(at: datetime) -> int:
    """Unix seconds of a Shanghai wall-clock time."""
    return int(at.replace(tzinfo=ZONE).timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account on one platform."""

    name: str
    user_id: str
    region: str


class People:
    """Makes people and ids out of one source of chance; nobody's name comes twice, but for the names many share."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.pieces: dict[str, list[str]] = read("names")
        self.taken: set[str] = set()
        self.met: dict[str, list[Person]] = {}

    def name(self, plain: bool) -> str:
        """A nickname not used yet; `plain` ones hold only letters, digits and Chinese characters."""
        while True:
            made = self._name()
            if plain:
                made = re.sub(r"[^\w\-]", "", made)
            if made not in self.taken and 2 <= len(made) <= 16:
                self.taken.add(made)
                return made

    def _name(self) -> str:
        pick, piece = self.chance.choice, self.pieces
        pattern = self.chance.randrange(12)
        if pattern == 0:
            return pick(piece["first"]) + pick(piece["mother"]) + pick(piece["tail"])
        if pattern == 1:
            return pick(piece["adjective"]) + pick(piece["verb"]) + pick(piece["tail"])
        if pattern == 2:
            return pick(piece["adjective"]) + pick(piece["verb"]) + "的" + pick(piece["noun"])
        if pattern == 3:
            return pick(piece["place"]) + pick(piece["noun"]) + pick(piece["tail"])
        if pattern == 4:
            return (
                pick(piece["latin"])
                + pick(["", "_", ".", "酱", "爱", ""])
                + pick([str(self.chance.randrange(10, 2000)), pick(piece["verb"]), pick(piece["first"])])
            )
        if pattern == 5:
            return pick(piece["surnames"]) + pick(piece["given"]) + pick(["", "", str(self.chance.randrange(1, 99)), "爱生活"])
        if pattern == 6:
            return pick(piece["first"]) + pick(["与", "和", "的", "爱", "不是"]) + pick(piece["first"])
        if pattern == 7:
            return pick(piece["first"]) + pick(piece["noun"]) + pick(piece["tail"])
        if pattern == 8:
            return pick(piece["noun"]) + pick(["先生", "小姐", "不", "在", "想"]) + pick(piece["verb"])
        if pattern == 9:
            return pick(piece["first"]) + str(self.chance.randrange(100, 99999))
        if pattern == 10:
            return "用户" + str(self.chance.randrange(10**7, 10**8))
        return pick(piece["first"]) + pick(piece["first"]) + pick(piece["tail"])

    def newcomer(self, platform: str) -> Person:
        """Somebody new on this platform."""
        anonymous = platform == "小红书" and self.chance.random() < 0.03
        name = self.pieces["shared"][0] if anonymous else self.name(plain=platform == "微博")
        person = Person(
            name=name,
            user_id=self.user_id(platform),
            region=self.chance.choices(self.pieces["regions"], [30 - i * 0.9 for i in range(len(self.pieces["regions"]))])[0],
        )
        self.met.setdefault(platform, []).append(person)
        return person

    def somebody(self, platform: str) -> Person:
        """Somebody on this platform: in one case of five known already."""
        met = self.met.get(platform)
        if met and self.chance.random() < 0.2:
            return self.chance.choice(met)
        return self.newcomer(platform)

    def user_id(self, platform: str) -> str:
        if platform == "小红书":
            return "5" + self.hex(23)
        if platform == "微博":
            return str(self.chance.randrange(10**9 + 5 * 10**8, 7 * 10**9 + 9 * 10**8))
        if platform == "抖音":
            return str(self.chance.randrange(10**15, 4 * 10**15))
        return str(self.chance.randrange(10**6, 9 * 10**8))

    def hex(self, digits: int) -> str:
        return f"{self.chance.getrandbits(4 * digits):0{digits}x}"

    def item_id(self, platform: str, at: datetime) -> str:
        """An id as the platform would give at this time; all digits but on 小红书."""
        clock = seconds(at)
        if platform == "小红书":
            return f"{clock:08x}" + self.hex(16)
        if platform == "微博":
            mid = (clock - MID_EPOCH) << 22 | self.chance.getrandbits(21) << 1
            return str(mid + 1)  # odd: an id that ends in 0 could pass for one that Excel rounded
        if platform == "抖音":
            return str(clock << 32 | self.chance.getrandbits(32))
        return str(115_000_000_000_000 + (clock - 1_780_000_000) * 100_000 + self.chance.randrange(100_000))


def bid(mid: str) -> str:
    """The base62 form of a Weibo mid, groups of seven digits from the right."""
    parts: list[str] = []
    while mid:
        mid, group = mid[:-7], mid[-7:]
        number, text = int(group), ""
        while number:
            number, digit = divmod(number, 62)
            text = BASE62[digit] + text
        parts.append(text.rjust(4, "0") if mid else text)
    return "".join(reversed(parts))


def url(platform: str, item_id: str, user_id: str = "") -> str:
    """The permalink the platform would show."""
    if platform == "小红书":
        return f"https://www.xiaohongshu.com/explore/{item_id}"
    if platform == "微博":
        return f"https://weibo.com/{user_id}/{bid(item_id)}"
    if platform == "抖音":
        return f"https://www.douyin.com/video/{item_id}"
    return f"https://www.bilibili.com/video/av{item_id}"
