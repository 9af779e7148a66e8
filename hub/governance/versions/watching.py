"""Watching: once a second a replica looks after the version that counts.

It makes it ready, checks what is stored of it, lets a scheduled one count when its moment has come, and proves those
that are approved before they count. A question never waits for this: it loads what it needs itself.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from hub.audit.errors import LedgerUnavailable
from hub.governance.register import WrongPolicyVersion
from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.joined import PolicyRoom
from hub.governance.versions.rulebooks import AHEAD
from hub.store.database import StoreUnavailable
from policies.validation import RulebookError

EVERY: Final = 1.0
"""Seconds."""

EXPECTED = (
    LedgerUnavailable,
    RulebookError,
    StoreUnavailable,
    VersionDamaged,
    VersionRefused,
    WrongPolicyVersion,
)
"""What may go wrong with a version, the ledger or the store: said, and tried again."""


class Watch:
    """Looks after the active version of one replica; ``say`` is told a code when something is newly wrong.

    ``also`` is whatever else is to be looked at as often.
    """

    def __init__(self, room: PolicyRoom, say: Callable[[str], None], *also: Callable[[], Awaitable[None]]) -> None:
        self._room = room
        self._say = say
        self._also = also
        self._said = ""

    async def forever(self) -> None:
        """Look once a second, whatever happens."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> str:
        """Look once; give the code of what is wrong, or nothing."""
        code = ""
        for step in (self._check, self._due, self._ahead, *self._also):
            try:
                await step()
            except EXPECTED as error:
                code = code or type(error).__name__
            except Exception as error:  # noqa: BLE001 -- whatever is wrong is said; nobody else looks
                code = code or f"unforeseen-{type(error).__name__}"
        if code and code != self._said:
            self._say(code)
        self._said = code
        return code

    async def _check(self) -> None:
        """Read the active version's rows again; what does not hold decides nothing until it does."""
        active = await self._room.versions.active()
        if active is None:
            raise VersionRefused("no version is active")
        if not await self._room.rulebooks.check(active):
            raise VersionDamaged(active)
        await self._room.rulebooks.at(active)

    async def _due(self) -> None:
        if await self._room.versions.waits():
            await self._room.lives.activate_due()

    async def _ahead(self) -> None:
        """Prove what is approved, the latest first, so that no question waits for that when it comes to count."""
        for step in (await self._room.versions.agreed())[:AHEAD] if await self._room.versions.waits() else ():
            with contextlib.suppress(VersionDamaged, VersionRefused):  # who lets it count is told
                await self._room.rulebooks.prepare(step.version)
