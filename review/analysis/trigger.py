"""When the negative share called for a response: the 20 % trigger."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from review.analysis.curve import Curve, moment
from review.settings.curve import TriggerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """The bucket [at, until) in which the trigger fired, its count k of n with share and band, and by which rule.

    lower_bound: the band's lower limit exceeds the threshold. run: this is the third bucket in a row above it. threshold: the share that had to be exceeded,
    the margin for an unaudited model included. seen_below: all that was judged before the run, thin buckets too, or in one regime before it, lies at or below
    it together, and what came right before the run did not stand above the line for longer already (`_stood_above`); else when it was crossed is not known.
    """

    at: datetime
    until: datetime
    bucket: int
    k: float
    n: int
    share: float
    low: float
    high: float
    threshold: float
    rule: Literal["lower_bound", "run"]
    seen_below: bool


def trigger(curve: Curve, settings: TriggerSettings) -> Trigger | None:
    """The incident's first bucket whose lower limit exceeds the threshold, or its third in a row strictly above it, whichever is earlier; else None.

    Thin buckets of a busy curve do not count (among hundreds of quiet buckets a few of five comments cross any line by chance); on a curve that is thin
    throughout, and for typed samples, every bucket does. In a row: each starting where the one before ends (typed samples: next to each other in time).
    A share equal to the threshold is not above it. On an unaudited model's curve the threshold is raised by its mean level error (a crossing within the error
    is no crossing). Both rules look only back: buckets after the trigger cannot move it to an earlier one, as long as the band stays (more rows can change
    the estimated correlation, and with it the band).
    """
    threshold = settings.share + (curve.level_error or 0.0)
    filled = curve.n > 0
    counts = filled if curve.width is None or curve.is_thin else filled & ~curve.thin
    position = np.arange(len(filled))
    counts &= position >= curve.incident_from
    above = counts & (np.where(filled, curve.share, 0.0) > threshold)
    joined = np.ones(len(above), dtype=bool)
    if curve.width is not None:
        joined[1:] = curve.ends[:-1] == curve.starts[1:]
    breaks = ~above
    broken_at = np.maximum.accumulate(np.where(breaks, position, -1))
    parted_at = np.maximum.accumulate(np.where(joined, -1, position - 1))
    run = np.where(above, position - np.maximum(broken_at, parted_at), 0)
    firm = counts & (curve.low > threshold)
    fired = np.flatnonzero(firm | (run >= settings.run))
    if len(fired) == 0:
        return None
    i = int(fired[0])
    begun = i - max(int(run[i]) - 1, 0)
    stretches = [slice(0, begun), *(slice(each.bucket_from, each.bucket_to) for each in curve.regimes if curve.searched and each.bucket_to <= begun)]
    return Trigger(
        at=moment(curve.starts[i]),
        until=moment(curve.ends[i]),
        bucket=i,
        k=float(curve.k[i]),
        n=round(float(curve.n[i])),
        share=float(curve.share[i]),
        low=float(curve.low[i]),
        high=float(curve.high[i]),
        threshold=threshold,
        rule="lower_bound" if firm[i] else "run",
        seen_below=not _stood_above(curve, (begun, i + 1), settings.share)
        and any(curve.n[each].sum() > 0 and float(curve.k[each].sum()) <= threshold * float(curve.n[each].sum()) for each in stretches),
    )


def _stood_above(curve: Curve, run: tuple[int, int], line: float) -> bool:
    """Whether the regime in which the run [from, to) begins had more rows before the run than in it, above the line together: then the run is no crossing.

    Of days too thin to count one by one a whole regime may consist. The bare line, without a model's margin: within that, nothing was seen to be below.
    """
    begun, until = run
    regime = next((each for each in curve.regimes if curve.searched and each.bucket_from <= begun < each.bucket_to), None)
    if regime is None:
        return False
    before, inside = slice(regime.bucket_from, begun), slice(begun, until)
    n = float(curve.n[before].sum())
    return n > float(curve.n[inside].sum()) and float(curve.k[before].sum()) > line * n
