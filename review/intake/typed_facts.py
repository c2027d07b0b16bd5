"""事件信息 → the fields of the case: each cell read by its field's kind, repeated facts compared, contradictions named with both places."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import pandas as pd

from review.incident.case import RedLine, Silence
from review.incident.errors import Fault
from review.incident.evidence import CaseField
from review.incident.import_log import Rejection
from review.incident.tables import TEXT
from review.intake.cells import tidy
from review.intake.raw import RawTable
from review.intake.typed_rows import KEPT, QUARANTINED, UNFILLED, place_of, split_typed
from review.intake.typed_times import TypedClock, dashed
from review.intake.values import parse_flags, parse_numbers
from review.settings.aliases import header_key
from review.settings.sheets import ITEM_COLUMN, VALUE_COLUMN, Field, Sheet
from review.settings.vocabulary import Vocabulary

PeopleList = Callable[[str, str], tuple[str, ...] | None]
"""(file the name was typed in, name of the list file beside it) → the names in it, None where there is no such file."""

SILENCE_ITEM: Final = "不公开回应"
_SILENCE_PARTS: Final = ("silence_at", "silence_by", "silence_reason")
_NONE_OF_THEM: Final = frozenset({"无", "均无", "都没有", "没有"})
_LIST_FILE: Final = re.compile(r"[^\n;；、,，]+\.(?:txt|csv)", re.IGNORECASE)
_RANGE: Final = re.compile(r"\s*(?:[~～至到—–]+|(?<=[日号])\s*-|(?<=\.\d)\s*-(?=\s*\d+\.)|(?<=\.\d\d)\s*-(?=\s*\d+\.))\s*")
"""Between two days: - only where the days themselves are written with 日 or dots."""
_PAIR: Final = re.compile(r"\s*(?:↔|<->|⇔|\|)\s*")
_LONGEST_RANGE: Final = timedelta(days=366)
_ITEM_HEADERS: Final = frozenset({ITEM_COLUMN, "item", "字段"})
_VALUE_HEADERS: Final = frozenset({VALUE_COLUMN, "value", "内容"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact as read: value in the type of the case field, and where it stands. day_only: a time typed without a clock; value is the day's start."""

    code: str
    value: Any
    source: CaseField
    day_only: bool = False

    @property
    def place(self) -> str:
        return place_of(self.source.file, self.source.sheet, self.source.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRows:
    """Facts in typed order, and what became of each row given (fates as in `typed_rows`)."""

    facts: tuple[Fact, ...]
    fates: tuple[str, ...]
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactReader:
    """Reads cells of 事件信息 by their field's kind."""

    sheet: Sheet
    vocabulary: Vocabulary
    clock: TypedClock
    people: PeopleList | None

    def rows(self, raw: RawTable, positions: Sequence[int]) -> FactRows:
        """The facts of these rows of one cleaned table. Facts are few, so they are read one by one."""
        items, values = fact_columns(raw)
        item_cells = raw.cells.iloc[list(positions), items]
        value_cells = raw.cells.iloc[list(positions), values]
        facts: list[Fact] = []
        fates: list[str] = []
        rejections: list[Rejection] = []
        for position, item, value in zip(positions, item_cells, value_cells, strict=True):
            row = int(raw.rows.iloc[position])
            if pd.isna(value):
                fates.append(UNFILLED)
                continue
            read, problems = self._row("" if pd.isna(item) else str(item), str(value), CaseField(name="", file=raw.file, sheet=raw.sheet, row=row))
            facts.extend(read)
            fates.append(KEPT if read else QUARANTINED)
            rejections.extend(
                Rejection(kind="cell" if read else "row", file=raw.file, sheet=raw.sheet, row=row, column=VALUE_COLUMN, value=text[:200], reason=reason)
                for text, reason in problems
            )
        return FactRows(facts=tuple(facts), fates=tuple(fates), rejections=tuple(rejections))

    def _row(self, item: str, cell: str, where: CaseField) -> tuple[list[Fact], list[tuple[str, str]]]:
        if header_key(item) == SILENCE_ITEM:
            parts = [part.strip() for part in re.split(r"[;；]", cell, maxsplit=2)]
            pairs = [(self.sheet.field(code), part) for code, part in zip(_SILENCE_PARTS, parts, strict=False) if part]
        else:
            field = self.sheet.field_of(item)
            if field is None:
                return [], [(item, f"不认识的项“{item[:30]}”" if item else "有值，但没有写是哪一项")]
            pairs = [(field, cell)]
        facts: list[Fact] = []
        problems: list[tuple[str, str]] = []
        for field, part in pairs:
            value, faults = self.value(field, part, where.file)
            if value is not None:
                source = CaseField(name=field.name, file=where.file, sheet=where.sheet, row=where.row)
                facts.append(Fact(code=field.code, value=value, source=source, day_only=field.kind == "time" and self._is_day(part)))
            problems.extend((text, f"{field.name}：{reason}") for text, reason in faults)
        return facts, problems

    def value(self, field: Field, cell: str, file: str) -> tuple[Any, list[tuple[str, str]]]:
        """(value or None, [(what could not be read, why)])."""
        if field.kind in ("text", "open_word", "id"):
            if field.kind == "open_word" and field.words is not None:
                code = self.vocabulary[field.words].code(cell)
                return (self.vocabulary[field.words].word(code) if code else cell), []
            return cell, []
        if field.kind == "word":
            words = self.vocabulary[field.words or ""]
            code = words.code(cell)
            if code is None:
                return None, [(cell, f"不在可选项中（可填：{'、'.join(words.offered)}）")]
            return (code == "true" if set(words.printed) == {"true", "false"} else code), []
        if field.kind == "flag":
            flags, _ = parse_flags(pd.Series([cell], dtype=TEXT))
            return (None, [(cell, "应填“是”或“否”")]) if pd.isna(flags.iloc[0]) else (bool(flags.iloc[0]), [])
        return self._structured(field, cell, file)

    def _structured(self, field: Field, cell: str, file: str) -> tuple[Any, list[tuple[str, str]]]:
        match field.kind:
            case "time":
                times = self.clock.around(pd.Series([cell], dtype=TEXT))
                return (times.at.iloc[0].to_pydatetime(), []) if times.reason.iloc[0] is None else (None, [(cell, times.reason.iloc[0])])
            case "date":
                days, bad = self._days(cell)
                return (days[0] if len(days) == 1 else None), bad if len(days) == 1 or bad else [(cell, "应为一个日期")]
            case "dates":
                days, bad = self._days(cell)
                return (days or None), bad
            case "list":
                return (split_typed(cell) or None), []
            case "words":
                return self._words(field, cell)
            case "ratings":
                return _ratings(cell)
            case "pairs":
                return _pairs(cell)
            case "word_pairs":
                return self._word_pairs(field, cell)
            case "people":
                return self._people(cell, file)
        raise ValueError(f"事件信息 cannot hold a field of kind {field.kind}")

    def _is_day(self, cell: str) -> bool:
        return bool(self.clock.around(pd.Series([cell], dtype=TEXT)).precision.iloc[0] == "day")

    def _words(self, field: Field, cell: str) -> tuple[Any, list[tuple[str, str]]]:
        if cell.strip() in _NONE_OF_THEM:
            return (), []
        words = self.vocabulary[field.words or ""]
        codes = {word: words.code(word) for word in split_typed(cell)}
        unknown = [(word, f"不在可选项中（可填：{'、'.join(words.offered)}）") for word, code in codes.items() if code is None]
        known = tuple(code for code in words.printed if code in codes.values())
        return (known or None), unknown

    def _word_pairs(self, field: Field, cell: str) -> tuple[Any, list[tuple[str, str]]]:
        words = self.vocabulary[field.words or ""]
        pairs, bad = [], []
        for part in split_typed(cell):
            word, _, meaning = (piece.strip() for piece in re.sub(r"[=＝:：]", "=", part).partition("="))
            code = words.code(meaning) if meaning else None
            if not word or code is None:
                bad.append((part, f"应写成 词=情绪（情绪可填：{'、'.join(words.offered)}）"))
            else:
                pairs.append((word, code))
        return (tuple(dict.fromkeys(pairs)) or None), bad

    def _people(self, cell: str, file: str) -> tuple[Any, list[tuple[str, str]]]:
        if not _LIST_FILE.fullmatch(cell.strip()):
            return (split_typed(cell) or None), []
        name = cell.strip()
        if "/" in name or "\\" in name or self.people is None:
            return None, [(name, "名单文件应与本文件放在同一个文件夹，这里只写文件名")]
        names = self.people(file, name)
        return (names, []) if names else (None, [(name, "没有找到这个名单文件，或其中没有名字；应与本文件放在同一个文件夹，一行一个名字")])

    def _days(self, cell: str) -> tuple[tuple[date, ...], list[tuple[str, str]]]:
        days: set[date] = set()
        bad: list[tuple[str, str]] = []
        for part in split_typed(cell):
            ends = [end.strip() for end in _RANGE.split(part)]
            if ends != [cell.strip()]:  # several days are text, of which a spreadsheet cuts no 0
                ends = [dashed(end) for end in ends]
            times = self.clock.around(pd.Series(ends, dtype=TEXT))
            read = [day for day in self.clock.days(times) if day is not None]
            reason = next((why for why in times.reason if why is not None), None)
            if reason is not None or len(read) not in (1, 2):
                bad.append((part, reason or "应为日期，连续的写 起~止"))
            elif read[-1] < read[0] or read[-1] - read[0] > _LONGEST_RANGE:
                bad.append((part, "日期范围的止早于起，或超过一年"))
            else:
                days.update(read[0] + timedelta(days=step) for step in range((read[-1] - read[0]).days + 1))
        return tuple(sorted(days)), bad


def fact_columns(raw: RawTable) -> tuple[int, int]:
    """Positions of the 项 and the 值 column. Raises ValueError where the table lacks one."""
    keys = [header_key(word) for word in raw.header]
    items = [i for i, key in enumerate(keys) if key in _ITEM_HEADERS]
    values = [i for i, key in enumerate(keys) if key in _VALUE_HEADERS]
    exact = [i for i in values if keys[i] == VALUE_COLUMN]
    if not items or not values:
        raise ValueError(f"{raw.file} {raw.sheet or ''} has no columns {ITEM_COLUMN} and {VALUE_COLUMN}")
    return items[0], (exact or values)[0]


def has_fact_columns(raw: RawTable) -> bool:
    keys = {header_key(word) for word in raw.header}
    return ITEM_COLUMN in keys and VALUE_COLUMN in keys


def settle(facts: Sequence[Fact], sheet: Sheet, zone: str, faults: list[Fault]) -> tuple[dict[str, Fact], frozenset[int]]:
    """(code → fact, numbers of the facts that only repeat an earlier one).

    Fields that may stand on several rows add up, in order; for the others two different values are a fault naming both places.
    """
    settled: dict[str, Fact] = {}
    repeated: set[int] = set()
    for i, fact in enumerate(facts):
        before = settled.get(fact.code)
        if before is None:
            settled[fact.code] = fact
        elif sheet.field(fact.code).repeats:
            merged = tuple(dict.fromkeys((*before.value, *fact.value)))
            if merged == before.value:
                repeated.add(i)
            settled[fact.code] = Fact(code=fact.code, value=merged, source=before.source)
        elif before.value == fact.value:
            repeated.add(i)
        else:
            shown = (_shown(before, zone), _shown(fact, zone))
            faults.append(Fault(before.place, f"“{fact.source.name}”为 {shown[0]}，而 {fact.place} 为 {shown[1]}", "请改成一致，或删去其中一处"))
    return settled, frozenset(repeated)


def case_fields(settled: dict[str, Fact]) -> tuple[dict[str, Any], dict[str, CaseField]]:
    """(keyword arguments of `Case`, its sources). The three rows of 不公开回应 become one value, the decision stands by any of them; 底线事项 无 rules
    out every red line."""
    values = {code: fact.value for code, fact in settled.items() if code not in _SILENCE_PARTS}
    values["day_only"] = tuple(sorted(code for code, fact in settled.items() if fact.day_only))
    sources = {code: fact.source for code, fact in settled.items() if code not in _SILENCE_PARTS}
    if values.get("red_lines") == ():  # 无: looked into, none of them happened
        values["red_lines_ruled_out"], sources["red_lines_ruled_out"] = get_args(RedLine), sources["red_lines"]
    parts = {code: settled[code] for code in _SILENCE_PARTS if code in settled}
    if parts:
        decided, by, reason = (parts[code].value if code in parts else None for code in _SILENCE_PARTS)
        values["silence"] = Silence(decided_at=decided, by=by or "", reason=reason or "")
        first = next(iter(parts.values())).source
        sources["silence"] = CaseField(name=SILENCE_ITEM, file=first.file, sheet=first.sheet, row=first.row)
    return values, sources


def _ratings(cell: str) -> tuple[Any, list[tuple[str, str]]]:
    parts = list(split_typed(cell))
    numbers = parse_numbers(pd.Series(parts, dtype=TEXT))
    read, bad = [], []
    for part, value in zip(parts, numbers.value, strict=True):
        if pd.isna(value) or value not in (0, 1, 2, 3, 4):
            bad.append((part, "应为 0 至 4 的整数，多位评分人用分号隔开"))
        else:
            read.append(int(value))
    return (tuple(sorted(read)) or None), bad


def _pairs(cell: str) -> tuple[Any, list[tuple[str, str]]]:
    lines = [line for line in cell.split("\n") if line.strip()]
    if len(lines) == 1 and len(_PAIR.findall(cell)) > 1:
        lines = re.split(r"[;；]", cell)
    pairs, bad = [], []
    for line in filter(None, (line.strip() for line in lines)):
        quotes = [quote.strip().strip('“”"「」') for quote in _PAIR.split(line)]
        if len(quotes) == 2 and all(quotes):
            pairs.append((quotes[0], quotes[1]))
        else:
            bad.append((line, "应为两句话，中间用 ↔ 隔开"))
    return (tuple(dict.fromkeys(pairs)) or None), bad


def _shown(fact: Fact, zone: str) -> str:
    """The value as it is typed, for a message."""
    value = fact.value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(zone)):{'%Y-%m-%d' if fact.day_only else '%Y-%m-%d %H:%M'}}"
    if isinstance(value, tuple):
        return "、".join(tidy(str(each))[:60] for each in value) or "均无"
    return tidy(str(value))[:60]
