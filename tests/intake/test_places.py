"""What the rows of a homemade table are and where they were published, told from columns, values and names."""

from pathlib import Path

import pandas as pd
import pytest

from review.incident.import_log import TableLog
from review.intake.load import LoadOptions, load

NOTE = "66e12345000000001234abcd"
LINK = f"https://www.xiaohongshu.com/explore/{NOTE}"


def loaded(folder: Path, **files: str) -> tuple[pd.DataFrame, dict[str, TableLog]]:
    """posts in the order of their rows, and the account of each file."""
    for name, text in files.items():
        path = folder / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    made = load([folder], LoadOptions())
    return made.incident.posts.sort_values(["file", "row"]).reset_index(drop=True), {log.file.rsplit("/", 1)[-1]: log for log in made.import_log.tables}


@pytest.mark.parametrize(("header", "place"), [("笔记链接", LINK), ("笔记ID", NOTE), ("ID", NOTE)])
def test_rows_of_several_authors_under_one_note_are_its_comments_and_no_repeats(header: str, place: str, tmp_path: Path) -> None:
    rows = "".join(f"{name},{text},2026-08-12 1{i}:00,{i},{place}\n" for i, (name, text) in enumerate([("甲", "锅坏了"), ("乙", "真的吗"), ("丙", "我也是")]))
    posts, logs = loaded(tmp_path, 小红书导出=f"昵称,内容,时间,点赞,{header}\n{rows}")
    assert posts["kind"].tolist() == ["comment"] * 3
    assert posts["thread_id"].tolist() == [NOTE] * 3
    assert (logs["小红书导出.csv"].rows_kept, logs["小红书导出.csv"].rows_duplicate) == (3, 0)
    assert any("按该帖的评论处理" in warning for warning in logs["小红书导出.csv"].warnings)


def test_a_note_crawled_twice_with_an_edited_text_stays_one_note(tmp_path: Path) -> None:
    posts, logs = loaded(tmp_path, 小红书=f"笔记ID,昵称,标题,内容,时间\n{NOTE},甲,锅,坏了,2026-08-12 10:00\n{NOTE},甲,锅,坏了（已更新）,2026-08-12 10:00\n")
    assert posts["kind"].tolist() == ["post"]
    assert logs["小红书.csv"].rows_duplicate == 1


def test_a_column_of_types_tells_notes_from_comments_in_one_table(tmp_path: Path) -> None:
    rows = f"笔记,甲,锅坏了,2026-08-12 10:00,{LINK}\n评论,乙,真的吗,2026-08-12 11:00,{LINK}\n评论,丙,我也是,2026-08-12 11:01,{LINK}\n"
    posts, _ = loaded(tmp_path, 导出=f"类型,作者,内容,发布时间,链接\n{rows}")
    assert posts["kind"].tolist() == ["post", "comment", "comment"]
    assert posts["item_id"].iloc[0] == NOTE
    assert posts["thread_id"].fillna("").tolist() == ["", NOTE, NOTE]


def test_types_that_are_forms_of_a_note_change_nothing(tmp_path: Path) -> None:
    posts, _ = loaded(tmp_path, 导出=f"类型,作者,内容,发布时间,链接\n图文,甲,锅坏了,2026-08-12 10:00,{LINK}\n")
    assert posts["kind"].tolist() == ["post"]


def test_an_id_column_of_nicknames_names_the_authors(tmp_path: Path) -> None:
    text = "ID,评论内容,时间,点赞\n小明,掉渣了,2026-08-12 10:00,12\nmomo,真的假的,2026-08-12 11:00,3\nmomo,我也是,2026-08-12 12:00,5\n"
    posts, logs = loaded(tmp_path, 评论=text)
    assert posts["author_name"].tolist() == ["小明", "momo", "momo"]
    assert logs["评论.csv"].rows_kept == 3
    assert [warning for warning in logs["评论.csv"].warnings if "编号" in warning] == ["“ID”列不是编号，按作者名读取"]


def test_a_column_of_comment_ids_without_ids_is_left_unread_and_its_rows_are_kept(tmp_path: Path) -> None:
    posts, logs = loaded(tmp_path, 评论="评论ID,昵称,评论内容\n第一条,甲,掉渣了\n第二条,乙,真的假的\n")
    assert len(posts) == 2
    assert logs["评论.csv"].unmapped == ("评论ID",)


def test_full_width_ids_are_ids(tmp_path: Path) -> None:
    posts, _ = loaded(tmp_path, 评论="评论ID,评论内容\nｃ１,掉渣了\nc2,真的假的\n")
    assert posts["item_id"].tolist() == ["c1", "c2"]


def test_a_folder_says_nothing_of_kinds_and_yields_to_the_names_inside_it(tmp_path: Path) -> None:
    note = "标题,内容,时间,转发数\n锅,坏了{},2026-08-12 10:00,1\n"
    folder = {f"小红书评论区翻车/{name}": note.format(name) for name in ("微博数据", "知乎", "其他")}
    posts, _ = loaded(tmp_path, **folder)
    assert set(posts["kind"]) == {"post"}
    assert dict(zip(posts["text"], posts["platform"], strict=True)) == {"坏了微博数据": "weibo", "坏了知乎": "zhihu", "坏了其他": "xhs"}


@pytest.mark.parametrize(("header", "kind"), [("评论", "comment"), ("转发", "repost")])
def test_texts_under_the_header_of_a_count_are_the_rows_texts(header: str, kind: str, tmp_path: Path) -> None:
    posts, logs = loaded(tmp_path, 微博=f"昵称,{header},时间,点赞\n小明,这锅掉渣了,2026-08-12 10:00,12\n小红,真的假的,2026-08-12 11:00,3\n")
    assert posts["text"].tolist() == ["这锅掉渣了", "真的假的"]
    assert posts["kind"].tolist() == [kind] * 2
    assert (header, "text") in logs["微博.csv"].mapped


def test_a_count_column_of_words_for_zero_stays_a_count(tmp_path: Path) -> None:
    posts, _ = loaded(tmp_path, 微博="昵称,标题,时间,评论\n小明,锅,2026-08-12 10:00,评论\n小红,锅二,2026-08-12 11:00,评论\n")
    assert posts["comments"].tolist() == [0, 0]


def test_traditional_headers_and_numbers_are_read_as_the_simplified_ones(tmp_path: Path) -> None:
    posts, logs = loaded(tmp_path, 小红书="帳號,留言內容,發布時間,按讚數,來源平台\n小明,鍋壞了,2026-08-12 10:00,1.2萬,微博\n")
    assert posts[["author_name", "text", "likes", "platform"]].to_numpy().tolist() == [["小明", "鍋壞了", 12000, "weibo"]]
    assert posts["published_at"].notna().all()
    assert logs["小红书.csv"].unmapped == ()


def test_a_client_as_source_does_not_make_a_weibo_table_news(tmp_path: Path) -> None:
    posts, _ = loaded(tmp_path, 导出="微博链接,正文,发布时间,来源,转发数\n,锅坏了,2026-08-12 10:00,客户端,1\n")
    assert posts[["platform", "kind"]].to_numpy().tolist() == [["weibo", "post"]]


@pytest.mark.parametrize("header", ["媒体名称", "来源"])
def test_a_press_list_names_its_outlets_in_the_source_column_and_is_no_other_platform(header: str, tmp_path: Path) -> None:
    rows = "2026/3/19 16:05,央视新闻,市场监管部门约谈某车企,\n2026/3/27 09:00,江州车周刊,召回之后,https://jzauto.example.cn/5\n2026/3/28 09:00,新浪微博,热议,\n"
    (tmp_path / "报道清单.csv").write_text(f"发布时间,{header},标题,链接\n{rows}", encoding="utf-8")
    posts = load([tmp_path], LoadOptions()).incident.posts.sort_values("published_at")
    unlisted = ("news", "article", "江州车周刊") if header == "媒体名称" else ("other", "post", None)
    told = [tuple(None if pd.isna(cell) else cell for cell in row) for row in posts[["platform", "kind", "author_name"]].itertuples(index=False)]
    assert told == [("news", "article", "央视新闻"), unlisted, ("weibo", "post", None)]
    assert (posts["author_type"] == "media").fillna(False).tolist() == [True, header == "媒体名称", False], "an outlet's name is no private person's to mask"


def test_an_article_whose_author_is_the_site_it_stands_on_is_by_an_outlet_listed_or_not(tmp_path: Path) -> None:
    rows = (
        "1,节目直击,代工厂过期奶粉,负面,酸奶,小城经济,小城经济,2026-03-15 20:05:00,https://xcjj.example/1\n"
        "2,追踪,召回之后,负面,酸奶,小城经济,张小明,2026-03-16 20:05:00,https://xcjj.example/2\n"
        "3,快讯,罚单,负面,酸奶,小城经济,--,2026-03-17 20:05:00,https://xcjj.example/3\n"
        "4,热议,酸奶,负面,酸奶,新浪微博,张小明,2026-03-18 20:05:00,\n"
    )
    posts, _ = loaded(tmp_path, 舆情数据="序号,标题,摘要,情感,涉及词,来源,作者,发布时间,原文地址\n" + rows)
    posts = posts.sort_values("published_at")
    assert posts["author_name"].tolist() == ["小城经济", "张小明", "小城经济", "张小明"]
    assert (posts["author_type"] == "media").fillna(False).tolist() == [True, False, True, False]


def test_a_press_item_is_told_by_the_outlets_own_site_too(tmp_path: Path) -> None:
    (tmp_path / "清单.csv").write_text("发布时间,标题,链接,转发数\n2026/3/27 09:00,召回之后,https://www.cdsb.com/5,3\n", encoding="utf-8")
    (row,) = load([tmp_path], LoadOptions()).incident.posts.to_dict("records")
    assert (row["platform"], row["kind"]) == ("news", "article")
