"""Reading TOML settings so that every fault is reported with its path, e.g. `rubric.toml: 缺少 criteria[2].weight`."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from review.incident.errors import Fault, UnusableInput, cause_of

T = TypeVar("T")

SETTINGS_DIR = Path(__file__).parent
LONGEST_SHOWN = 60
"""Characters of a wrong value in the line that tells of it."""
DEEPEST = 32
"""Tables and lists inside each other; our own settings need a handful."""


class TomlReader:
    """One TOML table being read: typed getters that collect faults instead of raising, and a final `close()` that raises them all.

    Child readers share the fault list. A getter that finds a fault returns its fallback, so that reading goes on to find the next one.
    """

    def __init__(self, data: Mapping[str, Any], file: str, path: str = "", faults: list[Fault] | None = None) -> None:
        self.data = data
        self.file = file
        self.path = path
        self.faults: list[Fault] = [] if faults is None else faults
        self._seen: set[str] = set()

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, what: str) -> None:
        """Record a fault of one key."""
        self.faults.append(Fault(self.file, f"{self.at(key)} {what}"))

    def has(self, key: str) -> bool:
        return key in self.data

    def text(self, key: str, fallback: str | None = None) -> str:
        """A non-empty string."""
        value = self._get(key, str, "文字", fallback)
        return value if value is not None else ""

    def number(self, key: str, fallback: float | None = None, low: float = float("-inf"), high: float = float("inf")) -> float:
        """A finite number within [low, high]; integers are taken as numbers, booleans are not."""
        value = self._get(key, (int, float), "数字", fallback)
        if value is None:
            return 0.0
        if isinstance(value, bool) or not low <= value <= high or value != value:
            self.fault(key, f"应为 {low:g} 至 {high:g} 之间的数字，现为 {_shown(value)}" if low > float("-inf") else f"应为数字，现为 {_shown(value)}")
            return 0.0
        return float(value)

    def integer(self, key: str, fallback: int | None = None, low: int = 0) -> int:
        """A whole number of at least `low`."""
        value = self._get(key, int, "整数", fallback)
        if value is None:
            return low
        if isinstance(value, bool) or value < low:
            self.fault(key, f"应为不小于 {low} 的整数，现为 {_shown(value)}")
            return low
        return int(value)

    def flag(self, key: str, fallback: bool | None = None) -> bool:
        return bool(self._get(key, bool, "true 或 false", fallback))

    def texts(self, key: str, fallback: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of strings."""
        value = self._get(key, list, "文字列表", None if fallback is None else list(fallback))
        if value is None:
            return ()
        if not all(isinstance(word, str) for word in value):
            self.fault(key, "应为文字列表")
            return ()
        return tuple(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of numbers."""
        value = self._get(key, list, "数字列表", None)
        if value is None:
            return ()
        if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in value):
            self.fault(key, "应为数字列表")
            return ()
        return tuple(float(x) for x in value)

    def table(self, key: str) -> "TomlReader":
        """A sub-table; missing or of another type is a fault, and an empty reader goes on."""
        value = self._get(key, dict, "表", None)
        return TomlReader(value or {}, self.file, self.at(key), self.faults)

    def tables(self, key: str) -> tuple["TomlReader", ...]:
        """An array of tables `[[key]]`."""
        value = self._get(key, list, "表的列表", None)
        if value is None:
            return ()
        readers = []
        for i, item in enumerate(value):
            if isinstance(item, dict):
                readers.append(TomlReader(item, self.file, f"{self.at(key)}[{i}]", self.faults))
            else:
                self.fault(f"{key}[{i}]", "应为表")
        return tuple(readers)

    def done(self) -> None:
        """Report keys that were not asked for: a misspelt key must not pass in silence."""
        for key in self.data:
            if key not in self._seen:
                self.fault(key, "不认识的键")

    def close(self) -> None:
        """Raise UnusableInput with every fault found in this file, if there was one."""
        if self.faults:
            raise UnusableInput(*self.faults)

    def _get(self, key: str, kind: type[Any] | tuple[type[Any], ...], name: str, fallback: Any) -> Any:
        self._seen.add(key)
        if key not in self.data:
            if fallback is None:
                self.faults.append(Fault(self.file, f"缺少 {self.at(key)}"))
            return fallback
        value = self.data[key]
        if not isinstance(value, kind):
            self.fault(key, f"应为{name}，现为 {_shown(value)}")
            return fallback
        return value


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def toml_data(text: str, file: str) -> dict[str, Any]:
    """What a TOML text says; file: its name for faults.

    Raises UnusableInput where it is not TOML (with line and column), is nested deeper than any settings are, or holds a number longer than TOML's 64 bits.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnusableInput(_toml_fault(file, error)) from error
    except (RecursionError, ValueError) as error:  # ValueError: more digits than Python reads
        raise UnusableInput(_beyond(file)) from error
    waiting: list[tuple[int, Any]] = [(0, data)]
    while waiting:
        depth, value = waiting.pop()
        if depth > DEEPEST or (isinstance(value, int) and abs(value) >> 63):
            raise UnusableInput(_beyond(file))
        if isinstance(value, dict | list):
            waiting += [(depth + 1, each) for each in (value.values() if isinstance(value, dict) else value)]
    return data


def _beyond(file: str) -> Fault:
    return Fault(file, "其中有过长的整数，或一层套一层过深的表、列表", "请对照默认文件的写法修改")


def _toml_fault(file: str, error: tomllib.TOMLDecodeError) -> Fault:
    """Where a file stops being TOML, and what usually is the matter."""
    place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    where = "文件末尾" if place is None else f"第 {place[1]} 行第 {place[2]} 个字附近"
    return Fault(file, f"{where}不合 TOML 的写法", "文字要加英文引号，等号与方括号要用英文符号")


def read_toml(path: Path) -> TomlReader:
    """A reader of the whole file.

    Raises UnusableInput where the file is missing or is not UTF-8, and as `toml_data` does.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnusableInput(Fault(str(path), f"无法读取（{cause_of(error)}）", "请检查路径")) from error
    except UnicodeDecodeError as error:
        raise UnusableInput(Fault(str(path), "不是 UTF-8 编码", "请另存为 UTF-8")) from error
    return TomlReader(toml_data(text, str(path)), path.name)
