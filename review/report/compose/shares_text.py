"""A negative share as it may be printed, by the evidence it rests on."""

from dataclasses import replace
from math import ceil, floor
from typing import Final

from review.analysis.causes import CauseFindings
from review.analysis.curve import Curve
from review.analysis.since_onset import ShareFigure
from review.incident.evidence import RowSet, SettingKey
from review.report.document import Text, Words
from review.report.pen import Basis, Pen, basis

CALIBRATED: Final = "各条校准后负面概率（labels.csv）之和"
"""What a share of an audited curve divides by the comments judged: the column 负面概率 of the row file, which anybody can add up."""


def grade_text(pen: Pen, judged: Curve | CauseFindings) -> Text:
    """The evidence grade of a share, in WORDING's words; for the model with its measured mean error."""
    if judged.grade == "model" and judged.level_error is not None:
        return pen.say(
            "grade.model",
            error=pen.number(
                judged.level_error * 100,
                basis("模型初判的平均误差", "实测：未经人工复核时负面占比的平均绝对误差", SettingKey(file="curve.toml", key="labels.model_level_error")),
                0,
            ),
        )
    return pen.words(f"grade.{judged.grade}")


def counted_note(pen: Pen, causes: CauseFindings) -> Text:
    """The grade of what counts negative rows one by one: an audit corrects the labels it read there, and calibrates nothing."""
    return pen.words("grade.counted") if causes.grade == "audited" else pen.say("grade.line", grade=grade_text(pen, causes))


def only_reading(curve: Curve) -> bool:
    """Whether one bucket or typed sample is all there is: a single reading is no peak."""
    return int((curve.n > 0).sum()) == 1


def at_one_place(curve: Curve) -> bool:
    """Whether these are the typed samples of one place of several: they are never added up, and what is said of them is said of that place."""
    return curve.subject == "samples" and bool(curve.platforms)


def place_text(pen: Pen, curve: Curve) -> Text:
    """A platform's word, or the place of a sample as typed."""
    place = curve.place or ""
    if place in pen.vocabulary["platform"].printed:
        return (pen.code("platform", place),)
    typed = pen.typed(place)
    return (typed,) if typed.text else (Words(pen.word("unknown.platform")),)


def share_of(pen: Pen, curve: Curve, share: float, what: str, where: str, rows: RowSet) -> Text:
    """A share as it may be printed: to a decimal, but as a range of tenths (约四至六成, level ± mean error) where only the model has judged.

    where: of what it is the share (一段内, 窗口内 …), "" for all the rows. On an audited curve no negative labels are counted.
    """
    if curve.subject == "samples":
        return printed(pen, curve, share, basis(what, f"{where}填写的负面条数（k）÷ 抽样条数（n）", rows))
    return printed(pen, curve, share, basis(what, f"{where}{CALIBRATED if curve.grade == 'audited' else '负面条数'} ÷ 已判定条数", rows))


def printed(pen: Pen, judged: Curve | ShareFigure, share: float, found: Basis) -> Text:
    """A share, however made, as the grade of its curve or of the figure filed of it lets it be printed."""
    if judged.grade == "model":
        text = tenths(share, judged.level_error or 0.0)
        return (pen.text_claim(text, "占比", replace(found, how=f"{found.how}（模型初判，按误差取整到成）")),)
    return (pen.share(share, found),)


def band_how(worth: float) -> str:
    """How the band of a share is made of the share and of what its rows are worth."""
    return f"条数按聚集程度折算为 {worth:,.1f} 条（见方法与口径）后的比例区间（百分之九十五）"


def difference_how(before: float, after: float) -> str:
    """How the interval of a change is made of the two shares and of what the rows of each are worth."""
    return f"前后条数按聚集程度各折算为 {before:,.1f}、{after:,.1f} 条（见方法与口径）后，两个比例之差的区间（百分之九十五，Newcombe 法）"


def tenths(share: float, error: float) -> str:
    """A share known to within `error` as a range of tenths: 约四至六成, 约五成."""
    low, high = max(0, floor((share - error) * 10 + 0.5)), min(10, ceil((share + error) * 10 - 0.5))
    names = "零一二三四五六七八九十"
    return f"约{names[low]}成" if low == high else f"约{names[low]}至{names[high]}成"
