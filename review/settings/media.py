"""Typed loader of media.toml: which accounts and sites are media, of which level, and what words of a verification say so."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from review.settings.toml import SETTINGS_DIR, read_toml

FILE: Final = SETTINGS_DIR / "media.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaList:
    """names: folded name of an account (see `folded`) → index into levels; domains: host without www → likewise.

    verified_media, organisation, not_verified: words of a verification, folded; the first two occur in it, the last are all of it.
    """

    levels: tuple[str, ...]
    names: Mapping[str, int]
    domains: Mapping[str, int]
    verified_media: tuple[str, ...]
    organisation: tuple[str, ...]
    not_verified: frozenset[str]

    def level_of_host(self, host: str) -> int | None:
        """The level of the outlet whose domain the host is or lies under (the longest such domain), None where it is nobody's."""
        labels = host.lower().split(".")
        return next((self.domains[domain] for i in range(len(labels) - 1) if (domain := ".".join(labels[i:])) in self.domains), None)


def folded(name: str) -> str:
    """A name as names are compared: width and case made equal, blanks left out."""
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


def load_media_list(path: Path | None = None) -> MediaList:
    """The list of a file, else ours. Raises UnusableInput with every fault found: an unknown level, a name or domain of two outlets, a misspelt key."""
    reader = read_toml(path or FILE)
    levels = reader.texts("levels")
    endings = reader.texts("endings")
    names: dict[str, int] = {}
    domains: dict[str, int] = {}
    for outlet in reader.tables("outlets"):
        level = outlet.text("level")
        if level not in levels:
            outlet.fault("level", f"应为 levels 中的一项，现为 {level!r}")
        place = levels.index(level) if level in levels else 0
        own = [folded(name) for name in (outlet.text("name"), *outlet.texts("aliases", ()))]
        for key, kind, found, known in (
            *(("aliases", "名称", name, names) for name in dict.fromkeys(own)),
            *(("domains", "域名", domain.lower().removeprefix("www."), domains) for domain in outlet.texts("domains", ())),
        ):
            if not found:
                outlet.fault(key, f"{kind}不能为空")
            elif found in known:
                outlet.fault(key, f"{kind} {found!r} 已列在另一家媒体名下")
            known[found] = place
        outlet.done()
    for name, place in list(names.items()):
        for ending in endings:
            names.setdefault(name + folded(ending), place)
    verification = reader.table("verification")
    made = MediaList(
        levels=levels,
        names=names,
        domains=domains,
        verified_media=tuple(map(folded, verification.texts("media"))),
        organisation=tuple(map(folded, verification.texts("organisation"))),
        not_verified=frozenset(map(folded, verification.texts("none"))),
    )
    verification.done()
    reader.done()
    reader.close()
    return made
