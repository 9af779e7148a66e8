"""Counting: how many records about no person cannot be read, told whenever that changes and not per question.

An agreement nobody can read shares nothing, and a day nobody can read has not begun: closed, so that nobody might
notice but those who miss what they were to see.
"""

from collections.abc import Callable, Mapping

from hub.governance.register import Register


class Counting:
    """Counts at one replica; ``tell`` takes a code and how many there are now, none where they were mended."""

    def __init__(self, register: Register, tell: Callable[[str, int], None]) -> None:
        """Count in this register."""
        self._register = register
        self._tell = tell
        self._told: Mapping[str, int] = {}

    async def look(self) -> None:
        """Count, and tell what has changed; StoreUnavailable where the register cannot be read."""
        now = (await self._register.standing(())).faults
        for code in sorted({*now, *self._told}):
            if now.get(code, 0) != self._told.get(code, 0):
                self._tell(code, now.get(code, 0))
        self._told = dict(now)
