"""Books: the rulebooks a version's life works with: those looked at, and those proved because they are to count."""

from hub.governance.versions.compiling import compiled, tested
from hub.governance.versions.version import Version
from policies.rulebook import Rulebook

_TESTED = 16
"""How many versions proved in this process are kept, so that rolling back is quick."""


class Books:
    """Compiles a stored version, or gives it from before: what was read was checked by its digest just now."""

    def __init__(self) -> None:
        """Keep none yet."""
        self._looked_at: dict[str, Rulebook] = {}
        self._tested: dict[str, Rulebook] = {}

    def tested(self, version: str) -> Rulebook | None:
        """Give the rulebook of a version that was proved and tested in this process."""
        return self._tested.get(version)

    async def proved(self, stored: Version) -> Rulebook:
        """Prove and test a version that is to count, once in a process: its rows are those it was proved with."""
        book = self._tested.get(stored.id) or await tested(stored)
        self._tested = {**dict(list(self._tested.items())[-_TESTED:]), stored.id: book}
        return book

    async def looked_at(self, stored: Version) -> Rulebook:
        """Give a rulebook to look at, kept from the last look."""
        book = self._looked_at.get(stored.id) or await compiled(stored)
        self._looked_at = {**dict(list(self._looked_at.items())[-1:]), stored.id: book}
        return book
