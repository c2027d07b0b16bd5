"""Sentences out of the grammar in texts/: slots filled, gates kept (no text knows what has not happened yet), styles as people type."""

import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

TEXTS = Path(__file__).parent / "texts"
SLOT = re.compile(r"\{(\w+)\}")
TYPOS = (
    ("真的", "真滴"),
    ("什么", "啥"),
    ("没有", "没得"),
    ("怎么", "咋"),
    ("就是", "就素"),
    ("知道", "造"),
    ("这样", "酱紫"),
    ("退款", "tk"),
    ("客服", "kf"),
    ("宝宝", "宝"),
    ("的时候", "滴时候"),
    ("已经", "己经"),
    ("在", "再"),
)
CJK = "\u3400-\u9fff“”「」"
FULL = {",": "，", "!": "！", "?": "？", ":": "：", ";": "；", "(": "（", ")": "）"}
HALF_WIDTH = re.compile(f"(?<=[{CJK}])[,!?:;()]+|[,!?:;()](?=[{CJK}])")
TONES = {"负面": "neg", "中性": "neu", "正面": "pos"}


def read(name: str) -> dict[str, Any]:
    """The texts file of this name."""
    return tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))


def header(name: str) -> list[str]:
    """The columns of this file, out of headers.toml."""
    columns: str = read("headers")[name]
    return columns.split(",")


def chinese(text: str) -> str:
    """The text with full-width punctuation beside Chinese characters (the texts are typed with either)."""
    return HALF_WIDTH.sub(lambda found: "".join(FULL[mark] for mark in found[0]), text)


class Words:
    """The grammar, one source of chance, and the gates of the story."""

    def __init__(self, chance: Random, story: dict[str, Any]) -> None:
        self.chance = chance
        self.slots: dict[str, list[str]] = read("slots")
        self.themes: list[dict[str, Any]] = read("comments_negative")["theme"] + read("comments_other")["theme"]
        more = read("comments_more")
        for theme in self.themes:
            theme.setdefault("tone", "negative")
            theme["lines"] += more.get(theme["name"], {"lines": []})["lines"]
        gates = story["gates"]
        self.opens = [(datetime.fromisoformat(at), tuple(words)) for at, words in gates["from"]]
        self.closes = [(datetime.fromisoformat(at), tuple(words)) for at, words in gates["until"]]
        self.bags: dict[int, list[int]] = {}

    def fill(self, text: str) -> str:
        """The text with every {slot} filled; a slot may hold slots."""
        while SLOT.search(text):
            text = SLOT.sub(lambda found: self.chance.choice(self.slots[found[1]]), text)
        return text

    def draw(self, options: Sequence[str]) -> str:
        """One of the options, each once before any comes again (a bag): spreads them as evenly as people's minds do."""
        bag = self.bags.setdefault(id(options), [])
        if not bag:
            bag.extend(range(len(options)))
            self.chance.shuffle(bag)
        return options[bag.pop()]

    def allowed(self, text: str, at: datetime) -> bool:
        """Whether nothing in the text is of the future, or over."""
        return not any(at < opened and any(word in text for word in words) for opened, words in self.opens) and not any(
            at >= closed and any(word in text for word in words) for closed, words in self.closes
        )

    def comment(self, tone: str, stage: int, at: datetime, reply: bool) -> tuple[str, str]:
        """A comment of this tone, possible at this time, and the name of its theme; at most 240 tries, then a short word."""
        themes = [t for t in self.themes if t["tone"] == tone and bool(t.get("reply")) == reply]
        weights = [t["phases"][stage] for t in themes]
        short = TONES[{"negative": "负面", "neutral": "中性", "positive": "正面"}[tone]]
        everyday = [t for t in self.themes if t["tone"] == tone and not t.get("reply")]
        for attempt in range(240):
            if attempt == 120 and reply:  # too early for any reply of this tone
                themes, weights = everyday, [t["phases"][stage] for t in everyday]
            if not reply and (attempt == 0 and self.chance.random() < 0.08):
                text, name = self.fill(self.draw(self.slots[f"short_{short}"])), "short"
            else:
                theme = self.chance.choices(themes, weights)[0]
                text, name = self._sentence(theme, short), theme["name"]
            if self.allowed(text, at):
                return text, name
        for text in self.slots[f"short_{short}"]:
            if self.allowed(text, at):
                return text, "short"
        raise ValueError(f"no {tone} text is possible at {at}")

    def _sentence(self, theme: dict[str, Any], short: str) -> str:
        chance = self.chance
        text: str = self.draw(theme["lines"])
        if not theme.get("reply") and chance.random() < 0.22:
            text = chance.choice(self.slots[f"{short}_open"]) + text
        if chance.random() < 0.6:
            tail = self.draw(theme["tails"])
            text = text.rstrip("？") + tail if tail.startswith("？") else text + tail
        if not theme.get("reply") and chance.random() < 0.12:
            text += (" " if text.endswith(("？", "！")) else chance.choice("。！ ")) + chance.choice(theme["lines"])
        elif chance.random() < 0.1:
            text += chance.choice(self.slots[f"{short}_end"])
        return self.fill(text)

    def typed(self, text: str, tone: str, platform: str) -> str:
        """The text as somebody types it on a phone: emoticons, missing or doubled punctuation, slips."""
        chance = self.chance
        short = TONES[tone]
        if len(text) > 6:
            roll = chance.random()
            if roll < 0.12:
                text = text.replace("，", " ").replace("。", " ")
            elif roll < 0.18:
                text = text.replace("，", ",")
            elif roll < 0.24:
                text = text.replace("，", "。")
            elif roll < 0.34:
                text += "。"
            if short == "neg" and chance.random() < 0.16:
                text = text.rstrip("。") + chance.choice(["！", "！！", "！！！", "？？", "…", "。。。", "？？？"])
            if chance.random() < 0.07:
                wrong, right = chance.choice(TYPOS)
                text = text.replace(wrong, right, 1)
            if chance.random() < 0.04:
                text += chance.choice(["啊啊啊", "呜呜呜", "哈哈哈哈", "emmm", "真的真的", "！", "…", "谁懂", "家人们"])
        if chance.random() < 0.33:
            options = [mark for mark in self.slots[f"emo_{short}"] if platform == "小红书" or not mark.endswith("R]")]
            mark = chance.choice(options)
            text += mark * chance.choice([1, 1, 1, 2, 3])
        elif chance.random() < 0.03:
            text = f"{chance.choice(self.slots['friend'])} {text}"
        return text

    def body(self, kind: dict[str, Any], stage: int, at: datetime) -> tuple[str, str]:
        """Title and body of a note of this kind (a table of posts.toml), possible at this time."""
        chance = self.chance
        themes = [t for t in self.themes if t["name"] in kind["themes"]]
        if stage == 0:
            themes = [t for t in self.themes if t["name"] == "small_gripes"] if "demand" in kind["themes"] else themes
        weights = [t["phases"][stage] + 0.01 for t in themes]
        parts = [self._until(kind["openings"], at)]
        for _ in range(chance.choice([2, 3, 3, 4, 5])):
            theme = chance.choices(themes, weights)[0]
            line = self._until(theme["lines"], at)
            if line and line not in parts:
                parts.append(line + (chance.choice("。。。！") if not line.endswith(("？", "！", "。")) else ""))
        parts.append(self._until(kind["endings"], at))
        return self._until(kind["titles"], at) or "随手记", chance.choice(["", "\n"]).join(part for part in parts if part)

    def _until(self, options: Sequence[str], at: datetime) -> str:
        """One of the options that is possible at this time, filled and with Chinese punctuation, or nothing."""
        for _ in range(40):
            text = chinese(self.fill(self.draw(options)))
            if self.allowed(text, at):
                return text
        return ""
