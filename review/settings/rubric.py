"""The scoring rubric as a frozen value, read from rubric.toml (or a file given in its place) with every fault of the file collected."""

import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal, cast, get_args

from review.incident.case import Lead, RedLine, StrategyMatch
from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml

Level = Literal["l1", "l2"]
Part = Literal["process", "outcome"]
CriterionKind = Literal["delay", "value", "category", "service", "lead"]
AttributionGrade = Literal["A", "B", "C", "D"]
"""A fall beyond the trend before; B a downward turning point at the time, not beyond the trend; C no change to be told; D worse afterwards."""

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
FILE: Final = SETTINGS_DIR / "rubric.toml"

INDICATORS: Final[dict[str, CriterionKind]] = {
    "first_response": "delay", "formal_plan": "delay", "activation": "delay",
    "solution": "value", "strategy_match": "category", "sincerity": "value", "transparency": "value",
    "kol": "value", "service": "service", "updates": "delay", "consistency": "value", "lead": "lead",
    "recovery": "value", "back_to_normal": "delay", "attribution": "category", "rebound": "value",
    "sales": "value", "followers": "value", "complaints": "value",
}  # fmt: skip
"""The indicators the program can measure and how each is turned into points; a rubric file sets their numbers, not their meaning."""

_CATEGORIES: Final = {"strategy_match": get_args(StrategyMatch), "attribution": get_args(AttributionGrade)}
_STARS: Final = ("weight", "curve", "target", "target_l1", "target_l2", "points")


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A broken line from raw value (or ratio to the target) to points 0–100; x strictly ascending, flat beyond both ends."""

    x: tuple[float, ...]
    y: tuple[float, ...]

    def at(self, x: float) -> float:
        """The points at x."""
        if x <= self.x[0]:
            return self.y[0]
        if x >= self.x[-1]:
            return self.y[-1]
        i = bisect_right(self.x, x)
        share = (x - self.x[i - 1]) / (self.x[i] - self.x[i - 1])
        return self.y[i - 1] + share * (self.y[i] - self.y[i - 1])

    def over(self, low: float, high: float) -> tuple[float, float]:
        """The lowest and highest points on the closed interval [low, high]; a corner inside counts."""
        values = [self.at(low), self.at(high), *(y for x, y in zip(self.x, self.y, strict=True) if low < x < high)]
        return min(values), max(values)

    def worst(self) -> float:
        return min(self.y)

    def nearest(self, x: float, points: float) -> float | None:
        """The raw value nearest to x that earns at least `points`; None where the curve never does."""
        found: list[float] = []
        for (x0, y0), (x1, y1) in pairwise(zip(self.x, self.y, strict=True)):
            found += [x for x, y in ((x0, y0), (x1, y1)) if y >= points]
            if min(y0, y1) < points < max(y0, y1):
                found.append(x0 + (points - y0) / (y1 - y0) * (x1 - x0))
        if self.at(x) >= points:
            return x
        return min(found, key=lambda candidate: (abs(candidate - x), candidate)) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A raw value (above, to] at one level that is neither strength nor weakness, and the words for it."""

    level: Level
    above: float
    to: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One indicator. Which of curve, targets and points are present depends on `kind`.

    targets: hours per level (delay). points: category → points (category). points_by_level: lead grade → points (lead).
    cap_without_channel: highest points without a service channel (service). starred: our defaults, not the sources'. aliases: what people may type for it.
    """

    ident: str
    name: str
    dimension: str
    part: Part
    kind: CriterionKind
    weight: float
    unit: str
    formula: str
    evidence: str
    source: str
    starred: tuple[str, ...]
    amec: str
    five_s: str
    practice_good: str
    practice_bad: str
    aliases: tuple[str, ...] = ()
    not_applicable_allowed: bool = False
    curve: Curve | None = None
    targets: tuple[tuple[Level, float], ...] = ()
    between: Between | None = None
    points: tuple[tuple[str, float], ...] = ()
    points_by_level: tuple[tuple[Level, tuple[tuple[str, float], ...]], ...] = ()
    points_per_department: float = 0.0
    departments_full: int = 0
    department_groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    cap_without_channel: float = 100.0

    @property
    def brand_did(self) -> bool:
        """True for what the brand did (speed, content, execution), False for results."""
        return self.part == "process"

    def target(self, level: Level) -> float | None:
        """The target of this level in hours; None for indicators without one."""
        return dict(self.targets).get(level)

    def target_is_default(self, level: Level) -> bool:
        """True where the target is ours and not the sources'."""
        return "target" in self.starred or f"target_{level}" in self.starred

    def line(self) -> Curve:
        """The curve of a kind that has one; ValueError for the kinds that have none."""
        if self.curve is None:
            raise ValueError(f"{self.ident} has no curve")
        return self.curve


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    ident: str
    name: str
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeLine:
    """A grade and the lowest total that earns it."""

    name: str
    minimum: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RedLineRule:
    """A red line, the total it caps at, and for the silence rule its hours."""

    ident: RedLine
    name: str
    cap: float
    hours: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """How the weights are shaken: each by ±spread (uniform), `draws` times from `seed`; the band is between the two quantiles."""

    spread: float
    draws: int
    seed: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """The whole rubric. `sha256` is of the file's bytes; grades run from best to worst; criteria stand in the file's order and weigh 100 together."""

    version: str
    file: str
    sha256: str
    level1_min: float
    trigger_share: float
    min_grade_coverage: float
    provisional_coverage: float
    strength_min: float
    weakness_below: float
    stability: Stability
    dimensions: tuple[Dimension, ...]
    criteria: tuple[Criterion, ...]
    grades: tuple[GradeLine, ...]
    red_lines: tuple[RedLineRule, ...]

    def criterion(self, ident: str) -> Criterion:
        """The criterion of this id; KeyError if there is none."""
        for criterion in self.criteria:
            if criterion.ident == ident:
                return criterion
        raise KeyError(ident)

    def grade(self, total: float) -> GradeLine:
        """The best grade whose minimum the total reaches (closed below)."""
        return next((grade for grade in self.grades if total >= grade.minimum), self.grades[-1])

    def red_line(self, ident: RedLine) -> RedLineRule:
        """The rule of this red line."""
        return next(rule for rule in self.red_lines if rule.ident == ident)

    def level_of(self, reads: float) -> Level:
        """l1 from `level1_min` topic reads on (closed), else l2."""
        return "l1" if reads >= self.level1_min else "l2"


def load_rubric(path: Path | None = None) -> Rubric:
    """The rubric of this file, which replaces the default whole; without a path the default.

    Raises UnusableInput with every fault and its path: unknown or missing indicators, weights that do not sum to 100, curves whose x do not
    ascend, categories without points, keys not known …
    """
    place = FILE if path is None else path
    top = read_toml(place)
    level, trigger, coverage, lesson = top.table("level"), top.table("trigger"), top.table("coverage"), top.table("lesson")
    if level.text("metric") not in ("", "topic_reads"):
        level.fault("metric", "只支持 topic_reads（话题阅读量）")
    dimensions = _dimensions(top)
    rubric = Rubric(
        version=top.text("version"),
        file=place.name,
        sha256=hashlib.sha256(place.read_bytes()).hexdigest(),
        level1_min=level.number("level1_min", low=0),
        trigger_share=trigger.number("negative_share", low=0, high=1),
        min_grade_coverage=coverage.number("min_grade", low=0, high=1),
        provisional_coverage=coverage.number("provisional", low=0, high=1),
        strength_min=lesson.number("strength_min", low=0, high=100),
        weakness_below=lesson.number("weakness_below", low=0, high=100),
        stability=_stability(top.table("stability")),
        dimensions=dimensions,
        criteria=_criteria(top, dimensions),
        grades=_grades(top),
        red_lines=_red_lines(top),
    )
    if rubric.min_grade_coverage > rubric.provisional_coverage:
        coverage.fault("min_grade", "不能大于 coverage.provisional")
    if rubric.weakness_below > rubric.strength_min:
        lesson.fault("weakness_below", "不能大于 lesson.strength_min")
    for reader in (level, trigger, coverage, lesson, top):
        reader.done()
    top.close()
    return rubric


def _choice(reader: TomlReader, key: str, allowed: tuple[str, ...]) -> str:
    value = reader.text(key)
    if value and value not in allowed:
        reader.fault(key, f"应为 {'、'.join(allowed)} 之一，现为 {value!r}")
    return value if value in allowed else allowed[0]


def _stability(reader: TomlReader) -> Stability:
    quantiles = reader.numbers("quantiles")
    if reader.has("quantiles") and not (len(quantiles) == 2 and 0 <= quantiles[0] < quantiles[1] <= 1):
        reader.fault("quantiles", "应为两个升序的 0 至 1 之间的数字")
        quantiles = ()
    low, high = quantiles if len(quantiles) == 2 else (0.0, 1.0)
    made = Stability(spread=reader.number("spread", low=0, high=1), draws=reader.integer("draws", low=1), seed=reader.integer("seed"), low=low, high=high)
    reader.done()
    return made


def _dimensions(top: TomlReader) -> tuple[Dimension, ...]:
    made = []
    for reader in top.tables("dimension"):
        made.append(Dimension(ident=reader.text("id"), name=reader.text("name"), part=cast(Part, _choice(reader, "part", get_args(Part)))))
        if any(other.ident == made[-1].ident for other in made[:-1]):
            reader.fault("id", f"重复：{made[-1].ident}")
        reader.done()
    return tuple(made)


def _grades(top: TomlReader) -> tuple[GradeLine, ...]:
    made = []
    for reader in top.tables("grade"):
        made.append(GradeLine(name=reader.text("name"), minimum=reader.number("min", low=0, high=100)))
        reader.done()
    made.sort(key=lambda grade: -grade.minimum)
    if top.has("grade") and (not made or made[-1].minimum != 0):
        top.fault("grade", "须有一级的下限为 0")
    if len({grade.minimum for grade in made}) < len(made):
        top.fault("grade", "两个等级的下限相同")
    return tuple(made) or (GradeLine(name="", minimum=0.0),)


def _red_lines(top: TomlReader) -> tuple[RedLineRule, ...]:
    made = []
    for reader in top.tables("red_line"):
        ident = cast(RedLine, _choice(reader, "id", get_args(RedLine)))
        hours = reader.number("hours", low=0) if ident == "no_public_response_24h" else None
        made.append(RedLineRule(ident=ident, name=reader.text("name"), cap=reader.number("cap", low=0, high=100), hours=hours))
        reader.done()
    if top.has("red_line"):
        for wanted in get_args(RedLine):
            found = sum(rule.ident == wanted for rule in made)
            if found != 1:
                top.fault("red_line", f"缺少 {wanted}" if not found else f"重复：{wanted}")
    return tuple(made)


def _criteria(top: TomlReader, dimensions: tuple[Dimension, ...]) -> tuple[Criterion, ...]:
    made: list[Criterion] = []
    parts = {dimension.ident: dimension.part for dimension in dimensions}
    for reader in top.tables("criteria"):
        ident = reader.text("id")
        if ident not in INDICATORS:
            if ident:
                reader.fault("id", f"不认识的指标 {ident!r}；可用：{'、'.join(INDICATORS)}")
            continue
        if any(other.ident == ident for other in made):
            reader.fault("id", f"重复：{ident}")
            continue
        made.append(_criterion(reader, ident, parts))
    if top.has("criteria"):
        present = {str(reader.data.get("id")) for reader in top.tables("criteria")}
        for wanted in INDICATORS:
            if wanted not in present:
                top.fault("criteria", f"缺少指标 {wanted}")
        total = sum(criterion.weight for criterion in made)
        if made and len(made) == len(INDICATORS) and abs(total - 100) > 1e-9:
            top.fault("criteria", f"权重合计应为 100，现为 {total:g}")
    return tuple(made)


def _criterion(reader: TomlReader, ident: str, parts: dict[str, Part]) -> Criterion:
    kind = INDICATORS[ident]
    dimension = reader.text("dimension")
    if dimension and dimension not in parts:
        reader.fault("dimension", f"没有这个维度：{dimension!r}")
    curve = _curve(reader, kind) if kind in ("delay", "value", "service") else None
    targets: tuple[tuple[Level, float], ...] = ()
    if kind == "delay":
        table = reader.table("targets")
        targets = tuple((level, _positive(table, level)) for level in LEVELS)
        table.done()
    by_level: tuple[tuple[Level, tuple[tuple[str, float], ...]], ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    if kind == "lead":
        by_level = tuple((level, _points(reader, f"points_{level}", get_args(Lead))) for level in LEVELS)
        table = reader.table("department_groups")
        groups = tuple((name, table.texts(name)) for name in table.data)
    starred = reader.texts("starred")
    for word in starred:
        if word not in _STARS:
            reader.fault("starred", f"不认识 {word!r}；可用：{'、'.join(_STARS)}")
    made = Criterion(
        ident=ident,
        name=reader.text("name"),
        dimension=dimension,
        part=parts.get(dimension, "process"),
        kind=kind,
        weight=reader.number("weight", low=0, high=100),
        unit=reader.text("unit"),
        formula=reader.text("formula"),
        evidence=reader.text("evidence"),
        source=reader.text("source"),
        starred=starred,
        amec=reader.text("amec"),
        five_s=reader.text("five_s", ""),
        practice_good=reader.text("practice_good"),
        practice_bad=reader.text("practice_bad"),
        aliases=reader.texts("aliases", ()),
        not_applicable_allowed=reader.flag("not_applicable_allowed", False),
        curve=curve,
        targets=targets,
        between=_between(reader),
        points=_points(reader, "points", _CATEGORIES[ident]) if kind == "category" else (),
        points_by_level=by_level,
        points_per_department=reader.number("points_per_department", low=0) if kind == "lead" else 0.0,
        departments_full=reader.integer("departments_full", low=1) if kind == "lead" else 0,
        department_groups=groups,
        cap_without_channel=reader.number("cap_without_channel", low=0, high=100) if kind == "service" else 100.0,
    )
    reader.done()
    return made


def _between(reader: TomlReader) -> Between | None:
    if not reader.has("between"):
        return None
    table = reader.table("between")
    level = cast(Level, _choice(table, "level", LEVELS))
    made = Between(level=level, above=table.number("above"), to=table.number("to"), text=table.text("text"))
    if made.above >= made.to:
        table.fault("to", "应大于 above")
    table.done()
    return made


def _positive(reader: TomlReader, key: str) -> float:
    value = reader.number(key, low=0)
    if reader.has(key) and value == 0:
        reader.fault(key, "应大于 0")
    return value or 1.0


def _points(reader: TomlReader, key: str, wanted: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    table = reader.table(key)
    made = tuple((word, table.number(word, low=0, high=100)) for word in wanted) if reader.has(key) else ()
    table.done()
    return made


def _curve(reader: TomlReader, kind: CriterionKind) -> Curve:
    table = reader.table("curve")
    flat = Curve(x=(0.0, 1.0), y=(0.0, 0.0))
    if not reader.has("curve"):
        return flat
    faults = len(table.faults)
    x, y, unit = table.numbers("x"), table.numbers("y"), table.text("unit", "value")
    if len(table.faults) > faults:
        return flat
    if len(x) != len(y) or len(x) < 2:
        table.fault("x", f"与 y 须等长且不少于 2 个点，现为 {len(x)} 与 {len(y)} 个")
    if any(a >= b for a, b in pairwise(x)):
        table.fault("x", "须严格升序")
    if any(not 0 <= value <= 100 for value in y):
        table.fault("y", "须在 0 至 100 之间")
    if (unit == "ratio") != (kind == "delay") or unit not in ("ratio", "value"):
        table.fault("unit", "计时指标须为 ratio（实际 ÷ 目标），其余指标不写")
    if kind == "delay" and any(a < b for a, b in pairwise(y)):
        table.fault("y", "计时指标的分值须随倍数不升")
    table.done()
    return flat if len(table.faults) > faults else Curve(x=x, y=y)
