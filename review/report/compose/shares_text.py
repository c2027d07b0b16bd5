"""A negative share as it may be printed, by the evidence it rests on."""

from math import ceil, floor

from review.analysis.curve import Curve, Grade
from review.incident.evidence import RowSet, SettingKey
from review.report.document import Text
from review.report.pen import Pen, basis


def grade_text(pen: Pen, curve: Curve) -> Text:
    """The evidence grade of a curve's shares."""
    return grade_words(pen, curve.grade, curve.level_error)


def grade_words(pen: Pen, grade: Grade, level_error: float | None) -> Text:
    """An evidence grade in WORDING's words; for the model with its measured mean error."""
    if grade == "model" and level_error is not None:
        return pen.say(
            "grade.model",
            error=pen.number(
                level_error * 100,
                basis("模型初判的平均误差", "实测：未经人工复核时负面占比的平均绝对误差", SettingKey(file="curve.toml", key="labels.model_level_error")),
                0,
            ),
        )
    return pen.words(f"grade.{grade}")


def only_reading(curve: Curve) -> bool:
    """Whether one bucket or typed sample is all there is: a single reading is no peak."""
    return int((curve.n > 0).sum()) == 1


def share_of(pen: Pen, curve: Curve, share: float, what: str, how: str, rows: RowSet) -> Text:
    """A share as it may be printed: to a decimal, but as a range of tenths (约四至六成, level ± mean error) where only the model has judged."""
    if curve.grade == "model":
        text = tenths(share, curve.level_error or 0.0)
        return (pen.text_claim(text, "占比", basis(what, how + "（模型初判，按误差取整到成）", rows)),)
    return (pen.share(share, basis(what, how, rows)),)


def tenths(share: float, error: float) -> str:
    """A share known to within `error` as a range of tenths: 约四至六成, 约五成."""
    low, high = max(0, floor((share - error) * 10 + 0.5)), min(10, ceil((share + error) * 10 - 0.5))
    names = "零一二三四五六七八九十"
    return f"约{names[low]}成" if low == high else f"约{names[low]}至{names[high]}成"
