"""Reading the index: the few queries that bring entries and the persons they are."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Row, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people import protection
from hub.people.entries import unseal
from hub.people.linking import Group, Population, Status
from hub.people.sealing import Sealer
from hub.people.turns import Turns
from hub.store.tables.people import AGENCY_LINK, KNOWN_DIFFERENT, LINK_KEY, PERSON, PERSON_SOURCE

MOST = 2_000
"""Values in one query: below both databases' limits on parameters, and written into it within a few milliseconds."""

GONE = "ended at its source"
"""Why a link ended that nobody doubted."""

PLACED_AGAIN = "placed again by the rule"
"""Why the link of an entry that stood alone ended when the rule joined it to somebody."""

V = TypeVar("V")
LIVE_LINK = and_(AGENCY_LINK.c.entry_id == PERSON_SOURCE.c.id, AGENCY_LINK.c.ended_at.is_(None))


def parts(values: Iterable[V]) -> Iterator[list[V]]:
    """Cut values into as many as one query may have."""
    each = iter(values)
    while part := list(islice(each, MOST)):
        yield part


async def entries_by_local(
    connection: AsyncConnection, source_id: str, hmacs: Collection[str]
) -> dict[str, tuple[Row[Any], str | None]]:
    """Give entries of a source by the hash of their local ids as it is stored, each with the person it is, if live."""
    found: dict[str, tuple[Row[Any], str | None]] = {}
    for part in parts(hmacs):
        query = (
            select(PERSON_SOURCE, AGENCY_LINK.c.person_id)
            .join(AGENCY_LINK, LIVE_LINK, isouter=True)
            .where(PERSON_SOURCE.c.source_id == source_id, PERSON_SOURCE.c.local_hmac.in_(part))
        )
        found.update({row.local_hmac: (row, row.person_id) for row in await connection.execute(query)})
    return found


async def entries_by_hash(connection: AsyncConnection, hashes: Collection[int]) -> Sequence[tuple[int, str]]:
    """Give the entries that share keys, each with the hash it shares."""
    found: list[tuple[int, str]] = []
    for part in parts(hashes):
        query = (
            select(LINK_KEY.c.h, PERSON_SOURCE.c.id)
            .join(PERSON_SOURCE, PERSON_SOURCE.c.number == LINK_KEY.c.entry)
            .where(LINK_KEY.c.h.in_(part))
        )
        found.extend((row.h, row.id) for row in await connection.execute(query))
    return found


async def last_number(connection: AsyncConnection) -> int:
    """Give the number of the entry that came last; nought where there is none."""
    return (await connection.execute(select(func.max(PERSON_SOURCE.c.number)))).scalar_one() or 0


async def persons_of(connection: AsyncConnection, entry_ids: Collection[str]) -> set[str]:
    """Give the persons whom entries are."""
    found: set[str] = set()
    for part in parts(entry_ids):
        query = select(AGENCY_LINK.c.person_id).where(
            AGENCY_LINK.c.entry_id.in_(part), AGENCY_LINK.c.ended_at.is_(None)
        )
        found.update(row.person_id for row in await connection.execute(query))
    return found


async def load_persons(
    connection: AsyncConnection, sealer: Sealer, population: Population, person_ids: Collection[str]
) -> None:
    """Bring persons with all their live entries into a population."""
    for part in parts(person_ids):
        query = (
            select(PERSON_SOURCE, AGENCY_LINK.c.person_id, PERSON.c.status, PERSON.c.labels.label("person_labels"))
            .join(AGENCY_LINK, LIVE_LINK)
            .join(PERSON, PERSON.c.id == AGENCY_LINK.c.person_id)
            .where(PERSON.c.id.in_(part))
        )
        turns = Turns()
        for row in await connection.execute(query):
            group = population.groups.get(row.person_id) or group_of(row)
            population.put(unseal(sealer, row), group)
            await turns.give()


async def load_different(connection: AsyncConnection, population: Population, entry_ids: Collection[str]) -> None:
    """Bring what was said to be different about these entries."""
    for part in parts(entry_ids):
        query = select(KNOWN_DIFFERENT.c.entry_id, KNOWN_DIFFERENT.c.other_id, KNOWN_DIFFERENT.c.withdrawn_at).where(
            KNOWN_DIFFERENT.c.entry_id.in_(part) | KNOWN_DIFFERENT.c.other_id.in_(part)
        )
        for row in await connection.execute(query):
            population.differ(row.entry_id, row.other_id, withdrawn=row.withdrawn_at is not None)


async def former_persons(connection: AsyncConnection, entry_ids: Collection[str]) -> dict[str, Group]:
    """Give whom entries were when their sources dropped them, where that person has no entry now: one entry each."""
    live = AGENCY_LINK.alias()
    found: dict[str, tuple[str, Group]] = {}
    for part in parts(entry_ids):
        query = (
            select(AGENCY_LINK.c.entry_id, PERSON.c.id, PERSON.c.status, PERSON.c.labels)
            .join(PERSON, PERSON.c.id == AGENCY_LINK.c.person_id)
            .where(AGENCY_LINK.c.entry_id.in_(part), AGENCY_LINK.c.ended_because == GONE)
            .where(PERSON.c.status != Status.SUPERSEDED.value)
            .where(~exists().where(live.c.person_id == PERSON.c.id, live.c.ended_at.is_(None)))
            .order_by(AGENCY_LINK.c.ended_at)
        )
        for row in await connection.execute(query):
            found[row.id] = (row.entry_id, Group(row.id, Status(row.status), protection.read(row.labels)))
    return dict(found.values())


def group_of(row: Row[Any]) -> Group:
    """Give the person of a row, without entries yet."""
    status = Status(row.status)
    labels = protection.read(row.person_labels)
    own = protection.read(row.labels) & protection.SEALING if status is Status.SEALED else frozenset()
    return Group(row.person_id, status, labels | own)
