"""How a row's platform is told, from platforms.toml."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from review.incident.tables import PLATFORMS
from review.settings.aliases import header_key
from review.settings.toml import SETTINGS_DIR, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One platform: its code, url hosts, words of vendors, header keys only its tools write, parts of file names, id patterns (RE2, group `id`).

    unique_names: an account's name belongs to no other account there, so it may stand for a missing id.
    """

    code: str
    hosts: tuple[str, ...]
    words: frozenset[str]
    columns: frozenset[str]
    names: frozenset[str]
    ids: tuple[str, ...]
    unique_names: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Platforms:
    """All platforms, in the order of the file (a host or word belongs to the first that has it)."""

    platforms: tuple[Platform, ...]

    def of_code(self, code: str) -> Platform | None:
        """The platform of a code, None where the file has none."""
        return next((platform for platform in self.platforms if platform.code == code), None)

    def of_word(self, word: str) -> str | None:
        """The code a vendor's word means (新浪微博 → weibo), None where it is unknown."""
        key = header_key(word)
        return next((platform.code for platform in self.platforms if key in platform.words), None)

    def of_title(self, title: str) -> str | None:
        """The code of the platform that a line above a table names and nothing else (微博, 小红书数据), None for every other line."""
        return self.of_word(title) or self.of_word(re.sub(r"(?:平台|后台|账号|数据|内容|帖文|帖子|笔记|视频|评论|日报|明细|汇总|导出|列表)+$", "", title))

    def of_columns(self, keys: frozenset[str]) -> str | None:
        """The one platform whose own columns are among these header keys, None where none or several are."""
        found = [platform.code for platform in self.platforms if platform.columns & keys]
        return found[0] if len(found) == 1 else None

    def of_file_name(self, name: str) -> str | None:
        """The one platform a name speaks of, None where none or several do; of folder/file/sheet, the innermost that speaks of any."""
        for part in reversed(name.lower().split("/")):
            words = set(re.split(r"[^0-9a-z\u4e00-\u9fff]+", part))
            found = [p.code for p in self.platforms if p.names & words or any(word in part for word in p.names if not word.isascii())]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def hosts(self) -> tuple[tuple[str, str], ...]:
        """(host, code) pairs, longest host first, so that tieba.baidu.com is asked before baidu.com and mp.weixin.qq.com before qq.com."""
        pairs = [(host, platform.code) for platform in self.platforms for host in platform.hosts]
        return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


@cache
def read_platforms(path: Path = SETTINGS_DIR / "platforms.toml") -> Platforms:
    """The platforms of a file. Raises UnusableInput for an unknown code or a pattern that is none."""
    reader = read_toml(path)
    made = []
    for table in reader.tables("platforms"):
        code = table.text("code")
        if code not in PLATFORMS:
            table.fault("code", f"应为 {'、'.join(PLATFORMS)} 之一，现为 {code!r}")
        ids = table.texts("ids")
        for pattern in ids:
            try:
                if "id" not in re.compile(pattern).groupindex:
                    table.fault("ids", f"中的 {pattern!r} 没有名为 id 的组")
            except re.error as error:
                table.fault("ids", f"中的 {pattern!r} 不是合法的正则表达式（{error}）")
        made.append(
            Platform(
                code=code,
                hosts=table.texts("hosts"),
                words=frozenset(header_key(word) for word in table.texts("words")),
                columns=frozenset(header_key(word) for word in table.texts("columns")),
                names=frozenset(word.lower() for word in table.texts("names")),
                ids=ids,
                unique_names=table.flag("unique_names", False),
            )
        )
        table.done()
    reader.done()
    reader.close()
    return Platforms(platforms=tuple(made))
