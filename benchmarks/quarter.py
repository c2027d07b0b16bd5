"""Where the time of a quarterly report goes: benchmarks/quarter.py [INCIDENTS] [--quarters N]

Makes an archive of made-up incidents in a temporary folder, spread evenly over N quarters, then prints the seconds of `review list` (warm) and of each stage
of `review quarter` for the last quarter, the whole as a ratio to a baseline of the same run: a fresh process that only imports pandas, matplotlib and
WeasyPrint (what any report with these libraries must pay).
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "tracking")]
BASELINE = "import pandas, matplotlib.figure, weasyprint"
LAST = date(2026, 9, 30)
FINDINGS_BYTES = 60_000
"""Bytes behind the record in the findings.json of a middling incident: what a reader of the record has to get past."""


def make_archive(root: Path, incidents: int, quarters: int) -> None:
    """Packages written straight to their places, without the flushing and reading back of `review archive`: that is not what is measured here."""
    from planted import action, item, record

    from review.archive.bag import digests_of, manifest
    from review.plain_data import dumped
    from review.record import record_data

    for i in range(incidents):
        day = LAST - timedelta(days=i * quarters * 91 // incidents)
        items = (
            item("deep_cause", f"根因{i % 37}", "R-01", basis="检测报告"),
            action("A-01", due=day + timedelta(days=20), related=("R-01",), department=f"部门{i % 7}"),
            action("A-02", due=day + timedelta(days=60), status="done", done_on=day + timedelta(days=50), related=("R-01",), department=f"部门{i % 5}"),
            item("drill", f"演练{i % 50}", done_on=day),
        )
        kept = record(day, f"事件{i:04}", 0.5 + i % 9 / 4, peak=0.3 + i % 5 / 10, items=items, brand=f"品牌{i % 20}")
        payload = root / str(day.year) / f"Q{(day.month + 2) // 3}" / kept.head.incident / "v1" / "data"
        payload.mkdir(parents=True)
        content = dumped({**record_data(kept), "case": {}, "findings": {"filler": "0" * FINDINGS_BYTES}, "row_sets": {}})
        (payload / "findings.json").write_bytes(content)
        (payload.parent / "manifest-sha256.txt").write_bytes(manifest({"data/findings.json": digests_of(content)}, "sha256"))


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("incidents", nargs="?", type=int, default=2000)
    options.add_argument("--quarters", type=int, default=8)
    chosen = options.parse_args()
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", BASELINE], check=True)
    baseline = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        make_archive(Path(folder), chosen.incidents, chosen.quarters)
        measure(Path(folder), baseline)


def measure(root: Path, baseline: float) -> None:
    """Prints the stages of a report on the last quarter of this archive."""
    from review.archive.shelf import Filter
    from review.filing import QuarterOrder, list_archive, quarter_report

    list_archive(root, Filter())
    started = time.perf_counter()
    listed = list_archive(root, Filter()).text.count("\n")
    print(f"list, {listed} incidents, warm: {time.perf_counter() - started:.2f} s")

    marks: list[tuple[str, float]] = []
    started = time.perf_counter()

    def mark(name: str) -> None:
        marks.append((name, time.perf_counter()))

    at = datetime.fromisoformat("2026-10-08T10:00:00+08:00")
    from review.tracking.filed import parse_quarter

    order = QuarterOrder(quarter=parse_quarter("2026Q3"), brand=None, rubric_file=None, theme_folder=None, made_at=at, zone="Asia/Shanghai")
    made = quarter_report(root, order, mark)
    whole = time.perf_counter() - started
    before = started
    for name, now in marks:
        print(f"{name:18}{now - before:7.2f} s  {(now - before) / whole:5.0%}")
        before = now
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'whole':18}{whole:7.2f} s  {whole / baseline:.1f} x the imports alone ({baseline:.2f} s); peak {peak:.0f} MB")
    print(", ".join(f"{name} {len(content) / 1024:.0f} KB" for name, content in made.files.items()), made.pdf_missing or "")


if __name__ == "__main__":
    main()
