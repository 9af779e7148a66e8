"""Allocating: an officer says who of their own organisation works with a child, and ends that again.

Only officers do: they open no child's record themselves, so that nobody gives themselves, or the team they are in,
business with a child or more of it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.allocations import Allocation
from hub.governance.authority import as_officer
from hub.governance.listing import Listed, Readers, columns_of, listed, text, whole_day
from hub.governance.rows import day
from hub.store.database import patience, table
from hub.store.tables.business import AllocationRow

ALLOCATION = table(AllocationRow)


async def allocate(acting: Acting, allocation: Allocation, by: By) -> Allocation:
    """Record an allocation to a worker or a team of the recorder's own organisation; gives it with its id."""
    as_officer(by)
    if allocation.organisation != by.organisation:
        raise CannotBeDone("not-yours", "an organisation allocates to its own workers")
    if bool(allocation.worker) == bool(allocation.team):
        raise CannotBeDone("worker-or-team", "allocate to a worker or to a team: one of the two")
    if allocation.worker == by.subject:
        raise CannotBeDone("oneself", "somebody else allocates a child to you")
    if allocation.ending is not None and allocation.ending < allocation.start:
        raise CannotBeDone("ends-before-start", "it must not end before it begins")
    made = replace(allocation, id=new_record_id())

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(
            insert(ALLOCATION).values(
                id=made.id,
                person_id=made.person_id,
                organisation=made.organisation,
                worker=made.worker,
                team=made.team,
                start=made.start,
                ending=made.ending,
                recorded_by=by.subject,
            )
        )

    await acting.act(by, change, Note("allocated", made.id, made.person_id))
    return made


async def end_allocation(acting: Acting, allocation_id: str, last: date, by: By) -> None:
    """End an allocation with a day, which is its last: never a later one than it has."""
    as_officer(by)
    found = (await allocations(acting, allocation_id=allocation_id)).only()
    if found is None or found.organisation != by.organisation:  # another's is told of no more than one there is not
        raise CannotBeDone("no-such-allocation", "no allocation of your organisation's has that id")
    if found.worker == by.subject:
        raise CannotBeDone("oneself", "somebody else ends what is allocated to you")
    if found.ending is not None and last > found.ending:
        raise CannotBeDone("ends-already", _ENDS_ALREADY)
    sooner = or_(ALLOCATION.c.ending.is_(None), ALLOCATION.c.ending >= last)

    async def change(connection: AsyncConnection) -> None:
        ended = update(ALLOCATION).where(ALLOCATION.c.id == allocation_id, sooner).values(ending=last)
        if (await connection.execute(ended)).rowcount == 0:
            raise CannotBeDone("ends-already", _ENDS_ALREADY)

    await acting.act(by, change, Note("allocation-ended", allocation_id, found.person_id))


_ENDS_ALREADY = "it ends sooner than that already; allocate anew where work with the child goes on"


_READERS: Readers = {
    **dict.fromkeys(("id", "person_id", "organisation", "worker", "team"), text),
    "start": whole_day,
    "ending": day,
}


async def allocations(
    acting: Acting,
    person_ids: Iterable[str] | None = None,
    *,
    allocation_id: str | None = None,
    organisation: str | None = None,
) -> Listed[Allocation]:
    """Give allocations, the newest first: all, some people's, one, or an organisation's; the unreadable beside."""
    query = select(*columns_of(ALLOCATION, _READERS)).order_by(ALLOCATION.c.start.desc(), ALLOCATION.c.id)
    if person_ids is not None:
        query = query.where(ALLOCATION.c.person_id.in_(sorted(person_ids)))
    if allocation_id is not None:
        query = query.where(ALLOCATION.c.id == allocation_id)
    if organisation is not None:
        query = query.where(ALLOCATION.c.organisation == organisation)
    async with patience(), acting.database.read() as connection:
        rows = (await connection.execute(query)).all()
    return listed("allocation", rows, _READERS, Allocation, ("organisation",))
