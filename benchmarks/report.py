"""Where the time of the sample report goes: benchmarks/report.py [INPUT ...] [--labels FILE]

Prints seconds and share of each stage, one after another in this process; then what a user waits for: `review build` itself, which sets the PDF in a second
process, with the peak memory of the larger of the two. The wait is also given as a ratio to a baseline of the same run: a fresh process that only imports
pandas, matplotlib and WeasyPrint (what any report with these libraries must pay).
"""

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASELINE = "import pandas, matplotlib.figure, weasyprint"
# in a small process of its own: a child's peak begins at what its parent holds, and this one holds a whole report
WATCH = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("inputs", nargs="*", default=[str(ROOT / "sample_data" / "incident.csv")])
    options.add_argument("--labels", default=None)
    chosen = options.parse_args()
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", BASELINE], check=True)
    baseline = time.perf_counter() - started

    marks: list[tuple[str, float]] = []
    clock = time.perf_counter()

    def mark(name: str) -> None:
        nonlocal clock
        now = time.perf_counter()
        marks.append((name, now - clock))
        clock = now

    from review.analysis.analyse import analyse
    from review.intake.audit import read_audit
    from review.intake.load import LoadOptions, load
    from review.report.compose.incident_report import Dossier, Writing, compose
    from review.report.theme import load_theme
    from review.settings.analysis_settings import load_analysis_settings
    from review.settings.vocabulary import read_vocabulary

    mark("imports")
    settings, theme = load_analysis_settings(), load_theme(None)
    mark("settings")
    loaded = load([Path(name) for name in chosen.inputs], LoadOptions())
    audit = read_audit(Path(chosen.labels), read_vocabulary()["emotion"].printed) if chosen.labels else None
    mark("load")
    analysis = analyse(loaded.incident, settings, "Asia/Shanghai", audit)
    mark("analyse")
    writing = Writing(made_at=datetime.fromisoformat("2026-09-20T10:00:00+08:00"), zone="Asia/Shanghai", final=False, masked=True)
    dossier = Dossier(findings=analysis.findings, case=loaded.incident.case, import_log=loaded.import_log, settings=settings)
    composed = compose(dossier, theme, writing)
    mark("compose")
    from review.report.charts import draw_svg
    from review.report.document import Figure, parts, walk
    from review.report.html import html
    from review.report.pdf import lay_out
    from review.report.word import word

    mark("import renderers")
    figures = {block.id: draw_svg(block.chart, theme) for block in walk(*parts(composed.document)) if isinstance(block, Figure)}
    mark("charts")
    laid_out = lay_out(composed.document, theme, figures)
    mark("pdf: layout")
    laid_out.pdf({})
    mark("pdf: painting")
    word(composed.document, theme, lambda: laid_out.pages)
    mark("docx")
    html(composed.document, composed.claims, theme, figures)
    mark("html")
    whole = sum(seconds for _, seconds in marks)
    for name, seconds in marks:
        print(f"{name:18}{seconds:7.2f} s  {seconds / whole:5.0%}")
    print(f"{'one by one':18}{whole:7.2f} s  {laid_out.pages.total} pages")
    with tempfile.TemporaryDirectory() as folder:
        labels = ["--labels", chosen.labels] if chosen.labels else []
        build = [sys.executable, "-m", "review", "build", *chosen.inputs, *labels, "--out", folder]
        told = subprocess.run([sys.executable, "-c", WATCH, *build], check=True, capture_output=True, text=True).stdout.split()
    waited, peak = float(told[-2]), float(told[-1]) / 1024
    print(f"{'review build':18}{waited:7.2f} s  {waited / baseline:.1f} x the imports alone ({baseline:.2f} s); peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
