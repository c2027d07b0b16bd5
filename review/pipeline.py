"""The stories on one screen: check, label, classify, build (load → analyse → compose → render)."""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from review import output
from review.analysis.analyse import LENT, Analysis, analyse
from review.analysis.beside import Beside, when_asked
from review.analysis.emotion_labels import Audit
from review.analysis.machine_labels import Labeller
from review.analysis.mood import MoodRows
from review.analysis.named_screenshots import named_screenshots
from review.incident.case import with_action_ids
from review.incident.errors import Fault, UnusableInput, content_of
from review.incident.file_names import readable
from review.incident.identifying import told_names
from review.incident.import_log import PictureLog
from review.incident.incident import Incident
from review.intake.load import Loaded, LoadOptions, load, unmapped_tables
from review.intake.ours import OUTPUT_FOLDER
from review.intake.progress import Progress, unwatched
from review.intake.screenshots import NO_SCREENSHOTS, Screenshots, Wanted, find_folder, read_screenshots
from review.intake.understanding import column_map_template, read_column_map
from review.plain_data import dumped
from review.record import Record, findings_json, masked_record, record_of
from review.report.compose.incident_report import Dossier, Writing, compose, incident_day, masks_of
from review.report.language import Tag
from review.report.theme import load_theme, theme_notices
from review.report.word_slots import EditedReport, read_edits
from review.settings.analysis_settings import load_analysis_settings
from review.settings.rubric import Rubric
from review.settings.screenshots import load_screenshot_settings
from review.settings.used import settings_files
from review.settings.vocabulary import read_vocabulary
from review.tracking.history import PastReviews, is_same_brand, is_same_incident, past_reviews

Say = Callable[[str], None]
INPUTS_FILE: Final = "work/inputs.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the user points at; when the exports were made (aware; None = unknown); the folder of screenshots (None: the one beside the files, if there
    is one); and who is told how far the work has come.
    """

    paths: tuple[Path, ...]
    case_file: Path | None
    map_file: Path | None
    zone: str
    labels_file: Path | None = None
    model_folder: Path | None = None
    captured_at: datetime | None = None
    images: Path | None = None
    progress: Progress = unwatched


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """How the report is to be made: rubric, media list and theme (None = ours), 呈报稿 or 工作稿, masked or not, the time it is made at (aware), the archive
    to look for the incident's and the brand's past in (None: none), an edited DOCX of an earlier build whose slots are kept (None: none), and the language
    of its words.
    """

    rubric_file: Path | None
    theme_folder: Path | None
    final: bool
    masked: bool
    made_at: datetime
    archive: Path | None = None
    keep: Path | None = None
    language: Tag = "zh-Hans"
    media_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A finished report, not yet written. pdf_missing: why there is no PDF, else None; inputs: the paths it was made from; damaged: archived packages that
    were left out because they are not what was archived.
    """

    name: str
    files: Mapping[str, bytes]
    pdf_missing: str | None
    inputs: tuple[Path, ...] = ()
    damaged: tuple[Fault, ...] = ()

    def write(self, out: Path, force: bool, say: Say) -> tuple[Path, ...]:
        """Write everything as the folder out/name, with the way from there to the files read, for `review trace`; the paths written."""
        return output.replace_folder(out / self.name, {**self.files, INPUTS_FILE: inputs_json(self.inputs, out / self.name)}, force, say)


LENT_ROWS: Final = 100_000
"""Posts of which the second process is given a copy; of more the copy would weigh on the memory of a laptop."""

AUDIT_SIZE = 200
"""Comments to label by hand: 15 to 20 minutes, and enough for a calibrated curve (METHODS: share error 3 to 5 points)."""


def _audit(inputs: Inputs) -> pd.DataFrame | Labeller | None:
    """The hand labels, else the classifier the user brought, else None."""
    if inputs.labels_file is not None:
        from review.intake.audit import read_audit

        return read_audit(inputs.labels_file, read_vocabulary()["emotion"].printed)
    if inputs.model_folder is not None:
        from review.intake.local_model import load_local_model

        model = load_local_model(inputs.model_folder)
        return Labeller(name=model.name, sha256=model.sha256, negative=model.negative)
    return None


def audit_sheet(posts: pd.DataFrame, moods: MoodRows, zone: str) -> bytes | None:
    """The sheet of comments to label by hand, None where there is nothing to label."""
    from review.analysis.audit_sample import draw_audit_sample
    from review.intake.audit_sheet import audit_workbook

    sample = draw_audit_sample(posts, moods.read, AUDIT_SIZE)
    return audit_workbook(sample, read_vocabulary()["emotion"].printed, zone) if len(sample) else None


def tell_matched(audit: Audit | None, labels_file: Path | None, say: Say) -> None:
    """Say how many hand labels found their comment. Raises UnusableInput where none did: a sheet of another incident would change nothing, unseen."""
    if audit is None or labels_file is None:
        return
    told = f"人工复核 {audit.labels} 条，与本次评论对上 {audit.matched} 条"
    if audit.matched == 0:
        raise UnusableInput(Fault(readable(labels_file.name), told, "请确认这份复核表是由本次输入经 review label 生成的"))
    say(told)


def read_rows(inputs: Inputs) -> Analysis:
    """Load and analyse, for the commands that work row by row."""
    incident = read(inputs).incident
    inputs.progress("分析", 0, 0)
    return analyse(incident, load_analysis_settings(None), inputs.zone, _audit(inputs))


def label_sheet(inputs: Inputs) -> bytes:
    """`review label`: the sheet to fill. Raises UnusableInput where the input holds no comment with words."""
    analysis = read_rows(inputs)
    sheet = audit_sheet(analysis.posts, analysis.moods, inputs.zone)
    if sheet is None:
        raise UnusableInput(Fault("", "输入中没有可供标注的评论", "请给出含评论内容的导出文件"))
    return sheet


def classified(inputs: Inputs, say: Say) -> bytes:
    """`review classify`: every row with its label as CSV. Raises UnusableInput where the input holds no post and no comment."""
    from review.report.attachments import labels_csv

    analysis = read_rows(inputs)
    tell_matched(analysis.findings.emotion.audit, inputs.labels_file, say)
    if not len(analysis.posts):
        raise UnusableInput(Fault("", "输入中没有帖文或评论，没有可写的行", "请给出含帖文或评论的导出文件"))
    return labels_csv(analysis.posts, analysis.moods, inputs.zone)


def read(inputs: Inputs) -> Loaded:
    """The incident and its import log."""
    mapping = read_column_map(inputs.map_file) if inputs.map_file is not None else None
    options = LoadOptions(
        zone=inputs.zone, mapping=mapping, case_file=inputs.case_file, captured_at=inputs.captured_at, screenshots=screenshot_folder(inputs),
        labels=inputs.labels_file,
    )  # fmt: skip
    loaded = load(inputs.paths, options, inputs.progress)
    return replace(loaded, incident=replace(loaded.incident, case=with_action_ids(loaded.incident.case)))


def screenshot_folder(inputs: Inputs) -> Path | None:
    """The folder of screenshots: the one pointed at, else the one beside the files."""
    return inputs.images if inputs.images is not None else find_folder(inputs.paths, load_screenshot_settings())


def screenshots_of(inputs: Inputs, incident: Incident, beside: Beside) -> Callable[[], Screenshots]:
    """The pictures for the appendix, when asked for; of a folder that nobody pointed at only those that rows name."""
    folder = screenshot_folder(inputs)
    named = tuple(dict.fromkeys(each.file for each in named_screenshots(incident)))
    if folder is None or not (named or inputs.images):
        return lambda: NO_SCREENSHOTS
    return beside(read_screenshots, folder, inputs.zone, load_screenshot_settings(), Wanted(named=named, others=inputs.images is not None))


def with_pictures(loaded: Loaded, shots: Screenshots, hide: Callable[[str], str]) -> Loaded:
    """The same with the screenshots in its import log, ordinary people in their names hidden."""
    used = [PictureLog(file=hide(each.file), sha256=each.sha256, masks=each.masks, reason=None) for each in shots.pictures]
    lost = [PictureLog(file=hide(each.file), sha256=each.sha256, masks=None, reason=each.reason) for each in shots.lost]
    return replace(loaded, import_log=replace(loaded.import_log, pictures=(*used, *lost)))


def build_report(inputs: Inputs, edition: Edition, say: Say) -> Built:
    """load → analyse → compose → render. Raises UnusableInput for what the user can mend."""
    from review.report.attachments import claims_json, import_json
    from review.report.glyphs import missing_glyphs
    from review.report.press import DRAWING, TYPESETTER, Printing
    from review.second_process import SecondProcess

    settings = load_analysis_settings(edition.rubric_file, edition.media_file)
    theme = load_theme(edition.theme_folder, edition.language)
    edited = None if edition.keep is None else edited_report(edition.keep)
    with SecondProcess(*LENT, *TYPESETTER, later=DRAWING) as second:
        loaded = _without_outputs(read(inputs), say)
        pictures = screenshots_of(inputs, loaded.incident, second.beside)
        inputs.progress("分析", 0, 0)
        helper = second.beside if len(loaded.incident.posts) <= LENT_ROWS else when_asked
        analysis = analyse(loaded.incident, settings, inputs.zone, _audit(inputs), helper)
        tell_matched(analysis.findings.emotion.audit, inputs.labels_file, say)
        shots = pictures()
        writing = Writing(made_at=edition.made_at, zone=inputs.zone, final=edition.final, masked=edition.masked, edited=edited)
        day = incident_day(analysis.findings, inputs.zone)
        hide = masks_of(analysis.findings, loaded.incident.case, settings, active=True).quote  # whatever the edition: records are kept and shared
        loaded = with_pictures(loaded, shots, hide)
        name = report_name(loaded, inputs, day, hide)
        record = record_of(analysis.findings, loaded.incident.case, (name, day, edition.made_at))
        record = replace(masked_record(record, hide), masked=edition.masked)
        past, damaged = (None, ()) if edition.archive is None else past_of(record, edition.archive, settings.rubric, say)
        dossier = Dossier(findings=analysis.findings, case=loaded.incident.case, import_log=loaded.import_log, settings=settings, past=past, screenshots=shots)
        composed = compose(dossier, theme, writing)
        inputs.progress("排版", 0, 0)
        printing = Printing(second, composed.document, theme)
        attached = {"claims.json": claims_json(composed.claims, theme.language), "import.json": import_json(loaded.import_log)}
        printing.attach(attached)
        for line in (*theme_notices(edition.theme_folder), *composed.notices, *map(str, missing_glyphs(composed.document, theme))):
            say(line)
        used = settings_files(edition.rubric_file, edition.media_file)
        machine = {"findings.json": findings_json(analysis.findings, loaded.incident.case, record, hide), **used}
        beside = work_files(loaded, analysis, inputs.zone)
        formats = printing.finish(composed.claims)
    return Built(
        name=name, files={**formats.files, **machine, **attached, **beside}, pdf_missing=formats.pdf_missing, inputs=_all_paths(inputs), damaged=damaged
    )


def _without_outputs(loaded: Loaded, say: Say) -> Loaded:
    """The same, earlier outputs among the files told and left out of the import log: the first report beside the data would change every later one."""
    log = loaded.import_log
    ours = [each for each in log.skipped if each.reason == OUTPUT_FOLDER]
    for each in ours:
        say(f"未使用：{each.file}（{each.reason}）")
    return replace(loaded, import_log=replace(log, skipped=tuple(each for each in log.skipped if each not in ours)))


def _all_paths(inputs: Inputs) -> tuple[Path, ...]:
    return (*inputs.paths, *(path for path in (inputs.case_file, inputs.labels_file) if path is not None))


def inputs_json(paths: Sequence[Path], folder: Path) -> bytes:
    """The ways from an output folder to the files it was made from, relative where the drive is the same: both may move together."""

    def way(path: Path) -> str:
        try:
            return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
        except ValueError:  # another drive of Windows
            return path.resolve().as_posix()

    return dumped({"schema": "review.inputs", "version": 1, "paths": [way(path) for path in paths]})


def edited_report(path: Path) -> EditedReport:
    """What people typed into the slots of a DOCX we made. Raises UnusableInput where it cannot be read or is none of ours."""
    return read_edits(content_of(path, "若文件正在 Word 中打开，请先关闭"), path.name)


def work_files(loaded: Loaded, analysis: Analysis, zone: str) -> dict[str, bytes]:
    """work/: row by row, may name people, archived only on request; the sheet to label where no hand labels were used."""
    from review.analysis.graphml import key_nodes_graphml
    from review.report.attachments import labels_csv, links_csv, rejected_csv

    files = {"work/rejected.csv": rejected_csv(loaded.import_log)}
    if len(analysis.posts):
        files["work/labels.csv"] = labels_csv(analysis.posts, analysis.moods, zone)
        files["work/links.csv"] = links_csv(analysis.posts, analysis.links)
    if analysis.findings.propagation.nodes is not None:
        files["work/key_nodes.graphml"] = key_nodes_graphml(analysis.findings.propagation.nodes)
    if analysis.moods.labels.grade != "audited" and (sheet := audit_sheet(analysis.posts, analysis.moods, zone)) is not None:
        files["work/待复核评论.xlsx"] = sheet
    return files


def past_of(record: Record, root: Path, rubric: Rubric, say: Say) -> tuple[PastReviews, tuple[Fault, ...]]:
    """What the archive holds of this incident and its brand, and the packages left out as damaged; like one that cannot be read, each is told.

    Raises UnusableInput where there is no such archive.
    """
    from review.archive.shelf import Filter, check_there, listing, sound_records

    check_there(root)
    found = listing(root, Filter())
    for fault in found.left_out:
        say(f"未参与历史对照：{fault}")
    wanted = tuple(
        entry
        for entry in found.entries
        if is_same_brand(record, entry.head.brand) or is_same_incident(record, entry.incident, entry.head.brand, entry.head.event)
    )
    filed, altered = sound_records(root, wanted)
    for fault in altered:
        say(f"未参与历史对照：{fault}")
    return past_reviews(record, filed, rubric), (*found.damaged, *altered)


def report_name(loaded: Loaded, inputs: Inputs, incident_day: date | None, hide: Callable[[str], str]) -> str:
    """日期-品牌-事件, ordinary people hidden; without a case: the first input's name and a short hash of the files read."""
    case = loaded.incident.case
    if case.brand is None and case.event is None:
        files = sorted({(each.file, each.sha256) for each in loaded.import_log.tables})
        digest = hashlib.sha256(repr(files).encode()).hexdigest()[:8]
        (name,) = told_names([readable(inputs.paths[0].resolve().stem)])
        return output.safe_name(f"{name}-{digest}")
    day = incident_day.strftime("%Y%m%d") if incident_day is not None else None
    return output.safe_name("-".join(part for part in (day, case.brand, hide(case.event or "")) if part))


def check_inputs(inputs: Inputs, made_at: datetime, say: Say) -> str:
    """What was understood and what the report would lack: a build without rendering, that writes nothing."""
    from review.report.compose.check_text import check_text

    settings = load_analysis_settings(None)
    loaded = read(inputs)
    inputs.progress("分析", 0, 0)
    analysis = analyse(loaded.incident, settings, inputs.zone, _audit(inputs))
    tell_matched(analysis.findings.emotion.audit, inputs.labels_file, say)
    writing = Writing(made_at=made_at, zone=inputs.zone, final=False, masked=True)
    dossier = Dossier(findings=analysis.findings, case=loaded.incident.case, import_log=loaded.import_log, settings=settings)
    composed = compose(dossier, load_theme(None), writing)
    return check_text(composed.document, analysis.findings, loaded.import_log, settings)


def map_template(inputs: Inputs) -> bytes:
    """An editable column map of the tables that have columns nothing is known of.

    Raises UnusableInput where every column is understood.
    """
    unknown = unmapped_tables(inputs.paths, inputs.progress)
    if not unknown:
        raise UnusableInput(Fault("", "没有需要对应的列", "帖文、评论、订单与工单的列都已识别；按日读数的表中未识别的列不影响计算"))
    return column_map_template(unknown).encode()
