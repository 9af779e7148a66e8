"""What was found in looking at versions, kept: a version never changes, so neither does what lies between two.

A look is made once however many ask for it at the same time; one that failed is made again. In this process alone.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

MOST: Final = 64
"""Looks that are kept: the latest."""

Key = tuple[str, ...]
"""What a look is called: its name, and the versions it is at."""

T = TypeVar("T")


class Kept:
    """Keeps what looks found, by what they are of."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._looks: dict[Key, asyncio.Task[Any]] = {}

    async def of(self, key: Key, look: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Give what a look found, making it where nobody has; whoever leaves meanwhile does not stop it."""
        made = self._looks.pop(key, None)
        if made is None or (made.done() and (made.cancelled() or made.exception() is not None)):
            made = asyncio.create_task(look())
        self._looks[key] = made
        while len(self._looks) > MOST:
            del self._looks[next(iter(self._looks))]
        found: T = await asyncio.shield(made)
        return found
