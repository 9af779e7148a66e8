"""Owed to the ledger: what was done although it could not be written down just then, for nothing may hinder it.

Everything else is written first and then done. To end somebody's session is the exception: whoever leaves a desk, or is
to be gone from it, must be gone, whatever is away; and a watch that is over is over. What is owed is a row, written in
the transaction that ends the session, so that no process takes it along when it dies; it is carried into the ledger as
soon as that takes it, with the moment at which it was done. The row goes in the transaction that writes the entry, so
that the ledger has it once, however late a database does what it was sent. Whoever carries a row has it to themselves
for LEASE; whether it was written before it was owed is looked at first.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.canonical import instant
from hub.audit.entries import Event
from hub.audit.errors import UNKNOWN, EntryRefused, LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.store.database import Database, StoreUnavailable, patience, table
from hub.store.seconds import Now
from hub.store.tables.audit import AuditRecord
from hub.store.tables.sessions import OwedEventRow

OWED: Final = table(OwedEventRow)
RECORDS: Final = table(AuditRecord)

LEASE: Final = 30
"""Seconds after which what somebody began to carry is taken up by others: the ledger refuses long before."""
TOGETHER: Final = 100
UNREADABLE: Final = "owed-unreadable"

Unwritten = Callable[[str, str], None]
"""Is told of an event that could not be written down: what it is about, and a code."""


async def owe(connection: AsyncConnection, event: Event, *, doubted: bool = False) -> None:
    """Owe the ledger an event, in the transaction that does what it tells of.

    One that is ``doubted`` may yet come to be written: nobody carries it before that is known.
    """
    claimed = Now() if doubted else 0
    row = {"record_id": event.record_id, "at": instant(event.at), "event": msgspec.json.encode(event)}
    await connection.execute(insert(OWED).values(**row, claimed=claimed))


@dataclass(frozen=True, slots=True)
class Owed:
    """Carries what is owed into the ledger."""

    database: Database
    ledger: Ledger
    unwritten: Unwritten

    async def carry(self, event: Event) -> None:
        """Carry an event, that is owed since just now, with all others; where that cannot be, say so."""
        try:
            await self.settle()
        except (LedgerUnavailable, StoreUnavailable) as error:
            self.unwritten(
                event.about or event.record_id, error.code if isinstance(error, LedgerUnavailable) else "store"
            )

    async def later(self, event: Event, *, doubted: bool) -> None:
        """Owe an event of something that is done already; StoreUnavailable where not even that can be."""
        async with patience(), self.database.begin() as connection:
            await owe(connection, event, doubted=doubted)

    async def settle(self) -> None:
        """Carry all that is owed, in its order; LedgerUnavailable or StoreUnavailable where it stays so."""
        while taken := await _take(self.database):
            try:
                await self._carried(taken)
            except LedgerUnavailable as error:
                if error.code != UNKNOWN:  # else it may yet come to be written: nobody else tries until that is known
                    await _let_go(self.database, taken)
                raise

    async def _carried(self, taken: Sequence[tuple[str, bytes]]) -> None:
        known = await _in_ledger(self.database, [record_id for record_id, _ in taken])
        events = list[Event]()
        for record_id, written in taken:
            if record_id in known:
                continue
            try:
                events.append(msgspec.json.decode(written, type=Event))
            except (msgspec.MsgspecError, EntryRefused):
                self.unwritten(record_id, UNREADABLE)
        if events:
            await self.ledger.carry(*events)
        if known:
            await _forget(self.database, known)

    async def close(self) -> None:
        """Try once more before the hub stops."""
        with suppress(LedgerUnavailable, StoreUnavailable):
            await self.settle()


async def _take(database: Database) -> list[tuple[str, bytes]]:
    """Take the oldest that nobody carries."""
    free = OWED.c.claimed < Now() - LEASE
    oldest = select(OWED.c.record_id).where(free).order_by(OWED.c.at, OWED.c.record_id).limit(TOGETHER)
    taking = update(OWED).where(OWED.c.record_id.in_(oldest), free).values(claimed=Now())
    async with patience(), database.begin() as connection:
        rows = await connection.execute(taking.returning(OWED.c.at, OWED.c.record_id, OWED.c.event))
        return [(row.record_id, row.event) for row in sorted(rows, key=lambda row: (row.at, row.record_id))]


async def _let_go(database: Database, taken: Sequence[tuple[str, bytes]]) -> None:
    """Leave them to whoever tries next; where not even that can be said, until LEASE is over."""
    ids = [record_id for record_id, _ in taken]
    with suppress(StoreUnavailable):
        async with patience(), database.begin() as connection:
            await connection.execute(update(OWED).where(OWED.c.record_id.in_(ids)).values(claimed=0))


async def _in_ledger(database: Database, record_ids: Sequence[str]) -> set[str]:
    try:
        async with patience(), database.read() as connection:
            found = await connection.execute(select(RECORDS.c.record_id).where(RECORDS.c.record_id.in_(record_ids)))
            return {row.record_id for row in found}
    except StoreUnavailable:
        raise LedgerUnavailable("not-read") from None


async def _forget(database: Database, record_ids: Collection[str]) -> None:
    async with patience(), database.begin() as connection:
        await connection.execute(delete(OWED).where(OWED.c.record_id.in_(record_ids)))
