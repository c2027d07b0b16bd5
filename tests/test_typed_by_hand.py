"""An incident typed in one sitting, as Chinese input methods write it: full-width marks, spoken numbers, dotted dates, # around topics or not."""

import csv
import re
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from review.analysis.analyse import Analysis, analyse
from review.cli import main
from review.intake.load import Loaded, LoadOptions, load
from review.report.compose.incident_report import Dossier, Writing, compose
from review.report.document import Table, parts, plain_text, string, walk
from review.report.theme import load_theme
from review.settings.analysis_settings import load_analysis_settings

FACTS = {
    "品牌": "清禾乳业",
    "事件名称": "酸奶结块事件",
    "爆发时间": "2026年9月3日 20：15",
    "话题": "＃清禾酸奶结块＃；＃清禾回应＃",
    "参与部门": "品牌，客服；质检、法务",
    "促销日": "9月1日～9月3日，9月9日",
    "真诚度评分": "３；4",
}
ROWS: list[dict[str, str]] = [
    {"记录": "应对时间线", "时间": "9月4日 上午8点40", "平台": "小红书", "动作类型": "首次回应", "内容": "已关注到反馈，正在核查；没有任何隐瞒。"},
    {
        "记录": "应对时间线", "时间": "9.4 19：30", "平台": "微博", "动作类型": "声明",
        "内容": "产品检测没有问题，但理解大家的担心！凡购买Ｂ0812批次的消费者，７天内可联系官方客服，凭订单号全额退款。",
    },
    {"记录": "热度快照", "时间": "9月4日 12:00", "平台": "小红书", "名称": "＃清禾酸奶结块＃", "指标": "阅读量", "数值": "三百二十万"},
    {"记录": "热度快照", "时间": "9月5日 12:00", "平台": "小红书", "名称": "清禾酸奶结块", "指标": "阅读量", "数值": "680万左右"},
    {"记录": "热度快照", "时间": "9月5日 09:00", "平台": "微博", "名称": "清禾回应", "指标": "热搜排名", "数值": "第12"},
    {
        "记录": "帖子", "时间": "9月3日 19:58", "平台": "小红书", "编号": "P1", "作者": "小橙子", "内容": "打开就是结块的", "点赞": "大概一千二",
        "评论": "300多", "情感": "负面",
    },
    {"记录": "数据汇总", "开始": "9月3日 20:00", "结束": "9月4日 8:00", "指标": "评论抽样", "n": "200", "k": "118"},
    {"记录": "数据汇总", "开始": "9月6日 18:00", "结束": "9月7日 8:00", "指标": "评论抽样", "n": "150", "k": "22"},
]  # fmt: skip


def write(path: Path, facts: dict[str, str], records: list[dict[str, str]] = ROWS) -> Path:
    rows = [*({"记录": "事件信息", "项": item, "值": value} for item, value in facts.items()), *records]
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
        table.writeheader()
        table.writerows(rows)
    return path


@cache
def read() -> tuple[Loaded, Analysis]:
    with TemporaryDirectory() as folder:
        loaded = load([write(Path(folder) / "事件.csv", FACTS)], LoadOptions())
    return loaded, analyse(loaded.incident, load_analysis_settings(), "Asia/Shanghai")


def test_every_cell_is_read() -> None:
    loaded, _ = read()
    assert loaded.import_log.rejections == ()
    case = loaded.incident.case
    assert case.topics == ("清禾酸奶结块", "清禾回应")
    assert case.departments == ("品牌", "客服", "质检", "法务")
    assert len(case.promo_days) == 4
    assert case.sincerity_ratings == (3, 4)


def test_a_topic_is_one_topic_with_or_without_marks() -> None:
    (topic,) = read()[1].findings.heat.topics
    assert (topic.name, [reading.value for reading in topic.readings]) == ("清禾酸奶结块", [3.2e6, 6.8e6])
    assert read()[1].findings.facts.level.level == "l1"


def test_a_statement_is_judged_clause_by_clause() -> None:
    line = next(line for line in read()[1].findings.score.card.lines if line.criterion.ident == "solution")
    assert line.score == 100


def test_data_that_begin_above_the_line_do_not_say_when_it_was_crossed() -> None:
    loaded, analysis = read()
    writing = Writing(made_at=datetime.fromisoformat("2026-09-20T10:00:00+08:00"), zone="Asia/Shanghai", final=False, masked=True)
    dossier = Dossier(findings=analysis.findings, case=loaded.incident.case, import_log=loaded.import_log, settings=load_analysis_settings())
    text = plain_text(compose(dossier, load_theme(None), writing).document)
    assert "数据开始时已高于 20% 预警线（9月3日 20:00 起可以确认），何时越过未知" in text
    assert "越过 20% 预警线；" not in text
    assert "负面占比越过预警线（" not in text


def test_check_says_which_row_was_not_taken_over_and_why(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["check", str(write(tmp_path / "事件.csv", {**FACTS, "话题热度": "很高"}))])
    assert told.exit_code == 0, told.stderr
    assert "隔离 1 行  “值”列 不认识的项“话题热度”（第 9 行" in told.stdout


def test_check_counts_a_row_once_however_many_of_its_parts_are_bad(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["check", str(write(tmp_path / "事件.csv", {**FACTS, "促销日": "大促、双节"}))])
    assert told.exit_code == 0, told.stderr
    assert "隔离 1 行  “值”列 促销日：" in told.stdout.replace(":", "：")


def test_a_name_too_long_for_the_cover_is_cut_there_and_nowhere_else(tmp_path: Path) -> None:
    loaded = load([write(tmp_path / "事件.csv", {**FACTS, "品牌": "清岚家电" * 75})], LoadOptions())
    findings = analyse(loaded.incident, load_analysis_settings(), "Asia/Shanghai").findings
    writing = Writing(made_at=datetime.fromisoformat("2026-09-20T10:00:00+08:00"), zone="Asia/Shanghai", final=False, masked=True)
    dossier = Dossier(findings=findings, case=loaded.incident.case, import_log=loaded.import_log, settings=load_analysis_settings())
    document = compose(dossier, load_theme(None), writing).document
    assert len(string(document.cover.title)) < 150
    assert "…】" in string(document.cover.title)
    assert "清岚家电" * 75 in document.title


def test_how_fast_the_brand_stirred_is_left_open_where_the_crossing_was_not_seen(tmp_path: Path) -> None:
    loaded = load([write(tmp_path / "事件.csv", {**FACTS, "启动时间": "9月3日 20:40"})], LoadOptions())
    findings = analyse(loaded.incident, load_analysis_settings(), "Asia/Shanghai").findings
    line = next(line for line in findings.score.card.lines if line.criterion.ident == "activation")
    assert (line.score, line.missing, line.low) == (None, "trigger_unseen", 0)
    assert 0 < line.high < 100  # forty minutes after the first sample, at best


def text_of(tmp_path: Path, facts: dict[str, str], records: list[dict[str, str]] = ROWS, beside: str = "") -> str:
    """The report of these rows; beside: a sheet of daily figures next to them, as CSV."""
    (tmp_path / "日报.csv").write_text(beside, encoding="utf-8")
    typed = write(tmp_path / "事件.csv", {**FACTS, **facts}, records)
    loaded = load([typed, *([tmp_path / "日报.csv"] if beside else [])], LoadOptions())
    findings = analyse(loaded.incident, load_analysis_settings(), "Asia/Shanghai").findings
    writing = Writing(made_at=datetime.fromisoformat("2026-09-20T10:00:00+08:00"), zone="Asia/Shanghai", final=False, masked=True)
    dossier = Dossier(findings=findings, case=loaded.incident.case, import_log=loaded.import_log, settings=load_analysis_settings())
    return plain_text(compose(dossier, load_theme(None), writing).document)


def test_reads_of_a_topic_that_is_not_the_crisis_stand_nowhere_in_the_report(tmp_path: Path) -> None:
    text = text_of(tmp_path, {"话题": "别的话题"})
    assert "680万" not in text
    assert "本次未取得【话题阅读量读数】" in text


def test_what_was_typed_against_the_data_is_told(tmp_path: Path) -> None:
    text = text_of(tmp_path, {"定级": "二级", "底线事项": "24小时未回应"})
    assert "按话题阅读量对应一级，与填写的等级不一致，请核对。" in text
    assert "未触发。（与填写的内容不一致，请核对。）" in text
    assert "请核对。" not in text_of(tmp_path, {})


def test_an_outbreak_known_to_the_day_prints_no_clock_and_no_hours_from_it(tmp_path: Path) -> None:
    loaded = load([write(tmp_path / "事件.csv", {**FACTS, "爆发时间": "2026年9月3日"})], LoadOptions())
    settings = load_analysis_settings()
    findings = analyse(loaded.incident, settings, "Asia/Shanghai").findings
    writing = Writing(made_at=datetime.fromisoformat("2026-09-20T10:00:00+08:00"), zone="Asia/Shanghai", final=False, masked=True)
    dossier = Dossier(findings=findings, case=loaded.incident.case, import_log=loaded.import_log, settings=settings)
    document = compose(dossier, load_theme(None), writing).document
    (course,) = (block for block in walk(*parts(document)) if isinstance(block, Table) and block.id == "course")
    (onset,) = (row for row in course.rows if string(row[0]) == "爆发")
    assert string(onset[1]) == "9月3日"
    assert "距爆发" not in [column.head for column in course.columns]
    assert string(course.note).endswith("各行均无值的列未列出：距爆发。")
    assert findings.score.card.line("first_response").missing == "onset_day_only"


OVER_NEW_YEAR: list[dict[str, str]] = [
    {"记录": "应对时间线", "时间": "12.31 晚11点10分", "平台": "小红书", "动作类型": "首次回应", "内容": "非常抱歉，我们正在核实。"},
    {"记录": "应对时间线", "时间": "1月2日 晚8点", "平台": "小红书", "动作类型": "致歉", "标题": "致歉信", "内容": "请大家多一点包容。"},
    {"记录": "帖子", "时间": "12月31日 20:42", "平台": "小红书", "编号": "P1", "作者": "小橙子", "内容": "蜡烛炸了", "情感": "负面"},
    {"记录": "数据汇总", "开始": "1.2 18:00", "结束": "1.2 19:00", "指标": "评论抽样", "n": "60", "k": "20"},
    {"记录": "数据汇总", "开始": "1.2 21:00", "结束": "1.2 22:00", "指标": "评论抽样", "n": "60", "k": "45"},
]


def test_an_incident_over_new_year_says_the_year_of_every_date(tmp_path: Path) -> None:
    text = text_of(tmp_path, {"爆发时间": "2025-12-31 21:00", "促销日": ""}, OVER_NEW_YEAR)
    assert "2025年12月31日 23:10" in text
    assert "2026年1月2日" in text
    assert not re.search(r"(?<!年)(?:12月31日|1月2日)", text)


def test_a_letter_between_two_hand_counts_stands_with_both_and_is_not_judged(tmp_path: Path) -> None:
    text = text_of(tmp_path, {"爆发时间": "2025-12-31 21:00", "促销日": ""}, OVER_NEW_YEAR)
    assert "33.3% → 75.0%（2026年1月2日 18:00 读 60 条，2026年1月2日 21:00 读 60 条）" in text
    assert "只有前后各一次抽样，此前走势未知，不作判断" in text
    assert "负面占比取动作之前最近一次与之后最近一次抽样，两次之间没有其他公开动作。" in text


def test_hand_counts_are_all_listed_and_the_highest_is_told_beside_the_stretch_that_pools_them(tmp_path: Path) -> None:
    counts = [("1.1 10:00", 22, 50), ("1.1 21:00", 21, 50), ("1.2 18:00", 20, 60), ("1.2 21:00", 45, 60), ("1.3 12:00", 44, 60), ("1.3 18:00", 28, 60)]
    sampled = [
        {"记录": "数据汇总", "开始": start, "结束": f"{start[:-2]}30", "指标": "评论抽样", "n": str(n), "k": str(k)}
        for start, k, n in [*counts, ("1.4 20:00", 12, 50), ("1.5 20:00", 6, 50)]
    ]
    text = text_of(tmp_path, {"爆发时间": "2025-12-31 21:00", "促销日": ""}, [*OVER_NEW_YEAR[:3], *sampled])
    assert "其中单次抽样最高 75.0%（2026年1月2日 21:00 起，60 条）" in text
    assert all(f"{k / n:.1%}" in text for _, k, n in counts)


def test_of_several_shops_the_first_page_says_of_which_its_figure_tells(tmp_path: Path) -> None:
    shops = (("天猫旗舰店", 60_000, 30_000), ("小红书店", 10_000, 9_000))
    days = [date(2026, 8, 1) + timedelta(days=i) for i in range(45)]
    sold = [f"{day},{shop},{before if day < date(2026, 9, 3) else after}" for day in days for shop, before, after in shops]
    text = text_of(tmp_path, {"促销日": ""}, beside="\n".join(["日期,店铺,销售额", *sold]))
    assert "销售额（天猫旗舰店）变化" in text
