"""Where a claim comes from, in words: one line a source, for the HTML panel and for `review trace`."""

from typing import Final, assert_never

from review.incident.evidence import ArchivedField, CaseField, Clock, RowSet, RowSpan, SettingKey, Source
from review.report.visible import visible

SHORT_RANGES: Final = 2  # in a table cell
SHOWN_RANGES: Final = 6  # of one sheet; more is counted, as a line must stay readable


def source_lines(sources: tuple[Source, ...]) -> tuple[str, ...]:
    """One Chinese line a file or source, in the given order."""
    return tuple(line for source in sources for line in _lines(source))


def short_source(sources: tuple[Source, ...]) -> str:
    """The first source in a few words and how many more there are: what fits a table cell."""
    rows = [source for source in sources if isinstance(source, RowSet) and source.count]
    first = rows[0] if rows else sources[0]
    line = f"{_span(first.spans[0], SHORT_RANGES)}（{first.count:,} 行）" if isinstance(first, RowSet) and first.spans else _lines(first)[0]
    return f"{line}等 {len(sources)} 处" if len(sources) > 1 else line


def _lines(source: Source) -> tuple[str, ...]:
    match source:
        case RowSet():
            if not source.spans:
                return ("没有对应的数据行",)
            return (*map(_span, source.spans), f"共 {source.count:,} 行，校验码 {source.digest}")
        case SettingKey():
            return (f"设置 {source.file}，{source.key}",)
        case CaseField():
            place = "".join((visible(source.file), f" · {visible(source.sheet)}" if source.sheet else "", f" 第 {source.row} 行" if source.row else ""))
            return (f"填报内容“{visible(source.name)}”（{place}）",)
        case Clock():
            return ("报告生成时间",)
        case ArchivedField():
            return (f"归档件 {visible(source.package)}，{source.field}",)
        case _:
            assert_never(source)


def _span(span: RowSpan, most: int = SHOWN_RANGES) -> str:
    shown = "、".join(f"{first}" if first == last else f"{first}–{last}" for first, last in span.ranges[:most])
    more = f" 等 {len(span.ranges)} 段" if len(span.ranges) > most else ""
    place = visible(span.file) + (f" · {visible(span.sheet)}" if span.sheet else "")
    return f"{place} 第 {shown} 行{more}"
