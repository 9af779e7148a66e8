"""Where an origin's name leads, looked up for each connection: one look at a time, however many wait for it.

A resolver that hangs takes one thread for each origin and no more. So the other agencies' names are still found.
"""

import asyncio

from connectors.transports.addresses import is_local, outward
from connectors.transports.wire.origin import Origin


class Lookup:
    """Looks up one origin's name."""

    def __init__(self, origin: Origin) -> None:
        """Begin with nobody looking."""
        self._origin = origin
        self._is_plain = origin.is_address or is_local(origin.host)
        self._under_way: asyncio.Task[list[str]] | None = None

    async def hosts(self) -> list[str]:
        """Give the addresses that may be called; OSError where there is none. An address leads where it says.

        A look goes on when whoever began it waits no more: the resolver cannot be stopped, and the next asks the same.
        """
        if self._is_plain:
            return [self._origin.host]
        if self._under_way is None:
            self._under_way = asyncio.ensure_future(outward(self._origin.host, self._origin.port))
            self._under_way.add_done_callback(self._ended)
        return await asyncio.shield(self._under_way)

    def _ended(self, looked: asyncio.Task[list[str]]) -> None:
        self._under_way = None
        if not looked.cancelled():
            looked.exception()  # whoever waits is told; where nobody does, nothing is logged of it
