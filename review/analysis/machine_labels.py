"""A sample judged by a text classifier that the user brought, in place of hand labels. It is not a human audit, and nothing here calls it one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.audit_sample import draw_audit_sample
from review.analysis.emotion import TextEmotions
from review.analysis.emotion_labels import MachineLabels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labeller:
    """A classifier as a value: its name, the SHA-256 of its file, and the probability that each text is negative (float64, in their order)."""

    name: str
    sha256: str
    negative: Callable[[Sequence[str]], npt.NDArray[np.float64]] = field(repr=False)


def label_by_machine(posts: pd.DataFrame, read: TextEmotions, labeller: Labeller) -> MachineLabels:
    """The same evenly drawn sample that a person would label, only larger (calibration.machine_sample), judged by the classifier: negative above one half."""
    sample = draw_audit_sample(posts, read, read.analyzer.model.calibration.machine_sample)
    texts = [str(text) for text in sample["text"]]
    said = labeller.negative(texts) if texts else np.empty(0)
    return MachineLabels(name=labeller.name, sha256=labeller.sha256, frame=sample[["item_id", "key"]].assign(negative=pd.array(said > 0.5, dtype="boolean")))
