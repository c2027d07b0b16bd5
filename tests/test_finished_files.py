"""Finished files are searched for ordinary people: text, metadata, attachments, alternative texts, embedded workbooks, records."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from people_planted import HIDDEN, NAME, NAMED, SECOND, TICKETS, pictures_in, shown, write_incident

from review.cli import main
from review.report.pdf import pango_fault

AT = "2026-09-20T10:00:00+08:00"
BUILT = 0 if pango_fault() is None else 1


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the planted incident and its report."""
    folder = tmp_path_factory.mktemp("people")
    write_incident(folder / "incident.csv")
    built = CliRunner().invoke(main, ["build", str(folder / "incident.csv"), str(folder / TICKETS), "--at", AT, "--out", str(folder / "out")])
    assert built.exit_code == BUILT, built.output
    return folder


@pytest.fixture(scope="module")
def report(home: Path) -> Path:
    return next((home / "out").iterdir())


def found(folder: Path, secrets: dict[str, str]) -> dict[str, set[str]]:
    """What is found where, outside work/ (row files may name people and stay with the analyst)."""
    hits: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith("work/"):
            for where, text in shown(name, path.read_bytes()):
                for kind, secret in secrets.items():
                    if "".join(secret.split()) in text:
                        hits.setdefault(kind, set()).add(where)
    return hits


def test_no_ordinary_person_is_in_any_part_of_any_finished_file(report: Path) -> None:
    assert found(report, HIDDEN) == {}


def test_a_screenshot_is_in_all_three_formats_without_a_pixel_or_a_word_of_what_was_masked(report: Path) -> None:
    pixels = pictures_in(report)
    assert set(pixels) == {"docx", "html"} | ({"pdf"} if BUILT == 0 else set())
    assert all(colours == {bytes(3)} for colours in pixels.values())  # black alone
    told = json.loads((report / "import.json").read_text(encoding="utf-8"))["pictures"]
    assert [(each["file"], each["masks"]) for each in told] == [("碎**的截图.png", 1)]


def test_official_press_verified_and_large_accounts_stay_named(report: Path) -> None:
    hits = found(report, NAMED)
    assert {kind for kind, places in hits.items() if "report.html" in places} == set(NAMED)


def test_row_files_are_the_only_ones_that_name_people_and_are_left_out_of_the_archive(home: Path, report: Path) -> None:
    assert NAME in (report / "work" / "labels.csv").read_text(encoding="utf-8-sig")
    (home / "归档").mkdir()
    stored = CliRunner().invoke(main, ["archive", str(report), "--to", str(home / "归档")])
    assert stored.exit_code == 0, stored.output
    package = Path(stored.stdout.strip().splitlines()[-1])
    assert not list(package.rglob("work"))
    assert found(package, HIDDEN) == {}


def test_without_masking_the_cover_says_so_and_the_record_is_masked_all_the_same(home: Path) -> None:
    built = CliRunner().invoke(main, ["build", str(home / "incident.csv"), "--at", AT, "--no-redact", "--out", str(home / "open")])
    assert built.exit_code == BUILT, built.output
    folder = next((home / "open").iterdir())
    places = found(folder, HIDDEN)
    assert "report.html" in places["name"]
    assert not any("findings.json" in where for wheres in places.values() for where in wheres)
    cover = (folder / "report.html").read_text(encoding="utf-8").split('class="cover-marking"')[1][:80]
    assert "含未隐去的个人信息" in cover


def test_extracts_for_departments_name_nobody(home: Path, report: Path) -> None:
    assert CliRunner().invoke(main, ["share", str(report), "--at", AT, "--to", str(home / "分发")]).exit_code == 0
    assert (home / "分发" / "客服部.docx").is_file()
    assert found(home / "分发", HIDDEN) == {}


def test_shared_extracts_speak_the_words_of_the_house(home: Path, report: Path) -> None:
    phrases = home / "版式" / "phrases" / "zh-Hans"
    phrases.mkdir(parents=True)
    (phrases / "quarter.toml").write_text('[share]\nactions = "本社行动清单"\n', encoding="utf-8")
    shared = CliRunner().invoke(main, ["share", str(report), "--at", AT, "--theme", str(home / "版式"), "--to", str(home / "本社分发")])
    assert shared.exit_code == 0, shared.output
    texts = "".join(text for _, text in shown("客服部.docx", (home / "本社分发" / "客服部.docx").read_bytes()))
    assert "本社行动清单" in texts
    assert "本部门行动" not in texts


def claim(report: Path, what: str) -> str:
    claims = json.loads((report / "claims.json").read_text(encoding="utf-8"))["claims"]
    return str(next(each["id"] for each in claims if each["what"] == what))


def test_trace_reads_the_source_rows_out_masked_like_the_report(home: Path, report: Path) -> None:
    told = CliRunner().invoke(main, ["trace", str(report), claim(report, "首次公开回应：原始值")])
    assert told.exit_code == 0, told.output
    assert "第 11 行" in told.output
    assert "动作类型：首次回应" in told.output
    assert f"执行方：{NAMED['official']}" in told.output
    assert not [kind for kind, secret in HIDDEN.items() if secret in told.output]
    everybody = CliRunner().invoke(main, ["trace", str(report), claim(report, "首次公开回应：原始值"), "--no-redact"])
    assert NAME in everybody.output
    assert SECOND in everybody.output
    posts = CliRunner().invoke(main, ["trace", str(report), claim(report, "首发（采集范围内最早发布）时间"), "--data", str(home / "incident.csv")])
    assert "作者：碎**" in posts.output
    assert not [kind for kind, secret in HIDDEN.items() if secret in posts.output]


def test_trace_reads_out_the_columns_a_number_of_the_service_desk_was_counted_from(report: Path) -> None:
    told = CliRunner().invoke(main, ["trace", str(report), claim(report, "未答复工单数")])
    (line, *_) = [line for line in told.output.splitlines() if line.startswith("  第 2 行")]
    for column in ("受理时间：2026-08-13 08:00", "首响时间：2026-08-13 08:05", "关闭时间：2026-08-13 09:30", "渠道：【电话已隐去】", "主题：退款"):
        assert column in line
    assert not [kind for kind, secret in HIDDEN.items() if secret in told.output]


def test_trace_says_when_a_file_has_changed_moved_or_gone(home: Path, report: Path, tmp_path: Path) -> None:
    number = claim(report, "首次公开回应：原始值")
    (tmp_path / "改名.csv").write_bytes((home / "incident.csv").read_bytes())
    moved = CliRunner().invoke(main, ["trace", str(report), number, "--data", str(tmp_path)])
    assert "动作类型：首次回应" in moved.output  # the same bytes under another name
    (tmp_path / "改名.csv").unlink()
    (tmp_path / "incident.csv").write_bytes((home / "incident.csv").read_bytes() + b"\r\n")
    changed = CliRunner().invoke(main, ["trace", str(report), number, "--data", str(tmp_path / "incident.csv")])
    assert "文件已改动" in changed.output
    assert "动作类型" not in changed.output
    (tmp_path / "incident.csv").unlink()
    gone = CliRunner().invoke(main, ["trace", str(report), number, "--data", str(tmp_path)])
    assert "找不到这个文件" in gone.output


DAMAGED = [b"", b"[" * 100_000, b'{"claims":7}', b'{"claims":[{"id":1}],"row_sets":{}}', b'{"claims":[{"id":"C1"}],"row_sets":{}}', b"[]"]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_claims_file_that_is_damaged_is_told_in_one_line(report: Path, tmp_path: Path, content: bytes) -> None:
    for name in ("findings.json", "import.json"):
        (tmp_path / name).write_bytes((report / name).read_bytes())
    (tmp_path / "claims.json").write_bytes(content)
    told = CliRunner().invoke(main, ["trace", str(tmp_path), "C1"])
    assert (told.exit_code, told.stderr) == (1, f"错误：{tmp_path}：其中没有可读的 claims.json。请指向 review build 的输出文件夹\n")


@pytest.mark.parametrize("name", ["claims.json", "findings.json"])
def test_extracts_of_a_damaged_build_are_not_made_and_that_is_told(report: Path, tmp_path: Path, name: str) -> None:
    for each in ("findings.json", "claims.json"):
        (tmp_path / each).write_bytes((report / each).read_bytes())
    (tmp_path / name).write_bytes(b"[" * 100_000)
    told = CliRunner().invoke(main, ["share", str(tmp_path), "--to", str(tmp_path / "分发")])
    assert (told.exit_code, "不是可读的 JSON" in told.stderr, (tmp_path / "分发").exists()) == (1, True, False)
