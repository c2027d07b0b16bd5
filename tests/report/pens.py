"""A pen for tests that compose a few blocks: shipped phrases, masks on, an empty book of claims."""

from review.report.claims import ClaimBook
from review.report.numbers import NumberStyle
from review.report.pen import Pen
from review.report.phrases import load_phrases
from review.report.privacy import Masks
from review.report.theme import load_theme, templates_dir
from review.settings.vocabulary import read_vocabulary


def new_pen() -> Pen:
    """A fresh one for every test: its claims are counted."""
    return Pen(
        phrases=load_phrases(templates_dir() / "phrases" / "zh-Hans"),
        book=ClaimBook(),
        masks=Masks(public_names=frozenset(), named_followers=100_000, active=True),
        style=NumberStyle(display=load_theme(None).display, zone="Asia/Shanghai", year=2026),
        vocabulary=read_vocabulary(),
        longest_quote=80,
    )
