"""An archived incident as tracking sees it, and quarters of the calendar."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from review.incident.errors import Fault, UnusableInput
from review.record import Record
from review.tracking.events import ActionEvent


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Quarter:
    """A quarter of a year, number 1–4."""

    year: int
    number: int

    @property
    def start(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def end(self) -> date:
        """The last day."""
        return self.next.start - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        return Quarter(year=self.year + self.number // 4, number=self.number % 4 + 1)

    @property
    def previous(self) -> "Quarter":
        return Quarter(year=self.year - (self.number == 1), number=(self.number + 2) % 4 + 1)

    def holds(self, day: date | None) -> bool:
        return day is not None and self.start <= day <= self.end

    def __str__(self) -> str:
        return f"{self.year:04}Q{self.number}"


def quarter_of(day: date) -> Quarter:
    return Quarter(year=day.year, number=(day.month + 2) // 3)


def parse_quarter(text: str) -> Quarter:
    """2026Q3 (case and a hyphen aside). Raises UnusableInput."""
    match = re.fullmatch(r"(\d{4})-?[Qq]([1-4])", text.strip())
    if match is None:
        raise UnusableInput(Fault(text, "不是季度", "写法如 2026Q3"))
    return Quarter(year=int(match[1]), number=int(match[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The latest version of an archived incident: its place below the archive, the quarter it is filed under, its record, and its actions' events in order.

    earlier: the records of its earlier versions where an event does not say itself which action it was made for, else ().
    """

    place: str
    quarter: Quarter
    record: Record
    events: tuple[ActionEvent, ...]
    earlier: tuple[Record, ...] = ()

    @property
    def incident(self) -> str:
        """The incident's folder name: what people type to name it."""
        return self.place.split("/")[2]

    @property
    def day(self) -> date:
        """The day of the onset, else of the build."""
        return self.record.head.day or self.record.head.made_at.date()
