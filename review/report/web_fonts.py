"""The report's fonts cut down to the characters a text uses, as CSS that carries them: what makes the HTML legible where no Chinese font is."""

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from review.report.coverage import coverage
from review.report.font_subset import of_characters
from review.report.theme import Theme

FORMATS: Final = {".otf": ("font/otf", "opentype"), ".ttf": ("font/ttf", "truetype")}
ASCII: Final = range(0x80)


def font_faces(theme: Theme, characters: Iterable[str]) -> str:
    """One @font-face for each of the theme's fonts that has any of the characters, its file cut down to them; '' where none has.

    Regular and bold both get every character: a house's style sheet may set any of them bold. Equal characters give equal bytes on one machine.
    """
    wanted = set(map(ord, set(characters)))  # a page repeats its thousand characters a thousand times
    asked = wanted.difference(ASCII)  # letters and digits are no reason to carry a font, every machine has them
    fonts = theme.fonts
    faces = ((fonts.sans, 400, fonts.regular_file), (fonts.sans, 700, fonts.bold_file), (fonts.emoji, 400, fonts.emoji_file))
    return "\n".join(_face(family, weight, path, wanted) for family, weight, path in faces if asked & coverage(path))


def _face(family: str, weight: int, path: Path, wanted: set[int]) -> str:
    kind, name = FORMATS[path.suffix.lower()]
    data = base64.b64encode(of_characters(path, wanted)).decode("ascii")
    return f"@font-face{{font-family:'{family}';font-weight:{weight};src:url(data:{kind};base64,{data}) format('{name}')}}"
