"""On which page each section stands, as the PDF counted them: what Word shows in its contents until it counts itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Pages in the body's own numbering: by section id, and how many in all (None: unknown)."""

    of: Mapping[str, str]
    total: int | None


UNKNOWN_PAGES: Final = Pages(of={}, total=None)
