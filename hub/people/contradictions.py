"""Contradictions: persons whose entries cannot all be one person's, for somebody to look at. Nobody is parted by it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people.linking import Group, Population, Status
from hub.people.profile import Profile
from hub.people.reading import load_persons
from hub.people.sealing import Sealer
from hub.people.weights import Weights
from hub.store.database import Database
from hub.store.tables.people import AGENCY_LINK, PERSON
from schema.records import IdentifierSystem

STEP = 500
"""Persons looked at together."""


class Kind(StrEnum):
    """What is contradicted."""

    NHS_NUMBERS = "two NHS numbers"
    UPNS = "two unique pupil numbers"
    BIRTHS = "two dates of birth"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A person, what their entries disagree on, and the sources that hold them; no value of it."""

    person_id: str
    kinds: tuple[Kind, ...]
    sources: tuple[str, ...]


async def contradictions(database: Database, sealer: Sealer, weights: Weights) -> list[Contradiction]:
    """Look through every person who has more than one entry."""
    found: list[Contradiction] = []
    after = ""
    while True:
        async with database.read() as connection:
            ids = await _several(connection, after)
            population = Population(weights)
            await load_persons(connection, sealer, population, ids)
        if not ids:
            return found
        after = max(ids)
        found.extend(c for group in population.groups.values() if (c := _of(group)))


async def _several(connection: AsyncConnection, after: str) -> list[str]:
    query = (
        select(AGENCY_LINK.c.person_id)
        .join(PERSON, PERSON.c.id == AGENCY_LINK.c.person_id)
        .where(AGENCY_LINK.c.ended_at.is_(None), AGENCY_LINK.c.person_id > after)
        .where(PERSON.c.status == Status.ACTIVE.value)
        .group_by(AGENCY_LINK.c.person_id)
        .having(func.count() > 1)
        .order_by(AGENCY_LINK.c.person_id)
        .limit(STEP)
    )
    return [row.person_id for row in await connection.execute(query)]


def _of(group: Group) -> Contradiction | None:
    kinds = tuple(_kinds(group.profile()))
    sources = tuple(sorted({entry.source_id for entry in group.entries.values()}))
    return Contradiction(group.id, kinds, sources) if kinds else None


def _kinds(held: Profile) -> Iterable[Kind]:
    if len(held.of(IdentifierSystem.NHS_NUMBER)) > 1:
        yield Kind.NHS_NUMBERS
    if len(held.of(IdentifierSystem.UPN)) > 1:
        yield Kind.UPNS
    if len(held.births) > 1:
        yield Kind.BIRTHS
