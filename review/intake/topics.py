"""Topic figures that stand in rows of posts (话题阅读数, 话题讨论数) → metric points of scope topic (quirks 8 and 19)."""

from typing import Final

import numpy as np
import pandas as pd

from review.incident.tables import METRIC_POINTS, SCOPES, vocabulary
from review.intake.part import Findings, Surroundings, origin
from review.intake.recognition import Recognised
from review.intake.texts import labels
from review.intake.values import metric_said, parse_numbers

_COLUMNS: Final = {"topic_reads": "reads", "topic_discussions": "discussions"}


def read_topics(table: Recognised, around: Surroundings, captured_at: pd.Series, platforms: pd.Series, findings: Findings) -> pd.DataFrame | None:
    """Reads and discussions of the topics named in the rows, each reading once; None where there are none or no capture time is known.

    A word inside the cell (阅读592.6万, 帖子508) says what it is, whatever the header claims: exports with swapped headers exist.
    """
    del around
    names = table.cells("tags")
    if names is None or not table.has(*_COLUMNS):
        return None
    if not captured_at.notna().any():
        findings.warnings.append("有话题阅读或讨论数，但没有采集时间，未使用（可用 --captured-at 指明）")
        return None
    topics = labels(names)
    frames = []
    swapped = False
    for column, claimed in _COLUMNS.items():
        cells = table.cells(column)
        if cells is None:
            continue
        numbers = parse_numbers(cells)
        findings.cells(column, numbers.rejected, "不是数字")
        said = metric_said(cells)
        metric = said.where(said.isin(list(_COLUMNS.values())).fillna(False), claimed)
        swapped |= bool((metric != claimed).any())
        there = ((numbers.value.notna() | numbers.low.notna()) & captured_at.notna() & topics.notna()).to_numpy(dtype=bool)
        n = int(there.sum())
        place = {key: pd.Series(values)[there] for key, values in origin(table).items()}
        frames.append(
            METRIC_POINTS.frame(
                {
                    **place, "scope": pd.Categorical.from_codes(np.full(n, SCOPES.index("topic"), dtype=np.int8), dtype=vocabulary(*SCOPES)),
                    "name": topics[there], "platform": platforms[there], "metric": metric[there], "at": captured_at[there],
                    "precision": "s", "cumulative": True, "value": numbers.value[there], "low": numbers.low[there], "high": numbers.high[there],
                    "unit": "次",
                },
                n,
            )
        )  # fmt: skip
    if swapped:
        findings.warnings.append("话题阅读数与讨论数的表头与取值相反，已按取值识别")
    joined = pd.concat(frames, ignore_index=True)
    return joined.drop_duplicates(["name", "platform", "metric", "at", "value", "low", "high"], ignore_index=True)
