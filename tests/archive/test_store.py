"""A package lies on the share whole or not at all, whatever fails, whoever else writes."""

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import bagit
import pytest

from review.archive import store as writing
from review.archive.bag import inventory
from review.archive.store import Package, Stored, add_file, remove_stale, stages, store, versions
from review.archive.verification import verify
from review.incident.errors import UnusableInput
from review.settings.archive import ArchiveSettings

SETTINGS = ArchiveSettings(stale_hours=24.0)
SHELF = "2026/Q3/20260812-某品牌-某事件"


def package(text: str = "一", incident: str = "20260812-某品牌-某事件") -> Package:
    files = {"report.pdf": text.encode() * 1000, "findings.json": b"{}", "settings/rubric.toml": b"x = 1\n", "work/长名.csv": b"1,2\n"}
    return Package(incident=incident, filed=date(2026, 8, 12), files=files, info={"Bag-Software-Agent": "review"})


def visible(root: Path) -> list[str]:
    return sorted(name for name in inventory(root) if not name.startswith(writing.STAGE))


@pytest.mark.filterwarnings("ignore:'count' is passed as positional argument:DeprecationWarning")  # bagit 1.9.0 under Python 3.13
def test_a_package_is_a_bag_that_the_library_of_congress_accepts(tmp_path: Path) -> None:
    stored = store(tmp_path, package())
    assert stored.place == f"{SHELF}/v1"
    assert not stored.already
    assert (stored.path / "data" / "report.pdf").read_bytes() == "一".encode() * 1000
    bagit.Bag(str(stored.path)).validate()
    assert verify(tmp_path).all_damage == ()
    assert stages(tmp_path, SETTINGS) == ()


def test_equal_packages_give_equal_bytes_and_seals(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    one, two = (store(tmp_path / name, package()) for name in ("a", "b"))
    assert one.seal == two.seal
    assert {name: path.read_bytes() for name, path in inventory(one.path).items()} == {name: path.read_bytes() for name, path in inventory(two.path).items()}


def test_v2_lies_beside_v1_and_the_same_files_are_not_stored_twice(tmp_path: Path) -> None:
    first = store(tmp_path, package())
    before = {name: path.read_bytes() for name, path in inventory(tmp_path).items()}
    again = store(tmp_path, package())
    assert (again.already, again.place, again.seal) == (True, first.place, first.seal)
    second = store(tmp_path, package("二"))
    assert second.place == f"{SHELF}/v2"
    assert {name: content for name, content in ((n, p.read_bytes()) for n, p in inventory(tmp_path).items()) if "/v1/" in name} == before
    assert store(tmp_path, package()).place == f"{SHELF}/v3"
    assert verify(tmp_path).all_damage == ()


@pytest.mark.parametrize("name", ["a:b.txt", "CON", "x/../y", "/etc/x", "a//b", "名字.", "x" * 90, "a\nb", "a%b"])
def test_a_name_that_a_share_would_not_take_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnusableInput, match="不可用"):
        store(tmp_path, Package(incident="i", filed=date(2026, 1, 1), files={name: b""}, info={}))
    assert visible(tmp_path) == []


def test_two_names_that_a_share_takes_for_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="同一个名字"):
        store(tmp_path, Package(incident="i", filed=date(2026, 1, 1), files={"A.txt": b"", "a.TXT": b""}, info={}))


def test_a_missing_archive_folder_is_not_made_in_silence(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="未连接"):
        store(tmp_path / "mnt", package())
    assert not (tmp_path / "mnt").exists()


STEPS = ("mkdir", "open", "write", "fsync", "close", "rename", "posix_fadvise", "fstat")


class Failing:
    """An os function that fails at its k-th call, as a share does; counts its calls."""

    def __init__(self, real: Callable[..., Any], at: int, number: int) -> None:
        self.real, self.at, self.number, self.calls = real, at, number, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if self.calls == self.at:
            raise OSError(self.number, os.strerror(self.number))
        return self.real(*args, **kwargs)


def faults_injected(root: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int) -> tuple[int, int]:
    """Fail every single call of one os function in turn, each in an archive with an earlier package; how many failed, how many left the whole package."""
    failed = whole = 0
    for at in range(1, 200):
        place = root / f"{step}-{number}-{at}"
        place.mkdir()
        store(place, package())
        before = {name: path.read_bytes() for name, path in inventory(place).items()}
        failing = Failing(getattr(os, step), at, number)
        with monkeypatch.context() as patch:
            patch.setattr(os, step, failing)
            try:
                store(place, package("二"))
            except UnusableInput as error:
                failed += 1
                said_whole = "已完整写入" in str(error)
            else:
                said_whole = True
        now = {name: path.read_bytes() for name, path in inventory(place).items()}
        assert {name: content for name, content in now.items() if name in before} == before, "an earlier package was touched"
        assert said_whole == (versions(place / SHELF) == [1, 2]), (step, at)
        assert verify(place).all_damage == ()
        whole += said_whole
        if failing.calls < at:
            return failed, whole
    raise AssertionError("more steps than expected")


FAULTS = [(step, errno.EIO) for step in STEPS] + [("write", errno.ENOSPC), ("fsync", errno.ENOSPC), ("mkdir", errno.EACCES), ("rename", errno.EACCES)]


@pytest.mark.parametrize(("step", "number"), FAULTS)
def test_a_fault_at_any_step_leaves_the_whole_package_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int) -> None:
    failed, _ = faults_injected(tmp_path, monkeypatch, step, number)
    assert failed > 0


def test_bytes_that_come_back_different_are_not_archived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write

    def lying(handle: int, data: bytes) -> int:
        return real(handle, bytes(data).replace(b"x = 1", b"x = 2"))

    monkeypatch.setattr(os, "write", lying)
    with pytest.raises(UnusableInput, match="不一致"):
        store(tmp_path, package())
    assert visible(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def archive_slowly(root: str) -> None:
    real = os.fsync

    def slow(handle: int) -> None:
        time.sleep(0.05)
        real(handle)

    os.fsync = slow  # type: ignore[assignment]
    store(Path(root), package())


def test_a_killed_copy_leaves_a_stage_that_is_told_apart_and_removed_on_request_only(tmp_path: Path) -> None:
    script = f"import sys; sys.path[:0] = [{str(Path(__file__).parent)!r}]; import test_store; test_store.archive_slowly({str(tmp_path)!r})"
    for pause in (0.02, 0.15, 0.3):
        process = subprocess.Popen([sys.executable, "-c", script])
        while process.poll() is None and not list(tmp_path.glob(".review-stage-*")):
            time.sleep(0.005)
        time.sleep(pause)
        running = stages(tmp_path, SETTINGS)
        assert [stage.stale for stage in running if str(process.pid) in stage.path.name] in ([False], [])
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert versions(tmp_path / SHELF) in ([], [1])
        assert verify(tmp_path).all_damage == ()
        if left := stages(tmp_path, SETTINGS):
            assert all(stage.stale for stage in left)
            assert remove_stale(tmp_path, SETTINGS) == tuple(stage.path for stage in left)
        assert stages(tmp_path, SETTINGS) == ()
    assert store(tmp_path, package()).place == f"{SHELF}/v1"


def test_another_machines_stage_is_stale_only_after_a_day(tmp_path: Path) -> None:
    stage = tmp_path / ".review-stage-别的电脑-42-0123abcd"
    stage.mkdir()
    now = stage.stat().st_mtime
    assert [each.stale for each in stages(tmp_path, SETTINGS, now + 3600)] == [False]
    assert [each.stale for each in stages(tmp_path, SETTINGS, now + 25 * 3600)] == [True]
    assert remove_stale(tmp_path, SETTINGS) == ()
    assert stage.is_dir()


def store_one(root: str, text: str) -> Stored:
    return store(Path(root), package(text))


@pytest.mark.parametrize("same", [True, False])
def test_eight_writers_at_once_lose_nothing(tmp_path: Path, same: bool) -> None:
    context = multiprocessing.get_context("spawn")  # the tests may have threads, which a fork would cut short
    with context.Pool(8, initializer=context.Barrier(8).wait) as pool:
        stored = pool.starmap(store_one, [(str(tmp_path), "同" if same else str(i)) for i in range(8)])
    places = sorted(each.place for each in stored)
    if same:
        assert set(places) == {f"{SHELF}/v1"}
        assert sum(not each.already for each in stored) == 1
    else:
        assert places == [f"{SHELF}/v{i}" for i in range(1, 9)]
    assert verify(tmp_path).all_damage == ()
    assert stages(tmp_path, SETTINGS) == ()


def test_a_share_that_takes_no_writes_is_not_said_to_hold_a_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "mkdir", read_only)
    monkeypatch.setattr(Path, "unlink", read_only)
    with pytest.raises(UnusableInput, match="没有写入权限") as refused:
        store(tmp_path, package())
    assert "暂存" not in str(refused.value)


def test_a_small_file_is_added_whole_and_never_over_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_file(tmp_path / "events", "a.json", b"1")
    with pytest.raises(UnusableInput):
        add_file(tmp_path / "events", "a.json", b"2")
    assert (tmp_path / "events" / "a.json").read_bytes() == b"1"
    for step in ("open", "write", "fsync", "rename"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, Failing(getattr(os, step), 1, errno.EIO))
            with pytest.raises(UnusableInput, match="未归档"):
                add_file(tmp_path / "events", f"{step}.json", b"2")
        assert [path.name for path in (tmp_path / "events").iterdir()] == ["a.json"]


def test_a_file_of_the_build_that_cannot_be_read_is_not_taken_for_a_share_that_cannot_be_written(tmp_path: Path) -> None:
    gone = tmp_path / "report.pdf"
    with pytest.raises(UnusableInput, match=r"report\.pdf：无法读取（没有这个文件或文件夹），未归档"):
        store(tmp_path, replace(package(), files={"report.pdf": gone}))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["2026", "2026/Q3", SHELF])
def test_a_link_that_leads_nowhere_in_place_of_a_folder_is_told(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).symlink_to(tmp_path / "没有", target_is_directory=True)
    with pytest.raises(UnusableInput, match="已存在同名的文件或文件夹"):
        store(tmp_path, package())
    assert stages(tmp_path, SETTINGS) == ()
