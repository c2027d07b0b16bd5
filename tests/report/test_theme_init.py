"""`review theme init`: an editable copy that changes nothing until edited, then does, and never overwrites."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from review.cli import main
from review.incident.errors import UnusableInput
from review.output import write_new_files
from review.report.house_files import house_files
from review.report.phrases import load_phrases
from review.report.theme import load_theme, templates_dir

PHRASES = "phrases/zh-Hans"


def written(folder: Path) -> Path:
    write_new_files(folder, house_files())
    return folder


def leaves(data: Mapping[str, Any]) -> Iterator[Any]:
    for value in data.values():
        if isinstance(value, dict):
            yield from leaves(value)
        else:
            yield value


def test_a_fresh_copy_changes_nothing(tmp_path: Path) -> None:
    folder, ours = written(tmp_path / "house"), load_theme(None)
    copy = load_theme(folder)
    assert [getattr(copy, name) for name in ("colours", "sizes", "page", "spacing", "display", "logo")] == [
        getattr(ours, name) for name in ("colours", "sizes", "page", "spacing", "display", "logo")
    ]
    assert load_phrases(templates_dir() / PHRASES, folder / PHRASES) == load_phrases(templates_dir() / PHRASES)


def test_every_line_opened_gives_our_settings_and_phrases_back() -> None:
    for name, content in house_files().items():
        if name.endswith(".toml"):
            ours = (templates_dir() / name).read_text(encoding="utf-8")
            pairs = zip(ours.splitlines(), content.decode().splitlines(), strict=True)
            opened = "\n".join(line if line.startswith("#") else copy.removeprefix("# ") for line, copy in pairs)
            assert tomllib.loads(opened) == tomllib.loads(ours)
            assert not list(leaves(tomllib.loads(content.decode()))), name


def test_an_opened_key_a_phrase_and_a_style_sheet_of_the_house_are_used(tmp_path: Path) -> None:
    folder = written(tmp_path / "house")
    theme_file = folder / "theme.toml"
    theme_file.write_text(theme_file.read_text(encoding="utf-8").replace("# body = 10.5", "body = 12"), encoding="utf-8")
    phrase_file = folder / PHRASES / "summary.toml"
    table, key, value = next(
        (table, key, value)
        for table, keys in tomllib.loads((templates_dir() / PHRASES / "summary.toml").read_text(encoding="utf-8")).items()
        if isinstance(keys, dict)
        for key, value in keys.items()
        if isinstance(value, str) and "{" not in value
    )
    phrase_file.write_text(f'[{table}]\n{key} = "本社用语"\n', encoding="utf-8")
    (folder / "html" / "screen.css").write_text("body { color: teal }", encoding="utf-8")
    theme = load_theme(folder)
    assert theme.sizes.body == 12
    assert load_phrases(templates_dir() / PHRASES, folder / PHRASES).word(f"{table}.{key}") == "本社用语" != value
    assert theme.file("html/screen.css").read_text(encoding="utf-8") == "body { color: teal }"


def test_an_existing_file_is_never_overwritten_and_then_nothing_is_written(tmp_path: Path) -> None:
    mine = tmp_path / "house" / "theme.toml"
    mine.parent.mkdir()
    mine.write_text("# mine", encoding="utf-8")
    with pytest.raises(UnusableInput) as stopped:
        written(tmp_path / "house")
    assert [fault.where for fault in stopped.value.faults] == [str(mine)]
    assert list((tmp_path / "house").iterdir()) == [mine]
    assert mine.read_text(encoding="utf-8") == "# mine"


def test_the_command_prints_the_paths_it_wrote(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["theme", "init", str(tmp_path / "house")])
    assert run.exit_code == 0
    assert [Path(line) for line in run.output.splitlines()] == [tmp_path / "house" / name for name in house_files()]
    again = CliRunner().invoke(main, ["theme", "init", str(tmp_path / "house")])
    assert again.exit_code == 1
    assert "未覆盖" in again.output


@pytest.mark.parametrize(
    ("css", "address"),
    [
        ("body { color: red }\nh1 { background: url( 'http://例.cn/a.png' ) }", "第 2 行引用了 http://例.cn/a.png"),
        ("h1 { background: url(file:///etc/passwd) }", "第 1 行引用了 file:///etc/passwd"),
        ("h1 { background: URL(bild.png) }", "第 1 行引用了 bild.png"),
        ('@import "https://x.cn/a.css";', "第 1 行引用了 https://x.cn/a.css"),
    ],
)
def test_an_address_outside_in_a_style_sheet_is_named_with_its_file_before_anything_is_built(tmp_path: Path, css: str, address: str) -> None:
    folder = written(tmp_path / "house")
    (folder / "html" / "print.css").write_text(css, encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"print\.css") as refused:
        load_theme(folder)
    assert address in str(refused.value)


def test_addresses_in_comments_and_our_own_are_taken(tmp_path: Path) -> None:
    folder = written(tmp_path / "house")
    (folder / "html" / "report.css").write_text("/* url(http://x.cn) */ h1 { background: url(logo:) }", encoding="utf-8")
    load_theme(folder)


def test_a_fault_of_a_phrase_names_its_language(tmp_path: Path) -> None:
    folder = written(tmp_path / "house")
    (folder / PHRASES / "summary.toml").write_text('[cover]\nnonsense = "字"\n', encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"zh-Hans/summary\.toml"):
        load_phrases(templates_dir() / PHRASES, folder / PHRASES)


def test_the_copy_explains_itself_in_chinese() -> None:
    comments = [line.partition("#")[2] for line in house_files()["theme.toml"].decode().splitlines() if line.startswith("# ") and '= "' not in line]
    assert not [line for line in comments if "tests/" in line or " the " in line]
