"""Faults: what may go wrong with an agency's system, named on the command line or switched while it runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hub.demo.agencies import STAFF_DIRECTORY, Source


class FaultError(ValueError):
    """A fault that cannot be: the message says which words would do."""


class FaultKind(StrEnum):
    """What is wrong with a system."""

    OK = "ok"
    SLOW = "slow"
    DOWN = "down"
    HANG = "hang"
    GARBAGE = "garbage"
    HTML = "html"
    HUGE = "huge"
    WRONG_TYPES = "wrong-types"
    WRONG_PERSON = "wrong-person"
    ERROR_500 = "error500"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and for a slow system how many seconds it takes."""

    kind: FaultKind = FaultKind.OK
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"slow={self.seconds}" if self.kind is FaultKind.SLOW else str(self.kind)


OK = Fault()
SYSTEMS = (*(str(s) for s in Source), STAFF_DIRECTORY)
FOLDERS = frozenset({str(Source.SEND_NEET), str(Source.UNIVERSAL)})
DATABASES = frozenset({str(Source.SOCIAL_CARE), str(Source.EARLY_HELP)})
FOLDER_FAULTS = (FaultKind.OK, FaultKind.DOWN, FaultKind.GARBAGE)
DATABASE_FAULTS = (FaultKind.OK, FaultKind.SLOW, FaultKind.DOWN, FaultKind.HANG, FaultKind.GARBAGE)


def parse_fault(text: str) -> Fault:
    """Read ``down`` or ``slow=3s``."""
    word, _, amount = text.partition("=")
    try:
        kind = FaultKind(word)
    except ValueError:
        raise FaultError(f"{word!r} is no fault; choose one of {', '.join(FaultKind)}") from None
    return Fault(kind, _seconds(amount or "3s")) if kind is FaultKind.SLOW else Fault(kind)


def _seconds(text: str) -> float:
    try:
        seconds = float(text.removesuffix("s"))
    except ValueError:
        raise FaultError(f"{text!r} is not a time; write it as 3s or 0.5s") from None
    if not 0 <= seconds <= 3600:  # noqa: PLR2004 -- an hour is for ever
        raise FaultError("a slow system takes between 0s and 3600s")
    return seconds


def checked(system: str, fault: Fault) -> Fault:
    """Give the fault if that system can have it; FaultError says why not."""
    if system not in SYSTEMS:
        raise FaultError(f"{system!r} is no system of the demo; choose one of {', '.join(SYSTEMS)}")
    if system in FOLDERS and fault.kind not in FOLDER_FAULTS:
        raise FaultError(f"{system} is a folder of files: it can be {', '.join(FOLDER_FAULTS)}, not {fault.kind}")
    if system in DATABASES and fault.kind not in DATABASE_FAULTS:
        raise FaultError(f"{system} is a database: it can be {', '.join(DATABASE_FAULTS)}, not {fault.kind}")
    return fault


def parse_faults(
    slow: Iterable[str] = (), down: Iterable[str] = (), broken: Iterable[str] = (), other: Iterable[str] = ()
) -> dict[str, Fault]:
    """Read the command line: ``slow`` as ``health=3s``, ``down`` and ``broken`` names, ``other`` as ``police=hang``."""
    faults: dict[str, Fault] = {}
    for text in slow:
        system, _, amount = text.partition("=")
        faults[system] = checked(system, Fault(FaultKind.SLOW, _seconds(amount or "3s")))
    for system in down:
        faults[system] = checked(system, Fault(FaultKind.DOWN))
    for system in broken:
        faults[system] = checked(system, Fault(FaultKind.GARBAGE))
    for text in other:
        system, _, word = text.partition("=")
        faults[system] = checked(system, parse_fault(word))
    return faults
