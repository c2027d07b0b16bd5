"""Where a claim comes from, in words: one line a source, for the HTML panel and for `review trace`."""

from typing import Final, assert_never

from review.incident.evidence import ArchivedField, CaseField, Clock, RowSet, RowSpan, SettingKey, Source
from review.report.language import SIMPLIFIED, Language
from review.report.visible import visible

SHORT_RANGES: Final = 2  # in a table cell
SHOWN_RANGES: Final = 6  # of one sheet; more is counted, as a line must stay readable


def source_lines(sources: tuple[Source, ...], language: Language = SIMPLIFIED) -> tuple[str, ...]:
    """One line a file or source, in the given order; names of files, sheets and typed fields are as they stand there."""
    return tuple(line for source in sources for line in _lines(source, language))


def short_source(sources: tuple[Source, ...], language: Language = SIMPLIFIED) -> str:
    """The first source in a few words and how many more there are: what fits a table cell."""
    rows = [source for source in sources if isinstance(source, RowSet) and source.count]
    first = rows[0] if rows else sources[0]
    if isinstance(first, RowSet) and first.spans:
        line = f"{_span(first.spans[0], language, SHORT_RANGES)}（{first.count:,} {language.unit('行')}）"
    else:
        line = _lines(first, language)[0]
    return f"{line}等 {len(sources)} {language.unit('处')}" if len(sources) > 1 else line


def _lines(source: Source, language: Language) -> tuple[str, ...]:
    own, row = language.own, language.unit("行")
    match source:
        case RowSet():
            if not source.spans:
                return (own("没有对应的数据行"),)
            return (*(_span(span, language) for span in source.spans), f"共 {source.count:,} {row}，{own('校验码')} {source.digest}")
        case SettingKey():
            return (f"{own('设置')} {source.file}，{source.key}",)
        case CaseField():
            place = "".join((visible(source.file), f" · {visible(source.sheet)}" if source.sheet else "", f" 第 {source.row} {row}" if source.row else ""))
            return (f"{own('填报内容')}{language.quoted(visible(source.name))}（{place}）",)
        case Clock():
            return (own("报告生成时间"),)
        case ArchivedField():
            return (f"{own('归档件')} {visible(source.package)}，{source.field}",)
        case _:
            assert_never(source)


def _span(span: RowSpan, language: Language, most: int = SHOWN_RANGES) -> str:
    shown = "、".join(f"{first}" if first == last else f"{first}–{last}" for first, last in span.ranges[:most])
    more = f"等 {len(span.ranges):,} 段" if len(span.ranges) > most else ""
    place = visible(span.file) + (f" · {visible(span.sheet)}" if span.sheet else "")
    return f"{place} 第 {shown} {language.unit('行')}{more}"
