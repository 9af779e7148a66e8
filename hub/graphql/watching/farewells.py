"""Farewells: how each watch ended comes into the ledger, though it could not be written when it ended.

What the ledger does not take is owed to it in the store (``hub.identity.owed``), and where the store is away too it is
kept here until that is back. So nothing but the end of the process while the store is away loses one, and then the log
has it.
"""

import asyncio
from typing import Final

from hub.audit.entries import Event
from hub.audit.errors import LedgerUnavailable
from hub.identity.owed import Owed
from hub.store.database import StoreUnavailable

AGAIN: Final = 2.0
"""Seconds after which the store is tried again."""

PATIENCE: Final = 2.0
"""Seconds that what is being written has when the hub stops."""


class Farewells:
    """Writes down how watches ended. One for the whole application; at most one waits for each watch there may be."""

    def __init__(self, owed: Owed, again: float = AGAIN) -> None:
        """Take what carries to the ledger what it is owed."""
        self.owed = owed
        self._again = again
        self._writing = set[asyncio.Task[None]]()

    def __len__(self) -> int:
        """Give how many are not written anywhere yet."""
        return len(self._writing)

    def say(self, event: Event) -> asyncio.Task[None]:
        """Have one written, whatever becomes of whoever waits for it."""
        writing = asyncio.create_task(self._written(event))
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        return writing

    async def close(self) -> None:
        """Wait a little for what is being written."""
        if self._writing:
            _, late = await asyncio.wait(self._writing, timeout=PATIENCE)
            for task in late:
                task.cancel()

    async def _written(self, event: Event) -> None:
        try:
            await self.owed.ledger.append(event)
        except LedgerUnavailable as error:
            await self._kept(event, doubted=error.code == "deadline")

    async def _kept(self, event: Event, *, doubted: bool) -> None:
        while True:
            try:
                await self.owed.later(event, doubted=doubted)
            except StoreUnavailable:
                await asyncio.sleep(self._again)
            else:
                return
