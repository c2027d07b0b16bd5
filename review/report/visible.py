"""Text made safe to show in print, on screen and in Word: nothing invisible steers the page, nothing is dropped unseen."""

import re
from typing import Final

_STEERING: Final = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 and C1 controls, forbidden in XML or meaningless
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the reading direction
    "\ud800-\udfff"  # halves of pairs
    "\ue000-\uf8ff\U000f0000-\U0010ffff"  # private use: whoever wrote them meant a font of his own, any other draws a box or another sign
    "\ufdd0-\ufdef" + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)) + "]"
)
_BREAKS: Final = re.compile("[\t\n\x0b\x0c\r\u2028\u2029]+")

REPLACEMENT: Final = "□"


def visible(text: str) -> str:
    """The text with a □ for each control, direction mark, surrogate, private-use and non-character, and one space for each run of line breaks and tabs.

    Emoji sequences keep their joiners. All renderers show texts through this function, so that they agree.
    """
    return unsteered(_BREAKS.sub(" ", text))


def unsteered(text: str) -> str:
    """The text with a □ for each control, direction mark, surrogate, private-use and non-character; line breaks and tabs stay."""
    return _STEERING.sub(REPLACEMENT, text)
