"""Status changes of actions: one small JSON file each, written once, never edited. This module owns the format."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal, cast

from review.incident.errors import DamagedArchive, Fault, UnusableInput
from review.plain_data import ADDED, NotOurRecord, decoder, dumped, read_json

SCHEMA: Final = "review.action-event"
SCHEMA_VERSION: Final = 1
_REMEDY: Final = "请把它移出归档文件夹另存备查，再用 review actions 重新登记"

Change = Literal["started", "done", "cancelled", "reopened", "kept", "adjusted", "ended"]
"""started … reopened change the state of an action; kept, adjusted and ended are the quarter's verdict on a strategy (保留, 调整, 终止)."""

VERDICTS: Final[tuple[Change, ...]] = ("kept", "adjusted", "ended")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The file that was shown: its name, bytes and sha256. The file itself stays where it is."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionEvent:
    """What became of an action. ident: random, part of the file's name; on: the day it happened; by: who says so; recorded_at: when it was written down;
    about: what the action says, None in events made before that was kept.
    """

    ident: str
    incident: str
    action: str
    change: Change
    on: date
    by: str
    recorded_at: datetime
    proof: Proof | None
    note: str | None
    about: str | None = field(default=None, metadata=ADDED)

    @property
    def file_name(self) -> str:
        return f"{self.on:%Y%m%d}-{self.change}-{self.ident}.json"


def proof_of(name: str, content: bytes) -> Proof:
    return Proof(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def event_json(event: ActionEvent) -> bytes:
    """The file of an event; its last member is the sha256 of all the others, so that an edit shows."""
    body = _body(event)
    return dumped({**body, "sha256": _digest(body)})


def read_event(content: bytes, where: str) -> ActionEvent:
    """The event in a file. Raises DamagedArchive where it was edited or is no longer whole, UnusableInput where it is none or of a newer version."""
    try:
        data = read_json(content)
    except ValueError as error:
        raise DamagedArchive(Fault(where, "不是可读的行动记录", _REMEDY)) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise UnusableInput(Fault(where, "不是行动记录", "请移走此文件"))
    if data.get("version") != SCHEMA_VERSION:
        raise UnusableInput(Fault(where, f"行动记录版本 {data.get('version')!r} 不认识", "请升级 review"))
    digest = data.pop("sha256", None)
    if digest != _digest(data):
        raise DamagedArchive(Fault(where, "行动记录被改动过", _REMEDY))
    try:
        return cast(ActionEvent, decoder(ActionEvent)({name: value for name, value in data.items() if name not in ("schema", "version")}))
    except NotOurRecord as error:
        raise DamagedArchive(Fault(where, f"行动记录不完整：{error}", _REMEDY)) from error


def _body(event: ActionEvent) -> dict[str, Any]:
    proof = event.proof
    return {
        "schema": SCHEMA,
        "version": SCHEMA_VERSION,
        "ident": event.ident,
        "incident": event.incident,
        "action": event.action,
        "change": event.change,
        "on": event.on.isoformat(),
        "by": event.by,
        "recorded_at": event.recorded_at.isoformat(),
        "proof": None if proof is None else {"name": proof.name, "size": proof.size, "sha256": proof.sha256},
        "note": event.note,
        "about": event.about,
    }


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(dumped(body)).hexdigest()
