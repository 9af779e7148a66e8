"""What one request has begun and not sent yet: let go of, whatever happens, unless it is on its way."""

import asyncio
from types import TracebackType
from typing import Self

from hub.graphql.arriving.arriving import Arriving


class Begun:
    """Holds the answer in parts that a request began. To be entered: what has not left at the end is let go of.

    So neither an error nobody foresaw nor a client that is gone keeps a place, or a source that is still asked.
    """

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held: Arriving | None = None
        self._over = False

    async def hold(self, arriving: Arriving) -> None:
        """Hold an answer whose first part is ready; where the request is over, it is let go of and nobody is told."""
        if self._over:
            await arriving.close()
            raise asyncio.CancelledError
        self._held = arriving

    def leaves(self) -> None:
        """Know that what is held is about to be sent, and lets go of itself."""
        self._held = None

    async def __aenter__(self) -> Self:
        """Give itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of what has not left."""
        self._over = True
        held, self._held = self._held, None
        if held is not None:
            await held.close(error)
