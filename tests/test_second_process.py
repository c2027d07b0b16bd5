"""What is done beside is what would be done here; what goes wrong over there is told; nothing of it is left behind."""

import os
import signal
import tempfile
import time
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest

from review.analysis.analyse import LENT, analyse
from review.incident.errors import Fault, UnusableInput
from review.intake.load import LoadOptions, load
from review.report.attachments import links_csv
from review.second_process import SecondProcess
from review.settings.analysis_settings import load_analysis_settings

ROOT = Path(__file__).resolve().parents[1]


def double(number: int) -> int:
    return 2 * number


def where_it_is_done(path: Path) -> int:
    Path(tempfile.gettempdir(), "left").write_text("behind")
    path.write_text(tempfile.gettempdir())
    return os.getpid()


def refuse(name: str) -> None:
    raise UnusableInput(Fault(name, "无法读取", "请检查"), Fault(name, "还有一处", "请检查"))


def test_results_come_whatever_the_order_they_are_asked_in() -> None:
    with SecondProcess() as second:
        first, other, last = (second.beside(double, number) for number in (1, 2, 3))
        assert (last(), first(), other()) == (6, 2, 4)


def test_the_analysis_of_two_processes_is_the_analysis_of_one() -> None:
    settings = load_analysis_settings()
    incident = load([ROOT / "sample_data" / "incident.csv"], LoadOptions()).incident
    alone = analyse(incident, settings, "Asia/Shanghai")
    with SecondProcess(*LENT) as second:
        both = analyse(incident, settings, "Asia/Shanghai", beside=second.beside)
    assert replace(both.findings, emotion=alone.findings.emotion) == alone.findings  # curves hold arrays; they are not lent
    assert links_csv(both.posts, both.links) == links_csv(alone.posts, alone.links)


def test_work_is_done_here_where_the_other_process_is_gone() -> None:
    with SecondProcess() as second:
        for child in active_children():
            os.kill(child.pid or 0, signal.SIGKILL)
        assert second.beside(double, 4)() == 8


def test_what_goes_wrong_over_there_is_raised_here_with_all_its_faults() -> None:
    with SecondProcess() as second:
        wrong = second.beside(refuse, "图.png")
        with pytest.raises(UnusableInput) as caught:
            wrong()
    assert [each.what for each in caught.value.faults] == ["无法读取", "还有一处"]


def test_neither_a_process_nor_a_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = tmp_path / "temporary"
    shelf.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(shelf))
    monkeypatch.setenv("TMPDIR", str(shelf))
    with SecondProcess() as second:
        assert second.beside(where_it_is_done, tmp_path / "told")() != os.getpid()
    assert (tmp_path / "told").read_text().startswith(str(shelf))
    with pytest.raises(KeyError), SecondProcess():
        raise KeyError("a build that stopped")
    assert not active_children()
    assert list(shelf.iterdir()) == []


def test_this_process_loads_what_it_will_need_while_it_would_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "needed_later.py").write_text(f"open({str(tmp_path / 'go')!r}, 'w').close()\n")
    with SecondProcess(later=("needed_later",)) as second:
        assert second.beside(wait_for, tmp_path / "go")()


def wait_for(path: Path) -> bool:
    """Comes to an end only if the other process goes on in the meantime."""
    for _ in range(6000):
        if path.exists():
            return True
        time.sleep(0.01)
    return False
