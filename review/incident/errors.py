"""Failures a user can foresee and mend."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input or a settings file, in Chinese: where it stands, what is wrong, what to do."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.where}：{self.what}" if self.where else self.what
        return f"{text}。{self.remedy}" if self.remedy else text


class UnusableInput(Exception):
    """Input or settings that cannot be used at all: all faults found, each one line for the terminal (exit code 1)."""

    def __init__(self, *faults: Fault) -> None:
        if not faults:
            raise ValueError("an UnusableInput needs at least one fault")
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))

    def __reduce__(self) -> tuple[type["UnusableInput"], tuple[Fault, ...]]:
        """Whole on the way from one process to another."""
        return type(self), self.faults


class DamagedArchive(UnusableInput):
    """Packages that are not what was archived, held against their checksums (exit code 3)."""
