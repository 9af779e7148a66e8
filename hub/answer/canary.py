"""The canary's thread: now and then, away from the event loop, decisions just given are asked of Casbin again.

One that differs, and its version decides nothing more here: questions are refused until another version counts or
the process starts anew and proves it again.
"""

import asyncio
import time
from collections.abc import Callable
from random import Random
from typing import Final

from hub.governance.versions.rulebooks import Rulebooks
from policies.canary import Canary
from policies.rulebook import Rulebook

EVERY: Final = 30.0
"""Seconds between looks."""

MOST: Final = 40
"""Decisions looked at each time, of each version held."""

REST: Final = 0.02
"""Seconds between two of them, so that a question never waits long for the interpreter."""

AGREED, DIFFERED, FAILED = "agreed", "differed", "failed"


class CanaryWatch:
    """Looks at what one replica decides; ``say`` is told what was found and how often."""

    def __init__(self, rulebooks: Rulebooks, say: Callable[[str, int], None]) -> None:
        """Look at these rulebooks' decisions."""
        self._rulebooks = rulebooks
        self._say = say
        self._canaries: dict[Rulebook, Canary] = {}

    async def forever(self) -> None:
        """Look every half minute, in a thread."""
        while True:
            await asyncio.sleep(EVERY)
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Look once at every version held; one that differs in anything is refused at once."""
        kept = self._canaries
        self._canaries = {r: kept.get(r) or _canary(r) for r in self._rulebooks.all_held()}
        for rulebook, canary in self._canaries.items():
            try:
                self._look(rulebook, canary)
            except Exception:  # noqa: BLE001 -- Casbin breaks where others parse at once: counted, and soon tried again
                self._say(FAILED, 1)

    def _look(self, rulebook: Rulebook, canary: Canary) -> None:
        for looked in canary.look(MOST):
            if not looked.same:
                self._rulebooks.refuse(rulebook.version)
                self._say(DIFFERED, 1)
                return
            self._say(AGREED, 1)
            time.sleep(REST)


def _canary(rulebook: Rulebook) -> Canary:
    return Canary(rulebook, Random())  # noqa: S311 -- which decisions are looked at is no secret
