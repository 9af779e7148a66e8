"""One honest connector kept in memory, and a liar for each promise that breaks it and only it.

They prove the kit: a check that does not catch its liar is hollow.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypeVar

from strawberry import ID

from connectors.conformance.examples import Examples, Known
from connectors.contract import (
    Ambiguous,
    Ask,
    Capabilities,
    Connector,
    Health,
    Held,
    Identity,
    LocalId,
    Located,
    Matched,
    Name,
    Reply,
    Traits,
    Unknown,
)
from connectors.errors import SourceUnavailable
from schema.fields import FieldId
from schema.records import Birth, Identifier, IdentifierSystem, Involvement, PersonName, Professional, Status

V = TypeVar("V")

_BORN = date(2012, 3, 9)
_ADA = Traits(names=(Name("Ada", "Marchbanks"),), date_of_birth=_BORN, postcodes=("BK3 4AB",))
_BEN = Traits(names=(Name("Ben", "Marchbanks"),), date_of_birth=_BORN, identifiers=((IdentifierSystem.UPN, "Z9001"),))
_TRAITS = {LocalId("ada"): _ADA, LocalId("ben"): _BEN}

FIELDS = frozenset(
    FieldId(f)
    for f in (
        "PersonName.given",
        "PersonName.family",
        "Birth.date_of_birth",
        "Identifier.system",
        "Identifier.value",
        "Involvement.status",
        "Professional.name",
    )
)

EXAMPLES = Examples(
    known=(Known(LocalId("ada"), _ADA), Known(LocalId("ben"), _BEN)),
    stranger=LocalId("nobody"),
    stranger_traits=Traits(names=(Name("Cyd", "Oldacre"),), date_of_birth=date(2011, 1, 1)),
    ambiguous=Traits(names=(Name("", "Marchbanks"),), date_of_birth=_BORN),
    today=date(2026, 11, 21),
    deadline=0.5,
)
"""The people in the honest connector's memory."""


class Honest:
    """Keeps every promise; ``reachable`` is false for the twin whose system is not there."""

    def __init__(self, *, reachable: bool = True) -> None:
        self._reachable = reachable

    @property
    def capabilities(self) -> Capabilities:
        """Say what is held."""
        return Capabilities(FIELDS, frozenset({IdentifierSystem.UPN}), feeds_index=True)

    async def fetch(self, ask: Ask) -> Reply:
        """Answer from memory, after giving way once as a real connector does."""
        await asyncio.sleep(0)
        self._look()
        records = {p: held(_TRAITS[p], ask.fields) for p in ask.people if p in _TRAITS}
        return Reply(records, as_of=datetime(2026, 11, 21, tzinfo=UTC))

    async def locate(self, traits: Traits) -> Located:
        """Find by number, or by family name and date of birth."""
        self._look()
        found = [p for p, t in _TRAITS.items() if _same(t, traits)]
        if len(found) == 1:
            return Matched(found[0])
        return Ambiguous(len(found)) if found else Unknown()

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Yield everybody."""
        del since
        self._look()
        for local_id, traits in _TRAITS.items():
            yield Identity(local_id, traits)

    async def health(self) -> Health:
        """Be well where there is a system."""
        return Health(ok=True) if self._reachable else Health(ok=False, code="unreachable")

    async def close(self) -> None:
        """Hold nothing."""

    def _look(self) -> None:
        if not self._reachable:
            raise SourceUnavailable("unreachable")


def held(traits: Traits, asked: frozenset[FieldId]) -> tuple[Held, ...]:
    """Give a person's records with only the asked fields set."""

    def only(field: str, value: V | None) -> V | None:
        return value if FieldId(field) in asked else None

    name, number = traits.names[0], next(iter(traits.identifiers), None)
    worker = Professional(name="Pat Underhay") if "Professional.name" in asked else None
    records: dict[str, Held] = {
        "PersonName": PersonName(
            given=only("PersonName.given", name.given), family=only("PersonName.family", name.family)
        ),
        "Birth": Birth(date_of_birth=only("Birth.date_of_birth", traits.date_of_birth)),
        "Involvement": Involvement(
            id=ID("1"), status=only("Involvement.status", Status.CURRENT), professionals=[worker] if worker else None
        ),
    }
    if number:
        records["Identifier"] = Identifier(
            system=only("Identifier.system", number[0]), value=only("Identifier.value", number[1])
        )
    kinds = {f.partition(".")[0] for f in asked} | ({"Involvement"} if worker else set())
    return tuple(record for kind, record in records.items() if kind in kinds)


def _same(one: Traits, other: Traits) -> bool:
    if set(one.identifiers) & set(other.identifiers):
        return True
    a, b = one.names[0], next(iter(other.names), Name("", ""))
    born = one.date_of_birth == other.date_of_birth
    return born and a.family == b.family and b.given in {"", a.given}


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
        told = {p: held(_ADA, ask.fields) for p in ask.people if p == EXAMPLES.stranger}
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
}
"""The liar for each promise."""


def examples_for(liar: Callable[..., Connector]) -> Examples:
    """Give the examples with this liar's own twin out of reach of its system."""
    return replace(EXAMPLES, unreachable=liar(reachable=False))
