"""The quarterly report: cover, 摘要 with the three questions, incidents one by one, action ledger, mechanisms, trends, appendices; through the number gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from review.incident.evidence import SettingKey
from review.report.chart_data import Individual, IndividualsChart, MultiplePanel, MultiplesChart
from review.report.claims import Claim, ClaimBook, check_numbers
from review.report.compose.incident_report import one_gap
from review.report.compose.numbering import numbered
from review.report.compose.quarter_tables import (
    drills_claim,
    due_blocks,
    fields,
    incident_blocks,
    mechanism_sections,
    package_blocks,
    repeat_blocks,
    score_blocks,
    strategy_blocks,
)
from review.report.compose.quarter_text import (
    action_basis,
    executed_answer,
    executed_blocks,
    response_answer,
    response_blocks,
    share_answer,
    share_blocks,
    sides,
)
from review.report.document import Block, Bullets, Column, Cover, Document, Figure, Paragraph, Section, Table, Text, Tile, Tiles, string
from review.report.numbers import NumberStyle
from review.report.pen import CLOCK, Basis, Pen, basis
from review.report.phrases import joined, phrases_of
from review.report.privacy import Masks
from review.report.theme import Theme
from review.settings.rubric import LEVELS
from review.settings.thresholds import Thresholds
from review.settings.vocabulary import read_vocabulary
from review.tracking.filed import Quarter
from review.tracking.quarter import QuarterFindings, Trend

MOST_PANELS = 12
"""Small curves on a page: four rows of three."""
MOST_POINTS = 120
"""Points of a chart of individual values: more cannot be told apart on a page; all are in quarter.xlsx."""
LEAST_POINTS = 3
"""Points below which a chart says less than the table beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterWriting:
    """How to write: time of the build (aware), zone, the brand the report is limited to (None = all), the share that triggers a response."""

    made_at: datetime
    zone: str
    brand: str | None
    trigger_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterReport:
    """The document and its claims."""

    document: Document
    claims: tuple[Claim, ...]


def compose_quarter(found: QuarterFindings, thresholds: Thresholds, theme: Theme, writing: QuarterWriting) -> QuarterReport:
    """The whole report. Raises StrayNumberError where a number got in without a claim (a fault of ours)."""
    phrases = phrases_of(theme)
    pen = Pen(
        phrases=phrases,
        book=ClaimBook(theme.language),
        masks=Masks(
            public_names=frozenset().union(*(each.record.public_names for each in (*found.incidents, *found.before))),
            named_followers=thresholds.accounts.named_followers,
            language=theme.language,
        ),
        style=NumberStyle(display=theme.display, zone=writing.zone, year=found.quarter.year, language=theme.language),
        vocabulary=read_vocabulary(),
        longest_quote=thresholds.voices.longest_quote,
    )
    summary = _summary(pen, found)
    chapters = (
        _chapter(pen, "incidents", [("scores", score_blocks(pen, found)), ("list", incident_blocks(pen, found))]),
        _chapter(
            pen,
            "questions",
            [
                ("response", [*_break(pen, found), *response_blocks(pen, found)]),
                ("shares", share_blocks(pen, found)),
                ("executed", executed_blocks(pen, found)),
            ],
        ),
        _chapter(pen, "actions", [("due", due_blocks(pen, found)), ("repeats", repeat_blocks(pen, found)), ("strategies", strategy_blocks(pen, found))]),
        _chapter(pen, "mechanisms", mechanism_sections(pen, found)),
        _chapter(pen, "trends", [("individuals", _individuals(pen, found)), ("multiples", _multiples(pen, found, writing))]),
    )
    appendices = (
        Section(id="appendix.packages", level=1, title=pen.words("qchapter.packages"), blocks=tuple(package_blocks(pen, found)), page_break=True),
        Section(id="appendix.methods", level=1, title=pen.words("qchapter.methods"), blocks=(_methods(pen),)),
    )
    summary, chapters, appendices = numbered(theme, summary, chapters, appendices)  # type: ignore[assignment]
    quarter = _quarter(pen, found.quarter)
    title = pen.say("qcover.title_brand", brand=pen.typed(writing.brand), quarter=quarter) if writing.brand else pen.say("qcover.title", quarter=quarter)
    document = Document(
        language=theme.language.tag,
        title=string(title),
        author="",
        subject=pen.word("qcover.subtitle"),
        header=(pen.word("header.left"), pen.word("header.right")),
        made_at=writing.made_at,
        cover=_cover(pen, found, title, writing),
        summary=summary,
        sections=chapters,
        appendices=appendices,
    )
    check_numbers(document, pen.book.claims, phrases.terms)
    return QuarterReport(document=document, claims=pen.book.claims)


def _chapter(pen: Pen, name: str, sections: Sequence[tuple[str, Sequence[Block]]]) -> Section:
    return Section(
        id=name,
        level=1,
        title=pen.words(f"qchapter.{name}"),
        blocks=tuple(Section(id=f"{name}.{each}", level=2, title=pen.words(f"qsection.{each}"), blocks=one_gap(blocks)) for each, blocks in sections),
    )


def _quarter(pen: Pen, quarter: Quarter) -> Text:
    found = basis("季度", "命令所给", CLOCK)
    return pen.say("qcover.quarter", year=pen.text_claim(str(quarter.year), "年", found), number=pen.text_claim("一二三四"[quarter.number - 1], "季度", found))


def _cover(pen: Pen, found: QuarterFindings, title: Text, writing: QuarterWriting) -> Cover:
    today = writing.made_at.astimezone(ZoneInfo(writing.zone)).date()
    first, last = found.before_quarters[0], found.before_quarters[-1]
    incidents = Basis(what="本季事件数", how="计数", sources=fields(found.incidents, "record.head"))
    return Cover(
        title=title,
        subtitle=pen.words("qcover.subtitle"),
        facts=(
            (pen.words("qcover.period"), _quarter(pen, found.quarter)),
            (pen.words("qcover.compared"), pen.say("qcover.span", first=_quarter(pen, first), last=_quarter(pen, last))),
            (pen.words("qcover.incidents"), (pen.count(len(found.incidents), "起", incidents),)),
            (pen.words("qcover.archive"), pen.words("qcover.archive_value")),
            (pen.words("qcover.made"), (pen.full_day(today, basis("生成日期", "生成报告的时间", CLOCK)),)),
        ),
        marking=pen.words("qcover.marking"),
    )


def _summary(pen: Pen, found: QuarterFindings) -> Section:
    quarter = _quarter(pen, found.quarter)
    everything = Basis(what="本季事件数", how="计数", sources=fields(found.incidents, "record.head"))
    response = response_answer(pen, found)
    if found.incidents:
        levels = [each.record.head.level for each in found.incidents]
        counts = [(level, levels.count(level)) for level in (*LEVELS, None)]
        lead = pen.say(
            "qlead.some",
            quarter=quarter,
            n=pen.count(len(levels), "起", everything),
            levels=joined([pen.say(f"qlead.{level or 'no_level'}", n=pen.count(n, "起", everything)) for level, n in counts if n], "、"),
            response=(*pen.words("qsection.response"), *_colon(pen), *response),
        )
    else:
        lead = pen.say("qlead.none", quarter=quarter)
    answers = Table(
        id="quarter_answers",
        caption=pen.words("qchapter.questions"),
        columns=(Column(pen.word("qhead.question"), 24), Column(pen.word("qhead.answer"), 76)),
        rows=(
            (pen.words("qsection.response"), response),
            (pen.words("qsection.shares"), share_answer(pen, found)),
            (pen.words("qsection.executed"), executed_answer(pen, found)),
        ),
    )
    return Section(
        id="summary",
        level=1,
        title=pen.words("qchapter.summary"),
        blocks=(Paragraph(text=lead, style="lead"), answers, Tiles(items=tuple(_tiles(pen, found, everything)))),
    )


def _colon(pen: Pen) -> Text:
    return pen.words("qtext.colon")


def _tiles(pen: Pen, found: QuarterFindings, everything: Basis) -> list[Tile]:
    met, on_time = found.response.met_now, found.executed.on_time
    tiles = [Tile(label=pen.words("qtile.incidents"), value=(pen.count(len(found.incidents), "起", everything),))]
    if met.n:
        value = pen.text_claim(f"{met.k}/{met.n}", "k/n", Basis(what="首次回应达标数", how="计数", sources=sides(found, "record.first_response").sources))
        tiles.append(Tile(label=pen.words("qtile.met"), value=(value,)))
    if on_time.n:
        value = pen.text_claim(f"{on_time.k}/{on_time.n}", "k/n", action_basis(found, "按期完成的行动"))
        tiles.append(Tile(label=pen.words("qtile.on_time"), value=(value,)))
    overdue = sum(each.state == "overdue" for each in found.actions)
    tiles.append(Tile(label=pen.words("qtile.overdue"), value=(pen.count(overdue, "项", action_basis(found, "全部逾期未完成的行动")),)))
    tiles.append(Tile(label=pen.words("qtile.drills"), value=drills_claim(pen, found.mechanisms)))
    return tiles


def _break(pen: Pen, found: QuarterFindings) -> list[Block]:
    """Different rubrics stand out as a break, before anything is compared."""
    if len(found.rubrics) < 2:
        return []
    sources = fields([*found.incidents, *found.before], "record.head.rubric_sha256")
    return [pen.note("qtext.break", n=pen.count(len(found.rubrics), "", Basis(what="量表版本数", how="计数", sources=sources)))]


def _trend_chart(trend: Trend, ratio: bool) -> IndividualsChart:
    return IndividualsChart(
        points=tuple(
            Individual(label=f"{point.filed.day.month}月{point.filed.day.day}日", value=point.value, now=point.now) for point in trend.points[-MOST_POINTS:]
        ),
        kind="ratio" if ratio else "share",
        target=trend.target,
        centre=trend.centre,
        low=trend.low,
        high=trend.high if ratio or trend.high is None else min(trend.high, 1.0),
        trial=trend.limits == "trial",
    )


def _individuals(pen: Pen, found: QuarterFindings) -> list[Block]:
    blocks: list[Block] = []
    for name, trend, ratio in (("ratio", found.response_trend, True), ("peak", found.peak_trend, False)):
        if len(trend.points) >= LEAST_POINTS:
            limits = pen.words({"none": "qtext.no_limits", "trial": "qtext.trial", "fixed": "qtext.fixed"}[trend.limits])
            if len(trend.points) > MOST_POINTS:
                layout = basis("印出的点数", "版面", SettingKey(file="报告版面", key="MOST_POINTS"))
                limits = (*limits, *pen.say("qtext.limited", n=pen.count(MOST_POINTS, "起", layout)))
            blocks.append(
                Figure(
                    id=f"quarter_{name}",
                    caption=pen.words(f"qcaption.{name}_chart"),
                    alt=pen.words(f"qalt.{name}"),
                    chart=_trend_chart(trend, ratio),
                    note=pen.say("qtext.individual_note", limits=limits),
                )
            )
    return blocks or [pen.gap("qgap.individuals")]


def _multiples(pen: Pen, found: QuarterFindings, writing: QuarterWriting) -> list[Block]:
    with_curve = [each for each in found.incidents if len(each.record.curve) >= LEAST_POINTS]
    if not with_curve:
        return [pen.gap("qgap.curves")]
    shown = with_curve[-MOST_PANELS:]
    panels = tuple(
        MultiplePanel(
            title=f"{each.day.month}月{each.day.day}日 {each.record.head.event or each.incident}",
            points=tuple((mark.hours, mark.share) for mark in each.record.curve),
            response_hours=each.record.first_response.hours,
        )
        for each in shown
    )
    note = pen.words("qtext.multiples_note")
    if len(shown) < len(with_curve):
        note = (*note, *pen.say("qtext.limited", n=pen.count(len(shown), "起", basis("小图数", "版面", SettingKey(file="报告版面", key="MOST_PANELS")))))
    return [
        Figure(
            id="quarter_multiples",
            caption=pen.words("qcaption.multiples"),
            alt=pen.words("qalt.multiples"),
            chart=MultiplesChart(panels=panels, trigger=writing.trigger_share),
            note=note,
        )
    ]


def _methods(pen: Pen) -> Bullets:
    keys = ("ratio", "ladder", "silent", "pooled", "grades", "normal", "states", "repeat", "claims")
    return Bullets(items=tuple(pen.words(f"qmethods.{key}") for key in keys))
