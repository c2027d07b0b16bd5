"""The `review` command: arguments, progress, printing, exit codes. No logic.

Exit codes: 0 done, 1 input or settings unusable (or the PDF could not be made), 2 usage, 3 an archive does not match its checksums.
Commands that write print the paths, one a line, on stdout; commands that tell print their table on stdout; progress and warnings go to stderr.
"""

import atexit
import gc
import sys
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec
from zoneinfo import ZoneInfo

import click

from review import __version__
from review.arguments import Commands, Count, Day, FilePath, OneOf, Zone
from review.incident.errors import DamagedArchive, UnusableInput
from review.progress_line import ProgressLine

if TYPE_CHECKING:
    from review.filing import Told
    from review.report.language import Tag
    from review.tracking.events import Change
    from review.tracking.filed import Quarter

P = ParamSpec("P")
ZONE = "Asia/Shanghai"
FAULTS_TOLD = 50  # lines a terminal still shows at a look back; one wrong column of a long table makes a fault a row
COLLECT_AFTER = 20_000  # new objects between two looks of the garbage collector: with Python's 700 it takes a twentieth of a report's time


def _moment(_context: click.Context, _parameter: click.Parameter, text: str | None) -> datetime | None:
    """An aware time; a naive one is Beijing time."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("应为 ISO 时间，例如 2026-09-20T10:00:00+08:00") from error
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(ZONE))


def _not_beside_labels(context: click.Context, _parameter: click.Parameter, folder: Path | None) -> Path | None:
    """A classifier stands in for hand labels; where these are given it has nothing to do."""
    if folder is not None and context.params.get("labels") is not None:
        raise click.BadParameter("已给出人工复核（--labels），不需要再用模型代替")
    return folder


def _warn(line: str) -> None:
    click.echo(line, err=True)


def _tell_missing(pdf: str | None) -> None:
    """Why there is no PDF beside the other formats (None: there is), and exit 1."""
    if pdf is not None:
        _warn(f"错误：{pdf}")
        sys.exit(1)


def _teaching(command: Callable[P, None]) -> Callable[P, None]:
    """Foreseeable failures become one line each on stderr and exit code 1, or 3 for a damaged archive; anything else is a bug and keeps its traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except UnusableInput as error:
            for fault in error.faults[:FAULTS_TOLD]:
                _warn(f"错误：{fault}")
            if len(error.faults) > FAULTS_TOLD:
                _warn(f"另有 {len(error.faults) - FAULTS_TOLD:,} 处错误未列出，改正以上各处后再运行")
            sys.exit(3 if isinstance(error, DamagedArchive) else 1)

    return run


_paths = click.argument("paths", nargs=-1, metavar="文件或文件夹...", required=True, type=FilePath(exists=True))
_case = click.option("--case", "case_file", type=FilePath(exists=True, dir_okay=False), help="人工填写部分的 case.toml")
_map = click.option("--map", "map_file", type=FilePath(exists=True, dir_okay=False), help="未知表格的列对应关系（由 review check --write-map 生成）")
_zone = click.option("--zone", type=Zone(), default=ZONE, show_default=True, help="未注明时区的时间按哪个时区理解")

_labels = click.option(
    "--labels", is_eager=True, type=FilePath(exists=True, dir_okay=False), help="人工复核的评论标签（xlsx 或 csv）"
)  # eager: read before --emotion-model asks for it
_emotion_model = click.option(
    "--emotion-model", type=FilePath(exists=True, file_okay=False), callback=_not_beside_labels,
    help="本地 ONNX 文本分类模型的文件夹，代替人工复核判读一份抽样（不是人工复核；文件夹的内容见 README）",
)  # fmt: skip
_captured = click.option("--captured-at", callback=_moment, help="导出的时间，用来理解“3小时前”“昨天”；未写时区的按北京时间")


_lang = click.option("--lang", type=OneOf(["zh-Hans", "zh-Hant"]), default="zh-Hans", show_default=True, help="报告用语：简体，或繁体（台湾、香港用语）")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="review", help="显示版本号")
def main() -> None:
    """舆情事件复盘：从导出数据到可追溯的六章复盘报告（离线）。"""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Windows consoles may not be UTF-8: a name that cannot be shown must not stop the work
            stream.reconfigure(errors="replace")
    gc.set_threshold(COLLECT_AFTER)
    atexit.register(gc.freeze)  # a finished report is a million objects: Python would look all of them through before it ends


@main.command()
@click.argument("file", type=FilePath(dir_okay=False, suffix=".xlsx"))
@_teaching
def init(file: Path) -> None:
    """写出待填写的工作簿 FILE.xlsx。"""
    from review.intake.workbook import blank_workbook
    from review.output import write_file

    write_file(file, blank_workbook())
    click.echo(file)


@main.group("theme")
def house_style() -> None:
    """版式与文字：写出可修改的副本，供 --theme 使用。"""


@house_style.command("init")
@click.argument("folder", type=FilePath(file_okay=False))
@_teaching
def theme_init(folder: Path) -> None:
    """写出版式文件夹：theme.toml、phrases/（章节文字）、html/*.css、reference.docx（Word 样式）；已有文件不覆盖。"""
    from review.output import write_new_files
    from review.report.house_files import house_files

    for path in write_new_files(folder, house_files()):
        click.echo(path)


@main.command()
@_paths
@_case
@_emotion_model
@_labels
@_map
@_zone
@_captured
@click.option("--write-map", type=FilePath(dir_okay=False), help="为无法识别的表和列写出可编辑的列对应文件")
@_teaching
def check(
    paths: tuple[Path, ...], case_file: Path | None, emotion_model: Path | None, labels: Path | None, map_file: Path | None, zone: str,
    captured_at: datetime | None, write_map: Path | None,
) -> None:  # fmt: skip
    """说明读懂了什么、缺什么、先补什么；除 --write-map 外不写任何文件。"""
    from review.pipeline import Inputs, check_inputs, map_template

    with ProgressLine(sys.stderr) as progress:
        inputs = Inputs(
            paths=paths, case_file=case_file, map_file=map_file, zone=zone, labels_file=labels, model_folder=emotion_model, captured_at=captured_at,
            progress=progress,
        )  # fmt: skip
        if write_map is None:
            told: str | Path = check_inputs(inputs, datetime.now(ZoneInfo(zone)), progress.say)
        else:
            from review.output import write_file

            write_file(write_map, map_template(inputs))
            told = write_map
    click.echo(told)


@main.command()
@_paths
@_case
@_emotion_model
@_labels
@_map
@click.option("--rubric", type=FilePath(exists=True, dir_okay=False), help="整份替换默认量表的 rubric.toml")
@click.option("--media", "media_file", type=FilePath(exists=True, dir_okay=False), help="整份替换默认媒体名单的 media.toml")
@click.option("--theme", type=FilePath(exists=True, file_okay=False), help="版式文件夹（review theme init 生成）")
@_lang
@click.option("--final", is_flag=True, help="呈报稿：未定事项集中列出，不标【待确认】")
@click.option("--at", callback=_moment, help="报告的生成时间；同样的输入与 --at 得到逐字节相同的结果")
@click.option("--out", default="out", show_default=True, type=FilePath(file_okay=False), help="输出到此文件夹之下")
@click.option("--force", is_flag=True, help="允许替换不是本工具生成的同名文件夹")
@click.option("--no-redact", is_flag=True, help="不隐去个人信息（封面会注明）")
@click.option("--keep", type=FilePath(exists=True, dir_okay=False), help="在 Word 中填写过的旧报告 DOCX：所填文字带入新报告，依据有变的注明")
@click.option("--images", type=FilePath(exists=True, file_okay=False), help="截图文件夹，全部放入附录（打码框写在其中的 masks.csv）")
@click.option("--archive", "archive_root", type=FilePath(), help="归档文件夹：写入历史复发；已归档过的事件另附“与上一版相比”")
@_zone
@_captured
@_teaching
def build(
    paths: tuple[Path, ...], case_file: Path | None, emotion_model: Path | None, labels: Path | None, map_file: Path | None, rubric: Path | None,
    media_file: Path | None, theme: Path | None, lang: "Tag", final: bool, at: datetime | None, out: Path, force: bool, no_redact: bool,
    keep: Path | None, images: Path | None, archive_root: Path | None, zone: str,
    captured_at: datetime | None,
) -> None:  # fmt: skip
    """由导出数据与填写内容生成复盘报告（PDF、DOCX、HTML）。"""
    from review.pipeline import Edition, Inputs, build_report

    made_at = at or datetime.now(ZoneInfo(zone))
    edition = Edition(
        rubric_file=rubric, media_file=media_file, theme_folder=theme, final=final, masked=not no_redact, made_at=made_at, archive=archive_root, keep=keep,
        language=lang
    )  # fmt: skip
    with ProgressLine(sys.stderr) as progress:
        inputs = Inputs(
            paths=paths, case_file=case_file, map_file=map_file, zone=zone, labels_file=labels, model_folder=emotion_model, captured_at=captured_at,
            images=images,
            progress=progress,
        )  # fmt: skip
        built = build_report(inputs, edition, progress.say)
    for path in built.write(out, force, _warn):
        click.echo(path)
    _tell_missing(built.pdf_missing)
    if built.damaged:  # told above, where it was left out
        sys.exit(3)


@main.command()
@_paths
@_case
@_map
@_zone
@_captured
@click.option("-o", "--output", "target", required=True, type=FilePath(dir_okay=False, suffix=".xlsx"), help="写到这个 xlsx 文件")
@_teaching
def label(
    paths: tuple[Path, ...], case_file: Path | None, map_file: Path | None, zone: str, captured_at: datetime | None, target: Path
) -> None:  # fmt: skip
    """抽取待人工复核的评论（约 15–20 分钟标完），填好后用 review build --labels 使用。"""
    from review.output import write_file
    from review.pipeline import Inputs, label_sheet

    with ProgressLine(sys.stderr) as progress:
        made = label_sheet(Inputs(paths=paths, case_file=case_file, map_file=map_file, zone=zone, captured_at=captured_at, progress=progress))
    write_file(target, made)
    click.echo(target)


@main.command()
@_paths
@_case
@_map
@_zone
@_captured
@_emotion_model
@_labels
@click.option("-o", "--output", "target", required=True, type=FilePath(dir_okay=False, suffix=".csv"), help="写到这个 csv 文件")
@_teaching
def classify(
    paths: tuple[Path, ...], case_file: Path | None, map_file: Path | None, zone: str, captured_at: datetime | None, labels: Path | None,
    emotion_model: Path | None, target: Path,
) -> None:  # fmt: skip
    """逐行写出情绪标签、来源、分值与依据词。"""
    from review.output import write_file
    from review.pipeline import Inputs, classified

    with ProgressLine(sys.stderr) as progress:
        inputs = Inputs(
            paths=paths, case_file=case_file, map_file=map_file, zone=zone, labels_file=labels, model_folder=emotion_model, captured_at=captured_at,
            progress=progress,
        )  # fmt: skip
        made = classified(inputs, progress.say)
    write_file(target, made)
    click.echo(target)


@main.command()
@click.argument("out", type=FilePath(exists=True))
@click.argument("claim")
@click.option("--data", multiple=True, type=FilePath(exists=True), help="原始导出的文件或文件夹（可多次）；默认用生成报告时的位置")
@click.option("--rows", type=Count(), help="最多列出几行原文，默认 20")
@click.option("--no-redact", is_flag=True, help="原文不隐去个人信息")
@_teaching
def trace(out: Path, claim: str, data: tuple[Path, ...], rows: int | None, no_redact: bool) -> None:
    """报告 OUT 中编号为 CLAIM 的数字从哪里来：算法、来源与来源行的原文。"""
    from review.tracing import TraceOrder, trace_claim

    click.echo(trace_claim(out, claim, TraceOrder(data=data, rows=rows, masked=not no_redact)))


# -- archive and follow-up

_root = click.argument("root", type=FilePath(), metavar="归档文件夹")
_brand = click.option("--brand", help="只看品牌名含此文字的事件")
_on = click.option("--on", required=True, type=Day(), metavar="日期", help="发生的日期，例如 2026-10-12")
_by = click.option("--by", required=True, help="由谁（部门或姓名）")
_note = click.option("--note", help="备注")
_proof = click.option("--proof", type=FilePath(exists=True, dir_okay=False), help="证明文件（只记录名称与校验码，文件留在原处）")


def _print(told: "Told") -> None:
    """A table with its notices; exit 3 where packages were left out as damaged."""
    click.echo(told.text)
    for line in told.notices:
        _warn(line)
    if told.damaged:
        sys.exit(3)


def _quarter(_context: click.Context, _parameter: click.Parameter, text: str | None) -> "Quarter | None":
    from review.tracking.filed import parse_quarter

    try:
        return None if text is None else parse_quarter(text)
    except UnusableInput as error:
        raise click.BadParameter(str(error)) from error


@main.command()
@click.argument("out", type=FilePath(exists=True, file_okay=False))
@click.option("--to", "root", required=True, type=FilePath(), help="归档文件夹（共享盘）")
@click.option("--with-data", is_flag=True, help="连同 work/ 与 --source 一并归档（含个人信息）")
@click.option("--source", "sources", multiple=True, type=FilePath(exists=True), help="一并归档的原始导出（可多次，需 --with-data）")
@click.option("--incident", help="归入已有事件名下，成为它的新版本（名称见 review list）")
@_teaching
def archive(out: Path, root: Path, with_data: bool, sources: tuple[Path, ...], incident: str | None) -> None:
    """把复盘结果 OUT 存成带校验码的归档件；同一事件的新版本放在旧版本旁边。"""
    from review.filing import Filing
    from review.filing import archive as file_away

    filed = file_away(out, root, Filing(with_data=with_data, sources=sources, incident=incident), _warn)
    stored = filed.stored
    _warn(f"{'已有相同的归档件' if stored.already else '已归档'}，封存码 {stored.seal}")
    click.echo(stored.path)
    for fault in filed.damaged:
        _warn(f"不一致：{fault}")
    if filed.damaged:
        sys.exit(3)


@main.command()
@_root
@click.option("--remove-stale", is_flag=True, help="删除中断后遗留的暂存文件夹")
@_teaching
def verify(root: Path, remove_stale: bool) -> None:
    """逐字节核对全部归档件；有不一致时逐条列出，退出码为 3。"""
    from review.filing import verify_archive

    found = verify_archive(root, remove_stale, _warn)
    for package in found.packages:
        click.echo(f"{'不一致' if package.damage else '一致'}  {package.seal or '-'}  {package.place}")
    for damage in found.all_damage:
        _warn(f"不一致：{damage}")
    _warn(f"核对归档件 {len(found.packages)} 个、行动记录 {found.events} 条，共 {sum(each.bytes_read for each in found.packages):,} 字节")
    if found.all_damage:
        sys.exit(3)


@main.command("list")
@_root
@_brand
@click.option("--quarter", callback=_quarter, help="季度，例如 2026Q3")
@click.option("--level", type=OneOf(["1", "2"]), help="危机等级")
@_teaching
def list_command(root: Path, brand: str | None, quarter: "Quarter | None", level: str | None) -> None:
    """列出归档的事件。"""
    from review.archive.shelf import Filter
    from review.filing import list_archive

    _print(list_archive(root, Filter(brand=brand, quarter=quarter, level=None if level is None else "l1" if level == "1" else "l2")))


@main.group()
def actions() -> None:
    """归档事件的行动：查看与登记进展。"""


@actions.command("list")
@_root
@_brand
@click.option("--overdue", is_flag=True, help="只列逾期未完成的")
@click.option("--at", callback=_moment, help="按哪一时点计算状态")
@_teaching
def actions_list(root: Path, brand: str | None, overdue: bool, at: datetime | None) -> None:
    """列出行动与状态。"""
    from review.archive.shelf import Filter
    from review.filing import list_actions

    today = (at or datetime.now(ZoneInfo(ZONE))).astimezone(ZoneInfo(ZONE)).date()
    _print(list_actions(root, Filter(brand=brand), overdue, today))


def _register(change: "Change", verb: str, what: str) -> None:
    """One command a kind of change: `review actions done ROOT INCIDENT/A-07 --on … --by …`."""

    @actions.command(verb, help=what)
    @_root
    @click.argument("name", metavar="事件/行动编号")
    @_on
    @_by
    @_proof
    @_note
    @_teaching
    def command(root: Path, name: str, on: datetime, by: str, proof: Path | None, note: str | None) -> None:
        from review.filing import ChangeNote, record_change

        at = datetime.now(ZoneInfo(ZONE))
        click.echo(record_change(root, name, ChangeNote(change=change, on=on.date(), by=by, proof=proof, note=note), at))


_register("done", "done", "登记完成。")
_register("started", "start", "登记开始。")
_register("cancelled", "cancel", "登记取消。")
_register("reopened", "reopen", "撤回完成或取消，重新进行。")
_register("kept", "keep", "策略去留：保留。")
_register("adjusted", "adjust", "策略去留：调整。")
_register("ended", "end", "策略去留：终止。")


@main.command()
@click.argument("quarter", callback=_quarter, metavar="季度")
@click.option("--archive", "root", required=True, type=FilePath(), help="归档文件夹")
@_brand
@click.option("--rubric", type=FilePath(exists=True, dir_okay=False), help="所有事件改按此量表计分（报告中注明量表版本）")
@click.option("--theme", type=FilePath(exists=True, file_okay=False), help="版式文件夹")
@_lang
@click.option("--at", callback=_moment, help="报告的生成时间；行动状态按这一天计算")
@click.option("--out", default="out", show_default=True, type=FilePath(file_okay=False), help="输出到此文件夹之下")
@click.option("--force", is_flag=True, help="允许替换不是本工具生成的同名文件夹")
@_teaching
def quarter(
    quarter: "Quarter", root: Path, brand: str | None, rubric: Path | None, theme: Path | None, lang: "Tag", at: datetime | None, out: Path,
    force: bool,
) -> None:  # fmt: skip
    """写出季度复盘报告（PDF、DOCX、HTML、XLSX）。

    例如 review quarter 2026Q3 --archive 归档文件夹
    """
    from review.filing import QuarterOrder, quarter_report
    from review.output import replace_folder

    made_at = at or datetime.now(ZoneInfo(ZONE))
    order = QuarterOrder(quarter=quarter, brand=brand, rubric_file=rubric, theme_folder=theme, language=lang, made_at=made_at, zone=ZONE)
    made = quarter_report(root, order)
    for line in made.notices:
        _warn(line)
    for path in replace_folder(out / made.name, made.files, force, _warn):
        click.echo(path)
    _tell_missing(made.pdf_missing)


@main.command()
@_root
@click.option("--rubric", required=True, type=FilePath(exists=True, dir_okay=False), help="新的量表 rubric.toml")
@_brand
@_teaching
def rescore(root: Path, rubric: Path, brand: str | None) -> None:
    """归档事件按新量表的评分，与原评分并列；归档件不改动。"""
    from review.archive.shelf import Filter
    from review.filing import rescored

    click.echo(rescored(root, rubric, Filter(brand=brand)))


@main.command()
@click.argument("out", type=FilePath(exists=True, file_okay=False))
@click.option("--to", "target", type=FilePath(file_okay=False), help="写到这个文件夹，默认在 OUT 旁的“…-分发”")
@click.option("--theme", type=FilePath(exists=True, file_okay=False), help="版式文件夹（review theme init 生成）")
@click.option("--at", callback=_moment, help="生成时间；同样的输入与 --at 得到逐字节相同的结果")
@_teaching
def share(out: Path, target: Path | None, theme: Path | None, at: datetime | None) -> None:
    """给每个部门一份摘录（DOCX）和截止日期日历（ics）。"""
    from review.filing import share_extracts
    from review.output import replace_folder
    from review.report.theme import theme_notices

    files = share_extracts(out, at or datetime.now(ZoneInfo(ZONE)), ZONE, theme)
    for line in theme_notices(theme):
        _warn(line)
    for path in replace_folder(target or out.parent / f"{out.name}-分发", files, False, _warn):
        click.echo(path)
