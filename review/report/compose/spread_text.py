"""二、全链路数据: how it spread — first posts, milestones, peaks, key accounts, voices."""

from collections.abc import Sequence

from review.analysis.accounts import KeyAccount
from review.analysis.analyse import Findings
from review.analysis.emotion_labels import SourceCount
from review.analysis.heat import Heat, Milestone, TopicHeat
from review.analysis.peaks import Peak, Volume
from review.analysis.scope import Scope
from review.analysis.spread import PlatformSpread, PostCard, Spread, shown_topic
from review.analysis.voices import Voices
from review.incident.evidence import RowSet, SettingKey
from review.report.compose.account_words import follower_words, role_words
from review.report.compose.events import KeyEvents, near
from review.report.compose.overview_text import FIRST_BY
from review.report.document import DASH, Block, Column, Label, Num, Paragraph, Ref, Table, Text, Words
from review.report.pen import Pen, basis
from review.report.phrases import joined
from review.settings.thresholds import AccountThresholds

MOST_NEAR = 4
EVENT_HOURS = 2.0
"""Events of the public side this close to the middle of a peak's hour are named beside it (as beside turning points)."""

HOTTEST = "非品牌的评论按点赞数取前列，有情感标签者"

MEDIA_ROWS = 5
"""Press items shown: those with most interaction, else reads, and the earliest, in time order; the count is of all."""


def card_time(pen: Pen, card: PostCard, what: str) -> Text:
    """Time of a post as a claim, — where it has none."""
    if card.at is None:
        return DASH
    return (pen.when(card.at, basis(what, "导出数据中的发布时间", card.rows), card.precision),)


def known_count(pen: Pen, value: int | None, unit: str, what: str, rows: RowSet) -> Text:
    """A count as a claim, — where it was not exported."""
    return DASH if value is None else (pen.count(value, unit, basis(what, "对所列行求和" if rows.count > 1 else "导出数据中的数值", rows)),)


def first_posts(pen: Pen, spread: Spread, scope: Scope) -> list[Block]:
    """首发 and the table of platforms with lags and volumes; where no first post can be told, why, and what is shown instead."""
    if not spread.platforms:
        return [pen.gap("gap.posts")]
    blocks: list[Block] = [_unnamed(pen, scope)] if scope.unnamed else []
    unnamed = "_unnamed" if scope.unnamed else ""
    if scope.untold is not None:
        return [*blocks, *_untold(pen, scope), _volumes(pen, spread)]
    if scope.period is not None:
        blocks.append(pen.body("scope.around_topic" if scope.by_topic else "scope.around", **_period(pen, scope)))
    first = spread.first
    if first is not None and first.at is not None:
        blocks.append(_first_post(pen, first, _rule(pen, spread, unnamed)))
        if spread.rivals.count:
            n = pen.count(spread.rivals.count, "条", basis("与首发先后不明的内容条数", "发布时间落在首发时间的精度范围内", spread.rivals))
            blocks.append(pen.note("spread.rivals", n=n))
    else:
        return [*blocks, _volumes(pen, spread)]
    blocks.append(
        Table(
            id="platforms",
            caption=pen.words("spread.platforms.caption"),
            columns=(
                Column(pen.word("head.platform"), 12),
                Column(pen.word("head.first_post"), 16),
                Column(pen.word("head.lag"), 15, "right"),
                Column(pen.word("head.posts"), 11, "right"),
                Column(pen.word("head.comments"), 11, "right"),
                Column(pen.word("head.reposts"), 11, "right"),
                Column(pen.word("head.articles"), 10, "right"),
                Column(pen.word("head.interaction"), 14, "right"),
            ),
            rows=tuple(_platform_row(pen, each, spread) for each in spread.platforms),
            note=pen.words("spread.platforms.note"),
        )
    )
    return blocks


def _unnamed(pen: Pen, scope: Scope) -> Block:
    """That topics were typed which no post names."""
    n = pen.count(scope.dated, "条", basis("带发布时间的帖文与报道数", "非品牌的帖文与报道计数", scope.rows))
    return pen.body("spread.unnamed", topics=pen.quote("、".join(shown_topic(topic) for topic in scope.unnamed), 80), n=n)


def _rule(pen: Pen, spread: Spread, unnamed: str) -> Text:
    """By which rule the first post was found; an author who was not exported cannot be told from the brand."""
    if spread.first_by != "all":
        return pen.words(f"spread.by_{spread.first_by}")
    return pen.words(f"spread.by_{'unknown_author' if spread.first is not None and spread.first.author is None else 'all'}{unnamed}")


def _untold(pen: Pen, scope: Scope) -> list[Block]:
    if scope.untold == "undated":
        n, dated = (
            pen.count(value, "条", basis(what, "非品牌的帖文与报道计数", scope.rows))
            for value, what in ((scope.starts, "帖文与报道数"), (scope.dated, "带发布时间的帖文与报道数"))
        )
        said = pen.body("spread.start_undated", n=n, dated=dated) if scope.dated else pen.body("spread.start_undated_all", n=n)
        return [said, _stretch(pen, scope)] if scope.by_talk else [said]
    assert scope.first_at is not None
    assert scope.last_at is not None
    kinds = "评论与转发" if scope.by_talk else "帖文与报道"
    first = pen.when(scope.first_at, basis(f"采集到的最早{kinds}", f"非品牌的{kinds}的最早时间", scope.rows), "day")
    last = pen.when(scope.last_at, basis(f"采集到的最晚{kinds}", f"非品牌的{kinds}的最晚时间", scope.rows), "day")
    which = "start_span_talk" if scope.by_talk else "start_span_unnamed" if scope.unnamed else "start_span"
    return [pen.body(f"spread.{which}", first=first, last=last), _stretch(pen, scope)]


def _stretch(pen: Pen, scope: Scope) -> Block:
    """Which stretch stands for the incident, or that there is none."""
    return pen.body("scope.whole") if scope.period is None else pen.body("scope.period", **_period(pen, scope))


def _period(pen: Pen, scope: Scope) -> dict[str, Num]:
    assert scope.period is not None
    how = "采集内容最密集的一段" if scope.untold is not None else f"采集内容中离{'提及危机话题的内容' if scope.by_topic else '爆发时间'}不远于设置天数的一段"
    found = basis("所取时段", how, scope.rows, SettingKey(file="thresholds.toml", key="period.longest_days"))
    return {"start": pen.when(scope.period[0], found, "day"), "end": pen.when(scope.period[1], found, "day")}


def scope_note(pen: Pen, scope: Scope) -> list[Block]:
    """Which part of the collection a section is of; nothing where it is of all."""
    if scope.period is None:
        return []
    return [pen.note("scope.here" if scope.untold is not None else "scope.here_topic" if scope.by_topic else "scope.here_around", **_period(pen, scope))]


def _volumes(pen: Pen, spread: Spread) -> Table:
    """The table of platforms without first posts."""
    return Table(
        id="platforms",
        caption=pen.words("spread.platforms.caption_untold"),
        columns=(
            Column(pen.word("head.platform"), 20),
            Column(pen.word("head.posts"), 15, "right"),
            Column(pen.word("head.comments"), 15, "right"),
            Column(pen.word("head.reposts"), 15, "right"),
            Column(pen.word("head.articles"), 15, "right"),
            Column(pen.word("head.interaction"), 20, "right"),
        ),
        rows=tuple(((pen.code("platform", each.platform),), *_volume_cells(pen, each)) for each in spread.platforms),
        note=pen.words("spread.platforms.note_untold"),
    )


def _first_post(pen: Pen, first: PostCard, rule: Text) -> Block:
    """One sentence; neither an author who was not exported nor an outlet with an article is called a user."""
    by_outlet = first.kind == "article" and first.author_type == "media"
    assert first.at is not None
    said = first.title or first.text
    return pen.body(
        "spread.first",
        rule=rule,
        platform=pen.code("platform", first.platform),
        author=pen.say("spread.outlet" if by_outlet else "spread.author", author=pen.author(first))
        if first.author is not None
        else pen.words("spread.no_author"),
        at=pen.when(first.at, basis("首发时间", FIRST_BY, first.rows), first.precision),
        title=pen.say("spread.title", title=pen.quote(said, 40)) if said else pen.words("spread.untitled_post"),
        tags=_tags(pen, first),
    )


def _tags(pen: Pen, card: PostCard) -> Text:
    if not card.tags:
        return ()
    return pen.say("spread.tags", tags=pen.quote(" ".join(f"#{tag}" for tag in card.tags[:6]), 60))


def _platform_row(pen: Pen, each: PlatformSpread, spread: Spread) -> tuple[Text, ...]:
    name = pen.code("platform", each.platform)
    label = name.text
    lag: Text = DASH
    if each.lag is not None and each.first is not None and each.first.at is not None and spread.first is not None and spread.first.at is not None:
        found = basis(f"{label}首发距最早发布", "两条首发帖文的时间差", each.first.rows, spread.first.rows)
        far = pen.between(spread.first.at, each.first.at, found) if each.lag else None
        lag = pen.words("spread.origin") if far is None else (far,) if each.first.at > spread.first.at else pen.say("spread.older", lag=far)
    return ((name,), card_time(pen, each.first, f"{label}首发时间") if each.first else DASH, lag, *_volume_cells(pen, each))


def _volume_cells(pen: Pen, each: PlatformSpread) -> tuple[Text, ...]:
    label = pen.code("platform", each.platform).text
    parts = [value for value in (each.likes_sum, each.comments_sum, each.shares_sum, each.collects_sum) if value is not None]
    return (
        _rows(pen, each.posts, f"{label}帖文数", each.rows),
        _rows(pen, each.comments, f"{label}评论数（采集到的行）", each.rows),
        _rows(pen, each.reposts, f"{label}转发数（采集到的行）", each.rows),
        _rows(pen, each.articles, f"{label}报道数", each.rows),
        known_count(pen, sum(parts) if parts else None, "次", f"{label}帖文互动量", each.rows),
    )


def _rows(pen: Pen, value: int, what: str, rows: RowSet) -> Text:
    return (pen.count(value, "", basis(what, "去重后计数", rows)),)


def milestones(pen: Pen, heat: Heat) -> list[Block]:
    """Heat milestones of the largest topic as brackets between readings."""
    topic = heat.leading
    if topic is None:
        return [pen.gap("gap.topic_reads")]
    last = topic.last
    blocks: list[Block] = [
        pen.body(
            ("heat.topic" if last.high is not None else "heat.topic_at_least") if not topic.increment else "heat.topic_existed",
            name=pen.quote(topic.name or pen.word("heat.unnamed"), 40),
            platform=pen.code("platform", topic.platform) if topic.platform else pen.words("unknown.platform"),
            reads=pen.count(last.value, "次", basis("话题阅读量（最后一次读数）", "热度快照中的累计值", last.rows)),
            at=pen.when(last.at, basis("最后一次读数的时间", "热度快照的时间", last.rows), last.precision),
            readings=pen.count(len(topic.readings), "次", basis("话题阅读量读数次数", "计数", *(reading.rows for reading in topic.readings))),
        )
    ]
    reached = [each for each in topic.milestones if each.by is not None]
    if reached:
        blocks.append(
            Table(
                id="milestones",
                caption=pen.words("heat.milestones.caption"),
                columns=(Column(pen.word("head.milestone"), 15), Column(pen.word("head.reached"), 61), Column(pen.word("head.basis"), 24)),
                rows=tuple(_milestone_row(pen, each, topic) for each in topic.milestones),
                note=pen.words("heat.milestones.note_since" if topic.increment else "heat.milestones.note"),
            )
        )
    return blocks


def _milestone_row(pen: Pen, each: Milestone, topic: TopicHeat) -> tuple[Text, ...]:
    reads = pen.count(each.reads, "次", basis("热度里程碑", "设定的门槛", SettingKey(file="thresholds.toml", key="heat.milestones")))
    if each.by is None:
        return ((reads,), pen.words("heat.not_reached"), DASH)
    reached = basis("达到里程碑的读数时间", "首次不低于该门槛的快照", each.rows)
    if each.after is None:
        when = pen.say("heat.before", by=pen.when(each.by, reached, each.by_precision))
    else:
        after = pen.when(each.after, basis("达到里程碑前的读数时间", "最后一次低于该门槛的快照", each.rows), each.after_precision)
        coarse = {each.after_precision, each.by_precision} & {"day", "h"}
        by = pen.when(each.by, reached, each.by_precision) if coarse else pen.when_beside(each.by, each.after, reached)
        when = pen.say("heat.between", after=after, by=by)
    how = "single" if len(topic.readings) == 1 else "first_reading" if each.after is None else "bracket"
    return ((reads,), when, pen.words(f"heat.{how}"))


def peak_blocks(pen: Pen, volume: Volume, events: KeyEvents) -> list[Block]:
    """传播峰值解读: the volume peaks with what else happened, then the interaction peaks and which of them cannot be told."""
    if not volume.starts:
        return [pen.gap("gap.times")]
    blocks: list[Block] = []
    if volume.volume_peaks:
        blocks.append(
            Table(
                id="peaks",
                caption=pen.words("peaks.caption"),
                columns=(
                    Column(pen.word("head.peak"), 8),
                    Column(pen.word("head.time"), 17),
                    Column(pen.word("head.volume"), 9, "right"),
                    Column(pen.word("head.meanwhile"), 26),
                    Column(pen.word("head.representative"), 40),
                ),
                rows=tuple(_peak_row(pen, i, peak, events) for i, peak in enumerate(volume.volume_peaks)),
                note=pen.words("peaks.note"),
            )
        )
    found = (("comments", volume.comments_peak), ("shares", volume.shares_peak), ("likes", volume.likes_peak))
    told = [_single_peak(pen, name, peak) for name, peak in found if peak is not None]
    untold = [pen.words(f"peaks.{name}_name") for name, peak in found if peak is None]
    if told:
        last = [pen.say("peaks.untold", names=joined(untold, "、"))] if untold else []
        blocks.append(Paragraph(text=(*joined([*told, *last]), Words("。"))))
    return blocks or [pen.gap("gap.peaks")]


def _single_peak(pen: Pen, name: str, peak: Peak) -> Text:
    what = pen.word(f"peaks.{name}_name")
    how = "按小时归集后的最大值" if peak.counted == "rows" else f"所列内容{'（含评论）' if peak.measure == 'likes' else ''}所附的累计数按发布小时归集后的最大值"
    return pen.say(
        f"peaks.{name}" if peak.counted == "rows" else f"peaks.{name}_totals",
        at=pen.when(peak.start, basis(f"{what}峰值时间", how, peak.rows)),
        value=pen.count(peak.value, "条" if peak.counted == "rows" else "次", basis(f"{what}峰值", how, peak.rows)),
    )


def _peak_row(pen: Pen, i: int, peak: Peak, events: KeyEvents) -> tuple[Text, ...]:
    meanwhile = [
        pen.say("peaks.near", at=pen.when(at, basis("峰值附近动作的时间", "应对时间线", rows)), action=pen.code("action", action))
        for at, action, rows in peak.near
    ]
    meanwhile += [
        pen.say("peaks.public", number=Label(str(event.number)), label=Words(event.label))
        for event in near(events, peak.start + peak.width / 2, EVENT_HOURS)[:MOST_NEAR]
        if event.side == "public" and not any(letter.isdigit() for letter in event.label)
    ]
    shown = peak.representative
    said = None if shown is None else shown.text or shown.title
    return (
        (Label("①②③④⑤⑥⑦⑧⑨"[i]),),
        (pen.when(peak.start, basis("声量峰值时间", "按小时归集后的极大值", peak.rows)),),
        (pen.count(peak.value, "条", basis("声量峰值", "该小时内采集到的行数", peak.rows)),),
        joined(meanwhile) if meanwhile else pen.words("peaks.no_action"),
        DASH if shown is None or not said else _said(pen, shown, said),
    )


def _said(pen: Pen, card: PostCard, said: str) -> Text:
    """Who said what; the text alone where the author was not exported."""
    return (pen.quote(said),) if card.author is None else pen.say("peaks.quote", author=pen.author(card), text=pen.quote(said))


def account_blocks(pen: Pen, findings: Findings, bands: AccountThresholds) -> list[Block]:
    """关键账号与媒体."""
    accounts, spread, scope = findings.accounts, findings.spread, findings.scope
    untold = "" if scope.untold is None else "_untold"
    unnamed = False  # whether the posts have no authors, so that an outlet among them could not be seen
    blocks: list[Block] = scope_note(pen, scope)
    if accounts:
        columns: tuple[Column, ...] = (
            Column(pen.word("head.account"), 14),
            Column(pen.word("head.platform"), 9),
            Column(pen.word("head.role"), 12),
            Column(pen.word("head.followers"), 17, "right"),
            Column(pen.word("head.interaction"), 11, "right"),
            Column(pen.word("head.stance"), 7),
            Column(pen.word("head.viewpoint"), 30),
        )
        blocks.append(
            Table(
                id="accounts",
                caption=pen.words("accounts.caption"),
                columns=columns,
                rows=tuple(_account_row(pen, each, bands) for each in accounts),
                note=pen.words("accounts.note"),
            )
        )
    else:
        measured = any(value is not None for each in spread.platforms for value in (each.likes_sum, each.comments_sum, each.shares_sum, each.collects_sum))
        unnamed = bool(spread.mentions) and measured
        lacking = "accounts_none" if not spread.mentions else "accounts_own" if spread.all_own else "accounts_unnamed" if measured else "accounts"
        blocks.append(pen.gap(f"gap.{lacking}"))
    if spread.media:
        leading = sorted(spread.media, key=lambda card: -(card.interaction or card.views or 0))[:MEDIA_ROWS]
        shown = [card for card in spread.media if card in leading or (card is spread.media[0] and card.at is not None)]
        blocks.append(
            pen.body(
                f"media.count{untold}",
                n=pen.count(spread.media_count, "条", basis("媒体报道与媒体账号帖文数", "类型为报道或作者为媒体的行", spread.media_rows)),
                table=Ref("media"),
            )
        )
        columns = (
            Column(pen.word("head.time"), 17),
            Column(pen.word("head.outlet"), 17),
            Column(pen.word("head.outlet_level"), 13),
            Column(pen.word("head.platform"), 11),
            Column(pen.word("head.title"), 30),
            Column(pen.word("head.views"), 12, "right"),
        )
        blocks.append(
            Table(
                id="media",
                caption=pen.words(f"media.caption{untold}"),
                columns=columns,
                rows=tuple(_media_row(pen, card) for card in shown),
                note=pen.words("media.note"),
            )
        )
    elif spread.mentions:
        unseen = "unnamed" if unnamed and not spread.all_own else "none" if scope.period is None else "none_within"
        blocks.append(pen.body(f"media.{unseen}"))
    return blocks


def _media_row(pen: Pen, card: PostCard) -> tuple[Text, ...]:
    return (
        card_time(pen, card, "报道时间"),
        (pen.author(card),),
        pen.words("media.unlisted") if card.outlet_level is None else (pen.setting(card.outlet_level),),
        (pen.code("platform", card.platform),),
        (pen.quote(card.title or card.text or "", 40),),
        _reach(pen, card),
    )


def _reach(pen: Pen, card: PostCard) -> Text:
    """Reads as the platform counts them, else as a vendor reports or estimates them, and then it says so; — where neither was exported."""
    if card.views is not None or card.reach is None:
        return known_count(pen, card.views, "次", "报道阅读量", card.rows)
    return pen.say("media.reach", n=pen.count(card.reach, "次", basis("报道覆盖量（供应商口径）", "导出数据中的数值", card.rows)))


def _account_row(pen: Pen, each: KeyAccount, bands: AccountThresholds) -> tuple[Text, ...]:
    viewpoint = each.leading.viewpoint or each.leading.title or each.leading.text
    return (
        (pen.author(each.leading),),
        (pen.code("platform", each.platform),),
        role_words(pen, each.leading),
        follower_words(pen, each.followers, each.rows, bands),
        (pen.count(each.interaction, "次", basis("账号互动量合计", "其帖文的点赞、评论、转发、收藏之和", each.rows)),),
        (pen.code("stance", each.stance),) if each.stance else DASH,
        (pen.quote(viewpoint, 48),) if viewpoint else DASH,
    )


def voice_blocks(pen: Pen, voices: Voices, scope: Scope, sources: Sequence[SourceCount]) -> list[Block]:
    """典型评论, and how many of the hottest are negative; where most labels are the model's, that it is the model that says so of each.

    sources: where the labels come from. A hand audit mends the shares, not the label of the single comment.
    """
    if not voices.typical:
        return [pen.gap("gap.comments")]
    blocks: list[Block] = scope_note(pen, scope)
    if voices.hot_negative is not None:
        hottest = HOTTEST if voices.since is None else f"首发之后{HOTTEST}"
        blocks.append(
            pen.body(
                "voices.hot_by_model" if any(each.source == "model" and (each.share or 0) > 0.5 for each in sources) else "voices.hot",
                since=() if voices.since is None else pen.words("voices.since"),
                hot=pen.count(voices.hot_labelled, "条", basis("有情感标签的高赞评论数", hottest, voices.hot_rows)),
                negative=pen.count(voices.hot_negative, "条", basis("高赞评论中的负面条数", f"{hottest}，其中标签为负面者", voices.hot_rows)),
            )
        )
    blocks.append(
        Table(
            id="voices",
            caption=pen.words("voices.caption"),
            columns=(
                Column(pen.word("head.comment"), 58),
                Column(pen.word("head.platform"), 12),
                Column(pen.word("head.time"), 17),
                Column(pen.word("head.likes"), 13, "right"),
            ),
            rows=tuple(
                (
                    (pen.quote(card.text or ""),),
                    (pen.code("platform", card.platform),),
                    card_time(pen, card, "评论时间"),
                    known_count(pen, card.likes, "次", "评论点赞数", card.rows),
                )
                for card in voices.typical
            ),
            note=pen.words("voices.note"),
        )
    )
    return blocks
