"""What review itself wrote, told by what stands in it: a folder of exports often holds earlier reports, and these are no data."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from review.intake.audit import KEY, NEGATIVE
from review.intake.raw import NotATable

OUTPUT_FOLDER: Final = "review 的输出文件夹或归档件，不作为数据读取"
LABELS: Final = "人工复核的标签，已用 --labels 给出，不作为数据读取"
_JSON: Final = b'{"schema":"review.'
_CLAIMS: Final = "claims.json"
_HTML: Final = b'<meta name="generator" content="review">'
_HTML_HEAD: Final = 4096
_TABLES: Final = (
    (frozenset({NEGATIVE, KEY}), "review 写出的待复核表，不作为数据读取；填好后请用 --labels 给出"),
    (frozenset({"标签来源", "负面倾向分", "依据词"}), "review 写出的逐条标签，不作为数据读取"),
    (frozenset({"parent_id", "evidence", "confidence"}), "review 写出的传播关系，不作为数据读取"),
    (frozenset({"文件", "表", "行", "列", "值", "原因"}), "review 写出的未采用清单，不作为数据读取"),
)
"""Headers no other table has together, of the tables of work/, `review label` and `review classify`."""


def output_folders(files: Mapping[str, Callable[[], bytes]]) -> tuple[str, ...]:
    """The folders among these files (name → its content) that are outputs or packages of ours, each with / at its end; '' is the folder of all."""
    found = set()
    for name, content in files.items():
        folder = name.removesuffix(_CLAIMS)
        if name.rsplit("/", 1)[-1] == _CLAIMS and {f"{folder}import.json", f"{folder}findings.json"} & files.keys() and content().startswith(_JSON):
            package = folder.removesuffix("data/")
            found.add(package if package != folder and f"{package}bagit.txt" in files else folder)
    return tuple(sorted(found))


def refuse_document(opening: bytes) -> None:
    """Raise NotATable for the opening of a JSON or HTML file that is one of ours."""
    if opening.startswith(_JSON) or _HTML in opening[:_HTML_HEAD]:
        raise NotATable("review 写出的文件，不作为数据读取")


def refuse_table(header: Sequence[str]) -> None:
    """Raise NotATable for the header of a table that is one of ours."""
    for headers, reason in _TABLES:
        if headers <= set(header):
            raise NotATable(reason)
