"""Column maps for vendors nobody knows yet: the template a user edits, and its reader."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from review.intake.raw import RawTable
from review.settings.formats import Format, RowKind, TableKind, format_blocks
from review.settings.toml import read_toml

_EXAMPLE: Final = 24
"""Characters of a sample value shown beside its header."""

_INTRO: Final = """# 列对应关系：告诉 review 每一列是什么。改好后用 --map 本文件 读取；等号右边留空的列不使用。
#
# 可填的列名：
#   帖子与评论  item_id 编号 · comment_id 评论编号 · thread_id 所属帖子编号 · parent_id 上级编号 · root_id 原帖或一级评论编号 · kind 原创/转发 ·
#               author_key 作者编号 · author_name 作者 · author_followers 粉丝数 · author_verified 认证 · published_at 发布时间 · captured_at 采集时间 ·
#               title 标题 · text 正文 · tags 话题 · keyword 关键词 · url 链接 · region 地区 · platform_hint 来源平台 ·
#               likes 点赞 · collects 收藏 · comments 评论数 · shares 转发 · views 阅读/播放 · views_estimated 预估阅读 · impressions 曝光 ·
#               reach 覆盖 · engagement 互动量 · danmaku 弹幕 · coins 投币 · sentiment 情感 · emotion_vendor 情绪 · sensitive 敏感属性
#   按日数据    when 日期 · sales 销售额 · orders 订单 · units 件数 · buyers 买家 · visitors 访客 · refunds 退款 ·
#               followers_gained 新增粉丝 · followers_lost 掉粉 · followers_net 净增粉丝
#   客服        ticket.opened_at 受理时间 · ticket.closed_at 关闭时间 · ticket.first_response_s 首响秒数 · ticket.resolved 是否解决 · ticket.satisfaction 满意度
# table：posts 帖子或评论 · metrics 按日数据 · orders 订单 · tickets 客服工单。kind：post 帖子 · comment 评论 · article 报道。
# platform：xhs weibo douyin bilibili kuaishou tieba zhihu x wechat news other；删去这一行则逐行由链接或来源平台判断。
# parent（评论）：direct 上级编号就是被回复的那条 · root 是一级评论 · order 二级评论属于上方最近的一级评论 · none 没有。
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """What a user says the columns of unknown exports mean: formats like those of formats.toml, asked before them."""

    formats: tuple[Format, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """A table with columns to name, and what is known: columns by header, table, kind of its rows, platform (None: told row by row)."""

    raw: RawTable
    columns: Mapping[str, str]
    table: TableKind
    kind: RowKind
    platform: str | None


def column_map_template(tables: Sequence[Unmapped]) -> str:
    """A map file (TOML) for these tables, ready to edit: one block each, every header with its known column or nothing, and a sample value beside it."""
    blocks = [_INTRO]
    seen: set[tuple[str, ...]] = set()
    for number, each in enumerate(tables, 1):
        raw = each.raw
        headers = tuple(header for header in raw.header if header)
        if not headers or headers in seen:
            continue
        seen.add(headers)
        place = f"{raw.file}[{raw.sheet}]" if raw.sheet else raw.file
        lines = [f"\n# {_one_line(place)}", "[[formats]]", f"name = {_quoted(f'自定义{number}')}", f'table = "{each.table}"', f'kind = "{each.kind}"']
        lines += [f'platform = "{each.platform}"'] if each.platform is not None else []
        lines.append(f"headers = [{', '.join(_quoted(header) for header in headers)}]")
        lines.append("[formats.columns]")
        for position, header in enumerate(raw.header):
            if header:
                values = raw.cells[position].dropna()
                sample = _one_line(str(values.iloc[0]))[:_EXAMPLE] if len(values) else ""
                lines.append(f"{_quoted(header)} = {_quoted(each.columns.get(header, ''))}" + (f"  # 例：{sample}" if sample else ""))
        blocks.append("\n".join(lines) + "\n")
    return "".join(blocks)


def read_column_map(path: Path) -> ColumnMap:
    """The column map of a file. Raises UnusableInput naming every fault."""
    reader = read_toml(path)
    made = format_blocks(reader)
    reader.done()
    reader.close()
    return ColumnMap(formats=made)


def _quoted(text: str) -> str:
    return json.dumps(_one_line(text), ensure_ascii=False)


def _one_line(text: str) -> str:
    """Without control characters, which TOML forbids in strings and comments alike."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
