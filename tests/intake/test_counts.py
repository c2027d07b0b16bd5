"""Counts whose header names their unit, and cells that are no counts."""

from pathlib import Path

import pytest

from review.intake.load import Loaded, LoadOptions, load
from review.settings.aliases import scale_of


def loaded(folder: Path, text: str) -> Loaded:
    (folder / "千瓜笔记.csv").write_text(text, encoding="utf-8")
    return load([folder], LoadOptions())


def test_numbers_below_a_header_that_counts_in_ten_thousands_are_ten_thousands(tmp_path: Path) -> None:
    made = loaded(
        tmp_path,
        "笔记标题,发布时间,阅读量(万),点赞数（万）,粉丝数(w),评论数(条)\n锅,2026-08-12 10:00,12.5,8000,3.2,120\n锅二,2026-08-12 11:00,1.5万,０.８,-,7\n",
    )
    posts = made.incident.posts.sort_values("row")
    assert posts["views"].tolist() == [125000, 15000]
    assert posts["likes"].tolist() == [80000000, 8000]
    assert posts["author_followers"].fillna(-1).tolist() == [32000, -1]
    assert posts["comments"].tolist() == [120, 7]
    assert {tuple(bounds) for bounds in made.incident.inexact.loc[made.incident.inexact["column"] == "views", ["low", "high"]].to_numpy()} == {
        (124500, 125500), (14500, 15500),
    }  # fmt: skip


def test_money_in_ten_thousands_is_read_in_yuan(tmp_path: Path) -> None:
    points = loaded(tmp_path, "日期,支付金额(万元),支付订单数\n2026-08-12,12.5,1200\n").incident.metric_points
    assert dict(zip(points["metric"], points["value"], strict=True)) == {"sales": 125000, "orders": 1200}


def test_rounded_numbers_below_a_header_that_counts_in_ten_thousands_are_ten_thousands_too(tmp_path: Path) -> None:
    cells = ["约1.3", "近2", "超3", "4+", "5余", "6万+", "约7千", "8-9", "~1.1"]
    rows = "".join(f"2026-08-{10 + i},{cell}\n" for i, cell in enumerate(cells))
    points = loaded(tmp_path, f"日期,曝光(万)\n{rows}").incident.metric_points.sort_values("at")
    known = points["value"].fillna(points["low"]).tolist()
    assert known[:4] + known[5:7] == [13000, 20000, 30000, 40000, 60000, 7000]
    assert (known[4], known[8]) == (50000, 11000)
    assert points[["low", "high"]].iloc[7].tolist() == [80000, 90000]


@pytest.mark.parametrize(
    ("header", "scale"), [("阅读量(万)", "万"), ("支付金额（单位：万元）", "万"), ("退款金额(支付时间)", ""), ("会话时长(秒)", ""), ("粉丝数", "")]
)
def test_a_unit_in_brackets_scales_only_where_it_is_a_number_word(header: str, scale: str) -> None:
    assert scale_of(header) == scale


@pytest.mark.parametrize("cell", ["12%", "100％", "1.5", "0.3"])
def test_a_share_or_a_fraction_is_no_count(cell: str, tmp_path: Path) -> None:
    made = loaded(tmp_path, f"笔记标题,发布时间,点赞数,评论数\n锅,2026-08-12 10:00,{cell},424.0\n")
    assert made.incident.posts["likes"].isna().all()
    assert made.incident.posts["comments"].tolist() == [424]
    assert [(each.column, each.value) for each in made.import_log.rejections] == [("点赞数", cell)]


def test_what_a_vendor_estimates_may_be_a_fraction(tmp_path: Path) -> None:
    made = loaded(tmp_path, "笔记标题,发布时间,预估阅读量\n锅,2026-08-12 10:00,1234.5\n")
    assert not made.import_log.rejections
