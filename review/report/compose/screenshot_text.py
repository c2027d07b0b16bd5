"""附录 证据截图: each picture with caption, time, the rows it belongs to, what was masked, and the seal of the file as delivered."""

from collections.abc import Mapping, Sequence
from typing import Final

from review.analysis.named_screenshots import NamedScreenshot
from review.incident.evidence import CaseField, SettingKey, Source
from review.intake.screenshots import Screenshot, Screenshots, same_file
from review.report.chart_data import Picture
from review.report.document import Block, Bullets, Column, Figure, Quoted, Ref, Section, Table, Text
from review.report.pen import Pen, basis
from review.report.phrases import joined

LOG: Final = SettingKey(file="import.json", key="pictures")
UNMASKED: Final = "【未打码】"
CODES: Final = {"response": "action", "reading": "snapshot_metric", "post": "post_kind"}
"""In which words of the workbook the code of a naming row is printed."""
Refs = Mapping[str, tuple[Ref, ...]]
"""Digest of a row → the figures of the screenshots it names."""


def screenshot_refs(shots: Screenshots, named: Sequence[NamedScreenshot]) -> Refs:
    """Where the body can point at a screenshot; rows whose picture is not in the report are left out."""
    found: dict[str, tuple[Ref, ...]] = {}
    for number, shot in enumerate(shots.pictures):
        for row in named:
            if same_file(shot.file, row.file):
                found[row.rows.digest] = (*found.get(row.rows.digest, ()), Ref(_ident(number)))
    return found


def see(pen: Pen, refs: Refs, digest: str) -> Text:
    """（见图F-1、图F-2） for a row that names screenshots, else nothing."""
    found = refs.get(digest, ())
    return pen.say("screenshots.see", figures=joined([(ref,) for ref in found], "、")) if found else ()


def screenshot_sections(pen: Pen, shots: Screenshots, named: Sequence[NamedScreenshot]) -> tuple[Section, ...]:
    """The appendix, none where no screenshot was given or named."""
    if not shots.pictures and not shots.lost:
        return ()
    blocks: list[Block] = [_summary(pen, shots)]
    if shots.pictures:
        blocks.append(_table(pen, shots, named))
    if shots.lost:
        blocks.append(pen.body("screenshots.lost"))
        blocks.append(Bullets(items=tuple((pen.quote(f"{each.file}：{each.reason}", len(each.file) + len(each.reason) + 1),) for each in shots.lost)))
    blocks += [_figure(pen, shots, number, named) for number in range(len(shots.pictures))]
    return (Section(id="appendix.screenshots", level=1, title=pen.words("appendix.screenshots"), blocks=tuple(blocks), page_break=True),)


def open_screenshots(pen: Pen, shots: Screenshots) -> tuple[Text, ...]:
    """未定事项: the pictures that nobody masked or passed."""
    return tuple(pen.say("screenshots.open", file=_name(pen, shot), flag=pen.words("screenshots.unmasked")) for shot in shots.pictures if shot.masks is None)


def screenshot_notices(shots: Screenshots) -> tuple[str, ...]:
    """Lines for the terminal: what was taken, what is not masked, what is not in the report."""
    if shots.folder is None:
        return ()
    lines = [f"证据截图：{len(shots.pictures)} 张放入附录（来自 {shots.folder}）"]
    lines += [
        f"{UNMASKED}{shot.file}：没有打码框，原样放入附录；请在 masks.csv 里画框，确认无需打码的只写文件名" for shot in shots.pictures if shot.masks is None
    ]
    lines += [f"未放入报告：{each.file}（{each.reason}）" for each in shots.lost]
    if shots.unasked:
        lines.append(f"截图文件夹里另有 {shots.unasked} 张图片没有被填报引用，未放入报告；要全部放入请用 --images {shots.folder}")
    return tuple(lines)


def _ident(number: int) -> str:
    return f"screenshot.{number + 1}"


def _summary(pen: Pen, shots: Screenshots) -> Block:
    if not shots.pictures:
        return pen.body("screenshots.none")
    states = ["open" if shot.masks is None else "masked" if shot.masks else "passed" for shot in shots.pictures]
    words = {"masked": "已打码的截图", "passed": "经核对无需打码的截图", "open": "未打码的截图"}

    def count(value: int, what: str) -> Text:
        return (pen.count(value, "张", basis(what, "计数，见 import.json", LOG)),)

    told = [pen.say(f"screenshots.part_{state}", n=count(states.count(state), what)) for state, what in words.items() if state in states]
    return pen.body("screenshots.summary", used=count(len(states), "放入附录的截图"), parts=joined(told, "，"))


def _source(pen: Pen, shots: Screenshots, shot: Screenshot) -> Source:
    folder = shots.folder.name if shots.folder is not None else ""
    return CaseField(name="证据截图", file=pen.masks.quote(f"{folder}/{shot.file}"), sheet=None, row=None)


def _name(pen: Pen, shot: Screenshot) -> Quoted:
    return pen.quote(shot.file, len(shot.file))


def _belonging(shot: Screenshot, named: Sequence[NamedScreenshot]) -> list[NamedScreenshot]:
    return [row for row in named if same_file(shot.file, row.file)]


def _table(pen: Pen, shots: Screenshots, named: Sequence[NamedScreenshot]) -> Table:
    return Table(
        id="screenshots",
        caption=pen.words("screenshots.table"),
        columns=(
            Column(pen.word("head.figure"), 9),
            Column(pen.word("head.file"), 17),
            Column(pen.word("head.taken"), 15),
            Column(pen.word("head.belongs"), 22),
            Column(pen.word("head.mask"), 12),
            Column(pen.word("head.sha256"), 25),
        ),
        rows=tuple(
            (
                (Ref(_ident(number)),),
                (_name(pen, shot),),
                _when(pen, shots, shot, named),
                joined([_row_text(pen, row) for row in _belonging(shot, named)]) or pen.words("screenshots.no_row"),
                _mask_text(pen, shots, shot),
                (Quoted(shot.sha256),),
            )
            for number, shot in enumerate(shots.pictures)
        ),
        note=pen.words("screenshots.note"),
    )


def _row_text(pen: Pen, row: NamedScreenshot) -> Text:
    """小红书首次回应“…”: what the naming row is about."""
    group = CODES[row.of]
    what: Text = (pen.code(group, row.code),) if row.code in pen.vocabulary[group].printed else pen.words(f"screenshots.{row.of}")
    place: Text = (pen.code("platform", row.platform),) if row.platform is not None else ()
    if row.subject is None:
        return (*place, *what)
    return pen.say("screenshots.row", place=place, what=what, subject=pen.quote(row.subject, 24))


def _when(pen: Pen, shots: Screenshots, shot: Screenshot, named: Sequence[NamedScreenshot]) -> Text:
    """When it was taken, else the time of the first row it belongs to, said as such."""
    if shot.taken_at is not None:
        return (pen.when(shot.taken_at, basis("截图时间", "填写、拍摄信息或文件名中的时间", _source(pen, shots, shot)), shot.precision),)
    row = next((row for row in _belonging(shot, named) if row.at is not None), None)
    if row is None or row.at is None:
        return pen.words("screenshots.no_time")
    return pen.say("screenshots.row_time", at=pen.when(row.at, basis("截图所属记录的时间", "填写的时间", row.rows), row.precision))


def _mask_text(pen: Pen, shots: Screenshots, shot: Screenshot) -> Text:
    if shot.masks is None:
        return pen.words("screenshots.unmasked")
    if shot.masks == 0:
        return pen.words("screenshots.passed")
    return pen.say("screenshots.masked", n=pen.count(shot.masks, "处", basis("打码处数", "打码框的个数", _source(pen, shots, shot))))


def _figure(pen: Pen, shots: Screenshots, number: int, named: Sequence[NamedScreenshot]) -> Figure:
    shot = shots.pictures[number]
    rows = _belonging(shot, named)
    if shot.caption is not None:
        subject: Text = (pen.typed(shot.caption),)
    elif rows:
        subject = _row_text(pen, rows[0])
    else:
        subject = (_name(pen, shot),)
    parts = {"subject": subject, "at": _when(pen, shots, shot, named), "masks": _mask_text(pen, shots, shot)}
    made = shot.picture
    return Figure(
        id=_ident(number),
        caption=pen.say("screenshots.caption", **parts),
        alt=pen.say("screenshots.alt", **parts),
        chart=Picture(content=made.content, kind=made.kind, width_mm=made.width_mm, height_mm=made.height_mm),
    )
