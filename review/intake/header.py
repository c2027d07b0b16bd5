"""Which row of a table is its header, and the headers' names (quirks 2 and 20)."""

from collections.abc import Sequence
from dataclasses import dataclass

from review.settings.aliases import Aliases
from review.settings.formats import Recognition


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRow:
    """Where the header stands: its index among the rows looked at, and how many of its cells are known."""

    index: int
    hits: int


def find_header(rows: Sequence[Sequence[str | None]], aliases: Aliases, rules: Recognition) -> HeaderRow | None:
    """The row with the most known headers among the first rows, None where no row has enough; the earlier of two equal ones.

    Enough is `least_hits` known cells and `least_share` of the filled ones; a row of fewer than three filled cells must be known in every cell.
    """
    best: HeaderRow | None = None
    for index, row in enumerate(rows[: rules.header_rows]):
        filled = {cell.strip() for cell in row if cell is not None and cell.strip()}
        hits = sum(aliases.knows(cell) for cell in filled)
        few = len(filled) < rules.least_hits
        enough = hits == len(filled) > 0 if few else hits >= rules.least_hits and hits >= rules.least_share * len(filled)
        if enough and (best is None or hits > best.hits):
            best = HeaderRow(index=index, hits=hits)
    return best


def guess_header(rows: Sequence[Sequence[str | None]], rules: Recognition) -> int | None:
    """The row that a table of unknown headers most likely names its columns in: the first of the widest, all text and all different."""
    widths = [sum(bool(cell and cell.strip()) for cell in row) for row in rows[: rules.header_rows]]
    if not widths or max(widths) < 2:
        return None
    for index, row in enumerate(rows[: rules.header_rows]):
        filled = [cell.strip() for cell in row if cell is not None and cell.strip()]
        if (
            widths[index] >= 0.8 * max(widths)
            and len(set(filled)) == len(filled)
            and not any(cell.replace(".", "").replace("-", "").isdigit() for cell in filled)
        ):
            return index
    return None


def header_names(cells: Sequence[str | None]) -> tuple[str, ...]:
    """Names as written, trimmed; the second of a name is `名.2`, an empty one ''."""
    seen: dict[str, int] = {}
    names = []
    for cell in cells:
        name = (cell or "").strip().strip("\ufeff").strip()
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 or not name else f"{name}.{seen[name]}")
    return tuple(names)
