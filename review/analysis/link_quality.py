"""How the links of the rows are known, how sure each way is, and what the files lost on the way: damaged ids, coarse times, cut chains, later parents."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from review.analysis.links import EVIDENCE, KINDS, Links
from review.analysis.row_sets import row_set, rows_at
from review.incident.evidence import RowSet
from review.settings.links import LinkSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTally:
    """Rows linked by one kind of evidence. confidence: share of right links among `measured` of them in `source`, None where none was measured;
    measured 0: exported by the platform, nothing to measure.
    """

    kind: str
    evidence: str
    count: int
    confidence: float | None
    measured: int | None
    source: str | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkQuality:
    """tallies: strongest first; rows that are linked to nothing are not among them.

    repaired, ambiguous: rows with ids a spreadsheet damaged, mended and not; by_id: rows whose time was read off their id; coarse: reposts and comments
    whose time is known to the minute or less closely; backwards: exported parents later than their child (refused); cycles: cut; chainless: reposts of
    files whose tool cut the chains off; named_accounts: accounts named in chains without a row of their own (not collected, or renamed since).
    """

    tallies: tuple[LinkTally, ...]
    repaired: int
    ambiguous: int
    by_id: int
    coarse: int
    coarse_rows: RowSet
    backwards: int
    cycles: int
    chainless: int
    named_accounts: int
    rows: RowSet


def measure_link_quality(posts: pd.DataFrame, links: Links, settings: LinkSettings) -> LinkQuality:
    """The quality of the links of a posts table; an empty one has nothing of anything."""
    n = links.rows
    code = links.kind[:n].astype(np.int64) * len(EVIDENCE) + links.evidence[:n]
    tallies = []
    for each in np.unique(code[links.kind[:n] != KINDS.index("none")]).tolist():  # a loop over kinds of evidence
        kind, evidence = KINDS[each // len(EVIDENCE)], EVIDENCE[each % len(EVIDENCE)]
        found = next((one for one in settings.calibration if (one.kind, one.evidence) == (kind, evidence)), None)
        tallies.append(
            LinkTally(
                kind=kind,
                evidence=evidence,
                count=int((code == each).sum()),
                confidence=None if found is None else found.confidence,
                measured=None if found is None else found.n,
                source=None if found is None else found.source,
                rows=rows_at(posts, code == each),
            )
        )
    answers = posts["kind"].isin(["repost", "comment", "reply"]).to_numpy(dtype=bool)
    coarse = answers & links.times.known & (links.times.width > 1)
    return LinkQuality(
        tallies=tuple(tallies),
        repaired=links.repaired,
        ambiguous=links.ambiguous,
        by_id=int(links.times.by_id.sum()),
        coarse=int(coarse.sum()),
        coarse_rows=rows_at(posts, coarse),
        backwards=links.backwards,
        cycles=links.cycles,
        chainless=links.chainless,
        named_accounts=len(np.unique(links.account[links.named :])) if len(links.parent) > links.named else 0,
        rows=row_set(posts),
    )
