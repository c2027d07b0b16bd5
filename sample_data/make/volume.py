"""When people write: a day's rhythm with its night trough, lifted by what happens, and the share of negatives of each stretch."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

RHYTHM = (0.45, 0.25, 0.12, 0.07, 0.06, 0.08, 0.2, 0.45, 0.7, 0.85, 0.9, 0.95, 1.1, 1.05, 0.9, 0.9, 0.95, 1.0, 1.05, 1.15, 1.35, 1.45, 1.3, 0.85)
"""Relative activity by hour of the day."""
LIFTS = (
    ("2026-08-12 20:10:00", 8.0, 1.3),
    ("2026-08-13 00:18:00", 2.0, 0.8),
    ("2026-08-13 11:46:00", 13.0, 1.8),
    ("2026-08-13 16:00:00", 2.0, 1.5),
    ("2026-08-13 22:40:00", 0.9, 0.8),
    ("2026-08-14 14:20:00", 9.0, 1.7),
    ("2026-08-15 10:00:00", 1.2, 1.2),
    ("2026-08-15 19:30:00", 12.0, 1.0),
)
"""Time, height in multiples of the ordinary, half-life in hours."""
CELL = timedelta(minutes=10)
PLATFORM_SHIFT = {"小红书": 0.0, "微博": 0.05, "抖音": -0.04, "B站": -0.05}
"""Shift of the negative share, scaled by 4p(1-p): angrier on 微博, milder on 抖音."""


class Story:
    """The frame of the story: its start, changes, end, and the numbers of each of the five stretches."""

    def __init__(self, frame: dict[str, Any]) -> None:
        self.edges = [datetime.fromisoformat(at) for at in (frame["start"], *frame["changes"], frame["end"])]
        self.shares: list[float] = frame["shares"]
        self.comments: list[int] = frame["comments"]
        self.posts: list[int] = frame["posts"]
        self.captured = datetime.fromisoformat(frame["captured"])

    def stage(self, at: datetime) -> int:
        """Which stretch a time is in, 0 to 4; earlier times are in the first."""
        return min(max(sum(edge <= at for edge in self.edges) - 1, 0), 4)


def intensity(at: datetime) -> float:
    """Relative number of texts a minute at this time."""
    lift = 1.0
    for start, height, half_life in LIFTS:
        age = (at - datetime.fromisoformat(start)).total_seconds() / 3600
        if age >= 0:
            lift += height * math.exp(-age * math.log(2) / half_life)
    here = RHYTHM[at.hour] + (RHYTHM[(at.hour + 1) % 24] - RHYTHM[at.hour]) * at.minute / 60
    return here * lift


def moments(chance: Random, story: Story, counts: Sequence[int]) -> list[datetime]:
    """Sorted times, to the second: `counts[i]` of them in stretch i."""
    made: list[datetime] = []
    for stage, count in enumerate(counts):
        start, end = story.edges[stage], story.edges[stage + 1]
        cells = [start + CELL * i for i in range(int((end - start) / CELL))]
        chosen = chance.choices(cells, [intensity(cell + CELL / 2) for cell in cells], k=count)
        made += [cell + timedelta(seconds=chance.randrange(600)) for cell in chosen]
    return sorted(made)


class Mood:
    """Draws the tone of a text from the share of its stretch, its platform and a slow wobble of the hour."""

    def __init__(self, chance: Random, story: Story) -> None:
        self.chance, self.story = chance, story
        hours = int((story.edges[-1] - story.edges[0]).total_seconds() // 3600) + 1
        self.wobble = [chance.gauss(0, 0.04) for _ in range(hours)]

    def tone(self, at: datetime, platform: str) -> str:
        stage = self.story.stage(at)
        share = self.story.shares[stage] + PLATFORM_SHIFT[platform] * 4 * self.story.shares[stage] * (1 - self.story.shares[stage])
        hour = min(max(int((at - self.story.edges[0]).total_seconds() // 3600), 0), len(self.wobble) - 1)
        logit = math.log(share / (1 - share)) + self.wobble[hour]
        if self.chance.random() < 1 / (1 + math.exp(-logit)):
            return "负面"
        return "正面" if self.chance.random() < (0.5, 0.28, 0.2, 0.36, 0.45)[stage] else "中性"
