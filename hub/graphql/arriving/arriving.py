"""One answer on its way to a client, part by part: when to look whether there is more to tell."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from hub.answer.unfolding import Unfolding
from hub.graphql.arriving.delivery import Delivery

MOMENT: Final = 0.1
"""Seconds in which everybody is waited for: an answer that is whole by then comes in one piece."""

BEAT: Final = 0.1
"""Seconds between two looks, each of which reads what governs anew: sources that come together are told of together.

Looks are at whole numbers of them after the sources were asked. Counted from one look to the next, a source of which
nothing may be told would move every later part by when it came.
"""

MOST_AT_ONCE: Final = 64
"""Answers in parts under way at once in one replica; with more, answers come whole."""

MOST_EACH: Final = 8
"""Of one asker."""


@dataclass(slots=True)
class Arriving:
    """An answer on its way, from now on. ``closed`` is told once when there is no more to come of it."""

    unfolding: Unfolding
    delivery: Delivery
    cost: int
    closed: Callable[[], None]
    _since: float = field(default_factory=time.perf_counter)
    _open: bool = True

    async def first(self) -> None:
        """Have the first part ready: when all is there, or from a moment on after the sources were asked."""
        await self.unfolding.pause(MOMENT)
        while not await self.told():
            await self.waited()

    async def waited(self) -> None:
        """Wait until there may be more to tell: until more came, and then for the next look, unless all has come."""
        await self.unfolding.news()
        await self.unfolding.pause(_until_next_look(time.perf_counter() - self._since))

    async def told(self) -> bool:
        """Release what may leave by now; say whether that is anything. It stands in the delivery, and in the ledger."""
        return await self.unfolding.release(self.delivery.choose)

    async def close(self, error: BaseException | None = None) -> None:
        """Let go of what is still asked, and have it written down how it ended, where it had not ended yet."""
        if self._open:
            self._open = False
            self.closed()
            await self.unfolding.__aexit__(None, error, None)


def _until_next_look(passed: float) -> float:
    """Give the seconds until the next look, so many after the sources were asked."""
    return BEAT - passed % BEAT if BEAT > 0 else 0.0
