"""The incident report: cover, 摘要, six chapters, appendices — assembled, numbered, and passed through the number gate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from review.analysis.analyse import Findings
from review.incident.case import Case
from review.incident.evidence import SettingKey
from review.incident.import_log import ImportLog
from review.intake.ours import LABELS
from review.intake.screenshots import NO_SCREENSHOTS, Screenshots
from review.report.claims import Claim, ClaimBook, check_numbers, claims_in
from review.report.compose import (
    business_text,
    cause_text,
    emotion_text,
    figures_text,
    history_text,
    hot_list_text,
    kept_text,
    links_text,
    mood_text,
    overview_text,
    plan_text,
    quality_text,
    response_detail,
    response_text,
    score_detail,
    score_text,
    screenshot_text,
    spread_detail,
    spread_text,
    strategy_text,
    summary_text,
    tier_text,
    timeline_text,
)
from review.report.compose.chapter import Pieces, chapter
from review.report.compose.empty_columns import without_empty_columns
from review.report.compose.events import KeyEvents, key_events
from review.report.compose.numbering import numbered
from review.report.compose.placing import Placed, placed
from review.report.document import Block, Bullets, Cover, Document, Paragraph, Section, Slot, Text, Words, string, walk
from review.report.numbers import NumberStyle
from review.report.pen import CLOCK, Pen, basis
from review.report.phrases import phrases_of
from review.report.privacy import Masks
from review.report.theme import Theme
from review.report.word_slots import EditedReport
from review.settings.analysis_settings import AnalysisSettings
from review.settings.rubric import Rubric
from review.settings.vocabulary import read_vocabulary
from review.tracking.history import PastReviews

INDEXED = ("turning_points", "verdicts", "overview.level")
INDEX_ROWS = 32
"""Claims printed in the index of evidence; all of them stand in claims.json."""

LONGEST_ON_COVER = 60
"""Characters of the brand and of the event in the title on the cover, which must leave room for the facts below it."""

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What a report is written from: what was found, typed and imported, and the settings it is judged by.

    past: what the archive holds of this incident and its brand, None where no archive was given; screenshots: pictures for the appendix.
    """

    findings: Findings
    case: Case
    import_log: ImportLog
    settings: AnalysisSettings
    past: PastReviews | None = None
    screenshots: Screenshots = NO_SCREENSHOTS


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
    """The document, its claims and lines for the terminal."""

    document: Document
    claims: tuple[Claim, ...]
    notices: tuple[str, ...]


def compose(dossier: Dossier, theme: Theme, writing: Writing) -> Composed:
    """The whole report. Raises StrayNumberError where a number got in without a claim (a fault of ours)."""
    findings, case, settings, shots = dossier.findings, dossier.case, dossier.settings, dossier.screenshots
    pen = _pen(dossier, theme, writing)
    today = writing.made_at.astimezone(ZoneInfo(writing.zone)).date()
    events = key_events(pen, findings)
    extra = figures_text.extra_charts(pen, findings.emotion, findings.propagation, settings.rubric.trigger_share)
    kept_root = kept_text.kept_words(pen, writing.edited, "deep_causes")
    summary = summary_text.summary(pen, findings, case, settings.rubric, events, today, kept_root)
    material = plan_text.Material(
        causes=findings.causes, plan=findings.plan, card=findings.score.card, rules=settings.plan, rubric=settings.rubric, today=today
    )
    written = (
        _overview(pen, dossier),
        _data(pen, dossier, events, extra),
        _causes(pen, dossier),
        _response(pen, dossier),
        plan_text.strategy_chapter(pen, case, material),
        plan_text.schedule_chapter(pen, case, material),
    )
    kept = kept_text.keep_edits(pen, _title(pen, case), kept_text.with_evidence(pen, written), writing.edited)
    chapters: tuple[Section, ...] = kept.chapters
    open_items: tuple[Text, ...] = ()
    if writing.final:
        chapters, calmed = _calmed(pen, chapters)
        open_items = (*calmed, *kept.open_items, *screenshot_text.open_screenshots(pen, shots))
    placing = placed(pen, chapters)
    cover = _cover(pen, dossier, writing, today)
    changes = history_text.revision_sections(pen, dossier.past)
    pictures = screenshot_text.screenshot_sections(pen, shots, findings.screenshots)
    appendices = (*changes, *kept.appendix, *_appendices(pen, dossier, extra, placing), *_open_section(pen, open_items))
    appendices = (*appendices, _evidence(pen, summary, placing.chapters), *pictures)  # the index counts what the rest has claimed
    chapters, appendices = (tuple(without_empty_columns(pen, section) for section in part) for part in (placing.chapters, appendices))
    summary, chapters, appendices = numbered(theme, summary, chapters, appendices)
    author = string((pen.typed(case.prepared_by),)) if case.prepared_by else ""
    document = Document(
        language=theme.language.tag,
        title=string(_title(pen, case)),
        author=author,
        subject=pen.word("cover.subtitle"),
        header=(author or pen.word("header.left"), string((pen.typed(case.confidentiality),)) if case.confidentiality else pen.word("header.right")),
        made_at=writing.made_at,
        cover=cover,
        summary=summary,
        sections=chapters,
        appendices=appendices,
    )
    check_numbers(document, pen.book.claims, pen.phrases.terms)
    notices = (*kept.notices, *screenshot_text.screenshot_notices(shots), *_notices(document, dossier.import_log, writing))
    return Composed(document=document, claims=pen.book.claims, notices=notices)


def _pen(dossier: Dossier, theme: Theme, writing: Writing) -> Pen:
    """A pen with an empty book of claims, in the language, zone and year of this report."""
    findings, settings, language = dossier.findings, dossier.settings, theme.language
    year = _unsaid_year(findings, writing.zone)
    return Pen(
        phrases=phrases_of(theme),
        book=ClaimBook(language),
        masks=replace(masks_of(findings, dossier.case, settings, writing.masked), language=language),
        style=NumberStyle(display=theme.display, zone=writing.zone, year=year, language=language),
        vocabulary=read_vocabulary(),
        longest_quote=settings.thresholds.voices.longest_quote,
    )


def masks_of(findings: Findings, case: Case, settings: AnalysisSettings, active: bool) -> Masks:
    """Who of this incident stays named and whose name is hidden in texts."""
    return Masks(
        public_names=frozenset(name for name in (*case.official_accounts, case.brand, *case.competitors) if name),
        named_followers=settings.thresholds.accounts.named_followers,
        hidden_names=findings.named_people,
        active=active,
    )


def incident_day(findings: Findings, zone: str) -> date | None:
    """The day of the chosen onset, else of the earliest dated row that may be of the incident."""
    earliest = findings.spread.first_at if findings.scope.untold is None and not findings.spread.all_own else None
    at = earliest if findings.facts.onset is None else findings.facts.onset.at
    return None if at is None else at.astimezone(ZoneInfo(zone)).date()


def _unsaid_year(findings: Findings, zone: str) -> int | None:
    """The incident's year, which dates need not say; None where the data reach over more than a year or the incident over New Year: then every date says its
    own, for 12月31日 beside 2026年1月1日 leaves the reader to guess."""
    day, last = incident_day(findings, zone), summary_text.last_seen(findings)
    first = findings.spread.first_at
    if day is None or (first is not None and last is not None and last - first > YEAR):
        return None
    return None if last is not None and last.astimezone(ZoneInfo(zone)).year != day.year else day.year


def _title(pen: Pen, case: Case) -> Text:
    """《【品牌】“事件”舆情复盘报告》; brackets and quotes belong to the names, so that a line never begins with a closing one."""
    if case.brand and case.event:
        return pen.say("cover.title", brand=pen.typed(f"【{case.brand}】"), event=pen.named(case.event))
    return pen.say("cover.title_brand", brand=pen.typed(f"【{case.brand}】")) if case.brand else pen.words("cover.title_bare")


def _cover(pen: Pen, dossier: Dossier, writing: Writing, today: date) -> Cover:
    findings, case = dossier.findings, dossier.case
    curve = findings.emotion.curve
    last = summary_text.last_seen(findings)
    rows = (*(() if curve is None else (curve.rows,)), findings.spread.rows)
    zone = ZoneInfo(writing.zone)
    until: Text = (
        pen.words("cover.unknown")
        if last is None
        else (pen.full_day(last.astimezone(zone).date(), basis("舆论数据截至", "帖文与评论中最后一个有数据的时间", *rows)),)
    )
    traded = summary_text.last_traded(findings, zone)
    if last is not None and traded is not None and traded[0] != last.astimezone(zone).date():
        until = pen.say("cover.until_both", opinion=until, business=pen.full_day(traded[0], basis("经营数据截至", "销量与粉丝读数的最后一天", *traded[1])))
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


def _overview(pen: Pen, dossier: Dossier) -> Section:
    findings, case = dossier.findings, dossier.case
    pieces: Pieces = (
        ("course", [Paragraph(text=pen.words("cover.method"), style="note"), *overview_text.course_blocks(pen, case, findings)]),
        ("level", overview_text.level_blocks(pen, case, findings, dossier.settings.rubric)),
        ("reach", overview_text.reach_blocks(pen, findings)),
    )
    return chapter(pen, "overview", pieces)


def _data(pen: Pen, dossier: Dossier, events: KeyEvents, extra: figures_text.ExtraCharts) -> Section:
    findings, settings, emotion = dossier.findings, dossier.settings, dossier.findings.emotion
    pictures = screenshot_text.screenshot_refs(dossier.screenshots, findings.screenshots)
    since = emotion_text.begun(emotion.curve)
    pieces: Pieces = (
        ("timeline", timeline_text.timeline_blocks(pen, events, findings.volume, pictures, since)),
        (
            "spread",
            [
                *spread_text.first_posts(pen, findings.spread, findings.scope),
                *spread_text.milestones(pen, findings.heat),
                *spread_text.peak_blocks(pen, findings.volume, events),
                *links_text.link_blocks(pen, findings.propagation, settings.thresholds.accounts, since),
                *figures_text.see_appendix(pen, extra, "spread"),
            ],
        ),
        (
            "emotion",
            [
                *emotion_text.curve_blocks(pen, emotion, events, findings.spread.rows, settings.rubric.trigger_share),
                *emotion_text.recovery_blocks(pen, emotion, summary_text.crisis_began(findings)),
                *mood_text.mood_blocks(pen, emotion),
                *figures_text.see_appendix(pen, extra, "mood"),
            ],
        ),
        ("accounts", spread_text.account_blocks(pen, findings, settings.thresholds.accounts)),
        ("voices", spread_text.voice_blocks(pen, findings.voices, findings.scope, emotion.sources)),
        ("hot", hot_list_text.list_blocks(pen, findings.heat)),
        ("conversion", [*business_text.business_blocks(pen, findings.business, events), *strategy_text.cost_blocks(pen, findings.plan.cost)]),
    )
    return chapter(pen, "data", [(name, one_gap(blocks)) for name, blocks in pieces])


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


def _causes(pen: Pen, dossier: Dossier) -> Section:
    case, causes = dossier.case, dossier.findings.causes
    listed = case.sources_of("core_users")
    scope = spread_text.scope_note(pen, dossier.findings.scope)
    history = history_text.history_blocks(pen, dossier.past)
    pieces: Pieces = (
        ("surface", cause_text.surface_blocks(pen, case, causes, scope)),
        ("deep", [*cause_text.deep_blocks(pen, case, causes), *cause_text.why_chain(pen, case)]),
        (
            "tiers",
            [*(scope if causes.tiers else ()), *tier_text.tier_blocks(pen, causes, dossier.settings.causes.tiers, listed)],
        ),
        ("history", history),
    )
    return chapter(pen, "causes", pieces)


def _response(pen: Pen, dossier: Dossier) -> Section:
    findings, settings, card = dossier.findings, dossier.settings, dossier.findings.score.card
    compared = response_text.Compared(singles=findings.effects, groups=findings.joint_effects, moved=findings.escalation, settings=settings.curve.effects)
    effects = response_text.effect_blocks(pen, findings.emotion.curve, compared, findings.responses)
    pieces: Pieces = (
        ("verdicts", response_text.verdict_blocks(pen, card, settings.rubric, settings.reasons)),
        ("strengths", response_text.lesson_blocks(pen, card, dossier.case, "strength")),
        ("weaknesses", response_text.lesson_blocks(pen, card, dossier.case, "weakness")),
        ("effects", effects),
        ("score", response_text.score_blocks(pen, card, settings.rubric)),
    )
    return chapter(pen, "response", pieces)


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


def _appendices(pen: Pen, dossier: Dossier, extra: figures_text.ExtraCharts, placing: Placed) -> tuple[Section, ...]:
    """Those made of the data: sources, gaps, the ways it spread, score, details, figures, methods."""
    findings, settings = dossier.findings, dossier.settings
    gaps = quality_text.gap_lines(placing.chapters) or [pen.body("appendix.no_gaps")]
    made = [
        Section(
            id="appendix.sources",
            level=1,
            title=pen.words("appendix.sources"),
            blocks=(
                *quality_text.source_blocks(pen, dossier.import_log),
                *spread_detail.quality_blocks(pen, findings.propagation.quality),
                *mood_text.label_blocks(pen, findings.emotion, settings.curve.labels, findings.spread.rows),
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
                *response_detail.blocks(pen, findings, dossier.case, settings),
            ),
        ),
        *([Section(id="appendix.details", level=1, title=pen.words("appendix.details"), blocks=placing.details)] if placing.details else []),
        figures_text.extra_section(pen, extra, findings.emotion, findings.propagation),
        Section(id="appendix.methods", level=1, title=pen.words("appendix.methods"), blocks=tuple(_methods(pen, findings, settings.rubric))),
    ]
    if detail := spread_detail.detail_blocks(pen, findings.propagation, findings.roles):
        made.insert(1, Section(id="appendix.spread", level=1, title=pen.words("appendix.spread"), blocks=tuple(detail)))
    return tuple(made)


def _open_section(pen: Pen, items: tuple[Text, ...]) -> tuple[Section, ...]:
    """未定事项; () where nothing is open."""
    return (Section(id="appendix.open", level=1, title=pen.words("appendix.open"), blocks=(Bullets(items=items),)),) if items else ()


def _evidence(pen: Pen, summary: Section, chapters: Sequence[Section]) -> Section:
    """The index of the claims a director reads first: of the 摘要, the turns, the three verdicts and the level, in this order."""
    inner = [block for block in walk(*chapters) if getattr(block, "id", None) in INDEXED]
    leading = [*walk(summary), *walk(*sorted(inner, key=lambda block: INDEXED.index(getattr(block, "id", ""))))]
    blocks = quality_text.evidence_index(pen, claims_in(leading), INDEX_ROWS)
    return Section(id="appendix.evidence", level=1, title=pen.words("appendix.evidence"), blocks=tuple(blocks))


RHO: Final = (
    "按逐条标签，相邻时段负面占比（Freeman–Tukey 反正弦变换）之差的平方，除以两时段的（1 +（条数 − 1）ρ）÷（条数 + 0.5）之和，"
    "使其中位数等于 0.4549 的 ρ；ρ 为零时已不超过的取零"
)


def _methods(pen: Pen, findings: Findings, rubric: Rubric) -> list[Block]:
    """方法与口径: how the figures were made, as far as they are in this report; what a rubric may change is told by the rubric."""
    least = pen.count(rubric.level1_min, "", basis("一级危机的门槛", "量表", score_text.rubric_key("level.level1_min")))
    line = pen.share(rubric.trigger_share, basis("预警线", "量表", score_text.rubric_key("trigger.negative_share")), 0)
    items = [pen.say("methods.level", least=least), pen.say("methods.onset", line=line)]
    curve = findings.emotion.curve
    if curve is not None:
        calibrated = curve.grade == "audited"
        width: Text = ()
        if curve.width is not None:
            chosen = basis("时段宽度", "可选的宽度中，使多数评论所在时段足够密的最小者", curve.rows, SettingKey(file="curve.toml", key="buckets.busy_comments"))
            width = pen.say("methods.width", width=pen.duration(curve.width, chosen))
        items += [pen.say("methods.share_calibrated" if calibrated else "methods.share", width=width)]
        items += [pen.words("methods.calibration")] if calibrated else []
        rho = pen.decimal(curve.rho, basis("时段内评论的相关程度", RHO if curve.rho_estimated else "时段太少，取设定的默认值", curve.rows), 3)
        items.append(pen.say("methods.band", rho=rho, error=pen.words("methods.band_error") if calibrated else ()))
        items += [pen.words(f"methods.{key}") for key in ("turns", "normal")]
    if findings.effects:
        items.append(pen.words("methods.effects"))
    items += [pen.say("methods.score", low=score_text.low_coverage(pen, rubric)), pen.words("methods.privacy"), pen.words("methods.claims")]
    return [Bullets(items=tuple(items))]


def _notices(document: Document, log: ImportLog, writing: Writing) -> tuple[str, ...]:
    lines = [f"未使用：{each.file}（{each.reason}）" for each in log.skipped if each.reason != LABELS]
    rows = sum(each.kind == "row" for each in log.rejections)
    told = [f"{n:,} {what}" for n, what in ((rows, "行被隔离"), (len(log.rejections) - rows, "个单元格未读")) if n]
    if told:
        lines.append(f"有 {'，'.join(told)}，详见 work/rejected.csv")
    slots = [
        f"{string(section.title)}：{string(_unmarked(block.prompt))}"
        for chapter in document.sections
        for section in chapter.blocks
        if isinstance(section, Section)
        for block in walk(section)
        if isinstance(block, Slot) and not block.text
    ]
    if slots:
        lines.append(f"有 {len(slots)} 处待人工判断，报告中以【待确认】标出")
        lines += [f"待判断：{slot}" for slot in slots]
    if writing.final:
        open_section = next((section for section in document.appendices if section.id == "appendix.open"), None)
        if open_section is not None:
            lines += [f"未定：{string(item)}" for block in open_section.blocks if isinstance(block, Bullets) for item in block.items]
    return tuple(lines)
