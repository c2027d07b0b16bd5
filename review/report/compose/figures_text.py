"""附录 图表补充: figures too many for the body — emotions over time, negative share per platform, reposts by depth, groups of near-copies.

What is drawn is decided first, without a claim, so that the body can point at figures that will be there; the appendix is written later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from review.analysis.cascades import Cascades
from review.analysis.copy_groups import CopyGroup
from review.analysis.curve import Curve, moment
from review.analysis.curve_points import bucket_groups
from review.analysis.depth_stream import DepthStream
from review.analysis.mood import Mood, WordCurve
from review.analysis.propagation import Propagation
from review.incident.evidence import SettingKey
from review.report.chart_data import BandsChart, BandSpan, CopiesChart, CopyLane, LayersChart, PanelsChart, SharePanel
from review.report.compose.emotion_text import THIN_BELOW, curve_chart
from review.report.compose.events import KeyEvents
from review.report.compose.links_text import ALIKE, COPY_RULES
from review.report.compose.mood_text import LEXICON, SHOWS_EMOTION, checked_emotions, portion_of_words
from review.report.compose.shares_text import grade_text, place_text, share_of
from review.report.document import DASH, Block, Column, Figure, Label, Paragraph, Ref, Section, Table, Text, Words, string
from review.report.pen import Pen, basis
from review.report.phrases import joined

COVERED: Final = SettingKey(file="links.toml", key="cascades.covered")

MOST_BANDS: Final = 90
"""Bars of a strip that stay apart at A4 width."""

LEAST_SPANS: Final = 3
"""Fewer buckets make no course of time."""

MOST_PANELS: Final = 6
"""Panels that fit a page beside their caption."""

LAYER_NAMES: Final = ("first", "second", "third")
"""Phrases of the layers told apart; the last layer drawn is all deeper ones."""

OPENING: Final = 26
"""Characters of a group's text that stand in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraCharts:
    """The drawings of the appendix, None where the data do not give one."""

    emotions: BandsChart | None
    platforms: PanelsChart | None
    layers: LayersChart | None
    copies: CopiesChart | None


def extra_charts(pen: Pen, mood: Mood, spread: Propagation, trigger_share: float) -> ExtraCharts:
    """What can be drawn; no claim is made."""
    return ExtraCharts(
        emotions=_emotions(pen, mood),
        platforms=_platforms(pen, mood.curve, trigger_share),
        layers=_layers(pen, spread.depths),
        copies=_copies(pen, spread.copies),
    )


def see_appendix(pen: Pen, charts: ExtraCharts, topic: str) -> list[Block]:
    """One line in the body that points at the figures of its topic (mood or spread); nothing where there are none."""
    figures = {"mood": (("emotions", charts.emotions), ("platforms", charts.platforms)), "spread": (("layers", charts.layers), ("copies", charts.copies))}
    there = [pen.say(f"figures.see_{name}", figure=Ref(f"extra_{name}")) for name, chart in figures[topic] if chart is not None]
    return [pen.note("figures.see", what=joined(there, "、"))] if there else []


def extra_section(pen: Pen, charts: ExtraCharts, mood: Mood, spread: Propagation) -> Section:
    """附录 图表补充: each figure, or one sentence that says why it is not there."""
    blocks: list[Block] = []
    missing: list[Text] = []
    if charts.emotions is not None and mood.curve is not None:
        blocks.append(_emotion_figure(pen, charts.emotions, mood))
    else:
        missing.append(pen.words("figures.no_emotions"))
    if charts.platforms is not None and mood.curve is not None:
        blocks.append(_platform_figure(pen, charts.platforms, mood.curve))
    else:
        missing.append(pen.words("figures.no_platforms"))
    if charts.layers is not None and spread.depths is not None:
        blocks.append(_layer_figure(pen, charts.layers, spread.depths))
    else:
        missing.append(_no_layers(pen, spread.cascades))
    if charts.copies is not None:
        blocks += _copy_blocks(pen, charts.copies, spread.copies)
    else:
        missing.append(pen.words("figures.no_copies"))
    if missing:
        blocks.append(Paragraph(text=(*pen.words("figures.not_drawn"), *joined(missing, "；"), Words("。"))))
    return Section(id="appendix.figures", level=1, title=pen.words("appendix.figures"), blocks=tuple(blocks))


# emotions


def _emotions(pen: Pen, mood: Mood) -> BandsChart | None:
    """Emotions by how many rows show them; None without a curve of rows on the same buckets, or where no row shows one."""
    curve = mood.curve
    shown = _shown_emotions(mood)
    if curve is None or curve.width is None or not shown or len(curve.starts) != len(shown[0].starts):
        return None
    groups = [group for group in bucket_groups(curve, MOST_BANDS, THIN_BELOW) if curve.volume[group].sum() > 0]
    if len(groups) < LEAST_SPANS:
        return None
    sizes = [int(curve.volume[group].sum()) for group in groups]
    chart = BandsChart(
        spans=tuple(
            BandSpan(start=moment(curve.starts[group[0]]), end=moment(curve.ends[group[-1]]), n=n, thin=n < THIN_BELOW)
            for group, n in zip(groups, sizes, strict=True)
        ),
        bands=tuple(
            (pen.code("emotion", each.name).text, tuple(sum(each.counts[i] for i in group) / n for group, n in zip(groups, sizes, strict=True)))
            for each in shown
        ),
        zone=pen.zone,
    )
    return chart if any(value for _, values in chart.bands for value in values) else None


def _shown_emotions(mood: Mood) -> list[WordCurve]:
    """Those that occur, most frequent first; ties in the given order."""
    return sorted((each for each in mood.emotions if each.total), key=lambda each: -each.total)


def _emotion_figure(pen: Pen, chart: BandsChart, mood: Mood) -> Figure:
    leading = _shown_emotions(mood)[0]
    source = (leading.source.rows, LEXICON)
    name = pen.code("emotion", leading.name)
    alt = pen.say(
        "figures.emotions_alt",
        name=name,
        n=pen.count(leading.total, "条", basis(f"表现“{name.text}”的条数", SHOWS_EMOTION, *source)),
        share=pen.share(leading.total / mood.words, basis(f"表现“{name.text}”的比例", portion_of_words(mood), *source)),
    )
    firm = [(value, -i) for i, (span, value) in enumerate(zip(chart.spans, chart.bands[0][1], strict=True)) if value and not span.thin]
    if firm and mood.curve is not None:
        value, place = max(firm)
        span = chart.spans[-place]
        which = f"{pen.style.when(span.start)} 至 {pen.style.when(span.end)} 的一段（图中各段里最高；与情绪走势同样的内容，过少的段不计）"
        alt = (
            *alt,
            *pen.say(
                "figures.emotions_peak",
                at=pen.when(span.start, basis(f"“{name.text}”占比最高的时段", f"{which}的起点", mood.curve.rows, LEXICON)),
                share=pen.share(value, basis(f"“{name.text}”占比的最高值", f"{which}中，labels.csv 的情绪有此项的条数 ÷ 全部条数", mood.curve.rows, LEXICON)),
            ),
        )
    note = (*pen.words("figures.emotions_note"), *(pen.words("figures.emotions_checked") if checked_emotions(mood) else ()))
    return Figure(id="extra_emotions", caption=pen.words("figures.emotions"), alt=(*alt, Words("。")), chart=chart, note=note)


# negative share per platform


def _platforms(pen: Pen, curve: Curve | None, trigger_share: float) -> PanelsChart | None:
    """The platforms with most judged rows, most first; None where there is but one, or none with two points."""
    if curve is None:
        return None
    every = curve.platforms if curve.width is not None else (curve, *curve.platforms)
    nothing = KeyEvents(shown=(), minor=())
    panels = []
    for each in sorted(every, key=lambda one: (-float(one.n.sum()), one.place or "")):
        drawn = curve_chart(replace(each, focus=curve.focus) if curve.width is not None else each, nothing, trigger_share, pen.zone, small=True)
        if len(drawn.points) >= 2:
            panels.append(SharePanel(name=_place(pen, each), n=round(float(each.n.sum())), curve=drawn))
    return PanelsChart(panels=tuple(panels[:MOST_PANELS])) if len(panels) > 1 else None


def _place(pen: Pen, curve: Curve) -> str:
    return string(place_text(pen, curve))


def _platform_figure(pen: Pen, chart: PanelsChart, curve: Curve) -> Figure:
    every = curve.platforms if curve.width is not None else (curve, *curve.platforms)
    named = {panel.name for panel in chart.panels}
    shown = sorted((each for each in every if _place(pen, each) in named), key=lambda each: (-float(each.k.sum() / each.n.sum()), each.place or ""))
    ends = [
        pen.say(
            "figures.platform_share",
            name=Words(_place(pen, each)) if not any(mark.isdigit() for mark in _place(pen, each)) else pen.typed(_place(pen, each)),
            share=share_of(pen, each, float(each.k.sum() / each.n.sum()), "该平台全程负面占比", "", each.rows),
            n=pen.count(float(each.n.sum()), "条", basis("该平台已判定条数", "计数", each.rows)),
        )
        for each in (shown[0], shown[-1])
    ]
    return Figure(
        id="extra_platforms",
        caption=pen.words("figures.platforms"),
        alt=pen.say("figures.platforms_alt", most=ends[0], least=ends[1]),
        chart=chart,
        note=pen.say("figures.platforms_note", grade=grade_text(pen, curve)),
    )


# reposts by depth


def _layers(pen: Pen, found: DepthStream | None) -> LayersChart | None:
    """Layers with their words; None without drawn reposts."""
    if found is None or len(found.starts) < LEAST_SPANS:
        return None
    open_ended = len(found.layers) > len(LAYER_NAMES)
    names = [*LAYER_NAMES[: len(found.layers)], *(["deeper"] if open_ended else [])]
    return LayersChart(
        layers=tuple((pen.word(f"figures.layer.{name}"), counts) for name, counts in zip(names, found.layers, strict=True)),
        unknown=(pen.word("figures.layer.unknown"), found.unknown),
        starts=found.starts,
        bucket_minutes=found.bucket_minutes,
        zone=pen.zone,
    )


def _layer_figure(pen: Pen, chart: LayersChart, found: DepthStream) -> Figure:
    total = sum(found.totals) + found.unknown_total
    later = sum(found.totals[1:])
    alt = pen.say(
        "figures.layers_alt",
        n=pen.count(total, "条", basis("采集到的转发数", "去重后计数", found.rows)),
        first=pen.share(found.totals[0] / total, basis("直接转自原帖的转发占比", "直接转自原帖的转发 ÷ 采集到的转发", found.rows))
        if found.totals
        else Words("—"),
        later=pen.share(later / total, basis("经他人再转的转发占比", "转自其他转发的条数 ÷ 采集到的转发", found.rows)),
    )
    if found.unknown_total:
        unknown = pen.share(found.unknown_total / total, basis("中间环节未知的转发占比", "上溯不到原帖的转发 ÷ 采集到的转发", found.rows))
        alt = (*alt, *pen.say("figures.layers_unknown", unknown=unknown))
    return Figure(
        id="extra_layers",
        caption=pen.words("figures.layers"),
        alt=(*alt, Words("。")),
        chart=chart,
        note=pen.words("figures.layers_note_unknown" if found.unknown_total else "figures.layers_note"),
    )


def _no_layers(pen: Pen, cascades: Cascades) -> Text:
    """Why the layers are not drawn."""
    if cascades.withheld == "uncovered" and cascades.covered is not None:
        how = basis("能够确认直接来源的转发占比", "有明确来源的转发 ÷ 采集到的转发", cascades.covered_rows, cascades.rows)
        floor = basis("评价转发层级所需的来源已知占比", "设定的门槛", COVERED)
        return pen.say("figures.withheld_layers", covered=pen.share(cascades.covered, how), floor=pen.share(cascades.least_covered, floor, 0))
    return pen.words("figures.no_reposts" if cascades.withheld == "no_reposts" else "figures.no_layers")


# near-copies


def _dated(groups: Sequence[CopyGroup]) -> list[CopyGroup]:
    return [group for group in groups if group.marks]


def _copies(pen: Pen, groups: Sequence[CopyGroup]) -> CopiesChart | None:
    """A lane a group that has times, largest first; None without any."""
    lanes = tuple(
        CopyLane(
            number=i + 1,
            posts=group.posts,
            marks=group.marks,
            arrivals=tuple((pen.code("platform", code).text, at) for code, at in group.arrivals),
        )
        for i, group in enumerate(_dated(groups))
    )
    return CopiesChart(lanes=lanes, zone=pen.zone) if lanes else None


def _copy_blocks(pen: Pen, chart: CopiesChart, groups: Sequence[CopyGroup]) -> list[Block]:
    shown = _dated(groups)
    largest = shown[0]
    alt = pen.say(
        "figures.copies_alt",
        n=pen.count(len(shown), "组", basis("图中相近文字的组数", f"{ALIKE}，画出帖文最多的几组", *(group.rows for group in shown), COPY_RULES)),
        posts=pen.count(largest.posts, "条", basis("最大一组的帖文数", ALIKE, largest.rows, COPY_RULES)),
        platforms=joined([(pen.code("platform", code),) for code, _ in largest.arrivals], "、"),
        table=Ref("copy_groups"),
    )
    return [
        Figure(id="extra_copies", caption=pen.words("figures.copies"), alt=alt, chart=chart, note=pen.words("figures.copies_note")),
        Table(
            id="copy_groups",
            caption=pen.words("figures.copies_table"),
            columns=(
                Column(pen.word("links.head.number"), 7),
                Column(pen.word("head.posts"), 9, "right"),
                Column(pen.word("head.platform"), 17),
                Column(pen.word("figures.head.earliest"), 16),
                Column(pen.word("head.account"), 13),
                Column(pen.word("figures.head.latest"), 16),
                Column(pen.word("figures.head.opening"), 26),
            ),
            rows=tuple(_copy_row(pen, i + 1, group) for i, group in enumerate(shown)),
            note=pen.words("figures.copies_table_note"),
        ),
    ]


def _copy_row(pen: Pen, number: int, group: CopyGroup) -> tuple[Text, ...]:
    first = group.earliest
    assert first is not None
    assert group.latest is not None
    words = first.title or first.text
    return (
        (Label(str(number)),),
        (pen.count(group.posts, "条", basis("一组相近文字的帖文数", ALIKE, group.rows, COPY_RULES)),),
        joined([(pen.code("platform", code),) for code in group.platforms], "、"),
        (
            pen.when(
                group.marks[0][0],
                basis("组内最早已知帖的时间", "组内有时间（含由ID推算）的帖文中最早者", first.rows),
                first.precision if first.at is not None else None,
            ),
        ),
        (pen.author(first),),
        (pen.when(group.latest, basis("组内最后一帖的时间", "组内有时间（含由ID推算）的帖文中最晚者", group.rows)),),
        (pen.quote(words, OPENING),) if words else DASH,
    )
