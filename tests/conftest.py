"""What all tests share: tests that make a PDF are skipped, saying why, on a machine that cannot."""

import pytest

from review.report.pdf import pango_fault


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Pango the rest must still be run: Word and HTML reports are made there."""
    fault = pango_fault()
    if fault is None:
        return
    skip = pytest.mark.skip(reason=fault)
    for item in items:
        if item.get_closest_marker("needs_pango") is not None:
            item.add_marker(skip)
