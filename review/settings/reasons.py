"""Words for why a line of the score could not be assessed, does not apply, or needs a note, from reasons.toml, by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, get_args

from review.settings.toml import SETTINGS_DIR, TomlReader, read_toml

MissingReason = Literal[
    "not_measured", "no_onset", "onset_day_only", "no_response_row", "response_day_only", "no_formal_row", "formal_day_only", "no_statement_text", "no_trigger",
    "trigger_unseen", "no_activation", "activation_day_only", "no_strategy", "no_rating", "no_blogger_rows", "bloggers_unmarked", "no_tickets", "no_data_end",
    "normal_before_response", "no_check", "no_lead", "no_curve", "no_base", "peak_not_above_base", "not_back", "no_normal",
    "unaudited_normal", "flat_curve", "never_above",
    "no_attribution", "no_public_move", "inseparable", "no_rebounds", "no_plan_made", "no_sales", "no_followers", "no_complaints",
]  # fmt: skip
INCURABLE: Final = ("inseparable", "normal_before_response")
"""What no further input mends: two actions that lie close together stay so, and a share at its everyday level before the first word is at it."""
NotApplicableReason = Literal["documented_silence", "declared"]
Note = Literal[
    "none_in_complete_timeline", "censored_at_worst", "channel_unknown", "capped_without_channel", "model_only", "bloggers_partly_unmarked", "single_rater",
    "by_rule", "by_case", "hour_precision", "coarse_times", "of_tickets",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Chinese words by key; every key of the vocabularies is present. cure: the input that would fill a missing one, where one can."""

    missing: Mapping[str, str]
    not_applicable: Mapping[str, str]
    note: Mapping[str, str]
    cure: Mapping[str, str]


def load_reasons(path: Path = SETTINGS_DIR / "reasons.toml") -> Reasons:
    """The words of this file. Raises UnusableInput naming every key that is missing or unknown."""
    top = read_toml(path)

    def words(reader: TomlReader, keys: tuple[str, ...]) -> Mapping[str, str]:
        made = MappingProxyType({key: reader.text(key) for key in keys})
        reader.done()
        return made

    reasons = Reasons(
        missing=words(top.table("missing"), get_args(MissingReason)),
        not_applicable=words(top.table("not_applicable"), get_args(NotApplicableReason)),
        note=words(top.table("note"), get_args(Note)),
        cure=words(top.table("cure"), tuple(key for key in get_args(MissingReason) if key not in INCURABLE)),
    )
    top.done()
    top.close()
    return reasons
