"""Checking a connector: every promise in turn, and a report that names promises, fields and codes, never values."""

from dataclasses import dataclass

from connectors.conformance.examples import Examples
from connectors.conformance.promises import PROMISES
from connectors.conformance.trying import NotTried, PartlyTried
from connectors.contract import Connector
from connectors.errors import SourceError


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that does not hold, and where."""

    promise: str
    where: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A promise that the examples cannot try, and why."""

    promise: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the kit found."""

    kept: tuple[str, ...]
    broken: tuple[Broken, ...]
    skipped: tuple[Skipped, ...]
    partly: tuple[Skipped, ...] = ()
    """Those of the kept that the examples could not try in full, and what was left out."""

    @property
    def conforms(self) -> bool:
        """Whether nothing is broken; what was skipped is not known to hold."""
        return not self.broken


async def check(connector: Connector, examples: Examples) -> Report:
    """Try every promise against a connector."""
    kept: list[str] = []
    broken: list[Broken] = []
    skipped: list[Skipped] = []
    partly: list[Skipped] = []
    for name, promise in PROMISES.items():
        try:
            where = await promise(connector, examples)
        except NotTried as reason:
            skipped.append(Skipped(name, str(reason)))
        except PartlyTried as reason:
            kept.append(name)
            partly.append(Skipped(name, str(reason)))
        except SourceError as error:
            broken.append(Broken(name, f"could not be asked: {error.code}"))
        except Exception as error:  # noqa: BLE001 -- a bad connector may raise anything; the report must still be written
            broken.append(Broken(name, f"raised {type(error).__name__}"))
        else:
            if where is None:
                kept.append(name)
            else:
                broken.append(Broken(name, where))
    return Report(tuple(kept), tuple(broken), tuple(skipped), tuple(partly))
