"""A quarter's findings, its report, its workbook, and the archive commands, on planted incidents."""

import io
import json
import math
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from planted import RUBRIC, action, archived, event, filed, item, record, share

from review.analysis.since_onset import NormalTime
from review.archive.shelf import Filter, listing, records
from review.cli import main
from review.incident.errors import UnusableInput
from review.plain_data import dumped
from review.record import Record, masked_record, read_headline, read_record, record_data
from review.report.calendar import calendar
from review.report.compose.quarter_report import QuarterReport, QuarterWriting, compose_quarter
from review.report.document import Section, Table, plain_text, string, walk
from review.report.quarter_sheet import quarter_sheet
from review.report.theme import load_theme
from review.settings.thresholds import load_thresholds
from review.settings.toml import SETTINGS_DIR
from review.settings.tracking import load_tracking_settings
from review.tracking.filed import Filed, Quarter, parse_quarter
from review.tracking.quarter import QuarterFindings, quarter_findings
from review.tracking.rescoring import rescore

Q3 = Quarter(year=2026, number=3)
TODAY = date(2026, 10, 9)
AT = datetime(2026, 10, 9, 2, tzinfo=UTC)


def findings(*kept: Filed, today: date = TODAY) -> QuarterFindings:
    return quarter_findings(kept, Q3, today, load_tracking_settings())


def report(found: QuarterFindings) -> QuarterReport:
    writing = QuarterWriting(made_at=AT, zone="Asia/Shanghai", brand=None, trigger_share=RUBRIC.trigger_share)
    return compose_quarter(found, load_thresholds(), load_theme(None), writing)


def content_of(kept: Record) -> bytes:
    return dumped({**record_data(kept), "case": {}, "findings": {}, "row_sets": {}})


def test_a_record_comes_back_as_it_was() -> None:
    kept = record(date(2026, 8, 12), ratio=math.inf, items=[action("A-01", date(2026, 9, 1), related=("S-01",)), item("deep_cause", "原因", "S-01")])
    assert read_record(content_of(kept), "x") == kept
    assert read_headline(content_of(kept)[:8192], "x") == kept.head
    assert read_headline(content_of(kept), "x") == kept.head


def test_a_record_stays_one_whatever_ordinary_people_are_called() -> None:
    kept = record(date(2026, 8, 12), items=[action("A-01", date(2026, 9, 1))])
    for masked in (masked_record(kept, lambda _: "某**"), masked_record(kept, lambda text: text.replace("er", "e**"))):
        assert (masked.head.day, masked.onset_at) == (kept.head.day, kept.onset_at)
        assert masked.score.inputs == kept.score.inputs
        assert masked.first_response == kept.first_response
        assert [(each.kind, each.due) for each in masked.items] == [("action", date(2026, 9, 1))]
    assert masked_record(kept, lambda _: "某**").items[0].content == "某**"


def test_a_record_of_another_version_or_with_a_part_missing_says_so() -> None:
    data = json.loads(content_of(record(date(2026, 8, 12))))
    with pytest.raises(UnusableInput, match="更新版本"):
        read_record(dumped({**data, "version": 2}), "x")
    with pytest.raises(UnusableInput, match="不认识"):
        read_record(dumped({**data, "version": "1"}), "x")
    with pytest.raises(UnusableInput, match=r"findings\.json"):
        read_record(b"{}", "x")
    broken = json.loads(content_of(record(date(2026, 8, 12))))
    broken["record"]["score"]["inputs"][1]["value"] = "three"
    with pytest.raises(UnusableInput, match=r"record\.score\.inputs\[1\]\.value 应为数字"):
        read_record(dumped(broken), "x")
    del broken["record"]["first_response"]["state"]
    with pytest.raises(UnusableInput, match=r"record\.first_response\.state 缺失"):
        read_record(dumped(broken), "x")


def test_rescoring_by_the_same_rubric_changes_nothing_and_by_another_says_what_cannot_follow() -> None:
    kept = record(date(2026, 8, 12), ratio=2.0)
    again = rescore(kept, RUBRIC, RUBRIC)
    assert (again.card.total if again.card.rated else None, again.card.low, again.card.high, again.caveats) == (
        kept.head.total,
        kept.score.low,
        kept.score.high,
        (),
    )
    other = replace(RUBRIC, level1_min=7e6, trigger_share=0.3, sha256="f" * 64)
    moved = rescore(kept, other, RUBRIC)
    assert moved.level == "l2"
    assert moved.card.line("first_response").target == 2.0
    assert moved.caveats == ("trigger_share",)
    assert rescore(kept, other, None).caveats == ("earlier_rubric_unknown",)


def test_quarters_of_the_calendar() -> None:
    assert (Q3.start, Q3.end, Q3.previous, Q3.next) == (date(2026, 7, 1), date(2026, 9, 30), parse_quarter("2026Q2"), parse_quarter("2026-q4"))
    assert parse_quarter("2026Q1").previous == Quarter(year=2025, number=4)
    with pytest.raises(UnusableInput):
        parse_quarter("2026Q5")


def test_incidents_under_another_rubric_are_a_break_and_not_compared() -> None:
    def other(day: date) -> Record:
        kept = record(day, f"旧{day}", 5.0)
        return replace(kept, head=replace(kept.head, rubric_sha256="0" * 64))

    now = [filed(record(date(2026, 7, i), f"今{i}", 0.2)) for i in range(1, 6)]
    before = [filed(other(date(2026, 5, i))) for i in range(1, 6)]
    found = findings(*now, *before)
    assert found.response.comparison.verdict == "few"
    assert len(found.rubrics) == 2
    assert "量表版本" in plain_text(report(found).document)
    mixed = findings(*now, filed(other(date(2026, 8, 1))), *before)
    assert not mixed.compared
    assert "按不同量表评分，不作比较" in plain_text(report(mixed).document)


def test_shares_by_a_model_alone_are_listed_but_not_compared() -> None:
    kept = [record(date(2026, 7 - 3 * old, i), f"{old}{i}", peak=0.2 if not old else 0.6) for old in (0, 1) for i in range(1, 6)]
    assert findings(*map(filed, kept)).shares.peak.verdict == "lower"
    model = [replace(each, peak=share(each.peak.share, "model")) for each in kept if each.peak is not None]
    found = findings(*map(filed, model))
    assert (found.shares.peak.verdict, found.shares.left_out) == ("few", 5)


def test_a_share_by_a_model_alone_is_as_rough_in_the_quarter_as_in_its_report() -> None:
    rough = replace(share(0.617, "model"), level_error=0.11)
    kept = replace(record(date(2026, 7, 1), "甲"), peak=rough, day_one=rough)
    told = plain_text(report(findings(filed(kept))).document)
    assert told.count("约五至七成") == 2
    assert "61.7%" not in told
    assert "（57.7" not in told
    data = json.loads(content_of(kept))
    del data["record"]["peak"]["level_error"]
    assert read_record(dumped(data), "x").peak == replace(rough, level_error=None)  # a record of before there was one


def test_a_cause_that_came_back_after_its_action_was_done_is_told() -> None:
    first = record(date(2026, 5, 1), "甲", items=[item("deep_cause", "放行单缺项仍可出货。", "S-01"), action("A-01", date(2026, 6, 1), related=("S-01",))])
    again = record(date(2026, 8, 1), "乙", items=[item("deep_cause", "放行单 缺项仍可出货", "S-09")])
    found = findings(filed(first, event("A-01", "done", date(2026, 5, 20))), filed(again))
    assert [(each.filed.incident, each.earlier.incident) for each in found.repeats] == [("20260801-某品牌-乙", "20260501-某品牌-甲")]
    assert (found.repeat_rate.k, found.repeat_rate.n) == (1, 1)
    open_still = findings(filed(first), filed(again))
    assert (open_still.repeats, open_still.repeat_rate.k) == ((), 0)


def test_mechanisms_are_counted_once_and_in_their_quarter() -> None:
    drill = item("drill", "演练：产品瑕疵", "M-01", done_on=date(2026, 9, 25))
    late = item("drill", "演练：竞品抹黑", "M-02", done_on=date(2026, 10, 23))
    entrance = item("feedback_entrance", "质量反馈入口", "M-04", start=date(2026, 8, 17), n=57, k=52)
    review = item("plan_review", "预案评审", "M-03", done_on=date(2025, 10, 9))
    kept = [filed(record(date(2026, 8, i), f"事{i}", items=[drill, late, entrance, review])) for i in (1, 2)]
    found = findings(*kept).mechanisms
    assert (len(found.drills), found.drills_wanted, found.feedback.k, found.feedback.n) == (1, 3, 52, 57)
    assert found.review_overdue is True
    assert findings(*kept, today=date(2026, 10, 8)).mechanisms.review_overdue is False


def test_a_cause_of_another_brand_has_not_come_back() -> None:
    old = record(
        date(2026, 4, 10), "旧", brand="甲",
        items=[item("deep_cause", "质检流程漏洞", "C1"), action("A1", date(2026, 5, 1), "done", related=("C1",), done_on=date(2026, 4, 28))],
    )  # fmt: skip
    for brand, repeats in (("甲", 1), ("乙", 0)):
        assert (
            len(findings(filed(old), filed(record(date(2026, 8, 10), "新", brand=brand, items=[item("deep_cause", "质检流程漏洞", "C1")]))).repeats) == repeats
        )


@pytest.mark.parametrize(("counts", "told"), [([None], "误报次数未填写"), ([2, None], "填写了误报次数的 5 次中误报 2 次"), ([0], "其中误报 0 次")])
def test_false_alarms_that_nobody_counted_are_not_none(counts: list[int | None], told: str) -> None:
    alarms = [item("alarm", f"预警{i}", f"M{i}", n=5, k=k, start=date(2026, 8, 1)) for i, k in enumerate(counts)]
    assert told in plain_text(report(findings(filed(record(date(2026, 8, 10), items=alarms)))).document)


def test_an_action_without_a_due_day_is_listed_and_counted() -> None:
    earlier = filed(record(date(2026, 5, 10), "旧", items=[action("A-01"), action("A-02", status="cancelled")]))
    now = filed(record(date(2026, 8, 10), items=[action("A-03", status="done")]))
    found = findings(earlier, now)
    assert [each.ident for each in found.actions] == ["A-01", "A-03"]
    assert "1 项尚未完成的行动没有截止日期" in plain_text(report(found).document)
    sheet = load_workbook(io.BytesIO(quarter_sheet(found, AT)))["行动"]
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["A-01", "A-03"]


def test_incidents_without_a_level_are_counted_as_such() -> None:
    bare = record(date(2026, 8, 10))
    found = findings(filed(replace(bare, head=replace(bare.head, level=None))))
    assert "共 1 起事件（未定级 1 起）" in plain_text(report(found).document)


def test_a_brand_that_the_archive_does_not_hold_makes_no_report(tmp_path: Path) -> None:
    archived(tmp_path, record(date(2026, 8, 12)))
    told = CliRunner().invoke(main, ["quarter", "2026Q3", "--archive", str(tmp_path), "--brand", "无此", "--out", str(tmp_path / "out")])
    assert told.exit_code == 1
    assert "无此" in told.stderr
    assert not (tmp_path / "out").exists()


def test_a_registration_that_belongs_to_no_action_of_a_new_version_is_told(tmp_path: Path) -> None:
    kept = record(date(2026, 8, 12), items=[item("action", "修订话术", "A-07", due=date(2026, 9, 1))])
    archived(tmp_path, kept)
    run = CliRunner().invoke
    assert run(main, ["actions", "done", str(tmp_path), f"{kept.head.incident}/A-07", "--on", "2026-08-30", "--by", "质检部"]).exit_code == 0
    assert "按期完成" in run(main, ["actions", "list", str(tmp_path), "--at", "2026-10-09"]).stdout
    archived(tmp_path, replace(kept, items=(item("action", "抽检每批货", "A-07", due=date(2026, 9, 1)),)))
    told = run(main, ["actions", "list", str(tmp_path), "--at", "2026-10-09"])
    assert "逾期未完成" in told.stdout
    assert "登记未沿用" in told.stderr
    assert "原为“修订话术”" in told.stderr


def test_trial_limits_come_from_six_points_and_are_fixed_by_twelve() -> None:
    def trend(count: int) -> str:
        return findings(*[filed(record(date(2026, 7, i + 1), f"事{i}", 1.0 + i % 3)) for i in range(count)]).response_trend.limits

    assert [trend(count) for count in (5, 6, 11, 12)] == ["none", "trial", "trial", "fixed"]


def test_an_empty_quarter_gives_an_honest_report() -> None:
    text = plain_text(report(findings()).document)
    assert "归档中没有事件" in text
    assert "T0" not in text


def table_of(made: QuarterReport, ident: str) -> Table:
    return next(block for chapter in made.document.sections for block in walk(chapter) if isinstance(block, Table) and block.id == ident)


def test_chapters_follow_one_another_on_upright_pages() -> None:
    chapters = report(findings(filed(record(date(2026, 8, 12))), filed(record(date(2026, 9, 1), "另一事")))).document.sections
    blocks = [block for chapter in chapters for block in walk(chapter)]
    assert not [block.id for block in blocks if isinstance(block, Section) and block.page_break]
    assert not [block.id for block in blocks if isinstance(block, Table) and block.landscape]


def test_an_action_is_named_by_its_incident_in_words_and_its_number() -> None:
    due = [action("A-01", date(2026, 9, 1))]
    made = report(findings(filed(record(date(2026, 8, 12), "涂层脱落", items=due)), filed(record(date(2026, 8, 20), "喝出硬物", items=due))))
    for ident in ("quarter_actions", "quarter_strategies"):
        assert [(string(row[0]), string(row[1])) for row in table_of(made, ident).rows] == [("涂层脱落", "A-01"), ("喝出硬物", "A-01")]
    assert "全名为“归档名称/编号”" in string(table_of(made, "quarter_actions").note)
    alike = report(findings(filed(record(date(2026, 8, 12), items=due)), filed(record(date(2026, 8, 20), items=due))))
    assert [string(row[0]) for row in table_of(alike, "quarter_actions").rows] == ["20260812-某品牌-某事件", "20260820-某品牌-某事件"]


def test_the_report_lists_every_value_and_never_a_mean() -> None:
    kept = [filed(record(date(2026, 8, i), f"事件{i}", [0.5, 1.5, math.inf][i % 3], normal=NormalTime(state="censored", hours=40.0))) for i in range(1, 5)]
    made = report(findings(*kept))
    text = plain_text(made.document)
    for word in ("未回应", "≥40 小时（尚未回落）", "始终没有公开回应", "0.5 倍"):
        assert word in text
    for word in ("Wilson", "T0", "检验", "导致", "p 值", "平均响应"):
        assert word not in text
    assert all(claim.sources for claim in made.claims)


def test_the_workbook_has_formulas_repeats_and_never_runs_a_typed_text() -> None:
    evil = '=HYPERLINK("http://x","点")'
    kept = filed(record(date(2026, 8, 1), evil, 0.5, items=[action("A-01", date(2026, 9, 1), content=evil, owner="+1")]))
    found = findings(kept)
    made = quarter_sheet(found, AT)
    assert quarter_sheet(found, AT) == made
    book = load_workbook(io.BytesIO(made))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    texts = [cell for cell in cells if cell.data_type == "s" and str(cell.value)[:1] in "=+-@"]
    assert {cell.value for cell in texts} == {evil, "+1"}
    assert all(cell.quotePrefix for cell in texts)
    formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
    assert len(formulas) > 15
    assert not any("HYPERLINK" in formula for formula in formulas)


def test_a_calendar_line_is_never_longer_than_75_octets_and_cannot_be_broken_out_of() -> None:
    text = "修改,流程;第一步\nEND:VEVENT\\" + "长" * 60
    made = calendar("事件", [("A-01", action("A-01", date(2026, 9, 1), content=text)), ("A-02", action("A-02"))], AT)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    unfolded = made.replace(b"\r\n ", b"").decode()
    assert unfolded.count("BEGIN:VEVENT") == 1
    assert unfolded.count("\r\nEND:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20260901\r\nDTEND;VALUE=DATE:20260902" in unfolded
    assert "修改\\,流程\\;第一步\\nEND:VEVENT\\\\" in unfolded


def test_the_commands_store_list_follow_and_verify(tmp_path: Path) -> None:
    root, build = tmp_path / "归档", tmp_path / "out"
    root.mkdir()
    build.mkdir()
    kept = record(date(2026, 8, 12), items=[action("A-07", date(2026, 9, 1))])
    (build / "findings.json").write_bytes(content_of(kept))
    (build / "work").mkdir()
    (build / "work" / "labels.csv").write_bytes(b"names")
    run = CliRunner().invoke
    stored = run(main, ["archive", str(build), "--to", str(root)])
    assert stored.exit_code == 0, stored.output
    place = Path(stored.stdout.strip())
    assert not (place / "data" / "work").exists()
    assert run(main, ["verify", str(root)]).exit_code == 0
    name = f"{kept.head.incident}/A-07"
    assert name in run(main, ["actions", "list", str(root), "--overdue", "--at", "2026-10-09"]).stdout
    done = run(main, ["actions", "done", str(root), name, "--on", "2026-08-30", "--by", "质检部"])
    assert done.exit_code == 0, done.output
    assert name not in run(main, ["actions", "list", str(root), "--overdue", "--at", "2026-10-09"]).stdout
    assert "按期完成" in run(main, ["actions", "list", str(root), "--at", "2026-10-09"]).stdout
    assert run(main, ["actions", "done", str(root), "x/A-99", "--on", "2026-08-30", "--by", "a"]).exit_code == 1
    assert "某事件" in run(main, ["list", str(root), "--quarter", "2026Q3", "--level", "1"]).stdout
    assert "某事件" not in run(main, ["list", str(root), "--quarter", "2026Q2"]).stdout
    (place / "data" / "findings.json").write_bytes(b"{}")
    broken = run(main, ["verify", str(root)])
    assert broken.exit_code == 3
    assert "findings.json" in broken.stderr


def test_a_new_version_lies_beside_the_old_ones_whatever_its_day_and_an_unknown_incident_is_not_made_by_a_slip(tmp_path: Path) -> None:
    root, build = tmp_path / "归档", tmp_path / "out"
    root.mkdir()
    build.mkdir()
    run = CliRunner().invoke
    first = record(date(2026, 6, 30))
    (build / "findings.json").write_bytes(content_of(first))
    assert run(main, ["archive", str(build), "--to", str(root)]).exit_code == 0
    (build / "findings.json").write_bytes(content_of(record(date(2026, 7, 1))))
    slip = run(main, ["archive", str(build), "--to", str(root), "--incident", first.head.incident + "错"])
    assert slip.exit_code == 1
    assert "归档中没有名为" in slip.stderr
    later = run(main, ["archive", str(build), "--to", str(root), "--incident", first.head.incident])
    assert later.exit_code == 0, later.output
    assert sorted(path.relative_to(root).as_posix() for path in root.glob("*/*/*/v*")) == [f"2026/Q2/{first.head.incident}/v{n}" for n in (1, 2)]


def test_the_latest_version_counts_and_an_unreadable_package_is_told(tmp_path: Path) -> None:
    archived(tmp_path, record(date(2026, 8, 12), ratio=2.0))
    archived(tmp_path, record(date(2026, 8, 12), ratio=3.0))
    archived(tmp_path, record(date(2026, 8, 20), "另一事件"))
    entries = listing(tmp_path, Filter()).entries
    assert [(entry.version, entry.head.event) for entry in entries] == [(2, "某事件"), (1, "另一事件")]
    assert records(tmp_path, entries)[0].record.first_response.ratio == 3.0
    (tmp_path / entries[1].place / "data" / "findings.json").write_bytes(b"{}")
    found = listing(tmp_path, Filter())
    assert (len(found.entries), len(found.unreadable), len(found.damaged)) == (1, 0, 1)
    (tmp_path / entries[1].place / "data" / "findings.json").unlink()
    found = listing(tmp_path, Filter())
    assert (len(found.entries), len(found.unreadable), len(found.damaged)) == (1, 1, 0)


def test_a_damaged_package_is_named_and_never_used(tmp_path: Path) -> None:
    archived(tmp_path, record(date(2026, 8, 12), items=[action("A-01", date(2026, 9, 1))]))
    place = archived(tmp_path, record(date(2026, 8, 20), "另一事件", items=[action("A-07", date(2026, 9, 1))]))
    path = tmp_path / place / "data" / "findings.json"
    path.write_bytes(path.read_bytes().replace("另一事件".encode(), "别的事件".encode()))
    run = CliRunner().invoke
    rubric = str(SETTINGS_DIR / "rubric.toml")
    for command, others in (
        (["list", str(tmp_path)], "某事件"),
        (["actions", "list", str(tmp_path)], "A-01"),
        (["quarter", "2026Q3", "--archive", str(tmp_path), "--out", str(tmp_path / "out")], ""),
        (["rescore", str(tmp_path), "--rubric", rubric], ""),
        (["actions", "done", str(tmp_path), f"{place.split('/')[2]}/A-07", "--on", "2026-08-30", "--by", "质检部"], ""),
    ):
        told = run(main, command)
        assert told.exit_code == 3, command
        assert place in told.stderr
        assert others in told.stdout
        assert "别的事件" not in told.stdout
    assert not (tmp_path / "out").exists()


def test_an_altered_registration_is_named_with_its_place_hides_no_other_incident_and_can_be_mended(tmp_path: Path) -> None:
    archived(tmp_path, record(date(2026, 8, 12), items=[action("A-01", date(2026, 9, 1))]))
    place = archived(tmp_path, record(date(2026, 8, 20), "另一事件", items=[action("A-07", date(2026, 9, 1))]))
    run, name = CliRunner().invoke, f"{place.split('/')[2]}/A-07"
    done = run(main, ["actions", "done", str(tmp_path), name, "--on", "2026-08-30", "--by", "质检部"])
    event = Path(done.stdout.strip())
    event.write_bytes(event.read_bytes().replace("质检部".encode(), "公关部".encode()))
    listed = run(main, ["actions", "list", str(tmp_path), "--at", "2026-10-09"])
    assert listed.exit_code == 3
    assert "A-01" in listed.stdout
    assert "A-07" not in listed.stdout
    for command in (["quarter", "2026Q3", "--archive", str(tmp_path), "--out", str(tmp_path / "out")], ["actions", "start", str(tmp_path), name, *done_by()]):
        told = run(main, command)
        assert told.exit_code == 3, command
        assert event.relative_to(tmp_path).as_posix() + "：行动记录被改动过。请把它移出归档文件夹另存备查" in told.stderr
    event.rename(tmp_path / "备查.json")
    assert run(main, ["actions", "done", str(tmp_path), name, *done_by()]).exit_code == 0
    assert "按期完成" in run(main, ["actions", "list", str(tmp_path), "--at", "2026-10-09"]).stdout


@pytest.mark.parametrize("at", ["", "2026", "2026/Q3"])
def test_what_a_file_manager_leaves_beside_the_folders_of_an_archive_changes_nothing(at: str, tmp_path: Path) -> None:
    place = archived(tmp_path, record(date(2026, 8, 12), items=[action("A-01", date(2026, 9, 1))]))
    (tmp_path / at / "desktop.ini").write_text("[.ShellClassInfo]", encoding="utf-8")
    (tmp_path / at / {"": "2025", "2026": "Q4"}.get(at, "说明.txt")).write_text("不是文件夹", encoding="utf-8")
    run, rubric = CliRunner().invoke, str(SETTINGS_DIR / "rubric.toml")
    for command in (["list"], ["verify"], ["actions", "list"], ["rescore", "--rubric", rubric]):
        told = run(main, [*command, str(tmp_path)])
        assert told.exit_code == 0, (command, told.output, told.exception)
    assert run(main, ["list", str(tmp_path)]).stdout.strip().endswith(place.split("/")[2])


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"schema":"review.action","version":1,"on":NaN,"sha256":""}'])
def test_a_registration_that_is_no_file_of_ours_is_told_and_hides_no_other_incident(content: bytes, tmp_path: Path) -> None:
    archived(tmp_path, record(date(2026, 8, 12), items=[action("A-01", date(2026, 9, 1))]))
    place = archived(tmp_path, record(date(2026, 8, 20), "另一事件", items=[action("A-07", date(2026, 9, 1))]))
    done = CliRunner().invoke(main, ["actions", "done", str(tmp_path), f"{place.split('/')[2]}/A-07", *done_by()])
    Path(done.stdout.strip()).write_bytes(content)
    for command in (["actions", "list", str(tmp_path)], ["verify", str(tmp_path)]):
        told = CliRunner().invoke(main, command)
        assert told.exit_code == 3, (command, told.exception)
        assert Path(done.stdout.strip()).name in told.output
    assert "A-01" in CliRunner().invoke(main, ["actions", "list", str(tmp_path)]).stdout


def done_by() -> list[str]:
    return ["--on", "2026-08-30", "--by", "质检部"]


def test_the_same_files_are_stored_again_where_the_archived_ones_were_altered(tmp_path: Path) -> None:
    root, build = tmp_path / "归档", tmp_path / "out"
    root.mkdir()
    build.mkdir()
    (build / "findings.json").write_bytes(content_of(record(date(2026, 8, 12))))
    (build / "report.pdf").write_bytes(b"%PDF one")
    run = CliRunner().invoke
    first = Path(run(main, ["archive", str(build), "--to", str(root)]).stdout.strip())
    (first / "data" / "report.pdf").write_bytes(b"%PDF two")
    again = run(main, ["archive", str(build), "--to", str(root)])
    assert again.exit_code == 3
    assert "已有相同" not in again.stderr
    assert "v1：与归档时的校验码不符" in again.stderr
    assert Path(again.stdout.strip()).name == "v2"
    assert (first / "data" / "report.pdf").read_bytes() == b"%PDF two"
    assert run(main, ["archive", str(build), "--to", str(root)]).exit_code == 0


@pytest.mark.parametrize(("masked", "line"), [(True, "no"), (False, "yes (report)"), (None, "unknown")])
def test_a_package_says_whether_its_report_names_people(tmp_path: Path, masked: bool | None, line: str) -> None:
    root, build = tmp_path / "归档", tmp_path / "out"
    root.mkdir()
    build.mkdir()
    (build / "findings.json").write_bytes(content_of(replace(record(date(2026, 8, 12)), masked=masked)))
    stored = CliRunner().invoke(main, ["archive", str(build), "--to", str(root)])
    assert f"Contains-Personal-Data: {line}" in (Path(stored.stdout.strip()) / "bag-info.txt").read_text(encoding="utf-8")
    assert ("未隐去个人信息" in stored.stderr) is (masked is False)


def test_a_folder_without_packages_cannot_be_verified(tmp_path: Path) -> None:
    (tmp_path / "照片").mkdir()
    told = CliRunner().invoke(main, ["verify", str(tmp_path)])
    assert told.exit_code == 1
    assert "没有归档件" in told.stderr
