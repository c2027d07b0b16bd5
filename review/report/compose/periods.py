"""How a period is printed: its first and last day, one day alone where they are the same."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from review.report.document import Text
from review.report.pen import Basis, Pen


def days_text(pen: Pen, days: tuple[date, date], found: Basis) -> Text:
    """8月12日至8月23日 (both ends closed)."""
    first, last = days
    if first == last:
        return (pen.day(first, found),)
    return pen.say("period.days", first=pen.day(first, found), last=pen.day(last, found))


def period_text(pen: Pen, times: tuple[datetime, datetime], found: Basis) -> Text:
    """The days of a typed period: its end is open, so that one that ends at midnight ends the day before."""
    zone = ZoneInfo(pen.zone)
    start, end = times
    last = max(start, end - timedelta(microseconds=1))
    return days_text(pen, (start.astimezone(zone).date(), last.astimezone(zone).date()), found)
