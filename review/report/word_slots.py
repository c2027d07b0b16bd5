"""The round trip of the slots: what a content control of the DOCX carries, and what people typed into those of an edited report.

A control's tag holds the slot's id, a seal of the evidence it was judged on, and a seal of the words the program put there. The evidence itself travels in a
custom XML part, so that what changed can be named; where a word processor dropped it, the seals still tell that it did. LibreOffice before 7.5 keeps the part
and the control's title but drops its tag: such a control is known by its title.
"""

import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from review.incident.errors import Fault, UnusableInput
from review.report.document import Cited, Document, Slot, parts, string, walk
from review.report.word_text import safe

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAIN: Final = "word/document.xml"
LARGEST: Final = 200 * 1024 * 1024  # bytes of XML; a larger one is no report of ours but an attack on memory
LONGEST_TAG: Final = 64  # Word refuses longer tags of content controls
SEAL: Final = 8  # hex digits of a seal: 32 bits tell a handful of texts apart
TAG: Final = re.compile(rf"(?P<id>.+)#(?P<evidence>[0-9a-f]{{{SEAL}}})(?P<shown>[0-9a-f]{{{SEAL}}})", re.DOTALL)
EMPTIED: Final = re.compile(r"(?:[单單][击擊]|[点點][击擊按选選]|[轻輕][触觸]|按一下|click|tap).{0,16}(?:[输輸]入|[键鍵]入|enter|type).{0,12}", re.IGNORECASE)
"""What word processors show in a control that was emptied: 单击或点击此处输入文字。 They flag it like our prompt, and some leave the flag over typed words."""
PLACES: Final = "urn:review:slots:1"
PLACE_FILE: Final = re.compile(r"customXml/item\d+\.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotEdit:
    """What people left in a slot: id, the name it was shown under, text (paragraphs as \\n), seal of its evidence, and that evidence (None: not carried)."""

    id: str
    name: str
    text: str
    seal: str
    evidence: tuple[Cited, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedReport:
    """The slots of an edited report: those with people's words, names of those left as they were, and names of those whose control is gone.

    title: of the report it was, '' where not carried.
    """

    title: str
    edits: tuple[SlotEdit, ...]
    untouched: tuple[str, ...]
    removed: tuple[str, ...]


def slot_tag(slot: Slot) -> str:
    """The tag of the slot's content control. Raises ValueError where the id leaves no room for the seals in Word's 64 characters."""
    tag = f"{slot.id}#{evidence_seal(slot.evidence)}{_text_seal(string(slot.prompt))}"
    if len(tag) > LONGEST_TAG:
        raise ValueError(f"slot id longer than {LONGEST_TAG - 2 * SEAL - 1} characters, as a tag has {LONGEST_TAG}: {slot.id}")
    return tag


def evidence_seal(evidence: tuple[Cited, ...]) -> str:
    """A seal over the evidence; its order does not matter."""
    lines = sorted(repr((safe(each.what), safe(each.display), each.rows)) for each in evidence)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:SEAL]


def _text_seal(text: str) -> str:
    """A seal over the words; white space, which word processors handle as they like, is left out."""
    return hashlib.sha256("".join(safe(text).split()).encode()).hexdigest()[:SEAL]


def control_titles(document: Document) -> dict[str, str]:
    """The title of each slot's content control by slot id: its name for people, no two the same."""
    titles: dict[str, str] = {}
    for block in walk(*parts(document)):
        if isinstance(block, Slot) and block.id not in titles:
            title = " ".join(safe(block.name or block.id).split())[: LONGEST_TAG - SEAL]
            titles[block.id] = f"{title} #{_text_seal(block.id)[: SEAL - 2]}" if title in titles.values() else title
    return titles


def places_xml(document: Document) -> bytes:
    """The custom XML part: every slot with its title, the seal of the program's own words, and its evidence."""
    titles = control_titles(document)
    pieces = [f'<slots xmlns="{PLACES}" title={_value(document.title)}>']
    for block in walk(*parts(document)):
        if isinstance(block, Slot):
            cited = "".join(f"<number what={_value(each.what)} display={_value(each.display)} rows={_value(each.rows)}/>" for each in block.evidence)
            seal = _text_seal(string(block.prompt))
            pieces.append(f'<slot id={_value(block.id)} name={_value(titles[block.id])} shown="{seal}">{cited}</slot>')
    return "".join([*pieces, "</slots>"]).encode()


def _value(text: str) -> str:
    return quoteattr(safe(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A slot as it was written: id, title, seals of its evidence and of the program's own words, and the evidence (None: not carried)."""

    id: str
    title: str
    seal: str
    shown: str
    evidence: tuple[Cited, ...] | None


def read_edits(docx: bytes, name: str) -> EditedReport:
    """What people typed into the slots of a report of ours; name: the file's, for the message.

    A slot that holds the program's own words, was emptied or shows a word processor's prompt counts as untouched. Tracked changes count as accepted:
    inserted text is in, deleted text is out. A slot that occurs twice (a copied control) gives both texts where they differ, the second under an id of its own.
    Raises UnusableInput where the bytes are no Word document or hold no slot of ours.
    """
    root, of, carried = _opened(docx, name)
    by_id, by_title = {place.id: place for place in carried}, {place.title: place for place in carried}
    edits: dict[str, SlotEdit] = {}
    seen: dict[str, str] = {}
    for control in root.iter(f"{W}sdt"):
        properties, content = control.find(f"{W}sdtPr"), control.find(f"{W}sdtContent")
        if properties is None or content is None:
            continue
        title = _setting(properties, "alias")
        tag = TAG.fullmatch(_setting(properties, "tag"))
        if tag is None:
            place = by_title.get(title)
        else:
            evidence = by_id[tag["id"]].evidence if tag["id"] in by_id else None
            place = _Place(id=tag["id"], title=title or tag["id"], seal=tag["evidence"], shown=tag["shown"], evidence=evidence)
        if place is None:
            continue
        seen.setdefault(place.id, place.title)
        text = _text(content)
        if properties.find(f"{W}showingPlcHdr") is not None and EMPTIED.fullmatch(text):
            text = ""
        if not text or _text_seal(text) == place.shown:
            continue
        ident = place.id
        while ident in edits and edits[ident].text != text:
            ident += "~"
        edits.setdefault(ident, SlotEdit(id=ident, name=place.title, text=text, seal=place.seal, evidence=place.evidence))
    if not seen:
        raise UnusableInput(Fault(name, "其中没有本工具报告的填写位置", "请给出 review build 生成、经 Word 或 WPS 编辑后的 report.docx"))
    untouched = tuple(title for ident, title in seen.items() if ident not in edits)
    removed = tuple(place.title for place in carried if place.id not in seen)
    return EditedReport(title=of, edits=tuple(edits.values()), untouched=untouched, removed=removed)


def _opened(docx: bytes, name: str) -> tuple[Any, str, tuple[_Place, ...]]:
    """The main part, and the report's title and slots that the custom XML part tells of ('' and none where it is not there)."""
    from docx.oxml import parse_xml  # here, as composing a report needs this module and not python-docx
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as package:
            wanted = [MAIN, *sorted(entry for entry in package.namelist() if PLACE_FILE.fullmatch(entry))]
            if sum(package.getinfo(entry).file_size for entry in wanted) > LARGEST:
                raise UnusableInput(Fault(name, "正文过大，无法读取", "请确认是本工具生成并编辑的报告"))
            main, *others = [parse_xml(package.read(entry)) for entry in wanted]
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, etree.XMLSyntaxError) as error:  # RuntimeError: a password
        raise UnusableInput(Fault(name, "不是可读取的 DOCX 文件", "若有密码请先取消；旧式 .doc 请用 Word 或 WPS 另存为 .docx 后重试")) from error
    ours = next((other for other in others if other.tag == f"{{{PLACES}}}slots"), None)
    if ours is None:
        return main, "", ()
    return main, ours.get("title", ""), tuple(_place(slot) for slot in ours.iter(f"{{{PLACES}}}slot"))


def _place(slot: Any) -> _Place:
    evidence = tuple(Cited(what=each.get("what", ""), display=each.get("display", ""), rows=each.get("rows", "")) for each in slot)
    return _Place(id=slot.get("id", ""), title=slot.get("name", ""), seal=evidence_seal(evidence), shown=slot.get("shown", ""), evidence=evidence)


def _setting(properties: Any, name: str) -> str:
    node = properties.find(f"{W}{name}")
    return "" if node is None else str(node.get(f"{W}val", ""))


def _text(content: Any) -> str:
    lines: list[str] = []
    paragraphs = list(content.iter(f"{W}p")) or [content]
    for paragraph in paragraphs:
        pieces: list[str] = []
        for node in paragraph.iter(f"{W}t", f"{W}br", f"{W}cr", f"{W}tab"):
            if any(parent.tag in (f"{W}del", f"{W}moveFrom", f"{W}tabs") for parent in node.iterancestors()):
                continue
            pieces.append(node.text or "" if node.tag == f"{W}t" else "\t" if node.tag == f"{W}tab" else "\n")
        lines.append("".join(pieces))
    return "\n".join(line.rstrip() for line in "\n".join(lines).split("\n") if line.strip()).strip()
