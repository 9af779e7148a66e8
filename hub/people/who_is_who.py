"""Who is who: a person says that two are one, or are not; splits off a source's entry; takes back a no.

Each is one transaction of links, in which entries move and no person is merged: whatever was joined can be split, and
every link that ended stays as history. Whoever is sealed is nobody here.
"""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people.decisions import JOINED, PARTED, CannotDecide, Deciding, between, differ, leave, move, said_again
from hub.people.linking import Group, Population, Status
from hub.people.locking import alone
from hub.people.parting import Because, part_ways, parting_of
from hub.people.protection import SEALING
from hub.people.reading import load_different, load_persons
from hub.people.writing import Writes
from hub.store.tables.people import KNOWN_DIFFERENT

REJECTED = "said to be different by a person"


async def confirm(
    tools: Deciding, connection: AsyncConnection, person_id: str, other_id: str, by: str, reason: str
) -> None:
    """Let every entry of the other be the person's; the other's id leads to them from now on."""
    population, person, other = await _two(tools, connection, person_id, other_id)
    if any(population.barred(entry_id, person) for entry_id in other.entries):
        raise CannotDecide("said-to-be-different")
    writes, decision = Writes(tools.sealer), tools.decision(JOINED, by, reason)
    for entry in list(other.entries.values()):
        move(population, writes, entry, person, decision)
    await writes.write(connection)


async def reject(
    tools: Deciding, connection: AsyncConnection, person_id: str, other_id: str, by: str, reason: str
) -> None:
    """Say that two are not one: respected by every rule for ever, and by persons until somebody takes it back."""
    population, person, other = await _two(tools, connection, person_id, other_id)
    writes, decision = Writes(tools.sealer), tools.decision(REJECTED, by, reason)
    for entry_id in other.entries:
        differ(population, writes, entry_id, person, decision)
    for entry_id in person.entries:
        if not population.differ_known(entry_id, other.id):
            writes.differ(entry_id, other.id, decision)
    await said_again(connection, person, other)
    await writes.write(connection)


async def split(
    tools: Deciding, connection: AsyncConnection, person_id: str, source_id: str, by: str, reason: str
) -> str:
    """Say that what a source holds is not this person's; give the person it is now. Its own entries stay together."""
    population, (person,) = await _persons(tools, connection, (person_id,))
    leaving = [entry for entry in person.entries.values() if entry.source_id == source_id]
    if not leaving:
        raise CannotDecide("no-such-entry")
    if len(leaving) == len(person.entries):
        raise CannotDecide("nothing-to-part")
    decision = tools.decision(PARTED, by, reason)
    apart: Group | None = None
    for entry in leaving:
        writes = Writes(tools.sealer)
        if apart is None:
            apart = await leave(connection, population, writes, entry, person, decision)
        else:
            population.leave(entry.id)
            differ(population, writes, entry.id, person, decision)
            move(population, writes, entry, apart, decision)
        await writes.write(connection)
    assert apart is not None  # noqa: S101 -- there was an entry to leave
    await said_again(connection, person, apart)
    await part_ways(connection, tools.sealer, parting_of(person, apart, source_id, Because.SPLIT))
    return apart.id


async def withdraw(tools: Deciding, connection: AsyncConnection, person_id: str, other_id: str, by: str) -> None:
    """Take back that two were said not to be one: a person may join them again, no rule does."""
    _, person, other = await _two(tools, connection, person_id, other_id)
    standing = between(person, other), KNOWN_DIFFERENT.c.withdrawn_at.is_(None)
    taken_back = update(KNOWN_DIFFERENT).where(*standing).values(withdrawn_at=tools.clock(), withdrawn_by=by)
    if not (await connection.execute(taken_back)).rowcount:
        raise CannotDecide("not-said-to-be-different")


async def _two(
    tools: Deciding, connection: AsyncConnection, person_id: str, other_id: str
) -> tuple[Population, Group, Group]:
    if person_id == other_id:
        raise CannotDecide("the-same-person")
    population, (person, other) = await _persons(tools, connection, (person_id, other_id))
    return population, person, other


async def _persons(
    tools: Deciding, connection: AsyncConnection, ids: tuple[str, ...]
) -> tuple[Population, tuple[Group, ...]]:
    """Give persons with their entries; CannotDecide where one is nobody, sealed, not born yet or another by now."""
    await alone(connection)
    population = Population(tools.weights)
    await load_persons(connection, tools.sealer, population, ids)
    found = tuple(group for i in ids if (group := population.groups.get(i)) and _may_be_decided_on(group))
    if len(found) != len(ids):
        raise CannotDecide("no-such-person")
    await load_different(connection, population, {i for group in found for i in (group.id, *group.entries)})
    return population, found


def _may_be_decided_on(group: Group) -> bool:
    sealed = any(entry.labels & SEALING for entry in group.entries.values())
    return group.status is Status.ACTIVE and bool(group.entries) and not sealed
