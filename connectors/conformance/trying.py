"""Trying a promise: the questions asked of a connector, odd ones among them, and what the examples cannot try."""

import asyncio
from collections.abc import Iterable

from connectors.conformance.examples import Examples
from connectors.contract import Ask, Connector, LocalId, Name, Reply, Traits
from connectors.errors import SourceError
from schema.fields import FieldId
from schema.records import IdentifierSystem

ODD_IDS = ("0", "..", "a/b?c=d#e", "' OR '1'='1", "a,b|c", "%2e%2e%2f", "\u0000", "\u202e\U0001f9ff", "9" * 300)
"""Ids no honest index would give: each must be an ordinary stranger or one of the four errors."""


class NotTried(Exception):
    """The examples cannot try this promise."""


class PartlyTried(Exception):
    """The promise holds as far as the examples can try it; the message says what they could not."""


SETTLING = 50
"""Turns of the loop in which a cancelled call may let go of what it held."""

FULL_BATCH = 100
"""The most people one ask of the kit holds, whatever a connector allows."""


def over(task: asyncio.Future[Reply]) -> bool:
    """Say whether a call is over, and take what it raised: an error nobody takes is printed by the loop, in full."""
    if task.done() and not task.cancelled():
        task.exception()
    return task.done()


def needs_people(examples: Examples) -> None:
    """Give up where there is nobody to ask about."""
    if not examples.known:
        raise NotTried("no known people among the examples")


def counted(reply: Reply, person: LocalId) -> int:
    """Count a person's records."""
    return len(reply.records.get(person, ()))


async def fetch(
    connector: Connector,
    examples: Examples,
    people: tuple[LocalId, ...],
    fields: Iterable[FieldId] | None = None,
) -> Reply:
    """Ask about people: everything the connector declares, unless fields are named."""
    asked = connector.capabilities.fields if fields is None else frozenset(fields)
    return await connector.fetch(Ask(people, asked, examples.today))


async def message(connector: Connector, ask: Ask) -> str:
    """Give all that an ask's error says, with what it came from; nothing where it was answered."""
    try:
        await connector.fetch(ask)
    except SourceError as error:
        return f"{error!r} {error} {error.__context__!r}\n"
    except Exception as error:  # noqa: BLE001 -- the wrong kind of error is another promise's business
        return f"{error!r}\n"
    return ""


def traits_of(examples: Examples) -> list[Traits]:
    """Give the traits known people are found by."""
    return [k.traits for k in examples.known if k.traits is not None]


def words(traits: Traits) -> list[str]:
    """Give what of traits would tell of somebody if it stood in a log."""
    words = [*(n.family for n in traits.names), *traits.postcodes, *(value for _, value in traits.identifiers)]
    return [w for w in words if len(w) >= 5]  # noqa: PLR2004 -- shorter words turn up in any log by chance


def odd_traits() -> list[Traits]:
    """Give traits nobody has."""
    odd = Name("*", "%' OR '1'='1")
    return [Traits(), Traits(names=(odd,)), Traits(identifiers=((IdentifierSystem.NHS_NUMBER, "'|,\u0000"),))]
