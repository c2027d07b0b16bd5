"""Keeps phrases/zh-Hant in step with phrases/zh-Hans: tells what is missing, left over or changed since it was translated; drafts what is missing.

    python report_templates/phrases/translate.py               what is to do, one line a phrase; exit 1 where there is something
    python report_templates/phrases/translate.py --write       the same, and the missing phrases put into the files as drafts: read and correct each
    python report_templates/phrases/translate.py --read        after reading: records that zh-Hant says what zh-Hans says now
    python report_templates/phrases/translate.py --show TEXT   how the word table puts a text

A draft comes from words/zh-Hant.toml, the table that also serves what is not a phrase. `zh-Hant/read.tsv` holds, for each phrase, the start of the digest of
the zh-Hans text that was read when it was translated; a phrase whose zh-Hans text changed afterwards is to be read again.
"""

import hashlib
import re
import sys
import tomllib
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from review.report.language import Language, load_language  # noqa: E402

FROM: Final = HERE / "zh-Hans"
INTO: Final = HERE / "zh-Hant"
READ: Final = INTO / "read.tsv"
HEADER: Final = re.compile(r"\[([^\]]+)\]")
VALUE: Final = re.compile(r'((?:"[^"]*"|[A-Za-z0-9_-]+)\s*=\s*)(.*)')
PLACE: Final = re.compile(r"\{[a-z][a-z0-9_]*\}")


def phrases(folder: Path) -> dict[str, str]:
    """file:section.key → text, fixed terms with digits included."""
    found: dict[str, str] = {}

    def walk(prefix: str, data: object) -> None:
        if isinstance(data, dict):
            for key, value in data.items():
                walk(f"{prefix}.{key}" if not prefix.endswith(":") else f"{prefix}{key}", value)
        else:
            found[prefix] = data if isinstance(data, str) else "；".join(map(str, data)) if isinstance(data, list) else str(data)

    for path in sorted(folder.glob("*.toml")):
        walk(f"{path.name}:", tomllib.loads(path.read_text(encoding="utf-8")))
    return found


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


def read_digests() -> dict[str, str]:
    """Key → digest of the zh-Hans text that was read."""
    return dict(line.split("\t") for line in READ.read_text(encoding="utf-8").splitlines()) if READ.is_file() else {}


def to_do() -> list[str]:
    """What keeps the two languages apart, one line a phrase; [] where they say the same."""
    here, there, read = phrases(FROM), phrases(INTO), read_digests()
    lines = [f"缺少　　{key} = {text}" for key, text in here.items() if key not in there]
    lines += [f"多余　　{key}" for key in there if key not in here]
    for key in sorted(here.keys() & there.keys()):
        if sorted(PLACE.findall(here[key])) != sorted(PLACE.findall(there[key])):
            lines.append(f"占位不同　{key}：{here[key]} | {there[key]}")
        elif read.get(key) != digest(here[key]):
            lines.append(f"待核对　{key}：{here[key]} | {there[key]}")
    return lines


def draft(line: str, language: Language) -> str:
    """A line of a phrase file with its text (and its comment) put by the word table; keys and places stay."""
    found = VALUE.fullmatch(line)
    if found is None:
        return f"# {language.own(line[1:].strip())}" if line.startswith("#") else line
    pieces = re.split(r"(\{[a-z][a-z0-9_]*\})", found[2])
    return found[1] + "".join(piece if i % 2 else language.own(piece) for i, piece in enumerate(pieces))


def write(language: Language) -> None:
    """Put the drafts of missing phrases into the zh-Hant files: at the end of their section, which is made where it is missing."""
    INTO.mkdir(exist_ok=True)
    there = phrases(INTO)
    for path in sorted(FROM.glob("*.toml")):
        target = INTO / path.name
        source = path.read_text(encoding="utf-8").splitlines()
        if not target.is_file():
            target.write_text("\n".join(draft(line, language) for line in source) + "\n", encoding="utf-8")
            continue
        lines = target.read_text(encoding="utf-8").splitlines()
        section = ""
        for line in source:
            if header := HEADER.fullmatch(line.strip()):
                section = header[1]
            elif (found := VALUE.fullmatch(line)) and _key(path.name, section, found[1]) not in there:
                _insert(lines, section, draft(line, language))
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _key(file: str, section: str, left: str) -> str:
    name = left.split("=")[0].strip().strip('"')
    return f"{file}:{section}.{name}" if section else f"{file}:{name}"


def _insert(lines: list[str], section: str, line: str) -> None:
    if not section:
        lines.insert(next((i for i, each in enumerate(lines) if not each.startswith("#")), len(lines)), line)
        return
    heads = [i for i, each in enumerate(lines) if each.strip() == f"[{section}]"]
    if not heads:
        lines += ["", f"[{section}]", line]
        return
    end = next((i for i in range(heads[0] + 1, len(lines)) if HEADER.fullmatch(lines[i].strip())), len(lines))
    while not lines[end - 1].strip():
        end -= 1
    lines.insert(end, line)


def main(arguments: list[str]) -> int:
    language = load_language("zh-Hant", HERE.parent)
    if arguments[:1] == ["--show"]:
        print(language.own(" ".join(arguments[1:])))
        return 0
    found = to_do()
    print("\n".join(found) or "两种文字一致")
    if arguments == ["--write"]:
        write(language)
    if arguments == ["--read"]:
        here = phrases(FROM)
        READ.write_text("".join(f"{key}\t{digest(here[key])}\n" for key in sorted(here)), encoding="utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
