"""Doubt: the sources where somebody who is another person to the index may well be this one.

Nobody is joined by it. It keeps a source that holds such an entry from being reported as one that holds nothing.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people.compare import compare
from hub.people.entries import Entry
from hub.people.hashing import Hashers
from hub.people.keys import BIRTH_NAME, keys
from hub.people.linking import CAP, Group, Population, Status
from hub.people.profile import profile
from hub.people.reading import load_different, load_persons
from hub.people.sealing import Sealer
from hub.people.weights import Agreement, Compared, Weights
from hub.store.tables.people import AGENCY_LINK, LINK_KEY, PERSON_SOURCE
from schema.labels import Label

_NAME = frozenset({Agreement.EXACT, Agreement.FORMER, Agreement.PART, Agreement.EQUIVALENT, Agreement.SIMILAR})


async def doubtful(
    connection: AsyncConnection, sealer: Sealer, hasher: Hashers, weights: Weights, person_id: str
) -> Mapping[str, frozenset[frozenset[Label]]]:
    """Give the sources with an entry of another person of the same birthday and like names; none for one sealed.

    With each come the protections of every such person, by which it is decided whether there may be any doubt at all.
    """
    population = Population(weights)
    await load_persons(connection, sealer, population, {person_id})
    own = population.groups.get(person_id)
    if own is None or own.status is not Status.ACTIVE:
        return {}
    near = hasher.hashes(key for key in keys(own.profile()) if key.kind == BIRTH_NAME)
    await load_persons(connection, sealer, population, await _near(connection, near) - {person_id})
    await load_different(connection, population, {own.id, *own.entries})
    others = [g for g in population.groups.values() if g is not own and g.status is Status.ACTIVE]
    alike: dict[str, frozenset[frozenset[Label]]] = {}
    for group in others:
        for entry in group.entries.values():
            if _may_be(population, own, group, entry):
                flags = group.labels.union(*(e.labels for e in group.entries.values()))
                alike[entry.source_id] = alike.get(entry.source_id, frozenset()) | {flags}
    return alike


async def _near(connection: AsyncConnection, hashes: Collection[int]) -> set[str]:
    query = (
        select(AGENCY_LINK.c.person_id)
        .join(PERSON_SOURCE, PERSON_SOURCE.c.id == AGENCY_LINK.c.entry_id)
        .join(LINK_KEY, LINK_KEY.c.entry == PERSON_SOURCE.c.number)
        .where(AGENCY_LINK.c.ended_at.is_(None), LINK_KEY.c.h.in_(hashes))
        .distinct()
        .limit(CAP)
    )
    return {row.person_id for row in await connection.execute(query)}


def _may_be(population: Population, own: Group, other: Group, entry: Entry) -> bool:
    """Say whether an entry may be this person's: the same birthday and like names, and nobody said otherwise."""
    if population.differs(entry.id, own) or any(population.differs(entry_id, other) for entry_id in own.entries):
        return False
    evidence = compare(own.profile(), profile((entry.traits,)), population.weights)
    at = {e.field: e.agreement for e in evidence}
    alike = at.get(Compared.SURNAME) in _NAME and at.get(Compared.GIVEN) in _NAME
    return alike and at.get(Compared.BIRTH) is Agreement.EXACT and at.get(Compared.NHS) is not Agreement.DIFFERENT
