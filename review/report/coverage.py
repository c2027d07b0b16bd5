"""Which characters a font file can draw."""

from functools import cache
from pathlib import Path

import uharfbuzz as hb


def coverage(*fonts: Path) -> frozenset[int]:
    """Code points that at least one of the font files has."""
    return frozenset().union(*map(_points, fonts))


@cache
def _points(path: Path) -> frozenset[int]:
    return frozenset(hb.Face(hb.Blob.from_file_path(path)).unicodes)
