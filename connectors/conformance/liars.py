"""A liar for each promise, that breaks it and only it, made of the honest connector.

They prove the kit: a check that does not catch its liar is hollow.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime

from connectors.conformance.examples import Examples
from connectors.conformance.honest import ADA, EXAMPLES, FIELDS, REFUGE, Honest, held
from connectors.contract import (
    Ambiguous,
    Ask,
    Capabilities,
    Connector,
    Identity,
    LocalId,
    Located,
    Matched,
    Reply,
    Traits,
    Unknown,
)
from connectors.errors import SourceUnavailable
from schema.fields import FieldId
from schema.records import Birth


class Blabbermouth(Honest):
    """Gives a name that nobody asked for."""

    async def fetch(self, ask: Ask) -> Reply:
        """Add the given name to any question at all about somebody."""
        more = frozenset({FieldId("PersonName.given")}) if ask.fields else frozenset[FieldId]()
        return await super().fetch(replace(ask, fields=ask.fields | more))


class Gossip(Honest):
    """Speaks of a stranger as if of somebody known."""

    async def fetch(self, ask: Ask) -> Reply:
        """Tell one person's story as the stranger's."""
        reply = await super().fetch(ask)
        told = {p: held(ADA, ask.fields) for p in ask.people if p == EXAMPLES.stranger}
        return replace(reply, records={**reply.records, **told})


class Chatterbox(Honest):
    """Answers when asked nothing."""

    async def fetch(self, ask: Ask) -> Reply:
        """Take no question for every question."""
        return await super().fetch(ask if ask.fields else replace(ask, fields=FIELDS))


class Bungler(Honest):
    """Gives a text where a date is due."""

    async def fetch(self, ask: Ask) -> Reply:
        """Write dates of birth as texts."""
        reply = await super().fetch(ask)
        for records in reply.records.values():
            for record in records:
                if isinstance(record, Birth) and record.date_of_birth:
                    record.date_of_birth = record.date_of_birth.isoformat()  # type: ignore[assignment] # the lie
        return reply


class Braggart(Honest):
    """Declares a field it never has."""

    @property
    def capabilities(self) -> Capabilities:
        """Claim telephone numbers."""
        return replace(super().capabilities, fields=FIELDS | {FieldId("Professional.phone")})


class Thrower(Honest):
    """Lets its own errors out."""

    async def fetch(self, ask: Ask) -> Reply:
        """Fail on an id it did not expect."""
        if any(not p.isalnum() for p in ask.people):
            raise KeyError("odd")
        return await super().fetch(ask)


class Diarist(Honest):
    """Writes what it finds into a log."""

    async def locate(self, traits: Traits) -> Located:
        """Note whom it was asked for."""
        logging.getLogger(__name__).debug("looking for %s", [n.family for n in traits.names])
        return await super().locate(traits)


class Mule(Honest):
    """Goes on when cancelled."""

    async def fetch(self, ask: Ask) -> Reply:
        """Shrug a cancellation off."""
        try:
            await asyncio.sleep(0.005)
        except asyncio.CancelledError:
            return Reply({})
        return await super().fetch(ask)


class Gambler(Honest):
    """Picks the first where several could be meant."""

    async def locate(self, traits: Traits) -> Located:
        """Guess."""
        found = await super().locate(traits)
        return Matched(LocalId("ada")) if isinstance(found, Ambiguous) else found


class Shrugger(Honest):
    """Finds nobody, ever."""

    async def locate(self, traits: Traits) -> Located:
        """Look, and say nothing of it."""
        await super().locate(traits)
        return Unknown()


class Skimmer(Honest):
    """Reads the first page only."""

    async def fetch(self, ask: Ask) -> Reply:
        """Answer for the first ten people, as if there were no more."""
        return await super().fetch(replace(ask, people=ask.people[:10]))


class Optimist(Honest):
    """Takes no answer for none held."""

    async def fetch(self, ask: Ask) -> Reply:
        """Hold nothing where it could not look."""
        try:
            return await super().fetch(ask)
        except SourceUnavailable:
            return Reply(dict.fromkeys(ask.people, ()))


class Betrayer(Honest):
    """Tells the index where the children live whom a refuge keeps."""

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Give every address there is."""
        async for identity in super().identities(since):
            traits = replace(identity.traits, postcodes=(*identity.traits.postcodes, REFUGE.lower()))
            yield replace(identity, traits=traits)


LIARS: dict[str, Callable[..., Connector]] = {
    "gives_only_what_was_asked": Blabbermouth,
    "says_nothing_of_a_stranger": Gossip,
    "answers_nothing_when_asked_nothing": Chatterbox,
    "every_answer_fits_its_type": Bungler,
    "every_declared_field_is_answered": Braggart,
    "raises_only_the_four_errors": Thrower,
    "writes_no_value_anywhere": Diarist,
    "cancels_cleanly": Mule,
    "does_not_guess_an_ambiguous_person": Gambler,
    "finds_whom_it_is_given": Shrugger,
    "pages_to_the_end": Skimmer,
    "tells_none_held_from_could_not_look": Optimist,
    "feeds_no_confidential_address": Betrayer,
}
"""The liar for each promise."""


def examples_for(liar: Callable[..., Connector]) -> Examples:
    """Give the examples with this liar's own twin out of reach of its system."""
    return replace(EXAMPLES, unreachable=liar(reachable=False))
