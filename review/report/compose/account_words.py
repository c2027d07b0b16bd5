"""How an account is printed: its role with the rule it is known by, and its followers with their band."""

from typing import Protocol

from review.incident.evidence import RowSet
from review.report.document import DASH, Text, Words
from review.report.pen import Pen, basis
from review.settings.thresholds import AccountThresholds


class WithRole(Protocol):
    """Who has a role: a post's card or an account."""

    @property
    def author_type(self) -> str | None: ...
    @property
    def role_from(self) -> str | None: ...
    @property
    def outlet_level(self) -> str | None: ...


def role_words(pen: Pen, who: WithRole) -> Text:
    """媒体（央媒）, KOL（按粉丝数）, 用户; — where the role is unknown. A role stated in the data needs no rule beside it."""
    if who.author_type is None:
        return DASH
    role: Text = (pen.code("author_type", who.author_type),)
    if who.author_type == "media" and who.outlet_level is not None:
        return (*role, Words("（"), pen.setting(who.outlet_level), Words("）"))
    if who.role_from in (None, "row"):
        return role
    return (*role, Words("（"), *pen.words(f"roles.short.{who.role_from}"), Words("）"))


def follower_words(pen: Pen, followers: int | None, rows: RowSet, bands: AccountThresholds) -> Text:
    """12.3万·头部; — where unknown."""
    if followers is None:
        return DASH
    number = pen.count(followers, "", basis("粉丝数", "导出数据中的数值", rows))
    return (number, Words("·"), pen.setting(bands.band_names[bands.band(followers)]))
