"""WeasyPrint, imported without a word and without starting another program. Importing this module raises OSError where Pango is missing."""

import ctypes.util
import io
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout


@contextmanager
def _libraries_by_name() -> Iterator[None]:
    """While it lasts shared libraries are opened by the names asked for, nothing else.

    For each of twenty names that are no file here ctypes would run ldconfig, gcc and ld: a third of the time of the import (measured). Those that are
    follow in WeasyPrint's list. Elsewhere ctypes looks through folders that the system's loader does not know, and starts nothing.
    """
    if sys.platform != "linux":
        yield
        return
    theirs, ctypes.util.find_library = ctypes.util.find_library, lambda name: None  # noqa: ARG005
    try:
        yield
    finally:
        ctypes.util.find_library = theirs


with warnings.catch_warnings(), redirect_stdout(io.StringIO()), _libraries_by_name():  # it prints a page of advice where Pango is missing
    warnings.filterwarnings("ignore", "HarfBuzz-Subset", DeprecationWarning)  # whose work ours does: font_subset.py
    import weasyprint

__all__ = ["weasyprint"]
