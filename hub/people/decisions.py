"""Decisions: a person joins an entry to somebody, or says that it is not theirs. Both are kept for ever.

A join moves one entry's link and can be undone; a parting is respected by every later rule and person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import LocalId
from hub.people import protection
from hub.people.entries import Entry
from hub.people.index_keys import IndexKeys
from hub.people.linking import Group, Population, Status
from hub.people.locking import writing_alone
from hub.people.parting import Because, part_ways, parting_of
from hub.people.protection import SEALING
from hub.people.reading import PLACED_AGAIN, entries_by_local, load_different, load_persons
from hub.people.rules import VERSION
from hub.people.sealing import Sealer
from hub.people.weights import Weights
from hub.people.writing import Decision, Writes, new_group
from hub.store.database import Database
from hub.store.tables.people import AGENCY_LINK, KNOWN_DIFFERENT, PERSON

JOINED = "joined by a person"
PARTED = "parted by a person"


class CannotDecide(Exception):
    """Show the worker why: what was decided cannot be done. ``code`` is stable; no value is in it."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Deciding:
    """What taking a decision needs."""

    database: Database
    sealer: Sealer
    hashers: IndexKeys
    weights: Weights
    clock: Callable[[], datetime]

    def decision(self, rule: str, by: str, reason: str) -> Decision:
        """Make the record of what a person decided."""
        return Decision(rule, f"{VERSION}/{self.weights.version}", by, self.clock(), reason=reason)


async def join(tools: Deciding, source_id: str, local_id: LocalId, person_id: str, by: str, reason: str) -> None:
    """Let an entry be another person's because somebody says so; refused where anything bars it."""
    async with writing_alone(tools.database) as connection:
        population, entry, own = await _entry(tools, connection, source_id, local_id)
        await load_persons(connection, tools.sealer, population, {person_id})
        target = population.groups.get(person_id)
        if target is None or target.status is Status.SUPERSEDED:
            raise CannotDecide("no-such-person")
        if own.id == target.id:
            return
        if entry.labels & SEALING or Status.SEALED in {own.status, target.status}:
            raise CannotDecide("no-such-person")
        if population.barred(entry.id, target):
            raise CannotDecide("said-to-be-different")
        writes = Writes(tools.sealer)
        move(population, writes, entry, target, tools.decision(JOINED, by, reason))
        await writes.write(connection)
        if own.entries:
            await part_ways(connection, tools.sealer, parting_of(own, target, source_id, Because.SPLIT, both=False))


async def part(tools: Deciding, source_id: str, local_id: LocalId, by: str, reason: str) -> str:
    """Say that an entry is not the person's it is linked to; give the person it is now: its earlier one, or its own."""
    async with writing_alone(tools.database) as connection:
        population, entry, own = await _entry(tools, connection, source_id, local_id)
        writes = Writes(tools.sealer)
        now = await leave(connection, population, writes, entry, own, tools.decision(PARTED, by, reason))
        await writes.write(connection)
        await said_again(connection, own, now)
        await part_ways(connection, tools.sealer, parting_of(own, now, source_id, Because.SPLIT))
        return now.id


def move(population: Population, writes: Writes, entry: Entry, target: Group, decision: Decision) -> None:
    """Let an entry be another person's; a person it leaves empty points there."""
    own = population.of(entry.id)
    writes.unlink(entry.id, decision.decided_at, decision.rule)
    writes.link(entry.id, target, decision)
    population.put(entry, target)
    if own and not own.entries:
        own.status = Status.SUPERSEDED
        writes.status(own, superseded_by=target.id)
        spread(writes, own, target)


def spread(writes: Writes, own: Group, target: Group) -> None:
    """Let what was carried to somebody protect whom they turned out to be."""
    if not own.labels <= target.labels:
        target.labels |= own.labels
        writes.status(target)


async def leave(
    connection: AsyncConnection, population: Population, writes: Writes, entry: Entry, own: Group, decision: Decision
) -> Group:
    """Let an entry be its person's no more, for ever; give the person it was before, or a new one."""
    population.leave(entry.id)
    if not own.entries:
        raise CannotDecide("nothing-to-part")
    writes.unlink(entry.id, decision.decided_at, decision.rule)
    differ(population, writes, entry.id, own, decision)
    earlier = await _earlier(connection, entry.id, own.id)
    if earlier is None:
        earlier = new_group(entry)
        writes.person(earlier)
    else:
        writes.status(earlier)
    writes.link(entry.id, earlier, decision)
    population.put(entry, earlier)
    return earlier


def differ(population: Population, writes: Writes, entry_id: str, group: Group, decision: Decision) -> None:
    """Say of an entry that it is not a person's, nor any of their entries."""
    for other_id in (group.id, *group.entries):
        if not population.differ_known(entry_id, other_id):
            writes.differ(entry_id, other_id, decision)


async def said_again(connection: AsyncConnection, one: Group, other: Group) -> None:
    """Let what was once taken back of two stand again: somebody has said anew that they are not one."""
    await connection.execute(
        update(KNOWN_DIFFERENT)
        .where(between(one, other), KNOWN_DIFFERENT.c.withdrawn_at.is_not(None))
        .values(withdrawn_at=None, withdrawn_by=None)
    )


def between(one: Group, other: Group) -> ColumnElement[bool]:
    """Give what was said of two, by their own ids and their entries'."""
    ours, theirs, column = (one.id, *one.entries), (other.id, *other.entries), KNOWN_DIFFERENT.c
    return or_(
        column.entry_id.in_(ours) & column.other_id.in_(theirs), column.entry_id.in_(theirs) & column.other_id.in_(ours)
    )


async def _entry(
    tools: Deciding, connection: AsyncConnection, source_id: str, local_id: LocalId
) -> tuple[Population, Entry, Group]:
    hmacs = (await tools.hashers.now(connection)).locals(source_id, local_id)
    held = await entries_by_local(connection, source_id, hmacs)
    row, person_id = next(iter(held.values()), (None, None))
    if row is None or person_id is None:
        raise CannotDecide("no-such-entry")
    population = Population(tools.weights)
    await load_persons(connection, tools.sealer, population, {person_id})
    await load_different(connection, population, {row.id})
    group = population.of(row.id)
    assert group is not None  # noqa: S101 -- the link is live, so its person was loaded
    return population, group.entries[row.id], group


async def _earlier(connection: AsyncConnection, entry_id: str, not_id: str) -> Group | None:
    """Give the person the entry was before it was joined, if nobody else is that person."""
    query = (
        select(PERSON.c.id, PERSON.c.labels)
        .join(AGENCY_LINK, AGENCY_LINK.c.person_id == PERSON.c.id)
        .where(
            AGENCY_LINK.c.entry_id == entry_id,
            AGENCY_LINK.c.ended_because.in_((JOINED, PLACED_AGAIN)),
            PERSON.c.id != not_id,
        )
        .where(PERSON.c.superseded_by == not_id)
        .order_by(AGENCY_LINK.c.ended_at.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return Group(row.id, Status.ACTIVE, protection.read(row.labels)) if row else None
