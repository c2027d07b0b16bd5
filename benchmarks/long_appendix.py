"""How printing grows with the length of an appendix: benchmarks/long_appendix.py [PAGES ...]

For each number of pages (default 25 50 100 200) an own process prints a report whose appendix is one long table of that many pages as tagged PDF, DOCX and
HTML. Told are seconds of processor time of each (other work on the machine does not count), peak memory, and the PDF's seconds a page as a ratio to those
of the shortest: a ratio that rises says that something grows faster than the text. Wanted: 200 pages in 60 s and 1 GB.
"""

import gc
import itertools
import resource
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
ROWS_A_PAGE = 32
"""Rows of this table that fit an A4 page of the shipped style."""
WORDS = ("质检抽检环节存在漏洞，客服补偿标准不清晰", "用户要求公布同批次检测结果", "与首份声明发布同时", "涂层脱落、起皮、开裂")


def print_once(pages: int) -> None:
    """Print one report and tell its figures in a line."""
    from review.report.document import Column, Cover, Document, Paragraph, Quoted, Section, Table, Words
    from review.report.html import html
    from review.report.pdf import lay_out
    from review.report.theme import load_theme
    from review.report.word import word

    def row(i: int) -> tuple[tuple[Quoted], ...]:
        words = f"{WORDS[i % 4]}，第 {i} 条"
        return ((Quoted(f"R-{i:05d}"),), (Quoted(f"8月{i % 28 + 1}日 {i % 24:02d}:{i % 60:02d}"),), (Quoted(words),), (Quoted(str(i * 37 % 9973)),))

    rows = tuple(row(i) for i in range(pages * ROWS_A_PAGE))
    columns = (Column("编号", 14), Column("时间", 20), Column("内容", 52), Column("点赞", 14, "right"))
    table = Table(id="long", number="表A-1", caption=(Words("逐条清单"),), columns=columns, rows=rows)
    summary = Section(id="summary", level=1, title=(Words("摘要"),), blocks=(Paragraph(text=(Words("结论。"),)),), page_break=True)
    body = Section(id="body", level=1, number="一、", title=(Words("危机概述"),), blocks=(Paragraph(text=(Words("正文。"),)),), page_break=True)
    appendix = Section(id="appendix", level=1, number="附录A　", title=(Words("逐条清单"),), blocks=(table,), page_break=True)
    cover = Cover(title=(Words("长附录"),), subtitle=(Words("测量"),), facts=(), marking=(Words("内部资料"),))
    document = Document(
        language="zh-Hans",
        title="长附录",
        author="测量",
        subject="",
        header=("测量", "内部资料"),
        made_at=datetime(2026, 9, 20, tzinfo=UTC),
        cover=cover,
        summary=summary,
        sections=(body,),
        appendices=(appendix,),
    )
    theme = load_theme(None)
    gc.disable()  # as in the process that sets a report's PDF
    lay_out(replace(document, appendices=()), theme, {}).pdf({})  # fonts and libraries are loaded before the clock starts
    marks = [time.process_time()]
    laid_out = lay_out(document, theme, {})
    laid_out.pdf({})
    marks.append(time.process_time())
    word(document, theme, lambda: laid_out.pages)
    marks.append(time.process_time())
    html(document, (), theme, {})
    marks.append(time.process_time())
    seconds = [after - before for before, after in itertools.pairwise(marks)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(laid_out.pages.total, *(f"{each:.3f}" for each in seconds), f"{peak:.0f}")


def main(sizes: list[int]) -> None:
    print("pages   pdf s  docx s  html s  peak MB  pdf s/page to the shortest")
    base = None
    for size in sizes:
        done = subprocess.run([sys.executable, __file__, "--one", str(size)], check=True, capture_output=True, text=True)
        pages, pdf_s, docx_s, html_s, peak = (float(value) for value in done.stdout.split())
        each = pdf_s / pages
        base = base or each
        print(f"{pages:5.0f} {pdf_s:7.1f} {docx_s:7.2f} {html_s:7.2f} {peak:8.0f} {each / base:8.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print_once(int(sys.argv[2]))
    else:
        main([int(text) for text in sys.argv[1:]] or [25, 50, 100, 200])
