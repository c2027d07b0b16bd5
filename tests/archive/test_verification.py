"""Every kind of damage to an archive is found and named."""

import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest

from review.archive.store import Package, store
from review.archive.verification import Damage, verify

A, B = "2026/Q3/20260812-某品牌-甲/v1", "2026/Q3/20260901-某品牌-乙/v1"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, day in (("20260812-某品牌-甲", 12), ("20260901-某品牌-乙", 13)):
        files = {"report.pdf": f"报告{name}".encode() * 9, "findings.json": f'"{name}"'.encode(), "work/名单.csv": b"1\n"}
        store(tmp_path, Package(incident=name, filed=date(2026, 8, day), files=files, info={"Bag-Software-Agent": "review"}))
    assert verify(tmp_path).all_damage == ()
    return tmp_path


def damage(root: Path) -> list[tuple[str, str]]:
    return [(each.kind, each.place) for each in verify(root).all_damage]


def test_a_flipped_bit(root: Path) -> None:
    path = root / A / "data/report.pdf"
    content = bytearray(path.read_bytes())
    content[5] ^= 1
    path.write_bytes(content)
    assert damage(root) == [("changed", f"{A}/data/report.pdf")]


def test_a_missing_file(root: Path) -> None:
    (root / A / "data/report.pdf").unlink()
    assert damage(root) == [("missing", f"{A}/data/report.pdf")]


def test_an_extra_file(root: Path) -> None:
    (root / A / "data/补充.docx").write_bytes(b"x")
    (root / B / "说明.txt").write_bytes(b"x")
    assert damage(root) == [("extra", f"{A}/data/补充.docx"), ("extra", f"{B}/说明.txt")]


def test_a_renamed_file(root: Path) -> None:
    (root / A / "data/report.pdf").rename(root / A / "data/最终版.pdf")
    assert damage(root) == [("renamed", f"{A}/data/report.pdf")]
    assert "现为 data/最终版.pdf" in str(verify(root).all_damage[0])


def test_a_truncated_file(root: Path) -> None:
    path = root / A / "data/report.pdf"
    path.write_bytes(path.read_bytes()[:-7])
    assert verify(root).all_damage == (Damage(kind="truncated", place=f"{A}/data/report.pdf", more="少 7 字节"),)


@pytest.mark.parametrize("name", ["manifest-sha256.txt", "manifest-sha512.txt", "bag-info.txt", "bagit.txt"])
def test_an_edited_manifest(root: Path, name: str) -> None:
    path = root / A / name
    path.write_bytes(path.read_bytes() + b"X-Note: edited\n" if name.startswith("bag") else path.read_bytes().replace(b"0", b"1", 1))
    assert ("manifest_edited", f"{A}/{name}") in damage(root)
    assert all(place.startswith(A) for _, place in damage(root))


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_an_edited_tag_manifest(root: Path, algorithm: str) -> None:
    path = root / A / f"tagmanifest-{algorithm}.txt"
    line = next(line for line in path.read_bytes().splitlines() if line.endswith(b"bag-info.txt"))
    path.write_bytes(path.read_bytes().replace(line, (b"1" if line[:1] != b"1" else b"2") + line[1:]))
    assert damage(root) == [("manifest_edited", f"{A}/bag-info.txt")]


def test_a_file_and_its_manifest_edited_together(root: Path) -> None:
    path, manifest = root / A / "data/report.pdf", root / A / "manifest-sha256.txt"
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(b"nicer")
    manifest.write_bytes(manifest.read_bytes().replace(old.encode(), hashlib.sha256(b"nicer").hexdigest().encode()))
    assert ("manifest_edited", f"{A}/manifest-sha256.txt") in damage(root)


def test_swapped_packages(root: Path) -> None:
    (root / A).rename(root / "aside")
    (root / B).rename(root / A)
    (root / "aside").rename(root / B)
    assert damage(root) == [("misplaced", A), ("misplaced", B)]


def test_files_swapped_between_packages(root: Path) -> None:
    one, two = root / A / "data/report.pdf", root / B / "data/report.pdf"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert damage(root) == [("swapped_file", f"{A}/data/report.pdf"), ("swapped_file", f"{B}/data/report.pdf")]
    assert f"{B}/data/report.pdf" in str(verify(root).all_damage[0])


def test_a_half_package_put_there_by_hand(root: Path) -> None:
    half = root / "2026/Q3/20260912-某品牌-丙/v1"
    shutil.copytree(root / A / "data", half / "data")
    assert damage(root) == [("incomplete", half.relative_to(root).as_posix())]


def test_a_removed_or_replaced_earlier_version(root: Path) -> None:
    name = "20260812-某品牌-甲"
    store(root, Package(incident=name, filed=date(2026, 8, 12), files={"report.pdf": b"two"}, info={}))
    assert damage(root) == []
    shutil.rmtree(root / A)
    assert damage(root) == [("version_missing", A)]


def test_a_link_in_place_of_a_file_is_not_followed(root: Path) -> None:
    path = root / A / "data/report.pdf"
    copy = root / "copy.pdf"
    copy.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(copy)
    assert damage(root) == [("unreadable", f"{A}/data/report.pdf")]
