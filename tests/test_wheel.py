"""The installed product, without the checkout: built as a wheel, run from a clean environment elsewhere."""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
INSTALLED_AS = {"docx": "python-docx", "python_calamine": "python-calamine", "PIL": "pillow"}
BY_OTHERS = {"markupsafe", "lxml", "fontTools", "pydyf"}
"""Comes with a declared dependency that cannot do without it."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment that holds the wheel; third-party libraries are lent by the one that runs the tests, the checkout is not."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=source, check=True, capture_output=True)
    place = folder / "env"
    venv.create(place, with_pip=False)
    site = next(place.rglob("site-packages"))
    wheel = next(folder.glob("*.whl"))
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(site)], check=True)
    (site / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return place


@pytest.mark.needs_pango
def test_the_wheel_builds_a_report_outside_the_checkout(clean: Path, tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "sample_data" / "minimal.xlsx", tmp_path / "minimal.xlsx")
    python = clean / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    where = subprocess.run([python, "-c", "import review; print(review.__file__)"], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert str(clean) in where.stdout
    subprocess.run([python, "-m", "review", "build", "minimal.xlsx", "--at", "2026-09-20"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    made = {path.name for path in (tmp_path / "out").rglob("*")}
    assert {"report.pdf", "report.docx", "report.html"} <= made


def test_every_library_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = (*project["dependencies"], *project["optional-dependencies"]["onnx"])
    declared = {re.split(r"[<>=\[ ]", line)[0].lower() for line in needed}
    used = set()
    for path in (ROOT / "review").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module]
                if isinstance(node, ast.ImportFrom) and not node.level
                else []
            )
            used |= {name.split(".")[0] for name in names if name}
    foreign = {name for name in used if name not in sys.stdlib_module_names and name != "review"} - BY_OTHERS
    assert {INSTALLED_AS.get(name, name).lower() for name in foreign} <= declared
