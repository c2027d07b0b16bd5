"""How long intake takes beside the plain reader, in the same run: a MediaCrawler-shaped CSV against pandas' C reader, an XLSX against calamine.

    python benchmarks/load.py [ROWS] [XLSX_ROWS]

Prints seconds (best of the runs), the ratio, and the peak resident memory of a fresh process that loads the CSV.
"""

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from review.intake.load import LoadOptions, load

HEADER = [
    "comment_id",
    "create_time",
    "ip_location",
    "aweme_id",
    "content",
    "user_id",
    "sec_uid",
    "short_user_id",
    "user_unique_id",
    "user_signature",
    "nickname",
    "avatar",
    "sub_comment_count",
    "like_count",
    "last_modify_ts",
    "parent_comment_id",
    "pictures",
]
PLACES = ("四川", "江西", "广东", "北京", "浙江", "江苏", "湖北", "")
PHRASES = (
    "这款真的用不了几天就坏了",
    "客服一直没有回复我",
    "等官方说明吧",
    "我买的没有问题,挺好用",
    "要求退款!!!",
    "[捂脸][捂脸]",
    "坐等后续\n别装死",
    "支持一下国货",
    "建议大家先别买,看检测结果",
)
RUNS = 2


def write_csv(path: Path, rows: int, seed: int = 7) -> None:
    """A Douyin comment export as MediaCrawler writes it: BOM, embedded line ends, quoted commas, one row in five crawled twice."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for i in range(rows):
            number = i if i % 5 else i // 10
            text = chance.choice(PHRASES) + chance.choice(PHRASES) + str(number)
            likes = "1.2万" if number % 997 == 0 else chance.randrange(2000)
            parent = 7450000000000000000 + number // 2 if number % 3 == 0 else 0
            user = chance.randrange(rows)
            writer.writerow((
                7450000000000000000 + number, 1735281097 + number % 2_000_000, chance.choice(PLACES), 7452967332982410533 + number % 40, text,
                93140200277 + user,                f"MS4wLjABAAAAcd05uFbS51KeJ1eCG10dVgIrWPuER9mxeMl9nJ{user}", 1673940978, f"Y{user}", "", f"用户{user}",
                f"https://p3-pc.example.com/aweme/100x100/aweme-avatar/tos-cn-i-0813c001_{user}.jpeg?from=2064092626", number % 4, likes, 1765383964642 + i,
                parent, "",
            ))  # fmt: skip


def write_xlsx(path: Path, rows: int, seed: int = 7) -> None:
    """The same comments as a workbook without the long columns."""
    chance = random.Random(seed)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Comments")
    keep = [i for i, name in enumerate(HEADER) if name not in ("avatar", "sec_uid", "user_unique_id", "user_signature", "pictures")]
    sheet.append([HEADER[i] for i in keep])
    for i in range(rows):
        sheet.append([str(7450000000000000000 + i), 1735281097 + i, chance.choice(PLACES), "7452967332982410533", chance.choice(PHRASES) + str(i),
                      str(93140200277 + i), 1673940978, f"用户{i}", i % 4, chance.randrange(2000), 1765383964642 + i, "0"])  # fmt: skip
    book.save(path)


def best(run: Callable[[], object]) -> float:
    """Seconds of the fastest of a few runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def main(rows: int, xlsx_rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "dy_search_comments.csv"
        write_csv(table, rows)
        print(f"{rows} rows, {table.stat().st_size >> 20} MB CSV")
        plain = best(lambda: pd.read_csv(table, dtype=str, engine="c"))
        ours = best(lambda: load([table], LoadOptions()))
        print(f"pandas.read_csv(dtype=str, engine='c') {plain:.2f} s; load {ours:.2f} s; ratio {ours / plain:.2f}")
        peak = subprocess.run([sys.executable, __file__, "--peak", str(table)], check=True, capture_output=True, text=True).stdout.strip()
        print(f"peak memory of loading it: {peak} MB")
        if xlsx_rows:
            book = Path(folder) / "comments.xlsx"
            write_xlsx(book, xlsx_rows)
            plain = best(lambda: CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).to_python())
            ours = best(lambda: load([book], LoadOptions()))
            print(f"{xlsx_rows} rows XLSX: calamine {plain:.2f} s; load {ours:.2f} s; ratio {ours / plain:.2f}")


def print_peak(path: Path) -> None:
    """Load one file and print this process's peak resident memory in MB."""
    loaded = load([path], LoadOptions())
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    print(
        int(np.ceil(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)),
        "for",
        len(loaded.incident.posts),
        "posts,",
        len(loaded.incident.metric_points),
        "readings:",
        end=" ",
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        print_peak(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 200_000)
