"""Masking of ordinary people: names, phones, e-mails, ids and order numbers. Public voices stay named."""

import re
from dataclasses import dataclass
from typing import Final

from review.incident.identifying import REMARKS, without_numbers
from review.report.language import SIMPLIFIED, Language
from review.report.visible import unsteered

MENTION: Final = re.compile(r"[@＠]([^\s@＠:：,，。!！?？()（）\[\]/#]{1,30})")

VERIFIED_NONE: Final = frozenset({"", "普通用户", "否", "无", "未认证", "False", "false", "0", "-1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Masks:
    """Who may stay named: public names (official accounts, brand, outlets) and every account of a public role, verified, or with followers enough.

    hidden_names: ordinary people of the data whom typed texts name. active False (`--no-redact`) leaves everything as exported; the cover then says so.
    language: of the remarks that stand in place of what is masked.
    """

    public_names: frozenset[str]
    named_followers: int
    hidden_names: tuple[str, ...] = ()
    active: bool = True
    language: Language = SIMPLIFIED

    def name(self, name: str | None, author_type: str | None, verified: str | None, followers: int | None) -> str | None:
        """The name to print; None where there is none. An ordinary account keeps its first character."""
        if name is None or not self.active or self.is_public(name, author_type, verified, followers):
            return name
        return mask_name(name)

    def is_public(self, name: str, author_type: str | None, verified: str | None, followers: int | None) -> bool:
        return (
            name in self.public_names
            or author_type in ("brand", "kol", "media")
            or (verified is not None and verified.strip() not in VERIFIED_NONE)
            or (followers is not None and followers >= self.named_followers)
        )

    def quote(self, text: str) -> str:
        """A text with phones, e-mails, ids, long numbers and mentions of other than public names masked."""
        if not self.active:
            return text
        text = without_numbers(text, self.language.own)
        for name in sorted(self.hidden_names, key=len, reverse=True):
            text = text.replace(name, mask_name(name))
        return MENTION.sub(lambda match: match[0] if match[1] in self.public_names else match[0][0] + mask_name(match[1]), text)

    def whole_remarks(self, cut: str) -> str:
        """The beginning of a masked text without a remark that was cut in two."""
        at = cut.rfind("【")
        return (
            cut[:at] if at >= 0 and any(self.language.own(remark).startswith(cut[at:]) and cut[at:] != self.language.own(remark) for remark in REMARKS) else cut
        )


def mask_name(name: str) -> str:
    """张三丰 → 张**; the length is not told. The first character that shows: a private-use sign or a control in front of it tells the reader nothing."""
    shown = next((character for character in name if unsteered(character) == character and not character.isspace()), "")
    return f"{shown}**"
