"""Owed to the ledger: what was done although it could not be written down just then, for nothing may hinder it.

Everything else is written first and then done. To end somebody's session is the one exception: whoever leaves a desk
must be gone from it, whatever is away. What is owed is written as soon as the ledger takes it, with the moment at
which it was done; until then it stands in the log, by the session's reference.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from hub.audit.entries import Event
from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import Ledger

MOST: Final = 10_000
"""Events kept in memory; beyond it the oldest stand in the log alone."""

Unwritten = Callable[[str, str], None]
"""Is told of an event that could not be written down: what it is about, and a code."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Writes events now or later."""

    ledger: Ledger
    unwritten: Unwritten
    _events: deque[Event] = field(default_factory=lambda: deque(maxlen=MOST), repr=False)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def write(self, event: Event) -> None:
        """Write an event with whatever is owed; where that cannot be, it is owed, and said."""
        self._events.append(event)
        try:
            await self.settle()
        except LedgerUnavailable as error:
            self.unwritten(event.about or event.record_id, error.code)

    async def settle(self) -> None:
        """Write what is owed, in its order; LedgerUnavailable where it stays so."""
        async with self._one:
            while owed := tuple(self._events):
                await self.ledger.append(*owed)
                for event in owed:
                    if self._events and self._events[0] is event:  # else it made room for a later one meanwhile
                        self._events.popleft()

    async def close(self) -> None:
        """Try once more before the hub stops."""
        with suppress(LedgerUnavailable):
            await self.settle()
