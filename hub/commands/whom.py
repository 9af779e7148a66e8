"""Whom to try a source with: a test person of its own, named on the command line and nowhere else."""

from dataclasses import dataclass, field
from typing import Annotated

import typer

from connectors.contract import Ambiguous, Connector, LocalId, Located, Matched, TooLittle, Traits
from connectors.errors import SourceError
from hub.commands.saying import Refused
from schema.records import IdentifierSystem

IdentifierOption = Annotated[
    str | None,
    typer.Option("--identifier", metavar="SYSTEM=VALUE", help="A test person's number, such as NHS_NUMBER=9990000018."),
]
LocalIdOption = Annotated[str | None, typer.Option("--local-id", help="A test person's id in the source itself.")]


@dataclass(frozen=True, slots=True)
class Whom:
    """A test person as they were named; never shown in full."""

    traits: Traits | None = field(default=None, repr=False)
    local_id: LocalId | None = field(default=None, repr=False)

    async def at(self, connector: Connector) -> LocalId | None:
        """Give the person's id at the source; none where nobody was named; Refused where it knows no one such."""
        if self.local_id is not None or self.traits is None:
            return self.local_id
        match await self._located(connector, self.traits):
            case Matched(local_id):
                return local_id
            case Ambiguous():
                raise Refused("the source knows more than one such person: name one by --local-id")
            case TooLittle():
                raise Refused("the source cannot look by that alone: name the person by --local-id")
            case _:
                raise Refused("the source knows nobody by that identifier")

    async def _located(self, connector: Connector, traits: Traits) -> Located:
        try:
            return await connector.locate(traits)
        except SourceError:
            raise
        except Exception as error:  # noqa: BLE001 -- a connector of a third party may raise anything
            raise Refused(f"locate raised {type(error).__name__}") from None


def read_whom(identifier: str | None, local_id: str | None) -> Whom:
    """Read the two options; Refused where the identifier is not SYSTEM=VALUE."""
    traits = None if identifier is None else Traits(identifiers=(_number(identifier),))
    return Whom(traits, LocalId(local_id) if local_id else None)


def _number(identifier: str) -> tuple[IdentifierSystem, str]:
    system, _, value = identifier.partition("=")
    known = {s.name: s for s in IdentifierSystem}
    if system.upper() not in known or not value.strip():
        raise Refused(f"--identifier takes SYSTEM=VALUE, where SYSTEM is one of {', '.join(known)}")
    return known[system.upper()], value.strip()
