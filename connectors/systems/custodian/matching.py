"""Finding a person at a custodian: one question, answered match, ambiguous or none. The hub never guesses for it."""

from dataclasses import replace

from connectors.contract import Ambiguous, Capabilities, LocalId, Located, Matched, TooLittle, Traits, Unknown
from connectors.errors import SourceBroken
from connectors.mapped import MappedConnector
from connectors.mapping import Mapper
from connectors.systems.custodian.custody import Custody
from connectors.transports.client import Client
from connectors.transports.guarded import Json
from schema.records import IdentifierSystem

_BATCH = 100


class CustodianConnector(MappedConnector):
    """A custodian: located by its own match, never indexed."""

    def __init__(self, custody: Custody, mapper: Mapper, client: Client) -> None:
        """Keep the client for the match."""
        super().__init__(custody, mapper, batch_size=_BATCH)
        self._client = client

    @property
    def capabilities(self) -> Capabilities:
        """Say what this source can answer: it matches on any identifier it is given, and feeds no index."""
        return replace(super().capabilities, locates_by=frozenset(IdentifierSystem), feeds_index=False)

    async def locate(self, traits: Traits) -> Located:
        """Ask the custodian; without a name and a date of birth it is not able to look."""
        question = match_question(traits)
        if question is None:
            return TooLittle()
        page = await self._client.post(("match",), question)
        return read_match(page.value if page else None)


def match_question(traits: Traits) -> dict[str, Json] | None:
    """Write the question; none where the least a custodian needs is missing."""
    names: list[Json] = [{"given": n.given, "family": n.family} for n in traits.names if n.given and n.family]
    if not names or traits.date_of_birth is None:
        return None
    identifiers: list[Json] = [{"system": str(system), "value": value} for system, value in traits.identifiers]
    return {
        "names": names,
        "dateOfBirth": traits.date_of_birth.isoformat(),
        "postcodes": list(traits.postcodes),
        "identifiers": identifiers,
    }


def read_match(answer: Json) -> Located:
    """Read the answer; SourceBroken for anything but the three there are."""
    match answer:
        case {"outcome": "match", "pointer": str(pointer)} if pointer:
            return Matched(LocalId(pointer))
        case {"outcome": "ambiguous", "count": int(count)} if not isinstance(count, bool) and count >= 1:
            return Ambiguous(count)
        case {"outcome": "none"}:
            return Unknown()
        case _:
            raise SourceBroken("not-a-match-answer")
