"""Two pictures as an analyst would have cut them from a phone, drawn by us: a comment area with the first response, a topic page."""

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parents[2] / "report_templates" / "fonts"
INK, GREY, LINE, PAPER, RED = "#222222", "#8c8c8c", "#ececec", "#ffffff", "#d9364a"
COMMENTS = (
    ("糯米妈不加糖", "作者", "宝宝已经吃了小半碗,我现在手都是抖的", "08-12 19:31", "6021", "#e8c7a0"),
    ("岁岁在厨房", "", "我家的也掉了,一模一样的位置[哭惹R]", "08-12 20:44", "1876", "#a9c5b4"),
    ("苜屿厨房", "官方", "亲亲,非常抱歉给您带来不好的体验,您反馈的问题\n我们已关注,后续会处理,请您耐心等待哦~", "08-12 22:02", "214", "#8fb08c"),
    ("今天也要遛弯", "", "后续是什么时候后续?涂层吃进肚子里了才后续?", "08-12 22:07", "3940", "#c9b3d6"),
    ("阿柚爱番茄", "", "复制粘贴谁不会啊[微笑R]", "08-12 22:15", "1203", "#b7c9e2"),
)
NOTES = (
    ("辅食锅掉渣!!宝宝粥里捞出黑色碎片", "糯米妈不加糖", "4.2万", "#d7b899"),
    ("误食涂层碎片怎么办?我把旧锅送检了", "营养师佟佟", "4.6万", "#b9cdb5"),
    ("小圆锅六个批次百格法实测", "锅具实验员阿澄", "3.1万", "#b5c3d6"),
    ("一口锅掉渣,掉的是什么?", "消费镜报", "9870", "#d3c0cf"),
)


Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


def screenshots() -> dict[str, bytes]:
    """File name → PNG, and masks.csv with the boxes an analyst would draw over ordinary people's names and faces."""
    comments, over_comments = _comments()
    topic, over_topic = _topic()
    lines = ["file,x,y,w,h,说明"]
    for name, boxes, caption in (("首次回应截图.png", over_comments, "首发笔记评论区，官方账号首次回应"), ("话题浏览量截图.png", over_topic, "话题页浏览量")):
        lines += [f"{name},{x},{y},{w},{h},{caption if i == 0 else ''}" for i, (x, y, w, h) in enumerate(boxes)]
    return {"首次回应截图.png": comments, "话题浏览量截图.png": topic, "masks.csv": ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")}


def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"ReportSansSC-{'Bold' if bold else 'Regular'}.otf"), size)


def _full(text: str) -> str:
    return text.translate(str.maketrans(",!?", "，！？"))


def _phone(height: int, title: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (640, height), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((32, 18), "22:18" if "评论" in title else "12:00", font=_font(20, bold=True), fill=INK)
    draw.rounded_rectangle((560, 22, 604, 42), 5, outline=INK, width=2)
    draw.rectangle((564, 26, 592, 38), fill=INK)
    draw.text((320, 78), title, font=_font(26, bold=True), fill=INK, anchor="mm")
    draw.line((0, 112, 640, 112), fill=LINE, width=2)
    return picture, draw


def _comments() -> tuple[bytes, list[Box]]:
    picture, draw = _phone(900, "共 9240 条评论")
    top = 136
    boxes: list[Box] = []
    for name, badge, text, when, likes, colour in COMMENTS:
        text = _full(text)
        draw.ellipse((28, top, 84, top + 56), fill=colour)
        draw.text((56, top + 28), name[0], font=_font(24, bold=True), fill=PAPER, anchor="mm")
        draw.text((104, top), name, font=_font(20), fill=GREY)
        if badge != "官方":
            boxes += [(28, top, 57, 57), (102, top - 2, int(draw.textlength(name, font=_font(20))) + 4, 32)]
        if badge:
            left = 104 + draw.textlength(name, font=_font(20)) + 12
            draw.rounded_rectangle((left, top + 2, left + 50, top + 28), 6, fill="#fdeaec")
            draw.text((left + 25, top + 15), badge, font=_font(16), fill=RED, anchor="mm")
        draw.multiline_text((104, top + 34), text, font=_font(22), fill=INK, spacing=8)
        lines = text.count("\n") + 1
        draw.text((104, top + 44 + 32 * lines), f"{when}  浙江  回复", font=_font(17), fill=GREY)
        draw.text((600, top + 6), likes, font=_font(17), fill=GREY, anchor="ra")
        top += 112 + 32 * lines
    return _png(picture), boxes


def _topic() -> tuple[bytes, list[Box]]:
    picture, draw = _phone(760, "话题")
    draw.rounded_rectangle((28, 140, 148, 260), 16, fill="#f3e3d3")
    draw.text((88, 200), "#", font=_font(64, bold=True), fill=RED, anchor="mm")
    draw.text((172, 150), "苜屿踩雷", font=_font(32, bold=True), fill=INK)
    draw.text((172, 202), "1156.3万 次浏览", font=_font(24), fill=INK)
    draw.text((172, 236), "2.1万 篇笔记参与讨论", font=_font(18), fill=GREY)
    boxes: list[Box] = []
    for number, (title, author, likes, colour) in enumerate(NOTES):
        left, top = 28 + 302 * (number % 2), 292 + 226 * (number // 2)
        draw.rounded_rectangle((left, top, left + 282, top + 130), 12, fill=colour)
        draw.ellipse((left + 100, top + 30, left + 182, top + 106), outline=PAPER, width=7)
        draw.line((left + 182, top + 62, left + 232, top + 50), fill=PAPER, width=9)
        text = _full(title)
        draw.text((left + 4, top + 140), text[:13], font=_font(20), fill=INK)
        draw.text((left + 4, top + 166), text[13:], font=_font(20), fill=INK)
        draw.text((left + 4, top + 196), author, font=_font(16), fill=GREY)
        if number == 0:  # the others are bloggers and a paper, who stay named
            boxes.append((left + 2, top + 194, int(draw.textlength(author, font=_font(16))) + 4, 26))
        draw.text((left + 278, top + 196), f"赞 {likes}", font=_font(16), fill=GREY, anchor="ra")
    return _png(picture), boxes


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()
