"""One honest connector kept in memory, and its examples: the kit must find nothing to say against it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import TypeVar

from strawberry import ID

from connectors.conformance.examples import Examples, Known
from connectors.contract import (
    Ambiguous,
    Ask,
    Capabilities,
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
from schema.labels import Label
from schema.records import Address, Birth, Identifier, IdentifierSystem, Involvement, PersonName, Professional, Status

V = TypeVar("V")

_BORN = date(2012, 3, 9)
ADA = Traits(names=(Name("Ada", "Marchbanks"),), date_of_birth=_BORN, postcodes=("BK3 4AB",))
_BEN = Traits(names=(Name("Ben", "Marchbanks"),), date_of_birth=_BORN, identifiers=((IdentifierSystem.UPN, "Z9001"),))
_TRAITS = {LocalId("ada"): ADA, LocalId("ben"): _BEN}
REFUGE = "BK9 9ZZ"
"""Where both children live now, which is nobody's to know."""

FIELDS = frozenset(
    FieldId(f)
    for f in (
        "PersonName.given",
        "PersonName.family",
        "Birth.date_of_birth",
        "Address.postcode",
        "Identifier.system",
        "Identifier.value",
        "Involvement.status",
        "Professional.name",
    )
)

EXAMPLES = Examples(
    known=(Known(LocalId("ada"), ADA), Known(LocalId("ben"), _BEN)),
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
    return (*(record for kind, record in records.items() if kind in kinds), *_homes(traits, asked))


def _homes(traits: Traits, asked: frozenset[FieldId]) -> tuple[Address, ...]:
    if "Address.postcode" not in asked:
        return ()
    refuge = Address(postcode=REFUGE, labels=frozenset({Label.CONFIDENTIAL_ADDRESS}))
    return (*(Address(postcode=postcode) for postcode in traits.postcodes), refuge)


def _same(one: Traits, other: Traits) -> bool:
    if set(one.identifiers) & set(other.identifiers):
        return True
    a, b = one.names[0], next(iter(other.names), Name("", ""))
    born = one.date_of_birth == other.date_of_birth
    return born and a.family == b.family and b.given in {"", a.given}
