"""Activation: one transaction moves the epoch, takes the old version from its place and puts the new one there."""

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.versions.stages import TO, Act
from hub.governance.versions.store import ACTIVE, EPOCH, STEP, is_stored, read_active
from hub.identity.requester import Requester


async def hold(connection: AsyncConnection) -> None:
    """Take the lock under which every step is taken: whoever holds the epoch's row is alone."""
    await connection.execute(update(EPOCH).values(value=EPOCH.c.value))


async def switch(
    connection: AsyncConnection, version: str, leaving: Act, by: Requester, now: datetime, record: str
) -> None:
    """Make a version the one that counts, and write down that the other no longer does."""
    before = await read_active(connection)
    await connection.execute(update(EPOCH).values(value=EPOCH.c.value + 1))
    await connection.execute(update(ACTIVE).where(ACTIVE.c.active).values(active=False))
    done = await connection.execute(
        update(ACTIVE).where(ACTIVE.c.version == version).values(active=True, activated_at=now)
    )
    if done.rowcount == 0:
        await connection.execute(insert(ACTIVE).values(version=version, active=True, activated_at=now))
    if before is not None and before != version and await is_stored(connection, before):
        told = {"actor": by.subject, "role": by.role, "agency": by.organisation, "reason": f"for {version}"}
        left = {"act": leaving.value, "stage": TO[leaving].value, "at": now, "ledger_record": record}
        await connection.execute(insert(STEP).values(version=before, **told, **left))
