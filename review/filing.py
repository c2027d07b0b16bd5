"""The stories of the archive on one screen: store, verify, list, follow up, report a quarter, score again, share with departments."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from review import __version__
from review.analysis.schedule import ActionState
from review.archive.bag import PAYLOAD, inventory, sha256_of
from review.archive.shelf import DAMAGED_REMEDY, EVENTS, Entry, Filter, Listing, check_there, find_incident, listing, records, sound_records
from review.archive.store import File, Package, Stored, add_file, remove_stale, stages, store
from review.archive.verification import Verification, verify
from review.incident.errors import DamagedArchive, Fault, UnusableInput, content_of
from review.incident.file_names import safe_name
from review.plain_data import RowSets, dumped, plain, read_json
from review.record import BUILD_FOLDER, Record, record_in
from review.settings.archive import load_archive_settings
from review.settings.rubric import Rubric, load_rubric
from review.settings.thresholds import load_thresholds
from review.settings.tracking import load_tracking_settings
from review.settings.vocabulary import read_vocabulary
from review.terminal import table
from review.tracking.events import ActionEvent, Change, event_json, proof_of
from review.tracking.filed import Filed, Quarter
from review.tracking.follow_up import STATE_WORDS, Lapsed, follow, lapsed, named_actions
from review.tracking.quarter import QuarterFindings, quarter_findings
from review.tracking.rescoring import Caveat, Rescored, rescore, restated

if TYPE_CHECKING:
    from review.report.language import Tag

Say = Callable[[str], None]

WORK: Final = "work/"
SOURCES: Final = "sources/"
CHANGE_WORDS: Final[dict[Change, str]] = {
    "started": "开始", "done": "完成", "cancelled": "取消", "reopened": "重新进行", "kept": "保留", "adjusted": "调整", "ended": "终止",
}  # fmt: skip
CAVEATS: Final[dict[Caveat, str]] = {
    "trigger_share": "预警线不同，启动时间未重算",
    "silence_hours": "未回应底线时限不同，底线未重判",
    "level_by_reads_unknown": "缺少阅读量，等级沿用",
    "earlier_rubric_unknown": "原量表未随归档保存",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """How to archive: with work/ and these source files or folders (personal data), under another incident's name (None: its own)."""

    with_data: bool
    sources: tuple[Path, ...]
    incident: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterOrder:
    """What quarterly report is wanted: quarter, brand (None: all), rubric to restate every incident by (None: as archived), time (aware), zone and language."""

    quarter: Quarter
    brand: str | None
    rubric_file: Path | None
    theme_folder: Path | None
    made_at: datetime
    zone: str
    language: "Tag" = "zh-Hans"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeNote:
    """A status change to record: what, when, by whom, the proof shown and a remark (None: none)."""

    change: Change
    on: date
    by: str
    proof: Path | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A table for the terminal, what is to be said beside it, and the packages left out as damaged."""

    text: str
    notices: tuple[str, ...] = ()
    damaged: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledAway:
    """A package archived, and the packages of the archive found damaged on the way."""

    stored: Stored
    damaged: tuple[Fault, ...]


def archive(out: Path, root: Path, filing: Filing, say: Say) -> FiledAway:
    """`review archive`: the build's folder as a package. Raises UnusableInput; nothing half is left on the share."""
    record = record_in(out)
    files: dict[str, File] = {name: path for name, path in inventory(out).items() if filing.with_data or not name.startswith(WORK)}
    if filing.sources and not filing.with_data:
        raise UnusableInput(Fault("--source", "原始导出可能含个人信息", "确需归档请同时给出 --with-data"))
    files |= _sources(filing.sources, out, say)
    incident = filing.incident or record.head.incident
    shelves = _shelves(root, incident)
    if filing.incident is not None and not shelves and root.is_dir():
        raise UnusableInput(Fault("--incident", f"归档中没有名为 {incident} 的事件", "用 review list 查看名称；新的事件不用这个选项"))
    damaged = _tell_earlier(root, record, incident, say)
    if record.masked is False:
        say("报告未隐去个人信息（--no-redact），归档件记为含个人信息；共享前请确认访问范围")
    if record.head.day is None and not shelves:
        say(f"事件没有日期，按报告生成日期归入 {record.head.made_at:%Y-%m}")
    package = Package(
        incident=incident,
        filed=shelves[0] if len(shelves) == 1 else record.head.day or record.head.made_at.date(),
        files=files,
        info={
            "Bag-Software-Agent": f"review {__version__}",
            "Bagging-Date": f"{record.head.made_at:%Y-%m-%d}",
            "Contains-Personal-Data": _personal_data(record, filing),
            "Rubric-Version": record.head.rubric_version,
            "Rubric-SHA256": record.head.rubric_sha256,
        },
    )
    stored = store(root, package)
    if stored.damaged is not None:
        again = Fault(stored.damaged, "与归档时的校验码不符，未改动；同样的内容已另存为新版本", DAMAGED_REMEDY)
        damaged = (*(each for each in damaged if each.where != stored.damaged), again)
    return FiledAway(stored=stored, damaged=damaged)


def _shelves(root: Path, incident: str) -> list[date]:
    """A day of each quarter that versions of this incident lie under; the next one lies beside them, whatever its own day."""
    found = (path for path in sorted(root.glob("[0-9][0-9][0-9][0-9]/Q[1-4]/*")) if path.name == incident and path.is_dir())
    return [date(int(path.parts[-3]), 3 * int(path.parts[-2][1]), 1) for path in found]


def _personal_data(record: Record, filing: Filing) -> str:
    """The line of bag-info.txt that says whether ordinary people are named in the package, and where."""
    places = [*(["work/", "sources/"] if filing.with_data else []), *(["report"] if record.masked is False else [])]
    if places:
        return f"yes ({', '.join(places)})"
    return "no" if record.masked else "unknown (built before this was recorded)"


def _sources(paths: Sequence[Path], out: Path, say: Say) -> dict[str, File]:
    """The source exports below sources/, under names that a share takes; one that the review did not read is told."""
    read_before = _digests_read(out)
    files: dict[str, File] = {}
    for path in paths:
        found = {path.name: path} if path.is_file() else {f"{path.name}/{name}": each for name, each in inventory(path).items()}
        for name, each in sorted(found.items()):
            safe = "/".join(safe_name(step).replace("%", "_") for step in name.split("/"))
            number = 2
            target = safe
            while SOURCES + target in files:
                stem, dot, suffix = safe.rpartition(".")
                target = f"{stem or suffix}-{number}{dot}{suffix if stem else ''}"
                number += 1
            files[SOURCES + target] = each
            if read_before and sha256_of(each)[0] not in read_before:
                say(f"未被本次复盘读取：{name}（仍随归档保存）")
    return files


def _digests_read(out: Path) -> set[str]:
    try:
        data = read_json((out / "import.json").read_bytes())
        return {str(each["sha256"]) for key in ("tables", "skipped") for each in data[key]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _tell_earlier(root: Path, record: Record, incident: str, say: Say) -> tuple[Fault, ...]:
    """Tell of an incident of the same brand and event under another name: later data may have moved its day. The packages found damaged."""
    if record.head.brand is None or record.head.event is None or not root.is_dir():
        return ()
    found = listing(root, Filter())
    for fault in found.unreadable:
        say(f"未对照：{fault}")
    for entry in found.entries:
        same = (entry.head.brand, entry.head.event) == (record.head.brand, record.head.event)
        if same and entry.incident != incident:
            say(f"归档中已有同品牌同事件：{entry.place}；若是同一事件的新版本，请用 --incident {entry.incident}")
    return found.damaged


def verify_archive(root: Path, remove: bool, say: Say) -> Verification:
    """`review verify`: every package, every byte; unfinished copies are told, and removed where asked."""
    check_there(root)
    settings = load_archive_settings()
    if remove:
        for path in remove_stale(root, settings):
            say(f"已删除遗留的暂存文件夹：{path.name}")
    for stage in stages(root, settings):
        say(f"{'遗留的' if stage.stale else '正在写入的'}暂存文件夹：{stage.path.name}（来自 {stage.host}）")
    found = verify(root)
    if not (found.packages or found.damage or found.events or stages(root, settings)):
        raise UnusableInput(Fault(str(root), "其中没有归档件，无可核对", "请指向 review archive --to 所用的文件夹"))
    return found


def list_archive(root: Path, wanted: Filter) -> Told:
    """`review list`: one line an incident."""
    found = listing(root, wanted)
    words = read_vocabulary()
    rows = [
        (
            str(entry.quarter),
            "" if entry.head.day is None else entry.head.day.isoformat(),
            entry.head.brand or "",
            entry.head.event or "",
            words["level"].word(entry.head.level) if entry.head.level else "未定级",
            "" if entry.head.total is None else f"{entry.head.total:.1f}",
            entry.head.grade or "不评级",
            f"v{entry.version}",
            entry.incident,
        )
        for entry in found.entries
    ]
    text = table(("季度", "日期", "品牌", "事件", "等级", "评分", "评级", "版本", "名称"), rows)
    none = () if rows else ("没有符合条件的归档事件；归档文件夹由 review archive 写出",)
    return Told(text=text, notices=(*none, *_not_listed(found)), damaged=found.damaged)


def _not_listed(found: Listing) -> tuple[str, ...]:
    return tuple(f"未列出：{fault}" for fault in found.left_out)


def list_actions(root: Path, wanted: Filter, overdue: bool, today: date) -> Told:
    """`review actions list`: every action as it stands today."""
    found = listing(root, wanted)
    filed, altered = sound_records(root, found.entries)
    shown: set[ActionState] = {"overdue"} if overdue else set(STATE_WORDS)
    rows = [
        (
            each.name,
            STATE_WORDS[each.state],
            "" if each.item.due is None else each.item.due.isoformat(),
            "" if each.done_on is None else each.done_on.isoformat(),
            "" if each.overdue_days is None else str(each.overdue_days),
            each.item.department or "",
            each.item.owner or "",
            each.item.content,
        )
        for each in follow(filed, today)
        if each.state in shown
    ]
    text = table(("行动", "状态", "截止", "完成", "逾期天数", "部门", "负责人", "内容"), rows)
    notices = (*_not_listed(found), *(f"未列出：{fault}" for fault in altered), *map(_lapsed_line, lapsed(filed)))
    return Told(text=text, notices=notices, damaged=(*found.damaged, *altered))


def _lapsed_line(each: Lapsed) -> str:
    was = "各版本不同，无法判断所指" if each.was is None else f"原为“{each.was}”"
    now = "本版没有内容相同的行动" if each.now is None else f"本版此编号为“{each.now}”"
    change = f"{each.filed.incident}/{each.event.action}（{each.event.on} {CHANGE_WORDS[each.event.change]}）"
    return f"登记未沿用：{change}：{was}，{now}。请核对后用 review actions 重新登记"


def record_change(root: Path, name: str, note: ChangeNote, now: datetime) -> Path:
    """`review actions done …`: one new file beside the packages. name: incident/A-07."""
    incident, slash, ident = name.rpartition("/")
    if not slash or not ident:
        raise UnusableInput(Fault(name, "不是行动的名称", "写法如 20260812-某品牌-某事件/A-07，可用 review actions list 查看"))
    entry = find_incident(root, incident)
    (filed,) = records(root, (entry,))
    known = dict(named_actions(filed.record))
    if ident not in known:
        raise UnusableInput(Fault(name, f"该事件没有行动 {ident}", f"已有：{'、'.join(known) or '无'}"))
    if note.on > now.date():
        raise UnusableInput(Fault("--on", f"{note.on} 尚未到来", "只能登记已经发生的变化"))
    if not note.by.strip():
        raise UnusableInput(Fault("--by", "不能为空", "请写明部门或姓名"))
    proof = None if note.proof is None else proof_of(note.proof.name, content_of(note.proof, "请检查权限"))
    event = ActionEvent(
        ident=secrets.token_hex(8), incident=incident, action=ident, change=note.change, on=note.on, by=note.by.strip(), recorded_at=now, proof=proof,
        note=note.note, about=known[ident].content,
    )  # fmt: skip
    return add_file((root / entry.place).parent / EVENTS, event.file_name, event_json(event))


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterMade:
    """A quarterly report, not yet written: name of its folder, files, why there is no PDF (None: there is), and lines for the terminal."""

    name: str
    files: Mapping[str, bytes]
    pdf_missing: str | None
    notices: tuple[str, ...]


def quarter_report(root: Path, order: QuarterOrder, told: Say = lambda _: None) -> QuarterMade:
    """`review quarter`. told: hears the name of each stage that is done.

    Later quarters are listed but not read; of earlier ones the whole record is: an action of any of them may still be open, and its cause come back.
    """
    from review.report.attachments import claims_json
    from review.report.compose.quarter_report import QuarterWriting, compose_quarter
    from review.report.press import TYPESETTER, Printing
    from review.report.quarter_sheet import quarter_sheet
    from review.report.theme import load_theme, theme_notices
    from review.second_process import SecondProcess

    today = order.made_at.astimezone(ZoneInfo(order.zone)).date()
    entries = tuple(entry for entry in _all(root, Filter(brand=order.brand)) if entry.quarter <= order.quarter)
    if order.brand is not None and not entries:
        raise UnusableInput(Fault("--brand", f"到 {order.quarter} 为止，归档中没有品牌名含“{order.brand}”的事件", "可用 review list 查看归档中的品牌"))
    filed = records(root, entries)
    told("read")
    rubric = load_rubric(order.rubric_file)
    if order.rubric_file is not None:
        filed = tuple(replace(each, record=restated(rescore(each.record, rubric, _kept_rubric(root, each)))) for each in filed)
    found = quarter_findings(filed, order.quarter, today, load_tracking_settings())
    told("findings")
    theme = load_theme(order.theme_folder, order.language)
    writing = QuarterWriting(made_at=order.made_at, zone=order.zone, brand=order.brand, trigger_share=rubric.trigger_share)
    report = compose_quarter(found, load_thresholds(), theme, writing)
    told("compose")
    files = {"findings.json": _quarter_json(found), "claims.json": claims_json(report.claims, theme.language)}
    with SecondProcess(*TYPESETTER) as second:
        printing = Printing(second, report.document, theme)
        printing.attach({"claims.json": files["claims.json"]})
        sheet = quarter_sheet(found, order.made_at, theme.language)
        formats = printing.finish(report.claims)
    told("formats")
    name = safe_name("-".join(part for part in (str(order.quarter), order.brand, "舆情季度复盘") if part))
    return QuarterMade(
        name=name,
        files={**formats.files, "quarter.xlsx": sheet, **files},
        pdf_missing=formats.pdf_missing,
        notices=(*theme_notices(order.theme_folder), *map(_lapsed_line, found.lapsed)),
    )


def _all(root: Path, wanted: Filter) -> tuple[Entry, ...]:
    """The entries of an archive; an unreadable or damaged one is a failure: a quarter must not lack an incident in silence."""
    check_there(root)
    found = listing(root, wanted)
    if found.damaged:
        raise DamagedArchive(*found.left_out)
    if found.unreadable:
        raise UnusableInput(*found.unreadable)
    return found.entries


def _quarter_json(found: QuarterFindings) -> bytes:
    """What the quarter's sentences rest on, as data."""
    rows = RowSets()
    body = {
        "quarter": str(found.quarter),
        "today": found.today.isoformat(),
        "incidents": [each.place for each in found.incidents],
        "before": [each.place for each in found.before],
        "rubrics": plain(found.rubrics, rows),
        "response": plain(found.response, rows),
        "shares": plain(found.shares, rows),
        "executed": plain(found.executed, rows),
        "actions": [{"name": each.name, "state": each.state, "delay_days": each.delay_days, "overdue_days": each.overdue_days} for each in found.actions],
        "repeats": [
            {"incident": each.filed.place, "cause": each.cause.content, "earlier": each.earlier.place, "action": each.action.name} for each in found.repeats
        ],
    }
    return dumped({"schema": "review.quarter", "version": 1, **body})


def rescored(root: Path, rubric_file: Path, wanted: Filter) -> str:
    """`review rescore`: every incident under the archived and the new rubric side by side; nothing is written."""
    rubric = load_rubric(rubric_file)
    rows = [_side_by_side(each, rescore(each.record, rubric, _kept_rubric(root, each))) for each in records(root, _all(root, wanted))]
    return table(("事件", "原量表", "原评分", "原评级", "新量表", "新评分", "新评级", "说明"), rows)


def _side_by_side(filed: Filed, made: Rescored) -> tuple[str, ...]:
    head, card = filed.record.head, made.card
    return (
        filed.incident,
        head.rubric_version,
        "" if head.total is None else f"{head.total:.1f}",
        head.grade or "不评级",
        card.rubric_version,
        "" if card.total is None or not card.rated else f"{card.total:.1f}",
        card.grade_text or "不评级",
        "；".join(CAVEATS[caveat] for caveat in made.caveats),
    )


def _kept_rubric(root: Path, filed: Filed) -> Rubric | None:
    path = root / filed.place / PAYLOAD / "settings" / "rubric.toml"
    return load_rubric(path) if path.is_file() else None


def share_extracts(out: Path, made_at: datetime, zone: str, theme_folder: Path | None = None) -> dict[str, bytes]:
    """`review share`: one DOCX and one calendar a department, in the language of the report and the house style of theme_folder (None: ours).

    Raises UnusableInput where the review has no actions.
    """
    from review.report.attachments import language_of
    from review.report.calendar import calendar
    from review.report.compose.department_extract import ExtractWriting, compose_extract, extracts
    from review.report.theme import load_theme
    from review.report.word import word

    record = record_in(out)
    actions = named_actions(record)
    if not actions:
        raise UnusableInput(Fault(str(out), "本次复盘没有填写行动，没有可分发的内容", "请先在“根因与行动”中填写行动"))
    language = language_of(content_of(out / "claims.json", BUILD_FOLDER))
    theme = load_theme(theme_folder, language)
    writing = ExtractWriting(made_at=made_at, zone=zone, thresholds=load_thresholds())
    files: dict[str, bytes] = {}
    for extract in extracts(actions):
        name = safe_name(extract.department or "未指定部门")
        files[f"{name}.docx"] = word(compose_extract(record, extract, theme, writing), theme)
        files[f"{name}.ics"] = calendar(record.head.incident, extract.actions, made_at, theme.language)
    return files
