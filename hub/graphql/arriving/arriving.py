"""One answer on its way to a client, part by part: when to look whether there is more to tell."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hub.answer.unfolding import Unfolding
from hub.graphql.arriving.delivery import Delivery

MOMENT: Final = 0.1
"""Seconds in which everybody is waited for: an answer that is whole by then comes in one piece."""

BEAT: Final = 0.1
"""Seconds between two looks, each of which reads what governs anew: sources that come together are told of together."""

MOST_AT_ONCE: Final = 64
"""Answers in parts under way at once in one replica; with more, answers come whole."""

MOST_EACH: Final = 8
"""Of one asker."""


@dataclass(slots=True)
class Arriving:
    """An answer on its way, to ``subject``. ``closed`` is told once when there is no more to come of it."""

    unfolding: Unfolding
    delivery: Delivery
    cost: int
    subject: str
    closed: Callable[["Arriving"], None]
    _open: bool = True

    def __hash__(self) -> int:
        """Be itself and no other."""
        return id(self)

    async def first(self) -> None:
        """Have the first part ready: when all is there, or from a moment on after the sources were asked."""
        await self.unfolding.pause(MOMENT)
        while not await self.told():
            await self.waited()

    async def waited(self) -> None:
        """Wait until there may be more to tell."""
        await self.unfolding.pause(BEAT)
        await self.unfolding.news()

    async def told(self) -> bool:
        """Release what may leave by now; say whether that is anything. It stands in the delivery, and in the ledger."""
        return await self.unfolding.release(self.delivery.choose)

    async def close(self, error: BaseException | None = None) -> None:
        """Let go of what is still asked, and have it written down how it ended, where it had not ended yet."""
        if self._open:
            self._open = False
            self.closed(self)
            await self.unfolding.__aexit__(None, error, None)
