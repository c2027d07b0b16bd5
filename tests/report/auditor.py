"""What an outside auditor of the sample holds, and the few sums he does often: nothing of ours in them."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

from review.analysis.analyse import analyse
from review.intake.audit import read_audit
from review.intake.load import LoadOptions, load
from review.report.attachments import claims_json, labels_csv, links_csv
from review.report.compose.incident_report import Dossier, Writing, compose
from review.report.document import Section, Table, parts, plain_text, string, walk
from review.report.theme import load_theme
from review.settings.analysis_settings import load_analysis_settings
from review.settings.rubric import Rubric
from review.settings.used import settings_files
from review.settings.vocabulary import read_vocabulary

SAMPLE = Path(__file__).parents[2] / "sample_data"
ZONE = "Asia/Shanghai"
SINCE = date(2026, 8, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What an auditor holds: the rows of the export by row number, claims.json, labels.csv and links.csv by row number, the settings files, the text of
    方法与口径, the verdict on each row of the table of actions."""

    rows: Mapping[int, Mapping[str, str]]
    claims: tuple[Mapping[str, Any], ...]
    row_sets: Mapping[str, Any]
    labels: Mapping[int, Mapping[str, str]]
    links: Mapping[int, Mapping[str, str]]
    settings: Mapping[str, Mapping[str, Any]]
    methods: str
    observed: Mapping[str, str]

    def named(self, what: str) -> list[Mapping[str, Any]]:
        return [claim for claim in self.claims if re.fullmatch(what, claim["what"])]

    def numbers(self, claim: Mapping[str, Any]) -> list[int]:
        sets = [self.row_sets[source["rows"]] for source in claim["sources"] if source["type"] == "RowSet"]
        return [number for spans in sets for file, _, ranges in spans if file == "incident.csv" for low, high in ranges for number in range(low, high + 1)]

    def rows_of(self, claim: Mapping[str, Any]) -> list[Mapping[str, str]]:
        return [self.rows[number] for number in self.numbers(claim)]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def built(rubric: Rubric | None = None) -> Delivered:
    settings = load_analysis_settings()
    settings = settings if rubric is None else replace(settings, rubric=rubric)
    loaded = load([SAMPLE / "incident.csv"], LoadOptions())
    audit = read_audit(SAMPLE / "audit.csv", read_vocabulary()["emotion"].printed)
    found = analyse(loaded.incident, settings, ZONE, audit)
    writing = Writing(made_at=datetime(2026, 9, 20, 10, tzinfo=ZoneInfo(ZONE)), zone=ZONE, final=False, masked=True)
    dossier = Dossier(findings=found.findings, case=loaded.incident.case, import_log=loaded.import_log, settings=settings)
    made = compose(dossier, load_theme(None), writing)
    told = json.loads(claims_json(made.claims))
    methods = next(section for section in made.document.appendices if isinstance(section, Section) and section.id == "appendix.methods")
    labels = table(labels_csv(found.posts, found.moods, ZONE).decode("utf-8-sig"))
    links = table(links_csv(found.posts, found.links).decode("utf-8-sig"))
    effects = next(block for block in walk(*parts(made.document)) if isinstance(block, Table) and block.id == "effects")
    return Delivered(
        rows=dict(enumerate(table((SAMPLE / "incident.csv").read_text(encoding="utf-8-sig")), start=2)),
        claims=tuple(told["claims"]),
        row_sets=told["row_sets"],
        labels={int(row["行"]): row for row in labels},
        links={int(row["row"]): row for row in links},
        settings={name.removeprefix("settings/"): tomllib.loads(data.decode()) for name, data in settings_files(None, None).items()},
        methods=plain_text(replace(made.document, sections=(), appendices=(methods,))),
        observed={string(row[0]): string(row[-1]) for row in effects.rows},
    )


@cache
def sample() -> Delivered:
    return built()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


def moment(text: str) -> datetime:
    """A time as claims.json keeps it."""
    return datetime.fromisoformat(text)


def told_worth(claim: Mapping[str, Any]) -> float:
    found = re.search(r"折算为 ([\d,.]+) 条", claim["how"])
    assert found
    return float(found[1].replace(",", ""))


def wilson_band(share: float, worth: float) -> tuple[float, float]:
    z = NormalDist().inv_cdf(0.975)
    centre, spread = share + z * z / 2 / worth, z * sqrt(share * (1 - share) / worth + z * z / 4 / worth / worth)
    return (centre - spread) / (1 + z * z / worth), (centre + spread) / (1 + z * z / worth)
