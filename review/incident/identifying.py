"""What tells who a person is in a text: phones, e-mails, cards, accounts, order numbers. Which names do is another matter: that takes the data.

Digits are half-width or full-width, whole or parted as people part them on a screen (138 1234 5678, 110105 19491231 002X).
"""

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Final

_GAP: Final = r"[-－—–·\s]?"
_WORD: Final = r"A-Za-z0-9Ａ-Ｚａ-ｚ０-９"
_IS: Final = r"[是为:：\s]{0,3}"

E_MAIL: Final = re.compile(rf"[{_WORD}_.+\-＿．＋－]+[@＠][\w-]+(?:[.．][\w-]+)+")
ID_CARD: Final = re.compile(
    rf"(?<!\d)(?:\d{{17}}[\dXxＸｘ]|\d{{6}}{_GAP}[1１2２][9９0０]\d{{2}}{_GAP}[01０１]\d[0-3０-３]\d{_GAP}\d{{3}}{_GAP}[\dXxＸｘ])(?!\d)"
    rf"|(?:护照|護照|通行证|通行證|台胞证|臺胞證|回乡证|回鄉證)(?:号码?|號碼?)?{_IS}[{_WORD}]{{0,2}}\d{{7,9}}(?!\d)"
)
PHONE: Final = re.compile(
    rf"(?<!\d)(?:[+＋]?(?:86|８６){_GAP})?[1１](?:[3-9３-９]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|[3-9３-９]\d{_GAP}\d{{3}}{_GAP}\d{{5}}"
    rf"|[3-9３-９]\d\d{_GAP}\d{{3}}{_GAP}\d{{4}}|\s[3-9３-９](?:\s\d){{9}})(?!\d)"
    r"|(?<!\d)[(（]?[0０]\d{2,3}[-－—)）\s]{1,2}\d{7,8}(?!\d)"
)
MESSENGER: Final = re.compile(
    r"((?:(?:微信|薇信|威信|[Vv]信|[Vv][Xx]|[Ww]e[Cc]hat|[Qq]{2})(?:号码?|群)?[是为:：\s]{0,3}|(?<![A-Za-z])[Vv][:：]\s?|[加＋+]\s?[Vv]\s?))[A-Za-z0-9_-]{5,}"
)
IN_FOURS: Final = re.compile(r"(?<![\d.])\d{4}(?:[-\s]\d{4}){3,}(?:[-\s]?\d{1,4})?[Xx]?(?!\d)")
"""A card's number as it is embossed; three groups of four may be years."""
LONG_NUMBER: Final = re.compile(r"(?<![\d.])\d{9,}(?![\d.])")
ORDER: Final = re.compile(r"((?:订单|訂單|运单|運單|快递|快遞|单号|單號)(?:号码?|號碼?)?[^\d]{0,3})\d{9,}")
"""A number that says itself that it is one of an order: names of files hold moments and ids of posts as long, which tell nobody."""

_PHONE_HIDDEN, _CARD_HIDDEN, _MAIL_HIDDEN = "【电话已隐去】", "【证件号已隐去】", "【邮箱已隐去】"
_ACCOUNT_HIDDEN, _NUMBER_HIDDEN = "【账号已隐去】", "【编号已隐去】"
REMARKS: Final = (_PHONE_HIDDEN, _CARD_HIDDEN, _MAIL_HIDDEN, _ACCOUNT_HIDDEN, _NUMBER_HIDDEN)


def without_numbers(text: str, own: Callable[[str], str]) -> str:
    """The text with everything of the kind replaced by a remark; own: the remark in the report's language."""
    text = E_MAIL.sub(own(_MAIL_HIDDEN), text)
    text = ID_CARD.sub(own(_CARD_HIDDEN), text)
    text = PHONE.sub(own(_PHONE_HIDDEN), text)
    text = MESSENGER.sub(r"\1" + own(_ACCOUNT_HIDDEN), text)
    text = IN_FOURS.sub(own(_NUMBER_HIDDEN), text)
    return LONG_NUMBER.sub(own(_NUMBER_HIDDEN), text)


def told_names(paths: Iterable[str]) -> list[str]:
    """Paths of files as reports and records name them: without phones, e-mails, cards, accounts and order numbers; dates, moments and ids of posts stay.

    Two paths stay two: where nothing else told them apart, the later one is numbered.
    """
    told: list[str] = []
    for path in paths:
        *folders, name = path.split("/")
        stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
        start = "/".join([*map(_told, folders), _told(stem)])
        number = 1
        while (made := f"{start}{suffix}" if number == 1 else f"{start}（{number}）{suffix}") in told and made != path:
            number += 1
        told.append(made)
    return told


def _told(name: str) -> str:
    for pattern, remark in ((E_MAIL, _MAIL_HIDDEN), (ID_CARD, _CARD_HIDDEN), (PHONE, _PHONE_HIDDEN)):
        name = pattern.sub(remark, name)
    return ORDER.sub(r"\1" + _NUMBER_HIDDEN, MESSENGER.sub(r"\1" + _ACCOUNT_HIDDEN, name))
