"""Typed loader of links.toml: how links between posts are made, how sure they are, and how the spread is measured."""

from dataclasses import dataclass
from pathlib import Path

from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSettings:
    """Repost chains: where they occur, what an empty repost says, lengths in characters, and how far search goes."""

    platforms: tuple[str, ...]
    empty_texts: tuple[str, ...]
    cut_length: int
    least_reposts: int
    least_chained: float
    name_length: int
    renamed_words: int
    candidates: int
    hops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSettings:
    """The clock inside an id: unix seconds = (mid >> 22) + epoch; years closed; tolerance in seconds."""

    platforms: tuple[str, ...]
    epoch: int
    first_year: int
    last_year: int
    tolerance_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InferredSettings:
    """Links out of a shared address or picture: at most so many days apart; hosts that say nothing."""

    window_days: float
    ignored_hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySettings:
    """Near-copies: shingle length (characters), MinHash permutations and bands, least containment (share), lengths in characters; groups drawn."""

    shingle: int
    permutations: int
    bands: int
    containment: float
    least_characters: int
    longest_bucket: int
    longest_text: int
    drawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationSettings:
    """Signals of concentrated posting: co-share window, permuted null, slogans, and from how many rows on shares are told."""

    share_seconds: int
    least_originals: int
    permutations: int
    seed: int
    widest_burst: int
    slogan_share: float
    repeated_characters: int
    least_rows: int
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeSettings:
    """covered: least share of reposts with a known way; below it depth, shape and downstream counts are withheld. drawn_layers: the last one open."""

    covered: float
    shown: int
    amplifiers: int
    least_reposts: int
    least_children: int
    drawn_layers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadSettings:
    """Comment threads listed: at least so many collected replies, at most so many threads."""

    least_replies: int
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNodeSettings:
    """How many nodes are drawn, how far apart in a lane (share of the drawn time), and the widths of the volume's buckets (minutes)."""

    most: int
    greedy: int
    gap_share: float
    least_children: int
    least_share: float
    drawn_share: float
    bucket_minutes: tuple[int, ...]
    most_buckets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Share of right parents among n links of a kind and evidence, and the data it was measured on. n 0: exported, nothing to measure."""

    kind: str
    evidence: str
    confidence: float
    n: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """One value a table of links.toml."""

    chain: ChainSettings
    clock: ClockSettings
    inferred: InferredSettings
    copies: CopySettings
    coordination: CoordinationSettings
    cascades: CascadeSettings
    threads: ThreadSettings
    key_nodes: KeyNodeSettings
    calibration: tuple[Calibration, ...]

    def confidence(self, kind: str, evidence: str) -> float | None:
        """The measured share of right parents of links like this; None where none was measured."""
        return next((each.confidence for each in self.calibration if (each.kind, each.evidence) == (kind, evidence)), None)


def load_link_settings(path: Path = SETTINGS_DIR / "links.toml") -> LinkSettings:
    """The settings of a file. Raises UnusableInput with every fault found."""
    reader = read_toml(path)
    made = LinkSettings(
        chain=_chain(reader.table("chain")),
        clock=_clock(reader.table("clock")),
        inferred=_inferred(reader.table("inferred")),
        copies=_copies(reader.table("copies")),
        coordination=_coordination(reader.table("coordination")),
        cascades=_cascades(reader.table("cascades")),
        threads=_threads(reader.table("threads")),
        key_nodes=_key_nodes(reader.table("key_nodes")),
        calibration=tuple(_calibration(each) for each in reader.tables("calibration")),
    )
    reader.done()
    reader.close()
    return made


def _chain(reader: TomlReader) -> ChainSettings:
    made = ChainSettings(
        platforms=reader.texts("platforms"),
        empty_texts=reader.texts("empty_texts"),
        cut_length=reader.integer("cut_length", low=1),
        least_reposts=reader.integer("least_reposts", low=1),
        least_chained=reader.number("least_chained", low=0, high=1),
        name_length=reader.integer("name_length", low=1),
        renamed_words=reader.integer("renamed_words", low=1),
        candidates=reader.integer("candidates", low=1),
        hops=reader.integer("hops", low=1),
    )
    reader.done()
    return made


def _clock(reader: TomlReader) -> ClockSettings:
    made = ClockSettings(
        platforms=reader.texts("platforms"),
        epoch=reader.integer("epoch", low=0),
        first_year=reader.integer("first_year", low=1970),
        last_year=reader.integer("last_year", low=1970),
        tolerance_seconds=reader.integer("tolerance_seconds", low=0),
    )
    reader.done()
    return made


def _inferred(reader: TomlReader) -> InferredSettings:
    made = InferredSettings(window_days=reader.number("window_days", low=0), ignored_hosts=reader.texts("ignored_hosts"))
    reader.done()
    return made


def _copies(reader: TomlReader) -> CopySettings:
    made = CopySettings(
        shingle=reader.integer("shingle", low=1),
        permutations=reader.integer("permutations", low=1),
        bands=reader.integer("bands", low=1),
        containment=reader.number("containment", low=0, high=1),
        least_characters=reader.integer("least_characters", low=1),
        longest_bucket=reader.integer("longest_bucket", low=2),
        longest_text=reader.integer("longest_text", low=1),
        drawn=reader.integer("drawn", low=1),
    )
    if made.permutations % made.bands:
        reader.fault("bands", f"应能整除 permutations({made.permutations})")
    reader.done()
    return made


def _coordination(reader: TomlReader) -> CoordinationSettings:
    made = CoordinationSettings(
        share_seconds=reader.integer("share_seconds", low=1),
        least_originals=reader.integer("least_originals", low=1),
        permutations=reader.integer("permutations", low=1),
        seed=reader.integer("seed", low=0),
        widest_burst=reader.integer("widest_burst", low=1),
        slogan_share=reader.number("slogan_share", low=0, high=1),
        repeated_characters=reader.integer("repeated_characters", low=1),
        least_rows=reader.integer("least_rows", low=1),
        shown=reader.integer("shown", low=1),
    )
    reader.done()
    return made


def _cascades(reader: TomlReader) -> CascadeSettings:
    made = CascadeSettings(
        covered=reader.number("covered", low=0, high=1),
        shown=reader.integer("shown", low=1),
        amplifiers=reader.integer("amplifiers", low=1),
        least_reposts=reader.integer("least_reposts", low=1),
        least_children=reader.integer("least_children", low=1),
        drawn_layers=reader.integer("drawn_layers", low=1),
    )
    reader.done()
    return made


def _threads(reader: TomlReader) -> ThreadSettings:
    made = ThreadSettings(least_replies=reader.integer("least_replies", low=1), shown=reader.integer("shown", low=1))
    reader.done()
    return made


def _key_nodes(reader: TomlReader) -> KeyNodeSettings:
    widths = reader.numbers("bucket_minutes")
    if not widths or list(widths) != sorted(set(widths)) or any(width < 1 or width != int(width) for width in widths):
        reader.fault("bucket_minutes", "应为升序、不重复的整数分钟")
    made = KeyNodeSettings(
        most=reader.integer("most", low=1),
        greedy=reader.integer("greedy", low=0),
        gap_share=reader.number("gap_share", low=0, high=1),
        least_children=reader.integer("least_children", low=1),
        least_share=reader.number("least_share", low=0, high=1),
        drawn_share=reader.number("drawn_share", low=0, high=1),
        bucket_minutes=tuple(int(width) for width in widths),
        most_buckets=reader.integer("most_buckets", low=1),
    )
    reader.done()
    return made


def _calibration(reader: TomlReader) -> Calibration:
    made = Calibration(
        kind=reader.text("kind"),
        evidence=reader.text("evidence"),
        confidence=reader.number("confidence", low=0, high=1),
        n=reader.integer("n", low=0),
        source=reader.text("source"),
    )
    reader.done()
    return made
