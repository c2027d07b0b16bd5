"""The text of a tagged PDF in the order of its structure tree: what a screen reader reads, without headers, footers and other artifacts."""

import io
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

Marked = dict[int, str]
Place = tuple[int, int]  # object and generation number

APART = frozenset({"/Figure", "/Lbl"})  # texts in drawings, list marks


def tagged_text(pdf: bytes) -> list[tuple[int, str]]:
    """(0-based page, text) of each marked content in reading order; texts in drawings, list marks and repeated table heads are left out."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        texts = [_marked(page) for page in opened.pages]
        numbers = {page.obj.objgen: i for i, page in enumerate(opened.pages)}
        leaves = [(page, texts[page].get(mcid, ""), head) for page, mcid, head in _leaves(opened.Root.StructTreeRoot, numbers, None, None)]
    result: list[tuple[int, str]] = []
    last = ""
    for head, group in itertools.groupby(leaves, key=lambda leaf: leaf[2]):
        pieces = [(page, text) for page, text, _ in group]
        if head is not None:
            words = "".join(text for _, text in pieces)
            if words == last:
                continue
            last = words
        result += pieces
    return result


def _leaves(node: Any, numbers: dict[Place, int], page: int | None, head: Place | None) -> Iterator[tuple[int, int, Place | None]]:
    role = str(node.get("/S", ""))
    if role in APART:
        return
    if role == "/THead":
        head = node.objgen
    if "/Pg" in node:
        page = numbers[node.Pg.objgen]
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            assert page is not None
            yield page, kid, head
        elif kid.get("/Type") == "/MCR":
            yield numbers[kid.Pg.objgen] if "/Pg" in kid else page or 0, int(kid.MCID), head
        elif kid.get("/Type") != "/OBJR":
            yield from _leaves(kid, numbers, page, head)


def _marked(page: pikepdf.Page) -> Marked:
    """Text by marked-content id; drawings inside form objects are apart."""
    fonts = {name: unicode_of(font) for name, font in page.Resources.get("/Font", {}).items()}
    found: Marked = {}
    stack: list[int | None] = []
    font: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):  # type: ignore[misc]
        match str(operator):
            case "BDC":
                stack.append(int(operands[1].MCID) if "/MCID" in operands[1] else None)
            case "BMC":
                stack.append(None)
            case "EMC":
                stack.pop()
            case "Tf":
                font = fonts[str(operands[0])]
            case "TJ" | "Tj":
                mcid = next((m for m in reversed(stack) if m is not None), None)
                if mcid is None:
                    continue
                strings = operands[0] if str(operator) == "TJ" else [operands[0]]
                raw = b"".join(bytes(part) for part in strings if isinstance(part, pikepdf.String))
                codes = (raw[i] << 8 | raw[i + 1] for i in range(0, len(raw), 2))
                found[mcid] = found.get(mcid, "") + "".join(font[code] for code in codes)
    return found


def unicode_of(font: Any) -> dict[int, str]:
    text = font.ToUnicode.read_bytes().decode("ascii")
    return {int(code, 16): bytes.fromhex(value).decode("utf-16-be") for code, value in re.findall(r"<([0-9a-f]{4})> <([0-9a-f]*)>", text)}
