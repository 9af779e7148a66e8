"""Partings looked at: an officer says whether what was carried to somebody protects them, or is another's alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.people import protection
from hub.people.locking import alone
from hub.people.parting import CONSENT, NOT_SHARING, OBJECTION, PARTING, Because, What
from hub.store.database import Database, patience
from hub.store.seconds import Now
from hub.store.tables.people import PERSON
from schema.labels import Label

NO_SUCH: Final = CannotBeDone("no-such-parting", "there is nothing of that id to look at, or somebody has")
NOT_YOURS: Final = CannotBeDone("not-yours", "it is another agency's own decision: they say whether it stands")


@dataclass(frozen=True, slots=True)
class Parted:
    """One thing to look at: a protection of ``other_id`` carried to ``person_id``, or that they stay apart."""

    id: str
    person_id: str
    other_id: str
    source_id: str
    because: Because
    what: What
    reference: str
    provider: str
    at: datetime


async def partings(database: Database, parting_id: str | None = None) -> tuple[Parted, ...]:
    """Give everything that nobody has looked at yet, the oldest first, or one of it."""
    query = select(PARTING).where(PARTING.c.settled_at.is_(None)).order_by(PARTING.c.at, PARTING.c.id)
    if parting_id is not None:
        query = query.where(PARTING.c.id == parting_id)
    async with patience(), database.read() as connection:
        return tuple(_parted(row) for row in await connection.execute(query))


def _parted(row: Row[tuple[object, ...]]) -> Parted:
    at = datetime.fromtimestamp(row.at, UTC)
    where = (row.id, row.person_id, row.other_id, row.source_id)
    return Parted(*where, Because(row.because), What(row.what), row.reference, row.provider, at)


async def settle(acting: Acting, parted: Parted, by: By, *, stays: bool) -> str:
    """Say that it protects this person too, or lift it from them; what is another agency's own is theirs to lift."""
    if not stays and parted.provider and parted.provider != by.organisation:
        raise NOT_YOURS

    async def change(connection: AsyncConnection) -> None:
        await alone(connection)
        once = update(PARTING).where(PARTING.c.id == parted.id, PARTING.c.settled_at.is_(None))
        done = await connection.execute(once.values(settled_at=Now(), settled_by=by.subject, stays=int(stays)))
        if done.rowcount == 0:
            raise NO_SUCH
        if not stays:
            await _lift(connection, parted, by)

    facts: Mapping[str, str] = {"what": parted.what.value, "stays": "yes" if stays else "no"}
    await acting.act(by, change, Note("parting-settled", parted.id, parted.person_id, facts))
    return parted.id


async def _lift(connection: AsyncConnection, parted: Parted, by: By) -> None:
    """Take away what was carried: a copy goes, the other's own stays where it is."""
    if parted.what is What.CONSENT:
        await connection.execute(delete(CONSENT).where(CONSENT.c.id == parted.reference))
    elif parted.what is What.OBJECTION:
        await connection.execute(delete(OBJECTION).where(OBJECTION.c.id == parted.reference))
    elif parted.what is What.NOT_SHARING:
        which = (NOT_SHARING.c.id == parted.reference, NOT_SHARING.c.ended_at.is_(None))
        await connection.execute(update(NOT_SHARING).where(*which).values(ended_at=Now(), ended_by=by.subject))
    elif parted.what is What.FLAG:
        await _unflag(connection, parted)


async def _unflag(connection: AsyncConnection, parted: Parted) -> None:
    """Take a flag from a person and from whoever they were joined to since, up to one it was carried to otherwise."""
    person_id: str | None = parted.person_id
    while person_id is not None and not await _carried_otherwise(connection, parted, person_id):
        query = select(PERSON.c.labels, PERSON.c.superseded_by).where(PERSON.c.id == person_id)
        row = (await connection.execute(query)).one()
        left = protection.written(protection.read(row.labels) - {Label[parted.reference]})
        await connection.execute(update(PERSON).where(PERSON.c.id == person_id).values(labels=left))
        person_id = row.superseded_by


async def _carried_otherwise(connection: AsyncConnection, parted: Parted, person_id: str) -> bool:
    """Say whether a flag was carried to a person at another parting too, and nobody said that it is not theirs."""
    others = select(PARTING.c.id).where(
        PARTING.c.person_id == person_id,
        PARTING.c.what == What.FLAG.value,
        PARTING.c.reference == parted.reference,
        PARTING.c.id != parted.id,
        PARTING.c.stays.is_distinct_from(0),
    )
    return (await connection.execute(others)).first() is not None
