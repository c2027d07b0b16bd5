"""The repost chain inside a text, one hop at a time: `评论//@B:…//@A:…` was written by somebody who reposted B, who reposted A (nearest first).

Colons may be full-width, `/@` stands for `//@` at times, `回复@x:` answers somebody and is no hop, and a text cut at 140 characters may end inside a hop.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from review.settings.links import ChainSettings

CHAIN: Final = r"(?s)(//|／／)\s*[@＠].*$"
"""A whole chain, from its first hop to the end of the text, cut or not: what a repost repeats of those before it and its writer did not say."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hops:
    """The first hop of each text.

    own: the words before the hop (the whole text where there is none); name: the account reposted (null without a hop); rest: what follows the hop,
    i.e. the text of the reposted row as the platform repeats it (null without a hop). All trimmed; an empty repost's words are ''. vague: the hop was
    written with one slash, which may also be a quotation typed by hand. severed: no hop is whole, but the text ends inside one.
    """

    own: pa.Array
    name: pa.Array
    rest: pa.Array
    vague: np.ndarray
    severed: np.ndarray


def first_hops(texts: pa.Array, settings: ChainSettings) -> Hops:
    """The nearest hop of every text, written with one slash or two; a null text has none. Linear in the characters."""
    return _hops(texts, settings, "/{1,2}")


def double_slash_hops(texts: pa.Array, settings: ChainSettings) -> Hops:
    """The nearest hop written with two slashes: what counts where a hop with one slash turned out to be a quotation."""
    return _hops(texts, settings, "//")


def _hops(texts: pa.Array, settings: ChainSettings, slashes: str) -> Hops:
    texts = texts.cast(pa.large_string())
    likely = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring(texts, "/"), False), dtype=bool))
    hop = re.compile(rf"{slashes}[ \t\u3000]*@([^:：/@\s]{{1,{settings.name_length}}})[ \t]*[:：]")
    owns: list[str] = []
    names: list[str | None] = []
    rests: list[str | None] = []
    vague = np.zeros(len(texts), dtype=bool)
    # A Python loop over the rows that hold a slash: RE2's captures, the vectorised way, took twenty times as long (measured).
    for row, text in zip(likely.tolist(), texts.take(pa.array(likely)).to_pylist(), strict=True):
        found = hop.search(text)
        if found is None:
            owns.append(text)
            names.append(None)
            rests.append(None)
        else:
            start, end = found.span()
            owns.append(text[:start])
            names.append(found[1])
            rests.append(text[end:])
            vague[row] = not text.startswith("//", start)
    some = np.zeros(len(texts), dtype=bool)
    some[likely] = [name is not None for name in names]
    severed = np.zeros(len(texts), dtype=bool)
    if len(likely):
        ends_so = np.asarray(pc.match_substring_regex(texts.take(pa.array(likely)), r"//[ \t]*(@[^:：/@\s]*)?$"), dtype=bool)
        severed[likely] = ends_so & ~some[likely]
    return Hops(
        own=plain(_placed(texts, likely, owns), settings),
        name=_placed(pa.nulls(len(texts), pa.large_string()), likely, names),
        rest=plain(_placed(pa.nulls(len(texts), pa.large_string()), likely, rests), settings),
        vague=vague,
        severed=severed,
    )


def _placed(base: pa.Array, rows: np.ndarray, values: list[str] | list[str | None]) -> pa.Array:
    """The base with the values at these rows (ascending)."""
    if not len(rows):
        return base
    mask = np.zeros(len(base), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(base, pa.array(mask), pa.array(values, pa.large_string()))


def plain(texts: pa.Array, settings: ChainSettings) -> pa.Array:
    """Texts trimmed, with `@name：` written `@name:`, and the platform's words for an empty repost as ''; null stays null. One form to compare by."""
    made = pc.utf8_trim_whitespace(texts.cast(pa.large_string()))
    wide = np.asarray(pc.fill_null(pc.and_(pc.match_substring(made, "@"), pc.match_substring(made, "：")), False), dtype=bool)
    if wide.any():
        rows = pa.array(np.flatnonzero(wide))
        made = pc.replace_with_mask(made, pa.array(wide), pc.replace_substring_regex(made.take(rows), r"(@[^:：/@\s]{1,40})[ \t]*：", r"\1:"))
    empty = pc.fill_null(pc.is_in(made, pa.array(list(settings.empty_texts), pa.large_string())), False)
    return pc.if_else(pc.and_(empty, pc.is_valid(made)), pa.scalar("", pa.large_string()), made)
