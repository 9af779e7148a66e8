"""The epoch: one number that every change to what governs moves on, so that no replica keeps an old answer."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store.database import table
from hub.store.tables.governance import GovernanceEpoch

EPOCH = table(GovernanceEpoch)


async def move(connection: AsyncConnection) -> None:
    """Move it on, before anything else: whoever holds its row is the only one to change what it counts."""
    await connection.execute(update(EPOCH).values(value=EPOCH.c.value + 1))
