"""Due dates as an iCalendar file (RFC 5545): one all-day entry an action, the same bytes for the same actions."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from review.incident.case import CaseItem
from review.report.language import SIMPLIFIED, Language

LONGEST_LINE = 75
"""Octets; longer lines are folded (RFC 5545, 3.1)."""


def calendar(incident: str, actions: Sequence[tuple[str, CaseItem]], made_at: datetime, language: Language = SIMPLIFIED) -> bytes:
    """The actions that have a due date, by date and id. Entries keep their UID from build to build, so that a second import replaces the first."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//review//{language.tag}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    dated = [(item.due, ident, item) for ident, item in actions if item.due is not None]
    for due, ident, item in sorted(dated, key=lambda each: (each[0], each[1])):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{hashlib.sha256(f'{incident}/{ident}'.encode()).hexdigest()[:32]}@review",
            f"DTSTAMP:{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{due:%Y%m%d}",
            f"DTEND;VALUE=DATE:{_after(due):%Y%m%d}",
            f"SUMMARY:{_text(f'{ident} {item.content}')}",
            f"DESCRIPTION:{_text(_described(incident, item, language))}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _described(incident: str, item: CaseItem, language: Language) -> str:
    parts = [("事件", incident), ("部门", item.department), ("负责人", item.owner), ("验收标准", item.criterion), ("指标目标", item.target)]
    return "\n".join(f"{language.own(name)}：{value}" for name, value in parts if value)


def _text(value: str) -> str:
    """A value with its special characters escaped; other control characters become spaces."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(" " if ord(mark) < 32 or mark == "\x7f" else mark for mark in escaped)


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, never cut inside a character."""
    pieces: list[str] = []
    current, size = "", 0
    for mark in line:
        width = len(mark.encode())
        if size + width > LONGEST_LINE - (1 if pieces else 0):
            pieces.append(current)
            current, size = "", 0
        current += mark
        size += width
    return "\r\n ".join([*pieces, current])
