"""The incident report: cover, 摘要, six chapters, appendices — assembled, numbered, and passed through the number gate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from review.analysis.analyse import Findings
from review.incident.case import Case
from review.incident.import_log import ImportLog
from review.intake.screenshots import NO_SCREENSHOTS, Screenshots
from review.report.claims import Claim, ClaimBook, check_numbers
from review.report.compose import (
    business_text,
    cause_text,
    emotion_text,
    figures_text,
    history_text,
    kept_text,
    links_text,
    mood_text,
    overview_text,
    plan_text,
    quality_text,
    response_detail,
    response_text,
    score_detail,
    screenshot_text,
    spread_detail,
    spread_text,
    strategy_text,
    summary_text,
    timeline_text,
)
from review.report.compose.events import KeyEvents, key_events
from review.report.compose.numbering import numbered
from review.report.compose.placing import Placed, placed
from review.report.document import Block, Bullets, Cover, Document, Paragraph, Section, Slot, Text, Words, parts, string, walk
from review.report.numbers import NumberStyle
from review.report.pen import CLOCK, Pen, basis
from review.report.phrases import Phrases, load_phrases
from review.report.privacy import Masks
from review.report.theme import Theme, templates_dir
from review.report.word_slots import EditedReport
from review.settings.analysis_settings import AnalysisSettings
from review.settings.vocabulary import read_vocabulary
from review.tracking.history import PastReviews

INDEX_ROWS = 16
LONGEST_ON_COVER = 60
"""Characters of the brand and of the event in the title on the cover, which must leave room for the facts below it."""
"""Claims printed in the index of evidence; all of them stand in claims.json."""

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How to write: time of the build (aware), zone, 呈报稿 or 工作稿, masked or not; edited: an earlier report whose slots people filled (None: none)."""

    made_at: datetime
    zone: str
    final: bool
    masked: bool
    edited: EditedReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """The document, its claims, lines for the terminal, and the day the incident is filed under (None without any date)."""

    document: Document
    claims: tuple[Claim, ...]
    notices: tuple[str, ...]
    incident_day: date | None


def compose(
    findings: Findings, case: Case, log: ImportLog, settings: AnalysisSettings, theme: Theme, writing: Writing, past: PastReviews | None = None,
    shots: Screenshots = NO_SCREENSHOTS,
) -> Composed:  # fmt: skip
    """The whole report. past: what the archive holds of this incident and its brand, None where no archive was given; shots: pictures for the appendix.

    Raises StrayNumberError where a number got in without a claim (a fault of ours).
    """
    phrases = phrases_of(theme)
    day = incident_day(findings, writing.zone)
    pen = Pen(
        phrases=phrases,
        book=ClaimBook(theme.language),
        masks=replace(masks_of(findings, case, settings, writing.masked), language=theme.language),
        style=NumberStyle(display=theme.display, zone=writing.zone, year=_unsaid_year(findings, day), language=theme.language),
        vocabulary=read_vocabulary(),
        longest_quote=settings.thresholds.voices.longest_quote,
    )
    today = writing.made_at.astimezone(ZoneInfo(writing.zone)).date()
    emotion = findings.emotion
    events = key_events(pen, findings.spread, findings.heat, findings.volume, emotion.curve, emotion.fired, findings.responses)
    extra = figures_text.extra_charts(pen, emotion, findings.propagation, settings.rubric.trigger_share)
    kept_root = kept_text.kept_words(pen, writing.edited, "deep_causes")
    summary = summary_text.summary(pen, findings, case, settings.rubric, events, kept_root)
    material = plan_text.Material(
        causes=findings.causes, plan=findings.plan, card=findings.score.card, rules=settings.plan, rubric=settings.rubric, today=today
    )
    chapters: tuple[Section, ...] = (
        _overview(pen, findings, case, settings),
        _data(pen, findings, (events, extra, screenshot_text.screenshot_refs(shots, findings.screenshots)), settings),
        cause_text.chapter(pen, case, findings.causes, settings.causes.tiers, history_text.history_blocks(pen, past)),
        _response(pen, findings, case, settings),
        plan_text.strategy_chapter(pen, case, material),
        plan_text.schedule_chapter(pen, case, material),
    )
    kept = kept_text.keep_edits(pen, string(_title(pen, case)), kept_text.with_evidence(pen, chapters), writing.edited)
    chapters = kept.chapters
    if writing.final:
        chapters, open_items = _calmed(pen, chapters)
        open_items += kept.open_items
        open_items += screenshot_text.open_screenshots(pen, shots)
    else:
        open_items = ()
    placing = placed(pen, chapters)
    changes = history_text.revision_sections(pen, past)
    evidence = screenshot_text.screenshot_sections(pen, shots, findings.screenshots)
    appendices = changes + kept.appendix + _appendices(pen, (findings, extra), (case, log), settings, placing, open_items) + evidence
    summary, chapters, appendices = numbered(theme.language, summary, placing.chapters, appendices)
    document = Document(
        language=theme.language.tag,
        title=string(_title(pen, case)),
        author=case.prepared_by or "",
        subject=pen.word("cover.subtitle"),
        header=(string((pen.typed(case.prepared_by),)) if case.prepared_by else pen.word("header.left"), case.confidentiality or pen.word("header.right")),
        made_at=writing.made_at,
        cover=_cover(pen, findings, case, writing, today),
        summary=summary,
        sections=chapters,
        appendices=appendices,
    )
    check_numbers(document, pen.book.claims, phrases.terms)
    notices = (*kept.notices, *screenshot_text.screenshot_notices(shots), *_notices(document, log, writing))
    return Composed(document=document, claims=pen.book.claims, notices=notices, incident_day=day)


def phrases_of(theme: Theme) -> Phrases:
    """The phrases of the theme's language, the house's before ours."""
    shipped, folder = templates_dir(), theme.language.phrases
    return load_phrases(shipped / folder, next((house / folder for house in theme.folders if house != shipped), None))


def masks_of(findings: Findings, case: Case, settings: AnalysisSettings, active: bool) -> Masks:
    """Who of this incident stays named and whose name is hidden in texts."""
    return Masks(
        public_names=frozenset(name for name in (*case.official_accounts, case.brand, *case.competitors) if name),
        named_followers=settings.thresholds.accounts.named_followers,
        hidden_names=findings.named_people,
        active=active,
    )


def incident_day(findings: Findings, zone: str) -> date | None:
    """The day of the chosen onset, else of the earliest dated row."""
    at = findings.facts.onset.at if findings.facts.onset is not None else findings.spread.first_at
    return None if at is None else at.astimezone(ZoneInfo(zone)).date()


def _unsaid_year(findings: Findings, day: date | None) -> int | None:
    """The incident's year, which dates need not say; None where the data reach over more than a year: then every date says its own."""
    first, last = findings.spread.first_at, findings.spread.last_at
    if day is None or (first is not None and last is not None and last - first > YEAR):
        return None
    return day.year


def _title(pen: Pen, case: Case) -> Text:
    """《【品牌】“事件”舆情复盘报告》; brackets and quotes belong to the names, so that a line never begins with a closing one."""
    if case.brand and case.event:
        return pen.say("cover.title", brand=pen.typed(f"【{case.brand}】"), event=pen.named(case.event))
    return pen.say("cover.title_brand", brand=pen.typed(f"【{case.brand}】")) if case.brand else pen.words("cover.title_bare")


def _cover(pen: Pen, findings: Findings, case: Case, writing: Writing, today: date) -> Cover:
    curve = findings.emotion.curve
    last = summary_text.last_seen(findings)
    rows = (*(() if curve is None else (curve.rows,)), findings.spread.rows)
    until: Text = (
        pen.words("cover.unknown")
        if last is None
        else (pen.full_day(last.astimezone(ZoneInfo(writing.zone)).date(), basis("数据截至", "最后一个有数据的时间", *rows)),)
    )
    edition: Text = pen.words("cover.final" if writing.final else "cover.draft")
    if case.version:
        edition = (*edition, Words("　"), pen.typed(case.version))
    facts = [
        (pen.words("cover.period"), summary_text.period(pen, findings)),
        (pen.words("cover.until"), until),
        (pen.words("cover.department"), (pen.typed(case.prepared_by),) if case.prepared_by else pen.words("cover.unnamed_department")),
        (pen.words("cover.edition"), edition),
        (pen.words("cover.made"), (pen.full_day(today, basis("生成日期", "生成报告的时间", CLOCK)),)),
    ]
    if case.distribution:
        facts.append((pen.words("cover.distribution"), (pen.typed("、".join(case.distribution)),)))
    brand, event = (None if name is None else pen.quote(name, LONGEST_ON_COVER).text for name in (case.brand, case.event))
    return Cover(
        title=_title(pen, replace(case, brand=brand, event=event)),
        subtitle=pen.words("cover.subtitle"),
        facts=tuple(facts),
        marking=pen.words("cover.marking" if writing.masked else "cover.unmasked"),
    )


def _overview(pen: Pen, findings: Findings, case: Case, settings: AnalysisSettings) -> Section:
    emotion = findings.emotion
    return overview_text.chapter(
        pen,
        (
            Paragraph(text=pen.words("cover.method"), style="note"),
            *overview_text.course_blocks(pen, case, findings.facts, (emotion.fired, None if emotion.curve is None else emotion.curve.precision)),
        ),
        overview_text.level_blocks(pen, case, findings.facts, emotion.fired, settings.rubric),
        overview_text.reach_blocks(pen, (findings.spread, findings.heat, findings.business), emotion.curve, findings.facts),
    )


def _data(pen: Pen, findings: Findings, shown: tuple[KeyEvents, figures_text.ExtraCharts, screenshot_text.Refs], settings: AnalysisSettings) -> Section:
    emotion, (events, extra, pictures) = findings.emotion, shown
    since = emotion_text.begun(emotion.curve)
    pieces: tuple[tuple[str, Sequence[Block]], ...] = (
        ("timeline", timeline_text.timeline_blocks(pen, events, findings.volume, pictures, since)),
        (
            "spread",
            [
                *spread_text.first_posts(pen, findings.spread),
                *spread_text.milestones(pen, findings.heat),
                *spread_text.peak_blocks(pen, findings.volume, events),
                *links_text.link_blocks(pen, findings.propagation, settings.thresholds.accounts, since),
                *figures_text.see_appendix(pen, extra, "spread"),
            ],
        ),
        (
            "emotion",
            [
                *emotion_text.curve_blocks(pen, emotion.curve, events, emotion.fired, settings.rubric.trigger_share),
                *emotion_text.recovery_blocks(pen, emotion.curve, (emotion.normal, emotion.decline), _began(findings)),
                *mood_text.mood_blocks(pen, emotion),
                *figures_text.see_appendix(pen, extra, "mood"),
            ],
        ),
        ("accounts", spread_text.account_blocks(pen, findings.accounts, findings.spread, settings.thresholds.accounts)),
        ("voices", spread_text.voice_blocks(pen, findings.voices)),
        ("hot", spread_text.list_blocks(pen, findings.heat)),
        ("conversion", [*business_text.business_blocks(pen, findings.business, events), *strategy_text.cost_blocks(pen, findings.plan.cost)]),
    )
    return Section(
        id="data",
        level=1,
        title=pen.words("chapter.data"),
        blocks=tuple(Section(id=f"data.{name}", level=2, title=pen.words(f"section.{name}"), blocks=one_gap(blocks)) for name, blocks in pieces),
    )


def _began(findings: Findings) -> datetime | None:
    """The later of the chosen onset and the crossing of the trigger line: what happened before was no part of the crisis' end."""
    onset, fired = findings.facts.onset, findings.emotion.fired
    return max((each.at for each in (onset, fired) if each is not None), default=None)


def one_gap(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """At most one gap line a subsection: the first stays (the others' inputs are listed in 数据缺口 by their own subsections)."""
    kept: list[Block] = []
    seen = False
    for block in blocks:
        if isinstance(block, Paragraph) and block.style == "gap":
            if seen:
                continue
            seen = True
        kept.append(block)
    return tuple(kept)


def _response(pen: Pen, findings: Findings, case: Case, settings: AnalysisSettings) -> Section:
    cards = {str(i): card for i, card in enumerate(findings.responses)}
    effects = response_text.effect_blocks(pen, findings.emotion.curve, (findings.effects, findings.joint_effects, findings.escalation), cards)
    return response_text.chapter(pen, case, findings.score.card, settings.rubric, settings.reasons, effects)


def _calmed(pen: Pen, chapters: tuple[Section, ...]) -> tuple[tuple[Section, ...], tuple[Text, ...]]:
    """呈报稿: open slots become calm sentences, and are gathered under 未定事项."""
    found: list[Text] = []

    def calm(section: Section) -> Section:
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Section):
                blocks.append(calm(block))
            elif isinstance(block, Slot) and not block.text:
                found.append((*section.title, Words("："), *_unmarked(block.prompt)))
                blocks.append(pen.body("final.open"))
            else:
                blocks.append(block)
        return replace(section, blocks=tuple(blocks))

    return tuple(calm(chapter) for chapter in chapters), tuple(found)


def _unmarked(prompt: Text) -> Text:
    """A slot's prompt without the mark of the 工作稿: under 未定事项 everything is open."""
    first, *rest = prompt
    return (Words(kept_text.OPEN_MARK.sub("", first.text)), *rest) if isinstance(first, Words) else prompt


def _appendices(
    pen: Pen,
    found: tuple[Findings, figures_text.ExtraCharts],
    about: tuple[Case, ImportLog],
    settings: AnalysisSettings,
    placing: Placed,
    open_items: tuple[Text, ...],
) -> tuple[Section, ...]:
    (findings, extra), (case, log) = found, about
    gaps = quality_text.gap_lines(placing.chapters) or [pen.body("appendix.no_gaps")]
    made = [
        Section(
            id="appendix.sources",
            level=1,
            title=pen.words("appendix.sources"),
            blocks=(
                *quality_text.source_blocks(pen, log),
                *spread_detail.quality_blocks(pen, findings.propagation.quality),
                *mood_text.label_blocks(pen, findings.emotion, settings.curve.labels),
            ),
            page_break=True,
        ),
        Section(id="appendix.gaps", level=1, title=pen.words("appendix.gaps"), blocks=tuple(gaps)),
        Section(
            id="appendix.score",
            level=1,
            title=pen.words("appendix.score"),
            blocks=(
                score_detail.score_table(pen, findings, settings),
                *score_detail.other_scores(pen, findings),
                *response_detail.blocks(pen, findings, case, settings),
            ),
        ),
        *([Section(id="appendix.details", level=1, title=pen.words("appendix.details"), blocks=placing.details)] if placing.details else []),
        figures_text.extra_section(pen, extra, findings.emotion, findings.propagation),
        Section(id="appendix.methods", level=1, title=pen.words("appendix.methods"), blocks=tuple(_methods(pen, findings))),
    ]
    if detail := spread_detail.detail_blocks(pen, findings.propagation, findings.roles):
        made.insert(1, Section(id="appendix.spread", level=1, title=pen.words("appendix.spread"), blocks=tuple(detail)))
    if open_items:
        made.append(Section(id="appendix.open", level=1, title=pen.words("appendix.open"), blocks=(Bullets(items=open_items),)))
    made.append(
        Section(
            id="appendix.evidence", level=1, title=pen.words("appendix.evidence"), blocks=tuple(quality_text.evidence_index(pen, pen.book.claims, INDEX_ROWS))
        )
    )
    return tuple(made)


def _methods(pen: Pen, findings: Findings) -> list[Block]:
    """方法与口径: how the figures were made, as far as they are in this report."""
    keys = ["level", "onset"]
    if findings.emotion.curve is not None:
        keys += ["share", "band", "turns", "normal"]
    if findings.effects:
        keys.append("effects")
    keys += ["score", "privacy", "claims"]
    return [Bullets(items=tuple(pen.words(f"methods.{key}") for key in keys))]


def _notices(document: Document, log: ImportLog, writing: Writing) -> tuple[str, ...]:
    lines = [f"未使用：{each.file}（{each.reason}）" for each in log.skipped]
    rejected = len(log.rejections)
    if rejected:
        lines.append(f"有 {rejected} 处行或单元格未采用，详见 work/rejected.csv")
    slots = [block for block in walk(*parts(document)) if isinstance(block, Slot) and not block.text]
    if slots:
        lines.append(f"有 {len(slots)} 处待人工判断，报告中以【待确认】标出")
    if writing.final:
        open_section = next((section for section in document.appendices if section.id == "appendix.open"), None)
        if open_section is not None:
            lines += [f"未定：{string(item)}" for block in open_section.blocks if isinstance(block, Bullets) for item in block.items]
    return tuple(lines)
