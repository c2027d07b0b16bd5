"""Clues out of the data for 三、根源分析: themes of complaint with quotes, phrases that stand out, topics of service cases. Never worded as a finding."""

from review.analysis.causes import CauseFindings
from review.analysis.phrases import Phrase
from review.analysis.themes import Theme, TicketTopic
from review.incident.evidence import RowSet, SettingKey
from review.report.compose.mood_text import HOLDS_WORD, OWN_WORDS
from review.report.compose.shares_text import counted_note
from review.report.document import DASH, Block, Column, Num, Ref, Table, Text
from review.report.pen import Pen, basis
from review.report.phrases import joined

THEME_RULES = SettingKey(file="themes.toml", key="theme")
PHRASE_RULES = SettingKey(file="themes.toml", key="phrases")
HOLDS_PHRASE = f"用户内容（品牌与媒体除外）的{OWN_WORDS}中有这一说法的条数（方括号内的表情名与没有标签的不计）"
THEME_TABLE = "themes"
TOPIC_TABLE = "topics"
TOPICS_NAMED = 3
"""Topics of service cases named in a sentence; every one of them stands in the table."""


def clue_blocks(pen: Pen, causes: CauseFindings, *, beside_typed: bool) -> list[Block]:
    """The themes table, which may stand in the appendix and is therefore named, salient phrases and topics of service cases; [] where the data hold none."""
    blocks: list[Block] = []
    if causes.phrases:
        blocks.append(pen.body("themes.phrases", items=joined([_phrase(pen, phrase) for phrase in causes.phrases], "、")))
    if causes.tickets:
        named = joined([ticket_text(pen, topic) for topic in causes.tickets[:TOPICS_NAMED]], "、")
        blocks.append(pen.body("themes.tickets", items=named, table=Ref(TOPIC_TABLE)))
    if causes.themes:
        table = Ref(THEME_TABLE)
        said = pen.body("themes.beside_table", table=table) if beside_typed else pen.body("causes.deep_clues", parts=pen.say("causes.clue_themes", table=table))
        return [said, theme_table(pen, causes), *blocks]
    if not blocks:
        return []
    return [pen.body("themes.beside" if beside_typed else "causes.clues"), *blocks]


def theme_table(pen: Pen, causes: CauseFindings) -> Table:
    """A row a theme: how often, when, for and against, in whose words."""
    hidden = causes.themes_found - len(causes.themes)
    note = pen.words("themes.note")
    if causes.labelled:
        note = (*note, *counted_note(pen, causes))
    if hidden:
        note = (*note, *pen.say("themes.more", n=pen.count(hidden, "个", basis("未列出的主题数", "计数", THEME_RULES, causes.user_rows))))
    return Table(
        id=THEME_TABLE,
        caption=pen.words("themes.caption"),
        columns=(
            Column(pen.word("themes.head_theme"), 17),
            Column(pen.word("themes.head_count"), 8, "right"),
            Column(pen.word("themes.head_supporting"), 11, "right"),
            Column(pen.word("themes.head_contrary"), 13, "right"),
            Column(pen.word("themes.head_period"), 19),
            Column(pen.word("themes.head_quotes"), 32),
        ),
        rows=tuple(_theme_row(pen, theme) for theme in causes.themes),
        note=note,
    )


def _theme_row(pen: Pen, theme: Theme) -> tuple[Text, ...]:
    def counted(value: int | None, what: str, how: str = "", rows: RowSet = theme.rows) -> Text:
        return (
            DASH
            if value is None
            else (pen.count(value, "条", basis(f"{theme.name}：{what}", f"用户内容（品牌与媒体除外）的{HOLDS_WORD}{how}", rows, THEME_RULES)),)
        )

    name: Text = (pen.setting(theme.name),)
    if theme.words:
        name = pen.say("themes.name", name=pen.setting(theme.name), words=pen.typed("、".join(word for word, _ in theme.words)))
    quotes = [pen.say("themes.quote", text=pen.quote(card.text or card.title or "")) for card in theme.quotes[:1]]
    if theme.objection is not None:
        quotes.append(pen.say("themes.objection", text=pen.quote(theme.objection.text or "")))
    return (
        name,
        counted(theme.count, "提及条数"),
        counted(theme.supporting, "负面条数", "，其中标签为负面者", theme.negative_rows if theme.supporting else theme.rows),
        counted(theme.contrary, "非负面条数", "，其中标签为非负面者"),
        _period(pen, theme),
        joined(quotes) or DASH,
    )


def _period(pen: Pen, theme: Theme) -> Text:
    """The busiest period, and the first and last day; — without a dated mention."""
    if theme.first_at is None or theme.last_at is None:
        return DASH
    first: Text = (pen.when(theme.first_at, basis(f"{theme.name}：首见", "最早一条的时间", theme.rows), "day"),)
    last: Text = (pen.when(theme.last_at, basis(f"{theme.name}：末见", "最晚一条的时间", theme.rows), "day"),)
    busiest = theme.busiest
    if busiest is None:
        return pen.say("themes.period_bare", first=first, last=last)
    at = basis(f"{theme.name}：高发时段", "自零点起每若干小时（见设置）一段，（负面）提及最多的一段", theme.rows)
    return pen.say(
        "themes.period",
        start=pen.when(busiest.start, at),
        span=pen.duration(busiest.end - busiest.start, basis("高发时段的长度", "设置", SettingKey(file="themes.toml", key="show.period_hours"))),
        n=pen.count(busiest.count, "条", at),
        first=first,
        last=last,
    )


def _phrase(pen: Pen, phrase: Phrase) -> Text:
    def counted(value: int, which: str, label: str) -> Num:
        how = f"{HOLDS_PHRASE}，其中标签为{label}者；各说法依其在负面条与其他条中的标准化对数优势比由高到低列出"
        return pen.count(value, "", basis(f"{pen.about(phrase.text)}出现的{which}条数", how, phrase.rows, PHRASE_RULES))

    return pen.say(
        "themes.phrase",
        text=pen.quote(phrase.text),
        negative=counted(phrase.negative, "负面", "负面"),
        others=counted(phrase.others, "其他", "非负面"),
    )


def ticket_text(pen: Pen, topic: TicketTopic) -> Text:
    """One topic with how many cases it has."""
    n = pen.count(topic.opened, "件", basis(f"工单主题{pen.about(topic.name)}的受理数", "按主题计数", topic.rows))
    if not topic.unsolved:
        return pen.say("themes.ticket", name=pen.quote(topic.name), n=n)
    left = pen.count(topic.unsolved, "件", basis(f"工单主题{pen.about(topic.name)}的未办结数", "没有关闭时间且未标为已解决", topic.rows))
    return pen.say("themes.ticket_open", name=pen.quote(topic.name), n=n, open=left)
