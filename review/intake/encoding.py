"""Bytes of a text file → UTF-8 bytes, with the encoding found and what was damaged (quirks 1 and 26)."""

import codecs
import re
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

_PIECE: Final = 8 << 20
_CONTROL_SHARE: Final = 0.02
"""A file with more control characters than this among its first 64 KB is no text: an export has none but tab and line ends."""

_LOW_SHARE: Final = 0.15
"""A share of low second bytes that simplified text in GBK does not reach: its common characters have none."""


_UNMARKED_HEAD: Final = 4096
_ASCII_SHARE: Final = 0.05
"""The least share of ASCII in a table as UTF-16: its delimiters, line ends, digits of times and counts are far more even beside long Chinese texts."""

_USUAL: Final = re.compile("[\\t\\r\\n -~\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_USUAL_SHARE: Final = 0.9
"""ASCII and Chinese are all of a Chinese table but its emoji; of the same bytes read the wrong way round they are about half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text file as UTF-8. damaged: how many characters could not be read and stand as U+FFFD. nul: NUL bytes were taken out."""

    utf8: bytes | memoryview
    encoding: str
    damaged: int
    nul: bool


def read_text(data: bytes, damaged_share: float) -> Text | None:
    """The text, None where the bytes are no text.

    Ladder: byte order mark, UTF-16 without one, then strict UTF-8, then strict Big5 where the bytes look like it, else strict GB18030 (a superset of GBK
    with every emoji), then UTF-8 with replacements. UTF-8 whose undecodable bytes are at most `damaged_share` of its readable non-ASCII characters is
    damaged UTF-8, even where GB18030 would accept the bytes.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(_transcoded(data, "utf-16", "replace"), "utf-16")
    if not data.startswith(codecs.BOM_UTF8) and (unmarked := _unmarked_utf16(data)) is not None:
        return _checked(_transcoded(data, unmarked, "replace"), unmarked)
    if data.startswith(codecs.BOM_UTF8):
        body = memoryview(data)[3:]
        return _checked(body if _is_utf8(body) else _transcoded(body, "utf-8", "replace"), "utf-8-sig")
    if _is_utf8(data):
        return _checked(data, "utf-8")
    replaced = _transcoded(data, "utf-8", "replace")
    damaged = replaced.count(b"\xef\xbf\xbd")
    readable = sum(replaced.count(bytes([lead])) for lead in range(0xE4, 0xEA))  # lead bytes of the CJK ideographs: the bulk of such a file
    if damaged <= damaged_share * readable:
        return _checked(replaced, "utf-8")
    try:
        encoding = "cp950" if _looks_like_big5(data) else "gb18030"
        return _checked(_transcoded(data, encoding, "strict"), encoding)
    except UnicodeDecodeError:
        return _checked(replaced, "utf-8") if damaged * 10 <= len(replaced) else None


def _checked(utf8: bytes | memoryview, encoding: str) -> Text | None:
    raw: bytes = utf8 if isinstance(utf8, bytes) else utf8.obj  # type: ignore[assignment]  # views are made of bytes alone, in read_text
    nul = b"\0" in raw
    if nul:
        utf8 = bytes(utf8).replace(b"\0", b"")
    head = bytes(utf8[: 64 << 10])
    control = sum(head.count(bytes([code])) for code in (*range(9), 11, 12, *range(14, 32), 127))
    if control > _CONTROL_SHARE * len(head):
        return None
    damaged = (bytes(utf8) if nul or encoding.startswith("utf-16") else raw).count(b"\xef\xbf\xbd")
    return Text(utf8=utf8, encoding=encoding, damaged=damaged, nul=nul)


def _is_utf8(data: bytes | memoryview) -> bool:
    """Whether the bytes are UTF-8, by Arrow's validator (no copy, no str of the file)."""
    if not len(data):
        return True
    offsets = pa.array([0, len(data)], pa.int64()).buffers()[1]
    whole = pa.LargeBinaryArray.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(data)])
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _looks_like_big5(data: bytes) -> bool:
    """Whether double bytes are Big5: four of ten have a second byte below 0x80, as GBK's rare characters do, and none begins below 0xA1, as those mostly do."""
    pairs = re.findall(rb"[\x80-\xff].", data[: 64 << 10], re.DOTALL)
    low = sum(pair[1] < 0x80 for pair in pairs)
    return low > _LOW_SHARE * len(pairs) and all(pair[0] > 0xA0 for pair in pairs)


def _unmarked_utf16(data: bytes) -> str | None:
    """The UTF-16 that the bytes are without a mark, None where they are none: every ASCII character has a byte 0, and read the wrong way round it is rare."""
    head = data[: _UNMARKED_HEAD & ~1]
    if len(head) < 8 or head.count(0) < _ASCII_SHARE * len(head) / 2:
        return None
    usual = {encoding: len(_USUAL.findall(head.decode(encoding, "replace"))) for encoding in ("utf-16-le", "utf-16-be")}
    best = max(usual, key=lambda encoding: usual[encoding])
    return best if usual[best] >= _USUAL_SHARE * len(head) / 2 else None


def _transcoded(data: bytes | memoryview, encoding: str, errors: str) -> bytes:
    """The bytes as UTF-8, piece by piece, so that no str of the whole file exists."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    view = memoryview(data)
    pieces = [decoder.decode(view[start : start + _PIECE]).encode("utf-8", "replace") for start in range(0, len(view), _PIECE)]
    pieces.append(decoder.decode(b"", True).encode("utf-8", "replace"))
    return b"".join(pieces)
