"""The rulebooks a replica holds, each by its version. A question is decided by the one that counts.

A version is loaded when a question's opening read first names it, while that question waits; its digest is checked
before it is compiled. What is damaged decides nothing, from the moment it is seen until it holds again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from hub.governance.register import WrongPolicyVersion
from hub.governance.versions.compiling import compiled
from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.store import Rows, Versions, insist
from hub.governance.versions.version import Version
from hub.store.database import patience
from policies.rulebook import Rulebook

KEPT: Final = 16
"""How many versions stay compiled: the one that counts, and those a roll-back may want back at once."""

AHEAD: Final = 2
"""How many versions that do not count yet are kept proved, so that no question waits when one comes to count."""


class Rulebooks:
    """Gives the rulebook of a version, or refuses; never another's."""

    def __init__(self, versions: Versions, compile_: Callable[[Version], Awaitable[Rulebook]] = compiled) -> None:
        """Read from these stored versions."""
        self._versions = versions
        self._compile = compile_
        self._held: dict[str, Rulebook] = {}
        self._known: dict[str, Rulebook] = {}
        self._coming: dict[str, asyncio.Task[Rulebook]] = {}
        self._refused: set[str] = set()
        self._looked_at: tuple[str, Rows] | None = None

    async def at(self, version: str) -> Rulebook:
        """Give the rulebook of the version that counts, loading it if need be; WrongPolicyVersion where it cannot."""
        if version in self._refused:
            raise WrongPolicyVersion(version)
        held = self._held.get(version)
        if held is not None:
            return held
        coming = self._coming.get(version)
        if coming is None:
            coming = self._coming[version] = asyncio.create_task(self._load(version))
            coming.add_done_callback(lambda _: self._coming.pop(version, None))
        try:
            async with patience():
                return await asyncio.shield(coming)
        except (VersionDamaged, VersionRefused):
            raise WrongPolicyVersion(version) from None

    def holds(self, version: str) -> bool:
        """Say whether a version's rulebook is here."""
        return version in self._held and version not in self._refused

    def held(self, version: str) -> Rulebook:
        """Give the rulebook of a version that ``at`` gave a moment ago; WrongPolicyVersion where it is held no more."""
        rulebook = self._held.get(version)
        if rulebook is None or version in self._refused:
            raise WrongPolicyVersion(version)
        return rulebook

    def all_held(self) -> tuple[Rulebook, ...]:
        """Give every rulebook that decides here."""
        return tuple(rulebook for version, rulebook in list(self._held.items()) if version not in self._refused)

    def refuse(self, version: str) -> None:
        """Never decide by a version again in this process: what it decided was not what its rules say."""
        self._refused.add(version)

    def know(self, rulebook: Rulebook) -> None:
        """Keep a rulebook that was compiled elsewhere in this process, so that loading it need only check the store."""
        others = [known for known in self._known.values() if known.version != rulebook.version]
        self._known = {known.version: known for known in (*others, rulebook)[-AHEAD:]}

    async def prepare(self, version: str) -> None:
        """Prove a version that may soon come to count, where that was not done; VersionDamaged where it cannot be."""
        if version not in self._held and version not in self._known:
            self.know(await self._compile(await self._versions.read(version)))

    async def check(self, version: str) -> bool:
        """Read a version's rows again and say whether they hold; one whose rows do not is let go of.

        Rows that are, cell by cell, those that held by their digest when last looked at hold.
        """
        try:
            rows = await self._versions.rows(version)
            if self._looked_at != (version, rows):
                insist(version, rows)
                self._looked_at = (version, rows)
        except (VersionDamaged, VersionRefused):
            self._held.pop(version, None)
            return False
        return True

    async def _load(self, version: str) -> Rulebook:
        stored = await self._versions.read(version)
        rulebook = self._known.get(version) or await self._compile(stored)
        while len(self._held) >= KEPT:
            del self._held[next(iter(self._held))]
        self._held[version] = rulebook
        return rulebook
