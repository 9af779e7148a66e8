"""A process that drafts a version and switches between two until it is killed, sending a receipt for each step.

``torn`` is the planted mistake: a build that writes a step's rows one transaction at a time.
"""

import asyncio
from multiprocessing.connection import Connection
from pathlib import Path

from hub.governance.versions.orders import Orders
from tests.rooms.versions.stage import AUTHOR, FIRST, content, published, room

SECOND = content("HEALTH")


class SplitOrders(Orders):
    """The planted build: each statement is committed by itself."""

    def transaction(self):  # type: ignore[no-untyped-def] # stands in for the real one # noqa: ANN201 -- the same
        return self._database.read()


def publish_for_ever(url: str, keys: Path, begin: int, receipts: Connection, torn: bool) -> None:  # noqa: FBT001 -- a process is started with plain values
    """Publish one version after another, for ever."""
    asyncio.run(_publish(url, keys, begin, receipts, torn=torn))


async def _publish(url: str, keys: Path, begin: int, receipts: Connection, *, torn: bool) -> None:
    async with room(url, keys, fresh=False) as here:
        here.lives._books._tested = {
            c.rulebook.version: c.rulebook for c in (FIRST, SECOND)
        }  # proved when this was imported

        async def acknowledge(version: str) -> None:
            receipts.send_bytes((await here.versions.steps(version))[-1].ledger_record.encode())

        if await here.lives.ship(FIRST):
            await published(here.lives, SECOND)
        made = content("HEALTH", "POLICE", "HOUSING", why=f"version {begin}")
        if torn:
            here.orders.__class__ = SplitOrders
        receipts.send_bytes(b"ready")
        await here.lives.draft(made, AUTHOR, "killed at any moment")
        await acknowledge(made.rulebook.version)
        while True:
            await acknowledge(await here.lives.roll_back(AUTHOR, "to and fro"))
