"""An incident full of ordinary people, and everything an output folder shows, part by part: what the privacy tests look through."""

import base64
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Final

import numpy as np
import pikepdf
from pdf_text import tagged_text
from PIL import Image, PngImagePlugin

NAME: Final = "碎花裙摆小姐姐"
SECOND: Final = "夜归人阿岚"
NAMED: Final = {"official": "蓝岬家电官方", "verified": "家电老炮", "medium": "滨海晚报", "large": "十万粉测评君"}
"""The exceptions: official, verified, press, and an account above the threshold of followers. They stay named."""
HIDDEN: Final = {
    "name": NAME,
    "second name": SECOND,
    "phone": "13912345678",
    "phone with gaps": "139-1234-5678",
    "mail": "lan.ye@example.com",
    "identity card": "11010519900307283X",
    "order": "240812887766554433",
    "card in groups": "110105 19900307 284X",
    "full-width phone": "１３９１２３４５６７９",
    "landline": "0571-88123456",
    "full-width mail": "ｌａｎ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    "bank card": "6222 0212 3456 7890 128",
    "account": "lanlan_8899",
    "id": "5f1d2c3b000000000100abcd",
}
TICKETS: Final = f"工单-{HIDDEN['phone']}-{HIDDEN['identity card']}.csv"
"""A file as people name it who send the cases of one customer."""
STORY: Final = (
    f"我是{NAME}，电话{HIDDEN['phone']}（{HIDDEN['phone with gaps']}），邮箱{HIDDEN['mail']}，身份证{HIDDEN['identity card']}，"
    f"订单{HIDDEN['order']}，微信：{HIDDEN['account']}，@{SECOND} 也是，卡{HIDDEN['bank card']}，另{HIDDEN['card in groups']}、"
    f"{HIDDEN['full-width phone']}、{HIDDEN['landline']}、{HIDDEN['full-width mail']}"
)


def rows() -> list[dict[str, str]]:
    """Every place of incident.csv where a person can be named, with somebody in it."""

    def fact(item: str, value: str) -> dict[str, str]:
        return {"记录": "事件信息", "项": item, "值": value}

    def response(time: str, action: str, **more: str) -> dict[str, str]:
        return {"记录": "应对时间线", "时间": time, "动作类型": action, "平台": "小红书", "执行方": NAMED["official"], **more}

    def item(kind: str, content: str, **more: str) -> dict[str, str]:
        return {"记录": "根因与行动", "类别": kind, "内容": content, **more}

    def reading(time: str, scope: str, metric: str, value: str) -> dict[str, str]:
        return {"记录": "热度快照", "时间": time, "平台": "小红书", "对象": scope, "名称": "蓝岬漏电", "指标": metric, "数值": value}

    def post(ident: str, time: str, author: str, **more: str) -> dict[str, str]:
        return {"记录": "帖子", "编号": ident, "平台": "微博", "时间": time, "作者": author, "点赞": "9000", "评论数": "800", "转发": "700", **more}

    made = [
        fact("品牌", "蓝岬家电"),
        fact("事件名称", "电水壶漏电"),
        fact("官方账号", NAMED["official"]),
        fact("事件类型", "产品质量"),
        fact("触发点", f"用户{NAME}（{HIDDEN['phone']}）发帖称漏电"),
        fact("爆发时间", "2026-08-12 20:00"),
        fact("核心用户名单", f"{NAME};{SECOND}"),
        fact("编制部门", f"公关部 {HIDDEN['phone']}"),
        fact("密级", f"内部，问{HIDDEN['mail']}"),
        response("2026-08-12 22:00", "首次回应", 标题=f"回复{NAME}", 内容=STORY, 结果=f"{SECOND}不接受，订单{HIDDEN['order']}", 备注=STORY),
        response("2026-08-13 02:00", "联系当事用户", 标题="致电", 内容=STORY, 结果=f"{NAME}挂断"),
        response("2026-08-13 12:00", "致歉", 标题=f"@{NAMED['official']} 致歉", 内容="我们致歉，将召回并在三日内退款。", **{"承诺/方案": f"给{NAME}全额退款"}),
        {**response("2026-08-13 15:00", "KOC", 标题="自费实测", 内容=STORY, 核心垂类="是", 实测="是"), "执行方": SECOND},
        item("表层诱因", f"{NAME}晒图", 编号="B-01", 依据=STORY),
        item("深层问题", f"品控未处理{SECOND}的投诉", 编号="C-01", 依据=STORY, 部门="品控部"),
        item("行动", f"回访{NAME}", 编号="A-01", 部门="客服部", 截止="2026-09-20", 验收标准=f"{NAME}满意，{HIDDEN['mail']}", 关联编号="C-01"),
        item("得", f"及时联系{NAME}"),
        item("失", f"泄露{NAME}电话{HIDDEN['phone']}", 依据=HIDDEN["mail"]),
        item("五问", f"为何{NAME}先投诉"),
        item("风险", f"{SECOND}起诉"),
        item("决策事项", f"是否赔偿{NAME}"),
        item("影响因素", f"{NAME}的转发"),
        reading("2026-08-12 21:00", "话题", "阅读量", "1.2万"),
        reading("2026-08-13 09:00", "话题", "阅读量", "80万"),
        reading("2026-08-13 09:00", "搜索", "联想词", f"蓝岬 {NAME}"),
        {
            **post("n1", "2026-08-12 19:00", NAME, 作者类型="用户", 粉丝数="321", 标题=f"{NAME}的水壶漏电", 内容=STORY),
            "平台": "小红书",
            "链接": f"https://www.xiaohongshu.com/user/{HIDDEN['id']}",
            "截图": f"{NAME}的截图.png",
        },
        post("n2", "2026-08-12 23:00", NAMED["verified"], 作者类型="KOL", 认证="黄V", 粉丝数="5200", 标题="转", 内容=f"转发@{NAME} ：{STORY}"),
        post("n3", "2026-08-13 08:00", NAMED["medium"], 作者类型="媒体", 标题="水壶漏电调查", 内容=f"记者联系到{NAME}，{STORY}"),
        post("n4", "2026-08-13 09:30", NAMED["large"], 粉丝数="100000", 标题="实测", 内容=f"{NAME}说得对"),
    ]
    start = datetime(2026, 8, 12, 19, 10)  # noqa: DTZ001  # as an export writes it
    for i in range(240):
        text = f"{STORY}，失望退款" if i % 6 == 0 else f"{'太差了，退款！漏电危险' if i % 2 else '还行吧好用'}{'，支持' + NAME if i % 5 == 0 else ''}"
        when = (start + timedelta(minutes=9 * i)).strftime("%Y-%m-%d %H:%M")
        made.append(
            {
                "记录": "评论",
                "编号": f"c{i}",
                "上级编号": "n1",
                "平台": "小红书",
                "时间": when,
                "作者": (NAME, SECOND, f"路人{i}号同学")[i % 3],
                "作者类型": "用户",
                "内容": text,
                "点赞": str(i * 3),
                "情感": "负面" if i % 2 else "正面",
            }
        )
    return made


def write_incident(path: Path) -> None:
    """incident.csv at the path, and beside it the screenshot that a row names, with a box over all of it and words in its metadata."""
    tickets = "工单号,受理时间,首响时间,关闭时间,渠道,主题\n" + "".join(
        f"T{i},2026-08-13 {8 + i:02d}:00,2026-08-13 {8 + i:02d}:05,2026-08-13 {9 + i:02d}:30,{HIDDEN['phone']},退款 {NAME} {HIDDEN['order']}\n"
        for i in range(6)
    )
    (path.parent / TICKETS).write_text(tickets, encoding="utf-8")
    folder = path.parent / "截图"
    folder.mkdir()
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", HIDDEN["mail"])
    Image.new("RGB", (200, 300), (250, 10, 200)).save(folder / f"{NAME}的截图.png", pnginfo=words)
    (folder / "masks.csv").write_text(f"file,x,y,w,h,说明\n{NAME}的截图.png,0,0,200,300,{NAME}的笔记\n", encoding="utf-8")
    planted = rows()
    heads = list(dict.fromkeys(head for row in planted for head in row))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, heads)
        writer.writeheader()
        writer.writerows(planted)


def shown(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """(where, text without white space) of everything a finished file holds, its parts within parts included."""
    if name.endswith((".docx", ".xlsx")):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for part in package.namelist():
                yield from shown(f"{name}!{part}", package.read(part))
    elif name.endswith(".pdf"):
        yield from _shown_pdf(name, data)
    elif name.endswith((".png", ".jpg")):
        yield name, _squeezed(data.decode("latin-1"))
    else:
        text = data.decode("utf-8")
        markup = re.sub(r"<[^>]*>", "", text) if name.endswith((".xml", ".html", ".rels")) else ""
        for each in {text, unescape(text), unescape(markup)}:
            yield name, _squeezed(each)
        for number, drawing in enumerate(re.findall(r"data:image/svg\+xml;base64,([^\"]+)", text)):
            yield from shown(f"{name}!{number}.xml", base64.b64decode(drawing))


def _shown_pdf(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    yield f"{name}!text", _squeezed("".join(text for _, text in tagged_text(data)))
    with pikepdf.open(io.BytesIO(data)) as opened:
        for file, attached in opened.attachments.items():
            yield from shown(f"{name}!{file}", attached.get_file().read_bytes())
        yield f"{name}!XMP", _squeezed(str(opened.open_metadata()))
        for number, thing in enumerate(opened.objects):  # bookmarks, alternative texts, the information dictionary
            yield f"{name}!object {number}", _squeezed(" ".join(_strings(thing)))


def _strings(thing: pikepdf.Object) -> Iterator[str]:
    if isinstance(thing, pikepdf.String):
        yield str(thing)
    elif isinstance(thing, pikepdf.Array):
        for each in thing:
            if isinstance(each, pikepdf.Object) and not each.is_indirect:
                yield from _strings(each)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for _, each in thing.items():  # noqa: PERF102  # pikepdf has no values()
            if isinstance(each, pikepdf.Object) and not each.is_indirect:
                yield from _strings(each)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def pictures_in(report: Path) -> dict[str, set[bytes]]:
    """The colours of the one screenshot (half as high again as wide) by format that holds it."""
    found: dict[str, list[Image.Image]] = {"docx": [], "html": [], "pdf": []}
    with zipfile.ZipFile(report / "report.docx") as package:
        found["docx"] = [Image.open(io.BytesIO(package.read(name))) for name in package.namelist() if name.startswith("word/media/")]
    page = (report / "report.html").read_text(encoding="utf-8")
    found["html"] = [Image.open(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"data:image/png;base64,([^\"]+)", page)]
    if (report / "report.pdf").is_file():
        with pikepdf.open(report / "report.pdf") as opened:
            raw = [each for each in opened.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image"]
            found["pdf"] = [pikepdf.PdfImage(each).as_pil_image() for each in raw]
    shots = {kind: [each for each in pictures if abs(each.height / each.width - 1.5) < 0.02] for kind, pictures in found.items()}
    return {
        kind: {bytes(colour) for each in pictures for colour in np.unique(np.asarray(each.convert("RGB")).reshape(-1, 3), axis=0)}
        for kind, pictures in shots.items()
        if pictures
    }
