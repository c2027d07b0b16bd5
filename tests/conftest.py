"""What all tests share: no example is judged by the clock, and tests that make a PDF are skipped, saying why, on a machine that cannot."""

import os

import pytest
from hypothesis import settings

from review.report.pdf import pango_fault

# a busy machine must not fail a law; on a build server the same commit is tried with the same examples each time
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Pango the rest must still be run: Word and HTML reports are made there."""
    fault = pango_fault()
    if fault is None:
        return
    skip = pytest.mark.skip(reason=fault)
    for item in items:
        if item.get_closest_marker("needs_pango") is not None:
            item.add_marker(skip)
