"""Notices: what information governance leads are told at once, by reference only. An outbox: kept until it was sent."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.listing import Listed, Readers, columns_of, listed, seconds, text
from hub.store.database import Database, patience, table
from hub.store.seconds import Now
from hub.store.tables.governance import NoticeRow

NOTICE = table(NoticeRow)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: to the lead of an agency, of what sort, about which record, when by the database's clock."""

    id: str
    agency: str
    about: str
    reference: str
    at: int


class Sender(Protocol):
    """Sends notices where an agency's lead reads them."""

    async def send(self, notice: Notice) -> bool:
        """Send one and say whether it has gone; it is tried again if it has not, or if anything is raised."""
        ...


class Kept:
    """The sender of whoever has none: notices wait for ``hub break-glass notices``."""

    async def send(self, notice: Notice) -> bool:  # noqa: ARG002 -- the protocol's signature
        """Leave it where it is."""
        return False


async def leave(connection: AsyncConnection, agencies: Iterable[str], about: str, reference: str) -> None:
    """Leave a notice for each agency, in the transaction of what it is about: one is not without the other."""
    for agency in sorted(set(agencies)):
        notice = {"id": new_record_id(), "agency": agency, "about": about, "reference": reference, "at": Now()}
        await connection.execute(insert(NOTICE).values(notice))


_READERS: Readers = {**dict.fromkeys(("id", "agency", "about", "reference"), text), "at": seconds}


async def waiting(database: Database, agency: str | None = None) -> Listed[Notice]:
    """Give the notices that nobody has sent or seen yet, oldest first; those that cannot be read are named beside."""
    query = select(*columns_of(NOTICE, _READERS)).where(NOTICE.c.sent_at.is_(None))
    if agency is not None:
        query = query.where(NOTICE.c.agency == agency)
    async with patience(), database.read() as connection:
        rows = (await connection.execute(query.order_by(NOTICE.c.at, NOTICE.c.agency))).all()
    return listed("notice", rows, _READERS, Notice, ("agency",))


async def seen(database: Database, notices: Iterable[Notice]) -> None:
    """Mark notices as sent, or as seen by whoever listed them."""
    ids = [notice.id for notice in notices]
    async with patience(), database.begin() as connection:
        await connection.execute(update(NOTICE).where(NOTICE.c.id.in_(ids)).values(sent_at=Now()))


async def deliver(database: Database, sender: Sender) -> int:
    """Send whatever waits; gives how many have gone. One that cannot be sent stays, and hinders no other."""
    gone = []
    for notice in (await waiting(database)).found:
        with contextlib.suppress(Exception):  # a sender is somebody else's code: the notice is kept, whatever it does
            if await sender.send(notice):
                gone.append(notice)
    if gone:
        await seen(database, gone)
    return len(gone)
