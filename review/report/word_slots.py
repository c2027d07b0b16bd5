"""What people typed into the content controls of an edited report: slot id → text."""

import io
import zipfile
from typing import Any, Final

from docx.oxml import parse_xml
from lxml import etree

from review.incident.errors import Fault, UnusableInput

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAIN: Final = "word/document.xml"
LARGEST: Final = 200 * 1024 * 1024  # bytes of XML; a larger one is no report of ours but an attack on memory


def read_slots(docx: bytes) -> dict[str, str]:
    """Text of each content control that has a tag, by tag; paragraphs and line breaks as \\n; "" where it still shows its prompt or was emptied.

    Tracked changes count as accepted: inserted text is in, deleted text is out. A tag that occurs twice gives its first control that was filled.
    Raises UnusableInput where the bytes are no Word document.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as package:
            if package.getinfo(MAIN).file_size > LARGEST:
                raise UnusableInput(Fault("Word 文档", "正文过大,无法读取", "请确认是本工具生成并编辑的报告"))
            root: Any = parse_xml(package.read(MAIN))
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        raise UnusableInput(Fault("Word 文档", "不是可读取的 DOCX 文件", "请用 Word 或 WPS 另存为 .docx 后重试")) from error
    slots: dict[str, str] = {}
    for control in root.iter(f"{W}sdt"):
        properties = control.find(f"{W}sdtPr")
        tag = properties.find(f"{W}tag") if properties is not None else None
        content = control.find(f"{W}sdtContent")
        if tag is None or content is None:
            continue
        name = str(tag.get(f"{W}val"))
        text = "" if properties.find(f"{W}showingPlcHdr") is not None else _text(content)
        slots[name] = slots.get(name) or text
    return slots


def _text(content: Any) -> str:
    lines: list[str] = []
    paragraphs = list(content.iter(f"{W}p")) or [content]
    for paragraph in paragraphs:
        pieces: list[str] = []
        for node in paragraph.iter(f"{W}t", f"{W}br", f"{W}cr", f"{W}tab"):
            if any(parent.tag in (f"{W}del", f"{W}moveFrom") for parent in node.iterancestors()):
                continue
            pieces.append(node.text or "" if node.tag == f"{W}t" else "\t" if node.tag == f"{W}tab" else "\n")
        lines.append("".join(pieces))
    return "\n".join(lines).strip()
