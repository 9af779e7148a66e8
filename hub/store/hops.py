"""Hops: connections to PostgreSQL for what every question waits for, one statement at a time and each by itself.

They are taken as they stand, without asking first whether they still hold and without being set back afterwards: either
would be a round trip more than the statement itself. One that broke, or that somebody stopped waiting for, is let go.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import asyncpg

MOST: Final = 10
"""Connections of one process; more statements at once wait for a free one."""

GOODBYE: Final = 0.1
"""Seconds a connection that is given up may take to say so to the database."""

_SESSION: Final = {"jit": "off"}
"""These statements take less time than compiling one would."""


class Hops:
    """A few connections, opened when they are first wanted."""

    def __init__(self, address: Mapping[str, Any]) -> None:
        """Open them there; nothing is opened yet."""
        self._address = address
        self._free: list[Any] = []  # asyncpg publishes no types
        self._room = asyncio.Semaphore(MOST)
        self._closed = False

    async def fetch(self, text: str, *given: object) -> list[Any]:
        """Run one statement, a transaction by itself, and give its rows."""
        async with self._room:
            connection = self._taken() or await asyncpg.connect(**self._address, server_settings=_SESSION)
            try:
                rows = await connection.fetch(text, *given)
            except asyncpg.PostgresError:  # what the database says of a statement breaks no connection
                self._give_back(connection)
                raise
            except BaseException:
                connection.terminate()
                raise
            self._give_back(connection)
        return list(rows)

    async def close(self) -> None:
        """Let go of every connection; one still at work is closed when it comes back."""
        self._closed = True
        while self._free:
            connection = self._free.pop()
            with suppress(Exception):  # whether the other side hears of it is its affair
                await connection.close(timeout=GOODBYE)
            connection.terminate()

    def _taken(self) -> Any:
        """Give the connection used last that is still open; none where there is none."""
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
        return None

    def _give_back(self, connection: Any) -> None:
        if self._closed:
            connection.terminate()
        elif not connection.is_closed():
            self._free.append(connection)
