"""formats.toml, aliases.toml and platforms.toml: whole, without contradictions, and strict readers."""

from pathlib import Path

import pytest

from review.incident.errors import UnusableInput
from review.settings.aliases import header_key, read_aliases
from review.settings.formats import read_formats
from review.settings.platforms import read_platforms
from review.settings.toml import SETTINGS_DIR


def test_every_header_of_every_format_has_a_meaning() -> None:
    aliases = read_aliases()
    for each in read_formats().formats:
        for header in each.headers:
            assert header_key(header) in each.columns or aliases.column(header) is not None, (each.name, header)


def test_headers_are_compared_without_case_width_blanks_and_units() -> None:
    aliases = read_aliases()
    assert header_key(" Comment_ID") == header_key("commentid")
    assert aliases.column("标题/微博内容") == "text"
    assert aliases.column("点赞数(次)") == "likes"
    assert aliases.column("话题阅读量") == "topic_reads"
    assert aliases.column("AVE") == "ignore"


def test_a_header_under_two_columns_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "aliases.toml"
    path.write_text('typed = []\n[columns]\ntext = ["正文"]\ntitle = ["正 文"]\n', encoding="utf-8")
    with pytest.raises(UnusableInput, match="同时属于 text"):
        read_aliases(path)


def test_a_header_may_mean_something_else_beside_another_and_only_a_column_that_there_is(tmp_path: Path) -> None:
    path = tmp_path / "aliases.toml"
    text = 'typed = []\n[columns]\nitem_id = ["mid"]\nauthor_key = ["uid"]\n[beside]\nrpid = { "mid" = "COLUMN" }\n'
    path.write_text(text.replace("COLUMN", "author_key"), encoding="utf-8")
    aliases = read_aliases(path)
    assert (aliases.among(["mid"]), aliases.among(["RPID", "mid"])) == ({"mid": "item_id"}, {"mid": "author_key"})
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace("COLUMN", "author"), encoding="utf-8")
    with pytest.raises(UnusableInput, match="不是列名"):
        read_aliases(wrong)


def test_every_fault_of_a_format_block_is_named(tmp_path: Path) -> None:
    path = tmp_path / "formats.toml"
    text = (SETTINGS_DIR / "formats.toml").read_text(encoding="utf-8")
    path.write_text(
        text + '\n[[formats]]\nname = "x"\ntable = "poste"\nplatform = "qq"\nheaders = ["甲", "乙"]\ncolumns = { "丙" = "text" }\nspeling = 1\n',
        encoding="utf-8",
    )
    with pytest.raises(UnusableInput) as refused:
        read_formats(path)
    said = str(refused.value)
    for word in ("table", "platform", "丙", "speling"):
        assert word in said


@pytest.mark.parametrize(
    ("url", "code"),
    [("mp.weixin.qq.com", "wechat"), ("tieba.baidu.com", "tieba"), ("weibo.cn", "weibo")],
)
def test_the_longest_host_is_asked_first(url: str, code: str) -> None:
    assert next(each for host, each in read_platforms().hosts() if url.endswith(host)) == code


def test_file_names_tell_a_platform_only_where_they_name_one() -> None:
    platforms = read_platforms()
    assert platforms.of_file_name("data/xhs/csv/search_comments_2026-03-15.csv") == "xhs"
    assert platforms.of_file_name("dy_search_contents.csv") == "douyin"
    assert platforms.of_file_name("xhs与weibo汇总.csv") is None or platforms.of_file_name("xhs_weibo.csv") is None
    assert platforms.of_file_name("ready.csv") is None
