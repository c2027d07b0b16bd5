"""How numbers, times and durations are printed: one rule each, for every format of the report."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from review.report.language import SIMPLIFIED, Language
from review.report.theme import Display

_DIGITS: Final = 15
"""Significant digits of a number that are meant: beyond them stands only how the computer keeps it, as in a spreadsheet."""


def rounded(value: float, digits: int) -> Decimal:
    """The value with so many decimals, a half going away from zero as in a spreadsheet: 31.25 is 31.3, and 100 × 0.2995 is 30.0."""
    exact = Decimal(f"{value:.{_DIGITS}g}")
    made = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return made if made else abs(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberStyle:
    """The theme's display rules, the report's zone, the year that goes unsaid (None: every date carries its year), and the language of units."""

    display: Display
    zone: str
    year: int | None = None
    language: Language = SIMPLIFIED

    def count(self, value: float, unit: str = "") -> str:
        """9,876 条; 62.1万次; 1.3亿次. The exact figure stands in the claim. The unit is given in Simplified Chinese."""
        size = abs(value)
        gap = self.display.number_gap if unit else ""
        large = 10.0**-self.display.large_decimals / 2
        if size >= self.display.yi_from - large * 10_000:
            text, gap = f"{self._trimmed(size / 1e8, self.display.large_decimals)}{self.language.own('亿')}", ""
        elif size >= self.display.wan_from:
            text, gap = f"{self._trimmed(size / 1e4, self.display.large_decimals)}{self.language.own('万')}", ""
        else:
            text = self._trimmed(size, 0 if float(size).is_integer() else 1)
        return f"{self.display.minus if value < 0 else ''}{text}{gap}{self.language.unit(unit)}"

    def whole(self, value: int, unit: str = "") -> str:
        """88,669 行: every digit, where a reader adds up."""
        return f"{self._trimmed(value, 0)}{self.display.number_gap if unit else ''}{self.language.unit(unit)}"

    def share(self, share: float, digits: int | None = None) -> str:
        """0.652 → 65.2%."""
        return self._signed(f"{rounded(share * 100, self.display.share_decimals if digits is None else digits)}%")

    def interval(self, low: float, high: float) -> str:
        """A closed range of shares: 60.1%–70.2%."""
        return f"{self.share(low)}{self.display.range_dash}{self.share(high)}"

    def change(self, change: float) -> str:
        """A relative change with its sign: +12.0%, −25.3%."""
        return f"+{self.share(change)}" if change > 0 else self.share(change)

    def points(self, difference: float) -> str:
        """The size of a difference of shares: 35.0 个百分点 (the sentence says up or down)."""
        return f"{rounded(abs(difference) * 100, self.display.share_decimals)}{self.display.number_gap}{self.language.own('个百分点')}"

    def point_range(self, low: float, high: float) -> str:
        """A range of differences in percentage points, with signs: +29 至 +41; the head of its column names the unit."""
        return f"{self._signed(f'{rounded(low * 100, 0):+}')} 至 {self._signed(f'{rounded(high * 100, 0):+}')}"

    def score(self, score: float) -> str:
        """71.4."""
        return self._signed(f"{rounded(score, self.display.score_decimals)}")

    def plain(self, value: float, digits: int = 2) -> str:
        """Up to `digits` decimals, no trailing zeros: 1.5, 12."""
        return self._signed(self._trimmed(value, digits))

    def decimal(self, value: float, digits: int = 2) -> str:
        """Exactly `digits` decimals, so that a column has as many in every row: 3.00, 3.28."""
        return self._signed(f"{rounded(value, digits):,}" if self.display.group_digits else f"{rounded(value, digits)}")

    def hours(self, hours: float, digits: int = 2) -> str:
        """1.25 小时, with up to `digits` decimals: the value that a reader computes points from. All other spans are a `duration`."""
        return f"{self.plain(hours, digits)}{self.display.number_gap}{self.language.own('小时')}"

    def duration(self, span: timedelta) -> str:
        """42 分钟; 1 小时 35 分; 5.2 天; 3 天. Minutes below an hour, hours and minutes below three days; the sign is the sentence's."""
        gap = self.display.number_gap
        minutes = int(rounded(abs(span.total_seconds()) / 60, 0))
        if minutes < 60:
            return f"{minutes}{gap}{self.language.own('分钟')}"
        if minutes < 3 * 24 * 60:
            hours, rest = divmod(minutes, 60)
            whole = f"{hours}{gap}{self.language.own('小时')}"
            return f"{whole}{gap}{rest}{gap}分" if rest else whole
        return f"{self._trimmed(minutes / 1440, 1)}{gap}天"

    def between(self, start: datetime, end: datetime) -> str:
        """The `duration` between two times as they are printed, to the minute: a reader who subtracts them finds the same."""
        return self.duration(end.replace(second=0, microsecond=0) - start.replace(second=0, microsecond=0))

    def when(self, at: datetime, precision: str | None = None) -> str:
        """8月12日 14:20 in the zone; to the hour or day where no more is known; with the year where it is not the unsaid one."""
        local = at.astimezone(ZoneInfo(self.zone))
        day = self.day(local.date())
        if precision == "day":
            return day
        if precision == "h":
            return f"{day} {local.hour}{self.language.own('时')}"
        return f"{day} {self.display.time.format(hour=local.hour, minute=local.minute)}"

    def when_beside(self, at: datetime, other: datetime) -> str:
        """`when` beside a time that is printed with its day: 14:40 on the same day, else the whole."""
        local, beside = (moment.astimezone(ZoneInfo(self.zone)) for moment in (at, other))
        return self.display.time.format(hour=local.hour, minute=local.minute) if local.date() == beside.date() else self.when(at)

    def day(self, day: date) -> str:
        """8月12日, with the year where it is not the unsaid one."""
        pattern = self.display.month_day if day.year == self.year else self.display.date
        return pattern.format(year=day.year, month=day.month, day=day.day)

    def full_day(self, day: date) -> str:
        """2026年8月12日."""
        return self.display.date.format(year=day.year, month=day.month, day=day.day)

    def _trimmed(self, value: float, digits: int) -> str:
        text = f"{rounded(value, digits):,}" if self.display.group_digits else f"{rounded(value, digits)}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def _signed(self, text: str) -> str:
        return text.replace("-", self.display.minus)
