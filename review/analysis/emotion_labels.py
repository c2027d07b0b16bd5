"""Which label each row has, where it comes from, and how good it is: hand labels over vendor labels over the model."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.analysis.calibration import Agreement, Calibration, Scored, compare, fit_calibration, probabilities
from review.analysis.curve import Grade
from review.analysis.emotion import TextEmotions
from review.analysis.row_sets import row_set
from review.incident.evidence import NO_ROWS, RowSet
from review.settings.emotion import EMOTIONS

SOURCES: Final = ("audited", "vendor", "model")


_BLOCK: Final = 65_536
"""Texts turned into Python objects at a time, so that memory stays flat. Changes no result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """How many rows have their label from this source, and their share of all labelled rows (None where none is labelled)."""

    source: str
    rows: int
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TickedEmotion:
    """Of n audited comments in which the lexicon saw the emotion, k were ticked by hand (precision k/n); missed: ticked without the lexicon seeing it."""

    emotion: str
    n: int
    k: int
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the audit sheet gave: filled labels, how many found their comment, how the vendor's and the model's labels compare, the emotions' precision.

    vendor: None where no audited comment has a vendor label. emotions: () where nobody ticked any. rows: the audited rows; sheet: the filled rows of the
    audit sheet, none where a classifier filled it.
    """

    labels: int
    matched: int
    vendor: Agreement | None
    model: Agreement | None
    emotions: tuple[TickedEmotion, ...]
    rows: RowSet
    sheet: RowSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MachineLabels:
    """Labels of a sample by a classifier that the user brought: its name, the SHA-256 of its file, and a frame as of hand labels."""

    name: str
    sha256: str
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineCheck:
    """Which classifier stood in for hand labels, how many it gave and how many found their comment, how our own model compares with it, and the rows.

    used: the shares are calibrated on them (they are not where vendors labelled most rows, or where they are too few). agreement: None of nothing judged.
    """

    name: str
    sha256: str
    labels: int
    matched: int
    used: bool
    agreement: Agreement | None
    rows: RowSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """The label of every row, in the order of the posts.

    negative: boolean, NA where there is no label (no words of its own and no other source). source: where `negative` comes from, one of SOURCES, NA likewise.
    score: float32, what calibration is fitted on: the labels at hand (vendor's, else the model's) as 0 and 1 where vendors labelled most rows, else the
    model's score. probability: float64, calibrated by the audit from that score, NaN without calibration or words; where there is one, a share is its mean.
    grade: of shares over all rows; "model" still where a classifier stood in for people. calibration: None without enough labels.
    machine: the classifier that stood in, None where none did.
    """

    negative: pd.arrays.BooleanArray
    source: "pd.Categorical[object]"
    score: npt.NDArray[np.float32]
    probability: npt.NDArray[np.float64]
    grade: Grade
    sources: tuple[SourceCount, ...]
    audit: Audit | None
    calibration: Calibration | None
    machine: MachineCheck | None = None


def mood_texts(posts: pd.DataFrame) -> pd.Series:
    """The text whose mood counts, per post: the body, with the title before it where there is one. string[pyarrow], NA where both are missing."""
    title, text = posts["title"], posts["text"]
    titled = np.flatnonzero(title.notna() & (title != ""))
    if len(titled):  # only those are copied: comments, which are many, have no title
        above, below = title.iloc[titled].fillna(""), text.iloc[titled].fillna("")
        text = text.copy()
        text.iloc[titled] = above.where(below == "", above + "\n") + below
    return text.mask(text == "") if (text == "").any() else text.rename(None)


def text_keys(texts: pd.Series) -> npt.NDArray[np.uint64]:
    """uint64 per text, equal for equal texts (white space around them aside), the same on every machine; 0 for NA. Ties an audit row to copies of its text."""
    keys = np.zeros(len(texts), dtype=np.uint64)
    for start in range(0, len(texts), _BLOCK):
        stripped = texts.iloc[start : start + _BLOCK].str.strip()
        there = np.flatnonzero(stripped.notna())
        keys[start + there] = pd.util.hash_array(stripped.iloc[there].to_numpy(dtype=object), categorize=False)
    return keys


def resolve_labels(posts: pd.DataFrame, read: TextEmotions, audit: pd.DataFrame | MachineLabels | None, bucket: npt.NDArray[np.int64]) -> Labels:
    """The label of every post.

    audit: columns item_id (string), key (string, 16 hex digits of text_keys), negative (boolean, NA = not filled), and optionally one boolean column an
    emotion. A hand label holds for its comment and for every copy of its text; where two hand labels of one text differ, each comment keeps its own and a copy
    takes neither. Labels of a machine only calibrate the model's shares: no row is taken for judged by hand, no vendor label is corrected by them.
    bucket: the curve's bucket of each post, -1 where it is in none.
    """
    count = len(posts)
    wordless = np.asarray(read.negative.isna())
    negative = np.asarray(read.negative.to_numpy(dtype=bool, na_value=False))
    source: npt.NDArray[np.int64] = np.where(wordless, -1, SOURCES.index("model"))
    vendor = posts["sentiment"].notna().to_numpy()
    vendor_negative = posts["sentiment"].eq("negative").fillna(False).to_numpy(dtype=bool)
    negative = np.where(vendor, vendor_negative, negative)
    source = np.where(vendor, SOURCES.index("vendor"), source)
    settings = read.analyzer.model.calibration
    by_vendors = bool(vendor.any()) and float(vendor[source >= 0].mean()) >= settings.vendor_coverage
    score = negative.astype(np.float32) if by_vendors else read.score
    probability = np.full(count, np.nan)
    calibration, found, checked = None, None, None
    machine = audit if isinstance(audit, MachineLabels) else None
    given = machine.frame if machine is not None else audit
    if isinstance(given, pd.DataFrame):
        filled = given[given["negative"].notna()].reset_index(drop=True)
        truth = filled["negative"].to_numpy(dtype=bool)
        placed = _place(posts, filled)
        judged = ~wordless
        usable = judged[placed.post]
        scored = Scored(score=score[judged], bucket=bucket[judged], buckets=int(bucket.max(initial=-1)) + 1)
        place = np.cumsum(judged) - 1
        if machine is None or not by_vendors:
            calibration = fit_calibration(scored, place[placed.post[usable]], truth[placed.row[usable]], settings)
        if calibration is not None:
            probability[judged] = probabilities(calibration, scored)
            negative = np.where(judged & ~vendor, probability > 0.5, negative)
        if machine is None:
            hand, by_hand = _spread(placed, truth)
            found = _audit(posts, read, filled, placed)
            negative = np.where(by_hand, hand, negative)
            probability = np.where(by_hand & (calibration is not None), hand, probability)
            source = np.where(by_hand, SOURCES.index("audited"), source)
        else:
            checked = _checked(machine, _audit(posts, read, filled, placed), calibration is not None)
    labelled = source >= 0
    sources = tuple(_count(i, name, source, int(labelled.sum())) for i, name in enumerate(SOURCES))
    share = float(vendor[labelled].mean()) if labelled.any() else 0.0
    grade: Grade = "audited" if calibration is not None and machine is None else "vendor" if share >= settings.vendor_coverage and share > 0 else "model"
    return Labels(
        negative=pd.arrays.BooleanArray(negative.astype(bool), ~labelled),
        source=pd.Categorical(np.array([*SOURCES, None], dtype=object)[source], categories=list(SOURCES)),
        score=score,
        probability=probability,
        grade=grade,
        sources=sources,
        audit=found,
        calibration=calibration,
        machine=checked,
    )


def _checked(machine: MachineLabels, compared: Audit, used: bool) -> MachineCheck:
    return MachineCheck(
        name=machine.name,
        sha256=machine.sha256,
        labels=compared.labels,
        matched=compared.matched,
        used=used,
        agreement=compared.model,
        rows=compared.rows,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Placed:
    """Audit rows that found their comment: `row` in the (filled) audit, `post` among the posts; keys: of all posts."""

    row: npt.NDArray[np.int64]
    post: npt.NDArray[np.int64]
    keys: npt.NDArray[np.uint64]


def _place(posts: pd.DataFrame, filled: pd.DataFrame) -> _Placed:
    """By item_id, else by text; of equal texts the first post stands for all."""
    keys = text_keys(mood_texts(posts))
    named = pd.Series([int(key, 16) if isinstance(key, str) and key else 0 for key in filled["key"]], dtype="uint64")  # a few hundred labels
    # Only posts that a label could mean are looked at one by one.
    meant = np.flatnonzero(posts["item_id"].isin(filled["item_id"].dropna()) & posts["item_id"].notna())
    ids = pd.Series(meant, index=pd.Index(posts["item_id"].iloc[meant].astype(object)))
    ids = ids[~ids.index.duplicated()]
    alike = np.flatnonzero(np.isin(keys, named[named != 0].to_numpy()))
    by_text = pd.Series(alike, index=keys[alike]).groupby(level=0).first()
    own = filled["item_id"].astype(object).map(ids.to_dict()).to_numpy(dtype=np.float64, na_value=np.nan)
    at = np.where(np.isnan(own), named.map(by_text).to_numpy(dtype=np.float64, na_value=np.nan), own)
    row = np.flatnonzero(~np.isnan(at))
    return _Placed(row=row, post=at[row].astype(np.int64), keys=keys)


def _spread(placed: _Placed, truth: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Hand label per post (False where none) and whether it has one: the audited comments and the copies of their texts."""
    keys, said = placed.keys, truth[placed.row]
    hand, by_hand = np.zeros(len(keys), dtype=bool), np.zeros(len(keys), dtype=bool)
    if len(said) == 0:
        return hand, by_hand
    verdict = pd.Series(said).groupby(keys[placed.post]).agg(["min", "max"])
    verdict = verdict[(verdict["min"] == verdict["max"]) & (verdict.index != 0)]
    by_hand = np.isin(keys, verdict.index.to_numpy())
    hand[by_hand] = pd.Series(keys[by_hand]).map(verdict["max"]).to_numpy(dtype=bool)
    hand[placed.post], by_hand[placed.post] = said, True
    return hand, by_hand


def _audit(posts: pd.DataFrame, read: TextEmotions, filled: pd.DataFrame, placed: _Placed) -> Audit:
    first = placed.post
    truth = filled["negative"].to_numpy(dtype=bool)[placed.row]
    vendor = posts["sentiment"].notna().to_numpy()[first]
    said = posts["sentiment"].eq("negative").fillna(False).to_numpy(dtype=bool)[first]
    judged = ~np.asarray(read.negative.isna())[first]
    model = np.asarray(read.negative.to_numpy(dtype=bool, na_value=False))[first]
    return Audit(
        labels=len(filled),
        matched=len(first),
        vendor=compare(said[vendor], truth[vendor]) if vendor.any() else None,
        model=compare(model[judged], truth[judged]) if judged.any() else None,
        emotions=_ticked(read, filled, placed),
        rows=row_set(posts.iloc[first]),
        sheet=row_set(filled) if "row" in filled.columns else NO_ROWS,
    )


def _ticked(read: TextEmotions, filled: pd.DataFrame, placed: _Placed) -> tuple[TickedEmotion, ...]:
    columns = [name for name in EMOTIONS if name in filled.columns]
    ticks = filled[columns].fillna(False).astype(bool)
    if not ticks.to_numpy().any():
        return ()
    result = []
    for name in columns:
        shown, ticked = read.shows(name)[placed.post], ticks[name].to_numpy()[placed.row]
        result.append(TickedEmotion(emotion=name, n=int(shown.sum()), k=int((shown & ticked).sum()), missed=int((~shown & ticked).sum())))
    return tuple(result)


def _count(code: int, name: str, source: npt.NDArray[np.int64], labelled: int) -> SourceCount:
    rows = int((source == code).sum())
    return SourceCount(source=name, rows=rows, share=rows / labelled if labelled else None)
