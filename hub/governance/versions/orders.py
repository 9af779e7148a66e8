"""An order: one step that somebody asks for. Checked, written to the ledger, checked again under a lock, then taken.

The ledger comes first: where a step cannot be audited it is not taken. An order whose step then failed is followed
in the ledger by an event that says so.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import Entry, Event, new_record_id
from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import Receipt
from hub.audit.pseudonyms import Pseudonyms
from hub.governance.versions.activation import hold
from hub.governance.versions.legal import HUB, check_reason
from hub.governance.versions.stages import Act, Stage
from hub.governance.versions.steps import Found, Step
from hub.governance.versions.store import STEP, read_life, read_now
from hub.identity.requester import Requester
from hub.store.database import BROKEN, Database, StoreUnavailable, patience


class Writer(Protocol):
    """The ledger, as far as steps need it."""

    async def append(self, *entries: Entry) -> tuple[Receipt, ...]:
        """Write the entries and return when they are durable; LedgerUnavailable where they cannot be."""
        ...


@dataclass(frozen=True, slots=True)
class Moment:
    """What a step is checked against: the version's steps so far and the database's time, on one connection."""

    connection: AsyncConnection
    steps: Sequence[Step]
    now: datetime


async def nothing_more(_: Moment, __: str) -> None:
    """Do nothing beside the step itself."""


@dataclass(frozen=True, slots=True)
class Order:
    """A step asked for: ``check`` gives the stage it leads to or refuses; ``effect`` is done in its transaction."""

    act: Act
    version: str
    by: Requester
    reason: str
    check: Callable[[Moment], Awaitable[Stage]]
    effect: Callable[[Moment, str], Awaitable[None]] = nothing_more
    found: Found = field(default_factory=Found)
    effective_at: datetime | None = None
    parent: str | None = None


class Orders:
    """Takes steps."""

    def __init__(self, database: Database, ledger: Writer, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._ledger = ledger
        self._pseudonyms = pseudonyms

    async def take(self, order: Order) -> Stage:
        """Take one step and give the stage it led to; nothing has changed where this raises."""
        check_reason(order.reason)
        async with patience(), self._database.read() as connection:
            moment = await _moment(connection, order.version)
            await order.check(moment)
        record = new_record_id()
        await self._ledger.append(self._event(order, record, f"policy-{order.act.value}", moment.now))
        try:
            return await self._done(order, record)
        except BaseException:
            undone = self._event(order, new_record_id(), "policy-step-failed", moment.now, record)
            with contextlib.suppress(LedgerUnavailable):
                await asyncio.shield(self._ledger.append(undone))
            raise

    async def _done(self, order: Order, record: str) -> Stage:
        async with self.transaction() as connection:
            await hold(connection)
            moment = await _moment(connection, order.version)
            stage = await order.check(moment)
            await order.effect(moment, record)
            await connection.execute(insert(STEP).values(**_cells(order, stage, moment.now, record)))
        return stage

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Open the one transaction of a step; StoreUnavailable, without a value, where the database breaks."""
        try:
            async with self._database.begin() as connection:
                yield connection
        except BROKEN as error:
            raise StoreUnavailable(type(error).__name__) from None

    def _event(self, order: Order, record: str, name: str, now: datetime, failed: str = "") -> Event:
        by = order.by
        facts = {"version": f"v-{order.version}"} | ({"order": f"r-{failed}"} if failed else {})
        return Event(
            record,
            record,
            now,
            name,
            actor=None if by is HUB else self._pseudonyms.actor(by.subject),
            role=None if by is HUB else by.role,
            organisation=None if by is HUB else by.organisation,
            about=order.version,
            facts=facts,
        )


async def _moment(connection: AsyncConnection, version: str) -> Moment:
    return Moment(connection, await read_life(connection, version), await read_now(connection))


def _cells(order: Order, stage: Stage, now: datetime, record: str) -> dict[str, object]:
    by, found = order.by, order.found
    return {
        "version": order.version,
        "act": order.act.value,
        "stage": stage.value,
        "actor": by.subject,
        "role": by.role,
        "agency": by.organisation,
        "reason": order.reason,
        "at": now,
        "effective_at": order.effective_at,
        "errors": found.errors,
        "warnings": found.warnings,
        "gained": found.gained,
        "lost": found.lost,
        "ledger_record": record,
        "parent": order.parent,
    }
