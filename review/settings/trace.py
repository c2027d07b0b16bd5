"""Settings of `review trace`, read from trace.toml."""

from dataclasses import dataclass

from review.settings.toml import SETTINGS_DIR, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSettings:
    """rows: how many are printed unasked; longest_cell: characters; shown: canonical columns that may be printed."""

    rows: int
    longest_cell: int
    shown: frozenset[str]


def load_trace_settings() -> TraceSettings:
    """The shipped settings. Raises UnusableInput with every fault of the file."""
    reader = read_toml(SETTINGS_DIR / "trace.toml")
    made = TraceSettings(rows=reader.integer("rows", low=1), longest_cell=reader.integer("longest_cell", low=10), shown=frozenset(reader.texts("shown")))
    reader.done()
    reader.close()
    return made
