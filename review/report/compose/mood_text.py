"""二、情绪走势: keywords and emotions over time, whom the anger names, where the labels come from and what an audit showed."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from review.analysis.curve import Curve, moment
from review.analysis.curve_points import bucket_groups
from review.analysis.emotion_labels import Audit, MachineCheck, TickedEmotion
from review.analysis.mood import Mood, WordCurve
from review.incident.evidence import RowSet, SettingKey
from review.report.chart_data import SharesChart
from review.report.compose.emotion_text import SEEN_GAP, THIN_BELOW
from review.report.document import DASH, Block, Bullets, Column, Figure, Num, Paragraph, Quoted, Table, Text, Words
from review.report.pen import Pen, basis
from review.report.phrases import joined
from review.settings.curve import LabelSettings

MANDATORY: Final = ("失望", "欺骗", "要求赔偿")
"""Keyword curves the source articles ask for."""

MOST_POINTS: Final = 30
MOST_SERIES: Final = 5
KEYWORDS: Final = SettingKey(file="emotion.toml", key="keywords")
LEXICON: Final = SettingKey(file="emotion.toml", key="words")

MODEL_LINE: Final = SettingKey(file="emotion.toml", key="scoring.threshold")
OF_NEGATIVE: Final = "条数 ÷ 标签为负面、有本人文字的"
OWN_WORDS: Final = "本人文字（不含 #话题#、//@ 转发链、“回复@”与链接）"
HOLDS_WORD: Final = f"{OWN_WORDS}中有词表任一说法的条数"
SHOWS_EMOTION: Final = "按情绪词表逐条判定的条数，逐条结果与依据词见 labels.csv"


def mood_blocks(pen: Pen, mood: Mood) -> list[Block]:
    """Keyword figure and table, emotions, whom the anger names; nothing where no words were read."""
    if not mood.words:
        return []
    blocks: list[Block] = []
    if mood.own.count:
        blocks.append(pen.note("mood.own_left_out", n=pen.count(mood.own.count, "条", basis("品牌自有账号发布的条数", "计数", mood.own))))
    named = [each for each in mood.keywords if each.total]
    if named:
        figure = _keyword_figure(pen, mood, named)
        if figure is not None:
            blocks.append(figure)
        blocks.append(_table(pen, mood, named))
    elsewhere = [each for each in mood.elsewhere if each.k]
    if elsewhere:
        parts = [
            pen.say(
                "mood.elsewhere_part",
                target=pen.words(f"mood.target_{each.target}"),
                k=pen.count(each.k, "条", basis("负面内容中只点名他人的条数", "文字点名且未提及品牌", each.rows)),
                share=pen.share(each.k / each.n, basis("负面内容中只点名他人的比例", f"{OF_NEGATIVE} {each.n:,} 条（不含品牌自有内容）", each.rows)),
            )
            for each in elsewhere
        ]
        blocks.append(pen.body("mood.elsewhere", parts=joined(parts)))
    return blocks


def _keyword_figure(pen: Pen, mood: Mood, named: Sequence[WordCurve]) -> Figure | None:
    """Shares of comments with each keyword over the curve's middle; None where there is no curve of rows to divide by.

    Stretches of few comments are left out: one comment with the word would be a peak of 100 %.
    """
    curve = mood.curve
    if curve is None or curve.width is None or len(curve.starts) != len(named[0].starts):
        return None
    chosen = sorted(named, key=lambda each: (each.name not in MANDATORY, -each.total, each.name))[:MOST_SERIES]
    groups = _with_gaps(curve, [group for group in bucket_groups(curve, MOST_POINTS, THIN_BELOW) if curve.volume[group].sum() >= THIN_BELOW])
    if sum(bool(group) for _, group in groups) < 3:
        return None
    starts = tuple(start for start, _ in groups)
    series = tuple((pen.language.own(each.name), tuple(_share(each, curve, group) if group else None for _, group in groups)) for each in chosen)
    return Figure(
        id="keywords",
        caption=pen.words("mood.keywords_figure_posts" if curve.subject == "posts" else "mood.keywords_figure"),
        alt=pen.say("mood.keywords_alt", names=joined([(pen.own(each.name),) for each in chosen], "、")),
        chart=SharesChart(series=series, starts=starts, bucket_minutes=_minutes(starts), stacked=False, zone=pen.zone),
        note=pen.words("mood.keywords_note"),
    )


def _with_gaps(curve: Curve, groups: Sequence[list[int]]) -> list[tuple[datetime, list[int]]]:
    """Each group with its start, and an empty one where a reader sees a gap, so that the line breaks there."""
    gap = (curve.focus[1] - curve.focus[0]) * SEEN_GAP
    made: list[tuple[datetime, list[int]]] = []
    end: datetime | None = None
    for group in groups:
        start = moment(curve.starts[group[0]])
        if end is not None and start - end > gap:
            made.append((end, []))
        made.append((start, group))
        end = moment(curve.ends[group[-1]])
    return made


def _share(words: WordCurve, curve: Curve, group: Sequence[int]) -> float | None:
    volume = float(curve.volume[list(group)].sum())
    return sum(words.counts[i] for i in group) / volume if volume else None


def _minutes(starts: Sequence[datetime]) -> int:
    steps = sorted((b - a).total_seconds() for a, b in pairwise(starts))
    return max(1, int(steps[len(steps) // 2] // 60)) if steps else 1


def _table(pen: Pen, mood: Mood, named: Sequence[WordCurve]) -> Table:
    """Keywords and emotions beside each other, with how often people who labelled saw the emotion where its words stand."""
    checked = checked_emotions(mood)
    rows = [*(_keyword_row(pen, mood, each) for each in named), *(_emotion_row(pen, mood, each) for each in mood.emotions if each.total)]
    return Table(
        id="words",
        caption=pen.words("mood.words_caption"),
        columns=(
            Column(pen.word("head.kind"), 16),
            Column(pen.word("head.word"), 26),
            Column(pen.word("head.rows"), 18, "right"),
            Column(pen.word("head.portion"), 24, "right"),
            *((Column(pen.word("head.checked"), 16, "right"),) if checked else ()),
        ),
        rows=tuple(rows if checked else (row[:-1] for row in rows)),
        note=pen.say("mood.words_note", checked=pen.words("mood.words_checked" if checked else "mood.words_unchecked")),
    )


def _keyword_row(pen: Pen, mood: Mood, each: WordCurve) -> tuple[Text, ...]:
    what, sources = f"含“{each.name}”", (each.source.rows, KEYWORDS)
    return (
        pen.words("mood.kind_keyword"),
        (pen.own(each.name),),
        (pen.count(each.total, "条", basis(f"{what}的条数", HOLDS_WORD, *sources)),),
        (pen.share(each.total / mood.words, basis(f"{what}的比例", portion_of_words(mood), *sources)),),
        DASH,
    )


def _emotion_row(pen: Pen, mood: Mood, each: WordCurve) -> tuple[Text, ...]:
    what, sources = f"表现{_emotion(pen, each.name)}", (each.source.rows, LEXICON)
    return (
        pen.words("mood.kind_emotion"),
        (pen.code("emotion", each.name),),
        (pen.count(each.total, "条", basis(f"{what}的条数", SHOWS_EMOTION, *sources)),),
        (pen.share(each.total / mood.words, basis(f"{what}的比例", portion_of_words(mood), *sources)),),
        _hits(pen, mood, each.name),
    )


def checked_emotions(mood: Mood) -> dict[str, TickedEmotion]:
    """Emotions whose words were found in comments that people labelled, by name."""
    return {} if mood.audit is None else {each.emotion: each for each in mood.audit.emotions if each.n}


def _hits(pen: Pen, mood: Mood, emotion: str) -> Text:
    found = checked_emotions(mood).get(emotion)
    if found is None or mood.audit is None:
        return DASH
    return (
        pen.text_claim(
            f"{found.k}/{found.n}", "k/n", basis(f"{_emotion(pen, emotion)}词表的复核命中", "人工勾选数 ÷ 词表判定数", mood.audit.rows, mood.audit.sheet)
        ),
    )


def _emotion(pen: Pen, code: str) -> str:
    """The word of an emotion, as claims name it."""
    return pen.vocabulary["emotion"].word(code)


def portion_of_words(mood: Mood) -> str:
    """What a portion of the rows with words is divided by."""
    return f"条数 ÷ 有本人文字的 {mood.words:,} 条（不含品牌自有内容）"


def label_blocks(pen: Pen, mood: Mood, settings: LabelSettings, rows: RowSet) -> list[Block]:
    """附录: where the labels come from, what the hand labels showed, and what labelling would buy where only the model has judged.

    rows: all posts and comments, of which those with a label were counted: the curve holds but some of them.
    """
    known = [each for each in mood.sources if each.rows and each.share is not None]
    if not known or mood.curve is None:
        return []
    parts = [
        pen.say(
            "labels.part",
            source=pen.words(f"labels.{each.source}"),
            n=pen.count(each.rows, "条", basis(f"标签来源：{pen.word(f'labels.{each.source}')}", "labels.csv 中标签来源一列为此的条数", rows)),
            share=pen.share(each.share or 0.0, basis(f"标签来源占比：{pen.word(f'labels.{each.source}')}", "条数 ÷ 有标签的条数", rows)),
        )
        for each in known
    ]
    blocks: list[Block] = [Paragraph(text=(*pen.words("labels.title"), *joined(parts), Words("。")))]
    if mood.audit is not None:
        blocks.extend(_audit(pen, mood.audit))
    if mood.machine is not None:
        blocks.append(_machine(pen, mood.machine))
    if mood.curve.grade == "model":
        blocks.append(_offer(pen, settings))
    return blocks


_MEASURED_ON = {"model_level_error": "六个公开标注集", "audit_errors": "六个公开标注集和一段真实评论序列"}


def _offer(pen: Pen, settings: LabelSettings) -> Paragraph:
    """What a quarter of an hour with the sheet of comments to label would make of the error."""

    def points(error: float, what: str, key: str, digits: int) -> Num:
        return pen.number(
            error * 100, basis(what, f"实测：{_MEASURED_ON[key]}上负面占比平均绝对误差的平均", SettingKey(file="curve.toml", key=f"labels.{key}")), digits
        )

    parts = [
        pen.say(
            "buys.part",
            n=pen.count(labels, "条", basis("人工复核的条数", "量得误差时的条数", SettingKey(file="curve.toml", key="labels.audit_comments"))),
            error=points(error, f"人工复核 {labels} 条后的平均误差", "audit_errors", 1),
        )
        for labels, error in settings.audited
    ]
    minutes = pen.count(
        settings.audit_minutes, "分钟", basis("人工复核所需时间", "一百余条至二百条，每条数秒", SettingKey(file="curve.toml", key="labels.audit_minutes"))
    )
    return pen.body(
        "buys.offer",
        file=Quoted("work/待复核评论.xlsx"),
        error=points(settings.model_level_error, "模型初判的平均误差", "model_level_error", 0),
        minutes=minutes,
        parts=joined(parts, "，"),
    )


def _machine(pen: Pen, machine: MachineCheck) -> Bullets:
    """The classifier that stood in for people, by name and digest of its file, and that it is no human audit."""
    said = pen.say(
        "machine.used" if machine.used else "machine.unused",
        name=Quoted(machine.name),
        n=pen.count(machine.labels, "条", basis("外接模型判读的条数", "按时间均匀抽取，相同文字只取一条", machine.rows)),
        matched=pen.count(machine.matched, "条", basis("对上评论的条数", "按评论编号或文字校验码对应", machine.rows)),
    )
    items: list[Text] = [said, pen.say("machine.file", digest=Quoted(machine.sha256))]
    if machine.agreement is not None and machine.agreement.agreement is not None:
        total = machine.agreement.negative_n + machine.agreement.other_n
        share = pen.share(machine.agreement.agreement, basis("内置模型与外接模型判读相同的比例", "相同条数 ÷ 两者都判读的条数", machine.rows))
        items.append(pen.say("machine.agreement", share=share, total=pen.count(total, "条", basis("两者都判读的条数", "计数", machine.rows))))
    return Bullets(items=tuple(items))


def _audit(pen: Pen, audit: Audit) -> list[Block]:
    """Labels found, sensitivity and specificity of vendor and model, precision of the emotion lexicons."""
    items: list[Text] = [
        pen.say(
            "audit.labels",
            n=pen.count(audit.labels, "条", basis("人工复核条数", "复核表中已填写的行", audit.rows, audit.sheet)),
            matched=pen.count(audit.matched, "条", basis("对上评论的复核条数", "按评论编号或文字校验码对应", audit.rows, audit.sheet)),
        )
    ]
    for name, found in (("vendor", audit.vendor), ("model", audit.model)):
        if found is None or not found.negative_n or not found.other_n:
            continue
        how = f"人工判为该类的评论中，该来源也判为该类的比例{'；模型以 labels.csv 的负面倾向分高于设定值为负面' if name == 'model' else ''}"
        by = (MODEL_LINE,) if name == "model" else ()
        items.append(
            pen.say(
                f"audit.{name}",
                hit=pen.share(found.negative_k / found.negative_n, basis(f"{pen.word(f'labels.{name}')}对负面的识别率", how, audit.rows, audit.sheet, *by)),
                hit_n=pen.count(found.negative_n, "条", basis("复核为负面的条数", "复核表中填为负面、且对上评论的行数", audit.rows, audit.sheet)),
                pass_=pen.share(found.other_k / found.other_n, basis(f"{pen.word(f'labels.{name}')}对非负面的识别率", how, audit.rows, audit.sheet, *by)),
                pass_n=pen.count(found.other_n, "条", basis("复核为非负面的条数", "复核表中填为非负面、且对上评论的行数", audit.rows, audit.sheet)),
            )
        )
    ticked = [each for each in audit.emotions if each.n]
    if ticked:
        parts = [
            pen.say(
                "audit.emotion",
                name=pen.code("emotion", each.emotion),
                k=pen.count(each.k, "", basis("词表判定且人工勾选的条数", "复核的评论中，labels.csv 的情绪与复核表都有该情绪的条数", audit.rows, audit.sheet)),
                n=pen.count(each.n, "", basis("词表判定的条数", "复核的评论中，labels.csv 的情绪有该情绪的条数", audit.rows, audit.sheet)),
            )
            for each in ticked
        ]
        items.append(pen.say("audit.emotions", parts=joined(parts, "、")))
    return [Bullets(items=tuple(items))]
