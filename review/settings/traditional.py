"""Traditional characters and their Simplified ones."""

from functools import cache
from pathlib import Path

from review.settings.toml import SETTINGS_DIR, read_toml


def simplified(text: str) -> str:
    """The text with Simplified for Traditional characters, one for one."""
    return text if text.isascii() else text.translate(_table())


@cache
def _table() -> dict[int, str]:
    return str.maketrans(load_traditional(SETTINGS_DIR / "traditional.toml"))


def load_traditional(path: Path) -> dict[str, str]:
    """Traditional character -> Simplified character. Raises UnusableInput where the table is malformed."""
    reader = read_toml(path)
    pairs: dict[str, str] = {}
    text = "".join(reader.text("pairs").split())
    for pair in (text[i : i + 2] for i in range(0, len(text), 2)):
        if len(pair) != 2:
            reader.fault("pairs", f"应为两字一组，现为 {pair!r}")
        elif pairs.setdefault(pair[0], pair[1]) != pair[1]:
            reader.fault("pairs", f"{pair[0]!r} 出现两次且不一致")
    reader.done()
    reader.close()
    return pairs
