"""The media list: ours loads, a user's own replaces it whole, and every fault of it is told at once."""

from pathlib import Path

import pytest

from review.incident.errors import UnusableInput
from review.settings.media import folded, load_media_list

OWN = """
levels = ["央媒", "行业"]
endings = ["官方微博"]
outlets = [ { name = "锅具周刊", level = "行业", aliases = ["锅 周"], domains = ["www.pots.example"] } ]
[verification]
media = ["媒体"]
organisation = ["企业"]
none = ["普通用户"]
"""


def test_our_list_holds_outlets_of_every_level_by_name_alias_and_domain() -> None:
    media = load_media_list()
    assert set(media.names.values()) == set(range(len(media.levels)))
    assert media.levels[media.names[folded("人民日报")]] == "央媒"
    assert media.names[folded("央视新闻 官方微博")] == media.names[folded("央视新闻")]
    assert media.level_of_host("paper.people.com.cn") == media.levels.index("央媒")
    assert media.level_of_host("notpeople.com.cn") is None
    assert media.level_of_host("com.cn") is None


def test_a_file_of_the_users_replaces_the_list_whole(tmp_path: Path) -> None:
    file = tmp_path / "media.toml"
    file.write_text(OWN, encoding="utf-8")
    media = load_media_list(file)
    assert media.names == {"锅具周刊": 1, "锅周": 1, "锅具周刊官方微博": 1, "锅周官方微博": 1}
    assert media.level_of_host("news.pots.example") == 1


def test_every_fault_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "media.toml"
    broken = OWN.replace(
        "outlets = [", 'outlets = [ { name = "锅具 周刊", level = "省级", domain = "x" }, { name = " ", level = "行业", domains = ["pots.example"] },'
    )
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        load_media_list(file)
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 5
    for part in ("outlets[0].level", "outlets[0].domain 不认识", "outlets[1].aliases 名称不能为空", "'锅具周刊' 已列在", "'pots.example' 已列在"):
        assert any(part in line for line in told), part
